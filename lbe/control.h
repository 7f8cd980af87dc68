/*
 * Copyright (c) 2026 The lvsd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

#ifndef LBE_CONTROL_H
#define LBE_CONTROL_H

#include <sys/socket.h>
#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdint.h>

#include "../imsg/ctl.h"
#include "../imsg/msg.h"

struct event;
struct imsg;
struct lbe_env;
struct lbe_gather;
struct lbe_host;
struct lbe_listen;
struct lbe_service;
struct lbe_table;
struct peer;
struct plan;

/*
 * Control clients, lvsctl(8) or somebody who would like to be it.  A client
 * has one request at a time; one that asks again before its answer is whole
 * has broken the protocol.
 */

enum client_state {
	CLIENT_IDLE,		/* may ask */
	CLIENT_GATHER_HCE,	/* its answer waits for hce's figures */
	CLIENT_GATHER_VRRPE,	/* or vrrpe's */
	CLIENT_SHOW,		/* being sent an answer of many parts */
	CLIENT_RELOAD,		/* waits for the parent */
	CLIENT_TRY,		/* sends a configuration to be compared */
	CLIENT_PLAN,		/* being sent what came of that */
	CLIENT_ORDER,		/* waits for vrrpe */
	CLIENT_LISTING,		/* is sent what the parent reads */
	CLIENT_DRAIN,		/* waits for hosts to end */
	CLIENT_SESSIONS,	/* waits for what the parent opens */
	CLIENT_MONITOR
};

enum show_stage {
	SHOW_SERVICE,
	SHOW_LISTEN,
	SHOW_TABLE,
	SHOW_HOST,
	SHOW_VRRP,
	SHOW_END
};

/* Where a long answer stands; good for one tree only. */
struct show {
	enum msg_type		 request;
	uint32_t		 serial;	/* of the tree */
	enum show_stage		 stage;
	struct lbe_service	*service;
	struct lbe_listen	*listen;
	enum pool_role		 role;
	struct lbe_table	*table;
	uint32_t		 host;		/* index of the next */
	uint32_t		 vrrp;		/* id of the last one shown */
	struct ctl_id		 which;		/* show vrrp; drain */
	uint32_t		 left;		/* drain: connections told */
	int			 found;
	int			 checks;	/* of the hosts, too */
};

struct client {
	TAILQ_ENTRY(client)	 entry;
	struct lbe_env		*env;
	struct peer		*peer;
	struct event		*timer;		/* its patience, or ours */
	struct event		*writable;	/* for the next parts */
	enum client_state	 state;
	uint32_t		 id;		/* of its request elsewhere */
	enum reload_what	 reload;	/* with CLIENT_RELOAD */
	struct plan		*plan;		/* NULL: wants none */
	struct ucred		 cred;
	struct show		 show;
};
TAILQ_HEAD(clients, client);

/*
 * control.c
 *
 * control_new: ready to take the listening socket; NULL: no memory.
 * control_free: with all clients and the socket.
 * control_listen: accept clients on fd, which it owns; any before is closed.
 * control_hold: answer nobody until called with 0; requests wait.
 * control_clients: all of them.
 */
struct control	*control_new(struct lbe_env *);
void		 control_free(struct control *);
void		 control_listen(struct control *, int);
void		 control_hold(struct control *, int);
struct clients	*control_clients(struct control *);

/*
 * Answers.  client_ok, client_fail and client_end finish a request: the
 * client may ask again.
 */
void	client_text(struct client *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	client_ok(struct client *);
void	client_fail(struct client *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	client_end(struct client *);
/*
 * client_idle: it may ask again, and of before there is nothing left; the
 * others above do this.
 */
void	client_idle(struct client *);
/* client_who: "uid 0, pid 4711" into buf; returns it. */
#define CLIENT_WHO_LEN	48
const char *client_who(const struct client *, char *);

/*
 * client_wait_writable: call show_more() or listing_more() when more can be
 * sent.
 */
void	client_wait_writable(struct client *);

/* Bytes of an answer queued before the rest waits for the client. */
#define SHOW_QUEUE	(256 * 1024)

/*
 * show.c
 *
 * show_request: a request to show something; 0, or -1: it makes no sense.
 * show_begin: the figures are there, the answer begins.
 * show_more: the next parts of it, as many as may wait to be read.
 * show_dispatch_vrrpe: messages of vrrpe, all of which are for showing.
 * show_vrrp_find: the instance named, as last described; NULL: none.
 * show_reconfigured: instances may be gone, have vrrpe name all.
 */
void	show_init(struct lbe_env *);
void	show_free(struct lbe_env *);
int	show_request(struct lbe_env *, struct client *, struct imsg *);
void	show_begin(struct client *);
void	show_more(struct client *);
int	show_dispatch_vrrpe(struct lbe_env *, struct imsg *);
struct lbe_vrrp *show_vrrp_find(struct lbe_env *, const struct ctl_id *);
void	show_reconfigured(struct lbe_env *);
/* show_host.c: show_send_host: all about this one, to the client. */
void	show_send_host(struct client *, const struct lbe_host *);

/*
 * listing.c: what the kernel holds; the parent reads it.
 *
 * listing_request: a request to show it; 0, or -1: it makes no sense.
 * listing_more: the client can read more of it.
 * listing_gone: the client goes, in the middle of an answer perhaps.
 * listing_dispatch: messages of the parent about it; 0 or -1.
 */
int	listing_request(struct lbe_env *, struct client *, struct imsg *);
void	listing_more(struct client *);
void	listing_gone(struct client *);
int	listing_dispatch(struct lbe_env *, struct imsg *);

/*
 * order.c: what the operator wants of VRRP instances; vrrpe carries it out.
 *
 * order_request: a request for it; 0, or -1: it makes no sense.
 * order_outcome: vrrpe's answer; 0 or -1.
 * order_lost: vrrpe has gone, and will not answer.
 */
int	order_request(struct lbe_env *, struct client *, struct imsg *);
int	order_outcome(struct lbe_env *, struct imsg *);
void	order_lost(struct lbe_env *);

/*
 * generation.c: configurations come and go; the parent brings them.
 *
 * generation_ask: a request for that; 0, or -1: it makes no sense.
 * generation_client: who waits for the outcome of this request; or NULL.
 * generation_text, generation_done: the parent's answers; 0 or -1.
 * generation_wait: the parent tells whether what runs is to be confirmed;
 * 0 or -1.
 * generation_tell_wait: to a client that looks: if so, how long yet.
 */
int	generation_ask(struct lbe_env *, struct client *, struct imsg *);
struct client *generation_client(struct lbe_env *, uint32_t);
int	generation_text(struct lbe_env *, struct imsg *);
int	generation_done(struct lbe_env *, struct imsg *);
int	generation_wait(struct lbe_env *, struct imsg *);
void	generation_tell_wait(struct client *);

/*
 * gather.c: present figures of an engine, fetched once for all who ask.
 *
 * gather_start: have them sent; -1: the engine is away.
 * gather_end: all are there for the request of this number.
 * gather_lost: the engine has gone; what is there must do.
 */
void	gather_init(struct lbe_gather *, struct lbe_env *, enum proc);
void	gather_free(struct lbe_gather *);
int	gather_start(struct lbe_gather *);
void	gather_end(struct lbe_gather *, uint32_t);
void	gather_lost(struct lbe_gather *);

#endif /* LBE_CONTROL_H */

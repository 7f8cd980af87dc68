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


#ifndef HCE_CHECK_H
#define HCE_CHECK_H

#include <sys/socket.h>

#include <bsd/sys/tree.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <stdint.h>

#include "../imsg/engine.h"
#include "../imsg/msg.h"
#include "verdict.h"

struct bufferevent;
struct evhttp_connection;
struct hce;

/* How hosts are checked; shared by the tables that are checked alike. */
struct check {
	RB_ENTRY(check)		 entry;
	struct check_config	 conf;
	char			*str[CHECK_STR_MAX];	/* NUL added */
};
RB_HEAD(checks, check);

struct table {
	RB_ENTRY(table)		 entry;
	struct table_config	 conf;
	struct check		*check;		/* NULL: not checked */
};
RB_HEAD(tables, table);

/* What a check is waiting for. */
enum phase {
	PHASE_CONNECT,
	PHASE_TLS,
	PHASE_ANSWER,
	PHASE_MATCH,		/* some of the answer is there */
	PHASE_ECHO
};

/* One check under way, by method. */
struct probe_tcp {
	struct event		 ev;
	int			 fd;
};

struct probe_http {
	struct evhttp_connection *evcon;
	struct bufferevent	*bev;		/* evcon's */
	void			(*connected)(struct bufferevent *, short,
				    void *);	/* evhttp's own callback */
	size_t			 received;	/* bytes */
	uint32_t		 reason;	/* enum host_reason */
	int32_t			 detail;
	int			 decided;
	int			 continued;	/* answers 100 so far */
};

struct probe_send {
	struct bufferevent	*bev;
};

struct probe_icmp {
	uint8_t			 token[8];
	uint16_t		 seq;
};

struct host {
	RB_ENTRY(host)		 entry;
	struct host_config	 conf;
	struct hce		*hce;
	struct table		*table;
	struct check		*check;		/* the table's */
	struct verdict		 verdict;
	struct event		 timer;		/* next check, or deadline */
	struct monotime		 due;		/* of this or the next check */
	struct monotime		 started;
	uint8_t			 phase;		/* enum phase */
	uint8_t			 live;		/* START has come for it */
	uint8_t			 scheduled;
	uint8_t			 probing;
	uint8_t			 late;		/* deadline was put off */
	uint8_t			 tell;		/* to lbe at START */
	uint8_t			 ordered;	/* lbe has given an order: */
	uint8_t			 order;		/* check it, or not */
	union {
		struct probe_tcp	 tcp;
		struct probe_http	 http;
		struct probe_send	 send;
		struct probe_icmp	 icmp;
	} probe;
};
RB_HEAD(hosts, host);

struct script {
	RB_ENTRY(script)	 entry;
	struct script_config	 conf;
	struct hce		*hce;
	struct verdict		 verdict;
	struct event		 timer;
	struct monotime		 due;
	struct monotime		 started;
	int			 scheduled;
	int			 running;	/* its result is to come */
};
RB_HEAD(scripts, script);

/* A configuration; the running one's hosts and scripts are at work. */
struct tree {
	struct global_config	 global;
	struct checks		 checks;
	struct tables		 tables;
	struct hosts		 hosts;
	struct scripts		 scripts;
};

RB_PROTOTYPE(checks, check, entry, check_cmp)
RB_PROTOTYPE(tables, table, entry, table_cmp)
RB_PROTOTYPE(hosts, host, entry, host_cmp)
RB_PROTOTYPE(scripts, script, entry, script_cmp)

/* The socket of all echo checks of one family. */
struct echo_socket {
	struct event		 ev;
	int			 fd;		/* -1: none came yet */
};

enum echo_family {
	ECHO_V4,
	ECHO_V6,
	ECHO_FAMILIES
};

struct hce {
	struct engine		*eng;
	struct event_base	*base;
	struct tree		*running;
	struct tree		*staged;	/* NULL: none */
	int			 known;		/* lbe has told what it knew */
	int			 told;		/* lbe has been told all */
	int			 started;	/* the first START has come */
	uint32_t		 slot_base;	/* see slot_offset() */
	uint32_t		 slots;		/* given out */
	struct monotime		 warned;	/* last of report_local() */
	struct echo_socket	 echo[ECHO_FAMILIES];
	uint16_t		 echo_ident;	/* network byte order */
	uint16_t		 echo_seq;
	SSL_CTX			*tls;
	int			 trust;		/* it has certificates */
};

/*
 * A method of checking.  start begins a check of the host and ends with
 * sched_done(), at once or later; cancel ends it without.  timeout is the
 * reason to give for a check that is under way at its deadline.
 */
struct check_method {
	void			(*start)(struct host *);
	void			(*cancel)(struct host *);
	enum host_reason	(*timeout)(struct host *);
};

extern const struct check_method	icmp_method;
extern const struct check_method	tcp_method;
extern const struct check_method	http_method;	/* https too */
extern const struct check_method	send_method;

/* stage.c: the configuration, see struct engine_ops */
void		 hce_stage_begin(struct hce *);
int		 hce_stage_object(struct hce *, struct imsg *);
void		 hce_stage_commit(struct hce *);
/* hce_stage_start: let all that is new begin to act. */
void		 hce_stage_start(struct hce *);
void		 hce_stage_abort(struct hce *);
/* tree.c: new is fatal without memory, free takes NULL. */
struct tree	*hce_tree_new(void);
void		 hce_tree_free(struct tree *);
struct check	*check_find(struct tree *, uint32_t);
struct table	*table_find(struct tree *, uint32_t);
struct host	*host_find(struct tree *, uint32_t);
struct script	*script_find(struct tree *, uint32_t);
/* *_free: end what is under way and free; the object is in no tree. */
void		 check_free(struct check *);
void		 host_free(struct host *);
void		 script_free(struct script *);

/* sched.c */
/* sched_init: ready the timer of a new host. */
void		 sched_init(struct host *);
/* sched_enabled: is it in use, as the operator or the configuration says? */
int		 sched_enabled(const struct host *);
/* sched_wanted: is it to be checked: in use, and has a check? */
int		 sched_wanted(const struct host *);
/* sched_begin: check it from now on, first at its place in the interval. */
void		 sched_begin(struct host *);
/* sched_begin_now: the same, and the first check at once. */
void		 sched_begin_now(struct host *);
/* sched_stop: no more checks; one under way is forgotten. */
void		 sched_stop(struct host *);
/* sched_done: the check under way has ended for this reason and detail. */
void		 sched_done(struct host *, uint32_t, int32_t);

/* report.c: what lbe and the log are told */
/* report_status: the host's state or reason has changed. */
void		 report_status(struct host *);
/* report_all: all of it on a new link, once lbe has told what it knew. */
void		 report_all(struct hce *);
void		 report_stats(struct hce *, uint32_t);
/* report_check: log one check; it found the host in the state given. */
void		 report_check(struct host *, enum host_state);

/* script.c */
void		 hce_script_init(struct script *);
void		 hce_script_begin(struct script *);
void		 hce_script_stop(struct script *);
/* hce_script_result: what the parent says of a run; 0, or -1: no such. */
int		 hce_script_result(struct script *,
		    const struct msg_script_result *);
/* hce_script_tell_all: all verdicts to a new vrrpe. */
void		 hce_script_tell_all(struct hce *);

/* check_icmp.c */
void		 icmp_init(struct hce *);
/* icmp_socket: use this raw socket for the family from now on; 0 or -1. */
int		 icmp_socket(struct hce *, uint32_t, int);
void		 icmp_close(struct hce *);

#endif /* HCE_CHECK_H */

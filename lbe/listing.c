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

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"
#include "override.h"

/*
 * What the kernel holds, for clients: the parent reads it, and a piece of it
 * is asked for when the client has read enough of those before.
 */

static void	listing_ask(struct client *, enum msg_type, const void *,
		    size_t);
static int	sessions_request(struct lbe_env *, struct client *,
		    struct imsg *);
static void	match_service(struct change *, struct lbe_service *);
static void	match_host(struct change *, struct lbe_host *);
static void	match_send(struct client *, enum ctl_match_kind,
		    const struct addr *, uint8_t, uint16_t);
static struct client *listing_client(struct lbe_env *, uint32_t,
		    enum client_state);
static int	listing_row(struct lbe_env *, struct imsg *);
static int	listing_end(struct lbe_env *, struct imsg *);
static int	listing_sessions(struct lbe_env *, struct imsg *);
static void	listing_fail(struct client *, int);

int
listing_request(struct lbe_env *env, struct client *c, struct imsg *msg)
{
	struct msg_ipvs_read	m;

	memset(&m, 0, sizeof(m));
	switch (imsg_type(msg)) {
	case MSG_CTL_SHOW_SESSIONS:
		return (sessions_request(env, c, msg));
	case MSG_CTL_SHOW_STATS:
		m.kind = IPVS_READ_STATS;
		break;
	default:
		m.kind = IPVS_READ_TABLE;
		break;
	}
	c->state = CLIENT_LISTING;
	listing_ask(c, MSG_IPVS_READ, &m, sizeof(m));
	return (0);
}

static void
listing_ask(struct client *c, enum msg_type type, const void *data,
    size_t len)
{
	if (++c->env->listing_id == 0)
		c->env->listing_id = 1;
	c->id = c->env->listing_id;
	engine_send(c->env->engine, PROC_PARENT, type, c->id, data, len);
}

/*
 * The kernel's words for a connection are addresses: those of the service and
 * the host that are named go to the client before the table.
 */
static int
sessions_request(struct lbe_env *env, struct client *c, struct imsg *msg)
{
	struct ctl_session_which	which;
	struct change			change;

	if (imsg_get_data(msg, &which, sizeof(which)) == -1 ||
	    !wire_name_ok(which.service.name, sizeof(which.service.name)) ||
	    !wire_name_ok(which.host.name, sizeof(which.host.name)))
		return (-1);
	memset(&change, 0, sizeof(change));
	change.env = env;
	change.client = c;
	c->state = CLIENT_SESSIONS;
	change.id = which.service;
	if (which.service.id != 0 || which.service.name[0] != '\0') {
		named_services(&change, match_service);
		if (c->state != CLIENT_SESSIONS)
			return (0);
		if (change.objects == 0) {
			client_fail(c, "there is no such service");
			return (0);
		}
	}
	change.id = which.host;
	change.objects = 0;
	if (which.host.id != 0 || which.host.name[0] != '\0') {
		named_hosts(&change, match_host);
		if (change.objects == 0) {
			client_fail(c, "there is no such host");
			return (0);
		}
	}
	listing_ask(c, MSG_SESSIONS_GET, NULL, 0);
	return (0);
}

static void
match_service(struct change *change, struct lbe_service *s)
{
	struct lbe_listen	*l;

	change->objects++;
	STAILQ_FOREACH(l, &s->listens, entry) {
		if (l->conf.mark != 0) {
			client_fail(change->client, "service %s listens on a "
			    "mark, which the kernel does not tell of a "
			    "connection: name its hosts instead",
			    s->conf.name);
			return;
		}
		match_send(change->client, CTL_MATCH_VIRTUAL, &l->conf.addr,
		    l->conf.proto, l->conf.port);
	}
}

static void
match_host(struct change *change, struct lbe_host *h)
{
	const struct addr	addr = host_addr(h);

	change->objects++;
	match_send(change->client, CTL_MATCH_REAL, &addr, 0,
	    h->table->conf.port);
}

static void
match_send(struct client *c, enum ctl_match_kind kind,
    const struct addr *addr, uint8_t proto, uint16_t port)
{
	struct ctl_match	m;

	_Static_assert(sizeof(m.addr) == sizeof(addr->u.bytes),
	    "ctl.h and wire.h differ");
	memset(&m, 0, sizeof(m));
	m.kind = kind;
	m.af = addr->af;
	m.proto = proto;
	m.port = port;
	memcpy(m.addr, addr->u.bytes, addr_size(addr->af));
	peer_send(c->peer, MSG_CTL_MATCH, 0, -1, &m, sizeof(m));
}

static struct client *
listing_client(struct lbe_env *env, uint32_t id, enum client_state state)
{
	struct client	*c;

	TAILQ_FOREACH(c, control_clients(env->control), entry)
		if (c->state == state && c->id == id)
			return (c);
	return (NULL);
}

void
listing_gone(struct client *c)
{
	if (c->state == CLIENT_LISTING)
		engine_send(c->env->engine, PROC_PARENT, MSG_IPVS_STOP, c->id,
		    NULL, 0);
}

void
listing_more(struct client *c)
{
	if (peer_queued(c->peer) > SHOW_QUEUE)
		client_wait_writable(c);
	else
		engine_send(c->env->engine, PROC_PARENT, MSG_IPVS_MORE, c->id,
		    NULL, 0);
}

int
listing_dispatch(struct lbe_env *env, struct imsg *msg)
{
	struct client	*c;

	switch (imsg_type(msg)) {
	case MSG_IPVS_PIECE:
		c = listing_client(env, imsg_id(msg), CLIENT_LISTING);
		if (c != NULL)
			listing_more(c);
		return (0);
	case MSG_IPVS_END:
		return (listing_end(env, msg));
	case MSG_SESSIONS:
		return (listing_sessions(env, msg));
	default:
		return (listing_row(env, msg));
	}
}

static int
listing_row(struct lbe_env *env, struct imsg *msg)
{
	union {
		struct ctl_ipvs		ipvs;
		struct ctl_virtual	virtual;
		struct ctl_real		real;
		struct ctl_stats	stats;
	}		 row;
	struct client	*c;
	enum msg_type	 type;

	switch (imsg_type(msg)) {
	case MSG_IPVS_TABLE:
		type = MSG_CTL_IPVS;
		break;
	case MSG_IPVS_VIRTUAL:
		type = MSG_CTL_VIRTUAL;
		break;
	case MSG_IPVS_REAL:
		type = MSG_CTL_REAL;
		break;
	default:
		type = MSG_CTL_STATS;
		break;
	}
	if (imsg_len(msg) > sizeof(row) ||
	    imsg_get_data(msg, &row, imsg_len(msg)) == -1)
		return (-1);
	c = listing_client(env, imsg_id(msg), CLIENT_LISTING);
	if (c != NULL)
		peer_send(c->peer, type, 0, -1, &row, imsg_len(msg));
	return (0);
}

static int
listing_end(struct lbe_env *env, struct imsg *msg)
{
	struct msg_result	 r;
	struct client		*c;

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (-1);
	c = listing_client(env, imsg_id(msg), CLIENT_LISTING);
	if (c == NULL)
		return (0);
	if (r.error != 0)
		listing_fail(c, r.error);
	else
		client_end(c);
	return (0);
}

/* The client reads the open file itself, at its own pace. */
static int
listing_sessions(struct lbe_env *env, struct imsg *msg)
{
	struct msg_result	 r;
	struct client		*c;
	int			 fd;

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (-1);
	if ((fd = imsg_get_fd(msg)) == -1 && r.error == 0)
		return (-1);
	c = listing_client(env, imsg_id(msg), CLIENT_SESSIONS);
	if (c == NULL) {
		if (fd != -1)
			close(fd);
		return (0);
	}
	if (fd == -1)
		listing_fail(c, r.error);
	else {
		peer_send(c->peer, MSG_CTL_SESSIONS, 0, fd, NULL, 0);
		client_idle(c);
	}
	return (0);
}

static void
listing_fail(struct client *c, int error)
{
	switch (error) {
	case EOPNOTSUPP:
		client_fail(c, "no service is configured, so IPVS is not in "
		    "use");
		break;
	case ESTALE:
		client_fail(c, "the configuration was reloaded meanwhile, ask "
		    "again");
		break;
	default:
		client_fail(c, "the kernel's table cannot be read: %s",
		    strerror(error));
		break;
	}
}

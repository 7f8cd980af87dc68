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
#include <sys/prctl.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "engine.h"
#include "imsg.h"
#include "log.h"

static struct event_base *engine_base(int);
static int	parent_message(struct peer *, struct imsg *, void *);
static void	parent_down(struct peer *, enum peer_down, void *);
static int	link_message(struct peer *, struct imsg *, void *);
static void	link_down(struct peer *, enum peer_down, void *);
static int	engine_link(struct engine *, struct imsg *);
static int	engine_verbose(struct imsg *);
static void	engine_set_gen(struct engine *, uint32_t);
static int	engine_conf(struct engine *, struct imsg *);
static int	conf_object(struct engine *, struct imsg *);
static void	conf_ended(struct engine *);
static void	conf_committed(struct engine *);
static void	conf_started(struct engine *);

static const struct peer_ops	parent_ops = { parent_message, parent_down };
static const struct peer_ops	link_ops = { link_message, link_down };

int
engine_main(const struct engine_ops *ops, void *arg, int debug, int verbose)
{
	struct engine	e;
	enum proc	p;

	memset(&e, 0, sizeof(e));
	e.ops = ops;
	e.arg = arg;
	log_init(proc_names[ops->self], debug);
	log_setverbose(verbose);
	setproctitle("%s", proc_names[ops->self]);

	/* The parent says when to end; a terminal's ^C is its to take. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);

	if (ops->prepare != NULL)
		ops->prepare(&e);
	engine_confine(ops->self);

	if ((e.base = engine_base(ops->coarse)) == NULL)
		fatalx("cannot make an event base");
	if (fcntl(ENGINE_PARENT_FD, F_SETFD, FD_CLOEXEC) == -1)
		fatal("no link to the parent");
	e.parent = peer_open(e.base, ENGINE_PARENT_FD, ops->self, PROC_PARENT,
	    proc_names[PROC_PARENT], PEER_F_FDPASS, &parent_ops, &e);
	if (e.parent == NULL)
		fatal("link to the parent");
	ops->init(&e);

	event_base_dispatch(e.base);

	for (p = 0; p < PROC_MAX; p++)
		peer_close(e.link[p]);
	peer_close(e.parent);
	event_base_free(e.base);
	return (0);
}

/* Timers to the microsecond cost a system call in each turn of the loop. */
static struct event_base *
engine_base(int coarse)
{
	struct event_config	*cfg;
	struct event_base	*base = NULL;

	if ((cfg = event_config_new()) == NULL)
		return (NULL);
	if (coarse || event_config_set_flag(cfg,
	    EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
		base = event_base_new_with_config(cfg);
	event_config_free(cfg);
	if (base != NULL &&
	    event_base_priority_init(base, ENGINE_PRIO_MAX) == -1) {
		event_base_free(base);
		base = NULL;
	}
	return (base);
}

void
engine_exit(struct engine *e)
{
	peer_flush(e->parent);
	event_base_loopbreak(e->base);
}

void
engine_send(struct engine *e, enum proc to, enum msg_type type, uint32_t id,
    const void *data, size_t len)
{
	struct peer	*peer;

	peer = to == PROC_PARENT ? e->parent : e->link[to];
	if (peer != NULL)
		peer_send(peer, type, id, -1, data, len);
}

int
engine_stale(const struct engine *e, const struct imsg *msg)
{
	return (imsg_gen(msg) < e->gen);
}

static void
parent_down(struct peer *, enum peer_down why, void *arg)
{
	struct engine	*e = arg;

	if (why != PEER_CLOSED)
		fatalx("lost the parent");
	log_debug("the parent has gone");
	event_base_loopbreak(e->base);
}

static int
parent_message(struct peer *, struct imsg *msg, void *arg)
{
	struct engine	*e = arg;

	switch (imsg_type(msg)) {
	case MSG_VERBOSE:
		return (engine_verbose(msg));
	case MSG_LINK:
		return (engine_link(e, msg));
	case MSG_PING:
		engine_send(e, PROC_PARENT, MSG_PONG, 0, NULL, 0);
		return (0);
	case MSG_SHUTDOWN:
		e->ops->shutdown(e);
		return (0);
	default:
		break;
	}
	if (imsg_type(msg) >= MSG_CONF_BEGIN &&
	    imsg_type(msg) <= MSG_CONF_START)
		return (engine_conf(e, msg));
	return (e->ops->message(e, PROC_PARENT, msg));
}

static int
engine_verbose(struct imsg *msg)
{
	struct msg_verbose	v;

	if (imsg_get_data(msg, &v, sizeof(v)) == -1)
		return (-1);
	log_setverbose(v.verbose);
	return (0);
}

/* A link to another engine; an older one to the same is over. */
static int
engine_link(struct engine *e, struct imsg *msg)
{
	struct peer	*peer;
	enum proc	 other = imsg_id(msg);
	int		 fd;

	if ((fd = imsg_get_fd(msg)) == -1)
		return (-1);
	if (imsg_id(msg) >= PROC_MAX || other == e->ops->self ||
	    other == PROC_PARENT || other == PROC_CTL) {
		close(fd);
		return (-1);
	}
	if (e->link[other] != NULL) {
		peer_close(e->link[other]);
		e->link[other] = NULL;
		if (e->ops->link_down != NULL)
			e->ops->link_down(e, other);
	}
	peer = peer_open(e->base, fd, e->ops->self, other, proc_names[other],
	    0, &link_ops, e);
	if (peer == NULL)
		fatal("link to %s", proc_names[other]);
	peer_set_gen(peer, e->gen);
	e->link[other] = peer;
	if (e->ops->link_up != NULL)
		e->ops->link_up(e, other);
	return (0);
}

static int
link_message(struct peer *peer, struct imsg *msg, void *arg)
{
	struct engine	*e = arg;

	return (e->ops->message(e, peer_proc(peer), msg));
}

/*
 * The other engine has ended: the parent starts it again and sends a new
 * link.  If it broke the protocol, the parent is asked to end it.
 */
static void
link_down(struct peer *peer, enum peer_down why, void *arg)
{
	struct engine	*e = arg;
	enum proc	 other = peer_proc(peer);

	if (why != PEER_CLOSED)
		engine_send(e, PROC_PARENT, MSG_BAD_PEER, other, NULL, 0);
	e->link[other] = NULL;
	peer_close(peer);
	if (e->ops->link_down != NULL)
		e->ops->link_down(e, other);
}

static void
engine_set_gen(struct engine *e, uint32_t gen)
{
	enum proc	p;

	e->gen = gen;
	peer_set_gen(e->parent, gen);
	for (p = 0; p < PROC_MAX; p++)
		if (e->link[p] != NULL)
			peer_set_gen(e->link[p], gen);
}

/*
 * The configuration in two phases, see msg.h.  The parent is trusted to keep
 * the order; an object out of order is a fault of ours, and fatal.
 */
static int
engine_conf(struct engine *e, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_CONF_BEGIN:
		if (e->staged_gen != 0)
			e->ops->conf_abort(e);
		e->staged_gen = imsg_gen(msg);
		e->same = 0;
		e->ops->conf_begin(e);
		return (0);
	case MSG_CONF_START:
		conf_started(e);
		return (0);
	default:
		break;
	}
	if (e->staged_gen == 0)
		return (imsg_type(msg) == MSG_CONF_ABORT ? 0 : -1);

	switch (imsg_type(msg)) {
	case MSG_CONF_SAME:
		/* No tree is needed but that which runs. */
		e->ops->conf_abort(e);
		e->same = 1;
		return (e->gen == 0 ? -1 : 0);
	case MSG_CONF_END:
		conf_ended(e);
		return (0);
	case MSG_CONF_COMMIT:
		conf_committed(e);
		return (0);
	case MSG_CONF_ABORT:
		e->ops->conf_abort(e);
		e->staged_gen = 0;
		return (0);
	default:
		return (conf_object(e, msg));
	}
}

static int
conf_object(struct engine *e, struct imsg *msg)
{
	if (!e->same)
		return (e->ops->conf_object(e, msg));
	if (e->ops->conf_change == NULL)
		return (-1);
	return (e->ops->conf_change(e, msg));
}

static void
conf_committed(struct engine *e)
{
	if (!e->same)
		e->ops->conf_commit(e);
	engine_set_gen(e, e->staged_gen);
	e->staged_gen = 0;
	e->between = 1;
	engine_send(e, PROC_PARENT, MSG_CONF_COMMITTED, 0, NULL, 0);
}

static void
conf_started(struct engine *e)
{
	e->between = 0;
	if (!e->same)
		e->ops->conf_start(e);
	else if (e->ops->conf_changed != NULL)
		e->ops->conf_changed(e);
}

static void
conf_ended(struct engine *e)
{
	struct ctl_text	 text;
	const char	*wrong = NULL;

	if (!e->same)
		wrong = e->ops->conf_end(e);
	if (wrong == NULL) {
		engine_send(e, PROC_PARENT, MSG_CONF_READY, 0, NULL, 0);
		return;
	}
	memset(&text, 0, sizeof(text));
	strlcpy(text.text, wrong, sizeof(text.text));
	engine_send(e, PROC_PARENT, MSG_CONF_ERROR, 0, &text, sizeof(text));
}

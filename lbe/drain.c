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
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"
#include "override.h"

/*
 * Hosts that get no new connections, and leave the kernel when those that
 * they have are over or their time is.  While there is any, the parent counts
 * once a second, one listen after another.
 *
 * A connection that the kernel calls active is open or being opened.  One
 * that it calls inactive is being closed, or was and is only remembered: the
 * kernel keeps it for up to two minutes (net/netfilter/ipvs/ip_vs_proto_tcp.c)
 * but one side may well be sending yet.  It counts until nothing has come for
 * the host for a while.  The clients remembered by persistence do not count:
 * that is no connection.
 */
#define DRAIN_ROUND_US	1000000
#define DRAIN_FIRST_US	100000
#define DRAIN_QUIET_US	(10 * 1000000)

#define US_PER_S	1000000

/* What the hosts that a client waits for have come to. */
struct waited {
	unsigned int	 hosts;
	unsigned int	 draining;
	unsigned int	 ended;		/* by another command */
	uint32_t	 left;		/* connections */
	uint32_t	 cut;		/* by the deadline */
	int64_t		 us;		/* to the last deadline; -1: none */
};

static void	drain_cb(evutil_socket_t, short, void *);
static void	drain_schedule(struct lbe_env *);
static int	drain_due(const struct lbe_env *, const struct lbe_drain *);
static void	drain_over(struct lbe_env *, struct lbe_drain *);
static void	round_begin(struct lbe_env *);
static void	round_ask(struct lbe_env *);
static struct lbe_listen *round_listen(struct lbe_env *);
static int	round_told(struct lbe_env *, struct imsg *);
static int	round_row(struct lbe_env *, struct imsg *);
static void	round_end(struct lbe_env *);
static void	round_judge(struct lbe_env *, struct lbe_drain *);
static int64_t	drain_left_us(const struct lbe_drain *);
static uint32_t	drain_conns(const struct lbe_drain *);
static void	wait_host(struct change *, struct lbe_host *);
static void	wait_tell(struct client *, const struct waited *);
static void	wait_look(struct client *);
static void	wait_all(struct lbe_env *);

void
drain_init(struct lbe_env *env)
{
	env->round.timer = evtimer_new(env->engine->base, drain_cb, env);
	if (env->round.timer == NULL)
		fatalx("cannot make a timer");
}

void
drain_free(struct lbe_env *env)
{
	event_free(env->round.timer);
}

/*
 * The deadline was given by the wall clock, so that it holds over a restart
 * of ours; what is left of it now is measured by the other.
 */
void
drain_begin(struct lbe_env *env, struct lbe_host *h)
{
	const struct msg_override	*o = host_override(h);
	struct lbe_drain		*d = host_drain(h);
	int64_t				 s;

	if (d == NULL) {
		if ((d = calloc(1, sizeof(*d))) == NULL)
			fatal("drain");
		d->host = h;
		host_extra(h)->drain = d;
		TAILQ_INSERT_TAIL(&env->tree->drains, d, entry);
	}
	d->moved = monotime_now();
	memset(&d->deadline, 0, sizeof(d->deadline));
	if (o->drain_s > 0) {
		s = o->by.since + o->drain_s - time(NULL);
		if (s < 0)
			s = 0;
		if (s > o->drain_s)
			s = o->drain_s;
		d->deadline = monotime_add_us(d->moved, s * US_PER_S);
	}
	if (!kernel_has(h))
		d->over = 1;
	drain_schedule(env);
}

void
drain_end(struct lbe_tree *t, struct lbe_host *h)
{
	struct lbe_drain	*d;

	if ((d = host_drain(h)) == NULL)
		return;
	TAILQ_REMOVE(&t->drains, d, entry);
	free(d);
	h->extra->drain = NULL;
}

void
drain_inherit(struct lbe_tree *t, struct lbe_host *h, struct lbe_tree *from)
{
	struct lbe_drain	*d;

	if ((d = host_drain(h)) == NULL)
		return;
	d->host = h;
	d->counting = 0;
	TAILQ_REMOVE(&from->drains, d, entry);
	TAILQ_INSERT_TAIL(&t->drains, d, entry);
}

void
drain_started(struct lbe_env *env)
{
	struct lbe_table	*tb;
	struct lbe_host		*h;

	STAILQ_FOREACH(tb, &env->tree->tables, entry)
		HOSTS_FOREACH(h, tb)
			if (host_override(h)->kind == OVERRIDE_DRAIN &&
			    host_drain(h) == NULL)
				drain_begin(env, h);
	drain_schedule(env);
	/* What they wait for may be configured no more. */
	wait_all(env);
}

void
drain_reset(struct lbe_env *env)
{
	env->round.running = 0;
	env->round.service = NULL;
	env->round.listen = NULL;
	event_del(env->round.timer);
}

/* In a second, for what is new sooner, or at a deadline before that. */
static void
drain_schedule(struct lbe_env *env)
{
	struct lbe_drain	*d;
	struct timeval		 tv;
	int64_t			 us = DRAIN_ROUND_US, left;
	int			 any = 0;

	TAILQ_FOREACH(d, &env->tree->drains, entry) {
		if (d->over)
			continue;
		any = 1;
		left = drain_left_us(d);
		if (left != -1 && left < us)
			us = left;
		if (!d->counted && us > DRAIN_FIRST_US)
			us = DRAIN_FIRST_US;
	}
	if (!any)
		return;
	tv = us_to_timeval(us);
	event_add(env->round.timer, &tv);
}

static void
drain_cb(evutil_socket_t, short, void *arg)
{
	struct lbe_env		*env = arg;
	struct lbe_drain	*d;

	TAILQ_FOREACH(d, &env->tree->drains, entry)
		if (!d->over && drain_due(env, d))
			drain_over(env, d);
	/* Before, the parent may not know yet who drains. */
	if (!env->round.running && kernel_may_ask(env)) {
		kernel_flush(env);
		round_begin(env);
	}
	drain_schedule(env);
	wait_all(env);
}

/* Its time is over, or what was to be waited for has left by other ways. */
static int
drain_due(const struct lbe_env *env, const struct lbe_drain *d)
{
	return (drain_left_us(d) == 0 ||
	    (kernel_running(env) && !kernel_has(d->host)));
}

/* Microseconds; -1: there is no deadline. */
static int64_t
drain_left_us(const struct lbe_drain *d)
{
	int64_t	us;

	if (!monotime_isset(d->deadline))
		return (-1);
	us = monotime_diff_us(d->deadline, monotime_now());
	return (us > 0 ? us : 0);
}

static uint32_t
drain_conns(const struct lbe_drain *d)
{
	return (d->load.active + d->load.inactive);
}

static void
drain_over(struct lbe_env *env, struct lbe_drain *d)
{
	struct lbe_host	*h = d->host;
	char		 name[HOST_NAME_LEN], why[64];

	d->over = 1;
	d->cut = drain_conns(d) > 0 && drain_left_us(d) == 0;
	if (d->cut)
		snprintf(why, sizeof(why), "%u connections left at the "
		    "deadline", drain_conns(d));
	else
		snprintf(why, sizeof(why), "no connections left");
	override_host_name(h, name);
	log_info("host %s (id %u): draining -> drained, %s", name, h->id,
	    why);
	monitor_event(env, CTL_EVENT_HOST, h->id, name,
	    "draining -> drained, %s", why);
	override_check(env, h);
	service_host_changed(env, h);
}

static void
round_begin(struct lbe_env *env)
{
	struct lbe_drain	*d;
	struct lbe_pool		*p;
	int			 any = 0;

	TAILQ_FOREACH(d, &env->tree->drains, entry) {
		d->counting = !d->over;
		if (d->over)
			continue;
		any = 1;
		memset(&d->next, 0, sizeof(d->next));
		STAILQ_FOREACH(p, &d->host->table->users, user)
			if (p->asked[HOST_INDEX(d->host)] != DEST_NONE)
				p->service->draining = 1;
	}
	if (!any)
		return;
	env->round.running = 1;
	env->round.service = STAILQ_FIRST(&env->tree->services);
	env->round.listen = NULL;
	round_ask(env);
}

/* The next listen of a service that has a host which drains. */
static struct lbe_listen *
round_listen(struct lbe_env *env)
{
	struct lbe_round	*r = &env->round;

	if (r->listen != NULL) {
		if ((r->listen = STAILQ_NEXT(r->listen, entry)) != NULL)
			return (r->listen);
		r->service = STAILQ_NEXT(r->service, entry);
	}
	for (; r->service != NULL; r->service = STAILQ_NEXT(r->service,
	    entry)) {
		if (!r->service->draining)
			continue;
		r->service->draining = 0;
		if ((r->listen = STAILQ_FIRST(&r->service->listens)) != NULL)
			return (r->listen);
	}
	return (NULL);
}

static void
round_ask(struct lbe_env *env)
{
	struct msg_load_get	 m;
	struct lbe_listen	*l;

	if ((l = round_listen(env)) == NULL) {
		round_end(env);
		return;
	}
	m.listen_id = l->conf.id;
	engine_send(env->engine, PROC_PARENT, MSG_IPVS_LOAD_GET,
	    ++env->round.id, &m, sizeof(m));
}

int
drain_dispatch(struct lbe_env *env, struct imsg *msg)
{
	int	ours = env->round.running && imsg_id(msg) == env->round.id;

	switch (imsg_type(msg)) {
	case MSG_IPVS_LOAD:
		return (ours ? round_row(env, msg) : 0);
	default:
		return (ours ? round_told(env, msg) : 0);
	}
}

/* What is not known of one listen spoils the sums: the next round may. */
static int
round_told(struct lbe_env *env, struct imsg *msg)
{
	struct msg_result	 r;
	struct lbe_drain	*d;

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (-1);
	if (r.error == 0) {
		round_ask(env);
		return (0);
	}
	log_debug("connections cannot be counted: %s", strerror(r.error));
	TAILQ_FOREACH(d, &env->tree->drains, entry)
		d->counting = 0;
	env->round.running = 0;
	return (0);
}

static int
round_row(struct lbe_env *env, struct imsg *msg)
{
	struct msg_load		 m, *next;
	struct lbe_host		*h;
	struct lbe_drain	*d;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1)
		return (-1);
	h = tree_host(env->tree, m.host_id);
	if (h == NULL || (d = host_drain(h)) == NULL || !d->counting)
		return (0);
	next = &d->next;
	if (m.weight > next->weight)
		next->weight = m.weight;
	next->active += m.active;
	next->inactive += m.inactive;
	next->persistent += m.persistent;
	next->in_pkts += m.in_pkts;
	return (0);
}

static void
round_end(struct lbe_env *env)
{
	struct lbe_drain	*d;

	env->round.running = 0;
	TAILQ_FOREACH(d, &env->tree->drains, entry)
		if (d->counting && !d->over)
			round_judge(env, d);
	wait_all(env);
}

static void
round_judge(struct lbe_env *env, struct lbe_drain *d)
{
	struct monotime	now = monotime_now();

	d->counting = 0;
	if (!d->counted || d->next.in_pkts != d->load.in_pkts)
		d->moved = now;
	d->load = d->next;
	d->counted = 1;
	/* With another weight it may still be given new ones. */
	if (d->load.weight > 0 || d->load.active > 0)
		return;
	if (d->load.inactive == 0 ||
	    monotime_diff_us(now, d->moved) >= DRAIN_QUIET_US)
		drain_over(env, d);
}

void
drain_show(const struct lbe_host *h, struct ctl_host *m)
{
	const struct lbe_drain	*d = host_drain(h);
	int64_t			 us;

	if (d == NULL || !desire_table_enabled(h->table))
		return;
	m->state = d->over ? CTL_DRAINED : CTL_DRAINING;
	m->active = d->load.active;
	m->inactive = d->load.inactive;
	m->persistent = d->load.persistent;
	us = drain_left_us(d);
	m->drain_left_s = us == -1 ? CTL_DRAIN_FOREVER : us / US_PER_S;
}

/* Called back for each host that a client waits for. */
static void
wait_host(struct change *c, struct lbe_host *h)
{
	struct waited		*w = c->waited;
	const struct lbe_drain	*d = host_drain(h);
	int64_t			 us;

	w->hosts++;
	if (d == NULL) {
		w->ended += desire_host_enabled(h);
		return;
	}
	if (d->cut)
		w->cut += drain_conns(d);
	if (d->over)
		return;
	w->draining++;
	w->left += drain_conns(d);
	us = drain_left_us(d);
	if (us == -1 || (us > w->us && w->us != -1))
		w->us = us;
}

static void
wait_tell(struct client *c, const struct waited *w)
{
	if (w->left == c->show.left)
		return;
	c->show.left = w->left;
	if (w->us == -1)
		client_text(c, "%u connections left", w->left);
	else
		client_text(c, "%u connections left, %us to the deadline",
		    w->left, (unsigned int)(w->us / US_PER_S));
}

static void
wait_look(struct client *c)
{
	struct change	change;
	struct waited	w;

	memset(&w, 0, sizeof(w));
	memset(&change, 0, sizeof(change));
	change.env = c->env;
	change.client = c;
	change.id = c->show.which;
	change.waited = &w;
	named_hosts(&change, wait_host);
	if (w.hosts == 0)
		client_fail(c, "the configuration has no such host any more");
	else if (w.ended > 0)
		client_fail(c, "another command has ended the drain");
	else if (w.draining > 0)
		wait_tell(c, &w);
	else {
		if (w.cut > 0)
			client_text(c, "drained, %u connections left at the "
			    "deadline", w.cut);
		else
			client_text(c, "drained");
		client_ok(c);
	}
}

static void
wait_all(struct lbe_env *env)
{
	struct client	*c, *next;

	TAILQ_FOREACH_SAFE(c, control_clients(env->control), entry, next)
		if (c->state == CLIENT_DRAIN)
			wait_look(c);
}

void
drain_wait(struct client *c)
{
	c->state = CLIENT_DRAIN;
	c->show.left = 0;
	wait_look(c);
}

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

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "env.h"

/*
 * How long the kernel is left as it is for want of hce's verdicts after a
 * start; then what is known must do.  An engine is up within a fraction of
 * a second, also after the first pause of its restart.
 */
#define SYNC_WAIT_US	(3 * 1000000)

/* Weights that rise are looked at so often. */
#define RISE_WAIT_US	1000000

/* How much of a service the parent is asked for. */
enum ask {
	ASK_NEW,		/* what it was not asked for before */
	ASK_ALL,		/* all, and what is wanted no more */
	ASK_RESYNC		/* all, after a RESYNC */
};

static int	error_cmp(struct lbe_error *, struct lbe_error *);
static void	kernel_flush_cb(evutil_socket_t, short, void *);
static void	kernel_wake_cb(evutil_socket_t, short, void *);
static void	kernel_deadline_cb(evutil_socket_t, short, void *);
static void	kernel_resync(struct lbe_env *);
static void	kernel_follow(struct lbe_env *);
static int	kernel_knows(const struct lbe_service *);
static int	kernel_skips(enum ask, int32_t, int32_t, int32_t);
static int	kernel_update(struct lbe_env *, struct lbe_service *,
		    enum ask);
static int32_t	kernel_weight(struct lbe_env *, struct lbe_service *,
		    enum pool_role, enum pool_role, const struct lbe_host *);
static int	kernel_update_pool(struct lbe_env *, struct lbe_service *,
		    enum pool_role, enum pool_role, enum ask);
static void	kernel_ask_dest(struct lbe_env *, struct lbe_service *,
		    const struct lbe_host *, int32_t);
static void	kernel_commit(struct lbe_env *);
static int	kernel_refused(struct lbe_env *, struct imsg *);
static int	kernel_done(struct lbe_env *, struct imsg *);
static int	kernel_do(struct lbe_env *);
static void	errors_retried(struct lbe_env *);
static void	error_retried(struct lbe_env *, uint32_t, uint32_t);
static void	error_free(struct lbe_env *, struct lbe_error *);

RB_PROTOTYPE(lbe_errors, lbe_error, entry, error_cmp)
RB_GENERATE(lbe_errors, lbe_error, entry, error_cmp)

static int
error_cmp(struct lbe_error *a, struct lbe_error *b)
{
	if (a->host_id != b->host_id)
		return (a->host_id < b->host_id ? -1 : 1);
	return (a->listen_id < b->listen_id ? -1 : a->listen_id > b->listen_id);
}

void
kernel_init(struct lbe_env *env)
{
	struct event_base	*base = env->engine->base;

	STAILQ_INIT(&env->todo);
	RB_INIT(&env->errors);
	env->flush = evtimer_new(base, kernel_flush_cb, env);
	env->wake = evtimer_new(base, kernel_wake_cb, env);
	env->sync_deadline = evtimer_new(base, kernel_deadline_cb, env);
	if (env->flush == NULL || env->wake == NULL ||
	    env->sync_deadline == NULL)
		fatalx("cannot make a timer");
}

void
kernel_free(struct lbe_env *env)
{
	struct lbe_error	*err;

	kernel_forget_todo(env);
	event_free(env->flush);
	event_free(env->wake);
	event_free(env->sync_deadline);
	while ((err = RB_ROOT(&env->errors)) != NULL)
		error_free(env, err);
}

int
kernel_running(const struct lbe_env *env)
{
	return (env->started && env->synced);
}

/*
 * A batch between COMMIT and START would be taken for that of the new
 * generation, and what the kernel has refused be tried again with it.
 */
int
kernel_may_ask(const struct lbe_env *env)
{
	return (kernel_running(env) && !env->engine->between);
}

void
kernel_started(struct lbe_env *env)
{
	struct timeval	tv;

	if (env->synced) {
		kernel_follow(env);
		return;
	}
	tv = us_to_timeval(SYNC_WAIT_US);
	event_add(env->sync_deadline, &tv);
}

/* The first verdicts after our start are there: the waiting is over. */
void
kernel_synced(struct lbe_env *env)
{
	if (env->synced)
		return;
	env->synced = 1;
	event_del(env->sync_deadline);
	if (kernel_may_ask(env))
		kernel_resync(env);
	judged_look(env);
}

static void
kernel_deadline_cb(evutil_socket_t, short, void *arg)
{
	struct lbe_env	*env = arg;

	log_warnx("hce has not told how the hosts are: going on with what is "
	    "known");
	kernel_synced(env);
}

/*
 * Work is done when the loop comes round, all that a burst of verdicts has
 * changed in one batch.
 */
void
kernel_todo(struct lbe_env *env, struct lbe_service *s)
{
	const struct timeval	now = { 0, 0 };

	if (s->queued || !kernel_running(env))
		return;
	s->queued = 1;
	STAILQ_INSERT_TAIL(&env->todo, s, todo);
	if (!evtimer_pending(env->flush, NULL))
		event_add(env->flush, &now);
}

void
kernel_todo_table(struct lbe_env *env, struct lbe_table *tb)
{
	struct lbe_pool	*p;

	STAILQ_FOREACH(p, &tb->users, user)
		kernel_todo(env, p->service);
}

/* One timer for all: most have nothing to do with time. */
void
kernel_wake(struct lbe_env *env, struct lbe_service *s, int64_t us)
{
	struct timeval	tv = us_to_timeval(us);
	struct monotime	at = monotime_add_us(monotime_now(), us);

	s->woken = 1;
	if (evtimer_pending(env->wake, NULL) &&
	    monotime_diff_us(at, env->wake_at) >= 0)
		return;
	env->wake_at = at;
	event_add(env->wake, &tv);
}

static void
kernel_wake_cb(evutil_socket_t, short, void *arg)
{
	struct lbe_env		*env = arg;
	struct lbe_service	*s;

	if (env->tree == NULL)
		return;
	STAILQ_FOREACH(s, &env->tree->services, entry) {
		if (!s->woken)
			continue;
		s->woken = 0;
		kernel_todo(env, s);
	}
}

void
kernel_forget_todo(struct lbe_env *env)
{
	struct lbe_service	*s;

	while ((s = STAILQ_FIRST(&env->todo)) != NULL) {
		STAILQ_REMOVE_HEAD(&env->todo, todo);
		s->queued = 0;
	}
}

static void
kernel_flush_cb(evutil_socket_t, short, void *arg)
{
	kernel_flush(arg);
}

/* Returns how much was asked. */
static int
kernel_do(struct lbe_env *env)
{
	struct lbe_service	*s;
	int			 asked = 0;

	while ((s = STAILQ_FIRST(&env->todo)) != NULL) {
		STAILQ_REMOVE_HEAD(&env->todo, todo);
		s->queued = 0;
		asked += kernel_update(env, s, ASK_NEW);
	}
	return (asked);
}

void
kernel_flush(struct lbe_env *env)
{
	if (kernel_may_ask(env) && kernel_do(env) > 0)
		kernel_commit(env);
	judged_look(env);
}

/* The parent waits for a commit of each generation. */
void
kernel_again(struct lbe_env *env)
{
	if (!env->synced)
		return;
	if (!env->resynced) {
		kernel_resync(env);
		return;
	}
	errors_retried(env);
	(void)kernel_do(env);
	kernel_commit(env);
	bound_resynced(env);
}

/* The parent tries again what the kernel has refused. */
static void
errors_retried(struct lbe_env *env)
{
	struct lbe_error	*err;

	RB_FOREACH(err, lbe_errors, &env->errors)
		err->retried = 1;
}

/*
 * The parent has taken a new configuration.  It keeps what was asked by ids
 * that stay, as the tree here does, so that only what differs is to be said:
 * most reloads change little.
 */
static void
kernel_follow(struct lbe_env *env)
{
	struct lbe_service	*s;

	if (!env->resynced) {
		kernel_resync(env);
		return;
	}
	kernel_forget_todo(env);
	errors_retried(env);
	STAILQ_FOREACH(s, &env->tree->services, entry)
		kernel_update(env, s, kernel_knows(s) ? ASK_NEW : ASK_ALL);
	kernel_commit(env);
	bound_resynced(env);
}

/* Of an address that is new to it, nothing was asked of the parent. */
static int
kernel_knows(const struct lbe_service *s)
{
	const struct lbe_listen	*l;

	STAILQ_FOREACH(l, &s->listens, entry)
		if (!l->known)
			return (0);
	return (1);
}

/*
 * Everything anew: this engine has a new life, or the parent adopts what it
 * has found in the kernel.  What was asked before and is not repeated ends.
 */
static void
kernel_resync(struct lbe_env *env)
{
	struct lbe_service	*s;

	kernel_forget_todo(env);
	errors_retried(env);
	engine_send(env->engine, PROC_PARENT, MSG_IPVS_RESYNC, 0, NULL, 0);
	STAILQ_FOREACH(s, &env->tree->services, entry)
		kernel_update(env, s, ASK_RESYNC);
	kernel_commit(env);
	bound_resynced(env);
	env->resynced = !STAILQ_EMPTY(&env->tree->services);
}

static void
kernel_commit(struct lbe_env *env)
{
	engine_send(env->engine, PROC_PARENT, MSG_IPVS_COMMIT, ++env->batch,
	    NULL, 0);
}

/* Nothing is to be said of what was asked and is wanted now. */
static int
kernel_skips(enum ask ask, int32_t asked, int32_t wanted, int32_t none)
{
	switch (ask) {
	case ASK_NEW:
		return (wanted == asked);
	case ASK_ALL:
		return (wanted == none && asked == none);
	default:
		return (wanted == none);
	}
}

/* Ask the parent for a service.  Returns how much was asked. */
static int
kernel_update(struct lbe_env *env, struct lbe_service *s, enum ask ask)
{
	struct lbe_listen	*l;
	struct msg_onoff	 msg;
	enum pool_role		 active;
	int64_t			 left;
	int			 i, on, asked = 0;

	active = service_judge(env, s);
	on = desire_service_active(s);
	msg.on = on;
	STAILQ_FOREACH(l, &s->listens, entry) {
		if (kernel_skips(ask, l->asked, on, 0)) {
			l->asked = on;
			continue;
		}
		engine_send(env->engine, PROC_PARENT, MSG_IPVS_SERVICE,
		    l->conf.id, &msg, sizeof(msg));
		error_retried(env, 0, l->conf.id);
		l->asked = on;
		asked++;
	}
	for (i = 0; i < POOL_MAX; i++)
		asked += kernel_update_pool(env, s, active, i, ask);
	s->goes = NULL;
	if (s->conf.removal_ms != 0 &&
	    (left = removal_left_us(s, monotime_now())) != -1)
		kernel_wake(env, s, left);
	return (asked);
}

/* What it ought to have, or as much of it as it has come to. */
static int32_t
kernel_weight(struct lbe_env *env, struct lbe_service *s,
    enum pool_role active, enum pool_role role, const struct lbe_host *h)
{
	struct lbe_pool	*p = &s->pool[role];
	struct monotime	 now;
	int32_t		 weight;

	weight = desire_weight(s, active, role, h);
	/* To ask for the time once for each host takes longer than the rest. */
	if (p->ramp == NULL)
		return (weight);
	now = monotime_now();
	weight = ramp_weight(p, h, weight, now);
	if (weight > 0 && ramp_left_us(p, h, now) > 0)
		kernel_wake(env, s, RISE_WAIT_US);
	return (weight);
}

static int
kernel_update_pool(struct lbe_env *env, struct lbe_service *s,
    enum pool_role active, enum pool_role role, enum ask ask)
{
	struct lbe_pool	*p = &s->pool[role];
	struct lbe_host	*h;
	int32_t		 weight, *was;
	int		 asked = 0;

	if (p->table == NULL)
		return (0);
	HOSTS_FOREACH(h, p->table) {
		weight = kernel_weight(env, s, active, role, h);
		was = &p->asked[HOST_INDEX(h)];
		if (kernel_skips(ask, *was, weight, DEST_NONE)) {
			*was = weight;
			continue;
		}
		kernel_ask_dest(env, s, h, weight);
		*was = weight;
		asked++;
	}
	return (asked);
}

static void
kernel_ask_dest(struct lbe_env *env, struct lbe_service *s,
    const struct lbe_host *h, int32_t weight)
{
	struct lbe_listen	*l;
	struct msg_dest		 msg;

	msg.host_id = h->id;
	msg.weight = weight;
	STAILQ_FOREACH(l, &s->listens, entry) {
		engine_send(env->engine, PROC_PARENT, MSG_IPVS_DEST,
		    l->conf.id, &msg, sizeof(msg));
		error_retried(env, h->id, l->conf.id);
	}
}

/*
 * The kernel holds this from a life before.  That it holds it for one of the
 * service's addresses is enough to ask for it on all of them.
 */
void
kernel_found(struct lbe_env *env, uint32_t listen_id,
    const struct msg_dest *msg)
{
	struct lbe_listen	*l;
	struct lbe_host		*h;
	struct lbe_pool		*p;
	int			 i;

	if ((l = tree_listen(env->tree, listen_id)) == NULL ||
	    (h = tree_host(env->tree, msg->host_id)) == NULL)
		return;
	for (i = 0; i < POOL_MAX; i++) {
		p = &l->service->pool[i];
		if (p->table != h->table)
			continue;
		p->asked[HOST_INDEX(h)] = msg->weight;
		ramp_found(p, h);
	}
}

int
kernel_has(const struct lbe_host *h)
{
	const struct lbe_pool	*p;

	STAILQ_FOREACH(p, &h->table->users, user)
		if (p->asked[HOST_INDEX(h)] != DEST_NONE)
			return (1);
	return (0);
}

int
kernel_dispatch(struct lbe_env *env, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_IPVS_ERROR:
		return (kernel_refused(env, msg));
	case MSG_IPVS_DONE:
		return (kernel_done(env, msg));
	default:
		return (-1);
	}
}

static int
kernel_refused(struct lbe_env *env, struct imsg *msg)
{
	struct msg_ipvs_error	 m;
	struct lbe_error	*err, key;
	int			 known;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 ||
	    !wire_name_ok(m.text, sizeof(m.text)))
		return (-1);
	key.host_id = m.host_id;
	key.listen_id = imsg_id(msg);
	err = RB_FIND(lbe_errors, &env->errors, &key);
	if (m.error == 0) {
		/* The parent has tried again by itself, with success. */
		if (err != NULL)
			error_free(env, err);
		return (0);
	}
	if (err == NULL) {
		if ((err = calloc(1, sizeof(*err))) == NULL)
			fatal("error of the kernel");
		err->host_id = m.host_id;
		err->listen_id = imsg_id(msg);
		RB_INSERT(lbe_errors, &env->errors, err);
	}
	known = err->error == m.error && strcmp(err->text, m.text) == 0;
	err->error = m.error;
	err->retried = 0;
	strlcpy(err->text, m.text, sizeof(err->text));
	if (!known) {
		log_warnx("kernel: %s", err->text);
		monitor_event(env, CTL_EVENT_KERNEL, imsg_id(msg), "kernel",
		    "%s", err->text);
	}
	return (0);
}

/* What was asked for again and is not among the refused has gone well. */
static int
kernel_done(struct lbe_env *env, struct imsg *msg)
{
	struct msg_result	 r;
	struct lbe_error	*err, *next;

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (-1);
	if (r.done != 0 || r.failed != 0)
		log_debug("kernel: batch %u: %u done, %u refused",
		    imsg_id(msg), r.done, r.failed);
	if (imsg_id(msg) != env->batch)
		return (0);
	RB_FOREACH_SAFE(err, lbe_errors, &env->errors, next)
		if (err->retried)
			error_free(env, err);
	return (0);
}

static void
error_retried(struct lbe_env *env, uint32_t host_id, uint32_t listen_id)
{
	struct lbe_error	*err, key;

	if (RB_EMPTY(&env->errors))
		return;
	key.host_id = host_id;
	key.listen_id = listen_id;
	if ((err = RB_FIND(lbe_errors, &env->errors, &key)) != NULL)
		err->retried = 1;
}

static void
error_free(struct lbe_env *env, struct lbe_error *err)
{
	RB_REMOVE(lbe_errors, &env->errors, err);
	free(err);
}

struct lbe_error *
kernel_listen_error(struct lbe_env *env, uint32_t listen_id)
{
	struct lbe_error	key;

	key.host_id = 0;
	key.listen_id = listen_id;
	return (RB_FIND(lbe_errors, &env->errors, &key));
}

struct lbe_error *
kernel_host_error(struct lbe_env *env, uint32_t host_id)
{
	struct lbe_error	*err, key;

	key.host_id = host_id;
	key.listen_id = 0;
	err = RB_NFIND(lbe_errors, &env->errors, &key);
	return (err != NULL && err->host_id == host_id ? err : NULL);
}

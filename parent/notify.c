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
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/ctl.h"
#include "../imsg/log.h"
#include "jobq.h"
#include "notify.h"
#include "parent.h"
#include "run.h"

/*
 * Notify scripts: what is run when instances, sync groups and services change.
 * They begin by a timer of the last priority and one at a time, so that what
 * the kernel is to be told about all these changes goes first.
 */

/* Programs at a time; the others wait. */
#define NOTIFY_RUNNING_MAX	32
/* What still runs when lvsd is told to end makes room for what is last. */
#define NOTIFY_HURRY_MS		2000

struct notify_object {
	struct jobq_object		 q;		/* first, see below */
	RB_ENTRY(notify_object)		 entry;
	struct parent			*env;
	struct run			*run;		/* of q.job */
	uint32_t			 id;
	enum notify_what		 what;
	uint32_t			 state;		/* as in notify_about */
	uint32_t			 priority;	/* of an instance */
	uint64_t			 weight;	/* of a service */
	int				 gone;		/* not configured */
	int				 abandoned;	/* run was killed */
	char				 name[NAME_LEN];
};
RB_HEAD(notify_objects, notify_object);

struct notify {
	struct notify_objects	 objects;
	struct jobq		 q;
	struct event		*ev_next;
	unsigned int		 gone;		/* objects that are */
};

static int	object_cmp(const struct notify_object *,
		    const struct notify_object *);
static struct notify_object *object_find(const struct notify *, uint32_t);
static struct notify_object *object_get(struct parent *, uint32_t,
		    const char *, enum notify_what);
static void	object_back(struct notify *, struct notify_object *);
static int	object_there(const struct notify_object *,
		    const struct conf *);
static void	object_free(struct notify *, struct notify_object *);
static void	object_state(struct notify_object *, const struct conf *,
		    uint32_t);
static void	object_put(struct notify_object *, const struct conf *,
		    const struct notify_about *);
static int	notify_start(void *, struct jobq_object *, struct job *);
static void	notify_skipped(void *, struct jobq_object *, struct change *);
static void	notify_done(void *, const struct msg_script_result *);
static void	notify_failed(const struct notify_object *,
		    const struct job *, const char *, ...)
		    __attribute__((__format__(printf, 3, 4)));
static void	notify_next_cb(int, short, void *);
static void	notify_settle(struct parent *);
static void	notify_all(struct parent *, uint32_t);

RB_PROTOTYPE(notify_objects, notify_object, entry, object_cmp)
RB_GENERATE(notify_objects, notify_object, entry, object_cmp)

static const struct jobq_ops	notify_ops = { notify_start, notify_skipped };

static int
object_cmp(const struct notify_object *a, const struct notify_object *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}

struct notify *
notify_new(struct parent *env)
{
	struct notify	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	RB_INIT(&n->objects);
	jobq_init(&n->q, &notify_ops, env, NOTIFY_RUNNING_MAX);
	n->ev_next = evtimer_new(env->base, notify_next_cb, env);
	if (n->ev_next == NULL || event_priority_set(n->ev_next,
	    event_base_get_npriorities(env->base) - 1) == -1) {
		if (n->ev_next != NULL)
			event_free(n->ev_next);
		free(n);
		return (NULL);
	}
	return (n);
}

void
notify_free(struct notify *n)
{
	struct notify_object	*o;

	if (n == NULL)
		return;
	while ((o = RB_ROOT(&n->objects)) != NULL) {
		jobq_clear(&n->q, &o->q);
		if (o->run != NULL) {
			run_forget(o->run);
			jobq_ended(&n->q, &o->q);
		}
		object_free(n, o);
	}
	event_free(n->ev_next);
	free(n);
}

static struct notify_object *
object_find(const struct notify *n, uint32_t id)
{
	struct notify_object	key;

	key.id = id;
	return (RB_FIND(notify_objects, (struct notify_objects *)&n->objects,
	    &key));
}

/* The object of this id, made when there is none; NULL: no memory. */
static struct notify_object *
object_get(struct parent *env, uint32_t id, const char *name,
    enum notify_what what)
{
	struct notify_object	*o;

	if ((o = object_find(env->notify, id)) != NULL) {
		object_back(env->notify, o);
		return (o);
	}
	if ((o = calloc(1, sizeof(*o))) == NULL) {
		log_warn("notify scripts of %s", name);
		return (NULL);
	}
	jobq_object_init(&o->q);
	o->env = env;
	o->id = id;
	o->what = what;
	o->state = what == NOTIFY_SERVICE ? QUORUM_UNKNOWN : VRRP_INIT;
	strlcpy(o->name, name, sizeof(o->name));
	RB_INSERT(notify_objects, &env->notify->objects, o);
	return (o);
}

/* A service keeps its id, and may have scripts again. */
static void
object_back(struct notify *n, struct notify_object *o)
{
	if (!o->gone)
		return;
	n->gone--;
	o->gone = 0;
	o->state = QUORUM_UNKNOWN;
}

static void
object_free(struct notify *n, struct notify_object *o)
{
	RB_REMOVE(notify_objects, &n->objects, o);
	n->gone -= o->gone;
	free(o);
}

void
notify_role(struct parent *env, const struct conf_vrrp *v,
    const struct msg_role *role)
{
	struct notify_object	*o;

	o = object_get(env, v->conf.id, v->conf.name, NOTIFY_INSTANCE);
	if (o == NULL)
		return;
	o->priority = role->priority;
	object_state(o, env->conf, role->state);
	notify_settle(env);
}

void
notify_group(struct parent *env, const struct conf_group *g, uint32_t state)
{
	struct notify_object	*o;

	o = object_get(env, g->conf.id, g->conf.name, NOTIFY_GROUP);
	if (o == NULL)
		return;
	object_state(o, env->conf, state);
	notify_settle(env);
}

void
notify_quorum(struct parent *env, const struct conf_service *s,
    const struct msg_quorum *quorum)
{
	struct notify_object	*o;

	o = object_get(env, s->id, s->name, NOTIFY_SERVICE);
	if (o == NULL)
		return;
	o->weight = quorum->weight;
	object_state(o, env->conf, quorum->on ? QUORUM_UP : QUORUM_DOWN);
	notify_settle(env);
}

void
notify_rival(struct parent *env, const struct conf_vrrp *v,
    const struct msg_rival *rival)
{
	struct notify_object	*o;
	struct notify_about	 about;

	if ((o = object_find(env->notify, v->conf.id)) == NULL)
		return;
	memset(&about, 0, sizeof(about));
	about.state = about.previous = o->state;
	about.rival = rival;
	object_put(o, env->conf, &about);
	notify_settle(env);
}

/*
 * A master that hands over is still one to its scripts: it has the addresses.
 * What is told again, by a vrrpe that was restarted, is no change.
 */
static void
object_state(struct notify_object *o, const struct conf *conf, uint32_t state)
{
	struct notify_about	about;

	if (state == o->state ||
	    (o->what != NOTIFY_SERVICE && state == VRRP_HANDOVER))
		return;
	memset(&about, 0, sizeof(about));
	about.state = state;
	about.previous = o->state;
	o->state = state;
	if (o->what == NOTIFY_GROUP)
		dispatch_event(o->env, CTL_EVENT_GROUP, o->id, o->name,
		    "%s -> %s", vrrp_state_names[about.previous],
		    vrrp_state_names[state]);
	/* Its time is short, and what was before does not matter any more. */
	if (o->env->stopping)
		jobq_clear(&o->env->notify->q, &o->q);
	object_put(o, conf, &about);
}

static void
object_put(struct notify_object *o, const struct conf *conf,
    const struct notify_about *about)
{
	struct notify_about	 full = *about;
	struct change		*c;

	if (o->what == NOTIFY_SERVICE)
		full.service = conf_find_service(conf, o->id);
	else if (o->what == NOTIFY_GROUP)
		full.group = conf_find_group(conf, o->id);
	else
		full.vrrp = conf_find_vrrp(conf, o->id);
	full.what = o->what;
	full.priority = o->priority;
	full.weight = o->weight;
	if (full.vrrp == NULL && full.group == NULL && full.service == NULL)
		return;
	if (notify_change(conf, &full, &c) == -1)
		log_warn("notify scripts of %s", o->name);
	else if (c != NULL)
		jobq_put(&o->env->notify->q, &o->q, c);
}

/* Begin, and collect, from the queue. */

static int
notify_start(void *arg, struct jobq_object *q, struct job *j)
{
	struct notify_object	*o = (struct notify_object *)q;
	struct parent		*env = arg;
	struct run_spec		 spec;
	char			 why[512];

	spec.what = j->what;
	spec.argv = j->argv;
	spec.env = q->now->env;
	spec.user = j->user;
	spec.timeout_ms = j->timeout_ms;
	spec.done = notify_done;
	spec.arg = o;
	if (run_start(env->runs, &spec, &o->run, why, sizeof(why)) != 0) {
		notify_failed(o, j, "not run: %s", why);
		return (-1);
	}
	log_debug("%s: started", j->what);
	return (0);
}

static void
notify_skipped(void *, struct jobq_object *q, struct change *c)
{
	const struct notify_object	*o = (struct notify_object *)q;
	const struct job		*j = TAILQ_FIRST(&c->jobs);

	if (c->minor)
		log_debug("%s: skipped, one waits already", j->what);
	else
		notify_failed(o, j, "skipped for what came after");
}

static void
notify_done(void *arg, const struct msg_script_result *result)
{
	struct notify_object	*o = arg;
	struct parent		*env = o->env;
	struct job		*j = o->q.job;

	o->run = NULL;
	if (o->abandoned)
		notify_failed(o, j, "killed, for lvsd ends");
	else if (result->error == ETIMEDOUT)
		notify_failed(o, j, "timeout");
	else if (result->error != 0)
		notify_failed(o, j, "not run: %s", strerror(result->error));
	else if (result->status > 128)
		notify_failed(o, j, "signal %d", result->status - 128);
	else if (result->status != 0)
		notify_failed(o, j, "exit %d", result->status);
	else
		log_debug("%s: done", j->what);
	jobq_ended(&env->notify->q, &o->q);
	notify_settle(env);
}

static void
notify_failed(const struct notify_object *o, const struct job *j,
    const char *fmt, ...)
{
	char	why[CTL_TEXT_LEN];
	va_list	ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_warnx("%s: %s", j->what, why);
	dispatch_event(o->env, CTL_EVENT_NOTIFY, o->id, o->name, "%s: %s",
	    j->argv[0], why);
}

static void
notify_next_cb(int, short, void *arg)
{
	struct parent	*env = arg;

	jobq_next(&env->notify->q);
	notify_settle(env);
}

/* After anything has changed: who is next, who is free to go. */
static void
notify_settle(struct parent *env)
{
	const struct timeval	 soon = { 0, 0 };
	struct notify		*n = env->notify;
	struct notify_object	*o, *next;

	if (jobq_more(&n->q))
		evtimer_add(n->ev_next, &soon);
	if (n->gone > 0)
		RB_FOREACH_SAFE(o, notify_objects, &n->objects, next)
			if (o->gone && jobq_object_idle(&o->q))
				object_free(n, o);
	if (env->stopping)
		parent_try_end(env);
}

/* Is it configured?  A service without scripts is not followed. */
static int
object_there(const struct notify_object *o, const struct conf *conf)
{
	const struct conf_service	*s;

	switch (o->what) {
	case NOTIFY_SERVICE:
		s = conf_find_service(conf, o->id);
		return (s != NULL && s->flags & SERVICE_F_NOTIFY);
	case NOTIFY_GROUP:
		return (conf_find_group(conf, o->id) != NULL);
	default:
		return (conf_find_vrrp(conf, o->id) != NULL);
	}
}

/*
 * Those who are not in the new tree end, by the words of the old one.  The end
 * of a service says nothing of its quorum.
 */
void
notify_conf(struct parent *env, const struct conf *old,
    const struct conf *new)
{
	struct notify		*n = env->notify;
	struct notify_object	*o, *next;

	if (old == NULL)
		return;
	RB_FOREACH_SAFE(o, notify_objects, &n->objects, next) {
		if (o->gone || object_there(o, new))
			continue;
		if (o->what != NOTIFY_SERVICE)
			object_state(o, old, VRRP_INIT);
		o->gone = 1;
		n->gone++;
	}
	notify_settle(env);
}

static void
notify_all(struct parent *env, uint32_t state)
{
	struct notify_object	*o;

	RB_FOREACH(o, notify_objects, &env->notify->objects)
		if (!o->gone && o->what != NOTIFY_SERVICE &&
		    o->state != VRRP_INIT)
			object_state(o, env->conf, state);
	notify_settle(env);
}

void
notify_away(struct parent *env)
{
	notify_all(env, VRRP_FAULT);
}

void
notify_ended(struct parent *env)
{
	notify_all(env, VRRP_INIT);
}

void
notify_hurry(struct parent *env)
{
	struct notify_object	*o;

	RB_FOREACH(o, notify_objects, &env->notify->objects)
		if (o->run != NULL)
			run_hurry(o->run, NOTIFY_HURRY_MS);
}

int
notify_idle(const struct parent *env)
{
	const struct jobq	*q = &env->notify->q;

	return (q->running == 0 && TAILQ_EMPTY(&q->ready));
}

void
notify_abandon(struct parent *env)
{
	struct notify_object	*o;

	RB_FOREACH(o, notify_objects, &env->notify->objects) {
		jobq_clear(&env->notify->q, &o->q);
		if (o->run == NULL)
			continue;
		o->abandoned = 1;
		run_kill(o->run);
	}
}

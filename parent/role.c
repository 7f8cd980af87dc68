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
#include <stdlib.h>

#include "../imsg/ctl.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "ipvs.h"
#include "net.h"
#include "parent.h"

/*
 * What the role of an instance means: whose the addresses are, and lbe is told
 * where services follow it.  An instance that becomes master gets these
 * services before its addresses, or clients that come at once would be
 * refused.  That takes a few milliseconds; if it takes longer, be it that there
 * are very many of them or that lbe has hung, the addresses do not wait.
 */

#define ROLE_WAIT_MS	200

struct role_wait {
	TAILQ_ENTRY(role_wait)	 entry;
	struct parent		*env;
	struct event		*timer;
	uint32_t		 id;		/* of the instance */
	int			 asked;		/* lbe has asked for all */
};
TAILQ_HEAD(role_waits, role_wait);

struct roles {
	struct role_waits	 waits;
};

static int	role_holds(uint32_t);
static void	role_tell(struct parent *, uint32_t, int);
static struct role_wait *wait_find(struct roles *, uint32_t);
static int	wait_begin(struct parent *, const struct conf_vrrp *);
static void	wait_free(struct roles *, struct role_wait *);
static void	wait_over(struct role_wait *);
static void	wait_cb(int, short, void *);
static void	role_found(void *, uint32_t);

struct roles *
roles_new(void)
{
	struct roles	*r;

	if ((r = calloc(1, sizeof(*r))) != NULL)
		TAILQ_INIT(&r->waits);
	return (r);
}

void
roles_free(struct roles *r)
{
	struct role_wait	*w;

	if (r == NULL)
		return;
	while ((w = TAILQ_FIRST(&r->waits)) != NULL)
		wait_free(r, w);
	free(r);
}

static int
role_holds(uint32_t state)
{
	return (state == VRRP_MASTER || state == VRRP_HANDOVER);
}

static void
role_tell(struct parent *env, uint32_t id, int on)
{
	struct msg_onoff	m;

	m.on = on;
	proc_send(env, PROC_LBE, MSG_BOUND_ROLE, id, -1, &m, sizeof(m));
}

void
role_act(struct parent *env, const struct conf_vrrp *v, uint32_t state)
{
	struct role_wait	*w;

	if ((w = wait_find(env->roles, v->conf.id)) != NULL)
		wait_free(env->roles, w);
	if (v->bound && env->engine[PROC_LBE].state == ENGINE_RUNNING)
		role_tell(env, v->conf.id, role_holds(state));
	switch (state) {
	case VRRP_MASTER:
		if (!env->stopping && !wait_begin(env, v))
			net_hold(env->net, v);
		break;
	case VRRP_HANDOVER:
		net_keep(env->net, v);
		break;
	default:
		net_release(env->net, v);
		break;
	}
}

static struct role_wait *
wait_find(struct roles *r, uint32_t id)
{
	struct role_wait	*w;

	TAILQ_FOREACH(w, &r->waits, entry)
		if (w->id == id)
			return (w);
	return (NULL);
}

/* 0: there is nothing to wait for. */
static int
wait_begin(struct parent *env, const struct conf_vrrp *v)
{
	struct timeval		 tv = { 0, ROLE_WAIT_MS * 1000 };
	struct role_wait	*w;

	if (!v->bound || !env->ipvs_runs ||
	    env->engine[PROC_LBE].state != ENGINE_RUNNING)
		return (0);
	if ((w = calloc(1, sizeof(*w))) == NULL ||
	    (w->timer = evtimer_new(env->base, wait_cb, w)) == NULL) {
		free(w);
		return (0);
	}
	w->env = env;
	w->id = v->conf.id;
	evtimer_add(w->timer, &tv);
	TAILQ_INSERT_TAIL(&env->roles->waits, w, entry);
	return (1);
}

static void
wait_free(struct roles *r, struct role_wait *w)
{
	TAILQ_REMOVE(&r->waits, w, entry);
	event_free(w->timer);
	free(w);
}

/* A reload may have removed it. */
static void
wait_over(struct role_wait *w)
{
	struct parent		*env = w->env;
	const struct conf_vrrp	*v;

	v = conf_find_vrrp(env->conf, w->id);
	wait_free(env->roles, w);
	if (v != NULL && !env->stopping)
		net_hold(env->net, v);
}

static void
wait_cb(int, short, void *arg)
{
	const struct role_wait	*w = arg;
	const struct conf_vrrp	*v;

	if ((v = conf_find_vrrp(w->env->conf, w->id)) != NULL)
		log_warnx("vrrp %s: services that follow it are not all in the "
		    "kernel after %d ms: its addresses wait no longer",
		    v->conf.name, ROLE_WAIT_MS);
	wait_over(arg);
}

int
role_asked(struct parent *env, struct imsg *imsg)
{
	struct role_wait	*w;

	/* After START lbe answers the role that it was told anew. */
	if (imsg_gen(imsg) < env->conf->generation)
		return (0);
	if ((w = wait_find(env->roles, imsg_id(imsg))) == NULL)
		return (0);
	w->asked = 1;
	role_batch_done(env);
	return (0);
}

void
role_batch_done(struct parent *env)
{
	struct role_wait	*w, *next;

	if (env->batches > 0)
		return;
	TAILQ_FOREACH_SAFE(w, &env->roles->waits, entry, next)
		if (w->asked)
			wait_over(w);
}

/* What was found of an lvsd before this one may be ours still. */
static void
role_found(void *arg, uint32_t id)
{
	struct parent		*env = arg;
	const struct conf_vrrp	*v;

	if ((v = conf_find_vrrp(env->conf, id)) != NULL && v->bound)
		role_tell(env, id, 1);
}

void
role_feed_lbe(struct parent *env)
{
	const struct conf_vrrp	*v;

	TAILQ_FOREACH(v, &env->conf->vrrps, entry)
		if (v->bound)
			role_tell(env, v->conf.id, role_holds(
			    mirror_role(env->mirror, v->conf.id)));
	net_each_found(env->net, role_found, env);
}

void
role_away(struct parent *env)
{
	const struct conf_vrrp	*v;
	struct role_wait	*w;

	while ((w = TAILQ_FIRST(&env->roles->waits)) != NULL)
		wait_free(env->roles, w);
	TAILQ_FOREACH(v, &env->conf->vrrps, entry)
		if (v->bound && env->engine[PROC_LBE].state == ENGINE_RUNNING)
			role_tell(env, v->conf.id, 0);
}

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
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "env.h"

/*
 * Services that follow a VRRP instance: they are in the kernel while it has
 * its addresses, and rest while it has not.  The hosts of a table whose
 * services all rest, and want that, are not checked; their verdicts stay.
 *
 * The parent says who has addresses, as it is the one who gives and takes
 * them.
 */

static struct lbe_role	*role_find(struct lbe_env *, uint32_t);
static struct lbe_role	*role_get(struct lbe_env *, uint32_t);
static int	 role_set(struct lbe_role *, int);
static void	 role_follow(struct lbe_env *, const struct lbe_role *);
static void	 role_asked(struct lbe_env *, struct lbe_role *);
static void	 service_follow(struct lbe_env *, struct lbe_service *);
static int	 table_rests(const struct lbe_table *);
static int	 table_may_rest(const struct lbe_table *);
static void	 table_tell(struct lbe_env *, const struct lbe_table *);
static void	 table_follow(struct lbe_env *, struct lbe_table *);

static struct lbe_role *
role_find(struct lbe_env *env, uint32_t id)
{
	struct lbe_role	*r;

	TAILQ_FOREACH(r, &env->roles, entry)
		if (r->vrrp_id == id)
			return (r);
	return (NULL);
}

static struct lbe_role *
role_get(struct lbe_env *env, uint32_t id)
{
	struct lbe_role	*r;

	if ((r = role_find(env, id)) != NULL)
		return (r);
	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("role");
	r->vrrp_id = id;
	r->on = -1;
	TAILQ_INSERT_TAIL(&env->roles, r, entry);
	return (r);
}

/* 1: this is new. */
static int
role_set(struct lbe_role *r, int on)
{
	if (r->on == on)
		return (0);
	r->on = on;
	return (1);
}

void
bound_forget(struct lbe_env *env)
{
	struct lbe_role	*r;

	while ((r = TAILQ_FIRST(&env->roles)) != NULL) {
		TAILQ_REMOVE(&env->roles, r, entry);
		free(r);
	}
}

/* Without a word of the parent the instance has nothing. */
static void
service_follow(struct lbe_env *env, struct lbe_service *s)
{
	const struct lbe_role	*r;

	s->resting = 0;
	if (s->conf.vrrp_id != 0)
		s->resting = (r = role_find(env, s->conf.vrrp_id)) == NULL ||
		    !r->on;
}

/* All that use it want no checks in vain. */
static int
table_may_rest(const struct lbe_table *tb)
{
	const struct lbe_pool	*p;

	if (tb->conf.nchecks == 0 || STAILQ_EMPTY(&tb->users))
		return (0);
	STAILQ_FOREACH(p, &tb->users, user)
		if ((p->service->conf.flags & SERVICE_F_SUSPEND) == 0)
			return (0);
	return (1);
}

static int
table_rests(const struct lbe_table *tb)
{
	const struct lbe_pool	*p;

	if (!table_may_rest(tb))
		return (0);
	STAILQ_FOREACH(p, &tb->users, user)
		if (!p->service->resting)
			return (0);
	return (1);
}

static void
table_tell(struct lbe_env *env, const struct lbe_table *tb)
{
	const struct lbe_host	*h;
	struct msg_onoff	 msg;

	msg.on = tb->resting;
	HOSTS_FOREACH(h, tb)
		engine_send(env->engine, PROC_HCE, MSG_HOST_SUSPEND,
		    h->id, &msg, sizeof(msg));
}

static void
table_follow(struct lbe_env *env, struct lbe_table *tb)
{
	int	rests = table_rests(tb);

	if (tb->resting == rests)
		return;
	tb->resting = rests;
	table_tell(env, tb);
}

static void
role_follow(struct lbe_env *env, const struct lbe_role *r)
{
	struct lbe_service	*s;
	int			 i, n = 0;

	STAILQ_FOREACH(s, &env->tree->services, entry) {
		if (s->conf.vrrp_id != r->vrrp_id)
			continue;
		n++;
		service_follow(env, s);
		for (i = 0; i < POOL_MAX; i++)
			if (s->pool[i].table != NULL)
				table_follow(env, s->pool[i].table);
		kernel_todo(env, s);
	}
	log_info("%d services are %s by the role of their instance", n,
	    r->on ? "active" : "on standby");
	kernel_flush(env);
}

static void
role_asked(struct lbe_env *env, struct lbe_role *r)
{
	r->owed = 0;
	engine_send(env->engine, PROC_PARENT, MSG_BOUND_DONE, r->vrrp_id, NULL,
	    0);
}

/*
 * A role has changed: what the parent asks of the kernel for these services
 * is on its way when BOUND_DONE follows it.
 */
int
bound_role(struct lbe_env *env, struct imsg *msg)
{
	struct lbe_role		*r;
	struct msg_onoff	 m;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.on > 1)
		return (-1);
	r = role_get(env, imsg_id(msg));
	if (role_set(r, m.on) && env->started)
		role_follow(env, r);
	if (kernel_may_ask(env))
		role_asked(env, r);
	else
		r->owed = 1;
	return (0);
}

void
bound_resynced(struct lbe_env *env)
{
	struct lbe_role	*r;

	TAILQ_FOREACH(r, &env->roles, entry)
		if (r->owed)
			role_asked(env, r);
}

/* The parent has told all roles; new hosts know of nothing. */
void
bound_started(struct lbe_env *env)
{
	struct lbe_service	*s;
	struct lbe_table	*tb;
	int			 was;

	STAILQ_FOREACH(s, &env->tree->services, entry)
		service_follow(env, s);
	STAILQ_FOREACH(tb, &env->tree->tables, entry) {
		was = tb->resting;
		tb->resting = table_rests(tb);
		if (was || tb->resting)
			table_tell(env, tb);
	}
}

void
bound_tell_hce(struct lbe_env *env)
{
	struct lbe_table	*tb;

	STAILQ_FOREACH(tb, &env->tree->tables, entry)
		if (tb->resting)
			table_tell(env, tb);
}

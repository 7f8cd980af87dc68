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

#include "env.h"

static int	enabled(const struct msg_override *, int);
static int	host_serves(const struct lbe_pool *, const struct lbe_host *);
static int	pool_usable(const struct lbe_pool *);
static int	pool_waits(const struct lbe_pool *);
static int	pool_young(const struct lbe_pool *);
static uint64_t	pool_weight(const struct lbe_pool *);
static int	pool_open(const struct lbe_pool *);
static int	pool_in_kernel(const struct lbe_pool *);

/* The operator has the last word over the configuration. */
static int
enabled(const struct msg_override *o, int disabled)
{
	switch (o != NULL ? o->kind : OVERRIDE_NONE) {
	case OVERRIDE_ENABLE:
	case OVERRIDE_DRAIN:
		return (1);
	case OVERRIDE_DISABLE:
		return (0);
	default:
		return (!disabled);
	}
}

int
desire_table_enabled(const struct lbe_table *tb)
{
	return (enabled(tb->override, tb->conf.flags & TABLE_F_DISABLE));
}

/* One that has ended its connections is as good as disabled. */
int
desire_host_enabled(const struct lbe_host *h)
{
	const struct lbe_extra	*x = h->extra;

	if (x != NULL && x->drain != NULL && x->drain->over)
		return (0);
	return (desire_table_enabled(h->table) &&
	    enabled(x != NULL ? &x->override : NULL,
	    h->flags & HOST_F_DISABLE));
}

int
desire_service_enabled(const struct lbe_service *s)
{
	return (enabled(s->override, s->conf.flags & SERVICE_F_DISABLE));
}

int
desire_service_active(const struct lbe_service *s)
{
	return (desire_service_enabled(s) && !s->resting);
}

/* A check wants it otherwise than configured. */
int
desire_host_dynamic(const struct lbe_host *h)
{
	return (h->table->conf.nchecks != 0 &&
	    (h->status->flags & HOST_STATUS_F_WEIGHT) != 0);
}

uint32_t
desire_host_weight(const struct lbe_host *h)
{
	return (host_drain(h) != NULL ? 0 : desire_host_aim(h));
}

uint32_t
desire_host_aim(const struct lbe_host *h)
{
	if (h->extra != NULL && h->extra->override.flags & OVERRIDE_F_WEIGHT)
		return (h->extra->override.weight);
	if (desire_host_dynamic(h))
		return (h->status->weight);
	return (h->weight);
}

int
desire_host_up(const struct lbe_host *h)
{
	if (!desire_host_enabled(h))
		return (0);
	return (h->table->conf.nchecks == 0 || h->status->state == HOST_UP);
}

enum ctl_state
desire_table(const struct lbe_table *tb)
{
	const struct lbe_host	*h;
	enum ctl_state		 state = CTL_EMPTY;

	HOSTS_FOREACH(h, tb) {
		if (desire_host_weight(h) == 0 || !desire_host_enabled(h))
			continue;
		if (desire_host_up(h))
			return (CTL_UP);
		if (h->status->state == HOST_UNKNOWN)
			state = CTL_UNKNOWN;
	}
	return (state);
}

/*
 * A host of which nothing is known keeps its place: out of the kernel at its
 * first start, unless it is to be trusted, in the kernel after a restart of
 * ours.
 */
static int
host_serves(const struct lbe_pool *p, const struct lbe_host *h)
{
	const struct lbe_service	*s = p->service;

	if (desire_host_up(h))
		return (1);
	if (!desire_host_enabled(h))
		return (0);
	if (s->open && p == &s->pool[POOL_PRIMARY])
		return (1);
	if (removal_waits(p, h))
		return (1);
	return (h->status->state == HOST_UNKNOWN &&
	    (s->conf.flags & SERVICE_F_INITIAL_UP ||
	    p->asked[HOST_INDEX(h)] != DEST_NONE));
}

/* Hosts of weight 0 finish their connections and are given no new ones. */
static int
pool_usable(const struct lbe_pool *p)
{
	const struct lbe_host	*h;

	if (p->table == NULL)
		return (0);
	HOSTS_FOREACH(h, p->table)
		if (desire_host_weight(h) > 0 && host_serves(p, h))
			return (1);
	return (0);
}

/* No verdict yet on a host that could serve. */
static int
pool_waits(const struct lbe_pool *p)
{
	const struct lbe_host	*h;

	if (p->table == NULL)
		return (0);
	HOSTS_FOREACH(h, p->table)
		if (desire_host_enabled(h) && h->table->conf.nchecks != 0 &&
		    h->status->state == HOST_UNKNOWN)
			return (1);
	return (0);
}

/* Verdicts are missing, and there is no bad one. */
static int
pool_young(const struct lbe_pool *p)
{
	const struct lbe_host	*h;

	if (!pool_waits(p))
		return (0);
	HOSTS_FOREACH(h, p->table)
		if (desire_host_enabled(h) && h->status->state == HOST_DOWN)
			return (0);
	return (1);
}

static uint64_t
pool_weight(const struct lbe_pool *p)
{
	const struct lbe_host	*h;
	uint64_t		 sum = 0;

	if (p->table == NULL)
		return (0);
	HOSTS_FOREACH(h, p->table)
		if (host_serves(p, h))
			sum += desire_host_weight(h);
	return (sum);
}

/* Have more hosts failed than can be true? */
static int
pool_open(const struct lbe_pool *p)
{
	const struct lbe_host	*h;
	uint64_t		 all = 0, failed = 0;

	if (p->service->conf.fail_open == 0 || p->table == NULL ||
	    p->table->conf.nchecks == 0)
		return (0);
	HOSTS_FOREACH(h, p->table) {
		if (!desire_host_enabled(h) || desire_host_weight(h) == 0)
			continue;
		all++;
		failed += h->status->state == HOST_DOWN;
	}
	return (failed * 100 > all * p->service->conf.fail_open);
}

static int
pool_in_kernel(const struct lbe_pool *p)
{
	uint32_t	i;

	for (i = 0; p->table != NULL && i < p->table->nhosts; i++)
		if (p->asked[i] != DEST_NONE)
			return (1);
	return (0);
}

/*
 * A quorum that is had is lost below its hysteresis, and one that was lost is
 * had again above it.  After a restart of this engine the kernel tells which,
 * but for a service on standby, of which it has nothing: a quorum is not lost
 * by a restart.
 */
void
desire_settle(struct lbe_service *s)
{
	struct lbe_pool	*primary = &s->pool[POOL_PRIMARY];
	uint64_t	 weight;

	if (!s->settled) {
		s->settled = 1;
		s->quorate = s->resting || (pool_in_kernel(primary) &&
		    !pool_in_kernel(&s->pool[POOL_BACKUP]));
	}
	s->open = pool_open(primary);
	weight = pool_weight(primary);
	if (s->quorate)
		s->quorate = weight >= s->conf.quorum - s->conf.hysteresis;
	else
		s->quorate = weight >= s->conf.quorum + s->conf.hysteresis;
}

enum pool_role
desire_pool(const struct lbe_service *s)
{
	const struct lbe_pool	*primary = &s->pool[POOL_PRIMARY];
	const struct lbe_pool	*backup = &s->pool[POOL_BACKUP];

	if (!desire_service_enabled(s))
		return (POOL_MAX);
	if (s->quorate)
		return (POOL_PRIMARY);
	/*
	 * At a start nobody shall meet the sorry server, and with persistence
	 * stay with it, only because the first checks are still under way.
	 */
	if (pool_usable(backup) &&
	    (!pool_young(primary) || pool_in_kernel(backup)))
		return (POOL_BACKUP);
	return (pool_usable(primary) ? POOL_PRIMARY : POOL_MAX);
}

enum ctl_state
desire_state(const struct lbe_service *s, enum pool_role active)
{
	if (s->resting && desire_service_enabled(s))
		return (CTL_STANDBY);
	return (desire_health(s, active));
}

enum ctl_state
desire_health(const struct lbe_service *s, enum pool_role active)
{
	if (!desire_service_enabled(s))
		return (CTL_DISABLED);
	switch (active) {
	case POOL_PRIMARY:
		if (s->open)
			return (CTL_FAIL_OPEN);
		if (s->quorate)
			return (CTL_UP);
		return (pool_young(&s->pool[active]) ? CTL_UNKNOWN :
		    CTL_NO_QUORUM);
	case POOL_BACKUP:
		return (CTL_BACKUP_TABLE);
	default:
		break;
	}
	if (pool_waits(&s->pool[POOL_PRIMARY]) ||
	    pool_waits(&s->pool[POOL_BACKUP]))
		return (CTL_UNKNOWN);
	return (CTL_DOWN);
}

uint64_t
desire_weight_up(const struct lbe_service *s)
{
	return (pool_weight(&s->pool[POOL_PRIMARY]));
}

int
desire_known(const struct lbe_service *s)
{
	return (!pool_waits(&s->pool[POOL_PRIMARY]));
}

/* Connections may still end at hosts of weight 0. */
int32_t
desire_weight(const struct lbe_service *s, enum pool_role active,
    enum pool_role role, const struct lbe_host *h)
{
	const struct lbe_pool	*p = &s->pool[role];
	int			 serves = host_serves(p, h);

	if (!desire_service_active(s))
		return (DEST_NONE);
	/* Whatever becomes of it: there are no new connections to be lost. */
	if (host_drain(h) != NULL)
		return (desire_host_enabled(h) &&
		    p->asked[HOST_INDEX(h)] != DEST_NONE ? 0 : DEST_NONE);
	if (serves && role == active)
		return (desire_host_weight(h));
	if (role != POOL_PRIMARY || !desire_host_enabled(h))
		return (DEST_NONE);
	if (serves && desire_host_weight(h) == 0)
		return (0);
	if (s->conf.flags & SERVICE_F_QUIESCE &&
	    p->asked[HOST_INDEX(h)] != DEST_NONE)
		return (0);
	return (DEST_NONE);
}

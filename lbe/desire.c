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
static int	pool_unjudged(const struct lbe_pool *);
static int	pool_in_kernel(const struct lbe_pool *);

/* The operator has the last word over the configuration. */
static int
enabled(const struct msg_override *o, int disabled)
{
	switch (o->kind) {
	case OVERRIDE_ENABLE:
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
	return (enabled(&tb->override, tb->conf.flags & TABLE_F_DISABLE));
}

int
desire_host_enabled(const struct lbe_host *h)
{
	return (desire_table_enabled(h->table) &&
	    enabled(&h->override, h->conf.flags & HOST_F_DISABLE));
}

int
desire_service_enabled(const struct lbe_service *s)
{
	return (enabled(&s->override, s->conf.flags & SERVICE_F_DISABLE));
}

uint32_t
desire_host_weight(const struct lbe_host *h)
{
	if (h->override.flags & OVERRIDE_F_WEIGHT)
		return (h->override.weight);
	return (h->conf.weight);
}

int
desire_host_up(const struct lbe_host *h)
{
	if (!desire_host_enabled(h))
		return (0);
	return (h->table->conf.nchecks == 0 || h->status.state == HOST_UP);
}

enum ctl_state
desire_table(const struct lbe_table *tb)
{
	const struct lbe_host	*h;
	enum ctl_state		 state = CTL_EMPTY;

	TAILQ_FOREACH(h, &tb->hosts, entry) {
		if (desire_host_weight(h) == 0 || !desire_host_enabled(h))
			continue;
		if (desire_host_up(h))
			return (CTL_UP);
		if (h->status.state == HOST_UNKNOWN)
			state = CTL_UNKNOWN;
	}
	return (state);
}

/*
 * A host of which nothing is known keeps its place: out of the kernel at its
 * first start, in the kernel after a restart of ours.
 */
static int
host_serves(const struct lbe_pool *p, const struct lbe_host *h)
{
	if (desire_host_up(h))
		return (1);
	return (desire_host_enabled(h) && h->status.state == HOST_UNKNOWN &&
	    p->asked[h->index] != DEST_NONE);
}

/* Hosts of weight 0 finish their connections and are given no new ones. */
static int
pool_usable(const struct lbe_pool *p)
{
	const struct lbe_host	*h;

	if (p->table == NULL)
		return (0);
	TAILQ_FOREACH(h, &p->table->hosts, entry)
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
	TAILQ_FOREACH(h, &p->table->hosts, entry)
		if (desire_host_enabled(h) && h->table->conf.nchecks != 0 &&
		    h->status.state == HOST_UNKNOWN)
			return (1);
	return (0);
}

/* There is no verdict on any host that could serve. */
static int
pool_unjudged(const struct lbe_pool *p)
{
	const struct lbe_host	*h;

	if (!pool_waits(p))
		return (0);
	TAILQ_FOREACH(h, &p->table->hosts, entry)
		if (desire_host_enabled(h) && h->status.state != HOST_UNKNOWN)
			return (0);
	return (1);
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

enum pool_role
desire_pool(const struct lbe_service *s)
{
	if (!desire_service_enabled(s))
		return (POOL_MAX);
	if (pool_usable(&s->pool[POOL_PRIMARY]))
		return (POOL_PRIMARY);
	/*
	 * At a start nobody shall meet the sorry server, and with persistence
	 * stay with it, only because the first checks are still under way.
	 */
	if (pool_unjudged(&s->pool[POOL_PRIMARY]) &&
	    !pool_in_kernel(&s->pool[POOL_BACKUP]))
		return (POOL_MAX);
	if (pool_usable(&s->pool[POOL_BACKUP]))
		return (POOL_BACKUP);
	return (POOL_MAX);
}

enum ctl_state
desire_state(const struct lbe_service *s, enum pool_role active)
{
	if (!desire_service_enabled(s))
		return (CTL_DISABLED);
	switch (active) {
	case POOL_PRIMARY:
		return (CTL_UP);
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

int32_t
desire_weight(const struct lbe_service *s, enum pool_role active,
    enum pool_role role, const struct lbe_host *h)
{
	if (!desire_service_enabled(s) || !host_serves(&s->pool[role], h))
		return (DEST_NONE);
	if (role == active)
		return (desire_host_weight(h));
	/* While the backup serves, connections may still end at these. */
	if (role == POOL_PRIMARY && desire_host_weight(h) == 0)
		return (0);
	return (DEST_NONE);
}

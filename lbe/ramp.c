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

#include <stdlib.h>
#include <string.h>

#include "env.h"

/*
 * A host that was lost and is back gets a small part of its weight first, and
 * all of it after the time of `slow start', in proportion.  So that there are
 * steps below a weight of 1, all weights of such a service are given to the
 * kernel times a scale, with which its heaviest host comes to RAMP_STEPS or a
 * little less.  A step is a second, so that a host costs one write a second
 * at most.
 *
 * The part that a host has is seen in the kernel: a restart of this engine or
 * of lvsd goes on from there.
 */
#define RAMP_STEPS	100
#define RAMP_TICK_US	1000000

static uint32_t	heaviest(const struct lbe_pool *);
static int32_t	ramp_aim(const struct lbe_pool *, int32_t);
static int64_t	ramp_length_us(const struct lbe_pool *);
static int	host_lost(const struct lbe_host *);
static void	ramp_begin(struct lbe_pool *, uint32_t, int32_t,
		    struct monotime);

int
ramp_complete(struct lbe_pool *p)
{
	if (p->service->conf.slow_s == 0)
		return (0);
	p->ramp = calloc(p->table->nhosts, sizeof(*p->ramp));
	return (p->ramp != NULL ? 0 : -1);
}

static uint32_t
heaviest(const struct lbe_pool *p)
{
	const struct lbe_host	*h;
	uint32_t		 most = 1;

	if (p->table == NULL)
		return (most);
	HOSTS_FOREACH(h, p->table)
		if (h->weight > most)
			most = h->weight;
	return (most);
}

/* To lc all hosts are the same. */
void
ramp_scale(struct lbe_service *s)
{
	uint32_t	most = 1, n;
	int		i;

	s->scale = 1;
	if (s->conf.slow_s == 0)
		return;
	for (i = 0; i < POOL_MAX && strcmp(s->conf.sched, "lc") != 0; i++)
		if ((n = heaviest(&s->pool[i])) > most)
			most = n;
	if (most < RAMP_STEPS)
		s->scale = RAMP_STEPS / most;
}

void
ramp_inherit(struct lbe_pool *p, const struct lbe_host *h,
    const struct lbe_pool *was, const struct lbe_host *old)
{
	if (p->ramp != NULL && was->ramp != NULL)
		p->ramp[HOST_INDEX(h)] = was->ramp[HOST_INDEX(old)];
}

void
ramp_found(struct lbe_pool *p, const struct lbe_host *h)
{
	if (p->ramp != NULL)
		p->ramp[HOST_INDEX(h)] = RAMP_FOUND;
}

/* Its weight in the kernel when it has all of it. */
static int32_t
ramp_aim(const struct lbe_pool *p, int32_t weight)
{
	const struct lbe_service	*s = p->service;
	int64_t				 aim;

	if (strcmp(s->conf.sched, "lc") == 0)
		weight = 1;
	aim = (int64_t)weight * s->scale;
	return (aim < WEIGHT_MAX ? aim : WEIGHT_MAX);
}

static int64_t
ramp_length_us(const struct lbe_pool *p)
{
	return ((int64_t)p->service->conf.slow_s * RAMP_TICK_US);
}

/* And not only out of the kernel because its service is. */
static int
host_lost(const struct lbe_host *h)
{
	return (!desire_host_enabled(h) ||
	    (h->table->conf.nchecks != 0 && h->status->state == HOST_DOWN));
}

int32_t
ramp_weight(struct lbe_pool *p, const struct lbe_host *h, int32_t weight,
    struct monotime now)
{
	uint32_t	i = HOST_INDEX(h);
	int32_t		aim, part;
	int64_t		us;

	if (p->ramp == NULL)
		return (weight);
	if (weight <= 0) {
		if (weight == 0 || host_lost(h))
			p->ramp[i] = RAMP_DUE;
		return (weight);
	}
	aim = ramp_aim(p, weight);
	ramp_begin(p, i, aim, now);
	if ((us = ramp_left_us(p, h, now)) == 0) {
		p->ramp[i] = RAMP_NONE;
		return (aim);
	}
	/* Only whole steps: it is looked at for other reasons, too. */
	us = (ramp_length_us(p) - us) / RAMP_TICK_US * RAMP_TICK_US;
	part = aim * us / ramp_length_us(p);
	if (part < aim / RAMP_STEPS)
		part = aim / RAMP_STEPS;
	return (part > 0 ? part : 1);
}

static void
ramp_begin(struct lbe_pool *p, uint32_t i, int32_t aim, struct monotime now)
{
	int64_t	done;

	switch (p->ramp[i]) {
	case RAMP_DUE:
		p->ramp[i] = now.us;
		break;
	case RAMP_FOUND:
		done = 0;
		if (p->asked[i] > 0 && p->asked[i] < aim)
			done = ramp_length_us(p) * p->asked[i] / aim;
		p->ramp[i] = done != 0 ? now.us - done : RAMP_NONE;
		break;
	default:
		break;
	}
	/* What failed cannot be believed, and all are needed. */
	if (p->service->open && p == &p->service->pool[POOL_PRIMARY])
		p->ramp[i] = RAMP_NONE;
}

int64_t
ramp_left_us(const struct lbe_pool *p, const struct lbe_host *h,
    struct monotime now)
{
	int64_t	us;

	if (p->ramp == NULL || p->ramp[HOST_INDEX(h)] <= 0)
		return (0);
	us = p->ramp[HOST_INDEX(h)] + ramp_length_us(p) - now.us;
	return (us > 0 ? us : 0);
}

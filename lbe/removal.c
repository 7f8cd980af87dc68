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

/*
 * With a removal interval hosts of a service that fail leave the kernel one
 * after another, the one that has failed first before the others, and so long
 * apart.  A host that waits for its turn serves, and counts for the quorum, as
 * if it had not failed.  It is the verdict that waits: what the operator or
 * the configuration takes out, or another pool that takes over, does not.
 */

static uint32_t	removal_count(const struct lbe_service *,
		    const struct lbe_host **);
static int	fails_before(const struct lbe_host *, const struct lbe_host *);
static int64_t	removal_due_us(const struct lbe_service *, struct monotime);

/* It was removed already when it has no weight in the kernel. */
int
removal_waits(const struct lbe_pool *p, const struct lbe_host *h)
{
	return (p->service->conf.removal_ms != 0 &&
	    p->service->goes != h && p->asked[HOST_INDEX(h)] > 0 &&
	    h->table->conf.nchecks != 0 && h->status->state == HOST_DOWN &&
	    desire_host_enabled(h) && host_drain(h) == NULL);
}

static int
fails_before(const struct lbe_host *a, const struct lbe_host *b)
{
	int64_t	us = monotime_diff_us(a->status->since, b->status->since);

	return (us != 0 ? us < 0 : a->id < b->id);
}

/* How many wait, and who is the first. */
static uint32_t
removal_count(const struct lbe_service *s, const struct lbe_host **first)
{
	const struct lbe_host	*h;
	const struct lbe_pool	*p;
	uint32_t		 n = 0;
	int			 i;

	*first = NULL;
	for (i = 0; i < POOL_MAX; i++) {
		p = &s->pool[i];
		if (p->table == NULL)
			continue;
		HOSTS_FOREACH(h, p->table) {
			if (!removal_waits(p, h))
				continue;
			n++;
			if (*first == NULL || fails_before(h, *first))
				*first = h;
		}
	}
	return (n);
}

/* Until the next may be removed. */
static int64_t
removal_due_us(const struct lbe_service *s, struct monotime now)
{
	int64_t	us;

	if (!monotime_isset(s->removed))
		return (0);
	us = s->conf.removal_ms * 1000LL - monotime_diff_us(now, s->removed);
	return (us > 0 ? us : 0);
}

void
removal_settle(struct lbe_service *s, struct monotime now)
{
	const struct lbe_host	*first;

	s->goes = NULL;
	if (s->conf.removal_ms == 0 || s->open ||
	    removal_count(s, &first) == 0 || removal_due_us(s, now) > 0)
		return;
	s->goes = first;
	s->removed = now;
}

uint32_t
removal_waiting(const struct lbe_service *s)
{
	const struct lbe_host	*first;

	if (s->conf.removal_ms == 0 || s->open)
		return (0);
	return (removal_count(s, &first));
}

int64_t
removal_left_us(const struct lbe_service *s, struct monotime now)
{
	return (removal_waiting(s) > 0 ? removal_due_us(s, now) : -1);
}

int64_t
removal_host_us(const struct lbe_pool *p, const struct lbe_host *h,
    struct monotime now)
{
	const struct lbe_service	*s = p->service;
	const struct lbe_host		*other;
	int64_t				 us;

	if (!removal_waits(p, h) || s->open)
		return (-1);
	us = removal_due_us(s, now);
	HOSTS_FOREACH(other, p->table)
		if (other != h && removal_waits(p, other) &&
		    fails_before(other, h))
			us += s->conf.removal_ms * 1000LL;
	return (us);
}

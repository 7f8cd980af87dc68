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

#include <bsd/stdlib.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "../imsg/log.h"
#include "alarm.h"

#define ALARMS_FIRST	16
/*
 * The event loop reads a clock that goes on by ticks, so that its timers may be
 * early by one.  With so much more none is, and alarms are called together.
 */
#define ALARM_TICK_US	4000
/* Where to read the clock is a system call, it is worth a few alarms. */
#define ALARM_CLOCK	16

struct alarms {
	struct alarm	**heap;		/* the first has the place 1 */
	uint32_t	  n;
	uint32_t	  size;
	struct event	  ev;
	struct monotime	  at;		/* ev is for this; not set: off */
	int		  ringing;
	void		(*ring)(struct alarm *, struct monotime);
};

static void	alarms_cb(evutil_socket_t, short, void *);
static void	alarms_wait(struct alarms *, struct monotime);
static int	before(const struct alarm *, const struct alarm *);
static void	put(struct alarms *, struct alarm *, uint32_t);
static void	rise(struct alarms *, struct alarm *, uint32_t);
static void	fall(struct alarms *, struct alarm *, uint32_t);

struct alarms *
alarms_new(struct event_base *base,
    void (*ring)(struct alarm *, struct monotime))
{
	struct alarms	*as;

	if ((as = calloc(1, sizeof(*as))) == NULL)
		return (NULL);
	as->ring = ring;
	evtimer_assign(&as->ev, base, alarms_cb, as);
	return (as);
}

void
alarms_free(struct alarms *as)
{
	evtimer_del(&as->ev);
	free(as->heap);
	free(as);
}

void
alarm_init(struct alarm *a)
{
	a->place = 0;
}

static int
before(const struct alarm *a, const struct alarm *b)
{
	return (monotime_diff_us(a->at, b->at) < 0);
}

static void
put(struct alarms *as, struct alarm *a, uint32_t i)
{
	as->heap[i - 1] = a;
	a->place = i;
}

/* The place is free: to it, or up from it. */
static void
rise(struct alarms *as, struct alarm *a, uint32_t i)
{
	for (; i > 1 && before(a, as->heap[i / 2 - 1]); i /= 2)
		put(as, as->heap[i / 2 - 1], i);
	put(as, a, i);
}

/* The same, or down from it. */
static void
fall(struct alarms *as, struct alarm *a, uint32_t i)
{
	uint32_t	 next;

	for (; (next = 2 * i) <= as->n; i = next) {
		if (next < as->n &&
		    before(as->heap[next], as->heap[next - 1]))
			next++;
		if (!before(as->heap[next - 1], a))
			break;
		put(as, as->heap[next - 1], i);
	}
	put(as, a, i);
}

void
alarm_set(struct alarms *as, struct alarm *a, struct monotime at)
{
	struct alarm	**heap;
	uint32_t	  size;

	alarm_del(as, a);
	if (as->n == as->size) {
		size = as->size == 0 ? ALARMS_FIRST : 2 * as->size;
		heap = reallocarray(as->heap, size, sizeof(*heap));
		if (heap == NULL)
			fatal("alarm");
		as->heap = heap;
		as->size = size;
	}
	a->at = at;
	rise(as, a, ++as->n);
	if (a->place == 1 && !as->ringing)
		alarms_wait(as, monotime_now());
}

/* The timer stays as it is: to find nothing due costs less than to end it. */
void
alarm_del(struct alarms *as, struct alarm *a)
{
	struct alarm	*last;
	uint32_t	 i = a->place;

	if (i == 0)
		return;
	a->place = 0;
	last = as->heap[--as->n];
	if (last == a)
		return;
	if (i > 1 && before(last, as->heap[i / 2 - 1]))
		rise(as, last, i);
	else
		fall(as, last, i);
}

/* For the first of them, if the timer is not early enough. */
static void
alarms_wait(struct alarms *as, struct monotime now)
{
	struct timeval	 tv;

	if (as->n == 0)
		return;
	if (monotime_isset(as->at) &&
	    monotime_diff_us(as->heap[0]->at, as->at) >= 0)
		return;
	as->at = as->heap[0]->at;
	tv = us_to_timeval(monotime_diff_us(as->at, now) + ALARM_TICK_US);
	if (evtimer_add(&as->ev, &tv) == -1)
		fatalx("no memory for a timer");
}

/* All that are due by now, but not for ever. */
static void
alarms_cb(evutil_socket_t, short, void *arg)
{
	struct alarms	*as = arg;
	struct monotime	 now = monotime_now(), until = now;
	struct alarm	*a;
	uint32_t	 n = 0;

	as->at.us = 0;
	as->ringing = 1;
	while (as->n > 0 && monotime_diff_us(as->heap[0]->at, until) <= 0) {
		if (++n % ALARM_CLOCK == 0)
			now = monotime_now();
		a = as->heap[0];
		alarm_del(as, a);
		as->ring(a, now);
	}
	as->ringing = 0;
	alarms_wait(as, now);
}

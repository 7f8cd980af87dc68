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

/* Alarms of hce: each is called at its time, in the order of these. */

#include <event2/event.h>
#include <stdlib.h>

#include "../../hce/alarm.h"
#include "tap.h"

#define MANY		2000
#define WITHIN_US	100000

static struct alarm	 alarm[MANY];
static struct alarms	*alarms;
static struct monotime	 last;
static int		 rung[MANY], order, early, again;

static void	ring(struct alarm *, struct monotime);
static struct monotime in_us(int64_t);
static void	turn(void);

static struct monotime
in_us(int64_t us)
{
	return (monotime_add_us(monotime_now(), us));
}

static void
ring(struct alarm *a, struct monotime now)
{
	early += monotime_diff_us(now, a->at) < 0;
	order += monotime_diff_us(a->at, last) < 0;
	last = a->at;
	rung[a - alarm]++;
	if (again-- > 0)
		alarm_set(alarms, a, in_us(1000));
}

/* They ring on until none is set. */
static void
turn(void)
{
	static struct event_base	*base;
	int				 i;

	if (alarms == NULL) {
		base = event_base_new();
		alarms = alarms_new(base, ring);
		return;
	}
	event_base_dispatch(base);
	for (i = 0; i < MANY; i++)
		early += alarm[i].place != 0;
}

int
main(void)
{
	int	i, good;

	turn();
	for (i = 0; i < MANY; i++)
		alarm_init(&alarm[i]);
	alarm_del(alarms, &alarm[0]);
	for (i = 0; i < MANY; i++)
		alarm_set(alarms, &alarm[i], in_us(random() % WITHIN_US));
	/* Some are put off, or come sooner, and others are not to ring. */
	for (i = 0; i < MANY; i += 3)
		alarm_set(alarms, &alarm[i], in_us(random() % WITHIN_US));
	for (i = 0; i < MANY; i += 7)
		alarm_del(alarms, &alarm[i]);
	turn();
	for (i = 0, good = 1; i < MANY; i++)
		good &= rung[i] == (i % 7 != 0);
	ok(good, "each rings once, but for those that were ended");
	is_int(order, 0, "one after another");
	is_int(early, 0, "and not before");
	again = 3;
	alarm_set(alarms, &alarm[0], in_us(-1000));
	turn();
	is_int(rung[0], 4, "one goes on as long as it is set again");
	alarm_set(alarms, &alarm[1], in_us(60 * 1000000));
	alarm_set(alarms, &alarm[2], in_us(0));
	alarm_del(alarms, &alarm[1]);
	turn();
	is_int(rung[1] + rung[2], 3, "a later one that is ended holds nothing");
	alarms_free(alarms);
	return (done_testing());
}

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

/*
 * The weights of hosts that start slowly, by a clock of our own: a pool of
 * two hosts.
 */

#include <stdlib.h>
#include <string.h>

#include "../../lbe/env.h"
#include "tap.h"

#define NO	DEST_NONE
#define SLOW_S	20

static struct lbe_service	service;
static struct lbe_table		table;
static struct lbe_host		host[2];
static struct lbe_status	status[2];
static struct lbe_extra		extra[2];
static int32_t			asked[2];
static struct lbe_pool		*pool = &service.pool[POOL_PRIMARY];
static int64_t			clock_s, clock_us;

static int32_t	weight(int, int32_t);
static void	setup(const char *, uint32_t, uint32_t);

/* So many seconds later this is desired of a host: what the kernel gets. */
static int32_t
weight(int i, int32_t desired)
{
	struct monotime	now = { clock_s * 1000000 + clock_us };

	return (asked[i] = ramp_weight(pool, &host[i], desired, now));
}

/* The scheduler, and the configured weights. */
static void
setup(const char *sched, uint32_t a, uint32_t b)
{
	int	i;

	free(pool->ramp);
	memset(&service, 0, sizeof(service));
	memset(&table, 0, sizeof(table));
	memset(host, 0, sizeof(host));
	memset(status, 0, sizeof(status));
	memset(extra, 0, sizeof(extra));
	clock_s = 1000;
	table.hosts = host;
	table.nhosts = 2;
	table.conf.nchecks = 1;
	service.conf.slow_s = SLOW_S;
	memcpy(service.conf.sched, sched, strlen(sched) + 1);
	pool->service = &service;
	pool->table = &table;
	pool->asked = asked;
	for (i = 0; i < 2; i++) {
		host[i].table = &table;
		host[i].status = &status[i];
		host[i].extra = &extra[i];
		host[i].weight = i == 0 ? a : b;
		status[i].state = HOST_UP;
		asked[i] = NO;
	}
	if (ramp_complete(pool) == -1)
		exit(1);
	ramp_scale(&service);
}

/* It fails and comes back. */
static void
fail(int i)
{
	status[i].state = HOST_DOWN;
	(void)weight(i, NO);
	status[i].state = HOST_UP;
}

static void
test_rise(void)
{
	int32_t	last, now;
	int	steps = 0;

	setup("wlc", 1, 1);
	is_int(weight(0, 1), 100, "at the first start it has all");
	fail(0);
	is_int(weight(0, 1), 1, "back, it has a hundredth");
	is_int(weight(1, 1), 100, "the other one all");
	clock_s += SLOW_S / 4;
	is_int(weight(0, 1), 25, "a quarter");
	clock_us = 999999;
	is_int(weight(0, 1), 25, "no step within a second");
	clock_us = 0;
	clock_s += SLOW_S / 2;
	is_int(weight(0, 1), 75, "three quarters");
	clock_s += SLOW_S / 4 - 1;
	is_int(weight(0, 1), 95, "not yet all");
	clock_s++;
	is_int(weight(0, 1), 100, "all");
	clock_s = 1000;
	is_int(weight(0, 1), 100, "and for good");

	fail(0);
	for (last = weight(0, 1); last < 100; last = now) {
		clock_s++;
		now = weight(0, 1);
		steps += now != last;
		if (now < last)
			break;
	}
	ok(last == 100 && steps == SLOW_S, "one step a second, upwards");
	fail(0);
	(void)weight(0, 1);
	clock_s += SLOW_S / 2;
	fail(0);
	is_int(weight(0, 1), 1, "who fails meanwhile begins anew");
}

static void
test_ways(void)
{
	setup("wlc", 1, 1);
	(void)weight(0, NO);
	is_int(weight(0, 1), 100, "only its service was out of the kernel");
	extra[0].override.kind = OVERRIDE_DISABLE;
	(void)weight(0, NO);
	extra[0].override.kind = OVERRIDE_NONE;
	is_int(weight(0, 1), 1, "disabled and enabled");
	clock_s += SLOW_S;
	(void)weight(0, 1);
	(void)weight(0, 0);
	is_int(weight(0, 1), 1, "of weight 0 or quiesced");
	fail(0);
	service.open = 1;
	is_int(weight(0, 1), 100, "failed open: all are needed");
	service.open = 0;
	(void)weight(0, NO);
	table.conf.nchecks = 0;
	status[0].state = HOST_DOWN;
	(void)weight(0, NO);
	is_int(weight(0, 1), 100, "without checks no host fails");
}

static void
test_weights(void)
{
	setup("wrr", 3, 5);
	is_int(weight(0, 3), 60, "the scale keeps the proportion");
	is_int(weight(1, 5), 100, "of all");
	fail(0);
	(void)weight(0, 3);
	clock_s += SLOW_S / 2;
	is_int(weight(0, 3), 30, "half of a weight");
	is_int(weight(0, 30), 300, "half of another one");
	is_int(weight(0, WEIGHT_MAX), WEIGHT_MAX / 2, "and of the largest");
	setup("wlc", 1000, 1);
	is_int(weight(0, 1000), 1000, "heavy ones need no scale");
	fail(0);
	is_int(weight(0, 1000), 10, "a hundredth of them");
	fail(1);
	is_int(weight(1, 1), 1, "but never none");
	setup("lc", 3, 5);
	is_int(weight(0, 3), 100, "to lc");
	is_int(weight(1, 5), 100, "all are the same");
	fail(1);
	(void)weight(1, 5);
	clock_s += SLOW_S / 2;
	is_int(weight(1, 5), 50, "and start alike");
	is_int(weight(1, 0), 0, "0 is 0");
}

static void
test_found(void)
{
	setup("wlc", 1, 1);
	asked[0] = 40;
	ramp_found(pool, &host[0]);
	is_int(weight(0, 1), 40, "a restart goes on");
	clock_s += SLOW_S / 4;
	is_int(weight(0, 1), 65, "from there");
	asked[1] = 100;
	ramp_found(pool, &host[1]);
	is_int(weight(1, 1), 100, "and does not begin anew");
	asked[1] = 0;
	ramp_found(pool, &host[1]);
	(void)weight(1, 0);
	is_int(weight(1, 1), 1, "but with what was quiesced");
	setup("wlc", 1, 1);
	free(pool->ramp);
	pool->ramp = NULL;
	service.scale = 1;
	fail(0);
	is_int(weight(0, 7), 7, "without a slow start there is none");
}

int
main(void)
{
	test_rise();
	test_ways();
	test_weights();
	test_found();
	return (done_testing());
}

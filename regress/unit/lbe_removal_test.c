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
 * Whose turn it is to be removed, by a clock of our own: a pool of four hosts
 * and a backup of one.
 */

#include <string.h>

#include "../../lbe/env.h"
#include "tap.h"

#define HOSTS		5
#define INTERVAL_MS	10000
#define NO		DEST_NONE

static struct lbe_service	service;
static struct lbe_table		table[POOL_MAX];
static struct lbe_host		host[HOSTS];
static struct lbe_status	status[HOSTS];
static struct lbe_extra		extra[HOSTS];
static int32_t			asked[POOL_MAX][HOSTS];
static int64_t			clock_ms;

static struct lbe_pool *
pool_of(const struct lbe_host *h)
{
	return (&service.pool[h->table == &table[POOL_BACKUP]]);
}

static struct monotime
now(void)
{
	struct monotime	t = { clock_ms * 1000 };

	return (t);
}

/* All are up and in the kernel, but for the backup. */
static void
setup(void)
{
	int	i, pool;

	memset(&service, 0, sizeof(service));
	memset(table, 0, sizeof(table));
	memset(host, 0, sizeof(host));
	memset(status, 0, sizeof(status));
	memset(extra, 0, sizeof(extra));
	clock_ms = 1000000;
	service.conf.quorum = 1;
	service.conf.removal_ms = INTERVAL_MS;
	for (pool = 0; pool < POOL_MAX; pool++) {
		table[pool].hosts = &host[pool == POOL_PRIMARY ? 0 :
		    HOSTS - 1];
		table[pool].conf.nchecks = 1;
		service.pool[pool].service = &service;
		service.pool[pool].table = &table[pool];
		service.pool[pool].asked = asked[pool];
	}
	for (i = 0; i < HOSTS; i++) {
		pool = i < HOSTS - 1 ? POOL_PRIMARY : POOL_BACKUP;
		host[i].table = &table[pool];
		host[i].status = &status[i];
		host[i].extra = &extra[i];
		host[i].id = i + 1;
		host[i].weight = 1;
		status[i].state = HOST_UP;
		asked[pool][table[pool].nhosts++] =
		    pool == POOL_PRIMARY ? 1 : NO;
	}
}

static void
fail(int i)
{
	status[i].state = HOST_DOWN;
	status[i].since = now();
}

/* The kernel gets what is desired; the weights of all, "1110-". */
static const char *
update(void)
{
	static char	 text[HOSTS + 1];
	enum pool_role	 active;
	struct lbe_host	*h;
	int		 i;
	int32_t		 w;

	removal_settle(&service, now());
	desire_settle(&service);
	active = desire_pool(&service);
	for (i = 0; i < HOSTS; i++) {
		h = &host[i];
		w = desire_weight(&service, active,
		    pool_of(h) - service.pool, h);
		pool_of(h)->asked[HOST_INDEX(h)] = w;
		text[i] = w == NO ? '-' : '0' + w;
	}
	service.goes = NULL;
	return (text);
}

static void
test_wave(void)
{
	setup();
	is_str(update(), "1111-", "all are up");
	is_int(removal_left_us(&service, now()), -1, "nobody waits");
	fail(2);
	is_str(update(), "11-1-", "the first goes at once");
	clock_ms += 1000;
	fail(1);
	clock_ms += 1000;
	fail(0);
	is_str(update(), "11-1-", "others wait");
	is_int(removal_waiting(&service), 2, "both");
	is_int(removal_left_us(&service, now()), 8000000, "so long");
	is_int(removal_host_us(pool_of(&host[1]), &host[1], now()), 8000000,
	    "one");
	is_int(removal_host_us(pool_of(&host[0]), &host[0], now()), 18000000,
	    "and longer the other");
	is_int(removal_host_us(pool_of(&host[3]), &host[3], now()), -1,
	    "not the one that is up");
	clock_ms += 7999;
	is_str(update(), "11-1-", "yet");
	clock_ms++;
	is_str(update(), "1--1-", "who has failed first goes first");
	is_str(update(), "1--1-", "and no other");
	status[0].state = HOST_UP;
	clock_ms += INTERVAL_MS;
	is_str(update(), "1--1-", "who is up again stays");
	fail(0);
	is_str(update(), "---1-", "and has another turn at once");
}

static void
test_quorum(void)
{
	setup();
	service.conf.quorum = 3;
	(void)update();
	fail(0);
	fail(1);
	fail(2);
	is_str(update(), "-111-", "who waits counts for the quorum");
	clock_ms += INTERVAL_MS;
	is_str(update(), "----1", "the quorum is lost by removals");
	setup();
	(void)update();
	fail(0);
	fail(1);
	fail(2);
	fail(3);
	is_str(update(), "-111-", "a wave does not empty the pool");
	ok(desire_pool(&service) == POOL_PRIMARY, "which serves");
	clock_ms += INTERVAL_MS;
	is_str(update(), "--11-", "one after another");
}

static void
test_others(void)
{
	struct lbe_drain	drain;

	setup();
	(void)update();
	fail(0);
	(void)update();
	extra[1].override.kind = OVERRIDE_DISABLE;
	is_str(update(), "--11-", "the operator does not wait");
	fail(2);
	is_str(update(), "--11-", "a failure does");
	extra[2].override.kind = OVERRIDE_DISABLE;
	is_str(update(), "---1-", "until he comes");
	setup();
	memset(&drain, 0, sizeof(drain));
	(void)update();
	fail(0);
	(void)update();
	fail(1);
	extra[1].drain = &drain;
	is_str(update(), "-011-", "who drains does not wait");
	setup();
	service.conf.flags = SERVICE_F_QUIESCE;
	(void)update();
	fail(0);
	fail(1);
	is_str(update(), "0111-", "quiescing waits, too");
	clock_ms += INTERVAL_MS;
	is_str(update(), "0011-", "in turn");
	is_int(removal_waiting(&service), 0, "and then is done");
	setup();
	service.conf.fail_open = 50;
	(void)update();
	fail(0);
	(void)update();
	fail(1);
	fail(2);
	is_str(update(), "1111-", "failed open nobody goes");
	is_int(removal_waiting(&service), 0, "nor waits");
	clock_ms += INTERVAL_MS;
	(void)update();
	status[2].state = HOST_UP;
	(void)update();
	is_str(update(), "-111-", "nor has used up a turn");
	setup();
	service.conf.removal_ms = 0;
	(void)update();
	fail(0);
	fail(1);
	is_str(update(), "--11-", "without an interval nobody waits");
}

/* Who goes by other ways takes no turn from those that wait. */
static void
test_turns(void)
{
	struct lbe_drain	drain;
	int			drains;

	for (drains = 0; drains <= 1; drains++) {
		setup();
		memset(&drain, 0, sizeof(drain));
		(void)update();
		fail(0);
		(void)update();
		fail(1);
		clock_ms++;
		fail(2);
		(void)update();
		if (drains)
			extra[1].drain = &drain;
		else
			extra[1].override.kind = OVERRIDE_DISABLE;
		clock_ms += INTERVAL_MS;
		is_str(update(), drains ? "-0-1-" : "---1-", "%s",
		    drains ? "who drains" : "who is disabled");
	}
}

int
main(void)
{
	test_wave();
	test_quorum();
	test_others();
	test_turns();
	return (done_testing());
}

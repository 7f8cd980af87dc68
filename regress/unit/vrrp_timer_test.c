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
 * The timers of many instances: each at its time, in order, moved to and fro,
 * stopped, and freed to the last; a master's and a backup's.
 */
#include <sys/types.h>

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../imsg/engine.h"
#include "../../imsg/log.h"
#include "../../vrrpe/instance.h"
#include "tap.h"

#define N	500
#define MS	1000LL
#define ROUNDS	20000

static void	fired(struct vrrp *, enum fsm_event);
static void	setup(void);
static void	run_until_fired(int);
static void	test_order(void);
static void	test_moved(void);
static void	test_late(void);
static void	test_backup(void);
static void	test_random(void);
static void	test_free(void);

static struct engine	e;
static struct vrrpe	env;
static struct vrrp	v[N];
static struct vsock	sock;
static int		fires;		/* all so far */
static int		early;		/* before their time */
static int		disorder;
static int64_t		last;		/* due time of the last */
static int		drained;
static struct monotime	rescue;		/* a drain moves the timer there */
static enum fsm_event	last_event;

void
fsm_event(struct vrrp *w, enum fsm_event ev, const struct packet *,
    const struct addr *, const char *)
{
	fired(w, ev);
}

void
group_settle(struct vrrp *)
{
}

void
vrrpe_left(struct vrrpe *)
{
}

struct vsock *
lan_socket(const struct vrrp *)
{
	return (&sock);
}

int
recv_drain(struct vsock *s, int)
{
	if (s != &sock)
		abort();
	drained++;
	if (monotime_isset(rescue))
		timer_set(&v[0], rescue);
	return (0);
}

static void
fired(struct vrrp *w, enum fsm_event ev)
{
	fires++;
	last_event = ev;
	if (monotime_diff_us(w->due, monotime_now()) > 0)
		early++;
	if (w->due.us < last)
		disorder++;
	last = w->due.us;
	event_base_loopbreak(e.base);
}

static void
setup(void)
{
	int	i;

	e.base = event_base_new();
	if (e.base == NULL ||
	    event_base_priority_init(e.base, ENGINE_PRIO_MAX) == -1)
		abort();
	env.engine = &e;
	for (i = 0; i < N; i++) {
		v[i].env = &env;
		v[i].state = VRRP_MASTER;
		timer_new(&v[i]);
	}
}

static void
run_until_fired(int wanted)
{
	while (fires < wanted)
		event_base_loop(e.base, EVLOOP_ONCE);
}

static void
test_order(void)
{
	struct monotime	start = monotime_now();
	int		i;

	fires = early = disorder = 0;
	last = 0;
	/* In an order of their own: 7 and N have no common divisor. */
	for (i = 0; i < N; i++)
		timer_set(&v[i * 7 % N], monotime_add_us(start,
		    30 * MS + i * 7 % N * 100));
	run_until_fired(N);
	is_int(fires, N, "each has fired");
	is_int(early, 0, "none early");
	is_int(disorder, 0, "in order");
	is_int(last_event, EV_ADVERT_TIMER, "as a master's");
	is_int(drained, 0, "for which nothing is read");
	ok(monotime_diff_us(monotime_now(), start) >= 30 * MS +
	    (N - 1) * 100, "not before the last was due");
}

/* Later, earlier, stopped. */
static void
test_moved(void)
{
	struct monotime	now = monotime_now();

	fires = early = 0;
	last = 0;
	timer_set(&v[0], monotime_add_us(now, 10 * MS));
	timer_set(&v[1], monotime_add_us(now, 500000 * MS));
	timer_set(&v[2], monotime_add_us(now, 20 * MS));
	timer_set(&v[0], monotime_add_us(now, 60 * MS));
	timer_set(&v[1], monotime_add_us(now, 30 * MS));
	timer_stop(&v[2]);
	timer_stop(&v[2]);
	ok(!monotime_isset(v[2].due), "one that is stopped is off");
	run_until_fired(2);
	is_int(fires, 2, "the others fire");
	is_int(early, 0, "at the times they were moved to");
	ok(monotime_diff_us(monotime_now(), now) >= 60 * MS,
	    "the last of them");
	event_base_loop(e.base, EVLOOP_NONBLOCK);
	is_int(fires, 2, "once");
}

static void
test_late(void)
{
	fires = 0;
	last = 0;
	timer_set(&v[0], monotime_add_us(monotime_now(), -5 * MS));
	run_until_fired(1);
	is_int(fires, 1, "a time that has passed is at once");
}

/* What waits in the socket comes before the judgement. */
static void
test_backup(void)
{
	struct monotime	now = monotime_now();

	fires = drained = 0;
	last = 0;
	v[0].state = VRRP_BACKUP;
	timer_set(&v[0], now);
	run_until_fired(1);
	is_int(drained, 1, "a backup reads first");
	is_int(last_event, EV_DOWN_TIMER, "then the master is down");

	rescue = monotime_add_us(monotime_now(), 100 * MS);
	timer_set(&v[0], monotime_now());
	while (drained < 2)
		event_base_loop(e.base, EVLOOP_ONCE);
	is_int(fires, 1, "unless it was heard");
	ok(v[0].due.us == rescue.us, "which moved the timer");
	rescue.us = 0;
	timer_stop(&v[0]);
	v[0].state = VRRP_MASTER;
}

/* Whatever is done to them, the next one is always the next. */
static void
test_random(void)
{
	struct monotime	now = monotime_now();
	int		i, k, set = 0;

	srandom(112);
	fires = early = disorder = 0;
	for (i = 0; i < ROUNDS; i++) {
		k = random() % N;
		if (random() % 4 == 0)
			timer_stop(&v[k]);
		else
			timer_set(&v[k], monotime_add_us(now,
			    50 * MS + random() % (100 * MS)));
	}
	for (i = 0; i < N; i++)
		set += monotime_isset(v[i].due);
	last = 0;
	run_until_fired(set);
	event_base_loop(e.base, EVLOOP_NONBLOCK);
	is_int(fires, set, "%d set and stopped at random: %d fire", ROUNDS,
	    set);
	is_int(early + disorder, 0, "in order and none early");
}

static void
test_free(void)
{
	int	i;

	for (i = 0; i < N; i++) {
		if (i % 2 == 0)
			timer_set(&v[i], monotime_now());
		timer_free(&v[i]);
		timer_free(&v[i]);
	}
	ok(env.timers == NULL, "with the last one all is gone");
	timer_new(&v[0]);
	ok(env.timers != NULL, "and comes again");
	timer_free(&v[0]);
	event_base_free(e.base);
}

int
main(void)
{
	alarm(60);
	setup();
	test_order();
	test_moved();
	test_late();
	test_backup();
	test_random();
	test_free();
	return (done_testing());
}

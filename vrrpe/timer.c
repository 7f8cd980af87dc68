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
#include <sys/timerfd.h>

#include <bsd/stdlib.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/log.h"
#include "instance.h"

/*
 * Packets read before a master is given up: all that a socket's default
 * buffer holds (net.core.rmem_default over the cost of a small packet), so
 * that what came in time counts even when we come late.
 */
#define TIMER_DRAIN	512
#define US_PER_S	1000000
#define NS_PER_US	1000
/* Timers that there is room for are made so many at a time. */
#define TIMERS_STEP	64

/*
 * The timers of all instances: a heap with the next one on top, and one
 * descriptor that the kernel makes readable then.  Of a backup the timer moves
 * with each advert: the descriptor is not told, fires early once in a while,
 * and is only then set to what is next by that time.
 */
struct timers {
	struct vrrp	**heap;		/* those that run; slot: index + 1 */
	uint32_t	  running;
	uint32_t	  total;
	uint32_t	  size;		/* of heap, total at least */
	int		  fd;
	struct event	 *ev;
	struct monotime	  armed;	/* when fd fires; 0: never */
};

static struct timers *timers_open(struct vrrpe *);
static void	timers_arm(struct timers *);
static void	timers_fire(evutil_socket_t, short, void *);
static void	heap_put(struct timers *, uint32_t, struct vrrp *);
static int	heap_before(const struct timers *, uint32_t, uint32_t);
static void	heap_swap(struct timers *, uint32_t, uint32_t);
static void	heap_move(struct timers *, uint32_t);
static void	heap_remove(struct timers *, struct vrrp *);
static void	timer_fire(struct vrrp *);

static struct timers *
timers_open(struct vrrpe *env)
{
	struct timers	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("timers");
	t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->fd == -1)
		fatal("timerfd_create");
	t->ev = event_new(env->engine->base, t->fd, EV_READ | EV_PERSIST,
	    timers_fire, env);
	if (t->ev == NULL ||
	    event_priority_set(t->ev, ENGINE_PRIO_FIRST) == -1 ||
	    event_add(t->ev, NULL) == -1)
		fatalx("cannot watch the timers");
	return (t);
}

void
timer_new(struct vrrp *v)
{
	struct timers	*t;
	struct vrrp	**heap;

	if (v->env->timers == NULL)
		v->env->timers = timers_open(v->env);
	t = v->env->timers;
	if (t->total++ == t->size) {
		heap = recallocarray(t->heap, t->size, t->size + TIMERS_STEP,
		    sizeof(*heap));
		if (heap == NULL)
			fatal("timer of %s", v->conf.name);
		t->heap = heap;
		t->size += TIMERS_STEP;
	}
	v->slot = 0;
	v->has_timer = 1;
}

void
timer_free(struct vrrp *v)
{
	struct timers	*t = v->env->timers;

	if (!v->has_timer)
		return;
	timer_stop(v);
	v->has_timer = 0;
	if (--t->total > 0)
		return;
	event_free(t->ev);
	close(t->fd);
	free(t->heap);
	free(t);
	v->env->timers = NULL;
}

void
timer_set(struct vrrp *v, struct monotime due)
{
	struct timers	*t = v->env->timers;

	v->due = due;
	if (v->slot == 0)
		heap_put(t, t->running++, v);
	heap_move(t, v->slot - 1);
	if (!monotime_isset(t->armed) ||
	    monotime_diff_us(t->heap[0]->due, t->armed) < 0)
		timers_arm(t);
}

void
timer_stop(struct vrrp *v)
{
	v->due.us = 0;
	if (v->slot != 0)
		heap_remove(v->env->timers, v);
}

/* A time of 0 would be never, one that has passed is at once. */
static void
timers_arm(struct timers *t)
{
	struct itimerspec	its;

	memset(&its, 0, sizeof(its));
	t->armed.us = 0;
	if (t->running > 0) {
		t->armed = t->heap[0]->due;
		its.it_value.tv_sec = t->armed.us / US_PER_S;
		its.it_value.tv_nsec = t->armed.us % US_PER_S * NS_PER_US;
	}
	if (timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &its, NULL) == -1)
		fatal("timerfd_settime");
}

/* Those that are due, but not for ever: whatever times they are set to. */
static void
timers_fire(evutil_socket_t, short, void *arg)
{
	struct vrrpe	*env = arg;
	struct timers	*t = env->timers;
	struct monotime	 now = monotime_now();
	struct vrrp	*v;
	uint32_t	 left;

	for (left = t->running; left > 0 && t->running > 0; left--) {
		v = t->heap[0];
		if (monotime_diff_us(v->due, now) > 0)
			break;
		heap_remove(t, v);
		timer_fire(v);
	}
	timers_arm(t);
}

static void
heap_put(struct timers *t, uint32_t i, struct vrrp *v)
{
	t->heap[i] = v;
	v->slot = i + 1;
}

static int
heap_before(const struct timers *t, uint32_t a, uint32_t b)
{
	return (monotime_diff_us(t->heap[a]->due, t->heap[b]->due) < 0);
}

static void
heap_swap(struct timers *t, uint32_t a, uint32_t b)
{
	struct vrrp	*v = t->heap[a];

	heap_put(t, a, t->heap[b]);
	heap_put(t, b, v);
}

/* To where its time belongs, towards the top or away from it. */
static void
heap_move(struct timers *t, uint32_t i)
{
	uint32_t	next;

	for (; i > 0 && heap_before(t, i, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(t, i, (i - 1) / 2);
	for (;;) {
		next = 2 * i + 1;
		if (next + 1 < t->running && heap_before(t, next + 1, next))
			next++;
		if (next >= t->running || !heap_before(t, next, i))
			return;
		heap_swap(t, i, next);
		i = next;
	}
}

static void
heap_remove(struct timers *t, struct vrrp *v)
{
	uint32_t	i = v->slot - 1;

	v->slot = 0;
	if (i == --t->running)
		return;
	heap_put(t, i, t->heap[t->running]);
	heap_move(t, i);
}

static void
timer_fire(struct vrrp *v)
{
	if (v->state == VRRP_MASTER) {
		fsm_event(v, EV_ADVERT_TIMER, NULL, NULL, NULL);
		return;
	}
	recv_drain(lan_socket(v), TIMER_DRAIN);
	if (!monotime_isset(v->due) ||
	    monotime_diff_us(v->due, monotime_now()) > 0)
		return;
	fsm_event(v, EV_DOWN_TIMER, NULL, NULL, NULL);
	group_settle(v);
	vrrpe_left(v->env);
}

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

#include <event2/event.h>

#include "../imsg/engine.h"
#include "../imsg/log.h"
#include "instance.h"

/*
 * Packets read before a master is given up: all that a socket's default
 * buffer holds (net.core.rmem_default over the cost of a small packet), so
 * that what came in time counts even when we come late.
 */
#define TIMER_DRAIN	512

static void	timer_arm(struct vrrp *);
static void	timer_fire(evutil_socket_t, short, void *);

void
timer_new(struct vrrp *v)
{
	v->timer = evtimer_new(v->env->engine->base, timer_fire, v);
	if (v->timer == NULL)
		fatalx("cannot make a timer for %s", v->conf.name);
}

void
timer_free(struct vrrp *v)
{
	if (v->timer != NULL)
		event_free(v->timer);
	v->timer = NULL;
}

void
timer_set(struct vrrp *v, struct monotime due)
{
	v->due = due;
	timer_arm(v);
}

void
timer_stop(struct vrrp *v)
{
	v->due.us = 0;
	evtimer_del(v->timer);
}

static void
timer_arm(struct vrrp *v)
{
	struct timeval	tv = monotime_left(v->due);

	if (evtimer_add(v->timer, &tv) == -1)
		fatalx("cannot start the timer of %s", v->conf.name);
}

static void
timer_fire(evutil_socket_t, short, void *arg)
{
	struct vrrp	*v = arg;

	/* The loop counts from the time it woke up: this may be early. */
	if (monotime_diff_us(v->due, monotime_now()) > 0) {
		timer_arm(v);
		return;
	}
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

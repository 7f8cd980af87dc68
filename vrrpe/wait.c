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

#include "elect.h"
#include "instance.h"

static int64_t	taker_us(const struct vrrp *);
static int64_t	wait_us(const struct vrrp *);
static struct monotime wait_due(const struct vrrp *);

/*
 * The longest that a backup may take after our release: Skew_Time of the
 * lowest priority, at the interval that our adverts have told.
 */
static int64_t
taker_us(const struct vrrp *v)
{
	int64_t	us;

	us = elect_skew_us(v->conf.version, 1, v->conf.advert_cs) +
	    HANDOVER_MARGIN_US;
	if (v->env->ending && us > HANDOVER_END_US)
		us = HANDOVER_END_US;
	return (us);
}

static int64_t
wait_us(const struct vrrp *v)
{
	uint8_t		version = v->conf.version;

	switch (v->wait) {
	case WAIT_DOWN:
		return (elect_down_us(version, v->prio, v->mai_cs));
	case WAIT_SKEW:
		return (elect_skew_us(version, v->prio, v->mai_cs));
	case WAIT_START:
	case WAIT_RETURN:
		return ((int64_t)v->mai_cs * ELECT_US_PER_CS +
		    elect_skew_us(version, v->prio, v->mai_cs));
	case WAIT_TAKER:
		return (taker_us(v));
	case WAIT_LINGER:
		return (lan_turns(v) ? HANDOVER_TURNED_US :
		    HANDOVER_LINGER_US);
	case WAIT_NOTHING:
		break;
	}
	return (0);
}

int64_t
wait_delay_us(const struct vrrp *v)
{
	int64_t	left;

	if (!monotime_isset(v->lower))
		return (0);
	left = (int64_t)v->conf.preempt_ms * 1000 -
	    monotime_diff_us(monotime_now(), v->lower);
	return (left > 0 ? left : 0);
}

/*
 * While the preemption of a lower master is delayed, the timer fires when
 * the delay is over, but not before it would have without one; or when that
 * master is not heard any more.
 */
static struct monotime
wait_due(const struct vrrp *v)
{
	struct monotime	due, held, lost;

	due = monotime_add_us(v->base, wait_us(v));
	if (!monotime_isset(v->lower))
		return (due);
	held = monotime_add_us(v->lower, (int64_t)v->conf.preempt_ms * 1000);
	if (monotime_diff_us(held, due) > 0)
		due = held;
	lost = monotime_add_us(v->heard, elect_down_us(v->conf.version,
	    v->prio, v->mai_cs));
	return (monotime_diff_us(lost, due) < 0 ? lost : due);
}

void
wait_since(struct vrrp *v, enum vrrp_wait wait, struct monotime base)
{
	v->ready = 0;
	v->wait = wait;
	v->base = base;
	timer_set(v, wait_due(v));
}

void
wait_start(struct vrrp *v, enum vrrp_wait wait)
{
	wait_since(v, wait, monotime_now());
}

void
wait_arm(struct vrrp *v)
{
	if (!v->ready)
		timer_set(v, wait_due(v));
}

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

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * Announcements of addresses that have moved here.  RFC 5798 section 6.4.2
 * asks for one an address; frames get lost while a network settles, so
 * each is sent several times at once and as often again later, as other
 * VRRP routers do it: peers and switches are used to it.
 *
 * Who has something to say on an interface has a burst in one of the two
 * queues of it, which pace.c works off.
 */

/* No new burst for an instance that was announced within this time. */
#define ANNOUNCE_GAP_US	1000000

static void	 again_cb(int, short, void *);
static void	 refresh_cb(int, short, void *);
static void	 refresh_arm(struct net_vrrp *);
static void	 after_ms(struct event *, uint32_t);
static void	 burst_all(struct net_vrrp *, unsigned int, enum net_urge);
static void	 burst_on(struct net_vrrp *, struct net_if *, unsigned int,
		    enum net_urge);

void
announce_init(struct net_vrrp *v)
{
	TAILQ_INIT(&v->bursts);
	evtimer_assign(&v->again, v->net->base, again_cb, v);
	evtimer_assign(&v->refresh, v->net->base, refresh_cb, v);
}

void
announce_start(struct net_vrrp *v)
{
	const struct conf_announce	*c = &v->conf->announce;
	struct monotime			 now = monotime_now();

	if (monotime_isset(v->announced) &&
	    monotime_diff_us(now, v->announced) < ANNOUNCE_GAP_US)
		return;
	v->announced = now;
	burst_all(v, c->count, URGE_FIRST);
	if (c->delay_ms != 0)
		after_ms(&v->again, c->delay_ms);
	refresh_arm(v);
}

void
announce_stop(struct net_vrrp *v)
{
	struct net_burst	*b;

	while ((b = TAILQ_FIRST(&v->bursts)) != NULL)
		pace_end(b);
	event_del(&v->again);
	event_del(&v->refresh);
	v->refresh_ms = 0;
	v->announced.us = 0;
}

void
announce_relist(struct net_vrrp *v)
{
	struct net_burst	*b;

	TAILQ_FOREACH(b, &v->bursts, mine)
		b->at = TAILQ_FIRST(&v->items);
	if (monotime_isset(v->announced))
		refresh_arm(v);
}

static void
again_cb(int, short, void *arg)
{
	struct net_vrrp	*v = arg;

	burst_all(v, v->conf->announce.count, URGE_LATER);
}

static void
refresh_cb(int, short, void *arg)
{
	struct net_vrrp	*v = arg;

	burst_all(v, v->conf->announce.refresh_count, URGE_LATER);
	v->refresh_ms = 0;
	refresh_arm(v);
}

/* A period that runs goes on, unless it is another one now. */
static void
refresh_arm(struct net_vrrp *v)
{
	if (v->refresh_ms == v->conf->announce.refresh_ms)
		return;
	v->refresh_ms = v->conf->announce.refresh_ms;
	if (v->refresh_ms == 0)
		event_del(&v->refresh);
	else
		after_ms(&v->refresh, v->refresh_ms);
}

static void
after_ms(struct event *ev, uint32_t ms)
{
	struct timeval	tv = us_to_timeval(ms * 1000LL);

	evtimer_add(ev, &tv);
}

/* On each of the interfaces that it has addresses on. */
static void
burst_all(struct net_vrrp *v, unsigned int rounds, enum net_urge urge)
{
	struct net_item	*it;

	if (v->net->packet == -1 || rounds == 0)
		return;
	TAILQ_FOREACH(it, &v->items, entry)
		if (it->kind == NET_ADDR && it->nif->has_mac)
			burst_on(v, it->nif, rounds, urge);
}

/* What is said already need not be said again later. */
static void
burst_on(struct net_vrrp *v, struct net_if *nif, unsigned int rounds,
    enum net_urge urge)
{
	struct net_burst	*b;

	TAILQ_FOREACH(b, &v->bursts, mine)
		if (b->nif == nif)
			break;
	if (b != NULL && b->urge <= urge)
		return;
	if (b != NULL)
		pace_end(b);
	if ((b = calloc(1, sizeof(*b))) == NULL)
		fatal("announcement");
	b->vrrp = v;
	b->nif = nif;
	b->urge = urge;
	b->rounds = rounds;
	b->at = TAILQ_FIRST(&v->items);
	TAILQ_INSERT_TAIL(&v->bursts, b, mine);
	pace_begin(b);
}

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
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * The kernel takes an address away when its life is over, so an lvsd that is
 * gone for good leaves none behind: they are held on lease, and renewed three
 * times in the time of the lease.  A round of renewals is spread over slots,
 * whose turn comes one after the other; each address has a slot, and so is
 * renewed once a round.
 */

/* Rounds in the time of a lease. */
#define LEASE_ROUNDS	3
/*
 * At most this part of the time may go into renewals; with many addresses a
 * lease is made longer than configured.  For each renewal the kernel searches
 * half of the IPv4 addresses of the interface (find_matching_ifa) or goes
 * through all IPv6 addresses there are (addrconf_verify), nanoseconds for one
 * of them as measured with Linux 6.18.  Where it takes more it shows.
 */
#define LEASE_SHARE	10
#define LEASE_COST4_NS	8
#define LEASE_COST6_NS	500
#define LEASE_MAX_S	3600

static void	 lease_cb(int, short, void *);
static void	 lease_arm(struct net *);
static int64_t	 turn_us(const struct net_lease *);
static void	 lease_judge(struct net *);
static uint32_t	 lease_needed(struct net *);

void
lease_init(struct net *n)
{
	struct net_lease	*l = &n->lease;
	int			 i;

	for (i = 0; i < LEASE_SLOTS; i++)
		TAILQ_INIT(&l->slot[i]);
	TAILQ_INIT(&l->due);
	evtimer_assign(&l->timer, n->base, lease_cb, n);
}

void
lease_close(struct net *n)
{
	event_del(&n->lease.timer);
}

void
lease_conf(struct net *n, uint32_t seconds)
{
	struct net_lease	*l = &n->lease;
	struct net_addr		*a;
	uint32_t		 least = seconds;

	if (seconds != 0 && lease_needed(n) > seconds)
		least = lease_needed(n);
	if (l->least_s == least)
		return;
	if (least != seconds)
		log_info("renewing so many addresses takes long: lease of %u "
		    "s instead of %u s", least, seconds);
	l->least_s = l->s = least;
	l->busy_us = 0;
	event_del(&l->timer);
	RB_FOREACH(a, net_addrs, &n->addrs)
		if (a->item.state == ITEM_OURS)
			lease_touch(n, a);
}

/* Seconds of a lease that leaves time for other things. */
static uint32_t
lease_needed(struct net *n)
{
	struct net_if	*nif;
	struct net_item	*it;
	uint64_t	 n4, n6 = 0, ns = 0, s;

	RB_FOREACH(nif, net_ifs, &n->ifs) {
		n4 = 0;
		TAILQ_FOREACH(it, &nif->items, onif) {
			if (!it->named || it->kind != NET_ADDR ||
			    net_item_static(it))
				continue;
			if (((struct net_addr *)it)->conf.addr.af == AF_INET)
				n4++;
			else
				n6++;
		}
		ns += n4 * n4 / 2 * LEASE_COST4_NS;
	}
	ns += n6 * n6 * LEASE_COST6_NS;
	s = ns * LEASE_ROUNDS * LEASE_SHARE / 1000000000;
	return (s > LEASE_MAX_S ? LEASE_MAX_S : s);
}

uint32_t
lease_of(const struct net *n, const struct net_addr *a)
{
	if (n->lease.s == 0 || net_item_static(&a->item))
		return (LIFE_FOREVER);
	return (n->lease.s);
}

void
lease_start(struct net *n, struct net_addr *a)
{
	lease_stop(n, a);
	a->slot = n->lease.next++ % LEASE_SLOTS;
	lease_done(n, a);
}

void
lease_done(struct net *n, struct net_addr *a)
{
	struct net_lease	*l = &n->lease;

	if (lease_of(n, a) == LIFE_FOREVER)
		return;
	a->leased = LEASE_SLOT;
	TAILQ_INSERT_TAIL(&l->slot[a->slot], a, lease);
	l->n++;
	lease_arm(n);
}

void
lease_touch(struct net *n, struct net_addr *a)
{
	lease_stop(n, a);
	if (!lease_due(n))
		n->lease.waiting = monotime_now();
	a->leased = LEASE_DUE;
	TAILQ_INSERT_TAIL(&n->lease.due, a, lease);
	net_kick(n);
}

void
lease_resume(struct net *n, struct net_addr *a)
{
	if (a->item.state == ITEM_OURS && a->leased == LEASE_NOT &&
	    lease_of(n, a) != LIFE_FOREVER)
		lease_touch(n, a);
}

void
lease_stop(struct net *n, struct net_addr *a)
{
	struct net_lease	*l = &n->lease;

	switch (a->leased) {
	case LEASE_SLOT:
		TAILQ_REMOVE(&l->slot[a->slot], a, lease);
		l->n--;
		break;
	case LEASE_DUE:
		TAILQ_REMOVE(&l->due, a, lease);
		break;
	}
	a->leased = LEASE_NOT;
}

int
lease_due(const struct net *n)
{
	return (!TAILQ_EMPTY(&n->lease.due));
}

int
lease_late(const struct net *n)
{
	const struct net_lease	*l = &n->lease;

	return (lease_due(n) && monotime_diff_us(monotime_now(),
	    l->waiting) > turn_us(l) * LEASE_SLOTS / 2);
}

struct net_addr *
lease_take(struct net *n)
{
	struct net_addr	*a;

	if ((a = TAILQ_FIRST(&n->lease.due)) != NULL)
		lease_stop(n, a);
	return (a);
}

void
lease_busy(struct net *n, int64_t us)
{
	n->lease.busy_us += us;
}

static int64_t
turn_us(const struct net_lease *l)
{
	return ((int64_t)l->s * 1000000 / LEASE_ROUNDS / LEASE_SLOTS);
}

static void
lease_arm(struct net *n)
{
	struct net_lease	*l = &n->lease;
	struct timeval		 tv;
	int64_t			 us;

	if (l->n == 0 || evtimer_pending(&l->timer, NULL))
		return;
	us = monotime_diff_us(l->at, monotime_now());
	if (!monotime_isset(l->at) || us < 0 || us > turn_us(l))
		l->at = monotime_add_us(monotime_now(), turn_us(l));
	tv = monotime_left(l->at);
	evtimer_add(&l->timer, &tv);
}

/* The turn of the next slot, and of those that were missed. */
static void
lease_cb(int, short, void *arg)
{
	struct net		*n = arg;
	struct net_lease	*l = &n->lease;
	struct net_addr		*a;
	struct monotime		 now = monotime_now();
	int			 turns = 0;

	if (!lease_due(n))
		l->waiting = now;
	while (monotime_diff_us(l->at, now) <= 0 && turns++ < LEASE_SLOTS) {
		l->at = monotime_add_us(l->at, turn_us(l));
		l->turn = (l->turn + 1) % LEASE_SLOTS;
		if (l->turn == 0)
			lease_judge(n);
		TAILQ_FOREACH(a, &l->slot[l->turn], lease) {
			a->leased = LEASE_DUE;
			l->n--;
		}
		TAILQ_CONCAT(&l->due, &l->slot[l->turn], lease);
	}
	if (lease_due(n))
		net_kick(n);
	lease_arm(n);
}

/*
 * A longer lease is safe at once: whose turn has just been gets its next one
 * after two thirds of the old lease.
 */
static void
lease_judge(struct net *n)
{
	struct net_lease	*l = &n->lease;
	int64_t			 round_us = turn_us(l) * LEASE_SLOTS;

	if ((l->busy_us > round_us / LEASE_SHARE || lease_late(n)) &&
	    l->s < LEASE_MAX_S) {
		l->s *= 2;
		log_info("renewing addresses takes %lld of %lld ms: lease of "
		    "%u s instead of %u s", (long long)(l->busy_us / 1000),
		    (long long)(round_us / 1000), l->s, l->least_s);
	} else if (l->busy_us < round_us / LEASE_SHARE / 4 &&
	    l->s / 2 >= l->least_s)
		l->s /= 2;
	l->busy_us = 0;
}

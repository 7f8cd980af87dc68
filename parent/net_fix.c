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

#include <stdio.h>

#include <errno.h>

#include <event2/event.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * Repairs: what somebody else took away is put back, what the kernel refused
 * is tried again.
 */

/*
 * Repairs while somebody else insists: so many in a window, then one for
 * each delay, so that a quarrel does not eat the machine.
 */
#define FIX_WINDOW_US	10000000
#define FIX_BURST	20
#define FIX_DELAY_S	1
/* What was refused is tried again after so many seconds. */
#define RETRY_DELAY_S	1

static void	 fix_cb(int, short, void *);
static void	 retry_cb(int, short, void *);
static void	 retry(struct net *, struct net_vrrp *);
static int	 fix_allowed(struct net *);

/* What to do about errors of the kernel's that do not say it. */
static const struct remedy {
	enum net_kind	 kind;
	int		 error;
	const char	*text;
} remedies[] = {
	{ NET_ADDR, EACCES,
	    "; clear the sysctl disable_ipv6 of that interface" },
	{ NET_ROUTE, EACCES,
	    "; clear the sysctl disable_ipv6 of that interface" },
	{ NET_ROUTE, EHOSTUNREACH,
	    "; give it a gateway in the network of some address here" },
	{ NET_ROUTE, ENETUNREACH,
	    "; give it a gateway in the network of some address here" },
	{ NET_ROUTE, ENETDOWN,
	    "; set its interface up" },
	{ NET_ROUTE, EINVAL,
	    "; give it a source that is an address here, and a neighbour as "
	    "gateway" },
	{ NET_ADDR, 0, NULL }
};

void
fix_init(struct net *n)
{
	TAILQ_INIT(&n->hurt);
	evtimer_assign(&n->fix, n->base, fix_cb, n);
	evtimer_assign(&n->retry, n->base, retry_cb, n);
}

void
fix_close(struct net *n)
{
	event_del(&n->fix);
	event_del(&n->retry);
}

void
net_hurt(struct net *n, struct net_vrrp *v)
{
	if (v->is_hurt)
		return;
	v->is_hurt = 1;
	TAILQ_INSERT_TAIL(&n->hurt, v, hurt);
}

void
net_unhurt(struct net *n, struct net_vrrp *v)
{
	if (!v->is_hurt)
		return;
	v->is_hurt = 0;
	TAILQ_REMOVE(&n->hurt, v, hurt);
}

static int
fix_allowed(struct net *n)
{
	struct timeval	delay = { FIX_DELAY_S, 0 };
	struct monotime	now = monotime_now();

	if (evtimer_pending(&n->fix, NULL))
		return (0);
	if (!monotime_isset(n->fix_since) ||
	    monotime_diff_us(now, n->fix_since) > FIX_WINDOW_US) {
		n->fix_since = now;
		n->fixes = 0;
	}
	if (++n->fixes <= FIX_BURST)
		return (1);
	evtimer_add(&n->fix, &delay);
	return (0);
}

void
net_heal(struct net *n)
{
	if (!TAILQ_EMPTY(&n->hurt) && fix_allowed(n))
		fix_cb(-1, 0, n);
}

static void
fix_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct net_vrrp	*v;

	while ((v = TAILQ_FIRST(&n->hurt)) != NULL) {
		net_unhurt(n, v);
		net_enqueue(n, v);
	}
}

void
net_failed(struct net *n, struct net_vrrp *v)
{
	struct timeval	delay = { RETRY_DELAY_S, 0 };

	v->failed = 1;
	if (!evtimer_pending(&n->retry, NULL))
		evtimer_add(&n->retry, &delay);
}

static void
retry_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct net_vrrp	*v;

	RB_FOREACH(v, net_vrrps, &n->vrrps)
		retry(n, v);
	retry(n, &n->statics);
	retry(n, &n->leaving);
}

/* A route of somebody else may have gone: only another try will show. */
static void
retry(struct net *n, struct net_vrrp *v)
{
	struct net_item	*it;

	if (!v->failed)
		return;
	v->failed = 0;
	TAILQ_FOREACH(it, &v->items, entry)
		if (it->kind != NET_ADDR && it->state == ITEM_FOREIGN)
			it->doubt = 1;
	net_enqueue(n, v);
}

const char *
net_remedy(const struct net_item *it, int error)
{
	const struct remedy	*r;

	for (r = remedies; r->text != NULL; r++)
		if (r->error == error && it->kind == r->kind)
			return (r->text);
	return ("; it is tried again every second");
}

void
net_repaired(struct net *n, struct net_vrrp *v)
{
	struct net_item	*it;
	char		 text[3 * NET_ITEM_STRLEN], who[NET_ITEM_STRLEN];
	char		 what[NET_ITEM_STRLEN];

	TAILQ_FOREACH(it, &v->items, entry) {
		if (!it->lost || it->state != ITEM_OURS)
			continue;
		it->lost = 0;
		/* The kernel takes routes away along with other things. */
		(void)snprintf(text, sizeof(text), "%s%s was %s: put back",
		    net_who(v, who), net_item_str(it, what),
		    it->kind == NET_ADDR ? "removed by somebody else" :
		    "gone");
		n->ops->repaired(n->arg, text);
		if (it->kind != NET_ADDR)
			continue;
		/* At once, however short ago the last time was. */
		v->announced.us = 0;
		v->announce = 1;
	}
}

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

#include <errno.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * The kernel is brought to what is wanted in slices: one send in a turn of
 * the event loop, so that engines are served between two, however many
 * addresses come and go.  Whoever has something to be done stands in a queue;
 * an item is compared with what is wanted when its turn comes, so a change
 * that was taken back meanwhile costs nothing.
 */

/*
 * A send that kept the processor longer than this is followed by half as
 * large ones, microseconds; time in which others had it does not count.
 * Among 20,000 addresses of an interface the kernel takes up to a millisecond
 * to add one: it searches them.
 */
#define SLICE_US	5000
#define SLICE_BEGIN	64
#define SLICE_MIN	4
/* Requests of 200 bytes at most: so many fit NL_BATCH_SIZE. */
#define SLICE_MAX	256
/* When netlink itself fails, seconds until the next attempt. */
#define SLICE_RETRY_S	1

static void	 slice_cb(int, short, void *);
static int	 slice(struct net *, int);
static int	 slice_full(const struct net *);
static void	 slice_fill(struct net *);
static void	 slice_fill_due(struct net *);
static void	 slice_item(struct net *, struct net_vrrp *,
		    struct net_item *);
static int	 slice_send(struct net *);
static int64_t	 cpu_us(void);
static void	 slice_failed(struct net *);
static void	 slice_size(struct net *, int64_t);
static struct net_item *walk_first(const struct net_vrrp *);
static struct net_item *walk_next(const struct net_vrrp *,
		    struct net_item *);
static void	 slice_unwanted(struct net *, struct net_item *);
static void	 slice_nowhere(struct net *, struct net_item *);
static void	 slice_change(struct net *, struct net_item *);
static void	 op_put(struct net *, struct net_item *, enum net_op_kind);
static struct nl_msg *op_addr(struct net *, struct net_addr *, int, int);
static void	 op_foreign(struct net *, struct net_item *);
static void	 op_refused(struct net_item *, int, const char *);
static void	 op_added(struct net *, struct net_item *, int,
		    const char *);
static void	 op_removed(struct net *, struct net_item *, int);
static void	 op_renewed(struct net *, struct net_item *, int);
static void	 queue_pass(struct net *);
static void	 queue_done(struct net *, struct net_vrrp *);
static void	 leaving_done(struct net *);

void
slice_init(struct net *n)
{
	TAILQ_INIT(&n->queue);
	n->slice_max[0] = n->slice_max[1] = SLICE_BEGIN;
	nlbatch_init(&n->batch);
	evtimer_assign(&n->slice, n->base, slice_cb, n);
}

void
slice_close(struct net *n)
{
	event_del(&n->slice);
	nlbatch_reset(&n->batch);
}

void
net_kick(struct net *n)
{
	struct timeval	now = { 0, 0 };

	if (!evtimer_pending(&n->slice, NULL))
		evtimer_add(&n->slice, &now);
}

void
net_enqueue(struct net *n, struct net_vrrp *v)
{
	v->next = walk_first(v);
	v->error = 0;
	if (!v->queued) {
		v->queued = 1;
		TAILQ_INSERT_TAIL(&n->queue, v, queue);
	}
	net_kick(n);
}

void
net_dequeue(struct net *n, struct net_vrrp *v)
{
	if (!v->queued)
		return;
	v->queued = 0;
	TAILQ_REMOVE(&n->queue, v, queue);
}

/* What comes first when it is put there goes last. */
static struct net_item *
walk_first(const struct net_vrrp *v)
{
	if (v->want == WANT_HELD)
		return (TAILQ_FIRST(&v->items));
	return (TAILQ_LAST(&v->items, net_items));
}

static struct net_item *
walk_next(const struct net_vrrp *v, struct net_item *it)
{
	if (v->want == WANT_HELD)
		return (TAILQ_NEXT(it, entry));
	return (TAILQ_PREV(it, net_items, entry));
}

int
net_wrong(const struct net_vrrp *v, const struct net_item *it)
{
	switch (v->want) {
	case WANT_HELD:
		return (it->state == ITEM_ABSENT || it->odd || it->doubt);
	case WANT_NOTHING:
		return (it->state == ITEM_OURS);
	case WANT_FOUND:
		break;
	}
	return (0);
}

/*
 * Renewals take turns with the rest, neither may starve the other; but they
 * go first when they are late.
 */
static void
slice_cb(int, short, void *arg)
{
	struct net	*n = arg;

	slice(n, lease_due(n) && (!n->renewed || TAILQ_EMPTY(&n->queue) ||
	    lease_late(n)));
	if (!TAILQ_EMPTY(&n->queue) || lease_due(n))
		net_kick(n);
}

static int
slice(struct net *n, int renew)
{
	int	rc;

	n->renewed = renew;
	if (renew)
		slice_fill_due(n);
	else
		slice_fill(n);
	if ((rc = slice_send(n)) == -1)
		slice_failed(n);
	else
		queue_pass(n);
	nlbatch_reset(&n->batch);
	return (rc);
}

void
net_slice_all(struct net *n)
{
	while (!TAILQ_EMPTY(&n->queue))
		if (slice(n, 0) == -1)
			break;
}

/* An item may need two operations. */
static int
slice_full(const struct net *n)
{
	return (n->batch.n + 2 > n->slice_max[n->renewed] ||
	    n->batch.n + 2 > n->batch.max);
}

static void
slice_fill(struct net *n)
{
	struct net_vrrp	*v;

	TAILQ_FOREACH(v, &n->queue, queue)
		for (; v->next != NULL; v->next = walk_next(v, v->next)) {
			if (slice_full(n))
				return;
			slice_item(n, v, v->next);
		}
}

static void
slice_item(struct net *n, struct net_vrrp *v, struct net_item *it)
{
	if (v->want != WANT_HELD)
		slice_unwanted(n, it);
	else if (it->kind == NET_ADDR)
		lease_resume(n, (struct net_addr *)it);
	if (!net_wrong(v, it))
		return;
	if (it->nif != NULL && it->nif->now.ifindex == 0) {
		slice_nowhere(n, it);
		v->error = ENODEV;
		return;
	}
	if (v->want != WANT_HELD)
		op_put(n, it, OP_REMOVE);
	else if (it->state == ITEM_OURS && it->odd)
		slice_change(n, it);
	else
		op_put(n, it, OP_ADD);
}

/* What others do to their routes meanwhile nobody tells. */
static void
slice_unwanted(struct net *n, struct net_item *it)
{
	it->lost = 0;
	if (it->kind != NET_ADDR && it->state == ITEM_FOREIGN)
		net_item_gone(n, it);
	if (it->state == ITEM_ABSENT)
		it->error = 0;
}

/* With its interface it has gone, but for a route that led elsewhere. */
static void
slice_nowhere(struct net *n, struct net_item *it)
{
	if (it->kind == NET_ROUTE && it->odd)
		op_put(n, it, OP_REMOVE);
	else
		net_item_gone(n, it);
}

static void
slice_change(struct net *n, struct net_item *it)
{
	if (it->kind == NET_ROUTE) {
		op_put(n, it, OP_REPLACE);
		return;
	}
	op_put(n, it, OP_REMOVE);
	op_put(n, it, OP_ADD);
}

static void
slice_fill_due(struct net *n)
{
	struct net_addr	*a;

	while (!slice_full(n) && (a = lease_take(n)) != NULL)
		if (a->item.state == ITEM_OURS &&
		    a->item.vrrp->want != WANT_NOTHING &&
		    a->item.nif->now.ifindex != 0)
			op_put(n, &a->item, OP_RENEW);
}

static void
op_put(struct net *n, struct net_item *it, enum net_op_kind kind)
{
	static const int	 flags[] = {
		[OP_ADD]	= NLM_F_CREATE | NLM_F_EXCL,
		[OP_REMOVE]	= 0,
		[OP_REPLACE]	= NLM_F_CREATE | NLM_F_REPLACE,
		[OP_RENEW]	= NLM_F_REPLACE
	};
	struct nl_msg		*msg = NULL;
	int			 i, del = kind == OP_REMOVE;

	switch (it->kind) {
	case NET_ADDR:
		msg = op_addr(n, (struct net_addr *)it, del, flags[kind]);
		break;
	case NET_ROUTE:
		msg = route_msg(del ? RTM_DELROUTE : RTM_NEWROUTE,
		    flags[kind], (struct net_route *)it);
		break;
	case NET_RULE:
		msg = rule_msg(del ? RTM_DELRULE : RTM_NEWRULE, flags[kind],
		    (struct net_rule *)it);
		break;
	}
	if ((i = nlbatch_add(&n->batch, msg)) == -1)
		fatal("netlink request");
	n->op[i].item = it;
	n->op[i].kind = kind;
}

static struct nl_msg *
op_addr(struct net *n, struct net_addr *a, int del, int flags)
{
	/* A host prefix shares its network with nobody. */
	if (!del && a->conf.addr.af == AF_INET && a->conf.prefixlen < 32)
		iface_promote(a->item.nif);
	return (rtnl_addr_msg(del ? RTM_DELADDR : RTM_NEWADDR, flags, a,
	    lease_of(n, a)));
}

static int
slice_send(struct net *n)
{
	struct net_item	*it;
	int64_t		 start = cpu_us();
	unsigned int	 i;
	int		 error;

	if (n->batch.n == 0)
		return (0);
	if (nlbatch_send(&n->conn, &n->batch) == -1)
		return (-1);
	slice_size(n, cpu_us() - start);
	if (n->batch.lost)
		net_reread(n);
	for (i = 0; i < n->batch.n; i++) {
		it = n->op[i].item;
		error = n->batch.error[i];
		switch (n->op[i].kind) {
		case OP_ADD:
		case OP_REPLACE:
			op_added(n, it, error, n->batch.text[i]);
			break;
		case OP_REMOVE:
			op_removed(n, it, error);
			break;
		case OP_RENEW:
			op_renewed(n, it, error);
			break;
		}
	}
	return (0);
}

/* Time that this process has had, which is what the kernel took for it. */
static int64_t
cpu_us(void)
{
	struct timespec	ts;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == -1)
		fatal("clock_gettime");
	return (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
}

/* Nothing was done: all of it once more, later. */
static void
slice_failed(struct net *n)
{
	struct timeval	delay = { SLICE_RETRY_S, 0 };
	unsigned int	i;

	log_warn("netlink: sending %u requests", n->batch.n);
	event_del(&n->slice);
	evtimer_add(&n->slice, &delay);
	for (i = 0; i < n->batch.n; i++)
		if (n->op[i].kind == OP_RENEW)
			lease_touch(n, (struct net_addr *)n->op[i].item);
		else
			net_enqueue(n, n->op[i].item->vrrp);
}

static void
slice_size(struct net *n, int64_t us)
{
	unsigned int	*max = &n->slice_max[n->renewed];

	if (n->renewed)
		lease_busy(n, us);
	if (us > SLICE_US && n->batch.n > SLICE_MIN)
		*max = n->batch.n / 2;
	else if (us < SLICE_US / 4 && *max < SLICE_MAX)
		*max *= 2;
	if (*max < SLICE_MIN)
		*max = SLICE_MIN;
}

static void
op_added(struct net *n, struct net_item *it, int error, const char *text)
{
	struct net_addr	*a = (struct net_addr *)it;
	int		 doubt = it->doubt && it->state == ITEM_OURS &&
	    !it->odd;
	char		 who[NET_ITEM_STRLEN], what[NET_ITEM_STRLEN];

	it->doubt = 0;
	if (error == EEXIST && it->state == ITEM_OURS) {
		it->error = 0;
		return;
	}
	if (error == EEXIST) {
		op_foreign(n, it);
		return;
	}
	if (error != 0) {
		op_refused(it, error, text);
		/* One that was there may be there all the same. */
		if (it->state == ITEM_OURS && it->kind != NET_ADDR)
			it->doubt = 1;
		else
			net_item_gone(n, it);
		return;
	}
	if (it->error != 0 && !doubt)
		log_info("%s%s: is there now", net_who(it->vrrp, who),
		    net_item_str(it, what));
	it->error = 0;
	it->odd = 0;
	it->state = ITEM_OURS;
	it->lost |= doubt;
	if (it->kind == NET_ADDR) {
		it->settling = a->conf.addr.af == AF_INET6;
		lease_start(n, a);
	}
}

/* It came by other hands; whose an address is a reading says. */
static void
op_foreign(struct net *n, struct net_item *it)
{
	char	who[NET_ITEM_STRLEN], what[NET_ITEM_STRLEN];

	it->state = ITEM_FOREIGN;
	if (it->kind == NET_ADDR)
		net_reread(n);
	else
		net_failed(n, it->vrrp);
	if (it->kind != NET_ADDR && it->error != EEXIST)
		log_info("%s%s is there already, by somebody else: left as it "
		    "is; remove it, or give one of them another metric",
		    net_who(it->vrrp, who), net_item_str(it, what));
	it->error = EEXIST;
}

static void
op_refused(struct net_item *it, int error, const char *text)
{
	char	who[NET_ITEM_STRLEN], what[NET_ITEM_STRLEN];

	it->vrrp->error = error;
	if (it->error != error)
		log_warnx("%s%s: %s%s", net_who(it->vrrp, who),
		    net_item_str(it, what),
		    text != NULL ? text : strerror(error),
		    net_remedy(it, error));
	it->error = error;
}

static void
op_removed(struct net *n, struct net_item *it, int error)
{
	char	buf[NET_ITEM_STRLEN];

	if (error == 0 || error == EADDRNOTAVAIL || error == ENODEV ||
	    error == ESRCH || error == ENOENT) {
		net_item_gone(n, it);
		it->removed = n->epoch;
		it->error = 0;
		return;
	}
	it->vrrp->error = error;
	if (it->error != error)
		log_warnx("%s: cannot be removed: %s", net_item_str(it, buf),
		    strerror(error));
	it->error = error;
}

static void
op_renewed(struct net *n, struct net_item *it, int error)
{
	char	buf[NET_ITEM_STRLEN];

	if (error == 0) {
		lease_done(n, (struct net_addr *)it);
		return;
	}
	log_debug("%s: cannot be renewed: %s", net_item_str(it, buf),
	    strerror(error));
	net_item_gone(n, it);
	/* The kernel may not say so, and there would be no repair. */
	if (it->vrrp->want == WANT_HELD)
		net_enqueue(n, it->vrrp);
}

/* Those whose last item has been seen to are through, in order. */
static void
queue_pass(struct net *n)
{
	struct net_vrrp	*v;

	while ((v = TAILQ_FIRST(&n->queue)) != NULL && v->next == NULL)
		queue_done(n, v);
}

static void
queue_done(struct net *n, struct net_vrrp *v)
{
	net_dequeue(n, v);
	if (v->error != 0 && v->error != ENODEV)
		net_failed(n, v);
	if (v == &n->leaving) {
		leaving_done(n);
		return;
	}
	net_repaired(n, v);
	net_complete(v);
}

void
net_complete(struct net_vrrp *v)
{
	struct net	*n = v->net;
	struct net_item	*it;
	unsigned int	 there = 0;

	if (v->queued || v->conf == NULL)
		return;
	TAILQ_FOREACH(it, &v->items, entry) {
		if (it->settling)
			return;
		there += it->state != ITEM_ABSENT;
	}
	if (v->announce)
		announce_start(v);
	v->announce = 0;
	if (!v->answer && (v->want != WANT_HELD || v->error == v->told))
		return;
	v->answer = 0;
	v->told = v->error;
	n->ops->result(n->arg, v->id, v->error, there);
}

static void
leaving_done(struct net *n)
{
	struct net_item	*it, *next;

	TAILQ_FOREACH_SAFE(it, &n->leaving.items, entry, next)
		if (it->state != ITEM_OURS)
			net_item_free(n, it);
	vmac_trim(n);
	iface_prune(n);
	if (TAILQ_EMPTY(&n->leaving.items))
		nft_trim(n->nft);
}

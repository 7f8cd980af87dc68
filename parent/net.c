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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * What the owner of the network side calls.  Nothing here waits for the
 * kernel to do much: what is wanted is noted, and slices bring it about.
 */

/*
 * Rest after the kernel's tables were read, as a multiple of the time that
 * took: many addresses of others may change, and each asks for a reading.
 */
#define READ_REST	10

static int	 open_all(struct net *);
static void	 reread_cb(int, short, void *);
static void	 read_tables(struct net *);
static void	 vrrp_want(struct net *, struct net_vrrp *, enum net_want);
static int	 vrrp_found(const struct net_vrrp *);

struct net *
net_open(struct event_base *base, const struct net_ops *ops, void *arg)
{
	struct net	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL) {
		log_warn("netlink");
		return (NULL);
	}
	n->base = base;
	n->ops = ops;
	n->arg = arg;
	n->conn.fd = n->events.fd = n->watch.fd = n->packet = -1;
	n->first = 1;
	RB_INIT(&n->ifs);
	RB_INIT(&n->ifs_byindex);
	RB_INIT(&n->vrrps);
	RB_INIT(&n->addrs);
	RB_INIT(&n->routes);
	RB_INIT(&n->rules);
	slice_init(n);
	fix_init(n);
	lease_init(n);
	vmac_init(n);
	pace_init(n);
	evtimer_assign(&n->reread, base, reread_cb, n);
	net_vrrp_init(n, &n->leaving, 0);
	net_vrrp_init(n, &n->statics, 0);
	n->statics.want = WANT_HELD;
	if (open_all(n) == -1) {
		net_close(n);
		return (NULL);
	}
	return (n);
}

static int
open_all(struct net *n)
{
	if ((n->nft = nft_new(n->base)) == NULL) {
		log_warn("nftables");
		return (-1);
	}
	if (nlconn_open(&n->conn, NETLINK_ROUTE) == -1) {
		log_warn("netlink: route");
		return (-1);
	}
	if (event_open(n) == -1 || route_open(n) == -1) {
		log_warn("netlink: route events");
		return (-1);
	}
	if (pace_open(n) == -1)
		log_warn("packet socket: addresses will not be announced");
	return (0);
}

/* What is held stays in the kernel; net_leave() was the time to remove it. */
void
net_close(struct net *n)
{
	struct net_vrrp		*v;
	struct net_addr		*a;
	struct net_route	*route;
	struct net_rule		*rule;
	struct net_if		*nif;
	int			 held = 0;

	if (n == NULL)
		return;
	RB_FOREACH(a, net_addrs, &n->addrs)
		held |= a->item.state == ITEM_OURS;
	vmac_close(n, !held);
	while ((a = RB_ROOT(&n->addrs)) != NULL)
		net_item_free(n, &a->item);
	while ((route = RB_ROOT(&n->routes)) != NULL)
		net_item_free(n, &route->item);
	while ((rule = RB_ROOT(&n->rules)) != NULL)
		net_item_free(n, &rule->item);
	while ((v = RB_ROOT(&n->vrrps)) != NULL)
		net_vrrp_free(n, v);
	while ((nif = RB_ROOT(&n->ifs)) != NULL)
		iface_free(n, nif);
	if (!held && n->conf != NULL)
		nft_remove(n->nft);
	nft_free(n->nft);
	event_del(&n->reread);
	event_close(n);
	route_close(n);
	pace_close(n);
	lease_close(n);
	fix_close(n);
	slice_close(n);
	nlconn_close(&n->conn);
	free(n);
}

int
net_check_conf(struct net *n, const struct conf *conf, char *text,
    size_t size)
{
	return (nft_check_conf(n->nft, conf, text, size));
}

void
net_each_iface(struct net *n)
{
	struct net_if	*nif;

	RB_FOREACH(nif, net_ifs, &n->ifs)
		n->ops->iface(n->arg, &nif->now);
}

static void
vrrp_want(struct net *n, struct net_vrrp *v, enum net_want want)
{
	v->want = want;
	v->answer = v->announce = 0;
	if (want == WANT_NOTHING)
		v->told = 0;
	announce_stop(v);
	vmac_want(n, v);
	net_enqueue(n, v);
}

void
net_hold(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = net_vrrp_find(n, c->conf.id)) == NULL)
		return;
	vrrp_want(n, v, WANT_HELD);
	v->answer = v->announce = 1;
}

/* What is lost meanwhile is put back: it may be that nobody takes over. */
void
net_keep(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = net_vrrp_find(n, c->conf.id)) != NULL)
		vrrp_want(n, v, WANT_HELD);
}

void
net_release(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = net_vrrp_find(n, c->conf.id)) != NULL)
		vrrp_want(n, v, WANT_NOTHING);
}

void
net_release_all(struct net *n)
{
	struct net_vrrp	*v;

	RB_FOREACH(v, net_vrrps, &n->vrrps)
		vrrp_want(n, v, WANT_NOTHING);
}

void
net_leave(struct net *n)
{
	net_release_all(n);
	n->statics.want = WANT_NOTHING;
	net_enqueue(n, &n->statics);
	net_slice_all(n);
}

void
net_announce(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	v = net_vrrp_find(n, c->conf.id);
	if (v == NULL || v->want != WANT_HELD)
		return;
	if (v->queued)
		v->announce = 1;
	else
		announce_start(v);
}

/* Are all addresses that it advertises there, and is one of them ours? */
static int
vrrp_found(const struct net_vrrp *v)
{
	const struct net_item	*it;
	const struct net_addr	*a;
	int			 ours = 0;

	if (v->want != WANT_FOUND)
		return (0);
	TAILQ_FOREACH(it, &v->items, entry) {
		if (it->kind != NET_ADDR)
			continue;
		a = (const struct net_addr *)it;
		if (a->conf.flags & VADDR_F_EXCLUDED)
			continue;
		if (it->state == ITEM_ABSENT)
			return (0);
		ours |= it->state == ITEM_OURS;
	}
	return (ours);
}

void
net_each_found(struct net *n, void (*tell)(void *, uint32_t), void *arg)
{
	struct net_vrrp	*v;

	RB_FOREACH(v, net_vrrps, &n->vrrps)
		if (vrrp_found(v))
			tell(arg, v->id);
}

static void
read_tables(struct net *n)
{
	struct monotime	start = monotime_now(), now;
	int64_t		us;
	int		error;

	if (n->reread_links) {
		if ((error = rtnl_read_links(n)) != 0)
			log_warnx("netlink: reading links: %s",
			    strerror(error));
		n->reread_links = 0;
		n->reread_addrs = 1;
	}
	if (n->reread_addrs) {
		if ((error = rtnl_read_addrs(n)) != 0)
			log_warnx("netlink: reading addresses: %s",
			    strerror(error));
		n->reread_addrs = 0;
	}
	now = monotime_now();
	us = monotime_diff_us(now, start);
	n->read_next = monotime_add_us(now, READ_REST * us);
	log_debug("netlink: interfaces and addresses read in %lld us",
	    (long long)us);
}

static void
reread_cb(int, short, void *arg)
{
	net_settle(arg);
}

void
net_reread(struct net *n)
{
	struct timeval	now = { 0, 0 };

	n->reread_addrs = 1;
	if (!evtimer_pending(&n->reread, NULL))
		evtimer_add(&n->reread, &now);
}

void
net_settle(struct net *n)
{
	struct timeval	rest;

	if (n->reread_links || n->reread_addrs) {
		rest = monotime_left(n->read_next);
		if (!timerisset(&rest))
			read_tables(n);
		else if (!evtimer_pending(&n->reread, NULL))
			evtimer_add(&n->reread, &rest);
	}
	vmac_settle(n);
	iface_tell(n);
	if (n->doubt)
		route_doubt(n);
	net_heal(n);
}

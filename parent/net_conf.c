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

#include <bsd/string.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * A configuration taken over: the difference to what is held.  An item that
 * both have is the same one, with all that is known of it.
 */

static struct net_vrrp *conf_vrrp(struct net *, const struct conf_vrrp *);
static void	 conf_ifs(struct net *);
static void	 conf_unname(struct net *);
static void	 conf_addrs(struct net *, struct net_vrrp *,
		    const struct conf_vaddrs *);
static int	 is_of_link(const struct conf_vaddr *);
static void	 conf_addr(struct net *, struct net_vrrp *,
		    const struct conf_vaddr *);
static void	 addr_changes(struct net *, struct net_addr *,
		    const struct net_vrrp *, const struct vaddr_config *);
static void	 conf_leave(struct net *);
static void	 conf_relist(struct net *);
static void	 conf_bring(struct net *);
static void	 conf_bring_one(struct net *, struct net_vrrp *);
static void	 conf_forget(struct net *);

void
net_set_conf(struct net *n, const struct conf *conf)
{
	struct conf_vrrp	*c;
	struct net_vrrp		*v;

	n->conf = conf;
	nft_set_conf(n->nft, conf);
	conf_unname(n);
	conf_ifs(n);
	TAILQ_FOREACH(c, &conf->vrrps, entry) {
		v = conf_vrrp(n, c);
		conf_addrs(n, v, &c->addrs);
		route_conf(n, v, &c->routes, &c->rules);
	}
	conf_addrs(n, &n->statics, &conf->statics.addrs);
	route_conf(n, &n->statics, &conf->statics.routes,
	    &conf->statics.rules);
	vmac_conf(n);
	conf_leave(n);
	conf_relist(n);
	lease_conf(n, conf->lease_s);
	/* Whoever reloads may look at once at what is told here. */
	n->read_next.us = 0;
	net_settle(n);
	if (n->first)
		route_find(n);
	n->first = 0;
	conf_bring(n);
	conf_forget(n);
}

static void
conf_unname(struct net *n)
{
	struct net_vrrp		*v;
	struct net_addr		*a;
	struct net_route	*route;
	struct net_rule		*rule;

	RB_FOREACH(v, net_vrrps, &n->vrrps)
		v->named = 0;
	RB_FOREACH(a, net_addrs, &n->addrs)
		a->item.named = 0;
	RB_FOREACH(route, net_routes, &n->routes)
		route->item.named = 0;
	RB_FOREACH(rule, net_rules, &n->rules)
		rule->item.named = 0;
}

static struct net_vrrp *
conf_vrrp(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = net_vrrp_find(n, c->conf.id)) == NULL) {
		if ((v = calloc(1, sizeof(*v))) == NULL)
			fatal("vrrp");
		net_vrrp_init(n, v, c->conf.id);
		RB_INSERT(net_vrrps, &n->vrrps, v);
		if (n->first)
			v->want = WANT_FOUND;
	}
	v->conf = c;
	v->named = 1;
	return (v);
}

/* The interfaces named; those that are new are read and told by settle. */
static void
conf_ifs(struct net *n)
{
	struct conf_vrrp	*c;
	struct conf_track	*t;
	struct net_if		*nif;

	RB_FOREACH(nif, net_ifs, &n->ifs)
		nif->named = 0;
	TAILQ_FOREACH(c, &n->conf->vrrps, entry) {
		iface_get(n, c->conf.ifname)->named = 1;
		TAILQ_FOREACH(t, &c->tracks, entry)
			if (t->conf.kind == TRACK_INTERFACE)
				iface_get(n, t->conf.ifname)->named = 1;
	}
}

/*
 * The first link-local address of a device makes the kernel report its
 * groups (addrconf_dad_completed(), net/ipv6/addrconf.c).  With a virtual MAC
 * that turns the network here, so the others must be there before.
 */
static void
conf_addrs(struct net *n, struct net_vrrp *v, const struct conf_vaddrs *addrs)
{
	const struct conf_vaddr	*c;

	TAILQ_FOREACH(c, addrs, entry)
		if (!is_of_link(c))
			conf_addr(n, v, c);
	TAILQ_FOREACH(c, addrs, entry)
		if (is_of_link(c))
			conf_addr(n, v, c);
}

static int
is_of_link(const struct conf_vaddr *c)
{
	const struct addr	*a = &c->conf.addr;

	return (a->af == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a->u.v6));
}

static void
conf_addr(struct net *n, struct net_vrrp *v, const struct conf_vaddr *c)
{
	struct net_addr	*a;
	struct net_if	*nif;

	nif = iface_get(n, net_device_of(v->conf, c));
	a = net_addr_find(n, nif, &c->conf.addr, c->conf.prefixlen);
	if (a == NULL) {
		a = net_addr_new(n, nif, &c->conf.addr, c->conf.prefixlen);
		n->reread_addrs = 1;
	} else
		addr_changes(n, a, v, &c->conf);
	a->conf = c->conf;
	a->item.named = 1;
	net_item_give(&a->item, v);
}

/*
 * The kernel does not change how an address is, it has to go and come again;
 * how long it lives it does.
 */
static void
addr_changes(struct net *n, struct net_addr *a, const struct net_vrrp *v,
    const struct vaddr_config *c)
{
	if (a->item.state != ITEM_OURS)
		return;
	if (a->conf.scope != c->scope ||
	    strcmp(a->conf.label, c->label) != 0 ||
	    addr_cmp(&a->conf.broadcast, &c->broadcast) != 0)
		a->item.odd = 1;
	if (net_item_static(&a->item) != (v == &n->statics))
		lease_touch(n, a);
}

/* What is not configured any more belongs to nobody, and then goes. */
static void
conf_leave(struct net *n)
{
	struct net_addr	*a, *next;

	RB_FOREACH_SAFE(a, net_addrs, &n->addrs, next)
		if (!a->item.named && a->item.vrrp != &n->leaving)
			net_item_give(&a->item, &n->leaving);
	route_leave(n);
}

/* When each item is with whom it belongs to: a burst is at one of them. */
static void
conf_relist(struct net *n)
{
	struct net_vrrp	*v;

	RB_FOREACH(v, net_vrrps, &n->vrrps)
		if (v->named)
			announce_relist(v);
}

/*
 * The new before the old: an address whose prefix changes never is without.
 */
static void
conf_bring(struct net *n)
{
	struct net_vrrp	*v;

	conf_bring_one(n, &n->statics);
	RB_FOREACH(v, net_vrrps, &n->vrrps)
		conf_bring_one(n, v);
	net_dequeue(n, &n->leaving);
	net_enqueue(n, &n->leaving);
}

static void
conf_bring_one(struct net *n, struct net_vrrp *v)
{
	struct net_item	*it;

	TAILQ_FOREACH(it, &v->items, entry)
		if (net_wrong(v, it))
			break;
	if (it == NULL && !v->queued)
		return;
	if (it != NULL && v->want == WANT_HELD)
		v->announce = 1;
	net_enqueue(n, v);
}

static void
conf_forget(struct net *n)
{
	struct net_vrrp	*v, *nextv;

	RB_FOREACH_SAFE(v, net_vrrps, &n->vrrps, nextv)
		if (!v->named)
			net_vrrp_free(n, v);
	iface_prune(n);
}

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
static void	 conf_addrs(struct net *, struct net_vrrp *);
static int	 addr_changes(struct net_addr *, const struct vaddr_config *);
static void	 conf_leave(struct net *);
static void	 conf_bring(struct net *);
static void	 conf_forget(struct net *);

void
net_set_conf(struct net *n, const struct conf *conf)
{
	struct conf_vrrp	*c;
	struct net_vrrp		*v;
	struct net_addr		*a;

	n->conf = conf;
	nft_set_conf(n->nft, conf);
	RB_FOREACH(a, net_addrs, &n->addrs)
		a->item.named = 0;
	RB_FOREACH(v, net_vrrps, &n->vrrps)
		v->named = 0;
	conf_ifs(n);
	TAILQ_FOREACH(c, &conf->vrrps, entry)
		conf_addrs(n, conf_vrrp(n, c));
	vmac_conf(n);
	conf_leave(n);
	lease_conf(n, conf->lease_s);
	/* Whoever reloads may look at once at what is told here. */
	n->read_next.us = 0;
	net_settle(n);
	n->first = 0;
	conf_bring(n);
	conf_forget(n);
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
	struct conf_vaddr	*a;
	struct conf_track	*t;
	struct net_if		*nif;

	RB_FOREACH(nif, net_ifs, &n->ifs)
		nif->named = 0;
	TAILQ_FOREACH(c, &n->conf->vrrps, entry) {
		iface_get(n, c->conf.ifname)->named = 1;
		TAILQ_FOREACH(a, &c->addrs, entry)
			iface_get(n, net_device_of(c, a))->named = 1;
		TAILQ_FOREACH(t, &c->tracks, entry)
			if (t->conf.kind == TRACK_INTERFACE)
				iface_get(n, t->conf.ifname)->named = 1;
	}
}

static void
conf_addrs(struct net *n, struct net_vrrp *v)
{
	struct conf_vaddr	*c;
	struct net_addr		*a;
	struct net_if		*nif;

	TAILQ_FOREACH(c, &v->conf->addrs, entry) {
		nif = iface_get(n, net_device_of(v->conf, c));
		a = net_addr_find(n, nif, &c->conf.addr, c->conf.prefixlen);
		if (a == NULL) {
			a = net_addr_new(n, nif, &c->conf.addr,
			    c->conf.prefixlen);
			n->reread_addrs = 1;
		} else if (a->item.state == ITEM_OURS &&
		    addr_changes(a, &c->conf))
			a->item.odd = 1;
		a->conf = c->conf;
		a->item.named = 1;
		net_item_give(&a->item, v);
	}
	announce_relist(v);
}

/* What the kernel does not change in an address that is there. */
static int
addr_changes(struct net_addr *a, const struct vaddr_config *c)
{
	return (a->conf.scope != c->scope ||
	    strcmp(a->conf.label, c->label) != 0 ||
	    addr_cmp(&a->conf.broadcast, &c->broadcast) != 0);
}

/* What is not configured any more belongs to nobody, and then goes. */
static void
conf_leave(struct net *n)
{
	struct net_addr	*a, *next;

	RB_FOREACH_SAFE(a, net_addrs, &n->addrs, next)
		if (!a->item.named && a->item.vrrp != &n->leaving)
			net_item_give(&a->item, &n->leaving);
}

/*
 * The new before the old: an address whose prefix changes never is without.
 */
static void
conf_bring(struct net *n)
{
	struct net_vrrp	*v;
	struct net_item	*it;

	RB_FOREACH(v, net_vrrps, &n->vrrps) {
		TAILQ_FOREACH(it, &v->items, entry)
			if (net_wrong(v, it))
				break;
		if (it == NULL && !v->queued)
			continue;
		if (it != NULL && v->want == WANT_HELD)
			v->announce = 1;
		net_enqueue(n, v);
	}
	net_dequeue(n, &n->leaving);
	net_enqueue(n, &n->leaving);
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

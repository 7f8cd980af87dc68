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
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "../imsg/log.h"
#include "net_state.h"

/* Items, and who has them. */

static int	 addr_order(const struct net_addr *, const struct net_addr *);
static int	 vrrp_order(const struct net_vrrp *, const struct net_vrrp *);

RB_GENERATE(net_addrs, net_addr, node, addr_order)
RB_GENERATE(net_vrrps, net_vrrp, node, vrrp_order)

static int
addr_order(const struct net_addr *a, const struct net_addr *b)
{
	int	n;

	if ((n = addr_cmp(&a->conf.addr, &b->conf.addr)) != 0)
		return (n);
	if (a->item.nif != b->item.nif)
		return ((uintptr_t)a->item.nif < (uintptr_t)b->item.nif ?
		    -1 : 1);
	return ((int)a->conf.prefixlen - (int)b->conf.prefixlen);
}

static int
vrrp_order(const struct net_vrrp *a, const struct net_vrrp *b)
{
	return ((a->id > b->id) - (a->id < b->id));
}

void
net_vrrp_init(struct net *n, struct net_vrrp *v, uint32_t id)
{
	v->net = n;
	v->id = id;
	TAILQ_INIT(&v->items);
	announce_init(v);
}

struct net_vrrp *
net_vrrp_find(struct net *n, uint32_t id)
{
	struct net_vrrp	find;

	find.id = id;
	return (RB_FIND(net_vrrps, &n->vrrps, &find));
}

void
net_vrrp_free(struct net *n, struct net_vrrp *v)
{
	announce_stop(v);
	net_dequeue(n, v);
	net_unhurt(n, v);
	RB_REMOVE(net_vrrps, &n->vrrps, v);
	free(v);
}

const char *
net_device_of(const struct conf_vrrp *v, const struct conf_vaddr *a)
{
	if (v == NULL || a->conf.ifname[0] != '\0')
		return (a->conf.ifname);
	if (v->conf.flags & VRRP_F_VMAC)
		return (v->vmac);
	return (v->conf.ifname);
}

struct net_addr *
net_addr_find(struct net *n, struct net_if *nif, const struct addr *addr,
    uint8_t prefixlen)
{
	struct net_addr	find;

	find.item.nif = nif;
	find.conf.addr = *addr;
	find.conf.prefixlen = prefixlen;
	return (RB_FIND(net_addrs, &n->addrs, &find));
}

struct net_addr *
net_addr_new(struct net *n, struct net_if *nif, const struct addr *addr,
    uint8_t prefixlen)
{
	struct net_addr	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		fatal("virtual address");
	a->conf.addr = *addr;
	a->conf.prefixlen = prefixlen;
	net_item_init(&a->item, NET_ADDR, nif);
	RB_INSERT(net_addrs, &n->addrs, a);
	return (a);
}

void
net_item_init(struct net_item *it, enum net_kind kind, struct net_if *nif)
{
	it->kind = kind;
	it->nif = nif;
	if (nif != NULL)
		TAILQ_INSERT_TAIL(&nif->items, it, onif);
}

void
net_item_move(struct net_item *it, struct net_if *nif)
{
	if (it->nif != NULL)
		TAILQ_REMOVE(&it->nif->items, it, onif);
	it->nif = nif;
	if (nif != NULL)
		TAILQ_INSERT_TAIL(&nif->items, it, onif);
}

void
net_item_give(struct net_item *it, struct net_vrrp *v)
{
	if (it->vrrp != NULL)
		TAILQ_REMOVE(&it->vrrp->items, it, entry);
	it->vrrp = v;
	TAILQ_INSERT_TAIL(&v->items, it, entry);
}

void
net_item_free(struct net *n, struct net_item *it)
{
	struct net_addr	*a = (struct net_addr *)it;

	if (it->nif != NULL)
		TAILQ_REMOVE(&it->nif->items, it, onif);
	if (it->vrrp != NULL)
		TAILQ_REMOVE(&it->vrrp->items, it, entry);
	if (it->kind != NET_ADDR) {
		route_free(n, it);
		return;
	}
	lease_stop(n, a);
	RB_REMOVE(net_addrs, &n->addrs, a);
	free(a);
}

int
net_item_static(const struct net_item *it)
{
	return (it->vrrp == &it->vrrp->net->statics);
}

void
net_item_gone(struct net *n, struct net_item *it)
{
	it->state = ITEM_ABSENT;
	it->odd = it->doubt = it->settling = 0;
	if (it->kind == NET_ADDR)
		lease_stop(n, (struct net_addr *)it);
}

void
net_item_lost(struct net *n, struct net_item *it)
{
	int	ours = it->state == ITEM_OURS;

	net_item_gone(n, it);
	if (it->vrrp->want != WANT_HELD)
		return;
	it->lost = ours;
	net_hurt(n, it->vrrp);
}

const char *
net_item_str(const struct net_item *it, char *buf)
{
	const struct net_addr	*a = (const struct net_addr *)it;
	char			 text[ADDR_STRLEN];

	if (it->kind != NET_ADDR)
		return (route_str(it, buf));
	(void)snprintf(buf, NET_ITEM_STRLEN, "address %s/%u on %s",
	    addr_str(&a->conf.addr, text), a->conf.prefixlen,
	    it->nif->now.ifname);
	return (buf);
}

const char *
net_who(const struct net_vrrp *v, char *buf)
{
	if (v->conf != NULL)
		(void)snprintf(buf, NET_ITEM_STRLEN, "vrrp \"%s\": ",
		    v->conf->conf.name);
	else
		(void)snprintf(buf, NET_ITEM_STRLEN, "%s",
		    v == &v->net->statics ? "static " : "");
	return (buf);
}

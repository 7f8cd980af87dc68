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

#include <sys/socket.h>
#include <net/if.h>

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <linux/if_addr.h>

#include "../imsg/log.h"
#include "net_state.h"
#include "sysctl.h"

/* The interfaces that the configuration names. */

static int	name_order(const struct net_if *, const struct net_if *);
static int	index_order(const struct net_if *, const struct net_if *);
static void	iface_appeared(struct net *, struct net_if *);
static int	addr_seen(struct net *, struct net_addr *,
		    const struct rtnl_addr *);
static void	addr_found(struct net *, struct net_addr *,
		    const struct rtnl_addr *);
static void	addr_stray(struct net *, struct net_if *,
		    const struct rtnl_addr *);

RB_GENERATE(net_ifs, net_if, byname, name_order)
RB_GENERATE(net_ifs_byindex, net_if, byindex, index_order)

static int
name_order(const struct net_if *a, const struct net_if *b)
{
	return (strcmp(a->now.ifname, b->now.ifname));
}

static int
index_order(const struct net_if *a, const struct net_if *b)
{
	return ((a->now.ifindex > b->now.ifindex) -
	    (a->now.ifindex < b->now.ifindex));
}

struct net_if *
iface_by_name(struct net *n, const char *name)
{
	struct net_if	find;

	(void)strlcpy(find.now.ifname, name, sizeof(find.now.ifname));
	return (RB_FIND(net_ifs, &n->ifs, &find));
}

struct net_if *
iface_by_index(struct net *n, uint32_t ifindex)
{
	struct net_if	find;

	find.now.ifindex = ifindex;
	return (RB_FIND(net_ifs_byindex, &n->ifs_byindex, &find));
}

struct net_if *
iface_get(struct net *n, const char *name)
{
	struct net_if	*nif;

	if ((nif = iface_by_name(n, name)) != NULL)
		return (nif);
	if ((nif = calloc(1, sizeof(*nif))) == NULL)
		fatal("interface");
	(void)strlcpy(nif->now.ifname, name, sizeof(nif->now.ifname));
	nif->fresh = 1;
	TAILQ_INIT(&nif->items);
	pace_if_init(nif);
	RB_INSERT(net_ifs, &n->ifs, nif);
	n->tell = n->reread_links = n->reread_addrs = 1;
	return (nif);
}

void
iface_free(struct net *n, struct net_if *nif)
{
	pace_if_gone(n, nif);
	if (nif->now.ifindex != 0)
		RB_REMOVE(net_ifs_byindex, &n->ifs_byindex, nif);
	RB_REMOVE(net_ifs, &n->ifs, nif);
	free(nif);
}

void
iface_prune(struct net *n)
{
	struct net_if	*nif, *next;

	RB_FOREACH_SAFE(nif, net_ifs, &n->ifs, next)
		if (!nif->named && TAILQ_EMPTY(&nif->items))
			iface_free(n, nif);
}

/* It is not there any more, and so are not its addresses. */
void
iface_lost(struct net *n, struct net_if *nif)
{
	struct net_item	*it;

	n->tell = 1;
	if (nif->now.ifindex != 0)
		RB_REMOVE(net_ifs_byindex, &n->ifs_byindex, nif);
	nif->now.ifindex = 0;
	nif->now.up = 0;
	nif->now.mtu = 0;
	nif->now.prefix4 = 0;
	nif->has_mac = 0;
	nif->promotes = 0;
	nif->vmac_saved = 0;
	vmac_iface(n, nif);
	memset(&nif->now.addr4, 0, sizeof(nif->now.addr4));
	memset(&nif->now.addr6, 0, sizeof(nif->now.addr6));
	pace_if_gone(n, nif);
	TAILQ_FOREACH(it, &nif->items, onif)
		net_item_gone(n, it);
}

/* A link may come, change, go, or take another's name. */
void
iface_link(struct net *n, const struct rtnl_link *rl, int gone)
{
	struct net_if	*nif;

	if ((nif = iface_by_index(n, rl->ifindex)) != NULL &&
	    (gone || strcmp(nif->now.ifname, rl->ifname) != 0))
		iface_lost(n, nif);
	if (gone || (nif = iface_by_name(n, rl->ifname)) == NULL)
		return;
	if (nif->now.ifindex != 0 && nif->now.ifindex != rl->ifindex)
		iface_lost(n, nif);
	if (nif->vmac != NULL && !vmac_link(n, nif->vmac, rl))
		return;
	n->tell = 1;
	nif->seen = 1;
	nif->now.mtu = rl->mtu;
	/* IFF_RUNNING: there is carrier, or nobody knows of any. */
	nif->now.up = (rl->flags & IFF_UP) && (rl->flags & IFF_RUNNING);
	nif->has_mac = rl->has_mac;
	memcpy(nif->mac, rl->mac, sizeof(nif->mac));
	if (nif->now.ifindex == 0) {
		nif->now.ifindex = rl->ifindex;
		RB_INSERT(net_ifs_byindex, &n->ifs_byindex, nif);
		iface_appeared(n, nif);
	}
}

/* What is to be on it can be put there now. */
static void
iface_appeared(struct net *n, struct net_if *nif)
{
	struct net_item	*it;

	n->reread_addrs = 1;
	vmac_iface(n, nif);
	TAILQ_FOREACH(it, &nif->items, onif)
		if (it->vrrp->want == WANT_HELD) {
			it->vrrp->announce = 1;
			net_enqueue(n, it->vrrp);
		}
}

void
iface_addr_begin(struct net *n)
{
	struct net_if	*nif;

	n->tell = 1;
	RB_FOREACH(nif, net_ifs, &n->ifs) {
		memset(&nif->now.addr4, 0, sizeof(nif->now.addr4));
		memset(&nif->now.addr6, 0, sizeof(nif->now.addr6));
		nif->now.prefix4 = 0;
	}
}

/*
 * The primary address is the first that is no virtual one; for the owner of a
 * virtual address, which lvsd did not put there, that may be it.  Secondary
 * ones are told last, and count too: a virtual address of the same network may
 * have come before.
 */
void
iface_addr(struct net *n, struct net_if *nif, const struct rtnl_addr *ra)
{
	struct net_addr	*a, find;
	int		 ours = ra->proto == NET_PROTO;

	find.item.nif = nif;
	find.conf.addr = ra->addr;
	find.conf.prefixlen = 0;
	for (a = RB_NFIND(net_addrs, &n->addrs, &find); a != NULL &&
	    a->item.nif == nif && addr_cmp(&a->conf.addr, &ra->addr) == 0;
	    a = RB_NEXT(net_addrs, &n->addrs, a))
		ours |= addr_seen(n, a, ra);
	a = net_addr_find(n, nif, &ra->addr, ra->prefixlen);
	if (a != NULL && net_item_static(&a->item))
		ours = 0;
	if (a == NULL && n->first && ra->proto == NET_PROTO)
		addr_stray(n, nif, ra);
	if (ours || (ra->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)))
		return;
	if (ra->addr.af == AF_INET && nif->now.addr4.af == 0) {
		nif->now.addr4 = ra->addr;
		nif->now.prefix4 = ra->prefixlen;
	} else if (ra->addr.af == AF_INET6 && nif->now.addr6.af == 0 &&
	    IN6_IS_ADDR_LINKLOCAL(&ra->addr.u.v6))
		nif->now.addr6 = ra->addr;
}

/* An address that is configured is there, by whoever; is it ours? */
static int
addr_seen(struct net *n, struct net_addr *a, const struct rtnl_addr *ra)
{
	struct net_item	*it = &a->item;

	if (a->conf.prefixlen == ra->prefixlen) {
		it->seen = 1;
		/* Linux before 5.18 keeps no mark: what was ours is so. */
		if (it->state == ITEM_OURS)
			return (1);
		if (ra->proto == NET_PROTO)
			addr_found(n, a, ra);
		else
			it->state = ITEM_FOREIGN;
	} else if (ra->proto != NET_PROTO && it->state != ITEM_OURS) {
		/* The same address, with a prefix of its own. */
		it->seen = 1;
		it->state = ITEM_FOREIGN;
	}
	return (it->state == ITEM_OURS);
}

/* Ours of an earlier life.  Its lease runs, however long it was then. */
static void
addr_found(struct net *n, struct net_addr *a, const struct rtnl_addr *ra)
{
	const char	*label = a->conf.label;

	if (label[0] == '\0')
		label = a->item.nif->now.ifname;
	a->item.state = ITEM_OURS;
	if (ra->addr.af == AF_INET)
		a->item.odd = ra->scope != a->conf.scope ||
		    strcmp(ra->label, label) != 0 ||
		    addr_cmp(&ra->broadcast, &a->conf.broadcast) != 0;
	if (ra->valid_s != LIFE_FOREVER || lease_of(n, a) != LIFE_FOREVER)
		lease_touch(n, a);
}

/* Ours of an earlier life, and not configured any more. */
static void
addr_stray(struct net *n, struct net_if *nif, const struct rtnl_addr *ra)
{
	struct net_addr	*a;

	a = net_addr_new(n, nif, &ra->addr, ra->prefixlen);
	a->item.state = ITEM_OURS;
	a->item.seen = 1;
	net_item_give(&a->item, &n->leaving);
}

/*
 * With an address the kernel removes the others of its network that came
 * later, be they the machine's own, unless told to promote one of them.
 */
void
iface_promote(struct net_if *nif)
{
	static const char	 name[] = "promote_secondaries";
	const char		*ifname = nif->now.ifname;
	int			 is;

	if (nif->promotes)
		return;
	nif->promotes = 1;
	if (sysctl_get(AF_INET, ifname, name, &is) == 0 && is != 0)
		return;
	if (sysctl_set(AF_INET, ifname, name, 1) == -1)
		log_warn("%s: cannot set %s", ifname, name);
	else
		log_info("%s: %s set, so that removing a virtual address "
		    "removes no other", ifname, name);
}

void
iface_tell(struct net *n)
{
	struct net_if	*nif;

	if (!n->tell)
		return;
	n->tell = 0;
	RB_FOREACH(nif, net_ifs, &n->ifs) {
		if (!nif->fresh &&
		    memcmp(&nif->now, &nif->told, sizeof(nif->now)) == 0)
			continue;
		nif->fresh = 0;
		nif->told = nif->now;
		n->ops->iface(n->arg, &nif->now);
	}
}

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

#include <net/if.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <linux/if_addr.h>

#include "../imsg/log.h"
#include "net_state.h"

/* The interfaces that the configuration names. */

static int	addr_seen(struct net_addr *, const struct rtnl_addr *);

struct net_if *
iface_get(struct net *n, const char *name)
{
	struct net_if	*nif;

	TAILQ_FOREACH(nif, &n->ifs, entry)
		if (strcmp(nif->now.ifname, name) == 0)
			return (nif);
	if ((nif = calloc(1, sizeof(*nif))) == NULL)
		fatal("interface");
	(void)strlcpy(nif->now.ifname, name, sizeof(nif->now.ifname));
	nif->fresh = 1;
	TAILQ_INSERT_TAIL(&n->ifs, nif, entry);
	n->reread_links = n->reread_addrs = 1;
	return (nif);
}

struct net_if *
iface_by_index(struct net *n, uint32_t ifindex)
{
	struct net_if	*nif;

	if (ifindex == 0)
		return (NULL);
	TAILQ_FOREACH(nif, &n->ifs, entry)
		if (nif->now.ifindex == ifindex)
			return (nif);
	return (NULL);
}

void
iface_free(struct net *n, struct net_if *nif)
{
	TAILQ_REMOVE(&n->ifs, nif, entry);
	free(nif);
}

/* It is not there any more, and so are not its addresses. */
void
iface_lost(struct net *n, struct net_if *nif)
{
	struct net_addr	*a;

	nif->now.ifindex = 0;
	nif->now.up = 0;
	nif->now.mtu = 0;
	nif->now.prefix4 = 0;
	nif->has_mac = 0;
	nif->promotes = 0;
	memset(&nif->now.addr4, 0, sizeof(nif->now.addr4));
	memset(&nif->now.addr6, 0, sizeof(nif->now.addr6));
	RB_FOREACH(a, net_addrs, &n->addrs)
		if (a->nif == nif)
			a->state = ADDR_ABSENT;
}

/* A link may come, change, go, or take another's name. */
int
iface_link(struct net *n, const struct rtnl_link *rl, int gone)
{
	struct net_if	*nif;
	int		 appeared;

	if ((nif = iface_by_index(n, rl->ifindex)) != NULL &&
	    (gone || strcmp(nif->now.ifname, rl->ifname) != 0))
		iface_lost(n, nif);
	if (gone)
		return (0);
	TAILQ_FOREACH(nif, &n->ifs, entry)
		if (strcmp(nif->now.ifname, rl->ifname) == 0)
			break;
	if (nif == NULL)
		return (0);
	if (nif->now.ifindex != 0 && nif->now.ifindex != rl->ifindex)
		iface_lost(n, nif);
	appeared = nif->now.ifindex == 0;
	nif->seen = 1;
	nif->now.ifindex = rl->ifindex;
	nif->now.mtu = rl->mtu;
	/* IFF_RUNNING: there is carrier, or nobody knows of any. */
	nif->now.up = (rl->flags & IFF_UP) && (rl->flags & IFF_RUNNING);
	nif->has_mac = rl->has_mac;
	memcpy(nif->mac, rl->mac, sizeof(nif->mac));
	return (appeared);
}

void
iface_addr_begin(struct net *n)
{
	struct net_if	*nif;

	TAILQ_FOREACH(nif, &n->ifs, entry) {
		memset(&nif->now.addr4, 0, sizeof(nif->now.addr4));
		memset(&nif->now.addr6, 0, sizeof(nif->now.addr6));
		nif->now.prefix4 = 0;
	}
}

/*
 * The primary address is the first that lvsd has not put there; for the owner
 * of a virtual address that may be it.  Secondary ones are told last, and
 * count too: a virtual address of the same network may have come before.
 */
void
iface_addr(struct net *n, struct net_if *nif, const struct rtnl_addr *ra)
{
	struct net_addr	*a, find;
	int		 ours = ra->proto == NET_IFA_PROTO;

	find.nif = nif;
	find.addr = ra->addr;
	find.prefixlen = 0;
	for (a = RB_NFIND(net_addrs, &n->addrs, &find); a != NULL &&
	    a->nif == nif && addr_cmp(&a->addr, &ra->addr) == 0;
	    a = RB_NEXT(net_addrs, &n->addrs, a))
		ours |= addr_seen(a, ra);
	if (ours || (ra->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)))
		return;
	if (ra->addr.af == AF_INET && nif->now.addr4.af == 0) {
		nif->now.addr4 = ra->addr;
		nif->now.prefix4 = ra->prefixlen;
	} else if (ra->addr.af == AF_INET6 && nif->now.addr6.af == 0 &&
	    IN6_IS_ADDR_LINKLOCAL(&ra->addr.u.v6))
		nif->now.addr6 = ra->addr;
}

/* A virtual address is there, by whoever; is it ours? */
static int
addr_seen(struct net_addr *a, const struct rtnl_addr *ra)
{
	if (a->prefixlen == ra->prefixlen) {
		a->seen = 1;
		/* Linux before 5.18 keeps no mark: what was ours is so. */
		if (ra->proto == NET_IFA_PROTO)
			a->state = ADDR_OURS;
		else if (a->state == ADDR_ABSENT)
			a->state = ADDR_FOREIGN;
		return (a->state == ADDR_OURS);
	}
	if (ra->proto != NET_IFA_PROTO && a->state != ADDR_OURS) {
		/* The same address, with a prefix of its own. */
		a->seen = 1;
		a->state = ADDR_FOREIGN;
	}
	return (0);
}

/*
 * With an address the kernel removes the others of its network that came
 * later, be they the machine's own, unless told to promote one of them.
 */
void
iface_promote(struct net_if *nif)
{
	char	path[sizeof("/proc/sys/net/ipv4/conf//promote_secondaries") +
		    IFNAMSIZ], was = '1';
	int	fd;

	if (nif->promotes)
		return;
	nif->promotes = 1;
	(void)snprintf(path, sizeof(path),
	    "/proc/sys/net/ipv4/conf/%s/promote_secondaries",
	    nif->now.ifname);
	if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1) {
		log_warn("%s", path);
		return;
	}
	if (read(fd, &was, 1) == 1 && was == '0') {
		if (pwrite(fd, "1", 1, 0) == 1)
			log_info("%s set, so that removing a virtual address "
			    "removes no other", path);
		else
			log_warn("%s: cannot set", path);
	}
	close(fd);
}

void
iface_tell(struct net *n)
{
	struct net_if	*nif;

	TAILQ_FOREACH(nif, &n->ifs, entry) {
		if (!nif->fresh &&
		    memcmp(&nif->now, &nif->told, sizeof(nif->now)) == 0)
			continue;
		nif->fresh = 0;
		nif->told = nif->now;
		n->ops->iface(n->arg, &nif->now);
	}
}

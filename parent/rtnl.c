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
#include <net/if_arp.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <event2/event.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "../imsg/log.h"
#include "net_state.h"

static int	 addr_put_manner(struct nl_msg *,
		    const struct vaddr_config *, uint32_t, uint32_t);
static void	 parse_addr_more(struct nlattr **, struct rtnl_addr *);
static struct nl_msg *dump_msg(int, unsigned char);
static int	 link_cb(struct nlmsghdr *, void *);
static int	 addr_cb(struct nlmsghdr *, void *);

struct nl_msg *
rtnl_addr_msg(int type, int flags, const struct net_addr *a, uint32_t life)
{
	const struct vaddr_config	*c = &a->conf;
	struct ifaddrmsg		 ifa;
	struct nl_msg			*msg;
	size_t				 size = addr_size(c->addr.af);
	uint32_t			 more = 0;
	int				 own = net_item_static(&a->item);

	memset(&ifa, 0, sizeof(ifa));
	ifa.ifa_family = c->addr.af;
	ifa.ifa_prefixlen = c->prefixlen;
	ifa.ifa_index = a->item.nif->now.ifindex;
	ifa.ifa_scope = c->scope;
	if (c->addr.af == AF_INET6) {
		/* Detection of duplicates would keep it unused for seconds. */
		if (!own)
			ifa.ifa_flags = IFA_F_NODAD;
		if (IN6_IS_ADDR_LINKLOCAL(&c->addr.u.v6))
			ifa.ifa_scope = RT_SCOPE_LINK;
	}
	/* The way to a network is by the interface below; a link is its own. */
	if (a->item.nif->vmac != NULL && ifa.ifa_scope != RT_SCOPE_LINK)
		more = ifa.ifa_flags | IFA_F_NOPREFIXROUTE;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) < 0 ||
	    nla_put(msg, IFA_LOCAL, size, c->addr.u.bytes) < 0 ||
	    nla_put(msg, IFA_ADDRESS, size, c->addr.u.bytes) < 0 ||
	    (more != 0 && nla_put_u32(msg, IFA_FLAGS, more) < 0) ||
	    (type == RTM_NEWADDR && addr_put_manner(msg, c, life,
	    own || c->addr.af == AF_INET ? life : 0) == -1)) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

/*
 * What a new address is to be like.  The machine's own connections do not
 * come from a virtual IPv6 address; for IPv4 there is no such distinction.
 */
static int
addr_put_manner(struct nl_msg *msg, const struct vaddr_config *c,
    uint32_t life, uint32_t preferred)
{
	struct ifa_cacheinfo	ci;

	memset(&ci, 0, sizeof(ci));
	ci.ifa_valid = life;
	ci.ifa_prefered = preferred;
	if (nla_put_u8(msg, IFA_PROTO, NET_PROTO) < 0 ||
	    nla_put(msg, IFA_CACHEINFO, sizeof(ci), &ci) < 0)
		return (-1);
	if (c->label[0] != '\0' &&
	    nla_put_string(msg, IFA_LABEL, c->label) < 0)
		return (-1);
	if (c->broadcast.af != 0 && nla_put(msg, IFA_BROADCAST,
	    addr_size(c->broadcast.af), c->broadcast.u.bytes) < 0)
		return (-1);
	return (0);
}

int
rtnl_parse_addr(struct nlmsghdr *nlh, struct rtnl_addr *ra)
{
	struct nlattr		*tb[IFA_MAX + 1], *attr;
	struct ifaddrmsg	*ifa;

	if (nlmsg_parse(nlh, sizeof(*ifa), tb, IFA_MAX, NULL) < 0)
		return (-1);
	ifa = nlmsg_data(nlh);
	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return (-1);
	/* On a point-to-point link IFA_ADDRESS is the other end's. */
	if ((attr = tb[IFA_LOCAL]) == NULL)
		attr = tb[IFA_ADDRESS];
	if (attr == NULL || (size_t)nla_len(attr) < addr_size(ifa->ifa_family))
		return (-1);
	memset(ra, 0, sizeof(*ra));
	ra->addr.af = ifa->ifa_family;
	memcpy(ra->addr.u.bytes, nla_data(attr), addr_size(ifa->ifa_family));
	ra->ifindex = ifa->ifa_index;
	ra->prefixlen = ifa->ifa_prefixlen;
	ra->scope = ifa->ifa_scope;
	ra->flags = ifa->ifa_flags;
	if (tb[IFA_FLAGS] != NULL && nla_len(tb[IFA_FLAGS]) >= 4)
		ra->flags = nla_get_u32(tb[IFA_FLAGS]);
	parse_addr_more(tb, ra);
	return (0);
}

static void
parse_addr_more(struct nlattr **tb, struct rtnl_addr *ra)
{
	struct ifa_cacheinfo	ci;
	struct nlattr		*attr;

	ra->valid_s = LIFE_FOREVER;
	if ((attr = tb[IFA_PROTO]) != NULL && nla_len(attr) >= 1)
		ra->proto = nla_get_u8(attr);
	if ((attr = tb[IFA_CACHEINFO]) != NULL &&
	    (size_t)nla_len(attr) >= sizeof(ci)) {
		memcpy(&ci, nla_data(attr), sizeof(ci));
		ra->valid_s = ci.ifa_valid;
	}
	if ((attr = tb[IFA_LABEL]) != NULL)
		nla_strlcpy(ra->label, attr, sizeof(ra->label));
	if ((attr = tb[IFA_BROADCAST]) != NULL &&
	    (size_t)nla_len(attr) >= addr_size(ra->addr.af)) {
		ra->broadcast.af = ra->addr.af;
		memcpy(ra->broadcast.u.bytes, nla_data(attr),
		    addr_size(ra->addr.af));
	}
}

int
rtnl_parse_link(struct nlmsghdr *nlh, struct rtnl_link *rl)
{
	struct nlattr		*tb[IFLA_MAX + 1];
	struct ifinfomsg	*ifi;

	if (nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0)
		return (-1);
	ifi = nlmsg_data(nlh);
	/* A bridge tells of its ports in its own family. */
	if (ifi->ifi_family != AF_UNSPEC || ifi->ifi_index <= 0 ||
	    tb[IFLA_IFNAME] == NULL)
		return (-1);
	memset(rl, 0, sizeof(*rl));
	nla_strlcpy(rl->ifname, tb[IFLA_IFNAME], sizeof(rl->ifname));
	rl->ifindex = ifi->ifi_index;
	rl->flags = ifi->ifi_flags;
	rl->type = ifi->ifi_type;
	if (tb[IFLA_MTU] != NULL && nla_len(tb[IFLA_MTU]) >= 4)
		rl->mtu = nla_get_u32(tb[IFLA_MTU]);
	if (ifi->ifi_type == ARPHRD_ETHER && tb[IFLA_ADDRESS] != NULL &&
	    nla_len(tb[IFLA_ADDRESS]) == ETH_ALEN) {
		memcpy(rl->mac, nla_data(tb[IFLA_ADDRESS]), ETH_ALEN);
		rl->has_mac = 1;
	}
	vmac_msg_parse(tb, &rl->more);
	return (0);
}

static struct nl_msg *
dump_msg(int type, unsigned char family)
{
	struct ifaddrmsg	 ifa;
	struct ifinfomsg	 ifi;
	struct nl_msg		*msg;
	void			*body = &ifa;
	size_t			 size = sizeof(ifa);

	memset(&ifa, 0, sizeof(ifa));
	memset(&ifi, 0, sizeof(ifi));
	ifa.ifa_family = family;
	ifi.ifi_family = family;
	if (type == RTM_GETLINK) {
		body = &ifi;
		size = sizeof(ifi);
	}
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, 0) == NULL ||
	    nlmsg_append(msg, body, size, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

int
rtnl_read_links(struct net *n)
{
	struct net_if	*nif;
	int		 error, tries = 3;

	do {
		RB_FOREACH(nif, net_ifs, &n->ifs)
			nif->seen = 0;
		error = nlconn_query(&n->conn, dump_msg(RTM_GETLINK,
		    AF_UNSPEC), NLM_F_DUMP, link_cb, n);
	} while (error == EINTR && --tries > 0);
	if (error != 0)
		return (error);
	RB_FOREACH(nif, net_ifs, &n->ifs)
		if (!nif->seen)
			iface_lost(n, nif);
	return (0);
}

static int
link_cb(struct nlmsghdr *nlh, void *arg)
{
	struct rtnl_link	 rl;

	if (nlh->nlmsg_type == RTM_NEWLINK &&
	    rtnl_parse_link(nlh, &rl) == 0) {
		vmac_stray(arg, &rl);
		iface_link(arg, &rl, 0);
	}
	return (0);
}

int
rtnl_read_link(struct net *n, struct nl_msg *msg)
{
	return (nlconn_query(&n->conn, msg, 0, link_cb, n));
}

int
rtnl_read_addrs(struct net *n)
{
	struct net_addr	*a;
	struct net_vrrp	*v;
	int		 error, tries = 3;

	do {
		iface_addr_begin(n);
		RB_FOREACH(a, net_addrs, &n->addrs)
			a->item.seen = 0;
		error = nlconn_query(&n->conn, dump_msg(RTM_GETADDR,
		    AF_UNSPEC), NLM_F_DUMP, addr_cb, n);
	} while (error == EINTR && --tries > 0);
	if (error != 0)
		return (error);
	RB_FOREACH(a, net_addrs, &n->addrs) {
		if (!a->item.seen && a->item.state != ITEM_ABSENT)
			net_item_lost(n, &a->item);
		/* The event that tells of it may have been lost. */
		a->item.settling = 0;
	}
	RB_FOREACH(v, net_vrrps, &n->vrrps)
		net_complete(v);
	return (0);
}

static int
addr_cb(struct nlmsghdr *nlh, void *arg)
{
	struct net		*n = arg;
	struct net_if		*nif;
	struct rtnl_addr	 ra;

	if (nlh->nlmsg_type == RTM_NEWADDR &&
	    rtnl_parse_addr(nlh, &ra) == 0 &&
	    (nif = iface_by_index(n, ra.ifindex)) != NULL)
		iface_addr(n, nif, &ra);
	return (0);
}

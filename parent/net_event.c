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

#include <event2/event.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * What the kernel tells of links and addresses.  Events come in order, but
 * later than what we have done meanwhile: one may be of before that.  When
 * there are none left, an epoch ends: all that follow are of after that.
 */

/* Reads of the event socket in one turn, so that a storm starves nobody. */
#define EVENT_READS	256

static void	 events_cb(int, short, void *);
static void	 event_one(struct net *, struct nlmsghdr *);
static void	 event_addr(struct net *, struct nlmsghdr *);
static void	 addr_came(struct net *, struct net_addr *,
		    const struct rtnl_addr *);
static void	 addr_went(struct net *, struct net_addr *, int);

int
event_open(struct net *n)
{
	int	error;

	if (nlconn_open(&n->events, NETLINK_ROUTE) == -1)
		return (-1);
	event_assign(&n->readable, n->base, n->events.fd,
	    EV_READ | EV_PERSIST, events_cb, n);
	error = nl_socket_add_memberships(n->events.sk, RTNLGRP_LINK,
	    RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, 0);
	if (error < 0) {
		errno = EPROTONOSUPPORT;
		return (-1);
	}
	event_add(&n->readable, NULL);
	n->epoch = 1;
	return (0);
}

void
event_close(struct net *n)
{
	if (n->events.fd != -1)
		event_del(&n->readable);
	nlconn_close(&n->events);
}

/* Take in what there is, and act when that is all. */
static void
events_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct nlmsghdr	*nlh;
	size_t		 len;
	int		 error = 0, left, i;

	for (i = 0; i < EVENT_READS; i++) {
		if ((error = nlconn_receive(&n->events, 0, &len)) != 0)
			break;
		left = len;
		for (nlh = (struct nlmsghdr *)n->events.rbuf;
		    nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			event_one(n, nlh);
	}
	if (error == 0)
		return;
	if (error != ETIMEDOUT) {
		/* Events were lost: what they said must be read. */
		if (error == ENOBUFS)
			log_debug("netlink: events were lost, reading anew");
		else
			log_warnx("netlink: events: %s", strerror(error));
		n->reread_links = n->reread_addrs = 1;
	}
	n->epoch++;
	net_settle(n);
}

static void
event_one(struct net *n, struct nlmsghdr *nlh)
{
	struct rtnl_link	rl;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		/* Routes go with a link, and IPv4 does not say so. */
		n->doubt |= !RB_EMPTY(&n->routes);
		if (rtnl_parse_link(nlh, &rl) == 0)
			iface_link(n, &rl, nlh->nlmsg_type == RTM_DELLINK);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		event_addr(n, nlh);
		break;
	default:
		break;
	}
}

/*
 * An address that is no virtual one is followed by a reading: which of an
 * interface's addresses is the first can only be seen there.
 */
static void
event_addr(struct net *n, struct nlmsghdr *nlh)
{
	struct rtnl_addr	 ra;
	struct net_addr		*a;
	struct net_if		*nif;

	if (rtnl_parse_addr(nlh, &ra) == -1 ||
	    (nif = iface_by_index(n, ra.ifindex)) == NULL)
		return;
	a = net_addr_find(n, nif, &ra.addr, ra.prefixlen);
	if (a == NULL || net_item_static(&a->item))
		n->reread_addrs = 1;
	if (a == NULL)
		n->doubt |= nlh->nlmsg_type == RTM_DELADDR;
	else if (nlh->nlmsg_type == RTM_NEWADDR)
		addr_came(n, a, &ra);
	else
		addr_went(n, a, nlh->nlmsg_pid == n->conn.port);
}

/* One of ours that is there already was put there, or renewed, by us. */
static void
addr_came(struct net *n, struct net_addr *a, const struct rtnl_addr *ra)
{
	struct net_item	*it = &a->item;

	if (it->settling) {
		it->settling = 0;
		net_complete(it->vrrp);
	}
	if (it->state == ITEM_OURS || it->removed == n->epoch)
		return;
	if (ra->proto == NET_PROTO) {
		it->state = ITEM_OURS;
		lease_touch(n, a);
		return;
	}
	it->state = ITEM_FOREIGN;
	n->reread_addrs = 1;
}

/*
 * The kernel names who removed an IPv4 address, but not for IPv6.  With an
 * address of ours it may also have removed others of its network.
 */
static void
addr_went(struct net *n, struct net_addr *a, int by_us)
{
	struct net_item	*it = &a->item;

	if (it->state == ITEM_ABSENT)
		return;
	if (it->removed == n->epoch) {
		if (!by_us)
			n->reread_addrs = 1;
		return;
	}
	if (it->state == ITEM_FOREIGN)
		n->reread_addrs = 1;
	/* Routes go with their source. */
	n->doubt = 1;
	net_item_lost(n, it);
}

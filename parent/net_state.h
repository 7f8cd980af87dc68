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

#ifndef PARENT_NET_STATE_H
#define PARENT_NET_STATE_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <event2/event_struct.h>
#include <net/ethernet.h>
#include <stdint.h>

#include "../conf/conf.h"
#include "../imsg/monotime.h"
#include "../imsg/msg.h"
#include "net.h"
#include "nft.h"
#include "nl.h"

/*
 * What the files of the network side share among themselves: net.c (what is
 * held), rtnl.c (netlink), iface.c (interfaces), announce.c.
 */

/* An interface that the configuration names, there or not. */
struct net_if {
	TAILQ_ENTRY(net_if)	 entry;
	struct msg_if		 now;
	struct msg_if		 told;		/* what the owner knows */
	uint8_t			 mac[ETH_ALEN];
	uint8_t			 has_mac;	/* Ethernet: can be announced */
	uint8_t			 named;		/* by this configuration */
	uint8_t			 fresh;		/* not told yet at all */
	uint8_t			 promotes;	/* see iface_promote() */
	uint8_t			 seen;		/* in the dump being read */
};
TAILQ_HEAD(net_ifs, net_if);

enum net_addr_state {
	ADDR_ABSENT,
	ADDR_OURS,		/* put there by lvsd, in this life or another */
	ADDR_FOREIGN		/* there, and not ours to remove */
};

/* A virtual address, known by interface, address and prefix. */
struct net_addr {
	RB_ENTRY(net_addr)	 node;
	TAILQ_ENTRY(net_addr)	 entry;
	struct net_if		*nif;
	struct net_vrrp		*vrrp;		/* NULL: no longer configured */
	struct addr		 addr;
	struct addr		 broadcast;	/* af 0: none */
	char			 label[IFNAMSIZ];	/* "": none */
	uint8_t			 prefixlen;
	uint8_t			 scope;		/* IPv4 */
	uint8_t			 state;		/* enum net_addr_state */
	uint8_t			 seen;		/* in the dump being read */
	uint8_t			 lost;		/* was ours and is gone */
	uint16_t		 error;		/* last refusal, or 0 */
};
RB_HEAD(net_addrs, net_addr);
RB_PROTOTYPE(net_addrs, net_addr, node, net_addr_cmp)
TAILQ_HEAD(net_addrlist, net_addr);

struct net_vrrp {
	TAILQ_ENTRY(net_vrrp)	 entry;
	struct net		*net;
	const struct conf_vrrp	*conf;
	uint32_t		 id;
	int			 named;
	int			 holding;
	int			 undecided;	/* found held, role not known */
	struct net_addrlist	 addrs;
	struct event		 again;		/* the second burst */
	struct monotime		 announced;
};
TAILQ_HEAD(net_vrrps, net_vrrp);

struct net {
	struct event_base	*base;
	const struct conf	*conf;
	const struct net_ops	*ops;
	void			*arg;
	struct nlconn		 conn;		/* requests */
	struct nlconn		 events;
	struct nft		*nft;		/* for no accept */
	struct event		 readable;
	struct event		 fix;
	struct monotime		 fix_since;	/* window of the fix limit */
	unsigned int		 fixes;
	int			 packet;	/* for announcements, or -1 */
	int			 reread_links;
	int			 reread_addrs;
	struct net_ifs		 ifs;
	struct net_addrs	 addrs;
	struct net_vrrps	 vrrps;
	struct net_addr		*op[NL_BATCH_OPS];
	struct nlbatch		 batch;
};

/* What a netlink message says of an address. */
struct rtnl_addr {
	struct addr	addr;
	uint32_t	ifindex;
	uint32_t	flags;		/* IFA_F_* */
	uint8_t		prefixlen;
	uint8_t		scope;
	uint8_t		proto;		/* 0: none given */
};

/* And of a link. */
struct rtnl_link {
	uint32_t	ifindex;
	uint32_t	flags;		/* IFF_* */
	uint32_t	mtu;
	uint16_t	type;		/* ARPHRD_* */
	uint8_t		mac[ETH_ALEN];
	uint8_t		has_mac;
	char		ifname[IFNAMSIZ];
};

/* net.c */
/* net_addr_find: the virtual address with this prefix; NULL: none. */
struct net_addr	*net_addr_find(struct net *, struct net_if *,
		    const struct addr *, uint8_t);
/* net_device_of: name of the interface that an address is held on. */
const char	*net_device_of(const struct conf_vrrp *,
		    const struct conf_vaddr *);
/* net_settle: act on all that the kernel has told: read, tell, repair. */
void		 net_settle(struct net *);
void		 net_fix(int, short, void *);

/* rtnl.c */
/* rtnl_addr_msg: RTM_NEWADDR or RTM_DELADDR for a virtual address. */
struct nl_msg	*rtnl_addr_msg(int, const struct net_addr *);
/* rtnl_parse_*: 0, or -1 for what is not whole or does not concern us. */
int		 rtnl_parse_addr(struct nlmsghdr *, struct rtnl_addr *);
int		 rtnl_parse_link(struct nlmsghdr *, struct rtnl_link *);
/* rtnl_read_*: take over what the kernel holds now; 0 or an errno. */
int		 rtnl_read_links(struct net *);
int		 rtnl_read_addrs(struct net *);
/* rtnl_events_open: subscribe; -1 with errno. */
int		 rtnl_events_open(struct net *);

/* iface.c */
struct net_if	*iface_get(struct net *, const char *);
struct net_if	*iface_by_index(struct net *, uint32_t);
void		 iface_free(struct net *, struct net_if *);
/* iface_link: a link is there so, or (gone) is not; 1: addresses change. */
int		 iface_link(struct net *, const struct rtnl_link *, int);
void		 iface_lost(struct net *, struct net_if *);
/* iface_addr_begin, iface_addr: the addresses one by one out of a dump. */
void		 iface_addr_begin(struct net *);
void		 iface_addr(struct net *, struct net_if *,
		    const struct rtnl_addr *);
/* iface_promote: make it safe to remove an address from this interface. */
void		 iface_promote(struct net_if *);
/* iface_tell: call the owner for those that changed. */
void		 iface_tell(struct net *);

/* announce.c */
int		 announce_open(void);
void		 announce_start(struct net *, struct net_vrrp *);
void		 announce_stop(struct net_vrrp *);
void		 announce_again(int, short, void *);

#endif /* PARENT_NET_STATE_H */

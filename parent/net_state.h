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
#include "vmac_msg.h"

/*
 * What the files of the network side share among themselves.
 *
 * What is held are items, each of which an instance has, or the daemon for
 * itself.  An instance wants its items to be in the kernel or not; where
 * that is not so it is queued, and a slice at a time makes it so.
 */

struct net;
struct net_vmac;
struct net_vrrp;

/* Slots of a round of renewals; see net_lease.c. */
#define LEASE_SLOTS	32

/* Settings of an interface that virtual MACs need, vmac_role.c. */
#define VMAC_SETTINGS	2

/* What is said first on an interface: a new master's address, once. */
enum net_urge {
	URGE_FIRST,
	URGE_REPEAT,
	URGE_LATER,		/* the second burst, a refresh */
	URGE_MAX
};

/* An announcement under way, of an instance on one interface. */
struct net_burst {
	TAILQ_ENTRY(net_burst)	 entry;		/* of the interface's queue */
	TAILQ_ENTRY(net_burst)	 mine;		/* of the instance */
	struct net_vrrp		*vrrp;
	struct net_if		*nif;
	struct net_item		*at;		/* next; NULL: round is over */
	unsigned int		 rounds;	/* still to go */
	enum net_urge		 urge;
};
TAILQ_HEAD(net_bursts, net_burst);

/* An interface that the configuration names, there or not. */
struct net_if {
	RB_ENTRY(net_if)	 byname;
	RB_ENTRY(net_if)	 byindex;
	struct msg_if		 now;
	struct msg_if		 told;		/* what the owner knows */
	TAILQ_HEAD(, net_item)	 items;		/* all that are on it */
	uint8_t			 mac[ETH_ALEN];
	uint8_t			 has_mac;	/* Ethernet: can be announced */
	uint8_t			 named;		/* by this configuration */
	uint8_t			 fresh;		/* not told yet at all */
	uint8_t			 promotes;	/* see iface_promote() */
	uint8_t			 seen;		/* in the dump being read */
	uint8_t			 vmac_saved;	/* vmac_was is so */
	uint8_t			 vmac_was[VMAC_SETTINGS];
	struct net_vmac		*vmac;		/* it is one; NULL: not */

	TAILQ_ENTRY(net_if)	 talking;	/* has bursts under way */
	uint8_t			 is_talking;
	struct net_bursts	 bursts[URGE_MAX];
	struct monotime		 quiet;		/* no frame before this */
	struct monotime		 paid;		/* credit is as of this */
	unsigned int		 credit;	/* frames that may go now */
};
RB_HEAD(net_ifs, net_if);
RB_HEAD(net_ifs_byindex, net_if);
RB_PROTOTYPE(net_ifs, net_if, byname, iface_name_cmp)
RB_PROTOTYPE(net_ifs_byindex, net_if, byindex, iface_index_cmp)

enum net_kind {
	NET_ADDR,
	NET_ROUTE,
	NET_RULE
};

enum net_item_state {
	ITEM_ABSENT,
	ITEM_OURS,		/* put there by lvsd, in this life or another */
	ITEM_FOREIGN		/* there, and not ours to remove */
};

/*
 * What is to be in the kernel; the beginning of each kind.  An address of
 * IPv6 that was added answers nobody until the kernel has come to make its
 * route, addrconf_dad_work() of net/ipv6/addrconf.c, which it tells; who is
 * told of the address before would be refused.
 */
struct net_item {
	TAILQ_ENTRY(net_item)	 entry;		/* of who has it, in order */
	TAILQ_ENTRY(net_item)	 onif;		/* of the interface */
	struct net_vrrp		*vrrp;		/* who has it */
	struct net_if		*nif;		/* NULL: on none */
	uint32_t		 removed;	/* by us, in this epoch */
	uint16_t		 error;		/* last refusal, or 0 */
	uint8_t			 kind;		/* enum net_kind */
	uint8_t			 state;		/* enum net_item_state */
	uint8_t			 odd;		/* is there, but not so */
	uint8_t			 lost;		/* taken away by somebody */
	uint8_t			 settling;	/* not of use yet, see below */
	uint8_t			 doubt;		/* is it there still? */
	uint8_t			 seen;		/* in the dump being read */
	uint8_t			 named;		/* by this configuration */
};
TAILQ_HEAD(net_items, net_item);

/* An address, known by interface, address and prefix. */
struct net_addr {
	struct net_item		 item;
	RB_ENTRY(net_addr)	 node;
	TAILQ_ENTRY(net_addr)	 lease;
	struct vaddr_config	 conf;
	uint8_t			 leased;	/* enum net_leased */
	uint8_t			 slot;
};
RB_HEAD(net_addrs, net_addr);
RB_PROTOTYPE(net_addrs, net_addr, node, net_addr_cmp)
TAILQ_HEAD(net_addrlist, net_addr);

/* A route, known by destination, table and metric. */
struct net_route {
	struct net_item		 item;
	RB_ENTRY(net_route)	 node;
	struct route_spec	 spec;
};
RB_HEAD(net_routes, net_route);
RB_PROTOTYPE(net_routes, net_route, node, net_route_cmp)

/* A rule, known by all that it is. */
struct net_rule {
	struct net_item		 item;
	RB_ENTRY(net_rule)	 node;
	struct rule_spec	 spec;
};
RB_HEAD(net_rules, net_rule);
RB_PROTOTYPE(net_rules, net_rule, node, net_rule_cmp)

enum net_leased {
	LEASE_NOT,
	LEASE_SLOT,		/* waits for the turn of its slot */
	LEASE_DUE
};

struct net_lease {
	struct event		 timer;
	struct net_addrlist	 slot[LEASE_SLOTS];
	struct net_addrlist	 due;
	unsigned int		 turn;		/* slot that was due last */
	unsigned int		 next;		/* slot of the next address */
	unsigned int		 n;		/* addresses in slots */
	uint32_t		 least_s;	/* 0: none */
	uint32_t		 s;		/* what is used; not less */
	struct monotime		 at;		/* of the next turn */
	struct monotime		 waiting;	/* something is due since */
	int64_t			 busy_us;	/* of this round */
};

enum net_want {
	WANT_NOTHING,
	WANT_FOUND,		/* what is there stays, the role is open */
	WANT_HELD
};

/* Who has items: an instance; lvsd itself; nobody any more. */
struct net_vrrp {
	RB_ENTRY(net_vrrp)	 node;
	TAILQ_ENTRY(net_vrrp)	 queue;
	TAILQ_ENTRY(net_vrrp)	 hurt;
	struct net		*net;
	const struct conf_vrrp	*conf;		/* NULL: no instance */
	uint32_t		 id;
	struct net_vmac		*vmac;		/* NULL: none */
	struct net_items	 items;
	struct net_item		*next;		/* for the slices */
	enum net_want		 want;
	int			 error;		/* of this pass */
	int			 told;		/* by the last result() */
	uint8_t			 named;		/* by this configuration */
	uint8_t			 queued;
	uint8_t			 is_hurt;	/* lacks what somebody took */
	uint8_t			 failed;	/* to be tried again */
	uint8_t			 answer;	/* result() is owed */
	uint8_t			 announce;	/* when it is complete */

	struct net_bursts	 bursts;
	struct event		 again;		/* the second burst */
	struct event		 refresh;
	uint32_t		 refresh_ms;	/* it runs with; 0: not */
	struct monotime		 announced;	/* 0: not, or not any more */
};
RB_HEAD(net_vrrps, net_vrrp);
RB_PROTOTYPE(net_vrrps, net_vrrp, node, net_vrrp_cmp)
TAILQ_HEAD(net_vrrplist, net_vrrp);

enum net_op_kind {
	OP_ADD,
	OP_REMOVE,
	OP_REPLACE,		/* a route, by another to the same place */
	OP_RENEW
};

struct net_op {
	struct net_item		*item;
	enum net_op_kind	 kind;
};

struct net {
	struct event_base	*base;
	const struct conf	*conf;
	const struct net_ops	*ops;
	void			*arg;
	struct nlconn		 conn;		/* requests */
	struct nlconn		 events;
	struct nft		*nft;		/* for no accept */
	struct event		 readable;
	uint32_t		 epoch;		/* of events, see net_event.c */
	struct nlconn		 watch;		/* events of routes, rules */
	struct event		 watched;
	int			 doubt;		/* are routes, rules there? */

	struct net_ifs		 ifs;
	struct net_ifs_byindex	 ifs_byindex;
	struct net_addrs	 addrs;
	struct net_routes	 routes;
	struct net_rules	 rules;
	struct net_vrrps	 vrrps;
	struct net_vrrp		 statics;	/* lvsd's own */
	struct net_vrrp		 leaving;	/* not configured any more */

	int			 tell;		/* of an interface */
	int			 reread_links;
	int			 reread_addrs;
	int			 first;		/* the first reading */
	struct event		 reread;	/* after a rest */
	struct monotime		 read_next;	/* not before this */

	struct event		 slice;
	struct net_vrrplist	 queue;
	int			 renewed;	/* 1: by the last slice */
	unsigned int		 slice_max[2];	/* operations in a slice, in
						   one of renewals */
	struct net_op		 op[NL_BATCH_OPS];
	struct nlbatch		 batch;
	struct net_lease	 lease;

	struct net_vrrplist	 hurt;
	struct event		 fix;
	struct monotime		 fix_since;	/* window of the fix limit */
	unsigned int		 fixes;
	struct event		 retry;		/* what was refused */

	TAILQ_HEAD(, net_vmac)	 vmacs;
	int			 vmac_dirty;	/* some of them are */
	struct event		 vmac_retry;

	int			 packet;	/* for announcements, or -1 */
	struct event		 pace;
	struct monotime		 pace_at;	/* when it fires */
	TAILQ_HEAD(net_talking, net_if) talking;
};

/* What a netlink message says of an address. */
struct rtnl_addr {
	struct addr	addr;
	struct addr	broadcast;	/* af 0: none */
	uint32_t	ifindex;
	uint32_t	flags;		/* IFA_F_* */
	uint32_t	valid_s;	/* or LIFE_FOREVER */
	uint8_t		prefixlen;
	uint8_t		scope;
	uint8_t		proto;		/* 0: none given */
	char		label[IFNAMSIZ];
};

/* INFINITY_LIFE_TIME, net/addrconf.h of the kernel. */
#define LIFE_FOREVER	0xffffffff

/* And of a link. */
struct rtnl_link {
	uint32_t	ifindex;
	uint32_t	flags;		/* IFF_* */
	uint32_t	mtu;
	uint16_t	type;		/* ARPHRD_* */
	uint8_t		mac[ETH_ALEN];
	uint8_t		has_mac;
	char		ifname[IFNAMSIZ];
	struct vmac_link more;		/* if it is a macvlan */
};

/* net.c */
/* net_settle: act on all that the kernel has told: read, tell, repair. */
void		 net_settle(struct net *);
/* net_reread: read the kernel's addresses, soon. */
void		 net_reread(struct net *);

/* net_item.c: what is held, and by whom. */
void		 net_vrrp_init(struct net *, struct net_vrrp *, uint32_t);
struct net_vrrp	*net_vrrp_find(struct net *, uint32_t);
/* net_vrrp_free: it must not have items any more. */
void		 net_vrrp_free(struct net *, struct net_vrrp *);
/*
 * net_device_of: name of the interface that an address is held on; NULL: one
 * of no instance.
 */
const char	*net_device_of(const struct conf_vrrp *,
		    const struct conf_vaddr *);
/* net_addr_find: the address with this prefix; NULL: none. */
struct net_addr	*net_addr_find(struct net *, struct net_if *,
		    const struct addr *, uint8_t);
/* net_addr_new: a new one, absent, to be given to somebody. */
struct net_addr	*net_addr_new(struct net *, struct net_if *,
		    const struct addr *, uint8_t);
/* net_item_init: a new one, absent, of this kind, on this interface or NULL. */
void		 net_item_init(struct net_item *, enum net_kind,
		    struct net_if *);
/* net_item_move: it is to be on this interface, NULL: on none. */
void		 net_item_move(struct net_item *, struct net_if *);
/* net_item_give: it belongs to this one now, at the end of the list. */
void		 net_item_give(struct net_item *, struct net_vrrp *);
void		 net_item_free(struct net *, struct net_item *);
/* net_item_static: lvsd itself has it, whatever the roles. */
int		 net_item_static(const struct net_item *);
/* net_item_gone: it is not there; net_item_lost: by others' doing. */
void		 net_item_gone(struct net *, struct net_item *);
void		 net_item_lost(struct net *, struct net_item *);
/* net_item_str: what it is, for the log, in a buffer of this length. */
#define NET_ITEM_STRLEN	256
const char	*net_item_str(const struct net_item *, char *);
/* net_who: whose it is, to begin a message with, in such a buffer. */
const char	*net_who(const struct net_vrrp *, char *);

/* net_slice.c */
void		 slice_init(struct net *);
void		 slice_close(struct net *);
/* net_enqueue: bring this one where it wants to be; it begins anew. */
void		 net_enqueue(struct net *, struct net_vrrp *);
void		 net_dequeue(struct net *, struct net_vrrp *);
/* net_wrong: is there anything to be done about this item of it? */
int		 net_wrong(const struct net_vrrp *, const struct net_item *);
/* net_kick: there is work for a slice. */
void		 net_kick(struct net *);
/* net_slice_all: work off the queue at once. */
void		 net_slice_all(struct net *);
/* net_complete: all is there, or refused: if it is of use, say so. */
void		 net_complete(struct net_vrrp *);

/* net_fix.c */
void		 fix_init(struct net *);
void		 fix_close(struct net *);
/* net_hurt: it lacks what somebody took away; net_unhurt: never mind. */
void		 net_hurt(struct net *, struct net_vrrp *);
void		 net_unhurt(struct net *, struct net_vrrp *);
/* net_heal: put back what was taken, if that is not done too often. */
void		 net_heal(struct net *);
/* net_failed: the kernel has refused something; it is tried again. */
void		 net_failed(struct net *, struct net_vrrp *);
/* net_remedy: what is to be done when it was refused so, for the log. */
const char	*net_remedy(const struct net_item *, int);
/* net_repaired: tell of what was taken and is there again. */
void		 net_repaired(struct net *, struct net_vrrp *);

/* net_lease.c */
void		 lease_init(struct net *);
void		 lease_close(struct net *);
/* lease_conf: so many seconds from now on, 0: for ever. */
void		 lease_conf(struct net *, uint32_t);
/* lease_of: seconds that this address is to live, or LIFE_FOREVER. */
uint32_t	 lease_of(const struct net *, const struct net_addr *);
/*
 * lease_start: it was put there just now; lease_touch: renew it at once;
 * lease_resume: see that it is renewed, if it is there; lease_stop: no more.
 */
void		 lease_start(struct net *, struct net_addr *);
void		 lease_touch(struct net *, struct net_addr *);
void		 lease_resume(struct net *, struct net_addr *);
void		 lease_stop(struct net *, struct net_addr *);
/*
 * lease_due: are there some to be renewed now?  lease_late: since long?
 * lease_take: one of them, NULL: none; lease_done: it was renewed; lease_busy:
 * that took microseconds.
 */
int		 lease_due(const struct net *);
int		 lease_late(const struct net *);
struct net_addr	*lease_take(struct net *);
void		 lease_done(struct net *, struct net_addr *);
void		 lease_busy(struct net *, int64_t);

/* net_route.c: routes and rules. */
int		 route_open(struct net *);	/* -1 with errno */
void		 route_close(struct net *);
/* route_conf: what this one has of them by the configuration. */
void		 route_conf(struct net *, struct net_vrrp *,
		    const struct conf_routes *, const struct conf_rules *);
/* route_leave: what is not named by the configuration belongs to nobody. */
void		 route_leave(struct net *);
/* route_find: take note of those that an earlier life has left. */
void		 route_find(struct net *);
/* route_doubt: something has happened that takes routes away; look. */
void		 route_doubt(struct net *);
void		 route_free(struct net *, struct net_item *);
const char	*route_str(const struct net_item *, char *);

/* route_msg.c: requests about a route or a rule; NULL: no memory. */
struct nl_msg	*route_msg(int, int, const struct net_route *);
struct nl_msg	*rule_msg(int, int, const struct net_rule *);
/* route_dump: of a family, those of lvsd alone; rule_dump: of both. */
struct nl_msg	*route_dump(uint8_t);
struct nl_msg	*rule_dump(void);
/*
 * route_parse, rule_parse: what a message says, if it is one of lvsd's; -1:
 * it is not, or not whole.  The interface of a route comes as an index.
 */
int		 route_parse(struct nlmsghdr *, struct route_spec *,
		    uint32_t *);
int		 rule_parse(struct nlmsghdr *, struct rule_spec *);

/* net_event.c */
/* event_open: subscribe; -1 with errno. */
int		 event_open(struct net *);
void		 event_close(struct net *);

/* rtnl.c */
/*
 * rtnl_addr_msg: a request about an address: RTM_NEWADDR, which with
 * NLM_F_REPLACE renews it, with a life of so many seconds, or RTM_DELADDR.
 */
struct nl_msg	*rtnl_addr_msg(int, int, const struct net_addr *, uint32_t);
/* rtnl_parse_*: 0, or -1 for what is not whole or does not concern us. */
int		 rtnl_parse_addr(struct nlmsghdr *, struct rtnl_addr *);
int		 rtnl_parse_link(struct nlmsghdr *, struct rtnl_link *);
/* rtnl_read_*: take over what the kernel holds now; 0 or an errno. */
int		 rtnl_read_links(struct net *);
/* rtnl_read_link: the one that this message, which is freed, asks for. */
int		 rtnl_read_link(struct net *, struct nl_msg *);
int		 rtnl_read_addrs(struct net *);

/* iface.c */
struct net_if	*iface_get(struct net *, const char *);
/* iface_by_*: NULL: none that is named. */
struct net_if	*iface_by_name(struct net *, const char *);
struct net_if	*iface_by_index(struct net *, uint32_t);
void		 iface_free(struct net *, struct net_if *);
/* iface_prune: free those that neither are named nor have items. */
void		 iface_prune(struct net *);
/* iface_link: a link is there so, or (gone) is not. */
void		 iface_link(struct net *, const struct rtnl_link *, int);
void		 iface_lost(struct net *, struct net_if *);
/* iface_addr_begin, iface_addr: the addresses one by one out of a dump. */
void		 iface_addr_begin(struct net *);
void		 iface_addr(struct net *, struct net_if *,
		    const struct rtnl_addr *);
/* iface_promote: make it safe to remove an address from this interface. */
void		 iface_promote(struct net_if *);
/* iface_tell: call the owner for those that changed. */
void		 iface_tell(struct net *);

/* announce.c: what an instance has to say, and when. */
void		 announce_init(struct net_vrrp *);
/* announce_start: a burst now and one later, unless one has just begun. */
void		 announce_start(struct net_vrrp *);
void		 announce_stop(struct net_vrrp *);
/* announce_relist: the items of this one have been put together anew. */
void		 announce_relist(struct net_vrrp *);

/* pace.c: how fast it is said.  pace_open: -1 with errno. */
void		 pace_init(struct net *);
int		 pace_open(struct net *);
void		 pace_close(struct net *);
void		 pace_if_init(struct net_if *);
/* pace_if_gone: nothing can be said there any more. */
void		 pace_if_gone(struct net *, struct net_if *);
/* pace_begin: a new burst is to be said; pace_end: no more, it is freed. */
void		 pace_begin(struct net_burst *);
void		 pace_end(struct net_burst *);

/* vmac.c: devices with virtual MACs. */
void		 vmac_init(struct net *);
/* vmac_close: if so, no address is held any more, and all of them go. */
void		 vmac_close(struct net *, int);
/* vmac_conf: as the instances want them from now on. */
void		 vmac_conf(struct net *);
/* vmac_link: a device is there so; may it be used? */
int		 vmac_link(struct net *, struct net_vmac *,
		    const struct rtnl_link *);
/* vmac_stray: some link is there, maybe one left by an earlier life. */
void		 vmac_stray(struct net *, const struct rtnl_link *);
/* vmac_iface: an interface has gone or come. */
void		 vmac_iface(struct net *, struct net_if *);
/* vmac_settle: make what lacks, mend what is wrong. */
void		 vmac_settle(struct net *);
/* vmac_want: the instance wants something else now. */
void		 vmac_want(struct net *, struct net_vrrp *);
/* vmac_trim: remove those that are not configured any more, if they can. */
void		 vmac_trim(struct net *);

#endif /* PARENT_NET_STATE_H */

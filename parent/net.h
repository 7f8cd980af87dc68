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

#ifndef PARENT_NET_H
#define PARENT_NET_H

#include <net/if.h>

#include <stddef.h>
#include <stdint.h>

#include "../conf/wire.h"
#include "../imsg/msg.h"

struct conf;
struct conf_vrrp;
struct event_base;
struct net;

/*
 * The parent's side of interfaces and addresses: rtnetlink for links and
 * addresses, packet sockets for announcements, raw sockets for the engines.
 * It writes what is configured and reads what the kernel says; it receives
 * nothing from the network.
 */

/* Protocol number of our addresses, routes and rules, above the kernel's. */
#define NET_PROTO	0x70	/* 112, the number of VRRP itself */

struct net_ops {
	/* An interface named in the configuration: state or address changed. */
	void	(*iface)(void *, const struct msg_if *);
	/* All that this VRRP id is to hold: errno or 0, how many are there. */
	void	(*result)(void *, uint32_t, int, uint32_t);
	/* Somebody else removed what is ours; it is put back: a sentence. */
	void	(*repaired)(void *, const char *);
	/* This VRRP id has the device with its virtual MAC here; 0: nowhere. */
	void	(*vmac)(void *, uint32_t, uint32_t, const char *);
};

/* net_open: NULL and logged when netlink fails; callbacks get arg. */
struct net	*net_open(struct event_base *, const struct net_ops *, void *);
void		 net_close(struct net *);
/*
 * net_check_conf: can this machine do what the configuration wants of it?
 * Changes nothing.  0, or -1 with a sentence for the operator in the buffer.
 */
int		 net_check_conf(struct net *, const struct conf *, char *,
		    size_t);
/*
 * net_set_conf: this configuration runs now (it must outlive the next call);
 * iface() is called for each interface it names that is new.  Addresses held
 * for a VRRP id that is gone, or no longer listed for one that stays, are
 * removed; new ones of a master are added.  On the first call addresses of
 * an earlier life (NET_PROTO) are noted: those that the configuration
 * names stay until net_hold(), net_keep() or net_release() tells what is to
 * become of them, others are removed.
 */
void		 net_set_conf(struct net *, const struct conf *);
/* net_each_iface: call iface() for every interface named, as it is now. */
void		 net_each_iface(struct net *);
/* net_each_vmac: call vmac() for each instance that is to have a device. */
void		 net_each_vmac(struct net *);
/*
 * net_each_found: call with the id of each instance whose addresses were
 * found on the first net_set_conf(), all that it advertises, and of which
 * nothing was told yet.
 */
void		 net_each_found(struct net *, void (*)(void *, uint32_t),
		    void *);
/*
 * What is asked for here is carried out soon, a few milliseconds of it at a
 * time, in the order asked; of what was asked meanwhile only the last counts.
 *
 * net_hold: add the addresses of this instance (IPv6 without detection of
 * duplicates), then announce them: a burst of gratuitous ARP or unsolicited
 * NA now and a second one later (RFC 5798 section 6.4.2).  Ends in result(),
 * which is called again when what was refused is there later, or other way
 * round.
 * net_keep: hold them, but announce them no more: another director is about
 * to take over.
 * net_release: stop announcing and remove them.
 * net_release_all: the same for all instances.
 * net_announce: announce again what is held.
 */
void		 net_hold(struct net *, const struct conf_vrrp *);
void		 net_keep(struct net *, const struct conf_vrrp *);
void		 net_release(struct net *, const struct conf_vrrp *);
void		 net_release_all(struct net *);
void		 net_announce(struct net *, const struct conf_vrrp *);
/* net_leave: remove all that is held, before exit; at once. */
void		 net_leave(struct net *);
/*
 * net_vrrp_socket: raw socket for protocol 112 of the family, bound to the
 * interface, TTL 255, TOS 0xc0, with packet information on, filtered and its
 * filter locked: VSOCK_GROUP is joined to the VRRP group and hears that
 * alone, VSOCK_UNICAST hears what is sent to one router.  -1: errno.
 * net_vmac_socket: the same, bound to the device with a virtual MAC: to send
 * to the group, with an address of any interface, and to hear nothing.
 * net_icmp_socket: raw ICMP socket of the family that receives echo replies
 * only, filter locked.  -1: errno.
 */
int		 net_vrrp_socket(uint32_t, const char *, sa_family_t,
		    enum vsock_kind);
int		 net_vmac_socket(uint32_t, const char *, sa_family_t);
int		 net_icmp_socket(sa_family_t);

#endif /* PARENT_NET_H */

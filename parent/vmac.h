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

#ifndef PARENT_VMAC_H
#define PARENT_VMAC_H

#include "net_state.h"
#include "vmac_msg.h"

/*
 * Devices that have the virtual MAC address of an instance: a macvlan each on
 * the instance's interface, which is there and up all the time, so that the
 * first advert of a new master leaves by it at once.  A backup's drops what
 * is sent to it, and sends nothing: vmac_role.c has the settings for that.
 *
 * The mode is "vepa" always.  In "private" and "passthru" a macvlan is given,
 * and the interface below is not, what another router sends to the group with
 * the same MAC: its adverts (macvlan_handle_frame(), drivers/net/macvlan.c).
 *
 * They are marked as ours by their alias: one of an earlier life is taken
 * over with the addresses on it, one of somebody else is left alone.
 */

/* Families of the addresses on a device. */
#define VMAC_INET	0x01
#define VMAC_INET6	0x02

struct net_vmac {
	TAILQ_ENTRY(net_vmac)	 entry;
	struct net_vrrp		*vrrp;		/* NULL: it is to go */
	struct net_if		*nif;		/* the device itself */
	struct net_if		*lower;		/* what it is on */
	struct vmac_link	 link;		/* as last seen */
	uint32_t		 seen;		/* index, 0: not there */
	uint32_t		 ready;		/* index that is set up */
	uint32_t		 told;		/* index the owner knows of */
	int			 error;		/* last logged, or 0 */
	struct monotime		 made;
	uint8_t			 mac[ETH_ALEN];
	uint8_t			 same_mac;	/* what is there has it */
	uint8_t			 up;
	uint8_t			 families;	/* VMAC_INET* */
	uint8_t			 role;		/* enum vmac_role */
	uint8_t			 dirty;		/* to be looked at */
};

/* What its settings are for. */
enum vmac_role {
	VMAC_UNKNOWN,		/* as an earlier life has left it */
	VMAC_BACKUP,
	VMAC_MASTER
};

/* vmac_role.c */
/* vmac_lower: settings of the interface below; vmac_lower_restore: undone. */
void	 vmac_lower(struct net_vmac *);
void	 vmac_lower_restore(struct net *, struct net_if *);
/* vmac_alias: the mark, in which these settings as they were are kept. */
void	 vmac_alias(const struct net_vmac *, char [VMAC_ALIAS_LEN]);
/* vmac_marked: is this the alias of one of ours? */
int	 vmac_marked(const char *);
/* vmac_setup: settings of a device before it is up; 0 or an errno. */
int	 vmac_setup(struct net *, struct net_vmac *);
/*
 * vmac_become: a master's takes what is sent to it, a backup's drops it; for
 * IPv4 its addresses alone decide that.  0 or an errno.
 */
int	 vmac_become(struct net *, struct net_vmac *, enum vmac_role);
/* vmac_unrule: what is not on the device itself goes before it. */
void	 vmac_unrule(struct net *, struct net_vmac *);

#endif /* PARENT_VMAC_H */

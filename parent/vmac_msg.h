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

#ifndef PARENT_VMAC_MSG_H
#define PARENT_VMAC_MSG_H

#include <net/ethernet.h>
#include <net/if.h>

#include <stdint.h>

struct nl_msg;
struct nlattr;

/*
 * The messages of rtnetlink about macvlan devices, which have the virtual
 * MAC addresses.
 */

/* IFALIASZ of the kernel, with the NUL. */
#define VMAC_ALIAS_LEN	256

/* What a link message says of a device that may be one. */
struct vmac_link {
	uint32_t	lower;		/* index of its interface, 0: none */
	uint8_t		is_macvlan;
	uint8_t		is_vepa;	/* is in the mode of ours */
	char		alias[VMAC_ALIAS_LEN];
};

/* vmac_mac: that of RFC 5798 section 7.3, for this family and VRID. */
void		 vmac_mac(uint8_t, uint8_t, uint8_t [ETH_ALEN]);

/* Each builder returns NULL when memory is short. */
/*
 * vmac_msg_new: make a device of this name and MAC on the interface of this
 * index, which is down.
 */
struct nl_msg	*vmac_msg_new(const char *, uint32_t,
		    const uint8_t [ETH_ALEN]);
/* vmac_msg_alias: mark the device of this name. */
struct nl_msg	*vmac_msg_alias(const char *, const char *);
/* vmac_msg_mode: put the device of this index into the mode of new ones. */
struct nl_msg	*vmac_msg_mode(uint32_t);
struct nl_msg	*vmac_msg_up(uint32_t);
struct nl_msg	*vmac_msg_delete(uint32_t);
/* vmac_msg_get: ask for the device of this name. */
struct nl_msg	*vmac_msg_get(const char *);
/*
 * vmac_msg_rule: RTM_NEWRULE or RTM_DELRULE: what comes in by the device of
 * this name by IPv6, and is not for this machine itself, is dropped.
 */
struct nl_msg	*vmac_msg_rule(int, const char *);
/* vmac_msg_parse: out of the attributes of a link message, 0 .. IFLA_MAX. */
void		 vmac_msg_parse(struct nlattr **, struct vmac_link *);

#endif /* PARENT_VMAC_MSG_H */

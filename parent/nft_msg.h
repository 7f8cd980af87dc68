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

#ifndef PARENT_NFT_MSG_H
#define PARENT_NFT_MSG_H

#include <sys/types.h>

#include "../conf/wire.h"

struct nl_msg;
struct nlmsghdr;

/*
 * The messages of nf_tables (linux/netfilter/nf_tables.h) that nft.c sends:
 * one table of the family inet.  At the input hook it has a chain, a set of
 * addresses for each family, and rules that drop what is sent to these;
 * where packets come from outside a chain, a map for each family, and rules
 * that give packets the mark that the map has for their destination.
 */

enum nft_chain {
	NFT_CHAIN_INPUT,
	NFT_CHAIN_MARK,
	NFT_CHAIN_MAX
};

/* The rules of the input chain, in their order. */
enum nft_rule {
	NFT_RULE_ND,		/* ICMPv6 135, 136: neighbours are answered */
	NFT_RULE_DROP4,		/* to an address of the set */
	NFT_RULE_DROP6,
	NFT_RULE_MAX
};

/* Destinations that have a mark; all ends belong to it. */
struct nft_mark {
	struct addr	from;
	struct addr	to;
	uint16_t	port_from;	/* host byte order */
	uint16_t	port_to;
	uint8_t		proto_from;
	uint8_t		proto_to;
	uint8_t		pad[2];		/* 0: compared as bytes */
	uint32_t	mark;
};

/* Each builder returns NULL when memory is short. */
/* nft_msg_batch: NFNL_MSG_BATCH_BEGIN or _END of a transaction. */
struct nl_msg	*nft_msg_batch(int);
/* nft_msg_table: NFT_MSG_{NEW,GET,DEL}TABLE for the table of this name. */
struct nl_msg	*nft_msg_table(int, const char *);
/* nft_msg_chain: NFT_MSG_{NEW,DEL}CHAIN. */
struct nl_msg	*nft_msg_chain(int, const char *, enum nft_chain);
/* nft_msg_flush: the chain without rules. */
struct nl_msg	*nft_msg_flush(const char *, enum nft_chain);
/* nft_msg_set, nft_msg_map: NFT_MSG_{NEW,DEL}SET of this address family. */
struct nl_msg	*nft_msg_set(int, const char *, sa_family_t);
struct nl_msg	*nft_msg_map(int, const char *, sa_family_t);
/* nft_msg_rule: one of the input chain; nft_msg_marks: of the other. */
struct nl_msg	*nft_msg_rule(const char *, enum nft_rule);
struct nl_msg	*nft_msg_marks(const char *, sa_family_t);
/* nft_msg_elem: NFT_MSG_{NEW,DEL}SETELEM of an address, or in a map. */
struct nl_msg	*nft_msg_elem(int, const char *, const struct addr *);
struct nl_msg	*nft_msg_mark(int, const char *, const struct nft_mark *);
/* nft_msg_elems: NFT_MSG_GETSETELEM, a dump of this family's set or map. */
struct nl_msg	*nft_msg_elems(const char *, sa_family_t);
struct nl_msg	*nft_msg_map_elems(const char *, sa_family_t);
/*
 * nft_msg_each: call back for each address in a message of that dump; of
 * another family, or not whole, it is passed over.
 */
void		 nft_msg_each(struct nlmsghdr *, sa_family_t,
		    void (*)(void *, const struct addr *), void *);
/* nft_msg_each_mark: the same of a map. */
void		 nft_msg_each_mark(struct nlmsghdr *, sa_family_t,
		    void (*)(void *, const struct nft_mark *), void *);
/*
 * nft_msg_takes: does this event tell that something of the table of this
 * name was taken away?
 */
int		 nft_msg_takes(struct nlmsghdr *, const char *);

#endif /* PARENT_NFT_MSG_H */

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

#ifndef PARENT_NFT_EXPR_H
#define PARENT_NFT_EXPR_H

#include <sys/types.h>

#include <stdint.h>

struct nl_msg;
struct nlattr;

/*
 * The expressions of a rule of nf_tables, one after the other inside of
 * NFTA_RULE_EXPRESSIONS, and what else the builders of messages share.  All
 * return 0, or -1: no room.
 */

/* nft_msg_new: of this type, family and flags; NULL: no memory. */
struct nl_msg	*nft_msg_new(int, int, int);
/* nft_msg_rule_begin: a rule at the end of a chain; NULL: no memory. */
struct nl_msg	*nft_msg_rule_begin(const char *, const char *,
		    struct nlattr **);
/* nft_put_be32: all numbers of nf_tables are in network byte order. */
int		 nft_put_be32(struct nl_msg *, int, uint32_t);
/* nft_put_data: so many bytes as data, nested in this attribute. */
int		 nft_put_data(struct nl_msg *, int, const void *, int);
/* nft_load_meta: this of the packet (NFT_META_*) into a register. */
int		 nft_load_meta(struct nl_msg *, uint32_t, uint32_t);
/* nft_is_meta: go on if this of the packet, one byte, is the value. */
int		 nft_is_meta(struct nl_msg *, uint32_t, uint8_t);
/* nft_set_mark: the mark of the packet is what a register holds. */
int		 nft_set_mark(struct nl_msg *, uint32_t);
/* nft_load: bytes into a register: base (NFT_PAYLOAD_*), offset, length. */
int		 nft_load(struct nl_msg *, uint32_t, uint32_t, uint32_t,
		    uint32_t);
/* nft_load_daddr: where the packet of this family is sent to. */
int		 nft_load_daddr(struct nl_msg *, sa_family_t, uint32_t);
/* nft_is_range: go on if the byte in register 1 is from the first to last. */
int		 nft_is_range(struct nl_msg *, uint8_t, uint8_t);
/*
 * nft_lookup: go on if register 1 and those after it are in this set; of a
 * map the data goes into register 1.
 */
int		 nft_lookup(struct nl_msg *, const char *, int);
/* nft_count: for who looks with nft(8). */
int		 nft_count(struct nl_msg *);
/* nft_verdict: NF_ACCEPT, NF_DROP. */
int		 nft_verdict(struct nl_msg *, uint32_t);

#endif /* PARENT_NFT_EXPR_H */

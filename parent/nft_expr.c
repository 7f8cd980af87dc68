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
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

#include <stddef.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "../conf/wire.h"
#include "nft_expr.h"
#include "nl.h"

static struct nlattr *expr_begin(struct nl_msg *, const char *,
		    struct nlattr **);
static int	 expr_end(struct nl_msg *, struct nlattr *, struct nlattr *);

/* A message with its nfgenmsg; family inet but for the ends of a batch. */
struct nl_msg *
nft_msg_new(int type, int family, int flags)
{
	struct nfgenmsg	 nfg;
	struct nl_msg	*msg;

	memset(&nfg, 0, sizeof(nfg));
	nfg.nfgen_family = family;
	nfg.version = NFNETLINK_V0;
	if (family == AF_UNSPEC)
		nfg.res_id = htons(NFNL_SUBSYS_NFTABLES);
	else
		type |= NFNL_SUBSYS_NFTABLES << 8;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &nfg, sizeof(nfg), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_rule_begin(const char *table, const char *chain,
    struct nlattr **list)
{
	struct nl_msg	*msg;

	if ((msg = nft_msg_new(NFT_MSG_NEWRULE, NFPROTO_INET,
	    NLM_F_CREATE | NLM_F_APPEND)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_RULE_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_RULE_CHAIN, chain) < 0 ||
	    (*list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS)) == NULL) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

int
nft_put_be32(struct nl_msg *msg, int attr, uint32_t value)
{
	return (nla_put_u32(msg, attr, htonl(value)) < 0 ? -1 : 0);
}

int
nft_put_data(struct nl_msg *msg, int attr, const void *value, int len)
{
	struct nlattr	*data;

	if ((data = nla_nest_start(msg, attr)) == NULL ||
	    nla_put(msg, NFTA_DATA_VALUE, len, value) < 0 ||
	    nla_nest_end(msg, data) < 0)
		return (-1);
	return (0);
}

/* An expression is an element with a name and, nested in it, its data. */
static struct nlattr *
expr_begin(struct nl_msg *msg, const char *name, struct nlattr **elem)
{
	if ((*elem = nla_nest_start(msg, NFTA_LIST_ELEM)) == NULL ||
	    nla_put_string(msg, NFTA_EXPR_NAME, name) < 0)
		return (NULL);
	return (nla_nest_start(msg, NFTA_EXPR_DATA));
}

static int
expr_end(struct nl_msg *msg, struct nlattr *elem, struct nlattr *data)
{
	if (nla_nest_end(msg, data) < 0 || nla_nest_end(msg, elem) < 0)
		return (-1);
	return (0);
}

int
nft_load_meta(struct nl_msg *msg, uint32_t key, uint32_t reg)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "meta", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_META_KEY, key) == -1 ||
	    nft_put_be32(msg, NFTA_META_DREG, reg) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_set_mark(struct nl_msg *msg, uint32_t reg)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "meta", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_META_KEY, NFT_META_MARK) == -1 ||
	    nft_put_be32(msg, NFTA_META_SREG, reg) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_is_meta(struct nl_msg *msg, uint32_t key, uint8_t value)
{
	struct nlattr	*elem, *data;

	if (nft_load_meta(msg, key, NFT_REG_1) == -1 ||
	    (data = expr_begin(msg, "cmp", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_CMP_SREG, NFT_REG_1) == -1 ||
	    nft_put_be32(msg, NFTA_CMP_OP, NFT_CMP_EQ) == -1 ||
	    nft_put_data(msg, NFTA_CMP_DATA, &value, sizeof(value)) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_load(struct nl_msg *msg, uint32_t base, uint32_t off, uint32_t len,
    uint32_t reg)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "payload", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_PAYLOAD_DREG, reg) == -1 ||
	    nft_put_be32(msg, NFTA_PAYLOAD_BASE, base) == -1 ||
	    nft_put_be32(msg, NFTA_PAYLOAD_OFFSET, off) == -1 ||
	    nft_put_be32(msg, NFTA_PAYLOAD_LEN, len) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_load_daddr(struct nl_msg *msg, sa_family_t af, uint32_t reg)
{
	return (nft_load(msg, NFT_PAYLOAD_NETWORK_HEADER, af == AF_INET ?
	    offsetof(struct iphdr, daddr) : offsetof(struct ip6_hdr, ip6_dst),
	    addr_size(af), reg));
}

int
nft_is_range(struct nl_msg *msg, uint8_t from, uint8_t to)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "range", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_RANGE_SREG, NFT_REG_1) == -1 ||
	    nft_put_be32(msg, NFTA_RANGE_OP, NFT_RANGE_EQ) == -1 ||
	    nft_put_data(msg, NFTA_RANGE_FROM_DATA, &from,
	    sizeof(from)) == -1 ||
	    nft_put_data(msg, NFTA_RANGE_TO_DATA, &to, sizeof(to)) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_lookup(struct nl_msg *msg, const char *set, int map)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "lookup", &elem)) == NULL ||
	    nla_put_string(msg, NFTA_LOOKUP_SET, set) < 0 ||
	    nft_put_be32(msg, NFTA_LOOKUP_SREG, NFT_REG_1) == -1 ||
	    (map && nft_put_be32(msg, NFTA_LOOKUP_DREG, NFT_REG_1) == -1))
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_count(struct nl_msg *msg)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "counter", &elem)) == NULL ||
	    nla_put_u64(msg, NFTA_COUNTER_BYTES, 0) < 0 ||
	    nla_put_u64(msg, NFTA_COUNTER_PACKETS, 0) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

int
nft_verdict(struct nl_msg *msg, uint32_t verdict)
{
	struct nlattr	*elem, *data, *imm, *code;

	if ((data = expr_begin(msg, "immediate", &elem)) == NULL ||
	    nft_put_be32(msg, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT) == -1 ||
	    (imm = nla_nest_start(msg, NFTA_IMMEDIATE_DATA)) == NULL ||
	    (code = nla_nest_start(msg, NFTA_DATA_VERDICT)) == NULL ||
	    nft_put_be32(msg, NFTA_VERDICT_CODE, verdict) == -1 ||
	    nla_nest_end(msg, code) < 0 || nla_nest_end(msg, imm) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

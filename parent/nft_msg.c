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
#include <netinet/icmp6.h>
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

#include "nft_msg.h"
#include "nl.h"

#define CHAIN_NAME	"input"
#define SET4_NAME	"addrs4"
#define SET6_NAME	"addrs6"
/*
 * Behind the hooks of IPVS at NF_INET_LOCAL_IN, which have the priorities 98
 * and 99 (net/netfilter/ipvs/ip_vs_core.c: NF_IP_PRI_NAT_SRC - 2 and - 1):
 * what they take never comes here.
 */
#define CHAIN_PRIORITY	101
/* What nft(8) calls the types of keys; the kernel only keeps them. */
#define KEY_IPADDR	7
#define KEY_IP6ADDR	8

static int	 msg_type(int);
static struct nl_msg *msg_new(int, int, int);
static int	 msg_named(struct nlmsghdr *, const char *);
static const char *set_name(sa_family_t);
static int	 put_be32(struct nl_msg *, int, uint32_t);
static struct nlattr *expr_begin(struct nl_msg *, const char *,
		    struct nlattr **);
static int	 expr_end(struct nl_msg *, struct nlattr *, struct nlattr *);
static int	 put_data(struct nl_msg *, int, const void *, int);
static int	 put_meta(struct nl_msg *, uint32_t, uint8_t);
static int	 put_payload(struct nl_msg *, uint32_t, uint32_t, uint32_t);
static int	 put_range(struct nl_msg *, uint8_t, uint8_t);
static int	 put_lookup(struct nl_msg *, const char *);
static int	 put_counter(struct nl_msg *);
static int	 put_verdict(struct nl_msg *, uint32_t);
static int	 put_rule_nd(struct nl_msg *);
static int	 put_rule_drop(struct nl_msg *, sa_family_t);

static int
msg_type(int type)
{
	return (NFNL_SUBSYS_NFTABLES << 8 | type);
}

/* A message with its nfgenmsg; family inet but for the ends of a batch. */
static struct nl_msg *
msg_new(int type, int family, int flags)
{
	struct nfgenmsg	 nfg;
	struct nl_msg	*msg;

	memset(&nfg, 0, sizeof(nfg));
	nfg.nfgen_family = family;
	nfg.version = NFNETLINK_V0;
	if (family == AF_UNSPEC)
		nfg.res_id = htons(NFNL_SUBSYS_NFTABLES);
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &nfg, sizeof(nfg), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

static const char *
set_name(sa_family_t af)
{
	return (af == AF_INET ? SET4_NAME : SET6_NAME);
}

/* All numbers of nf_tables are in network byte order. */
static int
put_be32(struct nl_msg *msg, int attr, uint32_t value)
{
	return (nla_put_u32(msg, attr, htonl(value)));
}

struct nl_msg *
nft_msg_batch(int type)
{
	return (msg_new(type, AF_UNSPEC, 0));
}

struct nl_msg *
nft_msg_table(int type, const char *table)
{
	struct nl_msg	*msg;

	msg = msg_new(msg_type(type), NFPROTO_INET,
	    type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);
	if (msg != NULL && nla_put_string(msg, NFTA_TABLE_NAME, table) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_chain(const char *table)
{
	struct nl_msg	*msg;
	struct nlattr	*hook;

	if ((msg = msg_new(msg_type(NFT_MSG_NEWCHAIN), NFPROTO_INET,
	    NLM_F_CREATE)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_CHAIN_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, CHAIN_NAME) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_TYPE, "filter") < 0 ||
	    put_be32(msg, NFTA_CHAIN_POLICY, NF_ACCEPT) < 0 ||
	    (hook = nla_nest_start(msg, NFTA_CHAIN_HOOK)) == NULL ||
	    put_be32(msg, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_IN) < 0 ||
	    put_be32(msg, NFTA_HOOK_PRIORITY, CHAIN_PRIORITY) < 0 ||
	    nla_nest_end(msg, hook) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_set(const char *table, sa_family_t af)
{
	struct nl_msg	*msg;

	if ((msg = msg_new(msg_type(NFT_MSG_NEWSET), NFPROTO_INET,
	    NLM_F_CREATE)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_NAME, set_name(af)) < 0 ||
	    put_be32(msg, NFTA_SET_KEY_TYPE,
	    af == AF_INET ? KEY_IPADDR : KEY_IP6ADDR) < 0 ||
	    put_be32(msg, NFTA_SET_KEY_LEN, addr_size(af)) < 0 ||
	    put_be32(msg, NFTA_SET_ID, af) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_flush(const char *table)
{
	struct nl_msg	*msg;

	if ((msg = msg_new(msg_type(NFT_MSG_DELRULE), NFPROTO_INET,
	    0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_RULE_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_RULE_CHAIN, CHAIN_NAME) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_rule(const char *table, enum nft_rule rule)
{
	struct nl_msg	*msg;
	struct nlattr	*list;
	int		 rc;

	if ((msg = msg_new(msg_type(NFT_MSG_NEWRULE), NFPROTO_INET,
	    NLM_F_CREATE | NLM_F_APPEND)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_RULE_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_RULE_CHAIN, CHAIN_NAME) < 0 ||
	    (list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS)) == NULL)
		goto fail;
	if (rule == NFT_RULE_ND)
		rc = put_rule_nd(msg);
	else
		rc = put_rule_drop(msg, rule == NFT_RULE_DROP4 ? AF_INET :
		    AF_INET6);
	if (rc == -1 || nla_nest_end(msg, list) < 0)
		goto fail;
	return (msg);
fail:
	nlmsg_free(msg);
	return (NULL);
}

/*
 * Neighbour solicitations and advertisements are taken (RFC 5798 section
 * 6.1: Accept_Mode must not drop them).  The types follow each other.
 */
static int
put_rule_nd(struct nl_msg *msg)
{
	if (put_meta(msg, NFT_META_NFPROTO, NFPROTO_IPV6) == -1 ||
	    put_meta(msg, NFT_META_L4PROTO, IPPROTO_ICMPV6) == -1 ||
	    put_payload(msg, NFT_PAYLOAD_TRANSPORT_HEADER,
	    offsetof(struct icmp6_hdr, icmp6_type), 1) == -1 ||
	    put_range(msg, ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT) == -1)
		return (-1);
	return (put_verdict(msg, NF_ACCEPT));
}

static int
put_rule_drop(struct nl_msg *msg, sa_family_t af)
{
	uint32_t	off = af == AF_INET ? offsetof(struct iphdr, daddr) :
			    offsetof(struct ip6_hdr, ip6_dst);

	if (put_meta(msg, NFT_META_NFPROTO, af == AF_INET ? NFPROTO_IPV4 :
	    NFPROTO_IPV6) == -1 ||
	    put_payload(msg, NFT_PAYLOAD_NETWORK_HEADER, off,
	    addr_size(af)) == -1 ||
	    put_lookup(msg, set_name(af)) == -1 ||
	    put_counter(msg) == -1)
		return (-1);
	return (put_verdict(msg, NF_DROP));
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

static int
put_data(struct nl_msg *msg, int attr, const void *value, int len)
{
	struct nlattr	*data;

	if ((data = nla_nest_start(msg, attr)) == NULL ||
	    nla_put(msg, NFTA_DATA_VALUE, len, value) < 0 ||
	    nla_nest_end(msg, data) < 0)
		return (-1);
	return (0);
}

/* Go on if this of the packet is the value. */
static int
put_meta(struct nl_msg *msg, uint32_t key, uint8_t value)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "meta", &elem)) == NULL ||
	    put_be32(msg, NFTA_META_KEY, key) < 0 ||
	    put_be32(msg, NFTA_META_DREG, NFT_REG_1) < 0 ||
	    expr_end(msg, elem, data) == -1)
		return (-1);
	if ((data = expr_begin(msg, "cmp", &elem)) == NULL ||
	    put_be32(msg, NFTA_CMP_SREG, NFT_REG_1) < 0 ||
	    put_be32(msg, NFTA_CMP_OP, NFT_CMP_EQ) < 0 ||
	    put_data(msg, NFTA_CMP_DATA, &value, sizeof(value)) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

static int
put_payload(struct nl_msg *msg, uint32_t base, uint32_t off, uint32_t len)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "payload", &elem)) == NULL ||
	    put_be32(msg, NFTA_PAYLOAD_DREG, NFT_REG_1) < 0 ||
	    put_be32(msg, NFTA_PAYLOAD_BASE, base) < 0 ||
	    put_be32(msg, NFTA_PAYLOAD_OFFSET, off) < 0 ||
	    put_be32(msg, NFTA_PAYLOAD_LEN, len) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

static int
put_range(struct nl_msg *msg, uint8_t from, uint8_t to)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "range", &elem)) == NULL ||
	    put_be32(msg, NFTA_RANGE_SREG, NFT_REG_1) < 0 ||
	    put_be32(msg, NFTA_RANGE_OP, NFT_RANGE_EQ) < 0 ||
	    put_data(msg, NFTA_RANGE_FROM_DATA, &from, sizeof(from)) == -1 ||
	    put_data(msg, NFTA_RANGE_TO_DATA, &to, sizeof(to)) == -1)
		return (-1);
	return (expr_end(msg, elem, data));
}

static int
put_lookup(struct nl_msg *msg, const char *set)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "lookup", &elem)) == NULL ||
	    nla_put_string(msg, NFTA_LOOKUP_SET, set) < 0 ||
	    put_be32(msg, NFTA_LOOKUP_SREG, NFT_REG_1) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

/* Of what is dropped, for who looks with nft(8). */
static int
put_counter(struct nl_msg *msg)
{
	struct nlattr	*elem, *data;

	if ((data = expr_begin(msg, "counter", &elem)) == NULL ||
	    nla_put_u64(msg, NFTA_COUNTER_BYTES, 0) < 0 ||
	    nla_put_u64(msg, NFTA_COUNTER_PACKETS, 0) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

static int
put_verdict(struct nl_msg *msg, uint32_t verdict)
{
	struct nlattr	*elem, *data, *imm, *code;

	if ((data = expr_begin(msg, "immediate", &elem)) == NULL ||
	    put_be32(msg, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT) < 0 ||
	    (imm = nla_nest_start(msg, NFTA_IMMEDIATE_DATA)) == NULL ||
	    (code = nla_nest_start(msg, NFTA_DATA_VERDICT)) == NULL ||
	    put_be32(msg, NFTA_VERDICT_CODE, verdict) < 0 ||
	    nla_nest_end(msg, code) < 0 || nla_nest_end(msg, imm) < 0)
		return (-1);
	return (expr_end(msg, elem, data));
}

struct nl_msg *
nft_msg_elem(int type, const char *table, const struct addr *a)
{
	struct nl_msg	*msg;
	struct nlattr	*list, *elem;

	if ((msg = msg_new(msg_type(type), NFPROTO_INET,
	    type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET,
	    set_name(a->af)) < 0 ||
	    (list = nla_nest_start(msg,
	    NFTA_SET_ELEM_LIST_ELEMENTS)) == NULL ||
	    (elem = nla_nest_start(msg, NFTA_LIST_ELEM)) == NULL ||
	    put_data(msg, NFTA_SET_ELEM_KEY, a->u.bytes,
	    addr_size(a->af)) == -1 ||
	    nla_nest_end(msg, elem) < 0 || nla_nest_end(msg, list) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_elems(const char *table, sa_family_t af)
{
	struct nl_msg	*msg;

	if ((msg = msg_new(msg_type(NFT_MSG_GETSETELEM), NFPROTO_INET,
	    0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set_name(af)) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

void
nft_msg_each(struct nlmsghdr *nlh, sa_family_t af,
    void (*cb)(void *, const struct addr *), void *arg)
{
	struct nlattr	*tb[NFTA_SET_ELEM_LIST_MAX + 1], *list, *elem, *key;
	struct nlattr	*et[NFTA_SET_ELEM_MAX + 1], *kt[NFTA_DATA_MAX + 1];
	struct addr	 a;
	int		 left;

	if (nlh->nlmsg_type != msg_type(NFT_MSG_NEWSETELEM) ||
	    nlmsg_parse(nlh, sizeof(struct nfgenmsg), tb,
	    NFTA_SET_ELEM_LIST_MAX, NULL) < 0 ||
	    (list = tb[NFTA_SET_ELEM_LIST_ELEMENTS]) == NULL)
		return;
	nla_for_each_nested(elem, list, left) {
		if (nla_parse_nested(et, NFTA_SET_ELEM_MAX, elem, NULL) < 0 ||
		    (key = et[NFTA_SET_ELEM_KEY]) == NULL ||
		    nla_parse_nested(kt, NFTA_DATA_MAX, key, NULL) < 0 ||
		    (key = kt[NFTA_DATA_VALUE]) == NULL ||
		    (size_t)nla_len(key) != addr_size(af))
			continue;
		memset(&a, 0, sizeof(a));
		a.af = af;
		memcpy(a.u.bytes, nla_data(key), addr_size(af));
		cb(arg, &a);
	}
}

/* Every message names its table in its first attribute. */
static int
msg_named(struct nlmsghdr *nlh, const char *table)
{
	struct nfgenmsg	*nfg;
	struct nlattr	*attr;

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*nfg)))
		return (0);
	nfg = nlmsg_data(nlh);
	if (nfg->nfgen_family != NFPROTO_INET)
		return (0);
	attr = nlmsg_find_attr(nlh, sizeof(*nfg), NFTA_TABLE_NAME);
	return (attr != NULL && nla_len(attr) > 0 &&
	    nla_strcmp(attr, table) == 0);
}

int
nft_msg_takes(struct nlmsghdr *nlh, const char *table)
{
	switch (nlh->nlmsg_type ^ NFNL_SUBSYS_NFTABLES << 8) {
	case NFT_MSG_DELTABLE:
	case NFT_MSG_DELCHAIN:
	case NFT_MSG_DELRULE:
	case NFT_MSG_DELSET:
	case NFT_MSG_DELSETELEM:
		return (msg_named(nlh, table));
	default:
		return (0);
	}
}

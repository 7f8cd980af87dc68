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
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <stddef.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "nft_expr.h"
#include "nft_msg.h"
#include "nl.h"

#define SET4_NAME	"addrs4"
#define SET6_NAME	"addrs6"
/* What nft(8) calls the types of keys; the kernel only keeps them. */
#define KEY_IPADDR	7
#define KEY_IP6ADDR	8

static int	 msg_type(int);
static struct nl_msg *msg_new(int, int);
static int	 msg_named(struct nlmsghdr *, const char *);
static const char *set_name(sa_family_t);
static int	 put_rule_nd(struct nl_msg *);
static int	 put_rule_drop(struct nl_msg *, sa_family_t);

/* Where the chains are. */
static const struct {
	const char	*name;
	int		 hook;
	int		 priority;
} chains[NFT_CHAIN_MAX] = {
	/*
	 * Behind the hooks of IPVS at NF_INET_LOCAL_IN, which have the
	 * priorities 98 and 99 (net/netfilter/ipvs/ip_vs_core.c:
	 * NF_IP_PRI_NAT_SRC - 2 and - 1): what they take never comes here.
	 */
	[NFT_CHAIN_INPUT]	= { "input", NF_INET_LOCAL_IN, 101 },
	/* Before the packet's way is looked up, which may regard marks. */
	[NFT_CHAIN_MARK]	= { "prerouting", NF_INET_PRE_ROUTING,
				    NF_IP_PRI_MANGLE },
};

static int
msg_type(int type)
{
	return (NFNL_SUBSYS_NFTABLES << 8 | type);
}

static struct nl_msg *
msg_new(int type, int flags)
{
	return (nft_msg_new(type, NFPROTO_INET, flags));
}

static const char *
set_name(sa_family_t af)
{
	return (af == AF_INET ? SET4_NAME : SET6_NAME);
}

struct nl_msg *
nft_msg_batch(int type)
{
	return (nft_msg_new(type, AF_UNSPEC, 0));
}

struct nl_msg *
nft_msg_table(int type, const char *table)
{
	struct nl_msg	*msg;

	msg = msg_new(type, type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);
	if (msg != NULL && nla_put_string(msg, NFTA_TABLE_NAME, table) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_chain(int type, const char *table, enum nft_chain chain)
{
	struct nl_msg	*msg;
	struct nlattr	*hook;

	if ((msg = msg_new(type, type == NFT_MSG_NEWCHAIN ?
	    NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_CHAIN_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, chains[chain].name) < 0)
		goto fail;
	if (type == NFT_MSG_DELCHAIN)
		return (msg);
	if (nla_put_string(msg, NFTA_CHAIN_TYPE, "filter") < 0 ||
	    nft_put_be32(msg, NFTA_CHAIN_POLICY, NF_ACCEPT) == -1 ||
	    (hook = nla_nest_start(msg, NFTA_CHAIN_HOOK)) == NULL ||
	    nft_put_be32(msg, NFTA_HOOK_HOOKNUM, chains[chain].hook) == -1 ||
	    nft_put_be32(msg, NFTA_HOOK_PRIORITY,
	    chains[chain].priority) == -1 || nla_nest_end(msg, hook) < 0)
		goto fail;
	return (msg);
fail:
	nlmsg_free(msg);
	return (NULL);
}

struct nl_msg *
nft_msg_flush(const char *table, enum nft_chain chain)
{
	struct nl_msg	*msg;

	if ((msg = msg_new(NFT_MSG_DELRULE, 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_RULE_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_RULE_CHAIN, chains[chain].name) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_set(int type, const char *table, sa_family_t af)
{
	struct nl_msg	*msg;

	if ((msg = msg_new(type, type == NFT_MSG_NEWSET ?
	    NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_NAME, set_name(af)) < 0)
		goto fail;
	if (type == NFT_MSG_DELSET)
		return (msg);
	if (nft_put_be32(msg, NFTA_SET_KEY_TYPE,
	    af == AF_INET ? KEY_IPADDR : KEY_IP6ADDR) == -1 ||
	    nft_put_be32(msg, NFTA_SET_KEY_LEN, addr_size(af)) == -1 ||
	    nft_put_be32(msg, NFTA_SET_ID, af) == -1)
		goto fail;
	return (msg);
fail:
	nlmsg_free(msg);
	return (NULL);
}

struct nl_msg *
nft_msg_rule(const char *table, enum nft_rule rule)
{
	struct nl_msg	*msg;
	struct nlattr	*list;
	int		 rc;

	if ((msg = nft_msg_rule_begin(table, chains[NFT_CHAIN_INPUT].name,
	    &list)) == NULL)
		return (NULL);
	if (rule == NFT_RULE_ND)
		rc = put_rule_nd(msg);
	else
		rc = put_rule_drop(msg, rule == NFT_RULE_DROP4 ? AF_INET :
		    AF_INET6);
	if (rc == -1 || nla_nest_end(msg, list) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

/*
 * Neighbour solicitations and advertisements are taken (RFC 5798 section
 * 6.1: Accept_Mode must not drop them).  The types follow each other.
 */
static int
put_rule_nd(struct nl_msg *msg)
{
	if (nft_is_meta(msg, NFT_META_NFPROTO, NFPROTO_IPV6) == -1 ||
	    nft_is_meta(msg, NFT_META_L4PROTO, IPPROTO_ICMPV6) == -1 ||
	    nft_load(msg, NFT_PAYLOAD_TRANSPORT_HEADER,
	    offsetof(struct icmp6_hdr, icmp6_type), 1, NFT_REG_1) == -1 ||
	    nft_is_range(msg, ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT) == -1)
		return (-1);
	return (nft_verdict(msg, NF_ACCEPT));
}

static int
put_rule_drop(struct nl_msg *msg, sa_family_t af)
{
	if (nft_is_meta(msg, NFT_META_NFPROTO, af == AF_INET ? NFPROTO_IPV4 :
	    NFPROTO_IPV6) == -1 ||
	    nft_load_daddr(msg, af, NFT_REG_1) == -1 ||
	    nft_lookup(msg, set_name(af), 0) == -1 ||
	    nft_count(msg) == -1)
		return (-1);
	return (nft_verdict(msg, NF_DROP));
}

struct nl_msg *
nft_msg_elem(int type, const char *table, const struct addr *a)
{
	struct nl_msg	*msg;
	struct nlattr	*list, *elem;

	if ((msg = msg_new(type, type == NFT_MSG_NEWSETELEM ?
	    NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET,
	    set_name(a->af)) < 0 ||
	    (list = nla_nest_start(msg,
	    NFTA_SET_ELEM_LIST_ELEMENTS)) == NULL ||
	    (elem = nla_nest_start(msg, NFTA_LIST_ELEM)) == NULL ||
	    nft_put_data(msg, NFTA_SET_ELEM_KEY, a->u.bytes,
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

	if ((msg = msg_new(NFT_MSG_GETSETELEM, 0)) == NULL)
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

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

#include <stddef.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "nft_expr.h"
#include "nft_msg.h"
#include "nl.h"

/*
 * Messages about the maps of marks.  A key is an address, a protocol and a
 * port one after the other, each at a multiple of four bytes, and each of
 * them may be a range (Linux 5.6: net/netfilter/nft_set_pipapo.c).
 */

#define CHAIN_NAME	"prerouting"
#define MAP4_NAME	"marks4"
#define MAP6_NAME	"marks6"

#define FIELD_ALIGN	4
#define PROTO_LEN	1
#define PORT_LEN	2
#define KEY_LEN_MAX	(sizeof(struct in6_addr) + 2 * FIELD_ALIGN)

/* What nft(8) calls the types; of parts of a key, six bits each. */
#define TYPE_IPADDR	7
#define TYPE_IP6ADDR	8
#define TYPE_PROTO	12
#define TYPE_PORT	13
#define TYPE_MARK	19
#define TYPE_BITS	6

/* Where the port of a destination is, in TCP, UDP and SCTP alike. */
#define DPORT_OFFSET	2

static const char *map_name(sa_family_t);
static size_t	 key_len(sa_family_t);
static void	 key_make(const struct addr *, uint8_t, uint16_t, uint8_t *);
static int	 key_read(struct nlattr *, sa_family_t, struct addr *,
		    uint8_t *, uint16_t *);
static int	 put_fields(struct nl_msg *, sa_family_t);
static int	 put_map(struct nl_msg *, sa_family_t);
static int	 mark_read(struct nlattr *, sa_family_t, struct nft_mark *);

static const char *
map_name(sa_family_t af)
{
	return (af == AF_INET ? MAP4_NAME : MAP6_NAME);
}

static size_t
key_len(sa_family_t af)
{
	return (addr_size(af) + 2 * FIELD_ALIGN);
}

static void
key_make(const struct addr *a, uint8_t proto, uint16_t port, uint8_t *key)
{
	size_t	len = addr_size(a->af);

	memset(key, 0, KEY_LEN_MAX);
	memcpy(key, a->u.bytes, len);
	key[len] = proto;
	port = htons(port);
	memcpy(key + len + FIELD_ALIGN, &port, sizeof(port));
}

static int
key_read(struct nlattr *attr, sa_family_t af, struct addr *a, uint8_t *proto,
    uint16_t *port)
{
	struct nlattr	*tb[NFTA_DATA_MAX + 1];
	const uint8_t	*key;
	size_t		 len = addr_size(af);

	if (attr == NULL ||
	    nla_parse_nested(tb, NFTA_DATA_MAX, attr, NULL) < 0 ||
	    tb[NFTA_DATA_VALUE] == NULL ||
	    (size_t)nla_len(tb[NFTA_DATA_VALUE]) != key_len(af))
		return (-1);
	key = nla_data(tb[NFTA_DATA_VALUE]);
	memset(a, 0, sizeof(*a));
	a->af = af;
	memcpy(a->u.bytes, key, len);
	*proto = key[len];
	memcpy(port, key + len + FIELD_ALIGN, sizeof(*port));
	*port = ntohs(*port);
	return (0);
}

/* The lengths of the parts of a key. */
static int
put_fields(struct nl_msg *msg, sa_family_t af)
{
	const uint32_t	 len[] = { addr_size(af), PROTO_LEN, PORT_LEN };
	struct nlattr	*desc, *list, *elem;
	size_t		 i;

	if ((desc = nla_nest_start(msg, NFTA_SET_DESC)) == NULL ||
	    (list = nla_nest_start(msg, NFTA_SET_DESC_CONCAT)) == NULL)
		return (-1);
	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++)
		if ((elem = nla_nest_start(msg, NFTA_LIST_ELEM)) == NULL ||
		    nft_put_be32(msg, NFTA_SET_FIELD_LEN, len[i]) == -1 ||
		    nla_nest_end(msg, elem) < 0)
			return (-1);
	if (nla_nest_end(msg, list) < 0 || nla_nest_end(msg, desc) < 0)
		return (-1);
	return (0);
}

static int
put_map(struct nl_msg *msg, sa_family_t af)
{
	uint32_t	type;

	type = af == AF_INET ? TYPE_IPADDR : TYPE_IP6ADDR;
	type = (type << TYPE_BITS | TYPE_PROTO) << TYPE_BITS | TYPE_PORT;
	if (nft_put_be32(msg, NFTA_SET_FLAGS, NFT_SET_MAP | NFT_SET_INTERVAL |
	    NFT_SET_CONCAT) == -1 ||
	    nft_put_be32(msg, NFTA_SET_KEY_TYPE, type) == -1 ||
	    nft_put_be32(msg, NFTA_SET_KEY_LEN, key_len(af)) == -1 ||
	    nft_put_be32(msg, NFTA_SET_DATA_TYPE, TYPE_MARK) == -1 ||
	    nft_put_be32(msg, NFTA_SET_DATA_LEN, sizeof(uint32_t)) == -1 ||
	    nft_put_be32(msg, NFTA_SET_ID, af) == -1)
		return (-1);
	return (put_fields(msg, af));
}

struct nl_msg *
nft_msg_map(int type, const char *table, sa_family_t af)
{
	struct nl_msg	*msg;

	if ((msg = nft_msg_new(type, NFPROTO_INET, type == NFT_MSG_NEWSET ?
	    NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_NAME, map_name(af)) < 0 ||
	    (type == NFT_MSG_NEWSET && put_map(msg, af) == -1)) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

/* A register of four bytes for each part of the key, of four for IPv6. */
struct nl_msg *
nft_msg_marks(const char *table, sa_family_t af)
{
	struct nl_msg	*msg;
	struct nlattr	*list;
	uint32_t	 reg = NFT_REG32_00 + addr_size(af) / FIELD_ALIGN;

	if ((msg = nft_msg_rule_begin(table, CHAIN_NAME, &list)) == NULL)
		return (NULL);
	if (nft_is_meta(msg, NFT_META_NFPROTO, af == AF_INET ? NFPROTO_IPV4 :
	    NFPROTO_IPV6) == -1 ||
	    nft_load_daddr(msg, af, NFT_REG_1) == -1 ||
	    nft_load_meta(msg, NFT_META_L4PROTO, reg) == -1 ||
	    nft_load(msg, NFT_PAYLOAD_TRANSPORT_HEADER, DPORT_OFFSET,
	    PORT_LEN, reg + 1) == -1 ||
	    nft_lookup(msg, map_name(af), 1) == -1 ||
	    nft_set_mark(msg, NFT_REG_1) == -1 ||
	    nla_nest_end(msg, list) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_mark(int type, const char *table, const struct nft_mark *m)
{
	struct nl_msg	*msg;
	struct nlattr	*list, *elem;
	sa_family_t	 af = m->from.af;
	uint8_t		 from[KEY_LEN_MAX], to[KEY_LEN_MAX];

	key_make(&m->from, m->proto_from, m->port_from, from);
	key_make(&m->to, m->proto_to, m->port_to, to);
	if ((msg = nft_msg_new(type, NFPROTO_INET,
	    type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, map_name(af)) < 0 ||
	    (list = nla_nest_start(msg,
	    NFTA_SET_ELEM_LIST_ELEMENTS)) == NULL ||
	    (elem = nla_nest_start(msg, NFTA_LIST_ELEM)) == NULL ||
	    nft_put_data(msg, NFTA_SET_ELEM_KEY, from, key_len(af)) == -1 ||
	    nft_put_data(msg, NFTA_SET_ELEM_KEY_END, to, key_len(af)) == -1 ||
	    (type == NFT_MSG_NEWSETELEM && nft_put_data(msg,
	    NFTA_SET_ELEM_DATA, &m->mark, sizeof(m->mark)) == -1) ||
	    nla_nest_end(msg, elem) < 0 || nla_nest_end(msg, list) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
nft_msg_map_elems(const char *table, sa_family_t af)
{
	struct nl_msg	*msg;

	if ((msg = nft_msg_new(NFT_MSG_GETSETELEM, NFPROTO_INET, 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, map_name(af)) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

static int
mark_read(struct nlattr *elem, sa_family_t af, struct nft_mark *m)
{
	struct nlattr	*et[NFTA_SET_ELEM_MAX + 1], *dt[NFTA_DATA_MAX + 1];

	memset(m, 0, sizeof(*m));
	if (nla_parse_nested(et, NFTA_SET_ELEM_MAX, elem, NULL) < 0 ||
	    key_read(et[NFTA_SET_ELEM_KEY], af, &m->from, &m->proto_from,
	    &m->port_from) == -1 ||
	    et[NFTA_SET_ELEM_DATA] == NULL ||
	    nla_parse_nested(dt, NFTA_DATA_MAX, et[NFTA_SET_ELEM_DATA],
	    NULL) < 0 || dt[NFTA_DATA_VALUE] == NULL ||
	    nla_len(dt[NFTA_DATA_VALUE]) != sizeof(m->mark))
		return (-1);
	memcpy(&m->mark, nla_data(dt[NFTA_DATA_VALUE]), sizeof(m->mark));
	/* Without an end it is no range. */
	if (et[NFTA_SET_ELEM_KEY_END] == NULL) {
		m->to = m->from;
		m->proto_to = m->proto_from;
		m->port_to = m->port_from;
		return (0);
	}
	return (key_read(et[NFTA_SET_ELEM_KEY_END], af, &m->to, &m->proto_to,
	    &m->port_to));
}

void
nft_msg_each_mark(struct nlmsghdr *nlh, sa_family_t af,
    void (*cb)(void *, const struct nft_mark *), void *arg)
{
	struct nlattr	*tb[NFTA_SET_ELEM_LIST_MAX + 1], *list, *elem;
	struct nft_mark	 m;
	int		 left;

	if (nlh->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 |
	    NFT_MSG_NEWSETELEM) || nlmsg_parse(nlh, sizeof(struct nfgenmsg),
	    tb, NFTA_SET_ELEM_LIST_MAX, NULL) < 0 ||
	    (list = tb[NFTA_SET_ELEM_LIST_ELEMENTS]) == NULL)
		return;
	nla_for_each_nested(elem, list, left)
		if (mark_read(elem, af, &m) == 0)
			cb(arg, &m);
}

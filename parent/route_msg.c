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

#include <string.h>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "net_state.h"

/* Requests about routes and rules, and what the kernel says of them. */

static int	 route_put(struct nl_msg *, int, const struct net_route *);
static int	 rule_put(struct nl_msg *, const struct rule_spec *);
static int	 put_addr(struct nl_msg *, int, const struct addr *);
static int	 get_addr(struct nlattr *, uint8_t, struct addr *);
static uint32_t	 get_u32(struct nlattr *, uint32_t);

static const unsigned char	types[ROUTE_TYPE_MAX] = {
	[ROUTE_UNICAST]		= RTN_UNICAST,
	[ROUTE_BLACKHOLE]	= RTN_BLACKHOLE,
	[ROUTE_UNREACHABLE]	= RTN_UNREACHABLE,
	[ROUTE_PROHIBIT]	= RTN_PROHIBIT
};

static int
put_addr(struct nl_msg *msg, int attr, const struct addr *a)
{
	return (nla_put(msg, attr, addr_size(a->af), a->u.bytes));
}

struct nl_msg *
route_msg(int type, int flags, const struct net_route *r)
{
	const struct route_spec	*s = &r->spec;
	struct rtmsg		 rtm;
	struct nl_msg		*msg;

	memset(&rtm, 0, sizeof(rtm));
	rtm.rtm_family = s->dst.af;
	rtm.rtm_dst_len = s->len;
	rtm.rtm_protocol = NET_PROTO;
	if (type == RTM_DELROUTE) {
		/* Of whatever type and scope. */
		rtm.rtm_type = RTN_UNSPEC;
		rtm.rtm_scope = RT_SCOPE_NOWHERE;
	} else {
		rtm.rtm_type = types[s->type];
		if (s->type == ROUTE_UNICAST && s->via.af == 0)
			rtm.rtm_scope = RT_SCOPE_LINK;
	}
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &rtm, sizeof(rtm), NLMSG_ALIGNTO) < 0 ||
	    route_put(msg, type, r) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

static int
route_put(struct nl_msg *msg, int type, const struct net_route *r)
{
	const struct route_spec	*s = &r->spec;

	if (nla_put_u32(msg, RTA_TABLE, s->table) < 0)
		return (-1);
	if (s->len != 0 && put_addr(msg, RTA_DST, &s->dst) < 0)
		return (-1);
	if (s->metric != 0 && nla_put_u32(msg, RTA_PRIORITY, s->metric) < 0)
		return (-1);
	/* One that is to be another is not in the kernel as it is here. */
	if (r->item.odd && type == RTM_DELROUTE)
		return (0);
	if (s->via.af != 0 && put_addr(msg, RTA_GATEWAY, &s->via) < 0)
		return (-1);
	if (s->source.af != 0 && put_addr(msg, RTA_PREFSRC, &s->source) < 0)
		return (-1);
	if (r->item.nif != NULL &&
	    nla_put_u32(msg, RTA_OIF, r->item.nif->now.ifindex) < 0)
		return (-1);
	return (0);
}

struct nl_msg *
rule_msg(int type, int flags, const struct net_rule *r)
{
	const struct rule_spec	*s = &r->spec;
	struct fib_rule_hdr	 frh;
	struct nl_msg		*msg;

	memset(&frh, 0, sizeof(frh));
	frh.family = s->af;
	frh.src_len = s->from_len;
	frh.dst_len = s->to_len;
	frh.action = FR_ACT_TO_TBL;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &frh, sizeof(frh), NLMSG_ALIGNTO) < 0 ||
	    rule_put(msg, s) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

static int
rule_put(struct nl_msg *msg, const struct rule_spec *s)
{
	if (nla_put_u32(msg, FRA_TABLE, s->table) < 0 ||
	    nla_put_u32(msg, FRA_PRIORITY, s->preference) < 0 ||
	    nla_put_u8(msg, FRA_PROTOCOL, NET_PROTO) < 0)
		return (-1);
	if (s->from_len != 0 && put_addr(msg, FRA_SRC, &s->from) < 0)
		return (-1);
	if (s->to_len != 0 && put_addr(msg, FRA_DST, &s->to) < 0)
		return (-1);
	if (s->iif[0] != '\0' && nla_put_string(msg, FRA_IIFNAME, s->iif) < 0)
		return (-1);
	if (s->marked && nla_put_u32(msg, FRA_FWMARK, s->mark) < 0)
		return (-1);
	return (0);
}

/* A kernel that filters (NETLINK_GET_STRICT_CHK) goes by the protocol. */
struct nl_msg *
route_dump(uint8_t af)
{
	struct rtmsg	 rtm;
	struct nl_msg	*msg;

	memset(&rtm, 0, sizeof(rtm));
	rtm.rtm_family = af;
	rtm.rtm_protocol = NET_PROTO;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, RTM_GETROUTE, 0, 0) == NULL ||
	    nlmsg_append(msg, &rtm, sizeof(rtm), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
rule_dump(void)
{
	struct fib_rule_hdr	 frh;
	struct nl_msg		*msg;

	memset(&frh, 0, sizeof(frh));
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, RTM_GETRULE, 0, 0) == NULL ||
	    nlmsg_append(msg, &frh, sizeof(frh), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

/* 0, also when the attribute is not there; -1 when it is too short. */
static int
get_addr(struct nlattr *attr, uint8_t af, struct addr *a)
{
	if (attr == NULL)
		return (0);
	if ((size_t)nla_len(attr) < addr_size(af))
		return (-1);
	a->af = af;
	memcpy(a->u.bytes, nla_data(attr), addr_size(af));
	return (0);
}

static uint32_t
get_u32(struct nlattr *attr, uint32_t otherwise)
{
	if (attr == NULL || nla_len(attr) < (int)sizeof(uint32_t))
		return (otherwise);
	return (nla_get_u32(attr));
}

int
route_parse(struct nlmsghdr *nlh, struct route_spec *s, uint32_t *ifindex)
{
	struct nlattr	*tb[RTA_MAX + 1];
	struct rtmsg	*rtm;

	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return (-1);
	rtm = nlmsg_data(nlh);
	if (rtm->rtm_protocol != NET_PROTO ||
	    (rtm->rtm_flags & RTM_F_CLONED) ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6))
		return (-1);
	memset(s, 0, sizeof(*s));
	for (s->type = 0; s->type < ROUTE_TYPE_MAX; s->type++)
		if (types[s->type] == rtm->rtm_type)
			break;
	if (s->type == ROUTE_TYPE_MAX)
		return (-1);
	s->dst.af = rtm->rtm_family;
	s->len = rtm->rtm_dst_len;
	if (get_addr(tb[RTA_DST], s->dst.af, &s->dst) == -1 ||
	    get_addr(tb[RTA_GATEWAY], s->dst.af, &s->via) == -1 ||
	    get_addr(tb[RTA_PREFSRC], s->dst.af, &s->source) == -1)
		return (-1);
	s->metric = get_u32(tb[RTA_PRIORITY], 0);
	s->table = get_u32(tb[RTA_TABLE], rtm->rtm_table);
	*ifindex = get_u32(tb[RTA_OIF], 0);
	return (0);
}

int
rule_parse(struct nlmsghdr *nlh, struct rule_spec *s)
{
	struct nlattr		*tb[FRA_MAX + 1];
	struct fib_rule_hdr	*frh;

	if (nlmsg_parse(nlh, sizeof(*frh), tb, FRA_MAX, NULL) < 0)
		return (-1);
	frh = nlmsg_data(nlh);
	if (tb[FRA_PROTOCOL] == NULL || nla_len(tb[FRA_PROTOCOL]) < 1 ||
	    nla_get_u8(tb[FRA_PROTOCOL]) != NET_PROTO ||
	    (frh->family != AF_INET && frh->family != AF_INET6) ||
	    frh->action != FR_ACT_TO_TBL)
		return (-1);
	memset(s, 0, sizeof(*s));
	s->af = frh->family;
	s->from_len = frh->src_len;
	s->to_len = frh->dst_len;
	if (get_addr(tb[FRA_SRC], s->af, &s->from) == -1 ||
	    get_addr(tb[FRA_DST], s->af, &s->to) == -1)
		return (-1);
	s->table = get_u32(tb[FRA_TABLE], frh->table);
	s->preference = get_u32(tb[FRA_PRIORITY], 0);
	s->marked = tb[FRA_FWMARK] != NULL;
	s->mark = get_u32(tb[FRA_FWMARK], 0);
	if (tb[FRA_IIFNAME] != NULL)
		nla_strlcpy(s->iif, tb[FRA_IIFNAME], sizeof(s->iif));
	return (0);
}

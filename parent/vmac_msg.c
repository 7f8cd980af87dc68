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
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "nl.h"
#include "vmac_msg.h"

#define KIND		"macvlan"
/* Behind the rule for local addresses, which is 0, and before all others. */
#define RULE_PRIORITY	1
/* Its origin, above the numbers of the kernel (linux/rtnetlink.h). */
#define RULE_PROTO	0x71

static struct nl_msg *link_msg(int, int, uint32_t, uint32_t);
static int	 put_mode(struct nl_msg *);

/* 00-00-5E-00-01-VRID for IPv4, 00-00-5E-00-02-VRID for IPv6. */
void
vmac_mac(uint8_t af, uint8_t vrid, uint8_t mac[ETH_ALEN])
{
	memset(mac, 0, ETH_ALEN);
	mac[2] = 0x5e;
	mac[4] = af == AF_INET6 ? 2 : 1;
	mac[5] = vrid;
}

/* About the device of an index, or 0: its name has to follow. */
static struct nl_msg *
link_msg(int type, int flags, uint32_t ifindex, uint32_t up)
{
	struct ifinfomsg	 ifi;
	struct nl_msg		*msg;

	memset(&ifi, 0, sizeof(ifi));
	ifi.ifi_index = ifindex;
	ifi.ifi_flags = up;
	ifi.ifi_change = up;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

static int
put_mode(struct nl_msg *msg)
{
	struct nlattr	*info, *data;

	if ((info = nla_nest_start(msg, IFLA_LINKINFO)) == NULL ||
	    nla_put_string(msg, IFLA_INFO_KIND, KIND) < 0 ||
	    (data = nla_nest_start(msg, IFLA_INFO_DATA)) == NULL ||
	    nla_put_u32(msg, IFLA_MACVLAN_MODE, MACVLAN_MODE_VEPA) < 0 ||
	    nla_nest_end(msg, data) < 0 || nla_nest_end(msg, info) < 0)
		return (-1);
	return (0);
}

struct nl_msg *
vmac_msg_new(const char *name, uint32_t lower, const uint8_t mac[ETH_ALEN])
{
	struct nl_msg	*msg;

	if ((msg = link_msg(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0,
	    0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, IFLA_IFNAME, name) < 0 ||
	    nla_put_u32(msg, IFLA_LINK, lower) < 0 ||
	    nla_put(msg, IFLA_ADDRESS, ETH_ALEN, mac) < 0 ||
	    put_mode(msg) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
vmac_msg_alias(const char *name, const char *alias)
{
	struct nl_msg	*msg;

	if ((msg = link_msg(RTM_NEWLINK, 0, 0, 0)) == NULL)
		return (NULL);
	if (nla_put_string(msg, IFLA_IFNAME, name) < 0 ||
	    nla_put_string(msg, IFLA_IFALIAS, alias) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
vmac_msg_mode(uint32_t ifindex)
{
	struct nl_msg	*msg;

	if ((msg = link_msg(RTM_NEWLINK, 0, ifindex, 0)) != NULL &&
	    put_mode(msg) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
vmac_msg_up(uint32_t ifindex)
{
	return (link_msg(RTM_NEWLINK, 0, ifindex, IFF_UP));
}

struct nl_msg *
vmac_msg_delete(uint32_t ifindex)
{
	return (link_msg(RTM_DELLINK, 0, ifindex, 0));
}

struct nl_msg *
vmac_msg_get(const char *name)
{
	struct nl_msg	*msg;

	if ((msg = link_msg(RTM_GETLINK, 0, 0, 0)) != NULL &&
	    nla_put_string(msg, IFLA_IFNAME, name) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
vmac_msg_rule(int type, const char *ifname)
{
	struct fib_rule_hdr	 frh;
	struct nl_msg		*msg;

	memset(&frh, 0, sizeof(frh));
	frh.family = AF_INET6;
	frh.action = FR_ACT_BLACKHOLE;
	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	if (nlmsg_put(msg, 0, 0, type, 0, type == RTM_NEWRULE ?
	    NLM_F_CREATE | NLM_F_EXCL : 0) == NULL ||
	    nlmsg_append(msg, &frh, sizeof(frh), NLMSG_ALIGNTO) < 0 ||
	    nla_put_string(msg, FRA_IIFNAME, ifname) < 0 ||
	    nla_put_u32(msg, FRA_PRIORITY, RULE_PRIORITY) < 0 ||
	    nla_put_u8(msg, FRA_PROTOCOL, RULE_PROTO) < 0) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

void
vmac_msg_parse(struct nlattr **tb, struct vmac_link *l)
{
	struct nlattr	*info[IFLA_INFO_MAX + 1];
	struct nlattr	*data[IFLA_MACVLAN_MAX + 1];

	memset(l, 0, sizeof(*l));
	if (tb[IFLA_LINK] != NULL && nla_len(tb[IFLA_LINK]) >= 4)
		l->lower = nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_IFALIAS] != NULL)
		nla_strlcpy(l->alias, tb[IFLA_IFALIAS], sizeof(l->alias));
	if (tb[IFLA_LINKINFO] == NULL || nla_parse_nested(info,
	    IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) < 0 ||
	    info[IFLA_INFO_KIND] == NULL || info[IFLA_INFO_DATA] == NULL ||
	    nla_strcmp(info[IFLA_INFO_KIND], KIND) != 0 ||
	    nla_parse_nested(data, IFLA_MACVLAN_MAX, info[IFLA_INFO_DATA],
	    NULL) < 0)
		return;
	l->is_macvlan = 1;
	l->is_vepa = data[IFLA_MACVLAN_MODE] != NULL &&
	    nla_len(data[IFLA_MACVLAN_MODE]) >= 4 &&
	    nla_get_u32(data[IFLA_MACVLAN_MODE]) == MACVLAN_MODE_VEPA;
}

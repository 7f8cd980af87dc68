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

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "ipvs_msg.h"
#include "nl.h"

#define PE_SIP	"sip"

static int		 put_key(struct nl_msg *, const struct ipvs_key *);
static int		 put_service(struct nl_msg *, const struct ipvs_key *,
			    const struct ipvs_svc *);
static int		 put_dest(struct nl_msg *, const struct ipvs_dst *);
static int		 put_addr(struct nl_msg *, int, const struct addr *);
static int		 family_cb(struct nlmsghdr *, void *);
static int		 get_addr(struct nlattr *, uint8_t, struct addr *);
static int		 has(struct nlattr *, size_t);
static int		 parse_key(struct nlattr **, struct ipvs_key *);
static void		 parse_options(struct nlattr **, struct ipvs_dst *);

/* How a method travels: IPVS_DEST_ATTR_FWD_METHOD. */
static const uint32_t	 method_flags[FWD_METHOD_MAX] = {
	[FWD_NAT]	= IP_VS_CONN_F_MASQ,
	[FWD_ROUTE]	= IP_VS_CONN_F_DROUTE,
	[FWD_TUNNEL]	= IP_VS_CONN_F_TUNNEL,
};

int
ipvs_msg_family(struct nlconn *c)
{
	struct nl_msg	*msg;
	int		 error, family = -1;

	/* Asking by name also makes the kernel load the module. */
	if ((msg = ipvs_msg_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY)) == NULL ||
	    nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME) < 0) {
		nlmsg_free(msg);
		errno = ENOMEM;
		return (-1);
	}
	if ((error = nlconn_query(c, msg, 0, family_cb, &family)) != 0) {
		errno = error;
		return (-1);
	}
	if (family == -1)
		errno = ENOENT;
	return (family);
}

static int
family_cb(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr	*tb[CTRL_ATTR_MAX + 1];
	int		*family = arg;

	if (genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL) == 0 &&
	    tb[CTRL_ATTR_FAMILY_ID] != NULL &&
	    nla_len(tb[CTRL_ATTR_FAMILY_ID]) >= (int)sizeof(uint16_t))
		*family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return (0);
}

struct nl_msg *
ipvs_msg_new(int family, int cmd)
{
	struct nl_msg	*msg;

	if ((msg = nlmsg_alloc_size(NL_MSG_SIZE)) == NULL)
		return (NULL);
	/* The version of the family and of nlctrl is 1 alike. */
	if (genlmsg_put(msg, 0, 0, family, 0, 0, cmd,
	    IPVS_GENL_VERSION) == NULL) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
ipvs_msg_service(int family, int cmd, const struct ipvs_key *key,
    const struct ipvs_svc *svc)
{
	struct nl_msg	*msg;

	if ((msg = ipvs_msg_new(family, cmd)) == NULL)
		return (NULL);
	if (key != NULL && put_service(msg, key, svc) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
ipvs_msg_dest(int family, int cmd, const struct ipvs_key *key,
    const struct ipvs_dst *dst)
{
	struct nl_msg	*msg;

	if ((msg = ipvs_msg_new(family, cmd)) == NULL)
		return (NULL);
	if (put_service(msg, key, NULL) == -1 || put_dest(msg, dst) == -1) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

struct nl_msg *
ipvs_msg_timeouts(int family, int cmd, const struct ipvs_timeouts *t)
{
	struct nl_msg	*msg;

	if ((msg = ipvs_msg_new(family, cmd)) == NULL)
		return (NULL);
	if (t != NULL && (nla_put_u32(msg, IPVS_CMD_ATTR_TIMEOUT_TCP,
	    t->tcp) < 0 || nla_put_u32(msg, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
	    t->tcpfin) < 0 || nla_put_u32(msg, IPVS_CMD_ATTR_TIMEOUT_UDP,
	    t->udp) < 0)) {
		nlmsg_free(msg);
		return (NULL);
	}
	return (msg);
}

/* The kernel takes and gives addresses as its union of 16 bytes. */
static int
put_addr(struct nl_msg *msg, int attr, const struct addr *a)
{
	unsigned char	buf[sizeof(struct in6_addr)];

	memset(buf, 0, sizeof(buf));
	memcpy(buf, a->u.bytes, addr_size(a->af));
	return (nla_put(msg, attr, sizeof(buf), buf) < 0 ? -1 : 0);
}

static int
put_key(struct nl_msg *msg, const struct ipvs_key *key)
{
	if (nla_put_u16(msg, IPVS_SVC_ATTR_AF, key->addr.af) < 0)
		return (-1);
	if (key->mark != 0)
		return (nla_put_u32(msg, IPVS_SVC_ATTR_FWMARK,
		    key->mark) < 0 ? -1 : 0);
	if (nla_put_u16(msg, IPVS_SVC_ATTR_PROTOCOL, key->proto) < 0 ||
	    put_addr(msg, IPVS_SVC_ATTR_ADDR, &key->addr) == -1 ||
	    nla_put_u16(msg, IPVS_SVC_ATTR_PORT, htons(key->port)) < 0)
		return (-1);
	return (0);
}

static int
put_service(struct nl_msg *msg, const struct ipvs_key *key,
    const struct ipvs_svc *svc)
{
	struct ip_vs_flags	 flags;
	struct nlattr		*nest;

	if ((nest = nla_nest_start(msg, IPVS_CMD_ATTR_SERVICE)) == NULL ||
	    put_key(msg, key) == -1)
		return (-1);
	if (svc != NULL) {
		/* All flags are given, none of an earlier life survives. */
		flags.flags = svc->flags;
		flags.mask = ~0U;
		if (nla_put_string(msg, IPVS_SVC_ATTR_SCHED_NAME,
		    svc->sched) < 0 ||
		    nla_put(msg, IPVS_SVC_ATTR_FLAGS, sizeof(flags),
		    &flags) < 0 ||
		    nla_put_u32(msg, IPVS_SVC_ATTR_TIMEOUT,
		    svc->timeout) < 0 ||
		    nla_put_u32(msg, IPVS_SVC_ATTR_NETMASK,
		    svc->netmask) < 0)
			return (-1);
		if (svc->pe == IPVS_PE_SIP && nla_put_string(msg,
		    IPVS_SVC_ATTR_PE_NAME, PE_SIP) < 0)
			return (-1);
	}
	nla_nest_end(msg, nest);
	return (0);
}

static int
put_dest(struct nl_msg *msg, const struct ipvs_dst *dst)
{
	struct nlattr	*nest;

	if ((nest = nla_nest_start(msg, IPVS_CMD_ATTR_DEST)) == NULL ||
	    put_addr(msg, IPVS_DEST_ATTR_ADDR, &dst->addr) == -1 ||
	    nla_put_u16(msg, IPVS_DEST_ATTR_PORT, htons(dst->port)) < 0 ||
	    nla_put_u16(msg, IPVS_DEST_ATTR_ADDR_FAMILY, dst->addr.af) < 0)
		return (-1);
	if (dst->weight >= 0) {
		/* The kernel refuses a destination without thresholds. */
		if (nla_put_u32(msg, IPVS_DEST_ATTR_FWD_METHOD,
		    method_flags[dst->method]) < 0 ||
		    nla_put_u32(msg, IPVS_DEST_ATTR_WEIGHT,
		    dst->weight) < 0 ||
		    nla_put_u32(msg, IPVS_DEST_ATTR_U_THRESH,
		    dst->upper) < 0 ||
		    nla_put_u32(msg, IPVS_DEST_ATTR_L_THRESH,
		    dst->lower) < 0)
			return (-1);
		if (dst->method == FWD_TUNNEL &&
		    (nla_put_u8(msg, IPVS_DEST_ATTR_TUN_TYPE,
		    dst->tunnel) < 0 ||
		    nla_put_u16(msg, IPVS_DEST_ATTR_TUN_PORT,
		    htons(dst->tunnel_port)) < 0 ||
		    nla_put_u16(msg, IPVS_DEST_ATTR_TUN_FLAGS,
		    dst->tunnel_flags) < 0))
			return (-1);
	}
	nla_nest_end(msg, nest);
	return (0);
}

int
ipvs_parse_nested(struct nlmsghdr *nlh, int attr, struct nlattr **tb, int max)
{
	struct nlattr	*top[IPVS_CMD_ATTR_MAX + 1];

	if (!genlmsg_valid_hdr(nlh, 0) ||
	    genlmsg_parse(nlh, 0, top, IPVS_CMD_ATTR_MAX, NULL) < 0 ||
	    top[attr] == NULL || nla_parse_nested(tb, max, top[attr],
	    NULL) < 0)
		return (-1);
	return (0);
}

static int
get_addr(struct nlattr *attr, uint8_t af, struct addr *a)
{
	if (af != AF_INET && af != AF_INET6)
		return (-1);
	if (attr == NULL || (size_t)nla_len(attr) < addr_size(af))
		return (-1);
	memset(a, 0, sizeof(*a));
	a->af = af;
	memcpy(a->u.bytes, nla_data(attr), addr_size(af));
	return (0);
}

/* Is this attribute there with at least so many bytes? */
static int
has(struct nlattr *attr, size_t size)
{
	return (attr != NULL && (size_t)nla_len(attr) >= size);
}

int
ipvs_parse_service(struct nlmsghdr *nlh, struct ipvs_key *key,
    struct ipvs_svc *svc)
{
	struct nlattr		*tb[IPVS_SVC_ATTR_MAX + 1];
	struct ip_vs_flags	 flags;

	if (ipvs_parse_nested(nlh, IPVS_CMD_ATTR_SERVICE, tb,
	    IPVS_SVC_ATTR_MAX) == -1)
		return (-1);
	if (!has(tb[IPVS_SVC_ATTR_SCHED_NAME], 1) ||
	    !has(tb[IPVS_SVC_ATTR_FLAGS], sizeof(flags)) ||
	    !has(tb[IPVS_SVC_ATTR_TIMEOUT], sizeof(uint32_t)) ||
	    !has(tb[IPVS_SVC_ATTR_NETMASK], sizeof(uint32_t)))
		return (-1);
	memset(svc, 0, sizeof(*svc));
	if (parse_key(tb, key) == -1)
		return (-1);
	nla_strlcpy(svc->sched, tb[IPVS_SVC_ATTR_SCHED_NAME],
	    sizeof(svc->sched));
	memcpy(&flags, nla_data(tb[IPVS_SVC_ATTR_FLAGS]), sizeof(flags));
	svc->flags = flags.flags & IPVS_SVC_FLAGS;
	svc->timeout = nla_get_u32(tb[IPVS_SVC_ATTR_TIMEOUT]);
	svc->netmask = nla_get_u32(tb[IPVS_SVC_ATTR_NETMASK]);
	if (tb[IPVS_SVC_ATTR_PE_NAME] != NULL)
		svc->pe = nla_strcmp(tb[IPVS_SVC_ATTR_PE_NAME],
		    PE_SIP) == 0 ? IPVS_PE_SIP : IPVS_PE_OTHER;
	return (0);
}

static int
parse_key(struct nlattr **tb, struct ipvs_key *key)
{
	uint16_t	af;

	memset(key, 0, sizeof(*key));
	if (!has(tb[IPVS_SVC_ATTR_AF], sizeof(uint16_t)))
		return (-1);
	af = nla_get_u16(tb[IPVS_SVC_ATTR_AF]);
	if (has(tb[IPVS_SVC_ATTR_FWMARK], sizeof(uint32_t)) &&
	    (af == AF_INET || af == AF_INET6)) {
		key->addr.af = af;
		key->mark = nla_get_u32(tb[IPVS_SVC_ATTR_FWMARK]);
		return (0);
	}
	if (!has(tb[IPVS_SVC_ATTR_PROTOCOL], sizeof(uint16_t)) ||
	    !has(tb[IPVS_SVC_ATTR_PORT], sizeof(uint16_t)) ||
	    get_addr(tb[IPVS_SVC_ATTR_ADDR], af, &key->addr) == -1)
		return (-1);
	key->proto = nla_get_u16(tb[IPVS_SVC_ATTR_PROTOCOL]);
	key->port = ntohs(nla_get_u16(tb[IPVS_SVC_ATTR_PORT]));
	return (0);
}

int
ipvs_parse_dest(struct nlmsghdr *nlh, uint8_t af, struct ipvs_dst *dst)
{
	struct nlattr	*tb[IPVS_DEST_ATTR_MAX + 1];
	uint32_t	 method;

	if (ipvs_parse_nested(nlh, IPVS_CMD_ATTR_DEST, tb,
	    IPVS_DEST_ATTR_MAX) == -1)
		return (-1);
	if (!has(tb[IPVS_DEST_ATTR_PORT], sizeof(uint16_t)) ||
	    !has(tb[IPVS_DEST_ATTR_FWD_METHOD], sizeof(uint32_t)) ||
	    !has(tb[IPVS_DEST_ATTR_WEIGHT], sizeof(uint32_t)))
		return (-1);
	memset(dst, 0, sizeof(*dst));
	/* Kernels before 3.18 know no family of its own. */
	if (has(tb[IPVS_DEST_ATTR_ADDR_FAMILY], sizeof(uint16_t)))
		af = nla_get_u16(tb[IPVS_DEST_ATTR_ADDR_FAMILY]);
	if (get_addr(tb[IPVS_DEST_ATTR_ADDR], af, &dst->addr) == -1)
		return (-1);
	dst->port = ntohs(nla_get_u16(tb[IPVS_DEST_ATTR_PORT]));
	dst->weight = (int32_t)nla_get_u32(tb[IPVS_DEST_ATTR_WEIGHT]);
	method = nla_get_u32(tb[IPVS_DEST_ATTR_FWD_METHOD]) &
	    IP_VS_CONN_F_FWD_MASK;
	for (dst->method = 0; dst->method < FWD_METHOD_MAX; dst->method++)
		if (method_flags[dst->method] == method)
			break;
	if (dst->method == FWD_METHOD_MAX)
		dst->method = IPVS_METHOD_OTHER;
	parse_options(tb, dst);
	return (0);
}

/* What older kernels do not tell they do not have, so it is 0. */
static void
parse_options(struct nlattr **tb, struct ipvs_dst *dst)
{
	if (has(tb[IPVS_DEST_ATTR_U_THRESH], sizeof(uint32_t)))
		dst->upper = nla_get_u32(tb[IPVS_DEST_ATTR_U_THRESH]);
	if (has(tb[IPVS_DEST_ATTR_L_THRESH], sizeof(uint32_t)))
		dst->lower = nla_get_u32(tb[IPVS_DEST_ATTR_L_THRESH]);
	/* The kernel keeps a type with other methods too, without a use. */
	if (dst->method != FWD_TUNNEL)
		return;
	if (has(tb[IPVS_DEST_ATTR_TUN_TYPE], sizeof(uint8_t)))
		dst->tunnel = nla_get_u8(tb[IPVS_DEST_ATTR_TUN_TYPE]);
	if (has(tb[IPVS_DEST_ATTR_TUN_PORT], sizeof(uint16_t)))
		dst->tunnel_port =
		    ntohs(nla_get_u16(tb[IPVS_DEST_ATTR_TUN_PORT]));
	if (has(tb[IPVS_DEST_ATTR_TUN_FLAGS], sizeof(uint16_t)))
		dst->tunnel_flags = nla_get_u16(tb[IPVS_DEST_ATTR_TUN_FLAGS]);
}

int
ipvs_dst_alike(const struct ipvs_dst *a, const struct ipvs_dst *b)
{
	return (a->method == b->method && a->tunnel == b->tunnel &&
	    a->tunnel_port == b->tunnel_port &&
	    a->tunnel_flags == b->tunnel_flags &&
	    a->upper == b->upper && a->lower == b->lower);
}

int
ipvs_parse_timeouts(struct nlmsghdr *nlh, struct ipvs_timeouts *t)
{
	struct nlattr	*tb[IPVS_CMD_ATTR_MAX + 1];

	if (!genlmsg_valid_hdr(nlh, 0) ||
	    genlmsg_parse(nlh, 0, tb, IPVS_CMD_ATTR_MAX, NULL) < 0 ||
	    !has(tb[IPVS_CMD_ATTR_TIMEOUT_TCP], sizeof(uint32_t)) ||
	    !has(tb[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN], sizeof(uint32_t)) ||
	    !has(tb[IPVS_CMD_ATTR_TIMEOUT_UDP], sizeof(uint32_t)))
		return (-1);
	t->tcp = nla_get_u32(tb[IPVS_CMD_ATTR_TIMEOUT_TCP]);
	t->tcpfin = nla_get_u32(tb[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN]);
	t->udp = nla_get_u32(tb[IPVS_CMD_ATTR_TIMEOUT_UDP]);
	return (0);
}

/* IPv4: a mask in network byte order; IPv6: the prefix length itself. */
uint32_t
ipvs_netmask(uint8_t af, unsigned int prefix)
{
	if (af == AF_INET6)
		return (prefix);
	return (prefix == 0 ? 0 : htonl(~0U << (32 - prefix)));
}

int
ipvs_key_cmp(const struct ipvs_key *a, const struct ipvs_key *b)
{
	int	n;

	if (a->mark != b->mark)
		return (a->mark < b->mark ? -1 : 1);
	if (a->proto != b->proto)
		return (a->proto < b->proto ? -1 : 1);
	if (a->port != b->port)
		return (a->port < b->port ? -1 : 1);
	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	return (0);
}

const char *
ipvs_key_str(const struct ipvs_key *key, char *buf)
{
	char	addr[ADDR_PORT_STRLEN];

	if (key->mark != 0)
		(void)snprintf(buf, IPVS_KEY_STRLEN, "mark %u%s", key->mark,
		    key->addr.af == AF_INET6 ? " inet6" : "");
	else
		(void)snprintf(buf, IPVS_KEY_STRLEN, "%s %s",
		    addr_port_str(&key->addr, key->port, addr),
		    proto_name(key->proto));
	return (buf);
}

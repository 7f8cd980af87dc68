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

/*
 * Messages of the IPVS family: what is packed, and what is made of answers.
 */
#include <sys/socket.h>
#include <netinet/in.h>

#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "../../parent/ipvs_msg.h"
#include "../../parent/nl.h"
#include "tap.h"

#define FAMILY	31

static struct ipvs_key	key_of(const char *, uint16_t, uint8_t);
static void		test_service(const char *, uint32_t);
static void		test_dest(const char *, const char *, uint8_t);
static void		test_names(void);
static void		test_truncated(void);
static void		test_foreign(void);
static void		test_odd(void);
static void		test_timeouts(void);
static void		test_keys(void);

static struct ipvs_key
key_of(const char *addr, uint16_t port, uint8_t proto)
{
	struct ipvs_key	key;

	memset(&key, 0, sizeof(key));
	if (addr_parse(addr, &key.addr) == -1)
		abort();
	key.port = port;
	key.proto = proto;
	return (key);
}

/* What is packed for the kernel is what an answer of it looks like. */
static void
test_service(const char *addr, uint32_t netmask)
{
	struct ipvs_key	 key = key_of(addr, 8080, IPPROTO_UDP), got;
	struct ipvs_svc	 svc, back;
	struct nl_msg	*msg;

	memset(&svc, 0, sizeof(svc));
	memcpy(svc.sched, "lblcr", 6);
	svc.flags = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET;
	svc.timeout = 300;
	svc.netmask = netmask;
	msg = ipvs_msg_service(FAMILY, IPVS_CMD_NEW_SERVICE, &key, &svc);
	if (!ok(msg != NULL, "a service %s", addr))
		return;
	ok(nlmsg_hdr(msg)->nlmsg_len <= NL_MSG_SIZE, "has its room");
	is_int(nlmsg_hdr(msg)->nlmsg_type, FAMILY, "is of the family");
	is_int(genlmsg_hdr(nlmsg_hdr(msg))->cmd, IPVS_CMD_NEW_SERVICE,
	    "is the command");
	is_int(ipvs_parse_service(nlmsg_hdr(msg), &got, &back), 0,
	    "is understood");
	is_int(ipvs_key_cmp(&key, &got), 0, "with its name");
	is_str(back.sched, "lblcr", "its scheduler");
	is_int(back.flags, svc.flags, "its flags");
	is_int(back.timeout, 300, "its timeout");
	is_int(back.netmask, netmask, "its netmask");
	nlmsg_free(msg);
}

static void
test_dest(const char *service, const char *addr, uint8_t method)
{
	struct ipvs_key	 key = key_of(service, 80, IPPROTO_TCP);
	struct ipvs_dst	 dst, back;
	struct nl_msg	*msg;

	memset(&dst, 0, sizeof(dst));
	if (addr_parse(addr, &dst.addr) == -1)
		abort();
	dst.port = 8000;
	dst.method = method;
	dst.weight = WEIGHT_MAX;
	dst.upper = 100;
	dst.lower = 50;
	if (method == FWD_TUNNEL) {
		dst.tunnel = IP_VS_CONN_F_TUNNEL_TYPE_GUE;
		dst.tunnel_port = 6080;
		dst.tunnel_flags = IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM;
	}
	msg = ipvs_msg_dest(FAMILY, IPVS_CMD_NEW_DEST, &key, &dst);
	if (!ok(msg != NULL, "a destination %s", addr))
		return;
	is_int(ipvs_parse_dest(nlmsg_hdr(msg), AF_INET, &back), 0,
	    "is understood");
	is_int(addr_cmp(&back.addr, &dst.addr), 0, "with its address");
	is_int(back.port, 8000, "its port");
	is_int(back.method, method, "its method");
	is_int(back.weight, WEIGHT_MAX, "its weight");
	ok(ipvs_dst_alike(&dst, &back), "and all its settings");
	back.upper = 0;
	ok(!ipvs_dst_alike(&dst, &back), "another bound is another setting");
	nlmsg_free(msg);
}

/* To delete, only names are given. */
static void
test_names(void)
{
	struct ipvs_key	 key = key_of("10.0.0.1", 80, IPPROTO_TCP), got;
	struct ipvs_dst	 dst;
	struct ipvs_svc	 svc;
	struct nlattr	*top[IPVS_CMD_ATTR_MAX + 1];
	struct nlattr	*tb[IPVS_DEST_ATTR_MAX + 1];
	struct nl_msg	*msg;

	msg = ipvs_msg_service(FAMILY, IPVS_CMD_DEL_SERVICE, &key, NULL);
	is_int(ipvs_parse_service(nlmsg_hdr(msg), &got, &svc), -1,
	    "a name alone is no service");
	nlmsg_free(msg);
	memset(&dst, 0, sizeof(dst));
	dst.addr = key.addr;
	dst.weight = -1;
	msg = ipvs_msg_dest(FAMILY, IPVS_CMD_DEL_DEST, &key, &dst);
	is_int(genlmsg_parse(nlmsg_hdr(msg), 0, top, IPVS_CMD_ATTR_MAX, NULL),
	    0, "a destination to delete");
	is_int(nla_parse_nested(tb, IPVS_DEST_ATTR_MAX,
	    top[IPVS_CMD_ATTR_DEST], NULL), 0, "is nested");
	ok(tb[IPVS_DEST_ATTR_WEIGHT] == NULL, "and bears no weight");
	is_int(nla_len(tb[IPVS_DEST_ATTR_ADDR]), 16,
	    "addresses have the size of the kernel's union");
	nlmsg_free(msg);
	msg = ipvs_msg_service(FAMILY, IPVS_CMD_GET_SERVICE, NULL, NULL);
	is_int(nlmsg_hdr(msg)->nlmsg_len, NLMSG_LENGTH(GENL_HDRLEN),
	    "a dump asks for nothing in particular");
	nlmsg_free(msg);
}

/* No length of an answer makes the parsers read beyond it. */
static void
test_truncated(void)
{
	struct ipvs_key	 key = key_of("fd00::1", 80, IPPROTO_TCP), got;
	struct ipvs_svc	 svc;
	struct ipvs_dst	 dst;
	struct ipvs_timeouts t = { 1, 2, 3 };
	struct nl_msg	*msg[3];
	struct nlmsghdr	*copy;
	uint32_t	 len, whole;
	int		 i, taken = 0;

	memset(&svc, 0, sizeof(svc));
	memcpy(svc.sched, "rr", 3);
	memset(&dst, 0, sizeof(dst));
	dst.addr = key.addr;
	msg[0] = ipvs_msg_service(FAMILY, IPVS_CMD_NEW_SERVICE, &key, &svc);
	msg[1] = ipvs_msg_dest(FAMILY, IPVS_CMD_NEW_DEST, &key, &dst);
	msg[2] = ipvs_msg_timeouts(FAMILY, IPVS_CMD_SET_CONFIG, &t);
	for (i = 0; i < 3; i++) {
		whole = nlmsg_hdr(msg[i])->nlmsg_len;
		for (len = NLMSG_HDRLEN; len < whole; len++) {
			/* Sanitizers see what is read behind this. */
			if ((copy = malloc(len)) == NULL)
				abort();
			memcpy(copy, nlmsg_hdr(msg[i]), len);
			copy->nlmsg_len = len;
			if (i == 0)
				taken += ipvs_parse_service(copy, &got,
				    &svc) == 0;
			else if (i == 1)
				taken += ipvs_parse_dest(copy, AF_INET6,
				    &dst) == 0;
			else
				taken += ipvs_parse_timeouts(copy, &t) == 0;
			free(copy);
		}
		nlmsg_free(msg[i]);
	}
	is_int(taken, 0, "what is not whole is not taken");
}

/* A service by firewall mark has no address: it is none of ours. */
static void
test_foreign(void)
{
	struct ip_vs_flags flags = { 0, ~0U };
	struct ipvs_key	 key;
	struct ipvs_svc	 svc;
	struct nl_msg	*msg = nlmsg_alloc();
	struct nlattr	*nest;

	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, IPVS_CMD_NEW_SERVICE, 1);
	nest = nla_nest_start(msg, IPVS_CMD_ATTR_SERVICE);
	nla_put_u16(msg, IPVS_SVC_ATTR_AF, AF_INET);
	nla_put_u32(msg, IPVS_SVC_ATTR_FWMARK, 7);
	nla_put_string(msg, IPVS_SVC_ATTR_SCHED_NAME, "rr");
	nla_put(msg, IPVS_SVC_ATTR_FLAGS, sizeof(flags), &flags);
	nla_put_u32(msg, IPVS_SVC_ATTR_TIMEOUT, 0);
	nla_put_u32(msg, IPVS_SVC_ATTR_NETMASK, 0);
	nla_nest_end(msg, nest);
	is_int(ipvs_parse_service(nlmsg_hdr(msg), &key, &svc), 0,
	    "a service of a mark");
	is_int(key.mark, 7, "has its mark");
	is_int(key.addr.af, AF_INET, "and family");
	nlmsg_free(msg);
}

/* Settings that lvsd never makes are noticed, so that they are undone. */
static void
test_odd(void)
{
	struct ipvs_dst	 dst;
	struct nl_msg	*msg = nlmsg_alloc();
	struct nlattr	*nest;
	uint8_t		 addr[16] = { 10, 0, 0, 1 };

	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, IPVS_CMD_NEW_DEST, 1);
	nest = nla_nest_start(msg, IPVS_CMD_ATTR_DEST);
	nla_put(msg, IPVS_DEST_ATTR_ADDR, sizeof(addr), addr);
	nla_put_u16(msg, IPVS_DEST_ATTR_PORT, htons(80));
	nla_put_u32(msg, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_BYPASS);
	nla_put_u32(msg, IPVS_DEST_ATTR_WEIGHT, 1);
	nla_put_u32(msg, IPVS_DEST_ATTR_U_THRESH, 100);
	nla_nest_end(msg, nest);
	is_int(ipvs_parse_dest(nlmsg_hdr(msg), AF_INET, &dst), 0,
	    "a destination without a family has the service's");
	is_int(dst.addr.af, AF_INET, "which is IPv4");
	is_int(dst.method, IPVS_METHOD_OTHER, "a method without a name");
	is_int(dst.upper, 100, "a bound");
	nlmsg_free(msg);
}

static void
test_timeouts(void)
{
	struct ipvs_timeouts	 t = { 900, 120, 300 }, got = { 0, 0, 0 };
	struct nl_msg		*msg;

	msg = ipvs_msg_timeouts(FAMILY, IPVS_CMD_SET_CONFIG, &t);
	is_int(ipvs_parse_timeouts(nlmsg_hdr(msg), &got), 0, "timeouts");
	is_mem(&t, &got, sizeof(t), "are the same");
	nlmsg_free(msg);
}

static void
test_keys(void)
{
	struct ipvs_key	a = key_of("10.0.0.1", 80, IPPROTO_TCP);
	struct ipvs_key	b = key_of("10.0.0.1", 80, IPPROTO_UDP);
	struct ipvs_key	c = key_of("fd00::1", 80, IPPROTO_TCP);
	char		buf[IPVS_KEY_STRLEN];

	ok(ipvs_key_cmp(&a, &b) != 0, "protocols are told apart");
	ok(ipvs_key_cmp(&a, &c) != 0, "families are told apart");
	is_int(ipvs_key_cmp(&a, &b), -ipvs_key_cmp(&b, &a), "in order");
	is_str(ipvs_key_str(&b, buf), "10.0.0.1:80 udp", "IPv4 as text");
	is_str(ipvs_key_str(&c, buf), "[fd00::1]:80 tcp", "IPv6 as text");
	is_int(ipvs_netmask(AF_INET, 24), htonl(0xffffff00), "netmask /24");
	is_int(ipvs_netmask(AF_INET, 32), 0xffffffff, "netmask /32");
	is_int(ipvs_netmask(AF_INET, 0), 0, "netmask /0");
	is_int(ipvs_netmask(AF_INET6, 64), 64, "IPv6 has the length itself");
}

int
main(void)
{
	test_service("10.0.0.1", htonl(0xffffff00));
	test_service("fd00::1", 64);
	test_dest("10.0.0.1", "10.0.0.2", FWD_NAT);
	test_dest("10.0.0.1", "10.0.0.2", FWD_ROUTE);
	test_dest("fd00::1", "fd00::2", FWD_TUNNEL);
	test_dest("10.0.0.1", "fd00::2", FWD_TUNNEL);
	test_names();
	test_truncated();
	test_foreign();
	test_odd();
	test_timeouts();
	test_keys();
	return (done_testing());
}

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
 * Devices with virtual MACs: the layout of the messages that make them, what
 * the kernel makes of these, and the socket that adverts leave by.
 */
#include <sys/socket.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link/veth.h>
#include <netlink/socket.h>
#include <sched.h>
#include <unistd.h>

#include "../../imsg/log.h"
#include "../../parent/net.h"
#include "../../parent/nl.h"
#include "../../parent/sysctl.h"
#include "../../parent/vmac_msg.h"
#include "tap.h"

#define NAME	"vrrp.51"

static struct nlconn	conn;

struct seen {
	struct vmac_link	link;
	struct ifinfomsg	ifi;
	uint8_t			mac[ETH_ALEN];
};

static void	pair_up(void);
static void	body(struct nl_msg *, uint8_t *, size_t);
static int	ask(struct nl_msg *);
static int	see_cb(struct nlmsghdr *, void *);
static int	see(struct seen *);
static void	test_mac(void);
static void	test_layout(void);
static void	test_device(void);
static void	test_rule(void);
static void	test_socket(void);
static void	test_sysctl(void);

static void
pair_up(void)
{
	struct nl_sock	*sk = nl_socket_alloc();

	if (sk == NULL || nl_connect(sk, NETLINK_ROUTE) < 0 ||
	    rtnl_link_veth_add(sk, "va0", "vb0", getpid()) < 0)
		abort();
	nl_socket_free(sk);
}

/* Newer libraries mark nests, 0x80 in the high byte of the type. */
static void
body(struct nl_msg *msg, uint8_t *buf, size_t len)
{
	struct nlmsghdr	*nlh = nlmsg_hdr(msg);
	size_t		 i;

	memset(buf, 0, len);
	if (nlh->nlmsg_len == NLMSG_LENGTH(len))
		memcpy(buf, nlmsg_data(nlh), len);
	for (i = sizeof(struct ifinfomsg); i + NLA_HDRLEN <= len;
	    i += NLA_HDRLEN)
		if (buf[i + 3] == NLA_F_NESTED >> 8)
			buf[i + 3] = 0;
}

static void
test_mac(void)
{
	uint8_t	mac[ETH_ALEN];

	vmac_mac(AF_INET, 51, mac);
	is_mem(mac, "\x00\x00\x5e\x00\x01\x33", ETH_ALEN, "a MAC for IPv4");
	vmac_mac(AF_INET6, 255, mac);
	is_mem(mac, "\x00\x00\x5e\x00\x02\xff", ETH_ALEN, "and for IPv6");
}

static void
test_layout(void)
{
	static const uint8_t	want[] = {
		0, 0, 0, 0, 0, 0, 0, 0,			/* ifinfomsg */
		0, 0, 0, 0, 0, 0, 0, 0,
		12, 0, 3, 0, 'v', 'r', 'r', 'p', '.', '5', '1', 0,
		8, 0, 5, 0, 7, 0, 0, 0,			/* IFLA_LINK */
		10, 0, 1, 0, 0, 0, 0x5e, 0, 1, 51, 0, 0, /* _ADDRESS */
		28, 0, 18, 0,				/* _LINKINFO */
		12, 0, 1, 0, 'm', 'a', 'c', 'v', 'l', 'a', 'n', 0,
		12, 0, 2, 0,				/* INFO_DATA */
		8, 0, 1, 0, 2, 0, 0, 0			/* mode: vepa */
	};
	uint8_t			 mac[ETH_ALEN], got[sizeof(want)];
	struct nl_msg		*msg;

	vmac_mac(AF_INET, 51, mac);
	msg = vmac_msg_new(NAME, 7, mac);
	is_int(nlmsg_hdr(msg)->nlmsg_type, RTM_NEWLINK, "a new link");
	is_int(nlmsg_hdr(msg)->nlmsg_flags, NLM_F_CREATE | NLM_F_EXCL,
	    "which is not there yet");
	body(msg, got, sizeof(got));
	is_mem(got, want, sizeof(want), "laid out as it must be");
	nlmsg_free(msg);
}

static int
ask(struct nl_msg *msg)
{
	return (nlconn_query(&conn, msg, 0, NULL, NULL));
}

static int
see_cb(struct nlmsghdr *nlh, void *arg)
{
	struct seen	*s = arg;
	struct nlattr	*tb[IFLA_MAX + 1];

	if (nlmsg_parse(nlh, sizeof(s->ifi), tb, IFLA_MAX, NULL) < 0)
		return (EBADMSG);
	memcpy(&s->ifi, nlmsg_data(nlh), sizeof(s->ifi));
	memcpy(s->mac, nla_data(tb[IFLA_ADDRESS]), ETH_ALEN);
	vmac_msg_parse(tb, &s->link);
	return (0);
}

static int
see(struct seen *s)
{
	memset(s, 0, sizeof(*s));
	return (nlconn_query(&conn, vmac_msg_get(NAME), 0, see_cb, s));
}

static void
test_device(void)
{
	struct seen	s;
	uint8_t		mac[ETH_ALEN];
	uint32_t	va0 = if_nametoindex("va0");

	vmac_mac(AF_INET, 51, mac);
	is_int(see(&s), ENODEV, "there is no device");
	is_int(ask(vmac_msg_new(NAME, va0, mac)), 0, "it is made");
	is_int(ask(vmac_msg_new(NAME, va0, mac)), EEXIST, "once");
	is_int(ask(vmac_msg_alias(NAME, "lvsd 0 1")), 0, "and marked");
	is_int(see(&s), 0, "it is there");
	is_int(s.link.lower, va0, "on its interface");
	is_int(s.link.is_macvlan, 1, "of its kind");
	is_int(s.link.is_vepa, 1, "and mode");
	is_str(s.link.alias, "lvsd 0 1", "with its mark");
	is_mem(s.mac, mac, ETH_ALEN, "and MAC");
	is_int(s.ifi.ifi_flags & IFF_UP, 0, "and is down");
	is_int(ask(vmac_msg_up(s.ifi.ifi_index)), 0, "it is brought up");
	is_int(ask(vmac_msg_mode(s.ifi.ifi_index)), 0, "given its mode");
	see(&s);
	is_int(s.ifi.ifi_flags & IFF_UP, IFF_UP, "and is up");
	is_int(s.link.is_vepa, 1, "in that mode");
	is_str(s.link.alias, "lvsd 0 1", "still with its mark");
}

static void
test_rule(void)
{
	is_int(ask(vmac_msg_rule(RTM_NEWRULE, NAME)), 0, "a rule is made");
	is_int(ask(vmac_msg_rule(RTM_NEWRULE, NAME)), EEXIST, "once");
	is_int(ask(vmac_msg_rule(RTM_DELRULE, "other")), ENOENT,
	    "another's is not there");
	is_int(ask(vmac_msg_rule(RTM_DELRULE, NAME)), 0, "it goes");
	is_int(ask(vmac_msg_rule(RTM_DELRULE, NAME)), ENOENT, "once");
}

static void
test_socket(void)
{
	socklen_t	len = sizeof(int);
	char		c;
	int		fd, one = 1;

	fd = net_vmac_socket(if_nametoindex(NAME), NAME, AF_INET);
	ok(fd != -1, "a socket of IPv4");
	is_int(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &one,
	    sizeof(one)), -1, "its filter stays");
	is_int(errno, EPERM, "as it is locked");
	is_int(recv(fd, &c, 1, MSG_DONTWAIT), -1, "it hears nothing");
	close(fd);
	fd = net_vmac_socket(if_nametoindex(NAME), NAME, AF_INET6);
	ok(fd != -1, "a socket of IPv6");
	one = 0;
	getsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &one, &len);
	is_int(one, 1, "that takes any source");
	one = 0;
	getsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &one, &len);
	is_int(one, 255, "sends with hop limit 255");
	close(fd);
	is_int(net_vmac_socket(if_nametoindex("va0"), NAME, AF_INET), -1,
	    "an index of another interface is refused");
	is_int(errno, ENODEV, "as there is no such interface");
}

static void
test_sysctl(void)
{
	int	value = -1;

	is_int(sysctl_set(AF_INET, "va0", "arp_announce", 2), 0,
	    "a setting is made");
	is_int(sysctl_get(AF_INET, "va0", "arp_announce", &value), 0,
	    "and read");
	is_int(value, 2, "as it is");
	is_int(sysctl_get(AF_INET6, "va0", "hop_limit", &value), 0,
	    "of IPv6, too");
	is_int(value, 64, "as it is");
	is_int(sysctl_get(AF_INET6, "va0", "mtu", &value), -1,
	    "one that is too large");
	is_int(errno, ERANGE, "is no setting of ours");
	is_int(sysctl_set(AF_INET, "none", "arp_ignore", 1), -1,
	    "no interface");
	is_int(errno, ENOENT, "no setting");
}

int
main(void)
{
	struct seen	s;

	log_init("vmac_test", 1);
	test_mac();
	test_layout();
	if (unshare(CLONE_NEWNET) == -1 ||
	    nlconn_open(&conn, NETLINK_ROUTE) == -1) {
		printf("# no network namespace: %s\n", strerror(errno));
		return (done_testing());
	}
	pair_up();
	test_device();
	test_rule();
	test_socket();
	test_sysctl();
	see(&s);
	is_int(ask(vmac_msg_delete(s.ifi.ifi_index)), 0, "a device goes");
	is_int(see(&s), ENODEV, "at last");
	nlconn_close(&conn);
	return (done_testing());
}

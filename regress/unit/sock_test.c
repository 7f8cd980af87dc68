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
 * The raw sockets of the engines let through what they are for, and their
 * filters cannot be removed.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link/veth.h>
#include <netlink/socket.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "../../parent/net.h"
#include "tap.h"

#define VRRP	112

static void	lo_up(void);
static void	pair_up(void);
static int	option(int, int, int);
static void	send4(int, const char *, const void *, size_t);
static void	send6(int, const char *, const void *, size_t);
static ssize_t	heard(int, unsigned char *, size_t);
static ssize_t	heard_soon(int, unsigned char *, size_t);
static void	test_locked(int, const char *);
static void	linklocal(const char *, char *, size_t);
static void	test_vrrp4(void);
static void	test_vrrp6(void);
static void	test_unicast4(void);
static void	test_unicast6(void);
static void	test_icmp4(void);
static void	test_icmp6(void);

static void
lo_up(void)
{
	struct ifreq	ifr;
	int		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, "lo", 3);
	ifr.ifr_flags = IFF_UP | IFF_MULTICAST | IFF_LOOPBACK;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) == -1)
		abort();
	close(fd);
}

/* IPv6 groups are not heard on loopback: a pair of interfaces. */
static void
pair_up(void)
{
	struct nl_sock	*sk = nl_socket_alloc();
	struct ifreq	 ifr;
	FILE		*fp;
	int		 fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int		 i;

	/* Without detection of duplicates addresses can be used at once. */
	fp = fopen("/proc/sys/net/ipv6/conf/default/accept_dad", "w");
	if (fp != NULL) {
		fputs("0", fp);
		fclose(fp);
	}
	if (sk == NULL || nl_connect(sk, NETLINK_ROUTE) < 0 ||
	    rtnl_link_veth_add(sk, "va0", "vb0", getpid()) < 0)
		abort();
	nl_socket_free(sk);
	for (i = 0; i < 2; i++) {
		memset(&ifr, 0, sizeof(ifr));
		memcpy(ifr.ifr_name, i == 0 ? "va0" : "vb0", 4);
		if (ioctl(fd, SIOCGIFFLAGS, &ifr) == -1)
			abort();
		ifr.ifr_flags |= IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &ifr) == -1)
			abort();
	}
	close(fd);
}

static int
option(int fd, int level, int name)
{
	int		value = -1;
	socklen_t	len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len) == -1)
		return (-1);
	return (value);
}

/* From another socket, on the loopback interface. */
static void
send4(int protocol, const char *to, const void *buf, size_t len)
{
	struct sockaddr_in	sin;
	struct ip_mreqn		mreq;
	int			fd;

	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol);
	memset(&mreq, 0, sizeof(mreq));
	mreq.imr_ifindex = 1;
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq));
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	inet_pton(AF_INET, to, &sin.sin_addr);
	if (sendto(fd, buf, len, 0, (void *)&sin, sizeof(sin)) == -1)
		printf("# sending to %s: %s\n", to, strerror(errno));
	close(fd);
}

static void
send6(int protocol, const char *to, const void *buf, size_t len)
{
	struct sockaddr_in6	sin6;
	ssize_t			n;
	int			fd, six = 6, out = if_nametoindex("vb0");
	int			tries = 500;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, protocol);
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &out, sizeof(out));
	if (protocol == VRRP)
		setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &six,
		    sizeof(six));
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_family = AF_INET6;
	inet_pton(AF_INET6, to, &sin6.sin6_addr);
	if (IN6_IS_ADDR_LINKLOCAL(&sin6.sin6_addr))
		sin6.sin6_scope_id = if_nametoindex("va0");
	/* A link that has just come up gets its address a moment later. */
	while ((n = sendto(fd, buf, len, 0, (void *)&sin6,
	    sizeof(sin6))) == -1 && errno == EADDRNOTAVAIL && tries-- > 0)
		usleep(10000);
	if (n == -1)
		printf("# sending to %s: %s\n", to, strerror(errno));
	close(fd);
}

static ssize_t
heard_soon(int fd, unsigned char *buf, size_t size)
{
	struct pollfd	pfd = { fd, POLLIN, 0 };

	if (poll(&pfd, 1, 5000) != 1)
		return (0);
	return (heard(fd, buf, size));
}

/* On loopback what was sent has been received when sending returns. */
static ssize_t
heard(int fd, unsigned char *buf, size_t size)
{
	ssize_t	n = recv(fd, buf, size, MSG_DONTWAIT);

	return (n == -1 && errno == EAGAIN ? 0 : n);
}

static void
test_locked(int fd, const char *what)
{
	int	zero = 0;

	is_int(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &zero,
	    sizeof(zero)), -1, "%s: the filter stays", what);
	is_int(errno, EPERM, "%s: by the lock", what);
	ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 &&
	    (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0,
	    "%s: closes on exec, does not block", what);
}

static void
test_vrrp4(void)
{
	unsigned char	msg[20] = { 0x21, 51, 100 }, buf[100];
	struct iphdr	ip;
	int		fd = net_vrrp_socket(1, "lo", AF_INET,
			    VSOCK_GROUP);

	if (!ok(fd != -1, "VRRP socket of IPv4"))
		return;
	test_locked(fd, "VRRP");
	is_int(option(fd, IPPROTO_IP, IP_MULTICAST_TTL), 255, "TTL 255");
	is_int(option(fd, IPPROTO_IP, IP_TTL), 255, "to one router too");
	is_int(option(fd, IPPROTO_IP, IP_TOS), 0xc0, "TOS 0xc0");
	is_int(option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 0, "no loop");
	is_int(option(fd, IPPROTO_IP, IP_PKTINFO), 1, "packet information");
	is_int(option(fd, SOL_SOCKET, SO_PRIORITY), 7, "high priority");
	send4(VRRP, "224.0.0.18", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), sizeof(ip) + sizeof(msg),
	    "hears its group, with the IP header");
	memcpy(&ip, buf, sizeof(ip));
	is_int(ip.protocol, VRRP, "which has the protocol");
	is_mem(buf + sizeof(ip), msg, sizeof(msg), "and what was sent");
	send4(VRRP, "224.0.0.18", msg, 1);
	is_int(heard(fd, buf, sizeof(buf)), sizeof(ip) + 1,
	    "hears what is too short too: it is to be counted");
	send4(VRRP, "127.0.0.1", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "nothing sent to one address");
	send4(VRRP, "224.0.0.1", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "nothing of another group");
	close(fd);
	is_int(net_vrrp_socket(2, "lo", AF_INET, VSOCK_GROUP), -1,
	    "not when the name is another interface's now");
	is_int(errno, ENODEV, "which is said");
	is_int(net_vrrp_socket(7, "nosuch0", AF_INET, VSOCK_GROUP), -1,
	    "nor without one");
	is_int(errno, ENODEV, "which is said too");
}

static void
test_vrrp6(void)
{
	unsigned char	msg[40] = { 0x31, 51, 100, 1 }, buf[100];
	int		fd = net_vrrp_socket(if_nametoindex("va0"), "va0",
			    AF_INET6, VSOCK_GROUP);

	if (!ok(fd != -1, "VRRP socket of IPv6"))
		return;
	test_locked(fd, "VRRP6");
	is_int(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 255, "hops");
	is_int(option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0xc0, "class 0xc0");
	/* What passes comes last: the others would have come before it. */
	send6(VRRP, "ff02::1", msg, 8);
	send6(VRRP, "ff02::13", msg, 10);
	send6(VRRP, "ff02::12", msg, sizeof(msg));
	is_int(heard_soon(fd, buf, sizeof(buf)), sizeof(msg),
	    "hears its group and no other");
	is_int(heard(fd, buf, sizeof(buf)), 0, "once");
	close(fd);
	if ((fd = net_vrrp_socket(1, "lo", AF_INET6, VSOCK_GROUP)) == -1)
		return;
	send6(VRRP, "::1", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "nothing sent to one address");
	close(fd);
}

/* What is sent to all does not come by the socket for single routers. */
static void
test_unicast4(void)
{
	unsigned char	msg[20] = { 0x21, 51, 100 }, buf[100];
	struct iphdr	ip;
	int		fd = net_vrrp_socket(1, "lo", AF_INET,
			    VSOCK_UNICAST);

	if (!ok(fd != -1, "unicast socket of IPv4"))
		return;
	test_locked(fd, "unicast");
	is_int(option(fd, IPPROTO_IP, IP_TTL), 255, "TTL 255");
	is_int(option(fd, IPPROTO_IP, IP_TOS), 0xc0, "TOS 0xc0");
	is_int(option(fd, SOL_SOCKET, SO_PRIORITY), 7, "high priority");
	send4(VRRP, "127.0.0.1", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), sizeof(ip) + sizeof(msg),
	    "hears what is sent to one address");
	send4(VRRP, "224.0.0.18", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "nothing of a group");
	send4(VRRP, "127.255.255.255", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "no broadcast");
	send4(VRRP, "255.255.255.255", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "neither to all");
	send4(VRRP + 1, "127.0.0.1", msg, sizeof(msg));
	is_int(heard(fd, buf, sizeof(buf)), 0, "no other protocol");
	close(fd);
}

static void
test_unicast6(void)
{
	unsigned char	msg[40] = { 0x31, 51, 100, 1 }, buf[100];
	char		addr[INET6_ADDRSTRLEN];
	int		fd = net_vrrp_socket(if_nametoindex("va0"), "va0",
			    AF_INET6, VSOCK_UNICAST);

	if (!ok(fd != -1, "unicast socket of IPv6"))
		return;
	test_locked(fd, "unicast6");
	is_int(option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 255, "hops");
	send6(VRRP, "ff02::12", msg, 8);
	send6(VRRP, "ff02::1", msg, 10);
	linklocal("va0", addr, sizeof(addr));
	send6(VRRP, addr, msg, sizeof(msg));
	is_int(heard_soon(fd, buf, sizeof(buf)), sizeof(msg),
	    "hears what is sent to one address");
	is_int(heard(fd, buf, sizeof(buf)), 0, "and nothing else");
	close(fd);
}

/* The link-local address of an interface. */
static void
linklocal(const char *ifname, char *buf, size_t size)
{
	struct ifaddrs		*all, *ifa;
	struct sockaddr_in6	 sin6;

	if (getifaddrs(&all) == -1)
		abort();
	for (ifa = all; ifa != NULL; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, ifname) != 0 ||
		    ifa->ifa_addr == NULL ||
		    ifa->ifa_addr->sa_family != AF_INET6)
			continue;
		memcpy(&sin6, ifa->ifa_addr, sizeof(sin6));
		inet_ntop(AF_INET6, &sin6.sin6_addr, buf, size);
	}
	freeifaddrs(all);
}

static void
test_icmp4(void)
{
	struct icmphdr	echo;
	unsigned char	buf[200];
	int		fd = net_icmp_socket(AF_INET);

	if (!ok(fd != -1, "ICMP socket"))
		return;
	test_locked(fd, "ICMP");
	memset(&echo, 0, sizeof(echo));
	echo.type = ICMP_ECHOREPLY;
	echo.checksum = htons(0xffff);
	send4(IPPROTO_ICMP, "127.0.0.1", &echo, sizeof(echo));
	is_int(heard(fd, buf, sizeof(buf)), sizeof(struct iphdr) +
	    sizeof(echo), "hears an echo reply");
	/* The kernel answers this one by a reply. */
	echo.type = ICMP_ECHO;
	echo.checksum = htons(0xf7ff);
	send4(IPPROTO_ICMP, "127.0.0.1", &echo, sizeof(echo));
	is_int(heard(fd, buf, sizeof(buf)), sizeof(struct iphdr) +
	    sizeof(echo), "the answer to a request");
	is_int(buf[sizeof(struct iphdr)], ICMP_ECHOREPLY, "which is a reply");
	is_int(heard(fd, buf, sizeof(buf)), 0, "but not the request");
	echo.type = ICMP_DEST_UNREACH;
	echo.checksum = htons(0xfcff);
	send4(IPPROTO_ICMP, "127.0.0.1", &echo, sizeof(echo));
	is_int(heard(fd, buf, sizeof(buf)), 0, "nor anything else");
	close(fd);
}

static void
test_icmp6(void)
{
	struct icmp6_hdr	echo;
	unsigned char		buf[200];
	int			fd = net_icmp_socket(AF_INET6);

	if (!ok(fd != -1, "ICMPv6 socket"))
		return;
	test_locked(fd, "ICMPv6");
	memset(&echo, 0, sizeof(echo));
	echo.icmp6_type = ICMP6_ECHO_REQUEST;
	send6(IPPROTO_ICMPV6, "::1", &echo, sizeof(echo));
	is_int(heard(fd, buf, sizeof(buf)), sizeof(echo),
	    "hears the answer to a request");
	is_int(buf[0], ICMP6_ECHO_REPLY, "which is a reply");
	is_int(heard(fd, buf, sizeof(buf)), 0, "but not the request");
	close(fd);
}

int
main(void)
{
	if (unshare(CLONE_NEWNET) == -1) {
		printf("1..0 # SKIP no network namespace: %s\n",
		    strerror(errno));
		return (0);
	}
	lo_up();
	pair_up();
	test_vrrp4();
	test_vrrp6();
	test_unicast4();
	test_unicast6();
	test_icmp4();
	test_icmp6();
	return (done_testing());
}

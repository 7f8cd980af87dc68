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
#include <sys/types.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/pkt_sched.h>

#include "net.h"

/*
 * The raw sockets of the engines.  They are bound, joined and filtered here,
 * and the filter is locked: whoever gets one reads by it what it is for and
 * nothing else (but can send).
 */

#define PROTO_VRRP	112
/* RFC 5798 section 5.1.1.3: only what was not forwarded is believed. */
#define VRRP_TTL	255
/* Precedence "internetwork control", RFC 791; other routers send it too. */
#define VRRP_TOS	0xc0
#define VRRP_GROUP4	0xe0000012	/* 224.0.0.18 */
/* ff02::12, RFC 5798 section 5.1.2.2, in the words a filter compares. */
#define VRRP_GROUP6_0	0xff020000
#define VRRP_GROUP6_3	0x00000012
/* Where the checksum lies in a VRRP message. */
#define VRRP_SUM_OFF	6
/* Adverts of some thousand instances; an advert takes about 800 bytes. */
#define VRRP_RCVBUF	(1024 * 1024)
/* Echo replies of some thousand hosts in one moment. */
#define ICMP_RCVBUF	(4 * 1024 * 1024)

/* A filter returns how many bytes pass: all of them, or none. */
#define PASS		0xffff
#define DROP		0
#define NFILTER(f)	(sizeof(f) / sizeof((f)[0]))

static int	raw_socket(sa_family_t, int);
static int	finish(int, int);
static int	set_int(int, int, int, int);
static int	rcvbuf(int, int);
static int	filter_lock(int, const struct sock_filter *, size_t);
static int	drain(int);
static int	bind_if(int, uint32_t, const char *);
static int	vrrp_leave4(int, uint32_t);
static int	vrrp_leave6(int, uint32_t);
static int	vrrp_group4(int, uint32_t);
static int	vrrp_group6(int, uint32_t);
static int	vrrp_setup4(int);
static int	vrrp_setup6(int);
static int	vrrp_setup(int, uint32_t, sa_family_t, enum vsock_kind);
static int	vmac_setup(int, uint32_t, sa_family_t);

/* Raw IPv4 sockets see the IP header. */
static const struct sock_filter vrrp_filter4[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct iphdr, protocol)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTO_VRRP, 0, 6),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct iphdr, daddr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VRRP_GROUP4, 0, 4),
	/* What is shorter than its own header is nothing to count. */
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

/* Raw IPv6 sockets see the payload; the header lies at SKF_NET_OFF. */
#define DST6_OFF	((int)offsetof(struct ip6_hdr, ip6_dst))
#define DST6(word)	((uint32_t)(SKF_NET_OFF + DST6_OFF + (word) * 4))

static const struct sock_filter vrrp_filter6[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST6(0)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VRRP_GROUP6_0, 0, 7),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST6(1)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST6(2)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DST6(3)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VRRP_GROUP6_3, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

/*
 * For one router: no address above the first of multicast, which are that,
 * experimental or broadcast, and no frame but to us, which takes out the
 * broadcasts of networks.
 */
#define MULTICAST4	0xe0000000
#define MULTICAST6	0xff		/* the first byte, RFC 4291 */
#define PKTTYPE		((uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))

static const struct sock_filter unicast_filter4[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct iphdr, protocol)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTO_VRRP, 0, 8),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct iphdr, daddr)),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, MULTICAST4, 6, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, PKTTYPE),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 4),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

static const struct sock_filter unicast_filter6[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, DST6(0)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MULTICAST6, 3, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, PKTTYPE),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

static const struct sock_filter no_filter[] = {
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

static const struct sock_filter icmp_filter4[] = {
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, offsetof(struct icmphdr, type)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_ECHOREPLY, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

static const struct sock_filter icmp_filter6[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
	    offsetof(struct icmp6_hdr, icmp6_type)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_ECHO_REPLY, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, PASS),
	BPF_STMT(BPF_RET | BPF_K, DROP),
};

static int
raw_socket(sa_family_t af, int protocol)
{
	return (socket(af, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    protocol));
}

/* The socket, or -1 when it could not become what it is to be. */
static int
finish(int fd, int failed)
{
	int	error = errno;

	if (!failed)
		return (fd);
	close(fd);
	errno = error;
	return (-1);
}

static int
set_int(int fd, int level, int option, int value)
{
	return (setsockopt(fd, level, option, &value, sizeof(value)));
}

static int
rcvbuf(int fd, int size)
{
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, size) == 0)
		return (0);
	return (set_int(fd, SOL_SOCKET, SO_RCVBUF, size));
}

static int
filter_lock(int fd, const struct sock_filter *filter, size_t n)
{
	struct sock_fprog	prog;

	prog.len = n;
	prog.filter = (struct sock_filter *)filter;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1 ||
	    set_int(fd, SOL_SOCKET, SO_LOCK_FILTER, 1) == -1)
		return (-1);
	return (drain(fd));
}

/* What came in between socket(2) and the filter must not be read. */
static int
drain(int fd)
{
	char	c;

	while (recv(fd, &c, sizeof(c), MSG_DONTWAIT) != -1)
		continue;
	return (errno == EAGAIN ? 0 : -1);
}

/* Bound by name; the index says that it is still the interface meant. */
static int
bind_if(int fd, uint32_t ifindex, const char *ifname)
{
	struct ifreq	ifr;

	memset(&ifr, 0, sizeof(ifr));
	(void)strlcpy(ifr.ifr_name, ifname, sizeof(ifr.ifr_name));
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifr.ifr_name,
	    strlen(ifr.ifr_name) + 1) == -1)
		return (-1);
	if (if_nametoindex(ifname) != ifindex) {
		errno = ENODEV;
		return (-1);
	}
	return (0);
}

/* Adverts to the group leave by this interface. */
static int
vrrp_leave4(int fd, uint32_t ifindex)
{
	struct ip_mreqn	mreq;

	memset(&mreq, 0, sizeof(mreq));
	mreq.imr_ifindex = ifindex;
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq,
	    sizeof(mreq)) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_TTL, VRRP_TTL) == -1)
		return (-1);
	return (0);
}

static int
vrrp_leave6(int fd, uint32_t ifindex)
{
	if (set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, ifindex) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, VRRP_TTL) == -1)
		return (-1);
	return (0);
}

static int
vrrp_group4(int fd, uint32_t ifindex)
{
	struct ip_mreqn	mreq;

	memset(&mreq, 0, sizeof(mreq));
	mreq.imr_multiaddr.s_addr = htonl(VRRP_GROUP4);
	mreq.imr_ifindex = ifindex;
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq,
	    sizeof(mreq)) == -1 || vrrp_leave4(fd, ifindex) == -1)
		return (-1);
	return (filter_lock(fd, vrrp_filter4, NFILTER(vrrp_filter4)));
}

static int
vrrp_group6(int fd, uint32_t ifindex)
{
	struct ipv6_mreq	mreq;

	memset(&mreq, 0, sizeof(mreq));
	mreq.ipv6mr_multiaddr.s6_addr32[0] = htonl(VRRP_GROUP6_0);
	mreq.ipv6mr_multiaddr.s6_addr32[3] = htonl(VRRP_GROUP6_3);
	mreq.ipv6mr_interface = ifindex;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &mreq,
	    sizeof(mreq)) == -1 || vrrp_leave6(fd, ifindex) == -1)
		return (-1);
	return (filter_lock(fd, vrrp_filter6, NFILTER(vrrp_filter6)));
}

static int
vrrp_setup4(int fd)
{
	if (set_int(fd, IPPROTO_IP, IP_TTL, VRRP_TTL) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_TOS, VRRP_TOS) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_PKTINFO, 1) == -1 ||
	    /* An advert that does not fit is an error, not two fragments. */
	    set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO) == -1)
		return (-1);
	return (0);
}

static int
vrrp_setup6(int fd)
{
	if (set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, VRRP_TTL) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, VRRP_TOS) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) == -1 ||
	    set_int(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1) == -1 ||
	    /* The kernel alone knows the source it takes: it sums up. */
	    set_int(fd, IPPROTO_IPV6, IPV6_CHECKSUM, VRRP_SUM_OFF) == -1)
		return (-1);
	return (0);
}

/* The filter comes last: what is in the queue by then is thrown away. */
static int
vrrp_setup(int fd, uint32_t ifindex, sa_family_t af, enum vsock_kind kind)
{
	if (af == AF_INET) {
		if (vrrp_setup4(fd) == -1)
			return (-1);
		if (kind == VSOCK_GROUP)
			return (vrrp_group4(fd, ifindex));
		return (filter_lock(fd, unicast_filter4,
		    NFILTER(unicast_filter4)));
	}
	if (vrrp_setup6(fd) == -1)
		return (-1);
	if (kind == VSOCK_GROUP)
		return (vrrp_group6(fd, ifindex));
	return (filter_lock(fd, unicast_filter6, NFILTER(unicast_filter6)));
}

int
net_vrrp_socket(uint32_t ifindex, const char *ifname, sa_family_t af,
    enum vsock_kind kind)
{
	int	fd;

	if ((fd = raw_socket(af, PROTO_VRRP)) == -1)
		return (-1);
	return (finish(fd, bind_if(fd, ifindex, ifname) == -1 ||
	    rcvbuf(fd, VRRP_RCVBUF) == -1 ||
	    vrrp_setup(fd, ifindex, af, kind) == -1 ||
	    /* Before anything else on a busy link; IP_TOS has set another. */
	    set_int(fd, SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL) == -1));
}

/*
 * Nothing is heard by it.  The source of adverts is an address of another
 * interface, which in IPv6 has to be allowed.
 */
static int
vmac_setup(int fd, uint32_t ifindex, sa_family_t af)
{
	int	rc;

	if (af == AF_INET)
		rc = vrrp_setup4(fd) == -1 || vrrp_leave4(fd, ifindex) == -1;
	else
		rc = vrrp_setup6(fd) == -1 ||
		    vrrp_leave6(fd, ifindex) == -1 ||
		    set_int(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1) == -1;
	if (rc)
		return (-1);
	return (filter_lock(fd, no_filter, NFILTER(no_filter)));
}

int
net_vmac_socket(uint32_t ifindex, const char *ifname, sa_family_t af)
{
	int	fd;

	if ((fd = raw_socket(af, PROTO_VRRP)) == -1)
		return (-1);
	return (finish(fd, bind_if(fd, ifindex, ifname) == -1 ||
	    vmac_setup(fd, ifindex, af) == -1 ||
	    set_int(fd, SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL) == -1));
}

int
net_icmp_socket(sa_family_t af)
{
	struct icmp6_filter	only;
	int			fd, rv;

	fd = raw_socket(af, af == AF_INET ? (int)IPPROTO_ICMP :
	    (int)IPPROTO_ICMPV6);
	if (fd == -1)
		return (-1);
	if (af == AF_INET)
		rv = filter_lock(fd, icmp_filter4, NFILTER(icmp_filter4));
	else {
		/* Also saves the kernel the trouble of copying the rest. */
		ICMP6_FILTER_SETBLOCKALL(&only);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &only);
		rv = setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &only,
		    sizeof(only));
		if (rv != -1)
			rv = filter_lock(fd, icmp_filter6,
			    NFILTER(icmp_filter6));
	}
	return (finish(fd, rv == -1 || rcvbuf(fd, ICMP_RCVBUF) == -1));
}

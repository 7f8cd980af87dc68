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
 * Adverts of keepalived 2.2.7 and of FRR's vrrpd 8.4.4 as they were on the
 * wire, in both directions: a router configured alike takes each, and sends
 * the same bytes.  How an advert is kept and sent, and what becomes of one
 * that cannot be.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VRRP_STUB_SENDS
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

struct vector {
	const char	*name;
	const char	*src, *dst;
	int		 ttl;
	const char	*hex;
};

static const struct vector	vectors[] = {
	{ "FRR v2", "10.77.0.1", "224.0.0.18", 255,
	    "2133c80100010c730a4d000a0000000000000000" },
	{ "FRR v2", "10.77.0.1", "224.0.0.18", 255,
	    "213300010001d4730a4d000a0000000000000000" },
	{ "FRR v3", "10.77.0.1", "224.0.0.18", 255,
	    "3133c801006411330a4d000a" },
	{ "FRR v3", "10.77.0.1", "224.0.0.18", 255,
	    "313300010064d9330a4d000a" },
	{ "FRR v3 IPv6", "fe80::8153:f67f:7446:a746", "ff02::12", 255,
	    "3133c80100647760fd770000000000000000000000000010" },
	{ "FRR v3 IPv6", "fe80::8153:f67f:7446:a746", "ff02::12", 255,
	    "3133000100643f61fd770000000000000000000000000010" },
	{ "v2 of both", "10.77.0.2", "224.0.0.18", 255,
	    "21336401000170730a4d000a0000000000000000" },
	{ "v2 of both", "10.77.0.2", "224.0.0.18", 255,
	    "213300010001d4730a4d000a0000000000000000" },
	{ "v2 of both", "10.77.0.1", "224.0.0.18", 255,
	    "213332010001a2730a4d000a0000000000000000" },
	{ "v3 of both", "10.77.0.2", "224.0.0.18", 255,
	    "31336401006475320a4d000a" },
	{ "v3 of both", "10.77.0.2", "224.0.0.18", 255,
	    "313300010064d9320a4d000a" },
	{ "v3 of both", "10.77.0.1", "224.0.0.18", 255,
	    "313332010064a7330a4d000a" },
	{ "crafted", "10.77.0.100", "224.0.0.18", 255,
	    "313332010064a6d00a4d000a" },
	{ "keepalived v2 unicast", "10.77.0.1", "10.77.0.2", 255,
	    "2133c80100010c730a4d000a0000000000000000" },
	{ "keepalived v2 unicast", "10.77.0.1", "10.77.0.2", 255,
	    "213300010001d4730a4d000a0000000000000000" },
	{ "keepalived v2 unicast", "10.77.0.2", "10.77.0.1", 255,
	    "21336401000170730a4d000a0000000000000000" },
	{ "keepalived v2 unicast", "10.77.0.2", "10.77.0.1", 255,
	    "213300010001d4730a4d000a0000000000000000" },
	{ "keepalived v2 PASS", "10.77.0.1", "224.0.0.18", 255,
	    "2133c801010101590a4d000a7333637233740000" },
	{ "keepalived v2 PASS", "10.77.0.1", "224.0.0.18", 255,
	    "213300010101c9590a4d000a7333637233740000" },
	{ "keepalived v2 PASS", "10.77.0.2", "224.0.0.18", 255,
	    "21336401010165590a4d000a7333637233740000" },
	{ "keepalived v2 PASS", "10.77.0.2", "224.0.0.18", 255,
	    "213300010101c9590a4d000a7333637233740000" },
	{ "keepalived v2 PASS unicast", "10.77.0.1", "10.77.0.2", 255,
	    "2133c801010101590a4d000a7333637233740000" },
	{ "keepalived v2 PASS unicast", "10.77.0.1", "10.77.0.2", 255,
	    "213300010101c9590a4d000a7333637233740000" },
	{ "keepalived v2 PASS unicast", "10.77.0.2", "10.77.0.1", 255,
	    "21336401010165590a4d000a7333637233740000" },
	{ "keepalived v2 PASS unicast", "10.77.0.2", "10.77.0.1", 255,
	    "213300010101c9590a4d000a7333637233740000" },
	{ "keepalived v3 unicast", "10.77.0.1", "10.77.0.2", 255,
	    "3133c8010064e6f60a4d000a" },
	{ "keepalived v3 unicast", "10.77.0.1", "10.77.0.2", 255,
	    "313300010064aef70a4d000a" },
	{ "keepalived v3 unicast", "10.77.0.2", "10.77.0.1", 255,
	    "3133640100644af70a4d000a" },
	{ "keepalived v3 unicast", "10.77.0.2", "10.77.0.1", 255,
	    "313300010064aef70a4d000a" },
	{ "keepalived v3 IPv6", "fe80::ff:fe00:a", "ff02::12", 255,
	    "3133c80200640c9efe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived v3 IPv6", "fe80::ff:fe00:a", "ff02::12", 255,
	    "313300020064d49efe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived v3 IPv6", "fe80::ff:fe00:b", "ff02::12", 255,
	    "313364020064709dfe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived v3 IPv6", "fe80::ff:fe00:b", "ff02::12", 255,
	    "313300020064d49dfe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived IPv6 unicast", "fe80::ff:fe00:a", "fe80::ff:fe00:b", 64,
	    "3133c80200640e27fe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived IPv6 unicast", "fe80::ff:fe00:a", "fe80::ff:fe00:b", 64,
	    "313300020064d627fe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived IPv6 unicast", "fe80::ff:fe00:b", "fe80::ff:fe00:a", 64,
	    "3133640200647227fe800000000000000000000000770010"
	    "fd770000000000000000000000000010" },
	{ "keepalived IPv6 unicast", "fe80::ff:fe00:b", "fe80::ff:fe00:a", 64,
	    "313300020064d627fe800000000000000000000000770010"
	    "fd770000000000000000000000000010" }
};
#define NVECTORS	(sizeof(vectors) / sizeof(vectors[0]))

static size_t	from_hex(const char *, uint8_t *, size_t);
static void	parse(const char *, struct addr *);
static void	router(const char *, const char *, const struct packet *);
static void	decode(const struct vector *, struct packet_ip *,
		    struct packet *);
static void	test_taken(const struct vector *);
static void	test_sent(const struct vector *);
static void	test_kept(void);
static void	test_peers(void);
static void	test_fails(void);

static struct vrrpe	env;
static struct iface	eth0;
static struct vrrp	v;
static struct addr	vips[2];
static struct vpeer	peers[2];

/* What the last sendmsg(2) was to send, and what it is to say. */
static uint8_t		sent[PACKET_MAX];
static size_t		sent_len;
static struct addr	sent_to, sent_from;
static uint32_t		sent_scope;
static int		sends;
static int		fail_errno;		/* 0: it goes well */
static struct addr	fail_to;		/* af 0: all of them */

ssize_t
sendmsg(int, const struct msghdr *m, int)
{
	struct sockaddr_in	 sin;
	struct sockaddr_in6	 sin6;
	struct cmsghdr		*c = CMSG_FIRSTHDR(m);
	struct in_pktinfo	 info;
	struct in6_pktinfo	 info6;

	memset(&sent_to, 0, sizeof(sent_to));
	memset(&sent_from, 0, sizeof(sent_from));
	if (m->msg_namelen == sizeof(sin)) {
		memcpy(&sin, m->msg_name, sizeof(sin));
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		sent_to.af = sent_from.af = AF_INET;
		sent_to.u.v4 = sin.sin_addr;
		sent_from.u.v4 = info.ipi_spec_dst;
	} else {
		memcpy(&sin6, m->msg_name, sizeof(sin6));
		memcpy(&info6, CMSG_DATA(c), sizeof(info6));
		sent_to.af = sent_from.af = AF_INET6;
		sent_to.u.v6 = sin6.sin6_addr;
		sent_from.u.v6 = info6.ipi6_addr;
		sent_scope = sin6.sin6_scope_id;
	}
	if (fail_errno != 0 && (fail_to.af == 0 ||
	    addr_cmp(&fail_to, &sent_to) == 0)) {
		errno = fail_errno;
		return (-1);
	}
	sends++;
	sent_len = m->msg_iov[0].iov_len;
	memcpy(sent, m->msg_iov[0].iov_base, sent_len);
	return (sent_len);
}

static size_t
from_hex(const char *hex, uint8_t *buf, size_t size)
{
	unsigned int	byte;
	size_t		n;

	for (n = 0; *hex != '\0'; hex += 2) {
		if (n == size || sscanf(hex, "%2x", &byte) != 1)
			abort();
		buf[n++] = byte;
	}
	return (n);
}

static void
parse(const char *text, struct addr *a)
{
	if (addr_parse(text, a) == -1)
		abort();
}

/* One that says what this message says, to this address from that. */
static void
router(const char *own, const char *dst, const struct packet *p)
{
	struct addr	a;
	uint32_t	i;

	TAILQ_INIT(&env.ifaces);
	stub_iface(&eth0, "eth0", "10.77.0.5");
	eth0.env = &env;
	eth0.status.ifindex = 7;
	TAILQ_INSERT_TAIL(&env.ifaces, &eth0, entry);
	send_forget(&v);
	stub_vrrp(&v, &env, &eth0, "VI_1", p->priority);
	v.conf.version = p->version;
	v.conf.af = p->af;
	v.conf.advert_cs = v.mai_cs = p->interval_cs;
	v.conf.auth = p->auth_type;
	memcpy(v.conf.pass, p->auth, sizeof(v.conf.pass));
	v.lan = lan_of(&eth0, p->af);
	v.lan->vrid[51] = &v;
	parse(own, p->af == AF_INET6 ? &eth0.status.addr6 :
	    &eth0.status.addr4);
	for (i = 0; i < p->count; i++)
		packet_addr(p, i, &vips[i]);
	v.addrs = vips;
	v.naddrs = p->count;
	parse(dst, &a);
	v.peers = peers;
	if (a.af == AF_INET6 ? !IN6_IS_ADDR_MULTICAST(&a.u.v6) :
	    !IN_MULTICAST(ntohl(a.u.v4.s_addr))) {
		memset(peers, 0, sizeof(peers));
		v.conf.flags |= VRRP_F_UNICAST;
		peers[0].conf.addr = a;
		peers[0].conf.min_ttl = 64;
		v.npeers = 1;
	}
	stub_trace[0] = '\0';
	stub_warnings = stub_errors = sends = fail_errno = 0;
}

static void
decode(const struct vector *t, struct packet_ip *ip, struct packet *p)
{
	static uint8_t	buf[64];

	memset(ip, 0, sizeof(*ip));
	parse(t->src, &ip->src);
	parse(t->dst, &ip->dst);
	ip->ttl = t->ttl;
	ip->data = buf;
	ip->len = from_hex(t->hex, buf, sizeof(buf));
	if (packet_decode(p, ip->data, ip->len, &ip->src, &ip->dst) !=
	    PACKET_OK)
		abort();
}

/* By its peer, which answers to the address that the message goes to. */
static void
test_taken(const struct vector *t)
{
	struct packet_ip	ip;
	struct packet		p;
	struct addr		group;

	decode(t, &ip, &p);
	router(p.af == AF_INET6 ? "fe80::5" : "10.77.0.5", t->src, &p);
	packet_group(p.af, &group);
	if (addr_cmp(&group, &ip.dst) == 0)
		v.conf.flags = v.npeers = 0;
	else
		v.conf.source = ip.dst;
	v.prio = v.conf.priority = 40;
	group_settle(&v);
	judge_packet(lan_socket(&v), &ip);
	is_int(v.rx, 1, "%s, priority %u from %s: taken", t->name,
	    p.priority, t->src);
	is_int(stub_warnings, 0, "without a remark");
	ok(p.priority == 0 ? v.prio0_rx == 1 && v.wait == WAIT_SKEW :
	    v.master_prio == p.priority && addr_cmp(&v.master, &ip.src) == 0,
	    "and obeyed");
}

/* By ourselves, in its place. */
static void
test_sent(const struct vector *t)
{
	struct packet_ip	ip;
	struct packet		p;

	decode(t, &ip, &p);
	router(t->src, t->dst, &p);
	send_advert(&v, p.priority);
	is_int(sends, 1, "%s, priority %u: sent once", t->name, p.priority);
	ok(sent_len == ip.len && memcmp(sent, ip.data, ip.len) == 0,
	    "the same bytes");
	ok(addr_cmp(&sent_from, &ip.src) == 0 &&
	    addr_cmp(&sent_to, &ip.dst) == 0, "from and to the same");
	if (p.af == AF_INET6)
		is_int(sent_scope, 7, "on its interface");
}

/* One advert is kept until something in it changes. */
static void
test_kept(void)
{
	struct packet_ip	ip;
	struct packet		p;

	decode(&vectors[2], &ip, &p);
	router("10.77.0.1", "224.0.0.18", &p);
	send_advert(&v, 200);
	v.conf.vrid = 52;
	send_advert(&v, 200);
	is_int(sent[1], 51, "it is not encoded again");
	send_forget(&v);
	send_advert(&v, 200);
	is_int(sent[1], 52, "unless it is to be forgotten");
	v.conf.vrid = 51;
	send_advert(&v, 0);
	is_int(sent[2], 0, "or of another priority");
	is_int(sent[1], 51, "and then is new");
	is_int(v.prio0_tx, 1, "a release is counted");
	send_advert(&v, 200);
	ok(memcmp(sent, ip.data, ip.len) == 0, "as before");
	parse("10.77.0.2", &eth0.status.addr4);
	send_advert(&v, 200);
	decode(&vectors[3], &ip, &p);
	ok(memcmp(sent + 6, "\x11\x32", 2) == 0, "another source: its sum");
	v.conf.flags |= VRRP_F_RFC9568;
	send_forget(&v);
	send_advert(&v, 200);
	ok(memcmp(sent + 6, "\xfc\x0f", 2) == 0,
	    "the sum of RFC 9568, when wanted");
	is_int(v.tx, 7, "all are counted");
}

/* A sum for each, whoever was sent one before. */
static void
test_peers(void)
{
	struct packet_ip	ip;
	struct packet		p, q;
	int			i;

	decode(&vectors[2], &ip, &p);
	router("10.77.0.1", "10.77.0.2", &p);
	peers[1] = peers[0];
	parse("10.77.0.9", &peers[1].conf.addr);
	v.npeers = 2;
	for (i = 0; i < 2; i++) {
		send_advert(&v, 200);
		is_int(packet_decode(&q, sent, sent_len, &ip.src,
		    &peers[1].conf.addr), PACKET_OK, "right for the second");
		fail_errno = EPERM;
		fail_to = peers[1].conf.addr;
		send_advert(&v, 200);
		is_int(packet_decode(&q, sent, sent_len, &ip.src,
		    &peers[0].conf.addr), PACKET_OK, "right for the first");
		fail_errno = 0;
	}
	is_int(sends, 6, "one each");
	is_int(v.tx, 4, "that is one advert");
	is_int(v.tx_failed, 2, "less those that failed");
	is_int(stub_errors, 2, "which was said, each time anew");
	is_int(peers[0].send_errno, 0, "of the one alone");
}

static void
test_fails(void)
{
	struct packet_ip	ip;
	struct packet		p;
	int			i;

	decode(&vectors[2], &ip, &p);
	router("10.77.0.1", "224.0.0.18", &p);
	fail_errno = ENOBUFS;
	fail_to.af = 0;
	for (i = 0; i < 10; i++)
		send_advert(&v, 200);
	is_int(v.tx_failed, 10, "failures are counted");
	is_int(v.tx, 0, "as such");
	is_int(stub_errors, 1, "and told once");
	fail_errno = EPERM;
	send_advert(&v, 200);
	is_int(stub_errors, 2, "another error is another line");
	fail_errno = 0;
	send_advert(&v, 200);
	fail_errno = ENETDOWN;
	send_advert(&v, 0);
	is_int(stub_errors, 2, "a release that fails is none");
	fail_errno = 0;
	eth0.status.addr4.af = 0;
	send_advert(&v, 200);
	is_int(v.tx_failed, 13, "without a source it is counted too");
	stub_fd(v.lan, -1);
	parse("10.77.0.1", &eth0.status.addr4);
	send_advert(&v, 200);
	is_int(v.tx_failed, 14, "and without a socket");
	is_int(sends, 1, "nothing was sent");
}

int
main(void)
{
	size_t	i;

	for (i = 0; i < NVECTORS; i++) {
		test_taken(&vectors[i]);
		test_sent(&vectors[i]);
	}
	test_kept();
	test_peers();
	test_fails();
	send_forget(&v);
	return (done_testing());
}

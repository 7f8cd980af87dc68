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
 * What is special about IPv6, about adverts of single routers and about what
 * is taken with a remark; defects of other implementations, which are named
 * as the reference to VRRP at hand names them (KA of keepalived, FRR).
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include "../../vrrpe/elect.h"
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MS		1000LL
#define SECOND		(1000 * MS)

/* A packet of its own; 0 and NULL: as is right for the router under test. */
struct advert_in {
	const char	*name;
	int		 drop;		/* PACKET_OK: it is taken */
	const char	*src, *dst;
	const char	*sum_dst;	/* in the checksum instead of dst */
	int		 ttl;
	int		 prio;		/* -1: 0 */
	int		 cs;
	int		 plain, bad_sum;
	const char	*addr[3];
	int		 unicast;	/* by that socket, -1: the other */
};

static void	router(uint8_t, uint32_t, const char *);
static void	add_peer(const char *, int);
static void	parse(const char *, struct addr *);
static void	receive(const struct advert_in *);
static void	check(const struct advert_in *, size_t);
static void	test_inet6(void);
static void	test_unicast4(void);
static void	test_unicast6(void);
static void	test_multicast(void);
static void	test_source(void);
static void	test_notes(void);
static void	test_stray(void);
static void	test_strict(void);
static void	test_diff(void);
static void	test_duplicate(void);
static void	test_rival(void);
static void	test_owner(void);
static void	test_sums(void);
static void	test_interval(void);
static void	test_skew(void);
static void	test_answer(void);

static struct vrrpe	env;
static struct iface	eth0;
static struct vrrp	v;
static struct addr	vips[3];
static struct vpeer	peers[3];

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const char	*const vip4[] = { "10.77.0.10", "10.77.0.11" };
static const char	*const vip6[] = { "fe80::77:10", "fd77::10" };

static void
parse(const char *text, struct addr *a)
{
	if (addr_parse(text, a) == -1)
		abort();
}

/*
 * 10.77.0.5/24 and fe80::5, VRID 51, priority 100 of version 3; it has begun
 * to wait a while ago.
 */
static void
router(uint8_t af, uint32_t flags, const char *source)
{
	const char	*const *vip = af == AF_INET6 ? vip6 : vip4;
	int		 i;

	TAILQ_INIT(&env.ifaces);
	stub_iface(&eth0, "eth0", "10.77.0.5");
	parse("fe80::5", &eth0.status.addr6);
	eth0.status.prefix4 = 24;
	eth0.env = &env;
	TAILQ_INSERT_TAIL(&env.ifaces, &eth0, entry);
	stub_vrrp(&v, &env, &eth0, "VI_1", 100);
	v.conf.af = af;
	v.conf.flags = flags;
	if (source != NULL)
		parse(source, &v.conf.source);
	v.lan = lan_of(&eth0, af);
	v.lan->vrid[51] = &v;
	for (i = 0; i < 2; i++)
		parse(vip[i], &vips[i]);
	v.addrs = vips;
	v.naddrs = 2;
	v.peers = peers;
	stub_now.us += 100 * SECOND;
	group_settle(&v);
	stub_now.us += 300 * MS;
	stub_trace[0] = stub_warning[0] = '\0';
	stub_warnings = stub_statuses = 0;
}

static void
add_peer(const char *addr, int ttl)
{
	struct vpeer	*p = &peers[v.npeers++];

	memset(p, 0, sizeof(*p));
	p->conf.min_ttl = ttl;
	parse(addr, &p->conf.addr);
}

/* From memory of its own length, so that a read past the end shows. */
static void
receive(const struct advert_in *in)
{
	struct packet_ip	 ip;
	struct packet		 p;
	struct addr		 a;
	uint8_t			 buf[128], *exact;
	int			 six = v.conf.af == AF_INET6;
	int			 kind, i;

	memset(&ip, 0, sizeof(ip));
	parse(in->src != NULL ? in->src : six ? "fe80::1" : "10.77.0.1",
	    &ip.src);
	if (in->dst != NULL)
		parse(in->dst, &ip.dst);
	else if (v.conf.flags & VRRP_F_UNICAST)
		ip.dst = *lan_source(&v);
	else
		packet_group(v.conf.af, &ip.dst);
	ip.ttl = in->ttl != 0 ? in->ttl : 255;

	memset(&p, 0, sizeof(p));
	p.version = v.conf.version;
	p.af = v.conf.af;
	p.vrid = 51;
	p.priority = in->prio == -1 ? 0 : in->prio != 0 ? in->prio : 200;
	p.interval_cs = in->cs != 0 ? in->cs : v.conf.advert_cs;
	p.csum_plain = in->plain;
	for (i = 0; i < 3; i++) {
		a = vips[i];
		if (in->addr[0] != NULL && in->addr[i] != NULL)
			parse(in->addr[i], &a);
		else if (in->addr[0] != NULL || i == 2)
			break;
		memcpy(p.addrs + i * addr_size(a.af), a.u.bytes,
		    addr_size(a.af));
	}
	p.count = i;
	a = ip.dst;
	if (in->sum_dst != NULL)
		parse(in->sum_dst, &a);
	ip.len = packet_encode(&p, &ip.src, &a, buf, sizeof(buf));
	if (ip.len == 0 || (exact = malloc(ip.len)) == NULL)
		abort();
	buf[PACKET_CSUM_OFF] ^= in->bad_sum;
	memcpy(exact, buf, ip.len);
	ip.data = exact;
	kind = lan_socket(&v)->kind;
	if (in->unicast != 0)
		kind = in->unicast == 1 ? VSOCK_UNICAST : VSOCK_GROUP;
	judge_packet(&v.lan->sock[kind], &ip);
	free(exact);
}

/* Each is dropped for the right reason, once, and has no other effect. */
static void
check(const struct advert_in *in, size_t n)
{
	uint64_t	 before[VRRP_DROP_MAX];
	struct monotime	 due;
	int		 others, k;
	size_t		 i;

	for (i = 0; i < n; i++) {
		due = v.due;
		memcpy(before, v.drop, sizeof(before));
		receive(&in[i]);
		is_int(v.drop[in[i].drop] - before[in[i].drop], 1,
		    "%s: dropped (%s)", in[i].name,
		    vrrp_drop_names[in[i].drop]);
		for (k = 0, others = 0; k < VRRP_DROP_MAX; k++)
			others += k != in[i].drop && v.drop[k] != before[k];
		for (k = 0; k < VRRP_NOTE_MAX; k++)
			others += v.note[k] != 0;
		ok(others == 0 && v.due.us == due.us && v.rx == 0 &&
		    v.master.af == 0 && v.mai_cs == v.conf.advert_cs &&
		    stub_trace[0] == '\0', "%s: and nothing else",
		    in[i].name);
	}
}

static const struct advert_in	bad6[] = {
	{ .name = "hop limit 254", .drop = VRRP_DROP_TTL, .ttl = 254 },
	{ .name = "hop limit 64", .drop = VRRP_DROP_TTL, .ttl = 64 },
	{ .name = "KA-6, H-30, a global source", .drop = VRRP_DROP_SRC,
	    .src = "fd77::1" },
	{ .name = "KA-6, H-30, source ::", .drop = VRRP_DROP_SRC,
	    .src = "::" },
	{ .name = "source ::1", .drop = VRRP_DROP_SRC, .src = "::1" },
	{ .name = "source ff02::1", .drop = VRRP_DROP_SRC,
	    .src = "ff02::1" },
	{ .name = "KA-6, H-26, our own source", .drop = VRRP_DROP_SELF,
	    .src = "fe80::5" },
	{ .name = "the virtual source", .drop = VRRP_DROP_SRC,
	    .src = "fe80::77:10" },
	{ .name = "to ff02::1", .drop = VRRP_DROP_DST, .dst = "ff02::1" },
	{ .name = "to us", .drop = VRRP_DROP_DST, .dst = "fe80::5" },
	{ .name = "by the other socket", .drop = VRRP_DROP_DST,
	    .dst = "fe80::5", .unicast = 1 },
	{ .name = "checksum without pseudo-header", .drop = VRRP_DROP_CSUM,
	    .plain = 1 },
	{ .name = "wrong checksum", .drop = VRRP_DROP_CSUM, .bad_sum = 1 }
};

/* KA-6: what keepalived takes from where no router can be. */
static void
test_inet6(void)
{
	struct advert_in	good = { .name = "" };
	struct advert_in	swapped = { .name = "", .addr = {
				    "fd77::10", "fe80::77:10" } };
	struct advert_in	global = { .name = "", .addr = { "fd77::10" } };

	router(AF_INET6, 0, NULL);
	check(bad6, N(bad6));
	receive(&good);
	is_int(v.rx, 1, "a good one");
	is_int(stub_due(&v), elect_down_us(3, 100, 100), "counts");
	receive(&swapped);
	is_int(v.rx, 2, "addresses in another order");
	is_int(v.note[VRRP_NOTE_ADDRS], 0, "are the same");
	receive(&global);
	is_int(v.rx, 3, "without the link-local address, as FRR");
	is_int(v.note[VRRP_NOTE_ADDRS], 1, "with a remark");
	is_int(v.note[VRRP_NOTE_PSEUDO] + v.note[VRRP_NOTE_PLAIN], 0,
	    "of checksums there is one form");
}

static const struct advert_in	bad_peer[] = {
	{ .name = "KA-5, H-46, from nobody known", .drop = VRRP_DROP_PEER,
	    .src = "10.77.0.9" },
	{ .name = "from off the network", .drop = VRRP_DROP_PEER,
	    .src = "192.0.2.1" },
	{ .name = "a peer, TTL 254", .drop = VRRP_DROP_TTL, .ttl = 254 },
	{ .name = "KA-5, H-46, a peer, TTL 3", .drop = VRRP_DROP_TTL,
	    .ttl = 3 },
	{ .name = "nobody, TTL 3", .drop = VRRP_DROP_TTL, .ttl = 3,
	    .src = "10.77.0.9" },
	{ .name = "one far away, TTL 249", .drop = VRRP_DROP_TTL,
	    .ttl = 249, .src = "198.51.100.1" },
	{ .name = "from ourselves", .drop = VRRP_DROP_SELF,
	    .src = "10.77.0.5" },
	{ .name = "from the virtual address", .drop = VRRP_DROP_SRC,
	    .src = "10.77.0.10" },
	{ .name = "from loopback", .drop = VRRP_DROP_SRC,
	    .src = "127.0.0.1" },
	{ .name = "to the group", .drop = VRRP_DROP_DST,
	    .dst = "224.0.0.18", .unicast = -1 },
	{ .name = "to the group by this socket", .drop = VRRP_DROP_DST,
	    .dst = "224.0.0.18" },
	{ .name = "to a virtual address", .drop = VRRP_DROP_DST,
	    .dst = "10.77.0.10" },
	{ .name = "KA-2, H-47, checksum with the group", .drop = VRRP_DROP_CSUM,
	    .sum_dst = "224.0.0.18" },
	{ .name = "checksum with another peer", .drop = VRRP_DROP_CSUM,
	    .sum_dst = "198.51.100.1" }
};

/* KA-5: any source and TTL; KA-2: one checksum that changes what is taken. */
static void
test_unicast4(void)
{
	struct advert_in	good = { .name = "" };
	struct advert_in	plain = { .name = "", .plain = 1 };
	struct advert_in	far = { .name = "", .ttl = 250,
				    .src = "198.51.100.1" };
	struct advert_in	trick = { .name = "",
				    .sum_dst = "224.0.0.18" };

	router(AF_INET, VRRP_F_UNICAST, NULL);
	add_peer("10.77.0.1", 255);
	add_peer("198.51.100.1", 250);
	check(bad_peer, N(bad_peer));
	receive(&good);
	is_int(v.rx, 1, "a peer");
	receive(&plain);
	is_int(v.rx, 2, "by the sum of RFC 9568");
	receive(&trick);
	receive(&good);
	is_int(v.rx, 3, "KA-2, and as before, whatever came between");
	receive(&far);
	is_int(v.rx, 4, "one far away that may be");
	is_int(v.note[VRRP_NOTE_SUBNET], 0, "which is nothing remarkable");
	is_int(v.note[VRRP_NOTE_PSEUDO], 3, "sums of RFC 5798 are counted");
	is_int(v.note[VRRP_NOTE_PLAIN], 1, "and those of RFC 9568");
}

static void
test_unicast6(void)
{
	static const struct advert_in	bad[] = {
		{ .name = "IPv6, from nobody known", .drop = VRRP_DROP_PEER,
		    .src = "fd77::9" },
		{ .name = "IPv6, from nobody near", .drop = VRRP_DROP_PEER,
		    .src = "fe80::9" },
		{ .name = "IPv6, hop limit 64 of one near",
		    .drop = VRRP_DROP_TTL, .ttl = 64 },
		{ .name = "IPv6, from ::1", .drop = VRRP_DROP_SRC,
		    .src = "::1" },
		{ .name = "IPv6, from ::", .drop = VRRP_DROP_SRC,
		    .src = "::" },
		{ .name = "IPv6, from us", .drop = VRRP_DROP_SELF,
		    .src = "fd77::5" },
		{ .name = "IPv6, to our other address",
		    .drop = VRRP_DROP_DST, .dst = "fe80::5" },
		{ .name = "IPv6, to the group", .drop = VRRP_DROP_DST,
		    .dst = "ff02::12", .unicast = -1 }
	};
	struct advert_in	near = { .name = "" };
	struct advert_in	global = { .name = "", .src = "fd77::1",
				    .ttl = 64 };

	router(AF_INET6, VRRP_F_UNICAST, "fd77::5");
	add_peer("fe80::1", 255);
	add_peer("fd77::1", 64);
	check(bad, N(bad));
	receive(&near);
	is_int(v.rx, 1, "IPv6, a peer by its link-local address");
	receive(&global);
	is_int(v.rx, 2, "IPv6, one by its global address, hop limit 64");
}

/* Adverts to single routers are not for who listens to the group. */
static void
test_multicast(void)
{
	static const struct advert_in	bad[] = {
		{ .name = "to us alone", .drop = VRRP_DROP_DST,
		    .dst = "10.77.0.5", .unicast = 1 },
		{ .name = "to the group by that socket",
		    .drop = VRRP_DROP_DST, .unicast = 1 }
	};

	router(AF_INET, 0, NULL);
	check(bad, N(bad));
}

/* With a source of its own that is what others know it by. */
static void
test_source(void)
{
	static const struct advert_in	bad[] = {
		{ .name = "from our own source", .drop = VRRP_DROP_SELF,
		    .src = "10.77.0.7" },
		{ .name = "from the interface's", .drop = VRRP_DROP_SELF,
		    .src = "10.77.0.5" }
	};
	struct advert_in	equal = { .name = "", .prio = 100,
				    .src = "10.77.0.6" };

	router(AF_INET, 0, "10.77.0.7");
	check(bad, N(bad));
	stub_event(&v, EV_DOWN_TIMER);
	receive(&equal);
	is_int(v.state, VRRP_MASTER, "equal, and less than our source");
	equal.src = "10.77.0.8";
	receive(&equal);
	is_int(v.state, VRRP_BACKUP, "equal, and greater");
}

static void
test_notes(void)
{
	struct advert_in	interval = { .name = "", .cs = 50 };
	struct advert_in	addrs = { .name = "", .addr = {
				    "10.77.0.11", "10.77.0.12" } };

	router(AF_INET, 0, NULL);
	receive(&interval);
	is_int(v.note[VRRP_NOTE_INTERVAL], 1, "another interval: counted");
	is_int(v.drop[VRRP_DROP_INTERVAL], 0, "but not as dropped");
	is_str(stub_warning, "vrrp VI_1: advert from 10.77.0.1: it "
	    "advertises each 500 ms, we 1000 ms", "and named");
	receive(&addrs);
	is_int(v.note[VRRP_NOTE_ADDRS], 1, "other addresses: counted");
	is_int(v.drop[VRRP_DROP_ADDRS], 0, "but not as dropped");
	is_str(stub_warning, "vrrp VI_1: advert from 10.77.0.1: its "
	    "addresses differ from ours: it lacks 10.77.0.10, has "
	    "10.77.0.12 besides", "and named");
	is_int(v.rx, 2, "both are taken");
	receive(&addrs);
	is_int(v.note[VRRP_NOTE_ADDRS], 2, "the same again: counted");
	is_int(stub_warnings, 2, "and no line");
}

/* One line of it, be it hours later. */
static void
test_stray(void)
{
	struct advert_in	stray = { .name = "", .src = "10.78.0.1" };
	int			i;

	router(AF_INET, 0, NULL);
	for (i = 0; i < 5; i++) {
		receive(&stray);
		stub_now.us += 20 * SECOND;
	}
	is_int(v.rx, 5, "from another network: taken");
	is_int(v.note[VRRP_NOTE_SUBNET], 5, "counted");
	is_int(stub_warnings, 1, "logged once");
	is_str(stub_warning, "vrrp VI_1: advert from 10.78.0.1: its address "
	    "is of another network than ours", "by name");
	eth0.status.prefix4 = 8;
	v.note[VRRP_NOTE_SUBNET] = 0;
	receive(&stray);
	is_int(v.note[VRRP_NOTE_SUBNET], 0, "of a larger one it is not");
}

static void
test_strict(void)
{
	static const struct advert_in	bad[] = {
		{ .name = "strict, one less", .drop = VRRP_DROP_ADDRS,
		    .addr = { "10.77.0.10" } },
		{ .name = "strict, one more", .drop = VRRP_DROP_ADDRS,
		    .addr = { "10.77.0.10", "10.77.0.11", "10.77.0.12" } },
		{ .name = "strict, an owner's", .drop = VRRP_DROP_ADDRS,
		    .prio = 255, .addr = { "10.77.0.10" } }
	};
	struct advert_in	swapped = { .name = "", .addr = {
				    "10.77.0.11", "10.77.0.10" } };

	router(AF_INET, VRRP_F_STRICT, NULL);
	check(bad, N(bad));
	is_str(stub_warning, "vrrp VI_1: advert from 10.77.0.1: dropped: its "
	    "addresses differ from ours: it lacks 10.77.0.11",
	    "with the difference");
	receive(&swapped);
	is_int(v.rx, 1, "strict, another order: taken");
}

/* The text of a difference, and its bounds. */
static void
test_diff(void)
{
	struct packet	p;
	struct addr	ours[PACKET_ADDRS_MAX];
	char		text[CTL_TEXT_LEN];
	int		i;

	memset(&p, 0, sizeof(p));
	memset(ours, 0, sizeof(ours));
	p.af = AF_INET;
	p.count = 3;
	for (i = 0; i < 3; i++) {
		p.addrs[4 * i] = 10;
		p.addrs[4 * i + 3] = 3 - i;
		ours[i].af = AF_INET;
		ours[i].u.bytes[0] = 10;
		ours[i].u.bytes[3] = 1 + i;
	}
	ok(packet_same_addrs(&p, ours, 3), "reversed: the same");
	packet_addr_diff(&p, ours, 2, text, sizeof(text));
	is_str(text, "it has 10.0.0.3 besides", "one besides");
	p.count = 1;
	packet_addr_diff(&p, ours, 3, text, sizeof(text));
	is_str(text, "it lacks 10.0.0.1, 10.0.0.2", "two less");
	p.count = 2;
	p.addrs[3] = p.addrs[7] = 1;
	ok(!packet_same_addrs(&p, ours, 2), "one twice is not two");
	packet_addr_diff(&p, ours, 2, text, sizeof(text));
	is_str(text, "it lacks 10.0.0.2, has 10.0.0.1 besides", "but that");

	p.af = AF_INET6;
	p.count = PACKET_ADDRS_MAX;
	memset(p.addrs, 0xfd, sizeof(p.addrs));
	for (i = 0; i < PACKET_ADDRS_MAX; i++) {
		p.addrs[16 * i + 15] = i;
		ours[i].af = AF_INET6;
		memset(ours[i].u.bytes, 0xfc, 16);
		ours[i].u.bytes[15] = i;
	}
	packet_addr_diff(&p, ours, PACKET_ADDRS_MAX, text, sizeof(text));
	ok(strlen(text) < 400, "255 and 255 others: %zu characters",
	    strlen(text));
	ok(strstr(text, " and 252 more, has ") != NULL &&
	    strstr(text, " and 252 more besides") != NULL,
	    "with their number: %s", text);
}

/* V-095: IPv6 is delivered where IPv4 would be a martian. */
static void
test_duplicate(void)
{
	struct advert_in	own = { .name = "our own address",
				    .drop = VRRP_DROP_SELF, .prio = 100,
				    .src = "fe80::5" };

	router(AF_INET6, 0, NULL);
	stub_event(&v, EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	receive(&own);
	is_int(v.state, VRRP_MASTER, "equal and of our address: no effect");
	is_str(stub_trace, "", "no answer");
	ok(strstr(stub_warning, "another router has it too") != NULL,
	    "it is named: %s", stub_warning);
}

static void
test_rival(void)
{
	struct advert_in	worse = { .name = "", .prio = 50 };
	struct advert_in	release = { .name = "", .prio = -1 };
	int			i;

	router(AF_INET, 0, NULL);
	receive(&worse);
	is_int(v.note[VRRP_NOTE_RIVAL], 0, "to a backup nobody is a rival");
	stub_event(&v, EV_DOWN_TIMER);
	receive(&release);
	is_int(v.note[VRRP_NOTE_RIVAL], 0, "nor is one that releases");
	stub_now.us += SECOND;
	stub_statuses = stub_warnings = 0;
	stub_trace[0] = '\0';
	receive(&worse);
	is_int(v.note[VRRP_NOTE_RIVAL], 1, "a rival");
	is_str(stub_warning, "vrrp VI_1: advert from 10.77.0.1: a rival "
	    "master, with priority 50 to our 100", "is named");
	is_int(v.rival.prio, 50, "known by its priority");
	ok(addr_cmp(&v.rival.addr, &v.master) != 0 &&
	    v.rival.at.us == stub_now.us, "its address and time");
	is_int(stub_statuses, 1, "lbe is told");
	is_str(stub_trace, "Ag", "it is answered, the addresses announced");
	for (i = 0; i < 1000; i++) {
		stub_now.us += MS;
		receive(&worse);
	}
	is_int(v.note[VRRP_NOTE_RIVAL], 1001, "all are counted");
	is_int(stub_statuses + stub_warnings, 2, "and told once");
	is_int(v.state, VRRP_MASTER, "it stays master");
	stub_now.us += 10 * SECOND;
	receive(&worse);
	is_int(stub_statuses, 2, "later it is told again");
}

/* KA-4: an owner that makes room for another owner. */
static void
test_owner(void)
{
	static const struct advert_in	owners[] = {
		{ .name = "KA-4, H-23, an owner hears an owner",
		    .drop = VRRP_DROP_OWNER, .prio = 255,
		    .src = "10.77.0.200" },
		{ .name = "and a release", .drop = VRRP_DROP_OWNER,
		    .prio = -1 }
	};

	router(AF_INET, 0, NULL);
	v.conf.priority = v.prio = 255;
	stub_event(&v, EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	check(owners, N(owners));
	is_int(v.state, VRRP_MASTER, "KA-4, it stays master");
	is_int(v.prio, 255, "KA-4, and owner");
}

/* KA-2 of a multicast router: neither form is ever turned off. */
static void
test_sums(void)
{
	struct advert_in	pseudo = { .name = "" };
	struct advert_in	plain = { .name = "", .plain = 1 };
	struct advert_in	wrong = { .name = "", .bad_sum = 1 };
	int			i;

	router(AF_INET, VRRP_F_RFC9568, NULL);
	for (i = 0; i < 5; i++) {
		receive(&pseudo);
		receive(&plain);
		receive(&wrong);
	}
	is_int(v.note[VRRP_NOTE_PSEUDO], 5, "KA-2, sums of RFC 5798, always");
	is_int(v.note[VRRP_NOTE_PLAIN], 5, "KA-2, those of RFC 9568, always");
	is_int(v.drop[VRRP_DROP_CSUM], 5, "wrong ones, never");
}

/* KA-3: no interval, no wait.  FRR-1: reserved bits that were one. */
static void
test_interval(void)
{
	struct packet	p;
	struct addr	src, dst;
	uint8_t		buf[64];
	size_t		len;

	router(AF_INET, 0, NULL);
	memset(&p, 0, sizeof(p));
	p.version = 3;
	p.af = AF_INET;
	p.vrid = 51;
	p.priority = 200;
	p.count = 1;
	parse("10.77.0.1", &src);
	packet_group(AF_INET, &dst);
	len = packet_encode(&p, &src, &dst, buf, sizeof(buf));
	buf[4] = 0xff;
	buf[5] = 0xff;
	packet_csum(buf, len, 3, &src, &dst, 0);
	is_int(packet_decode(&p, buf, len, &src, &dst), PACKET_OK,
	    "all bits of the interval set");
	is_int(p.interval_cs, ADVERT3_CS_MAX, "FRR-1, H-19, are 4095 cs");
	is_int(elect_down_us(3, 100, p.interval_cs), 147803906,
	    "FRR-1, H-19, and 147.8 s, without overflow");
	is_int(elect_down_us(3, 1, p.interval_cs), 163640039, "163.6 s");
}

/* FRR-2: in whole centiseconds all backups would be as fast at 10 ms. */
static void
test_skew(void)
{
	int	prio, same = 0;

	for (prio = 2; prio < 255; prio++)
		same += elect_skew_us(3, prio, 1) ==
		    elect_skew_us(3, prio - 1, 1);
	is_int(same, 0, "FRR-2, each priority has a skew of its own at 10 ms");
	is_int(elect_skew_us(3, 100, 1), 6093, "that of 100 is 6.09 ms");
	is_int(elect_skew_us(3, 254, 1), 78, "and of 254 not nothing");
}

/* FRR-4: a master that only discards what loses against it. */
static void
test_answer(void)
{
	struct advert_in	worse = { .name = "", .prio = 99 };
	struct advert_in	equal = { .name = "", .prio = 100,
				    .src = "10.77.0.4" };
	struct monotime		due;

	router(AF_INET, 0, NULL);
	stub_event(&v, EV_DOWN_TIMER);
	stub_now.us += 500 * MS;
	due = v.due;
	stub_trace[0] = '\0';
	receive(&worse);
	ok(stub_trace[0] == 'A',
	    "FRR-4, lower priority: answered by an advert");
	stub_now.us += 50 * MS;
	stub_trace[0] = '\0';
	receive(&equal);
	ok(stub_trace[0] == 'A',
	    "FRR-4, H-25, equal with a lower address: too");
	is_int(v.due.us, due.us, "the period stays as it was");
}

int
main(void)
{
	test_inet6();
	test_unicast4();
	test_unicast6();
	test_multicast();
	test_source();
	test_notes();
	test_stray();
	test_strict();
	test_diff();
	test_duplicate();
	test_rival();
	test_owner();
	test_sums();
	test_interval();
	test_skew();
	test_answer();
	return (done_testing());
}

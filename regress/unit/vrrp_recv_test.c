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
 * What a router takes and what it drops: each check of RFC 9568 section 7.1
 * and of RFC 3768 section 7.1 with its counter, and that a packet dropped
 * changes nothing else; how often that is logged; noise.
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
#define IP_LEN		20
#define FUZZ_ROUNDS	100000

/* A packet as it shall be, and how it differs from a good one. */
struct knobs {
	const char	*name;
	int		 drop;		/* PACKET_OK: it is taken */
	const char	*src, *dst;
	int		 ttl;
	int		 version, vrid, prio, cs;
	int		 auth_type;
	const char	*pass;
	const char	*addr[2];
	int		 cut;		/* bytes fewer, or more if below 0 */
	int		 csum;		/* added to a right checksum */
	int		 plain;		/* checksum of RFC 9568 */
	int		 count;		/* instead of the right one, -1: 0 */
};

static void	router(int, int);
static void	put_sum(uint8_t *, size_t, uint32_t, size_t);
static size_t	build(const struct knobs *, uint8_t *);
static void	receive(const struct knobs *);
static void	check(const struct knobs *, enum vrrp_state);
static void	test_v3(void);
static void	test_v2(void);
static void	test_auth(void);
static void	test_owner(void);
static void	test_init(void);
static void	test_unknown(void);
static void	test_taken(void);
static void	test_release(void);
static void	test_two(void);
static void	test_log(void);
static void	test_flood(void);
static void	send_raw(const uint8_t *, size_t);
static void	test_interval(void);
static void	test_stranger(void);
static void	test_sums(void);
static void	test_full(void);
static void	test_fuzz(void);

static struct vrrpe	env;
static struct iface	eth0;
static struct lan	*lan = &eth0.lan[LAN_INET];
static struct vsock	*sock = &eth0.lan[LAN_INET].sock[VSOCK_GROUP];
static struct vrrp	v;

/* Zero stands for what is right, for the router under test. */
static const struct knobs	bad_v3[] = {
	{ .name = "TTL 254", .drop = VRRP_DROP_TTL, .ttl = 254 },
	{ .name = "TTL 1", .drop = VRRP_DROP_TTL, .ttl = 1 },
	{ .name = "to 224.0.0.1", .drop = VRRP_DROP_DST, .dst = "224.0.0.1" },
	{ .name = "to us", .drop = VRRP_DROP_DST, .dst = "10.77.0.5" },
	{ .name = "from us", .drop = VRRP_DROP_SELF, .src = "10.77.0.5" },
	{ .name = "from 0.0.0.0", .drop = VRRP_DROP_SRC, .src = "0.0.0.0" },
	{ .name = "from 127.0.0.1", .drop = VRRP_DROP_SRC,
	    .src = "127.0.0.1" },
	{ .name = "from 224.0.0.5", .drop = VRRP_DROP_SRC,
	    .src = "224.0.0.5" },
	{ .name = "from 255.255.255.255", .drop = VRRP_DROP_SRC,
	    .src = "255.255.255.255" },
	{ .name = "from the virtual address", .drop = VRRP_DROP_SRC,
	    .src = "10.77.0.10" },
	{ .name = "6 octets", .drop = VRRP_DROP_LEN, .cut = 6 },
	{ .name = "cut by 1", .drop = VRRP_DROP_LEN, .cut = 1 },
	{ .name = "1 octet more", .drop = VRRP_DROP_LEN, .cut = -1 },
	{ .name = "8 octets more", .drop = VRRP_DROP_LEN, .cut = -8 },
	{ .name = "count 255", .drop = VRRP_DROP_LEN, .count = 255 },
	{ .name = "version 2 to version 3", .drop = VRRP_DROP_VERSION,
	    .version = 2 },
	{ .name = "version 4", .drop = VRRP_DROP_VERSION, .version = 4 },
	{ .name = "version 15", .drop = VRRP_DROP_VERSION, .version = 15 },
	{ .name = "wrong checksum", .drop = VRRP_DROP_CSUM, .csum = 1 },
	{ .name = "wrong checksum of RFC 9568", .drop = VRRP_DROP_CSUM,
	    .csum = 1, .plain = 1 },
	{ .name = "no address", .drop = VRRP_DROP_ADDRS, .count = -1,
	    .cut = 4 },
	{ .name = "KA-3, H-18, interval 0", .drop = VRRP_DROP_INTERVAL,
	    .cs = -1 },
	{ .name = "KA-3, H-18, interval 0 of an owner",
	    .drop = VRRP_DROP_INTERVAL, .cs = -1, .prio = 255 }
};

static const struct knobs	bad_v2[] = {
	{ .name = "version 3 to version 2", .drop = VRRP_DROP_VERSION,
	    .version = 3 },
	{ .name = "interval of 2 s", .drop = VRRP_DROP_INTERVAL, .cs = 200 },
	{ .name = "interval of 255 s", .drop = VRRP_DROP_INTERVAL,
	    .cs = 25500 },
	{ .name = "KA-3, H-18, interval 0", .drop = VRRP_DROP_INTERVAL,
	    .cs = -1 },
	{ .name = "another address", .drop = VRRP_DROP_ADDRS,
	    .addr = { "10.77.0.11" } },
	{ .name = "an address more", .drop = VRRP_DROP_ADDRS,
	    .addr = { "10.77.0.10", "10.77.0.11" } },
	{ .name = "PASS to none", .drop = VRRP_DROP_AUTH_MISMATCH,
	    .auth_type = 1, .pass = "s3cr3t" },
	{ .name = "type 2", .drop = VRRP_DROP_AUTH_TYPE, .auth_type = 2 },
	{ .name = "type 255", .drop = VRRP_DROP_AUTH_TYPE,
	    .auth_type = 255 },
	{ .name = "wrong checksum", .drop = VRRP_DROP_CSUM, .csum = 0x100 },
	{ .name = "without authentication data", .drop = VRRP_DROP_LEN,
	    .cut = 8 },
	{ .name = "with 4 octets of it", .drop = VRRP_DROP_LEN, .cut = 4 },
	{ .name = "with 16 octets of it", .drop = VRRP_DROP_LEN, .cut = -8 }
};

static const struct knobs	bad_pass[] = {
	{ .name = "none to PASS", .drop = VRRP_DROP_AUTH_MISMATCH },
	{ .name = "wrong password", .drop = VRRP_DROP_AUTH_FAIL,
	    .auth_type = 1, .pass = "secret" },
	{ .name = "prefix of the password", .drop = VRRP_DROP_AUTH_FAIL,
	    .auth_type = 1, .pass = "s3cr3" },
	{ .name = "password and more", .drop = VRRP_DROP_AUTH_FAIL,
	    .auth_type = 1, .pass = "s3cr3t1" },
	{ .name = "no password", .drop = VRRP_DROP_AUTH_FAIL,
	    .auth_type = 1, .pass = "" }
};

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* 10.77.0.5, VRID 51, priority 100; it has heard 10.77.0.1 a while ago. */
static void
router(int version, int prio)
{
	TAILQ_INIT(&env.ifaces);
	stub_iface(&eth0, "eth0", "10.77.0.5");
	eth0.env = &env;
	TAILQ_INSERT_TAIL(&env.ifaces, &eth0, entry);
	stub_vrrp(&v, &env, &eth0, "VI_1", prio);
	v.conf.version = version;
	eth0.lan[LAN_INET].vrid[51] = &v;
	stub_now.us += 100 * SECOND;
	group_settle(&v);
	stub_now.us += 300 * MS;
	stub_trace[0] = '\0';
	stub_warnings = 0;
}

/* The sum of RFC 1071 section 4.1 over len bytes, written at offset at. */
static void
put_sum(uint8_t *p, size_t len, uint32_t sum, size_t at)
{
	size_t	i;

	p[at] = p[at + 1] = 0;
	for (i = 0; i < len; i++)
		sum += i % 2 == 0 ? p[i] * 256U : p[i];
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	sum = ~sum & 0xffff;
	p[at] = sum >> 8;
	p[at + 1] = sum & 0xff;
}

/* Returns the length of the whole packet; buf has room for 128 bytes. */
static size_t
build(const struct knobs *k, uint8_t *buf)
{
	struct addr	 src, dst, a;
	uint8_t		*m = buf + IP_LEN;
	int		 version, cs, i, n;
	uint32_t	 pseudo = 0;
	size_t		 len;

	memset(buf, 0, 128);
	version = k->version != 0 ? k->version : v.conf.version;
	cs = k->cs == -1 ? 0 : k->cs != 0 ? k->cs : v.conf.advert_cs;
	if (addr_parse(k->src != NULL ? k->src : "10.77.0.1", &src) == -1 ||
	    addr_parse(k->dst != NULL ? k->dst : "224.0.0.18", &dst) == -1)
		abort();

	m[0] = version << 4 | 1;
	m[1] = k->vrid != 0 ? k->vrid : 51;
	m[2] = k->prio == -1 ? 0 : k->prio != 0 ? k->prio : 200;
	for (n = 0; n < 2 && (n == 0 || k->addr[n] != NULL); n++) {
		if (addr_parse(k->addr[n] != NULL ? k->addr[n] :
		    "10.77.0.10", &a) == -1)
			abort();
		memcpy(m + 8 + 4 * n, a.u.bytes, 4);
	}
	m[3] = n;
	len = 8 + 4 * n;
	if (version == 2) {
		m[4] = k->auth_type;
		m[5] = cs / 100;
		if (k->pass != NULL)
			memcpy(m + len, k->pass, strlen(k->pass));
		len += 8;
	} else {
		m[4] = cs >> 8;
		m[5] = cs & 0xff;
	}
	len -= k->cut;
	if (k->count != 0)
		m[3] = k->count == -1 ? 0 : k->count;
	for (i = 0; version == 3 && !k->plain && i < 4; i += 2)
		pseudo += (src.u.bytes[i] + dst.u.bytes[i]) * 256U +
		    src.u.bytes[i + 1] + dst.u.bytes[i + 1];
	if (pseudo != 0)
		pseudo += 112 + len;
	put_sum(m, len, pseudo, 6);
	m[6] += k->csum >> 8;
	m[7] += k->csum & 0xff;

	buf[0] = 0x45;
	buf[3] = IP_LEN + len;
	buf[8] = k->ttl != 0 ? k->ttl : 255;
	buf[9] = 112;
	memcpy(buf + 12, src.u.bytes, 4);
	memcpy(buf + 16, dst.u.bytes, 4);
	return (IP_LEN + len);
}

/* From memory of its own length, so that a read past the end shows. */
static void
receive(const struct knobs *k)
{
	uint8_t	buf[128], *exact;
	size_t	len;

	len = build(k, buf);
	if ((exact = malloc(len)) == NULL)
		abort();
	memcpy(exact, buf, len);
	recv_ip4(sock, exact, len);
	free(exact);
}

/* Dropped for the right reason, once, and with no other effect. */
static void
check(const struct knobs *k, enum vrrp_state state)
{
	struct monotime	due = v.due;
	struct addr	master = v.master;
	uint64_t	before[VRRP_DROP_MAX];
	uint64_t	rx = v.rx;
	int		i, others = 0;

	memcpy(before, v.drop, sizeof(before));
	receive(k);
	is_int(v.drop[k->drop] - before[k->drop], 1, "%s: dropped (%s)",
	    k->name, vrrp_drop_names[k->drop]);
	for (i = 0; i < VRRP_DROP_MAX; i++)
		others += i != k->drop && v.drop[i] != before[i];
	ok(others == 0 && v.state == state && v.due.us == due.us &&
	    v.rx == rx && v.mai_cs == v.conf.advert_cs &&
	    addr_cmp(&v.master, &master) == 0 && stub_trace[0] == '\0',
	    "%s: and nothing else, %s", k->name, vrrp_state_names[state]);
}

static void
test_v3(void)
{
	size_t	i;

	router(3, 100);
	for (i = 0; i < N(bad_v3); i++)
		check(&bad_v3[i], VRRP_BACKUP);
	router(3, 100);
	stub_event(&v, EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	for (i = 0; i < N(bad_v3); i++)
		check(&bad_v3[i], VRRP_MASTER);
}

static void
test_v2(void)
{
	struct knobs	garbage = { .name = "", .pass = "rubbish" };
	struct knobs	owner = { .name = "", .prio = 255,
			    .addr = { "10.77.0.11" } };
	size_t		i;

	router(2, 100);
	for (i = 0; i < N(bad_v2); i++)
		check(&bad_v2[i], VRRP_BACKUP);
	receive(&garbage);
	is_int(v.rx, 1, "type 0 with garbage for a password is taken");
	receive(&owner);
	is_int(v.rx, 2, "other addresses of an owner are taken");
	is_int(v.note[VRRP_NOTE_ADDRS], 1, "but counted");
}

static void
test_auth(void)
{
	struct knobs	good = { .name = "", .auth_type = 1,
			    .pass = "s3cr3t" };
	size_t		i;

	router(2, 100);
	v.conf.auth = VRRP_AUTH_PASS;
	memcpy(v.conf.pass, "s3cr3t\0", 8);
	for (i = 0; i < N(bad_pass); i++)
		check(&bad_pass[i], VRRP_BACKUP);
	receive(&good);
	is_int(v.rx, 1, "the right password is taken");
}

static void
test_owner(void)
{
	struct knobs	any = { .name = "any advert to an owner",
			    .drop = VRRP_DROP_OWNER };
	struct knobs	two = { .name = "two owners", .prio = 255,
			    .src = "10.77.0.9", .drop = VRRP_DROP_OWNER };

	router(3, 255);
	check(&any, VRRP_MASTER);
	check(&two, VRRP_MASTER);
	ok(strstr(stub_warning, "two routers with priority 255") != NULL,
	    "two owners are named: %s", stub_warning);
}

static void
test_init(void)
{
	struct knobs	any = { .name = "any advert in fault",
			    .drop = VRRP_DROP_INIT };

	router(3, 100);
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	stub_trace[0] = '\0';
	check(&any, VRRP_FAULT);
	is_int(stub_warnings, 0, "is no line");
}

static void
test_unknown(void)
{
	struct knobs	other = { .name = "", .vrid = 52 };
	uint8_t		buf[128];
	size_t		len;

	router(3, 100);
	receive(&other);
	is_int(lan->drop[VRRP_DROP_VRID], 1, "unknown VRID, counted");
	is_int(stub_warnings, 0, "no line");
	other.ttl = 3;
	receive(&other);
	is_int(lan->drop[VRRP_DROP_TTL], 1, "and TTL of it");
	len = build(&other, buf);
	buf[3] += 1;
	recv_ip4(sock, buf, len);
	is_int(lan->drop[VRRP_DROP_LEN], 1, "not the whole packet");
}

/* Version 3 takes much and says so. */
static void
test_taken(void)
{
	struct knobs	plain = { .name = "", .plain = 1 };
	struct knobs	interval = { .name = "", .cs = 50 };
	struct knobs	addrs = { .name = "", .addr = { "10.77.0.11" } };
	struct knobs	padded = { .name = "" };
	uint8_t		buf[128];
	size_t		len;

	router(3, 100);
	receive(&plain);
	is_int(v.rx, 1, "checksum of RFC 9568");
	is_int(stub_due(&v), elect_down_us(3, 100, 100), "counts");
	receive(&interval);
	is_int(v.rx, 2, "another interval");
	is_int(v.mai_cs, 50, "is learned");
	is_int(v.note[VRRP_NOTE_INTERVAL], 1, "and counted");
	receive(&addrs);
	is_int(v.rx, 3, "other addresses");
	is_int(v.note[VRRP_NOTE_ADDRS], 1, "are counted");
	len = build(&padded, buf);
	recv_ip4(sock, buf, len + 14);
	is_int(v.rx, 4, "padding of the link");
	is_int(v.master_prio, 200, "the master's priority is known");

	buf[0] = 0x46;
	memmove(buf + 24, buf + 20, len - 20);
	memset(buf + 20, 1, 4);
	buf[3] += 4;
	recv_ip4(sock, buf, len + 4);
	is_int(v.rx, 5, "IP options");
}

static void
test_release(void)
{
	struct knobs	master = { .name = "" };
	struct knobs	zero = { .name = "", .prio = -1,
			    .src = "10.77.0.66" };
	struct monotime	due;

	router(3, 100);
	receive(&master);
	due = v.due;
	receive(&zero);
	is_int(v.due.us, due.us, "release by a stranger");
	is_int(v.prio0_rx, 1, "counted");
	ok(strstr(stub_warning, "10.77.0.66") != NULL, "named: %s",
	    stub_warning);
	zero.src = "10.77.0.1";
	receive(&zero);
	is_int(stub_due(&v), elect_skew_us(3, 100, 100), "by the master");
}

/* Two instances on one interface. */
static void
test_two(void)
{
	struct knobs	second = { .name = "", .vrid = 52 };
	struct vrrp	w;

	router(3, 100);
	stub_vrrp(&w, &env, &eth0, "VI_2", 100);
	w.conf.vrid = 52;
	eth0.lan[LAN_INET].vrid[52] = &w;
	group_settle(&w);
	receive(&second);
	is_int(w.rx, 1, "the second has it");
	is_int(v.rx, 0, "the first has not");
}

/* One line a reason and source in ten seconds, then with their number. */
static void
test_log(void)
{
	struct knobs	ttl = { .name = "", .ttl = 254 };
	int		i;

	router(3, 100);
	for (i = 0; i < 50; i++) {
		receive(&ttl);
		stub_now.us += 100 * MS;
	}
	is_int(stub_warnings, 1, "50 in 5 s: one line");
	is_str(stub_warning, "vrrp VI_1: advert from 10.77.0.1: dropped: "
	    "TTL 254, not 255", "which says who and what");
	ttl.src = "10.77.0.2";
	receive(&ttl);
	is_int(stub_warnings, 2, "another source: another line");
	ttl.src = "10.77.0.1";
	ttl.ttl = 0;
	ttl.csum = 1;
	receive(&ttl);
	is_int(stub_warnings, 3, "another reason: another line");
	ttl.ttl = 254;
	stub_now.us += 6 * SECOND;
	receive(&ttl);
	is_int(stub_warnings, 4, "ten seconds later: the next");
	ok(strstr(stub_warning, "(49 more not logged)") != NULL,
	    "and how many were not: %s", stub_warning);
	is_int(v.drop[VRRP_DROP_TTL], 52, "all were counted");
}

/* Forged sources cannot fill the log. */
static void
test_flood(void)
{
	struct knobs	ttl = { .name = "", .ttl = 254 };
	char		src[ADDR_STRLEN];
	int		i;

	router(3, 100);
	ttl.src = src;
	for (i = 0; i < 2000; i++) {
		snprintf(src, sizeof(src), "10.%d.%d.1", 1 + i / 250,
		    1 + i % 250);
		receive(&ttl);
	}
	is_int(stub_warnings, DROPLOG_SOURCES, "2000 sources: %d lines",
	    DROPLOG_SOURCES);
	stub_now.us += 11 * SECOND;
	receive(&ttl);
	ok(strstr(stub_warning, "(1996 more not logged)") != NULL,
	    "the rest is told: %s", stub_warning);
}

/* From memory of its own length, as receive() does. */
static void
send_raw(const uint8_t *buf, size_t len)
{
	uint8_t	*exact;

	if ((exact = malloc(len)) == NULL)
		abort();
	memcpy(exact, buf, len);
	recv_ip4(sock, exact, len);
	free(exact);
}

/*
 * The longest interval and the shortest by turns: each is learned, and the
 * next good advert puts the timer right.  The reserved bits are no part of it
 * (RFC 9568 section 5.2.6).
 */
static void
test_interval(void)
{
	struct knobs	good = { .name = "" };
	struct knobs	longest = { .name = "", .cs = ADVERT3_CS_MAX };
	struct knobs	shortest = { .name = "", .cs = ADVERT3_CS_MIN };
	struct knobs	reserved = { .name = "", .cs = 0xf000 + 100 };
	int		i, wrong = 0;

	router(3, 100);
	receive(&longest);
	is_int(stub_due(&v), 147803906, "interval of 4095 cs");
	receive(&shortest);
	is_int(stub_due(&v), 36093, "interval of 1 cs");
	for (i = 0; i < 1000; i++) {
		receive(i % 2 == 0 ? &longest : &shortest);
		wrong += v.mai_cs != (i % 2 == 0 ? longest.cs : shortest.cs);
	}
	is_int(wrong, 0, "a thousand by turns, each learned");
	is_int(v.state, VRRP_BACKUP, "no transition");
	receive(&good);
	is_int(stub_due(&v), elect_down_us(3, 100, 100), "then as before");

	router(3, 100);
	receive(&reserved);
	is_int(v.rx, 1, "reserved bits set: taken");
	is_int(v.mai_cs, 100, "and not read as interval");
	is_int(v.note[VRRP_NOTE_INTERVAL], 0, "nor as another one");
}

/* Priority 255 is obeyed, whoever says so, and no longer than it lasts. */
static void
test_stranger(void)
{
	struct knobs	owner = { .name = "", .prio = 255,
			    .src = "10.77.0.66" };

	router(3, 100);
	receive(&owner);
	is_int(v.master_prio, 255, "an owner is obeyed by a backup");
	stub_event(&v, EV_DOWN_TIMER);
	is_int(v.state, VRRP_MASTER, "it goes: master");
	receive(&owner);
	is_int(v.state, VRRP_BACKUP, "obeyed by a master");
	is_int(stub_due(&v), elect_down_us(3, 100, 100), "which waits");

	router(3, 100);
	owner.src = "10.77.0.10";
	receive(&owner);
	is_int(v.rx, 1, "an owner may send from its address");
}

/* Checksums that are wrong in ways of their own, and CARP. */
static void
test_sums(void)
{
	struct knobs	good = { .name = "" };
	struct knobs	pass = { .name = "", .auth_type = 1,
			    .pass = "s3cr3t" };
	uint8_t		buf[128], *m = buf + IP_LEN;
	size_t		len;

	router(3, 100);
	len = build(&good, buf);
	m[6] = m[7] = 0;
	send_raw(buf, len);
	m[6] = m[7] = 0xff;
	send_raw(buf, len);
	is_int(v.drop[VRRP_DROP_CSUM], 2, "checksums 0 and 0xffff");

	router(2, 100);
	v.conf.auth = VRRP_AUTH_PASS;
	memcpy(v.conf.pass, "s3cr3t\0", 8);
	len = build(&pass, buf);
	put_sum(m, len - IP_LEN - 8, 0, 6);
	send_raw(buf, len);
	is_int(v.drop[VRRP_DROP_CSUM], 1, "sum without the password");

	memset(m, 0, 36);
	m[0] = 0x21;
	m[1] = 51;
	m[3] = 7;
	m[5] = 1;
	put_sum(m, 36, 0, 6);
	buf[3] = IP_LEN + 36;
	send_raw(buf, IP_LEN + 36);
	is_int(v.drop[VRRP_DROP_LEN], 1, "CARP has another length");
	is_int(v.rx, 0, "none was taken");
}

/* 255 addresses: version 3 takes it and says so, version 2 does not. */
static void
test_full(void)
{
	struct knobs	good = { .name = "" };
	uint8_t		buf[IP_LEN + 8 + 4 * 255 + 8], *m = buf + IP_LEN;
	int		version;
	size_t		i, len;

	for (version = 2; version <= 3; version++) {
		router(version, 100);
		memset(buf, 0, sizeof(buf));
		build(&good, buf);
		len = 8 + 4 * 255 + (version == 2 ? 8 : 0);
		m[3] = 255;
		for (i = 0; i < 4 * 255; i++)
			m[8 + i] = i;
		put_sum(m, len, 0, 6);
		buf[2] = (IP_LEN + len) >> 8;
		buf[3] = (IP_LEN + len) & 0xff;
		send_raw(buf, IP_LEN + len);
		is_int(version == 3 ? v.note[VRRP_NOTE_ADDRS] :
		    v.drop[VRRP_DROP_ADDRS], 1, "255 addresses, version %d: "
		    "counted", version);
		is_int(v.rx, version == 3, "%s",
		    version == 3 ? "and taken" : "and dropped");
	}
}

static void
test_fuzz(void)
{
	static const struct knobs	good = { .name = "" };
	uint8_t				buf[128], *exact;
	size_t				len, i, flips;
	uint32_t			round;
	struct monotime			due;
	uint64_t			rx;
	int				changed = 0;

	router(3, 100);
	srandom(112);
	for (round = 0; round < FUZZ_ROUNDS; round++) {
		len = build(&good, buf);
		if (round % 2 == 0)
			for (i = IP_LEN; i < len; i++)
				buf[i] = random();
		else
			for (flips = random() % 3 + 1; flips > 0; flips--)
				buf[random() % len] ^= 1 + random() % 255;
		if ((exact = malloc(len)) == NULL)
			abort();
		memcpy(exact, buf, len);
		due = v.due;
		rx = v.rx;
		stub_now.us += 10;
		recv_ip4(sock, exact, len);
		if (v.rx == rx && v.due.us != due.us)
			changed++;
		free(exact);
	}
	is_int(changed, 0, "%u bad packets: no timer moved by one dropped",
	    round);
	is_int(v.state, VRRP_BACKUP, "nor the state");
}

int
main(void)
{
	test_v3();
	test_v2();
	test_auth();
	test_owner();
	test_init();
	test_unknown();
	test_taken();
	test_release();
	test_two();
	test_log();
	test_flood();
	test_interval();
	test_stranger();
	test_sums();
	test_full();
	test_fuzz();
	return (done_testing());
}

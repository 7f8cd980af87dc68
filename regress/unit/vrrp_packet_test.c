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
 * VRRP messages: adverts of other implementations as they were on the wire,
 * the two forms of the version 3 checksum, what is malformed, and noise.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include "../../vrrpe/elect.h"
#include "../../vrrpe/packet.h"
#include "tap.h"

#define ETHER_LEN	14
#define IP6_LEN		40
#define FUZZ_ROUNDS	100000

/* A whole Ethernet frame and what is in it. */
struct frame {
	const char	*name;
	const char	*hex;
	int		 af;
	int		 version;
	int		 prio;
	int		 count;
	int		 interval_cs;
	const char	*addr;		/* the first */
	const char	*pass;
};

static const struct frame	frames[] = {
	{ "keepalived v2",
	    "01005e00001202000000000a080045c0002800010000ff70d0440a4d0001"
	    "e00000122133c80100010c730a4d000a0000000000000000",
	    AF_INET, 2, 200, 1, 100, "10.77.0.10", "" },
	{ "keepalived v2 release",
	    "01005e00001202000000000a080045c0002800090000ff70d03c0a4d0001"
	    "e0000012213300010001d4730a4d000a0000000000000000",
	    AF_INET, 2, 0, 1, 100, "10.77.0.10", "" },
	{ "keepalived v2 PASS",
	    "01005e00001202000000000a080045c0002800010000ff70d0440a4d0001"
	    "e00000122133c801010101590a4d000a7333637233740000",
	    AF_INET, 2, 200, 1, 100, "10.77.0.10", "s3cr3t" },
	{ "keepalived v2 PASS release",
	    "01005e00001202000000000a080045c0002800040000ff70d0410a4d0001"
	    "e0000012213300010101c9590a4d000a7333637233740000",
	    AF_INET, 2, 0, 1, 100, "10.77.0.10", "s3cr3t" },
	{ "keepalived v2 unicast",
	    "02000000000b02000000000a080045c0002800010000ff70a6080a4d0001"
	    "0a4d00022133c80100010c730a4d000a0000000000000000",
	    AF_INET, 2, 200, 1, 100, "10.77.0.10", "" },
	{ "keepalived v3",
	    "01005e00001202000000000a080045c0002000010000ff70d04c0a4d0001"
	    "e00000123133c801006411330a4d000a",
	    AF_INET, 3, 200, 1, 100, "10.77.0.10", NULL },
	{ "keepalived v3 release",
	    "01005e00001202000000000a080045c0002000080000ff70d0450a4d0001"
	    "e0000012313300010064d9330a4d000a",
	    AF_INET, 3, 0, 1, 100, "10.77.0.10", NULL },
	{ "keepalived v3 unicast",
	    "02000000000b02000000000a080045c0002000010000ff70a6100a4d0001"
	    "0a4d00023133c8010064e6f60a4d000a",
	    AF_INET, 3, 200, 1, 100, "10.77.0.10", NULL },
	{ "keepalived v3 IPv6",
	    "33330000001202000000000a86dd6c0a6c2a002870fffe80000000000000"
	    "000000fffe00000aff020000000000000000000000000012"
	    "3133c80200640c9efe800000000000000000000000770010"
	    "fd770000000000000000000000000010",
	    AF_INET6, 3, 200, 2, 100, "fe80::77:10", NULL },
	{ "keepalived v3 IPv6 release",
	    "33330000001202000000000a86dd6c0a6c2a002870fffe80000000000000"
	    "000000fffe00000aff020000000000000000000000000012"
	    "313300020064d49efe800000000000000000000000770010"
	    "fd770000000000000000000000000010",
	    AF_INET6, 3, 0, 2, 100, "fe80::77:10", NULL },
	{ "FRR v2",
	    "01005e00001200005e000133080045c0002895734000ff70fad10a4d0001"
	    "e00000122133c80100010c730a4d000a0000000000000000",
	    AF_INET, 2, 200, 1, 100, "10.77.0.10", "" },
	{ "FRR v3",
	    "01005e00001200005e000133080045c000208dac4000ff7002a10a4d0001"
	    "e00000123133c801006411330a4d000a",
	    AF_INET, 3, 200, 1, 100, "10.77.0.10", NULL },
	{ "FRR v3 release",
	    "01005e00001200005e000133080045c000208fd24000ff70007b0a4d0001"
	    "e0000012313300010064d9330a4d000a",
	    AF_INET, 3, 0, 1, 100, "10.77.0.10", NULL },
	{ "FRR v3 IPv6",
	    "33330000001200005e00023386dd6c002206001870fffe80000000000000"
	    "8153f67f7446a746ff020000000000000000000000000012"
	    "3133c80100647760fd770000000000000000000000000010",
	    AF_INET6, 3, 200, 1, 100, "fd77::10", NULL }
};
#define NFRAMES	(sizeof(frames) / sizeof(frames[0]))

/* One message with what is wrong about it; checksums are put right. */
struct malformed {
	const char	*name;
	const char	*hex;		/* message, checksum field 0000 */
	int		 drop;
};

static const struct malformed	malformed[] = {
	{ "nothing at all", "", VRRP_DROP_LEN },
	{ "4 octets", "3133c801", VRRP_DROP_LEN },
	{ "7 octets", "3133c801006400", VRRP_DROP_LEN },
	{ "version 0", "0133c801006400000a4d000a", VRRP_DROP_VERSION },
	{ "version 4", "4133c801006400000a4d000a", VRRP_DROP_VERSION },
	{ "version 15", "f133c801006400000a4d000a", VRRP_DROP_VERSION },
	{ "type 0", "3033c801006400000a4d000a", VRRP_DROP_TYPE },
	{ "type 2", "3233c801006400000a4d000a", VRRP_DROP_TYPE },
	{ "type 15", "3f33c801006400000a4d000a", VRRP_DROP_TYPE },
	{ "an address announced, none there", "3133c80100640000",
	    VRRP_DROP_LEN },
	{ "half an address", "3133c801006400000a4d", VRRP_DROP_LEN },
	{ "255 announced, one there", "3133c8ff006400000a4d000a",
	    VRRP_DROP_LEN },
	{ "8 octets too many", "3133c801006400000a4d000a0000000000000000",
	    VRRP_DROP_LEN },
	{ "1 octet too many", "3133c801006400000a4d000a00", VRRP_DROP_LEN },
	{ "none announced, one there", "3133c800006400000a4d000a",
	    VRRP_DROP_LEN },
	{ "KA-7, H-39, v2 without authentication data",
	    "2133c801000100000a4d000a", VRRP_DROP_LEN },
	{ "KA-7, H-39, v2 with 4 octets of it",
	    "2133c801000100000a4d000a00000000",
	    VRRP_DROP_LEN },
	{ "v2 with 16 octets of it",
	    "2133c801000100000a4d000a00000000000000000000000000000000",
	    VRRP_DROP_LEN },
	{ "CARP",
	    "2133c80100010000000000000000000000000000000000000000000000000000"
	    "00000000", VRRP_DROP_LEN },
	{ "12 zeros", "000000000000000000000000", VRRP_DROP_VERSION },
	{ "12 times 0xff", "ffffffffffffffffffffffff", VRRP_DROP_VERSION }
};
#define NMALFORMED	(sizeof(malformed) / sizeof(malformed[0]))

static size_t	from_hex(const char *, uint8_t *, size_t);
static uint16_t	sum16(const uint8_t *, size_t, uint32_t);
static void	set_addr(struct addr *, const char *);
static int	frame_open(const struct frame *, uint8_t *, size_t,
		    struct packet_ip *);
static void	test_frames(void);
static void	test_encode(void);
static void	test_csum(void);
static void	test_malformed(void);
static void	test_ip4(void);
static void	test_odd(void);
static void	test_addrs(void);
static void	test_src(void);
static void	test_timers(void);
static void	test_beats(void);
static void	test_fuzz(void);
static void	fuzz_one(const uint8_t *, size_t);

static struct addr	A, A6, GROUP;

/* Spaces in the text are for the eye. */
static size_t
from_hex(const char *hex, uint8_t *buf, size_t size)
{
	size_t		n = 0;
	unsigned int	byte;

	while (*hex != '\0') {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		if (n == size || sscanf(hex, "%2x", &byte) != 1)
			abort();
		buf[n++] = byte;
		hex += 2;
	}
	return (n);
}

/* A second opinion: RFC 1071 as its section 4.1 has it, byte by byte. */
static uint16_t
sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t	i;

	for (i = 0; i < len; i++)
		sum += i % 2 == 0 ? p[i] * 256U : p[i];
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return (~sum & 0xffff);
}

static void
set_addr(struct addr *a, const char *text)
{
	if (addr_parse(text, a) == -1)
		abort();
}

static int
frame_open(const struct frame *f, uint8_t *buf, size_t size,
    struct packet_ip *ip)
{
	size_t	len;

	len = from_hex(f->hex, buf, size);
	if (f->af == AF_INET)
		return (packet_ip4(buf + ETHER_LEN, len - ETHER_LEN, ip));
	memset(ip, 0, sizeof(*ip));
	ip->src.af = ip->dst.af = AF_INET6;
	memcpy(ip->src.u.bytes, buf + ETHER_LEN + 8, 16);
	memcpy(ip->dst.u.bytes, buf + ETHER_LEN + 24, 16);
	ip->ttl = buf[ETHER_LEN + 7];
	ip->data = buf + ETHER_LEN + IP6_LEN;
	ip->len = len - ETHER_LEN - IP6_LEN;
	return (0);
}

/* Read what others write, and write the same. */
static void
test_frames(void)
{
	const struct frame	*f;
	uint8_t			 buf[256], out[256];
	char			 text[ADDR_STRLEN];
	struct packet_ip	 ip;
	struct packet		 p;
	struct addr		 a;
	size_t			 i, len;

	for (i = 0; i < NFRAMES; i++) {
		f = &frames[i];
		is_int(frame_open(f, buf, sizeof(buf), &ip), 0, "%s: is IP",
		    f->name);
		is_int(ip.ttl, PACKET_TTL, "%s: TTL", f->name);
		is_int(packet_decode(&p, ip.data, ip.len, &ip.src, &ip.dst),
		    PACKET_OK, "%s: is good", f->name);
		is_int(p.version, f->version, "%s: version", f->name);
		is_int(p.vrid, 51, "%s: VRID", f->name);
		is_int(packet_vrid(ip.data, ip.len), 51, "%s: peeked VRID",
		    f->name);
		is_int(p.priority, f->prio, "%s: priority", f->name);
		is_int(p.count, f->count, "%s: count", f->name);
		is_int(p.interval_cs, f->interval_cs, "%s: interval",
		    f->name);
		is_int(p.csum_plain, 0, "%s: pseudo-header", f->name);
		packet_addr(&p, 0, &a);
		is_str(addr_str(&a, text), f->addr, "%s: address", f->name);
		if (f->pass != NULL)
			ok(memcmp(p.auth, f->pass, strlen(f->pass)) == 0 &&
			    p.auth_type == (f->pass[0] != '\0'),
			    "%s: authentication", f->name);
		len = packet_encode(&p, &ip.src, &ip.dst, out, sizeof(out));
		ok(len == ip.len && memcmp(out, ip.data, len) == 0,
		    "%s: written the same", f->name);
	}
}

static void
test_encode(void)
{
	uint8_t		out[PACKET_MESSAGE_MAX];
	struct packet	p, q;
	int		i;

	memset(&p, 0, sizeof(p));
	p.version = 3;
	p.af = AF_INET6;
	p.vrid = 255;
	p.priority = 254;
	p.count = PACKET_ADDRS_MAX;
	p.interval_cs = 4095;
	for (i = 0; i < 16 * PACKET_ADDRS_MAX; i++)
		p.addrs[i] = i * 7;
	is_int(packet_encode(&p, &A, &A, out, sizeof(out)), PACKET_MESSAGE_MAX,
	    "255 IPv6 addresses fill the buffer");
	is_int(packet_encode(&p, &A, &A, out, sizeof(out) - 1), 0,
	    "a shorter one is refused");

	p.af = AF_INET;
	is_int(packet_encode(&p, &A, &GROUP, out, sizeof(out)), 8 + 4 * 255,
	    "255 IPv4 addresses");
	is_int(packet_decode(&q, out, 8 + 4 * 255, &A, &GROUP), PACKET_OK,
	    "255 IPv4 addresses are read");
	is_mem(q.addrs, p.addrs, 4 * 255, "all of them");
	is_int(q.interval_cs, 4095, "longest interval");
}

/* RFC 5798 and RFC 9568 differ; both sums of one message are known. */
static void
test_csum(void)
{
	uint8_t		msg[32], bad[32];
	struct packet	p;
	size_t		len;
	uint16_t	sum;

	len = from_hex("3133c801006411330a4d000a", msg, sizeof(msg));
	is_int(packet_decode(&p, msg, len, &A, &GROUP), PACKET_OK,
	    "with pseudo-header");
	is_int(p.csum_plain, 0, "and seen as that");

	memcpy(msg + 6, "\xfc\x0f", 2);
	is_int(packet_decode(&p, msg, len, &A, &GROUP), PACKET_OK,
	    "message only");
	is_int(p.csum_plain, 1, "and seen as that");
	is_int(packet_encode(&p, &A, &GROUP, bad, sizeof(bad)), len,
	    "written message only");
	is_mem(bad, msg, len, "the same");

	memcpy(bad, msg, len);
	memcpy(bad + 6, "\xfc\x10", 2);
	is_int(packet_decode(&p, bad, len, &A, &GROUP), VRRP_DROP_CSUM,
	    "wrong by one");
	memcpy(bad + 6, "\x00\x00", 2);
	is_int(packet_decode(&p, bad, len, &A, &GROUP), VRRP_DROP_CSUM,
	    "checksum 0");
	memcpy(bad + 6, "\xff\xff", 2);
	is_int(packet_decode(&p, bad, len, &A, &GROUP), VRRP_DROP_CSUM,
	    "checksum 0xffff");

	len = from_hex("3133c801006400000a4d000a" "000000000000000000000000",
	    bad, sizeof(bad));
	sum = sum16(bad, len, 0);
	bad[6] = sum >> 8;
	bad[7] = sum & 0xff;
	is_int(packet_decode(&p, bad, len, &A6, &A6), VRRP_DROP_CSUM,
	    "message only over IPv6");

	/* A message that sums to 0xffff without it may carry either zero. */
	len = from_hex("3133c801006400000000" "0000", bad, sizeof(bad));
	sum = sum16(bad, len, 0);
	bad[10] = sum >> 8;
	bad[11] = sum & 0xff;
	is_int(packet_decode(&p, bad, len, &A, &GROUP), PACKET_OK,
	    "right with checksum 0x0000");
	memcpy(bad + 6, "\xff\xff", 2);
	is_int(packet_decode(&p, bad, len, &A, &GROUP), PACKET_OK,
	    "and with 0xffff");

	/* Version 2: the authentication data counts. */
	len = from_hex("2133c80101010000" "0a4d000a" "7333637233740000", msg,
	    sizeof(msg));
	sum = sum16(msg, len - VRRP_PASS_LEN, 0);
	msg[6] = sum >> 8;
	msg[7] = sum & 0xff;
	is_int(packet_decode(&p, msg, len, &A, &GROUP), VRRP_DROP_CSUM,
	    "v2 without the authentication data");
	memcpy(msg + 6, "\x01\x59", 2);
	is_int(packet_decode(&p, msg, len, &A, &GROUP), PACKET_OK,
	    "v2 with it");
}

static void
test_malformed(void)
{
	const struct malformed	*m;
	uint8_t			 buf[64], *exact;
	struct packet		 p;
	size_t			 i, len;
	uint16_t		 sum;

	for (i = 0; i < NMALFORMED; i++) {
		m = &malformed[i];
		len = from_hex(m->hex, buf, sizeof(buf));
		if (len >= 8) {
			sum = sum16(buf, len, 0);
			buf[6] = sum >> 8;
			buf[7] = sum & 0xff;
		}
		/* In memory of its own, where a read past the end shows. */
		if ((exact = malloc(len > 0 ? len : 1)) == NULL)
			abort();
		memcpy(exact, buf, len);
		is_int(packet_decode(&p, exact, len, &A, &GROUP), m->drop,
		    "%s", m->name);
		free(exact);
	}
	is_int(packet_vrid(buf, 1), 0, "no VRID in one octet");
}

static void
test_ip4(void)
{
	static const char	 good[] = "45c0002000010000ff70d04c0a4d0001"
				    "e00000123133c801006411330a4d000a";
	uint8_t			 buf[128];
	struct packet_ip	 ip;
	size_t			 len;

	len = from_hex(good, buf, sizeof(buf));
	is_int(packet_ip4(buf, len, &ip), 0, "a good header");
	is_int(ip.len, 12, "length of the message");
	ok(addr_cmp(&ip.src, &A) == 0 && addr_cmp(&ip.dst, &GROUP) == 0,
	    "source and destination");
	memset(buf + len, 0xaa, 14);
	is_int(packet_ip4(buf, len + 14, &ip), 0, "padding of the link");
	is_int(ip.len, 12, "is not of the message");

	is_int(packet_ip4(buf, len - 1, &ip), -1, "longer than received");
	is_int(packet_ip4(buf, 19, &ip), -1, "half a header");
	is_int(packet_ip4(buf, 0, &ip), -1, "no header");
	buf[0] = 0x44;
	is_int(packet_ip4(buf, len, &ip), -1, "header of 16 octets");
	buf[0] = 0x4f;
	is_int(packet_ip4(buf, len, &ip), -1, "header past the packet");
	buf[0] = 0x46;
	is_int(packet_ip4(buf, len, &ip), 0, "a header with an option");
	is_int(ip.len, 8, "makes the message shorter");
	buf[0] = 0x65;
	is_int(packet_ip4(buf, len, &ip), -1, "IPv6");
	buf[0] = 0x45;
	buf[9] = 51;
	is_int(packet_ip4(buf, len, &ip), -1, "AH");
	buf[9] = PACKET_PROTO;
	buf[3] = 16;
	is_int(packet_ip4(buf, len, &ip), -1, "total below the header");
	buf[3] = 20;
	is_int(packet_ip4(buf, len, &ip), 0, "nothing after the header");
	is_int(ip.len, 0, "is an empty message");
}

static void
test_odd(void)
{
	uint8_t		buf[16];
	struct packet	p;
	size_t		len;
	uint16_t	sum;

	len = from_hex("3133c801f06400000a4d000a", buf, sizeof(buf));
	sum = sum16(buf, len, 0);
	buf[6] = sum >> 8;
	buf[7] = sum & 0xff;
	is_int(packet_decode(&p, buf, len, &A, &GROUP), PACKET_OK,
	    "FRR-1, H-17, reserved bits set");
	is_int(p.interval_cs, 100, "are no part of the interval");

	len = from_hex("3133c80000640000", buf, sizeof(buf));
	sum = sum16(buf, len, 0);
	buf[6] = sum >> 8;
	buf[7] = sum & 0xff;
	is_int(packet_decode(&p, buf, len, &A, &GROUP), PACKET_OK,
	    "no addresses: well-formed");
	is_int(p.count, 0, "left to the caller");

	ok(packet_same_auth((const uint8_t *)"s3cr3t\0", (const uint8_t *)
	    "s3cr3t\0"), "same password");
	ok(!packet_same_auth((const uint8_t *)"s3cr3t\0", (const uint8_t *)
	    "s3cr3t\0x"), "garbage after it");
	ok(!packet_same_auth((const uint8_t *)"s3cr3t\0", (const uint8_t *)
	    "s3cr3\0\0"), "a prefix of it");
}

static void
test_addrs(void)
{
	struct addr	ours[3];
	struct packet	p;

	memset(&p, 0, sizeof(p));
	p.af = AF_INET;
	p.count = 3;
	from_hex("0a4d000a 0a4d000b 0a4d000c", p.addrs, sizeof(p.addrs));
	set_addr(&ours[0], "10.77.0.10");
	set_addr(&ours[1], "10.77.0.11");
	set_addr(&ours[2], "10.77.0.12");
	ok(packet_same_addrs(&p, ours, 3), "same addresses");
	ok(!packet_same_addrs(&p, ours, 2), "one too many");
	set_addr(&ours[0], "10.77.0.12");
	set_addr(&ours[2], "10.77.0.10");
	ok(packet_same_addrs(&p, ours, 3), "in another order");
	set_addr(&ours[1], "10.77.0.13");
	ok(!packet_same_addrs(&p, ours, 3), "another one");
	p.count = 0;
	ok(packet_same_addrs(&p, ours, 0), "none and none");
}

static void
test_src(void)
{
	static const char *const bad[] = { "0.0.0.0", "0.1.2.3", "127.0.0.1",
	    "224.0.0.5", "255.255.255.255", "240.0.0.1", "::", "fd77::1",
	    "::1", "ff02::12" };
	static const char *const good[] = { "10.77.0.1", "192.168.1.1",
	    "223.255.255.1", "fe80::1" };
	struct addr	a;
	size_t		i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_addr(&a, bad[i]);
		ok(packet_bad_src(&a, 0), "%s is no router", bad[i]);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		set_addr(&a, good[i]);
		ok(!packet_bad_src(&a, 0), "%s may be one", good[i]);
	}
}

/* Microseconds; fractions of one are cut. */
static void
test_timers(void)
{
	static const struct {
		int	version, prio, cs;
		int64_t	skew, down;
	} v[] = {
		{ 2, 100, 100, 609375, 3609375 },
		{ 2, 200, 100, 218750, 3218750 },
		{ 2, 254, 100, 7812, 3007812 },
		{ 2, 1, 100, 996093, 3996093 },
		{ 2, 100, 300, 609375, 9609375 },
		{ 3, 100, 100, 609375, 3609375 },
		{ 3, 100, 10, 60937, 360937 },
		{ 3, 100, 1, 6093, 36093 },
		{ 3, 100, 4095, 24953906, 147803906 },
		{ 3, 1, 4095, 40790039, 163640039 },
		{ 3, 255, 100, 3906, 3003906 }
	};
	size_t	i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		is_int(elect_skew_us(v[i].version, v[i].prio, v[i].cs),
		    v[i].skew, "skew of version %d, priority %d, %d cs",
		    v[i].version, v[i].prio, v[i].cs);
		is_int(elect_down_us(v[i].version, v[i].prio, v[i].cs),
		    v[i].down, "down interval of the same");
	}
}

static void
test_beats(void)
{
	struct addr	a, b;

	set_addr(&a, "10.0.0.2");
	set_addr(&b, "200.0.0.1");
	ok(elect_beats(101, &a, 100, &b), "higher priority");
	ok(!elect_beats(99, &b, 100, &a), "lower priority");
	ok(elect_beats(100, &b, 100, &a), "same, 200.0.0.1 above 10.0.0.2");
	ok(!elect_beats(100, &a, 100, &b), "and not the other way");
	ok(!elect_beats(100, &a, 100, &a), "same address");
	set_addr(&a, "10.0.1.0");
	set_addr(&b, "10.0.0.255");
	ok(elect_beats(100, &a, 100, &b), "in network byte order");
}

/* Whatever is taken as good must be written back as the same bytes. */
static void
fuzz_one(const uint8_t *data, size_t len)
{
	uint8_t		 out[PACKET_MAX], *exact;
	struct packet	 p;
	size_t		 n;
	int		 why;

	if ((exact = malloc(len > 0 ? len : 1)) == NULL)
		abort();
	memcpy(exact, data, len);
	why = packet_decode(&p, exact, len, &A, &GROUP);
	if (why == PACKET_OK) {
		n = packet_encode(&p, &A, &GROUP, out, sizeof(out));
		if (n != len || p.interval_cs > 25500)
			abort();
		if (memcmp(out, exact, 4) != 0 ||
		    memcmp(out + 8, exact + 8, len - 8) != 0)
			abort();
	} else if (why < 0 || why >= VRRP_DROP_MAX)
		abort();
	free(exact);
}

static void
test_fuzz(void)
{
	uint8_t			 buf[256], ipbuf[256];
	struct packet_ip	 ip;
	size_t			 len;
	uint32_t		 i, flips;

	srandom(112);
	for (i = 0; i < FUZZ_ROUNDS; i++) {
		len = random() % 64;
		for (flips = 0; flips < len; flips++)
			buf[flips] = random();
		fuzz_one(buf, len);
		packet_ip4(buf, len, &ip);

		if (frame_open(&frames[random() % NFRAMES], ipbuf,
		    sizeof(ipbuf), &ip) == -1)
			abort();
		memcpy(buf, ip.data, ip.len);
		len = ip.len;
		for (flips = random() % 4; flips > 0; flips--)
			buf[random() % len] = random();
		if (random() % 4 == 0)
			len = random() % (len + 1);
		/* Let half of them pass the checksum. */
		if (len >= 8 && random() % 2 == 0) {
			buf[6] = buf[7] = 0;
			flips = sum16(buf, len, 0);
			buf[6] = flips >> 8;
			buf[7] = flips & 0xff;
		}
		fuzz_one(buf, len);
	}
	ok(1, "%u random and %u damaged messages", i, i);
}

int
main(void)
{
	set_addr(&A, "10.77.0.1");
	set_addr(&A6, "fe80::1");
	set_addr(&GROUP, "224.0.0.18");
	test_frames();
	test_encode();
	test_csum();
	test_malformed();
	test_ip4();
	test_odd();
	test_addrs();
	test_src();
	test_timers();
	test_beats();
	test_fuzz();
	return (done_testing());
}

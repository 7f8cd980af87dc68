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
 * Noise: random and mutated packets to routers of each kind, as backup and as
 * master.  What is dropped moves nothing, no read leaves the packet, and who
 * is no better master takes nothing away.
 *
 *	vrrp_fuzz_test [ROUNDS [SEED]]
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define ROUNDS		20000	/* of each kind of router */
#define SECOND		1000000LL
#define ROOM		512

struct kind {
	const char	*name;
	uint8_t		 af;
	int		 version;
	uint32_t	 flags;
	int		 pass;
};

static const struct kind	kinds[] = {
	{ "version 2", AF_INET, 2, 0, 0 },
	{ "version 2, password", AF_INET, 2, 0, 1 },
	{ "version 2, unicast", AF_INET, 2, VRRP_F_UNICAST, 1 },
	{ "version 3", AF_INET, 3, 0, 0 },
	{ "version 3, strict", AF_INET, 3, VRRP_F_STRICT, 0 },
	{ "version 3, unicast", AF_INET, 3, VRRP_F_UNICAST, 0 },
	{ "IPv6", AF_INET6, 3, 0, 0 },
	{ "IPv6, unicast", AF_INET6, 3, VRRP_F_UNICAST | VRRP_F_STRICT, 0 }
};
#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

static void	router(const struct kind *, int);
static size_t	good(uint8_t *, struct packet_ip *);
static void	ip4(const struct packet_ip *, uint8_t *, size_t);
static void	mutate(uint8_t *, size_t *);
static void	mend(uint8_t *, size_t, size_t, const struct packet_ip *);
static void	feed(const uint8_t *, size_t, struct packet_ip *);
static uint64_t	dropped(void);
static void	fuzz(const struct kind *, int, uint32_t);

static struct vrrpe	env;
static struct iface	eth0;
static struct vrrp	v;
static struct addr	vips[2];
static struct vpeer	peer;

static void
router(const struct kind *k, int master)
{
	TAILQ_INIT(&env.ifaces);
	stub_iface(&eth0, "eth0", "10.77.0.5");
	if (addr_parse("fe80::5", &eth0.status.addr6) == -1)
		abort();
	eth0.status.prefix4 = 24;
	eth0.env = &env;
	TAILQ_INSERT_TAIL(&env.ifaces, &eth0, entry);
	stub_vrrp(&v, &env, &eth0, "VI_1", 100);
	v.conf.af = k->af;
	v.conf.version = k->version;
	v.conf.flags = k->flags;
	if (k->pass) {
		v.conf.auth = VRRP_AUTH_PASS;
		memcpy(v.conf.pass, "s3cr3t\0", VRRP_PASS_LEN);
	}
	v.lan = lan_of(&eth0, k->af);
	v.lan->vrid[51] = &v;
	if (addr_parse(k->af == AF_INET6 ? "fe80::10" : "10.77.0.10",
	    &vips[0]) == -1 || addr_parse(k->af == AF_INET6 ? "fd77::10" :
	    "10.77.0.11", &vips[1]) == -1 ||
	    addr_parse(k->af == AF_INET6 ? "fe80::1" : "10.77.0.1",
	    &peer.conf.addr) == -1)
		abort();
	peer.conf.min_ttl = 255;
	v.addrs = vips;
	v.naddrs = 2;
	v.peers = &peer;
	v.npeers = k->flags & VRRP_F_UNICAST ? 1 : 0;
	stub_now.us += 100 * SECOND;
	group_settle(&v);
	if (master)
		stub_event(&v, EV_DOWN_TIMER);
}

/* What the router would take: of one that loses against it. */
static size_t
good(uint8_t *buf, struct packet_ip *ip)
{
	struct packet	p;
	size_t		size = addr_size(v.conf.af);

	memset(ip, 0, sizeof(*ip));
	ip->src = peer.conf.addr;
	packet_group(v.conf.af, &ip->dst);
	if (v.npeers > 0)
		ip->dst = *lan_source(&v);
	ip->ttl = 255;
	memset(&p, 0, sizeof(p));
	p.version = v.conf.version;
	p.af = v.conf.af;
	p.vrid = 51;
	p.priority = 50;
	p.interval_cs = 100;
	p.auth_type = v.conf.auth;
	memcpy(p.auth, v.conf.pass, sizeof(p.auth));
	p.count = 2;
	memcpy(p.addrs, vips[0].u.bytes, size);
	memcpy(p.addrs + size, vips[1].u.bytes, size);
	return (packet_encode(&p, &ip->src, &ip->dst, buf, ROOM));
}

/* The header as of a raw socket; buf has room for it before the message. */
static void
ip4(const struct packet_ip *ip, uint8_t *buf, size_t len)
{
	memset(buf, 0, 20);
	buf[0] = 0x45;
	buf[2] = len >> 8;
	buf[3] = len & 0xff;
	buf[8] = ip->ttl;
	buf[9] = PACKET_PROTO;
	memcpy(buf + 12, ip->src.u.bytes, 4);
	memcpy(buf + 16, ip->dst.u.bytes, 4);
}

/* Some bytes another, or noise; some cut, or added. */
static void
mutate(uint8_t *buf, size_t *len)
{
	size_t	i;
	int	n;

	if (random() % 8 == 0)
		for (i = 0; i < *len; i++)
			buf[i] = random();
	for (n = random() % 4; n > 0; n--)
		buf[random() % *len] ^= 1 << random() % 8;
	if (random() % 4 == 0)
		*len = random() % ROOM;
}

/* Lengths and checksum made right, so that the later checks have work. */
static void
mend(uint8_t *buf, size_t len, size_t off, const struct packet_ip *ip)
{
	if (len < off + PACKET_CSUM_OFF + PACKET_CSUM_LEN)
		return;
	if (off != 0) {
		buf[2] = len >> 8;
		buf[3] = len & 0xff;
	}
	packet_csum(buf + off, len - off, v.conf.version, &ip->src, &ip->dst,
	    random() % 8 == 0);
}

/* From memory of its own length, so that a read past the end shows. */
static void
feed(const uint8_t *buf, size_t len, struct packet_ip *ip)
{
	struct vsock	*s;
	uint8_t		*exact;

	s = &v.lan->sock[random() % VSOCK_KIND_MAX];
	if (random() % 4 != 0)
		s = lan_socket(&v);
	if ((exact = malloc(len)) == NULL && len > 0)
		abort();
	memcpy(exact, buf, len);
	if (v.conf.af == AF_INET)
		recv_ip4(s, exact, len);
	else {
		ip->data = exact;
		ip->len = len;
		judge_packet(s, ip);
	}
	free(exact);
}

static uint64_t
dropped(void)
{
	uint64_t	n = 0;
	int		i;

	for (i = 0; i < VRRP_DROP_MAX; i++)
		n += v.drop[i] + v.lan->drop[i];
	return (n);
}

static void
fuzz(const struct kind *k, int master, uint32_t rounds)
{
	uint8_t			buf[20 + ROOM];
	struct packet_ip	ip;
	struct monotime		due;
	enum vrrp_state		state;
	uint64_t		drops, rx;
	uint32_t		i, taken = 0;
	size_t			len;
	int			moved = 0, lost = 0, off;

	router(k, master);
	off = k->af == AF_INET ? 20 : 0;
	for (i = 0; i < rounds; i++) {
		len = good(buf + off, &ip) + off;
		if (off != 0)
			ip4(&ip, buf, len);
		mutate(buf, &len);
		if (random() % 2 == 0)
			mend(buf, len, off, &ip);
		if (random() % 16 == 0)
			ip.src.u.bytes[random() % 16] ^= 1 << random() % 8;
		stub_now.us += 1 + random() % 1000;
		stub_trace[0] = '\0';
		due = v.due;
		state = v.state;
		drops = dropped();
		rx = v.rx;
		feed(buf, len, &ip);
		taken += v.rx != rx;
		lost += dropped() - drops + (v.rx - rx) +
		    (v.note[VRRP_NOTE_STRANGER] != 0) != 1;
		v.note[VRRP_NOTE_STRANGER] = 0;
		if (v.rx == rx && (v.due.us != due.us || v.state != state ||
		    stub_trace[0] != '\0'))
			moved++;
		if (v.state != (master ? VRRP_MASTER : VRRP_BACKUP))
			router(k, master);
	}
	is_int(moved, 0, "%s, %s: %u packets: none dropped moves a thing",
	    k->name, vrrp_state_names[master ? VRRP_MASTER : VRRP_BACKUP],
	    rounds);
	is_int(lost, 0, "each is taken or counted once");
	ok(taken > rounds / 100 && taken < rounds / 4 * 3,
	    "some are taken: %u", taken);
}

int
main(int argc, char *argv[])
{
	const char	*err = NULL;
	uint32_t	 rounds = ROUNDS, seed = 112;
	size_t		 i;

	if (argc > 1)
		rounds = strtonum(argv[1], 1, 1000000000, &err);
	if (argc > 2 && err == NULL)
		seed = strtonum(argv[2], 0, UINT32_MAX, &err);
	if (err != NULL) {
		fprintf(stderr, "rounds or seed: %s\n", err);
		return (1);
	}
	srandom(seed);
	for (i = 0; i < NKINDS; i++) {
		fuzz(&kinds[i], 0, rounds);
		fuzz(&kinds[i], 1, rounds);
	}
	return (done_testing());
}

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

#ifndef REGRESS_UNIT_VRRP_NOISE_H
#define REGRESS_UNIT_VRRP_NOISE_H

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

/*
 * A router of each kind, for those who send it noise: vrrp_fuzz_test.c and
 * fuzz/vrrp_fuzz.c.
 *
 *	router KIND MASTER	makes it anew, as master or as backup
 *	good			writes what it would take, of one that loses
 *				against it: the message and what IP says of it
 *	ip4			writes a header of IPv4 before a message
 *	mend			puts lengths and checksum right, so that later
 *				checks have work
 *	hear			gives it a packet; 0: it has broken its word,
 *				that each is taken or counted once, and that
 *				one that is not taken moves nothing
 */

#define SECOND		1000000LL
#define ROOM		512	/* of a message, behind a header */
#define IP4_LEN		20

struct kind {
	const char	*name;
	uint8_t		 af;
	int		 version;
	uint32_t	 flags;
	int		 pass;
	int		 key;
};

static const struct kind	kinds[] = {
	{ "version 2", AF_INET, 2, 0, 0, 0 },
	{ "version 2, password", AF_INET, 2, 0, 1, 0 },
	{ "version 2, unicast", AF_INET, 2, VRRP_F_UNICAST, 1, 0 },
	{ "version 3", AF_INET, 3, 0, 0, 0 },
	{ "version 3, strict", AF_INET, 3, VRRP_F_STRICT, 0, 0 },
	{ "version 3, unicast", AF_INET, 3, VRRP_F_UNICAST, 0, 0 },
	{ "IPv6", AF_INET6, 3, 0, 0, 0 },
	{ "IPv6, unicast", AF_INET6, 3, VRRP_F_UNICAST | VRRP_F_STRICT, 0, 0 },
	{ "version 3, key", AF_INET, 3, 0, 0, 1 },
	{ "IPv6, unicast, key", AF_INET6, 3, VRRP_F_UNICAST, 0, 1 }
};
#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

static struct auth *key_new(void);
static void	router(const struct kind *, int);
static size_t	good(uint8_t *, struct packet_ip *);
static void	ip4(const struct packet_ip *, uint8_t *, size_t);
static void	mend(uint8_t *, size_t, const struct packet_ip *, int);
static void	feed(struct vsock *, const uint8_t *, size_t,
		    struct packet_ip *);
static uint64_t	dropped(void);
static int	hear(struct vsock *, const uint8_t *, size_t,
		    struct packet_ip *);

static struct vrrpe	env;
static struct iface	eth0;
static struct vrrp	v;
static struct addr	vips[2];
static struct vpeer	peer;
static struct auth	*auth;

/* Who sends no trailer is taken too, or there would be nothing taken. */
static struct auth *
key_new(void)
{
	struct hmac_config	 c;
	struct auth		*a;

	memset(&c, 0, sizeof(c));
	c.vrrp_id = 1;
	c.mode = HMAC_PERMISSIVE;
	c.window_s = 5;
	c.active = 1;
	c.count = 1;
	c.key[0].id = 1;
	c.key[0].len = sizeof(c.key[0].key);
	if ((a = auth_new(&c)) == NULL)
		abort();
	return (a);
}

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
	auth_free(auth);
	auth = v.auth = k->key ? key_new() : NULL;
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

static void
mend(uint8_t *buf, size_t len, const struct packet_ip *ip, int plain)
{
	size_t	off = v.conf.af == AF_INET ? IP4_LEN : 0;

	if (len < off + PACKET_CSUM_OFF + PACKET_CSUM_LEN)
		return;
	if (off != 0) {
		buf[2] = len >> 8;
		buf[3] = len & 0xff;
	}
	packet_csum(buf + off, len - off, v.conf.version, &ip->src, &ip->dst,
	    plain);
}

/* From memory of its own length, so that a read past the end shows. */
static void
feed(struct vsock *s, const uint8_t *buf, size_t len, struct packet_ip *ip)
{
	uint8_t	*exact;

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

static int
hear(struct vsock *s, const uint8_t *buf, size_t len, struct packet_ip *ip)
{
	struct monotime	due = v.due;
	enum vrrp_state	state = v.state;
	uint64_t	counts, rx = v.rx;

	stub_trace[0] = '\0';
	v.note[VRRP_NOTE_STRANGER] = 0;
	counts = dropped() + rx;
	feed(s, buf, len, ip);
	counts = dropped() + v.rx + v.note[VRRP_NOTE_STRANGER] - counts;
	return (counts == 1 && (v.rx != rx || (v.due.us == due.us &&
	    v.state == state && stub_trace[0] == '\0')));
}

#endif /* REGRESS_UNIT_VRRP_NOISE_H */

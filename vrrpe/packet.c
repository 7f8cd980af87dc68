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

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <string.h>

#include "packet.h"

/* Offsets in the message, RFC 3768 section 5.1 and RFC 9568 section 5.2. */
#define OFF_VERSION	0		/* version and type, 4 bits each */
#define OFF_VRID	1
#define OFF_PRIO	2
#define OFF_COUNT	3
#define OFF_AUTH_TYPE	4		/* version 2 */
#define OFF_ADVER_INT	5		/* version 2, seconds */
#define OFF_MAX_ADVER	4		/* version 3, 12 bits, centiseconds */
#define HEADER_LEN	8

#define TYPE_ADVERT	1
#define MAX_ADVER_MASK	0x0fff		/* the other bits are reserved */
#define CS_PER_S	100

/* Offsets in an IPv4 header, RFC 791 section 3.1. */
#define IP4_MIN		20
#define IP4_OFF_LEN	2
#define IP4_OFF_TTL	8
#define IP4_OFF_PROTO	9
#define IP4_OFF_SRC	12
#define IP4_OFF_DST	16
#define IP6_LEN		40		/* of an IPv6 header, RFC 8200 */

static uint16_t	get16(const uint8_t *);
static void	put16(uint8_t *, uint16_t);
static uint32_t	sum_bytes(uint32_t, const uint8_t *, size_t);
static uint16_t	sum_fold(uint32_t);
static uint32_t	sum_pseudo(const struct addr *, const struct addr *, size_t);
static size_t	message_len(uint8_t, uint8_t, uint32_t);
static int	csum_ok(struct packet *, const uint8_t *, size_t,
		    const struct addr *, const struct addr *);

static uint16_t
get16(const uint8_t *p)
{
	return ((uint16_t)(p[0] << 8 | p[1]));
}

static void
put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v & 0xff;
}

/*
 * The sum of RFC 1071 in 16 bit words, not folded.  A message has some 4000
 * bytes at most, so that 32 bits cannot overflow.
 */
static uint32_t
sum_bytes(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len >= 2; len -= 2, p += 2)
		sum += get16(p);
	if (len == 1)
		sum += (uint32_t)p[0] << 8;
	return (sum);
}

static uint16_t
sum_fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (sum);
}

/*
 * Pseudo-header of RFC 8200 section 8.1; for IPv4 the one of UDP with the
 * same parts, which is what RFC 5798 section 5.2.8 came to mean.
 */
static uint32_t
sum_pseudo(const struct addr *src, const struct addr *dst, size_t len)
{
	uint32_t	sum;

	sum = sum_bytes(0, src->u.bytes, addr_size(src->af));
	sum = sum_bytes(sum, dst->u.bytes, addr_size(dst->af));
	return (sum + PACKET_PROTO + len);
}

static size_t
message_len(uint8_t version, uint8_t af, uint32_t count)
{
	size_t	len;

	len = HEADER_LEN + count * addr_size(af);
	return (version == 2 ? len + VRRP_PASS_LEN : len);
}

int
packet_ip4(const uint8_t *buf, size_t len, struct packet_ip *ip)
{
	size_t	hlen, total;

	if (len < IP4_MIN || buf[0] >> 4 != 4)
		return (-1);
	hlen = (buf[0] & 0x0f) * 4;
	total = get16(buf + IP4_OFF_LEN);
	if (hlen < IP4_MIN || total < hlen || total > len ||
	    buf[IP4_OFF_PROTO] != PACKET_PROTO)
		return (-1);

	memset(ip, 0, sizeof(*ip));
	ip->src.af = ip->dst.af = AF_INET;
	memcpy(ip->src.u.bytes, buf + IP4_OFF_SRC, 4);
	memcpy(ip->dst.u.bytes, buf + IP4_OFF_DST, 4);
	ip->ttl = buf[IP4_OFF_TTL];
	/* Padding of the link after the packet is none of the message. */
	ip->data = buf + hlen;
	ip->len = total - hlen;
	return (0);
}

uint8_t
packet_vrid(const uint8_t *data, size_t len)
{
	return (len > OFF_VRID ? data[OFF_VRID] : 0);
}

int
packet_decode(struct packet *p, const uint8_t *data, size_t len,
    const struct addr *src, const struct addr *dst)
{
	size_t	want;

	memset(p, 0, offsetof(struct packet, addrs));
	if (len < HEADER_LEN)
		return (VRRP_DROP_LEN);

	p->af = src->af;
	p->version = data[OFF_VERSION] >> 4;
	if (p->version != 3 && (p->version != 2 || p->af != AF_INET))
		return (VRRP_DROP_VERSION);
	if ((data[OFF_VERSION] & 0x0f) != TYPE_ADVERT)
		return (VRRP_DROP_TYPE);

	p->count = data[OFF_COUNT];
	want = message_len(p->version, p->af, p->count);
	p->trailer = len == want + PACKET_TRAILER_LEN;
	if (len != want && !p->trailer)
		return (VRRP_DROP_LEN);
	if (!csum_ok(p, data, p->af == AF_INET6 ? len : want, src, dst))
		return (VRRP_DROP_CSUM);
	len = want;

	p->vrid = data[OFF_VRID];
	p->priority = data[OFF_PRIO];
	memcpy(p->addrs, data + HEADER_LEN, p->count * addr_size(p->af));
	if (p->version == 2) {
		p->auth_type = data[OFF_AUTH_TYPE];
		p->interval_cs = data[OFF_ADVER_INT] * CS_PER_S;
		memcpy(p->auth, data + len - VRRP_PASS_LEN, VRRP_PASS_LEN);
	} else
		p->interval_cs = get16(data + OFF_MAX_ADVER) & MAX_ADVER_MASK;
	return (PACKET_OK);
}

/*
 * Summing over a message and its checksum gives 0xffff, whichever of the two
 * zeros of one's complement was written.  Version 3 over IPv4 comes in two
 * forms: RFC 5798 was read as asking for a pseudo-header, and its deployed
 * implementations send it; RFC 9568 section 5.2.8 says that there is none.
 */
static int
csum_ok(struct packet *p, const uint8_t *data, size_t len,
    const struct addr *src, const struct addr *dst)
{
	uint32_t	sum;
	int		plain;

	sum = sum_bytes(0, data, len);
	plain = sum_fold(sum) == 0xffff;
	if (p->version == 2)
		return (plain);
	if (sum_fold(sum + sum_pseudo(src, dst, len)) == 0xffff)
		return (1);
	if (p->af != AF_INET)
		return (0);
	p->csum_plain = plain;
	return (plain);
}

size_t
packet_encode(const struct packet *p, const struct addr *src,
    const struct addr *dst, uint8_t *buf, size_t size)
{
	size_t	len;

	len = message_len(p->version, p->af, p->count);
	if (len > size)
		return (0);

	memset(buf, 0, len);
	buf[OFF_VERSION] = p->version << 4 | TYPE_ADVERT;
	buf[OFF_VRID] = p->vrid;
	buf[OFF_PRIO] = p->priority;
	buf[OFF_COUNT] = p->count;
	memcpy(buf + HEADER_LEN, p->addrs, p->count * addr_size(p->af));
	if (p->version == 2) {
		buf[OFF_AUTH_TYPE] = p->auth_type;
		buf[OFF_ADVER_INT] = p->interval_cs / CS_PER_S;
		memcpy(buf + len - VRRP_PASS_LEN, p->auth, VRRP_PASS_LEN);
	} else
		put16(buf + OFF_MAX_ADVER, p->interval_cs & MAX_ADVER_MASK);

	packet_csum(buf, len, p->version, src, dst, p->csum_plain);
	return (len);
}

void
packet_csum(uint8_t *buf, size_t len, uint8_t version,
    const struct addr *src, const struct addr *dst, int plain)
{
	uint32_t	sum;

	put16(buf + PACKET_CSUM_OFF, 0);
	sum = sum_bytes(0, buf, len);
	if (version == 3 && !plain)
		sum += sum_pseudo(src, dst, len);
	put16(buf + PACKET_CSUM_OFF, ~sum_fold(sum) & 0xffff);
}

uint32_t
packet_ip_len(uint8_t version, uint8_t af, uint32_t count)
{
	return ((af == AF_INET6 ? IP6_LEN : IP4_MIN) +
	    message_len(version, af, count));
}

void
packet_group(uint8_t af, struct addr *a)
{
	static const struct in6_addr	group6 = PACKET_GROUP6;

	memset(a, 0, sizeof(*a));
	a->af = af;
	if (af == AF_INET6)
		a->u.v6 = group6;
	else
		a->u.v4.s_addr = htonl(PACKET_GROUP4);
}

void
packet_addr(const struct packet *p, uint32_t i, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	a->af = p->af;
	memcpy(a->u.bytes, p->addrs + i * addr_size(p->af),
	    addr_size(p->af));
}

int
packet_same_auth(const uint8_t *a, const uint8_t *b)
{
	uint8_t	diff = 0;
	size_t	i;

	for (i = 0; i < VRRP_PASS_LEN; i++)
		diff |= a[i] ^ b[i];
	return (diff == 0);
}

int
packet_bad_src(const struct addr *a, int unicast)
{
	const struct in6_addr	*v6 = &a->u.v6;

	if (a->af == AF_INET6)
		return (unicast ? IN6_IS_ADDR_UNSPECIFIED(v6) ||
		    IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_MULTICAST(v6) :
		    !IN6_IS_ADDR_LINKLOCAL(v6));
	return (a->u.bytes[0] == 0 || a->u.bytes[0] == IN_LOOPBACKNET ||
	    IN_MULTICAST(ntohl(a->u.v4.s_addr)) ||
	    IN_BADCLASS(ntohl(a->u.v4.s_addr)));
}

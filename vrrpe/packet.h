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

#ifndef VRRPE_PACKET_H
#define VRRPE_PACKET_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "../conf/wire.h"
#include "../imsg/ctl.h"

/*
 * VRRP messages, version 2 (RFC 3768 section 5) and 3 (RFC 9568 section 5,
 * RFC 5798 section 5), out of and into bytes.  Nothing here knows a socket,
 * a clock or a configuration.
 */

#define PACKET_PROTO		112	/* IANA, VRRP */
#define PACKET_TTL		255	/* RFC 9568 section 5.1.1.3 */
#define PACKET_GROUP4		0xe0000012U	/* 224.0.0.18 */
/* ff02::12, RFC 9568 section 5.1.2.2. */
#define PACKET_GROUP6		{ { { 0xff, 0x02, [15] = 0x12 } } }
#define PACKET_ADDRS_MAX	255	/* the count has 8 bits */
#define PACKET_PRIO_RELEASE	0	/* the master stops */
#define PACKET_PRIO_OWNER	255	/* the addresses are its own */

/* Where the checksum lies, the same in both versions. */
#define PACKET_CSUM_OFF		6
#define PACKET_CSUM_LEN		2

/* What may follow a message, to authenticate it; see hmac.h. */
#define PACKET_TRAILER_LEN	28

/*
 * The longest message there is, version 3 with 255 IPv6 addresses, and that
 * with what may follow.  Over IPv4 it is shorter, also with the longest IP
 * header before it.
 */
#define PACKET_MESSAGE_MAX	(8 + 16 * PACKET_ADDRS_MAX)
#define PACKET_MAX		(PACKET_MESSAGE_MAX + PACKET_TRAILER_LEN)

struct packet {
	uint8_t		version;	/* 2 or 3 */
	uint8_t		af;
	uint8_t		vrid;
	uint8_t		priority;
	uint8_t		count;		/* of addresses */
	uint8_t		auth_type;	/* version 2 */
	uint8_t		csum_plain;	/* version 3: no pseudo-header */
	uint8_t		trailer;	/* one follows; unread */
	uint16_t	interval_cs;	/* version 2: whole seconds */
	uint8_t		auth[VRRP_PASS_LEN];	/* version 2 */
	uint8_t		addrs[16 * PACKET_ADDRS_MAX];	/* back to back */
};

/* What an IP header says; data points into the caller's buffer. */
struct packet_ip {
	struct addr	 src;
	struct addr	 dst;
	uint8_t		 ttl;
	const uint8_t	*data;
	size_t		 len;
};

/* What packet_decode() returns for a good message, no enum vrrp_drop. */
#define PACKET_OK	(-1)

/*
 * packet_ip4: take apart an IPv4 packet of len bytes, as a raw socket gives
 * it.  0, or -1 when it is no whole packet of protocol 112.
 */
int	packet_ip4(const uint8_t *, size_t, struct packet_ip *);
/*
 * packet_decode: check and take apart the message of len bytes that came
 * from src to dst: length, version, type, checksum, in this order.  A
 * trailer may follow it, which counts as a part of it for the checksum over
 * IPv6 and does not over IPv4: so it is sent.
 * PACKET_OK, or the enum vrrp_drop of the first check that failed.  Whether
 * it concerns us is for the caller to find out, also whether it has any
 * address.
 */
int	packet_decode(struct packet *, const uint8_t *, size_t,
	    const struct addr *, const struct addr *);
/*
 * packet_encode: write the message, for src to send to dst, into a buffer of
 * the given size.  Its length, or 0 when it does not fit.
 */
size_t	packet_encode(const struct packet *, const struct addr *,
	    const struct addr *, uint8_t *, size_t);
/*
 * packet_csum: write the checksum of an encoded message of so many bytes, of
 * this version, for src to send to dst; plain: without a pseudo-header.
 */
void	packet_csum(uint8_t *, size_t, uint8_t, const struct addr *,
	    const struct addr *, int);
/*
 * packet_ip_len: bytes of a message of this version and family with so many
 * addresses, and of the IP header before it.
 */
uint32_t packet_ip_len(uint8_t, uint8_t, uint32_t);
/* packet_group: where the adverts of a family go. */
void	packet_group(uint8_t, struct addr *);
/* packet_vrid: the VRID that even a bad message names, 0 when it is cut. */
uint8_t	packet_vrid(const uint8_t *, size_t);
/* packet_addr: address i of the message. */
void	packet_addr(const struct packet *, uint32_t, struct addr *);
/*
 * packet_same_addrs: the message lists exactly these n addresses, in any
 * order (RFC 9568 section 7.1).  1 or 0.
 */
int	packet_same_addrs(const struct packet *, const struct addr *,
	    uint32_t);
/* packet_same_auth: 1 or 0, in a time that does not tell how much fits. */
int	packet_same_auth(const uint8_t *, const uint8_t *);
/*
 * packet_addr_diff: how the list of the message differs from these n, as "it
 * lacks 10.0.0.1, has 10.0.0.9 besides", with a few of each at most.
 */
void	packet_addr_diff(const struct packet *, const struct addr *, uint32_t,
	    char *, size_t);
/*
 * packet_bad_src: no router can send to the group from this address:
 * 0.0.0.0, multicast, what is not link-local of IPv6; with unicast the
 * latter is no reason.
 */
int	packet_bad_src(const struct addr *, int);

#endif /* VRRPE_PACKET_H */

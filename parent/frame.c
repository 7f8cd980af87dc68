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

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>

#include <string.h>

#include "../conf/wire.h"
#include "announce.h"

/* Hop limit of all neighbour discovery, RFC 4861 section 4.4. */
#define ND_HOPS		255
/* Version field of IPv6 in its first 32 bits. */
#define IPV6_VERSION	0x60000000

static size_t	frame_arp(uint8_t *, const uint8_t *, const struct addr *);
static size_t	frame_na(uint8_t *, const uint8_t *, const struct addr *);
static uint16_t	icmp6_sum(const struct ip6_hdr *, const void *, size_t);

size_t
announce_frame(uint8_t frame[ANNOUNCE_LEN], const uint8_t *mac,
    const struct addr *a)
{
	memset(frame, 0, ANNOUNCE_LEN);
	if (a->af == AF_INET)
		return (frame_arp(frame, mac, a));
	return (frame_na(frame, mac, a));
}

/*
 * RFC 5798 section 6.4.2: an ARP request, broadcast, with the address as
 * sender and target.  The target's hardware address means nothing in a
 * request; all ones is what other routers send.
 */
static size_t
frame_arp(uint8_t *frame, const uint8_t *mac, const struct addr *a)
{
	struct ether_header	 eh;
	struct arphdr		 ah;
	uint8_t			*p;

	memset(eh.ether_dhost, 0xff, ETH_ALEN);
	memcpy(eh.ether_shost, mac, ETH_ALEN);
	eh.ether_type = htons(ETHERTYPE_ARP);
	ah.ar_hrd = htons(ARPHRD_ETHER);
	ah.ar_pro = htons(ETHERTYPE_IP);
	ah.ar_hln = ETH_ALEN;
	ah.ar_pln = sizeof(a->u.v4);
	ah.ar_op = htons(ARPOP_REQUEST);

	memcpy(frame, &eh, sizeof(eh));
	p = frame + sizeof(eh);
	memcpy(p, &ah, sizeof(ah));
	p += sizeof(ah);
	memcpy(p, mac, ETH_ALEN);
	p += ETH_ALEN;
	memcpy(p, &a->u.v4, sizeof(a->u.v4));
	p += sizeof(a->u.v4);
	memset(p, 0xff, ETH_ALEN);
	p += ETH_ALEN;
	memcpy(p, &a->u.v4, sizeof(a->u.v4));
	p += sizeof(a->u.v4);
	return (p - frame);
}

/*
 * RFC 4861 section 7.2.6 and RFC 5798 section 6.4.2: to all nodes, router
 * and override flags set, solicited clear, with our Ethernet address.
 */
static size_t
frame_na(uint8_t *frame, const uint8_t *mac, const struct addr *a)
{
	struct ether_header	 eh;
	struct ip6_hdr		 ip;
	struct {
		struct nd_neighbor_advert	na;
		struct nd_opt_hdr		opt;
		uint8_t				mac[ETH_ALEN];
	} icmp;

	memset(&ip, 0, sizeof(ip));
	memset(&icmp, 0, sizeof(icmp));
	ip.ip6_flow = htonl(IPV6_VERSION);
	ip.ip6_plen = htons(sizeof(icmp));
	ip.ip6_nxt = IPPROTO_ICMPV6;
	ip.ip6_hlim = ND_HOPS;
	ip.ip6_src = a->u.v6;
	/* ff02::1, all nodes; Ethernet has it as 33:33 and the last 32 bits */
	ip.ip6_dst.s6_addr[0] = 0xff;
	ip.ip6_dst.s6_addr[1] = 0x02;
	ip.ip6_dst.s6_addr[15] = 0x01;
	memcpy(eh.ether_dhost, "\x33\x33\x00\x00\x00\x01", ETH_ALEN);
	memcpy(eh.ether_shost, mac, ETH_ALEN);
	eh.ether_type = htons(ETHERTYPE_IPV6);

	icmp.na.nd_na_type = ND_NEIGHBOR_ADVERT;
	icmp.na.nd_na_flags_reserved = ND_NA_FLAG_ROUTER |
	    ND_NA_FLAG_OVERRIDE;
	icmp.na.nd_na_target = a->u.v6;
	icmp.opt.nd_opt_type = ND_OPT_TARGET_LINKADDR;
	icmp.opt.nd_opt_len = 1;	/* in units of 8 octets */
	memcpy(icmp.mac, mac, ETH_ALEN);
	icmp.na.nd_na_cksum = icmp6_sum(&ip, &icmp, sizeof(icmp));

	memcpy(frame, &eh, sizeof(eh));
	memcpy(frame + sizeof(eh), &ip, sizeof(ip));
	memcpy(frame + sizeof(eh) + sizeof(ip), &icmp, sizeof(icmp));
	return (sizeof(eh) + sizeof(ip) + sizeof(icmp));
}

/* RFC 1071 over the pseudo-header of RFC 8200 section 8.1 and the message. */
static uint16_t
icmp6_sum(const struct ip6_hdr *ip, const void *msg, size_t len)
{
	const uint8_t	*part[3];
	size_t		 size[3], i, j;
	uint32_t	 sum = IPPROTO_ICMPV6 + len;

	part[0] = (const uint8_t *)&ip->ip6_src;
	size[0] = sizeof(ip->ip6_src);
	part[1] = (const uint8_t *)&ip->ip6_dst;
	size[1] = sizeof(ip->ip6_dst);
	part[2] = msg;
	size[2] = len;
	for (i = 0; i < 3; i++)
		for (j = 0; j < size[i]; j += 2)
			sum += part[i][j] << 8 | part[i][j + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (htons(~sum & 0xffff));
}

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

#ifndef VRRPE_HMAC_H
#define VRRPE_HMAC_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../conf/wire.h"
#include "packet.h"

/*
 * The trailer of draft-cassen-vrrp-auth-hmac, as keepalived sends it from its
 * version 2.4.2 on, out of and into bytes:
 *
 *	octet	0	type, 1: HMAC-SHA256, its first 16 octets
 *		1	number of the key
 *		2	reserved, zero
 *		4	sequence: seconds since 1970 (UTC), 32 bits
 *		8		  1/65536 of a second, 16 bits
 *		10		  a counter of those within that, 16 bits
 *		12	the code, 16 octets
 *
 * in network byte order, behind a message of version 2 or 3.  The code is
 * that of
 *
 *	the family (4 or 6), the version, the VRID, and a zero octet each,
 *	the source, of IPv4 with 12 zero octets behind it,
 *	the message, its checksum taken as zero,
 *	the trailer, its code taken as zero.
 *
 * The sequence, one number of 64 bits, grows with each advert of a router; it
 * is compared in serial number arithmetic (RFC 1982).  Nothing here knows a
 * socket or reads a clock.
 */

#define HMAC_CODE_LEN	16
/* What comes before the code. */
#define HMAC_HEAD_LEN	(PACKET_TRAILER_LEN - HMAC_CODE_LEN)
#define HMAC_TYPE	1

struct hmac;

struct hmac_trailer {
	uint8_t		 type;
	uint8_t		 key;
	uint16_t	 reserved;
	uint64_t	 seq;
	const uint8_t	*code;		/* into the caller's buffer */
};

/* hmac_new: what it takes to compute; NULL: OpenSSL does not have it. */
struct hmac	*hmac_new(void);
void		 hmac_free(struct hmac *);
/*
 * hmac_code: of a message of so many bytes and the head of its trailer
 * behind it, from this source, under this key, into HMAC_CODE_LEN bytes.
 * 0 or -1.
 */
int		 hmac_code(const struct hmac *, const struct hmac_key *,
		    const struct addr *, const uint8_t *, size_t, uint8_t *);
/* hmac_same: two codes; in a time that does not tell how much fits. */
int		 hmac_same(const uint8_t *, const uint8_t *);
/* hmac_head: write that of a trailer with this key and sequence. */
void		 hmac_head(uint8_t *, uint8_t, uint64_t);
/* hmac_parse: take apart the PACKET_TRAILER_LEN bytes of a trailer. */
void		 hmac_parse(const uint8_t *, struct hmac_trailer *);
/* hmac_seq: the sequence of this time. */
uint64_t	 hmac_seq(const struct timespec *);
/*
 * hmac_next: the sequence to send after this one, at the time of the second,
 * both of hmac_seq(); with a window of so many seconds, 0: none.
 */
uint64_t	 hmac_next(uint64_t, uint64_t, uint32_t);
/* hmac_age: how many seconds a sequence lies before a time, or after (< 0). */
int32_t		 hmac_age(uint64_t, uint64_t);
/* hmac_after: the first sequence is later than the second. */
int		 hmac_after(uint64_t, uint64_t);

#endif /* VRRPE_HMAC_H */

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
#ifndef HCE_DNS_H
#define HCE_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "../conf/wire.h"

struct check;

/* Questions to name servers, and what comes back; RFC 1035. */

#define DNS_HEADER_LEN	12
#define DNS_NAME_LEN	256		/* on the wire at most 255 */
#define DNS_QUERY_MAX	(DNS_HEADER_LEN + DNS_NAME_LEN + 4)

struct dns_check {
	uint8_t		 query[DNS_QUERY_MAX];	/* with the id 0 */
	size_t		 len;
	uint16_t	 type;
	uint8_t		 rcode;
	char		 name[CHECK_ITEM_LEN + 1];	/* without last dot */
	char		 answer[CHECK_ITEM_LEN + 1];	/* "": any */
	uint8_t		 bytes[16];		/* of an address */
};

/* dns_prepare: of a check that was judged; 0, or -1: that cannot be. */
int		 dns_prepare(const struct check *, struct dns_check *);
/* dns_query: the question with this id; its length is that of the check. */
void		 dns_query(const struct dns_check *, uint16_t, uint8_t *);
/*
 * dns_judge: a message that came, when the question had this id: an enum
 * host_reason, HOST_R_NONE if it is no answer to that.
 */
uint32_t	 dns_judge(const struct dns_check *, uint16_t,
		    const uint8_t *, size_t, int32_t *);

#endif /* HCE_DNS_H */

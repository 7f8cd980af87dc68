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

#include <string.h>

#include "elect.h"

#define US_PER_S	1000000

int64_t
elect_skew_us(uint8_t version, uint8_t prio, uint16_t interval_cs)
{
	int64_t	unit;

	unit = version == 2 ? US_PER_S :
	    (int64_t)interval_cs * ELECT_US_PER_CS;
	return ((256 - prio) * unit / 256);
}

int64_t
elect_down_us(uint8_t version, uint8_t prio, uint16_t interval_cs)
{
	return (3 * (int64_t)interval_cs * ELECT_US_PER_CS +
	    elect_skew_us(version, prio, interval_cs));
}

int
elect_beats(uint8_t prio, const struct addr *src, uint8_t own_prio,
    const struct addr *own)
{
	if (prio != own_prio)
		return (prio > own_prio);
	return (memcmp(src->u.bytes, own->u.bytes, addr_size(src->af)) > 0);
}

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


#include "slot.h"

/*
 * 2^32 divided by the golden ratio.  Multiples of it, modulo 2^32, lie more
 * evenly than random numbers and at no count leave a large gap: each new one
 * falls into one of the largest gaps (three-distance theorem).
 */
#define SLOT_STEP	2654435769U

int64_t
slot_offset(uint32_t base, uint32_t n, int64_t interval)
{
	uint32_t	 place = base + n * SLOT_STEP;

	/* A day is below 2^37 us: without its last bits it fits the product. */
	return (((interval >> 8) * place) >> 24);
}

struct monotime
slot_next(struct monotime due, int64_t interval, struct monotime now)
{
	int64_t	 n = monotime_diff_us(now, due) / interval;

	return (monotime_add_us(due, (n > 1 ? n : 1) * interval));
}

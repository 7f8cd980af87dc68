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

#ifndef HCE_WANT_H
#define HCE_WANT_H

#include <stdint.h>

/* The weight that a check wants its host to have. */

enum want_kind {
	WANT_NONE,		/* that configured */
	WANT_PERCENT,		/* a share of that */
	WANT_WEIGHT,
	WANT_KNOWN		/* the same, from before this hce began */
};

struct want {
	uint8_t		 kind;		/* enum want_kind */
	uint32_t	 value;
};

void	want_init(struct want *);
void	want_percent(struct want *, uint32_t);
void	want_weight(struct want *, uint32_t);
void	want_known(struct want *, uint32_t);
/*
 * want_value: what it makes of the weight configured, in the range of the
 * kernel.  A share of it is 0 only where the share is or the weight is.
 */
uint32_t want_value(const struct want *, uint32_t);

#endif /* HCE_WANT_H */

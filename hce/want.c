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

#include <stdint.h>

#include "../conf/wire.h"
#include "want.h"

static void	want_set(struct want *, enum want_kind, uint32_t);

static void
want_set(struct want *want, enum want_kind kind, uint32_t value)
{
	want->kind = kind;
	want->value = value;
}

void
want_init(struct want *want)
{
	want_set(want, WANT_NONE, 0);
}

void
want_percent(struct want *want, uint32_t percent)
{
	want_set(want, WANT_PERCENT, percent);
}

void
want_weight(struct want *want, uint32_t weight)
{
	want_set(want, WANT_WEIGHT, weight);
}

void
want_known(struct want *want, uint32_t weight)
{
	want_set(want, WANT_KNOWN, weight);
}

uint32_t
want_value(const struct want *want, uint32_t conf)
{
	uint64_t	 weight = conf;

	if (want->kind == WANT_PERCENT)
		weight = (weight * want->value + 99) / 100;
	else if (want->kind != WANT_NONE)
		weight = want->value;
	return (weight > WEIGHT_MAX ? WEIGHT_MAX : weight);
}

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

#ifndef VRRPE_ELECT_H
#define VRRPE_ELECT_H

#include <stdint.h>

#include "../conf/wire.h"

/*
 * The arithmetic of an election, without state.  Times are microseconds;
 * intervals come in centiseconds, as adverts carry them.
 */

#define ELECT_US_PER_CS	10000

/*
 * elect_skew_us: Skew_Time of a version, priority and interval: RFC 3768
 * section 6.1, where it does not depend on the interval, and RFC 9568
 * section 6.1, where it does.  Rounded down to a microsecond.
 */
int64_t	elect_skew_us(uint8_t, uint8_t, uint16_t);
/* elect_down_us: Master_Down_Interval, of the same. */
int64_t	elect_down_us(uint8_t, uint8_t, uint16_t);
/*
 * elect_beats: an advert of this priority and source wins over a master of
 * our priority and address (RFC 9568 section 6.4.3): addresses compare as
 * unsigned integers in network byte order.
 */
int	elect_beats(uint8_t, const struct addr *, uint8_t,
	    const struct addr *);

#endif /* VRRPE_ELECT_H */

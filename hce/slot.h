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


#ifndef HCE_SLOT_H
#define HCE_SLOT_H

#include <stdint.h>

#include "../imsg/monotime.h"

/*
 * When checks are due.  All checks of one interval are spread over it, and
 * each keeps its place: it is due at start + n * interval, whatever the
 * check before took.
 */

/*
 * slot_offset: place of the n-th check, in microseconds from 0 up to but not
 * including the interval; base is the process's random number.
 */
int64_t		slot_offset(uint32_t, uint32_t, int64_t);
/*
 * slot_next: when the check after the one due at the given time is due, with
 * the interval in microseconds: one interval later.  When that is past by
 * whole intervals more, these are left out: at most one is ever late.
 */
struct monotime	slot_next(struct monotime, int64_t, struct monotime);

#endif /* HCE_SLOT_H */

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


#ifndef HCE_PACE_H
#define HCE_PACE_H

#include <stdint.h>

#include "../conf/wire.h"
#include "../imsg/monotime.h"
#include "verdict.h"

/*
 * When the next check is due.  A probe has a grid, the places of its interval
 * since its first check, so that the spread over the hosts stays; while its
 * host is down or in doubt another interval may hold, off the grid.
 */

/*
 * pace_next: when the check after the one that was due at the second time is,
 * as the verdict now stands.  The first is the begin of the grid, the third
 * now.  A check that took longer than its interval is followed at once, but
 * those that were left out are not made up for.
 */
struct monotime	pace_next(const struct check_config *, const struct verdict *,
		    struct monotime, struct monotime, struct monotime);
/* pace_jitter: the most that a check due in so many us may be put off. */
int64_t		pace_jitter(int64_t);

#endif /* HCE_PACE_H */

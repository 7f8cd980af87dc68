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

#ifndef IMSG_MONOTIME_H
#define IMSG_MONOTIME_H

#include <sys/time.h>

#include <stdint.h>

/*
 * Time on CLOCK_MONOTONIC in microseconds, in a type of its own so that it
 * cannot be mixed with seconds or with wall-clock time.  The clock is the
 * same for all processes of a machine, so a monotime may travel by message.
 */
struct monotime {
	int64_t	us;
};

struct monotime	monotime_now(void);
/* monotime_add_us: t moved by us microseconds, which may be negative. */
struct monotime	monotime_add_us(struct monotime, int64_t);
/* monotime_diff_us: a - b in microseconds. */
int64_t		monotime_diff_us(struct monotime, struct monotime);
/* monotime_isset: a zero monotime stands for "never". */
int		monotime_isset(struct monotime);
/* monotime_left: time from now until t for event_add(3), at least zero. */
struct timeval	monotime_left(struct monotime);
/* us_to_timeval: a length of time in microseconds for event_add(3). */
struct timeval	us_to_timeval(int64_t);

#endif /* IMSG_MONOTIME_H */

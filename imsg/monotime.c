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

#include <sys/time.h>

#include <time.h>

#include "log.h"
#include "monotime.h"

#define US_PER_S	1000000

struct monotime
monotime_now(void)
{
	struct timespec	ts;
	struct monotime	t;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) == -1)
		fatal("clock_gettime");
	t.us = (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
	return (t);
}

struct monotime
monotime_add_us(struct monotime t, int64_t us)
{
	t.us += us;
	return (t);
}

int64_t
monotime_diff_us(struct monotime a, struct monotime b)
{
	return (a.us - b.us);
}

int
monotime_isset(struct monotime t)
{
	return (t.us != 0);
}

struct timeval
us_to_timeval(int64_t us)
{
	struct timeval	tv;

	if (us < 0)
		us = 0;
	tv.tv_sec = us / US_PER_S;
	tv.tv_usec = us % US_PER_S;
	return (tv);
}

struct timeval
monotime_left(struct monotime t)
{
	return (us_to_timeval(t.us - monotime_now().us));
}

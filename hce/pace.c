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


#include "pace.h"

/*
 * Checks are put off from their places by up to this part of the time until
 * then, and no more than that.  What has the same period elsewhere (the checks
 * of another director, a timer of the real server) does not meet them each
 * time so.
 */
#define JITTER_PART	64
#define JITTER_MAX_US	1000000

enum pace {
	PACE_EVEN,		/* at the places of the grid */
	PACE_RETRY,		/* once, after a first failure */
	PACE_DOWN
};

static enum pace	pace_of(const struct check_config *,
			    const struct verdict *);
static struct monotime	pace_grid(struct monotime, int64_t, struct monotime,
			    struct monotime);

/* Who is down is looked at as down, who is in doubt the same. */
static enum pace
pace_of(const struct check_config *conf, const struct verdict *v)
{
	int	 doubt;

	doubt = v->state != HOST_DOWN && v->run > 0 && !v->run_good;
	if (doubt && v->run == 1 && conf->retry_ms != 0)
		return (PACE_RETRY);
	if ((doubt || v->state == HOST_DOWN) && conf->down_ms != 0)
		return (PACE_DOWN);
	return (PACE_EVEN);
}

struct monotime
pace_next(const struct check_config *conf, const struct verdict *v,
    struct monotime grid, struct monotime due, struct monotime now)
{
	switch (pace_of(conf, v)) {
	case PACE_RETRY:
		return (monotime_add_us(now, conf->retry_ms * 1000LL));
	case PACE_DOWN:
		return (pace_grid(due, conf->down_ms * 1000LL, due, now));
	case PACE_EVEN:
	default:
		return (pace_grid(grid, conf->interval_ms * 1000LL, due, now));
	}
}

/* The last place that is after due and not in the future, or the next. */
static struct monotime
pace_grid(struct monotime grid, int64_t interval, struct monotime due,
    struct monotime now)
{
	struct monotime	 last = now, place;
	int64_t		 n;

	/* Timers may be early. */
	if (monotime_diff_us(due, last) > 0)
		last = due;
	n = monotime_diff_us(last, grid) / interval;
	place = monotime_add_us(grid, n * interval);
	if (monotime_diff_us(place, due) <= 0)
		place = monotime_add_us(place, interval);
	return (place);
}

int64_t
pace_jitter(int64_t left)
{
	if (left <= 0)
		return (0);
	if (left / JITTER_PART > JITTER_MAX_US)
		return (JITTER_MAX_US);
	return (left / JITTER_PART);
}

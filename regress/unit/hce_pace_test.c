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


#include "../../hce/pace.h"
#include "../../hce/slot.h"
#include "tap.h"

/*
 * When checks are due, by a clock that is ours.  Interval 1000 ms, fall 3,
 * rise 2, the grid begins at 0; all times in ms.
 */

#define CHECKS_MAX_HERE	12

/*
 * Checks: g(ood), b(ad), l(ocal trouble); how long each takes; when each but
 * the first is due.
 */
static const struct pace_case {
	const char	*name;
	uint32_t	 retry, down;
	const char	*checks;
	int		 takes[CHECKS_MAX_HERE];
	int		 due[CHECKS_MAX_HERE];
} cases[] = {
	{ "even", 0, 0, "gggg", { 0 }, { 1000, 2000, 3000, 4000 } },
	{ "even, whatever fails", 0, 0, "gbbbbgg", { 0 },
	    { 1000, 2000, 3000, 4000, 5000, 6000, 7000 } },
	{ "how long a check takes does not matter", 0, 0, "ggg",
	    { 10, 500, 990 }, { 1000, 2000, 3000 } },
	{ "one that takes the interval is followed at once", 0, 0, "ggg",
	    { 1000, 1001, 1 }, { 1000, 2000, 3000 } },
	{ "what was left out is not made up for", 0, 0, "ggg",
	    { 3500, 20, 20 }, { 3000, 4000, 5000 } },
	{ "retry after the end of a first failure", 100, 0, "gbbbg",
	    { 0, 30, 0, 0, 0 }, { 1000, 1130, 2000, 3000, 4000 } },
	{ "a good one ends the doubt", 100, 0, "gbgbg",
	    { 0 }, { 1000, 1100, 2000, 2100, 3000 } },
	{ "an unknown host is in doubt after a failure", 100, 0, "bg",
	    { 0 }, { 100, 1000 } },
	{ "down interval in doubt and while down", 0, 200, "gbbbbggg",
	    { 0 }, { 1000, 1200, 1400, 1600, 1800, 2000, 3000, 4000 } },
	{ "back to the grid", 0, 300, "gbbbggg",
	    { 0 }, { 1000, 1300, 1600, 1900, 2200, 3000, 4000 } },
	{ "retry, and then the down interval", 50, 200, "gbbbg",
	    { 0 }, { 1000, 1050, 1250, 1450, 1650 } },
	{ "a longer interval while down", 0, 5000, "bbbgg",
	    { 0 }, { 5000, 10000, 15000, 20000, 21000 } },
	{ "one that takes the down interval is followed at once", 0, 200,
	    "bbb", { 250, 250, 900 }, { 200, 400, 1200 } },
	{ "trouble of our own leaves all as it is", 100, 0, "glgll",
	    { 0 }, { 1000, 2000, 3000, 4000, 5000 } },
};
#define NCASES	(sizeof(cases) / sizeof(cases[0]))

static struct monotime
at(int64_t ms)
{
	struct monotime	 t = { .us = ms * 1000 };

	return (t);
}

static void
one_check(struct verdict *v, char how, struct monotime now)
{
	const struct verdict_limits	 limits = { .rise = 2, .fall = 3 };
	struct verdict_check		 check = { .reason = HOST_R_OK };

	if (how == 'b')
		check.reason = HOST_R_REFUSED;
	else if (how == 'l')
		check.reason = HOST_R_LOCAL;
	(void)verdict_check(v, &limits, &check, now);
}

static void
test_case(const struct pace_case *c)
{
	struct check_config	 conf = { .interval_ms = 1000,
				    .retry_ms = c->retry, .down_ms = c->down };
	struct monotime		 due = at(0), now;
	struct verdict		 v;
	int			 i;

	verdict_init(&v, due);
	for (i = 0; c->checks[i] != '\0'; i++) {
		now = monotime_add_us(due, c->takes[i] * 1000);
		one_check(&v, c->checks[i], now);
		due = pace_next(&conf, &v, at(0), due, now);
		is_int(due.us / 1000, c->due[i], "%s: after check %d",
		    c->name, i + 1);
	}
}

/* A timer that is early does not have its check made twice. */
static void
test_early(void)
{
	struct check_config	 conf = { .interval_ms = 1000 };
	struct verdict		 v;

	verdict_init(&v, at(0));
	is_int(pace_next(&conf, &v, at(7), at(3007), at(3005)).us, 4007000,
	    "an early check");
	is_int(pace_next(&conf, &v, at(7), at(3007), at(3007)).us, 4007000,
	    "one that took no time");
}

static void
test_jitter(void)
{
	int64_t	 max = 0, offset;
	int	 i, low = 0;

	is_int(pace_jitter(-1), 0, "what is late is not put off");
	is_int(pace_jitter(64000), 1000, "by little");
	is_int(pace_jitter(24LL * 3600 * 1000000), 1000000, "and never long");
	for (i = 0; i < 1000; i++) {
		offset = slot_offset(4711, i, pace_jitter(6400000));
		if (offset > max)
			max = offset;
		low += offset < 50000;
	}
	ok(max > 90000 && max <= 100000, "all of it is used");
	ok(low > 450 && low < 550, "evenly");
}

int
main(void)
{
	size_t	 i;

	for (i = 0; i < NCASES; i++)
		test_case(&cases[i]);
	test_early();
	test_jitter();
	return (done_testing());
}

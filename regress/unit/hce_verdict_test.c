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


#include <string.h>

#include "../../hce/slot.h"
#include "../../hce/verdict.h"
#include "tap.h"

/* One check: g(ood), b(ad), l(ocal trouble); and the state after it. */
static const struct verdict_case {
	const char	*name;
	uint16_t	 rise, fall;
	const char	*checks;
	const char	*states;	/* u(nknown), U(p), D(own) */
} cases[] = {
	{ "first good check brings up, whatever rise is",
	    3, 3, "g", "U" },
	{ "unknown goes down after fall bad ones",
	    2, 3, "bbb", "uuD" },
	{ "unknown with fall 1",
	    2, 1, "b", "D" },
	{ "unknown comes up after bad ones, by one good",
	    3, 3, "bbg", "uuU" },
	{ "up stays up below fall",
	    1, 3, "gbbgbbg", "UUUUUUU" },
	{ "up goes down after fall in a row",
	    1, 3, "gbbb", "UUUD" },
	{ "bad ones apart do not add up",
	    1, 2, "gbgbgb", "UUUUUU" },
	{ "down needs rise in a row",
	    3, 1, "bggbggg", "DDDDDDU" },
	{ "rise 1",
	    1, 1, "bgbg", "DUDU" },
	{ "the run begins anew after a change of state",
	    2, 2, "gbbbbgg", "UUDDDDU" },
	{ "local trouble is no verdict",
	    1, 1, "llgllbll", "uuUUUDDD" },
	{ "local trouble does not end a run",
	    1, 3, "gblblb", "UUUUUD" },
	{ "local trouble does not end a run of good ones",
	    2, 1, "bglg", "DDDU" },
};

static struct monotime
at(int64_t us)
{
	struct monotime	 t = { .us = us };

	return (t);
}

static char
state_letter(const struct verdict *v)
{
	return ("uUD"[v->state]);
}

static int
feed(struct verdict *v, char c, uint16_t rise, uint16_t fall, int64_t us)
{
	struct verdict_limits	 limits = { .rise = rise, .fall = fall };
	struct verdict_check	 check = { .reason = HOST_R_REFUSED, .ms = 7 };

	if (c == 'g')
		check.reason = HOST_R_OK;
	else if (c == 'l') {
		check.reason = HOST_R_LOCAL;
		check.detail = 24;
	}
	return (verdict_check(v, &limits, &check, at(us)));
}

static void
test_table(void)
{
	const struct verdict_case	*vc;
	struct verdict			 v;
	char				 got[32];
	size_t				 i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vc = &cases[i];
		verdict_init(&v, at(1));
		for (n = 0; vc->checks[n] != '\0'; n++) {
			feed(&v, vc->checks[n], vc->rise, vc->fall, 2 + n);
			got[n] = state_letter(&v);
		}
		got[n] = '\0';
		is_str(got, vc->states, "%s", vc->name);
	}
}

static void
test_counts(void)
{
	struct verdict	 v;

	verdict_init(&v, at(10));
	is_int(verdict_availability(&v), 0, "no check: no availability");
	is_int(feed(&v, 'g', 1, 2, 20), VERDICT_STATE | VERDICT_REASON,
	    "a first check changes state and reason");
	is_int(v.since.us, 20, "since then");
	is_int(feed(&v, 'g', 1, 2, 30), 0, "the same again changes nothing");
	is_int(v.since.us, 20, "nor the time");
	is_int(feed(&v, 'b', 1, 2, 40), VERDICT_REASON, "another reason");
	is_int(feed(&v, 'l', 1, 2, 50), VERDICT_REASON, "another, ours");
	is_int(v.checks, 3, "local trouble is not counted");
	is_int(v.checks_up, 2, "good ones are counted");
	is_int(verdict_availability(&v), 6666, "availability");
	is_int(feed(&v, 'b', 1, 2, 60), VERDICT_STATE | VERDICT_REASON,
	    "down");
	is_int(v.since.us, 60, "down since");
	is_int(v.last_ms, 7, "duration of the last check");
}

static void
test_learn(void)
{
	struct msg_host_status	 status;
	struct verdict		 v, w;

	verdict_init(&v, at(10));
	feed(&v, 'g', 1, 2, 20);
	feed(&v, 'b', 1, 2, 30);
	verdict_tell(&v, &status);
	verdict_init(&w, at(100));
	verdict_learn(&w, &status);
	is_int(w.state, HOST_UP, "what was told is learned");
	is_int(w.since.us, 20, "with its time");
	is_int(w.checks, 2, "and counters");
	feed(&w, 'b', 1, 2, 110);
	is_int(w.state, HOST_UP, "a run of bad ones is not told");
	feed(&w, 'b', 1, 2, 120);
	is_int(w.state, HOST_DOWN, "and begins anew");
	verdict_assume(&w, HOST_UP, at(200));
	is_int(w.state, HOST_UP, "a state assumed");
	is_int(w.since.us, 200, "from now");
	feed(&w, 'b', 1, 2, 210);
	is_int(w.state, HOST_UP, "is left only after fall bad ones");
}

static int
slot_cmp(const void *a, const void *b)
{
	int64_t	 x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y ? -1 : x > y);
}

/* The largest gap between n checks, in percent of an even spread. */
static int
spread(uint32_t base, int n, int64_t interval)
{
	static int64_t	 at_us[10001];
	int64_t		 gap, most = 0;
	int		 i;

	for (i = 0; i < n; i++)
		at_us[i] = slot_offset(base, i, interval);
	qsort(at_us, n, sizeof(at_us[0]), slot_cmp);
	at_us[n] = at_us[0] + interval;
	for (i = 0; i < n; i++) {
		gap = at_us[i + 1] - at_us[i];
		if (gap > most)
			most = gap;
	}
	return (most * 100 / (interval / n));
}

static void
test_spread(void)
{
	static const int64_t	 intervals[] = {
		10000, 1000000, 2000000, 86400000000LL
	};
	int64_t			 off;
	uint32_t		 n, base = 123456789;
	size_t			 i;
	int			 bad = 0;

	for (i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++)
		for (n = 0; n < 100000; n++) {
			off = slot_offset(base, n, intervals[i]);
			if (off < 0 || off >= intervals[i])
				bad++;
		}
	is_int(bad, 0, "each check starts within its interval");
	ok(spread(0, 10, 1000000) < 200, "10 checks are spread evenly");
	ok(spread(4000000000U, 1000, 1000000) < 200, "and 1,000");
	ok(spread(77, 10000, 2000000) < 210, "and 10,000");
	ok(slot_offset(1, 0, 1000000) != slot_offset(1U << 31, 0, 1000000),
	    "two processes do not start alike");
}

static void
test_next(void)
{
	is_int(slot_next(at(1000), 100, at(1010)).us, 1100, "one later");
	is_int(slot_next(at(1000), 100, at(990)).us, 1100,
	    "a timer that fires early gains nothing");
	is_int(slot_next(at(1000), 100, at(1100)).us, 1100,
	    "a check as long as the interval: the next at once");
	is_int(slot_next(at(1000), 100, at(1150)).us, 1100,
	    "a bit longer: the next at once");
	is_int(slot_next(at(1000), 100, at(1250)).us, 1200,
	    "what was missed is not made up for");
	is_int(slot_next(at(1000), 100, at(9999)).us, 9900,
	    "however much it was");
}

/* Each duration falls into its class. */
static void
test_durations(void)
{
	static const uint32_t	 ms[] = { 0, 1, 2, 3, 4, 1023, 1024, 60000 };
	struct verdict		 v, w;
	struct verdict_check	 check = { .reason = HOST_R_OK };
	struct msg_host_status	 status;
	uint32_t		 hist[HOST_HIST_MAX] = { 0 };
	size_t			 i;

	verdict_init(&v, at(1));
	for (i = 0; i < sizeof(ms) / sizeof(ms[0]); i++) {
		check.ms = ms[i];
		verdict_count(&v, &check);
		verdict_hist(hist, &check);
	}
	check.reason = HOST_R_LOCAL;
	verdict_count(&v, &check);
	verdict_hist(hist, &check);
	is_int(hist[0], 1, "below 1 ms");
	is_int(hist[1], 1, "below 2");
	is_int(hist[2], 2, "below 4");
	is_int(hist[3], 1, "below 8");
	is_int(hist[10], 1, "below 1024");
	is_int(hist[HOST_HIST_MAX - 1], 2, "and all the rest");
	is_int(v.checks, 8, "what does not count is in none");
	verdict_tell(&v, &status);
	verdict_learn(&w, &status);
	is_int(w.checks, 8, "what is told is learned");
}

int
main(void)
{
	test_table();
	test_counts();
	test_learn();
	test_spread();
	test_next();
	test_durations();
	return (done_testing());
}

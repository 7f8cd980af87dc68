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

#define PCRE2_CODE_UNIT_WIDTH	8

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pattern.h"

/*
 * What bounds a search.  PCRE2's own limit counts anew at each place where a
 * match may begin, and not what is passed over in one go; so its processor
 * time is looked at, at each SEARCH_LOOK-th item of the expression tried.
 */
#define SEARCH_LOOK	64
#define SEARCH_HEAP_KB	1024		/* for what is to be tried yet */

struct pattern {
	pcre2_code		*code;
	pcre2_match_data	*match;
	pcre2_match_context	*context;
};

/* The search under way, as the callout sees it. */
struct effort {
	unsigned int	 items;
	int64_t		 until_us;
};

static int64_t	 cpu_us(void);
static int	 effort_look(pcre2_callout_block *, void *);

struct pattern *
pattern_new(const char *text, char *err)
{
	struct pattern	*p;
	PCRE2_UCHAR	 message[128];
	PCRE2_SIZE	 at;
	int		 error;

	snprintf(err, PATTERN_ERROR_LEN, "out of memory");
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
	    PCRE2_AUTO_CALLOUT | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
	    PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
	if (p->code == NULL) {
		if (pcre2_get_error_message(error, message,
		    sizeof(message)) >= 0)
			snprintf(err, PATTERN_ERROR_LEN, "at character %zu: "
			    "%s", at + 1, (char *)message);
		goto fail;
	}
	p->match = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	if (p->match == NULL || p->context == NULL)
		goto fail;
	if (pcre2_set_heap_limit(p->context, SEARCH_HEAP_KB) != 0)
		goto fail;
	return (p);
 fail:
	pattern_free(p);
	return (NULL);
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	pcre2_match_context_free(p->context);
	pcre2_match_data_free(p->match);
	pcre2_code_free(p->code);
	free(p);
}

/* Of this thread: that others keep the machine busy is not our effort. */
static int64_t
cpu_us(void)
{
	struct timespec	 ts;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == -1)
		return (0);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static int
effort_look(pcre2_callout_block *, void *arg)
{
	struct effort	*e = arg;

	if (++e->items % SEARCH_LOOK != 0 || cpu_us() < e->until_us)
		return (0);
	return (PCRE2_ERROR_CALLOUT);
}

enum search_result
pattern_search(const struct pattern *p, struct search *s, const char *bytes,
    size_t len, int whole)
{
	struct effort	 e = { .items = 0 };
	int64_t		 begun = cpu_us();
	int		 rc;

	e.until_us = begun + SEARCH_US_MAX - s->spent_us;
	pcre2_set_callout(p->context, effort_look, &e);
	/* Hard: what ends where the bytes end may yet end otherwise. */
	rc = pcre2_match(p->code, (PCRE2_SPTR)bytes, len, s->start,
	    whole ? 0 : PCRE2_PARTIAL_HARD, p->match, p->context);
	s->spent_us += cpu_us() - begun;
	if (rc >= 0)
		return (SEARCH_FOUND);
	switch (rc) {
	case PCRE2_ERROR_NOMATCH:
		s->start = len;
		break;
	case PCRE2_ERROR_PARTIAL:
		s->start = pcre2_get_ovector_pointer(p->match)[0];
		break;
	default:
		return (SEARCH_EFFORT);
	}
	if (whole)
		return (SEARCH_NONE);
	return (s->spent_us < SEARCH_US_MAX ? SEARCH_MORE : SEARCH_EFFORT);
}

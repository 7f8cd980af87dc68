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
#ifndef CONF_PATTERN_H
#define CONF_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Regular expressions of PCRE2 on bytes that come bit by bit from whoever
 * sends them.  The parent takes none that cannot be compiled, hce searches.
 */

struct pattern;

/* Where a search is, and what it has cost; begin with all zeroes. */
struct search {
	size_t		 start;		/* nothing begins before it */
	int64_t		 spent_us;	/* of the processor's time */
};

enum search_result {
	SEARCH_FOUND,
	SEARCH_NONE,
	SEARCH_MORE,		/* there may be a match once there is more */
	SEARCH_EFFORT		/* given up, see SEARCH_US_MAX */
};

/*
 * The time one search may take in all.  An expression that people write is
 * through with 64 kB in a hundredth of it.
 */
#define SEARCH_US_MAX	20000

/* PATTERN_ERROR_LEN: bytes for what is wrong with an expression. */
#define PATTERN_ERROR_LEN	192
/* pattern_new: NULL: wrong, or no memory, as the buffer tells then. */
struct pattern	*pattern_new(const char *, char *);
void		 pattern_free(struct pattern *);
/*
 * pattern_search: go on with a search in all bytes that have come so far.
 * The last argument: these are all, else SEARCH_NONE is not an answer.
 */
enum search_result pattern_search(const struct pattern *, struct search *,
		    const char *, size_t, int);

#endif /* CONF_PATTERN_H */

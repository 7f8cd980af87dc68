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

#include <fnmatch.h>
#include <string.h>

#include "answer.h"
#include "check.h"

int
answer_wanted(const struct check *check)
{
	return (check_text(check, ITEM_EXPECT, NULL) != NULL ||
	    check_text(check, ITEM_BINARY, NULL) != NULL);
}

/* For a pattern a NUL is one more byte for * and ?, not the end. */
enum answer
answer_matches(const struct check *check, char *answer, size_t len)
{
	const char	*expect;
	size_t		 want;
	char		*nul;

	if ((expect = check_text(check, ITEM_BINARY, &want)) != NULL) {
		if (memcmp(answer, expect, len < want ? len : want) != 0)
			return (ANSWER_NEVER);
		return (len >= want ? ANSWER_MATCHES : ANSWER_NOT_YET);
	}
	if ((expect = check_text(check, ITEM_EXPECT, NULL)) == NULL)
		return (ANSWER_MATCHES);
	while ((nul = memchr(answer, '\0', len)) != NULL)
		*nul = '\001';
	answer[len] = '\0';
	return (fnmatch(expect, answer, 0) == 0 ? ANSWER_MATCHES :
	    ANSWER_NOT_YET);
}

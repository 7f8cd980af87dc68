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
#ifndef HCE_ANSWER_H
#define HCE_ANSWER_H

#include <stddef.h>

struct check;

/* What send/expect checks, over TCP and UDP, wait for. */

enum answer {
	ANSWER_MATCHES,
	ANSWER_NOT_YET,		/* more of it may match */
	ANSWER_NEVER		/* whatever comes behind it */
};

/* answer_wanted: the check expects one. */
int		answer_wanted(const struct check *);
/*
 * answer_matches: judge what has come so far.  The buffer has room for one
 * byte more, and its NULs may be changed.
 */
enum answer	answer_matches(const struct check *, char *, size_t);

#endif /* HCE_ANSWER_H */

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

#include <sys/types.h>

#include "head.h"

/*
 * RFC 9112: a status line (4), then header lines (5), then an empty one.  As
 * its 2.2 advises, an end of a line without its CR is taken too.
 */

/* What a byte is. */
enum head_class {
	BYTE_DIGIT,
	BYTE_BLANK,
	BYTE_COLON,
	BYTE_CR,
	BYTE_LF,
	BYTE_OTHER,
	BYTE_CLASSES
};

/* What has been read last.  Before S_MINOR is so much of the version. */
enum head_state {
	S_MINOR = sizeof("HTTP/1.") - 1,	/* nothing behind it */
	S_VERSION,
	S_BLANK,
	S_CODE1,
	S_CODE2,
	S_CODE3,
	S_REASON,		/* some of it, or the blank before */
	S_LINE,			/* the end of a line */
	S_NAME,			/* some of a header's */
	S_VALUE,		/* some of a header's, or the colon */
	S_CR,			/* the CR of an empty line */
	S_DONE,
	S_BAD
};

static enum head_class	head_class(char);
static enum head_state	head_next(enum head_state, char);

static const char	version[] = "HTTP/1.";

static const uint8_t	rules[][BYTE_CLASSES] = {
	[S_MINOR - S_MINOR] =
	{ S_VERSION, S_BAD, S_BAD, S_BAD, S_BAD, S_BAD },
	[S_VERSION - S_MINOR] =
	{ S_BAD, S_BLANK, S_BAD, S_BAD, S_BAD, S_BAD },
	[S_BLANK - S_MINOR] =
	{ S_CODE1, S_BAD, S_BAD, S_BAD, S_BAD, S_BAD },
	[S_CODE1 - S_MINOR] =
	{ S_CODE2, S_BAD, S_BAD, S_BAD, S_BAD, S_BAD },
	[S_CODE2 - S_MINOR] =
	{ S_CODE3, S_BAD, S_BAD, S_BAD, S_BAD, S_BAD },
	[S_CODE3 - S_MINOR] =
	{ S_BAD, S_REASON, S_BAD, S_REASON, S_LINE, S_BAD },
	[S_REASON - S_MINOR] =
	{ S_REASON, S_REASON, S_REASON, S_REASON, S_LINE, S_REASON },
	/* A blank goes on with the header before, RFC 9112 5.2. */
	[S_LINE - S_MINOR] =
	{ S_NAME, S_VALUE, S_BAD, S_CR, S_DONE, S_NAME },
	[S_NAME - S_MINOR] =
	{ S_NAME, S_NAME, S_VALUE, S_BAD, S_BAD, S_NAME },
	[S_VALUE - S_MINOR] =
	{ S_VALUE, S_VALUE, S_VALUE, S_VALUE, S_LINE, S_VALUE },
	[S_CR - S_MINOR] =
	{ S_BAD, S_BAD, S_BAD, S_BAD, S_DONE, S_BAD }
};

void
head_init(struct head *h)
{
	h->state = 0;
	h->code = 0;
	h->len = 0;
}

static enum head_class
head_class(char c)
{
	switch (c) {
	case ' ':
	case '\t':
		return (BYTE_BLANK);
	case ':':
		return (BYTE_COLON);
	case '\r':
		return (BYTE_CR);
	case '\n':
		return (BYTE_LF);
	}
	return (c >= '0' && c <= '9' ? BYTE_DIGIT : BYTE_OTHER);
}

static enum head_state
head_next(enum head_state s, char c)
{
	if (s < S_MINOR)
		return (c == version[s] ? s + 1 : S_BAD);
	return (rules[s - S_MINOR][head_class(c)]);
}

enum head_result
head_add(struct head *h, const char *bytes, size_t len, size_t *taken)
{
	size_t	 i;

	for (i = 0; i < len; i++) {
		if (++h->len > HEAD_LEN_MAX)
			return (HEAD_LONG);
		h->state = head_next(h->state, bytes[i]);
		if (h->state == S_BAD)
			return (HEAD_BAD);
		if (h->state >= S_CODE1 && h->state <= S_CODE3)
			h->code = h->code * 10 + (bytes[i] - '0');
		if (h->state == S_DONE)
			break;
	}
	*taken = i < len ? i + 1 : len;
	return (h->state == S_DONE ? HEAD_DONE : HEAD_MORE);
}

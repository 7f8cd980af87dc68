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

#include <stdlib.h>
#include <string.h>

#include "../../hce/head.h"
#include "tap.h"

/* Heads of answers, in one piece and byte by byte. */

static const struct {
	const char		*bytes;
	enum head_result	 result;
	int			 code;
	size_t			 left;
} heads[] = {
	{ "", HEAD_MORE, 0, 0 },
	{ "HTTP/1", HEAD_MORE, 0, 0 },
	{ "HTTP/1.1 200 OK\r\n", HEAD_MORE, 200, 0 },
	{ "HTTP/1.1 200 OK\r\n\r\n", HEAD_DONE, 200, 0 },
	{ "HTTP/1.1 200 OK\r\n\r\nbody", HEAD_DONE, 200, 4 },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	  HEAD_DONE, 100, 19 },
	{ "HTTP/1.0 404 Not Found\nServer: x\n\n", HEAD_DONE, 404, 0 },
	{ "HTTP/1.1 503\r\n\r\n", HEAD_DONE, 503, 0 },
	{ "HTTP/1.1 503 \r\nA:\r\n\r\n", HEAD_DONE, 503, 0 },
	{ "HTTP/1.1 200 a: b\r\nA: b: c\r\n d\r\n\r\n", HEAD_DONE, 200, 0 },
	{ "HTTP/1.1 000 no\r\n\r\n", HEAD_DONE, 0, 0 },
	{ "HTTP/1.1 200 OK\r\nA: b\r\n\rx", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 200 OK\r\nno colon\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 200 OK\nno colon\n\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 200 OK\r\n: no name\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 200OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 2000 OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 20 OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1  200 OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1 -20 OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.1\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/1.10 200 OK\r\n", HEAD_BAD, 0, 0 },
	{ "HTTP/2.0 200 OK\r\n", HEAD_BAD, 0, 0 },
	{ "http/1.1 200 OK\r\n", HEAD_BAD, 0, 0 },
	{ "220 mail.example ESMTP\r\n", HEAD_BAD, 0, 0 },
	{ "\r\nHTTP/1.1 200 OK\r\n", HEAD_BAD, 0, 0 }
};
#define NHEADS	(sizeof(heads) / sizeof(heads[0]))

/* Of so many bytes at a time: the result, with what was left. */
static enum head_result
feed(struct head *h, const char *bytes, size_t step, size_t *left)
{
	enum head_result	 result = HEAD_MORE;
	size_t			 n, taken = 0;

	head_init(h);
	for (*left = strlen(bytes); *left > 0 && result == HEAD_MORE;
	    bytes += taken, *left -= taken) {
		n = *left < step ? *left : step;
		result = head_add(h, bytes, n, &taken);
		if (result != HEAD_MORE && result != HEAD_DONE)
			break;
	}
	return (result);
}

static void
test_heads(void)
{
	struct head		 h;
	enum head_result	 result;
	size_t			 i, step, left;
	int			 good;

	for (i = 0; i < NHEADS; i++) {
		good = 1;
		for (step = 1; step < 64; step++) {
			result = feed(&h, heads[i].bytes, step, &left);
			good &= result == heads[i].result;
			if (result == HEAD_DONE)
				good &= left == heads[i].left;
			if (result == HEAD_MORE || result == HEAD_DONE)
				good &= h.code == heads[i].code;
		}
		ok(good, "head %zu", i);
	}
}

/* The last byte that may be is in one of these lengths, or is not. */
static void
test_length(void)
{
	static const char	 start[] = "HTTP/1.1 200 OK\r\nA: ";
	struct head		 h;
	size_t			 fill, i, left;
	char			*text;

	if ((text = malloc(HEAD_LEN_MAX + 2)) == NULL)
		abort();
	for (i = 0; i < 2; i++) {
		fill = HEAD_LEN_MAX + i - (sizeof(start) - 1) - 4;
		memcpy(text, start, sizeof(start) - 1);
		memset(text + sizeof(start) - 1, 'x', fill);
		memcpy(text + sizeof(start) - 1 + fill, "\r\n\r\n", 5);
		is_int(feed(&h, text, 4096, &left),
		    i == 0 ? HEAD_DONE : HEAD_LONG, "%zu bytes",
		    strlen(text));
	}
	free(text);
}

int
main(void)
{
	test_heads();
	test_length();
	return (done_testing());
}

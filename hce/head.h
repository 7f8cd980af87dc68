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

#ifndef HCE_HEAD_H
#define HCE_HEAD_H

#include <stddef.h>
#include <stdint.h>

/*
 * The head of an HTTP/1 answer, that is its status line and its headers, as
 * it comes, in whatever parts.  Only the status code is kept of it.
 */

/* Status line and headers together; common servers send at most half. */
#define HEAD_LEN_MAX	16384

enum head_result {
	HEAD_MORE,		/* it does not end yet */
	HEAD_DONE,		/* it is whole */
	HEAD_BAD,		/* this is not one */
	HEAD_LONG		/* longer than HEAD_LEN_MAX */
};

struct head {
	uint8_t		 state;		/* private to head.c */
	uint16_t	 code;		/* of the status line */
	size_t		 len;		/* bytes so far */
};

/* head_init: nothing has come. */
void		 head_init(struct head *);
/*
 * head_add: so many bytes more have come.  The first of them that do not
 * belong to the head are left; how many were taken is told.  Nothing is to be
 * added once the result was not HEAD_MORE.
 */
enum head_result head_add(struct head *, const char *, size_t, size_t *);

#endif /* HCE_HEAD_H */

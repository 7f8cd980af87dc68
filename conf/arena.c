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

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "arena.h"

#define CHUNK_SIZE	(64 * 1024)

struct arena_chunk {
	struct arena_chunk	*next;
	size_t			 size;		/* of data */
	size_t			 used;
	alignas(max_align_t) unsigned char data[];
};

void
arena_init(struct arena *a)
{
	a->chunks = NULL;
}

void
arena_free(struct arena *a)
{
	struct arena_chunk	*c;

	while ((c = a->chunks) != NULL) {
		a->chunks = c->next;
		freezero(c, sizeof(*c) + c->size);
	}
}

void *
arena_alloc(struct arena *a, size_t len)
{
	struct arena_chunk	*c = a->chunks;
	size_t			 size, used;

	used = c == NULL ? 0 : (c->used + alignof(max_align_t) - 1) &
	    ~(alignof(max_align_t) - 1);
	if (c == NULL || used > c->size || len > c->size - used) {
		size = len > CHUNK_SIZE ? len : CHUNK_SIZE;
		if ((c = calloc(1, sizeof(*c) + size)) == NULL)
			return (NULL);
		c->size = size;
		c->next = a->chunks;
		a->chunks = c;
		used = 0;
	}
	c->used = used + len;
	return (c->data + used);
}

char *
arena_copy(struct arena *a, const void *data, size_t len)
{
	char	*s;

	if ((s = arena_alloc(a, len + 1)) == NULL)
		return (NULL);
	memcpy(s, data, len);
	return (s);
}

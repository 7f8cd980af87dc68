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

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "arena.h"

/* Little is kept in little, and much in pieces of one size, to fit again. */
#define CHUNK_MIN	1024
#define CHUNK_MAX	(128 * 1024)
/* What is in here are pointers, numbers and text. */
#define ALIGNMENT	sizeof(uint64_t)

struct arena_chunk {
	struct arena_chunk	*next;
	size_t			 size;		/* of data */
	size_t			 used;
	uint64_t		 data[];
};

static void	*arena_take(struct arena *, size_t, size_t);
static struct arena_chunk *arena_more(struct arena *, size_t);

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
		freezero(c, sizeof(*c) + c->used);
	}
}

/* The last is the largest. */
void
arena_reset(struct arena *a)
{
	struct arena	 rest;

	if (a->chunks == NULL)
		return;
	rest.chunks = a->chunks->next;
	arena_free(&rest);
	explicit_bzero(a->chunks->data, a->chunks->used);
	a->chunks->used = 0;
	a->chunks->next = NULL;
}

/* A new chunk, with room for so many bytes at least. */
static struct arena_chunk *
arena_more(struct arena *a, size_t len)
{
	struct arena_chunk	*c;
	size_t			 size = CHUNK_MIN;

	if (a->chunks != NULL)
		size = (sizeof(*c) + a->chunks->size) * 2;
	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	size -= sizeof(*c);
	if (size < len)
		size = len;
	if ((c = calloc(1, sizeof(*c) + size)) == NULL)
		return (NULL);
	c->size = size;
	c->next = a->chunks;
	a->chunks = c;
	return (c);
}

static void *
arena_take(struct arena *a, size_t len, size_t alignment)
{
	struct arena_chunk	*c = a->chunks;
	size_t			 used;

	used = c == NULL ? 0 : (c->used + alignment - 1) & ~(alignment - 1);
	if (c == NULL || used > c->size || len > c->size - used) {
		if ((c = arena_more(a, len)) == NULL)
			return (NULL);
		used = 0;
	}
	c->used = used + len;
	return ((unsigned char *)c->data + used);
}

void *
arena_alloc(struct arena *a, size_t len)
{
	return (arena_take(a, len, ALIGNMENT));
}

char *
arena_copy(struct arena *a, const void *data, size_t len)
{
	char	*s;

	if ((s = arena_take(a, len + 1, 1)) == NULL)
		return (NULL);
	memcpy(s, data, len);
	return (s);
}

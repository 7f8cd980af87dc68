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

#ifndef CONF_ARENA_H
#define CONF_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* Memory that is given back as a whole, overwritten with zeroes. */
struct arena {
	struct arena_chunk	*chunks;
};

void	 arena_init(struct arena *);
void	 arena_free(struct arena *);
/* arena_reset: nothing of it is used any more; it will be filled again. */
void	 arena_reset(struct arena *);
/* arena_alloc: so many bytes, zeroed; NULL: no memory. */
void	*arena_alloc(struct arena *, size_t);
/* arena_copy: a copy of so many bytes with a NUL behind; NULL: no memory. */
char	*arena_copy(struct arena *, const void *, size_t);

#endif /* CONF_ARENA_H */

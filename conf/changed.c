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

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "changed.h"

/* Hosts known at once; the array grows by doubling. */
#define CHANGED_GROW	16

int
changed_add(struct changed *c, const struct host_config *conf)
{
	struct host_config	*host;
	size_t			 room;

	if (c->n == c->room) {
		room = c->room == 0 ? CHANGED_GROW : 2 * c->room;
		host = recallocarray(c->host, c->room, room, sizeof(*host));
		if (host == NULL)
			return (-1);
		c->host = host;
		c->room = room;
	}
	c->host[c->n++] = *conf;
	return (0);
}

void
changed_free(struct changed *c)
{
	free(c->host);
	memset(c, 0, sizeof(*c));
}

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

#ifndef CONF_CHANGED_H
#define CONF_CHANGED_H

#include <stddef.h>

#include "wire.h"

/* Hosts as they will be, noted by an engine until they count. */
struct changed {
	struct host_config	*host;
	size_t			 n;
	size_t			 room;
};

/*
 * changed_add: one more; 0, or -1: no memory.
 * changed_free: all are forgotten.
 */
int	changed_add(struct changed *, const struct host_config *);
void	changed_free(struct changed *);

#endif /* CONF_CHANGED_H */

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

#ifndef CONF_CHANGE_H
#define CONF_CHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "conf.h"

/*
 * The short way from one configuration to the next: where the files say the
 * same but for weights of hosts, which is what most reloads of a large one
 * are, the tree stays and takes the new weights.  What it had before is kept
 * in the same place, so that one who swaps twice has changed nothing.
 */

struct conf_change {
	struct conf_host	*host;		/* of the tree */
	uint16_t		 weight;
};

struct conf_changes {
	struct conf_change	*list;
	size_t			 n;		/* 0: nothing differs */
	size_t			 room;
	struct outline		*outline;	/* of the files */
	uint32_t		 generation;
};

/*
 * conf_changes_find: what the files of this tree say now, if that is the short
 * way.  NULL: it is not, or nobody can tell without reading them all, or
 * memory is short; whatever is wrong with them conf_parse() will say.
 * conf_changes_swap: the tree gets these weights, this outline and generation,
 * and gives its own for them.
 */
struct conf_changes	*conf_changes_find(struct conf *);
void			 conf_changes_free(struct conf_changes *);
void			 conf_changes_swap(struct conf *,
			    struct conf_changes *);

/*
 * conf_parse_tables (read.c): a text of nothing but tables, for which path
 * stands.  NULL: there is an error in it, which nobody is told of.
 */
struct conf	*conf_parse_tables(const char *, const char *, size_t);

#endif /* CONF_CHANGE_H */

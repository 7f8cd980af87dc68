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

#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include <sys/types.h>

#include <stddef.h>

#include "conf.h"
#include "diag.h"

struct stat;

/* A file being read, whole in memory; a stack of them by includes. */
struct source {
	struct source	*parent;	/* the file that includes this one */
	const char	*path;		/* the tree's */
	char		*buf;		/* without a NUL anywhere */
	size_t		 len;
	size_t		 pos;
	int		 line;
	int		 braces;	/* opened and not closed */
	int		 brace_line;	/* of the outermost of these */
	dev_t		 dev;
	ino_t		 ino;
	int		 exposed;	/* others can read it */
};

/*
 * source_open: read the file of this path on top of the parent.  Refused:
 * what others could have written, what is being read already.  NULL: it
 * cannot be had; reported at pos, where it was asked for.
 */
struct source	*source_open(struct conf *, const char *, struct source *,
		    int, struct diag *, const struct pos *);
/*
 * source_text: the same of a text in memory, len bytes that are copied; path
 * is for messages.
 */
struct source	*source_text(struct conf *, const char *, const char *, size_t,
		    struct diag *);
/* source_free: this one; gives back its parent. */
struct source	*source_free(struct source *);

/*
 * source_trusted: nobody but root or we could have written it.
 * source_exposed: others can read it.
 */
int		 source_trusted(const struct stat *);
int		 source_exposed(const struct stat *);

#endif /* CONF_SOURCE_H */

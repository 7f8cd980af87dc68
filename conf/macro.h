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

#ifndef CONF_MACRO_H
#define CONF_MACRO_H

#include "arena.h"
#include "conf.h"
#include "diag.h"
#include "index.h"
#include "lex.h"

/* name = "value" of a file, or -D name=value. */
struct macro {
	const char	*value;
	struct pos	 pos;		/* no file: the command line */
	const char	*exposed;	/* as of lex_str */
	int		 used;
};

struct macros {
	struct index			*index;
	struct arena			*arena;		/* where they live */
	const struct conf_macros	*given;		/* with -D */
	struct diag			*diag;
	struct key			 key;
};

/* macros_open: with those of the command line; -1: wrong, reported. */
int		 macros_open(struct macros *, struct arena *,
		    const struct conf_macros *, struct diag *);
void		 macros_close(struct macros *);
/* macro_find: NULL: not defined. */
struct macro	*macro_find(struct macros *, const char *);
/* macro_define: by a LEX_ASSIGN; the command line's value wins. */
void		 macro_define(struct macros *, const struct lex_token *);
/* macros_unused: report those of the command line that nothing used. */
void		 macros_unused(const struct macros *, const char *);

#endif /* CONF_MACRO_H */

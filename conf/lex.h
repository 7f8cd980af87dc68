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

#ifndef CONF_LEX_H
#define CONF_LEX_H

#include <stddef.h>

#include "conf.h"
#include "diag.h"

/*
 * From files to tokens: includes, macros, quotes, comments.  The files may
 * hold anything; nothing here trusts them.
 */

#define FILE_BYTES_MAX	(64 * 1024 * 1024)	/* of one file */
#define FILE_DEPTH_MAX	16			/* of includes in includes */
#define FILE_COUNT_MAX	1024			/* files read in all */
#define TOKEN_LEN	4096			/* of a token, with a NUL */

/*
 * A text of the file.  It lives until the statement outside of all blocks
 * ends that it is in; it ends in a NUL, and may hold NULs before that when it
 * was quoted.
 */
struct lex_str {
	const char	*s;
	size_t		 len;
	const char	*exposed;	/* a file that a part of it is from
					   and others can read; NULL: none */
};

enum lex_kind {
	LEX_END,		/* of everything */
	LEX_NL,			/* of a line; always there before LEX_END */
	LEX_WORD,		/* without quotes */
	LEX_QUOTED,
	LEX_TABLE,		/* <name>, without the angles */
	LEX_ASSIGN,		/* name = ...: the name; value in assigned */
	LEX_CHAR,		/* any other character */
	LEX_ERROR		/* not a token; has been reported */
};

struct lex_token {
	enum lex_kind		 kind;
	int			 ch;		/* LEX_CHAR */
	struct lex_str		 str;
	struct lex_str		 assigned;	/* LEX_ASSIGN */
	struct pos		 pos;
	int			 first;		/* of its line */
};

struct lex;

/*
 * lex_open: begin with the file of this path.  The tree keeps the names of
 * the files.  NULL: it cannot be read, or no memory; reported.
 */
struct lex	*lex_open(struct conf *, const char *,
		    const struct conf_macros *, int, struct diag *);
/* lex_open_text: with a text in memory, without macros and secrets. */
struct lex	*lex_open_text(struct conf *, const char *, const char *,
		    size_t, struct diag *);
void		 lex_close(struct lex *);
/* lex_alloc: memory that lives until lex_close(); NULL: none, reported. */
void		*lex_alloc(struct lex *, size_t);
/* lex_next: the next token. */
void		 lex_next(struct lex *, struct lex_token *);
/*
 * lex_include: go on with this file, named relative to the one being read,
 * and come back to the line after the `include'.
 */
void		 lex_include(struct lex *, const struct lex_str *,
		    const struct pos *);
/* lex_define: give a macro its value; the command line's wins. */
void		 lex_define(struct lex *, const struct lex_token *);
/* lex_unused: report macros of the command line that nothing used. */
void		 lex_unused(struct lex *);

#endif /* CONF_LEX_H */

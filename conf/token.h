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

#ifndef CONF_TOKEN_H
#define CONF_TOKEN_H

#include "build.h"

/* The tokens of a configuration, and where in its blocks the last one is. */
struct tokens {
	struct lex_token	 last;
	int			 keyword;	/* it is one */
	int			 word;		/* the next is none */
	int			 listed;	/* so is one after a comma */
	int			 opened;	/* the one before was a brace */
	int			 in_block;
	int			 was_in_block;	/* before the last token */
	int			 skipping;	/* the rest of a line */
	int			 depth;		/* of braces while skipping */
	int			 held_nl;	/* to be given next */
	int			 held_brace;	/* to be given after that */
};

void		 token_init(struct tokens *);
/*
 * token_next: the number that the grammar has for the next token of the file;
 * 0: the end.  Its text, if it has one, lives as long as the lexer.
 */
int		 token_next(struct tokens *, struct parse *,
		    struct lex_str *);
/*
 * token_error: say what is wrong with the last token, or this message where
 * nothing else fits, and get ready to skip its line.
 */
void		 token_error(struct tokens *, struct parse *, const char *);

#endif /* CONF_TOKEN_H */

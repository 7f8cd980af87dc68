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

#ifndef CONF_DIFF_H
#define CONF_DIFF_H

#include <stdio.h>

#include "conf.h"

/*
 * The difference of two configurations as an operator writes them: by the
 * canonical text, object by object, and in each line by line.
 */

/*
 * conf_diff: of two texts of conf_print().  Each line is given to the report:
 * "added ", "removed " or "changed " and the object, then below it, indented
 * by a tab, "- " and what is in it no more, "+ " and what is in it now, the
 * two of one statement together.  What conf_hide() hides is not told.
 * Returns the number of objects that differ, -1: no memory.
 */
int	 conf_diff(const char *, const char *, conf_report, void *);
/*
 * conf_print_renewed: for the end of the text of the first tree: which of its
 * secrets and of its files of TLS are others than those of the second.
 */
void	 conf_print_renewed(const struct conf *, const struct conf *, FILE *);
/*
 * conf_hide: print so many bytes of canonical text without what may be secret
 * though it is no password: what checks send, and values of HTTP headers.
 */
void	 conf_hide(const char *, size_t, FILE *);
/*
 * conf_canonical: the canonical text; conf_public: the same after conf_hide().
 * The caller's to free; NULL: no memory.
 */
char	*conf_canonical(const struct conf *);
char	*conf_public(const struct conf *);

#endif /* CONF_DIFF_H */

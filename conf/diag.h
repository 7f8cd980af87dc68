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

#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include "conf.h"

/* Errors beyond this number are not told: the reader has enough to do. */
#define DIAG_MAX	100

/* Where something stands. */
struct pos {
	const char	*file;
	int		 line;
};

/* What is wrong with a configuration, as it is found. */
struct diag {
	conf_report	 report;
	void		*arg;
	int		 errors;
};

void	diag_init(struct diag *, conf_report, void *);
/* diag_error: report one error; a line of 0 is left out, so is no file. */
void	diag_error(struct diag *, const struct pos *, const char *, ...)
	    __attribute__((__format__(printf, 3, 4)));
/* diag_nomem: memory has run out. */
void	diag_nomem(struct diag *);

#endif /* CONF_DIAG_H */

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

#include <stdarg.h>
#include <stdio.h>

#include "diag.h"

/* A message with the longest string that a file can hold in it. */
#define DIAG_LEN	4096

void
diag_init(struct diag *d, conf_report report, void *arg)
{
	d->report = report;
	d->arg = arg;
	d->errors = 0;
}

void
diag_error(struct diag *d, const struct pos *pos, const char *fmt, ...)
{
	char	 text[DIAG_LEN], *s;
	int	 n = 0;
	va_list	 ap;

	if (++d->errors > DIAG_MAX)
		return;
	if (d->errors == DIAG_MAX) {
		d->report(d->arg, "too many errors, the rest is not shown");
		return;
	}
	if (pos->file != NULL && pos->line > 0)
		n = snprintf(text, sizeof(text), "%s:%d: ", pos->file,
		    pos->line);
	else if (pos->file != NULL)
		n = snprintf(text, sizeof(text), "%s: ", pos->file);
	if (n < 0 || (size_t)n >= sizeof(text))
		n = 0;
	va_start(ap, fmt);
	/* Cut at DIAG_LEN: a message is for people. */
	(void)vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	/* What is quoted may hold anything, but a message is one line. */
	for (s = text; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
	d->report(d->arg, text);
}

void
diag_nomem(struct diag *d)
{
	struct pos	 nowhere = { NULL, 0 };

	diag_error(d, &nowhere, "out of memory");
}

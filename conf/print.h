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

#ifndef CONF_PRINT_H
#define CONF_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "conf.h"

/*
 * print.c: texts in quotes, so that the lexer reads the same bytes again.
 * print_net.c: what an instance holds, a line each after the text given.
 */
void		 print_bytes(FILE *, const char *, size_t);
void		 print_str(FILE *, const char *);
void		 print_timing(uint32_t, uint32_t, unsigned int, unsigned int,
		    const char *, FILE *);
/* print_check.c: " check ..." with all its options. */
void		 print_check(const struct conf_check *, FILE *);
void		 print_vaddr(const struct conf_vaddr *, const char *, FILE *);
void		 print_route(const struct conf_route *, const char *, FILE *);
void		 print_rule(const struct conf_rule *, const char *, FILE *);
void		 print_statics(const struct conf *, FILE *);
void		 print_announce(const struct conf_announce *, FILE *);
void		 print_lease(const struct conf *, FILE *);
void		 print_settings(const struct conf *, FILE *);

#endif /* CONF_PRINT_H */

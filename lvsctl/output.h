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

#ifndef LVSCTL_OUTPUT_H
#define LVSCTL_OUTPUT_H

#include "parser.h"

struct ctl_by;
struct ctl_host;
struct ctl_vrrp;
struct imsg;

enum output {
	OUTPUT_MORE,		/* the answer goes on */
	OUTPUT_OK,
	OUTPUT_FAIL,		/* lvsd refuses; it was said why */
	OUTPUT_BAD		/* this is no answer of an lvsd of our kind */
};

/* output_head: what stands above the answer to this command. */
void		output_head(const struct command *);
/* output_message: print one message of the answer. */
enum output	output_message(const struct command *, const struct imsg *);

/* output_time: a text, and a time of the wall clock in seconds. */
void		output_time(const char *, int64_t);
/* output_ms: so many milliseconds; whole seconds read better. */
void		output_ms(uint64_t);

/*
 * override.c: what the operator wants otherwise.
 * override_print_by: who it was, and when.  override_print_host: lines of it.
 */
void		override_print_by(const struct ctl_by *);
void		override_print_host(const struct ctl_host *);

/* election.c: what decides whether an instance will be master, and when. */
void		election_print(const struct ctl_vrrp *);

#endif /* LVSCTL_OUTPUT_H */

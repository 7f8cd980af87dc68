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
enum output	output_message(const struct command *, struct imsg *);

/*
 * SAFE: copy a string out of a message into a buffer of VIS_LEN bytes, which
 * is returned: ended, and fit for a terminal.  Up to CTL_TEXT_LEN bytes of it.
 */
#define VIS_LEN(n)		(4 * (n) + 1)	/* vis(3): four for each */
#define SAFE(buf, field)	output_safe(buf, field, sizeof(field))
const char	*output_safe(char *, const char *, size_t);

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

/* stats.c: counters of services, and what the kernel's table holds. */
void		stats_head(const struct command *);
enum output	stats_print(const struct command *, const struct imsg *);
enum output	ipvs_print_head(const struct imsg *);
enum output	ipvs_print_virtual(const struct imsg *);
enum output	ipvs_print_real(const struct imsg *);

/*
 * sessions.c: the kernel's connections.
 *
 * sessions_new: those of a client, from an address or a network, NULL: of
 * all; NULL when that is neither.  The network must live as long.
 * sessions_match: and with one of these ends.
 * sessions_print: out of the descriptor that came with the message.
 */
struct sessions	*sessions_new(const char *);
void		sessions_free(struct sessions *);
enum output	sessions_match(struct sessions *, const struct imsg *);
enum output	sessions_print(struct sessions *, struct imsg *);

#endif /* LVSCTL_OUTPUT_H */

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

#ifndef PARENT_STATE_H
#define PARENT_STATE_H

#include <stdio.h>

struct conf;
struct mirror;
struct parent;
struct state;

/*
 * What an operator did, in a file for the next lvsd: the overrides of hosts,
 * tables and services, by their names; and of the kernel what settings were
 * before lvsd changed them, and which services are lvsd's.
 */

#define STATE_FILE	"/run/lvsd/state"

/* state.c: state_new: NULL: no memory. */
struct state	*state_new(struct parent *);
void		 state_free(struct state *);
/* state_load: into the mirror, for what this first tree has. */
void		 state_load(struct parent *, const struct conf *);
/*
 * state_changed: an override, or the configuration: write the file when the
 * event loop comes round.
 */
void		 state_changed(struct parent *);

/*
 * state_text.c
 *
 * state_print: all that is mirrored.  Returns the number of lines below the
 * first.
 * state_scan: the same back, with the name of the file for the log.  What
 * cannot be understood, or is of what the tree does not have, is passed over
 * and logged.  0, or -1: it is no such file, or of another version.
 */
unsigned int	 state_print(FILE *, const struct conf *,
		    const struct mirror *);
int		 state_scan(FILE *, const char *, const struct conf *,
		    struct mirror *);

/*
 * state_boot.c: of which boot of the machine the lines about the kernel are.
 *
 * state_boot_print: a line that says so.
 * state_boot_scan: 1: of this one, or nothing is said; 0: of another, or it is
 * not known which this is.
 */
#define STATE_BOOT	"boot "		/* begins such a line */
void		 state_boot_print(FILE *);
int		 state_boot_scan(FILE *);

#endif /* PARENT_STATE_H */

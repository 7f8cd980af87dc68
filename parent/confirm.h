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

#ifndef PARENT_CONFIRM_H
#define PARENT_CONFIRM_H

#include <stdint.h>

struct conf;
struct conf_changes;
struct confirm;
struct parent;

/*
 * The configuration before the one that runs, to which one can go back; and
 * the wait for a confirmation, without which that happens by itself.  Both
 * are the parent's alone, so that no engine's death touches them.
 */

/* confirm_new: NULL: no memory. */
struct confirm	*confirm_new(struct parent *);
void		 confirm_free(struct confirm *);
/*
 * confirm_keep: this tree, owned from now on, has run before; what was kept
 * until now is freed.
 * confirm_keep_changes: the running tree has run without these changes.
 * confirm_take, confirm_take_changes: the caller's from now on; NULL: it is
 * the other that is kept, or there is none.
 * confirm_has: there is one of either.
 */
void		 confirm_keep(struct confirm *, struct conf *);
void		 confirm_keep_changes(struct confirm *, struct conf_changes *);
struct conf	*confirm_take(struct confirm *);
struct conf_changes *confirm_take_changes(struct confirm *);
int		 confirm_has(const struct confirm *);
/*
 * confirm_begin: what runs is to be confirmed within so many seconds.
 * confirm_end: it stays, or is gone.
 * confirm_waits: neither has happened yet.
 * confirm_late: to go back has failed; it is tried again.
 * confirm_tell_lbe: for those who look.
 */
void		 confirm_begin(struct confirm *, uint32_t);
void		 confirm_end(struct confirm *);
int		 confirm_waits(const struct confirm *);
void		 confirm_late(struct confirm *);
void		 confirm_tell_lbe(struct confirm *);

#endif /* PARENT_CONFIRM_H */

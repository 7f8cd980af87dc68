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

#ifndef CONF_OUTLINE_H
#define CONF_OUTLINE_H

#include <stddef.h>

/*
 * What the files of a configuration looked like when they were read: a digest
 * of what is inside of each table, and one of all the rest of each file.  By
 * it a reload knows that nothing has changed, or nothing but some tables,
 * without another tree.  Only what is sure is said: files that are written so
 * that a look at their lines could be mistaken have no outline.
 */

struct outline;
struct stat;

/* The tables that have changed, as they are written now. */
struct outline_text {
	char	*s;		/* len bytes; the caller frees them */
	size_t	 len;
	size_t	 room;
};

/* outline_new: of no file yet; NULL: no memory. */
struct outline	*outline_new(void);
void		 outline_free(struct outline *);
/*
 * outline_add: one more file, read from this descriptor's file, with its path
 * and all its bytes.
 * outline_spoil: something else had a say in it; it tells nothing any more.
 * outline_tells: it was not.
 */
void		 outline_add(struct outline *, const char *,
		    const struct stat *, const char *, size_t);
void		 outline_spoil(struct outline *);
int		 outline_tells(const struct outline *);
/*
 * outline_read: the outline of the same files as they are now, and the text
 * of the tables that are not what they were.  NULL: more than that may have
 * changed, or cannot be told; the text is of no use then.
 */
struct outline	*outline_read(const struct outline *, struct outline_text *);

#endif /* CONF_OUTLINE_H */

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

#ifndef CONF_MATCH_H
#define CONF_MATCH_H

/*
 * The old objects of one kind, among which the new ones are looked for.  A
 * file that is read again mostly has them in the order that they had; only
 * where it has not they are sorted.
 */

/* Of two pointers to objects, as qsort(3) wants it. */
typedef int (*match_cmp)(const void *, const void *);

struct match {
	const void	**old;
	unsigned int	 n;
	unsigned int	 size;		/* of old */
	unsigned int	 next;		/* is likely to be wanted now */
	int		 sorted;
	match_cmp	 cmp;
};

/* match_begin: objects of a kind; the memory of those before is used again. */
void		 match_begin(struct match *, match_cmp);
void		 match_add(struct match *, const void *);
/* match_find: the old object that this new one was; NULL: there is none. */
const void	*match_find(struct match *, const void *);
void		 match_end(struct match *);

/*
 * What objects are known by: a table by name, port and variant, a host in its
 * table by the address, a listen in its service by what it is in the kernel;
 * see conf_assign_ids().
 */
int		 match_table(const void *, const void *);
int		 match_host(const void *, const void *);
int		 match_service(const void *, const void *);
int		 match_listen(const void *, const void *);
int		 match_script(const void *, const void *);
int		 match_group(const void *, const void *);
int		 match_vrrp(const void *, const void *);
int		 match_tabledef(const void *, const void *);
int		 match_process(const void *, const void *);
int		 match_trackfile(const void *, const void *);
int		 match_refhost(const void *, const void *);

#endif /* CONF_MATCH_H */

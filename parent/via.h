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


#ifndef PARENT_VIA_H
#define PARENT_VIA_H

#include "../conf/conf.h"

struct parent;
struct via;

/* via_new: NULL: no memory.  via_free takes NULL. */
struct via	*via_new(void);
void		 via_free(struct via *);
/*
 * via_source: where a check of this virtual address that IPVS takes to this
 * real server has to come from, if that is not said (af 0); the kernel is made
 * to take its answers.  0, or -1: errno says why there is none.
 */
int		 via_source(struct via *, const struct conf *,
		    const struct addr *, const struct addr *, struct addr *);
/*
 * via_blind: IPVS directs nothing on this director now, so that such checks
 * would tell of something else; when that changes it is logged.
 */
int		 via_blind(struct parent *);

#endif /* PARENT_VIA_H */

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
#ifndef HCE_BODY_H
#define HCE_BODY_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "../conf/pattern.h"
#include "../conf/wire.h"

struct evbuffer;

/* What of an answer's body is looked at, and how much of it at most. */
#define BODY_SEARCH_MAX	65536
#define BODY_DIGEST_MAX	(1024 * 1024)

/* What the body of a URL must be like. */
struct body_wants {
	struct {
		struct pattern	*pattern;
		int		 not;		/* there is to be none */
	}			 match[CHECK_MATCHES_MAX];
	int			 nmatches;
	const EVP_MD		*md;		/* NULL: no digest */
	uint8_t			 digest[EVP_MAX_MD_SIZE];
};

/* A body on its way. */
struct body {
	const struct body_wants	*wants;
	struct search		 search[CHECK_MATCHES_MAX];
	uint8_t			 found[CHECK_MATCHES_MAX];
	EVP_MD_CTX		*md;		/* NULL: no digest */
	char			*bytes;		/* searched through */
	size_t			 size;		/* of that memory */
	size_t			 len;		/* bytes in it */
	size_t			 next;		/* search at this length */
	size_t			 total;		/* bytes of the body so far */
};

/*
 * body_prepare: what the items from the first to the next path want; 0, or
 * -1 when they are wrong or there is no memory.  body_release frees what of
 * it is there.
 */
int		 body_prepare(struct body_wants *, struct check_items);
void		 body_release(struct body_wants *);
/* body_wanted: something is, so that the body must be read. */
int		 body_wanted(const struct body_wants *);
/* body_max: bytes of the body that are looked at. */
size_t		 body_max(const struct body_wants *);
/* body_begin: 0, or -1: no memory.  body_end frees all in any case. */
int		 body_begin(struct body *, const struct body_wants *);
void		 body_end(struct body *);
/*
 * body_add: take the next bytes; body_last: there are no more.  Both give an
 * enum host_reason; HOST_R_NONE: that cannot be said yet, which body_last
 * never does.
 */
uint32_t	 body_add(struct body *, struct evbuffer *);
uint32_t	 body_last(struct body *);

#endif /* HCE_BODY_H */

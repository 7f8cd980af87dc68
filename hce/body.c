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

#include <event2/buffer.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/msg.h"
#include "body.h"

/*
 * The body of an HTTP answer.  It is searched as it comes, so that no more
 * of it is read than has to be; but not at each byte, for the sake of those
 * that come one by one.
 */

#define BODY_GROW	4096		/* memory that comes in one go */
/* Search again when there is this part more. */
#define BODY_MORE(len)	((len) / 16 + 1)

static uint32_t	body_digest_add(struct body *, const char *, size_t);
static int	body_room(struct body *, size_t);
static uint32_t	body_search(struct body *, int);
static uint32_t	body_found(const struct body *, int);
static uint32_t	body_digest_last(struct body *);

int
body_prepare(struct body_wants *w, struct check_items it)
{
	struct check_item	 item;
	char			 err[PATTERN_ERROR_LEN];
	struct pattern		*p;

	while (check_items_next(&it, &item) == 1 && item.kind != ITEM_PATH) {
		switch (item.kind) {
		case ITEM_MATCH:
		case ITEM_NOMATCH:
			if ((p = pattern_new(item.data, err)) == NULL)
				return (-1);
			w->match[w->nmatches].not = item.kind == ITEM_NOMATCH;
			w->match[w->nmatches++].pattern = p;
			break;
		case ITEM_MD5:
		case ITEM_SHA256:
			w->md = item.kind == ITEM_MD5 ? EVP_md5() :
			    EVP_sha256();
			memcpy(w->digest, item.data, item.len);
			break;
		default:
			break;
		}
	}
	return (0);
}

void
body_release(struct body_wants *w)
{
	while (w->nmatches > 0)
		pattern_free(w->match[--w->nmatches].pattern);
}

int
body_wanted(const struct body_wants *w)
{
	return (w->nmatches > 0 || w->md != NULL);
}

size_t
body_max(const struct body_wants *w)
{
	return (w->md != NULL ? BODY_DIGEST_MAX : BODY_SEARCH_MAX);
}

int
body_begin(struct body *b, const struct body_wants *w)
{
	memset(b, 0, sizeof(*b));
	b->wants = w;
	if (w->md == NULL)
		return (0);
	if ((b->md = EVP_MD_CTX_new()) == NULL)
		return (-1);
	return (EVP_DigestInit_ex(b->md, w->md, NULL) == 1 ? 0 : -1);
}

void
body_end(struct body *b)
{
	EVP_MD_CTX_free(b->md);
	free(b->bytes);
	memset(b, 0, sizeof(*b));
}

static uint32_t
body_digest_add(struct body *b, const char *bytes, size_t len)
{
	if (b->md == NULL)
		return (HOST_R_NONE);
	if (b->total > BODY_DIGEST_MAX)
		return (HOST_R_TOO_LONG);
	if (EVP_DigestUpdate(b->md, bytes, len) != 1)
		return (HOST_R_LOCAL);
	return (HOST_R_NONE);
}

/* Room for so many bytes more; how many there is, for there is a bound. */
static int
body_room(struct body *b, size_t len)
{
	size_t	 size;
	char	*bytes;

	if (len > BODY_SEARCH_MAX - b->len)
		len = BODY_SEARCH_MAX - b->len;
	if (b->len + len <= b->size)
		return (len);
	size = b->size * 2 > b->len + len ? b->size * 2 : b->len + len;
	size = (size + BODY_GROW - 1) / BODY_GROW * BODY_GROW;
	if ((bytes = realloc(b->bytes, size)) == NULL)
		return (-1);
	b->bytes = bytes;
	b->size = size;
	return (len);
}

uint32_t
body_add(struct body *b, struct evbuffer *in)
{
	size_t		 len = evbuffer_get_length(in);
	const char	*bytes;
	uint32_t	 reason;
	int		 room;

	if (len == 0)
		return (HOST_R_NONE);
	if ((bytes = (const char *)evbuffer_pullup(in, len)) == NULL)
		return (HOST_R_LOCAL);
	b->total += len;
	if ((reason = body_digest_add(b, bytes, len)) != HOST_R_NONE)
		return (reason);
	if (b->wants->nmatches == 0)
		return (HOST_R_NONE);
	if ((room = body_room(b, len)) == -1)
		return (HOST_R_LOCAL);
	memcpy(b->bytes + b->len, bytes, room);
	b->len += room;
	if (b->len < b->next && b->len < BODY_SEARCH_MAX)
		return (HOST_R_NONE);
	b->next = b->len + BODY_MORE(b->len);
	if ((reason = body_search(b, 0)) != HOST_R_NONE)
		return (reason);
	if (b->len == BODY_SEARCH_MAX && b->md == NULL)
		return (body_found(b, 0));
	return (HOST_R_NONE);
}

/* Look for what has not been found; HOST_R_NONE: there is more to see. */
static uint32_t
body_search(struct body *b, int whole)
{
	const struct body_wants	*w = b->wants;
	int			 i, missing = 0;

	for (i = 0; i < w->nmatches; i++) {
		if (b->found[i])
			continue;
		switch (pattern_search(w->match[i].pattern, &b->search[i],
		    b->bytes != NULL ? b->bytes : "", b->len, whole)) {
		case SEARCH_FOUND:
			if (w->match[i].not)
				return (HOST_R_MATCH);
			b->found[i] = 1;
			break;
		case SEARCH_EFFORT:
			return (HOST_R_EFFORT);
		default:
			missing++;
			break;
		}
	}
	return (missing == 0 && b->md == NULL ? HOST_R_OK : HOST_R_NONE);
}

/* What has not been found by now is not there, or too far behind. */
static uint32_t
body_found(const struct body *b, int whole)
{
	int	 i;

	for (i = 0; i < b->wants->nmatches; i++)
		if (!b->found[i] && !b->wants->match[i].not)
			return (whole ? HOST_R_NO_MATCH : HOST_R_TOO_LONG);
	return (HOST_R_OK);
}

static uint32_t
body_digest_last(struct body *b)
{
	uint8_t		 digest[EVP_MAX_MD_SIZE];
	unsigned int	 len;

	if (EVP_DigestFinal_ex(b->md, digest, &len) != 1)
		return (HOST_R_LOCAL);
	return (memcmp(digest, b->wants->digest, len) == 0 ? HOST_R_OK :
	    HOST_R_DIGEST);
}

uint32_t
body_last(struct body *b)
{
	/* The end of what was searched is not that of a longer body. */
	int		 whole = b->total == b->len;
	uint32_t	 reason;

	reason = body_search(b, whole);
	if (reason == HOST_R_NONE || reason == HOST_R_OK)
		reason = body_found(b, whole);
	if (reason != HOST_R_OK || b->md == NULL)
		return (reason);
	return (body_digest_last(b));
}

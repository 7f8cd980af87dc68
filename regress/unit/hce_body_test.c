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
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../../hce/body.h"
#include "../../imsg/msg.h"
#include "tap.h"

/* Bodies of answers, as they come: whole, byte by byte, and hostile ones. */

static uint8_t	 items[CHECK_ITEMS_LEN];
static size_t	 items_len;

static void
want(enum check_item_kind kind, const void *data, size_t len)
{
	size_t	 all;

	all = check_item_put(items, sizeof(items), items_len, kind, data, len);
	if (all == 0)
		errx(1, "no room for an item");
	items_len += all;
}

static void
match(const char *text)
{
	want(ITEM_MATCH, text, strlen(text));
}

static void
no_match(const char *text)
{
	want(ITEM_NOMATCH, text, strlen(text));
}

static struct body_wants
wants(void)
{
	struct body_wants	 w;
	struct check_items	 it;

	memset(&w, 0, sizeof(w));
	check_items_begin(&it, items, items_len);
	if (body_prepare(&w, it) == -1)
		errx(1, "body_prepare");
	items_len = 0;
	return (w);
}

/*
 * The verdict on so many bytes that come in pieces of this size, and how
 * many were read.
 */
static uint32_t
judge(const struct body_wants *w, const char *bytes, size_t len, size_t piece,
    size_t *read)
{
	struct evbuffer	*in;
	struct body	 b;
	uint32_t	 reason = HOST_R_NONE;
	size_t		 off, n;

	if ((in = evbuffer_new()) == NULL || body_begin(&b, w) == -1)
		err(1, NULL);
	for (off = 0; off < len && reason == HOST_R_NONE; off += n) {
		n = len - off < piece ? len - off : piece;
		evbuffer_add(in, bytes + off, n);
		reason = body_add(&b, in);
		evbuffer_drain(in, n);
	}
	if (reason == HOST_R_NONE)
		reason = body_last(&b);
	if (read != NULL)
		*read = off;
	body_end(&b);
	evbuffer_free(in);
	return (reason);
}

static const size_t	 pieces[] = { 1, 3, 7, 100, 1000000 };
#define NPIECES	(sizeof(pieces) / sizeof(pieces[0]))

static void
all_pieces(const struct body_wants *w, const char *text, uint32_t reason,
    const char *desc)
{
	size_t	 i;
	int	 good = 1;

	for (i = 0; i < NPIECES; i++)
		good &= judge(w, text, strlen(text), pieces[i], NULL) ==
		    reason;
	ok(good, "%s", desc);
}

static void
test_match(void)
{
	struct body_wants	 w;

	match("wel+come");
	w = wants();
	all_pieces(&w, "You are welcome.", HOST_R_OK, "a match");
	all_pieces(&w, "welllllcome", HOST_R_OK, "another");
	all_pieces(&w, "welc ome", HOST_R_NO_MATCH, "none");
	all_pieces(&w, "welcom", HOST_R_NO_MATCH, "one that is cut off");
	all_pieces(&w, "", HOST_R_NO_MATCH, "no body");
	body_release(&w);
	match("ok$");
	w = wants();
	all_pieces(&w, "all ok", HOST_R_OK, "a match at the end");
	all_pieces(&w, "ok or not", HOST_R_NO_MATCH,
	    "the end of what came is not that of the body");
	body_release(&w);
	match("(?<=x)a");
	w = wants();
	all_pieces(&w, "bbbxa", HOST_R_OK, "a match that looks back");
	body_release(&w);
	match("a");
	match("b");
	no_match("c");
	w = wants();
	all_pieces(&w, "b and a", HOST_R_OK, "all that must be there");
	all_pieces(&w, "b or d", HOST_R_NO_MATCH, "one is missing");
	all_pieces(&w, "b and a, c", HOST_R_MATCH,
	    "and what must not be there");
	body_release(&w);
	match("^$");
	w = wants();
	all_pieces(&w, "", HOST_R_OK, "no body, as wanted");
	body_release(&w);
}

static void
test_little(void)
{
	struct body_wants	 w;
	size_t			 read;
	char			*long_one;

	if ((long_one = malloc(BODY_DIGEST_MAX + 1)) == NULL)
		err(1, NULL);
	memset(long_one, '.', BODY_DIGEST_MAX + 1);
	memcpy(long_one, "welcome", 7);
	memcpy(long_one + BODY_SEARCH_MAX - 2, "late", 4);
	match("welcome");
	w = wants();
	is_int(judge(&w, long_one, BODY_DIGEST_MAX, 1000, &read), HOST_R_OK,
	    "a match at the beginning");
	is_int(read, 1000, "ends the reading");
	body_release(&w);
	match("late");
	w = wants();
	is_int(judge(&w, long_one, BODY_DIGEST_MAX, 1000, &read),
	    HOST_R_TOO_LONG, "one too far behind is not looked for");
	ok(read <= BODY_SEARCH_MAX + 1000, "and no more is read");
	body_release(&w);
	no_match("late");
	w = wants();
	is_int(judge(&w, long_one, BODY_DIGEST_MAX, 1000, &read), HOST_R_OK,
	    "so is what must not be there");
	body_release(&w);
	match("lat$");
	w = wants();
	is_int(judge(&w, long_one, BODY_SEARCH_MAX, 1000, NULL),
	    HOST_R_TOO_LONG, "the bound is not the end");
	body_release(&w);
	free(long_one);
}

/* MD5 and SHA-256 of "abc": RFC 1321 A.5, FIPS 180-2 appendix B.1. */
static const uint8_t	 md5[] = "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96"
    "\x3f\x7d\x28\xe1\x7f\x72";
static const uint8_t	 sha256[] = "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41"
    "\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61"
    "\xf2\x00\x15\xad";

static void
test_digest(void)
{
	struct body_wants	 w;
	size_t			 read;
	char			*long_one;

	want(ITEM_MD5, md5, MD5_LEN);
	w = wants();
	all_pieces(&w, "abc", HOST_R_OK, "md5");
	all_pieces(&w, "abd", HOST_R_DIGEST, "another md5");
	all_pieces(&w, "", HOST_R_DIGEST, "that of nothing");
	body_release(&w);
	want(ITEM_SHA256, sha256, SHA256_LEN);
	match("b");
	w = wants();
	all_pieces(&w, "abc", HOST_R_OK, "sha256 and a match");
	all_pieces(&w, "b", HOST_R_DIGEST, "a match alone");
	body_release(&w);
	want(ITEM_SHA256, sha256, SHA256_LEN);
	w = wants();
	if ((long_one = calloc(1, BODY_DIGEST_MAX + 1000)) == NULL)
		err(1, NULL);
	is_int(judge(&w, long_one, BODY_DIGEST_MAX, 1000, NULL),
	    HOST_R_DIGEST, "the longest body with a digest");
	is_int(judge(&w, long_one, BODY_DIGEST_MAX + 1000, 1000, &read),
	    HOST_R_TOO_LONG, "a longer one");
	body_release(&w);
	free(long_one);
}

/* Bodies made to keep a search busy; in another search they cost nothing. */
static void
test_effort(void)
{
	struct monotime		 begun = monotime_now();
	struct body_wants	 w;
	char			*bad;
	size_t			 i;

	if ((bad = malloc(BODY_SEARCH_MAX)) == NULL)
		err(1, NULL);
	memset(bad, 'a', BODY_SEARCH_MAX);
	for (i = 99; i < BODY_SEARCH_MAX; i += 100)
		bad[i] = '!';
	match("(a+)+[bc]");
	w = wants();
	for (i = 0; i < NPIECES; i++)
		is_int(judge(&w, bad, BODY_SEARCH_MAX, pieces[i], NULL),
		    HOST_R_EFFORT, "a search is given up");
	body_release(&w);
	match("(?s)a.*b.*c.*d");
	no_match("(a|aa|aaa)*[^a]$");
	w = wants();
	is_int(judge(&w, bad, BODY_SEARCH_MAX, 1000, NULL), HOST_R_EFFORT,
	    "so is another");
	body_release(&w);
	match("a{10}b");
	w = wants();
	ok(judge(&w, bad, BODY_SEARCH_MAX, BODY_SEARCH_MAX, NULL) !=
	    HOST_R_NONE, "one that is slow ends some way");
	body_release(&w);
	ok(monotime_diff_us(monotime_now(), begun) < 20 * 1000000LL,
	    "and all of it took little time");
	free(bad);
}

static void
test_wrong(void)
{
	char	 error[PATTERN_ERROR_LEN];

	ok(pattern_new("a(b", error) == NULL, "a wrong expression");
	is_str(error, "at character 4: missing closing parenthesis",
	    "is told where");
	ok(pattern_new("(*UTF)x", error) == NULL, "so is one for UTF-8");
}

int
main(void)
{
	test_match();
	test_little();
	test_digest();
	test_effort();
	test_wrong();
	return (done_testing());
}

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

#include <stdlib.h>
#include <string.h>

#include "../../conf/wire.h"
#include "tap.h"

/*
 * Checks out of a message: the fixed part and the items behind it.  Buffers
 * are as long as what is in them, so that the sanitizers see each byte read
 * beyond the end.
 */
struct wire {
	struct check_config	 conf;
	uint8_t			 items[CHECK_ITEMS_LEN];
};

static struct wire
wire_new(enum check_type type)
{
	struct wire	 w;

	memset(&w, 0, sizeof(w));
	w.conf.id = 1;
	w.conf.type = type;
	w.conf.interval_ms = w.conf.timeout_ms = 2000;
	w.conf.rise = w.conf.fall = 1;
	return (w);
}

static void
put(struct wire *w, enum check_item_kind kind, const void *data, size_t len)
{
	w->conf.items_len += check_item_put(w->items, sizeof(w->items),
	    w->conf.items_len, kind, data, len);
}

static void
text(struct wire *w, enum check_item_kind kind, const char *s)
{
	put(w, kind, s, strlen(s));
}

static void
code(struct wire *w, uint16_t min, uint16_t max)
{
	const struct code_range	 r = { min, max };

	put(w, ITEM_CODE, &r, sizeof(r));
}

static int
judge(const struct check_config *conf, const void *items)
{
	uint8_t	*copy;
	int	 rc;

	if ((copy = malloc(conf->items_len + 1)) == NULL)
		return (-1);
	/* One byte before the end of the buffer, so that none is empty. */
	memcpy(copy + 1, items, conf->items_len);
	rc = check_config_ok(conf, copy + 1);
	free(copy);
	return (rc);
}

static struct wire
http(void)
{
	struct wire	 w = wire_new(CHECK_HTTP);

	text(&w, ITEM_METHOD, "GET");
	text(&w, ITEM_HOST, "www");
	text(&w, ITEM_HEADER, "A: b c");
	text(&w, ITEM_HEADER, "D: e");
	text(&w, ITEM_PATH, "/");
	code(&w, 200, 299);
	code(&w, 301, 301);
	text(&w, ITEM_PATH, "/two");
	code(&w, 200, 200);
	return (w);
}

#define TAKES(w, desc)		ok(judge(&(w).conf, (w).items), desc)
#define REFUSES(w, desc)	ok(!judge(&(w).conf, (w).items), desc)

static void
test_fixed(void)
{
	struct wire	 w;

	w = http();
	TAKES(w, "http");
	w.conf.type = CHECK_HTTPS;
	w.conf.flags = CHECK_F_NOVERIFY;
	TAKES(w, "https");
	w.conf.flags = CHECK_F_TLS;
	REFUSES(w, "https with a flag of send");
	w = http();
	w.conf.flags = CHECK_F_NOVERIFY;
	REFUSES(w, "no verify of http");
	w = http();
	w.conf.id = 0;
	REFUSES(w, "no id");
	w = wire_new(CHECK_TCP);
	TAKES(w, "tcp");
	w.conf.port = 1;
	TAKES(w, "on a port");
	w.conf.type = CHECK_ICMP;
	REFUSES(w, "icmp on a port");
	w.conf.port = 0;
	TAKES(w, "icmp");
	w.conf.flags = 0x80;
	REFUSES(w, "a flag");
	w = wire_new(CHECK_NONE);
	REFUSES(w, "no type");
	w = wire_new(CHECK_TYPE_MAX);
	REFUSES(w, "a type");
	w = wire_new(255);
	REFUSES(w, "a type far off");
}

static void
test_timing(void)
{
	struct wire	 good = wire_new(CHECK_TCP), w = good;

	w.conf.interval_ms = 0;
	REFUSES(w, "no interval");
	w.conf.interval_ms = CHECK_MS_MAX + 1;
	REFUSES(w, "a long interval");
	w = good;
	w.conf.timeout_ms = 0;
	REFUSES(w, "no timeout");
	w.conf.timeout_ms = w.conf.interval_ms + 1;
	REFUSES(w, "a long timeout");
	w = good;
	w.conf.rise = 0;
	REFUSES(w, "no rise");
	w.conf.rise = CHECK_COUNT_MAX + 1;
	REFUSES(w, "a rise");
	w = good;
	w.conf.fall = 0;
	REFUSES(w, "no fall");
	w.conf.fall = CHECK_COUNT_MAX + 1;
	REFUSES(w, "a fall");
}

static void
test_http(void)
{
	char		 longest[CHECK_ITEM_LEN + 2];
	struct wire	 w;
	int		 i;

	w = wire_new(CHECK_HTTP);
	REFUSES(w, "http without a path");
	code(&w, 200, 200);
	REFUSES(w, "a code of no path");
	w = wire_new(CHECK_HTTP);
	text(&w, ITEM_PATH, "/");
	REFUSES(w, "a path without a code");
	text(&w, ITEM_PATH, "/two");
	code(&w, 200, 200);
	REFUSES(w, "one of two without a code");
	w = http();
	text(&w, ITEM_HOST, "www");
	REFUSES(w, "a host behind a path");
	w = wire_new(CHECK_HTTP);
	text(&w, ITEM_HOST, "www");
	text(&w, ITEM_HOST, "www");
	text(&w, ITEM_PATH, "/");
	code(&w, 200, 200);
	REFUSES(w, "two hosts");
	for (i = 0, w = wire_new(CHECK_HTTP); i < CHECK_URLS_MAX; i++) {
		text(&w, ITEM_PATH, "/");
		code(&w, 200, 200);
	}
	TAKES(w, "as many paths as may be");
	text(&w, ITEM_PATH, "/");
	code(&w, 200, 200);
	REFUSES(w, "one more");

	memset(longest, 'x', sizeof(longest));
	w = wire_new(CHECK_HTTP);
	put(&w, ITEM_PATH, longest, CHECK_ITEM_LEN);
	code(&w, 200, 200);
	TAKES(w, "the longest path");
	is_int(check_item_put(w.items, sizeof(w.items), 0, ITEM_PATH, longest,
	    CHECK_ITEM_LEN + 1), 0, "a longer one has no room");
}

static void
test_body(void)
{
	struct wire	 good = wire_new(CHECK_HTTP), w;
	int		 i;

	text(&good, ITEM_PATH, "/");
	code(&good, 200, 200);
	for (i = 0, w = good; i < CHECK_MATCHES_MAX; i++)
		text(&w, i % 2 ? ITEM_MATCH : ITEM_NOMATCH, "x");
	put(&w, ITEM_MD5, "0123456789abcdef", MD5_LEN);
	TAKES(w, "expressions and a digest");
	text(&w, ITEM_PATH, "/two");
	code(&w, 200, 200);
	text(&w, ITEM_MATCH, "x");
	TAKES(w, "and of a second path");
	for (i = 0, w = good; i <= CHECK_MATCHES_MAX; i++)
		text(&w, ITEM_MATCH, "x");
	REFUSES(w, "too many expressions");
	w = good;
	put(&w, ITEM_MATCH, "a\0b", 3);
	REFUSES(w, "an expression with a NUL");
	w = good;
	put(&w, ITEM_SHA256, "0123456789abcdef", MD5_LEN);
	REFUSES(w, "a digest that is too short");
	w = good;
	put(&w, ITEM_MD5, "0123456789abcdef", MD5_LEN);
	put(&w, ITEM_MD5, "0123456789abcdef", MD5_LEN);
	REFUSES(w, "two digests");
	w = wire_new(CHECK_HTTP);
	text(&w, ITEM_MATCH, "x");
	text(&w, ITEM_PATH, "/");
	code(&w, 200, 200);
	REFUSES(w, "an expression of no path");
}

static void
test_content(void)
{
	static const struct {
		const char	*text;
		size_t		 len;
		int		 path, header;
	} tests[] = {
		{ "/a b", 4, 0, 1 },
		{ "/\r\n", 3, 0, 0 },
		{ "/\0a", 3, 0, 0 },
		{ "/\xff", 2, 0, 0 },
		{ "", 0, 0, 0 },
		{ "/a?b=\"c\"", 8, 1, 1 }
	};
	struct wire	 w;
	size_t		 i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		w = wire_new(CHECK_HTTP);
		put(&w, ITEM_PATH, tests[i].text, tests[i].len);
		code(&w, 200, 200);
		is_int(judge(&w.conf, w.items), tests[i].path, "path %zu", i);
		w = wire_new(CHECK_HTTP);
		put(&w, ITEM_HEADER, tests[i].text, tests[i].len);
		text(&w, ITEM_PATH, "/");
		code(&w, 200, 200);
		is_int(judge(&w.conf, w.items), tests[i].header, "header %zu",
		    i);
	}
	for (i = 0; i < 4; i++) {
		static const struct code_range	 bad[] = {
			{ 99, 200 }, { 200, 600 }, { 201, 200 }, { 0, 0 }
		};

		w = wire_new(CHECK_HTTP);
		text(&w, ITEM_PATH, "/");
		code(&w, bad[i].min, bad[i].max);
		REFUSES(w, "a bad range");
	}
	w = wire_new(CHECK_HTTP);
	text(&w, ITEM_PATH, "/");
	text(&w, ITEM_CODE, "200");
	REFUSES(w, "a range of another length");
}

static void
test_send(void)
{
	struct wire	 w = wire_new(CHECK_SEND);

	REFUSES(w, "send without a pattern");
	text(&w, ITEM_EXPECT, "220*");
	TAKES(w, "send nothing");
	w.conf.flags = CHECK_F_TLS;
	TAKES(w, "inside TLS");
	w.conf.flags = CHECK_F_NOVERIFY;
	REFUSES(w, "no verify without TLS");
	w.conf.flags = 0;
	put(&w, ITEM_SEND, "a\0b", 3);
	TAKES(w, "a text with a NUL");
	text(&w, ITEM_PATH, "/");
	REFUSES(w, "send with a path");
	w = wire_new(CHECK_SEND);
	put(&w, ITEM_EXPECT, "a\0b", 3);
	REFUSES(w, "a pattern with a NUL");
	w = wire_new(CHECK_ICMP);
	text(&w, ITEM_EXPECT, "*");
	REFUSES(w, "icmp with a pattern");
	w = http();
	text(&w, ITEM_SEND, "x");
	REFUSES(w, "http with a text");
}

static void
test_tls(void)
{
	struct wire	 good = wire_new(CHECK_TLS), w = good;

	TAKES(w, "tls");
	w.conf.flags = CHECK_F_NOVERIFY;
	w.conf.tls_min = TLS_MIN_LAST;
	w.conf.warn_s = WARN_DAYS_MAX * 24 * 60 * 60;
	w.conf.tlsfile_id[TLSFILE_CA] = 7;
	w.conf.tlsfile_id[TLSFILE_CERT] = 8;
	w.conf.tlsfile_id[TLSFILE_KEY] = 9;
	text(&w, ITEM_NAME, "www");
	TAKES(w, "with all its options");
	w.conf.type = CHECK_TCP;
	REFUSES(w, "which tcp has not");
	w.conf.type = CHECK_SEND;
	text(&w, ITEM_EXPECT, "*");
	REFUSES(w, "nor has send");
	w.conf.flags |= CHECK_F_TLS;
	TAKES(w, "but inside TLS");
	w = good;
	w.conf.tls_min = TLS_MIN_FIRST - 1;
	REFUSES(w, "a version");
	w.conf.tls_min = TLS_MIN_LAST + 1;
	REFUSES(w, "another");
	w = good;
	w.conf.warn_s = WARN_DAYS_MAX * 24 * 60 * 60 + 1;
	REFUSES(w, "a long warning");
	w = good;
	w.conf.tlsfile_id[TLSFILE_CERT] = 8;
	REFUSES(w, "a certificate without a key");
	w = good;
	w.conf.tlsfile_id[TLSFILE_KEY] = 8;
	REFUSES(w, "a key without a certificate");
	w = wire_new(CHECK_UDP);
	TAKES(w, "udp");
	put(&w, ITEM_SEND, "x", 1);
	put(&w, ITEM_BINARY, "\0\1", 2);
	TAKES(w, "with bytes expected");
	text(&w, ITEM_EXPECT, "*");
	REFUSES(w, "and a pattern");
	w = wire_new(CHECK_UDP);
	text(&w, ITEM_NAME, "www");
	REFUSES(w, "udp with a name");
	w = wire_new(CHECK_UDP);
	w.conf.flags = CHECK_F_TLS;
	REFUSES(w, "udp with TLS");
}

static void
test_file(void)
{
	const struct tlsfile_config	 good = { 1, TLSFILE_KEY, 10 };
	struct tlsfile_config		 f = good;

	ok(tlsfile_config_ok(&f), "a file of TLS");
	f.id = 0;
	ok(!tlsfile_config_ok(&f), "without an id");
	f = good;
	f.kind = TLSFILE_KIND_MAX;
	ok(!tlsfile_config_ok(&f), "of no kind");
	f = good;
	f.size = 0;
	ok(!tlsfile_config_ok(&f), "empty");
	f.size = TLSFILE_SIZE_MAX + 1;
	ok(!tlsfile_config_ok(&f), "too large");
}

static void
test_find(void)
{
	struct wire	 w = http();
	size_t		 len = 0;

	is_str(check_item_find(&w.conf, w.items, ITEM_HEADER, &len), "A: b c",
	    "the first of two headers is found");
	is_int(len, 6, "with its length");
	ok(check_item_find(&w.conf, w.items, ITEM_SEND, NULL) == NULL,
	    "what is not there is not");
	while (w.conf.items_len < CHECK_ITEMS_LEN - 4)
		text(&w, ITEM_CODE, "");
	is_int(check_item_put(w.items, sizeof(w.items), w.conf.items_len,
	    ITEM_CODE, "", 0), 0, "there is an end to the room");
}

/* Whatever comes, no byte beyond the end is looked at. */
static void
test_mutated(void)
{
	const struct wire	 good = http();
	struct wire		 w;
	uint32_t		 seed = 1;
	int			 i, j, taken = 0;

	for (i = 0; i < good.conf.items_len; i++) {
		w = good;
		w.conf.items_len = i;
		taken += judge(&w.conf, w.items);
	}
	ok(taken <= 3, "cut off, it is hardly ever whole (%d)", taken);
	for (i = taken = 0; i < 100000; i++) {
		w = good;
		for (j = 0; j < 3; j++) {
			seed = seed * 1664525 + 1013904223;
			w.items[(seed >> 8) % w.conf.items_len] = seed >> 24;
		}
		taken += judge(&w.conf, w.items);
	}
	ok(taken < 100000, "changed, it is not always taken");
}

int
main(void)
{
	test_fixed();
	test_timing();
	test_http();
	test_body();
	test_content();
	test_send();
	test_tls();
	test_file();
	test_find();
	test_mutated();
	return (done_testing());
}

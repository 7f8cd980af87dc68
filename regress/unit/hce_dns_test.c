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

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../../hce/check.h"
#include "../../hce/dns.h"
#include "tap.h"

/*
 * Answers of name servers, right and wrong.  Each is judged out of a buffer
 * of its very length, so that the sanitizers see what is read beyond it.
 */

#define ID	0x1234

static uint8_t	 items[CHECK_ITEMS_LEN];

static struct dns_check
prepare(const char *name, uint16_t type, const char *answer)
{
	struct dns_check	 d;
	struct check		 c;

	memset(&c, 0, sizeof(c));
	c.conf.type = CHECK_DNS;
	c.conf.dns_type = type;
	c.items = items;
	c.conf.items_len = check_item_put(items, sizeof(items), 0, ITEM_QNAME,
	    name, strlen(name));
	if (answer != NULL)
		c.conf.items_len += check_item_put(items, sizeof(items),
		    c.conf.items_len, ITEM_ANSWER, answer, strlen(answer));
	if (dns_prepare(&c, &d) == -1)
		errx(1, "dns_prepare %s", name);
	return (d);
}

static uint32_t
judge(const struct dns_check *d, const uint8_t *msg, size_t len)
{
	uint8_t		*copy;
	uint32_t	 reason;
	int32_t		 detail;

	if ((copy = malloc(len + 1)) == NULL)
		err(1, NULL);
	memcpy(copy + 1, msg, len);
	reason = dns_judge(d, ID, copy + 1, len, &detail);
	free(copy);
	return (reason);
}

/* An answer with one record of these bytes behind type, class and TTL. */
static size_t
answer(const struct dns_check *d, uint8_t *msg, uint16_t type,
    const void *data, size_t len)
{
	uint8_t	*p = msg + d->len;

	dns_query(d, ID, msg);
	msg[2] |= 0x80;
	msg[7] = 1;
	memcpy(p, "\xc0\x0c", 2);
	p[2] = type >> 8;
	p[3] = type;
	memcpy(p + 4, "\0\1\0\0\0\x3c", 6);
	p[10] = len >> 8;
	p[11] = len;
	memcpy(p + 12, data, len);
	return (d->len + 12 + len);
}

static void
test_answers(void)
{
	static const struct {
		uint16_t	 type;
		const char	*want;
		const char	*data;
		size_t		 len;
		uint32_t	 reason;
	} tests[] = {
		{ 1, "192.0.2.1", "\xc0\0\2\1", 4, HOST_R_OK },
		{ 1, "192.0.2.2", "\xc0\0\2\1", 4, HOST_R_DNS_ANSWER },
		{ 1, "192.0.2.1", "\xc0\0\2", 3, HOST_R_DNS_ANSWER },
		{ 28, "2001:db8::1", "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
		    16, HOST_R_OK },
		{ 5, "WWW.example.com", "\3www\xc0\x0c", 6, HOST_R_OK },
		{ 5, "www.example.com.", "\3www\xc0\x0c", 6, HOST_R_OK },
		{ 5, "mail.example.com", "\3www\xc0\x0c", 6,
		    HOST_R_DNS_ANSWER },
		{ 5, "www.example.com", "\3www\xc0\x0c\0", 7,
		    HOST_R_DNS_ANSWER },
		{ 15, "10 mail.example.com", "\0\x0a\4mail\xc0\x0c", 9,
		    HOST_R_OK },
		{ 15, "20 mail.example.com", "\0\x0a\4mail\xc0\x0c", 9,
		    HOST_R_DNS_ANSWER },
		{ 15, "10 mail.example.com", "\0", 1, HOST_R_DNS_ANSWER },
		{ 33, "1 2 25 mail.example.com",
		    "\0\1\0\2\0\x19\4mail\xc0\x0c", 13, HOST_R_OK },
		{ 16, "v=spf1 -all", "\6v=spf1\5 -all", 13, HOST_R_OK },
		{ 16, "v=spf1 -all", "\6v=spf1\6 -all", 13,
		    HOST_R_DNS_ANSWER },
		/* a name that points to itself, and one beyond the end */
		{ 5, "www.example.com", "\xc0\x29", 2, HOST_R_DNS_ANSWER },
		{ 5, "www.example.com", "\xff\xff", 2, HOST_R_DNS_ANSWER }
	};
	struct dns_check	 d;
	uint8_t			 msg[1024];
	size_t			 i, len;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		d = prepare("example.com", tests[i].type, tests[i].want);
		len = answer(&d, msg, tests[i].type, tests[i].data,
		    tests[i].len);
		is_int(judge(&d, msg, len), tests[i].reason, "answer %zu", i);
	}
}

static void
test_headers(void)
{
	struct dns_check	 d = prepare("example.com", 1, "192.0.2.1");
	uint8_t			 good[1024], msg[1024];
	size_t			 len;

	len = answer(&d, good, 1, "\xc0\0\2\1", 4);
#define CHANGED(n, value, reason, desc) do {				\
	memcpy(msg, good, len);						\
	msg[n] = (value);						\
	is_int(judge(&d, msg, len), reason, desc);			\
} while (0)
	CHANGED(0, 0, HOST_R_NONE, "another id");
	CHANGED(2, 0x01, HOST_R_NONE, "a question");
	CHANGED(3, 2, HOST_R_DNS_RCODE, "a code of the server");
	CHANGED(2, 0xa0, HOST_R_NOT_DNS, "another operation");
	CHANGED(5, 0, HOST_R_NOT_DNS, "no question");
	CHANGED(5, 2, HOST_R_NOT_DNS, "more of them than there are");
	CHANGED(13, 'X', HOST_R_NOT_DNS, "a question for another name");
	CHANGED(len - 20, 0, HOST_R_OK, "a class that is not looked at");
	CHANGED(7, 9, HOST_R_NOT_DNS, "more answers than there are");
	CHANGED(7, 0, HOST_R_NOT_DNS, "and fewer");
	is_int(judge(&d, good, 11), HOST_R_NONE, "less than a header");
	is_int(judge(&d, good, 0), HOST_R_NONE, "nothing");
}

/* Names all over a message, each pointing to one before it. */
static void
test_loops(void)
{
	struct dns_check	 d = prepare("example.com", 5, "x.example");
	struct monotime		 begun = monotime_now();
	uint8_t			*msg, *p;
	size_t			 i, n = 0;

	if ((msg = calloc(1, UINT16_MAX)) == NULL)
		err(1, NULL);
	dns_query(&d, ID, msg);
	msg[2] |= 0x80;
	/* 600 records, the first a chain of pointers in its data. */
	p = msg + d.len;
	memcpy(p, "\xc0\x0c\0\x10\0\1\0\0\0\0", 10);
	p[10] = 16000 >> 8;
	p[11] = 16000 & 0xff;
	for (i = 12; i < 16012; i += 2) {
		size_t	 to = i == 12 ? 12 : p - msg + i - 2;

		p[i] = 0xc0 | (to >> 8 & 0x3f);
		p[i + 1] = to;
	}
	n = p - msg + i;
	for (i = 1; i < 600; i++) {
		size_t	 to = p - msg + 16010;

		msg[n] = 0xc0 | (to >> 8 & 0x3f);
		msg[n + 1] = to;
		memcpy(msg + n + 2, "\0\x05\0\1\0\0\0\0\0\2\xc0\x0c", 12);
		n += 14;
	}
	msg[6] = 600 >> 8;
	msg[7] = 600 & 0xff;
	ok(judge(&d, msg, n) != HOST_R_OK, "names that point far");
	msg[6] = msg[7] = 0xff;
	ok(judge(&d, msg, n) != HOST_R_OK, "more records than bytes");
	ok(monotime_diff_us(monotime_now(), begun) < 5000000,
	    "take little time");
	free(msg);
}

static void
test_mutated(void)
{
	struct dns_check	 d = prepare("example.com", 15,
				    "10 mail.example.com");
	uint8_t			 good[1024], msg[1024];
	uint32_t		 seed = 1;
	size_t			 len, i, j;
	int			 right = 0;

	len = answer(&d, good, 15, "\0\x0a\4mail\xc0\x0c", 9);
	for (i = 0; i < len; i++)
		right += judge(&d, good, i) == HOST_R_OK;
	is_int(right, 0, "cut off, it is never right");
	for (i = 0; i < 200000; i++) {
		memcpy(msg, good, len);
		for (j = 0; j < 3; j++) {
			seed = seed * 1664525 + 1013904223;
			msg[2 + (seed >> 8) % (len - 2)] = seed >> 24;
		}
		right += judge(&d, msg, len) == HOST_R_OK;
	}
	ok(right < 200000, "changed, it is not always right");
}

int
main(void)
{
	test_answers();
	test_headers();
	test_loops();
	test_mutated();
	return (done_testing());
}

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
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../hce/body.h"
#include "../../hce/head.h"
#include "../../hce/check.h"
#include "../../hce/dns.h"

/*
 * What strangers send to hce, made up by libFuzzer; `make fuzz'.  The first
 * byte says what the rest is: a check out of a message, an answer of a name
 * server, the head and the body of an HTTP answer.
 */

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
fuzz_check(const uint8_t *data, size_t len)
{
	struct check_config	 c;

	if (len < sizeof(c))
		return;
	memcpy(&c, data, sizeof(c));
	if (c.items_len <= len - sizeof(c))
		(void)check_config_ok(&c, data + sizeof(c));
}

static void
fuzz_dns(const uint8_t *data, size_t len)
{
	static const uint16_t	 types[] = { 1, 2, 5, 12, 15, 16, 28, 33 };
	struct dns_check	 d;
	int32_t			 detail;
	uint16_t		 id = 0;

	if (len < 1)
		return;
	memset(&d, 0, sizeof(d));
	d.type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	(void)strncpy(d.name, "example.com", sizeof(d.name) - 1);
	(void)strncpy(d.answer, "10 mail.example.com", sizeof(d.answer) - 1);
	if (len >= 3)
		id = data[1] << 8 | data[2];
	(void)dns_judge(&d, id, data + 1, len - 1, &detail);
}

static void
fuzz_body(const uint8_t *data, size_t len)
{
	static struct body_wants	 wants;
	struct check_items		 it;
	struct evbuffer			*in;
	struct body			 b;
	uint8_t				 items[64];
	size_t				 n = 0, piece;
	uint32_t			 reason = 0;

	if (wants.nmatches == 0) {
		n += check_item_put(items, sizeof(items), n, ITEM_MATCH,
		    "(a+|b)*c$", 9);
		n += check_item_put(items, sizeof(items), n, ITEM_NOMATCH,
		    "(?<=x)y", 7);
		check_items_begin(&it, items, n);
		if (body_prepare(&wants, it) == -1)
			abort();
	}
	if ((in = evbuffer_new()) == NULL || body_begin(&b, &wants) == -1)
		abort();
	while (len > 0 && reason == HOST_R_NONE) {
		piece = data[0] % 64 + 1;
		if (piece > len)
			piece = len;
		evbuffer_add(in, data, piece);
		reason = body_add(&b, in);
		evbuffer_drain(in, piece);
		data += piece;
		len -= piece;
	}
	(void)body_last(&b);
	body_end(&b);
	evbuffer_free(in);
}

/* In two pieces, and nothing behind its end is taken. */
static void
fuzz_head(const uint8_t *data, size_t len)
{
	struct head	 h;
	size_t		 first = data[0] % len + 1, taken = 0;

	head_init(&h);
	if (head_add(&h, (const char *)data, first, &taken) != HEAD_MORE)
		return;
	if (taken != first || h.len != first)
		abort();
	if (head_add(&h, (const char *)data + first, len - first, &taken) ==
	    HEAD_DONE && (taken > len - first || h.code > 999))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 1)
		return (0);
	switch (data[0] % 4) {
	case 0:
		fuzz_check(data + 1, len - 1);
		break;
	case 1:
		fuzz_dns(data + 1, len - 1);
		break;
	case 2:
		if (len > 1)
			fuzz_head(data + 1, len - 1);
		break;
	default:
		fuzz_body(data + 1, len - 1);
		break;
	}
	return (0);
}

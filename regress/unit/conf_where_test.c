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


#include "../../conf/wire.h"
#include "tap.h"

/* Where a check goes to and when, as it travels. */

static struct check_config
plain(void)
{
	struct check_config	 c = { .id = 1, .type = CHECK_TCP,
				    .interval_ms = 1000, .timeout_ms = 1000,
				    .rise = 1, .fall = 1 };

	return (c);
}

#define TAKES(change, ...) do {						\
	struct check_config	 c = plain();				\
	change;								\
	ok(check_config_ok(&c, NULL), "takes " __VA_ARGS__);		\
} while (0)
#define REFUSES(change, ...) do {					\
	struct check_config	 c = plain();				\
	change;								\
	ok(!check_config_ok(&c, NULL), "refuses " __VA_ARGS__);		\
} while (0)

static void
test_times(void)
{
	TAKES(c.retry_ms = c.down_ms = CHECK_MS_MIN, "short delays");
	TAKES(c.retry_ms = c.down_ms = CHECK_MS_MAX, "long ones");
	REFUSES(c.retry_ms = CHECK_MS_MIN - 1, "too short a retry");
	REFUSES(c.down_ms = CHECK_MS_MAX + 1, "too long an interval");
}

static void
test_where(void)
{
	TAKES(, "a check");
	TAKES(c.on.af = c.from.af = AF_INET6, "addresses");
	TAKES(c.mark = UINT32_MAX, "a mark");
	TAKES(c.ifname[0] = 'e', "an interface");
	REFUSES(c.on.af = 1, "no family to go to");
	REFUSES(c.from.af = 1, "nor to come from");
	REFUSES(c.on.af = AF_INET6; c.from.af = AF_INET, "two families");
	REFUSES(memset(c.ifname, 'x', IFNAMSIZ), "an endless interface");
	REFUSES(c.type = CHECK_ICMP; c.port = 80, "a port of ICMP");
}

static void
test_via(void)
{
	TAKES(c.flags = CHECK_F_VIA; c.on.af = AF_INET; c.port = 80,
	    "one via a service");
	REFUSES(c.flags = CHECK_F_VIA; c.port = 80, "one without address");
	REFUSES(c.flags = CHECK_F_VIA; c.on.af = AF_INET, "one without port");
	REFUSES(c.flags = CHECK_F_VIA; c.on.af = AF_INET; c.port = 80;
	    c.mark = 1, "one with a mark");
	REFUSES(c.flags = CHECK_F_VIA; c.on.af = AF_INET;
	    c.type = CHECK_ICMP, "one by ICMP");
}

static void
test_target(void)
{
	struct host_config	 h;
	struct check_config	 c = plain();

	memset(&h, 0, sizeof(h));
	h.addr.af = AF_INET;
	ok(check_target(&c, &h) == &h.addr, "a host is checked itself");
	h.parent.af = AF_INET;
	ok(check_target(&c, &h) == &h.parent, "or its parent");
	c.on.af = AF_INET6;
	ok(check_target(&c, &h) == &c.on, "or what the check says");
	ok(check_server(&h) == &h.parent, "that is no other real server");
}

static void
test_privileged(void)
{
	struct check_config	 c = plain();

	ok(!check_privileged(&c), "a socket that anybody can make");
	c.from.af = AF_INET;
	ok(!check_privileged(&c), "from an address too");
	c.type = CHECK_ICMP;
	ok(check_privileged(&c), "but not if it is raw");
	c = plain();
	c.mark = 1;
	ok(check_privileged(&c), "nor with a mark");
	c = plain();
	c.ifname[0] = 'e';
	ok(check_privileged(&c), "nor by an interface");
	c = plain();
	c.flags = CHECK_F_VIA;
	ok(check_privileged(&c), "nor via a service");
	is_int(check_socktype(&c), SOCK_STREAM, "of TCP");
	c.type = CHECK_DNS;
	is_int(check_socktype(&c), SOCK_DGRAM, "of UDP");
	c.flags = CHECK_F_TCP;
	is_int(check_socktype(&c), SOCK_STREAM, "of DNS over TCP");
}

int
main(void)
{
	test_times();
	test_where();
	test_via();
	test_target();
	test_privileged();
	return (done_testing());
}

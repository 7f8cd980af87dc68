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

/*
 * Announcements, against frames that other routers were seen to send.
 */
#include <sys/socket.h>

#include "../../conf/wire.h"
#include "../../parent/announce.h"
#include "tap.h"

static size_t	unhex(const char *, uint8_t *, size_t);
static void	check(const char *, const char *, const char *, const char *);

/* A gratuitous ARP request of a router without a virtual MAC. */
#define ARP_PLAIN	"ffffffffffff02000000000a08060001080006040001" \
			"02000000000a0a4d000affffffffffff0a4d000a"
/* And of one with it. */
#define ARP_VMAC	"ffffffffffff00005e00013308060001080006040001" \
			"00005e0001330a4d000affffffffffff0a4d000a"
/* An unsolicited neighbour advertisement with the router flag. */
#define NA_ROUTER	"33330000000100005e00023386dd6000000000203aff" \
			"fd770000000000000000000000000010" \
			"ff020000000000000000000000000001" \
			"88007b5ca0000000fd770000000000000000000000000010" \
			"020100005e000233"

static size_t
unhex(const char *hex, uint8_t *buf, size_t size)
{
	unsigned int	byte;
	size_t		n = 0;

	while (n < size && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		buf[n++] = byte;
	return (n);
}

static void
check(const char *what, const char *addr, const char *mac, const char *hex)
{
	struct addr	a;
	uint8_t		frame[ANNOUNCE_LEN], want[ANNOUNCE_LEN], hw[6];
	size_t		n;

	is_int(addr_parse(addr, &a), 0, "%s: the address", what);
	unhex(mac, hw, sizeof(hw));
	n = unhex(hex, want, sizeof(want));
	is_int(announce_frame(frame, hw, &a), n, "%s: its length", what);
	is_mem(frame, want, n, "%s: each byte", what);
}

int
main(void)
{
	check("ARP", "10.77.0.10", "02000000000a", ARP_PLAIN);
	check("ARP of a virtual MAC", "10.77.0.10", "00005e000133", ARP_VMAC);
	check("NA", "fd77::10", "00005e000233", NA_ROUTER);
	return (done_testing());
}

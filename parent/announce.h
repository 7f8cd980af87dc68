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

#ifndef PARENT_ANNOUNCE_H
#define PARENT_ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>

struct addr;

/* Longest frame: Ethernet, IPv6, neighbour advertisement with an option. */
#define ANNOUNCE_LEN	86

/*
 * announce_frame: the whole Ethernet frame that tells everybody on a link
 * that this address is now at this Ethernet address: a gratuitous ARP
 * request or an unsolicited neighbour advertisement.  Returns its length.
 */
size_t	announce_frame(uint8_t [ANNOUNCE_LEN], const uint8_t *,
	    const struct addr *);

#endif /* PARENT_ANNOUNCE_H */

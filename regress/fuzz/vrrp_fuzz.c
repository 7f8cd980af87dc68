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

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/vrrp_noise.h"

/*
 * Packets to a VRRP router, made up by libFuzzer; `make fuzz_vrrp'.  The first
 * byte says what router it is; then there are packets, each of
 *
 *	octet	0	bits: STEP_*
 *		1	length of what follows
 *		2	laid over a good one, so that zeros leave it good
 *
 * It ends when a packet that is not taken moves a thing, or is not counted.
 */

#define STEP_MEND	0x01	/* the checksum and lengths are put right */
#define STEP_PLAIN	0x02	/* by RFC 9568 */
#define STEP_OTHER	0x04	/* to the other socket */
#define STEP_CUT	0x08	/* no longer than what is laid over it */
#define STEP_LATER	0x10	/* after a second */
#define STEP_SOURCE	0x20	/* from another; the first byte says who */

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
lay_over(uint8_t *buf, size_t len, const uint8_t *data, size_t n, int cut)
{
	size_t	i;

	for (i = len; i < n; i++)
		buf[i] = 0;
	for (i = 0; i < n; i++)
		buf[i] ^= data[i];
	return (cut || n > len ? n : len);
}

static void
step(const struct kind *k, int how, const uint8_t *data, size_t n)
{
	uint8_t			 buf[IP4_LEN + ROOM];
	struct packet_ip	 ip;
	struct vsock		*s;
	size_t			 len, off = k->af == AF_INET ? IP4_LEN : 0;

	len = good(buf + off, &ip) + off;
	if ((how & STEP_SOURCE) && n > 0)
		ip.src.u.bytes[k->af == AF_INET ? 3 : 15] = data[0];
	if (off != 0)
		ip4(&ip, buf, len);
	len = lay_over(buf, len, data, n, how & STEP_CUT);
	if (how & STEP_MEND)
		mend(buf, len, &ip, how & STEP_PLAIN);
	if (how & STEP_LATER)
		stub_now.us += SECOND;
	s = lan_socket(&v);
	if (how & STEP_OTHER)
		s = &v.lan->sock[s->kind == VSOCK_UNICAST ? VSOCK_GROUP :
		    VSOCK_UNICAST];
	if (!hear(s, buf, len, &ip))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct kind	*k;
	size_t			 n;

	if (len < 1)
		return (0);
	k = &kinds[data[0] / 2 % NKINDS];
	router(k, data[0] % 2);
	data++;
	len--;
	while (len >= 2) {
		n = data[1] > len - 2 ? len - 2 : data[1];
		step(k, data[0], data + 2, n);
		data += 2 + n;
		len -= 2 + n;
	}
	return (0);
}

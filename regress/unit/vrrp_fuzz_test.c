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
 * Noise: random and mutated packets to routers of each kind, as backup and as
 * master.  What is dropped moves nothing, no read leaves the packet, and who
 * is no better master takes nothing away.
 *
 *	vrrp_fuzz_test [ROUNDS [SEED]]
 */
#include <stdlib.h>

#include <bsd/stdlib.h>

#include "vrrp_noise.h"

#define ROUNDS		20000	/* of each kind of router */

static void	mutate(uint8_t *, size_t *);
static struct vsock *any_socket(void);
static void	fuzz(const struct kind *, int, uint32_t);

/* Some bytes another, or noise; some cut, or added. */
static void
mutate(uint8_t *buf, size_t *len)
{
	size_t	i;
	int	n;

	if (random() % 8 == 0)
		for (i = 0; i < *len; i++)
			buf[i] = random();
	for (n = random() % 4; n > 0; n--)
		buf[random() % *len] ^= 1 << random() % 8;
	if (random() % 4 == 0)
		*len = random() % ROOM;
}

static struct vsock *
any_socket(void)
{
	return (random() % 4 != 0 ? lan_socket(&v) :
	    &v.lan->sock[random() % VSOCK_KIND_MAX]);
}

static void
fuzz(const struct kind *k, int master, uint32_t rounds)
{
	uint8_t			buf[IP4_LEN + ROOM];
	struct packet_ip	ip;
	uint64_t		rx;
	uint32_t		i, taken = 0;
	size_t			len;
	int			bad = 0, off;

	router(k, master);
	off = k->af == AF_INET ? IP4_LEN : 0;
	for (i = 0; i < rounds; i++) {
		len = good(buf + off, &ip) + off;
		if (off != 0)
			ip4(&ip, buf, len);
		mutate(buf, &len);
		if (random() % 2 == 0)
			mend(buf, len, &ip, random() % 8 == 0);
		if (random() % 16 == 0)
			ip.src.u.bytes[random() % 16] ^= 1 << random() % 8;
		stub_now.us += 1 + random() % 1000;
		rx = v.rx;
		bad += !hear(any_socket(), buf, len, &ip);
		taken += v.rx != rx;
		if (v.state != (master ? VRRP_MASTER : VRRP_BACKUP))
			router(k, master);
	}
	is_int(bad, 0, "H-43, %s, %s: each of %u packets is taken, or counted "
	    "once and moves nothing", k->name,
	    vrrp_state_names[master ? VRRP_MASTER : VRRP_BACKUP], rounds);
	ok(taken > rounds / 100 && taken < rounds / 4 * 3,
	    "some are taken: %u", taken);
}

int
main(int argc, char *argv[])
{
	const char	*err = NULL;
	uint32_t	 rounds = ROUNDS, seed = 112;
	size_t		 i;

	if (argc > 1)
		rounds = strtonum(argv[1], 1, 1000000000, &err);
	if (argc > 2 && err == NULL)
		seed = strtonum(argv[2], 0, UINT32_MAX, &err);
	if (err != NULL) {
		fprintf(stderr, "rounds or seed: %s\n", err);
		return (1);
	}
	srandom(seed);
	for (i = 0; i < NKINDS; i++) {
		fuzz(&kinds[i], 0, rounds);
		fuzz(&kinds[i], 1, rounds);
	}
	return (done_testing());
}

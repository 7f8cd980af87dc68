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
 * Trailers that authenticate adverts: the images of the draft's appendix,
 * octet by octet, how sequences grow, and what a receiver takes.
 */
#include <sys/types.h>

#include <bsd/string.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../vrrpe/hmac.h"
#include "../../vrrpe/instance.h"
#include "tap.h"

#define SRC4	"198.51.100.10"
#define SRC6	"fe80::10"
#define DST6	"fe80::20"
#define LEN4	12
#define LEN6	24
#define SECOND	((uint64_t)1 << 32)

static void	 test_vectors(void);
static void	 test_bits(void);
static void	 test_sequence(void);
static void	 test_decode(void);
static void	 test_judge(void);
static void	 test_modes(void);
static void	 test_time(void);
static void	 test_reload(void);
static struct addr	 address(const char *);
static void	 begin(uint32_t, uint32_t);
static void	 configure(void);
static void	 sealed(const char *, uint8_t, uint64_t);
static int	 heard(const char *);
static uint64_t	 now(void);

/* Key 00 01 .. 1f, sequence 0x6800000080000000, priority 200, VRID 51. */
static const uint8_t	 image4[LEN4 + PACKET_TRAILER_LEN] = {
	0x31, 0x33, 0xc8, 0x01, 0x00, 0x64, 0x44, 0x02,
	0xc0, 0x00, 0x02, 0x64,
	0x01, 0x01, 0x00, 0x00, 0x68, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00,
	0x1b, 0x84, 0xbc, 0x4e, 0x8e, 0x43, 0x89, 0x2d,
	0xc6, 0xd9, 0x84, 0x48, 0xf8, 0xee, 0x22, 0x65
};
static const uint8_t	 image6[LEN6 + PACKET_TRAILER_LEN] = {
	0x31, 0x33, 0xc8, 0x01, 0x00, 0x64, 0xa2, 0xe9,
	0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
	0x01, 0x01, 0x00, 0x00, 0x68, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00,
	0xc8, 0xc5, 0x61, 0x46, 0xeb, 0xfd, 0x66, 0xee,
	0x10, 0xec, 0x4d, 0x81, 0x86, 0x46, 0x1b, 0x78
};

static struct hmac	*hmac;
static struct hmac_key	 key;		/* of the appendix, number 1 */
static struct vrrpe	 env;
static struct vrrp	 v;
static struct hmac_config conf;
static uint8_t		 buf[sizeof(image4)];
static char		 why[128];

static struct addr
address(const char *text)
{
	struct addr	a;

	if (addr_parse(text, &a) == -1)
		abort();
	return (a);
}

static uint64_t
now(void)
{
	struct timespec	ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (hmac_seq(&ts));
}

static void
test_vectors(void)
{
	struct hmac_trailer	t;
	struct addr		src4 = address(SRC4), src6 = address(SRC6);
	uint8_t			code[HMAC_CODE_LEN], head[HMAC_HEAD_LEN];

	is_int(hmac_code(hmac, &key, &src4, image4, LEN4, code), 0, "a code");
	is_mem(code, image4 + LEN4 + HMAC_HEAD_LEN, sizeof(code),
	    "is that of the appendix, IPv4");
	hmac_code(hmac, &key, &src6, image6, LEN6, code);
	is_mem(code, image6 + LEN6 + HMAC_HEAD_LEN, sizeof(code), "and IPv6");
	hmac_head(head, 1, 0x6800000080000000ULL);
	is_mem(head, image4 + LEN4, sizeof(head), "its head is written");
	hmac_parse(image4 + LEN4, &t);
	ok(t.type == HMAC_TYPE && t.key == 1 && t.reserved == 0 &&
	    t.seq == 0x6800000080000000ULL &&
	    t.code == image4 + LEN4 + HMAC_HEAD_LEN, "and read");
	hmac_head(head, 255, 0x0102030405060708ULL);
	hmac_parse(head, &t);
	ok(t.key == 255 && t.seq == 0x0102030405060708ULL,
	    "so is another one");
}

/* Whatever bit is another, the code is, but for those of the checksum. */
static void
test_bits(void)
{
	struct addr	src = address(SRC6), other = address(DST6);
	uint8_t		image[sizeof(image6)], code[HMAC_CODE_LEN];
	uint8_t		good[HMAC_CODE_LEN];
	size_t		i;
	int		same = 0, csum = 0;

	memcpy(good, image6 + LEN6 + HMAC_HEAD_LEN, sizeof(good));
	for (i = 0; i < (LEN6 + HMAC_HEAD_LEN) * 8; i++) {
		memcpy(image, image6, sizeof(image));
		image[i / 8] ^= 1 << i % 8;
		hmac_code(hmac, &key, &src, image, LEN6, code);
		if (!hmac_same(code, good))
			continue;
		same++;
		csum += i / 8 == 6 || i / 8 == 7;
	}
	is_int(same, 16, "16 bits can be changed");
	is_int(csum, 16, "which are the checksum's");
	for (i = 0; i < HMAC_CODE_LEN * 8; i++) {
		memcpy(code, good, sizeof(code));
		code[i / 8] ^= 1 << i % 8;
		if (hmac_same(code, good))
			break;
	}
	is_int(i, HMAC_CODE_LEN * 8, "every bit of the code counts");
	hmac_code(hmac, &key, &other, image6, LEN6, code);
	ok(!hmac_same(code, good), "so does the source");
	key.key[31] ^= 1;
	hmac_code(hmac, &key, &src, image6, LEN6, code);
	ok(!hmac_same(code, good), "and the key");
	key.key[31] ^= 1;
}

static void
test_sequence(void)
{
	struct timespec	ts = { 0x68000000, 500000000 };
	uint64_t	t = 0x6800000080000000ULL;

	ok(hmac_seq(&ts) == t, "half a second is 0x8000");
	ts.tv_nsec = 999999999;
	ok(hmac_seq(&ts) == t + 0x7fff0000, "a second is not reached");
	ok(hmac_after(t + 1, t) && !hmac_after(t, t) && !hmac_after(t, t + 1),
	    "one is after another");
	ok(hmac_after(5, UINT64_MAX - 5), "also beyond the end");
	is_int(hmac_age(t, t + 3 * SECOND), 3, "the age of what is past");
	is_int(hmac_age(t, t - 3 * SECOND), -3, "and of what is to come");
	is_int(hmac_age(0xfffffffeULL << 32, SECOND), 3,
	    "also beyond the end");

	ok(hmac_next(0, t, 5) == t, "the first is the time");
	ok(hmac_next(t, t, 5) == t + 1, "in the same moment it is counted");
	ok(hmac_next(t, t - SECOND, 5) == t + 1, "with the clock set back");
	ok(hmac_next(t, t - 5 * SECOND, 5) == t + 1, "by the window, too");
	ok(hmac_next(t, t - 6 * SECOND, 5) == t - 6 * SECOND,
	    "but not by more: no receiver would take it");
	ok(hmac_next(t, t - 6 * SECOND, 0) == t + 1,
	    "without a window by anything");
	ok(hmac_next(t + 0xffff, t, 5) == t + 0x10000,
	    "a counter that is full is carried");
}

static void
test_decode(void)
{
	struct packet	p;
	struct addr	src4 = address(SRC4), src6 = address(SRC6);
	struct addr	dst4 = address("224.0.0.18"), dst6 = address(DST6);
	uint8_t		image[sizeof(image6)];

	is_int(packet_decode(&p, image4, sizeof(image4), &src4, &dst4),
	    PACKET_OK, "an advert with a trailer is read");
	ok(p.trailer && p.count == 1 && p.priority == 200, "as one");
	is_int(packet_decode(&p, image4, LEN4, &src4, &dst4), PACKET_OK,
	    "so is one without");
	ok(!p.trailer, "as such");
	is_int(packet_decode(&p, image4, sizeof(image4) - 1, &src4, &dst4),
	    VRRP_DROP_LEN, "a part of a trailer is none");
	is_int(packet_decode(&p, image6, sizeof(image6), &src6, &dst6),
	    PACKET_OK, "over IPv6 the checksum is of both");
	is_int(packet_decode(&p, image6, LEN6, &src6, &dst6), VRRP_DROP_CSUM,
	    "which without the trailer is wrong");
	memcpy(image, image6, sizeof(image));
	image[sizeof(image) - 1] ^= 1;
	is_int(packet_decode(&p, image, sizeof(image), &src6, &dst6),
	    VRRP_DROP_CSUM, "as it is with another");
}

/* A receiver that has just begun. */
static void
begin(uint32_t mode, uint32_t window)
{
	auth_free(v.auth);
	memset(&v, 0, sizeof(v));
	v.env = &env;
	strlcpy(v.conf.name, "VI_1", sizeof(v.conf.name));
	memset(&conf, 0, sizeof(conf));
	conf.vrrp_id = 1;
	conf.mode = mode;
	conf.window_s = window;
	conf.active = 1;
	conf.count = 1;
	conf.key[0] = key;
	v.auth = auth_new(&conf);
}

/* The advert of the appendix, from another, under that key, at that time. */
static void
sealed(const char *from, uint8_t id, uint64_t seq)
{
	struct addr	src = address(from);

	memcpy(buf, image4, sizeof(buf));
	hmac_head(buf + LEN4, id, seq);
	hmac_code(hmac, &key, &src, buf, LEN4, buf + LEN4 + HMAC_HEAD_LEN);
}

static int
heard(const char *from)
{
	struct packet_ip	ip;
	struct packet		p;

	memset(&ip, 0, sizeof(ip));
	ip.src = address(from);
	ip.dst = address("224.0.0.18");
	ip.data = buf;
	ip.len = sizeof(buf);
	if (packet_decode(&p, ip.data, ip.len, &ip.src, &ip.dst) != PACKET_OK)
		abort();
	return (auth_judge(&v, &p, &ip, why, sizeof(why)));
}

static void
test_judge(void)
{
	uint64_t	t = now();
	char		from[32];
	int		i;

	begin(HMAC_ENFORCE, 5);
	sealed(SRC4, 1, t);
	is_int(heard(SRC4), PACKET_OK, "a good one is taken");
	is_int(heard(SRC4), VRRP_DROP_HMAC_REPLAY, "but once");
	is_str(why, "it was heard before, or one that was sent later",
	    "and why");
	sealed(SRC4, 1, t - 1);
	is_int(heard(SRC4), VRRP_DROP_HMAC_REPLAY, "an older one is not");
	sealed(SRC4, 1, t + 1);
	is_int(heard(SRC4), PACKET_OK, "a newer one is");
	is_int(heard("198.51.100.11"), VRRP_DROP_HMAC_FAIL,
	    "from another it is not");
	sealed("198.51.100.11", 1, t);
	is_int(heard("198.51.100.11"), PACKET_OK,
	    "each has a sequence of its own");
	sealed(SRC4, 1, t + 100);
	buf[LEN4 + HMAC_HEAD_LEN] ^= 1;
	is_int(heard(SRC4), VRRP_DROP_HMAC_FAIL, "a wrong code");
	sealed(SRC4, 1, t + 2);
	is_int(heard(SRC4), PACKET_OK, "has moved nothing");
	sealed(SRC4, 2, t + 3);
	is_int(heard(SRC4), VRRP_DROP_HMAC_KEY, "a key that is not there");
	sealed(SRC4, 1, t + 3);
	buf[LEN4] = 2;
	is_int(heard(SRC4), VRRP_DROP_HMAC_FORM, "another type");
	sealed(SRC4, 1, t + 3);
	buf[LEN4 + 2] = 1;
	is_int(heard(SRC4), VRRP_DROP_HMAC_FORM, "what is reserved");

	for (i = 1; i <= 64; i++) {
		snprintf(from, sizeof(from), "198.51.100.%d", 100 + i);
		sealed(from, 1, t);
		if (heard(from) != PACKET_OK)
			break;
	}
	is_int(i, 65, "many routers are known");
	is_int(heard(from), VRRP_DROP_HMAC_REPLAY, "the last of them is");
}

static void
test_modes(void)
{
	struct packet_ip	ip;
	struct packet		p;

	memset(&ip, 0, sizeof(ip));
	memset(&p, 0, sizeof(p));
	ip.src = address(SRC4);
	ip.data = image4;
	ip.len = LEN4;
	begin(HMAC_ENFORCE, 5);
	is_int(auth_judge(&v, &p, &ip, why, sizeof(why)),
	    VRRP_DROP_HMAC_MISSING, "enforced: without a trailer");
	is_int(auth_trailer(v.auth), PACKET_TRAILER_LEN, "sends one");
	begin(HMAC_PERMISSIVE, 5);
	is_int(auth_judge(&v, &p, &ip, why, sizeof(why)), PACKET_OK,
	    "permissive: is taken");
	is_int(auth_trailer(v.auth), PACKET_TRAILER_LEN, "sends one");
	sealed(SRC4, 1, now());
	buf[LEN4 + HMAC_HEAD_LEN] ^= 1;
	is_int(heard(SRC4), VRRP_DROP_HMAC_FAIL, "a wrong one is not taken");
	begin(HMAC_RECEIVE_ONLY, 5);
	is_int(auth_judge(&v, &p, &ip, why, sizeof(why)), PACKET_OK,
	    "receive-only: is taken");
	is_int(auth_trailer(v.auth), 0, "sends none");
	is_int(auth_trailer(NULL), 0, "nor does who has no key");
}

static void
test_time(void)
{
	uint64_t	t;

	begin(HMAC_ENFORCE, 5);
	sealed(SRC4, 1, now() - 100 * SECOND);
	is_int(heard(SRC4), VRRP_DROP_HMAC_STALE, "an old one");
	ok(strstr(why, " s ago, more than 5 s") != NULL, "and why");
	sealed(SRC4, 1, now() + 100 * SECOND);
	is_int(heard(SRC4), VRRP_DROP_HMAC_STALE, "one of the future");
	ok(strstr(why, " s from now, more than 5 s") != NULL, "and why");
	is_int(v.note[VRRP_NOTE_CLOCK], 0, "no clock was remarkable");
	sealed(SRC4, 1, now() - 4 * SECOND);
	is_int(heard(SRC4), PACKET_OK, "one that is nearly too old");
	is_int(v.note[VRRP_NOTE_CLOCK], 1, "is remarkable");

	begin(HMAC_ENFORCE, 0);
	t = now() + 1000 * SECOND;
	sealed(SRC4, 1, t);
	is_int(heard(SRC4), PACKET_OK, "without a window any time will do");
	sealed(SRC4, 1, t - SECOND);
	is_int(heard(SRC4), VRRP_DROP_HMAC_REPLAY, "as long as it grows");
	/* The window has come since, and the clock of the other was set. */
	conf.window_s = 5;
	configure();
	sealed(SRC4, 1, now());
	is_int(heard(SRC4), PACKET_OK, "what lies far ahead is forgotten");
}

/* As a reload does. */
static void
configure(void)
{
	struct vrrp	new;

	memset(&new, 0, sizeof(new));
	new.auth = auth_new(&conf);
	auth_adopt(&v, &new);
	auth_free(new.auth);
}

static void
test_reload(void)
{
	struct vrrp	new;
	uint64_t	t = now();

	begin(HMAC_ENFORCE, 5);
	sealed(SRC4, 1, t);
	is_int(heard(SRC4), PACKET_OK, "heard");
	conf.count = 2;
	conf.key[1] = key;
	conf.key[1].id = 2;
	conf.active = 2;
	new.auth = auth_new(&conf);
	ok(!auth_same(v.auth, new.auth), "another key");
	auth_free(new.auth);
	configure();
	is_int(heard(SRC4), VRRP_DROP_HMAC_REPLAY,
	    "a reload forgets nothing");
	sealed(SRC4, 2, t + 1);
	is_int(heard(SRC4), PACKET_OK, "and takes the new key");
	memset(&new, 0, sizeof(new));
	auth_adopt(&v, &new);
	ok(v.auth == NULL && new.auth != NULL, "a reload may end it");
	auth_adopt(&v, &new);
	ok(v.auth != NULL && new.auth == NULL, "and begin it");
}

int
main(void)
{
	int	i;

	if ((hmac = hmac_new()) == NULL)
		abort();
	env.hmac = hmac;
	key.id = 1;
	key.len = 32;
	for (i = 0; i < 32; i++)
		key.key[i] = i;
	test_vectors();
	test_bits();
	test_sequence();
	test_decode();
	test_judge();
	test_modes();
	test_time();
	test_reload();
	auth_free(v.auth);
	hmac_free(hmac);
	return (done_testing());
}

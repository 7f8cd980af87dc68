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

#include <sys/types.h>
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "hmac.h"

/* Offsets in a trailer. */
#define OFF_TYPE	0
#define OFF_KEY		1
#define OFF_RESERVED	2
#define OFF_SEQ		4
#define OFF_CODE	HMAC_HEAD_LEN

/* What stands before the message in what is computed over. */
#define PSEUDO_LEN	20
#define PSEUDO_FAMILY	0
#define PSEUDO_VERSION	1
#define PSEUDO_VRID	2
#define PSEUDO_SRC	4

/* In the message. */
#define MSG_VERSION	0
#define MSG_VRID	1

#define SHA256_LEN	32
#define NS_PER_S	1000000000ULL
#define SEC_SHIFT	32
#define FRACTION_SHIFT	16

struct hmac {
	EVP_MAC_CTX	*model;		/* HMAC-SHA256 without a key */
};

static void	pseudo(uint8_t *, const struct addr *, const uint8_t *);
static int	code_update(EVP_MAC_CTX *, const uint8_t *, const uint8_t *,
		    size_t);

struct hmac *
hmac_new(void)
{
	OSSL_PARAM	 params[2];
	struct hmac	*h;
	EVP_MAC		*mac;
	char		 digest[] = "SHA256";

	if ((mac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL)
		return (NULL);
	if ((h = calloc(1, sizeof(*h))) != NULL)
		h->model = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
	    digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (h != NULL && h->model != NULL &&
	    EVP_MAC_CTX_set_params(h->model, params) == 1)
		return (h);
	hmac_free(h);
	return (NULL);
}

void
hmac_free(struct hmac *h)
{
	if (h != NULL)
		EVP_MAC_CTX_free(h->model);
	free(h);
}

static void
pseudo(uint8_t *buf, const struct addr *src, const uint8_t *msg)
{
	memset(buf, 0, PSEUDO_LEN);
	buf[PSEUDO_FAMILY] = src->af == AF_INET6 ? 6 : 4;
	buf[PSEUDO_VERSION] = msg[MSG_VERSION] >> 4;
	buf[PSEUDO_VRID] = msg[MSG_VRID];
	memcpy(buf + PSEUDO_SRC, src->u.bytes, addr_size(src->af));
}

/*
 * Zeros in place of the checksum, which differs from one peer to another or
 * is the kernel's to write, and of the code itself.
 */
static int
code_update(EVP_MAC_CTX *ctx, const uint8_t *head, const uint8_t *msg,
    size_t len)
{
	static const uint8_t	zero[HMAC_CODE_LEN];
	const size_t		rest = PACKET_CSUM_OFF + PACKET_CSUM_LEN;

	return (EVP_MAC_update(ctx, head, PSEUDO_LEN) == 1 &&
	    EVP_MAC_update(ctx, msg, PACKET_CSUM_OFF) == 1 &&
	    EVP_MAC_update(ctx, zero, PACKET_CSUM_LEN) == 1 &&
	    EVP_MAC_update(ctx, msg + rest, len + HMAC_HEAD_LEN - rest) == 1 &&
	    EVP_MAC_update(ctx, zero, HMAC_CODE_LEN) == 1);
}

int
hmac_code(const struct hmac *h, const struct hmac_key *key,
    const struct addr *src, const uint8_t *msg, size_t len, uint8_t *code)
{
	uint8_t		 head[PSEUDO_LEN], full[SHA256_LEN];
	EVP_MAC_CTX	*ctx;
	size_t		 n = 0;
	int		 rc = -1;

	pseudo(head, src, msg);
	/* A copy for each, so that no key is left in it. */
	if ((ctx = EVP_MAC_CTX_dup(h->model)) == NULL)
		return (-1);
	if (EVP_MAC_init(ctx, key->key, key->len, NULL) == 1 &&
	    code_update(ctx, head, msg, len) &&
	    EVP_MAC_final(ctx, full, &n, sizeof(full)) == 1 &&
	    n == sizeof(full)) {
		memcpy(code, full, HMAC_CODE_LEN);
		rc = 0;
	}
	EVP_MAC_CTX_free(ctx);
	return (rc);
}

int
hmac_same(const uint8_t *a, const uint8_t *b)
{
	return (CRYPTO_memcmp(a, b, HMAC_CODE_LEN) == 0);
}

void
hmac_head(uint8_t *p, uint8_t key, uint64_t seq)
{
	size_t	i;

	p[OFF_TYPE] = HMAC_TYPE;
	p[OFF_KEY] = key;
	p[OFF_RESERVED] = p[OFF_RESERVED + 1] = 0;
	for (i = 0; i < sizeof(seq); i++)
		p[OFF_SEQ + i] = seq >> (8 * (sizeof(seq) - 1 - i));
}

void
hmac_parse(const uint8_t *p, struct hmac_trailer *t)
{
	size_t	i;

	t->type = p[OFF_TYPE];
	t->key = p[OFF_KEY];
	t->reserved = p[OFF_RESERVED] << 8 | p[OFF_RESERVED + 1];
	t->seq = 0;
	for (i = 0; i < sizeof(t->seq); i++)
		t->seq = t->seq << 8 | p[OFF_SEQ + i];
	t->code = p + OFF_CODE;
}

uint64_t
hmac_seq(const struct timespec *ts)
{
	uint64_t	fraction;

	fraction = ((uint64_t)ts->tv_nsec << FRACTION_SHIFT) / NS_PER_S;
	return ((uint64_t)(uint32_t)ts->tv_sec << SEC_SHIFT |
	    fraction << FRACTION_SHIFT);
}

/*
 * It grows, also while the clock stands or has been set back; what would be
 * too far ahead of the clock for any receiver begins anew with it.
 */
uint64_t
hmac_next(uint64_t last, uint64_t now, uint32_t window)
{
	if (hmac_after(now, last))
		return (now);
	if (window != 0 && hmac_age(now, last) > (int32_t)window)
		return (now);
	return (last + 1);
}

int32_t
hmac_age(uint64_t seq, uint64_t now)
{
	return ((int32_t)((uint32_t)(now >> SEC_SHIFT) -
	    (uint32_t)(seq >> SEC_SHIFT)));
}

int
hmac_after(uint64_t a, uint64_t b)
{
	return ((int64_t)(a - b) > 0);
}

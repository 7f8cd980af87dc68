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

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "check.h"
#include "tls.h"

/*
 * Certificates and keys out of the files of the configuration.  They come
 * before the checks that use them, and are forgotten when these have made
 * their contexts of them.
 */

static struct tlsfile	*tlsfile_find(struct tree *, uint32_t);
static BIO	*tlsfile_bio(struct tree *, uint32_t);
static X509_STORE *tlsfile_store(struct tree *, uint32_t);
static int	 tlsfile_trust(struct tree *, const struct check *, SSL_CTX *);
static int	 tlsfile_certificate(struct tree *, const struct check *,
		    SSL_CTX *);
static int	 tlsfile_chain(BIO *, SSL_CTX *);
static int	 tlsfile_no_password(char *, int, int, void *);
static int	 tlsfile_cmp(const struct tlsfile *, const struct tlsfile *);

RB_GENERATE(tlsfiles, tlsfile, entry, tlsfile_cmp)

static int
tlsfile_cmp(const struct tlsfile *a, const struct tlsfile *b)
{
	return (a->conf.id < b->conf.id ? -1 : a->conf.id > b->conf.id);
}

static struct tlsfile *
tlsfile_find(struct tree *tree, uint32_t id)
{
	struct tlsfile	 key;

	key.conf.id = id;
	return (RB_FIND(tlsfiles, &tree->tlsfiles, &key));
}

int
tlsfile_stage(struct tree *tree, struct imsg *msg)
{
	struct tlsfile	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		fatal("file of TLS");
	if (imsg_get_data(msg, &f->conf, sizeof(f->conf)) == -1 ||
	    !tlsfile_config_ok(&f->conf) ||
	    RB_INSERT(tlsfiles, &tree->tlsfiles, f) != NULL) {
		free(f);
		return (-1);
	}
	if ((f->bytes = malloc(f->conf.size)) == NULL)
		fatal("file of TLS");
	return (0);
}

int
tlsfile_part(struct tree *tree, struct imsg *msg)
{
	struct tlsfile	*f;
	size_t		 len = imsg_len(msg);

	if ((f = tlsfile_find(tree, imsg_id(msg))) == NULL ||
	    len > f->conf.size - f->len ||
	    imsg_get_tail(msg, 0, f->bytes + f->len, len) == -1)
		return (-1);
	f->len += len;
	return (0);
}

void
tlsfile_forget(struct tree *tree)
{
	struct tlsfile	*f;

	while ((f = RB_ROOT(&tree->tlsfiles)) != NULL) {
		RB_REMOVE(tlsfiles, &tree->tlsfiles, f);
		explicit_bzero(f->bytes, f->conf.size);
		free(f->bytes);
		X509_STORE_free(f->store);
		free(f);
	}
}

/* What is in a file that has come whole. */
static BIO *
tlsfile_bio(struct tree *tree, uint32_t id)
{
	struct tlsfile	*f;

	if ((f = tlsfile_find(tree, id)) == NULL || f->len != f->conf.size)
		return (NULL);
	return (BIO_new_mem_buf(f->bytes, f->conf.size));
}

/* Made once for all checks that trust it. */
static X509_STORE *
tlsfile_store(struct tree *tree, uint32_t id)
{
	struct tlsfile	*f;
	X509		*cert;
	BIO		*bio;
	int		 n = 0;

	if ((f = tlsfile_find(tree, id)) == NULL)
		return (NULL);
	if (f->store != NULL)
		return (f->store);
	if ((bio = tlsfile_bio(tree, id)) == NULL ||
	    (f->store = X509_STORE_new()) == NULL) {
		BIO_free(bio);
		return (NULL);
	}
	while ((cert = PEM_read_bio_X509(bio, NULL, tlsfile_no_password,
	    NULL)) != NULL) {
		n += X509_STORE_add_cert(f->store, cert);
		X509_free(cert);
	}
	BIO_free(bio);
	return (n > 0 ? f->store : NULL);
}

/* A server's own certificate can be trusted too, and one on the way to it. */
static int
tlsfile_trust(struct tree *tree, const struct check *check, SSL_CTX *ctx)
{
	X509_STORE	*store;

	if (check->conf.tlsfile_id[TLSFILE_CA] == 0)
		return (0);
	store = tlsfile_store(tree, check->conf.tlsfile_id[TLSFILE_CA]);
	if (store == NULL)
		return (-1);
	SSL_CTX_set1_cert_store(ctx, store);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
	    X509_V_FLAG_PARTIAL_CHAIN);
	return (0);
}

static int
tlsfile_no_password(char *, int, int, void *)
{
	return (-1);
}

/* The certificate to show, and those that lead to it. */
static int
tlsfile_chain(BIO *bio, SSL_CTX *ctx)
{
	X509	*cert;
	int	 n = 0, good = 1;

	while ((cert = PEM_read_bio_X509(bio, NULL, tlsfile_no_password,
	    NULL)) != NULL) {
		good &= n++ == 0 ? SSL_CTX_use_certificate(ctx, cert) == 1 :
		    SSL_CTX_add1_chain_cert(ctx, cert) == 1;
		X509_free(cert);
	}
	return (n > 0 && good ? 0 : -1);
}

static int
tlsfile_certificate(struct tree *tree, const struct check *check,
    SSL_CTX *ctx)
{
	const uint32_t	*id = check->conf.tlsfile_id;
	EVP_PKEY	*key = NULL;
	BIO		*cert, *bio;
	int		 rc = -1;

	if (id[TLSFILE_CERT] == 0)
		return (0);
	cert = tlsfile_bio(tree, id[TLSFILE_CERT]);
	bio = tlsfile_bio(tree, id[TLSFILE_KEY]);
	if (cert == NULL || bio == NULL || tlsfile_chain(cert, ctx) == -1)
		goto done;
	key = PEM_read_bio_PrivateKey(bio, NULL, tlsfile_no_password, NULL);
	if (key != NULL && SSL_CTX_use_PrivateKey(ctx, key) == 1)
		rc = 0;
 done:
	EVP_PKEY_free(key);
	BIO_free(cert);
	BIO_free(bio);
	return (rc);
}

int
tlsfile_context(struct hce *hce, struct tree *tree, struct check *check)
{
	const struct check_config	*c = &check->conf;
	int				 rc;

	if (!check_tls(c))
		return (0);
	if (hce->bundle.fd != -1)
		hce->trust = tls_trust(hce->tls, &hce->bundle);
	if (c->tls_min == 0 && c->tlsfile_id[TLSFILE_CA] == 0 &&
	    c->tlsfile_id[TLSFILE_CERT] == 0) {
		SSL_CTX_up_ref(hce->tls);
		check->tls = hce->tls;
		return (0);
	}
	if ((check->tls = tls_context(c->tls_min)) == NULL)
		return (-1);
	SSL_CTX_set1_cert_store(check->tls, SSL_CTX_get_cert_store(hce->tls));
	rc = tlsfile_trust(tree, check, check->tls);
	if (rc == 0)
		rc = tlsfile_certificate(tree, check, check->tls);
	ERR_clear_error();
	return (rc);
}

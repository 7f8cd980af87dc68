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
#include <sys/stat.h>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "tls.h"

/*
 * The trusted certificates of the system.  Their file is opened while files can
 * be seen, and read when it is needed: most configurations need none, and to
 * understand them takes much memory, and longer than the rest of the start.
 */

/* Where distributions keep all trusted certificates in one file. */
static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem",		/* SUSE */
	"/etc/ssl/cert.pem"			/* Alpine */
};
#define NBUNDLES	(sizeof(bundles) / sizeof(bundles[0]))

/* More than any bundle has. */
#define BUNDLE_MAX	(16 * 1024 * 1024)

static int	bundle_open(struct tls_bundle *, const char *);
static size_t	bundle_read(const struct tls_bundle *, char *);
static STACK_OF(X509_INFO) *bundle_parse(const struct tls_bundle *);
static int	bundle_add(X509_STORE *, const X509_INFO *);

/*
 * It is one file.  A directory of certificates would not do: OpenSSL looks
 * into it during a handshake, when it is out of sight.
 */
void
tls_bundle_open(struct tls_bundle *b)
{
	const char	*file;
	size_t		 i;

	b->fd = -1;
	if ((file = getenv(X509_get_default_cert_file_env())) != NULL) {
		if (bundle_open(b, file) == -1)
			log_warnx("no certificates in %s, named by %s", file,
			    X509_get_default_cert_file_env());
		return;
	}
	if (bundle_open(b, X509_get_default_cert_file()) == 0)
		return;
	for (i = 0; i < NBUNDLES; i++)
		if (bundle_open(b, bundles[i]) == 0)
			return;
}

void
tls_bundle_close(struct tls_bundle *b)
{
	if (b->fd != -1)
		close(b->fd);
	b->fd = -1;
}

static int
bundle_open(struct tls_bundle *b, const char *path)
{
	struct stat	st;

	b->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (b->fd == -1)
		return (-1);
	if (fstat(b->fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_size == 0 || st.st_size > BUNDLE_MAX) {
		tls_bundle_close(b);
		return (-1);
	}
	b->len = st.st_size;
	return (0);
}

/* If it has become shorter there is less to be trusted. */
static size_t
bundle_read(const struct tls_bundle *b, char *bytes)
{
	size_t	len = 0;
	ssize_t	n;

	while (len < b->len &&
	    (n = pread(b->fd, bytes + len, b->len - len, len)) > 0)
		len += n;
	return (len);
}

/* NULL: there are none. */
static STACK_OF(X509_INFO) *
bundle_parse(const struct tls_bundle *b)
{
	STACK_OF(X509_INFO)	*list = NULL;
	BIO			*bio;
	char			*bytes;

	if ((bytes = malloc(b->len)) == NULL)
		return (NULL);
	bio = BIO_new_mem_buf(bytes, bundle_read(b, bytes));
	if (bio != NULL)
		list = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
	BIO_free(bio);
	free(bytes);
	return (list);
}

int
tls_trust(SSL_CTX *ctx, struct tls_bundle *b)
{
	STACK_OF(X509_INFO)	*list;
	int			 i, n = 0;

	if (b->fd == -1)
		return (0);
	list = bundle_parse(b);
	for (i = 0; i < sk_X509_INFO_num(list); i++)
		n += bundle_add(SSL_CTX_get_cert_store(ctx),
		    sk_X509_INFO_value(list, i));
	sk_X509_INFO_pop_free(list, X509_INFO_free);
	ERR_clear_error();
	tls_bundle_close(b);
	if (n == 0)
		log_warnx("no certificates in the system's bundle");
	return (n > 0);
}

/* How many certificates that is; the same twice does no harm. */
static int
bundle_add(X509_STORE *store, const X509_INFO *info)
{
	if (info->crl != NULL)
		(void)X509_STORE_add_crl(store, info->crl);
	return (info->x509 != NULL &&
	    X509_STORE_add_cert(store, info->x509) == 1);
}

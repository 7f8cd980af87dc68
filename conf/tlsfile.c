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

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "build.h"
#include "outline.h"

/*
 * Files of certificates and keys that checks use.  hce sees no file, so they
 * are read and judged with the configuration.
 */

static struct conf_tlsfile	*tlsfile_new(struct parse *, enum tlsfile_kind,
				    const char *);
static int	 tlsfile_open(struct parse *, struct conf_tlsfile *);
static int	 tlsfile_mode_ok(struct parse *, const struct conf_tlsfile *,
		    const struct stat *);
static int	 tlsfile_fill(struct parse *, struct conf_tlsfile *, int);
static int	 tlsfile_good(struct parse *, const struct conf_tlsfile *);
static int	 tlsfile_certificates(BIO *);
static X509	*tlsfile_first(const struct conf_tlsfile *);
static EVP_PKEY	*tlsfile_key(const struct conf_tlsfile *);
static int	 tlsfile_no_password(char *, int, int, void *);

static const char *const kind_names[TLSFILE_KIND_MAX] = {
	"ca", "certificate", "key"
};

static struct conf_tlsfile *
tlsfile_new(struct parse *p, enum tlsfile_kind kind, const char *path)
{
	struct conf_tlsfile	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL ||
	    (f->path = strdup(path)) == NULL) {
		diag_nomem(&p->diag);
		free(f);
		return (NULL);
	}
	f->conf.kind = kind;
	TAILQ_INSERT_TAIL(&p->conf->tlsfiles, f, entry);
	return (f);
}

struct conf_tlsfile *
tlsfile_read(struct parse *p, enum tlsfile_kind kind,
    const struct lex_str *str)
{
	struct conf_tlsfile	*f;
	char			*path;
	int			 fd, good;

	path = value_path(p, kind_names[kind], str, TLSFILE_PATH_LEN);
	if (path == NULL)
		return (NULL);
	key_name(&p->key, KEY_TLSFILE, path);
	key_num(&p->key, kind);
	if ((f = index_get(p->index, &p->key)) != NULL ||
	    (f = tlsfile_new(p, kind, path)) == NULL) {
		free(path);
		return (f);
	}
	free(path);
	(void)build_unique(p, f);
	outline_spoil(p->conf->outline);
	if ((fd = tlsfile_open(p, f)) == -1)
		return (NULL);
	good = tlsfile_fill(p, f, fd) == 0 && tlsfile_good(p, f);
	close(fd);
	return (good ? f : NULL);
}

static int
tlsfile_open(struct parse *p, struct conf_tlsfile *f)
{
	struct stat	 st;
	int		 fd;

	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		conf_error(p, "%s %s: %s", kind_names[f->conf.kind], f->path,
		    strerror(errno));
		if (fd != -1)
			close(fd);
		return (-1);
	}
	if (!tlsfile_mode_ok(p, f, &st)) {
		close(fd);
		return (-1);
	}
	f->conf.size = st.st_size;
	return (fd);
}

static int
tlsfile_mode_ok(struct parse *p, const struct conf_tlsfile *f,
    const struct stat *st)
{
	const char	*what = kind_names[f->conf.kind];
	int		 strict = (p->flags & CONF_P_CHECK_ONLY) == 0;

	if (!S_ISREG(st->st_mode))
		conf_error(p, "%s %s: not a regular file", what, f->path);
	else if (st->st_size < 1 || st->st_size > TLSFILE_SIZE_MAX)
		conf_error(p, "%s %s: has %jd bytes; must have from 1 to %d",
		    what, f->path, (intmax_t)st->st_size, TLSFILE_SIZE_MAX);
	else if (st->st_mode & (S_IWGRP | S_IWOTH))
		conf_error(p, "%s %s: writable by group or others "
		    "(mode %04o); chmod go-w it", what, f->path,
		    (unsigned int)st->st_mode & 07777);
	else if (strict && st->st_uid != 0 && st->st_uid != geteuid())
		conf_error(p, "%s %s: owned by uid %u; chown it to root",
		    what, f->path, (unsigned int)st->st_uid);
	else if (strict && f->conf.kind == TLSFILE_KEY &&
	    st->st_mode & (S_IRGRP | S_IROTH))
		conf_error(p, "%s %s: others can read it, so it is no "
		    "secret; chmod 600 it", what, f->path);
	else
		return (1);
	return (0);
}

/* The bytes, and their digest, by which they are known. */
static int
tlsfile_fill(struct parse *p, struct conf_tlsfile *f, int fd)
{
	size_t	 got = 0;
	ssize_t	 n;

	if ((f->bytes = malloc(f->conf.size)) == NULL) {
		diag_nomem(&p->diag);
		return (-1);
	}
	while (got < f->conf.size) {
		n = read(fd, f->bytes + got, f->conf.size - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			conf_error(p, "%s %s: %s", kind_names[f->conf.kind],
			    f->path, n == 0 ? "it changes while it is read" :
			    strerror(errno));
			return (-1);
		}
		got += n;
	}
	if (EVP_Digest(f->bytes, got, f->digest, NULL, EVP_sha256(),
	    NULL) != 1) {
		diag_nomem(&p->diag);
		return (-1);
	}
	return (0);
}

static int
tlsfile_good(struct parse *p, const struct conf_tlsfile *f)
{
	EVP_PKEY	*key;
	BIO		*bio;
	int		 n;

	if (f->conf.kind == TLSFILE_KEY) {
		if ((key = tlsfile_key(f)) == NULL)
			conf_error(p, "key %s: has no private key in PEM "
			    "without a password", f->path);
		EVP_PKEY_free(key);
		ERR_clear_error();
		return (key != NULL);
	}
	if ((bio = BIO_new_mem_buf(f->bytes, f->conf.size)) == NULL) {
		diag_nomem(&p->diag);
		return (0);
	}
	n = tlsfile_certificates(bio);
	BIO_free(bio);
	ERR_clear_error();
	if (n <= 0)
		conf_error(p, "%s %s: %s", kind_names[f->conf.kind], f->path,
		    n == 0 ? "has no certificate in PEM" :
		    "has a certificate that cannot be understood");
	return (n > 0);
}

/* How many there are; -1: one is broken. */
static int
tlsfile_certificates(BIO *bio)
{
	X509	*cert;
	int	 n = 0;

	ERR_clear_error();
	while ((cert = PEM_read_bio_X509(bio, NULL, tlsfile_no_password,
	    NULL)) != NULL) {
		X509_free(cert);
		n++;
	}
	return (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE ?
	    n : -1);
}

static int
tlsfile_no_password(char *, int, int, void *)
{
	return (-1);
}

static X509 *
tlsfile_first(const struct conf_tlsfile *f)
{
	X509	*cert;
	BIO	*bio;

	if ((bio = BIO_new_mem_buf(f->bytes, f->conf.size)) == NULL)
		return (NULL);
	cert = PEM_read_bio_X509(bio, NULL, tlsfile_no_password, NULL);
	BIO_free(bio);
	return (cert);
}

static EVP_PKEY *
tlsfile_key(const struct conf_tlsfile *f)
{
	EVP_PKEY	*key;
	BIO		*bio;

	if ((bio = BIO_new_mem_buf(f->bytes, f->conf.size)) == NULL)
		return (NULL);
	key = PEM_read_bio_PrivateKey(bio, NULL, tlsfile_no_password, NULL);
	BIO_free(bio);
	return (key);
}

void
tlsfile_pair(struct parse *p, const struct conf_tlsfile *cert,
    const struct conf_tlsfile *key)
{
	EVP_PKEY	*k = tlsfile_key(key);
	X509		*x = tlsfile_first(cert);

	if (k != NULL && x != NULL && X509_check_private_key(x, k) != 1)
		conf_error(p, "certificate %s: its key is not that in %s",
		    cert->path, key->path);
	X509_free(x);
	EVP_PKEY_free(k);
	ERR_clear_error();
}

void
tlsfile_free(struct conf_tlsfile *f)
{
	if (f->bytes != NULL)
		explicit_bzero(f->bytes, f->conf.size);
	free(f->bytes);
	free(f->path);
	free(f);
}

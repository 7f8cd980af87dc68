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

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "lex.h"
#include "outline.h"
#include "source.h"

/* First guess for what has no size, a pipe for instance. */
#define READ_SIZE	(64 * 1024)

#define WRITABLE	(S_IWGRP | S_IWOTH)	/* by those who must not */

static const char	*source_name(struct conf *, const char *);
static struct source	*source_new(struct conf *, const char *,
			    struct diag *);
static int		 source_judge(struct source *, const struct stat *,
			    int, struct diag *, const struct pos *);
static int		 source_loop(const struct source *, struct diag *,
			    const struct pos *);
static int		 source_read(struct source *, int, size_t,
			    struct diag *, const struct pos *);
static int		 source_grow(struct source *, size_t *);
static int		 source_nul(const struct source *, struct diag *);

/* The path for messages and for objects, kept by the tree. */
static const char *
source_name(struct conf *conf, const char *path)
{
	struct conf_file	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	if ((f->path = strdup(path)) == NULL) {
		free(f);
		return (NULL);
	}
	TAILQ_INSERT_TAIL(&conf->files, f, entry);
	return (f->path);
}

int
source_trusted(const struct stat *st)
{
	return (!(st->st_mode & WRITABLE) &&
	    (st->st_uid == 0 || st->st_uid == geteuid()));
}

int
source_exposed(const struct stat *st)
{
	return ((st->st_mode & (S_IRGRP | S_IROTH)) != 0);
}

static int
source_loop(const struct source *src, struct diag *diag,
    const struct pos *pos)
{
	const struct source	*up;

	for (up = src->parent; up != NULL; up = up->parent) {
		if (up->dev != src->dev || up->ino != src->ino)
			continue;
		diag_error(diag, pos, "include \"%s\": the file is being "
		    "read already; an include loop", src->path);
		return (-1);
	}
	return (0);
}

/*
 * Whoever can write the configuration commands the daemon, so nobody else
 * may, not even for a mere check.  A pipe has no owner worth asking.
 */
static int
source_judge(struct source *src, const struct stat *st, int flags,
    struct diag *diag, const struct pos *pos)
{
	src->dev = st->st_dev;
	src->ino = st->st_ino;
	if (S_ISFIFO(st->st_mode))
		return (0);
	if (!S_ISREG(st->st_mode)) {
		diag_error(diag, pos, "%s: not a regular file", src->path);
		return (-1);
	}
	if (st->st_mode & WRITABLE) {
		diag_error(diag, pos, "%s: writable by group or others "
		    "(mode %04o); chmod go-w it", src->path,
		    (unsigned int)st->st_mode & 07777);
		return (-1);
	}
	if (!(flags & CONF_P_CHECK_ONLY) && st->st_uid != 0 &&
	    st->st_uid != geteuid()) {
		diag_error(diag, pos, "%s: owned by uid %u; chown it to root",
		    src->path, (unsigned int)st->st_uid);
		return (-1);
	}
	src->exposed = source_exposed(st);
	return (source_loop(src, diag, pos));
}

/* Make room for more; the old copy may hold a password. */
static int
source_grow(struct source *src, size_t *size)
{
	char	*buf;

	if ((buf = recallocarray(src->buf, *size, *size * 2, 1)) == NULL)
		return (-1);
	src->buf = buf;
	*size *= 2;
	return (0);
}

static int
source_read(struct source *src, int fd, size_t size, struct diag *diag,
    const struct pos *pos)
{
	ssize_t	 n;

	if ((src->buf = calloc(1, size)) == NULL) {
		diag_nomem(diag);
		return (-1);
	}
	for (;;) {
		if (src->len == size && source_grow(src, &size) == -1) {
			diag_nomem(diag);
			return (-1);
		}
		n = read(fd, src->buf + src->len, size - src->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			diag_error(diag, pos, "%s: %s", src->path,
			    strerror(errno));
			return (-1);
		}
		if (n == 0)
			return (0);
		src->len += n;
		if (src->len > FILE_BYTES_MAX) {
			diag_error(diag, pos, "%s: larger than %d bytes",
			    src->path, FILE_BYTES_MAX);
			return (-1);
		}
	}
}

static int
source_nul(const struct source *src, struct diag *diag)
{
	struct pos	 at = { src->path, 1 };
	const char	*nul, *s;

	if ((nul = memchr(src->buf, '\0', src->len)) == NULL)
		return (0);
	for (s = src->buf; s < nul; s++)
		if (*s == '\n')
			at.line++;
	diag_error(diag, &at, "a NUL byte; this is not a text file");
	return (-1);
}

static struct source *
source_new(struct conf *conf, const char *path, struct diag *diag)
{
	struct source	*src;

	if ((src = calloc(1, sizeof(*src))) == NULL ||
	    (src->path = source_name(conf, path)) == NULL) {
		free(src);
		diag_nomem(diag);
		return (NULL);
	}
	src->line = 1;
	return (src);
}

struct source *
source_open(struct conf *conf, const char *path, struct source *parent,
    int flags, struct diag *diag, const struct pos *pos)
{
	struct source	*src;
	struct stat	 st;
	int		 fd;

	if ((src = source_new(conf, path, diag)) == NULL)
		return (NULL);
	src->parent = parent;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1 ||
	    fstat(fd, &st) == -1) {
		diag_error(diag, pos, "%s: %s", path, strerror(errno));
		goto fail;
	}
	if (source_judge(src, &st, flags, diag, pos) == -1)
		goto fail;
	/* One byte more than there should be sees the end in one go. */
	if (source_read(src, fd, S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_size <= FILE_BYTES_MAX ? (size_t)st.st_size + 1 : READ_SIZE,
	    diag, pos) == -1)
		goto fail;
	if (source_nul(src, diag) == -1)
		goto fail;
	outline_add(conf->outline, path, &st, src->buf, src->len);
	close(fd);
	return (src);
 fail:
	if (fd != -1)
		close(fd);
	(void)source_free(src);
	return (NULL);
}

struct source *
source_text(struct conf *conf, const char *path, const char *text, size_t len,
    struct diag *diag)
{
	struct source	*src;

	if ((src = source_new(conf, path, diag)) == NULL)
		return (NULL);
	if ((src->buf = malloc(len + 1)) == NULL) {
		diag_nomem(diag);
		goto fail;
	}
	memcpy(src->buf, text, len);
	src->len = len;
	if (source_nul(src, diag) == 0)
		return (src);
 fail:
	(void)source_free(src);
	return (NULL);
}

struct source *
source_free(struct source *src)
{
	struct source	*parent = src->parent;

	freezero(src->buf, src->len);
	free(src);
	return (parent);
}

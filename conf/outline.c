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

#include <openssl/evp.h>

#include <bsd/stdlib.h>
#include <bsd/sys/queue.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lex.h"
#include "outline.h"
#include "source.h"

/* Of a digest so much is kept: nobody attacks, and one in 2^128 will not do. */
#define DIGEST_LEN	16
/* Read at once, and the longest line that is understood. */
#define CHUNK_LEN	(64 * 1024)
/* Above this much text of changed tables the whole is read anew as quickly. */
#define TEXT_MAX	(1024 * 1024)
/* Tables known at once; the array grows by doubling. */
#define TABLES_GROW	64

struct outline_digest {
	uint8_t	bytes[DIGEST_LEN];
};

struct outline_file {
	TAILQ_ENTRY(outline_file)	 entry;
	char				*path;
	int				 exposed;	/* others can read it */
	struct outline_digest		 rest;
	struct outline_digest		*table;		/* in their order */
	size_t				 ntables;
	size_t				 room;
};
TAILQ_HEAD(outline_files, outline_file);

struct outline {
	struct outline_files	 files;
	int			 spoilt;
};

/* One pass through a file. */
struct scan {
	struct outline_file		*file;
	const struct outline_file	*was;	/* NULL: nothing to compare */
	struct outline_text		*text;	/* with that */
	size_t				 mark;	/* where the table begins */
	EVP_MD_CTX			*rest;
	EVP_MD_CTX			*inner;
	const char			*from;	/* not in a digest yet */
	int				 in_table;
	int				 bad;	/* not understood */
};

static struct outline_file *file_new(const char *, const struct stat *);
static void	 file_free(struct outline_file *);
static int	 file_table(struct outline_file *,
		    const struct outline_digest *);
static int	 file_read(struct scan *, int);
static struct outline_file *file_again(const struct outline_file *,
		    struct outline_text *);
static int	 file_alike(const struct outline_file *,
		    const struct outline_file *);
static int	 scan_open(struct scan *, struct outline_file *);
static int	 scan_close(struct scan *);
static size_t	 scan_chunk(struct scan *, const char *, size_t, int);
static void	 scan_line(struct scan *, const char *, size_t);
static void	 scan_flush(struct scan *, const char *);
static void	 scan_table(struct scan *, const char *, size_t);
static void	 scan_end(struct scan *, const char *, size_t);
static void	 scan_keep(struct scan *, const char *, size_t);
static int	 digest_end(EVP_MD_CTX *, struct outline_digest *);
static size_t	 blanks(const char *, size_t);
static int	 is_table(const char *, size_t);
static int	 has_brace(const char *, size_t);

struct outline *
outline_new(void)
{
	struct outline	*o;

	if ((o = calloc(1, sizeof(*o))) == NULL)
		return (NULL);
	TAILQ_INIT(&o->files);
	return (o);
}

void
outline_free(struct outline *o)
{
	struct outline_file	*f;

	if (o == NULL)
		return;
	while ((f = TAILQ_FIRST(&o->files)) != NULL) {
		TAILQ_REMOVE(&o->files, f, entry);
		file_free(f);
	}
	free(o);
}

void
outline_spoil(struct outline *o)
{
	if (o != NULL)
		o->spoilt = 1;
}

int
outline_tells(const struct outline *o)
{
	return (o != NULL && !o->spoilt);
}

void
outline_add(struct outline *o, const char *path, const struct stat *st,
    const char *buf, size_t len)
{
	struct outline_file	*f;
	struct scan		 s;

	if (!outline_tells(o))
		return;
	memset(&s, 0, sizeof(s));
	if (!S_ISREG(st->st_mode) || (f = file_new(path, st)) == NULL) {
		outline_spoil(o);
		return;
	}
	TAILQ_INSERT_TAIL(&o->files, f, entry);
	if (scan_open(&s, f) == 0)
		(void)scan_chunk(&s, buf, len, 1);
	if (scan_close(&s) == -1)
		outline_spoil(o);
}

struct outline *
outline_read(const struct outline *was, struct outline_text *text)
{
	const struct outline_file	*f;
	struct outline_file		*again;
	struct outline			*o;

	if (!outline_tells(was) || (o = outline_new()) == NULL)
		return (NULL);
	TAILQ_FOREACH(f, &was->files, entry) {
		if ((again = file_again(f, text)) == NULL) {
			outline_free(o);
			return (NULL);
		}
		TAILQ_INSERT_TAIL(&o->files, again, entry);
	}
	return (o);
}

static struct outline_file *
file_new(const char *path, const struct stat *st)
{
	struct outline_file	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	if ((f->path = strdup(path)) == NULL) {
		free(f);
		return (NULL);
	}
	f->exposed = source_exposed(st);
	return (f);
}

static void
file_free(struct outline_file *f)
{
	if (f == NULL)
		return;
	free(f->path);
	free(f->table);
	free(f);
}

static int
file_table(struct outline_file *f, const struct outline_digest *d)
{
	struct outline_digest	*table;
	size_t			 room;

	if (f->ntables == f->room) {
		room = f->room == 0 ? TABLES_GROW : 2 * f->room;
		table = recallocarray(f->table, f->room, room, sizeof(*table));
		if (table == NULL)
			return (-1);
		f->table = table;
		f->room = room;
	}
	f->table[f->ntables++] = *d;
	return (0);
}

/* Whatever is wrong with it now, reading the whole will tell. */
static struct outline_file *
file_again(const struct outline_file *was, struct outline_text *text)
{
	struct outline_file	*f = NULL;
	struct scan		 s;
	struct stat		 st;
	int			 fd, ok = 0;

	memset(&s, 0, sizeof(s));
	s.was = was;
	s.text = text;
	fd = open(was->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return (NULL);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    source_trusted(&st) && (f = file_new(was->path, &st)) != NULL &&
	    scan_open(&s, f) == 0)
		ok = file_read(&s, fd) == 0;
	if (scan_close(&s) == -1 || !ok || !file_alike(was, f)) {
		file_free(f);
		f = NULL;
	}
	close(fd);
	return (f);
}

static int
file_alike(const struct outline_file *a, const struct outline_file *b)
{
	return (a->exposed == b->exposed && a->ntables == b->ntables &&
	    memcmp(&a->rest, &b->rest, sizeof(a->rest)) == 0);
}

static int
file_read(struct scan *s, int fd)
{
	char	*buf;
	size_t	 have = 0, total = 0, used;
	ssize_t	 n;

	if ((buf = malloc(CHUNK_LEN)) == NULL)
		return (-1);
	do {
		n = read(fd, buf + have, CHUNK_LEN - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 || (total += n) > FILE_BYTES_MAX)
			break;
		have += n;
		used = scan_chunk(s, buf, have, n == 0);
		have -= used;
		memmove(buf, buf + used, have);
		/* A line that fills it has no end that could be read. */
	} while (n != 0 && !s->bad && have < CHUNK_LEN);
	freezero(buf, CHUNK_LEN);
	return (n == 0 ? 0 : -1);
}

static int
scan_open(struct scan *s, struct outline_file *f)
{
	s->file = f;
	if ((s->rest = EVP_MD_CTX_new()) == NULL ||
	    (s->inner = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestInit_ex(s->rest, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestInit_ex(s->inner, EVP_sha256(), NULL) != 1)
		return (-1);
	return (0);
}

/* 0 when the whole file was understood. */
static int
scan_close(struct scan *s)
{
	if (s->rest == NULL || s->inner == NULL || s->in_table ||
	    digest_end(s->rest, &s->file->rest) == -1)
		s->bad = 1;
	EVP_MD_CTX_free(s->rest);
	EVP_MD_CTX_free(s->inner);
	return (s->bad ? -1 : 0);
}

static int
digest_end(EVP_MD_CTX *ctx, struct outline_digest *d)
{
	uint8_t	whole[EVP_MAX_MD_SIZE];

	if (EVP_DigestFinal_ex(ctx, whole, NULL) != 1)
		return (-1);
	memcpy(d->bytes, whole, sizeof(d->bytes));
	return (0);
}

/* All whole lines, and at the end of the file the last.  Returns their size. */
static size_t
scan_chunk(struct scan *s, const char *buf, size_t len, int last)
{
	const char	*line = buf, *end = buf + len, *next;

	s->from = buf;
	while (line < end && !s->bad) {
		if ((next = memchr(line, '\n', end - line)) != NULL)
			next++;
		else if (last)
			next = end;
		else
			break;
		scan_line(s, line, next - line);
		line = next;
	}
	scan_flush(s, line);
	return (line - buf);
}

/* What lies before this belongs to where the scan is. */
static void
scan_flush(struct scan *s, const char *to)
{
	if (EVP_DigestUpdate(s->in_table ? s->inner : s->rest, s->from,
	    to - s->from) != 1)
		s->bad = 1;
	s->from = to;
}

/*
 * The lines that begin and end a table belong to the rest.  In a text that the
 * grammar has understood no other lines look like them: quotes go over the end
 * of a line by a backslash only, which would be the last of it.  That the rest
 * is what it was when it was understood shows at the end.
 */
static void
scan_line(struct scan *s, const char *line, size_t len)
{
	size_t	skip = blanks(line, len);

	if (!s->in_table) {
		if (is_table(line + skip, len - skip))
			scan_table(s, line, len);
	} else if (skip < len && line[skip] == '}')
		scan_end(s, line, len);
	else if (has_brace(line, len))
		s->bad = 1;	/* it may end there */
	else
		scan_keep(s, line, len);
}

static void
scan_table(struct scan *s, const char *line, size_t len)
{
	scan_flush(s, line + len);
	s->in_table = 1;
	if (EVP_DigestInit_ex(s->inner, NULL, NULL) != 1)
		s->bad = 1;
	if (s->text != NULL)
		s->mark = s->text->len;
	scan_keep(s, line, len);
}

static void
scan_end(struct scan *s, const char *line, size_t len)
{
	struct outline_digest	d;
	size_t			n = s->file->ntables;

	scan_keep(s, line, len);
	scan_flush(s, line);
	s->in_table = 0;
	if (digest_end(s->inner, &d) == -1 || file_table(s->file, &d) == -1) {
		s->bad = 1;
		return;
	}
	if (s->was == NULL)
		return;
	if (n >= s->was->ntables)
		s->bad = 1;
	else if (memcmp(&d, &s->was->table[n], sizeof(d)) == 0)
		s->text->len = s->mark;
}

/* The text of the table at hand, should it turn out to have changed. */
static void
scan_keep(struct scan *s, const char *line, size_t len)
{
	struct outline_text	*t = s->text;
	char			*bigger;

	if (t == NULL)
		return;
	if (t->s == NULL) {
		if ((t->s = malloc(CHUNK_LEN)) == NULL) {
			s->bad = 1;
			return;
		}
		t->room = CHUNK_LEN;
	}
	while (len > t->room - t->len) {
		if (t->room >= TEXT_MAX || (bigger = recallocarray(t->s,
		    t->room, 2 * t->room, 1)) == NULL) {
			s->bad = 1;
			return;
		}
		t->s = bigger;
		t->room *= 2;
	}
	memcpy(t->s + t->len, line, len);
	t->len += len;
}

/* As lex.c: a carriage return is one.  So is the end of the line here. */
static size_t
blanks(const char *s, size_t len)
{
	size_t	n = 0;

	while (n < len && (s[n] == ' ' || s[n] == '\t' || s[n] == '\r' ||
	    s[n] == '\n'))
		n++;
	return (n);
}

/* `table <name> {' and nothing more. */
static int
is_table(const char *s, size_t len)
{
	static const char	 word[] = "table";
	size_t			 n = sizeof(word) - 1, skip;

	if (len < n || memcmp(s, word, n) != 0)
		return (0);
	if ((skip = blanks(s + n, len - n)) == 0 || n + skip == len ||
	    s[n + skip] != '<')
		return (0);
	n += skip;
	while (n < len && s[n] != '>' && s[n] != '#')
		n++;
	if (n == len || s[n++] != '>')
		return (0);
	n += blanks(s + n, len - n);
	if (n == len || s[n] != '{')
		return (0);
	n++;
	return (n + blanks(s + n, len - n) == len);
}

static int
has_brace(const char *s, size_t len)
{
	return (memchr(s, '{', len) != NULL || memchr(s, '}', len) != NULL);
}

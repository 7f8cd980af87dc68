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

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_vrrp.h"
#include "outline.h"

/* A key in a file: as other implementations of the draft have it there. */
#define FILE_HEX	"hex:"
#define FILE_MAX	(sizeof(FILE_HEX) + HMAC_KEY_MAX * 2 + 8)

/* The window, where it is not said: so many intervals, or so many seconds. */
#define WINDOW_ADVERTS	3
#define WINDOW_LEAST	5

static struct conf_hmac	*hmac_get(struct parse *);
static struct hmac_key	*hmac_add(struct parse *, struct conf_hmac *,
			    const struct lex_str *);
static int		 key_text(struct parse *, struct hmac_key *,
			    const char *, size_t, enum key_form);
static int		 key_hex(struct hmac_key *, const char *, size_t);
static int		 key_file(struct parse *, struct hmac_key *,
			    const char *);
static int		 key_read(struct parse *, struct hmac_key *,
			    const char *, int);
static int		 key_judge(struct parse *, const char *, int);

static struct conf_hmac *
hmac_get(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v != NULL && v->hmac == NULL &&
	    (v->hmac = calloc(1, sizeof(*v->hmac))) == NULL)
		diag_nomem(&p->diag);
	return (v != NULL ? v->hmac : NULL);
}

/* Room for a key of this id; NULL: there cannot be one. */
static struct hmac_key *
hmac_add(struct parse *p, struct conf_hmac *h, const struct lex_str *id)
{
	int	 errors = p->diag.errors, n, i;

	n = value_number(p, "auth hmac key", id, 1, UINT8_MAX);
	if (p->diag.errors != errors)
		return (NULL);
	for (i = 0; i < h->conf.count; i++)
		if (h->conf.key[i].id == n) {
			conf_error(p, "auth hmac: key %d is given twice", n);
			return (NULL);
		}
	if (h->conf.count == HMAC_KEYS_MAX) {
		conf_error(p, "auth hmac: more than %d keys", HMAC_KEYS_MAX);
		return (NULL);
	}
	h->conf.key[h->conf.count].id = n;
	return (&h->conf.key[h->conf.count]);
}

static int
key_hex(struct hmac_key *k, const char *s, size_t len)
{
	char	 byte[3] = "";
	size_t	 i;

	for (i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return (-1);
		byte[i % 2] = s[i];
		if (i % 2 == 1)
			k->key[i / 2] = strtoul(byte, NULL, 16);
	}
	explicit_bzero(byte, sizeof(byte));
	return (0);
}

static int
key_text(struct parse *p, struct hmac_key *k, const char *s, size_t len,
    enum key_form form)
{
	size_t	 bytes = form == KEY_HEX ? len / 2 : len;

	if (bytes < HMAC_KEY_MIN || bytes > HMAC_KEY_MAX) {
		conf_error(p, "auth hmac key: it has %zu bytes; must be from "
		    "%d to %d", bytes, HMAC_KEY_MIN, HMAC_KEY_MAX);
		return (-1);
	}
	k->len = bytes;
	if (form == KEY_HEX) {
		if (len % 2 == 0 && key_hex(k, s, len) == 0)
			return (0);
		conf_error(p, "auth hmac key: must be hexadecimal digits, two "
		    "for each byte");
		return (-1);
	}
	if (memchr(s, '\0', len) != NULL) {
		conf_error(p, "auth hmac key: text cannot hold a NUL; use hex");
		return (-1);
	}
	memcpy(k->key, s, len);
	return (0);
}

/* Nobody else may read it, nor put another there. */
static int
key_judge(struct parse *p, const char *path, int fd)
{
	struct stat	 st;

	if (fstat(fd, &st) == -1) {
		conf_error(p, "auth hmac key: %s: %s", path, strerror(errno));
		return (-1);
	}
	if (!S_ISREG(st.st_mode)) {
		conf_error(p, "auth hmac key: %s: not a regular file", path);
		return (-1);
	}
	if (p->flags & CONF_P_CHECK_ONLY)
		return (0);
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		conf_error(p, "auth hmac key: %s: owned by uid %u; chown it "
		    "to root", path, (unsigned int)st.st_uid);
		return (-1);
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		conf_error(p, "auth hmac key: others can read or write %s, so "
		    "it is no secret; chmod 600 it", path);
		return (-1);
	}
	return (0);
}

static int
key_read(struct parse *p, struct hmac_key *k, const char *path, int fd)
{
	char	 buf[FILE_MAX];
	size_t	 hex = strlen(FILE_HEX);
	ssize_t	 n;
	int	 rc;

	if ((n = read(fd, buf, sizeof(buf))) == -1) {
		conf_error(p, "auth hmac key: %s: %s", path, strerror(errno));
		return (-1);
	}
	/* What is longer than the buffer is longer than a key, too. */
	while (n > 0 && (buf[n - 1] == '\n' || buf[n - 1] == '\r'))
		n--;
	if ((size_t)n >= hex && memcmp(buf, FILE_HEX, hex) == 0)
		rc = key_text(p, k, buf + hex, n - hex, KEY_HEX);
	else
		rc = key_text(p, k, buf, n, KEY_ASCII);
	explicit_bzero(buf, sizeof(buf));
	return (rc);
}

/* Who only checks may not be allowed to read it, and need not. */
static int
key_file(struct parse *p, struct hmac_key *k, const char *path)
{
	int	 fd, rc;

	outline_spoil(p->conf->outline);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == EACCES && (p->flags & CONF_P_CHECK_ONLY)) {
		k->len = HMAC_KEY_MIN;
		return (0);
	}
	if (fd == -1) {
		conf_error(p, "auth hmac key: %s: %s", path, strerror(errno));
		return (-1);
	}
	rc = key_judge(p, path, fd);
	if (rc == 0)
		rc = key_read(p, k, path, fd);
	close(fd);
	return (rc);
}

void
build_hmac_key(struct parse *p, const struct lex_str *id, enum key_form form,
    const struct lex_str *str, int active)
{
	struct conf_hmac	*h;
	struct hmac_key		*k;
	char			*path;
	int			 rc;

	if ((h = hmac_get(p)) == NULL || (k = hmac_add(p, h, id)) == NULL)
		return;
	if (form == KEY_FILE) {
		path = value_path(p, "auth hmac key", str, PATH_MAX);
		if (path == NULL)
			return;
		free(h->path[h->conf.count]);
		h->path[h->conf.count] = path;
		rc = key_file(p, k, path);
	} else {
		if (str->exposed != NULL && !(p->flags & CONF_P_CHECK_ONLY))
			conf_error(p, "auth hmac key: others can read %s, so "
			    "it is no secret; chmod 600 it", str->exposed);
		rc = key_text(p, k, str->s, str->len, form);
	}
	if (rc == -1)
		return;
	if (active && h->conf.active != 0)
		conf_error(p, "auth hmac: keys %u and %u are both active; "
		    "only one is to send with", h->conf.active, k->id);
	if (active)
		h->conf.active = k->id;
	h->conf.count++;
}

void
build_hmac_mode(struct parse *p, const struct lex_str *str)
{
	struct conf_hmac	*h;
	uint32_t		 mode;

	if ((h = hmac_get(p)) == NULL)
		return;
	if (h->conf.mode != HMAC_NONE) {
		conf_error(p, "\"auth hmac mode\" is given twice");
		return;
	}
	for (mode = HMAC_NONE + 1; mode < HMAC_MODE_MAX; mode++)
		if (strcmp(str->s, hmac_mode_names[mode]) == 0)
			h->conf.mode = mode;
	if (h->conf.mode == HMAC_NONE)
		conf_error(p, "auth hmac mode \"%s\": must be enforce, "
		    "permissive or receive-only", str->s);
}

void
build_hmac_window(struct parse *p, const struct lex_str *str)
{
	struct conf_hmac	*h;

	if ((h = hmac_get(p)) == NULL)
		return;
	if (h->windowed)
		conf_error(p, "\"auth hmac window\" is given twice");
	h->windowed = 1;
	if (str != NULL)
		h->conf.window_s = value_seconds(p, "auth hmac window", str,
		    HMAC_WINDOW_MAX);
}

/* What was not said, and what does not go together. */
void
build_hmac_end(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_hmac	*h = v->hmac;
	struct pos		 pos = { v->file, v->line };
	uint32_t		 window;

	if (h == NULL)
		return;
	if (h->conf.mode == HMAC_NONE)
		h->conf.mode = HMAC_ENFORCE;
	window = WINDOW_ADVERTS * (v->conf.advert_cs / 100);
	if (window < WINDOW_LEAST)
		window = WINDOW_LEAST;
	if (!h->windowed)
		h->conf.window_s = window < HMAC_WINDOW_MAX ? window :
		    HMAC_WINDOW_MAX;
	if (v->conf.auth != VRRP_AUTH_NONE)
		diag_error(&p->diag, &pos, "vrrp \"%s\": auth pass and auth "
		    "hmac do not go together; remove auth pass",
		    v->conf.name);
	if (build_broken(p))
		return;
	if (h->conf.count == 0)
		diag_error(&p->diag, &pos, "vrrp \"%s\": auth hmac has no "
		    "key", v->conf.name);
	else if (h->conf.active == 0 && h->conf.count > 1)
		diag_error(&p->diag, &pos, "vrrp \"%s\": auth hmac has %u "
		    "keys; say which of them is active", v->conf.name,
		    h->conf.count);
	else if (h->conf.active == 0)
		h->conf.active = h->conf.key[0].id;
}

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

#include <bsd/sys/queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "print.h"
#include "diff.h"

/*
 * What of a configuration nobody may read who may only look at lvsd: it is
 * left out, or it is told that it is another one, and no more.
 */

/* As print.c has it in place of passwords. */
#define HIDDEN		"********"

static size_t	 word_end(const char *, size_t, size_t);
static int	 is_word(const char *, size_t, const char *);
static void	 hide_value(const char *, size_t, int, FILE *);
static void	 hide_behind(const char *, size_t, FILE *);
static void	 renewed_vrrp(const struct conf_vrrp *,
		    const struct conf_vrrp *, FILE *);
static void	 renewed_hmac(const struct conf_hmac *,
		    const struct conf_hmac *, FILE *);
static const struct hmac_key *hmac_key_of(const struct conf_hmac *, uint8_t);
static void	 renewed_service(const struct conf_service *,
		    const struct conf_service *, FILE *);
static void	 renewed_check(const struct conf_check *,
		    const struct conf_check *, int, FILE *);
static int	 has_tls(const struct conf_service *);

/* The end of the word that begins here; a quoted one may have blanks. */
static size_t
word_end(const char *s, size_t len, size_t i)
{
	int	quoted = 0;

	for (; i < len; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && s[i] == ' ')
			break;
	}
	return (i < len ? i : len);
}

static int
is_word(const char *s, size_t len, const char *word)
{
	return (len == strlen(word) && memcmp(s, word, len) == 0);
}

/* The name of a header is none. */
static void
hide_value(const char *s, size_t len, int header, FILE *f)
{
	const char	*colon;

	if (header && (colon = memchr(s, ':', len)) != NULL)
		fprintf(f, "%.*s: " HIDDEN "\"", (int)(colon - s), s);
	else
		fprintf(f, "\"" HIDDEN "\"");
}

/*
 * A program may be given a password, and so may the path of a URL: what comes
 * behind the path.
 */
static void
hide_behind(const char *s, size_t len, FILE *f)
{
	size_t	i = 1;

	while (i < len && s[i] != ' ' && s[i] != '?')
		i++;
	if (i == len)
		fwrite(s, 1, len, f);
	else
		fprintf(f, "%.*s" HIDDEN "\"", (int)i + 1, s);
}

void
conf_hide(const char *s, size_t len, FILE *f)
{
	size_t	i, n;
	int	header = 0, sent = 0;

	for (i = 0; i < len; i += n) {
		while (i < len && s[i] == ' ')
			fputc(s[i++], f);
		n = word_end(s, len, i) - i;
		if (n > 0 && ((header && s[i] == '"') ||
		    (sent && !is_word(s + i, n, "nothing"))))
			hide_value(s + i, n, header, f);
		else if (n > 1 && s[i] == '"' && s[i + 1] == '/')
			hide_behind(s + i, n, f);
		else
			fwrite(s + i, 1, n, f);
		header = is_word(s + i, n, "header");
		sent = is_word(s + i, n, "send");
	}
}

char *
conf_public(const struct conf *conf)
{
	FILE	*f;
	char	*text, *hidden = NULL;
	size_t	 size, i, n;

	if ((text = conf_canonical(conf)) == NULL)
		return (NULL);
	if ((f = open_memstream(&hidden, &size)) == NULL) {
		free(text);
		return (NULL);
	}
	for (i = 0; text[i] != '\0'; i += n + 1) {
		n = strcspn(text + i, "\n");
		conf_hide(text + i, n, f);
		fputc('\n', f);
	}
	free(text);
	return (fclose(f) == EOF ? NULL : hidden);
}

static const struct hmac_key *
hmac_key_of(const struct conf_hmac *h, uint8_t id)
{
	int	i;

	for (i = 0; i < h->conf.count; i++)
		if (h->conf.key[i].id == id)
			return (&h->conf.key[i]);
	return (NULL);
}

static void
renewed_hmac(const struct conf_hmac *new, const struct conf_hmac *old, FILE *f)
{
	const struct hmac_key	*a, *b;
	int			 i;

	for (i = 0; i < new->conf.count; i++) {
		a = &new->conf.key[i];
		if ((b = hmac_key_of(old, a->id)) != NULL &&
		    (a->len != b->len || memcmp(a->key, b->key, a->len) != 0))
			fprintf(f, "\tauth hmac key %u is another key\n",
			    a->id);
	}
}

static void
renewed_vrrp(const struct conf_vrrp *new, const struct conf_vrrp *old, FILE *f)
{
	fprintf(f, "vrrp ");
	print_str(f, new->conf.name);
	fprintf(f, " {\n");
	if (new->conf.auth == VRRP_AUTH_PASS &&
	    old->conf.auth == VRRP_AUTH_PASS && memcmp(new->conf.pass,
	    old->conf.pass, sizeof(new->conf.pass)) != 0)
		fprintf(f, "\tauth pass is another password\n");
	if (new->hmac != NULL && old->hmac != NULL)
		renewed_hmac(new->hmac, old->hmac, f);
	fprintf(f, "}\n");
}

/* The same path with something else in it. */
static void
renewed_check(const struct conf_check *new, const struct conf_check *old,
    int number, FILE *f)
{
	const struct conf_tlsfile	*a, *b;
	int				 i;

	for (i = 0; i < TLSFILE_KIND_MAX; i++) {
		a = new->tlsfile[i];
		b = old->tlsfile[i];
		if (a == NULL || b == NULL || strcmp(a->path, b->path) != 0 ||
		    memcmp(a->digest, b->digest, sizeof(a->digest)) == 0)
			continue;
		fprintf(f, "\tcheck %d has another content of ", number);
		print_str(f, a->path);
		fputc('\n', f);
	}
}

/* Such are few, and a service is found by a walk through all. */
static int
has_tls(const struct conf_service *s)
{
	const struct conf_table	*t;
	int			 i, j;

	for (i = 0; i < POOL_MAX; i++)
		if ((t = s->pool[i].table) != NULL)
			for (j = 0; j < t->nchecks; j++)
				if (check_tls(&t->check[j]->conf))
					return (1);
	return (0);
}

static void
renewed_service(const struct conf_service *new, const struct conf_service *old,
    FILE *f)
{
	const struct conf_table	*a, *b;
	int			 i, j;

	fprintf(f, "service ");
	print_str(f, new->name);
	fprintf(f, " {\n");
	for (i = 0; i < POOL_MAX; i++) {
		a = new->pool[i].table;
		b = old->pool[i].table;
		if (a == NULL || b == NULL)
			continue;
		for (j = 0; j < a->nchecks && j < b->nchecks; j++)
			renewed_check(a->check[j], b->check[j], j + 1, f);
	}
	fprintf(f, "}\n");
}

void
conf_print_renewed(const struct conf *new, const struct conf *old, FILE *f)
{
	const struct conf_vrrp		*v, *oldv;
	const struct conf_service	*s, *olds;

	TAILQ_FOREACH(v, &new->vrrps, entry)
		if ((oldv = conf_find_vrrp(old, v->conf.id)) != NULL)
			renewed_vrrp(v, oldv, f);
	TAILQ_FOREACH(s, &new->services, entry)
		if ((s->flags & SERVICE_F_VIA) == 0 && has_tls(s) &&
		    (olds = conf_find_service(old, s->id)) != NULL)
			renewed_service(s, olds, f);
}

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

#include <ctype.h>
#include <string.h>

#include "macro.h"

static const struct pos	 nowhere;

static int	macro_add(struct macros *, const char *, const char *,
		    const struct pos *, const char *);
static int	macro_name_ok(const char *);
static int	macro_value_ok(const char *);

struct macro *
macro_find(struct macros *ms, const char *name)
{
	key_name(&ms->key, KEY_MACRO, name);
	return (index_get(ms->index, &ms->key));
}

static int
macro_add(struct macros *ms, const char *name, const char *value,
    const struct pos *pos, const char *exposed)
{
	struct macro	*m;

	if ((m = arena_alloc(ms->arena, sizeof(*m))) == NULL ||
	    (m->value = arena_copy(ms->arena, value, strlen(value))) == NULL)
		return (-1);
	m->pos = *pos;
	m->exposed = exposed;
	key_name(&ms->key, KEY_MACRO, name);
	return (index_put(ms->index, &ms->key, m));
}

static int
macro_name_ok(const char *name)
{
	if (strlen(name) >= NAME_LEN)
		return (0);
	if (!isalpha((unsigned char)*name) && *name != '_')
		return (0);
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return (0);
	return (1);
}

/* As the lexer lets a value of the file be. */
static int
macro_value_ok(const char *value)
{
	const char	*s;

	for (s = value; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			return (0);
	return (s - value < TOKEN_LEN);
}

int
macros_open(struct macros *ms, struct arena *arena,
    const struct conf_macros *given, struct diag *diag)
{
	const struct conf_macro	*c;

	ms->arena = arena;
	ms->given = given;
	ms->diag = diag;
	if ((ms->index = index_new()) == NULL) {
		diag_nomem(diag);
		return (-1);
	}
	if (given == NULL)
		return (0);
	TAILQ_FOREACH(c, given, entry) {
		if (!macro_name_ok(c->name) || !macro_value_ok(c->value)) {
			diag_error(diag, &nowhere, "-D %s: a name is letters, "
			    "digits and \"_\", its value one line of at most "
			    "%d bytes", c->name, TOKEN_LEN - 1);
			return (-1);
		}
		if (macro_add(ms, c->name, c->value, &nowhere, NULL) == -1) {
			diag_nomem(diag);
			return (-1);
		}
	}
	return (0);
}

void
macros_close(struct macros *ms)
{
	index_free(ms->index);
	ms->index = NULL;
}

void
macro_define(struct macros *ms, const struct lex_token *t)
{
	struct macro	*m;

	if (!macro_name_ok(t->str.s)) {
		diag_error(ms->diag, &t->pos, "\"%s\" is no name for a macro, "
		    "which is made of letters, digits and \"_\"", t->str.s);
		return;
	}
	if ((m = macro_find(ms, t->str.s)) == NULL) {
		if (macro_add(ms, t->str.s, t->assigned.s, &t->pos,
		    t->str.exposed) == -1)
			diag_nomem(ms->diag);
	} else if (m->pos.file == NULL)
		m->used = 1;
	else
		diag_error(ms->diag, &t->pos, "macro \"%s\" is defined at "
		    "%s:%d already", t->str.s, m->pos.file, m->pos.line);
}

void
macros_unused(const struct macros *ms, const char *path)
{
	const struct conf_macro	*c;
	const struct macro	*m;
	struct key		 key;

	if (ms->given == NULL)
		return;
	TAILQ_FOREACH(c, ms->given, entry) {
		key_name(&key, KEY_MACRO, c->name);
		m = index_get(ms->index, &key);
		if (m != NULL && !m->used)
			diag_error(ms->diag, &nowhere, "-D %s: %s neither "
			    "defines nor uses this macro", c->name, path);
	}
}

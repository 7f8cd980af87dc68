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
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "arena.h"
#include "lex.h"
#include "macro.h"
#include "source.h"

#define LEX_EOF		(-1)
#define LEX_BAD		(-2)		/* an error, reported */

struct lex {
	struct conf	*conf;
	struct diag	*diag;
	int		 flags;		/* CONF_P_* */
	struct source	*src;		/* the file being read */
	int		 depth;		/* files in the stack */
	int		 count;		/* files read so far */
	const char	*text;		/* of a macro, read before the file */
	int		 fresh;		/* nothing of this line read yet */
	struct macros	 macros;
	struct arena	 kept;		/* until the end: macros, lex_alloc */
	struct arena	 tokens;	/* of the statement being read */
	uint8_t		 word[UCHAR_MAX + 1];	/* may this be in a word? */
	size_t		 len;		/* of the token being read */
	char		 buf[TOKEN_LEN];
};

static struct lex *lex_new(struct conf *, const struct conf_macros *, int,
		    struct diag *);
static int	 lex_peek(struct lex *);
static int	 lex_getc(struct lex *);
static int	 lex_skip(struct lex *);
static void	 lex_skip_line(struct lex *);
static int	 lex_blanks(struct lex *, struct lex_token *);
static int	 lex_expand(struct lex *, struct lex_token *);
static int	 lex_long(struct lex *);
static int	 lex_add(struct lex *, int);
static int	 lex_is_word(const struct lex *, int);
static int	 lex_run(struct lex *);
static int	 lex_word(struct lex *, struct lex_token *);
static int	 lex_escape(struct lex *);
static int	 lex_hex(struct lex *);
static int	 lex_quoted(struct lex *);
static int	 lex_table(struct lex *, struct lex_token *);
static int	 lex_assign(struct lex *, struct lex_token *);
static int	 lex_values(struct lex *, struct lex_token *);
static int	 lex_keep(struct lex *, struct lex_str *);
static void	 lex_error(struct lex *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));
static void	 lex_char(struct lex *, struct lex_token *);
static int	 lex_end(struct lex *, struct lex_token *);
static int	 lex_token(struct lex *, struct lex_token *, int);
static void	 lex_resync(struct lex *, size_t);
static void	 lex_forget(struct lex *);

/* An error where the reading has come to. */
static void
lex_error(struct lex *lex, const char *fmt, ...)
{
	struct pos	 pos = { lex->src->path, lex->src->line };
	char		 text[256];
	va_list		 ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_error(lex->diag, &pos, "%s", text);
}

/*
 * The next character, left where it is: of a macro's value as long as there
 * is some, then of the file, where a backslash at the end joins lines.
 */
static int
lex_peek(struct lex *lex)
{
	struct source	*src = lex->src;
	size_t		 end;

	if (lex->text != NULL) {
		if (*lex->text != '\0')
			return ((unsigned char)*lex->text);
		lex->text = NULL;
	}
	while (src->pos < src->len && src->buf[src->pos] == '\\') {
		end = src->pos + 1;
		if (end < src->len && src->buf[end] == '\r')
			end++;
		if (end >= src->len || src->buf[end] != '\n')
			break;
		src->pos = end + 1;
		src->line++;
	}
	if (src->pos >= src->len)
		return (LEX_EOF);
	return ((unsigned char)src->buf[src->pos]);
}

static int
lex_getc(struct lex *lex)
{
	int	 c;

	if ((c = lex_peek(lex)) == LEX_EOF)
		return (c);
	if (lex->text != NULL)
		lex->text++;
	else
		lex->src->pos++;
	return (c);
}

/* Blanks and comments; gives the character behind them. */
static int
lex_skip(struct lex *lex)
{
	int	 c;

	while ((c = lex_peek(lex)) == ' ' || c == '\t' || c == '\r')
		(void)lex_getc(lex);
	if (c == '#') {
		lex_skip_line(lex);
		c = lex_peek(lex);
	}
	return (c);
}

/* To the end of the line; a backslash joins nothing to a comment. */
static void
lex_skip_line(struct lex *lex)
{
	struct source	*src = lex->src;

	lex->text = NULL;
	while (src->pos < src->len && src->buf[src->pos] != '\n')
		src->pos++;
}

/* Blanks, and macros: the character at which a token begins, or LEX_BAD. */
static int
lex_blanks(struct lex *lex, struct lex_token *t)
{
	int	 c;

	while ((c = lex_skip(lex)) == '$')
		if (lex_expand(lex, t) == -1)
			return (LEX_BAD);
	return (c);
}

/*
 * `$name': read on in the value.  A value is not expanded again, so nothing
 * can loop.
 */
static int
lex_expand(struct lex *lex, struct lex_token *t)
{
	struct macro	*m;
	char		 name[NAME_LEN];
	size_t		 n = 0;
	int		 c, inside = lex->text != NULL;

	(void)lex_getc(lex);
	while ((c = lex_peek(lex)) != LEX_EOF && (isalnum(c) || c == '_')) {
		if (n < sizeof(name) - 1)
			name[n++] = c;
		(void)lex_getc(lex);
	}
	name[n] = '\0';
	if (n == 0) {
		lex_error(lex, "no name of a macro behind \"$\"");
		return (-1);
	}
	if (inside) {
		lex_error(lex, "\"$%s\" comes out of a macro, and is not "
		    "looked up again; write it without quotes where that "
		    "macro is defined", name);
		return (-1);
	}
	if ((m = macro_find(&lex->macros, name)) == NULL) {
		lex_error(lex, "macro \"%s\" is not defined; define it above "
		    "by %s = \"value\" or with -D", name, name);
		return (-1);
	}
	m->used = 1;
	if (m->exposed != NULL)
		t->str.exposed = m->exposed;
	lex->text = m->value;
	return (0);
}

static int
lex_long(struct lex *lex)
{
	lex_error(lex, "a word or text of more than %zu bytes",
	    sizeof(lex->buf) - 1);
	return (-1);
}

static int
lex_add(struct lex *lex, int c)
{
	if (lex->len >= sizeof(lex->buf) - 1)
		return (lex_long(lex));
	lex->buf[lex->len++] = c;
	return (0);
}

/* Take what was read into the token. */
static int
lex_keep(struct lex *lex, struct lex_str *str)
{
	str->len = lex->len;
	str->s = arena_copy(&lex->tokens, lex->buf, lex->len);
	explicit_bzero(lex->buf, lex->len);
	if (str->s == NULL) {
		diag_nomem(lex->diag);
		str->len = 0;
		str->s = "";
		return (-1);
	}
	return (0);
}

static int
lex_is_word(const struct lex *lex, int c)
{
	return (c >= 0 && lex->word[c]);
}

/* So much of a word as stands in the file as it is: most of what is read. */
static int
lex_run(struct lex *lex)
{
	struct source	*src = lex->src;
	size_t		 n, end = src->pos;

	if (lex->text != NULL)
		return (0);
	while (end < src->len && lex->word[(unsigned char)src->buf[end]])
		end++;
	n = end - src->pos;
	if (n > sizeof(lex->buf) - 1 - lex->len)
		return (lex_long(lex));
	memcpy(lex->buf + lex->len, src->buf + src->pos, n);
	lex->len += n;
	src->pos = end;
	return (0);
}

static int
lex_word(struct lex *lex, struct lex_token *t)
{
	int	 c;

	if (lex_run(lex) == -1)
		return (-1);
	while ((c = lex_peek(lex)) != LEX_EOF) {
		if (c == '$') {
			if (lex_expand(lex, t) == -1)
				return (-1);
			continue;
		}
		if (!lex_is_word(lex, c))
			break;
		if (lex_add(lex, c) == -1)
			return (-1);
		(void)lex_getc(lex);
	}
	return (0);
}

static int
lex_hex(struct lex *lex)
{
	char	 digits[3];
	int	 c, i;

	for (i = 0; i < 2; i++) {
		if ((c = lex_peek(lex)) == LEX_EOF || !isxdigit(c)) {
			lex_error(lex, "two hexadecimal digits must follow "
			    "\"\\x\"");
			return (-1);
		}
		digits[i] = lex_getc(lex);
	}
	digits[2] = '\0';
	return (lex_add(lex, (int)strtol(digits, NULL, 16)));
}

/* Behind a backslash inside quotes. */
static int
lex_escape(struct lex *lex)
{
	int	 c;

	switch (c = lex_getc(lex)) {
	case 'n':
		return (lex_add(lex, '\n'));
	case 'r':
		return (lex_add(lex, '\r'));
	case 't':
		return (lex_add(lex, '\t'));
	case 'x':
		return (lex_hex(lex));
	case '\\':
	case '"':
	case '\'':
		return (lex_add(lex, c));
	case LEX_EOF:
		lex_error(lex, "a quote is not closed");
		return (-1);
	default:
		lex_error(lex, isgraph(c) ? "\"\\%c\" inside quotes has no "
		    "meaning; write \\\\ for a backslash" : "a backslash "
		    "inside quotes with no character behind it", c);
		return (-1);
	}
}

static int
lex_quoted(struct lex *lex)
{
	int	 c, quote;

	quote = lex_getc(lex);
	for (;;) {
		if ((c = lex_peek(lex)) == '\n' || c == LEX_EOF) {
			lex_error(lex, "a quote is not closed on its line");
			return (-1);
		}
		(void)lex_getc(lex);
		if (c == quote)
			return (0);
		if (c == '\\') {
			if (lex_escape(lex) == -1)
				return (-1);
			continue;
		}
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			lex_error(lex, "a control character inside quotes; "
			    "write \\x%02x", (unsigned int)c);
			return (-1);
		}
		if (lex_add(lex, c) == -1)
			return (-1);
	}
}

static int
lex_table(struct lex *lex, struct lex_token *t)
{
	(void)lex_getc(lex);
	if (lex_word(lex, t) == -1)
		return (-1);
	if (lex->len == 0 || lex_peek(lex) != '>') {
		lex_error(lex, "the name of a table is written <name>");
		return (-1);
	}
	(void)lex_getc(lex);
	t->kind = LEX_TABLE;
	return (0);
}

/* The value of a macro: words and texts to the end of the line. */
static int
lex_values(struct lex *lex, struct lex_token *t)
{
	int	 c, n;

	for (n = 0; (c = lex_blanks(lex, t)) != '\n' && c != LEX_EOF; n++) {
		if (n > 0 && lex_add(lex, ' ') == -1)
			return (-1);
		if (c == '"' || c == '\'') {
			if (lex_quoted(lex) == -1)
				return (-1);
		} else if (lex_is_word(lex, c)) {
			if (lex_word(lex, t) == -1)
				return (-1);
		} else {
			if (c != LEX_BAD)
				lex_error(lex, "the value of macro \"%s\": "
				    "put it in quotes", t->str.s);
			return (-1);
		}
	}
	if (n == 0) {
		lex_error(lex, "macro \"%s\" has no value; write \"\" for "
		    "nothing", t->str.s);
		return (-1);
	}
	return (0);
}

/* `name =' at the start of a line outside of all blocks. */
static int
lex_assign(struct lex *lex, struct lex_token *t)
{
	size_t	 i;

	(void)lex_getc(lex);
	t->kind = LEX_ASSIGN;
	if (lex_values(lex, t) == -1)
		return (-1);
	for (i = 0; i < lex->len; i++) {
		if ((unsigned char)lex->buf[i] >= ' ')
			continue;
		lex_error(lex, "the value of macro \"%s\" holds a control "
		    "character", t->str.s);
		return (-1);
	}
	return (lex_keep(lex, &t->assigned));
}

/* A character that stands for itself; most only the grammar refuses. */
static void
lex_char(struct lex *lex, struct lex_token *t)
{
	struct source	*src = lex->src;

	t->kind = LEX_CHAR;
	t->ch = lex_getc(lex);
	if (t->ch == '{' && src->braces++ == 0)
		src->brace_line = src->line;
	else if (t->ch == '}' && src->braces > 0)
		src->braces--;
}

/*
 * The end of a file.  It ends its last line; blocks left open are closed, so
 * that one missing brace is one error; then the including file goes on.
 * Returns 1 when there is a token.
 */
static int
lex_end(struct lex *lex, struct lex_token *t)
{
	struct source	*src = lex->src;

	if (!lex->fresh) {
		t->kind = LEX_NL;
		lex->fresh = 1;
		return (1);
	}
	if (src->braces > 0) {
		if (src->brace_line > 0)
			lex_error(lex, "the end of the file, but the block "
			    "of line %d has no closing \"}\"",
			    src->brace_line);
		src->brace_line = 0;
		src->braces--;
		t->kind = LEX_CHAR;
		t->ch = '}';
		lex->fresh = 0;
		return (1);
	}
	if (src->parent == NULL) {
		t->kind = LEX_END;
		return (1);
	}
	lex->src = source_free(src);
	lex->depth--;
	return (0);
}

/* A token that begins with this character of the line. */
static int
lex_token(struct lex *lex, struct lex_token *t, int c)
{
	lex->len = 0;
	if (c == LEX_BAD)
		return (-1);
	if (c == '"' || c == '\'') {
		t->kind = LEX_QUOTED;
		if (lex_quoted(lex) == -1)
			return (-1);
	} else if (c == '<') {
		if (lex_table(lex, t) == -1)
			return (-1);
	} else if (lex_is_word(lex, c)) {
		t->kind = LEX_WORD;
		if (lex_word(lex, t) == -1)
			return (-1);
	} else {
		lex_char(lex, t);
		return (0);
	}
	if (lex_keep(lex, &t->str) == -1)
		return (-1);
	lex->len = 0;
	if (t->kind == LEX_WORD && t->first && lex->src->braces == 0 &&
	    lex_skip(lex) == '=')
		return (lex_assign(lex, t));
	return (0);
}

/*
 * After an error: on to the end of the line, but for the brace that ends it
 * if it has no partner on the way.  With that the grammar knows where the
 * block begins or is over.
 */
static void
lex_resync(struct lex *lex, size_t start)
{
	struct source	*src = lex->src;
	size_t		 i, last = start;
	int		 open = 0;

	lex_skip_line(lex);
	for (i = start; i < src->pos; i++) {
		if (src->buf[i] == '{')
			open++;
		else if (src->buf[i] == '}')
			open--;
		if (!isspace((unsigned char)src->buf[i]))
			last = i;
	}
	if (last < src->pos && ((src->buf[last] == '{' && open > 0) ||
	    (src->buf[last] == '}' && open < 0)))
		src->pos = last;
}

/*
 * A new line outside of all blocks: the grammar is through with the statement
 * before it, and so with the text of its tokens; unless there was an error,
 * after which the two may be of different opinions about the blocks.
 */
static void
lex_forget(struct lex *lex)
{
	if (lex->fresh && lex->src->braces == 0 && lex->diag->errors == 0)
		arena_reset(&lex->tokens);
}

void
lex_next(struct lex *lex, struct lex_token *t)
{
	size_t	 start;
	int	 c;

	lex_forget(lex);
	for (;;) {
		memset(t, 0, sizeof(*t));
		t->first = lex->fresh;
		start = lex->src->pos;
		c = lex_blanks(lex, t);
		if (lex->src->exposed)
			t->str.exposed = lex->src->path;
		t->pos.file = lex->src->path;
		t->pos.line = lex->src->line;
		if (c == '\n') {
			(void)lex_getc(lex);
			lex->src->line++;
			t->kind = LEX_NL;
			lex->fresh = 1;
			return;
		}
		if (c != LEX_EOF)
			break;
		if (lex_end(lex, t))
			return;
	}
	lex->fresh = 0;
	if (lex_token(lex, t, c) == -1) {
		t->kind = LEX_ERROR;
		lex_resync(lex, start);
	}
}

static struct lex *
lex_new(struct conf *conf, const struct conf_macros *macros, int flags,
    struct diag *diag)
{
	struct lex	*lex;
	int		 c;

	if ((lex = calloc(1, sizeof(*lex))) == NULL) {
		diag_nomem(diag);
		return (NULL);
	}
	for (c = ' ' + 1; c < 0x7f; c++)
		lex->word[c] = strchr("{}()<>,;=#\"'\\$", c) == NULL;
	lex->conf = conf;
	lex->diag = diag;
	lex->flags = flags;
	lex->fresh = 1;
	lex->depth = lex->count = 1;
	arena_init(&lex->kept);
	arena_init(&lex->tokens);
	if (macros_open(&lex->macros, &lex->kept, macros, diag) == -1) {
		lex_close(lex);
		return (NULL);
	}
	return (lex);
}

struct lex *
lex_open(struct conf *conf, const char *path,
    const struct conf_macros *macros, int flags, struct diag *diag)
{
	struct lex		*lex;
	const struct pos	 nowhere = { NULL, 0 };

	if ((lex = lex_new(conf, macros, flags, diag)) == NULL)
		return (NULL);
	lex->src = source_open(conf, path, NULL, flags, diag, &nowhere);
	if (lex->src != NULL)
		return (lex);
	lex_close(lex);
	return (NULL);
}

struct lex *
lex_open_text(struct conf *conf, const char *path, const char *text,
    size_t len, struct diag *diag)
{
	struct conf_macros	 none = TAILQ_HEAD_INITIALIZER(none);
	struct lex		*lex;

	if ((lex = lex_new(conf, &none, 0, diag)) == NULL)
		return (NULL);
	lex->src = source_text(conf, path, text, len, diag);
	if (lex->src != NULL)
		return (lex);
	lex_close(lex);
	return (NULL);
}

void
lex_close(struct lex *lex)
{
	if (lex == NULL)
		return;
	while (lex->src != NULL)
		lex->src = source_free(lex->src);
	macros_close(&lex->macros);
	arena_free(&lex->kept);
	arena_free(&lex->tokens);
	freezero(lex, sizeof(*lex));
}

void *
lex_alloc(struct lex *lex, size_t len)
{
	void	*p;

	if ((p = arena_alloc(&lex->kept, len)) == NULL)
		diag_nomem(lex->diag);
	return (p);
}

void
lex_include(struct lex *lex, const struct lex_str *name,
    const struct pos *pos)
{
	struct source	*src;
	const char	*dir = lex->src->path, *slash;
	char		 path[PATH_MAX];
	int		 n;

	if (strlen(name->s) != name->len || name->len == 0) {
		diag_error(lex->diag, pos, "include: not a file name");
		return;
	}
	if (lex->depth >= FILE_DEPTH_MAX || lex->count >= FILE_COUNT_MAX) {
		diag_error(lex->diag, pos, "include \"%s\": more than %d "
		    "includes in one another, or %d in all", name->s,
		    FILE_DEPTH_MAX - 1, FILE_COUNT_MAX - 1);
		return;
	}
	if (name->s[0] == '/' || (slash = strrchr(dir, '/')) == NULL)
		n = snprintf(path, sizeof(path), "%s", name->s);
	else
		n = snprintf(path, sizeof(path), "%.*s/%s",
		    (int)(slash - dir), dir, name->s);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		diag_error(lex->diag, pos, "include \"%s\": the path is too "
		    "long", name->s);
		return;
	}
	if ((src = source_open(lex->conf, path, lex->src, lex->flags,
	    lex->diag, pos)) == NULL)
		return;
	lex->src = src;
	lex->depth++;
	lex->count++;
	lex->fresh = 1;
}

void
lex_define(struct lex *lex, const struct lex_token *t)
{
	macro_define(&lex->macros, t);
}

void
lex_unused(struct lex *lex)
{
	macros_unused(&lex->macros, lex->src->path);
}

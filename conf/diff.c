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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* Statements that stand in no block. */
#define DIFF_GLOBAL	"global"

/* Most of a text that is known at once; arrays grow by doubling. */
#define DIFF_GROW	16

/* A piece of one of the texts. */
struct piece {
	const char	*s;
	size_t		 len;
};

struct diff_line {
	struct piece	 text;
	int		 same;		/* the other text has it, too */
};

struct diff_object {
	struct piece		 name;
	size_t			 order;		/* in its text */
	struct diff_line	*line;
	size_t			 n;
	size_t			 room;
	int			 merged;	/* into one of this name */
	struct diff_object	*other;		/* in the other text; NULL */
};

struct diff_text {
	struct diff_object	*object;
	size_t			 n;
	size_t			 room;
	struct diff_object	**byname;
};

struct diff {
	struct diff_text	 old;
	struct diff_text	 new;
	conf_report		 report;
	void			*arg;
};

static int	 text_read(struct diff_text *, const char *);
static struct diff_object *text_object(struct diff_text *, struct piece);
static int	 text_line(struct diff_text *, struct diff_object **,
		    struct piece);
static int	 text_block(struct diff_text *, struct diff_object **,
		    struct piece);
static int	 text_sort(struct diff_text *);
static void	 text_free(struct diff_text *);
static struct diff_object *text_find(const struct diff_text *,
		    const struct diff_object *);
static int	 object_line(struct diff_object *, struct piece);
static size_t	 name_len(struct piece);
static int	 piece_cmp(const struct piece *, const struct piece *);
static int	 byname_cmp(const void *, const void *);
static int	 line_cmp(const void *, const void *);
static int	 diff_changed(struct diff *, struct diff_object *);
static int	 diff_differs(const struct diff_object *);
static void	 lines_match(struct diff_line **, size_t, struct diff_line **,
		    size_t);
static struct diff_line **lines_sorted(const struct diff_object *);
static struct diff_line *lines_partner(struct diff_line **, size_t,
		    const struct diff_line *);
static size_t	 word_len(const struct piece *);
static void	 diff_whole(struct diff *, const char *, const char *,
		    const struct diff_object *);
static void	 diff_head(struct diff *, const char *,
		    const struct diff_object *);
static void	 diff_line(struct diff *, const char *, const struct piece *);

char *
conf_canonical(const struct conf *conf)
{
	FILE	*f;
	char	*text = NULL;
	size_t	 size;

	if ((f = open_memstream(&text, &size)) == NULL)
		return (NULL);
	conf_print(conf, f);
	if (fclose(f) == EOF) {
		free(text);
		return (NULL);
	}
	return (text);
}

int
conf_diff(const char *old, const char *new, conf_report report, void *arg)
{
	struct diff	 d;
	size_t		 i;
	int		 n = -1;

	memset(&d, 0, sizeof(d));
	d.report = report;
	d.arg = arg;
	if (text_read(&d.old, old) == -1 || text_read(&d.new, new) == -1)
		goto done;
	for (i = 0; i < d.new.n; i++)
		d.new.object[i].other = text_find(&d.old, &d.new.object[i]);
	for (i = 0; i < d.old.n; i++)
		d.old.object[i].other = text_find(&d.new, &d.old.object[i]);
	n = 0;
	for (i = 0; i < d.old.n; i++)
		if (d.old.object[i].other == NULL) {
			diff_whole(&d, "removed", "- ", &d.old.object[i]);
			n++;
		}
	for (i = 0; i < d.new.n; i++) {
		if (d.new.object[i].merged)
			continue;
		if (d.new.object[i].other == NULL) {
			diff_whole(&d, "added", "+ ", &d.new.object[i]);
			n++;
		} else if (diff_differs(&d.new.object[i])) {
			if (diff_changed(&d, &d.new.object[i]) == -1) {
				n = -1;
				break;
			}
			n++;
		}
	}
done:
	text_free(&d.old);
	text_free(&d.new);
	return (n);
}

static int
text_read(struct diff_text *t, const char *text)
{
	struct diff_object	*block = NULL;
	struct piece		 line;
	const char		*next;

	for (; *text != '\0'; text = next) {
		line.s = text;
		line.len = strcspn(text, "\n");
		next = text + line.len;
		if (*next == '\n')
			next++;
		if (line.len > 0 && text_line(t, &block, line) == -1)
			return (-1);
	}
	return (text_sort(t));
}

/* A line of a block, one that begins or ends it, or one that is in none. */
static int
text_line(struct diff_text *t, struct diff_object **block, struct piece line)
{
	static const struct piece	 global = { DIFF_GLOBAL,
					    sizeof(DIFF_GLOBAL) - 1 };
	struct diff_object		*o;

	if (line.s[0] == '\t' && *block != NULL) {
		line.s++;
		line.len--;
		return (object_line(*block, line));
	}
	if (line.s[0] == '}') {
		*block = NULL;
		return (0);
	}
	if (line.len > 2 && memcmp(line.s + line.len - 2, " {", 2) == 0) {
		line.len -= 2;
		return (text_block(t, block, line));
	}
	*block = NULL;
	if (t->n > 0 && piece_cmp(&t->object[t->n - 1].name, &global) == 0)
		o = &t->object[t->n - 1];
	else if ((o = text_object(t, global)) == NULL)
		return (-1);
	return (object_line(o, line));
}

/* What follows the name is the first line of what is in it. */
static int
text_block(struct diff_text *t, struct diff_object **block, struct piece head)
{
	struct piece	name = head;

	name.len = name_len(head);
	if ((*block = text_object(t, name)) == NULL)
		return (-1);
	if (name.len == head.len)
		return (0);
	head.s += name.len + 1;
	head.len -= name.len + 1;
	return (object_line(*block, head));
}

/* `vrrp "VI_1"', `table <web>': the first that is quoted or bracketed. */
static size_t
name_len(struct piece head)
{
	size_t	 i = 0;
	char	 end;

	while (i < head.len && head.s[i] != '"' && head.s[i] != '<')
		i++;
	if (i == head.len)
		return (i);
	end = head.s[i] == '<' ? '>' : '"';
	for (i++; i < head.len && head.s[i] != end; i++)
		if (head.s[i] == '\\')
			i++;
	return (i < head.len ? i + 1 : head.len);
}

static struct diff_object *
text_object(struct diff_text *t, struct piece name)
{
	struct diff_object	*o;
	size_t			 room;

	if (t->n == t->room) {
		room = t->room == 0 ? DIFF_GROW : 2 * t->room;
		o = reallocarray(t->object, room, sizeof(*o));
		if (o == NULL)
			return (NULL);
		t->object = o;
		t->room = room;
	}
	o = &t->object[t->n];
	memset(o, 0, sizeof(*o));
	o->name = name;
	o->order = t->n++;
	return (o);
}

static int
object_line(struct diff_object *o, struct piece text)
{
	struct diff_line	*l;
	size_t			 room;

	if (o->n == o->room) {
		room = o->room == 0 ? DIFF_GROW : 2 * o->room;
		l = reallocarray(o->line, room, sizeof(*l));
		if (l == NULL)
			return (-1);
		o->line = l;
		o->room = room;
	}
	o->line[o->n].text = text;
	o->line[o->n++].same = 0;
	return (0);
}

static int
piece_cmp(const struct piece *a, const struct piece *b)
{
	size_t	 len = a->len < b->len ? a->len : b->len;
	int	 n;

	if ((n = memcmp(a->s, b->s, len)) != 0)
		return (n);
	return (a->len < b->len ? -1 : a->len > b->len);
}

static int
byname_cmp(const void *va, const void *vb)
{
	const struct diff_object *const	*a = va, *const *b = vb;
	int				 n;

	if ((n = piece_cmp(&(*a)->name, &(*b)->name)) != 0)
		return (n);
	return ((*a)->order < (*b)->order ? -1 : (*a)->order > (*b)->order);
}

/* By name, to be found; what has the name of one before belongs to that. */
static int
text_sort(struct diff_text *t)
{
	struct diff_object	*first;
	size_t			 i, j, n = 0;

	if ((t->byname = calloc(t->n + 1, sizeof(*t->byname))) == NULL)
		return (-1);
	for (i = 0; i < t->n; i++)
		t->byname[i] = &t->object[i];
	qsort(t->byname, t->n, sizeof(*t->byname), byname_cmp);
	for (i = 0; i < t->n; i++) {
		first = n > 0 ? t->byname[n - 1] : NULL;
		if (first == NULL ||
		    piece_cmp(&first->name, &t->byname[i]->name) != 0) {
			t->byname[n++] = t->byname[i];
			continue;
		}
		t->byname[i]->merged = 1;
		for (j = 0; j < t->byname[i]->n; j++)
			if (object_line(first,
			    t->byname[i]->line[j].text) == -1)
				return (-1);
	}
	for (; n < t->n; n++)
		t->byname[n] = NULL;
	return (0);
}

static void
text_free(struct diff_text *t)
{
	size_t	i;

	for (i = 0; i < t->n; i++)
		free(t->object[i].line);
	free(t->object);
	free(t->byname);
}

static struct diff_object *
text_find(const struct diff_text *t, const struct diff_object *o)
{
	size_t	lo = 0, hi = t->n, mid;
	int	n;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		/* The merged leave the end of the array empty. */
		if (t->byname[mid] == NULL)
			n = -1;
		else
			n = piece_cmp(&o->name, &t->byname[mid]->name);
		if (n == 0)
			return (t->byname[mid]);
		if (n < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return (NULL);
}

static int
line_cmp(const void *va, const void *vb)
{
	const struct diff_line *const	*a = va, *const *b = vb;

	return (piece_cmp(&(*a)->text, &(*b)->text));
}

static int
diff_differs(const struct diff_object *o)
{
	size_t	i;

	if (o->n != o->other->n)
		return (1);
	for (i = 0; i < o->n; i++)
		if (piece_cmp(&o->line[i].text, &o->other->line[i].text) != 0)
			return (1);
	return (0);
}

static struct diff_line **
lines_sorted(const struct diff_object *o)
{
	struct diff_line	**sorted;
	size_t			  i;

	if ((sorted = calloc(o->n + 1, sizeof(*sorted))) == NULL)
		return (NULL);
	for (i = 0; i < o->n; i++)
		sorted[i] = &o->line[i];
	qsort(sorted, o->n, sizeof(*sorted), line_cmp);
	return (sorted);
}

/* Note what both have; a line that one has twice must be there twice. */
static void
lines_match(struct diff_line **a, size_t na, struct diff_line **b, size_t nb)
{
	size_t	i = 0, j = 0;
	int	n;

	while (i < na && j < nb) {
		if ((n = line_cmp(&a[i], &b[j])) == 0)
			a[i]->same = b[j]->same = 1;
		if (n <= 0)
			i++;
		if (n >= 0)
			j++;
	}
}

static size_t
word_len(const struct piece *p)
{
	const char	*end = memchr(p->s, ' ', p->len);

	return (end != NULL ? (size_t)(end - p->s) : p->len);
}

/* The first line not told yet that begins with the same word. */
static struct diff_line *
lines_partner(struct diff_line **sorted, size_t n, const struct diff_line *l)
{
	struct piece	 word = { l->text.s, word_len(&l->text) };
	size_t		 lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (piece_cmp(&sorted[mid]->text, &word) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < n; lo++) {
		if (sorted[lo]->text.len < word.len ||
		    memcmp(sorted[lo]->text.s, word.s, word.len) != 0)
			break;
		if (!sorted[lo]->same &&
		    word_len(&sorted[lo]->text) == word.len)
			return (sorted[lo]);
	}
	return (NULL);
}

static int
diff_changed(struct diff *d, struct diff_object *new)
{
	struct diff_object	 *old = new->other;
	struct diff_line	**a, **b, *l;
	size_t			  i;
	int			  told = 0;

	a = lines_sorted(old);
	b = lines_sorted(new);
	if (a == NULL || b == NULL) {
		free(a);
		free(b);
		return (-1);
	}
	lines_match(a, old->n, b, new->n);
	diff_head(d, "changed", new);
	for (i = 0; i < old->n; i++) {
		if (old->line[i].same)
			continue;
		diff_line(d, "- ", &old->line[i].text);
		told = 1;
		if ((l = lines_partner(b, new->n, &old->line[i])) == NULL)
			continue;
		diff_line(d, "+ ", &l->text);
		l->same = 1;
	}
	for (i = 0; i < new->n; i++)
		if (!new->line[i].same) {
			diff_line(d, "+ ", &new->line[i].text);
			told = 1;
		}
	if (!told)
		d->report(d->arg, "\tthe order of its lines");
	free(a);
	free(b);
	return (0);
}

static void
diff_head(struct diff *d, const char *how, const struct diff_object *o)
{
	char	*line;

	if (asprintf(&line, "%s %.*s", how, (int)o->name.len,
	    o->name.s) == -1)
		return;
	d->report(d->arg, line);
	free(line);
}

static void
diff_whole(struct diff *d, const char *how, const char *sign,
    const struct diff_object *o)
{
	size_t	i;

	diff_head(d, how, o);
	for (i = 0; i < o->n; i++)
		diff_line(d, sign, &o->line[i].text);
}

static void
diff_line(struct diff *d, const char *sign, const struct piece *text)
{
	FILE	*f;
	char	*line = NULL;
	size_t	 size;

	if ((f = open_memstream(&line, &size)) == NULL)
		return;
	fprintf(f, "\t%s", sign);
	conf_hide(text->s, text->len, f);
	if (fclose(f) != EOF)
		d->report(d->arg, line);
	free(line);
}

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

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "change.h"
#include "outline.h"

/* Changes known at once; the array grows by doubling. */
#define CHANGES_GROW	16

static struct conf_changes *changes_new(struct outline *);
static int	 changes_text(struct conf_changes *, struct conf *,
		    const struct outline_text *);
static int	 changes_def(struct conf_changes *, struct conf *,
		    const struct conf_tabledef *);
static struct conf_tabledef *def_find(struct conf *, const char *);
static int	 changes_table(struct conf_changes *, struct conf_table *,
		    const struct conf_tabledef *);
static int	 host_alike(const struct conf_hosts *,
		    const struct conf_hosts *, unsigned int);
static int	 changes_add(struct conf_changes *, struct conf_host *,
		    uint16_t);

static struct conf_changes *
changes_new(struct outline *outline)
{
	struct conf_changes	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		outline_free(outline);
		return (NULL);
	}
	c->outline = outline;
	return (c);
}

void
conf_changes_free(struct conf_changes *c)
{
	if (c == NULL)
		return;
	outline_free(c->outline);
	free(c->list);
	free(c);
}

struct conf_changes *
conf_changes_find(struct conf *conf)
{
	struct outline_text	 text;
	struct outline		*outline;
	struct conf_changes	*c = NULL;

	memset(&text, 0, sizeof(text));
	outline = outline_read(conf->outline, &text);
	if (outline != NULL && (c = changes_new(outline)) != NULL &&
	    text.len > 0 && changes_text(c, conf, &text) == -1) {
		conf_changes_free(c);
		c = NULL;
	}
	free(text.s);
	return (c);
}

static int
changes_text(struct conf_changes *c, struct conf *conf,
    const struct outline_text *text)
{
	const struct conf_tabledef	*d;
	struct conf			*some;
	int				 rc = -1;

	some = conf_parse_tables("tables", text->s, text->len);
	/* A name of a host may stand for another address by now. */
	if (some == NULL || !outline_tells(some->outline))
		goto done;
	TAILQ_FOREACH(d, &some->tabledefs, entry)
		if (changes_def(c, conf, d) == -1)
			goto done;
	rc = 0;
 done:
	conf_free(some);
	return (rc);
}

static struct conf_tabledef *
def_find(struct conf *conf, const char *name)
{
	struct conf_tabledef	*d;

	TAILQ_FOREACH(d, &conf->tabledefs, entry)
		if (strcmp(d->name, name) == 0)
			return (d);
	return (NULL);
}

/* One that no service uses is not much to read. */
static int
changes_def(struct conf_changes *c, struct conf *conf,
    const struct conf_tabledef *new)
{
	struct conf_tabledef	*old;
	struct conf_table	*t;
	int			 used = 0;

	if ((old = def_find(conf, new->name)) == NULL ||
	    old->flags != new->flags)
		return (-1);
	TAILQ_FOREACH(t, &conf->tables, entry) {
		if (t->def != old)
			continue;
		used = 1;
		if (changes_table(c, t, new) == -1)
			return (-1);
	}
	return (used ? 0 : -1);
}

static int
changes_table(struct conf_changes *c, struct conf_table *t,
    const struct conf_tabledef *new)
{
	unsigned int	i;

	if (t->hosts.n != new->hosts.n)
		return (-1);
	for (i = 0; i < t->hosts.n; i++) {
		if (!host_alike(&t->hosts, &new->hosts, i))
			return (-1);
		if (t->hosts.host[i].weight != new->hosts.host[i].weight &&
		    changes_add(c, &t->hosts.host[i],
		    new->hosts.host[i].weight) == -1)
			return (-1);
	}
	return (0);
}

/* The hosts of this place are the same but for the weight. */
static int
host_alike(const struct conf_hosts *old, const struct conf_hosts *new,
    unsigned int i)
{
	const struct conf_host		*a = &old->host[i], *b = &new->host[i];
	const struct conf_host_more	*x = conf_host_more(old, a);
	const struct conf_host_more	*y = conf_host_more(new, b);

	return (addr_cmp(&a->addr, &b->addr) == 0 && a->flags == b->flags &&
	    addr_cmp(&x->parent, &y->parent) == 0 && x->upper == y->upper &&
	    x->lower == y->lower);
}

static int
changes_add(struct conf_changes *c, struct conf_host *h, uint16_t weight)
{
	struct conf_change	*list;
	size_t			 room;

	if (c->n == c->room) {
		room = c->room == 0 ? CHANGES_GROW : 2 * c->room;
		list = recallocarray(c->list, c->room, room, sizeof(*list));
		if (list == NULL)
			return (-1);
		c->list = list;
		c->room = room;
	}
	c->list[c->n].host = h;
	c->list[c->n++].weight = weight;
	return (0);
}

void
conf_changes_swap(struct conf *conf, struct conf_changes *c)
{
	struct conf_change	*change;
	struct outline		*outline = conf->outline;
	uint32_t		 generation = conf->generation;
	uint16_t		 weight;
	size_t			 i;

	for (i = 0; i < c->n; i++) {
		change = &c->list[i];
		weight = change->host->weight;
		change->host->weight = change->weight;
		change->weight = weight;
	}
	conf->outline = c->outline;
	c->outline = outline;
	conf->generation = c->generation;
	c->generation = generation;
}

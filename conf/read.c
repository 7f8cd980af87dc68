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

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "build.h"
#include "build_vrrp.h"
#include "change.h"
#include "outline.h"

/* From a file, or a text of tables, to a tree; what is read is parse.y's. */

static struct parse	*parse_new(int, conf_report, void *);
static int		 parse_begin(struct parse *);
static struct conf	*parse_end(struct parse *);
static void		 parse_quiet(void *, const char *);

static struct parse *
parse_new(int flags, conf_report report, void *arg)
{
	struct parse	*p;
	struct diag	 diag;

	diag_init(&diag, report, arg);
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		diag_nomem(&diag);
		return (NULL);
	}
	p->diag = diag;
	p->flags = flags;
	TAILQ_INIT(&p->pools);
	TAILQ_INIT(&p->members);
	build_announce_begin(&p->announce);
	TAILQ_INIT(&p->tracks);
	TAILQ_INIT(&p->bounds);
	return (p);
}

/* An empty tree, to read into. */
static int
parse_begin(struct parse *p)
{
	if ((p->conf = conf_new()) == NULL ||
	    (p->index = index_new()) == NULL) {
		diag_nomem(&p->diag);
		return (-1);
	}
	/* Who only checks has nothing to compare a reload with. */
	if (!(p->flags & CONF_P_CHECK_ONLY))
		p->conf->outline = outline_new();
	return (0);
}

/* The tree, when there was no error. */
static struct conf *
parse_end(struct parse *p)
{
	struct conf	*conf = p->conf;

	if (p->diag.errors > 0) {
		conf_free(conf);
		conf = NULL;
	}
	lex_close(p->lex);
	index_free(p->index);
	index_free(p->hosts_index);
	free(p->hosts.host);
	free(p->hosts.more);
	freezero(p, sizeof(*p));
	return (conf);
}

struct conf *
conf_parse(const char *path, const struct conf_macros *macros, int flags,
    conf_report report, void *arg)
{
	struct parse	*p;

	if ((p = parse_new(flags, report, arg)) == NULL)
		return (NULL);
	if (parse_begin(p) == 0) {
		p->lex = lex_open(p->conf, path, macros, flags, &p->diag);
		if (parse_text(p) == 0)
			check_conf(p);
		if (p->lex != NULL)
			lex_unused(p->lex);
	}
	return (parse_end(p));
}

static void
parse_quiet(void *, const char *)
{
}

struct conf *
conf_parse_tables(const char *path, const char *text, size_t len)
{
	struct parse	*p;

	if ((p = parse_new(0, parse_quiet, NULL)) == NULL)
		return (NULL);
	if (parse_begin(p) == 0) {
		p->lex = lex_open_text(p->conf, path, text, len, &p->diag);
		(void)parse_text(p);
	}
	return (parse_end(p));
}

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

#include <string.h>

#include "build_vrrp.h"

/* Checks that say more of a host than good or bad: what its weight is. */

static struct conf_script	*ref_script(struct parse *, const char *);

void
build_check_agent(struct parse *p, struct check_spec *c,
    const struct lex_str *port)
{
	c->where_seen |= WHERE_PORT;
	c->conf.port = resolve_port(p, port, "tcp");
}

/* What follows "dynamic" is no keyword, for elsewhere a number follows it. */
void
build_pool_dynamic(struct parse *p, struct pool_ref *ref,
    const struct lex_str *word)
{
	struct check_spec	*c = TAILQ_LAST(&ref->checks, check_specs);

	if (strcmp(word->s, "weight") != 0)
		conf_error(p, "dynamic \"%s\": a weight alone can be",
		    word->s);
	else if (c == NULL)
		conf_error(p, "dynamic weight: is of a check, and stands "
		    "behind it");
	else if (c->conf.type == CHECK_SCRIPT)
		c->conf.flags |= CHECK_F_DYNAMIC;
	else if (c->conf.type != CHECK_AGENT && c->conf.type != CHECK_FILE)
		conf_error(p, "dynamic weight: a check %s knows no weight",
		    check_type_names[c->conf.type]);
}

/* A script may be defined further down. */
void
build_check_ref(struct parse *p, struct check_spec *c,
    const struct lex_str *what)
{
	char	 name[NAME_LEN], path[TRACK_NAME_LEN];

	if (c->conf.type == CHECK_SCRIPT) {
		if (value_name(p, "script", what, name) == 0)
			check_put_head(p, c, "script", ITEM_REF, name,
			    strlen(name));
	} else if (track_path(p, what, path) == 0)
		check_put_head(p, c, "file", ITEM_REF, path, strlen(path));
}

int
build_check_where(struct parse *p, const struct check_spec *c,
    const char *what, enum seen seen)
{
	if (c->conf.type == CHECK_SCRIPT && seen != WHERE_ON &&
	    seen != WHERE_PORT) {
		conf_error(p, "%s: how a script goes about its check is its "
		    "own affair", what);
		return (-1);
	}
	if (c->conf.type == CHECK_FILE) {
		conf_error(p, "%s: a check file does not go anywhere", what);
		return (-1);
	}
	return (0);
}

static struct conf_script *
ref_script(struct parse *p, const char *name)
{
	key_name(&p->key, KEY_SCRIPT, name);
	return (index_get(p->index, &p->key));
}

void
check_ref_timing(struct parse *p, const struct check_spec *spec,
    struct timing *t)
{
	const struct conf_script	*s;
	const char			*name;

	if (spec->conf.type != CHECK_SCRIPT ||
	    (name = check_item_find(&spec->conf, spec->items, ITEM_REF,
	    NULL)) == NULL || (s = ref_script(p, name)) == NULL)
		return;
	if (t->interval_ms == 0)
		t->interval_ms = s->conf.interval_ms;
	if (t->timeout_ms == 0)
		t->timeout_ms = s->conf.timeout_ms;
	if (t->rise == 0)
		t->rise = s->conf.rise;
	if (t->fall == 0)
		t->fall = s->conf.fall;
}

int
check_ref(struct parse *p, const struct pool_ref *ref, struct conf_check *c)
{
	const char	*name;

	if ((name = check_item_find(&c->conf, c->items, ITEM_REF,
	    NULL)) == NULL)
		return (0);
	if (c->conf.type == CHECK_FILE) {
		c->file = track_file_share(p, name, 1);
		return (c->file != NULL ? 0 : -1);
	}
	if ((c->script = ref_script(p, name)) != NULL) {
		c->script->used = 1;
		return (0);
	}
	if (p->errors_top == 0)
		diag_error(&p->diag, &ref->pos, "service \"%s\", table <%s>: "
		    "script \"%s\" is not defined", ref->service->name,
		    ref->table, name);
	return (-1);
}

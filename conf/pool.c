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

#include "build.h"

/*
 * What stands behind `forward to', `route to' and `tunnel to'.  Tables may
 * be defined further down, so all is kept as written until check.c.
 */

struct pool_ref *
build_pool(struct parse *p, enum forward_method method,
    const struct lex_str *table)
{
	struct conf_service	*s = p->service;
	struct pool_ref		*ref;
	char			 name[NAME_LEN], *kept;
	int			 role;

	if ((ref = lex_alloc(p->lex, sizeof(*ref))) == NULL)
		return (NULL);
	TAILQ_INIT(&ref->checks);
	ref->table = "";
	ref->pos = p->pos;
	if (s == NULL || value_name(p, "table", table, name) == -1 ||
	    (kept = lex_alloc(p->lex, strlen(name) + 1)) == NULL)
		return (ref);
	memcpy(kept, name, strlen(name));
	ref->table = kept;
	for (role = POOL_PRIMARY; role < POOL_MAX; role++)
		if (!s->pool[role].said)
			break;
	if (role == POOL_MAX) {
		conf_error(p, "service \"%s\" has two tables already, the "
		    "second being the backup; a third has no use",
		    s->name);
		return (ref);
	}
	ref->service = s;
	ref->pool = &s->pool[role];
	ref->pool->method = method;
	ref->pool->said = 1;
	TAILQ_INSERT_TAIL(&p->pools, ref, entry);
	return (ref);
}

void
build_pool_port(struct parse *p, struct pool_ref *ref,
    const struct lex_str *port)
{
	if (build_once(p, &ref->seen, SEEN_PORT, "port") == 0)
		ref->port = resolve_port(p, port, NULL);
}

void
build_pool_timing(struct parse *p, struct pool_ref *ref, enum seen what,
    const struct lex_str *str)
{
	struct check_spec	*c;

	if ((c = TAILQ_LAST(&ref->checks, check_specs)) != NULL)
		build_timing(p, &c->timing, &c->seen, what, str);
	else
		build_timing(p, &ref->timing, &ref->seen, what, str);
}

/* The check lives as long as the pool from here on. */
void
build_pool_check(struct parse *p, struct pool_ref *ref,
    struct check_spec *check)
{
	struct check_spec	*c;
	uint8_t			*items;

	build_check_end(p, check);
	if (ref->nchecks++ >= CHECKS_MAX) {
		conf_error(p, "more than %d checks of one table", CHECKS_MAX);
		return;
	}
	if ((c = lex_alloc(p->lex, sizeof(*c))) == NULL ||
	    (items = lex_alloc(p->lex, check->conf.items_len + 1)) == NULL)
		return;
	*c = *check;
	memcpy(items, check->items, check->conf.items_len);
	c->items = items;
	TAILQ_INSERT_TAIL(&ref->checks, c, entry);
}

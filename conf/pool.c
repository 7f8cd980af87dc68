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
	int			 role;

	if ((ref = lex_alloc(p->lex, sizeof(*ref))) == NULL)
		return (NULL);
	ref->pos = p->pos;
	if (s == NULL || value_name(p, "table", table, ref->table) == -1)
		return (ref);
	for (role = POOL_PRIMARY; role < POOL_MAX; role++)
		if (s->pool[role].file == NULL)
			break;
	if (role == POOL_MAX) {
		conf_error(p, "service \"%s\" has two tables already, the "
		    "second being the backup; a third has no use",
		    s->conf.name);
		return (ref);
	}
	ref->service = s;
	ref->pool = &s->pool[role];
	ref->pool->method = method;
	ref->pool->file = p->pos.file;
	ref->pool->line = p->pos.line;
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
build_pool_check(struct parse *p, struct pool_ref *ref,
    const struct check_spec *check)
{
	if (build_once(p, &ref->seen, SEEN_CHECK, "check") == 0)
		ref->check = *check;
}

void
build_check_path(struct parse *p, struct check_spec *c,
    const struct lex_str *path)
{
	if (value_text(p, "path", path) == -1)
		return;
	if (path->s[0] != '/') {
		conf_error(p, "path \"%s\": must begin with \"/\"", path->s);
		return;
	}
	c->code = DEFAULT_HTTP_CODE;
	c->str[CHECK_STR_PATH] = *path;
}

void
build_check_host(struct parse *p, struct check_spec *c,
    const struct lex_str *host)
{
	if (build_once(p, &c->seen, SEEN_HOST, "host") == 0 &&
	    value_text(p, "host", host) == 0)
		c->str[CHECK_STR_HOST] = *host;
}

void
build_check_code(struct parse *p, struct check_spec *c,
    const struct lex_str *code)
{
	if (build_once(p, &c->seen, SEEN_CODE, "code") == 0)
		c->code = value_number(p, "code", code, HTTP_CODE_MIN,
		    HTTP_CODE_MAX);
}

void
build_check_noverify(struct parse *p, struct check_spec *c)
{
	if (c->type != CHECK_HTTPS)
		conf_error(p, "\"no verify\" is for https only");
	else if (build_once(p, &c->seen, SEEN_VERIFY, "no verify") == 0)
		c->flags |= CHECK_F_NOVERIFY;
}

void
build_check_send(struct parse *p, struct check_spec *c,
    const struct lex_str *text, const struct lex_str *expect)
{
	if (text != NULL && text->len == 0)
		conf_error(p, "send: the text is empty; write \"send "
		    "nothing\", without quotes around \"nothing\"");
	if (text != NULL && text->len > CHECK_STR_LEN)
		conf_error(p, "send: longer than %d bytes", CHECK_STR_LEN);
	if (expect->len == 0 || expect->len > CHECK_STR_LEN)
		conf_error(p, "expect: must have from 1 to %d bytes",
		    CHECK_STR_LEN);
	else if (strlen(expect->s) != expect->len)
		conf_error(p, "expect: a pattern cannot hold a NUL");
	if (text != NULL)
		c->str[CHECK_STR_SEND] = *text;
	c->str[CHECK_STR_EXPECT] = *expect;
}

void
build_check_port(struct parse *p, struct check_spec *c,
    const struct lex_str *port)
{
	if (c->type == CHECK_ICMP)
		conf_error(p, "check icmp: there are no ports in ICMP");
	else
		c->port = resolve_port(p, port, "tcp");
}

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

#include "build.h"

/* Checks that say more of a host than good or bad: what its weight is. */

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
	const struct check_spec	*c = TAILQ_LAST(&ref->checks, check_specs);

	if (strcmp(word->s, "weight") != 0)
		conf_error(p, "dynamic \"%s\": a weight alone can be",
		    word->s);
	else if (c == NULL)
		conf_error(p, "dynamic weight: is of a check, and stands "
		    "behind it");
	else if (c->conf.type != CHECK_AGENT)
		conf_error(p, "dynamic weight: a check %s knows no weight",
		    check_type_names[c->conf.type]);
}

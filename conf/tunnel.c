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

#include "build.h"

/* Nothing is kept of a pool that could not be made. */

void
build_tunnel(struct parse *p, struct pool_ref *ref, enum tunnel_type type)
{
	if (build_once(p, &ref->seen, SEEN_TUNNEL, "type") == -1 ||
	    ref->pool == NULL)
		return;
	if (ref->pool->method != FWD_TUNNEL) {
		conf_error(p, "type %s: only \"tunnel to\" has a type",
		    tunnel_type_names[type]);
		return;
	}
	ref->pool->tunnel = type;
}

void
build_tunnel_port(struct parse *p, struct pool_ref *ref,
    const struct lex_str *str)
{
	uint16_t	port;

	port = resolve_port(p, str, "udp");
	if (ref->pool != NULL)
		ref->pool->tunnel_port = port;
}

void
build_tunnel_flag(struct parse *, struct pool_ref *ref, uint8_t flag)
{
	if (ref->pool != NULL)
		ref->pool->flags |= flag;
}

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
#include <string.h>

#include "env.h"
#include "override.h"

#define WEIGHT_TEXT_LEN	32

static const char	*weight_text(const struct msg_override *, uint32_t,
			    char *);

static const char *
weight_text(const struct msg_override *o, uint32_t conf, char *buf)
{
	if (o->flags & OVERRIDE_F_WEIGHT)
		snprintf(buf, WEIGHT_TEXT_LEN, "weight %u", o->weight);
	else
		snprintf(buf, WEIGHT_TEXT_LEN, "weight %u as configured",
		    conf);
	return (buf);
}

void
change_weight(struct change *c, struct lbe_host *h)
{
	struct msg_override	 new = *host_override(h);
	char			 from[WEIGHT_TEXT_LEN], to[WEIGHT_TEXT_LEN];
	char			 name[HOST_NAME_LEN];

	weight_text(host_override(h), h->weight, from);
	if (c->weight == CTL_WEIGHT_CONFIGURED) {
		new.flags &= ~OVERRIDE_F_WEIGHT;
		new.weight = 0;
		memset(&new.weight_by, 0, sizeof(new.weight_by));
	} else if ((new.flags & OVERRIDE_F_WEIGHT) == 0 ||
	    new.weight != c->weight) {
		new.flags |= OVERRIDE_F_WEIGHT;
		new.weight = c->weight;
		override_by(c, &new.weight_by);
	}
	override_put(c, h->id, &host_extra(h)->override, &new);
	override_tell(c, CTL_EVENT_HOST, h->id, "host",
	    override_host_name(h, name), from,
	    weight_text(host_override(h), h->weight, to));
	kernel_todo_table(c->env, h->table);
}

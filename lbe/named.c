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
#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <string.h>

#include "env.h"
#include "override.h"

/* What the operator names, by id or by name: all of it, one after another. */

static int	host_named(const struct ctl_id *, struct addr *, int *);

/*
 * What a host is called: "10.0.0.1", "10.0.0.1:80", "fd00::1",
 * "[fd00::1]:80".  The port is -1 when there is none.
 */
static int
host_named(const struct ctl_id *id, struct addr *addr, int *port)
{
	const char	*errstr;
	char		 name[CTL_NAME_LEN], *colon, *start = name;
	size_t		 len;

	*port = -1;
	if (addr_parse(id->name, addr) == 0)
		return (0);
	strlcpy(name, id->name, sizeof(name));
	if ((colon = strrchr(name, ':')) != NULL) {
		*port = strtonum(colon + 1, 0, UINT16_MAX, &errstr);
		if (errstr == NULL)
			*colon = '\0';
		else
			*port = -1;
	}
	len = strlen(name);
	if (name[0] == '[' && name[len - 1] == ']') {
		name[len - 1] = '\0';
		start++;
	} else if (strchr(name, ':') != NULL)
		return (-1);
	return (addr_parse(start, addr));
}

void
named_hosts(struct change *c, void (*cb)(struct change *, struct lbe_host *))
{
	const struct ctl_id	*id = &c->id;
	struct lbe_tree		*t = c->env->tree;
	struct lbe_table	*tb;
	struct lbe_host		*h;
	struct addr		 addr, its;
	int			 port;

	if (id->id != 0) {
		if ((h = tree_host(t, id->id)) != NULL)
			cb(c, h);
		return;
	}
	if (host_named(id, &addr, &port) == -1)
		return;
	STAILQ_FOREACH(tb, &t->tables, entry) {
		if ((port != -1 && port != tb->conf.port) ||
		    (tb->conf.flags & TABLE_F_VIA))
			continue;
		HOSTS_FOREACH(h, tb) {
			its = host_addr(h);
			if (addr_cmp(&addr, &its) == 0)
				cb(c, h);
		}
	}
}

/* A table's name means it on all its ports, "web:80" on that one. */
void
named_tables(struct change *c, void (*cb)(struct change *, struct lbe_table *))
{
	const struct ctl_id	*id = &c->id;
	struct lbe_table	*tb;
	char			 label[TABLE_LABEL_LEN];

	if (id->id != 0) {
		if ((tb = tree_table(c->env->tree, id->id)) != NULL)
			cb(c, tb);
		return;
	}
	STAILQ_FOREACH(tb, &c->env->tree->tables, entry)
		if (strcmp(id->name, tb->conf.name) == 0 ||
		    strcmp(id->name, table_label(tb, label)) == 0)
			cb(c, tb);
}

void
named_services(struct change *c,
    void (*cb)(struct change *, struct lbe_service *))
{
	const struct ctl_id	*id = &c->id;
	struct lbe_service	*s;

	if (id->id != 0) {
		if ((s = tree_service(c->env->tree, id->id)) != NULL)
			cb(c, s);
		return;
	}
	STAILQ_FOREACH(s, &c->env->tree->services, entry)
		if (strcmp(id->name, s->conf.name) == 0)
			cb(c, s);
}

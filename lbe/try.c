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
#include <bsd/sys/queue.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"
#include "plan.h"

/*
 * A configuration that a client has read itself, to be compared and never to
 * run.  Its ids mean nothing here: an object is the one of the same name.
 */

/*
 * Of all that are being tried, and of what each of them would have in the
 * kernel: some times what a director has ever had.
 */
#define TRY_OBJECTS_MAX	250000
/* The client gives ids to what it does not send, too. */
#define TRY_ID_MAX	(2 * TRY_OBJECTS_MAX)
/* What has no counterpart has ids that no configuration comes to. */
#define TRY_ID_NEW	0x80000000U

struct try {
	struct lbe_env	*env;
	struct lbe_tree	*tree;
	uint32_t	*ids;		/* ours, by the client's */
	uint32_t	 nids;
	uint32_t	 objects;
	int		 full;		/* of more there is no room */
	uint32_t	 serial;	/* of the running tree */
	uint32_t	 next_id;	/* of its host after the last found */
};

static int	try_table(struct try *, struct imsg *);
static int	try_host(struct try *, struct imsg *);
static int	try_service(struct try *, struct imsg *);
static int	try_listen(struct try *, struct imsg *);
static int	try_is(struct try *, uint32_t, uint32_t);
static int	try_id(const struct try *, uint32_t, uint32_t *);
static uint32_t	table_like(const struct try *, const struct table_config *);
static int	checked_alike(struct lbe_tree *,
		    const struct table_config *, const struct lbe_table *);
static int	host_has(const struct lbe_host *, const struct addr *);
static uint32_t	host_like(struct try *, const struct host_config *);
static uint32_t	service_like(const struct try *, const char *);

struct try *
try_new(struct lbe_env *env)
{
	struct try	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("plan");
	t->env = env;
	t->tree = tree_new(++env->serial);
	t->tree->global = env->tree->global;
	t->serial = env->tree->serial;
	return (t);
}

void
try_free(struct try *t)
{
	if (t == NULL)
		return;
	t->env->tried -= t->objects;
	tree_free(t->tree);
	free(t->ids);
	free(t);
}

struct lbe_tree *
try_tree(struct try *t)
{
	if (t->serial != t->env->tree->serial || tree_complete(t->tree) == -1)
		return (NULL);
	return (t->tree);
}

/* A few objects can stand for very many real servers. */
int
try_fits(const struct try *t)
{
	const struct lbe_service	*s;
	const struct lbe_listen		*l;
	uint64_t			 hosts, listens, n = 0;
	int				 i;

	if (t->full)
		return (0);
	STAILQ_FOREACH(s, &t->tree->services, entry) {
		hosts = listens = 1;
		for (i = 0; i < POOL_MAX; i++)
			if (s->pool[i].table != NULL)
				hosts += s->pool[i].table->nhosts;
		STAILQ_FOREACH(l, &s->listens, entry)
			listens++;
		/* Each factor is below 2^32, and so is the sum before. */
		n += hosts * listens;
		if (n > TRY_OBJECTS_MAX)
			return (0);
	}
	return (1);
}

int
try_object(struct try *t, struct imsg *msg)
{
	/* Its client is told at the end. */
	if (t->env->tried >= TRY_OBJECTS_MAX)
		t->full = 1;
	if (t->full)
		return (0);
	t->env->tried++;
	t->objects++;
	switch (imsg_type(msg)) {
	case MSG_CTL_TRY_CHECK:
		return (stage_check(t->tree, msg));
	case MSG_CTL_TRY_TABLE:
		return (try_table(t, msg));
	case MSG_CTL_TRY_HOST:
		return (try_host(t, msg));
	case MSG_CTL_TRY_SERVICE:
		return (try_service(t, msg));
	case MSG_CTL_TRY_LISTEN:
		return (try_listen(t, msg));
	default:
		return (-1);
	}
}

/* The client's id is ours from now on. */
static int
try_is(struct try *t, uint32_t id, uint32_t ours)
{
	uint32_t	*ids, n;

	if (id == 0 || id > TRY_ID_MAX)
		return (-1);
	if (id >= t->nids) {
		for (n = t->nids == 0 ? 64 : t->nids; n <= id; n *= 2)
			;
		ids = recallocarray(t->ids, t->nids, n, sizeof(*ids));
		if (ids == NULL)
			fatal("plan");
		t->ids = ids;
		t->nids = n;
	}
	t->ids[id] = ours != 0 ? ours : TRY_ID_NEW + id;
	return (0);
}

static int
try_id(const struct try *t, uint32_t id, uint32_t *ours)
{
	if (id >= t->nids || t->ids[id] == 0)
		return (-1);
	*ours = t->ids[id];
	return (0);
}

static int
checked_alike(struct lbe_tree *t, const struct table_config *c,
    const struct lbe_table *tb)
{
	enum check_type	type;
	int		i;

	if (c->nchecks != tb->conf.nchecks)
		return (0);
	for (i = 0; i < c->nchecks; i++)
		if (tree_check_type(t, c->check_id[i], &type) == -1 ||
		    type != tb->check[i])
			return (0);
	return (1);
}

/*
 * The one of this name and port; if there are several, which differ in their
 * checks, the first that is checked so, else the first that is left.
 */
static uint32_t
table_like(const struct try *t, const struct table_config *c)
{
	const struct lbe_table	*tb, *found = NULL;

	STAILQ_FOREACH(tb, &t->env->tree->tables, entry) {
		if (tb->conf.port != c->port ||
		    strcmp(tb->conf.name, c->name) != 0 ||
		    tree_table(t->tree, tb->conf.id) != NULL)
			continue;
		if (checked_alike(t->tree, c, tb))
			return (tb->conf.id);
		if (found == NULL)
			found = tb;
	}
	return (found != NULL ? found->conf.id : 0);
}

static int
try_table(struct try *t, struct imsg *msg)
{
	struct table_config	c;

	if (imsg_get_data(msg, &c, sizeof(c)) == -1 || !table_config_ok(&c) ||
	    try_is(t, c.id, table_like(t, &c)) == -1)
		return (-1);
	c.track_id = 0;
	(void)try_id(t, c.id, &c.id);
	return (tree_add_table(t->tree, &c));
}

static int
host_has(const struct lbe_host *h, const struct addr *addr)
{
	const struct addr	its = host_addr(h);

	return (addr_cmp(&its, addr) == 0);
}

/* Most come in the order of before. */
static uint32_t
host_like(struct try *t, const struct host_config *c)
{
	const struct lbe_table	*tb;
	const struct lbe_host	*h;

	if ((tb = tree_table(t->env->tree, c->table_id)) == NULL)
		return (0);
	h = tree_host(t->env->tree, t->next_id);
	if (h == NULL || h->table != tb || !host_has(h, &c->addr))
		HOSTS_FOREACH(h, tb)
			if (host_has(h, &c->addr))
				break;
	if (h == tb->hosts + tb->nhosts)
		return (0);
	t->next_id = HOST_INDEX(h) + 1 < tb->nhosts ? h[1].id : 0;
	return (h->id);
}

static int
try_host(struct try *t, struct imsg *msg)
{
	struct host_config	c;

	if (imsg_get_data(msg, &c, sizeof(c)) == -1 || !host_config_ok(&c) ||
	    try_id(t, c.table_id, &c.table_id) == -1 ||
	    try_is(t, c.id, host_like(t, &c)) == -1)
		return (-1);
	(void)try_id(t, c.id, &c.id);
	return (tree_add_host(t->tree, &c));
}

static uint32_t
service_like(const struct try *t, const char *name)
{
	const struct lbe_service	*s;

	STAILQ_FOREACH(s, &t->env->tree->services, entry)
		if (strcmp(s->conf.name, name) == 0)
			return (s->conf.id);
	return (0);
}

static int
try_service(struct try *t, struct imsg *msg)
{
	struct msg_try_service	 m;
	struct service_config	*c = &m.conf;
	struct ctl_id		 which;
	struct lbe_vrrp		*v;
	int			 i;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 ||
	    !service_config_ok(c) || !wire_name_ok(m.vrrp, sizeof(m.vrrp)) ||
	    try_is(t, c->id, service_like(t, c->name)) == -1)
		return (-1);
	(void)try_id(t, c->id, &c->id);
	for (i = 0; i < POOL_MAX; i++)
		if (c->pool[i].table_id != 0 && try_id(t,
		    c->pool[i].table_id, &c->pool[i].table_id) == -1)
			return (-1);
	/* One that does not run yet is master of nothing. */
	if (m.vrrp[0] != '\0') {
		memset(&which, 0, sizeof(which));
		memcpy(which.name, m.vrrp, sizeof(which.name));
		v = show_vrrp_find(t->env, &which);
		c->vrrp_id = v != NULL ? v->ctl.id : TRY_ID_NEW;
	}
	return (tree_add_service(t->tree, c));
}

/* Where services listen they are compared by what that is. */
static int
try_listen(struct try *t, struct imsg *msg)
{
	struct listen_config	c;

	if (imsg_get_data(msg, &c, sizeof(c)) == -1 ||
	    !listen_config_ok(&c) ||
	    try_id(t, c.service_id, &c.service_id) == -1 ||
	    try_is(t, c.id, 0) == -1)
		return (-1);
	(void)try_id(t, c.id, &c.id);
	return (tree_add_listen(t->tree, &c));
}

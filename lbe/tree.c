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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "env.h"

static int	add(struct lbe_byid *, uint32_t *);
static int	table_close(struct lbe_tree *);
static int	table_grow(struct lbe_table *);
static int	table_limit(struct lbe_table *, const struct host_config *);
static void	table_free(struct lbe_table *);
static void	service_free(struct lbe_service *);
static struct lbe_tracked *tracked_find(struct lbe_tree *, uint32_t);
static void	tracked_use(struct lbe_tree *, struct lbe_table *);
static int	pool_complete(struct lbe_service *, enum pool_role);
static void	hosts_inherit(struct lbe_tree *, struct lbe_tree *, int);
static void	override_inherit(struct msg_override **,
		    const struct msg_override *);
static void	service_inherit(struct lbe_service *, struct lbe_service *,
		    struct lbe_tree *);
static void	pool_inherit(struct lbe_pool *, struct lbe_tree *,
		    const struct lbe_service *);
static void	host_inherit(struct lbe_pool *, const struct lbe_host *,
		    const struct lbe_service *, const struct lbe_host *);

static void *
xcalloc(size_t size)
{
	void	*p;

	if ((p = calloc(1, size)) == NULL)
		fatal("configuration");
	return (p);
}

struct lbe_tree *
tree_new(uint32_t serial)
{
	struct lbe_tree	*t;

	t = xcalloc(sizeof(*t));
	STAILQ_INIT(&t->tables);
	STAILQ_INIT(&t->services);
	TAILQ_INIT(&t->trackeds);
	TAILQ_INIT(&t->drains);
	t->serial = serial;
	t->birth = birth_new();
	return (t);
}

static void
table_free(struct lbe_table *tb)
{
	struct lbe_host	*h;

	HOSTS_FOREACH(h, tb)
		lbe_host_free(h);
	free(tb->hosts);
	free(tb->limits);
	free(tb->override);
	free(tb);
}

static void
service_free(struct lbe_service *s)
{
	struct lbe_listen	*l;
	int			 i;

	while ((l = STAILQ_FIRST(&s->listens)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->listens, entry);
		free(l);
	}
	for (i = 0; i < POOL_MAX; i++) {
		free(s->pool[i].asked);
		free(s->pool[i].ramp);
	}
	free(s->override);
	free(s);
}

void
tree_free(struct lbe_tree *t)
{
	struct lbe_table	*tb;
	struct lbe_service	*s;
	struct lbe_tracked	*tt;
	uint32_t		 i;

	if (t == NULL)
		return;
	while ((s = STAILQ_FIRST(&t->services)) != NULL) {
		STAILQ_REMOVE_HEAD(&t->services, entry);
		service_free(s);
	}
	while ((tb = STAILQ_FIRST(&t->tables)) != NULL) {
		STAILQ_REMOVE_HEAD(&t->tables, entry);
		table_free(tb);
	}
	while ((tt = TAILQ_FIRST(&t->trackeds)) != NULL) {
		TAILQ_REMOVE(&t->trackeds, tt, entry);
		free(tt);
	}
	for (i = 0; i < t->checks_byid.n; i++)
		free(t->checks_byid.objects[i]);
	byid_free(&t->checks_byid);
	byid_free(&t->hosts_byid);
	byid_free(&t->tables_byid);
	byid_free(&t->services_byid);
	byid_free(&t->listens_byid);
	birth_leave(t->birth);
	free(t);
}

/* 0, or -1: there is one of this id already, or it can have none. */
static int
add(struct lbe_byid *x, uint32_t *object)
{
	if (*object == 0 || byid_find(x, *object) != NULL)
		return (-1);
	if (byid_add(x, object) == -1)
		fatal("configuration");
	return (0);
}

int
tree_add_check(struct lbe_tree *t, const struct check_config *conf)
{
	struct lbe_check	*c;

	c = xcalloc(sizeof(*c));
	c->id = conf->id;
	c->type = conf->type;
	if (add(&t->checks_byid, &c->id) == -1) {
		free(c);
		return (-1);
	}
	return (0);
}

int
tree_check_type(struct lbe_tree *t, uint32_t id, enum check_type *type)
{
	struct lbe_check	*c;

	if ((c = byid_find(&t->checks_byid, id)) == NULL)
		return (-1);
	*type = c->type;
	return (0);
}

int
tree_add_table(struct lbe_tree *t, const struct table_config *conf)
{
	struct lbe_table	*tb;
	enum check_type		 type;
	int			 i;

	if (table_close(t) == -1)
		return (-1);
	tb = xcalloc(sizeof(*tb));
	tb->conf = *conf;
	for (i = 0; i < conf->nchecks; i++) {
		if (tree_check_type(t, conf->check_id[i], &type) == -1) {
			free(tb);
			return (-1);
		}
		tb->check[i] = type;
	}
	STAILQ_INIT(&tb->users);
	if (add(&t->tables_byid, &tb->conf.id) == -1) {
		free(tb);
		return (-1);
	}
	STAILQ_INSERT_TAIL(&t->tables, tb, entry);
	t->open = tb;
	if (conf->track_id != 0)
		tracked_use(t, tb);
	return (0);
}

static struct lbe_tracked *
tracked_find(struct lbe_tree *t, uint32_t id)
{
	struct lbe_tracked	*tt;

	TAILQ_FOREACH(tt, &t->trackeds, entry)
		if (tt->id == id)
			return (tt);
	return (NULL);
}

/* One more use of a table that is tracked. */
static void
tracked_use(struct lbe_tree *t, struct lbe_table *tb)
{
	struct lbe_tracked	*tt;

	if ((tt = tracked_find(t, tb->conf.track_id)) == NULL) {
		tt = xcalloc(sizeof(*tt));
		tt->id = tb->conf.track_id;
		tt->told = -1;
		STAILQ_INIT(&tt->uses);
		TAILQ_INSERT_TAIL(&t->trackeds, tt, entry);
	}
	STAILQ_INSERT_TAIL(&tt->uses, tb, use);
	tb->tracked = tt;
}

struct msg_override *
tree_override(struct msg_override **o)
{
	if (*o == NULL)
		*o = xcalloc(sizeof(**o));
	return (*o);
}

/* For one host more there is room up to the next power of two. */
static int
table_grow(struct lbe_table *tb)
{
	struct lbe_host		*hosts;
	struct lbe_limits	*limits;
	uint32_t		 n = tb->nhosts;

	if ((n & (n - 1)) != 0)
		return (0);
	if ((hosts = recallocarray(tb->hosts, n, n == 0 ? 1 : 2 * n,
	    sizeof(*hosts))) == NULL)
		return (-1);
	tb->hosts = hosts;
	if (tb->limits == NULL)
		return (0);
	if ((limits = recallocarray(tb->limits, n, 2 * n,
	    sizeof(*limits))) == NULL)
		return (-1);
	tb->limits = limits;
	return (0);
}

/* Of the last host; the first that has any makes room for all. */
static int
table_limit(struct lbe_table *tb, const struct host_config *conf)
{
	uint32_t	n = 1;

	if (tb->limits == NULL && conf->upper == 0 && conf->lower == 0)
		return (0);
	while (n < tb->nhosts)
		n *= 2;
	if (tb->limits == NULL &&
	    (tb->limits = calloc(n, sizeof(*tb->limits))) == NULL)
		return (-1);
	tb->limits[tb->nhosts - 1].upper = conf->upper;
	tb->limits[tb->nhosts - 1].lower = conf->lower;
	return (0);
}

int
tree_add_host(struct lbe_tree *t, const struct host_config *conf)
{
	struct lbe_table	*tb = t->open;
	struct lbe_host		*h;

	if (tb == NULL || tb->conf.id != conf->table_id || conf->id == 0)
		return (-1);
	if (table_grow(tb) == -1)
		fatal("configuration");
	h = &tb->hosts[tb->nhosts++];
	h->id = conf->id;
	h->weight = conf->weight;
	h->flags = conf->flags;
	h->inet6 = conf->addr.af == AF_INET6;
	memcpy(h->addr, conf->addr.u.bytes, addr_size(conf->addr.af));
	h->table = tb;
	lbe_host_init(h, t->birth);
	if (table_limit(tb, conf) == -1)
		fatal("configuration");
	return (0);
}

/* It has all its hosts, which do not move from now on. */
static int
table_close(struct lbe_tree *t)
{
	struct lbe_table	*tb = t->open;
	struct lbe_host		*h;

	t->open = NULL;
	if (tb == NULL || tb->nhosts == 0)
		return (0);
	if ((h = reallocarray(tb->hosts, tb->nhosts, sizeof(*h))) != NULL)
		tb->hosts = h;
	HOSTS_FOREACH(h, tb)
		if (byid_add(&t->hosts_byid, &h->id) == -1)
			return (-1);
	return (0);
}

int
tree_add_service(struct lbe_tree *t, const struct service_config *conf)
{
	struct lbe_service	*s;
	struct lbe_table	*table[POOL_MAX];
	int			 i;

	if (table_close(t) == -1)
		return (-1);
	for (i = 0; i < POOL_MAX; i++) {
		table[i] = NULL;
		if (conf->pool[i].table_id != 0 && (table[i] =
		    tree_table(t, conf->pool[i].table_id)) == NULL)
			return (-1);
	}
	/* One table in both pools would be its own backup: no backup. */
	if (table[POOL_BACKUP] == table[POOL_PRIMARY])
		table[POOL_BACKUP] = NULL;

	s = xcalloc(sizeof(*s));
	s->conf = *conf;
	s->told = s->quorum_told = -1;
	s->state = s->health = CTL_UNKNOWN;
	STAILQ_INIT(&s->listens);
	if (add(&t->services_byid, &s->conf.id) == -1) {
		free(s);
		return (-1);
	}
	STAILQ_INSERT_TAIL(&t->services, s, entry);
	for (i = 0; i < POOL_MAX; i++) {
		s->pool[i].service = s;
		s->pool[i].table = table[i];
		if (table[i] != NULL)
			STAILQ_INSERT_TAIL(&table[i]->users, &s->pool[i],
			    user);
	}
	return (0);
}

int
tree_add_listen(struct lbe_tree *t, const struct listen_config *conf)
{
	struct lbe_service	*s;
	struct lbe_listen	*l;

	if ((s = tree_service(t, conf->service_id)) == NULL)
		return (-1);
	l = xcalloc(sizeof(*l));
	l->conf = *conf;
	l->service = s;
	if (add(&t->listens_byid, &l->conf.id) == -1) {
		free(l);
		return (-1);
	}
	STAILQ_INSERT_TAIL(&s->listens, l, entry);
	return (0);
}

static int
pool_complete(struct lbe_service *s, enum pool_role role)
{
	struct lbe_pool	*p = &s->pool[role];
	uint32_t	 i;

	if (p->table == NULL || p->table->nhosts == 0)
		return (0);
	p->asked = calloc(p->table->nhosts, sizeof(*p->asked));
	if (p->asked == NULL)
		return (-1);
	for (i = 0; i < p->table->nhosts; i++)
		p->asked[i] = DEST_NONE;
	return (ramp_complete(p));
}

int
tree_complete(struct lbe_tree *t)
{
	struct lbe_service	*s;
	int			 i;

	if (table_close(t) == -1 || byid_settle(&t->hosts_byid) == -1)
		return (-1);
	STAILQ_FOREACH(s, &t->services, entry) {
		for (i = 0; i < POOL_MAX; i++)
			if (pool_complete(s, i) == -1)
				return (-1);
		ramp_scale(s);
	}
	return (0);
}

/* From whichever pool the service had this host in. */
static void
host_inherit(struct lbe_pool *p, const struct lbe_host *h,
    const struct lbe_service *was, const struct lbe_host *old)
{
	const struct lbe_pool	*o;
	int			 i;

	for (i = 0; i < POOL_MAX; i++) {
		o = &was->pool[i];
		if (o->table != old->table)
			continue;
		ramp_inherit(p, h, o, old);
		if (o->asked[HOST_INDEX(old)] == DEST_NONE)
			continue;
		p->asked[HOST_INDEX(h)] = o->asked[HOST_INDEX(old)];
		return;
	}
}

static void
pool_inherit(struct lbe_pool *p, struct lbe_tree *from,
    const struct lbe_service *was)
{
	struct lbe_host	*h, *old;

	if (p->table == NULL)
		return;
	HOSTS_FOREACH(h, p->table)
		if ((old = tree_host(from, h->id)) != NULL)
			host_inherit(p, h, was, old);
}

static void
hosts_inherit(struct lbe_tree *t, struct lbe_tree *from, int keeps)
{
	struct lbe_table	*tb;
	struct lbe_host		*h, *old;

	STAILQ_FOREACH(tb, &t->tables, entry)
		HOSTS_FOREACH(h, tb) {
			if ((old = tree_host(from, h->id)) == NULL)
				continue;
			lbe_host_take(h, old, keeps);
			drain_inherit(t, h, from);
		}
}

static void
override_inherit(struct msg_override **o, const struct msg_override *was)
{
	if (was != NULL)
		*tree_override(o) = *was;
	else if (*o != NULL)
		memset(*o, 0, sizeof(**o));
}

static void
service_inherit(struct lbe_service *s, struct lbe_service *old,
    struct lbe_tree *from)
{
	int	 i;

	override_inherit(&s->override, old->override);
	s->resting = old->resting;
	s->state = old->state;
	s->health = old->health;
	s->hosts_up = old->hosts_up;
	s->settled = old->settled;
	s->quorate = old->quorate;
	s->removed = old->removed;
	s->waiting = old->waiting;
	if (s->conf.flags & SERVICE_F_TRACKED &&
	    old->conf.flags & SERVICE_F_TRACKED)
		s->told = old->told;
	if (s->conf.flags & SERVICE_F_NOTIFY &&
	    old->conf.flags & SERVICE_F_NOTIFY)
		s->quorum_told = old->quorum_told;
	for (i = 0; i < POOL_MAX; i++)
		pool_inherit(&s->pool[i], from, old);
}

void
tree_inherit(struct lbe_tree *t, struct lbe_tree *from, int keeps)
{
	struct lbe_table	*tb, *oldtb;
	struct lbe_service	*s, *olds;
	struct lbe_listen	*l, *oldl;
	struct lbe_tracked	*tt, *oldtt;

	hosts_inherit(t, from, keeps);
	STAILQ_FOREACH(tb, &t->tables, entry)
		if ((oldtb = tree_table(from, tb->conf.id)) != NULL) {
			override_inherit(&tb->override, oldtb->override);
			tb->hosts_told = oldtb->hosts_told;
			tb->resting = oldtb->resting;
		}
	STAILQ_FOREACH(s, &t->services, entry) {
		if ((olds = tree_service(from, s->conf.id)) != NULL)
			service_inherit(s, olds, from);
		STAILQ_FOREACH(l, &s->listens, entry) {
			oldl = tree_listen(from, l->conf.id);
			if (oldl == NULL)
				continue;
			l->asked = oldl->asked;
			l->known = 1;
		}
	}
	TAILQ_FOREACH(tt, &t->trackeds, entry)
		if ((oldtt = tracked_find(from, tt->id)) != NULL)
			tt->told = oldtt->told;
}

#define FINDER(what)							\
struct lbe_##what *							\
tree_##what(struct lbe_tree *t, uint32_t id)				\
{									\
	return (t != NULL ? byid_find(&t->what##s_byid, id) : NULL);	\
}

FINDER(host)
FINDER(table)
FINDER(service)
FINDER(listen)

const char *
table_label(const struct lbe_table *tb, char *buf)
{
	if (tb->conf.port == 0)
		strlcpy(buf, tb->conf.name, TABLE_LABEL_LEN);
	else
		snprintf(buf, TABLE_LABEL_LEN, "%s:%u", tb->conf.name,
		    tb->conf.port);
	return (buf);
}

const char *
host_label(const struct lbe_host *h, char *buf)
{
	const struct addr	addr = host_addr(h);

	if (h->table->conf.port == 0)
		return (addr_str(&addr, buf));
	return (addr_port_str(&addr, h->table->conf.port, buf));
}

/* Of several checks, which. */
const char *
host_reason(const struct lbe_host *h, char *buf)
{
	const struct lbe_status	*s = h->status;
	const struct lbe_table	*tb = h->table;
	size_t			 len = 0;
	int			 i;

	buf[0] = '\0';
	for (i = 0; tb->conf.nchecks > 1 && i < tb->conf.nchecks; i++)
		if (tb->conf.check_id[i] == s->check_id)
			len = snprintf(buf, HOST_REASON_LEN, "check %d %s: ",
			    i + 1, check_type_names[tb->check[i]]);
	host_reason_noted(s->reason, s->detail, s->note, buf + len,
	    HOST_REASON_LEN - len);
	return (buf);
}

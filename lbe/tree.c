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

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "env.h"

#define ID_CMP(type, field)						\
static int								\
type##_cmp(struct type *a, struct type *b)				\
{									\
	return (a->field < b->field ? -1 : a->field > b->field);	\
}

ID_CMP(lbe_check, id)
ID_CMP(lbe_table, conf.id)
ID_CMP(lbe_service, conf.id)
ID_CMP(lbe_listen, conf.id)

int
lbe_host_cmp(struct lbe_host *a, struct lbe_host *b)
{
	return (a->conf.id < b->conf.id ? -1 : a->conf.id > b->conf.id);
}

RB_PROTOTYPE(lbe_checks_byid, lbe_check, byid, lbe_check_cmp)
RB_PROTOTYPE(lbe_tables_byid, lbe_table, byid, lbe_table_cmp)
RB_PROTOTYPE(lbe_services_byid, lbe_service, byid, lbe_service_cmp)
RB_PROTOTYPE(lbe_listens_byid, lbe_listen, byid, lbe_listen_cmp)
RB_GENERATE(lbe_checks_byid, lbe_check, byid, lbe_check_cmp)
RB_GENERATE(lbe_hosts_byid, lbe_host, byid, lbe_host_cmp)
RB_GENERATE(lbe_tables_byid, lbe_table, byid, lbe_table_cmp)
RB_GENERATE(lbe_services_byid, lbe_service, byid, lbe_service_cmp)
RB_GENERATE(lbe_listens_byid, lbe_listen, byid, lbe_listen_cmp)

static const struct msg_host_status	 status_none;
static const struct msg_override	 override_none;

static void	host_free(struct lbe_host *);
static void	host_take(struct lbe_host *, struct lbe_host *, int);
static struct lbe_tracked *tracked_find(struct lbe_tree *, uint32_t);
static void	tracked_use(struct lbe_tree *, struct lbe_table *);
static int	pool_complete(struct lbe_service *, enum pool_role);
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
	RB_INIT(&t->checks_byid);
	RB_INIT(&t->hosts_byid);
	RB_INIT(&t->tables_byid);
	RB_INIT(&t->services_byid);
	RB_INIT(&t->listens_byid);
	TAILQ_INIT(&t->tables);
	TAILQ_INIT(&t->services);
	TAILQ_INIT(&t->trackeds);
	TAILQ_INIT(&t->drains);
	t->serial = serial;
	t->born = monotime_now();
	return (t);
}

void
tree_free(struct lbe_tree *t)
{
	struct lbe_check	*c;
	struct lbe_host		*h;
	struct lbe_table	*tb;
	struct lbe_service	*s;
	struct lbe_listen	*l;
	struct lbe_tracked	*tt;
	int			 i;

	if (t == NULL)
		return;
	while ((c = RB_ROOT(&t->checks_byid)) != NULL) {
		RB_REMOVE(lbe_checks_byid, &t->checks_byid, c);
		free(c);
	}
	while ((h = RB_ROOT(&t->hosts_byid)) != NULL) {
		RB_REMOVE(lbe_hosts_byid, &t->hosts_byid, h);
		host_free(h);
	}
	while ((l = RB_ROOT(&t->listens_byid)) != NULL) {
		RB_REMOVE(lbe_listens_byid, &t->listens_byid, l);
		free(l);
	}
	while ((tb = TAILQ_FIRST(&t->tables)) != NULL) {
		TAILQ_REMOVE(&t->tables, tb, entry);
		free(tb);
	}
	while ((tt = TAILQ_FIRST(&t->trackeds)) != NULL) {
		TAILQ_REMOVE(&t->trackeds, tt, entry);
		free(tt);
	}
	while ((s = TAILQ_FIRST(&t->services)) != NULL) {
		TAILQ_REMOVE(&t->services, s, entry);
		for (i = 0; i < POOL_MAX; i++) {
			free(s->pool[i].asked);
			free(s->pool[i].ramp);
		}
		free(s);
	}
	free(t);
}

int
tree_add_check(struct lbe_tree *t, const struct check_config *conf)
{
	struct lbe_check	*c;

	c = xcalloc(sizeof(*c));
	c->id = conf->id;
	c->type = conf->type;
	if (conf->id == 0 ||
	    RB_INSERT(lbe_checks_byid, &t->checks_byid, c) != NULL) {
		free(c);
		return (-1);
	}
	return (0);
}

int
tree_check_type(const struct lbe_tree *t, uint32_t id, enum check_type *type)
{
	struct lbe_check	*c, key;

	key.id = id;
	c = RB_FIND(lbe_checks_byid, (struct lbe_checks_byid *)&t->checks_byid,
	    &key);
	if (c == NULL)
		return (-1);
	*type = c->type;
	return (0);
}

int
tree_add_table(struct lbe_tree *t, const struct table_config *conf)
{
	struct lbe_table	*tb;
	int			 i;

	tb = xcalloc(sizeof(*tb));
	tb->conf = *conf;
	for (i = 0; i < conf->nchecks; i++)
		if (tree_check_type(t, conf->check_id[i],
		    &tb->check[i]) == -1) {
			free(tb);
			return (-1);
		}
	TAILQ_INIT(&tb->hosts);
	TAILQ_INIT(&tb->users);
	if (conf->id == 0 ||
	    RB_INSERT(lbe_tables_byid, &t->tables_byid, tb) != NULL) {
		free(tb);
		return (-1);
	}
	TAILQ_INSERT_TAIL(&t->tables, tb, entry);
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
		TAILQ_INIT(&tt->uses);
		TAILQ_INSERT_TAIL(&t->trackeds, tt, entry);
	}
	TAILQ_INSERT_TAIL(&tt->uses, tb, use);
	tb->tracked = tt;
}

void
tree_host_init(struct lbe_host *h)
{
	h->status = &status_none;
	h->override = &override_none;
}

struct msg_host_status *
tree_host_status(struct lbe_host *h)
{
	if (h->status == &status_none)
		h->status = xcalloc(sizeof(*h->status));
	return ((struct msg_host_status *)(uintptr_t)h->status);
}

struct msg_override *
tree_host_override(struct lbe_host *h)
{
	if (h->override == &override_none)
		h->override = xcalloc(sizeof(*h->override));
	return ((struct msg_override *)(uintptr_t)h->override);
}

static void
host_free(struct lbe_host *h)
{
	if (h->status != &status_none && !h->borrows)
		free(tree_host_status(h));
	if (h->override != &override_none && !h->borrows)
		free(tree_host_override(h));
	free(h->checks);
	free(h->drain);
	free(h);
}

static void
host_take(struct lbe_host *h, struct lbe_host *old, int keeps)
{
	h->status = old->status;
	h->override = old->override;
	h->since = old->since;
	h->borrows = keeps;
	if (!keeps)
		tree_host_init(old);
}

int
tree_add_host(struct lbe_tree *t, const struct host_config *conf)
{
	struct lbe_table	*tb;
	struct lbe_host		*h;

	if ((tb = tree_table(t, conf->table_id)) == NULL)
		return (-1);
	h = xcalloc(sizeof(*h));
	h->conf = *conf;
	h->table = tb;
	h->index = tb->nhosts;
	h->since = t->born;
	tree_host_init(h);
	if (conf->id == 0 ||
	    RB_INSERT(lbe_hosts_byid, &t->hosts_byid, h) != NULL) {
		host_free(h);
		return (-1);
	}
	TAILQ_INSERT_TAIL(&tb->hosts, h, entry);
	tb->nhosts++;
	return (0);
}

int
tree_add_service(struct lbe_tree *t, const struct service_config *conf)
{
	struct lbe_service	*s;
	struct lbe_table	*table[POOL_MAX];
	int			 i;

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
	TAILQ_INIT(&s->listens);
	if (conf->id == 0 ||
	    RB_INSERT(lbe_services_byid, &t->services_byid, s) != NULL) {
		free(s);
		return (-1);
	}
	TAILQ_INSERT_TAIL(&t->services, s, entry);
	for (i = 0; i < POOL_MAX; i++) {
		s->pool[i].service = s;
		s->pool[i].table = table[i];
		if (table[i] != NULL)
			TAILQ_INSERT_TAIL(&table[i]->users, &s->pool[i], user);
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
	if (conf->id == 0 ||
	    RB_INSERT(lbe_listens_byid, &t->listens_byid, l) != NULL) {
		free(l);
		return (-1);
	}
	TAILQ_INSERT_TAIL(&s->listens, l, entry);
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

	TAILQ_FOREACH(s, &t->services, entry) {
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
		if (o->asked[old->index] == DEST_NONE)
			continue;
		p->asked[h->index] = o->asked[old->index];
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
	TAILQ_FOREACH(h, &p->table->hosts, entry)
		if ((old = tree_host(from, h->conf.id)) != NULL)
			host_inherit(p, h, was, old);
}

void
tree_inherit(struct lbe_tree *t, struct lbe_tree *from, int keeps)
{
	struct lbe_host		*h, *oldh;
	struct lbe_table	*tb, *oldtb;
	struct lbe_service	*s, *olds;
	struct lbe_listen	*l, *oldl;
	struct lbe_tracked	*tt, *oldtt;
	int			 i;

	RB_FOREACH(h, lbe_hosts_byid, &t->hosts_byid) {
		if ((oldh = tree_host(from, h->conf.id)) == NULL)
			continue;
		host_take(h, oldh, keeps);
		drain_inherit(t, h, from, oldh);
	}
	TAILQ_FOREACH(tb, &t->tables, entry)
		if ((oldtb = tree_table(from, tb->conf.id)) != NULL) {
			tb->override = oldtb->override;
			tb->hosts_told = oldtb->hosts_told;
			tb->resting = oldtb->resting;
		}
	TAILQ_FOREACH(s, &t->services, entry) {
		if ((olds = tree_service(from, s->conf.id)) == NULL)
			continue;
		s->override = olds->override;
		s->resting = olds->resting;
		s->state = olds->state;
		s->health = olds->health;
		s->hosts_up = olds->hosts_up;
		s->settled = olds->settled;
		s->quorate = olds->quorate;
		s->removed = olds->removed;
		s->waiting = olds->waiting;
		if (s->conf.flags & SERVICE_F_TRACKED &&
		    olds->conf.flags & SERVICE_F_TRACKED)
			s->told = olds->told;
		if (s->conf.flags & SERVICE_F_NOTIFY &&
		    olds->conf.flags & SERVICE_F_NOTIFY)
			s->quorum_told = olds->quorum_told;
		for (i = 0; i < POOL_MAX; i++)
			pool_inherit(&s->pool[i], from, olds);
	}
	TAILQ_FOREACH(tt, &t->trackeds, entry)
		if ((oldtt = tracked_find(from, tt->id)) != NULL)
			tt->told = oldtt->told;
	RB_FOREACH(l, lbe_listens_byid, &t->listens_byid)
		if ((oldl = tree_listen(from, l->conf.id)) != NULL) {
			l->asked = oldl->asked;
			l->known = 1;
		}
}

#define FINDER(what, list, idfield)					\
struct lbe_##what *							\
tree_##what(struct lbe_tree *t, uint32_t id)				\
{									\
	struct lbe_##what	key;					\
									\
	if (t == NULL)							\
		return (NULL);						\
	key.idfield = id;						\
	return (RB_FIND(lbe_##list, &t->list, &key));			\
}

FINDER(host, hosts_byid, conf.id)
FINDER(table, tables_byid, conf.id)
FINDER(service, services_byid, conf.id)
FINDER(listen, listens_byid, conf.id)

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
	if (h->table->conf.port == 0)
		return (addr_str(&h->conf.addr, buf));
	return (addr_port_str(&h->conf.addr, h->table->conf.port, buf));
}

/* Of several checks, which. */
const char *
host_reason(const struct lbe_host *h, char *buf)
{
	const struct msg_host_status	*s = h->status;
	const struct lbe_table		*tb = h->table;
	size_t				 len = 0;
	int				 i;

	buf[0] = '\0';
	for (i = 0; tb->conf.nchecks > 1 && i < tb->conf.nchecks; i++)
		if (tb->conf.check_id[i] == s->check_id)
			len = snprintf(buf, HOST_REASON_LEN, "check %d %s: ",
			    i + 1, check_type_names[tb->check[i]]);
	host_reason_noted(s->reason, s->detail, s->note, buf + len,
	    HOST_REASON_LEN - len);
	return (buf);
}

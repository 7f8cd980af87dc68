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

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "build.h"
#include "outline.h"

static void	 argv_free(char **);
static void	 script_free(struct conf_script *);
static void	 notifies_free(struct conf_notifies *);
static void	 check_free(struct conf_check *);
static void	 service_clear(struct conf_service *);
static void	 tracks_free(struct conf_tracks *);
static void	 hmac_free(struct conf_hmac *);
static void	 held_free(struct conf_vaddrs *, struct conf_routes *,
		    struct conf_rules *);
static void	 vrrp_free(struct conf_vrrp *);
static void	 conf_free_checks(struct conf *);
static void	 conf_free_tracked(struct conf *);
static int	 vrrp_id_cmp(struct conf_vrrp *, struct conf_vrrp *);

RB_GENERATE(conf_vrrps_byid, conf_vrrp, byid, vrrp_id_cmp)

static int
vrrp_id_cmp(struct conf_vrrp *a, struct conf_vrrp *b)
{
	if (a->conf.id == b->conf.id)
		return (0);
	return (a->conf.id < b->conf.id ? -1 : 1);
}

struct conf *
conf_new(void)
{
	struct conf	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	arena_init(&c->arena);
	TAILQ_INIT(&c->notifies);
	TAILQ_INIT(&c->files);
	TAILQ_INIT(&c->scripts);
	TAILQ_INIT(&c->tlsfiles);
	TAILQ_INIT(&c->checks);
	TAILQ_INIT(&c->tabledefs);
	TAILQ_INIT(&c->tables);
	TAILQ_INIT(&c->services);
	TAILQ_INIT(&c->via_tables);
	TAILQ_INIT(&c->via_services);
	TAILQ_INIT(&c->groups);
	TAILQ_INIT(&c->vrrps);
	TAILQ_INIT(&c->statics.addrs);
	TAILQ_INIT(&c->statics.routes);
	TAILQ_INIT(&c->statics.rules);
	TAILQ_INIT(&c->sysctls);
	TAILQ_INIT(&c->processes);
	TAILQ_INIT(&c->trackfiles);
	TAILQ_INIT(&c->refhosts);
	RB_INIT(&c->vrrps_byid);
	return (c);
}

void *
conf_alloc(struct conf *c, size_t len)
{
	return (arena_alloc(&c->arena, len));
}

const char *
conf_keep(struct conf *c, const char *s)
{
	return (arena_copy(&c->arena, s, strlen(s)));
}

static void
argv_free(char **argv)
{
	int	 i;

	if (argv == NULL)
		return;
	for (i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
}

static void
script_free(struct conf_script *s)
{
	argv_free(s->argv);
	free(s->command);
	free(s->user);
	free(s);
}

static void
notifies_free(struct conf_notifies *list)
{
	struct conf_notify	*n;

	while ((n = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, n, entry);
		argv_free(n->argv);
		free(n->command);
		free(n->user);
		free(n);
	}
}

static void
check_free(struct conf_check *c)
{
	free(c->items);
	free(c);
}

static void
service_clear(struct conf_service *s)
{
	struct conf_mark	*m;

	while ((m = TAILQ_FIRST(&s->marks)) != NULL) {
		TAILQ_REMOVE(&s->marks, m, entry);
		free(m);
	}
	notifies_free(&s->notifies);
}

static void
tracks_free(struct conf_tracks *tracks)
{
	struct conf_track	*t;

	while ((t = TAILQ_FIRST(tracks)) != NULL) {
		TAILQ_REMOVE(tracks, t, entry);
		free(t);
	}
}

static void
hmac_free(struct conf_hmac *h)
{
	int	 i;

	if (h == NULL)
		return;
	for (i = 0; i < HMAC_KEYS_MAX; i++)
		free(h->path[i]);
	freezero(h, sizeof(*h));
}

static void
held_free(struct conf_vaddrs *addrs, struct conf_routes *routes,
    struct conf_rules *rules)
{
	struct conf_vaddr	*a;
	struct conf_route	*route;
	struct conf_rule	*rule;

	while ((a = TAILQ_FIRST(addrs)) != NULL) {
		TAILQ_REMOVE(addrs, a, entry);
		free(a);
	}
	while ((route = TAILQ_FIRST(routes)) != NULL) {
		TAILQ_REMOVE(routes, route, entry);
		free(route);
	}
	while ((rule = TAILQ_FIRST(rules)) != NULL) {
		TAILQ_REMOVE(rules, rule, entry);
		free(rule);
	}
}

static void
vrrp_free(struct conf_vrrp *v)
{
	struct conf_peer	*peer;

	while ((peer = TAILQ_FIRST(&v->peers)) != NULL) {
		TAILQ_REMOVE(&v->peers, peer, entry);
		free(peer);
	}
	held_free(&v->addrs, &v->routes, &v->rules);
	tracks_free(&v->tracks);
	notifies_free(&v->notifies);
	hmac_free(v->hmac);
	/* There is a password in it. */
	explicit_bzero(v, sizeof(*v));
	free(v);
}

static void
conf_free_checks(struct conf *c)
{
	struct conf_check	*k;
	struct conf_tlsfile	*f;

	while ((k = TAILQ_FIRST(&c->checks)) != NULL) {
		TAILQ_REMOVE(&c->checks, k, entry);
		check_free(k);
	}
	while ((f = TAILQ_FIRST(&c->tlsfiles)) != NULL) {
		TAILQ_REMOVE(&c->tlsfiles, f, entry);
		tlsfile_free(f);
	}
}

static void
conf_free_tracked(struct conf *c)
{
	struct conf_process	*p;
	struct conf_trackfile	*f;
	struct conf_refhost	*h;

	while ((p = TAILQ_FIRST(&c->processes)) != NULL) {
		TAILQ_REMOVE(&c->processes, p, entry);
		free(p);
	}
	while ((f = TAILQ_FIRST(&c->trackfiles)) != NULL) {
		TAILQ_REMOVE(&c->trackfiles, f, entry);
		free(f->path);
		free(f);
	}
	while ((h = TAILQ_FIRST(&c->refhosts)) != NULL) {
		TAILQ_REMOVE(&c->refhosts, h, entry);
		free(h);
	}
}

void
conf_free(struct conf *c)
{
	struct conf_script	*script;
	struct conf_service	*service;
	struct conf_group	*group;
	struct conf_vrrp	*vrrp;
	struct conf_file	*file;

	if (c == NULL)
		return;
	while ((script = TAILQ_FIRST(&c->scripts)) != NULL) {
		TAILQ_REMOVE(&c->scripts, script, entry);
		script_free(script);
	}
	TAILQ_FOREACH(service, &c->services, entry)
		service_clear(service);
	settings_free(c);
	conf_free_checks(c);
	conf_free_tracked(c);
	while ((vrrp = TAILQ_FIRST(&c->vrrps)) != NULL) {
		TAILQ_REMOVE(&c->vrrps, vrrp, entry);
		vrrp_free(vrrp);
	}
	while ((group = TAILQ_FIRST(&c->groups)) != NULL) {
		TAILQ_REMOVE(&c->groups, group, entry);
		tracks_free(&group->tracks);
		notifies_free(&group->notifies);
		free(group);
	}
	while ((file = TAILQ_FIRST(&c->files)) != NULL) {
		TAILQ_REMOVE(&c->files, file, entry);
		free(file->path);
		free(file);
	}
	notifies_free(&c->notifies);
	held_free(&c->statics.addrs, &c->statics.routes, &c->statics.rules);
	outline_free(c->outline);
	free(c->socket);
	free(c->state_file);
	free(c->script_user);
	arena_free(&c->arena);
	free(c);
}

struct conf_host *
conf_find_host(const struct conf *c, uint32_t id)
{
	unsigned int	 lo = 0, hi = c->nhosts, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (c->hosts_byid[mid]->id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->nhosts || c->hosts_byid[lo]->id != id)
		return (NULL);
	return (c->hosts_byid[lo]);
}

const struct conf_host_more *
conf_host_more(const struct conf_hosts *hosts, const struct conf_host *h)
{
	static const struct conf_host_more	 none;

	return (hosts->more == NULL ? &none : &hosts->more[h - hosts->host]);
}

void
conf_host_wire(const struct conf_hosts *hosts, const struct conf_host *h,
    struct host_config *wire)
{
	const struct conf_host_more	*more = conf_host_more(hosts, h);

	memset(wire, 0, sizeof(*wire));
	wire->id = h->id;
	if (h->table != NULL)
		wire->table_id = h->table->id;
	wire->weight = h->weight;
	wire->flags = h->flags;
	wire->upper = more->upper;
	wire->lower = more->lower;
	wire->addr = h->addr;
	wire->parent = more->parent;
}

void
conf_table_wire(const struct conf_table *t, struct table_config *wire)
{
	int	 i;

	memset(wire, 0, sizeof(*wire));
	wire->id = t->id;
	wire->flags = t->flags;
	if (t->def != NULL)
		wire->track_id = t->def->track_id;
	wire->port = t->port;
	wire->nchecks = t->nchecks;
	for (i = 0; i < t->nchecks; i++)
		wire->check_id[i] = t->check[i]->conf.id;
	(void)strlcpy(wire->name, t->name, sizeof(wire->name));
}

void
conf_pool_wire(const struct conf_pool *p, struct pool_config *wire)
{
	memset(wire, 0, sizeof(*wire));
	if (p->table != NULL)
		wire->table_id = p->table->id;
	wire->method = p->method;
	wire->tunnel = p->tunnel;
	wire->tunnel_port = p->tunnel_port;
	wire->flags = p->flags;
}

void
conf_service_wire(const struct conf_service *s, struct service_config *wire)
{
	int	 i;

	memset(wire, 0, sizeof(*wire));
	wire->id = s->id;
	wire->flags = s->flags;
	wire->persist_s = s->persist_s;
	wire->prefix4 = s->prefix4;
	wire->prefix6 = s->prefix6;
	wire->fail_open = s->fail_open;
	wire->quorum = s->quorum;
	wire->hysteresis = s->hysteresis;
	if (s->vrrp != NULL)
		wire->vrrp_id = s->vrrp->conf.id;
	wire->slow_s = s->slow_s;
	wire->removal_ms = s->removal_ms;
	for (i = 0; i < POOL_MAX; i++)
		conf_pool_wire(&s->pool[i], &wire->pool[i]);
	(void)strlcpy(wire->sched, s->sched, sizeof(wire->sched));
	(void)strlcpy(wire->name, s->name, sizeof(wire->name));
}

struct conf_listen *
conf_find_listen(const struct conf *c, uint32_t id)
{
	unsigned int	 lo = 0, hi = c->nlistens, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (c->listens_byid[mid]->conf.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->nlistens || c->listens_byid[lo]->conf.id != id)
		return (NULL);
	return (c->listens_byid[lo]);
}

struct conf_vrrp *
conf_find_vrrp(const struct conf *c, uint32_t id)
{
	struct conf_vrrp	 find;

	find.conf.id = id;
	/* RB_FIND changes nothing, but does not say so. */
	return (RB_FIND(conf_vrrps_byid,
	    (struct conf_vrrps_byid *)&c->vrrps_byid, &find));
}

struct conf_group *
conf_find_group(const struct conf *c, uint32_t id)
{
	struct conf_group	*g;

	TAILQ_FOREACH(g, &c->groups, entry)
		if (g->conf.id == id)
			return (g);
	return (NULL);
}

struct conf_script *
conf_find_script(const struct conf *c, uint32_t id)
{
	struct conf_script	*s;

	TAILQ_FOREACH(s, &c->scripts, entry)
		if (s->conf.id == id)
			return (s);
	return (NULL);
}

struct conf_table *
conf_find_table(const struct conf *c, uint32_t id)
{
	struct conf_table	*t;

	TAILQ_FOREACH(t, &c->tables, entry)
		if (t->id == id)
			return (t);
	return (NULL);
}

struct conf_service *
conf_find_service(const struct conf *c, uint32_t id)
{
	struct conf_service	*s;

	TAILQ_FOREACH(s, &c->services, entry)
		if (s->id == id)
			return (s);
	return (NULL);
}

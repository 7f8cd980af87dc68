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

#include <err.h>
#include <stdint.h>
#include <stdlib.h>

#include "build.h"
#include "match.h"

/*
 * Ids.  An object keeps its id as long as there is an object of its key, over
 * all reloads; so the engines know what stays what it was, and an operator's
 * override stays with its object.
 */

struct ids {
	struct index	*content;	/* ids of the old tree's files and
					   checks, by what they are */
	uint32_t	*next;
	struct key	 key;
};

static uint32_t	 ids_new(struct ids *);
static void	 ids_remember(struct ids *, uint32_t);
static uint32_t	 ids_give(struct ids *);
static void	 ids_key_table(struct ids *, const struct conf_table *);
static void	 ids_key_use(struct ids *, const struct conf_table *);
static void	 ids_old_content(struct ids *, const struct conf *);
static void	 ids_tabledefs(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_processes(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_trackfiles(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_refhosts(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_tlsfiles(struct ids *, struct conf *);
static void	 ids_checks(struct ids *, struct conf *);
static int	 ids_varies(const struct conf *);
static void	 ids_variants(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_claim(struct ids *, struct index *, struct conf_table *);
static void	 ids_tables(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_hosts(struct ids *, struct match *, struct conf_table *,
		    const struct conf_table *);
static int	 host_id_cmp(const void *, const void *);
static int	 listen_id_cmp(const void *, const void *);
static void	 ids_index_listens(struct conf *);
static void	 ids_index_hosts(struct conf *);
static void	 ids_services(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_listens(struct ids *, struct match *,
		    struct conf_service *, const struct conf_service *);
static void	 ids_scripts(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_groups(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_vrrps(struct ids *, struct conf *, const struct conf *);
static void	 ids_vrrp_refs(struct conf_vrrp *);
static void	 ids_refs(struct conf *);
static uint32_t	 ids_track(const struct conf_track *);

static uint32_t
ids_new(struct ids *ids)
{
	/* Ids are never used again: better to end than to begin anew. */
	if (*ids->next == UINT32_MAX)
		errx(1, "configuration: out of ids");
	return ((*ids->next)++);
}

/* What has the content of the key at hand has this id. */
static void
ids_remember(struct ids *ids, uint32_t id)
{
	if (index_put(ids->content, &ids->key, (void *)(uintptr_t)id) == -1)
		err(1, "configuration");
}

/* The id of what has the content of the key at hand. */
static uint32_t
ids_give(struct ids *ids)
{
	void	*old;

	if ((old = index_get(ids->content, &ids->key)) != NULL)
		return ((uint32_t)(uintptr_t)old);
	return (ids_new(ids));
}

static void
ids_key_table(struct ids *ids, const struct conf_table *t)
{
	key_name(&ids->key, KEY_TABLE, t->name);
	key_num(&ids->key, t->port);
	key_num(&ids->key, t->variant);
}

/* What a table is used for; checks have their ids already. */
static void
ids_key_use(struct ids *ids, const struct conf_table *t)
{
	int	 i;

	key_name(&ids->key, KEY_USE, t->name);
	key_num(&ids->key, t->port);
	for (i = 0; i < t->nchecks; i++)
		key_num(&ids->key, t->check[i]->conf.id);
}

static void
ids_old_content(struct ids *ids, const struct conf *old)
{
	const struct conf_tlsfile	*f;
	const struct conf_check		*c;

	TAILQ_FOREACH(f, &old->tlsfiles, entry) {
		key_tlsfile(&ids->key, f);
		ids_remember(ids, f->conf.id);
	}
	TAILQ_FOREACH(c, &old->checks, entry) {
		key_check(&ids->key, c);
		ids_remember(ids, c->conf.id);
	}
}

/* Tables, processes, files, hosts: what is known by its being tracked alone. */

static void
ids_tabledefs(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_tabledef	*was;
	struct conf_tabledef		*d;

	match_begin(&m, match_tabledef);
	TAILQ_FOREACH(was, &old->tabledefs, entry)
		if (was->tracked)
			match_add(&m, was);
	TAILQ_FOREACH(d, &new->tabledefs, entry) {
		if (!d->tracked)
			continue;
		was = match_find(&m, d);
		d->track_id = was != NULL ? was->track_id : ids_new(ids);
	}
	match_end(&m);
}

static void
ids_processes(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_process	*was;
	struct conf_process		*p;

	match_begin(&m, match_process);
	TAILQ_FOREACH(was, &old->processes, entry)
		match_add(&m, was);
	TAILQ_FOREACH(p, &new->processes, entry) {
		was = match_find(&m, p);
		p->id = was != NULL ? was->id : ids_new(ids);
	}
	match_end(&m);
}

static void
ids_trackfiles(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_trackfile	*was;
	struct conf_trackfile		*f;

	match_begin(&m, match_trackfile);
	TAILQ_FOREACH(was, &old->trackfiles, entry)
		match_add(&m, was);
	TAILQ_FOREACH(f, &new->trackfiles, entry) {
		was = match_find(&m, f);
		f->id = was != NULL ? was->id : ids_new(ids);
	}
	match_end(&m);
}

static void
ids_refhosts(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_refhost	*was;
	struct conf_refhost		*h;

	match_begin(&m, match_refhost);
	TAILQ_FOREACH(was, &old->refhosts, entry)
		match_add(&m, was);
	TAILQ_FOREACH(h, &new->refhosts, entry) {
		was = match_find(&m, h);
		h->conf.id = was != NULL ? was->conf.id : ids_new(ids);
		h->conf.check_id = h->check->conf.id;
	}
	match_end(&m);
}

/* Two paths to the same bytes are one file. */
static void
ids_tlsfiles(struct ids *ids, struct conf *new)
{
	struct conf_tlsfile	*f;
	struct index		*seen;

	if ((seen = index_new()) == NULL)
		err(1, "configuration");
	TAILQ_FOREACH(f, &new->tlsfiles, entry) {
		key_tlsfile(&ids->key, f);
		f->conf.id = ids_give(ids);
		ids_remember(ids, f->conf.id);
		f->copy = index_get(seen, &ids->key) != NULL;
		if (index_put(seen, &ids->key, f) == -1)
			err(1, "configuration");
	}
	index_free(seen);
}

static void
ids_checks(struct ids *ids, struct conf *new)
{
	struct conf_check	*c;
	int			 i;

	TAILQ_FOREACH(c, &new->checks, entry) {
		key_check(&ids->key, c);
		c->conf.id = ids_give(ids);
		for (i = 0; i < TLSFILE_KIND_MAX; i++)
			if (c->tlsfile[i] != NULL)
				c->conf.tlsfile_id[i] =
				    c->tlsfile[i]->conf.id;
	}
}

/* The table has the variant it has got, and no other can have it. */
static void
ids_claim(struct ids *ids, struct index *claimed, struct conf_table *t)
{
	ids_key_table(ids, t);
	if (index_put(claimed, &ids->key, t) == -1)
		err(1, "configuration");
}

/* One of the tables in use is not the first of its name and port. */
static int
ids_varies(const struct conf *c)
{
	const struct conf_table	*t;

	TAILQ_FOREACH(t, &c->tables, entry)
		if (t->variant != 0)
			return (1);
	return (0);
}

/*
 * One table on one port with several checks: a use that was there before is
 * the same variant as before, wherever it stands in the file now, for its
 * hosts are known to be up.  What is left gets the variants that are left.
 */
static void
ids_variants(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct index		*uses, *claimed;
	const struct conf_table	*was;
	struct conf_table	*t;

	if (!ids_varies(old) && !ids_varies(new))
		return;
	if ((uses = index_new()) == NULL || (claimed = index_new()) == NULL)
		err(1, "configuration");
	TAILQ_FOREACH(t, &old->tables, entry) {
		ids_key_use(ids, t);
		if (index_put(uses, &ids->key, t) == -1)
			err(1, "configuration");
	}
	TAILQ_FOREACH(t, &new->tables, entry) {
		ids_key_use(ids, t);
		if ((was = index_get(uses, &ids->key)) == NULL)
			continue;
		t->variant = was->variant;
		ids_claim(ids, claimed, t);
	}
	TAILQ_FOREACH(t, &new->tables, entry) {
		ids_key_use(ids, t);
		if (index_get(uses, &ids->key) != NULL)
			continue;
		t->variant = 0;
		for (ids_key_table(ids, t);
		    index_get(claimed, &ids->key) != NULL;
		    ids_key_table(ids, t))
			t->variant++;
		ids_claim(ids, claimed, t);
	}
	index_free(uses);
	index_free(claimed);
}

static void
ids_tables(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match		 tables = { 0 }, hosts = { 0 };
	const struct conf_table	*was;
	struct conf_table	*t;

	match_begin(&tables, match_table);
	TAILQ_FOREACH(was, &old->tables, entry)
		match_add(&tables, was);
	TAILQ_FOREACH(t, &new->tables, entry) {
		was = match_find(&tables, t);
		t->id = was != NULL ? was->id : ids_new(ids);
		ids_hosts(ids, &hosts, t, was);
	}
	match_end(&tables);
	match_end(&hosts);
	ids_index_hosts(new);
}

/* Of a table that was this one; NULL: it is new. */
static void
ids_hosts(struct ids *ids, struct match *m, struct conf_table *t,
    const struct conf_table *old)
{
	const struct conf_host	*was;
	struct conf_host	*h;

	match_begin(m, match_host);
	if (old != NULL)
		CONF_HOSTS_FOREACH(was, &old->hosts)
			match_add(m, was);
	CONF_HOSTS_FOREACH(h, &t->hosts) {
		was = match_find(m, h);
		h->id = was != NULL ? was->id : ids_new(ids);
	}
}

static int
host_id_cmp(const void *va, const void *vb)
{
	const struct conf_host	*a = *(const struct conf_host *const *)va;
	const struct conf_host	*b = *(const struct conf_host *const *)vb;

	return (a->id < b->id ? -1 : a->id > b->id);
}

static void
ids_index_hosts(struct conf *c)
{
	struct conf_table	*t;
	struct conf_host	*h;
	unsigned int		 i, n = 0;

	TAILQ_FOREACH(t, &c->tables, entry)
		n += t->hosts.n;
	if ((c->hosts_byid = conf_alloc(c, (n + 1) *
	    sizeof(*c->hosts_byid))) == NULL)
		err(1, "configuration");
	c->nhosts = 0;
	TAILQ_FOREACH(t, &c->tables, entry)
		CONF_HOSTS_FOREACH(h, &t->hosts)
			c->hosts_byid[c->nhosts++] = h;
	/* Mostly they are in order. */
	for (i = 1; i < n; i++)
		if (c->hosts_byid[i - 1]->id > c->hosts_byid[i]->id)
			break;
	if (i < n)
		qsort(c->hosts_byid, n, sizeof(*c->hosts_byid), host_id_cmp);
}

static void
ids_services(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 services = { 0 }, listens = { 0 };
	const struct conf_service	*was;
	struct conf_service		*s;

	match_begin(&services, match_service);
	TAILQ_FOREACH(was, &old->services, entry)
		match_add(&services, was);
	TAILQ_FOREACH(s, &new->services, entry) {
		was = match_find(&services, s);
		s->id = was != NULL ? was->id : ids_new(ids);
		ids_listens(ids, &listens, s, was);
	}
	match_end(&services);
	match_end(&listens);
	ids_index_listens(new);
}

/* Of a service that was this one; NULL: it is new. */
static void
ids_listens(struct ids *ids, struct match *m, struct conf_service *s,
    const struct conf_service *old)
{
	const struct conf_listen	*was;
	struct conf_listen		*l;

	match_begin(m, match_listen);
	if (old != NULL)
		TAILQ_FOREACH(was, &old->listens, entry)
			match_add(m, was);
	TAILQ_FOREACH(l, &s->listens, entry) {
		was = match_find(m, l);
		l->conf.id = was != NULL ? was->conf.id : ids_new(ids);
		l->conf.service_id = s->id;
	}
}

static int
listen_id_cmp(const void *va, const void *vb)
{
	const struct conf_listen *a = *(const struct conf_listen *const *)va;
	const struct conf_listen *b = *(const struct conf_listen *const *)vb;

	return (a->conf.id < b->conf.id ? -1 : a->conf.id > b->conf.id);
}

static void
ids_index_listens(struct conf *c)
{
	struct conf_service	*s;
	struct conf_listen	*l;
	unsigned int		 i, n = 0;

	TAILQ_FOREACH(s, &c->services, entry)
		TAILQ_FOREACH(l, &s->listens, entry)
			n++;
	if ((c->listens_byid = conf_alloc(c, (n + 1) *
	    sizeof(*c->listens_byid))) == NULL)
		err(1, "configuration");
	c->nlistens = 0;
	TAILQ_FOREACH(s, &c->services, entry)
		TAILQ_FOREACH(l, &s->listens, entry)
			c->listens_byid[c->nlistens++] = l;
	for (i = 1; i < n; i++)
		if (c->listens_byid[i - 1]->conf.id >
		    c->listens_byid[i]->conf.id)
			break;
	if (i < n)
		qsort(c->listens_byid, n, sizeof(*c->listens_byid),
		    listen_id_cmp);
}

static void
ids_scripts(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_script	*was;
	struct conf_script		*s;

	match_begin(&m, match_script);
	TAILQ_FOREACH(was, &old->scripts, entry)
		match_add(&m, was);
	TAILQ_FOREACH(s, &new->scripts, entry) {
		was = match_find(&m, s);
		s->conf.id = was != NULL ? was->conf.id : ids_new(ids);
	}
	match_end(&m);
}

static void
ids_groups(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match			 m = { 0 };
	const struct conf_group		*was;
	struct conf_group		*g;

	match_begin(&m, match_group);
	TAILQ_FOREACH(was, &old->groups, entry)
		match_add(&m, was);
	TAILQ_FOREACH(g, &new->groups, entry) {
		was = match_find(&m, g);
		g->conf.id = was != NULL ? was->conf.id : ids_new(ids);
	}
	match_end(&m);
}

static void
ids_vrrps(struct ids *ids, struct conf *new, const struct conf *old)
{
	struct match		 m = { 0 };
	const struct conf_vrrp	*was;
	struct conf_vrrp	*v;

	RB_INIT(&new->vrrps_byid);
	match_begin(&m, match_vrrp);
	TAILQ_FOREACH(was, &old->vrrps, entry)
		match_add(&m, was);
	TAILQ_FOREACH(v, &new->vrrps, entry) {
		was = match_find(&m, v);
		v->conf.id = was != NULL ? was->conf.id : ids_new(ids);
		RB_INSERT(conf_vrrps_byid, &new->vrrps_byid, v);
		ids_vrrp_refs(v);
	}
	match_end(&m);
}

static void
ids_vrrp_refs(struct conf_vrrp *v)
{
	struct conf_peer	*peer;
	struct conf_vaddr	*a;
	struct conf_track	*t;

	v->conf.group_id = v->group == NULL ? 0 : v->group->conf.id;
	if (v->hmac != NULL)
		v->hmac->conf.vrrp_id = v->conf.id;
	TAILQ_FOREACH(peer, &v->peers, entry)
		peer->conf.vrrp_id = v->conf.id;
	TAILQ_FOREACH(a, &v->addrs, entry)
		a->conf.vrrp_id = v->conf.id;
	TAILQ_FOREACH(t, &v->tracks, entry) {
		t->conf.vrrp_id = v->conf.id;
		t->conf.ref_id = ids_track(t);
	}
}

static uint32_t
ids_track(const struct conf_track *t)
{
	switch (t->conf.kind) {
	case TRACK_SCRIPT:
		return (t->what.script->conf.id);
	case TRACK_SERVICE:
		return (t->what.service->id);
	case TRACK_TABLE:
		return (t->what.table->track_id);
	case TRACK_PROCESS:
		return (t->what.process->id);
	case TRACK_FILE:
		return (t->what.file->id);
	case TRACK_HOST:
		return (t->what.refhost->conf.id);
	default:
		return (0);
	}
}

/* What checks are made by. */
static void
ids_refs(struct conf *new)
{
	struct conf_check	*c;

	TAILQ_FOREACH(c, &new->checks, entry) {
		if (c->script != NULL)
			c->conf.ref_id = c->script->conf.id;
		if (c->file != NULL)
			c->conf.ref_id = c->file->id;
	}
}

void
conf_assign_ids(struct conf *new, const struct conf *old, uint32_t *next)
{
	struct conf	*none = NULL;
	struct ids	*ids;

	if ((ids = calloc(1, sizeof(*ids))) == NULL ||
	    (ids->content = index_new()) == NULL ||
	    (old == NULL && (old = none = conf_new()) == NULL))
		err(1, "configuration");
	ids->next = next;
	ids_old_content(ids, old);
	ids_tlsfiles(ids, new);
	ids_checks(ids, new);
	if (none == NULL)
		ids_variants(ids, new, old);
	ids_tabledefs(ids, new, old);
	ids_processes(ids, new, old);
	ids_trackfiles(ids, new, old);
	ids_refhosts(ids, new, old);
	ids_tables(ids, new, old);
	ids_services(ids, new, old);
	ids_scripts(ids, new, old);
	ids_groups(ids, new, old);
	ids_vrrps(ids, new, old);
	ids_refs(new);
	index_free(ids->content);
	free(ids);
	conf_free(none);
}

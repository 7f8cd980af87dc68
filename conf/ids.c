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

/*
 * Ids.  An object keeps its id as long as there is an object of its key, over
 * all reloads; so the engines know what stays what it was, and an operator's
 * override stays with its object.
 */

struct ids {
	struct index	*old;		/* ids of the old tree, by key */
	uint32_t	*next;
	struct key	 key;
};

static void	 ids_remember(struct ids *, uint32_t);
static uint32_t	 ids_give(struct ids *);
static void	 ids_key_listen(struct ids *, const struct conf_listen *);
static void	 ids_key_table(struct ids *, const struct conf_table *);
static void	 ids_key_host(struct ids *, const struct conf_host *);
static void	 ids_key_use(struct ids *, const struct conf_table *);
static void	 ids_key_refhost(struct ids *, const struct conf_refhost *);
static void	 ids_old_names(struct ids *, const struct conf *);
static void	 ids_old_tables(struct ids *, const struct conf *);
static void	 ids_old_tracked(struct ids *, const struct conf *);
static void	 ids_tracked(struct ids *, struct conf *);
static void	 ids_tlsfiles(struct ids *, struct conf *);
static void	 ids_checks(struct ids *, struct conf *);
static void	 ids_variants(struct ids *, struct conf *,
		    const struct conf *);
static void	 ids_claim(struct ids *, struct index *, struct conf_table *);
static void	 ids_tables(struct ids *, struct conf *);
static void	 ids_services(struct ids *, struct conf *);
static void	 ids_scripts(struct ids *, struct conf *);
static void	 ids_groups(struct ids *, struct conf *);
static void	 ids_vrrps(struct ids *, struct conf *);
static void	 ids_refs(struct conf *);
static uint32_t	 ids_track(const struct conf_track *);

/* The old object of the key at hand has this id. */
static void
ids_remember(struct ids *ids, uint32_t id)
{
	if (index_put(ids->old, &ids->key, (void *)(uintptr_t)id) == -1)
		err(1, "configuration");
}

/* The id of the new object of the key at hand. */
static uint32_t
ids_give(struct ids *ids)
{
	void	*old;

	if ((old = index_get(ids->old, &ids->key)) != NULL)
		return ((uint32_t)(uintptr_t)old);
	/* Ids are never used again: better to end than to begin anew. */
	if (*ids->next == UINT32_MAX)
		errx(1, "configuration: out of ids");
	return ((*ids->next)++);
}

static void
ids_key_listen(struct ids *ids, const struct conf_listen *l)
{
	key_listen(&ids->key, &l->conf);
	key_str(&ids->key, l->service->conf.name);
}

static void
ids_key_table(struct ids *ids, const struct conf_table *t)
{
	key_name(&ids->key, KEY_TABLE, t->conf.name);
	key_num(&ids->key, t->conf.port);
	key_num(&ids->key, t->variant);
}

/* What a table is used for; checks have their ids already. */
static void
ids_key_use(struct ids *ids, const struct conf_table *t)
{
	int	 i;

	key_name(&ids->key, KEY_USE, t->conf.name);
	key_num(&ids->key, t->conf.port);
	for (i = 0; i < t->conf.nchecks; i++)
		key_num(&ids->key, t->check[i]->conf.id);
}

static void
ids_key_host(struct ids *ids, const struct conf_host *h)
{
	key_name(&ids->key, KEY_HOST, h->table->conf.name);
	key_num(&ids->key, h->table->conf.port);
	key_num(&ids->key, h->table->variant);
	key_addr(&ids->key, &h->conf.addr);
}

static void
ids_key_refhost(struct ids *ids, const struct conf_refhost *h)
{
	key_start(&ids->key, KEY_REFHOST);
	key_addr(&ids->key, &h->conf.addr);
	key_num(&ids->key, h->variant);
}

static void
ids_old_names(struct ids *ids, const struct conf *old)
{
	const struct conf_service	*service;
	const struct conf_listen	*l;
	const struct conf_script	*script;
	const struct conf_group		*group;
	const struct conf_vrrp		*vrrp;

	TAILQ_FOREACH(service, &old->services, entry) {
		key_name(&ids->key, KEY_SERVICE, service->conf.name);
		ids_remember(ids, service->conf.id);
		TAILQ_FOREACH(l, &service->listens, entry) {
			ids_key_listen(ids, l);
			ids_remember(ids, l->conf.id);
		}
	}
	TAILQ_FOREACH(script, &old->scripts, entry) {
		key_name(&ids->key, KEY_SCRIPT, script->conf.name);
		ids_remember(ids, script->conf.id);
	}
	TAILQ_FOREACH(group, &old->groups, entry) {
		key_name(&ids->key, KEY_GROUP, group->conf.name);
		ids_remember(ids, group->conf.id);
	}
	TAILQ_FOREACH(vrrp, &old->vrrps, entry) {
		key_name(&ids->key, KEY_VRRP, vrrp->conf.name);
		ids_remember(ids, vrrp->conf.id);
	}
}

static void
ids_old_tables(struct ids *ids, const struct conf *old)
{
	const struct conf_tlsfile	*f;
	const struct conf_check		*c;
	const struct conf_table		*t;
	const struct conf_host		*h;

	TAILQ_FOREACH(f, &old->tlsfiles, entry) {
		key_tlsfile(&ids->key, f);
		ids_remember(ids, f->conf.id);
	}
	TAILQ_FOREACH(c, &old->checks, entry) {
		key_check(&ids->key, c);
		ids_remember(ids, c->conf.id);
	}
	TAILQ_FOREACH(t, &old->tables, entry) {
		ids_key_table(ids, t);
		ids_remember(ids, t->conf.id);
		TAILQ_FOREACH(h, &t->hosts, entry) {
			ids_key_host(ids, h);
			ids_remember(ids, h->conf.id);
		}
	}
}

static void
ids_old_tracked(struct ids *ids, const struct conf *old)
{
	const struct conf_tabledef	*d;
	const struct conf_process	*p;
	const struct conf_trackfile	*f;
	const struct conf_refhost	*h;

	TAILQ_FOREACH(d, &old->tabledefs, entry) {
		if (!d->tracked)
			continue;
		key_name(&ids->key, KEY_TRACK_TABLE, d->name);
		ids_remember(ids, d->track_id);
	}
	TAILQ_FOREACH(p, &old->processes, entry) {
		key_process(&ids->key, p);
		ids_remember(ids, p->id);
	}
	TAILQ_FOREACH(f, &old->trackfiles, entry) {
		key_name(&ids->key, f->checked ? KEY_CHECK_FILE :
		    KEY_TRACK_FILE, f->path);
		ids_remember(ids, f->id);
	}
	TAILQ_FOREACH(h, &old->refhosts, entry) {
		ids_key_refhost(ids, h);
		ids_remember(ids, h->conf.id);
	}
}

/* What is known by its being tracked alone. */
static void
ids_tracked(struct ids *ids, struct conf *new)
{
	struct conf_tabledef	*d;
	struct conf_process	*p;
	struct conf_trackfile	*f;
	struct conf_refhost	*h;

	TAILQ_FOREACH(d, &new->tabledefs, entry) {
		if (!d->tracked)
			continue;
		key_name(&ids->key, KEY_TRACK_TABLE, d->name);
		d->track_id = ids_give(ids);
	}
	TAILQ_FOREACH(p, &new->processes, entry) {
		key_process(&ids->key, p);
		p->id = ids_give(ids);
	}
	TAILQ_FOREACH(f, &new->trackfiles, entry) {
		key_name(&ids->key, f->checked ? KEY_CHECK_FILE :
		    KEY_TRACK_FILE, f->path);
		f->id = ids_give(ids);
	}
	TAILQ_FOREACH(h, &new->refhosts, entry) {
		ids_key_refhost(ids, h);
		h->conf.id = ids_give(ids);
		h->conf.check_id = h->check->conf.id;
	}
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
ids_tables(struct ids *ids, struct conf *new)
{
	struct conf_table	*t;
	struct conf_host	*h;
	int			 i;

	RB_INIT(&new->hosts_byid);
	TAILQ_FOREACH(t, &new->tables, entry) {
		ids_key_table(ids, t);
		t->conf.id = ids_give(ids);
		for (i = 0; i < t->conf.nchecks; i++)
			t->conf.check_id[i] = t->check[i]->conf.id;
		if (t->def != NULL)	/* it is no TABLE_F_VIA */
			t->conf.track_id = t->def->track_id;
		TAILQ_FOREACH(h, &t->hosts, entry) {
			ids_key_host(ids, h);
			h->conf.id = ids_give(ids);
			h->conf.table_id = t->conf.id;
			RB_INSERT(conf_hosts_byid, &new->hosts_byid, h);
		}
	}
}

static void
ids_services(struct ids *ids, struct conf *new)
{
	struct conf_service	*s;
	struct conf_listen	*l;
	int			 i;

	RB_INIT(&new->listens_byid);
	TAILQ_FOREACH(s, &new->services, entry) {
		key_name(&ids->key, KEY_SERVICE, s->conf.name);
		s->conf.id = ids_give(ids);
		for (i = 0; i < POOL_MAX; i++) {
			if (s->pool[i].table == NULL)
				continue;
			s->conf.pool[i].table_id = s->pool[i].table->conf.id;
		}
		TAILQ_FOREACH(l, &s->listens, entry) {
			ids_key_listen(ids, l);
			l->conf.id = ids_give(ids);
			l->conf.service_id = s->conf.id;
			RB_INSERT(conf_listens_byid, &new->listens_byid, l);
		}
	}
}

static void
ids_scripts(struct ids *ids, struct conf *new)
{
	struct conf_script	*s;

	TAILQ_FOREACH(s, &new->scripts, entry) {
		key_name(&ids->key, KEY_SCRIPT, s->conf.name);
		s->conf.id = ids_give(ids);
	}
}

static void
ids_groups(struct ids *ids, struct conf *new)
{
	struct conf_group	*g;

	TAILQ_FOREACH(g, &new->groups, entry) {
		key_name(&ids->key, KEY_GROUP, g->conf.name);
		g->conf.id = ids_give(ids);
	}
}

static void
ids_vrrps(struct ids *ids, struct conf *new)
{
	struct conf_vrrp	*v;
	struct conf_peer	*peer;
	struct conf_vaddr	*a;
	struct conf_track	*t;

	RB_INIT(&new->vrrps_byid);
	TAILQ_FOREACH(v, &new->vrrps, entry) {
		key_name(&ids->key, KEY_VRRP, v->conf.name);
		v->conf.id = ids_give(ids);
		RB_INSERT(conf_vrrps_byid, &new->vrrps_byid, v);
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
}

static uint32_t
ids_track(const struct conf_track *t)
{
	switch (t->conf.kind) {
	case TRACK_SCRIPT:
		return (t->what.script->conf.id);
	case TRACK_SERVICE:
		return (t->what.service->conf.id);
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
	struct conf_service	*s;

	TAILQ_FOREACH(s, &new->services, entry)
		if (s->vrrp != NULL)
			s->conf.vrrp_id = s->vrrp->conf.id;
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
	struct ids	*ids;

	if ((ids = calloc(1, sizeof(*ids))) == NULL ||
	    (ids->old = index_new()) == NULL)
		err(1, "configuration");
	ids->next = next;
	if (old != NULL) {
		ids_old_names(ids, old);
		ids_old_tables(ids, old);
		ids_old_tracked(ids, old);
	}
	ids_tlsfiles(ids, new);
	ids_checks(ids, new);
	if (old != NULL)
		ids_variants(ids, new, old);
	ids_tracked(ids, new);
	ids_tables(ids, new);
	ids_services(ids, new);
	ids_scripts(ids, new);
	ids_groups(ids, new);
	ids_vrrps(ids, new);
	ids_refs(new);
	index_free(ids->old);
	free(ids);
}

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

#include "../conf/change.h"
#include "../imsg/peer.h"
#include "parent.h"

/*
 * The configuration to an engine: the objects it works with and no others,
 * each after those it refers to.  The catalogue in imsg/msg.h names who gets
 * what, and a receiver refuses what is not its own.
 */

/* Bytes queued above which the rest waits. */
#define PUSH_QUEUE	(64 * 1024)

static void	push_first(struct peer *, const struct conf *);
static void	push_last(struct peer *, const struct conf *);
static void	push_tlsfiles(struct peer *, const struct conf *);
static void	push_checks(struct peer *, const struct conf *);
static void	push_table(struct peer *, const struct conf_table *);
static void	push_service(struct peer *, const struct conf_service *);
static void	push_scripts(struct peer *, const struct conf *);
static void	push_refhosts(struct peer *, const struct conf *);
static void	push_vrrps(struct peer *, const struct conf *);

void
push_begin(struct engine_proc *e, const struct conf *conf)
{
	struct push	*p = &e->push;

	p->conf = conf;
	p->table = NULL;
	p->service = NULL;
	if (e->proc != PROC_VRRPE)
		p->table = TAILQ_FIRST(&conf->tables);
	if (e->proc == PROC_LBE)
		p->service = TAILQ_FIRST(&conf->services);
	/* The generation that BEGIN carries is that of the objects. */
	peer_set_gen(e->peer, conf->generation);
	push_first(e->peer, conf);
	push_more(e);
}

void
push_more(struct engine_proc *e)
{
	struct push	*p = &e->push;

	if (p->conf == NULL)
		return;
	peer_set_gen(e->peer, p->conf->generation);
	while (p->conf != NULL && peer_queued(e->peer) < PUSH_QUEUE) {
		if (p->table != NULL) {
			/* What needs no check is nothing to hce. */
			if (e->proc != PROC_HCE || p->table->nchecks > 0)
				push_table(e->peer, p->table);
			p->table = TAILQ_NEXT(p->table, entry);
		} else if (p->service != NULL) {
			push_service(e->peer, p->service);
			p->service = TAILQ_NEXT(p->service, entry);
		} else {
			push_last(e->peer, p->conf);
			p->conf = NULL;
		}
	}
	if (e->env->conf != NULL)
		peer_set_gen(e->peer, e->env->conf->generation);
}

int
push_stop(struct engine_proc *e)
{
	int	 rest = e->push.conf != NULL;

	e->push.conf = NULL;
	return (rest);
}

/* What comes before tables. */
static void
push_first(struct peer *peer, const struct conf *conf)
{
	peer_send(peer, MSG_CONF_BEGIN, 0, -1, NULL, 0);
	peer_send(peer, MSG_CONF_GLOBAL, 0, -1, &conf->global,
	    sizeof(conf->global));
	switch (peer_proc(peer)) {
	case PROC_VRRPE:
		push_vrrps(peer, conf);
		break;
	case PROC_HCE:
		push_tlsfiles(peer, conf);
		push_checks(peer, conf);
		break;
	case PROC_LBE:
		push_checks(peer, conf);
		break;
	default:
		break;
	}
}

static void
push_last(struct peer *peer, const struct conf *conf)
{
	if (peer_proc(peer) == PROC_HCE) {
		push_scripts(peer, conf);
		push_refhosts(peer, conf);
	}
	peer_send(peer, MSG_CONF_END, 0, -1, NULL, 0);
}

void
push_changes(struct engine_proc *e, const struct conf_changes *changes)
{
	struct peer		*peer = e->peer;
	struct host_config	 host;
	const struct conf_host	*h;
	size_t			 i;

	peer_set_gen(peer, changes->generation);
	peer_send(peer, MSG_CONF_BEGIN, 0, -1, NULL, 0);
	peer_send(peer, MSG_CONF_SAME, 0, -1, NULL, 0);
	for (i = 0; i < changes->n; i++) {
		h = changes->list[i].host;
		if (e->proc == PROC_VRRPE ||
		    (e->proc == PROC_HCE && h->table->nchecks == 0))
			continue;
		conf_host_wire(&h->table->hosts, h, &host);
		host.weight = changes->list[i].weight;
		peer_send(peer, MSG_CONF_HOST, host.id, -1, &host,
		    sizeof(host));
	}
	peer_send(peer, MSG_CONF_END, 0, -1, NULL, 0);
	peer_set_gen(peer, e->env->conf->generation);
}

static void
push_tlsfiles(struct peer *peer, const struct conf *conf)
{
	struct conf_tlsfile	*f;
	size_t			 off, len;

	TAILQ_FOREACH(f, &conf->tlsfiles, entry) {
		if (f->copy)
			continue;
		peer_send(peer, MSG_CONF_TLSFILE, f->conf.id, -1, &f->conf,
		    sizeof(f->conf));
		for (off = 0; off < f->conf.size; off += len) {
			len = f->conf.size - off;
			if (len > TLSFILE_PART_MAX)
				len = TLSFILE_PART_MAX;
			peer_send(peer, MSG_CONF_TLSPART, f->conf.id, -1,
			    f->bytes + off, len);
		}
	}
}

static void
push_checks(struct peer *peer, const struct conf *conf)
{
	struct conf_check	*c;

	TAILQ_FOREACH(c, &conf->checks, entry)
		peer_send2(peer, MSG_CONF_CHECK, c->conf.id, &c->conf,
		    sizeof(c->conf), c->items, c->conf.items_len);
}

static void
push_table(struct peer *peer, const struct conf_table *t)
{
	const struct conf_host	*h;
	struct table_config	 table;
	struct host_config	 host;

	conf_table_wire(t, &table);
	peer_send(peer, MSG_CONF_TABLE, t->id, -1, &table, sizeof(table));
	CONF_HOSTS_FOREACH(h, &t->hosts) {
		conf_host_wire(&t->hosts, h, &host);
		peer_send(peer, MSG_CONF_HOST, h->id, -1, &host,
		    sizeof(host));
	}
}

static void
push_service(struct peer *peer, const struct conf_service *s)
{
	const struct conf_listen	*l;
	struct service_config		 service;

	conf_service_wire(s, &service);
	peer_send(peer, MSG_CONF_SERVICE, s->id, -1, &service,
	    sizeof(service));
	TAILQ_FOREACH(l, &s->listens, entry)
		peer_send(peer, MSG_CONF_LISTEN, l->conf.id, -1, &l->conf,
		    sizeof(l->conf));
}

static void
push_scripts(struct peer *peer, const struct conf *conf)
{
	struct conf_script	*s;

	TAILQ_FOREACH(s, &conf->scripts, entry)
		if (s->tracked)
			peer_send(peer, MSG_CONF_SCRIPT, s->conf.id, -1,
			    &s->conf, sizeof(s->conf));
}

static void
push_refhosts(struct peer *peer, const struct conf *conf)
{
	struct conf_refhost	*h;

	TAILQ_FOREACH(h, &conf->refhosts, entry)
		peer_send(peer, MSG_CONF_REFHOST, h->conf.id, -1, &h->conf,
		    sizeof(h->conf));
}

static void
push_vrrps(struct peer *peer, const struct conf *conf)
{
	struct conf_group	*g;
	struct conf_vrrp	*v;
	struct conf_peer	*p;
	struct conf_vaddr	*a;
	struct conf_track	*t;

	TAILQ_FOREACH(g, &conf->groups, entry)
		peer_send(peer, MSG_CONF_GROUP, g->conf.id, -1, &g->conf,
		    sizeof(g->conf));
	TAILQ_FOREACH(v, &conf->vrrps, entry) {
		peer_send(peer, MSG_CONF_VRRP, v->conf.id, -1, &v->conf,
		    sizeof(v->conf));
		if (v->hmac != NULL)
			peer_send(peer, MSG_CONF_HMAC, v->conf.id, -1,
			    &v->hmac->conf, sizeof(v->hmac->conf));
		TAILQ_FOREACH(p, &v->peers, entry)
			peer_send(peer, MSG_CONF_PEER, v->conf.id, -1,
			    &p->conf, sizeof(p->conf));
		TAILQ_FOREACH(a, &v->addrs, entry)
			peer_send(peer, MSG_CONF_VADDR, v->conf.id, -1,
			    &a->conf, sizeof(a->conf));
		TAILQ_FOREACH(t, &v->tracks, entry)
			peer_send(peer, MSG_CONF_TRACK, v->conf.id, -1,
			    &t->conf, sizeof(t->conf));
	}
}

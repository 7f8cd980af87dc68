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

#include <string.h>

#include <bsd/string.h>

#include "build_vrrp.h"

/*
 * Services that are active while an instance is master.  The instance may
 * stand further down, so it is found when the whole file is known.
 *
 * On a backup whose checks are suspended the verdicts stay what they are; so
 * an instance must not depend on them, be it by way of others: what has once
 * failed would keep it from being master, and so from being checked again.
 */

static int	bound_together(const struct conf_vrrp *,
		    const struct conf_vrrp *);
static int	bound_suspends(const struct conf_track *,
		    const struct conf_service *);
static int	bound_tracks(const struct conf_service *,
		    const struct conf_track *);
static int	bound_leads(struct parse *, const struct conf_track *,
		    const struct conf_vrrp *);
static int	bound_waits(struct parse *, const struct conf_vrrp *,
		    const struct conf_vrrp *);
static int	bound_first(const struct parse *, const struct conf_vrrp *);
static void	bound_check_track(struct parse *, const struct conf_vrrp *,
		    const struct conf_track *);
static void	bound_resolve(struct parse *, const struct bound_ref *);

void
build_while(struct parse *p, const struct lex_str *vrrp, int suspend)
{
	struct bound_ref	*ref;

	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_WHILE, "while") == -1 ||
	    (ref = lex_alloc(p->lex, sizeof(*ref))) == NULL)
		return;
	ref->service = p->service;
	ref->pos = p->pos;
	if (value_name(p, "vrrp", vrrp, ref->name) == -1)
		return;
	if (suspend)
		p->service->flags |= SERVICE_F_SUSPEND;
	TAILQ_INSERT_TAIL(&p->bounds, ref, entry);
}

static void
bound_resolve(struct parse *p, const struct bound_ref *ref)
{
	struct conf_vrrp	*v;

	key_name(&p->key, KEY_VRRP, ref->name);
	if ((v = index_get(p->index, &p->key)) != NULL) {
		v->bound = 1;
		ref->service->vrrp = v;
	} else if (p->errors_top == 0)
		diag_error(&p->diag, &ref->pos, "service \"%s\": vrrp \"%s\" "
		    "is not defined", ref->service->name, ref->name);
}

/* Are they master at the same time? */
static int
bound_together(const struct conf_vrrp *a, const struct conf_vrrp *b)
{
	return (a == b || (a->group != NULL && a->group == b->group));
}

/* Is this what is tracked, or does it have the table that is? */
static int
bound_tracks(const struct conf_service *s, const struct conf_track *t)
{
	int	 i;

	if (t->conf.kind == TRACK_SERVICE)
		return (t->what.service == s);
	for (i = 0; t->conf.kind == TRACK_TABLE && i < POOL_MAX; i++)
		if (s->pool[i].table != NULL &&
		    s->pool[i].table->def == t->what.table)
			return (1);
	return (0);
}

static int
bound_suspends(const struct conf_track *t, const struct conf_service *s)
{
	return (s->flags & SERVICE_F_SUSPEND && s->vrrp != NULL &&
	    bound_tracks(s, t));
}

/* Do the verdicts that are tracked wait for this instance to be master? */
static int
bound_leads(struct parse *p, const struct conf_track *t,
    const struct conf_vrrp *to)
{
	const struct conf_service	*s;

	if (t->conf.kind != TRACK_SERVICE && t->conf.kind != TRACK_TABLE)
		return (0);
	TAILQ_FOREACH(s, &p->conf->services, entry) {
		if (!bound_suspends(t, s))
			continue;
		if (bound_together(s->vrrp, to) || bound_waits(p, s->vrrp, to))
			return (1);
	}
	return (0);
}

/* The same for all that an instance, or any of its group, tracks. */
static int
bound_waits(struct parse *p, const struct conf_vrrp *from,
    const struct conf_vrrp *to)
{
	const struct conf_track	*t;
	struct conf_vrrp	*v;

	TAILQ_FOREACH(v, &p->conf->vrrps, entry) {
		if (!bound_together(v, from) || v->visited)
			continue;
		v->visited = 1;
		TAILQ_FOREACH(t, &v->tracks, entry)
			if (bound_leads(p, t, to))
				return (1);
	}
	return (0);
}

/* What its group tracks is told of the first of its members alone. */
static int
bound_first(const struct parse *p, const struct conf_vrrp *v)
{
	const struct conf_vrrp	*first;

	TAILQ_FOREACH(first, &p->conf->vrrps, entry)
		if (first->group == v->group)
			break;
	return (first == v);
}

static void
bound_check_track(struct parse *p, const struct conf_vrrp *v,
    const struct conf_track *t)
{
	struct conf_vrrp	*other;
	struct pos		 pos = { t->file, t->line };

	TAILQ_FOREACH(other, &p->conf->vrrps, entry)
		other->visited = 0;
	if ((t->of_group && !bound_first(p, v)) || !bound_leads(p, t, v))
		return;
	diag_error(&p->diag, &pos, "%s \"%s\": %s \"%s\" is not checked while "
	    "it is backup, and once failed would keep it from being master "
	    "for ever; leave out \"suspend checks\"",
	    t->of_group ? "sync group" : "vrrp",
	    t->of_group ? v->group->conf.name : v->conf.name,
	    track_kind_names[t->conf.kind], track_what(t));
}

void
check_bounds(struct parse *p)
{
	const struct bound_ref	*ref;
	const struct conf_vrrp	*v;
	const struct conf_track	*t;

	TAILQ_FOREACH(ref, &p->bounds, entry)
		bound_resolve(p, ref);
	/* What is not whole refers to what is not there. */
	if (p->diag.errors > 0 || TAILQ_EMPTY(&p->bounds))
		return;
	TAILQ_FOREACH(v, &p->conf->vrrps, entry)
		TAILQ_FOREACH(t, &v->tracks, entry)
			bound_check_track(p, v, t);
}

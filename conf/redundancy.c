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

#include <bsd/string.h>

#include "build_vrrp.h"

static void	vrrp_owner(struct parse *);
static void	owner_error(struct parse *, const struct pos *, const char *);
static void	vrrp_vrid(struct parse *);
static void	vrrp_complete(struct parse *);

void
build_vrrp(struct parse *p, const struct lex_str *name,
    const struct lex_str *ifname)
{
	struct conf_vrrp	*v, *old;

	build_begin(p);
	p->advert_ms = 0;
	p->vrrp = NULL;
	if ((v = calloc(1, sizeof(*v))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INIT(&v->peers);
	TAILQ_INIT(&v->addrs);
	TAILQ_INIT(&v->routes);
	TAILQ_INIT(&v->rules);
	TAILQ_INIT(&v->tracks);
	TAILQ_INIT(&v->notifies);
	v->file = p->pos.file;
	v->line = p->pos.line;
	build_announce_begin(&v->announce);
	v->conf.af = AF_INET;
	v->conf.priority = DEFAULT_PRIORITY;
	v->conf.advert_cs = DEFAULT_ADVERT_CS;
	TAILQ_INSERT_TAIL(&p->conf->vrrps, v, entry);
	p->vrrp = v;
	(void)value_ifname(p, ifname, v->conf.ifname);
	if (value_name(p, "vrrp", name, v->conf.name) == -1)
		return;
	key_name(&p->key, KEY_VRRP, v->conf.name);
	if ((old = build_unique(p, v)) != NULL)
		conf_error(p, "vrrp \"%s\" is defined at %s:%d already",
		    v->conf.name, old->file, old->line);
}

void
build_vrid(struct parse *p, const struct lex_str *str)
{
	int	errors = p->diag.errors, vrid;

	if (p->vrrp == NULL ||
	    build_once(p, &p->block_seen, SEEN_VRID, "vrid") == -1)
		return;
	vrid = value_number(p, "vrid", str, 1, 255);
	if (p->diag.errors != errors)
		return;
	p->vrrp->conf.vrid = vrid;
	p->vrid_pos = p->pos;
}

void
build_priority(struct parse *p, const struct lex_str *str)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v == NULL ||
	    build_once(p, &p->block_seen, SEEN_PRIORITY, "priority") == -1)
		return;
	if (strcmp(str->s, "0") == 0) {
		/* RFC 3768 section 5.3.4 */
		conf_error(p, "priority 0 is what a master sends when it "
		    "gives up; must be from 1 to 255");
		return;
	}
	v->conf.priority = value_number(p, "priority", str, 1, 255);
}

void
build_preempt(struct parse *p, const struct lex_str *delay)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v == NULL ||
	    build_once(p, &p->block_seen, SEEN_PREEMPT, "preempt") == -1)
		return;
	if (delay != NULL)
		v->conf.preempt_ms = value_ms(p, "preempt delay", delay, 0,
		    VRRP_PREEMPT_MS_MAX);
}

void
build_nopreempt(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v != NULL &&
	    build_once(p, &p->block_seen, SEEN_PREEMPT, "preempt") == 0)
		v->conf.flags |= VRRP_F_NOPREEMPT;
}

void
build_start(struct parse *p, int master)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v != NULL &&
	    build_once(p, &p->block_seen, SEEN_START, "start") == 0 && master)
		v->conf.flags |= VRRP_F_STARTMASTER;
}

static void
owner_error(struct parse *p, const struct pos *pos, const char *what)
{
	diag_error(&p->diag, pos, "vrrp \"%s\": with priority 255, that of "
	    "the owner of the addresses, %s no effect; use at most 254",
	    p->vrrp->conf.name, what);
}

/* The owner always takes over, and its priority never changes. */
static void
vrrp_owner(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_track	*t;
	struct pos		 pos = { v->file, v->line };

	if (v->conf.priority != VRRP_OWNER)
		return;
	if (v->conf.flags & VRRP_F_NOPREEMPT)
		owner_error(p, &pos, "no preempt has");
	if (v->conf.preempt_ms != 0)
		owner_error(p, &pos, "preempt delay has");
	if (p->block_seen & SEEN_START)
		owner_error(p, &pos, "start has");
	TAILQ_FOREACH(t, &v->tracks, entry) {
		if (t->conf.weight == 0)
			continue;
		pos.file = t->file;
		pos.line = t->line;
		owner_error(p, &pos, "weights have");
	}
}

/* IPv4 and IPv6 have numbers of their own (RFC 9568 section 5.2.3). */
static void
vrrp_vrid(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp, *old;

	if (v->conf.vrid == 0)
		return;
	key_name(&p->key, KEY_VRID, v->conf.ifname);
	key_num(&p->key, v->conf.af);
	key_num(&p->key, v->conf.vrid);
	if ((old = build_unique(p, v)) != NULL)
		diag_error(&p->diag, &p->vrid_pos, "vrid %u on %s belongs to "
		    "vrrp \"%s\" (%s:%d) already; choose another",
		    v->conf.vrid, v->conf.ifname, old->conf.name, old->file,
		    old->line);
}

static void
vrrp_complete(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_vaddr	*a;
	struct pos		 pos = { v->file, v->line };
	int			 n = 0;

	TAILQ_FOREACH(a, &v->addrs, entry)
		n += (a->conf.flags & VADDR_F_EXCLUDED) == 0;
	if (n > VRRP_ADDR_MAX)
		diag_error(&p->diag, &pos, "vrrp \"%s\" has %d addresses, an "
		    "advertisement counts at most %d; use several instances "
		    "and a sync group", v->conf.name, n, VRRP_ADDR_MAX);
	if (build_broken(p))
		return;
	if (v->conf.vrid == 0)
		diag_error(&p->diag, &pos, "vrrp \"%s\" has no vrid; give it "
		    "one from 1 to 255, the same on each director",
		    v->conf.name);
	if (n == 0)
		diag_error(&p->diag, &pos, "vrrp \"%s\" has no address%s",
		    v->conf.name, TAILQ_EMPTY(&v->addrs) ? "" : " to "
		    "advertise; one at least must not be excluded");
}

void
build_vrrp_end(struct parse *p)
{
	if (p->vrrp == NULL)
		return;
	build_adverts_end(p);
	build_virtual_end(p);
	build_hmac_end(p);
	vrrp_vrid(p);
	vrrp_owner(p);
	vrrp_complete(p);
	build_routes_end(p);
	p->vrrp = NULL;
}

/*
 * Sync groups.
 */

void
build_group(struct parse *p, const struct lex_str *name)
{
	struct conf_group	*g, *old;

	build_begin(p);
	p->group = NULL;
	p->members_here = 0;
	if ((g = calloc(1, sizeof(*g))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INIT(&g->tracks);
	TAILQ_INIT(&g->notifies);
	g->file = p->pos.file;
	g->line = p->pos.line;
	TAILQ_INSERT_TAIL(&p->conf->groups, g, entry);
	p->group = g;
	if (value_name(p, "sync group", name, g->conf.name) == -1)
		return;
	key_name(&p->key, KEY_GROUP, g->conf.name);
	if ((old = build_unique(p, g)) != NULL)
		conf_error(p, "sync group \"%s\" is defined at %s:%d already",
		    g->conf.name, old->file, old->line);
}

void
build_member(struct parse *p, const struct lex_str *name)
{
	struct member_ref	*ref;

	if (p->group == NULL ||
	    (ref = lex_alloc(p->lex, sizeof(*ref))) == NULL)
		return;
	ref->group = p->group;
	ref->pos = p->pos;
	if (value_name(p, "vrrp", name, ref->name) == -1)
		return;
	TAILQ_INSERT_TAIL(&p->members, ref, entry);
	p->members_here++;
}

void
build_member_group(struct parse *p, const struct lex_str *name)
{
	if (p->group != NULL)
		conf_error(p, "sync group \"%s\": group \"%s\" cannot be in "
		    "it; name each vrrp, all in one group", p->group->conf.name,
		    name->s);
}

void
build_group_end(struct parse *p)
{
	struct conf_group	*g = p->group;
	struct pos		 pos;

	if (g == NULL)
		return;
	pos.file = g->file;
	pos.line = g->line;
	if (p->members_here < 2 && !build_broken(p))
		diag_error(&p->diag, &pos, "sync group \"%s\" has %d vrrp; "
		    "there must be two or more to hold together",
		    g->conf.name, p->members_here);
	p->group = NULL;
}

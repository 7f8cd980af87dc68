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

/*
 * Trackers.  They may name what stands further down, so what they refer to
 * is found when the whole file is known.
 */

static int	track_name(struct parse *, struct track_spec *,
		    struct track_ref *, struct conf_track *);
static void	track_key(struct parse *, const void *,
		    const struct conf_track *, int);
static void	track_missing(struct parse *, const struct track_ref *,
		    const char *);
static void	track_script(struct parse *, const struct track_ref *);
static void	track_service(struct parse *, const struct track_ref *);
static void	track_table(struct parse *, const struct track_ref *);
static void	track_process(struct parse *, const struct track_ref *);
static void	track_file(struct parse *, const struct track_ref *);
static void	track_host(struct parse *, const struct track_ref *);
static unsigned int track_variant(const struct conf *, const struct addr *);
static void	track_group(struct parse *, struct conf_vrrp *,
		    const struct conf_track *);
static void	track_count(struct parse *, const struct conf_vrrp *);

void
build_track_begin(struct parse *p, struct track_spec *spec,
    enum track_kind kind, const struct lex_str *name)
{
	memset(spec, 0, sizeof(*spec));
	spec->kind = kind;
	spec->name = *name;
	spec->weight = kind == TRACK_FILE ? DEFAULT_FILE_WEIGHT : 0;
	spec->quorum = 1;
	spec->pos = p->pos;
}

void
build_track_weight(struct parse *p, struct track_spec *spec,
    const struct lex_str *weight)
{
	if (build_once(p, &spec->seen, SEEN_WEIGHT, "weight") == -1)
		return;
	spec->weight = value_number(p, "weight", weight, -TRACK_WEIGHT_MAX,
	    TRACK_WEIGHT_MAX);
	/* Of a file it is, by default. */
	if (spec->weight == 0 && spec->kind != TRACK_FILE)
		conf_error(p, "weight 0 changes nothing; without weight a "
		    "failure is a fault");
}

void
build_track_reverse(struct parse *p, struct track_spec *spec)
{
	if (build_once(p, &spec->seen, SEEN_REVERSE, "reverse") == 0)
		spec->flags |= TRACK_F_REVERSE;
}

void
build_track_quorum(struct parse *p, struct track_spec *spec,
    const struct lex_str *quorum)
{
	if (build_once(p, &spec->seen, SEEN_QUORUM, "quorum") == -1)
		return;
	spec->quorum = value_number(p, "quorum", quorum, 1, QUORUM_MAX);
	if (spec->kind != TRACK_PROCESS)
		conf_error(p, "quorum: only of a process there can be "
		    "several");
}

void
build_track_timing(struct parse *p, struct track_spec *spec, enum seen what,
    const struct lex_str *str)
{
	build_timing(p, &spec->timing, &spec->seen, what, str);
	if (spec->kind != TRACK_HOST)
		conf_error(p, "interval, timeout, rise and fall are of a "
		    "host; a script has its own");
}

int
track_path(struct parse *p, const struct lex_str *str, char *name)
{
	char	*path;

	if ((path = value_path(p, "file", str, TRACK_NAME_LEN)) == NULL)
		return (-1);
	(void)strlcpy(name, path, TRACK_NAME_LEN);
	free(path);
	if (name[strlen(name) - 1] != '/')
		return (0);
	conf_error(p, "file \"%s\": is a directory", name);
	return (-1);
}

const char *
track_what(const struct conf_track *t)
{
	return (t->conf.kind == TRACK_INTERFACE ? t->conf.ifname :
	    t->conf.name);
}

/* The name as it travels and is shown; -1: wrong. */
static int
track_name(struct parse *p, struct track_spec *spec, struct track_ref *ref,
    struct conf_track *t)
{
	char	 name[NAME_LEN];

	if (spec->kind == TRACK_INTERFACE)
		return (value_ifname(p, &spec->name, t->conf.ifname));
	if (spec->kind == TRACK_FILE)
		return (track_path(p, &spec->name, t->conf.name));
	if (spec->kind == TRACK_HOST) {
		if (resolve_addr(p, "host", &spec->name, &ref->addr) == -1)
			return (-1);
		(void)addr_str(&ref->addr, t->conf.name);
		return (0);
	}
	if (value_name(p, "track", &spec->name, name) == -1)
		return (-1);
	if (spec->kind == TRACK_PROCESS && strchr(name, '/') != NULL) {
		conf_error(p, "process \"%s\": write its name without the "
		    "directory", name);
		return (-1);
	}
	(void)strlcpy(t->conf.name, name, sizeof(t->conf.name));
	return (0);
}

/* What an instance or a group tracks once. */
static void
track_key(struct parse *p, const void *owner, const struct conf_track *t,
    int quorum)
{
	key_start(&p->key, KEY_TRACK);
	key_mem(&p->key, &owner, sizeof(owner));
	key_num(&p->key, t->conf.kind);
	key_num(&p->key, quorum);
	key_str(&p->key, track_what(t));
}

void
build_track(struct parse *p, struct track_spec *spec)
{
	struct conf_track	*t;
	struct track_ref	*ref;
	const void		*owner;

	if ((p->vrrp == NULL && p->group == NULL) ||
	    (ref = lex_alloc(p->lex, sizeof(*ref))) == NULL)
		return;
	if ((t = calloc(1, sizeof(*t))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	t->conf.kind = spec->kind;
	t->conf.flags = spec->flags;
	t->conf.weight = spec->weight;
	t->file = spec->pos.file;
	t->line = spec->pos.line;
	if (track_name(p, spec, ref, t) == -1) {
		free(t);
		return;
	}
	if ((owner = p->vrrp) != NULL)
		TAILQ_INSERT_TAIL(&p->vrrp->tracks, t, entry);
	else {
		owner = p->group;
		TAILQ_INSERT_TAIL(&p->group->tracks, t, entry);
	}
	ref->track = t;
	ref->vrrp = p->vrrp;
	ref->group = p->group;
	ref->quorum = spec->quorum;
	ref->timing = spec->timing;
	TAILQ_INSERT_TAIL(&p->tracks, ref, entry);
	track_key(p, owner, t, spec->quorum);
	if (build_unique(p, t) != NULL)
		conf_error(p, "\"%s\" is tracked twice", spec->name.s);
}

/* A block that was not understood may be the one that is missing. */
static void
track_missing(struct parse *p, const struct track_ref *ref, const char *what)
{
	const struct conf_track	*t = ref->track;
	struct pos		 pos = { t->file, t->line };

	if (p->errors_top > 0)
		return;
	diag_error(&p->diag, &pos, "%s \"%s\": %s \"%s\" is not defined",
	    ref->vrrp != NULL ? "vrrp" : "sync group", ref->vrrp != NULL ?
	    ref->vrrp->conf.name : ref->group->conf.name, what, t->conf.name);
}

static void
track_script(struct parse *p, const struct track_ref *ref)
{
	struct conf_script	*s;

	key_name(&p->key, KEY_SCRIPT, ref->track->conf.name);
	if ((s = index_get(p->index, &p->key)) == NULL) {
		track_missing(p, ref, "script");
		return;
	}
	s->used = s->tracked = 1;
	ref->track->what.script = s;
}

static void
track_service(struct parse *p, const struct track_ref *ref)
{
	struct conf_service	*s;

	key_name(&p->key, KEY_SERVICE, ref->track->conf.name);
	if ((s = index_get(p->index, &p->key)) == NULL) {
		track_missing(p, ref, "service");
		return;
	}
	s->flags |= SERVICE_F_TRACKED;
	ref->track->what.service = s;
}

static void
track_table(struct parse *p, const struct track_ref *ref)
{
	struct conf_tabledef	*d;

	key_name(&p->key, KEY_TABLE, ref->track->conf.name);
	if ((d = index_get(p->index, &p->key)) == NULL) {
		track_missing(p, ref, "table");
		return;
	}
	d->tracked = 1;
	ref->track->what.table = d;
}

/* Instances that want as many processes of a name share what is looked at. */
static void
track_process(struct parse *p, const struct track_ref *ref)
{
	struct conf_process	*new, *old;

	if ((new = calloc(1, sizeof(*new))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	new->quorum = ref->quorum;
	(void)strlcpy(new->name, ref->track->conf.name, sizeof(new->name));
	key_process(&p->key, new);
	if ((old = build_unique(p, new)) != NULL) {
		free(new);
		new = old;
	} else
		TAILQ_INSERT_TAIL(&p->conf->processes, new, entry);
	ref->track->what.process = new;
}

struct conf_trackfile *
track_file_share(struct parse *p, const char *path, int checked)
{
	struct conf_trackfile	*f;

	key_name(&p->key, checked ? KEY_CHECK_FILE : KEY_TRACK_FILE, path);
	if ((f = index_get(p->index, &p->key)) != NULL)
		return (f);
	if ((f = calloc(1, sizeof(*f))) == NULL ||
	    (f->path = strdup(path)) == NULL) {
		free(f);
		diag_nomem(&p->diag);
		return (NULL);
	}
	f->checked = checked;
	TAILQ_INSERT_TAIL(&p->conf->trackfiles, f, entry);
	(void)build_unique(p, f);
	return (f);
}

static void
track_file(struct parse *p, const struct track_ref *ref)
{
	ref->track->what.file = track_file_share(p, ref->track->conf.name, 0);
}

/*
 * The same host with the same times is pinged once, whoever tracks it.  When
 * it has other times after a reload, it still is the same to all: so hosts
 * of one address are known by their order, and not by their times.
 */
static void
track_host(struct parse *p, const struct track_ref *ref)
{
	const struct conf_track	*t = ref->track;
	struct check_spec	 ping;
	struct timing		 timing = ref->timing;
	struct pos		 pos = { t->file, t->line };
	struct conf_check	*check;
	struct conf_refhost	*h;
	uint8_t			 none[1];

	build_check(&ping, CHECK_ICMP, none);
	check_timing(p, &timing, &pos, "track host", t->conf.name);
	if ((check = check_share(p, &ping, &timing)) == NULL)
		return;
	key_start(&p->key, KEY_REFHOST);
	key_addr(&p->key, &ref->addr);
	key_mem(&p->key, &check, sizeof(check));
	if ((h = index_get(p->index, &p->key)) == NULL) {
		if ((h = calloc(1, sizeof(*h))) == NULL) {
			diag_nomem(&p->diag);
			return;
		}
		h->conf.addr = ref->addr;
		h->check = check;
		h->variant = track_variant(p->conf, &ref->addr);
		TAILQ_INSERT_TAIL(&p->conf->refhosts, h, entry);
		(void)build_unique(p, h);
	}
	ref->track->what.refhost = h;
}

static unsigned int
track_variant(const struct conf *c, const struct addr *addr)
{
	const struct conf_refhost	*h;
	unsigned int			 n = 0;

	TAILQ_FOREACH(h, &c->refhosts, entry)
		n += addr_cmp(&h->conf.addr, addr) == 0;
	return (n);
}

/* What the group of an instance tracks, it tracks. */
static void
track_group(struct parse *p, struct conf_vrrp *v, const struct conf_track *t)
{
	struct conf_track	*copy;
	struct pos		 pos = { t->file, t->line };
	const char		*kind = track_kind_names[t->conf.kind];

	track_key(p, v, t, t->conf.kind == TRACK_PROCESS ?
	    t->what.process->quorum : 1);
	if (index_get(p->index, &p->key) != NULL) {
		diag_error(&p->diag, &pos, "sync group \"%s\": its vrrp "
		    "\"%s\" tracks %s \"%s\" itself; leave out one",
		    v->group->conf.name, v->conf.name, kind, track_what(t));
		return;
	}
	if (v->conf.priority == VRRP_OWNER && t->conf.weight != 0) {
		diag_error(&p->diag, &pos, "sync group \"%s\": its vrrp "
		    "\"%s\" has priority 255, that of the owner of the "
		    "addresses, and weights have no effect; use at most 254",
		    v->group->conf.name, v->conf.name);
		return;
	}
	if ((copy = malloc(sizeof(*copy))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	*copy = *t;
	copy->of_group = 1;
	TAILQ_INSERT_TAIL(&v->tracks, copy, entry);
}

static void
track_count(struct parse *p, const struct conf_vrrp *v)
{
	const struct conf_track	*t;
	struct pos		 pos = { v->file, v->line };
	int			 n = 0;

	TAILQ_FOREACH(t, &v->tracks, entry)
		n++;
	if (n > TRACK_COUNT_MAX)
		diag_error(&p->diag, &pos, "vrrp \"%s\" tracks %d things, "
		    "there can be at most %d", v->conf.name, n,
		    TRACK_COUNT_MAX);
}

void
check_tracks(struct parse *p)
{
	const struct track_ref	*ref;

	TAILQ_FOREACH(ref, &p->tracks, entry)
		switch (ref->track->conf.kind) {
		case TRACK_SCRIPT:
			track_script(p, ref);
			break;
		case TRACK_SERVICE:
			track_service(p, ref);
			break;
		case TRACK_TABLE:
			track_table(p, ref);
			break;
		case TRACK_PROCESS:
			track_process(p, ref);
			break;
		case TRACK_FILE:
			track_file(p, ref);
			break;
		case TRACK_HOST:
			track_host(p, ref);
			break;
		default:
			break;
		}
}

void
check_group_tracks(struct parse *p)
{
	const struct conf_track	*t;
	struct conf_vrrp	*v;
	int			 whole = p->diag.errors == 0;

	TAILQ_FOREACH(v, &p->conf->vrrps, entry) {
		if (v->group != NULL && whole)
			TAILQ_FOREACH(t, &v->group->tracks, entry)
				track_group(p, v, t);
		track_count(p, v);
	}
}

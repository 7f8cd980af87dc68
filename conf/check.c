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
 * What can be judged only when the whole file is known.  Errors that merely
 * follow from a line that was not understood are not reported.
 */

/* What makes a table in use one of its own. */
struct table_use {
	struct conf_tabledef	*def;
	struct conf_check	*check[CHECKS_MAX];
	int			 nchecks;
	uint16_t		 port;
};

static void			 check_global(struct parse *);
static void			 check_pools(struct parse *);
static void			 check_pool(struct parse *,
				    const struct pool_ref *);
static int			 check_pool_port(struct parse *,
				    const struct pool_ref *, uint16_t *);
static int			 check_has_port(struct parse *,
				    const struct pool_ref *,
				    const struct table_use *);
static int			 check_pool_family(struct parse *,
				    const struct pool_ref *,
				    const struct conf_tabledef *);
static int			 check_ports_meet(const struct conf_service *,
				    uint16_t, uint16_t);
static void			 check_backup(struct parse *,
				    const struct pool_ref *);
static void			 check_pace(const struct parse *,
				    struct timing *, const struct timing *);
static struct conf_check	*check_make(const struct check_spec *,
				    const struct timing *);
static struct conf_check	*check_wanted(struct parse *,
				    const struct pool_ref *,
				    const struct check_spec *);
static int			 check_all_wanted(struct parse *,
				    const struct pool_ref *,
				    struct conf_check **);
static int			 table_variant(struct parse *,
				    struct conf_table *);
static struct conf_table	*table_make(struct parse *,
				    const struct table_use *);
static void			 table_use_key(struct parse *,
				    const struct table_use *);
static int			 table_is(const struct conf_table *,
				    const struct table_use *);
static struct conf_table	*table_find(struct parse *,
				    const struct table_use *);
static int			 table_hosts(struct parse *,
				    struct conf_table *);
static int			 table_copy(struct parse *,
				    struct conf_hosts *);
static void			 check_scripts(struct parse *);
static void			 check_members(struct parse *);
static void			 check_unused(struct parse *);

/* The times for all; whoever inherits both is not told again. */
static void
check_global(struct parse *p)
{
	struct timing	*t = &p->timing;
	uint32_t	 interval;
	char		 a[DURATION_STRLEN], b[DURATION_STRLEN];

	interval = t->interval_ms != 0 ? t->interval_ms : DEFAULT_INTERVAL_MS;
	if (t->timeout_ms > interval)
		diag_error(&p->diag, &p->timing_pos, "timeout %s is longer "
		    "than the interval of %s", duration_str(t->timeout_ms, a),
		    duration_str(interval, b));
}

void
check_timing(struct parse *p, struct timing *t, const struct pos *pos,
    const char *what, const char *name)
{
	const struct timing	*g = &p->timing;
	int			 inherits;
	char			 a[DURATION_STRLEN], b[DURATION_STRLEN];

	inherits = t->interval_ms == 0 && t->timeout_ms == 0;
	if (t->interval_ms == 0)
		t->interval_ms = g->interval_ms != 0 ? g->interval_ms :
		    DEFAULT_INTERVAL_MS;
	if (t->timeout_ms == 0)
		t->timeout_ms = g->timeout_ms;
	if (t->timeout_ms == 0)
		t->timeout_ms = t->interval_ms < DEFAULT_TIMEOUT_MS ?
		    t->interval_ms : DEFAULT_TIMEOUT_MS;
	if (t->rise == 0)
		t->rise = g->rise != 0 ? g->rise : DEFAULT_RISE;
	if (t->fall == 0)
		t->fall = g->fall != 0 ? g->fall : DEFAULT_FALL;
	if (t->timeout_ms > t->interval_ms && !inherits)
		diag_error(&p->diag, pos, "%s \"%s\": timeout %s is longer "
		    "than the interval of %s", what, name,
		    duration_str(t->timeout_ms, a),
		    duration_str(t->interval_ms, b));
}

/* The delays of a check: its own, its pool's, those for all. */
static void
check_pace(const struct parse *p, struct timing *t, const struct timing *pool)
{
	if (t->retry_ms == 0)
		t->retry_ms = pool->retry_ms != 0 ? pool->retry_ms :
		    p->timing.retry_ms;
	if (t->down_ms == 0)
		t->down_ms = pool->down_ms != 0 ? pool->down_ms :
		    p->timing.down_ms;
}

/* A new check; NULL: no memory. */
static struct conf_check *
check_make(const struct check_spec *spec, const struct timing *t)
{
	struct conf_check	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    (c->items = malloc(spec->conf.items_len + 1)) == NULL) {
		free(c);
		return (NULL);
	}
	c->conf = spec->conf;
	c->conf.interval_ms = t->interval_ms;
	c->conf.timeout_ms = t->timeout_ms;
	c->conf.rise = t->rise;
	c->conf.fall = t->fall;
	c->conf.retry_ms = t->retry_ms;
	c->conf.down_ms = t->down_ms;
	memcpy(c->items, spec->items, spec->conf.items_len);
	memcpy(c->tlsfile, spec->tlsfile, sizeof(c->tlsfile));
	return (c);
}

/* A check of a pool; NULL: reported. */
static struct conf_check *
check_wanted(struct parse *p, const struct pool_ref *ref,
    const struct check_spec *spec)
{
	struct check_spec	 copy = *spec;
	struct timing		 timing = spec->timing;
	struct conf_check	*c;

	if (timing.interval_ms == 0)
		timing.interval_ms = ref->timing.interval_ms;
	if (timing.timeout_ms == 0)
		timing.timeout_ms = ref->timing.timeout_ms;
	if (timing.rise == 0)
		timing.rise = ref->timing.rise;
	if (timing.fall == 0)
		timing.fall = ref->timing.fall;
	check_ref_timing(p, spec, &timing);
	check_pace(p, &timing, &ref->timing);
	check_timing(p, &timing, &ref->pos, "service",
	    ref->service->name);
	if (check_via(p, ref, &copy) == -1)
		return (NULL);
	if ((c = check_share(p, &copy, &timing)) == NULL ||
	    check_ref(p, ref, c) == -1)
		return (NULL);
	return (c);
}

struct conf_check *
check_share(struct parse *p, const struct check_spec *spec,
    const struct timing *t)
{
	struct conf_check	*c, *old;

	if ((c = check_make(spec, t)) == NULL) {
		diag_nomem(&p->diag);
		return (NULL);
	}
	key_check(&p->key, c);
	if ((old = build_unique(p, c)) == NULL) {
		TAILQ_INSERT_TAIL(&p->conf->checks, c, entry);
		return (c);
	}
	free(c->items);
	free(c);
	return (old);
}

/* All checks of a pool into the array; how many, -1: no use. */
static int
check_all_wanted(struct parse *p, const struct pool_ref *ref,
    struct conf_check **check)
{
	const struct check_spec	*spec;
	int			 i, n = 0;

	if (ref->nchecks == 0 && ref->seen & (SEEN_INTERVAL | SEEN_TIMEOUT |
	    SEEN_RISE | SEEN_FALL | SEEN_RETRY | SEEN_DOWN))
		diag_error(&p->diag, &ref->pos, "service \"%s\", table <%s>: "
		    "interval, timeout, rise, fall, retry and down interval "
		    "are of a check, and there is no check",
		    ref->service->name, ref->table);
	TAILQ_FOREACH(spec, &ref->checks, entry) {
		if ((check[n] = check_wanted(p, ref, spec)) == NULL)
			return (-1);
		for (i = 0; i < n; i++)
			if (check[i] == check[n])
				break;
		if (i == n)
			n++;
		else
			diag_error(&p->diag, &ref->pos, "service \"%s\", "
			    "table <%s>: check %d is the same as check %d",
			    ref->service->name, ref->table, n + 1, i + 1);
	}
	return (n);
}

/* Make these hosts, which are of another table, their own. */
static int
table_copy(struct parse *p, struct conf_hosts *hosts)
{
	struct conf_hosts	 from = *hosts;
	unsigned int		 i;

	if ((hosts->host = conf_alloc(p->conf,
	    from.n * sizeof(*hosts->host))) == NULL)
		return (-1);
	memcpy(hosts->host, from.host, from.n * sizeof(*hosts->host));
	if (from.more == NULL)
		return (0);
	if ((hosts->more = conf_alloc(p->conf,
	    from.n * sizeof(*hosts->more))) == NULL)
		return (-1);
	memcpy(hosts->more, from.more, from.n * sizeof(*hosts->more));
	/* How the other is checked does not matter. */
	for (i = 0; i < from.n; i++)
		hosts->more[i].via_mark = 0;
	return (0);
}

/*
 * Most tables have one use: it takes the hosts of the definition, which are
 * the most of what a large configuration is.
 */
static int
table_hosts(struct parse *p, struct conf_table *t)
{
	struct conf_host	*h;

	t->hosts = t->def->hosts;
	if (t->def->first == NULL)
		t->def->first = t;
	else if (table_copy(p, &t->hosts) == -1)
		return (-1);
	CONF_HOSTS_FOREACH(h, &t->hosts)
		h->table = t;
	return (0);
}

/*
 * The variant of a new use: how many there are of this table on this port.  An
 * index knows the latest of them; of the first use it need not know.
 */
static int
table_variant(struct parse *p, struct conf_table *t)
{
	const struct conf_table	*last, *first = t->def->first;

	if (first == NULL)
		return (0);
	key_start(&p->key, KEY_VARIANT);
	key_mem(&p->key, &t->def, sizeof(t->def));
	key_num(&p->key, t->port);
	last = index_get(p->index, &p->key);
	if (last == NULL && first->port == t->port)
		last = first;
	if (last != NULL)
		t->variant = last->variant + 1;
	return (index_put(p->index, &p->key, t));
}

/* A new table in use; the tree has it, even when memory runs out. */
static struct conf_table *
table_make(struct parse *p, const struct table_use *use)
{
	struct conf_table	*t;

	if ((t = conf_alloc(p->conf, sizeof(*t))) == NULL ||
	    (t->check = conf_alloc(p->conf,
	    use->nchecks * sizeof(use->check[0]))) == NULL)
		return (NULL);
	TAILQ_INSERT_TAIL(&p->conf->tables, t, entry);
	t->def = use->def;
	memcpy(t->check, use->check, use->nchecks * sizeof(use->check[0]));
	t->nchecks = use->nchecks;
	t->flags = use->def->flags;
	t->port = use->port;
	t->name = use->def->name;
	if (table_variant(p, t) == -1 || table_hosts(p, t) == -1)
		return (NULL);
	return (t);
}

static void
table_use_key(struct parse *p, const struct table_use *use)
{
	key_start(&p->key, KEY_USE);
	key_mem(&p->key, &use->def, sizeof(use->def));
	key_num(&p->key, use->port);
	key_mem(&p->key, use->check, use->nchecks * sizeof(use->check[0]));
}

static int
table_is(const struct conf_table *t, const struct table_use *use)
{
	return (t->port == use->port && t->nchecks == use->nchecks &&
	    memcmp(t->check, use->check,
	    use->nchecks * sizeof(use->check[0])) == 0);
}

/* The table in use: one for each port and checks. */
static struct conf_table *
table_find(struct parse *p, const struct table_use *use)
{
	struct conf_table	*t, *first = use->def->first;

	if (first != NULL && table_is(first, use))
		return (first);
	/* Others than the first are in the index. */
	table_use_key(p, use);
	if (first != NULL && (t = index_get(p->index, &p->key)) != NULL)
		return (t);
	t = table_make(p, use);
	table_use_key(p, use);
	if (t == NULL ||
	    (first != NULL && index_put(p->index, &p->key, t) == -1))
		diag_nomem(&p->diag);
	return (t);
}

/*
 * The port of the real servers, 0: that of each connection.  The kernel
 * rewrites it when masquerading; otherwise the packet arrives with that of
 * the service.
 */
static int
check_pool_port(struct parse *p, const struct pool_ref *ref, uint16_t *port)
{
	const struct conf_service	*s = ref->service;
	int				 common;

	if (TAILQ_EMPTY(&s->listens))
		return (-1);
	common = service_port(s);
	*port = ref->port != 0 ? ref->port : common;
	if (ref->pool->method == FWD_NAT || *port == common)
		return (0);
	if (common == 0)
		diag_error(&p->diag, &ref->pos, "service \"%s\": %s to <%s> "
		    "port %u cannot change the port, and the service has no "
		    "single one; leave out the port, or forward to",
		    s->name, forward_method_names[ref->pool->method],
		    ref->table, *port);
	else
		diag_error(&p->diag, &ref->pos, "service \"%s\": %s to <%s> "
		    "port %u cannot change the port, and the service is on "
		    "%d; use port %d, or forward to", s->name,
		    forward_method_names[ref->pool->method], ref->table,
		    *port, common, common);
	return (-1);
}

/* Hosts without a port of their own are checked on one that is said. */
static int
check_has_port(struct parse *p, const struct pool_ref *ref,
    const struct table_use *use)
{
	int	 i;

	for (i = 0; i < use->nchecks && use->port == 0; i++) {
		if (use->check[i]->conf.port != 0 ||
		    use->check[i]->conf.type == CHECK_ICMP ||
		    use->check[i]->script != NULL ||
		    use->check[i]->file != NULL)
			continue;
		diag_error(&p->diag, &ref->pos, "service \"%s\": the hosts "
		    "of <%s> have the port of each connection; say which one "
		    "is checked by \"on port\"", ref->service->name,
		    ref->table);
		return (-1);
	}
	return (0);
}

/* Only a tunnel takes a packet to a host of the other family. */
static int
check_pool_family(struct parse *p, const struct pool_ref *ref,
    const struct conf_tabledef *d)
{
	const struct conf_listen	*l;
	const struct conf_host		*h;
	char				 a[ADDR_STRLEN], b[LISTEN_STRLEN];
	uint8_t				 af = 0;

	if (ref->pool->method == FWD_TUNNEL)
		return (0);
	TAILQ_FOREACH(l, &ref->service->listens, entry) {
		/* Most services have one. */
		if (l->conf.addr.af == af)
			continue;
		af = l->conf.addr.af;
		CONF_HOSTS_FOREACH(h, &d->hosts) {
			if (h->addr.af == af)
				continue;
			diag_error(&p->diag, &ref->pos, "service \"%s\": "
			    "host %s of <%s> is not of the family of %s; "
			    "give IPv4 and IPv6 a service and a table each, "
			    "or tunnel to", ref->service->name,
			    addr_str(&h->addr, a), d->name,
			    listen_str(&l->conf, b));
			return (-1);
		}
	}
	return (0);
}

/* May a host of both pools have one port in the kernel? */
static int
check_ports_meet(const struct conf_service *s, uint16_t a, uint16_t b)
{
	const struct conf_listen	*l;

	if (a == b)
		return (1);
	if (a != 0 && b != 0)
		return (0);
	/* Here 0 stands for the port of each listen. */
	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.port == a || l->conf.port == b)
			return (1);
	return (0);
}

/* In the kernel a host and port are in a service once. */
static void
check_backup(struct parse *p, const struct pool_ref *ref)
{
	const struct conf_table	*primary, *backup = ref->pool->table;
	struct conf_host	*h;
	char			 text[ADDR_STRLEN];

	primary = ref->service->pool[POOL_PRIMARY].table;
	if (primary == NULL || !check_ports_meet(ref->service,
	    primary->port, backup->port))
		return;
	if (primary->def == backup->def) {
		diag_error(&p->diag, &ref->pos, "service \"%s\": the backup "
		    "is <%s> on the port of the primary; use another table",
		    ref->service->name, ref->table);
		return;
	}
	CONF_HOSTS_FOREACH(h, &primary->hosts) {
		key_start(&p->key, KEY_DEST);
		key_mem(&p->key, &ref->service, sizeof(ref->service));
		key_addr(&p->key, &h->addr);
		(void)build_unique(p, h);
	}
	CONF_HOSTS_FOREACH(h, &backup->hosts) {
		key_start(&p->key, KEY_DEST);
		key_mem(&p->key, &ref->service, sizeof(ref->service));
		key_addr(&p->key, &h->addr);
		if (build_unique(p, h) == NULL)
			continue;
		diag_error(&p->diag, &ref->pos, "service \"%s\": host %s is "
		    "in <%s> and in its backup <%s>; it can be in one only",
		    ref->service->name, addr_str(&h->addr, text),
		    primary->name, ref->table);
	}
}

static void
check_pool(struct parse *p, const struct pool_ref *ref)
{
	struct table_use	 use;

	memset(&use, 0, sizeof(use));
	key_name(&p->key, KEY_TABLE, ref->table);
	if ((use.def = index_get(p->index, &p->key)) == NULL) {
		if (p->errors_top == 0)
			diag_error(&p->diag, &ref->pos, "table <%s> is not "
			    "defined", ref->table);
		return;
	}
	use.def->used = 1;
	if ((use.nchecks = check_all_wanted(p, ref, use.check)) == -1 ||
	    check_pool_port(p, ref, &use.port) == -1 ||
	    check_has_port(p, ref, &use) == -1 ||
	    check_pool_family(p, ref, use.def) == -1 ||
	    check_where(p, ref, use.def) == -1)
		return;
	ref->pool->table = table_find(p, &use);
	if (ref->pool->table != NULL)
		via_pool(p, ref, ref->pool->table);
	if (ref->pool->table != NULL &&
	    ref->pool == &ref->service->pool[POOL_BACKUP])
		check_backup(p, ref);
}

static void
check_pools(struct parse *p)
{
	const struct pool_ref	*ref;

	TAILQ_FOREACH(ref, &p->pools, entry)
		check_pool(p, ref);
	via_end(p);
}

static void
check_scripts(struct parse *p)
{
	struct conf_script	*s;
	struct timing		 t;
	struct pos		 pos;

	TAILQ_FOREACH(s, &p->conf->scripts, entry) {
		pos.file = s->file;
		pos.line = s->line;
		t.interval_ms = s->conf.interval_ms;
		t.timeout_ms = s->conf.timeout_ms;
		t.rise = s->conf.rise;
		t.fall = s->conf.fall;
		check_timing(p, &t, &pos, "script", s->conf.name);
		s->conf.interval_ms = t.interval_ms;
		s->conf.timeout_ms = t.timeout_ms;
		s->conf.rise = t.rise;
		s->conf.fall = t.fall;
	}
}

static void
check_members(struct parse *p)
{
	const struct member_ref	*ref;
	struct conf_vrrp	*v;

	TAILQ_FOREACH(ref, &p->members, entry) {
		key_name(&p->key, KEY_VRRP, ref->name);
		if ((v = index_get(p->index, &p->key)) == NULL) {
			key_name(&p->key, KEY_GROUP, ref->name);
			if (index_get(p->index, &p->key) != NULL)
				diag_error(&p->diag, &ref->pos, "sync group "
				    "\"%s\": \"%s\" is a sync group itself "
				    "and cannot be in it; name each vrrp, all "
				    "in one group", ref->group->conf.name,
				    ref->name);
			else if (p->errors_top == 0)
				diag_error(&p->diag, &ref->pos, "sync group "
				    "\"%s\": vrrp \"%s\" is not defined",
				    ref->group->conf.name, ref->name);
		} else if (v->group == ref->group)
			diag_error(&p->diag, &ref->pos, "sync group \"%s\": "
			    "vrrp \"%s\" is given twice",
			    ref->group->conf.name, ref->name);
		else if (v->group != NULL)
			diag_error(&p->diag, &ref->pos, "sync group \"%s\": "
			    "vrrp \"%s\" is in sync group \"%s\" already, and "
			    "can be in one only", ref->group->conf.name,
			    ref->name, v->group->conf.name);
		else
			v->group = ref->group;
	}
}

static void
check_unused(struct parse *p)
{
	const struct conf_tabledef	*d;
	const struct conf_script	*s;
	struct pos			 pos;

	TAILQ_FOREACH(d, &p->conf->tabledefs, entry)
		if (!d->used)
			diag_error(&p->diag, &d->pos, "table <%s> is not used "
			    "by any service; remove it", d->name);
	TAILQ_FOREACH(s, &p->conf->scripts, entry) {
		if (s->used)
			continue;
		pos.file = s->file;
		pos.line = s->line;
		diag_error(&p->diag, &pos, "script \"%s\" is neither "
		    "tracked by a vrrp nor in a check; remove it",
		    s->conf.name);
	}
}

void
check_conf(struct parse *p)
{
	struct pos	 pos;

	check_global(p);
	check_pools(p);
	check_marks(p);
	check_scripts(p);
	check_tracks(p);
	check_members(p);
	check_group_tracks(p);
	check_bounds(p);
	check_announce(p);
	settings_check(p);
	if ((p->seen & SEEN_LEASE) == 0)
		p->conf->lease_s = DEFAULT_LEASE_S;
	if (p->errors_syntax == 0)
		check_unused(p);
	if (p->diag.errors == 0 && TAILQ_EMPTY(&p->conf->services) &&
	    TAILQ_EMPTY(&p->conf->vrrps)) {
		pos.file = TAILQ_FIRST(&p->conf->files)->path;
		pos.line = 1;
		diag_error(&p->diag, &pos, "no service and no vrrp: nothing "
		    "to do");
	}
}

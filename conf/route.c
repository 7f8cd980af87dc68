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

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "build_vrrp.h"

/*
 * Routes and rules of VRRP instances and of lvsd itself.  The family of one
 * that names no address is that of the instance, which is known at its end.
 */

static struct conf_routes *route_list(struct parse *);
static struct conf_rules *rule_list(struct parse *);
static int	 route_option(struct parse *, enum seen, const char *);
static int	 rule_option(struct parse *, enum seen, const char *);
static uint32_t	 held_table(struct parse *, const struct lex_str *);
static void	 route_host(struct parse *, const char *,
		    const struct lex_str *, struct addr *);
static void	 route_way(struct parse *, const struct route_spec *);
static void	 route_complete(struct parse *, struct conf_route *, uint8_t);
static void	 rule_complete(struct parse *, struct conf_rule *, uint8_t);

/* Of the instance at hand, or of lvsd itself. */
static struct conf_routes *
route_list(struct parse *p)
{
	return (p->vrrp != NULL ? &p->vrrp->routes :
	    &p->conf->statics.routes);
}

static struct conf_rules *
rule_list(struct parse *p)
{
	return (p->vrrp != NULL ? &p->vrrp->rules : &p->conf->statics.rules);
}

void
build_route(struct parse *p, int type, const struct lex_str *dst)
{
	struct conf_route	*r;
	struct addr		 a;
	uint8_t			 len;

	p->route = NULL;
	p->held_seen = 0;
	p->held_errors = p->diag.errors;
	if (resolve_net(p, "route", dst, &a, &len) == -1)
		return;
	if ((r = calloc(1, sizeof(*r))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	r->spec.type = type;
	r->spec.dst = a;
	r->spec.len = len;
	r->spec.table = TABLE_MAIN;
	r->file = p->pos.file;
	r->line = p->pos.line;
	TAILQ_INSERT_TAIL(route_list(p), r, entry);
	p->route = r;
}

/* -1: the route was not understood, or the option was there. */
static int
route_option(struct parse *p, enum seen what, const char *name)
{
	if (p->route == NULL)
		return (-1);
	return (build_once(p, &p->held_seen, what, name));
}

static void
route_host(struct parse *p, const char *what, const struct lex_str *str,
    struct addr *a)
{
	uint8_t	 len;

	if (resolve_prefixed(p, what, str, a, &len) == 0 &&
	    strchr(str->s, '/') != NULL)
		conf_error(p, "%s %s: an address has no prefix here", what,
		    str->s);
}

void
build_route_via(struct parse *p, const struct lex_str *str)
{
	if (route_option(p, SEEN_VIA, "via") == 0)
		route_host(p, "via", str, &p->route->spec.via);
}

void
build_route_on(struct parse *p, const struct lex_str *str)
{
	if (route_option(p, SEEN_ON, "on") == 0)
		(void)value_ifname(p, str, p->route->spec.ifname);
}

void
build_route_source(struct parse *p, const struct lex_str *str)
{
	if (route_option(p, SEEN_FROM, "source") == 0)
		route_host(p, "source", str, &p->route->spec.source);
}

void
build_route_metric(struct parse *p, const struct lex_str *str)
{
	if (route_option(p, SEEN_METRIC, "metric") == 0)
		p->route->spec.metric = value_number(p, "metric", str, 1,
		    INT_MAX);
}

static uint32_t
held_table(struct parse *p, const struct lex_str *str)
{
	uint32_t	 table;

	table = value_number(p, "table", str, 1, INT_MAX);
	if (table == TABLE_LOCAL)
		conf_error(p, "table %u is the kernel's own; use another",
		    table);
	return (table);
}

void
build_route_table(struct parse *p, const struct lex_str *str)
{
	if (route_option(p, SEEN_TABLE, "table") == 0)
		p->route->spec.table = held_table(p, str);
}

/* Does it lead somewhere, if it is to? */
static void
route_way(struct parse *p, const struct route_spec *r)
{
	if (r->type != ROUTE_UNICAST) {
		if (p->held_seen & (SEEN_VIA | SEEN_ON | SEEN_FROM))
			conf_error(p, "route: one that leads nowhere has no "
			    "via, on and source");
		return;
	}
	if ((p->held_seen & (SEEN_VIA | SEEN_ON)) == 0)
		conf_error(p, "route: leads nowhere; give it via or on, or "
		    "make it blackhole, unreachable or prohibit");
	if (r->via.af == AF_INET6 && r->ifname[0] == '\0' &&
	    IN6_IS_ADDR_LINKLOCAL(&r->via.u.v6))
		conf_error(p, "route: a link-local address says nothing "
		    "without its interface; add on");
}

void
build_route_end(struct parse *p)
{
	struct conf_route	*r = p->route;

	if (r == NULL)
		return;
	route_way(p, &r->spec);
	if (p->diag.errors != p->held_errors) {
		TAILQ_REMOVE(route_list(p), r, entry);
		free(r);
	} else if (p->vrrp == NULL)
		route_complete(p, r, AF_INET);
	p->route = NULL;
}

/* A default route is of the family of its gateway, else of this one. */
static void
route_complete(struct parse *p, struct conf_route *r, uint8_t af)
{
	struct route_spec	*s = &r->spec;
	struct conf_route	*old;
	struct pos		 pos = { r->file, r->line };
	char			 text[NET_STRLEN];

	if (s->dst.af == 0)
		s->dst.af = s->via.af != 0 ? s->via.af :
		    s->source.af != 0 ? s->source.af : af;
	if (s->dst.af == AF_INET6 && s->metric == 0)
		s->metric = DEFAULT_METRIC6;
	net_str(&s->dst, s->len, text);
	if ((s->via.af != 0 && s->via.af != s->dst.af) ||
	    (s->source.af != 0 && s->source.af != s->dst.af))
		diag_error(&p->diag, &pos, "route %s: via and source must be "
		    "of its family", text);
	key_start(&p->key, KEY_ROUTE);
	key_addr(&p->key, &s->dst);
	key_num(&p->key, s->len);
	key_num(&p->key, s->metric);
	key_num(&p->key, s->table);
	if ((old = build_unique(p, r)) != NULL)
		diag_error(&p->diag, &pos, "route %s: with this table and "
		    "metric it is given at %s:%d already", text, old->file,
		    old->line);
}

void
build_rule(struct parse *p)
{
	struct conf_rule	*r;

	p->held_seen = 0;
	p->held_errors = p->diag.errors;
	if ((p->rule = r = calloc(1, sizeof(*r))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	r->spec.preference = DEFAULT_PREFERENCE;
	r->file = p->pos.file;
	r->line = p->pos.line;
	TAILQ_INSERT_TAIL(rule_list(p), r, entry);
}

static int
rule_option(struct parse *p, enum seen what, const char *name)
{
	if (p->rule == NULL)
		return (-1);
	return (build_once(p, &p->held_seen, what, name));
}

void
build_rule_from(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_FROM, "from") == 0)
		(void)resolve_net(p, "from", str, &p->rule->spec.from,
		    &p->rule->spec.from_len);
}

void
build_rule_to(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_VIA, "to") == 0)
		(void)resolve_net(p, "to", str, &p->rule->spec.to,
		    &p->rule->spec.to_len);
}

void
build_rule_iif(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_ON, "iif") == 0)
		(void)value_ifname(p, str, p->rule->spec.iif);
}

void
build_rule_mark(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_MARK, "mark") == -1)
		return;
	p->rule->spec.marked = 1;
	p->rule->spec.mark = value_number(p, "mark", str, 1, INT_MAX);
}

void
build_rule_table(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_TABLE, "table") == 0)
		p->rule->spec.table = held_table(p, str);
}

void
build_rule_preference(struct parse *p, const struct lex_str *str)
{
	if (rule_option(p, SEEN_METRIC, "preference") == 0)
		p->rule->spec.preference = value_number(p, "preference", str,
		    1, PREFERENCE_MAX);
}

void
build_rule_end(struct parse *p)
{
	struct conf_rule	*r = p->rule;

	if (r == NULL)
		return;
	if ((p->held_seen & SEEN_TABLE) == 0)
		conf_error(p, "rule: which table? add table and its number");
	if ((p->held_seen & (SEEN_FROM | SEEN_VIA | SEEN_ON | SEEN_MARK)) ==
	    0)
		conf_error(p, "rule: for what? add from, to, iif or mark");
	if (p->diag.errors != p->held_errors) {
		TAILQ_REMOVE(rule_list(p), r, entry);
		free(r);
	} else if (p->vrrp == NULL)
		rule_complete(p, r, AF_INET);
	p->rule = NULL;
}

static void
rule_complete(struct parse *p, struct conf_rule *r, uint8_t af)
{
	struct rule_spec	*s = &r->spec;
	struct conf_rule	*old;
	struct pos		 pos = { r->file, r->line };

	s->af = s->from.af != 0 ? s->from.af : s->to.af != 0 ? s->to.af : af;
	if (s->to.af != 0 && s->to.af != s->af)
		diag_error(&p->diag, &pos, "rule: from and to are of two "
		    "families");
	/* Any address is what a rule without is for. */
	if (s->from_len == 0)
		memset(&s->from, 0, sizeof(s->from));
	if (s->to_len == 0)
		memset(&s->to, 0, sizeof(s->to));
	key_start(&p->key, KEY_RULE);
	key_num(&p->key, s->af);
	key_mem(&p->key, &s->from, sizeof(s->from));
	key_num(&p->key, s->from_len);
	key_mem(&p->key, &s->to, sizeof(s->to));
	key_num(&p->key, s->to_len);
	key_num(&p->key, s->marked);
	key_num(&p->key, s->mark);
	key_num(&p->key, s->table);
	key_num(&p->key, s->preference);
	key_str(&p->key, s->iif);
	if ((old = build_unique(p, r)) != NULL)
		diag_error(&p->diag, &pos, "the same rule is given at %s:%d "
		    "already", old->file, old->line);
}

void
build_routes_end(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_route	*route;
	struct conf_rule	*rule;

	TAILQ_FOREACH(route, &v->routes, entry)
		route_complete(p, route, v->conf.af);
	TAILQ_FOREACH(rule, &v->rules, entry)
		rule_complete(p, rule, v->conf.af);
}

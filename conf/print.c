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
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>

#include "build_vrrp.h"
#include "print.h"

/* In place of a password, and a password itself, so that it parses. */
#define PASS_HIDDEN	"********"
#define KEY_HIDDEN	PASS_HIDDEN PASS_HIDDEN PASS_HIDDEN PASS_HIDDEN

static void	print_global(const struct conf *, FILE *);
static void	print_tabledef(const struct conf_tabledef *, FILE *);
static void	print_pool(const struct conf_pool *, FILE *);
static void	print_listen(const struct conf_listen *, FILE *);
static void	print_service(const struct conf_service *, FILE *);
static void	print_policy(const struct conf_service *, FILE *);
static void	print_script(const struct conf_script *, FILE *);
static void	print_track(const struct conf_track *, FILE *);
static void	print_hmac(const struct conf_hmac *, FILE *);
static void	print_adverts(const struct conf_vrrp *, FILE *);
static void	print_notifies(const struct conf_notifies *, const char *,
		    FILE *);
static void	print_vrrp(const struct conf_vrrp *, FILE *);
static void	print_group(const struct conf *, const struct conf_group *,
		    FILE *);

void
print_bytes(FILE *f, const char *s, size_t len)
{
	size_t		 i;
	unsigned char	 c;

	fputc('"', f);
	for (i = 0; i < len; i++) {
		c = s[i];
		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c == '\r')
			fprintf(f, "\\r");
		else if (c == '\n')
			fprintf(f, "\\n");
		else if (c == '\t')
			fprintf(f, "\\t");
		else if (c >= ' ' && c <= '~')
			fputc(c, f);
		else
			fprintf(f, "\\x%02x", c);
	}
	fputc('"', f);
}

void
print_str(FILE *f, const char *s)
{
	print_bytes(f, s, strlen(s));
}

static void
print_global(const struct conf *c, FILE *f)
{
	const struct global_config	*g = &c->global;

	if (g->log_flags & LOG_F_STATE)
		fprintf(f, "log state changes\n");
	if (g->log_flags & LOG_F_CHECKS)
		fprintf(f, "log host checks\n");
	if (g->ipvs_tcp != 0)
		fprintf(f, "ipvs timeout tcp %us\n", g->ipvs_tcp);
	if (g->ipvs_tcpfin != 0)
		fprintf(f, "ipvs timeout tcpfin %us\n", g->ipvs_tcpfin);
	if (g->ipvs_udp != 0)
		fprintf(f, "ipvs timeout udp %us\n", g->ipvs_udp);
	print_settings(c, f);
	print_lease(c, f);
	print_statics(c, f);
	if (c->socket != NULL) {
		fprintf(f, "socket ");
		print_str(f, c->socket);
		fputc('\n', f);
	}
	if (c->state_file != NULL) {
		fprintf(f, "state file ");
		print_str(f, c->state_file);
		fputc('\n', f);
	}
	if (c->script_user != NULL) {
		fprintf(f, "script user ");
		print_str(f, c->script_user);
		fputc('\n', f);
	}
	if (g->realtime != 0)
		fprintf(f, "realtime %u\n", g->realtime);
	if (g->lock_memory)
		fprintf(f, "lock memory\n");
	print_notifies(&c->notifies, "", f);
}

static void
print_tabledef(const struct conf_tabledef *d, FILE *f)
{
	const struct conf_host_more	*more;
	const struct conf_host		*h;
	char				 text[ADDR_STRLEN];

	fprintf(f, "\ntable <%s>%s {\n", d->name,
	    d->flags & TABLE_F_DISABLE ? " disable" : "");
	CONF_HOSTS_FOREACH(h, &d->hosts) {
		more = conf_host_more(&d->hosts, h);
		fprintf(f, "\t%s", addr_str(&h->addr, text));
		if (h->weight != 1)
			fprintf(f, " weight %u", h->weight);
		if (more->upper != 0)
			fprintf(f, " upper %u", more->upper);
		if (more->lower != 0)
			fprintf(f, " lower %u", more->lower);
		if (more->parent.af != 0)
			fprintf(f, " parent %s",
			    addr_str(&more->parent, text));
		if (h->flags & HOST_F_DISABLE)
			fprintf(f, " disable");
		fputc('\n', f);
	}
	fprintf(f, "}\n");
}

void
print_timing(uint32_t interval, uint32_t timeout, unsigned int rise,
    unsigned int fall, const char *sep, FILE *f)
{
	char	 text[DURATION_STRLEN];

	fprintf(f, "%sinterval %s", sep, duration_str(interval, text));
	fprintf(f, "%stimeout %s", sep, duration_str(timeout, text));
	fprintf(f, "%srise %u%sfall %u", sep, rise, sep, fall);
}

static void
print_pool(const struct conf_pool *pool, FILE *f)
{
	const struct conf_table	*t = pool->table;
	int			 i;

	fprintf(f, "\t%s to <%s>", forward_method_names[pool->method],
	    t->name);
	if (t->port != 0)
		fprintf(f, " port %u", t->port);
	if (pool->tunnel != TUNNEL_IPIP)
		fprintf(f, " type %s", tunnel_type_names[pool->tunnel]);
	if (pool->tunnel_port != 0)
		fprintf(f, " port %u", pool->tunnel_port);
	if (pool->flags & POOL_F_CSUM)
		fprintf(f, " checksum");
	if (pool->flags & POOL_F_REMCSUM)
		fprintf(f, " remote checksum");
	for (i = 0; i < t->nchecks; i++)
		print_check(t->check[i], f);
	fputc('\n', f);
}

static void
print_listen(const struct conf_listen *l, FILE *f)
{
	char	 text[LISTEN_STRLEN];

	if (l->conf.mark != 0) {
		fprintf(f, "\tlisten on %s\n", listen_str(&l->conf, text));
		return;
	}
	fprintf(f, "\tlisten on %s %s port ", addr_str(&l->conf.addr, text),
	    proto_name(l->conf.proto));
	if (l->conf.port != 0)
		fprintf(f, "%u\n", l->conf.port);
	else
		fprintf(f, "any\n");
}

static void
print_service(const struct conf_service *s, FILE *f)
{
	const struct conf_listen	*l;
	const struct conf_mark		*m;
	char				 mark[MARK_STRLEN];
	char				 time[DURATION_STRLEN];
	int				 i;

	fprintf(f, "\nservice ");
	print_str(f, s->name);
	fprintf(f, " {\n");
	TAILQ_FOREACH(l, &s->listens, entry)
		print_listen(l, f);
	TAILQ_FOREACH(m, &s->marks, entry)
		fprintf(f, "\tmark %u for %s\n", m->mark, mark_str(m, mark));
	fprintf(f, "\tscheduler %s%s%s\n", s->sched,
	    s->flags & SERVICE_F_SCHED_PORT ? " port" : "",
	    s->flags & SERVICE_F_SCHED_FALLBACK ? " fallback" : "");
	if (s->flags & SERVICE_F_PERSISTENT) {
		fprintf(f, "\tpersistent %s",
		    duration_str(s->persist_s * 1000, time));
		/* Only that of the service's own family can differ. */
		if (s->prefix4 != 32)
			fprintf(f, " prefix %u", s->prefix4);
		else if (s->prefix6 != 128)
			fprintf(f, " prefix %u", s->prefix6);
		if (s->flags & SERVICE_F_SIP)
			fprintf(f, " engine sip");
		fputc('\n', f);
	}
	if (s->flags & SERVICE_F_ONEPACKET)
		fprintf(f, "\tone-packet\n");
	if (s->flags & SERVICE_F_DISABLE)
		fprintf(f, "\tdisable\n");
	if (s->vrrp != NULL) {
		fprintf(f, "\twhile master of ");
		print_str(f, s->vrrp->conf.name);
		fprintf(f, "%s\n", s->flags & SERVICE_F_SUSPEND ?
		    " suspend checks" : "");
	}
	print_policy(s, f);
	print_notifies(&s->notifies, "\t", f);
	for (i = 0; i < POOL_MAX; i++)
		if (s->pool[i].table != NULL)
			print_pool(&s->pool[i], f);
	fprintf(f, "}\n");
}

static void
print_policy(const struct conf_service *s, FILE *f)
{
	char	time[DURATION_STRLEN];

	if (s->quorum != 1)
		fprintf(f, "\tquorum %u", s->quorum);
	if (s->hysteresis != 0)
		fprintf(f, " hysteresis %u", s->hysteresis);
	if (s->quorum != 1)
		fputc('\n', f);
	if (s->fail_open != 0)
		fprintf(f, "\tfail open %u%%\n", s->fail_open);
	if (s->flags & SERVICE_F_QUIESCE)
		fprintf(f, "\ton failure quiesce\n");
	if (s->flags & SERVICE_F_INITIAL_UP)
		fprintf(f, "\tinitial up\n");
	if (s->removal_ms != 0)
		fprintf(f, "\tremoval interval %s\n",
		    duration_str(s->removal_ms, time));
	if (s->slow_s != 0)
		fprintf(f, "\tslow start %s\n",
		    duration_str(s->slow_s * 1000, time));
}

static void
print_script(const struct conf_script *s, FILE *f)
{
	fprintf(f, "\nscript ");
	print_str(f, s->conf.name);
	fprintf(f, " {\n\tcommand ");
	print_str(f, s->command);
	print_timing(s->conf.interval_ms, s->conf.timeout_ms, s->conf.rise,
	    s->conf.fall, "\n\t", f);
	if (s->user != NULL) {
		fprintf(f, "\n\tuser ");
		print_str(f, s->user);
	}
	fprintf(f, "\n}\n");
}

static void
print_track(const struct conf_track *t, FILE *f)
{
	const struct check_config	*c;

	fprintf(f, "\ttrack %s ", track_kind_names[t->conf.kind]);
	if (t->conf.kind == TRACK_TABLE)
		fprintf(f, "<%s>", t->conf.name);
	else
		print_str(f, track_what(t));
	if (t->conf.kind == TRACK_HOST) {
		c = &t->what.refhost->check->conf;
		print_timing(c->interval_ms, c->timeout_ms, c->rise, c->fall,
		    " ", f);
	}
	if (t->conf.kind == TRACK_PROCESS)
		fprintf(f, " quorum %d", t->what.process->quorum);
	if (t->conf.weight != 0 || t->conf.kind == TRACK_FILE)
		fprintf(f, " weight %d", t->conf.weight);
	if (t->conf.flags & TRACK_F_REVERSE)
		fprintf(f, " reverse");
	fputc('\n', f);
}

/* In place of a key a text that is long enough to be one. */
static void
print_hmac(const struct conf_hmac *h, FILE *f)
{
	const struct hmac_key	*k;
	int			 i;

	for (i = 0; i < h->conf.count; i++) {
		k = &h->conf.key[i];
		fprintf(f, "\tauth hmac key %u ", k->id);
		if (h->path[i] != NULL) {
			fprintf(f, "file ");
			print_str(f, h->path[i]);
		} else
			fprintf(f, "\"%s\"", KEY_HIDDEN);
		fprintf(f, "%s\n", k->id == h->conf.active ? " active" : "");
	}
	fprintf(f, "\tauth hmac mode %s\n", hmac_mode_names[h->conf.mode]);
	if (h->conf.window_s == 0)
		fprintf(f, "\tauth hmac no window\n");
	else
		fprintf(f, "\tauth hmac window %us\n", h->conf.window_s);
}

/* How the adverts are sent, where it is not as usual. */
static void
print_adverts(const struct conf_vrrp *v, FILE *f)
{
	const struct conf_peer	*peer;
	char			 text[ADDR_STRLEN];

	if (v->conf.flags & VRRP_F_RFC9568)
		fprintf(f, "\tchecksum rfc9568\n");
	if (v->conf.flags & VRRP_F_STRICT)
		fprintf(f, "\tstrict addresses\n");
	if (v->conf.source.af != 0)
		fprintf(f, "\tsource %s\n",
		    addr_str(&v->conf.source, text));
	TAILQ_FOREACH(peer, &v->peers, entry) {
		fprintf(f, "\tpeer %s", addr_str(&peer->conf.addr, text));
		if (peer->conf.min_ttl != DEFAULT_TTL)
			fprintf(f, " ttl %u", peer->conf.min_ttl);
		fputc('\n', f);
	}
}

static void
print_notifies(const struct conf_notifies *list, const char *indent, FILE *f)
{
	const struct conf_notify	*n;
	char				 text[DURATION_STRLEN];

	TAILQ_FOREACH(n, list, entry) {
		fprintf(f, "%snotify ", indent);
		if (n->kind != NOTIFY_ANY)
			fprintf(f, "%s ", notify_kind_names[n->kind]);
		print_str(f, n->command);
		if (n->user != NULL) {
			fprintf(f, " user ");
			print_str(f, n->user);
		}
		fprintf(f, " timeout %s\n",
		    duration_str(n->timeout_ms, text));
	}
}

static void
print_vrrp(const struct conf_vrrp *v, FILE *f)
{
	const struct conf_vaddr	*a;
	const struct conf_route	*route;
	const struct conf_rule	*rule;
	const struct conf_track	*t;
	char			 time[DURATION_STRLEN];

	fprintf(f, "\nvrrp ");
	print_str(f, v->conf.name);
	fprintf(f, " on ");
	print_str(f, v->conf.ifname);
	fprintf(f, " {\n\tvrid %u\n\tpriority %u\n\tversion %u\n",
	    v->conf.vrid, v->conf.priority, v->conf.version);
	fprintf(f, "\tadvertise %s\n",
	    duration_str(v->conf.advert_cs * 10, time));
	if (v->conf.auth == VRRP_AUTH_PASS)
		fprintf(f, "\tauth pass \"%s\"\n", PASS_HIDDEN);
	if (v->hmac != NULL)
		print_hmac(v->hmac, f);
	print_adverts(v, f);
	TAILQ_FOREACH(a, &v->addrs, entry)
		print_vaddr(a, "\t", f);
	TAILQ_FOREACH(route, &v->routes, entry)
		print_route(route, "\t", f);
	TAILQ_FOREACH(rule, &v->rules, entry)
		print_rule(rule, "\t", f);
	print_announce(&v->announce, f);
	if (v->conf.flags & VRRP_F_NOPREEMPT)
		fprintf(f, "\tno preempt\n");
	if (v->conf.preempt_ms != 0)
		fprintf(f, "\tpreempt delay %s\n",
		    duration_str(v->conf.preempt_ms, time));
	if (v->conf.flags & VRRP_F_STARTMASTER)
		fprintf(f, "\tstart master\n");
	if (v->conf.flags & VRRP_F_NOACCEPT)
		fprintf(f, "\tno accept\n");
	if (v->conf.flags & VRRP_F_VMAC) {
		fprintf(f, "\tuse virtual mac ");
		print_str(f, v->vmac);
		fputc('\n', f);
	}
	TAILQ_FOREACH(t, &v->tracks, entry)
		if (!t->of_group)
			print_track(t, f);
	print_notifies(&v->notifies, "\t", f);
	fprintf(f, "}\n");
}

static void
print_group(const struct conf *c, const struct conf_group *g, FILE *f)
{
	const struct conf_vrrp	*v;
	const struct conf_track	*t;

	fprintf(f, "\nsync group ");
	print_str(f, g->conf.name);
	fprintf(f, " {\n");
	TAILQ_FOREACH(v, &c->vrrps, entry)
		if (v->group == g) {
			fprintf(f, "\tvrrp ");
			print_str(f, v->conf.name);
			fputc('\n', f);
		}
	TAILQ_FOREACH(t, &g->tracks, entry)
		print_track(t, f);
	print_notifies(&g->notifies, "\t", f);
	fprintf(f, "}\n");
}

void
conf_print(const struct conf *c, FILE *f)
{
	const struct conf_tabledef	*d;
	const struct conf_service	*service;
	const struct conf_script	*script;
	const struct conf_vrrp		*v;
	const struct conf_group		*g;

	print_global(c, f);
	TAILQ_FOREACH(d, &c->tabledefs, entry)
		print_tabledef(d, f);
	TAILQ_FOREACH(service, &c->services, entry)
		if ((service->flags & SERVICE_F_VIA) == 0)
			print_service(service, f);
	TAILQ_FOREACH(script, &c->scripts, entry)
		print_script(script, f);
	TAILQ_FOREACH(v, &c->vrrps, entry)
		print_vrrp(v, f);
	TAILQ_FOREACH(g, &c->groups, entry)
		print_group(c, g, f);
}

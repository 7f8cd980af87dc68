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

#include <stdio.h>
#include <string.h>

#include "build_vrrp.h"
#include "print.h"

/* What is held, printed. */

static const char *whole_str(const struct addr *, uint8_t, char *);

void
print_vaddr(const struct conf_vaddr *a, const char *before, FILE *f)
{
	const struct vaddr_config	*c = &a->conf;
	char				 text[ADDR_STRLEN];

	fprintf(f, "%saddress %s/%u", before, addr_str(&c->addr, text),
	    c->prefixlen);
	if (c->ifname[0] != '\0') {
		fprintf(f, " on ");
		print_str(f, c->ifname);
	}
	if (c->label[0] != '\0') {
		fprintf(f, " label ");
		print_str(f, c->label);
	}
	if (c->scope != VADDR_SCOPE_GLOBAL)
		fprintf(f, " scope %s", address_scope_name(c->scope));
	if (c->broadcast.af != 0)
		fprintf(f, " broadcast %s", addr_str(&c->broadcast, text));
	if (c->flags & VADDR_F_EXCLUDED)
		fprintf(f, " excluded");
	fputc('\n', f);
}

/* Only what is not so anyway. */
void
print_announce(const struct conf_announce *a, FILE *f)
{
	char	 time[DURATION_STRLEN];

	if (a->count != DEFAULT_ANNOUNCE_COUNT)
		fprintf(f, "\tannounce count %u\n", a->count);
	if (a->delay_ms != DEFAULT_ANNOUNCE_MS)
		fprintf(f, "\tannounce delay %s\n",
		    duration_str(a->delay_ms, time));
	if (a->refresh_ms != 0)
		fprintf(f, "\tannounce refresh %s\n",
		    duration_str(a->refresh_ms, time));
	if (a->refresh_count != 1)
		fprintf(f, "\tannounce refresh count %u\n",
		    a->refresh_count);
	if (a->interval_ms != 0)
		fprintf(f, "\tannounce interval %s\n",
		    duration_str(a->interval_ms, time));
}

/* Settings of the kernel that are written, and connection sync. */
void
print_settings(const struct conf *c, FILE *f)
{
	const struct conf_sysctl	*s;
	const struct conf_sync		*y = c->sync;
	char				 group[ADDR_STRLEN];

	TAILQ_FOREACH(s, &c->sysctls, entry)
		if (!s->implied)
			fprintf(f, "ipvs sysctl %s %s\n", s->name, s->value);
	if (c->sysctl_restore)
		fprintf(f, "ipvs restore\n");
	if (c->exit_remove)
		fprintf(f, "on exit remove\n");
	if (y == NULL)
		return;
	fprintf(f, "sync connections on ");
	print_str(f, y->ifname);
	fprintf(f, " while master of ");
	print_str(f, y->vrrp_name);
	fprintf(f, " id %u port %u group %s ttl %u", y->id, y->port,
	    addr_str(&y->group, group), y->ttl);
	if (y->maxlen != 0)
		fprintf(f, " maxlen %u", y->maxlen);
	fputc('\n', f);
}

void
print_lease(const struct conf *c, FILE *f)
{
	char	 time[DURATION_STRLEN];

	if (c->lease_s == 0)
		fprintf(f, "no lease\n");
	else if (c->lease_s != DEFAULT_LEASE_S)
		fprintf(f, "lease %s\n",
		    duration_str(c->lease_s * 1000, time));
}

/* The family is in the numbers, if nowhere else. */
static const char *
whole_str(const struct addr *a, uint8_t len, char *buf)
{
	char	 text[ADDR_STRLEN];

	(void)snprintf(buf, NET_STRLEN, "%s/%u", addr_str(a, text), len);
	return (buf);
}

void
print_route(const struct conf_route *r, const char *before, FILE *f)
{
	static const char *const	 types[ROUTE_TYPE_MAX] = {
		"", "blackhole ", "unreachable ", "prohibit "
	};
	const struct route_spec		*s = &r->spec;
	char				 text[NET_STRLEN];

	fprintf(f, "%sroute %s%s", before, types[s->type],
	    whole_str(&s->dst, s->len, text));
	if (s->via.af != 0)
		fprintf(f, " via %s", addr_str(&s->via, text));
	if (s->ifname[0] != '\0') {
		fprintf(f, " on ");
		print_str(f, s->ifname);
	}
	if (s->source.af != 0)
		fprintf(f, " source %s", addr_str(&s->source, text));
	if (s->metric != 0)
		fprintf(f, " metric %u", s->metric);
	if (s->table != TABLE_MAIN)
		fprintf(f, " table %u", s->table);
	fputc('\n', f);
}

void
print_rule(const struct conf_rule *r, const char *before, FILE *f)
{
	const struct rule_spec	*s = &r->spec;
	struct addr		 any;
	char			 text[NET_STRLEN];

	memset(&any, 0, sizeof(any));
	any.af = s->af;
	fprintf(f, "%srule from %s", before, whole_str(s->from.af != 0 ?
	    &s->from : &any, s->from_len, text));
	if (s->to_len != 0)
		fprintf(f, " to %s", whole_str(&s->to, s->to_len, text));
	if (s->iif[0] != '\0') {
		fprintf(f, " iif ");
		print_str(f, s->iif);
	}
	if (s->marked)
		fprintf(f, " mark %u", s->mark);
	fprintf(f, " table %u preference %u\n", s->table, s->preference);
}

void
print_statics(const struct conf *c, FILE *f)
{
	const struct conf_vaddr	*a;
	const struct conf_route	*route;
	const struct conf_rule	*rule;

	TAILQ_FOREACH(a, &c->statics.addrs, entry)
		print_vaddr(a, "static ", f);
	TAILQ_FOREACH(route, &c->statics.routes, entry)
		print_route(route, "static ", f);
	TAILQ_FOREACH(rule, &c->statics.rules, entry)
		print_rule(rule, "static ", f);
}

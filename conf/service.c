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
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "build.h"

#define SCHEDULERS_STRLEN	128

static const char	*service_schedulers(char *, size_t);
static void		 service_ports(struct parse *);
static void		 service_families(struct parse *);
static void		 service_protocols(struct parse *);
static void		 service_width(struct parse *, uint8_t);

void
build_service(struct parse *p, const struct lex_str *name)
{
	struct conf_service	*s, *old;

	build_begin(p);
	p->width = 0;
	p->service = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INIT(&s->listens);
	s->file = p->pos.file;
	s->line = p->pos.line;
	s->conf.prefix4 = 32;
	s->conf.prefix6 = 128;
	(void)strlcpy(s->conf.sched, DEFAULT_SCHEDULER,
	    sizeof(s->conf.sched));
	TAILQ_INSERT_TAIL(&p->conf->services, s, entry);
	p->service = s;
	if (value_name(p, "service", name, s->conf.name) == -1)
		return;
	key_name(&p->key, KEY_SERVICE, s->conf.name);
	if ((old = build_unique(p, s)) != NULL)
		conf_error(p, "service \"%s\" is defined at %s:%d already",
		    s->conf.name, old->file, old->line);
}

void
build_listen(struct parse *p, const struct lex_str *addr, uint8_t proto,
    const struct lex_str *port)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*l, *old;
	struct addr		 a;
	const char		*proto_name;
	char			 text[ADDR_PORT_STRLEN];
	uint16_t		 number;

	if (s == NULL || resolve_addr(p, "listen on", addr, &a) == -1)
		return;
	proto_name = proto == IPPROTO_UDP ? "udp" : "tcp";
	if (proto == 0) {
		conf_error(p, "listen on %s: tcp or udp is missing",
		    addr->s);
		return;
	}
	if (port == NULL) {
		conf_error(p, "listen on %s %s: \"port\" is missing",
		    addr->s, proto_name);
		return;
	}
	if ((number = resolve_port(p, port, proto_name)) == 0)
		return;
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	l->service = s;
	l->file = p->pos.file;
	l->line = p->pos.line;
	l->conf.addr = a;
	l->conf.proto = proto;
	l->conf.port = number;
	TAILQ_INSERT_TAIL(&s->listens, l, entry);
	key_start(&p->key, KEY_LISTEN);
	key_addr(&p->key, &a);
	key_num(&p->key, proto);
	key_num(&p->key, number);
	if ((old = build_unique(p, l)) != NULL)
		conf_error(p, "%s %s belongs to service \"%s\" (%s:%d) "
		    "already", proto_name, addr_port_str(&a, number, text),
		    old->service->conf.name, old->file, old->line);
}

/* All names, for a message. */
static const char *
service_schedulers(char *buf, size_t size)
{
	int	 i;

	buf[0] = '\0';
	for (i = 0; scheduler_names[i] != NULL; i++) {
		(void)strlcat(buf, i == 0 ? "" : " ", size);
		(void)strlcat(buf, scheduler_names[i], size);
	}
	return (buf);
}

void
build_scheduler(struct parse *p, const struct lex_str *name)
{
	struct conf_service	*s = p->service;
	char			 all[SCHEDULERS_STRLEN];

	if (s == NULL ||
	    build_once(p, &p->block_seen, SEEN_SCHEDULER, "scheduler") == -1)
		return;
	if (strlen(name->s) != name->len || !scheduler_known(name->s))
		conf_error(p, "scheduler \"%s\" is unknown; there are: %s",
		    name->s, service_schedulers(all, sizeof(all)));
	else
		(void)strlcpy(s->conf.sched, name->s, sizeof(s->conf.sched));
}

void
build_persistent(struct parse *p, const struct lex_str *str)
{
	struct conf_service	*s = p->service;

	if (s == NULL || build_once(p, &p->block_seen, SEEN_PERSISTENT,
	    "persistent") == -1)
		return;
	s->conf.persist_s = value_seconds(p, "persistent", str, PERSIST_MAX);
	s->conf.flags |= SERVICE_F_PERSISTENT;
}

void
build_width(struct parse *p, const struct lex_str *str, int is_mask)
{
	if (is_mask)
		p->width = resolve_netmask(p, str);
	else
		p->width = value_number(p, "prefix", str, 1, 128);
	p->width_mask = is_mask;
	p->width_pos = p->pos;
}

void
build_service_flag(struct parse *p, uint32_t flag, const char *name)
{
	struct conf_service	*s = p->service;

	if (s == NULL)
		return;
	if (s->conf.flags & flag)
		conf_error(p, "\"%s\" is given twice", name);
	s->conf.flags |= flag;
}

/* The real servers have one port of their own, or that of the service. */
static void
service_ports(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*first, *l;
	struct pos		 pos;

	first = TAILQ_FIRST(&s->listens);
	TAILQ_FOREACH(l, &s->listens, entry) {
		if (l->conf.port == first->conf.port)
			continue;
		pos.file = l->file;
		pos.line = l->line;
		diag_error(&p->diag, &pos, "service \"%s\" listens on port "
		    "%u and %u; make a service for each", s->conf.name,
		    first->conf.port, l->conf.port);
		return;
	}
}

static void
service_families(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*first, *l;
	struct pos		 pos;

	first = TAILQ_FIRST(&s->listens);
	TAILQ_FOREACH(l, &s->listens, entry) {
		if (l->conf.addr.af == first->conf.addr.af)
			continue;
		pos.file = l->file;
		pos.line = l->line;
		diag_error(&p->diag, &pos, "service \"%s\" listens on IPv4 "
		    "and IPv6; make a service for each", s->conf.name);
		return;
	}
}

static void
service_protocols(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*l;
	struct pos		 pos;

	if (!(s->conf.flags & SERVICE_F_ONEPACKET))
		return;
	pos.file = s->file;
	pos.line = s->line;
	if (s->conf.flags & SERVICE_F_PERSISTENT)
		diag_error(&p->diag, &pos, "service \"%s\": one-packet "
		    "forgets what persistent must remember; choose one",
		    s->conf.name);
	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.proto != IPPROTO_UDP) {
			diag_error(&p->diag, &pos, "service \"%s\": "
			    "one-packet is for udp only", s->conf.name);
			return;
		}
}

/* prefix and netmask are of the family that the service listens on. */
static void
service_width(struct parse *p, uint8_t af)
{
	struct conf_service	*s = p->service;

	if (p->width == 0)
		return;
	if (af == AF_INET6) {
		s->conf.prefix6 = p->width;
		if (p->width_mask)
			diag_error(&p->diag, &p->width_pos, "netmask is of "
			    "IPv4, service \"%s\" listens on IPv6; use "
			    "prefix", s->conf.name);
		return;
	}
	if (p->width > 32)
		diag_error(&p->diag, &p->width_pos, "prefix %d: service "
		    "\"%s\" listens on IPv4, where it is from 1 to 32",
		    p->width, s->conf.name);
	else
		s->conf.prefix4 = p->width;
}

void
build_service_end(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*l;
	struct pos		 pos;

	if (s == NULL)
		return;
	pos.file = s->file;
	pos.line = s->line;
	if ((l = TAILQ_FIRST(&s->listens)) != NULL) {
		service_ports(p);
		service_families(p);
		service_protocols(p);
		service_width(p, l->conf.addr.af);
	} else if (!build_broken(p))
		diag_error(&p->diag, &pos, "service \"%s\" has no \"listen "
		    "on\"", s->conf.name);
	/* Pools of which there was an attempt count. */
	if (s->pool[POOL_PRIMARY].file == NULL && !build_broken(p))
		diag_error(&p->diag, &pos, "service \"%s\" has no table to "
		    "\"forward to\", \"route to\" or \"tunnel to\"",
		    s->conf.name);
	p->service = NULL;
}

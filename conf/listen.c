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

#include <stdlib.h>
#include <string.h>

#include "build.h"

/*
 * `listen on'.  One statement may name several addresses and ports; in the
 * kernel each of their pairs is a virtual service.
 */

static void	 listen_add(struct parse *, const struct listen_config *);
static int	 listen_complete(struct parse *);

void
build_spec_begin(struct parse *p)
{
	memset(&p->spec, 0, sizeof(p->spec));
}

void
build_spec_proto(struct parse *p, uint8_t proto)
{
	p->spec.proto = proto;
}

void
build_listen_addr(struct parse *p, const struct lex_str *str)
{
	struct listen_spec	*sp = &p->spec;

	if (sp->naddr == 0)
		sp->first = *str;
	if (sp->naddr == LISTEN_MAX) {
		conf_error(p, "listen on: more than %d addresses in one "
		    "statement", LISTEN_MAX);
		sp->broken = 1;
	} else if (resolve_addr(p, "listen on", str,
	    &sp->addr[sp->naddr].addr) == -1)
		sp->broken = 1;
	else
		sp->naddr++;
}

void
build_listen_port(struct parse *p, const struct lex_str *str)
{
	struct listen_spec	*sp = &p->spec;
	uint16_t		 port = 0;

	sp->ports_said = 1;
	/* Without a protocol it has no meaning, and an error follows. */
	if (sp->proto == 0)
		return;
	if (sp->nport == LISTEN_MAX) {
		conf_error(p, "listen on: more than %d ports in one "
		    "statement", LISTEN_MAX);
		sp->broken = 1;
		return;
	}
	if (strcmp(str->s, "any") != 0 && (port = resolve_port(p, str,
	    proto_name(sp->proto))) == 0) {
		sp->broken = 1;
		return;
	}
	sp->port[sp->nport].from = sp->port[sp->nport].to = port;
	sp->nport++;
}

static int
listen_complete(struct parse *p)
{
	const struct listen_spec	*sp = &p->spec;

	if (sp->broken)
		return (0);
	if (sp->proto == 0) {
		conf_error(p, "listen on %s: tcp, udp or sctp is missing",
		    sp->first.s);
		return (0);
	}
	if (!sp->ports_said) {
		conf_error(p, "listen on %s %s: \"port\" is missing",
		    sp->first.s, proto_name(sp->proto));
		return (0);
	}
	return (1);
}

void
build_listen(struct parse *p)
{
	const struct listen_spec	*sp = &p->spec;
	struct listen_config		 l;
	int				 i, j;

	if (p->service == NULL || !listen_complete(p))
		return;
	for (i = 0; i < sp->naddr; i++)
		for (j = 0; j < sp->nport; j++) {
			memset(&l, 0, sizeof(l));
			l.addr = sp->addr[i].addr;
			l.proto = sp->proto;
			l.port = sp->port[j].from;
			listen_add(p, &l);
		}
}

void
build_listen_mark(struct parse *p, const struct lex_str *str, uint8_t af)
{
	struct listen_config	 l;

	memset(&l, 0, sizeof(l));
	l.mark = value_mark(p, str);
	l.addr.af = af;
	if (p->service != NULL && l.mark != 0)
		listen_add(p, &l);
}

static void
listen_add(struct parse *p, const struct listen_config *conf)
{
	struct conf_service	*s = p->service;
	struct conf_listen	*l, *old;
	char			 text[LISTEN_STRLEN];

	if ((l = conf_alloc(p->conf, sizeof(*l))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	l->service = s;
	l->file = p->pos.file;
	l->line = p->pos.line;
	l->conf = *conf;
	TAILQ_INSERT_TAIL(&s->listens, l, entry);
	key_listen(&p->key, &l->conf);
	if ((old = build_unique(p, l)) != NULL)
		conf_error(p, "%s belongs to service \"%s\" (%s:%d) already",
		    listen_str(&l->conf, text), old->service->name,
		    old->file, old->line);
}

int
service_port(const struct conf_service *s)
{
	const struct conf_listen	*l, *first;

	first = TAILQ_FIRST(&s->listens);
	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.port != first->conf.port)
			return (0);
	return (first->conf.port);
}

/*
 * The kernel takes a service on any port without persistence, and then gives
 * it no connection (ip_vs_core.c, ip_vs_schedule).
 */
void
service_check_any(struct parse *p)
{
	const struct conf_service	*s = p->service;
	const struct conf_listen	*l;
	struct pos			 pos;

	if (s->flags & SERVICE_F_PERSISTENT)
		return;
	TAILQ_FOREACH(l, &s->listens, entry) {
		if (l->conf.mark != 0 || l->conf.port != 0)
			continue;
		pos.file = l->file;
		pos.line = l->line;
		diag_error(&p->diag, &pos, "service \"%s\": IPVS gives a "
		    "service on any port its connections only with "
		    "persistence; add \"persistent\", or listen on a mark",
		    s->name);
		return;
	}
}

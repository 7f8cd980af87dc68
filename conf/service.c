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
static void		 service_protocols(struct parse *);
static void		 service_protocol(struct parse *, uint32_t,
			    const char *);
static void		 service_width(struct parse *);
static int		 service_families(const struct conf_service *);

void
build_service(struct parse *p, const struct lex_str *name)
{
	struct conf_service	*s, *old;
	const char		*text;

	build_begin(p);
	p->width = 0;
	p->service = NULL;
	if ((s = conf_alloc(p->conf, sizeof(*s))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INIT(&s->listens);
	TAILQ_INIT(&s->marks);
	TAILQ_INIT(&s->notifies);
	s->file = p->pos.file;
	s->line = p->pos.line;
	s->prefix4 = 32;
	s->prefix6 = 128;
	s->quorum = 1;
	s->name = "";
	s->sched = DEFAULT_SCHEDULER;
	TAILQ_INSERT_TAIL(&p->conf->services, s, entry);
	p->service = s;
	if ((text = build_name(p, "service", name)) == NULL)
		return;
	s->name = text;
	key_name(&p->key, KEY_SERVICE, s->name);
	if ((old = build_unique(p, s)) != NULL)
		conf_error(p, "service \"%s\" is defined at %s:%d already",
		    s->name, old->file, old->line);
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
	const char		*sched;
	char			 all[SCHEDULERS_STRLEN];

	if (s == NULL ||
	    build_once(p, &p->block_seen, SEEN_SCHEDULER, "scheduler") == -1)
		return;
	if (strlen(name->s) != name->len || !scheduler_known(name->s))
		conf_error(p, "scheduler \"%s\" is unknown; there are: %s",
		    name->s, service_schedulers(all, sizeof(all)));
	else if ((sched = conf_keep(p->conf, name->s)) == NULL)
		diag_nomem(&p->diag);
	else
		s->sched = sched;
}

void
build_scheduler_flag(struct parse *p, const char *name)
{
	struct conf_service	*s = p->service;

	if (s == NULL)
		return;
	if (strcmp(name, "port") != 0 && strcmp(name, "fallback") != 0)
		conf_error(p, "scheduler %s: \"%s\" is unknown; there are: "
		    "port fallback", s->sched, name);
	else if (!scheduler_hashes(s->sched))
		conf_error(p, "scheduler %s: \"%s\" is of sh and mh only",
		    s->sched, name);
	else
		build_service_flag(p, name[0] == 'p' ? SERVICE_F_SCHED_PORT :
		    SERVICE_F_SCHED_FALLBACK, name);
}

void
build_persistent(struct parse *p, const struct lex_str *str)
{
	struct conf_service	*s = p->service;

	p->persist_seen = 0;
	if (s == NULL || build_once(p, &p->block_seen, SEEN_PERSISTENT,
	    "persistent") == -1)
		return;
	s->persist_s = value_seconds(p, "persistent", str, PERSIST_MAX);
	s->flags |= SERVICE_F_PERSISTENT;
}

void
build_width(struct parse *p, const struct lex_str *str, int is_mask)
{
	if (build_once(p, &p->persist_seen, SEEN_WIDTH,
	    is_mask ? "netmask" : "prefix") == -1)
		return;
	if (is_mask)
		p->width = resolve_netmask(p, str);
	else
		p->width = value_number(p, "prefix", str, 1, 128);
	p->width_mask = is_mask;
	p->width_pos = p->pos;
}

void
build_engine(struct parse *p, const struct lex_str *name)
{
	if (strcmp(name->s, "sip") != 0)
		conf_error(p, "persistence engine \"%s\" is unknown; there "
		    "is: sip", name->s);
	else
		build_service_flag(p, SERVICE_F_SIP, "engine");
}

void
build_service_flag(struct parse *p, uint32_t flag, const char *name)
{
	struct conf_service	*s = p->service;

	if (s == NULL)
		return;
	if (s->flags & flag)
		conf_error(p, "\"%s\" is given twice", name);
	s->flags |= flag;
}

static void
service_protocols(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct pos		 pos;

	pos.file = s->file;
	pos.line = s->line;
	if ((s->flags & SERVICE_F_ONEPACKET) &&
	    (s->flags & SERVICE_F_PERSISTENT))
		diag_error(&p->diag, &pos, "service \"%s\": one-packet "
		    "forgets what persistent must remember; choose one",
		    s->name);
	service_protocol(p, SERVICE_F_ONEPACKET, "one-packet");
	service_protocol(p, SERVICE_F_SIP, "engine sip");
}

/* Of what has a mark the kernel sees by itself whether it is UDP. */
static void
service_protocol(struct parse *p, uint32_t flag, const char *name)
{
	const struct conf_service	*s = p->service;
	const struct conf_listen	*l;
	struct pos			 pos;

	if ((s->flags & flag) == 0)
		return;
	pos.file = s->file;
	pos.line = s->line;
	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.mark == 0 && l->conf.proto != IPPROTO_UDP) {
			diag_error(&p->diag, &pos, "service \"%s\": %s is "
			    "for udp only", s->name, name);
			return;
		}
}

#define FAMILY_4	0x01
#define FAMILY_6	0x02

static int
service_families(const struct conf_service *s)
{
	const struct conf_listen	*l;
	int				 families = 0;

	TAILQ_FOREACH(l, &s->listens, entry)
		families |= l->conf.addr.af == AF_INET ? FAMILY_4 : FAMILY_6;
	return (families);
}

/* prefix and netmask are of the family that the service listens on. */
static void
service_width(struct parse *p)
{
	struct conf_service	*s = p->service;
	const char		*what = p->width_mask ? "netmask" : "prefix";

	if (p->width == 0)
		return;
	switch (service_families(s)) {
	case FAMILY_6:
		s->prefix6 = p->width;
		if (p->width_mask)
			diag_error(&p->diag, &p->width_pos, "netmask is of "
			    "IPv4, service \"%s\" listens on IPv6; use "
			    "prefix", s->name);
		break;
	case FAMILY_4:
		s->prefix4 = p->width;
		if (p->width > 32)
			diag_error(&p->diag, &p->width_pos, "prefix %d: "
			    "service \"%s\" listens on IPv4, where it is "
			    "from 1 to 32", p->width, s->name);
		break;
	default:
		diag_error(&p->diag, &p->width_pos, "%s is of one family, "
		    "service \"%s\" listens on IPv4 and IPv6; make a service "
		    "for each", what, s->name);
		break;
	}
}

void
build_service_end(struct parse *p)
{
	struct conf_service	*s = p->service;
	struct pos		 pos;

	if (s == NULL)
		return;
	pos.file = s->file;
	pos.line = s->line;
	if (!TAILQ_EMPTY(&s->listens)) {
		service_check_any(p);
		service_check_marks(p);
		service_protocols(p);
		service_width(p);
		policy_check(p);
	} else if (!build_broken(p))
		diag_error(&p->diag, &pos, "service \"%s\" has no \"listen "
		    "on\"", s->name);
	/* Pools of which there was an attempt count. */
	if (!s->pool[POOL_PRIMARY].said && !build_broken(p))
		diag_error(&p->diag, &pos, "service \"%s\" has no table to "
		    "\"forward to\", \"route to\" or \"tunnel to\"",
		    s->name);
	p->service = NULL;
}

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

/* Addresses of VRRP instances and of lvsd itself: where and how. */

static const struct {
	const char	*name;
	uint8_t		 scope;
} scopes[] = {
	{ "global",	VADDR_SCOPE_GLOBAL },
	{ "site",	VADDR_SCOPE_SITE },
	{ "link",	VADDR_SCOPE_LINK },
	{ "host",	VADDR_SCOPE_HOST }
};

/* Of an announce statement: taken from elsewhere. */
#define ANNOUNCE_UNSAID_COUNT	UINT16_MAX
#define ANNOUNCE_UNSAID_MS	UINT32_MAX

#define NSCOPES	(sizeof(scopes) / sizeof(scopes[0]))

static int		 address_option(struct parse *, enum seen,
			    const char *);
static const char	*address_ifname(const struct parse *);
static void		 address_label(struct parse *);
static void		 address_static(struct parse *);
static void		 announce_count(struct parse *, const char *,
			    const struct lex_str *, uint16_t *);
static void		 announce_ms(struct parse *, const char *,
			    const struct lex_str *, uint32_t, uint32_t *);
static void		 announce_fill(struct conf_announce *,
			    const struct conf_announce *);
static void		 address_family(struct parse *);

const char *
address_scope_name(uint8_t scope)
{
	size_t	 i;

	for (i = 0; i < NSCOPES; i++)
		if (scopes[i].scope == scope)
			return (scopes[i].name);
	return (NULL);
}

void
build_address(struct parse *p, const struct lex_str *str)
{
	struct conf_vaddrs	*addrs;
	struct conf_vaddr	*a;
	struct addr		 addr;
	uint8_t			 len;

	addrs = p->vrrp != NULL ? &p->vrrp->addrs : &p->conf->statics.addrs;
	p->vaddr = NULL;
	p->vaddr_seen = 0;
	if (resolve_prefixed(p, "address", str, &addr, &len) == -1)
		return;
	if ((a = calloc(1, sizeof(*a))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	a->conf.addr = addr;
	a->conf.prefixlen = len;
	a->file = p->pos.file;
	a->line = p->pos.line;
	TAILQ_INSERT_TAIL(addrs, a, entry);
	p->vaddr = a;
}

/* -1: the address was not understood, or the option was there. */
static int
address_option(struct parse *p, enum seen what, const char *name)
{
	if (p->vaddr == NULL)
		return (-1);
	return (build_once(p, &p->vaddr_seen, what, name));
}

void
build_address_on(struct parse *p, const struct lex_str *str)
{
	if (address_option(p, SEEN_ON, "on") == 0)
		(void)value_ifname(p, str, p->vaddr->conf.ifname);
}

void
build_address_label(struct parse *p, const struct lex_str *str)
{
	struct vaddr_config	*c;

	if (address_option(p, SEEN_LABEL, "label") == -1)
		return;
	c = &p->vaddr->conf;
	if (value_text(p, "label", str) == 0 &&
	    strlcpy(c->label, str->s, sizeof(c->label)) >= sizeof(c->label))
		conf_error(p, "label \"%s\": longer than %zu bytes", str->s,
		    sizeof(c->label) - 1);
}

void
build_address_scope(struct parse *p, const struct lex_str *str)
{
	size_t	 i;

	if (address_option(p, SEEN_SCOPE, "scope") == -1)
		return;
	for (i = 0; i < NSCOPES; i++)
		if (strcmp(scopes[i].name, str->s) == 0)
			break;
	if (i < NSCOPES)
		p->vaddr->conf.scope = scopes[i].scope;
	else
		conf_error(p, "scope \"%s\": must be global, site, link or "
		    "host", str->s);
}

void
build_address_broadcast(struct parse *p, const struct lex_str *str)
{
	struct addr	 a;

	if (address_option(p, SEEN_BROADCAST, "broadcast") == -1)
		return;
	if (addr_parse(str->s, &a) == -1 || strlen(str->s) != str->len ||
	    a.af != AF_INET)
		conf_error(p, "broadcast: \"%s\" is not an IPv4 address",
		    str->s);
	else
		p->vaddr->conf.broadcast = a;
}

void
build_address_excluded(struct parse *p)
{
	if (address_option(p, SEEN_EXCLUDED, "excluded") == 0)
		p->vaddr->conf.flags |= VADDR_F_EXCLUDED;
}

/* The interface that the address is held on. */
static const char *
address_ifname(const struct parse *p)
{
	if (p->vrrp == NULL || p->vaddr->conf.ifname[0] != '\0')
		return (p->vaddr->conf.ifname);
	return (p->vrrp->conf.ifname);
}

/* As ifconfig(8) has it: an alias bears the name of its interface. */
static void
address_label(struct parse *p)
{
	const char	*ifname = address_ifname(p);
	const char	*label = p->vaddr->conf.label;

	if (label[0] != '\0' && strncmp(label, ifname, strlen(ifname)) != 0)
		conf_error(p, "label \"%s\": must begin with the name of the "
		    "interface, as \"%s:1\" does", label, ifname);
}

static void
address_family(struct parse *p)
{
	const struct vaddr_config	*c = &p->vaddr->conf;
	char				 text[ADDR_STRLEN];

	if (c->addr.af == AF_INET) {
		address_label(p);
		return;
	}
	addr_str(&c->addr, text);
	if (p->vaddr_seen & (SEEN_LABEL | SEEN_SCOPE | SEEN_BROADCAST))
		conf_error(p, "address %s: label, scope and broadcast are of "
		    "IPv4 alone", text);
}

/* What lvsd itself has has no instance to take the rest from. */
static void
address_static(struct parse *p)
{
	char	 text[ADDR_STRLEN];

	addr_str(&p->vaddr->conf.addr, text);
	if ((p->vaddr_seen & SEEN_ON) == 0)
		conf_error(p, "static address %s: on which interface? write "
		    "\"on\" and its name", text);
	if (p->vaddr_seen & SEEN_EXCLUDED)
		conf_error(p, "static address %s: is never advertised, and so "
		    "not excluded from that", text);
}

/* On two interfaces there can be the same address, as link-local ones are. */
void
build_address_end(struct parse *p)
{
	struct conf_vaddr	*a = p->vaddr, *old;
	char			 text[ADDR_STRLEN];

	if (a == NULL)
		return;
	address_family(p);
	if (p->vrrp == NULL)
		address_static(p);
	key_name(&p->key, KEY_VADDR, address_ifname(p));
	key_addr(&p->key, &a->conf.addr);
	if ((old = build_unique(p, a)) != NULL)
		conf_error(p, "address %s is given at %s:%d already",
		    addr_str(&a->conf.addr, text), old->file, old->line);
	p->vaddr = NULL;
}

void
build_address_family(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_vaddr	*a, *first = NULL;
	struct pos		 pos;
	char			 text[ADDR_STRLEN];

	TAILQ_FOREACH(a, &v->addrs, entry) {
		if (a->conf.flags & VADDR_F_EXCLUDED)
			continue;
		if (first == NULL) {
			first = a;
			v->conf.af = a->conf.addr.af;
		}
		if (a->conf.addr.af == first->conf.addr.af)
			continue;
		pos.file = a->file;
		pos.line = a->line;
		diag_error(&p->diag, &pos, "vrrp \"%s\": address %s: an "
		    "instance advertises one family; exclude it, or give it "
		    "an instance of its own", v->conf.name,
		    addr_str(&a->conf.addr, text));
	}
}

/*
 * The rest of what is said of addresses: their lease, announcements.
 */

void
build_lease(struct parse *p, const struct lex_str *str)
{
	uint32_t	 ms;

	if (build_once(p, &p->seen, SEEN_LEASE, "lease") == -1 || str == NULL)
		return;
	ms = value_ms(p, "lease", str, LEASE_MIN_S * 1000,
	    LEASE_MAX_S * 1000);
	if (ms % 1000 != 0)
		conf_error(p, "lease %s: must be whole seconds", str->s);
	p->conf->lease_s = ms / 1000;
}

void
build_announce_begin(struct conf_announce *a)
{
	memset(a, 0xff, sizeof(*a));
}

void
build_announce(struct parse *p, enum announce_part part,
    const struct lex_str *str)
{
	struct conf_announce	*a;

	a = p->vrrp != NULL ? &p->vrrp->announce : &p->announce;
	switch (part) {
	case ANNOUNCE_COUNT:
		announce_count(p, "announce count", str, &a->count);
		break;
	case ANNOUNCE_DELAY:
		announce_ms(p, "announce delay", str, ANNOUNCE_DELAY_MS,
		    &a->delay_ms);
		break;
	case ANNOUNCE_REFRESH:
		announce_ms(p, "announce refresh", str, ANNOUNCE_REFRESH_MS,
		    &a->refresh_ms);
		break;
	case ANNOUNCE_REFRESH_COUNT:
		announce_count(p, "announce refresh count", str,
		    &a->refresh_count);
		break;
	case ANNOUNCE_INTERVAL:
		announce_ms(p, "announce interval", str,
		    ANNOUNCE_INTERVAL_MS, &a->interval_ms);
		break;
	}
}

static void
announce_count(struct parse *p, const char *what, const struct lex_str *str,
    uint16_t *count)
{
	if (*count != ANNOUNCE_UNSAID_COUNT)
		conf_error(p, "\"%s\" is given twice", what);
	*count = value_number(p, what, str, 1, ANNOUNCE_MAX);
}

static void
announce_ms(struct parse *p, const char *what, const struct lex_str *str,
    uint32_t max, uint32_t *ms)
{
	if (*ms != ANNOUNCE_UNSAID_MS)
		conf_error(p, "\"%s\" is given twice", what);
	*ms = value_ms(p, what, str, 0, max);
}

/* What was not said is as it is in the other. */
static void
announce_fill(struct conf_announce *a, const struct conf_announce *from)
{
	if (a->count == ANNOUNCE_UNSAID_COUNT)
		a->count = from->count;
	if (a->delay_ms == ANNOUNCE_UNSAID_MS)
		a->delay_ms = from->delay_ms;
	if (a->refresh_ms == ANNOUNCE_UNSAID_MS)
		a->refresh_ms = from->refresh_ms;
	if (a->refresh_count == ANNOUNCE_UNSAID_COUNT)
		a->refresh_count = from->refresh_count;
	if (a->interval_ms == ANNOUNCE_UNSAID_MS)
		a->interval_ms = from->interval_ms;
}

void
check_announce(struct parse *p)
{
	static const struct conf_announce	 otherwise = {
		.count		= DEFAULT_ANNOUNCE_COUNT,
		.delay_ms	= DEFAULT_ANNOUNCE_MS,
		.refresh_count	= 1
	};
	struct conf_vrrp			*v;

	announce_fill(&p->announce, &otherwise);
	TAILQ_FOREACH(v, &p->conf->vrrps, entry)
		announce_fill(&v->announce, &p->announce);
}

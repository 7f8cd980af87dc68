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

#include "build_vrrp.h"

static const char *family_name(uint8_t);
static struct pos vrrp_pos(const struct conf_vrrp *);
static void	advert_version(struct parse *);
static void	advert_interval(struct parse *);
static void	advert_options(struct parse *);
static void	advert_linklocal(struct parse *);
static void	advert_source(struct parse *);
static void	advert_peer(struct parse *, const struct conf_peer *);
static int	is_linklocal(const struct addr *);
static int	is_loopback(const struct addr *);
static int	is_vaddr(const struct conf_vrrp *, const struct addr *);

void
build_advertise(struct parse *p, const struct lex_str *str)
{
	if (p->vrrp == NULL ||
	    build_once(p, &p->block_seen, SEEN_ADVERTISE, "advertise") == -1)
		return;
	p->advert_ms = value_ms(p, "advertise", str, ADVERT3_CS_MIN * 10,
	    ADVERT2_CS_MAX * 10);
	p->advert_pos = p->pos;
}

void
build_version(struct parse *p, const struct lex_str *str)
{
	if (p->vrrp != NULL &&
	    build_once(p, &p->block_seen, SEEN_VERSION, "version") == 0)
		p->vrrp->conf.version = value_number(p, "version", str, 2, 3);
}

void
build_auth(struct parse *p, const struct lex_str *str)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v == NULL || build_once(p, &p->block_seen, SEEN_AUTH,
	    "auth pass") == -1)
		return;
	v->conf.auth = VRRP_AUTH_PASS;
	if (str->exposed != NULL && !(p->flags & CONF_P_CHECK_ONLY))
		conf_error(p, "auth pass: others can read %s, so it is no "
		    "secret; chmod 600 it", str->exposed);
	if (str->len == 0)
		conf_error(p, "auth pass: the password is empty");
	else if (str->len > VRRP_PASS_LEN)
		conf_error(p, "auth pass: the password has %zu characters, "
		    "the protocol has room for %d; write the first %d, which "
		    "is what other implementations send", str->len,
		    VRRP_PASS_LEN, VRRP_PASS_LEN);
	else if (strlen(str->s) != str->len)
		conf_error(p, "auth pass: a password cannot hold a NUL");
	else
		memcpy(v->conf.pass, str->s, str->len);
}

void
build_checksum(struct parse *p, const struct lex_str *str)
{
	if (p->vrrp == NULL ||
	    build_once(p, &p->block_seen, SEEN_CHECKSUM, "checksum") == -1)
		return;
	p->checksum_pos = p->pos;
	if (strcmp(str->s, "rfc9568") == 0)
		p->vrrp->conf.flags |= VRRP_F_RFC9568;
	else if (strcmp(str->s, "pseudo") != 0)
		conf_error(p, "checksum \"%s\": must be pseudo or rfc9568",
		    str->s);
}

void
build_strict(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;

	if (v == NULL)
		return;
	if (v->conf.flags & VRRP_F_STRICT)
		conf_error(p, "\"strict addresses\" is given twice");
	v->conf.flags |= VRRP_F_STRICT;
	p->strict_pos = p->pos;
}

void
build_source(struct parse *p, const struct lex_str *str)
{
	struct addr	addr;

	if (p->vrrp == NULL ||
	    build_once(p, &p->block_seen, SEEN_SOURCE, "source") == -1 ||
	    resolve_onlink(p, "source", str, &addr) == -1)
		return;
	p->vrrp->conf.source = addr;
	p->source_pos = p->pos;
	if (is_loopback(&addr))
		conf_error(p, "source %s: no other router can answer it; use "
		    "an address of the interface", str->s);
}

void
build_peer(struct parse *p, const struct lex_str *str,
    const struct lex_str *ttl)
{
	struct conf_peer	*peer, *other;
	struct conf_vrrp	*v = p->vrrp;
	struct addr		 addr;
	char			 text[ADDR_STRLEN];

	if (v == NULL || resolve_onlink(p, "peer", str, &addr) == -1)
		return;
	if ((peer = calloc(1, sizeof(*peer))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	peer->conf.addr = addr;
	peer->conf.min_ttl = DEFAULT_TTL;
	peer->file = p->pos.file;
	peer->line = p->pos.line;
	if (ttl != NULL)
		peer->conf.min_ttl = value_number(p, "ttl", ttl, 1, 255);
	TAILQ_FOREACH(other, &v->peers, entry)
		if (addr_cmp(&other->conf.addr, &addr) == 0)
			conf_error(p, "peer %s is given at %s:%d already",
			    addr_str(&addr, text), other->file, other->line);
	TAILQ_INSERT_TAIL(&v->peers, peer, entry);
	v->conf.flags |= VRRP_F_UNICAST;
}

static const char *
family_name(uint8_t af)
{
	return (af == AF_INET6 ? "IPv6" : "IPv4");
}

static struct pos
vrrp_pos(const struct conf_vrrp *v)
{
	struct pos	pos = { v->file, v->line };

	return (pos);
}

static int
is_linklocal(const struct addr *a)
{
	return (a->af == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a->u.v6));
}

static int
is_loopback(const struct addr *a)
{
	if (a->af == AF_INET6)
		return (IN6_IS_ADDR_LOOPBACK(&a->u.v6));
	return (a->u.bytes[0] == IN_LOOPBACKNET);
}

static int
is_vaddr(const struct conf_vrrp *v, const struct addr *addr)
{
	struct conf_vaddr	*a;

	TAILQ_FOREACH(a, &v->addrs, entry)
		if (addr_cmp(&a->conf.addr, addr) == 0)
			return (1);
	return (0);
}

static void
advert_version(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct pos		 pos = vrrp_pos(v);
	int			 six = v->conf.af == AF_INET6;

	if (v->conf.version == 0)
		v->conf.version = six ? DEFAULT_VERSION6 : DEFAULT_VERSION4;
	if (v->conf.version == 2 && six)
		diag_error(&p->diag, &pos, "vrrp \"%s\": version 2 knows "
		    "nothing of IPv6; remove version 2, for with IPv6 3 is "
		    "the default", v->conf.name);
	else if (v->conf.version == 3 && v->conf.auth != VRRP_AUTH_NONE)
		diag_error(&p->diag, &pos, "vrrp \"%s\": version 3 has no "
		    "authentication; remove auth pass%s", v->conf.name,
		    six ? "" : ", or use version 2");
}

/* The interval in the unit and within the bounds of the version. */
static void
advert_interval(struct parse *p)
{
	struct vrrp_config	*c = &p->vrrp->conf;
	char			 text[DURATION_STRLEN];

	if (p->advert_ms == 0)
		return;
	duration_str(p->advert_ms, text);
	if (c->version == 2 && (p->advert_ms % 1000 != 0 ||
	    p->advert_ms < ADVERT2_CS_MIN * 10)) {
		diag_error(&p->diag, &p->advert_pos, "advertise %s: version "
		    "2 counts whole seconds, from 1s to 255s; use version 3",
		    text);
		return;
	}
	if (c->version == 3 && (p->advert_ms % 10 != 0 ||
	    p->advert_ms > ADVERT3_CS_MAX * 10)) {
		diag_error(&p->diag, &p->advert_pos, "advertise %s: version "
		    "3 counts steps of 10ms, from 10ms to 40950ms", text);
		return;
	}
	c->advert_cs = p->advert_ms / 10;
}

/* Statements that only one version or family has a meaning for. */
static void
advert_options(struct parse *p)
{
	const struct vrrp_config	*c = &p->vrrp->conf;

	if ((p->block_seen & SEEN_CHECKSUM) &&
	    (c->version != 3 || c->af != AF_INET))
		diag_error(&p->diag, &p->checksum_pos, "checksum: there are "
		    "two forms only with version 3 over IPv4, and this is "
		    "version %u over %s; remove it", c->version,
		    family_name(c->af));
	if ((c->flags & VRRP_F_STRICT) && c->version != 3)
		diag_error(&p->diag, &p->strict_pos, "strict addresses: "
		    "version 2 drops advertisements with other addresses "
		    "anyway; remove it");
}

/* RFC 9568 section 5.2.9 */
static void
advert_linklocal(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_vaddr	*a;
	struct pos		 pos;
	char			 text[ADDR_STRLEN];

	TAILQ_FOREACH(a, &v->addrs, entry)
		if ((a->conf.flags & VADDR_F_EXCLUDED) == 0)
			break;
	if (a == NULL || v->conf.af != AF_INET6 ||
	    is_linklocal(&a->conf.addr))
		return;
	pos.file = a->file;
	pos.line = a->line;
	diag_error(&p->diag, &pos, "address %s: the first address of IPv6 "
	    "must be a link-local one (RFC 9568 section 5.2.9); put one "
	    "before it, the same on each director, as \"address "
	    "fe80::%x/64\"", addr_str(&a->conf.addr, text),
	    v->conf.vrid != 0 ? v->conf.vrid : 1);
}

static void
advert_source(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct addr		*src = &v->conf.source;
	struct pos		*pos = &p->source_pos;
	char			 text[ADDR_STRLEN];

	if (src->af == 0)
		return;
	addr_str(src, text);
	if (src->af != v->conf.af)
		diag_error(&p->diag, pos, "source %s: vrrp \"%s\" has %s "
		    "addresses; use a source of the same family", text,
		    v->conf.name, family_name(v->conf.af));
	else if (src->af == AF_INET6 && TAILQ_EMPTY(&v->peers) &&
	    !is_linklocal(src))
		diag_error(&p->diag, pos, "source %s: advertisements to the "
		    "group of IPv6 come from a link-local address (RFC 9568 "
		    "section 5.1.2.1); use one of %s", text, v->conf.ifname);
	else if (is_vaddr(v, src) && v->conf.priority != VRRP_OWNER)
		diag_error(&p->diag, pos, "source %s: it is a virtual "
		    "address, which is not always here; use one that the "
		    "interface has of its own", text);
}

static void
advert_peer(struct parse *p, const struct conf_peer *peer)
{
	const struct conf_vrrp	*v = p->vrrp;
	const struct addr	*addr = &peer->conf.addr;
	struct pos		 pos = { peer->file, peer->line };
	char			 text[ADDR_STRLEN];

	addr_str(addr, text);
	if (addr->af != v->conf.af)
		diag_error(&p->diag, &pos, "peer %s: vrrp \"%s\" has %s "
		    "addresses; use a peer of the same family", text,
		    v->conf.name, family_name(v->conf.af));
	else if (is_loopback(addr) || addr_cmp(addr, &v->conf.source) == 0)
		diag_error(&p->diag, &pos, "peer %s: that is this director; "
		    "name the others", text);
	else if (is_vaddr(v, addr))
		diag_error(&p->diag, &pos, "peer %s: it is a virtual "
		    "address; use the one that the other director has of its "
		    "own", text);
	else if (addr->af == AF_INET6 && !is_linklocal(addr) &&
	    (v->conf.source.af == 0 || is_linklocal(&v->conf.source)))
		diag_error(&p->diag, &pos, "peer %s: it is not "
		    "link-local, so our own address must not be either; add "
		    "\"source\" with the one that the peer knows", text);
}

void
build_adverts_end(struct parse *p)
{
	struct conf_vrrp	*v = p->vrrp;
	struct conf_peer	*peer;
	struct pos		 pos = vrrp_pos(v);
	int			 n = 0;

	build_address_family(p);
	advert_version(p);
	advert_interval(p);
	advert_options(p);
	advert_linklocal(p);
	advert_source(p);
	TAILQ_FOREACH(peer, &v->peers, entry) {
		advert_peer(p, peer);
		n++;
	}
	if (n > VRRP_PEER_MAX)
		diag_error(&p->diag, &pos, "vrrp \"%s\" has %d peers; there "
		    "can be %d", v->conf.name, n, VRRP_PEER_MAX);
}

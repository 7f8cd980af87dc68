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

#include <bsd/stdlib.h>

#include "build.h"

/*
 * `mark ... for': which packets are to bear the mark that a service listens
 * on.  Each pair of an address and a range of ports is a rule.
 */

static void	 mark_network(struct parse *, const struct lex_str *,
		    struct addr *, uint8_t);
static uint16_t	 mark_port_number(struct parse *, const char *, size_t);
static void	 mark_add(struct parse *, const struct conf_mark *);
static int	 mark_cmp(const void *, const void *);
static int	 mark_holds(const struct conf_mark *,
		    const struct conf_mark *);
static int	 mark_meets(const struct conf_mark *,
		    const struct conf_mark *);
static void	 mark_sweep(struct parse *, struct conf_mark **, size_t);

void
build_mark_addr(struct parse *p, const struct lex_str *str)
{
	struct listen_spec	*sp = &p->spec;
	struct addr		*a = &sp->addr[sp->naddr].addr;
	uint8_t			*len = &sp->addr[sp->naddr].prefixlen;

	if (sp->naddr == 0)
		sp->first = *str;
	if (sp->naddr == LISTEN_MAX) {
		conf_error(p, "mark: more than %d addresses in one statement",
		    LISTEN_MAX);
		sp->broken = 1;
	} else if (resolve_prefixed(p, "mark for", str, a, len) == -1)
		sp->broken = 1;
	else {
		mark_network(p, str, a, *len);
		sp->naddr++;
	}
}

/* An address within a network is not the network; which one was meant? */
static void
mark_network(struct parse *p, const struct lex_str *str, struct addr *a,
    uint8_t len)
{
	struct addr	net = *a;
	size_t		i;
	char		text[ADDR_STRLEN];

	for (i = len; i < addr_size(a->af) * 8; i++)
		net.u.bytes[i / 8] &= ~(0x80 >> i % 8);
	if (addr_cmp(&net, a) == 0)
		return;
	p->spec.broken = 1;
	conf_error(p, "mark for %s: is an address in the network %s/%u; "
	    "leave out the length, or write the network", str->s,
	    addr_str(&net, text), len);
}

/* One end of a range. */
static uint16_t
mark_port_number(struct parse *p, const char *s, size_t len)
{
	char		text[64];
	struct lex_str	str = { text, len, NULL };

	if (len >= sizeof(text))
		len = str.len = sizeof(text) - 1;
	memcpy(text, s, len);
	text[len] = '\0';
	return (resolve_port(p, &str, proto_name(p->spec.proto)));
}

void
build_mark_port(struct parse *p, const struct lex_str *str)
{
	struct listen_spec	*sp = &p->spec;
	const char		*colon = strchr(str->s, ':');
	uint16_t		 from = 0, to = UINT16_MAX;

	if (sp->nport == LISTEN_MAX) {
		conf_error(p, "mark: more than %d ports in one statement",
		    LISTEN_MAX);
		sp->broken = 1;
		return;
	}
	if (colon != NULL) {
		from = mark_port_number(p, str->s, colon - str->s);
		to = mark_port_number(p, colon + 1, strlen(colon + 1));
	} else if (strcmp(str->s, "any") != 0)
		from = to = mark_port_number(p, str->s, str->len);
	/* A port that is 0 was an error and has been told. */
	if (from > to && to != 0)
		conf_error(p, "port %s: the range is empty", str->s);
	if (from > to || to == 0 || (from == 0 && to != UINT16_MAX))
		sp->broken = 1;
	if (sp->proto == 0 && !sp->ports_said) {
		conf_error(p, "mark for %s: tcp, udp or sctp is missing",
		    sp->first.s);
		sp->broken = 1;
	}
	sp->ports_said = 1;
	sp->port[sp->nport].from = from;
	sp->port[sp->nport].to = to;
	sp->nport++;
}

void
build_mark(struct parse *p, const struct lex_str *number)
{
	struct listen_spec	*sp = &p->spec;
	struct conf_mark	 m;
	int			 i, j;

	memset(&m, 0, sizeof(m));
	if ((m.mark = value_mark(p, number)) == 0 || sp->broken ||
	    p->service == NULL)
		return;
	if (!sp->ports_said) {
		sp->port[0].to = UINT16_MAX;
		sp->nport = 1;
	}
	m.proto = sp->proto;
	for (i = 0; i < sp->naddr; i++)
		for (j = 0; j < sp->nport; j++) {
			m.addr = sp->addr[i].addr;
			m.prefixlen = sp->addr[i].prefixlen;
			m.port_from = sp->port[j].from;
			m.port_to = sp->port[j].to;
			mark_add(p, &m);
		}
}

static void
mark_add(struct parse *p, const struct conf_mark *mark)
{
	struct conf_mark	*m;

	if ((m = malloc(sizeof(*m))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	*m = *mark;
	m->service = p->service;
	m->file = p->pos.file;
	m->line = p->pos.line;
	TAILQ_INSERT_TAIL(&p->service->marks, m, entry);
}

/* Its service listens on a mark that is set for it. */
void
service_check_marks(struct parse *p)
{
	const struct conf_service	*s = p->service;
	const struct conf_mark		*m;
	const struct conf_listen	*l;
	struct listen_config		 find;
	struct pos			 pos;

	TAILQ_FOREACH(m, &s->marks, entry) {
		memset(&find, 0, sizeof(find));
		find.mark = m->mark;
		find.addr.af = m->addr.af;
		key_listen(&p->key, &find);
		l = index_get(p->index, &p->key);
		if (l != NULL && l->service == s)
			continue;
		pos.file = m->file;
		pos.line = m->line;
		diag_error(&p->diag, &pos, "service \"%s\": it does not listen "
		    "on mark %u%s, so nothing is to be marked for it",
		    s->name, m->mark,
		    m->addr.af == AF_INET6 ? " inet6" : "");
		return;
	}
}

const char *
mark_str(const struct conf_mark *m, char *buf)
{
	char	addr[ADDR_STRLEN], len[8] = "", port[32] = "";

	(void)addr_str(&m->addr, addr);
	if (m->prefixlen < addr_size(m->addr.af) * 8)
		snprintf(len, sizeof(len), "/%u", m->prefixlen);
	if (m->port_from == m->port_to)
		snprintf(port, sizeof(port), " port %u", m->port_from);
	else if (m->port_from != 0 || m->port_to != UINT16_MAX)
		snprintf(port, sizeof(port), " port %u:%u", m->port_from,
		    m->port_to);
	snprintf(buf, MARK_STRLEN, "%s%s%s%s%s", addr, len,
	    m->proto != 0 ? " " : "", proto_name(m->proto), port);
	return (buf);
}

/* By network, the wider before those inside of it. */
static int
mark_cmp(const void *va, const void *vb)
{
	const struct conf_mark	*a = *(struct conf_mark *const *)va;
	const struct conf_mark	*b = *(struct conf_mark *const *)vb;
	int			 n;

	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	if (a->prefixlen != b->prefixlen)
		return (a->prefixlen < b->prefixlen ? -1 : 1);
	/* Those of one network in their order in the file. */
	if (a->file != b->file)
		return (a->file < b->file ? -1 : 1);
	return (a->line < b->line ? -1 : a->line > b->line);
}

/* Is the network of b within that of a? */
static int
mark_holds(const struct conf_mark *a, const struct conf_mark *b)
{
	int	bytes = a->prefixlen / 8, bits = a->prefixlen % 8;

	if (a->addr.af != b->addr.af || a->prefixlen > b->prefixlen ||
	    memcmp(a->addr.u.bytes, b->addr.u.bytes, bytes) != 0)
		return (0);
	return (bits == 0 || ((a->addr.u.bytes[bytes] ^
	    b->addr.u.bytes[bytes]) & (0xff00 >> bits & 0xff)) == 0);
}

/* Of two with networks that meet: do the rest, too? */
static int
mark_meets(const struct conf_mark *a, const struct conf_mark *b)
{
	if (a->proto != b->proto && a->proto != 0 && b->proto != 0)
		return (0);
	return (a->port_from <= b->port_to && b->port_from <= a->port_to);
}

/*
 * Networks are nested or apart, so those that hold the one at hand are on a
 * stack.
 */
static void
mark_sweep(struct parse *p, struct conf_mark **m, size_t n)
{
	size_t		 i, j, top = 0;
	struct pos	 pos;
	char		 a[MARK_STRLEN], b[MARK_STRLEN];
	struct conf_mark *one;

	for (i = 0; i < n; i++) {
		one = m[i];
		while (top > 0 && !mark_holds(m[top - 1], one))
			top--;
		for (j = 0; j < top; j++) {
			if (!mark_meets(m[j], one))
				continue;
			pos.file = one->file;
			pos.line = one->line;
			diag_error(&p->diag, &pos, "mark %u for %s meets mark "
			    "%u for %s (%s:%d); a packet has one mark",
			    one->mark, mark_str(one, a), m[j]->mark,
			    mark_str(m[j], b), m[j]->file, m[j]->line);
			break;
		}
		/* The stack is the part of the array that was read. */
		m[top++] = one;
	}
}

void
check_marks(struct parse *p)
{
	struct conf_service	*s;
	struct conf_mark	*m, **all;
	size_t			 n = 0, i = 0;

	TAILQ_FOREACH(s, &p->conf->services, entry)
		TAILQ_FOREACH(m, &s->marks, entry)
			n++;
	if (n == 0)
		return;
	if ((all = recallocarray(NULL, 0, n, sizeof(m))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_FOREACH(s, &p->conf->services, entry)
		TAILQ_FOREACH(m, &s->marks, entry)
			all[i++] = m;
	qsort(all, n, sizeof(m), mark_cmp);
	mark_sweep(p, all, n);
	free(all);
}

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


#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "build.h"

/*
 * Checks `via service' are addressed as a client's packets are, and are to
 * come to one real server: they bear a mark for which there is a service in
 * the kernel that has this real server only, reached as by the pool.  So IPVS
 * itself takes them there, on the director that holds the address and on one
 * that does not.
 *
 * These services stand behind all others in the tree, each with a table of
 * its own, so that the engines keep them in the kernel like those; they are
 * no business of anybody else.
 */

static uint8_t			 via_proto(const struct check_config *);
static const struct conf_listen	*via_listen(const struct conf_service *,
				    const struct check_config *);
static const struct conf_listen	*via_marked(const struct conf_service *);
static void			 via_key(struct parse *,
				    const struct conf_pool *,
				    const struct addr *);
static uint32_t			 via_mark(struct parse *);
static struct conf_service	*via_service(struct parse *,
				    const struct pool_ref *,
				    const struct addr *);
static int			 via_table(struct parse *,
				    struct conf_service *,
				    const struct addr *);
static void			 via_family(struct parse *,
				    struct conf_service *, uint8_t);
static void			 via_host(struct parse *,
				    const struct pool_ref *,
				    struct conf_hosts *,
				    const struct conf_host *, uint8_t);

static uint8_t
via_proto(const struct check_config *c)
{
	return (check_socktype(c) == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP);
}

/* The first that the check can go through. */
static const struct conf_listen *
via_listen(const struct conf_service *s, const struct check_config *c)
{
	const struct conf_listen	*l;

	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.mark == 0 && l->conf.proto == via_proto(c) &&
		    (c->on.af == 0 || addr_cmp(&c->on, &l->conf.addr) == 0) &&
		    (c->port == 0 || l->conf.port == 0 ||
		    l->conf.port == c->port))
			return (l);
	return (NULL);
}

static const struct conf_listen *
via_marked(const struct conf_service *s)
{
	const struct conf_listen	*l;

	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.mark != 0)
			return (l);
	return (NULL);
}

int
check_via(struct parse *p, const struct pool_ref *ref, struct check_spec *c)
{
	const struct conf_service	*s = ref->service;
	const struct conf_listen	*l;
	const char			*why = NULL;

	if ((c->conf.flags & CHECK_F_VIA) == 0)
		return (0);
	if ((l = via_listen(s, &c->conf)) != NULL) {
		c->conf.on = l->conf.addr;
		if (c->conf.port == 0)
			c->conf.port = l->conf.port;
	}
	if (c->conf.type == CHECK_ICMP)
		why = "an echo request is no packet of a service";
	else if (ref->pool->method == FWD_NAT)
		why = "is for \"route to\" and \"tunnel to\"";
	else if (c->conf.mark != 0)
		why = "marks packets itself; leave out the mark";
	else if (l == NULL && via_marked(s) == NULL)
		why = "the service has no such address, protocol and port";
	else if (c->conf.on.af == 0)
		why = "the service has no address for it; say which one by "
		    "\"on\"";
	else if (c->conf.from.af != 0 && c->conf.from.af != c->conf.on.af)
		why = "\"from\" is of the other family";
	else if (c->conf.port == 0)
		why = "the service has no single port; say which one by "
		    "\"on port\"";
	if (why == NULL)
		return (0);
	diag_error(&p->diag, &ref->pos, "service \"%s\", table <%s>: check %s "
	    "via service: %s", s->name, ref->table,
	    check_type_names[c->conf.type], why);
	return (-1);
}

/* A real server and how it is reached. */
static void
via_key(struct parse *p, const struct conf_pool *pool,
    const struct addr *server)
{
	key_start(&p->key, KEY_VIA);
	key_num(&p->key, pool->method);
	key_num(&p->key, pool->tunnel);
	key_num(&p->key, pool->tunnel_port);
	key_num(&p->key, pool->flags);
	key_addr(&p->key, server);
}

/*
 * A mark that nobody has yet, 0: there is none.  It follows from the key at
 * hand, so that it is the same after a reload, but for two that meet.
 */
static uint32_t
via_mark(struct parse *p)
{
	uint32_t	 sum = 0, n;
	size_t		 i;

	for (i = 0; i < p->key.len; i++)
		sum = sum * 31 + p->key.buf[i];
	for (n = 0; n < VIA_MARKS; n++) {
		key_start(&p->key, KEY_VIA_MARK);
		key_num(&p->key, VIA_MARK + (sum + n) % VIA_MARKS);
		if (index_get(p->index, &p->key) == NULL)
			return (VIA_MARK + (sum + n) % VIA_MARKS);
	}
	return (0);
}

/* Unchecked, and so in use as long as it is there. */
static int
via_table(struct parse *p, struct conf_service *s, const struct addr *server)
{
	struct conf_table	*t;
	struct conf_host	*h;

	if ((h = conf_alloc(p->conf, sizeof(*h))) == NULL ||
	    (t = conf_alloc(p->conf, sizeof(*t))) == NULL)
		return (-1);
	t->flags = TABLE_F_VIA;
	t->name = s->name;
	h->addr = *server;
	h->weight = 1;
	h->table = t;
	t->hosts.host = h;
	t->hosts.n = 1;
	TAILQ_INSERT_TAIL(&p->conf->via_tables, t, entry);
	s->pool[POOL_PRIMARY].table = t;
	return (0);
}

static struct conf_service *
via_service(struct parse *p, const struct pool_ref *ref,
    const struct addr *server)
{
	struct conf_service	*s;
	char			 name[NAME_LEN];
	uint32_t		 mark;

	via_key(p, ref->pool, server);
	if ((mark = via_mark(p)) == 0) {
		diag_error(&p->diag, &ref->pos, "more than %u real servers "
		    "have checks via service", VIA_MARKS);
		return (NULL);
	}
	if ((s = conf_alloc(p->conf, sizeof(*s))) == NULL)
		return (NULL);
	TAILQ_INIT(&s->listens);
	TAILQ_INIT(&s->marks);
	TAILQ_INIT(&s->notifies);
	TAILQ_INSERT_TAIL(&p->conf->via_services, s, entry);
	s->file = ref->pos.file;
	s->line = ref->pos.line;
	s->via_mark = mark;
	s->flags = SERVICE_F_VIA;
	s->prefix4 = 32;
	s->prefix6 = 128;
	s->quorum = 1;
	s->sched = "rr";
	/* No name of an object has a blank in it. */
	snprintf(name, sizeof(name), "via service %#x", mark);
	if ((s->name = conf_keep(p->conf, name)) == NULL)
		return (NULL);
	s->pool[POOL_PRIMARY] = *ref->pool;
	if (via_table(p, s, server) == -1)
		return (NULL);
	if (index_put(p->index, &p->key, s) == -1)
		return (NULL);
	via_key(p, ref->pool, server);
	return (index_put(p->index, &p->key, s) == -1 ? NULL : s);
}

/* In the kernel a mark is of one family, that of the packets. */
static void
via_family(struct parse *p, struct conf_service *s, uint8_t af)
{
	struct conf_listen	*l;

	TAILQ_FOREACH(l, &s->listens, entry)
		if (l->conf.addr.af == af)
			return;
	if ((l = conf_alloc(p->conf, sizeof(*l))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	l->conf.mark = s->via_mark;
	l->conf.addr.af = af;
	l->service = s;
	l->file = s->file;
	l->line = s->line;
	TAILQ_INSERT_TAIL(&s->listens, l, entry);
}

static void
via_host(struct parse *p, const struct pool_ref *ref,
    struct conf_hosts *hosts, const struct conf_host *h, uint8_t af)
{
	const struct addr	*server;
	struct host_config	 wire;
	struct conf_service	*s;

	conf_host_wire(hosts, h, &wire);
	server = check_server(&wire);
	via_key(p, ref->pool, server);
	if ((s = index_get(p->index, &p->key)) == NULL &&
	    (s = via_service(p, ref, server)) == NULL) {
		if (p->diag.errors == 0)
			diag_nomem(&p->diag);
		return;
	}
	hosts->more[h - hosts->host].via_mark = s->via_mark;
	via_family(p, s, af);
}

void
via_pool(struct parse *p, const struct pool_ref *ref, struct conf_table *t)
{
	struct conf_host	*h;
	int			 i;

	for (i = 0; i < t->nchecks; i++) {
		if ((t->check[i]->conf.flags & CHECK_F_VIA) == 0)
			continue;
		if (t->hosts.more == NULL && (t->hosts.more = conf_alloc(
		    p->conf, t->hosts.n * sizeof(*t->hosts.more))) == NULL) {
			diag_nomem(&p->diag);
			return;
		}
		CONF_HOSTS_FOREACH(h, &t->hosts)
			via_host(p, ref, &t->hosts, h,
			    t->check[i]->conf.on.af);
	}
}

void
via_end(struct parse *p)
{
	TAILQ_CONCAT(&p->conf->tables, &p->conf->via_tables, entry);
	TAILQ_CONCAT(&p->conf->services, &p->conf->via_services, entry);
}

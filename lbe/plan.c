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
#include <arpa/inet.h>

#include <bsd/sys/queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "control.h"
#include "env.h"
#include "plan.h"

/*
 * What the kernel would be told if the staged configuration ran: what was
 * asked for the running one, compared with what would be asked for the other
 * by the code that asks.  All in the words of ipvsadm(8), and in the order in
 * which the parent writes.
 */

#define BITS4	32			/* of an address, a mask of all */
#define BITS6	128

/* A real server as the kernel has it, or is to have it. */
struct plan_real {
	const struct lbe_host		*host;
	const struct pool_config	*pool;
	int32_t				 weight;
	uint16_t			 port;
};

struct plan_vs {
	const struct listen_config	*listen;
	const struct service_config	*service;
	struct plan_real		*real;	/* by address and port */
	size_t				 n;
	int				 kept;	/* both have it */
};

/* One of the two configurations. */
struct plan_side {
	struct plan_vs		 *vs;		/* as configured */
	struct plan_vs		**bykey;
	size_t			  n;
	FILE			 *later;	/* NULL; else where hosts go
						   that wait for a verdict */
};

static int	 side_make(struct plan_side *, struct lbe_tree *, int);
static void	 side_service(struct plan_side *, struct lbe_service *, int);
static size_t	 vs_hosts(const struct lbe_service *);
static void	 vs_pool(struct plan_side *, struct plan_vs *,
		    struct lbe_service *, enum pool_role, enum pool_role,
		    int);
static int	 waits(const struct lbe_service *, const struct lbe_host *,
		    enum pool_role, int32_t);
static void	 side_free(struct plan_side *);
static struct plan_vs *side_find(const struct plan_side *,
		    const struct plan_vs *);
static int	 key_cmp(const struct listen_config *,
		    const struct listen_config *);
static int	 vs_cmp(const void *, const void *);
static int	 real_cmp(const void *, const void *);
static unsigned int diff_vs(const struct plan_vs *, const struct plan_vs *,
		    FILE *);
static unsigned int diff_puts(const struct plan_vs *, const struct plan_vs *,
		    FILE *);
static unsigned int diff_dels(const struct plan_vs *, const struct plan_vs *,
		    FILE *);
static int	 service_same(const struct plan_vs *, const struct plan_vs *);
static int	 real_same(const struct plan_real *, const struct plan_real *);
static void	 say_vs(const char *, const struct plan_vs *, FILE *);
static void	 say_service(const struct plan_vs *, FILE *);
static void	 say_persistent(const struct plan_vs *, FILE *);
static void	 say_real(const char *, const struct plan_vs *,
		    const struct plan_real *, FILE *);
static void	 say_tunnel(const struct pool_config *, FILE *);

int
plan_kernel(struct lbe_tree *old, struct lbe_tree *new, FILE *f, FILE *later)
{
	struct plan_side	 was, is;
	struct plan_vs		*vs;
	unsigned int		 ops = 0;
	size_t			 i;
	int			 error = -1;

	memset(&was, 0, sizeof(was));
	memset(&is, 0, sizeof(is));
	is.later = later;
	if (side_make(&was, old, 0) == -1 || side_make(&is, new, 1) == -1)
		goto done;
	for (i = 0; i < is.n; i++) {
		if ((vs = side_find(&was, &is.vs[i])) != NULL)
			vs->kept = 1;
		ops += diff_vs(vs, &is.vs[i], f);
	}
	for (i = 0; i < was.n; i++)
		if (!was.vs[i].kept) {
			say_vs("-D", &was.vs[i], f);
			fputc('\n', f);
			ops++;
		}
	error = ops;
done:
	side_free(&was);
	side_free(&is);
	return (error);
}

/* As it was asked for, or as it will be. */
static int
side_make(struct plan_side *side, struct lbe_tree *t, int will)
{
	struct lbe_service	*s;
	struct lbe_listen	*l;
	size_t			 i, n = 0;

	STAILQ_FOREACH(s, &t->services, entry)
		STAILQ_FOREACH(l, &s->listens, entry)
			n++;
	side->vs = calloc(n + 1, sizeof(*side->vs));
	side->bykey = calloc(n + 1, sizeof(*side->bykey));
	if (side->vs == NULL || side->bykey == NULL)
		return (-1);
	STAILQ_FOREACH(s, &t->services, entry)
		side_service(side, s, will);
	for (i = 0; i < side->n; i++)
		side->bykey[i] = &side->vs[i];
	qsort(side->bykey, side->n, sizeof(*side->bykey), vs_cmp);
	return (0);
}

static size_t
vs_hosts(const struct lbe_service *s)
{
	size_t	n = 0;
	int	i;

	for (i = 0; i < POOL_MAX; i++)
		if (s->pool[i].table != NULL)
			n += s->pool[i].table->nhosts;
	return (n);
}

static void
side_service(struct plan_side *side, struct lbe_service *s, int will)
{
	const struct lbe_listen	*l;
	struct plan_vs		*vs;
	enum pool_role		 active = desire_pool(s);
	int			 i;

	STAILQ_FOREACH(l, &s->listens, entry) {
		if (will ? !desire_service_active(s) : !l->asked)
			continue;
		vs = &side->vs[side->n];
		vs->listen = &l->conf;
		vs->service = &s->conf;
		vs->real = calloc(vs_hosts(s) + 1, sizeof(*vs->real));
		if (vs->real == NULL)
			fatal("plan");
		side->n++;
		for (i = 0; i < POOL_MAX; i++)
			vs_pool(side, vs, s, i, active, will);
		qsort(vs->real, vs->n, sizeof(*vs->real), real_cmp);
	}
}

static void
vs_pool(struct plan_side *side, struct plan_vs *vs, struct lbe_service *s,
    enum pool_role role, enum pool_role active, int will)
{
	struct lbe_pool		*p = &s->pool[role];
	struct monotime		 now = monotime_now();
	const struct lbe_host	*h;
	struct plan_real	 r;

	if (p->table == NULL)
		return;
	HOSTS_FOREACH(h, p->table) {
		r.host = h;
		r.pool = &s->conf.pool[role];
		r.port = p->table->conf.port != 0 ? p->table->conf.port :
		    vs->listen->port;
		r.weight = p->asked[HOST_INDEX(h)];
		if (will)
			r.weight = ramp_weight(p, h,
			    desire_weight(s, active, role, h), now);
		if (r.weight != DEST_NONE)
			vs->real[vs->n++] = r;
		else if (side->later != NULL && waits(s, h, role, r.weight)) {
			r.weight = desire_host_weight(h);
			say_real("-a", vs, &r, side->later);
		}
	}
}

/* It will be there as soon as its checks say so. */
static int
waits(const struct lbe_service *s, const struct lbe_host *h,
    enum pool_role role, int32_t weight)
{
	return (weight == DEST_NONE && role == POOL_PRIMARY &&
	    desire_service_active(s) && desire_host_enabled(h) &&
	    h->table->conf.nchecks != 0 && h->status->state == HOST_UNKNOWN);
}

static void
side_free(struct plan_side *side)
{
	size_t	i;

	for (i = 0; i < side->n; i++)
		free(side->vs[i].real);
	free(side->vs);
	free(side->bykey);
}

static int
key_cmp(const struct listen_config *a, const struct listen_config *b)
{
	if (a->mark != b->mark)
		return (a->mark < b->mark ? -1 : 1);
	if (a->proto != b->proto)
		return (a->proto < b->proto ? -1 : 1);
	if (a->port != b->port)
		return (a->port < b->port ? -1 : 1);
	return (addr_cmp(&a->addr, &b->addr));
}

static int
vs_cmp(const void *va, const void *vb)
{
	const struct plan_vs *const	*a = va, *const *b = vb;

	return (key_cmp((*a)->listen, (*b)->listen));
}

static int
real_cmp(const void *va, const void *vb)
{
	const struct plan_real	*a = va, *b = vb;
	const struct addr	 aa = host_addr(a->host);
	const struct addr	 ba = host_addr(b->host);
	int			 n;

	if ((n = addr_cmp(&aa, &ba)) != 0)
		return (n);
	return (a->port < b->port ? -1 : a->port > b->port);
}

static struct plan_vs *
side_find(const struct plan_side *side, const struct plan_vs *vs)
{
	struct plan_vs	**found;

	found = bsearch(&vs, side->bykey, side->n, sizeof(*side->bykey),
	    vs_cmp);
	return (found != NULL ? *found : NULL);
}

static unsigned int
diff_vs(const struct plan_vs *was, const struct plan_vs *is, FILE *f)
{
	unsigned int	ops = 0;

	if (was == NULL || !service_same(was, is)) {
		say_vs(was == NULL ? "-A" : "-E", is, f);
		say_service(is, f);
		ops++;
	}
	/* The new before the old: at no time is the service empty. */
	ops += diff_puts(was, is, f);
	if (was != NULL)
		ops += diff_dels(was, is, f);
	return (ops);
}

static unsigned int
diff_puts(const struct plan_vs *was, const struct plan_vs *is, FILE *f)
{
	const struct plan_real	*r = NULL;
	unsigned int		 ops = 0;
	size_t			 i;

	for (i = 0; i < is->n; i++) {
		if (was != NULL)
			r = bsearch(&is->real[i], was->real, was->n,
			    sizeof(*was->real), real_cmp);
		if (r != NULL && real_same(r, &is->real[i]))
			continue;
		say_real(r == NULL ? "-a" : "-e", is, &is->real[i], f);
		ops++;
	}
	return (ops);
}

static unsigned int
diff_dels(const struct plan_vs *was, const struct plan_vs *is, FILE *f)
{
	unsigned int	ops = 0;
	size_t		i;

	for (i = 0; i < was->n; i++)
		if (bsearch(&was->real[i], is->real, is->n,
		    sizeof(*is->real), real_cmp) == NULL) {
			say_real("-d", was, &was->real[i], f);
			ops++;
		}
	return (ops);
}

static int
service_same(const struct plan_vs *va, const struct plan_vs *vb)
{
	const uint32_t			 mask = SERVICE_F_PERSISTENT |
					    SERVICE_F_ONEPACKET |
					    SERVICE_F_SCHED_PORT |
					    SERVICE_F_SCHED_FALLBACK |
					    SERVICE_F_SIP;
	const struct service_config	*a = va->service, *b = vb->service;

	if (strcmp(scheduler_kernel(a), scheduler_kernel(b)) != 0 ||
	    (a->flags & mask) != (b->flags & mask))
		return (0);
	if ((a->flags & SERVICE_F_PERSISTENT) == 0)
		return (1);
	return (a->persist_s == b->persist_s &&
	    (va->listen->addr.af == AF_INET ? a->prefix4 == b->prefix4 :
	    a->prefix6 == b->prefix6));
}

static int
real_same(const struct plan_real *a, const struct plan_real *b)
{
	const struct pool_config	*p = a->pool, *q = b->pool;
	const struct lbe_limits		 la = host_limits(a->host);
	const struct lbe_limits		 lb = host_limits(b->host);

	return (a->weight == b->weight && la.upper == lb.upper &&
	    la.lower == lb.lower && p->method == q->method &&
	    p->tunnel == q->tunnel && p->tunnel_port == q->tunnel_port &&
	    p->flags == q->flags);
}

static void
say_vs(const char *op, const struct plan_vs *vs, FILE *f)
{
	const struct listen_config	*l = vs->listen;
	char				 addr[ADDR_PORT_STRLEN];

	fprintf(f, "ipvsadm %s ", op);
	if (l->mark != 0) {
		fprintf(f, "-f %u%s", l->mark,
		    l->addr.af == AF_INET6 ? " -6" : "");
		return;
	}
	fprintf(f, "%s %s", l->proto == IPPROTO_TCP ? "-t" :
	    l->proto == IPPROTO_UDP ? "-u" : "--sctp-service",
	    addr_port_str(&l->addr, l->port, addr));
}

static void
say_service(const struct plan_vs *vs, FILE *f)
{
	const struct service_config	*s = vs->service;
	const char			*port, *fallback;

	fprintf(f, " -s %s", scheduler_kernel(s));
	if (s->flags & SERVICE_F_PERSISTENT)
		say_persistent(vs, f);
	if (s->flags & SERVICE_F_ONEPACKET)
		fprintf(f, " -o");
	port = s->flags & SERVICE_F_SCHED_PORT ? "-port" : NULL;
	fallback = s->flags & SERVICE_F_SCHED_FALLBACK ? "-fallback" : NULL;
	if (fallback != NULL)
		fprintf(f, " -b %s%s", s->sched, fallback);
	if (port != NULL)
		fprintf(f, "%s%s%s", fallback != NULL ? "," : " -b ",
		    s->sched, port);
	fputc('\n', f);
}

static void
say_persistent(const struct plan_vs *vs, FILE *f)
{
	const struct service_config	*s = vs->service;
	struct in_addr			 mask;
	char				 text[INET_ADDRSTRLEN];

	fprintf(f, " -p %u", s->persist_s);
	if (vs->listen->addr.af == AF_INET6) {
		if (s->prefix6 != BITS6)
			fprintf(f, " -M %u", s->prefix6);
	} else if (s->prefix4 != BITS4) {
		mask.s_addr = s->prefix4 == 0 ? 0 :
		    htonl(~0U << (BITS4 - s->prefix4));
		if (inet_ntop(AF_INET, &mask, text, sizeof(text)) != NULL)
			fprintf(f, " -M %s", text);
	}
	if (s->flags & SERVICE_F_SIP)
		fprintf(f, " --pe sip");
}

static void
say_real(const char *op, const struct plan_vs *vs, const struct plan_real *r,
    FILE *f)
{
	static const char	*const methods[FWD_METHOD_MAX] = {
		[FWD_NAT]	= "-m",
		[FWD_ROUTE]	= "-g",
		[FWD_TUNNEL]	= "-i"
	};
	const struct addr	 addr = host_addr(r->host);
	const struct lbe_limits	 limits = host_limits(r->host);
	char			 text[ADDR_PORT_STRLEN];

	say_vs(op, vs, f);
	fprintf(f, " -r %s", addr_port_str(&addr, r->port, text));
	if (strcmp(op, "-d") != 0) {
		fprintf(f, " %s", methods[r->pool->method]);
		if (r->pool->method == FWD_TUNNEL)
			say_tunnel(r->pool, f);
		fprintf(f, " -w %d", r->weight);
		if (limits.upper != 0)
			fprintf(f, " -x %u", limits.upper);
		if (limits.lower != 0)
			fprintf(f, " -y %u", limits.lower);
	}
	fputc('\n', f);
}

static void
say_tunnel(const struct pool_config *p, FILE *f)
{
	if (p->tunnel == TUNNEL_IPIP)
		return;
	fprintf(f, " --tun-type %s", tunnel_type_names[p->tunnel]);
	if (p->tunnel_port != 0)
		fprintf(f, " --tun-port %u", p->tunnel_port);
	fprintf(f, " --tun-%s", p->flags & POOL_F_CSUM ? "csum" :
	    p->flags & POOL_F_REMCSUM ? "remcsum" : "nocsum");
}

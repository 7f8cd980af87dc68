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

#include <arpa/inet.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "../imsg/monotime.h"
#include "ipvs_state.h"

/* A piece ends after so many rows, or microseconds. */
#define PIECE_ROWS	256
#define PIECE_US	3000
/* First number of services or destinations that there is room for. */
#define ROOM_START	16

struct list_vs {
	struct ipvs_key		 key;
	struct ipvs_svc		 svc;
	struct ctl_counts	 counts;
	uint32_t		 service_id;	/* 0: not one of ours */
	uint32_t		 listen_id;
};

struct list_real {
	struct ipvs_dst		 dst;
	struct ipvs_load	 load;
	struct ctl_counts	 counts;
};

struct ipvs_list {
	struct ipvs		*v;
	enum ipvs_read_kind	 kind;
	uint32_t		 generation;
	int			 begun;
	struct ctl_ipvs		 info;
	struct list_vs		*vs;
	size_t			 nvs;
	size_t			 vs_room;
	size_t			 next;
	/* Of the service that is being told. */
	struct list_real	*real;
	size_t			 nreal;
	size_t			 real_room;
	uint8_t			 af;
};

static int	list_info_cb(struct nlmsghdr *, void *);
static int	list_service_cb(struct nlmsghdr *, void *);
static int	list_dest_cb(struct nlmsghdr *, void *);
static void	*list_room(void *, size_t, size_t *, size_t);
static int	list_dests(struct ipvs_list *, const struct list_vs *);
static int	by_ipvsadm(const void *, const void *);
static int	by_service(const void *, const void *);
static int	by_address(const void *, const void *);
static int	table_piece(struct ipvs_list *, ipvs_row, void *, size_t *);
static void	table_virtual(const struct list_vs *, struct ctl_virtual *);
static void	table_real(const struct list_real *, struct ctl_real *);
static int	stats_piece(struct ipvs_list *, ipvs_row, void *, size_t *);
static void	stats_listens(const struct list_vs *, unsigned int, ipvs_row,
		    void *);
static void	stats_hosts(const struct ipvs_vs *, struct ctl_stats *,
		    ipvs_row, void *);
static int	stats_sum(struct ipvs_list *, const struct list_vs *,
		    struct ctl_stats *, unsigned int);
static struct ipvs_vs *list_find(const struct ipvs_list *,
		    const struct list_vs *);

struct ipvs_list *
ipvs_list_new(struct ipvs *v, enum ipvs_read_kind kind)
{
	struct ipvs_list	*l;
	int			 error;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return (NULL);
	l->v = v;
	l->kind = kind;
	l->generation = v->conf->generation;
	error = nlconn_query(&v->conn, ipvs_msg_new(v->family,
	    IPVS_CMD_GET_INFO), 0, list_info_cb, l);
	if (error == 0)
		error = nlconn_query(&v->conn, ipvs_msg_service(v->family,
		    IPVS_CMD_GET_SERVICE, NULL, NULL), NLM_F_DUMP,
		    list_service_cb, l);
	if (error != 0) {
		ipvs_list_free(l);
		errno = error;
		return (NULL);
	}
	if (l->nvs > 0)
		qsort(l->vs, l->nvs, sizeof(*l->vs),
		    kind == IPVS_READ_TABLE ? by_ipvsadm : by_service);
	return (l);
}

void
ipvs_list_free(struct ipvs_list *l)
{
	if (l == NULL)
		return;
	free(l->vs);
	free(l->real);
	free(l);
}

static int
list_info_cb(struct nlmsghdr *nlh, void *arg)
{
	struct ipvs_list	*l = arg;

	return (ipvs_parse_info(nlh, &l->info) == -1 ? EBADMSG : 0);
}

/* Room for one more than n; NULL: no memory, and nothing has changed. */
static void *
list_room(void *p, size_t n, size_t *room, size_t size)
{
	size_t	more;

	if (n < *room)
		return (p);
	more = *room == 0 ? ROOM_START : *room * 2;
	if ((p = reallocarray(p, more, size)) != NULL)
		*room = more;
	return (p);
}

static struct ipvs_vs *
list_find(const struct ipvs_list *l, const struct list_vs *vs)
{
	struct ipvs_vs	find;

	find.key = vs->key;
	return (RB_FIND(ipvs_services, &l->v->services, &find));
}

static int
list_service_cb(struct nlmsghdr *nlh, void *arg)
{
	struct ipvs_list	*l = arg;
	struct list_vs		*vs;
	struct ipvs_vs		*ours;

	vs = list_room(l->vs, l->nvs, &l->vs_room, sizeof(*vs));
	if (vs == NULL)
		return (ENOMEM);
	l->vs = vs;
	vs += l->nvs;
	memset(vs, 0, sizeof(*vs));
	if (ipvs_parse_service(nlh, &vs->key, &vs->svc) == -1)
		return (0);
	ipvs_parse_counts(nlh, &vs->counts);
	if ((ours = list_find(l, vs)) != NULL && ours->listen != NULL) {
		vs->service_id = ours->listen->service->id;
		vs->listen_id = ours->listen->conf.id;
		/* What checks go through nobody has asked for. */
		if (l->kind == IPVS_READ_STATS &&
		    (ours->listen->service->flags & SERVICE_F_VIA))
			return (0);
	} else if (l->kind == IPVS_READ_STATS)
		return (0);
	l->nvs++;
	return (0);
}

static int
list_dests(struct ipvs_list *l, const struct list_vs *vs)
{
	l->nreal = 0;
	l->af = vs->key.addr.af;
	return (nlconn_query(&l->v->conn, ipvs_msg_service(l->v->family,
	    IPVS_CMD_GET_DEST, &vs->key, NULL), NLM_F_DUMP, list_dest_cb, l));
}

static int
list_dest_cb(struct nlmsghdr *nlh, void *arg)
{
	struct ipvs_list	*l = arg;
	struct list_real	*r;

	r = list_room(l->real, l->nreal, &l->real_room, sizeof(*r));
	if (r == NULL)
		return (ENOMEM);
	l->real = r;
	r += l->nreal;
	if (ipvs_parse_dest(nlh, l->af, &r->dst) == -1)
		return (0);
	ipvs_parse_load(nlh, &r->load, &r->counts);
	l->nreal++;
	return (0);
}

int
ipvs_list_next(struct ipvs_list *l, ipvs_row row, void *arg)
{
	struct monotime	 start = monotime_now();
	size_t		 rows = 0;
	int		 error = 0;

	if (l->generation != l->v->conf->generation)
		return (ESTALE);
	if (!l->begun && l->kind == IPVS_READ_TABLE)
		row(arg, MSG_IPVS_TABLE, &l->info, sizeof(l->info));
	l->begun = 1;
	while (error == 0 && l->next < l->nvs && rows < PIECE_ROWS &&
	    monotime_diff_us(monotime_now(), start) < PIECE_US)
		error = l->kind == IPVS_READ_TABLE ?
		    table_piece(l, row, arg, &rows) :
		    stats_piece(l, row, arg, &rows);
	if (error == 0 && l->next == l->nvs)
		error = ENODATA;
	return (error);
}

/* The order of `ipvsadm -Ln'. */
static int
by_ipvsadm(const void *va, const void *vb)
{
	const struct ipvs_key	*a = &((const struct list_vs *)va)->key;
	const struct ipvs_key	*b = &((const struct list_vs *)vb)->key;
	int			 n;

	if (a->mark != b->mark)
		return (a->mark < b->mark ? -1 : 1);
	if (a->addr.af != b->addr.af)
		return (a->addr.af < b->addr.af ? -1 : 1);
	if (a->proto != b->proto)
		return (a->proto < b->proto ? -1 : 1);
	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	return ((a->port > b->port) - (a->port < b->port));
}

static int
by_address(const void *va, const void *vb)
{
	const struct ipvs_dst	*a = &((const struct list_real *)va)->dst;
	const struct ipvs_dst	*b = &((const struct list_real *)vb)->dst;
	int			 n;

	if (a->addr.af != b->addr.af)
		return (a->addr.af > b->addr.af ? -1 : 1);
	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	return ((a->port > b->port) - (a->port < b->port));
}

static int
table_piece(struct ipvs_list *l, ipvs_row row, void *arg, size_t *rows)
{
	const struct list_vs	*vs = &l->vs[l->next];
	struct ctl_virtual	 cv;
	struct ctl_real		 cr;
	size_t			 i;
	int			 error;

	if ((error = list_dests(l, vs)) != 0)
		return (error);
	l->next++;
	table_virtual(vs, &cv);
	row(arg, MSG_IPVS_VIRTUAL, &cv, sizeof(cv));
	if (l->nreal > 0)
		qsort(l->real, l->nreal, sizeof(*l->real), by_address);
	for (i = 0; i < l->nreal; i++) {
		table_real(&l->real[i], &cr);
		row(arg, MSG_IPVS_REAL, &cr, sizeof(cr));
	}
	*rows += 1 + l->nreal;
	return (0);
}

static void
table_virtual(const struct list_vs *vs, struct ctl_virtual *c)
{
	static const struct {
		uint32_t	kernel;
		uint32_t	ctl;
	} flags[] = {
		{ IP_VS_SVC_F_PERSISTENT,	CTL_VIRTUAL_F_PERSISTENT },
		{ IP_VS_SVC_F_ONEPACKET,	CTL_VIRTUAL_F_ONEPACKET },
		{ IP_VS_SVC_F_SCHED1,		CTL_VIRTUAL_F_SCHED1 },
		{ IP_VS_SVC_F_SCHED2,		CTL_VIRTUAL_F_SCHED2 },
		{ IP_VS_SVC_F_SCHED3,		CTL_VIRTUAL_F_SCHED3 }
	};
	const struct ipvs_key	*key = &vs->key;
	size_t			 i;

	memset(c, 0, sizeof(*c));
	c->mark = key->mark;
	c->inet6 = key->addr.af == AF_INET6;
	c->timeout_s = vs->svc.timeout;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (vs->svc.flags & flags[i].kernel)
			c->flags |= flags[i].ctl;
	(void)strlcpy(c->sched, vs->svc.sched, sizeof(c->sched));
	if (vs->svc.pe != IPVS_PE_NONE)
		(void)strlcpy(c->pe, vs->svc.pe == IPVS_PE_SIP ? "sip" : "?",
		    sizeof(c->pe));
	if (c->inet6 && vs->svc.netmask != 128)
		(void)snprintf(c->mask, sizeof(c->mask), "%u",
		    vs->svc.netmask);
	else if (!c->inet6 && vs->svc.netmask != UINT32_MAX)
		(void)inet_ntop(AF_INET, &vs->svc.netmask, c->mask,
		    sizeof(c->mask));
	if (key->mark != 0)
		return;
	(void)strlcpy(c->proto, key->proto == IPPROTO_TCP ? "TCP" :
	    key->proto == IPPROTO_UDP ? "UDP" : "SCTP", sizeof(c->proto));
	(void)addr_port_str(&key->addr, key->port, c->addr);
}

static void
table_real(const struct list_real *r, struct ctl_real *c)
{
	static const char	*const methods[FWD_METHOD_MAX] = {
		[FWD_NAT]	= "Masq",
		[FWD_ROUTE]	= "Route",
		[FWD_TUNNEL]	= "Tunnel"
	};

	memset(c, 0, sizeof(*c));
	c->weight = r->dst.weight;
	c->active = r->load.active;
	c->inactive = r->load.inactive;
	(void)strlcpy(c->method, r->dst.method < FWD_METHOD_MAX ?
	    methods[r->dst.method] : "Local", sizeof(c->method));
	(void)addr_port_str(&r->dst.addr, r->dst.port, c->addr);
}

/* The listens of a service are neighbours. */
static int
by_service(const void *va, const void *vb)
{
	const struct list_vs	*a = va, *b = vb;

	if (a->service_id != b->service_id)
		return (a->service_id < b->service_id ? -1 : 1);
	return ((a->listen_id > b->listen_id) - (a->listen_id < b->listen_id));
}

/* One service: it, its listens, its hosts. */
static int
stats_piece(struct ipvs_list *l, ipvs_row row, void *arg, size_t *rows)
{
	const struct list_vs	*vs = &l->vs[l->next];
	struct ipvs_vs		*ours;
	struct ctl_stats	*host, sum;
	unsigned int		 i, n, nhost;
	int			 error = 0;

	for (n = 1; l->next + n < l->nvs &&
	    vs[n].service_id == vs->service_id; n++)
		continue;
	l->next += n;
	if ((ours = list_find(l, vs)) == NULL || ours->listen == NULL)
		return (0);
	nhost = ours->nreal;
	if ((host = calloc(nhost + 1, sizeof(*host))) == NULL)
		return (ENOMEM);
	memset(&sum, 0, sizeof(sum));
	sum.kind = CTL_STATS_SERVICE;
	sum.id = vs->service_id;
	(void)strlcpy(sum.name, ours->listen->service->name,
	    sizeof(sum.name));
	for (i = 0; i < n && error == 0; i++) {
		ipvs_counts_add(&sum.counts, &vs[i].counts);
		error = stats_sum(l, &vs[i], host, nhost);
	}
	if (error != 0)
		goto done;
	for (i = 0; i < nhost; i++) {
		sum.active += host[i].active;
		sum.inactive += host[i].inactive;
	}
	row(arg, MSG_IPVS_STATS, &sum, sizeof(sum));
	if (n > 1)
		stats_listens(vs, n, row, arg);
	stats_hosts(ours, host, row, arg);
	*rows += 1 + n + nhost;
done:
	free(host);
	return (error);
}

static void
stats_listens(const struct list_vs *vs, unsigned int n, ipvs_row row,
    void *arg)
{
	struct ctl_stats	c;
	char			key[IPVS_KEY_STRLEN];
	unsigned int		i;

	for (i = 0; i < n; i++) {
		memset(&c, 0, sizeof(c));
		c.kind = CTL_STATS_LISTEN;
		c.id = vs[i].listen_id;
		c.counts = vs[i].counts;
		(void)strlcpy(c.name, ipvs_key_str(&vs[i].key, key),
		    sizeof(c.name));
		row(arg, MSG_IPVS_STATS, &c, sizeof(c));
	}
}

static void
stats_hosts(const struct ipvs_vs *vs, struct ctl_stats *c, ipvs_row row,
    void *arg)
{
	const struct conf_host	*h;
	unsigned int		 i;

	for (i = 0; i < vs->nreal; i++, c++) {
		h = vs->real[i].host;
		c->kind = CTL_STATS_HOST;
		c->id = h->id;
		if (h->table->port == 0)
			(void)addr_str(&h->addr, c->name);
		else
			(void)addr_port_str(&h->addr,
			    h->table->port, c->name);
		row(arg, MSG_IPVS_STATS, c, sizeof(*c));
	}
}

/*
 * Add what one listen's destinations count.  All listens of a service have
 * the same hosts, in the same order.
 */
static int
stats_sum(struct ipvs_list *l, const struct list_vs *vs,
    struct ctl_stats *host, unsigned int nhost)
{
	struct ipvs_vs		*ours;
	const struct ipvs_real	*r;
	size_t			 i, at;
	int			 error;

	if ((error = list_dests(l, vs)) != 0)
		return (error);
	if ((ours = list_find(l, vs)) == NULL)
		return (0);
	for (i = 0; i < l->nreal; i++) {
		r = ipvs_real_at(ours, &l->real[i].dst.addr,
		    l->real[i].dst.port);
		if (r == NULL || (at = r - ours->real) >= nhost)
			continue;
		host[at].active += l->real[i].load.active;
		host[at].inactive += l->real[i].load.inactive;
		ipvs_counts_add(&host[at].counts, &l->real[i].counts);
	}
	return (0);
}

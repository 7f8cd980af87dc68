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

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <event2/event.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "../imsg/log.h"
#include "ipvs_state.h"
#include "module.h"

/* More schedulers than there are; each is loaded once. */
#define IPVS_SCHED_MAX	32

static int	 vs_cmp(const struct ipvs_vs *, const struct ipvs_vs *);
static void	 listen_key(const struct conf_listen *, struct ipvs_key *);
static struct ipvs_vs *vs_find(struct ipvs *, const struct conf_listen *);
static struct ipvs_vs *vs_get(struct ipvs *, const struct conf_listen *);
static void	 vs_orphan(struct ipvs *, struct ipvs_vs *);
static void	 vs_changed(struct ipvs *, struct ipvs_vs *);
static int	 vs_refused(const struct ipvs_vs *);
static void	 vs_rebuild(struct ipvs_vs *, const struct conf_listen *);
static void	 vs_inherit(struct ipvs_vs *, struct ipvs_vs *);
static void	 vs_bequeath(struct ipvs_vs *, const struct ipvs_vs *,
		    const struct ipvs_real *);
static void	 real_inherit(struct ipvs_vs *, struct ipvs_real *,
		    const struct ipvs_vs *, const struct ipvs_real *);
static struct ipvs_real *reals_build(const struct ipvs_vs *, unsigned int *);
static int	 real_cmp(const void *, const void *);
static struct ipvs_real *real_find(struct ipvs_vs *, const struct conf_host *);
static void	 adopt(struct ipvs *);
static void	 load_modules(const struct conf *);
static int	 wants_ipv6(const struct conf *);
static void	 set_timeouts(struct ipvs *);
static int	 timeouts_cb(struct nlmsghdr *, void *);

RB_GENERATE(ipvs_services, ipvs_vs, node, vs_cmp)

struct ipvs *
ipvs_open(struct event_base *base, ipvs_error error, ipvs_done done,
    ipvs_fewer fewer, void *arg)
{
	struct ipvs	*v;

	if ((v = calloc(1, sizeof(*v))) == NULL) {
		log_warn("IPVS");
		return (NULL);
	}
	v->base = base;
	v->error = error;
	v->done = done;
	v->fewer = fewer;
	v->arg = arg;
	RB_INIT(&v->services);
	TAILQ_INIT(&v->changed);
	TAILQ_INIT(&v->queue);
	TAILQ_INIT(&v->batches);
	nlbatch_init(&v->batch);
	evtimer_assign(&v->slice, base, ipvs_slice, v);
	evtimer_assign(&v->verify, base, ipvs_verify_slice, v);
	evtimer_assign(&v->sync, base, ipvs_daemon_cb, v);
	TAILQ_INIT(&v->settings);
	/* All else goes first, virtual addresses above all. */
	(void)event_priority_set(&v->slice,
	    event_base_get_npriorities(base) - 1);
	(void)event_priority_set(&v->sync,
	    event_base_get_npriorities(base) - 1);

	(void)module_load("ip_vs");
	if (nlconn_open(&v->conn, NETLINK_GENERIC) == -1) {
		log_warn("IPVS: generic netlink");
		free(v);
		return (NULL);
	}
	if ((v->family = ipvs_msg_family(&v->conn)) == -1) {
		log_warnx("this kernel has no IPVS (%s): load or install "
		    "ip_vs", errno == ENOENT ? "netlink knows no family "
		    IPVS_GENL_NAME : strerror(errno));
		ipvs_close(v);
		return (NULL);
	}
	return (v);
}

void
ipvs_close(struct ipvs *v)
{
	struct ipvs_batch	*b;
	struct ipvs_vs		*vs, *next;

	if (v == NULL)
		return;
	event_del(&v->slice);
	event_del(&v->verify);
	event_del(&v->sync);
	ipvs_settings_end(v, 0);
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next)
		ipvs_vs_free(v, vs);
	while ((b = TAILQ_FIRST(&v->batches)) != NULL) {
		TAILQ_REMOVE(&v->batches, b, entry);
		free(b);
	}
	nlbatch_reset(&v->batch);
	nlconn_close(&v->conn);
	free(v);
}

static int
vs_cmp(const struct ipvs_vs *a, const struct ipvs_vs *b)
{
	return (ipvs_key_cmp(&a->key, &b->key));
}

static void
listen_key(const struct conf_listen *l, struct ipvs_key *key)
{
	memset(key, 0, sizeof(*key));
	key->addr = l->conf.addr;
	key->mark = l->conf.mark;
	key->port = l->conf.port;
	key->proto = l->conf.proto;
}

static struct ipvs_vs *
vs_find(struct ipvs *v, const struct conf_listen *l)
{
	struct ipvs_vs	find;

	listen_key(l, &find.key);
	return (RB_FIND(ipvs_services, &v->services, &find));
}

/*
 * The service of this listen, made when there is none.  What the kernel
 * holds under the same address is the same service, whatever its name was.
 */
static struct ipvs_vs *
vs_get(struct ipvs *v, const struct conf_listen *l)
{
	struct ipvs_vs	*vs;

	if ((vs = vs_find(v, l)) != NULL)
		return (vs);
	if ((vs = calloc(1, sizeof(*vs))) == NULL)
		fatal("IPVS service");
	listen_key(l, &vs->key);
	RB_INSERT(ipvs_services, &v->services, vs);
	return (vs);
}

void
ipvs_vs_free(struct ipvs *v, struct ipvs_vs *vs)
{
	if (vs->flags & VS_CHANGED)
		TAILQ_REMOVE(&v->changed, vs, changed);
	if (vs->batch != NULL) {
		TAILQ_REMOVE(&v->queue, vs, queue);
		vs->batch->left--;
	}
	if (v->last == vs)
		v->last = NULL;
	RB_REMOVE(ipvs_services, &v->services, vs);
	v->left = 1;
	free(vs->name);
	free(vs->real);
	free(vs->stray);
	free(vs);
}

/* Its listen is gone from the configuration: it ends at the next commit. */
static void
vs_orphan(struct ipvs *v, struct ipvs_vs *vs)
{
	if (!vs->in_kernel && vs->batch == NULL) {
		ipvs_vs_free(v, vs);
		return;
	}
	if (vs->listen != NULL)
		vs->name = strdup(vs->listen->service->name);
	vs->listen = NULL;
	free(vs->real);
	vs->real = NULL;
	vs->nreal = 0;
	vs->wish = 0;
	/* Nothing more can be asked for it but its removal. */
	vs->want = 0;
	vs_changed(v, vs);
}

static void
vs_changed(struct ipvs *v, struct ipvs_vs *vs)
{
	if (vs->flags & VS_CHANGED)
		return;
	vs->flags |= VS_CHANGED;
	TAILQ_INSERT_TAIL(&v->changed, vs, changed);
}

const char *
ipvs_vs_str(const struct ipvs_vs *vs, char *buf)
{
	char	key[IPVS_KEY_STRLEN];

	if (vs->listen == NULL && vs->name == NULL)
		(void)snprintf(buf, IPVS_VS_STRLEN, "service %s",
		    ipvs_key_str(&vs->key, key));
	else
		(void)snprintf(buf, IPVS_VS_STRLEN, "service \"%s\" %s",
		    vs->listen != NULL ? vs->listen->service->name :
		    vs->name, ipvs_key_str(&vs->key, key));
	return (buf);
}

void
ipvs_set_conf(struct ipvs *v, const struct conf *conf)
{
	struct conf_service	*s;
	struct conf_listen	*l;
	struct ipvs_vs		*vs, *next;
	const struct conf_listen *was;
	int			 first = v->conf == NULL;

	v->conf = conf;
	v->sync_ours |= conf->sync != NULL;
	load_modules(conf);
	RB_FOREACH(vs, ipvs_services, &v->services)
		vs->flags &= ~VS_SEEN;
	TAILQ_FOREACH(s, &conf->services, entry) {
		TAILQ_FOREACH(l, &s->listens, entry) {
			vs = vs_get(v, l);
			was = vs->listen;
			vs->listen = l;
			vs->flags |= VS_SEEN;
			free(vs->name);
			vs->name = NULL;
			vs_rebuild(vs, was);
			vs_changed(v, vs);
		}
	}
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next)
		if ((vs->flags & VS_SEEN) == 0 && !first)
			vs_orphan(v, vs);
	set_timeouts(v);
	ipvs_settings_set(v);
	if (first)
		adopt(v);
}

void
ipvs_again(struct ipvs *v)
{
	struct ipvs_vs	*vs;
	int		 any = 0;

	RB_FOREACH(vs, ipvs_services, &v->services) {
		if (!vs_refused(vs))
			continue;
		vs_changed(v, vs);
		any = 1;
	}
	/* A module may have been installed meanwhile. */
	if (any)
		load_modules(v->conf);
	set_timeouts(v);
	ipvs_settings_set(v);
}

static int
vs_refused(const struct ipvs_vs *vs)
{
	unsigned int	i;

	if (vs->error != 0)
		return (1);
	for (i = 0; i < vs->nreal; i++)
		if (vs->real[i].error != 0)
			return (1);
	return (0);
}

/*
 * Give a service the hosts of its new configuration.  The wishes of lbe are
 * kept by id; a listen that got another id is another one to lbe.  The old
 * tree is still there.
 */
static void
vs_rebuild(struct ipvs_vs *vs, const struct conf_listen *was)
{
	struct ipvs_vs	 old;
	unsigned int	 i;

	old.key = vs->key;
	old.listen = was;
	old.real = vs->real;
	old.nreal = vs->nreal;
	vs->real = reals_build(vs, &vs->nreal);
	vs_inherit(vs, &old);
	if (was == NULL || was->conf.id != vs->listen->conf.id) {
		vs->wish = 0;
		for (i = 0; i < vs->nreal; i++)
			vs->real[i].wish = DEST_NONE;
	}
	free(old.real);
}

static struct ipvs_real *
reals_build(const struct ipvs_vs *vs, unsigned int *np)
{
	const struct conf_pool	*pool = vs->listen->service->pool;
	struct conf_host	*h;
	struct ipvs_real	*real, *r;
	unsigned int		 i, n = 0;

	for (i = 0; i < POOL_MAX; i++)
		if (pool[i].table != NULL)
			n += pool[i].table->hosts.n;
	if ((real = calloc(n + 1, sizeof(*real))) == NULL)
		fatal("IPVS destinations");
	n = 0;
	for (i = 0; i < POOL_MAX; i++) {
		/* A table in both pools is the same hosts, once. */
		if (pool[i].table == NULL ||
		    (i > 0 && pool[i].table == pool[0].table))
			continue;
		CONF_HOSTS_FOREACH(h, &pool[i].table->hosts) {
			r = &real[n++];
			r->host = h;
			r->wish = r->want = r->have = DEST_NONE;
			r->role = i;
		}
	}
	qsort(real, n, sizeof(*real), real_cmp);
	*np = n;
	return (real);
}

static int
real_cmp(const void *va, const void *vb)
{
	const struct conf_host	*a = ((const struct ipvs_real *)va)->host;
	const struct conf_host	*b = ((const struct ipvs_real *)vb)->host;
	int			 n;

	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	if (a->table->port != b->table->port)
		return (a->table->port < b->table->port ? -1 : 1);
	if (a->id != b->id)
		return (a->id < b->id ? -1 : 1);
	return (0);
}

/* Take over from the old hosts what was said of them and what is there. */
static void
vs_inherit(struct ipvs_vs *vs, struct ipvs_vs *old)
{
	struct ipvs_real	*r, *o;
	unsigned int		 i = 0, j;
	int			 n = -1;

	/* Both are sorted alike. */
	for (j = 0; j < old->nreal; j++) {
		r = NULL;
		o = &old->real[j];
		while (i < vs->nreal && (n = real_cmp(&vs->real[i], o)) < 0)
			i++;
		if (i < vs->nreal && n == 0)
			r = &vs->real[i];
		if (r != NULL) {
			r->wish = o->wish;
			r->want = o->want;
			r->error = o->error;
			real_inherit(vs, r, old, o);
		} else if (o->have != DEST_NONE)
			vs_bequeath(vs, old, o);
	}
}

/*
 * The kernel has a destination whose host is configured no longer.  When a
 * new host has its address and port the destination is that host's now.
 */
static void
vs_bequeath(struct ipvs_vs *vs, const struct ipvs_vs *old,
    const struct ipvs_real *gone)
{
	struct ipvs_real	*r;
	uint16_t		 port = ipvs_real_port(old, gone);

	if ((r = ipvs_real_at(vs, &gone->host->addr, port)) == NULL)
		ipvs_stray_add(vs, &gone->host->addr, port);
	else
		real_inherit(vs, r, old, gone);
}

/* What is in the kernel is the new host's, with the settings of the old. */
static void
real_inherit(struct ipvs_vs *vs, struct ipvs_real *r,
    const struct ipvs_vs *old, const struct ipvs_real *o)
{
	struct ipvs_dst	a, b;

	r->have = o->have;
	r->flags = o->flags;
	ipvs_real_wanted(vs, r, &a);
	ipvs_real_wanted(old, o, &b);
	if (!ipvs_dst_alike(&a, &b))
		r->flags |= REAL_ODD;
}

struct ipvs_real *
ipvs_real_at(struct ipvs_vs *vs, const struct addr *addr, uint16_t port)
{
	unsigned int	lo = 0, hi = vs->nreal, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (addr_cmp(&vs->real[mid].host->addr, addr) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < vs->nreal; lo++) {
		if (addr_cmp(&vs->real[lo].host->addr, addr) != 0)
			break;
		if (ipvs_real_port(vs, &vs->real[lo]) == port)
			return (&vs->real[lo]);
	}
	return (NULL);
}

uint16_t
ipvs_real_port(const struct ipvs_vs *vs, const struct ipvs_real *r)
{
	uint16_t	port = r->host->table->port;

	return (port != 0 ? port : vs->key.port);
}

const struct conf_pool *
ipvs_real_pool(const struct ipvs_vs *vs, const struct ipvs_real *r)
{
	return (&vs->listen->service->pool[r->role]);
}

/*
 * Read what the kernel holds of ours at the start, and want just that, but for
 * what was ours and is not configured any more.
 */
static void
adopt(struct ipvs *v)
{
	struct ipvs_vs		*vs, *next;
	struct ipvs_drift	 drift;
	unsigned int		 i, nvs = 0, nreal = 0, nleft = 0;
	int			 error;

	memset(&drift, 0, sizeof(drift));
	if ((error = ipvs_read_services(v, &drift)) != 0) {
		log_warnx("IPVS: reading the kernel's table: %s",
		    strerror(error));
		return;
	}
	RB_FOREACH_SAFE(vs, ipvs_services, &v->services, next) {
		if (vs->listen == NULL) {
			nleft += vs->in_kernel;
			vs_orphan(v, vs);
			continue;
		}
		if (!vs->in_kernel)
			continue;
		nvs++;
		if ((error = ipvs_read_reals(v, vs, &drift)) != 0)
			log_warnx("IPVS: reading destinations: %s",
			    strerror(error));
		vs->wish = vs->want = 1;
		for (i = 0; i < vs->nreal; i++) {
			vs->real[i].wish = vs->real[i].have;
			vs->real[i].want = vs->real[i].have;
			if (vs->real[i].have != DEST_NONE)
				nreal++;
		}
	}
	if (nvs > 0)
		log_info("IPVS: took over %u services with %u real servers "
		    "from the kernel", nvs, nreal);
	if (nleft > 0)
		log_info("IPVS: %u services that an earlier lvsd has left are "
		    "not configured any more: removing", nleft);
}

void
ipvs_adopted(struct ipvs *v, ipvs_dest cb, void *arg)
{
	struct ipvs_vs	*vs;
	int32_t		 weight;
	unsigned int	 i;

	RB_FOREACH(vs, ipvs_services, &v->services)
		for (i = 0; i < vs->nreal; i++) {
			if ((weight = vs->real[i].have) == DEST_NONE)
				continue;
			/* Others may have set what lvsd never would. */
			if (weight > WEIGHT_MAX)
				weight = WEIGHT_MAX;
			cb(arg, vs->listen->conf.id,
			    vs->real[i].host->id, weight);
		}
}

void
ipvs_resync(struct ipvs *v)
{
	struct ipvs_vs	*vs;
	unsigned int	 i;

	RB_FOREACH(vs, ipvs_services, &v->services) {
		vs->wish = 0;
		for (i = 0; i < vs->nreal; i++)
			vs->real[i].wish = DEST_NONE;
		vs_changed(v, vs);
	}
}

struct ipvs_vs *
ipvs_vs_of(struct ipvs *v, uint32_t listen_id)
{
	const struct conf_listen	*l;

	/* Wishes come service by service. */
	if (v->last != NULL && v->last->listen != NULL &&
	    v->last->listen->conf.id == listen_id)
		return (v->last);
	if (v->conf == NULL ||
	    (l = conf_find_listen(v->conf, listen_id)) == NULL)
		return (NULL);
	return (v->last = vs_find(v, l));
}

int
ipvs_want_service(struct ipvs *v, uint32_t listen_id, int on)
{
	struct ipvs_vs	*vs;

	if ((vs = ipvs_vs_of(v, listen_id)) == NULL)
		return (-1);
	vs->wish = on != 0;
	vs_changed(v, vs);
	return (0);
}

static struct ipvs_real *
real_find(struct ipvs_vs *vs, const struct conf_host *h)
{
	struct ipvs_real	find;

	find.host = h;
	return (bsearch(&find, vs->real, vs->nreal, sizeof(find), real_cmp));
}

int
ipvs_want_dest(struct ipvs *v, uint32_t listen_id, uint32_t host_id,
    int32_t weight)
{
	const struct conf_host	*h;
	struct ipvs_vs		*vs;
	struct ipvs_real	*r;

	if (weight < DEST_NONE || weight > WEIGHT_MAX)
		return (-1);
	if ((vs = ipvs_vs_of(v, listen_id)) == NULL ||
	    (h = conf_find_host(v->conf, host_id)) == NULL ||
	    (r = real_find(vs, h)) == NULL)
		return (-1);
	r->wish = weight;
	vs_changed(v, vs);
	return (0);
}

void
ipvs_commit(struct ipvs *v, uint32_t number)
{
	struct ipvs_batch	*b;
	struct ipvs_vs		*vs;
	struct timeval		 now = { 0, 0 };
	unsigned int		 i;

	v->settled = 1;
	b = ipvs_batch_new(v, number);
	while ((vs = TAILQ_FIRST(&v->changed)) != NULL) {
		TAILQ_REMOVE(&v->changed, vs, changed);
		vs->flags &= ~VS_CHANGED;
		vs->want = vs->wish;
		for (i = 0; i < vs->nreal; i++)
			vs->real[i].want = vs->real[i].wish;
		(void)ipvs_enqueue(v, vs, b);
	}
	/* Even when nothing is to be done the answer comes by the loop. */
	evtimer_add(&v->slice, &now);
}

/*
 * The kernel loads a scheduler by itself when a service names it; asking for
 * it before works where that is switched off.  A failure shows when the
 * service is refused.
 */
static void
load_modules(const struct conf *conf)
{
	char			 seen[IPVS_SCHED_MAX][SCHED_LEN];
	char			 name[SCHED_LEN + sizeof("ip_vs_")];
	struct conf_service	*s;
	struct service_config	 wire;
	const char		*sched;
	unsigned int		 i, n = 0;
	int			 want_sip = 0;

	TAILQ_FOREACH(s, &conf->services, entry) {
		want_sip |= (s->flags & SERVICE_F_SIP) != 0;
		conf_service_wire(s, &wire);
		sched = scheduler_kernel(&wire);
		for (i = 0; i < n; i++)
			if (strcmp(seen[i], sched) == 0)
				break;
		if (i < n || n == IPVS_SCHED_MAX)
			continue;
		(void)strlcpy(seen[n++], sched, SCHED_LEN);
		(void)snprintf(name, sizeof(name), "ip_vs_%s", sched);
		(void)module_load(name);
	}
	if (want_sip)
		(void)module_load("ip_vs_pe_sip");
	if (wants_ipv6(conf) && access("/proc/net/if_inet6", F_OK) == -1)
		(void)module_load("ipv6");
}

static int
wants_ipv6(const struct conf *conf)
{
	const struct conf_service	*s;
	const struct conf_listen	*l;
	const struct conf_table		*t;
	const struct conf_host		*h;

	TAILQ_FOREACH(s, &conf->services, entry)
		TAILQ_FOREACH(l, &s->listens, entry)
			if (l->conf.addr.af == AF_INET6)
				return (1);
	TAILQ_FOREACH(t, &conf->tables, entry)
		CONF_HOSTS_FOREACH(h, &t->hosts)
			if (h->addr.af == AF_INET6)
				return (1);
	return (0);
}

static int
timeouts_cb(struct nlmsghdr *nlh, void *arg)
{
	(void)ipvs_parse_timeouts(nlh, arg);
	return (0);
}

/* Set the timeouts the configuration names, if they are not so already. */
static void
set_timeouts(struct ipvs *v)
{
	const struct global_config	*g = &v->conf->global;
	struct ipvs_timeouts		 want, have;
	int				 error;

	want.tcp = g->ipvs_tcp;
	want.tcpfin = g->ipvs_tcpfin;
	want.udp = g->ipvs_udp;
	if (want.tcp == 0 && want.tcpfin == 0 && want.udp == 0)
		return;
	memset(&have, 0, sizeof(have));
	(void)nlconn_query(&v->conn, ipvs_msg_timeouts(v->family,
	    IPVS_CMD_GET_CONFIG, NULL), 0, timeouts_cb, &have);
	if ((want.tcp == 0 || want.tcp == have.tcp) &&
	    (want.tcpfin == 0 || want.tcpfin == have.tcpfin) &&
	    (want.udp == 0 || want.udp == have.udp))
		return;
	if ((error = nlconn_query(&v->conn, ipvs_msg_timeouts(v->family,
	    IPVS_CMD_SET_CONFIG, &want), 0, NULL, NULL)) != 0)
		log_warnx("ipvs timeout tcp %us tcpfin %us udp %us: %s",
		    want.tcp, want.tcpfin, want.udp, strerror(error));
}

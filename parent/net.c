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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "net_state.h"

/*
 * Repairs while somebody else insists: so many in a window, then one for
 * each delay, so that a quarrel does not eat the machine.
 */
#define FIX_WINDOW_US	10000000
#define FIX_BURST	20
#define FIX_DELAY_S	1

struct outcome {
	int		error;
	unsigned int	done;
};

static int	 addr_order(const struct net_addr *, const struct net_addr *);
static struct net_vrrp *vrrp_find(struct net *, uint32_t);
static struct net_vrrp *vrrp_get(struct net *, const struct conf_vrrp *);
static void	 conf_ifs(struct net *);
static void	 conf_addrs(struct net *, struct net_vrrp *);
static void	 conf_drop(struct net *);
static void	 addr_put(struct net *, struct net_addr *, struct outcome *);
static void	 addr_remove(struct net *, struct net_addr *);
static void	 adds_flush(struct net *, struct outcome *);
static void	 dels_flush(struct net *);
static void	 vrrp_put(struct net *, struct net_vrrp *, struct outcome *);
static void	 vrrp_remove(struct net *, struct net_vrrp *);
static int	 vrrp_lost(struct net *, struct net_vrrp *);
static int	 fix_allowed(struct net *);

RB_GENERATE(net_addrs, net_addr, node, addr_order)

static int
addr_order(const struct net_addr *a, const struct net_addr *b)
{
	int	n;

	if ((n = addr_cmp(&a->addr, &b->addr)) != 0)
		return (n);
	if (a->nif != b->nif)
		return ((uintptr_t)a->nif < (uintptr_t)b->nif ? -1 : 1);
	return ((int)a->prefixlen - (int)b->prefixlen);
}

struct net *
net_open(struct event_base *base, const struct net_ops *ops, void *arg)
{
	struct net	*n;

	if ((n = calloc(1, sizeof(*n))) == NULL) {
		log_warn("netlink");
		return (NULL);
	}
	n->base = base;
	n->ops = ops;
	n->arg = arg;
	n->conn.fd = n->events.fd = -1;
	if ((n->nft = nft_new(base)) == NULL) {
		log_warn("nftables");
		free(n);
		return (NULL);
	}
	TAILQ_INIT(&n->ifs);
	TAILQ_INIT(&n->vrrps);
	RB_INIT(&n->addrs);
	nlbatch_init(&n->batch);
	evtimer_assign(&n->fix, base, net_fix, n);
	if (nlconn_open(&n->conn, NETLINK_ROUTE) == -1) {
		log_warn("netlink: route");
		nft_free(n->nft);
		free(n);
		return (NULL);
	}
	if (rtnl_events_open(n) == -1) {
		log_warn("netlink: route events");
		nlconn_close(&n->conn);
		nft_free(n->nft);
		free(n);
		return (NULL);
	}
	if ((n->packet = announce_open()) == -1)
		log_warn("packet socket: addresses will not be announced");
	return (n);
}

void
net_close(struct net *n)
{
	struct net_vrrp	*v;
	struct net_addr	*a, *next;
	struct net_if	*nif;
	int		 held = 0;

	if (n == NULL)
		return;
	event_del(&n->fix);
	event_del(&n->readable);
	RB_FOREACH_SAFE(a, net_addrs, &n->addrs, next) {
		held |= a->state == ADDR_OURS;
		RB_REMOVE(net_addrs, &n->addrs, a);
		free(a);
	}
	while ((v = TAILQ_FIRST(&n->vrrps)) != NULL) {
		announce_stop(v);
		TAILQ_REMOVE(&n->vrrps, v, entry);
		free(v);
	}
	while ((nif = TAILQ_FIRST(&n->ifs)) != NULL)
		iface_free(n, nif);
	if (!held && n->conf != NULL)
		nft_remove(n->nft);
	nft_free(n->nft);
	nlbatch_reset(&n->batch);
	nlconn_close(&n->conn);
	nlconn_close(&n->events);
	if (n->packet != -1)
		close(n->packet);
	free(n);
}

struct net_addr *
net_addr_find(struct net *n, struct net_if *nif, const struct addr *addr,
    uint8_t prefixlen)
{
	struct net_addr	find;

	find.nif = nif;
	find.addr = *addr;
	find.prefixlen = prefixlen;
	return (RB_FIND(net_addrs, &n->addrs, &find));
}

const char *
net_device_of(const struct conf_vrrp *v, const struct conf_vaddr *a)
{
	if (a->conf.ifname[0] != '\0')
		return (a->conf.ifname);
	return (v->conf.ifname);
}

static struct net_vrrp *
vrrp_find(struct net *n, uint32_t id)
{
	struct net_vrrp	*v;

	TAILQ_FOREACH(v, &n->vrrps, entry)
		if (v->id == id)
			return (v);
	return (NULL);
}

static struct net_vrrp *
vrrp_get(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = vrrp_find(n, c->conf.id)) == NULL) {
		if ((v = calloc(1, sizeof(*v))) == NULL)
			fatal("vrrp");
		v->net = n;
		v->id = c->conf.id;
		TAILQ_INIT(&v->addrs);
		evtimer_assign(&v->again, n->base, announce_again, v);
		TAILQ_INSERT_TAIL(&n->vrrps, v, entry);
	}
	v->conf = c;
	v->named = 1;
	return (v);
}

int
net_check_conf(struct net *n, const struct conf *conf, char *text,
    size_t size)
{
	return (nft_check_conf(n->nft, conf, text, size));
}

void
net_set_conf(struct net *n, const struct conf *conf)
{
	struct conf_vrrp	*c;
	struct net_vrrp		*v;
	struct net_addr		*a;
	struct outcome		 o = { 0, 0 };
	int			 first = n->conf == NULL;

	n->conf = conf;
	nft_set_conf(n->nft, conf);
	conf_ifs(n);
	RB_FOREACH(a, net_addrs, &n->addrs)
		a->vrrp = NULL;
	TAILQ_FOREACH(v, &n->vrrps, entry) {
		v->named = 0;
		TAILQ_INIT(&v->addrs);
	}
	TAILQ_FOREACH(c, &conf->vrrps, entry) {
		v = vrrp_get(n, c);
		if (first)
			v->undecided = 1;
		conf_addrs(n, v);
	}
	net_settle(n);
	TAILQ_FOREACH(v, &n->vrrps, entry)
		if (v->named && v->holding && vrrp_lost(n, v)) {
			vrrp_put(n, v, &o);
			announce_start(n, v);
		}
	adds_flush(n, &o);
	conf_drop(n);
	nft_trim(n->nft);
}

/* The interfaces named; those that are new are read and told by settle. */
static void
conf_ifs(struct net *n)
{
	struct conf_vrrp	*c;
	struct conf_vaddr	*a;
	struct conf_track	*t;
	struct net_if		*nif;

	TAILQ_FOREACH(nif, &n->ifs, entry)
		nif->named = 0;
	TAILQ_FOREACH(c, &n->conf->vrrps, entry) {
		iface_get(n, c->conf.ifname)->named = 1;
		TAILQ_FOREACH(a, &c->addrs, entry)
			iface_get(n, net_device_of(c, a))->named = 1;
		TAILQ_FOREACH(t, &c->tracks, entry)
			if (t->conf.kind == TRACK_INTERFACE)
				iface_get(n, t->conf.ifname)->named = 1;
	}
}

static void
conf_addrs(struct net *n, struct net_vrrp *v)
{
	struct conf_vaddr	*c;
	struct net_addr		*a;
	struct net_if		*nif;

	TAILQ_FOREACH(c, &v->conf->addrs, entry) {
		nif = iface_get(n, net_device_of(v->conf, c));
		a = net_addr_find(n, nif, &c->conf.addr, c->conf.prefixlen);
		if (a == NULL) {
			if ((a = calloc(1, sizeof(*a))) == NULL)
				fatal("virtual address");
			a->nif = nif;
			a->addr = c->conf.addr;
			a->prefixlen = c->conf.prefixlen;
			RB_INSERT(net_addrs, &n->addrs, a);
			n->reread_addrs = 1;
		}
		a->scope = c->conf.scope;
		a->broadcast = c->conf.broadcast;
		memcpy(a->label, c->conf.label, sizeof(a->label));
		a->vrrp = v;
		TAILQ_INSERT_TAIL(&v->addrs, a, entry);
	}
}

/*
 * Let go of what the configuration no longer names, after what is new was
 * added, so that an address whose prefix changed never is without.
 */
static void
conf_drop(struct net *n)
{
	struct net_addr	*a, *nexta;
	struct net_vrrp	*v, *nextv;
	struct net_if	*nif, *nexti;

	RB_FOREACH(a, net_addrs, &n->addrs)
		if (a->vrrp == NULL ||
		    (!a->vrrp->holding && !a->vrrp->undecided))
			addr_remove(n, a);
	dels_flush(n);
	RB_FOREACH_SAFE(a, net_addrs, &n->addrs, nexta) {
		if (a->vrrp != NULL)
			continue;
		RB_REMOVE(net_addrs, &n->addrs, a);
		free(a);
	}
	TAILQ_FOREACH_SAFE(v, &n->vrrps, entry, nextv) {
		if (v->named)
			continue;
		announce_stop(v);
		TAILQ_REMOVE(&n->vrrps, v, entry);
		free(v);
	}
	TAILQ_FOREACH_SAFE(nif, &n->ifs, entry, nexti)
		if (!nif->named)
			iface_free(n, nif);
}

void
net_each_iface(struct net *n)
{
	struct net_if	*nif;

	TAILQ_FOREACH(nif, &n->ifs, entry)
		n->ops->iface(n->arg, &nif->now);
}

/* Ask for an address unless it is there; sends what is full. */
static void
addr_put(struct net *n, struct net_addr *a, struct outcome *o)
{
	int	i;

	if (a->state != ADDR_ABSENT) {
		o->done++;
		return;
	}
	if (a->nif->now.ifindex == 0) {
		o->error = ENODEV;
		return;
	}
	/* A host prefix shares its network with nobody. */
	if (a->addr.af == AF_INET && a->prefixlen < 32)
		iface_promote(a->nif);
	if (nlbatch_full(&n->batch))
		adds_flush(n, o);
	if ((i = nlbatch_add(&n->batch, rtnl_addr_msg(RTM_NEWADDR,
	    a))) == -1)
		fatal("netlink request");
	n->op[i] = a;
}

static void
adds_flush(struct net *n, struct outcome *o)
{
	struct net_addr	*a;
	char		 buf[ADDR_STRLEN];
	unsigned int	 i;
	int		 error;

	if (nlbatch_send(&n->conn, &n->batch) == -1) {
		log_warn("netlink: adding %u addresses", n->batch.n);
		o->error = errno;
		nlbatch_reset(&n->batch);
		return;
	}
	for (i = 0; i < n->batch.n; i++) {
		a = n->op[i];
		/* It came by other hands; whose it is the next reading says. */
		if ((error = n->batch.error[i]) == EEXIST) {
			a->state = ADDR_FOREIGN;
			n->reread_addrs = 1;
			error = 0;
		} else if (error == 0)
			a->state = ADDR_OURS;
		if (error == 0) {
			a->error = 0;
			o->done++;
			continue;
		}
		o->error = error;
		if (a->error != error)
			log_warnx("vrrp \"%s\": address %s/%u on %s: %s",
			    a->vrrp->conf->conf.name, addr_str(&a->addr, buf),
			    a->prefixlen, a->nif->now.ifname,
			    n->batch.text[i] != NULL ? n->batch.text[i] :
			    strerror(error));
		a->error = error;
	}
	if (n->batch.lost)
		n->reread_addrs = 1;
	nlbatch_reset(&n->batch);
}

/* Have an address removed if it is ours. */
static void
addr_remove(struct net *n, struct net_addr *a)
{
	int	i;

	a->lost = 0;
	if (a->state != ADDR_OURS)
		return;
	if (a->nif->now.ifindex == 0) {
		a->state = ADDR_ABSENT;
		return;
	}
	if (nlbatch_full(&n->batch))
		dels_flush(n);
	if ((i = nlbatch_add(&n->batch, rtnl_addr_msg(RTM_DELADDR,
	    a))) == -1)
		fatal("netlink request");
	n->op[i] = a;
}

static void
dels_flush(struct net *n)
{
	struct net_addr	*a;
	char		 buf[ADDR_STRLEN];
	unsigned int	 i;
	int		 error;

	if (nlbatch_send(&n->conn, &n->batch) == -1) {
		log_warn("netlink: removing %u addresses", n->batch.n);
		nlbatch_reset(&n->batch);
		return;
	}
	for (i = 0; i < n->batch.n; i++) {
		a = n->op[i];
		error = n->batch.error[i];
		if (error == 0 || error == EADDRNOTAVAIL || error == ENODEV) {
			a->state = ADDR_ABSENT;
			continue;
		}
		log_warnx("address %s/%u on %s: cannot remove: %s",
		    addr_str(&a->addr, buf), a->prefixlen,
		    a->nif->now.ifname, strerror(error));
	}
	if (n->batch.lost)
		n->reread_addrs = 1;
	nlbatch_reset(&n->batch);
}

static void
vrrp_put(struct net *n, struct net_vrrp *v, struct outcome *o)
{
	struct net_addr	*a;

	TAILQ_FOREACH(a, &v->addrs, entry)
		addr_put(n, a, o);
}

static void
vrrp_remove(struct net *n, struct net_vrrp *v)
{
	struct net_addr	*a;

	v->holding = 0;
	v->undecided = 0;
	announce_stop(v);
	TAILQ_FOREACH(a, &v->addrs, entry)
		addr_remove(n, a);
}

void
net_hold(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;
	struct outcome	 o = { 0, 0 };
	struct timeval	 delay = { FIX_DELAY_S, 0 };

	if ((v = vrrp_find(n, c->conf.id)) == NULL)
		return;
	v->holding = 1;
	v->undecided = 0;
	vrrp_put(n, v, &o);
	adds_flush(n, &o);
	announce_start(n, v);
	/* An interface that comes tells of itself. */
	if (o.error != 0 && o.error != ENODEV)
		evtimer_add(&n->fix, &delay);
	n->ops->result(n->arg, v->id, o.error, o.done);
}

void
net_keep(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = vrrp_find(n, c->conf.id)) == NULL)
		return;
	v->holding = 1;
	v->undecided = 0;
	announce_stop(v);
}

void
net_release(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = vrrp_find(n, c->conf.id)) == NULL)
		return;
	vrrp_remove(n, v);
	dels_flush(n);
}

void
net_release_all(struct net *n)
{
	struct net_vrrp	*v;

	TAILQ_FOREACH(v, &n->vrrps, entry)
		vrrp_remove(n, v);
	dels_flush(n);
}

void
net_announce(struct net *n, const struct conf_vrrp *c)
{
	struct net_vrrp	*v;

	if ((v = vrrp_find(n, c->conf.id)) != NULL && v->holding)
		announce_start(n, v);
}

void
net_settle(struct net *n)
{
	struct net_vrrp	*v;
	int		 error;

	if (n->reread_links) {
		if ((error = rtnl_read_links(n)) != 0)
			log_warnx("netlink: reading links: %s",
			    strerror(error));
		n->reread_links = 0;
		n->reread_addrs = 1;
	}
	if (n->reread_addrs) {
		if ((error = rtnl_read_addrs(n)) != 0)
			log_warnx("netlink: reading addresses: %s",
			    strerror(error));
		n->reread_addrs = 0;
	}
	iface_tell(n);
	TAILQ_FOREACH(v, &n->vrrps, entry)
		if (v->holding && vrrp_lost(n, v)) {
			net_fix(-1, 0, n);
			break;
		}
}

/* Does a master lack an address that could be put there? */
static int
vrrp_lost(struct net *, struct net_vrrp *v)
{
	struct net_addr	*a;

	TAILQ_FOREACH(a, &v->addrs, entry)
		if (a->state == ADDR_ABSENT && a->nif->now.ifindex != 0)
			return (1);
	return (0);
}

static int
fix_allowed(struct net *n)
{
	struct timeval	delay = { FIX_DELAY_S, 0 };
	struct monotime	now = monotime_now();

	if (evtimer_pending(&n->fix, NULL))
		return (0);
	if (!monotime_isset(n->fix_since) ||
	    monotime_diff_us(now, n->fix_since) > FIX_WINDOW_US) {
		n->fix_since = now;
		n->fixes = 0;
	}
	if (++n->fixes <= FIX_BURST)
		return (1);
	evtimer_add(&n->fix, &delay);
	return (0);
}

/* Put back what masters lack: removed by somebody, or on a new interface. */
void
net_fix(int, short what, void *arg)
{
	struct net	*n = arg;
	struct net_vrrp	*v;
	struct net_addr	*a;
	struct outcome	 o;
	struct timeval	 delay = { FIX_DELAY_S, 0 };
	char		 buf[ADDR_STRLEN];

	if (what != EV_TIMEOUT && !fix_allowed(n))
		return;
	TAILQ_FOREACH(v, &n->vrrps, entry) {
		if (!v->holding || !vrrp_lost(n, v))
			continue;
		memset(&o, 0, sizeof(o));
		vrrp_put(n, v, &o);
		adds_flush(n, &o);
		TAILQ_FOREACH(a, &v->addrs, entry) {
			if (!a->lost || a->state != ADDR_OURS)
				continue;
			a->lost = 0;
			log_warnx("vrrp \"%s\": address %s/%u was removed "
			    "from %s by somebody else: put back",
			    v->conf->conf.name, addr_str(&a->addr, buf),
			    a->prefixlen, a->nif->now.ifname);
			n->ops->repaired(n->arg, v->id, &a->addr);
		}
		v->announced.us = 0;
		announce_start(n, v);
		if (o.error != 0 && o.error != ENODEV)
			evtimer_add(&n->fix, &delay);
	}
}

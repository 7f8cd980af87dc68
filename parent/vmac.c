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

#include <sys/socket.h>
#include <net/if.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <linux/rtnetlink.h>

#include "../imsg/log.h"
#include "vmac.h"

/* Between two attempts to make a device. */
#define RETRY_S		1

static struct net_vmac *vmac_new(struct net *, struct net_if *);
static void	 vmac_free(struct net *, struct net_vmac *);
static void	 vmac_name(struct net *, struct net_vrrp *);
static uint8_t	 vmac_families(const struct net_vrrp *);
static int	 vmac_usable(const struct net_vmac *);
static int	 vmac_look(struct net *, struct net_vmac *);
static int	 vmac_make(struct net *, struct net_vmac *);
static int	 vmac_delete(struct net *, struct net_vmac *);
static void	 vmac_bring(struct net *, struct net_vmac *);
static int	 vmac_there(struct net *, struct net_vmac *);
static int	 vmac_role(struct net *, struct net_vmac *);
static void	 vmac_tell(struct net *, struct net_vmac *);
static void	 vmac_failed(struct net *, struct net_vmac *, const char *,
		    int);
static void	 vmac_dirty(struct net *, struct net_vmac *);
static void	 retry_cb(int, short, void *);

void
vmac_init(struct net *n)
{
	TAILQ_INIT(&n->vmacs);
	evtimer_assign(&n->vmac_retry, n->base, retry_cb, n);
}

static struct net_vmac *
vmac_new(struct net *n, struct net_if *nif)
{
	struct net_vmac	*d;

	if ((d = calloc(1, sizeof(*d))) == NULL)
		fatal("virtual interface");
	d->nif = nif;
	nif->vmac = d;
	TAILQ_INSERT_TAIL(&n->vmacs, d, entry);
	/* Whatever has this name is to be judged with other eyes. */
	n->reread_links = 1;
	return (d);
}

static void
vmac_free(struct net *n, struct net_vmac *d)
{
	if (d->vrrp != NULL)
		d->vrrp->vmac = NULL;
	d->nif->vmac = NULL;
	TAILQ_REMOVE(&n->vmacs, d, entry);
	vmac_lower_restore(n, d->lower);
	free(d);
}

/*
 * Configuration.
 */

void
vmac_conf(struct net *n)
{
	struct net_vmac	*d;
	struct net_vrrp	*v;

	TAILQ_FOREACH(d, &n->vmacs, entry) {
		if (d->vrrp != NULL)
			d->vrrp->vmac = NULL;
		d->vrrp = NULL;
	}
	RB_FOREACH(v, net_vrrps, &n->vrrps)
		if (v->named && v->conf->conf.flags & VRRP_F_VMAC)
			vmac_name(n, v);
	/* Those that are to go still need theirs. */
	TAILQ_FOREACH(d, &n->vmacs, entry)
		d->nif->named = d->lower->named = 1;
}

static void
vmac_name(struct net *n, struct net_vrrp *v)
{
	const struct conf_vrrp	*c = v->conf;
	struct net_if		*nif = iface_get(n, c->vmac), *old = NULL;
	struct net_vmac		*d;
	uint8_t			 families;

	if ((d = nif->vmac) == NULL)
		d = vmac_new(n, nif);
	if (d->lower != NULL && strcmp(d->lower->now.ifname,
	    c->conf.ifname) != 0)
		old = d->lower;
	d->lower = iface_get(n, c->conf.ifname);
	d->vrrp = v;
	v->vmac = d;
	vmac_mac(c->conf.af, c->conf.vrid, d->mac);
	families = vmac_families(v);
	if (d->families & ~families & VMAC_INET6) {
		vmac_unrule(n, d);
		d->role = VMAC_UNKNOWN;
	}
	if (d->families != families)
		d->ready = 0;
	d->families = families;
	vmac_dirty(n, d);
	vmac_lower_restore(n, d->lower);
	if (old != NULL)
		vmac_lower_restore(n, old);
}

static uint8_t
vmac_families(const struct net_vrrp *v)
{
	const struct conf_vaddr	*a;
	uint8_t			 families = 0;

	/* Adverts are sent by it even if all addresses are elsewhere. */
	families |= v->conf->conf.af == AF_INET6 ? VMAC_INET6 : VMAC_INET;
	TAILQ_FOREACH(a, &v->conf->addrs, entry)
		if (a->conf.ifname[0] == '\0')
			families |= a->conf.addr.af == AF_INET6 ?
			    VMAC_INET6 : VMAC_INET;
	return (families);
}

/*
 * What the kernel tells.
 */

/* One that an earlier life has left, and that is not configured any more. */
void
vmac_stray(struct net *n, const struct rtnl_link *rl)
{
	struct net_vmac	*d;
	struct net_if	*nif;
	char		 lower[IFNAMSIZ];

	if (!n->first || !vmac_marked(rl->more.alias) || !rl->more.is_macvlan ||
	    if_indextoname(rl->more.lower, lower) == NULL)
		return;
	nif = iface_get(n, rl->ifname);
	if (nif->vmac != NULL)
		return;
	d = vmac_new(n, nif);
	d->lower = iface_get(n, lower);
	/* It may have a rule of IPv6; that it has settings its mark says. */
	d->families = VMAC_INET6;
	if (strchr(rl->more.alias, ' ') != NULL)
		d->families |= VMAC_INET;
	memcpy(d->mac, rl->mac, sizeof(d->mac));
	nif->named = d->lower->named = 1;
}

/* May it be used: 1; else it is as if it were not there. */
int
vmac_link(struct net *n, struct net_vmac *d, const struct rtnl_link *rl)
{
	int	same, usable;

	same = rl->has_mac && memcmp(rl->mac, d->mac, sizeof(d->mac)) == 0;
	usable = vmac_marked(rl->more.alias) && rl->more.is_macvlan && same;
	if (!usable && d->nif->now.ifindex != 0)
		iface_lost(n, d->nif);
	if (d->seen != rl->ifindex || d->same_mac != same ||
	    d->up != ((rl->flags & IFF_UP) != 0) ||
	    memcmp(&d->link, &rl->more, sizeof(d->link)) != 0)
		vmac_dirty(n, d);
	d->seen = rl->ifindex;
	d->link = rl->more;
	d->same_mac = same;
	d->up = (rl->flags & IFF_UP) != 0;
	return (usable);
}

/* The interface has gone or come: a device, or what devices are on. */
void
vmac_iface(struct net *n, struct net_if *nif)
{
	struct net_vmac	*d;

	if (nif->vmac != NULL && nif->now.ifindex == 0) {
		nif->vmac->seen = nif->vmac->ready = 0;
		nif->vmac->role = VMAC_UNKNOWN;
		vmac_dirty(n, nif->vmac);
	}
	TAILQ_FOREACH(d, &n->vmacs, entry)
		if (d->lower == nif)
			vmac_dirty(n, d);
}

static void
vmac_dirty(struct net *n, struct net_vmac *d)
{
	d->dirty = 1;
	n->vmac_dirty = 1;
}

/*
 * What is done.
 */

void
vmac_settle(struct net *n)
{
	struct net_vmac	*d;

	if (!n->vmac_dirty)
		return;
	n->vmac_dirty = 0;
	TAILQ_FOREACH(d, &n->vmacs, entry)
		if (d->dirty) {
			d->dirty = 0;
			vmac_bring(n, d);
		}
}

/* The wish of the instance has changed. */
void
vmac_want(struct net *n, struct net_vrrp *v)
{
	int	error;

	if (v->vmac == NULL || v->vmac->ready == 0)
		return;
	if ((error = vmac_role(n, v->vmac)) != 0)
		vmac_failed(n, v->vmac, "cannot change its role", error);
}

static int
vmac_usable(const struct net_vmac *d)
{
	return (d->nif->now.ifindex != 0 && d->seen == d->nif->now.ifindex &&
	    d->link.lower == d->lower->now.ifindex);
}

static void
vmac_bring(struct net *n, struct net_vmac *d)
{
	int	error = 0;

	if (d->vrrp == NULL)
		return;
	if (d->lower->now.ifindex == 0 || vmac_there(n, d) == -1) {
		vmac_tell(n, d);
		return;
	}
	vmac_lower(d);
	if (d->ready != d->nif->now.ifindex)
		error = vmac_setup(n, d);
	if (error == 0)
		error = vmac_role(n, d);
	if (error == 0 && !d->link.is_vepa)
		error = nlconn_query(&n->conn,
		    vmac_msg_mode(d->nif->now.ifindex), 0, NULL, NULL);
	if (error == 0 && !d->up)
		error = nlconn_query(&n->conn,
		    vmac_msg_up(d->nif->now.ifindex), 0, NULL, NULL);
	if (error == 0) {
		d->ready = d->nif->now.ifindex;
		d->error = 0;
		d->up = 1;
		d->link.is_vepa = 1;
	} else
		vmac_failed(n, d, "cannot be set up", error);
	vmac_tell(n, d);
}

/* Have the device as it must be. */
static int
vmac_there(struct net *n, struct net_vmac *d)
{
	struct timeval	delay = { RETRY_S, 0 };
	int		error;

	if ((error = vmac_look(n, d)) != 0) {
		vmac_failed(n, d, "cannot be looked for", error);
		return (-1);
	}
	if (vmac_usable(d))
		return (0);
	if (d->seen != 0 && !vmac_marked(d->link.alias)) {
		vmac_failed(n, d, "there is one of this name, which is not "
		    "ours; remove it, or use virtual mac with another name",
		    EEXIST);
		return (-1);
	}
	if (monotime_isset(d->made) && monotime_diff_us(monotime_now(),
	    d->made) < RETRY_S * 1000000LL) {
		evtimer_add(&n->vmac_retry, &delay);
		return (-1);
	}
	if (d->seen != 0 && (error = vmac_delete(n, d)) != 0) {
		vmac_failed(n, d, "an old one cannot be removed", error);
		return (-1);
	}
	return (vmac_make(n, d));
}

/* What has the name of the device now; what was heard of it may be old. */
static int
vmac_look(struct net *n, struct net_vmac *d)
{
	int	error;

	if ((error = rtnl_read_link(n, vmac_msg_get(d->nif->now.ifname))) == 0)
		return (0);
	if (error != ENODEV)
		return (error);
	if (d->nif->now.ifindex != 0)
		iface_lost(n, d->nif);
	d->seen = 0;
	return (0);
}

/*
 * The mark is set in the same system call, so that there is none without,
 * whenever lvsd is killed.
 */
static int
vmac_make(struct net *n, struct net_vmac *d)
{
	char	alias[VMAC_ALIAS_LEN];
	int	error;

	d->made = monotime_now();
	vmac_lower(d);
	vmac_alias(d, alias);
	nlbatch_reset(&n->batch);
	if (nlbatch_add(&n->batch, vmac_msg_new(d->nif->now.ifname,
	    d->lower->now.ifindex, d->mac)) == -1 ||
	    nlbatch_add(&n->batch, vmac_msg_alias(d->nif->now.ifname,
	    alias)) == -1)
		fatal("netlink request");
	if (nlbatch_send(&n->conn, &n->batch) == -1)
		error = errno;
	else if ((error = n->batch.error[0]) == 0)
		error = n->batch.error[1];
	nlbatch_reset(&n->batch);
	if (error == 0)
		error = vmac_look(n, d);
	if (error == 0 && !vmac_usable(d))
		error = ENODEV;
	if (error != 0) {
		vmac_failed(n, d, "cannot be made", error);
		return (-1);
	}
	log_info("vrrp \"%s\": %s made on %s, with the virtual MAC",
	    d->vrrp->conf->conf.name, d->nif->now.ifname,
	    d->lower->now.ifname);
	return (0);
}

static int
vmac_delete(struct net *n, struct net_vmac *d)
{
	int	error;

	error = nlconn_query(&n->conn, vmac_msg_delete(d->seen), 0, NULL,
	    NULL);
	if (error != 0 && error != ENODEV)
		return (error);
	if (d->nif->now.ifindex != 0)
		iface_lost(n, d->nif);
	d->seen = 0;
	return (0);
}

/* What an earlier life held stays as it is until the role is known. */
static int
vmac_role(struct net *n, struct net_vmac *d)
{
	switch (d->vrrp->want) {
	case WANT_HELD:
		return (vmac_become(n, d, VMAC_MASTER));
	case WANT_NOTHING:
		return (vmac_become(n, d, VMAC_BACKUP));
	case WANT_FOUND:
		break;
	}
	return (0);
}

static void
vmac_tell(struct net *n, struct net_vmac *d)
{
	uint32_t	ifindex = d->ready;

	if (d->nif->now.ifindex != ifindex)
		ifindex = 0;
	if (d->told == ifindex)
		return;
	d->told = ifindex;
	if (n->ops->vmac != NULL)
		n->ops->vmac(n->arg, d->vrrp->id, ifindex,
		    d->nif->now.ifname);
}

static void
vmac_failed(struct net *n, struct net_vmac *d, const char *what, int error)
{
	struct timeval	delay = { RETRY_S, 0 };

	if (d->error != error)
		log_warnx("vrrp \"%s\": virtual interface %s on %s: %s (%s)",
		    d->vrrp->conf->conf.name, d->nif->now.ifname,
		    d->lower->now.ifname, what, strerror(error));
	d->error = error;
	vmac_dirty(n, d);
	evtimer_add(&n->vmac_retry, &delay);
}

static void
retry_cb(int, short, void *arg)
{
	struct net	*n = arg;
	struct net_vmac	*d;

	TAILQ_FOREACH(d, &n->vmacs, entry)
		if (d->ready == 0)
			vmac_dirty(n, d);
	net_settle(n);
}

void
net_each_vmac(struct net *n)
{
	struct net_vmac	*d;

	TAILQ_FOREACH(d, &n->vmacs, entry)
		if (d->vrrp != NULL && n->ops->vmac != NULL)
			n->ops->vmac(n->arg, d->vrrp->id, d->told,
			    d->nif->now.ifname);
}

/* Those not configured any more go when no address is on them. */
void
vmac_trim(struct net *n)
{
	struct net_vmac	*d, *next;
	struct net_item	*it;
	int		 error;

	TAILQ_FOREACH_SAFE(d, &n->vmacs, entry, next) {
		if (d->vrrp != NULL)
			continue;
		TAILQ_FOREACH(it, &d->nif->items, onif)
			if (it->state == ITEM_OURS)
				break;
		if (it != NULL)
			continue;
		vmac_lower(d);
		vmac_unrule(n, d);
		if (d->nif->now.ifindex != 0 &&
		    (error = vmac_delete(n, d)) != 0)
			log_warnx("%s: cannot be removed: %s",
			    d->nif->now.ifname, strerror(error));
		vmac_free(n, d);
	}
}

/* leave: no address is held any more, so all of them go. */
void
vmac_close(struct net *n, int leave)
{
	struct net_vmac	*d;

	event_del(&n->vmac_retry);
	while ((d = TAILQ_FIRST(&n->vmacs)) != NULL) {
		if (leave) {
			vmac_unrule(n, d);
			if (d->nif->now.ifindex != 0)
				(void)vmac_delete(n, d);
		}
		if (!leave)
			d->lower->vmac_saved = 0;
		vmac_free(n, d);
	}
}

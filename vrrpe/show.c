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

#include <bsd/string.h>
#include <string.h>

#include "../imsg/engine.h"
#include "instance.h"

#define US_PER_S	1000000
#define MS_PER_CS	10
#define US_PER_MS	1000

static void	show_election(const struct vrrp *, struct ctl_vrrp *);
static enum ctl_wait show_wait(const struct vrrp *);
static void	show_tracks(const struct vrrp *, uint32_t);

void
show_fill(const struct vrrp *v, struct ctl_vrrp *c)
{
	char			 addr[ADDR_STRLEN];
	const struct addr	*source;
	const char		*reason;
	int			 i;

	memset(c, 0, sizeof(*c));
	c->id = v->conf.id;
	c->state = v->state;
	c->priority = v->conf.priority;
	c->priority_eff = v->prio;
	c->vrid = v->conf.vrid;
	c->version = v->conf.version;
	c->advert_ms = v->conf.advert_cs * MS_PER_CS;
	c->master_advert_ms = v->mai_cs * MS_PER_CS;
	c->master_prio = v->master_prio;
	c->addrs = v->naddrs;
	c->peers = v->npeers;
	c->error = v->addr_error;
	if (monotime_isset(v->since))
		c->since_s = monotime_diff_us(monotime_now(), v->since) /
		    US_PER_S;
	show_election(v, c);
	c->tx = v->tx;
	c->tx_failed = v->tx_failed;
	c->rx = v->rx;
	c->became_master = v->became_master;
	c->prio0_tx = v->prio0_tx;
	c->prio0_rx = v->prio0_rx;
	/* What names no instance is shown with each on the interface. */
	for (i = 0; i < VRRP_DROP_MAX; i++)
		c->drop[i] = v->drop[i] + v->lan->drop[i];
	for (i = 0; i < VRRP_NOTE_MAX; i++)
		c->note[i] = v->note[i];

	strlcpy(c->ifname, v->conf.ifname, sizeof(c->ifname));
	strlcpy(c->name, v->conf.name, sizeof(c->name));
	auth_text(v->auth, c->auth, sizeof(c->auth));
	if (v->group != NULL)
		strlcpy(c->group, v->group->conf.name, sizeof(c->group));
	if (v->master.af != 0)
		strlcpy(c->master, addr_str(&v->master, addr),
		    sizeof(c->master));
	if ((source = lan_source(v)) != NULL)
		strlcpy(c->source, addr_str(source, addr), sizeof(c->source));
	if (v->rival.addr.af != 0) {
		c->rival_prio = v->rival.prio;
		c->rival_s = monotime_diff_us(monotime_now(), v->rival.at) /
		    US_PER_S;
		strlcpy(c->rival, addr_str(&v->rival.addr, addr),
		    sizeof(c->rival));
	}
	if (v->naddrs > 0)
		strlcpy(c->addr, addr_str(&v->addrs[0], addr),
		    sizeof(c->addr));
	if (v->state == VRRP_FAULT)
		reason = v->unwell[0] != '\0' ? v->unwell : v->why;
	else if (v->state == VRRP_INIT && v->waiting)
		reason = "waiting for its interface";
	else
		reason = v->weights;
	strlcpy(c->reason, reason, sizeof(c->reason));
}

/* What decides whether it will be master, and when. */
static void
show_election(const struct vrrp *v, struct ctl_vrrp *c)
{
	struct monotime	now = monotime_now();
	int64_t		left;

	if (v->conf.af == AF_INET6)
		c->flags |= CTL_VRRP_F_INET6;
	if (v->conf.flags & VRRP_F_NOPREEMPT)
		c->flags |= CTL_VRRP_F_NOPREEMPT;
	if (v->conf.flags & VRRP_F_STARTMASTER)
		c->flags |= CTL_VRRP_F_STARTMASTER;
	if (v->resigned)
		c->flags |= CTL_VRRP_F_RESIGNED;
	c->demote = v->demote;
	c->preempt_ms = v->conf.preempt_ms;
	c->delay_ms = wait_delay_us(v) / US_PER_MS;
	c->wait = show_wait(v);
	if (monotime_isset(v->due) &&
	    (left = monotime_diff_us(v->due, now)) > 0)
		c->wait_ms = left / US_PER_MS;
	if (!monotime_isset(v->heard))
		return;
	c->flags |= CTL_VRRP_F_HEARD;
	c->heard_ms = monotime_diff_us(now, v->heard) / US_PER_MS;
}

static enum ctl_wait
show_wait(const struct vrrp *v)
{
	if (v->state == VRRP_MASTER)
		return (CTL_WAIT_ADVERT);
	if (v->ready)
		return (CTL_WAIT_GROUP);
	if (v->state == VRRP_BACKUP)
		return (CTL_WAIT_DOWN);
	if (v->state != VRRP_HANDOVER)
		return (CTL_WAIT_NONE);
	switch (v->wait) {
	case WAIT_TAKER:
		return (CTL_WAIT_TAKER);
	case WAIT_LINGER:
		return (CTL_WAIT_LINGER);
	default:
		return (CTL_WAIT_RETURN);
	}
}

void
show_stats(struct vrrpe *env, uint32_t request)
{
	struct ctl_vrrp	 c;
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->run.vrrps, entry) {
		show_fill(v, &c);
		engine_send(env->engine, PROC_LBE, MSG_VRRP_STATS, request,
		    &c, sizeof(c));
		show_tracks(v, request);
	}
	engine_send(env->engine, PROC_LBE, MSG_VRRP_STATS_END, request, NULL,
	    0);
}

static void
show_tracks(const struct vrrp *v, uint32_t request)
{
	struct ctl_track	 c;
	struct tracker		*t;

	TAILQ_FOREACH(t, &v->trackers, entry) {
		track_fill(t, &c);
		engine_send(v->env->engine, PROC_LBE, MSG_VRRP_TRACK, request,
		    &c, sizeof(c));
	}
}

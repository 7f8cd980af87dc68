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
#include <stdio.h>

#include "../imsg/log.h"
#include "instance.h"

/*
 * A tracker fails when its interface is down, its script's verdict is bad or
 * its service has no usable host.  What it does then depends on its weight:
 *
 *	0	the instance is in fault while the tracker fails
 *	< 0	added to the priority while it fails
 *	> 0	added to the priority while it does not fail
 *
 * Weights of several trackers add up; the result is kept in 1 .. 254, and an
 * owner's 255 is not touched by weights.  This is the sense that keepalived
 * gives to them.  What has not been told yet counts as not failing: at a
 * start all are told within moments, and a fault that is none would move the
 * addresses for nothing.
 */

#define PRIO_MIN	1
#define PRIO_MAX	(PACKET_PRIO_OWNER - 1)

static int	tracker_fails(const struct tracker *);
static const char *tracker_name(const struct tracker *, const char **);
static void	track_fault(struct vrrp *);
static void	track_priority(struct vrrp *);
static int	track_concerns(const struct vrrp *, const struct iface *,
		    const struct subject *);
static void	track_all(struct vrrpe *, const struct iface *,
		    const struct subject *);

static int
tracker_fails(const struct tracker *t)
{
	if (t->conf.kind == TRACK_INTERFACE)
		return (t->iface->told && !t->iface->status.up);
	return (t->subject->bad);
}

static const char *
tracker_name(const struct tracker *t, const char **kind)
{
	switch (t->conf.kind) {
	case TRACK_SCRIPT:
		*kind = "script";
		return (t->subject->name);
	case TRACK_SERVICE:
		*kind = "service";
		return (t->subject->name);
	default:
		*kind = "interface";
		return (t->iface->status.ifname);
	}
}

/* What keeps the instance itself from taking part, into unwell. */
static void
track_fault(struct vrrp *v)
{
	const struct msg_if	*st = &v->iface->status;
	const char		*kind, *name;
	struct tracker		*t;

	v->unwell[0] = '\0';
	v->waiting = v->state == VRRP_INIT && (!v->iface->told ||
	    (st->up && st->addr4.af != 0 && v->iface->fd == -1));
	if (v->waiting)
		return;

	if (st->ifindex == 0)
		snprintf(v->unwell, sizeof(v->unwell),
		    "there is no interface %s", v->conf.ifname);
	else if (!st->up)
		snprintf(v->unwell, sizeof(v->unwell), "%s is down",
		    v->conf.ifname);
	else if (st->addr4.af == 0)
		snprintf(v->unwell, sizeof(v->unwell),
		    "%s has no IPv4 address", v->conf.ifname);
	else if (v->iface->fd == -1)
		snprintf(v->unwell, sizeof(v->unwell),
		    "there is no socket on %s", v->conf.ifname);
	if (v->unwell[0] != '\0')
		return;
	TAILQ_FOREACH(t, &v->trackers, entry) {
		if (t->conf.weight != 0 || !tracker_fails(t))
			continue;
		name = tracker_name(t, &kind);
		snprintf(v->unwell, sizeof(v->unwell), "%s %s fails", kind,
		    name);
		return;
	}
}

/* The priority with the trackers, and in weights what has changed it. */
static void
track_priority(struct vrrp *v)
{
	char		 one[NAME_LEN + 64];
	const char	*kind, *name;
	struct tracker	*t;
	int		 prio = v->conf.priority;

	v->weights[0] = '\0';
	if (prio == PACKET_PRIO_OWNER) {
		v->prio = prio;
		return;
	}
	TAILQ_FOREACH(t, &v->trackers, entry) {
		if (tracker_fails(t) ? t->conf.weight >= 0 :
		    t->conf.weight <= 0)
			continue;
		prio += t->conf.weight;
		name = tracker_name(t, &kind);
		snprintf(one, sizeof(one), "%s%s %s %s %+d",
		    v->weights[0] != '\0' ? ", " : "", kind, name,
		    t->conf.weight < 0 ? "fails" : "is well",
		    t->conf.weight);
		strlcat(v->weights, one, sizeof(v->weights));
	}
	if (prio < PRIO_MIN)
		prio = PRIO_MIN;
	if (prio > PRIO_MAX)
		prio = PRIO_MAX;
	v->prio = prio;
}

void
track_look(struct vrrp *v)
{
	uint8_t	old = v->prio;

	track_fault(v);
	track_priority(v);
	if (!v->started || (v->prio == old && !v->changed))
		return;
	v->changed = 0;
	if (v->prio != old)
		log_info("vrrp %s: priority %u -> %u%s%s", v->conf.name, old,
		    v->prio, v->weights[0] != '\0' ? ": " : "", v->weights);
	fsm_reprioritize(v);
	vrrpe_tell_status(v);
}

static int
track_concerns(const struct vrrp *v, const struct iface *ifc,
    const struct subject *s)
{
	struct tracker	*t;

	if (ifc != NULL && v->iface == ifc)
		return (1);
	TAILQ_FOREACH(t, &v->trackers, entry)
		if (ifc != NULL ? t->iface == ifc : t->subject == s)
			return (1);
	return (0);
}

/* First all look, then all act: a group must not act on half of the news. */
static void
track_all(struct vrrpe *env, const struct iface *ifc, const struct subject *s)
{
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		if (track_concerns(v, ifc, s))
			track_look(v);
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		if (track_concerns(v, ifc, s))
			group_settle(v);
}

void
track_iface(struct vrrpe *env, const struct iface *ifc)
{
	track_all(env, ifc, NULL);
}

void
track_subject(struct vrrpe *env, const struct subject *s)
{
	track_all(env, NULL, s);
}

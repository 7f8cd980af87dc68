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
#include <string.h>

#include "../imsg/log.h"
#include "instance.h"

/*
 * A tracker fails when its interface is down, its script's verdict is bad,
 * its service or table has no usable host, its program does not run, its
 * reference host does not answer.  `reverse' makes good bad, and bad good.
 * What it does then depends on its weight:
 *
 *	0	the instance is in fault while the tracker fails
 *	< 0	added to the priority while it fails
 *	> 0	added to the priority while it does not fail
 *
 * The number in a file is added to the priority as often as the weight says,
 * or subtracted with `reverse'; with weight 0, one other than 0 is a fault,
 * or 0 is with `reverse'.  A file without a number fails: it adds nothing,
 * or it is a fault in either direction.
 *
 * Weights of several trackers add up, and what the operator has demoted the
 * instance by is taken away; the result is kept in 1 .. 254, and an owner's
 * 255 is not touched.  What has not been told yet counts as not failing,
 * reverse or not: at a start all are told within moments, and a fault that
 * is none would move the addresses for nothing.
 */

#define PRIO_MIN	1
#define PRIO_MAX	(PACKET_PRIO_OWNER - 1)

/* "service www fails", and what it adds to the priority. */
#define TRACK_TEXT_LEN	(TRACK_NAME_LEN + 64)

static enum ctl_track_state tracker_state(const struct tracker *);
static int	file_holds(const struct tracker *);
static int	file_adds(const struct tracker *);
static int	tracker_fails(const struct tracker *);
static int	tracker_faults(const struct tracker *);
static int	tracker_adds(const struct tracker *);
static const char *tracker_name(const struct tracker *);
static const char *tracker_text(const struct tracker *, char *, size_t);
static void	track_fault(struct vrrp *);
static void	track_priority(struct vrrp *);
static int	track_concerns(const struct vrrp *, const struct iface *,
		    const struct subject *);
static void	track_all(struct vrrpe *, const struct iface *,
		    const struct subject *);

/* Of what is tracked, whatever that means here. */
static enum ctl_track_state
tracker_state(const struct tracker *t)
{
	if (file_holds(t) && t->conf.weight == 0)
		return (t->subject->value == 0 ? CTL_TRACK_WELL :
		    CTL_TRACK_FAILS);
	if (t->conf.kind != TRACK_INTERFACE)
		return (t->subject->state);
	if (!t->iface->told)
		return (CTL_TRACK_UNKNOWN);
	return (t->iface->status.up ? CTL_TRACK_WELL : CTL_TRACK_FAILS);
}

/* A file with a number in it. */
static int
file_holds(const struct tracker *t)
{
	return (t->conf.kind == TRACK_FILE &&
	    t->subject->state == CTL_TRACK_WELL);
}

static int
file_adds(const struct tracker *t)
{
	int	n;

	if (!file_holds(t))
		return (0);
	n = t->subject->value * t->conf.weight;
	return (t->conf.flags & TRACK_F_REVERSE ? -n : n);
}

static int
tracker_fails(const struct tracker *t)
{
	enum ctl_track_state	bad = CTL_TRACK_FAILS;

	if (t->conf.flags & TRACK_F_REVERSE &&
	    (t->conf.kind != TRACK_FILE || file_holds(t)))
		bad = CTL_TRACK_WELL;
	return (tracker_state(t) == bad);
}

static int
tracker_faults(const struct tracker *t)
{
	return (t->conf.weight == 0 && tracker_fails(t));
}

/* To the priority; may be below 0. */
static int
tracker_adds(const struct tracker *t)
{
	if (t->conf.kind == TRACK_FILE)
		return (file_adds(t));
	return (tracker_fails(t) == (t->conf.weight < 0) ?
	    t->conf.weight : 0);
}

static const char *
tracker_name(const struct tracker *t)
{
	return (t->conf.kind == TRACK_INTERFACE ? t->conf.ifname :
	    t->conf.name);
}

/* "service www fails", "file /run/load holds 5" into buf; returns it. */
static const char *
tracker_text(const struct tracker *t, char *buf, size_t len)
{
	static const char	*const states[CTL_TRACK_STATE_MAX] = {
		[CTL_TRACK_UNKNOWN]	= "is not known yet",
		[CTL_TRACK_WELL]	= "is well",
		[CTL_TRACK_FAILS]	= "fails"
	};

	if (file_holds(t)) {
		snprintf(buf, len, "file %s holds %d", t->conf.name,
		    t->subject->value);
		return (buf);
	}
	snprintf(buf, len, "%s %s %s", track_kind_names[t->conf.kind],
	    tracker_name(t), states[tracker_state(t)]);
	return (buf);
}

/* What keeps the instance itself from taking part, into unwell. */
static void
track_fault(struct vrrp *v)
{
	struct tracker	*t;

	v->unwell[0] = '\0';
	v->waiting = v->state == VRRP_INIT && lan_waits(v);
	if (v->waiting || lan_fault(v, v->unwell, sizeof(v->unwell)))
		return;
	TAILQ_FOREACH(t, &v->trackers, entry) {
		if (!tracker_faults(t))
			continue;
		tracker_text(t, v->unwell, sizeof(v->unwell));
		return;
	}
}

/* The priority with the trackers, and in weights what has changed it. */
static void
track_priority(struct vrrp *v)
{
	char		 text[TRACK_TEXT_LEN], one[TRACK_TEXT_LEN + 16];
	struct tracker	*t;
	int		 adds, prio = v->conf.priority;

	v->weights[0] = '\0';
	if (prio == PACKET_PRIO_OWNER) {
		v->prio = prio;
		return;
	}
	TAILQ_FOREACH(t, &v->trackers, entry) {
		if ((adds = tracker_adds(t)) == 0)
			continue;
		prio += adds;
		snprintf(one, sizeof(one), "%s%s %+d",
		    v->weights[0] != '\0' ? ", " : "",
		    tracker_text(t, text, sizeof(text)), adds);
		strlcat(v->weights, one, sizeof(v->weights));
	}
	if (v->demote > 0) {
		prio -= v->demote;
		snprintf(one, sizeof(one), "%sdemoted by %u",
		    v->weights[0] != '\0' ? ", " : "", v->demote);
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

void
track_fill(const struct tracker *t, struct ctl_track *c)
{
	memset(c, 0, sizeof(*c));
	c->vrrp_id = t->conf.vrrp_id;
	c->state = tracker_state(t);
	c->weight = t->conf.weight;
	c->effect = tracker_adds(t);
	if (t->conf.flags & TRACK_F_REVERSE)
		c->flags |= CTL_TRACK_F_REVERSE;
	if (tracker_faults(t))
		c->flags |= CTL_TRACK_F_FAULT;
	if (file_holds(t) || (t->conf.kind == TRACK_PROCESS &&
	    c->state != CTL_TRACK_UNKNOWN)) {
		c->flags |= CTL_TRACK_F_VALUE;
		c->value = t->subject->value;
	}
	strlcpy(c->kind, track_kind_names[t->conf.kind], sizeof(c->kind));
	strlcpy(c->name, tracker_name(t), sizeof(c->name));
}

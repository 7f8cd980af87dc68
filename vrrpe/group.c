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

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "elect.h"
#include "instance.h"

/*
 * Sync groups.  A group is master only when each member has reason to be,
 * and it is backup or in fault as one.  The rules look at where the members
 * are and not at how they came there, so that every order of events ends in
 * the same place.  The first rule that holds is applied, then all are looked
 * at again, until none holds.
 *
 *	when							who	event
 *	lvsd ends, and one need not wait any longer		it	STOP
 *	a member is unwell itself				others	FAULT
 *	a member is backup beside holders			holders	YIELD
 *	a member is master beside some that hand over		these	ELECTED
 *	a member is not started, or waits for its socket	-	-
 *	a member hands over					-	-
 *	all the others are masters, or all would be at once	resting	ELECTED
 *	all have found their addresses, or would be at once	resting	RETURN
 *	else							resting	START
 *	one hands over, but nobody has taken it over		all	ELECTED
 *	all have handed over					all	HANDED
 *	all return, and nobody else was heard			all	ELECTED
 *	all are backup and ready				all	ELECTED
 *
 * Holders are masters and those that hand over: they have the addresses.
 *
 * A member is ready once its Master_Down_Timer has fired and until a better
 * master is heard; it waits for the others, listening.  A member that obeys
 * a better master takes the others along, whose release (priority 0) lets
 * the peer take over on their interfaces within its Skew_Time.  keepalived
 * peers do the same.  Routers of one group should order their priorities
 * alike on all interfaces: if each is the better one on one of two, the one
 * that was first stays master of both, as long as it is heard on both.
 *
 * A hand-over is one of all or of none: as long as one of them has not been
 * taken over by another router none gives up its addresses, and when that
 * does not happen at all, all are masters again.
 *
 * "Would be at once" are owners of their addresses, and instances taken back
 * after a restart of this process.  A member new in a group of masters is
 * made one of them; if its interface has a better master, that is heard
 * within an interval and all yield.
 */

struct tally {
	int		 total;
	int		 masters;
	int		 backups;
	int		 ready;		/* of the backups */
	int		 resting;	/* init or fault */
	int		 eager;		/* of the resting */
	int		 returning;	/* of the resting */
	int		 held;		/* not started or waiting */
	int		 handing;	/* hand over, or return */
	int		 done;		/* of these: need not wait longer */
	int		 handed;	/* of these: others have taken over */
	struct vrrp	*unwell;	/* one of them */
	struct vrrp	*backup;	/* one of them */
	struct vrrp	*untaken;	/* one that nobody has taken over */
};

static int	is_resting(const struct vrrp *);
static int	is_eager(const struct vrrp *);
static void	tally(struct vrrp *, struct tally *);
static void	tally_resting(const struct vrrp *, struct tally *);
static void	tally_handing(struct vrrp *, struct tally *);
static int	rule_leave(struct vrrp *, const struct tally *);
static int	rule_fault(struct vrrp *, const struct tally *);
static int	rule_yield(struct vrrp *, const struct tally *);
static int	rule_rejoin(struct vrrp *, const struct tally *);
static int	rule_start(struct vrrp *, const struct tally *);
static int	rule_untaken(struct vrrp *, const struct tally *);
static int	rule_handed(struct vrrp *, const struct tally *);
static int	rule_elect(struct vrrp *, const struct tally *);
static void	rule_apply(struct vrrp *, enum vrrp_state, enum fsm_event,
		    const char *);
static int	is_worse(const struct vrrp *);
static void	elected_why(const struct vrrp *, char *, size_t);
static void	handed_why(const struct vrrp *, char *, size_t);

static int	(*const rules[])(struct vrrp *, const struct tally *) = {
	rule_leave,
	rule_fault,
	rule_yield,
	rule_rejoin,
	rule_start,
	rule_untaken,
	rule_handed,
	rule_elect
};
#define NRULES	(sizeof(rules) / sizeof(rules[0]))

struct vrrp *
group_first(struct vrrp *v)
{
	return (v->group != NULL ? TAILQ_FIRST(&v->group->members) : v);
}

struct vrrp *
group_next(struct vrrp *v)
{
	return (v->group != NULL ? TAILQ_NEXT(v, member) : NULL);
}

/*
 * Each rule moves at least one member, and none of them moves one where an
 * earlier rule would move it back, so that this ends: at most a start, an
 * election and no more follow each other.
 */
void
group_settle(struct vrrp *v)
{
	struct tally	t;
	size_t		i;

	do {
		tally(v, &t);
		for (i = 0; i < NRULES; i++)
			if (rules[i](v, &t))
				break;
	} while (i < NRULES);
	if (v->group != NULL)
		group_tell(v->group);
}

/* It has a role when all its members have the same. */
void
group_tell(struct group *g)
{
	struct vrrp	*m, *first = TAILQ_FIRST(&g->members);

	if (first == NULL || first->state == g->role)
		return;
	TAILQ_FOREACH(m, &g->members, member)
		if (m->state != first->state)
			return;
	g->role = first->state;
	vrrpe_tell_group(g);
}

static int
is_resting(const struct vrrp *v)
{
	return (v->state == VRRP_INIT || v->state == VRRP_FAULT);
}

/* Would it be master without listening first? */
static int
is_eager(const struct vrrp *v)
{
	return (v->resume || v->prio == PACKET_PRIO_OWNER);
}

static void
tally(struct vrrp *v, struct tally *t)
{
	struct vrrp	*m;

	memset(t, 0, sizeof(*t));
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		t->total++;
		if (m->state == VRRP_MASTER)
			t->masters++;
		if (m->state == VRRP_BACKUP) {
			t->backups++;
			t->ready += m->ready;
			t->backup = m;
		}
		if (m->state == VRRP_HANDOVER && m->started)
			tally_handing(m, t);
		if (is_resting(m))
			tally_resting(m, t);
		if (!m->started || m->waiting)
			t->held++;
		else if (m->unwell[0] != '\0')
			t->unwell = m;
	}
}

static void
tally_resting(const struct vrrp *m, struct tally *t)
{
	t->resting++;
	t->eager += is_eager(m);
	t->returning += m->state == VRRP_INIT && (m->found || is_eager(m));
}

static void
tally_handing(struct vrrp *m, struct tally *t)
{
	t->handing++;
	if (!m->ready)
		return;
	t->done++;
	if (m->wait == WAIT_LINGER)
		t->handed++;
	else if (m->wait == WAIT_TAKER)
		t->untaken = m;
}

/* An event to each member in this state. */
static void
rule_apply(struct vrrp *v, enum vrrp_state state, enum fsm_event ev,
    const char *why)
{
	struct vrrp	*m;

	for (m = group_first(v); m != NULL; m = group_next(m))
		if (m->state == state)
			fsm_event(m, ev, NULL, NULL, why);
}

/* Only at the end of lvsd an instance hands over that is not started. */
static int
rule_leave(struct vrrp *v, const struct tally *)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;
	int		 moved = 0;

	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (m->state != VRRP_HANDOVER || m->started || !m->ready)
			continue;
		handed_why(m, why, sizeof(why));
		fsm_event(m, EV_STOP, NULL, NULL, why);
		moved = 1;
	}
	return (moved);
}

static int
rule_fault(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;
	int		 moved = 0;

	if (t->unwell == NULL)
		return (0);
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (m->state == VRRP_FAULT || !m->started)
			continue;
		if (m->unwell[0] != '\0')
			strlcpy(why, m->unwell, sizeof(why));
		else
			snprintf(why, sizeof(why), "%s of its sync group: %s",
			    t->unwell->conf.name, t->unwell->unwell);
		fsm_event(m, EV_FAULT, NULL, NULL, why);
		moved = 1;
	}
	return (moved);
}

static int
rule_yield(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];

	if (t->masters + t->handing == 0 || t->backups == 0)
		return (0);
	snprintf(why, sizeof(why), "%s of its sync group is backup",
	    t->backup->conf.name);
	rule_apply(v, VRRP_MASTER, EV_YIELD, why);
	rule_apply(v, VRRP_HANDOVER, EV_YIELD, why);
	return (1);
}

/* A reload has put them together. */
static int
rule_rejoin(struct vrrp *v, const struct tally *t)
{
	if (t->masters == 0 || t->handing == 0)
		return (0);
	rule_apply(v, VRRP_HANDOVER, EV_ELECTED, "its sync group is master");
	return (1);
}

static int
rule_start(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;
	enum fsm_event	 ev = EV_START;

	if (t->resting == 0 || t->held > 0 || t->unwell != NULL ||
	    t->handing > 0)
		return (0);
	if (t->masters > 0 || (t->backups == 0 && t->eager == t->resting))
		ev = EV_ELECTED;
	else if (t->backups == 0 && t->returning == t->resting)
		ev = EV_RETURN;
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (!is_resting(m))
			continue;
		why[0] = '\0';
		if (ev == EV_ELECTED)
			elected_why(m, why, sizeof(why));
		else if (ev == EV_RETURN)
			strlcpy(why, "its addresses are there", sizeof(why));
		fsm_event(m, ev, NULL, NULL, why[0] != '\0' ? why : NULL);
	}
	return (1);
}

static int
rule_untaken(struct vrrp *v, const struct tally *t)
{
	char	why[CTL_TEXT_LEN] = "nobody has taken over";

	if (t->untaken == NULL)
		return (0);
	if (v->group != NULL)
		snprintf(why, sizeof(why), "nobody has taken over %s",
		    t->untaken->conf.name);
	rule_apply(v, VRRP_HANDOVER, EV_ELECTED, why);
	return (1);
}

static int
rule_handed(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;

	if (t->handing == 0 || t->done < t->handing)
		return (0);
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (m->state != VRRP_HANDOVER)
			continue;
		handed_why(m, why, sizeof(why));
		fsm_event(m, t->handed == t->handing ? EV_HANDED : EV_ELECTED,
		    NULL, NULL, why);
	}
	return (1);
}

static int
rule_elect(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;

	if (t->ready < t->total)
		return (0);
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		elected_why(m, why, sizeof(why));
		fsm_event(m, EV_ELECTED, NULL, NULL, why);
	}
	return (1);
}

static void
handed_why(const struct vrrp *v, char *buf, size_t len)
{
	char	master[ADDR_STRLEN];

	if (v->wait == WAIT_LINGER)
		snprintf(buf, len, "handed over to %s",
		    addr_str(&v->master, master));
	else if (v->wait == WAIT_TAKER)
		strlcpy(buf, "nobody has taken over", len);
	else
		strlcpy(buf, "no better master is heard", len);
}

/* Is there a master, which it has not obeyed? */
static int
is_worse(const struct vrrp *v)
{
	return (monotime_isset(v->worse) && monotime_diff_us(monotime_now(),
	    v->worse) < elect_down_us(v->conf.version, v->prio, v->mai_cs));
}

static void
elected_why(const struct vrrp *v, char *buf, size_t len)
{
	char	master[ADDR_STRLEN];

	if (v->resume)
		strlcpy(buf, "taken back after a restart", len);
	else if (v->prio == PACKET_PRIO_OWNER)
		strlcpy(buf, "owner of the addresses", len);
	else if (is_resting(v))
		strlcpy(buf, "its sync group is master", len);
	else if (v->wait == WAIT_SKEW)
		strlcpy(buf, "the master has released", len);
	else if (is_worse(v))
		strlcpy(buf, "the master has a lower priority", len);
	else if (v->master.af != 0)
		snprintf(buf, len, "master %s is not heard any more",
		    addr_str(&v->master, master));
	else
		strlcpy(buf, "no better master is heard", len);
}

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

#include "instance.h"

/*
 * Sync groups.  A group is master only when each member has reason to be,
 * and it is backup or in fault as one.  The rules look at where the members
 * are and not at how they came there, so that every order of events ends in
 * the same place.  The first rule that holds is applied, then all are looked
 * at again, until none holds.
 *
 *	when							who	event
 *	a member is unwell itself				others	FAULT
 *	a member is backup beside masters			masters	YIELD
 *	a member is not started, or waits for its socket	-	-
 *	all the others are masters, or all would be at once	resting	ELECTED
 *	else							resting	START
 *	all are backup and ready				all	ELECTED
 *
 * A member is ready once its Master_Down_Timer has fired and until a better
 * master is heard; it waits for the others, listening.  A member that obeys
 * a better master takes the others along, whose release (priority 0) lets
 * the peer take over on their interfaces within its Skew_Time.  keepalived
 * peers do the same.  Routers of one group should order their priorities
 * alike on all interfaces: if each is the better one on one of two, the one
 * that was first stays master of both, as long as it is heard on both.
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
	int		 held;		/* not started or waiting */
	struct vrrp	*unwell;	/* one of them */
	struct vrrp	*backup;	/* one of them */
};

static int	is_resting(const struct vrrp *);
static void	tally(struct vrrp *, struct tally *);
static int	rule_fault(struct vrrp *, const struct tally *);
static int	rule_yield(struct vrrp *, const struct tally *);
static int	rule_start(struct vrrp *, const struct tally *);
static int	rule_elect(struct vrrp *, const struct tally *);
static void	elected_why(const struct vrrp *, char *, size_t);

static int	(*const rules[])(struct vrrp *, const struct tally *) = {
	rule_fault,
	rule_yield,
	rule_start,
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
}

static int
is_resting(const struct vrrp *v)
{
	return (v->state == VRRP_INIT || v->state == VRRP_FAULT);
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
		if (is_resting(m)) {
			t->resting++;
			t->eager += m->resume ||
			    m->prio == PACKET_PRIO_OWNER;
		}
		if (!m->started || m->waiting)
			t->held++;
		else if (m->unwell[0] != '\0')
			t->unwell = m;
	}
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
	struct vrrp	*m;

	if (t->masters == 0 || t->backups == 0)
		return (0);
	snprintf(why, sizeof(why), "%s of its sync group is backup",
	    t->backup->conf.name);
	for (m = group_first(v); m != NULL; m = group_next(m))
		if (m->state == VRRP_MASTER)
			fsm_event(m, EV_YIELD, NULL, NULL, why);
	return (1);
}

static int
rule_start(struct vrrp *v, const struct tally *t)
{
	char		 why[CTL_TEXT_LEN];
	struct vrrp	*m;
	int		 elected;

	if (t->resting == 0 || t->held > 0 || t->unwell != NULL)
		return (0);
	elected = t->backups == 0 && t->eager == t->resting;
	if (t->masters > 0)
		elected = 1;
	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (!is_resting(m))
			continue;
		elected_why(m, why, sizeof(why));
		if (elected)
			fsm_event(m, EV_ELECTED, NULL, NULL, why);
		else
			fsm_event(m, EV_START, NULL, NULL, NULL);
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
	else if (v->master.af != 0)
		snprintf(buf, len, "master %s is not heard any more",
		    addr_str(&v->master, master));
	else
		strlcpy(buf, "no better master is heard", len);
}

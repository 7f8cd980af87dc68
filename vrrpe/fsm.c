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
#include <string.h>

#include "../imsg/log.h"
#include "elect.h"
#include "instance.h"

/* Adverts in answer to others: not more often (a flood must not echo). */
#define ANSWER_US	10000
/* Announcements after a rival master: not more often. */
#define ANNOUNCE_US	1000000
/*
 * Deposed so often within this time, it has no place among the masters, or
 * adverts come too late (RFC 9568 section 2.5).
 */
#define FLAP_US		1000000
#define FLAP_MAX	3
/* The log says so no more often. */
#define FLAP_LOG_US	10000000
/* Scripts that are to know of a rival master: not more often. */
#define RIVAL_US	(10 * 1000000LL)

static void	act_start(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_listen(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_return(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_quiet(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_ready(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_takeover(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_hurry(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_follow(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_defer(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_advert(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_reassert(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_answer(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_release(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_yield(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_depose(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_offer(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_taken(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_untaken(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	act_handed(struct vrrp *, const struct packet *,
		    const struct addr *);

static int64_t	interval_us(const struct vrrp *);
static void	master_set(struct vrrp *, const struct packet *,
		    const struct addr *);
static void	master_forget(struct vrrp *);
static int	must_obey(const struct vrrp *);
static int	fsm_unjudged(const struct vrrpe *);
static int	master_is_new(const struct vrrp *, const struct addr *);
static int	may_answer(struct vrrp *, struct monotime);
static void	announce(struct vrrp *, struct monotime);
static void	rival(struct vrrp *, const struct packet *,
		    const struct addr *, struct monotime);
static void	state_set(struct vrrp *, enum vrrp_state, const char *);

/*
 * RFC 9568 section 6.4 with Init in two kinds (not started; unwell), and
 * with "shall be master" apart from "the timer has fired", for a member of
 * a sync group may have to wait for the others.
 *
 * Handover is a state of its own: the addresses are held, but no advert is
 * sent.  A master that resigns is in it until another has taken over, so
 * that there is no moment without one; one that returns and finds the
 * addresses of its former life is in it until it knows that no other has
 * them.
 *
 * What is not in the table changes nothing.
 */
static const struct transition {
	enum vrrp_state	 state;
	enum fsm_event	 event;
	void		(*action)(struct vrrp *, const struct packet *,
			    const struct addr *);
	enum vrrp_state	 next;
} transitions[] = {
	{ VRRP_INIT,	EV_START,	act_start,	VRRP_BACKUP },
	{ VRRP_INIT,	EV_RETURN,	act_return,	VRRP_HANDOVER },
	{ VRRP_INIT,	EV_ELECTED,	act_takeover,	VRRP_MASTER },
	{ VRRP_INIT,	EV_FAULT,	act_quiet,	VRRP_FAULT },

	{ VRRP_FAULT,	EV_START,	act_listen,	VRRP_BACKUP },
	{ VRRP_FAULT,	EV_ELECTED,	act_takeover,	VRRP_MASTER },
	{ VRRP_FAULT,	EV_STOP,	act_quiet,	VRRP_INIT },

	{ VRRP_BACKUP,	EV_STOP,	act_quiet,	VRRP_INIT },
	{ VRRP_BACKUP,	EV_FAULT,	act_quiet,	VRRP_FAULT },
	{ VRRP_BACKUP,	EV_DOWN_TIMER,	act_ready,	VRRP_BACKUP },
	{ VRRP_BACKUP,	EV_ELECTED,	act_takeover,	VRRP_MASTER },
	{ VRRP_BACKUP,	EV_RX_RELEASE,	act_hurry,	VRRP_BACKUP },
	{ VRRP_BACKUP,	EV_RX_BETTER,	act_follow,	VRRP_BACKUP },
	{ VRRP_BACKUP,	EV_RX_WORSE,	act_defer,	VRRP_BACKUP },

	{ VRRP_MASTER,	EV_STOP,	act_release,	VRRP_INIT },
	{ VRRP_MASTER,	EV_FAULT,	act_release,	VRRP_FAULT },
	{ VRRP_MASTER,	EV_YIELD,	act_yield,	VRRP_BACKUP },
	{ VRRP_MASTER,	EV_ADVERT_TIMER, act_advert,	VRRP_MASTER },
	{ VRRP_MASTER,	EV_RX_RELEASE,	act_reassert,	VRRP_MASTER },
	{ VRRP_MASTER,	EV_RX_BETTER,	act_depose,	VRRP_BACKUP },
	{ VRRP_MASTER,	EV_RX_WORSE,	act_answer,	VRRP_MASTER },
	{ VRRP_MASTER,	EV_RESIGN,	act_offer,	VRRP_HANDOVER },

	{ VRRP_HANDOVER, EV_STOP,	act_quiet,	VRRP_INIT },
	{ VRRP_HANDOVER, EV_FAULT,	act_release,	VRRP_FAULT },
	{ VRRP_HANDOVER, EV_RESIGN,	act_offer,	VRRP_HANDOVER },
	{ VRRP_HANDOVER, EV_RX_TAKER,	act_taken,	VRRP_HANDOVER },
	{ VRRP_HANDOVER, EV_RX_RELEASE,	act_untaken,	VRRP_HANDOVER },
	{ VRRP_HANDOVER, EV_RX_BETTER,	act_follow,	VRRP_BACKUP },
	{ VRRP_HANDOVER, EV_DOWN_TIMER,	act_ready,	VRRP_HANDOVER },
	{ VRRP_HANDOVER, EV_HANDED,	act_handed,	VRRP_BACKUP },
	{ VRRP_HANDOVER, EV_ELECTED,	act_takeover,	VRRP_MASTER },
	{ VRRP_HANDOVER, EV_YIELD,	act_yield,	VRRP_BACKUP },
};

void
fsm_event(struct vrrp *v, enum fsm_event ev, const struct packet *p,
    const struct addr *src, const char *why)
{
	const struct transition	*t;
	size_t			 i;

	for (i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		t = &transitions[i];
		if (t->state != v->state || t->event != ev)
			continue;
		/* Most adverts go out before anybody is told. */
		t->action(v, p, src);
		if (t->next != t->state)
			state_set(v, t->next, why);
		return;
	}
}

enum fsm_event
fsm_judge(const struct vrrp *v, const struct packet *p,
    const struct addr *src)
{
	if (p->priority == PACKET_PRIO_RELEASE) {
		/* A stranger has no mastership to release. */
		if (v->state != VRRP_MASTER && v->master.af != 0 &&
		    addr_cmp(&v->master, src) != 0)
			return (EV_MAX);
		return (EV_RX_RELEASE);
	}
	if (v->state == VRRP_MASTER)
		return (elect_beats(p->priority, src, v->prio, lan_source(v)) ?
		    EV_RX_BETTER : EV_RX_WORSE);
	if (v->state == VRRP_HANDOVER && v->wait != WAIT_RETURN)
		return (EV_RX_TAKER);
	if (p->priority >= v->prio || must_obey(v))
		return (EV_RX_BETTER);
	return (EV_RX_WORSE);
}

/* Is a master of lower priority left in peace? */
static int
must_obey(const struct vrrp *v)
{
	if (v->resigned || v->conf.flags & VRRP_F_NOPREEMPT ||
	    fsm_unjudged(v->env))
		return (1);
	/* A delay begins as Backup. */
	return (v->state == VRRP_HANDOVER && v->conf.preempt_ms != 0);
}

/* Its hosts may be good for nothing, for all that is known here. */
static int
fsm_unjudged(const struct vrrpe *env)
{
	return (monotime_isset(env->unjudged) &&
	    monotime_diff_us(env->unjudged, monotime_now()) > 0);
}

void
fsm_reprioritize(struct vrrp *v)
{
	int	owner = v->prio == PACKET_PRIO_OWNER;

	if (v->state == VRRP_MASTER) {
		send_advert(v, v->prio);
		timer_set(v, monotime_add_us(monotime_now(), interval_us(v)));
		return;
	}
	if (v->state != VRRP_BACKUP && v->state != VRRP_HANDOVER)
		return;
	if (v->master.af == 0 || v->conf.version == 2)
		v->mai_cs = v->conf.advert_cs;
	if (v->state == VRRP_BACKUP && owner != (v->wait == WAIT_NOTHING))
		wait_start(v, owner ? WAIT_NOTHING : WAIT_DOWN);
	else
		wait_arm(v);
}

/* While a preemption is delayed, this delay counts, or it is not to be. */
void
fsm_repreempt(struct vrrp *v)
{
	if (v->state != VRRP_BACKUP || !monotime_isset(v->lower))
		return;
	if (must_obey(v)) {
		v->lower.us = 0;
		wait_since(v, WAIT_DOWN, v->heard);
	} else
		wait_arm(v);
}

void
fsm_forget_resigned(struct vrrp *v)
{
	struct vrrp	*m;

	for (m = group_first(v); m != NULL; m = group_next(m)) {
		if (!m->resigned)
			continue;
		m->resigned = 0;
		vrrpe_tell_role(m);
	}
}

static void
state_set(struct vrrp *v, enum vrrp_state state, const char *why)
{
	log_info("vrrp %s: %s -> %s%s%s", v->conf.name,
	    vrrp_state_names[v->state], vrrp_state_names[state],
	    why != NULL ? ": " : "", why != NULL ? why : "");

	/* A role taken back is the one that the forerunner had. */
	if (!(v->resume && state == VRRP_MASTER)) {
		v->since = monotime_now();
		if (state == VRRP_MASTER)
			v->became_master++;
	}
	v->resume = v->found = 0;
	if (state == VRRP_MASTER)
		v->resigned = 0;
	else
		v->unsaid = 0;
	v->state = state;
	v->why[0] = '\0';
	if (state == VRRP_FAULT && why != NULL)
		strlcpy(v->why, why, sizeof(v->why));
	if (state != VRRP_MASTER && state != VRRP_HANDOVER)
		v->addr_error = 0;
	vrrpe_tell_role(v);
	order_ended(v, why);
}

static int64_t
interval_us(const struct vrrp *v)
{
	return ((int64_t)v->conf.advert_cs * ELECT_US_PER_CS);
}

/* Version 2 knows one interval for all, other adverts do not come here. */
static void
master_set(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	if (v->conf.version == 3 && v->mai_cs != p->interval_cs)
		log_debug("vrrp %s: master advertises each %u0 ms",
		    v->conf.name, p->interval_cs);
	v->mai_cs = p->interval_cs;
	v->master = *src;
	v->master_prio = p->priority;
	v->heard = monotime_now();
}

static void
master_forget(struct vrrp *v)
{
	v->mai_cs = v->conf.advert_cs;
	memset(&v->master, 0, sizeof(v->master));
	v->master_prio = 0;
	v->heard.us = v->lower.us = v->worse.us = 0;
}

static void
act_start(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	act_listen(v, p, src);
	if (v->conf.flags & VRRP_F_STARTMASTER && v->wait == WAIT_DOWN)
		wait_start(v, WAIT_START);
}

static void
act_listen(struct vrrp *v, const struct packet *, const struct addr *)
{
	master_forget(v);
	wait_start(v, v->prio == PACKET_PRIO_OWNER ? WAIT_NOTHING : WAIT_DOWN);
}

static void
act_return(struct vrrp *v, const struct packet *, const struct addr *)
{
	master_forget(v);
	wait_start(v, WAIT_RETURN);
}

static void
act_quiet(struct vrrp *v, const struct packet *, const struct addr *)
{
	timer_stop(v);
	v->ready = 0;
	master_forget(v);
}

/* It goes on listening: a master may yet be heard before the group acts. */
static void
act_ready(struct vrrp *v, const struct packet *, const struct addr *)
{
	timer_stop(v);
	v->ready = 1;
}

/*
 * With a virtual MAC the first advert turns the network here.  Who has
 * released answers still: this waits a moment for the addresses.
 */
static void
act_takeover(struct vrrp *v, const struct packet *, const struct addr *)
{
	struct monotime	now;
	int64_t		wait;
	int		released;

	released = v->state == VRRP_BACKUP && v->wait == WAIT_SKEW;
	v->unsaid = released && lan_turns(v);
	if (!v->unsaid)
		send_advert(v, v->prio);
	now = monotime_now();
	v->ready = 0;
	v->reannounce.us = 0;
	if (released)
		v->reannounce = monotime_add_us(now, HANDOVER_SETTLE_US);
	master_forget(v);
	wait = interval_us(v);
	if (v->unsaid && wait > HANDOVER_TURN_US)
		wait = HANDOVER_TURN_US;
	timer_set(v, monotime_add_us(now, wait));
}

void
fsm_addrs(struct vrrp *v)
{
	if (v->unsaid)
		timer_set(v, monotime_now());
}

/*
 * The master has released.  The timer is only ever brought forward: repeated
 * releases must not keep everybody from taking over.  Of one that is ready
 * the timer is off, and remains so.
 */
static void
act_hurry(struct vrrp *v, const struct packet *, const struct addr *)
{
	struct monotime	base, due;

	fsm_forget_resigned(v);
	v->lower.us = 0;
	base = monotime_now();
	due = monotime_add_us(base, elect_skew_us(v->conf.version, v->prio,
	    v->mai_cs));
	if (monotime_diff_us(v->due, due) <= 0)
		return;
	wait_since(v, WAIT_SKEW, base);
}

static void
act_follow(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	if (p->priority < v->prio && master_is_new(v, src) &&
	    fsm_unjudged(v->env))
		log_info("vrrp %s: master has priority %u to our %u, is left "
		    "in peace until the hosts have been looked at",
		    v->conf.name, p->priority, v->prio);
	master_set(v, p, src);
	v->lower.us = v->worse.us = 0;
	wait_start(v, WAIT_DOWN);
}

static int
master_is_new(const struct vrrp *v, const struct addr *src)
{
	return (v->master.af == 0 || addr_cmp(&v->master, src) != 0);
}

/*
 * A lower master is left in peace for the delay, which begins with its first
 * advert; without one its adverts change nothing.
 */
static void
act_defer(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	v->worse = monotime_now();
	if (v->conf.preempt_ms == 0 || v->ready)
		return;
	master_set(v, p, src);
	if (!monotime_isset(v->lower)) {
		v->lower = v->heard;
		log_info("vrrp %s: master has priority %u to our %u, is left "
		    "in peace for %u ms", v->conf.name, p->priority, v->prio,
		    v->conf.preempt_ms);
	}
	wait_arm(v);
}

/*
 * Counted from the last deadline, so that the period does not drift; one
 * that was missed whole (the machine slept) is not made up for.
 */
static void
act_advert(struct vrrp *v, const struct packet *, const struct addr *)
{
	struct monotime	now, due;

	send_advert(v, v->prio);
	v->unsaid = 0;
	now = monotime_now();
	due = monotime_add_us(v->due, interval_us(v));
	if (monotime_diff_us(due, now) <= 0)
		due = monotime_add_us(now, interval_us(v));
	timer_set(v, due);
	if (monotime_isset(v->reannounce) &&
	    monotime_diff_us(now, v->reannounce) >= 0) {
		v->reannounce.us = 0;
		announce(v, now);
	}
}

static int
may_answer(struct vrrp *v, struct monotime now)
{
	if (monotime_isset(v->answered) &&
	    monotime_diff_us(now, v->answered) < ANSWER_US)
		return (0);
	v->answered = now;
	return (1);
}

/* A rival has told the neighbours that the addresses are with it. */
static void
announce(struct vrrp *v, struct monotime now)
{
	if (monotime_isset(v->announced) &&
	    monotime_diff_us(now, v->announced) < ANNOUNCE_US)
		return;
	v->announced = now;
	vrrpe_tell_announce(v);
}

static void
act_reassert(struct vrrp *v, const struct packet *, const struct addr *)
{
	struct monotime	now = monotime_now();

	if (!may_answer(v, now))
		return;
	send_advert(v, v->prio);
	timer_set(v, monotime_add_us(now, interval_us(v)));
	announce(v, now);
}

static void
rival(struct vrrp *v, const struct packet *p, const struct addr *src,
    struct monotime now)
{
	if (monotime_isset(v->rival_told) &&
	    monotime_diff_us(now, v->rival_told) < RIVAL_US)
		return;
	v->rival_told = now;
	vrrpe_tell_rival(v, src, p->priority);
}

/* RFC 9568 section 6.4.3: at once, the period stays as it is. */
static void
act_answer(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	struct monotime	now = monotime_now();

	if (!may_answer(v, now))
		return;
	send_advert(v, v->prio);
	announce(v, now);
	rival(v, p, src, now);
}

static void
act_release(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	send_advert(v, PACKET_PRIO_RELEASE);
	act_quiet(v, p, src);
}

/*
 * Nobody was heard on this interface: the release makes the peer take over
 * here too, as soon as it can.
 */
static void
act_yield(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	send_advert(v, PACKET_PRIO_RELEASE);
	act_listen(v, p, src);
}

static void
act_depose(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	struct monotime	now = monotime_now();

	if (!monotime_isset(v->flap_since) ||
	    monotime_diff_us(now, v->flap_since) > (v->flaps < FLAP_MAX ?
	    FLAP_US : FLAP_LOG_US)) {
		v->flap_since = now;
		v->flaps = 0;
	}
	if (++v->flaps == FLAP_MAX)
		log_warnx("vrrp %s: deposed %u times within a second: adverts "
		    "come late, or routers disagree; a longer interval may "
		    "help", v->conf.name, v->flaps);
	act_follow(v, p, src);
}

/*
 * Asked again, it begins anew; but who has taken over already is not asked
 * for again.
 */
static void
act_offer(struct vrrp *v, const struct packet *, const struct addr *)
{
	if (v->state == VRRP_HANDOVER && v->wait == WAIT_LINGER)
		return;
	send_advert(v, PACKET_PRIO_RELEASE);
	master_forget(v);
	v->resigned = 1;
	wait_start(v, WAIT_TAKER);
}

static void
act_taken(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	master_set(v, p, src);
	if (v->wait == WAIT_TAKER)
		wait_start(v, WAIT_LINGER);
}

static void
act_untaken(struct vrrp *v, const struct packet *, const struct addr *)
{
	if (v->wait != WAIT_LINGER)
		return;
	master_forget(v);
	wait_start(v, WAIT_TAKER);
}

/* If the new master has died meanwhile, this does not wait any longer. */
static void
act_handed(struct vrrp *v, const struct packet *, const struct addr *)
{
	wait_since(v, WAIT_DOWN, v->heard);
}

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

static void	act_listen(struct vrrp *, const struct packet *,
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

static int64_t	interval_us(const struct vrrp *);
static int64_t	wait_us(const struct vrrp *);
static void	wait_start(struct vrrp *, enum vrrp_wait);
static int	may_answer(struct vrrp *, struct monotime);
static void	announce(struct vrrp *, struct monotime);
static void	state_set(struct vrrp *, enum vrrp_state, const char *);

/*
 * RFC 9568 section 6.4 with Init in two kinds (not started; unwell), and
 * with "shall be master" apart from "the timer has fired", for a member of
 * a sync group may have to wait for the others.  What is not in the table
 * changes nothing.
 */
static const struct transition {
	enum vrrp_state	 state;
	enum fsm_event	 event;
	void		(*action)(struct vrrp *, const struct packet *,
			    const struct addr *);
	enum vrrp_state	 next;
} transitions[] = {
	{ VRRP_INIT,	EV_START,	act_listen,	VRRP_BACKUP },
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

	{ VRRP_MASTER,	EV_STOP,	act_release,	VRRP_INIT },
	{ VRRP_MASTER,	EV_FAULT,	act_release,	VRRP_FAULT },
	{ VRRP_MASTER,	EV_YIELD,	act_yield,	VRRP_BACKUP },
	{ VRRP_MASTER,	EV_ADVERT_TIMER, act_advert,	VRRP_MASTER },
	{ VRRP_MASTER,	EV_RX_RELEASE,	act_reassert,	VRRP_MASTER },
	{ VRRP_MASTER,	EV_RX_BETTER,	act_follow,	VRRP_BACKUP },
	{ VRRP_MASTER,	EV_RX_WORSE,	act_answer,	VRRP_MASTER },
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
		/* The advert goes out before anybody is told. */
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
		if (v->state == VRRP_BACKUP && v->master.af != 0 &&
		    addr_cmp(&v->master, src) != 0)
			return (EV_MAX);
		return (EV_RX_RELEASE);
	}
	if (v->state == VRRP_MASTER)
		return (elect_beats(p->priority, src, v->prio,
		    &v->iface->status.addr4) ? EV_RX_BETTER : EV_RX_WORSE);
	if (p->priority >= v->prio || v->conf.flags & VRRP_F_NOPREEMPT)
		return (EV_RX_BETTER);
	return (EV_RX_WORSE);
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
	if (v->state != VRRP_BACKUP)
		return;
	if (v->master.af == 0 || v->conf.version == 2)
		v->mai_cs = v->conf.advert_cs;
	if (owner != (v->wait == WAIT_NOTHING))
		wait_start(v, owner ? WAIT_NOTHING : WAIT_DOWN);
	else if (!v->ready)
		timer_set(v, monotime_add_us(v->base, wait_us(v)));
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
	v->resume = 0;
	v->state = state;
	v->why[0] = '\0';
	if (state == VRRP_FAULT && why != NULL)
		strlcpy(v->why, why, sizeof(v->why));
	if (state != VRRP_MASTER)
		v->addr_error = 0;
	vrrpe_tell_role(v);
}

static int64_t
interval_us(const struct vrrp *v)
{
	return ((int64_t)v->conf.advert_cs * ELECT_US_PER_CS);
}

static int64_t
wait_us(const struct vrrp *v)
{
	switch (v->wait) {
	case WAIT_SKEW:
		return (elect_skew_us(v->conf.version, v->prio, v->mai_cs));
	case WAIT_DOWN:
		return (elect_down_us(v->conf.version, v->prio, v->mai_cs));
	case WAIT_NOTHING:
		break;
	}
	return (0);
}

/* As Backup, from now on. */
static void
wait_start(struct vrrp *v, enum vrrp_wait wait)
{
	v->ready = 0;
	v->wait = wait;
	v->base = monotime_now();
	timer_set(v, monotime_add_us(v->base, wait_us(v)));
}

static void
act_listen(struct vrrp *v, const struct packet *, const struct addr *)
{
	v->mai_cs = v->conf.advert_cs;
	memset(&v->master, 0, sizeof(v->master));
	v->master_prio = 0;
	wait_start(v, v->prio == PACKET_PRIO_OWNER ? WAIT_NOTHING : WAIT_DOWN);
}

static void
act_quiet(struct vrrp *v, const struct packet *, const struct addr *)
{
	timer_stop(v);
	v->ready = 0;
	v->mai_cs = v->conf.advert_cs;
	memset(&v->master, 0, sizeof(v->master));
	v->master_prio = 0;
}

/* It goes on listening: a master may yet be heard before the group acts. */
static void
act_ready(struct vrrp *v, const struct packet *, const struct addr *)
{
	timer_stop(v);
	v->ready = 1;
}

static void
act_takeover(struct vrrp *v, const struct packet *, const struct addr *)
{
	send_advert(v, v->prio);
	v->ready = 0;
	v->mai_cs = v->conf.advert_cs;
	memset(&v->master, 0, sizeof(v->master));
	v->master_prio = 0;
	timer_set(v, monotime_add_us(monotime_now(), interval_us(v)));
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

	base = monotime_now();
	due = monotime_add_us(base, elect_skew_us(v->conf.version, v->prio,
	    v->mai_cs));
	if (monotime_diff_us(v->due, due) <= 0)
		return;
	v->wait = WAIT_SKEW;
	v->base = base;
	timer_set(v, due);
}

/* Version 2 knows one interval for all, other adverts do not come here. */
static void
act_follow(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	if (v->conf.version == 3 && v->mai_cs != p->interval_cs)
		log_debug("vrrp %s: master advertises each %u0 ms",
		    v->conf.name, p->interval_cs);
	v->mai_cs = p->interval_cs;
	v->master = *src;
	v->master_prio = p->priority;
	wait_start(v, WAIT_DOWN);
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
	now = monotime_now();
	due = monotime_add_us(v->due, interval_us(v));
	if (monotime_diff_us(due, now) <= 0)
		due = monotime_add_us(now, interval_us(v));
	timer_set(v, due);
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

/* RFC 9568 section 6.4.3: at once, the period stays as it is. */
static void
act_answer(struct vrrp *v, const struct packet *, const struct addr *)
{
	struct monotime	now = monotime_now();

	if (!may_answer(v, now))
		return;
	send_advert(v, v->prio);
	announce(v, now);
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

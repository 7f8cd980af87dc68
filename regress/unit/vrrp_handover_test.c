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

/*
 * When an instance takes over, and when it gives the role away: delayed
 * preemption, the start as master, resignation, the end of lvsd, the return
 * to addresses that are still there.
 */
#include <string.h>

#include "../../vrrpe/elect.h"
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MS		1000LL
#define SECOND		(1000 * MS)
#define DOWN_100	3609375		/* version 3, priority 100, 1 s */
#define SKEW_100	609375
#define SKEW_1		996093		/* the longest there is, of 1 s */

static void	begin(struct vrrp *, int);
static void	to_master(struct vrrp *);
static void	heard(struct vrrp *, const char *, int);
static void	moved(const char *, struct vrrp *, enum vrrp_state,
		    const char *, int64_t);
static void	test_delay(void);
static void	test_delay_lost(void);
static void	test_delay_changed(void);
static void	test_start(void);
static void	test_resign(void);
static void	test_untaken(void);
static void	test_resigned(void);
static void	test_reannounce(void);
static void	test_turn(void);
static void	test_worse(void);
static void	test_end(void);
static void	test_return(void);
static void	test_fault(void);
static void	test_flap(void);
static void	test_nothing_else(void);
static void	pair(struct group *, struct vrrp *);
static void	test_group(void);
static void	test_group_return(void);
static void	test_group_end(void);

static struct vrrpe		env;
static struct iface		eth0;

static void
begin(struct vrrp *v, int prio)
{
	memset(&env, 0, sizeof(env));
	stub_iface(&eth0, "eth0", "10.77.0.5");
	stub_vrrp(v, &env, &eth0, "VI_1", prio);
	stub_now.us += 100 * SECOND;
	stub_trace[0] = '\0';
}

static void
to_master(struct vrrp *v)
{
	group_settle(v);
	stub_event(v, EV_DOWN_TIMER);
	if (v->state != VRRP_MASTER)
		abort();
	stub_trace[0] = '\0';
}

/* An advert of this source and priority, as recv.c passes it on. */
static void
heard(struct vrrp *v, const char *from, int prio)
{
	struct packet	p;
	struct addr	src;
	enum fsm_event	ev;

	memset(&p, 0, offsetof(struct packet, addrs));
	p.version = v->conf.version;
	p.af = AF_INET;
	p.priority = prio;
	p.interval_cs = 100;
	if (addr_parse(from, &src) == -1)
		abort();
	if ((ev = fsm_judge(v, &p, &src)) == EV_MAX)
		return;
	fsm_event(v, ev, &p, &src, "test");
	group_settle(v);
}

/* Where it is now, what it did since, and when its timer is due. */
static void
moved(const char *what, struct vrrp *v, enum vrrp_state state,
    const char *trace, int64_t due)
{
	is_int(v->state, state, "%s: state", what);
	is_str(stub_trace, trace, "%s: adverts and roles", what);
	is_int(stub_due(v), due, "%s: timer", what);
	stub_trace[0] = '\0';
}

static void
test_delay(void)
{
	struct vrrp	v;
	int		i;

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	moved("start", &v, VRRP_BACKUP, "b", DOWN_100);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	moved("a lower master is heard", &v, VRRP_BACKUP, "", DOWN_100);
	is_int(v.master_prio, 50, "it is the master");
	for (i = 0; i < 58; i++) {
		stub_now.us += SECOND;
		heard(&v, "10.77.0.1", 50);
	}
	moved("58 s later", &v, VRRP_BACKUP, "", 2 * SECOND);
	stub_now.us += 2 * SECOND;
	stub_event(&v, EV_DOWN_TIMER);
	moved("60 s later", &v, VRRP_MASTER, "Am", SECOND);

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	stub_now.us += 30 * SECOND;
	heard(&v, "10.77.0.1", 200);
	heard(&v, "10.77.0.1", 50);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	is_int(monotime_diff_us(stub_now, v.lower), SECOND,
	    "a better master in between: the delay begins anew");

	begin(&v, 100);
	v.conf.preempt_ms = 10;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	stub_now.us += SECOND;
	stub_trace[0] = '\0';
	heard(&v, "10.77.0.1", 50);
	moved("a short delay does not hasten", &v, VRRP_BACKUP, "",
	    DOWN_100 - SECOND);
}

static void
test_delay_lost(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	stub_now.us += DOWN_100;
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	moved("the lower master is lost", &v, VRRP_MASTER, "Am", SECOND);

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	stub_trace[0] = '\0';
	heard(&v, "10.77.0.2", 0);
	moved("another releases", &v, VRRP_BACKUP, "", DOWN_100);
	heard(&v, "10.77.0.1", 0);
	moved("the lower master releases", &v, VRRP_BACKUP, "", SKEW_100);
	heard(&v, "10.77.0.3", 40);
	moved("the next one has its delay", &v, VRRP_BACKUP, "",
	    DOWN_100);
}

static void
test_delay_changed(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	stub_now.us += 3 * SECOND;
	heard(&v, "10.77.0.1", 50);
	stub_trace[0] = '\0';
	v.conf.preempt_ms = 5000;
	fsm_repreempt(&v);
	moved("the delay is shorter", &v, VRRP_BACKUP, "", 2 * SECOND);
	v.conf.preempt_ms = 0;
	v.conf.flags = VRRP_F_NOPREEMPT;
	fsm_repreempt(&v);
	moved("no preempt", &v, VRRP_BACKUP, "", DOWN_100);
	is_int(v.lower.us, 0, "there is no delay any more");
	v.conf.flags = 0;
	fsm_repreempt(&v);
	heard(&v, "10.77.0.1", 50);
	moved("preempt", &v, VRRP_BACKUP, "", DOWN_100);
	is_str(stub_trace, "", "nothing before its time");

	begin(&v, 100);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	v.conf.priority = 40;
	track_look(&v);
	heard(&v, "10.77.0.1", 50);
	is_int(v.lower.us, 0, "it has a lower priority itself now: no delay");
}

static void
test_start(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.conf.flags = VRRP_F_STARTMASTER;
	group_settle(&v);
	moved("start as master", &v, VRRP_BACKUP, "b", SECOND + SKEW_100);
	heard(&v, "10.77.0.1", 200);
	moved("a better one is heard", &v, VRRP_BACKUP, "", DOWN_100);

	begin(&v, 100);
	v.conf.flags = VRRP_F_STARTMASTER;
	group_settle(&v);
	stub_trace[0] = '\0';
	heard(&v, "10.77.0.1", 50);
	moved("a lower one", &v, VRRP_BACKUP, "", SECOND + SKEW_100);
	stub_event(&v, EV_DOWN_TIMER);
	moved("after an interval", &v, VRRP_MASTER, "Am", SECOND);
	stub_event(&v, EV_FAULT);
	moved("only the first time", &v, VRRP_BACKUP, "0fb", DOWN_100);

	begin(&v, 255);
	v.conf.flags = VRRP_F_STARTMASTER;
	group_settle(&v);
	moved("an owner", &v, VRRP_MASTER, "Am", SECOND);
}

static void
test_resign(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	stub_event(&v, EV_RESIGN);
	moved("it resigns", &v, VRRP_HANDOVER, "0h",
	    SKEW_1 + HANDOVER_MARGIN_US);
	stub_event(&v, EV_ADVERT_TIMER);
	moved("it is silent", &v, VRRP_HANDOVER, "",
	    SKEW_1 + HANDOVER_MARGIN_US);
	stub_now.us += 700 * MS;
	heard(&v, "10.77.0.1", 20);
	moved("another takes over", &v, VRRP_HANDOVER, "",
	    HANDOVER_LINGER_US);
	stub_now.us += 300 * MS;
	heard(&v, "10.77.0.1", 20);
	moved("and is there", &v, VRRP_HANDOVER, "",
	    HANDOVER_LINGER_US - 300 * MS);
	stub_now.us += 200 * MS;
	stub_event(&v, EV_DOWN_TIMER);
	moved("it leaves", &v, VRRP_BACKUP, "b", DOWN_100 - 200 * MS);
	is_int(v.master_prio, 20, "and knows the master");

	begin(&v, 100);
	to_master(&v);
	v.conf.advert_cs = 1;
	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 20);
	v.mai_cs = 1;
	stub_now.us += HANDOVER_LINGER_US;
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	ok(stub_due(&v) < 0, "the new master has died meanwhile: now");
	stub_event(&v, EV_DOWN_TIMER);
	moved("master again", &v, VRRP_MASTER, "bAm", 10 * MS);
}

static void
test_untaken(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 0);
	moved("others release too", &v, VRRP_HANDOVER, "0h",
	    SKEW_1 + HANDOVER_MARGIN_US);
	stub_now.us += SKEW_1 + HANDOVER_MARGIN_US;
	stub_event(&v, EV_DOWN_TIMER);
	moved("nobody takes over", &v, VRRP_MASTER, "Am", SECOND);
	is_int(v.resigned, 0, "it takes part");

	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 20);
	stub_now.us += 100 * MS;
	stub_trace[0] = '\0';
	heard(&v, "10.77.0.1", 0);
	moved("who took over releases", &v, VRRP_HANDOVER, "",
	    SKEW_1 + HANDOVER_MARGIN_US);
	heard(&v, "10.77.0.2", 10);
	moved("and another takes over", &v, VRRP_HANDOVER, "",
	    HANDOVER_LINGER_US);
	heard(&v, "10.77.0.1", 0);
	moved("a stranger releases", &v, VRRP_HANDOVER, "",
	    HANDOVER_LINGER_US);
	stub_event(&v, EV_RESIGN);
	moved("asked again", &v, VRRP_HANDOVER, "", HANDOVER_LINGER_US);
}

/* To the next hand-over it gives way to a lower one. */
static void
test_resigned(void)
{
	struct vrrp	v;

	begin(&v, 200);
	to_master(&v);
	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 20);
	stub_event(&v, EV_DOWN_TIMER);
	is_int(v.resigned, 1, "resigned");
	stub_now.us += 3 * SECOND;
	heard(&v, "10.77.0.1", 20);
	is_int(stub_due(&v), elect_down_us(3, 200, 100),
	    "it obeys a lower master");
	heard(&v, "10.77.0.2", 10);
	is_int(stub_due(&v), elect_down_us(3, 200, 100), "and another");
	heard(&v, "10.77.0.2", 0);
	is_int(v.resigned, 0, "until that releases");
	is_int(stub_due(&v), elect_skew_us(3, 200, 100), "then it hurries");
	heard(&v, "10.77.0.3", 10);
	is_int(stub_due(&v), elect_skew_us(3, 200, 100), "and obeys nobody");

	v.resigned = 1;
	heard(&v, "10.77.0.1", 20);
	stub_now.us += elect_down_us(3, 200, 100);
	stub_event(&v, EV_DOWN_TIMER);
	is_int(v.state, VRRP_MASTER, "nor when that is lost");
	is_int(v.resigned, 0, "and takes part again");
}

/* Who takes over announces once more when the other must have gone. */
static void
test_reannounce(void)
{
	struct vrrp	v;
	int		i;

	begin(&v, 100);
	group_settle(&v);
	heard(&v, "10.77.0.1", 200);
	heard(&v, "10.77.0.1", 0);
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	for (i = 0; i < 4; i++) {
		stub_now.us += SECOND;
		stub_event(&v, EV_ADVERT_TIMER);
	}
	is_str(stub_trace, "AmAAgAA", "after a release");

	begin(&v, 100);
	group_settle(&v);
	heard(&v, "10.77.0.1", 200);
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	for (i = 0; i < 4; i++) {
		stub_now.us += SECOND;
		stub_event(&v, EV_ADVERT_TIMER);
	}
	is_str(stub_trace, "AmAAAA", "not after a silence");
}

/* With a virtual MAC. */
static void
test_turn(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.conf.flags = VRRP_F_VMAC;
	v.vmac.told = 1;
	v.vmac.ifindex = 7;
	group_settle(&v);
	heard(&v, "10.77.0.1", 200);
	heard(&v, "10.77.0.1", 0);
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	moved("a release: no advert yet", &v, VRRP_MASTER, "m",
	    HANDOVER_TURN_US);
	stub_now.us += 2 * MS;
	fsm_addrs(&v);
	moved("the addresses are there", &v, VRRP_MASTER, "", 0);
	stub_event(&v, EV_ADVERT_TIMER);
	moved("then it says so", &v, VRRP_MASTER, "A", SECOND);
	fsm_addrs(&v);
	moved("once", &v, VRRP_MASTER, "", SECOND);

	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 90);
	moved("handed over, it leaves soon", &v, VRRP_HANDOVER, "0h",
	    HANDOVER_TURNED_US);
	stub_now.us += HANDOVER_TURNED_US;
	stub_event(&v, EV_DOWN_TIMER);
	heard(&v, "10.77.0.1", 0);
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	heard(&v, "10.77.0.1", 200);
	moved("a better one comes before", &v, VRRP_BACKUP, "mb", DOWN_100);
	fsm_addrs(&v);
	moved("the addresses do not matter", &v, VRRP_BACKUP, "", DOWN_100);
	stub_now.us += DOWN_100;
	stub_event(&v, EV_DOWN_TIMER);
	moved("a silence: at once", &v, VRRP_MASTER, "Am", SECOND);

	v.conf.flags |= VRRP_F_UNICAST;
	stub_event(&v, EV_YIELD);
	heard(&v, "10.77.0.1", 0);
	stub_trace[0] = '\0';
	stub_event(&v, EV_DOWN_TIMER);
	moved("to peers: at once", &v, VRRP_MASTER, "Am", SECOND);
}

static void
test_worse(void)
{
	struct vrrp	v;

	begin(&v, 100);
	group_settle(&v);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	is_int(v.master.af, 0, "a lower master is not obeyed");
	is_int(v.worse.us, stub_now.us, "but noticed");
	heard(&v, "10.77.0.2", 150);
	is_int(v.worse.us, 0, "a better one counts instead");
}

/* The end of lvsd is a hand-over that waits a second at most. */
static void
test_end(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	env.ending = 1;
	v.started = 0;
	fsm_event(&v, EV_RESIGN, NULL, NULL, "lvsd ends");
	moved("the end", &v, VRRP_HANDOVER, "0h", HANDOVER_END_US);
	heard(&v, "10.77.0.1", 20);
	moved("another takes over", &v, VRRP_HANDOVER, "",
	    HANDOVER_LINGER_US);
	fsm_event(&v, EV_DOWN_TIMER, NULL, NULL, NULL);
	group_settle(&v);
	moved("then it leaves", &v, VRRP_INIT, "i", -1);

	begin(&v, 255);
	group_settle(&v);
	env.ending = 1;
	v.started = 0;
	fsm_event(&v, EV_RESIGN, NULL, NULL, "lvsd ends");
	fsm_event(&v, EV_DOWN_TIMER, NULL, NULL, NULL);
	group_settle(&v);
	moved("alone, an owner", &v, VRRP_INIT, "Am0hi", -1);

	begin(&v, 100);
	v.conf.advert_cs = v.mai_cs = 10;
	to_master(&v);
	env.ending = 1;
	v.started = 0;
	fsm_event(&v, EV_RESIGN, NULL, NULL, "lvsd ends");
	moved("at 100 ms", &v, VRRP_HANDOVER, "0h",
	    SKEW_1 / 10 + HANDOVER_MARGIN_US);
}

static void
test_return(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.found = 1;
	group_settle(&v);
	moved("addresses are there", &v, VRRP_HANDOVER, "h",
	    SECOND + SKEW_100);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50);
	moved("a lower master", &v, VRRP_HANDOVER, "", SKEW_100);
	heard(&v, "10.77.0.2", 0);
	moved("a release", &v, VRRP_HANDOVER, "", SKEW_100);
	heard(&v, "10.77.0.1", 200);
	moved("a better master", &v, VRRP_BACKUP, "b", DOWN_100);

	begin(&v, 100);
	v.found = 1;
	group_settle(&v);
	stub_now.us += SECOND + SKEW_100;
	stub_event(&v, EV_DOWN_TIMER);
	moved("nobody", &v, VRRP_MASTER, "hAm", SECOND);

	begin(&v, 100);
	v.found = 1;
	v.conf.flags = VRRP_F_NOPREEMPT;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	moved("no preempt, a lower master", &v, VRRP_BACKUP, "hb", DOWN_100);

	begin(&v, 100);
	v.found = 1;
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	heard(&v, "10.77.0.1", 50);
	moved("preempt delay, a lower master", &v, VRRP_BACKUP, "hb",
	    DOWN_100);

	begin(&v, 255);
	v.found = 1;
	group_settle(&v);
	moved("an owner", &v, VRRP_MASTER, "Am", SECOND);

	begin(&v, 100);
	v.found = 1;
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	eth0.status.up = 1;
	track_look(&v);
	group_settle(&v);
	moved("after a fault nothing is left", &v, VRRP_BACKUP, "fb",
	    DOWN_100);

	begin(&v, 100);
	v.found = 1;
	group_settle(&v);
	v.conf.priority = 200;
	track_look(&v);
	moved("another priority", &v, VRRP_HANDOVER, "h",
	    SECOND + elect_skew_us(3, 200, 100));
}

static void
test_fault(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	stub_event(&v, EV_RESIGN);
	heard(&v, "10.77.0.1", 20);
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	moved("the interface goes meanwhile", &v, VRRP_FAULT, "0h0f", -1);
	eth0.status.up = 1;
	track_look(&v);
	group_settle(&v);
	moved("and comes back", &v, VRRP_BACKUP, "b", DOWN_100);
	heard(&v, "10.77.0.1", 20);
	moved("it has still resigned", &v, VRRP_BACKUP, "", DOWN_100);
}

/* RFC 9568 section 2.5 wants this said, and not too often. */
static void
test_flap(void)
{
	struct vrrp	v;
	int		i;

	begin(&v, 100);
	group_settle(&v);
	stub_warnings = 0;
	for (i = 0; i < 20; i++) {
		stub_now.us += 100 * MS;
		stub_event(&v, EV_DOWN_TIMER);
		heard(&v, "10.77.0.1", 200);
	}
	is_int(stub_warnings, 1, "20 times in 2 s: one warning");
	is_str(stub_warning, "vrrp VI_1: deposed 3 times within a second: "
	    "adverts come late, or routers disagree; a longer interval may "
	    "help", "it");
	stub_now.us += 10 * SECOND;
	for (i = 0; i < 20; i++) {
		stub_now.us += 600 * MS;
		stub_event(&v, EV_DOWN_TIMER);
		heard(&v, "10.77.0.1", 200);
	}
	is_int(stub_warnings, 1, "twice in a second: none");
}

/* Events that the state has no transition for. */
static void
test_nothing_else(void)
{
	static const struct {
		enum vrrp_state	state;
		enum fsm_event	event;
	} none[] = {
		{ VRRP_INIT, EV_RESIGN }, { VRRP_INIT, EV_HANDED },
		{ VRRP_INIT, EV_RX_TAKER },
		{ VRRP_FAULT, EV_RESIGN }, { VRRP_FAULT, EV_HANDED },
		{ VRRP_FAULT, EV_RX_TAKER }, { VRRP_FAULT, EV_RETURN },
		{ VRRP_BACKUP, EV_RESIGN }, { VRRP_BACKUP, EV_HANDED },
		{ VRRP_BACKUP, EV_RX_TAKER }, { VRRP_BACKUP, EV_RETURN },
		{ VRRP_MASTER, EV_HANDED }, { VRRP_MASTER, EV_RX_TAKER },
		{ VRRP_MASTER, EV_RETURN },
		{ VRRP_HANDOVER, EV_START }, { VRRP_HANDOVER, EV_RETURN },
		{ VRRP_HANDOVER, EV_ADVERT_TIMER },
		{ VRRP_HANDOVER, EV_RX_WORSE }
	};
	struct vrrp	v;
	size_t		i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		begin(&v, 100);
		v.state = none[i].state;
		fsm_event(&v, none[i].event, NULL, NULL, NULL);
		ok(v.state == none[i].state && stub_trace[0] == '\0' &&
		    v.due.us == 0, "%s: event %d changes nothing",
		    vrrp_state_names[none[i].state], none[i].event);
	}
}

static void
pair(struct group *g, struct vrrp *v)
{
	int	i;

	memset(g, 0, sizeof(*g));
	TAILQ_INIT(&g->members);
	for (i = 0; i < 2; i++) {
		begin(&v[i], 100);
		snprintf(v[i].conf.name, sizeof(v[i].conf.name), "VI_%d",
		    i + 1);
		v[i].group = g;
		TAILQ_INSERT_TAIL(&g->members, &v[i], member);
	}
}

static void
test_group(void)
{
	struct group	g;
	struct vrrp	v[2];
	int		i;

	pair(&g, v);
	group_settle(&v[0]);
	stub_event(&v[0], EV_DOWN_TIMER);
	stub_event(&v[1], EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	for (i = 0; i < 2; i++)
		fsm_event(&v[i], EV_RESIGN, NULL, NULL, NULL);
	group_settle(&v[0]);
	is_str(stub_trace, "0h0h", "a group resigns");
	stub_trace[0] = '\0';
	heard(&v[0], "10.77.0.1", 20);
	stub_now.us += 600 * MS;
	stub_event(&v[0], EV_DOWN_TIMER);
	heard(&v[1], "10.77.0.1", 20);
	is_str(stub_trace, "", "one waits for the other");
	stub_event(&v[1], EV_DOWN_TIMER);
	is_str(stub_trace, "bb", "then both leave");
	ok(v[0].resigned && v[1].resigned, "both have resigned");
	heard(&v[1], "10.77.0.1", 0);
	ok(!v[0].resigned && !v[1].resigned, "both take part again");

	stub_event(&v[0], EV_DOWN_TIMER);
	stub_event(&v[1], EV_DOWN_TIMER);
	for (i = 0; i < 2; i++)
		fsm_event(&v[i], EV_RESIGN, NULL, NULL, NULL);
	heard(&v[0], "10.77.0.1", 20);
	stub_trace[0] = '\0';
	stub_event(&v[1], EV_DOWN_TIMER);
	is_str(stub_trace, "AmAm", "nobody takes over one: both are master");
}

static void
test_group_return(void)
{
	struct group	g;
	struct vrrp	v[2];

	pair(&g, v);
	v[0].found = v[1].found = 1;
	group_settle(&v[0]);
	is_str(stub_trace, "hh", "a group returns");
	stub_trace[0] = '\0';
	stub_event(&v[0], EV_DOWN_TIMER);
	is_str(stub_trace, "", "one waits for the other");
	stub_event(&v[1], EV_DOWN_TIMER);
	is_str(stub_trace, "AmAm", "then both are master");

	pair(&g, v);
	v[0].found = v[1].found = 1;
	group_settle(&v[0]);
	stub_event(&v[0], EV_DOWN_TIMER);
	stub_trace[0] = '\0';
	heard(&v[1], "10.77.0.1", 200);
	is_str(stub_trace, "b0b", "one hears a better master: both give up");

	pair(&g, v);
	v[0].found = 1;
	group_settle(&v[0]);
	is_str(stub_trace, "bb", "half a group does not return");

	pair(&g, v);
	v[0].found = v[1].resume = 1;
	group_settle(&v[0]);
	is_str(stub_trace, "hh", "one was master, one handed over");
}

static void
test_group_end(void)
{
	struct group	g;
	struct vrrp	v[2];
	int		i;

	pair(&g, v);
	group_settle(&v[0]);
	stub_event(&v[0], EV_DOWN_TIMER);
	stub_event(&v[1], EV_DOWN_TIMER);
	env.ending = 1;
	stub_trace[0] = '\0';
	for (i = 0; i < 2; i++) {
		v[i].started = 0;
		fsm_event(&v[i], EV_RESIGN, NULL, NULL, NULL);
	}
	heard(&v[0], "10.77.0.1", 20);
	for (i = 0; i < 2; i++) {
		fsm_event(&v[i], EV_DOWN_TIMER, NULL, NULL, NULL);
		group_settle(&v[i]);
	}
	is_str(stub_trace, "0h0hii", "at the end each leaves by itself");
}

int
main(void)
{
	test_delay();
	test_delay_lost();
	test_delay_changed();
	test_start();
	test_resign();
	test_untaken();
	test_resigned();
	test_reannounce();
	test_turn();
	test_worse();
	test_end();
	test_return();
	test_fault();
	test_flap();
	test_nothing_else();
	test_group();
	test_group_return();
	test_group_end();
	return (done_testing());
}

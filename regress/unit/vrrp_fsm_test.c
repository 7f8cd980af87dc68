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
 * Elections: each transition of RFC 9568 section 6.4 and of the fault state,
 * sync groups in every order of events, trackers.  What surrounds the state
 * machine is a stub, see vrrp_stub.h; the routers of test_storm() hear each
 * other without a network.
 */
#include <string.h>

#include "../../vrrpe/elect.h"
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MS		1000LL
#define SECOND		(1000 * MS)
#define DOWN_100	3609375		/* version 3, priority 100, 1 s */
#define SKEW_100	609375
#define STORM_SEEDS	300
#define STORM_EVENTS	60
#define STORM_ROUTERS	3
#define STORM_QUEUE	1024

struct storm_router {
	struct group	 group;
	struct iface	 iface[2];
	struct vrrp	 v[2];
};

/* An advert on its way. */
struct storm_advert {
	struct monotime	 at;
	struct vrrp	*from;
	uint8_t		 prio;
};

static void	begin(struct vrrp *, int);
static void	to_master(struct vrrp *);
static void	heard(struct vrrp *, const char *, int, int);
static void	moved(const char *, struct vrrp *, enum vrrp_state,
		    const char *, int64_t);
static void	test_init(void);
static void	test_backup(void);
static void	test_master(void);
static void	test_learned(void);
static void	test_release(void);
static void	test_preempt(void);
static void	test_fault(void);
static void	test_period(void);
static void	test_answers(void);
static void	test_resume(void);
static void	test_reload(void);
static void	test_trackers(void);
static void	test_waiting(void);
static void	test_nothing_else(void);
static void	group_make(struct group *, struct vrrp *, int);
static void	group_fire(struct vrrp *, int);
static void	test_group(void);
static void	test_group_fault(void);
static void	test_group_owner(void);
static void	test_group_join(void);
static void	test_group_resume(void);

static void	storm_wire(struct vrrp *, uint8_t);
static void	storm_reset(void);
static void	storm_deliver(void);
static void	storm_hear(struct vrrp *, const struct packet *,
		    const struct addr *);
static int	storm_run(int);
static int	storm_same(const struct storm_router *);
static void	storm_event(struct storm_router *);
static int	storm_masters(void);
static void	test_storm(void);

static struct storm_router	storm[STORM_ROUTERS];
static struct storm_advert	storm_queue[STORM_QUEUE];
static int			storm_len;
static struct vrrpe		env;
static struct iface		eth0;

static void
begin(struct vrrp *v, int prio)
{
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
heard(struct vrrp *v, const char *from, int prio, int cs)
{
	struct packet	p;
	struct addr	src;
	enum fsm_event	ev;

	memset(&p, 0, offsetof(struct packet, addrs));
	p.version = v->conf.version;
	p.af = AF_INET;
	p.priority = prio;
	p.interval_cs = cs;
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
test_init(void)
{
	struct vrrp	v;

	begin(&v, 100);
	group_settle(&v);
	moved("start", &v, VRRP_BACKUP, "b", DOWN_100);
	stub_event(&v, EV_STOP);
	moved("stop of a backup", &v, VRRP_INIT, "i", -1);

	begin(&v, 255);
	group_settle(&v);
	moved("start of an owner", &v, VRRP_MASTER, "Am", SECOND);
	stub_event(&v, EV_STOP);
	moved("stop of an owner", &v, VRRP_INIT, "0i", -1);

	begin(&v, 100);
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	moved("start on an interface that is down", &v, VRRP_FAULT, "f", -1);
	group_settle(&v);
	moved("it remains while it lasts", &v, VRRP_FAULT, "", -1);
	stub_event(&v, EV_STOP);
	moved("stop in fault", &v, VRRP_INIT, "i", -1);
}

static void
test_backup(void)
{
	struct vrrp	v;

	begin(&v, 100);
	group_settle(&v);
	stub_trace[0] = '\0';
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 200, 100);
	moved("higher priority heard", &v, VRRP_BACKUP, "", DOWN_100);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 100, 100);
	moved("same priority heard", &v, VRRP_BACKUP, "", DOWN_100);
	stub_now.us += SECOND;
	heard(&v, "10.77.0.2", 99, 100);
	moved("lower priority heard", &v, VRRP_BACKUP, "", DOWN_100 - SECOND);
	stub_now.us += DOWN_100 - SECOND;
	stub_event(&v, EV_DOWN_TIMER);
	moved("master is silent", &v, VRRP_MASTER, "Am", SECOND);
	is_int(v.became_master, 1, "counted");
	is_int(v.master.af, 0, "no other master is known now");
}

static void
test_master(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	stub_now.us += SECOND;
	stub_event(&v, EV_ADVERT_TIMER);
	moved("time to advertise", &v, VRRP_MASTER, "A", SECOND);
	stub_now.us += 300 * MS;
	heard(&v, "10.77.0.1", 0, 100);
	moved("another releases", &v, VRRP_MASTER, "Ag", SECOND);
	stub_now.us += 300 * MS;
	heard(&v, "10.77.0.1", 99, 100);
	moved("lower priority", &v, VRRP_MASTER, "A", 700 * MS);
	stub_now.us += 100 * MS;
	heard(&v, "10.77.0.4", 100, 100);
	moved("same priority, lower address", &v, VRRP_MASTER, "A", 600 * MS);
	heard(&v, "10.77.0.6", 100, 100);
	moved("same priority, higher address", &v, VRRP_BACKUP, "b",
	    DOWN_100);

	begin(&v, 100);
	to_master(&v);
	heard(&v, "10.77.0.1", 101, 50);
	moved("higher priority", &v, VRRP_BACKUP, "b",
	    elect_down_us(3, 100, 50));

	begin(&v, 100);
	to_master(&v);
	stub_event(&v, EV_STOP);
	moved("stop of a master", &v, VRRP_INIT, "0i", -1);
}

/* RFC 9568 section 6.1: the interval of the master counts, in version 3. */
static void
test_learned(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.conf.advert_cs = 10;
	group_settle(&v);
	moved("start at 100 ms", &v, VRRP_BACKUP, "b", 360937);
	heard(&v, "10.77.0.1", 200, 100);
	moved("master at 1 s", &v, VRRP_BACKUP, "", DOWN_100);
	heard(&v, "10.77.0.1", 200, 4095);
	moved("master at 40.95 s", &v, VRRP_BACKUP, "", 147803906);
	heard(&v, "10.77.0.1", 200, 1);
	moved("master at 10 ms", &v, VRRP_BACKUP, "", 36093);
	stub_event(&v, EV_DOWN_TIMER);
	moved("own interval as master", &v, VRRP_MASTER, "Am", 100 * MS);
	heard(&v, "10.77.0.1", 200, 100);
	stub_event(&v, EV_FAULT);
	stub_event(&v, EV_START);
	is_int(v.mai_cs, 10, "a new start forgets it");

	begin(&v, 100);
	v.conf.version = 2;
	v.conf.advert_cs = 300;
	group_settle(&v);
	moved("version 2 at 3 s", &v, VRRP_BACKUP, "b", 9609375);
}

static void
test_release(void)
{
	struct vrrp	v;

	begin(&v, 100);
	group_settle(&v);
	stub_trace[0] = '\0';
	stub_now.us += SECOND;
	heard(&v, "10.77.0.9", 0, 50);
	moved("released, no master known", &v, VRRP_BACKUP, "", SKEW_100);
	is_int(v.mai_cs, 100, "a release teaches no interval");

	heard(&v, "10.77.0.1", 200, 100);
	stub_now.us += 100 * MS;
	heard(&v, "10.77.0.9", 0, 100);
	moved("released by a stranger", &v, VRRP_BACKUP, "",
	    DOWN_100 - 100 * MS);
	heard(&v, "10.77.0.1", 0, 100);
	moved("released by the master", &v, VRRP_BACKUP, "", SKEW_100);
	stub_now.us += 500 * MS;
	heard(&v, "10.77.0.1", 0, 100);
	moved("released again", &v, VRRP_BACKUP, "", SKEW_100 - 500 * MS);
	heard(&v, "10.77.0.1", 200, 100);
	moved("and back", &v, VRRP_BACKUP, "", DOWN_100);
}

static void
test_preempt(void)
{
	struct vrrp	v;

	begin(&v, 200);
	v.conf.flags = VRRP_F_NOPREEMPT;
	group_settle(&v);
	stub_trace[0] = '\0';
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 100, 100);
	moved("no preempt: lower priority is obeyed", &v, VRRP_BACKUP, "",
	    elect_down_us(3, 200, 100));
	heard(&v, "10.77.0.1", 0, 100);
	moved("until it releases", &v, VRRP_BACKUP, "",
	    elect_skew_us(3, 200, 100));
	stub_event(&v, EV_DOWN_TIMER);
	moved("no preempt: master", &v, VRRP_MASTER, "Am", SECOND);
	heard(&v, "10.77.0.1", 100, 100);
	moved("no preempt does not matter to a master", &v, VRRP_MASTER, "Ag",
	    SECOND);
}

/* Nobody has looked at the hosts yet, for five seconds at most. */
static void
test_unjudged(void)
{
	struct vrrp	v;
	int		i;

	begin(&v, 200);
	v.env->unjudged = monotime_add_us(stub_now, 5 * SECOND);
	group_settle(&v);
	stub_trace[0] = '\0';
	for (i = 0; i < 4; i++) {
		stub_now.us += SECOND;
		heard(&v, "10.77.0.1", 100, 100);
	}
	moved("not looked at: lower priority is obeyed", &v, VRRP_BACKUP, "",
	    elect_down_us(3, 200, 100));
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 100, 100);
	moved("but not for longer", &v, VRRP_BACKUP, "",
	    elect_down_us(3, 200, 100) - SECOND);
	stub_event(&v, EV_DOWN_TIMER);
	moved("and then it is over", &v, VRRP_MASTER, "Am", SECOND);
	v.env->unjudged.us = 0;
}

static void
test_fault(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	moved("interface of a master goes down", &v, VRRP_FAULT, "0f", -1);
	is_str(v.why, "eth0 is down", "why");
	stub_event(&v, EV_ADVERT_TIMER);
	stub_event(&v, EV_DOWN_TIMER);
	heard(&v, "10.77.0.1", 1, 100);
	moved("nothing moves it", &v, VRRP_FAULT, "", -1);
	eth0.status.up = 1;
	eth0.status.addr4.af = 0;
	track_look(&v);
	group_settle(&v);
	moved("up without an address", &v, VRRP_FAULT, "", -1);
	is_str(v.unwell, "eth0 has no IPv4 address", "why");
	eth0.status.addr4.af = AF_INET;
	track_look(&v);
	group_settle(&v);
	moved("well again", &v, VRRP_BACKUP, "b", DOWN_100);
	stub_fd(&eth0.lan[LAN_INET], -1);
	track_look(&v);
	group_settle(&v);
	moved("socket lost", &v, VRRP_FAULT, "f", -1);
	stub_fd(&eth0.lan[LAN_INET], 0);
	eth0.status.ifindex = 0;
	track_look(&v);
	is_str(v.unwell, "there is no interface eth0", "interface gone");
}

/* Absolute deadlines: late wake-ups do not add up. */
static void
test_period(void)
{
	struct vrrp	v;
	int64_t		first;
	int		i;

	begin(&v, 100);
	to_master(&v);
	first = v.due.us;
	for (i = 0; i < 50; i++) {
		stub_now.us = v.due.us + 7 * MS;
		stub_event(&v, EV_ADVERT_TIMER);
	}
	is_int(v.due.us - first, 50 * SECOND,
	    "50 adverts, each 7 ms late, take 50 s");
	stub_now.us += 10 * SECOND;
	stub_trace[0] = '\0';
	stub_event(&v, EV_ADVERT_TIMER);
	moved("ten missed", &v, VRRP_MASTER, "A", SECOND);
}

/* A flood is not echoed, and does not touch the period. */
static void
test_answers(void)
{
	struct vrrp	v;
	int		i;

	begin(&v, 100);
	to_master(&v);
	stub_rivals = 0;
	for (i = 0; i < 100; i++) {
		heard(&v, "10.77.0.1", 50, 100);
		stub_now.us += MS;
	}
	is_str(stub_trace, "AgAAAAAAAAA", "100 in 100 ms: 10 answers, one "
	    "announcement");
	is_int(stub_due(&v), 900 * MS, "period untouched");
	is_int(stub_rivals, 1, "scripts hear of it once");
	stub_now.us += 9 * SECOND;
	heard(&v, "10.77.0.1", 50, 100);
	is_int(stub_rivals, 1, "not soon again");
	stub_now.us += SECOND;
	heard(&v, "10.77.0.1", 50, 100);
	is_int(stub_rivals, 2, "but later");
	stub_trace[0] = '\0';
	stub_now.us += 20 * MS;
	for (i = 0; i < 100; i++)
		heard(&v, "10.77.0.1", 0, 100);
	is_int(strlen(stub_trace), 1, "100 releases at once: 1 answer");
}

static void
test_resume(void)
{
	struct vrrp	v;

	begin(&v, 100);
	v.resume = 1;
	v.since.us = 42;
	group_settle(&v);
	moved("master of a former life", &v, VRRP_MASTER, "Am", SECOND);
	is_int(v.since.us, 42, "since then");
	is_int(v.became_master, 0, "no transition");

	begin(&v, 100);
	v.resume = 1;
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	moved("but its interface is down", &v, VRRP_FAULT, "f", -1);
	eth0.status.up = 1;
	track_look(&v);
	group_settle(&v);
	moved("then it is a backup", &v, VRRP_BACKUP, "b", DOWN_100);
}

static void
test_reload(void)
{
	struct vrrp	v;

	begin(&v, 100);
	to_master(&v);
	stub_now.us += 300 * MS;
	v.conf.priority = 120;
	track_look(&v);
	group_settle(&v);
	moved("priority of a master", &v, VRRP_MASTER, "A", SECOND);
	v.conf.advert_cs = 20;
	v.changed = 1;
	track_look(&v);
	moved("interval of a master", &v, VRRP_MASTER, "A", 200 * MS);
	track_look(&v);
	moved("once", &v, VRRP_MASTER, "", 200 * MS);

	begin(&v, 100);
	group_settle(&v);
	heard(&v, "10.77.0.1", 250, 100);
	stub_trace[0] = '\0';
	stub_now.us += SECOND;
	v.conf.priority = 200;
	track_look(&v);
	group_settle(&v);
	moved("priority of a backup", &v, VRRP_BACKUP, "",
	    elect_down_us(3, 200, 100) - SECOND);
	v.conf.priority = 255;
	track_look(&v);
	stub_event(&v, EV_DOWN_TIMER);
	moved("it owns the addresses now", &v, VRRP_MASTER, "Am", SECOND);
}

static void
test_trackers(void)
{
	struct subject	good, bad;
	struct tracker	t[3];
	struct iface	eth1;
	struct vrrp	v;
	int		i;

	memset(&good, 0, sizeof(good));
	memset(&bad, 0, sizeof(bad));
	memset(t, 0, sizeof(t));
	strlcpy(t[0].conf.name, "good", sizeof(t[0].conf.name));
	strlcpy(t[1].conf.name, "bad", sizeof(t[1].conf.name));
	strlcpy(t[2].conf.ifname, "eth1", sizeof(t[2].conf.ifname));
	good.state = bad.state = CTL_TRACK_WELL;
	stub_iface(&eth1, "eth1", "10.78.0.5");
	begin(&v, 100);
	for (i = 0; i < 3; i++)
		TAILQ_INSERT_TAIL(&v.trackers, &t[i], entry);
	t[0].conf.kind = TRACK_SCRIPT;
	t[0].subject = &good;
	t[0].conf.weight = 20;
	t[1].conf.kind = TRACK_SERVICE;
	t[1].subject = &bad;
	t[1].conf.weight = -30;
	t[2].conf.kind = TRACK_INTERFACE;
	t[2].iface = &eth1;

	track_look(&v);
	is_int(v.prio, 120, "weight 20 of a script that is well");
	group_settle(&v);
	to_master(&v);
	bad.state = CTL_TRACK_FAILS;
	track_look(&v);
	is_int(v.prio, 90, "weight -30 of a service that fails");
	is_str(v.weights, "script good is well +20, service bad fails -30",
	    "said so");
	is_str(stub_trace, "A", "a master says so at once");
	good.state = CTL_TRACK_FAILS;
	track_look(&v);
	is_int(v.prio, 70, "and the script fails too");
	stub_trace[0] = '\0';

	eth1.status.up = 0;
	track_look(&v);
	group_settle(&v);
	moved("tracked interface without weight", &v, VRRP_FAULT, "0f", -1);
	is_str(v.why, "interface eth1 fails", "why");
	is_str(v.weights, "service bad fails -30", "none is no weight");
	eth1.told = 0;
	track_look(&v);
	is_str(v.unwell, "", "not told: counts as well");

	t[1].conf.weight = -253;
	track_look(&v);
	is_int(v.prio, 1, "not below 1");
	good.state = bad.state = CTL_TRACK_WELL;
	t[0].conf.weight = 253;
	track_look(&v);
	is_int(v.prio, 254, "not above 254");
	v.conf.priority = 255;
	bad.state = CTL_TRACK_FAILS;
	track_look(&v);
	is_int(v.prio, 255, "an owner is an owner");
}

/* Until interface and socket are told, nothing is judged. */
static void
test_waiting(void)
{
	struct vrrp	v;

	begin(&v, 100);
	eth0.told = 0;
	track_look(&v);
	group_settle(&v);
	moved("interface not told", &v, VRRP_INIT, "", -1);
	eth0.told = 1;
	stub_fd(&eth0.lan[LAN_INET], -1);
	track_look(&v);
	group_settle(&v);
	moved("socket not there", &v, VRRP_INIT, "", -1);
	stub_fd(&eth0.lan[LAN_INET], 0);
	track_look(&v);
	group_settle(&v);
	moved("there it is", &v, VRRP_BACKUP, "b", DOWN_100);

	begin(&v, 100);
	v.started = 0;
	track_look(&v);
	group_settle(&v);
	moved("committed, not started", &v, VRRP_INIT, "", -1);
}

/* Events that a state has no transition for. */
static void
test_nothing_else(void)
{
	static const struct {
		enum vrrp_state	state;
		enum fsm_event	event;
	} none[] = {
		{ VRRP_INIT, EV_STOP }, { VRRP_INIT, EV_DOWN_TIMER },
		{ VRRP_INIT, EV_ADVERT_TIMER }, { VRRP_INIT, EV_YIELD },
		{ VRRP_INIT, EV_RX_RELEASE }, { VRRP_INIT, EV_RX_BETTER },
		{ VRRP_INIT, EV_RX_WORSE },
		{ VRRP_FAULT, EV_FAULT }, { VRRP_FAULT, EV_DOWN_TIMER },
		{ VRRP_FAULT, EV_ADVERT_TIMER }, { VRRP_FAULT, EV_YIELD },
		{ VRRP_FAULT, EV_RX_RELEASE }, { VRRP_FAULT, EV_RX_BETTER },
		{ VRRP_FAULT, EV_RX_WORSE },
		{ VRRP_BACKUP, EV_START }, { VRRP_BACKUP, EV_ADVERT_TIMER },
		{ VRRP_BACKUP, EV_YIELD }, { VRRP_BACKUP, EV_RX_WORSE },
		{ VRRP_MASTER, EV_START }, { VRRP_MASTER, EV_DOWN_TIMER },
		{ VRRP_MASTER, EV_ELECTED }
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
group_make(struct group *g, struct vrrp *v, int n)
{
	int	i;

	memset(g, 0, sizeof(*g));
	TAILQ_INIT(&g->members);
	for (i = 0; i < n; i++) {
		begin(&v[i], 100);
		snprintf(v[i].conf.name, sizeof(v[i].conf.name), "VI_%d",
		    i + 1);
		v[i].group = g;
		TAILQ_INSERT_TAIL(&g->members, &v[i], member);
	}
}

static void
group_fire(struct vrrp *v, int n)
{
	int	i;

	for (i = 0; i < n; i++)
		stub_event(&v[i], EV_DOWN_TIMER);
	stub_trace[0] = '\0';
}

static void
test_group(void)
{
	struct group	g;
	struct vrrp	v[2];

	group_make(&g, v, 2);
	stub_groups[0] = '\0';
	group_settle(&v[0]);
	is_str(stub_trace, "bb", "a group starts as one");
	stub_trace[0] = '\0';
	stub_event(&v[0], EV_DOWN_TIMER);
	moved("one is ready", &v[0], VRRP_BACKUP, "", -1);
	heard(&v[1], "10.77.0.1", 200, 100);
	moved("the other hears a master", &v[1], VRRP_BACKUP, "", DOWN_100);
	heard(&v[0], "10.77.0.1", 200, 100);
	stub_event(&v[1], EV_DOWN_TIMER);
	moved("one is ready no more", &v[0], VRRP_BACKUP, "", DOWN_100);
	heard(&v[0], "10.77.0.1", 50, 100);
	stub_event(&v[0], EV_DOWN_TIMER);
	moved("both are ready", &v[0], VRRP_MASTER, "AmAm", SECOND);
	is_int(v[1].state, VRRP_MASTER, "and both master");

	heard(&v[1], "10.77.0.1", 200, 100);
	moved("one hears a better master", &v[1], VRRP_BACKUP, "b0b",
	    DOWN_100);
	is_int(v[0].state, VRRP_BACKUP, "the other follows");
	is_int(stub_due(&v[0]), DOWN_100, "and listens");
	heard(&v[0], "10.77.0.1", 0, 100);
	is_int(stub_due(&v[0]), SKEW_100, "no master known there");
	is_str(stub_groups, "bmb", "its roles are told, each once");
}

static void
test_group_fault(void)
{
	struct iface	eth1;
	struct group	g;
	struct vrrp	v[2];

	group_make(&g, v, 2);
	stub_iface(&eth1, "eth1", "10.78.0.5");
	v[1].iface = &eth1;
	strlcpy(v[1].conf.ifname, "eth1", sizeof(v[1].conf.ifname));
	group_settle(&v[0]);
	group_fire(v, 2);
	eth1.status.up = 0;
	track_look(&v[1]);
	group_settle(&v[1]);
	is_str(stub_trace, "0f0f", "one is unwell: all release");
	is_str(v[0].why, "VI_2 of its sync group: eth1 is down", "why");
	is_str(v[1].why, "eth1 is down", "and why itself");
	stub_trace[0] = '\0';
	eth0.status.up = 0;
	track_look(&v[0]);
	group_settle(&v[0]);
	eth1.status.up = 1;
	track_look(&v[1]);
	group_settle(&v[1]);
	is_str(stub_trace, "", "the other is unwell: nobody starts");
	eth0.status.up = 1;
	track_look(&v[0]);
	group_settle(&v[0]);
	is_str(stub_trace, "bb", "all are well: all start");
}

static void
test_group_owner(void)
{
	struct group	g;
	struct vrrp	v[2];

	group_make(&g, v, 2);
	v[0].conf.priority = v[0].prio = 255;
	group_settle(&v[0]);
	moved("an owner waits for the others", &v[0], VRRP_BACKUP, "bb", 0);
	stub_event(&v[0], EV_DOWN_TIMER);
	stub_event(&v[1], EV_DOWN_TIMER);
	moved("then all", &v[0], VRRP_MASTER, "AmAm", SECOND);

	group_make(&g, v, 2);
	v[0].conf.priority = v[0].prio = 255;
	v[1].conf.priority = v[1].prio = 255;
	group_settle(&v[0]);
	moved("a group of owners", &v[0], VRRP_MASTER, "AmAm", SECOND);
}

static void
test_group_join(void)
{
	struct group	g;
	struct vrrp	v[3];

	group_make(&g, v, 3);
	TAILQ_REMOVE(&g.members, &v[2], member);
	v[2].started = 0;
	group_settle(&v[0]);
	group_fire(v, 2);
	TAILQ_INSERT_TAIL(&g.members, &v[2], member);
	group_settle(&v[0]);
	is_str(stub_trace, "", "a new member that is not started");
	v[2].started = 1;
	group_settle(&v[2]);
	moved("joins the masters", &v[2], VRRP_MASTER, "Am", SECOND);

	group_make(&g, v, 3);
	TAILQ_REMOVE(&g.members, &v[2], member);
	group_settle(&v[0]);
	TAILQ_INSERT_TAIL(&g.members, &v[2], member);
	stub_trace[0] = '\0';
	group_settle(&v[2]);
	moved("joins the backups", &v[2], VRRP_BACKUP, "b", DOWN_100);

	group_make(&g, v, 3);
	v[2].group = NULL;
	TAILQ_REMOVE(&g.members, &v[2], member);
	group_settle(&v[0]);
	group_settle(&v[2]);
	group_fire(v, 2);
	v[2].group = &g;
	TAILQ_INSERT_TAIL(&g.members, &v[2], member);
	group_settle(&v[2]);
	is_str(stub_trace, "0b0b", "a backup joins masters: all are backup");
}

static void
test_group_resume(void)
{
	struct group	g;
	struct vrrp	v[2];

	group_make(&g, v, 2);
	v[0].resume = v[1].resume = 1;
	group_settle(&v[0]);
	is_str(stub_trace, "AmAm", "a group takes its role back");

	group_make(&g, v, 2);
	v[0].resume = 1;
	group_settle(&v[0]);
	is_str(stub_trace, "bb", "half a group does not");
}

/*
 * Routers of one group on two networks that hear each other after a delay,
 * and to which things happen in an order of chance: interfaces fail and come
 * back, services fail, routers start late.  After each event the members of
 * a group must be in one state; when nothing happens any more, one router
 * must be master of all.
 */
static void
storm_wire(struct vrrp *from, uint8_t prio)
{
	struct storm_advert	*a;

	if (storm_len == STORM_QUEUE || !from->iface->status.up)
		return;
	a = &storm_queue[storm_len++];
	a->at.us = stub_now.us + 100 + random() % 300;
	a->from = from;
	a->prio = prio;
}

static int
storm_same(const struct storm_router *r)
{
	return (r->v[0].state == r->v[1].state);
}

static void
storm_reset(void)
{
	static const char *const	 addr[STORM_ROUTERS][2] = {
		{ "10.77.0.1", "10.78.0.1" },
		{ "10.77.0.2", "10.78.0.2" },
		{ "10.77.0.3", "10.78.0.3" }
	};
	struct storm_router		*r;
	int				 i, n;

	storm_len = 0;
	stub_wire = storm_wire;
	for (i = 0; i < STORM_ROUTERS; i++) {
		r = &storm[i];
		memset(r, 0, sizeof(*r));
		TAILQ_INIT(&r->group.members);
		for (n = 0; n < 2; n++) {
			stub_iface(&r->iface[n], n == 0 ? "eth0" : "eth1",
			    addr[i][n]);
			stub_vrrp(&r->v[n], &env, &r->iface[n], "VI",
			    100 + 20 * i);
			r->v[n].group = &r->group;
			r->v[n].started = 0;
			r->v[n].conf.advert_cs = 10;
			TAILQ_INSERT_TAIL(&r->group.members, &r->v[n],
			    member);
		}
	}
}

/* Deliver what is due to the other routers on the same network. */
static void
storm_deliver(void)
{
	struct storm_advert	 a;
	struct packet		 p;
	struct vrrp		*to;
	int			 i, n, k;

	for (k = 0; k < storm_len; k++) {
		if (storm_queue[k].at.us > stub_now.us)
			continue;
		a = storm_queue[k];
		storm_queue[k--] = storm_queue[--storm_len];
		n = strcmp(a.from->conf.ifname, "eth1") == 0;
		memset(&p, 0, offsetof(struct packet, addrs));
		p.version = 3;
		p.af = AF_INET;
		p.priority = a.prio;
		p.interval_cs = 10;
		for (i = 0; i < STORM_ROUTERS; i++) {
			to = &storm[i].v[n];
			if (to != a.from && to->iface->status.up &&
			    (to->state == VRRP_BACKUP ||
			    to->state == VRRP_MASTER))
				storm_hear(to, &p,
				    &a.from->iface->status.addr4);
		}
	}
}

static void
storm_hear(struct vrrp *v, const struct packet *p, const struct addr *src)
{
	enum fsm_event	ev;

	if ((ev = fsm_judge(v, p, src)) == EV_MAX)
		return;
	fsm_event(v, ev, p, src, NULL);
	group_settle(v);
}

/* Let time pass, millisecond by millisecond; 0 when a group broke apart. */
static int
storm_run(int ms)
{
	struct vrrp	*v;
	int		 i, good = 1;

	for (; ms > 0; ms--) {
		stub_now.us += MS;
		storm_deliver();
		for (i = 0; i < 2 * STORM_ROUTERS; i++) {
			v = &storm[i / 2].v[i % 2];
			if (!monotime_isset(v->due) ||
			    v->due.us > stub_now.us)
				continue;
			fsm_event(v, v->state == VRRP_MASTER ?
			    EV_ADVERT_TIMER : EV_DOWN_TIMER, NULL, NULL,
			    NULL);
			group_settle(v);
		}
		for (i = 0; i < STORM_ROUTERS; i++)
			good &= storm_same(&storm[i]);
	}
	return (good);
}

static void
storm_event(struct storm_router *r)
{
	struct vrrp	*v = &r->v[random() % 2];

	switch (random() % 4) {
	case 0:
		r->v[0].started = r->v[1].started = 1;
		break;
	case 1:
		v->iface->status.up = !v->iface->status.up;
		break;
	case 2:
		v->conf.priority = 1 + random() % 254;
		break;
	case 3:
		v->conf.flags ^= VRRP_F_NOPREEMPT;
		break;
	}
	track_look(v);
	group_settle(v);
}

/* All well and in one order of priorities: exactly one has to be master. */
static int
storm_masters(void)
{
	struct storm_router	*r;
	int			 i, n, masters = 0;

	for (i = 0; i < STORM_ROUTERS; i++) {
		r = &storm[i];
		for (n = 0; n < 2; n++) {
			r->v[n].started = 1;
			r->v[n].iface->status.up = 1;
			r->v[n].conf.priority = 100 + 20 * i;
			track_look(&r->v[n]);
		}
		group_settle(&r->v[0]);
	}
	if (!storm_run(3000))
		return (-1);
	for (i = 0; i < STORM_ROUTERS; i++)
		masters += storm[i].v[0].state == VRRP_MASTER &&
		    storm[i].v[1].state == VRRP_MASTER;
	return (masters);
}

static void
test_storm(void)
{
	int	seed, i, apart = 0, wrong = 0;

	for (seed = 0; seed < STORM_SEEDS; seed++) {
		srandom(seed);
		storm_reset();
		for (i = 0; i < STORM_EVENTS; i++) {
			storm_event(&storm[random() % STORM_ROUTERS]);
			if (!storm_run(random() % 200))
				apart++;
		}
		i = storm_masters();
		if (i == -1)
			apart++;
		else if (i != 1) {
			wrong++;
			printf("# seed %d: %d masters\n", seed, i);
		}
	}
	is_int(apart, 0, "members of a group were always in one state");
	is_int(wrong, 0, "one master in the end, %d times", seed);
	stub_wire = NULL;
}

int
main(void)
{
	test_init();
	test_backup();
	test_master();
	test_learned();
	test_release();
	test_preempt();
	test_unjudged();
	test_fault();
	test_period();
	test_answers();
	test_resume();
	test_reload();
	test_trackers();
	test_waiting();
	test_nothing_else();
	test_group();
	test_group_fault();
	test_group_owner();
	test_group_join();
	test_group_resume();
	test_storm();
	return (done_testing());
}

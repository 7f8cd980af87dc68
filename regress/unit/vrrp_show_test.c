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
 * What is shown of an election: the mode of preemption, what the timer is
 * set for, when the master was heard.
 */
#include <stdlib.h>
#include <string.h>

#include "../../imsg/engine.h"
#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MS	1000LL
#define SECOND	(1000 * MS)

static void	begin(struct vrrp *);
static void	heard(struct vrrp *, int);
static void	waits(const char *, const struct vrrp *, enum ctl_wait,
		    uint32_t);
static void	test_modes(void);
static void	test_waits(void);
static void	test_heard(void);

static struct vrrpe	env;
static struct iface	eth0;

void
engine_send(struct engine *, enum proc, enum msg_type, uint32_t, const void *,
    size_t)
{
}

static void
begin(struct vrrp *v)
{
	stub_iface(&eth0, "eth0", "10.77.0.5");
	stub_vrrp(v, &env, &eth0, "VI_1", 100);
	stub_now.us += 100 * SECOND;
}

static void
heard(struct vrrp *v, int prio)
{
	struct packet	p;
	struct addr	src;
	enum fsm_event	ev;

	memset(&p, 0, offsetof(struct packet, addrs));
	p.version = 3;
	p.af = AF_INET;
	p.priority = prio;
	p.interval_cs = 100;
	if (addr_parse("10.77.0.2", &src) == -1)
		abort();
	if ((ev = fsm_judge(v, &p, &src)) == EV_MAX)
		return;
	fsm_event(v, ev, &p, &src, "test");
	group_settle(v);
}

static void
waits(const char *what, const struct vrrp *v, enum ctl_wait wait, uint32_t ms)
{
	struct ctl_vrrp	c;

	show_fill(v, &c);
	is_int(c.wait, wait, "%s: waits for", what);
	is_int(c.wait_ms, ms, "%s: so long", what);
}

static void
test_modes(void)
{
	struct ctl_vrrp	c;
	struct vrrp	v;

	begin(&v);
	v.conf.flags = VRRP_F_NOPREEMPT | VRRP_F_STARTMASTER;
	v.resigned = 1;
	v.demote = 7;
	show_fill(&v, &c);
	is_int(c.flags, CTL_VRRP_F_NOPREEMPT | CTL_VRRP_F_STARTMASTER |
	    CTL_VRRP_F_RESIGNED, "no preempt, start master, resigned");
	is_int(c.demote, 7, "demoted");
	begin(&v);
	v.conf.preempt_ms = 60000;
	group_settle(&v);
	show_fill(&v, &c);
	is_int(c.flags, 0, "preempt");
	is_int(c.preempt_ms, 60000, "with a delay");
	is_int(c.delay_ms, 0, "which has not begun");
	heard(&v, 50);
	stub_now.us += 10 * SECOND;
	heard(&v, 50);
	show_fill(&v, &c);
	is_int(c.delay_ms, 50000, "and then has");
	stub_now.us += 60 * SECOND;
	show_fill(&v, &c);
	is_int(c.delay_ms, 0, "and is over");
}

static void
test_waits(void)
{
	struct vrrp	v;

	begin(&v);
	waits("before the start", &v, CTL_WAIT_NONE, 0);
	group_settle(&v);
	waits("a backup", &v, CTL_WAIT_DOWN, 3609);
	stub_now.us += 3 * SECOND;
	waits("later", &v, CTL_WAIT_DOWN, 609);
	stub_now.us += 3 * SECOND;
	waits("too late", &v, CTL_WAIT_DOWN, 0);
	fsm_event(&v, EV_DOWN_TIMER, NULL, NULL, NULL);
	waits("ready", &v, CTL_WAIT_GROUP, 0);
	group_settle(&v);
	waits("a master", &v, CTL_WAIT_ADVERT, 1000);
	stub_event(&v, EV_RESIGN);
	waits("resigned", &v, CTL_WAIT_TAKER, 1246);
	heard(&v, 50);
	waits("taken over", &v, CTL_WAIT_LINGER, 500);
	eth0.status.up = 0;
	track_look(&v);
	group_settle(&v);
	waits("in fault", &v, CTL_WAIT_NONE, 0);
	begin(&v);
	v.found = 1;
	group_settle(&v);
	waits("returning", &v, CTL_WAIT_RETURN, 1609);
}

static void
test_heard(void)
{
	struct ctl_vrrp	c;
	struct vrrp	v;

	begin(&v);
	group_settle(&v);
	show_fill(&v, &c);
	is_int(c.flags, 0, "no master was heard");
	heard(&v, 200);
	stub_now.us += 700 * MS;
	show_fill(&v, &c);
	is_int(c.flags, CTL_VRRP_F_HEARD, "one was");
	is_int(c.heard_ms, 700, "so long ago");
	is_str(c.master, "10.77.0.2", "this one");
}

int
main(void)
{
	test_modes();
	test_waits();
	test_heard();
	return (done_testing());
}

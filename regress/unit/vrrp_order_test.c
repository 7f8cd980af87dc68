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
 * What the operator orders: demotion, its end, resignation, and what is
 * answered to each.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "../../imsg/engine.h"
#include "../../imsg/imsg.h"
#include "../../vrrpe/instance.h"
#define STUB_ORDERS
#include "vrrp_stub.h"

#define UID		1000
#define PID		4711
#define GEN		3

static void	setup(int, int);
static int	order(uint32_t, enum order_kind, uint32_t);
static int	order_raw(uint32_t, const struct msg_order *);
static void	answered(const char *, uint32_t, int, const char *);
static void	heard(struct vrrp *, int);
static void	test_demote(void);
static void	test_resign(void);
static void	test_refused(void);
static void	test_group(void);
static void	test_undemote_resigned(void);
static void	test_bad(void);

static struct engine		 e;
static struct vrrpe		 env;
static struct imsgbuf		*from, *to;
static struct iface		 eth0;
static struct group		 group;
static struct vrrp		 v[2];
static struct msg_outcome	 out;
static uint32_t			 out_request, last_request;
static int			 outs;

void
engine_send(struct engine *, enum proc proc, enum msg_type type, uint32_t id,
    const void *data, size_t len)
{
	if (proc != PROC_LBE || type != MSG_VRRP_OUTCOME ||
	    len != sizeof(out))
		abort();
	memcpy(&out, data, len);
	out_request = id;
	outs++;
}

int
engine_stale(const struct engine *en, const struct imsg *msg)
{
	return (imsg_gen(msg) < en->gen);
}

struct vrrp *
stage_vrrp(const struct tree *t, uint32_t id)
{
	struct vrrp	*m;

	TAILQ_FOREACH(m, &t->vrrps, entry)
		if (m->conf.id == id)
			return (m);
	return (NULL);
}

/* So many instances of this priority, in a group when there are two. */
static void
setup(int n, int prio)
{
	int	i;

	memset(&env, 0, sizeof(env));
	memset(v, 0, sizeof(v));
	memset(&group, 0, sizeof(group));
	e.gen = GEN;
	env.engine = &e;
	TAILQ_INIT(&env.run.vrrps);
	TAILQ_INIT(&group.members);
	strlcpy(group.conf.name, "both", sizeof(group.conf.name));
	stub_iface(&eth0, "eth0", "10.77.0.5");
	for (i = 0; i < n; i++) {
		stub_vrrp(&v[i], &env, &eth0, i == 0 ? "VI_1" : "VI_2", prio);
		v[i].conf.id = i + 1;
		TAILQ_INSERT_TAIL(&env.run.vrrps, &v[i], entry);
		if (n == 1)
			continue;
		v[i].group = &group;
		TAILQ_INSERT_TAIL(&group.members, &v[i], member);
	}
	group_settle(&v[0]);
	for (i = 0; i < n; i++)
		stub_event(&v[i], EV_DOWN_TIMER);
	if (v[0].state != VRRP_MASTER)
		abort();
	stub_trace[0] = '\0';
	outs = 0;
}

static int
order_raw(uint32_t id, const struct msg_order *o)
{
	struct imsg	*msg;

	if (imsg_compose(from, MSG_VRRP_ORDER, id, e.gen, -1, o,
	    sizeof(*o)) == -1 || imsgbuf_write(from) == -1 ||
	    imsgbuf_read(to) != 1 || imsgbuf_get(to, &msg) != 1)
		abort();
	/* The sender has not heard of the reload yet. */
	if (id == 99)
		e.gen = GEN;
	return (order_message(&env, msg));
}

static int
order(uint32_t id, enum order_kind kind, uint32_t by)
{
	struct msg_order	o;

	memset(&o, 0, sizeof(o));
	o.request = ++last_request;
	o.kind = kind;
	o.by = by;
	o.uid = UID;
	o.pid = PID;
	return (order_raw(id, &o));
}

/* One answer since the last call, to this request. */
static void
answered(const char *what, uint32_t request, int failed, const char *text)
{
	is_int(outs, 1, "%s: answered once", what);
	is_int(out_request, request, "%s: to the request", what);
	is_int(out.failed, failed, "%s: well or not", what);
	is_str(out.text, text, "%s: text", what);
	outs = 0;
}

static void
heard(struct vrrp *m, int prio)
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
	if ((ev = fsm_judge(m, &p, &src)) == EV_MAX)
		return;
	fsm_event(m, ev, &p, &src, "test");
	group_settle(m);
}

static void
test_demote(void)
{
	setup(1, 100);
	order(1, ORDER_DEMOTE, 20);
	answered("demote", last_request, 0,
	    "VI_1: demotion 0 -> 20, priority 100 -> 80");
	is_str(stub_trace, "Am", "it says so on the wire, and to the parent");
	is_int(v[0].prio, 80, "priority");
	is_str(v[0].weights, "demoted by 20", "why");
	order(1, ORDER_DEMOTE, 200);
	answered("more", last_request, 0,
	    "VI_1: demotion 20 -> 220, priority 80 -> 1");
	order(1, ORDER_DEMOTE, 100);
	answered("too much", last_request, 0,
	    "VI_1: demotion 220 -> 254, priority 1 -> 1");
	order(1, ORDER_UNDEMOTE, 200);
	answered("undemote", last_request, 0,
	    "VI_1: demotion 254 -> 54, priority 1 -> 46");
	order(1, ORDER_UNDEMOTE, 0);
	answered("wholly", last_request, 0,
	    "VI_1: demotion 54 -> 0, priority 46 -> 100");
	order(1, ORDER_UNDEMOTE, 5);
	answered("again", last_request, 0,
	    "VI_1: demotion 0 -> 0, priority 100 -> 100");
	order(1, ORDER_DEMOTE, 0);
	answered("demote wholly", last_request, 0,
	    "VI_1: demotion 0 -> 254, priority 100 -> 1");
}

static void
test_resign(void)
{
	setup(1, 100);
	order(1, ORDER_RESIGN, 0);
	is_int(v[0].state, VRRP_HANDOVER, "it hands over");
	is_int(outs, 0, "the outcome is not known");
	order(1, ORDER_RESIGN, 0);
	answered("another", last_request, 1,
	    "VI_1 is not master but handover");
	heard(&v[0], 50);
	is_int(outs, 0, "nor yet");
	stub_event(&v[0], EV_DOWN_TIMER);
	answered("taken", last_request - 1, 0, "handed over to 10.77.0.2");
	is_int(v[0].resigned, 1, "resigned");
	order(1, ORDER_RESIGN, 0);
	answered("a backup", last_request, 1,
	    "VI_1 is not master but backup");
	stub_event(&v[0], EV_DOWN_TIMER);
	is_int(v[0].state, VRRP_MASTER, "master again");
	is_int(outs, 0, "what comes later is no answer");

	setup(1, 100);
	order(1, ORDER_RESIGN, 0);
	stub_event(&v[0], EV_DOWN_TIMER);
	answered("nobody", last_request, 1,
	    "VI_1 is still master: nobody has taken over");

	setup(1, 100);
	order(1, ORDER_RESIGN, 0);
	eth0.status.up = 0;
	track_look(&v[0]);
	group_settle(&v[0]);
	answered("a fault", last_request, 1, "VI_1 is fault: eth0 is down");

	setup(1, 100);
	order(1, ORDER_RESIGN, 0);
	fsm_event(&v[0], EV_STOP, NULL, NULL, "not configured any more");
	answered("a reload", last_request, 1,
	    "VI_1 is init: not configured any more");

	setup(1, 100);
	order(1, ORDER_RESIGN, 0);
	order_forget(&env);
	stub_event(&v[0], EV_DOWN_TIMER);
	is_int(outs, 0, "lbe has gone: nobody is answered");
}

static void
test_refused(void)
{
	setup(1, 255);
	order(1, ORDER_DEMOTE, 20);
	answered("an owner", last_request, 1, "VI_1 has priority 255, that "
	    "of the owner of the addresses, which never changes");
	is_int(v[0].demote, 0, "is not demoted");
	order(1, ORDER_RESIGN, 0);
	answered("nor", last_request, 1, "VI_1 has priority 255, that of the "
	    "owner of the addresses, which cannot resign");
	is_int(v[0].state, VRRP_MASTER, "does it resign");

	setup(1, 100);
	v[0].started = 0;
	order(1, ORDER_DEMOTE, 20);
	answered("too early", last_request, 1, "VI_1: lvsd is starting");
	v[0].started = 1;
	env.ending = 1;
	order(1, ORDER_RESIGN, 0);
	answered("too late", last_request, 1, "VI_1: lvsd is ending");
}

static void
test_group(void)
{
	setup(2, 100);
	order(2, ORDER_RESIGN, 0);
	ok(v[0].state == VRRP_HANDOVER && v[1].state == VRRP_HANDOVER,
	    "a member resigns: its group does");
	heard(&v[0], 50);
	stub_event(&v[0], EV_DOWN_TIMER);
	is_int(outs, 0, "one is taken over");
	heard(&v[1], 50);
	stub_event(&v[1], EV_DOWN_TIMER);
	answered("both", last_request, 0,
	    "handed over to 10.77.0.2, with all of sync group both");

	setup(2, 100);
	order(2, ORDER_RESIGN, 0);
	heard(&v[1], 50);
	stub_event(&v[0], EV_DOWN_TIMER);
	answered("only one", last_request, 1,
	    "VI_2 is still master: nobody has taken over VI_1");

	setup(2, 100);
	v[0].conf.priority = v[0].prio = 255;
	order(2, ORDER_RESIGN, 0);
	answered("one is an owner", last_request, 1, "VI_1 has priority 255, "
	    "that of the owner of the addresses, which cannot resign");
}

static void
test_undemote_resigned(void)
{
	setup(2, 100);
	order(1, ORDER_RESIGN, 0);
	heard(&v[0], 50);
	heard(&v[1], 50);
	stub_event(&v[0], EV_DOWN_TIMER);
	stub_event(&v[1], EV_DOWN_TIMER);
	outs = 0;
	order(1, ORDER_UNDEMOTE, 5);
	ok(v[0].resigned && v[1].resigned, "by a number: still resigned");
	outs = 0;
	order(2, ORDER_UNDEMOTE, 0);
	answered("undemote", last_request, 0, "VI_2: demotion 0 -> 0, "
	    "priority 100 -> 100, takes part again");
	ok(!v[0].resigned && !v[1].resigned, "the whole group does");
}

static void
test_bad(void)
{
	struct msg_order	o;

	setup(1, 100);
	is_int(order(7, ORDER_DEMOTE, 1), -1, "an instance that is not there");
	is_int(order(1, ORDER_MAX, 1), -1, "an order that is none");
	is_int(order(1, ORDER_DEMOTE, VRRP_DEMOTE_MAX + 1), -1, "too much");
	memset(&o, 0, sizeof(o));
	is_int(order_raw(1, &o), -1, "no request");
	is_int(outs, 0, "none is answered");
	e.gen = GEN - 1;
	is_int(order(99, ORDER_DEMOTE, 1), 0, "an instance that has gone");
	answered("it", last_request, 1, "it is not configured any more");
}

int
main(void)
{
	int	fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds) == -1
	    || (from = imsgbuf_new(fds[0], 0)) == NULL ||
	    (to = imsgbuf_new(fds[1], 0)) == NULL)
		abort();
	test_demote();
	test_resign();
	test_refused();
	test_group();
	test_undemote_resigned();
	test_bad();
	imsgbuf_free(from);
	imsgbuf_free(to);
	return (done_testing());
}

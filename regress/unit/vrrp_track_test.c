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
 * Trackers: what each does by its weight and direction, several together,
 * and what is shown of them.
 */
#include <string.h>

#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define NTRACKERS	4

static void	setup(int);
static struct tracker *add(enum track_kind, const char *, int, uint32_t);
static void	state(int, enum ctl_track_state);
static void	test_table(void);
static void	test_sum(void);
static void	test_file(void);
static void	test_interface(void);
static void	test_shown(void);

static struct vrrpe	env;
static struct iface	eth0, eth1;
static struct vrrp	v;
static struct tracker	trackers[NTRACKERS];
static struct subject	subjects[NTRACKERS];
static int		ntrackers;

/* An instance of this priority that tracks nothing yet. */
static void
setup(int prio)
{
	stub_iface(&eth0, "eth0", "10.77.0.5");
	stub_iface(&eth1, "eth1", "10.78.0.5");
	stub_vrrp(&v, &env, &eth0, "VI_1", prio);
	memset(trackers, 0, sizeof(trackers));
	memset(subjects, 0, sizeof(subjects));
	ntrackers = 0;
}

static struct tracker *
add(enum track_kind kind, const char *name, int weight, uint32_t flags)
{
	struct tracker	*t = &trackers[ntrackers];

	t->conf.vrrp_id = v.conf.id;
	t->conf.kind = kind;
	t->conf.weight = weight;
	t->conf.flags = flags;
	if (kind == TRACK_INTERFACE) {
		t->iface = &eth1;
		strlcpy(t->conf.ifname, name, sizeof(t->conf.ifname));
	} else {
		t->subject = &subjects[ntrackers];
		t->subject->kind = kind;
		strlcpy(t->conf.name, name, sizeof(t->conf.name));
	}
	TAILQ_INSERT_TAIL(&v.trackers, t, entry);
	ntrackers++;
	return (t);
}

static void
state(int n, enum ctl_track_state s)
{
	subjects[n].state = s;
	track_look(&v);
}

/* One tracker alone: lvsd.conf(5) has this table. */
static void
test_table(void)
{
	static const struct {
		int			 weight;
		uint32_t		 flags;
		enum ctl_track_state	 state;
		int			 prio;
		const char		*unwell;
	} table[] = {
		{ 0, 0, CTL_TRACK_WELL, 100, "" },
		{ 0, 0, CTL_TRACK_FAILS, 100, "script x fails" },
		{ 0, 0, CTL_TRACK_UNKNOWN, 100, "" },
		{ 20, 0, CTL_TRACK_WELL, 120, "" },
		{ 20, 0, CTL_TRACK_FAILS, 100, "" },
		{ 20, 0, CTL_TRACK_UNKNOWN, 120, "" },
		{ -20, 0, CTL_TRACK_WELL, 100, "" },
		{ -20, 0, CTL_TRACK_FAILS, 80, "" },
		{ -20, 0, CTL_TRACK_UNKNOWN, 100, "" },
		{ 0, TRACK_F_REVERSE, CTL_TRACK_WELL, 100,
		    "script x is well" },
		{ 0, TRACK_F_REVERSE, CTL_TRACK_FAILS, 100, "" },
		{ 0, TRACK_F_REVERSE, CTL_TRACK_UNKNOWN, 100, "" },
		{ 20, TRACK_F_REVERSE, CTL_TRACK_WELL, 100, "" },
		{ 20, TRACK_F_REVERSE, CTL_TRACK_FAILS, 120, "" },
		{ 20, TRACK_F_REVERSE, CTL_TRACK_UNKNOWN, 120, "" },
		{ -20, TRACK_F_REVERSE, CTL_TRACK_WELL, 80, "" },
		{ -20, TRACK_F_REVERSE, CTL_TRACK_FAILS, 100, "" },
		{ -20, TRACK_F_REVERSE, CTL_TRACK_UNKNOWN, 100, "" }
	};
	size_t	i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		setup(100);
		add(TRACK_SCRIPT, "x", table[i].weight, table[i].flags);
		state(0, table[i].state);
		is_int(v.prio, table[i].prio, "weight %d%s, state %d",
		    table[i].weight, table[i].flags ? " reverse" : "",
		    table[i].state);
		is_str(v.unwell, table[i].unwell, "and what is unwell");
	}
}

static void
test_sum(void)
{
	setup(100);
	add(TRACK_SCRIPT, "a", 30, 0);
	add(TRACK_SERVICE, "b", -50, 0);
	add(TRACK_SCRIPT, "c", -7, TRACK_F_REVERSE);
	state(0, CTL_TRACK_WELL);
	state(1, CTL_TRACK_WELL);
	state(2, CTL_TRACK_WELL);
	is_int(v.prio, 123, "weights add up");
	is_str(v.weights, "script a is well +30, script c is well -7",
	    "and are told");
	state(1, CTL_TRACK_FAILS);
	is_int(v.prio, 73, "each by itself");
	state(0, CTL_TRACK_FAILS);
	is_int(v.prio, 43, "and again");

	/* The sum is cut, and not each part of it. */
	trackers[0].conf.weight = 253;
	trackers[1].conf.weight = -253;
	trackers[2].conf.weight = -253;
	track_look(&v);
	is_int(v.prio, 1, "not below 1");
	state(0, CTL_TRACK_WELL);
	is_int(v.prio, 1, "100 + 253 - 253 - 253 is below, too");
	state(2, CTL_TRACK_FAILS);
	is_int(v.prio, 100, "100 + 253 - 253 is 100");
	state(1, CTL_TRACK_WELL);
	is_int(v.prio, 254, "not above 254");
	v.conf.priority = PACKET_PRIO_OWNER;
	track_look(&v);
	is_int(v.prio, PACKET_PRIO_OWNER, "an owner is not touched");
	trackers[1].conf.weight = 0;
	state(1, CTL_TRACK_FAILS);
	is_str(v.unwell, "service b fails", "but may be in fault");
}

/* The number counts: lvsd.conf(5) has this table, too. */
static void
test_file(void)
{
	static const struct {
		int		 weight;
		uint32_t	 flags;
		int		 ok;
		int		 value;
		int		 prio;
		const char	*unwell;
		const char	*weights;
	} table[] = {
		{ 1, 0, 1, 5, 105, "", "file x holds 5 +5" },
		{ 1, 0, 1, -5, 95, "", "file x holds -5 -5" },
		{ 1, 0, 1, 0, 100, "", "" },
		{ -3, 0, 1, 5, 85, "", "file x holds 5 -15" },
		{ 2, TRACK_F_REVERSE, 1, 5, 90, "", "file x holds 5 -10" },
		{ 253, 0, 1, 253, 254, "", "file x holds 253 +64009" },
		{ 253, 0, 1, -253, 1, "", "file x holds -253 -64009" },
		{ 10, 0, 0, 0, 100, "", "" },
		{ -10, 0, 0, 0, 100, "", "" },
		{ 10, TRACK_F_REVERSE, 0, 0, 100, "", "" },
		{ 0, 0, 1, 0, 100, "", "" },
		{ 0, 0, 1, 5, 100, "file x holds 5", "" },
		{ 0, 0, 1, -1, 100, "file x holds -1", "" },
		{ 0, 0, 0, 0, 100, "file x fails", "" },
		{ 0, TRACK_F_REVERSE, 1, 0, 100, "file x holds 0", "" },
		{ 0, TRACK_F_REVERSE, 1, 5, 100, "", "" },
		{ 0, TRACK_F_REVERSE, 0, 0, 100, "file x fails", "" }
	};
	size_t	i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		setup(100);
		add(TRACK_FILE, "x", table[i].weight, table[i].flags);
		track_look(&v);
		ok(v.prio == 100 && v.unwell[0] == '\0',
		    "a file of which nothing is known");
		subjects[0].value = table[i].value;
		state(0, table[i].ok ? CTL_TRACK_WELL : CTL_TRACK_FAILS);
		is_int(v.prio, table[i].prio, "weight %d%s, %d",
		    table[i].weight, table[i].flags ? " reverse" : "",
		    table[i].value);
		is_str(v.unwell, table[i].unwell, "and what is unwell");
		is_str(v.weights, table[i].weights, "and what it does");
	}
}

static void
test_interface(void)
{
	setup(100);
	add(TRACK_INTERFACE, "eth1", -20, 0);
	add(TRACK_INTERFACE, "eth1", 5, TRACK_F_REVERSE);
	track_look(&v);
	is_int(v.prio, 100, "an interface is up");
	eth1.status.up = 0;
	track_look(&v);
	is_int(v.prio, 85, "it is down: one fails, one is well");
	eth1.told = 0;
	track_look(&v);
	is_int(v.prio, 105, "not told: none fails");
}

static void
test_shown(void)
{
	struct ctl_track	c;
	struct tracker		*t;

	setup(100);
	t = add(TRACK_SERVICE, "www", -20, TRACK_F_REVERSE);
	track_fill(t, &c);
	is_int(c.state, CTL_TRACK_UNKNOWN, "nothing is known yet");
	is_int(c.effect, 0, "and does nothing");
	state(0, CTL_TRACK_WELL);
	track_fill(t, &c);
	is_str(c.kind, "service", "its kind");
	is_str(c.name, "www", "its name");
	is_int(c.vrrp_id, v.conf.id, "whose it is");
	is_int(c.state, CTL_TRACK_WELL, "how it is");
	is_int(c.weight, -20, "its weight");
	is_int(c.effect, -20, "what it does");
	is_int(c.flags, CTL_TRACK_F_REVERSE, "and how");
	t->conf.weight = 0;
	track_fill(t, &c);
	is_int(c.flags, CTL_TRACK_F_REVERSE | CTL_TRACK_F_FAULT, "a fault");
	t = add(TRACK_INTERFACE, "eth1", 0, 0);
	track_fill(t, &c);
	is_str(c.name, "eth1", "an interface");
	is_int(c.flags, 0, "no fault");

	setup(100);
	t = add(TRACK_FILE, "/x", 2, 0);
	subjects[0].value = -4;
	state(0, CTL_TRACK_WELL);
	track_fill(t, &c);
	ok(c.state == CTL_TRACK_WELL && c.flags == CTL_TRACK_F_VALUE &&
	    c.value == -4 && c.effect == -8, "a file with its number");
	t->conf.weight = 0;
	track_fill(t, &c);
	ok(c.state == CTL_TRACK_FAILS && c.value == -4 &&
	    c.flags == (CTL_TRACK_F_VALUE | CTL_TRACK_F_FAULT),
	    "and as a fault");
	state(0, CTL_TRACK_FAILS);
	track_fill(t, &c);
	ok(c.state == CTL_TRACK_FAILS && c.flags == CTL_TRACK_F_FAULT,
	    "without one");
	setup(100);
	t = add(TRACK_PROCESS, "p", 0, 0);
	track_fill(t, &c);
	is_int(c.flags, 0, "a process of which nothing is known");
	subjects[0].value = 1;
	state(0, CTL_TRACK_FAILS);
	track_fill(t, &c);
	ok(c.value == 1 && c.flags == (CTL_TRACK_F_VALUE |
	    CTL_TRACK_F_FAULT), "one of several");
}

int
main(void)
{
	test_table();
	test_sum();
	test_file();
	test_interface();
	test_shown();
	return (done_testing());
}

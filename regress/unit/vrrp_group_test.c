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
 * Sync groups in every order of events: all sequences of up to five events
 * that can happen to groups of two and three, from each state that a group
 * can be in.  After each event all members must be in one state, and from
 * wherever they are they must become master once nothing happens any more.
 * Then members in whatever states that a reload puts together.
 */
#include <string.h>

#include "../../vrrpe/instance.h"
#include "vrrp_stub.h"

#define MEMBERS_MAX	3
#define DEPTH		5
/* What is compared and put back; the log of drops is large and not used. */
#define STATE_LEN	offsetof(struct vrrp, log)

/* What happens to one member; its number is added to make an event. */
enum happening {
	TIMER,			/* fires, if it runs */
	RELEASE,		/* of who was last master here */
	STRANGER,		/* a release of somebody else */
	BETTER,			/* a better master is heard */
	WORSE,			/* a lower one */
	CABLE,			/* is cut, or mended */
	HAPPENINGS
};

/* What happens to all. */
enum common {
	RESIGN,
	COMMONS
};

struct snapshot {
	unsigned char	state[MEMBERS_MAX][STATE_LEN];
	int		up[MEMBERS_MAX];
};

static void	group_make(int);
static void	group_masters(int);
static void	group_return(int);
static void	hear(struct vrrp *, const char *, int);
static void	release(struct vrrp *);
static void	fire(struct vrrp *);
static void	cable(struct vrrp *);
static void	resign(int);
static void	happen(int, int);
static void	save(struct snapshot *, int);
static void	restore(const struct snapshot *, int);
static int	same(const struct snapshot *, int);
static const char *broken(int);
static const char *stuck(int);
static void	complain(int, int, const char *);
static void	walk(int, int);
static void	test_orders(int, const char *, void (*)(int));
static void	mix_put(struct vrrp *, unsigned int);
static int	mix_good(void);
static void	test_mix(void);

static struct vrrpe	env;
static struct group	group;
static struct vrrp	v[MEMBERS_MAX];
static struct iface	iface[MEMBERS_MAX];
static int		path[DEPTH];		/* events so far */
static int		wrong;			/* sequences that end badly */
static int		walked;

static void
group_make(int n)
{
	char	name[IFNAMSIZ], addr[32];
	int	i;

	memset(&group, 0, sizeof(group));
	memset(v, 0, sizeof(v));
	TAILQ_INIT(&group.members);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		snprintf(addr, sizeof(addr), "10.77.%d.5", i);
		stub_iface(&iface[i], name, addr);
		stub_vrrp(&v[i], &env, &iface[i], name, 100);
		v[i].group = &group;
		TAILQ_INSERT_TAIL(&group.members, &v[i], member);
	}
}

static void
group_masters(int n)
{
	int	i;

	group_make(n);
	group_settle(&v[0]);
	for (i = 0; i < n; i++)
		fire(&v[i]);
}

static void
group_return(int n)
{
	int	i;

	group_make(n);
	for (i = 0; i < n; i++)
		v[i].found = 1;
	group_settle(&v[0]);
}

static void
hear(struct vrrp *m, const char *from, int prio)
{
	struct packet	p;
	struct addr	src;
	enum fsm_event	ev;

	if (m->state == VRRP_INIT || m->state == VRRP_FAULT)
		return;
	memset(&p, 0, offsetof(struct packet, addrs));
	p.version = 3;
	p.af = AF_INET;
	p.priority = prio;
	p.interval_cs = 100;
	if (addr_parse(from, &src) == -1)
		abort();
	if ((ev = fsm_judge(m, &p, &src)) == EV_MAX)
		return;
	fsm_event(m, ev, &p, &src, "test");
	group_settle(m);
}

static void
release(struct vrrp *m)
{
	char	addr[ADDR_STRLEN];

	if (m->master.af != 0)
		hear(m, addr_str(&m->master, addr), 0);
}

/* As timer.c. */
static void
fire(struct vrrp *m)
{
	if (!monotime_isset(m->due))
		return;
	fsm_event(m, m->state == VRRP_MASTER ? EV_ADVERT_TIMER :
	    EV_DOWN_TIMER, NULL, NULL, NULL);
	group_settle(m);
}

static void
cable(struct vrrp *m)
{
	m->iface->status.up = !m->iface->status.up;
	track_look(m);
	group_settle(m);
}

/* As order.c. */
static void
resign(int n)
{
	int	i;

	for (i = 0; i < n; i++)
		if (v[i].state == VRRP_MASTER)
			fsm_event(&v[i], EV_RESIGN, NULL, NULL, NULL);
	group_settle(&v[0]);
}

static void
happen(int n, int what)
{
	struct vrrp	*m;

	if (what < COMMONS) {
		resign(n);
		return;
	}
	m = &v[(what - COMMONS) / HAPPENINGS];
	switch ((enum happening)((what - COMMONS) % HAPPENINGS)) {
	case TIMER:
		fire(m);
		break;
	case RELEASE:
		release(m);
		break;
	case STRANGER:
		hear(m, "10.77.0.9", 0);
		break;
	case BETTER:
		hear(m, "10.77.0.200", 200);
		break;
	case WORSE:
		hear(m, "10.77.0.50", 50);
		break;
	case CABLE:
		cable(m);
		break;
	case HAPPENINGS:
		break;
	}
}

static void
save(struct snapshot *s, int n)
{
	int	i;

	for (i = 0; i < n; i++) {
		memcpy(s->state[i], &v[i], STATE_LEN);
		s->up[i] = iface[i].status.up;
	}
}

static void
restore(const struct snapshot *s, int n)
{
	int	i;

	for (i = 0; i < n; i++) {
		memcpy(&v[i], s->state[i], STATE_LEN);
		iface[i].status.up = s->up[i];
	}
}

static int
same(const struct snapshot *s, int n)
{
	int	i;

	for (i = 0; i < n; i++)
		if (s->up[i] != (int)iface[i].status.up ||
		    memcmp(s->state[i], &v[i], STATE_LEN) != 0)
			return (0);
	return (1);
}

/* What is wrong with the group as it is; NULL: nothing. */
static const char *
broken(int n)
{
	int	i, down = 0;

	for (i = 0; i < n; i++) {
		down += !iface[i].status.up;
		if (v[i].state != v[0].state)
			return ("the members are in different states");
	}
	if (down > 0 && v[0].state != VRRP_FAULT)
		return ("one is unwell, but they are not in fault");
	if (down == 0 && v[0].state == VRRP_FAULT)
		return ("all are well, but they are in fault");
	if (v[0].state == VRRP_INIT)
		return ("they have not begun");
	return (NULL);
}

/* All are well and alone: timers alone must make all of them master. */
static const char *
stuck(int n)
{
	int	i, round;

	for (i = 0; i < n; i++)
		if (!iface[i].status.up)
			cable(&v[i]);
	for (round = 0; round < 4; round++)
		for (i = 0; i < n; i++)
			if (v[i].state != VRRP_MASTER)
				fire(&v[i]);
	for (i = 0; i < n; i++)
		if (v[i].state != VRRP_MASTER)
			return ("left alone, they do not become master");
	return (NULL);
}

static void
complain(int n, int depth, const char *what)
{
	static const char *const	names[HAPPENINGS] = {
		"timer", "release", "stranger", "better", "worse", "cable"
	};
	int				i, ev;

	if (++wrong > 10)
		return;
	printf("# %d members,", n);
	for (i = 0; i < depth; i++) {
		ev = path[i] - COMMONS;
		if (ev < 0)
			printf(" resign");
		else
			printf(" %s(%d)", names[ev % HAPPENINGS],
			    ev / HAPPENINGS);
	}
	printf(": %s\n", what);
}

/* All that can follow; what changes nothing is the shorter sequence. */
static void
walk(int n, int depth)
{
	struct snapshot	 before, after;
	const char	*what;
	int		 ev;

	save(&before, n);
	for (ev = 0; ev < COMMONS + n * HAPPENINGS; ev++) {
		path[depth] = ev;
		stub_trace[0] = '\0';
		happen(n, ev);
		if (same(&before, n))
			continue;
		walked++;
		save(&after, n);
		if ((what = broken(n)) == NULL)
			what = stuck(n);
		if (what != NULL)
			complain(n, depth + 1, what);
		if (depth + 1 < DEPTH) {
			restore(&after, n);
			walk(n, depth + 1);
		}
		restore(&before, n);
	}
}

static void
test_orders(int n, const char *from, void (*make)(int))
{
	make(n);
	wrong = walked = 0;
	walk(n, 0);
	is_int(wrong, 0, "%d members, %s: in one state after each event", n,
	    from);
	ok(walked > 1000, "%d sequences were tried", walked);
}

/* The states that an instance can be in, with what its timer waits for. */
static const struct mix {
	enum vrrp_state	state;
	enum vrrp_wait	wait;
	int		ready;
} mixes[] = {
	{ VRRP_INIT, WAIT_DOWN, 0 },
	{ VRRP_FAULT, WAIT_DOWN, 0 },
	{ VRRP_BACKUP, WAIT_DOWN, 0 },
	{ VRRP_BACKUP, WAIT_DOWN, 1 },
	{ VRRP_MASTER, WAIT_DOWN, 0 },
	{ VRRP_HANDOVER, WAIT_TAKER, 0 },
	{ VRRP_HANDOVER, WAIT_TAKER, 1 },
	{ VRRP_HANDOVER, WAIT_LINGER, 0 },
	{ VRRP_HANDOVER, WAIT_LINGER, 1 },
	{ VRRP_HANDOVER, WAIT_RETURN, 0 },
	{ VRRP_HANDOVER, WAIT_RETURN, 1 }
};
#define NMIXES	(sizeof(mixes) / sizeof(mixes[0]))

/* The second half of the numbers: it owns its addresses. */
static void
mix_put(struct vrrp *m, unsigned int n)
{
	const struct mix	*mix = &mixes[n % NMIXES];

	m->state = mix->state;
	m->wait = mix->wait;
	m->ready = mix->ready;
	if (n >= NMIXES)
		m->conf.priority = m->prio = PACKET_PRIO_OWNER;
}

/* What rests may wait for the end of a hand-over. */
static int
mix_good(void)
{
	int	i, n[VRRP_STATE_MAX] = { 0 };

	for (i = 0; i < MEMBERS_MAX; i++)
		n[v[i].state]++;
	if (n[VRRP_HANDOVER] > 0)
		return (n[VRRP_BACKUP] + n[VRRP_MASTER] == 0);
	return (n[VRRP_BACKUP] == MEMBERS_MAX ||
	    n[VRRP_MASTER] == MEMBERS_MAX);
}

static void
test_mix(void)
{
	unsigned int	i, kinds = 2 * NMIXES;

	wrong = 0;
	for (i = 0; i < kinds * kinds * kinds; i++) {
		group_make(MEMBERS_MAX);
		mix_put(&v[0], i % kinds);
		mix_put(&v[1], i / kinds % kinds);
		mix_put(&v[2], i / kinds / kinds);
		stub_trace[0] = '\0';
		group_settle(&v[0]);
		if (mix_good())
			continue;
		if (++wrong <= 10)
			printf("# members as %u, %u and %u: %s %s %s\n",
			    i % kinds, i / kinds % kinds, i / kinds / kinds,
			    vrrp_state_names[v[0].state],
			    vrrp_state_names[v[1].state],
			    vrrp_state_names[v[2].state]);
	}
	is_int(wrong, 0, "members in any states come together, %u times", i);
}

int
main(void)
{
	int	n;

	for (n = 2; n <= MEMBERS_MAX; n++) {
		test_orders(n, "before they begin", group_make);
		test_orders(n, "masters", group_masters);
		test_orders(n, "returning", group_return);
	}
	test_mix();
	return (done_testing());
}

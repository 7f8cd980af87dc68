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


#include <dirent.h>

#include "../../conf/conf.h"
#include "hce_listen.h"
#include "hce_parent.h"
#include "tap.h"

/*
 * The engine as a whole: hce runs in a child, this is its parent, its lbe
 * and its vrrpe.  With arguments it is driven by lines on standard input,
 * see drive(), for tests that need real servers.
 */

#define WAIT_MS		5000		/* for what must come */
#define QUIET_MS	300		/* for what must not */
#define HANG_S		300		/* for the whole: it hangs */

static void
check_tcp(struct fake *f, uint32_t id, uint32_t interval, uint16_t rise,
    uint16_t fall)
{
	struct fake_check	 c = { .conf = { .id = id, .type = CHECK_TCP,
				    .interval_ms = interval,
				    .timeout_ms = interval, .rise = rise,
				    .fall = fall } };

	fake_check(f, &c);
}

/* One table of hosts 1 to n with a tcp check of the given id. */
static void
conf_hosts(struct fake *f, uint32_t check, uint32_t interval, uint16_t port,
    uint32_t n)
{
	uint32_t	 i;
	char		 addr[ADDR_STRLEN];

	fake_begin(f, 0);
	if (check != 0)
		check_tcp(f, check, interval, 1, 2);
	fake_table(f, 1000, check, "web", port);
	for (i = 1; i <= n; i++) {
		snprintf(addr, sizeof(addr), "127.0.%u.%u", i / 250,
		    i % 250 + 1);
		fake_host(f, i, 1000, addr, 0);
	}
	if (fake_commit(f) == -1)
		errx(1, "hce did not commit");
}

static void
known(struct fake *f, uint32_t id, uint32_t state)
{
	struct msg_host_status	 s = { .state = state, .reason = HOST_R_OK,
				    .checks = 10, .checks_up = 9 };

	s.since.us = 4711;
	fake_send(f, PROC_LBE, MSG_HOST_KNOWN, id, -1, &s, sizeof(s));
}

static void
known_end(struct fake *f)
{
	fake_send(f, PROC_LBE, MSG_HOST_KNOWN_END, 0, -1, NULL, 0);
}

static void
order(struct fake *f, uint32_t id, uint32_t on)
{
	struct msg_onoff	 m = { .on = on };

	fake_send(f, PROC_LBE, MSG_HOST_CHECK, id, -1, &m, sizeof(m));
}

/* The next status of this host in this state. */
static int
state_wait(struct fake *f, uint32_t id, uint32_t state, struct fake_msg *m)
{
	while (fake_wait(f, MSG_HOST_STATUS, m, WAIT_MS) == 0)
		if (m->id == id && m->status.state == state)
			return (1);
	return (0);
}

static void
stats(struct fake *f, uint32_t id, struct msg_host_status *s)
{
	struct fake_msg	 m;

	memset(s, 0, sizeof(*s));
	fake_send(f, PROC_LBE, MSG_HOST_STATS_GET, 77, -1, NULL, 0);
	while (fake_wait(f, MSG_HOST_STATS, &m, WAIT_MS) == 0)
		if (m.id == id) {
			*s = m.status;
			break;
		}
	is_int(fake_wait(f, MSG_HOST_STATS_END, &m, WAIT_MS), 0,
	    "statistics end");
	is_int(m.id, 77, "with the request's id");
}

static void
test_life(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;
	struct msg_host_status	 s;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 20, l.port, 2);
	fake_link(&f, PROC_LBE);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "nothing is told before lbe has told what it knew");
	known_end(&f);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "then all is");
	is_int(m.status.state, HOST_UP, "the host was checked meanwhile");
	is_int(fake_wait(&f, MSG_HOST_SYNC, &m, WAIT_MS), 0, "to the end");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "what does not change is not told");
	close(l.fd);
	ok(state_wait(&f, 1, HOST_DOWN, &m), "a host that refuses goes down");
	is_int(m.status.reason, HOST_R_REFUSED, "and why");
	stats(&f, 2, &s);
	ok(s.checks > s.checks_up && s.checks_up > 5, "checks are counted");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* A new hce goes on with what lbe knew. */
static void
test_known(void)
{
	struct fake	 f;
	struct fake_msg	 m;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 60000, 9, 3);
	fake_link(&f, PROC_LBE);
	known(&f, 1, HOST_UP);
	known(&f, 2, HOST_DOWN);
	known_end(&f);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "host 1");
	is_int(m.status.state, HOST_UP, "is up as known");
	is_int(m.status.since.us, 4711, "since when it was");
	is_int(m.status.checks, 10, "with its counters");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "host 2");
	is_int(m.status.state, HOST_DOWN, "is down as known");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "of host 3 nothing is known, and nothing told");

	/* Another lbe that knows otherwise. */
	fake_link(&f, PROC_LBE);
	known(&f, 1, HOST_DOWN);
	known(&f, 3, HOST_UP);
	known_end(&f);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "host 1");
	is_int(m.status.state, HOST_UP, "what hce knows itself stays");
	is_int(fake_wait(&f, MSG_HOST_SYNC, &m, WAIT_MS), 0, "all told again");
	is_int(fake_stop(&f), 0, "ends in good order");
}

static void
test_order(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;
	struct monotime	 t;
	struct msg_host_status	 s;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 20, l.port, 1);
	fake_link(&f, PROC_LBE);
	known_end(&f);
	ok(state_wait(&f, 1, HOST_UP, &m), "up");
	order(&f, 1, 0);
	ok(state_wait(&f, 1, HOST_UNKNOWN, &m), "disabled: unknown");
	stats(&f, 1, &s);
	is_int(s.checks, 0, "nothing counted");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "and not checked");
	order(&f, 1, 1);
	ok(state_wait(&f, 1, HOST_UP, &m), "enabled: checked");

	/* At once, however long the interval is. */
	order(&f, 1, 0);
	conf_hosts(&f, 2, 60000, l.port, 1);
	t = monotime_now();
	order(&f, 1, 1);
	ok(state_wait(&f, 1, HOST_UP, &m), "enabled after a reload");
	ok(monotime_diff_us(monotime_now(), t) < 2000000, "checked at once");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

static void
test_reload(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;
	struct msg_host_status	 before, after;
	uint32_t		 i;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 20, l.port, 2);
	fake_link(&f, PROC_LBE);
	known_end(&f);
	ok(state_wait(&f, 1, HOST_UP, &m), "up");
	stats(&f, 1, &before);

	conf_hosts(&f, 1, 20, l.port, 3);
	stats(&f, 1, &after);
	ok(after.state == HOST_UP && after.checks >= before.checks,
	    "a host that stays keeps its state and counters");
	is_int(after.since.us, before.since.us, "and its time");
	ok(state_wait(&f, 3, HOST_UP, &m), "a new host is checked");

	conf_hosts(&f, 2, 30, l.port, 3);
	stats(&f, 1, &after);
	is_int(after.since.us, before.since.us,
	    "another check: the verdict stays");
	close(l.fd);
	ok(state_wait(&f, 1, HOST_DOWN, &m), "and the new check goes on");
	/* All has been told then that is to be told of them. */
	for (i = 2; i <= 3; i++)
		do {
			stats(&f, i, &after);
		} while (after.state != HOST_DOWN);

	conf_hosts(&f, 0, 0, l.port, 3);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "without a check nothing is told");
	conf_hosts(&f, 2, 30, l.port, 3);
	ok(state_wait(&f, 1, HOST_UP, &m),
	    "a host in use that gets a check stays in use");
	ok(state_wait(&f, 1, HOST_DOWN, &m), "until the check says no");

	fake_begin(&f, 0);
	check_tcp(&f, 9, 20, 1, 1);
	fake_send(&f, PROC_PARENT, MSG_CONF_ABORT, 0, -1, NULL, 0);
	f.gen--;
	stats(&f, 1, &after);
	is_int(after.state, HOST_DOWN, "an aborted reload changes nothing");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* A check is under way when its kind changes, and when its host goes. */
static void
test_under_way(void)
{
	struct fake_check	 c = { .conf = { .id = 1, .type = CHECK_SEND,
				    .interval_ms = 1000, .timeout_ms = 1000,
				    .rise = 1, .fall = 1 } };
	struct listener		 l = listener_open();
	struct listener		 silent = listener_open();
	struct fake		 f;
	struct fake_msg		 m;
	int			 fd, round;

	c.conf.port = silent.port;
	fake_item(&c, ITEM_EXPECT, "hello*", strlen("hello*"));
	fake_start(&f, NULL);
	for (round = 0; round < 2; round++) {
		fake_begin(&f, 0);
		fake_check(&f, &c);
		fake_table(&f, 1000, 1, "web", l.port);
		fake_host(&f, 1, 1000, "127.0.0.1", 0);
		is_int(fake_commit(&f), 0, "a check that takes long");
		if ((fd = accept(silent.fd, NULL, NULL)) == -1)
			err(1, "accept");
		conf_hosts(&f, 2, 100, l.port, round == 0 ? 1 : 0);
		if (round == 0) {
			fake_link(&f, PROC_LBE);
			known_end(&f);
			ok(state_wait(&f, 1, HOST_UP, &m),
			    "one of another kind takes its place");
		}
		close(fd);
	}
	is_int(fake_stop(&f), 0, "ends in good order");
	close(silent.fd);
	close(l.fd);
}

static void
test_disabled(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;

	fake_start(&f, NULL);
	fake_begin(&f, 0);
	check_tcp(&f, 1, 20, 1, 1);
	fake_table(&f, 1000, 1, "web", l.port);
	fake_host(&f, 1, 1000, "127.0.0.1", HOST_F_DISABLE);
	is_int(fake_commit(&f), 0, "a host that is disabled by configuration");
	fake_link(&f, PROC_LBE);
	known_end(&f);
	is_int(fake_wait(&f, MSG_HOST_SYNC, &m, WAIT_MS), 0, "is told of");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "and not checked");
	order(&f, 1, 1);
	ok(state_wait(&f, 1, HOST_UP, &m), "unless the operator says so");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

static int
count_fds(pid_t pid)
{
	struct dirent	*d;
	char		 path[64];
	DIR		*dir;
	int		 n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if ((dir = opendir(path)) == NULL)
		err(1, "%s", path);
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			n++;
	closedir(dir);
	return (n);
}

static void
limit_fds(pid_t pid, rlim_t n)
{
	struct rlimit	 rl;

	if (prlimit(pid, RLIMIT_NOFILE, NULL, &rl) == -1)
		err(1, "prlimit");
	rl.rlim_cur = n != 0 ? n : rl.rlim_max;
	if (prlimit(pid, RLIMIT_NOFILE, &rl, NULL) == -1)
		err(1, "prlimit");
}

/* Descriptors that hce lacks are not the host's fault. */
static void
test_local(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;
	uint64_t	 checks;
	int		 busy;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 1000, l.port, 0);
	fake_link(&f, PROC_LBE);
	known_end(&f);
	is_int(fake_wait(&f, MSG_HOST_SYNC, &m, WAIT_MS), 0, "no host yet");
	busy = count_fds(f.pid);
	limit_fds(f.pid, busy);
	conf_hosts(&f, 1, 20, l.port, 1);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "one host");
	is_int(m.status.reason, HOST_R_DESCRIPTORS, "no descriptor left");
	is_int(m.status.state, HOST_UNKNOWN, "no verdict from that");
	is_int(m.status.checks, 0, "not counted");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "told once, not for each check");

	limit_fds(f.pid, 0);
	ok(state_wait(&f, 1, HOST_UP, &m), "up when there are some again");
	checks = m.status.checks;
	limit_fds(f.pid, busy);
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, WAIT_MS), 0, "none again");
	is_int(m.status.state, HOST_UP, "and still up");
	ok(m.status.checks <= checks + 20, "nothing counted meanwhile");
	limit_fds(f.pid, 0);
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

static void
result(struct fake *f, int32_t error, int32_t status)
{
	struct msg_script_result	 r = { .error = error,
					    .status = status };

	fake_send(f, PROC_PARENT, MSG_SCRIPT_RESULT, 5, -1, &r, sizeof(r));
}

/* Answer the next run, and see whether the verdict changes to on, off. */
static int
run(struct fake *f, int32_t error, int32_t status, int want)
{
	struct fake_msg	 m;

	if (fake_wait(f, MSG_SCRIPT_RUN, &m, WAIT_MS) == -1 || m.id != 5)
		return (0);
	result(f, error, status);
	if (want == -1)
		return (1);
	return (fake_wait(f, MSG_SCRIPT_STATUS, &m, WAIT_MS) == 0 &&
	    m.id == 5 && m.onoff.on == (uint32_t)want);
}

static void
test_script(void)
{
	struct fake	 f;
	struct fake_msg	 m;

	fake_start(&f, NULL);
	fake_begin(&f, 0);
	fake_script(&f, 5, 50, 2, 2, "haproxy");
	is_int(fake_commit(&f), 0, "a script");
	fake_link(&f, PROC_VRRPE);
	ok(run(&f, 0, 0, 1), "is well after its first good run");
	ok(run(&f, 0, 1, -1), "a bad run");
	ok(run(&f, 0, 0, -1), "a good one between");
	ok(run(&f, ETIMEDOUT, 0, -1), "a timeout");
	ok(run(&f, EMFILE, 0, -1), "trouble of our own");
	ok(run(&f, 0, 137, 0), "the second bad one in a row: off");
	fake_link(&f, PROC_VRRPE);
	is_int(fake_wait(&f, MSG_SCRIPT_STATUS, &m, WAIT_MS), 0,
	    "a new vrrpe is told");
	is_int(m.onoff.on, 0, "what is");
	is_int(fake_wait(&f, MSG_SCRIPT_RUN, &m, WAIT_MS), 0, "runs on");
	is_int(fake_wait(&f, MSG_SCRIPT_RUN, &m, 80), -1,
	    "but not a second time meanwhile");
	is_int(fake_wait(&f, MSG_SCRIPT_RUN, &m, WAIT_MS), 0,
	    "a run without a result is given up");
	result(&f, 0, 0);
	ok(run(&f, 0, 0, 1), "two good ones: on");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* A reload keeps what is known of a script, whatever else is new of it. */
static void
test_script_kept(void)
{
	struct fake	 f;
	struct fake_msg	 m;

	fake_start(&f, NULL);
	fake_begin(&f, 0);
	fake_script(&f, 5, 50, 1, 1, "haproxy");
	is_int(fake_commit(&f), 0, "a script");
	fake_link(&f, PROC_VRRPE);
	ok(run(&f, 0, 1, 0), "fails");
	fake_begin(&f, 0);
	fake_script(&f, 5, 60000, 3, 3, "haproxy");
	is_int(fake_commit(&f), 0, "is configured otherwise");
	is_int(fake_wait(&f, MSG_SCRIPT_STATUS, &m, QUIET_MS), -1,
	    "nothing is told anew");
	fake_link(&f, PROC_VRRPE);
	ok(fake_wait(&f, MSG_SCRIPT_STATUS, &m, WAIT_MS) == 0 &&
	    m.onoff.on == 0, "and a new vrrpe hears that it fails");
	is_int(fake_stop(&f), 0, "ends in good order");
}

static void
check_icmp(struct fake *f, uint32_t id, uint32_t interval)
{
	struct fake_check	 c = { .conf = { .id = id, .type = CHECK_ICMP,
				    .interval_ms = interval,
				    .timeout_ms = interval, .rise = 2,
				    .fall = 2 } };

	fake_check(f, &c);
}

/* Reference hosts 5 and 6, or none with a check of 0. */
static void
conf_refhosts(struct fake *f, uint32_t check, uint32_t interval)
{
	fake_begin(f, 0);
	if (check != 0) {
		check_icmp(f, check, interval);
		fake_refhost(f, 5, check, "127.0.0.1");
		fake_refhost(f, 6, check, "::1");
	}
	if (fake_commit(f) == -1)
		errx(1, "hce did not commit");
}

/* A new vrrpe is told this verdict on host 5, and no other. */
static int
refhost_told(struct fake *f, uint32_t on)
{
	struct fake_msg	 m;

	fake_link(f, PROC_VRRPE);
	return (fake_wait(f, MSG_REFHOST_STATUS, &m, WAIT_MS) == 0 &&
	    m.id == 5 && m.onoff.on == on &&
	    fake_wait(f, MSG_REFHOST_STATUS, &m, QUIET_MS) == -1);
}

static int
refhost_becomes(struct fake *f, uint32_t on)
{
	struct fake_msg	 m;

	while (fake_wait(f, MSG_REFHOST_STATUS, &m, WAIT_MS) == 0)
		if (m.id == 5 && m.onoff.on == on)
			return (1);
	return (0);
}

/* Of IPv6 there is no socket: nothing becomes known of host 6. */
static void
test_refhost(void)
{
	struct fake	 f;
	struct fake_msg	 m;
	int		 raw, pair[2];

	raw = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    IPPROTO_ICMP);
	if (raw == -1) {
		printf("# no raw socket: %s\n", strerror(errno));
		return;
	}
	/* What is sent by this one does not go anywhere. */
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) == -1)
		err(1, "socketpair");
	fake_start(&f, NULL);
	conf_refhosts(&f, 1, 20);
	fake_link(&f, PROC_VRRPE);
	is_int(fake_wait(&f, MSG_REFHOST_STATUS, &m, QUIET_MS), -1,
	    "a host that cannot be pinged is not known");
	fake_send(&f, PROC_PARENT, MSG_ICMP_SOCKET, AF_INET, raw, NULL, 0);
	ok(refhost_becomes(&f, 1), "it answers");
	ok(refhost_told(&f, 1), "which a new vrrpe is told");
	fake_send(&f, PROC_PARENT, MSG_ICMP_SOCKET, AF_INET, pair[0], NULL,
	    0);
	ok(refhost_becomes(&f, 0), "it answers no more");

	conf_refhosts(&f, 1, 20);
	ok(refhost_told(&f, 0), "a reload changes nothing");
	conf_refhosts(&f, 2, 60000);
	ok(refhost_told(&f, 0), "nor do other times");
	fake_link(&f, PROC_LBE);
	known_end(&f);
	while (fake_get(&f, &m) != 1)
		fake_poll(&f, -1, WAIT_MS);
	is_int(m.type, MSG_HOST_SYNC, "lbe is told nothing of it");
	conf_refhosts(&f, 0, 0);
	fake_link(&f, PROC_VRRPE);
	is_int(fake_wait(&f, MSG_REFHOST_STATUS, &m, QUIET_MS), -1,
	    "gone, it is not told of");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(pair[1]);
}

/* Objects that hce must not take, as the parent is wrong. */
static void
test_refused(void)
{
	static const struct {
		uint32_t	 id;
		uint32_t	 check;
		const char	*what;
	} bad[] = {
		{ 5, 3, "a reference host of no check" },
		{ 5, 2, "one that is not to be pinged" },
		{ 0, 1, "one of no id" }
	};
	struct fake	 f;
	struct fake_msg	 m;
	size_t		 i;
	int		 status;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_start(&f, NULL);
		fake_begin(&f, 0);
		check_icmp(&f, 1, 1000);
		check_tcp(&f, 2, 1000, 1, 1);
		fake_refhost(&f, bad[i].id, bad[i].check, "127.0.0.1");
		is_int(fake_wait(&f, MSG_CONF_READY, &m, WAIT_MS), -1, "%s",
		    bad[i].what);
		is_int(waitpid(f.pid, &status, 0), f.pid, "ends hce");
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 1,
		    "with status 1");
		imsgbuf_free(f.buf[PROC_PARENT]);
	}
}

static void
same_begin(struct fake *f)
{
	f->gen++;
	fake_send(f, PROC_PARENT, MSG_CONF_BEGIN, 0, -1, NULL, 0);
	fake_send(f, PROC_PARENT, MSG_CONF_SAME, 0, -1, NULL, 0);
}

/* The same configuration, with another weight. */
static void
test_same(void)
{
	struct fake	 f;
	struct fake_msg	 m;
	int		 status;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 60000, 9, 1);
	same_begin(&f);
	fake_host(&f, 1, 1000, "127.0.0.1", 0);
	is_int(fake_commit(&f), 0, "a host of the running is taken");
	same_begin(&f);
	fake_host(&f, 1, 1000, "127.0.0.1", 0);
	is_int(fake_stop(&f), 0, "an end in the middle is in good order");

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 60000, 9, 1);
	same_begin(&f);
	fake_host(&f, 2, 1000, "127.0.0.1", 0);
	is_int(fake_wait(&f, MSG_CONF_READY, &m, WAIT_MS), -1,
	    "a host that is none");
	is_int(waitpid(f.pid, &status, 0), f.pid, "ends hce");
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "with status 1");
	imsgbuf_free(f.buf[PROC_PARENT]);
}

/* What breaks the protocol ends the link, or hce when it is the parent's. */
static void
test_bad(void)
{
	struct msg_host_status	 s = { .state = HOST_STATE_MAX };
	struct fake	 f;
	struct fake_msg	 m;
	int		 status;

	fake_start(&f, NULL);
	conf_hosts(&f, 1, 1000, 9, 1);
	fake_link(&f, PROC_LBE);
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN, 1, -1, &s, sizeof(s));
	is_int(fake_wait(&f, MSG_BAD_PEER, &m, WAIT_MS), 0,
	    "a state that is none");
	is_int(m.id, PROC_LBE, "is held against lbe");
	fake_link(&f, PROC_LBE);
	order(&f, 99, 0);
	is_int(fake_wait(&f, MSG_BAD_PEER, &m, WAIT_MS), 0,
	    "so is a host that is none");
	fake_link(&f, PROC_LBE);
	f.gen--;
	order(&f, 99, 0);
	f.gen++;
	is_int(fake_wait(&f, MSG_BAD_PEER, &m, QUIET_MS), -1,
	    "unless its configuration is older");
	is_int(fake_stop(&f), 0, "ends in good order");

	fake_start(&f, NULL);
	fake_begin(&f, 0);
	fake_host(&f, 1, 1000, "127.0.0.1", 0);
	is_int(fake_wait(&f, MSG_CONF_READY, &m, WAIT_MS), -1,
	    "a host of no table");
	is_int(waitpid(f.pid, &status, 0), f.pid, "ends hce");
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "with status 1");
	imsgbuf_free(f.buf[PROC_PARENT]);
}

/* Ten thousand checks, and not one descriptor more than before. */
static void
test_many(void)
{
	struct listener	 l = listener_open();
	struct fake	 f;
	struct fake_msg	 m;
	struct msg_host_status	 s;
	struct monotime	 end;
	uint64_t	 taken = 0;

	fcntl(l.fd, F_SETFL, O_NONBLOCK);
	fake_start(&f, NULL);
	conf_hosts(&f, 1, 100, l.port, 200);
	fake_link(&f, PROC_LBE);
	known_end(&f);
	end = monotime_add_us(monotime_now(), 30 * 1000000LL);
	while (taken < 10000 && monotime_diff_us(end, monotime_now()) > 0) {
		taken += listener_drain(&l);
		while (fake_get(&f, &m) == 1)
			continue;
		fake_poll(&f, l.fd, 100);
	}
	ok(taken >= 10000, "10,000 checks");
	order(&f, 200, 0);
	conf_hosts(&f, 2, 60000, l.port, 200);
	stats(&f, 1, &s);
	is_int(s.checks, s.checks_up, "every one good");
	ok(count_fds(f.pid) <= 12, "no descriptor left open (%d)",
	    count_fds(f.pid));
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* "%20" and the like into bytes; "-" is nothing. */
static char *
unescape(char *s)
{
	char	*in, *out = s, hex[3] = "";

	if (strcmp(s, "-") == 0)
		return (NULL);
	for (in = s; *in != '\0'; in++) {
		if (*in == '%' && in[1] != '\0' && in[2] != '\0') {
			memcpy(hex, in + 1, 2);
			*out++ = strtoul(hex, NULL, 16);
			in += 2;
		} else
			*out++ = *in;
	}
	*out = '\0';
	return (s);
}

/* "path host send expect" */
static void
drive_items(struct fake_check *c, char *args, unsigned int code)
{
	const struct code_range	 r = { code, code };
	char			 path[1024], host[1024], text[1024], *s;
	char			 expect[1024];

	if (sscanf(args, "%1023s %1023s %1023s %1023s", path, host, text,
	    expect) != 4)
		errx(1, "items %s", args);
	if ((s = unescape(host)) != NULL)
		fake_item(c, ITEM_HOST, s, strlen(s));
	if ((s = unescape(path)) != NULL)
		fake_item(c, ITEM_PATH, s, strlen(s));
	if (code != 0)
		fake_item(c, ITEM_CODE, &r, sizeof(r));
	if ((s = unescape(text)) != NULL)
		fake_item(c, ITEM_SEND, s, strlen(s));
	if ((s = unescape(expect)) != NULL)
		fake_item(c, ITEM_EXPECT, s, strlen(s));
}

static void
drive_check(struct fake *f, char *args)
{
	struct fake_check	 c;
	char			 type[16];
	unsigned int		 i, id, interval, timeout, rise, fall, port;
	unsigned int		 code, flags;
	int			 n = 0;

	memset(&c, 0, sizeof(c));
	if (sscanf(args, "%u %15s %u %u %u %u %u %u %u %n", &id, type,
	    &interval, &timeout, &rise, &fall, &port, &code, &flags, &n) != 9)
		errx(1, "check %s", args);
	c.conf.id = id;
	for (i = 0; i < CHECK_TYPE_MAX; i++)
		if (strcmp(type, check_type_names[i]) == 0)
			c.conf.type = i;
	c.conf.interval_ms = interval;
	c.conf.timeout_ms = timeout;
	c.conf.rise = rise;
	c.conf.fall = fall;
	c.conf.port = port;
	c.conf.flags = flags;
	drive_items(&c, args + n, code);
	fake_check(f, &c);
}

/*
 * A whole configuration in the language of lvsd.conf(5); hosts are called by
 * the names of their tables from then on, for each test has its own.
 */
static struct conf	*drive_running;

static void
drive_said(void *, const char *text)
{
	warnx("%s", text);
}

static void
drive_file(struct fake *f, const struct conf_tlsfile *file)
{
	size_t	 off, len;

	fake_send(f, PROC_PARENT, MSG_CONF_TLSFILE, file->conf.id, -1,
	    &file->conf, sizeof(file->conf));
	/* Parts of any length will do. */
	for (off = 0; off < file->conf.size; off += len) {
		len = file->conf.size - off < 1000 ? file->conf.size - off :
		    1000;
		fake_send(f, PROC_PARENT, MSG_CONF_TLSPART, file->conf.id, -1,
		    file->bytes + off, len);
	}
}

static void
drive_conf(struct fake *f, const char *path)
{
	static uint32_t		 next = 1;
	struct conf		*c;
	struct conf_tlsfile	*file;
	struct conf_check	*k;
	struct conf_table	*t;
	struct conf_host	*h;
	struct table_config	 table;
	struct host_config	 wire;
	struct fake_check	 check;

	if ((c = conf_parse(path, NULL, 0, drive_said, NULL)) == NULL)
		errx(1, "%s cannot be used", path);
	conf_assign_ids(c, drive_running, &next);
	fake_begin(f, c->global.log_flags);
	TAILQ_FOREACH(file, &c->tlsfiles, entry)
		if (!file->copy)
			drive_file(f, file);
	TAILQ_FOREACH(k, &c->checks, entry) {
		check.conf = k->conf;
		memcpy(check.items, k->items, k->conf.items_len);
		fake_check(f, &check);
	}
	TAILQ_FOREACH(t, &c->tables, entry) {
		conf_table_wire(t, &table);
		fake_send(f, PROC_PARENT, MSG_CONF_TABLE, t->id, -1,
		    &table, sizeof(table));
		CONF_HOSTS_FOREACH(h, &t->hosts) {
			conf_host_wire(&t->hosts, h, &wire);
			fake_send(f, PROC_PARENT, MSG_CONF_HOST, h->id, -1,
			    &wire, sizeof(wire));
		}
	}
	conf_free(drive_running);
	drive_running = c;
	if (fake_commit(f) == -1)
		errx(1, "hce did not commit %s", path);
}

static void
drive_icmp(struct fake *f, int family)
{
	int	 fd;

	fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (fd == -1)
		err(1, "raw socket");
	fake_send(f, PROC_PARENT, MSG_ICMP_SOCKET, family, fd, NULL, 0);
}

static void
drive_line(struct fake *f, char *line)
{
	char		 word[16], name[64];
	unsigned int	 a, b, c;
	int		 n = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%15s %n", word, &n) != 1)
		return;
	line += n;
	if (strcmp(word, "begin") == 0)
		fake_begin(f, LOG_F_STATE);
	else if (strcmp(word, "check") == 0)
		drive_check(f, line);
	else if (strcmp(word, "conf") == 0)
		drive_conf(f, line);
	else if (strcmp(word, "table") == 0 &&
	    sscanf(line, "%u %u %63s %u", &a, &b, name, &c) == 4)
		fake_table(f, a, b, name, c);
	else if (strcmp(word, "host") == 0 &&
	    sscanf(line, "%u %u %63s", &a, &b, name) == 3)
		fake_host(f, a, b, name, 0);
	else if (strcmp(word, "commit") == 0) {
		if (fake_commit(f) == -1)
			errx(1, "hce did not commit");
	} else if (strcmp(word, "lbe") == 0) {
		fake_link(f, PROC_LBE);
		known_end(f);
	} else if (strcmp(word, "icmp4") == 0)
		drive_icmp(f, AF_INET);
	else if (strcmp(word, "icmp6") == 0)
		drive_icmp(f, AF_INET6);
	else if (strcmp(word, "stats") == 0)
		fake_send(f, PROC_LBE, MSG_HOST_STATS_GET, 1, -1, NULL, 0);
	else
		errx(1, "no such line: %s %s", word, line);
}

static void
drive_print(const struct fake_msg *m)
{
	const struct msg_host_status	*s = &m->status;
	const struct conf_host		*h = NULL;
	char				 reason[128], name[NAME_LEN];
	char				 weight[32] = "";

	snprintf(name, sizeof(name), "%u", m->id);
	if (drive_running != NULL &&
	    (h = conf_find_host(drive_running, m->id)) != NULL)
		strlcpy(name, h->table->name, sizeof(name));
	switch (m->type) {
	case MSG_HOST_STATUS:
	case MSG_HOST_STATS:
		host_reason_noted(s->reason, s->detail, s->note, reason,
		    sizeof(reason));
		if (s->flags & HOST_STATUS_F_WEIGHT)
			snprintf(weight, sizeof(weight), " weight %u",
			    s->weight);
		printf("%s %s %s (%s) %s%ums %ju/%ju%s\n",
		    m->type == MSG_HOST_STATUS ? "host" : "stats", name,
		    host_state_names[s->state], reason,
		    s->flags & HOST_STATUS_F_CERT ? "warn " : "", s->last_ms,
		    (uintmax_t)s->checks_up, (uintmax_t)s->checks, weight);
		break;
	default:
		printf("%s %u\n", msg_name(m->type), m->id);
		break;
	}
	fflush(stdout);
}

/*
 * drive: lines of standard input to messages for hce, messages of hce to
 * lines on standard output.  lvsd: the program, "-": hce's code in here.
 * The end of input ends hce; its exit status is ours.
 */
static int
drive(const char *lvsd)
{
	char		 line[8192];
	struct fake	 f;
	struct fake_msg	 m;
	struct pollfd	 in = { .fd = STDIN_FILENO, .events = POLLIN };
	int		 n;

	setvbuf(stdin, NULL, _IONBF, 0);
	fake_start(&f, strcmp(lvsd, "-") == 0 ? NULL : lvsd);
	printf("pid %d\n", f.pid);
	fflush(stdout);
	for (;;) {
		while ((n = fake_get(&f, &m)) == 1)
			drive_print(&m);
		if (n == -1)
			errx(1, "hce has gone");
		fake_poll(&f, STDIN_FILENO, -1);
		if (poll(&in, 1, 0) != 1)
			continue;
		if (fgets(line, sizeof(line), stdin) == NULL) {
			conf_free(drive_running);
			return (fake_stop(&f));
		}
		drive_line(&f, line);
	}
}

int
main(int argc, char **argv)
{
	setproctitle_init(argc, argv, environ);
	if (argc == 2)
		return (drive(argv[1]));
	alarm(HANG_S);
	test_life();
	test_known();
	test_order();
	test_reload();
	test_under_way();
	test_disabled();
	test_local();
	test_script();
	test_script_kept();
	test_refhost();
	test_refused();
	test_same();
	test_bad();
	test_many();
	return (done_testing());
}

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


#include "hce_listen.h"
#include "hce_parent.h"
#include "tap.h"

/*
 * Where hce's checks go to and come from, and that hosts with the same check
 * of the same address share it.  This is its parent and its lbe.
 */

#define WAIT_MS		5000		/* for what must come */
#define QUIET_MS	300		/* for what must not */
#define HANG_S		120		/* for the whole: it hangs */

#define INTERVAL_MS	50

/* One that is only asked whether there is something. */
static struct listener
listener_new(void)
{
	struct listener	 l = listener_open();

	if (fcntl(l.fd, F_SETFL, O_NONBLOCK) == -1)
		err(1, "fcntl");
	return (l);
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

/* The next statuses of hosts 1 and 2 in this state, in any order. */
static int
both_wait(struct fake *f, uint32_t state)
{
	struct fake_msg	 m;
	unsigned int	 seen = 0;

	while (seen != 3 && fake_wait(f, MSG_HOST_STATUS, &m, WAIT_MS) == 0)
		if (m.status.state == state && (m.id == 1 || m.id == 2))
			seen |= m.id;
	return (seen == 3);
}

static void
start(struct fake *f)
{
	fake_start(f, NULL);
	fake_link(f, PROC_LBE);
	fake_send(f, PROC_LBE, MSG_HOST_KNOWN_END, 0, -1, NULL, 0);
}

static struct fake_check
tcp_check(uint32_t id, uint16_t fall)
{
	struct fake_check	 c = { .conf = { .id = id, .type = CHECK_TCP,
				    .interval_ms = INTERVAL_MS,
				    .timeout_ms = INTERVAL_MS, .rise = 1,
				    .fall = fall } };

	return (c);
}

/* Tables 1000 and 2000, each with a host of this address, 1 and 2. */
static void
conf_two(struct fake *f, uint16_t port, const char *addr, uint32_t flags)
{
	struct fake_check	 c = tcp_check(1, 1);

	fake_begin(f, 0);
	fake_check(f, &c);
	fake_table(f, 1000, 1, "a", port);
	fake_host(f, 1, 1000, addr, 0);
	fake_table(f, 2000, 1, "b", port);
	fake_host(f, 2, 2000, addr, flags);
	if (fake_commit(f) == -1)
		errx(1, "hce did not commit");
}

/* How many connections come in so many milliseconds. */
static int
connections(struct fake *f, struct listener *l, int ms)
{
	struct monotime	 end = monotime_add_us(monotime_now(), ms * 1000LL);
	struct fake_msg	 m;
	int64_t		 left;
	int		 n = 0;

	while ((left = monotime_diff_us(end, monotime_now())) > 0) {
		n += listener_drain(l);
		while (fake_get(f, &m) == 1)
			continue;
		fake_poll(f, l->fd, left / 1000 + 1);
	}
	return (n + listener_drain(l));
}

static void
test_shared(void)
{
	struct listener	 l = listener_new();
	struct fake	 f;
	struct fake_msg	 m;
	int		 n;

	start(&f);
	conf_two(&f, l.port, "127.0.0.2", 0);
	ok(both_wait(&f, HOST_UP), "two hosts are up");
	n = connections(&f, &l, 1000);
	ok(n > 0 && n <= 1000 / INTERVAL_MS + 3, "by one check for both (%d)",
	    n);
	order(&f, 1, 0);
	ok(state_wait(&f, 1, HOST_UNKNOWN, &m), "one is disabled");
	ok(connections(&f, &l, 500) > 0, "the other is checked still");
	order(&f, 1, 1);
	ok(state_wait(&f, 1, HOST_UP, &m), "and tells for the first again");
	order(&f, 1, 0);
	order(&f, 2, 0);
	ok(state_wait(&f, 2, HOST_UNKNOWN, &m), "both are disabled");
	(void)connections(&f, &l, 10);
	is_int(connections(&f, &l, QUIET_MS), 0, "and not checked any more");
	order(&f, 2, 1);
	ok(state_wait(&f, 2, HOST_UP, &m), "until one is enabled");
	close(l.fd);
	ok(state_wait(&f, 2, HOST_DOWN, &m), "and goes down");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* What is known of host 1 so far. */
static struct msg_host_status
stats(struct fake *f)
{
	struct fake_msg	 m;

	fake_send(f, PROC_LBE, MSG_HOST_STATS_GET, 1, -1, NULL, 0);
	if (fake_wait(f, MSG_HOST_STATS, &m, WAIT_MS) == -1)
		errx(1, "hce says nothing");
	return (m.status);
}

/* The clock is read for several, but not for those of another time. */
static void
test_took(void)
{
	struct listener		 l = listener_new();
	struct msg_host_status	 s;
	struct fake		 f;

	start(&f);
	conf_two(&f, l.port, "127.0.0.2", 0);
	ok(connections(&f, &l, 2000) > 1, "checks for two seconds");
	s = stats(&f);
	ok(s.last_ms < 1000, "and the last took its own time (%u)", s.last_ms);
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* Who joins later has the verdict at once, and who leaves does not end it. */
static void
test_join(void)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct fake		 f;
	struct fake_msg		 m;

	c.conf.interval_ms = 3600 * 1000;
	c.conf.timeout_ms = 1000;
	start(&f);
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 1, "a", l.port);
	fake_host(&f, 1, 1000, "127.0.0.2", HOST_F_DISABLE);
	is_int(fake_commit(&f), 0, "a check that is made once an hour");
	order(&f, 1, 1);
	ok(state_wait(&f, 1, HOST_UP, &m), "has been made");
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 1, "a", l.port);
	fake_host(&f, 1, 1000, "127.0.0.2", 0);
	fake_table(&f, 2000, 1, "b", l.port);
	fake_host(&f, 2, 2000, "127.0.0.2", 0);
	fake_host(&f, 3, 2000, "127.0.0.2", HOST_F_DISABLE);
	is_int(fake_commit(&f), 0, "another host with it");
	ok(state_wait(&f, 2, HOST_UP, &m), "is up without one of its own");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "and one that is disabled is nothing");
	is_int(connections(&f, &l, 10), 1, "there was but one check");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* Both go on with what lbe knew, though one had a reason of its own. */
static void
test_known(void)
{
	struct fake_check	 a = tcp_check(1, 1), b = tcp_check(2, 1);
	struct msg_host_status	 s = { .reason = HOST_R_OK };
	struct fake		 f;
	struct fake_msg		 m;

	a.conf.interval_ms = b.conf.interval_ms = 3600 * 1000;
	fake_start(&f, NULL);
	fake_begin(&f, 0);
	fake_check(&f, &a);
	fake_check(&f, &b);
	fake_table(&f, 1000, 1, "a", 9);
	fake_host(&f, 1, 1000, "127.0.0.2", 0);
	fake_table2(&f, 2000, 1, 2, "b", 9);
	fake_host(&f, 2, 2000, "127.0.0.2", 0);
	fake_link(&f, PROC_LBE);
	s.since.us = 4711;
	s.state = HOST_UP;
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN, 1, -1, &s, sizeof(s));
	s.state = HOST_DOWN;
	s.reason = HOST_R_REFUSED;
	s.check_id = 2;
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN, 2, -1, &s, sizeof(s));
	fake_send(&f, PROC_LBE, MSG_HOST_KNOWN_END, 0, -1, NULL, 0);
	is_int(fake_commit(&f), 0, "two hosts with one check in common");
	ok(state_wait(&f, 1, HOST_UP, &m), "the first is up as it was");
	ok(state_wait(&f, 2, HOST_DOWN, &m), "the second is down as it was");
	is_int(m.status.check_id, 2, "for the reason that it had");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* A host's verdict is that of its parent, a check's that of an address. */
static void
test_elsewhere(void)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1), on = tcp_check(2, 1);
	struct fake		 f;

	start(&f);
	addr_parse("127.0.0.3", &on.conf.on);
	on.conf.port = l.port;
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_check(&f, &on);
	fake_table(&f, 1000, 1, "a", l.port);
	fake_host_parent(&f, 1, 1000, "192.0.2.1", "127.0.0.2");
	fake_table(&f, 2000, 2, "b", 9);
	fake_host(&f, 2, 2000, "192.0.2.2", 0);
	is_int(fake_commit(&f), 0, "hosts that cannot be reached");
	ok(both_wait(&f, HOST_UP),
	    "are up: by a parent, and by another address and port");
	close(l.fd);
	ok(both_wait(&f, HOST_DOWN), "and down like those");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* From this address; the one of the next connection, or "". */
static const char *
came_from(struct fake *f, struct listener *l, char *buf)
{
	struct sockaddr_in	 sin;
	socklen_t		 len = sizeof(sin);
	struct addr		 a = { .af = AF_INET };
	struct monotime		 end;
	struct fake_msg		 m;
	int			 fd = -1;

	buf[0] = '\0';
	end = monotime_add_us(monotime_now(), WAIT_MS * 1000LL);
	while (fd == -1 && monotime_diff_us(end, monotime_now()) > 0) {
		while (fake_get(f, &m) == 1)
			continue;
		fake_poll(f, l->fd, 100);
		fd = accept(l->fd, (struct sockaddr *)&sin, &len);
	}
	if (fd == -1)
		return (buf);
	close(fd);
	a.u.v4 = sin.sin_addr;
	return (addr_str(&a, buf));
}

static void
test_from(enum check_type type)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct code_range	 r = { 200, 200 };
	struct fake		 f;
	char			 buf[ADDR_STRLEN];

	c.conf.type = type;
	addr_parse("127.0.0.77", &c.conf.from);
	if (type == CHECK_HTTP) {
		fake_item(&c, ITEM_PATH, "/", 1);
		fake_item(&c, ITEM_CODE, &r, sizeof(r));
	} else if (type == CHECK_SEND)
		fake_item(&c, ITEM_EXPECT, "*", 1);
	start(&f);
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 1, "a", l.port);
	fake_host(&f, 1, 1000, "127.0.0.2", 0);
	is_int(fake_commit(&f), 0, "check %s from an address",
	    check_type_names[type]);
	is_str(came_from(&f, &l, buf), "127.0.0.77", "comes from there");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* A source that is not there is our own trouble. */
static void
test_from_none(void)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct fake		 f;
	struct fake_msg		 m;

	addr_parse("192.0.2.99", &c.conf.from);
	start(&f);
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 1, "a", l.port);
	fake_host(&f, 1, 1000, "127.0.0.2", 0);
	is_int(fake_commit(&f), 0, "from an address that is not there");
	ok(state_wait(&f, 1, HOST_UNKNOWN, &m), "the host is unknown");
	while (m.status.reason == HOST_R_NONE)
		if (!state_wait(&f, 1, HOST_UNKNOWN, &m))
			break;
	is_int(m.status.reason, HOST_R_LOCAL, "for our own reason");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* The answer of the parent: a socket of this type, or an error. */
static void
answer(struct fake *f, uint32_t request, int type, int error)
{
	struct msg_socket	 m = { .error = error };
	int			 fd = -1;

	if (error == 0 &&
	    (fd = socket(AF_INET, type | SOCK_NONBLOCK, 0)) == -1)
		err(1, "socket");
	fake_send(f, PROC_PARENT, MSG_CHECK_SOCKET, request, fd, &m,
	    sizeof(m));
}

/* One host with this check; hce has asked for a socket: its message. */
static void
asked(struct fake *f, const struct fake_check *c, uint16_t port,
    struct fake_msg *m)
{
	fake_begin(f, 0);
	fake_check(f, c);
	fake_table(f, 1000, c->conf.id, "a", port);
	fake_host(f, 1, 1000, "127.0.0.2", 0);
	is_int(fake_commit(f), 0, "check %s with a mark",
	    check_type_names[c->conf.type]);
	is_int(fake_wait(f, MSG_SOCKET_GET, m, WAIT_MS), 0,
	    "asks for a socket");
	is_int(m->get.check_id, c->conf.id, "by its id");
	is_int(m->get.host_id, 1, "and that of its host");
}

/* The next status of the host that has this reason. */
static int
reason_wait(struct fake *f, uint32_t reason, struct fake_msg *m)
{
	while (fake_wait(f, MSG_HOST_STATUS, m, WAIT_MS) == 0)
		if (m->status.reason == reason)
			return (1);
	return (0);
}

static void
test_asked(void)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct fake		 f;
	struct fake_msg		 m;
	uint32_t		 first;

	c.conf.mark = 7;
	start(&f);
	asked(&f, &c, l.port, &m);
	answer(&f, m.id, SOCK_STREAM, 0);
	ok(state_wait(&f, 1, HOST_UP, &m), "it is used");
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0,
	    "the next check wants another");
	answer(&f, m.id, 0, ENODEV);
	ok(reason_wait(&f, HOST_R_LOCAL, &m), "there is none: our reason");
	is_int(m.status.detail, ENODEV, "and which");
	is_int(m.status.state, HOST_UP, "of no consequence");
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0, "the next");
	answer(&f, m.id, 0, EMFILE);
	ok(reason_wait(&f, HOST_R_DESCRIPTORS, &m), "is out of descriptors");
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0, "the next");
	first = m.id;
	ok(reason_wait(&f, HOST_R_LOCAL, &m), "gets no answer in time");
	is_int(m.status.detail, EBADF, "and says so");
	answer(&f, first, SOCK_STREAM, 0);
	answer(&f, 4711, SOCK_STREAM, 0);
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0,
	    "what comes too late is not taken for the next");
	close(l.fd);
	answer(&f, m.id, SOCK_STREAM, 0);
	ok(state_wait(&f, 1, HOST_DOWN, &m), "which has its own");

	/* Gone while it waits. */
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0, "one more");
	first = m.id;
	fake_begin(&f, 0);
	is_int(fake_commit(&f), 0, "its host goes");
	answer(&f, first, SOCK_STREAM, 0);
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, QUIET_MS), -1,
	    "nobody asks any more");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* What comes for a socket that the parent has still, and hce no more. */
static void
test_asked_kept(void)
{
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct msg_socket	 s = { 0 };
	struct fake		 f;
	struct fake_msg		 m;
	int			 fd, kept, peer;

	c.conf.mark = 7;
	c.conf.interval_ms = c.conf.timeout_ms = 5000;
	start(&f);
	asked(&f, &c, l.port, &m);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd == -1 || (kept = dup(fd)) == -1)
		err(1, "socket");
	fake_send(&f, PROC_PARENT, MSG_CHECK_SOCKET, m.id, fd, &s, sizeof(s));
	ok(state_wait(&f, 1, HOST_UP, &m), "a check has ended");
	fake_poll(&f, l.fd, WAIT_MS);
	if ((peer = accept(l.fd, NULL, NULL)) == -1)
		err(1, "accept");
	is_int(write(peer, "late", 4), 4, "its socket has news");
	is_int(fake_wait(&f, MSG_HOST_STATUS, &m, QUIET_MS), -1,
	    "that are of no interest");
	is_int(stats(&f).checks, 1, "and are no other check");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(peer);
	close(kept);
	close(l.fd);
}

/* A check that waits for its socket is ended with hce. */
static void
test_asked_end(void)
{
	struct fake_check	 c = tcp_check(1, 1);
	struct fake		 f;
	struct fake_msg		 m;

	c.conf.mark = 7;
	c.conf.interval_ms = c.conf.timeout_ms = 5000;
	start(&f);
	fake_begin(&f, 0);
	fake_check(&f, &c);
	fake_table(&f, 1000, 1, "a", 9);
	fake_host(&f, 1, 1000, "127.0.0.2", HOST_F_DISABLE);
	is_int(fake_commit(&f), 0, "a host");
	order(&f, 1, 1);
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0, "waits");
	is_int(fake_stop(&f), 0, "ends in good order");
}

/* Each URL needs one. */
static void
test_asked_http(void)
{
	static const char	 reply[] = "HTTP/1.1 200 OK\r\n"
				    "Content-Length: 0\r\n\r\n";
	struct listener		 l = listener_new();
	struct fake_check	 c = tcp_check(1, 1);
	struct code_range	 r = { 200, 200 };
	struct fake		 f;
	struct fake_msg		 m;
	int			 i, fd, n = 0;

	c.conf.type = CHECK_HTTP;
	c.conf.mark = 7;
	c.conf.interval_ms = c.conf.timeout_ms = 2000;
	fake_item(&c, ITEM_PATH, "/1", 2);
	fake_item(&c, ITEM_CODE, &r, sizeof(r));
	fake_item(&c, ITEM_PATH, "/2", 2);
	fake_item(&c, ITEM_CODE, &r, sizeof(r));
	start(&f);
	asked(&f, &c, l.port, &m);
	for (i = 0; i < 2; i++) {
		answer(&f, m.id, SOCK_STREAM, 0);
		fake_poll(&f, l.fd, WAIT_MS);
		if ((fd = accept(l.fd, NULL, NULL)) == -1)
			err(1, "accept");
		n += write(fd, reply, strlen(reply)) > 0;
		close(fd);
		if (i == 0)
			is_int(fake_wait(&f, MSG_SOCKET_GET, &m, WAIT_MS), 0,
			    "another for the second URL");
	}
	is_int(n, 2, "both are answered");
	ok(state_wait(&f, 1, HOST_UP, &m), "the host is up");
	is_int(fake_stop(&f), 0, "ends in good order");
	close(l.fd);
}

/* One for all hosts with a check by ICMP. */
static void
test_asked_icmp(void)
{
	struct fake_check	 c = tcp_check(1, 1);
	struct fake		 f;
	struct fake_msg		 m;
	struct msg_socket	 s = { 0 };
	int			 fd;

	fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	if (fd == -1) {
		ok(1, "skipped: no raw sockets");
		return;
	}
	c.conf.type = CHECK_ICMP;
	c.conf.mark = 7;
	start(&f);
	asked(&f, &c, 0, &m);
	fake_send(&f, PROC_PARENT, MSG_CHECK_SOCKET, m.id, fd, &s, sizeof(s));
	ok(state_wait(&f, 1, HOST_UP, &m), "the host is up");
	is_int(fake_wait(&f, MSG_SOCKET_GET, &m, QUIET_MS), -1,
	    "and the socket stays");
	is_int(fake_stop(&f), 0, "ends in good order");
}

int
main(void)
{
	alarm(HANG_S);
	test_asked();
	test_asked_kept();
	test_asked_end();
	test_asked_http();
	test_asked_icmp();
	test_shared();
	test_took();
	test_join();
	test_known();
	test_elsewhere();
	test_from(CHECK_TCP);
	test_from(CHECK_SEND);
	test_from(CHECK_HTTP);
	test_from_none();
	return (done_testing());
}

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

#ifndef LBE_FAKE_H
#define LBE_FAKE_H

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/sockios.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../imsg/ctl.h"
#include "../../imsg/engine.h"
#include "../../imsg/imsg.h"
#include "../../imsg/msg.h"
#include "../../lbe/lbe.h"
#include "tap.h"

/*
 * lbe as it is, in a process of its own, between a fake parent, a fake hce,
 * a fake vrrpe and fake control clients: this program speaks the catalogue
 * to it over socketpairs.  Only its confinement is left out, which needs
 * root.
 */

#define HEAR_MS		5000		/* longest wait for a message */
#define MAX_CLIENTS	256

struct heard {
	uint32_t	type;
	uint32_t	id;
	size_t		len;
	union {
		unsigned char		bytes[IMSG_MAX];
		struct msg_onoff	onoff;
		struct msg_dest		dest;
		struct msg_override	override;
		struct msg_reload	reload;
		struct msg_host_status	status;
		struct ctl_text		text;
		struct ctl_service	service;
		struct ctl_listen	listen;
		struct ctl_table	table;
		struct ctl_host		host;
		struct ctl_vrrp		vrrp;
		struct ctl_track	track;
		struct ctl_event	event;
		struct msg_order	order;
	} u;
};

static struct imsgbuf	*fake_parent, *fake_hce, *fake_vrrpe;
static pid_t		 fake_lbe;
static uint32_t		 fake_gen;
static char		 fake_dir[64], fake_log[96], fake_sock[96];

/* Descriptors that lbe may have; 0: as many as this program. */
static rlim_t		 fake_nofile;

/* Left out, see above. */
void
engine_confine(enum proc)
{
	struct rlimit	rl;

	if (fake_nofile == 0)
		return;
	rl.rlim_cur = rl.rlim_max = fake_nofile;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1)
		exit(99);
}

static inline void __attribute__((__noreturn__))
fake_die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(255);
}

/* Both ends of a link, ours wrapped. */
static inline struct imsgbuf *
fake_pair(int *theirs)
{
	struct imsgbuf	*buf;
	int		 fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, fd) == -1)
		fake_die("socketpair");
	if ((buf = imsgbuf_new(fd[0], IMSGBUF_FDPASS)) == NULL)
		fake_die("imsgbuf_new");
	*theirs = fd[1];
	return (buf);
}

static inline void
fake_wait(struct imsgbuf *buf, short events)
{
	struct pollfd	pfd = { imsgbuf_fd(buf), events, 0 };

	(void)poll(&pfd, 1, HEAR_MS);
}

/*
 * Wait until lbe has read all that was sent: what is said next on another
 * link comes after it.
 */
static inline void
fake_taken(struct imsgbuf *buf)
{
	struct monotime	end = monotime_add_us(monotime_now(), HEAR_MS * 1000);
	int		left;

	while (ioctl(imsgbuf_fd(buf), SIOCOUTQ, &left) == 0 && left > 0 &&
	    monotime_diff_us(end, monotime_now()) > 0)
		sched_yield();
}

static inline void
say_fd(struct imsgbuf *to, uint32_t type, uint32_t id, int fd,
    const void *data, size_t len)
{
	if (imsg_compose(to, type, id, fake_gen, fd, data, len) == -1)
		fake_die(msg_name(type));
	for (;;) {
		/* One that has gone does not hear us: the tests will see. */
		if (imsgbuf_write(to) == -1 || imsgbuf_queued(to) == 0)
			break;
		fake_wait(to, POLLOUT);
	}
	fake_taken(to);
}

static inline void
say(struct imsgbuf *to, uint32_t type, uint32_t id, const void *data,
    size_t len)
{
	say_fd(to, type, id, -1, data, len);
}

/* 1: heard a message, 0: the other side has gone, -1: nothing in time. */
static inline int
hear(struct imsgbuf *from, struct heard *h)
{
	struct imsg	*msg;
	struct pollfd	 pfd;

	for (;;) {
		switch (imsgbuf_get(from, &msg)) {
		case 1:
			h->type = imsg_type(msg);
			h->id = imsg_id(msg);
			h->len = imsg_len(msg);
			if (imsg_get_head(msg, h->u.bytes, h->len) == -1)
				fake_die("imsg_get_head");
			return (1);
		case -1:
			fake_die("framing");
		}
		pfd.fd = imsgbuf_fd(from);
		pfd.events = POLLIN;
		if (poll(&pfd, 1, HEAR_MS) != 1)
			return (-1);
		switch (imsgbuf_read(from)) {
		case 0:
			return (0);
		case -1:
			return (0);
		}
	}
}

/* The next message must be of this type. */
static inline int
hear_type(struct imsgbuf *from, uint32_t type, struct heard *h)
{
	int	n;

	memset(h, 0, sizeof(*h));
	if ((n = hear(from, h)) == 1 && h->type == type)
		return (1);
	printf("# wanted %s, %s%s\n", msg_name(type), n == 1 ? "heard " :
	    n == 0 ? "the link is over" : "heard nothing",
	    n == 1 ? msg_name(h->type) : "");
	return (0);
}

/* One message if there is one now; 1 or 0. */
static inline int
hear_now(struct imsgbuf *from, struct heard *h)
{
	struct imsg	*msg;
	int		 tries;

	for (tries = 0; tries < 2; tries++) {
		if (imsgbuf_get(from, &msg) == 1) {
			h->type = imsg_type(msg);
			h->id = imsg_id(msg);
			h->len = imsg_len(msg);
			return (1);
		}
		if (imsgbuf_read(from) != 1)
			return (0);
	}
	return (0);
}

/* lbe has done what it was told before, and has said no more than this. */
static inline int
quiet(void)
{
	struct heard	h;

	say(fake_parent, MSG_PING, 0, NULL, 0);
	return (hear_type(fake_parent, MSG_PONG, &h));
}

/* Read and forget all until there is such a message. */
static inline int
hear_until(struct imsgbuf *from, uint32_t type, struct heard *h)
{
	while (hear(from, h) == 1)
		if (h->type == type)
			return (1);
	return (0);
}

/*
 * Read and forget until lbe has done what it was told, and what follows: a
 * batch is made up when its loop comes round, which may be behind an answer.
 */
#define SETTLE_ROUNDS	3

static inline void
settle(void)
{
	struct heard	h;
	int		i;

	for (i = 0; i < SETTLE_ROUNDS; i++) {
		say(fake_parent, MSG_PING, 0, NULL, 0);
		if (!hear_until(fake_parent, MSG_PONG, &h))
			fake_die("lbe does not answer");
	}
}

static inline void
fake_start(void)
{
	int	fd, log;

	snprintf(fake_dir, sizeof(fake_dir), "/tmp/lbe_test.XXXXXX");
	if (mkdtemp(fake_dir) == NULL)
		fake_die("mkdtemp");
	snprintf(fake_log, sizeof(fake_log), "%s/log", fake_dir);
	snprintf(fake_sock, sizeof(fake_sock), "%s/sock", fake_dir);
	fake_parent = fake_pair(&fd);
	fflush(stdout);
	if ((fake_lbe = fork()) == -1)
		fake_die("fork");
	if (fake_lbe == 0) {
		/* Whatever is wrong with it, it ends with the test. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		log = open(fake_log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (log == -1 || dup2(log, STDERR_FILENO) == -1 ||
		    dup2(log, STDOUT_FILENO) == -1)
			_exit(99);
		if (fd != ENGINE_PARENT_FD &&
		    dup2(fd, ENGINE_PARENT_FD) == -1)
			_exit(99);
		closefrom(ENGINE_PARENT_FD + 1);
		exit(lbe_main(1, 1));
	}
	close(fd);
}

static inline void
fake_link(struct imsgbuf **buf, enum proc other)
{
	int	fd;

	*buf = fake_pair(&fd);
	say_fd(fake_parent, MSG_LINK, other, fd, NULL, 0);
}

/* A listening control socket, as the parent makes it. */
static inline void
fake_listen(void)
{
	struct sockaddr_un	sun;
	int			fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%.90s", fake_sock);
	unlink(fake_sock);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, MAX_CLIENTS) == -1)
		fake_die("control socket");
	say_fd(fake_parent, MSG_CTL_SOCKET, 0, fd, NULL, 0);
}

static inline int
client_socket(void)
{
	struct sockaddr_un	sun;
	int			fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%.90s", fake_sock);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1 ||
	    connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		fake_die("connect");
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		fake_die("fcntl");
	return (fd);
}

static inline struct imsgbuf *
client_open(void)
{
	struct imsgbuf	*buf;

	if ((buf = imsgbuf_new(client_socket(), 0)) == NULL)
		fake_die("imsgbuf_new");
	return (buf);
}

/* How many lines with this text has lbe logged? */
static inline int
logged(const char *text)
{
	FILE	*f;
	char	 line[1024];
	int	 found = 0;

	if ((f = fopen(fake_log, "r")) == NULL)
		return (0);
	while (fgets(line, sizeof(line), f) != NULL)
		found += strstr(line, text) != NULL;
	fclose(f);
	return (found);
}

static inline void
fake_show_log(void)
{
	FILE	*f;
	char	 line[1024];

	if ((f = fopen(fake_log, "r")) == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		printf("# %s", line);
	fclose(f);
}

/* The end in good order: all that lbe holds is freed, as ASAN=1 checks. */
static inline void
fake_stop(void)
{
	struct msg_ipvs_error	e = { 0, ENOENT, "too late" };
	struct heard		h;
	int			status = -1;

	/* In one packet with something that comes too late. */
	if (imsg_compose(fake_parent, MSG_SHUTDOWN, 0, fake_gen, -1, NULL,
	    0) == -1)
		fake_die("shutdown");
	say(fake_parent, MSG_IPVS_ERROR, 1, &e, sizeof(e));
	while (hear(fake_parent, &h) == 1)
		;
	imsgbuf_free(fake_parent);
	imsgbuf_free(fake_hce);
	imsgbuf_free(fake_vrrpe);
	fake_hce = fake_vrrpe = NULL;
	if (waitpid(fake_lbe, &status, 0) == -1)
		fake_die("waitpid");
	if (!ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "lbe ends in good order"))
		fake_show_log();
	unlink(fake_log);
	unlink(fake_sock);
	rmdir(fake_dir);
}

/*
 * The configuration of the tests: table "web:80" with checked hosts 10 and
 * 11, table "sorry:8080" with unchecked host 12; service "www" with two
 * listens, and "dns" of table "sorry:8080" alone.
 */
enum {
	CHECK_ID = 1, WEB = 2, SORRY = 3, HOST_A = 10, HOST_B = 11,
	HOST_S = 12, WWW = 20, DNS = 21, WWW_4 = 30, WWW_6 = 31, DNS_4 = 32,
	HOST_NEW = 40
};

static inline struct addr
fake_addr(const char *text)
{
	struct addr	a;

	if (addr_parse(text, &a) == -1)
		fake_die(text);
	return (a);
}

static inline void
conf_check(void)
{
	const struct code_range	ok = { 200, 200 };
	unsigned char		bytes[sizeof(struct check_config) + 64];
	unsigned char		*items = bytes + sizeof(struct check_config);
	struct check_config	c;

	memset(&c, 0, sizeof(c));
	c.id = CHECK_ID;
	c.type = CHECK_HTTP;
	c.interval_ms = 2000;
	c.timeout_ms = 1000;
	c.rise = c.fall = 1;
	c.items_len = check_item_put(items, 64, 0, ITEM_PATH, "/", 1);
	c.items_len += check_item_put(items, 64, c.items_len, ITEM_CODE, &ok,
	    sizeof(ok));
	memcpy(bytes, &c, sizeof(c));
	say(fake_parent, MSG_CONF_CHECK, c.id, bytes,
	    sizeof(c) + c.items_len);
}

static inline void
conf_table(uint32_t id, uint32_t check, const char *name, int port)
{
	struct table_config	t;

	memset(&t, 0, sizeof(t));
	t.id = id;
	t.check_id[0] = check;
	t.nchecks = check != 0;
	t.port = port;
	snprintf(t.name, sizeof(t.name), "%s", name);
	say(fake_parent, MSG_CONF_TABLE, id, &t, sizeof(t));
}

static inline void
conf_host(uint32_t id, uint32_t table, const char *addr, int weight)
{
	struct host_config	h;

	memset(&h, 0, sizeof(h));
	h.id = id;
	h.table_id = table;
	h.weight = weight;
	h.addr = fake_addr(addr);
	say(fake_parent, MSG_CONF_HOST, id, &h, sizeof(h));
}

static inline void
conf_service(uint32_t id, const char *name, uint32_t table, uint32_t backup)
{
	struct service_config	s;

	memset(&s, 0, sizeof(s));
	s.id = id;
	s.flags = SERVICE_F_TRACKED;
	s.prefix4 = 32;
	s.prefix6 = 128;
	s.quorum = 1;
	s.pool[POOL_PRIMARY].table_id = table;
	s.pool[POOL_BACKUP].table_id = backup;
	snprintf(s.sched, sizeof(s.sched), "wlc");
	snprintf(s.name, sizeof(s.name), "%s", name);
	say(fake_parent, MSG_CONF_SERVICE, id, &s, sizeof(s));
}

static inline void
conf_listen(uint32_t id, uint32_t service, const char *addr, int port)
{
	struct listen_config	l;

	memset(&l, 0, sizeof(l));
	l.id = id;
	l.service_id = service;
	l.port = port;
	l.proto = IPPROTO_TCP;
	l.addr = fake_addr(addr);
	say(fake_parent, MSG_CONF_LISTEN, id, &l, sizeof(l));
}

static inline void
conf_begin(void)
{
	struct global_config	g;

	fake_gen++;
	memset(&g, 0, sizeof(g));
	g.log_flags = LOG_F_STATE;
	say(fake_parent, MSG_CONF_BEGIN, 0, NULL, 0);
	say(fake_parent, MSG_CONF_GLOBAL, 0, &g, sizeof(g));
}

static inline void
conf_objects(void)
{
	conf_check();
	conf_table(WEB, CHECK_ID, "web", 80);
	conf_host(HOST_A, WEB, "10.0.0.1", 3);
	conf_host(HOST_B, WEB, "fd00::2", 5);
	conf_table(SORRY, 0, "sorry", 8080);
	conf_host(HOST_S, SORRY, "127.0.0.1", 1);
	conf_service(WWW, "www", WEB, SORRY);
	conf_listen(WWW_4, WWW, "192.0.2.10", 80);
	conf_listen(WWW_6, WWW, "2001:db8::10", 80);
	conf_service(DNS, "dns", SORRY, 0);
	conf_listen(DNS_4, DNS, "192.0.2.10", 53);
}

/* END to COMMITTED; between COMMIT and START the parent feeds more. */
static inline int
conf_commit(void)
{
	struct heard	h;

	say(fake_parent, MSG_CONF_END, 0, NULL, 0);
	if (!hear_until(fake_parent, MSG_CONF_READY, &h))
		return (0);
	say(fake_parent, MSG_CONF_COMMIT, 0, NULL, 0);
	return (hear_until(fake_parent, MSG_CONF_COMMITTED, &h));
}

static inline void
conf_start(void)
{
	say(fake_parent, MSG_CONF_START, 0, NULL, 0);
}

static inline void
host_is(uint32_t id, enum host_state state, enum host_reason reason)
{
	struct msg_host_status	st;

	memset(&st, 0, sizeof(st));
	st.state = state;
	st.reason = reason;
	st.checks = 4;
	st.checks_up = 3;
	st.last_ms = 2;
	st.since = monotime_now();
	say(fake_hce, MSG_HOST_STATUS, id, &st, sizeof(st));
}

#endif /* LBE_FAKE_H */

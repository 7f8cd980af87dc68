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


#ifndef HCE_PARENT_H
#define HCE_PARENT_H

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../hce/hce.h"
#include "../../imsg/engine.h"
#include "../../imsg/imsg.h"
#include "../../imsg/log.h"
#include "../../imsg/msg.h"

/*
 * The other side of hce for tests: parent, lbe and vrrpe as hce sees them.
 * hce runs in a child, the real program or the same code unconfined, and is
 * spoken to by the messages of the catalogue.
 */
struct fake {
	pid_t		 pid;
	uint32_t	 gen;
	struct imsgbuf	*buf[PROC_MAX];		/* NULL: no such link */
};

/* A message that came; the payloads that hce sends, by type. */
struct fake_msg {
	enum proc	 from;
	uint32_t	 type;
	uint32_t	 id;
	struct msg_host_status	status;
	struct msg_onoff	onoff;
	struct msg_socket_get	get;
	char			text[512];
};

/* In place of confine.c: the same code without its walls. */
void
engine_confine(enum proc)
{
	struct rlimit	 rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static inline int
fake_pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fd) == -1)
		err(1, "socketpair");
	return (fd[0]);
}

static inline void
fake_send(struct fake *f, enum proc as, uint32_t type, uint32_t id, int fd,
    const void *data, size_t len)
{
	if (imsg_compose(f->buf[as], type, id, f->gen, fd, data, len) == -1)
		err(1, "imsg_compose %s", msg_name(type));
	while (imsgbuf_queued(f->buf[as]) > 0)
		if (imsgbuf_write(f->buf[as]) == -1)
			err(1, "imsgbuf_write %s", msg_name(type));
}

/* The program given, or this one's own hce_main(). */
static inline void
fake_start(struct fake *f, const char *lvsd)
{
	int		 fd[2];

	memset(f, 0, sizeof(*f));
	fake_pair(fd);
	fflush(NULL);
	if ((f->pid = fork()) == -1)
		err(1, "fork");
	if (f->pid == 0) {
		if (dup2(fd[1], ENGINE_PARENT_FD) == -1)
			err(1, "dup2");
		closefrom(ENGINE_PARENT_FD + 1);
		if (lvsd == NULL)
			exit(hce_main(1, 0));
		execl(lvsd, lvsd, "-P", "hce", "-d", NULL);
		err(1, "%s", lvsd);
	}
	close(fd[1]);
	if ((f->buf[PROC_PARENT] = imsgbuf_new(fd[0], IMSGBUF_FDPASS)) == NULL)
		err(1, "imsgbuf_new");
}

/* A new link between hce and this one; an older one is closed. */
static inline void
fake_link(struct fake *f, enum proc as)
{
	int	 fd[2];

	imsgbuf_free(f->buf[as]);
	fake_pair(fd);
	if ((f->buf[as] = imsgbuf_new(fd[0], 0)) == NULL)
		err(1, "imsgbuf_new");
	fake_send(f, PROC_PARENT, MSG_LINK, as, fd[1], NULL, 0);
}

static inline void
fake_unpack(struct fake_msg *m, enum proc from, struct imsg *imsg)
{
	memset(m, 0, sizeof(*m));
	m->from = from;
	m->type = imsg_type(imsg);
	m->id = imsg_id(imsg);
	if (msg_check(m->type, PROC_HCE, from, imsg_len(imsg)) != NULL)
		errx(1, "hce sent %s of %zu bytes to %s", msg_name(m->type),
		    imsg_len(imsg), proc_names[from]);
	switch (m->type) {
	case MSG_HOST_STATUS:
	case MSG_HOST_STATS:
		imsg_get_data(imsg, &m->status, sizeof(m->status));
		break;
	case MSG_SCRIPT_STATUS:
	case MSG_REFHOST_STATUS:
		imsg_get_data(imsg, &m->onoff, sizeof(m->onoff));
		break;
	case MSG_SOCKET_GET:
		imsg_get_data(imsg, &m->get, sizeof(m->get));
		break;
	case MSG_CONF_ERROR:
		imsg_get_data(imsg, m->text, sizeof(m->text));
		break;
	}
}

/* One message that has come: 1, none: 0, hce has gone: -1. */
static inline int
fake_get(struct fake *f, struct fake_msg *m)
{
	struct imsg	*imsg;
	enum proc	 p;
	int		 n;

	for (p = 0; p < PROC_MAX; p++) {
		if (f->buf[p] == NULL)
			continue;
		if ((n = imsgbuf_get(f->buf[p], &imsg)) == 0) {
			if ((n = imsgbuf_read(f->buf[p])) == 1)
				n = imsgbuf_get(f->buf[p], &imsg);
			else if (p == PROC_PARENT)
				return (-1);
		}
		if (n != 1)
			continue;
		fake_unpack(m, p, imsg);
		return (1);
	}
	return (0);
}

/* Wait for something on any link, or on the descriptor (-1: none). */
static inline void
fake_poll(struct fake *f, int fd, int ms)
{
	struct pollfd	 pfd[PROC_MAX + 1];
	enum proc	 p;
	int		 n = 0;

	for (p = 0; p < PROC_MAX; p++) {
		if (f->buf[p] == NULL)
			continue;
		pfd[n].fd = imsgbuf_fd(f->buf[p]);
		pfd[n++].events = POLLIN;
	}
	pfd[n].fd = fd;
	pfd[n++].events = POLLIN;
	poll(pfd, n, ms);
}

/* The next message of this type; what comes before is dropped.  0 or -1. */
static inline int
fake_wait(struct fake *f, uint32_t type, struct fake_msg *m, int ms)
{
	struct monotime	 end = monotime_add_us(monotime_now(), ms * 1000LL);
	int64_t		 left;
	int		 n;

	for (;;) {
		while ((n = fake_get(f, m)) == 1)
			if (m->type == type)
				return (0);
		left = monotime_diff_us(end, monotime_now());
		if (n == -1 || left <= 0)
			return (-1);
		fake_poll(f, -1, left / 1000 + 1);
	}
}

/* End hce in good order; its exit status, or -1. */
static inline int
fake_stop(struct fake *f)
{
	enum proc	 p;
	int		 status;

	fake_send(f, PROC_PARENT, MSG_SHUTDOWN, 0, -1, NULL, 0);
	if (waitpid(f->pid, &status, 0) == -1)
		err(1, "waitpid");
	for (p = 0; p < PROC_MAX; p++) {
		imsgbuf_free(f->buf[p]);
		f->buf[p] = NULL;
	}
	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* A check under way to hce; its items are collected by fake_item(). */
struct fake_check {
	struct check_config	 conf;
	uint8_t			 items[CHECK_ITEMS_LEN];
};

static inline void
fake_item(struct fake_check *c, enum check_item_kind kind, const void *data,
    size_t len)
{
	size_t	 all;

	all = check_item_put(c->items, sizeof(c->items), c->conf.items_len,
	    kind, data, len);
	if (all == 0)
		errx(1, "no room for an item");
	c->conf.items_len += all;
}

static inline void
fake_check(struct fake *f, const struct fake_check *c)
{
	fake_send(f, PROC_PARENT, MSG_CONF_CHECK, c->conf.id, -1, c,
	    offsetof(struct fake_check, items) + c->conf.items_len);
}

static inline void
fake_table(struct fake *f, uint32_t id, uint32_t check, const char *name,
    uint16_t port)
{
	struct table_config	 t = { .id = id, .port = port };

	t.check_id[0] = check;
	t.nchecks = check != 0;
	strlcpy(t.name, name, sizeof(t.name));
	fake_send(f, PROC_PARENT, MSG_CONF_TABLE, id, -1, &t, sizeof(t));
}

/* With two checks. */
static inline void
fake_table2(struct fake *f, uint32_t id, uint32_t check, uint32_t second,
    const char *name, uint16_t port)
{
	struct table_config	 t = { .id = id, .port = port, .nchecks = 2 };

	t.check_id[0] = check;
	t.check_id[1] = second;
	strlcpy(t.name, name, sizeof(t.name));
	fake_send(f, PROC_PARENT, MSG_CONF_TABLE, id, -1, &t, sizeof(t));
}

static inline void
fake_host_parent(struct fake *f, uint32_t id, uint32_t table,
    const char *addr, const char *parent)
{
	struct host_config	 h = { .id = id, .table_id = table };

	if (addr_parse(addr, &h.addr) == -1 ||
	    addr_parse(parent, &h.parent) == -1)
		errx(1, "address %s or %s", addr, parent);
	fake_send(f, PROC_PARENT, MSG_CONF_HOST, id, -1, &h, sizeof(h));
}

static inline void
fake_host(struct fake *f, uint32_t id, uint32_t table, const char *addr,
    uint32_t flags)
{
	struct host_config	 h = { .id = id, .table_id = table,
				    .flags = flags };

	if (addr_parse(addr, &h.addr) == -1)
		errx(1, "address %s", addr);
	fake_send(f, PROC_PARENT, MSG_CONF_HOST, id, -1, &h, sizeof(h));
}

static inline void
fake_script(struct fake *f, uint32_t id, uint32_t interval, uint16_t rise,
    uint16_t fall, const char *name)
{
	struct script_config	 s = { .id = id, .interval_ms = interval,
				    .timeout_ms = interval, .rise = rise,
				    .fall = fall };

	strlcpy(s.name, name, sizeof(s.name));
	fake_send(f, PROC_PARENT, MSG_CONF_SCRIPT, id, -1, &s, sizeof(s));
}

static inline void
fake_refhost(struct fake *f, uint32_t id, uint32_t check, const char *addr)
{
	struct refhost_config	 h = { .id = id, .check_id = check };

	if (addr_parse(addr, &h.addr) == -1)
		errx(1, "address %s", addr);
	fake_send(f, PROC_PARENT, MSG_CONF_REFHOST, id, -1, &h, sizeof(h));
}

static inline void
fake_begin(struct fake *f, uint32_t log_flags)
{
	struct global_config	 g = { .log_flags = log_flags };

	f->gen++;
	fake_send(f, PROC_PARENT, MSG_CONF_BEGIN, 0, -1, NULL, 0);
	fake_send(f, PROC_PARENT, MSG_CONF_GLOBAL, 0, -1, &g, sizeof(g));
}

/* The rest of a round: END to START.  0, or -1 when hce does not agree. */
static inline int
fake_commit(struct fake *f)
{
	struct fake_msg	 m;

	fake_send(f, PROC_PARENT, MSG_CONF_END, 0, -1, NULL, 0);
	if (fake_wait(f, MSG_CONF_READY, &m, 5000) == -1)
		return (-1);
	fake_send(f, PROC_PARENT, MSG_CONF_COMMIT, 0, -1, NULL, 0);
	if (fake_wait(f, MSG_CONF_COMMITTED, &m, 5000) == -1)
		return (-1);
	fake_send(f, PROC_PARENT, MSG_CONF_START, 0, -1, NULL, 0);
	return (0);
}

#endif /* HCE_PARENT_H */

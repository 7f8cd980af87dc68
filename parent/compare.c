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

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf/diff.h"
#include "../imsg/imsg.h"
#include "compare.h"
#include "parent.h"

/* Bytes to be sent that may wait while more is made. */
#define QUEUE_MAX	(256 * 1024)
/* An lvsd that does not move for so long hangs. */
#define ANSWER_MAX_S	30

/*
 * lvsd -n -s beside a running lvsd: how would this configuration change what
 * that does?  All of it is done here, with the rights of who has asked; the
 * other is asked for its text.  It must not be given a path or a text to read,
 * for the process with the control socket is not one that it trusts.
 */

static struct imsgbuf *compare_connect(const char *);
static char	*compare_running(struct imsgbuf *);
static void	 compare_kernel(struct imsgbuf *, const struct conf *);
static void	 compare_checks(struct imsgbuf *, const struct conf *);
static void	 compare_tables(struct imsgbuf *, const struct conf *);
static void	 compare_services(struct imsgbuf *, const struct conf *);
static char	*compare_answer(struct imsgbuf *);
static void	 compare_put(struct imsgbuf *, enum msg_type, const void *,
		    size_t, const void *, size_t);
static void	 compare_flush(struct imsgbuf *);
static void	 compare_ask(struct imsgbuf *, enum msg_type);
static void	 compare_wait(struct imsgbuf *, short);
static struct imsg *compare_next(struct imsgbuf *);
static void	 compare_line(void *, const char *);
static void	 compare_text(const struct imsg *);

void
compare(const struct options *o, struct conf *conf)
{
	struct imsgbuf	*buf;
	char		*running, *text;
	uint32_t	 next = 1;
	int		 n;

	buf = compare_connect(o->socket);
	conf_assign_ids(conf, NULL, &next);
	running = compare_running(buf);
	if ((text = conf_public(conf)) == NULL)
		err(1, NULL);
	if ((n = conf_diff(running, text, compare_line, NULL)) == -1)
		err(1, NULL);
	if (n == 0)
		printf("no change in what can be seen; passwords, keys and "
		    "what checks send are not compared\n");
	else
		compare_kernel(buf, conf);
	free(running);
	free(text);
	imsgbuf_free(buf);
}

/* To one that hangs there is no connection once its queue is full. */
static struct imsgbuf *
compare_connect(const char *path)
{
	struct sockaddr_un	 sun;
	struct imsgbuf		*buf;
	int			 fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		errx(1, "-s %s: the path of a socket has at most %zu bytes",
		    path, sizeof(sun.sun_path) - 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "-s %s: no lvsd to compare with", path);
	if ((buf = imsgbuf_new(fd, 0)) == NULL)
		err(1, NULL);
	return (buf);
}

static void
compare_wait(struct imsgbuf *buf, short events)
{
	struct pollfd	pfd;

	pfd.fd = imsgbuf_fd(buf);
	pfd.events = events;
	for (;;) {
		switch (poll(&pfd, 1, ANSWER_MAX_S * 1000)) {
		case -1:
			if (errno != EINTR)
				err(1, "poll");
			break;
		case 0:
			errx(1, "lvsd has not answered for %d seconds",
			    ANSWER_MAX_S);
		default:
			return;
		}
	}
}

static void
compare_flush(struct imsgbuf *buf)
{
	while (imsgbuf_queued(buf) > 0) {
		if (imsgbuf_write(buf) == -1) {
			/* It has said why before it went. */
			if (errno == EPIPE || errno == ECONNRESET)
				return;
			err(1, "asking lvsd");
		}
		if (imsgbuf_queued(buf) > 0)
			compare_wait(buf, POLLOUT);
	}
}

static void
compare_put(struct imsgbuf *buf, enum msg_type type, const void *data,
    size_t len, const void *tail, size_t taillen)
{
	const struct iovec	iov[] = {
		{ (void *)data, len }, { (void *)tail, taillen }
	};

	if ((taillen == 0 ?
	    imsg_compose(buf, type, 0, 0, -1, data, len) :
	    imsg_composev(buf, type, 0, 0, -1, iov, 2)) == -1)
		err(1, "request");
	if (imsgbuf_queued(buf) > QUEUE_MAX)
		compare_flush(buf);
}

static void
compare_ask(struct imsgbuf *buf, enum msg_type type)
{
	compare_put(buf, type, NULL, 0, NULL, 0);
	compare_flush(buf);
}

/* The next message, good until the one after it. */
static struct imsg *
compare_next(struct imsgbuf *buf)
{
	struct imsg	*msg;

	for (;;) {
		switch (imsgbuf_get(buf, &msg)) {
		case 1:
			return (msg);
		case -1:
			errx(1, "the answer of lvsd makes no sense: it must "
			    "be of the same version");
		}
		compare_wait(buf, POLLIN);
		switch (imsgbuf_read(buf)) {
		case 0:
			errx(1, "lvsd closed the connection before its answer "
			    "was whole");
		case -1:
			err(1, "reading the answer of lvsd");
		}
	}
}

/* Why there is no answer; the line that says so comes last. */
static void
compare_text(const struct imsg *msg)
{
	struct ctl_text	text;

	if ((imsg_type(msg) != MSG_CTL_TEXT &&
	    imsg_type(msg) != MSG_CTL_FAIL) ||
	    imsg_get_data(msg, &text, sizeof(text)) == -1 ||
	    !wire_name_ok(text.text, sizeof(text.text)))
		errx(1, "the answer of lvsd makes no sense: it must be of "
		    "the same version");
	warnx("%s", text.text);
	if (imsg_type(msg) == MSG_CTL_FAIL)
		exit(1);
}

/* A text in pieces. */
static char *
compare_answer(struct imsgbuf *buf)
{
	struct imsg	*msg;
	FILE		*f;
	char		*text = NULL;
	unsigned char	 part[CTL_PLAN_PART];
	size_t		 size, len;

	if ((f = open_memstream(&text, &size)) == NULL)
		err(1, NULL);
	for (;;) {
		msg = compare_next(buf);
		if (imsg_type(msg) == MSG_CTL_OK)
			break;
		len = imsg_len(msg);
		if (imsg_type(msg) == MSG_CTL_PLAN && len <= sizeof(part) &&
		    imsg_get_data(msg, part, len) == 0)
			fwrite(part, 1, len, f);
		else
			compare_text(msg);
	}
	if (fclose(f) == EOF)
		err(1, NULL);
	return (text);
}

static char *
compare_running(struct imsgbuf *buf)
{
	compare_ask(buf, MSG_CTL_RUNNING);
	return (compare_answer(buf));
}

/*
 * lbe decides what the kernel is told, and it is given what it would be given
 * of this configuration: objects that it checks as those of the parent.
 */
static void
compare_kernel(struct imsgbuf *buf, const struct conf *conf)
{
	char	*text, *line, *next;

	compare_put(buf, MSG_CTL_TRY_BEGIN, NULL, 0, NULL, 0);
	compare_checks(buf, conf);
	compare_tables(buf, conf);
	compare_services(buf, conf);
	compare_ask(buf, MSG_CTL_TRY_END);
	text = compare_answer(buf);
	for (line = text; *line != '\0'; line = next) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		compare_line(NULL, line);
	}
	free(text);
}

static void
compare_checks(struct imsgbuf *buf, const struct conf *conf)
{
	const struct conf_check	*c;

	TAILQ_FOREACH(c, &conf->checks, entry)
		compare_put(buf, MSG_CTL_TRY_CHECK, &c->conf, sizeof(c->conf),
		    c->items, c->conf.items_len);
}

static void
compare_tables(struct imsgbuf *buf, const struct conf *conf)
{
	const struct conf_table	*t;
	const struct conf_host	*h;
	struct table_config	 table;
	struct host_config	 host;

	TAILQ_FOREACH(t, &conf->tables, entry) {
		conf_table_wire(t, &table);
		compare_put(buf, MSG_CTL_TRY_TABLE, &table, sizeof(table),
		    NULL, 0);
		CONF_HOSTS_FOREACH(h, &t->hosts) {
			conf_host_wire(&t->hosts, h, &host);
			compare_put(buf, MSG_CTL_TRY_HOST, &host,
			    sizeof(host), NULL, 0);
		}
	}
}

static void
compare_services(struct imsgbuf *buf, const struct conf *conf)
{
	const struct conf_service	*s;
	const struct conf_listen	*l;
	struct msg_try_service		 m;

	TAILQ_FOREACH(s, &conf->services, entry) {
		memset(&m, 0, sizeof(m));
		conf_service_wire(s, &m.conf);
		if (s->vrrp != NULL)
			strlcpy(m.vrrp, s->vrrp->conf.name, sizeof(m.vrrp));
		compare_put(buf, MSG_CTL_TRY_SERVICE, &m, sizeof(m), NULL, 0);
		TAILQ_FOREACH(l, &s->listens, entry)
			compare_put(buf, MSG_CTL_TRY_LISTEN, &l->conf,
			    sizeof(l->conf), NULL, 0);
	}
}

/* It came from a process that reads what strangers send. */
static void
compare_line(void *, const char *line)
{
	for (; *line != '\0'; line++)
		putchar(*line == '\t' || (*line >= ' ' && *line <= '~') ?
		    *line : '?');
	putchar('\n');
}

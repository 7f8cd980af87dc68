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
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf/diff.h"
#include "../imsg/imsg.h"
#include "compare.h"
#include "parent.h"

/*
 * lvsd -n beside a running lvsd: how would this configuration change what that
 * does?  All of it is done here, with the rights of who has asked; the other
 * is asked for its text.  It must not be given a path or a text to read, for
 * the process with the control socket is not one that it trusts.
 */

static struct imsgbuf *compare_connect(const char *);
static char	*compare_running(struct imsgbuf *);
static void	 compare_ask(struct imsgbuf *, enum msg_type, const void *,
		    size_t);
static void	 compare_wait(struct imsgbuf *, short);
static struct imsg *compare_next(struct imsgbuf *);
static void	 compare_line(void *, const char *);
static void	 compare_fail(const struct imsg *)
		    __attribute__((__noreturn__));

void
compare(const struct options *o, const struct conf *conf)
{
	struct imsgbuf	*buf;
	const char	*path = o->socket;
	char		*running, *text;
	int		 n;

	if (path == NULL)
		path = conf->socket != NULL ? conf->socket : LVSD_SOCKET;
	if ((buf = compare_connect(path)) == NULL)
		return;
	running = compare_running(buf);
	if ((text = conf_public(conf)) == NULL)
		err(1, NULL);
	if ((n = conf_diff(running, text, compare_line, NULL)) == -1)
		err(1, NULL);
	if (n == 0)
		printf("no change\n");
	free(running);
	free(text);
	imsgbuf_free(buf);
}

/* NULL: nobody is there, or not for us. */
static struct imsgbuf *
compare_connect(const char *path)
{
	struct sockaddr_un	 sun;
	struct imsgbuf		*buf;
	int			 fd, flags;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		return (NULL);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		close(fd);
		return (NULL);
	}
	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		err(1, "fcntl");
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
	while (poll(&pfd, 1, -1) == -1)
		if (errno != EINTR)
			err(1, "poll");
}

static void
compare_ask(struct imsgbuf *buf, enum msg_type type, const void *data,
    size_t len)
{
	if (imsg_compose(buf, type, 0, 0, -1, data, len) == -1)
		err(1, "request");
	while (imsgbuf_queued(buf) > 0) {
		if (imsgbuf_write(buf) == -1)
			err(1, "asking lvsd");
		if (imsgbuf_queued(buf) > 0)
			compare_wait(buf, POLLOUT);
	}
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

static void
compare_fail(const struct imsg *msg)
{
	struct ctl_text	text;

	if (imsg_type(msg) != MSG_CTL_FAIL ||
	    imsg_get_data(msg, &text, sizeof(text)) == -1 ||
	    !wire_name_ok(text.text, sizeof(text.text)))
		errx(1, "the answer of lvsd makes no sense: it must be of "
		    "the same version");
	errx(1, "%s", text.text);
}

static char *
compare_running(struct imsgbuf *buf)
{
	struct imsg	*msg;
	FILE		*f;
	char		*text = NULL;
	unsigned char	 part[CTL_PLAN_PART];
	size_t		 size, len;

	if ((f = open_memstream(&text, &size)) == NULL)
		err(1, NULL);
	compare_ask(buf, MSG_CTL_RUNNING, NULL, 0);
	for (;;) {
		msg = compare_next(buf);
		if (imsg_type(msg) == MSG_CTL_OK)
			break;
		len = imsg_len(msg);
		if (imsg_type(msg) != MSG_CTL_PLAN || len > sizeof(part) ||
		    imsg_get_data(msg, part, len) == -1)
			compare_fail(msg);
		fwrite(part, 1, len, f);
	}
	if (fclose(f) == EOF)
		err(1, NULL);
	return (text);
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

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
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/msg.h"
#include "output.h"
#include "parser.h"

static void		 usage(void) __attribute__((__noreturn__));
static void		 plan_file(const char *, const char *)
			    __attribute__((__noreturn__));
static int		 ctl_connect(const char *);
static void		 ctl_request(struct imsgbuf *, const struct command *);
static int		 ctl_answer(struct imsgbuf *, const struct command *);
static int		 ctl_packet(struct imsgbuf *, const struct command *);
static void		 ctl_wait(struct imsgbuf *, short);

/* Results of ctl_packet() besides exit statuses. */
#define ANSWER_MORE	(-1)

static void
usage(void)
{
	fprintf(stderr, "usage: lvsctl [-s socket] command [argument ...]\n");
	exit(1);
}

int
main(int argc, char *argv[])
{
	struct command	 cmd;
	struct imsgbuf	*buf;
	const char	*path = LVSD_SOCKET;
	int		 ch, fd, status;

	/* A command may have options of its own. */
	while ((ch = getopt(argc, argv, "+s:")) != -1) {
		switch (ch) {
		case 's':
			path = optarg;
			break;
		default:
			usage();
			/* NOTREACHED */
		}
	}
	argc -= optind;
	argv += optind;
	if (parse_command(argc, argv, &cmd, stderr) == -1)
		usage();

	if (cmd.action == SHOW_SESSIONS &&
	    (cmd.sessions = sessions_new(cmd.net)) == NULL)
		errx(1, "%s: must be an address, or a network as in "
		    "192.0.2.0/24", cmd.net);
	fd = ctl_connect(path);
	if (cmd.action == PLAN && cmd.path != NULL)
		plan_file(path, cmd.path);
	if ((buf = imsgbuf_new(fd, IMSGBUF_FDPASS)) == NULL)
		err(1, NULL);
	/* An event is of use at once, also to the next program in a pipe. */
	if (cmd.action == MONITOR || cmd.action == HOST_DRAIN_WAIT)
		setvbuf(stdout, NULL, _IOLBF, 0);
	ctl_request(buf, &cmd);
	output_head(&cmd);
	status = ctl_answer(buf, &cmd);
	imsgbuf_free(buf);
	sessions_free(cmd.sessions);
	if (fflush(stdout) == EOF || ferror(stdout))
		err(1, "stdout");
	return (status);
}

/*
 * lvsd reads the file, with our rights, and compares it with what the other
 * has: the program beside this one, which is of the same version.
 */
static void
plan_file(const char *sock, const char *file)
{
	char	 path[PATH_MAX], *slash;
	ssize_t	 len;

	len = readlink("/proc/self/exe", path, sizeof(path) - sizeof("lvsd"));
	if (len == -1)
		err(1, "/proc/self/exe");
	path[len] = '\0';
	if ((slash = strrchr(path, '/')) == NULL)
		errx(1, "%s: is not absolute", path);
	strlcpy(slash + 1, "lvsd", sizeof("lvsd"));
	execl(path, "lvsd", "-n", "-f", file, "-s", sock, NULL);
	err(1, "%s", path);
}

/* Connect to lvsd or say in one line why that cannot be. */
static int
ctl_connect(const char *path)
{
	struct sockaddr_un	sun;
	int			fd, flags;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		errx(1, "%s: the path of a socket has at most %zu bytes",
		    path, sizeof(sun.sun_path) - 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		switch (errno) {
		case ENOENT:
		case ECONNREFUSED:
			errx(1, "no lvsd listens on %s (is it running? -s "
			    "names another socket)", path);
		case EACCES:
		case EPERM:
			errx(1, "%s: permission denied (its owner and group "
			    "may control lvsd, see ls -l)", path);
		case EPROTOTYPE:
		case ENOTSOCK:
			errx(1, "%s is not the socket of an lvsd", path);
		default:
			err(1, "%s", path);
		}
	}
	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		err(1, "fcntl");
	return (fd);
}

static void
ctl_wait(struct imsgbuf *buf, short events)
{
	struct pollfd	pfd;

	pfd.fd = imsgbuf_fd(buf);
	pfd.events = events;
	while (poll(&pfd, 1, -1) == -1)
		if (errno != EINTR)
			err(1, "poll");
}

static void
ctl_request(struct imsgbuf *buf, const struct command *cmd)
{
	static const enum msg_type	 types[] = {
		[SHOW_SUMMARY]		= MSG_CTL_SHOW_SUMMARY,
		[SHOW_HOSTS]		= MSG_CTL_SHOW_HOSTS,
		[SHOW_HOSTS_VERBOSE]	= MSG_CTL_SHOW_CHECKS,
		[SHOW_SERVICES]		= MSG_CTL_SHOW_SERVICES,
		[SHOW_VRRP]		= MSG_CTL_SHOW_VRRP,
		[SHOW_STATS]		= MSG_CTL_SHOW_STATS,
		[SHOW_RATES]		= MSG_CTL_SHOW_STATS,
		[SHOW_IPVS]		= MSG_CTL_SHOW_IPVS,
		[SHOW_SESSIONS]		= MSG_CTL_SHOW_SESSIONS,
		[SERVICE_ENABLE]	= MSG_CTL_SERVICE_ENABLE,
		[SERVICE_DISABLE]	= MSG_CTL_SERVICE_DISABLE,
		[TABLE_ENABLE]		= MSG_CTL_TABLE_ENABLE,
		[TABLE_DISABLE]		= MSG_CTL_TABLE_DISABLE,
		[HOST_ENABLE]		= MSG_CTL_HOST_ENABLE,
		[HOST_DISABLE]		= MSG_CTL_HOST_DISABLE,
		[HOST_WEIGHT]		= MSG_CTL_HOST_WEIGHT,
		[HOST_DRAIN]		= MSG_CTL_HOST_DRAIN,
		[HOST_DRAIN_WAIT]	= MSG_CTL_HOST_DRAIN,
		[VRRP_DEMOTE]		= MSG_CTL_VRRP_DEMOTE,
		[VRRP_UNDEMOTE]		= MSG_CTL_VRRP_UNDEMOTE,
		[VRRP_RESIGN]		= MSG_CTL_VRRP_RESIGN,
		[RELOAD]		= MSG_CTL_RELOAD,
		[CONFIRM]		= MSG_CTL_CONFIRM,
		[PLAN]			= MSG_CTL_PLAN_GET,
		[ROLLBACK]		= MSG_CTL_ROLLBACK,
		[MONITOR]		= MSG_CTL_MONITOR,
		[LOG_BRIEF]		= MSG_CTL_LOG,
		[LOG_VERBOSE]		= MSG_CTL_LOG,
		[STOP]			= MSG_CTL_STOP
	};
	struct msg_verbose		 verbose;
	struct ctl_order		 order;
	struct ctl_reload		 reload;
	struct ctl_weight		 weight;
	struct ctl_drain		 drain;
	const void			*data = NULL;
	size_t				 len = 0;

	switch (cmd->action) {
	case SHOW_VRRP:
	case SERVICE_ENABLE:
	case SERVICE_DISABLE:
	case TABLE_ENABLE:
	case TABLE_DISABLE:
	case HOST_ENABLE:
	case HOST_DISABLE:
		data = &cmd->id;
		len = sizeof(cmd->id);
		break;
	case SHOW_SESSIONS:
		data = &cmd->which;
		len = sizeof(cmd->which);
		break;
	case HOST_WEIGHT:
		memset(&weight, 0, sizeof(weight));
		weight.id = cmd->id;
		weight.weight = cmd->weight;
		data = &weight;
		len = sizeof(weight);
		break;
	case HOST_DRAIN:
	case HOST_DRAIN_WAIT:
		memset(&drain, 0, sizeof(drain));
		drain.id = cmd->id;
		drain.timeout_s = cmd->drain_s;
		drain.wait = cmd->action == HOST_DRAIN_WAIT;
		data = &drain;
		len = sizeof(drain);
		break;
	case VRRP_DEMOTE:
	case VRRP_UNDEMOTE:
	case VRRP_RESIGN:
		memset(&order, 0, sizeof(order));
		order.id = cmd->id;
		order.by = cmd->by;
		data = &order;
		len = sizeof(order);
		break;
	case RELOAD:
		reload.confirm_s = cmd->confirm_s;
		data = &reload;
		len = sizeof(reload);
		break;
	case LOG_BRIEF:
	case LOG_VERBOSE:
		verbose.verbose = cmd->action == LOG_VERBOSE;
		data = &verbose;
		len = sizeof(verbose);
		break;
	default:
		break;
	}
	if (imsg_compose(buf, types[cmd->action], 0, 0, -1, data, len) == -1)
		err(1, "request");
	while (imsgbuf_queued(buf) > 0) {
		/* An lvsd that turns us away says why before it closes. */
		if (imsgbuf_write(buf) == -1) {
			if (errno == EPIPE || errno == ECONNRESET)
				return;
			err(1, "sending the request");
		}
		if (imsgbuf_queued(buf) > 0)
			ctl_wait(buf, POLLOUT);
	}
}

/* The exit status once the answer is whole. */
static int
ctl_answer(struct imsgbuf *buf, const struct command *cmd)
{
	int	status;

	for (;;) {
		ctl_wait(buf, POLLIN);
		switch (imsgbuf_read(buf)) {
		case 0:
			fflush(stdout);
			warnx(cmd->action == MONITOR ? "lvsd has gone" :
			    "lvsd closed the connection before its answer "
			    "was whole");
			return (1);
		case -1:
			err(1, "reading the answer");
		}
		if ((status = ctl_packet(buf, cmd)) != ANSWER_MORE)
			return (status);
	}
}

static int
ctl_packet(struct imsgbuf *buf, const struct command *cmd)
{
	struct imsg	*msg;
	int		 n;

	while ((n = imsgbuf_get(buf, &msg)) == 1) {
		switch (output_message(cmd, msg)) {
		case OUTPUT_MORE:
			break;
		case OUTPUT_OK:
			return (0);
		case OUTPUT_FAIL:
			return (1);
		case OUTPUT_BAD:
			n = -1;
			break;
		}
		if (n == -1)
			break;
	}
	if (n == -1)
		errx(1, "the answer makes no sense: lvsctl and lvsd must be "
		    "of the same version");
	return (ANSWER_MORE);
}

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
#include <sys/epoll.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fleet.h"
#include "table.h"

/*
 * health HOSTS [EACH]: the real servers of fleet.h, all on this machine, as
 * health checks by HTTP find them: one answers 200 when it is well and 503 when
 * it is sick.  They are well at first.  Of EACH in a row (1) only the first is
 * asked, for all of them.  Each line of the standard input is an order
 * and is answered by a line:
 *
 *	sick	all are sick: microseconds from the order to the last of them
 *		to have said so, and from that until the kernel's table has
 *		no real server any more
 *	well	all are well: the same, until it has them all
 *	half	every other is sick: 0 0, at once
 *	loop N	every half second for N seconds all change, to either at
 *		random: how often they have, and how many answers they gave
 *
 * What is measured begins with the last answer, before who checks can have
 * read it: it holds all that a verdict costs, too.
 */

#define HOSTS_MAX	65536
#define EVENTS		64
#define BACKLOG		4096
#define REQUEST_MAX	2048
#define TURN_MS		500
#define LINE_LEN	64
/* Longest wait for an order to be carried out. */
#define LIMIT_US	120000000

struct health {
	int		 ep;
	int		 listener;
	int		 table;
	unsigned int	 hosts;
	unsigned int	 each;
	uint8_t		*sick;
	uint8_t		*told;		/* since the order */
	unsigned int	 ntold;
	uint64_t	 answers;
	int64_t		 last;		/* answer that was a new one */
};

static const char	good[] = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
static const char	bad[] = "HTTP/1.0 503 Sick\r\nContent-Length: 2\r\n\r\nno";

static void	health_open(struct health *);
static void	watch_fd(struct health *, int, uint32_t);
static void	turn(struct health *, int);
static void	take(struct health *);
static uint32_t	host_of(int);
static void	answer(struct health *, int, uint32_t);
static void	order(struct health *, char *);
static void	all(struct health *, int);
static void	change(struct health *, int);
static void	loop(struct health *, unsigned int);
static int64_t	now_us(void);

int
main(int argc, char **argv)
{
	struct health	 h = { .ep = -1 };
	struct pollfd	 pfd[2];
	const char	*error = "missing";
	char		 line[LINE_LEN];

	h.each = 1;
	if (argc == 2 || argc == 3)
		h.hosts = strtonum(argv[1], 1, HOSTS_MAX, &error);
	if (argc == 3 && error == NULL)
		h.each = strtonum(argv[2], 1, h.hosts, &error);
	if (error != NULL)
		errx(1, "usage: health hosts [each]");
	health_open(&h);
	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	pfd[0].fd = STDIN_FILENO;
	pfd[1].fd = h.ep;
	pfd[0].events = pfd[1].events = POLLIN;
	for (;;) {
		if (poll(pfd, 2, -1) == -1)
			err(1, "poll");
		if (pfd[1].revents != 0)
			turn(&h, 0);
		if (pfd[0].revents == 0)
			continue;
		if (fgets(line, sizeof(line), stdin) == NULL)
			return (0);
		order(&h, line);
	}
}

static void
health_open(struct health *h)
{
	struct sockaddr_in	sin = { .sin_family = AF_INET };
	int			one = 1;

	h->sick = calloc(h->hosts, sizeof(*h->sick));
	h->told = calloc(h->hosts, sizeof(*h->told));
	if (h->sick == NULL || h->told == NULL)
		err(1, NULL);
	h->table = table_socket();
	sin.sin_port = htons(FLEET_PORT);
	if ((h->ep = epoll_create1(EPOLL_CLOEXEC)) == -1 ||
	    (h->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0)) == -1 ||
	    setsockopt(h->listener, SOL_SOCKET, SO_REUSEADDR, &one,
	    sizeof(one)) == -1 ||
	    bind(h->listener, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(h->listener, BACKLOG) == -1)
		err(1, "port %d", FLEET_PORT);
	watch_fd(h, h->listener, UINT32_MAX);
}

static void
watch_fd(struct health *h, int fd, uint32_t host)
{
	struct epoll_event	ev = { .events = EPOLLIN };

	ev.data.u64 = (uint64_t)host << 32 | (uint32_t)fd;
	if (epoll_ctl(h->ep, EPOLL_CTL_ADD, fd, &ev) == -1)
		err(1, "epoll_ctl");
}

/* Waits for so many milliseconds and answers all that have asked. */
static void
turn(struct health *h, int ms)
{
	struct epoll_event	ev[EVENTS];
	uint32_t		host;
	int			i, n, fd;

	if ((n = epoll_wait(h->ep, ev, EVENTS, ms)) == -1 && errno != EINTR)
		err(1, "epoll_wait");
	for (i = 0; i < n; i++) {
		host = ev[i].data.u64 >> 32;
		fd = (uint32_t)ev[i].data.u64;
		if (fd == h->listener)
			take(h);
		else
			answer(h, fd, host);
	}
}

static void
take(struct health *h)
{
	uint32_t	host;
	int		fd;

	while ((fd = accept4(h->listener, NULL, NULL, SOCK_NONBLOCK |
	    SOCK_CLOEXEC)) != -1) {
		if ((host = host_of(fd)) < h->hosts)
			watch_fd(h, fd, host);
		else
			close(fd);
	}
}

static uint32_t
host_of(int fd)
{
	struct sockaddr_in	sin;
	socklen_t		len = sizeof(sin);

	if (getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "getsockname");
	return (ntohl(sin.sin_addr.s_addr) - FLEET_REAL);
}

/* A request of a check comes in one piece. */
static void
answer(struct health *h, int fd, uint32_t host)
{
	char		 buf[REQUEST_MAX];
	const char	*text = h->sick[host] ? bad : good;

	if (recv(fd, buf, sizeof(buf), 0) <= 0 ||
	    send(fd, text, strlen(text), MSG_NOSIGNAL) == -1) {
		close(fd);
		return;
	}
	h->answers++;
	if (!h->told[host]) {
		h->told[host] = 1;
		h->ntold++;
		h->last = now_us();
	}
	close(fd);
}

static void
order(struct health *h, char *line)
{
	const char	*error;
	unsigned int	 i, n;

	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "sick") == 0)
		all(h, 1);
	else if (strcmp(line, "well") == 0)
		all(h, 0);
	else if (strcmp(line, "half") == 0) {
		for (i = 0; i < h->hosts; i++)
			h->sick[i] = i / h->each % 2;
		printf("0 0\n");
	} else if (strncmp(line, "loop ", strlen("loop ")) == 0) {
		n = strtonum(line + strlen("loop "), 1, 3600, &error);
		if (error != NULL)
			errx(1, "%s: number %s", line, error);
		loop(h, n);
	} else
		errx(1, "%s: no such order", line);
}

static void
change(struct health *h, int sick)
{
	memset(h->sick, sick, h->hosts);
	memset(h->told, 0, h->hosts);
	h->ntold = 0;
}

static void
all(struct health *h, int sick)
{
	struct table	t = { 0, 0 };
	int64_t		begin = now_us();

	change(h, sick);
	for (;;) {
		turn(h, 1);
		if (now_us() - begin > LIMIT_US)
			errx(1, "%u of %u have been asked, %u are in the "
			    "kernel", h->ntold, h->hosts / h->each,
			    t.dests);
		if (h->ntold < h->hosts / h->each)
			continue;
		if (table_size(h->table, 0, &t) == -1)
			err(1, "the kernel's table");
		if (t.dests == (sick ? 0 : h->hosts))
			break;
	}
	printf("%lld %lld\n", (long long)(h->last - begin),
	    (long long)(now_us() - h->last));
}

static void
loop(struct health *h, unsigned int seconds)
{
	int64_t		end = now_us() + seconds * 1000000LL, next;
	uint64_t	before = h->answers;
	unsigned int	turns = 0;

	while (now_us() < end) {
		change(h, arc4random_uniform(2));
		turns++;
		next = now_us() + TURN_MS * 1000;
		while (now_us() < next)
			turn(h, 1);
	}
	printf("%u %llu\n", turns, (unsigned long long)(h->answers - before));
}

static int64_t
now_us(void)
{
	struct timespec	ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
}

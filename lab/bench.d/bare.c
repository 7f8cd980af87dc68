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

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../imsg/monotime.h"

/*
 * bare: connections one after the other by the fewest system calls there can
 * be, and nothing between them: what a machine that has to be server and
 * client at once can do at all.  As of a checker none stays in TIME-WAIT.
 *
 *	bare tcp|http FIRST NUMBER PORT SECONDS
 *
 * Goes round NUMBER addresses from FIRST on for so many seconds.  Prints, as
 * words and numbers: connections made, those of them that failed, and the
 * microseconds it took.
 */

#define ANSWER_LEN	4096

struct round {
	in_addr_t	 first;		/* host byte order */
	uint32_t	 number;
	in_port_t	 port;		/* network byte order */
	int		 http;
	uint64_t	 made;
	uint64_t	 bad;
};

static int	ask(int);
static int	once(const struct round *, uint32_t);
static uint32_t	number(const char *, uint32_t);

static const char	request[] = "GET /health HTTP/1.1\r\n"
			    "Host: bare\r\nConnection: close\r\n"
			    "User-Agent: bare\r\nAccept: */*\r\n\r\n";

/* Of an answer left unread no connection stays in TIME-WAIT. */
static int
ask(int fd)
{
	char	 answer[ANSWER_LEN];

	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) == -1 ||
	    recv(fd, answer, sizeof(answer), MSG_PEEK) <= 0)
		return (-1);
	return (0);
}

static int
once(const struct round *r, uint32_t i)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET,
				    .sin_port = r->port };
	const struct linger	 reset = { .l_onoff = 1, .l_linger = 0 };
	int			 fd, result = 0;

	sin.sin_addr.s_addr = htonl(r->first + i);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    (r->http ? ask(fd) : setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
	    sizeof(reset))) == -1)
		result = -1;
	close(fd);
	return (result);
}

static uint32_t
number(const char *text, uint32_t most)
{
	const char	*error;
	uint32_t	 n = strtonum(text, 1, most, &error);

	if (error != NULL)
		errx(2, "%s: %s", text, error);
	return (n);
}

int
main(int argc, char *argv[])
{
	struct round	 r = { 0 };
	struct monotime	 start = monotime_now();
	struct in_addr	 first;
	int64_t		 us, most;
	uint32_t	 i;

	if (argc != 6)
		errx(2, "usage: bare tcp|http first number port seconds");
	r.http = strcmp(argv[1], "http") == 0;
	if (inet_pton(AF_INET, argv[2], &first) != 1)
		errx(2, "%s: not an address", argv[2]);
	r.first = ntohl(first.s_addr);
	r.number = number(argv[3], UINT16_MAX);
	r.port = htons(number(argv[4], UINT16_MAX));
	most = number(argv[5], 3600) * 1000000LL;
	do {
		/* The clock is a system call too. */
		for (i = 0; i < r.number; i++, r.made++)
			if (once(&r, i) == -1)
				r.bad++;
		us = monotime_diff_us(monotime_now(), start);
	} while (us < most);
	printf("made %ju\nbad %ju\nus %jd\n", (uintmax_t)r.made,
	    (uintmax_t)r.bad, (intmax_t)us);
	return (0);
}

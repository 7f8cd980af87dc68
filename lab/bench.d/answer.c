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
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <string.h>

#include "serve.h"

/*
 * answer: the least that a web server can do, so that a machine that has to
 * be server and checker at once has more time for the checker.
 *
 *	answer tcp|http PORT
 *
 * By HTTP it is not woken before there is a request.
 */

#define DEFER_S	10

int
main(int argc, char *argv[])
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	const char		*error;
	const int		 on = 1, defer_s = DEFER_S;
	int			 fd, http;

	if (argc != 3)
		errx(2, "usage: answer tcp|http port");
	http = strcmp(argv[1], "http") == 0;
	sin.sin_port = htons(strtonum(argv[2], 1, UINT16_MAX, &error));
	if (error != NULL)
		errx(2, "port %s: %s", argv[2], error);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    (http && setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer_s,
	    sizeof(defer_s)) == -1) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, SOMAXCONN) == -1)
		err(1, "port %s", argv[2]);
	serve(fd, http);
}

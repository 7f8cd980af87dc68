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


#ifndef HCE_LISTEN_H
#define HCE_LISTEN_H

#include <sys/socket.h>
#include <netinet/in.h>

#include <err.h>
#include <stdint.h>
#include <unistd.h>

/* A real server of tests: on a port that was free, it takes connections. */
struct listener {
	int		 fd;
	uint16_t	 port;
};

static inline struct listener
listener_open(void)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	socklen_t		 len = sizeof(sin);
	struct listener		 l;

	/* All of 127.0.0.0/8, so that each host has an address. */
	if ((l.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1 ||
	    bind(l.fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(l.fd, 1000) == -1 ||
	    getsockname(l.fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "listener");
	l.port = ntohs(sin.sin_port);
	return (l);
}

/* Take what is in the queue, so that it never fills; how many. */
static inline int
listener_drain(struct listener *l)
{
	int	 fd, n = 0;

	while ((fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK)) != -1) {
		close(fd);
		n++;
	}
	return (n);
}

#endif /* HCE_LISTEN_H */

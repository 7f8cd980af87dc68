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

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "parent.h"
#include "via.h"

/* Sockets of hce's checks that need a privilege to be made. */

static int	sock_new(const struct check_config *, sa_family_t);
static int	sock_by(int, const struct check_config *, uint32_t);
static int	sock_from(int, const struct addr *);

static int
sock_new(const struct check_config *c, sa_family_t af)
{
	if (check_socktype(c) == SOCK_RAW)
		return (net_icmp_socket(af));
	return (socket(af, check_socktype(c) | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0));
}

static int
sock_by(int fd, const struct check_config *c, uint32_t mark)
{
	if (c->ifname[0] != '\0' && setsockopt(fd, SOL_SOCKET,
	    SO_BINDTODEVICE, c->ifname, strlen(c->ifname) + 1) == -1)
		return (-1);
	if (mark != 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) == -1)
		return (-1);
	return (0);
}

/* A port is chosen when it connects, for one that is free to there. */
static int
sock_from(int fd, const struct addr *from)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6 };
	const int		 on = 1;

	if (from->af == 0)
		return (0);
	/* Raw sockets have none. */
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	if (from->af == AF_INET) {
		sin.sin_addr = from->u.v4;
		return (bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	}
	sin6.sin6_addr = from->u.v6;
	return (bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)));
}

int
check_socket(struct parent *env, const struct check_config *c,
    const struct conf_host *h)
{
	struct host_config	 host;
	struct addr		 from = c->from;
	uint32_t		 mark = c->mark;
	int			 fd, error;

	conf_host_wire(&h->table->hosts, h, &host);
	if (c->flags & CHECK_F_VIA) {
		mark = conf_host_more(&h->table->hosts, h)->via_mark;
		if (via_source(env->via, env->conf, &c->on,
		    check_server(&host), &from) == -1)
			return (-1);
	}
	if ((fd = sock_new(c, check_target(c, &host)->af)) == -1)
		return (-1);
	if (sock_by(fd, c, mark) == -1 || sock_from(fd, &from) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return (-1);
	}
	return (fd);
}

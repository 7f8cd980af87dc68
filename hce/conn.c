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
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "conn.h"
#include "tls.h"

static struct bufferevent *conn_tls(struct probe *, int);
static socklen_t conn_addr(const struct addr *, uint16_t,
		    struct sockaddr_storage *);
static int	conn_from(int, const struct addr *);
static unsigned long conn_tls_error(struct bufferevent *);

socklen_t
conn_sockaddr(const struct probe *probe, struct sockaddr_storage *ss)
{
	return (conn_addr(&probe->addr, probe->port, ss));
}

static socklen_t
conn_addr(const struct addr *a, uint16_t port, struct sockaddr_storage *ss)
{
	struct sockaddr_in	*sin = (struct sockaddr_in *)ss;
	struct sockaddr_in6	*sin6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	if (a->af == AF_INET) {
		sin->sin_family = AF_INET;
		sin->sin_port = htons(port);
		sin->sin_addr = a->u.v4;
		return (sizeof(*sin));
	}
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = htons(port);
	sin6->sin6_addr = a->u.v6;
	return (sizeof(*sin6));
}

int
conn_own_socket(const struct probe *probe)
{
	const struct check_config	*conf = &probe->check->conf;

	return (conf->from.af != 0 || check_privileged(conf));
}

int
conn_socket(struct probe *probe)
{
	const struct check_config	*conf = &probe->check->conf;
	int				 fd, error;

	if (check_privileged(conf)) {
		fd = probe->sock;
		probe->sock = -1;
		errno = EBADF;
		return (fd);
	}
	fd = socket(probe->addr.af, check_socktype(conf) | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (fd == -1 || conn_from(fd, &conf->from) == 0)
		return (fd);
	error = errno;
	close(fd);
	errno = error;
	return (-1);
}

/* A port is chosen when it connects, for one that is free to there. */
static int
conn_from(int fd, const struct addr *from)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len;
	const int		 on = 1;

	if (from->af == 0)
		return (0);
	len = conn_addr(from, 0, &ss);
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	return (bind(fd, (struct sockaddr *)&ss, len));
}

struct bufferevent *
conn_new(struct probe *probe)
{
	if (probe->check->tls != NULL)
		return (conn_tls(probe, -1));
	return (conn_plain(probe));
}

struct bufferevent *
conn_plain(struct probe *probe)
{
	return (bufferevent_socket_new(probe->check->hce->base, -1,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS));
}

struct bufferevent *
conn_starttls(struct probe *probe, struct bufferevent *plain)
{
	struct bufferevent	*bev;

	if ((bev = conn_tls(probe, bufferevent_getfd(plain))) == NULL)
		return (NULL);
	bufferevent_setfd(plain, -1);
	bufferevent_free(plain);
	return (bev);
}

/* On this socket, or -1: one that is to be made. */
static struct bufferevent *
conn_tls(struct probe *probe, int fd)
{
	const struct check	*check = probe->check;
	struct bufferevent	*bev;
	const char		*name;
	SSL			*ssl;

	if ((name = check_text(check, ITEM_NAME, NULL)) == NULL)
		name = check_text(check, ITEM_HOST, NULL);
	ssl = tls_new(check->tls, &probe->addr, name,
	    (check->conf.flags & CHECK_F_NOVERIFY) == 0);
	if (ssl == NULL)
		return (NULL);
	bev = bufferevent_openssl_socket_new(probe->check->hce->base, fd, ssl,
	    BUFFEREVENT_SSL_CONNECTING,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (bev == NULL) {
		SSL_free(ssl);
		return (NULL);
	}
	return (bev);
}

uint32_t
conn_start(struct probe *probe, struct bufferevent *bev, int32_t *detail)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len;
	int			 fd;

	*detail = 0;
	len = conn_sockaddr(probe, &ss);
	if (conn_own_socket(probe)) {
		if ((fd = conn_socket(probe)) == -1)
			return (conn_errno_reason(errno, detail));
		bufferevent_setfd(bev, fd);
	}
	if (bufferevent_socket_connect(bev, (struct sockaddr *)&ss,
	    len) == -1)
		return (conn_errno_reason(errno, detail));
	return (HOST_R_OK);
}

int
conn_udp(struct probe *probe)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len;
	const int		 on = 1;
	int			 fd, error, v6;

	len = conn_sockaddr(probe, &ss);
	v6 = ss.ss_family == AF_INET6;
	if ((fd = conn_socket(probe)) == -1)
		return (-1);
	/* All ICMP errors are told then, not those alone that last, ip(7). */
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR :
	    IP_RECVERR, &on, sizeof(on)) == -1 ||
	    connect(fd, (struct sockaddr *)&ss, len) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return (-1);
	}
	return (fd);
}

void
conn_connected(struct probe *probe, struct bufferevent *bev)
{
	SSL	*ssl = bufferevent_openssl_get_ssl(bev);

	probe->run->phase = PHASE_ANSWER;
	if (ssl != NULL)
		probe->cert_until = tls_cert_until(ssl);
	conn_reset_on_close(bufferevent_getfd(bev));
}

uint32_t
conn_reason(struct bufferevent *bev, short what, int32_t *detail)
{
	unsigned long	 tls;
	int		 error = errno;
	SSL		*ssl;

	*detail = 0;
	if (what & BEV_EVENT_EOF)
		return (HOST_R_CLOSED);
	ssl = bufferevent_openssl_get_ssl(bev);
	if (ssl != NULL && (tls = conn_tls_error(bev)) != 0)
		return (tls_reason(ssl, tls, detail));
	return (conn_errno_reason(error, detail));
}

/*
 * Was it TLS, or the connection below it?  libevent has collected what
 * SSL_get_error() said and OpenSSL's error queue.  0: the connection.
 */
static unsigned long
conn_tls_error(struct bufferevent *bev)
{
	unsigned long	 error, first = 0;

	while ((error = bufferevent_get_openssl_error(bev)) != 0)
		if (error != SSL_ERROR_SYSCALL && first <= SSL_ERROR_SSL)
			first = error;
	return (first);
}

uint32_t
conn_errno_reason(int error, int32_t *detail)
{
	*detail = 0;
	switch (error) {
	case ECONNREFUSED:
		return (HOST_R_REFUSED);
	case ETIMEDOUT:
		return (HOST_R_TIMEOUT_CONNECT);
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return (HOST_R_RESET);
	case EMFILE:
	case ENFILE:
		return (HOST_R_DESCRIPTORS);
	case ENOMEM:
	case ENOBUFS:
	case EADDRNOTAVAIL:	/* no local port left */
	case EAFNOSUPPORT:	/* this kernel has no IPv6 */
	case EAGAIN:
	case EBADF:		/* the parent has sent no echo socket */
	case EPERM:		/* our own packet filter */
		*detail = error;
		return (HOST_R_LOCAL);
	default:
		/* EHOSTUNREACH and what else ICMP(v6) errors turn into. */
		*detail = error;
		return (HOST_R_UNREACHABLE);
	}
}

/* A bufferevent with TLS does not tell when the connection is there. */
enum host_reason
conn_timeout(const struct probe *probe, struct bufferevent *bev)
{
	struct sockaddr_storage	 ss;
	socklen_t		 len = sizeof(ss);

	if (probe->run->phase == PHASE_MATCH)
		return (HOST_R_NO_MATCH);
	if (probe->run->phase == PHASE_TLS)
		return (HOST_R_TIMEOUT_TLS);
	if (probe->run->phase == PHASE_BODY)
		return (HOST_R_TIMEOUT_BODY);
	if (probe->run->phase == PHASE_ANSWER)
		return (HOST_R_TIMEOUT_READ);
	if (bufferevent_openssl_get_ssl(bev) != NULL &&
	    getpeername(bufferevent_getfd(bev), (struct sockaddr *)&ss,
	    &len) == 0)
		return (HOST_R_TIMEOUT_TLS);
	return (HOST_R_TIMEOUT_CONNECT);
}

void
conn_reset_on_close(int fd)
{
	const struct linger	 linger = { .l_onoff = 1, .l_linger = 0 };

	/* Without it the check is as good, and more costly. */
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void
conn_begin(struct probe *probe, bufferevent_data_cb read,
    bufferevent_event_cb event, size_t ahead)
{
	struct bufferevent	*bev;
	uint32_t		 reason;
	int32_t			 detail;

	if ((bev = probe->run->conn.bev = conn_new(probe)) == NULL) {
		sched_done(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	bufferevent_setcb(bev, read, NULL, event, probe);
	bufferevent_setwatermark(bev, EV_READ, 0, ahead);
	reason = conn_start(probe, bev, &detail);
	if (reason != HOST_R_OK)
		conn_end(probe, reason, detail);
}

void
conn_cancel(struct probe *probe)
{
	bufferevent_free(probe->run->conn.bev);
}

uint32_t
conn_late(struct probe *probe, int32_t *)
{
	return (conn_timeout(probe, probe->run->conn.bev));
}

void
conn_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	bufferevent_free(probe->run->conn.bev);
	sched_done(probe, reason, detail);
}

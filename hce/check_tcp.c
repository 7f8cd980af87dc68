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

#include <errno.h>

#include "check.h"
#include "conn.h"

/*
 * A TCP check is good when the connection is there.  No memory is allocated,
 * and it takes five system calls and a share of the event loop's.
 */

static void	tcp_start(struct probe *);
static void	tcp_cancel(struct probe *);
static uint32_t	tcp_timeout(struct probe *, int32_t *);
static void	tcp_ready(struct probe *, uint32_t);
static void	tcp_errno(struct probe *, int);

const struct check_method	tcp_method = {
	tcp_start, tcp_cancel, tcp_timeout, NULL, NULL, tcp_ready
};

static void
tcp_start(struct probe *probe)
{
	struct probe_tcp	*p = &probe->run->tcp;
	struct sockaddr_storage	 ss;
	socklen_t		 len;

	len = conn_sockaddr(probe, &ss);
	if ((p->fd = conn_socket(probe)) == -1) {
		tcp_errno(probe, errno);
		return;
	}
	conn_reset_on_close(p->fd);
	if (connect(p->fd, (struct sockaddr *)&ss, len) == -1 &&
	    errno != EINPROGRESS)
		tcp_errno(probe, errno);
	else if (ready_add(probe, p->fd) == -1)
		tcp_errno(probe, ENOMEM);
}

static void
tcp_cancel(struct probe *probe)
{
	ready_end(probe, probe->run->tcp.fd);
}

static uint32_t
tcp_timeout(struct probe *, int32_t *)
{
	return (HOST_R_TIMEOUT_CONNECT);
}

/* Without an error there is none to be asked for. */
static void
tcp_ready(struct probe *probe, uint32_t what)
{
	socklen_t	 len = sizeof(int);
	int		 error = 0, fd = probe->run->tcp.fd;

	if ((what & (EPOLLERR | EPOLLHUP)) != 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	tcp_errno(probe, error);
}

static void
tcp_errno(struct probe *probe, int error)
{
	int32_t		 detail = 0;
	uint32_t	 reason = HOST_R_OK;

	if (error != 0)
		reason = conn_errno_reason(error, &detail);
	if (probe->run->tcp.fd != -1)
		ready_end(probe, probe->run->tcp.fd);
	sched_done(probe, reason, detail);
}

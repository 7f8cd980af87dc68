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
#include <event2/event.h>
#include <stdint.h>
#include <unistd.h>

#include "answer.h"
#include "check.h"
#include "conn.h"

/*
 * A datagram to the host.  That nothing listens there an ICMP error tells,
 * which a connected socket gets; so without an answer to expect, silence
 * until the deadline is good, and any answer is good at once.
 */

/* Longest payload of UDP over IPv4 without options, RFC 768 and RFC 791. */
#define UDP_PAYLOAD_MAX	65507

static void	udp_start(struct probe *);
static void	udp_cancel(struct probe *);
static uint32_t	udp_timeout(struct probe *, int32_t *);
static void	udp_ready(int, short, void *);
static void	udp_end(struct probe *, uint32_t, int32_t);

const struct check_method	udp_method = {
	udp_start, udp_cancel, udp_timeout, NULL, NULL, NULL
};

static void
udp_start(struct probe *probe)
{
	struct probe_udp	*p = &probe->run->udp;
	const char	*text;
	size_t		 len = 0;
	uint32_t	 reason;
	int32_t		 detail;

	probe->run->phase = PHASE_ANSWER;
	if ((p->fd = conn_udp(probe)) == -1) {
		reason = conn_errno_reason(errno, &detail);
		sched_done(probe, reason, detail);
		return;
	}
	event_assign(&p->ev, probe->check->hce->base, p->fd,
	    EV_READ | EV_PERSIST, udp_ready, probe);
	text = check_text(probe->check, ITEM_SEND, &len);
	if (send(p->fd, text != NULL ? text : "", len, MSG_NOSIGNAL) == -1) {
		reason = conn_errno_reason(errno, &detail);
		udp_end(probe, reason, detail);
	} else if (event_add(&p->ev, NULL) == -1)
		udp_end(probe, HOST_R_LOCAL, ENOMEM);
}

static void
udp_cancel(struct probe *probe)
{
	event_del(&probe->run->udp.ev);
	close(probe->run->udp.fd);
}

static uint32_t
udp_timeout(struct probe *probe, int32_t *)
{
	if (!answer_wanted(probe->check))
		return (HOST_R_OK);
	return (probe->run->phase == PHASE_MATCH ? HOST_R_NO_MATCH :
	    HOST_R_TIMEOUT_READ);
}

/* Each datagram is an answer of its own; another one may match yet. */
static void
udp_ready(int fd, short, void *arg)
{
	static char	 buf[UDP_PAYLOAD_MAX + 1];
	struct probe	*probe = arg;
	uint32_t	 reason;
	int32_t		 detail;
	ssize_t		 n;

	n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	if (n == -1) {
		if (errno == EAGAIN || errno == EINTR)
			return;
		reason = conn_errno_reason(errno, &detail);
		udp_end(probe, reason, detail);
		return;
	}
	probe->run->phase = PHASE_MATCH;
	if (!answer_wanted(probe->check) ||
	    answer_matches(probe->check, buf, n) == ANSWER_MATCHES)
		udp_end(probe, HOST_R_OK, 0);
}

static void
udp_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	udp_cancel(probe);
	sched_done(probe, reason, detail);
}

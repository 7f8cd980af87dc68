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

#include <bsd/stdlib.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "conn.h"
#include "dns.h"

/* A question to a name server, by UDP or TCP. */

/* Without EDNS no answer by UDP is longer than 512, RFC 1035 4.2.1. */
#define DNS_UDP_MAX	4096
#define DNS_TCP_MAX	(2 + UINT16_MAX)

static void	dns_start(struct probe *);
static void	dns_cancel(struct probe *);
static uint32_t	dns_timeout(struct probe *, int32_t *);
static int	dns_make(struct check *);
static void	dns_release(struct check *);
static void	dns_start_udp(struct probe *);
static void	dns_start_tcp(struct probe *);
static void	dns_datagram(int, short, void *);
static void	dns_event(struct bufferevent *, short, void *);
static void	dns_read(struct bufferevent *, void *);
static void	dns_end(struct probe *, uint32_t, int32_t);

const struct check_method	dns_method = {
	dns_start, dns_cancel, dns_timeout, dns_make, dns_release,
	NULL
};

static int
dns_make(struct check *check)
{
	if ((check->dns = malloc(sizeof(*check->dns))) == NULL)
		return (-1);
	return (dns_prepare(check, check->dns));
}

static void
dns_release(struct check *check)
{
	free(check->dns);
}

static void
dns_start(struct probe *probe)
{
	probe->run->dns.id = arc4random();
	if (probe->check->conf.flags & CHECK_F_TCP)
		dns_start_tcp(probe);
	else
		dns_start_udp(probe);
}

static void
dns_start_udp(struct probe *probe)
{
	struct probe_dns	*p = &probe->run->dns;
	uint8_t			 query[DNS_QUERY_MAX];
	uint32_t		 reason;
	int32_t			 detail;

	probe->run->phase = PHASE_ANSWER;
	p->bev = NULL;
	if ((p->fd = conn_udp(probe)) == -1) {
		reason = conn_errno_reason(errno, &detail);
		sched_done(probe, reason, detail);
		return;
	}
	event_assign(&p->ev, probe->check->hce->base, p->fd,
	    EV_READ | EV_PERSIST, dns_datagram, probe);
	dns_query(probe->check->dns, p->id, query);
	if (send(p->fd, query, probe->check->dns->len, MSG_NOSIGNAL) == -1) {
		reason = conn_errno_reason(errno, &detail);
		dns_end(probe, reason, detail);
	} else if (event_add(&p->ev, NULL) == -1)
		dns_end(probe, HOST_R_LOCAL, ENOMEM);
}

static void
dns_start_tcp(struct probe *probe)
{
	struct probe_dns	*p = &probe->run->dns;
	uint32_t		 reason;
	int32_t			 detail;

	if ((p->bev = conn_new(probe)) == NULL) {
		sched_done(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	bufferevent_setcb(p->bev, dns_read, NULL, dns_event, probe);
	bufferevent_setwatermark(p->bev, EV_READ, 0, DNS_TCP_MAX);
	reason = conn_start(probe, p->bev, &detail);
	if (reason != HOST_R_OK)
		dns_end(probe, reason, detail);
}

static void
dns_cancel(struct probe *probe)
{
	struct probe_dns	*p = &probe->run->dns;

	if (p->bev != NULL) {
		bufferevent_free(p->bev);
		return;
	}
	event_del(&p->ev);
	close(p->fd);
}

/* What came and was no answer is told of, for lack of one. */
static uint32_t
dns_timeout(struct probe *probe, int32_t *)
{
	if (probe->run->phase == PHASE_MATCH)
		return (HOST_R_NOT_DNS);
	if (probe->run->dns.bev != NULL)
		return (conn_timeout(probe, probe->run->dns.bev));
	return (HOST_R_TIMEOUT_READ);
}

static void
dns_datagram(int fd, short, void *arg)
{
	struct probe		*probe = arg;
	const struct probe_dns	*p = &probe->run->dns;
	uint8_t			 msg[DNS_UDP_MAX];
	uint32_t		 reason;
	int32_t			 detail;
	ssize_t			 n;

	n = recv(fd, msg, sizeof(msg), MSG_DONTWAIT);
	if (n == -1) {
		if (errno == EAGAIN || errno == EINTR)
			return;
		reason = conn_errno_reason(errno, &detail);
	} else
		reason = dns_judge(probe->check->dns, p->id, msg, n,
		    &detail);
	if (reason == HOST_R_NONE)
		probe->run->phase = PHASE_MATCH;
	else
		dns_end(probe, reason, detail);
}

static void
dns_event(struct bufferevent *bev, short what, void *arg)
{
	struct probe	*probe = arg;
	size_t		 len = probe->check->dns->len;
	uint8_t		 query[2 + DNS_QUERY_MAX];
	uint32_t	 reason;
	int32_t		 detail;

	if ((what & BEV_EVENT_CONNECTED) == 0) {
		reason = conn_reason(bev, what, &detail);
		dns_end(probe, reason, detail);
		return;
	}
	conn_connected(probe, bev);
	/* Over TCP its length goes before it, RFC 1035 section 4.2.2. */
	query[0] = len >> 8;
	query[1] = len;
	dns_query(probe->check->dns, probe->run->dns.id, query + 2);
	if (bufferevent_write(bev, query, 2 + len) == -1 ||
	    bufferevent_enable(bev, EV_READ | EV_WRITE) == -1)
		dns_end(probe, HOST_R_LOCAL, ENOMEM);
}

static void
dns_read(struct bufferevent *bev, void *arg)
{
	struct probe	*probe = arg;
	struct evbuffer	*in = bufferevent_get_input(bev);
	const uint8_t	*msg;
	uint8_t		 head[2];
	uint32_t	 reason;
	int32_t		 detail;
	size_t		 len;

	if (evbuffer_copyout(in, head, sizeof(head)) < (int)sizeof(head))
		return;
	len = head[0] << 8 | head[1];
	if (evbuffer_get_length(in) < 2 + len)
		return;
	if ((msg = evbuffer_pullup(in, 2 + len)) == NULL) {
		dns_end(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	reason = dns_judge(probe->check->dns, probe->run->dns.id, msg + 2, len,
	    &detail);
	dns_end(probe, reason != HOST_R_NONE ? reason : HOST_R_NOT_DNS,
	    detail);
}

static void
dns_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	dns_cancel(probe);
	sched_done(probe, reason, detail);
}

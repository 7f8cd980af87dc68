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
#include <event2/bufferevent.h>
#include <stdint.h>

#include "check.h"
#include "conn.h"

/* A TLS handshake, and nothing said inside. */

static void	tls_start(struct probe *);
static void	tls_cancel(struct probe *);
static uint32_t	tls_timeout(struct probe *, int32_t *);
static void	tls_event(struct bufferevent *, short, void *);
static void	tls_end(struct probe *, uint32_t, int32_t);

const struct check_method	tls_method = {
	tls_start, tls_cancel, tls_timeout, NULL, NULL
};

static void
tls_start(struct probe *probe)
{
	int32_t		 detail;
	uint32_t	 reason;

	if ((probe->conn.bev = conn_new(probe)) == NULL) {
		sched_done(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	bufferevent_setcb(probe->conn.bev, NULL, NULL, tls_event, probe);
	reason = conn_start(probe, probe->conn.bev, &detail);
	if (reason != HOST_R_OK)
		tls_end(probe, reason, detail);
}

static void
tls_cancel(struct probe *probe)
{
	bufferevent_free(probe->conn.bev);
}

static uint32_t
tls_timeout(struct probe *probe, int32_t *)
{
	return (conn_timeout(probe, probe->conn.bev));
}

static void
tls_event(struct bufferevent *bev, short what, void *arg)
{
	struct probe	*probe = arg;
	int32_t		 detail = 0;
	uint32_t	 reason = HOST_R_OK;

	if (what & BEV_EVENT_CONNECTED)
		conn_connected(probe, bev);
	else
		reason = conn_reason(bev, what, &detail);
	tls_end(probe, reason, detail);
}

static void
tls_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	bufferevent_free(probe->conn.bev);
	sched_done(probe, reason, detail);
}

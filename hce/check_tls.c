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

#include <event2/bufferevent.h>
#include <stdint.h>

#include "check.h"
#include "conn.h"

/* A TLS handshake, and nothing said inside. */

static void	tls_start(struct probe *);
static void	tls_event(struct bufferevent *, short, void *);

const struct check_method	tls_method = {
	tls_start, conn_cancel, conn_late, NULL, NULL, NULL
};

static void
tls_start(struct probe *probe)
{
	conn_begin(probe, NULL, tls_event, 0);
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
	conn_end(probe, reason, detail);
}

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
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdint.h>

#include "answer.h"
#include "check.h"
#include "conn.h"

/*
 * Send something, perhaps inside TLS, and wait until all that has been
 * answered so far matches what is expected.
 */

/* An answer this long without a match is not looked at any further. */
#define SEND_ANSWER_MAX	65536

static void	send_start(struct probe *);
static void	send_event(struct bufferevent *, short, void *);
static void	send_connected(struct probe *);
static void	send_read(struct bufferevent *, void *);
static void	send_closed(struct probe *, short);
static enum answer send_matches(struct probe *);

const struct check_method	send_method = {
	send_start, conn_cancel, conn_late, NULL, NULL, NULL
};

static void
send_start(struct probe *probe)
{
	/* One more than allowed, to tell too long from just so. */
	conn_begin(probe, send_read, send_event, SEND_ANSWER_MAX + 1);
}

static void
send_event(struct bufferevent *, short what, void *arg)
{
	struct probe	*probe = arg;

	if (what & BEV_EVENT_CONNECTED)
		send_connected(probe);
	else
		send_closed(probe, what);
}

static void
send_connected(struct probe *probe)
{
	struct bufferevent	*bev = probe->run->conn.bev;
	const char		*send;
	size_t			 len;

	conn_connected(probe, bev);
	send = check_text(probe->check, ITEM_SEND, &len);
	if ((send != NULL && bufferevent_write(bev, send, len) == -1) ||
	    bufferevent_enable(bev, EV_READ | EV_WRITE) == -1)
		conn_end(probe, HOST_R_LOCAL, ENOMEM);
}

static void
send_read(struct bufferevent *bev, void *arg)
{
	struct probe	*probe = arg;
	struct evbuffer	*in = bufferevent_get_input(bev);

	probe->run->phase = PHASE_MATCH;
	switch (send_matches(probe)) {
	case ANSWER_MATCHES:
		conn_end(probe, HOST_R_OK, 0);
		break;
	case ANSWER_NEVER:
		conn_end(probe, HOST_R_NO_MATCH, 0);
		break;
	default:
		if (evbuffer_get_length(in) > SEND_ANSWER_MAX)
			conn_end(probe, HOST_R_TOO_LONG, 0);
		break;
	}
}

/* An answer that is whole and none that was wanted is no match. */
static void
send_closed(struct probe *probe, short what)
{
	uint32_t	 reason;
	int32_t		 detail;

	reason = conn_reason(probe->run->conn.bev, what, &detail);
	if (reason == HOST_R_CLOSED && probe->run->phase == PHASE_MATCH)
		reason = HOST_R_NO_MATCH;
	conn_end(probe, reason, detail);
}

static enum answer
send_matches(struct probe *probe)
{
	struct evbuffer	*in = bufferevent_get_input(probe->run->conn.bev);
	char		 answer[SEND_ANSWER_MAX + 1];
	ev_ssize_t	 len;

	len = evbuffer_copyout(in, answer, SEND_ANSWER_MAX);
	return (answer_matches(probe->check, answer, len > 0 ? len : 0));
}

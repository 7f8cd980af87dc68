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
#include <string.h>

#include "agent.h"
#include "check.h"
#include "conn.h"

/*
 * An agent on the host is asked by connecting to it; it answers with a line
 * and closes.  Its words are no measurements that may be wrong by chance, so
 * what they say holds at once, see verdict.c.
 */

/* A line this long without an end is none; HAProxy takes 16 KB. */
#define AGENT_LINE_MAX	1024

static void	agent_start(struct probe *);
static void	agent_event(struct bufferevent *, short, void *);
static void	agent_read(struct bufferevent *, void *);
static void	agent_line(struct probe *, size_t);
static uint32_t	agent_reason(const struct agent *, int32_t *);
static void	agent_want(struct probe *);

const struct check_method	agent_method = {
	agent_start, conn_cancel, conn_late, NULL, NULL, NULL
};

static void
agent_start(struct probe *probe)
{
	conn_begin(probe, agent_read, agent_event, AGENT_LINE_MAX + 1);
}

/* A line may end with the connection. */
static void
agent_event(struct bufferevent *bev, short what, void *arg)
{
	struct probe	*probe = arg;
	size_t		 len = evbuffer_get_length(bufferevent_get_input(bev));
	uint32_t	 reason;
	int32_t		 detail;

	if (what & BEV_EVENT_CONNECTED) {
		conn_connected(probe, bev);
		if (bufferevent_enable(bev, EV_READ) == -1)
			conn_end(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	reason = conn_reason(bev, what, &detail);
	if (reason == HOST_R_CLOSED && len > 0)
		agent_line(probe, len);
	else
		conn_end(probe, reason, detail);
}

static void
agent_read(struct bufferevent *bev, void *arg)
{
	struct probe		*probe = arg;
	struct evbuffer		*in = bufferevent_get_input(bev);
	struct evbuffer_ptr	 eol;

	eol = evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_ANY);
	if (eol.pos != -1 && eol.pos <= AGENT_LINE_MAX)
		agent_line(probe, eol.pos);
	else if (evbuffer_get_length(in) > AGENT_LINE_MAX)
		conn_end(probe, HOST_R_TOO_LONG, 0);
}

/* So many bytes are the line. */
static void
agent_line(struct probe *probe, size_t len)
{
	char		 line[AGENT_LINE_MAX];
	const char	*why;
	size_t		 why_len;
	ev_ssize_t	 n;
	uint32_t	 reason;
	int32_t		 detail = 0;

	if (len > sizeof(line))
		len = sizeof(line);
	n = evbuffer_copyout(bufferevent_get_input(probe->run->conn.bev), line,
	    len);
	if (agent_take(&probe->agent, line, n > 0 ? n : 0, &why,
	    &why_len) == 0) {
		conn_end(probe, HOST_R_NOT_AGENT, 0);
		return;
	}
	agent_want(probe);
	if ((reason = agent_reason(&probe->agent, &detail)) != HOST_R_OK)
		note_set(probe, why, why_len);
	conn_end(probe, reason, detail);
}

static uint32_t
agent_reason(const struct agent *agent, int32_t *detail)
{
	if (agent->admin == AGENT_MAINT)
		return (HOST_R_AGENT_MAINT);
	if (agent->down != AGENT_UP) {
		*detail = agent->down;
		return (HOST_R_AGENT_DOWN);
	}
	return (agent->admin == AGENT_DRAIN ? HOST_R_AGENT_DRAIN : HOST_R_OK);
}

/* Until it has named one, a weight that was known before it stays. */
static void
agent_want(struct probe *probe)
{
	const struct agent	*agent = &probe->agent;

	if (agent->admin == AGENT_DRAIN)
		want_weight(&probe->want, 0);
	else if (agent->percent != AGENT_PERCENT_NONE)
		want_percent(&probe->want, agent->percent);
	else if (probe->want.kind != WANT_KNOWN)
		want_init(&probe->want);
}

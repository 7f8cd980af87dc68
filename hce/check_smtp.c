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
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check.h"
#include "conn.h"

/*
 * A mail server's greeting, RFC 5321: what it says to a client that says
 * hello and leaves, perhaps after agreeing upon TLS.
 */

/* RFC 5321 section 4.5.3.1.5 has 512 bytes for a line of a reply. */
#define SMTP_LINE_MAX	1024
#define SMTP_REPLY_MAX	16384

static void	smtp_start(struct probe *);
static void	smtp_cancel(struct probe *);
static uint32_t	smtp_timeout(struct probe *, int32_t *);
static void	smtp_event(struct bufferevent *, short, void *);
static void	smtp_read(struct bufferevent *, void *);
static int	smtp_line(struct probe *, const char *, size_t);
static void	smtp_reply(struct probe *);
static void	smtp_step(struct probe *, enum smtp_step);
static int	smtp_say(struct probe *, const char *, const char *);
static int	smtp_hello(struct probe *);
static void	smtp_starttls(struct probe *);
static void	smtp_end(struct probe *, uint32_t, int32_t);

const struct check_method	smtp_method = {
	smtp_start, smtp_cancel, smtp_timeout, NULL, NULL, NULL
};

static const int	good_codes[SMTP_STEP_MAX] = {
	[SMTP_GREETING]	= 220,
	[SMTP_EHLO]	= 250,
	[SMTP_STARTTLS]	= 220,
	[SMTP_EHLO_TLS]	= 250
};

static void
smtp_start(struct probe *probe)
{
	struct probe_smtp	*p = &probe->run->smtp;
	uint32_t		 reason;
	int32_t			 detail;

	memset(p, 0, sizeof(*p));
	p->bev = probe->check->conf.flags & CHECK_F_STARTTLS ?
	    conn_plain(probe) : conn_new(probe);
	if (p->bev == NULL) {
		sched_done(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	bufferevent_setcb(p->bev, smtp_read, NULL, smtp_event, probe);
	bufferevent_setwatermark(p->bev, EV_READ, 0, SMTP_REPLY_MAX);
	reason = conn_start(probe, p->bev, &detail);
	if (reason != HOST_R_OK)
		smtp_end(probe, reason, detail);
}

static void
smtp_cancel(struct probe *probe)
{
	bufferevent_free(probe->run->smtp.bev);
}

/* Who has been polite up to the end need not answer that. */
static uint32_t
smtp_timeout(struct probe *probe, int32_t *detail)
{
	if (probe->run->phase != PHASE_ANSWER)
		return (conn_timeout(probe, probe->run->smtp.bev));
	if (probe->run->smtp.step == SMTP_QUIT)
		return (HOST_R_OK);
	*detail = probe->run->smtp.step;
	return (HOST_R_TIMEOUT_SMTP);
}

static void
smtp_event(struct bufferevent *bev, short what, void *arg)
{
	struct probe		*probe = arg;
	struct probe_smtp	*p = &probe->run->smtp;
	uint32_t		 reason;
	int32_t			 detail;

	if ((what & BEV_EVENT_CONNECTED) == 0) {
		reason = conn_reason(bev, what, &detail);
		if (p->step == SMTP_QUIT)
			reason = HOST_R_OK;
		smtp_end(probe, reason, detail);
		return;
	}
	conn_connected(probe, bev);
	if (bufferevent_enable(bev, EV_READ | EV_WRITE) == -1)
		smtp_end(probe, HOST_R_LOCAL, ENOMEM);
	else if (p->step == SMTP_STARTTLS)
		smtp_step(probe, SMTP_EHLO_TLS);
}

static void
smtp_read(struct bufferevent *bev, void *arg)
{
	struct probe	*probe = arg;
	struct evbuffer	*in = bufferevent_get_input(bev);
	char		*line;
	size_t		 len;
	int		 last;

	while ((line = evbuffer_readln(in, &len, EVBUFFER_EOL_CRLF)) != NULL) {
		probe->run->smtp.received += len;
		last = smtp_line(probe, line, len);
		free(line);
		if (last == -1)
			smtp_end(probe, HOST_R_NOT_SMTP, 0);
		else if (last == 1)
			smtp_reply(probe);
		if (last != 0)
			return;
		if (probe->run->smtp.received > SMTP_REPLY_MAX)
			break;
	}
	if (evbuffer_get_length(in) > SMTP_LINE_MAX ||
	    probe->run->smtp.received > SMTP_REPLY_MAX)
		smtp_end(probe, HOST_R_TOO_LONG, 0);
}

/* 1: the last line of a reply, 0: one before it, -1: none at all. */
static int
smtp_line(struct probe *probe, const char *line, size_t len)
{
	struct probe_smtp	*p = &probe->run->smtp;
	int			 code;

	if (len < 3 || len > SMTP_LINE_MAX || memchr(line, '\0', len) ||
	    strspn(line, "0123456789") != 3 ||
	    (line[3] != ' ' && line[3] != '-' && line[3] != '\0'))
		return (-1);
	code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	if (p->code != 0 && p->code != code)
		return (-1);
	p->code = code;
	if (line[3] != '\0' && strcasecmp(line + 4, "STARTTLS") == 0)
		p->starttls = 1;
	return (line[3] != '-');
}

static void
smtp_reply(struct probe *probe)
{
	struct probe_smtp	*p = &probe->run->smtp;
	int			 wanted, code = p->code;

	p->code = 0;
	p->received = 0;
	if (p->step == SMTP_QUIT) {
		smtp_end(probe, HOST_R_OK, 0);
		return;
	}
	if (code != good_codes[p->step]) {
		smtp_end(probe, HOST_R_SMTP_CODE, code);
		return;
	}
	wanted = (probe->check->conf.flags & CHECK_F_STARTTLS) != 0;
	if (p->step == SMTP_GREETING)
		smtp_step(probe, SMTP_EHLO);
	else if (p->step == SMTP_STARTTLS)
		smtp_starttls(probe);
	else if (p->step == SMTP_EHLO && wanted && !p->starttls)
		smtp_end(probe, HOST_R_NO_STARTTLS, 0);
	else if (p->step == SMTP_EHLO && wanted)
		smtp_step(probe, SMTP_STARTTLS);
	else
		smtp_step(probe, SMTP_QUIT);
}

static void
smtp_step(struct probe *probe, enum smtp_step step)
{
	int	 rc;

	probe->run->smtp.step = step;
	if (step == SMTP_STARTTLS)
		rc = smtp_say(probe, "STARTTLS", "");
	else if (step == SMTP_QUIT)
		rc = smtp_say(probe, "QUIT", "");
	else
		rc = smtp_hello(probe);
	if (rc == -1)
		smtp_end(probe, HOST_R_LOCAL, ENOMEM);
}

static int
smtp_say(struct probe *probe, const char *verb, const char *argument)
{
	struct evbuffer	*out = bufferevent_get_output(probe->run->smtp.bev);

	return (evbuffer_add_printf(out, "%s%s%s\r\n", verb,
	    argument[0] != '\0' ? " " : "", argument) == -1 ? -1 : 0);
}

/* Who has no name says the address it comes from, RFC 5321 section 4.1.3. */
static int
smtp_hello(struct probe *probe)
{
	const char		*name;
	struct sockaddr_storage	 ss;
	socklen_t		 len = sizeof(ss);
	struct addr		 a;
	char			 text[ADDR_STRLEN], literal[ADDR_STRLEN + 16];

	if ((name = check_text(probe->check, ITEM_HELO, NULL)) != NULL)
		return (smtp_say(probe, "EHLO", name));
	memset(&a, 0, sizeof(a));
	memset(&ss, 0, sizeof(ss));
	(void)getsockname(bufferevent_getfd(probe->run->smtp.bev),
	    (struct sockaddr *)&ss, &len);
	a.af = ss.ss_family;
	if (a.af == AF_INET6)
		a.u.v6 = ((struct sockaddr_in6 *)&ss)->sin6_addr;
	else
		a.u.v4 = ((struct sockaddr_in *)&ss)->sin_addr;
	snprintf(literal, sizeof(literal), "[%s%s]",
	    a.af == AF_INET6 ? "IPv6:" : "", addr_str(&a, text));
	return (smtp_say(probe, "EHLO", literal));
}

/* Nothing said before the handshake may be taken for said inside. */
static void
smtp_starttls(struct probe *probe)
{
	struct probe_smtp	*p = &probe->run->smtp;
	struct bufferevent	*bev;

	if (evbuffer_get_length(bufferevent_get_input(p->bev)) > 0) {
		smtp_end(probe, HOST_R_NOT_SMTP, 0);
		return;
	}
	probe->run->phase = PHASE_TLS;
	if ((bev = conn_starttls(probe, p->bev)) == NULL) {
		smtp_end(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	p->bev = bev;
	bufferevent_setcb(bev, smtp_read, NULL, smtp_event, probe);
	bufferevent_setwatermark(bev, EV_READ, 0, SMTP_REPLY_MAX);
	if (bufferevent_enable(bev, EV_READ | EV_WRITE) == -1)
		smtp_end(probe, HOST_R_LOCAL, ENOMEM);
}

static void
smtp_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	bufferevent_free(probe->run->smtp.bev);
	sched_done(probe, reason, detail);
}

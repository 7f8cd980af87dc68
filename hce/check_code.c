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

#include <bsd/string.h>
#include <errno.h>
#include <string.h>

#include "check.h"
#include "conn.h"
#include "http.h"

/*
 * HTTP checks that look at nothing but the code, without TLS: most of all
 * there are.  evhttp(3) takes twenty system calls for one, and twice the time
 * that keepalived does; this takes six, a share of the event loop's, and no
 * memory.  The answer is looked at to the end of its headers.
 */

/* All items of a check, and what is asked for without them. */
#define REQUEST_LEN	(CHECK_ITEMS_LEN + 512)
/* Common servers send less than this before the body. */
#define CODE_READ_LEN	4096
/* RFC 9110 15.2.2: the last of HTTP on this connection. */
#define HTTP_SWITCHING	101

struct request {
	char	 text[REQUEST_LEN];
	size_t	 len;		/* more than there is room for: too long */
};

static void	code_start(struct probe *);
static void	code_begin(struct probe *);
static void	code_cancel(struct probe *);
static uint32_t	code_timeout(struct probe *, int32_t *);
static const struct http_url *code_url(const struct probe *);
static void	code_ready(struct probe *, uint32_t);
static int	code_ask(struct probe *);
static void	code_read(struct probe *);
static int	code_take(struct probe *, const char *, size_t);
static int	code_interim(const struct probe *);
static void	code_judge(struct probe *);
static void	code_end(struct probe *, uint32_t, int32_t);
static void	code_errno(struct probe *, int);
static int	header_is(const char *, const char *);
static void	request_make(struct request *, const struct probe *);
static void	request_add(struct request *, const char *);
static void	request_header(struct request *, const char *, const char *);

const struct check_method	code_method = {
	code_start, code_cancel, code_timeout, NULL, http_release, code_ready
};

static void
code_start(struct probe *probe)
{
	probe->run->code.url = 0;
	code_begin(probe);
}

/* The request for the URL at hand. */
static void
code_begin(struct probe *probe)
{
	struct probe_code	*p = &probe->run->code;
	struct sockaddr_storage	 ss;
	socklen_t		 len;

	/* A socket of the parent's has served the URL before. */
	if (check_privileged(&probe->check->conf) && probe->sock == -1) {
		sock_ask(probe, code_begin);
		return;
	}
	probe->run->phase = PHASE_CONNECT;
	p->continued = p->unread = 0;
	head_init(&p->head);
	len = conn_sockaddr(probe, &ss);
	if ((p->fd = conn_socket(probe)) == -1) {
		code_errno(probe, errno);
		return;
	}
	if (connect(p->fd, (struct sockaddr *)&ss, len) == -1 &&
	    errno != EINPROGRESS)
		code_errno(probe, errno);
	else if (ready_add(probe, p->fd) == -1)
		code_errno(probe, ENOMEM);
}

/* With something unread, it is reset by being closed (RFC 2525 2.17). */
static void
code_cancel(struct probe *probe)
{
	struct probe_code	*p = &probe->run->code;

	if (p->fd == -1)
		return;
	if (!p->unread)
		conn_reset_on_close(p->fd);
	ready_end(probe, p->fd);
}

static uint32_t
code_timeout(struct probe *probe, int32_t *)
{
	http_blame(probe, code_url(probe));
	return (probe->run->phase == PHASE_CONNECT ? HOST_R_TIMEOUT_CONNECT :
	    HOST_R_TIMEOUT_READ);
}

static const struct http_url *
code_url(const struct probe *probe)
{
	return (&probe->check->http->url[probe->run->code.url]);
}

static void
code_ready(struct probe *probe, uint32_t what)
{
	if (probe->run->phase == PHASE_CONNECT && !code_ask(probe))
		return;
	if (what & (EPOLLIN | EPOLLERR | EPOLLHUP))
		code_read(probe);
}

/*
 * If the connection could not be made, it is here that we are told why; the
 * check is over then: 0.
 */
static int
code_ask(struct probe *probe)
{
	struct request	 r;
	ssize_t		 n;

	request_make(&r, probe);
	if (r.len > sizeof(r.text)) {
		code_errno(probe, ENOBUFS);
		return (0);
	}
	n = send(probe->run->code.fd, r.text, r.len, MSG_NOSIGNAL);
	if (n == -1) {
		code_errno(probe, errno);
		return (0);
	}
	/* Any new connection has room for it. */
	if ((size_t)n != r.len) {
		code_errno(probe, ENOBUFS);
		return (0);
	}
	probe->run->phase = PHASE_ANSWER;
	return (1);
}

/*
 * All there is: we are told but once.  An answer that is whole is not waited
 * behind, and left where it is; a part of one is taken away.
 */
static void
code_read(struct probe *probe)
{
	struct probe_code	*p = &probe->run->code;
	char			 buf[CODE_READ_LEN];
	ssize_t			 n;

	while ((n = recv(p->fd, buf, sizeof(buf), MSG_PEEK)) > 0) {
		p->unread = 1;
		if (code_take(probe, buf, n))
			return;
		p->unread = 0;
		if ((n = recv(p->fd, buf, n, 0)) <= 0)
			break;
	}
	if (n == 0)
		code_end(probe, HOST_R_CLOSED, 0);
	else if (errno != EAGAIN)
		code_errno(probe, errno);
}

/* A part of the answer; is the check over with it? */
static int
code_take(struct probe *probe, const char *bytes, size_t len)
{
	struct probe_code	*p = &probe->run->code;
	size_t			 taken;

	for (; len > 0; bytes += taken, len -= taken) {
		switch (head_add(&p->head, bytes, len, &taken)) {
		case HEAD_MORE:
			return (0);
		case HEAD_BAD:
			code_end(probe, HOST_R_NOT_HTTP, 0);
			return (1);
		case HEAD_LONG:
			code_end(probe, HOST_R_TOO_LONG, 0);
			return (1);
		case HEAD_DONE:
			break;
		}
		if (!code_interim(probe) ||
		    p->continued++ == HTTP_CONTINUES_MAX) {
			code_judge(probe);
			return (1);
		}
		head_init(&p->head);
	}
	return (0);
}

/* RFC 9110 15.2: the answer comes behind it, unless it is what is wanted. */
static int
code_interim(const struct probe *probe)
{
	int	 code = probe->run->code.head.code;

	return (code / 100 == 1 && code != HTTP_SWITCHING &&
	    !http_code_ok(code_url(probe), code));
}

static void
code_judge(struct probe *probe)
{
	int	 code = probe->run->code.head.code;

	if (http_code_ok(code_url(probe), code))
		code_end(probe, HOST_R_OK, 0);
	else
		code_end(probe, HOST_R_CODE, code);
}

static void
code_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	code_cancel(probe);
	if (reason != HOST_R_OK)
		http_blame(probe, code_url(probe));
	else if (++probe->run->code.url < probe->check->http->nurls) {
		code_begin(probe);
		return;
	}
	sched_done(probe, reason, detail);
}

static void
code_errno(struct probe *probe, int error)
{
	uint32_t	 reason;
	int32_t		 detail;

	reason = conn_errno_reason(error, &detail);
	code_end(probe, reason, detail);
}

static void
request_add(struct request *r, const char *text)
{
	size_t	 len = strlen(text);

	if (r->len + len <= sizeof(r->text))
		memcpy(r->text + r->len, text, len);
	r->len += len;
}

static void
request_header(struct request *r, const char *name, const char *value)
{
	request_add(r, name);
	request_add(r, ": ");
	request_add(r, value);
	request_add(r, "\r\n");
}

static int
header_is(const char *header, const char *name)
{
	size_t	 len = strlen(name);

	return (strncasecmp(header, name, len) == 0 && header[len] == ':');
}

/* RFC 9112 3.  The headers of the configuration are "Name: value". */
static void
request_make(struct request *r, const struct probe *probe)
{
	const struct check	*check = probe->check;
	const char		*host = check->http->host;
	struct check_items	 it;
	struct check_item	 item;
	char			 addr[ADDR_PORT_STRLEN];
	int			 agent = 0, accept = 0, length = 0;

	r->len = 0;
	request_add(r, check->http->method_name);
	request_add(r, " ");
	request_add(r, code_url(probe)->path);
	request_add(r, " HTTP/1.1\r\n");
	request_header(r, "Host", host != NULL ? host :
	    addr_port_str(&probe->addr, probe->port, addr));
	request_header(r, "Connection", "close");
	check_items_begin(&it, check->items, check->conf.items_len);
	while (check_items_next(&it, &item) == 1 && item.kind != ITEM_PATH) {
		if (item.kind != ITEM_HEADER)
			continue;
		agent |= header_is(item.data, "User-Agent");
		accept |= header_is(item.data, "Accept");
		length |= header_is(item.data, "Content-Length");
		request_add(r, item.data);
		request_add(r, "\r\n");
	}
	if (!agent)
		request_header(r, "User-Agent", HTTP_USER_AGENT);
	if (!accept)
		request_header(r, "Accept", HTTP_ACCEPT);
	if (!length && check->http->method == EVHTTP_REQ_POST)
		request_header(r, "Content-Length", "0");
	request_add(r, "\r\n");
}

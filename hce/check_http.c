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
#include <netinet/tcp.h>

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdint.h>

#include "check.h"
#include "conn.h"

/*
 * HTTP checks let evhttp(3) do the talking.  The answer is judged as soon as
 * its headers are there; the body is not read.
 *
 * Two things evhttp does not tell: why a connection could not be made, and
 * whether one that ended early was closed or reset.  For the first, its
 * callback for the end of connecting is replaced by one that looks first;
 * for the second, the socket is asked before evhttp closes it.
 */

/* Status line and headers together; common servers send at most half. */
#define HTTP_HEADERS_MAX	16384
/* Interim answers (100) before the one that counts, RFC 9110 15.2. */
#define HTTP_CONTINUES_MAX	4
/* evhttp's own timeout must not come before the check's deadline. */
#define HTTP_TIMEOUT_MORE_MS	1000

static void	http_start(struct host *);
static void	http_cancel(struct host *);
static enum host_reason http_timeout(struct host *);
static int	http_open(struct host *);
static int	http_request(struct host *);
static int	http_headers(struct host *, struct evhttp_request *);
static void	http_watch(struct host *);
static void	http_connected(struct bufferevent *, short, void *);
static void	http_received(struct evbuffer *,
		    const struct evbuffer_cb_info *, void *);
static int	http_answer(struct evhttp_request *, void *);
static void	http_decide(struct host *, uint32_t, int32_t);
static void	http_closing(struct evhttp_connection *, void *);
static void	http_error(enum evhttp_request_error, void *);
static void	http_done(struct evhttp_request *, void *);
static void	http_end(struct host *, uint32_t, int32_t);

const struct check_method	http_method = {
	http_start, http_cancel, http_timeout
};

static void
http_start(struct host *host)
{
	struct probe_http	*p = &host->probe.http;

	p->received = 0;
	p->decided = 0;
	p->continued = 0;
	p->reason = HOST_R_CLOSED;
	p->detail = 0;
	if (http_open(host) == -1) {
		sched_done(host, HOST_R_LOCAL, ENOMEM);
		return;
	}
	if (http_request(host) == -1) {
		http_end(host, HOST_R_LOCAL, ENOMEM);
		return;
	}
	http_watch(host);
}

static void
http_cancel(struct host *host)
{
	evhttp_connection_free(host->probe.http.evcon);
}

static enum host_reason
http_timeout(struct host *host)
{
	return (conn_timeout(host, host->probe.http.bev));
}

static int
http_open(struct host *host)
{
	struct probe_http	*p = &host->probe.http;
	struct check_config	*conf = &host->check->conf;
	char			 addr[ADDR_STRLEN];
	struct timeval		 tv;
	int			 flags = 0;

	if (conf->type == CHECK_HTTPS)
		flags = CONN_TLS |
		    (conf->flags & CHECK_F_NOVERIFY ? 0 : CONN_VERIFY);
	if ((p->bev = conn_new(host, flags)) == NULL)
		return (-1);
	p->evcon = evhttp_connection_base_bufferevent_new(host->hce->base,
	    NULL, p->bev, addr_str(&host->conf.addr, addr), conn_port(host));
	if (p->evcon == NULL) {
		bufferevent_free(p->bev);
		return (-1);
	}
	evhttp_connection_set_max_headers_size(p->evcon, HTTP_HEADERS_MAX);
	evhttp_connection_set_max_body_size(p->evcon, 0);
	tv = us_to_timeval(((int64_t)conf->timeout_ms +
	    HTTP_TIMEOUT_MORE_MS) * 1000);
	evhttp_connection_set_timeout_tv(p->evcon, &tv);
	evhttp_connection_set_closecb(p->evcon, http_closing, host);
	return (0);
}

static int
http_request(struct host *host)
{
	struct evhttp_request	*req;

	if ((req = evhttp_request_new(http_done, host)) == NULL)
		return (-1);
	evhttp_request_set_header_cb(req, http_answer);
	evhttp_request_set_error_cb(req, http_error);
	if (http_headers(host, req) == -1) {
		evhttp_request_free(req);
		return (-1);
	}
	return (evhttp_make_request(host->probe.http.evcon, req,
	    EVHTTP_REQ_GET, host->check->str[CHECK_STR_PATH]));
}

static int
http_headers(struct host *host, struct evhttp_request *req)
{
	struct evkeyvalq	*headers;
	const char		*name = host->check->str[CHECK_STR_HOST];
	char			 addr[ADDR_PORT_STRLEN];

	headers = evhttp_request_get_output_headers(req);
	if (name[0] == '\0')
		name = addr_port_str(&host->conf.addr, conn_port(host), addr);
	if (evhttp_add_header(headers, "Host", name) == -1 ||
	    evhttp_add_header(headers, "User-Agent", "lvsd") == -1 ||
	    evhttp_add_header(headers, "Accept", "*/*") == -1)
		return (-1);
	return (evhttp_add_header(headers, "Connection", "close"));
}

/* evhttp is connecting now, and none of its callbacks has been called. */
static void
http_watch(struct host *host)
{
	struct probe_http	*p = &host->probe.http;

	bufferevent_getcb(p->bev, NULL, NULL, &p->connected, NULL);
	bufferevent_setcb(p->bev, NULL, NULL, http_connected, host);
	/* Without it, headers too long are called malformed: no matter. */
	(void)evbuffer_add_cb(bufferevent_get_input(p->bev), http_received,
	    host);
}

static void
http_connected(struct bufferevent *bev, short what, void *arg)
{
	struct host		*host = arg;
	struct probe_http	*p = &host->probe.http;
	uint32_t		 reason;
	int32_t			 detail;

	if ((what & BEV_EVENT_CONNECTED) == 0) {
		reason = conn_reason(bev, what, &detail);
		http_end(host, reason, detail);
		return;
	}
	conn_connected(host, bev);
	p->connected(bev, what, p->evcon);
}

static void
http_received(struct evbuffer *, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct host	*host = arg;

	host->probe.http.received += info->n_added;
}

/* The headers are there; -1 has evhttp drop the connection. */
static int
http_answer(struct evhttp_request *req, void *arg)
{
	struct host	*host = arg;
	int		 code = evhttp_request_get_response_code(req);

	if (code == 100 &&
	    host->probe.http.continued++ < HTTP_CONTINUES_MAX) {
		evhttp_clear_headers(evhttp_request_get_input_headers(req));
		return (0);
	}
	if (code == host->check->conf.code)
		http_decide(host, HOST_R_OK, 0);
	else
		http_decide(host, HOST_R_CODE, code);
	return (-1);
}

static void
http_decide(struct host *host, uint32_t reason, int32_t detail)
{
	struct probe_http	*p = &host->probe.http;

	if (p->decided)
		return;
	p->decided = 1;
	p->reason = reason;
	p->detail = detail;
}

/* When the other side has closed, we may still send: CLOSE-WAIT. */
static void
http_closing(struct evhttp_connection *, void *arg)
{
	struct host		*host = arg;
	struct probe_http	*p = &host->probe.http;
	struct tcp_info		 info;
	socklen_t		 len = sizeof(info);

	if (p->decided)
		return;
	if (getsockopt(bufferevent_getfd(p->bev), IPPROTO_TCP, TCP_INFO,
	    &info, &len) == 0 && info.tcpi_state == TCP_CLOSE)
		p->reason = HOST_R_RESET;
}

static void
http_error(enum evhttp_request_error error, void *arg)
{
	struct host	*host = arg;

	switch (error) {
	case EVREQ_HTTP_INVALID_HEADER:
		http_decide(host,
		    host->probe.http.received > HTTP_HEADERS_MAX ?
		    HOST_R_TOO_LONG : HOST_R_NOT_HTTP, 0);
		break;
	case EVREQ_HTTP_DATA_TOO_LONG:
		http_decide(host, HOST_R_TOO_LONG, 0);
		break;
	default:
		break;
	}
}

/* evhttp is done with the request, which is freed already or by it. */
static void
http_done(struct evhttp_request *, void *arg)
{
	struct host	*host = arg;

	http_end(host, host->probe.http.reason, host->probe.http.detail);
}

static void
http_end(struct host *host, uint32_t reason, int32_t detail)
{
	evhttp_connection_free(host->probe.http.evcon);
	sched_done(host, reason, detail);
}

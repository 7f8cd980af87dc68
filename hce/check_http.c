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

#include <bsd/sys/queue.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "conn.h"
#include "http.h"

/*
 * HTTP checks let evhttp(3) do the talking, but for those that check_code.c
 * does.  The answer is judged as soon as its headers are there, unless its
 * body must be looked at too; that is read only so far as it takes.
 *
 * Two things evhttp does not tell: why a connection could not be made, and
 * whether one that ended early was closed or reset.  For the first, its
 * callback for the end of connecting is replaced by one that looks first;
 * for the second, the socket is asked before evhttp closes it.
 */

/* evhttp's own timeout must not come before the check's deadline. */
#define HTTP_TIMEOUT_MORE_MS	1000
/* Where evhttp begins to connect to when it is not to: nobody is there. */
#define HTTP_NOWHERE		"127.0.0.1"
#define HTTP_NOWHERE_PORT	1

static void	http_start(struct probe *);
static void	http_cancel(struct probe *);
static uint32_t	http_timeout(struct probe *, int32_t *);
static int	http_prepare(struct check *);
static enum evhttp_cmd_type http_method_of(const char *);
static void	http_begin(struct probe *);
static int	http_open(struct probe *);
static void	http_reconnect(struct probe *);
static int	http_request(struct probe *);
static int	http_headers(struct probe *, struct evhttp_request *);
static int	http_more_headers(const struct check *, struct evkeyvalq *);
static void	http_watch(struct probe *);
static void	http_connected(struct bufferevent *, short, void *);
static void	http_received(struct evbuffer *,
		    const struct evbuffer_cb_info *, void *);
static int	http_answer(struct evhttp_request *, void *);
static void	http_close(struct probe *);
static const struct http_url *http_url(const struct probe *);
static int	http_read_body(struct probe *, struct evhttp_request *);
static void	http_body(struct evhttp_request *, void *);
static void	http_ended(int, short, void *);
static void	http_body_last(struct probe *);
static void	http_decide(struct probe *, uint32_t, int32_t);
static void	http_closing(struct evhttp_connection *, void *);
static void	http_error(enum evhttp_request_error, void *);
static void	http_done(struct evhttp_request *, void *);
static void	http_end(struct probe *, uint32_t, int32_t);

const struct check_method	http_method = {
	http_start, http_cancel, http_timeout, http_prepare, http_release,
	NULL
};

static int
http_prepare(struct check *check)
{
	struct http_check	*http;
	struct check_items	 it;
	struct check_item	 item;
	struct http_url		*url;
	int			 body = 0;

	if ((http = calloc(1, sizeof(*http))) == NULL)
		return (-1);
	check->http = http;
	http->method_name = check_text(check, ITEM_METHOD, NULL);
	if (http->method_name == NULL)
		http->method_name = "GET";
	http->method = http_method_of(http->method_name);
	http->host = check_text(check, ITEM_HOST, NULL);
	check_items_begin(&it, check->items, check->conf.items_len);
	while (check_items_next(&it, &item) == 1) {
		if (item.kind != ITEM_PATH)
			continue;
		url = &http->url[http->nurls++];
		url->path = item.data;
		url->items = it;
		if (body_prepare(&url->wants, it) == -1)
			return (-1);
		body |= body_wanted(&url->wants);
	}
	if (!body && check->conf.type == CHECK_HTTP)
		check->method = &code_method;
	return (http->method != 0 ? 0 : -1);
}

void
http_release(struct check *check)
{
	struct http_check	*http = check->http;

	while (http != NULL && http->nurls > 0)
		body_release(&http->url[--http->nurls].wants);
	free(http);
}

/* 0: none that is known. */
static enum evhttp_cmd_type
http_method_of(const char *name)
{
	static const struct {
		const char		*name;
		enum evhttp_cmd_type	 type;
	} methods[] = {
		{ "GET",	EVHTTP_REQ_GET },
		{ "HEAD",	EVHTTP_REQ_HEAD },
		{ "OPTIONS",	EVHTTP_REQ_OPTIONS },
		{ "POST",	EVHTTP_REQ_POST }
	};
	size_t	 i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, name) == 0)
			return (methods[i].type);
	return (0);
}

static void
http_start(struct probe *probe)
{
	probe->run->http.url = 0;
	http_begin(probe);
}

/* The request for the URL at hand. */
static void
http_begin(struct probe *probe)
{
	struct probe_http	*p = &probe->run->http;

	/* A socket of the parent's has served the URL before. */
	if (check_privileged(&probe->check->conf) && probe->sock == -1) {
		sock_ask(probe, http_begin);
		return;
	}
	probe->run->phase = PHASE_CONNECT;
	p->received = 0;
	p->decided = 0;
	p->continued = 0;
	p->reading = 0;
	p->reason = HOST_R_CLOSED;
	p->detail = 0;
	if (http_open(probe) == -1) {
		sched_done(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	evtimer_assign(&p->end, probe->check->hce->base, http_ended, probe);
	if (http_request(probe) == -1) {
		http_end(probe, HOST_R_LOCAL, ENOMEM);
		return;
	}
	http_watch(probe);
	if (conn_own_socket(probe))
		http_reconnect(probe);
}

/* In place of the connection that evhttp has begun, see http_open(). */
static void
http_reconnect(struct probe *probe)
{
	struct bufferevent	*bev = probe->run->http.bev;
	uint32_t		 reason;
	int32_t			 detail;
	int			 fd = bufferevent_getfd(bev);

	bufferevent_setfd(bev, -1);
	if (fd != -1)
		close(fd);
	reason = conn_start(probe, bev, &detail);
	if (reason != HOST_R_OK)
		http_end(probe, reason, detail);
}

static void
http_cancel(struct probe *probe)
{
	http_close(probe);
}

/* Of the request at hand nothing is left. */
static void
http_close(struct probe *probe)
{
	struct probe_http	*p = &probe->run->http;

	event_del(&p->end);
	if (p->reading)
		body_end(&p->body);
	p->reading = 0;
	evhttp_connection_free(p->evcon);
}

static const struct http_url *
http_url(const struct probe *probe)
{
	return (&probe->check->http->url[probe->run->http.url]);
}

static uint32_t
http_timeout(struct probe *probe, int32_t *)
{
	http_blame(probe, http_url(probe));
	return (conn_timeout(probe, probe->run->http.bev));
}

/*
 * evhttp makes its sockets itself, and begins to connect them at once.  If
 * that is not to be, it gets an address of no use, and another socket as soon
 * as it has begun.
 */
static int
http_open(struct probe *probe)
{
	struct probe_http	*p = &probe->run->http;
	struct check_config	*conf = &probe->check->conf;
	char			 addr[ADDR_STRLEN];
	struct timeval		 tv;

	if ((p->bev = conn_new(probe)) == NULL)
		return (-1);
	if (conn_own_socket(probe))
		p->evcon = evhttp_connection_base_bufferevent_new(
		    probe->check->hce->base, NULL, p->bev, HTTP_NOWHERE,
		    HTTP_NOWHERE_PORT);
	else
		p->evcon = evhttp_connection_base_bufferevent_new(
		    probe->check->hce->base, NULL, p->bev,
		    addr_str(&probe->addr, addr), probe->port);
	if (p->evcon == NULL) {
		bufferevent_free(p->bev);
		return (-1);
	}
	evhttp_connection_set_max_headers_size(p->evcon, HEAD_LEN_MAX);
	evhttp_connection_set_max_body_size(p->evcon,
	    body_max(&http_url(probe)->wants));
	tv = us_to_timeval(((int64_t)conf->timeout_ms +
	    HTTP_TIMEOUT_MORE_MS) * 1000);
	evhttp_connection_set_timeout_tv(p->evcon, &tv);
	evhttp_connection_set_closecb(p->evcon, http_closing, probe);
	return (0);
}

static int
http_request(struct probe *probe)
{
	struct evhttp_request	*req;

	if ((req = evhttp_request_new(http_done, probe)) == NULL)
		return (-1);
	evhttp_request_set_header_cb(req, http_answer);
	evhttp_request_set_chunked_cb(req, http_body);
	evhttp_request_set_error_cb(req, http_error);
	if (http_headers(probe, req) == -1) {
		evhttp_request_free(req);
		return (-1);
	}
	return (evhttp_make_request(probe->run->http.evcon, req,
	    probe->check->http->method, http_url(probe)->path));
}

static int
http_headers(struct probe *probe, struct evhttp_request *req)
{
	struct evkeyvalq	*headers;
	const char		*name = probe->check->http->host;
	char			 addr[ADDR_PORT_STRLEN];

	headers = evhttp_request_get_output_headers(req);
	if (name == NULL)
		name = addr_port_str(&probe->addr, probe->port, addr);
	if (evhttp_add_header(headers, "Host", name) == -1 ||
	    evhttp_add_header(headers, "Connection", "close") == -1 ||
	    http_more_headers(probe->check, headers) == -1)
		return (-1);
	if (evhttp_find_header(headers, "User-Agent") == NULL &&
	    evhttp_add_header(headers, "User-Agent",
	    HTTP_USER_AGENT) == -1)
		return (-1);
	if (evhttp_find_header(headers, "Accept") == NULL &&
	    evhttp_add_header(headers, "Accept",
	    HTTP_ACCEPT) == -1)
		return (-1);
	return (0);
}

/* Those of the configuration: "Name: value". */
static int
http_more_headers(const struct check *check, struct evkeyvalq *headers)
{
	struct check_items	 it;
	struct check_item	 item;
	char			 name[CHECK_ITEM_LEN + 1], *value;

	check_items_begin(&it, check->items, check->conf.items_len);
	while (check_items_next(&it, &item) == 1 && item.kind != ITEM_PATH) {
		if (item.kind != ITEM_HEADER)
			continue;
		memcpy(name, item.data, item.len + 1);
		if ((value = strchr(name, ':')) == NULL)
			return (-1);
		*value++ = '\0';
		value += strspn(value, " ");
		if (evhttp_add_header(headers, name, value) == -1)
			return (-1);
	}
	return (0);
}

/* evhttp is connecting now, and none of its callbacks has been called. */
static void
http_watch(struct probe *probe)
{
	struct probe_http	*p = &probe->run->http;

	bufferevent_getcb(p->bev, NULL, NULL, &p->connected, NULL);
	bufferevent_setcb(p->bev, NULL, NULL, http_connected, probe);
	/* Without it, headers too long are called malformed: no matter. */
	(void)evbuffer_add_cb(bufferevent_get_input(p->bev), http_received,
	    probe);
}

static void
http_connected(struct bufferevent *bev, short what, void *arg)
{
	struct probe		*probe = arg;
	struct probe_http	*p = &probe->run->http;
	uint32_t		 reason;
	int32_t			 detail;

	if ((what & BEV_EVENT_CONNECTED) == 0) {
		reason = conn_reason(bev, what, &detail);
		http_end(probe, reason, detail);
		return;
	}
	conn_connected(probe, bev);
	p->connected(bev, what, p->evcon);
}

static void
http_received(struct evbuffer *, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct probe	*probe = arg;

	probe->run->http.received += info->n_added;
}

/* The headers are there; -1 has evhttp drop the connection. */
static int
http_answer(struct evhttp_request *req, void *arg)
{
	struct probe	*probe = arg;
	int		 code = evhttp_request_get_response_code(req);

	if (code == 100 &&
	    probe->run->http.continued++ < HTTP_CONTINUES_MAX) {
		evhttp_clear_headers(evhttp_request_get_input_headers(req));
		return (0);
	}
	if (!http_code_ok(http_url(probe), code))
		http_decide(probe, HOST_R_CODE, code);
	else if (body_wanted(&http_url(probe)->wants))
		return (http_read_body(probe, req));
	else
		http_decide(probe, HOST_R_OK, 0);
	return (-1);
}

/*
 * Of a body whose length is told, each part is handed on as it comes; there
 * is no need for evhttp to refuse a long one.  Chunks come whole or not.
 */
static int
http_read_body(struct probe *probe, struct evhttp_request *req)
{
	struct probe_http	*p = &probe->run->http;
	struct evkeyvalq	*headers;

	p->reading = 1;
	probe->run->phase = PHASE_BODY;
	if (body_begin(&p->body, &http_url(probe)->wants) == -1) {
		http_decide(probe, HOST_R_LOCAL, ENOMEM);
		return (-1);
	}
	headers = evhttp_request_get_input_headers(req);
	if (evhttp_find_header(headers, "Transfer-Encoding") == NULL)
		evhttp_connection_set_max_body_size(p->evcon, EV_SSIZE_MAX);
	return (0);
}

/* A part of the body.  evhttp cannot be left from in here. */
static void
http_body(struct evhttp_request *req, void *arg)
{
	struct probe		*probe = arg;
	struct probe_http	*p = &probe->run->http;
	uint32_t		 reason;

	if (!p->reading || p->decided)
		return;
	reason = body_add(&p->body, evhttp_request_get_input_buffer(req));
	if (reason == HOST_R_NONE)
		return;
	http_decide(probe, reason, reason == HOST_R_LOCAL ? ENOMEM : 0);
	bufferevent_disable(p->bev, EV_READ);
	event_active(&p->end, EV_TIMEOUT, 0);
}

static void
http_ended(int, short, void *arg)
{
	struct probe	*probe = arg;

	http_end(probe, probe->run->http.reason, probe->run->http.detail);
}

/* The body is whole. */
static void
http_body_last(struct probe *probe)
{
	struct probe_http	*p = &probe->run->http;
	uint32_t		 reason;

	if (!p->reading || p->decided)
		return;
	reason = body_last(&p->body);
	http_decide(probe, reason, reason == HOST_R_LOCAL ? ENOMEM : 0);
}

int
http_code_ok(const struct http_url *url, int code)
{
	struct check_items	 it = url->items;
	struct check_item	 item;
	struct code_range	 r;

	while (check_items_next(&it, &item) == 1 && item.kind != ITEM_PATH) {
		if (item.kind != ITEM_CODE)
			continue;
		memcpy(&r, item.data, sizeof(r));
		if (code >= r.min && code <= r.max)
			return (1);
	}
	return (0);
}

static void
http_decide(struct probe *probe, uint32_t reason, int32_t detail)
{
	struct probe_http	*p = &probe->run->http;

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
	struct probe		*probe = arg;
	struct probe_http	*p = &probe->run->http;
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
	struct probe	*probe = arg;

	switch (error) {
	case EVREQ_HTTP_INVALID_HEADER:
		http_decide(probe,
		    probe->run->http.received > HEAD_LEN_MAX ?
		    HOST_R_TOO_LONG : HOST_R_NOT_HTTP, 0);
		break;
	case EVREQ_HTTP_DATA_TOO_LONG:
		/* With its length told, no body is too long for evhttp. */
		http_decide(probe, probe->run->http.reading ? HOST_R_CHUNK :
		    HOST_R_TOO_LONG, 0);
		break;
	default:
		break;
	}
}

/*
 * evhttp is done with the request, which is freed already or by it; if it is
 * there, the answer is whole.
 */
static void
http_done(struct evhttp_request *req, void *arg)
{
	struct probe	*probe = arg;

	if (req != NULL)
		http_body_last(probe);
	http_end(probe, probe->run->http.reason, probe->run->http.detail);
}

static void
http_end(struct probe *probe, uint32_t reason, int32_t detail)
{
	struct probe_http	*p = &probe->run->http;

	http_close(probe);
	if (reason != HOST_R_OK)
		http_blame(probe, http_url(probe));
	else if (++p->url < probe->check->http->nurls) {
		http_begin(probe);
		return;
	}
	sched_done(probe, reason, detail);
}

/* Where it is the only one, nobody need say so. */
void
http_blame(struct probe *probe, const struct http_url *url)
{
	if (probe->check->http->nurls > 1)
		note_set(probe, url->path, strlen(url->path));
}

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

#include <sys/types.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"
#include "plan.h"

#define CLIENT_MAX	64	/* at one time; more are turned away */
/*
 * Bytes that may wait for a client to read them: some two thousand events.
 * Long answers are sent in parts that stay far below.
 */
#define CLIENT_QUEUE	(2 * 1024 * 1024)
/* A client that neither asks nor reads for so long is sent away. */
#define CLIENT_WAIT_US	(10 * 1000000)
/* Longest that it may take to send a configuration to be compared. */
#define CLIENT_TRY_US	(30 * 1000000)
/* Without a descriptor left, accepting rests for this long. */
#define ACCEPT_PAUSE_US	(1 * 1000000)

struct control {
	struct lbe_env		*env;
	struct clients		 clients;
	unsigned int		 nclients;
	int			 fd;		/* -1: none yet */
	int			 held;		/* nobody is answered now */
	struct event		*ev_accept;	/* NULL: none yet */
	struct event		*ev_pause;
};

static void	control_accept_cb(evutil_socket_t, short, void *);
static void	control_resume_cb(evutil_socket_t, short, void *);
static void	control_pause(struct control *);
static void	client_new(struct control *, int);
static void	client_free(struct client *);
static void	client_timeout_cb(evutil_socket_t, short, void *);
static void	client_writable_cb(evutil_socket_t, short, void *);
static void	client_down(struct peer *, enum peer_down, void *);
static int	client_message(struct peer *, struct imsg *, void *);
static int	client_try(struct client *, struct imsg *);
static int	client_log(struct client *, struct imsg *);
static int	client_stop(struct client *);
static int	client_monitor(struct client *);
static void	client_send_text(struct client *, enum msg_type, const char *,
		    va_list);

static const struct peer_ops	client_ops = { client_message, client_down };

struct control *
control_new(struct lbe_env *env)
{
	struct control	*ctl;

	if ((ctl = calloc(1, sizeof(*ctl))) == NULL)
		return (NULL);
	ctl->env = env;
	ctl->fd = -1;
	TAILQ_INIT(&ctl->clients);
	ctl->ev_pause = evtimer_new(env->engine->base, control_resume_cb, ctl);
	if (ctl->ev_pause == NULL) {
		free(ctl);
		return (NULL);
	}
	return (ctl);
}

void
control_free(struct control *ctl)
{
	struct client	*c;

	while ((c = TAILQ_FIRST(&ctl->clients)) != NULL)
		client_free(c);
	if (ctl->ev_accept != NULL)
		event_free(ctl->ev_accept);
	if (ctl->fd != -1)
		close(ctl->fd);
	event_free(ctl->ev_pause);
	free(ctl);
}

struct clients *
control_clients(struct control *ctl)
{
	return (&ctl->clients);
}

void
control_listen(struct control *ctl, int fd)
{
	if (ctl->ev_accept != NULL)
		event_free(ctl->ev_accept);
	if (ctl->fd != -1)
		close(ctl->fd);
	ctl->fd = fd;
	ctl->ev_accept = event_new(ctl->env->engine->base, fd,
	    EV_READ | EV_PERSIST, control_accept_cb, ctl);
	if (ctl->ev_accept == NULL || event_add(ctl->ev_accept, NULL) == -1)
		fatalx("cannot listen on the control socket");
}

void
control_hold(struct control *ctl, int hold)
{
	struct client	*c;

	ctl->held = hold;
	TAILQ_FOREACH(c, &ctl->clients, entry) {
		peer_hold(c->peer, hold);
		/* It may have asked meanwhile. */
		if (!hold && c->state == CLIENT_IDLE)
			client_idle(c);
	}
}

/* The listening socket may block: one client each time it is readable. */
static void
control_accept_cb(evutil_socket_t lfd, short, void *arg)
{
	struct control	*ctl = arg;
	int		 fd;

	fd = accept4(lfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd != -1) {
		client_new(ctl, fd);
		return;
	}
	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
		log_warn("no further control client");
		control_pause(ctl);
		break;
	case EAGAIN:
	case EINTR:
	case ECONNABORTED:
		break;
	default:
		log_warn("accepting a control client");
		control_pause(ctl);
		break;
	}
}

static void
control_pause(struct control *ctl)
{
	struct timeval	tv = us_to_timeval(ACCEPT_PAUSE_US);

	event_del(ctl->ev_accept);
	event_add(ctl->ev_pause, &tv);
}

static void
control_resume_cb(evutil_socket_t, short, void *arg)
{
	struct control	*ctl = arg;

	event_del(ctl->ev_pause);
	if (ctl->ev_accept != NULL)
		event_add(ctl->ev_accept, NULL);
}

static void
client_new(struct control *ctl, int fd)
{
	struct event_base	*base = ctl->env->engine->base;
	struct client		*c;
	socklen_t		 len;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		log_warn("control client");
		close(fd);
		return;
	}
	c->env = ctl->env;
	TAILQ_INSERT_TAIL(&ctl->clients, c, entry);
	ctl->nclients++;
	len = sizeof(c->cred);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c->cred, &len) == -1) {
		log_warn("control client: SO_PEERCRED");
		close(fd);
		client_free(c);
		return;
	}
	c->timer = evtimer_new(base, client_timeout_cb, c);
	c->writable = event_new(base, fd, EV_WRITE, client_writable_cb, c);
	c->peer = peer_open(base, fd, PROC_LBE, PROC_CTL, "a control client",
	    PEER_F_FDSEND, &client_ops, c);
	if (c->peer == NULL)
		close(fd);
	if (c->timer == NULL || c->writable == NULL || c->peer == NULL) {
		log_warnx("control client: out of memory");
		client_free(c);
		return;
	}
	peer_set_limit(c->peer, CLIENT_QUEUE);
	peer_hold(c->peer, ctl->held);
	client_idle(c);
	if (ctl->nclients <= CLIENT_MAX)
		return;
	client_fail(c, "%u control clients are connected already, try again "
	    "later", CLIENT_MAX);
	peer_flush(c->peer);
	client_free(c);
}

/* A descriptor is free again: whoever waits to be accepted may come. */
static void
client_free(struct client *c)
{
	struct control	*ctl = c->env->control;

	listing_gone(c);
	plan_free(c->plan);
	if (c->timer != NULL)
		event_free(c->timer);
	if (c->writable != NULL)
		event_free(c->writable);
	peer_close(c->peer);
	TAILQ_REMOVE(&ctl->clients, c, entry);
	ctl->nclients--;
	free(c);
	if (evtimer_pending(ctl->ev_pause, NULL))
		control_resume_cb(-1, EV_TIMEOUT, ctl);
}

static void
client_down(struct peer *, enum peer_down why, void *arg)
{
	struct client	*c = arg;
	char		 who[CLIENT_WHO_LEN];

	if (why == PEER_SLOW)
		log_warnx("control client (%s) does not read: dropped",
		    client_who(c, who));
	else if (why == PEER_BAD)
		log_warnx("control client (%s) broke the protocol: dropped",
		    client_who(c, who));
	client_free(c);
}

static void
client_timeout_cb(evutil_socket_t, short, void *arg)
{
	struct client	*c = arg;
	char		 who[CLIENT_WHO_LEN];

	log_debug("control client (%s) is idle: dropped", client_who(c, who));
	client_free(c);
}

/* An answer of many parts goes on, or the client has read none of it. */
static void
client_writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct client	*c = arg;

	if (what & EV_TIMEOUT)
		client_timeout_cb(fd, what, arg);
	else if (c->state == CLIENT_LISTING)
		listing_more(c);
	else if (c->state == CLIENT_PLAN)
		plan_more(c);
	else
		show_more(c);
}

void
client_wait_writable(struct client *c)
{
	struct timeval	tv = us_to_timeval(CLIENT_WAIT_US);

	event_add(c->writable, &tv);
}

const char *
client_who(const struct client *c, char *buf)
{
	snprintf(buf, CLIENT_WHO_LEN, "uid %u, pid %d", c->cred.uid,
	    c->cred.pid);
	return (buf);
}

void
client_idle(struct client *c)
{
	struct timeval	tv = us_to_timeval(CLIENT_WAIT_US);

	plan_free(c->plan);
	c->plan = NULL;
	c->state = CLIENT_IDLE;
	event_add(c->timer, &tv);
}

static int
client_message(struct peer *, struct imsg *msg, void *arg)
{
	struct client	*c = arg;
	struct lbe_env	*env = c->env;

	if (c->state == CLIENT_TRY)
		return (client_try(c, msg));
	if (c->state != CLIENT_IDLE)
		return (-1);
	event_del(c->timer);
	if (!env->started) {
		client_fail(c, "lvsd is starting, try again");
		return (0);
	}
	switch (imsg_type(msg)) {
	case MSG_CTL_SHOW_SUMMARY:
	case MSG_CTL_SHOW_HOSTS:
	case MSG_CTL_SHOW_CHECKS:
	case MSG_CTL_SHOW_SERVICES:
	case MSG_CTL_SHOW_VRRP:
		return (show_request(env, c, msg));
	case MSG_CTL_SHOW_STATS:
	case MSG_CTL_SHOW_IPVS:
	case MSG_CTL_SHOW_SESSIONS:
		return (listing_request(env, c, msg));
	case MSG_CTL_SERVICE_ENABLE:
	case MSG_CTL_SERVICE_DISABLE:
	case MSG_CTL_TABLE_ENABLE:
	case MSG_CTL_TABLE_DISABLE:
	case MSG_CTL_HOST_ENABLE:
	case MSG_CTL_HOST_DISABLE:
	case MSG_CTL_HOST_WEIGHT:
	case MSG_CTL_HOST_DRAIN:
		return (override_request(env, c, msg));
	case MSG_CTL_VRRP_DEMOTE:
	case MSG_CTL_VRRP_UNDEMOTE:
	case MSG_CTL_VRRP_RESIGN:
		return (order_request(env, c, msg));
	case MSG_CTL_TRY_BEGIN:
		return (client_try(c, msg));
	case MSG_CTL_RELOAD:
	case MSG_CTL_PLAN_GET:
	case MSG_CTL_RUNNING:
	case MSG_CTL_CONFIRM:
	case MSG_CTL_ROLLBACK:
		return (generation_ask(env, c, msg));
	case MSG_CTL_MONITOR:
		return (client_monitor(c));
	case MSG_CTL_LOG:
		return (client_log(c, msg));
	case MSG_CTL_STOP:
		return (client_stop(c));
	default:
		return (-1);
	}
}

/* Its objects come without an answer to each, but all must come in time. */
static int
client_try(struct client *c, struct imsg *msg)
{
	struct timeval	tv = us_to_timeval(CLIENT_TRY_US);

	if (imsg_type(msg) == MSG_CTL_TRY_BEGIN)
		event_add(c->timer, &tv);
	else if (imsg_type(msg) == MSG_CTL_TRY_END)
		event_del(c->timer);
	return (plan_try(c, msg));
}

static int
client_monitor(struct client *c)
{
	c->state = CLIENT_MONITOR;
	generation_tell_wait(c);
	return (0);
}

static int
client_log(struct client *c, struct imsg *msg)
{
	struct msg_verbose	v;
	char			who[CLIENT_WHO_LEN];

	if (imsg_get_data(msg, &v, sizeof(v)) == -1 || v.verbose > 1)
		return (-1);
	log_info("log: %s -> %s by %s", log_getverbose() ? "verbose" : "brief",
	    v.verbose ? "verbose" : "brief", client_who(c, who));
	engine_send(c->env->engine, PROC_PARENT, MSG_LOG, 0, &v, sizeof(v));
	client_ok(c);
	return (0);
}

static int
client_stop(struct client *c)
{
	char	who[CLIENT_WHO_LEN];

	log_info("stop asked for by %s", client_who(c, who));
	client_ok(c);
	/* The parent may be quicker than the loop that sends the answer. */
	peer_flush(c->peer);
	engine_send(c->env->engine, PROC_PARENT, MSG_STOP, 0, NULL, 0);
	return (0);
}

static void
client_send_text(struct client *c, enum msg_type type, const char *fmt,
    va_list ap)
{
	struct ctl_text	text;

	memset(&text, 0, sizeof(text));
	vsnprintf(text.text, sizeof(text.text), fmt, ap);
	peer_send(c->peer, type, 0, -1, &text, sizeof(text));
}

void
client_text(struct client *c, const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	client_send_text(c, MSG_CTL_TEXT, fmt, ap);
	va_end(ap);
}

void
client_ok(struct client *c)
{
	peer_send(c->peer, MSG_CTL_OK, 0, -1, NULL, 0);
	client_idle(c);
}

void
client_fail(struct client *c, const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	client_send_text(c, MSG_CTL_FAIL, fmt, ap);
	va_end(ap);
	client_idle(c);
}

void
client_end(struct client *c)
{
	peer_send(c->peer, MSG_CTL_END, 0, -1, NULL, 0);
	client_idle(c);
}

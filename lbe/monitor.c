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

#include <bsd/string.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../imsg/imsg.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"

static int	monitor_any(struct clients *);
static void	monitor_fill(struct ctl_event *, enum ctl_event_kind, uint32_t,
		    const char *, const char *, va_list);
static void	monitor_send(struct clients *, struct ctl_event *);

static int
monitor_any(struct clients *clients)
{
	struct client	*c;

	TAILQ_FOREACH(c, clients, entry)
		if (c->state == CLIENT_MONITOR)
			return (1);
	return (0);
}

void
monitor_event(struct lbe_env *env, enum ctl_event_kind kind, uint32_t id,
    const char *name, const char *fmt, ...)
{
	struct clients		*clients = control_clients(env->control);
	struct ctl_event	 ev;
	va_list			 ap;

	if (!monitor_any(clients))
		return;
	va_start(ap, fmt);
	monitor_fill(&ev, kind, id, name, fmt, ap);
	va_end(ap);
	monitor_send(clients, &ev);
}

void
monitor_tell(struct client *c, enum ctl_event_kind kind, uint32_t id,
    const char *name, const char *fmt, ...)
{
	struct ctl_event	ev;
	va_list			ap;

	va_start(ap, fmt);
	monitor_fill(&ev, kind, id, name, fmt, ap);
	va_end(ap);
	peer_send(c->peer, MSG_CTL_EVENT, 0, -1, &ev, sizeof(ev));
}

static void
monitor_fill(struct ctl_event *ev, enum ctl_event_kind kind, uint32_t id,
    const char *name, const char *fmt, va_list ap)
{
	memset(ev, 0, sizeof(*ev));
	ev->time = time(NULL);
	ev->kind = kind;
	ev->id = id;
	strlcpy(ev->name, name, sizeof(ev->name));
	vsnprintf(ev->text, sizeof(ev->text), fmt, ap);
}

int
monitor_pass(struct lbe_env *env, struct imsg *msg)
{
	struct ctl_event	ev;

	if (imsg_get_data(msg, &ev, sizeof(ev)) == -1 ||
	    ev.kind >= CTL_EVENT_MAX ||
	    !wire_name_ok(ev.name, sizeof(ev.name)) ||
	    !wire_name_ok(ev.text, sizeof(ev.text)))
		return (-1);
	ev.time = time(NULL);
	monitor_send(control_clients(env->control), &ev);
	return (0);
}

static void
monitor_send(struct clients *clients, struct ctl_event *ev)
{
	struct client	*c;

	/* One that reads too slowly is dropped by its queue's limit. */
	TAILQ_FOREACH(c, clients, entry)
		if (c->state == CLIENT_MONITOR)
			peer_send(c->peer, MSG_CTL_EVENT, 0, -1, ev,
			    sizeof(*ev));
}

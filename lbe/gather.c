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

#include <event2/event.h>

#include "../imsg/log.h"
#include "control.h"
#include "env.h"

/* How long a client waits for an engine's figures before it gets the old. */
#define GATHER_WAIT_US	(2 * 1000000)

static void	gather_deadline_cb(evutil_socket_t, short, void *);
static void	gather_over(struct lbe_gather *);

void
gather_init(struct lbe_gather *g, struct lbe_env *env, enum proc from)
{
	g->env = env;
	g->from = from;
	g->deadline = evtimer_new(env->engine->base, gather_deadline_cb, g);
	if (g->deadline == NULL)
		fatalx("cannot make a timer");
}

void
gather_free(struct lbe_gather *g)
{
	event_free(g->deadline);
}

int
gather_start(struct lbe_gather *g)
{
	struct engine	*e = g->env->engine;
	struct timeval	 tv = us_to_timeval(GATHER_WAIT_US);

	if (e->link[g->from] == NULL)
		return (-1);
	if (g->running)
		return (0);
	g->running = 1;
	engine_send(e, g->from, g->from == PROC_HCE ? MSG_HOST_STATS_GET :
	    MSG_VRRP_STATS_GET, ++g->id, NULL, 0);
	event_add(g->deadline, &tv);
	return (0);
}

/* All who wait for these figures get their answer. */
static void
gather_over(struct lbe_gather *g)
{
	struct client	*c;

	g->running = 0;
	event_del(g->deadline);
	TAILQ_FOREACH(c, control_clients(g->env->control), entry)
		if (c->state == (g->from == PROC_HCE ? CLIENT_GATHER_HCE :
		    CLIENT_GATHER_VRRPE))
			show_begin(c);
}

void
gather_end(struct lbe_gather *g, uint32_t id)
{
	if (g->running && id == g->id)
		gather_over(g);
}

void
gather_lost(struct lbe_gather *g)
{
	if (g->running)
		gather_over(g);
}

static void
gather_deadline_cb(evutil_socket_t, short, void *arg)
{
	struct lbe_gather	*g = arg;

	log_debug("%s has not sent its figures in time", proc_names[g->from]);
	gather_over(g);
}

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
#include <stdlib.h>
#include <string.h>

#include "../conf/change.h"
#include "../imsg/log.h"
#include "confirm.h"
#include "parent.h"

/* Seconds until another try, while a reload is under way or after a failure. */
#define CONFIRM_WAIT_S	1
#define CONFIRM_AGAIN_S	5

#define US_PER_S	1000000

struct confirm {
	struct parent	*env;
	/* What ran before, of these two at most one, or NULL. */
	struct conf	*previous;
	struct conf_changes *changes;	/* of the tree that runs, back */
	struct event	*ev;
	struct monotime	 until;		/* not set: nothing waits */
};

static void	confirm_cb(int, short, void *);
static void	confirm_timer(struct confirm *, uint32_t);
static uint32_t	confirm_generation(const struct confirm *);

struct confirm *
confirm_new(struct parent *env)
{
	struct confirm	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->env = env;
	if ((c->ev = evtimer_new(env->base, confirm_cb, c)) == NULL) {
		free(c);
		return (NULL);
	}
	return (c);
}

void
confirm_free(struct confirm *c)
{
	if (c == NULL)
		return;
	event_free(c->ev);
	conf_free(c->previous);
	conf_changes_free(c->changes);
	free(c);
}

void
confirm_keep(struct confirm *c, struct conf *tree)
{
	conf_free(c->previous);
	conf_changes_free(c->changes);
	c->previous = tree;
	c->changes = NULL;
}

void
confirm_keep_changes(struct confirm *c, struct conf_changes *changes)
{
	confirm_keep(c, NULL);
	c->changes = changes;
}

struct conf *
confirm_take(struct confirm *c)
{
	struct conf	*tree = c->previous;

	c->previous = NULL;
	return (tree);
}

struct conf_changes *
confirm_take_changes(struct confirm *c)
{
	struct conf_changes	*changes = c->changes;

	c->changes = NULL;
	return (changes);
}

int
confirm_has(const struct confirm *c)
{
	return (c->previous != NULL || c->changes != NULL);
}

/* Of what ran before. */
static uint32_t
confirm_generation(const struct confirm *c)
{
	return (c->changes != NULL ? c->changes->generation :
	    c->previous->generation);
}

static void
confirm_timer(struct confirm *c, uint32_t seconds)
{
	struct timeval	tv = { seconds, 0 };

	evtimer_add(c->ev, &tv);
}

void
confirm_begin(struct confirm *c, uint32_t seconds)
{
	log_info("generation %u waits %u seconds to be confirmed, else what "
	    "generation %u was comes back", c->env->conf->generation, seconds,
	    confirm_generation(c));
	dispatch_event(c->env, CTL_EVENT_RELOAD, 0, "configuration",
	    "generation %u waits %u seconds to be confirmed",
	    c->env->conf->generation, seconds);
	c->until = monotime_add_us(monotime_now(),
	    (int64_t)seconds * US_PER_S);
	confirm_timer(c, seconds);
}

void
confirm_end(struct confirm *c)
{
	if (!confirm_waits(c))
		return;
	c->until.us = 0;
	evtimer_del(c->ev);
	confirm_tell_lbe(c);
}

int
confirm_waits(const struct confirm *c)
{
	return (monotime_isset(c->until));
}

void
confirm_late(struct confirm *c)
{
	/* One that the operator wanted takes nothing of the time left. */
	if (confirm_waits(c) && !evtimer_pending(c->ev, NULL))
		confirm_timer(c, CONFIRM_AGAIN_S);
}

/* Nobody waits for the outcome: the log and those who monitor have it. */
static void
confirm_cb(int, short, void *arg)
{
	static const struct msg_reload	 back = { RELOAD_BACK, 0 };
	struct confirm			*c = arg;

	if (c->env->stopping)
		return;
	if (reload_busy(c->env)) {
		confirm_timer(c, CONFIRM_WAIT_S);
		return;
	}
	log_warnx("generation %u was not confirmed in time",
	    c->env->conf->generation);
	dispatch_event(c->env, CTL_EVENT_RELOAD, 0, "configuration",
	    "generation %u was not confirmed in time",
	    c->env->conf->generation);
	reload_request(c->env, 0, &back);
}

void
confirm_tell_lbe(struct confirm *c)
{
	struct msg_confirm	m;

	memset(&m, 0, sizeof(m));
	if (confirm_waits(c) && confirm_has(c)) {
		m.back = confirm_generation(c);
		m.until = c->until;
	}
	proc_send(c->env, PROC_LBE, MSG_CONFIRM_WAIT, 0, -1, &m, sizeof(m));
}

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

#include <bsd/sys/queue.h>
#include <inttypes.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"
#include "plan.h"

#define US_PER_S	1000000

static int	generation_read(struct msg_reload *, struct imsg *);
static void	generation_send(struct client *, const struct msg_reload *);
static void	generation_next(struct lbe_env *);
static void	generation_failed(struct client *, uint32_t);
static void	generation_succeeded(struct client *, uint32_t,
		    const struct msg_result *);
static int64_t	generation_left(const struct lbe_env *);

/* What the client wants; 0, or -1: it makes no sense. */
static int
generation_read(struct msg_reload *m, struct imsg *msg)
{
	struct ctl_reload	ctl;

	memset(m, 0, sizeof(*m));
	switch (imsg_type(msg)) {
	case MSG_CTL_CONFIRM:
		m->what = RELOAD_CONFIRM;
		break;
	case MSG_CTL_ROLLBACK:
		m->what = RELOAD_BACK;
		break;
	case MSG_CTL_PLAN_GET:
		m->what = RELOAD_PLAN;
		break;
	case MSG_CTL_RUNNING:
		m->what = RELOAD_RUNNING;
		break;
	default:
		if (imsg_get_data(msg, &ctl, sizeof(ctl)) == -1)
			return (-1);
		m->what = RELOAD_FILE;
		m->confirm_s = ctl.confirm_s;
		break;
	}
	return (msg_reload_ok(m) ? 0 : -1);
}

int
generation_ask(struct lbe_env *env, struct client *c, struct imsg *msg)
{
	static const char	*const names[RELOAD_WHAT_MAX] = {
		[RELOAD_FILE]		= "reload",
		[RELOAD_BACK]		= "rollback",
		[RELOAD_CONFIRM]	= "confirm",
		[RELOAD_PLAN]		= "plan",
		[RELOAD_RUNNING]	= "running configuration"
	};
	struct msg_reload	 m;
	char			 who[CLIENT_WHO_LEN];

	if (generation_read(&m, msg) == -1)
		return (-1);
	log_info("%s asked for by %s", names[m.what], client_who(c, who));
	c->state = CLIENT_RELOAD;
	c->reload = m.what;
	if (m.what == RELOAD_PLAN || m.what == RELOAD_RUNNING)
		c->plan = plan_new();
	c->id = 0;
	/* The text is long: clients must not come to pile up any of them. */
	if (m.what != RELOAD_RUNNING || env->running == 0)
		generation_send(c, &m);
	return (0);
}

/* 0 is for a reload that nobody has asked for here. */
static void
generation_send(struct client *c, const struct msg_reload *m)
{
	struct lbe_env	*env = c->env;

	if (++env->reload_id == 0)
		env->reload_id = 1;
	c->id = env->reload_id;
	if (m->what == RELOAD_RUNNING)
		env->running = c->id;
	if (m->what == RELOAD_PLAN)
		env->planned = c->id;
	engine_send(env->engine, PROC_PARENT, MSG_RELOAD, c->id, m,
	    sizeof(*m));
}

/* What runs has been told to one; the next may ask, if it still waits. */
static void
generation_next(struct lbe_env *env)
{
	static const struct msg_reload	 m = { RELOAD_RUNNING, 0 };
	struct client			*c;

	env->running = 0;
	TAILQ_FOREACH(c, control_clients(env->control), entry)
		if (c->state == CLIENT_RELOAD && c->id == 0) {
			generation_send(c, &m);
			return;
		}
}

struct client *
generation_client(struct lbe_env *env, uint32_t id)
{
	struct client	*c;

	if (id == 0)
		return (NULL);
	TAILQ_FOREACH(c, control_clients(env->control), entry)
		if (c->state == CLIENT_RELOAD && c->id == id)
			return (c);
	return (NULL);
}

int
generation_text(struct lbe_env *env, struct imsg *msg)
{
	struct ctl_text	 text;
	struct client	*c;

	if (imsg_get_data(msg, &text, sizeof(text)) == -1 ||
	    !wire_name_ok(text.text, sizeof(text.text)))
		return (-1);
	if ((c = generation_client(env, imsg_id(msg))) != NULL)
		peer_send(c->peer, MSG_CTL_TEXT, 0, -1, &text, sizeof(text));
	return (0);
}

int
generation_done(struct lbe_env *env, struct imsg *msg)
{
	struct msg_result	 r;
	struct client		*c;
	uint32_t		 gen = env->engine->gen;

	if (imsg_get_data(msg, &r, sizeof(r)) == -1)
		return (-1);
	c = generation_client(env, imsg_id(msg));
	/* The lines told before have the reasons.  Who asked may be gone. */
	if (r.error != 0 && (c != NULL ? c->reload == RELOAD_FILE ||
	    c->reload == RELOAD_BACK : imsg_id(msg) == 0 ||
	    imsg_id(msg) != env->planned))
		monitor_event(env, CTL_EVENT_RELOAD, 0, "configuration",
		    "not reloaded, generation %u goes on", gen);
	if (c != NULL && r.error != 0)
		generation_failed(c, gen);
	else if (c != NULL)
		generation_succeeded(c, gen, &r);
	if (env->running != 0 && imsg_id(msg) == env->running)
		generation_next(env);
	return (0);
}

static void
generation_failed(struct client *c, uint32_t gen)
{
	switch (c->reload) {
	case RELOAD_CONFIRM:
		client_fail(c, "nothing was confirmed, generation %u goes on",
		    gen);
		break;
	case RELOAD_PLAN:
		client_fail(c, "it would not be loaded");
		break;
	case RELOAD_RUNNING:
		client_fail(c, "what runs cannot be told now");
		break;
	case RELOAD_BACK:
		client_fail(c, "not rolled back, generation %u goes on", gen);
		break;
	default:
		client_fail(c, "not reloaded, generation %u goes on", gen);
		break;
	}
}

static void
generation_succeeded(struct client *c, uint32_t gen, const struct msg_result *r)
{
	if (c->plan != NULL) {
		plan_ready(c);
		return;
	}
	if (c->reload == RELOAD_CONFIRM) {
		client_text(c, "generation %u stays", gen);
		client_ok(c);
		return;
	}
	generation_tell_wait(c);
	if (r->failed > 0) {
		client_fail(c, "%s, with errors: generation %u runs, but the "
		    "kernel refused %u operations", c->reload == RELOAD_BACK ?
		    "rolled back" : "reloaded", gen, r->failed);
		return;
	}
	client_text(c, "generation %u runs, %u operations in the kernel", gen,
	    r->done);
	client_ok(c);
}

int
generation_wait(struct lbe_env *env, struct imsg *msg)
{
	struct msg_confirm	m;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1)
		return (-1);
	env->confirm = m;
	return (0);
}

/* Seconds, begun ones too. */
static int64_t
generation_left(const struct lbe_env *env)
{
	int64_t	us;

	us = monotime_diff_us(env->confirm.until, monotime_now());
	return (us > 0 ? (us + US_PER_S - 1) / US_PER_S : 0);
}

void
generation_tell_wait(struct client *c)
{
	struct lbe_env	*env = c->env;

	if (!monotime_isset(env->confirm.until))
		return;
	if (c->state == CLIENT_MONITOR)
		monitor_tell(c, CTL_EVENT_RELOAD, 0, "configuration",
		    "generation %u waits %" PRId64 " seconds to be confirmed",
		    env->engine->gen, generation_left(env));
	else
		client_text(c, "generation %u waits to be confirmed: without "
		    "`lvsctl confirm' what generation %u was comes back in "
		    "%" PRId64 " seconds", env->engine->gen, env->confirm.back,
		    generation_left(env));
}

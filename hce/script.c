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


#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "../imsg/log.h"
#include "check.h"
#include "slot.h"

/*
 * Tracked scripts: run by the parent, which also keeps their deadline; when
 * they run and what their results mean is said here.
 */

static void	script_timer(int, short, void *);
static void	script_arm(struct script *);
static int64_t	script_interval(const struct script *);
static int	script_lost(const struct script *, struct monotime);
static uint32_t	script_reason(const struct msg_script_result *, int32_t *);
static void	script_tell(const struct script *);
static void	script_log(const struct script *, enum host_state,
		    const struct msg_script_result *);

void
hce_script_init(struct script *script)
{
	evtimer_assign(&script->timer, script->hce->base, script_timer, script);
	verdict_init(&script->verdict, monotime_now());
}

void
hce_script_begin(struct script *script)
{
	struct hce	*hce = script->hce;

	script->scheduled = 1;
	script->due = monotime_add_us(monotime_now(),
	    slot_offset(hce->slot_base, hce->slots++,
	    script_interval(script)));
	script_arm(script);
}

void
hce_script_stop(struct script *script)
{
	if (script->scheduled)
		evtimer_del(&script->timer);
	script->scheduled = 0;
}

static int64_t
script_interval(const struct script *script)
{
	return ((int64_t)script->conf.interval_ms * 1000);
}

static void
script_arm(struct script *script)
{
	struct timeval	 tv = monotime_left(script->due);

	if (evtimer_add(&script->timer, &tv) == -1)
		fatalx("no memory for a timer");
}

static void
script_timer(int, short, void *arg)
{
	struct script	*script = arg;
	struct monotime	 now = monotime_now();

	if (!script->running || script_lost(script, now)) {
		script->running = 1;
		script->started = now;
		engine_send(script->hce->eng, PROC_PARENT, MSG_SCRIPT_RUN,
		    script->conf.id, NULL, 0);
	}
	script->due = slot_next(script->due, script_interval(script), now);
	script_arm(script);
}

/*
 * A run that a reload has ended gets no result.  The parent's own deadline
 * is over an interval after it at the latest.
 */
static int
script_lost(const struct script *script, struct monotime now)
{
	return (monotime_diff_us(now, script->started) >
	    (int64_t)script->conf.timeout_ms * 1000 + script_interval(script));
}

int
hce_script_result(struct script *script, const struct msg_script_result *result)
{
	const struct verdict_limits	 limits = {
		.rise = script->conf.rise,
		.fall = script->conf.fall
	};
	struct verdict_check		 check;
	struct monotime			 now = monotime_now();
	enum host_state			 was = script->verdict.state;

	if (result->error < 0)
		return (-1);
	if (!script->running)		/* of a run given up */
		return (0);
	script->running = 0;
	check.reason = script_reason(result, &check.detail);
	check.ms = monotime_diff_us(now, script->started) / 1000;
	if (verdict_check(&script->verdict, &limits, &check, now) &
	    VERDICT_STATE)
		script_tell(script);
	script_log(script, was, result);
	return (0);
}

/* The reasons of hosts, for those of the verdict alone. */
static uint32_t
script_reason(const struct msg_script_result *result, int32_t *detail)
{
	*detail = 0;
	switch (result->error) {
	case 0:
		*detail = result->status;
		return (result->status == 0 ? HOST_R_OK : HOST_R_CODE);
	case ETIMEDOUT:
		return (HOST_R_TIMEOUT_READ);
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		*detail = result->error;
		return (HOST_R_LOCAL);
	default:
		*detail = result->error;
		return (HOST_R_UNREACHABLE);
	}
}

static void
script_tell(const struct script *script)
{
	struct msg_onoff	 m;

	if (script->verdict.state == HOST_UNKNOWN)
		return;
	m.on = script->verdict.state == HOST_UP;
	engine_send(script->hce->eng, PROC_VRRPE, MSG_SCRIPT_STATUS,
	    script->conf.id, &m, sizeof(m));
}

void
hce_script_tell_all(struct hce *hce)
{
	struct script	*script;

	RB_FOREACH(script, scripts, &hce->running->scripts)
		script_tell(script);
}

static void
script_log(const struct script *script, enum host_state was,
    const struct msg_script_result *result)
{
	const struct verdict	*v = &script->verdict;
	char			 why[64];
	uint32_t		 flags;

	flags = script->hce->running->global.log_flags;
	if ((flags & LOG_F_CHECKS) == 0 &&
	    ((flags & LOG_F_STATE) == 0 || v->state == was))
		return;
	if (result->error == ETIMEDOUT)
		snprintf(why, sizeof(why), "timeout");
	else if (result->error != 0)
		snprintf(why, sizeof(why), "%s", strerror(result->error));
	else if (result->status > 128)
		snprintf(why, sizeof(why), "signal %d", result->status - 128);
	else
		snprintf(why, sizeof(why), "exit %d", result->status);
	log_info("script %s (%ums, %s), state %s -> %s", script->conf.name,
	    v->last_ms, why, host_state_names[was],
	    host_state_names[v->state]);
}

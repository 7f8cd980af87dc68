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


#include <string.h>

#include "verdict.h"

enum outcome {
	OUTCOME_GOOD,
	OUTCOME_BAD,
	OUTCOME_TOLD,		/* bad, and nothing there to be in doubt of */
	OUTCOME_MAX,
	OUTCOME_NONE		/* says nothing about the host */
};

/* How many checks of one outcome in a row it takes. */
enum need {
	NEED_NEVER,
	NEED_ONE,
	NEED_RISE,
	NEED_FALL
};

static const struct {
	enum need	need;
	enum host_state	next;
} rules[HOST_STATE_MAX][OUTCOME_MAX] = {
	[HOST_UNKNOWN] = {
		[OUTCOME_GOOD]	= { NEED_ONE, HOST_UP },
		[OUTCOME_BAD]	= { NEED_FALL, HOST_DOWN },
		[OUTCOME_TOLD]	= { NEED_ONE, HOST_DOWN }
	},
	[HOST_UP] = {
		[OUTCOME_GOOD]	= { NEED_NEVER, HOST_UP },
		[OUTCOME_BAD]	= { NEED_FALL, HOST_DOWN },
		[OUTCOME_TOLD]	= { NEED_ONE, HOST_DOWN }
	},
	[HOST_DOWN] = {
		[OUTCOME_GOOD]	= { NEED_RISE, HOST_UP },
		[OUTCOME_BAD]	= { NEED_NEVER, HOST_DOWN },
		[OUTCOME_TOLD]	= { NEED_NEVER, HOST_DOWN }
	}
};

static enum outcome	verdict_outcome(uint32_t);
static void		verdict_run(struct verdict *, enum outcome);
static int		verdict_reached(const struct verdict *, enum need,
			    const struct verdict_limits *);

void
verdict_init(struct verdict *v, struct monotime now)
{
	memset(v, 0, sizeof(*v));
	v->state = HOST_UNKNOWN;
	v->reason = HOST_R_NONE;
	v->since = now;
}

void
verdict_assume(struct verdict *v, enum host_state state, struct monotime now)
{
	if (v->state != state)
		v->since = now;
	v->state = state;
	v->run = 0;
}

int
verdict_check(struct verdict *v, const struct verdict_limits *limits,
    const struct verdict_check *check, struct monotime now)
{
	enum outcome	 outcome;
	int		 changed = 0;

	if (v->reason != check->reason || v->detail != check->detail)
		changed |= VERDICT_REASON;
	v->reason = check->reason;
	v->detail = check->detail;
	v->last_ms = check->ms;

	verdict_count(v, check);
	if ((outcome = verdict_outcome(check->reason)) == OUTCOME_NONE)
		return (changed);
	verdict_run(v, outcome);
	if (verdict_reached(v, rules[v->state][outcome].need, limits)) {
		v->state = rules[v->state][outcome].next;
		v->since = now;
		changed |= VERDICT_STATE;
	}
	return (changed);
}

void
verdict_count(struct verdict *v, const struct verdict_check *check)
{
	enum outcome	 outcome = verdict_outcome(check->reason);

	if (outcome == OUTCOME_NONE)
		return;
	v->checks++;
	if (outcome == OUTCOME_GOOD)
		v->checks_up++;
}

void
verdict_hist(uint32_t *hist, const struct verdict_check *check)
{
	unsigned int	 bucket = 0;

	if (verdict_outcome(check->reason) == OUTCOME_NONE)
		return;
	while (bucket < HOST_HIST_MAX - 1 && check->ms >> bucket != 0)
		bucket++;
	hist[bucket]++;
}

int
verdict_good(uint32_t reason)
{
	return (verdict_outcome(reason) == OUTCOME_GOOD);
}

static enum outcome
verdict_outcome(uint32_t reason)
{
	switch (reason) {
	case HOST_R_OK:
	case HOST_R_AGENT_DRAIN:
		return (OUTCOME_GOOD);
	case HOST_R_AGENT_DOWN:
	case HOST_R_AGENT_MAINT:
		return (OUTCOME_TOLD);
	case HOST_R_NONE:
	case HOST_R_DESCRIPTORS:
	case HOST_R_LOCAL:
	case HOST_R_BACKUP_ONLY:
		return (OUTCOME_NONE);
	default:
		return (OUTCOME_BAD);
	}
}

/* One more of this outcome; of the other one, the run begins anew. */
static void
verdict_run(struct verdict *v, enum outcome outcome)
{
	int	 good = outcome == OUTCOME_GOOD;

	if (v->run_good != good) {
		v->run_good = good;
		v->run = 0;
	}
	if (v->run < UINT16_MAX)
		v->run++;
}

static int
verdict_reached(const struct verdict *v, enum need need,
    const struct verdict_limits *limits)
{
	switch (need) {
	case NEED_ONE:
		return (1);
	case NEED_RISE:
		return (v->run >= limits->rise);
	case NEED_FALL:
		return (v->run >= limits->fall);
	case NEED_NEVER:
	default:
		return (0);
	}
}

void
verdict_learn(struct verdict *v, const struct msg_host_status *status)
{
	v->state = status->state;
	v->reason = status->reason;
	v->detail = status->detail;
	v->last_ms = status->last_ms;
	v->checks = status->checks;
	v->checks_up = status->checks_up;
	v->since = status->since;
	v->run = 0;
}

void
verdict_tell(const struct verdict *v, struct msg_host_status *status)
{
	memset(status, 0, sizeof(*status));
	status->state = v->state;
	status->reason = v->reason;
	status->detail = v->detail;
	status->last_ms = v->last_ms;
	status->checks = v->checks;
	status->checks_up = v->checks_up;
	status->since = v->since;
}

unsigned int
verdict_availability(const struct verdict *v)
{
	if (v->checks == 0)
		return (0);
	return ((double)v->checks_up * 10000 / v->checks);
}

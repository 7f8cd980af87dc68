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

#include "round.h"

static enum round_act	round_ignore(struct round *, unsigned int);
static enum round_act	round_bad(struct round *, unsigned int);
static enum round_act	round_answer(struct round *, unsigned int);
static enum round_act	round_abort(struct round *, unsigned int);
static enum round_act	round_lost(struct round *, unsigned int);
static enum round_act	round_late(struct round *, unsigned int);
static enum round_act	round_advance(struct round *);

/*
 * Until the first COMMIT is sent anything that goes wrong ends the round
 * with nothing changed.  After it there is no way back: an engine that
 * fails then is killed and gets the new configuration when it starts again.
 */
static enum round_act (*const table[ROUND_PHASE_MAX][ROUND_EVENT_MAX])
    (struct round *, unsigned int) = {
	[ROUND_IDLE] = {
		[ROUND_E_READY]		= round_bad,
		[ROUND_E_ERROR]		= round_bad,
		[ROUND_E_COMMITTED]	= round_bad,
		[ROUND_E_GONE]		= round_ignore,
		[ROUND_E_DEADLINE]	= round_ignore
	},
	[ROUND_STAGE] = {
		[ROUND_E_READY]		= round_answer,
		[ROUND_E_ERROR]		= round_abort,
		[ROUND_E_COMMITTED]	= round_bad,
		[ROUND_E_GONE]		= round_abort,
		[ROUND_E_DEADLINE]	= round_abort
	},
	[ROUND_COMMIT] = {
		[ROUND_E_READY]		= round_bad,
		[ROUND_E_ERROR]		= round_bad,
		[ROUND_E_COMMITTED]	= round_answer,
		[ROUND_E_GONE]		= round_lost,
		[ROUND_E_DEADLINE]	= round_late
	}
};

void
round_begin(struct round *r, unsigned int mask)
{
	r->phase = ROUND_STAGE;
	r->mask = r->waiting = mask;
}

enum round_act
round_event(struct round *r, enum round_event event, enum proc proc)
{
	unsigned int	bit = ROUND_BIT(proc);

	/* The death of one that takes no part is no news here. */
	if (event == ROUND_E_GONE && (r->mask & bit) == 0)
		return (ROUND_A_NONE);
	return (table[r->phase][event](r, bit));
}

static enum round_act
round_ignore(struct round *, unsigned int)
{
	return (ROUND_A_NONE);
}

static enum round_act
round_bad(struct round *, unsigned int)
{
	return (ROUND_A_BAD);
}

/* Each engine answers each phase once. */
static enum round_act
round_answer(struct round *r, unsigned int bit)
{
	if ((r->waiting & bit) == 0)
		return (ROUND_A_BAD);
	r->waiting &= ~bit;
	return (round_advance(r));
}

static enum round_act
round_abort(struct round *r, unsigned int)
{
	r->phase = ROUND_IDLE;
	return (ROUND_A_ABORT);
}

static enum round_act
round_lost(struct round *r, unsigned int bit)
{
	r->mask &= ~bit;
	if ((r->waiting & bit) == 0)
		return (ROUND_A_NONE);
	r->waiting &= ~bit;
	return (round_advance(r));
}

static enum round_act
round_late(struct round *, unsigned int)
{
	return (ROUND_A_KILL);
}

static enum round_act
round_advance(struct round *r)
{
	if (r->waiting != 0)
		return (ROUND_A_NONE);
	if (r->phase == ROUND_STAGE) {
		r->phase = ROUND_COMMIT;
		r->waiting = r->mask;
		return (ROUND_A_COMMIT);
	}
	r->phase = ROUND_IDLE;
	return (ROUND_A_START);
}

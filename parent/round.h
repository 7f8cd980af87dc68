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

#ifndef PARENT_ROUND_H
#define PARENT_ROUND_H

#include "../imsg/msg.h"

/*
 * A round brings one configuration to a set of engines in two phases: all
 * stage it and say so, then all commit it and say so.  This is the
 * bookkeeping alone: it takes events and answers what is to be done.  One
 * round runs at a time.
 */

enum round_phase {
	ROUND_IDLE,
	ROUND_STAGE,		/* waiting for READY of each */
	ROUND_COMMIT,		/* waiting for COMMITTED of each */
	ROUND_PHASE_MAX
};

enum round_event {
	ROUND_E_READY,		/* an engine has staged the configuration */
	ROUND_E_ERROR,		/* an engine cannot take it */
	ROUND_E_COMMITTED,	/* an engine runs it */
	ROUND_E_GONE,		/* an engine has died */
	ROUND_E_DEADLINE,	/* the phase has lasted too long */
	ROUND_EVENT_MAX
};

enum round_act {
	ROUND_A_NONE,
	ROUND_A_COMMIT,		/* all are ready: tell them to commit */
	ROUND_A_START,		/* all have committed: the round is over */
	ROUND_A_ABORT,		/* nothing may change: the round is over */
	ROUND_A_KILL,		/* end those in waiting, they are too late */
	ROUND_A_BAD		/* the engine had no right to say this */
};

struct round {
	enum round_phase	phase;
	unsigned int		mask;		/* ROUND_BITs: taking part */
	unsigned int		waiting;	/* of these: no answer yet */
};

#define ROUND_BIT(proc)	(1U << (proc))

/* round_begin: start the staging phase with the engines of the mask. */
void		 round_begin(struct round *, unsigned int);
/* round_event: what an event of this engine (of none: 0) leads to. */
enum round_act	 round_event(struct round *, enum round_event, enum proc);

#endif /* PARENT_ROUND_H */

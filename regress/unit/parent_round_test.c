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

/*
 * Rounds: every phase against every event, and the ways from beginning to
 * end that lvsd goes.
 */
#include <sys/types.h>

#include "../../parent/round.h"
#include "tap.h"

#define ALL	(ROUND_BIT(PROC_VRRPE) | ROUND_BIT(PROC_HCE) |		\
		ROUND_BIT(PROC_LBE))

static void	begin(struct round *);
static void	to_commit(struct round *);
static void	test_whole(void);
static void	test_stage(void);
static void	test_commit(void);
static void	test_idle(void);

static void
begin(struct round *r)
{
	memset(r, 0, sizeof(*r));
	round_begin(r, ALL);
}

static void
to_commit(struct round *r)
{
	begin(r);
	round_event(r, ROUND_E_READY, PROC_VRRPE);
	round_event(r, ROUND_E_READY, PROC_HCE);
	round_event(r, ROUND_E_READY, PROC_LBE);
}

static void
test_whole(void)
{
	struct round	r;

	begin(&r);
	is_int(round_event(&r, ROUND_E_READY, PROC_HCE), ROUND_A_NONE,
	    "first ready: wait");
	is_int(round_event(&r, ROUND_E_READY, PROC_LBE), ROUND_A_NONE,
	    "second ready: wait");
	is_int(round_event(&r, ROUND_E_READY, PROC_VRRPE), ROUND_A_COMMIT,
	    "last ready: commit");
	is_int(r.phase, ROUND_COMMIT, "committing");
	is_int(r.waiting, ALL, "waiting for all anew");
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_LBE), ROUND_A_NONE,
	    "first committed: wait");
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_HCE), ROUND_A_NONE,
	    "second committed: wait");
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_VRRPE), ROUND_A_START,
	    "last committed: start");
	is_int(r.phase, ROUND_IDLE, "over");
}

static void
test_stage(void)
{
	struct round	r;

	begin(&r);
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_HCE), ROUND_A_BAD,
	    "committed before commit");
	is_int(round_event(&r, ROUND_E_ERROR, PROC_HCE), ROUND_A_ABORT,
	    "an error while staging aborts");
	is_int(r.phase, ROUND_IDLE, "and ends the round");

	begin(&r);
	round_event(&r, ROUND_E_READY, PROC_HCE);
	is_int(round_event(&r, ROUND_E_READY, PROC_HCE), ROUND_A_BAD,
	    "ready twice");
	is_int(round_event(&r, ROUND_E_GONE, PROC_HCE), ROUND_A_ABORT,
	    "death while staging aborts, even of one that was ready");

	begin(&r);
	is_int(round_event(&r, ROUND_E_DEADLINE, 0), ROUND_A_ABORT,
	    "being late while staging aborts");

	memset(&r, 0, sizeof(r));
	round_begin(&r, ROUND_BIT(PROC_LBE));
	is_int(round_event(&r, ROUND_E_GONE, PROC_HCE), ROUND_A_NONE,
	    "death of one that takes no part");
	is_int(round_event(&r, ROUND_E_READY, PROC_HCE), ROUND_A_BAD,
	    "ready of one that takes no part");
	is_int(round_event(&r, ROUND_E_READY, PROC_LBE), ROUND_A_COMMIT,
	    "a round of one");
}

static void
test_commit(void)
{
	struct round	r;

	to_commit(&r);
	is_int(round_event(&r, ROUND_E_READY, PROC_HCE), ROUND_A_BAD,
	    "ready after commit");
	is_int(round_event(&r, ROUND_E_ERROR, PROC_HCE), ROUND_A_BAD,
	    "error after commit");
	is_int(round_event(&r, ROUND_E_DEADLINE, 0), ROUND_A_KILL,
	    "being late after commit kills");
	is_int(r.phase, ROUND_COMMIT, "and does not end the round");
	is_int(round_event(&r, ROUND_E_GONE, PROC_HCE), ROUND_A_NONE,
	    "death after commit aborts nothing");
	is_int(round_event(&r, ROUND_E_GONE, PROC_HCE), ROUND_A_NONE,
	    "dead once, out for ever");
	round_event(&r, ROUND_E_COMMITTED, PROC_LBE);
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_LBE), ROUND_A_BAD,
	    "committed twice");
	is_int(round_event(&r, ROUND_E_GONE, PROC_LBE), ROUND_A_NONE,
	    "death of one that has committed");
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_VRRPE), ROUND_A_START,
	    "the others go on");
	is_int(r.mask, ROUND_BIT(PROC_VRRPE), "who is left");

	to_commit(&r);
	round_event(&r, ROUND_E_COMMITTED, PROC_LBE);
	round_event(&r, ROUND_E_COMMITTED, PROC_HCE);
	is_int(round_event(&r, ROUND_E_GONE, PROC_VRRPE), ROUND_A_START,
	    "death of the last one waited for");
}

static void
test_idle(void)
{
	struct round	r;

	memset(&r, 0, sizeof(r));
	is_int(round_event(&r, ROUND_E_READY, PROC_HCE), ROUND_A_BAD,
	    "ready out of the blue");
	is_int(round_event(&r, ROUND_E_ERROR, PROC_HCE), ROUND_A_BAD,
	    "error out of the blue");
	is_int(round_event(&r, ROUND_E_COMMITTED, PROC_HCE), ROUND_A_BAD,
	    "committed out of the blue");
	is_int(round_event(&r, ROUND_E_GONE, PROC_HCE), ROUND_A_NONE,
	    "death between rounds");
	is_int(round_event(&r, ROUND_E_DEADLINE, 0), ROUND_A_NONE,
	    "a deadline between rounds");
}

int
main(void)
{
	test_whole();
	test_stage();
	test_commit();
	test_idle();
	return (done_testing());
}

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


#ifndef HCE_VERDICT_H
#define HCE_VERDICT_H

#include <stdint.h>

#include "../imsg/msg.h"

/*
 * The verdict about a host or script: what its checks have said so far and
 * what follows from it.  A host starts unknown and is up after its first
 * good check; an up one goes down after `fall' bad checks in a row, a down
 * one comes up after `rise' good ones.  An unknown one is called down after
 * `fall' bad checks.  What an agent says of its host holds at once.  Checks
 * that failed for a reason of our own count for nothing.
 */
struct verdict {
	uint32_t	reason;		/* enum host_reason, last check */
	int32_t		detail;
	uint32_t	last_ms;	/* duration of the last check */
	uint16_t	run;		/* checks in a row of one outcome */
	uint8_t		run_good;	/* that outcome */
	uint8_t		state;		/* enum host_state */
	uint64_t	checks;
	uint64_t	checks_up;
	struct monotime	since;		/* in this state */
};

/* What one more check has changed. */
#define VERDICT_STATE	0x01
#define VERDICT_REASON	0x02		/* reason or its detail */

struct verdict_limits {
	uint16_t	rise;
	uint16_t	fall;
};

/* One check that has ended. */
struct verdict_check {
	uint32_t	reason;		/* enum host_reason */
	int32_t		detail;
	uint32_t	ms;		/* how long it took */
};

/* verdict_init: unknown, nothing counted, since the given time. */
void	verdict_init(struct verdict *, struct monotime);
/*
 * verdict_assume: be in this state from now on without a check, as if it had
 * always been so; the counters stay, a run of checks begins anew.
 */
void	verdict_assume(struct verdict *, enum host_state, struct monotime);
/* verdict_check: count one check; VERDICT_* flags of what has changed. */
int	verdict_check(struct verdict *, const struct verdict_limits *,
	    const struct verdict_check *, struct monotime);
/* verdict_good: a reason that speaks for the host. */
int	verdict_good(uint32_t);
/* verdict_count: add one check to the counters, and nothing else. */
void	verdict_count(struct verdict *, const struct verdict_check *);
/* verdict_hist: add its duration, if it counts, to a histogram. */
void	verdict_hist(uint32_t *, const struct verdict_check *);
/*
 * verdict_learn: go on from a status told before by another hce.  Its
 * values must have been checked.  verdict_tell: the status to tell.  Neither
 * knows of its histogram.
 */
void	verdict_learn(struct verdict *, const struct msg_host_status *);
void	verdict_tell(const struct verdict *, struct msg_host_status *);
/* verdict_availability: good checks of all, in hundredths of a percent. */
unsigned int verdict_availability(const struct verdict *);

#endif /* HCE_VERDICT_H */

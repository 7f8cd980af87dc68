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
 * Whether IPVS rests is asked for again as soon as connection sync has changed
 * sides, whatever was answered a moment ago.
 */

#include "../../parent/ipvs.h"
#include "../../parent/parent.h"
#include "../../parent/via.h"
#include "tap.h"

static int		rests;
static unsigned int	turns;
static int		events;

/* In the place of those of the parent. */

int
ipvs_rests(struct ipvs *)
{
	return (rests);
}

unsigned int
ipvs_sync_turns(const struct ipvs *)
{
	return (turns);
}

void
dispatch_event(struct parent *, enum ctl_event_kind, uint32_t, const char *,
    const char *, ...)
{
	events++;
}

int
main(void)
{
	struct parent	env;

	memset(&env, 0, sizeof(env));
	if ((env.via = via_new()) == NULL)
		abort();
	rests = 1;
	is_int(via_blind(&env), 0, "without IPVS nothing rests");
	via_free(env.via);
	if ((env.via = via_new()) == NULL)
		abort();
	env.ipvs = (struct ipvs *)&rests;
	is_int(via_blind(&env), 1, "who receives rests");
	is_int(events, 1, "which is told");
	rests = 0;
	turns++;
	is_int(via_blind(&env), 0, "who sends from now on does not");
	rests = 1;
	turns++;
	is_int(via_blind(&env), 1, "who receives again does");
	is_int(events, 3, "each is told");
	via_free(env.via);
	return (done_testing());
}

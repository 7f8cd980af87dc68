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

#include "../imsg/imsg.h"
#include "env.h"

/*
 * Whether all hosts that are checked have been looked at since lvsd was
 * started.  Until they have, vrrpe leaves a master of lower priority in peace:
 * who takes the addresses of one whose hosts work should have some to offer.
 */

static int	waits_for(const struct lbe_host *);
static int	table_judged(const struct lbe_table *, uint32_t *);

/* Those that nobody checks, or wants to, get no verdict. */
static int
waits_for(const struct lbe_host *h)
{
	return (h->status->state == HOST_UNKNOWN && desire_host_enabled(h));
}

/* From this host on; where it ends. */
static int
table_judged(const struct lbe_table *tb, uint32_t *i)
{
	if (tb->conf.nchecks == 0 || tb->resting)
		return (1);
	for (; *i < tb->nhosts; (*i)++)
		if (waits_for(&tb->hosts[*i]))
			return (0);
	return (1);
}

/* Each host is passed once: whoever had a verdict keeps one. */
void
judged_look(struct lbe_env *env)
{
	struct lbe_judged	*j = &env->judged;

	if (j->all || !kernel_running(env))
		return;
	if (j->serial != env->tree->serial) {
		j->serial = env->tree->serial;
		j->table = STAILQ_FIRST(&env->tree->tables);
		j->host = 0;
	}
	for (; j->table != NULL; j->table = STAILQ_NEXT(j->table, entry)) {
		if (!table_judged(j->table, &j->host))
			return;
		j->host = 0;
	}
	j->all = 1;
	judged_tell(env);
}

void
judged_tell(struct lbe_env *env)
{
	if (env->judged.all)
		engine_send(env->engine, PROC_VRRPE, MSG_HOSTS_JUDGED, 0, NULL,
		    0);
}

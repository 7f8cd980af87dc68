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

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"

static int	check_number(const struct lbe_table *, uint32_t);
static void	check_of_host(const struct lbe_host *,
		    struct msg_check_status *);
static void	check_send(struct client *, const struct lbe_host *, int,
		    const struct msg_check_status *);

/* Which of the table's checks it is, from 0; -1: none. */
static int
check_number(const struct lbe_table *tb, uint32_t id)
{
	int	 i;

	for (i = 0; i < tb->conf.nchecks; i++)
		if (tb->conf.check_id[i] == id)
			return (i);
	return (-1);
}

/* hce may have switched to another configuration, or not yet. */
int
checks_status(struct lbe_env *env, struct imsg *msg)
{
	struct msg_check_status	 m;
	struct lbe_host		*h;
	struct lbe_extra	*x;
	int			 i;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 ||
	    !msg_check_status_ok(&m))
		return (-1);
	if ((h = tree_host(env->tree, imsg_id(msg))) == NULL ||
	    (i = check_number(h->table, m.check_id)) == -1)
		return (imsg_gen(msg) == env->engine->gen ? -1 : 0);
	x = host_extra(h);
	if (x->checks == NULL && (x->checks = calloc(h->table->conf.nchecks,
	    sizeof(*x->checks))) == NULL)
		fatal("checks of a host");
	x->checks[i] = m;
	return (0);
}

/* The only check of a host is as the host is. */
static void
check_of_host(const struct lbe_host *h, struct msg_check_status *m)
{
	const struct lbe_status	*s = h->status;

	memset(m, 0, sizeof(*m));
	m->state = s->state;
	m->reason = s->reason;
	m->detail = s->detail;
	m->last_ms = s->last_ms;
	m->flags = s->flags & HOST_STATUS_F_WEIGHT;
	m->weight = s->weight;
	m->checks = s->checks;
	m->checks_up = s->checks_up;
	(void)strlcpy(m->note, s->note, sizeof(m->note));
}

static void
check_send(struct client *c, const struct lbe_host *h, int i,
    const struct msg_check_status *s)
{
	static const enum ctl_state	 states[HOST_STATE_MAX] = {
		[HOST_UNKNOWN] = CTL_UNKNOWN,
		[HOST_UP] = CTL_UP,
		[HOST_DOWN] = CTL_DOWN
	};
	struct ctl_check		 m;

	memset(&m, 0, sizeof(m));
	m.number = i + 1;
	m.state = states[s->state];
	if (s->flags & HOST_STATUS_F_WEIGHT)
		m.flags = CTL_HOST_F_WEIGHT;
	m.weight = s->weight;
	m.last_ms = s->last_ms;
	m.checks = s->checks;
	m.checks_up = s->checks_up;
	(void)strlcpy(m.type, check_type_names[h->table->check[i]],
	    sizeof(m.type));
	host_reason_noted(s->reason, s->detail, s->note, m.reason,
	    sizeof(m.reason));
	peer_send(c->peer, MSG_CTL_CHECK, 0, -1, &m, sizeof(m));
}

void
checks_show(struct client *c, const struct lbe_host *h)
{
	const struct msg_check_status	*checks;
	struct msg_check_status		 only;
	int				 i;

	if (h->table->conf.nchecks == 1) {
		check_of_host(h, &only);
		check_send(c, h, 0, &only);
		return;
	}
	checks = h->extra != NULL ? h->extra->checks : NULL;
	for (i = 0; checks != NULL && i < h->table->conf.nchecks; i++)
		check_send(c, h, i, &checks[i]);
}

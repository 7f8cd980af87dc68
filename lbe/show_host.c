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
#include <sys/socket.h>

#include <string.h>
#include <time.h>

#include "../imsg/peer.h"
#include "control.h"
#include "env.h"

/* A host as lvsctl(8) shows it. */

#define US_PER_S	1000000

static uint64_t	host_since(const struct lbe_host *);
static uint32_t	host_slow(const struct lbe_host *);
static int64_t	host_removal(const struct lbe_host *);

/* Seconds in this state; for what the operator did, since then. */
static uint64_t
host_since(const struct lbe_host *h)
{
	const struct msg_override	*o = host_override(h);
	int64_t				 s;

	if (!desire_table_enabled(h->table) && h->table->override != NULL)
		o = h->table->override;
	if (o->kind == OVERRIDE_DISABLE || o->kind == OVERRIDE_DRAIN)
		s = time(NULL) - o->by.since;
	else
		s = monotime_diff_us(monotime_now(), h->status->since) /
		    US_PER_S;
	return (s > 0 ? s : 0);
}

/* Seconds until it has its weight in all services; begun ones count. */
static uint32_t
host_slow(const struct lbe_host *h)
{
	const struct lbe_pool	*p;
	int64_t			 us, most = 0;

	STAILQ_FOREACH(p, &h->table->users, user)
		if (p->asked[HOST_INDEX(h)] > 0 &&
		    (us = ramp_left_us(p, h, monotime_now())) > most)
			most = us;
	return ((most + US_PER_S - 1) / US_PER_S);
}

/* Seconds until the last service that waits removes it; -1: none does. */
static int64_t
host_removal(const struct lbe_host *h)
{
	const struct lbe_pool	*p;
	int64_t			 us, most = -1;

	STAILQ_FOREACH(p, &h->table->users, user)
		if ((us = removal_host_us(p, h, monotime_now())) > most)
			most = us;
	return (most == -1 ? -1 : (most + US_PER_S - 1) / US_PER_S);
}

void
show_send_host(struct client *c, const struct lbe_host *h)
{
	static const enum ctl_state	 states[HOST_STATE_MAX] = {
		[HOST_UNKNOWN] = CTL_UNKNOWN,
		[HOST_UP] = CTL_UP,
		[HOST_DOWN] = CTL_DOWN
	};
	const struct msg_override	*o = host_override(h);
	const struct lbe_limits		 limits = host_limits(h);
	struct ctl_host			 m;
	struct lbe_error		*err;
	int64_t				 removal_s;

	memset(&m, 0, sizeof(m));
	m.id = h->id;
	m.table_id = h->table->conf.id;
	if (!desire_host_enabled(h))
		m.state = CTL_DISABLED;
	else
		m.state = desire_host_up(h) ? CTL_UP : states[h->status->state];
	if (o->kind != OVERRIDE_NONE)
		m.flags |= CTL_HOST_F_OVERRIDE;
	if (h->table->conf.nchecks == 0)
		m.flags |= CTL_HOST_F_UNCHECKED;
	if (h->table->resting)
		m.flags |= CTL_HOST_F_SUSPENDED;
	if (kernel_has(h))
		m.flags |= CTL_HOST_F_KERNEL;
	m.weight = desire_host_aim(h);
	m.weight_conf = h->weight;
	m.weight_by = o->weight_by;
	if (desire_host_dynamic(h)) {
		m.flags |= CTL_HOST_F_WEIGHT;
		m.weight_check = h->status->weight;
	}
	m.by = o->by;
	m.upper = limits.upper;
	m.lower = limits.lower;
	m.checks = h->status->checks;
	m.checks_up = h->status->checks_up;
	m.since_s = host_since(h);
	m.last_ms = h->status->last_ms;
	m.cert_until = h->status->cert_until;
	memcpy(m.hist, h->status->hist, sizeof(m.hist));
	if (h->status->flags & HOST_STATUS_F_CERT)
		m.flags |= CTL_HOST_F_CERT;
	if ((err = kernel_host_error(c->env, h->id)) != NULL)
		m.error = err->error;
	drain_show(h, &m);
	m.slow_left_s = host_slow(h);
	if ((removal_s = host_removal(h)) != -1) {
		m.flags |= CTL_HOST_F_REMOVAL;
		m.removal_s = removal_s;
	}
	host_reason(h, m.reason);
	host_label(h, m.addr);
	peer_send(c->peer, MSG_CTL_HOST, 0, -1, &m, sizeof(m));
}

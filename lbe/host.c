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

#include <bsd/string.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "env.h"

static void	status_leave(struct lbe_host *);
static struct lbe_birth *birth_of(const struct lbe_host *);

struct lbe_birth *
birth_new(void)
{
	struct lbe_birth	*b;

	/* With an empty note. */
	if ((b = calloc(1, sizeof(*b) + 1)) == NULL)
		fatal("configuration");
	b->status.since = monotime_now();
	b->users = 1;
	return (b);
}

void
birth_leave(struct lbe_birth *b)
{
	if (--b->users == 0)
		free(b);
}

static struct lbe_birth *
birth_of(const struct lbe_host *h)
{
	return ((struct lbe_birth *)((uintptr_t)h->status -
	    offsetof(struct lbe_birth, status)));
}

void
lbe_host_init(struct lbe_host *h, struct lbe_birth *b)
{
	h->status = &b->status;
	b->users++;
}

void
lbe_host_forget(struct lbe_host *h, struct lbe_birth *b)
{
	if (!h->told)
		return;
	status_leave(h);
	lbe_host_init(h, b);
}

/* It has none until it is given another. */
static void
status_leave(struct lbe_host *h)
{
	if (h->status != NULL && !h->borrows) {
		if (h->told)
			free((void *)(uintptr_t)h->status);
		else
			birth_leave(birth_of(h));
	}
	h->status = NULL;
	h->told = 0;
}

void
lbe_host_free(struct lbe_host *h)
{
	status_leave(h);
	if (h->extra != NULL && !h->borrows) {
		free(h->extra->checks);
		free(h->extra->drain);
		free(h->extra);
	}
	h->extra = NULL;
	h->borrows = 0;
}

void
lbe_host_take(struct lbe_host *h, struct lbe_host *old, int keeps)
{
	lbe_host_free(h);
	h->status = old->status;
	h->told = old->told;
	h->extra = old->extra;
	h->borrows = keeps;
	if (keeps)
		return;
	old->status = NULL;
	old->extra = NULL;
	if (h->extra == NULL)
		return;
	/* Its checks may be others now. */
	free(h->extra->checks);
	h->extra->checks = NULL;
}

void
lbe_host_learn(struct lbe_host *h, const struct msg_host_status *m)
{
	struct lbe_status	*s = NULL;
	size_t			 len = strlen(m->note) + 1;

	if (h->told)
		s = (struct lbe_status *)(uintptr_t)h->status;
	else
		status_leave(h);
	s = realloc(s, offsetof(struct lbe_status, note) + len);
	if (s == NULL)
		fatal("status of a host");
	s->since = m->since;
	s->cert_until = m->cert_until;
	s->checks = m->checks;
	s->checks_up = m->checks_up;
	memcpy(s->hist, m->hist, sizeof(s->hist));
	s->detail = m->detail;
	s->last_ms = m->last_ms;
	s->check_id = m->check_id;
	s->weight_check_id = m->weight_check_id;
	s->weight = m->weight;
	s->state = m->state;
	s->reason = m->reason;
	s->flags = m->flags;
	memcpy(s->note, m->note, len);
	h->status = s;
	h->told = 1;
}

void
lbe_host_tell(const struct lbe_host *h, struct msg_host_status *m)
{
	const struct lbe_status	*s = h->status;

	memset(m, 0, sizeof(*m));
	m->since = s->since;
	m->cert_until = s->cert_until;
	m->checks = s->checks;
	m->checks_up = s->checks_up;
	memcpy(m->hist, s->hist, sizeof(m->hist));
	m->detail = s->detail;
	m->last_ms = s->last_ms;
	m->check_id = s->check_id;
	m->weight_check_id = s->weight_check_id;
	m->weight = s->weight;
	m->state = s->state;
	m->reason = s->reason;
	m->flags = s->flags;
	strlcpy(m->note, s->note, sizeof(m->note));
}

struct addr
host_addr(const struct lbe_host *h)
{
	struct addr	a = { .af = h->inet6 ? AF_INET6 : AF_INET };

	memcpy(a.u.bytes, h->addr, sizeof(a.u.bytes));
	return (a);
}

struct lbe_limits
host_limits(const struct lbe_host *h)
{
	static const struct lbe_limits	none;

	return (h->table->limits != NULL ? h->table->limits[HOST_INDEX(h)] :
	    none);
}

const struct msg_override *
host_override(const struct lbe_host *h)
{
	static const struct msg_override	none;

	return (h->extra != NULL ? &h->extra->override : &none);
}

struct lbe_drain *
host_drain(const struct lbe_host *h)
{
	return (h->extra != NULL ? h->extra->drain : NULL);
}

struct lbe_extra *
host_extra(struct lbe_host *h)
{
	if (h->extra == NULL &&
	    (h->extra = calloc(1, sizeof(*h->extra))) == NULL)
		fatal("host");
	return (h->extra);
}

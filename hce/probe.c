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


#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * A probe is one check of one address and port.  All hosts that have it, of
 * whatever tables, share its results; it is made while one of them wants it.
 */

static int	probe_cmp(const struct probe *, const struct probe *);
static void	probe_key(struct probe *, struct host *,
		    struct check *);
static struct probe *probe_new(const struct probe *);
static void	probe_free(struct probe *);

RB_GENERATE(probes, probe, entry, probe_cmp)

static int
probe_cmp(const struct probe *a, const struct probe *b)
{
	int	 cmp;

	if (a->check->conf.id != b->check->conf.id)
		return (a->check->conf.id < b->check->conf.id ? -1 : 1);
	if (a->port != b->port)
		return (a->port < b->port ? -1 : 1);
	if ((cmp = addr_cmp(&a->addr, &b->addr)) != 0)
		return (cmp);
	/* Both or neither, for it is the same check. */
	return (a->server != NULL ? addr_cmp(a->server, b->server) : 0);
}

static void
probe_key(struct probe *key, struct host *host, struct check *check)
{
	key->check = check;
	key->addr = check->conf.on.af != 0 ? check->conf.on : host->addr;
	if (check->conf.flags & CHECK_F_VIA)
		key->server = &host->addr;
	key->port = check->conf.port != 0 ? check->conf.port :
	    host->table->conf.port;
}

static struct probe *
probe_new(const struct probe *key)
{
	struct probe	*probe;

	if ((probe = calloc(1, sizeof(*probe))) == NULL)
		fatal("probe");
	probe->check = key->check;
	probe->addr = key->addr;
	if (key->server != NULL) {
		if ((probe->server = malloc(sizeof(*key->server))) == NULL)
			fatal("probe");
		*probe->server = *key->server;
	}
	probe->port = key->port;
	TAILQ_INIT(&probe->watches);
	sched_init(probe);
	verdict_init(&probe->verdict, monotime_now());
	probe_forget(probe);
	RB_INSERT(probes, &probe->check->hce->probes, probe);
	return (probe);
}

static void
probe_free(struct probe *probe)
{
	sched_stop(probe);
	RB_REMOVE(probes, &probe->check->hce->probes, probe);
	probe_forget(probe);
	free(probe->server);
	free(probe);
}

void
probe_forget(struct probe *probe)
{
	want_init(&probe->want);
	agent_init(&probe->agent);
	note_free(probe);
}

void
watch_join(struct watch *watch, struct host *host, struct check *check)
{
	struct probe	 key;

	memset(&key, 0, sizeof(key));
	probe_key(&key, host, check);
	watch->host = host;
	watch->probe = RB_FIND(probes, &host->table->hce->probes, &key);
	if (watch->probe == NULL)
		watch->probe = probe_new(&key);
	TAILQ_INSERT_TAIL(&watch->probe->watches, watch, entry);
}

void
watch_leave(struct watch *watch)
{
	struct probe	*probe = watch->probe;

	watch_end(watch);
	TAILQ_REMOVE(&probe->watches, watch, entry);
	if (TAILQ_EMPTY(&probe->watches))
		probe_free(probe);
}

void
watch_begin(struct watch *watch, int now)
{
	if (watch->on)
		return;
	watch->on = 1;
	if (watch->probe->wanted++ > 0)
		return;
	if (now)
		sched_begin_now(watch->probe);
	else
		sched_begin(watch->probe);
}

void
watch_end(struct watch *watch)
{
	if (!watch->on)
		return;
	watch->on = 0;
	if (--watch->probe->wanted == 0)
		sched_stop(watch->probe);
}

void
watch_move(struct watch *from, struct watch *to)
{
	to->on = from->on;
	from->on = 0;
}

int
watch_alone(const struct watch *watch)
{
	return (TAILQ_FIRST(&watch->probe->watches) == watch &&
	    TAILQ_NEXT(watch, entry) == NULL);
}

void
probe_checked(struct probe *probe, const struct verdict_check *check,
    struct monotime now)
{
	const struct verdict_limits	 limits = {
		.rise = probe->check->conf.rise,
		.fall = probe->check->conf.fall
	};
	struct watch			*watch;

	(void)verdict_check(&probe->verdict, &limits, check, now);
	note_turn(probe);
	TAILQ_FOREACH(watch, &probe->watches, entry)
		if (watch->on)
			host_checked(watch, check, now);
}

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


#include <stddef.h>
#include <stdlib.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "check.h"

/*
 * Reference hosts, by which VRRP tells whether its own network is cut off.
 * They are pinged as hosts of tables are; what becomes known is for vrrpe,
 * and lbe hears nothing of it.
 */

static int	refhost_cmp(const struct refhost *, const struct refhost *);
static const struct refhost *refhost_of(const struct probe *);
static void	refhost_tell(const struct refhost *);

RB_GENERATE(refhosts, refhost, entry, refhost_cmp)

static int
refhost_cmp(const struct refhost *a, const struct refhost *b)
{
	return (a->conf.id < b->conf.id ? -1 : a->conf.id > b->conf.id);
}

int
refhost_stage(struct hce *hce, struct imsg *msg)
{
	struct refhost	*ref;
	struct probe	*probe;

	if ((ref = calloc(1, sizeof(*ref))) == NULL)
		fatal("reference host");
	probe = &ref->probe;
	if (imsg_get_data(msg, &ref->conf, sizeof(ref->conf)) == -1 ||
	    !refhost_config_ok(&ref->conf) ||
	    (probe->check = check_find(hce->staged,
	    ref->conf.check_id)) == NULL ||
	    probe->check->conf.type != CHECK_ICMP ||
	    RB_INSERT(refhosts, &hce->staged->refhosts, ref) != NULL) {
		free(ref);
		return (-1);
	}
	probe->reference = 1;
	probe->addr = ref->conf.addr;
	sched_init(probe);
	verdict_init(&probe->verdict, monotime_now());
	return (0);
}

void
refhost_free(struct refhost *ref)
{
	sched_stop(&ref->probe);
	free(ref);
}

struct refhost *
refhost_find(struct tree *tree, uint32_t id)
{
	struct refhost	 key;

	key.conf.id = id;
	return (RB_FIND(refhosts, &tree->refhosts, &key));
}

/* The verdict stays, and with the same check the schedule. */
void
refhost_keep(struct tree *new, struct tree *old)
{
	struct refhost	*ref, *next, *kept;
	struct check	*check;

	RB_FOREACH_SAFE(ref, refhosts, &new->refhosts, next) {
		/* Checks have changed places. */
		check = check_find(new, ref->conf.check_id);
		kept = refhost_find(old, ref->conf.id);
		if (kept == NULL) {
			ref->probe.check = check;
			continue;
		}
		if (kept->probe.check != check)
			sched_stop(&kept->probe);
		kept->probe.check = check;
		kept->conf = ref->conf;
		RB_REMOVE(refhosts, &old->refhosts, kept);
		RB_REMOVE(refhosts, &new->refhosts, ref);
		refhost_free(ref);
		RB_INSERT(refhosts, &new->refhosts, kept);
	}
}

void
refhost_start(struct hce *hce)
{
	struct refhost	*ref;

	RB_FOREACH(ref, refhosts, &hce->running->refhosts)
		if (!ref->probe.scheduled)
			sched_begin(&ref->probe);
}

static const struct refhost *
refhost_of(const struct probe *probe)
{
	return ((const struct refhost *)((uintptr_t)probe -
	    offsetof(struct refhost, probe)));
}

void
refhost_checked(struct probe *probe, const struct verdict_check *check,
    struct monotime now)
{
	const struct verdict_limits	 limits = {
		.rise = probe->check->conf.rise,
		.fall = probe->check->conf.fall
	};
	enum host_state			 was = probe->verdict.state;

	if (verdict_check(&probe->verdict, &limits, check, now) &
	    VERDICT_STATE)
		refhost_tell(refhost_of(probe));
	report_check(NULL, probe, was);
}

static void
refhost_tell(const struct refhost *ref)
{
	const struct verdict	*v = &ref->probe.verdict;
	struct msg_onoff	 m;

	if (v->state == HOST_UNKNOWN)
		return;
	m.on = v->state == HOST_UP;
	engine_send(ref->probe.check->hce->eng, PROC_VRRPE, MSG_REFHOST_STATUS,
	    ref->conf.id, &m, sizeof(m));
}

void
refhost_tell_all(struct hce *hce)
{
	struct refhost	*ref;

	RB_FOREACH(ref, refhosts, &hce->running->refhosts)
		refhost_tell(ref);
}

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


#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "../imsg/log.h"
#include "check.h"
#include "pace.h"
#include "slot.h"

/*
 * Each probe has one alarm.  Between checks it stands for the next one, during
 * a check for the deadline, which covers all steps of it.  There is never
 * more than one check of a probe under way.
 */

/* A deadline that is met this late tells of a standstill. */
#define SCHED_LATE_US	50000

static void	sched_timer(struct alarm *, struct monotime);
static void	sched_forget(struct probe *);
static void	sched_cancel(struct probe *);
static int	sched_put_off(struct probe *, struct monotime);
static struct monotime sched_deadline(const struct probe *);
static void	sched_arm(struct probe *, struct monotime, struct monotime);
static void	sched_arm_next(struct probe *, struct monotime);
static void	sched_probe(struct probe *, struct monotime);
static void	sched_begin_check(struct probe *);
static int64_t	sched_interval(const struct probe *);
static int64_t	sched_slot(struct probe *);
static void	sched_start(struct probe *, int64_t, int64_t);

void
sched_open(struct hce *hce)
{
	if ((hce->alarms = alarms_new(hce->base, sched_timer)) == NULL)
		fatalx("no memory for timers");
}

void
sched_close(struct hce *hce)
{
	alarms_free(hce->alarms);
}

void
sched_init(struct probe *probe)
{
	probe->sock = -1;
	alarm_init(&probe->alarm);
}

void
sched_begin(struct probe *probe)
{
	int64_t	 slot = sched_slot(probe);

	sched_start(probe, slot, slot);
}

/* Many may begin together, and go on apart. */
void
sched_begin_now(struct probe *probe)
{
	sched_start(probe, 0, sched_slot(probe) - sched_interval(probe));
}

/* Its place in the interval. */
static int64_t
sched_slot(struct probe *probe)
{
	struct hce	*hce = probe->check->hce;

	return (slot_offset(hce->slot_base, hce->slots++,
	    sched_interval(probe)));
}

static void
sched_start(struct probe *probe, int64_t first, int64_t grid)
{
	struct monotime	 now = monotime_now();

	probe->scheduled = 1;
	probe->due = monotime_add_us(now, first);
	probe->grid = monotime_add_us(now, grid);
	sched_arm(probe, probe->due, now);
}

void
sched_stop(struct probe *probe)
{
	if (!probe->scheduled)
		return;
	if (probe->run != NULL)
		sched_cancel(probe);
	probe->scheduled = 0;
	alarm_del(probe->check->hce->alarms, &probe->alarm);
}

static int64_t
sched_interval(const struct probe *probe)
{
	return ((int64_t)probe->check->conf.interval_ms * 1000);
}

static void
sched_arm(struct probe *probe, struct monotime when, struct monotime now)
{
	/* What is late already has its turn when the loop comes round. */
	if (monotime_diff_us(when, now) < 0)
		when = now;
	alarm_set(probe->check->hce->alarms, &probe->alarm, when);
}

static void
sched_timer(struct alarm *alarm, struct monotime now)
{
	struct probe	*probe = (struct probe *)((uintptr_t)alarm -
			    offsetof(struct probe, alarm));
	uint32_t	 reason;
	int32_t		 detail = 0;

	if (probe->run == NULL) {
		sched_probe(probe, now);
		return;
	}
	if (sched_put_off(probe, now))
		return;
	if (probe->run->phase == PHASE_SOCKET) {
		reason = HOST_R_LOCAL;
		detail = EBADF;
	} else
		reason = probe->check->method->timeout(probe, &detail);
	sched_forget(probe);
	sched_done(probe, reason, detail);
}

/* The method is to have nothing to do with it any more. */
static void
sched_forget(struct probe *probe)
{
	if (probe->run->phase == PHASE_SOCKET)
		sock_forget(probe);
	else
		probe->check->method->cancel(probe);
}

static void
sched_cancel(struct probe *probe)
{
	sched_forget(probe);
	free(probe->run);
	probe->run = NULL;
}

static struct monotime
sched_deadline(const struct probe *probe)
{
	return (monotime_add_us(probe->run->started,
	    (int64_t)probe->check->conf.timeout_ms * 1000));
}

/*
 * An alarm is late when the whole process or machine stood still: an answer
 * that came meanwhile is waiting to be read, and is to be, once.
 */
static int
sched_put_off(struct probe *probe, struct monotime now)
{
	int64_t	 late = monotime_diff_us(now, sched_deadline(probe));

	if (late < SCHED_LATE_US || probe->run->late)
		return (0);
	probe->run->late = 1;
	sched_arm(probe, monotime_add_us(now, SCHED_LATE_US), now);
	return (1);
}

static void
sched_probe(struct probe *probe, struct monotime now)
{
	if ((probe->run = calloc(1, sizeof(*probe->run))) == NULL)
		fatal("check");
	probe->run->phase = PHASE_CONNECT;
	probe->run->started = now;
	sched_arm(probe, sched_deadline(probe), now);
	if (limit_reached(probe->check->hce))
		sched_done(probe, HOST_R_DESCRIPTORS, 0);
	else if (check_privileged(&probe->check->conf) &&
	    check_socktype(&probe->check->conf) != SOCK_RAW)
		sock_ask(probe, sched_begin_check);
	else
		probe->check->method->start(probe);
}

/* With a socket of the parent's, whose haste is not the host's. */
static void
sched_begin_check(struct probe *probe)
{
	probe->run->started = monotime_now();
	sched_arm(probe, sched_deadline(probe), probe->run->started);
	probe->check->method->start(probe);
}

void
sched_done(struct probe *probe, uint32_t reason, int32_t detail)
{
	struct verdict_check	 check = { .reason = reason, .detail = detail };
	struct monotime		 now = ready_now(probe->check->hce);

	limit_ended(probe->check->hce, reason);
	check.ms = monotime_diff_us(now, probe->run->started) / 1000;
	free(probe->run);
	probe->run = NULL;
	if (probe->reference)
		refhost_checked(probe, &check, now);
	else
		probe_checked(probe, &check, now);
	probe->due = pace_next(&probe->check->conf, &probe->verdict,
	    probe->grid, probe->due, now);
	sched_arm_next(probe, now);
}

/* A little late, and of two hosts not by the same. */
static void
sched_arm_next(struct probe *probe, struct monotime now)
{
	struct hce	*hce = probe->check->hce;
	int64_t		 late;

	late = slot_offset(hce->slot_base, hce->jitters++,
	    pace_jitter(monotime_diff_us(probe->due, now)));
	sched_arm(probe, monotime_add_us(probe->due, late), now);
}

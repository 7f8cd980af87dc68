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


#include <event2/event.h>

#include "../imsg/log.h"
#include "check.h"
#include "slot.h"

/*
 * Each host has one timer.  Between checks it stands for the next one, during
 * a check for the deadline, which covers all steps of it.  There is never
 * more than one check of a host under way.
 */

/* A deadline this early is met; one this late tells of a standstill. */
#define SCHED_EARLY_US	1000
#define SCHED_LATE_US	50000

static void	sched_timer(int, short, void *);
static int	sched_put_off(struct host *);
static struct monotime sched_deadline(const struct host *);
static void	sched_arm(struct host *, struct monotime);
static void	sched_probe(struct host *);
static int64_t	sched_interval(const struct host *);
static void	sched_start_at(struct host *, int64_t);

static const struct check_method *const methods[CHECK_TYPE_MAX] = {
	[CHECK_ICMP]	= &icmp_method,
	[CHECK_TCP]	= &tcp_method,
	[CHECK_HTTP]	= &http_method,
	[CHECK_HTTPS]	= &http_method,
	[CHECK_SEND]	= &send_method
};

void
sched_init(struct host *host)
{
	evtimer_assign(&host->timer, host->hce->base, sched_timer, host);
}

int
sched_enabled(const struct host *host)
{
	if (host->ordered)
		return (host->order);
	return ((host->conf.flags & HOST_F_DISABLE) == 0 &&
	    (host->table->conf.flags & TABLE_F_DISABLE) == 0);
}

int
sched_wanted(const struct host *host)
{
	return (host->check != NULL && sched_enabled(host));
}

void
sched_begin(struct host *host)
{
	struct hce	*hce = host->hce;

	sched_start_at(host, slot_offset(hce->slot_base, hce->slots++,
	    sched_interval(host)));
}

void
sched_begin_now(struct host *host)
{
	sched_start_at(host, 0);
}

static void
sched_start_at(struct host *host, int64_t offset)
{
	host->scheduled = 1;
	host->due = monotime_add_us(monotime_now(), offset);
	sched_arm(host, host->due);
}

void
sched_stop(struct host *host)
{
	if (!host->scheduled)
		return;
	if (host->probing)
		methods[host->check->conf.type]->cancel(host);
	host->probing = 0;
	host->scheduled = 0;
	evtimer_del(&host->timer);
}

static int64_t
sched_interval(const struct host *host)
{
	return ((int64_t)host->check->conf.interval_ms * 1000);
}

static void
sched_arm(struct host *host, struct monotime when)
{
	struct timeval	 tv = monotime_left(when);

	if (evtimer_add(&host->timer, &tv) == -1)
		fatalx("no memory for a timer");
}

static void
sched_timer(int, short, void *arg)
{
	struct host			*host = arg;
	const struct check_method	*method;
	uint32_t			 reason;

	if (!host->probing) {
		sched_probe(host);
		return;
	}
	if (sched_put_off(host))
		return;
	method = methods[host->check->conf.type];
	reason = method->timeout(host);
	method->cancel(host);
	sched_done(host, reason, 0);
}

static struct monotime
sched_deadline(const struct host *host)
{
	return (monotime_add_us(host->started,
	    (int64_t)host->check->conf.timeout_ms * 1000));
}

/*
 * A timer is early by as long as the event loop was at work when it was set.
 * It is late when the whole process or machine stood still: an answer that
 * came meanwhile is waiting to be read, and is to be, once.
 */
static int
sched_put_off(struct host *host)
{
	struct monotime	 now = monotime_now();
	int64_t		 late = monotime_diff_us(now, sched_deadline(host));

	if (late < -SCHED_EARLY_US) {
		sched_arm(host, sched_deadline(host));
		return (1);
	}
	if (late < SCHED_LATE_US || host->late)
		return (0);
	host->late = 1;
	sched_arm(host, monotime_add_us(now, SCHED_LATE_US));
	return (1);
}

static void
sched_probe(struct host *host)
{
	host->probing = 1;
	host->late = 0;
	host->phase = PHASE_CONNECT;
	host->started = monotime_now();
	sched_arm(host, sched_deadline(host));
	methods[host->check->conf.type]->start(host);
}

void
sched_done(struct host *host, uint32_t reason, int32_t detail)
{
	const struct verdict_limits	 limits = {
		.rise = host->check->conf.rise,
		.fall = host->check->conf.fall
	};
	struct verdict_check		 check = {
		.reason = reason,
		.detail = detail
	};
	struct monotime			 now = monotime_now();
	enum host_state			 was = host->verdict.state;

	host->probing = 0;
	check.ms = monotime_diff_us(now, host->started) / 1000;
	if (verdict_check(&host->verdict, &limits, &check, now) != 0)
		report_status(host);
	report_check(host, was);
	host->due = slot_next(host->due, sched_interval(host), now);
	sched_arm(host, host->due);
}

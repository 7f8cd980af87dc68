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
#include <time.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * A host watches a probe for each of its checks, and has one verdict: down if
 * one of them says so, up if all do.  The reason told is that of a check which
 * is not well, if there is any.
 */

static struct watch	*host_watch(const struct host *,
			    const struct probe *);
static void		 probe_assume(struct watch *, struct monotime);
static enum host_state	 host_state(const struct host *);
static const struct probe *host_shown(const struct host *,
			    const struct probe *);
static int		 host_certs(struct host *);
static void		 host_settle(struct host *);
static int		 host_judge(struct host *, const struct probe *,
			    struct monotime);

static struct watch *
host_watch(const struct host *host, const struct probe *probe)
{
	int	 i;

	for (i = 0; i < host->nwatches; i++)
		if (host->watch[i].probe == probe)
			return (&host->watch[i]);
	return (NULL);
}

void
host_link(struct host *host)
{
	struct table	*table = host->table;
	struct watch	*new, *was;
	struct monotime	 now = monotime_now();
	int		 i;

	new = calloc(table->conf.nchecks, sizeof(*new));
	if (new == NULL && table->conf.nchecks > 0)
		fatal("host");
	for (i = 0; i < table->conf.nchecks; i++) {
		watch_join(&new[i], host, table->check[i]);
		if ((was = host_watch(host, new[i].probe)) != NULL)
			watch_move(was, &new[i]);
		else
			probe_assume(&new[i], now);
	}
	host_unlink(host);
	host->watch = new;
	host->nwatches = table->conf.nchecks;
	if (host_wanted(host) && host_state(host) != host->verdict.state &&
	    host_judge(host, NULL, now))
		host->tell = 1;
	if (host_weigh(host))
		host->tell = 1;
}

void
host_unlink(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nwatches; i++)
		watch_leave(&host->watch[i]);
	free(host->watch);
	host->watch = NULL;
	host->nwatches = 0;
}

void
host_free(struct host *host)
{
	host_unlink(host);
	free(host);
}

void
host_configure(struct host *host, const struct host_config *conf)
{
	host->id = conf->id;
	host->weight = conf->weight;
	host->flags = conf->flags;
	host->addr = *check_server(conf);
}

int
host_known(const struct host *host)
{
	const struct verdict	*v = &host->verdict;

	return (v->state != HOST_UNKNOWN || v->reason != HOST_R_NONE ||
	    v->checks > 0 || host->want_id != 0);
}

int
host_enabled(const struct host *host)
{
	if (host->ordered)
		return (host->order);
	return ((host->flags & HOST_F_DISABLE) == 0 &&
	    (host->table->conf.flags & TABLE_F_DISABLE) == 0);
}

int
host_wanted(const struct host *host)
{
	return (host->table->conf.nchecks != 0 && host_enabled(host));
}

void
host_begin(struct host *host, int now)
{
	int	 i;

	for (i = 0; i < host->nwatches && !host->suspended; i++)
		watch_begin(&host->watch[i], now);
	host_settle(host);
}

/* Others that share its probes may have found out already how it is. */
static void
host_settle(struct host *host)
{
	if (host->nwatches > 0 && host_state(host) != host->verdict.state &&
	    host_judge(host, NULL, monotime_now()))
		report_status(host);
}

void
host_stop(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nwatches; i++)
		watch_end(&host->watch[i]);
}

void
host_reset(struct host *host)
{
	struct monotime	 now = monotime_now();
	struct probe	*probe;
	int		 i;

	verdict_init(&host->verdict, now);
	memset(host->hist, 0, sizeof(host->hist));
	host->check_id = 0;
	host->cert_until = host->cert_warn = 0;
	for (i = 0; i < host->nwatches; i++) {
		probe = host->watch[i].probe;
		if (probe->wanted > 0)
			continue;
		verdict_init(&probe->verdict, now);
		probe_forget(probe);
		probe->cert_until = 0;
	}
	(void)host_weigh(host);
}

/*
 * What is known of the host is all that is known of a probe.  If one of
 * several checks has failed, the others have yet to say how they are.  What
 * another host has made known of it already stays.
 */
static void
probe_assume(struct watch *watch, struct monotime now)
{
	const struct host	*host = watch->host;
	struct probe		*probe = watch->probe;
	enum host_state		 state = host->verdict.state;
	int			 i;

	if (!watch_alone(watch) && probe->verdict.state != HOST_UNKNOWN)
		return;
	for (i = 0; i < host->table->conf.nchecks; i++)
		if (state == HOST_DOWN &&
		    host->table->conf.check_id[i] == host->check_id &&
		    host->check_id != probe->check->conf.id)
			state = HOST_UNKNOWN;
	verdict_assume(&probe->verdict, state, now);
}

void
host_assume(struct host *host, enum host_state state)
{
	struct monotime	 now = monotime_now();
	int		 i;

	verdict_assume(&host->verdict, state, now);
	host->check_id = 0;
	for (i = 0; i < host->nwatches; i++)
		probe_assume(&host->watch[i], now);
}

void
host_learn(struct host *host, const struct msg_host_status *status)
{
	struct monotime	 now = monotime_now();
	int		 i;

	verdict_learn(&host->verdict, status);
	memcpy(host->hist, status->hist, sizeof(host->hist));
	host->check_id = status->check_id;
	for (i = 0; i < host->nwatches; i++)
		probe_assume(&host->watch[i], now);
	host_weigh_learn(host, status);
}

void
host_tell(const struct host *host, struct msg_host_status *status)
{
	verdict_tell(&host->verdict, status);
	memcpy(status->hist, host->hist, sizeof(status->hist));
	status->check_id = host->check_id;
	status->cert_until = host->cert_until;
	if (host->cert_warn)
		status->flags |= HOST_STATUS_F_CERT;
	host_weigh_tell(host, status);
}

static enum host_state
host_state(const struct host *host)
{
	enum host_state	 state = HOST_UP;
	int		 i;

	if (host->nwatches == 0)
		return (host->verdict.state);
	for (i = 0; i < host->nwatches; i++) {
		if (host->watch[i].probe->verdict.state == HOST_DOWN)
			return (HOST_DOWN);
		if (host->watch[i].probe->verdict.state == HOST_UNKNOWN)
			state = HOST_UNKNOWN;
	}
	return (state);
}

/*
 * The probe whose reason is told: one that is down, one that fails, one that
 * has something to say, any.
 */
static const struct probe *
host_shown(const struct host *host, const struct probe *last)
{
	const struct verdict	*v;
	const struct probe	*fails = NULL, *says = NULL;
	int			 i;

	for (i = 0; i < host->nwatches; i++) {
		v = &host->watch[i].probe->verdict;
		if (v->state == HOST_DOWN)
			return (host->watch[i].probe);
		if (v->reason == HOST_R_OK || v->reason == HOST_R_NONE)
			continue;
		if (fails == NULL && !verdict_good(v->reason))
			fails = host->watch[i].probe;
		else if (says == NULL && verdict_good(v->reason))
			says = host->watch[i].probe;
	}
	if (fails != NULL || says != NULL)
		return (fails != NULL ? fails : says);
	if (last != NULL)
		return (last);
	return (host->nwatches > 0 ? host->watch[0].probe : NULL);
}

/* Certificates: the end that comes first, and whether to warn of one. */
static int
host_certs(struct host *host)
{
	const struct probe	*probe;
	int			 i, was = host->cert_warn;

	host->cert_until = host->cert_warn = 0;
	for (i = 0; i < host->nwatches; i++) {
		probe = host->watch[i].probe;
		if (probe->cert_until == 0)
			continue;
		if (host->cert_until == 0 ||
		    probe->cert_until < host->cert_until)
			host->cert_until = probe->cert_until;
		if (probe->cert_until - time(NULL) <
		    probe->check->conf.warn_s)
			host->cert_warn = 1;
	}
	return (host->cert_warn != was);
}

/* 1: there is something new to tell. */
static int
host_judge(struct host *host, const struct probe *last, struct monotime now)
{
	struct verdict		 was = host->verdict, *v = &host->verdict;
	const struct probe	*shown = host_shown(host, last);
	uint32_t		 was_id = host->check_id;

	v->state = host_state(host);
	if (v->state != was.state)
		v->since = now;
	host->check_id = 0;
	if (shown != NULL) {
		v->reason = shown->verdict.reason;
		v->detail = shown->verdict.detail;
		v->last_ms = shown->verdict.last_ms;
		if (v->reason != HOST_R_OK && v->reason != HOST_R_NONE)
			host->check_id = shown->check->conf.id;
	}
	return (v->state != was.state || v->reason != was.reason ||
	    v->detail != was.detail || host->check_id != was_id);
}

void
host_checked(struct watch *watch, const struct verdict_check *check,
    struct monotime now)
{
	struct host	*host = watch->host;
	enum host_state	 was = host->verdict.state;
	int		 changed;

	verdict_count(&host->verdict, check);
	verdict_hist(host->hist, check);
	changed = host_judge(host, watch->probe, now);
	changed |= watch->probe->note_new;
	changed |= host_weigh(host);
	if (host_certs(host)) {
		changed = 1;
		if (host->cert_warn)
			report_cert(host, watch->probe);
	}
	if (changed)
		report_status(host);
	report_check(host, watch->probe, was);
}

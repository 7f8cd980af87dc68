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
#include <time.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * A host has a probe for each of its checks, and one verdict: down if one of
 * them says so, up if all do.  The reason told is that of a check which is
 * not well, if there is any.
 */

static struct probe	*probe_new(struct host *, struct check *);
static void		 probe_free(struct probe *);
static struct probe	*host_probe(const struct host *, const struct check *);
static void		 probe_assume(struct probe *, struct monotime);
static enum host_state	 host_state(const struct host *);
static const struct probe *host_shown(const struct host *,
			    const struct probe *);
static int		 host_certs(struct host *);
static int		 host_judge(struct host *, const struct probe *,
			    struct monotime);

static struct probe *
probe_new(struct host *host, struct check *check)
{
	struct probe	*probe;

	if ((probe = calloc(1, sizeof(*probe))) == NULL)
		fatal("host");
	probe->host = host;
	probe->hce = host->hce;
	probe->check = check;
	probe->addr = host->conf.addr;
	probe->port = check->conf.port != 0 ? check->conf.port :
	    host->table->conf.port;
	sched_init(probe);
	verdict_init(&probe->verdict, monotime_now());
	return (probe);
}

static void
probe_free(struct probe *probe)
{
	sched_stop(probe);
	free(probe);
}

static struct probe *
host_probe(const struct host *host, const struct check *check)
{
	int	 i;

	for (i = 0; i < host->nprobes; i++)
		if (host->probe[i] != NULL && host->probe[i]->check == check)
			return (host->probe[i]);
	return (NULL);
}

void
host_link(struct host *host)
{
	struct table	 *table = host->table;
	struct probe	**new, *kept;
	struct monotime	  now = monotime_now();
	int		  i, j;

	new = calloc(table->conf.nchecks + 1, sizeof(*new));
	if (new == NULL)
		fatal("host");
	for (i = 0; i < table->conf.nchecks; i++) {
		kept = host_probe(host, table->check[i]);
		for (j = 0; kept != NULL && j < host->nprobes; j++)
			if (host->probe[j] == kept)
				host->probe[j] = NULL;
		if ((new[i] = kept) != NULL)
			continue;
		new[i] = probe_new(host, table->check[i]);
		probe_assume(new[i], now);
	}
	for (i = 0; i < host->nprobes; i++)
		if (host->probe[i] != NULL)
			probe_free(host->probe[i]);
	free(host->probe);
	host->probe = new;
	host->nprobes = table->conf.nchecks;
	if (host_state(host) != host->verdict.state &&
	    host_judge(host, NULL, now))
		host->tell = 1;
}

void
host_free(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nprobes; i++)
		probe_free(host->probe[i]);
	free(host->probe);
	free(host);
}

int
host_enabled(const struct host *host)
{
	if (host->ordered)
		return (host->order);
	return ((host->conf.flags & HOST_F_DISABLE) == 0 &&
	    (host->table->conf.flags & TABLE_F_DISABLE) == 0);
}

int
host_wanted(const struct host *host)
{
	return (host->table->conf.nchecks != 0 && host_enabled(host));
}

void
host_begin(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nprobes; i++)
		if (!host->probe[i]->scheduled)
			sched_begin(host->probe[i]);
}

void
host_begin_now(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nprobes; i++)
		if (!host->probe[i]->scheduled)
			sched_begin_now(host->probe[i]);
}

void
host_stop(struct host *host)
{
	int	 i;

	for (i = 0; i < host->nprobes; i++)
		sched_stop(host->probe[i]);
}

void
host_reset(struct host *host)
{
	struct monotime	 now = monotime_now();
	int		 i;

	verdict_init(&host->verdict, now);
	host->check_id = 0;
	host->cert_until = host->cert_warn = 0;
	for (i = 0; i < host->nprobes; i++) {
		verdict_init(&host->probe[i]->verdict, now);
		host->probe[i]->cert_until = 0;
	}
}

/*
 * What is known of the host is all that is known of a probe.  If one of
 * several checks has failed, the others have yet to say how they are.
 */
static void
probe_assume(struct probe *probe, struct monotime now)
{
	const struct host	*host = probe->host;
	enum host_state		 state = host->verdict.state;
	int			 i;

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
	for (i = 0; i < host->nprobes; i++)
		probe_assume(host->probe[i], now);
}

void
host_learn(struct host *host, const struct msg_host_status *status)
{
	struct monotime	 now = monotime_now();
	int		 i;

	verdict_learn(&host->verdict, status);
	host->check_id = status->check_id;
	for (i = 0; i < host->nprobes; i++)
		probe_assume(host->probe[i], now);
}

void
host_tell(const struct host *host, struct msg_host_status *status)
{
	verdict_tell(&host->verdict, status);
	status->check_id = host->check_id;
	status->cert_until = host->cert_until;
	if (host->cert_warn)
		status->flags |= HOST_STATUS_F_CERT;
}

static enum host_state
host_state(const struct host *host)
{
	enum host_state	 state = HOST_UP;
	int		 i;

	if (host->nprobes == 0)
		return (host->verdict.state);
	for (i = 0; i < host->nprobes; i++) {
		if (host->probe[i]->verdict.state == HOST_DOWN)
			return (HOST_DOWN);
		if (host->probe[i]->verdict.state == HOST_UNKNOWN)
			state = HOST_UNKNOWN;
	}
	return (state);
}

/* The probe whose reason is told: one that is down, one that fails, any. */
static const struct probe *
host_shown(const struct host *host, const struct probe *last)
{
	const struct verdict	*v;
	const struct probe	*fails = NULL;
	int			 i;

	for (i = 0; i < host->nprobes; i++) {
		v = &host->probe[i]->verdict;
		if (v->state == HOST_DOWN)
			return (host->probe[i]);
		if (fails == NULL && v->reason != HOST_R_OK &&
		    v->reason != HOST_R_NONE)
			fails = host->probe[i];
	}
	if (fails != NULL || last != NULL)
		return (fails != NULL ? fails : last);
	return (host->nprobes > 0 ? host->probe[0] : NULL);
}

/* Certificates: the end that comes first, and whether to warn of one. */
static int
host_certs(struct host *host)
{
	const struct probe	*probe;
	int64_t			 now = time(NULL);
	int			 i, was = host->cert_warn;

	host->cert_until = host->cert_warn = 0;
	for (i = 0; i < host->nprobes; i++) {
		probe = host->probe[i];
		if (probe->cert_until == 0)
			continue;
		if (host->cert_until == 0 ||
		    probe->cert_until < host->cert_until)
			host->cert_until = probe->cert_until;
		if (probe->cert_until - now < probe->check->conf.warn_s)
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
host_checked(struct probe *probe, const struct verdict_check *check)
{
	const struct verdict_limits	 limits = {
		.rise = probe->check->conf.rise,
		.fall = probe->check->conf.fall
	};
	struct host			*host = probe->host;
	struct monotime			 now = monotime_now();
	enum host_state			 was = host->verdict.state;
	int				 changed;

	(void)verdict_check(&probe->verdict, &limits, check, now);
	verdict_count(&host->verdict, check);
	changed = host_judge(host, probe, now);
	if (host_certs(host)) {
		changed = 1;
		if (host->cert_warn)
			report_cert(probe);
	}
	if (changed)
		report_status(host);
	report_check(probe, was);
}

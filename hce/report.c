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


#include <bsd/string.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../imsg/ctl.h"
#include "../imsg/log.h"
#include "check.h"

/* Between two lines about checks that fail for reasons of our own. */
#define LOCAL_WARN_US	(60 * 1000000LL)
#define DAY_S		(24 * 60 * 60)

static void	report_probe(const struct host *, const struct probe *);
static void	report_local(const struct host *, const struct probe *);
static const char *report_name(const struct host *, const struct probe *,
		    char *, size_t);
#define REPORT_NAME_LEN	(ADDR_STRLEN + NAME_LEN + 64)

void
report_status(struct host *host)
{
	struct msg_host_status	 status;

	if (!host->table->hce->told)
		return;
	host_tell(host, &status);
	engine_send(host->table->hce->eng, PROC_LBE, MSG_HOST_STATUS, host->id,
	    &status, sizeof(status));
}

void
report_all(struct hce *hce)
{
	struct host	*host;

	/* Of the others lbe knows nothing either, see service_tell_hce(). */
	RB_FOREACH(host, hosts, &hce->running->hosts)
		if (host->nwatches > 0 && host_known(host))
			report_status(host);
	engine_send(hce->eng, PROC_LBE, MSG_HOST_SYNC, 0, NULL, 0);
}

static void
report_probe(const struct host *host, const struct probe *probe)
{
	const struct verdict	*v = &probe->verdict;
	struct msg_check_status	 m;

	memset(&m, 0, sizeof(m));
	m.check_id = probe->check->conf.id;
	m.state = v->state;
	m.reason = v->reason;
	m.detail = v->detail;
	m.last_ms = v->last_ms;
	m.checks = v->checks;
	m.checks_up = v->checks_up;
	if (probe->want.kind != WANT_NONE) {
		m.flags = HOST_STATUS_F_WEIGHT;
		m.weight = want_value(&probe->want, host->weight);
	}
	(void)strlcpy(m.note, note_text(probe), sizeof(m.note));
	engine_send(host->table->hce->eng, PROC_LBE, MSG_CHECK_STATS, host->id,
	    &m, sizeof(m));
}

void
report_stats(struct hce *hce, uint32_t request)
{
	struct msg_host_status	 status;
	struct host		*host;
	int			 i;

	RB_FOREACH(host, hosts, &hce->running->hosts) {
		host_tell(host, &status);
		engine_send(hce->eng, PROC_LBE, MSG_HOST_STATS, host->id,
		    &status, sizeof(status));
		for (i = 0; host->nwatches > 1 && i < host->nwatches; i++)
			report_probe(host, host->watch[i].probe);
	}
	engine_send(hce->eng, PROC_LBE, MSG_HOST_STATS_END, request, NULL, 0);
}

/*
 * "10.0.0.1 (web:80), check http"; of several checks the number too; of a
 * reference host "10.0.0.1 (reference), check icmp".
 */
static const char *
report_name(const struct host *host, const struct probe *probe, char *buf,
    size_t size)
{
	const char		*type;
	char			 addr[ADDR_STRLEN], number[16] = "";
	char			 port[16] = "";
	int			 i;

	addr_str(&probe->addr, addr);
	type = check_type_names[probe->check->conf.type];
	if (host == NULL) {
		snprintf(buf, size, "%s (reference), check %s", addr, type);
		return (buf);
	}
	for (i = 0; host->nwatches > 1 && i < host->nwatches; i++)
		if (host->watch[i].probe == probe)
			snprintf(number, sizeof(number), "%d ", i + 1);
	if (host->table->conf.port != 0)
		snprintf(port, sizeof(port), ":%u", host->table->conf.port);
	snprintf(buf, size, "%s (%s%s), check %s%s", addr,
	    host->table->conf.name, port, number, type);
	return (buf);
}

void
report_check(const struct host *host, const struct probe *probe,
    enum host_state was)
{
	const struct verdict	*v = &probe->verdict, *whole = v;
	char			 name[REPORT_NAME_LEN], reason[CTL_REASON_LEN];
	unsigned int		 avail;
	const struct hce	*hce = probe->check->hce;
	uint32_t		 flags = hce->running->global.log_flags;

	if (host != NULL)
		whole = &host->verdict;
	if (v->reason == HOST_R_LOCAL)
		report_local(host, probe);
	if ((flags & LOG_F_CHECKS) == 0 &&
	    ((flags & LOG_F_STATE) == 0 || whole->state == was))
		return;
	avail = verdict_availability(whole);
	log_info("host %s (%ums, %s), state %s -> %s, "
	    "availability %u.%02u%%",
	    report_name(host, probe, name, REPORT_NAME_LEN), v->last_ms,
	    host_reason_noted(v->reason, v->detail, note_text(probe), reason,
	    sizeof(reason)),
	    host_state_names[was], host_state_names[whole->state],
	    avail / 100, avail % 100);
}

/* Now and then: if one host cannot be checked, many cannot. */
static void
report_local(const struct host *host, const struct probe *probe)
{
	struct hce	*hce = probe->check->hce;
	struct monotime	 now = monotime_now();
	char		 name[REPORT_NAME_LEN], reason[CTL_REASON_LEN];

	if (monotime_isset(hce->warned) &&
	    monotime_diff_us(now, hce->warned) < LOCAL_WARN_US)
		return;
	hce->warned = now;
	log_warnx("host %s, cannot be made: %s; such checks do not count, "
	    "others may be concerned",
	    report_name(host, probe, name, REPORT_NAME_LEN),
	    host_reason_text(probe->verdict.reason, probe->verdict.detail,
	    reason, sizeof(reason)));
}

void
report_cert(const struct host *host, const struct probe *probe)
{
	char	name[REPORT_NAME_LEN];

	log_warnx("host %s: certificate expires in %jd days",
	    report_name(host, probe, name, REPORT_NAME_LEN),
	    (intmax_t)(probe->cert_until - time(NULL)) / DAY_S);
}

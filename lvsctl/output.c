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

/* libbsd asks which strnvis(3) is meant; none is used here. */
#define LIBBSD_OPENBSD_VIS
#include <bsd/string.h>
#include <bsd/vis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../imsg/imsg.h"
#include "../imsg/msg.h"
#include "output.h"

#define SINCE_LEN	48
#define SECS_MIN	60
#define SECS_HOUR	(60 * SECS_MIN)
#define SECS_DAY	(24 * SECS_HOUR)
#define MS_PER_S	1000

static const char	*since(uint64_t, char *);
static void		 print_row(uint32_t, const char *, const char *,
			    const char *, const char *);
static enum output	 print_service(const struct command *,
			    const struct imsg *);
static enum output	 print_listen(const struct imsg *);
static enum output	 print_table(const struct command *,
			    const struct imsg *);
static enum output	 print_host(const struct command *,
			    const struct imsg *);
static void		 print_host_detail(const struct ctl_host *);
static void		 print_host_times(const struct ctl_host *);
static void		 print_host_durations(const struct ctl_host *);
static enum output	 print_check(const struct imsg *);
static enum output	 print_vrrp(const struct command *,
			    const struct imsg *);
static void		 print_vrrp_detail(const struct ctl_vrrp *);
static void		 print_vrrp_others(const struct ctl_vrrp *);
static void		 print_vrrp_counters(const struct ctl_vrrp *);
static void		 print_counts(const char *, const uint64_t *,
			    const char *const *, int);
static enum output	 print_track(const struct imsg *);
static enum output	 print_event(const struct imsg *);
static enum output	 print_plan(const struct imsg *);
static enum output	 print_text(const struct imsg *, FILE *);

const char *
output_safe(char *dst, const char *src, size_t size)
{
	char	copy[CTL_TEXT_LEN];
	size_t	len;

	len = strnlen(src, size < sizeof(copy) ? size : sizeof(copy) - 1);
	memcpy(copy, src, len);
	copy[len] = '\0';
	strvis(dst, copy, VIS_NL | VIS_TAB | VIS_CSTYLE);
	return (dst);
}

/* "00:01:05", "3d 04:05:06" */
static const char *
since(uint64_t s, char *buf)
{
	char	days[24] = "";

	if (s >= SECS_DAY)
		snprintf(days, sizeof(days), "%" PRIu64 "d ", s / SECS_DAY);
	s %= SECS_DAY;
	snprintf(buf, SINCE_LEN, "%s%02u:%02u:%02u", days,
	    (unsigned int)(s / SECS_HOUR),
	    (unsigned int)(s % SECS_HOUR / SECS_MIN),
	    (unsigned int)(s % SECS_MIN));
	return (buf);
}

void
output_head(const struct command *cmd)
{
	switch (cmd->action) {
	case SHOW_SUMMARY:
	case SHOW_HOSTS:
	case SHOW_HOSTS_VERBOSE:
	case SHOW_SERVICES:
	case SHOW_VRRP:
		printf("%-4s\t%-8s\t%-24s\t%-7s\tStatus\n", "Id", "Type",
		    "Name", "Avlblty");
		break;
	case SHOW_STATS:
	case SHOW_RATES:
		stats_head(cmd);
		break;
	default:
		break;
	}
}

static void
print_row(uint32_t id, const char *type, const char *name,
    const char *availability, const char *status)
{
	printf("%-4u\t%-8s\t%-24s\t%-7s\t%s\n", id, type, name, availability,
	    status);
}

enum output
output_message(const struct command *cmd, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_CTL_SERVICE:
		return (print_service(cmd, msg));
	case MSG_CTL_LISTEN:
		return (print_listen(msg));
	case MSG_CTL_TABLE:
		return (print_table(cmd, msg));
	case MSG_CTL_HOST:
		return (print_host(cmd, msg));
	case MSG_CTL_CHECK:
		return (print_check(msg));
	case MSG_CTL_VRRP:
		return (print_vrrp(cmd, msg));
	case MSG_CTL_TRACK:
		return (print_track(msg));
	case MSG_CTL_STATS:
		return (stats_print(cmd, msg));
	case MSG_CTL_IPVS:
		return (ipvs_print_head(msg));
	case MSG_CTL_VIRTUAL:
		return (ipvs_print_virtual(msg));
	case MSG_CTL_REAL:
		return (ipvs_print_real(msg));
	case MSG_CTL_MATCH:
		return (sessions_match(cmd->sessions, msg));
	case MSG_CTL_SESSIONS:
		return (sessions_print(cmd->sessions, msg));
	case MSG_CTL_EVENT:
		return (print_event(msg));
	case MSG_CTL_PLAN:
		return (print_plan(msg));
	case MSG_CTL_TEXT:
		return (print_text(msg, stdout));
	case MSG_CTL_FAIL:
		if (print_text(msg, stderr) == OUTPUT_BAD)
			return (OUTPUT_BAD);
		return (OUTPUT_FAIL);
	case MSG_CTL_END:
	case MSG_CTL_OK:
		return (imsg_len(msg) == 0 ? OUTPUT_OK : OUTPUT_BAD);
	default:
		return (OUTPUT_BAD);
	}
}

static enum output
print_service(const struct command *cmd, const struct imsg *msg)
{
	static const char	*const states[] = {
		[CTL_UNKNOWN]		= "unknown",
		[CTL_UP]		= "active",
		[CTL_DOWN]		= "down",
		[CTL_DISABLED]		= "disabled",
		[CTL_BACKUP_TABLE]	= "active (using backup table)",
		[CTL_NO_QUORUM]		= "active (below quorum)",
		[CTL_FAIL_OPEN]		= "active (failed open)",
		[CTL_STANDBY]		= "standby"
	};
	struct ctl_service	 s;
	char			 status[VIS_LEN(sizeof(s.vrrp)) + 32];
	char			 name[VIS_LEN(sizeof(s.name))];
	char			 sched[VIS_LEN(sizeof(s.sched))];
	char			 vrrp[VIS_LEN(sizeof(s.vrrp))];

	if (imsg_get_data(msg, &s, sizeof(s)) == -1 ||
	    s.state >= sizeof(states) / sizeof(states[0]) ||
	    states[s.state] == NULL || s.vrrp_state >= VRRP_STATE_MAX)
		return (OUTPUT_BAD);
	SAFE(vrrp, s.vrrp);
	if (s.state == CTL_STANDBY && vrrp[0] != '\0')
		snprintf(status, sizeof(status), "standby (%s is %s)", vrrp,
		    vrrp_state_names[s.vrrp_state]);
	else
		strlcpy(status, states[s.state], sizeof(status));
	print_row(s.id, "service", SAFE(name, s.name), "", status);
	if (cmd->action != SHOW_SERVICES)
		return (OUTPUT_MORE);
	printf("\t\tscheduler %s%s%s", SAFE(sched, s.sched),
	    s.flags & CTL_SERVICE_F_SCHED_PORT ? " port" : "",
	    s.flags & CTL_SERVICE_F_SCHED_FALLBACK ? " fallback" : "");
	if (s.persist_s > 0)
		printf(", persistent %us%s", s.persist_s,
		    s.flags & CTL_SERVICE_F_SIP ? " engine sip" : "");
	if (s.flags & CTL_SERVICE_F_ONEPACKET)
		printf(", one-packet");
	if (s.slow_s > 0)
		printf(", slow start %us, weights in the kernel times %u",
		    s.slow_s, s.scale);
	if (s.flags & CTL_SERVICE_F_OVERRIDE) {
		printf(", %s",
		    s.state == CTL_DISABLED ? "disabled" : "enabled");
		override_print_by(&s.by);
	}
	printf("\n");
	if (vrrp[0] != '\0')
		printf("\t\twhile master of %s%s\n", vrrp,
		    s.flags & CTL_SERVICE_F_SUSPEND ? ", else checks are "
		    "suspended" : "");
	return (OUTPUT_MORE);
}

static enum output
print_listen(const struct imsg *msg)
{
	struct ctl_listen	l;
	char			addr[VIS_LEN(sizeof(l.addr))];
	char			proto[VIS_LEN(sizeof(l.proto))];
	char			text[VIS_LEN(sizeof(l.error_text))];

	if (imsg_get_data(msg, &l, sizeof(l)) == -1)
		return (OUTPUT_BAD);
	printf("\t\tlisten on %s%s%s\n", SAFE(addr, l.addr),
	    l.proto[0] != '\0' ? " " : "", SAFE(proto, l.proto));
	if (l.error != 0)
		printf("\t\tkernel: %s\n", SAFE(text, l.error_text));
	return (OUTPUT_MORE);
}

static enum output
print_table(const struct command *cmd, const struct imsg *msg)
{
	struct ctl_table	t;
	char			name[VIS_LEN(sizeof(t.name))];
	char			method[VIS_LEN(sizeof(t.method))];
	char			check[VIS_LEN(sizeof(t.check))];
	char			status[64];

	if (imsg_get_data(msg, &t, sizeof(t)) == -1)
		return (OUTPUT_BAD);
	switch (t.state) {
	case CTL_UP:
		snprintf(status, sizeof(status), "active (%u hosts)",
		    t.hosts_up);
		break;
	case CTL_EMPTY:
		snprintf(status, sizeof(status), "empty");
		break;
	case CTL_DISABLED:
		snprintf(status, sizeof(status), "disabled");
		break;
	default:
		return (OUTPUT_BAD);
	}
	print_row(t.id, "table", SAFE(name, t.name), "", status);
	if (cmd->action == SHOW_SERVICES)
		printf("\t\t%s%s, check %s, %u of %u hosts up\n",
		    t.backup ? "backup, " : "", SAFE(method, t.method),
		    SAFE(check, t.check), t.hosts_up, t.hosts);
	if (cmd->action != SHOW_SUMMARY && t.flags & CTL_TABLE_F_OVERRIDE) {
		printf("\t\t%s",
		    t.state == CTL_DISABLED ? "disabled" : "enabled");
		override_print_by(&t.by);
		printf("\n");
	}
	return (OUTPUT_MORE);
}

static enum output
print_host(const struct command *cmd, const struct imsg *msg)
{
	static const char	*const states[] = {
		[CTL_UNKNOWN]	= "unknown",
		[CTL_UP]	= "up",
		[CTL_DOWN]	= "down",
		[CTL_DISABLED]	= "disabled",
		[CTL_DRAINING]	= "draining",
		[CTL_DRAINED]	= "drained"
	};
	struct ctl_host		 h;
	char			 addr[VIS_LEN(sizeof(h.addr))];
	char			 availability[16] = "";

	if (imsg_get_data(msg, &h, sizeof(h)) == -1 ||
	    h.state >= sizeof(states) / sizeof(states[0]) ||
	    states[h.state] == NULL)
		return (OUTPUT_BAD);
	if (h.checks > 0)
		snprintf(availability, sizeof(availability), "%.2f%%",
		    100.0 * h.checks_up / h.checks);
	print_row(h.id, "host", SAFE(addr, h.addr), availability,
	    states[h.state]);
	if (cmd->action == SHOW_HOSTS || cmd->action == SHOW_HOSTS_VERBOSE)
		print_host_detail(&h);
	if (cmd->action == SHOW_HOSTS_VERBOSE) {
		print_host_times(&h);
		print_host_durations(&h);
	}
	return (OUTPUT_MORE);
}

static void
print_host_detail(const struct ctl_host *h)
{
	char	reason[VIS_LEN(sizeof(h->reason))], buf[SINCE_LEN];

	if (h->flags & CTL_HOST_F_UNCHECKED)
		printf("\t\tnot checked");
	else
		printf("\t\ttotal: %" PRIu64 "/%" PRIu64 " checks, %s",
		    h->checks_up, h->checks, SAFE(reason, h->reason));
	if (h->checks > 0)
		printf(" (%ums)", h->last_ms);
	if (h->flags & CTL_HOST_F_SUSPENDED)
		printf(", checks suspended");
	printf(", for %s, weight %u", since(h->since_s, buf), h->weight);
	if (h->slow_left_s > 0)
		printf(" in %us", h->slow_left_s);
	if (h->upper != 0)
		printf(", at most %u connections", h->upper);
	if (h->flags & CTL_HOST_F_REMOVAL)
		printf(", to be removed in %us", h->removal_s);
	if ((h->flags & CTL_HOST_F_KERNEL) == 0)
		printf(", not in the kernel");
	printf("\n");
	override_print_host(h);
	if (h->flags & CTL_HOST_F_CERT)
		printf("\t\tcertificate expires in %" PRId64 " days\n",
		    (h->cert_until - (int64_t)time(NULL)) / SECS_DAY);
	if (h->error != 0)
		printf("\t\tkernel: %s\n", strerror(h->error));
}

void
output_time(const char *what, int64_t seconds)
{
	struct tm	 tm;
	time_t		 t = seconds;
	char		 when[32] = "?";

	if (localtime_r(&t, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s%s", what, when);
}

static void
print_host_times(const struct ctl_host *h)
{
	output_time("\t\tlast change ", (int64_t)time(NULL) -
	    (int64_t)h->since_s);
	if (h->cert_until != 0)
		output_time(", certificate until ", h->cert_until);
	printf("\n");
}

/* "durations: 12 below 1ms, 3 below 4ms, 1 of 1024ms or more" */
static void
print_host_durations(const struct ctl_host *h)
{
	const char	*sep = "\t\tdurations: ";
	int		 i;

	for (i = 0; i < CTL_HIST_MAX; i++) {
		if (h->hist[i] == 0)
			continue;
		if (i < CTL_HIST_MAX - 1)
			printf("%s%u below %ums", sep, h->hist[i], 1U << i);
		else
			printf("%s%u of %ums or more", sep, h->hist[i],
			    1U << (i - 1));
		sep = ", ";
	}
	if (*sep == ',')
		printf("\n");
}

/* "check 1 http: up, ok (3ms), total 17/20 checks, weight 50" */
static enum output
print_check(const struct imsg *msg)
{
	static const char	*const states[] = {
		[CTL_UNKNOWN]	= "unknown",
		[CTL_UP]	= "up",
		[CTL_DOWN]	= "down"
	};
	struct ctl_check	 k;
	char			 reason[VIS_LEN(sizeof(k.reason))];
	char			 type[VIS_LEN(sizeof(k.type))];

	if (imsg_get_data(msg, &k, sizeof(k)) == -1 ||
	    k.state >= sizeof(states) / sizeof(states[0]))
		return (OUTPUT_BAD);
	printf("\t\tcheck %u %s: %s, %s (%ums), total: %" PRIu64 "/%" PRIu64
	    " checks", k.number, SAFE(type, k.type), states[k.state],
	    SAFE(reason, k.reason), k.last_ms, k.checks_up, k.checks);
	if (k.flags & CTL_HOST_F_WEIGHT)
		printf(", weight %u", k.weight);
	printf("\n");
	return (OUTPUT_MORE);
}

static enum output
print_vrrp(const struct command *cmd, const struct imsg *msg)
{
	struct ctl_vrrp	v;
	char		name[VIS_LEN(sizeof(v.name))];

	if (imsg_get_data(msg, &v, sizeof(v)) == -1 ||
	    v.state >= VRRP_STATE_MAX || v.wait >= CTL_WAIT_MAX)
		return (OUTPUT_BAD);
	print_row(v.id, "vrrp", SAFE(name, v.name), "",
	    vrrp_state_names[v.state]);
	if (cmd->action == SHOW_VRRP)
		print_vrrp_detail(&v);
	return (OUTPUT_MORE);
}

void
output_ms(uint64_t ms)
{
	if (ms % MS_PER_S == 0)
		printf("%" PRIu64 "s", ms / MS_PER_S);
	else
		printf("%" PRIu64 "ms", ms);
}

static void
print_vrrp_detail(const struct ctl_vrrp *v)
{
	char	text[VIS_LEN(sizeof(v->reason))], buf[SINCE_LEN];

	printf("\t\ton %s vrid %u version %u IPv%d", SAFE(text, v->ifname),
	    v->vrid, v->version, v->flags & CTL_VRRP_F_INET6 ? 6 : 4);
	if (v->group[0] != '\0')
		printf(", sync group %s", SAFE(text, v->group));
	if (v->auth[0] != '\0')
		printf(", auth %s", SAFE(text, v->auth));
	printf("\n\t\taddress %s", SAFE(text, v->addr));
	if (v->addrs > 1)
		printf(" and %u more", v->addrs - 1);
	if (v->error != 0)
		printf(": %s", strerror(v->error));
	printf("\n\t\t%s for %s, priority %u", vrrp_state_names[v->state],
	    since(v->since_s, buf), v->priority_eff);
	if (v->priority_eff != v->priority)
		printf(" (configured %u)", v->priority);
	printf(", advertise ");
	output_ms(v->advert_ms);
	printf("\n");
	if (v->reason[0] != '\0')
		printf("\t\t%s\n", SAFE(text, v->reason));
	print_vrrp_others(v);
	election_print(v);
	print_vrrp_counters(v);
}

/* Who else there is: peers, the master that is heard, a rival. */
static void
print_vrrp_others(const struct ctl_vrrp *v)
{
	char	text[VIS_LEN(sizeof(v->master))], buf[SINCE_LEN];

	if (v->source[0] != '\0') {
		printf("\t\tadverts from %s", SAFE(text, v->source));
		if (v->peers > 0)
			printf(" to %u peer%s", v->peers,
			    v->peers == 1 ? "" : "s");
		printf("\n");
	}
	if (v->master[0] != '\0') {
		printf("\t\tmaster %s priority %u",
		    SAFE(text, v->master), v->master_prio);
		if (v->master_advert_ms > 0) {
			printf(", advertises every ");
			output_ms(v->master_advert_ms);
		}
		if (v->flags & CTL_VRRP_F_HEARD) {
			printf(", heard ");
			output_ms(v->heard_ms);
			printf(" ago");
		}
		printf("\n");
	}
	if (v->rival[0] != '\0')
		printf("\t\trival master %s priority %u, %s ago\n",
		    SAFE(text, v->rival), v->rival_prio,
		    since(v->rival_s, buf));
}

static void
print_vrrp_counters(const struct ctl_vrrp *v)
{
	printf("\t\tadverts: %" PRIu64 " sent, ", v->tx);
	if (v->tx_failed > 0)
		printf("%" PRIu64 " failed, ", v->tx_failed);
	printf("%" PRIu64 " received; "
	    "priority 0: %" PRIu64 " sent, %" PRIu64 " received; "
	    "became master %" PRIu64 " times\n", v->rx, v->prio0_tx,
	    v->prio0_rx, v->became_master);
	print_counts("remarks", v->note, vrrp_note_names, VRRP_NOTE_MAX);
	print_counts("dropped", v->drop, vrrp_drop_names, VRRP_DROP_MAX);
}

/* Those that are not 0, on one line. */
static void
print_counts(const char *what, const uint64_t *count,
    const char *const *names, int n)
{
	int	i, printed = 0;

	for (i = 0; i < n; i++) {
		if (count[i] == 0)
			continue;
		if (printed++ == 0)
			printf("\t\t%s: ", what);
		else
			printf(", ");
		printf("%" PRIu64 " %s", count[i], names[i]);
	}
	if (printed > 0)
		printf("\n");
}

/* "track script "check" reverse: fails, weight -20: priority -20" */
static enum output
print_track(const struct imsg *msg)
{
	static const char	*const states[CTL_TRACK_STATE_MAX] = {
		[CTL_TRACK_UNKNOWN]	= "unknown",
		[CTL_TRACK_WELL]	= "well",
		[CTL_TRACK_FAILS]	= "fails"
	};
	struct ctl_track	 t;
	char			 kind[VIS_LEN(sizeof(t.kind))];
	char			 name[VIS_LEN(sizeof(t.name))];

	if (imsg_get_data(msg, &t, sizeof(t)) == -1 ||
	    t.state >= CTL_TRACK_STATE_MAX)
		return (OUTPUT_BAD);
	printf("\t\ttrack %s %s%s: %s", SAFE(kind, t.kind),
	    SAFE(name, t.name), t.flags & CTL_TRACK_F_REVERSE ?
	    " reverse" : "", states[t.state]);
	if (t.flags & CTL_TRACK_F_VALUE)
		printf(" (%d)", t.value);
	if (t.weight != 0)
		printf(", weight %d: priority %+d", t.weight, t.effect);
	else if (t.flags & CTL_TRACK_F_FAULT)
		printf(": fault");
	printf("\n");
	return (OUTPUT_MORE);
}

static enum output
print_event(const struct imsg *msg)
{
	static const char	*const kinds[] = {
		[CTL_EVENT_HOST]	= "host",
		[CTL_EVENT_TABLE]	= "table",
		[CTL_EVENT_SERVICE]	= "service",
		[CTL_EVENT_VRRP]	= "vrrp",
		[CTL_EVENT_ALARM]	= "alarm",
		[CTL_EVENT_KERNEL]	= "kernel",
		[CTL_EVENT_RELOAD]	= "reload",
		[CTL_EVENT_GROUP]	= "group",
		[CTL_EVENT_NOTIFY]	= "notify"
	};
	struct ctl_event	 ev;
	struct tm		 tm;
	time_t			 t;
	char			 name[VIS_LEN(sizeof(ev.name))];
	char			 text[VIS_LEN(sizeof(ev.text))];
	char			 when[32] = "?";

	if (imsg_get_data(msg, &ev, sizeof(ev)) == -1 ||
	    ev.kind >= sizeof(kinds) / sizeof(kinds[0]))
		return (OUTPUT_BAD);
	t = ev.time;
	if (localtime_r(&t, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S%z", &tm);
	printf("%s %s \"%s\" %s\n", when, kinds[ev.kind], SAFE(name, ev.name),
	    SAFE(text, ev.text));
	return (OUTPUT_MORE);
}

/* Lines, which may begin and end within other messages. */
static enum output
print_plan(const struct imsg *msg)
{
	unsigned char	part[CTL_PLAN_PART];
	size_t		i, len = imsg_len(msg);

	if (len > sizeof(part) || imsg_get_data(msg, part, len) == -1)
		return (OUTPUT_BAD);
	for (i = 0; i < len; i++)
		putchar(part[i] == '\n' || part[i] == '\t' ||
		    (part[i] >= ' ' && part[i] <= '~') ? part[i] : '?');
	return (OUTPUT_MORE);
}

static enum output
print_text(const struct imsg *msg, FILE *to)
{
	struct ctl_text	t;
	char		text[VIS_LEN(sizeof(t.text))];

	if (imsg_get_data(msg, &t, sizeof(t)) == -1)
		return (OUTPUT_BAD);
	/* In one order with what was printed before, where both are one. */
	fflush(stdout);
	fprintf(to, "%s%s\n", to == stderr ? "lvsctl: " : "",
	    SAFE(text, t.text));
	return (OUTPUT_MORE);
}

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

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "imsg.h"
#include "msg.h"

const char	*const proc_names[PROC_MAX] = {
	[PROC_PARENT]	= "parent",
	[PROC_VRRPE]	= "vrrpe",
	[PROC_HCE]	= "hce",
	[PROC_LBE]	= "lbe",
	[PROC_CTL]	= "control"
};

const char	*const host_state_names[HOST_STATE_MAX] = {
	[HOST_UNKNOWN]	= "unknown",
	[HOST_UP]	= "up",
	[HOST_DOWN]	= "down"
};

/* Sets of processes. */
#define P(proc)		(1U << (proc))
#define PARENT		P(PROC_PARENT)
#define VRRPE		P(PROC_VRRPE)
#define HCE		P(PROC_HCE)
#define LBE		P(PROC_LBE)
#define CTL		P(PROC_CTL)
#define ENGINES		(VRRPE | HCE | LBE)

struct msg_desc {
	const char	*name;
	unsigned int	 from;
	unsigned int	 to;
	size_t		 min;		/* bytes of payload */
	size_t		 max;
};

/* A message without, with a fixed and with a variable payload. */
#define EMPTY(t, from, to)						\
	[MSG_##t] = { #t, from, to, 0, 0 }
#define FIXED(t, from, to, type)					\
	[MSG_##t] = { #t, from, to, sizeof(type), sizeof(type) }
#define TAILED(t, from, to, type, tail)					\
	[MSG_##t] = { #t, from, to, sizeof(type), sizeof(type) + (tail) }

static const struct msg_desc	catalogue[MSG_TYPE_MAX] = {
	FIXED(VERBOSE, PARENT, ENGINES, struct msg_verbose),
	EMPTY(LINK, PARENT, ENGINES),
	EMPTY(PING, PARENT, ENGINES),
	EMPTY(PONG, ENGINES, PARENT),
	EMPTY(SHUTDOWN, PARENT, ENGINES),
	EMPTY(BAD_PEER, ENGINES, PARENT),

	EMPTY(CONF_BEGIN, PARENT, ENGINES),
	EMPTY(CONF_SAME, PARENT, ENGINES),
	FIXED(CONF_GLOBAL, PARENT, ENGINES, struct global_config),
	FIXED(CONF_TLSFILE, PARENT, HCE, struct tlsfile_config),
	[MSG_CONF_TLSPART] = { "CONF_TLSPART", PARENT, HCE, 1,
	    TLSFILE_PART_MAX },
	TAILED(CONF_CHECK, PARENT, HCE | LBE, struct check_config,
	    CHECK_ITEMS_LEN),
	FIXED(CONF_TABLE, PARENT, HCE | LBE, struct table_config),
	FIXED(CONF_HOST, PARENT, HCE | LBE, struct host_config),
	FIXED(CONF_SERVICE, PARENT, LBE, struct service_config),
	FIXED(CONF_LISTEN, PARENT, LBE, struct listen_config),
	FIXED(CONF_SCRIPT, PARENT, HCE, struct script_config),
	FIXED(CONF_GROUP, PARENT, VRRPE, struct group_config),
	FIXED(CONF_VRRP, PARENT, VRRPE, struct vrrp_config),
	FIXED(CONF_HMAC, PARENT, VRRPE, struct hmac_config),
	FIXED(CONF_PEER, PARENT, VRRPE, struct peer_config),
	FIXED(CONF_VADDR, PARENT, VRRPE, struct vaddr_config),
	FIXED(CONF_TRACK, PARENT, VRRPE, struct track_config),
	FIXED(CONF_REFHOST, PARENT, HCE, struct refhost_config),
	EMPTY(CONF_END, PARENT, ENGINES),
	EMPTY(CONF_COMMIT, PARENT, ENGINES),
	EMPTY(CONF_ABORT, PARENT, ENGINES),
	EMPTY(CONF_START, PARENT, ENGINES),
	EMPTY(CONF_READY, ENGINES, PARENT),
	FIXED(CONF_ERROR, ENGINES, PARENT, struct ctl_text),
	EMPTY(CONF_COMMITTED, ENGINES, PARENT),

	FIXED(MIRROR_ROLE, PARENT, VRRPE, struct msg_role),
	FIXED(MIRROR_OVERRIDE, PARENT, LBE, struct msg_override),
	FIXED(BOUND_ROLE, PARENT, LBE, struct msg_onoff),
	FIXED(MIRROR_DEST, PARENT, LBE, struct msg_dest),
	EMPTY(ADDR_FOUND, PARENT, VRRPE),

	FIXED(IF_STATUS, PARENT, VRRPE, struct msg_if),
	FIXED(VRRP_SOCKET, PARENT, VRRPE, struct msg_vrrp_socket),
	FIXED(VRRP_VMAC, PARENT, VRRPE, struct msg_vmac),
	FIXED(ADDR_RESULT, PARENT, VRRPE, struct msg_result),
	FIXED(TRACK_VALUE, PARENT, VRRPE, struct msg_track),
	FIXED(VRRP_ROLE, VRRPE, PARENT, struct msg_role),
	EMPTY(VRRP_ANNOUNCE, VRRPE, PARENT),
	FIXED(VRRP_RIVAL, VRRPE, PARENT, struct msg_rival),
	FIXED(GROUP_ROLE, VRRPE, PARENT, struct msg_group_role),

	EMPTY(ICMP_SOCKET, PARENT, HCE),
	FIXED(SCRIPT_RESULT, PARENT, HCE, struct msg_script_result),
	FIXED(CHECK_SOCKET, PARENT, HCE, struct msg_socket),
	FIXED(CHECK_RESULT, PARENT, HCE, struct msg_script_result),
	FIXED(FILE_VALUE, PARENT, HCE, struct msg_track),
	EMPTY(SCRIPT_RUN, HCE, PARENT),
	FIXED(CHECK_RUN, HCE, PARENT, struct msg_check_run),
	FIXED(SOCKET_GET, HCE, PARENT, struct msg_socket_get),

	FIXED(HOST_STATUS, HCE, LBE, struct msg_host_status),
	EMPTY(HOST_SYNC, HCE, LBE),
	FIXED(HOST_STATS, HCE, LBE, struct msg_host_status),
	FIXED(CHECK_STATS, HCE, LBE, struct msg_check_status),
	EMPTY(HOST_STATS_END, HCE, LBE),
	FIXED(HOST_KNOWN, LBE, HCE, struct msg_host_status),
	EMPTY(HOST_KNOWN_END, LBE, HCE),
	FIXED(HOST_CHECK, LBE, HCE, struct msg_onoff),
	FIXED(HOST_SUSPEND, LBE, HCE, struct msg_onoff),
	EMPTY(HOST_STATS_GET, LBE, HCE),

	FIXED(SCRIPT_STATUS, HCE, VRRPE, struct msg_onoff),
	FIXED(REFHOST_STATUS, HCE, VRRPE, struct msg_onoff),

	FIXED(SERVICE_STATUS, LBE, VRRPE, struct msg_onoff),
	FIXED(TABLE_STATUS, LBE, VRRPE, struct msg_onoff),
	EMPTY(VRRP_STATS_GET, LBE, VRRPE),
	EMPTY(HOSTS_JUDGED, LBE, VRRPE),
	FIXED(VRRP_ORDER, LBE, VRRPE, struct msg_order),
	FIXED(VRRP_STATUS, VRRPE, LBE, struct ctl_vrrp),
	FIXED(VRRP_STATS, VRRPE, LBE, struct ctl_vrrp),
	FIXED(VRRP_TRACK, VRRPE, LBE, struct ctl_track),
	EMPTY(VRRP_STATS_END, VRRPE, LBE),
	FIXED(VRRP_OUTCOME, VRRPE, LBE, struct msg_outcome),

	EMPTY(IPVS_RESYNC, LBE, PARENT),
	FIXED(IPVS_SERVICE, LBE, PARENT, struct msg_onoff),
	FIXED(IPVS_DEST, LBE, PARENT, struct msg_dest),
	EMPTY(IPVS_COMMIT, LBE, PARENT),
	FIXED(IPVS_READ, LBE, PARENT, struct msg_ipvs_read),
	EMPTY(IPVS_MORE, LBE, PARENT),
	EMPTY(IPVS_STOP, LBE, PARENT),
	EMPTY(SESSIONS_GET, LBE, PARENT),
	FIXED(IPVS_LOAD_GET, LBE, PARENT, struct msg_load_get),
	FIXED(OVERRIDE, LBE, PARENT, struct msg_override),
	EMPTY(BOUND_DONE, LBE, PARENT),
	FIXED(SERVICE_QUORUM, LBE, PARENT, struct msg_quorum),
	FIXED(RELOAD, LBE, PARENT, struct msg_reload),
	EMPTY(STOP, LBE, PARENT),
	FIXED(LOG, LBE, PARENT, struct msg_verbose),

	FIXED(EVENT, PARENT | VRRPE, LBE, struct ctl_event),

	EMPTY(CTL_SOCKET, PARENT, LBE),
	FIXED(IPVS_ERROR, PARENT, LBE, struct msg_ipvs_error),
	FIXED(IPVS_DONE, PARENT, LBE, struct msg_result),
	FIXED(IPVS_TABLE, PARENT, LBE, struct ctl_ipvs),
	FIXED(IPVS_VIRTUAL, PARENT, LBE, struct ctl_virtual),
	FIXED(IPVS_REAL, PARENT, LBE, struct ctl_real),
	FIXED(IPVS_STATS, PARENT, LBE, struct ctl_stats),
	EMPTY(IPVS_PIECE, PARENT, LBE),
	FIXED(IPVS_END, PARENT, LBE, struct msg_result),
	FIXED(SESSIONS, PARENT, LBE, struct msg_result),
	FIXED(IPVS_LOAD, PARENT, LBE, struct msg_load),
	FIXED(IPVS_LOAD_END, PARENT, LBE, struct msg_result),
	FIXED(RELOAD_TEXT, PARENT, LBE, struct ctl_text),
	FIXED(RELOAD_DONE, PARENT, LBE, struct msg_result),
	[MSG_PLAN_TEXT] = { "PLAN_TEXT", PARENT, LBE, 1, CTL_PLAN_PART },
	FIXED(CONFIRM_WAIT, PARENT, LBE, struct msg_confirm),

	EMPTY(CTL_SHOW_SUMMARY, CTL, LBE),
	EMPTY(CTL_SHOW_HOSTS, CTL, LBE),
	EMPTY(CTL_SHOW_CHECKS, CTL, LBE),
	EMPTY(CTL_SHOW_SERVICES, CTL, LBE),
	FIXED(CTL_SHOW_VRRP, CTL, LBE, struct ctl_id),
	EMPTY(CTL_SHOW_STATS, CTL, LBE),
	EMPTY(CTL_SHOW_IPVS, CTL, LBE),
	FIXED(CTL_SHOW_SESSIONS, CTL, LBE, struct ctl_session_which),
	FIXED(CTL_SERVICE_ENABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_SERVICE_DISABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_TABLE_ENABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_TABLE_DISABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_HOST_ENABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_HOST_DISABLE, CTL, LBE, struct ctl_id),
	FIXED(CTL_HOST_WEIGHT, CTL, LBE, struct ctl_weight),
	FIXED(CTL_HOST_DRAIN, CTL, LBE, struct ctl_drain),
	FIXED(CTL_VRRP_DEMOTE, CTL, LBE, struct ctl_order),
	FIXED(CTL_VRRP_UNDEMOTE, CTL, LBE, struct ctl_order),
	FIXED(CTL_VRRP_RESIGN, CTL, LBE, struct ctl_order),
	FIXED(CTL_RELOAD, CTL, LBE, struct ctl_reload),
	EMPTY(CTL_PLAN_GET, CTL, LBE),
	EMPTY(CTL_RUNNING, CTL, LBE),
	EMPTY(CTL_TRY_BEGIN, CTL, LBE),
	TAILED(CTL_TRY_CHECK, CTL, LBE, struct check_config, CHECK_ITEMS_LEN),
	FIXED(CTL_TRY_TABLE, CTL, LBE, struct table_config),
	FIXED(CTL_TRY_HOST, CTL, LBE, struct host_config),
	FIXED(CTL_TRY_SERVICE, CTL, LBE, struct msg_try_service),
	FIXED(CTL_TRY_LISTEN, CTL, LBE, struct listen_config),
	EMPTY(CTL_TRY_END, CTL, LBE),
	EMPTY(CTL_CONFIRM, CTL, LBE),
	EMPTY(CTL_ROLLBACK, CTL, LBE),
	EMPTY(CTL_MONITOR, CTL, LBE),
	FIXED(CTL_LOG, CTL, LBE, struct msg_verbose),
	EMPTY(CTL_STOP, CTL, LBE),

	FIXED(CTL_SERVICE, LBE, CTL, struct ctl_service),
	FIXED(CTL_LISTEN, LBE, CTL, struct ctl_listen),
	FIXED(CTL_TABLE, LBE, CTL, struct ctl_table),
	FIXED(CTL_HOST, LBE, CTL, struct ctl_host),
	FIXED(CTL_CHECK, LBE, CTL, struct ctl_check),
	FIXED(CTL_VRRP, LBE, CTL, struct ctl_vrrp),
	FIXED(CTL_TRACK, LBE, CTL, struct ctl_track),
	FIXED(CTL_STATS, LBE, CTL, struct ctl_stats),
	FIXED(CTL_IPVS, LBE, CTL, struct ctl_ipvs),
	FIXED(CTL_VIRTUAL, LBE, CTL, struct ctl_virtual),
	FIXED(CTL_REAL, LBE, CTL, struct ctl_real),
	FIXED(CTL_MATCH, LBE, CTL, struct ctl_match),
	EMPTY(CTL_SESSIONS, LBE, CTL),
	FIXED(CTL_EVENT, LBE, CTL, struct ctl_event),
	[MSG_CTL_PLAN] = { "CTL_PLAN", LBE, CTL, 1, CTL_PLAN_PART },
	FIXED(CTL_TEXT, LBE, CTL, struct ctl_text),
	EMPTY(CTL_END, LBE, CTL),
	EMPTY(CTL_OK, LBE, CTL),
	FIXED(CTL_FAIL, LBE, CTL, struct ctl_text)
};

/* ctl.h stands alone, so that lvsctl(8) needs no more than it. */
_Static_assert(CTL_TRACK_NAME_LEN == TRACK_NAME_LEN &&
    CTL_TRACK_COUNT_MAX == TRACK_COUNT_MAX, "ctl.h and wire.h differ");

_Static_assert(CTL_HIST_MAX == HOST_HIST_MAX &&
    CTL_WEIGHT_MAX == WEIGHT_MAX, "ctl.h and msg.h or wire.h differ");

/* The longest check must fit a message. */
_Static_assert(sizeof(struct check_config) + CHECK_ITEMS_LEN < IMSG_MAX - 64,
    "a check is longer than a message");

const char *
msg_name(uint32_t type)
{
	if (type >= MSG_TYPE_MAX || catalogue[type].name == NULL)
		return ("unknown message");
	return (catalogue[type].name);
}

const char *
msg_check(uint32_t type, enum proc from, enum proc to, size_t len)
{
	const struct msg_desc	*d;

	if (type >= MSG_TYPE_MAX || catalogue[type].name == NULL)
		return ("no such message");
	d = &catalogue[type];
	if ((d->from & P(from)) == 0 || (d->to & P(to)) == 0)
		return ("not its to send");
	if (len < d->min || len > d->max)
		return ("wrong length");
	return (NULL);
}

int
msg_role_ok(const struct msg_role *r)
{
	return (r->state < VRRP_STATE_MAX && r->priority >= 1 &&
	    r->priority <= UINT8_MAX && r->demote <= VRRP_DEMOTE_MAX &&
	    r->resigned <= 1);
}

int
msg_reload_ok(const struct msg_reload *r)
{
	return (r->what < RELOAD_WHAT_MAX &&
	    r->confirm_s <= CTL_CONFIRM_S_MAX &&
	    (r->confirm_s == 0 || r->what == RELOAD_FILE));
}

int
msg_override_ok(const struct msg_override *o)
{
	return (o->kind < OVERRIDE_MAX &&
	    (o->flags & ~OVERRIDE_F_WEIGHT) == 0 &&
	    o->weight <= WEIGHT_MAX && o->drain_s <= CTL_DRAIN_MAX &&
	    (o->drain_s == 0 || o->kind == OVERRIDE_DRAIN) &&
	    (o->weight == 0 || (o->flags & OVERRIDE_F_WEIGHT) != 0));
}

int
msg_host_status_ok(const struct msg_host_status *s)
{
	if (s->state >= HOST_STATE_MAX || s->reason >= HOST_R_MAX)
		return (0);
	if ((s->flags & ~(HOST_STATUS_F_CERT | HOST_STATUS_F_WEIGHT)) != 0)
		return (0);
	if ((s->flags & HOST_STATUS_F_WEIGHT) == 0 &&
	    (s->weight != 0 || s->weight_check_id != 0))
		return (0);
	return (s->weight <= WEIGHT_MAX &&
	    wire_name_ok(s->note, sizeof(s->note)));
}

int
msg_check_status_ok(const struct msg_check_status *s)
{
	if (s->check_id == 0 || s->state >= HOST_STATE_MAX ||
	    s->reason >= HOST_R_MAX)
		return (0);
	return ((s->flags & ~HOST_STATUS_F_WEIGHT) == 0 &&
	    s->weight <= WEIGHT_MAX && wire_name_ok(s->note, sizeof(s->note)));
}

static const char	*const reason_texts[HOST_R_MAX] = {
	[HOST_R_NONE]			= "not checked yet",
	[HOST_R_OK]			= "ok",
	[HOST_R_REFUSED]		= "connection refused",
	[HOST_R_TIMEOUT_CONNECT]	= "timeout in connect",
	[HOST_R_TIMEOUT_TLS]		= "timeout in TLS handshake",
	[HOST_R_TIMEOUT_READ]		= "timeout in read",
	[HOST_R_TIMEOUT_BODY]		= "timeout in body",
	[HOST_R_TIMEOUT_SMTP]		= "timeout in SMTP",
	[HOST_R_TIMEOUT_SCRIPT]		= "timeout in script",
	[HOST_R_TIMEOUT_ECHO]		= "no echo reply",
	[HOST_R_UNREACHABLE]		= "unreachable",
	[HOST_R_RESET]			= "connection reset",
	[HOST_R_CLOSED]			= "closed before the answer",
	[HOST_R_CODE]			= "wrong code",
	[HOST_R_NOT_HTTP]		= "not HTTP",
	[HOST_R_NO_MATCH]		= "no match",
	[HOST_R_MATCH]			= "match of what must not be there",
	[HOST_R_EFFORT]			= "search takes too long",
	[HOST_R_DIGEST]			= "digest differs",
	[HOST_R_CHUNK]			= "malformed or too long chunk",
	[HOST_R_TOO_LONG]		= "answer too long",
	[HOST_R_NOT_TLS]		= "not TLS",
	[HOST_R_TLS]			= "TLS handshake failed",
	[HOST_R_TLS_VERSION]		= "no TLS version in common",
	[HOST_R_CERT]			= "certificate not trusted",
	[HOST_R_CERT_SELF]		= "certificate signed by itself",
	[HOST_R_CERT_EXPIRED]		= "certificate expired",
	[HOST_R_CERT_EARLY]		= "certificate not valid yet",
	[HOST_R_CERT_NAME]		= "certificate of another name",
	[HOST_R_SMTP_CODE]		= "SMTP code",
	[HOST_R_NOT_SMTP]		= "not SMTP",
	[HOST_R_NO_STARTTLS]		= "no STARTTLS",
	[HOST_R_DNS_RCODE]		= "DNS code",
	[HOST_R_DNS_ANSWER]		= "not the DNS answer wanted",
	[HOST_R_DNS_CUT]		= "DNS answer cut off",
	[HOST_R_NOT_DNS]		= "not DNS",
	[HOST_R_DESCRIPTORS]		= "out of descriptors",
	[HOST_R_AGENT_DOWN]		= "agent says",
	[HOST_R_AGENT_MAINT]		= "agent says maint",
	[HOST_R_AGENT_DRAIN]		= "agent says drain",
	[HOST_R_NOT_AGENT]		= "not an agent's answer",
	[HOST_R_SCRIPT]			= "script ended with",
	[HOST_R_SCRIPT_SIGNAL]		= "script ended by signal",
	[HOST_R_SCRIPT_RUN]		= "script cannot be run",
	[HOST_R_FILE]			= "file",
	[HOST_R_LOCAL]			= "local error",
	[HOST_R_BACKUP_ONLY]		= "IPVS rests here, by backup_only"
};

static const char *
smtp_step_name(int32_t step)
{
	static const char	*const names[SMTP_STEP_MAX] = {
		"greeting", "EHLO", "STARTTLS", "EHLO in TLS", "QUIT"
	};

	return (step >= 0 && step < SMTP_STEP_MAX ? names[step] : "?");
}

static const char *
agent_down_name(int32_t down)
{
	static const char	*const names[AGENT_DOWN_MAX] = {
		"up", "down", "fail", "failed", "stopped"
	};

	return (down >= 0 && down < AGENT_DOWN_MAX ? names[down] : "?");
}

static const char *
file_error(int32_t error)
{
	switch (error) {
	case FILE_NO_NUMBER:
		return ("no number from 0 to 65535");
	case FILE_NO_FILE:
		return ("not a regular file");
	default:
		return (strerror(error));
	}
}

static const char *
dns_rcode_name(int32_t code)
{
	if (code < 0 || code > DNS_RCODE_MAX || dns_rcode_names[code] == NULL)
		return ("unknown");
	return (dns_rcode_names[code]);
}

const char *
host_reason_text(uint32_t reason, int32_t detail, char *buf, size_t size)
{
	const char	*text;

	text = reason < HOST_R_MAX ? reason_texts[reason] : "unknown reason";
	switch (reason) {
	case HOST_R_CODE:
	case HOST_R_SMTP_CODE:
	case HOST_R_SCRIPT:
	case HOST_R_SCRIPT_SIGNAL:
		snprintf(buf, size, "%s %d", text, detail);
		break;
	case HOST_R_TIMEOUT_SMTP:
		snprintf(buf, size, "%s %s", text, smtp_step_name(detail));
		break;
	case HOST_R_AGENT_DOWN:
		snprintf(buf, size, "%s %s", text, agent_down_name(detail));
		break;
	case HOST_R_FILE:
		snprintf(buf, size, "%s: %s", text, file_error(detail));
		break;
	case HOST_R_DNS_RCODE:
		snprintf(buf, size, "%s %s", text, dns_rcode_name(detail));
		break;
	case HOST_R_CERT:
		snprintf(buf, size, "%s (%d)", text, detail);
		break;
	case HOST_R_TLS:
		snprintf(buf, size, detail != 0 ? "%s (alert %d)" : "%s",
		    text, detail);
		break;
	case HOST_R_SCRIPT_RUN:
	case HOST_R_UNREACHABLE:
	case HOST_R_LOCAL:
		snprintf(buf, size, detail != 0 ? "%s: %s" : "%s", text,
		    strerror(detail));
		break;
	default:
		snprintf(buf, size, "%s", text);
		break;
	}
	return (buf);
}

const char *
host_reason_noted(uint32_t reason, int32_t detail, const char *note, char *buf,
    size_t size)
{
	size_t	 len;

	host_reason_text(reason, detail, buf, size);
	len = strlen(buf);
	if (note[0] != '\0')
		snprintf(buf + len, size - len, " (%s)", note);
	return (buf);
}

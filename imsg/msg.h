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

#ifndef IMSG_MSG_H
#define IMSG_MSG_H

#include <net/if.h>

#include <stddef.h>
#include <stdint.h>

#include "ctl.h"
#include "monotime.h"
#include "../conf/wire.h"

/* The processes, and lvsctl(8) as a peer of lbe. */
enum proc {
	PROC_PARENT,
	PROC_VRRPE,
	PROC_HCE,
	PROC_LBE,
	PROC_CTL,
	PROC_MAX
};
extern const char	*const proc_names[PROC_MAX];

/*
 * The catalogue: every message, who sends it to whom, its payload and when.
 * msg.c holds the same as a table, by which each receiver checks sender and
 * length before it looks at a message.
 *
 * The header's id is the object or request named; its gen is the generation
 * of the sender's configuration.  An id of an older generation that no
 * longer resolves is ignored; one of the same generation is a broken peer.
 */
enum msg_type {
	MSG_NONE,

	/* parent to each engine, engine to parent: life */
	MSG_VERBOSE,		/* to engine; struct msg_verbose */
	MSG_LINK,		/* to engine; id enum proc, with fd: talk to
				   it here, first tell it all it must know */
	MSG_PING,		/* to engine; nothing */
	MSG_PONG,		/* to parent; nothing: the answer */
	MSG_SHUTDOWN,		/* to engine; nothing: end in good order */
	MSG_BAD_PEER,		/* to parent; id enum proc: it broke the
				   protocol, end it */

	/*
	 * parent to each engine: configuration in two phases.  BEGIN, the
	 * objects (referred-to before referring), END; the engine answers
	 * READY or ERROR.  When all are ready COMMIT, answered by COMMITTED,
	 * or ABORT.  When all have committed, START: only now do new objects
	 * begin to act and to be spoken of to other engines.
	 *
	 * SAME behind BEGIN: all objects are those that run already, and only
	 * those follow that have a value changed; with START they get it.
	 */
	MSG_CONF_BEGIN,		/* nothing; gen: of the new configuration */
	MSG_CONF_SAME,		/* nothing; see above */
	MSG_CONF_GLOBAL,	/* struct global_config */
	MSG_CONF_TLSFILE,	/* struct tlsfile_config; hce */
	MSG_CONF_TLSPART,	/* id file; bytes: the next of it; hce */
	MSG_CONF_CHECK,		/* struct check_config + items; hce, lbe */
	MSG_CONF_TABLE,		/* struct table_config; hce, lbe */
	MSG_CONF_HOST,		/* struct host_config; hce, lbe; those of a
				   table follow it at once */
	MSG_CONF_SERVICE,	/* struct service_config; lbe */
	MSG_CONF_LISTEN,	/* struct listen_config; lbe */
	MSG_CONF_SCRIPT,	/* struct script_config; hce */
	MSG_CONF_GROUP,		/* struct group_config; vrrpe */
	MSG_CONF_VRRP,		/* struct vrrp_config; vrrpe */
	MSG_CONF_HMAC,		/* struct hmac_config; vrrpe */
	MSG_CONF_PEER,		/* struct peer_config; vrrpe */
	MSG_CONF_VADDR,		/* struct vaddr_config; vrrpe */
	MSG_CONF_TRACK,		/* struct track_config; vrrpe */
	MSG_CONF_REFHOST,	/* struct refhost_config; hce */
	MSG_CONF_END,		/* nothing */
	MSG_CONF_COMMIT,	/* nothing */
	MSG_CONF_ABORT,		/* nothing */
	MSG_CONF_START,		/* nothing */
	MSG_CONF_READY,		/* to parent; nothing */
	MSG_CONF_ERROR,		/* to parent; struct ctl_text */
	MSG_CONF_COMMITTED,	/* to parent; nothing */

	/*
	 * parent to an engine, between COMMIT and START of a restarted one
	 * (or of a new lvsd that finds its work in the kernel): what its
	 * forerunner had told the parent.
	 */
	MSG_MIRROR_ROLE,	/* to vrrpe; id vrrp; struct msg_role */
	MSG_MIRROR_OVERRIDE,	/* to lbe; id object; struct msg_override */
	MSG_BOUND_ROLE,		/* to lbe; id vrrp that services are bound to;
				   struct msg_onoff: it has its addresses, or
				   is to have them; all, then each change */
	MSG_MIRROR_DEST,	/* to lbe; id listen; struct msg_dest: this is
				   in the kernel */
	MSG_ADDR_FOUND,		/* to vrrpe; id vrrp; nothing: its addresses
				   are there, of an lvsd before this one */

	/* parent to vrrpe */
	MSG_IF_STATUS,		/* struct msg_if: at start for each interface
				   named, then at each change */
	MSG_VRRP_SOCKET,	/* struct msg_vrrp_socket, with fd */
	MSG_VRRP_VMAC,		/* id vrrp; struct msg_vmac, with fd: send by
				   its virtual MAC; without: it has none */
	MSG_ADDR_RESULT,	/* id vrrp; struct msg_result: the addresses
				   asked for by VRRP_ROLE are there, or not;
				   once more when that changes */
	MSG_TRACK_VALUE,	/* id process or file; struct msg_track: all
				   between COMMIT and START, then at each
				   change */

	/* vrrpe to parent */
	MSG_VRRP_ROLE,		/* id vrrp; struct msg_role: role changed; the
				   parent adds and announces, keeps, or
				   removes the addresses; in the same role:
				   something else in it has changed */
	MSG_VRRP_ANNOUNCE,	/* id vrrp; nothing: announce the addresses
				   again (a rival was heard) */
	MSG_VRRP_RIVAL,		/* id vrrp; struct msg_rival: another master
				   is heard, for scripts; not too often */
	MSG_GROUP_ROLE,		/* id group; struct msg_group_role: all its
				   members have this role */

	/* parent to hce */
	MSG_ICMP_SOCKET,	/* id address family, with fd */
	MSG_SCRIPT_RESULT,	/* id script; struct msg_script_result */

	MSG_CHECK_SOCKET,	/* id request; struct msg_socket, with fd if
				   there is one: the answer */

	MSG_CHECK_RESULT,	/* id request; struct msg_script_result: the
				   answer to CHECK_RUN */
	MSG_FILE_VALUE,		/* id file; struct msg_track: as TRACK_VALUE,
				   of what checks are made by */

	/* hce to parent */
	MSG_SCRIPT_RUN,		/* id script; nothing: run it now */
	MSG_SOCKET_GET,		/* id request; struct msg_socket_get: a socket
				   for one such check */
	MSG_CHECK_RUN,		/* id request; struct msg_check_run: run the
				   script of a check */

	/* hce to lbe */
	MSG_HOST_STATUS,	/* id host; struct msg_host_status: verdict
				   or its reason changed; all hosts at once
				   on a new link */
	MSG_HOST_SYNC,		/* nothing: all hosts have been told */
	MSG_HOST_STATS,		/* id host; struct msg_host_status: answer to
				   STATS_GET */
	MSG_CHECK_STATS,	/* id host; struct msg_check_status: one of
				   its checks, if it has several */
	MSG_HOST_STATS_END,	/* id as in STATS_GET; nothing */

	/* lbe to hce */
	MSG_HOST_KNOWN,		/* id host; struct msg_host_status: on a new
				   link, the last verdict known, so that a
				   restarted hce begins there */
	MSG_HOST_KNOWN_END,	/* nothing: all have been told */
	MSG_HOST_CHECK,		/* id host; struct msg_onoff: operator has
				   disabled or enabled it */
	MSG_HOST_SUSPEND,	/* id host; struct msg_onoff: its checks rest
				   and its verdict stays, or no more; until
				   the link ends */
	MSG_HOST_STATS_GET,	/* id request; nothing: send all counters */

	/* hce to vrrpe */
	MSG_SCRIPT_STATUS,	/* id script; struct msg_onoff: verdict; all
				   on a new link, once known */

	MSG_REFHOST_STATUS,	/* id reference host; struct msg_onoff:
				   verdict; all on a new link, once known */

	/* lbe to vrrpe */
	MSG_SERVICE_STATUS,	/* id service; struct msg_onoff: has a usable
				   host; all that are tracked on a new link,
				   once known */
	MSG_TABLE_STATUS,	/* id track_id of the table; struct msg_onoff:
				   has a usable host in any of its uses; as
				   SERVICE_STATUS */
	MSG_VRRP_STATS_GET,	/* id request; nothing: send all instances */
	MSG_HOSTS_JUDGED,	/* nothing; all hosts were looked at once */
	MSG_VRRP_ORDER,		/* id vrrp; struct msg_order: the operator
				   wants this */

	/* vrrpe to lbe */
	MSG_VRRP_STATUS,	/* id vrrp; struct ctl_vrrp: state, priority
				   or reason changed; all on a new link */
	MSG_VRRP_STATS,		/* id request; struct ctl_vrrp: answer */
	MSG_VRRP_TRACK,		/* id request; struct ctl_track: one of the
				   trackers of the instance told before */
	MSG_VRRP_STATS_END,	/* id as in VRRP_STATS_GET; nothing */
	MSG_VRRP_OUTCOME,	/* id request of an order; struct msg_outcome:
				   carried out, or not */

	/* lbe to parent */
	MSG_IPVS_RESYNC,	/* nothing: what is not wanted anew before the
				   next COMMIT is not wanted any more */
	MSG_IPVS_SERVICE,	/* id listen; struct msg_onoff: wanted or not */
	MSG_IPVS_DEST,		/* id listen; struct msg_dest */
	MSG_IPVS_COMMIT,	/* id batch; nothing: bring the kernel there */
	MSG_IPVS_READ,		/* id request; struct msg_ipvs_read: tell what
				   the kernel holds, piece by piece */
	MSG_IPVS_MORE,		/* id request; nothing: the next piece */
	MSG_IPVS_STOP,		/* id request; nothing: no more of it */
	MSG_SESSIONS_GET,	/* id request; nothing: open the kernel's
				   table of connections */
	MSG_IPVS_LOAD_GET,	/* id request; struct msg_load_get: count the
				   connections of hosts that are to get no new
				   ones */
	MSG_OVERRIDE,		/* id object; struct msg_override: mirror it */
	MSG_BOUND_DONE,		/* id vrrp; nothing: all that BOUND_ROLE has
				   caused has been asked for */
	MSG_SERVICE_QUORUM,	/* id service; struct msg_quorum: for scripts;
				   once known, then at each change */
	MSG_RELOAD,		/* id request; struct msg_reload: take another
				   configuration, or keep the one that runs */
	MSG_STOP,		/* nothing: the operator ends lvsd */
	MSG_LOG,		/* struct msg_verbose: from the operator */

	/* parent and vrrpe to lbe */
	MSG_EVENT,		/* struct ctl_event, its time not set: for
				   those who monitor */

	/* parent to lbe */
	MSG_CTL_SOCKET,		/* with fd: the listening control socket */
	MSG_IPVS_ERROR,		/* id listen; struct msg_ipvs_error: an
				   operation of this batch was refused */
	MSG_IPVS_DONE,		/* id batch; struct msg_result */
	MSG_IPVS_TABLE,		/* id request; struct ctl_ipvs, then its */
	MSG_IPVS_VIRTUAL,	/* id request; struct ctl_virtual, each with */
	MSG_IPVS_REAL,		/* id request; struct ctl_real; or */
	MSG_IPVS_STATS,		/* id request; struct ctl_stats */
	MSG_IPVS_PIECE,		/* id request; nothing: there is more */
	MSG_IPVS_END,		/* id request; struct msg_result: all told, or
				   why not */
	MSG_SESSIONS,		/* id request; struct msg_result, with fd if
				   all went well */
	MSG_IPVS_LOAD,		/* id request; struct msg_load: of one host */
	MSG_IPVS_LOAD_END,	/* id request; struct msg_result: all told, or
				   why not */
	MSG_RELOAD_TEXT,	/* id request; struct ctl_text: one line of
				   what is to be told */
	MSG_RELOAD_DONE,	/* id request; struct msg_result */
	MSG_PLAN_TEXT,		/* id request; bytes: the next of a plan; with
				   its RELOAD_DONE the tree is staged */
	MSG_CONFIRM_WAIT,	/* struct msg_confirm: what runs is to be
				   confirmed, or is no longer */

	/* lvsctl to lbe: requests */
	MSG_CTL_SHOW_SUMMARY,	/* nothing */
	MSG_CTL_SHOW_HOSTS,	/* nothing */
	MSG_CTL_SHOW_CHECKS,	/* nothing: the same, with their checks */
	MSG_CTL_SHOW_SERVICES,	/* nothing */
	MSG_CTL_SHOW_VRRP,	/* struct ctl_id; all when empty */
	MSG_CTL_SHOW_STATS,	/* nothing */
	MSG_CTL_SHOW_IPVS,	/* nothing */
	MSG_CTL_SHOW_SESSIONS,	/* struct ctl_session_which */
	MSG_CTL_SERVICE_ENABLE,	/* struct ctl_id, these six */
	MSG_CTL_SERVICE_DISABLE,
	MSG_CTL_TABLE_ENABLE,
	MSG_CTL_TABLE_DISABLE,
	MSG_CTL_HOST_ENABLE,
	MSG_CTL_HOST_DISABLE,
	MSG_CTL_HOST_WEIGHT,	/* struct ctl_weight */
	MSG_CTL_HOST_DRAIN,	/* struct ctl_drain */
	MSG_CTL_VRRP_DEMOTE,	/* struct ctl_order, these three */
	MSG_CTL_VRRP_UNDEMOTE,
	MSG_CTL_VRRP_RESIGN,
	MSG_CTL_RELOAD,		/* struct ctl_reload */
	MSG_CTL_PLAN_GET,	/* nothing */
	MSG_CTL_RUNNING,	/* nothing: the canonical text of what runs,
				   without what is secret */
	MSG_CTL_TRY_BEGIN,	/* nothing: of another configuration come its */
	MSG_CTL_TRY_CHECK,	/* struct check_config + items, */
	MSG_CTL_TRY_TABLE,	/* struct table_config, */
	MSG_CTL_TRY_HOST,	/* struct host_config, */
	MSG_CTL_TRY_SERVICE,	/* struct msg_try_service, */
	MSG_CTL_TRY_LISTEN,	/* struct listen_config */
	MSG_CTL_TRY_END,	/* nothing: as CTL_PLAN, what the kernel would
				   be told; ids are the client's own */
	MSG_CTL_CONFIRM,	/* nothing */
	MSG_CTL_ROLLBACK,	/* nothing */
	MSG_CTL_MONITOR,	/* nothing: events until the client leaves */
	MSG_CTL_LOG,		/* struct msg_verbose */
	MSG_CTL_STOP,		/* nothing */

	/* lbe to lvsctl: answers; each request ends with OK, FAIL or END */
	MSG_CTL_SERVICE,	/* struct ctl_service, then its */
	MSG_CTL_LISTEN,		/* struct ctl_listen, its */
	MSG_CTL_TABLE,		/* struct ctl_table, each with its */
	MSG_CTL_HOST,		/* struct ctl_host, with CTL_SHOW_CHECKS its */
	MSG_CTL_CHECK,		/* struct ctl_check */
	MSG_CTL_VRRP,		/* struct ctl_vrrp, then its */
	MSG_CTL_TRACK,		/* struct ctl_track */
	MSG_CTL_STATS,		/* struct ctl_stats */
	MSG_CTL_IPVS,		/* struct ctl_ipvs, then its */
	MSG_CTL_VIRTUAL,	/* struct ctl_virtual, each with its */
	MSG_CTL_REAL,		/* struct ctl_real */
	MSG_CTL_MATCH,		/* struct ctl_match */
	MSG_CTL_SESSIONS,	/* with fd: the kernel's connections, of which
				   those are shown that the matches before
				   want; it ends the answer */
	MSG_CTL_EVENT,		/* struct ctl_event */
	MSG_CTL_PLAN,		/* bytes: the next of a text of lines */
	MSG_CTL_TEXT,		/* struct ctl_text: a line to print */
	MSG_CTL_END,		/* nothing: all shown */
	MSG_CTL_OK,		/* nothing: done */
	MSG_CTL_FAIL,		/* struct ctl_text: why not */

	MSG_TYPE_MAX
};

struct msg_verbose {
	uint32_t	verbose;
};

struct msg_onoff {
	uint32_t	on;		/* 0 or 1 */
};

enum reload_what {
	RELOAD_FILE,		/* read the file again */
	RELOAD_BACK,		/* to the configuration before this one */
	RELOAD_CONFIRM,		/* this one is to stay */
	RELOAD_PLAN,		/* as RELOAD_FILE, but only tell what it would
				   come to, and then leave it */
	RELOAD_RUNNING,		/* tell the text of this one, by PLAN_TEXT */
	RELOAD_WHAT_MAX
};

struct msg_reload {
	uint32_t	what;		/* enum reload_what */
	uint32_t	confirm_s;	/* file: go back when nobody confirms
					   within so many seconds, up to
					   CTL_CONFIRM_S_MAX; 0: stay */
};

/* A client knows the instance by its name alone, "": none. */
struct msg_try_service {
	struct service_config	conf;
	char			vrrp[NAME_LEN];
};

/* The time is not set when nothing waits to be confirmed. */
struct msg_confirm {
	uint32_t	back;		/* generation that would return */
	uint32_t	pad;
	struct monotime	until;		/* unless it is confirmed */
};

struct msg_result {
	int32_t		error;		/* errno, 0: all went well */
	uint32_t	done;		/* operations carried out */
	uint32_t	failed;		/* operations refused */
};

/* demote and resigned are kept by the parent for the next vrrpe. */
struct msg_role {
	uint32_t	state;		/* enum vrrp_state */
	uint32_t	priority;	/* in effect, 1 .. 255 */
	uint32_t	demote;		/* 0 .. VRRP_DEMOTE_MAX, lvsctl(8) */
	uint32_t	resigned;	/* 1: stays away, lvsctl(8) */
	struct monotime	since;		/* in this state */
};

enum order_kind {
	ORDER_DEMOTE,
	ORDER_UNDEMOTE,
	ORDER_RESIGN,
	ORDER_MAX
};

struct msg_order {
	uint32_t	request;	/* of lbe, not 0 */
	uint32_t	kind;		/* enum order_kind */
	uint32_t	by;		/* 1 .. VRRP_DEMOTE_MAX, 0: wholly */
	uint32_t	uid;		/* who gave it */
	int32_t		pid;
};

struct msg_outcome {
	uint32_t	failed;		/* 0 or 1 */
	char		text[256];	/* what came of it, or why nothing */
};

struct msg_group_role {
	uint32_t	state;		/* enum vrrp_state */
};

/* A master that should be none, as its advert says. */
struct msg_rival {
	struct addr	addr;
	uint32_t	priority;	/* 0 .. 255 */
};

/* Has a service its quorum? */
struct msg_quorum {
	uint32_t	on;		/* 0 or 1 */
	uint32_t	pad;
	uint64_t	weight;		/* of the hosts that serve */
};

enum override_kind {
	OVERRIDE_NONE,			/* as configured */
	OVERRIDE_ENABLE,
	OVERRIDE_DISABLE,
	OVERRIDE_DRAIN,			/* of a host */
	OVERRIDE_MAX
};

#define OVERRIDE_F_WEIGHT	0x01	/* weight has a meaning */

/* All of them 0: as configured. */
struct msg_override {
	uint32_t	kind;		/* enum override_kind */
	uint32_t	flags;		/* OVERRIDE_F_* */
	struct ctl_by	by;		/* of the kind */
	uint32_t	weight;		/* of a host, 0 .. WEIGHT_MAX */
	uint32_t	drain_s;	/* it is over so long after `by', 1 ..
					   CTL_DRAIN_MAX; 0: when it is */
	struct ctl_by	weight_by;
};

struct msg_if {
	uint32_t	ifindex;	/* 0: there is no such interface */
	uint32_t	up;		/* up and running (carrier) */
	uint32_t	mtu;
	uint32_t	prefix4;	/* length of the network of addr4 */
	struct addr	addr4;		/* primary address, af 0: none */
	struct addr	addr6;		/* link-local address, af 0: none */
	char		ifname[IFNAMSIZ];
};

/* What a VRRP socket is for; an interface has one of each, and family. */
enum vsock_kind {
	VSOCK_GROUP,		/* to and from the VRRP group */
	VSOCK_UNICAST,		/* to and from configured peers */
	VSOCK_KIND_MAX
};

struct msg_vrrp_socket {
	uint32_t	ifindex;
	uint32_t	af;
	uint32_t	kind;		/* enum vsock_kind */
	uint32_t	pad;
};

/* What the parent has seen of something that is tracked. */
struct msg_track {
	uint32_t	ok;		/* 0: it fails, 1: it is well */
	int32_t		value;		/* process: how many run, of those
					   that are wanted; file: its number */
	int32_t		error;		/* file: errno or FILE_*; 0: none */
};

/* What else can be wrong with a file. */
#define FILE_NO_NUMBER	(-1)
#define FILE_NO_FILE	(-2)		/* it is a directory, a device */

/* The device that has the virtual MAC of an instance. */
struct msg_vmac {
	uint32_t	ifindex;	/* 0: there is none */
	uint32_t	pad;
};

/* Exit of a script; what kept it from running is an errno. */
struct msg_script_result {
	int32_t		error;		/* errno, ETIMEDOUT: deadline; 0: ran */
	int32_t		status;		/* exit status, or 128 + signal */
	int32_t		signal;		/* 0: it has ended by itself */
};

/* A check of a host of one of the tables that have it. */
struct msg_check_run {
	uint32_t	check_id;
	uint32_t	host_id;
};

struct msg_socket_get {
	uint32_t	check_id;
	uint32_t	host_id;
};

struct msg_socket {
	int32_t		error;		/* errno or SOCKET_*: there is none;
					   0: it comes */
	uint32_t	pad;
};

/* IPVS directs nothing here, so a check by it would tell of something else. */
#define SOCKET_BACKUP_ONLY	(-1)

/* What a mail server is asked, in turn. */
enum smtp_step {
	SMTP_GREETING,
	SMTP_EHLO,
	SMTP_STARTTLS,
	SMTP_EHLO_TLS,
	SMTP_QUIT,
	SMTP_STEP_MAX
};

/* The words of an agent that say a host is up, or is not. */
enum agent_down {
	AGENT_UP,
	AGENT_DOWN,
	AGENT_FAIL,
	AGENT_FAILED,
	AGENT_STOPPED,
	AGENT_DOWN_MAX
};

/* Why a check ended as it did; host_reason_text() has the words. */
enum host_reason {
	HOST_R_NONE,			/* not checked yet */
	HOST_R_OK,
	HOST_R_REFUSED,
	HOST_R_TIMEOUT_CONNECT,
	HOST_R_TIMEOUT_TLS,
	HOST_R_TIMEOUT_READ,
	HOST_R_TIMEOUT_BODY,		/* http */
	HOST_R_TIMEOUT_SMTP,		/* detail: enum smtp_step */
	HOST_R_TIMEOUT_ECHO,		/* icmp */
	HOST_R_TIMEOUT_SCRIPT,
	HOST_R_UNREACHABLE,
	HOST_R_RESET,
	HOST_R_CLOSED,			/* before the whole answer */
	HOST_R_CODE,			/* wrong status; detail: the code */
	HOST_R_NOT_HTTP,
	HOST_R_NO_MATCH,
	HOST_R_MATCH,			/* of what must not be there */
	HOST_R_EFFORT,			/* a search given up */
	HOST_R_DIGEST,
	HOST_R_CHUNK,			/* of HTTP, malformed or too long */
	HOST_R_TOO_LONG,		/* answer beyond the bound read */
	HOST_R_NOT_TLS,
	HOST_R_TLS,			/* handshake failed; detail: alert */
	HOST_R_TLS_VERSION,		/* none in common */
	HOST_R_CERT,			/* not trusted; detail: X509_V_ERR_ */
	HOST_R_CERT_SELF,		/* the same: signed by itself */
	HOST_R_CERT_EXPIRED,
	HOST_R_CERT_EARLY,		/* not valid yet */
	HOST_R_CERT_NAME,
	HOST_R_SMTP_CODE,		/* wrong reply; detail: the code */
	HOST_R_NOT_SMTP,
	HOST_R_NO_STARTTLS,
	HOST_R_DNS_RCODE,		/* wrong; detail: the code */
	HOST_R_DNS_ANSWER,		/* the one wanted is not there */
	HOST_R_DNS_CUT,			/* and the answer does not fit UDP */
	HOST_R_NOT_DNS,
	HOST_R_DESCRIPTORS,		/* none left to us */
	HOST_R_AGENT_DOWN,		/* it says; detail: enum agent_down */
	HOST_R_AGENT_MAINT,
	HOST_R_AGENT_DRAIN,		/* good, and weight 0 */
	HOST_R_NOT_AGENT,
	HOST_R_SCRIPT,			/* detail: exit status */
	HOST_R_SCRIPT_SIGNAL,		/* detail: which */
	HOST_R_SCRIPT_RUN,		/* it could not be; detail: errno */
	HOST_R_FILE,			/* detail: errno or FILE_* */
	HOST_R_LOCAL,			/* our own; detail: errno */
	HOST_R_BACKUP_ONLY,		/* IPVS directs nothing here */
	HOST_R_MAX
};
/* host_reason_text: words for a reason and its detail into buf. */
const char	*host_reason_text(uint32_t, int32_t, char *, size_t);
/* host_reason_noted: the same, and a note behind it; "": none. */
const char	*host_reason_noted(uint32_t, int32_t, const char *, char *,
		    size_t);

enum host_state {
	HOST_UNKNOWN,
	HOST_UP,
	HOST_DOWN,
	HOST_STATE_MAX
};
extern const char	*const host_state_names[HOST_STATE_MAX];

/*
 * Durations of checks in classes: the first is below 1 ms, each of the others
 * below twice the one before, and the last all the rest.
 */
#define HOST_HIST_MAX	12

#define HOST_STATUS_F_CERT	0x01	/* warn of the certificate's end */
#define HOST_STATUS_F_WEIGHT	0x02	/* a check wants this weight */

#define HOST_NOTE_LEN	64		/* what goes with a reason, with NUL */

struct msg_host_status {
	uint32_t	state;		/* enum host_state */
	uint32_t	reason;		/* enum host_reason, of the last */
	int32_t		detail;
	uint32_t	last_ms;	/* duration of the last check */
	uint32_t	check_id;	/* whose reason it is; 0: of none */
	uint32_t	flags;		/* HOST_STATUS_F_* */
	uint32_t	weight;		/* 0 .. WEIGHT_MAX; 0 without it */
	uint32_t	weight_check_id;	/* who wants it; 0: nobody */
	int64_t		cert_until;	/* end of the certificate that ends
					   first, wall clock, seconds; 0:
					   there is none */
	uint64_t	checks;
	uint64_t	checks_up;
	uint32_t	hist[HOST_HIST_MAX];
	struct monotime	since;		/* in this state */
	char		note[HOST_NOTE_LEN];	/* with the reason; "": none */
};

/* One of several checks of a host. */
struct msg_check_status {
	uint32_t	check_id;
	uint32_t	state;		/* enum host_state */
	uint32_t	reason;		/* enum host_reason, of the last */
	int32_t		detail;
	uint32_t	last_ms;	/* duration of the last */
	uint32_t	flags;		/* HOST_STATUS_F_WEIGHT */
	uint32_t	weight;		/* as in msg_host_status */
	uint32_t	pad;
	uint64_t	checks;
	uint64_t	checks_up;
	char		note[HOST_NOTE_LEN];
};

#define DEST_NONE	(-1)		/* weight: not wanted */

struct msg_dest {
	uint32_t	host_id;
	int32_t		weight;		/* 0 .. WEIGHT_MAX or DEST_NONE */
};

struct msg_load_get {
	uint32_t	listen_id;
};

/* What a host that was given weight 0 still has to do there. */
struct msg_load {
	uint32_t	host_id;
	int32_t		weight;		/* the one in the kernel now */
	uint32_t	active;		/* connections */
	uint32_t	inactive;	/* those that are closing */
	uint32_t	persistent;	/* clients that will come back to it */
	uint32_t	pad;
	uint64_t	in_pkts;	/* since it is there */
};

/* What is to be read of the kernel's table. */
enum ipvs_read_kind {
	IPVS_READ_TABLE,	/* all of it, as ipvsadm(8) shows it */
	IPVS_READ_STATS,	/* counters of the configured services */
	IPVS_READ_KIND_MAX
};

struct msg_ipvs_read {
	uint32_t	kind;		/* enum ipvs_read_kind */
};

struct msg_ipvs_error {
	uint32_t	host_id;	/* 0: the service itself */
	int32_t		error;		/* errno */
	char		text[256];	/* with the object's name */
};

/*
 * msg_*_ok: a structure out of a message is within the bounds named above.
 * 1: ok, 0: not.
 */
int		 msg_role_ok(const struct msg_role *);
int		 msg_reload_ok(const struct msg_reload *);
int		 msg_override_ok(const struct msg_override *);
int		 msg_host_status_ok(const struct msg_host_status *);
int		 msg_check_status_ok(const struct msg_check_status *);
/* msg_name: the type as text, for logs. */
const char	*msg_name(uint32_t);
/*
 * msg_check: may `from' send a message of this type and payload length to
 * `to'?  NULL when so, else what is wrong with it.
 */
const char	*msg_check(uint32_t, enum proc, enum proc, size_t);

#endif /* IMSG_MSG_H */

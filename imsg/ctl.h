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

#ifndef IMSG_CTL_H
#define IMSG_CTL_H

#include <stdint.h>

/*
 * What lvsctl(8) and lbe say to each other on the control socket.  These
 * structures are made for showing: text is text, lengths are fixed, and
 * nothing of a daemon's runtime structures shows through.
 */

#define CTL_NAME_LEN	64	/* names, as conf/wire.h NAME_LEN */
#define CTL_ADDR_LEN	64	/* "[address]:port" */
#define CTL_TEXT_LEN	512	/* one line of an answer */
#define CTL_HIST_MAX	12	/* as imsg/msg.h HOST_HIST_MAX */
#define CTL_REASON_LEN	128	/* why a check ended as it did */

#define LVSD_SOCKET	"/run/lvsd.sock"

/* Names an object: by id, or by name when the id is 0. */
struct ctl_id {
	uint32_t	id;
	char		name[CTL_NAME_LEN];
};

/* Who wanted something otherwise than configured, and when. */
struct ctl_by {
	uint32_t	uid;
	uint32_t	pad;
	int64_t		since;		/* wall clock, seconds; 0: nobody */
};

#define CTL_WEIGHT_MAX		65535	/* as conf/wire.h WEIGHT_MAX */
#define CTL_WEIGHT_CONFIGURED	UINT32_MAX

/* The weight wanted of a host. */
struct ctl_weight {
	struct ctl_id	id;
	uint32_t	weight;		/* or CTL_WEIGHT_CONFIGURED */
};

/* Longest time that a drain may be given: a week, in seconds. */
#define CTL_DRAIN_MAX		(7 * 24 * 60 * 60)

/* A host is to end its connections. */
struct ctl_drain {
	struct ctl_id	id;
	uint32_t	timeout_s;	/* 1 .. CTL_DRAIN_MAX; 0: none */
	uint32_t	wait;		/* 1: the answer ends with the drain */
};

/* Something wanted of a VRRP instance. */
struct ctl_order {
	struct ctl_id	id;
	uint32_t	by;		/* 1 .. VRRP_DEMOTE_MAX, 0: wholly */
};

/* Longest time to confirm a configuration in: a day. */
#define CTL_CONFIRM_S_MAX	(24 * 60 * 60)

/* Bytes of a plan in one message. */
#define CTL_PLAN_PART	8192

struct ctl_reload {
	uint32_t	confirm_s;	/* 0: it stays without */
};

struct ctl_text {
	char		text[CTL_TEXT_LEN];
};

enum ctl_state {
	CTL_UNKNOWN,		/* host: not checked yet */
	CTL_UP,
	CTL_DOWN,
	CTL_DISABLED,
	CTL_EMPTY,		/* table: no host is up */
	CTL_BACKUP_TABLE,	/* service: its backup table serves */
	CTL_NO_QUORUM,		/* service: what is up is not enough */
	CTL_FAIL_OPEN,		/* service: too many fail to believe it */
	CTL_DRAINING,		/* host: ends its connections */
	CTL_DRAINED,		/* host: has done so, and is disabled */
	CTL_STANDBY		/* service: its instance is not master */
};

struct ctl_service {
	uint32_t	id;
	uint32_t	state;		/* enum ctl_state */
	uint32_t	persist_s;	/* 0: none */
	uint32_t	flags;		/* CTL_SERVICE_F_* */
	uint32_t	slow_s;		/* slow start; 0: none */
	uint32_t	scale;		/* of the weights in the kernel */
	struct ctl_by	by;		/* with CTL_SERVICE_F_OVERRIDE */
	uint32_t	vrrp_state;	/* enum vrrp_state, of vrrp */
	uint32_t	pad;
	char		sched[16];
	char		name[CTL_NAME_LEN];
	char		vrrp[CTL_NAME_LEN];	/* the instance that it
						   follows; "": none */
};
#define CTL_SERVICE_F_ONEPACKET	0x01
#define CTL_SERVICE_F_OVERRIDE	0x02	/* state set by the operator */
#define CTL_SERVICE_F_SCHED_PORT 0x04
#define CTL_SERVICE_F_SCHED_FALLBACK 0x08
#define CTL_SERVICE_F_SIP	0x10	/* persistence by SIP Call-ID */
#define CTL_SERVICE_F_SUSPEND	0x20	/* and on standby it has no checks */

struct ctl_listen {
	uint32_t	id;
	uint32_t	service_id;
	int32_t		error;		/* errno of the kernel, 0: none */
	char		proto[8];	/* "tcp", ...; "": a mark */
	char		addr[CTL_ADDR_LEN];	/* or "mark 5 inet6" */
	char		error_text[CTL_TEXT_LEN];
};

struct ctl_table {
	uint32_t	id;
	uint32_t	state;		/* enum ctl_state */
	uint32_t	hosts_up;
	uint32_t	hosts;
	uint32_t	backup;		/* 1: backup table of the service */
	uint32_t	flags;		/* CTL_TABLE_F_* */
	struct ctl_by	by;		/* with CTL_TABLE_F_OVERRIDE */
	char		method[32];	/* "forward", "route", "tunnel",
					   "tunnel gue port 6080" */
	char		check[CTL_NAME_LEN];	/* "tcp, http", "none" */
	char		name[CTL_NAME_LEN + 8];	/* "web:80" */
};
#define CTL_TABLE_F_OVERRIDE	0x01

struct ctl_host {
	uint32_t	id;
	uint32_t	table_id;
	uint32_t	state;		/* enum ctl_state */
	uint32_t	flags;		/* CTL_HOST_F_* */
	uint32_t	weight;
	uint32_t	weight_conf;	/* the configured one */
	uint32_t	upper;		/* connections; 0: no bound */
	uint32_t	lower;
	int32_t		error;		/* errno of the kernel, 0: none */
	uint32_t	weight_check;	/* with CTL_HOST_F_WEIGHT */
	uint64_t	checks;		/* since load */
	uint64_t	checks_up;
	uint64_t	since_s;	/* seconds in this state */
	int64_t		cert_until;	/* end of a certificate, wall clock,
					   seconds; 0: none is known */
	uint32_t	hist[CTL_HIST_MAX];	/* durations: below 1 ms,
					   below 2, below 4, ..., the rest */
	uint32_t	last_ms;	/* duration of the last check */
	uint32_t	pad2;
	struct ctl_by	by;		/* with CTL_HOST_F_OVERRIDE */
	struct ctl_by	weight_by;	/* since 0: as configured */
	uint32_t	active;		/* these while it drains */
	uint32_t	inactive;
	uint32_t	persistent;
	uint32_t	drain_left_s;	/* or CTL_DRAIN_FOREVER */
	uint32_t	slow_left_s;	/* until it has all its weight */
	uint32_t	removal_s;	/* with CTL_HOST_F_REMOVAL */
	char		reason[CTL_REASON_LEN];	/* of the last verdict */
	char		addr[CTL_ADDR_LEN];
};
#define CTL_HOST_F_OVERRIDE	0x01
#define CTL_HOST_F_UNCHECKED	0x02	/* has no check: always up */
#define CTL_HOST_F_KERNEL	0x04	/* is in the kernel now */
#define CTL_HOST_F_CERT		0x08	/* warn of the certificate's end */
#define CTL_HOST_F_WEIGHT	0x10	/* a check wants weight_check */
#define CTL_HOST_F_SUSPENDED	0x20	/* its checks rest */
#define CTL_HOST_F_REMOVAL	0x20	/* fails, and waits to be removed */
#define CTL_DRAIN_FOREVER	UINT32_MAX

/* A check of the host that came before. */
struct ctl_check {
	uint32_t	number;		/* in the configuration, from 1 */
	uint32_t	state;		/* enum ctl_state */
	uint32_t	flags;		/* CTL_HOST_F_WEIGHT */
	uint32_t	weight;		/* with that: it wants it */
	uint32_t	last_ms;	/* duration of the last one */
	uint32_t	pad;
	uint64_t	checks;
	uint64_t	checks_up;
	char		type[16];	/* "http" */
	char		reason[CTL_REASON_LEN];
};

/* Drop reasons of VRRP packets, counted each; RFC 6527 names where it has. */
enum vrrp_drop {
	VRRP_DROP_DST,		/* not to the group */
	VRRP_DROP_SELF,		/* our own packet came back */
	VRRP_DROP_SRC,		/* source that no router can have */
	VRRP_DROP_TTL,		/* not 255, or below that of a peer */
	VRRP_DROP_LEN,
	VRRP_DROP_VERSION,
	VRRP_DROP_TYPE,
	VRRP_DROP_CSUM,
	VRRP_DROP_VRID,
	VRRP_DROP_OWNER,	/* we own the addresses */
	VRRP_DROP_AUTH_TYPE,	/* unknown authentication type */
	VRRP_DROP_AUTH_MISMATCH,	/* another type than ours */
	VRRP_DROP_AUTH_FAIL,	/* wrong password */
	VRRP_DROP_HMAC_MISSING,	/* has no trailer */
	VRRP_DROP_HMAC_FORM,	/* trailer of an unknown form */
	VRRP_DROP_HMAC_KEY,	/* under a key that we do not have */
	VRRP_DROP_HMAC_FAIL,	/* wrong code */
	VRRP_DROP_HMAC_STALE,	/* of another time than ours */
	VRRP_DROP_HMAC_REPLAY,	/* heard before, or older than that */
	VRRP_DROP_INTERVAL,
	VRRP_DROP_ADDRS,	/* address list differs */
	VRRP_DROP_PEER,		/* unicast, not from a peer */
	VRRP_DROP_INIT,		/* we are in fault or not started */
	VRRP_DROP_MAX
};
extern const char	*const vrrp_drop_names[VRRP_DROP_MAX];

/* What is remarkable of adverts that are taken nevertheless, counted too. */
enum vrrp_note {
	VRRP_NOTE_PSEUDO,	/* version 3, IPv4: both forms of the */
	VRRP_NOTE_PLAIN,	/* checksum, see vrrpe/packet.h */
	VRRP_NOTE_INTERVAL,	/* version 3: another interval than ours */
	VRRP_NOTE_ADDRS,	/* version 3: other addresses than ours */
	VRRP_NOTE_SUBNET,	/* the source is not of our network */
	VRRP_NOTE_STRANGER,	/* releases, but is not the master */
	VRRP_NOTE_RIVAL,	/* a master with less right than we */
	VRRP_NOTE_CLOCK,	/* its clock comes close to being stale */
	VRRP_NOTE_MAX
};
extern const char	*const vrrp_note_names[VRRP_NOTE_MAX];

enum vrrp_state {
	VRRP_INIT,		/* not started */
	VRRP_FAULT,		/* Init of the RFC, for a reason we know */
	VRRP_BACKUP,
	VRRP_MASTER,
	VRRP_HANDOVER,		/* holds the addresses, is silent */
	VRRP_STATE_MAX
};
extern const char	*const vrrp_state_names[VRRP_STATE_MAX];

/* Most that can be taken from a priority by demoting: down from 255 to 1. */
#define VRRP_DEMOTE_MAX	254

/* What the timer of an instance is set for. */
enum ctl_wait {
	CTL_WAIT_NONE,		/* it does not run */
	CTL_WAIT_ADVERT,	/* to advertise */
	CTL_WAIT_DOWN,		/* to be master, if none is heard */
	CTL_WAIT_GROUP,		/* it would, but its sync group not yet */
	CTL_WAIT_TAKER,		/* resigned: somebody to take over */
	CTL_WAIT_LINGER,	/* somebody has: to give up the addresses */
	CTL_WAIT_RETURN,	/* has its addresses: to be master */
	CTL_WAIT_MAX
};

#define CTL_VRRP_F_NOPREEMPT	0x01
#define CTL_VRRP_F_RESIGNED	0x02
#define CTL_VRRP_F_STARTMASTER	0x04
#define CTL_VRRP_F_HEARD	0x08	/* heard_ms has a meaning */
#define CTL_VRRP_F_INET6	0x10	/* over IPv6 */

struct ctl_vrrp {
	uint32_t	id;
	uint32_t	state;		/* enum vrrp_state */
	uint32_t	priority;	/* configured */
	uint32_t	priority_eff;	/* with trackers */
	uint32_t	vrid;
	uint32_t	version;
	uint32_t	advert_ms;	/* ours */
	uint32_t	master_advert_ms;	/* learned, version 3 */
	uint32_t	master_prio;	/* of the master heard, 0: none */
	uint32_t	addrs;		/* number of addresses */
	int32_t		error;		/* errno of the addresses, 0: none */
	uint32_t	peers;		/* unicast: how many, 0: multicast */
	uint64_t	since_s;	/* seconds in this state */
	uint32_t	flags;		/* CTL_VRRP_F_* */
	uint32_t	demote;		/* taken from the priority */
	uint32_t	preempt_ms;	/* delay of a preemption */
	uint32_t	delay_ms;	/* of this one still left, 0: none */
	uint32_t	wait;		/* enum ctl_wait */
	uint32_t	wait_ms;	/* and how long yet */
	uint64_t	heard_ms;	/* since the master was heard */
	uint64_t	tx;		/* adverts */
	uint64_t	tx_failed;	/* that could not be sent */
	uint64_t	rx;		/* adverts taken */
	uint64_t	became_master;
	uint64_t	prio0_tx;
	uint64_t	prio0_rx;
	uint64_t	drop[VRRP_DROP_MAX];
	uint64_t	note[VRRP_NOTE_MAX];
	uint64_t	rival_s;	/* seconds since the last rival */
	uint32_t	rival_prio;
	uint32_t	pad;
	char		rival[CTL_ADDR_LEN];	/* its address, "": none */
	char		source[CTL_ADDR_LEN];	/* of our adverts, "": none */
	char		auth[CTL_NAME_LEN];	/* "": none */
	char		ifname[16];
	char		name[CTL_NAME_LEN];
	char		group[CTL_NAME_LEN];	/* "": none */
	char		master[CTL_ADDR_LEN];	/* heard from, "": none */
	char		addr[CTL_ADDR_LEN];	/* first address */
	char		reason[CTL_TEXT_LEN];	/* why in fault, or weights */
};

/* What is known of a thing that is tracked. */
enum ctl_track_state {
	CTL_TRACK_UNKNOWN,	/* nothing yet: counts as well */
	CTL_TRACK_WELL,
	CTL_TRACK_FAILS,
	CTL_TRACK_STATE_MAX
};

#define CTL_TRACK_KIND_LEN	16
#define CTL_TRACK_NAME_LEN	256	/* as conf/wire.h TRACK_NAME_LEN */
#define CTL_TRACK_COUNT_MAX	64	/* as conf/wire.h TRACK_COUNT_MAX */

/* A tracker of a VRRP instance, and what it does there. */
struct ctl_track {
	uint32_t	vrrp_id;
	uint32_t	state;		/* enum ctl_track_state */
	uint32_t	flags;		/* CTL_TRACK_F_* */
	int32_t		weight;		/* 0: a failure is a fault */
	int32_t		effect;		/* on the priority now */
	int32_t		value;		/* with CTL_TRACK_F_VALUE */
	char		kind[CTL_TRACK_KIND_LEN];	/* "script", ... */
	char		name[CTL_TRACK_NAME_LEN];
};
#define CTL_TRACK_F_REVERSE	0x01
#define CTL_TRACK_F_FAULT	0x02	/* it makes a fault now */
#define CTL_TRACK_F_VALUE	0x04	/* value: of a file, of processes */

/*
 * The kernel's counters since the service or real server is there, and how
 * fast they grow now, a second.
 */
struct ctl_counts {
	uint64_t	conns;
	uint64_t	in_pkts;
	uint64_t	out_pkts;
	uint64_t	in_bytes;
	uint64_t	out_bytes;
	uint64_t	cps;
	uint64_t	in_pps;
	uint64_t	out_pps;
	uint64_t	in_bps;		/* bytes */
	uint64_t	out_bps;
};

enum ctl_stats_kind {
	CTL_STATS_SERVICE,	/* the sum of all its listens, then */
	CTL_STATS_LISTEN,	/* each of them if it has several, and */
	CTL_STATS_HOST,		/* each host, the sum of all listens */
	CTL_STATS_KIND_MAX
};

#define CTL_STATS_NAME_LEN	80

struct ctl_stats {
	uint32_t		id;
	uint32_t		kind;		/* enum ctl_stats_kind */
	uint32_t		active;		/* connections, of hosts */
	uint32_t		inactive;
	struct ctl_counts	counts;
	char			name[CTL_STATS_NAME_LEN];
};

/* The kernel's table as ipvsadm(8) shows it: what it is, then */
struct ctl_ipvs {
	uint32_t	version;	/* three bytes, of 1.2.3 0x010203 */
	uint32_t	size;		/* of its hash of connections */
};

#define CTL_METHOD_LEN	8		/* "Masq", "Tunnel" */

/* each service in it, whoever has made it, and of this */
struct ctl_virtual {
	uint32_t	mark;		/* 0: address and protocol */
	uint32_t	inet6;		/* of a mark */
	uint32_t	flags;		/* CTL_VIRTUAL_F_* */
	uint32_t	timeout_s;	/* of persistence */
	char		sched[16];
	char		mask[16];	/* of persistence, "": all of it */
	char		pe[16];		/* of persistence, "": none */
	char		proto[8];	/* "TCP" */
	char		addr[CTL_ADDR_LEN];
};
#define CTL_VIRTUAL_F_ONEPACKET	0x01
#define CTL_VIRTUAL_F_PERSISTENT 0x02
#define CTL_VIRTUAL_F_SCHED1	0x04
#define CTL_VIRTUAL_F_SCHED2	0x08
#define CTL_VIRTUAL_F_SCHED3	0x10

/* each real server. */
struct ctl_real {
	int32_t		weight;
	uint32_t	active;		/* connections */
	uint32_t	inactive;
	char		method[CTL_METHOD_LEN];
	char		addr[CTL_ADDR_LEN];
};

/* Which connections are to be shown; 0 and "" are all. */
struct ctl_session_which {
	struct ctl_id	service;
	struct ctl_id	host;
};

enum ctl_match_kind {
	CTL_MATCH_VIRTUAL,	/* where the client connected to */
	CTL_MATCH_REAL,		/* and was sent to */
	CTL_MATCH_KIND_MAX
};

/*
 * What a connection must have: one of those of each kind that there is.  The
 * address is in network byte order.
 */
struct ctl_match {
	uint32_t	kind;		/* enum ctl_match_kind */
	uint32_t	af;
	uint32_t	proto;		/* 0: any */
	uint32_t	port;		/* 0: any */
	uint8_t		addr[16];
};

enum ctl_event_kind {
	CTL_EVENT_HOST,
	CTL_EVENT_TABLE,
	CTL_EVENT_SERVICE,
	CTL_EVENT_VRRP,
	CTL_EVENT_ALARM,	/* vrrp: there are two masters */
	CTL_EVENT_KERNEL,	/* the kernel refused something */
	CTL_EVENT_RELOAD,
	CTL_EVENT_GROUP,	/* role of a sync group */
	CTL_EVENT_NOTIFY,	/* a notify script has failed */
	CTL_EVENT_MAX
};

/* One event for `lvsctl monitor'. */
struct ctl_event {
	uint32_t	kind;		/* enum ctl_event_kind */
	uint32_t	id;
	uint64_t	time;		/* wall clock, seconds since 1970 */
	char		name[CTL_TEXT_LEN];
	char		text[CTL_TEXT_LEN];
};

#endif /* IMSG_CTL_H */

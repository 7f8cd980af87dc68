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


#ifndef HCE_CHECK_H
#define HCE_CHECK_H

#include <sys/epoll.h>
#include <sys/socket.h>

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <stdint.h>

#include "../conf/changed.h"
#include "../imsg/engine.h"
#include "../imsg/msg.h"
#include "agent.h"
#include "alarm.h"
#include "body.h"
#include "head.h"
#include "verdict.h"
#include "tls.h"
#include "want.h"

struct bufferevent;
struct check_method;
struct evhttp_connection;
struct hce;

/* Of certificates or a key, on its way. */
struct tlsfile {
	RB_ENTRY(tlsfile)	 entry;
	struct tlsfile_config	 conf;
	uint8_t			*bytes;
	size_t			 len;		/* of them here */
	X509_STORE		*store;		/* made of it; NULL: not yet */
};
RB_HEAD(tlsfiles, tlsfile);

struct dns_check;
struct http_check;

/* The socket of all echo checks of one family. */
struct echo_socket {
	struct event		 ev;
	int			 fd;		/* -1: none came yet */
};

enum echo_family {
	ECHO_V4,
	ECHO_V6,
	ECHO_FAMILIES
};

/* What a file holds, as the parent has last told. */
struct file_check {
	struct msg_track	 value;
	int			 known;
};

/* How hosts are checked; shared by the tables that are checked alike. */
struct check {
	RB_ENTRY(check)			 entry;
	struct hce			*hce;
	struct check_config		 conf;
	uint8_t				*items;	/* conf.items_len bytes */
	const struct check_method	*method;
	SSL_CTX				*tls;	/* NULL: without TLS */
	union {				/* made of them, by method */
		struct http_check	*http;
		struct dns_check	*dns;
		struct file_check	 file;
		struct echo_socket	 echo[ECHO_FAMILIES]; /* of its own */
	};
};
RB_HEAD(checks, check);

struct table {
	RB_ENTRY(table)		 entry;
	struct table_config	 conf;
	struct hce		*hce;
	struct check		*check[CHECKS_MAX];	/* conf.nchecks */
};
RB_HEAD(tables, table);

/* What a check is waiting for. */
enum phase {
	PHASE_SOCKET,		/* the parent makes it */
	PHASE_CONNECT,
	PHASE_TLS,
	PHASE_ANSWER,
	PHASE_MATCH,		/* some of the answer is there */
	PHASE_BODY,		/* its headers are there */
	PHASE_ECHO,
	PHASE_SCRIPT		/* the parent runs it */
};

/* One check under way, by method. */
struct probe_tcp {
	int			 fd;
};

struct probe_udp {
	struct event		 ev;
	int			 fd;
};

struct probe_http {
	struct evhttp_connection *evcon;
	struct bufferevent	*bev;		/* evcon's */
	void			(*connected)(struct bufferevent *, short,
				    void *);	/* evhttp's own callback */
	size_t			 received;	/* bytes */
	uint32_t		 reason;	/* enum host_reason */
	int32_t			 detail;
	int			 decided;
	int			 continued;	/* answers 100 so far */
	int			 url;		/* of the check's, from 0 */
	int			 reading;	/* the body is begun */
	struct body		 body;
	struct event		 end;		/* decided inside evhttp */
};

struct probe_code {		/* http without a body, or TLS */
	int			 fd;
	int			 unread;	/* some is left to be read */
	int			 continued;	/* answers 100 so far */
	int			 url;		/* of the check's, from 0 */
	struct head		 head;
};

struct probe_conn {		/* send, tls, agent */
	struct bufferevent	*bev;
};

struct probe_smtp {
	struct bufferevent	*bev;
	enum smtp_step		 step;
	size_t			 received;	/* bytes of this reply */
	int			 code;		/* of it; 0: no line yet */
	int			 starttls;	/* it is offered */
};

struct probe_dns {
	struct bufferevent	*bev;		/* NULL: over UDP */
	struct event		 ev;
	int			 fd;
	uint16_t		 id;
};

#define ECHO_TOKEN_LEN	8

struct probe_icmp {
	RB_ENTRY(probe)		 entry;		/* those under way */
	uint8_t			 token[ECHO_TOKEN_LEN];
	uint16_t		 seq;
};

/* A host's share in a probe. */
struct watch {
	TAILQ_ENTRY(watch)	 entry;
	struct host		*host;
	struct probe		*probe;
	int			 on;		/* it is to be made */
};
TAILQ_HEAD(watches, watch);

/* A check under way: most of the time there is none. */
struct run {
	struct monotime		 started;
	uint8_t			 phase;		/* enum phase */
	uint8_t			 late;		/* deadline was put off */
	uint32_t		 ask;		/* the parent; these three */
	void			(*begin)(struct probe *);
	TAILQ_ENTRY(probe)	 asking;
	union {
		struct probe_tcp	 tcp;
		struct probe_udp	 udp;
		struct probe_http	 http;
		struct probe_code	 code;
		struct probe_conn	 conn;
		struct probe_smtp	 smtp;
		struct probe_dns	 dns;
		struct probe_icmp	 icmp;
	};
};

/*
 * A check of an address: when it is made, and what it has said.  A
 * method looks at nothing of the host itself.
 */
struct probe {
	RB_ENTRY(probe)		 entry;
	struct watches		 watches;	/* of hosts */
	struct check		*check;
	struct run		*run;		/* NULL: none under way */
	struct addr		*server;	/* by way of a service: whom
						   IPVS takes it to; NULL */
	struct addr		 addr;		/* what is checked */
	uint16_t		 port;		/* host byte order */
	uint8_t			 scheduled;
	uint8_t			 note_new : 1;	/* it is not as before */
	uint8_t			 reference : 1;	/* of a reference host */
	uint32_t		 wanted;	/* by so many hosts */
	int			 sock;		/* came for it; -1: none */
	struct verdict		 verdict;
	struct alarm		 alarm;		/* next check, or deadline */
	struct monotime		 grid;		/* see pace.h */
	struct monotime		 due;		/* of this or the next check */
	int64_t			 cert_until;	/* see msg_host_status */
	struct want		 want;
	struct agent		 agent;		/* as it was last told */
	char			*note;		/* of the last result, */
	char			*note_next;	/* of the one to come; NULL */
};

RB_HEAD(probes, probe);
TAILQ_HEAD(askers, probe);
RB_HEAD(echoes, probe);

struct host {
	RB_ENTRY(host)		 entry;
	uint32_t		 id;
	uint32_t		 weight;	/* as configured */
	struct addr		 addr;		/* or its parent's */
	uint8_t			 flags;		/* HOST_F_* */
	uint8_t			 nwatches;
	uint8_t			 cert_warn;
	struct table		*table;
	struct watch		*watch;		/* one for each check */
	struct verdict		 verdict;	/* of all of them */
	uint32_t		 hist[HOST_HIST_MAX];	/* of checks that count,
						   durations */
	int64_t			 cert_until;	/* see msg_host_status */
	uint32_t		 check_id;	/* its reason's; 0: none */
	uint32_t		 want_id;	/* whose weight it is; */
	uint32_t		 want;		/* 0: none, as configured */
	uint8_t			 live;		/* START has come for it */
	uint8_t			 tell;		/* to lbe at START */
	uint8_t			 ordered;	/* lbe has given an order: */
	uint8_t			 order;		/* check it, or not */
	uint8_t			 suspended;	/* as it was: lbe says so */
};
RB_HEAD(hosts, host);

/* A host that vrrpe asks for, in no table. */
struct refhost {
	RB_ENTRY(refhost)	 entry;
	struct refhost_config	 conf;
	struct probe		 probe;
};
RB_HEAD(refhosts, refhost);

struct script {
	RB_ENTRY(script)	 entry;
	struct script_config	 conf;
	struct hce		*hce;
	struct verdict		 verdict;
	struct event		 timer;
	struct monotime		 due;
	struct monotime		 started;
	int			 scheduled;
	int			 running;	/* its result is to come */
};
RB_HEAD(scripts, script);

/* A configuration; the running one's hosts and scripts are at work. */
struct tree {
	struct global_config	 global;
	struct tlsfiles		 tlsfiles;	/* while it is staged */
	struct checks		 checks;
	struct tables		 tables;
	struct hosts		 hosts;
	struct refhosts		 refhosts;
	struct scripts		 scripts;
};

RB_PROTOTYPE(tlsfiles, tlsfile, entry, tlsfile_cmp)
RB_PROTOTYPE(checks, check, entry, check_cmp)
RB_PROTOTYPE(tables, table, entry, table_cmp)
RB_PROTOTYPE(hosts, host, entry, host_cmp)
RB_PROTOTYPE(refhosts, refhost, entry, refhost_cmp)
RB_PROTOTYPE(scripts, script, entry, script_cmp)
RB_PROTOTYPE(probes, probe, entry, probe_cmp)

/* See ready.c. */
#define READY_MAX	4096	/* so many at a time, as of the whole loop */

struct ready {
	int			 fd;		/* of epoll(7) */
	struct event		 ev;
	struct epoll_event	 come[READY_MAX];
	int			 n;		/* of them, being looked at */
	const struct probe	*at;		/* whose turn it is */
	struct monotime		 now;		/* for some; not set: ask */
};

struct hce {
	struct engine		*eng;
	struct event_base	*base;
	struct tree		*running;
	struct tree		*staged;	/* NULL: none */
	struct changed		 changed;	/* staged, by MSG_CONF_SAME */
	int			 known;		/* lbe has told what it knew */
	int			 told;		/* lbe has been told all */
	int			 started;	/* the first START has come */
	uint32_t		 slot_base;	/* see slot_offset() */
	uint32_t		 slots;		/* given out */
	uint32_t		 jitters;	/* the same, of single checks */
	struct ready		 ready;
	struct monotime		 warned;	/* last of report_local() */
	struct monotime		 full_since;	/* out of descriptors */
	uint64_t		 left_out;	/* checks meanwhile */
	int			 full;
	struct probes		 probes;	/* of hosts */
	struct alarms		*alarms;	/* of all probes */
	struct askers		 askers;	/* in PHASE_SOCKET or _SCRIPT */
	uint32_t		 asks;		/* so far */
	struct echoes		 echoes;	/* those of ICMP under way */
	struct echo_socket	 echo[ECHO_FAMILIES];
	uint16_t		 echo_ident;	/* network byte order */
	uint16_t		 echo_seq;
	SSL_CTX			*tls;
	struct tls_bundle	 bundle;	/* that it will trust */
	int			 trust;		/* it has certificates */
};

/*
 * A method of checking.  start begins a check and ends with sched_done(), at
 * once or later; cancel ends it without.  timeout gives the reason, and its
 * detail, for a check that is under way at its deadline.  prepare makes what
 * is needed of the items of a check, which were judged: 0, or -1 if that
 * cannot be; release frees it.  ready is told what has come by epoll(7) for
 * the socket of a probe, see ready_add().  These three may be NULL.
 */
struct check_method {
	void			(*start)(struct probe *);
	void			(*cancel)(struct probe *);
	uint32_t		(*timeout)(struct probe *, int32_t *);
	int			(*prepare)(struct check *);
	void			(*release)(struct check *);
	void			(*ready)(struct probe *, uint32_t);
};

extern const struct check_method	icmp_method;
extern const struct check_method	tcp_method;
extern const struct check_method	http_method;	/* https too; makes */
extern const struct check_method	code_method;	/* this of some */
extern const struct check_method	send_method;
extern const struct check_method	udp_method;
extern const struct check_method	tls_method;
extern const struct check_method	smtp_method;
extern const struct check_method	dns_method;
extern const struct check_method	agent_method;
extern const struct check_method	script_method;
extern const struct check_method	file_method;

/* check_script.c: 0, or -1: that cannot be the result of a script. */
int		 script_result(struct hce *, struct imsg *);
/* check_file.c: 0, or -1: there is no such file, or no such value. */
int		 file_value(struct hce *, struct imsg *);

/* stage.c: the configuration, see struct engine_ops */
void		 hce_stage_begin(struct hce *);
int		 hce_stage_object(struct hce *, struct imsg *);
void		 hce_stage_commit(struct hce *);
/* hce_stage_start: let all that is new begin to act. */
void		 hce_stage_start(struct hce *);
void		 hce_stage_abort(struct hce *);
/*
 * hce_stage_change: one of the running objects has another value, with the
 * next hce_stage_changed(); 0 or -1.
 */
int		 hce_stage_change(struct hce *, struct imsg *);
void		 hce_stage_changed(struct hce *);
/* tree.c: new is fatal without memory, free takes NULL. */
struct tree	*hce_tree_new(void);
void		 hce_tree_free(struct tree *);
/* check_prepare: ready the method of a check that was judged; 0 or -1. */
int		 check_prepare(struct check *);
/* check_text: an item of it, see check_item_find(). */
const char	*check_text(const struct check *, enum check_item_kind,
		    size_t *);
struct check	*check_find(struct tree *, uint32_t);
struct table	*table_find(struct tree *, uint32_t);
struct host	*host_find(struct tree *, uint32_t);
struct script	*script_find(struct tree *, uint32_t);
/* *_free: end what is under way and free; the object is in no tree. */
void		 check_free(struct check *);
void		 host_free(struct host *);
void		 script_free(struct script *);

/* tlsfile.c: files of certificates and keys. */
/* tlsfile_stage, tlsfile_part: one begins, and goes on; 0 or -1. */
int		 tlsfile_stage(struct tree *, struct imsg *);
int		 tlsfile_part(struct tree *, struct imsg *);
/* tlsfile_context: make a check's of the tree's files, if any; 0 or -1. */
int		 tlsfile_context(struct hce *, struct tree *, struct check *);
/* tlsfile_forget: all of them are gone. */
void		 tlsfile_forget(struct tree *);

/* host.c: a host and its checks. */
/*
 * host_link: make the host's probes those of its table's checks; one of a
 * check that it has already stays as it is.  host_unlink: it has none.
 */
void		 host_link(struct host *);
void		 host_unlink(struct host *);
/* host_configure: the host is to be as this says. */
void		 host_configure(struct host *, const struct host_config *);
/* host_known: has anything been found out about it? */
int		 host_known(const struct host *);
/* host_enabled: is it in use, as the operator or the configuration says? */
int		 host_enabled(const struct host *);
/* host_wanted: is it to be checked: in use, and has a check? */
int		 host_wanted(const struct host *);
/*
 * host_begin: check it from now on, each of its checks first at its place in
 * the interval, or with `now' at once; those that are made already stay.
 */
void		 host_begin(struct host *, int);
/* host_stop: it needs no more checks. */
void		 host_stop(struct host *);
/* host_reset: nothing is known of it. */
void		 host_reset(struct host *);
/* host_assume: be in this state until the checks say otherwise. */
void		 host_assume(struct host *, enum host_state);
/* host_learn, host_tell: as verdict_learn() and verdict_tell(). */
void		 host_learn(struct host *, const struct msg_host_status *);
void		 host_tell(const struct host *, struct msg_host_status *);
/* host_checked: one of its checks has ended so now, and was judged. */
void		 host_checked(struct watch *, const struct verdict_check *,
		    struct monotime);

/*
 * probe.c: probes, and who watches them.
 * watch_join: have a share in the probe of this host and check, which is
 * made if there is none.  watch_leave: give it back; the last one frees it.
 * watch_begin: have the probe made, first at its place or now; watch_end: not
 * any more.  watch_move: the second wants what the first did.
 * watch_alone: nobody else has a share.
 * probe_forget: no weight is wanted, an agent has said nothing.
 * probe_checked: a check of a host has ended so now.
 */
void		 watch_join(struct watch *, struct host *, struct check *);
void		 watch_leave(struct watch *);
void		 watch_begin(struct watch *, int);
void		 watch_end(struct watch *);
void		 watch_move(struct watch *, struct watch *);
int		 watch_alone(const struct watch *);
void		 probe_forget(struct probe *);
void		 probe_checked(struct probe *, const struct verdict_check *,
		    struct monotime);

/*
 * weigh.c: the weight that a host's checks want it to have.
 * host_weigh: find it anew, the least one; 1: it is another than before.
 * host_weigh_learn, host_weigh_tell: as verdict_learn() and verdict_tell().
 */
int		 host_weigh(struct host *);
void		 host_weigh_learn(struct host *,
		    const struct msg_host_status *);
void		 host_weigh_tell(const struct host *,
		    struct msg_host_status *);

/*
 * ready.c: the sockets of checks by TCP that need no more than a few calls.
 * ready_add: wait for this one, of this probe, which is told of each change;
 * 0 or -1.  ready_end: close it, and wait no more.
 */
void		 ready_init(struct hce *);
void		 ready_close(struct hce *);
int		 ready_add(struct probe *, int);
void		 ready_end(struct probe *, int);
/* ready_now: the time, for a check that ends; of a few sockets the same. */
struct monotime	 ready_now(struct hce *);

/* sched.c: when a check is made. */
/* sched_open: ready what probes share; sched_close: it is of no more use. */
void		 sched_open(struct hce *);
void		 sched_close(struct hce *);
/* sched_init: ready a new probe for it. */
void		 sched_init(struct probe *);
/* sched_begin: check from now on, first at its place in the interval. */
void		 sched_begin(struct probe *);
/* sched_begin_now: the same, and the first check at once. */
void		 sched_begin_now(struct probe *);
/* sched_stop: no more checks; one under way is forgotten. */
void		 sched_stop(struct probe *);
/* sched_done: the check under way has ended for this reason and detail. */
void		 sched_done(struct probe *, uint32_t, int32_t);

/*
 * sock.c: sockets of the parent.
 * sock_ask: have one made and then begin with it, in probe->sock.
 * sock_forget: it is not waited for any more.
 * sock_asker: who waits for the answer of this number; NULL: nobody.
 * sock_come: one has come; 0 or -1.
 */
void		 sock_ask(struct probe *, void (*)(struct probe *));
void		 sock_forget(struct probe *);
struct probe	*sock_asker(struct hce *, uint32_t, enum phase);
int		 sock_come(struct hce *, struct imsg *);

/*
 * limit.c: descriptors.
 * limit_check: warn if they may not suffice for what is configured.
 * limit_reached: there are none now, no check is to be begun.
 * limit_ended: a check has ended for this reason.
 */
void		 limit_check(struct hce *);
int		 limit_reached(struct hce *);
void		 limit_ended(struct hce *, uint32_t);
/* note.c: what goes with the reason of a result. */
/* note_set: it is this text, of the result that is to come. */
void		 note_set(struct probe *, const char *, size_t);
/* note_turn: that result has come; note_new says if the note is another. */
void		 note_turn(struct probe *);
void		 note_free(struct probe *);
/* note_text: of the last result; "": none. */
const char	*note_text(const struct probe *);

/* report.c: what lbe and the log are told */
/* report_status: the host's state or reason has changed. */
void		 report_status(struct host *);
/* report_all: all of it on a new link, once lbe has told what it knew. */
void		 report_all(struct hce *);
void		 report_stats(struct hce *, uint32_t);
/*
 * report_cert: log that a certificate will expire.
 * report_check: log one check; it found the host (NULL: a reference host) in
 * the state given.
 */
void		 report_cert(const struct host *, const struct probe *);
void		 report_check(const struct host *, const struct probe *,
		    enum host_state);

/*
 * refhost.c: reference hosts.
 * refhost_stage: one of the configuration; 0 or -1.
 * refhost_keep: at COMMIT, those that were there before go on; after the
 * checks of the new tree are what they will be.
 * refhost_start: at START, ping those that are new.
 * refhost_checked: a ping has ended so.
 * refhost_tell_all: the verdicts that there are to a new vrrpe.
 */
int		 refhost_stage(struct hce *, struct imsg *);
void		 refhost_free(struct refhost *);
struct refhost	*refhost_find(struct tree *, uint32_t);
void		 refhost_keep(struct tree *, struct tree *);
void		 refhost_start(struct hce *);
void		 refhost_checked(struct probe *, const struct verdict_check *,
		    struct monotime);
void		 refhost_tell_all(struct hce *);

/* script.c */
void		 hce_script_init(struct script *);
void		 hce_script_begin(struct script *);
void		 hce_script_stop(struct script *);
/* hce_script_result: what the parent says of a run; 0, or -1: no such. */
int		 hce_script_result(struct script *,
		    const struct msg_script_result *);
/* hce_script_tell_all: all verdicts to a new vrrpe. */
void		 hce_script_tell_all(struct hce *);

/* check_icmp.c */
void		 icmp_init(struct hce *);
/* icmp_socket: use this raw socket for the family from now on; 0 or -1. */
int		 icmp_socket(struct hce *, uint32_t, int);
void		 icmp_close(struct hce *);

#endif /* HCE_CHECK_H */

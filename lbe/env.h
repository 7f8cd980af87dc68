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

#ifndef LBE_ENV_H
#define LBE_ENV_H

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdint.h>

#include "../conf/changed.h"
#include "../conf/wire.h"
#include "../imsg/ctl.h"
#include "../imsg/engine.h"
#include "../imsg/msg.h"

struct client;
struct control;
struct event;
struct imsg;
struct lbe_env;
struct lbe_service;
struct lbe_table;

/*
 * What the load-balancer engine knows: the configuration as a tree of
 * runtime objects, each around the structure that travelled, with what hce,
 * the operator and the kernel have made of it.
 */

/* A host that the operator has told to end its connections. */
struct lbe_drain {
	struct lbe_host		*host;
	TAILQ_ENTRY(lbe_drain)	 entry;		/* of its tree */
	struct monotime		 deadline;	/* not set: none */
	struct monotime		 moved;		/* last packet, as far as it
						   is known */
	struct msg_load		 load;		/* of all services */
	struct msg_load		 next;		/* the same, being counted */
	int			 counting;	/* by this round */
	int			 counted;	/* load has a meaning */
	int			 over;		/* it has left the kernel */
	int			 cut;		/* and that by the deadline */
};
TAILQ_HEAD(lbe_drains, lbe_drain);

/*
 * What hce has said of a host.  Of each that is checked there is one, so that
 * it has room for no longer a note than it has.
 */
struct lbe_status {
	struct monotime		 since;		/* in this state */
	int64_t			 cert_until;	/* these as in */
	uint64_t		 checks;	/* struct msg_host_status */
	uint64_t		 checks_up;
	uint32_t		 hist[HOST_HIST_MAX];
	int32_t			 detail;
	uint32_t		 last_ms;
	uint32_t		 check_id;
	uint32_t		 weight_check_id;
	uint16_t		 weight;
	uint8_t			 state;
	uint8_t			 reason;
	uint8_t			 flags;
	char			 note[];
};

/* Hosts of which it has said nothing share this, since when that is so. */
struct lbe_birth {
	uint32_t		 users;
	struct lbe_status	 status;	/* the end: it has no note */
};

/* What few hosts have. */
struct lbe_extra {
	struct msg_override	 override;
	struct lbe_drain	*drain;		/* NULL: it does not */
	struct msg_check_status	*checks;	/* of several, as last told;
						   NULL: not yet */
};

/* There are more of them than of all else, of which each byte counts. */
struct lbe_host {
	uint32_t		 id;
	uint16_t		 weight;
	uint8_t			 flags;		/* HOST_F_* */
	uint8_t			 inet6 : 1;
	uint8_t			 counted : 1;	/* in hosts_up of its table */
	uint8_t			 told : 1;	/* the status is its own */
	uint8_t			 borrows : 1;	/* status, extra of the same
						   host in another tree */
	uint8_t			 addr[16];	/* see host_addr() */
	struct lbe_table	*table;
	const struct lbe_status	*status;	/* see host.c */
	struct lbe_extra	*extra;		/* NULL: nothing */
};

struct lbe_limits {
	uint32_t		 upper;		/* as in struct host_config */
	uint32_t		 lower;
};

#define HOSTS_FOREACH(h, tb)						\
	for ((h) = (tb)->hosts; (h) != (tb)->hosts + (tb)->nhosts; (h)++)
/* Its place in its table, from 0. */
#define HOST_INDEX(h)	((uint32_t)((h) - (h)->table->hosts))

/*
 * Objects by their ids, which each of them begins with.  Most come in the
 * order of these, so that the first many are sorted.
 */
struct lbe_byid {
	uint32_t		**objects;
	uint32_t		 n;
	uint32_t		 sorted;
};

/* A table as a service uses it. */
struct lbe_pool {
	STAILQ_ENTRY(lbe_pool)	 user;		/* of the table */
	struct lbe_service	*service;
	struct lbe_table	*table;		/* NULL: no such pool */
	/*
	 * By index of the host: weight last asked of the parent, or that the
	 * kernel was found to hold; DEST_NONE: not there.
	 */
	int32_t			*asked;
	/*
	 * With a slow start only, the same: since when it rises, in
	 * microseconds of the monotonic clock, or one of RAMP_*.
	 */
	int64_t			*ramp;
};
#define RAMP_NONE	0	/* it has its weight, or never had one */
#define RAMP_DUE	(-1)	/* it was lost: it will rise when it is back */
#define RAMP_FOUND	(-2)	/* the kernel had it already */
STAILQ_HEAD(lbe_pools, lbe_pool);

struct lbe_table {
	struct table_config	 conf;
	STAILQ_ENTRY(lbe_table)	 entry;
	struct lbe_host		*hosts;		/* nhosts, in one piece */
	struct lbe_limits	*limits;	/* of each; NULL: no host has
						   any */
	uint32_t		 nhosts;
	uint32_t		 hosts_up;	/* enabled and up */
	uint32_t		 hosts_told;	/* the same, last announced */
	uint8_t			 resting;	/* hce makes no checks */
	uint8_t			 check[CHECKS_MAX]; /* enum check_type, of
						   conf.nchecks */
	struct lbe_pools	 users;
	struct msg_override	*override;	/* NULL: none */
	struct lbe_tracked	*tracked;	/* NULL: by nobody */
	STAILQ_ENTRY(lbe_table)	 use;		/* of that */
};
STAILQ_HEAD(lbe_tables, lbe_table);

/* A table that VRRP tracks, in all its uses. */
struct lbe_tracked {
	TAILQ_ENTRY(lbe_tracked) entry;
	uint32_t		 id;
	struct lbe_tables	 uses;
	int			 told;		/* vrrpe: on, off, -1: not */
};
TAILQ_HEAD(lbe_trackeds, lbe_tracked);

struct lbe_listen {
	struct listen_config	 conf;
	uint8_t			 asked;		/* for, from the parent */
	uint8_t			 known;		/* in the tree before, too */
	STAILQ_ENTRY(lbe_listen) entry;		/* of its service */
	struct lbe_service	*service;
};
STAILQ_HEAD(lbe_listens, lbe_listen);

struct lbe_service {
	struct service_config	 conf;
	STAILQ_ENTRY(lbe_service) entry;
	STAILQ_ENTRY(lbe_service) todo;		/* to be looked at again */
	struct lbe_listens	 listens;
	struct lbe_pool		 pool[POOL_MAX];
	struct msg_override	*override;	/* NULL: none */
	uint32_t		 hosts_up;	/* of the table announced */
	uint32_t		 scale;		/* of its weights in the
						   kernel */
	uint8_t			 state;		/* enum ctl_state, as last
						   announced */
	uint8_t			 health;	/* the same, resting or not */
	uint8_t			 queued;	/* is on the list todo */
	uint8_t			 resting;	/* its instance has not got
						   its addresses */
	int8_t			 told;		/* vrrpe: on, off, -1: not */
	int8_t			 quorum_told;	/* the parent: the same */
	uint8_t			 settled;	/* the next two are found out */
	uint8_t			 quorate;	/* has its quorum */
	uint8_t			 open;		/* has failed open */
	uint8_t			 draining;	/* counted in this round */
	uint8_t			 woken;		/* has to do with time */
	/* With a removal interval only: */
	uint32_t		 waiting;	/* how many others, as told */
	struct monotime		 removed;	/* the last one; not set:
						   none yet */
	const struct lbe_host	*goes;		/* whose turn it is now */
};
STAILQ_HEAD(lbe_services, lbe_service);

struct lbe_check {
	uint32_t		 id;
	enum check_type		 type;
};

struct lbe_tree {
	struct global_config	 global;
	struct lbe_byid		 checks_byid;
	struct lbe_byid		 hosts_byid;
	struct lbe_byid		 tables_byid;
	struct lbe_byid		 services_byid;
	struct lbe_byid		 listens_byid;
	struct lbe_tables	 tables;
	struct lbe_table	*open;		/* takes hosts; NULL: none */
	struct lbe_trackeds	 trackeds;
	struct lbe_services	 services;
	struct lbe_drains	 drains;
	uint32_t		 serial;	/* another for each tree */
	struct lbe_birth	*birth;		/* of hosts that are new */
};

/* How far the look at hosts has come since lvsd was started. */
struct lbe_judged {
	int			 all;		/* it is over */
	uint32_t		 serial;	/* of the tree of the rest */
	struct lbe_table	*table;		/* NULL: the end */
	uint32_t		 host;		/* of this, the next */
};

struct lbe_track {
	TAILQ_ENTRY(lbe_track)	 entry;
	struct ctl_track	 ctl;
};
TAILQ_HEAD(lbe_tracks, lbe_track);

/* A VRRP instance as vrrpe has last described it. */
struct lbe_vrrp {
	RB_ENTRY(lbe_vrrp)	 byid;
	struct ctl_vrrp		 ctl;
	struct lbe_tracks	 tracks;
	uint32_t		 ntracks;
	uint32_t		 seen;		/* number of the gathering */
	uint64_t		 rivals;	/* heard when last told */
};
RB_HEAD(lbe_vrrps, lbe_vrrp);

/* Has an instance that services follow its addresses? */
struct lbe_role {
	TAILQ_ENTRY(lbe_role)	 entry;
	uint32_t		 vrrp_id;
	int			 on;		/* -1: not told yet */
	int			 owed;		/* BOUND_DONE, when all is
						   asked for */
};
TAILQ_HEAD(lbe_roles, lbe_role);

/* What the kernel refused. */
struct lbe_error {
	RB_ENTRY(lbe_error)	 entry;
	uint32_t		 host_id;	/* 0: the service itself */
	uint32_t		 listen_id;
	int32_t			 error;		/* errno */
	int			 retried;	/* asked for again since */
	char			 text[256];
};
RB_HEAD(lbe_errors, lbe_error);

/* Fetching the present figures of an engine for those who asked. */
struct lbe_gather {
	struct lbe_env		*env;
	enum proc		 from;		/* PROC_HCE, PROC_VRRPE */
	uint32_t		 id;		/* of the last request */
	int			 running;
	struct event		*deadline;
};

/* Counting the connections of all hosts that drain, listen by listen. */
struct lbe_round {
	uint32_t		 id;		/* of the last request */
	int			 running;
	struct lbe_service	*service;	/* and listen asked about */
	struct lbe_listen	*listen;
	struct event		*timer;		/* of the next round */
};

STAILQ_HEAD(lbe_todo, lbe_service);

struct lbe_env {
	struct engine		*engine;
	struct lbe_tree		*tree;		/* NULL: none yet */
	struct changed		 changed;	/* staged, by MSG_CONF_SAME */
	struct lbe_tree		*staged;
	uint32_t		 serial;	/* of the last tree made */

	int			 started;	/* the tree may act */
	int			 synced;	/* hce's verdicts are known, or
						   the wait is over */
	int			 known_sent;	/* hce was told ours */
	int			 resynced;	/* parent knows our wishes */
	struct event		*sync_deadline;

	struct lbe_todo		 todo;
	struct event		*flush;
	struct event		*wake;		/* of services by time, */
	struct monotime		 wake_at;	/* when it is pending */
	uint32_t		 batch;		/* number of the last */
	struct lbe_errors	 errors;
	struct lbe_round	 round;

	struct lbe_roles	 roles;		/* bound.c */
	struct lbe_vrrps	 vrrps;		/* show.c */
	struct lbe_vrrp		*counted;	/* of it STATS came last */
	struct lbe_gather	 gather_hce;
	struct lbe_gather	 gather_vrrpe;
	uint32_t		 order_id;	/* of the last order */
	uint32_t		 listing_id;	/* of the last listing */
	uint32_t		 reload_id;	/* of the last reload, of any
						   kind */
	uint32_t		 running;	/* the one that asks for what
						   runs; 0: none */
	struct lbe_judged	 judged;
	uint32_t		 planned;	/* the last that asked for a
						   plan; 0: none has */
	uint32_t		 tried;		/* objects of other
						   configurations now */
	struct msg_confirm	 confirm;	/* as the parent told last */

	struct control		*control;
};

/* lbe.c */
extern const struct engine_ops	lbe_ops;

/*
 * tree.c: the objects.  tree_new() ends the process when memory is short.
 * Finders return NULL when there is no such object, or no tree.
 */
struct lbe_tree		*tree_new(uint32_t);
void			 tree_free(struct lbe_tree *);
/*
 * tree_add_*: 0, or -1: id in use, or a reference that is not there.  The
 * hosts of a table come after it and before the next table or service; their
 * ids are looked at then.
 */
int			 tree_add_check(struct lbe_tree *,
			    const struct check_config *);
int			 tree_add_table(struct lbe_tree *,
			    const struct table_config *);
int			 tree_add_host(struct lbe_tree *,
			    const struct host_config *);
int			 tree_add_service(struct lbe_tree *,
			    const struct service_config *);
int			 tree_add_listen(struct lbe_tree *,
			    const struct listen_config *);
/* tree_check_type: of this id; 0 or -1. */
int			 tree_check_type(struct lbe_tree *, uint32_t,
			    enum check_type *);
/*
 * tree_complete: all objects are there; 0, or -1: no memory, or an id is in
 * use.  Hosts are found from now on.
 */
int			 tree_complete(struct lbe_tree *);
/*
 * tree_inherit: state of objects of the old tree that are in the new.  The old
 * one keeps what hosts own if told so, and must then live longer.
 */
void			 tree_inherit(struct lbe_tree *, struct lbe_tree *,
			    int);
struct lbe_host		*tree_host(struct lbe_tree *, uint32_t);
/* tree_override: to be written to; ends the process without memory. */
struct msg_override	*tree_override(struct msg_override **);
struct lbe_table	*tree_table(struct lbe_tree *, uint32_t);
struct lbe_service	*tree_service(struct lbe_tree *, uint32_t);
struct lbe_listen	*tree_listen(struct lbe_tree *, uint32_t);
/*
 * Names as the operator knows them, "web:80" and "10.0.0.1:80", into buf of
 * TABLE_LABEL_LEN and ADDR_PORT_STRLEN; those without a port of their own
 * are known without.  They return buf.
 */
#define TABLE_LABEL_LEN	(NAME_LEN + 8)
const char		*table_label(const struct lbe_table *, char *);
/* host_reason: of its last verdict, in HOST_REASON_LEN bytes; returns it. */
#define HOST_REASON_LEN	CTL_REASON_LEN
const char		*host_reason(const struct lbe_host *, char *);
const char		*host_label(const struct lbe_host *, char *);

/*
 * byid.c: objects by id.
 * byid_add: 0, or -1: there is no memory for one more.
 * byid_find: NULL: there is none of this id.
 * byid_settle: all are there; 0, or -1: two have the same id.
 */
int			 byid_add(struct lbe_byid *, uint32_t *);
void			*byid_find(struct lbe_byid *, uint32_t);
int			 byid_settle(struct lbe_byid *);
void			 byid_free(struct lbe_byid *);

/*
 * host.c: a host, of which most have nothing but a configuration.  What needs
 * memory ends the process without it.
 *
 * lbe_host_init: of a tree with this birth: nothing was said of it.
 * lbe_host_forget: what was said of it, if anything; as of this birth.
 * lbe_host_free: what it has; it has nothing then.
 * lbe_host_take: what was said of the other one is said of this one; of both
 * if told so, and then the other must live longer.
 * lbe_host_learn, lbe_host_tell: what hce has said of it.
 * host_addr: its address.
 * host_limits: of its connections.
 * host_override: what the operator wants of it, which may be nothing.
 * host_drain: NULL: it does not.
 * host_extra: to be written to.
 * birth_new: now.  birth_leave: by one less it is needed.
 */
void			 lbe_host_init(struct lbe_host *, struct lbe_birth *);
void			 lbe_host_forget(struct lbe_host *,
			    struct lbe_birth *);
void			 lbe_host_free(struct lbe_host *);
void			 lbe_host_take(struct lbe_host *, struct lbe_host *,
			    int);
void			 lbe_host_learn(struct lbe_host *,
			    const struct msg_host_status *);
void			 lbe_host_tell(const struct lbe_host *,
			    struct msg_host_status *);
struct addr		 host_addr(const struct lbe_host *);
struct lbe_limits	 host_limits(const struct lbe_host *);
const struct msg_override *host_override(const struct lbe_host *);
struct lbe_drain	*host_drain(const struct lbe_host *);
struct lbe_extra	*host_extra(struct lbe_host *);
struct lbe_birth	*birth_new(void);
void			 birth_leave(struct lbe_birth *);

/*
 * checks.c: how the checks of a host are, each by itself.
 * checks_status: hce tells of one; 0 or -1.
 * checks_show: to who asks for them.
 */
int			 checks_status(struct lbe_env *, struct imsg *);
void			 checks_show(struct client *, const struct lbe_host *);

/* stage.c: configuration in two phases, as engine_ops has them. */
void		 stage_begin(struct engine *);
int		 stage_object(struct engine *, struct imsg *);
const char	*stage_end(struct engine *);
void		 stage_commit(struct engine *);
void		 stage_abort(struct engine *);
void		 stage_start(struct engine *);
int		 stage_change(struct engine *, struct imsg *);
void		 stage_changed(struct engine *);
/* stage_check: one of a configuration into this tree; 0 or -1. */
int		 stage_check(struct lbe_tree *, struct imsg *);

/*
 * desire.c: what ought to be.  Nothing here sends or logs.
 *
 * desire_settle: find out what has a memory, quorum and failing open, for the
 * others to use.
 * desire_*_enabled, desire_host_weight: by the configuration and the operator.
 * desire_host_aim: the same weight as long as the host does not drain.
 * desire_service_active: enabled, and the role of its instance lets it be.
 * desire_host_up: enabled, and checked good or not checked at all.
 * desire_table: CTL_UP: some of its hosts is usable, CTL_EMPTY: none is,
 * CTL_UNKNOWN: there is no verdict on one that may be.
 * desire_pool: the pool that serves now, or would if it did not rest;
 * POOL_MAX: no host is usable.
 * desire_state: of a service whose pool that is.
 * desire_health: the same as if it did not rest.
 * desire_weight_up: of all hosts of its first pool that serve.
 * desire_known: verdicts on them are there.
 * desire_weight: of a host of that service's pool `role' in the kernel when
 * `active' serves; DEST_NONE: it should not be there.
 */
void		 desire_settle(struct lbe_service *);
int		 desire_host_enabled(const struct lbe_host *);
int		 desire_table_enabled(const struct lbe_table *);
int		 desire_service_enabled(const struct lbe_service *);
int		 desire_service_active(const struct lbe_service *);
int		 desire_host_dynamic(const struct lbe_host *);
uint32_t	 desire_host_weight(const struct lbe_host *);
uint32_t	 desire_host_aim(const struct lbe_host *);
int		 desire_host_up(const struct lbe_host *);
enum ctl_state	 desire_table(const struct lbe_table *);
enum pool_role	 desire_pool(const struct lbe_service *);
enum ctl_state	 desire_state(const struct lbe_service *, enum pool_role);
enum ctl_state	 desire_health(const struct lbe_service *, enum pool_role);
uint64_t	 desire_weight_up(const struct lbe_service *);
int		 desire_known(const struct lbe_service *);
int32_t		 desire_weight(const struct lbe_service *, enum pool_role,
		    enum pool_role, const struct lbe_host *);

/*
 * kernel.c: what is asked of the parent.
 *
 * kernel_running: the configuration has started and it is known how the
 * hosts are, so that the kernel may be written.
 * kernel_may_ask: it is, and no other is about to start: what is to be looked
 * at until then is looked at by kernel_again().
 * kernel_started: a configuration has started.
 * kernel_again: one has that is the same but for what is on the list.
 * kernel_synced: hce has told its verdicts.
 * kernel_todo: look at the service again before the loop waits.
 * kernel_todo_table: the same for all that use the table.
 * kernel_flush: look at what is to be looked at again now.
 * kernel_wake: look at it in so many microseconds, or sooner.
 * kernel_found: the kernel holds this destination (MSG_MIRROR_DEST).
 * kernel_has: the kernel should hold the host, in any service.
 */
void		 kernel_init(struct lbe_env *);
int		 kernel_running(const struct lbe_env *);
int		 kernel_may_ask(const struct lbe_env *);
void		 kernel_started(struct lbe_env *);
void		 kernel_again(struct lbe_env *);
void		 kernel_synced(struct lbe_env *);
void		 kernel_todo(struct lbe_env *, struct lbe_service *);
void		 kernel_todo_table(struct lbe_env *, struct lbe_table *);
void		 kernel_flush(struct lbe_env *);
void		 kernel_wake(struct lbe_env *, struct lbe_service *, int64_t);
void		 kernel_forget_todo(struct lbe_env *);
void		 kernel_found(struct lbe_env *, uint32_t,
		    const struct msg_dest *);
int		 kernel_has(const struct lbe_host *);
int		 kernel_dispatch(struct lbe_env *, struct imsg *);
/* kernel_error: of the listen, or of the host in any listen; NULL: none. */
struct lbe_error *kernel_listen_error(struct lbe_env *, uint32_t);
struct lbe_error *kernel_host_error(struct lbe_env *, uint32_t);
void		 kernel_free(struct lbe_env *);

/*
 * service.c: state of hosts, tables and services as logs, monitors and vrrpe
 * are told.
 *
 * service_host_changed: verdict or override of a host may have changed.
 * service_judge: find out the pool that serves; tell of a changed state.
 * service_tell_vrrpe: all services and tables that are tracked, on a new
 * link.
 */
int		 service_dispatch_hce(struct lbe_env *, struct imsg *);
void		 service_host_changed(struct lbe_env *, struct lbe_host *);
enum pool_role	 service_judge(struct lbe_env *, struct lbe_service *);
void		 service_tell_vrrpe(struct lbe_env *);
void		 service_tell_hce(struct lbe_env *);
/* service_count: set hosts_up of all tables of the tree from its hosts. */
void		 service_count(struct lbe_tree *);

/*
 * override.c: what the operator wants otherwise.
 *
 * override_mirror: back from the parent after a restart.
 * override_tell_hce: of hosts that are checked otherwise than configured.
 * override_check: tell hce whether to check this one.
 */
int		 override_request(struct lbe_env *, struct client *,
		    struct imsg *);
int		 override_mirror(struct lbe_env *, struct imsg *);
void		 override_tell_hce(struct lbe_env *);
void		 override_check(struct lbe_env *, const struct lbe_host *);

/*
 * removal.c: hosts that fail and may not all be removed at once.
 *
 * removal_settle: find out whose turn it is, for removal_waits.
 * removal_waits: this host of the pool must not be removed yet.
 * removal_waiting: how many wait.
 * removal_left_us: until the next turn; -1: nobody waits.
 * removal_host_us: until that of this host; -1: it does not wait.
 */
void		 removal_settle(struct lbe_service *, struct monotime);
int		 removal_waits(const struct lbe_pool *,
		    const struct lbe_host *);
uint32_t	 removal_waiting(const struct lbe_service *);
int64_t		 removal_left_us(const struct lbe_service *, struct monotime);
int64_t		 removal_host_us(const struct lbe_pool *,
		    const struct lbe_host *, struct monotime);

/*
 * ramp.c: hosts that start slowly when they are back.
 *
 * ramp_complete: room for the pool, and the scale of its service; 0 or -1.
 * ramp_scale: of a service whose pools are complete.
 * ramp_inherit: what is known of a host in the pool of the tree before.
 * ramp_found: the kernel has the host, from a life before.
 * ramp_weight: of a host in the kernel, when this weight is desired.
 * ramp_left_us: until it has that; 0: it does.
 */
int		 ramp_complete(struct lbe_pool *);
void		 ramp_scale(struct lbe_service *);
void		 ramp_inherit(struct lbe_pool *, const struct lbe_host *,
		    const struct lbe_pool *, const struct lbe_host *);
void		 ramp_found(struct lbe_pool *, const struct lbe_host *);
int32_t		 ramp_weight(struct lbe_pool *, const struct lbe_host *,
		    int32_t, struct monotime);
int64_t		 ramp_left_us(const struct lbe_pool *,
		    const struct lbe_host *, struct monotime);

/*
 * drain.c: hosts that end their connections before they leave the kernel.
 *
 * drain_begin: the override of this host is OVERRIDE_DRAIN, anew perhaps.
 * drain_end: it is not any more; nothing when it was not.
 * drain_inherit: the host goes on with what it had in the tree before.
 * drain_started: a tree may act, whose hosts drain already.
 * drain_reset: the tree is replaced, what was asked about the old is void.
 * drain_dispatch: what the parent has counted; 0 or -1.
 * drain_wait: the client has named hosts in show.which, and waits for them.
 * drain_show: how far the host is.
 */
void		 drain_init(struct lbe_env *);
void		 drain_free(struct lbe_env *);
void		 drain_begin(struct lbe_env *, struct lbe_host *);
void		 drain_end(struct lbe_tree *, struct lbe_host *);
void		 drain_inherit(struct lbe_tree *, struct lbe_host *,
		    struct lbe_tree *);
void		 drain_started(struct lbe_env *);
void		 drain_reset(struct lbe_env *);
int		 drain_dispatch(struct lbe_env *, struct imsg *);
void		 drain_wait(struct client *);
void		 drain_show(const struct lbe_host *, struct ctl_host *);

/*
 * tracks.c: what an instance tracks.
 * tracks_init, tracks_free: of a new record, of one that ends or is told
 * anew.
 * tracks_add: VRRP_TRACK of the instance told before, NULL: none; 0 or -1.
 * tracks_show: all of them to a client.
 */
void		 tracks_init(struct lbe_vrrp *);
void		 tracks_free(struct lbe_vrrp *);
int		 tracks_add(struct lbe_vrrp *, struct imsg *);
void		 tracks_show(struct client *, const struct lbe_vrrp *);

/*
 * bound.c: services that follow an instance.
 * bound_forget: of the roles; those of a new configuration will be told.
 * bound_role: the parent tells one; 0 or -1.
 * bound_started: the configuration has started, all roles are told.
 * bound_resynced: all has been asked for that ought to be in the kernel.
 * bound_tell_hce: whose checks rest, on a new link.
 */
void		 bound_forget(struct lbe_env *);
int		 bound_role(struct lbe_env *, struct imsg *);
void		 bound_started(struct lbe_env *);
void		 bound_resynced(struct lbe_env *);
void		 bound_tell_hce(struct lbe_env *);

/*
 * judged.c: judged_look: a host may have been looked at, or nobody wants it to
 * be any more.  judged_tell: to a vrrpe that has just come.
 */
void		 judged_look(struct lbe_env *);
void		 judged_tell(struct lbe_env *);

/*
 * monitor.c: events for `lvsctl monitor'.
 * monitor_event, monitor_tell: for all; for this one that has just come.
 * monitor_pass: one that another process has sent; 0 or -1.
 */
void		 monitor_event(struct lbe_env *, enum ctl_event_kind,
		    uint32_t, const char *, const char *, ...)
		    __attribute__((__format__(printf, 5, 6)));
void		 monitor_tell(struct client *, enum ctl_event_kind,
		    uint32_t, const char *, const char *, ...)
		    __attribute__((__format__(printf, 5, 6)));
int		 monitor_pass(struct lbe_env *, struct imsg *);

#endif /* LBE_ENV_H */

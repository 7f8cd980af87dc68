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

#ifndef PARENT_PARENT_H
#define PARENT_PARENT_H

#include <sys/types.h>

#include <stdint.h>

#include "../conf/conf.h"
#include "../imsg/ctl.h"
#include "../imsg/monotime.h"
#include "../imsg/msg.h"
#include "round.h"

struct check_runs;
struct conf_changes;
struct confirm;
struct event;
struct event_base;
struct imsg;
struct ipvs;
struct listings;
struct mirror;
struct net;
struct notify;
struct peer;
struct reload;
struct roles;
struct runs;
struct scripts;
struct state;
struct track_files;
struct via;
struct track_processes;
struct vrrp_sockets;

#define LVSD_CONF	"/etc/lvsd.conf"

/* The command line. */
struct options {
	const char		*file;		/* absolute but for -n */
	const char		*socket;	/* NULL: by configuration */
	struct conf_macros	 macros;
	int			 debug;
	int			 verbose;
	int			 check;		/* -n */
	int			 up_fd;		/* tell here when up; -1 */
};

enum engine_state {
	ENGINE_DOWN,		/* not there, or its link is over */
	ENGINE_FRESH,		/* runs, was told nothing yet */
	ENGINE_FEEDING,		/* in the round that feeds it */
	ENGINE_RUNNING		/* was told to start */
};

/* How an engine is to run; see tune.c. */
struct tuning {
	uint32_t	realtime;	/* as in struct global_config */
	uint32_t	lock_memory;
};

/* A configuration on its way to an engine. */
struct push {
	const struct conf		*conf;		/* NULL: none */
	const struct conf_table		*table;		/* these are next; */
	const struct conf_service	*service;	/* NULL: none is */
};

/* An engine as the parent sees it; outlives each of its processes. */
struct engine_proc {
	struct parent		*env;
	enum proc		 proc;
	enum engine_state	 state;
	pid_t			 pid;		/* 0: reaped */
	int			 status;	/* of waitpid, when reaped */
	struct peer		*peer;		/* NULL: link is over */
	struct push		 push;
	unsigned int		 linked;	/* 1 << proc: has a link to */
	unsigned int		 stale;		/* answers to aborted rounds
						   still to come */
	unsigned int		 restarts;	/* none of which lived long */
	unsigned int		 backoff_s;	/* before the next start */
	struct tuning		 want;
	struct tuning		 have;		/* this process */
	int			 refused;	/* realtime was, and told */
	struct monotime		 started;
	struct monotime		 pinged;	/* unanswered since; 0: none */
	struct event		*ev_restart;
	struct event		*ev_kill;	/* link over, still alive */
};

struct parent {
	const struct options	*opts;
	struct event_base	*base;
	struct conf		*conf;		/* running; NULL: none yet */
	uint32_t		 next_id;
	uint32_t		 next_gen;
	char			*socket;	/* path of the control socket */
	gid_t			 gid;		/* of ENGINE_USER */
	int			 lock_fd;
	int			 ctl_fd;
	struct engine_proc	 engine[PROC_MAX];	/* used: engines */
	struct reload		*reload;
	struct confirm		*confirm;
	struct mirror		*mirror;
	struct state		*state;
	struct runs		*runs;
	struct scripts		*scripts;
	struct check_runs	*check_runs;
	struct track_processes	*processes;
	struct track_files	*files;
	struct notify		*notify;
	struct roles		*roles;
	struct vrrp_sockets	*vrrp_sockets;
	struct via		*via;
	unsigned int		 icmp_sent;	/* ICMP_SENT_*, to this hce */
	unsigned int		 old_batches;	/* of an lbe that died, not
						   done yet */
	unsigned int		 batches;	/* of this lbe, not done yet */
	struct ipvs		*ipvs;		/* NULL: not needed yet */
	int			 ipvs_runs;	/* has had a configuration */
	struct listings		*listings;
	struct monotime		 verified;	/* last begin of ipvs_verify */
	struct net		*net;
	struct event		*ev_ping;
	struct event		*ev_verify;
	struct event		*ev_stop;
	struct event		*ev_away;	/* vrrpe is not there */
	int			 up;		/* the first START was sent */
	int			 stopping;
	int			 exit_status;
};

/* parent.c */
/* parent_main: be lvsd; returns the exit status. */
int	 parent_main(const struct options *);
/* parent_up: all engines run for the first time. */
void	 parent_up(struct parent *);
/* parent_stop: end in good order with this exit status; says why. */
void	 parent_stop(struct parent *, int, const char *);
/* parent_try_end: when lvsd is to end and nobody is waited for, it ends. */
void	 parent_try_end(struct parent *);
/* parent_engine_gone: proc.c tells that an engine's process has ended. */
void	 parent_engine_gone(struct parent *, struct engine_proc *);
/*
 * parent_need_ipvs: open IPVS when the tree has services; parent_open_ipvs: in
 * any case.  0, or -1, logged, when the kernel has none.
 */
int	 parent_need_ipvs(struct parent *, const struct conf *);
int	 parent_open_ipvs(struct parent *);
/* parent_unneed_ipvs: that tree did not come to run. */
void	 parent_unneed_ipvs(struct parent *);

/* proc.c */
/* proc_spawn_all: start every engine.  0, or -1, logged. */
int	 proc_init(struct parent *);
int	 proc_spawn_all(struct parent *);
/* proc_kill: end an engine that cannot be trusted or has hung. */
void	 proc_kill(struct engine_proc *, const char *);
/* proc_reap: collect engines that have ended; on SIGCHLD. */
void	 proc_reap(struct parent *);
/* proc_link: give each pair of running engines its link. */
void	 proc_link(struct parent *);
/* proc_send: to an engine, quietly nothing when it is not there. */
void	 proc_send(struct parent *, enum proc, enum msg_type, uint32_t, int,
	    const void *, size_t);
/* proc_ping: every PING_S seconds; ends engines that do not answer. */
void	 proc_ping(struct parent *);
/* proc_shutdown: tell all to end; proc_alive: how many have not yet. */
void	 proc_shutdown(struct parent *);
void	 proc_kill_all(struct parent *, const char *);
int	 proc_alive(const struct parent *);
void	 proc_verbose(struct parent *, int);
void	 proc_free(struct parent *);

/* tune.c */
/*
 * tune_want: have vrrpe scheduled, and let it lock its memory, as this
 * configuration wants.  What the kernel does not allow is said once.
 * tune_limits: in the child that becomes an engine; tune_apply: once that is
 * there.
 */
void	 tune_want(struct parent *, const struct global_config *);
void	 tune_limits(const struct engine_proc *);
void	 tune_apply(struct engine_proc *);

/* push.c */
/*
 * push_begin: send the objects of the tree that this engine is to have, a part
 * at a time; the tree stays until that has an end.  push_more: the next part,
 * when the kernel has taken the last one.  push_stop: it is not to have the
 * rest; 1: there was one, so that it will not answer.
 * push_changes: those of the running tree that are to change.
 */
void	 push_begin(struct engine_proc *, const struct conf *);
void	 push_more(struct engine_proc *);
int	 push_stop(struct engine_proc *);
void	 push_changes(struct engine_proc *, const struct conf_changes *);

/* reload.c */
struct reload	*reload_new(struct parent *);
void		 reload_free(struct reload *);
/* reload_first: feed the first tree, owned from now on, to all engines. */
void		 reload_first(struct parent *, struct conf *);
/*
 * reload_request: read the file again, go back, or confirm; id of the request
 * of lbe, 0 when nobody there waits for the outcome.  One is carried out at a
 * time; reload_busy: it is, and to go back must wait.
 */
void		 reload_request(struct parent *, uint32_t,
		    const struct msg_reload *);
int		 reload_busy(const struct parent *);
/* reload_next: begin what waits: engines to be fed, a reload. */
void		 reload_next(struct parent *);
/* An engine's message about a round; 0 or -1. */
int		 reload_message(struct engine_proc *, struct imsg *);
/* An engine is gone. */
void		 reload_engine_gone(struct engine_proc *);
/* What lbe wanted of IPVS in a batch: begun, refused in part, through. */
void		 reload_batch(struct parent *, uint32_t, uint32_t);
void		 reload_batch_error(struct parent *, const char *);
void		 reload_batch_done(struct parent *, uint32_t,
		    const struct msg_result *);

/* mirror.c */
struct mirror	*mirror_new(void);
void		 mirror_free(struct mirror *);
/*
 * mirror_set_role: 1 when this vrrpe has told the same state before, 0 when
 * the state is to be acted upon, -1: out of memory.
 * mirror_set_override: 0, or -1: out of memory.
 */
int		 mirror_set_role(struct mirror *, uint32_t,
		    const struct msg_role *);
int		 mirror_set_override(struct mirror *, uint32_t,
		    const struct msg_override *);
/* mirror_override: of the object of this id; all 0 when there is none. */
void		 mirror_override(const struct mirror *, uint32_t,
		    struct msg_override *);
/* mirror_role: state last told, VRRP_INIT when none. */
uint32_t	 mirror_role(const struct mirror *, uint32_t);
/*
 * mirror_forget_roles: vrrpe is gone for too long to count on its states.
 * mirror_new_vrrpe: another vrrpe tells from now on.
 */
void		 mirror_forget_roles(struct mirror *);
void		 mirror_new_vrrpe(struct mirror *);
/* mirror_prune: forget objects that the tree does not have. */
void		 mirror_prune(struct mirror *, const struct conf *);
void		 mirror_each_role(const struct mirror *,
		    void (*)(void *, uint32_t, const struct msg_role *),
		    void *);
void		 mirror_each_override(const struct mirror *,
		    void (*)(void *, uint32_t, const struct msg_override *),
		    void *);

/*
 * dispatch_vrrpe.c, dispatch_hce.c, dispatch_lbe.c: a message of the engine,
 * 0 or -1 when it breaks the protocol; what an engine is to have besides the
 * configuration, when it is new and when the configuration is; its end.
 */
int	 dispatch_vrrpe(struct parent *, struct imsg *);
void	 feed_vrrpe(struct parent *, int);
void	 lost_vrrpe(struct parent *);
void	 dispatch_vrrpe_away(int, short, void *);
/* dispatch_sync: let connection sync follow the role it is to follow. */
void	 dispatch_sync(struct parent *);
struct vrrp_sockets *vrrp_sockets_new(void);
void	 vrrp_sockets_free(struct vrrp_sockets *);
void	 dispatch_iface(void *, const struct msg_if *);
void	 dispatch_addr_result(void *, uint32_t, int, uint32_t);
void	 dispatch_repaired(void *, const char *);
void	 dispatch_vmac(void *, uint32_t, uint32_t, const char *);
void	 dispatch_track(void *, uint32_t, const struct msg_track *);

/* check_sock.c */
/*
 * check_socket: a socket for one such check of the host, which needs a
 * privilege.  The caller closes it; -1: errno says why there is none.
 */
int	 check_socket(struct parent *, const struct check_config *,
	    const struct conf_host *);

int	 dispatch_hce(struct parent *, struct imsg *);
void	 feed_hce(struct parent *, int);
void	 lost_hce(struct parent *);
void	 dispatch_file(struct parent *, uint32_t, const struct msg_track *);
void	 dispatch_check_result(struct parent *, uint32_t,
	    const struct msg_script_result *);
void	 dispatch_script_result(struct parent *, uint32_t,
	    const struct msg_script_result *);

int	 dispatch_lbe(struct parent *, struct imsg *);
void	 feed_lbe(struct parent *, int);
void	 lost_lbe(struct parent *);
void	 dispatch_ipvs_error(void *, uint32_t, uint32_t, int, const char *);
void	 dispatch_ipvs_done(void *, uint32_t, const struct msg_result *);
void	 dispatch_ipvs_fewer(void *);
/* dispatch_event: for lvsctl(8) to show who monitors: kind, id, name, text. */
void	 dispatch_event(struct parent *, enum ctl_event_kind, uint32_t,
	    const char *, const char *, ...)
	    __attribute__((__format__(printf, 5, 6)));

/* role.c: what comes of roles. */
struct roles	*roles_new(void);
void		 roles_free(struct roles *);
/* role_act: the instance has another role now. */
void		 role_act(struct parent *, const struct conf_vrrp *, uint32_t);
/* role_asked: lbe has asked for all that a role has caused; 0. */
int		 role_asked(struct parent *, struct imsg *);
/* role_batch_done: the kernel has been brought where lbe wanted it. */
void		 role_batch_done(struct parent *);
/* role_feed_lbe: tell it all roles that services follow. */
void		 role_feed_lbe(struct parent *);
/* role_away: all addresses are given up. */
void		 role_away(struct parent *);

/* listing.c */
struct listings	*listings_new(void);
void		 listings_free(struct listings *);
/* listings_clear: who had asked is gone. */
void		 listings_clear(struct listings *);
/* listing_message: lbe asks for what the kernel holds; 0 or -1. */
int		 listing_message(struct parent *, struct imsg *);

/* script.c */
struct scripts	*scripts_new(struct parent *);
void		 scripts_free(struct scripts *);
/* script_run: start it, unless it runs; ends in dispatch_script_result(). */
void		 script_run(struct parent *, const struct conf_script *);
/* scripts_prune: end the runs of scripts that the tree does not have. */
void		 scripts_prune(struct parent *, const struct conf *);

/* checkrun.c: scripts of checks. */
struct check_runs *check_runs_new(void);
void		 check_runs_free(struct check_runs *);
/*
 * check_run: run that of this check for a host, unless it runs for it; ends
 * in dispatch_check_result() for this request of hce.
 */
void		 check_run(struct parent *, uint32_t,
		    const struct conf_check *, const struct conf_host *);
/* check_runs_prune: end those of checks that the tree does not have. */
void		 check_runs_prune(struct parent *, const struct conf *);
/* check_runs_end: end all; nobody waits for them. */
void		 check_runs_end(struct check_runs *);

/* secure.c */
/*
 * secure_program: may root let the file of this absolute path be run?  It,
 * and each directory and symbolic link on the way, must be root's and
 * writable by nobody else.  0, or an errno with a sentence in the buffer.
 */
int	 secure_program(const char *, char *, size_t);

/* ctlsock.c */
/*
 * ctlsock_open: listening socket at the path, 0660 root and this group; what
 * was left of an earlier life is removed, so the lock must be held.  -1:
 * logged.  ctlsock_close: close and remove.
 */
int	 ctlsock_open(const char *, gid_t);
void	 ctlsock_close(int, const char *);

/* lock.c */
/*
 * lock_take: be the only lvsd on this control socket.  A descriptor that
 * holds the lock, -1: logged, with the pid of the other.
 * lock_drop: remove the file and the lock.
 */
int	 lock_take(const char *);
void	 lock_drop(int, const char *);

/* priv.c */
/* priv_user: find ENGINE_USER; its group.  0, or -1: logged. */
int	 priv_user(gid_t *);
/* priv_drop: keep only the capabilities the parent uses.  0, -1: logged. */
int	 priv_drop(void);
/* priv_chroot: see that ENGINE_CHROOT is as it must be.  0, -1: logged. */
int	 priv_chroot(void);

#endif /* PARENT_PARENT_H */

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

#ifndef VRRPE_INSTANCE_H
#define VRRPE_INSTANCE_H

#include <sys/queue.h>

#include <stddef.h>
#include <stdint.h>

#include "../conf/wire.h"
#include "../imsg/ctl.h"
#include "../imsg/monotime.h"
#include "../imsg/msg.h"
#include "packet.h"

struct auth;
struct engine;
struct event;
struct hmac;
struct timers;
struct batch;
struct imsg;
struct group;
struct vrrpe;

/*
 * What the VRRP engine holds at run time, and who does what with it.
 *
 * A group_settle() that follows each fsm_event() is what makes instances
 * act; see group.c.
 */

/* One line per reason and source in this time (RFC 9568 section 7.1). */
#define DROPLOG_US	(10 * 1000000LL)
/* Sources told apart: so many lines a flood of forged ones can cause. */
#define DROPLOG_SOURCES	4

/* What is logged of an advert: enum vrrp_drop, then enum vrrp_note. */
#define DROPLOG_NOTE(note)	(VRRP_DROP_MAX + (note))
#define DROPLOG_MAX		DROPLOG_NOTE(VRRP_NOTE_MAX)

struct droplog {
	struct droplog_slot {
		struct monotime	 last;		/* logged */
		struct addr	 src;
		uint32_t	 suppressed;	/* since then */
	}		 slot[DROPLOG_MAX][DROPLOG_SOURCES];
	uint32_t	 overflow[DROPLOG_MAX];	/* for want of a slot */
};

/* Text of what is wrong with an instance; fits CTL_TEXT_LEN with a name. */
#define UNWELL_LEN	(TRACK_NAME_LEN + 64)

/* A raw socket of the parent's making. */
struct vsock {
	struct lan		*lan;
	enum vsock_kind		 kind;
	int			 fd;		/* -1: none */
	struct event		*ev;		/* reads fd */
};

/* A family on an interface: to VRRP a network of its own. */
struct lan {
	struct iface		*iface;
	uint8_t			 af;
	struct vsock		 sock[VSOCK_KIND_MAX];
	struct vrrp		*vrid[256];	/* who has this VRID */
	uint64_t		 drop[VRRP_DROP_MAX];	/* of no instance */
};

enum lan_family {
	LAN_INET,
	LAN_INET6,
	LAN_MAX
};

/* An interface that an instance runs on or tracks, known by its name. */
struct iface {
	TAILQ_ENTRY(iface)	 entry;
	struct vrrpe		*env;
	struct msg_if		 status;	/* ifname is always set */
	int			 told;		/* status is the parent's */
	struct lan		 lan[LAN_MAX];
};
TAILQ_HEAD(iface_list, iface);

/* A router that an instance talks to, with unicast. */
struct vpeer {
	struct peer_config	 conf;
	uint8_t			 csum[PACKET_CSUM_LEN];	/* of adverts to it */
	int			 send_errno;	/* last, 0: it went well */
};

/* The advert of an instance as it is sent again and again. */
struct advert {
	uint8_t			*buf;		/* NULL: not encoded yet */
	size_t			 len;		/* of the message */
	size_t			 trailer;	/* that follows it */
	uint8_t			 prio;
	struct addr		 src;
};

/* What instances track, but for interfaces; its owner says how it is. */
struct subject {
	TAILQ_ENTRY(subject)	 entry;
	uint32_t		 id;
	uint32_t		 kind;	/* enum track_kind */
	enum ctl_track_state	 state;	/* as told */
	int32_t			 value;	/* as told; process, file */
};
TAILQ_HEAD(subject_list, subject);

struct tracker {
	TAILQ_ENTRY(tracker)	 entry;
	struct track_config	 conf;
	struct iface		*iface;		/* TRACK_INTERFACE */
	struct subject		*subject;	/* all other kinds */
};
TAILQ_HEAD(tracker_list, tracker);

/* What a Backup waits for with its timer (RFC 9568 section 6.4.2), ... */
enum vrrp_wait {
	WAIT_DOWN,		/* Master_Down_Interval since base */
	WAIT_SKEW,		/* Skew_Time since base: the master released */
	WAIT_START,		/* as WAIT_RETURN, after a start as master */
	WAIT_NOTHING,		/* it owns the addresses */
	/* ... and what one that hands over. */
	WAIT_TAKER,		/* priority 0 was sent: who takes over? */
	WAIT_LINGER,		/* one does: until it has the addresses */
	WAIT_RETURN		/* an interval and Skew_Time since base: does
				   another have what we held in a life before */
};

/* From the first advert of the new master to the end of the old one. */
#define HANDOVER_LINGER_US	500000
/*
 * The same where that advert turns the network: what comes later was on its
 * way.  Not longer, for a report of multicast groups, which the kernel sends
 * when it likes, would turn the network back to where the addresses go.
 */
#define HANDOVER_TURNED_US	5000
/*
 * Longest that the first advert waits for the addresses, see act_takeover();
 * never longer than for the second one.
 * Within HANDOVER_MARGIN_US: who hands over waits for it.
 */
#define HANDOVER_TURN_US	100000
/*
 * Until then who has released may have answered for the addresses, and have
 * misled a neighbour that asked: they are announced again.  Longer than it
 * lingers, and than the parent rests between two announcements.
 */
#define HANDOVER_SETTLE_US	1200000
/* A backup may be late by so much, besides its Skew_Time. */
#define HANDOVER_MARGIN_US	250000
/* Longest that the end of lvsd waits for another to take over. */
#define HANDOVER_END_US		1000000

struct vrrp {
	TAILQ_ENTRY(vrrp)	 entry;
	TAILQ_ENTRY(vrrp)	 member;	/* of its group */
	struct vrrpe		*env;
	struct vrrp_config	 conf;
	struct iface		*iface;
	struct lan		*lan;		/* of iface */
	struct {
		int		 told;		/* the parent has */
		uint32_t	 ifindex;	/* 0: there is none */
		int		 fd;		/* if there is one: by it */
	}			 vmac;		/* with VRRP_F_VMAC */
	struct group		*group;		/* NULL: in none */
	struct addr		*addrs;
	uint32_t		 naddrs;
	struct auth		*auth;		/* NULL: no trailers */
	struct vpeer		*peers;		/* with VRRP_F_UNICAST */
	uint32_t		 npeers;
	struct tracker_list	 trackers;
	uint32_t		 ntrackers;

	enum vrrp_state		 state;
	struct monotime		 since;		/* in this state */
	int			 started;	/* CONF_START has passed */
	int			 resume;	/* mirrored as master */
	int			 found;		/* its addresses were there */
	int			 resigned;	/* gives way to any master */
	uint32_t		 demote;	/* taken from its priority */
	uint32_t		 order;		/* request of lbe that waits
						   for the end of a hand-over */
	int			 changed;	/* by the last commit */
	int			 waiting;	/* for what the parent sends */
	int			 ready;		/* Backup: wants to be master */
	int			 unsaid;	/* Master: no advert sent yet */
	uint8_t			 prio;		/* with the trackers */
	uint16_t		 mai_cs;	/* Master_Adver_Interval */
	uint8_t			 master_prio;
	struct addr		 master;	/* last heard, af 0: none */
	struct monotime		 heard;		/* from it, 0: never */
	struct monotime		 lower;		/* Backup: first advert of one
						   that is preempted later */
	struct monotime		 worse;		/* Backup: last advert of a
						   master that is not obeyed */

	int			 has_timer;
	uint32_t		 slot;		/* timer.c: 0: it is off */
	struct monotime		 due;		/* of the timer, 0: off */
	struct monotime		 base;		/* Backup: due counts from */
	enum vrrp_wait		 wait;
	struct advert		 advert;
	struct monotime		 answered;	/* last advert out of turn */
	struct monotime		 announced;	/* last time anew */
	struct monotime		 reannounce;	/* once, from then on */
	struct monotime		 flap_since;	/* deposed the first time */
	unsigned int		 flaps;		/* so many times since */
	struct monotime		 rival_told;	/* last time, for scripts */

	char			 unwell[UNWELL_LEN];	/* own fault, or "" */
	char			 why[CTL_TEXT_LEN];	/* fault it is in, "" */
	char			 weights[CTL_TEXT_LEN];	/* what changed prio */
	int32_t			 addr_error;	/* errno of the parent */
	int			 send_errno;	/* to the group, as above */

	uint64_t		 tx, tx_failed, rx, became_master;
	uint64_t		 prio0_tx, prio0_rx;
	uint64_t		 drop[VRRP_DROP_MAX];
	uint64_t		 note[VRRP_NOTE_MAX];
	struct addr		 stray;		/* of VRRP_NOTE_SUBNET */
	struct {
		struct addr	 addr;		/* last heard, af 0: none */
		uint8_t		 prio;
		struct monotime	 at;
	}			 rival;
	struct droplog		 log;
};
TAILQ_HEAD(vrrp_list, vrrp);

struct group {
	TAILQ_ENTRY(group)	 entry;
	struct vrrpe		*env;
	struct group_config	 conf;
	enum vrrp_state		 role;		/* last told */
	struct vrrp_list	 members;
};
TAILQ_HEAD(group_list, group);

/* One configuration: what runs, or what is being staged. */
struct tree {
	struct global_config	 global;
	struct vrrp_list	 vrrps;
	struct group_list	 groups;
	struct subject_list	 subjects;
};

struct vrrpe {
	struct engine		*engine;
	struct timers		*timers;	/* timer.c; NULL: none */
	struct batch		*batch;		/* recv.c; NULL: not yet */
	struct hmac		*hmac;		/* hmac.h */
	struct iface_list	 ifaces;	/* of both trees */
	struct tree		 run;
	struct tree		*staged;	/* NULL: none */
	char			 wrong[CTL_TEXT_LEN];	/* with the staged */
	int			 ending;	/* they hand over and leave */
	/*
	 * Set while the hosts have not been looked at since our start: a lower
	 * master is left in peace until then, but no longer than this.
	 */
	struct monotime		 unjudged;
};

/*
 * vrrpe.c: telling others.
 * vrrpe_tell_role: the parent (addresses), then lbe.
 * vrrpe_tell_status: lbe alone, for what changes no role.
 * vrrpe_tell_announce: the parent, to announce the addresses again.
 * vrrpe_left: while ending, an instance may have been the last to leave.
 * vrrpe_tell_rival: the parent, of another master at this address, with this
 * priority.
 * vrrpe_tell_group: the parent, of the role of a sync group.
 * vrrpe_event: lbe, of an event for those who monitor.
 * vrrpe_iface: the interface of this name, made when there is none.
 */
void	vrrpe_tell_role(struct vrrp *);
void	vrrpe_tell_status(struct vrrp *);
void	vrrpe_tell_announce(struct vrrp *);
void	vrrpe_left(struct vrrpe *);
void	vrrpe_tell_rival(struct vrrp *, const struct addr *, uint8_t);
void	vrrpe_tell_group(struct group *);
void	vrrpe_event(struct vrrp *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
struct iface *vrrpe_iface(struct vrrpe *, const char *);

/* stage.c: the engine_ops of the configuration; see imsg/engine.h. */
void	stage_init(struct tree *);
void	vrrpe_stage_begin(struct engine *);
int	vrrpe_stage_object(struct engine *, struct imsg *);
const char *vrrpe_stage_end(struct engine *);
void	vrrpe_stage_commit(struct engine *);
void	vrrpe_stage_abort(struct engine *);
void	vrrpe_stage_start(struct engine *);
/* Objects of a tree by id; NULL when there is none. */
struct vrrp	*stage_vrrp(const struct tree *, uint32_t);
struct subject	*stage_subject(const struct tree *, uint32_t);

/*
 * fsm.c: the state machine of one instance.
 * fsm_event: apply an event; the packet for the EV_RX_ ones, else NULL; why,
 * for the log, or NULL.  A group_settle() must follow, but for an EV_STOP.
 * fsm_judge: which event an accepted advert is for this instance, from this
 * source; EV_MAX when it is one to be ignored.
 * fsm_reprioritize: the priority or the interval has changed: a master says
 * so, a backup's timer moves.
 * fsm_repreempt: what is done about a lower master has changed.
 * fsm_forget_resigned: the group of this instance takes part again.
 * fsm_addrs: the parent has put its addresses there, or could not.
 */
enum fsm_event {
	EV_START,		/* Startup of the RFC */
	EV_RETURN,		/* the same, with the addresses there */
	EV_STOP,		/* Shutdown */
	EV_RESIGN,		/* give the role to another */
	EV_HANDED,		/* it and its group have done so */
	EV_FAULT,		/* a reason not to take part */
	EV_DOWN_TIMER,		/* Master_Down_Timer has fired */
	EV_ADVERT_TIMER,	/* Adver_Timer has fired */
	EV_ELECTED,		/* it and its group shall be master */
	EV_YIELD,		/* a member of its group is backup */
	EV_RX_RELEASE,		/* advert of priority 0 */
	EV_RX_BETTER,		/* advert of a master to obey */
	EV_RX_WORSE,		/* advert of one that should not be master */
	EV_RX_TAKER,		/* advert of one that takes over from us */
	EV_MAX
};
void	fsm_event(struct vrrp *, enum fsm_event, const struct packet *,
	    const struct addr *, const char *);
enum fsm_event fsm_judge(const struct vrrp *, const struct packet *,
	    const struct addr *);
void	fsm_reprioritize(struct vrrp *);
void	fsm_repreempt(struct vrrp *);
void	fsm_forget_resigned(struct vrrp *);
void	fsm_addrs(struct vrrp *);

/*
 * wait.c: what the timer of an instance that is not master waits for.
 * wait_start: this, from now on.
 * wait_since: this, counted from a time that has passed.
 * wait_arm: set the timer anew, after something it depends on has changed.
 * wait_delay_us: how long a preemption is delayed yet, 0: it is not.
 */
void	wait_start(struct vrrp *, enum vrrp_wait);
void	wait_since(struct vrrp *, enum vrrp_wait, struct monotime);
void	wait_arm(struct vrrp *);
int64_t	wait_delay_us(const struct vrrp *);

/*
 * group.c: members of a sync group move together.  An instance without one
 * is treated as a group of its own.
 * group_settle: bring the group of this instance where its rules want it.
 * group_tell: tell of the role of this group, if it has a new one.
 * group_first, group_next: walk the group of an instance.
 */
void	group_settle(struct vrrp *);
void	group_tell(struct group *);
struct vrrp *group_first(struct vrrp *);
struct vrrp *group_next(struct vrrp *);

/*
 * track.c: what decides about fault and priority.
 * track_look: look at interface and trackers of an instance again; a change
 * of priority takes effect, one of health with the next group_settle().
 * track_iface, track_subject: both for all that this concerns.
 * track_fill: fill in what is shown of a tracker.
 */
void	track_look(struct vrrp *);
void	track_iface(struct vrrpe *, const struct iface *);
void	track_subject(struct vrrpe *, const struct subject *);
void	track_fill(const struct tracker *, struct ctl_track *);

/*
 * memory.c
 * memory_lock: keep all memory from being swapped out, or no longer: whether
 * it was so before, and shall be.
 */
void	memory_lock(int, int);

/*
 * timer.c: the one timer of an instance.
 * timer_new: fatal() when out of memory; timer_free: also when there is none.
 * timer_set: fire at this time; timer_stop: not at all.
 */
void	timer_new(struct vrrp *);
void	timer_free(struct vrrp *);
void	timer_set(struct vrrp *, struct monotime);
void	timer_stop(struct vrrp *);

/*
 * order.c: what the operator wants of an instance.
 * order_message: an order of lbe; 0 or -1.
 * order_ended: a hand-over has ended in the state that the instance is in
 * now, for the reason given, or NULL.
 * order_forget: lbe, which waits for outcomes, has gone.
 */
int	order_message(struct vrrpe *, struct imsg *);
void	order_ended(struct vrrp *, const char *);
void	order_forget(struct vrrpe *);

/*
 * lan.c: what an instance has of its interface.
 * lan_init: the parts of a new interface.
 * lan_of: the part for this family.
 * lan_close: all sockets of an interface.
 * lan_socket: by which adverts to this instance come.
 * lan_send_fd: the descriptor that adverts leave by, with the index of its
 * interface: the one with the virtual MAC when it has one, but to peers.
 * lan_turns: do its adverts have a virtual MAC, and so turn the network here?
 * lan_vmac: it has this device with a virtual MAC now, 0: none; and a
 * socket for it, which is owned from now on.
 * lan_source: the address its adverts come from; NULL when there is none.
 * lan_waits: its interface or socket is still to be told by the parent.
 * lan_fault: what on the interface keeps it from taking part, into a buffer
 * of the given size, which is left alone when there is nothing; 1 or 0.
 */
void	lan_init(struct iface *);
struct lan *lan_of(struct iface *, uint8_t);
void	lan_close(struct iface *);
struct vsock *lan_socket(const struct vrrp *);
int	lan_turns(const struct vrrp *);
int	lan_send_fd(const struct vrrp *, uint32_t *);
void	lan_vmac(struct vrrp *, uint32_t, int);
const struct addr *lan_source(const struct vrrp *);
int	lan_waits(const struct vrrp *);
int	lan_fault(const struct vrrp *, char *, size_t);

/*
 * send.c
 * send_advert: send an advert of this priority now, count it, log failures.
 * send_forget: what it says or whom it goes to has changed.
 */
void	send_advert(struct vrrp *, uint8_t);
void	send_forget(struct vrrp *);

/*
 * recv.c
 * recv_open: read this raw socket from now on, which is then owned by the
 * structure; recv_close: no longer.
 * recv_drain: read up to so many packets that wait there; 1: there may be
 * more.
 * recv_ip4: take apart an IPv4 packet of so many bytes, and judge it.
 */
void	recv_open(struct vsock *, int);
void	recv_close(struct vsock *);
int	recv_drain(struct vsock *, int);
void	recv_ip4(struct vsock *, const uint8_t *, size_t);

/*
 * auth.c: trailers that authenticate adverts, where an instance wants them.
 * auth_new: of this configuration.  auth_free: also of a NULL one.
 * auth_adopt: the configuration of the second, and what it takes to go on
 * from the first, when there are both.
 * auth_same: as far as adverts are concerned.
 * auth_trailer: bytes of the trailers sent, or 0.
 * auth_sign: the advert that is about to be sent.
 * auth_judge: an advert that came in: PACKET_OK, or the enum vrrp_drop with
 * a sentence in the buffer of the given size.
 * auth_text: for lvsctl, into a buffer of the given size.
 */
struct auth *auth_new(const struct hmac_config *);
void	auth_free(struct auth *);
void	auth_adopt(struct vrrp *, struct vrrp *);
int	auth_same(const struct auth *, const struct auth *);
size_t	auth_trailer(const struct auth *);
void	auth_sign(struct vrrp *);
int	auth_judge(struct vrrp *, const struct packet *,
	    const struct packet_ip *, char *, size_t);
void	auth_text(const struct auth *, char *, size_t);

/* judge.c: check a packet that came in by this socket, and act on it. */
void	judge_packet(struct vsock *, const struct packet_ip *);

/*
 * droplog.c: say that something about an advert is wrong, but not too often.
 * droplog_due: whether a line about this reason and source is due at this
 * time; then the number suppressed since the last one is returned in the
 * last argument.
 */
int	droplog_due(struct droplog *, uint32_t, const struct addr *,
	    struct monotime, uint32_t *);
void	droplog_vrrp(struct vrrp *, uint32_t, const struct addr *,
	    const char *, ...) __attribute__((__format__(printf, 4, 5)));
/* droplog_line: the line itself, of so many suppressed before. */
void	droplog_line(const struct vrrp *, const struct addr *, const char *,
	    uint32_t);

/*
 * show.c: fill in what is shown of an instance; answer a STATS_GET of lbe
 * with this request id.
 */
void	show_fill(const struct vrrp *, struct ctl_vrrp *);
void	show_stats(struct vrrpe *, uint32_t);

#endif /* VRRPE_INSTANCE_H */

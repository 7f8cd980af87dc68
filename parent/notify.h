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

#ifndef PARENT_NOTIFY_H
#define PARENT_NOTIFY_H

#include <stdint.h>

#include "../conf/conf.h"
#include "../imsg/msg.h"

struct change;
struct parent;

/*
 * notify.c: scripts that are run when instances, sync groups and services
 * change.  What is told twice, as by a vrrpe that was restarted, is no change.
 */
struct notify	*notify_new(struct parent *);
/* notify_free: what runs is left to runs_free(), and forgotten. */
void		 notify_free(struct notify *);
/* notify_role, notify_group: this is the role now. */
void		 notify_role(struct parent *, const struct conf_vrrp *,
		    const struct msg_role *);
void		 notify_group(struct parent *, const struct conf_group *,
		    uint32_t);
/* notify_quorum: so it is with the quorum of a service that has scripts. */
void		 notify_quorum(struct parent *, const struct conf_service *,
		    const struct msg_quorum *);
/* notify_rival: while it is master, the instance has heard another. */
void		 notify_rival(struct parent *, const struct conf_vrrp *,
		    const struct msg_rival *);
/* notify_conf: another tree runs; what is not in it has ended. */
void		 notify_conf(struct parent *, const struct conf *,
		    const struct conf *);
/* notify_away: there is no vrrpe, all instances and groups are in fault. */
void		 notify_away(struct parent *);
/* notify_ended: vrrpe has ended in good order, and they with it. */
void		 notify_ended(struct parent *);
/* notify_hurry: lvsd ends: little time for what runs. */
void		 notify_hurry(struct parent *);
/* notify_abandon: no time at all, nor for what waits. */
void		 notify_abandon(struct parent *);
/* notify_idle: nothing runs, and nothing waits. */
int		 notify_idle(const struct parent *);

/* notify_job.c */
enum notify_what {
	NOTIFY_INSTANCE,
	NOTIFY_GROUP,
	NOTIFY_SERVICE
};

/* What a service is told of. */
enum quorum_state {
	QUORUM_UNKNOWN,
	QUORUM_DOWN,
	QUORUM_UP,
	QUORUM_STATE_MAX
};

struct notify_about {
	enum notify_what	 what;
	const struct conf_vrrp	*vrrp;		/* this one of these three */
	const struct conf_group	*group;
	const struct conf_service *service;
	uint32_t		 state;		/* enum vrrp_state, of a
						   service quorum_state */
	uint32_t		 previous;
	uint32_t		 priority;	/* in effect; group: 0 */
	uint64_t		 weight;	/* service: of what is up */
	const struct msg_rival	*rival;		/* NULL: a new state */
};

/*
 * notify_change: the jobs about a change, for jobq_put(); NULL in the last
 * argument when no script wants to know.  0, or -1: no memory.
 */
int		 notify_change(const struct conf *,
		    const struct notify_about *, struct change **);

#endif /* PARENT_NOTIFY_H */

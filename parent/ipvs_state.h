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

#ifndef PARENT_IPVS_STATE_H
#define PARENT_IPVS_STATE_H

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <event2/event_struct.h>
#include <stdint.h>

#include "../conf/conf.h"
#include "../imsg/msg.h"
#include "ipvs.h"
#include "ipvs_msg.h"
#include "nl.h"

/*
 * What the files of the IPVS side share among themselves: ipvs.c (wishes),
 * ipvs_sync.c (writing to the kernel), ipvs_read.c (reading from it).
 *
 * Each virtual service and each of its hosts has three states: what lbe
 * wishes, what of that was committed and is wanted, what the kernel has.
 */

#define REAL_TRIED	0x01	/* asked for in this pass through the queue */
#define REAL_SEEN	0x02	/* in the dump being read */
#define REAL_ODD	0x04	/* the kernel has other settings than the
				   configuration, besides the weight */

/* A configured host in one service, by address, port and then id. */
struct ipvs_real {
	const struct conf_host	*host;
	int32_t			 wish;		/* weight or DEST_NONE */
	int32_t			 want;
	int32_t			 have;
	uint16_t		 error;		/* last refusal, or 0 */
	uint8_t			 role;		/* enum pool_role */
	uint8_t			 flags;
};

/* A destination in the kernel under a service of ours, not configured. */
struct ipvs_stray {
	struct addr		 addr;
	uint16_t		 port;
	uint8_t			 tried;
};

#define VS_TRIED	0x01	/* asked for in this pass */
#define VS_ADD_REFUSED	0x02	/* so its destinations are too */
#define VS_PASSED	0x04	/* all of it is in this send */
#define VS_REREAD	0x08	/* the kernel has something else than noted */
#define VS_CHANGED	0x10	/* on the list of those with new wishes */
#define VS_SEEN		0x20	/* in the dump being read */

struct ipvs_batch;

struct ipvs_vs {
	RB_ENTRY(ipvs_vs)	 node;
	TAILQ_ENTRY(ipvs_vs)	 changed;
	TAILQ_ENTRY(ipvs_vs)	 queue;
	struct ipvs_key		 key;
	const struct conf_listen *listen;	/* NULL: no longer configured */
	char			*name;		/* then */
	struct ipvs_batch	*batch;		/* NULL: not in the queue */
	struct ipvs_svc		 have;		/* when in_kernel */
	struct ipvs_real	*real;
	struct ipvs_stray	*stray;
	unsigned int		 nreal;
	unsigned int		 nstray;
	unsigned int		 tries;		/* readings in this pass */
	uint16_t		 error;		/* last refusal, or 0 */
	uint8_t			 flags;
	uint8_t			 wish;
	uint8_t			 want;
	uint8_t			 in_kernel;
};
RB_HEAD(ipvs_services, ipvs_vs);
RB_PROTOTYPE(ipvs_services, ipvs_vs, node, ipvs_vs_cmp)
TAILQ_HEAD(ipvs_queue, ipvs_vs);

/* Services queued by one commit, or by readings that found differences. */
struct ipvs_batch {
	TAILQ_ENTRY(ipvs_batch)	 entry;
	uint32_t		 number;
	unsigned int		 left;		/* services in the queue */
	struct msg_result	 result;
};
TAILQ_HEAD(ipvs_batches, ipvs_batch);

enum ipvs_op_kind {
	OP_NEW_SVC,
	OP_SET_SVC,
	OP_DEL_SVC,
	OP_NEW_DST,
	OP_SET_DST,
	OP_DEL_DST,
	OP_DEL_STRAY,
	OP_MAX
};

struct ipvs_op {
	struct ipvs_vs		*vs;
	uint32_t		 idx;		/* of real or stray */
	enum ipvs_op_kind	 kind;
};

/* How the kernel differs from what was noted. */
struct ipvs_drift {
	unsigned int		 svc_missing;
	unsigned int		 svc_new;
	unsigned int		 svc_changed;
	unsigned int		 dst_missing;
	unsigned int		 dst_new;
	unsigned int		 dst_changed;
	unsigned int		 dst_stray;
};

/* A setting of the kernel that we have changed. */
struct ipvs_setting {
	TAILQ_ENTRY(ipvs_setting) entry;
	char			 name[SYSCTL_NAME_LEN];
	char			 old[SYSCTL_VALUE_LEN];
};
TAILQ_HEAD(ipvs_settings, ipvs_setting);

struct ipvs {
	struct event_base	*base;
	const struct conf	*conf;
	ipvs_error		 error;
	ipvs_done		 done;
	ipvs_fewer		 fewer;
	void			*arg;
	struct nlconn		 conn;
	int			 family;
	int			 settled;	/* lbe has committed once */
	int			 left;		/* something that was ours */
	int			 ended;		/* ipvs_end() has been */
	struct ipvs_services	 services;
	struct ipvs_vs		*last;		/* asked for, or NULL */
	struct ipvs_queue	 changed;
	struct ipvs_queue	 queue;
	struct ipvs_batches	 batches;
	struct event		 slice;
	/* A verification in slices. */
	struct event		 verify;
	int			 verifying;
	struct ipvs_key		 verified;	/* last service read */
	int64_t			 verify_us;	/* spent by this one */
	struct ipvs_drift	 drift;
	struct ipvs_batch	 repair;	/* not on the list */
	/* Connection sync. */
	struct event		 sync;
	int			 sync_ours;	/* it is, or may be, by us */
	int			 sync_master;	/* role wanted */
	int			 sync_error;	/* last one told; 0: none */
	unsigned int		 sync_turns;	/* daemons begun and ended */
	struct ipvs_settings	 settings;	/* of the kernel, changed */
	/* The send being made. */
	struct ipvs_op		 op[NL_BATCH_OPS];
	struct nlbatch		 batch;
};

/* ipvs.c */
uint16_t	 ipvs_real_port(const struct ipvs_vs *,
		    const struct ipvs_real *);
/* ipvs_real_pool: the configured pool that a host is in. */
const struct conf_pool *ipvs_real_pool(const struct ipvs_vs *,
		    const struct ipvs_real *);
/*
 * ipvs_want.c
 *
 * ipvs_wanted: the service as configured; it must be configured.
 * ipvs_real_wanted: the same of one of its hosts, without a weight.
 */
void		 ipvs_wanted(const struct ipvs_vs *, struct ipvs_svc *);
void		 ipvs_real_wanted(const struct ipvs_vs *,
		    const struct ipvs_real *, struct ipvs_dst *);
int		 ipvs_svc_equal(const struct ipvs_svc *,
		    const struct ipvs_svc *);
void		 ipvs_vs_free(struct ipvs *, struct ipvs_vs *);
/* ipvs_vs_of: the service of this listen; NULL: none is configured. */
struct ipvs_vs	*ipvs_vs_of(struct ipvs *, uint32_t);
/* ipvs_vs_str: `service "www" 10.0.0.1:80 tcp'; returns buf, of this size. */
#define IPVS_VS_STRLEN	(NAME_LEN + IPVS_KEY_STRLEN + sizeof("service \"\" "))
const char	*ipvs_vs_str(const struct ipvs_vs *, char *);
/*
 * ipvs_real_at: the host with this address and port, or NULL.  There is one
 * at most: a configuration with the same twice in a service is refused.
 */
struct ipvs_real *ipvs_real_at(struct ipvs_vs *, const struct addr *,
		    uint16_t);

/*
 * ipvs_daemon.c: daemon_cb: connection sync as it is wanted, now.  daemon_end:
 * none any more.
 */
void		 ipvs_daemon_cb(int, short, void *);
void		 ipvs_daemon_end(struct ipvs *);

/*
 * ipvs_setting.c: settings_set: what the configuration names; what it does
 * not any more gets its old value.  settings_end: all get it, or are
 * forgotten.
 */
void		 ipvs_settings_set(struct ipvs *);
/* ipvs_setting_get: its value, in SYSCTL_VALUE_LEN bytes; 0, or -1: errno. */
int		 ipvs_setting_get(const char *, char *);
void		 ipvs_settings_end(struct ipvs *, int);

/*
 * ipvs_owned.c: owned_told: whoever keeps the lines is told if there are fewer
 * now.
 */
void		 ipvs_owned_told(struct ipvs *);

/* ipvs_sync.c */
void		 ipvs_slice(int, short, void *);
struct ipvs_batch *ipvs_batch_new(struct ipvs *, uint32_t);
/* ipvs_enqueue: for this batch, when kernel and want differ; 1: queued. */
int		 ipvs_enqueue(struct ipvs *, struct ipvs_vs *,
		    struct ipvs_batch *);
/* ipvs_repair_end: say what a verification came to, when all is done. */
void		 ipvs_repair_end(struct ipvs *);

/* ipvs_read.c */
/* ipvs_read_services: all of ours as the kernel has them; 0 or an errno. */
int		 ipvs_read_services(struct ipvs *, struct ipvs_drift *);
int		 ipvs_read_reals(struct ipvs *, struct ipvs_vs *,
		    struct ipvs_drift *);
/* ipvs_read_vs: one service with its destinations; 0 or an errno. */
int		 ipvs_read_vs(struct ipvs *, struct ipvs_vs *);
/* ipvs_stray_add: note a destination that is not configured. */
void		 ipvs_stray_add(struct ipvs_vs *, const struct addr *,
		    uint16_t);
void		 ipvs_verify_slice(int, short, void *);

#endif /* PARENT_IPVS_STATE_H */

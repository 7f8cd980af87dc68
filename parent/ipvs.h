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

#ifndef PARENT_IPVS_H
#define PARENT_IPVS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../imsg/msg.h"

struct conf;
struct event_base;

/*
 * The parent's side of IPVS: what the kernel holds, what is wanted there,
 * and the way from one to the other in batches of generic netlink.  lbe says
 * by id what is wanted; addresses, methods, flags come from the running
 * configuration.  Nothing is written that is there already.
 */
struct ipvs;

/*
 * A refused operation: listen id (0: of a service no longer configured), host
 * id (0: the service), errno, text.  It is not logged here.  Errno 0: what
 * was refused was tried again by ipvs_verify() and is in order now.
 */
typedef void (*ipvs_error)(void *, uint32_t, uint32_t, int, const char *);
/* A batch is through; its number as given to ipvs_commit(). */
typedef void (*ipvs_done)(void *, uint32_t, const struct msg_result *);
/* What was ours is in the kernel no more: see ipvs_owned_print(). */
typedef void (*ipvs_fewer)(void *);
/* A destination in the kernel: listen id, host id, weight to WEIGHT_MAX. */
typedef void (*ipvs_dest)(void *, uint32_t, uint32_t, int32_t);

/*
 * ipvs_open: load the modules and connect to the kernel.  NULL, logged with
 * the remedy, when this kernel has no IPVS.  The callbacks get arg.
 */
struct ipvs	*ipvs_open(struct event_base *, ipvs_error, ipvs_done,
		    ipvs_fewer, void *);
void		 ipvs_close(struct ipvs *);
/*
 * ipvs_set_conf: this configuration runs now (it must outlive the next call);
 * loads the scheduler modules it names and sets the timeouts it names.  On
 * the first call the kernel's table is read: services of ours that are there
 * are adopted with their destinations, as wanted.  Later, what was wanted by
 * ids that are gone is not wanted any more.
 */
void		 ipvs_set_conf(struct ipvs *, const struct conf *);
/*
 * ipvs_again: the configuration that runs was asked for once more: what the
 * kernel has refused is tried with the next commit, and settings are made that
 * somebody may have undone.
 */
void		 ipvs_again(struct ipvs *);
/* ipvs_adopted: tell each destination of ours that the kernel holds. */
void		 ipvs_adopted(struct ipvs *, ipvs_dest, void *);
/*
 * What lbe wants, by id; 0, or -1 when the ids do not belong together.
 * ipvs_resync: forget all wishes; those not repeated before the next
 * ipvs_commit() end there.  Nothing is written before ipvs_commit().
 */
void		 ipvs_resync(struct ipvs *);
int		 ipvs_want_service(struct ipvs *, uint32_t, int);
int		 ipvs_want_dest(struct ipvs *, uint32_t, uint32_t, int32_t);
/*
 * ipvs_commit: bring the kernel to what is wanted, in slices between which
 * the event loop runs; then done is called with this batch number.
 */
void		 ipvs_commit(struct ipvs *, uint32_t);
/*
 * ipvs_verify: read the kernel's table and repair what somebody else has
 * changed, try again what was refused; logs what differed.  The services are
 * read at once, their destinations in slices between which the event loop
 * runs.  Returns the number of services to be repaired that are known at
 * once, -1 when the table could not be read.  Before the first ipvs_commit()
 * nothing is done.
 */
int		 ipvs_verify(struct ipvs *);
/* ipvs_verify_cost: microseconds that the last one has taken so far. */
int64_t		 ipvs_verify_cost(const struct ipvs *);

/*
 * ipvs_sync_role: connection sync, where it is configured, sends from now on
 * (1) or receives (0).  What has received sends at once; all else is done
 * when the event loop comes round, after addresses that leave.  What differs
 * from it, or has failed, is set right by the next call.
 * ipvs_sync_turns: how often lvsd has changed that.
 * ipvs_end: lvsd ends: sync receives, and old settings of the kernel are put
 * back where the configuration wants that.  With 1 it was told to end, and
 * where the configuration wants that services and sync are removed.
 */
void		 ipvs_sync_role(struct ipvs *, int);
unsigned int	 ipvs_sync_turns(const struct ipvs *);
/*
 * ipvs_rests: the kernel directs nothing, as it receives connections, for
 * whomever, and backup_only is set (net/netfilter/ipvs/ip_vs_core.c).
 */
int		 ipvs_rests(struct ipvs *);
void		 ipvs_end(struct ipvs *, int);

/*
 * What settings of the kernel were before lvsd changed them, for the next
 * one, which puts them back: a line for each, whose number is returned, and
 * out of a file that has others, too.
 */
unsigned int	 ipvs_settings_print(const struct ipvs *, FILE *);
void		 ipvs_settings_scan(struct ipvs *, FILE *);

/*
 * Which services lvsd has in the kernel, or may have, and whether connection
 * sync is its, in the same manner: owned_scan comes before the first
 * configuration.  After ipvs_end() what is there, and nothing else.
 * ipvs_left: has the file any of that, or of settings?
 */
#define IPVS_SETTING	"sysctl "	/* begins such a line */
#define IPVS_OWNED	"kernel "
int		 ipvs_left(FILE *);
unsigned int	 ipvs_owned_print(struct ipvs *, FILE *);
void		 ipvs_owned_scan(struct ipvs *, FILE *);

/*
 * The kernel's table as it is, told in pieces, for who wants to look at it.
 *
 * ipvs_list_new: read all services with their counters, in one dump.  NULL,
 * with errno.  It must end before the ipvs does.
 * ipvs_list_next: the next piece, by calls of row with the type and the
 * payload of a message for lbe; never less than a service with all its real
 * servers.  0, or an errno: ENODATA after the last, ESTALE when another
 * configuration runs now.
 */
struct ipvs_list;
typedef void (*ipvs_row)(void *, enum msg_type, const void *, size_t);
struct ipvs_list *ipvs_list_new(struct ipvs *, enum ipvs_read_kind);
void		 ipvs_list_free(struct ipvs_list *);
int		 ipvs_list_next(struct ipvs_list *, ipvs_row, void *);

/*
 * ipvs_load: what is still to be done by the hosts of this listen that are
 * wanted with weight 0, one call each.  0, or an errno: it is not known.
 */
typedef void (*ipvs_load_row)(void *, const struct msg_load *);
int		 ipvs_load(struct ipvs *, uint32_t, ipvs_load_row, void *);

#endif /* PARENT_IPVS_H */

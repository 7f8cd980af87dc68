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

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <linux/ip_vs.h>

#include "../imsg/log.h"
#include "ipvs_state.h"

/*
 * Writing to the kernel.  Services that differ from what is wanted stand in
 * a queue; each turn of the event loop makes one send out of its head, so
 * that other work gets between.  What the kernel has is noted by its
 * answers, and what it must be told is found by comparing with that, so
 * there is no list of operations that could become stale.
 */

/* Readings of one service that somebody else changes under our hands. */
#define IPVS_TRIES	4
/* When netlink itself fails, seconds until the next attempt. */
#define IPVS_RETRY_S	1
/*
 * A send that kept everything else waiting longer than this is followed by
 * half as large ones, microseconds.  Among 40,000 destinations just deleted
 * the kernel takes hundreds of microseconds to add one: it searches them.
 */
#define IPVS_SLICE_US	20000
#define IPVS_SLICE_MIN	16

#define IPVS_TEXT_LEN	sizeof(((struct msg_ipvs_error *)0)->text)

static int	 vs_differs(struct ipvs_vs *);
static int	 real_differs(const struct ipvs_real *);
static int	 vs_ops(struct ipvs *, struct ipvs_vs *);
static int	 vs_ops_puts(struct ipvs *, struct ipvs_vs *);
static int	 vs_ops_dels(struct ipvs *, struct ipvs_vs *);
static int	 op_add(struct ipvs *, struct ipvs_vs *, enum ipvs_op_kind,
		    unsigned int);
static struct nl_msg *op_msg(struct ipvs *, const struct ipvs_op *);
static void	 op_result(struct ipvs *, const struct ipvs_op *, int,
		    const char *);
static int	 op_is_drift(const struct ipvs_op *, int);
static int	 op_is_gone(const struct ipvs_op *, int);
static void	 op_done(struct ipvs *, const struct ipvs_op *);
static void	 op_refused(struct ipvs *, const struct ipvs_op *, int,
		    const char *);
static void	 op_text(const struct ipvs_op *, int, const char *, char *,
		    size_t);
static void	 accepted(struct ipvs *, const struct ipvs_op *, uint16_t *);
static void	 vs_untry(struct ipvs_vs *);
static void	 strays_compact(struct ipvs_vs *);
static void	 slice_size(struct ipvs *, struct monotime);
static void	 queue_pass(struct ipvs *);
static void	 queue_leave(struct ipvs *, struct ipvs_vs *);
static void	 batches_end(struct ipvs *);

struct ipvs_batch *
ipvs_batch_new(struct ipvs *v, uint32_t number)
{
	struct ipvs_batch	*b;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		fatal("IPVS batch");
	b->number = number;
	TAILQ_INSERT_TAIL(&v->batches, b, entry);
	return (b);
}

int
ipvs_enqueue(struct ipvs *v, struct ipvs_vs *vs, struct ipvs_batch *b)
{
	if (vs->batch != NULL)
		return (1);	/* its turn comes, with what is wanted then */
	if (!vs_differs(vs)) {
		if (vs->listen == NULL && !vs->in_kernel)
			ipvs_vs_free(v, vs);
		return (0);
	}
	vs->batch = b;
	b->left++;
	vs->tries = 0;
	vs->flags &= ~(VS_TRIED | VS_ADD_REFUSED | VS_PASSED | VS_REREAD);
	TAILQ_INSERT_TAIL(&v->queue, vs, queue);
	return (1);
}

static int
vs_differs(struct ipvs_vs *vs)
{
	struct ipvs_svc	svc;
	unsigned int	i;

	if (!vs->want || !vs->in_kernel)
		return (vs->want != vs->in_kernel);
	ipvs_wanted(vs, &svc);
	if (!ipvs_svc_equal(&svc, &vs->have) ||
	    vs->nstray > 0)
		return (1);
	for (i = 0; i < vs->nreal; i++)
		if (real_differs(&vs->real[i]))
			return (1);
	return (0);
}

static int
real_differs(const struct ipvs_real *r)
{
	if (r->want != r->have)
		return (1);
	return (r->want != DEST_NONE && (r->flags & REAL_ODD));
}

/*
 * Ask for all that this service needs and that was not asked for in this
 * pass.  0, or -1 when the send is full.
 */
static int
vs_ops(struct ipvs *v, struct ipvs_vs *vs)
{
	struct ipvs_svc	svc;

	if (!vs->want) {
		if (!vs->in_kernel || (vs->flags & VS_TRIED))
			return (0);
		return (op_add(v, vs, OP_DEL_SVC, 0));
	}
	if ((vs->flags & VS_TRIED) == 0) {
		ipvs_wanted(vs, &svc);
		if (!vs->in_kernel) {
			if (op_add(v, vs, OP_NEW_SVC, 0) == -1)
				return (-1);
		} else if (!ipvs_svc_equal(&svc, &vs->have)) {
			if (op_add(v, vs, OP_SET_SVC, 0) == -1)
				return (-1);
		}
	}
	if (vs->flags & VS_ADD_REFUSED)
		return (0);
	/* The new before the old: at no time is the service empty. */
	if (vs_ops_puts(v, vs) == -1)
		return (-1);
	return (vs_ops_dels(v, vs));
}

static int
vs_ops_puts(struct ipvs *v, struct ipvs_vs *vs)
{
	struct ipvs_real	*r;
	unsigned int		 i;

	for (i = 0; i < vs->nreal; i++) {
		r = &vs->real[i];
		if (r->want == DEST_NONE || (r->flags & REAL_TRIED) ||
		    !real_differs(r))
			continue;
		if (op_add(v, vs, r->have == DEST_NONE ? OP_NEW_DST :
		    OP_SET_DST, i) == -1)
			return (-1);
	}
	return (0);
}

static int
vs_ops_dels(struct ipvs *v, struct ipvs_vs *vs)
{
	struct ipvs_real	*r;
	unsigned int		 i;

	for (i = 0; i < vs->nreal; i++) {
		r = &vs->real[i];
		if (r->want != DEST_NONE || r->have == DEST_NONE ||
		    (r->flags & REAL_TRIED))
			continue;
		if (op_add(v, vs, OP_DEL_DST, i) == -1)
			return (-1);
	}
	for (i = 0; i < vs->nstray; i++) {
		if (vs->stray[i].tried)
			continue;
		if (op_add(v, vs, OP_DEL_STRAY, i) == -1)
			return (-1);
	}
	return (0);
}

static int
op_add(struct ipvs *v, struct ipvs_vs *vs, enum ipvs_op_kind kind,
    unsigned int idx)
{
	struct ipvs_op	op;
	int		i;

	if (nlbatch_full(&v->batch))
		return (-1);
	op.vs = vs;
	op.idx = idx;
	op.kind = kind;
	if ((i = nlbatch_add(&v->batch, op_msg(v, &op))) == -1)
		fatal("IPVS request");
	v->op[i] = op;
	switch (kind) {
	case OP_NEW_SVC:
	case OP_SET_SVC:
	case OP_DEL_SVC:
		vs->flags |= VS_TRIED;
		break;
	case OP_DEL_STRAY:
		vs->stray[idx].tried = 1;
		break;
	default:
		vs->real[idx].flags |= REAL_TRIED;
		break;
	}
	return (0);
}

static struct nl_msg *
op_msg(struct ipvs *v, const struct ipvs_op *op)
{
	static const int	 cmd[OP_MAX] = {
		[OP_NEW_SVC]	= IPVS_CMD_NEW_SERVICE,
		[OP_SET_SVC]	= IPVS_CMD_SET_SERVICE,
		[OP_DEL_SVC]	= IPVS_CMD_DEL_SERVICE,
		[OP_NEW_DST]	= IPVS_CMD_NEW_DEST,
		[OP_SET_DST]	= IPVS_CMD_SET_DEST,
		[OP_DEL_DST]	= IPVS_CMD_DEL_DEST,
		[OP_DEL_STRAY]	= IPVS_CMD_DEL_DEST,
	};
	const struct ipvs_real	*r;
	struct ipvs_svc		 svc;
	struct ipvs_dst		 dst;

	switch (op->kind) {
	case OP_NEW_SVC:
	case OP_SET_SVC:
		ipvs_wanted(op->vs, &svc);
		return (ipvs_msg_service(v->family, cmd[op->kind],
		    &op->vs->key, &svc));
	case OP_DEL_SVC:
		return (ipvs_msg_service(v->family, cmd[op->kind],
		    &op->vs->key, NULL));
	default:
		break;
	}
	if (op->kind == OP_DEL_STRAY) {
		memset(&dst, 0, sizeof(dst));
		dst.addr = op->vs->stray[op->idx].addr;
		dst.port = op->vs->stray[op->idx].port;
		dst.weight = DEST_NONE;
	} else {
		r = &op->vs->real[op->idx];
		ipvs_real_wanted(op->vs, r, &dst);
		if (op->kind != OP_DEL_DST)
			dst.weight = r->want;
	}
	return (ipvs_msg_dest(v->family, cmd[op->kind], &op->vs->key, &dst));
}

/* One turn: one send, its answers, what is through. */
void
ipvs_slice(int, short, void *arg)
{
	struct ipvs	*v = arg;
	struct ipvs_vs	*vs;
	struct timeval	 next = { 0, 0 };
	struct monotime	 start = monotime_now();
	unsigned int	 i;

	nlbatch_reset(&v->batch);
	TAILQ_FOREACH(vs, &v->queue, queue) {
		if (vs_ops(v, vs) == -1)
			break;
		vs->flags |= VS_PASSED;
	}
	if (nlbatch_send(&v->conn, &v->batch) == -1) {
		log_warn("IPVS: sending %u requests", v->batch.n);
		for (i = 0; i < v->batch.n; i++) {
			vs_untry(v->op[i].vs);
			v->op[i].vs->flags &= ~VS_PASSED;
		}
		next.tv_sec = IPVS_RETRY_S;
		evtimer_add(&v->slice, &next);
		return;
	}
	slice_size(v, start);
	for (i = 0; i < v->batch.n; i++) {
		op_result(v, &v->op[i], v->batch.error[i], v->batch.text[i]);
		if (v->batch.lost)
			v->op[i].vs->flags |= VS_REREAD;
	}
	if (v->batch.lost)
		log_debug("IPVS: answers were lost, reading again; at most "
		    "%u requests a send now", v->batch.max);
	queue_pass(v);
	batches_end(v);
	if (!TAILQ_EMPTY(&v->queue) || !TAILQ_EMPTY(&v->batches))
		evtimer_add(&v->slice, &next);
}

static void
slice_size(struct ipvs *v, struct monotime start)
{
	struct nlbatch	*b = &v->batch;
	int64_t		 us = monotime_diff_us(monotime_now(), start);

	if (b->lost)
		return;		/* it has its size from that */
	if (us > IPVS_SLICE_US && b->n > IPVS_SLICE_MIN)
		b->max = b->n / 2;
	else if (us < IPVS_SLICE_US / 4 && b->max < NL_BATCH_OPS)
		b->max *= 2;
	if (b->max > NL_BATCH_OPS)
		b->max = NL_BATCH_OPS;
}

static void
op_result(struct ipvs *v, const struct ipvs_op *op, int error,
    const char *text)
{
	struct ipvs_vs	*vs = op->vs;

	if (error == 0 || op_is_gone(op, error)) {
		op_done(v, op);
		vs->batch->result.done++;
		return;
	}
	if (op->kind >= OP_NEW_DST && (vs->flags & VS_ADD_REFUSED)) {
		vs->batch->result.failed++;
		return;
	}
	if (op_is_drift(op, error) && vs->tries < IPVS_TRIES) {
		vs->flags |= VS_REREAD;
		return;
	}
	op_refused(v, op, error, text);
}

/* Errors that say the kernel's table is not what it was noted to be. */
static int
op_is_drift(const struct ipvs_op *op, int error)
{
	switch (op->kind) {
	case OP_NEW_SVC:
		return (error == EEXIST);
	case OP_SET_SVC:
		return (error == ESRCH);
	case OP_NEW_DST:
		return (error == EEXIST || error == ESRCH);
	case OP_SET_DST:
		return (error == ENOENT || error == ESRCH);
	default:
		return (0);
	}
}

/* What was to be deleted is not there. */
static int
op_is_gone(const struct ipvs_op *op, int error)
{
	switch (op->kind) {
	case OP_DEL_SVC:
		return (error == ESRCH);
	case OP_DEL_DST:
	case OP_DEL_STRAY:
		return (error == ENOENT || error == ESRCH);
	default:
		return (0);
	}
}

/* Note what the kernel has now. */
static void
op_done(struct ipvs *v, const struct ipvs_op *op)
{
	struct ipvs_vs		*vs = op->vs;
	struct ipvs_real	*r;
	unsigned int		 i;

	switch (op->kind) {
	case OP_NEW_SVC:
	case OP_SET_SVC:
		accepted(v, op, &vs->error);
		vs->in_kernel = 1;
		ipvs_wanted(vs, &vs->have);
		break;
	case OP_DEL_SVC:
		vs->in_kernel = 0;
		vs->error = 0;
		for (i = 0; i < vs->nreal; i++) {
			vs->real[i].have = DEST_NONE;
			vs->real[i].flags &= ~REAL_ODD;
		}
		vs->nstray = 0;
		break;
	case OP_NEW_DST:
	case OP_SET_DST:
		r = &vs->real[op->idx];
		accepted(v, op, &r->error);
		r->have = r->want;
		r->flags &= ~REAL_ODD;
		break;
	case OP_DEL_DST:
		vs->real[op->idx].have = DEST_NONE;
		vs->real[op->idx].error = 0;
		vs->real[op->idx].flags &= ~REAL_ODD;
		break;
	case OP_DEL_STRAY:
		vs->stray[op->idx].addr.af = 0;
		break;
	default:
		break;
	}
}

/* What was refused before and tried again by ourselves is in order now. */
static void
accepted(struct ipvs *v, const struct ipvs_op *op, uint16_t *error)
{
	struct ipvs_vs	*vs = op->vs;
	struct ipvs_real *r = NULL;
	char		 text[IPVS_TEXT_LEN];

	if (*error != 0 && vs->batch == &v->repair) {
		if (op->kind == OP_NEW_DST || op->kind == OP_SET_DST)
			r = &vs->real[op->idx];
		op_text(op, 0, "the kernel takes it now", text, sizeof(text));
		log_info("%s", text);
		v->error(v->arg, vs->listen->conf.id,
		    r != NULL ? r->host->id : 0, 0, text);
	}
	*error = 0;
}

static void
op_refused(struct ipvs *v, const struct ipvs_op *op, int error,
    const char *why)
{
	struct ipvs_vs		*vs = op->vs;
	struct ipvs_real	*r = NULL;
	char			 text[IPVS_TEXT_LEN];
	uint16_t		*last = &vs->error;

	vs->batch->result.failed++;
	vs->batch->result.error = error;
	if (op->kind == OP_NEW_SVC)
		vs->flags |= VS_ADD_REFUSED;
	else if (op->kind >= OP_NEW_DST && op->kind != OP_DEL_STRAY) {
		r = &vs->real[op->idx];
		last = &r->error;
	}
	/* What we try again by ourselves is told when the reason is new. */
	if (vs->batch == &v->repair && *last == error)
		return;
	*last = error;
	op_text(op, error, why, text, sizeof(text));
	v->error(v->arg, vs->listen != NULL ? vs->listen->conf.id : 0,
	    r != NULL ? r->host->id : 0, error, text);
}

/* An error in the operator's words; truncation costs only the end of it. */
static void
op_text(const struct ipvs_op *op, int error, const char *why, char *text,
    size_t size)
{
	static const char *const verb[OP_MAX] = {
		[OP_NEW_SVC]	= "add",
		[OP_SET_SVC]	= "change",
		[OP_DEL_SVC]	= "remove",
		[OP_NEW_DST]	= "add",
		[OP_SET_DST]	= "change",
		[OP_DEL_DST]	= "remove",
		[OP_DEL_STRAY]	= "remove",
	};
	const struct conf_service	*s;
	const struct ipvs_real	*r;
	char			 name[IPVS_VS_STRLEN], addr[ADDR_PORT_STRLEN];

	(void)ipvs_vs_str(op->vs, name);
	if (why == NULL)
		why = strerror(error);
	switch (op->kind) {
	case OP_NEW_SVC:
	case OP_SET_SVC:
		/*
		 * ip_vs_add_service(): the scheduler can be missing, or the
		 * engine of persistence.
		 */
		if (error == ENOENT) {
			s = op->vs->listen->service;
			(void)snprintf(text, size, "%s: scheduler %s%s: not "
			    "available in this kernel", name, s->sched,
			    s->flags & SERVICE_F_SIP ?
			    " or engine sip" : "");
			return;
		}
		/* FALLTHROUGH */
	case OP_DEL_SVC:
		(void)snprintf(text, size, "%s: %s: %s", name,
		    verb[op->kind], why);
		return;
	case OP_DEL_STRAY:
		(void)snprintf(text, size, "%s: real server %s: %s: %s", name,
		    addr_port_str(&op->vs->stray[op->idx].addr,
		    op->vs->stray[op->idx].port, addr), verb[op->kind], why);
		return;
	default:
		r = &op->vs->real[op->idx];
		(void)snprintf(text, size, "%s: real server %s (%s, weight "
		    "%d): %s: %s", name, addr_port_str(&r->host->addr,
		    ipvs_real_port(op->vs, r), addr),
		    forward_method_names[ipvs_real_pool(op->vs, r)->method],
		    r->want, verb[op->kind], why);
		return;
	}
}

static void
vs_untry(struct ipvs_vs *vs)
{
	unsigned int	i;

	vs->flags &= ~(VS_TRIED | VS_ADD_REFUSED);
	for (i = 0; i < vs->nreal; i++)
		vs->real[i].flags &= ~REAL_TRIED;
	for (i = 0; i < vs->nstray; i++)
		vs->stray[i].tried = 0;
}

/* Let go of the strays that were deleted. */
static void
strays_compact(struct ipvs_vs *vs)
{
	unsigned int	i, n = 0;

	for (i = 0; i < vs->nstray; i++)
		if (vs->stray[i].addr.af != 0)
			vs->stray[n++] = vs->stray[i];
	vs->nstray = n;
	if (n == 0) {
		free(vs->stray);
		vs->stray = NULL;
	}
}

/*
 * What the last send has completed leaves the queue.  A service of which the
 * kernel has something else than noted is read and stays for another pass.
 */
static void
queue_pass(struct ipvs *v)
{
	struct ipvs_vs	*vs, *next;
	int		 error;

	TAILQ_FOREACH_SAFE(vs, &v->queue, queue, next) {
		if (vs->flags & VS_REREAD) {
			vs->flags &= ~(VS_REREAD | VS_PASSED);
			vs->tries++;
			vs_untry(vs);
			strays_compact(vs);
			if ((error = ipvs_read_vs(v, vs)) == 0)
				continue;
			log_warnx("IPVS: reading a service: %s",
			    strerror(error));
			vs->batch->result.failed++;
			vs->batch->result.error = error;
			queue_leave(v, vs);
		} else if (vs->flags & VS_PASSED)
			queue_leave(v, vs);
		else
			break;
	}
}

static void
queue_leave(struct ipvs *v, struct ipvs_vs *vs)
{
	vs_untry(vs);
	strays_compact(vs);
	vs->flags &= ~VS_PASSED;
	TAILQ_REMOVE(&v->queue, vs, queue);
	vs->batch->left--;
	vs->batch = NULL;
	if (vs->listen == NULL && !vs->in_kernel)
		ipvs_vs_free(v, vs);
	ipvs_repair_end(v);
}

void
ipvs_repair_end(struct ipvs *v)
{
	if (v->verifying || v->repair.left > 0)
		return;
	if (v->repair.result.done > 0)
		log_info("IPVS: repaired, %u changes made, %u refused",
		    v->repair.result.done, v->repair.result.failed);
	memset(&v->repair, 0, sizeof(v->repair));
}

/* Batches end in the order they came in. */
static void
batches_end(struct ipvs *v)
{
	struct ipvs_batch	*b;

	while ((b = TAILQ_FIRST(&v->batches)) != NULL) {
		if (b->left > 0)
			break;
		TAILQ_REMOVE(&v->batches, b, entry);
		v->done(v->arg, b->number, &b->result);
		free(b);
	}
	/* Once for all of a large change. */
	if (TAILQ_EMPTY(&v->queue))
		ipvs_owned_told(v);
}

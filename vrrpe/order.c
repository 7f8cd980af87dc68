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

#include <sys/types.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../imsg/engine.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "instance.h"

/*
 * Orders of the operator.  Each is logged with who gave it, and answered
 * once; the answer to a resignation is known when the hand-over has ended.
 */

#define WHO_LEN		48

static void	order_carry_out(struct vrrp *, const struct msg_order *);
static void	order_demote(struct vrrp *, const struct msg_order *);
static void	order_resign(struct vrrp *, const struct msg_order *);
static const char *order_who(const struct msg_order *, char *);
static struct vrrp *group_owner(struct vrrp *);
static void	outcome(struct vrrpe *, uint32_t, int, const char *, ...)
		    __attribute__((__format__(printf, 4, 5)));

int
order_message(struct vrrpe *env, struct imsg *msg)
{
	struct msg_order	 o;
	struct vrrp		*v;

	if (imsg_get_data(msg, &o, sizeof(o)) == -1 || o.request == 0 ||
	    o.kind >= ORDER_MAX || o.by > VRRP_DEMOTE_MAX)
		return (-1);
	if ((v = stage_vrrp(&env->run, imsg_id(msg))) != NULL)
		order_carry_out(v, &o);
	else if (engine_stale(env->engine, msg))
		outcome(env, o.request, 1, "it is not configured any more");
	else
		return (-1);
	return (0);
}

static void
order_carry_out(struct vrrp *v, const struct msg_order *o)
{
	if (!v->started || v->env->ending)
		outcome(v->env, o->request, 1, "%s: lvsd is %s",
		    v->conf.name, v->env->ending ? "ending" : "starting");
	else if (o->kind == ORDER_RESIGN)
		order_resign(v, o);
	else
		order_demote(v, o);
}

static const char *
order_who(const struct msg_order *o, char *buf)
{
	snprintf(buf, WHO_LEN, "uid %u, pid %d", o->uid, o->pid);
	return (buf);
}

/* Demote or undemote; without a number wholly, and a resignation ends. */
static void
order_demote(struct vrrp *v, const struct msg_order *o)
{
	char		 text[128], who[WHO_LEN];
	const char	*again = "";
	uint32_t	 before = v->demote, by;
	uint8_t		 prio = v->prio;

	if (v->conf.priority == PACKET_PRIO_OWNER) {
		outcome(v->env, o->request, 1, "%s has priority 255, that of "
		    "the owner of the addresses, which never changes",
		    v->conf.name);
		return;
	}
	by = o->by != 0 ? o->by : VRRP_DEMOTE_MAX;
	if (o->kind == ORDER_UNDEMOTE)
		v->demote -= by < v->demote ? by : v->demote;
	else if ((v->demote += by) > VRRP_DEMOTE_MAX)
		v->demote = VRRP_DEMOTE_MAX;
	if (o->kind == ORDER_UNDEMOTE && o->by == 0 && v->resigned) {
		again = ", takes part again";
		fsm_forget_resigned(v);
	}
	track_look(v);
	group_settle(v);
	vrrpe_tell_role(v);
	snprintf(text, sizeof(text), "demotion %u -> %u, priority %u -> %u%s",
	    before, v->demote, prio, v->prio, again);
	log_info("vrrp %s: %s by %s", v->conf.name, text, order_who(o, who));
	vrrpe_event(v, "%s by %s", text, who);
	outcome(v->env, o->request, 0, "%s: %s", v->conf.name, text);
}

/* An owner of its group, which always has to be master; NULL: none. */
static struct vrrp *
group_owner(struct vrrp *v)
{
	struct vrrp	*m;

	for (m = group_first(v); m != NULL; m = group_next(m))
		if (m->conf.priority == PACKET_PRIO_OWNER)
			return (m);
	return (NULL);
}

static void
order_resign(struct vrrp *v, const struct msg_order *o)
{
	char		 who[WHO_LEN], why[WHO_LEN + 16];
	struct vrrp	*m;

	order_who(o, who);
	log_info("vrrp %s: %s%s asked to resign by %s", v->conf.name,
	    vrrp_state_names[v->state], v->group != NULL ?
	    ", with its sync group" : "", who);
	if (v->state != VRRP_MASTER) {
		outcome(v->env, o->request, 1, "%s is not master but %s",
		    v->conf.name, vrrp_state_names[v->state]);
		return;
	}
	if ((m = group_owner(v)) != NULL) {
		outcome(v->env, o->request, 1, "%s has priority 255, that of "
		    "the owner of the addresses, which cannot resign",
		    m->conf.name);
		return;
	}
	v->order = o->request;
	snprintf(why, sizeof(why), "resigned by %s", who);
	vrrpe_event(v, "%s", why);
	for (m = group_first(v); m != NULL; m = group_next(m))
		fsm_event(m, EV_RESIGN, NULL, NULL, why);
	group_settle(v);
}

void
order_ended(struct vrrp *v, const char *why)
{
	char		addr[ADDR_STRLEN];
	uint32_t	request = v->order;

	if (request == 0 || v->state == VRRP_HANDOVER)
		return;
	v->order = 0;
	if (v->state != VRRP_BACKUP || v->master.af == 0)
		outcome(v->env, request, 1, "%s is %s%s: %s", v->conf.name,
		    v->state == VRRP_MASTER ? "still " : "",
		    vrrp_state_names[v->state], why != NULL ? why : "?");
	else
		outcome(v->env, request, 0, "handed over to %s%s%s",
		    addr_str(&v->master, addr), v->group != NULL ?
		    ", with all of sync group " : "", v->group != NULL ?
		    v->group->conf.name : "");
}

void
order_forget(struct vrrpe *env)
{
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		v->order = 0;
}

static void
outcome(struct vrrpe *env, uint32_t request, int failed, const char *fmt, ...)
{
	struct msg_outcome	out;
	va_list			ap;

	memset(&out, 0, sizeof(out));
	out.failed = failed;
	va_start(ap, fmt);
	vsnprintf(out.text, sizeof(out.text), fmt, ap);
	va_end(ap);
	engine_send(env->engine, PROC_LBE, MSG_VRRP_OUTCOME, request, &out,
	    sizeof(out));
}

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

#include <bsd/string.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "hmac.h"
#include "instance.h"
#include "vrrpe.h"

/* Longest that hosts are waited for, with which something else is wrong. */
#define JUDGED_MAX_US	(30 * 1000000)

static void	vrrpe_prepare(struct engine *);
static void	vrrpe_init(struct engine *);
static int	vrrpe_message(struct engine *, enum proc, struct imsg *);
static int	vrrpe_dispatch_parent(struct engine *, struct imsg *);
static int	vrrpe_dispatch_hce(struct engine *, struct imsg *);
static int	vrrpe_dispatch_lbe(struct engine *, struct imsg *);
static void	vrrpe_link_up(struct engine *, enum proc);
static void	vrrpe_link_down(struct engine *, enum proc);
static void	vrrpe_shutdown(struct engine *);
static int	parent_if_status(struct vrrpe *, struct imsg *);
static int	parent_socket(struct vrrpe *, struct imsg *);
static int	parent_vmac(struct vrrpe *, struct imsg *);
static int	parent_mirror_role(struct vrrpe *, struct imsg *);
static int	parent_addr_found(struct vrrpe *, struct imsg *);
static int	parent_addr_result(struct vrrpe *, struct imsg *);
static int	parent_track_value(struct vrrpe *, struct imsg *);
static int	subject_status(struct vrrpe *, enum track_kind,
		    struct imsg *);

static const struct engine_ops	vrrpe_ops = {
	.self = PROC_VRRPE,
	.coarse = 1,
	.prepare = vrrpe_prepare,
	.init = vrrpe_init,
	.message = vrrpe_message,
	.link_up = vrrpe_link_up,
	.link_down = vrrpe_link_down,
	.conf_begin = vrrpe_stage_begin,
	.conf_object = vrrpe_stage_object,
	.conf_end = vrrpe_stage_end,
	.conf_commit = vrrpe_stage_commit,
	.conf_abort = vrrpe_stage_abort,
	.conf_start = vrrpe_stage_start,
	.shutdown = vrrpe_shutdown
};

static struct vrrpe	vrrpe_env;

int
vrrpe_main(int debug, int verbose)
{
	TAILQ_INIT(&vrrpe_env.ifaces);
	stage_init(&vrrpe_env.run);
	return (engine_main(&vrrpe_ops, &vrrpe_env, debug, verbose));
}

/* OpenSSL looks for files, which there are none of later. */
static void
vrrpe_prepare(struct engine *)
{
	if ((vrrpe_env.hmac = hmac_new()) == NULL)
		fatalx("OpenSSL has no HMAC-SHA256");
}

static void
vrrpe_init(struct engine *e)
{
	vrrpe_env.engine = e;
	vrrpe_env.unjudged = monotime_add_us(monotime_now(), JUDGED_MAX_US);
}

static int
vrrpe_message(struct engine *e, enum proc from, struct imsg *msg)
{
	switch (from) {
	case PROC_PARENT:
		return (vrrpe_dispatch_parent(e, msg));
	case PROC_HCE:
		return (vrrpe_dispatch_hce(e, msg));
	case PROC_LBE:
		return (vrrpe_dispatch_lbe(e, msg));
	default:
		return (-1);
	}
}

static int
vrrpe_dispatch_parent(struct engine *e, struct imsg *msg)
{
	struct vrrpe	*env = e->arg;

	switch (imsg_type(msg)) {
	case MSG_MIRROR_ROLE:
		return (parent_mirror_role(env, msg));
	case MSG_ADDR_FOUND:
		return (parent_addr_found(env, msg));
	case MSG_IF_STATUS:
		return (parent_if_status(env, msg));
	case MSG_VRRP_SOCKET:
		return (parent_socket(env, msg));
	case MSG_VRRP_VMAC:
		return (parent_vmac(env, msg));
	case MSG_ADDR_RESULT:
		return (parent_addr_result(env, msg));
	case MSG_TRACK_VALUE:
		return (parent_track_value(env, msg));
	default:
		return (-1);
	}
}

static int
vrrpe_dispatch_hce(struct engine *e, struct imsg *msg)
{
	struct vrrpe	*env = e->arg;

	switch (imsg_type(msg)) {
	case MSG_SCRIPT_STATUS:
		return (subject_status(env, TRACK_SCRIPT, msg));
	case MSG_REFHOST_STATUS:
		return (subject_status(env, TRACK_HOST, msg));
	default:
		return (-1);
	}
}

static int
vrrpe_dispatch_lbe(struct engine *e, struct imsg *msg)
{
	struct vrrpe	*env = e->arg;

	switch (imsg_type(msg)) {
	case MSG_SERVICE_STATUS:
		return (subject_status(env, TRACK_SERVICE, msg));
	case MSG_TABLE_STATUS:
		return (subject_status(env, TRACK_TABLE, msg));
	case MSG_VRRP_ORDER:
		return (order_message(env, msg));
	case MSG_VRRP_STATS_GET:
		show_stats(env, imsg_id(msg));
		return (0);
	case MSG_HOSTS_JUDGED:
		env->unjudged.us = 0;
		return (0);
	default:
		return (-1);
	}
}

/* What another engine has told stays true while it is restarted. */
static void
vrrpe_link_up(struct engine *e, enum proc other)
{
	struct vrrpe	*env = e->arg;
	struct vrrp	*v;

	if (other != PROC_LBE)
		return;
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		if (v->started)
			vrrpe_tell_status(v);
}

static void
vrrpe_link_down(struct engine *e, enum proc other)
{
	if (other == PROC_LBE)
		order_forget(e->arg);
}

/*
 * Masters hand over: they release, and leave when another has taken over, or
 * has had the time to.
 */
static void
vrrpe_shutdown(struct engine *e)
{
	struct vrrpe	*env = e->arg;
	struct vrrp	*v;

	env->ending = 1;
	TAILQ_FOREACH(v, &env->run.vrrps, entry) {
		v->started = 0;
		fsm_event(v, v->state == VRRP_MASTER ||
		    v->state == VRRP_HANDOVER ? EV_RESIGN : EV_STOP, NULL,
		    NULL, "lvsd ends");
	}
	vrrpe_left(env);
}

void
vrrpe_left(struct vrrpe *env)
{
	struct group	*g;
	struct vrrp	*v;

	if (!env->ending)
		return;
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		if (v->state != VRRP_INIT)
			return;
	TAILQ_FOREACH(g, &env->run.groups, entry)
		group_tell(g);
	engine_exit(env->engine);
}

void
vrrpe_tell_role(struct vrrp *v)
{
	struct msg_role	role;

	memset(&role, 0, sizeof(role));
	role.state = v->state;
	role.priority = v->prio;
	role.demote = v->demote;
	role.resigned = v->resigned;
	role.since = v->since;
	engine_send(v->env->engine, PROC_PARENT, MSG_VRRP_ROLE, v->conf.id,
	    &role, sizeof(role));
	vrrpe_tell_status(v);
}

void
vrrpe_tell_status(struct vrrp *v)
{
	struct ctl_vrrp	c;

	show_fill(v, &c);
	engine_send(v->env->engine, PROC_LBE, MSG_VRRP_STATUS, v->conf.id,
	    &c, sizeof(c));
}

void
vrrpe_tell_announce(struct vrrp *v)
{
	engine_send(v->env->engine, PROC_PARENT, MSG_VRRP_ANNOUNCE,
	    v->conf.id, NULL, 0);
}

void
vrrpe_tell_rival(struct vrrp *v, const struct addr *addr, uint8_t priority)
{
	struct msg_rival	rival;

	memset(&rival, 0, sizeof(rival));
	rival.addr = *addr;
	rival.priority = priority;
	engine_send(v->env->engine, PROC_PARENT, MSG_VRRP_RIVAL, v->conf.id,
	    &rival, sizeof(rival));
}

void
vrrpe_tell_group(struct group *g)
{
	struct msg_group_role	role;

	role.state = g->role;
	engine_send(g->env->engine, PROC_PARENT, MSG_GROUP_ROLE, g->conf.id,
	    &role, sizeof(role));
}

void
vrrpe_event(struct vrrp *v, const char *fmt, ...)
{
	struct ctl_event	ev;
	va_list			ap;

	memset(&ev, 0, sizeof(ev));
	ev.kind = CTL_EVENT_VRRP;
	ev.id = v->conf.id;
	strlcpy(ev.name, v->conf.name, sizeof(ev.name));
	va_start(ap, fmt);
	vsnprintf(ev.text, sizeof(ev.text), fmt, ap);
	va_end(ap);
	engine_send(v->env->engine, PROC_LBE, MSG_EVENT, v->conf.id, &ev,
	    sizeof(ev));
}

struct iface *
vrrpe_iface(struct vrrpe *env, const char *name)
{
	struct iface	*ifc;

	TAILQ_FOREACH(ifc, &env->ifaces, entry)
		if (strcmp(ifc->status.ifname, name) == 0)
			return (ifc);
	if ((ifc = calloc(1, sizeof(*ifc))) == NULL)
		fatal("interface %s", name);
	ifc->env = env;
	lan_init(ifc);
	strlcpy(ifc->status.ifname, name, sizeof(ifc->status.ifname));
	TAILQ_INSERT_TAIL(&env->ifaces, ifc, entry);
	return (ifc);
}

/* A socket belongs to an index: with another one a new socket comes. */
static int
parent_if_status(struct vrrpe *env, struct imsg *msg)
{
	struct msg_if	 st;
	struct iface	*ifc;

	if (imsg_get_data(msg, &st, sizeof(st)) == -1 ||
	    !wire_name_ok(st.ifname, sizeof(st.ifname)) ||
	    (st.addr4.af != 0 && st.addr4.af != AF_INET) ||
	    (st.addr6.af != 0 && st.addr6.af != AF_INET6))
		return (-1);
	ifc = vrrpe_iface(env, st.ifname);
	if (ifc->status.ifindex != st.ifindex)
		lan_close(ifc);
	ifc->status = st;
	ifc->told = 1;
	track_iface(env, ifc);
	return (0);
}

static int
parent_socket(struct vrrpe *env, struct imsg *msg)
{
	struct msg_vrrp_socket	 s;
	struct iface		*ifc;
	int			 fd;

	if (imsg_get_data(msg, &s, sizeof(s)) == -1 || s.ifindex == 0 ||
	    (s.af != AF_INET && s.af != AF_INET6) ||
	    s.kind >= VSOCK_KIND_MAX || (fd = imsg_get_fd(msg)) == -1)
		return (-1);
	TAILQ_FOREACH(ifc, &env->ifaces, entry)
		if (ifc->status.ifindex == s.ifindex)
			break;
	if (ifc == NULL) {
		log_debug("socket for interface %u, which is not in use",
		    s.ifindex);
		close(fd);
		return (0);
	}
	recv_open(&lan_of(ifc, s.af)->sock[s.kind], fd);
	track_iface(env, ifc);
	return (0);
}

static int
parent_vmac(struct vrrpe *env, struct imsg *msg)
{
	struct msg_vmac	 m;
	struct vrrp	*v;
	int		 fd;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1)
		return (-1);
	if ((v = stage_vrrp(&env->run, imsg_id(msg))) == NULL)
		return (engine_stale(env->engine, msg) ? 0 : -1);
	if ((v->conf.flags & VRRP_F_VMAC) == 0)
		return (-1);
	fd = imsg_get_fd(msg);
	if ((m.ifindex != 0) != (fd != -1)) {
		if (fd != -1)
			close(fd);
		return (-1);
	}
	lan_vmac(v, m.ifindex, fd);
	track_look(v);
	group_settle(v);
	return (0);
}

/*
 * Our forerunner was master, and the addresses are still there: the start
 * will take the role back if nothing stands against it.  In the course of a
 * hand-over it has to find out first who is.
 */
static int
parent_mirror_role(struct vrrpe *env, struct imsg *msg)
{
	struct msg_role	 role;
	struct vrrp	*v;

	if (imsg_get_data(msg, &role, sizeof(role)) == -1 ||
	    !msg_role_ok(&role))
		return (-1);
	if ((v = stage_vrrp(&env->run, imsg_id(msg))) == NULL)
		return (engine_stale(env->engine, msg) ? 0 : -1);
	if (v->started)
		return (-1);
	v->demote = role.demote;
	v->resigned = role.resigned;
	if (role.state == VRRP_MASTER) {
		v->resume = 1;
		v->since = role.since;
	}
	v->found = role.state == VRRP_HANDOVER;
	return (0);
}

/* An lvsd before this one has left them, so soon ago that they are there. */
static int
parent_addr_found(struct vrrpe *env, struct imsg *msg)
{
	struct vrrp	*v;

	if ((v = stage_vrrp(&env->run, imsg_id(msg))) == NULL)
		return (engine_stale(env->engine, msg) ? 0 : -1);
	if (v->started)
		return (-1);
	v->found = 1;
	return (0);
}

static int
parent_addr_result(struct vrrpe *env, struct imsg *msg)
{
	struct msg_result	 res;
	struct vrrp		*v;

	if (imsg_get_data(msg, &res, sizeof(res)) == -1)
		return (-1);
	if ((v = stage_vrrp(&env->run, imsg_id(msg))) == NULL)
		return (engine_stale(env->engine, msg) ? 0 : -1);
	fsm_addrs(v);
	if (v->addr_error == res.error)
		return (0);
	v->addr_error = res.error;
	if (res.error != 0)
		log_warnx("vrrp %s: not all that it holds is there: %s",
		    v->conf.name, strerror(res.error));
	if (v->started)
		vrrpe_tell_status(v);
	return (0);
}

static int
parent_track_value(struct vrrpe *env, struct imsg *msg)
{
	struct msg_track	 m;
	struct subject		*s;

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 || m.ok > 1 ||
	    m.value < -TRACK_VALUE_MAX || m.value > TRACK_VALUE_MAX)
		return (-1);
	s = stage_subject(&env->run, imsg_id(msg));
	if (s == NULL || (s->kind != TRACK_PROCESS && s->kind != TRACK_FILE))
		return (engine_stale(env->engine, msg) ? 0 : -1);
	s->state = m.ok ? CTL_TRACK_WELL : CTL_TRACK_FAILS;
	s->value = m.value;
	track_subject(env, s);
	return (0);
}

/* How something of this kind is, by its owner. */
static int
subject_status(struct vrrpe *env, enum track_kind kind, struct imsg *msg)
{
	struct msg_onoff	 st;
	struct subject		*s;
	enum ctl_track_state	 state;

	if (imsg_get_data(msg, &st, sizeof(st)) == -1 || st.on > 1)
		return (-1);
	s = stage_subject(&env->run, imsg_id(msg));
	if (s == NULL || s->kind != kind)
		return (engine_stale(env->engine, msg) ? 0 : -1);
	state = st.on ? CTL_TRACK_WELL : CTL_TRACK_FAILS;
	if (s->state == state)
		return (0);
	s->state = state;
	track_subject(env, s);
	return (0);
}

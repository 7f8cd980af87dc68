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

#include <bsd/sys/queue.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/ctl.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "ipvs.h"
#include "net.h"
#include "notify.h"
#include "parent.h"
#include "track.h"

/*
 * Without vrrpe no adverts are sent, and the other director takes over after
 * three of its intervals: addresses held much longer would be on both.
 */
#define VRRPE_AWAY_S	5

/* The sockets that vrrpe was given, by interface. */
struct vrrp_socket {
	TAILQ_ENTRY(vrrp_socket) entry;
	char			 ifname[IFNAMSIZ];
	uint32_t		 ifindex;
	unsigned int		 has;		/* SOCKET() */
};
TAILQ_HEAD(vrrp_socket_list, vrrp_socket);

struct vrrp_sockets {
	struct vrrp_socket_list	list;
};

/* One of a kind and a family, as a bit. */
#define SOCKET(kind, af)						\
	(1U << ((kind) * 2 + ((af) == AF_INET6)))

static int	vrrpe_role(struct parent *, struct imsg *);
static int	vrrpe_announce(struct parent *, struct imsg *);
static int	vrrpe_rival(struct parent *, struct imsg *);
static int	vrrpe_group(struct parent *, struct imsg *);
static struct conf_vrrp *vrrpe_find(struct parent *, struct imsg *, int *);
static void	vrrpe_mirror(void *, uint32_t, const struct msg_role *);
static void	vrrpe_found(void *, uint32_t);
static unsigned int sockets_on(const struct conf *, const char *);
static struct vrrp_socket *sockets_find(struct vrrp_sockets *, const char *);
static void	sockets_clear(struct vrrp_sockets *);
static void	sockets_prune(struct parent *);
static void	sockets_update(struct parent *, const struct msg_if *);
static void	sockets_send(struct parent *, struct vrrp_socket *,
		    enum vsock_kind, sa_family_t);

int
dispatch_vrrpe(struct parent *env, struct imsg *imsg)
{
	switch (imsg_type(imsg)) {
	case MSG_VRRP_ROLE:
		return (vrrpe_role(env, imsg));
	case MSG_VRRP_ANNOUNCE:
		return (vrrpe_announce(env, imsg));
	case MSG_VRRP_RIVAL:
		return (vrrpe_rival(env, imsg));
	case MSG_GROUP_ROLE:
		return (vrrpe_group(env, imsg));
	default:
		return (-1);
	}
}

/* NULL with *rc: 0 when a reload has removed it meanwhile, else -1. */
static struct conf_vrrp *
vrrpe_find(struct parent *env, struct imsg *imsg, int *rc)
{
	struct conf_vrrp	*v;

	if ((v = conf_find_vrrp(env->conf, imsg_id(imsg))) == NULL)
		*rc = imsg_gen(imsg) < env->conf->generation ? 0 : -1;
	return (v);
}

static int
vrrpe_role(struct parent *env, struct imsg *imsg)
{
	struct conf_vrrp	*v;
	struct msg_role		 role;
	int			 rc;

	if (imsg_get_data(imsg, &role, sizeof(role)) == -1 ||
	    !msg_role_ok(&role))
		return (-1);
	if ((v = vrrpe_find(env, imsg, &rc)) == NULL)
		return (rc);
	if ((rc = mirror_set_role(env->mirror, v->conf.id, &role)) == -1)
		log_warn("vrrp %s", v->conf.name);
	dispatch_sync(env);
	if (rc != 1)
		role_act(env, v, role.state);
	notify_role(env, v, &role);
	return (0);
}

/*
 * Connections are sent by who has the addresses.  As long as no role is known
 * a daemon of an lvsd before this one is right.
 */
void
dispatch_sync(struct parent *env)
{
	const struct conf_sync	*s = env->conf->sync;
	uint32_t		 state = VRRP_BACKUP;

	if (!env->ipvs_runs)
		return;
	if (s != NULL)
		state = mirror_role(env->mirror, s->vrrp->conf.id);
	if (state != VRRP_INIT || env->stopping)
		ipvs_sync_role(env->ipvs, state == VRRP_MASTER ||
		    state == VRRP_HANDOVER);
}

static int
vrrpe_announce(struct parent *env, struct imsg *imsg)
{
	struct conf_vrrp	*v;
	int			 rc;

	if ((v = vrrpe_find(env, imsg, &rc)) == NULL)
		return (rc);
	if (!env->stopping)
		net_announce(env->net, v);
	return (0);
}

static int
vrrpe_rival(struct parent *env, struct imsg *imsg)
{
	struct conf_vrrp	*v;
	struct msg_rival	 rival;
	int			 rc;

	if (imsg_get_data(imsg, &rival, sizeof(rival)) == -1 ||
	    !addr_valid(&rival.addr) || rival.priority > UINT8_MAX)
		return (-1);
	if ((v = vrrpe_find(env, imsg, &rc)) == NULL)
		return (rc);
	if (!env->stopping)
		notify_rival(env, v, &rival);
	return (0);
}

static int
vrrpe_group(struct parent *env, struct imsg *imsg)
{
	struct conf_group	*g;
	struct msg_group_role	 role;

	if (imsg_get_data(imsg, &role, sizeof(role)) == -1 ||
	    role.state >= VRRP_STATE_MAX)
		return (-1);
	if ((g = conf_find_group(env->conf, imsg_id(imsg))) == NULL)
		return (imsg_gen(imsg) < env->conf->generation ? 0 : -1);
	notify_group(env, g, role.state);
	return (0);
}

/*
 * What vrrpe is to have besides the configuration: the roles its forerunner
 * had, every interface, sockets.  fresh: it has just been started.
 */
void
feed_vrrpe(struct parent *env, int fresh)
{
	if (fresh) {
		evtimer_del(env->ev_away);
		sockets_clear(env->vrrp_sockets);
		mirror_new_vrrpe(env->mirror);
		mirror_each_role(env->mirror, vrrpe_mirror, env);
		net_each_found(env->net, vrrpe_found, env);
	}
	sockets_prune(env);
	net_each_iface(env->net);
	net_each_vmac(env->net);
	track_processes_tell(env->processes);
	track_files_tell(env->files, 0);
}

/* Of an lvsd before this one; its role may be ours still. */
static void
vrrpe_found(void *arg, uint32_t id)
{
	proc_send(arg, PROC_VRRPE, MSG_ADDR_FOUND, id, -1, NULL, 0);
}

static void
vrrpe_mirror(void *arg, uint32_t id, const struct msg_role *role)
{
	proc_send(arg, PROC_VRRPE, MSG_MIRROR_ROLE, id, -1, role,
	    sizeof(*role));
}

void
lost_vrrpe(struct parent *env)
{
	struct timeval	tv = { VRRPE_AWAY_S, 0 };

	sockets_clear(env->vrrp_sockets);
	if (env->stopping) {
		net_release_all(env->net);
		notify_ended(env);
	} else if (!evtimer_pending(env->ev_away, NULL))
		evtimer_add(env->ev_away, &tv);
}

void
dispatch_vrrpe_away(int, short, void *arg)
{
	struct parent	*env = arg;

	if (TAILQ_EMPTY(&env->conf->vrrps))
		return;
	log_warnx("vrrpe is away for %d seconds: all virtual addresses are "
	    "given up", VRRPE_AWAY_S);
	net_release_all(env->net);
	mirror_forget_roles(env->mirror);
	role_away(env);
	if (env->ipvs_runs)
		ipvs_sync_role(env->ipvs, 0);
	notify_away(env);
}

/* Callback of track.h. */

void
dispatch_track(void *arg, uint32_t id, const struct msg_track *m)
{
	struct parent			*env = arg;
	const struct conf_trackfile	*f;

	TAILQ_FOREACH(f, &env->conf->trackfiles, entry)
		if (f->id == id && f->checked) {
			dispatch_file(env, id, m);
			return;
		}
	if (env->engine[PROC_VRRPE].state == ENGINE_RUNNING)
		proc_send(env, PROC_VRRPE, MSG_TRACK_VALUE, id, -1, m,
		    sizeof(*m));
}

/* Callbacks of net.h. */

void
dispatch_iface(void *arg, const struct msg_if *mif)
{
	struct parent	*env = arg;

	if (env->engine[PROC_VRRPE].state != ENGINE_RUNNING)
		return;
	/* First the interface, then the sockets on it. */
	proc_send(env, PROC_VRRPE, MSG_IF_STATUS, 0, -1, mif, sizeof(*mif));
	sockets_update(env, mif);
}

void
dispatch_addr_result(void *arg, uint32_t id, int error, uint32_t done)
{
	struct parent		*env = arg;
	struct msg_result	 result;

	/* One that has just begun asks itself, and knows no instance yet. */
	if (env->engine[PROC_VRRPE].state != ENGINE_RUNNING)
		return;
	memset(&result, 0, sizeof(result));
	result.error = error;
	result.done = done;
	result.failed = error != 0;
	proc_send(env, PROC_VRRPE, MSG_ADDR_RESULT, id, -1, &result,
	    sizeof(result));
}

void
dispatch_repaired(void *, const char *text)
{
	log_warnx("%s", text);
}

/* Without a socket it is of no use: as if there were none. */
void
dispatch_vmac(void *arg, uint32_t id, uint32_t ifindex, const char *ifname)
{
	struct parent		*env = arg;
	struct conf_vrrp	*v;
	struct msg_vmac		 msg;
	int			 fd = -1;

	if (env->engine[PROC_VRRPE].state != ENGINE_RUNNING ||
	    (v = conf_find_vrrp(env->conf, id)) == NULL)
		return;
	if (ifindex != 0 && (fd = net_vmac_socket(ifindex, ifname,
	    v->conf.af)) == -1)
		log_warn("vrrp %s: socket on %s", v->conf.name, ifname);
	memset(&msg, 0, sizeof(msg));
	msg.ifindex = fd != -1 ? ifindex : 0;
	proc_send(env, PROC_VRRPE, MSG_VRRP_VMAC, id, fd, &msg, sizeof(msg));
}

/* Sockets. */

struct vrrp_sockets *
vrrp_sockets_new(void)
{
	struct vrrp_sockets	*vs;

	if ((vs = calloc(1, sizeof(*vs))) != NULL)
		TAILQ_INIT(&vs->list);
	return (vs);
}

void
vrrp_sockets_free(struct vrrp_sockets *vs)
{
	if (vs != NULL)
		sockets_clear(vs);
	free(vs);
}

static void
sockets_clear(struct vrrp_sockets *vs)
{
	struct vrrp_socket	*s;

	while ((s = TAILQ_FIRST(&vs->list)) != NULL) {
		TAILQ_REMOVE(&vs->list, s, entry);
		free(s);
	}
}

static struct vrrp_socket *
sockets_find(struct vrrp_sockets *vs, const char *ifname)
{
	struct vrrp_socket	*s;

	TAILQ_FOREACH(s, &vs->list, entry)
		if (strcmp(s->ifname, ifname) == 0)
			return (s);
	return (NULL);
}

/* What the instances on an interface talk through. */
static unsigned int
sockets_on(const struct conf *conf, const char *ifname)
{
	const struct conf_vrrp	*v;
	unsigned int		 wanted = 0;

	TAILQ_FOREACH(v, &conf->vrrps, entry)
		if (strcmp(v->conf.ifname, ifname) == 0)
			wanted |= SOCKET(v->conf.flags & VRRP_F_UNICAST ?
			    VSOCK_UNICAST : VSOCK_GROUP, v->conf.af);
	return (wanted);
}

/* vrrpe closes the sockets that none of its instances talks through. */
static void
sockets_prune(struct parent *env)
{
	struct vrrp_socket	*s, *next;

	TAILQ_FOREACH_SAFE(s, &env->vrrp_sockets->list, entry, next) {
		s->has &= sockets_on(env->conf, s->ifname);
		if (s->has != 0)
			continue;
		TAILQ_REMOVE(&env->vrrp_sockets->list, s, entry);
		free(s);
	}
}

/*
 * See that vrrpe has each socket used on this interface, new ones when the
 * interface is another of the same name.
 */
static void
sockets_update(struct parent *env, const struct msg_if *mif)
{
	struct vrrp_socket	*s;
	unsigned int		 wanted;
	int			 kind;

	wanted = sockets_on(env->conf, mif->ifname);
	if ((s = sockets_find(env->vrrp_sockets, mif->ifname)) == NULL) {
		if (wanted == 0 || mif->ifindex == 0)
			return;
		if ((s = calloc(1, sizeof(*s))) == NULL) {
			log_warn("sockets on %s", mif->ifname);
			return;
		}
		memcpy(s->ifname, mif->ifname, sizeof(s->ifname));
		TAILQ_INSERT_TAIL(&env->vrrp_sockets->list, s, entry);
	}
	if (s->ifindex != mif->ifindex) {
		s->ifindex = mif->ifindex;
		s->has = 0;
	}
	if (s->ifindex == 0)
		return;
	wanted &= ~s->has;
	for (kind = 0; kind < VSOCK_KIND_MAX; kind++) {
		if (wanted & SOCKET(kind, AF_INET))
			sockets_send(env, s, kind, AF_INET);
		if (wanted & SOCKET(kind, AF_INET6))
			sockets_send(env, s, kind, AF_INET6);
	}
}

/* What fails is tried again when the interface changes. */
static void
sockets_send(struct parent *env, struct vrrp_socket *s, enum vsock_kind kind,
    sa_family_t af)
{
	struct msg_vrrp_socket	msg;
	int			fd;

	if ((fd = net_vrrp_socket(s->ifindex, s->ifname, af, kind)) == -1) {
		log_warn("%s: VRRP socket for %s", s->ifname,
		    af == AF_INET ? "IPv4" : "IPv6");
		return;
	}
	memset(&msg, 0, sizeof(msg));
	msg.ifindex = s->ifindex;
	msg.af = af;
	msg.kind = kind;
	s->has |= SOCKET(kind, af);
	proc_send(env, PROC_VRRPE, MSG_VRRP_SOCKET, 0, fd, &msg, sizeof(msg));
}

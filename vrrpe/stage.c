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

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/engine.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "instance.h"

static int	stage_global(struct tree *, struct imsg *);
static int	stage_group(struct vrrpe *, struct imsg *);
static int	stage_instance(struct vrrpe *, struct imsg *);
static int	stage_hmac(struct tree *, struct imsg *);
static int	stage_peer(struct tree *, struct imsg *);
static int	stage_vaddr(struct tree *, struct imsg *);
static int	stage_track(struct vrrpe *, struct imsg *);
static struct subject *stage_tracked(struct tree *,
		    const struct track_config *);
static struct group *group_find(const struct tree *, uint32_t);
static void	settle_all(struct vrrpe *);
static int	same_router(const struct vrrp *, const struct vrrp *);
static int	same_content(const struct vrrp *, const struct vrrp *);
static void	commit_subjects(struct tree *, struct tree *);
static void	commit_retire(struct vrrpe *, struct tree *);
static void	commit_adopt(struct vrrp *, struct vrrp *);
static void	commit_roles(const struct tree *, struct tree *);
static void	commit_groups(struct tree *);
static void	commit_index(struct vrrpe *);
static void	ifaces_prune(struct vrrpe *);
static int	iface_runs(const struct vrrpe *, struct iface *);
static int	iface_tracked(const struct vrrpe *, const struct iface *);
static void	subjects_free(struct subject_list *);
static void	groups_free(struct group_list *);
static void	vrrp_free(struct vrrp *);
static void	tree_free(struct tree *);

/*
 * The configuration comes in objects, is staged in a tree of its own and
 * takes the running one's place at the commit.  Instances of the same id
 * stay the same structure, with timers, role and counters, and take over
 * what is new from the staged one.
 */

void
stage_init(struct tree *t)
{
	TAILQ_INIT(&t->vrrps);
	TAILQ_INIT(&t->groups);
	TAILQ_INIT(&t->subjects);
}

void
vrrpe_stage_begin(struct engine *e)
{
	struct vrrpe	*env = e->arg;

	if ((env->staged = calloc(1, sizeof(*env->staged))) == NULL)
		fatal("configuration");
	stage_init(env->staged);
}

int
vrrpe_stage_object(struct engine *e, struct imsg *msg)
{
	struct vrrpe	*env = e->arg;

	switch (imsg_type(msg)) {
	case MSG_CONF_GLOBAL:
		return (stage_global(env->staged, msg));
	case MSG_CONF_GROUP:
		return (stage_group(env, msg));
	case MSG_CONF_VRRP:
		return (stage_instance(env, msg));
	case MSG_CONF_HMAC:
		return (stage_hmac(env->staged, msg));
	case MSG_CONF_PEER:
		return (stage_peer(env->staged, msg));
	case MSG_CONF_VADDR:
		return (stage_vaddr(env->staged, msg));
	case MSG_CONF_TRACK:
		return (stage_track(env, msg));
	default:
		return (-1);
	}
}

static int
stage_global(struct tree *t, struct imsg *msg)
{
	if (imsg_get_data(msg, &t->global, sizeof(t->global)) == -1)
		return (-1);
	return (global_config_ok(&t->global) ? 0 : -1);
}

static int
stage_group(struct vrrpe *env, struct imsg *msg)
{
	struct tree		*t = env->staged;
	struct group_config	 conf;
	struct group		*g;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !group_config_ok(&conf) || conf.id == 0 ||
	    group_find(t, conf.id) != NULL)
		return (-1);
	if ((g = calloc(1, sizeof(*g))) == NULL)
		fatal("configuration");
	g->env = env;
	g->conf = conf;
	g->role = VRRP_INIT;
	TAILQ_INIT(&g->members);
	TAILQ_INSERT_TAIL(&t->groups, g, entry);
	return (0);
}

static int
stage_instance(struct vrrpe *env, struct imsg *msg)
{
	struct vrrp_config	 conf;
	struct vrrp		*v;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !vrrp_config_ok(&conf) || conf.id == 0 ||
	    stage_vrrp(env->staged, conf.id) != NULL ||
	    (conf.group_id != 0 &&
	    group_find(env->staged, conf.group_id) == NULL))
		return (-1);
	if ((v = calloc(1, sizeof(*v))) == NULL)
		fatal("configuration");
	v->env = env;
	v->conf = conf;
	v->prio = conf.priority;
	v->mai_cs = conf.advert_cs;
	v->iface = vrrpe_iface(env, conf.ifname);
	v->lan = lan_of(v->iface, conf.af);
	TAILQ_INIT(&v->trackers);
	TAILQ_INSERT_TAIL(&env->staged->vrrps, v, entry);
	explicit_bzero(&conf, sizeof(conf));
	return (0);
}

static int
stage_hmac(struct tree *t, struct imsg *msg)
{
	struct hmac_config	 conf;
	struct vrrp		*v;
	int			 rc = -1;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == 0 &&
	    hmac_config_ok(&conf) &&
	    (v = stage_vrrp(t, conf.vrrp_id)) != NULL &&
	    v->conf.auth == VRRP_AUTH_NONE && v->auth == NULL) {
		v->auth = auth_new(&conf);
		rc = 0;
	}
	explicit_bzero(&conf, sizeof(conf));
	return (rc);
}

static int
stage_peer(struct tree *t, struct imsg *msg)
{
	struct peer_config	 conf;
	struct vpeer		*peers;
	struct vrrp		*v;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !peer_config_ok(&conf) ||
	    (v = stage_vrrp(t, conf.vrrp_id)) == NULL ||
	    !(v->conf.flags & VRRP_F_UNICAST) ||
	    conf.addr.af != v->conf.af || v->npeers == VRRP_PEER_MAX)
		return (-1);
	peers = recallocarray(v->peers, v->npeers, v->npeers + 1,
	    sizeof(*peers));
	if (peers == NULL)
		fatal("configuration");
	v->peers = peers;
	v->peers[v->npeers++].conf = conf;
	return (0);
}

static int
stage_vaddr(struct tree *t, struct imsg *msg)
{
	struct vaddr_config	 conf;
	struct vrrp		*v;
	struct addr		*addrs;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !vaddr_config_ok(&conf) ||
	    (v = stage_vrrp(t, conf.vrrp_id)) == NULL)
		return (-1);
	if (conf.flags & VADDR_F_EXCLUDED)
		return (0);
	if (conf.addr.af != v->conf.af || v->naddrs == PACKET_ADDRS_MAX)
		return (-1);
	addrs = reallocarray(v->addrs, v->naddrs + 1, sizeof(*addrs));
	if (addrs == NULL)
		fatal("configuration");
	v->addrs = addrs;
	v->addrs[v->naddrs++] = conf.addr;
	return (0);
}

static int
stage_track(struct vrrpe *env, struct imsg *msg)
{
	struct track_config	 conf;
	struct subject		*s = NULL;
	struct tracker		*t;
	struct vrrp		*v;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !track_config_ok(&conf) ||
	    (v = stage_vrrp(env->staged, conf.vrrp_id)) == NULL ||
	    v->ntrackers == TRACK_COUNT_MAX)
		return (-1);
	if (conf.kind != TRACK_INTERFACE &&
	    (s = stage_tracked(env->staged, &conf)) == NULL)
		return (-1);

	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("configuration");
	t->conf = conf;
	t->subject = s;
	if (conf.kind == TRACK_INTERFACE)
		t->iface = vrrpe_iface(env, conf.ifname);
	TAILQ_INSERT_TAIL(&v->trackers, t, entry);
	v->ntrackers++;
	return (0);
}

/* Several instances may track the same; NULL: the id is of another kind. */
static struct subject *
stage_tracked(struct tree *t, const struct track_config *conf)
{
	struct subject	*s;

	if ((s = stage_subject(t, conf->ref_id)) != NULL)
		return (s->kind == conf->kind ? s : NULL);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("configuration");
	s->id = conf->ref_id;
	s->kind = conf->kind;
	TAILQ_INSERT_TAIL(&t->subjects, s, entry);
	return (s);
}

const char *
vrrpe_stage_end(struct engine *e)
{
	struct vrrpe	*env = e->arg;
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->staged->vrrps, entry) {
		if (v->naddrs == 0)
			snprintf(env->wrong, sizeof(env->wrong),
			    "vrrp \"%s\" has no address", v->conf.name);
		else if ((v->conf.flags & VRRP_F_UNICAST) && v->npeers == 0)
			snprintf(env->wrong, sizeof(env->wrong),
			    "vrrp \"%s\" has no peer", v->conf.name);
		else
			continue;
		return (env->wrong);
	}
	return (NULL);
}

void
vrrpe_stage_commit(struct engine *e)
{
	struct vrrpe	*env = e->arg;
	struct tree	*new = env->staged;
	struct vrrp	*v, *old;

	memory_lock(env->run.global.lock_memory, new->global.lock_memory);
	env->run.global = new->global;
	commit_retire(env, new);
	commit_subjects(&env->run, new);
	commit_roles(&env->run, new);
	groups_free(&env->run.groups);
	TAILQ_CONCAT(&env->run.groups, &new->groups, entry);

	while ((v = TAILQ_FIRST(&new->vrrps)) != NULL) {
		TAILQ_REMOVE(&new->vrrps, v, entry);
		if ((old = stage_vrrp(&env->run, v->conf.id)) != NULL) {
			commit_adopt(old, v);
			vrrp_free(v);
		} else {
			timer_new(v);
			TAILQ_INSERT_TAIL(&env->run.vrrps, v, entry);
		}
	}
	commit_groups(&env->run);
	commit_index(env);
	tree_free(new);
	env->staged = NULL;
	settle_all(env);
}

void
vrrpe_stage_abort(struct engine *e)
{
	struct vrrpe	*env = e->arg;

	tree_free(env->staged);
	env->staged = NULL;
	ifaces_prune(env);
}

void
vrrpe_stage_start(struct engine *e)
{
	struct vrrpe	*env = e->arg;
	struct vrrp	*v;

	ifaces_prune(env);
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		v->started = 1;
	settle_all(env);
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		vrrpe_tell_status(v);
}

static void
settle_all(struct vrrpe *env)
{
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		track_look(v);
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		group_settle(v);
}

/*
 * Is it the same virtual router to the network?  With another interface or
 * VRID it is not, and with another version or way to the others nobody would
 * understand it.
 */
static int
same_router(const struct vrrp *a, const struct vrrp *b)
{
	return (a->lan == b->lan && a->conf.vrid == b->conf.vrid &&
	    a->conf.version == b->conf.version &&
	    ((a->conf.flags ^ b->conf.flags) & VRRP_F_UNICAST) == 0);
}

/*
 * Do the adverts and timers of both agree, trackers aside?  What concerns a
 * start or a preemption is looked at when it comes to that.
 */
static int
same_content(const struct vrrp *a, const struct vrrp *b)
{
	return (a->conf.priority == b->conf.priority &&
	    a->conf.advert_cs == b->conf.advert_cs &&
	    a->conf.auth == b->conf.auth &&
	    memcmp(a->conf.pass, b->conf.pass, sizeof(a->conf.pass)) == 0 &&
	    auth_same(a->auth, b->auth) &&
	    addr_cmp(&a->conf.source, &b->conf.source) == 0 &&
	    ((a->conf.flags ^ b->conf.flags) & VRRP_F_RFC9568) == 0 &&
	    a->naddrs == b->naddrs &&
	    memcmp(a->addrs, b->addrs, a->naddrs * sizeof(*a->addrs)) == 0);
}

/*
 * End what is not in the new tree.  A master among them releases, so that
 * its peer takes over at once; the parent removes the addresses by itself.
 * One that has become another router ends too, and starts anew.
 */
static void
commit_retire(struct vrrpe *env, struct tree *new)
{
	struct vrrp	*v, *next, *n;

	for (v = TAILQ_FIRST(&env->run.vrrps); v != NULL; v = next) {
		next = TAILQ_NEXT(v, entry);
		n = stage_vrrp(new, v->conf.id);
		if (n != NULL && same_router(v, n))
			continue;
		if (n != NULL) {
			n->demote = v->demote;
			n->resigned = v->resigned;
		}
		fsm_event(v, EV_STOP, NULL, NULL, n == NULL ?
		    "not configured any more" : "configured anew");
		TAILQ_REMOVE(&env->run.vrrps, v, entry);
		vrrp_free(v);
	}
}

/* What is known of it stays known. */
static void
commit_subjects(struct tree *run, struct tree *new)
{
	struct subject	*s, *old;

	TAILQ_FOREACH(s, &new->subjects, entry)
		if ((old = stage_subject(run, s->id)) != NULL) {
			s->state = old->state;
			s->value = old->value;
		}
	subjects_free(&run->subjects);
	TAILQ_CONCAT(&run->subjects, &new->subjects, entry);
}

/* The staged instance is left with what the running one had. */
static void
commit_adopt(struct vrrp *v, struct vrrp *new)
{
	struct tracker_list	 trackers;
	struct addr		*addrs = v->addrs;
	uint32_t		 naddrs = v->naddrs;
	struct vpeer		*peers = v->peers;
	uint32_t		 npeers = v->npeers;

	v->changed |= !same_content(v, new);
	v->conf = new->conf;
	v->addrs = new->addrs;
	v->naddrs = new->naddrs;
	new->addrs = addrs;
	new->naddrs = naddrs;
	v->peers = new->peers;
	v->npeers = new->npeers;
	new->peers = peers;
	new->npeers = npeers;
	auth_adopt(v, new);
	send_forget(v);
	if ((v->conf.flags & VRRP_F_VMAC) == 0)
		lan_vmac(v, 0, -1);

	TAILQ_INIT(&trackers);
	TAILQ_CONCAT(&trackers, &v->trackers, entry);
	TAILQ_CONCAT(&v->trackers, &new->trackers, entry);
	TAILQ_CONCAT(&new->trackers, &trackers, entry);
	v->ntrackers = new->ntrackers;
	fsm_repreempt(v);
}

/* What was told of groups need not be told again. */
static void
commit_roles(const struct tree *run, struct tree *new)
{
	struct group	*g, *old;

	TAILQ_FOREACH(g, &new->groups, entry)
		if ((old = group_find(run, g->conf.id)) != NULL)
			g->role = old->role;
}

static void
commit_groups(struct tree *t)
{
	struct vrrp	*v;

	TAILQ_FOREACH(v, &t->vrrps, entry) {
		v->group = group_find(t, v->conf.group_id);
		if (v->group != NULL)
			TAILQ_INSERT_TAIL(&v->group->members, v, member);
	}
}

static void
commit_index(struct vrrpe *env)
{
	struct iface	*ifc;
	struct vrrp	*v;
	int		 i;

	TAILQ_FOREACH(ifc, &env->ifaces, entry)
		for (i = 0; i < LAN_MAX; i++)
			memset(ifc->lan[i].vrid, 0, sizeof(ifc->lan[i].vrid));
	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		v->lan->vrid[v->conf.vrid] = v;
}

/*
 * Interfaces that no configuration names any more, and sockets that no
 * instance talks through any more.
 */
static void
ifaces_prune(struct vrrpe *env)
{
	struct iface	*ifc, *next;

	if (env->staged != NULL)
		return;
	for (ifc = TAILQ_FIRST(&env->ifaces); ifc != NULL; ifc = next) {
		next = TAILQ_NEXT(ifc, entry);
		if (iface_runs(env, ifc) || iface_tracked(env, ifc))
			continue;
		lan_close(ifc);
		TAILQ_REMOVE(&env->ifaces, ifc, entry);
		free(ifc);
	}
}

/* Closes the sockets that are not used; 1 when one is. */
static int
iface_runs(const struct vrrpe *env, struct iface *ifc)
{
	struct vsock	*s;
	struct vrrp	*v;
	int		 i, used = 0;

	for (i = 0; i < LAN_MAX * VSOCK_KIND_MAX; i++) {
		s = &ifc->lan[i / VSOCK_KIND_MAX].sock[i % VSOCK_KIND_MAX];
		TAILQ_FOREACH(v, &env->run.vrrps, entry)
			if (lan_socket(v) == s)
				break;
		if (v == NULL)
			recv_close(s);
		else
			used = 1;
	}
	return (used);
}

static int
iface_tracked(const struct vrrpe *env, const struct iface *ifc)
{
	struct tracker	*t;
	struct vrrp	*v;

	TAILQ_FOREACH(v, &env->run.vrrps, entry)
		TAILQ_FOREACH(t, &v->trackers, entry)
			if (t->iface == ifc)
				return (1);
	return (0);
}

struct vrrp *
stage_vrrp(const struct tree *t, uint32_t id)
{
	struct vrrp	*v;

	TAILQ_FOREACH(v, &t->vrrps, entry)
		if (v->conf.id == id)
			return (v);
	return (NULL);
}

struct subject *
stage_subject(const struct tree *t, uint32_t id)
{
	struct subject	*s;

	TAILQ_FOREACH(s, &t->subjects, entry)
		if (s->id == id)
			return (s);
	return (NULL);
}

static struct group *
group_find(const struct tree *t, uint32_t id)
{
	struct group	*g;

	TAILQ_FOREACH(g, &t->groups, entry)
		if (g->conf.id == id)
			return (g);
	return (NULL);
}

static void
subjects_free(struct subject_list *list)
{
	struct subject	*s;

	while ((s = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, s, entry);
		free(s);
	}
}

static void
groups_free(struct group_list *list)
{
	struct group	*g;

	while ((g = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, g, entry);
		free(g);
	}
}

static void
vrrp_free(struct vrrp *v)
{
	struct tracker	*t;

	while ((t = TAILQ_FIRST(&v->trackers)) != NULL) {
		TAILQ_REMOVE(&v->trackers, t, entry);
		free(t);
	}
	timer_free(v);
	send_forget(v);
	lan_vmac(v, 0, -1);
	auth_free(v->auth);
	free(v->peers);
	free(v->addrs);
	freezero(v, sizeof(*v));
}

static void
tree_free(struct tree *t)
{
	struct vrrp	*v;

	while ((v = TAILQ_FIRST(&t->vrrps)) != NULL) {
		TAILQ_REMOVE(&t->vrrps, v, entry);
		vrrp_free(v);
	}
	groups_free(&t->groups);
	subjects_free(&t->subjects);
	free(t);
}

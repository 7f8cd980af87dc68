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

#include <netinet/in.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"

static int	vrrp_cmp(struct lbe_vrrp *, struct lbe_vrrp *);
static int	vrrp_ok(const struct ctl_vrrp *);
static struct lbe_vrrp *vrrp_status(struct lbe_env *,
		    const struct ctl_vrrp *);
static void	vrrp_rival(struct lbe_env *, struct lbe_vrrp *);
static void	vrrp_purge(struct lbe_env *);
static void	show_next(struct client *);
static void	show_pool(struct show *);
static void	show_service(struct client *);
static void	show_listen(struct client *);
static void	show_table(struct client *);
static void	show_host(struct client *);
static void	show_vrrp(struct client *);
static void	show_end(struct client *);
static void	send_service(struct client *, const struct lbe_service *);
static void	service_vrrp(struct lbe_env *, const struct lbe_service *,
		    struct ctl_service *);
static void	send_listen(struct client *, const struct lbe_listen *);
static void	table_checks(const struct lbe_table *, char *, size_t);
static void	method_text(const struct pool_config *, char *, size_t);
static void	send_table(struct client *, const struct lbe_table *);

RB_PROTOTYPE(lbe_vrrps, lbe_vrrp, byid, vrrp_cmp)
RB_GENERATE(lbe_vrrps, lbe_vrrp, byid, vrrp_cmp)

static int
vrrp_cmp(struct lbe_vrrp *a, struct lbe_vrrp *b)
{
	return (a->ctl.id < b->ctl.id ? -1 : a->ctl.id > b->ctl.id);
}

void
show_init(struct lbe_env *env)
{
	RB_INIT(&env->vrrps);
	gather_init(&env->gather_hce, env, PROC_HCE);
	gather_init(&env->gather_vrrpe, env, PROC_VRRPE);
}

void
show_free(struct lbe_env *env)
{
	struct lbe_vrrp	*v;

	while ((v = RB_ROOT(&env->vrrps)) != NULL) {
		RB_REMOVE(lbe_vrrps, &env->vrrps, v);
		tracks_free(v);
		free(v);
	}
	gather_free(&env->gather_hce);
	gather_free(&env->gather_vrrpe);
}

/*
 * A new configuration may have ended instances; vrrpe names those that are
 * there, and the records of others go.
 */
void
show_reconfigured(struct lbe_env *env)
{
	gather_start(&env->gather_vrrpe);
}

int
show_dispatch_vrrpe(struct lbe_env *env, struct imsg *msg)
{
	struct ctl_vrrp	v;

	switch (imsg_type(msg)) {
	case MSG_VRRP_STATUS:
		if (imsg_get_data(msg, &v, sizeof(v)) == -1 || !vrrp_ok(&v))
			return (-1);
		(void)vrrp_status(env, &v);
		return (0);
	case MSG_VRRP_STATS:
		if (imsg_get_data(msg, &v, sizeof(v)) == -1 || !vrrp_ok(&v))
			return (-1);
		env->counted = vrrp_status(env, &v);
		tracks_free(env->counted);
		return (0);
	case MSG_VRRP_TRACK:
		return (tracks_add(env->counted, msg));
	case MSG_VRRP_STATS_END:
		env->counted = NULL;
		if (imsg_id(msg) == env->gather_vrrpe.id)
			vrrp_purge(env);
		gather_end(&env->gather_vrrpe, imsg_id(msg));
		return (0);
	case MSG_VRRP_OUTCOME:
		return (order_outcome(env, msg));
	case MSG_EVENT:
		return (monitor_pass(env, msg));
	default:
		return (-1);
	}
}

static int
vrrp_ok(const struct ctl_vrrp *v)
{
	return (v->id != 0 && v->state < VRRP_STATE_MAX &&
	    v->wait < CTL_WAIT_MAX &&
	    wire_name_ok(v->ifname, sizeof(v->ifname)) &&
	    wire_name_ok(v->name, sizeof(v->name)) &&
	    wire_name_ok(v->group, sizeof(v->group)) &&
	    wire_name_ok(v->master, sizeof(v->master)) &&
	    wire_name_ok(v->addr, sizeof(v->addr)) &&
	    wire_name_ok(v->rival, sizeof(v->rival)) &&
	    wire_name_ok(v->source, sizeof(v->source)) &&
	    wire_name_ok(v->auth, sizeof(v->auth)) &&
	    wire_name_ok(v->reason, sizeof(v->reason)));
}

static struct lbe_vrrp *
vrrp_status(struct lbe_env *env, const struct ctl_vrrp *ctl)
{
	struct lbe_vrrp	*v, key;
	uint32_t	 before = VRRP_INIT, priority = ctl->priority_eff;

	key.ctl.id = ctl->id;
	if ((v = RB_FIND(lbe_vrrps, &env->vrrps, &key)) != NULL) {
		before = v->ctl.state;
		priority = v->ctl.priority_eff;
	} else {
		if ((v = calloc(1, sizeof(*v))) == NULL)
			fatal("vrrp %s", ctl->name);
		v->ctl.id = ctl->id;
		tracks_init(v);
		v->rivals = ctl->note[VRRP_NOTE_RIVAL];
		RB_INSERT(lbe_vrrps, &env->vrrps, v);
	}
	v->ctl = *ctl;
	v->seen = env->gather_vrrpe.id;
	if (before != ctl->state)
		monitor_event(env, CTL_EVENT_VRRP, ctl->id, ctl->name,
		    "%s -> %s%s%s", vrrp_state_names[before],
		    vrrp_state_names[ctl->state],
		    ctl->reason[0] != '\0' ? ", " : "", ctl->reason);
	if (priority != ctl->priority_eff)
		monitor_event(env, CTL_EVENT_VRRP, ctl->id, ctl->name,
		    "priority %u -> %u%s%s", priority, ctl->priority_eff,
		    ctl->reason[0] != '\0' ? ", " : "", ctl->reason);
	vrrp_rival(env, v);
	return (v);
}

struct lbe_vrrp *
show_vrrp_find(struct lbe_env *env, const struct ctl_id *which)
{
	struct lbe_vrrp	*v;

	RB_FOREACH(v, lbe_vrrps, &env->vrrps)
		if (which->id != 0 ? which->id == v->ctl.id :
		    strcmp(which->name, v->ctl.name) == 0)
			return (v);
	return (NULL);
}

/* Rivals are counted anew by a vrrpe that was started again. */
static void
vrrp_rival(struct lbe_env *env, struct lbe_vrrp *v)
{
	uint64_t	rivals = v->ctl.note[VRRP_NOTE_RIVAL];

	if (rivals > v->rivals)
		monitor_event(env, CTL_EVENT_ALARM, v->ctl.id, v->ctl.name,
		    "rival master %s with priority %u to our %u",
		    v->ctl.rival, v->ctl.rival_prio, v->ctl.priority_eff);
	v->rivals = rivals;
}

static void
vrrp_purge(struct lbe_env *env)
{
	struct lbe_vrrp	*v, *next;

	RB_FOREACH_SAFE(v, lbe_vrrps, &env->vrrps, next) {
		if (v->seen == env->gather_vrrpe.id)
			continue;
		RB_REMOVE(lbe_vrrps, &env->vrrps, v);
		tracks_free(v);
		free(v);
	}
}

int
show_request(struct lbe_env *env, struct client *c, struct imsg *msg)
{
	struct show		*sh = &c->show;
	struct lbe_gather	*g = &env->gather_hce;

	memset(sh, 0, sizeof(*sh));
	sh->request = imsg_type(msg);
	switch (sh->request) {
	case MSG_CTL_SHOW_SERVICES:
		show_begin(c);
		return (0);
	case MSG_CTL_SHOW_VRRP:
		if (imsg_get_data(msg, &sh->which, sizeof(sh->which)) == -1 ||
		    !wire_name_ok(sh->which.name, sizeof(sh->which.name)))
			return (-1);
		g = &env->gather_vrrpe;
		c->state = CLIENT_GATHER_VRRPE;
		break;
	case MSG_CTL_SHOW_CHECKS:
		sh->request = MSG_CTL_SHOW_HOSTS;
		sh->checks = 1;
		/* FALLTHROUGH */
	default:
		c->state = CLIENT_GATHER_HCE;
		break;
	}
	/* With its engine away a client gets what was last heard. */
	if (gather_start(g) == -1)
		show_begin(c);
	return (0);
}

void
show_begin(struct client *c)
{
	struct show	*sh = &c->show;

	c->state = CLIENT_SHOW;
	sh->serial = c->env->tree->serial;
	switch (sh->request) {
	case MSG_CTL_SHOW_HOSTS:
		sh->stage = SHOW_TABLE;
		sh->table = STAILQ_FIRST(&c->env->tree->tables);
		break;
	case MSG_CTL_SHOW_VRRP:
		sh->stage = SHOW_VRRP;
		break;
	default:
		if (sh->request == MSG_CTL_SHOW_SUMMARY)
			generation_tell_wait(c);
		sh->stage = SHOW_SERVICE;
		sh->service = STAILQ_FIRST(&c->env->tree->services);
		break;
	}
	show_more(c);
}

/*
 * Of a large configuration an answer has megabytes: parts are made as the
 * client reads them.
 */
void
show_more(struct client *c)
{
	while (c->state == CLIENT_SHOW) {
		if (peer_queued(c->peer) > SHOW_QUEUE) {
			client_wait_writable(c);
			return;
		}
		if (c->show.serial != c->env->tree->serial) {
			client_fail(c, "the configuration was reloaded "
			    "meanwhile, ask again");
			return;
		}
		show_next(c);
	}
}

/* Send one object and move on to the next. */
static void
show_next(struct client *c)
{
	switch (c->show.stage) {
	case SHOW_SERVICE:
		show_service(c);
		break;
	case SHOW_LISTEN:
		show_listen(c);
		break;
	case SHOW_TABLE:
		show_table(c);
		break;
	case SHOW_HOST:
		show_host(c);
		break;
	case SHOW_VRRP:
		show_vrrp(c);
		break;
	case SHOW_END:
		show_end(c);
		break;
	}
}

/* The next pool of the service, or the next service. */
static void
show_pool(struct show *sh)
{
	sh->stage = SHOW_TABLE;
	for (; sh->role < POOL_MAX; sh->role++) {
		sh->table = sh->service->pool[sh->role].table;
		if (sh->table != NULL)
			return;
	}
	sh->stage = SHOW_SERVICE;
	sh->service = STAILQ_NEXT(sh->service, entry);
}

static void
show_service(struct client *c)
{
	struct show	*sh = &c->show;

	/* Those for checks come last. */
	if (sh->service == NULL || (sh->service->conf.flags & SERVICE_F_VIA)) {
		sh->stage = sh->request == MSG_CTL_SHOW_SUMMARY ? SHOW_VRRP :
		    SHOW_END;
		return;
	}
	send_service(c, sh->service);
	sh->role = POOL_PRIMARY;
	if (sh->request == MSG_CTL_SHOW_SERVICES) {
		sh->stage = SHOW_LISTEN;
		sh->listen = STAILQ_FIRST(&sh->service->listens);
	} else
		show_pool(sh);
}

static void
show_listen(struct client *c)
{
	struct show	*sh = &c->show;

	if (sh->listen == NULL) {
		show_pool(sh);
		return;
	}
	send_listen(c, sh->listen);
	sh->listen = STAILQ_NEXT(sh->listen, entry);
}

static void
show_table(struct client *c)
{
	struct show	*sh = &c->show;

	if (sh->table == NULL || (sh->table->conf.flags & TABLE_F_VIA)) {
		sh->stage = SHOW_END;
		return;
	}
	send_table(c, sh->table);
	if (sh->request == MSG_CTL_SHOW_SERVICES) {
		sh->role++;
		show_pool(sh);
		return;
	}
	sh->stage = SHOW_HOST;
	sh->host = 0;
}

static void
show_host(struct client *c)
{
	struct show		*sh = &c->show;
	const struct lbe_host	*h;

	if (sh->host < sh->table->nhosts) {
		h = &sh->table->hosts[sh->host++];
		show_send_host(c, h);
		if (sh->checks)
			checks_show(c, h);
	} else if (sh->request == MSG_CTL_SHOW_HOSTS) {
		sh->stage = SHOW_TABLE;
		sh->table = STAILQ_NEXT(sh->table, entry);
	} else {
		sh->role++;
		show_pool(sh);
	}
}

static void
show_vrrp(struct client *c)
{
	struct show	*sh = &c->show;
	struct lbe_vrrp	*v, key;

	key.ctl.id = sh->vrrp + 1;
	v = RB_NFIND(lbe_vrrps, &c->env->vrrps, &key);
	if (v == NULL) {
		sh->stage = SHOW_END;
		return;
	}
	sh->vrrp = v->ctl.id;
	if (sh->which.id != 0 && sh->which.id != v->ctl.id)
		return;
	if (sh->which.name[0] != '\0' &&
	    strcmp(sh->which.name, v->ctl.name) != 0)
		return;
	sh->found = 1;
	peer_send(c->peer, MSG_CTL_VRRP, 0, -1, &v->ctl, sizeof(v->ctl));
	if (sh->request == MSG_CTL_SHOW_VRRP)
		tracks_show(c, v);
}

static void
show_end(struct client *c)
{
	const struct ctl_id	*which = &c->show.which;

	if (c->show.found || (which->id == 0 && which->name[0] == '\0'))
		client_end(c);
	else if (which->id != 0)
		client_fail(c, "there is no vrrp with the id %u", which->id);
	else
		client_fail(c, "there is no vrrp \"%s\"", which->name);
}

/* What it follows, as far as vrrpe has told of it. */
static void
service_vrrp(struct lbe_env *env, const struct lbe_service *s,
    struct ctl_service *m)
{
	const struct lbe_vrrp	*v;
	struct ctl_id		 which;

	memset(&which, 0, sizeof(which));
	which.id = s->conf.vrrp_id;
	if (which.id == 0)
		return;
	if (s->conf.flags & SERVICE_F_SUSPEND)
		m->flags |= CTL_SERVICE_F_SUSPEND;
	if ((v = show_vrrp_find(env, &which)) == NULL)
		return;
	m->vrrp_state = v->ctl.state;
	strlcpy(m->vrrp, v->ctl.name, sizeof(m->vrrp));
}

static void
send_service(struct client *c, const struct lbe_service *s)
{
	struct ctl_service	m;

	memset(&m, 0, sizeof(m));
	m.id = s->conf.id;
	m.state = desire_state(s, desire_pool(s));
	if (s->conf.flags & SERVICE_F_PERSISTENT)
		m.persist_s = s->conf.persist_s;
	m.slow_s = s->conf.slow_s;
	m.scale = s->scale;
	if (s->conf.flags & SERVICE_F_ONEPACKET)
		m.flags |= CTL_SERVICE_F_ONEPACKET;
	if (s->conf.flags & SERVICE_F_SCHED_PORT)
		m.flags |= CTL_SERVICE_F_SCHED_PORT;
	if (s->conf.flags & SERVICE_F_SCHED_FALLBACK)
		m.flags |= CTL_SERVICE_F_SCHED_FALLBACK;
	if (s->conf.flags & SERVICE_F_SIP)
		m.flags |= CTL_SERVICE_F_SIP;
	if (s->override != NULL) {
		if (s->override->kind != OVERRIDE_NONE)
			m.flags |= CTL_SERVICE_F_OVERRIDE;
		m.by = s->override->by;
	}
	service_vrrp(c->env, s, &m);
	strlcpy(m.sched, s->conf.sched, sizeof(m.sched));
	strlcpy(m.name, s->conf.name, sizeof(m.name));
	peer_send(c->peer, MSG_CTL_SERVICE, 0, -1, &m, sizeof(m));
}

static void
send_listen(struct client *c, const struct lbe_listen *l)
{
	struct ctl_listen	 m;
	struct lbe_error	*err;

	memset(&m, 0, sizeof(m));
	m.id = l->conf.id;
	m.service_id = l->conf.service_id;
	if (l->conf.mark != 0) {
		listen_str(&l->conf, m.addr);
	} else {
		strlcpy(m.proto, proto_name(l->conf.proto), sizeof(m.proto));
		addr_port_str(&l->conf.addr, l->conf.port, m.addr);
	}
	if ((err = kernel_listen_error(c->env, l->conf.id)) != NULL) {
		m.error = err->error;
		strlcpy(m.error_text, err->text, sizeof(m.error_text));
	}
	peer_send(c->peer, MSG_CTL_LISTEN, 0, -1, &m, sizeof(m));
}

/* "http", "tcp, http", "none" */
static void
table_checks(const struct lbe_table *tb, char *buf, size_t size)
{
	int	 i;

	strlcpy(buf, tb->conf.nchecks == 0 ? check_type_names[CHECK_NONE] : "",
	    size);
	for (i = 0; i < tb->conf.nchecks; i++) {
		if (i > 0)
			strlcat(buf, ", ", size);
		strlcat(buf, check_type_names[tb->check[i]], size);
	}
}

static void
method_text(const struct pool_config *p, char *buf, size_t size)
{
	strlcpy(buf, forward_method_names[p->method], size);
	if (p->tunnel == TUNNEL_GUE)
		snprintf(buf, size, "tunnel gue port %u", p->tunnel_port);
	else if (p->tunnel != TUNNEL_IPIP)
		snprintf(buf, size, "tunnel %s",
		    tunnel_type_names[p->tunnel]);
}

static void
send_table(struct client *c, const struct lbe_table *tb)
{
	struct show		*sh = &c->show;
	struct ctl_table	 m;

	memset(&m, 0, sizeof(m));
	m.id = tb->conf.id;
	if (!desire_table_enabled(tb))
		m.state = CTL_DISABLED;
	else
		m.state = tb->hosts_up > 0 ? CTL_UP : CTL_EMPTY;
	m.hosts_up = tb->hosts_up;
	m.hosts = tb->nhosts;
	if (tb->override != NULL) {
		if (tb->override->kind != OVERRIDE_NONE)
			m.flags |= CTL_TABLE_F_OVERRIDE;
		m.by = tb->override->by;
	}
	/* How it is used is known in the course of a service only. */
	if (sh->request != MSG_CTL_SHOW_HOSTS) {
		m.backup = sh->role == POOL_BACKUP;
		method_text(&sh->service->conf.pool[sh->role], m.method,
		    sizeof(m.method));
	}
	table_checks(tb, m.check, sizeof(m.check));
	table_label(tb, m.name);
	peer_send(c->peer, MSG_CTL_TABLE, 0, -1, &m, sizeof(m));
}

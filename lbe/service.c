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
#include <stdio.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"

/* `service "www": backup table "sorry:8080" serves, 1 of 1 hosts up' */
#define STATE_TEXT_LEN	(TABLE_LABEL_LEN + 80)

/* `web:80 192.0.2.1:80' */
#define EVENT_NAME_LEN	(ADDR_PORT_STRLEN + TABLE_LABEL_LEN)

static int	host_status(struct lbe_env *, struct imsg *);
static const char *host_event_name(const struct lbe_host *, char *);
static void	host_weight_event(struct lbe_env *, const struct lbe_host *,
		    uint32_t);
static void	host_event(struct lbe_env *, const struct lbe_host *,
		    uint32_t);
static void	table_tell(struct lbe_env *, struct lbe_table *);
static void	table_tell_hce(struct lbe_env *, struct lbe_table *,
		    struct lbe_birth *);
static void	service_log(struct lbe_env *, const struct lbe_service *,
		    enum ctl_state, enum pool_role);
static void	service_text(const struct lbe_service *, enum pool_role,
		    char *, size_t);
static void	service_tell_waiting(struct lbe_env *,
		    struct lbe_service *);
static void	service_notify_quorum(struct lbe_env *,
		    struct lbe_service *);
static void	service_notify_vrrpe(struct lbe_env *, struct lbe_service *);
static void	tracked_notify_vrrpe(struct lbe_env *, struct lbe_tracked *);

int
service_dispatch_hce(struct lbe_env *env, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_HOST_STATUS:
	case MSG_HOST_STATS:
		return (host_status(env, msg));
	case MSG_CHECK_STATS:
		return (checks_status(env, msg));
	case MSG_HOST_SYNC:
		kernel_synced(env);
		return (0);
	case MSG_HOST_STATS_END:
		gather_end(&env->gather_hce, imsg_id(msg));
		return (0);
	default:
		return (-1);
	}
}

static int
host_status(struct lbe_env *env, struct imsg *msg)
{
	struct msg_host_status	 st;
	struct lbe_host		*h;
	uint32_t		 before, weight;

	if (imsg_get_data(msg, &st, sizeof(st)) == -1 ||
	    !msg_host_status_ok(&st))
		return (-1);
	if ((h = tree_host(env->tree, imsg_id(msg))) == NULL)
		return (imsg_gen(msg) == env->engine->gen ? -1 : 0);
	before = h->status->state;
	weight = desire_host_weight(h);
	lbe_host_learn(h, &st);
	if (desire_host_weight(h) != weight) {
		host_weight_event(env, h, weight);
		kernel_todo_table(env, h->table);
	}
	if (st.state == before)
		return (0);
	service_host_changed(env, h);
	host_event(env, h, before);
	return (0);
}

static const char *
host_event_name(const struct lbe_host *h, char *name)
{
	char	label[ADDR_PORT_STRLEN], table[TABLE_LABEL_LEN];

	snprintf(name, EVENT_NAME_LEN, "%s %s", table_label(h->table, table),
	    host_label(h, label));
	return (name);
}

/* Checks may change weights with each answer: for those who watch. */
static void
host_weight_event(struct lbe_env *env, const struct lbe_host *h,
    uint32_t before)
{
	char	name[EVENT_NAME_LEN];

	monitor_event(env, CTL_EVENT_HOST, h->id,
	    host_event_name(h, name), "weight %u -> %u by its check", before,
	    desire_host_weight(h));
}

static void
host_event(struct lbe_env *env, const struct lbe_host *h, uint32_t before)
{
	char	name[EVENT_NAME_LEN], why[HOST_REASON_LEN];

	if (!desire_host_enabled(h))
		return;
	host_event_name(h, name);
	monitor_event(env, CTL_EVENT_HOST, h->id, name, "%s -> %s, %s",
	    host_state_names[before], host_state_names[h->status->state],
	    host_reason(h, why));
}

/* Keep hosts_up of its table; all services that use it are due. */
void
service_host_changed(struct lbe_env *env, struct lbe_host *h)
{
	int	up = desire_host_up(h);

	h->table->hosts_up += up - h->counted;
	h->counted = up;
	kernel_todo_table(env, h->table);
}

void
service_count(struct lbe_tree *t)
{
	struct lbe_table	*tb;
	struct lbe_host		*h;

	STAILQ_FOREACH(tb, &t->tables, entry) {
		tb->hosts_up = 0;
		HOSTS_FOREACH(h, tb) {
			h->counted = desire_host_up(h);
			tb->hosts_up += h->counted;
		}
	}
}

/* Tables are shared: the first of its services to be judged tells. */
static void
table_tell(struct lbe_env *env, struct lbe_table *tb)
{
	char	label[TABLE_LABEL_LEN];

	if (tb == NULL || tb->hosts_up == tb->hosts_told)
		return;
	tb->hosts_told = tb->hosts_up;
	monitor_event(env, CTL_EVENT_TABLE, tb->conf.id,
	    table_label(tb, label), "%u of %u hosts up", tb->hosts_up,
	    tb->nhosts);
}

enum pool_role
service_judge(struct lbe_env *env, struct lbe_service *s)
{
	enum ctl_state	 before = s->state;
	enum pool_role	 active;
	uint32_t	 up = 0;
	int		 i;

	for (i = 0; i < POOL_MAX; i++) {
		table_tell(env, s->pool[i].table);
		if (s->pool[i].table != NULL &&
		    s->pool[i].table->tracked != NULL)
			tracked_notify_vrrpe(env, s->pool[i].table->tracked);
	}
	if (s->conf.removal_ms != 0)
		removal_settle(s, monotime_now());
	desire_settle(s);
	active = desire_pool(s);
	if (active != POOL_MAX)
		up = s->pool[active].table->hosts_up;
	s->state = desire_state(s, active);
	s->health = desire_health(s, active);
	if (s->state != before || up != s->hosts_up) {
		s->hosts_up = up;
		service_log(env, s, before, active);
	}
	service_tell_waiting(env, s);
	service_notify_quorum(env, s);
	service_notify_vrrpe(env, s);
	return (active);
}

/* Hosts that fail and are used nevertheless: who looks must know. */
static void
service_tell_waiting(struct lbe_env *env, struct lbe_service *s)
{
	uint32_t	n = removal_waiting(s);

	if (n == s->waiting)
		return;
	s->waiting = n;
	monitor_event(env, CTL_EVENT_SERVICE, s->conf.id, s->conf.name,
	    "%u hosts that fail wait to be removed", n);
	log_info("service \"%s\": %u hosts that fail wait to be removed",
	    s->conf.name, n);
}

/* At a start it is not lost only because verdicts are missing. */
static void
service_notify_quorum(struct lbe_env *env, struct lbe_service *s)
{
	struct msg_quorum	msg;

	if ((s->conf.flags & SERVICE_F_NOTIFY) == 0 ||
	    s->quorum_told == s->quorate ||
	    (s->quorum_told == -1 && !s->quorate && !desire_known(s)))
		return;
	s->quorum_told = s->quorate;
	memset(&msg, 0, sizeof(msg));
	msg.on = s->quorate;
	msg.weight = desire_weight_up(s);
	engine_send(env->engine, PROC_PARENT, MSG_SERVICE_QUORUM, s->conf.id,
	    &msg, sizeof(msg));
	monitor_event(env, CTL_EVENT_SERVICE, s->conf.id, s->conf.name,
	    "quorum %s, weight %llu of %u", msg.on ? "up" : "down",
	    (unsigned long long)msg.weight, s->conf.quorum);
}

/*
 * The loss of a service and its return are always worth a line; how it grows
 * at the start, and the count of its hosts, only if asked for.  What comes of
 * a role is told once for all of its services.
 */
static void
service_log(struct lbe_env *env, const struct lbe_service *s,
    enum ctl_state before, enum pool_role active)
{
	char	text[STATE_TEXT_LEN];

	service_text(s, active, text, sizeof(text));
	monitor_event(env, CTL_EVENT_SERVICE, s->conf.id, s->conf.name, "%s",
	    text);
	if ((s->state != before && before != CTL_UNKNOWN &&
	    s->state != CTL_STANDBY &&
	    (before != CTL_STANDBY || s->state != CTL_UP)) ||
	    env->tree->global.log_flags & LOG_F_STATE)
		log_info("service \"%s\": %s", s->conf.name, text);
	else
		log_debug("service \"%s\": %s", s->conf.name, text);
}

static void
service_text(const struct lbe_service *s, enum pool_role active, char *buf,
    size_t size)
{
	const struct lbe_table	*tb;
	char			 label[TABLE_LABEL_LEN];

	switch (s->state) {
	case CTL_DISABLED:
		snprintf(buf, size, "disabled");
		return;
	case CTL_UNKNOWN:
		snprintf(buf, size, "no host known to be up yet");
		return;
	case CTL_DOWN:
		snprintf(buf, size, "down, no usable host");
		return;
	case CTL_STANDBY:
		snprintf(buf, size, "standby, %u hosts up", s->hosts_up);
		return;
	default:
		break;
	}
	tb = s->pool[active].table;
	if (s->state == CTL_BACKUP_TABLE)
		snprintf(buf, size, "backup table \"%s\" serves, "
		    "%u of %u hosts up", table_label(tb, label), tb->hosts_up,
		    tb->nhosts);
	else if (s->state == CTL_NO_QUORUM)
		snprintf(buf, size, "below quorum %u, %u of %u hosts up",
		    s->conf.quorum, tb->hosts_up, tb->nhosts);
	else if (s->state == CTL_FAIL_OPEN)
		snprintf(buf, size, "failed open, all %u hosts serve, %u up",
		    tb->nhosts, tb->hosts_up);
	else
		snprintf(buf, size, "%u of %u hosts up", tb->hosts_up,
		    tb->nhosts);
}

static void
service_notify_vrrpe(struct lbe_env *env, struct lbe_service *s)
{
	struct msg_onoff	msg;

	/*
	 * Without a verdict there is nothing new to tell.  An instance that
	 * tracks what follows it wants to know whether it would serve.
	 */
	if (s->health == CTL_UNKNOWN ||
	    (s->conf.flags & SERVICE_F_TRACKED) == 0)
		return;
	msg.on = s->health == CTL_UP || s->health == CTL_BACKUP_TABLE ||
	    s->health == CTL_FAIL_OPEN;
	if (s->told == (int)msg.on)
		return;
	s->told = msg.on;
	engine_send(env->engine, PROC_VRRPE, MSG_SERVICE_STATUS, s->conf.id,
	    &msg, sizeof(msg));
}

/* A table fails when no host of any of its uses can be used. */
static void
tracked_notify_vrrpe(struct lbe_env *env, struct lbe_tracked *tt)
{
	const struct lbe_table	*tb;
	struct msg_onoff	 msg = { 0 };
	int			 unknown = 0;

	STAILQ_FOREACH(tb, &tt->uses, use)
		switch (desire_table(tb)) {
		case CTL_UP:
			msg.on = 1;
			break;
		case CTL_UNKNOWN:
			unknown = 1;
			break;
		default:
			break;
		}
	if ((!msg.on && unknown) || tt->told == (int)msg.on)
		return;
	tt->told = msg.on;
	engine_send(env->engine, PROC_VRRPE, MSG_TABLE_STATUS, tt->id, &msg,
	    sizeof(msg));
}

/*
 * Not before it is known how the hosts are: a track of a service must not
 * cost a director its role only because this engine has just been restarted.
 */
void
service_tell_vrrpe(struct lbe_env *env)
{
	struct lbe_service	*s;
	struct lbe_tracked	*tt;

	if (env->tree == NULL)
		return;
	STAILQ_FOREACH(s, &env->tree->services, entry) {
		s->told = -1;
		if (kernel_running(env))
			service_notify_vrrpe(env, s);
	}
	TAILQ_FOREACH(tt, &env->tree->trackeds, entry) {
		tt->told = -1;
		if (kernel_running(env))
			tracked_notify_vrrpe(env, tt);
	}
}

/* What is not told will be found out anew, and nothing is known until then. */
static void
table_tell_hce(struct lbe_env *env, struct lbe_table *tb, struct lbe_birth *b)
{
	struct lbe_host		*h;
	struct msg_host_status	 st;

	HOSTS_FOREACH(h, tb) {
		if (!desire_host_enabled(h) ||
		    h->status->state == HOST_UNKNOWN) {
			lbe_host_forget(h, b);
			continue;
		}
		lbe_host_tell(h, &st);
		engine_send(env->engine, PROC_HCE, MSG_HOST_KNOWN, h->id, &st,
		    sizeof(st));
	}
}

/*
 * A new link: what the operator wants, so that hce knows whose verdicts count,
 * then what its forerunner had found out.  It tells its own when it has all.
 */
void
service_tell_hce(struct lbe_env *env)
{
	struct lbe_table	*tb;
	struct lbe_birth	*b;

	if (env->engine->link[PROC_HCE] == NULL || !env->started)
		return;
	override_tell_hce(env);
	bound_tell_hce(env);
	b = birth_new();
	STAILQ_FOREACH(tb, &env->tree->tables, entry)
		if (tb->conf.nchecks != 0)
			table_tell_hce(env, tb, b);
	birth_leave(b);
	engine_send(env->engine, PROC_HCE, MSG_HOST_KNOWN_END, 0, NULL, 0);
	env->known_sent = 1;
}

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

#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"

void
stage_begin(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	env->staged = tree_new(++env->serial);
}

/* The items of a check are hce's; lbe shows its type. */
int
stage_check(struct lbe_tree *t, struct imsg *msg)
{
	struct check_config	c;
	uint8_t			items[CHECK_ITEMS_LEN];

	if (imsg_get_head(msg, &c, sizeof(c)) == -1 ||
	    c.items_len > sizeof(items) ||
	    imsg_get_tail(msg, sizeof(c), items, c.items_len) == -1 ||
	    !check_config_ok(&c, items))
		return (-1);
	return (tree_add_check(t, &c));
}

int
stage_object(struct engine *e, struct imsg *msg)
{
	struct lbe_env		*env = e->arg;
	struct lbe_tree		*t = env->staged;
	struct table_config	 table;
	struct host_config	 host;
	struct service_config	 service;
	struct listen_config	 listen;

	switch (imsg_type(msg)) {
	case MSG_CONF_GLOBAL:
		if (imsg_get_data(msg, &t->global, sizeof(t->global)) == -1)
			return (-1);
		return (global_config_ok(&t->global) ? 0 : -1);
	case MSG_CONF_CHECK:
		return (stage_check(t, msg));
	case MSG_CONF_TABLE:
		if (imsg_get_data(msg, &table, sizeof(table)) == -1 ||
		    !table_config_ok(&table))
			return (-1);
		return (tree_add_table(t, &table));
	case MSG_CONF_HOST:
		if (imsg_get_data(msg, &host, sizeof(host)) == -1 ||
		    !host_config_ok(&host))
			return (-1);
		return (tree_add_host(t, &host));
	case MSG_CONF_SERVICE:
		if (imsg_get_data(msg, &service, sizeof(service)) == -1 ||
		    !service_config_ok(&service))
			return (-1);
		return (tree_add_service(t, &service));
	case MSG_CONF_LISTEN:
		if (imsg_get_data(msg, &listen, sizeof(listen)) == -1 ||
		    !listen_config_ok(&listen))
			return (-1);
		return (tree_add_listen(t, &listen));
	default:
		return (-1);
	}
}

const char *
stage_end(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	if (tree_complete(env->staged) == -1)
		return ("lbe: out of memory for this configuration");
	return (NULL);
}

/*
 * From here to MSG_CONF_START nothing is said to anybody: others may still
 * run the configuration before.  Clients of a reload wait meanwhile, for it
 * is no business of theirs; those of a start are told that it is one.
 */
void
stage_commit(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	kernel_forget_todo(env);
	drain_reset(env);
	bound_forget(env);
	control_hold(env->control, env->started);
	env->started = 0;
	if (env->tree != NULL)
		tree_inherit(env->staged, env->tree, 0);
	tree_free(env->tree);
	env->tree = env->staged;
	env->staged = NULL;
	service_count(env->tree);
}

void
stage_abort(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	tree_free(env->staged);
	env->staged = NULL;
	changed_free(&env->changed);
}

/* A host that runs, with another weight. */
int
stage_change(struct engine *e, struct imsg *msg)
{
	struct lbe_env		*env = e->arg;
	struct host_config	 host;
	const struct lbe_host	*h;

	if (imsg_type(msg) != MSG_CONF_HOST ||
	    imsg_get_data(msg, &host, sizeof(host)) == -1 ||
	    !host_config_ok(&host) ||
	    (h = tree_host(env->tree, host.id)) == NULL ||
	    h->table->conf.id != host.table_id)
		return (-1);
	return (changed_add(&env->changed, &host));
}

/*
 * Nothing else is new, so that only services of these hosts, and what the
 * kernel has refused, are looked at again.
 */
void
stage_changed(struct engine *e)
{
	struct lbe_env	*env = e->arg;
	struct lbe_host	*h;
	struct lbe_pool	*p;
	size_t		 i;

	for (i = 0; i < env->changed.n; i++) {
		h = tree_host(env->tree, env->changed.host[i].id);
		h->weight = env->changed.host[i].weight;
		STAILQ_FOREACH(p, &h->table->users, user) {
			ramp_scale(p->service);
			kernel_todo(env, p->service);
		}
	}
	changed_free(&env->changed);
	kernel_again(env);
	monitor_event(env, CTL_EVENT_RELOAD, 0, "configuration",
	    "generation %u runs", e->gen);
}

void
stage_start(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	env->started = 1;
	control_hold(env->control, 0);
	/* The parent may have told overrides since the commit. */
	drain_started(env);
	service_count(env->tree);
	bound_started(env);
	if (env->known_sent)
		override_tell_hce(env);
	else
		service_tell_hce(env);
	kernel_started(env);
	judged_look(env);
	show_reconfigured(env);
	monitor_event(env, CTL_EVENT_RELOAD, 0, "configuration",
	    "generation %u runs", e->gen);
}

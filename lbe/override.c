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
#include <sys/socket.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"
#include "override.h"

/* Lines of an answer about one command; more are only counted. */
#define OVERRIDE_LINES	20

/* "draining, at most 604800s" */
#define HOST_TEXT_LEN	32

static void	change_host(struct change *, struct lbe_host *);
static void	change_drain(struct change *, struct lbe_host *);
static void	change_table(struct change *, struct lbe_table *);
static void	change_service(struct change *, struct lbe_service *);
static const char *enabled_text(int);
static const char *host_text(const struct lbe_host *, char *);
static void	override_set(struct change *, uint32_t,
		    struct msg_override *, int);
static int	request_read(struct change *, struct imsg *);

void
override_put(struct change *c, uint32_t id, struct msg_override *o,
    const struct msg_override *new)
{
	if (memcmp(o, new, sizeof(*o)) == 0)
		return;
	*o = *new;
	engine_send(c->env->engine, PROC_PARENT, MSG_OVERRIDE, id, o,
	    sizeof(*o));
}

void
override_by(const struct change *c, struct ctl_by *by)
{
	memset(by, 0, sizeof(*by));
	by->uid = c->client->cred.uid;
	by->since = time(NULL);
}

/*
 * A command that names what is as configured takes the override away, so
 * that no trace of "disable, enable" remains.
 */
static void
override_set(struct change *c, uint32_t id, struct msg_override *o,
    int disabled)
{
	struct msg_override	new = *o;

	if (c->enable == !disabled)
		new.kind = OVERRIDE_NONE;
	else
		new.kind = c->enable ? OVERRIDE_ENABLE : OVERRIDE_DISABLE;
	new.drain_s = 0;
	if (new.kind == o->kind)
		return;
	if (new.kind != OVERRIDE_NONE)
		override_by(c, &new.by);
	else
		memset(&new.by, 0, sizeof(new.by));
	override_put(c, id, o, &new);
}

static const char *
enabled_text(int enabled)
{
	return (enabled ? "enabled" : "disabled");
}

/* Every command leaves a line saying who has done it. */
void
override_tell(struct change *c, enum ctl_event_kind kind, uint32_t id,
    const char *what, const char *name, const char *from, const char *to)
{
	char	who[CLIENT_WHO_LEN];
	int	same = strcmp(from, to) == 0;

	log_info("%s %s (id %u): %s -> %s by %s", what, name, id, from, to,
	    client_who(c->client, who));
	if (!same)
		monitor_event(c->env, kind, id, name, "%s -> %s by %s", from,
		    to, who);
	if (++c->objects > OVERRIDE_LINES)
		return;
	if (same)
		client_text(c->client, "%s %s: %s already", what, name, to);
	else
		client_text(c->client, "%s %s: %s -> %s", what, name, from,
		    to);
}

const char *
override_host_name(const struct lbe_host *h, char *buf)
{
	char	label[ADDR_PORT_STRLEN], table[TABLE_LABEL_LEN];

	snprintf(buf, HOST_NAME_LEN, "%s of table %s", host_label(h, label),
	    table_label(h->table, table));
	return (buf);
}

/* What the operator has made of it. */
static const char *
host_text(const struct lbe_host *h, char *buf)
{
	const struct msg_override	*o = host_override(h);
	const struct lbe_drain		*d = host_drain(h);

	if (d != NULL && d->over)
		strlcpy(buf, "drained", HOST_TEXT_LEN);
	else if (!desire_host_enabled(h) || d == NULL)
		strlcpy(buf, enabled_text(desire_host_enabled(h)),
		    HOST_TEXT_LEN);
	else if (o->drain_s > 0)
		snprintf(buf, HOST_TEXT_LEN, "draining, at most %us",
		    o->drain_s);
	else
		strlcpy(buf, "draining", HOST_TEXT_LEN);
	return (buf);
}

static void
change_host(struct change *c, struct lbe_host *h)
{
	char	from[HOST_TEXT_LEN], to[HOST_TEXT_LEN];
	char	name[HOST_NAME_LEN], table[TABLE_LABEL_LEN];

	host_text(h, from);
	override_set(c, h->id, &host_extra(h)->override,
	    h->flags & HOST_F_DISABLE);
	drain_end(c->env->tree, h);
	override_tell(c, CTL_EVENT_HOST, h->id, "host",
	    override_host_name(h, name), from, host_text(h, to));
	if (c->enable && !desire_host_enabled(h))
		client_text(c->client, "its table %s is disabled",
		    table_label(h->table, table));
	if (strcmp(from, to) == 0)
		return;
	override_check(c->env, h);
	service_host_changed(c->env, h);
}

/* What is not in use has nothing to end. */
static void
change_drain(struct change *c, struct lbe_host *h)
{
	struct msg_override	new = *host_override(h);
	char			from[HOST_TEXT_LEN], to[HOST_TEXT_LEN];
	char			name[HOST_NAME_LEN];

	host_text(h, from);
	if (desire_host_enabled(h)) {
		new.kind = OVERRIDE_DRAIN;
		new.drain_s = c->drain_s;
		override_by(c, &new.by);
		override_put(c, h->id, &host_extra(h)->override, &new);
		drain_begin(c->env, h);
		service_host_changed(c->env, h);
	}
	override_tell(c, CTL_EVENT_HOST, h->id, "host",
	    override_host_name(h, name), from, host_text(h, to));
}

static void
change_table(struct change *c, struct lbe_table *tb)
{
	struct lbe_host	*h;
	int		 before = desire_table_enabled(tb), after;
	char		 label[TABLE_LABEL_LEN];

	override_set(c, tb->conf.id, tree_override(&tb->override),
	    tb->conf.flags & TABLE_F_DISABLE);
	after = desire_table_enabled(tb);
	override_tell(c, CTL_EVENT_TABLE, tb->conf.id, "table",
	    table_label(tb, label), enabled_text(before),
	    enabled_text(after));
	if (before == after)
		return;
	HOSTS_FOREACH(h, tb) {
		override_check(c->env, h);
		service_host_changed(c->env, h);
	}
}

static void
change_service(struct change *c, struct lbe_service *s)
{
	int	before = desire_service_enabled(s);

	override_set(c, s->conf.id, tree_override(&s->override),
	    s->conf.flags & SERVICE_F_DISABLE);
	override_tell(c, CTL_EVENT_SERVICE, s->conf.id, "service",
	    s->conf.name, enabled_text(before),
	    enabled_text(desire_service_enabled(s)));
	kernel_todo(c->env, s);
}

/* What is wanted, and of whom. */
static int
request_read(struct change *c, struct imsg *msg)
{
	struct ctl_weight	w;
	struct ctl_drain	d;

	switch (imsg_type(msg)) {
	case MSG_CTL_HOST_DRAIN:
		if (imsg_get_data(msg, &d, sizeof(d)) == -1 ||
		    d.timeout_s > CTL_DRAIN_MAX || d.wait > 1)
			return (-1);
		c->id = d.id;
		c->drain_s = d.timeout_s;
		c->wait = d.wait;
		break;
	case MSG_CTL_HOST_WEIGHT:
		if (imsg_get_data(msg, &w, sizeof(w)) == -1 ||
		    (w.weight > WEIGHT_MAX &&
		    w.weight != CTL_WEIGHT_CONFIGURED))
			return (-1);
		c->id = w.id;
		c->weight = w.weight;
		break;
	case MSG_CTL_HOST_ENABLE:
	case MSG_CTL_TABLE_ENABLE:
	case MSG_CTL_SERVICE_ENABLE:
		c->enable = 1;
		/* FALLTHROUGH */
	default:
		if (imsg_get_data(msg, &c->id, sizeof(c->id)) == -1)
			return (-1);
		break;
	}
	return (wire_name_ok(c->id.name, sizeof(c->id.name)) ? 0 : -1);
}

int
override_request(struct lbe_env *env, struct client *client, struct imsg *msg)
{
	struct change	 c;
	const char	*what;

	memset(&c, 0, sizeof(c));
	c.env = env;
	c.client = client;
	if (request_read(&c, msg) == -1)
		return (-1);
	switch (imsg_type(msg)) {
	case MSG_CTL_HOST_ENABLE:
	case MSG_CTL_HOST_DISABLE:
		what = "host";
		named_hosts(&c, change_host);
		break;
	case MSG_CTL_HOST_WEIGHT:
		what = "host";
		named_hosts(&c, change_weight);
		break;
	case MSG_CTL_HOST_DRAIN:
		what = "host";
		named_hosts(&c, change_drain);
		break;
	case MSG_CTL_TABLE_ENABLE:
	case MSG_CTL_TABLE_DISABLE:
		what = "table";
		named_tables(&c, change_table);
		break;
	default:
		what = "service";
		named_services(&c, change_service);
		break;
	}
	if (c.objects > OVERRIDE_LINES)
		client_text(client, "and %u more", c.objects - OVERRIDE_LINES);
	if (c.objects > 0 && c.wait) {
		client->show.which = c.id;
		drain_wait(client);
	} else if (c.objects > 0)
		client_ok(client);
	else if (c.id.id != 0)
		client_fail(client, "there is no %s with the id %u", what,
		    c.id.id);
	else
		client_fail(client, "there is no %s \"%s\"", what, c.id.name);
	return (0);
}

/* Overrides set in a life before; objects that are gone have none. */
int
override_mirror(struct lbe_env *env, struct imsg *msg)
{
	struct msg_override	 o;
	struct lbe_host		*h;
	struct lbe_table	*tb;
	struct lbe_service	*s;

	if (imsg_get_data(msg, &o, sizeof(o)) == -1 || !msg_override_ok(&o))
		return (-1);
	if ((h = tree_host(env->tree, imsg_id(msg))) != NULL)
		host_extra(h)->override = o;
	else if ((tb = tree_table(env->tree, imsg_id(msg))) != NULL)
		*tree_override(&tb->override) = o;
	else if ((s = tree_service(env->tree, imsg_id(msg))) != NULL)
		*tree_override(&s->override) = o;
	return (0);
}

/* hce knows the configuration, not the operator. */
void
override_check(struct lbe_env *env, const struct lbe_host *h)
{
	struct msg_onoff	msg;

	if (h->table->conf.nchecks == 0)
		return;
	msg.on = desire_host_enabled(h);
	engine_send(env->engine, PROC_HCE, MSG_HOST_CHECK, h->id, &msg,
	    sizeof(msg));
}

void
override_tell_hce(struct lbe_env *env)
{
	struct lbe_table	*tb;
	struct lbe_host		*h;

	STAILQ_FOREACH(tb, &env->tree->tables, entry)
		HOSTS_FOREACH(h, tb)
			if ((tb->override != NULL &&
			    tb->override->kind != OVERRIDE_NONE) ||
			    host_override(h)->kind != OVERRIDE_NONE)
				override_check(env, h);
}

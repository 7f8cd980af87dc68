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

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"

/* Lines of an answer about one command; more are only counted. */
#define OVERRIDE_LINES	20

/* One command of an operator on its way through the objects it names. */
struct change {
	struct lbe_env	*env;
	struct client	*client;
	int		 enable;
	unsigned int	 objects;
};

static void	change_hosts(struct change *, const struct ctl_id *);
static void	change_host(struct change *, struct lbe_host *);
static void	change_tables(struct change *, const struct ctl_id *);
static void	change_table(struct change *, struct lbe_table *);
static void	change_services(struct change *, const struct ctl_id *);
static void	change_service(struct change *, struct lbe_service *);
static void	change_tell(struct change *, enum ctl_event_kind, uint32_t,
		    const char *, const char *, int, int);
static int	override_set(struct change *, uint32_t,
		    struct msg_override *, int);
static int	host_named(const struct ctl_id *, struct addr *, int *);
static void	host_check(struct lbe_env *, const struct lbe_host *);

/*
 * A command that names what is as configured takes the override away, so
 * that no trace of "disable, enable" remains.
 */
static int
override_set(struct change *c, uint32_t id, struct msg_override *o,
    int disabled)
{
	struct msg_override	new;

	memset(&new, 0, sizeof(new));
	if (c->enable == !disabled)
		new.kind = OVERRIDE_NONE;
	else
		new.kind = c->enable ? OVERRIDE_ENABLE : OVERRIDE_DISABLE;
	if (new.kind == o->kind)
		return (0);
	if (new.kind != OVERRIDE_NONE)
		new.since = time(NULL);
	*o = new;
	engine_send(c->env->engine, PROC_PARENT, MSG_OVERRIDE, id, &new,
	    sizeof(new));
	return (1);
}

/* Every command leaves a line saying who has done it. */
static void
change_tell(struct change *c, enum ctl_event_kind kind, uint32_t id,
    const char *what, const char *name, int before, int after)
{
	const char	*from = before ? "enabled" : "disabled";
	const char	*to = after ? "enabled" : "disabled";
	char		 who[CLIENT_WHO_LEN];

	log_info("%s %s (id %u): %s -> %s by %s", what, name, id, from, to,
	    client_who(c->client, who));
	if (before != after)
		monitor_event(c->env, kind, id, name, "%s -> %s by %s", from,
		    to, who);
	if (++c->objects > OVERRIDE_LINES)
		return;
	if (before == after)
		client_text(c->client, "%s %s: %s already", what, name, to);
	else
		client_text(c->client, "%s %s: %s -> %s", what, name, from,
		    to);
}

static void
change_host(struct change *c, struct lbe_host *h)
{
	int	before = desire_host_enabled(h), after;
	char	label[ADDR_PORT_STRLEN], table[TABLE_LABEL_LEN];
	char	name[sizeof(label) + sizeof(table) + 16];

	override_set(c, h->conf.id, &h->override,
	    h->conf.flags & HOST_F_DISABLE);
	after = desire_host_enabled(h);
	snprintf(name, sizeof(name), "%s of table %s", host_label(h, label),
	    table_label(h->table, table));
	change_tell(c, CTL_EVENT_HOST, h->conf.id, "host", name, before,
	    after);
	if (before == after) {
		if (c->enable && !after)
			client_text(c->client, "its table %s is disabled",
			    table);
		return;
	}
	host_check(c->env, h);
	service_host_changed(c->env, h);
}

static void
change_table(struct change *c, struct lbe_table *tb)
{
	struct lbe_host	*h;
	int		 before = desire_table_enabled(tb);
	char		 label[TABLE_LABEL_LEN];

	override_set(c, tb->conf.id, &tb->override,
	    tb->conf.flags & TABLE_F_DISABLE);
	change_tell(c, CTL_EVENT_TABLE, tb->conf.id, "table",
	    table_label(tb, label), before, desire_table_enabled(tb));
	if (before == desire_table_enabled(tb))
		return;
	TAILQ_FOREACH(h, &tb->hosts, entry) {
		host_check(c->env, h);
		service_host_changed(c->env, h);
	}
}

static void
change_service(struct change *c, struct lbe_service *s)
{
	int	before = desire_service_enabled(s);

	override_set(c, s->conf.id, &s->override,
	    s->conf.flags & SERVICE_F_DISABLE);
	change_tell(c, CTL_EVENT_SERVICE, s->conf.id, "service",
	    s->conf.name, before, desire_service_enabled(s));
	kernel_todo(c->env, s);
}

/*
 * What a host is called: "10.0.0.1", "10.0.0.1:80", "fd00::1",
 * "[fd00::1]:80".  The port is -1 when there is none.
 */
static int
host_named(const struct ctl_id *id, struct addr *addr, int *port)
{
	const char	*errstr;
	char		 name[CTL_NAME_LEN], *colon, *start = name;
	size_t		 len;

	*port = -1;
	if (addr_parse(id->name, addr) == 0)
		return (0);
	strlcpy(name, id->name, sizeof(name));
	if ((colon = strrchr(name, ':')) != NULL) {
		*port = strtonum(colon + 1, 0, UINT16_MAX, &errstr);
		if (errstr == NULL)
			*colon = '\0';
		else
			*port = -1;
	}
	len = strlen(name);
	if (name[0] == '[' && name[len - 1] == ']') {
		name[len - 1] = '\0';
		start++;
	} else if (strchr(name, ':') != NULL)
		return (-1);
	return (addr_parse(start, addr));
}

static void
change_hosts(struct change *c, const struct ctl_id *id)
{
	struct lbe_tree		*t = c->env->tree;
	struct lbe_table	*tb;
	struct lbe_host		*h;
	struct addr		 addr;
	int			 port;

	if (id->id != 0) {
		if ((h = tree_host(t, id->id)) != NULL)
			change_host(c, h);
		return;
	}
	if (host_named(id, &addr, &port) == -1)
		return;
	TAILQ_FOREACH(tb, &t->tables, entry) {
		if (port != -1 && port != tb->conf.port)
			continue;
		TAILQ_FOREACH(h, &tb->hosts, entry)
			if (addr_cmp(&addr, &h->conf.addr) == 0)
				change_host(c, h);
	}
}

/* A table's name means it on all its ports, "web:80" on that one. */
static void
change_tables(struct change *c, const struct ctl_id *id)
{
	struct lbe_table	*tb;
	char			 label[TABLE_LABEL_LEN];

	if (id->id != 0) {
		if ((tb = tree_table(c->env->tree, id->id)) != NULL)
			change_table(c, tb);
		return;
	}
	TAILQ_FOREACH(tb, &c->env->tree->tables, entry)
		if (strcmp(id->name, tb->conf.name) == 0 ||
		    strcmp(id->name, table_label(tb, label)) == 0)
			change_table(c, tb);
}

static void
change_services(struct change *c, const struct ctl_id *id)
{
	struct lbe_service	*s;

	if (id->id != 0) {
		if ((s = tree_service(c->env->tree, id->id)) != NULL)
			change_service(c, s);
		return;
	}
	TAILQ_FOREACH(s, &c->env->tree->services, entry)
		if (strcmp(id->name, s->conf.name) == 0)
			change_service(c, s);
}

int
override_request(struct lbe_env *env, struct client *client, struct imsg *msg)
{
	struct change	 c = { env, client, 0, 0 };
	struct ctl_id	 id;
	const char	*what;

	if (imsg_get_data(msg, &id, sizeof(id)) == -1 ||
	    !wire_name_ok(id.name, sizeof(id.name)))
		return (-1);
	switch (imsg_type(msg)) {
	case MSG_CTL_HOST_ENABLE:
		c.enable = 1;
		/* FALLTHROUGH */
	case MSG_CTL_HOST_DISABLE:
		what = "host";
		change_hosts(&c, &id);
		break;
	case MSG_CTL_TABLE_ENABLE:
		c.enable = 1;
		/* FALLTHROUGH */
	case MSG_CTL_TABLE_DISABLE:
		what = "table";
		change_tables(&c, &id);
		break;
	case MSG_CTL_SERVICE_ENABLE:
		c.enable = 1;
		/* FALLTHROUGH */
	default:
		what = "service";
		change_services(&c, &id);
		break;
	}
	if (c.objects > OVERRIDE_LINES)
		client_text(client, "and %u more", c.objects - OVERRIDE_LINES);
	if (c.objects > 0)
		client_ok(client);
	else if (id.id != 0)
		client_fail(client, "there is no %s with the id %u", what,
		    id.id);
	else
		client_fail(client, "there is no %s \"%s\"", what, id.name);
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

	if (imsg_get_data(msg, &o, sizeof(o)) == -1 || o.kind >= OVERRIDE_MAX)
		return (-1);
	if ((h = tree_host(env->tree, imsg_id(msg))) != NULL)
		h->override = o;
	else if ((tb = tree_table(env->tree, imsg_id(msg))) != NULL)
		tb->override = o;
	else if ((s = tree_service(env->tree, imsg_id(msg))) != NULL)
		s->override = o;
	return (0);
}

/* hce knows the configuration, not the operator. */
static void
host_check(struct lbe_env *env, const struct lbe_host *h)
{
	struct msg_onoff	msg;

	if (h->table->conf.nchecks == 0)
		return;
	msg.on = desire_host_enabled(h);
	engine_send(env->engine, PROC_HCE, MSG_HOST_CHECK, h->conf.id, &msg,
	    sizeof(msg));
}

void
override_tell_hce(struct lbe_env *env)
{
	struct lbe_table	*tb;
	struct lbe_host		*h;

	TAILQ_FOREACH(tb, &env->tree->tables, entry)
		TAILQ_FOREACH(h, &tb->hosts, entry)
			if (tb->override.kind != OVERRIDE_NONE ||
			    h->override.kind != OVERRIDE_NONE)
				host_check(env, h);
}

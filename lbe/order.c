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

static enum order_kind	order_kind(enum msg_type);
static struct client	*order_client(struct lbe_env *, uint32_t);

static enum order_kind
order_kind(enum msg_type type)
{
	switch (type) {
	case MSG_CTL_VRRP_DEMOTE:
		return (ORDER_DEMOTE);
	case MSG_CTL_VRRP_UNDEMOTE:
		return (ORDER_UNDEMOTE);
	default:
		return (ORDER_RESIGN);
	}
}

/* vrrpe knows what is before and after, and logs it. */
int
order_request(struct lbe_env *env, struct client *c, struct imsg *msg)
{
	struct ctl_order	 ctl;
	struct msg_order	 order;
	struct lbe_vrrp		*v;

	if (imsg_get_data(msg, &ctl, sizeof(ctl)) == -1 ||
	    !wire_name_ok(ctl.id.name, sizeof(ctl.id.name)) ||
	    ctl.by > VRRP_DEMOTE_MAX)
		return (-1);
	if (env->engine->link[PROC_VRRPE] == NULL) {
		client_fail(c, "vrrpe is being started again, try again");
		return (0);
	}
	if ((v = show_vrrp_find(env, &ctl.id)) == NULL) {
		if (ctl.id.id != 0)
			client_fail(c, "there is no vrrp with the id %u",
			    ctl.id.id);
		else
			client_fail(c, "there is no vrrp \"%s\"", ctl.id.name);
		return (0);
	}
	if (++env->order_id == 0)
		env->order_id = 1;
	c->state = CLIENT_ORDER;
	c->id = env->order_id;
	memset(&order, 0, sizeof(order));
	order.request = env->order_id;
	order.kind = order_kind(imsg_type(msg));
	order.by = ctl.by;
	order.uid = c->cred.uid;
	order.pid = c->cred.pid;
	engine_send(env->engine, PROC_VRRPE, MSG_VRRP_ORDER, v->ctl.id,
	    &order, sizeof(order));
	return (0);
}

static struct client *
order_client(struct lbe_env *env, uint32_t id)
{
	struct client	*c;

	TAILQ_FOREACH(c, control_clients(env->control), entry)
		if (c->state == CLIENT_ORDER && c->id == id)
			return (c);
	return (NULL);
}

int
order_outcome(struct lbe_env *env, struct imsg *msg)
{
	struct msg_outcome	 out;
	struct client		*c;

	if (imsg_get_data(msg, &out, sizeof(out)) == -1 || out.failed > 1 ||
	    !wire_name_ok(out.text, sizeof(out.text)))
		return (-1);
	/* The operator may not have waited. */
	if ((c = order_client(env, imsg_id(msg))) == NULL)
		return (0);
	if (out.failed)
		client_fail(c, "%s", out.text);
	else {
		client_text(c, "%s", out.text);
		client_ok(c);
	}
	return (0);
}

void
order_lost(struct lbe_env *env)
{
	struct client	*c;

	TAILQ_FOREACH(c, control_clients(env->control), entry)
		if (c->state == CLIENT_ORDER)
			client_fail(c, "vrrpe has ended meanwhile, it is not "
			    "known what came of it");
}

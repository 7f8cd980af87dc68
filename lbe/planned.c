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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "control.h"
#include "env.h"
#include "plan.h"

struct plan {
	FILE		*f;		/* into text, while it is made */
	char		*text;
	size_t		 len;
	size_t		 sent;
	struct try	*try;		/* NULL: of what is staged */
};

static void	plan_make(struct lbe_env *, struct plan *, struct lbe_tree *);
static void	plan_inherit(struct lbe_env *, struct lbe_tree *);
static void	plan_follow(struct lbe_env *, struct lbe_service *);
static void	plan_return(struct lbe_env *, struct lbe_tree *);
static void	plan_tried(struct client *);
static void	plan_send(struct client *);

struct plan *
plan_new(void)
{
	struct plan	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		fatal("plan");
	if ((p->f = open_memstream(&p->text, &p->len)) == NULL)
		fatal("plan");
	return (p);
}

void
plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	if (p->f != NULL)
		fclose(p->f);
	try_free(p->try);
	free(p->text);
	free(p);
}

int
plan_text(struct lbe_env *env, struct imsg *msg)
{
	struct client	*c;
	unsigned char	 part[CTL_PLAN_PART];
	size_t		 len = imsg_len(msg);

	if (len > sizeof(part) || imsg_get_data(msg, part, len) == -1)
		return (-1);
	c = generation_client(env, imsg_id(msg));
	if (c != NULL && c->plan != NULL)
		fwrite(part, 1, len, c->plan->f);
	return (0);
}

/*
 * The new tree takes over what it would take over at a commit, is asked
 * what it wants, and gives back what can be in one of the two alone.
 */
static void
plan_inherit(struct lbe_env *env, struct lbe_tree *new)
{
	struct monotime		 now = monotime_now();
	struct lbe_service	*s;

	tree_inherit(new, env->tree, 1);
	service_count(new);
	STAILQ_FOREACH(s, &new->services, entry) {
		plan_follow(env, s);
		removal_settle(s, now);
		desire_settle(s);
	}
}

/* The parent tells roles of a tree that is committed. */
static void
plan_follow(struct lbe_env *env, struct lbe_service *s)
{
	const struct lbe_vrrp	*v;
	struct ctl_id		 id;

	s->resting = 0;
	if (s->conf.vrrp_id == 0)
		return;
	memset(&id, 0, sizeof(id));
	id.id = s->conf.vrrp_id;
	v = show_vrrp_find(env, &id);
	s->resting = v == NULL || (v->ctl.state != VRRP_MASTER &&
	    v->ctl.state != VRRP_HANDOVER);
}

static void
plan_return(struct lbe_env *env, struct lbe_tree *new)
{
	struct lbe_drain	*d, *next;
	struct lbe_host		*h;

	TAILQ_FOREACH_SAFE(d, &new->drains, entry, next)
		if ((h = tree_host(env->tree, d->host->id)) != NULL)
			drain_inherit(env->tree, h, new);
}

static void
plan_make(struct lbe_env *env, struct plan *p, struct lbe_tree *new)
{
	FILE	*later;
	char	*text = NULL;
	size_t	 len, before;
	int	 ops;

	if ((later = open_memstream(&text, &len)) == NULL)
		fatal("plan");
	fflush(p->f);
	before = p->len;
	plan_inherit(env, new);
	if ((ops = plan_kernel(env->tree, new, p->f, later)) == -1)
		fatal("plan");
	plan_return(env, new);
	fclose(later);
	if (len > 0)
		fprintf(p->f, "once their checks are good\n%s", text);
	free(text);
	if (p->try == NULL && before == 0 && ops == 0)
		fprintf(p->f, "no change\n");
	else
		fprintf(p->f, "%d operations in the kernel's IPVS\n", ops);
}

void
plan_ready(struct client *c)
{
	struct lbe_env	*env = c->env;

	if (c->reload == RELOAD_PLAN) {
		if (env->staged == NULL || env->tree == NULL) {
			client_fail(c, "there is nothing to compare");
			return;
		}
		plan_make(env, c->plan, env->staged);
	}
	plan_send(c);
}

static void
plan_send(struct client *c)
{
	fclose(c->plan->f);
	c->plan->f = NULL;
	c->state = CLIENT_PLAN;
	plan_more(c);
}

int
plan_try(struct client *c, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_CTL_TRY_BEGIN:
		if (c->state == CLIENT_TRY)
			return (-1);
		c->plan = plan_new();
		c->plan->try = try_new(c->env);
		c->state = CLIENT_TRY;
		return (0);
	case MSG_CTL_TRY_END:
		plan_tried(c);
		return (0);
	default:
		return (try_object(c->plan->try, msg));
	}
}

static void
plan_tried(struct client *c)
{
	struct lbe_tree	*new;

	if (!try_fits(c->plan->try)) {
		client_fail(c, "the configuration is too large to be "
		    "compared, or too many are at once");
		return;
	}
	if ((new = try_tree(c->plan->try)) == NULL) {
		client_fail(c, "the configuration was reloaded meanwhile, ask "
		    "again");
		return;
	}
	plan_make(c->env, c->plan, new);
	try_free(c->plan->try);
	c->plan->try = NULL;
	plan_send(c);
}

void
plan_more(struct client *c)
{
	struct plan	*p = c->plan;
	size_t		 n;

	while (p->sent < p->len) {
		if (peer_queued(c->peer) > SHOW_QUEUE) {
			client_wait_writable(c);
			return;
		}
		n = p->len - p->sent;
		if (n > CTL_PLAN_PART)
			n = CTL_PLAN_PART;
		peer_send(c->peer, MSG_CTL_PLAN, 0, -1, p->text + p->sent, n);
		p->sent += n;
	}
	plan_free(p);
	c->plan = NULL;
	client_ok(c);
}

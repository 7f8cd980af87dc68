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

#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "control.h"
#include "env.h"
#include "lbe.h"
#include "plan.h"

static void	lbe_init(struct engine *);
static int	lbe_message(struct engine *, enum proc, struct imsg *);
static int	lbe_dispatch_parent(struct lbe_env *, struct imsg *);
static int	lbe_found(struct lbe_env *, struct imsg *);
static int	lbe_ctl_socket(struct lbe_env *, struct imsg *);
static void	lbe_link_up(struct engine *, enum proc);
static void	lbe_link_down(struct engine *, enum proc);
static void	lbe_shutdown(struct engine *);

const struct engine_ops	lbe_ops = {
	.self		= PROC_LBE,
	.init		= lbe_init,
	.message	= lbe_message,
	.link_up	= lbe_link_up,
	.link_down	= lbe_link_down,
	.conf_begin	= stage_begin,
	.conf_object	= stage_object,
	.conf_end	= stage_end,
	.conf_commit	= stage_commit,
	.conf_abort	= stage_abort,
	.conf_start	= stage_start,
	.conf_change	= stage_change,
	.conf_changed	= stage_changed,
	.shutdown	= lbe_shutdown
};

int
lbe_main(int debug, int verbose)
{
	static struct lbe_env	env;

	return (engine_main(&lbe_ops, &env, debug, verbose));
}

static void
lbe_init(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	env->engine = e;
	TAILQ_INIT(&env->roles);
	kernel_init(env);
	drain_init(env);
	show_init(env);
	if ((env->control = control_new(env)) == NULL)
		fatalx("cannot make the control socket's events");
}

static int
lbe_message(struct engine *e, enum proc from, struct imsg *msg)
{
	struct lbe_env	*env = e->arg;

	/* After a shutdown what has come with it may still be read. */
	if (env->control == NULL)
		return (0);
	switch (from) {
	case PROC_PARENT:
		return (lbe_dispatch_parent(env, msg));
	case PROC_HCE:
		return (service_dispatch_hce(env, msg));
	case PROC_VRRPE:
		return (show_dispatch_vrrpe(env, msg));
	default:
		return (-1);
	}
}

static int
lbe_dispatch_parent(struct lbe_env *env, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_MIRROR_OVERRIDE:
		return (override_mirror(env, msg));
	case MSG_BOUND_ROLE:
		return (bound_role(env, msg));
	case MSG_MIRROR_DEST:
		return (lbe_found(env, msg));
	case MSG_CTL_SOCKET:
		return (lbe_ctl_socket(env, msg));
	case MSG_IPVS_ERROR:
	case MSG_IPVS_DONE:
		return (kernel_dispatch(env, msg));
	case MSG_IPVS_TABLE:
	case MSG_IPVS_VIRTUAL:
	case MSG_IPVS_REAL:
	case MSG_IPVS_STATS:
	case MSG_IPVS_PIECE:
	case MSG_IPVS_END:
	case MSG_SESSIONS:
		return (listing_dispatch(env, msg));
	case MSG_IPVS_LOAD:
	case MSG_IPVS_LOAD_END:
		return (drain_dispatch(env, msg));
	case MSG_RELOAD_TEXT:
		return (generation_text(env, msg));
	case MSG_RELOAD_DONE:
		return (generation_done(env, msg));
	case MSG_PLAN_TEXT:
		return (plan_text(env, msg));
	case MSG_CONFIRM_WAIT:
		return (generation_wait(env, msg));
	case MSG_EVENT:
		return (monitor_pass(env, msg));
	default:
		return (-1);
	}
}

static int
lbe_found(struct lbe_env *env, struct imsg *msg)
{
	struct msg_dest	d;

	if (imsg_get_data(msg, &d, sizeof(d)) == -1 || d.weight < DEST_NONE ||
	    d.weight > WEIGHT_MAX)
		return (-1);
	kernel_found(env, imsg_id(msg), &d);
	return (0);
}

static int
lbe_ctl_socket(struct lbe_env *env, struct imsg *msg)
{
	int	fd;

	if ((fd = imsg_get_fd(msg)) == -1)
		return (-1);
	control_listen(env->control, fd);
	return (0);
}

static void
lbe_link_up(struct engine *e, enum proc other)
{
	struct lbe_env	*env = e->arg;

	switch (other) {
	case PROC_HCE:
		service_tell_hce(env);
		break;
	case PROC_VRRPE:
		service_tell_vrrpe(env);
		judged_tell(env);
		break;
	default:
		break;
	}
}

/* The verdicts of an hce that has gone stay until another knows better. */
static void
lbe_link_down(struct engine *e, enum proc other)
{
	struct lbe_env	*env = e->arg;

	switch (other) {
	case PROC_HCE:
		env->known_sent = 0;
		gather_lost(&env->gather_hce);
		break;
	case PROC_VRRPE:
		gather_lost(&env->gather_vrrpe);
		order_lost(env);
		break;
	default:
		break;
	}
}

static void
lbe_shutdown(struct engine *e)
{
	struct lbe_env	*env = e->arg;

	control_free(env->control);
	env->control = NULL;
	show_free(env);
	drain_free(env);
	kernel_free(env);
	bound_forget(env);
	tree_free(env->tree);
	tree_free(env->staged);
	changed_free(&env->changed);
	env->tree = env->staged = NULL;
	engine_exit(e);
}

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

#include <bsd/string.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../conf/change.h"
#include "../imsg/ctl.h"
#include "../imsg/log.h"
#include "confirm.h"
#include "net.h"
#include "parent.h"
#include "reload_state.h"

/*
 * What is asked for: another configuration, that before, or that the one that
 * runs stays; and what is told about it.
 */

/* Lines told to who asked; a file can have more errors than are read. */
#define RELOAD_TEXTS	100

static void	reload_refuse(struct parent *, uint32_t, const char *);
static const char *reload_obstacle(struct reload *, const struct msg_reload *);
static void	reload_confirm(struct parent *, uint32_t);
static void	load_file(struct reload *);
static int	load_changes(struct reload *);
static void	load_previous(struct reload *);
static struct conf *load_parse(struct reload *);
static int	load_allowed(struct reload *, const struct conf *);
static int	load_socket_same(struct reload *, const struct conf *);
static void	reload_tell(struct parent *, uint32_t, const char *);

void
reload_request(struct parent *env, uint32_t request,
    const struct msg_reload *m)
{
	struct reload	*r = env->reload;
	const char	*why;

	if ((why = reload_obstacle(r, m)) != NULL) {
		reload_refuse(env, request, why);
		return;
	}
	if (m->what == RELOAD_CONFIRM) {
		reload_confirm(env, request);
		return;
	}
	if (m->what == RELOAD_RUNNING) {
		if (plan_running(r, request) == -1)
			reload_refuse(env, request, "out of memory");
		return;
	}
	reload_give_way(r);
	r->stage = RELOAD_WANTED;
	r->what = m->what;
	r->confirm_s = m->confirm_s;
	r->request = request;
	r->texts = 0;
	reload_next(env);
}

/* Why this cannot be now; NULL: it can. */
static const char *
reload_obstacle(struct reload *r, const struct msg_reload *m)
{
	struct parent	*env = r->env;

	if (!env->up)
		return ("lvsd is starting");
	if (m->what == RELOAD_CONFIRM) {
		if (!confirm_waits(env->confirm))
			return ("nothing waits to be confirmed");
		if (r->stage != RELOAD_NONE && r->what == RELOAD_BACK)
			return ("too late, it is going back already");
		return (NULL);
	}
	if (r->stage != RELOAD_NONE && m->what != RELOAD_RUNNING &&
	    !reload_yields(r, m->what))
		return ("a reload is already under way");
	if (m->what == RELOAD_BACK && !confirm_has(env->confirm))
		return ("there is no configuration before this one: none has "
		    "run since lvsd was started");
	if (m->what == RELOAD_FILE && confirm_waits(env->confirm))
		return ("the configuration that runs waits to be confirmed: "
		    "`lvsctl confirm' or `lvsctl rollback' first");
	return (NULL);
}

static void
reload_refuse(struct parent *env, uint32_t request, const char *why)
{
	struct msg_result	 busy = { EALREADY, 0, 1 };

	log_warnx("reload: %s", why);
	if (request == 0)
		return;
	reload_tell(env, request, why);
	proc_send(env, PROC_LBE, MSG_RELOAD_DONE, request, -1, &busy,
	    sizeof(busy));
}

static void
reload_confirm(struct parent *env, uint32_t request)
{
	static const struct msg_result	 ok;

	log_info("generation %u is confirmed", env->conf->generation);
	dispatch_event(env, CTL_EVENT_RELOAD, 0, "configuration",
	    "generation %u is confirmed", env->conf->generation);
	confirm_end(env->confirm);
	proc_send(env, PROC_LBE, MSG_RELOAD_DONE, request, -1, &ok,
	    sizeof(ok));
}

void
reload_load(struct reload *r)
{
	r->stage = RELOAD_ROUND;
	if (r->what == RELOAD_BACK)
		load_previous(r);
	else
		load_file(r);
}

static void
load_file(struct reload *r)
{
	struct parent	*env = r->env;
	struct conf	*tree;
	uint32_t	 next = env->next_id;

	if (r->what == RELOAD_FILE && load_changes(r))
		return;
	if ((tree = load_parse(r)) == NULL) {
		reload_failed(r, EINVAL);
		return;
	}
	/* A plan uses up no ids. */
	conf_assign_ids(tree, env->conf, r->what == RELOAD_PLAN ? &next :
	    &env->next_id);
	if (r->what != RELOAD_PLAN) {
		reload_tree(r, tree);
		return;
	}
	if (plan_tell(r, tree) == 0) {
		reload_try(r, tree);
		return;
	}
	conf_free(tree);
	reload_textf(r, "out of memory");
	reload_failed(r, ENOMEM);
}

/* By the short way, if it leads there; else everything is read. */
static int
load_changes(struct reload *r)
{
	struct conf_changes	*changes;

	if ((changes = conf_changes_find(r->env->conf)) == NULL)
		return (0);
	if (load_allowed(r, r->env->conf)) {
		if (changes->n == 0)
			log_info("reload: the files say the same");
		else
			log_info("reload: the files say the same but for %zu "
			    "weight%s", changes->n, changes->n == 1 ?
			    "" : "s");
		reload_changes(r, changes);
		return (1);
	}
	conf_changes_free(changes);
	reload_failed(r, EINVAL);
	return (1);
}

/*
 * It has ids, but what has ended meanwhile may not return by one that some
 * engine still speaks of: it is another object, as in any reload.
 */
static void
load_previous(struct reload *r)
{
	struct parent		*env = r->env;
	struct conf_changes	*changes = confirm_take_changes(env->confirm);
	struct conf		*tree;

	if (changes != NULL) {
		log_info("reload: back to what generation %u was",
		    changes->generation);
		reload_changes(r, changes);
		return;
	}
	tree = confirm_take(env->confirm);
	if (!load_allowed(r, tree)) {
		confirm_keep(env->confirm, tree);
		reload_failed(r, EINVAL);
		return;
	}
	log_info("reload: back to what generation %u was", tree->generation);
	conf_assign_ids(tree, env->conf, &env->next_id);
	reload_tree(r, tree);
}

static struct conf *
load_parse(struct reload *r)
{
	struct parent	*env = r->env;
	struct conf	*tree;

	tree = conf_parse(env->opts->file, &env->opts->macros, 0, reload_text,
	    r);
	if (tree == NULL)
		return (NULL);
	if (load_socket_same(r, tree) && load_allowed(r, tree))
		return (tree);
	conf_free(tree);
	return (NULL);
}

/* Will the kernel and what others hold in it let this tree run? */
static int
load_allowed(struct reload *r, const struct conf *tree)
{
	char	text[CTL_TEXT_LEN];

	if (net_check_conf(r->env->net, tree, text, sizeof(text)) == -1) {
		reload_text(r, text);
		return (0);
	}
	if (parent_need_ipvs(r->env, tree) == -1) {
		reload_textf(r, "services need IPVS, which this kernel does "
		    "not have");
		return (0);
	}
	return (1);
}

static int
load_socket_same(struct reload *r, const struct conf *tree)
{
	struct parent	*env = r->env;
	const char	*path;

	if (env->opts->socket != NULL)
		return (1);
	path = tree->socket != NULL ? tree->socket : LVSD_SOCKET;
	if (strcmp(path, env->socket) == 0)
		return (1);
	reload_textf(r, "%s: the control socket cannot change from %s to %s "
	    "while lvsd runs: restart lvsd", env->opts->file, env->socket,
	    path);
	return (0);
}

void
reload_text(void *arg, const char *line)
{
	struct reload	*r = arg;

	log_warnx("%s: %s", r->what == RELOAD_PLAN ? "plan" : "reload", line);
	if (r->texts++ < RELOAD_TEXTS)
		reload_tell(r->env, r->request, line);
}

void
reload_textf(struct reload *r, const char *fmt, ...)
{
	char	line[CTL_TEXT_LEN];
	va_list	ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	reload_text(r, line);
}

void
reload_more(struct reload *r)
{
	char	line[CTL_TEXT_LEN];

	if (r->texts <= RELOAD_TEXTS)
		return;
	snprintf(line, sizeof(line), "and %u more", r->texts - RELOAD_TEXTS);
	reload_tell(r->env, r->request, line);
}

static void
reload_tell(struct parent *env, uint32_t request, const char *line)
{
	struct ctl_text	text;

	if (request == 0)
		return;
	memset(&text, 0, sizeof(text));
	strlcpy(text.text, line, sizeof(text.text));
	proc_send(env, PROC_LBE, MSG_RELOAD_TEXT, request, -1, &text,
	    sizeof(text));
}

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

#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../conf/change.h"
#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "../imsg/peer.h"
#include "confirm.h"
#include "ipvs.h"
#include "net.h"
#include "notify.h"
#include "parent.h"
#include "reload_state.h"
#include "state.h"
#include "track.h"

/* Longest that engines may take to stage, and to commit what is staged. */
#define STAGE_MAX_S	30
#define COMMIT_MAX_S	10
/* Longest that a reload waits for the kernel before it reports. */
#define SETTLE_MAX_S	60

static void	reload_deadline_cb(int, short, void *);
static void	reload_settle_cb(int, short, void *);
static void	reload_deadline(struct reload *, int);
static void	reload_begin(struct reload *, enum round_kind, struct conf *,
		    unsigned int);
static uint32_t	reload_generation(const struct reload *);
static void	reload_round(struct reload *, struct conf *);
static void	reload_act(struct reload *, enum round_act, const char *);
static void	reload_commit(struct reload *);
static void	reload_switch(struct reload *);
static void	reload_switch_changes(struct reload *);
static void	reload_switch_tree(struct reload *);
static void	reload_kernel(struct parent *);
static void	reload_drop(struct reload *);
static void	reload_start(struct reload *);
static void	reload_feed(struct reload *, struct engine_proc *);
static void	reload_planned(struct reload *);
static void	reload_forget(struct reload *, const char *);
static void	reload_abort(struct reload *, const char *);
static void	reload_kill_late(struct reload *);
static void	reload_trim(void);
static unsigned int engines_in(const struct parent *, enum engine_state);

struct reload *
reload_new(struct parent *env)
{
	struct reload	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->env = env;
	r->ev_deadline = evtimer_new(env->base, reload_deadline_cb, r);
	r->ev_settle = evtimer_new(env->base, reload_settle_cb, r);
	if (r->ev_deadline == NULL || r->ev_settle == NULL) {
		reload_free(r);
		return (NULL);
	}
	return (r);
}

void
reload_free(struct reload *r)
{
	if (r == NULL)
		return;
	if (r->ev_deadline != NULL)
		event_free(r->ev_deadline);
	if (r->ev_settle != NULL)
		event_free(r->ev_settle);
	conf_free(r->tree);
	conf_changes_free(r->changes);
	free(r->public);
	free(r);
}

/* The engines in this state whose links are there, as a mask. */
static unsigned int
engines_in(const struct parent *env, enum engine_state state)
{
	const struct engine_proc	*e;
	unsigned int			 mask = 0;
	enum proc			 p;

	for (p = 0; p < PROC_MAX; p++) {
		e = &env->engine[p];
		if (e->peer != NULL && e->state == state)
			mask |= ROUND_BIT(p);
	}
	return (mask);
}

void
reload_first(struct parent *env, struct conf *tree)
{
	reload_begin(env->reload, KIND_FIRST, tree,
	    engines_in(env, ENGINE_FRESH));
}

/*
 * Rounds come one after the other: engines that were started again are fed
 * first, so that a reload finds them all.
 */
void
reload_next(struct parent *env)
{
	struct reload	*r = env->reload;
	unsigned int	 fresh;

	if (!env->up || env->stopping || r->round.phase != ROUND_IDLE)
		return;
	if ((fresh = engines_in(env, ENGINE_FRESH)) != 0)
		reload_begin(r, KIND_FEED, NULL, fresh);
	else if (r->stage == RELOAD_WANTED)
		reload_load(r);
}

/* Of what the round brings. */
static uint32_t
reload_generation(const struct reload *r)
{
	if (r->changes != NULL)
		return (r->changes->generation);
	return (r->tree != NULL ? r->tree->generation :
	    r->env->conf->generation);
}

static void
reload_begin(struct reload *r, enum round_kind kind, struct conf *tree,
    unsigned int mask)
{
	struct parent		*env = r->env;
	struct engine_proc	*e;
	enum proc		 p;

	r->kind = kind;
	r->tree = tree;
	round_begin(&r->round, mask);
	for (p = 0; p < PROC_MAX; p++) {
		if ((mask & ROUND_BIT(p)) == 0)
			continue;
		e = &env->engine[p];
		if (e->state == ENGINE_FRESH)
			e->state = ENGINE_FEEDING;
		if (r->changes != NULL)
			push_changes(e, r->changes);
		else
			push_begin(e, tree != NULL ? tree : env->conf);
	}
	reload_deadline(r, STAGE_MAX_S);
}

void
reload_tree(struct reload *r, struct conf *tree)
{
	tree->generation = r->env->next_gen++;
	reload_round(r, tree);
}

void
reload_changes(struct reload *r, struct conf_changes *changes)
{
	changes->generation = r->env->next_gen++;
	r->changes = changes;
	reload_round(r, NULL);
}

static void
reload_round(struct reload *r, struct conf *tree)
{
	reload_begin(r, KIND_RELOAD, tree,
	    engines_in(r->env, ENGINE_RUNNING));
	if (r->round.mask == 0) {
		/* All engines are down; they get it when they start. */
		r->round.phase = ROUND_IDLE;
		reload_switch(r);
		reload_start(r);
	}
}

void
reload_try(struct reload *r, struct conf *tree)
{
	struct parent	*env = r->env;

	tree->generation = env->next_gen;
	reload_begin(r, KIND_PLAN, tree, engines_in(env, ENGINE_RUNNING));
	if (r->round.mask == 0)
		reload_planned(r);
}

/*
 * Every engine would take it.  lbe, which is told so first, says what the
 * kernel would be told; then all forget it.
 */
static void
reload_planned(struct reload *r)
{
	static const struct msg_result	 ok;

	reload_done(r, &ok);
	/* Of no engine an answer is to come. */
	r->round.waiting = 0;
	reload_forget(r, NULL);
	reload_next(r->env);
}

int
reload_busy(const struct parent *env)
{
	return (env->reload->stage != RELOAD_NONE &&
	    !reload_yields(env->reload, RELOAD_BACK));
}

/* A plan is no reason to wait, nor to go back the kernel's slowness. */
int
reload_yields(const struct reload *r, enum reload_what what)
{
	if (r->what == RELOAD_PLAN)
		return (what == RELOAD_FILE || what == RELOAD_BACK);
	return (r->stage == RELOAD_SETTLE && what == RELOAD_BACK);
}

void
reload_give_way(struct reload *r)
{
	static const char		why[] = "another was asked for "
					    "meanwhile";
	static const struct msg_result	late = { 0, 0, 1 };

	switch (r->stage) {
	case RELOAD_NONE:
		break;
	case RELOAD_WANTED:
		reload_textf(r, "%s", why);
		reload_failed(r, EAGAIN);
		break;
	case RELOAD_ROUND:
		reload_abort(r, why);
		break;
	case RELOAD_SETTLE:
		reload_textf(r, "%s", why);
		reload_done(r, &late);
		break;
	}
}

static void
reload_deadline(struct reload *r, int seconds)
{
	struct timeval	tv = { seconds, 0 };

	evtimer_add(r->ev_deadline, &tv);
}

static void
reload_deadline_cb(int, short, void *arg)
{
	struct reload	*r = arg;

	reload_act(r, round_event(&r->round, ROUND_E_DEADLINE, 0),
	    "the engines took too long");
}

/*
 * Each configuration that was pushed is answered once, even one that was
 * aborted meanwhile: such an answer is not about the round that runs now.
 */
int
reload_message(struct engine_proc *e, struct imsg *imsg)
{
	struct reload	*r = e->env->reload;
	struct ctl_text	 text;
	enum round_act	 act;
	char		 why[CTL_TEXT_LEN + 64];

	why[0] = '\0';
	if (imsg_type(imsg) != MSG_CONF_COMMITTED && e->stale > 0) {
		e->stale--;
		return (0);
	}
	switch (imsg_type(imsg)) {
	case MSG_CONF_READY:
		act = round_event(&r->round, ROUND_E_READY, e->proc);
		break;
	case MSG_CONF_ERROR:
		if (imsg_get_data(imsg, &text, sizeof(text)) == -1 ||
		    !wire_name_ok(text.text, sizeof(text.text)))
			return (-1);
		snprintf(why, sizeof(why), "%s refuses it: %s",
		    proc_names[e->proc], text.text);
		r->round.waiting &= ~ROUND_BIT(e->proc);
		act = round_event(&r->round, ROUND_E_ERROR, e->proc);
		break;
	default:
		act = round_event(&r->round, ROUND_E_COMMITTED, e->proc);
		break;
	}
	if (act == ROUND_A_BAD)
		return (-1);
	reload_act(r, act, why);
	return (0);
}

void
reload_engine_gone(struct engine_proc *e)
{
	struct reload	*r = e->env->reload;
	char		 why[64];

	if (e->proc == PROC_LBE) {
		/* With it went who asked. */
		r->request = 0;
		if (r->stage == RELOAD_SETTLE)
			reload_done(r, NULL);
	}
	snprintf(why, sizeof(why), "%s has died meanwhile",
	    proc_names[e->proc]);
	reload_act(r, round_event(&r->round, ROUND_E_GONE, e->proc), why);
}

static void
reload_act(struct reload *r, enum round_act act, const char *why)
{
	switch (act) {
	case ROUND_A_COMMIT:
		if (r->kind == KIND_PLAN)
			reload_planned(r);
		else
			reload_commit(r);
		break;
	case ROUND_A_START:
		reload_start(r);
		break;
	case ROUND_A_ABORT:
		reload_abort(r, why);
		break;
	case ROUND_A_KILL:
		reload_kill_late(r);
		break;
	case ROUND_A_NONE:
	case ROUND_A_BAD:
		break;
	}
}

/*
 * From here there is only forward.  What the parent sends to an engine after
 * its COMMIT is about the new configuration.
 */
static void
reload_commit(struct reload *r)
{
	struct parent		*env = r->env;
	const struct conf	*conf = r->tree != NULL ? r->tree : env->conf;
	struct peer		*peer;
	enum proc		 p;

	if (r->round.mask & ROUND_BIT(PROC_VRRPE))
		tune_want(env, &conf->global);
	for (p = 0; p < PROC_MAX; p++) {
		if ((r->round.mask & ROUND_BIT(p)) == 0 ||
		    (peer = env->engine[p].peer) == NULL)
			continue;
		peer_set_gen(peer, reload_generation(r));
		peer_send(peer, MSG_CONF_COMMIT, 0, -1, NULL, 0);
	}
	reload_deadline(r, COMMIT_MAX_S);
	if (r->tree != NULL || r->changes != NULL)
		reload_switch(r);
}

/* The parent itself runs what is new, and keeps what was. */
static void
reload_switch(struct reload *r)
{
	struct parent	*env = r->env;

	free(r->public);
	r->public = NULL;
	if (r->changes != NULL)
		reload_switch_changes(r);
	else
		reload_switch_tree(r);
	confirm_end(env->confirm);
	if (r->kind == KIND_RELOAD && r->confirm_s != 0)
		confirm_begin(env->confirm, r->confirm_s);
}

/* The tree stays; what the kernel has refused is asked for again. */
static void
reload_switch_changes(struct reload *r)
{
	struct parent		*env = r->env;
	struct conf_changes	*changes = r->changes;

	r->changes = NULL;
	conf_changes_swap(env->conf, changes);
	if (env->ipvs != NULL) {
		ipvs_again(env->ipvs);
		reload_kernel(env);
	}
	net_set_conf(env->net, env->conf);
	confirm_keep_changes(env->confirm, changes);
}

static void
reload_switch_tree(struct reload *r)
{
	struct parent	*env = r->env;
	struct conf	*old = env->conf;

	env->conf = r->tree;
	r->tree = NULL;
	mirror_prune(env->mirror, env->conf);
	if (old != NULL)
		state_changed(env);
	scripts_prune(env, env->conf);
	check_runs_prune(env, env->conf);
	track_processes_set(env->processes, env->conf);
	track_files_set(env->files, env->conf);
	notify_conf(env, old, env->conf);
	if (env->ipvs != NULL) {
		ipvs_set_conf(env->ipvs, env->conf);
		env->ipvs_runs = 1;
		reload_kernel(env);
	}
	net_set_conf(env->net, env->conf);
	if (old != NULL)
		confirm_keep(env->confirm, old);
}

/* Connection sync may have failed before, and settings have changed now. */
static void
reload_kernel(struct parent *env)
{
	dispatch_sync(env);
	state_changed(env);
}

/* All have committed: tell each what it lacks, join them, let them act. */
static void
reload_start(struct reload *r)
{
	struct parent		*env = r->env;
	struct engine_proc	*e;
	struct timeval		 settle = { SETTLE_MAX_S, 0 };
	unsigned int		 mask = r->round.mask;
	enum proc		 p;

	evtimer_del(r->ev_deadline);
	for (p = 0; p < PROC_MAX; p++)
		if (mask & ROUND_BIT(p) && env->engine[p].peer != NULL)
			reload_feed(r, &env->engine[p]);
	proc_link(env);
	for (p = 0; p < PROC_MAX; p++)
		if ((mask & ROUND_BIT(p)) != 0) {
			e = &env->engine[p];
			proc_send(env, p, MSG_CONF_START, 0, -1, NULL, 0);
			log_debug("%s runs generation %u", proc_names[e->proc],
			    env->conf->generation);
		}
	reload_trim();
	if (r->kind == KIND_FIRST)
		parent_up(env);
	if (r->kind == KIND_RELOAD) {
		r->stage = RELOAD_SETTLE;
		r->has_batch = 0;
		if (env->ipvs == NULL || (mask & ROUND_BIT(PROC_LBE)) == 0)
			reload_done(r, NULL);
		else
			evtimer_add(r->ev_settle, &settle);
	}
	reload_next(env);
}

static void
reload_feed(struct reload *r, struct engine_proc *e)
{
	int	fresh;

	fresh = e->state == ENGINE_FEEDING;
	e->state = ENGINE_RUNNING;
	switch (e->proc) {
	case PROC_VRRPE:
		feed_vrrpe(r->env, fresh);
		break;
	case PROC_HCE:
		feed_hce(r->env, fresh);
		break;
	case PROC_LBE:
		feed_lbe(r->env, fresh);
		break;
	default:
		break;
	}
}

/* What was to run did not: what ran before can be gone back to still. */
static void
reload_drop(struct reload *r)
{
	if (r->kind != KIND_RELOAD || r->what != RELOAD_BACK) {
		conf_free(r->tree);
		conf_changes_free(r->changes);
	} else if (r->changes != NULL)
		confirm_keep_changes(r->env->confirm, r->changes);
	else
		confirm_keep(r->env->confirm, r->tree);
	r->tree = NULL;
	r->changes = NULL;
}

/*
 * Nothing has changed and nothing will.  An engine that could not even take
 * what runs already is of no use as it is.
 */
static void
reload_forget(struct reload *r, const char *why)
{
	struct parent		*env = r->env;
	struct engine_proc	*e;
	enum proc		 p;
	int			 untold;

	evtimer_del(r->ev_deadline);
	r->round.phase = ROUND_IDLE;
	for (p = 0; p < PROC_MAX; p++) {
		e = &env->engine[p];
		if ((r->round.mask & ROUND_BIT(p)) == 0 || e->peer == NULL)
			continue;
		untold = push_stop(e);
		peer_send(e->peer, MSG_CONF_ABORT, 0, -1, NULL, 0);
		if (r->round.waiting & ROUND_BIT(p) && !untold)
			e->stale++;
		if (e->state == ENGINE_FEEDING)
			proc_kill(e, why);
	}
	reload_drop(r);
	parent_unneed_ipvs(env);
	reload_trim();
}

/*
 * What it took is free: files, their text, indexes, perhaps a tree.  glibc
 * keeps it, in part between what is in use, for a reload that may never come.
 */
static void
reload_trim(void)
{
	(void)malloc_trim(0);
}

static void
reload_abort(struct reload *r, const char *why)
{
	reload_forget(r, why);
	switch (r->kind) {
	case KIND_FIRST:
		parent_stop(r->env, 1, why);
		return;
	case KIND_RELOAD:
	case KIND_PLAN:
		reload_textf(r, "%s", why);
		reload_failed(r, EINVAL);
		break;
	case KIND_FEED:
		break;
	}
	reload_next(r->env);
}

static void
reload_kill_late(struct reload *r)
{
	enum proc	p;

	for (p = 0; p < PROC_MAX; p++)
		if ((r->round.waiting & ROUND_BIT(p)) != 0)
			proc_kill(&r->env->engine[p], "it does not commit");
}

void
reload_failed(struct reload *r, int error)
{
	struct msg_result	result = { error, 0, r->texts };

	if (r->what != RELOAD_PLAN)
		log_warnx("reload: failed, generation %u goes on",
		    r->env->conf->generation);
	if (r->what == RELOAD_BACK)
		confirm_late(r->env->confirm);
	reload_trim();
	reload_done(r, &result);
}

void
reload_done(struct reload *r, const struct msg_result *result)
{
	static const struct msg_result	 ok;

	if (result == NULL)
		result = &ok;
	if (r->stage == RELOAD_SETTLE)
		log_info("reload: generation %u runs, %u operations in the "
		    "kernel, %u refused", r->env->conf->generation,
		    result->done, result->failed);
	reload_more(r);
	/* Those who watch by lbe are told of one by a signal, too. */
	proc_send(r->env, PROC_LBE, MSG_RELOAD_DONE, r->request, -1, result,
	    sizeof(*result));
	evtimer_del(r->ev_settle);
	r->stage = RELOAD_NONE;
	r->request = 0;
}

static void
reload_settle_cb(int, short, void *arg)
{
	struct reload		*r = arg;
	struct msg_result	 late = { 0, 0, 1 };

	reload_textf(r, "the new configuration runs, but the kernel's table "
	    "is not there after %d seconds", SETTLE_MAX_S);
	reload_done(r, &late);
}

/*
 * The first batch that lbe commits out of the new generation is the one the
 * operator waits for.
 */
void
reload_batch(struct parent *env, uint32_t batch, uint32_t gen)
{
	struct reload	*r = env->reload;

	if (r->stage != RELOAD_SETTLE || r->has_batch ||
	    gen != env->conf->generation)
		return;
	r->batch = batch;
	r->has_batch = 1;
}

void
reload_batch_error(struct parent *env, const char *text)
{
	struct reload	*r = env->reload;

	if (r->stage == RELOAD_SETTLE && r->has_batch)
		reload_text(r, text);
}

void
reload_batch_done(struct parent *env, uint32_t batch,
    const struct msg_result *result)
{
	struct reload		*r = env->reload;
	struct msg_result	 done = *result;

	if (r->stage != RELOAD_SETTLE || !r->has_batch || r->batch != batch)
		return;
	/* Whatever the kernel refused, the new configuration runs. */
	done.error = 0;
	reload_done(r, &done);
}

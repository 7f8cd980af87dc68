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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "parent.h"
#include "run.h"

/* A tracked script that runs now; there is one run of each at most. */
struct script_proc {
	TAILQ_ENTRY(script_proc) entry;
	struct parent		*env;
	struct run		*run;
	uint32_t		 id;
};
TAILQ_HEAD(script_procs, script_proc);

struct scripts {
	struct script_procs	procs;
};

static struct script_proc *script_find(const struct scripts *, uint32_t);
static int	script_start(struct parent *, const struct conf_script *);
static void	script_ended(void *, const struct msg_script_result *);
static void	script_proc_free(struct script_proc *);

struct scripts *
scripts_new(struct parent *)
{
	struct scripts	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	TAILQ_INIT(&s->procs);
	return (s);
}

void
scripts_free(struct scripts *s)
{
	struct script_proc	*sp;

	if (s == NULL)
		return;
	while ((sp = TAILQ_FIRST(&s->procs)) != NULL) {
		run_forget(sp->run);
		script_proc_free(sp);
	}
	free(s);
}

static struct script_proc *
script_find(const struct scripts *s, uint32_t id)
{
	struct script_proc	*sp;

	TAILQ_FOREACH(sp, &s->procs, entry)
		if (sp->id == id)
			return (sp);
	return (NULL);
}

/*
 * A script that runs already was asked for by an hce that died meanwhile:
 * its successor gets the result of that run.
 */
void
script_run(struct parent *env, const struct conf_script *conf)
{
	struct msg_script_result	 result = { 0 };

	if (script_find(env->scripts, conf->conf.id) != NULL)
		return;
	if ((result.error = script_start(env, conf)) != 0)
		dispatch_script_result(env, conf->conf.id, &result);
}

static int
script_start(struct parent *env, const struct conf_script *conf)
{
	static char		*none[] = { NULL };
	struct run_spec		 spec;
	struct script_proc	*sp;
	char			 what[NAME_LEN + sizeof("script ")], why[512];
	int			 error;

	if ((sp = calloc(1, sizeof(*sp))) == NULL)
		return (errno);
	sp->env = env;
	sp->id = conf->conf.id;
	snprintf(what, sizeof(what), "script %s", conf->conf.name);
	spec.what = what;
	spec.argv = conf->argv;
	spec.env = none;
	spec.user = run_as(conf->user, env->conf->script_user);
	spec.timeout_ms = conf->conf.timeout_ms;
	spec.done = script_ended;
	spec.arg = sp;
	error = run_start(env->runs, &spec, &sp->run, why, sizeof(why));
	if (error != 0) {
		log_warnx("%s: not run: %s", what, why);
		free(sp);
		return (error);
	}
	TAILQ_INSERT_TAIL(&env->scripts->procs, sp, entry);
	return (0);
}

static void
script_ended(void *arg, const struct msg_script_result *result)
{
	struct script_proc	*sp = arg;
	struct parent		*env = sp->env;
	uint32_t		 id = sp->id;

	script_proc_free(sp);
	dispatch_script_result(env, id, result);
}

void
scripts_prune(struct parent *env, const struct conf *conf)
{
	struct script_proc	*sp, *next;

	TAILQ_FOREACH_SAFE(sp, &env->scripts->procs, entry, next) {
		if (conf_find_script(conf, sp->id) != NULL)
			continue;
		run_forget(sp->run);
		run_kill(sp->run);
		script_proc_free(sp);
	}
}

static void
script_proc_free(struct script_proc *sp)
{
	TAILQ_REMOVE(&sp->env->scripts->procs, sp, entry);
	free(sp);
}

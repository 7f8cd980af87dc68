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

/*
 * Scripts of checks.  hce names a host and one of its checks; everything else
 * comes from the configuration.  What is wrong with a script is logged when
 * that changes, as checks are many.
 */

/* LVSD_HOST, LVSD_PORT, LVSD_TABLE, LVSD_SERVICE, LVSD_WEIGHT. */
#define ENV_MAX		5
#define ENV_LEN		(NAME_LEN + sizeof("LVSD_SERVICE="))

struct check_proc {
	TAILQ_ENTRY(check_proc)	 entry;
	struct parent		*env;
	struct run		*run;
	uint32_t		 request;	/* of hce, which waits */
	uint32_t		 check_id;
	struct addr		 addr;		/* these two: of whom */
	uint16_t		 port;
};
TAILQ_HEAD(check_procs, check_proc);

struct check_runs {
	struct check_procs	 procs;
	uint32_t		 refused_id;	/* check whose script could */
	int			 refused;	/* not be run last; errno */
};

struct check_env {
	char	 text[ENV_MAX][ENV_LEN];
	char	*list[ENV_MAX + 1];
	int	 n;
};

static struct check_proc *check_proc_find(const struct check_runs *,
		    uint32_t, const struct addr *, uint16_t);
static void	 check_env_add(struct check_env *, const char *,
		    const char *);
static void	 check_env_number(struct check_env *, const char *, uint32_t);
static void	 check_env_fill(struct check_env *, const struct conf *,
		    const struct conf_check *, const struct conf_host *);
static uint16_t	 check_port(const struct conf_check *,
		    const struct conf_host *);
static int	 check_start(struct parent *, struct check_proc *,
		    const struct conf_check *, const struct conf_host *);
static void	 check_refused(struct parent *, const struct conf_check *,
		    int, const char *);
static void	 check_ended(void *, const struct msg_script_result *);
static void	 check_proc_free(struct check_proc *);

struct check_runs *
check_runs_new(void)
{
	struct check_runs	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	TAILQ_INIT(&r->procs);
	return (r);
}

void
check_runs_free(struct check_runs *r)
{
	if (r == NULL)
		return;
	check_runs_end(r);
	free(r);
}

static struct check_proc *
check_proc_find(const struct check_runs *r, uint32_t check_id,
    const struct addr *addr, uint16_t port)
{
	struct check_proc	*cp;

	TAILQ_FOREACH(cp, &r->procs, entry)
		if (cp->check_id == check_id && cp->port == port &&
		    addr_cmp(&cp->addr, addr) == 0)
			return (cp);
	return (NULL);
}

static void
check_env_add(struct check_env *env, const char *name, const char *value)
{
	char	*text = env->text[env->n];

	snprintf(text, ENV_LEN, "%s=%s", name, value);
	env->list[env->n++] = text;
	env->list[env->n] = NULL;
}

static void
check_env_number(struct check_env *env, const char *name, uint32_t value)
{
	char	 text[16];

	snprintf(text, sizeof(text), "%u", value);
	check_env_add(env, name, text);
}

/* Of several services with the table, the first is named. */
static void
check_env_fill(struct check_env *env, const struct conf *conf,
    const struct conf_check *c, const struct conf_host *h)
{
	const struct conf_service	*s;
	struct host_config		 host;
	char				 addr[ADDR_STRLEN];
	int				 i;

	conf_host_wire(&h->table->hosts, h, &host);
	env->n = 0;
	check_env_add(env, "LVSD_HOST",
	    addr_str(check_target(&c->conf, &host), addr));
	if (check_port(c, h) != 0)
		check_env_number(env, "LVSD_PORT", check_port(c, h));
	check_env_number(env, "LVSD_WEIGHT", h->weight);
	check_env_add(env, "LVSD_TABLE", h->table->name);
	TAILQ_FOREACH(s, &conf->services, entry)
		for (i = 0; i < POOL_MAX; i++)
			if (s->pool[i].table == h->table) {
				check_env_add(env, "LVSD_SERVICE",
				    s->name);
				return;
			}
}

static uint16_t
check_port(const struct conf_check *c, const struct conf_host *h)
{
	return (c->conf.port != 0 ? c->conf.port : h->table->port);
}

void
check_run(struct parent *env, uint32_t request, const struct conf_check *c,
    const struct conf_host *h)
{
	struct msg_script_result	 result = { 0 };
	const struct addr		*addr;
	struct host_config		 host;
	struct check_proc		*cp;

	conf_host_wire(&h->table->hosts, h, &host);
	addr = check_target(&c->conf, &host);
	if (check_proc_find(env->check_runs, c->conf.id, addr,
	    check_port(c, h)) != NULL)
		result.error = EBUSY;
	else if ((cp = calloc(1, sizeof(*cp))) == NULL)
		result.error = errno;
	else {
		cp->env = env;
		cp->request = request;
		cp->check_id = c->conf.id;
		cp->addr = *addr;
		cp->port = check_port(c, h);
		result.error = check_start(env, cp, c, h);
	}
	if (result.error != 0)
		dispatch_check_result(env, request, &result);
}

/* Takes the process record; 0 or an errno. */
static int
check_start(struct parent *env, struct check_proc *cp,
    const struct conf_check *c, const struct conf_host *h)
{
	struct check_env	 vars;
	struct run_spec		 spec;
	char			 what[NAME_LEN + ADDR_STRLEN + sizeof("check "
				    "script  of ")];
	char			 addr[ADDR_STRLEN], why[512];
	int			 error;

	snprintf(what, sizeof(what), "check script %s of %s",
	    c->script->conf.name, addr_str(&cp->addr, addr));
	check_env_fill(&vars, env->conf, c, h);
	spec.what = what;
	spec.argv = c->script->argv;
	spec.env = vars.list;
	spec.user = run_as(c->script->user, env->conf->script_user);
	spec.timeout_ms = c->conf.timeout_ms;
	spec.done = check_ended;
	spec.arg = cp;
	error = run_start(env->runs, &spec, &cp->run, why, sizeof(why));
	check_refused(env, c, error, why);
	if (error == 0)
		TAILQ_INSERT_TAIL(&env->check_runs->procs, cp, entry);
	else
		free(cp);
	return (error);
}

static void
check_refused(struct parent *env, const struct conf_check *c, int error,
    const char *why)
{
	struct check_runs	*r = env->check_runs;

	if (error != 0 && (r->refused != error ||
	    r->refused_id != c->conf.id)) {
		log_warnx("check script %s: not run: %s",
		    c->script->conf.name, why);
		r->refused = error;
		r->refused_id = c->conf.id;
	} else if (error == 0 && r->refused_id == c->conf.id)
		r->refused = 0;
}

static void
check_ended(void *arg, const struct msg_script_result *result)
{
	struct check_proc	*cp = arg;
	struct parent		*env = cp->env;
	uint32_t		 request = cp->request;

	check_proc_free(cp);
	dispatch_check_result(env, request, result);
}

void
check_runs_prune(struct parent *env, const struct conf *conf)
{
	const struct conf_check	*c;
	struct check_proc	*cp, *next;

	TAILQ_FOREACH_SAFE(cp, &env->check_runs->procs, entry, next) {
		TAILQ_FOREACH(c, &conf->checks, entry)
			if (c->conf.id == cp->check_id)
				break;
		if (c != NULL)
			continue;
		run_forget(cp->run);
		run_kill(cp->run);
		check_proc_free(cp);
	}
}

void
check_runs_end(struct check_runs *r)
{
	struct check_proc	*cp;

	while ((cp = TAILQ_FIRST(&r->procs)) != NULL) {
		run_forget(cp->run);
		run_kill(cp->run);
		check_proc_free(cp);
	}
}

static void
check_proc_free(struct check_proc *cp)
{
	TAILQ_REMOVE(&cp->env->check_runs->procs, cp, entry);
	free(cp);
}

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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/ctl.h"
#include "jobq.h"
#include "notify.h"
#include "parent.h"
#include "run.h"

/*
 * What notify scripts are told of a change, by arguments and environment.
 * The arguments are keepalived's, so that scripts for it can be used: those
 * that are configured, and for a script that is run for any state the type
 * and name of the object, its state and its priority.
 */

/* Arguments added for a script of any state, and variables at most. */
#define ARGS_ADDED	4
#define ENV_MAX		10

/* Texts of one change, and how many could be made. */
struct words {
	char	**list;
	size_t	  n;
	size_t	  max;
	int	  failed;
};

static const char	*what_word(const struct notify_about *);
static const char	*role_word(uint32_t, const char *);
static const char	*state_word(const struct notify_about *, uint32_t,
			    const char *);
static enum notify_kind	 state_kind(const struct notify_about *);
static const char	*about_name(const struct notify_about *);
static const struct conf_notifies *about_own(const struct notify_about *);
static char		**about_env(const struct notify_about *);
static void		 env_vrrp(struct words *, const struct vrrp_config *);
static void		 words_add(struct words *, const char *, ...)
			    __attribute__((__format__(printf, 2, 3)));
static char		**words_end(struct words *);
static int		 jobs_add(struct change *, const struct conf *,
			    const struct conf_notifies *, enum notify_kind,
			    const struct notify_about *);
static int		 job_add(struct change *, const struct conf *,
			    const struct conf_notify *,
			    const struct notify_about *);
static char		**job_argv(const struct conf_notify *,
			    const struct notify_about *);

/* keepalived's words; what is not started has one for each end. */
static const char *
role_word(uint32_t state, const char *init)
{
	switch (state) {
	case VRRP_FAULT:
		return ("FAULT");
	case VRRP_BACKUP:
		return ("BACKUP");
	case VRRP_MASTER:
		return ("MASTER");
	default:
		return (init);
	}
}

static const char *
state_word(const struct notify_about *a, uint32_t state, const char *init)
{
	static const char	*const quorums[QUORUM_STATE_MAX] = {
		[QUORUM_UNKNOWN] = "INIT",
		[QUORUM_DOWN] = "DOWN",
		[QUORUM_UP] = "UP"
	};

	return (a->what == NOTIFY_SERVICE ? quorums[state] :
	    role_word(state, init));
}

static const char *
what_word(const struct notify_about *a)
{
	switch (a->what) {
	case NOTIFY_SERVICE:
		return ("SERVICE");
	case NOTIFY_GROUP:
		return ("GROUP");
	default:
		return ("INSTANCE");
	}
}

static enum notify_kind
state_kind(const struct notify_about *a)
{
	if (a->rival != NULL)
		return (NOTIFY_RIVAL);
	if (a->what == NOTIFY_SERVICE)
		return (a->state == QUORUM_UP ? NOTIFY_QUORUM_UP :
		    NOTIFY_QUORUM_DOWN);
	switch (a->state) {
	case VRRP_FAULT:
		return (NOTIFY_FAULT);
	case VRRP_BACKUP:
		return (NOTIFY_BACKUP);
	case VRRP_MASTER:
		return (NOTIFY_MASTER);
	default:
		return (NOTIFY_STOP);
	}
}

static const char *
about_name(const struct notify_about *a)
{
	switch (a->what) {
	case NOTIFY_SERVICE:
		return (a->service->name);
	case NOTIFY_GROUP:
		return (a->group->conf.name);
	default:
		return (a->vrrp->conf.name);
	}
}

static const struct conf_notifies *
about_own(const struct notify_about *a)
{
	switch (a->what) {
	case NOTIFY_SERVICE:
		return (&a->service->notifies);
	case NOTIFY_GROUP:
		return (&a->group->notifies);
	default:
		return (&a->vrrp->notifies);
	}
}

static void
words_add(struct words *w, const char *fmt, ...)
{
	va_list	ap;

	if (w->failed || w->n == w->max) {
		w->failed = 1;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&w->list[w->n], fmt, ap) == -1)
		w->failed = 1;
	else
		w->n++;
	va_end(ap);
}

/* The list, NULL ended; NULL when any of it could not be had. */
static char **
words_end(struct words *w)
{
	if (!w->failed) {
		w->list[w->n] = NULL;
		return (w->list);
	}
	while (w->n > 0)
		free(w->list[--w->n]);
	free(w->list);
	return (NULL);
}

static void
env_vrrp(struct words *w, const struct vrrp_config *v)
{
	words_add(w, "LVSD_INTERFACE=%s", v->ifname);
	words_add(w, "LVSD_VRID=%u", v->vrid);
}

static char **
about_env(const struct notify_about *a)
{
	struct words	w = { NULL, 0, ENV_MAX, 0 };
	char		text[ADDR_STRLEN];

	if ((w.list = calloc(w.max + 1, sizeof(*w.list))) == NULL)
		return (NULL);
	words_add(&w, "LVSD_TYPE=%s", what_word(a));
	words_add(&w, "LVSD_NAME=%s", about_name(a));
	words_add(&w, "LVSD_STATE=%s", state_word(a, a->state, "STOP"));
	words_add(&w, "LVSD_PREVIOUS=%s", state_word(a, a->previous, "INIT"));
	if (a->what == NOTIFY_SERVICE) {
		words_add(&w, "LVSD_QUORUM=%u", a->service->quorum);
		words_add(&w, "LVSD_WEIGHT=%llu",
		    (unsigned long long)a->weight);
	} else
		words_add(&w, "LVSD_PRIORITY=%u", a->priority);
	if (a->vrrp != NULL) {
		env_vrrp(&w, &a->vrrp->conf);
		if (a->vrrp->group != NULL)
			words_add(&w, "LVSD_GROUP=%s",
			    a->vrrp->group->conf.name);
	}
	if (a->rival != NULL) {
		words_add(&w, "LVSD_RIVAL=%s", addr_str(&a->rival->addr,
		    text));
		words_add(&w, "LVSD_RIVAL_PRIORITY=%u", a->rival->priority);
	}
	return (words_end(&w));
}

static char **
job_argv(const struct conf_notify *n, const struct notify_about *a)
{
	struct words	w = { NULL, 0, 0, 0 };
	int		i;

	while (n->argv[w.max] != NULL)
		w.max++;
	w.max += ARGS_ADDED;
	if ((w.list = calloc(w.max + 1, sizeof(*w.list))) == NULL)
		return (NULL);
	for (i = 0; n->argv[i] != NULL; i++)
		words_add(&w, "%s", n->argv[i]);
	if (n->kind == NOTIFY_ANY) {
		words_add(&w, "%s", what_word(a));
		words_add(&w, "%s", about_name(a));
		words_add(&w, "%s", state_word(a, a->state, "STOP"));
		words_add(&w, "%u", a->priority);
	}
	return (words_end(&w));
}

static int
job_add(struct change *c, const struct conf *conf, const struct conf_notify *n,
    const struct notify_about *a)
{
	struct job	*j;
	const char	*kind = notify_kind_names[n->kind];
	static const char *const whats[] = {
		[NOTIFY_INSTANCE] = "vrrp",
		[NOTIFY_GROUP] = "sync group",
		[NOTIFY_SERVICE] = "service"
	};

	if ((j = calloc(1, sizeof(*j))) == NULL)
		return (-1);
	TAILQ_INSERT_TAIL(&c->jobs, j, entry);
	j->timeout_ms = n->timeout_ms;
	j->user = strdup(run_as(n->user, conf->script_user));
	j->argv = job_argv(n, a);
	if (asprintf(&j->what, "%s %s: notify %s%s%s",
	    whats[a->what], about_name(a), kind,
	    kind[0] != '\0' ? " " : "", n->argv[0]) == -1)
		j->what = NULL;
	return (j->user != NULL && j->argv != NULL && j->what != NULL ?
	    0 : -1);
}

static int
jobs_add(struct change *c, const struct conf *conf,
    const struct conf_notifies *list, enum notify_kind kind,
    const struct notify_about *a)
{
	const struct conf_notify	*n;

	TAILQ_FOREACH(n, list, entry)
		if (n->kind == kind && job_add(c, conf, n, a) == -1)
			return (-1);
	return (0);
}

/*
 * The object's own before those of all, and of each first those of the state:
 * so does keepalived.
 */
int
notify_change(const struct conf *conf, const struct notify_about *a,
    struct change **change)
{
	const struct conf_notifies	*lists[2];
	struct change			*c;
	enum notify_kind		 kind = state_kind(a);
	int				 i, rc = 0;

	*change = NULL;
	if ((c = change_new()) == NULL)
		return (-1);
	c->minor = a->rival != NULL;
	lists[0] = about_own(a);
	lists[1] = &conf->notifies;
	for (i = 0; i < 2 && rc == 0; i++) {
		rc = jobs_add(c, conf, lists[i], kind, a);
		if (rc == 0 && kind != NOTIFY_RIVAL &&
		    a->what != NOTIFY_SERVICE)
			rc = jobs_add(c, conf, lists[i], NOTIFY_ANY, a);
	}
	if (rc == 0 && !TAILQ_EMPTY(&c->jobs)) {
		if ((c->env = about_env(a)) != NULL) {
			*change = c;
			return (0);
		}
		rc = -1;
	}
	change_free(c);
	return (rc);
}

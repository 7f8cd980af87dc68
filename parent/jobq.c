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

#include <stdlib.h>

#include "jobq.h"

static void	jobq_ready(struct jobq *, struct jobq_object *);
static void	jobq_skip(struct jobq *, struct jobq_object *,
		    struct change *);
static struct change *jobq_take(struct jobq_object *);

struct change *
change_new(void)
{
	struct change	*c;

	if ((c = calloc(1, sizeof(*c))) != NULL)
		TAILQ_INIT(&c->jobs);
	return (c);
}

void
change_free(struct change *c)
{
	struct job	*j;
	size_t		 i;

	while ((j = TAILQ_FIRST(&c->jobs)) != NULL) {
		TAILQ_REMOVE(&c->jobs, j, entry);
		job_free(j);
	}
	for (i = 0; c->env != NULL && c->env[i] != NULL; i++)
		free(c->env[i]);
	free(c->env);
	free(c);
}

void
job_free(struct job *j)
{
	size_t	i;

	for (i = 0; j->argv != NULL && j->argv[i] != NULL; i++)
		free(j->argv[i]);
	free(j->argv);
	free(j->what);
	free(j->user);
	free(j);
}

void
jobq_init(struct jobq *q, const struct jobq_ops *ops, void *arg,
    unsigned int max)
{
	q->ops = ops;
	q->arg = arg;
	TAILQ_INIT(&q->ready);
	q->running = 0;
	q->running_max = max;
}

void
jobq_object_init(struct jobq_object *o)
{
	o->now = NULL;
	o->job = NULL;
	TAILQ_INIT(&o->waiting);
	o->nwaiting = 0;
	o->ready = 0;
}

int
jobq_object_idle(const struct jobq_object *o)
{
	return (o->now == NULL && TAILQ_EMPTY(&o->waiting));
}

static void
jobq_ready(struct jobq *q, struct jobq_object *o)
{
	if (o->ready || o->job != NULL || jobq_object_idle(o))
		return;
	TAILQ_INSERT_TAIL(&q->ready, o, entry);
	o->ready = 1;
}

static void
jobq_skip(struct jobq *q, struct jobq_object *o, struct change *c)
{
	q->ops->skipped(q->arg, o, c);
	change_free(c);
}

/* The change that has waited longest. */
static struct change *
jobq_take(struct jobq_object *o)
{
	struct change	*c;

	if ((c = TAILQ_FIRST(&o->waiting)) != NULL) {
		TAILQ_REMOVE(&o->waiting, c, entry);
		o->nwaiting--;
	}
	return (c);
}

/*
 * A minor change makes room for others, and one of them is as good as two.
 */
void
jobq_put(struct jobq *q, struct jobq_object *o, struct change *c)
{
	struct change	*last;

	last = TAILQ_LAST(&o->waiting, change_list);
	if (c->minor && last != NULL &&
	    (last->minor || o->nwaiting == JOBQ_WAITING_MAX)) {
		jobq_skip(q, o, c);
		return;
	}
	if (o->nwaiting == JOBQ_WAITING_MAX) {
		TAILQ_REMOVE(&o->waiting, last, entry);
		o->nwaiting--;
		jobq_skip(q, o, last);
	}
	TAILQ_INSERT_TAIL(&o->waiting, c, entry);
	o->nwaiting++;
	jobq_ready(q, o);
}

void
jobq_clear(struct jobq *q, struct jobq_object *o)
{
	struct change	*c;
	struct job	*j;

	while ((c = jobq_take(o)) != NULL)
		jobq_skip(q, o, c);
	if (o->ready) {
		TAILQ_REMOVE(&q->ready, o, entry);
		o->ready = 0;
	}
	if ((c = o->now) == NULL)
		return;
	if (o->job == NULL) {
		o->now = NULL;
		jobq_skip(q, o, c);
		return;
	}
	while ((j = TAILQ_FIRST(&c->jobs)) != NULL) {
		TAILQ_REMOVE(&c->jobs, j, entry);
		job_free(j);
	}
}

int
jobq_more(const struct jobq *q)
{
	return (!TAILQ_EMPTY(&q->ready) && q->running < q->running_max);
}

int
jobq_next(struct jobq *q)
{
	struct jobq_object	*o;
	struct job		*j;

	if (!jobq_more(q))
		return (0);
	o = TAILQ_FIRST(&q->ready);
	TAILQ_REMOVE(&q->ready, o, entry);
	o->ready = 0;
	if (o->now == NULL)
		o->now = jobq_take(o);
	j = TAILQ_FIRST(&o->now->jobs);
	TAILQ_REMOVE(&o->now->jobs, j, entry);
	o->job = j;
	q->running++;
	if (q->ops->start(q->arg, o, j) == -1)
		jobq_ended(q, o);
	return (jobq_more(q));
}

void
jobq_ended(struct jobq *q, struct jobq_object *o)
{
	q->running--;
	job_free(o->job);
	o->job = NULL;
	if (TAILQ_EMPTY(&o->now->jobs)) {
		change_free(o->now);
		o->now = NULL;
	}
	jobq_ready(q, o);
}

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

#ifndef PARENT_JOBQ_H
#define PARENT_JOBQ_H

#include <bsd/sys/queue.h>
#include <stdint.h>

/*
 * Programs to be run about the changes of objects.  Those of one object run
 * one after the other, in the order of its changes; those of different ones
 * run side by side, as many as there may be at a time, objects taking turns.
 * When the programs of an object do not keep up with its changes, those
 * between the oldest and the last are skipped: the last always has its run.
 */

/* Changes of one object that wait. */
#define JOBQ_WAITING_MAX	4

struct job {
	TAILQ_ENTRY(job)	 entry;
	char			*what;		/* for the log */
	char			**argv;
	char			*user;
	uint32_t		 timeout_ms;
};
TAILQ_HEAD(job_list, job);

/* What has happened to an object, and the programs to be run about it. */
struct change {
	TAILQ_ENTRY(change)	 entry;
	struct job_list		 jobs;		/* still to be begun */
	char			**env;		/* of them all */
	int			 minor;		/* no state of its own */
};
TAILQ_HEAD(change_list, change);

/* Embedded in what has changes. */
struct jobq_object {
	TAILQ_ENTRY(jobq_object) entry;		/* of ready */
	struct change		*now;		/* in work; NULL: none */
	struct job		*job;		/* that runs; NULL: none */
	struct change_list	 waiting;
	unsigned int		 nwaiting;
	int			 ready;		/* to begin a job */
};
TAILQ_HEAD(jobq_objects, jobq_object);

struct jobq_ops {
	/*
	 * Begin this job of the change in work.  0: jobq_ended() will
	 * follow, -1: it did not come to run, and that was told.
	 */
	int	(*start)(void *, struct jobq_object *, struct job *);
	/* This change is skipped. */
	void	(*skipped)(void *, struct jobq_object *, struct change *);
};

struct jobq {
	const struct jobq_ops	*ops;
	void			*arg;
	struct jobq_objects	 ready;
	unsigned int		 running;
	unsigned int		 running_max;
};

/* jobq_init: with so many jobs at a time. */
void	 jobq_init(struct jobq *, const struct jobq_ops *, void *,
	    unsigned int);
void	 jobq_object_init(struct jobq_object *);
/* jobq_object_idle: it has no job, and none to come. */
int	 jobq_object_idle(const struct jobq_object *);
/* jobq_put: the object has changed; the change is the queue's from now on. */
void	 jobq_put(struct jobq *, struct jobq_object *, struct change *);
/* jobq_clear: all that has not begun is skipped. */
void	 jobq_clear(struct jobq *, struct jobq_object *);
/* jobq_next: begin one job, if one may be begun.  1: another may, too. */
int	 jobq_next(struct jobq *);
/* jobq_more: a job may be begun. */
int	 jobq_more(const struct jobq *);
/* jobq_ended: the job of the object is over. */
void	 jobq_ended(struct jobq *, struct jobq_object *);

/* change_new: without jobs; NULL: no memory.  change_free: with its jobs. */
struct change	*change_new(void);
void		 change_free(struct change *);
void		 job_free(struct job *);

#endif /* PARENT_JOBQ_H */

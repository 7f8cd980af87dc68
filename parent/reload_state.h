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

#ifndef PARENT_RELOAD_STATE_H
#define PARENT_RELOAD_STATE_H

#include <stdint.h>
#include <stdio.h>

#include "../imsg/msg.h"
#include "round.h"

struct conf;
struct conf_changes;
struct event;
struct parent;

/*
 * What the files of the way from one configuration to the next share among
 * themselves: reload.c (rounds through the engines), load.c (what is asked
 * for, and what is told about it), confirm.c (the configuration before).
 */

enum round_kind {
	KIND_FIRST,		/* first tree, to all engines */
	KIND_FEED,		/* running tree, to engines started again */
	KIND_RELOAD,		/* another tree, to all that run */
	KIND_PLAN		/* the same, but it does not come to run */
};

/* Where a reload that was asked for is. */
enum reload_stage {
	RELOAD_NONE,
	RELOAD_WANTED,		/* waits until no other round runs */
	RELOAD_ROUND,		/* in its round */
	RELOAD_SETTLE		/* committed; the kernel is not there yet */
};

struct reload {
	struct parent		*env;
	struct round		 round;
	enum round_kind		 kind;
	struct conf		*tree;		/* staged; NULL: the running */
	struct conf_changes	*changes;	/* of that, then; NULL: none */
	struct event		*ev_deadline;	/* of the phase */
	enum reload_stage	 stage;
	enum reload_what	 what;
	uint32_t		 confirm_s;	/* as in struct msg_reload */
	uint32_t		 request;	/* of lbe; 0: nobody waits */
	unsigned int		 texts;		/* lines told */
	struct event		*ev_settle;
	uint32_t		 batch;		/* to wait for */
	int			 has_batch;
	char			*public;	/* what runs, for those who
						   compare; NULL: not made */
};

/* reload.c */
/*
 * reload_tree: bring this tree, which is owned from now on, to the engines
 * that run, and run it.
 * reload_changes: the same, of what changes in the tree that runs.
 * reload_try: as reload_tree, but only have them stage it.
 * reload_failed: what was asked for did not come to run, for this errno.
 * reload_done: it is over; NULL: the kernel had nothing to do with it.
 * reload_yields: what is under way ends early when this is asked for.
 * reload_give_way: it does, if there is any.
 */
int	 reload_yields(const struct reload *, enum reload_what);
void	 reload_give_way(struct reload *);
void	 reload_tree(struct reload *, struct conf *);
void	 reload_changes(struct reload *, struct conf_changes *);
void	 reload_try(struct reload *, struct conf *);
void	 reload_failed(struct reload *, int);
void	 reload_done(struct reload *, const struct msg_result *);

/* load.c */
/* reload_load: begin what was asked for. */
void	 reload_load(struct reload *);
/* reload_text, reload_textf: a line for the log and for who has asked. */
void	 reload_text(void *, const char *);
void	 reload_textf(struct reload *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
/* reload_more: how many lines were too many, once all are told. */
void	 reload_more(struct reload *);

/* plan.c */
/*
 * plan_tell: to who has asked, how this tree differs from the running one; 0,
 * or -1: no memory, nothing was told.
 * plan_running: the text of that, for this request of lbe; 0, or -1: no
 * memory, nothing was told.
 */
int	 plan_tell(struct reload *, const struct conf *);
int	 plan_running(struct reload *, uint32_t);

/* plan_net.c */
/*
 * plan_net: a line for each address that this tree would add, or remove; 0, or
 * -1: no memory.
 */
int	 plan_net(const struct parent *, const struct conf *, FILE *);

#endif /* PARENT_RELOAD_STATE_H */

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

#ifndef IMSG_ENGINE_H
#define IMSG_ENGINE_H

#include <stdint.h>

#include "peer.h"

struct event_base;

/*
 * What every engine does alike: start as a child of the parent, confine
 * itself, listen to the parent on descriptor 3, take links to other engines,
 * receive the configuration in two phases.  An engine gives its own part in
 * a table of functions.
 */

#define ENGINE_PARENT_FD	3	/* the link to the parent after exec */
/* Root directory of the engines: empty, root's, made by the parent. */
#define ENGINE_CHROOT		"/run/lvsd/empty"
#define ENGINE_USER		"_lvsd"

/* Priorities of events; libevent gives the middle one to those with none. */
enum engine_prio {
	ENGINE_PRIO_FIRST,	/* what must not be late */
	ENGINE_PRIO_DEFAULT,
	ENGINE_PRIO_LAST,	/* what others send, as much as they like */
	ENGINE_PRIO_MAX
};

struct engine {
	const struct engine_ops	*ops;
	struct event_base	*base;
	struct peer		*parent;
	struct peer		*link[PROC_MAX];	/* NULL: not there */
	uint32_t		 gen;		/* committed; 0: none yet */
	uint32_t		 staged_gen;	/* being received; 0: none */
	int			 same;		/* MSG_CONF_SAME was */
	int			 between;	/* COMMIT was, and not START */
	void			*arg;		/* the engine's own state */
};

struct engine_ops {
	enum proc	self;
	/* The timers of libevent need not be precise, but cheap. */
	int		coarse;

	/* As root, before chroot: read files needed later.  May be NULL. */
	void	(*prepare)(struct engine *);
	/* Confined, event base there, nothing received yet. */
	void	(*init)(struct engine *);

	/* A message that is not one of the engine frame's own; 0 or -1. */
	int	(*message)(struct engine *, enum proc, struct imsg *);
	/* A link has come (tell it all it must know) or has gone.  NULL ok */
	void	(*link_up)(struct engine *, enum proc);
	void	(*link_down)(struct engine *, enum proc);

	/* Begin a new tree; one left over from an abort is gone already. */
	void	(*conf_begin)(struct engine *);
	/* One MSG_CONF_ object: validate and stage it; 0 or -1. */
	int	(*conf_object)(struct engine *, struct imsg *);
	/* All there: NULL when it is whole, else what is missing. */
	const char *(*conf_end)(struct engine *);
	/* Make the staged tree the running one; state of old ids is kept. */
	void	(*conf_commit)(struct engine *);
	/* Free the staged tree, and changes. */
	void	(*conf_abort)(struct engine *);
	/* Everybody has committed: new objects may act. */
	void	(*conf_start)(struct engine *);
	/*
	 * The way of MSG_CONF_SAME.  conf_change: an object of the running
	 * tree with a new value: validate and note it; 0 or -1.
	 * conf_changed: everybody has committed, the values count.  Both NULL:
	 * this engine is sent none and has nothing to do.
	 */
	int	(*conf_change)(struct engine *, struct imsg *);
	void	(*conf_changed)(struct engine *);

	/* The parent wants a good end; call engine_exit() when done. */
	void	(*shutdown)(struct engine *);
};

/*
 * engine_main: run an engine until its parent goes or shuts it down; debug
 * and verbose as of lvsd(8).  Returns the exit status.
 */
int	engine_main(const struct engine_ops *, void *, int, int);
/* engine_exit: leave the loop; what is queued for the parent is sent. */
void	engine_exit(struct engine *);
/*
 * engine_send: to the parent or a linked engine; quietly nothing when there
 * is no such link now, for a new link is told everything anyway.
 */
void	engine_send(struct engine *, enum proc, enum msg_type, uint32_t,
	    const void *, size_t);
/*
 * engine_stale: the message's sender had an older configuration, so that an
 * id that no longer resolves is to be ignored and not a broken protocol.
 */
int	engine_stale(const struct engine *, const struct imsg *);

/*
 * engine_confine (confine.c): chroot, uid and gid of ENGINE_USER, limits, no
 * new privileges, no capabilities, not dumpable.  fatal() on any failure.
 * The number of descriptors allowed is raised to the hard limit before.
 */
void	engine_confine(enum proc);

#endif /* IMSG_ENGINE_H */

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

#ifndef LBE_PLAN_H
#define LBE_PLAN_H

#include <stdio.h>

struct client;
struct imsg;
struct lbe_env;
struct lbe_tree;
struct plan;
struct try;

/*
 * plan.c
 *
 * plan_kernel: how the kernel comes from what was asked for the first tree to
 * what will be asked for the second, which has all that it inherits: a line
 * for each operation; and those that hosts wait for which are not checked
 * yet.  Returns the number of the former, -1: no memory.
 */
int	plan_kernel(struct lbe_tree *, struct lbe_tree *, FILE *, FILE *);

/*
 * planned.c: a plan on its way to a client.
 *
 * plan_new: the client waits for one.  plan_free: NULL: nothing to free.
 * plan_text: the parent tells a part of it; 0 or -1.
 * plan_ready: all is told and the tree is staged: add what of it is lbe's to
 * know, and send all.
 * plan_try: a message of the client about another configuration; 0 or -1.
 * plan_more: the client can read more of it.
 */
struct plan	*plan_new(void);
void		 plan_free(struct plan *);
int		 plan_text(struct lbe_env *, struct imsg *);
void		 plan_ready(struct client *);
int		 plan_try(struct client *, struct imsg *);
void		 plan_more(struct client *);

/*
 * try.c: a configuration as a client sends it.
 *
 * try_new: there is none of it yet.  try_free: NULL: nothing to free.
 * try_object: the next object; 0, or -1: it makes no sense.
 * try_fits: neither it nor what it would have in the kernel is too much.
 * try_tree: whole, if it fits; NULL: another configuration runs now.
 */
struct try	*try_new(struct lbe_env *);
void		 try_free(struct try *);
int		 try_object(struct try *, struct imsg *);
int		 try_fits(const struct try *);
struct lbe_tree	*try_tree(struct try *);

#endif /* LBE_PLAN_H */

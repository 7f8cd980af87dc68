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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../conf/diff.h"
#include "parent.h"
#include "reload_state.h"

/* How another configuration differs from the running one, for lvsctl(8). */

static char	*plan_difference(const struct parent *, const struct conf *,
		    size_t *);
static char	*plan_new_text(const struct conf *, const struct conf *);
static void	 plan_line(void *, const char *);
static void	 plan_send(struct parent *, uint32_t, const char *,
		    size_t);

int
plan_tell(struct reload *r, const struct conf *tree)
{
	char	*text;
	size_t	 size;

	if ((text = plan_difference(r->env, tree, &size)) == NULL)
		return (-1);
	plan_send(r->env, r->request, text, size);
	free(text);
	return (0);
}

static char *
plan_difference(const struct parent *env, const struct conf *tree,
    size_t *size)
{
	FILE	*f = NULL;
	char	*old, *new, *text = NULL;
	int	 error = -1;

	old = conf_canonical(env->conf);
	new = plan_new_text(tree, env->conf);
	if (old == NULL || new == NULL ||
	    (f = open_memstream(&text, size)) == NULL)
		goto done;
	if (conf_diff(old, new, plan_line, f) != -1)
		error = plan_net(env, tree, f);
done:
	if (f != NULL && fclose(f) == EOF)
		error = -1;
	if (error == -1) {
		free(text);
		text = NULL;
	}
	free(old);
	free(new);
	return (text);
}

/*
 * Who has another configuration at hand compares it with this; so the parent
 * reads nothing that others may choose.  The text is made once, however often
 * clients ask.
 */
int
plan_running(struct reload *r, uint32_t request)
{
	static const struct msg_result	 ok;

	if (r->public == NULL &&
	    (r->public = conf_public(r->env->conf)) == NULL)
		return (-1);
	plan_send(r->env, request, r->public, strlen(r->public));
	proc_send(r->env, PROC_LBE, MSG_RELOAD_DONE, request, -1, &ok,
	    sizeof(ok));
	return (0);
}

/* With what the text alone does not show, because it is secret. */
static char *
plan_new_text(const struct conf *new, const struct conf *old)
{
	FILE	*f;
	char	*text = NULL;
	size_t	 size;

	if ((f = open_memstream(&text, &size)) == NULL)
		return (NULL);
	conf_print(new, f);
	conf_print_renewed(new, old, f);
	return (fclose(f) == EOF ? NULL : text);
}

static void
plan_line(void *arg, const char *line)
{
	fprintf(arg, "%s\n", line);
}

static void
plan_send(struct parent *env, uint32_t request, const char *text, size_t len)
{
	size_t	n;

	for (; len > 0; len -= n, text += n) {
		n = len < CTL_PLAN_PART ? len : CTL_PLAN_PART;
		proc_send(env, PROC_LBE, MSG_PLAN_TEXT, request, -1, text, n);
	}
}

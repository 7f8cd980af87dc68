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
#include <string.h>

#include "build.h"

const char *const notify_kind_names[NOTIFY_KIND_MAX] = {
	"",
	"master",
	"backup",
	"fault",
	"stop",
	"rival",
	"quorum up",
	"quorum down"
};

static struct conf_notifies	*notify_list(struct parse *);
static int			 notify_place(struct parse *,
				    enum notify_kind);
static void			 notify_unique(struct parse *,
				    struct conf_notify *,
				    const struct conf_notifies *);

static struct conf_notifies *
notify_list(struct parse *p)
{
	if (p->vrrp != NULL)
		return (&p->vrrp->notifies);
	if (p->group != NULL)
		return (&p->group->notifies);
	if (p->service != NULL)
		return (&p->service->notifies);
	return (&p->conf->notifies);
}

/* Can what is named change here?  0, or -1, reported. */
static int
notify_place(struct parse *p, enum notify_kind kind)
{
	int	quorum;

	quorum = kind == NOTIFY_QUORUM_UP || kind == NOTIFY_QUORUM_DOWN;
	if (kind == NOTIFY_RIVAL && p->group != NULL)
		conf_error(p, "notify rival: a rival is heard by an instance; "
		    "put this into its vrrp block");
	else if (quorum && p->service == NULL)
		conf_error(p, "notify %s: a quorum is of a service; put this "
		    "into its block", notify_kind_names[kind]);
	else if (!quorum && p->service != NULL)
		conf_error(p, "notify: a service has no role; there are: "
		    "quorum up, quorum down");
	else
		return (0);
	return (-1);
}

enum notify_kind
build_notify_quorum(struct parse *p, const struct lex_str *str)
{
	if (strcmp(str->s, "up") != 0 && strcmp(str->s, "down") != 0)
		conf_error(p, "notify quorum \"%s\": must be up or down",
		    str->s);
	return (str->s[0] == 'd' ? NOTIFY_QUORUM_DOWN : NOTIFY_QUORUM_UP);
}

static void
notify_unique(struct parse *p, struct conf_notify *n,
    const struct conf_notifies *list)
{
	struct conf_notify	*old;

	key_start(&p->key, KEY_NOTIFY);
	key_mem(&p->key, &list, sizeof(list));
	key_num(&p->key, n->kind);
	key_str(&p->key, n->command);
	if ((old = build_unique(p, n)) != NULL)
		conf_error(p, "notify \"%s\" is given at %s:%d already",
		    n->command, old->file, old->line);
}

void
build_notify_option(struct parse *p, struct notify_spec *spec, enum seen what,
    const struct lex_str *str)
{
	if (what == SEEN_USER && build_once(p, &spec->seen, what,
	    "user") == 0)
		spec->user = *str;
	else if (what == SEEN_TIMEOUT && build_once(p, &spec->seen, what,
	    "timeout") == 0)
		spec->timeout = *str;
}

void
build_notify(struct parse *p, enum notify_kind kind,
    const struct lex_str *command, const struct notify_spec *spec)
{
	struct conf_notifies	*list = notify_list(p);
	struct conf_notify	*n;

	if (notify_place(p, kind) == -1)
		return;
	if ((n = calloc(1, sizeof(*n))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INSERT_TAIL(list, n, entry);
	if (p->service != NULL)
		p->service->flags |= SERVICE_F_NOTIFY;
	n->kind = kind;
	n->file = p->pos.file;
	n->line = p->pos.line;
	n->timeout_ms = DEFAULT_NOTIFY_MS;
	if (spec->seen & SEEN_TIMEOUT)
		n->timeout_ms = value_ms(p, "timeout", &spec->timeout,
		    CHECK_MS_MIN, CHECK_MS_MAX);
	if (spec->seen & SEEN_USER)
		n->user = value_user(p, &spec->user);
	if ((n->argv = value_argv(p, "notify", command)) == NULL)
		return;
	if ((n->command = strdup(command->s)) == NULL)
		diag_nomem(&p->diag);
	else
		notify_unique(p, n, list);
}

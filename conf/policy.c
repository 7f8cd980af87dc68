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

#include <string.h>

#include "build.h"

/*
 * What becomes of a service whose hosts fail, and return; and of all when lvsd
 * ends.
 */

static int	policy_choice(struct parse *, const char *,
		    const struct lex_str *, const char *, const char *);

void
build_quorum(struct parse *p, const struct lex_str *quorum,
    const struct lex_str *hysteresis)
{
	struct conf_service	*s;

	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_QUORUM, "quorum") == -1)
		return;
	s = p->service;
	s->quorum = value_number(p, "quorum", quorum, 1, SERVICE_QUORUM_MAX);
	if (hysteresis == NULL)
		return;
	s->hysteresis = value_number(p, "hysteresis", hysteresis, 0,
	    SERVICE_QUORUM_MAX);
	if (s->hysteresis < s->quorum)
		return;
	conf_error(p, "hysteresis %u: a service with quorum %u could never "
	    "lose it; choose less than the quorum", s->hysteresis, s->quorum);
	s->hysteresis = 0;
}

void
build_fail_open(struct parse *p, const struct lex_str *str)
{
	char		text[8];	/* "100%" fits, the rest is wrong */
	struct lex_str	number = { text, str->len - 1, NULL };

	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_FAIL_OPEN, "fail open") == -1)
		return;
	if (str->len < 2 || str->len >= sizeof(text) ||
	    str->s[str->len - 1] != '%') {
		conf_error(p, "fail open \"%s\": is no share of the hosts, "
		    "as 50%%", str->s);
		return;
	}
	memcpy(text, str->s, number.len);
	text[number.len] = '\0';
	p->service->fail_open = value_number(p, "fail open", &number, 1,
	    FAIL_OPEN_MAX);
}

/* Which of two words, 0 or 1; -1: neither, reported. */
static int
policy_choice(struct parse *p, const char *what, const struct lex_str *str,
    const char *first, const char *second)
{
	if (strcmp(str->s, first) == 0)
		return (0);
	if (strcmp(str->s, second) == 0)
		return (1);
	conf_error(p, "%s \"%s\": must be %s or %s", what, str->s, first,
	    second);
	return (-1);
}

void
build_on_failure(struct parse *p, const struct lex_str *str)
{
	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_FAILURE, "on failure") == -1)
		return;
	if (policy_choice(p, "on failure", str, "remove", "quiesce") == 1)
		p->service->flags |= SERVICE_F_QUIESCE;
}

void
build_initial(struct parse *p, const struct lex_str *str)
{
	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_INITIAL, "initial") == -1)
		return;
	if (policy_choice(p, "initial", str, "unknown", "up") == 1)
		p->service->flags |= SERVICE_F_INITIAL_UP;
}

void
build_slow_start(struct parse *p, const struct lex_str *str)
{
	if (p->service == NULL ||
	    build_once(p, &p->block_seen, SEEN_SLOW, "slow start") == -1)
		return;
	p->service->slow_s = value_seconds(p, "slow start", str,
	    SLOW_START_MAX);
}

void
build_removal(struct parse *p, const struct lex_str *str)
{
	if (p->service == NULL || build_once(p, &p->block_seen, SEEN_REMOVAL,
	    "removal interval") == -1)
		return;
	p->service->removal_ms = value_ms(p, "removal interval", str,
	    REMOVAL_MS_MIN, REMOVAL_MS_MAX);
}

/* The scheduler may have been named after the statement. */
void
policy_check(struct parse *p)
{
	const struct conf_service	*s = p->service;
	struct pos			 pos;

	if (s->slow_s == 0 || scheduler_ramps(s->sched))
		return;
	pos.file = s->file;
	pos.line = s->line;
	diag_error(&p->diag, &pos, "service \"%s\": with scheduler %s a host "
	    "cannot start slowly; choose one that goes by weights, as %s",
	    s->name, s->sched,
	    strcmp(s->sched, "sh") == 0 ? "mh" : "wlc");
}

void
build_on_exit(struct parse *p, const struct lex_str *str)
{
	if (build_once(p, &p->seen, SEEN_EXIT, "on exit") == -1)
		return;
	if (policy_choice(p, "on exit", str, "keep", "remove") == 1)
		p->conf->exit_remove = 1;
}

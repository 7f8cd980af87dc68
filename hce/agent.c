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

#include <string.h>
#include <strings.h>

#include "../imsg/msg.h"
#include "agent.h"

/* The words, of any case, are parted by any of these. */
#define AGENT_BLANKS	" \t,"

static int	agent_word(struct agent *, const char *, size_t);
static int	agent_percent(struct agent *, const char *, size_t);
static int	agent_is(const char *, size_t, const char *);

static const struct {
	const char	*word;
	uint8_t		 down;
} states[] = {
	{ "up",		AGENT_UP },
	{ "down",	AGENT_DOWN },
	{ "fail",	AGENT_FAIL },
	{ "failed",	AGENT_FAILED },
	{ "stopped",	AGENT_STOPPED }
};
#define NSTATES	(sizeof(states) / sizeof(states[0]))

static const struct {
	const char	*word;
	uint8_t		 admin;
} admins[] = {
	{ "ready",	AGENT_READY },
	{ "drain",	AGENT_DRAIN },
	{ "maint",	AGENT_MAINT }
};
#define NADMINS	(sizeof(admins) / sizeof(admins[0]))

void
agent_init(struct agent *agent)
{
	agent->admin = AGENT_READY;
	agent->down = AGENT_UP;
	agent->percent = AGENT_PERCENT_NONE;
}

int
agent_take(struct agent *agent, const char *line, size_t len,
    const char **why, size_t *why_len)
{
	const char	*end = line + len, *p, *hash;
	int		 known = 0;

	*why = end;
	if ((hash = memchr(line, '#', len)) != NULL) {
		*why = hash + 1;
		end = hash;
	}
	while (*why < line + len && **why == ' ')
		(*why)++;
	*why_len = line + len - *why;
	for (; line < end; line = p + 1) {
		for (p = line; p < end && memchr(AGENT_BLANKS, *p,
		    sizeof(AGENT_BLANKS) - 1) == NULL; p++)
			continue;
		known += agent_word(agent, line, p - line);
	}
	return (known);
}

static int
agent_is(const char *word, size_t len, const char *name)
{
	return (strlen(name) == len && strncasecmp(word, name, len) == 0);
}

/* 1: it has a meaning. */
static int
agent_word(struct agent *agent, const char *word, size_t len)
{
	size_t	 i;

	for (i = 0; i < NSTATES; i++)
		if (agent_is(word, len, states[i].word)) {
			agent->down = states[i].down;
			return (1);
		}
	for (i = 0; i < NADMINS; i++)
		if (agent_is(word, len, admins[i].word)) {
			agent->admin = admins[i].admin;
			return (1);
		}
	return (agent_percent(agent, word, len));
}

static int
agent_percent(struct agent *agent, const char *word, size_t len)
{
	int32_t	 n = 0;
	size_t	 i;

	if (len < 2 || word[len - 1] != '%')
		return (0);
	for (i = 0; i < len - 1; i++) {
		if (word[i] < '0' || word[i] > '9')
			return (0);
		n = n * 10 + word[i] - '0';
		if (n > AGENT_PERCENT_MAX)
			n = AGENT_PERCENT_MAX;
	}
	agent->percent = n;
	return (1);
}

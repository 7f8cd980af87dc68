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

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "parser.h"

enum token_type {
	ENDTABLE,
	NOTHING,		/* the command may end here */
	KEYWORD,
	NAME,			/* an object, by name or id */
	DEMOTION,		/* a number */
	WEIGHT,			/* another, or a keyword beside it */
	TIMEOUT,		/* a time with its unit */
	TIME,			/* seconds, or with a unit */
	PATH,			/* of a file */
	SERVICE,		/* of sessions: objects as NAME, and */
	HOST,
	CLIENT			/* an address or a network */
};

struct token {
	enum token_type		 type;
	const char		*keyword;	/* of NAME: for the help */
	enum action		 action;
	const struct token	*next;		/* NULL: nothing may follow */
};

static const struct token t_vrrp[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ NAME,		"<name>",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_name[] = {
	{ NAME,		"<name or id>",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_hostname[] = {
	{ NAME,		"<address, address:port or id>",
	    ACTION_NONE, NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_hosts[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ KEYWORD,	"verbose",	SHOW_HOSTS_VERBOSE, NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_stats[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ KEYWORD,	"rates",	SHOW_RATES,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

/* Words that may come in any order: each leads back to all of them. */
static const struct token t_sessions[5];

static const struct token t_of_service[] = {
	{ SERVICE,	"<name or id>",	ACTION_NONE,	t_sessions },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_of_host[] = {
	{ HOST,		"<address, address:port or id>",
	    ACTION_NONE, t_sessions },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_of_client[] = {
	{ CLIENT,	"<address or address/prefix>",
	    ACTION_NONE, t_sessions },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_sessions[5] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ KEYWORD,	"service",	ACTION_NONE,	t_of_service },
	{ KEYWORD,	"host",		ACTION_NONE,	t_of_host },
	{ KEYWORD,	"client",	ACTION_NONE,	t_of_client },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_show[] = {
	{ KEYWORD,	"summary",	SHOW_SUMMARY,	NULL },
	{ KEYWORD,	"hosts",	SHOW_HOSTS,	t_hosts },
	{ KEYWORD,	"services",	SHOW_SERVICES,	NULL },
	{ KEYWORD,	"vrrp",		SHOW_VRRP,	t_vrrp },
	{ KEYWORD,	"stats",	SHOW_STATS,	t_stats },
	{ KEYWORD,	"sessions",	SHOW_SESSIONS,	t_sessions },
	{ KEYWORD,	"ipvs",		SHOW_IPVS,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_weight[] = {
	{ WEIGHT,	"<number>",	ACTION_NONE,	NULL },
	{ KEYWORD,	"configured",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_weighed[] = {
	{ NAME,		"<address, address:port or id>",
	    ACTION_NONE, t_weight },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_timeout[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ TIMEOUT,	"<time, as 90s, 10m or 2h>",
	    ACTION_NONE, NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_awaited[] = {
	{ NAME,		"<address, address:port or id>",
	    ACTION_NONE, t_timeout },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_drain[] = {
	{ KEYWORD,	"-w",		HOST_DRAIN_WAIT, t_awaited },
	{ NAME,		"<address, address:port or id>",
	    ACTION_NONE, t_timeout },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_host[] = {
	{ KEYWORD,	"enable",	HOST_ENABLE,	t_hostname },
	{ KEYWORD,	"disable",	HOST_DISABLE,	t_hostname },
	{ KEYWORD,	"weight",	HOST_WEIGHT,	t_weighed },
	{ KEYWORD,	"drain",	HOST_DRAIN,	t_drain },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_service[] = {
	{ KEYWORD,	"enable",	SERVICE_ENABLE,	t_name },
	{ KEYWORD,	"disable",	SERVICE_DISABLE, t_name },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_table[] = {
	{ KEYWORD,	"enable",	TABLE_ENABLE,	t_name },
	{ KEYWORD,	"disable",	TABLE_DISABLE,	t_name },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_demotion[] = {
	{ DEMOTION,	"<number>",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_by[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ KEYWORD,	"by",		ACTION_NONE,	t_demotion },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_demoted[] = {
	{ NAME,		"<name or id>",	ACTION_NONE,	t_by },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_order[] = {
	{ KEYWORD,	"demote",	VRRP_DEMOTE,	t_demoted },
	{ KEYWORD,	"undemote",	VRRP_UNDEMOTE,	t_demoted },
	{ KEYWORD,	"resign",	VRRP_RESIGN,	t_name },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_log[] = {
	{ KEYWORD,	"brief",	LOG_BRIEF,	NULL },
	{ KEYWORD,	"verbose",	LOG_VERBOSE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_time[] = {
	{ TIME,		"<time>",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_reload[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ KEYWORD,	"-c",		ACTION_NONE,	t_time },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_plan[] = {
	{ NOTHING,	"",		ACTION_NONE,	NULL },
	{ PATH,		"<file>",	ACTION_NONE,	NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token t_main[] = {
	{ KEYWORD,	"show",		ACTION_NONE,	t_show },
	{ KEYWORD,	"host",		ACTION_NONE,	t_host },
	{ KEYWORD,	"service",	ACTION_NONE,	t_service },
	{ KEYWORD,	"table",	ACTION_NONE,	t_table },
	{ KEYWORD,	"vrrp",		ACTION_NONE,	t_order },
	{ KEYWORD,	"monitor",	MONITOR,	NULL },
	{ KEYWORD,	"reload",	RELOAD,		t_reload },
	{ KEYWORD,	"confirm",	CONFIRM,	NULL },
	{ KEYWORD,	"plan",		PLAN,		t_plan },
	{ KEYWORD,	"rollback",	ROLLBACK,	NULL },
	{ KEYWORD,	"log",		ACTION_NONE,	t_log },
	{ KEYWORD,	"stop",		STOP,		NULL },
	{ ENDTABLE,	NULL,		ACTION_NONE,	NULL }
};

static const struct token	*token_match(const struct token *,
				    const char *, FILE *);
static int			 token_name(const char *, struct ctl_id *,
				    FILE *);
static int			 token_number(const char *, uint32_t, uint32_t,
				    uint32_t *, FILE *);
static int			 token_time(const char *, uint32_t, uint32_t *,
				    FILE *);
static int			 token_take(const struct token *,
				    const char *, struct command *, FILE *);
static int			 takes_any(enum token_type);
static int			 is_number(const char *);
static int			 may_end(const struct token *);
static void			 show_valid(const struct token *, FILE *);

int
parse_command(int argc, char *const argv[], struct command *cmd, FILE *err)
{
	const struct token	*table = t_main, *t;
	int			 i;

	memset(cmd, 0, sizeof(*cmd));
	cmd->weight = CTL_WEIGHT_CONFIGURED;
	for (i = 0; i < argc; i++) {
		if (table == NULL) {
			fprintf(err, "unexpected argument: %s\n", argv[i]);
			return (-1);
		}
		if ((t = token_match(table, argv[i], err)) == NULL)
			return (-1);
		if (token_take(t, argv[i], cmd, err) == -1)
			return (-1);
		if (t->action != ACTION_NONE)
			cmd->action = t->action;
		table = t->next;
	}
	if (!may_end(table)) {
		fprintf(err, "missing argument:\n");
		show_valid(table, err);
		return (-1);
	}
	return (0);
}

/* What the word says, besides which command it is of. */
static int
token_take(const struct token *t, const char *word, struct command *cmd,
    FILE *err)
{
	switch (t->type) {
	case NAME:
		return (token_name(word, &cmd->id, err));
	case SERVICE:
		return (token_name(word, &cmd->which.service, err));
	case HOST:
		return (token_name(word, &cmd->which.host, err));
	case CLIENT:
		cmd->net = word;
		return (0);
	case DEMOTION:
		return (token_number(word, 1, VRRP_DEMOTE_MAX, &cmd->by,
		    err));
	case WEIGHT:
		return (token_number(word, 0, CTL_WEIGHT_MAX, &cmd->weight,
		    err));
	case PATH:
		cmd->path = word;
		return (0);
	case TIMEOUT:
		return (token_time(word, CTL_DRAIN_MAX, &cmd->drain_s, err));
	case TIME:
		return (token_time(word, CTL_CONFIRM_S_MAX, &cmd->confirm_s,
		    err));
	default:
		return (0);
	}
}

/* No keyword stands beside it. */
static int
takes_any(enum token_type type)
{
	return (type == NAME || type == DEMOTION || type == SERVICE ||
	    type == HOST || type == CLIENT || type == TIMEOUT ||
	    type == TIME || type == PATH);
}

/* Or meant as one: it is no keyword. */
static int
is_number(const char *word)
{
	return (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
}

/* The keyword meant by a word: itself, or the only one that begins so. */
static const struct token *
token_match(const struct token *table, const char *word, FILE *err)
{
	const struct token	*t, *found = NULL;
	int			 n = 0;

	for (t = table; t->type != ENDTABLE; t++) {
		if (takes_any(t->type) && word[0] != '\0')
			return (t);
		if (t->type == WEIGHT && is_number(word))
			return (t);
		if (t->type != KEYWORD || word[0] == '\0' ||
		    strncmp(word, t->keyword, strlen(word)) != 0)
			continue;
		if (strcmp(word, t->keyword) == 0)
			return (t);
		found = t;
		n++;
	}
	if (n == 1)
		return (found);
	if (n == 0) {
		fprintf(err, "unknown argument: %s\n", word);
		show_valid(table, err);
		return (NULL);
	}
	fprintf(err, "ambiguous argument: %s could be", word);
	for (t = table; t->type != ENDTABLE; t++)
		if (t->type == KEYWORD &&
		    strncmp(word, t->keyword, strlen(word)) == 0)
			fprintf(err, " %s", t->keyword);
	fprintf(err, "\n");
	return (NULL);
}

static int
token_name(const char *word, struct ctl_id *id, FILE *err)
{
	const char	*errstr;

	id->id = strtonum(word, 1, UINT32_MAX, &errstr);
	if (errstr == NULL)
		return (0);
	if (strlcpy(id->name, word, sizeof(id->name)) >= sizeof(id->name)) {
		fprintf(err, "name too long: %s\n", word);
		return (-1);
	}
	return (0);
}

static int
token_number(const char *word, uint32_t min, uint32_t max, uint32_t *number,
    FILE *err)
{
	const char	*errstr;

	*number = strtonum(word, min, max, &errstr);
	if (errstr == NULL)
		return (0);
	fprintf(err, "%s: must be a number from %u to %u\n", word, min, max);
	return (-1);
}

/* Seconds from "90", "90s", "10m", "2h" or "7d". */
static int
token_time(const char *word, uint32_t max, uint32_t *seconds, FILE *err)
{
	static const struct {
		char		letter;
		uint32_t	seconds;
	} units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }
	};
	const char	*errstr;
	char		 number[16];
	uint32_t	 unit = 1;
	size_t		 i, len;

	if ((len = strlcpy(number, word, sizeof(number))) == 0 ||
	    len >= sizeof(number))
		goto bad;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (number[len - 1] == units[i].letter) {
			number[len - 1] = '\0';
			unit = units[i].seconds;
			break;
		}
	*seconds = strtonum(number, 1, max / unit, &errstr) * unit;
	if (errstr == NULL)
		return (0);
bad:
	fprintf(err, "%s: must be a time from 1s to %us, as 90s, 10m or 2h\n",
	    word, max);
	return (-1);
}

static int
may_end(const struct token *table)
{
	if (table == NULL)
		return (1);
	for (; table->type != ENDTABLE; table++)
		if (table->type == NOTHING)
			return (1);
	return (0);
}

static void
show_valid(const struct token *table, FILE *err)
{
	fprintf(err, "valid commands/args:\n");
	for (; table->type != ENDTABLE; table++)
		if (table->type != NOTHING)
			fprintf(err, "  %s\n", table->keyword);
}

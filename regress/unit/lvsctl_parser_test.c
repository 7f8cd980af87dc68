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

/* The words of lvsctl: prefixes, names, and what is said of bad ones. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lvsctl/parser.h"
#include "tap.h"

#define WORDS_MAX	8
#define NAME_TOO_LONG	"0123456789012345678901234567890123456789" \
			"012345678901234567890123"	/* 64 bytes */

struct test {
	const char	*words;
	enum action	 action;	/* ACTION_NONE: refused */
	uint32_t	 id;
	const char	*name;		/* or what the refusal says */
};

static const struct test tests[] = {
	{ "show summary", SHOW_SUMMARY, 0, "" },
	{ "sh su", SHOW_SUMMARY, 0, "" },
	{ "sh ser", SHOW_SERVICES, 0, "" },
	{ "sh h", SHOW_HOSTS, 0, "" },
	{ "sho hos", SHOW_HOSTS, 0, "" },
	{ "show hosts v", SHOW_HOSTS_VERBOSE, 0, "" },
	{ "show vrrp", SHOW_VRRP, 0, "" },
	{ "show vrrp VI_1", SHOW_VRRP, 0, "VI_1" },
	{ "sh v 12", SHOW_VRRP, 12, "" },
	{ "show stats", SHOW_STATS, 0, "" },
	{ "sh st r", SHOW_RATES, 0, "" },
	{ "show ipvs", SHOW_IPVS, 0, "" },
	{ "show sessions", SHOW_SESSIONS, 0, "" },
	{ "sh ses s www h 10.0.0.1 c 10.0.0.0/8", SHOW_SESSIONS, 0, "" },
	{ "host disable 10.0.0.1", HOST_DISABLE, 0, "10.0.0.1" },
	{ "h di [fd00::1]:80", HOST_DISABLE, 0, "[fd00::1]:80" },
	{ "host enable 7", HOST_ENABLE, 7, "" },
	{ "host enable 4294967295", HOST_ENABLE, 4294967295U, "" },
	{ "host enable 4294967296", HOST_ENABLE, 0, "4294967296" },
	{ "host enable -1", HOST_ENABLE, 0, "-1" },
	{ "host weight 10.0.0.1 0", HOST_WEIGHT, 0, "10.0.0.1" },
	{ "h w 7 65535", HOST_WEIGHT, 7, "" },
	{ "h w 7 conf", HOST_WEIGHT, 7, "" },
	{ "host drain 10.0.0.1", HOST_DRAIN, 0, "10.0.0.1" },
	{ "h dr 7 10m", HOST_DRAIN, 7, "" },
	{ "host drain -w 10.0.0.1:80 7d", HOST_DRAIN_WAIT, 0,
	    "10.0.0.1:80" },
	{ "h dr -w 7", HOST_DRAIN_WAIT, 7, "" },
	{ "table disable web:80", TABLE_DISABLE, 0, "web:80" },
	{ "t e web", TABLE_ENABLE, 0, "web" },
	{ "service disable www", SERVICE_DISABLE, 0, "www" },
	{ "se e 3", SERVICE_ENABLE, 3, "" },
	{ "vrrp demote VI_1", VRRP_DEMOTE, 0, "VI_1" },
	{ "v d 3 by 254", VRRP_DEMOTE, 3, "" },
	{ "v u by by 1", VRRP_UNDEMOTE, 0, "by" },
	{ "vrrp resign VI_1", VRRP_RESIGN, 0, "VI_1" },
	{ "reload", RELOAD, 0, "" },
	{ "re", RELOAD, 0, "" },
	{ "reload -c 60", RELOAD, 0, "" },
	{ "con", CONFIRM, 0, "" },
	{ "plan", PLAN, 0, "" },
	{ "p /etc/other.conf", PLAN, 0, "" },
	{ "rollback", ROLLBACK, 0, "" },
	{ "m", MONITOR, 0, "" },
	{ "l b", LOG_BRIEF, 0, "" },
	{ "log verbose", LOG_VERBOSE, 0, "" },
	{ "stop", STOP, 0, "" },
	{ "st", STOP, 0, "" },

	{ "", ACTION_NONE, 0, "missing argument" },
	{ "show", ACTION_NONE, 0, "valid commands/args:\n  summary\n" },
	{ "s", ACTION_NONE, 0,
	    "ambiguous argument: s could be show service stop\n" },
	{ "show s", ACTION_NONE, 0,
	    "s could be summary services stats sessions\n" },
	{ "show stats rates now", ACTION_NONE, 0,
	    "unexpected argument: now\n" },
	{ "show sessions www", ACTION_NONE, 0,
	    "  service\n  host\n  client\n" },
	{ "show sessions host", ACTION_NONE, 0, "missing argument" },
	{ "shows", ACTION_NONE, 0, "unknown argument: shows\n" },
	{ "show summary now", ACTION_NONE, 0, "unexpected argument: now\n" },
	{ "host", ACTION_NONE, 0, "  enable\n  disable\n" },
	{ "host disable", ACTION_NONE, 0, "missing argument" },
	{ "host disable a b", ACTION_NONE, 0, "unexpected argument: b\n" },
	{ "show vrrp a b", ACTION_NONE, 0, "unexpected argument: b\n" },
	{ "vrrp demote", ACTION_NONE, 0, "missing argument" },
	{ "vrrp demote VI_1 by", ACTION_NONE, 0, "<number>" },
	{ "vrrp demote VI_1 by 0", ACTION_NONE, 0, "from 1 to 254" },
	{ "vrrp demote VI_1 by 255", ACTION_NONE, 0, "from 1 to 254" },
	{ "vrrp demote VI_1 by x", ACTION_NONE, 0, "from 1 to 254" },
	{ "vrrp demote VI_1 20", ACTION_NONE, 0, "unknown argument: 20" },
	{ "vrrp resign VI_1 by 20", ACTION_NONE, 0,
	    "unexpected argument: by" },
	{ "host frob 10.0.0.1", ACTION_NONE, 0, "unknown argument: frob\n" },
	{ "host weight 10.0.0.1", ACTION_NONE, 0,
	    "  <number>\n  configured\n" },
	{ "host weight 10.0.0.1 65536", ACTION_NONE, 0, "from 0 to 65535" },
	{ "host weight 10.0.0.1 -1", ACTION_NONE, 0, "from 0 to 65535" },
	{ "host weight 10.0.0.1 x", ACTION_NONE, 0, "unknown argument: x" },
	{ "host weight 10.0.0.1 1 2", ACTION_NONE, 0,
	    "unexpected argument: 2" },
	{ "host drain", ACTION_NONE, 0, "  -w\n  <address" },
	{ "host drain -w", ACTION_NONE, 0, "missing argument" },
	{ "host drain 7 0", ACTION_NONE, 0, "from 1s to 604800s" },
	{ "host drain 7 8d", ACTION_NONE, 0, "from 1s to 604800s" },
	{ "host drain 7 10x", ACTION_NONE, 0, "from 1s to 604800s" },
	{ "host drain 7 s", ACTION_NONE, 0, "from 1s to 604800s" },
	{ "host drain 7 10m -w", ACTION_NONE, 0, "unexpected argument: -w" },
	{ "r", ACTION_NONE, 0,
	    "ambiguous argument: r could be reload rollback\n" },
	{ "plan a b", ACTION_NONE, 0, "unexpected argument: b\n" },
	{ "reload -c", ACTION_NONE, 0, "  <time>\n" },
	{ "reload 60", ACTION_NONE, 0, "unknown argument: 60\n" },
	{ "reload -c 60 now", ACTION_NONE, 0, "unexpected argument: now\n" },
	{ "service enable " NAME_TOO_LONG, ACTION_NONE, 0, "name too long" }
};

/* Words are split at single spaces; none of them is ended by hand. */
static int
split(char *line, char **words)
{
	int	n = 0;

	while (line != NULL && *line != '\0' && n < WORDS_MAX) {
		words[n++] = line;
		if ((line = strchr(line, ' ')) != NULL)
			*line++ = '\0';
	}
	return (n);
}

static void
check(const struct test *t)
{
	struct command	 cmd;
	FILE		*err;
	char		*line, *words[WORDS_MAX], *said = NULL;
	size_t		 len;
	int		 n, r;

	if ((err = open_memstream(&said, &len)) == NULL ||
	    (line = strdup(t->words)) == NULL)
		abort();
	n = split(line, words);
	r = parse_command(n, words, &cmd, err);
	fclose(err);
	if (t->action == ACTION_NONE) {
		is_int(r, -1, "\"%s\" is refused", t->words);
		if (!ok(strstr(said, t->name) != NULL, "and it is said why"))
			printf("# said: %s\n", said);
	} else {
		ok(r == 0 && cmd.action == t->action && cmd.id.id == t->id &&
		    strcmp(cmd.id.name, t->name) == 0 && len == 0,
		    "\"%s\"", t->words);
	}
	free(said);
	free(line);
}

static uint32_t
demotion(const char *words)
{
	struct command	 cmd;
	char		*line, *word[WORDS_MAX];

	if ((line = strdup(words)) == NULL ||
	    parse_command(split(line, word), word, &cmd, stderr) == -1)
		abort();
	free(line);
	return (cmd.by);
}

/* What `reload -c' makes of a time; 0: it is refused. */
static uint32_t
seconds(const char *time)
{
	struct command	 cmd;
	char		 reload[] = "reload", c[] = "-c", word[16];
	char		*words[] = { reload, c, word };
	FILE		*err;
	int		 n;

	if ((err = fopen("/dev/null", "w")) == NULL)
		abort();
	snprintf(word, sizeof(word), "%s", time);
	n = parse_command(3, words, &cmd, err);
	fclose(err);
	return (n == -1 ? 0 : cmd.confirm_s);
}

static void
times(void)
{
	is_int(seconds("60"), 60, "60 seconds");
	is_int(seconds("60s"), 60, "the same");
	is_int(seconds("5m"), 300, "5 minutes");
	is_int(seconds("2h"), 7200, "2 hours");
	is_int(seconds("1d"), 86400, "a day");
	is_int(seconds("86401"), 0, "more is too much");
	is_int(seconds("2d"), 0, "with a unit, too");
	is_int(seconds("25h"), 0, "and another");
	is_int(seconds("99999999999999999999s"), 0, "far too much");
	is_int(seconds("0"), 0, "no time");
	is_int(seconds("s"), 0, "no number");
	is_int(seconds("5x"), 0, "no unit");
	is_int(seconds("-5"), 0, "no time before now");
}

/* The words of `show sessions' come in any order. */
static void
sessions(const char *words)
{
	struct command	 cmd;
	char		*line, *word[WORDS_MAX];

	if ((line = strdup(words)) == NULL ||
	    parse_command(split(line, word), word, &cmd, stderr) == -1)
		abort();
	ok(strcmp(cmd.which.service.name, "www") == 0 &&
	    cmd.which.host.id == 7 && cmd.net != NULL &&
	    strcmp(cmd.net, "fd00::/8") == 0, "%s", words);
	free(line);
}

int
main(void)
{
	struct command	 cmd;
	FILE		*err;
	char		 empty[] = "", show[] = "show";
	char		*words[] = { show, empty };
	size_t		 i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		check(&tests[i]);

	is_int(demotion("vrrp demote a by 20"), 20, "demoted by a number");
	is_int(demotion("vrrp undemote a"), 0, "or wholly");
	times();
	sessions("show sessions service www host 7 client fd00::/8");
	sessions("show sessions client fd00::/8 host 7 service www");

	if ((err = fopen("/dev/null", "w")) == NULL)
		abort();
	is_int(parse_command(2, words, &cmd, err), -1,
	    "an empty word is no prefix of all");
	fclose(err);
	return (done_testing());
}

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
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "token.h"
#include "parse.h"

/*
 * Between the words of a file and the grammar: which of them are keywords,
 * and what is passed over after an error.
 */

struct keyword {
	const char	*name;
	int		 token;
	int		 word;		/* what follows is no keyword */
};

static const struct keyword	*keyword_find(const char *);
static int	 keyword_cmp(const void *, const void *);
static int	 token_value(struct tokens *, const struct lex_token *,
		    struct lex_str *);
static int	 token_skip(struct tokens *, const struct lex_token *);

/* This has to be sorted always; token_init() looks. */
static const struct keyword keywords[] = {
	{ "accept",		ACCEPT, 0 },
	{ "active",		ACTIVE, 0 },
	{ "address",		ADDRESS, 1 },
	{ "addresses",		ADDRESSES, 0 },
	{ "advertise",		ADVERTISE, 1 },
	{ "agent",		AGENT, 0 },
	{ "and",		AND, 1 },
	{ "announce",		ANNOUNCE, 0 },
	{ "answer",		ANSWER, 1 },
	{ "auth",		AUTH, 0 },
	{ "backup",		BACKUP, 0 },
	{ "binary",		BINARY, 0 },
	{ "blackhole",		BLACKHOLE, 1 },
	{ "broadcast",		BROADCAST, 1 },
	{ "ca",		CA, 1 },
	{ "certificate",	CERTIFICATE, 1 },
	{ "changes",		CHANGES, 0 },
	{ "check",		CHECK, 0 },
	{ "checks",		CHECKS, 0 },
	{ "checksum",		CHECKSUM, 0 },
	{ "code",		CODE, 0 },
	{ "command",		COMMAND, 1 },
	{ "connections",	CONNECTIONS, 0 },
	{ "count",		COUNT, 1 },
	{ "delay",		DELAY, 1 },
	{ "digest",		DIGEST, 1 },
	{ "disable",		DISABLE, 0 },
	{ "dns",		DNS, 1 },
	{ "down",		DOWN, 0 },
	{ "dynamic",		DYNAMIC, 1 },
	{ "engine",		ENGINE, 1 },
	{ "excluded",		EXCLUDED, 0 },
	{ "exit",		EXIT, 1 },
	{ "expect",		EXPECT, 1 },
	{ "fail",		FAIL, 0 },
	{ "failure",		FAILURE, 1 },
	{ "fall",		FALL, 0 },
	{ "fallback",		FALLBACK, 0 },
	{ "fault",		FAULT, 0 },
	{ "file",		TRACKFILE, 1 },
	{ "for",		FOR, 0 },
	{ "forward",		FORWARD, 0 },
	{ "from",		FROM, 1 },
	{ "gre",		GRE, 0 },
	{ "group",		GROUP, 1 },
	{ "gue",		GUE, 0 },
	{ "header",		HEADER, 1 },
	{ "helo",		HELO, 1 },
	{ "hex",		HEX, 1 },
	{ "hmac",		HMAC, 0 },
	{ "host",		HOST, 0 },
	{ "http",		HTTP, 0 },
	{ "https",		HTTPS, 0 },
	{ "hysteresis",	HYSTERESIS, 1 },
	{ "icmp",		ICMP, 0 },
	{ "iif",		IIF, 1 },
	{ "include",		INCLUDE, 1 },
	{ "inet",		INET, 0 },
	{ "inet6",		INET6, 0 },
	{ "initial",		INITIAL, 1 },
	{ "interface",		INTERFACE, 1 },
	{ "interval",		INTERVAL, 0 },
	{ "ipip",		IPIP, 0 },
	{ "ipvs",		IPVS, 0 },
	{ "key",		KEY, 1 },
	{ "label",		LABEL, 1 },
	{ "lease",		LEASE, 1 },
	{ "listen",		LISTEN, 0 },
	{ "lock",		LOCK, 0 },
	{ "log",		LOG, 0 },
	{ "lower",		LOWER, 1 },
	{ "mac",		MAC, 1 },
	{ "mark",		MARK, 1 },
	{ "master",		MASTER, 0 },
	{ "match",		MATCH, 1 },
	{ "memory",		MEMORY, 0 },
	{ "method",		METHOD, 1 },
	{ "metric",		METRIC, 1 },
	{ "minimum",		MINIMUM, 1 },
	{ "mode",		MODE, 1 },
	{ "name",		NAME, 1 },
	{ "netmask",		NETMASK, 1 },
	{ "no",			NO, 0 },
	{ "nothing",		NOTHING, 0 },
	{ "notify",		NOTIFY, 0 },
	{ "of",			OF, 1 },
	{ "on",			ON, 0 },
	{ "one-packet",		ONEPACKET, 0 },
	{ "open",		OPEN, 1 },
	{ "over",		OVER, 0 },
	{ "parent",		PARENT, 1 },
	{ "pass",		PASS, 1 },
	{ "peer",		PEER, 1 },
	{ "persistent",		PERSISTENT, 1 },
	{ "port",		PORT, 1 },
	{ "preempt",		PREEMPT, 0 },
	{ "preference",	PREFERENCE, 1 },
	{ "prefix",		PREFIX, 1 },
	{ "priority",		PRIORITY, 1 },
	{ "process",		PROCESS, 1 },
	{ "prohibit",		PROHIBIT, 1 },
	{ "quorum",		QUORUM, 1 },
	{ "rcode",		RCODE, 1 },
	{ "realtime",		REALTIME, 1 },
	{ "refresh",		REFRESH, 0 },
	{ "remote",		REMOTE, 0 },
	{ "removal",		REMOVAL, 0 },
	{ "restore",		RESTORE, 0 },
	{ "retry",		RETRY, 1 },
	{ "reverse",		REVERSE, 0 },
	{ "rise",		RISE, 0 },
	{ "rival",		RIVAL, 0 },
	{ "route",		ROUTE, 0 },
	{ "rule",		RULE, 0 },
	{ "scheduler",		SCHEDULER, 1 },
	{ "scope",		SCOPE, 1 },
	{ "script",		SCRIPT, 0 },
	{ "sctp",		SCTP, 0 },
	{ "send",		SEND, 0 },
	{ "service",		SERVICE, 1 },
	{ "slow",		SLOW, 0 },
	{ "smtp",		SMTP, 0 },
	{ "socket",		SOCKET, 1 },
	{ "source",		SOURCE, 1 },
	{ "start",		START, 0 },
	{ "starttls",		STARTTLS, 0 },
	{ "state",		STATE, 0 },
	{ "static",		STATIC, 0 },
	{ "stop",		STOP, 0 },
	{ "strict",		STRICT, 0 },
	{ "suspend",		SUSPEND, 0 },
	{ "sync",		SYNC, 0 },
	{ "sysctl",		SYSCTL, 1 },
	{ "table",		TABLE, 0 },
	{ "tcp",		TCP, 0 },
	{ "tcpfin",		TCPFIN, 0 },
	{ "timeout",		TIMEOUT, 0 },
	{ "tls",		TLS, 0 },
	{ "to",			TO, 0 },
	{ "track",		TRACK, 0 },
	{ "ttl",		TTL, 1 },
	{ "tunnel",		TUNNEL, 0 },
	{ "type",		TYPE, 0 },
	{ "udp",		UDP, 0 },
	{ "unreachable",	UNREACHABLE, 1 },
	{ "upper",		UPPER, 1 },
	{ "use",		USE, 0 },
	{ "user",		USER, 1 },
	{ "verify",		VERIFY, 0 },
	{ "version",		VERSION, 1 },
	{ "via",		VIA, 1 },
	{ "virtual",		VIRTUAL, 0 },
	{ "vrid",		VRID, 1 },
	{ "vrrp",		VRRP, 1 },
	{ "warn",		WARN, 1 },
	{ "weight",		WEIGHT, 1 },
	{ "while",		WHILE, 0 },
	{ "window",		WINDOW, 1 }
};

#define NKEYWORDS	(sizeof(keywords) / sizeof(keywords[0]))

static int
keyword_cmp(const void *name, const void *entry)
{
	return (strcmp(name, ((const struct keyword *)entry)->name));
}

static const struct keyword *
keyword_find(const char *name)
{
	/* Most words are addresses and numbers. */
	if (*name < 'a' || *name > 'z')
		return (NULL);
	return (bsearch(name, keywords, NKEYWORDS, sizeof(keywords[0]),
	    keyword_cmp));
}

void
token_init(struct tokens *ts)
{
	size_t	i;

	memset(ts, 0, sizeof(*ts));
	for (i = 1; i < NKEYWORDS; i++)
		if (strcmp(keywords[i - 1].name, keywords[i].name) >= 0)
			abort();
}

/* What the grammar calls this token. */
static int
token_value(struct tokens *ts, const struct lex_token *t, struct lex_str *str)
{
	const struct keyword	*k;
	int			 word = ts->word, listed = ts->listed;

	ts->word = ts->listed = 0;
	switch (t->kind) {
	case LEX_END:
		return (0);
	case LEX_NL:
		return ('\n');
	case LEX_WORD:
		if (!word && (k = keyword_find(t->str.s)) != NULL) {
			ts->keyword = 1;
			ts->word = k->word;
			return (k->token);
		}
		/* FALLTHROUGH */
	case LEX_QUOTED:
		ts->listed = word;
		*str = t->str;
		return (STRING);
	case LEX_TABLE:
		*str = t->str;
		return (TABLENAME);
	case LEX_CHAR:
		if (t->ch == '{')
			ts->in_block = 1;
		else if (t->ch == '}')
			ts->in_block = 0;
		else if (t->ch == ',')
			ts->word = listed;
		return (t->ch);
	default:
		return (ERROR);
	}
}

/*
 * A token of a line with an error in it: 1 to drop it.  Braces are dropped
 * in pairs with all between them, so that a block which was not understood
 * is one error; the brace that closes the block at hand is kept.
 */
static int
token_skip(struct tokens *ts, const struct lex_token *t)
{
	if (t->kind == LEX_CHAR && t->ch == '{')
		ts->depth++;
	else if (t->kind == LEX_CHAR && t->ch == '}') {
		if (ts->depth > 0)
			ts->depth--;
		else if (ts->in_block) {
			ts->held_nl = ts->held_brace = 1;
			ts->skipping = 0;
		}
	} else if (t->kind == LEX_END ||
	    (t->kind == LEX_NL && ts->depth == 0)) {
		ts->skipping = 0;
		return (0);
	}
	return (1);
}

int
token_next(struct tokens *ts, struct parse *p, struct lex_str *str)
{
	struct lex_token	*t = &ts->last;

	for (;;) {
		if (ts->held_nl) {
			ts->held_nl = 0;
			return ('\n');
		}
		if (ts->held_brace) {
			ts->held_brace = 0;
			ts->in_block = 0;
			return ('}');
		}
		ts->opened = t->kind == LEX_CHAR && t->ch == '{';
		ts->keyword = 0;
		ts->was_in_block = ts->in_block;
		lex_next(p->lex, t);
		p->pos = t->pos;
		if (ts->skipping && token_skip(ts, t))
			continue;
		if (t->kind != LEX_ASSIGN)
			return (token_value(ts, t, str));
		if (keyword_find(t->str.s) != NULL)
			conf_error(p, "\"%s\" is a keyword and no name for "
			    "a macro; to set it, leave out \"=\"", t->str.s);
		else
			lex_define(p->lex, t);
	}
}

/* Say what is wrong with the last token, and get ready to skip its line. */
void
token_error(struct tokens *ts, struct parse *p, const char *msg)
{
	struct lex_token	*t = &ts->last;
	int			 brace = t->kind == LEX_CHAR ? t->ch : 0;

	p->errors_syntax++;
	if (!ts->was_in_block)
		p->errors_top++;
	if (t->kind == LEX_NL)
		conf_error(p, "syntax error: the line ends too early");
	else if (t->kind == LEX_WORD && (t->first || ts->opened))
		conf_error(p, ts->keyword ? "\"%s\" has no place here" :
		    "unknown keyword \"%s\"", t->str.s);
	else if (t->kind == LEX_WORD || t->kind == LEX_QUOTED)
		conf_error(p, "syntax error near \"%s\"", t->str.s);
	else if (t->kind == LEX_TABLE)
		conf_error(p, "syntax error near <%s>", t->str.s);
	else if (t->kind == LEX_CHAR && t->ch > ' ' && t->ch < 0x7f)
		conf_error(p, "syntax error near \"%c\"", t->ch);
	else if (t->kind == LEX_CHAR)
		conf_error(p, "the byte \\x%02x outside of quotes",
		    (unsigned int)t->ch);
	else if (t->kind != LEX_ERROR)
		conf_error(p, "%s", msg);
	ts->in_block = ts->was_in_block;
	ts->skipping = t->kind != LEX_NL;
	ts->depth = brace == '{';
	if (brace == '}' && ts->in_block) {
		ts->held_nl = ts->held_brace = 1;
		ts->skipping = 0;
	}
}

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


#include <stdlib.h>
#include <string.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "check.h"

/*
 * The configuration is received into a tree of its own.  At COMMIT, objects
 * of the running one that are in the new one too move over, with all that
 * they do and know; what is left of the old tree is ended and freed.
 */

static int	stage_check(struct tree *, struct imsg *);
static int	stage_strings(struct check *, struct imsg *);
static int	stage_strings_ok(const struct check *);
static int	word_ok(const char *, size_t);
static int	stage_table(struct tree *, struct imsg *);
static int	stage_host(struct hce *, struct imsg *);
static int	stage_script(struct hce *, struct imsg *);
static void	warn_trust(struct hce *);
static void	keep_checks(struct tree *, struct tree *);
static void	link_tables(struct tree *);
static void	keep_hosts(struct tree *, struct tree *);
static void	link_host(struct tree *, struct host *);
static void	host_update(struct tree *, struct host *,
		    const struct host_config *);
static void	keep_scripts(struct tree *, struct tree *);

void
hce_stage_begin(struct hce *hce)
{
	hce->staged = hce_tree_new();
}

void
hce_stage_abort(struct hce *hce)
{
	hce_tree_free(hce->staged);
	hce->staged = NULL;
}

int
hce_stage_object(struct hce *hce, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_CONF_GLOBAL:
		return (imsg_get_data(msg, &hce->staged->global,
		    sizeof(hce->staged->global)));
	case MSG_CONF_CHECK:
		return (stage_check(hce->staged, msg));
	case MSG_CONF_TABLE:
		return (stage_table(hce->staged, msg));
	case MSG_CONF_HOST:
		return (stage_host(hce, msg));
	case MSG_CONF_SCRIPT:
		return (stage_script(hce, msg));
	default:
		return (-1);
	}
}

static int
stage_check(struct tree *tree, struct imsg *msg)
{
	struct check	*check;

	if ((check = calloc(1, sizeof(*check))) == NULL)
		fatal("check");
	if (imsg_get_head(msg, &check->conf, sizeof(check->conf)) == -1 ||
	    !check_config_ok(&check->conf) ||
	    stage_strings(check, msg) == -1 || !stage_strings_ok(check) ||
	    RB_INSERT(checks, &tree->checks, check) != NULL) {
		check_free(check);
		return (-1);
	}
	return (0);
}

static int
stage_strings(struct check *check, struct imsg *msg)
{
	char	 buf[CHECK_STR_MAX * CHECK_STR_LEN];
	size_t	 len, off = 0;
	int	 i;

	if (imsg_get_tail(msg, sizeof(check->conf), buf,
	    check_config_strlen(&check->conf)) == -1)
		return (-1);
	for (i = 0; i < CHECK_STR_MAX; i++) {
		len = check->conf.str_len[i];
		if ((check->str[i] = malloc(len + 1)) == NULL)
			fatal("check");
		memcpy(check->str[i], buf + off, len);
		check->str[i][len] = '\0';
		off += len;
	}
	return (0);
}

/* What goes into the lines of an HTTP request must not break them. */
static int
stage_strings_ok(const struct check *check)
{
	if (check->conf.type != CHECK_HTTP && check->conf.type != CHECK_HTTPS)
		return (1);
	return (word_ok(check->str[CHECK_STR_PATH],
	    check->conf.str_len[CHECK_STR_PATH]) &&
	    word_ok(check->str[CHECK_STR_HOST],
	    check->conf.str_len[CHECK_STR_HOST]));
}

static int
word_ok(const char *s, size_t len)
{
	size_t	 i;

	for (i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
			return (0);
	return (1);
}

static int
stage_table(struct tree *tree, struct imsg *msg)
{
	struct table	*table;

	if ((table = calloc(1, sizeof(*table))) == NULL)
		fatal("table");
	if (imsg_get_data(msg, &table->conf, sizeof(table->conf)) == -1 ||
	    !table_config_ok(&table->conf) ||
	    (table->conf.check_id != 0 &&
	    check_find(tree, table->conf.check_id) == NULL) ||
	    RB_INSERT(tables, &tree->tables, table) != NULL) {
		free(table);
		return (-1);
	}
	table->check = check_find(tree, table->conf.check_id);
	return (0);
}

static int
stage_host(struct hce *hce, struct imsg *msg)
{
	struct host	*host;

	if ((host = calloc(1, sizeof(*host))) == NULL)
		fatal("host");
	if (imsg_get_data(msg, &host->conf, sizeof(host->conf)) == -1 ||
	    !host_config_ok(&host->conf) ||
	    table_find(hce->staged, host->conf.table_id) == NULL ||
	    RB_INSERT(hosts, &hce->staged->hosts, host) != NULL) {
		free(host);
		return (-1);
	}
	host->hce = hce;
	link_host(hce->staged, host);
	verdict_init(&host->verdict, monotime_now());
	sched_init(host);
	return (0);
}

static int
stage_script(struct hce *hce, struct imsg *msg)
{
	struct script	*script;

	if ((script = calloc(1, sizeof(*script))) == NULL)
		fatal("script");
	if (imsg_get_data(msg, &script->conf, sizeof(script->conf)) == -1 ||
	    !script_config_ok(&script->conf) ||
	    RB_INSERT(scripts, &hce->staged->scripts, script) != NULL) {
		free(script);
		return (-1);
	}
	script->hce = hce;
	hce_script_init(script);
	return (0);
}

void
hce_stage_commit(struct hce *hce)
{
	struct tree	*old = hce->running, *new = hce->staged;

	keep_checks(new, old);
	link_tables(new);
	keep_hosts(new, old);
	keep_scripts(new, old);
	hce->running = new;
	hce->staged = NULL;
	hce_tree_free(old);
	warn_trust(hce);
}

/* Better said now than by each check, and not where nobody needs it. */
static void
warn_trust(struct hce *hce)
{
	struct check	*check;

	if (hce->trust)
		return;
	RB_FOREACH(check, checks, &hce->running->checks)
		if (check->conf.type == CHECK_HTTPS &&
		    (check->conf.flags & CHECK_F_NOVERIFY) == 0) {
			log_warnx("https checks will fail: no trusted "
			    "certificates were found at start; install the "
			    "package ca-certificates and restart lvsd");
			return;
		}
}

/*
 * A check keeps its id when it keeps its content, so that the old one can
 * stay for the checks under way that use it.
 */
static void
keep_checks(struct tree *new, struct tree *old)
{
	struct check	*check, *next, *kept;

	RB_FOREACH_SAFE(check, checks, &new->checks, next) {
		if ((kept = check_find(old, check->conf.id)) == NULL)
			continue;
		RB_REMOVE(checks, &old->checks, kept);
		RB_REMOVE(checks, &new->checks, check);
		check_free(check);
		RB_INSERT(checks, &new->checks, kept);
	}
}

/* Checks have changed places. */
static void
link_tables(struct tree *tree)
{
	struct table	*table;

	RB_FOREACH(table, tables, &tree->tables)
		table->check = check_find(tree, table->conf.check_id);
}

static void
keep_hosts(struct tree *new, struct tree *old)
{
	struct host	*host, *next, *kept;

	RB_FOREACH_SAFE(host, hosts, &new->hosts, next) {
		if ((kept = host_find(old, host->conf.id)) == NULL) {
			link_host(new, host);
			continue;
		}
		RB_REMOVE(hosts, &old->hosts, kept);
		RB_REMOVE(hosts, &new->hosts, host);
		host_update(new, kept, &host->conf);
		host_free(host);
		RB_INSERT(hosts, &new->hosts, kept);
	}
}

static void
link_host(struct tree *tree, struct host *host)
{
	host->table = table_find(tree, host->conf.table_id);
	host->check = host->table->check;
}

/*
 * A host that stays keeps its verdict, and with the same check its schedule.
 * One that was in use without a check does not leave before its new check
 * has said so.  hce_stage_start() begins what is not scheduled here.
 */
static void
host_update(struct tree *tree, struct host *host,
    const struct host_config *conf)
{
	int	 wanted = sched_wanted(host);
	int	 used = host->check == NULL && sched_enabled(host);

	if (table_find(tree, conf->table_id)->check != host->check)
		sched_stop(host);
	host->conf = *conf;
	link_host(tree, host);
	if (wanted && !sched_wanted(host)) {
		sched_stop(host);
		verdict_init(&host->verdict, monotime_now());
		host->tell = host->check != NULL;
	} else if (used && sched_wanted(host)) {
		verdict_assume(&host->verdict, HOST_UP, monotime_now());
		host->tell = 1;
	}
}

static void
keep_scripts(struct tree *new, struct tree *old)
{
	struct script	*script, *next, *kept;

	RB_FOREACH_SAFE(script, scripts, &new->scripts, next) {
		if ((kept = script_find(old, script->conf.id)) == NULL)
			continue;
		RB_REMOVE(scripts, &old->scripts, kept);
		RB_REMOVE(scripts, &new->scripts, script);
		kept->conf = script->conf;
		script_free(script);
		RB_INSERT(scripts, &new->scripts, kept);
	}
}

void
hce_stage_start(struct hce *hce)
{
	struct host	*host;
	struct script	*script;

	RB_FOREACH(host, hosts, &hce->running->hosts) {
		if (host->tell)
			report_status(host);
		host->tell = 0;
		host->live = 1;
		if (sched_wanted(host) && !host->scheduled)
			sched_begin(host);
	}
	RB_FOREACH(script, scripts, &hce->running->scripts)
		if (!script->scheduled)
			hce_script_begin(script);
}

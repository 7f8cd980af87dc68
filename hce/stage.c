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

static int	stage_check(struct hce *, struct imsg *);
static int	stage_table(struct hce *, struct imsg *);
static int	stage_host(struct hce *, struct imsg *);
static int	stage_script(struct hce *, struct imsg *);
static void	warn_trust(struct hce *);
static void	keep_checks(struct tree *, struct tree *);
static int	link_table(struct tree *, struct table *);
static void	link_tables(struct tree *);
static void	keep_hosts(struct tree *, struct tree *);
static void	host_update(struct host *, const struct host *);
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
	changed_free(&hce->changed);
}

/* A host that runs, with another weight. */
int
hce_stage_change(struct hce *hce, struct imsg *msg)
{
	struct host_config	 conf;
	const struct host	*host;

	if (imsg_type(msg) != MSG_CONF_HOST ||
	    imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !host_config_ok(&conf) ||
	    (host = host_find(hce->running, conf.id)) == NULL ||
	    host->table->conf.id != conf.table_id)
		return (-1);
	return (changed_add(&hce->changed, &conf));
}

/* What checks say in percent counts from the next verdict on. */
void
hce_stage_changed(struct hce *hce)
{
	struct host	*host;
	size_t		 i;

	for (i = 0; i < hce->changed.n; i++) {
		host = host_find(hce->running, hce->changed.host[i].id);
		host->weight = hce->changed.host[i].weight;
	}
	changed_free(&hce->changed);
}

int
hce_stage_object(struct hce *hce, struct imsg *msg)
{
	switch (imsg_type(msg)) {
	case MSG_CONF_GLOBAL:
		if (imsg_get_data(msg, &hce->staged->global,
		    sizeof(hce->staged->global)) == -1)
			return (-1);
		return (global_config_ok(&hce->staged->global) ? 0 : -1);
	case MSG_CONF_TLSFILE:
		return (tlsfile_stage(hce->staged, msg));
	case MSG_CONF_TLSPART:
		return (tlsfile_part(hce->staged, msg));
	case MSG_CONF_CHECK:
		return (stage_check(hce, msg));
	case MSG_CONF_TABLE:
		return (stage_table(hce, msg));
	case MSG_CONF_HOST:
		return (stage_host(hce, msg));
	case MSG_CONF_REFHOST:
		return (refhost_stage(hce, msg));
	case MSG_CONF_SCRIPT:
		return (stage_script(hce, msg));
	default:
		return (-1);
	}
}

static int
stage_check(struct hce *hce, struct imsg *msg)
{
	struct check	*check;

	if ((check = calloc(1, sizeof(*check))) == NULL)
		fatal("check");
	check->hce = hce;
	if (imsg_get_head(msg, &check->conf, sizeof(check->conf)) == -1 ||
	    check->conf.items_len > CHECK_ITEMS_LEN)
		goto fail;
	if ((check->items = malloc(check->conf.items_len + 1)) == NULL)
		fatal("check");
	if (imsg_get_tail(msg, sizeof(check->conf), check->items,
	    check->conf.items_len) == -1 ||
	    !check_config_ok(&check->conf, check->items) ||
	    tlsfile_context(hce, hce->staged, check) == -1 ||
	    check_prepare(check) == -1 ||
	    RB_INSERT(checks, &hce->staged->checks, check) != NULL)
		goto fail;
	return (0);
 fail:
	check_free(check);
	return (-1);
}

static int
stage_table(struct hce *hce, struct imsg *msg)
{
	struct tree	*tree = hce->staged;
	struct table	*table;

	if ((table = calloc(1, sizeof(*table))) == NULL)
		fatal("table");
	if (imsg_get_data(msg, &table->conf, sizeof(table->conf)) == -1 ||
	    !table_config_ok(&table->conf) ||
	    link_table(tree, table) == -1 ||
	    RB_INSERT(tables, &tree->tables, table) != NULL) {
		free(table);
		return (-1);
	}
	table->hce = hce;
	return (0);
}

static int
stage_host(struct hce *hce, struct imsg *msg)
{
	struct host_config	 conf;
	struct table		*table;
	struct host		*host;

	if (imsg_get_data(msg, &conf, sizeof(conf)) == -1 ||
	    !host_config_ok(&conf) ||
	    (table = table_find(hce->staged, conf.table_id)) == NULL)
		return (-1);
	if ((host = calloc(1, sizeof(*host))) == NULL)
		fatal("host");
	host_configure(host, &conf);
	if (RB_INSERT(hosts, &hce->staged->hosts, host) != NULL) {
		free(host);
		return (-1);
	}
	host->table = table;
	verdict_init(&host->verdict, monotime_now());
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
	refhost_keep(new, old);
	tlsfile_forget(new);
	hce->running = new;
	hce->staged = NULL;
	hce_tree_free(old);
	warn_trust(hce);
	limit_check(hce);
}

/* Better said now than by each check, and not where nobody needs it. */
static void
warn_trust(struct hce *hce)
{
	struct check	*check;

	if (hce->trust)
		return;
	RB_FOREACH(check, checks, &hce->running->checks)
		if (check_tls(&check->conf) &&
		    check->conf.tlsfile_id[TLSFILE_CA] == 0 &&
		    (check->conf.flags & CHECK_F_NOVERIFY) == 0) {
			log_warnx("checks with TLS will fail: no trusted "
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

static int
link_table(struct tree *tree, struct table *table)
{
	int	 i;

	for (i = 0; i < table->conf.nchecks; i++) {
		table->check[i] = check_find(tree, table->conf.check_id[i]);
		if (table->check[i] == NULL)
			return (-1);
	}
	return (0);
}

/* Checks have changed places. */
static void
link_tables(struct tree *tree)
{
	struct table	*table;

	RB_FOREACH(table, tables, &tree->tables)
		if (link_table(tree, table) == -1)
			fatalx("table %s has lost a check", table->conf.name);
}

static void
keep_hosts(struct tree *new, struct tree *old)
{
	struct host	*host, *next, *kept;

	RB_FOREACH_SAFE(host, hosts, &new->hosts, next) {
		if ((kept = host_find(old, host->id)) == NULL) {
			host_link(host);
			continue;
		}
		RB_REMOVE(hosts, &old->hosts, kept);
		RB_REMOVE(hosts, &new->hosts, host);
		host_update(kept, host);
		host_free(host);
		RB_INSERT(hosts, &new->hosts, kept);
	}
}

/*
 * A host that stays keeps its verdict, and its checks that stay keep their
 * schedule.  One that was in use without a check does not leave before its
 * new checks have said so.  hce_stage_start() begins what is not scheduled
 * here.
 */
static void
host_update(struct host *host, const struct host *new)
{
	int	 wanted = host_wanted(host);
	int	 used = host->nwatches == 0 && host_enabled(host);

	host->weight = new->weight;
	host->flags = new->flags;
	host->addr = new->addr;
	host->table = new->table;
	host_link(host);
	if (wanted && !host_wanted(host)) {
		host_stop(host);
		host_reset(host);
		host->tell = host->nwatches > 0;
	} else if (used && host_wanted(host)) {
		host_assume(host, HOST_UP);
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
		if (host_wanted(host))
			host_begin(host, 0);
	}
	refhost_start(hce);
	RB_FOREACH(script, scripts, &hce->running->scripts)
		if (!script->scheduled)
			hce_script_begin(script);
}

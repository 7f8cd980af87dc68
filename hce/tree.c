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

#include "../imsg/log.h"
#include "check.h"

static int	check_cmp(const struct check *, const struct check *);
static int	table_cmp(const struct table *, const struct table *);
static int	host_cmp(const struct host *, const struct host *);
static int	script_cmp(const struct script *, const struct script *);
static int	id_cmp(uint32_t, uint32_t);

static const struct check_method *const methods[CHECK_TYPE_MAX] = {
	[CHECK_ICMP]	= &icmp_method,
	[CHECK_TCP]	= &tcp_method,
	[CHECK_HTTP]	= &http_method,
	[CHECK_HTTPS]	= &http_method,
	[CHECK_SEND]	= &send_method,
	[CHECK_UDP]	= &udp_method,
	[CHECK_TLS]	= &tls_method,
	[CHECK_SMTP]	= &smtp_method,
	[CHECK_DNS]	= &dns_method,
	[CHECK_AGENT]	= &agent_method,
	[CHECK_SCRIPT]	= &script_method,
	[CHECK_FILE]	= &file_method
};

RB_GENERATE(checks, check, entry, check_cmp)
RB_GENERATE(tables, table, entry, table_cmp)
RB_GENERATE(hosts, host, entry, host_cmp)
RB_GENERATE(scripts, script, entry, script_cmp)

struct tree *
hce_tree_new(void)
{
	struct tree	*tree;

	if ((tree = calloc(1, sizeof(*tree))) == NULL)
		fatal("configuration");
	RB_INIT(&tree->tlsfiles);
	RB_INIT(&tree->checks);
	RB_INIT(&tree->tables);
	RB_INIT(&tree->hosts);
	RB_INIT(&tree->refhosts);
	RB_INIT(&tree->scripts);
	return (tree);
}

void
hce_tree_free(struct tree *tree)
{
	struct check	*check;
	struct table	*table;
	struct host	*host;
	struct refhost	*ref;
	struct script	*script;

	if (tree == NULL)
		return;
	while ((host = RB_ROOT(&tree->hosts)) != NULL) {
		RB_REMOVE(hosts, &tree->hosts, host);
		host_free(host);
	}
	while ((ref = RB_ROOT(&tree->refhosts)) != NULL) {
		RB_REMOVE(refhosts, &tree->refhosts, ref);
		refhost_free(ref);
	}
	while ((table = RB_ROOT(&tree->tables)) != NULL) {
		RB_REMOVE(tables, &tree->tables, table);
		free(table);
	}
	while ((check = RB_ROOT(&tree->checks)) != NULL) {
		RB_REMOVE(checks, &tree->checks, check);
		check_free(check);
	}
	while ((script = RB_ROOT(&tree->scripts)) != NULL) {
		RB_REMOVE(scripts, &tree->scripts, script);
		script_free(script);
	}
	tlsfile_forget(tree);
	free(tree);
}

void
check_free(struct check *check)
{
	if (check->method != NULL && check->method->release != NULL)
		check->method->release(check);
	SSL_CTX_free(check->tls);
	free(check->items);
	free(check);
}

int
check_prepare(struct check *check)
{
	check->method = methods[check->conf.type];
	if (check->method->prepare == NULL)
		return (0);
	return (check->method->prepare(check));
}

const char *
check_text(const struct check *check, enum check_item_kind kind, size_t *len)
{
	return (check_item_find(&check->conf, check->items, kind, len));
}

void
script_free(struct script *script)
{
	hce_script_stop(script);
	free(script);
}

struct check *
check_find(struct tree *tree, uint32_t id)
{
	struct check	 key;

	key.conf.id = id;
	return (RB_FIND(checks, &tree->checks, &key));
}

struct table *
table_find(struct tree *tree, uint32_t id)
{
	struct table	 key;

	key.conf.id = id;
	return (RB_FIND(tables, &tree->tables, &key));
}

struct host *
host_find(struct tree *tree, uint32_t id)
{
	struct host	 key;

	key.id = id;
	return (RB_FIND(hosts, &tree->hosts, &key));
}

struct script *
script_find(struct tree *tree, uint32_t id)
{
	struct script	 key;

	key.conf.id = id;
	return (RB_FIND(scripts, &tree->scripts, &key));
}

static int
check_cmp(const struct check *a, const struct check *b)
{
	return (id_cmp(a->conf.id, b->conf.id));
}

static int
table_cmp(const struct table *a, const struct table *b)
{
	return (id_cmp(a->conf.id, b->conf.id));
}

static int
host_cmp(const struct host *a, const struct host *b)
{
	return (id_cmp(a->id, b->id));
}

static int
script_cmp(const struct script *a, const struct script *b)
{
	return (id_cmp(a->conf.id, b->conf.id));
}

static int
id_cmp(uint32_t a, uint32_t b)
{
	return (a < b ? -1 : a > b);
}

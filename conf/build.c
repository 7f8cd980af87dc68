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
#include <sys/un.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* set_ip_vs_timeouts: the kernel keeps them as an int of jiffies. */
#define IPVS_TIMEOUT_MAX	PERSIST_MAX

static void	*build_unique_in(struct parse *, struct index *, void *);

int
build_once(struct parse *p, unsigned int *seen, enum seen what,
    const char *name)
{
	if (*seen & what) {
		conf_error(p, "\"%s\" is given twice", name);
		return (-1);
	}
	*seen |= what;
	return (0);
}

void
build_begin(struct parse *p)
{
	p->block_seen = 0;
	p->block_errors = p->diag.errors;
}

int
build_broken(const struct parse *p)
{
	return (p->diag.errors != p->block_errors);
}

static void *
build_unique_in(struct parse *p, struct index *index, void *object)
{
	void	*old;

	if ((old = index_get(index, &p->key)) != NULL)
		return (old);
	if (index_put(index, &p->key, object) == -1)
		diag_nomem(&p->diag);
	return (NULL);
}

void *
build_unique(struct parse *p, void *object)
{
	return (build_unique_in(p, p->index, object));
}

void
build_timing(struct parse *p, struct timing *t, unsigned int *seen,
    enum seen what, const struct lex_str *str)
{
	switch (what) {
	case SEEN_INTERVAL:
		if (build_once(p, seen, what, "interval") == 0)
			t->interval_ms = value_ms(p, "interval", str,
			    CHECK_MS_MIN, CHECK_MS_MAX);
		break;
	case SEEN_TIMEOUT:
		if (build_once(p, seen, what, "timeout") == 0)
			t->timeout_ms = value_ms(p, "timeout", str,
			    CHECK_MS_MIN, CHECK_MS_MAX);
		break;
	case SEEN_RETRY:
		if (build_once(p, seen, what, "retry") == 0)
			t->retry_ms = value_ms(p, "retry", str,
			    CHECK_MS_MIN, CHECK_MS_MAX);
		break;
	case SEEN_DOWN:
		if (build_once(p, seen, what, "down interval") == 0)
			t->down_ms = value_ms(p, "down interval", str,
			    CHECK_MS_MIN, CHECK_MS_MAX);
		break;
	case SEEN_RISE:
		if (build_once(p, seen, what, "rise") == 0)
			t->rise = value_number(p, "rise", str, 1,
			    CHECK_COUNT_MAX);
		break;
	case SEEN_FALL:
		if (build_once(p, seen, what, "fall") == 0)
			t->fall = value_number(p, "fall", str, 1,
			    CHECK_COUNT_MAX);
		break;
	default:
		break;
	}
}

void
build_global_timing(struct parse *p, enum seen what,
    const struct lex_str *str)
{
	build_timing(p, &p->timing, &p->seen, what, str);
	if (what == SEEN_INTERVAL || what == SEEN_TIMEOUT)
		p->timing_pos = p->pos;
}

void
build_ipvs(struct parse *p, enum seen what, const struct lex_str *str)
{
	struct global_config	*g = &p->conf->global;
	const char		*name;
	uint32_t		*timeout;

	if (what == SEEN_TCP) {
		name = "ipvs timeout tcp";
		timeout = &g->ipvs_tcp;
	} else if (what == SEEN_TCPFIN) {
		name = "ipvs timeout tcpfin";
		timeout = &g->ipvs_tcpfin;
	} else {
		name = "ipvs timeout udp";
		timeout = &g->ipvs_udp;
	}
	if (build_once(p, &p->seen, what, name) == 0)
		*timeout = value_seconds(p, name, str, IPVS_TIMEOUT_MAX);
}

void
build_socket(struct parse *p, const struct lex_str *str)
{
	struct sockaddr_un	 sun;

	if (build_once(p, &p->seen, SEEN_SOCKET, "socket") == 0)
		p->conf->socket = value_path(p, "socket", str,
		    sizeof(sun.sun_path));
}

void
build_state_file(struct parse *p, const struct lex_str *str)
{
	if (build_once(p, &p->seen, SEEN_STATE, "state file") == 0)
		p->conf->state_file = value_path(p, "state file", str,
		    STATE_PATH_LEN);
}

void
build_script_user(struct parse *p, const struct lex_str *str)
{
	if (build_once(p, &p->seen, SEEN_USER, "script user") == 0)
		p->conf->script_user = value_user(p, str);
}

void
build_realtime(struct parse *p, const struct lex_str *str)
{
	if (build_once(p, &p->seen, SEEN_REALTIME, "realtime") == 0)
		p->conf->global.realtime = value_number(p, "realtime", str, 1,
		    REALTIME_MAX);
}

void
build_lock_memory(struct parse *p)
{
	if (build_once(p, &p->seen, SEEN_LOCK, "lock memory") == 0)
		p->conf->global.lock_memory = 1;
}

/*
 * Tables.
 */

void
build_table(struct parse *p, const struct lex_str *name)
{
	struct conf_tabledef	*d, *old;

	build_begin(p);
	p->table = NULL;
	p->host = NULL;
	/* What is kept to find doubles ends with the table, or with this. */
	index_free(p->hosts);
	if ((p->hosts = index_new()) == NULL ||
	    (d = calloc(1, sizeof(*d))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	TAILQ_INIT(&d->hosts);
	d->pos = p->pos;
	TAILQ_INSERT_TAIL(&p->conf->tabledefs, d, entry);
	p->table = d;
	if (value_name(p, "table", name, d->name) == -1)
		return;
	key_name(&p->key, KEY_TABLE, d->name);
	if ((old = build_unique(p, d)) != NULL) {
		conf_error(p, "table <%s> is defined at %s:%d already",
		    d->name, old->pos.file, old->pos.line);
		/* Nobody can use this one, which is no error of its own. */
		d->used = 1;
	}
}

void
build_table_disable(struct parse *p)
{
	if (p->table != NULL)
		p->table->flags |= TABLE_F_DISABLE;
}

void
build_host(struct parse *p, const struct lex_str *str)
{
	struct conf_tabledef	*d = p->table;
	struct conf_host	*h;
	char			 text[ADDR_STRLEN];

	p->host = NULL;
	p->host_seen = 0;
	if (d == NULL)
		return;
	if ((h = calloc(1, sizeof(*h))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	h->conf.weight = 1;
	if (resolve_addr(p, "host", str, &h->conf.addr) == -1) {
		free(h);
		return;
	}
	key_start(&p->key, KEY_HOST);
	key_addr(&p->key, &h->conf.addr);
	if (build_unique_in(p, p->hosts, d) != NULL) {
		conf_error(p, "host %s is in table <%s> twice",
		    addr_str(&h->conf.addr, text), d->name);
		free(h);
		return;
	}
	TAILQ_INSERT_TAIL(&d->hosts, h, entry);
	p->host = h;
}

void
build_host_weight(struct parse *p, const struct lex_str *str)
{
	int	 weight;

	weight = value_number(p, "weight", str, 0, WEIGHT_MAX);
	if (build_once(p, &p->host_seen, SEEN_WEIGHT, "weight") == 0 &&
	    p->host != NULL)
		p->host->conf.weight = weight;
}

void
build_host_disable(struct parse *p)
{
	if (build_once(p, &p->host_seen, SEEN_DISABLE, "disable") == 0 &&
	    p->host != NULL)
		p->host->conf.flags |= HOST_F_DISABLE;
}

/* lower is compared with upper when both are known. */
void
build_host_bound(struct parse *p, enum seen what, const struct lex_str *str)
{
	const char	*name = what == SEEN_UPPER ? "upper" : "lower";
	int		 n;

	n = value_number(p, name, str, 1, INT_MAX);
	if (build_once(p, &p->host_seen, what, name) == -1 || p->host == NULL)
		return;
	if (what == SEEN_UPPER)
		p->host->conf.upper = n;
	else
		p->host->conf.lower = n;
}

void
build_host_end(struct parse *p)
{
	const struct host_config	*h;
	char				 text[ADDR_STRLEN];

	if (p->host == NULL)
		return;
	h = &p->host->conf;
	if (h->lower > h->upper && (p->host_seen & SEEN_UPPER) == 0)
		conf_error(p, "host %s: lower %u has a meaning only with an "
		    "upper", addr_str(&h->addr, text), h->lower);
	else if (h->lower > h->upper)
		conf_error(p, "host %s: lower %u is more than upper %u",
		    addr_str(&h->addr, text), h->lower, h->upper);
}

void
build_table_end(struct parse *p)
{
	struct conf_tabledef	*d = p->table;

	if (d == NULL)
		return;
	d->broken = build_broken(p);
	if (TAILQ_EMPTY(&d->hosts) && !d->broken)
		diag_error(&p->diag, &d->pos, "table <%s> is empty; add a "
		    "host or remove it", d->name);
	p->table = NULL;
	p->host = NULL;
	index_free(p->hosts);
	p->hosts = NULL;
}

/*
 * Scripts.
 */

void
build_script(struct parse *p, const struct lex_str *name)
{
	struct conf_script	*s, *old;

	build_begin(p);
	memset(&p->script_timing, 0, sizeof(p->script_timing));
	p->script = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	s->file = p->pos.file;
	s->line = p->pos.line;
	TAILQ_INSERT_TAIL(&p->conf->scripts, s, entry);
	p->script = s;
	if (value_name(p, "script", name, s->conf.name) == -1)
		return;
	key_name(&p->key, KEY_SCRIPT, s->conf.name);
	if ((old = build_unique(p, s)) != NULL) {
		conf_error(p, "script \"%s\" is defined at %s:%d already",
		    s->conf.name, old->file, old->line);
		s->used = 1;
	}
}

void
build_command(struct parse *p, const struct lex_str *str)
{
	struct conf_script	*s = p->script;

	if (s == NULL ||
	    build_once(p, &p->block_seen, SEEN_COMMAND, "command") == -1)
		return;
	if ((s->argv = value_argv(p, "command", str)) == NULL)
		return;
	if ((s->command = strdup(str->s)) == NULL)
		diag_nomem(&p->diag);
}

void
build_user(struct parse *p, const struct lex_str *str)
{
	if (p->script != NULL &&
	    build_once(p, &p->block_seen, SEEN_USER, "user") == 0)
		p->script->user = value_user(p, str);
}

void
build_script_end(struct parse *p)
{
	struct conf_script	*s = p->script;
	struct pos		 pos;

	if (s == NULL)
		return;
	pos.file = s->file;
	pos.line = s->line;
	/* The rest is found in the globals by check.c. */
	s->conf.interval_ms = p->script_timing.interval_ms;
	s->conf.timeout_ms = p->script_timing.timeout_ms;
	s->conf.rise = p->script_timing.rise;
	s->conf.fall = p->script_timing.fall;
	if (s->command == NULL && !build_broken(p))
		diag_error(&p->diag, &pos, "script \"%s\" has no command",
		    s->conf.name);
	p->script = NULL;
}

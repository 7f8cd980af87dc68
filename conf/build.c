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

/* In a table of more hosts an index tells what is in it twice. */
#define HOSTS_FEW	32

static void	 build_hosts_begin(struct parse *);
static int	 build_hosts_room(struct parse *);
static int	 build_host_twice(struct parse *, const struct addr *);
static int	 build_host_index(struct parse *, const struct addr *);
static int	 build_hosts_keep(struct parse *, struct conf_hosts *);

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

const char *
build_name(struct parse *p, const char *what, const struct lex_str *str)
{
	const char	*name;
	char		 buf[NAME_LEN];

	if (value_name(p, what, str, buf) == -1)
		return (NULL);
	if ((name = conf_keep(p->conf, buf)) == NULL)
		diag_nomem(&p->diag);
	return (name);
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

void *
build_unique(struct parse *p, void *object)
{
	void	*old;

	if ((old = index_get(p->index, &p->key)) != NULL)
		return (old);
	if (index_put(p->index, &p->key, object) == -1)
		diag_nomem(&p->diag);
	return (NULL);
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
	const char		*text;

	build_begin(p);
	p->table = NULL;
	build_hosts_begin(p);
	if ((d = conf_alloc(p->conf, sizeof(*d))) == NULL) {
		diag_nomem(&p->diag);
		return;
	}
	d->name = "";
	d->pos = p->pos;
	TAILQ_INSERT_TAIL(&p->conf->tabledefs, d, entry);
	p->table = d;
	if ((text = build_name(p, "table", name)) == NULL)
		return;
	d->name = text;
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

/* What is kept of a table's hosts ends with it, or with the next. */
static void
build_hosts_begin(struct parse *p)
{
	index_free(p->hosts_index);
	p->hosts_index = NULL;
	p->hosts.n = 0;
	p->hosts_more = 0;
	p->host = NULL;
}

/* While a table is read its hosts are where there is room for the next. */
static int
build_hosts_room(struct parse *p)
{
	struct conf_hosts	*hosts = &p->hosts;
	unsigned int		 size = p->hosts_size;
	void			*host, *more;

	if (hosts->n < size)
		return (0);
	size = size == 0 ? HOSTS_FEW : size * 2;
	if ((host = reallocarray(hosts->host, size,
	    sizeof(*hosts->host))) != NULL)
		hosts->host = host;
	if ((more = reallocarray(hosts->more, size,
	    sizeof(*hosts->more))) != NULL)
		hosts->more = more;
	if (host == NULL || more == NULL) {
		diag_nomem(&p->diag);
		return (-1);
	}
	p->hosts_size = size;
	return (0);
}

/* Enter the address; 1: it was there. */
static int
build_host_index(struct parse *p, const struct addr *addr)
{
	key_start(&p->key, KEY_HOST);
	key_addr(&p->key, addr);
	if (index_get(p->hosts_index, &p->key) != NULL)
		return (1);
	if (index_put(p->hosts_index, &p->key, p->table) == -1)
		diag_nomem(&p->diag);
	return (0);
}

static int
build_host_twice(struct parse *p, const struct addr *addr)
{
	const struct conf_host	*h;

	if (p->hosts.n < HOSTS_FEW) {
		CONF_HOSTS_FOREACH(h, &p->hosts)
			if (addr_cmp(&h->addr, addr) == 0)
				return (1);
		return (0);
	}
	if (p->hosts_index == NULL) {
		if ((p->hosts_index = index_new()) == NULL) {
			diag_nomem(&p->diag);
			return (0);
		}
		CONF_HOSTS_FOREACH(h, &p->hosts)
			(void)build_host_index(p, &h->addr);
	}
	return (build_host_index(p, addr));
}

void
build_host(struct parse *p, const struct lex_str *str)
{
	struct addr		 addr;
	char			 text[ADDR_STRLEN];

	p->host = NULL;
	p->host_seen = 0;
	memset(&addr, 0, sizeof(addr));
	if (p->table == NULL || build_hosts_room(p) == -1 ||
	    resolve_addr(p, "host", str, &addr) == -1)
		return;
	if (build_host_twice(p, &addr)) {
		conf_error(p, "host %s is in table <%s> twice",
		    addr_str(&addr, text), p->table->name);
		return;
	}
	p->host = &p->hosts.host[p->hosts.n];
	memset(p->host, 0, sizeof(*p->host));
	p->host->addr = addr;
	p->host->weight = 1;
	memset(&p->hosts.more[p->hosts.n], 0, sizeof(*p->hosts.more));
	p->hosts.n++;
}

struct conf_host_more *
build_host_more(struct parse *p)
{
	p->hosts_more = 1;
	return (&p->hosts.more[p->host - p->hosts.host]);
}

void
build_host_weight(struct parse *p, const struct lex_str *str)
{
	int	 weight;

	weight = value_number(p, "weight", str, 0, WEIGHT_MAX);
	if (build_once(p, &p->host_seen, SEEN_WEIGHT, "weight") == 0 &&
	    p->host != NULL)
		p->host->weight = weight;
}

void
build_host_disable(struct parse *p)
{
	if (build_once(p, &p->host_seen, SEEN_DISABLE, "disable") == 0 &&
	    p->host != NULL)
		p->host->flags |= HOST_F_DISABLE;
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
		build_host_more(p)->upper = n;
	else
		build_host_more(p)->lower = n;
}

void
build_host_end(struct parse *p)
{
	const struct conf_host_more	*h;
	char				 text[ADDR_STRLEN];

	if (p->host == NULL)
		return;
	h = conf_host_more(&p->hosts, p->host);
	if (h->lower > h->upper && (p->host_seen & SEEN_UPPER) == 0)
		conf_error(p, "host %s: lower %u has a meaning only with an "
		    "upper", addr_str(&p->host->addr, text), h->lower);
	else if (h->lower > h->upper)
		conf_error(p, "host %s: lower %u is more than upper %u",
		    addr_str(&p->host->addr, text), h->lower, h->upper);
}

/* The table is whole: its hosts, as many as there are, for the tree. */
static int
build_hosts_keep(struct parse *p, struct conf_hosts *hosts)
{
	unsigned int	 n = p->hosts.n;

	if ((hosts->host = conf_alloc(p->conf, n * sizeof(*hosts->host))) ==
	    NULL)
		return (-1);
	memcpy(hosts->host, p->hosts.host, n * sizeof(*hosts->host));
	hosts->n = n;
	if (!p->hosts_more)
		return (0);
	if ((hosts->more = conf_alloc(p->conf, n * sizeof(*hosts->more))) ==
	    NULL)
		return (-1);
	memcpy(hosts->more, p->hosts.more, n * sizeof(*hosts->more));
	return (0);
}

void
build_table_end(struct parse *p)
{
	struct conf_tabledef	*d = p->table;

	if (d == NULL)
		return;
	d->broken = build_broken(p);
	if (p->hosts.n == 0 && !d->broken)
		diag_error(&p->diag, &d->pos, "table <%s> is empty; add a "
		    "host or remove it", d->name);
	if (p->hosts.n > 0 && build_hosts_keep(p, &d->hosts) == -1)
		diag_nomem(&p->diag);
	p->table = NULL;
	build_hosts_begin(p);
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

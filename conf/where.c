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


#include <sys/socket.h>

#include <string.h>

#include "build.h"

/*
 * Where a check goes to and comes from: `on', `from', `on interface', `mark'
 * and `via service' behind a check, and `parent' of a host.
 */

static struct check_spec	*where_check(struct parse *,
				    struct pool_ref *, const char *,
				    enum seen);
static int			 where_udp(const struct check_config *);
static void			 where_port(struct parse *,
				    struct check_spec *,
				    const struct lex_str *);
static int			 where_family(struct parse *,
				    const struct pool_ref *,
				    const struct check_config *,
				    const struct host_config *);

/* The check that is meant is the last; NULL: there is none, or twice. */
static struct check_spec *
where_check(struct parse *p, struct pool_ref *ref, const char *what,
    enum seen seen)
{
	struct check_spec	*c;

	if ((c = TAILQ_LAST(&ref->checks, check_specs)) == NULL) {
		conf_error(p, "%s: is of a check, and stands behind it", what);
		return (NULL);
	}
	if (ref->nchecks > CHECKS_MAX)		/* reported */
		return (NULL);
	if (build_once(p, &c->where_seen, seen, what) == -1 ||
	    build_check_where(p, c, what, seen) == -1)
		return (NULL);
	return (c);
}

static int
where_udp(const struct check_config *c)
{
	return (c->type == CHECK_UDP ||
	    (c->type == CHECK_DNS && (c->flags & CHECK_F_TCP) == 0));
}

static void
where_port(struct parse *p, struct check_spec *c, const struct lex_str *port)
{
	if (c->conf.type == CHECK_ICMP)
		conf_error(p, "check icmp: there are no ports in ICMP");
	else
		c->conf.port = resolve_port(p, port,
		    where_udp(&c->conf) ? "udp" : "tcp");
}

void
build_pool_on_port(struct parse *p, struct pool_ref *ref,
    const struct lex_str *port)
{
	struct check_spec	*c;

	if ((c = where_check(p, ref, "on port", WHERE_PORT)) != NULL)
		where_port(p, c, port);
}

void
build_pool_on(struct parse *p, struct pool_ref *ref,
    const struct lex_str *addr, const struct lex_str *port)
{
	struct check_spec	*c;

	if ((c = where_check(p, ref, "on", WHERE_ON)) == NULL ||
	    resolve_addr(p, "on", addr, &c->conf.on) == -1)
		return;
	if (port != NULL && build_once(p, &c->where_seen, WHERE_PORT,
	    "on port") == 0)
		where_port(p, c, port);
}

void
build_pool_interface(struct parse *p, struct pool_ref *ref,
    const struct lex_str *name)
{
	struct check_spec	*c;

	c = where_check(p, ref, "on interface", WHERE_INTERFACE);
	if (c != NULL)
		(void)value_ifname(p, name, c->conf.ifname);
}

void
build_pool_from(struct parse *p, struct pool_ref *ref,
    const struct lex_str *addr)
{
	struct check_spec	*c;

	if ((c = where_check(p, ref, "from", WHERE_FROM)) != NULL)
		(void)resolve_addr(p, "from", addr, &c->conf.from);
}

void
build_pool_mark(struct parse *p, struct pool_ref *ref,
    const struct lex_str *mark)
{
	struct check_spec	*c;

	if ((c = where_check(p, ref, "mark", WHERE_MARK)) != NULL)
		c->conf.mark = value_mark(p, mark);
}

void
build_pool_via(struct parse *p, struct pool_ref *ref,
    const struct lex_str *what)
{
	struct check_spec	*c;

	if (strcmp(what->s, "service") != 0) {
		conf_error(p, "via %s: a check can go via service, and by "
		    "\"on interface\"", what->s);
		return;
	}
	if ((c = where_check(p, ref, "via service", WHERE_VIA)) != NULL)
		c->conf.flags |= CHECK_F_VIA;
}

void
build_host_parent(struct parse *p, const struct lex_str *addr)
{
	if (build_once(p, &p->host_seen, SEEN_PARENT, "parent") == 0 &&
	    p->host != NULL)
		(void)resolve_addr(p, "parent", addr,
		    &build_host_more(p)->parent);
}

static int
where_family(struct parse *p, const struct pool_ref *ref,
    const struct check_config *c, const struct host_config *h)
{
	const struct addr	*to = check_target(c, h);
	char			 a[ADDR_STRLEN], b[ADDR_STRLEN];

	/* Where they go to by a service is known to be of its family. */
	if (c->from.af == 0 || c->from.af == to->af ||
	    (c->flags & CHECK_F_VIA))
		return (0);
	diag_error(&p->diag, &ref->pos, "service \"%s\", table <%s>: a check "
	    "from %s cannot reach %s, which is of the other family",
	    ref->service->name, ref->table, addr_str(&c->from, a),
	    addr_str(to, b));
	return (-1);
}

int
check_where(struct parse *p, const struct pool_ref *ref,
    const struct conf_tabledef *d)
{
	const struct check_spec	*c;
	const struct conf_host	*h;
	struct host_config	 wire;

	TAILQ_FOREACH(c, &ref->checks, entry)
		CONF_HOSTS_FOREACH(h, &d->hosts) {
			conf_host_wire(&d->hosts, h, &wire);
			if (where_family(p, ref, &c->conf, &wire) == -1)
				return (-1);
		}
	return (0);
}

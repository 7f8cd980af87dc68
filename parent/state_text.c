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
#include <bsd/sys/queue.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "ipvs.h"
#include "parent.h"
#include "state.h"

/*
 * The file: a first line with the version, then a line for each thing that
 * the operator wants otherwise.  Names have neither quotes nor backslashes.
 *
 *	lvsd state 1
 *	service "www" disable by 0 since 1763719200
 *	table "web" port 80 variant 0 disable by 0 since 1763719200
 *	host "web" port 80 variant 0 address 10.0.0.1 weight 5 by 0 since ...
 *	host "web" port 80 variant 0 address 10.0.0.2 drain 60 by 0 since ...
 *	boot 94a0b8d2-5b5c-4b8c-9a61-0d3ba7fb60f8
 *	sysctl backup_only was "0"
 *	kernel tcp 192.0.2.10 80
 */

#define STATE_HEAD	"lvsd state 1"
/* Times: the year 9999 ends before. */
#define STATE_TIME_MAX	300000000000LL

struct printer {
	FILE			*f;
	const struct conf	*conf;
	unsigned int		 lines;
};

/* The rest of a line. */
struct cursor {
	char	*s;
};

/*
 * Where the last object was found: the lines come in the order of the
 * configuration, so the next one is not far.
 */
struct finder {
	const struct conf	*conf;
	struct conf_table	*table;
	struct conf_host	*host;
};

static void	 print_override(void *, uint32_t,
		    const struct msg_override *);
static int	 print_object(struct printer *, uint32_t);
static void	 print_host(struct printer *, const struct conf_host *);
static void	 print_by(struct printer *, const struct ctl_by *);
static char	*take(struct cursor *);
static int	 take_word(struct cursor *, const char *);
static int	 take_name(struct cursor *, char *);
static int	 take_value(struct cursor *, int64_t, int64_t *);
static int	 take_number(struct cursor *, const char *, int64_t, int64_t *);
static int	 take_by(struct cursor *, struct ctl_by *);
static int	 take_override(struct cursor *, struct msg_override *);
static int	 take_table(struct cursor *, struct finder *);
static int	 take_host(struct cursor *, struct finder *);
static int	 take_service(struct cursor *, const struct conf *,
		    uint32_t *);
static int	 take_object(struct cursor *, struct finder *, uint32_t *);
static struct conf_table *find_table(const struct finder *, const char *,
		    uint16_t, unsigned int);
static struct conf_host *find_host(const struct finder *,
		    const struct addr *);
static void	 merge(struct mirror *, uint32_t, const struct msg_override *);
static int	 scan_line(char *, struct finder *, struct mirror *);
static int	 scan_head(FILE *, const char *);

static const char *const	kinds[OVERRIDE_MAX] = {
	[OVERRIDE_NONE]		= "",
	[OVERRIDE_ENABLE]	= "enable",
	[OVERRIDE_DISABLE]	= "disable",
	[OVERRIDE_DRAIN]	= "drain"
};

unsigned int
state_print(FILE *f, const struct conf *conf, const struct mirror *m)
{
	struct printer	p = { f, conf, 0 };

	fprintf(f, STATE_HEAD "\n");
	mirror_each_override(m, print_override, &p);
	return (p.lines);
}

static void
print_override(void *arg, uint32_t id, const struct msg_override *o)
{
	struct printer	*p = arg;

	if (o->kind != OVERRIDE_NONE && print_object(p, id) == 0) {
		fprintf(p->f, "%s", kinds[o->kind]);
		if (o->kind == OVERRIDE_DRAIN)
			fprintf(p->f, " %u", o->drain_s);
		print_by(p, &o->by);
	}
	if (o->flags & OVERRIDE_F_WEIGHT && print_object(p, id) == 0) {
		fprintf(p->f, "weight %u", o->weight);
		print_by(p, &o->weight_by);
	}
}

static int
print_object(struct printer *p, uint32_t id)
{
	const struct conf_host		*h;
	const struct conf_table		*t;
	const struct conf_service	*s;

	if ((h = conf_find_host(p->conf, id)) != NULL)
		print_host(p, h);
	else if ((t = conf_find_table(p->conf, id)) != NULL)
		fprintf(p->f, "table \"%s\" port %u variant %u ",
		    t->name, t->port, t->variant);
	else if ((s = conf_find_service(p->conf, id)) != NULL)
		fprintf(p->f, "service \"%s\" ", s->name);
	else
		return (-1);
	return (0);
}

static void
print_host(struct printer *p, const struct conf_host *h)
{
	char	addr[ADDR_STRLEN];

	fprintf(p->f, "host \"%s\" port %u variant %u address %s ",
	    h->table->name, h->table->port, h->table->variant,
	    addr_str(&h->addr, addr));
}

static void
print_by(struct printer *p, const struct ctl_by *by)
{
	fprintf(p->f, " by %u since %" PRId64 "\n", by->uid, by->since);
	p->lines++;
}

/* The next word, NULL at the end. */
static char *
take(struct cursor *c)
{
	char	*word;

	do {
		if ((word = strsep(&c->s, " ")) == NULL)
			return (NULL);
	} while (word[0] == '\0');
	return (word);
}

static int
take_word(struct cursor *c, const char *want)
{
	const char	*word = take(c);

	return (word != NULL && strcmp(word, want) == 0 ? 0 : -1);
}

/* In quotes; blanks may be in it. */
static int
take_name(struct cursor *c, char *name)
{
	char	*start;

	if (c->s == NULL || *c->s != '"')
		return (-1);
	start = ++c->s;
	(void)strsep(&c->s, "\"");
	if (c->s == NULL || *c->s != ' ' || *start == '\0' ||
	    strlcpy(name, start, NAME_LEN) >= NAME_LEN)
		return (-1);
	return (0);
}

static int
take_value(struct cursor *c, int64_t max, int64_t *number)
{
	const char	*errstr, *word;

	if ((word = take(c)) == NULL)
		return (-1);
	*number = strtonum(word, 0, max, &errstr);
	return (errstr == NULL ? 0 : -1);
}

static int
take_number(struct cursor *c, const char *what, int64_t max, int64_t *number)
{
	if (take_word(c, what) == -1)
		return (-1);
	return (take_value(c, max, number));
}

static int
take_by(struct cursor *c, struct ctl_by *by)
{
	int64_t	uid;

	if (take_number(c, "by", UINT32_MAX, &uid) == -1 ||
	    take_number(c, "since", STATE_TIME_MAX, &by->since) == -1)
		return (-1);
	by->uid = uid;
	return (0);
}

static int
take_override(struct cursor *c, struct msg_override *o)
{
	const char	*word;
	int64_t		 weight, drain = 0;
	int		 i;

	memset(o, 0, sizeof(*o));
	if ((word = take(c)) == NULL)
		return (-1);
	if (strcmp(word, "weight") == 0) {
		if (take_value(c, WEIGHT_MAX, &weight) == -1)
			return (-1);
		o->flags = OVERRIDE_F_WEIGHT;
		o->weight = weight;
		return (take_by(c, &o->weight_by));
	}
	for (i = OVERRIDE_NONE + 1; i < OVERRIDE_MAX; i++)
		if (strcmp(word, kinds[i]) == 0)
			o->kind = i;
	if (o->kind == OVERRIDE_NONE || (o->kind == OVERRIDE_DRAIN &&
	    take_value(c, CTL_DRAIN_MAX, &drain) == -1))
		return (-1);
	o->drain_s = drain;
	return (take_by(c, &o->by));
}

static struct conf_table *
find_table(const struct finder *f, const char *name, uint16_t port,
    unsigned int variant)
{
	struct conf_table	*t = f->table, *start = t;

	if (t == NULL)
		t = start = TAILQ_FIRST(&f->conf->tables);
	while (t != NULL) {
		if (strcmp(t->name, name) == 0 && t->port == port &&
		    t->variant == variant)
			return (t);
		if ((t = TAILQ_NEXT(t, entry)) == NULL)
			t = TAILQ_FIRST(&f->conf->tables);
		if (t == start)
			break;
	}
	return (NULL);
}

static struct conf_host *
find_host(const struct finder *f, const struct addr *addr)
{
	const struct conf_hosts	*hosts = &f->table->hosts;
	struct conf_host	*h;
	unsigned int		 i, start = 0;

	if (f->host != NULL && f->host->table == f->table)
		start = f->host - hosts->host;
	for (i = 0; i < hosts->n; i++) {
		h = &hosts->host[(start + i) % hosts->n];
		if (addr_cmp(&h->addr, addr) == 0)
			return (h);
	}
	return (NULL);
}

/* -1: malformed; the finder's table is NULL: there is none. */
static int
take_table(struct cursor *c, struct finder *f)
{
	char	name[NAME_LEN];
	int64_t	port, variant;

	if (take_name(c, name) == -1 ||
	    take_number(c, "port", UINT16_MAX, &port) == -1 ||
	    take_number(c, "variant", INT32_MAX, &variant) == -1)
		return (-1);
	f->table = find_table(f, name, port, variant);
	return (0);
}

static int
take_host(struct cursor *c, struct finder *f)
{
	struct addr	 addr;
	const char	*word;

	if (take_table(c, f) == -1 || take_word(c, "address") == -1 ||
	    (word = take(c)) == NULL || addr_parse(word, &addr) == -1)
		return (-1);
	f->host = f->table != NULL ? find_host(f, &addr) : NULL;
	return (0);
}

static int
take_service(struct cursor *c, const struct conf *conf, uint32_t *id)
{
	const struct conf_service	*s;
	char				 name[NAME_LEN];

	if (take_name(c, name) == -1)
		return (-1);
	TAILQ_FOREACH(s, &conf->services, entry)
		if (strcmp(s->name, name) == 0) {
			*id = s->id;
			break;
		}
	return (0);
}

/* An id of 0: it is configured no more. */
static int
take_object(struct cursor *c, struct finder *f, uint32_t *id)
{
	const char	*word = take(c);

	*id = 0;
	if (word == NULL)
		return (-1);
	if (strcmp(word, "service") == 0)
		return (take_service(c, f->conf, id));
	if (strcmp(word, "table") == 0) {
		if (take_table(c, f) == -1)
			return (-1);
		*id = f->table != NULL ? f->table->id : 0;
		return (0);
	}
	if (strcmp(word, "host") != 0 || take_host(c, f) == -1)
		return (-1);
	*id = f->host != NULL ? f->host->id : 0;
	return (0);
}

/* An object may have two lines, one for each of what was set of it. */
static void
merge(struct mirror *m, uint32_t id, const struct msg_override *o)
{
	struct msg_override	all;

	mirror_override(m, id, &all);
	if (o->flags & OVERRIDE_F_WEIGHT) {
		all.flags |= OVERRIDE_F_WEIGHT;
		all.weight = o->weight;
		all.weight_by = o->weight_by;
	} else {
		all.kind = o->kind;
		all.drain_s = o->drain_s;
		all.by = o->by;
	}
	if (mirror_set_override(m, id, &all) == -1)
		fatal("override");
}

/* 1, 2: of others, 0: it is of what there is no more, -1: malformed. */
static int
scan_line(char *line, struct finder *f, struct mirror *m)
{
	struct cursor		c = { line };
	struct msg_override	o;
	uint32_t		id;

	/* state_boot_scan(), ipvs_settings_scan(), ipvs_owned_scan(). */
	if (strncmp(line, STATE_BOOT, sizeof(STATE_BOOT) - 1) == 0 ||
	    strncmp(line, IPVS_SETTING, sizeof(IPVS_SETTING) - 1) == 0 ||
	    strncmp(line, IPVS_OWNED, sizeof(IPVS_OWNED) - 1) == 0)
		return (2);
	if (take_object(&c, f, &id) == -1 || take_override(&c, &o) == -1 ||
	    take(&c) != NULL)
		return (-1);
	/* Only a host has a weight, or drains. */
	if ((o.flags & OVERRIDE_F_WEIGHT || o.kind == OVERRIDE_DRAIN) &&
	    strncmp(line, "host", 4) != 0)
		return (-1);
	if (id == 0)
		return (0);
	merge(m, id, &o);
	return (1);
}

static int
scan_head(FILE *file, const char *path)
{
	char	line[sizeof(STATE_HEAD) + 1];

	if (fgets(line, sizeof(line), file) != NULL &&
	    strcmp(line, STATE_HEAD "\n") == 0)
		return (0);
	log_warnx("%s: does not begin with \"" STATE_HEAD "\": it is not "
	    "read", path);
	return (-1);
}

int
state_scan(FILE *file, const char *path, const struct conf *conf,
    struct mirror *m)
{
	struct finder	 f = { conf, NULL, NULL };
	char		*line = NULL;
	size_t		 size = 0;
	ssize_t		 len;
	unsigned int	 n, taken = 0;
	int		 got;

	if (scan_head(file, path) == -1)
		return (-1);
	for (n = 2; (len = getline(&line, &size, file)) > 0; n++) {
		got = -1;
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (strlen(line) == (size_t)len)
			got = scan_line(line, &f, m);
		if (got == -1)
			log_warnx("%s:%u: cannot be understood", path, n);
		else if (got == 0)
			log_info("%s:%u: is about what is not configured any "
			    "more", path, n);
		else if (got == 1)
			taken++;
	}
	free(line);
	if (taken > 0)
		log_info("%s: %u changes by the operator hold on", path,
		    taken);
	return (0);
}

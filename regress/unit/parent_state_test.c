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

/*
 * The file of what the operator did: what is written is read again as the
 * same, and of what somebody else has made of it all that makes sense.
 */

#include "../../parent/parent.h"
#include "../../parent/state.h"
#include "conf_text.h"
#include "tap.h"

static const char	config[] =
    "table <web> { 10.0.0.1, 10.0.0.2 weight 3 }\n"
    "table <sorry> { 127.0.0.1 }\n"
    "service \"www of us\" {\n"
    "	listen on 192.0.2.1 tcp port 80\n"
    "	forward to <web> port 8080 check tcp\n"
    "	forward to <sorry> port 80\n"
    "}\n"
    "service \"tls\" {\n"
    "	listen on 192.0.2.1 tcp port 443\n"
    "	forward to <web> port 8080 check icmp\n"
    "}\n"
    "table <six> { fd00::3 }\n"
    "service \"six\" {\n"
    "	listen on 2001:db8::1 tcp port 80\n"
    "	forward to <six>\n"
    "}\n";

static struct conf	*conf;
static char		*text;		/* of the last write() */
static size_t		 len;

static void	count(void *, uint32_t, const struct msg_override *);
static int	number(const struct mirror *);
static void	print(const struct mirror *);
static int	scan(const char *, struct mirror *);
static uint32_t	host_id(const char *, unsigned int);
static void	set(struct mirror *, uint32_t, uint32_t, int, int64_t);
static void	test_round(void);
static void	test_bad(void);
static int	boot(const char *);
static void	test_boot(void);

static void
count(void *arg, uint32_t, const struct msg_override *)
{
	(*(int *)arg)++;
}

static int
number(const struct mirror *m)
{
	int	n = 0;

	mirror_each_override(m, count, &n);
	return (n);
}

static void
print(const struct mirror *m)
{
	FILE	*f;

	free(text);
	if ((f = open_memstream(&text, &len)) == NULL)
		err(1, NULL);
	state_print(f, conf, m);
	fclose(f);
}

static int
scan(const char *what, struct mirror *m)
{
	FILE	*f;
	int	 r;

	if ((f = fmemopen((void *)what, strlen(what), "r")) == NULL)
		err(1, NULL);
	r = state_scan(f, "state", conf, m);
	fclose(f);
	return (r);
}

/* Of this address in so many-th use of a table. */
static uint32_t
host_id(const char *addr, unsigned int use)
{
	struct conf_table	*t;
	struct conf_host	*h;
	char			 buf[ADDR_STRLEN];

	TAILQ_FOREACH(t, &conf->tables, entry)
		CONF_HOSTS_FOREACH(h, &t->hosts)
			if (strcmp(addr_str(&h->addr, buf), addr) == 0 &&
			    use-- == 0)
				return (h->id);
	errx(1, "no host %s", addr);
}

/* A kind and, if not -1, a weight. */
static void
set(struct mirror *m, uint32_t id, uint32_t kind, int weight, int64_t since)
{
	struct msg_override	o;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	if (kind == OVERRIDE_DRAIN)
		o.drain_s = 60;
	if (kind != OVERRIDE_NONE) {
		o.by.uid = 1000;
		o.by.since = since;
	}
	if (weight != -1) {
		o.flags = OVERRIDE_F_WEIGHT;
		o.weight = weight;
		o.weight_by.uid = UINT32_MAX;
		o.weight_by.since = since + 1;
	}
	mirror_set_override(m, id, &o);
}

static void
test_round(void)
{
	struct mirror		*m = mirror_new(), *n = mirror_new();
	struct msg_override	 o;
	char			*first;

	print(m);
	is_str(text, "lvsd state 1\n", "nothing was done");
	set(m, TAILQ_FIRST(&conf->services)->id, OVERRIDE_DISABLE, -1, 7);
	set(m, TAILQ_FIRST(&conf->tables)->id, OVERRIDE_ENABLE, -1, 8);
	set(m, host_id("10.0.0.1", 0), OVERRIDE_DISABLE, 0, 1763719200);
	set(m, host_id("10.0.0.2", 1), OVERRIDE_NONE, 65535, 9);
	set(m, host_id("fd00::3", 0), OVERRIDE_DISABLE, -1, 10);
	set(m, host_id("10.0.0.1", 1), OVERRIDE_DRAIN, -1, 11);
	print(m);
	if ((first = strdup(text)) == NULL)
		err(1, NULL);
	ok(strstr(first, "\nservice \"www of us\" disable by 1000 since 7\n") !=
	    NULL, "a service");
	ok(strstr(first, "\ntable \"web\" port 8080 variant 0 enable by 1000 "
	    "since 8\n") != NULL, "a table");
	ok(strstr(first, "\nhost \"web\" port 8080 variant 0 address 10.0.0.1 "
	    "disable by 1000 since 1763719200\n"
	    "host \"web\" port 8080 variant 0 address 10.0.0.1 "
	    "weight 0 by 4294967295 since 1763719201\n") != NULL,
	    "a host disabled and of another weight");
	ok(strstr(first, " address 10.0.0.1 drain 60 by 1000 since 11\n") !=
	    NULL, "a host that drains");
	is_int(scan(first, n), 0, "it is read");
	is_int(number(n), 6, "all of it");
	print(n);
	is_str(text, first, "as the same");
	mirror_override(n, host_id("10.0.0.2", 0), &o);
	is_int(o.flags, 0, "one use of a table");
	mirror_override(n, host_id("10.0.0.2", 1), &o);
	ok(o.flags == OVERRIDE_F_WEIGHT && o.weight == 65535,
	    "is not another");
	free(first);
	mirror_free(m);
	mirror_free(n);
}

static void
test_bad(void)
{
	static const char	*const lines[] = {
		"",
		" ",
		"host",
		"host \"web",
		"host \"web\"",
		"host \"web\"port 8080 variant 0 address 10.0.0.1 disable "
		    "by 0 since 1",
		"host \"web\" port 65536 variant 0 address 10.0.0.1 disable "
		    "by 0 since 1",
		"host \"web\" port 8080 variant -1 address 10.0.0.1 disable "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0 disable "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 none "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 disable "
		    "by -1 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 disable "
		    "by 4294967296 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 disable "
		    "by 0 since 300000000001",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 disable "
		    "by 0 since 1 more",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 weight "
		    "65536 by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 weight "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 drain "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 0 address 10.0.0.1 drain "
		    "604801 by 0 since 1",
		"table \"web\" port 8080 variant 0 drain 60 by 0 since 1",
		"table \"web\" port 8080 variant 0 weight 3 by 0 since 1",
		"service \"tls\" weight 3 by 0 since 1",
		"service \"\" disable by 0 since 1",
		"service tls disable by 0 since 1",
		"vrrp \"VI_1\" disable by 0 since 1",
	};
	static const char	*const gone[] = {
		"host \"web\" port 8080 variant 0 address 10.0.0.9 disable "
		    "by 0 since 1",
		"host \"web\" port 8080 variant 2 address 10.0.0.1 disable "
		    "by 0 since 1",
		"host \"web\" port 80 variant 0 address 10.0.0.1 disable "
		    "by 0 since 1",
		"table \"we\" port 8080 variant 0 disable by 0 since 1",
		"service \"other\" disable by 0 since 1",
	};
	static const char	*const heads[] = {
		"", "\n", "lvsd state\n", "lvsd state 2\n",
		"lvsd state 11\n", "lvsd state 1", "lvsd state 1 \n"
	};
	struct mirror		*m = mirror_new();
	char			 file[1024];
	size_t			 i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		snprintf(file, sizeof(file), "%sservice \"tls\" disable by 0 "
		    "since 1\n", heads[i]);
		ok(scan(file, m) == -1 && number(m) == 0,
		    "another version %zu", i);
	}
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(file, sizeof(file), "lvsd state 1\n%s\n", lines[i]);
		ok(scan(file, m) == 0 && number(m) == 0, "no sense: %s",
		    lines[i]);
	}
	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		snprintf(file, sizeof(file), "lvsd state 1\n%s\n"
		    "service \"tls\" disable by 0 since 1", gone[i]);
		ok(scan(file, m) == 0 && number(m) == 1, "gone: %s", gone[i]);
		set(m, TAILQ_LAST(&conf->services, conf_services)->id,
		    OVERRIDE_NONE, -1, 0);
	}
	mirror_free(m);
}

static int
boot(const char *what)
{
	FILE	*f;
	int	 r;

	if ((f = fmemopen((void *)what, strlen(what), "r")) == NULL)
		err(1, NULL);
	r = state_boot_scan(f);
	fclose(f);
	return (r);
}

static void
test_boot(void)
{
	struct mirror	*m = mirror_new();
	FILE		*f;

	free(text);
	if ((f = open_memstream(&text, &len)) == NULL)
		err(1, NULL);
	fprintf(f, "lvsd state 1\nkernel tcp 192.0.2.1 80\n");
	state_boot_print(f);
	fprintf(f, "service \"tls\" disable by 0 since 1\n");
	fclose(f);
	ok(strstr(text, "\nboot ") != NULL, "the boot is told");
	ok(boot(text), "and known again");
	ok(scan(text, m) == 0 && number(m) == 1, "what else is there is read");
	/* The first digit, whatever it is. */
	strstr(text, "\nboot ")[6] ^= 1;
	ok(!boot(text), "another is not this one");
	ok(!boot("lvsd state 1\nboot \n"), "none is no one");
	ok(!boot("lvsd state 1\nboot 94a0b8d2\nkernel sync\n"),
	    "nor is a part of one");
	ok(boot("lvsd state 1\nkernel sync\n"), "where none is told it is");
	mirror_free(m);
}

int
main(void)
{
	static const char *const	files[] = { "lvsd.conf", NULL };
	uint32_t			next = 1;

	conf_begin();
	if ((conf = conf_text(config)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(conf, NULL, &next);
	test_round();
	test_bad();
	test_boot();
	conf_free(conf);
	free(text);
	conf_end(files);
	return (done_testing());
}

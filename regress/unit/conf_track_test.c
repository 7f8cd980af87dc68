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

#include <string.h>

#include "build.h"
#include "conf_text.h"
#include "tap.h"

/* What trackers refer to, and which id it has over reloads. */

#define WEB								\
    "table <web> { 10.0.0.1 }\n"					\
    "service \"www\" {\n"						\
    "	listen on 192.0.2.1 tcp port 80\n"				\
    "	forward to <web>\n"						\
    "}\n"								\
    "service \"alt\" {\n"						\
    "	listen on 192.0.2.1 tcp port 81\n"				\
    "	forward to <web>\n"						\
    "}\n"

#define VRRP(tracks)							\
    "vrrp \"v\" on eth0 {\n"						\
    "	vrid 1\n"							\
    "	address 192.0.2.1\n"						\
    tracks								\
    "}\n"

static uint32_t	next = 1;

static struct conf	*made(const char *, const struct conf *);
static const struct conf_track *nth(const struct conf *, int);
static void	test_table(void);
static void	test_objects(void);
static void	test_hosts(void);
static void	test_groups(void);

/* A tree with its ids, as the one that comes after another. */
static struct conf *
made(const char *text, const struct conf *old)
{
	struct conf	*c;

	if ((c = conf_text(text)) == NULL)
		errx(1, "%s", conf_said);
	conf_assign_ids(c, old, &next);
	return (c);
}

/* The n-th tracker of the first instance. */
static const struct conf_track *
nth(const struct conf *c, int n)
{
	const struct conf_track	*t;

	t = TAILQ_FIRST(&TAILQ_FIRST(&c->vrrps)->tracks);
	while (n-- > 0)
		t = TAILQ_NEXT(t, entry);
	return (t);
}

static void
test_table(void)
{
	struct conf		*a, *b;
	const struct conf_table	*t;
	struct table_config	 wire;
	uint32_t		 id;

	a = made(WEB VRRP("	track table <web>\n"), NULL);
	id = nth(a, 0)->conf.ref_id;
	ok(id != 0, "a table that is tracked has an id for that");
	TAILQ_FOREACH(t, &a->tables, entry) {
		conf_table_wire(t, &wire);
		is_int(wire.track_id, id, "which all of its uses know");
		ok(t->id != id, "beside their own");
	}
	is_int(nth(a, 0)->conf.kind, TRACK_TABLE, "as a table");
	is_str(nth(a, 0)->conf.name, "web", "of its name");

	b = made(WEB VRRP("	track table <web> weight 5\n"), a);
	is_int(nth(b, 0)->conf.ref_id, id, "it stays over a reload");
	conf_free(a);
	a = made(WEB VRRP("	track service www\n"), b);
	TAILQ_FOREACH(t, &a->tables, entry) {
		conf_table_wire(t, &wire);
		is_int(wire.track_id, 0, "not tracked: none");
	}
	ok(nth(a, 0)->conf.ref_id ==
	    TAILQ_FIRST(&a->services)->id &&
	    TAILQ_FIRST(&a->services)->flags == SERVICE_F_TRACKED,
	    "a service has its own, and a mark");
	is_int(TAILQ_NEXT(TAILQ_FIRST(&a->services), entry)->flags, 0,
	    "another has none");
	conf_free(b);
	b = made(WEB VRRP("	track table <web>\n"), a);
	ok(nth(b, 0)->conf.ref_id > id, "tracked again: another id");
	conf_free(a);
	conf_free(b);
}

/* Shared where they are the same; known over a reload by what they are. */
static void
test_objects(void)
{
	static const char	first[] =
	    VRRP("	track process p\n"
	    "	track process p quorum 2 weight 5\n"
	    "	track file /a/b\n")
	    "vrrp \"w\" on eth0 {\n"
	    "	vrid 2\n"
	    "	address 192.0.2.2\n"
	    "	track file /a/b weight 0\n"
	    "	track process p weight 3\n"
	    "}\n";
	static const char	second[] =
	    VRRP("	track file /a/b weight 7\n"
	    "	track process q\n"
	    "	track process p\n");
	const struct conf_track	*t;
	struct conf		*a, *b;

	a = made(first, NULL);
	t = TAILQ_FIRST(&TAILQ_NEXT(TAILQ_FIRST(&a->vrrps), entry)->tracks);
	ok(nth(a, 2)->conf.ref_id == t->conf.ref_id, "a file is shared");
	ok(nth(a, 2)->conf.weight == 1 && t->conf.weight == 0,
	    "its weight is not, by default 1");
	t = TAILQ_NEXT(t, entry);
	ok(nth(a, 0)->conf.ref_id == t->conf.ref_id, "so is a process");
	ok(nth(a, 1)->conf.ref_id != t->conf.ref_id,
	    "of the same number of them");
	is_str(TAILQ_FIRST(&a->trackfiles)->path, "/a/b", "the path");
	is_int(TAILQ_FIRST(&a->processes)->quorum, 1, "one, by default");

	b = made(second, a);
	ok(nth(b, 0)->conf.ref_id == nth(a, 2)->conf.ref_id,
	    "a file stays over a reload");
	ok(nth(b, 2)->conf.ref_id == nth(a, 0)->conf.ref_id,
	    "a process stays");
	ok(nth(b, 1)->conf.ref_id > nth(b, 2)->conf.ref_id,
	    "another is another");
	conf_free(a);
	conf_free(b);
}

/*
 * One host in one way is one object; in several ways it is several, known by
 * their order over a reload.
 */
static void
test_hosts(void)
{
	static const char	first[] =
	    "interval 5s\n"
	    VRRP("	track host 10.0.0.1\n"
	    "	track host ::1 weight 5\n")
	    "vrrp \"w\" on eth0 {\n"
	    "	vrid 2\n"
	    "	address 192.0.2.2\n"
	    "	track host 10.0.0.1 weight 7 interval 5s\n"
	    "	track host ::1 fall 9\n"
	    "}\n";
	static const char	second[] =
	    VRRP("	track host 10.0.0.1 interval 7s\n"
	    "	track host ::1\n");
	const struct conf_track	*t;
	struct conf		*a, *b;

	a = made(first, NULL);
	t = TAILQ_FIRST(&TAILQ_NEXT(TAILQ_FIRST(&a->vrrps), entry)->tracks);
	ok(nth(a, 0)->what.refhost == t->what.refhost, "a host is shared");
	is_int(t->what.refhost->conf.check_id,
	    t->what.refhost->check->conf.id, "it knows its check");
	is_int(t->what.refhost->check->conf.interval_ms, 5000, "of 5 s");
	t = TAILQ_NEXT(t, entry);
	ok(nth(a, 1)->conf.ref_id != t->conf.ref_id,
	    "not with other times");
	is_int(t->what.refhost->check->conf.fall, 9, "which it has");
	is_str(t->conf.name, "::1", "its name");

	b = made(second, a);
	ok(nth(b, 0)->conf.ref_id == nth(a, 0)->conf.ref_id,
	    "a host stays over a reload with other times");
	is_int(nth(b, 0)->what.refhost->check->conf.interval_ms, 7000,
	    "and has them");
	ok(nth(b, 1)->conf.ref_id == nth(a, 1)->conf.ref_id,
	    "the first of two stays");
	conf_free(a);
	conf_free(b);
}

/* What a group tracks, its instances do, each after its own. */
static void
test_groups(void)
{
	static const char	text[] =
	    VRRP("	track file /a/b\n")
	    "vrrp \"w\" on eth0 {\n"
	    "	vrid 2\n"
	    "	address 192.0.2.2\n"
	    "}\n"
	    "sync group \"g\" {\n"
	    "	vrrp \"v\"\n"
	    "	vrrp \"w\"\n"
	    "	track process p reverse weight -5\n"
	    "	track interface eth7\n"
	    "}\n";
	const struct conf_track	*t, *u;
	const struct conf_vrrp	*w;
	struct conf		*a, *b;

	a = made(text, NULL);
	w = TAILQ_NEXT(TAILQ_FIRST(&a->vrrps), entry);
	is_int(nth(a, 0)->conf.kind, TRACK_FILE, "first its own");
	t = nth(a, 1);
	u = TAILQ_FIRST(&w->tracks);
	ok(t->conf.kind == TRACK_PROCESS && t->conf.ref_id != 0 &&
	    t->conf.ref_id == u->conf.ref_id, "all track a process");
	ok(t->conf.weight == -5 && t->conf.flags == TRACK_F_REVERSE,
	    "as the group says");
	is_int(t->conf.vrrp_id, TAILQ_FIRST(&a->vrrps)->conf.id,
	    "one for one");
	is_int(u->conf.vrrp_id, w->conf.id, "one for the other");
	is_str(nth(a, 2)->conf.ifname, "eth7", "and an interface");
	ok(TAILQ_NEXT(nth(a, 2), entry) == NULL, "no more");
	b = made(text, a);
	ok(nth(b, 1)->conf.ref_id == t->conf.ref_id, "the same after a "
	    "reload");
	conf_free(a);
	conf_free(b);
}

int
main(void)
{
	const char *const	 files[] = { "lvsd.conf", NULL };

	conf_begin();
	test_table();
	test_objects();
	test_hosts();
	test_groups();
	conf_end(files);
	return (done_testing());
}

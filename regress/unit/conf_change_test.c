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
#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../conf/change.h"
#include "../../conf/diff.h"
#include "../../conf/outline.h"
#include "tap.h"

/*
 * The short way of a reload: taken where nothing or weights alone have
 * changed, and then it leads where the long one leads.  An argument is how many
 * texts chance is to change.
 */

#define ROUNDS	3000

static const char	base[] =
    "vip = \"192.0.2.1\"\n"
    "interval 5s\n"
    "# table <never> {\n"
    "table <one> {\n"
    "	10.0.0.1 weight 10\n"
    "	10.0.0.2 weight 20	# the old one\n"
    "	10.0.0.3 disable\n"
    "}\n"
    "\n"
    "table <two> { 10.0.1.1 weight 1 }\n"
    "  table  <three>  {  \n"
    "	10.0.2.1, 10.0.2.2 weight 5,\n"
    "	10.0.2.3 upper 100 lower 50\n"
    "  }  \n"
    "table <macro> {\n"
    "	$vip weight 3\n"
    "}\n"
    "service \"a\" {\n"
    "	listen on $vip tcp port 80\n"
    "	forward to <one> port 80 check tcp\n"
    "	forward to <two> port 80\n"
    "}\n"
    "service \"b\" {\n"
    "	listen on $vip tcp port 81\n"
    "	forward to <three> port 80 check tcp "
    "send \"table <x> {\" expect \"}\"\n"
    "	forward to <one> port 81\n"
    "}\n"
    "service \"c\" {\n"
    "	listen on $vip tcp port 82\n"
    "	forward to <macro> port 80\n"
    "}\n";

/* What is taken, and what the weights differ in then; -1: it is not. */
static const struct {
	const char	*from;
	const char	*to;
	int		 n;
	const char	*what;
} cases[] = {
	{ "weight 20", "weight 20", 0, "nothing" },
	{ "weight 20", "weight 21", 2, "a weight of a table used twice" },
	{ "weight 10", "weight  10", 0, "a blank" },
	{ "10.0.2.2 weight 5,", "10.0.2.2 weight 7,", 1, "one in a list" },
	{ "10.0.2.1,", "10.0.2.1 weight 9,", 1, "one that had none" },
	{ "	# the old one", "", 0, "a comment in a table" },
	{ "weight 10\n", "weight 10 # was 9\n", 0, "a new comment there" },
	{ "# table <never> {", "# table <ever> {", -1, "a comment elsewhere" },
	{ "10.0.0.2", "10.0.0.9", -1, "an address" },
	{ "disable", "weight 4", -1, "a host is enabled" },
	{ "weight 20", "weight 20 disable", -1, "a host is disabled" },
	{ "upper 100", "upper 101", -1, "a bound" },
	{ "10.0.0.3 disable\n", "10.0.0.3 disable\n	10.0.0.4\n", -1,
	    "one host more" },
	{ "	10.0.0.3 disable\n", "", -1, "one host less" },
	{ "weight 10", "weight 10\n	disable", -1, "a table is disabled" },
	{ "10.0.1.1 weight 1", "10.0.1.1 weight 2", -1,
	    "a table on one line" },
	{ "$vip weight 3", "$vip weight 4", -1, "a table with a macro" },
	{ "weight 20", "weight x", -1, "no number" },
	{ "weight 20", "weight 70000000", -1, "too great a number" },
	{ "weight 20", "weight 20 }", -1, "a brace" },
	{ "weight 20", "weight 20 # {", -1, "a brace in a comment" },
	{ "weight 20", "weight 20 \\", -1, "a line goes on" },
	{ "weight 20", "weight $vip", -1, "a macro comes in" },
	{ "<three>", "<four>", -1, "a name" },
	{ "interval 5s", "interval 6s", -1, "something else" },
	{ "10.0.0.1 weight", "localhost weight", -1, "a host by name" }
};

static char	path[] = "/tmp/conf_change.XXXXXX";

static void
put(const char *file, const char *text, size_t len, mode_t mode)
{
	FILE	*f;

	if ((f = fopen(file, "w")) == NULL ||
	    fwrite(text, 1, len, f) != len || fclose(f) != 0 ||
	    chmod(file, mode) == -1)
		err(1, "%s", file);
}

static void
put_str(const char *text)
{
	put(path, text, strlen(text), 0600);
}

static void
forget(void *, const char *)
{
}

static void
tell(void *, const char *line)
{
	printf("# %s\n", line);
}

static struct conf *
parse(conf_report report)
{
	struct conf_macros	 none = TAILQ_HEAD_INITIALIZER(none);

	return (conf_parse(path, &none, 0, report, NULL));
}

static struct conf *
parse_base(void)
{
	struct conf	*c;
	uint32_t	 next = 1;

	put_str(base);
	if ((c = parse(tell)) == NULL)
		errx(1, "the text that all begins with");
	conf_assign_ids(c, NULL, &next);
	c->generation = 7;
	return (c);
}

/* Both trees print alike. */
static int
alike(const struct conf *a, const struct conf *b)
{
	char	*x = conf_canonical(a), *y = conf_canonical(b);
	int	 same = x != NULL && y != NULL && strcmp(x, y) == 0;

	free(x);
	free(y);
	return (same);
}

/* from, once, by to. */
static char *
edited(const char *from, const char *to)
{
	const char	*at = strstr(base, from);
	char		*text;

	if (at == NULL || asprintf(&text, "%.*s%s%s", (int)(at - base), base,
	    to, at + strlen(from)) == -1)
		errx(1, "%s", from);
	return (text);
}

static void
test_cases(void)
{
	struct conf		*running = parse_base(), *whole;
	struct conf_changes	*c;
	char			*text;
	size_t			 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = edited(cases[i].from, cases[i].to);
		put_str(text);
		free(text);
		c = conf_changes_find(running);
		is_int(c == NULL ? -1 : (int)c->n, cases[i].n, "%s",
		    cases[i].what);
		if (c == NULL)
			continue;
		whole = parse(tell);
		c->generation = 8;
		conf_changes_swap(running, c);
		ok(alike(running, whole), "is what the file says");
		conf_free(whole);
		put_str(base);
		whole = parse(tell);
		ok(running->generation == 8 && c->generation == 7 &&
		    (c->n == 0 || !alike(running, whole)), "and not what was");
		conf_changes_swap(running, c);
		ok(running->generation == 7 && alike(running, whole),
		    "and back");
		conf_free(whole);
		conf_changes_free(c);
	}
	conf_free(running);
}

/* With the new outline in place, the next look starts from there. */
static void
test_twice(void)
{
	struct conf		*running = parse_base();
	struct conf_changes	*c, *d;
	char			*text = edited("weight 20", "weight 30");

	put_str(text);
	free(text);
	if ((c = conf_changes_find(running)) == NULL)
		errx(1, "no change");
	conf_changes_swap(running, c);
	d = conf_changes_find(running);
	ok(d != NULL && d->n == 0, "the same again: nothing");
	conf_changes_free(d);
	conf_changes_swap(running, c);
	d = conf_changes_find(running);
	ok(d != NULL && d->n == 2, "gone back, the file is new again");
	conf_changes_free(d);
	conf_changes_free(c);
	conf_free(running);
}

/* Who may have written it, and who can read it, is looked at each time. */
static void
test_file(void)
{
	struct conf	*running = parse_base();

	put(path, base, strlen(base), 0620);
	ok(conf_changes_find(running) == NULL, "others can write it now");
	put(path, base, strlen(base), 0644);
	ok(conf_changes_find(running) == NULL, "others can read it now");
	if (unlink(path) == -1)
		err(1, "%s", path);
	ok(conf_changes_find(running) == NULL, "it is not there");
	put(path, base, 0, 0600);
	ok(conf_changes_find(running) == NULL, "it is empty");
	put(path, base, sizeof(base), 0600);
	ok(conf_changes_find(running) == NULL, "there is a NUL in it");
	conf_free(running);
}

static void
test_include(void)
{
	static const char	 more[] = "table <x> {\n	10.9.0.1\n}\n";
	static const char	 less[] = "table <x> {\n"
				    "	10.9.0.1 weight 6\n}\n";
	char			 other[sizeof(path) + 2], *text;
	struct conf		*running;
	struct conf_changes	*c;

	snprintf(other, sizeof(other), "%s.i", path);
	put(other, more, strlen(more), 0600);
	if (asprintf(&text, "include \"%s\"\nservice \"a\" {\n"
	    "listen on 192.0.2.1 tcp port 80\nforward to <x>\n}\n",
	    other) == -1)
		err(1, NULL);
	put_str(text);
	free(text);
	if ((running = parse(tell)) == NULL)
		errx(1, "include");
	put(other, less, strlen(less), 0600);
	c = conf_changes_find(running);
	ok(c != NULL && c->n == 1, "a weight in a file that is included");
	conf_changes_free(c);
	put(other, "\n", 1, 0600);
	ok(conf_changes_find(running) == NULL, "its table is gone");
	if (unlink(other) == -1)
		err(1, "%s", other);
	ok(conf_changes_find(running) == NULL, "it is gone");
	conf_free(running);
}

/* One word or sign in place of another, or one more. */
static size_t
mutate(char *text, size_t size)
{
	static const char	*const words[] = {
		"weight ", "10.0.0.1", " ", "\n", "{", "}", "\t", "#", "5",
		"table <one> {\n", "}\n", "\\\n", "\"", "'", "$vip", ",",
		"disable", "\r", "<", ">", "table", "0", "include \"x\"\n"
	};
	size_t			 len = strlen(base), at, cut, n;
	const char		*word;

	memcpy(text, base, len);
	do {
		at = arc4random_uniform(len);
		word = words[arc4random_uniform(sizeof(words) /
		    sizeof(words[0]))];
		n = strlen(word);
		cut = arc4random_uniform(3);
		if (cut > len - at)
			cut = len - at;
		if (len - cut + n > size)
			break;
		memmove(text + at + n, text + at + cut, len - at - cut);
		memcpy(text + at, word, n);
		len += n - cut;
	} while (arc4random_uniform(2));
	return (len);
}

static void
test_chance(int rounds)
{
	struct conf		*running = parse_base(), *whole;
	struct conf_changes	*c;
	char			 text[2 * sizeof(base)];
	int			 i, taken = 0, wrong = 0;
	size_t			 len;

	for (i = 0; i < rounds && wrong == 0; i++) {
		len = mutate(text, sizeof(text));
		put(path, text, len, 0600);
		if ((c = conf_changes_find(running)) == NULL)
			continue;
		taken++;
		whole = parse(forget);
		conf_changes_swap(running, c);
		if (whole == NULL || !alike(running, whole))
			wrong++;
		conf_changes_swap(running, c);
		conf_changes_free(c);
		conf_free(whole);
	}
	is_int(wrong, 0, "%d texts by chance: both ways lead to the same",
	    rounds);
	if (wrong)
		printf("# %.*s\n", (int)len, text);
	ok(taken > rounds / 100, "the short way was taken (%d times)", taken);
	conf_free(running);
}

int
main(int argc, char *argv[])
{
	int	fd, rounds = ROUNDS;

	if (argc > 1)
		rounds = strtonum(argv[1], 1, INT_MAX, NULL);

	if ((fd = mkstemp(path)) == -1)
		err(1, "%s", path);
	close(fd);
	test_cases();
	test_twice();
	test_file();
	test_include();
	test_chance(rounds);
	unlink(path);
	return (done_testing());
}

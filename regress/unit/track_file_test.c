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
 * Numbers in files: what is one, and each way in which a file can change, or
 * the directory that it is in.
 */

#include <sys/types.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../conf/conf.h"
#include "../../imsg/monotime.h"
#include "../../imsg/msg.h"
#include "../../parent/track.h"
#include "tap.h"

#define WAIT_MS		10000		/* for what must come */
#define QUIET_MS	400		/* for what must not */

static char			 dir[] = "/tmp/track_test.XXXXXX";
static char			 sub[64], file[96], other[96], temp[96];
static struct event_base	*base;
static struct track_files	*all;
static struct msg_track		 last[4];	/* by id */
static int			 told[4];

static void	die(const char *) __attribute__((__noreturn__));
static void	heard(void *, uint32_t, const struct msg_track *);
static void	nothing(int, short, void *);
static void	turn(int);
static int	becomes(uint32_t, uint32_t, int);
static int	remains(uint32_t);
static void	put(const char *, const char *);
static void	want(const char *, const char *);
static void	test_parse(void);
static void	test_write(void);
static void	test_replace(void);
static void	test_open(void);
static void	test_kinds(void);
static void	test_dir(void);
static void	test_two(void);

static void
die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(255);
}

static void
heard(void *, uint32_t id, const struct msg_track *m)
{
	if (id >= sizeof(last) / sizeof(last[0]))
		die("an id of nobody");
	last[id] = *m;
	told[id]++;
}

static void
nothing(int, short, void *)
{
}

/* Let it work until something has happened, or so long. */
static void
turn(int ms)
{
	struct event	*ev = evtimer_new(base, nothing, NULL);
	struct timeval	 tv = us_to_timeval(ms * 1000);

	if (ev == NULL || evtimer_add(ev, &tv) == -1 ||
	    event_base_loop(base, EVLOOP_ONCE) == -1)
		die("event_base_loop");
	event_free(ev);
}

static int
becomes(uint32_t id, uint32_t ok, int value)
{
	struct monotime	end = monotime_add_us(monotime_now(),
			    WAIT_MS * 1000LL);

	while (last[id].ok != ok || last[id].value != value) {
		if (monotime_diff_us(end, monotime_now()) <= 0)
			return (0);
		turn(50);
	}
	return (1);
}

/* Nothing is told of it for a while. */
static int
remains(uint32_t id)
{
	struct monotime	end = monotime_add_us(monotime_now(),
			    QUIET_MS * 1000LL);
	int		before = told[id];

	while (monotime_diff_us(end, monotime_now()) > 0)
		turn(50);
	return (told[id] == before);
}

/* As echo(1) does it. */
static void
put(const char *path, const char *text)
{
	FILE	*f;

	if ((f = fopen(path, "w")) == NULL || fputs(text, f) == EOF ||
	    fclose(f) != 0)
		die(path);
}

/* Track these two, of ids 1 and 2; NULL: none. */
static void
want(const char *one, const char *two)
{
	const char		*paths[] = { one, two };
	struct conf		*c;
	struct conf_trackfile	*f;
	int			 i;

	if ((c = conf_new()) == NULL)
		die("conf_new");
	for (i = 0; i < 2; i++) {
		if (paths[i] == NULL)
			continue;
		if ((f = calloc(1, sizeof(*f))) == NULL ||
		    (f->path = strdup(paths[i])) == NULL)
			die("calloc");
		f->id = i + 1;
		TAILQ_INSERT_TAIL(&c->trackfiles, f, entry);
	}
	track_files_set(all, c);
	conf_free(c);
	track_files_tell(all, 0);
}

static void
test_parse(void)
{
	static const char *const good[] = {
		"5", "5\n", "-253\n", "253", "0\r\n", "007", "-0", "12 \t\n"
	};
	static const int values[] = { 5, 5, -253, 253, 0, 7, 0, 12 };
	static const char *const bad[] = {
		"", "\n", "-", "--5", "+5", " 5", "5 6", "5\n6\n", "254",
		"-254", "5.0", "0x5", "five", "5five", "99999999999999999999",
		"5\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
		"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
		"\n\n\n\n\n\n"
	};
	int32_t	value;
	size_t	i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		value = -1000;
		ok(track_file_parse(good[i], strlen(good[i]), 0, &value) == 0 &&
		    value == values[i], "number %zu is %d", i, values[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int(track_file_parse(bad[i], strlen(bad[i]), 0, &value), -1,
		    "no number %zu", i);
	is_int(track_file_parse("65535", 5, 1, &value), 0, "a weight");
	is_int(value, 65535, "as high as they are");
	is_int(track_file_parse("65536", 5, 1, &value), -1, "but no higher");
	is_int(track_file_parse("-1", 2, 1, &value), -1, "nor below 0");
	is_int(track_file_parse("5\0", 2, 0, &value), -1, "nor with a NUL");
	is_int(track_file_parse("\0", 1, 0, &value), -1, "nor one alone");
	is_int(track_file_parse("5\0006", 3, 0, &value), -1, "nor between");
}

static void
test_write(void)
{
	want(file, NULL);
	ok(told[1] == 1 && last[1].ok == 0, "it is not there: told at once");
	put(file, "5\n");
	ok(becomes(1, 1, 5), "written");
	ok(remains(1), "once");
	put(file, "6\n");
	ok(becomes(1, 1, 6), "and again");
	is_int(told[1], 3, "without a word of it being empty between");
	put(file, "6\n");
	ok(remains(1), "the same is not told");
	put(file, "six\n");
	ok(becomes(1, 0, 0), "no number");
	put(file, "-7\n");
	ok(becomes(1, 1, -7), "a number again");
	put(file, "");
	ok(becomes(1, 0, 0), "empty");
	put(file, "8\n");
	ok(becomes(1, 1, 8), "not empty");
	if (unlink(file) == -1)
		die(file);
	ok(becomes(1, 0, 0), "removed");
}

/* By a rename, as is good manners; and by a link. */
static void
test_replace(void)
{
	put(temp, "9\n");
	if (rename(temp, file) == -1)
		die(file);
	ok(becomes(1, 1, 9), "moved to its place");
	put(temp, "10\n");
	ok(remains(1), "another file of the directory is another");
	if (rename(temp, file) == -1)
		die(file);
	ok(becomes(1, 1, 10), "replaced");
	put(file, "11\n");
	ok(becomes(1, 1, 11), "and written");
	if (rename(file, temp) == -1)
		die(file);
	ok(becomes(1, 0, 0), "moved away");
	put(temp, "12\n");
	ok(remains(1), "where it is followed no more");
	if (link(temp, file) == -1)
		die(file);
	ok(becomes(1, 1, 12), "linked");
	if (unlink(file) == -1 || unlink(temp) == -1)
		die(file);
	ok(becomes(1, 0, 0), "removed");
}

/* By one who holds it open. */
static void
test_open(void)
{
	int	before, fd;

	if ((fd = open(file, O_CREAT | O_RDWR | O_TRUNC, 0644)) == -1 ||
	    pwrite(fd, "1\n", 2, 0) != 2)
		die(file);
	ok(becomes(1, 1, 1), "written and not closed");
	if (pwrite(fd, "2\n", 2, 0) != 2)
		die(file);
	ok(becomes(1, 1, 2), "written in place");
	if (ftruncate(fd, 0) == -1)
		die(file);
	ok(becomes(1, 0, 0), "cut, and left so");
	if (pwrite(fd, "3\n", 2, 0) != 2)
		die(file);
	ok(becomes(1, 1, 3), "written at last");
	before = told[1];
	if (ftruncate(fd, 0) == -1)
		die(file);
	turn(10);
	if (pwrite(fd, "4\n", 2, 0) != 2)
		die(file);
	ok(becomes(1, 1, 4) && told[1] == before + 1,
	    "empty for a moment is not without a number");
	close(fd);
	if (unlink(file) == -1)
		die(file);
	ok(becomes(1, 0, 0), "removed");
}

static void
test_kinds(void)
{
	put(other, "5\n");
	if (symlink(other, file) == -1)
		die(file);
	ok(remains(1), "a link is not followed");
	if (unlink(file) == -1 || mkfifo(file, 0644) == -1)
		die(file);
	ok(remains(1), "a pipe is not read");
	if (unlink(file) == -1 || mkdir(file, 0755) == -1)
		die(file);
	ok(remains(1), "nor is a directory");
	if (rmdir(file) == -1 || unlink(other) == -1)
		die(file);
}

static void
test_dir(void)
{
	char	away[96];

	snprintf(away, sizeof(away), "%s/away", dir);
	put(file, "5\n");
	ok(becomes(1, 1, 5), "it is there");
	if (unlink(file) == -1 || rmdir(sub) == -1)
		die(sub);
	ok(becomes(1, 0, 0), "its directory goes with it");
	ok(remains(1), "for a while");
	if (mkdir(sub, 0755) == -1)
		die(sub);
	put(file, "6\n");
	ok(becomes(1, 1, 6), "and is made again");
	turn(10);
	put(file, "7\n");
	ok(becomes(1, 1, 7), "the new one is watched");
	if (rename(sub, away) == -1)
		die(sub);
	ok(becomes(1, 0, 0), "the directory is moved away");
	if (rename(away, sub) == -1)
		die(sub);
	ok(becomes(1, 1, 7), "and back");
}

static void
test_two(void)
{
	put(other, "1\n");
	want(file, other);
	ok(last[1].value == 7 && last[2].value == 1, "two of a directory");
	put(other, "2\n");
	ok(becomes(2, 1, 2), "one changes");
	put(file, "8\n");
	ok(becomes(1, 1, 8), "the other does");
	want(NULL, other);
	put(file, "9\n");
	ok(remains(1), "tracked no more");
	put(other, "3\n");
	ok(becomes(2, 1, 3), "the other still is");
	want(NULL, NULL);
	put(other, "4\n");
	ok(remains(2), "none");
	want("/nowhere/at/all", "/track_test_none");
	ok(last[1].ok == 0 && last[2].ok == 0, "no directory, and the root");
	want(NULL, NULL);
	if (unlink(file) == -1 || unlink(other) == -1 || rmdir(sub) == -1 ||
	    rmdir(dir) == -1)
		die(dir);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || (base = event_base_new()) == NULL ||
	    (all = track_files_new(base, heard, NULL)) == NULL)
		die("setup");
	snprintf(sub, sizeof(sub), "%s/sub", dir);
	snprintf(file, sizeof(file), "%s/file", sub);
	snprintf(other, sizeof(other), "%s/other", sub);
	snprintf(temp, sizeof(temp), "%s/temp", sub);
	if (mkdir(sub, 0755) == -1)
		die(sub);
	test_parse();
	test_write();
	test_replace();
	test_open();
	test_kinds();
	test_dir();
	test_two();
	track_files_free(all);
	event_base_free(base);
	return (done_testing());
}

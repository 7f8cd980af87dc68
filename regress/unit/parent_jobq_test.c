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
 * Programs of one object run in order, those of several side by side, and
 * when they do not keep up the last change still has its run.
 */
#include <sys/types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../parent/jobq.h"
#include "tap.h"

#define OBJECTS		6

static int	 start(void *, struct jobq_object *, struct job *);
static void	 skipped(void *, struct jobq_object *, struct change *);
static void	 put(struct jobq_object *, const char *, int);
static void	 begin(void);
static void	 reset(unsigned int);
static void	 end(struct jobq_object *);
static void	 test_order(void);
static void	 test_limit(void);
static void	 test_skip(void);
static void	 test_minor(void);
static void	 test_fail(void);
static void	 test_clear(void);

static const struct jobq_ops	 ops = { start, skipped };
static struct jobq		 q;
static struct jobq_object	 object[OBJECTS];
static char			 ran[512], skips[512];
static const char		*refuse;	/* this does not start */

static int
start(void *arg, struct jobq_object *, struct job *j)
{
	if (arg != &q)
		abort();
	strncat(ran, j->what, sizeof(ran) - strlen(ran) - 1);
	return (refuse != NULL && strcmp(refuse, j->what) == 0 ? -1 : 0);
}

static void
skipped(void *, struct jobq_object *, struct change *c)
{
	struct job	*j;

	TAILQ_FOREACH(j, &c->jobs, entry)
		strncat(skips, j->what, sizeof(skips) - strlen(skips) - 1);
}

/* A change with a job for each character. */
static void
put(struct jobq_object *o, const char *jobs, int minor)
{
	struct change	*c;
	struct job	*j;

	if ((c = change_new()) == NULL)
		abort();
	c->minor = minor;
	for (; *jobs != '\0'; jobs++) {
		if ((j = calloc(1, sizeof(*j))) == NULL ||
		    (j->what = strndup(jobs, 1)) == NULL)
			abort();
		TAILQ_INSERT_TAIL(&c->jobs, j, entry);
	}
	jobq_put(&q, o, c);
}

/* All that may be begun. */
static void
begin(void)
{
	while (jobq_next(&q))
		;
}

static void
end(struct jobq_object *o)
{
	jobq_ended(&q, o);
	begin();
}

static void
reset(unsigned int max)
{
	int	i;

	jobq_init(&q, &ops, &q, max);
	for (i = 0; i < OBJECTS; i++)
		jobq_object_init(&object[i]);
	ran[0] = skips[0] = '\0';
	refuse = NULL;
}

static void
test_order(void)
{
	reset(OBJECTS);
	put(&object[0], "ab", 0);
	is_str(ran, "", "nothing is begun by itself");
	ok(jobq_more(&q), "but could be");
	put(&object[0], "c", 0);
	put(&object[1], "xy", 0);
	begin();
	is_str(ran, "ax", "one of each object");
	end(&object[1]);
	is_str(ran, "axy", "then the next of one");
	end(&object[1]);
	ok(jobq_object_idle(&object[1]), "until there is none");
	end(&object[0]);
	end(&object[0]);
	is_str(ran, "axybc", "one change after the other");
	ok(!jobq_object_idle(&object[0]), "the last runs");
	end(&object[0]);
	ok(jobq_object_idle(&object[0]), "and is over");
	is_int(q.running, 0, "nothing runs");
	is_str(skips, "", "nothing was skipped");
}

static void
test_limit(void)
{
	int	i;

	reset(2);
	for (i = 0; i < OBJECTS; i++)
		put(&object[i], "ab", 0);
	begin();
	is_int(q.running, 2, "two at a time");
	ok(!jobq_more(&q), "and no more");
	end(&object[0]);
	is_int(q.running, 2, "one ends, one begins");
	ok(object[0].job == NULL && object[2].job != NULL,
	    "of an object that has waited longer");
	for (i = 1; i < OBJECTS; i++)
		end(&object[i]);
	is_str(ran, "aaaaaabb", "all have their turn");
	for (i = 0; i < OBJECTS; i++)
		end(&object[i]);
	is_str(ran, "aaaaaabbbbbb", "in the same order");
	is_int(q.running, 0, "to the end");
}

static void
test_skip(void)
{
	const char	*s;
	char		 one[2] = "";

	reset(1);
	put(&object[0], "a", 0);
	begin();
	for (s = "bcdefgh"; *s != '\0'; s++) {
		one[0] = *s;
		put(&object[0], one, 0);
	}
	is_str(skips, "efg", "those in the middle are skipped");
	is_int(object[0].nwaiting, JOBQ_WAITING_MAX, "so many wait");
	while (object[0].job != NULL)
		end(&object[0]);
	is_str(ran, "abcdh", "the oldest and the last are run");
}

static void
test_minor(void)
{
	reset(1);
	put(&object[0], "a", 0);
	begin();
	put(&object[0], "r", 1);
	put(&object[0], "s", 1);
	is_str(skips, "s", "one minor change is as good as two");
	put(&object[0], "b", 0);
	put(&object[0], "c", 0);
	put(&object[0], "d", 0);
	put(&object[0], "t", 1);
	is_str(skips, "st", "it does not take the place of another");
	while (object[0].job != NULL)
		end(&object[0]);
	is_str(ran, "arbcd", "but has its turn");
}

static void
test_fail(void)
{
	reset(1);
	refuse = "a";
	put(&object[0], "ab", 0);
	put(&object[1], "a", 0);
	begin();
	is_str(ran, "aab", "what does not start makes room");
	is_int(q.running, 1, "and is not counted");
	ok(jobq_object_idle(&object[1]), "nor waited for");
	end(&object[0]);
	ok(jobq_object_idle(&object[0]), "the rest was run");
}

static void
test_clear(void)
{
	reset(2);
	put(&object[0], "ab", 0);
	put(&object[0], "c", 0);
	put(&object[1], "d", 0);
	put(&object[1], "e", 0);
	put(&object[2], "f", 0);
	begin();
	jobq_clear(&q, &object[0]);
	jobq_clear(&q, &object[2]);
	is_str(skips, "cf", "what has not begun is skipped");
	ok(jobq_object_idle(&object[2]), "nothing is left of it");
	put(&object[0], "z", 0);
	end(&object[0]);
	is_str(ran, "adz", "what runs ends, and what comes later runs");
	end(&object[1]);
	end(&object[1]);
	jobq_clear(&q, &object[1]);
	jobq_clear(&q, &object[0]);
	end(&object[0]);
	is_str(ran, "adze", "the others were not touched");
	is_int(q.running, 0, "nothing runs");
	put(&object[3], "gh", 0);
	begin();
	put(&object[3], "i", 0);
	jobq_ended(&q, &object[3]);
	jobq_clear(&q, &object[3]);
	ok(jobq_object_idle(&object[3]) && !jobq_more(&q),
	    "between two jobs, too");
}

int
main(void)
{
	test_order();
	test_limit();
	test_skip();
	test_minor();
	test_fail();
	test_clear();
	return (done_testing());
}

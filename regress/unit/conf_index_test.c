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
 * What a configuration is kept in and found by while it is read: arenas, the
 * index, and the matching of old objects and new ones.
 */

#include <err.h>
#include <stdio.h>
#include <string.h>

#include <bsd/string.h>

#include "../../conf/build.h"
#include "../../conf/match.h"
#include "tap.h"

#define MANY	1000

static struct key	key;

static void	number_key(int);
static void	test_arena(void);
static void	test_index(void);
static void	test_match(void);

static void
test_arena(void)
{
	static const char	zeroes[300];
	struct arena		a;
	char			*s;
	uint64_t		*n;
	int			 i, good = 1;

	arena_init(&a);
	for (i = 0; i < MANY; i++) {
		if ((s = arena_copy(&a, "text", 4)) == NULL ||
		    (n = arena_alloc(&a, 300)) == NULL)
			err(1, "arena");
		good &= strcmp(s, "text") == 0;
		good &= (uintptr_t)n % sizeof(*n) == 0;
		good &= memcmp(n, zeroes, 300) == 0;
		memset(n, 0xff, 300);
	}
	ok(good, "what an arena gives is zeroed, aligned, and a copy whole");
	arena_reset(&a);
	s = arena_alloc(&a, 300);
	ok(s != NULL && memcmp(s, zeroes, 300) == 0, "behind a reset, too");
	n = arena_alloc(&a, 1024 * 1024);
	ok(n != NULL, "it gives what is large");
	arena_free(&a);
	arena_reset(&a);
	ok(a.chunks == NULL, "an empty one can be reset");
}

static void
number_key(int n)
{
	key_start(&key, KEY_VIA);
	key_num(&key, n);
}

static void
test_index(void)
{
	struct index	*index;
	static int	 object[MANY], other;
	int		 i, good = 1;

	if ((index = index_new()) == NULL)
		err(1, "index");
	for (i = 0; i < MANY; i++) {
		number_key(i);
		good &= index_get(index, &key) == NULL;
		good &= index_put(index, &key, &object[i]) == 0;
	}
	ok(good, "objects are entered");
	for (i = 0; i < MANY; i++) {
		number_key(i);
		good &= index_get(index, &key) == &object[i];
	}
	ok(good, "and found, each by its key");
	number_key(7);
	ok(index_put(index, &key, &other) == 0 &&
	    index_get(index, &key) == &other, "one takes another's place");
	number_key(MANY);
	ok(index_get(index, &key) == NULL, "what is not there is not found");
	key_name(&key, KEY_TABLE, "a");
	ok(index_get(index, &key) == NULL, "nor what has another kind");
	index_free(index);
}

static void
test_match(void)
{
	struct match		 m = { 0 };
	struct conf_script	 old[MANY], new;
	int			 i, good = 1;

	memset(old, 0, sizeof(old));
	memset(&new, 0, sizeof(new));
	match_begin(&m, match_script);
	ok(match_find(&m, &new) == NULL, "nothing matches among none");
	for (i = 0; i < MANY; i++) {
		snprintf(old[i].conf.name, sizeof(old[i].conf.name), "s%d", i);
		match_add(&m, &old[i]);
	}
	for (i = 0; i < MANY; i++)
		good &= match_find(&m, &old[i]) == &old[i];
	ok(good && !m.sorted, "the same in order are found without sorting");
	for (i = MANY - 1; i >= 0; i--)
		good &= match_find(&m, &old[i]) == &old[i];
	ok(good, "in any other order they are found");
	strlcpy(new.conf.name, "none", sizeof(new.conf.name));
	ok(match_find(&m, &new) == NULL, "what was not there is not");
	ok(match_find(&m, &old[3]) == &old[3], "and disturbs no other");
	match_begin(&m, match_script);
	ok(match_find(&m, &old[0]) == NULL, "a new beginning knows nothing");
	match_end(&m);
}

int
main(void)
{
	test_arena();
	test_index();
	test_match();
	return (done_testing());
}

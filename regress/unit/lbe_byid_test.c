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

/* lbe's objects by id, in whatever order they come. */

#include <stdlib.h>
#include <string.h>

#include "../../lbe/env.h"
#include "tap.h"

#define MANY	5000

static uint32_t		ids[MANY];
static struct lbe_byid	byid;

static void	check(const char *);

/* All of them are added, each found from then on. */
static void
check(const char *what)
{
	int	i, good = 1;

	memset(&byid, 0, sizeof(byid));
	for (i = 0; i < MANY; i++) {
		good &= byid_find(&byid, ids[i]) == NULL;
		good &= byid_add(&byid, &ids[i]) == 0;
		good &= byid_find(&byid, ids[i]) == &ids[i];
		good &= byid_find(&byid, ids[i / 2]) == &ids[i / 2];
	}
	ok(good, "%s: found from when they come", what);
	ok(byid_settle(&byid) == 0, "%s: none is there twice", what);
	for (i = 0; i < MANY; i++)
		good &= byid_find(&byid, ids[i]) == &ids[i];
	ok(good, "%s: all are found", what);
	ok(byid_find(&byid, 0) == NULL && byid_find(&byid, UINT32_MAX) == NULL,
	    "%s: others are not", what);
	byid_free(&byid);
}

int
main(void)
{
	uint32_t	twice = 0;
	int		i;

	ok(byid_find(&byid, 1) == NULL, "nothing is in none");
	ok(byid_settle(&byid) == 0, "nor is it there twice");
	for (i = 0; i < MANY; i++)
		ids[i] = i + 1;
	check("in order");
	for (i = 0; i < MANY; i++)
		ids[i] = MANY - i;
	check("backwards");
	/* As after a reload with some that are new among the old. */
	for (i = 0; i < MANY; i++)
		ids[i] = i % 7 == 0 ? 2 * MANY + i : i + 1;
	check("mixed");
	for (i = 0; i < MANY; i++)
		byid_add(&byid, &ids[i]);
	twice = ids[MANY / 2];
	byid_add(&byid, &twice);
	ok(byid_settle(&byid) == -1, "one that is there twice");
	byid_free(&byid);
	return (done_testing());
}

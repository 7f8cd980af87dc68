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
#include <stdlib.h>

#include "env.h"

/*
 * An array of pointers, sorted by the ids.  What comes out of order is behind
 * the sorted part, and looked through one by one until there is much of it.
 */
#define BYID_FIRST	16
#define BYID_UNSORTED	64

static int	byid_cmp(const void *, const void *);
static void	byid_sort(struct lbe_byid *);

static int
byid_cmp(const void *va, const void *vb)
{
	uint32_t *const	*a = va, *const *b = vb;

	return (**a < **b ? -1 : **a > **b);
}

int
byid_add(struct lbe_byid *x, uint32_t *object)
{
	uint32_t	**objects, n = x->n;

	/* There is room up to the next power of two. */
	if (n == 0 || (n >= BYID_FIRST && (n & (n - 1)) == 0)) {
		objects = reallocarray(x->objects, n == 0 ? BYID_FIRST : n,
		    2 * sizeof(*objects));
		if (objects == NULL)
			return (-1);
		x->objects = objects;
	}
	if (x->sorted == n && (n == 0 || *x->objects[n - 1] < *object))
		x->sorted++;
	x->objects[x->n++] = object;
	return (0);
}

static void
byid_sort(struct lbe_byid *x)
{
	if (x->sorted == x->n)
		return;
	qsort(x->objects, x->n, sizeof(*x->objects), byid_cmp);
	x->sorted = x->n;
}

void *
byid_find(struct lbe_byid *x, uint32_t id)
{
	uint32_t	**found, *key = &id, i;

	if (x->n - x->sorted > BYID_UNSORTED)
		byid_sort(x);
	if (x->sorted > 0) {
		found = bsearch(&key, x->objects, x->sorted,
		    sizeof(*x->objects), byid_cmp);
		if (found != NULL)
			return (*found);
	}
	for (i = x->sorted; i < x->n; i++)
		if (*x->objects[i] == id)
			return (x->objects[i]);
	return (NULL);
}

int
byid_settle(struct lbe_byid *x)
{
	uint32_t	i;

	byid_sort(x);
	for (i = 1; i < x->n; i++)
		if (*x->objects[i - 1] == *x->objects[i])
			return (-1);
	return (0);
}

void
byid_free(struct lbe_byid *x)
{
	free(x->objects);
	x->objects = NULL;
	x->n = x->sorted = 0;
}

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
#include <sys/socket.h>
#include <netinet/in.h>

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"

/* Addresses of a difference that are named. */
#define DIFF_NAMED	3

/* Sorted, back to back. */
struct list {
	uint8_t		af;
	size_t		size;		/* of one */
	uint32_t	n;
	uint8_t		at[16 * PACKET_ADDRS_MAX];
};

static void	list_theirs(struct list *, const struct packet *);
static void	list_ours(struct list *, const struct addr *, uint32_t,
		    uint8_t);
static void	list_sort(struct list *);
static int	order4(const void *, const void *);
static int	order6(const void *, const void *);
static uint32_t	list_missing(const struct list *, const struct list *,
		    char *, size_t);
static void	list_name(const struct list *, uint32_t, char *, size_t);

static void
list_theirs(struct list *l, const struct packet *p)
{
	l->af = p->af;
	l->size = addr_size(p->af);
	l->n = p->count;
	memcpy(l->at, p->addrs, l->n * l->size);
	list_sort(l);
}

static void
list_ours(struct list *l, const struct addr *addrs, uint32_t n, uint8_t af)
{
	uint32_t	i;

	l->af = af;
	l->size = addr_size(af);
	l->n = n;
	for (i = 0; i < n; i++)
		memcpy(l->at + i * l->size, addrs[i].u.bytes, l->size);
	list_sort(l);
}

static void
list_sort(struct list *l)
{
	qsort(l->at, l->n, l->size, l->af == AF_INET6 ? order6 : order4);
}

static int
order4(const void *a, const void *b)
{
	return (memcmp(a, b, sizeof(struct in_addr)));
}

static int
order6(const void *a, const void *b)
{
	return (memcmp(a, b, sizeof(struct in6_addr)));
}

/*
 * Routers are asked to send their addresses in one order (RFC 9568 section
 * 5.2.9): others are sorted first, for the time that a search for each takes
 * grows with the square of their number, which is the sender's to choose.
 */
int
packet_same_addrs(const struct packet *p, const struct addr *addrs,
    uint32_t n)
{
	struct list	theirs, ours;
	size_t		size = addr_size(p->af);
	uint32_t	i;

	if (p->count != n)
		return (0);
	for (i = 0; i < n; i++)
		if (memcmp(addrs[i].u.bytes, p->addrs + i * size, size) != 0)
			break;
	if (i == n)
		return (1);
	list_theirs(&theirs, p);
	list_ours(&ours, addrs, n, p->af);
	return (memcmp(theirs.at, ours.at, n * size) == 0);
}

void
packet_addr_diff(const struct packet *p, const struct addr *addrs, uint32_t n,
    char *buf, size_t len)
{
	struct list	theirs, ours;
	char		lacks[(DIFF_NAMED + 1) * ADDR_STRLEN];
	char		besides[(DIFF_NAMED + 1) * ADDR_STRLEN];
	uint32_t	nlacks, nbesides;

	list_theirs(&theirs, p);
	list_ours(&ours, addrs, n, p->af);
	nlacks = list_missing(&ours, &theirs, lacks, sizeof(lacks));
	nbesides = list_missing(&theirs, &ours, besides, sizeof(besides));
	snprintf(buf, len, "it %s%s%s%s%s%s", nlacks > 0 ? "lacks " : "",
	    lacks, nlacks > 0 && nbesides > 0 ? ", " : "",
	    nbesides > 0 ? "has " : "", besides,
	    nbesides > 0 ? " besides" : "");
}

/* How many of a list another does not have, and the first of them by name. */
static uint32_t
list_missing(const struct list *of, const struct list *in, char *buf,
    size_t len)
{
	char		more[32];
	uint32_t	i, j = 0, n = 0;
	int		cmp;

	buf[0] = '\0';
	for (i = 0; i < of->n; i++) {
		do {
			cmp = j == in->n ? -1 : memcmp(of->at + i * of->size,
			    in->at + j * in->size, of->size);
			if (cmp >= 0)
				j++;
		} while (cmp > 0);
		if (cmp < 0 && n++ < DIFF_NAMED)
			list_name(of, i, buf, len);
	}
	if (n > DIFF_NAMED) {
		snprintf(more, sizeof(more), " and %u more", n - DIFF_NAMED);
		strlcat(buf, more, len);
	}
	return (n);
}

static void
list_name(const struct list *l, uint32_t i, char *buf, size_t len)
{
	struct addr	a;
	char		text[ADDR_STRLEN];

	memset(&a, 0, sizeof(a));
	a.af = l->af;
	memcpy(a.u.bytes, l->at + i * l->size, l->size);
	if (buf[0] != '\0')
		strlcat(buf, ", ", len);
	strlcat(buf, addr_str(&a, text), len);
}

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

#ifndef BENCH_TREE_H
#define BENCH_TREE_H

#include <sys/types.h>

#include <stdint.h>

/* What a process and all processes under it have used. */
struct tree {
	int64_t		cpu_us;		/* user and system, of the dead too */
	uint64_t	rss_kb;		/* resident, each for itself */
	uint64_t	pss_kb;		/* shared pages in equal parts */
	unsigned int	n;		/* processes */
};

/*
 * tree_read: of the process and its children; with memory set, their memory
 * too, which takes the kernel longer to tell.
 */
void	tree_read(pid_t, struct tree *, int);

#endif /* BENCH_TREE_H */

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

#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

/*
 * The size of the kernel's table, by the old interface of ip_vs.h: that tells
 * it at little cost, while listing the table takes long enough to be seen in
 * what is measured.
 */
struct table {
	unsigned int	services;
	unsigned int	dests;
};

/* table_socket: to ask by; ends the process when there is none. */
int	table_socket(void);
/*
 * table_size: 0, or -1 with errno.  The number of destinations takes a listing
 * of the services: it is only looked at when there are so many services (0: in
 * any case).
 */
int	table_size(int, unsigned int, struct table *);

#endif /* BENCH_TABLE_H */

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

#ifndef BENCH_FLEET_H
#define BENCH_FLEET_H

/*
 * What is measured: services with as many real servers each, the same for
 * every tool.  Service s, from 0, is the address FLEET_SERVICE + s; its real
 * server r is FLEET_REAL + s * (real servers of each) + r.  lab/bench writes
 * the same into the tools' configurations.
 */
#define FLEET_SERVICE	0x0a400000	/* 10.64.0.0 */
#define FLEET_REAL	0x0a800000	/* 10.128.0.0 */
#define FLEET_PORT	80
#define FLEET_SCHED	"wlc"
#define FLEET_WEIGHT	10
/* Services, and real servers of each: both addresses stay within 10/8. */
#define FLEET_MAX	16384

#endif /* BENCH_FLEET_H */

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


#include <sys/resource.h>

#include <stdint.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * Descriptors.  Each check under way has one, those by ICMP apart.  When there
 * are none left, checks that come due are left out for a while: nothing is to
 * be learned from trying, and nothing is said about their hosts.
 */

/* So long nobody tries. */
#define LIMIT_PAUSE_US	100000
/* After so long without a failure it is over. */
#define LIMIT_OVER_US	(10 * 1000000LL)
/* Links, the event loop, raw sockets, the log. */
#define LIMIT_OTHERS	32

static uint64_t	limit_most(void);
static uint64_t	limit_needed(struct hce *);

static uint64_t
limit_most(void)
{
	struct rlimit	 rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		fatal("getrlimit");
	return (rl.rlim_cur);
}

static uint64_t
limit_needed(struct hce *hce)
{
	struct probe	*probe;
	uint64_t	 n = LIMIT_OTHERS;

	RB_FOREACH(probe, probes, &hce->probes)
		if (check_socktype(&probe->check->conf) != SOCK_RAW &&
		    probe->check->conf.ref_id == 0)
			n++;
	return (n);
}

void
limit_check(struct hce *hce)
{
	uint64_t	 needed = limit_needed(hce), most = limit_most();

	if (needed <= most)
		return;
	log_warnx("checks may need %ju descriptors at once, should their "
	    "hosts all be silent, and there are %ju: raise the limit of lvsd "
	    "(ulimit -Hn %ju; systemd: LimitNOFILE=%ju), or else checks "
	    "will be left out then", (uintmax_t)needed, (uintmax_t)most,
	    (uintmax_t)needed, (uintmax_t)needed);
}

int
limit_reached(struct hce *hce)
{
	if (!hce->full || monotime_diff_us(monotime_now(), hce->full_since) >=
	    LIMIT_PAUSE_US)
		return (0);
	return (1);
}

void
limit_ended(struct hce *hce, uint32_t reason)
{
	struct monotime	 now;

	if (reason != HOST_R_DESCRIPTORS && !hce->full)
		return;
	now = monotime_now();
	if (reason != HOST_R_DESCRIPTORS) {
		if (monotime_diff_us(now, hce->full_since) < LIMIT_OVER_US)
			return;
		hce->full = 0;
		log_info("descriptors are left again, %ju checks were left "
		    "out", (uintmax_t)hce->left_out);
		return;
	}
	if (!hce->full) {
		hce->left_out = 0;
		log_warnx("out of descriptors, there are %ju: checks are left "
		    "out and hosts stay as they are", (uintmax_t)limit_most());
	}
	if (!limit_reached(hce))
		hce->full_since = now;
	hce->full = 1;
	hce->left_out++;
}

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
#include <sys/mman.h>
#include <sys/resource.h>

#include "../imsg/log.h"
#include "instance.h"

/* The parent has raised the limit, if the kernel allows it that. */
void
memory_lock(int before, int now)
{
	struct rlimit	rl;

	if (before == now)
		return;
	if (!now) {
		if (munlockall() == -1)
			log_warn("lock memory: cannot unlock it");
	} else if (mlockall(MCL_CURRENT | MCL_FUTURE) == -1) {
		log_warn("lock memory: not locked");
		if (getrlimit(RLIMIT_MEMLOCK, &rl) == 0 &&
		    rl.rlim_cur != RLIM_INFINITY)
			log_warnx("lock memory: the limit is %llu bytes; lvsd "
			    "needs CAP_SYS_RESOURCE to raise it, or one that "
			    "is unlimited", (unsigned long long)rl.rlim_cur);
	}
}

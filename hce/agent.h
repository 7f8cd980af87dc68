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

#ifndef HCE_AGENT_H
#define HCE_AGENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * What an agent on a host says of it: words in one line, as HAProxy's agents
 * send them.  What a line does not name stays as it was.
 */

enum agent_admin {
	AGENT_READY,
	AGENT_DRAIN,		/* no new connections */
	AGENT_MAINT		/* down until it says "ready" */
};

#define AGENT_PERCENT_NONE	(-1)
/* Beyond it, nothing more is meant: 256 times the weight configured. */
#define AGENT_PERCENT_MAX	25600

struct agent {
	uint8_t		 admin;		/* enum agent_admin */
	uint8_t		 down;		/* enum agent_down */
	int32_t		 percent;	/* of the weight, or _NONE */
};

/* agent_init: ready, up, and of the weight configured. */
void	agent_init(struct agent *);
/*
 * agent_take: take what the line says, of so many bytes without its end.
 * Returns how many of its words have a meaning.  Text behind a "#" is given
 * through the pointers, a part of the line; of length 0 if there is none.
 */
int	agent_take(struct agent *, const char *, size_t, const char **,
	    size_t *);

#endif /* HCE_AGENT_H */

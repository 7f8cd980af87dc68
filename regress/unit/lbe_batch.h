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

#ifndef LBE_BATCH_H
#define LBE_BATCH_H

#include "lbe_fake.h"

/* What lbe asks of the parent, a batch at a time. */

#define BATCH_MAX	64

/* One batch of wishes, as text lines in the order they came. */
struct batch {
	char		line[BATCH_MAX][48];
	int		n;
	uint32_t	number;
};

static struct batch	batch;

static inline void
batch_line(const struct heard *h)
{
	char	*line = batch.line[batch.n++];
	size_t	 size = sizeof(batch.line[0]);

	switch (h->type) {
	case MSG_IPVS_RESYNC:
		snprintf(line, size, "resync");
		break;
	case MSG_IPVS_SERVICE:
		snprintf(line, size, "%u %s", h->id,
		    h->u.onoff.on ? "on" : "off");
		break;
	case MSG_IPVS_DEST:
		snprintf(line, size, "%u host %u weight %d", h->id,
		    h->u.dest.host_id, h->u.dest.weight);
		break;
	default:
		snprintf(line, size, "%s", msg_name(h->type));
		break;
	}
}

/* Everything the parent hears up to a COMMIT. */
static inline void
batch_hear(void)
{
	struct heard	h;

	memset(&batch, 0, sizeof(batch));
	while (batch.n < BATCH_MAX && hear(fake_parent, &h) == 1) {
		if (h.type == MSG_IPVS_COMMIT) {
			batch.number = h.id;
			return;
		}
		/* Of hosts that drain: it comes when it comes. */
		if (h.type == MSG_IPVS_LOAD_GET)
			continue;
		batch_line(&h);
	}
	snprintf(batch.line[batch.n++], sizeof(batch.line[0]), "no commit");
}

static inline void
batch_done(uint32_t failed)
{
	struct msg_result	r = { failed ? ENOENT : 0, 1, failed };

	say(fake_parent, MSG_IPVS_DONE, batch.number, &r, sizeof(r));
}

/* Nothing is asked for. */
static inline void
batch_empty(const char *name)
{
	batch_hear();
	is_int(batch.n, 0, "%s", name);
}

/* The batch is exactly these lines, separated by commas, in any order. */
static inline void
batch_is(const char *want, const char *name)
{
	char	 copy[1024], *next = copy, *line;
	int	 i, n = 0, good = 1;

	batch_hear();
	snprintf(copy, sizeof(copy), "%s", want);
	while ((line = strsep(&next, ",")) != NULL) {
		n++;
		for (i = 0; i < batch.n; i++)
			if (strcmp(line, batch.line[i]) == 0)
				break;
		if (i == batch.n) {
			printf("# missing: %s\n", line);
			good = 0;
		}
	}
	if (!ok(good && n == batch.n, "%s", name))
		for (i = 0; i < batch.n; i++)
			printf("# got: %s\n", batch.line[i]);
}

static inline int
hears_onoff(struct imsgbuf *from, uint32_t type, uint32_t id, uint32_t on)
{
	struct heard	h;

	return (hear_type(from, type, &h) && h.id == id && h.u.onoff.on == on);
}

/* The operator's `lvsctl host disable NAME' and the like; 1: it went well */
static inline int
operator(uint32_t type, uint32_t id, const char *name)
{
	struct imsgbuf	*c = client_open();
	struct ctl_id	 what;
	struct heard	 h;

	memset(&what, 0, sizeof(what));
	what.id = id;
	snprintf(what.name, sizeof(what.name), "%s", name);
	say(c, type, 0, &what, sizeof(what));
	while (hear(c, &h) == 1 && h.type == MSG_CTL_TEXT)
		;
	imsgbuf_free(c);
	return (h.type == MSG_CTL_OK);
}

#endif /* LBE_BATCH_H */

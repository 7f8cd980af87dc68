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

#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "check.h"

/*
 * A text that goes with the reason of a check's last result: an agent's own
 * words, or which of several paths has failed.
 */

static char	*note_copy(const char *, size_t);

/* Nothing of it can end a line or confuse a terminal. */
static char *
note_copy(const char *text, size_t len)
{
	char	*copy;
	size_t	 i;

	if (len >= HOST_NOTE_LEN)
		len = HOST_NOTE_LEN - 1;
	if ((copy = malloc(len + 1)) == NULL)
		fatal("note");
	for (i = 0; i < len; i++)
		copy[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	copy[len] = '\0';
	return (copy);
}

void
note_set(struct probe *probe, const char *text, size_t len)
{
	free(probe->note_next);
	probe->note_next = len > 0 ? note_copy(text, len) : NULL;
}

void
note_turn(struct probe *probe)
{
	const char	*was = note_text(probe), *now;

	now = probe->note_next != NULL ? probe->note_next : "";
	probe->note_new = strcmp(was, now) != 0;
	free(probe->note);
	probe->note = probe->note_next;
	probe->note_next = NULL;
}

void
note_free(struct probe *probe)
{
	free(probe->note);
	free(probe->note_next);
	probe->note = probe->note_next = NULL;
}

const char *
note_text(const struct probe *probe)
{
	return (probe->note != NULL ? probe->note : "");
}

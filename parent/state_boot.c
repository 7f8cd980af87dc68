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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../imsg/log.h"
#include "state.h"

/*
 * Of which boot the file is: what is in the kernel then is not any more after
 * the next, and what is there under the same address is somebody else's.
 *
 *	boot 94a0b8d2-5b5c-4b8c-9a61-0d3ba7fb60f8
 */

/* drivers/char/random.c: a UUID and a newline. */
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LEN	(36 + 2)

static int	boot_id(char *);

/* With its newline; -1: logged. */
static int
boot_id(char *id)
{
	FILE	*f;
	int	 rc = -1;

	if ((f = fopen(BOOT_ID, "re")) == NULL) {
		log_warn(BOOT_ID);
		return (-1);
	}
	if (fgets(id, BOOT_ID_LEN, f) == NULL)
		log_warn(BOOT_ID);
	else
		rc = 0;
	fclose(f);
	return (rc);
}

void
state_boot_print(FILE *f)
{
	char	id[BOOT_ID_LEN];

	if (boot_id(id) == 0)
		fprintf(f, STATE_BOOT "%s", id);
}

int
state_boot_scan(FILE *f)
{
	char	 id[BOOT_ID_LEN], *line = NULL;
	size_t	 size = 0;
	int	 same = 1;

	if (boot_id(id) == -1)
		return (0);
	while (getline(&line, &size, f) != -1)
		if (strncmp(line, STATE_BOOT, sizeof(STATE_BOOT) - 1) == 0)
			same = strcmp(line + sizeof(STATE_BOOT) - 1, id) == 0;
	free(line);
	return (same);
}

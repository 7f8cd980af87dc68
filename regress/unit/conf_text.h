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

#ifndef UNIT_CONF_TEXT_H
#define UNIT_CONF_TEXT_H

#include <sys/types.h>
#include <sys/stat.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "conf.h"

/* Configurations out of strings, by way of files of a directory of its own. */

static char	conf_dir[] = "/tmp/conf_test.XXXXXX";
static char	conf_said[8192];	/* by the last conf_text() */
static int	conf_errors;

static void
conf_heard(void *, const char *msg)
{
	(void)strlcat(conf_said, msg, sizeof(conf_said));
	(void)strlcat(conf_said, "\n", sizeof(conf_said));
	conf_errors++;
}

static const char *
conf_path(const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", conf_dir, name);
	return (buf);
}

/* conf_write: a file of this name and mode in the directory. */
static void
conf_write(const char *name, mode_t mode, const void *text, size_t len)
{
	char	 path[128];
	FILE	*f;

	if ((f = fopen(conf_path(name, path, sizeof(path)), "w")) == NULL ||
	    fwrite(text, 1, len, f) != len || fclose(f) != 0 ||
	    chmod(path, mode) == -1)
		err(1, "%s", path);
}

/* conf_read: parse the file of this name. */
static struct conf *
conf_read(const char *name, const struct conf_macros *macros, int flags)
{
	char	 path[128];

	conf_said[0] = '\0';
	conf_errors = 0;
	return (conf_parse(conf_path(name, path, sizeof(path)), macros, flags,
	    conf_heard, NULL));
}

/* conf_text: parse this text. */
static inline struct conf *
conf_text(const char *text)
{
	conf_write("lvsd.conf", 0600, text, strlen(text));
	return (conf_read("lvsd.conf", NULL, 0));
}

static void
conf_begin(void)
{
	if (mkdtemp(conf_dir) == NULL)
		err(1, "mkdtemp");
}

static void
conf_end(const char *const *names)
{
	char	 path[128];

	for (; *names != NULL; names++)
		(void)unlink(conf_path(*names, path, sizeof(path)));
	(void)rmdir(conf_dir);
}

#endif /* UNIT_CONF_TEXT_H */

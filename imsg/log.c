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

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "log.h"

#define LINE_LEN	1024		/* longest line, as syslog takes it */

static int		 debug = 1;	/* until log_init() */
static int		 verbose;
static const char	*procname = "lvsd";

static void	vlog(int, int, const char *, va_list);
static void	vfatal(int, const char *, va_list) __attribute__((noreturn));

void
log_init(const char *name, int to_stderr)
{
	procname = name;
	debug = to_stderr;
	if (!debug)
		openlog("lvsd", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void
log_setverbose(int v)
{
	verbose = v;
}

int
log_getverbose(void)
{
	return (verbose);
}

/*
 * One line at a time in one write, so that the lines of several processes on
 * one terminal do not mix.  err: an errno whose text is appended, or 0.
 */
static void
vlog(int pri, int err, const char *fmt, va_list ap)
{
	char	line[LINE_LEN];
	int	saved = errno;

	vsnprintf(line, sizeof(line), fmt, ap);
	if (debug) {
		if (err != 0)
			fprintf(stderr, "%s: %s: %s\n", procname, line,
			    strerror(err));
		else
			fprintf(stderr, "%s: %s\n", procname, line);
	} else if (err != 0)
		syslog(pri, "%s: %s: %s", procname, line, strerror(err));
	else
		syslog(pri, "%s: %s", procname, line);
	errno = saved;
}

void
log_warn(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vlog(LOG_WARNING, errno, fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vlog(LOG_WARNING, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vlog(LOG_INFO, 0, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list	ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	vlog(LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

static void
vfatal(int err, const char *fmt, va_list ap)
{
	char	text[LINE_LEN];

	snprintf(text, sizeof(text), "fatal: %s", fmt);
	vlog(LOG_CRIT, err, text, ap);
	exit(1);
}

void
fatal(const char *fmt, ...)
{
	va_list	ap;
	int	err = errno;

	va_start(ap, fmt);
	vfatal(err, fmt, ap);
}

void
fatalx(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vfatal(0, fmt, ap);
}

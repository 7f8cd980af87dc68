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

#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Test Anything Protocol for the unit tests.  Each check prints one line;
 * done_testing() prints the plan and gives the exit status.
 */
static int	tap_count, tap_failed;

static inline int __attribute__((__format__(printf, 4, 5)))
tap_result(int good, const char *file, int line, const char *fmt, ...)
{
	va_list	ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return (good);
}

/* ok(condition, format, ...) */
#define ok(cond, ...)							\
	tap_result((cond) != 0, __FILE__, __LINE__, __VA_ARGS__)

/* is_int(got, wanted, format, ...) */
#define is_int(got, want, ...) do {					\
	intmax_t got_ = (got), want_ = (want);				\
	if (!ok(got_ == want_, __VA_ARGS__))				\
		printf("# got %jd, wanted %jd\n", got_, want_);		\
} while (0)

/* is_str(got, wanted, format, ...) */
#define is_str(got, want, ...) do {					\
	const char *got_ = (got), *want_ = (want);			\
	if (!ok(got_ != NULL && want_ != NULL &&			\
	    strcmp(got_, want_) == 0, __VA_ARGS__))			\
		printf("# got \"%s\", wanted \"%s\"\n",			\
		    got_ ? got_ : "(null)", want_ ? want_ : "(null)");	\
} while (0)

/* is_mem(got, wanted, length, format, ...) */
#define is_mem(got, want, len, ...)					\
	ok(memcmp((got), (want), (len)) == 0, __VA_ARGS__)

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_count);
	if (tap_failed > 0)
		printf("# %d of %d failed\n", tap_failed, tap_count);
	return (tap_failed > 0 || tap_count == 0);
}

#endif /* TAP_H */

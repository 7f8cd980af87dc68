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

#ifndef PARENT_SYSCTL_H
#define PARENT_SYSCTL_H

#include <sys/types.h>

/*
 * Settings of an interface, /proc/sys/net/ipv4/conf/IF/NAME and the same of
 * ipv6.  0, or -1 with errno.
 */
/* sysctl_get: the number there, from 0 to 255. */
int	sysctl_get(sa_family_t, const char *, const char *, int *);
/* sysctl_set: unless it is so already. */
int	sysctl_set(sa_family_t, const char *, const char *, int);

#endif /* PARENT_SYSCTL_H */

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
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "sysctl.h"

#define PATH_LEN	128
#define VALUE_MAX	255

static int	sysctl_open(sa_family_t, const char *, const char *, int);
static int	sysctl_read(int, int *);

static int
sysctl_open(sa_family_t af, const char *ifname, const char *name, int flags)
{
	char	path[PATH_LEN];
	int	n;

	n = snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%s/%s",
	    af == AF_INET6 ? 6 : 4, ifname, name);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (open(path, flags | O_CLOEXEC));
}

static int
sysctl_read(int fd, int *value)
{
	const char	*bad;
	char		 buf[16];
	ssize_t		 n;

	if ((n = read(fd, buf, sizeof(buf) - 1)) == -1)
		return (-1);
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	*value = strtonum(buf, 0, VALUE_MAX, &bad);
	if (bad != NULL) {
		errno = ERANGE;
		return (-1);
	}
	return (0);
}

int
sysctl_get(sa_family_t af, const char *ifname, const char *name, int *value)
{
	int	fd, rc;

	if ((fd = sysctl_open(af, ifname, name, O_RDONLY)) == -1)
		return (-1);
	rc = sysctl_read(fd, value);
	close(fd);
	return (rc);
}

int
sysctl_set(sa_family_t af, const char *ifname, const char *name, int value)
{
	char	buf[16];
	int	fd, is, len, error = 0;

	if ((fd = sysctl_open(af, ifname, name, O_RDWR)) == -1)
		return (-1);
	if (sysctl_read(fd, &is) == -1 || is != value) {
		len = snprintf(buf, sizeof(buf), "%d\n", value);
		if (pwrite(fd, buf, len, 0) != len)
			error = errno;
	}
	close(fd);
	if (error == 0)
		return (0);
	errno = error;
	return (-1);
}

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
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "parent.h"

#define LOCK_TRIES	10	/* races with one that ends, then give up */

static int	lock_path(const char *, char *, size_t);
static int	lock_try(const char *);
static void	lock_refuse(int, const char *);
static int	lock_is_at(int, const char *);
static int	lock_write_pid(int, const char *);

static int
lock_path(const char *socket, char *path, size_t size)
{
	int	n;

	n = snprintf(path, size, "%s.lock", socket);
	if (n < 0 || (size_t)n >= size) {
		log_warnx("%s: path is too long", socket);
		return (-1);
	}
	return (0);
}

/*
 * The lock is that of flock(2) and not the file: it ends with its holder
 * however that ends, and a file left behind does no harm.
 */
int
lock_take(const char *socket)
{
	char	path[PATH_MAX];
	int	fd, i;

	if (lock_path(socket, path, sizeof(path)) == -1)
		return (-1);
	for (i = 0; i < LOCK_TRIES; i++) {
		if ((fd = lock_try(path)) == -1)
			return (-1);
		if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
			if (errno == EWOULDBLOCK)
				lock_refuse(fd, socket);
			else
				log_warn("%s: lock", path);
			close(fd);
			return (-1);
		}
		if (lock_is_at(fd, path)) {
			if (lock_write_pid(fd, path) == 0)
				return (fd);
			close(fd);
			return (-1);
		}
		/* Its holder removed the file while we opened it. */
		close(fd);
	}
	log_warnx("%s: keeps changing", path);
	return (-1);
}

static int
lock_try(const char *path)
{
	int	fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1)
		log_warn("%s: open", path);
	return (fd);
}

static void
lock_refuse(int fd, const char *socket)
{
	char	pid[32];
	ssize_t	n;

	if ((n = pread(fd, pid, sizeof(pid) - 1, 0)) <= 0) {
		log_warnx("already running on %s", socket);
		return;
	}
	pid[n] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	log_warnx("already running on %s, pid %s", socket, pid);
}

static int
lock_is_at(int fd, const char *path)
{
	struct stat	ours, there;

	if (fstat(fd, &ours) == -1 || stat(path, &there) == -1)
		return (0);
	return (ours.st_dev == there.st_dev && ours.st_ino == there.st_ino);
}

static int
lock_write_pid(int fd, const char *path)
{
	if (ftruncate(fd, 0) == -1 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
		log_warn("%s: write", path);
		return (-1);
	}
	return (0);
}

void
lock_drop(int fd, const char *socket)
{
	char	path[PATH_MAX];

	if (fd == -1)
		return;
	if (lock_path(socket, path, sizeof(path)) == 0 && lock_is_at(fd, path))
		unlink(path);
	close(fd);
}

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
#include <sys/stat.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/log.h"
#include "parent.h"

/* Clients that may wait to be accepted; lvsctl is short-lived. */
#define CTLSOCK_BACKLOG	16
/* rw-rw----: the umask with which bind(2) makes it so at once. */
#define CTLSOCK_UMASK	0117

static int	ctlsock_remove(const char *);
static int	ctlsock_bind(int, const char *, gid_t);

int
ctlsock_open(const char *path, gid_t gid)
{
	int	fd;

	if (ctlsock_remove(path) == -1)
		return (-1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		log_warn("control socket");
		return (-1);
	}
	if (ctlsock_bind(fd, path, gid) == -1) {
		close(fd);
		return (-1);
	}
	return (fd);
}

/* Only a socket is removed: a mistyped path must not cost a file. */
static int
ctlsock_remove(const char *path)
{
	struct stat	st;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			return (0);
		log_warn("%s", path);
		return (-1);
	}
	if (!S_ISSOCK(st.st_mode)) {
		log_warnx("%s: exists and is not a socket", path);
		return (-1);
	}
	if (unlink(path) == -1) {
		log_warn("%s: unlink", path);
		return (-1);
	}
	return (0);
}

static int
ctlsock_bind(int fd, const char *path, gid_t gid)
{
	struct sockaddr_un	sun;
	mode_t			old;
	int			n;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		log_warnx("%s: longer than the %zu bytes a socket's path can "
		    "have", path, sizeof(sun.sun_path) - 1);
		return (-1);
	}
	old = umask(CTLSOCK_UMASK);
	n = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	umask(old);
	if (n == -1) {
		log_warn("%s: bind", path);
		return (-1);
	}
	if (chown(path, 0, gid) == -1 || listen(fd, CTLSOCK_BACKLOG) == -1) {
		log_warn("%s", path);
		unlink(path);
		return (-1);
	}
	return (0);
}

void
ctlsock_close(int fd, const char *path)
{
	if (fd == -1)
		return;
	unlink(path);
	close(fd);
}

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

/*
 * One lvsd on one control socket, named by its pid; what one that died left
 * behind does not keep the next from starting.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../imsg/log.h"
#include "../../parent/parent.h"
#include "tap.h"

static char	dir[] = "/tmp/lvsd-lock.XXXXXX";
static char	sock[64], lock[80];

static void	stderr_to(const char *);
static int	said(const char *);
static void	test_lock(void);
static void	test_left_behind(void);
static void	test_socket(void);

static void
stderr_to(const char *path)
{
	int	fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || dup2(fd, STDERR_FILENO) == -1)
		exit(1);
	close(fd);
}

/* What the log says now: the text must be in it. */
static int
said(const char *text)
{
	char	buf[4096];
	ssize_t	n;
	int	fd;

	if ((fd = open("log", O_RDONLY)) == -1)
		return (0);
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	stderr_to("log");
	if (strstr(buf, text) != NULL)
		return (1);
	printf("# said: %s\n", buf);
	return (0);
}

static void
test_lock(void)
{
	char		text[160];
	struct stat	st;
	int		fd, again;

	fd = lock_take(sock);
	ok(fd != -1, "the lock is free");
	ok(stat(lock, &st) == 0 && S_ISREG(st.st_mode), "a file holds it");
	again = lock_take(sock);
	is_int(again, -1, "refused to a second");
	snprintf(text, sizeof(text), "lvsd: already running on %s, pid %d\n",
	    sock, (int)getpid());
	ok(said(text), "who is told by whom");
	lock_drop(fd, sock);
	is_int(stat(lock, &st), -1, "the file goes with the lock");
	fd = lock_take(sock);
	ok(fd != -1, "free again");
	lock_drop(fd, sock);
}

static void
test_left_behind(void)
{
	int	fd;

	fd = open(lock, O_WRONLY | O_CREAT, 0600);
	ok(fd != -1 && dprintf(fd, "1\n") == 2, "the file of one that died");
	close(fd);
	fd = lock_take(sock);
	ok(fd != -1, "is no lock");
	lock_drop(fd, sock);

	fd = lock_take(sock);
	rename(lock, "elsewhere");
	lock_drop(fd, sock);
	ok(access("elsewhere", F_OK) == 0, "only its own file is removed");
	unlink("elsewhere");
}

static void
test_socket(void)
{
	struct stat	st;
	int		fd, again;

	fd = ctlsock_open(sock, getegid());
	ok(fd != -1, "a control socket");
	ok(stat(sock, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    (st.st_mode & 07777) == 0660, "mode 0660");
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "closed on exec");
	ok((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, "non-blocking");
	again = ctlsock_open(sock, getegid());
	ok(again != -1, "a stale one is replaced");
	close(fd);
	ctlsock_close(again, sock);
	is_int(stat(sock, &st), -1, "and removed at the end");

	close(open(sock, O_WRONLY | O_CREAT, 0600));
	is_int(ctlsock_open(sock, getegid()), -1, "a file is not replaced");
	ok(said("exists and is not a socket"), "and this is said");
	ok(access(sock, F_OK) == 0, "it is still there");
	unlink(sock);
	is_int(ctlsock_open("/tmp/a-path-that-is-quite-a-bit-longer-than-the-"
	    "hundred-and-seven-bytes-that-the-address-of-a-socket-can-hold-"
	    "in-linux", getegid()), -1, "a path that is too long");
	ok(said("longer than"), "and this is said");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return (1);
	snprintf(sock, sizeof(sock), "%s/sock", dir);
	snprintf(lock, sizeof(lock), "%s/sock.lock", dir);
	stderr_to("log");
	log_init("lvsd", 1);
	test_lock();
	test_left_behind();
	if (geteuid() == 0)
		test_socket();
	else
		ok(1, "# SKIP root makes the control socket");
	unlink("log");
	if (chdir("/") == 0)
		rmdir(dir);
	return (done_testing());
}

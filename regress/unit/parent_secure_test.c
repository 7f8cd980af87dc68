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
 * Which programs root may let be run: every directory and every link on the
 * way counts.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../parent/parent.h"
#include "tap.h"

static char	dir[] = "/run/lvsd-secure.XXXXXX";

static void	test_anywhere(void);
static void	test_ours(void);
static void	make(const char *, mode_t);
static int	program(const char *);
static const char *why(const char *);
static const char *at(const char *);
static const char *says(const char *, const char *);
static void	clean(void);

static char	reason[512];

static int
program(const char *path)
{
	reason[0] = '\0';
	return (secure_program(path, reason, sizeof(reason)));
}

static const char *
why(const char *path)
{
	program(path);
	return (reason);
}

/* The path of a file of ours. */
static const char *
at(const char *name)
{
	static char	path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return (path);
}

/* The sentence about a file of ours. */
static const char *
says(const char *name, const char *what)
{
	static char	text[512];

	snprintf(text, sizeof(text), "%s: %s", at(name), what);
	return (text);
}

static void
test_anywhere(void)
{
	is_int(program("/bin/sh"), 0, "/bin/sh: %s", reason);
	is_int(program("/usr/bin/../bin/env"), 0, "with .. on the way");
	is_int(program("bin/sh"), EINVAL, "a relative path");
	is_int(program(""), EINVAL, "no path");
	is_int(program("/"), EACCES, "the root");
	is_int(program("/usr/bin"), EACCES, "a directory");
	is_int(program("/etc/passwd"), EACCES, "not executable");
	is_int(program("/etc/passwd/x"), ENOTDIR, "below a file");
	is_int(program("/nonexistent/x"), ENOENT, "not there");
	is_str(why("/nonexistent/x"),
	    "/nonexistent: No such file or directory", "says which");
}

static void
make(const char *name, mode_t mode)
{
	int	fd;

	if ((fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0700)) == -1 ||
	    fchmod(fd, mode) == -1)
		printf("Bail out! %s/%s: %s\n", dir, name, strerror(errno));
	if (fd != -1)
		close(fd);
}

static void
test_ours(void)
{
	make("good", 0755);
	make("group", 0775);
	make("other", 0757);
	make("theirs", 0755);
	mkdir("open", 0700);
	mkdir("sticky", 0700);
	make("open/x", 0755);
	make("sticky/x", 0755);
	if (chown("theirs", 1, 0) == -1 || chmod("open", 0775) == -1 ||
	    chmod("sticky", 01777) == -1 ||
	    symlink("good", "link") == -1 ||
	    symlink("open/x", "link-open") == -1 ||
	    symlink("/bin", "bin") == -1 || symlink("loop", "loop") == -1 ||
	    symlink("good", "link-theirs") == -1 ||
	    lchown("link-theirs", 1, 1) == -1 ||
	    symlink("../bin/sh", "open/sh") == -1) {
		ok(0, "%s: %s", dir, strerror(errno));
		return;
	}
	is_int(program(at("good")), 0, "root's own: %s", reason);
	is_int(program(at("link")), 0, "by a link");
	is_int(program(at("bin/sh")), 0, "by a link to a directory");
	is_int(program(at("group")), EPERM, "writable by the group");
	is_str(why(at("group")), says("group",
	    "can be written by others than root"), "says so");
	is_int(program(at("other")), EPERM, "writable by all");
	is_int(program(at("theirs")), EPERM, "somebody else's");
	is_str(why(at("open/x")), says("open",
	    "can be written by others than root"), "directory above named");
	is_int(program(at("sticky/x")), EPERM, "a directory like /tmp");
	is_int(program(at("link-open")), EPERM, "a link into one");
	is_int(program(at("open/sh")), EPERM, "a link out of one");
	is_int(program(at("link-theirs")), EPERM, "somebody else's link");
	is_int(program(at("loop")), ELOOP, "a link to itself");
}

static void
clean(void)
{
	static const char *const files[] = {
		"good", "group", "other", "theirs", "open/x", "sticky/x",
		"link", "link-open", "bin", "loop", "link-theirs", "open/sh"
	};
	size_t	i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("open");
	rmdir("sticky");
	if (chdir("/") == 0)
		rmdir(dir);
}

int
main(void)
{
	test_anywhere();
	if (geteuid() != 0 || mkdtemp(dir) == NULL || chmod(dir, 0755) == -1 ||
	    chdir(dir) == -1)
		ok(1, "# SKIP files of others need root and /run");
	else {
		test_ours();
		clean();
	}
	return (done_testing());
}

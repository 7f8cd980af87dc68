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
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parent.h"

/* Symbolic links followed in all, as path_resolution(7) has it. */
#define SECURE_LINKS	40

/* What is left of a path to be walked, and what of it was found good. */
struct walk {
	char	 done[PATH_MAX];
	char	 left[PATH_MAX];
	char	*why;
	size_t	 why_len;
	int	 links;
	int	 arrived;
};

static int	secure_step(struct walk *);
static int	secure_check(struct walk *, const struct stat *);
static int	secure_follow(struct walk *, size_t);
static int	secure_file(struct walk *, const struct stat *);
static int	secure_fail(struct walk *, int, const char *);

int
secure_program(const char *path, char *why, size_t len)
{
	struct walk	w;
	int		error;

	memset(&w, 0, sizeof(w));
	w.why = why;
	w.why_len = len;
	if (path[0] != '/') {
		snprintf(why, len, "%s: is not an absolute path", path);
		return (EINVAL);
	}
	if (strlcpy(w.left, path + 1, sizeof(w.left)) >= sizeof(w.left)) {
		snprintf(why, len, "path of the program: %s",
		    strerror(ENAMETOOLONG));
		return (ENAMETOOLONG);
	}
	/* The walk begins with the root directory itself. */
	strlcpy(w.done, "/", sizeof(w.done));
	do {
		error = secure_step(&w);
	} while (error == 0 && !w.arrived);
	return (error);
}

/*
 * Look at what has been reached; when it is a directory, go on to the next
 * component.  Each component is looked at itself, links as links, so that
 * none on the way escapes, in whatever directory it lies.
 */
static int
secure_step(struct walk *w)
{
	struct stat	st;
	size_t		dirlen, n;
	int		error;

	if (lstat(w->done, &st) == -1)
		return (secure_fail(w, errno, NULL));
	if (S_ISLNK(st.st_mode)) {
		if (st.st_uid != 0)
			return (secure_fail(w, EPERM, "is not root's"));
		dirlen = strrchr(w->done, '/') - w->done;
		return (secure_follow(w, dirlen));
	}
	if ((error = secure_check(w, &st)) != 0)
		return (error);
	if (w->left[0] == '\0') {
		w->arrived = 1;
		return (secure_file(w, &st));
	}
	if (!S_ISDIR(st.st_mode))
		return (secure_fail(w, ENOTDIR, NULL));
	n = strcspn(w->left, "/");
	if (strcmp(w->done, "/") != 0)
		strlcat(w->done, "/", sizeof(w->done));
	dirlen = strlen(w->done);
	if (dirlen + n >= sizeof(w->done))
		return (secure_fail(w, ENAMETOOLONG, NULL));
	memcpy(w->done + dirlen, w->left, n);
	w->done[dirlen + n] = '\0';
	n += strspn(w->left + n, "/");
	memmove(w->left, w->left + n, strlen(w->left + n) + 1);
	return (0);
}

static int
secure_check(struct walk *w, const struct stat *st)
{
	if (st->st_uid != 0)
		return (secure_fail(w, EPERM, "is not root's"));
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return (secure_fail(w, EPERM,
		    "can be written by others than root"));
	return (0);
}

/* Put the link's target in front of what is left. */
static int
secure_follow(struct walk *w, size_t dirlen)
{
	char	target[PATH_MAX], rest[PATH_MAX];
	ssize_t	n;
	int	len;

	if (++w->links > SECURE_LINKS)
		return (secure_fail(w, ELOOP, NULL));
	if ((n = readlink(w->done, target, sizeof(target) - 1)) == -1)
		return (secure_fail(w, errno, NULL));
	target[n] = '\0';
	strlcpy(rest, w->left, sizeof(rest));
	len = snprintf(w->left, sizeof(w->left), "%s%s%s",
	    target + strspn(target, "/"), rest[0] != '\0' ? "/" : "", rest);
	if (len < 0 || (size_t)len >= sizeof(w->left))
		return (secure_fail(w, ENAMETOOLONG, NULL));
	if (target[0] == '/')
		dirlen = 0;
	w->done[dirlen] = '\0';
	if (dirlen == 0)
		strlcpy(w->done, "/", sizeof(w->done));
	return (0);
}

static int
secure_file(struct walk *w, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return (secure_fail(w, EACCES, "is not a file"));
	if ((st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return (secure_fail(w, EACCES, "is not executable"));
	return (0);
}

static int
secure_fail(struct walk *w, int error, const char *text)
{
	snprintf(w->why, w->why_len, "%s: %s", w->done,
	    text != NULL ? text : strerror(error));
	return (error);
}

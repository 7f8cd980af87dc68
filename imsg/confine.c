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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "log.h"

static void	confine_files(void);
static void	confine_chroot(void);
static void	confine_limits(void);
static void	confine_user(const struct passwd *);

void
engine_confine(enum proc self)
{
	struct passwd	*pw;

	if ((pw = getpwnam(ENGINE_USER)) == NULL)
		fatalx("user %s does not exist, see lvsd(8)", ENGINE_USER);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		fatalx("user %s must not be root", ENGINE_USER);

	confine_files();
	confine_chroot();
	confine_user(pw);
	confine_limits();
	/*
	 * The process's own seccomp filter belongs here: after everything
	 * that needs more calls, before the first message is read.
	 */
	log_debug("%s confined to %s as %s", proc_names[self], ENGINE_CHROOT,
	    ENGINE_USER);
}

/* As many descriptors as may be: hce has one for each check under way. */
static void
confine_files(void)
{
	struct rlimit	rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		fatal("getrlimit");
	rl.rlim_cur = rl.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1)
		fatal("setrlimit RLIMIT_NOFILE");
}

static void
confine_chroot(void)
{
	struct stat	st;

	if (stat(ENGINE_CHROOT, &st) == -1)
		fatal("%s", ENGINE_CHROOT);
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		fatalx("%s must be a directory that only root can write",
		    ENGINE_CHROOT);
	if (chroot(ENGINE_CHROOT) == -1)
		fatal("chroot %s", ENGINE_CHROOT);
	if (chdir("/") == -1)
		fatal("chdir");
}

/*
 * No way back: groups and user dropped, every capability out of every set,
 * and nothing that could be executed would raise them again.
 */
static void
confine_user(const struct passwd *pw)
{
	if (setgroups(1, &pw->pw_gid) == -1)
		fatal("setgroups");
	capng_clear(CAPNG_SELECT_BOTH);
	/* The bounding set can only be cut while CAP_SETPCAP is held. */
	if (capng_apply(CAPNG_SELECT_BOUNDS) != 0)
		fatalx("cannot drop the capability bounding set");
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1)
		fatal("setresgid");
	if (setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
		fatal("setresuid");
	if (capng_apply(CAPNG_SELECT_BOTH) != 0)
		fatalx("cannot drop the capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("prctl PR_SET_NO_NEW_PRIVS");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		fatal("prctl PR_SET_DUMPABLE");
}

/* No child, no file, no core. */
static void
confine_limits(void)
{
	const struct rlimit	none = { 0, 0 };
	struct stat		st;

	if (setrlimit(RLIMIT_NPROC, &none) == -1)
		fatal("setrlimit RLIMIT_NPROC");
	/* While debugging into a file, the log itself is one. */
	if ((fstat(STDERR_FILENO, &st) == -1 || !S_ISREG(st.st_mode)) &&
	    setrlimit(RLIMIT_FSIZE, &none) == -1)
		fatal("setrlimit RLIMIT_FSIZE");
	if (setrlimit(RLIMIT_CORE, &none) == -1)
		fatal("setrlimit RLIMIT_CORE");
}

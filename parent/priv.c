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

#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/engine.h"
#include "../imsg/log.h"
#include "parent.h"

#define CHROOT_MODE	0755
#define CHROOT_PARENT	"/run/lvsd"

/*
 * What root is cut down to, and why.  Engines and scripts begin with this
 * too; engines give all of it up, scripts lose it with their user.
 */
static const unsigned int	keep[] = {
	CAP_NET_ADMIN,	/* IPVS, addresses, the sockets' filters */
	CAP_NET_RAW,	/* raw sockets for VRRP and ICMP, announcements */
	CAP_SYS_MODULE,	/* modprobe of ip_vs and its schedulers */
	CAP_SYS_CHROOT,	/* an engine's chroot */
	CAP_SETUID,	/* users of engines and scripts */
	CAP_SETGID,
	CAP_SETPCAP,	/* an engine empties its bounding set */
	CAP_KILL,	/* engines and scripts are of other users */
	CAP_CHOWN,	/* the control socket's group */
	CAP_SYS_NICE,	/* realtime: the scheduling of vrrpe */
	CAP_SYS_RESOURCE /* lock memory: the limit of vrrpe */
};

static int	chroot_dir(const char *);
static int	chroot_empty(const char *);

int
priv_user(gid_t *gid)
{
	struct passwd	*pw;

	errno = 0;
	if ((pw = getpwnam(ENGINE_USER)) == NULL) {
		if (errno != 0)
			log_warn("user " ENGINE_USER);
		else
			log_warnx("user " ENGINE_USER " does not exist: "
			    "useradd -r -d " ENGINE_CHROOT
			    " -s /usr/sbin/nologin " ENGINE_USER);
		return (-1);
	}
	if (pw->pw_uid == 0 || pw->pw_gid == 0) {
		log_warnx("user " ENGINE_USER " must be neither root nor of "
		    "root's group");
		return (-1);
	}
	*gid = pw->pw_gid;
	return (0);
}

/*
 * A capability that root lacks here (in a container, say) is not asked for:
 * what needs it fails by its own name, and NET_ADMIN at once.
 */
int
priv_drop(void)
{
	size_t		i;
	unsigned int	have = 0;

	if (capng_get_caps_process() == -1) {
		log_warnx("capabilities cannot be read");
		return (-1);
	}
	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (capng_have_capability(CAPNG_PERMITTED, keep[i]))
			have |= 1U << i;
	if ((have & 1U) == 0) {
		log_warnx("root has no CAP_NET_ADMIN here: neither addresses "
		    "nor services can be set");
		return (-1);
	}
	capng_clear(CAPNG_SELECT_ALL);
	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (have & 1U << i &&
		    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE |
		    CAPNG_PERMITTED | CAPNG_BOUNDING_SET, keep[i]) == -1) {
			log_warnx("capability %s",
			    capng_capability_to_name(keep[i]));
			return (-1);
		}
	if (capng_apply(CAPNG_SELECT_ALL) != 0) {
		log_warn("capabilities cannot be cut");
		return (-1);
	}
	return (0);
}

/*
 * The engines' root: what they could use there, they must not find, and
 * nobody but root may put something in.
 */
int
priv_chroot(void)
{
	if (chroot_dir(CHROOT_PARENT) == -1 || chroot_dir(ENGINE_CHROOT) == -1)
		return (-1);
	return (chroot_empty(ENGINE_CHROOT));
}

static int
chroot_dir(const char *path)
{
	struct stat	st;

	if (mkdir(path, CHROOT_MODE) == -1 && errno != EEXIST) {
		log_warn("%s: mkdir", path);
		return (-1);
	}
	if (lstat(path, &st) == -1) {
		log_warn("%s", path);
		return (-1);
	}
	if (!S_ISDIR(st.st_mode)) {
		log_warnx("%s: is not a directory", path);
		return (-1);
	}
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		log_warnx("%s: must be root's and writable by root alone: "
		    "chown root %s; chmod 755 %s", path, path, path);
		return (-1);
	}
	return (0);
}

static int
chroot_empty(const char *path)
{
	struct dirent	*d;
	DIR		*dir;
	int		 rc = 0;

	if ((dir = opendir(path)) == NULL) {
		log_warn("%s", path);
		return (-1);
	}
	while ((d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		log_warnx("%s: must be empty, but has %s", path, d->d_name);
		rc = -1;
		break;
	}
	closedir(dir);
	return (rc);
}

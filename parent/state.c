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
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../imsg/ctl.h"
#include "../imsg/log.h"
#include "ipvs.h"
#include "parent.h"
#include "state.h"

/* Some hundred thousand overrides. */
#define STATE_SIZE_MAX	(64 * 1024 * 1024)
#define STATE_MODE	0600
#define STATE_NEW	".new"

struct state {
	struct parent	*env;
	struct event	*ev_write;
	char		*path;		/* of the file; NULL: none yet */
};

static void	 state_path(struct parent *, const struct conf *);
static FILE	*state_open(const char *);
static void	 state_load_kernel(struct parent *, FILE *);
static void	 state_write_cb(int, short, void *);
static int	 state_write(struct parent *, const char *);

struct state *
state_new(struct parent *env)
{
	struct state	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->env = env;
	s->ev_write = evtimer_new(env->base, state_write_cb, s);
	if (s->ev_write == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

/* What has changed in the last turn of the loop is not lost. */
void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	if (evtimer_pending(s->ev_write, NULL))
		state_write_cb(-1, EV_TIMEOUT, s);
	event_free(s->ev_write);
	free(s->path);
	free(s);
}

/*
 * Each lvsd has a file of its own, as each has a control socket.  One that
 * was written to another place by the configuration before is removed.
 */
static void
state_path(struct parent *env, const struct conf *conf)
{
	struct state	*s = env->state;
	char		*path = NULL;

	if (conf->state_file != NULL)
		path = strdup(conf->state_file);
	else if (strcmp(env->socket, LVSD_SOCKET) == 0)
		path = strdup(STATE_FILE);
	else if (asprintf(&path, "%s.state", env->socket) == -1)
		path = NULL;
	if (path == NULL)
		fatal("state file");
	if (s->path != NULL && strcmp(s->path, path) != 0)
		unlink(s->path);
	free(s->path);
	s->path = path;
}

/* Root alone may have written it. */
static FILE *
state_open(const char *path)
{
	struct stat	st;
	FILE		*f = NULL;
	int		 fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1) {
		if (errno != ENOENT)
			log_warn("%s", path);
		return (NULL);
	}
	if (fstat(fd, &st) == -1)
		log_warn("%s", path);
	else if (!S_ISREG(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		log_warnx("%s: must be a file of root's that nobody else can "
		    "write: it is not read", path);
	else if (st.st_size > STATE_SIZE_MAX)
		log_warnx("%s: larger than %d bytes: it is not read", path,
		    STATE_SIZE_MAX);
	else if ((f = fdopen(fd, "r")) == NULL)
		log_warn("%s", path);
	if (f == NULL)
		close(fd);
	return (f);
}

void
state_load(struct parent *env, const struct conf *conf)
{
	FILE	*f;

	state_path(env, conf);
	if ((f = state_open(env->state->path)) == NULL)
		return;
	if (state_scan(f, env->state->path, conf, env->mirror) == 0)
		state_load_kernel(env, f);
	fclose(f);
}

/*
 * What an earlier lvsd has left in the kernel is taken back by one without
 * services, too.
 */
static void
state_load_kernel(struct parent *env, FILE *f)
{
	rewind(f);
	if (!ipvs_left(f))
		return;
	rewind(f);
	if (!state_boot_scan(f)) {
		log_info("%s: what it has of the kernel is of before the "
		    "machine was started: passed over", env->state->path);
		return;
	}
	if (parent_open_ipvs(env) == -1)
		return;
	rewind(f);
	ipvs_settings_scan(env->ipvs, f);
	rewind(f);
	ipvs_owned_scan(env->ipvs, f);
}

void
state_changed(struct parent *env)
{
	const struct timeval	soon = { 0, 0 };

	evtimer_add(env->state->ev_write, &soon);
}

/* The new file takes the place of the old one whole, or not at all. */
static void
state_write_cb(int, short, void *arg)
{
	struct state	*s = arg;
	char		 new[PATH_MAX];

	if (s->env->conf == NULL)
		return;
	state_path(s->env, s->env->conf);
	if (snprintf(new, sizeof(new), "%s%s", s->path, STATE_NEW) >=
	    (int)sizeof(new)) {
		log_warnx("%s: path is too long", s->path);
		return;
	}
	switch (state_write(s->env, new)) {
	case -1:
		log_warn("%s: overrides will not outlive lvsd", new);
		unlink(new);
		break;
	case 0:
		unlink(new);
		unlink(s->path);
		break;
	default:
		if (rename(new, s->path) == -1) {
			log_warn("%s: overrides will not outlive lvsd",
			    s->path);
			unlink(new);
		}
		break;
	}
}

/* 1, or 0 when there is nothing to be kept; -1 and errno. */
static int
state_write(struct parent *env, const char *path)
{
	FILE		*f;
	unsigned int	 n, kernel = 0;
	int		 fd, error;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    STATE_MODE);
	if (fd == -1)
		return (-1);
	if ((f = fdopen(fd, "w")) == NULL) {
		error = errno;
		close(fd);
		errno = error;
		return (-1);
	}
	n = state_print(f, env->conf, env->mirror);
	if (env->ipvs != NULL) {
		kernel += ipvs_settings_print(env->ipvs, f);
		kernel += ipvs_owned_print(env->ipvs, f);
	}
	if (kernel > 0)
		state_boot_print(f);
	if (fflush(f) == EOF || ferror(f)) {
		error = errno;
		fclose(f);
		errno = error;
		return (-1);
	}
	if (fclose(f) == EOF)
		return (-1);
	return (n + kernel > 0);
}

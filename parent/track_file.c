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
#include <sys/inotify.h>
#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf/conf.h"
#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "../imsg/msg.h"
#include "track.h"

/*
 * Files with a number.  inotify(7) watches the directory of each, so that a
 * file may come and go and be replaced by another of its name.  What cannot
 * be watched, as a directory that is not there, is looked at each second.
 */

#define RETRY_US	1000000
/*
 * Who writes a file makes it empty first, and the number follows.  So long
 * one without a number is taken to be in the middle of that.
 */
#define SETTLE_US	100000

/* A number with what may stand around it; what is longer is none. */
#define NUMBER_LEN	64
/* Events read in one go. */
#define EVENTS_LEN	4096

#define WATCH_NAME	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
			    IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB)
#define WATCH_SELF	(IN_DELETE_SELF | IN_MOVE_SELF)
/* These leave a file that somebody is about to write into. */
#define WATCH_MIDDLE	(IN_CREATE | IN_MODIFY)

struct file {
	TAILQ_ENTRY(file)	 entry;
	struct track_files	*all;
	uint32_t		 id;
	int			 wd;		/* of its directory, -1: none */
	int			 settling;	/* look again before a word */
	int			 checked;	/* by hce: a weight */
	int			 wrong;		/* errno or FILE_*, 0: well */
	struct msg_track	 now;
	struct msg_track	 told;
	const char		*name;		/* in its directory */
	char			 dir[TRACK_NAME_LEN];
	char			 path[TRACK_NAME_LEN];
};
TAILQ_HEAD(file_list, file);

struct track_files {
	struct event_base	*base;
	int			 fd;		/* of inotify, -1: none */
	struct event		*ev;		/* reads it, NULL: none */
	struct event		*retry;
	struct event		*settle;
	struct file_list	 list;
	track_told		 told;
	void			*arg;
};

static void	files_notify(struct track_files *);
static void	files_read_cb(int, short, void *);
static void	files_event(struct track_files *,
		    const struct inotify_event *, const char *);
static void	files_retry_cb(int, short, void *);
static void	files_retry(struct track_files *);
static void	files_settle_cb(int, short, void *);
static struct file *file_find(const struct track_files *, uint32_t);
static void	file_new(struct track_files *, const struct conf_trackfile *);
static void	file_free(struct file *);
static void	file_watch(struct file *);
static void	file_unwatch(struct file *);
static void	file_look(struct file *, int);
static int	file_read(const struct file *, int32_t *);
static void	file_complain(const struct file *);
static void	file_tell(struct file *);

struct track_files *
track_files_new(struct event_base *base, track_told told, void *arg)
{
	struct track_files	*all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return (NULL);
	TAILQ_INIT(&all->list);
	all->base = base;
	all->fd = -1;
	all->told = told;
	all->arg = arg;
	all->retry = evtimer_new(base, files_retry_cb, all);
	all->settle = evtimer_new(base, files_settle_cb, all);
	if (all->retry == NULL || all->settle == NULL) {
		track_files_free(all);
		return (NULL);
	}
	return (all);
}

void
track_files_free(struct track_files *all)
{
	struct file	*f;

	if (all == NULL)
		return;
	while ((f = TAILQ_FIRST(&all->list)) != NULL)
		file_free(f);
	if (all->ev != NULL)
		event_free(all->ev);
	if (all->fd != -1)
		close(all->fd);
	if (all->retry != NULL)
		event_free(all->retry);
	if (all->settle != NULL)
		event_free(all->settle);
	free(all);
}

void
track_files_set(struct track_files *all, const struct conf *conf)
{
	const struct conf_trackfile	*c;
	struct file			*f, *next;

	TAILQ_FOREACH_SAFE(f, &all->list, entry, next) {
		TAILQ_FOREACH(c, &conf->trackfiles, entry)
			if (c->id == f->id)
				break;
		if (c == NULL)
			file_free(f);
	}
	TAILQ_FOREACH(c, &conf->trackfiles, entry)
		if (file_find(all, c->id) == NULL)
			file_new(all, c);
	files_retry(all);
}

void
track_files_tell(struct track_files *all, int checked)
{
	struct file	*f;

	TAILQ_FOREACH(f, &all->list, entry) {
		if (f->checked != checked)
			continue;
		f->told = f->now;
		all->told(all->arg, f->id, &f->now);
	}
}

/* Without it there is the retry timer. */
static void
files_notify(struct track_files *all)
{
	if (all->fd != -1)
		return;
	if ((all->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) == -1) {
		log_debug("inotify: %s", strerror(errno));
		return;
	}
	all->ev = event_new(all->base, all->fd, EV_READ | EV_PERSIST,
	    files_read_cb, all);
	if (all->ev == NULL || event_add(all->ev, NULL) == -1)
		fatalx("tracked files: out of memory");
}

static void
files_read_cb(int fd, short, void *arg)
{
	struct track_files	*all = arg;
	struct inotify_event	 ev;
	char			 buf[EVENTS_LEN];
	ssize_t			 n, off;

	if ((n = read(fd, buf, sizeof(buf))) == -1)
		return;
	for (off = 0; n - off >= (ssize_t)sizeof(ev);
	    off += sizeof(ev) + ev.len) {
		memcpy(&ev, buf + off, sizeof(ev));
		if (ev.len > (size_t)(n - off) - sizeof(ev))
			return;
		files_event(all, &ev, ev.len > 0 ? buf + off + sizeof(ev) :
		    "");
	}
}

/*
 * A directory that is moved away or removed is looked for anew under its
 * path.  The name that comes with an event ends in NULs.
 */
static void
files_event(struct track_files *all, const struct inotify_event *ev,
    const char *name)
{
	struct file	*f;
	int		 lost;

	lost = (ev->mask & (WATCH_SELF | IN_IGNORED | IN_UNMOUNT)) != 0;
	TAILQ_FOREACH(f, &all->list, entry) {
		if (ev->mask & IN_Q_OVERFLOW)
			file_look(f, 1);
		else if (f->wd == ev->wd && lost)
			file_unwatch(f);
		else if (f->wd == ev->wd && strcmp(f->name, name) == 0)
			file_look(f, (ev->mask & WATCH_MIDDLE) == 0);
	}
	if (lost)
		files_retry(all);
}

static void
files_retry_cb(int, short, void *arg)
{
	files_retry(arg);
}

/* What is not watched: first watch it, so that no change is missed. */
static void
files_retry(struct track_files *all)
{
	struct timeval	 tv = us_to_timeval(RETRY_US);
	struct file	*f;
	int		 left = 0;

	TAILQ_FOREACH(f, &all->list, entry) {
		if (f->wd != -1)
			continue;
		file_watch(f);
		file_look(f, 1);
		left += f->wd == -1;
	}
	if (left > 0)
		evtimer_add(all->retry, &tv);
	else
		evtimer_del(all->retry);
}

static void
files_settle_cb(int, short, void *arg)
{
	struct track_files	*all = arg;
	struct file		*f;

	TAILQ_FOREACH(f, &all->list, entry)
		if (f->settling)
			file_look(f, 1);
}

static struct file *
file_find(const struct track_files *all, uint32_t id)
{
	struct file	*f;

	TAILQ_FOREACH(f, &all->list, entry)
		if (f->id == id)
			return (f);
	return (NULL);
}

static void
file_new(struct track_files *all, const struct conf_trackfile *c)
{
	struct file	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		fatal("file %s", c->path);
	f->all = all;
	f->id = c->id;
	f->checked = c->checked;
	f->wd = -1;
	strlcpy(f->path, c->path, sizeof(f->path));
	f->name = strrchr(f->path, '/') + 1;
	/* With the slash: that of the root has no other name. */
	strlcpy(f->dir, f->path, f->name - f->path + 1);
	TAILQ_INSERT_TAIL(&all->list, f, entry);
}

static void
file_free(struct file *f)
{
	file_unwatch(f);
	TAILQ_REMOVE(&f->all->list, f, entry);
	free(f);
}

static void
file_watch(struct file *f)
{
	files_notify(f->all);
	if (f->all->fd != -1)
		f->wd = inotify_add_watch(f->all->fd, f->dir,
		    WATCH_NAME | WATCH_SELF | IN_ONLYDIR);
}

/* Files of one directory have one watch. */
static void
file_unwatch(struct file *f)
{
	struct file	*other;
	int		 wd = f->wd;

	f->wd = -1;
	if (wd == -1)
		return;
	TAILQ_FOREACH(other, &f->all->list, entry)
		if (other->wd == wd)
			return;
	(void)inotify_rm_watch(f->all->fd, wd);
}

/* final: it is not about to be written, as far as one can know. */
static void
file_look(struct file *f, int final)
{
	struct timeval		 tv = us_to_timeval(SETTLE_US);
	struct msg_track	 m = { 0 };
	int			 wrong, was = f->wrong;

	wrong = file_read(f, &m.value);
	if (wrong == FILE_NO_NUMBER && !final) {
		f->settling = 1;
		evtimer_add(f->all->settle, &tv);
		return;
	}
	f->settling = 0;
	f->wrong = m.error = wrong;
	m.ok = wrong == 0;
	f->now = m;
	if (wrong != was)
		file_complain(f);
	file_tell(f);
}

/* The number; 0, or what is wrong. */
static int
file_read(const struct file *f, int32_t *value)
{
	struct stat	 st;
	char		 buf[NUMBER_LEN];
	ssize_t		 n;
	int		 fd, wrong = 0;

	/* Of what a link leads to, its directory would tell nothing. */
	fd = open(f->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (fd == -1)
		return (errno);
	if (fstat(fd, &st) == -1)
		wrong = errno;
	else if (!S_ISREG(st.st_mode))
		wrong = FILE_NO_FILE;
	else if ((n = read(fd, buf, sizeof(buf))) == -1)
		wrong = errno;
	else if (track_file_parse(buf, n, f->checked, value) == -1)
		wrong = FILE_NO_NUMBER;
	close(fd);
	return (wrong);
}

int
track_file_parse(const char *data, size_t len, int checked, int32_t *value)
{
	const char	*errstr;
	char		 text[NUMBER_LEN];
	size_t		 i;

	if (len >= sizeof(text))
		return (-1);
	memcpy(text, data, len);
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r' ||
	    text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
	/* strtonum(3) takes blanks and signs that nobody means. */
	i = text[0] == '-';
	if (i == len || strspn(text + i, "0123456789") != len - i)
		return (-1);
	*value = strtonum(text, checked ? 0 : -TRACK_VALUE_MAX,
	    checked ? WEIGHT_MAX : TRACK_VALUE_MAX, &errstr);
	return (errstr == NULL ? 0 : -1);
}

static void
file_complain(const struct file *f)
{
	switch (f->wrong) {
	case 0:
		log_info("file %s: holds %d", f->path, f->now.value);
		break;
	case FILE_NO_NUMBER:
		log_warnx("file %s: must hold one line with a number from %d "
		    "to %d", f->path, f->checked ? 0 : -TRACK_VALUE_MAX,
		    f->checked ? WEIGHT_MAX : TRACK_VALUE_MAX);
		break;
	case FILE_NO_FILE:
		log_warnx("file %s: is not a regular file", f->path);
		break;
	case ELOOP:
		log_warnx("file %s: is a symbolic link: track what it leads "
		    "to", f->path);
		break;
	default:
		log_warnx("file %s: %s", f->path, strerror(f->wrong));
		break;
	}
}

static void
file_tell(struct file *f)
{
	if (f->now.ok == f->told.ok && f->now.value == f->told.value &&
	    (!f->checked || f->now.error == f->told.error))
		return;
	f->told = f->now;
	f->all->told(f->all->arg, f->id, &f->now);
}

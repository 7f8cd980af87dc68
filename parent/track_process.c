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
#include <sys/syscall.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>
#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf/conf.h"
#include "../imsg/log.h"
#include "../imsg/monotime.h"
#include "../imsg/msg.h"
#include "track.h"

/*
 * A program runs as long as so many processes of its name are known as its
 * quorum.  These are watched by their descriptors (pidfd_open(2)), so that
 * their end is told by the kernel, and nothing is looked at meanwhile.  When
 * there are fewer, all of /proc is searched: at once after an end, and each
 * second until there are enough.
 */

/* Between two searches while some are missing. */
#define LOOK_US		1000000
/* And after an end: a program whose processes come and go is no busy loop. */
#define LOOK_AGAIN_US	100000
/* Entries of /proc looked at before other events get their turn. */
#define LOOK_SLICE	500

/* What the kernel keeps of a name: TASK_COMM_LEN - 1, linux/sched.h. */
#define COMM_LEN	15
/* "12345 (kworker/u17:3-events_unbound) S": proc(5), fs/proc/array.c. */
#define STAT_LEN	128
/* Of the command line, enough for a path and what follows it. */
#define CMDLINE_LEN	(PATH_MAX + 1)

struct process;

/* A process known to be of the name. */
struct watch {
	TAILQ_ENTRY(watch)	 entry;
	struct process		*process;
	pid_t			 pid;
	int			 fd;		/* -1: had to do without */
	int			 sure;		/* see process_confirm() */
	struct event		*ev;		/* NULL without a descriptor */
};
TAILQ_HEAD(watches, watch);

struct process {
	TAILQ_ENTRY(process)	 entry;
	struct track_processes	*all;
	uint32_t		 id;
	int			 quorum;
	int			 n;		/* of watches */
	int			 told;		/* n, last told; -1: nothing */
	struct watches		 watches;
	char			 name[NAME_LEN];
};
TAILQ_HEAD(process_list, process);

struct track_processes {
	struct event_base	*base;
	const char		*path;
	DIR			*dir;		/* of a search; NULL: none */
	int			 blind;		/* the last could not be */
	struct process_list	 list;
	struct event		*look;
	struct monotime		 looked;	/* begin of the last search */
	track_told		 told;
	void			*arg;
};

static struct process *process_find(const struct track_processes *,
		    uint32_t);
static void	process_new(struct track_processes *,
		    const struct conf_process *);
static void	process_free(struct process *);
static int	process_missing(const struct track_processes *);
static int	process_unsure(const struct track_processes *);
static void	process_confirm(struct track_processes *);
static void	process_tell(struct process *);
static void	process_schedule(struct track_processes *, int64_t);
static void	process_look_cb(int, short, void *);
static void	search_begin(struct track_processes *);
static void	search_end(struct track_processes *);
static int	search_slice(struct track_processes *);
static void	search_entry(struct track_processes *, const char *);
static ssize_t	task_read(const struct track_processes *, pid_t,
		    const char *, char *, size_t);
static int	task_comm(const struct track_processes *, pid_t, char *);
static int	task_ended(const struct track_processes *, pid_t);
static int	task_program(const struct track_processes *, pid_t, char *,
		    size_t);
static int	task_bears(const struct track_processes *, pid_t,
		    const char *, const char *);
static int	watch_known(const struct process *, pid_t);
static void	watch_new(struct process *, pid_t);
static int	watch_open(struct watch *);
static void	watch_ended_cb(int, short, void *);
static void	watch_free(struct watch *);

struct track_processes *
track_processes_new(struct event_base *base, const char *path,
    track_told told, void *arg)
{
	struct track_processes	*all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return (NULL);
	TAILQ_INIT(&all->list);
	all->base = base;
	all->path = path;
	all->told = told;
	all->arg = arg;
	if ((all->look = evtimer_new(base, process_look_cb, all)) == NULL) {
		free(all);
		return (NULL);
	}
	return (all);
}

void
track_processes_free(struct track_processes *all)
{
	struct process	*p;

	if (all == NULL)
		return;
	while ((p = TAILQ_FIRST(&all->list)) != NULL)
		process_free(p);
	search_end(all);
	event_free(all->look);
	free(all);
}

void
track_processes_set(struct track_processes *all, const struct conf *conf)
{
	const struct conf_process	*c;
	struct process			*p, *next;

	TAILQ_FOREACH_SAFE(p, &all->list, entry, next) {
		TAILQ_FOREACH(c, &conf->processes, entry)
			if (c->id == p->id)
				break;
		if (c == NULL)
			process_free(p);
	}
	TAILQ_FOREACH(c, &conf->processes, entry)
		if (process_find(all, c->id) == NULL)
			process_new(all, c);
	process_schedule(all, 0);
}

/* It must not be told that something is missing for want of a search. */
void
track_processes_tell(struct track_processes *all)
{
	struct process	*p;

	search_begin(all);
	while (search_slice(all))
		;
	TAILQ_FOREACH(p, &all->list, entry) {
		p->told = -1;
		process_tell(p);
	}
}

static struct process *
process_find(const struct track_processes *all, uint32_t id)
{
	struct process	*p;

	TAILQ_FOREACH(p, &all->list, entry)
		if (p->id == id)
			return (p);
	return (NULL);
}

static void
process_new(struct track_processes *all, const struct conf_process *c)
{
	struct process	*p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		fatal("process %s", c->name);
	p->all = all;
	p->id = c->id;
	p->quorum = c->quorum;
	p->told = -1;
	TAILQ_INIT(&p->watches);
	memcpy(p->name, c->name, sizeof(p->name));
	TAILQ_INSERT_TAIL(&all->list, p, entry);
}

static void
process_free(struct process *p)
{
	struct watch	*w;

	while ((w = TAILQ_FIRST(&p->watches)) != NULL)
		watch_free(w);
	TAILQ_REMOVE(&p->all->list, p, entry);
	free(p);
}

static int
process_missing(const struct track_processes *all)
{
	const struct process	*p;

	TAILQ_FOREACH(p, &all->list, entry)
		if (p->n < p->quorum)
			return (1);
	return (0);
}

static int
process_unsure(const struct track_processes *all)
{
	const struct process	*p;
	const struct watch	*w;

	TAILQ_FOREACH(p, &all->list, entry)
		TAILQ_FOREACH(w, &p->watches, entry)
			if (!w->sure)
				return (1);
	return (0);
}

/*
 * Between fork(2) and execve(2) a process has the name of its parent, so that
 * a name is taken for sure when it is the same a moment later.  One that is
 * watched without a descriptor is never sure, and looked at again and again.
 */
static void
process_confirm(struct track_processes *all)
{
	struct process	*p;
	struct watch	*w, *next;
	char		 comm[COMM_LEN + 1];

	TAILQ_FOREACH(p, &all->list, entry)
		TAILQ_FOREACH_SAFE(w, &p->watches, entry, next) {
			if (w->sure)
				continue;
			if (task_comm(all, w->pid, comm) == -1 ||
			    !task_bears(all, w->pid, comm, p->name))
				watch_free(w);
			else
				w->sure = w->fd != -1;
		}
}

static void
process_tell(struct process *p)
{
	struct msg_track	m = { 0 };

	if (p->told == p->n)
		return;
	if (p->told != -1 &&
	    (p->told < p->quorum) != (p->n < p->quorum))
		log_info("process %s: %s, %d of %d", p->name,
		    p->n < p->quorum ? "does not run" : "runs", p->n,
		    p->quorum);
	p->told = p->n;
	m.ok = p->n >= p->quorum;
	m.value = p->n;
	p->all->told(p->all->arg, p->id, &m);
}

/* Look in so many microseconds, if there is something to look at. */
static void
process_schedule(struct track_processes *all, int64_t us)
{
	struct timeval	tv = us_to_timeval(us);

	if (all->dir != NULL || process_missing(all) || process_unsure(all))
		evtimer_add(all->look, &tv);
	else
		evtimer_del(all->look);
}

static void
process_look_cb(int, short, void *arg)
{
	struct track_processes	*all = arg;
	struct process		*p;

	if (all->dir == NULL) {
		process_confirm(all);
		search_begin(all);
	}
	if (search_slice(all)) {
		process_schedule(all, 0);
		return;
	}
	TAILQ_FOREACH(p, &all->list, entry)
		process_tell(p);
	process_schedule(all, LOOK_US);
}

/* One that goes on begins anew: it may have passed what is looked for now. */
static void
search_begin(struct track_processes *all)
{
	search_end(all);
	if (!process_missing(all))
		return;
	all->looked = monotime_now();
	if ((all->dir = opendir(all->path)) == NULL && !all->blind)
		log_warn("%s: no process is found", all->path);
	all->blind = all->dir == NULL;
}

static void
search_end(struct track_processes *all)
{
	if (all->dir != NULL)
		closedir(all->dir);
	all->dir = NULL;
}

/* A part of a search; 0: it has ended. */
static int
search_slice(struct track_processes *all)
{
	struct dirent	*d;
	int		 i;

	if (all->dir == NULL)
		return (0);
	for (i = 0; i < LOOK_SLICE && process_missing(all); i++) {
		if ((d = readdir(all->dir)) == NULL)
			break;
		search_entry(all, d->d_name);
	}
	if (i == LOOK_SLICE)
		return (1);
	search_end(all);
	return (0);
}

/* A process, if that is what its name says. */
static void
search_entry(struct track_processes *all, const char *name)
{
	struct process	*p;
	const char	*errstr;
	char		 comm[COMM_LEN + 1];
	pid_t		 pid;

	pid = strtonum(name, 1, INT_MAX, &errstr);
	if (errstr != NULL || task_comm(all, pid, comm) == -1)
		return;
	TAILQ_FOREACH(p, &all->list, entry)
		if (p->n < p->quorum && !watch_known(p, pid) &&
		    task_bears(all, pid, comm, p->name))
			watch_new(p, pid);
}

/* Of a file of a process, into the buffer, with a NUL added; -1: none. */
static ssize_t
task_read(const struct track_processes *all, pid_t pid, const char *file,
    char *buf, size_t size)
{
	char	path[PATH_MAX];
	ssize_t	n;
	int	fd, len;

	len = snprintf(path, sizeof(path), "%s/%d/%s", all->path, (int)pid,
	    file);
	if (len < 0 || (size_t)len >= sizeof(path) ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, buf, size - 1);
	close(fd);
	if (n == -1)
		return (-1);
	buf[n] = '\0';
	return (n);
}

/* The name that the kernel has of it; -1: it has gone. */
static int
task_comm(const struct track_processes *all, pid_t pid, char *comm)
{
	char	buf[STAT_LEN];

	if (task_read(all, pid, "comm", buf, sizeof(buf)) == -1)
		return (-1);
	buf[strcspn(buf, "\n")] = '\0';
	strlcpy(comm, buf, COMM_LEN + 1);
	return (0);
}

/* Has it ended already, and waits for who started it to notice? */
static int
task_ended(const struct track_processes *all, pid_t pid)
{
	char	buf[STAT_LEN];
	char	*s;

	if (task_read(all, pid, "stat", buf, sizeof(buf)) == -1 ||
	    (s = strrchr(buf, ')')) == NULL || s[1] != ' ')
		return (1);
	return (s[2] == 'Z' || s[2] == 'X');
}

/* The last part of the path by which it was started; -1: not known. */
static int
task_program(const struct track_processes *all, pid_t pid, char *name,
    size_t size)
{
	char	buf[CMDLINE_LEN];
	char	*s;

	/* The arguments have a NUL after each. */
	if (task_read(all, pid, "cmdline", buf, sizeof(buf)) <= 0)
		return (-1);
	s = strrchr(buf, '/');
	s = s == NULL ? buf : s + 1;
	return (strlcpy(name, s, size) < size ? 0 : -1);
}

/*
 * Is this the name of the process, whose comm is given?  The kernel cuts
 * long ones; these are compared with how it was started.
 */
static int
task_bears(const struct track_processes *all, pid_t pid, const char *comm,
    const char *name)
{
	char	program[NAME_LEN];

	if (strlen(name) <= COMM_LEN) {
		if (strcmp(comm, name) != 0)
			return (0);
	} else if (task_program(all, pid, program, sizeof(program)) == -1 ||
	    strcmp(program, name) != 0)
		return (0);
	return (!task_ended(all, pid));
}

static int
watch_known(const struct process *p, pid_t pid)
{
	const struct watch	*w;

	TAILQ_FOREACH(w, &p->watches, entry)
		if (w->pid == pid)
			return (1);
	return (0);
}

static void
watch_new(struct process *p, pid_t pid)
{
	struct watch	*w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		log_warn("process %s", p->name);
		return;
	}
	w->process = p;
	w->pid = pid;
	if (watch_open(w) == -1) {
		free(w);
		return;
	}
	TAILQ_INSERT_TAIL(&p->watches, w, entry);
	p->n++;
}

/*
 * A descriptor of the process; for want of one (a limit, a kernel before 5.3)
 * its name has to do.  The process may be another by now than the one that
 * was looked at, which process_confirm() will find out.  -1: it has gone.
 */
static int
watch_open(struct watch *w)
{
	w->fd = syscall(SYS_pidfd_open, w->pid, 0);
	if (w->fd == -1) {
		if (errno == ESRCH)
			return (-1);
		log_debug("process %s: %s", w->process->name, strerror(errno));
		return (0);
	}
	w->ev = event_new(w->process->all->base, w->fd, EV_READ,
	    watch_ended_cb, w);
	if (w->ev == NULL || event_add(w->ev, NULL) == -1) {
		if (w->ev != NULL)
			event_free(w->ev);
		close(w->fd);
		w->ev = NULL;
		w->fd = -1;
	}
	return (0);
}

/* What that means is said when it is known whether there is another. */
static void
watch_ended_cb(int, short, void *arg)
{
	struct watch		*w = arg;
	struct track_processes	*all = w->process->all;
	int64_t			 ago;

	watch_free(w);
	search_end(all);
	ago = monotime_diff_us(monotime_now(), all->looked);
	process_schedule(all, ago >= LOOK_AGAIN_US ? 0 : LOOK_AGAIN_US - ago);
}

static void
watch_free(struct watch *w)
{
	TAILQ_REMOVE(&w->process->watches, w, entry);
	w->process->n--;
	if (w->ev != NULL)
		event_free(w->ev);
	if (w->fd != -1)
		close(w->fd);
	free(w);
}

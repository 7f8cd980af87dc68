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

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tree.h"

/* All of a machine that does nothing but measure. */
#define PROCESSES_MAX	4096
#define LINE_LEN	1024

struct process {
	pid_t	pid;
	pid_t	parent;
	int64_t	dead_us;	/* CPU time of its children that ended */
	int	mine;
};

static unsigned int processes_read(struct process *);
static int	 process_stat(struct process *);
static void	 processes_mark(struct process *, unsigned int, pid_t);
static int64_t	 process_cpu(pid_t);
static void	 process_memory(pid_t, struct tree *);
static uint64_t	 line_kb(const char *, const char *);

void
tree_read(pid_t pid, struct tree *t, int memory)
{
	static struct process	p[PROCESSES_MAX];
	unsigned int		i, n;

	memset(t, 0, sizeof(*t));
	n = processes_read(p);
	processes_mark(p, n, pid);
	for (i = 0; i < n; i++) {
		if (!p[i].mine)
			continue;
		t->n++;
		t->cpu_us += process_cpu(p[i].pid) + p[i].dead_us;
		if (memory)
			process_memory(p[i].pid, t);
	}
}

static unsigned int
processes_read(struct process *p)
{
	struct dirent	*de;
	unsigned int	 n = 0;
	DIR		*dir;

	if ((dir = opendir("/proc")) == NULL)
		err(1, "/proc");
	while (n < PROCESSES_MAX && (de = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		p[n].pid = strtol(de->d_name, NULL, 10);
		if (process_stat(&p[n]) == 0)
			n++;
	}
	closedir(dir);
	return (n);
}

/* proc_pid_stat(5).  -1: it has just ended. */
static int
process_stat(struct process *p)
{
	char		 path[32], line[LINE_LEN], *end;
	unsigned long	 user, sys;
	FILE		*f;
	int		 ok;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->pid);
	if ((f = fopen(path, "r")) == NULL)
		return (-1);
	ok = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	/* The name before may hold anything. */
	if (!ok || (end = strrchr(line, ')')) == NULL ||
	    sscanf(end + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u "
	    "%*u %lu %lu", &p->parent, &user, &sys) != 3)
		return (-1);
	p->dead_us = (user + sys) * (1000000LL / sysconf(_SC_CLK_TCK));
	p->mine = 0;
	return (0);
}

static void
processes_mark(struct process *p, unsigned int n, pid_t root)
{
	unsigned int	i, j;
	int		more = 1;

	for (i = 0; i < n; i++)
		p[i].mine = p[i].pid == root;
	while (more) {
		more = 0;
		for (i = 0; i < n; i++)
			for (j = 0; !p[i].mine && j < n; j++)
				if (p[j].mine && p[j].pid == p[i].parent)
					p[i].mine = more = 1;
	}
}

static int64_t
process_cpu(pid_t pid)
{
	struct timespec	ts;
	clockid_t	clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) == -1)
		return (0);
	return (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
}

static void
process_memory(pid_t pid, struct tree *t)
{
	char	 path[64], line[LINE_LEN];
	FILE	*f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		t->rss_kb += line_kb(line, "Rss:");
		t->pss_kb += line_kb(line, "Pss:");
	}
	fclose(f);
}

static uint64_t
line_kb(const char *line, const char *name)
{
	size_t	len = strlen(name);

	if (strncmp(line, name, len) != 0)
		return (0);
	return (strtoull(line + len, NULL, 10));
}

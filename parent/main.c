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
#include <sys/wait.h>

#include <bsd/sys/queue.h>
#include <bsd/unistd.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../hce/hce.h"
#include "../imsg/ctl.h"
#include "../lbe/lbe.h"
#include "../vrrpe/vrrpe.h"
#include "compare.h"
#include "parent.h"
#include "run.h"

/* Bytes of memory that is had from the system apart, and that stays unused. */
#define MALLOC_APART	(32 * 1024 * 1024)
#define MALLOC_UNUSED	(8 * 1024 * 1024)

static void	usage(void) __attribute__((__noreturn__));
static int	engine(int, char **);
static void	options(struct options *, int, char **);
static void	options_macro(struct options *, char *);
static void	options_free(struct options *);
static char	*absolute(const char *);
static int	check(const struct options *);
static void	check_report(void *, const char *);
static int	background(int *);

static const struct {
	enum proc	proc;
	int		(*main)(int, int);
} engine_mains[] = {
	{ PROC_VRRPE,	vrrpe_main },
	{ PROC_HCE,	hce_main },
	{ PROC_LBE,	lbe_main }
};

static void
usage(void)
{
	fprintf(stderr, "usage: lvsd [-dnv] [-D name=value] [-f file] "
	    "[-s socket]\n");
	exit(1);
}

int
main(int argc, char **argv)
{
	struct options	 opts;
	char		*file;
	int		 status;

	if (argc > 2 && strcmp(argv[1], "-P") == 0) {
		if (strcmp(argv[2], EXEC_ROLE) == 0)
			exec_main(argc, argv);
		setproctitle_init(argc, argv, environ);
		return (engine(argc, argv));
	}
	/*
	 * A page that is touched for the first time costs more than what is
	 * done with it mostly: what one step of a start or reload has freed is
	 * for the next, and goes back to the system behind the last one, see
	 * reload.c.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, MALLOC_APART);
	(void)mallopt(M_TRIM_THRESHOLD, MALLOC_UNUSED);
	setproctitle_init(argc, argv, environ);
	options(&opts, argc, argv);
	if (opts.check) {
		status = check(&opts);
		options_free(&opts);
		return (status);
	}
	if (geteuid() != 0)
		errx(1, "must be run by root (lvsd -n checks a configuration "
		    "without)");
	/* Reloads find it from anywhere. */
	opts.file = file = absolute(opts.file);
	if (!opts.debug && background(&opts.up_fd) == -1)
		err(1, "cannot go to the background");
	status = parent_main(&opts);
	free(file);
	options_free(&opts);
	return (status);
}

/* lvsd -P role [-dv]: how the parent starts its engines. */
static int
engine(int argc, char **argv)
{
	size_t	i;
	int	c, debug = 0, verbose = 0;

	/* Not "exe", as the parent has it executed. */
	prctl(PR_SET_NAME, "lvsd", 0, 0, 0);
	optind = 3;
	while ((c = getopt(argc, argv, "dv")) != -1)
		switch (c) {
		case 'd':
			debug = 1;
			break;
		case 'v':
			verbose = 1;
			break;
		default:
			usage();
		}
	for (i = 0; i < sizeof(engine_mains) / sizeof(engine_mains[0]); i++)
		if (strcmp(argv[2], proc_names[engine_mains[i].proc]) == 0)
			return (engine_mains[i].main(debug, verbose));
	usage();
}

static void
options(struct options *o, int argc, char **argv)
{
	int	c;

	memset(o, 0, sizeof(*o));
	TAILQ_INIT(&o->macros);
	o->file = LVSD_CONF;
	o->up_fd = -1;
	while ((c = getopt(argc, argv, "dD:f:ns:v")) != -1)
		switch (c) {
		case 'd':
			o->debug = 1;
			break;
		case 'D':
			options_macro(o, optarg);
			break;
		case 'f':
			o->file = optarg;
			break;
		case 'n':
			o->check = 1;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'v':
			o->verbose = 1;
			break;
		default:
			usage();
		}
	if (argc != optind)
		usage();
	if (o->socket != NULL && !o->check && o->socket[0] != '/')
		errx(1, "-s %s: must be an absolute path", o->socket);
}

static void
options_macro(struct options *o, char *arg)
{
	struct conf_macro	*m;
	char			*value;

	if ((value = strchr(arg, '=')) == NULL || value == arg)
		errx(1, "-D %s: must be name=value", arg);
	if ((m = calloc(1, sizeof(*m))) == NULL ||
	    (m->name = strndup(arg, value - arg)) == NULL ||
	    (m->value = strdup(value + 1)) == NULL)
		err(1, NULL);
	TAILQ_INSERT_TAIL(&o->macros, m, entry);
}

static void
options_free(struct options *o)
{
	struct conf_macro	*m;

	while ((m = TAILQ_FIRST(&o->macros)) != NULL) {
		TAILQ_REMOVE(&o->macros, m, entry);
		free(m->name);
		free(m->value);
		free(m);
	}
}

static char *
absolute(const char *path)
{
	char	cwd[PATH_MAX], *full;
	int	n;

	if (path[0] == '/')
		n = asprintf(&full, "%s", path);
	else if (getcwd(cwd, sizeof(cwd)) == NULL)
		err(1, "%s", path);
	else
		n = asprintf(&full, "%s/%s", cwd, path);
	if (n == -1)
		err(1, NULL);
	return (full);
}

static void
check_report(void *, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* lvsd -n: as anybody, and touching nothing that is not named by -s. */
static int
check(const struct options *o)
{
	struct conf	*conf;

	conf = conf_parse(o->file, &o->macros, CONF_P_CHECK_ONLY, check_report,
	    NULL);
	if (conf == NULL)
		return (1);
	if (o->verbose)
		conf_print(conf, stdout);
	else {
		fprintf(stderr, "configuration OK\n");
		if (o->socket != NULL)
			compare(o, conf);
	}
	conf_free(conf);
	if (fflush(stdout) == EOF)
		err(1, "standard output");
	return (0);
}

/*
 * Go to the background, but let the caller wait until the daemon is up: it
 * says so by one byte.  When it ends instead, its status is the caller's.
 */
static int
background(int *up_fd)
{
	pid_t	pid;
	char	byte;
	int	fd[2], status;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return (-1);
	switch (pid = fork()) {
	case -1:
		return (-1);
	case 0:
		close(fd[0]);
		*up_fd = fd[1];
		if (setsid() == -1 || chdir("/") == -1)
			return (-1);
		return (0);
	}
	close(fd[1]);
	if (read(fd[0], &byte, sizeof(byte)) == sizeof(byte))
		_exit(0);
	if (waitpid(pid, &status, 0) == -1 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 0)
		_exit(1);
	_exit(WEXITSTATUS(status));
}

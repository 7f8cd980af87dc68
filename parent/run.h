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

#ifndef PARENT_RUN_H
#define PARENT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "../imsg/msg.h"

struct event_base;
struct run;
struct runs;

/*
 * Programs that the configuration names, run as somebody harmless: without a
 * shell, in a session of their own, with no descriptor, signal disposition,
 * environment, privilege or scheduling of the parent's, and not beyond their
 * time.
 */

/* Whom programs run as for whom no user is named. */
#define RUN_USER	"nobody"
/* Supplementary groups of one user. */
#define RUN_GROUPS	64

/* How it ended; the run is over then, and its pointer of no use. */
typedef void (*run_done)(void *, const struct msg_script_result *);

struct run_spec {
	const char	*what;		/* "script NAME", for the log */
	char *const	*argv;		/* NULL ended, [0] an absolute path */
	char *const	*env;		/* NULL ended; besides PATH */
	const char	*user;		/* of passwd(5) */
	uint32_t	 timeout_ms;	/* then SIGTERM, soon after SIGKILL */
	run_done	 done;
	void		*arg;
};

/* runs_new: NULL: out of memory. */
struct runs	*runs_new(struct event_base *);
/* runs_free: what still runs is killed, and nobody told. */
void		 runs_free(struct runs *);
/* runs_reap: collect what has ended; on SIGCHLD. */
void		 runs_reap(struct runs *);
/* run_as: the first of these users that is named, else RUN_USER. */
const char	*run_as(const char *, const char *);
/*
 * run_start: start it, copying what the spec says.  0 and the run, of which
 * done() will tell the end, or an errno with a sentence in the buffer.
 */
int		 run_start(struct runs *, const struct run_spec *,
		    struct run **, char *, size_t);
/* run_kill: at once, with all it has started; done() tells its end. */
void		 run_kill(struct run *);
/* run_forget: done() is not called. */
void		 run_forget(struct run *);
/* run_hurry: let it have so many milliseconds from now at most. */
void		 run_hurry(struct run *, uint32_t);

/* exec.c */
/* Where the new program of a run writes the errno of what went wrong. */
#define EXEC_ERROR_FD	3
/* Exit status of one that could not become what it was to be, as sh(1). */
#define EXEC_NOEXEC	126
/*
 * exec_main: lvsd -P EXEC_ROLE UID GID GROUP[,GROUP...] PROGRAM [ARG...]:
 * become that user and the program.  Returns no more.
 */
#define EXEC_ROLE	"script"
void		 exec_main(int, char **) __attribute__((__noreturn__));

#endif /* PARENT_RUN_H */

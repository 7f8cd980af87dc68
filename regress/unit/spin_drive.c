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
 * Make a process spin:
 *
 *	spin_drive PID
 *
 * lets it go on for ever where it is, in a loop without a system call, as an
 * error in a program might.  Exits 77 where this processor, or this kernel's
 * ptrace(2), is not known here.
 */
#include <sys/types.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>

#define SKIP	77

#if defined(__x86_64__)
#define PC(r)		((r).rip)
#define NO_RESTART(r)	((r).orig_rax = -1)
#define LOOP		0xfeeb		/* jmp to itself */
#define LOOP_MASK	0xffffUL
#elif defined(__aarch64__)
#define PC(r)		((r).pc)
#define NO_RESTART(r)	((void)(r))
#define LOOP		0x14000000	/* b to itself */
#define LOOP_MASK	0xffffffffUL
#endif

int
main(int argc, char **argv)
{
#ifdef LOOP
	struct user_regs_struct	regs;
	struct iovec		iov = { &regs, sizeof(regs) };
	unsigned long		word;
	pid_t			pid;

	if (argc != 2 || (pid = strtol(argv[1], NULL, 10)) <= 0)
		errx(1, "usage: spin_drive PID");
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) == -1 ||
	    waitpid(pid, NULL, 0) == -1)
		err(1, "attach");
	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov) == -1)
		err(errno == EIO ? SKIP : 1, "registers");
	NO_RESTART(regs);
	word = ptrace(PTRACE_PEEKTEXT, pid, (void *)PC(regs), NULL);
	word = (word & ~LOOP_MASK) | LOOP;
	if (ptrace(PTRACE_POKETEXT, pid, (void *)PC(regs),
	    (void *)word) == -1)
		err(1, "text");
	if (ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &iov) == -1 ||
	    ptrace(PTRACE_DETACH, pid, NULL, NULL) == -1)
		err(1, "detach");
	return (0);
#else
	errx(argc > 0 && argv != NULL ? SKIP : 1, "not on this processor");
#endif
}

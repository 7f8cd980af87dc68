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
 * Lets user-mode-linux run on processors whose extended state is larger
 * than it knows.
 *
 * UML 6.1 sets the vector registers of its processes by PTRACE_SETREGSET
 * from a buffer of 2696 bytes, the state up to AVX-512 and PKRU.  The host's
 * kernel takes nothing but the full size (xstateregs_set() in
 * arch/x86/kernel/fpu/regset.c answers EFAULT), which is 11008 bytes where
 * the processor has AMX; UML's first process then dies of SIGSEGV.
 *
 * Preloaded into linux.uml, this ptrace() pads the buffer with zeroes to the
 * size the host wants.  What lies beyond UML's 2696 bytes is AMX state, which
 * no process has without asking arch_prctl(2) for it, and UML passes no such
 * request on: zeroes are the true value.
 */

#include <sys/types.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Intel SDM vol. 1, 13.5: today's largest state needs 11 kB of this. */
#define XSTATE_MAX	65536

typedef long	ptrace_fn(int, ...);

long		 ptrace(enum __ptrace_request, ...);
static long	 set_padded(pid_t, void *, struct iovec *);

static ptrace_fn	*real_ptrace;
/* Not on the stack: UML calls from its 16 kB kernel stacks. */
static char		 area[XSTATE_MAX];
static size_t		 host_size;	/* 0 until the host refused UML's */

static void __attribute__((constructor))
find_real(void)
{
	real_ptrace = (ptrace_fn *)dlsym(RTLD_NEXT, "ptrace");
}

static long
set_padded(pid_t pid, void *type, struct iovec *given)
{
	struct iovec	 full;

	full.iov_base = area;
	full.iov_len = sizeof(area);
	if (host_size == 0) {
		if (real_ptrace(PTRACE_GETREGSET, pid, type, &full) == -1)
			return (-1);
		host_size = full.iov_len;
		memset(area, 0, sizeof(area));
	}
	if (given->iov_len > host_size) {
		errno = EFAULT;
		return (-1);
	}
	memcpy(area, given->iov_base, given->iov_len);
	full.iov_len = host_size;
	return (real_ptrace(PTRACE_SETREGSET, pid, type, &full));
}

long
ptrace(enum __ptrace_request request, ...)
{
	va_list	 ap;
	pid_t	 pid;
	void	*addr, *data;
	long	 ret;

	va_start(ap, request);
	pid = va_arg(ap, pid_t);
	addr = va_arg(ap, void *);
	data = va_arg(ap, void *);
	va_end(ap);

	if (request == PTRACE_SETREGSET && (intptr_t)addr == NT_X86_XSTATE &&
	    host_size != 0)
		return (set_padded(pid, addr, data));

	ret = real_ptrace(request, pid, addr, data);
	if (ret == -1 && errno == EFAULT && request == PTRACE_SETREGSET &&
	    (intptr_t)addr == NT_X86_XSTATE)
		ret = set_padded(pid, addr, data);
	return (ret);
}

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
 * The device with a virtual MAC as vrrpe knows it: an instance waits until it
 * is told, is in fault without one, sends by it, and closes what it replaces.
 */
#include <fcntl.h>
#include <unistd.h>

#include "vrrp_stub.h"

#define INDEX	7
#define MAIN	1		/* of the interface, see stub_iface() */

static struct vrrp	v;
static struct iface	ifc;
static struct vrrpe	env;

static int	open_fd(void);
static int	is_open(int);
static void	test_wait(void);
static void	test_fault(void);
static void	test_send(void);
static void	test_without(void);

static int
open_fd(void)
{
	return (open("/dev/null", O_RDWR | O_CLOEXEC));
}

static int
is_open(int fd)
{
	return (fcntl(fd, F_GETFD) != -1);
}

static void
test_wait(void)
{
	is_int(lan_waits(&v), 0, "without a virtual MAC it waits for nothing");
	v.conf.flags = VRRP_F_VMAC;
	is_int(lan_waits(&v), 1, "with one it waits for the device");
	lan_vmac(&v, INDEX, open_fd());
	is_int(lan_waits(&v), 0, "until that is told");
	lan_vmac(&v, 0, -1);
	is_int(lan_waits(&v), 0, "or that there is none");
}

static void
test_fault(void)
{
	char	why[UNWELL_LEN];

	is_int(lan_fault(&v, why, sizeof(why)), 1, "without one it is unwell");
	is_str(why, "there is no device with its virtual MAC, the log says "
	    "why", "and says why");
	lan_vmac(&v, INDEX, open_fd());
	is_int(lan_fault(&v, why, sizeof(why)), 0, "with one it is well");
}

static void
test_send(void)
{
	uint32_t	ifindex;
	int		first = v.vmac.fd, second = open_fd();

	is_int(lan_send_fd(&v, &ifindex), first, "adverts leave by it");
	is_int(ifindex, INDEX, "by its index");
	v.conf.flags |= VRRP_F_UNICAST;
	is_int(lan_send_fd(&v, &ifindex), lan_socket(&v)->fd,
	    "but to peers by the interface");
	is_int(ifindex, MAIN, "and its index");
	v.conf.flags &= ~VRRP_F_UNICAST;
	lan_vmac(&v, INDEX + 1, second);
	is_int(is_open(first), 0, "another one replaces it");
	is_int(lan_send_fd(&v, &ifindex), second, "adverts leave by that");
	is_int(ifindex, INDEX + 1, "by its index");
	lan_vmac(&v, 0, -1);
	is_int(is_open(second), 0, "when there is none it is closed");
}

/* As a reload does it. */
static void
test_without(void)
{
	uint32_t	ifindex;
	int		fd = open_fd();

	lan_vmac(&v, INDEX, fd);
	v.conf.flags = 0;
	lan_vmac(&v, 0, -1);
	is_int(is_open(fd), 0, "configured without, it is closed");
	is_int(lan_send_fd(&v, &ifindex), lan_socket(&v)->fd,
	    "adverts leave by the interface");
	is_int(lan_waits(&v), 0, "and nothing is waited for");
	v.conf.flags = VRRP_F_VMAC;
	is_int(lan_send_fd(&v, &ifindex), lan_socket(&v)->fd,
	    "and with one again, until it is told, too");
}

int
main(void)
{
	TAILQ_INIT(&env.ifaces);
	stub_iface(&ifc, "eth0", "10.77.0.1");
	stub_vrrp(&v, &env, &ifc, "VI_1", 100);
	test_wait();
	test_fault();
	test_send();
	test_without();
	return (done_testing());
}

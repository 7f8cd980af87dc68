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
#include <sys/socket.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include <linux/ip_vs.h>

#include "table.h"

static int	table_dests(int, struct table *);

int
table_socket(void)
{
	int	fd;

	if ((fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)) == -1)
		err(1, "socket");
	return (fd);
}

int
table_size(int fd, unsigned int services, struct table *t)
{
	struct ip_vs_getinfo	info;
	socklen_t		len = sizeof(info);

	if (getsockopt(fd, IPPROTO_IP, IP_VS_SO_GET_INFO, &info, &len) == -1)
		return (-1);
	t->services = info.num_services;
	t->dests = 0;
	if (services != 0 && t->services != services)
		return (0);
	return (table_dests(fd, t));
}

static int
table_dests(int fd, struct table *t)
{
	struct ip_vs_get_services	*get;
	socklen_t			 len;
	unsigned int			 i;

	len = sizeof(*get) + t->services * sizeof(get->entrytable[0]);
	if ((get = calloc(1, len)) == NULL)
		err(1, NULL);
	get->num_services = t->services;
	if (getsockopt(fd, IPPROTO_IP, IP_VS_SO_GET_SERVICES, get,
	    &len) == -1) {
		free(get);
		/* Another has been added since: ask again. */
		return (errno == EINVAL ? 0 : -1);
	}
	for (i = 0; i < get->num_services; i++)
		t->dests += get->entrytable[i].num_dests;
	free(get);
	return (0);
}

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


#include <errno.h>
#include <unistd.h>

#include "../imsg/imsg.h"
#include "../imsg/log.h"
#include "check.h"

/*
 * Sockets that only the parent can make: marked, or bound to an interface.
 * It is asked for one for each check that is to be made, by the ids of the
 * check and of a host, and answers in order.
 */

static uint32_t	 sock_reason(int32_t);

void
sock_ask(struct probe *probe, void (*begin)(struct probe *))
{
	struct hce		*hce = probe->check->hce;
	const struct watch	*watch = TAILQ_FIRST(&probe->watches);
	struct msg_socket_get	 m;

	probe->run->phase = PHASE_SOCKET;
	probe->run->begin = begin;
	probe->run->ask = ++hce->asks;
	TAILQ_INSERT_TAIL(&hce->askers, probe, run->asking);
	m.check_id = probe->check->conf.id;
	m.host_id = watch->host->id;
	engine_send(hce->eng, PROC_PARENT, MSG_SOCKET_GET, probe->run->ask, &m,
	    sizeof(m));
}

void
sock_forget(struct probe *probe)
{
	TAILQ_REMOVE(&probe->check->hce->askers, probe, run->asking);
	probe->run->phase = PHASE_CONNECT;
}

/* Who has asked so, and waits no more. */
struct probe *
sock_asker(struct hce *hce, uint32_t ask, enum phase phase)
{
	struct probe	*probe;

	TAILQ_FOREACH(probe, &hce->askers, run->asking)
		if (probe->run->ask == ask && probe->run->phase == phase) {
			sock_forget(probe);
			return (probe);
		}
	return (NULL);
}

/* Why there is none. */
static uint32_t
sock_reason(int32_t error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
		return (HOST_R_DESCRIPTORS);
	case SOCKET_BACKUP_ONLY:
		return (HOST_R_BACKUP_ONLY);
	default:
		return (HOST_R_LOCAL);
	}
}

int
sock_come(struct hce *hce, struct imsg *msg)
{
	struct msg_socket	 m;
	struct probe		*probe;
	int			 fd = imsg_get_fd(msg);

	if (imsg_get_data(msg, &m, sizeof(m)) == -1 ||
	    m.error < SOCKET_BACKUP_ONLY ||
	    (m.error == 0) != (fd != -1)) {
		if (fd != -1)
			close(fd);
		return (-1);
	}
	/* A check may have been ended meanwhile. */
	if ((probe = sock_asker(hce, imsg_id(msg),
	    PHASE_SOCKET)) == NULL) {
		if (fd != -1)
			close(fd);
		return (0);
	}
	if (fd == -1) {
		sched_done(probe, sock_reason(m.error),
		    m.error > 0 ? m.error : 0);
		return (0);
	}
	probe->sock = fd;
	probe->run->begin(probe);
	if (probe->sock != -1)		/* it was not taken */
		close(probe->sock);
	probe->sock = -1;
	return (0);
}

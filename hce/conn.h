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


#ifndef HCE_CONN_H
#define HCE_CONN_H

#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <stdint.h>

#include "../imsg/msg.h"

struct probe;

/* What all checks over TCP have in common. */

/* conn_sockaddr: address and port checked; returns the length. */
socklen_t	conn_sockaddr(const struct probe *, struct sockaddr_storage *);
/*
 * conn_new: a bufferevent for a connection to the host, with TLS inside when
 * the check says so.  Its callbacks are deferred: none is called before the
 * caller returns to the event loop.  NULL: out of memory.
 */
struct bufferevent *conn_new(struct probe *);
/* conn_plain: the same without TLS, whatever the check says. */
struct bufferevent *conn_plain(struct probe *);
/*
 * conn_starttls: begin TLS on a connection that has none, in place of which
 * this goes on; NULL: out of memory, and the old one stays.
 */
struct bufferevent *conn_starttls(struct probe *, struct bufferevent *);
/*
 * conn_own_socket: the socket of a check is not any that libevent makes.
 * conn_socket: it, for all checks that make theirs by themselves; -1: errno
 * says why.
 */
int		conn_own_socket(const struct probe *);
int		conn_socket(struct probe *);
/* conn_start: connect it; HOST_R_OK, or the reason why not and its detail. */
uint32_t	conn_start(struct probe *, struct bufferevent *, int32_t *);
/*
 * For checks that are no more than a connection, probe->conn:
 * conn_begin: begin it, with these callbacks for what is read and for events;
 * no more than so many bytes are read ahead, 0: as many as come.  Where that
 * cannot be the check ends.
 * conn_cancel, conn_late: cancel and timeout of such a method.
 * conn_end: the check has ended for this reason and detail.
 */
void		conn_begin(struct probe *, bufferevent_data_cb,
		    bufferevent_event_cb, size_t);
void		conn_cancel(struct probe *);
uint32_t	conn_late(struct probe *, int32_t *);
void		conn_end(struct probe *, uint32_t, int32_t);
/* conn_udp: a socket connected to the host by UDP; -1: errno says why. */
int		conn_udp(struct probe *);
/* conn_connected: all that comes before the first byte is done. */
void		conn_connected(struct probe *, struct bufferevent *);
/*
 * conn_reason: why a bufferevent has failed; to be called first thing in
 * its callback, for errno is looked at.  The argument is what the callback
 * got; the detail goes through the pointer.
 */
uint32_t	conn_reason(struct bufferevent *, short, int32_t *);
/* conn_errno_reason: the reason for an errno of the socket calls. */
uint32_t	conn_errno_reason(int, int32_t *);
/* conn_timeout: the reason when the deadline has passed by the phase. */
enum host_reason conn_timeout(const struct probe *, struct bufferevent *);
/*
 * conn_reset_on_close: close this connection with a reset, so that it does
 * not stay in TIME-WAIT: a minute of it for each of many thousand checks
 * would fill the table of those (tcp_max_tw_buckets, tcp(7)).
 */
void		conn_reset_on_close(int);

#endif /* HCE_CONN_H */

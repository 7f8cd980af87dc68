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

#ifndef IMSG_IMSG_H
#define IMSG_IMSG_H

#include <sys/types.h>
#include <sys/uio.h>

#include <stdint.h>

/*
 * Messages between processes, in the spirit of OpenBSD's imsg, on
 * SOCK_SEQPACKET sockets: the kernel keeps packet borders, so that a message
 * is never read in halves and a descriptor never parts from its message.
 *
 * A packet carries one or more whole messages.  Composing collects messages
 * in packets of up to IMSG_PACKET_MAX bytes, so that a configuration of many
 * thousand objects costs few system calls.  A message with a descriptor
 * travels alone in its packet.
 *
 * Buffers are opaque and every getter copies: no pointer into a receive
 * buffer leaves this module.
 */

#define IMSG_PACKET_MAX	32768	/* bytes, below any default SO_SNDBUF */
#define IMSG_MAX	16384	/* bytes of one message with its header */

#define IMSGBUF_FDPASS	0x01	/* this channel may carry descriptors */
#define IMSGBUF_FDSEND	0x02	/* it may, but only from here */

struct imsgbuf;
struct imsg;

/*
 * imsgbuf_new: wrap the connected SOCK_SEQPACKET socket fd, which must be
 * non-blocking.  On success the buffer owns fd; NULL (out of memory) leaves
 * it with the caller.
 */
struct imsgbuf	*imsgbuf_new(int, int);
/* imsgbuf_free: close the socket and every descriptor unsent or unclaimed. */
void		 imsgbuf_free(struct imsgbuf *);
int		 imsgbuf_fd(const struct imsgbuf *);
/*
 * imsgbuf_read: receive one packet.  All messages of the packet before must
 * have been fetched.  1: received or nothing there (EAGAIN), 0: peer closed,
 * -1: error in errno (EBADMSG, EMSGSIZE: the peer broke the framing).
 */
int		 imsgbuf_read(struct imsgbuf *);
/*
 * imsgbuf_get: next message of the packet received; it stays valid until
 * the next call on the same buffer.  1: message, 0: none left, -1: framing
 * broken.  A descriptor not claimed by imsg_get_fd() is closed.
 */
int		 imsgbuf_get(struct imsgbuf *, struct imsg **);
/*
 * imsgbuf_write: send what is queued until done or the socket is full.
 * 0: ok (EAGAIN included), -1: error, EPIPE when the peer is gone.
 */
int		 imsgbuf_write(struct imsgbuf *);
/* imsgbuf_queued: bytes composed and not yet sent. */
size_t		 imsgbuf_queued(const struct imsgbuf *);

/*
 * imsg_compose, imsg_composev: queue a message of the given type, object or
 * request id, configuration generation, descriptor (-1: none) and payload.
 * 0: queued, the buffer owns fd.  -1: errno says why, fd stays with the
 * caller (EMSGSIZE: payload too long; EINVAL: no descriptors on this
 * channel; ENOMEM).
 */
int		 imsg_compose(struct imsgbuf *, uint32_t, uint32_t, uint32_t,
		    int, const void *, size_t);
int		 imsg_composev(struct imsgbuf *, uint32_t, uint32_t, uint32_t,
		    int, const struct iovec *, int);

uint32_t	 imsg_type(const struct imsg *);
uint32_t	 imsg_id(const struct imsg *);
uint32_t	 imsg_gen(const struct imsg *);
/* imsg_len: bytes of payload. */
size_t		 imsg_len(const struct imsg *);
/*
 * imsg_get_data: copy the payload, which must have exactly this length.
 * imsg_get_head: copy the first bytes of a payload that has a tail.
 * imsg_get_tail: copy all bytes from the offset on; there must be exactly
 * this many.  All: 0, or -1 when the length does not match.
 */
int		 imsg_get_data(const struct imsg *, void *, size_t);
int		 imsg_get_head(const struct imsg *, void *, size_t);
int		 imsg_get_tail(const struct imsg *, size_t, void *, size_t);
/* imsg_get_fd: take over the descriptor; -1 when there is none. */
int		 imsg_get_fd(struct imsg *);

#endif /* IMSG_IMSG_H */

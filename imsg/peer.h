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

#ifndef IMSG_PEER_H
#define IMSG_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"

struct event_base;
struct imsg;
struct peer;

/*
 * A peer is the other end of a link, driven by libevent: messages are sent
 * when the loop comes round, received, checked against the catalogue
 * (msg_check) and handed to the owner.
 */

enum peer_down {
	PEER_CLOSED,		/* it has gone */
	PEER_ERROR,		/* the socket failed, errno is set */
	PEER_BAD,		/* it broke the protocol; logged */
	PEER_SLOW		/* its queue has outgrown the limit */
};

struct peer_ops {
	/*
	 * One message, allowed and of the right length.  0, or -1 when its
	 * content breaks the protocol: then down(PEER_BAD) follows.
	 */
	int	(*message)(struct peer *, struct imsg *, void *);
	/*
	 * The link is over.  Called once, never from inside peer_send();
	 * the owner calls peer_close() here or later.
	 */
	void	(*down)(struct peer *, enum peer_down, void *);
};

#define PEER_F_FDPASS	0x01		/* descriptors may travel */
#define PEER_F_FDSEND	0x02		/* they may be sent, but not come */

/*
 * peer_open: run a link on the non-blocking SOCK_SEQPACKET socket fd between
 * self and other; name is copied and used in logs.  NULL: out of memory, the
 * caller keeps fd.
 */
struct peer	*peer_open(struct event_base *, int, enum proc, enum proc,
		    const char *, int, const struct peer_ops *, void *);
/* peer_close: end it, at any time; inside message() and down() too. */
void		 peer_close(struct peer *);

/*
 * peer_send: queue a message; fd as with imsg_compose(), but closed in any
 * case.  0, or -1 when the link is over or the message cannot be queued:
 * down() follows or has been called, so that callers in the middle of work
 * need not look.
 */
int		 peer_send(struct peer *, enum msg_type, uint32_t, int,
		    const void *, size_t);
/* peer_send2: the same with the payload in two pieces. */
int		 peer_send2(struct peer *, enum msg_type, uint32_t,
		    const void *, size_t, const void *, size_t);
/* peer_set_gen: generation for the header of all that is sent from now. */
void		 peer_set_gen(struct peer *, uint32_t);
/*
 * peer_set_sent: what is called when the kernel has taken all that was queued,
 * for an owner who has much to send and queues a part of it at a time.
 */
void		 peer_set_sent(struct peer *, void (*)(struct peer *, void *));
/* peer_set_limit: bytes queued above which the peer is PEER_SLOW; 0: none. */
void		 peer_set_limit(struct peer *, size_t);
/*
 * peer_hold: read nothing from it, until called with 0; what it sends waits
 * with it.  Not for use inside its own message().
 */
void		 peer_hold(struct peer *, int);
/*
 * peer_flush: write now what fits; for a process about to end.
 * peer_queued: bytes not yet taken by the kernel.
 */
void		 peer_flush(struct peer *);
size_t		 peer_queued(const struct peer *);
enum proc	 peer_proc(const struct peer *);
const char	*peer_name(const struct peer *);
int		 peer_fd(const struct peer *);

#endif /* IMSG_PEER_H */

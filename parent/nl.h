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

#ifndef PARENT_NL_H
#define PARENT_NL_H

#include <stddef.h>
#include <stdint.h>

struct nl_msg;
struct nl_sock;
struct nlmsghdr;

/*
 * Netlink in batches.  A send holds many requests; the kernel works through
 * them inside the system call and answers each that fails, and the last one
 * in any case because it alone asks for an acknowledgement.  So one system
 * call to send and a few to receive carry out some hundred requests.
 */

/* Bytes of a send: about 300 requests, some milliseconds of the kernel. */
#define NL_BATCH_SIZE	60000
#define NL_BATCH_OPS	1024
/* Room for a message built by libnl; the largest of ours has 200 bytes. */
#define NL_MSG_SIZE	512

/* A request socket. */
struct nlconn {
	struct nl_sock	*sk;
	int		 fd;
	uint32_t	 port;		/* our address on netlink */
	uint32_t	 seq;		/* of the next request */
	unsigned char	*rbuf;
	size_t		 rsize;
};

struct nlbatch {
	unsigned int	 n;		/* requests held */
	unsigned int	 max;		/* requests taken, see nlbatch_add */
	int		 lost;		/* answers were lost in this send */
	uint32_t	 first;		/* sequence number of the first */
	size_t		 len;
	size_t		 last;		/* offset of the last request */
	int		 error[NL_BATCH_OPS];
	char		*text[NL_BATCH_OPS];	/* the kernel's, or NULL */
	_Alignas(8) unsigned char buf[NL_BATCH_SIZE];
};

/* A message of an answer; what is returned other than 0 ends the query. */
typedef int (*nl_message)(struct nlmsghdr *, void *);

/* nlconn_open: connect to a netlink protocol.  0, or -1 with errno. */
int	 nlconn_open(struct nlconn *, int);
void	 nlconn_close(struct nlconn *);
/*
 * nlconn_query: send one request, which is freed, and call back for each
 * message of the answer until it ends; flags are added to the request's, such
 * as NLM_F_DUMP.  0, or an errno of the kernel, the transport or the callback;
 * EINTR: the table changed while it was dumped, ask again.
 */
int	 nlconn_query(struct nlconn *, struct nl_msg *, int, nl_message,
	    void *);
/*
 * nlconn_receive: one datagram of the kernel into rbuf, waiting up to so many
 * milliseconds for it.  0 and its length, never 0; or an errno: ETIMEDOUT
 * when there is none, ENOBUFS when some were lost.
 */
int	 nlconn_receive(struct nlconn *, int, size_t *);

/* nlbatch_init, nlbatch_reset: empty; reset frees what the last held. */
void	 nlbatch_init(struct nlbatch *);
void	 nlbatch_reset(struct nlbatch *);
/* nlbatch_full: is there no room for one more request? */
int	 nlbatch_full(const struct nlbatch *);
/*
 * nlbatch_add: take this request, which is freed (NULL: memory was short
 * when it was built).  Its index, or -1 with errno: no room or no memory.
 */
int	 nlbatch_add(struct nlbatch *, struct nl_msg *);
/*
 * nlbatch_send: have all of them done.  Then error[i] is 0 or the errno of
 * request i.  When answers were lost (a receive buffer overflowed) `lost' is
 * set: those without an error may have failed, and max has been lowered.
 * 0, or -1 with errno when nothing could be sent.
 */
int	 nlbatch_send(struct nlconn *, struct nlbatch *);

#endif /* PARENT_NL_H */

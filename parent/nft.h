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

#ifndef PARENT_NFT_H
#define PARENT_NFT_H

#include <stddef.h>

struct conf;
struct event_base;
struct nft;

/*
 * What lvsd has in nftables: the table `inet lvsd'.
 *
 * `no accept': what is sent to the addresses of an instance is dropped where
 * this machine would take it, behind IPVS.  The rules hold for the addresses
 * whether they are here or not, so that there is no moment in which one is
 * here without them.
 *
 * Marks: packets from outside get the mark that a service listens on.
 *
 * All of it outlives lvsd, as its addresses and services do when it is
 * killed.
 */

/* nft_new: nothing is done yet; NULL: no memory. */
struct nft	*nft_new(struct event_base *);
/* nft_free: what is in the kernel stays. */
void		 nft_free(struct nft *);
/*
 * nft_check_conf: can this kernel do what the configuration wants?  Changes
 * nothing.  0, or -1 with a sentence for the operator in the buffer.
 */
int		 nft_check_conf(struct nft *, const struct conf *, char *,
		    size_t);
/*
 * nft_set_conf: this configuration runs from now on; call it before its
 * addresses are put anywhere.  Errors are logged and tried again.
 * nft_trim: addresses of earlier ones are gone, forget them.
 * nft_remove: all addresses are gone.  Marks stay, as do the services that
 * they are for; without any the table goes.
 */
void		 nft_set_conf(struct nft *, const struct conf *);
void		 nft_trim(struct nft *);
void		 nft_remove(struct nft *);

#endif /* PARENT_NFT_H */

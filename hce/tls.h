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


#ifndef HCE_TLS_H
#define HCE_TLS_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

#include "../conf/wire.h"

/* Trusted certificates, in their file. */
struct tls_bundle {
	int	 fd;		/* -1: there are none, or no more */
	size_t	 len;
};

/*
 * tls_prepare: what TLS needs for the life of the process, looked for while
 * files can be seen.  fatal() when OpenSSL cannot do that much.
 */
SSL_CTX		*tls_prepare(void);
/*
 * tlstrust.c
 *
 * tls_bundle_open: the trusted certificates of the system, or of the file that
 * SSL_CERT_FILE names in the environment, while files can be seen.
 * tls_bundle_close: it may be closed already.
 * tls_trust: have the context trust them, and close it; 1: there were any.
 */
void		 tls_bundle_open(struct tls_bundle *);
void		 tls_bundle_close(struct tls_bundle *);
int		 tls_trust(SSL_CTX *, struct tls_bundle *);
/*
 * tls_context: that of connections of this least version (0: OpenSSL's own),
 * which trust nobody yet; NULL: out of memory.
 */
SSL_CTX		*tls_context(uint16_t);
/*
 * tls_new: the client's side of one connection to the address.  The name
 * (NULL: none) is that of an HTTP Host header; it is sent to the server
 * unless it is an address.  With verify, the certificate must be trusted and
 * be that of the name, or else of the address.  NULL: out of memory.
 */
SSL		*tls_new(SSL_CTX *, const struct addr *, const char *, int);
/*
 * tls_reason: why the handshake failed, an enum host_reason, by the first of
 * OpenSSL's errors.
 */
uint32_t	 tls_reason(const SSL *, unsigned long, int32_t *);
/* tls_cert_until: the end of the server's certificate, see msg_host_status. */
int64_t		 tls_cert_until(const SSL *);
/*
 * tls_server_name: a Host header without its port and without the brackets
 * around an address, into the buffer of this size; 0, or -1: too long.
 */
int		 tls_server_name(const char *, char *, size_t);

#endif /* HCE_TLS_H */

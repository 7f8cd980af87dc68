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


#include <sys/socket.h>
#include <arpa/inet.h>

#include <bsd/string.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "../imsg/log.h"
#include "../imsg/msg.h"
#include "tls.h"

#define TLS_NAME_LEN	256	/* a name has up to 255, RFC 1035 2.3.4 */

static uint32_t	tls_handshake_reason(unsigned long, int32_t *);
static int	tls_is_address(const char *);
static int	tls_set_name(SSL *, const char *, int);
static int	tls_set_address(SSL *, const char *);

SSL_CTX *
tls_prepare(void)
{
	SSL_CTX	*ctx;
	SSL	*ssl;

	if ((ctx = tls_context(0)) == NULL)
		fatalx("OpenSSL cannot be initialised: %s",
		    ERR_reason_error_string(ERR_get_error()));

	/* Have OpenSSL find all that it looks for but once. */
	if ((ssl = SSL_new(ctx)) == NULL)
		fatalx("OpenSSL cannot make a connection: %s",
		    ERR_reason_error_string(ERR_get_error()));
	SSL_free(ssl);
	return (ctx);
}

SSL_CTX *
tls_context(uint16_t minimum)
{
	SSL_CTX	*ctx;

	if ((ctx = SSL_CTX_new(TLS_client_method())) == NULL)
		return (NULL);
	/*
	 * Each check is to see a whole handshake, and only one.  That a
	 * server closes without saying so first is its answer's end.
	 */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	if (minimum == 0)
		return (ctx);
	/* What the old versions sign with, the default level forbids. */
	if (SSL_CTX_set_min_proto_version(ctx, minimum) != 1 ||
	    (minimum < TLS1_2_VERSION &&
	    SSL_CTX_set_cipher_list(ctx, "DEFAULT:@SECLEVEL=0") != 1)) {
		SSL_CTX_free(ctx);
		return (NULL);
	}
	return (ctx);
}

SSL *
tls_new(SSL_CTX *ctx, const struct addr *addr, const char *host, int verify)
{
	char	 name[TLS_NAME_LEN];
	SSL	*ssl;

	if (host == NULL)
		addr_str(addr, name);
	else if (tls_server_name(host, name, sizeof(name)) == -1)
		return (NULL);
	if ((ssl = SSL_new(ctx)) == NULL)
		return (NULL);
	SSL_set_verify(ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	if (tls_set_name(ssl, name, verify) == -1) {
		SSL_free(ssl);
		return (NULL);
	}
	return (ssl);
}

static int
tls_is_address(const char *name)
{
	struct addr	 addr;

	return (addr_parse(name, &addr) == 0);
}

static int
tls_set_name(SSL *ssl, const char *name, int verify)
{
	/* RFC 6066 section 3: no addresses in server_name. */
	if (tls_is_address(name))
		return (verify ? tls_set_address(ssl, name) : 0);
	if (SSL_set_tlsext_host_name(ssl, name) != 1)
		return (-1);
	if (!verify)
		return (0);
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return (SSL_set1_host(ssl, name) == 1 ? 0 : -1);
}

static int
tls_set_address(SSL *ssl, const char *name)
{
	return (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) ==
	    1 ? 0 : -1);
}

uint32_t
tls_reason(const SSL *ssl, unsigned long error, int32_t *detail)
{
	long	 result = SSL_get_verify_result(ssl);

	*detail = 0;
	/* Without verification, what is wrong with it does not end it. */
	if (SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE)
		result = X509_V_OK;
	switch (result) {
	case X509_V_OK:
		return (tls_handshake_reason(error, detail));
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return (HOST_R_CERT_EXPIRED);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return (HOST_R_CERT_EARLY);
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return (HOST_R_CERT_NAME);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return (HOST_R_CERT_SELF);
	default:
		*detail = result;
		return (HOST_R_CERT);
	}
}

/* An alert of the server's has its number as the detail, RFC 8446 B.2. */
static uint32_t
tls_handshake_reason(unsigned long error, int32_t *detail)
{
	int	 reason = ERR_GET_REASON(error);

	if (ERR_GET_LIB(error) != ERR_LIB_SSL)
		return (HOST_R_TLS);
	switch (reason) {
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_HTTPS_PROXY_REQUEST:
	case SSL_R_BAD_RECORD_TYPE:
	case SSL_R_RECORD_LENGTH_MISMATCH:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_UNEXPECTED_MESSAGE:
		return (HOST_R_NOT_TLS);
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_VERSION_TOO_LOW:
	case SSL_R_WRONG_SSL_VERSION:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return (HOST_R_TLS_VERSION);
	default:
		if (reason > SSL_AD_REASON_OFFSET &&
		    reason <= SSL_AD_REASON_OFFSET + UINT8_MAX)
			*detail = reason - SSL_AD_REASON_OFFSET;
		return (HOST_R_TLS);
	}
}

int64_t
tls_cert_until(const SSL *ssl)
{
	const ASN1_TIME	*end;
	struct tm	 tm;
	X509		*cert;

	if ((cert = SSL_get0_peer_certificate(ssl)) == NULL ||
	    (end = X509_get0_notAfter(cert)) == NULL ||
	    ASN1_TIME_to_tm(end, &tm) != 1)
		return (0);
	return (timegm(&tm));
}

int
tls_server_name(const char *host, char *buf, size_t size)
{
	const char	*end;
	size_t		 len;

	if (host[0] == '[') {
		host++;
		len = strcspn(host, "]");
	} else if ((end = strchr(host, ':')) != NULL &&
	    strchr(end + 1, ':') == NULL)
		len = end - host;
	else			/* no port; an address may come bare */
		len = strlen(host);
	if (len >= size)
		return (-1);
	memcpy(buf, host, len);
	buf[len] = '\0';
	return (0);
}

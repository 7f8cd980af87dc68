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


#include <string.h>

#include "../../hce/tls.h"
#include "tap.h"

static void
name(const char *host, const char *want)
{
	char	 buf[64];

	is_int(tls_server_name(host, buf, sizeof(buf)), 0, "%s is taken",
	    host);
	is_str(buf, want, "the name in %s", host);
}

static void
sni(SSL_CTX *ctx, const char *host, const char *want)
{
	struct addr	 addr;
	const char	*got;
	SSL		*ssl;

	addr_parse("192.0.2.1", &addr);
	ssl = tls_new(ctx, &addr, host, 1);
	ok(ssl != NULL, "a connection to %s", host ? host : "an address");
	if (ssl == NULL)
		return;
	got = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	if (want == NULL)
		ok(got == NULL, "sends no server name");
	else
		is_str(got, want, "sends the server name %s", want);
	is_int(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER, "and verifies");
	SSL_free(ssl);
}

static void
trust(const char *path, int want, const char *what)
{
	struct tls_bundle	 bundle;
	SSL_CTX			*ctx = tls_prepare();

	setenv("SSL_CERT_FILE", path, 1);
	tls_bundle_open(&bundle);
	is_int(tls_trust(ctx, &bundle), want, "%s", what);
	ok(bundle.fd == -1, "nothing of %s is kept", path);
	SSL_CTX_free(ctx);
}

int
main(void)
{
	SSL_CTX	*ctx;
	char	 small[8];

	name("www.example.com", "www.example.com");
	name("www.example.com:8443", "www.example.com");
	name("192.0.2.1:443", "192.0.2.1");
	name("[2001:db8::1]:443", "2001:db8::1");
	name("[2001:db8::1]", "2001:db8::1");
	name("2001:db8::1", "2001:db8::1");
	is_int(tls_server_name("eight.ch", small, sizeof(small)), -1,
	    "a name too long for the buffer is refused");

	ctx = tls_prepare();
	sni(ctx, "www.example.com:8443", "www.example.com");
	sni(ctx, "192.0.2.7", NULL);
	sni(ctx, NULL, NULL);
	SSL_CTX_free(ctx);

	trust("/nonexistent", 0, "no trust from a file that is not there");
	trust("/dev/null", 0, "nor from one that is none");
	trust("/etc/passwd", 0, "nor from one without certificates");
	return (done_testing());
}

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

#include <string.h>

#include "conf_text.h"
#include "tap.h"

/*
 * What regress/conf.t cannot ask lvsd: who may read a file with a secret, and
 * how the parser stands all that a file may hold.
 */

static const char	secret[] =
    "vrrp \"v\" on eth0 {\n"
    "	vrid 1\n"
    "	address 192.0.2.1\n"
    "	auth pass \"pa55word\"\n"
    "}\n";

static const char	plain[] =
    "vrrp \"v\" on eth0 {\n"
    "	vrid 1\n"
    "	address 192.0.2.1\n"
    "}\n";

/* Something of everything, to be mutilated. */
static const char	whole[] =
    "ext = \"eth0\"\n"
    "v = 192.0.2.1	# a comment\n"
    "interval 5s\ntimeout 500ms\nrise 2\nfall 3\n"
    "log state changes\nlog host checks\n"
    "ipvs timeout tcp 15m tcpfin 2m udp 5m\n"
    "socket \"/run/x.sock\"\nscript user root\n"
    "table <t> { 10.0.0.1 weight 3, 10.0.0.2 disable }\n"
    "table <u> disable {\n	fd00::1,\n	fd00::2\n}\n"
    "service \"s\" {\n	listen on $v tcp port 80\n	scheduler wrr\n"
    "	persistent 1m netmask 255.255.255.0\n"
    "	route to <t> check http \"/a\\\"\\x41\" host h code 204 on port 8\n"
    "}\n"
    "service \"u\" {\n	listen on 2001:db8::1 udp port 53\n"
    "	one-packet\n	disable\n"
    "	tunnel to <u> port 53 check send \"a\\r\\n\" expect \"b*\" tls\n}\n"
    "script \"x\" { command \"/bin/test -e '/a b'\" user root }\n"
    "vrrp \"a\" on $ext {\n	vrid 1\n	priority 3\n	version 3\n"
    "	advertise 10ms\n	address $v/24\n	no preempt\n"
    "	track interface eth1 weight -5\n	track script \"x\"\n"
    "	track service \"s\" weight 5\n}\n"
    "vrrp \"b\" on eth1 {\n	vrid 2\n	auth pass 'x'\n"
    "	address 192.0.2.9\n}\n"
    "sync group \"g\" { vrrp \"a\"\n	vrrp \"b\" }\n";

static struct conf *
read_as(const char *text, mode_t mode, int flags)
{
	conf_write("lvsd.conf", mode, text, strlen(text));
	return (conf_read("lvsd.conf", NULL, flags));
}

static void
test_secrets(void)
{
	struct conf	*c;

	c = read_as(secret, 0600, 0);
	ok(c != NULL, "a secret that only the owner can read");
	is_int(memcmp(TAILQ_FIRST(&c->vrrps)->conf.pass, "pa55word", 8), 0,
	    "is taken");
	conf_free(c);
	ok(read_as(secret, 0640, 0) == NULL, "not one that group can read");
	ok(strstr(conf_said, "chmod 600") != NULL, "with the remedy");
	ok(strstr(conf_said, "pa55word") == NULL, "without the secret");
	ok(read_as(secret, 0604, 0) == NULL, "nor one that others can");
	c = read_as(secret, 0644, CONF_P_CHECK_ONLY);
	ok(c != NULL, "a mere check does not ask");
	conf_free(c);
	c = read_as(plain, 0644, 0);
	ok(c != NULL, "without a secret all may read");
	conf_free(c);
	ok(read_as(plain, 0664, 0) == NULL, "but not write");
	ok(read_as(plain, 0646, CONF_P_CHECK_ONLY) == NULL,
	    "not even for a mere check");
}

/* The secret may come by way of another file, or of a macro. */
static void
test_secrets_elsewhere(void)
{
	struct conf		*c;
	struct conf_macros	 macros = TAILQ_HEAD_INITIALIZER(macros);
	struct conf_macro	 m;
	char			 name[] = "pw", value[] = "hidden";
	static const char	 user[] = "include \"part.conf\"\n"
	    "vrrp \"v\" on eth0 {\n	vrid 1\n	address 192.0.2.1\n"
	    "	auth pass $pw\n}\n";

	conf_write("part.conf", 0644, secret, strlen(secret));
	conf_write("lvsd.conf", 0600, "include \"part.conf\"\n", 20);
	ok(conf_read("lvsd.conf", NULL, 0) == NULL,
	    "a secret in an included file that others can read");
	ok(strstr(conf_said, "part.conf, so it is no secret") != NULL,
	    "is found there");
	conf_write("part.conf", 0644, "pw = hidden\n", 12);
	conf_write("lvsd.conf", 0600, user, strlen(user));
	ok(conf_read("lvsd.conf", NULL, 0) == NULL,
	    "so is a macro of such a file");
	conf_write("part.conf", 0644, "p = hidden\npw = $p\n", 19);
	ok(conf_read("lvsd.conf", NULL, 0) == NULL, "or a macro of a macro");
	conf_write("part.conf", 0600, "pw = hidden\n", 12);
	c = conf_read("lvsd.conf", NULL, 0);
	ok(c != NULL, "not that of a private file");
	conf_free(c);
	conf_write("part.conf", 0644, "# nothing\n", 10);
	m.name = name;
	m.value = value;
	TAILQ_INSERT_TAIL(&macros, &m, entry);
	c = conf_read("lvsd.conf", &macros, 0);
	ok(c != NULL, "nor that of the command line");
	conf_free(c);
}

static void
test_positions(void)
{
	struct conf		*c;
	const struct conf_vrrp	*v;

	conf_write("part.conf", 0600, plain, strlen(plain));
	conf_write("lvsd.conf", 0600, "# one\ninclude \"part.conf\"\n", 26);
	if ((c = conf_read("lvsd.conf", NULL, 0)) == NULL)
		errx(1, "%s", conf_said);
	v = TAILQ_FIRST(&c->vrrps);
	ok(strstr(v->file, "/part.conf") != NULL && v->line == 1,
	    "an object knows where it stands");
	conf_free(c);
}

static void
test_argv(void)
{
	struct conf	*c;
	char		**argv;

	c = conf_text("script s { command \"/bin/a  'b c'\\t\\\"d\\\\\\\\ e\\\""
	    " f\\\\ g ''\" }\n"
	    "vrrp v on eth0 {\n	vrid 1\n	address 192.0.2.1\n"
	    "	track script s\n}\n");
	ok(c == NULL, "a tab is no part of a command");
	c = conf_text("script s { command \"/bin/a  'b c' \\\"d\\\\\\\\ e\\\""
	    " f\\\\ g ''\" }\n"
	    "vrrp v on eth0 {\n	vrid 1\n	address 192.0.2.1\n"
	    "	track script s\n}\n");
	if (c == NULL)
		errx(1, "%s", conf_said);
	argv = TAILQ_FIRST(&c->scripts)->argv;
	is_str(argv[0], "/bin/a", "a command is split at blanks");
	is_str(argv[1], "b c", "not inside single quotes");
	is_str(argv[2], "d\\ e", "nor double ones");
	is_str(argv[3], "f g", "a backslash keeps a blank");
	is_str(argv[4], "", "an empty word is one");
	ok(argv[5] == NULL, "and there it ends");
	conf_free(c);
}

/* The error messages of a bad file are bounded. */
static void
test_many_errors(void)
{
	char	*text;
	size_t	 i, n = 5000;

	if ((text = calloc(n, 4)) == NULL)
		err(1, NULL);
	for (i = 0; i < n; i++)
		memcpy(text + i * 4, "xx\n\n", 4);
	conf_write("lvsd.conf", 0600, text, n * 4);
	free(text);
	ok(conf_read("lvsd.conf", NULL, 0) == NULL, "5000 errors are errors");
	is_int(conf_errors, 100, "of which 99 are told, and that it was many");
}

/* A generator whose numbers are the same in each run. */
static uint32_t
roll(uint32_t *state, uint32_t sides)
{
	*state = *state * 1664525 + 1013904223;
	return ((*state >> 8) % sides);
}

/* Cut, double, overwrite or swap a piece. */
static size_t
mutate(char *buf, size_t len, size_t max, uint32_t *state)
{
	static const char	 odd[] = "{}<>\"'\\$#,;=\n\t \0x1/\xff\x80-";
	size_t			 at, n;

	at = roll(state, len);
	n = 1 + roll(state, 12);
	if (n > len - at)
		n = len - at;
	switch (roll(state, 4)) {
	case 0:
		if (n == len)
			break;
		memmove(buf + at, buf + at + n, len - at - n);
		return (len - n);
	case 1:
		if (len + n > max)
			break;
		memmove(buf + at + n, buf + at, len - at);
		return (len + n);
	case 2:
		buf[at] = odd[roll(state, sizeof(odd) - 1)];
		break;
	default:
		buf[at] = buf[roll(state, len)];
		break;
	}
	return (len);
}

/* What is still right must print as what reads again as the same. */
static int
prints_the_same(const struct conf *c)
{
	struct conf	*again;
	char		*a = NULL, *b = NULL;
	size_t		 alen, blen;
	FILE		*f;
	int		 same = 0;

	if ((f = open_memstream(&a, &alen)) == NULL)
		err(1, "open_memstream");
	conf_print(c, f);
	fclose(f);
	conf_write("lvsd.conf", 0600, a, alen);
	if ((again = conf_read("lvsd.conf", NULL, 0)) != NULL) {
		if ((f = open_memstream(&b, &blen)) == NULL)
			err(1, "open_memstream");
		conf_print(again, f);
		fclose(f);
		same = strcmp(a, b) == 0;
		conf_free(again);
	}
	if (!same)
		printf("# %s\n# printed:\n%s\n", conf_said, a);
	free(a);
	free(b);
	return (same);
}

static void
test_mutants(void)
{
	struct conf	*c;
	char		 buf[8192];
	size_t		 len;
	uint32_t	 state = 2026, next = 1;
	int		 i, k, right = 0, silent = 0, differ = 0;

	for (i = 0; i < 4000; i++) {
		len = strlen(whole);
		memcpy(buf, whole, len);
		for (k = 1 + roll(&state, 6); k > 0; k--)
			len = mutate(buf, len, sizeof(buf), &state);
		conf_write("lvsd.conf", 0600, buf, len);
		if ((c = conf_read("lvsd.conf", NULL, 0)) == NULL) {
			silent += conf_errors == 0;
			continue;
		}
		right++;
		silent += conf_errors != 0;
		conf_assign_ids(c, NULL, &next);
		differ += !prints_the_same(c);
		conf_free(c);
	}
	ok(right > 0 && right < i, "some of 4000 mutants are right, some not");
	is_int(silent, 0, "each that is refused has an error, no other");
	is_int(differ, 0, "each that is right prints as the same");
}

/* Cut off anywhere, it is an error or a whole thing, but no crash. */
static void
test_cuts(void)
{
	struct conf	*c;
	size_t		 len;
	int		 silent = 0;

	for (len = 0; len < strlen(whole); len++) {
		conf_write("lvsd.conf", 0600, whole, len);
		c = conf_read("lvsd.conf", NULL, 0);
		silent += (c == NULL) != (conf_errors > 0);
		conf_free(c);
	}
	is_int(silent, 0, "a file cut off anywhere is refused or whole");
	c = conf_text(whole);
	ok(c != NULL, "and all of it is right: %s", conf_said);
	conf_free(c);
}

int
main(void)
{
	static const char *const	 files[] = {
		"lvsd.conf", "part.conf", NULL
	};

	conf_begin();
	test_secrets();
	test_secrets_elsewhere();
	test_positions();
	test_argv();
	test_many_errors();
	test_cuts();
	test_mutants();
	conf_end(files);
	return (done_testing());
}

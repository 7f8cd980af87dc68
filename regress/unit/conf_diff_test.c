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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../conf/diff.h"
#include "conf_text.h"
#include "tap.h"

static FILE	*told;
static char	*text;
static size_t	 size;

static void
tell(void *, const char *line)
{
	fprintf(told, "%s\n", line);
}

/* What is told of the way from one text to the other. */
static const char *
diff(const char *old, const char *new, int *n)
{
	free(text);
	text = NULL;
	if ((told = open_memstream(&text, &size)) == NULL)
		abort();
	*n = conf_diff(old, new, tell, NULL);
	fclose(told);
	return (text);
}

/* The same of two files, with what became of their secrets. */
static const char *
of_files(const char *old, const char *new, int *n)
{
	struct conf	*a, *b;
	FILE		*f;
	uint32_t	 next = 1;
	char		*was, *is = NULL;
	size_t		 len;

	if ((a = conf_text(old)) == NULL || (b = conf_text(new)) == NULL)
		abort();
	conf_assign_ids(a, NULL, &next);
	conf_assign_ids(b, a, &next);
	if ((was = conf_canonical(a)) == NULL ||
	    (f = open_memstream(&is, &len)) == NULL)
		abort();
	conf_print(b, f);
	conf_print_renewed(b, a, f);
	fclose(f);
	diff(was, is, n);
	free(was);
	free(is);
	conf_free(a);
	conf_free(b);
	return (text);
}

#define TABLE	"table <web> { 10.0.0.1, 10.0.0.2 weight 3 }\n"
#define SERVICE(sched)							\
	"service \"www\" { listen on 192.0.2.1 tcp port 80\n"		\
	"scheduler " sched "\nforward to <web> port 80 check tcp }\n"
#define VRRP(pass, addr)						\
	"vrrp \"VI\" on \"eth0\" { vrid 1\nauth pass \"" pass "\"\n"	\
	"address " addr "/24 }\n"
#define KEY1	"0123456789abcdef0123456789abcdef"
#define KEY2	"0123456789abcdef0123456789abcdeX"
#define HMAC(key)							\
	"vrrp \"VI\" on \"eth0\" { vrid 1\nversion 3\n"			\
	"auth hmac key 1 \"" key "\" active\naddress 192.0.2.9/24 }\n"
#define HTTP(header)							\
	TABLE "service \"www\" { listen on 192.0.2.1 tcp port 80\n"	\
	"forward to <web> port 80 check http \"/\" code 200 "		\
	"header \"" header "\" }\n"

static void
test_files(void)
{
	int	 n;

	is_str(of_files(TABLE SERVICE("rr"), TABLE SERVICE("rr"), &n), "",
	    "nothing has changed");
	is_int(n, 0, "in nothing");
	is_str(of_files(TABLE SERVICE("rr"), TABLE SERVICE("wlc"), &n),
	    "changed service \"www\"\n\t- scheduler rr\n\t+ scheduler wlc\n",
	    "another scheduler");
	is_int(n, 1, "of one object");
	is_str(of_files(TABLE SERVICE("rr"),
	    "table <web> { 10.0.0.3, 10.0.0.2 weight 5 }\n" SERVICE("rr"), &n),
	    "changed table <web>\n\t- 10.0.0.1\n\t- 10.0.0.2 weight 3\n"
	    "\t+ 10.0.0.2 weight 5\n\t+ 10.0.0.3\n",
	    "hosts: one less, one of another weight, one more");
	is_str(of_files(TABLE SERVICE("rr"),
	    "table <web> { 10.0.0.2 weight 3, 10.0.0.1 }\n" SERVICE("rr"), &n),
	    "changed table <web>\n\tthe order of its lines\n",
	    "the same hosts in another order");
	is_str(of_files(TABLE SERVICE("rr"),
	    "table <web> disable { 10.0.0.1, 10.0.0.2 weight 3 }\n"
	    SERVICE("rr"), &n),
	    "changed table <web>\n\t+ disable\n", "what stands behind a name");
	is_str(of_files(TABLE SERVICE("rr"), "log state changes\n" TABLE
	    SERVICE("rr"), &n), "added global\n\t+ log state changes\n",
	    "what stands in no block");
}

static void
test_secrets(void)
{
	int	 n;

	is_str(of_files(VRRP("secret1", "192.0.2.9"),
	    VRRP("secret2", "192.0.2.9"), &n),
	    "changed vrrp \"VI\"\n\t+ auth pass is another password\n",
	    "another password");
	is_str(of_files(VRRP("secret1", "192.0.2.9"),
	    VRRP("secret1", "192.0.2.8"), &n),
	    "changed vrrp \"VI\"\n\t- address 192.0.2.9/24\n"
	    "\t+ address 192.0.2.8/24\n", "the same password");
	is_str(of_files(HMAC(KEY1), HMAC(KEY2), &n),
	    "changed vrrp \"VI\"\n\t+ auth hmac key 1 is another key\n",
	    "another key");
	of_files(TABLE SERVICE("rr"), TABLE SERVICE("rr")
	    VRRP("secret1", "192.0.2.9"), &n);
	ok(strstr(text, "added vrrp \"VI\"\n\t+ on \"eth0\"\n") != NULL &&
	    strstr(text, "\t+ auth pass \"********\"\n") != NULL &&
	    strstr(text, "secret1") == NULL, "a new instance");
	of_files(HTTP("Authorization: Basic aaaa"),
	    HTTP("Authorization: Basic bbbb"), &n);
	is_int(n, 1, "another header");
	ok(strstr(text, "Basic") == NULL && strstr(text,
	    " header \"Authorization: ********\"") != NULL,
	    "without what it says");
}

static const char *
hidden(const char *line)
{
	FILE	*f;

	free(text);
	text = NULL;
	if ((f = open_memstream(&text, &size)) == NULL)
		abort();
	conf_hide(line, strlen(line), f);
	fclose(f);
	return (text);
}

static void
test_hide(void)
{
	is_str(hidden("forward to <a> check tcp send \"AUTH \\\"x\\\" y\" "
	    "expect \"OK\""), "forward to <a> check tcp send \"********\" "
	    "expect \"OK\"", "what is sent");
	is_str(hidden("check tcp binary send 00ff expect 01"),
	    "check tcp binary send \"********\" expect 01", "bytes, too");
	is_str(hidden("check tcp send nothing expect \"x\""),
	    "check tcp send nothing expect \"x\"", "nothing is nothing");
	is_str(hidden("notify \"/bin/mail send header x\" header"),
	    "notify \"/bin/mail ********\" header", "what a program is told");
	is_str(hidden("script \"send header x\" header"),
	    "script \"send header x\" header", "words in others");
	is_str(hidden("check http \"/a/b?token=c\" code 200"),
	    "check http \"/a/b?********\" code 200", "the query of a path");
	is_str(hidden("check http \"/a/b\" code 200"),
	    "check http \"/a/b\" code 200", "a path is none");
	is_str(hidden("check http \"/"), "check http \"/", "half of one");
	is_str(hidden(""), "", "nothing at all");
	is_str(hidden("a  send "), "a  send ", "an end too early");
	is_str(hidden("header \"x\\\""), "header \"********\"",
	    "an end in the middle");
}

static void
test_texts(void)
{
	int	 n;

	is_str(diff("", "", &n), "", "two texts of nothing");
	is_str(diff("a \"x\" {\n\tl 1\n\tl 1\n}\n", "a \"x\" {\n\tl 1\n}\n",
	    &n), "changed a \"x\"\n\t- l 1\n", "a line less of two alike");
	is_str(diff("a \"x\" {\n\tl 1\n}\na \"y\" {\n\tm\n}\n",
	    "a \"y\" {\n\tm\n}\na \"x\" {\n\tl 1\n}\n", &n), "",
	    "the order of objects is none of theirs");
	is_str(diff("a \"x } {\" {\n\tl\n}\n", "b <x> {\n\tl\n}\n", &n),
	    "removed a \"x } {\"\n\t- l\nadded b <x>\n\t+ l\n",
	    "names with all in them");
	is_int(n, 2, "two objects");
	is_str(diff("a \"x\" {\n\tone 1\n\ttwo 2\n}\n",
	    "a \"x\" {\n\tonly 1\n\ttwo 3\n}\n", &n),
	    "changed a \"x\"\n\t- one 1\n\t- two 2\n\t+ two 3\n\t+ only 1\n",
	    "only lines of one statement stand together");
}

int
main(void)
{
	static const char	*const names[] = { "lvsd.conf", NULL };

	conf_begin();
	test_files();
	test_secrets();
	test_hide();
	test_texts();
	free(text);
	conf_end(names);
	return (done_testing());
}

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

#include <ctype.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "build.h"
#include "outline.h"

/* The longest command, in bytes. */
#define COMMAND_LEN	1024

static int	 value_plain(const struct lex_str *);
static int	 argv_word(const char **, char *);

static const struct {
	const char	*unit;
	uint32_t	 ms;
} units[] = {
	/* The largest first, the bare number last. */
	{ "h",	60 * 60 * 1000 },
	{ "m",	60 * 1000 },
	{ "s",	1000 },
	{ "ms",	1 },
	{ "",	1000 }
};

#define NUNITS	(sizeof(units) / sizeof(units[0]))

/* Printed ASCII through and through, so that it can be shown anywhere. */
static int
value_plain(const struct lex_str *str)
{
	size_t	 i;

	for (i = 0; i < str->len; i++)
		if (str->s[i] < ' ' || str->s[i] > '~')
			return (0);
	return (1);
}

int
value_number(struct parse *p, const char *what, const struct lex_str *str,
    int min, int max)
{
	const char	*errstr, *s = str->s;
	int		 n;

	/* strtonum(3) takes blanks and signs that nobody means. */
	if (*s == '-')
		s++;
	if (*s == '\0' || s[strspn(s, "0123456789")] != '\0' ||
	    strlen(str->s) != str->len) {
		conf_error(p, "%s: \"%s\" is not a number", what, str->s);
		return (min);
	}
	n = strtonum(str->s, min, max, &errstr);
	if (errstr == NULL)
		return (n);
	conf_error(p, "%s %s: must be from %d to %d", what, str->s, min, max);
	return (min);
}

/* Marks are often masks of bits: they may be hexadecimal. */
uint32_t
value_mark(struct parse *p, const struct lex_str *str)
{
	const char		*digits = "0123456789", *s = str->s;
	unsigned long long	 mark = 0;
	int			 base = 10;

	if (strncmp(s, "0x", 2) == 0) {
		digits = "0123456789abcdefABCDEF";
		base = 16;
		s += 2;
	}
	if (*s != '\0' && s[strspn(s, digits)] == '\0' &&
	    strlen(str->s) == str->len)
		mark = strtoull(s, NULL, base);
	if (mark >= VIA_MARK && mark - VIA_MARK < VIA_MARKS) {
		conf_error(p, "mark %s: those from %#x to %#x are of checks "
		    "via services", str->s, VIA_MARK,
		    VIA_MARK + VIA_MARKS - 1);
		return (0);
	}
	if (mark >= 1 && mark <= UINT32_MAX)
		return (mark);
	conf_error(p, "mark %s: must be a number from 1 to %u", str->s,
	    UINT32_MAX);
	return (0);
}

const char *
duration_str(uint32_t ms, char *buf)
{
	size_t	 i;

	for (i = 0; i < NUNITS - 1; i++)
		if (ms % units[i].ms == 0 && ms >= units[i].ms)
			break;
	if (i == NUNITS - 1)
		(void)snprintf(buf, DURATION_STRLEN, "%us", ms / 1000);
	else
		(void)snprintf(buf, DURATION_STRLEN, "%u%s", ms / units[i].ms,
		    units[i].unit);
	return (buf);
}

uint32_t
value_ms(struct parse *p, const char *what, const struct lex_str *str,
    uint32_t min, uint32_t max)
{
	char			 low[DURATION_STRLEN], high[DURATION_STRLEN];
	unsigned long long	 n = 0;
	const char		*s;
	size_t			 i;

	/* Ten digits are more than any bound, and fit with any unit. */
	for (s = str->s; isdigit((unsigned char)*s) && s - str->s < 10; s++)
		n = n * 10 + (*s - '0');
	for (i = 0; i < NUNITS; i++)
		if (strcmp(s, units[i].unit) == 0)
			break;
	if (s == str->s || i == NUNITS || strlen(str->s) != str->len) {
		conf_error(p, "%s: \"%s\" is not a time, which is a whole "
		    "number with ms, s, m or h, or alone for seconds", what,
		    str->s);
		return (0);
	}
	n *= units[i].ms;
	if (n < min || n > max) {
		conf_error(p, "%s %s: must be from %s to %s", what, str->s,
		    duration_str(min, low), duration_str(max, high));
		return (0);
	}
	return (n);
}

uint32_t
value_seconds(struct parse *p, const char *what, const struct lex_str *str,
    uint32_t max)
{
	uint32_t	 ms;

	/* In milliseconds 31 days still fit. */
	if ((ms = value_ms(p, what, str, 1000, max * 1000)) % 1000 != 0) {
		conf_error(p, "%s %s: must be whole seconds", what, str->s);
		return (0);
	}
	return (ms / 1000);
}

uint32_t
value_days(struct parse *p, const char *what, const struct lex_str *str,
    int max)
{
	const char	*errstr;
	char		 copy[8];
	size_t		 len;
	uint32_t	 n;

	len = strspn(str->s, "0123456789");
	if (strlcpy(copy, str->s, sizeof(copy)) < sizeof(copy) && len > 0 &&
	    (str->s[len] == '\0' || strcmp(str->s + len, "d") == 0)) {
		copy[len] = '\0';
		n = strtonum(copy, 1, max, &errstr);
		if (errstr == NULL)
			return (n);
	}
	conf_error(p, "%s %s: must be from 1d to %dd", what, str->s, max);
	return (0);
}

int
value_name(struct parse *p, const char *what, const struct lex_str *str,
    char *name)
{
	if (str->len == 0) {
		conf_error(p, "%s: a name must not be empty", what);
		return (-1);
	}
	if (!value_plain(str) || strpbrk(str->s, "\"\\") != NULL) {
		conf_error(p, "%s: a name is made of printable ASCII without "
		    "quotes and backslashes", what);
		return (-1);
	}
	if (strlcpy(name, str->s, NAME_LEN) >= NAME_LEN) {
		conf_error(p, "%s \"%s\": the name is longer than %d bytes",
		    what, str->s, NAME_LEN - 1);
		return (-1);
	}
	return (0);
}

/* What the kernel takes: dev_valid_name(), net/core/dev.c. */
int
value_ifname(struct parse *p, const struct lex_str *str, char *name)
{
	if (str->len == 0 || !value_plain(str) ||
	    strpbrk(str->s, "/: ") != NULL || strcmp(str->s, ".") == 0 ||
	    strcmp(str->s, "..") == 0) {
		conf_error(p, "\"%s\" is not the name of an interface",
		    str->s);
		return (-1);
	}
	if (strlcpy(name, str->s, IFNAMSIZ) >= IFNAMSIZ) {
		conf_error(p, "interface \"%s\": the name is longer than %d "
		    "bytes", str->s, IFNAMSIZ - 1);
		return (-1);
	}
	return (0);
}

int
value_text(struct parse *p, const char *what, const struct lex_str *str)
{
	if (str->len > 0 && value_plain(str) && strchr(str->s, ' ') != NULL) {
		conf_error(p, "%s: must be printable ASCII without blanks",
		    what);
		return (-1);
	}
	return (value_line(p, what, str));
}

int
value_line(struct parse *p, const char *what, const struct lex_str *str)
{
	if (str->len == 0) {
		conf_error(p, "%s: must not be empty", what);
		return (-1);
	}
	if (!value_plain(str)) {
		conf_error(p, "%s: must be printable ASCII", what);
		return (-1);
	}
	if (str->len > CHECK_ITEM_LEN) {
		conf_error(p, "%s: longer than %d bytes", what,
		    CHECK_ITEM_LEN);
		return (-1);
	}
	return (0);
}

int
value_hex(struct parse *p, const char *what, const struct lex_str *str,
    uint8_t *bytes, size_t size)
{
	char	 pair[3] = "";
	size_t	 i;

	if (str->len == 0 || str->len % 2 != 0 ||
	    str->s[strspn(str->s, "0123456789abcdefABCDEF")] != '\0' ||
	    strlen(str->s) != str->len) {
		conf_error(p, "%s \"%s\": must be pairs of hexadecimal "
		    "digits", what, str->s);
		return (-1);
	}
	if (str->len / 2 > size) {
		conf_error(p, "%s: longer than %zu bytes", what, size);
		return (-1);
	}
	for (i = 0; i < str->len / 2; i++) {
		memcpy(pair, str->s + i * 2, 2);
		bytes[i] = strtoul(pair, NULL, 16);
	}
	return (str->len / 2);
}

char *
value_path(struct parse *p, const char *what, const struct lex_str *str,
    size_t size)
{
	char	*path;

	if (str->s[0] != '/' || !value_plain(str)) {
		conf_error(p, "%s \"%s\": must be an absolute path", what,
		    str->s);
		return (NULL);
	}
	if (str->len >= size) {
		conf_error(p, "%s: longer than %zu bytes", what, size - 1);
		return (NULL);
	}
	if ((path = strdup(str->s)) == NULL)
		diag_nomem(&p->diag);
	return (path);
}

char *
value_user(struct parse *p, const struct lex_str *str)
{
	char	*user;

	outline_spoil(p->conf->outline);
	/* As resolve.c does it: no question leaves this machine. */
	(void)__nss_configure_lookup("passwd", "files");
	if (strlen(str->s) != str->len || getpwnam(str->s) == NULL) {
		conf_error(p, "user \"%s\": not found in /etc/passwd",
		    str->s);
		return (NULL);
	}
	if ((user = strdup(str->s)) == NULL)
		diag_nomem(&p->diag);
	return (user);
}

/*
 * Take one word of a command: blanks end it, but not inside quotes; a
 * backslash makes the next character an ordinary one, but not inside single
 * quotes.  1: there is one, 0: no more, -1: a quote is open.
 */
static int
argv_word(const char **s, char *out)
{
	char	 quote = '\0';

	*s += strspn(*s, " \t");
	if (**s == '\0')
		return (0);
	for (; **s != '\0'; (*s)++) {
		if (quote == '\0' && (**s == ' ' || **s == '\t'))
			break;
		if (quote != '\0' && **s == quote) {
			quote = '\0';
			continue;
		}
		if (quote == '\0' && (**s == '"' || **s == '\'')) {
			quote = **s;
			continue;
		}
		if (**s == '\\' && quote != '\'') {
			(*s)++;
			if (**s == '\0')
				return (-1);
		}
		*out++ = **s;
	}
	*out = '\0';
	return (quote == '\0' ? 1 : -1);
}

char **
value_argv(struct parse *p, const char *what, const struct lex_str *str)
{
	char		 word[COMMAND_LEN + 1];
	char		**argv;
	const char	*s = str->s;
	int		 n = 0, more;

	if (str->len > COMMAND_LEN || !value_plain(str)) {
		conf_error(p, "%s: must be printable ASCII of at most %d bytes",
		    what, COMMAND_LEN);
		return (NULL);
	}
	if ((argv = calloc(ARGV_MAX + 1, sizeof(*argv))) == NULL) {
		diag_nomem(&p->diag);
		return (NULL);
	}
	while ((more = argv_word(&s, word)) == 1 && n < ARGV_MAX)
		if ((argv[n++] = strdup(word)) == NULL) {
			diag_nomem(&p->diag);
			goto fail;
		}
	if (more == -1)
		conf_error(p, "%s \"%s\": a quote or backslash is open at the "
		    "end", what, str->s);
	else if (more == 1)
		conf_error(p, "%s: more than %d words", what, ARGV_MAX);
	else if (n == 0 || argv[0][0] != '/')
		conf_error(p, "%s \"%s\": must begin with the absolute path of "
		    "a program", what, str->s);
	else
		return (argv);
 fail:
	while (n > 0)
		free(argv[--n]);
	free(argv);
	return (NULL);
}

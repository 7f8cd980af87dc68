#!/bin/sh
#
# The configuration language.  regress/conf/*.in are files to be read: beside
# each is a .ok, the canonical text that `lvsd -nv' must print and read again
# as the same, or a .err, what `lvsd -n' must say of it.
#
# `regress/conf.t -u' writes .ok and .err anew, to be looked at with git diff.

. "$(dirname "$0")/lib.sh"

OBJ=${OBJ:-$TOP/build}
case $OBJ in
/*) ;;
*) OBJ=$TOP/$OBJ ;;
esac
LVSD=${LVSD:-$OBJ/lvsd}
[ -x "$LVSD" ] || bail "no $LVSD: run make first"

dir=$(mktemp -d "${TMPDIR:-/tmp}/conf.XXXXXX") || bail "no temporary directory"
trap 'rm -rf "$dir"' EXIT
cd "$TOP/regress/conf" || bail "no $TOP/regress/conf"

# A check-out of git may have left what group can write.
umask 022
cp *.in *.inc "$dir"
chmod 644 "$dir"/*
cases=$(ls *.in | sed 's/\.in$//')

update() {
	for name in $cases; do
		if (cd "$dir" && "$LVSD" -nv -f "$name.in") >"$dir/out" \
		    2>"$dir/err"; then
			rm -f "$name.err"
			cp "$dir/out" "$name.ok"
		else
			rm -f "$name.ok"
			cp "$dir/err" "$name.err"
		fi
	done
}

if [ "${1-}" = -u ]; then
	update
	exit 0
fi

for name in $cases; do
	if [ "$name" = portnames ] && [ ! -e /etc/services ]; then
		skip 2 "no /etc/services to find names of ports in"
		continue
	fi
	got=$(cd "$dir" && "$LVSD" -nv -f "$name.in" 2>"$dir/err")
	if [ -e "$name.ok" ]; then
		is "$name is read" "$got" "$(cat "$name.ok")"
		is "$name: its canonical text is read as the same" \
		    "$(cat "$name.ok" | "$LVSD" -nv -f /dev/stdin 2>&1)" \
		    "$(cat "$name.ok")"
	elif [ -e "$name.err" ]; then
		is "$name is refused" "$(cat "$dir/err")" "$(cat "$name.err")"
		is "$name: nothing is printed" "$got" ""
	else
		fail "$name has neither .ok nor .err"
	fi
done

# The shipped example, as the directors of the demonstration use it.
cp "$TOP/conf/lvsd.conf" "$dir/lvsd.conf"
chmod 644 "$dir/lvsd.conf"
exits "the example is right" 0 "$LVSD" -n -f "$dir/lvsd.conf"
is "and says so" "$output" "configuration OK"
like "-D replaces what it says" \
    "$("$LVSD" -nv -D prio=90 -D ext_if=lan0 -f "$dir/lvsd.conf")" \
    'priority 90'

# So are the examples of the manual.
awk -v dir="$dir" '
	/^\.Sh/		{ inside = $2 == "MACROS" || $2 == "EXAMPLES" }
	/^\.Bd/ && inside	{ file = dir "/manual" ++n ".conf"; next }
	/^\.Ed/			{ file = "" }
	file != ""		{ gsub(/\\e/, "\\"); print >file }
' "$TOP/man/lvsd.conf.5"
# The one of MACROS shows a table only for the macro in it.
cat >>"$dir/manual1.conf" <<'CONF'
service "www" {
	listen on $vip tcp port 80
	forward to <web>
}
CONF
number=1
while [ -e "$dir/manual$number.conf" ]; do
	exits "example $number of the manual is right" 0 \
	    "$LVSD" -n -f "$dir/manual$number.conf"
	number=$((number + 1))
done
ok "there are some" test "$number" -gt 6

# Macros of the command line.
sed 's/\$prio/90/' "$dir/lvsd.conf" >"$dir/d.conf"
exits "it may be of a macro that the file only defines" 0 \
    "$LVSD" -n -D prio=90 -f "$dir/d.conf"
exits "-D of a macro that is not there is refused" 1 \
    "$LVSD" -n -D pro=90 -f "$dir/lvsd.conf"
is "by name" "$output" \
    "-D pro: $dir/lvsd.conf neither defines nor uses this macro"
exits "-D wants a name" 1 "$LVSD" -n -D 1a=90 -f "$dir/lvsd.conf"
like "and says what one is" "$output" '^-D 1a: a name is letters'
echo 'vrrp VI on eth0 { vrid $id; }' | tr ';' '\n' >"$dir/d.conf"
exits "an undefined macro is an error" 1 "$LVSD" -n -f "$dir/d.conf"
cat >"$dir/d.conf" <<'CONF'
vrrp VI on eth0 {
	vrid $id
	address 192.0.2.1
}
CONF
exits "but -D defines it" 0 "$LVSD" -n -D id=7 -f "$dir/d.conf"

# Files.
exits "a missing file is an error" 1 "$LVSD" -n -f "$dir/none.conf"
is "and named" "$output" "$dir/none.conf: No such file or directory"
exits "a directory is no configuration" 1 "$LVSD" -n -f "$dir"
like "and named" "$output" ': not a regular file$'
printf 'interval 2s\ntimeout \0 1s\n' >"$dir/nul.conf"
exits "a NUL is refused" 1 "$LVSD" -n -f "$dir/nul.conf"
is "with its line" "$output" \
    "$dir/nul.conf:2: a NUL byte; this is not a text file"
chmod g+w "$dir/d.conf"
exits "a file that group can write is refused" 1 \
    "$LVSD" -n -D id=7 -f "$dir/d.conf"
like "with the remedy" "$output" 'chmod go-w'
chmod 602 "$dir/d.conf"
exits "so is one that others can write" 1 \
    "$LVSD" -n -D id=7 -f "$dir/d.conf"
mkdir "$dir/sub"
echo 'include "part.conf"' >"$dir/sub/main.conf"
cat >"$dir/sub/part.conf" <<'CONF'
vrrp VI on eth0 {
	vrid 7
	address 192.0.2.1
}
CONF
exits "include is relative to the file" 0 "$LVSD" -n -f "$dir/sub/main.conf"
chmod 666 "$dir/sub/part.conf"
exits "an included file that others can write is refused" 1 \
    "$LVSD" -n -f "$dir/sub/main.conf"
like "where it is included" "$output" '/sub/main.conf:1: .*/sub/part.conf: '

# Big ones are read in a time that grows with their size; a search through
# lists would take minutes here.
awk 'BEGIN {
	for (i = 0; i < 16000; i++) {
		a = int(i / 250) "." i % 250 + 1
		printf "table <t%d> {\n", i
		for (j = 0; j < 6; j++)
			printf "\t10.%d.%s\n", j, a
		printf "}\nservice s%d {\n\tlisten on 192.%s.1 tcp port 80\n" \
		    "\tforward to <t%d> check tcp\n}\n", i, a, i
	}
}' >"$dir/big.conf"
exits "16,000 services of 96,000 hosts are read" 0 \
    timeout 60 "$LVSD" -n -f "$dir/big.conf"
awk 'BEGIN {
	print "table <t> {"
	for (i = 0; i < 100000; i++)
		printf "\t10.%d.%d.%d\n", i / 62500, i / 250 % 250, i % 250 + 1
	print "}\nservice s {\n\tlisten on 192.0.2.1 tcp port 80"
	print "\tforward to <t>\n}"
}' >"$dir/big.conf"
exits "so is a table of 100,000 hosts" 0 \
    timeout 60 "$LVSD" -n -f "$dir/big.conf"

done_testing

#!/bin/sh
#
# Both compilers and both yaccs build everything without a warning, and what
# is shipped is hardened.

. "$(dirname "$0")/lib.sh"

dir=$(mktemp -d "${TMPDIR:-/tmp}/build.XXXXXX") || bail "no temporary directory"
trap 'rm -rf "$dir"' EXIT
cd "$TOP" || bail "no $TOP"

# Arguments of make, as users would give them.
build() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -j "${JOBS:-2}" OBJ="$dir/$1" \
	    CFLAGS=-Werror "$2" "$3"
}

ok "gcc and byacc build without a warning" build gcc CC=gcc YACC=byacc
ok "clang and bison build without a warning" build clang CC=clang \
    YACC="bison -y -Wno-yacc"

dynamic() {
	readelf -W -d "$dir/gcc/$1"
}

for program in lvsd lvsctl; do
	like "$program is position independent" \
	    "$(readelf -W -h "$dir/gcc/$program")" 'Type: +DYN'
	like "$program binds at start" "$(dynamic $program)" 'BIND_NOW|NOW'
	like "$program has its relocations read-only" \
	    "$(readelf -W -l "$dir/gcc/$program")" GNU_RELRO
	unlike "$program has no executable stack" \
	    "$(readelf -W -l "$dir/gcc/$program")" 'GNU_STACK.*RWE'
	like "$program guards its stack" \
	    "$(readelf -W --dyn-syms "$dir/gcc/$program")" __stack_chk_fail
	like "$program is fortified" \
	    "$(readelf -W --dyn-syms "$dir/gcc/$program")" '_chk@'
done
unlike "lvsctl does without the daemon's libraries" "$(dynamic lvsctl)" \
    'libevent|libnl|libssl|libcap-ng'

done_testing

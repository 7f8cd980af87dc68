# regress/hce.sh: hce as the program runs it, confined, in a network and mount
# namespace of its own, with a parent that says what a test wants said.
# Sourced after lib.sh.
#
#	dir			a directory of the test's own
#	pids			processes to end with the test
#	hce_start [VAR=VALUE...]	start it; its pid is in $hce
#	say LINE...		to hce's parent, see drive() in
#				unit/hce_engine_test.c
#	conf			hce gets the configuration on standard input,
#				and a host is called by its table's name
#	told ID ERE		the last status of the host matches
#	verdict DESC ID ERE	a result: it does so soon
#	hce_stop		end it in good order; its exit status

[ "$(id -u)" -eq 0 ] || skip_all "only root can make namespaces"
if [ -z "${HCE_INSIDE-}" ]; then
	unshare -nm true 2>/dev/null || skip_all "no namespaces here"
	HCE_INSIDE=1 exec unshare -nm "$0"
fi
case ${OBJ:=build} in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
lvsd=${LVSD:-$OBJ/lvsd}
drive=$OBJ/asan/regress/unit/hce_engine_test
for need in "$lvsd" "$drive"; do
	[ -x "$need" ] || skip_all "$need is not built"
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/hce.XXXXXX") || bail "no directory"
pids=

cleanup() {
	exec 7>&- 8>&-
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# What confinement needs, seen by this test alone.
confinement() {
	mount -t tmpfs none /run && mkdir -p /run/lvsd/empty &&
	    chmod 755 /run/lvsd /run/lvsd/empty || return 1
	getent passwd _lvsd >/dev/null && return 0
	cp /etc/passwd "$dir/passwd" && cp /etc/group "$dir/group" || return 1
	echo "_lvsd:x:64999:64999::/nonexistent:/bin/false" >>"$dir/passwd"
	echo "_lvsd:x:64999:" >>"$dir/group"
	mount --bind "$dir/passwd" /etc/passwd &&
	    mount --bind "$dir/group" /etc/group
}

hce_start() {
	mkfifo "$dir/in" || return 1
	env "$@" "$drive" "$lvsd" <"$dir/in" >"$dir/out" 2>"$dir/log" &
	driver=$!
	exec 7>"$dir/in"
	wait_for 10 grep -q pid "$dir/out" || return 1
	hce=$(sed -n 's/^pid //p' "$dir/out")
	say begin commit lbe icmp4 icmp6
	wait_for 10 grep -q HOST_SYNC "$dir/out"
}

hce_stop() {
	exec 7>&-
	wait "$driver"
}

say() {
	printf '%s\n' "$@" >&7
}

conf() {
	cat >"$dir/conf" && chmod 600 "$dir/conf" && say "conf $dir/conf"
}

told() {
	grep "^host $1 " "$dir/out" | tail -n 1 | grep -Eq -e "$2"
}

verdict() {
	wait_for 10 told "$2" "$3"
	like "$1" "$(grep "^host $2 " "$dir/out" | tail -n 1)" "$3"
}

confinement >/dev/null 2>&1 || skip_all "no user and directory to confine with"

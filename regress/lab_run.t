#!/bin/sh
#
# What lab/run promises, on both kinds of ground.

. "$(dirname "$0")/lib.sh"

run=$TOP/lab/run
unset LAB_INSIDE LAB_KERNEL LAB_OUT LAB_MEM
LAB_TIMEOUT=60			# what hangs fails
export LAB_TIMEOUT
reason=$("$run" -c -n) || skip_all "$reason"
reason=$(LAB_KERNEL=uml "$run" -c) || skip_all "$reason"

# Everything lab/run makes goes here, so that what it leaves is seen.
scratch=$(mktemp -d) || bail "cannot make a temporary directory"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/tmp" "$scratch/out"
export TMPDIR="$scratch/tmp"

# on GROUND [-i] COMMAND...
on() {
	case $1 in
	host)	shift; "$run" -n "$@" ;;
	uml)	shift; LAB_KERNEL=uml "$run" "$@" ;;
	esac
}

# What there still is: processes whose arguments tell of the scratch
# directory (this grep's do not), and files in it but the one that ok itself
# is writing.
processes() {
	echo "$scratch" | grep -lsF -f - /proc/[0-9]*/cmdline |
	    while read -r file; do
		echo "$file $(tr '\0' ' ' <"$file")"
	done 2>/dev/null
}

files() {
	find "$TMPDIR" -mindepth 1 ! -name 'output.*'
}

nothing_of() {
	[ -z "$("$1")" ]
}

# meet MINE THEIRS: succeeds when the other is there at the same time.
meet() {
	on uml sh -c '
		: >"$LAB_OUT/$1"
		i=0
		while [ ! -e "$LAB_OUT/$2" ]; do
			i=$((i + 1))
			[ $i -lt 300 ] || exit 1
			sleep 0.1
		done' sh "$1" "$2"
}

# interrupted GROUND SIGNAL: the status of a lab/run that a signal ends while
# its command runs.  The shell that starts it becomes it, to give its pid.
interrupted() {
	rm -f "$scratch/out/up"
	(
		case $1 in
		host)	set -- -n ;;
		uml)	set --; export LAB_KERNEL=uml ;;
		esac
		export LAB_OUT="$scratch/out"
		exec "$run" "$@" sh -c ': >"$LAB_OUT/up"; sleep 1000'
	) &
	pid=$!
	wait_for 30 test -e "$scratch/out/up" || return 1
	kill "-$2" "$pid"
	wait_for 20 test ! -e "/proc/$pid/exe" || return 1
	wait "$pid" 2>/dev/null
}

plan 47
before=$(cat /etc/passwd /etc/group | cksum)

for ground in host uml; do
	exits "$ground: exit status" 7 on $ground sh -c 'exit 7'
	exits "$ground: status of a command killed" 137 \
	    on $ground sh -c 'kill -KILL $$'
	exits "$ground: no such command" 127 on $ground /nonexistent
	is "$ground: output is clean" \
	    "$(on $ground printf 'a\n\tb  c\n' 2>&1 | od -c)" \
	    "$(printf 'a\n\tb  c\n' | od -c)"
	is "$ground: standard error is another stream" \
	    "$(on $ground sh -c 'echo out; echo err >&2' 2>/dev/null)" out
	is "$ground: one stream keeps its order" "$(on $ground bash -c '
	    for ((i = 0; i < 2000; i += 2)); do
		echo $i
		echo $((i + 1)) >&2
	    done' 2>&1 | cksum)" "$(seq 0 1999 | cksum)"
	is "$ground: a slow reader gets it all" \
	    "$(on $ground seq 200000 | { sleep 4; cksum; })" \
	    "$(seq 200000 | cksum)"
	is "$ground: arguments are untouched" \
	    "$(on $ground printf '<%s>' "a b" "" "\$x'\"
*" '\')" "$(printf '<%s>' "a b" "" "\$x'\"
*" '\')"
	is "$ground: the environment is the caller's" \
	    "$(VALUE="a 'b'
c" on $ground sh -c 'echo "$VALUE"')" "a 'b'
c"
	is "$ground: no input" "$(echo text | on $ground cat)" ""
	is "$ground: input if asked for" \
	    "$(seq 20000 | on $ground -i cksum)" "$(seq 20000 | cksum)"
	ok "$ground: the user exists, and /var/empty is" on $ground sh -c '
		id -u _lvsd && id -g _lvsd && [ -z "$(ls -A /var/empty)" ] &&
		[ "$(stat -c %U:%a /var/empty)" = root:755 ]'
	not_ok "$ground: the project is read-only" \
	    on $ground touch "$TOP/lab/run"
	ok "$ground: the rest may be written to" on $ground sh -c '
		ip netns add lost && echo text >/etc/lost && : >/tmp/lost'
	LAB_OUT="$scratch/out" on $ground sh -c 'echo kept >"$LAB_OUT/file"'
	is "$ground: what is in LAB_OUT remains" \
	    "$(cat "$scratch/out/file")" kept
	rm -f "$scratch/out/file"
	exits "$ground: what was left running is ended" 0 \
	    on $ground sh -c 'sleep 1000 &'
	LAB_TIMEOUT=4
	exits "$ground: the deadline" 124 on $ground sleep 1000
	LAB_TIMEOUT=60
	exits "$ground: TERM" 143 interrupted $ground TERM
	exits "$ground: KILL" 137 interrupted $ground KILL
	wait_for 10 nothing_of processes
	is "$ground: ends even so" "$(processes)" ""
	# Only whoever is killed so leaves a directory.
	rm -rf "$TMPDIR"/lab.*
done

LAB_OUT=$scratch/out
export LAB_OUT
meet one two &
other=$!
ok "two at a time: one" meet two one
ok "two at a time: the other" wait $other
unset LAB_OUT

exits "not for others than root" 125 \
    setpriv --reuid 65534 --clear-groups "$run" true
is "the machine is as before" \
    "$(cat /etc/passwd /etc/group | cksum) $(ls -d /etc/lost 2>&1)" \
    "$before ls: cannot access '/etc/lost': No such file or directory"
unlike "and has no namespace more" "$(ip netns list)" lost
wait_for 5 nothing_of processes
is "no process is left over" "$(processes)" ""
is "no file is left over" "$(files)" ""
done_testing

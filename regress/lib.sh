# regress/lib.sh: the Test Anything Protocol for tests written in sh.
#
# A test is an executable file below regress/ that begins
#
#	. "$(dirname "$0")/lib.sh"
#
# and prints nothing on standard output but through these functions.
# Descriptions come first everywhere.
#
#	lab_enter [-n]		run the rest of this file by lab/run; skips the
#				whole test, saying why, where that is impossible
#	plan NUMBER		results to come; else done_testing counts
#	ok DESC COMMAND...	passes if the command succeeds
#	not_ok DESC COMMAND...	passes if the command fails
#	exits DESC STATUS COMMAND...	passes if it exits with that status
#	is DESC GOT WANTED	passes if the strings are equal
#	isnt DESC GOT UNWANTED
#	like DESC GOT ERE	passes if a line matches the extended expression
#	unlike DESC GOT ERE
#	pass DESC, fail DESC
#	skip NUMBER REASON	the next NUMBER results cannot be had here
#	skip_all REASON		nothing of this file can be; ends it
#	bail REASON		no sense in any further test; ends everything
#	diag TEXT		a remark for who reads the failure
#	wait_for SECONDS COMMAND...	see lab/wait.sh
#	done_testing		last: ends the test, 1 if a result was bad
#
# What a command given to ok, not_ok and exits prints is shown when the test
# fails, and is in $output afterwards.  TOP is the project's directory.

TOP=$(cd "$(dirname "$0")" && pwd -P)
while [ ! -e "$TOP/lab/run" ]; do
	TOP=${TOP%/*}
	[ -n "$TOP" ] || { echo "Bail out! lab/run not found"; exit 255; }
done

. "$TOP/lab/wait.sh"

_planned=
_count=0
_failed=0
output=

lab_enter() {
	[ -z "${LAB_INSIDE-}" ] || return 0
	_reason=$("$TOP/lab/run" -c "$@") || skip_all "$_reason"
	_self=$(cd "$(dirname "$0")" && pwd -P)/${0##*/}
	exec "$TOP/lab/run" "$@" "$_self"
}

plan() {
	_planned=$1
	echo "1..$1"
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /' >&2
}

pass() {
	_count=$((_count + 1))
	echo "ok $_count - $1"
}

fail() {
	_count=$((_count + 1))
	_failed=$((_failed + 1))
	echo "not ok $_count - $1"
	diag "failed: $1 (${0##*/})"
}

# The command runs in this shell, so that a function may set variables: its
# output goes through a file, not a command substitution.
_run() {
	_file=$(mktemp "${TMPDIR:-/tmp}/output.XXXXXX") ||
	    bail "cannot make a temporary file"
	"$@" >"$_file" 2>&1
	_status=$?
	output=$(cat "$_file")
	rm -f "$_file"
}

_explain() {
	diag "command: $*"
	diag "exit status: $_status"
	[ -z "$output" ] || diag "$output"
}

ok() {
	_desc=$1
	shift
	_run "$@"
	if [ "$_status" -eq 0 ]; then
		pass "$_desc"
	else
		fail "$_desc"
		_explain "$@"
	fi
}

not_ok() {
	_desc=$1
	shift
	_run "$@"
	if [ "$_status" -ne 0 ]; then
		pass "$_desc"
	else
		fail "$_desc"
		_explain "$@"
	fi
}

exits() {
	_desc=$1
	_wanted=$2
	shift 2
	_run "$@"
	if [ "$_status" -eq "$_wanted" ]; then
		pass "$_desc"
	else
		fail "$_desc"
		diag "wanted exit status: $_wanted"
		_explain "$@"
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		diag "   got: $2"
		diag "wanted: $3"
	fi
}

isnt() {
	if [ "$2" != "$3" ]; then
		pass "$1"
	else
		fail "$1"
		diag "got what was not wanted: $2"
	fi
}

_matches() {
	printf '%s\n' "$1" | grep -Eq -e "$2"
}

like() {
	if _matches "$2" "$3"; then
		pass "$1"
	else
		fail "$1"
		diag "    got: $2"
		diag "no line matches: $3"
	fi
}

unlike() {
	if _matches "$2" "$3"; then
		fail "$1"
		diag "    got: $2"
		diag "a line matches: $3"
	else
		pass "$1"
	fi
}

skip() {
	_left=$1
	while [ "$_left" -gt 0 ]; do
		_left=$((_left - 1))
		_count=$((_count + 1))
		echo "ok $_count # SKIP $2"
	done
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

bail() {
	echo "Bail out! $1"
	exit 255
}

done_testing() {
	[ -n "$_planned" ] || echo "1..$_count"
	if [ -n "$_planned" ] && [ "$_planned" -ne "$_count" ]; then
		diag "planned $_planned results, had $_count"
		exit 1
	fi
	[ "$_failed" -eq 0 ] || diag "$_failed of $_count failed"
	[ "$_failed" -eq 0 ]
	exit
}

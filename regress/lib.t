#!/bin/sh
#
# regress/lib.sh itself: does it tell good from bad?

. "$(dirname "$0")/lib.sh"

scratch=$(mktemp -d) || bail "cannot make a temporary directory"
trap 'rm -rf "$scratch"' EXIT

# said LINE...: what a test made of these lines prints, and its exit status.
said() {
	{
		echo ". '$TOP/regress/lib.sh'"
		printf '%s\n' "$@"
	} >"$scratch/test"
	# lib.sh looks for the project above the test.
	(cd "$TOP/regress" && sh -c '. "$1"' "$TOP/regress/x" \
	    "$scratch/test" 2>"$scratch/err")
	echo "exit $?"
}

good() {
	is "good: $1" "$(said "$1" done_testing)" "ok 1 - d
1..1
exit 0"
}

bad() {
	is "bad: $1" "$(said "$1" done_testing)" "not ok 1 - d
1..1
exit 1"
}

good "ok d true"
bad "ok d false"
good "not_ok d false"
bad "not_ok d true"
good "exits d 3 sh -c 'exit 3'"
bad "exits d 3 true"
good "is d a a"
bad "is d a b"
good "isnt d a b"
bad "isnt d a a"
good "like d abc '^a.c$'"
bad "like d abc '^c'"
good "unlike d abc '^c'"
bad "unlike d abc '^a'"
good "ok d wait_for 2 true"
bad "ok d wait_for 1 false"

said "ok d sh -c 'echo told; exit 2'" done_testing >/dev/null
like "a failure shows the output" "$(cat "$scratch/err")" "^# told"
like "a failure shows the status" "$(cat "$scratch/err")" "status: 2"
is "too few results" "$(said "plan 2" "pass d" done_testing)" "1..2
ok 1 - d
exit 1"
is "skipped results" "$(said "skip 2 why" done_testing)" "ok 1 # SKIP why
ok 2 # SKIP why
1..2
exit 0"
is "a skipped test" "$(said "skip_all why" "fail d")" "1..0 # SKIP why
exit 0"
is "an abandoned test" "$(said "bail why" "pass d")" "Bail out! why
exit 255"
done_testing

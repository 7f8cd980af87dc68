# lab/bench.sh: what the benches share.  Sourced by lab/bench and
# lab/bench_vrrp, with TOP the project's directory; the programs under test
# and those that measure are then found by PATH.
#
#	title TEXT
#	bad TEXT		a measurement that could not be made
#	seconds US		as text
#	ratio A B		as text
#	goal TEXT A B least|most LIMIT	says whether A / B is so
#	below TEXT US LIMIT	says whether microseconds are at most so many
#	plain TEXT A B		a ratio without a goal
#	equal TEXT NUMBER GOAL
#	total			the last line; 1 when a measurement failed

case ${OBJ:=build} in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
PATH=$OBJ:$OBJ/lab/bench.d:$PATH

failed=0 held=0 missed=0

title() {
	printf '\n%s\n\n' "$1"
}

bad() {
	echo "  FAILED: $*"
	failed=$((failed + 1))
}

seconds() {
	awk -v us="$1" 'BEGIN { printf "%.3f", us / 1000000 }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / (b > 0 ? b : 1) }'
}

goal() {
	local ok

	ok=$(awk -v a="$2" -v b="$3" -v kind="$4" -v limit="$5" 'BEGIN {
		r = a / (b > 0 ? b : 1)
		print (kind == "least" ? (r >= limit) : (r <= limit)) }')
	printf '  %-46s %8s  (at %s %s): %s\n' "$1" "$(ratio "$2" "$3")" \
	    "$4" "$5" "$( ((ok)) && echo held || echo not held)"
	((ok)) && held=$((held + 1)) || missed=$((missed + 1))
}

below() {
	local verdict="not held"

	if (($2 <= $3)); then
		verdict=held
		held=$((held + 1))
	else
		missed=$((missed + 1))
	fi
	printf '  %-46s %8s  (at most %s): %s\n' "$1" "$(seconds $2)" \
	    "$(seconds $3)" "$verdict"
}

plain() {
	printf '  %-46s %8s\n' "$1" "$(ratio "$2" "$3")"
}

equal() {
	local verdict="not held"

	if [[ $2 = "$3" ]]; then
		verdict=held
		held=$((held + 1))
	else
		missed=$((missed + 1))
	fi
	printf '  %-46s %8s  (exactly %s): %s\n' "$1" "$2" "$3" "$verdict"
}

total() {
	printf '\n%d goals held, %d not; %d measurements failed\n' $held \
	    $missed $failed
	((failed == 0))
}

# regress/daemon.sh: lvsd under test.  Sourced after regress/lib.sh, inside
# of the lab, where /run and /tmp are the test's own.
#
#	LVSD, LVSCTL		the programs
#	$conf, $sock, $log	configuration, control socket, log
#	lvsd_start [ARG...]	in the foreground, log to $log; waits until up
#	lvsd_pid		of the parent
#	engine_pid ROLE		of an engine, nothing when it is not there
#	lvsd_stop		SIGTERM; its exit status
#	logged ERE		the log has such a line
#	another ROLE PID	there is an engine of this role that is not PID

case ${OBJ:=build} in
/*)	;;
*)	OBJ=$TOP/$OBJ ;;
esac
LVSD=${LVSD:-$OBJ/lvsd}
LVSCTL=${LVSCTL:-$OBJ/lvsctl}

conf=/tmp/lvsd.conf
sock=/run/lvsd.sock
log=/tmp/lvsd.log
_lvsd=

lvsd_start() {
	: >$log
	"$LVSD" -dv -f $conf "$@" >>$log 2>&1 &
	_lvsd=$!
	wait_for 20 lvsd_is_up
}

lvsd_is_up() {
	grep -q 'lvsd runs' $log || ! kill -0 "$_lvsd"
}

lvsd_pid() {
	echo "$_lvsd"
}

# The title of an engine's process is "lvsd: ROLE".
engine_pid() {
	for _dir in /proc/[0-9]*; do
		read -r _title 2>/dev/null <"$_dir/cmdline" || :
		_title=$(tr '\0' ' ' <"$_dir/cmdline" 2>/dev/null)
		case $_title in
		"lvsd: $1"*)	echo "${_dir#/proc/}" ;;
		esac
	done
}

lvsd_stop() {
	kill "$_lvsd"
	wait "$_lvsd"
}

logged() {
	grep -Eq -e "$1" $log
}

another() {
	_new=$(engine_pid "$1")
	[ -n "$_new" ] && [ "$_new" != "$2" ]
}

gone() {
	! kill -0 "$1"
}

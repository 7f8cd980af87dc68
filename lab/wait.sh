# lab/wait.sh: waiting for what is to happen.  Sourced by lab/net.sh and
# regress/lib.sh.

# wait_for SECONDS COMMAND [ARGUMENT ...]
# Runs the command ten times a second until it succeeds.  Its output is
# dropped.  1 when the seconds (a whole number) have passed without, LAB_PATIENCE
# times, by default three, for the machine may have other things to do.
#
# The time is read from /proc: a date(1) would cost as much as the wait.
wait_for() {
	_seconds=$1
	shift
	read -r _until _ </proc/uptime
	_until=$((${_until%.*} + _seconds * ${LAB_PATIENCE:-3}))
	while ! "$@" >/dev/null 2>&1; do
		read -r _now _ </proc/uptime
		[ "${_now%.*}" -le "$_until" ] || return 1
		sleep 0.1
	done
}

# regress/daemon.sh: lvsd under test.  Sourced after regress/lib.sh, inside
# of the lab, where /run and /tmp are the test's own.
#
#	LVSD, LVSCTL		the programs
#	$conf, $sock, $log	configuration, control socket, log
#	lvsd_start [ARG...]	in the foreground, log to $log; waits until up
#	alone			an interface, and a configuration of a master on it
#	lvsd_pid		of the parent
#	engine_pid ROLE		of an engine, nothing when it is not there
#	lvsd_stop		SIGTERM; its exit status
#	logged ERE		the log has such a line
#	another ROLE PID	there is an engine of this role that is not PID
#	say PID FD PACKET	send what perl makes of PACKET over a descriptor
#				of another process, as if it had sent it
#	can_say			this kernel lets us
#	msg_number NAME		of a message, for its header: type, length, id,
#				generation

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

alone() {
	ip link add v0 type veth peer name v1
	ip link set v0 up
	ip link set v1 up
	ip addr add 10.0.0.1/24 dev v0
	cat >$conf <<-CONF
	vrrp "VI" on v0 {
		version 3
		vrid 51
		priority 200
		advertise 100ms
		address 192.0.2.1/24
	}
	CONF
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
		_title=$(tr '\0' ' ' 2>/dev/null <"$_dir/cmdline")
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

# 434 and 438 are pidfd_open(2) and pidfd_getfd(2) on every machine.
say() {
	perl -e '
		use Socket;
		my ($pid, $fd, $packet) = @ARGV;
		my $process = syscall(434, $pid + 0, 0);
		$process >= 0 or die "pidfd_open: $!\n";
		my $copy = syscall(438, $process, $fd + 0, 0);
		$copy >= 0 or die "pidfd_getfd: $!\n";
		open(my $socket, "+<&=", $copy) or die "open: $!\n";
		defined(send($socket, eval($packet), 0)) or die "send: $!\n";
	' "$@"
}

can_say() {
	perl -e 'my $process = syscall(434, $$ + 0, 0);
	    exit !($process >= 0 && syscall(438, $process, 0, 0) >= 0)'
}

msg_number() {
	awk -v name="MSG_$1," '/^\tMSG_/ {
		if ($1 == name)
			print n
		n++
	}' "$TOP/imsg/msg.h"
}

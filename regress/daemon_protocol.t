#!/bin/sh
#
# An engine in somebody else's hands: what it says against the protocol costs
# its own life, and nobody else's.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

can_say || skip_all "this kernel has no pidfd_getfd(2)"
trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

# Descriptors that are sockets, but the link to the parent.
links() {
	for _fd in /proc/"$1"/fd/*; do
		case $(readlink "$_fd"),${_fd##*/} in
		socket:*,3)	;;
		socket:*)	echo "${_fd##*/}" ;;
		esac
	done
}

others_live() {
	for _role in vrrpe hce lbe; do
		[ $_role = "$1" ] ||
		    [ "$(engine_pid $_role)" = "$(cat /tmp/$_role)" ] ||
		    return 1
	done
}

note() {
	for _role in vrrpe hce lbe; do
		engine_pid $_role >/tmp/$_role
	done
	: >$log
}

# dies ROLE WHAT FD PACKET REASON
dies() {
	note
	_engine=$(cat /tmp/"$1")
	ok "$1 says $2" say "$_engine" "$3" "$4"
	ok "and is killed for it" \
	    wait_for 5 logged "$1 \(pid $_engine\) is killed: $5"
	ok "and replaced" wait_for 70 another "$1" "$_engine"
	ok "which is fed" wait_for 5 logged "$1 runs generation"
	ok "and the others live" others_live "$1"
}

alone
lvsd_start
ok "lvsd runs" logged 'lvsd runs'

# A header is type, length, id, generation.  1 is VERBOSE, the parent's.
parent=$_lvsd
dies hce "what is no message" 3 '"rubbish"' 'it broke the protocol'
dies lbe "what is not its to say" 3 'pack("L4L", 1, 20, 0, 1, 1)' \
    'it broke the protocol'
dies vrrpe "an unknown thing" 3 'pack("L4", 9999, 16, 0, 1)' \
    'it broke the protocol'
link=$(links "$(engine_pid hce)" | tail -1)
dies hce "rubbish to another engine" "$link" '"rubbish"' \
    'it broke the protocol with another engine'
ok "the parent is the same" kill -0 "$parent"
lvsd_stop
is "and ends well" $? 0
done_testing

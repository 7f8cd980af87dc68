#!/bin/sh
#
# A vrrpe in somebody else's hands: it may say which role an instance has, but
# what it says of anything else, or in other words, costs its life.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

can_say || skip_all "this kernel has no pidfd_getfd(2)"
trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

has() {
	ip addr show dev v0 | grep -q ' 192\.0\.2\.1/'
}

# The text of a message: NAME ID TEMPLATE [VALUE...], of generation 1.
message() {
	_number=$(msg_number "$1") _id=$2 _template=$3
	shift 3
	echo "my \$m = pack('$_template', $(echo "$*" | tr ' ' ',')); " \
	    "pack('L4', $_number, 16 + length(\$m), $_id, 1) . \$m"
}

# State, priority, demotion, resigned, since: of the instance, whose id is 1.
says_role() {
	say "$(engine_pid vrrpe)" 3 "$(message VRRP_ROLE 1 L4q "$@")"
}

# dies WHAT MESSAGE
dies() {
	_engine=$(engine_pid vrrpe)
	: >$log
	ok "vrrpe says $1" say "$_engine" 3 "$2"
	ok "and is killed for it" wait_for 5 logged \
	    "vrrpe \(pid $_engine\) is killed: it broke the protocol"
	ok "and replaced" wait_for 70 another vrrpe "$_engine"
	ok "which is fed" wait_for 10 logged 'vrrpe runs generation'
}

alone
lvsd_start
ok "it is master" wait_for 10 has

# States: 2 backup, 3 master.
ok "vrrpe says that it is backup" says_role 2 200 0 0 0
ok "which is believed" wait_for 5 eval '! has'
ok "and that it is master" says_role 3 200 0 0 0
ok "too" wait_for 5 has

# Three deaths are followed by a new life at once, more are not.
ip -o monitor address >/tmp/addresses 2>&1 &
monitor=$!
dies "a role of no instance" "$(message VRRP_ROLE 99 L4q 3 200 0 0 0)"
dies "a role that is none" "$(message VRRP_ROLE 1 L4q 9 200 0 0 0)"
dies "half a role" "$(message VRRP_ROLE 1 L2 2 200)"
dies "a rival without address" "$(message VRRP_RIVAL 1 C4x16L 77 0 0 0 100)"
dies "to announce no instance" "$(message VRRP_ANNOUNCE 2 L0)"
is "the address was never away" "$(grep -c 'Deleted.* 192\.0\.2\.1/' \
    /tmp/addresses)" 0
kill "$monitor"
lvsd_stop
is "lvsd ends well" $? 0
ok "without the address" eval '! has'
done_testing

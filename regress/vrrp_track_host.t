#!/bin/sh
#
# A reference host that does not answer moves the master away, with a weight
# and as a fault, and keeps a director that is alone from being master.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

host=$(ns_addr rs1)
host6=$(ns_addr rs1 6)
times='interval 200ms timeout 150ms rise 2 fall 2'

moved() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 lacks "$2"
}

shows() {
	ctl dir1 show vrrp VI_1 | grep -Eq -e "$1"
}

# The way from dir1 alone.
way_lost() {
	ip -n dir1 route add blackhole "$1"
}

way_found() {
	ip -n dir1 route del blackhole "$1"
}

engine() {
	pgrep -P "$(proc_pid "$1")" -f "$2"
}

trap net_down EXIT
net_up || bail "no network"

{
	echo 'log state changes'
	instance 100 "track host $host $times weight -20" \
	    "track host $host6 $times weight 20"
} >"$LAB_TMP/dir1.conf"
instance 110 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "both hosts answer: dir1 is master" moved dir1 dir2
ok "which is shown" wait_for 5 shows \
    "track host $host: well, weight -20: priority \\+0\$"
ok "of both" wait_for 5 shows \
    "track host $host6: well, weight 20: priority \\+20\$"
ok "by hce" wait_for 5 says dir1 \
    "host $host \\(reference\\), check icmp .*unknown -> up"
way_lost "$host"
ok "one is not reached: dir2 takes over" moved dir2 dir1
ok "because of it" says dir1 "priority 120 -> 100: host $host fails -20"
ok "it fails in hce, too" says dir1 "host $host \\(reference\\).* up -> down"
way_found "$host"
ok "it is: dir1 preempts" moved dir1 dir2
way_lost "$host6"
ok "the other is not: dir2 takes over" moved dir2 dir1
ok "which is shown" shows "track host $host6: fails, weight 20: .* \\+0\$"
way_found "$host6"
ok "it is: dir1 preempts" moved dir1 dir2

instance 200 "track host $host $times" >"$LAB_TMP/dir1.conf"
ok "reload: as a fault" ctl dir1 reload
ok "what is known stays known" shows "track host $host: well\$"
link_cut rs1
ok "no answer: fault" moved dir2 dir1 fault
ok "for that reason" shows "track host $host: fails: fault\$"
instance 200 "track host $host $times" 'advertise 200ms' |
    grep -v 100ms >"$LAB_TMP/dir1.conf"
ok "a reload does not end it" ctl dir1 reload
ok "nor does it seem to" is_role dir1 VI_1 fault
instance 200 "track host $host $times" >"$LAB_TMP/dir1.conf"
ok "reload: as it was" ctl dir1 reload

# Its successor knows nothing, and vrrpe goes on with what it was told.
ok "hce dies" kill -KILL "$(engine dir1 hce)"
ok "a new one is there" wait_for 10 says dir1 'hce started again'
ok "nothing has changed" is_role dir1 VI_1 fault
ok "vrrpe dies" kill -KILL "$(engine dir1 vrrpe)"
ok "a new one is there" wait_for 10 says dir1 'vrrpe started again'
ok "and learns it" wait_for 10 shows "track host $host: fails: fault\$"
ok "dir2 is still master" moved dir2 dir1 fault
link_mend rs1
ok "it answers: dir1 is master" moved dir1 dir2

# Cut off from all, with a carrier still.
ip -n lan link set dir1 nomaster
ok "dir1 is alone: not both are master" moved dir2 dir1 fault
ip -n lan link set dir1 master br0
ok "it is not: dir1 is master" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

#!/bin/sh
#
# A program that runs, or does not: with a weight and as a fault it moves the
# master away and back, at once when it ends; and how many of them there are.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

moved() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 lacks "$2"
}

shows() {
	ctl dir1 show vrrp VI_1 | grep -Eq -e "$1"
}

# web NUMBER: starts the program that is tracked.
web() {
	proc_start "web$1" dir1 "$LAB_TMP/webserver" 1000
}

trap net_down EXIT
net_up || bail "no network"
cp "$(command -v sleep)" "$LAB_TMP/webserver"
cp "$(command -v sleep)" "$LAB_TMP/a-very-long-program-name"

web 1
instance 100 'track process "webserver" weight -20' >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "a program runs: dir1 is master" moved dir1 dir2
not_ok "it never seemed to fail" says dir1 'webserver fails'
ok "which is shown" shows 'process webserver: well \(1\), weight -20: .* \+0$'
proc_stop web1
ok "it ends: dir2 takes over" moved dir2 dir1
ok "because of it" says dir1 'priority 100 -> 80: process webserver fails -20'
ok "which is shown" shows 'process webserver: fails \(0\), weight -20: .* -20$'
web 1
ok "it runs again: dir1 preempts" moved dir1 dir2

# Found again by a new vrrpe, told before it begins.
ok "vrrpe dies" kill -KILL "$(pgrep -P "$(proc_pid dir1)" -f vrrpe)"
ok "a new one is there" wait_for 10 says dir1 'vrrpe started again'
ok "and knows" wait_for 5 shows 'process webserver: well \(1\)'
ok "dir1 is still master" moved dir1 dir2

instance 100 'track process webserver quorum 2' \
    'track process "a-very-long-program-name" reverse' >"$LAB_TMP/dir1.conf"
ok "reload: two of them are wanted" ctl dir1 reload
ok "there is one: fault" moved dir2 dir1 fault
ok "for that reason" shows 'process webserver: fails \(1\): fault$'
web 2
ok "there are two: dir1 is master" moved dir1 dir2
web 3
proc_stop web1
ok "one ends, another is there" wait_for 5 shows 'webserver: well \(2\)$'
ok "dir1 is still master" moved dir1 dir2
proc_start long dir1 "$LAB_TMP/a-very-long-program-name" 1000
ok "one of a long name that must not run: fault" moved dir2 dir1 fault
proc_stop long
ok "it ends: dir1 is master" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

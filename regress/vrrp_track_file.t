#!/bin/sh
#
# A number in a file moves the master away and back, with a weight and as a
# fault, however the file is written, replaced or removed.

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

trap net_down EXIT
net_up || bail "no network"
load=/run/track/load
mkdir /run/track
echo 0 >$load

instance 100 "track file $load weight -2" >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "a file holds 0: dir1 is master" moved dir1 dir2
ok "which is shown" shows "track file $load: well \\(0\\), weight -2: .* \\+0\$"
echo 10 >$load
ok "it holds 10: dir2 takes over" moved dir2 dir1
ok "because of it" says dir1 "priority 100 -> 80: file $load holds 10 -20"
echo 3 >$load.new
mv $load.new $load
ok "another takes its place: dir1 preempts" moved dir1 dir2
ok "not by as much" shows "well \\(3\\), weight -2: priority -6\$"
echo many >$load
ok "no number counts as 0" wait_for 5 shows \
    "track file $load: fails, weight -2: priority \\+0\$"
ok "and is logged" says dir1 "file $load: must hold one line with a number"
rm -r /run/track
ok "nor has it a directory" wait_for 5 says dir1 \
    "file $load: No such file or directory"
mkdir /run/track
echo 20 >$load
ok "which comes back: dir2 takes over" moved dir2 dir1
ok "vrrpe dies" kill -KILL "$(pgrep -P "$(proc_pid dir1)" -f vrrpe)"
ok "a new one is there" wait_for 10 says dir1 'vrrpe started again'
ok "and knows" wait_for 5 shows 'well \(20\), weight -2: priority -40$'
ok "dir2 is still master" moved dir2 dir1

instance 100 "track file $load weight 0" >"$LAB_TMP/dir1.conf"
ok "reload: as a fault" ctl dir1 reload
ok "it holds 20: fault" moved dir2 dir1 fault
ok "for that reason" shows "track file $load: fails \\(20\\): fault\$"
echo 0 >$load
ok "it holds 0: dir1 is master" moved dir1 dir2
rm $load
ok "it is removed: fault" moved dir2 dir1 fault
ok "for that reason" shows "track file $load: fails: fault\$"
echo 0 >$load
ok "it is back: dir1 is master" moved dir1 dir2

# A parent without privileges for files reads what others than root may keep
# from it.
chmod 600 $load
chown nobody $load
ok "it cannot be read: fault" moved dir2 dir1 fault
ok "for that reason" says dir1 "file $load: Permission denied"
chown root $load
ok "it can: dir1 is master" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

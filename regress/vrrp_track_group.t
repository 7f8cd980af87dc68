#!/bin/sh
#
# What a sync group tracks moves all of its instances, with a weight and as a
# fault.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

# group PRIORITY [LINE...]: two instances on one network.
group() {
	_of=$1
	shift
	instance "$_of"
	instance "$_of" | sed "s/VI_1/VI_2/; s/vrid 51/vrid 52/
	    s/$LAB_VIP/10.77.0.20/"
	echo 'sync group "both" {'
	printf '\t%s\n' 'vrrp "VI_1"' 'vrrp "VI_2"' "$@"
	echo '}'
}

both() {
	is_role "$1" VI_1 "$2" && is_role "$1" VI_2 "$2"
}

moved() {
	wait_for 10 both "$1" master && wait_for 10 both "$2" "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 holds "$1" 10.77.0.20 &&
	    wait_for 5 lacks "$2" && wait_for 5 lacks "$2" 10.77.0.20
}

trap net_down EXIT
net_up || bail "no network"
load=/run/load
echo 0 >$load

group 100 "track file $load weight -2" >"$LAB_TMP/dir1.conf"
group 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 has both" moved dir1 dir2
echo 10 >$load
ok "the file holds 10: both move" moved dir2 dir1
for name in VI_1 VI_2; do
	ok "because of it: $name" says dir1 \
	    "vrrp $name: priority 100 -> 80: file $load holds 10 -20"
	like "which is shown: $name" "$(ctl dir1 show vrrp $name)" \
	    "track file $load: well \\(10\\), weight -2: priority -20\$"
done
echo 0 >$load
ok "it holds 0: both return" moved dir1 dir2

group 100 "track file $load weight 0" >"$LAB_TMP/dir1.conf"
ok "reload: as a fault" ctl dir1 reload
ok "dir1 still has both" moved dir1 dir2
rm $load
ok "the file is removed: both move" moved dir2 dir1 fault
echo 0 >$load
ok "it is back: both return" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

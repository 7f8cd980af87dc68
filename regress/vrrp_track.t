#!/bin/sh
#
# What changes the priority or makes a fault: tracked interfaces and scripts,
# with and without a weight; and what no preempt means.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

moved() {
	wait_for 10 is_role "$1" VI_1 master &&
	    wait_for 10 is_role "$2" VI_1 "${3-backup}" &&
	    wait_for 5 holds "$1" && wait_for 5 lacks "$2"
}

flag=/run/flag
script() {
	echo 'script "flag" {'
	echo "	command \"/usr/bin/test -e $flag\""
	echo '	interval 1s'
	echo '	timeout 1s'
	echo '	rise 1'
	echo '	fall 1'
	echo '}'
}

priority() {
	ctl "$1" show vrrp | sed -n 's/.* priority \([0-9]*\).*advertise.*/\1/p'
}

is_priority() {
	[ "$(priority "$1")" = "$2" ]
}

trap net_down EXIT
net_up || bail "no network"
ip -n dir1 link add up0 type veth peer name far0
ip -n dir1 link set far0 up
ip -n dir1 link set up0 up
: >$flag

{
	script
	instance 100 'track interface up0 weight -30' \
	    'track script "flag" weight 20'
} >"$LAB_TMP/dir1.conf"
instance 90 >"$LAB_TMP/dir2.conf"
ok "dir1 starts" director dir1
ok "dir2 starts" director dir2
ok "dir1 is master" moved dir1 dir2
ok "with the weight of what is well" wait_for 5 is_priority dir1 120

ip -n dir1 link set up0 down
ok "an interface fails: its weight is taken away" \
    wait_for 5 is_priority dir1 90
ok "not yet less than dir2" is_role dir1 VI_1 master
rm $flag
ok "the script fails: its weight is not added" \
    wait_for 5 is_priority dir1 70
ok "dir2 takes over" moved dir2 dir1
like "dir1 says what it was" "$(cat "$LAB_TMP/dir1.log")" \
    'priority 90 -> 70: interface up0 fails -30'
shown=$(ctl dir1 show vrrp VI_1)
like "and shows each: the interface" "$shown" \
    'track interface up0: fails, weight -30: priority -30$'
like "the script" "$shown" 'track script flag: fails, weight 20: priority \+0$'
: >$flag
ip -n dir1 link set up0 up
ok "all is well again" wait_for 5 is_priority dir1 120
ok "dir1 preempts" moved dir1 dir2

{
	script
	instance 100 'track script "flag"' 'no preempt'
} >"$LAB_TMP/dir1.conf"
ok "reload: no weight, no preempt" ctl dir1 reload
ok "dir1 is still master" moved dir1 dir2
rm $flag
ok "the script fails: fault" moved dir2 dir1 fault
like "dir1 says why" "$(ctl dir1 show vrrp)" 'script flag fails'
: >$flag
ok "it is well: backup" wait_for 5 is_role dir1 VI_1 backup
ok "dir1 hears dir2" hears dir1
ok "and does not preempt" moved dir2 dir1
ok "dir2 stops" proc_stop dir2
ok "dir1 is master" wait_for 5 is_role dir1 VI_1 master
ok "dir2 comes back" director dir2
ok "dir2 hears dir1" hears dir2
ok "dir1 is still master" moved dir1 dir2

{
	script
	instance 100 'track script "flag" reverse'
} >"$LAB_TMP/dir1.conf"
ok "reload: reverse" ctl dir1 reload
ok "a script that is well is a fault" moved dir2 dir1 fault
like "which is shown" "$(ctl dir1 show vrrp VI_1)" \
    'track script flag reverse: well: fault$'
rm $flag
ok "it fails: all is well" moved dir1 dir2
{
	script
	instance 100 'track script "flag" reverse weight -20'
} >"$LAB_TMP/dir1.conf"
ok "reload: reverse with a weight" ctl dir1 reload
ok "the verdict is known across it" is_priority dir1 100
: >$flag
ok "the script is well" wait_for 5 is_priority dir1 80
ok "dir2 takes over" moved dir2 dir1
rm $flag
ok "it fails" moved dir1 dir2
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

#!/bin/sh
#
# When an instance takes the addresses from a lower master: at once, after a
# delay, never; how long it listens when it starts; and what a reload changes
# about all this.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

settled() {
	wait_for 10 is_role "$1" VI_1 master && wait_for 10 holds "$1" &&
	    wait_for 10 is_role "$2" VI_1 backup && wait_for 10 lacks "$2"
}

shows() {
	ctl "$1" show vrrp | grep -Eq -e "$2"
}

# The milliseconds since boot of the first line of a log that matches, which
# stamp() has put before each.
stamp() {
	perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -ne '$| = 1;
	    printf "%d %s", 1000 * clock_gettime(CLOCK_MONOTONIC), $_'
}

trap net_down EXIT
net_up || bail "no network"

# A delay, counted from the first advert of the lower master.
instance 100 >"$LAB_TMP/dir2.conf"
instance 200 'preempt delay 4s' >"$LAB_TMP/dir1.conf"
ok "dir2 starts" director dir2
ok "and is master" wait_for 5 is_role dir2 VI_1 master
ok "dir1 starts" director dir1
ok "dir1 leaves dir2 in peace" wait_for 5 says dir1 \
    'VI_1: master has priority 100 to our 200, is left in peace for 4000 ms'
ok "it shows what is left" shows dir1 'preempt delay 4s, [0-9]+m?s left'
ok "and whom it follows" shows dir1 'master 10\.77\.0\.2 priority 100'
ok "it hears it" hears dir1
is "and is backup" "$(role dir1 VI_1)" backup
ok "then it takes over" settled dir1 dir2
ok "because of the priority" says dir1 \
    'backup -> master: the master has a lower priority'
is "the delay began once" "$(count_said dir1 'is left in peace')" 1

# A master that is lost is not waited for.
instance 200 'preempt delay 1000s' >"$LAB_TMP/dir1.conf"
ok "dir1 stops" proc_stop dir1
ok "dir2 is master" wait_for 5 is_role dir2 VI_1 master
ok "dir1 starts" director dir1
ok "dir1 leaves dir2 in peace" wait_for 5 says dir1 'is left in peace'
ok "dir2 crashes" crash dir2
ok "dir1 takes over" wait_for 5 is_role dir1 VI_1 master
ok "because dir2 is silent" says dir1 'master 10.77.0.2 is not heard any more'

# Nor is one that releases.
ok "dir2 starts" director dir2
ok "dir1 stops" proc_stop dir1
ok "dir2 is master" wait_for 5 is_role dir2 VI_1 master
ok "dir1 starts" director dir1
ok "dir1 leaves dir2 in peace" wait_for 5 says dir1 'is left in peace'
ok "dir2 stops" proc_stop dir2
ok "dir1 takes over" wait_for 5 is_role dir1 VI_1 master
ok "because dir2 has released" says dir1 'the master has released'

# A better master ends a delay.
ok "dir2 starts" director dir2
ok "dir1 stops" proc_stop dir1
ok "dir1 starts" director dir1
ok "dir1 leaves dir2 in peace" wait_for 5 says dir1 'is left in peace'
instance 250 >"$LAB_TMP/dir2.conf"
ok "dir2 becomes the better one" ctl dir2 reload
ok "there is no delay" wait_for 5 shows dir1 'preempt delay 1000s$'
instance 100 >"$LAB_TMP/dir2.conf"
ok "dir2 becomes the lower one" ctl dir2 reload
ok "there is a delay again" wait_for 5 shows dir1 'preempt delay 1000s, '
is "it began twice" "$(count_said dir1 'is left in peace')" 2

# Reloads, in the midst of it: the role moves only when that is due.
became=$(count_said dir2 'master -> backup')
instance 200 'no preempt' >"$LAB_TMP/dir1.conf"
ok "reload: no preempt" ctl dir1 reload
ok "dir1 hears dir2" hears dir1
ok "nothing moves" settled dir2 dir1
instance 200 'no preempt' 'start master' >"$LAB_TMP/dir1.conf"
ok "reload: start master" ctl dir1 reload
ok "dir1 hears dir2" hears dir1
ok "nothing moves" settled dir2 dir1
instance 200 'preempt delay 1000s' >"$LAB_TMP/dir1.conf"
ok "reload: a long delay" ctl dir1 reload
ok "dir1 hears dir2" hears dir1
ok "nothing moves" settled dir2 dir1
is "nothing has moved" "$(count_said dir2 'master -> backup')" "$became"
instance 200 'preempt delay 100ms' >"$LAB_TMP/dir1.conf"
ok "reload: a short delay" ctl dir1 reload
ok "dir1 takes over" settled dir1 dir2
instance 200 'no preempt' >"$LAB_TMP/dir1.conf"
ok "reload of a master: no preempt" ctl dir1 reload
ok "nothing moves" settled dir1 dir2
ok "dir1 stops" proc_stop dir1
ok "dir1 starts" director dir1
ok "dir1 hears dir2" hears dir1
ok "and obeys" settled dir2 dir1
instance 200 >"$LAB_TMP/dir1.conf"
ok "reload: preempt" ctl dir1 reload
ok "dir1 takes over" settled dir1 dir2
proc_stop dir1
proc_stop dir2

# One starts as master, one does not; both are alone, with a second.
{
	instance 100 'start master' |
	    sed 's/VI_1/early/; s/advertise .*/advertise 1s/'
	instance 250 | sed 's/VI_1/late/; s/advertise .*/advertise 1s/
	    s/vrid .*/vrid 52/; s/\.10\//.20\//'
} >"$LAB_TMP/dir1.conf"
mkfifo "$LAB_TMP/log"
stamp <"$LAB_TMP/log" >"$LAB_TMP/stamped" &
chmod 600 "$LAB_TMP/dir1.conf"
ip netns exec dir1 "$LVSD" -dv -f "$LAB_TMP/dir1.conf" -s /run/lvsd-dir1.sock \
    >"$LAB_TMP/log" 2>&1 &
echo $! >"$LAB_TMP/dir1.pid"
since_start() {
	awk -v line="$1: backup -> master" '/lvsd runs/ { start = $1 }
	    index($0, line) { print $1 - start; exit }' "$LAB_TMP/stamped"
}
ok "both are master" wait_for 10 is_role dir1 late master
proc_stop dir1
early=$(since_start early)
late=$(since_start late)
diag "start master after $early ms, start backup after $late ms"
ok "start master: not at once" test "$early" -ge 1000
ok "but before the other, whose priority is higher" \
    test "$early" -lt "$late"
ok "which takes three intervals" test "$late" -ge 2500
is "lvsd ended well" "$(faults)" ""
done_testing

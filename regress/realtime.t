#!/bin/sh
#
# realtime and lock memory: how vrrpe is scheduled, that nothing else is, what
# happens when it does not come to an end, and where the kernel says no.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

chrt -r 1 true 2>/dev/null ||
    skip_all "this kernel lets root have no realtime scheduling"

# Some containers keep the limit of locked memory from their root.
may_lock=no
prlimit --memlock=unlimited:unlimited true 2>/dev/null && may_lock=yes

dir=/run/notify
mkdir -m 755 $dir
mkdir -m 777 /run/out
chmod 777 /run/out
cat >$dir/look <<'END'
#!/bin/sh
chrt -p $$ >>/run/out/$1
END
chmod 755 $dir/look

engine() {
	pgrep -P "$(proc_pid dir1)" -f "^lvsd: $1"
}

scheduled() {
	chrt -p "$1" | sed 's/.*: //' | tr '\n' ' '
}

limit() {
	sed -n "s/^Max $2  *//p" "/proc/$1/limits" | awk '{ print $1, $2 }'
}

locked() {
	awk '/^VmLck/ { print $2 }' "/proc/$1/status"
}

is_locked() {
	[ "$(locked "$1")" -gt 0 ]
}

lock_ok() {
	if [ $may_lock = yes ]; then
		ok "$1" wait_for 5 is_locked "$2"
	else
		ok "$1: no, and is told" wait_for 5 says dir1 \
		    'lock memory: the limit is [0-9]* bytes; lvsd needs'
	fi
}

another() {
	[ -n "$(engine vrrpe)" ] && [ "$(engine vrrpe)" != "$1" ]
}

config() {
	[ $# -eq 0 ] || printf '%s\n' "$@"
	instance 100 "notify master \"$dir/look master\"" \
	    "notify backup \"$dir/look backup\""
}

other="SCHED_OTHER 0 "
trap net_down EXIT
net_up || bail "no network"

config 'realtime 10' 'lock memory' >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
vrrpe=$(engine vrrpe)
is "vrrpe is scheduled so" "$(scheduled "$vrrpe")" \
    "SCHED_RR|SCHED_RESET_ON_FORK 10 "
is "for so long" "$(limit "$vrrpe" 'realtime timeout')" "500000 1000000"
lock_ok "its memory is locked" "$vrrpe"
for role in hce lbe; do
	is "$role is not" "$(scheduled "$(engine $role)")" "$other"
	is "nor its memory" "$(locked "$(engine $role)")" 0
done
is "nor is the parent" "$(scheduled "$(proc_pid dir1)")" "$other"
ok "it is master" wait_for 5 is_role dir1 VI_1 master
ok "a script runs" wait_for 5 test -s /run/out/master
like "as others do" "$(cat /run/out/master)" 'policy: SCHED_OTHER$'

# Whoever gives realtime to the parent does not give it to scripts.
rm /run/out/master
chrt -r -p 5 "$(proc_pid dir1)"
link_cut dir1
ok "a fault" wait_for 5 is_role dir1 VI_1 fault
link_mend dir1
ok "master again" wait_for 5 is_role dir1 VI_1 master
ok "a script runs" wait_for 5 test -s /run/out/master
like "as before" "$(cat /run/out/master)" 'policy: SCHED_OTHER$'
chrt -o -p 0 "$(proc_pid dir1)"

# Reload.
config 'realtime 20' >"$LAB_TMP/dir1.conf"
ok "a reload" ctl dir1 reload
is "it is the same vrrpe" "$(engine vrrpe)" "$vrrpe"
is "with more right" "$(scheduled "$vrrpe")" \
    "SCHED_RR|SCHED_RESET_ON_FORK 20 "
is "and no memory locked" "$(locked "$vrrpe")" 0
config >"$LAB_TMP/dir1.conf"
ok "another" ctl dir1 reload
is "none at all" "$(scheduled "$vrrpe")" "$other"
config 'lock memory' 'realtime 1' >"$LAB_TMP/dir1.conf"
ok "and another" ctl dir1 reload
is "the same again" "$(scheduled "$vrrpe")" \
    "SCHED_RR|SCHED_RESET_ON_FORK 1 "
lock_ok "with its memory" "$vrrpe"
ok "it is still master" is_role dir1 VI_1 master

# The next one.
kill -KILL "$vrrpe"
ok "it dies, there is another" wait_for 5 another "$vrrpe"
vrrpe=$(engine vrrpe)
ok "which takes the role back" \
    wait_for 10 says dir1 'init -> master: taken back after a restart'
is "scheduled so" "$(scheduled "$vrrpe")" "SCHED_RR|SCHED_RESET_ON_FORK 1 "
lock_ok "with its memory" "$vrrpe"

# One that does not come to an end.
"$OBJ/regress/unit/spin_drive" "$vrrpe"
case $? in
0)
	ok "it spins, and is ended" \
	    wait_for 10 says dir1 "pid $vrrpe.* ended by signal .*CPU time"
	ok "there is another" wait_for 10 another "$vrrpe"
	ok "which is master" wait_for 10 is_role dir1 VI_1 master
	;;
77)
	skip 3 "this processor is not known to spin_drive"
	;;
*)
	fail "it cannot be made to spin"
	;;
esac
ok "dir1 ends" proc_stop dir1

# Where it is not allowed.
config 'realtime 10' 'lock memory' >"$LAB_TMP/dir1.conf"
chmod 600 "$LAB_TMP/dir1.conf"
proc_start dir1 dir1 setpriv --bounding-set=-sys_nice,-sys_resource \
    "$LVSD" -dv -f "$LAB_TMP/dir1.conf" -s /run/lvsd-dir1.sock
ok "dir1 starts without the right to" wait_for 10 says dir1 'lvsd runs'
ok "it is master" wait_for 5 is_role dir1 VI_1 master
is "scheduled as others" "$(scheduled "$(engine vrrpe)")" "$other"
ok "and says so" says dir1 'realtime: the kernel does not allow it'
ok "a reload" ctl dir1 reload
is "says nothing again" "$(count_said dir1 'realtime: the kernel')" 1
ok "of memory too" says dir1 'lock memory: the limit is [0-9]* bytes'
ok "dir1 ends" proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing

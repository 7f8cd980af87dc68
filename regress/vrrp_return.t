#!/bin/sh
#
# A director that dies as a whole leaves its addresses behind, on lease.  One
# that comes back in time keeps them while it finds out who is master, and is
# master without their having been away, or gives them up to a better one.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

# Since the last time it was asked.
was_away() {
	_was=$(grep -c Deleted "$LAB_TMP/addresses.log")
	proc_stop addresses
	watch
	[ "$_was" -gt 0 ]
}

watch() {
	proc_start addresses dir1 ip -n dir1 -o monitor address
}

returns() {
	director dir1 &&
	    wait_for 10 says dir1 'init -> handover: its addresses are there'
}

trap net_down EXIT
net_up || bail "no network"
instance 200 >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
ok "it is master" wait_for 10 is_role dir1 VI_1 master
ok "it has the address" wait_for 10 holds dir1
watch

ok "all of it dies" crash dir1
ok "it has the address" holds dir1
ok "it returns" returns
ok "nobody else is master: it is" wait_for 10 says dir1 \
    'handover -> master: no better master is heard'
not_ok "the address was never away" was_away

instance 100 >"$LAB_TMP/dir2.conf"
ok "dir2 starts" director dir2
ok "it hears dir1" hears dir2
ok "all of dir1 dies" crash dir1
ok "dir2 takes over" wait_for 10 is_role dir2 VI_1 master
ok "dir1 returns" returns
ok "it has the better priority: it is master" wait_for 10 says dir1 \
    'handover -> master: no better master is heard'
ok "dir2 gives way" wait_for 10 is_role dir2 VI_1 backup
ok "and gives the address up" wait_for 10 lacks dir2
not_ok "on dir1 it was never away" was_away

ok "all of dir1 dies" crash dir1
ok "dir2 takes over" wait_for 10 is_role dir2 VI_1 master
instance 200 'no preempt' >"$LAB_TMP/dir1.conf"
ok "dir1 returns, and leaves a master in peace" returns
ok "it gives way" wait_for 10 says dir1 \
    'handover -> backup: master 10.77.0.2 with priority 100 to our 200'
ok "it gives the address up" wait_for 10 lacks dir1
ok "dir2 has it" holds dir2

instance 50 >"$LAB_TMP/dir1.conf"
ok "dir1 reloads with a lower priority" ctl dir1 reload
ok "dir2 dies" crash dir2
ok "dir1 takes over" wait_for 10 is_role dir1 VI_1 master
ok "it has the address" wait_for 10 holds dir1
ok "dir2 returns" director dir2
ok "it is master" wait_for 10 is_role dir2 VI_1 master
ok "dir1 gives way" wait_for 10 lacks dir1
proc_stop dir1
proc_stop dir2
is "lvsd ended well" "$(faults)" ""
done_testing

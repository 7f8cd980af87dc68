#!/bin/sh
#
# Notify scripts: when they are run, with which arguments and environment, in
# which order, as whom, and that none of them is waited for by the protocol.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/lab/net.sh"
. "$TOP/regress/vrrp.sh"

dir=/run/notify
out=/run/out
mkdir -m 755 $dir
mkdir -m 777 $out
chmod 777 $out

# program NAME: its text is standard input.
program() {
	{ echo '#!/bin/sh'; cat; } >$dir/$1
	chmod 755 $dir/$1
}

# record FILE WORD...: a line with what it was told, in one write.
program record <<'END'
file=/run/out/$1
shift
printf '%s|%s\n' "$*" "$(env | grep '^LVSD_' | sort | tr '\n' ' ')" >>$file
END
program whoami <<'END'
id -un >/run/out/whoami-$1
END
program fails <<'END'
exit 3
END
program dies <<'END'
kill -9 $$
END
program hangs <<'END'
touch /run/out/hangs
sleep 1000
END
program slow <<'END'
sleep 1
exec /run/notify/record "$@"
END
# Together with how many others?
program crowd <<'END'
mkdir -p /run/out/crowd
: >/run/out/crowd/$2
ls /run/out/crowd | wc -l >>/run/out/most
sleep 0.3
rm /run/out/crowd/$2
echo "$2 $3" >>/run/out/everyone
END
program open <<'END'
: >/run/out/open
END
chmod 757 $dir/open

# recorded FILE ERE: a line of it matches; last FILE: its last state.
recorded() {
	grep -Eq -e "$2" "$out/$1"
}

words() {
	cut -d'|' -f1 "$out/$1"
}

lines() {
	wc -l <"$out/$1"
}

has_lines() {
	[ "$(lines "$1")" -ge "$2" ]
}

scripts() {
	for state in master backup fault stop; do
		echo "notify $state \"$dir/record $1 $state 'two words'\""
	done
	echo "notify \"$dir/record $1 any\""
}

vrrp() {
	echo "vrrp \"$1\" on eth0 {"
	printf '\t%s\n' 'version 3' "vrid $2" "priority $3" 'advertise 100ms' \
	    "address 10.77.0.$2/24"
	cat
	echo '}'
}

trap net_down EXIT
net_up || bail "no network"

# An instance, a group, and what is for all.
both() {
	scripts A | vrrp A 51 100
	echo "notify stop \"$dir/record B stop 'two words'\"" |
	    vrrp B 52 101
	echo 'sync group "G" {'
	echo 'vrrp "A"'
	echo 'vrrp "B"'
	scripts G
	echo '}'
	echo "notify master \"$dir/record all master\""
	echo "notify \"$dir/record all any\""
}
both >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
ok "A is master" wait_for 5 is_role dir1 A master
ok "its scripts run" wait_for 5 has_lines A 4
is "backup first, each state's own before that of any" "$(words A)" \
    "backup two words
any INSTANCE A BACKUP 100
master two words
any INSTANCE A MASTER 100"
ok "the group's" wait_for 5 has_lines G 4
is "when all members are there" "$(words G)" \
    "backup two words
any GROUP G BACKUP 0
master two words
any GROUP G MASTER 0"
ok "and those for all" wait_for 5 has_lines all 9
is "which are run for each instance and group" \
    "$(words all | sort | tr '\n' ',')" "any GROUP G BACKUP 0,$(
    )any GROUP G MASTER 0,any INSTANCE A BACKUP 100,$(
    )any INSTANCE A MASTER 100,any INSTANCE B BACKUP 101,$(
    )any INSTANCE B MASTER 101,master,master,master,"
is "the environment says more" "$(sed -n '3s/.*|//p' $out/A)" \
    "LVSD_GROUP=G LVSD_INTERFACE=eth0 LVSD_NAME=A LVSD_PREVIOUS=BACKUP $(
    )LVSD_PRIORITY=100 LVSD_STATE=MASTER LVSD_TYPE=INSTANCE LVSD_VRID=51 "
is "also of a group" "$(sed -n '1s/.*|//p' $out/G)" \
    "LVSD_NAME=G LVSD_PREVIOUS=INIT LVSD_PRIORITY=0 LVSD_STATE=BACKUP $(
    )LVSD_TYPE=GROUP "

# Events, which a program can read.
"$LVSCTL" -s /run/lvsd-dir1.sock monitor >"$LAB_TMP/events" 2>&1 &
monitor=$!
told() {
	sed -n 's/^20[-0-9]*T[0-9:]*[+-][0-9]* //p' "$LAB_TMP/events" |
	    grep -Eqx -e "$1"
}
monitored() {
	ctl dir1 reload
	told 'reload "configuration" generation [0-9]* runs'
}
ok "somebody monitors" wait_for 10 monitored

# Nothing has changed.
before=$(cat $out/A $out/G $out/all)
ok "a reload of the same" ctl dir1 reload
vrrpe=$(pgrep -P "$(proc_pid dir1)" -f '^lvsd: vrrpe')
kill -KILL "$vrrpe"
ok "vrrpe dies and takes its role back" \
    wait_for 10 says dir1 'init -> master: taken back after a restart'
ok "it is master" wait_for 5 is_role dir1 A master
in_ns dir1 ip link set eth0 down
ok "a fault" wait_for 5 recorded G 'GROUP G FAULT 0'
ok "of each" wait_for 5 recorded A 'INSTANCE A FAULT 100'
is "nothing was run before that" \
    "$(cat $out/A $out/G $out/all | grep -v FAULT)" "$before"
is "a state of its own" "$(words A | tail -n 2)" \
    "fault two words
any INSTANCE A FAULT 100"
in_ns dir1 ip link set eth0 up
ok "master again" wait_for 5 recorded A 'any INSTANCE A MASTER.*MASTER'
ok "the group too" wait_for 5 has_lines G 10
ok "of roles the monitor heard" told 'vrrp "A" master -> fault, .*eth0 is down'
ok "both ways" wait_for 5 told 'vrrp "A" backup -> master'
ok "and of those of groups" told 'group "G" master -> fault'
ok "A is demoted" ctl dir1 vrrp demote A by 7
ok "which is told" wait_for 5 told 'vrrp "A" demotion 0 -> 7, .* by uid 0.*'
ok "with what comes of it" wait_for 5 told 'vrrp "A" priority 100 -> 93, .*'
ok "A is demoted no more" ctl dir1 vrrp undemote A

# The end.
ok "dir1 stops" proc_stop dir1
is "the group's last was its end" "$(words G | tail -n 2)" \
    "stop two words
any GROUP G STOP 0"
is "an instance's too" "$(words B)" "stop two words"
is "and that of all" "$(words all | grep -c STOP)" 3

# The same by keepalived.
kept() {
	cat <<-END
	vrrp_instance "$1" {
		interface eth0
		virtual_router_id $2
		priority $3
		version 3
		advert_int 0.1
		virtual_ipaddress { 10.77.0.$2/24 }
	END
	cat
	echo '}'
}
kept_scripts() {
	scripts "$1" | sed 's/^notify \([a-z]\)/notify_\1/'
}
{
	printf 'global_defs {\n\tscript_user nobody\n'
	printf '\tenable_script_security\n}\n'
	kept_scripts kA | kept A 61 100
	echo "notify_stop \"$dir/record kB stop 'two words'\"" | kept B 62 101
	echo 'vrrp_sync_group G {'
	printf 'group {\nA\nB\n}\n'
	kept_scripts kG
	echo '}'
} >"$LAB_TMP/keepalived.conf"
chmod 600 "$LAB_TMP/keepalived.conf"
proc_start keepalived dir2 keepalived -nlD -f "$LAB_TMP/keepalived.conf" \
    -p /run/keepalived.pid -r /run/vrrp.pid
ok "keepalived is master" wait_for 10 recorded kA 'A MASTER'
in_ns dir2 ip link set eth0 down
ok "is in fault" wait_for 10 recorded kA 'A FAULT'
proc_stop keepalived
ok "and ends" wait_for 5 recorded kG 'G STOP'
for object in A:kA G:kG B:kB; do
	is "its scripts get the same arguments: ${object%:*}" \
	    "$(words ${object#*:} | sort -u)" \
	    "$(words ${object%:*} | sort -u)"
done
in_ns dir2 ip link set eth0 up

# What goes wrong is said, and what comes next is run.
{
	cat <<-CONF
	notify backup "$dir/open"
	notify backup "$dir/fails"
	notify backup "$dir/dies"
	notify backup "$dir/hangs" timeout 300ms
	notify backup "$dir/missing"
	notify backup "$dir/whoami nobody"
	notify backup "$dir/whoami root" user root
	notify rival "$dir/record rival"
	notify fault "$dir/fails"
	CONF
} | vrrp A 51 200 >"$LAB_TMP/dir1.conf"
ok "dir1 starts" director dir1
ok "all have been run" wait_for 10 test -s $out/whoami-root
is "as nobody" "$(cat $out/whoami-nobody)" nobody
is "and as root where it is said" "$(cat $out/whoami-root)" root
ok "one that others can write is refused" says dir1 \
    "A: notify backup $dir/open: not run: .*can be written by others"
ok "and not run" test ! -e $out/open
ok "a failure is told" says dir1 "A: notify backup $dir/fails: exit 3"
ok "so is a signal" says dir1 "A: notify backup $dir/dies: signal 9"
ok "one hung" test -e $out/hangs
ok "and was ended" says dir1 "A: notify backup $dir/hangs: timeout"
ok "one is not there" says dir1 "A: notify backup $dir/missing: not run"

"$LVSCTL" -s /run/lvsd-dir1.sock monitor >"$LAB_TMP/events" 2>&1 &
monitor=$!
ok "somebody monitors" wait_for 10 monitored
link_cut dir1
ok "a failure is an event" wait_for 5 told "notify \"A\" $dir/fails: exit 3"
link_mend dir1
ok "A is master again" wait_for 5 is_role dir1 A master

# Another master, with less right.
vrrp A 51 100 </dev/null >"$LAB_TMP/dir2.conf"
in_ns dir2 nft add table ip deaf
in_ns dir2 nft 'add chain ip deaf in { type filter hook input priority 0; }'
in_ns dir2 nft add rule ip deaf in ip protocol 112 drop
ok "dir2 starts, and is deaf" director dir2
ok "both are masters" wait_for 10 is_role dir2 A master
ok "a rival is heard" wait_for 5 test -s $out/rival
is "the script is told of it" "$(sed 's/.*|//' $out/rival)" \
    "LVSD_INTERFACE=eth0 LVSD_NAME=A LVSD_PREVIOUS=MASTER $(
    )LVSD_PRIORITY=200 LVSD_RIVAL=10.77.0.2 LVSD_RIVAL_PRIORITY=100 $(
    )LVSD_STATE=MASTER LVSD_TYPE=INSTANCE LVSD_VRID=51 "
ok "it is heard again and again" hears dir1
ok "which is alarming" told 'alarm "A" rival master 10.77.0.2 .* 100 to our 200'
is "but told once" "$(lines rival)" 1
in_ns dir2 nft delete table ip deaf
ok "dir2 gives way" wait_for 5 is_role dir2 A backup

# Slow ones: of dir1, which does not stop to advertise meanwhile.
became=$(count_said dir2 '-> master')
flap() {
	in_ns dir1 ip link set eth0 down
	wait_for 5 is_role dir1 A fault || fail "no fault"
	in_ns dir1 ip link set eth0 up
	wait_for 5 is_role dir1 A master || fail "no master"
}
slow() {
	echo "notify \"$dir/slow slow\"" | vrrp A 51 "$1" \
	    >"$LAB_TMP/dir1.conf"
	ctl dir1 reload
}
ok "dir1 has a slow script" slow 200
flap
flap
flap
ok "dir1 has another priority" slow 201
flap
ok "dir2 hears dir1" hears dir2
became=$(count_said dir2 '-> master')
ok "some were skipped" wait_for 10 says dir1 "A: notify $dir/slow: skipped"
ok "the last was run" wait_for 20 recorded slow 'INSTANCE A MASTER 201'
is "all others before it" "$(tail -n 1 $out/slow | cut -d'|' -f1)" \
    "INSTANCE A MASTER 201"
like "the first was" "$(head -n 1 $out/slow)" '^INSTANCE A FAULT'
is "meanwhile dir2 has always heard dir1" "$(count_said dir2 '-> master')" "$became"

# The end of one that is configured no more, and of one that takes its time.
echo "notify stop \"$dir/record gone stop\"" | vrrp A 51 200 \
    >"$LAB_TMP/dir1.conf"
ok "dir1 is to tell the end" ctl dir1 reload
echo "notify stop \"$dir/hangs\"" | vrrp B 52 200 >"$LAB_TMP/dir1.conf"
ok "of what is configured no more" ctl dir1 reload
ok "and does" wait_for 5 test -s $out/gone
ok "B is master" wait_for 5 is_role dir1 B master
rm $out/hangs
ok "dir1 ends" proc_stop dir1
ok "the last script was begun" test -e $out/hangs
ok "and not waited for" says dir1 "B: notify stop $dir/hangs: killed"
not_ok "nothing runs any more" pgrep -f $dir/hangs
proc_stop dir2

# Many at a time, but not too many.
for vrid in $(seq 1 80); do
	vrrp V$vrid $vrid 100 </dev/null
done >"$LAB_TMP/dir1.conf"
echo "notify \"$dir/crowd\"" >>"$LAB_TMP/dir1.conf"
ok "dir1 starts with 80 instances" director dir1
everyone() {
	[ "$(sort -u $out/everyone | grep -c MASTER)" -eq 80 ]
}
ok "all become master, and run their scripts" wait_for 60 everyone
most=$(sort -n $out/most | tail -n 1)
ok "32 at a time at most, here $most" test "$most" -le 32
ok "but several" test "$most" -gt 4
proc_stop dir1
is "lvsd ended well" "$(faults)" ""
done_testing

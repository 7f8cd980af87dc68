#!/bin/sh
#
# What the operator wants otherwise: it outlives reloads, lbe and lvsd, and
# nobody but root can have written it.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"

state=/run/lvsd/state

trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

# configure [LINE]: web's hosts have the weights 1 and 3.
configure() {
	cat >$conf <<-CONF
	${1-}
	table <web> { 10.0.0.11, 10.0.0.12 weight 3 }
	table <dns> { 10.0.0.13 }
	service "www" {
		listen on 10.0.0.100 tcp port 80
		scheduler wrr
		forward to <web> port 8080
	}
	service "dns" {
		listen on 10.0.0.100 udp port 53
		forward to <dns>
	}
	CONF
}

# The kernel's table in one line.
table() {
	ipvsadm -Sn | awk '
	    $1 == "-a" {
		for (i = 2; i < NF; i++) {
			if ($i == "-r") r = $(i + 1)
			if ($i == "-w") w = $(i + 1)
		}
		printf "%s%s=%s", sep, r, w
		sep = " "
	    }'
}

table_is() {
	[ "$(table)" = "$1" ]
}

lvsctl() {
	"$LVSCTL" "$@"
}

crash() {
	kill -9 "$_lvsd"
	wait "$_lvsd" 2>/dev/null
}

overridden() {
	grep -Eq '^(host|table|service) ' $state
}

# hostile TEXT: as the file of state, in lvsd's absence.
hostile() {
	lvsd_stop
	printf '%s\n' "$1" >$state
	lvsd_start
	logged 'lvsd runs'
}

configure
lvsd_start
ok "lvsd runs" logged 'lvsd runs'
ok "the kernel has it" wait_for 10 table_is \
    '10.0.0.11:8080=1 10.0.0.12:8080=3 10.0.0.13:53=1'
not_ok "without an override the file has none" overridden

exits "another weight" 0 lvsctl host weight 10.0.0.11 7
is "is told" "$output" "host 10.0.0.11:8080 of table web:8080: weight 1 as \
configured -> weight 7"
ok "is in the kernel" wait_for 5 table_is \
    '10.0.0.11:8080=7 10.0.0.12:8080=3 10.0.0.13:53=1'
like "is shown" "$(lvsctl show hosts)" \
    '^		weight 7 by root since 20.*, configured is 1$'
exits "a service less" 0 lvsctl service disable dns
ok "is not in the kernel" wait_for 5 table_is \
    '10.0.0.11:8080=7 10.0.0.12:8080=3'
like "is shown" "$(lvsctl show services)" ', disabled by root since 20'
exits "and a host" 0 lvsctl host disable 10.0.0.12:8080
ok "gone" wait_for 5 table_is '10.0.0.11:8080=7'
ok "all is in the file" wait_for 5 grep -q '10.0.0.12 disable by 0' $state
is "which is root's alone" "$(stat -c '%a %u' $state)" "600 0"

exits "a reload" 0 lvsctl reload
is "changes nothing of it" "$(table)" '10.0.0.11:8080=7'
pid=$(engine_pid lbe)
kill -9 "$pid"
ok "another lbe" wait_for 10 another lbe "$pid"
ok "shows it" wait_for 10 eval 'lvsctl show hosts | grep -q "weight 7 by root"'
is "and changes nothing" "$(table)" '10.0.0.11:8080=7'

crash
lvsd_start
ok "another lvsd" logged "$state: 3 changes by the operator hold on"
ok "has its say" wait_for 10 logged 'service "www": 1 of 2 hosts up'
is "and changes nothing" "$(table)" '10.0.0.11:8080=7'
like "it shows them" "$(lvsctl show hosts)" '^		disabled by root since 20'
like "all" "$(lvsctl show services)" ', disabled by root since 20'
lvsd_stop
lvsd_start
is "nor does one after an end in good order" "$(table)" '10.0.0.11:8080=7'

configure 'state file "/run/other"'
exits "another file" 0 lvsctl reload
ok "is written" wait_for 5 grep -q '10.0.0.12 disable by 0' /run/other
not_ok "and the first is gone" test -e $state
configure
exits "and back" 0 lvsctl reload
ok "again" wait_for 5 grep -q '10.0.0.12 disable by 0' $state

sed -i 's/10.0.0.12 weight 3/10.0.0.14/' $conf
exits "a host leaves the configuration" 0 lvsctl reload
ok "and the file" wait_for 5 eval '! grep -q 10.0.0.12 $state'

configure
exits "all is as configured" 0 lvsctl reload
exits "a weight" 0 lvsctl host weight 10.0.0.11 configured
exits "a service" 0 lvsctl service enable dns
ok "in the kernel" wait_for 5 table_is \
    '10.0.0.11:8080=1 10.0.0.12:8080=3 10.0.0.13:53=1'
ok "none is in the file any more" wait_for 5 eval '! overridden'

bad='host "web" port 8080 variant 0 address 10.0.0.11 disable by 0 since 1'
ok "rubbish in the file" hostile "$(head -c 4096 /dev/urandom | tr -d '\0')"
ok "is not read" logged 'does not begin with "lvsd state 1"'
ok "half of it" hostile "lvsd state 1
${bad%disable*}
table \"dns\" port 53 variant 0 disable by 0 since 1"
ok "is passed over" logged "$state:2: cannot be understood"
ok "the rest is taken" wait_for 10 table_is \
    '10.0.0.11:8080=1 10.0.0.12:8080=3'
lvsctl table enable dns >/dev/null
ok "and taken back" wait_for 5 eval '! overridden'

lvsd_stop
rm $state
printf 'lvsd state 1\n%s\n' "$bad" >$state
chown _lvsd $state
lvsd_start
ok "a file that is not root's is not read" logged 'it is not read'
ok "nor has effect" wait_for 10 table_is \
    '10.0.0.11:8080=1 10.0.0.12:8080=3 10.0.0.13:53=1'
lvsd_stop
chown root $state 2>/dev/null
chmod 620 $state
lvsd_start
ok "nor is one that others can write" logged 'it is not read'
lvsd_stop
rm $state
printf 'lvsd state 1\n%s\n' "$bad" >/run/real
chmod 600 /run/real
ln -s /run/real $state
lvsd_start
ok "nor one by a symbolic link" wait_for 10 table_is \
    '10.0.0.11:8080=1 10.0.0.12:8080=3 10.0.0.13:53=1'
exits "which is not written through" 0 lvsctl host disable 10.0.0.13
ok "but replaced" wait_for 5 eval 'test -f $state && ! test -L $state'
is "the other stays" "$(cat /run/real)" "lvsd state 1
$bad"
lvsd_stop
is "lvsd ends" $? 0
done_testing

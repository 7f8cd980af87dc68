#!/bin/sh
#
# Scripts for the quorum of a service: when they are run and with what, over a
# reload, the death of the engine and that of lvsd.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"
. "$TOP/regress/servers.sh"

dir=/run/notify
out=/run/out
mkdir -m 755 $dir
mkdir -m 777 $out
chmod 777 $out
trap '{ kill $servers $monitor; lvsd_stop; } 2>/dev/null' EXIT

# record FILE WORD...: a line with what it was told, in one write.
cat >$dir/record <<'END'
#!/bin/sh
file=/run/out/$1
shift
printf '%s|%s\n' "$*" "$(env | grep '^LVSD_' | sort | tr '\n' ' ')" >>$file
END
cat >$dir/fails <<'END'
#!/bin/sh
exit 3
END
chmod 755 $dir/*

# service NAME PORT TABLE LINE...
service() {
	printf 'service "%s" {\n\tlisten on 127.0.0.100 tcp port %s\n' $1 $2
	printf '\tforward to <%s> port 8080 check tcp\n' $3
	shift 3
	printf '\t%s\n' "$@"
	echo '}'
}

scripts() {
	printf 'notify quorum %s\n' "up \"$dir/record $1 up 'two words'\"" \
	    "down \"$dir/record $1 down\""
}

# configure SCRIPTS: those of www; the rest is always the same.
configure() {
	{
		cat <<-END
		interval 500ms
		timeout 490ms
		fall 1
		table <t> { 127.0.0.1, 127.0.0.2, 127.0.0.3 weight 2 }
		table <dead> { 127.0.0.7 }
		notify "$dir/record all"
		END
		service www 80 t "quorum 3" "$1"
		service dead 81 dead "$(scripts dead)"
		service bad 82 t "notify quorum up \"$dir/fails\""
		service quiet 83 t "quorum 4"
	} >$conf
	chmod 600 $conf
}

words() {
	cut -d'|' -f1 "$out/$1"
}

environment() {
	tail -n 1 "$out/$1" | sed 's/.*|//'
}

has_lines() {
	[ "$(wc -l <"$out/$1")" -ge "$2" ]
}

told() {
	sed -n 's/^20[-0-9]*T[0-9:]*[+-][0-9]* //p' $out/events |
	    grep -Eqx -e "$1"
}

monitored() {
	"$LVSCTL" reload && told 'reload "configuration" generation [0-9]* runs'
}

for n in 1 2 3; do
	server $n
done
configure "$(scripts www)"
ok "lvsd runs" lvsd_start || bail "$(tail -n 3 $log)"
ok "the quorum is had" wait_for 10 has_lines www 1
is "one script is told" "$(words www)" "up two words"
like "by its environment" "$(environment www)" \
    "^LVSD_NAME=www LVSD_PREVIOUS=INIT LVSD_QUORUM=3 LVSD_STATE=UP $(
    )LVSD_TYPE=SERVICE LVSD_WEIGHT=[34] \$"
ok "a service whose hosts are down has none" wait_for 10 has_lines dead 1
is "which is told, once that is known" "$(words dead)" "down"
is "and what it was before" "$(environment dead)" \
    "LVSD_NAME=dead LVSD_PREVIOUS=INIT LVSD_QUORUM=1 LVSD_STATE=DOWN $(
    )LVSD_TYPE=SERVICE LVSD_WEIGHT=0 "
ok "a script that fails is logged" wait_for 10 logged \
    "service bad: notify quorum up $dir/fails: exit 3"

"$LVSCTL" monitor >$out/events 2>&1 &
monitor=$!
ok "somebody monitors" wait_for 10 monitored

fails 3
ok "the quorum is lost" wait_for 10 has_lines www 2
is "the other script is told" "$(words www | tail -n 1)" down
is "with what is left" "$(environment www)" \
    "LVSD_NAME=www LVSD_PREVIOUS=UP LVSD_QUORUM=3 LVSD_STATE=DOWN $(
    )LVSD_TYPE=SERVICE LVSD_WEIGHT=2 "
ok "as are those who monitor" wait_for 10 told \
    'service "www" quorum down, weight 2 of 3'
fails 2
fails 1
ok "others may have it still, and lose it" wait_for 10 logged \
    'service "bad": down'

# What is no change.
old=$(engine_pid lbe)
kill -KILL "$old"
ok "the engine dies, and has a successor" wait_for 10 another lbe "$old"
ok "which knows the hosts" wait_for 10 "$LVSCTL" show summary
"$LVSCTL" reload >/dev/null
server 3
server 1
ok "the quorum is had again" wait_for 10 has_lines www 3
is "and nothing was told meanwhile" "$(words www | tr '\n' ,)" \
    "up two words,down,up two words,"

# Scripts come and go.
configure ""
"$LVSCTL" reload >/dev/null
: >$log
fails 3
ok "without scripts" wait_for 10 logged 'service "www": below quorum 3'
configure "$(scripts www)"
"$LVSCTL" reload >/dev/null
ok "those that come are told how it is" wait_for 10 has_lines www 4
is "as at a start" "$(environment www)" \
    "LVSD_NAME=www LVSD_PREVIOUS=INIT LVSD_QUORUM=3 LVSD_STATE=DOWN $(
    )LVSD_TYPE=SERVICE LVSD_WEIGHT=1 "

ok "lvsd ends" lvsd_stop
is "which is no loss of a quorum" "$(words www | wc -l)" 4
not_ok "scripts of instances are not run for services" test -e $out/all
done_testing

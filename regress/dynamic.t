#!/bin/sh
#
# Checks by scripts, files and agents, and the weights they want: in the
# kernel's table, below the operator's, over reloads and the deaths of engines.

. "$(dirname "$0")/lib.sh"
lab_enter
. "$TOP/regress/daemon.sh"
command -v perl >/dev/null || skip_all "perl is not installed"

pids=
trap 'kill -9 "$_lvsd" $pids 2>/dev/null' EXIT
dir=/run/dynamic
out=/tmp/dynamic
mkdir -m 755 $dir
mkdir -m 777 $out
chmod 777 $out
ip link set lo up

# Exits as the file of its host says, and tells what it knows.
cat >$dir/script <<'END'
#!/bin/sh
echo "$LVSD_HOST $LVSD_PORT $LVSD_SERVICE $LVSD_TABLE $LVSD_WEIGHT $*" \
    >/tmp/dynamic/env.$LVSD_HOST
echo run >>/tmp/dynamic/runs
read status </run/dynamic/status.$LVSD_HOST
[ "$status" = signal ] && kill -KILL $$
exit "$status"
END
# One that does not end, and not for a signal that it can ignore.
cat >$dir/deaf <<'END'
#!/bin/sh
last=$(cat /tmp/dynamic/last.$LVSD_HOST 2>/dev/null)
[ -n "$last" ] && kill -0 "$last" 2>/dev/null && echo $$ >>/tmp/dynamic/twice
echo $$ >/tmp/dynamic/last.$LVSD_HOST
echo $$ >>/tmp/dynamic/deaf
trap '' TERM
while :; do sleep 1000; done
END
cp $dir/script $dir/open
chmod 755 $dir/script $dir/deaf
chmod 757 $dir/open
# Answers with what is in its file.
cat >$dir/agent.pl <<'END'
use IO::Socket::INET;
$SIG{PIPE} = "IGNORE";
my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 7001,
    Listen => 10, ReuseAddr => 1) or die;
while (1) {
	my $s = $l->accept or next;
	open my $f, '<', '/run/dynamic/agent' or die;
	open my $told, '>>', '/run/dynamic/told' or die;
	my $word = readline($f);
	print {$s} $word;
	print {$told} $word;
}
END

# put FILE TEXT: never half of it
put() {
	printf '%s\n' "$2" >$dir/new
	chmod 644 $dir/new
	mv $dir/new $dir/$1
}
put status.10.0.0.11 0
put status.10.0.0.12 42
put agent 'up 50%'
perl $dir/agent.pl >$out/agent.log 2>&1 &
pids=$!

# configure [agent OPTION]
configure() {
	cat >$conf <<-CONF
	log state changes
	interval 2s
	timeout 1900ms
	fall 2
	table <script> { 10.0.0.11 weight 100, 10.0.0.12 weight 100 }
	table <file> { 10.0.0.13 weight 100 }
	table <agent> {
		10.0.0.14 weight ${2-200}
	}
	table <deaf> { 10.0.0.15, 10.0.0.16 }
	table <open> { 10.0.0.17 }
	script "all" {
		command "$dir/script a 'b c'"
		interval 3s
		timeout 2900ms
	}
	script "deaf" {
		command "$dir/deaf"
		interval 700ms
		timeout 600ms
	}
	script "open" {
		command "$dir/open"
	}
	service "script" {
		listen on 10.0.0.100 tcp port 80
		scheduler wrr
		forward to <script> port 8080 check script "all" dynamic weight
	}
	service "file" {
		listen on 10.0.0.101 tcp port 80
		scheduler wrr
		forward to <file> check file "$dir/weight"
	}
	service "agent" {
		listen on 10.0.0.102 tcp port 80
		scheduler wrr
		forward to <agent> check ${1-agent} on 127.0.0.1 port 7001 \\
		    check tcp on 127.0.0.1 port 7001 interval 5s
	}
	service "deaf" {
		listen on 10.0.0.103 tcp port 80
		forward to <deaf> check script "deaf"
	}
	service "open" {
		listen on 10.0.0.104 tcp port 80
		forward to <open> check script "open"
	}
	CONF
}

# weight ADDRESS WEIGHT: this, or nothing, is what the kernel has
weight() {
	[ "$(ipvsadm -Sn | awk -v h="$1:" '$1 == "-a" {
		for (i = 2; i < NF; i++) {
			if ($i == "-r") r = $(i + 1)
			if ($i == "-w") w = $(i + 1)
		}
		if (index(r, h) == 1) print w
	    }')" = "$2" ]
}
shows() {
	"$LVSCTL" show hosts | grep -A2 "$1" | grep -Eq -e "$2"
}

configure
lvsd_start
ok "lvsd runs" logged 'lvsd runs'
ok "status 0: good, the weight is that configured" \
    wait_for 20 weight 10.0.0.11 100
ok "status 42: weight 40" wait_for 20 weight 10.0.0.12 40
ok "no file: not used" wait_for 20 shows 10.0.0.13 \
    'file: No such file or directory'
ok "nor in the kernel" weight 10.0.0.13 ''
ok "half of the weight" wait_for 20 weight 10.0.0.14 100
is "the script knows for whom it runs, and its arguments" \
    "$(cat $out/env.10.0.0.12)" "10.0.0.12 8080 script script 100 a b c"
ok "a script that others may write is not run" wait_for 20 shows 10.0.0.17 \
    'script cannot be run: Operation not permitted'
ok "why is logged" logged \
    "check script open: not run: $dir/open: can be written by others"
ok "one that does not end is killed" wait_for 20 shows 10.0.0.15 \
    'timeout in script'

put weight 7
ok "a file: its number" wait_for 20 weight 10.0.0.13 7
put weight 0
ok "0" wait_for 20 weight 10.0.0.13 0
ok "is up" shows 10.0.0.13 'up$'
put weight 70000
ok "what is no weight is bad" wait_for 20 shows 10.0.0.13 \
    'file: no number from 0 to 65535'
ok "and its host not used" wait_for 20 weight 10.0.0.13 ''
put weight 9

put status.10.0.0.11 1
ok "status 1 is bad" wait_for 20 weight 10.0.0.11 ''
ok "and says so" wait_for 20 shows 10.0.0.11 'script ended with 1'
put status.10.0.0.11 signal
ok "so is a signal" wait_for 20 shows 10.0.0.11 'script ended by signal 9'
put status.10.0.0.11 2
ok "status 2: weight 0" wait_for 20 weight 10.0.0.11 0
put status.10.0.0.11 255
ok "status 255: weight 253" wait_for 20 weight 10.0.0.11 253
like "shown with what is configured" "$("$LVSCTL" show hosts)" \
    '^		weight 253 by its check, configured is 100$'

put agent 'drain # for an hour'
ok "an agent drains" wait_for 20 weight 10.0.0.14 0
ok "and says why" wait_for 20 shows 10.0.0.14 'agent says drain \(for an hour\)'
verbose=$("$LVSCTL" show hosts verbose)
like "each check is shown" "$verbose" \
    '^		check 1 agent: up, agent says drain \(for an hour\) .*, weight 0$'
like "by its number" "$verbose" \
    '^		check 2 tcp: up, ok \([0-9]+ms\), total: [1-9][0-9]*/[0-9]+ checks$'
like "also if it is the only one" "$verbose" '^		check 1 file: up, ok'
put agent up
exits "the operator has another weight" 0 "$LVSCTL" host weight 10.0.0.14 5
ok "it wins" wait_for 20 weight 10.0.0.14 5
like "both are shown" "$("$LVSCTL" show hosts)" \
    'weight 5 by root since .*, configured is 200, its check wants 0$'
exits "no more" 0 "$LVSCTL" host weight 10.0.0.14 configured
ok "the agent's again" wait_for 20 weight 10.0.0.14 0

# It has not said since that it is ready.
pid=$(engine_pid hce)
kill -9 "$pid"
ok "another hce" wait_for 20 another hce "$pid"
put agent '25%'
ok "is told of a share" wait_for 20 grep -qx '25%' $dir/told
ok "has its word from before" wait_for 20 shows 10.0.0.14 'agent says drain'
ok "and the weight" weight 10.0.0.14 0
ok "of the script too" wait_for 20 weight 10.0.0.11 253
ok "and of the file" wait_for 20 weight 10.0.0.13 9
put agent ready
ok "until it is ready" wait_for 20 weight 10.0.0.14 50
pid=$(engine_pid lbe)
kill -9 "$pid"
ok "another lbe" wait_for 20 another lbe "$pid"
ok "shows it" wait_for 20 shows 10.0.0.14 'weight 50'
ok "and changes nothing" weight 10.0.0.14 50

configure agent 1000
exits "a reload with another weight" 0 "$LVSCTL" reload
ok "by the short way" logged 'the files say the same but for 1 weight$'
ok "a share of that" wait_for 20 weight 10.0.0.14 250
configure tcp 1000
exits "a reload without the agent" 0 "$LVSCTL" reload
ok "the weight is that configured" wait_for 20 weight 10.0.0.14 1000
put weight 11
ok "the file is read on" wait_for 20 weight 10.0.0.13 11

is "no script has run twice for a host at a time" \
    "$(cat $out/twice 2>/dev/null)" ""
before=$(grep -c . $out/runs)
more() { [ "$(grep -c . $out/runs)" -gt $((before + 2)) ]; }
ok "scripts run on" wait_for 20 more
lvsd_stop
left=
for pid in $(cat $out/deaf); do
	kill -0 "$pid" 2>/dev/null && left="$left $pid"
done
is "no script is left behind" "$left" ""
done_testing

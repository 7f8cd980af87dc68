#!/bin/sh
#
# Scripts are run as somebody harmless with nothing of lvsd's in hand, within
# their time, and not at all when others than root could have written them.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

trap 'kill -9 "$_lvsd" 2>/dev/null' EXIT

dir=/run/scripts
mkdir -m 755 $dir
mkdir -m 777 /tmp/out
chmod 777 /tmp/out

# program NAME: its text is standard input.
program() {
	{ echo '#!/bin/sh'; cat; } >$dir/$1
	chmod 755 $dir/$1
}

# A program that stays for a while, to be looked at.
cp "$(command -v sleep)" $dir/still
program asroot <<'END'
id -u >/tmp/out/asroot
END
program slow <<'END'
sleep 1000 &
echo $! >>/tmp/out/slow
sleep 1000 &
echo $! >>/tmp/out/slow
wait
END
program deaf <<'END'
trap '' TERM
echo $$ >>/tmp/out/deaf
while :; do sleep 1000; done
END
program open <<'END'
: >/tmp/out/open
END
chmod 757 $dir/open
cp $dir/still /tmp/still
program once <<'END'
mkdir /tmp/out/lock || exec touch /tmp/out/twice
sleep 1
rmdir /tmp/out/lock
END

# Stops whatever it may, over and over.
cat >$dir/hinder <<'END'
#!/usr/bin/perl
open(my $out, '>', '/tmp/out/hinder');
close($out);
for (1 .. 20000) { kill('STOP', -1); select(undef, undef, undef, 0.00005); }
END
chmod 755 $dir/hinder
echo 'no program' >$dir/text
chmod 755 $dir/text

ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.0.0.1/24 dev v0
{
	for name in slow deaf open; do
		cat <<-CONF
		script "$name" {
			command "$dir/$name"
			interval 500ms
			timeout 400ms
		}
		CONF
	done
	cat <<-CONF
	script "once" {
		command "$dir/once"
		interval 2s
		timeout 1900ms
	}
	script "still" {
		command "$dir/still 1000 0"
		interval 5s
		timeout 4s
	}
	script "asroot" {
		command "$dir/asroot"
		user root
		interval 500ms
		timeout 400ms
	}
	script "tmp" {
		command "/tmp/still 1000"
		interval 500ms
		timeout 400ms
	}
	vrrp "VI" on v0 {
		vrid 51
		address 192.0.2.1/24
	CONF
	for name in slow deaf open once still asroot tmp; do
		echo "track script \"$name\" weight -1"
	done
	echo "}"
} >$conf

lvsd_start
ok "lvsd runs" logged 'lvsd runs'

# The process that runs the program; its descriptors are no longer lvsd's.
running() {
	for _dir in /proc/[0-9]*; do
		if [ "$(readlink "$_dir/exe")" = "$1" ]; then
			echo "${_dir#/proc/}"
			return
		fi
	done
	return 1
}

# A line of /proc/PID/status, and a field of /proc/PID/stat.
status() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr '\t' ' '
}

field() {
	cut -d' ' -f"$2" "/proc/$1/stat"
}

ok "a script runs" wait_for 10 running $dir/still
pid=$(running $dir/still)
still=$pid
nobody=$(id -u nobody)
group=$(id -g nobody)
none=0000000000000000
is "as nobody" "$(status "$pid" Uid)" "$nobody $nobody $nobody $nobody"
is "of nobody's group" "$(status "$pid" Gid)" "$group $group $group $group"
is "and no other" "$(status "$pid" Groups)" "$group "
for set in CapInh CapPrm CapEff CapAmb; do
	is "with nothing in $set" "$(status "$pid" $set)" $none
done
is "gaining no privileges" "$(status "$pid" NoNewPrivs)" 1
# But for 32 and 33, which are the C library's own: it leaves them ignored in
# what make(1) starts, and lets nobody change them.
ignored=$(printf '%016x' $((0x$(status "$pid" SigIgn) & ~0x180000000)))
is "ignoring no signal" "$ignored" $none
is "blocking none" "$(status "$pid" SigBlk)" $none
is "with three descriptors" "$(ls "/proc/$pid/fd" | tr '\n' ' ')" "0 1 2 "
is "which lead nowhere" "$(readlink "/proc/$pid/fd/0" "/proc/$pid/fd/1" \
    "/proc/$pid/fd/2" | sort -u)" /dev/null
like "with a PATH" "$(tr '\0' '\n' <"/proc/$pid/environ")" \
    '^PATH=/usr/local/sbin:'
is "and no other environment" \
    "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -vc '^PATH=')" 0
is "with its arguments" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" \
    "$dir/still 1000 0 "
is "in the root directory" "$(readlink "/proc/$pid/cwd")" /
is "in a group of its own" "$(field "$pid" 5)" "$pid"
is "in a session of its own" "$(field "$pid" 6)" "$pid"

ok "root where it is named" wait_for 5 test -s /tmp/out/asroot
is "and only there" "$(cat /tmp/out/asroot)" 0

all_gone() {
	[ -s "$1" ] && for _pid in $(head -2 "$1"); do
		[ ! -e "/proc/$_pid" ] || return 1
	done
}
ok "its time over, a script ends with what it started" \
    wait_for 5 all_gone /tmp/out/slow
ok "even one that does not want to" wait_for 5 all_gone /tmp/out/deaf
ok "and it is called a timeout" logged 'script deaf: timeout'

ok "one that others can write is refused" \
    logged "script open: not run: $dir/open: can be written by others"
ok "and not run" test ! -e /tmp/out/open
ok "nor is one in a directory that others can write" \
    logged 'script tmp: not run: /tmp: can be written by others'

# Asked for while it runs, as a new hce may that does not know of it: each
# id there can be, of a generation so old that those of nothing are ignored.
if can_say; then
	ok "a script is on" wait_for 5 test -e /tmp/out/lock
	ok "and asked for" say "$(engine_pid hce)" 3 "join('', map {
	    pack('L4', $(msg_number SCRIPT_RUN), 16, \$_, 0) } 1 .. 50)"
	ok "it ends" wait_for 5 test ! -e /tmp/out/lock
	ok "but never runs twice at a time" test ! -e /tmp/out/twice
else
	skip 4 "this kernel has no pidfd_getfd(2)"
fi

# Whom scripts run as may not get the parent into his hands on the way.
{
	echo 'log state changes'
	for name in hinder text still; do
		cat <<-CONF
		script "$name" {
			command "$dir/$name 0"
			interval 20ms
			timeout 20ms
		}
		CONF
	done
	sed -n '/^vrrp/,/^track/p' $conf | grep -v track
	printf '\ttrack script "%s" weight -1\n' hinder text still
	echo '}'
} >/tmp/next.conf
sed -i '/"hinder"/,/}/s/timeout.*/timeout 10s/
    /"hinder"/,/}/s/interval.*/interval 10s/' /tmp/next.conf
cp /tmp/next.conf $conf
ok "other scripts" "$LVSCTL" reload
ok "one of them stops all that it may" wait_for 10 test -e /tmp/out/hinder
tries=0
while [ $tries -lt 20 ] && timeout 10 "$LVSCTL" reload >/dev/null; do
	tries=$((tries + 1))
	sleep 0.05
done
is "lvsd goes on" $tries 20
ok "one cannot be executed, and that is called so" wait_for 5 \
    logged 'script text .*Exec format error'

lvsd_stop
is "lvsd ends" $? 0
all="$still $(cat /tmp/out/deaf /tmp/out/slow)"
left=
for one in $all; do
	[ ! -e "/proc/$one" ] || left="$left $one"
done
is "and leaves no script behind" "$left" ""
done_testing

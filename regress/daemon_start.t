#!/bin/sh
#
# lvsd starts whole or not at all, says why not, and is there once.

. "$(dirname "$0")/lib.sh"
lab_enter -n
. "$TOP/regress/daemon.sh"

empty=/run/lvsd/empty
pid=

# What the refused leave behind would trouble the next.
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null' EXIT

vrrp() {
	cat <<-CONF
	vrrp "VI" on v0 {
		vrid 51
		priority 200
		address 192.0.2.1/24
	}
	CONF
}

nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

daemon_pid() {
	cat $sock.lock
}

no_engine() {
	[ -z "$(engine_pid vrrpe)$(engine_pid hce)$(engine_pid lbe)" ]
}

ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.0.0.1/24 dev v0

# Checking a configuration.
vrrp >$conf
exits "-n needs no root" 0 nobody "$LVSD" -n -f $conf
is "and says so" "$output" "configuration OK"
nobody "$LVSD" -nv -f $conf >/tmp/canonical
exits "-nv prints what can be read again" 0 "$LVSD" -n -f /tmp/canonical
is "as the same" "$("$LVSD" -nv -f /tmp/canonical)" "$(cat /tmp/canonical)"
{ vrrp; echo "nonsense 1"; } >/tmp/bad.conf
exits "-n refuses a bad file" 1 nobody "$LVSD" -n -f /tmp/bad.conf
like "naming file and line" "$output" '^/tmp/bad.conf:6: '
is "on standard error" "$("$LVSD" -n -f /tmp/bad.conf 2>/dev/null)" ""
exits "-D wants a value" 1 "$LVSD" -n -D name -f $conf
like "and says so" "$output" 'name=value'
exits "arguments are refused" 1 "$LVSD" -n -f $conf more
like "with the usage" "$output" '^usage: lvsd '
exits "an absolute socket is wanted" 1 "$LVSD" -s lvsd.sock -f $conf

# Refusals.
exits "nobody cannot run it" 1 nobody "$LVSD" -f $conf
like "and is told" "$output" 'must be run by root'
exits "a bad file is refused" 1 "$LVSD" -f /tmp/bad.conf
like "with its line" "$output" '^/tmp/bad.conf:6: '
ok "nothing is left of it" test ! -e $sock -a ! -e $sock.lock

cp /etc/passwd /tmp/passwd
sed -i '/^_lvsd:/d' /etc/passwd
exits "without the user _lvsd it does not start" 1 "$LVSD" -f $conf
like "and tells how to make it" "$output" 'useradd .*_lvsd'
cp /tmp/passwd /etc/passwd

: >$sock
exits "a file in place of the socket" 1 "$LVSD" -f $conf
like "is named" "$output" "$sock: exists and is not a socket"
ok "and stays" test -f $sock
rm -f $sock

mkdir -p $empty
: >$empty/file
exits "the engines' root must be empty" 1 "$LVSD" -f $conf
like "and is named" "$output" "$empty: must be empty, but has file"
rm $empty/file
chmod 777 $empty
exits "and writable by root alone" 1 "$LVSD" -f $conf
like "and the remedy is" "$output" "chmod 755 $empty"
chmod 755 $empty
chown 1 /run/lvsd
exits "and so must the directory above" 1 "$LVSD" -f $conf
chown 0 /run/lvsd
rm -r /run/lvsd

if "$TOP/lab/run" -c >/dev/null && ipvsadm -ln >/dev/null 2>&1; then
	skip 3 "this machine's kernel has IPVS"
else
	cat >/tmp/service.conf <<-CONF
	table <web> { 10.0.0.2 }
	service "www" {
		listen on 192.0.2.1 tcp port 80
		forward to <web>
	}
	CONF
	exits "services need IPVS" 1 "$LVSD" -f /tmp/service.conf
	like "which is named" "$output" 'this kernel has no IPVS'
	ok "nothing is left of it" test ! -e $sock -a ! -e $sock.lock
fi

# A start.
cd /tmp
exits "starting succeeds" 0 "$LVSD" -f lvsd.conf
is "quietly" "$output" ""
pid=$(daemon_pid)
ok "it is there when the start returns" kill -0 "$pid"
like "all engines are" \
    "$(engine_pid vrrpe) $(engine_pid hce) $(engine_pid lbe)" \
    '^[0-9]+ [0-9]+ [0-9]+$'
is "in a session of its own" "$(ps -o sid= -p "$pid" | tr -d ' ')" "$pid"
for one in $pid $(engine_pid vrrpe) $(engine_pid hce) $(engine_pid lbe); do
	is "with nothing open to the outside" "$(cd /proc/"$one"/fd &&
	    readlink 0 1 2 | sort -u)" /dev/null
done
is "in the root directory" "$(readlink /proc/"$pid"/cwd)" /
is "the socket is root's and the group's" \
    "$(stat -c '%a %U %G' $sock)" "660 root _lvsd"
is "the engines' root was made" "$(stat -c '%a %U %G' $empty)" "755 root root"

exits "a second start is refused" 1 "$LVSD" -f $conf
is "naming the pid" "$output" "lvsd: already running on $sock, pid $pid"
ok "the first goes on" kill -0 "$pid"
ok "with its socket" test -S $sock
exits "another socket is another lvsd" 0 "$LVSD" -f $conf -s /run/other.sock
other=$(cat /run/other.sock.lock)
kill "$other"
ok "which ends" wait_for 10 gone "$other"
ok "with its files" test ! -e /run/other.sock -a ! -e /run/other.sock.lock

kill -9 "$pid"
ok "engines do not outlive their parent" wait_for 2 no_engine
ok "what it leaves" test -S $sock -a -e $sock.lock
ok "is no obstacle to the next" "$LVSD" -f $conf
pid=$(daemon_pid)
kill "$pid"
ok "which ends" wait_for 10 gone "$pid"
ok "all its engines with it" no_engine
ok "and its files" test ! -e $sock -a ! -e $sock.lock
pid=
done_testing

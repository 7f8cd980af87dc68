#!/bin/sh
#
# Echo replies that are none: only the very answer to a request counts.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"

ip link set lo up && echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all ||
    skip_all "the kernel's own echo replies cannot be turned off"
mkfifo "$dir/echo.in"
perl "$TOP/regress/hce_echo.pl" <"$dir/echo.in" >"$dir/echo.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/echo.in"
wait_for 10 grep -q ready "$dir/echo.out" ||
    bail "nobody echoes: $(cat "$dir/echo.out")"
hce_start || bail "no hce: $(cat "$dir/log")"

say begin "check 1 icmp 300 200 1 1 0 0 0 - - - -" "table 2 1 web 80"
for n in 11 12 13 14 15 16 17 18 19 20; do
	say "host $n 2 127.0.0.$n"
done
say commit
none="down \(no echo reply\)"
verdict "the answer as it was sent" 11 "up \(ok\)"
verdict "another token" 12 "$none"
verdict "another sequence number" 13 "$none"
verdict "another identifier" 14 "$none"
verdict "from another address" 15 "$none"
verdict "too short" 16 "$none"
verdict "too long" 17 "$none"
verdict "another code" 18 "$none"
verdict "for another host" 19 "$none"
verdict "less than a header" 20 "$none"
is "all were answered" "$(cat "$dir/echo.out")" ready
ok "hce ends in good order" hce_stop
done_testing

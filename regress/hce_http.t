#!/bin/sh
#
# HTTP checks: methods, headers, codes, bodies, several paths; against nginx
# and against servers that send nonsense.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
for need in nginx perl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
ip link set lo up || skip_all "no loopback"

mkdir "$dir/root" && chmod 755 "$dir" "$dir/root"
yes 'all work and no play' | head -c 200000 >"$dir/root/long"
{ printf 'welcome '; cat "$dir/root/long"; } >"$dir/root/early"
printf 'abc' >"$dir/root/abc"
cat >"$dir/nginx.conf" <<END
pid $dir/nginx.pid;
error_log $dir/nginx.log;
user root;
worker_processes 1;
events { worker_connections 512; }
http {
	access_log $dir/access.log;
	client_body_temp_path $dir/t1;
	proxy_temp_path $dir/t2;
	fastcgi_temp_path $dir/t3;
	uwsgi_temp_path $dir/t4;
	scgi_temp_path $dir/t5;
	server {
		listen 127.0.0.1:8080;
		root $dir/root;
		location = / { return 200 "You are welcome.\n"; }
		location = /moved { return 301 /; }
		location = /head {
			if (\$request_method != HEAD) { return 405; }
			return 200 "only for HEAD";
		}
		location = /post {
			if (\$request_method != POST) { return 405; }
			return 204;
		}
		location = /key {
			if (\$http_x_key != "open sesame") { return 403; }
			if (\$http_user_agent != "probe") { return 403; }
			return 200;
		}
	}
}
END
nginx -c "$dir/nginx.conf" -e "$dir/nginx.log" 2>"$dir/err" ||
    bail "nginx: $(cat "$dir/err")"
wait_for 10 test -s "$dir/nginx.pid" || bail "nginx: $(cat "$dir/nginx.log")"
pids="$pids $(cat "$dir/nginx.pid")"
mkfifo "$dir/peers.in"
perl "$TOP/regress/hce_peer.pl" chunks=7001 badchunk=7002 negchunk=7003 \
    hugechunk=7004 manychunks=7005 trailers=7006 gigabyte=7007 \
    shortbody=7008 slowbody=7009 nasty=7010 bigbody=7011 badlength=7012 \
    hasty=7013 halfhead=7014 hints=7015 parts=7016 silent=7017 \
    <"$dir/peers.in" >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/peers.out" ||
    bail "the bad servers: $(cat "$dir/peers.out")"

hce_start || bail "no hce: $(cat "$dir/log")"
peak() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$hce/status"
}
memory=$(peak)

# target NAME PORT CHECK
target() {
	echo "table <$1> { 127.0.0.1 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d tcp port 80\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d check http %s\n}\n' "$1" "$2" "$3"
}
abc=900150983cd24fb0d6963f7d28e17f72
sha=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
n=0
{
	echo 'interval 500ms'
	echo 'timeout 450ms'
	echo 'fall 1'
	target moved 8080 '"/moved"'
	target range 8080 '"/moved" code "200-299,301"'
	target head 8080 '"/head" method HEAD'
	target get 8080 '"/head"'
	target post 8080 '"/post" method POST code 204'
	target nokey 8080 '"/key"'
	target key 8080 '"/key" header "X-Key: open sesame" header "User-Agent: probe"'
	target found 8080 '"/" match "wel+come"'
	target case 8080 '"/" match "(?i)WELCOME\\.$"'
	target missing 8080 '"/" match "goodbye"'
	target without 8080 '"/" no match "error"'
	target unwanted 8080 '"/" no match "wel"'
	target early 8080 '"/early" match "welcome"'
	target late 8080 '"/long" match "welcome"'
	target md5 8080 "\"/abc\" digest md5 $abc"
	target sha256 8080 "\"/abc\" digest sha256 $sha"
	target differs 8080 "\"/\" digest sha256 $sha"
	target all 8080 "\"/\" match wel and \"/abc\" digest md5 $abc and \"/moved\" code 301"
	target second 8080 '"/" match wel and "/none" and "/abc"'
	target stuck 7009 '"/" match "welcome" and "/abc"'
	target chunks 7001 '"/" match "^welcome$"'
	target badchunk 7002 '"/" match "welcome"'
	target negchunk 7003 '"/" match "welcome"'
	target hugechunk 7004 '"/" match "welcome"'
	target manychunks 7005 '"/" match "welcome"'
	target trailers 7006 '"/" match "welcome"'
	target gigabyte 7007 "\"/\" digest md5 $abc"
	target gigaearly 7007 '"/" match "welcome"'
	target shortbody 7008 '"/" match "welcome"'
	target slowbody 7009 '"/" match "welcome"'
	target nasty 7010 '"/" match "(a+)+[bc]"'
	target bigbody 7011 '"/" match "welcome"'
	target bigdigest 7011 "\"/\" digest sha256 $sha"
	target badlength 7012 '"/" match "welcome"'
	target hasty 7013 '"/"'
	target halfhead 7014 '"/"'
	target hints 7015 '"/"'
	target hinted 7015 '"/" code 103'
	target parts 7016 '"/"'
	target silent 7017 '"/"'
} | conf

verdict "a code that is not wanted" moved "down \(wrong code 301\)"
verdict "one of several codes" range "up \(ok\)"
verdict "the method HEAD" head "up \(ok\)"
verdict "and not" get "down \(wrong code 405\)"
verdict "the method POST" post "up \(ok\)"
verdict "without headers" nokey "down \(wrong code 403\)"
verdict "and with them" key "up \(ok\)"
verdict "a body that matches" found "up \(ok\)"
verdict "whatever the case, at the end" case "up \(ok\)"
verdict "one that does not" missing "down \(no match\)"
verdict "without what must not be there" without "up \(ok\)"
verdict "with it" unwanted "down \(match of what must not be there\)"
verdict "a long body that matches" early "up \(ok\)"
verdict "one that does not" late "down \(answer too long\)"
verdict "a digest" md5 "up \(ok\)"
verdict "another" sha256 "up \(ok\)"
verdict "a digest that differs" differs "down \(digest differs\)"
verdict "several paths" all "up \(ok\)"
verdict "the second is wrong" second "down \(wrong code 404 \(/none\)\)"
verdict "an answer before the question" hasty "up \(ok\)"
verdict "half of its headers, and the end" halfhead \
    "down \(closed before the answer\)"
verdict "an interim answer before the last" hints "up \(ok\)"
verdict "which is what is wanted" hinted "up \(ok\)"
verdict "an answer in parts" parts "up \(ok\)"
verdict "none" silent "down \(timeout in read\)"
verdict "the first takes too long" stuck "down \(timeout in body \(/\)\)"
verdict "a body in chunks" chunks "up \(ok\)"
verdict "a chunk that is none" badchunk "down \(malformed or too long chunk\)"
verdict "a chunk of a negative length" negchunk "down \(malformed or too long chunk\)"
verdict "a huge chunk" hugechunk "down \(malformed or too long chunk\)"
verdict "endless little chunks" manychunks \
    "down \((answer too long|malformed or too long chunk|timeout in body)\)"
verdict "endless trailers" trailers \
    "down \((no match|not HTTP|malformed or too long chunk)"
verdict "a gigabyte to digest" gigabyte "down \(answer too long\)"
verdict "a gigabyte that begins well" gigaearly "up \(ok\)"
verdict "a body cut off" shortbody "down \(closed before the answer\)"
verdict "a slow body" slowbody "down \(timeout in body\)"
verdict "a body made for the search" nasty "down \(search takes too long\)"
verdict "an endless body" bigbody "down \(answer too long\)"
verdict "an endless body to digest" bigdigest "down \(answer too long\)"
verdict "a negative length" badlength "down \((not HTTP|closed before)"
like "headers are sent" "$(cat "$dir/access.log")" '"HEAD /head HTTP/1.1" 200'

rounds() {
	say stats
	[ "$(grep -a '^stats slowbody' "$dir/out" | tail -n 1 |
	    sed 's/.*\///')" -ge 10 ]
}
ok "all are checked again and again" wait_for 30 rounds
# Those that wait for us to close: whether all is read by then, or not.
is "no connection waits for its end" "$(ss -Htn state time-wait \
    '( dport >= :7013 and dport <= :7017 )')" ""
grown=$(($(peak) - memory))
ok "that costs little memory ($grown kB)" test "$grown" -lt 16384
ok "hce ends in good order" hce_stop
done_testing

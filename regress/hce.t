#!/bin/sh
#
# Health checks against real servers and against bad ones: hce as the program
# runs it, confined, in a network and mount namespace of its own.

. "$(dirname "$0")/lib.sh"

. "$TOP/regress/hce.sh"
for need in nginx openssl perl ip; do
	command -v "$need" >/dev/null || skip_all "$need is not installed"
done

# 192.0.2.1 takes every packet and never answers; 198.51.100.0/24 is not to
# be reached.
network() {
	ip link set lo up &&
	    ip link add v0 type veth peer name v1 &&
	    ip address add 192.0.2.254/24 dev v0 &&
	    ip link set v1 up && ip link set v0 up &&
	    ip neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v0 &&
	    ip route add unreachable 198.51.100.0/24
}

# authority NAME, certificate NAME AUTHORITY DAYS ALTERNATIVE-NAMES
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" -days 2 \
	    -subj "/CN=$1"
}

certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$1" &&
	    echo "subjectAltName=$4" >"$dir/$1.ext" &&
	    openssl x509 -req -in "$dir/$1.csr" -CA "$dir/$2.pem" \
	    -CAkey "$dir/$2.key" -CAcreateserial -days "$3" \
	    -extfile "$dir/$1.ext" -out "$dir/$1.pem"
}

certificates() {
	authority ca && authority other &&
	    certificate good ca 2 "DNS:www.example.com,IP:127.0.0.1" &&
	    certificate expired ca -1 "DNS:www.example.com" &&
	    certificate wrong ca 2 "DNS:mail.example.com" &&
	    certificate untrusted other 2 "DNS:www.example.com"
}

# tls PORT CERTIFICATE OPTION...
tls() {
	_port=$1
	_cert=$2
	shift 2
	openssl s_server -accept "127.0.0.1:$_port" -cert "$dir/$_cert.pem" \
	    -key "$dir/$_cert.key" -quiet "$@" </dev/null \
	    >"$dir/tls.$_port" 2>&1 &
	pids="$pids $!"
}

http() {
	cat >"$dir/nginx.conf" <<-END
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
			listen 127.0.0.1:8080 default_server;
			listen [::1]:8080;
			return 404;
		}
		server {
			listen 127.0.0.1:8080;
			listen [::1]:8080;
			server_name www.example.com;
			location / { return 200 "welcome"; }
			location /sick { return 503; }
		}
		server {
			listen 127.0.0.1:8443 ssl;
			ssl_certificate $dir/good.pem;
			ssl_certificate_key $dir/good.key;
			location / { return 200 "welcome"; }
		}
	}
	END
	nginx -c "$dir/nginx.conf" -e "$dir/nginx.log"
}

listens() {
	ss -Hltn "sport = :$1" | grep -q .
}

network >/dev/null 2>"$dir/err" || skip_all "no veth: $(cat "$dir/err")"
certificates >/dev/null 2>"$dir/err" || bail "certificates: $(cat "$dir/err")"
http 2>"$dir/err" || bail "nginx: $(cat "$dir/err")"
wait_for 10 test -s "$dir/nginx.pid" || bail "nginx: $(cat "$dir/nginx.log")"
pids="$pids $(cat "$dir/nginx.pid")"
tls 9001 good -www
tls 9002 expired -www
tls 9003 wrong -www
tls 9004 untrusted -www
tls 9005 untrusted -rev
mkfifo "$dir/peers.in"
perl "$TOP/regress/hce_peer.pl" banner=7001 silent=7002 closes=7003 \
    garbage=7004 endless=7005 longline=7006 noline=7007 continues=7008 \
    slow=7009 bigbody=7010 short=7011 resets=7012 binary=7013 \
    continue1=7014 later=7015 <"$dir/peers.in" >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/peers.in"
for port in 8080 8443 9001 9002 9003 9004 9005; do
	wait_for 10 listens $port || bail "nothing listens on $port"
done
wait_for 10 grep -q ready "$dir/peers.out" ||
    bail "the bad servers: $(cat "$dir/peers.out")"

hce_start "SSL_CERT_FILE=$dir/ca.pem" || bail "no hce: $(cat "$dir/log")"

descriptors() {
	ls "/proc/$hce/fd" | wc -l
}

idle=$(descriptors)
peak() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$hce/status"
}
memory=$(peak)

# id type interval timeout rise fall port code flags path host send expect
n=0
say begin
hosts=
# target ADDRESS PORT CHECK: a table of one host with its own check, numbered
# as the expectations below.
target() {
	n=$((n + 1))
	say "check $((1000 + n)) $3" "table $((2000 + n)) $((1000 + n)) t$n $2" \
	    "host $n $((2000 + n)) $1"
}
tcp="tcp 1300 1200 1 1 0 0 0 - - - -"
icmp="icmp 1300 1200 1 1 0 0 0 - - - -"
www="http 1500 1400 1 1 0 200 0 / www.example.com - -"
secure="https 1500 1400 1 1 0 200 0 / www.example.com - -"
send() {
	echo "send 1500 1400 1 1 0 0 ${3:-0} - - $1 $2"
}

# Numbers are what verdict() is asked for.
target 127.0.0.1 8080 "$tcp"					# 1
target 127.0.0.1 1 "$tcp"					# 2
target 192.0.2.1 80 "$tcp"					# 3
target 198.51.100.1 80 "$tcp"					# 4
target ::1 8080 "$tcp"						# 5
target 127.0.0.1 80 "$icmp"					# 6
target 192.0.2.1 80 "$icmp"					# 7
target ::1 80 "$icmp"						# 8
target 198.51.100.1 80 "$icmp"					# 9
target 127.0.0.1 8080 "$www"					# 10
target 127.0.0.1 8080 "http 1500 1400 1 1 0 200 0 / - - -"	# 11
target 127.0.0.1 8080 \
    "http 1500 1400 1 1 0 200 0 /sick www.example.com - -"	# 12
target ::1 8080 "$www"						# 13
target 127.0.0.1 1 "$www"					# 14
target 192.0.2.1 80 "$www"					# 15
target 198.51.100.1 80 "$www"					# 16
target 127.0.0.1 8443 "$secure"					# 17
target 127.0.0.1 9001 "$secure"					# 18
target 127.0.0.1 9001 "https 1500 1400 1 1 0 200 0 / - - -"	# 19
target 127.0.0.1 9002 "$secure"					# 20
target 127.0.0.1 9003 "$secure"					# 21
target 127.0.0.1 9004 "$secure"					# 22
target 127.0.0.1 9004 \
    "https 1500 1400 1 1 0 200 1 / www.example.com - -"		# 23
target 127.0.0.1 8080 "$secure"					# 24
target 127.0.0.1 7002 "$secure"					# 25
target 127.0.0.1 1 "$secure"					# 26
target 192.0.2.1 443 "$secure"					# 27
target 127.0.0.1 7003 "$secure"					# 28
target 127.0.0.1 7001 "$(send NOOP%0d%0a "220*250*Ok%0d%0a")"	# 29
target 127.0.0.1 7001 "$(send HELP%0d%0a "220*250*Ok*")"	# 30
target 127.0.0.1 7001 "$(send - "220%20mail*")"			# 31
target 127.0.0.1 7002 "$(send - "220*")"			# 32
target 127.0.0.1 7003 "$(send - "220*")"			# 33
target 127.0.0.1 7007 "$(send - "220*")"			# 34
target 127.0.0.1 7011 "$(send x%0a "220*")"			# 35
target 127.0.0.1 7012 "$(send x%0a "220*")"			# 36
target 127.0.0.1 7013 "$(send - "*PONG?")"			# 37
target 127.0.0.1 9005 "$(send abc%0a "cba%0a" 3)"		# 38
target 127.0.0.1 7001 "$(send abc "*" 2)"			# 39
target 127.0.0.1 1 "$(send - "220*")"				# 40
target 127.0.0.1 7001 "$www"					# 41
target 127.0.0.1 7002 "$www"					# 42
target 127.0.0.1 7003 "$www"					# 43
target 127.0.0.1 7004 "$www"					# 44
target 127.0.0.1 7005 "$www"					# 45
target 127.0.0.1 7006 "$www"					# 46
target 127.0.0.1 7007 "$www"					# 47
target 127.0.0.1 7008 "$www"					# 48
target 127.0.0.1 7009 "$www"					# 49
target 127.0.0.1 7010 "$www"					# 50
target 127.0.0.1 7011 "$www"					# 51
target 127.0.0.1 7012 "$www"					# 52
target 127.0.0.1 7014 \
    "http 1500 1400 1 1 0 204 0 / www.example.com - -"		# 53
target 127.0.0.1 9001 "$www"					# 54
target 198.51.100.1 80 "$secure"				# 55
target 127.0.0.1 7004 "$(send - "220*")"			# 56
target 127.0.0.1 7004 "$secure"					# 57
target 127.0.0.1 1 "tcp 1300 1200 1 1 8080 0 0 - - - -"		# 58
target 127.0.0.1 9003 "https 1500 1400 1 1 0 200 0 / - - -"	# 59
say commit

verdict "tcp: a server that listens" 1 "up \(ok\)"
verdict "tcp: a closed port" 2 "down \(connection refused\)"
verdict "tcp: no answer" 3 "down \(timeout in connect\) 1(199|[2-9][0-9][0-9])ms"
verdict "tcp: no way there" 4 "down \(unreachable: No route to host\)"
verdict "tcp over IPv6" 5 "up \(ok\)"
verdict "tcp: another port than the host's" 58 "up \(ok\)"
verdict "icmp" 6 "up \(ok\)"
verdict "icmp: no answer" 7 "down \(no echo reply\) 1(199|[2-9][0-9][0-9])ms"
verdict "icmp over IPv6" 8 "up \(ok\)"
verdict "icmp: no way there" 9 "down \(unreachable: No route to host\)"

verdict "http: right code, right host" 10 "up \(ok\)"
verdict "http: another host" 11 "down \(wrong code 404\)"
verdict "http: wrong code" 12 "down \(wrong code 503\)"
verdict "http over IPv6" 13 "up \(ok\)"
verdict "http: a closed port" 14 "down \(connection refused\)"
verdict "http: no answer to connect" 15 "down \(timeout in connect\) 1(399|[4-9][0-9][0-9])ms"
verdict "http: no way there" 16 "down \(unreachable: No route to host\)"
verdict "http: an interim answer first" 53 "up \(ok\)"

verdict "https: nginx" 17 "up \(ok\)"
verdict "https: good certificate, name" 18 "up \(ok\)"
verdict "https: good certificate, address" 19 "up \(ok\)"
verdict "https: expired" 20 "down \(certificate expired\)"
verdict "https: another name" 21 "down \(certificate of another name\)"
verdict "https: another address" 59 "down \(certificate of another name\)"
verdict "https: not trusted" 22 "down \(certificate not trusted"
verdict "https: not trusted, not verified" 23 "up \(ok\)"
verdict "https: a server without TLS" 24 "down \(not TLS\)"
verdict "https: silence" 25 "down \(timeout in TLS handshake\) 1(399|[4-9][0-9][0-9])ms"
verdict "https: a closed port" 26 "down \(connection refused\)"
verdict "https: no answer to connect" 27 "down \(timeout in connect\) 1(399|[4-9][0-9][0-9])ms"
verdict "https: closed at once" 28 "down \((closed before|connection reset)"
verdict "https: no way there" 55 "down \(unreachable: No route to host\)"
verdict "https: garbage" 57 "down \(not TLS\)"

verdict "send: an answer that matches" 29 "up \(ok\)"
verdict "send: an answer that does not" 30 "down \(no match\)"
verdict "send nothing" 31 "up \(ok\)"
verdict "send: silence" 32 "down \(timeout in read\) 1(399|[4-9][0-9][0-9])ms"
verdict "send: closed without an answer" 33 "down \(closed before"
verdict "send: an endless answer" 34 "down \(answer too long\)"
verdict "send: another answer, and closed" 35 "down \(no match\)"
verdict "send: reset" 36 "down \(connection reset\)"
verdict "send: bytes of any value" 37 "up \(ok\)"
verdict "send inside TLS" 38 "up \(ok\)"
verdict "send inside TLS, server without" 39 "down \(not TLS\)"
verdict "send: a closed port" 40 "down \(connection refused\)"
verdict "send: garbage" 56 "down \(no match\)"

verdict "bad http: another protocol" 41 "down \(not HTTP\)"
verdict "bad http: silence" 42 "down \(timeout in read\) 1(399|[4-9][0-9][0-9])ms"
verdict "bad http: closed at once" 43 "down \((closed before|connection reset)"
verdict "bad http: garbage" 44 "down \(not HTTP\)"
verdict "bad http: endless headers" 45 "down \(answer too long\)"
verdict "bad http: an endless header" 46 "down \(answer too long\)"
verdict "bad http: an endless status line" 47 "down \(answer too long\)"
verdict "bad http: endless interim answers" 48 "down \(wrong code 100\)"
verdict "bad http: slow" 49 "down \(timeout in read\) 1(399|[4-9][0-9][0-9])ms"
verdict "bad http: an endless body, right headers" 50 "up \(ok\)"
verdict "bad http: cut off" 51 "down \(closed before the answer\)"
verdict "bad http: reset" 52 "down \(connection reset\)"
verdict "bad http: a TLS server" 54 "down \((not HTTP|closed before|connection reset)"

like "the log tells what happened" "$(cat "$dir/log")" "host 127\.0\.0\.1 \
\(t12:8080\), check http \([0-9]+ms, wrong code 503\), state unknown -> down, \
availability 0\.00%"

# A few rounds more, and nothing grows.
# rounds NUMBER: all have been checked that often.
rounds() {
	: >"$dir/out"
	say stats
	wait_for 5 grep -q "STATS_END" "$dir/out"
	awk -v n="$1" '$1 == "stats" {
		split($NF, c, "/"); if (c[2] < n) bad = 1
	} END { exit bad }' "$dir/out"
}
ok "every host is checked again and again" wait_for 60 rounds 8
grown=$(($(peak) - memory))
diag "hce grew by $grown kB with bad servers"
ok "bad servers cost little memory ($grown kB)" test "$grown" -lt 8192
is "hce is confined" "$(sed -n 's/^CapEff:[^0-9]*//p' "/proc/$hce/status")" \
    0000000000000000

# Answers that lie in wait after a standstill of hce are not late.
say begin "check 1 http 400 300 1 1 0 200 0 / - - -" "table 2 1 later 7015"
n=100
while [ $n -lt 130 ]; do
	say "host $n 2 127.0.0.1"
	n=$((n + 1))
done
say commit
ok "30 slow hosts are checked" wait_for 20 rounds 5
kill -STOP "$hce"
sleep 1
kill -CONT "$hce"
ok "again after a standstill of hce" wait_for 20 rounds 10
is "no check is bad for that" "$(awk '$1 == "stats" {
	split($NF, c, "/"); if (c[1] != c[2]) print }' "$dir/out")" ""

say begin commit
# But for that of the trusted certificates, which were read meanwhile.
none_left() {
	[ "$(descriptors)" -lt "$idle" ]
}
ok "no descriptor is left open" wait_for 5 none_left
hce_stop
status=$?
is "hce ends in good order" "$status" 0
[ "$status" -eq 0 ] || diag "$(tail -n 40 "$dir/log")"
done_testing

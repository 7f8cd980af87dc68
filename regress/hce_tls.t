#!/bin/sh
#
# TLS: certificates good and bad, authorities, names, versions; and servers
# that do not speak it.

. "$(dirname "$0")/lib.sh"
. "$TOP/regress/hce.sh"
. "$TOP/regress/hce_tls.sh"
for need in openssl perl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
ip link set lo up || skip_all "no loopback"

www=DNS:www.example.com
certificates() {
	authority ca && authority other && authority self &&
	    certificate good ca yesterday "90 days" "$www,IP:127.0.0.1" &&
	    certificate soon ca yesterday "10 days 1 hour" "$www" &&
	    certificate expired ca "3 days ago" yesterday "$www" &&
	    certificate early ca tomorrow "90 days" "$www" &&
	    certificate wrong ca yesterday "90 days" DNS:mail.example.com &&
	    certificate stranger other yesterday "90 days" "$www" &&
	    certificate client other yesterday "90 days" DNS:client
}
certificates >/dev/null 2>"$dir/err" || bail "certificates: $(cat "$dir/err")"
chmod 600 "$dir"/*.key

tls 9001 good -www
tls 9002 expired -www
tls 9003 early -www
tls 9004 wrong -www
tls 9005 stranger -www
tls 9006 self -www
tls 9007 soon -www
tls 9008 good -www -Verify 1 -verify_return_error -CAfile "$dir/other.pem" \
    -tls1_2
tls 9009 good -www -tls1_2
tls 9010 wrong -www -servername www.example.com -cert2 "$dir/good.pem" \
    -key2 "$dir/good.key"
tls 9011 stranger -rev
mkfifo "$dir/peers.in"
perl "$TOP/regress/hce_peer.pl" silent=7001 closes=7002 garbage=7003 \
    banner=7004 tlshuge=7005 tlsslow=7006 tlsalert=7007 \
    <"$dir/peers.in" >"$dir/peers.out" 2>&1 &
pids="$pids $!"
exec 8>"$dir/peers.in"
wait_for 10 grep -q ready "$dir/peers.out" ||
    bail "the bad servers: $(cat "$dir/peers.out")"
for port in 9001 9002 9003 9004 9005 9006 9007 9008 9009 9010 9011; do
	wait_for 10 listens $port || bail "nothing listens on $port"
done
hce_start "SSL_CERT_FILE=$dir/ca.pem" || bail "no hce: $(cat "$dir/log")"

# target NAME PORT CHECK
target() {
	echo "table <$1> { 127.0.0.1 }"
	printf 'service "%s" {\n\tlisten on 192.0.2.%d tcp port 80\n' \
	    "$1" $((n += 1))
	printf '\tforward to <%s> port %d check %s\n}\n' "$1" "$2" "$3"
}
pair="certificate \"$dir/client.pem\" key \"$dir/client.key\""
wrongpair="certificate \"$dir/stranger.pem\" key \"$dir/stranger.key\""
config() {
	n=0
	echo 'log state changes'
	echo 'interval 500ms'
	echo 'timeout 450ms'
	echo 'fall 1'
	target good 9001 'tls name www.example.com'
	target address 9001 tls
	target https 9001 'https "/" name www.example.com host 127.0.0.1'
	target expired 9002 'tls name www.example.com'
	target early 9003 'tls name www.example.com'
	target wrong 9004 'tls name www.example.com'
	target stranger 9005 'tls name www.example.com'
	target noverify 9005 'tls no verify'
	target self 9006 'tls name www.example.com'
	target soon 9007 'tls name www.example.com'
	target notsoon 9007 'tls name www.example.com warn 5d'
	target ownca 9005 "tls name www.example.com ca \"$dir/$1.pem\""
	target onlyca 9001 "tls name www.example.com ca \"$dir/other.pem\""
	target pinned 9005 \
	    "tls name www.example.com ca \"$dir/stranger.pem\""
	target nocert 9008 'tls name www.example.com'
	target cert 9008 "tls name www.example.com $pair"
	target old 9009 'tls name www.example.com minimum 1.3'
	target notold 9009 'tls name www.example.com minimum 1.2'
	target sni 9010 'tls name www.example.com'
	target nosni 9010 'tls'
	target inside 9011 'tcp send "abc\n" expect "cba\n" tls no verify'
	target insidebad 9011 'tcp send "abc\n" expect "cba\n" tls'
	target silent 7001 tls
	target closes 7002 tls
	target garbage 7003 tls
	target banner 7004 tls
	target huge 7005 tls
	target slow 7006 tls
	target alert 7007 tls
	target refused 1 tls
}
config other | conf

verdict "a good certificate" good "up \(ok\) [0-9]"
verdict "of an address" address "up \(ok\)"
verdict "for another name than the host" https "up \(ok\)"
verdict "expired" expired "down \(certificate expired\)"
verdict "not valid yet" early "down \(certificate not valid yet\)"
verdict "another name" wrong "down \(certificate of another name\)"
verdict "another authority" stranger "down \(certificate not trusted \(20\)\)"
verdict "not verified" noverify "up \(ok\)"
verdict "signed by itself" self "down \(certificate signed by itself\)"
verdict "about to expire" soon "up \(ok\) warn"
verdict "and not yet" notsoon "up \(ok\) [0-9]"
like "the log warns" "$(cat "$dir/log")" \
    "host 127\.0\.0\.1 \(soon:9007\), check tls: certificate expires in 10 days"
verdict "an own authority" ownca "up \(ok\)"
verdict "and no other" onlyca "down \(certificate not trusted \(20\)\)"
verdict "the server's own certificate" pinned "up \(ok\)"
verdict "a client without a certificate" nocert "down \(TLS handshake failed \(alert 40\)\)"
verdict "and with one" cert "up \(ok\)"
verdict "a version too old" old "down \(no TLS version in common\)"
verdict "and not" notold "up \(ok\)"
verdict "the certificate of a name" sni "up \(ok\)"
verdict "and without it" nosni "down \(certificate of another name\)"
verdict "send and expect inside" inside "up \(ok\)"
verdict "verified" insidebad "down \(certificate not trusted"
verdict "silence" silent "down \(timeout in TLS handshake\)"
verdict "closed at once" closes "down \((closed before|connection reset)"
verdict "garbage" garbage "down \((not TLS|TLS handshake failed)"
verdict "another protocol" banner "down \(not TLS\)"
verdict "endless handshake messages" huge "down \((not TLS|TLS handshake failed)"
verdict "a slow handshake" slow "down \(timeout in TLS handshake\)"
verdict "an alert" alert "down \(TLS handshake failed \(alert 80\)\)"
verdict "nobody" refused "down \(connection refused\)"

# A file that has changed makes another check.
before=$(config other | "$lvsd" -nv -f /dev/stdin)
like "files are printed by their paths" "$before" "ca \"$dir/other\.pem\""
cp "$dir/other.pem" "$dir/changes.pem"
config changes | conf
verdict "the same authority by another path" ownca "up \(ok\)"
cp "$dir/ca.pem" "$dir/changes.pem"
config changes | conf
verdict "another one by the same path" ownca "down \(certificate not trusted"
cp "$dir/other.pem" "$dir/changes.pem"
config changes | conf
verdict "and back" ownca "up \(ok\)"

# What the configuration refuses.
refuses() {
	{
		echo "table <t> { 127.0.0.1 }"
		echo "service s {"
		echo "listen on 192.0.2.1 tcp port 80"
		echo "forward to <t> check tls $2"
		echo "}"
	} >"$dir/refused" && chmod 600 "$dir/refused"
	like "$1" "$("$lvsd" -n -f "$dir/refused" 2>&1)" "$3"
}
refuses "the key of another certificate" \
    "certificate \"$dir/client.pem\" key \"$dir/good.key\"" \
    "its key is not that in"
openssl ec -in "$dir/client.key" -aes128 -passout pass:x \
    -out "$dir/locked.key" 2>/dev/null
refuses "a key with a password" \
    "certificate \"$dir/client.pem\" key \"$dir/locked.key\"" \
    "has no private key in PEM without a password"
sed '3s/./!/g' "$dir/client.pem" >"$dir/broken.pem"
refuses "a broken certificate" "ca \"$dir/broken.pem\"" \
    "has a certificate that cannot be understood"
: >"$dir/empty.pem"
refuses "an empty file" "ca \"$dir/empty.pem\"" "has 0 bytes"
head -c 2000000 /dev/zero >"$dir/large.pem"
refuses "a large one" "ca \"$dir/large.pem\"" "has 2000000 bytes"
cp "$dir/ca.pem" "$dir/open.pem" && chmod 666 "$dir/open.pem"
refuses "one that others can write" "ca \"$dir/open.pem\"" "chmod go-w it"

ok "hce ends in good order" hce_stop; cp "$dir/log" /tmp/hce.log
done_testing

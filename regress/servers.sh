# regress/servers.sh: servers on loopback that do nothing but take connections.
# Sourced after regress/lib.sh, inside of the lab.
#
#	server NUMBER		host 127.0.0.NUMBER takes connections, port 8080
#	fails NUMBER...		they refuse them
#	$servers		pids, for the end of the test

servers=

server() {
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.$ARGV[0]",
		    LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die;
		for (;;) { my $c = $s->accept or next; close($c) }' "$1" &
	eval "server_$1=$!"
	servers="$servers $!"
	wait_for 10 _listens "$1"
}

_listens() {
	ss -Hltn "src 127.0.0.$1 sport = :8080" | grep -q .
}

fails() {
	for _n; do
		eval "kill \$server_$_n; wait \$server_$_n 2>/dev/null"
	done
}

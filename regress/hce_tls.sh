# regress/hce_tls.sh: certificates and TLS servers for tests of hce.  Sourced
# after hce.sh.
#
#	authority NAME		a certificate authority: NAME.pem, NAME.key
#	certificate NAME AUTHORITY START END ALTERNATIVE-NAMES
#				START and END as date(1) takes them
#	tls PORT CERTIFICATE OPTION...	openssl s_server on 127.0.0.1
#	listens PORT		somebody does

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" -days 30 \
	    -subj "/CN=$1"
}

# openssl ca(1), for it alone can set the time when a certificate begins.
certificate() {
	mkdir "$dir/ca.$1" && : >"$dir/ca.$1/index" || return 1
	cat >"$dir/ca.$1/conf" <<-END
		[ca]
		default_ca = this
		[this]
		database = $dir/ca.$1/index
		new_certs_dir = $dir/ca.$1
		rand_serial = yes
		default_md = sha256
		policy = any
		x509_extensions = names
		[any]
		commonName = supplied
		[names]
		subjectAltName = $5
	END
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$1" &&
	    openssl ca -batch -notext -config "$dir/ca.$1/conf" \
	    -in "$dir/$1.csr" -cert "$dir/$2.pem" -keyfile "$dir/$2.key" \
	    -startdate "$(date -u -d "$3" +%Y%m%d%H%M%SZ)" \
	    -enddate "$(date -u -d "$4" +%Y%m%d%H%M%SZ)" -out "$dir/$1.pem"
}

tls() {
	_port=$1
	_cert=$2
	shift 2
	openssl s_server -accept "127.0.0.1:$_port" -cert "$dir/$_cert.pem" \
	    -key "$dir/$_cert.key" -quiet "$@" </dev/null \
	    >"$dir/tls.$_port" 2>&1 &
	pids="$pids $!"
}

listens() {
	ss -Hltn "sport = :$1" | grep -q .
}

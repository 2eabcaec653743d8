# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For tests with a proxy that knows HTTP: nginx before @tus/server.
#
#	start_nginx DIRECTIVE...	sets $proxy_port; the directives are
#				those of its location
#	nginx_figure NAME	of the manifest, which the foreign server has
#
# It keeps bodies to itself until they are whole, as it does unless told
# otherwise.

. "${0%/*}/lib.sh"

command -v nginx >/dev/null || fail 'no nginx'
command -v makedumpfile >/dev/null || fail 'no makedumpfile'

# A port that nobody has just now.
free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

nginx_answers() {
	curl -s -o /dev/null --cacert "$work/ca.pem" --cert "$work/web1.pem" \
		--key "$work/web1.key" "https://localhost:$proxy_port/"
}

start_nginx() {
	mkdir -p "$work/nginx"
	proxy_port=$(free_port)
	cat >"$work/nginx.conf" <<-END
		daemon off; master_process off;
		error_log $work/nginx.log; pid $work/nginx/pid;
		events {}
		http {
			access_log off;
			client_body_temp_path $work/nginx/body;
			proxy_temp_path $work/nginx/proxy;
			fastcgi_temp_path $work/nginx/fastcgi;
			uwsgi_temp_path $work/nginx/uwsgi;
			scgi_temp_path $work/nginx/scgi;
			server {
				listen 127.0.0.1:$proxy_port ssl;
				ssl_protocols TLSv1.3;
				ssl_certificate $work/server.pem;
				ssl_certificate_key $work/server.key;
				ssl_client_certificate $work/ca.pem;
				ssl_verify_client on;
				location / {
					proxy_pass https://127.0.0.1:$port;
					proxy_ssl_protocols TLSv1.3;
					proxy_ssl_certificate $work/web1.pem;
					proxy_ssl_certificate_key $work/web1.key;
					$*
				}
				location @cut { return 444; }
			}
		}
	END
	nginx -p "$work/nginx" -c "$work/nginx.conf" 2>>"$work/nginx.log" &
	nginx=$!
	pids="$pids $nginx"
	wait_for 10 nginx_answers
}

nginx_figure() {
	session=$work/foreign-session
	mkdir -p "$session"
	meta=$(grep -l '"object":"manifest.json"' "$store"/*.json)
	cp "${meta%.json}" "$session/manifest.json"
	figure "$1"
}

# Brings the npm packages of package-lock.json into the checkout, when they or Node have changed.

bring_packages() {
	has npm || fail "npm is not on PATH: install it, it comes with Node"
	want=$( (cat "$root/package-lock.json" && node --version) | digest)
	if have_packages; then return; fi
	take_lock
	have_packages || install_packages
	drop_lock
}

have_packages() {
	stamp=$root/node_modules/.dinfra-stamp
	[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]
}

install_packages() {
	say "installing the npm packages …"
	if ! (cd "$root" && npm ci --no-audit --no-fund) >"$cache/npm.log" 2>&1; then
		fail "the npm packages could not be installed ($(npm_problem)): check the network and the disk; $cache/npm.log says more"
	fi
	printf '%s' "$want" >"$stamp"
}

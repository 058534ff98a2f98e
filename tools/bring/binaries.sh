# Brings the control plane's programs, kwok and helm: from KUBEBUILDER_ASSETS when it is set, or else PATH, when all of
# them are there and fit; else built once from tools/go.mod.

programs='etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kwok helm'
kubernetes=1.37.1
helm=4.3.1
go_least=1.26
# What a cold build writes, in MiB: to Go's build cache, its module cache, and ours with the linker's work.
build_cache_mib=4300
module_cache_mib=1300
work_mib=1500

bring_binaries() {
	if [ -n "${DINFRA_BIN:-}" ]; then return; fi
	export DINFRA_BIN
	if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
		if DINFRA_BIN=$(find_binaries); then return; fi
		say "KUBEBUILDER_ASSETS is not used: $DINFRA_BIN"
	fi
	ldflags="-s -w -X k8s.io/component-base/version.gitVersion=v$kubernetes -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37 -X k8s.io/client-go/pkg/version.gitVersion=v$kubernetes -X helm.sh/helm/v4/internal/version.version=v$helm"
	target=$cache/binaries-$( (cat "$root/tools/go.mod" "$root/tools/go.sum" && printf '%s' "$ldflags") | digest)
	if [ ! -d "$target" ]; then
		if DINFRA_BIN=$(find_binaries); then return; fi
		check_go
		take_lock
		[ -d "$target" ] || build_binaries
		drop_lock
	fi
	DINFRA_BIN=$target
}

# Prints the folders of programs that are there already, if all of them are and fit; else what is wrong with the first.
find_binaries() {
	folders=
	for name in $programs; do
		path=${KUBEBUILDER_ASSETS:-}/$name
		if [ ! -x "$path" ]; then path=$(command -v "$name" 2>/dev/null || true); fi
		if [ -z "$path" ]; then
			printf '%s' "it has no $name, and neither has PATH"
			return 1
		fi
		if ! fits "$name" "$path"; then
			printf '%s' "$path is ${version:-of no known version}, $least or later is needed"
			return 1
		fi
		folders=$folders:$(dirname "$path")
	done
	printf '%s' "${folders#:}"
}

# fits etcd /usr/bin/etcd: whether this program is of a version we work with. Sets version and least.
fits() {
	case $1 in
	etcd) least=3.5.0 version=$("$2" --version 2>/dev/null | sed -n 's/^etcd Version: //p') ;;
	kubectl) least=1.35.0 version=$("$2" version --client 2>/dev/null | sed -n 's/^Client Version: v//p') ;;
	kwok) least=0.8.0 version=$("$2" --version 2>/dev/null | sed -n 's/^kwok version v\([0-9.]*\).*/\1/p') ;;
	helm) least=4.0.0 version=$("$2" version --short 2>/dev/null | sed -n 's/^v\([0-9.]*\).*/\1/p') ;;
	*) least=1.36.0 version=$("$2" --version 2>/dev/null | sed -n 's/^Kubernetes v//p') ;;
	esac
	[ -n "$version" ] && at_least "$least" "$version"
}

check_go() {
	has go || fail "Go is not on PATH, nor is a control plane that fits: install Go $go_least or later, it is built with it once"
	version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || true)
	version=${version#go}
	at_least "$go_least" "${version:-0}" ||
		fail "Go ${version:-of no known version} is on PATH: the control plane is built with Go $go_least or later, install it"
}

# Each of the three places has the room it needs, and so have those that share a disk.
check_space() {
	short=$( (
		room "$build_cache_mib" "$(go env GOCACHE)"
		room "$module_cache_mib" "$(go env GOMODCACHE)"
		room "$work_mib" "$cache"
	) | awk '{ need[$1] += $2; free[$1] = $3; path = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", path); at[$1] = path }
		END { for (disk in need) if (free[disk] < need[disk]) { print free[disk] " MiB are free for " at[disk] ", " need[disk] " MiB are needed"; exit } }')
	[ -z "$short" ] ||
		fail "no room to build the control plane: $short; make room, or set DINFRA_CACHE, GOCACHE and GOMODCACHE to folders elsewhere"
}

# room 100 /path: prints the disk of the path (or of what there is of it), 100, how many MiB are free, and the path.
room() {
	at=$2
	while [ ! -d "$at" ]; do at=$(dirname "$at"); done
	df -Pk "$at" | awk -v need="$1" -v path="$2" 'NR == 2 { print $1, need, int($4 / 1024), path }'
}

build_binaries() {
	check_space
	rm -rf "$target".tmp.*
	unfinished_folder=$target.tmp.$$
	mkdir -p "$unfinished_folder/work"
	log=$cache/build.log
	say "building etcd, the Kubernetes control plane, kubectl, kwok and helm, once: about six minutes on two cores …"
	(
		cd "$root/tools"
		CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS='' GOTMPDIR=$unfinished_folder/work \
			exec go build -v -trimpath -ldflags "$ldflags" -o "$unfinished_folder/" tool
	) >"$log" 2>&1 &
	unfinished_process=$!
	started=$(date +%s)
	shown=0
	while kill -0 "$unfinished_process" 2>/dev/null; do
		sleep 1
		show_progress
	done
	if [ -t 2 ]; then printf '\n' >&2; fi
	if ! wait "$unfinished_process"; then
		unfinished_process=
		fail "$(build_problem)"
	fi
	unfinished_process=
	rm -r "$unfinished_folder/work"
	# The package of etcd's command is called server.
	mv "$unfinished_folder/server" "$unfinished_folder/etcd"
	mv "$unfinished_folder" "$target"
	unfinished_folder=
	seconds=$(($(date +%s) - started))
	say "built in $(elapsed), kept in $target"
}

elapsed() {
	printf '%d:%02d' $((seconds / 60)) $((seconds % 60))
}

# A line that is written anew on a terminal, and elsewhere a line every 20 seconds.
show_progress() {
	seconds=$(($(date +%s) - started))
	progress="$(elapsed), $(grep -vc '^go: ' "$log" || true) packages compiled, $(tail -n 1 "$log")"
	if [ -t 2 ]; then
		printf '\r\033[K%.100s' "dinfra: $progress" >&2
	elif [ $((seconds - shown)) -ge 20 ]; then
		shown=$seconds
		say "$progress"
	fi
}

build_problem() {
	if grep -q 'no space left on device' "$log"; then
		printf '%s' "the disk became full while building the control plane: make room, or set DINFRA_CACHE, GOCACHE and GOMODCACHE to folders elsewhere"
	elif grep -Eq '^go: .*(dial tcp|i/o timeout|connection refused|no such host|TLS handshake|proxyconnect|server misbehaving|EOF)' "$log"; then
		printf '%s' "a Go module could not be fetched ($(grep -E '^go: ' "$log" | grep -v '^go: downloading' | tail -n 1 | sed 's/.*: //')): check the network and go env GOPROXY ($(go env GOPROXY))"
	else
		printf '%s' "building the control plane failed ($(grep -v '^go: downloading' "$log" | tail -n 1)): $log says more"
	fi
}

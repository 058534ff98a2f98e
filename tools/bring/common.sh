# What bringing each thing needs. Sourced by tools/run, which sets root and cache.

say() { printf '%s\n' "dinfra: $*" >&2; }
fail() {
	say "$*"
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# at_least 1.26 1.26.8: whether the second version is the first or a later one.
at_least() {
	printf '%s %s\n' "$1" "$2" | awk '{
		split($1, least, "."); split($2, have, ".")
		for (i = 1; i <= 3; i++) { if (have[i] + 0 > least[i] + 0) exit 0; if (have[i] + 0 < least[i] + 0) exit 1 }
	}'
}

digest() {
	if has sha256sum; then sha256sum | cut -c1-16; else shasum -a 256 | cut -c1-16; fi
}

# One process brings things at a time. The lock is a link to its process id, made in one step: never half there.
lock=$cache/lock
locked=no
take_lock() {
	waiting=no
	until ln -s "$$" "$lock" 2>/dev/null; do
		other=$(readlink "$lock" || true)
		if [ -n "$other" ] && ! kill -0 "$other" 2>/dev/null; then
			rm -f "$lock"
			continue
		fi
		[ -n "$other" ] || [ -w "$cache" ] || fail "the cache $cache cannot be written: set DINFRA_CACHE to a folder that can"
		if [ $waiting = no ]; then say "process $other is bringing what is needed; waiting for it …"; fi
		waiting=yes
		sleep 1
	done
	locked=yes
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

drop_lock() {
	rm -f "$lock"
	locked=no
	trap - EXIT INT TERM HUP
}

# What an interrupted or failed step leaves: nothing. A process that is set here is ended, a folder removed.
unfinished_process=
unfinished_folder=
clean_up() {
	if [ -n "$unfinished_process" ] && kill "$unfinished_process" 2>/dev/null; then wait "$unfinished_process" || true; fi
	if [ -n "$unfinished_folder" ]; then rm -rf "$unfinished_folder"; fi
	if [ $locked = yes ]; then rm -f "$lock"; fi
}

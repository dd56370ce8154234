#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs each libFuzzer harness of a build for some seconds, side by side, with its seeds and a corpus
# that grows in the build directory. What makes one fail is kept in BUILD/fuzz/NAME.failures/.
#
#     tests/fuzz/run.sh BUILD SECONDS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=${1:?usage: tests/fuzz/run.sh BUILD SECONDS}
seconds=${2:?usage: tests/fuzz/run.sh BUILD SECONDS}
jobs=$(nproc)

# The longest input that says something new: 40 octets of options, a frame, a script, a capture.
declare -A longest=([fuzz_options]=64 [fuzz_frames]=512 [fuzz_tracker]=2048)
usual_longest=8192

fuzz() {
    local name=$1 work=$build/fuzz/$1
    mkdir -p "$work.corpus" "$work.failures"
    if ! "$build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len="${longest[$name]:-$usual_longest}" -artifact_prefix="$work.failures/" \
        -print_final_stats=1 "$work.corpus" "tests/fuzz/seeds/$name" >"$work.log" 2>&1; then
        tail -n 40 "$work.log"
        printf '%s: FAILED; what made it fail is in %s\n' "$name" "$work.failures/"
        return 1
    fi
    printf '%s: %s executions, %s edges, %s inputs kept\n' "$name" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")" \
        "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work.log" | tail -n 1)" \
        "$(find "$work.corpus" -type f | wc -l)"
}

status=0
names=()
for path in "$build"/tests/fuzz/fuzz_*; do
    [ -f "$path" ] && [ -x "$path" ] && names+=("$(basename "$path")")
done
if [ ${#names[@]} -eq 0 ]; then
    printf 'run.sh: %s has no harness; ./dev fuzz builds them\n' "$build" >&2
    exit 1
fi
for name in "${names[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n || status=1
    done
    fuzz "$name" &
done
while [ -n "$(jobs -p)" ]; do
    wait -n || status=1
done
exit "$status"

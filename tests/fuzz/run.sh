#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs each harness of a build for some seconds, side by side, with its seeds and what earlier runs of
# this build found. What makes one fail is kept in BUILD/fuzz/NAME.failures/.
#
#     tests/fuzz/run.sh libfuzzer | afl BUILD SECONDS [NAME...]
#
# The build must be one for this engine: the presets `fuzz` and `afl`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage='usage: tests/fuzz/run.sh libfuzzer | afl BUILD SECONDS [NAME...]'
engine=${1:?$usage}
build=${2:?$usage}
seconds=${3:?$usage}
shift 3
jobs=$(nproc)

# The longest input that says something new: 40 octets of options, a frame, a script, a capture.
declare -A longest=([fuzz_options]=64 [fuzz_frames]=512 [fuzz_tracker]=2048 [fuzz_sequence]=1024)
usual_longest=8192

# Each engine: fuzzes one harness into $work.log, and says in `executions`, `edges` and `kept` how far
# it came. False if something failed.
fuzz_libfuzzer() {
    local name=$1 work=$2
    mkdir -p "$work.corpus"
    "$build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len="${longest[$name]:-$usual_longest}" -artifact_prefix="$work.failures/" \
        -print_final_stats=1 "$work.corpus" "tests/fuzz/seeds/$name" >"$work.log" 2>&1 || return 1
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work.log" | tail -n 1)
    kept=$(find "$work.corpus" -type f | wc -l)
}

# Cores that are dumped elsewhere or a clock that may change cost some speed, not finds.
fuzz_afl() {
    local name=$1 work=$2 stats=$2.afl/default/fuzzer_stats seeds=tests/fuzz/seeds/$1 failed
    [ ! -d "$work.afl" ] || seeds=-
    AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        afl-fuzz -V "$seconds" -t 10000 -m none -G "${longest[$name]:-$usual_longest}" \
        -i "$seeds" -o "$work.afl" -- "$build/tests/fuzz/$name" >"$work.log" 2>&1 || return 1
    failed=$(find "$work.afl/default/crashes" "$work.afl/default/hangs" -name 'id*' -print \
        -exec cp -t "$work.failures" {} +)
    [ -z "$failed" ] || return 1
    executions=$(sed -n 's/^execs_done *: //p' "$stats")
    edges="$(sed -n 's/^edges_found *: //p' "$stats") of $(sed -n 's/^total_edges *: //p' "$stats")"
    kept=$(sed -n 's/^corpus_count *: //p' "$stats")
}

fuzz_by_engine() {
    case $engine in
    libfuzzer) fuzz_libfuzzer "$@" ;;
    afl) fuzz_afl "$@" ;;
    esac
}

fuzz() {
    local name=$1 work=$build/fuzz/$1 executions edges kept
    mkdir -p "$work.failures"
    if ! fuzz_by_engine "$name" "$work"; then
        tail -n 40 "$work.log"
        printf '%s: FAILED; what made it fail is in %s\n' "$name" "$work.failures/"
        return 1
    fi
    printf '%s: %s executions, %s edges, %s inputs kept\n' "$name" "$executions" "$edges" "$kept"
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for path in "$build"/tests/fuzz/fuzz_*; do
        [ -f "$path" ] && [ -x "$path" ] && names+=("$(basename "$path")")
    done
fi
case $engine:${#names[@]} in
libfuzzer:0 | afl:0)
    printf 'run.sh: %s has no harness; ./dev fuzz builds them\n' "$build" >&2
    exit 1
    ;;
libfuzzer:* | afl:*) ;;
*)
    printf '%s\n' "$usage" >&2
    exit 2
    ;;
esac
status=0
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

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The longer checks of `./dev check`: layout of the sources, shellcheck, cppcheck, clang-tidy, gcc
# -fanalyzer, the program as it is installed under valgrind, all retellings of the samples, the
# screen under 100,000 random keys and at 10,000 packets a second, and the proofs.
#
#     tests/check.sh BUILD RELEASE [PART...]
#
# BUILD has compile_commands.json; RELEASE has the program. PART is one of those at the end; without
# any all are made.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

build=${1:-build/dev}
release=${2:-build/release}
jobs=$(nproc)
shift $(($# < 2 ? $# : 2))
wanted=" $* "
made=0
failed=()

# part NAME COMMAND...: one check, if it is wanted, whatever the others say.
part() {
    local name=$1 begin=$SECONDS
    shift
    [[ $wanted = "  " || $wanted = *" $name "* ]] || return 0
    made=$((made + 1))
    if "$@"; then
        printf '%s: ok (%d s)\n' "$name" $((SECONDS - begin))
    else
        printf '%s: FAILED (%d s)\n' "$name" $((SECONDS - begin))
        failed+=("$name")
    fi
}

sources() { git ls-files -- "${@/%//*.c}"; }

check_layout() { git ls-files -z -- '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror; }

check_tidy() {
    sources dissector analyzer cli | xargs -P "$jobs" -n 1 clang-tidy -p "$build" --quiet 2>&1 |
        grep -Ev '^[0-9]+ warnings? (generated|treated as)|^Suppressed|^Use -header-filter'
    return $((PIPESTATUS[1] != 0))
}

# What cppcheck 2.10 takes for an error: an array being filled.
CPPCHECK_WRONG=--suppress=uninitvar:analyzer/subflow.c

check_cppcheck() {
    cppcheck --quiet --std=c11 --enable=warning,performance,portability \
        --suppress=missingIncludeSystem "$CPPCHECK_WRONG" --error-exitcode=1 -j "$jobs" -I . \
        '-DUAT_CSTRING_CB_DEF(rows,field,type)=' dissector analyzer cli wireshark tests
}

# gcc 12 loses sight of what a structure owns, and takes it for a leak; and it does not count the bits
# of vectors. LeakSanitizer, valgrind and UBSan look for those while the program runs.
ANALYZER=(-fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-file-leak
    -Wno-analyzer-shift-count-overflow -Werror)

# Each file below some folders by the command that compiles it, but for where the object goes.
check_analyzer() {
    local folders
    folders=$(printf '|%s' "$@")
    jq -r --arg folder "/(${folders#|})/" '.[] | select(.file | test($folder)) |
           "cd \(.directory) && " + (.command | sub(" -o [^ ]+"; " -o /dev/null"))' \
        "$release/compile_commands.json" |
        sed "s|$| ${ANALYZER[*]}|" | xargs -d '\n' -P "$jobs" -n 1 sh -c
}

check_scripts() { git ls-files -z -- dev .ci/run '*.sh' | xargs -0 shellcheck; }

# valgrind OPTION... SAMPLE: no error, no leak, and an exit code of the contract.
valgrind_sample() {
    valgrind --quiet --vgdb=no --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
        --errors-for-leak-kinds=definite,indirect,possible \
        "$release/mptcp-analyze" "$@" >/dev/null
    local status=$?
    [ $status -eq 0 ] || [ $status -eq 3 ] || {
        printf 'valgrind: mptcp-analyze %s: exit status %d\n' "$*" $status
        return 1
    }
}

check_valgrind() {
    export -f valgrind_sample
    export release
    find samples -name '*.pcap' -o -name '*.pcapng' | sort |
        xargs -P "$jobs" -n 1 bash -c "valgrind_sample -v -o text -o json=/dev/null \$1" - &&
        valgrind_sample -j samples/two-paths.pcapng samples/*.server.pcapng &&
        valgrind_sample -f 'tcp port 1' samples/two-paths.pcapng
}

# All of what the tests do by chance or in part: every way to spoil a sample or to tell it otherwise.
check_retold() {
    local samples
    samples=$(find samples -name '*.pcap' -o -name '*.pcapng' | sort)
    # shellcheck disable=SC2086
    printf '%s\n' less same | xargs -P "$jobs" -I KIND "$build/tests/integration/sweep" KIND -n 0 $samples &&
        /usr/bin/python3 -B tests/integration/retold_files.py --build "$build" --release "$release"
}

# Random keys on a terminal, as many as the screen must bear; and what it costs, view by view.
check_screen() {
    /usr/bin/python3 -B tests/integration/terminal.py --build "$build" --release "$release" \
        --keys 100000 &&
        /usr/bin/python3 -B tests/integration/live_screen.py --build "$build" --release "$release" \
            --cost check_cost
    local status=$?
    return $((status == 0 || status == 77 ? 0 : 1)) # 77: skipped, and why has been said
}

part layout check_layout
part clang-tidy check_tidy
part cppcheck check_cppcheck
part analyzer-dissector check_analyzer dissector
part analyzer-rest check_analyzer analyzer cli
part shellcheck check_scripts
part valgrind check_valgrind
part retold check_retold
part screen check_screen
part decoders tests/prove/prove.sh decoders
part walk tests/prove/prove.sh walk

if [ "$made" -eq 0 ]; then
    printf 'no such check:%s\n' "$wanted"
    exit 1
fi
if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[*]}"
    exit 1
fi

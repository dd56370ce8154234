/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exit codes: their meaning in words, and which one stands where several apply. It does not know
 * who earns them.
 */
#include "cli/exit_code.h"

#include <assert.h>

static const struct {
    int rank;
    const char *meaning;
} codes[] = {
    [EXIT_CODE_DONE] = {0, "done; also when stopped by a signal, or by a reader that closed the "
                           "pipe"                           },
    [EXIT_CODE_UNREADABLE] = {3, "an input cannot be read, or there is not enough memory"   },
    [EXIT_CODE_USAGE] = {5, "the command line is wrong"                                },
    [EXIT_CODE_DAMAGED] = {2, "an input was damaged: the result covers what came before the "
                              "damage, and says where it is"},
    [EXIT_CODE_FOUND] = {1, "--fail-on matched a finding"                              },
    [EXIT_CODE_OUTPUT] = {4, "an output could not be written"                           },
};
static_assert(sizeof codes / sizeof codes[0] == EXIT_CODE_COUNT, "a row for each code");

const char *exit_code_meaning(enum exit_code code)
{
    return codes[code].meaning;
}

enum exit_code exit_code_worse(enum exit_code a, enum exit_code b)
{
    return codes[a].rank >= codes[b].rank ? a : b;
}

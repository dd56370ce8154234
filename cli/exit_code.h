/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the process says when it ends. The numbers are a contract with scripts.
 */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_UNREADABLE = 1, /* cannot read or capture, no memory */
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_DAMAGED = 3, /* an input was damaged; the result covers what came before */
    EXIT_CODE_FOUND = 4,   /* --fail-on matched */
    EXIT_CODE_OUTPUT = 5,  /* an output could not be written */
};
#define EXIT_CODE_COUNT 6

/* A code in one sentence, without a full stop. Static text. */
const char *exit_code_meaning(enum exit_code code);

/*
 * The one of two codes that matters more: a result that was not written (5) before one that is
 * short for want of input or memory (1), before one of a damaged input (3), before what the result
 * says (4). Usage errors (2) end the program before anything else can happen.
 */
enum exit_code exit_code_worse(enum exit_code a, enum exit_code b);

#endif

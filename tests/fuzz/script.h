/* SPDX-License-Identifier: BSD-3-Clause */
/* An input that is read as a script: what to do next, and with which numbers. */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct script {
    const uint8_t *at;
    size_t left;
};

/* The next octet; zeros follow the last. */
static inline uint8_t script_octet(struct script *script)
{
    if (script->left == 0) {
        return 0;
    }
    script->left--;
    return *script->at++;
}

/* The next octets as one number, 1 to 8 of them. */
static inline uint64_t script_number(struct script *script, unsigned octets)
{
    uint64_t number = 0;
    for (; octets > 0; octets--) {
        number = number << 8 | script_octet(script);
    }
    return number;
}

#endif

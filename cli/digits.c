/* SPDX-License-Identifier: BSD-3-Clause */
/* Digits from the last to the first, as division gives them. It knows no signs and no units. */
#include "cli/digits.h"

#include <string.h>

char *digits_write(char *at, uint64_t number)
{
    char digits[20];
    char *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t count = (size_t)(digits + sizeof digits - first);
    memcpy(at, first, count);
    return at + count;
}

char *digits_write_last(char *at, uint64_t number, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + count;
}

char *digits_write_hex(char *at, uint64_t number, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    return at + count;
}

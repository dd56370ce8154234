/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Digits from the last to the first, as division gives them, and two at a time, for divisions are
 * what it takes. It knows no signs and no units.
 */
#include "cli/digits.h"

#include <string.h>

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

char *digits_write_last(char *at, uint64_t number, unsigned count)
{
    unsigned left = count;
    for (; left >= 2; left -= 2) {
        memcpy(at + left - 2, pairs + 2 * (number % 100), 2);
        number /= 100;
    }
    if (left > 0) {
        at[0] = (char)('0' + number % 10);
    }
    return at + count;
}

static unsigned digits_count(uint64_t number)
{
    unsigned count = 1;
    for (uint64_t power = 10; number >= power && count < 20; power *= 10) {
        count++;
    }
    return count;
}

char *digits_write(char *at, uint64_t number)
{
    return digits_write_last(at, number, digits_count(number));
}

char *digits_write_hex(char *at, uint64_t number, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    return at + count;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For EVA: every option decoder, on every length and any octets, in a block that ends where the
 * option ends, so that an octet read too far is a read outside.
 */
#include <string.h>

#include "dissector/dissector.h"

/* The longest that a length octet can say. */
#define LENGTH_MAX 255

static volatile uint8_t any;
static uint8_t octets[LENGTH_MAX];

/* Octet for octet, so that each is looked at. */
void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = (uint8_t)value;
    }
    return to;
}

static void others_decode(const struct mpta_tcp_option *option)
{
    uint16_t mss;
    uint8_t shift;
    uint32_t value;
    uint32_t echo;
    struct mpta_sack sack;
    (void)mpta_mss_decode(option, &mss);
    (void)mpta_window_scale_decode(option, &shift);
    (void)mpta_timestamps_decode(option, &value, &echo);
    (void)mpta_sack_decode(option, &sack);
}

int main(void)
{
    for (size_t i = 0; i < LENGTH_MAX; i++) {
        octets[i] = any;
    }
    for (size_t length = 0; length <= LENGTH_MAX; length++) {
        const uint8_t *at = octets + LENGTH_MAX - length;
        struct mpta_mptcp_option option;
        (void)mpta_mptcp_decode(at, length, &option);
        if (length >= 2) {
            struct mpta_tcp_option other = {.kind = any, .length = (uint8_t)length, .octets = at};
            others_decode(&other);
        }
    }
    return 0;
}

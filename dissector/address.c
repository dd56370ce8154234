/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP addresses: equal or not, and as text. IPv6 is written as RFC 5952 recommends, so that one
 * address has one text.
 */
#include "dissector/dissector.h"
#include "dissector/text.h"

#include <string.h>

#define GROUP_COUNT 8

bool mpta_address_equal(const struct mpta_address *a, const struct mpta_address *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

static void ipv4_add(struct text *text, const uint8_t *octets)
{
    for (size_t i = 0; i < 4; i++) {
        mpta_text_add(text, i > 0 ? "." : "");
        mpta_text_add_decimal(text, octets[i]);
    }
}

static unsigned group_at(const uint8_t *octets, size_t index)
{
    return (unsigned)octets[2 * index] << 8 | octets[2 * index + 1];
}

/* How many groups from one on are zero. */
static size_t zeros_count(const uint8_t *octets, size_t from)
{
    size_t end = from;
    while (end < GROUP_COUNT && group_at(octets, end) == 0) {
        end++;
    }
    return end - from;
}

/* The groups to write as "::": the first longest run of zeros, RFC 5952 section 4.2. */
static size_t zeros_find(const uint8_t *octets, size_t *count)
{
    size_t found = GROUP_COUNT;
    *count = 1; /* a single group is never shortened */
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        size_t run = zeros_count(octets, i);
        if (run > *count) {
            *count = run;
            found = i;
        }
    }
    return found;
}

static void ipv6_groups_add(struct text *text, const uint8_t *octets)
{
    size_t zeros_len;
    size_t zeros = zeros_find(octets, &zeros_len);
    bool separate = false;
    for (size_t i = 0; i < GROUP_COUNT;) {
        if (i == zeros) {
            mpta_text_add(text, "::");
            separate = false;
            i += zeros_len;
            continue;
        }
        mpta_text_add(text, separate ? ":" : "");
        mpta_text_add_short_hex(text, group_at(octets, i));
        separate = true;
        i++;
    }
}

/* IPv4-mapped addresses end as IPv4 addresses do, RFC 5952 section 5. */
static void ipv6_add(struct text *text, const uint8_t *octets)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(octets, mapped, sizeof mapped) == 0) {
        mpta_text_add(text, "::ffff:");
        ipv4_add(text, octets + sizeof mapped);
    } else {
        ipv6_groups_add(text, octets);
    }
}

static void address_add(struct text *text, const struct mpta_address *address)
{
    switch (address->family) {
    case 4:
        ipv4_add(text, address->octets);
        break;
    case 6:
        ipv6_add(text, address->octets);
        break;
    default:
        mpta_text_add(text, "-");
    }
}

size_t mpta_address_format(const struct mpta_address *address, char *text, size_t size)
{
    struct text out = mpta_text_of(text, size);
    address_add(&out, address);
    return mpta_text_end(&out);
}

size_t mpta_endpoint_format(const struct mpta_address *address, uint16_t port, char *text,
                            size_t size)
{
    struct text out = mpta_text_of(text, size);
    bool brackets = address->family == 6;
    mpta_text_add(&out, brackets ? "[" : "");
    address_add(&out, address);
    mpta_text_add(&out, brackets ? "]:" : ":");
    mpta_text_add_decimal(&out, port);
    return mpta_text_end(&out);
}

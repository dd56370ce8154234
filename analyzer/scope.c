/* SPDX-License-Identifier: BSD-3-Clause */
/* Prefixes of special purpose, none of which holds another: RFC 6890 and the RFCs it lists. */
#include "analyzer/scope.h"

#include <string.h>

struct prefix {
    uint8_t family;
    uint8_t len; /* bits */
    uint8_t octets[16];
    enum address_scope scope;
};

static const struct prefix prefixes[] = {
    {4, 32,  {0, 0, 0, 0},         SCOPE_UNSPECIFIED},
    {4, 32,  {255, 255, 255, 255}, SCOPE_MULTICAST  },
    {4, 4,   {224},                SCOPE_MULTICAST  },
    {4, 8,   {127},                SCOPE_LOOPBACK   },
    {4, 16,  {169, 254},           SCOPE_LINK_LOCAL },
    {4, 8,   {10},                 SCOPE_PRIVATE    },
    {4, 12,  {172, 16},            SCOPE_PRIVATE    },
    {4, 16,  {192, 168},           SCOPE_PRIVATE    },
    {4, 10,  {100, 64},            SCOPE_PRIVATE    },
    {6, 128, {0},                  SCOPE_UNSPECIFIED},
    {6, 128, {[15] = 1},           SCOPE_LOOPBACK   },
    {6, 8,   {0xff},               SCOPE_MULTICAST  },
    {6, 10,  {0xfe, 0x80},         SCOPE_LINK_LOCAL },
    {6, 7,   {0xfc},               SCOPE_PRIVATE    },
};

static const char *const scope_words[] = {
    [SCOPE_GLOBAL] = "a global address",
    [SCOPE_PRIVATE] = "a private address",
    [SCOPE_LINK_LOCAL] = "a link-local address",
    [SCOPE_LOOPBACK] = "a loopback address",
    [SCOPE_MULTICAST] = "a multicast or broadcast address",
    [SCOPE_UNSPECIFIED] = "the unspecified address",
};
_Static_assert(sizeof(scope_words) / sizeof(scope_words[0]) == SCOPE_COUNT, "words for each scope");

static bool prefix_has(const struct prefix *prefix, const struct mpta_address *address)
{
    size_t whole = prefix->len / 8U;
    unsigned rest = prefix->len % 8U;
    uint8_t mask = (uint8_t)(0xff00U >> rest);
    return address->family == prefix->family &&
           memcmp(address->octets, prefix->octets, whole) == 0 &&
           (rest == 0 || (address->octets[whole] & mask) == prefix->octets[whole]);
}

enum address_scope address_scope_of(const struct mpta_address *address)
{
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (prefix_has(&prefixes[i], address))
            return prefixes[i].scope;
    }
    return SCOPE_GLOBAL;
}

const char *address_scope_words(enum address_scope scope)
{
    return scope_words[scope];
}

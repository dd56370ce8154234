/* SPDX-License-Identifier: BSD-3-Clause */
/* How far an IP address reaches, by the registries of special-purpose addresses. */
#ifndef ANALYZER_SCOPE_H
#define ANALYZER_SCOPE_H

#include "dissector/dissector.h"

enum address_scope {
    SCOPE_GLOBAL,  /* as far as these tables know */
    SCOPE_PRIVATE, /* RFC 1918, RFC 4193, and RFC 6598 behind carriers */
    SCOPE_LINK_LOCAL,
    SCOPE_LOOPBACK,
    SCOPE_MULTICAST, /* and broadcast */
    SCOPE_UNSPECIFIED,
    SCOPE_COUNT,
};

enum address_scope address_scope_of(const struct mpta_address *address);

/* "a private address", "a loopback address", ... Static text. */
const char *address_scope_words(enum address_scope scope);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The filter that the kernel applies to a live capture: what may hold a TCP segment passes, in all
 * the forms that the dissector unwraps, and nothing that certainly holds none. Where a form takes
 * more than a handful of comparisons (Ethernet in a tunnel, a third VLAN tag), all of it passes.
 */
#ifndef CLI_SOURCE_LIVE_FILTER_H
#define CLI_SOURCE_LIVE_FILTER_H

#include <stdint.h>

/*
 * A libpcap expression for frames of a link type (a LINKTYPE_ number), and'ed with that of the user
 * where there is one (NULL: none). A new string that the caller frees; NULL without memory.
 */
char *source_live_filter_make(uint32_t link_type, const char *user);

/* The same in libpcap's own words, for when that does not compile: it knows no tunnel's inside. */
char *source_live_filter_simple(const char *user);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interfaces of this machine from which TCP can be captured, and the sentences that name them.
 */
#ifndef CLI_SOURCE_LIVE_LIST_H
#define CLI_SOURCE_LIVE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* One interface, borrowed for the call it is told in. Texts come from the system. */
struct live_interface {
    const char *name;
    const char *description; /* "" where the system has none */
    const char *link;        /* what frames begin with, in words; "" where it is not known */
    bool up;
    bool running; /* it has a carrier */
    bool loopback;
    const char *addresses; /* between blanks: "10.0.0.1 fe80::1", "" for none */
};

/*
 * Tells of each interface. False on failure, with *error a sentence that the caller frees, or NULL
 * without memory.
 */
bool source_live_list(void (*tell)(void *context, const struct live_interface *interface),
                      void *context, char **error);

/* True if there is an interface of this name, be it one of libpcap's own. */
bool source_live_list_has(const char *name);

/* "NAME: there is no such interface; there are: ..." To be freed; NULL without memory. */
char *source_live_list_unknown(const char *name);

/* "NAME: no permission to capture; ..." and how to get it. To be freed; NULL without memory. */
char *source_live_list_permission(const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all parts of the plugin share: its protocol. */
#ifndef WIRESHARK_PLUGIN_H
#define WIRESHARK_PLUGIN_H

#include <stdbool.h>

/* The number of the protocol `mptcpa`. */
int plugin_protocol(void);

/* The user has not disabled it. */
bool plugin_is_enabled(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of connections whose handshake was not captured: a table in Wireshark's preferences. */
#ifndef WIRESHARK_KEYS_H
#define WIRESHARK_KEYS_H

#include <epan/prefs.h>
#include <stddef.h>
#include <stdint.h>

void keys_register(module_t *module);

/* The keys of the table, to be freed with g_free; *count is set. */
uint64_t *keys_list(size_t *count);

#endif

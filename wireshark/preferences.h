/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user may choose, in Wireshark's preferences. */
#ifndef WIRESHARK_PREFERENCES_H
#define WIRESHARK_PREFERENCES_H

#include <stdbool.h>

void preferences_register(int protocol);

/* Data streams are put together over all subflows. */
bool preferences_reassemble(void);

#endif

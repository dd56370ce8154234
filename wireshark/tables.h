/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of connections and of subflows. */
#ifndef WIRESHARK_TABLES_H
#define WIRESHARK_TABLES_H

void tables_register(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wireshark's table of conversations, with one row for each connection. */
#ifndef WIRESHARK_CONVERSATIONS_H
#define WIRESHARK_CONVERSATIONS_H

void conversations_register(int protocol);

#endif

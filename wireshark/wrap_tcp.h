/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands before Wireshark's own dissector of TCP. */
#ifndef WIRESHARK_WRAP_TCP_H
#define WIRESHARK_WRAP_TCP_H

void wrap_tcp_register(void);
void wrap_tcp_hand_off(void);

#endif

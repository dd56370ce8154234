/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Follow stream" for the data stream of a connection, over all its subflows. */
#ifndef WIRESHARK_FOLLOW_H
#define WIRESHARK_FOLLOW_H

void follow_register(int protocol);

#endif

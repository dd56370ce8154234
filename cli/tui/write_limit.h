/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A terminal may take nothing for a long time: it was stopped by Ctrl-S, or the network to it
 * stands still. What is written to it then waits no longer than it may, and the rest is thrown
 * away, so that packets are taken in and signals are obeyed. It knows no terminal, only a
 * descriptor; there is one of it.
 */
#ifndef CLI_TUI_WRITE_LIMIT_H
#define CLI_TUI_WRITE_LIMIT_H

#include <stdbool.h>

/* Gets ready to limit what is written to a descriptor. Where that cannot be, nothing is limited. */
void write_limit_open(int fd);
void write_limit_close(void);

/* From now on, writes may take so many milliseconds in all. */
void write_limit_begin(int ms);

/* No longer; false if some of what was written since then was thrown away. */
bool write_limit_end(void);

#endif

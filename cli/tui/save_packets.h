/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets of some connections, as a capture of their own.
 */
#ifndef CLI_TUI_SAVE_PACKETS_H
#define CLI_TUI_SAVE_PACKETS_H

#include <stdbool.h>
#include <stdio.h>

struct ui;

/*
 * Writes those of the tagged connections, or of the current one, or of all that view 1 shows, as
 * pcapng: whole, from the inputs, where these can be read again; else what is kept
 * of each, its headers. False where that fails.
 */
bool save_packets(const struct ui *ui, bool all_shown, FILE *stream);

#endif

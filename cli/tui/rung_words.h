/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands on an arrow of the ladder.
 */
#ifndef CLI_TUI_RUNG_WORDS_H
#define CLI_TUI_RUNG_WORDS_H

#include "cli/text_line.h"
#include "cli/tui/ladder.h"

/* "SYN MP_JOIN id 2", "data 0..1400 x3", "DATA_ACK 1400". */
void rung_words(const struct rung *rung, const struct packet_store *store, struct text_line *line);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A session with a screen: packets come in, keys come in, the picture goes out.
 */
#ifndef CLI_TUI_TUI_H
#define CLI_TUI_TUI_H

#include "cli/options.h"

/* True if the options ask for the screen, or leave it to us where it is of use. */
bool tui_is_wanted(const struct options *options);

/* Runs until the user, the terminal or a signal ends it; then writes the outputs asked for. */
enum exit_code tui_run(const struct options *options);

#endif

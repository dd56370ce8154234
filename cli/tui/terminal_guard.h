/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gives the terminal back when the program dies of a signal. It knows octets and settings, and not
 * what they mean.
 */
#ifndef CLI_TUI_TERMINAL_GUARD_H
#define CLI_TUI_TERMINAL_GUARD_H

#include <stddef.h>
#include <termios.h>

/*
 * From now on a fatal signal first writes these octets to the terminal, and gives it the settings
 * (NULL: none) that it had before; then the signal does what it would have done.
 */
void terminal_guard_arm(int fd, const struct termios *before, const char *octets, size_t length);

void terminal_guard_disarm(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door through which octets of files and packets reach a person's eyes.
 */
#ifndef CLI_ESCAPE_H
#define CLI_ESCAPE_H

#include <stddef.h>

/*
 * Writes the octets of a string as printable ASCII, every other octet as \xNN. The text is cut to
 * fit, never inside an escape, and always ended by a NUL; size is at least 1. Returns its length.
 */
size_t escape_format(const char *octets, char *text, size_t size);

#endif

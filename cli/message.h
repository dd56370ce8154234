/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the program says on standard error.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#define PROGRAM_NAME "mptcp-analyze"

/*
 * One line on standard error, headed by the program's name: "FILE: what is wrong, where, what to
 * do". Octets that are not printable are escaped, so names may be given as they are.
 */
void message_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

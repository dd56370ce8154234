/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The digits of whole numbers. A report is made of them, and printf takes ten times as long.
 */
#ifndef CLI_DIGITS_H
#define CLI_DIGITS_H

#include <stdint.h>

/* Each writes digits from `at` on, without a NUL, and returns their end. */

/* As many as the number has, 1 to 20. */
char *digits_write(char *at, uint64_t number);

/* The last `count` decimal or hexadecimal ones, with zeros before them. */
char *digits_write_last(char *at, uint64_t number, unsigned count);
char *digits_write_hex(char *at, uint64_t number, unsigned count);

#endif

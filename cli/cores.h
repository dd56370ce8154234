/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many things this process can do at once.
 */
#ifndef CLI_CORES_H
#define CLI_CORES_H

/* Processors that this process may use; 1 where that cannot be known. */
unsigned cores_count(void);

#endif

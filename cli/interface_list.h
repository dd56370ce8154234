/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interfaces of this machine as a table for a person.
 */
#ifndef CLI_INTERFACE_LIST_H
#define CLI_INTERFACE_LIST_H

#include "cli/exit_code.h"

/* Prints the list to standard output; what goes wrong is said on standard error. */
enum exit_code interface_list(void);

#endif

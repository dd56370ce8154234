/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One run: from inputs through the tracker to outputs.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/options.h"

/* Does what the options ask for; all that goes wrong is said on standard error. */
enum exit_code run(const struct options *options);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The wish of the user, or of the system, that reading shall end.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdbool.h>

/*
 * From now on the first SIGINT or SIGTERM is a wish, a second one ends the program; SIGPIPE is
 * ignored. With the wish, standard input is at its end: what has come from there may still be used.
 */
void stop_catch(void);

/* True once the wish was made. */
bool stop_wished(void);

#endif

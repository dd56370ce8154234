/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The wish of the user, or of the system, that reading shall end.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdbool.h>

/*
 * From now on the first SIGINT, SIGTERM or SIGHUP is a wish, and a second one of any of them ends
 * the program; a SIGHUP that was ignored (nohup) stays so. SIGPIPE is ignored. With the wish,
 * standard input is at its end: what has come from there may still be used.
 */
void stop_catch(void);

/* Makes the wish from within. */
void stop_wish(void);

/* True once the wish was made. */
bool stop_wished(void);

/* A descriptor that can be read once the wish was made, to be waited for; -1 if there is none. */
int stop_fd(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread that helps. It takes no signals: those are for the thread that knows what they mean.
 */
#ifndef CLI_THREAD_H
#define CLI_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Begins one, which somebody must join; false where none can be had. */
bool thread_begin(pthread_t *thread, void *(*run)(void *context), void *context);

#endif

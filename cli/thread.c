/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/thread.h"

#include <signal.h>

/* All that unpacking takes, or a report, and little enough where memory is limited. */
enum { STACK_SIZE = 1024 * 1024 };

bool thread_begin(pthread_t *thread, void *(*run)(void *context), void *context)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, &attributes, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

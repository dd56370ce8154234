/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals. A file is read to its end sooner or later, so between two packets is soon enough to look
 * for a signal. A pipe may be silent for ever, and who reads it goes on waiting after a signal;
 * so the handler puts an empty file in the place of standard input.
 */
#include "cli/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* A signal handler reaches nothing else than these two. */
static volatile sig_atomic_t wished;
static volatile sig_atomic_t empty_fd = -1;

static void stop_handle(int signal_number)
{
    int error = errno;
    (void)signal_number;
    wished = 1;
    if (empty_fd >= 0) {
        dup2(empty_fd, STDIN_FILENO);
    }
    errno = error;
}

void stop_catch(void)
{
    struct sigaction handle = {.sa_handler = stop_handle, .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&handle.sa_mask);
    sigemptyset(&ignore.sa_mask);
    empty_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigaction(SIGINT, &handle, NULL);
    sigaction(SIGTERM, &handle, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file that may grow no more is an error of writing */
}

bool stop_wished(void)
{
    return wished != 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals. A file is read to its end sooner or later, so between two packets is soon enough to look
 * for a signal. A pipe may be silent for ever, and who reads it goes on waiting after a signal;
 * so the handler puts an empty file in the place of standard input. Who waits for several things at
 * once, as a live capture does, waits for a descriptor too, so that no signal slips in between
 * looking and waiting.
 */
#include "cli/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof stop_signals[0] };

/* A signal handler reaches nothing else than these. */
static volatile sig_atomic_t wished;
static volatile sig_atomic_t empty_fd = -1;
static volatile sig_atomic_t told_fd = -1;

/* The next signal, whichever it is, ends the program. */
static void signals_release(void)
{
    struct sigaction release = {.sa_handler = SIG_DFL};
    sigemptyset(&release.sa_mask);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        sigaction(stop_signals[i], &release, NULL);
    }
}

static void stop_handle(int signal_number)
{
    static const uint64_t one = 1;
    int error = errno;
    (void)signal_number;
    wished = 1;
    signals_release();
    if (empty_fd >= 0) {
        dup2(empty_fd, STDIN_FILENO);
    }
    if (told_fd >= 0 && write(told_fd, &one, sizeof one) < 0) {
        told_fd = -1;
    }
    errno = error;
}

static bool signal_is_ignored(int signal_number)
{
    struct sigaction now;
    return sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void stop_catch(void)
{
    struct sigaction handle = {.sa_handler = stop_handle};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&handle.sa_mask);
    sigemptyset(&ignore.sa_mask);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        sigaddset(&handle.sa_mask, stop_signals[i]); /* one wish at a time */
    }
    empty_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    told_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        if (stop_signals[i] != SIGHUP || !signal_is_ignored(SIGHUP)) {
            sigaction(stop_signals[i], &handle, NULL);
        }
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file that may grow no more is an error of writing */
}

void stop_wish(void)
{
    raise(SIGTERM);
}

bool stop_wished(void)
{
    return wished != 0;
}

int stop_fd(void)
{
    return told_fd;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The handler does only what a signal handler may do: write, tcsetattr, sigaction, raise. What it
 * needs is made ready before.
 */
#include "cli/tui/terminal_guard.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define OCTETS_MAX 512

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGQUIT};
#define FATAL_SIGNALS (sizeof fatal_signals / sizeof fatal_signals[0])

/* A signal handler reaches nothing else than these. */
static volatile sig_atomic_t armed;
static int guard_fd;
static bool has_settings;
static struct termios settings;
static char octets_kept[OCTETS_MAX];
static size_t octets_length;
static struct sigaction actions[FATAL_SIGNALS]; /* as they were before */

static void guard_restore(void)
{
    if (armed != 0) {
        armed = 0;
        if (write(guard_fd, octets_kept, octets_length) >= 0 && has_settings) {
            tcsetattr(guard_fd, TCSANOW, &settings);
        }
    }
}

static void guard_handle(int signal_number)
{
    guard_restore();
    for (size_t i = 0; i < FATAL_SIGNALS; i++) {
        if (fatal_signals[i] == signal_number) {
            sigaction(signal_number, &actions[i], NULL);
        }
    }
    raise(signal_number);
}

void terminal_guard_arm(int fd, const struct termios *before, const char *octets, size_t length)
{
    struct sigaction handle = {.sa_handler = guard_handle};
    sigemptyset(&handle.sa_mask);
    guard_fd = fd;
    has_settings = before != NULL;
    if (before != NULL) {
        settings = *before;
    }
    octets_length = length < sizeof octets_kept ? length : sizeof octets_kept;
    memcpy(octets_kept, octets, octets_length);
    armed = 1;
    for (size_t i = 0; i < FATAL_SIGNALS; i++) {
        sigaction(fatal_signals[i], &handle, &actions[i]);
    }
}

void terminal_guard_disarm(void)
{
    if (armed == 0) {
        return;
    }
    armed = 0;
    for (size_t i = 0; i < FATAL_SIGNALS; i++) {
        sigaction(fatal_signals[i], &actions[i], NULL);
    }
}

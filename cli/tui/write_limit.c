/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who writes is a library that tries again until all is written, whatever signal comes between. So
 * the handler of the timer puts /dev/null in the place of the descriptor, which takes everything.
 * It does only what a signal handler may do: dup2.
 */
#include "cli/tui/write_limit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

/* A signal handler reaches nothing else than these. */
static int limited_fd = -1;
static int real_fd = -1;
static int null_fd = -1;
static volatile sig_atomic_t thrown_away;

static struct sigaction before;

static void limit_reached(int signal_number)
{
    int error = errno;
    (void)signal_number;
    thrown_away = 1;
    dup2(null_fd, limited_fd);
    errno = error;
}

static bool is_open(void)
{
    return real_fd >= 0 && null_fd >= 0;
}

void write_limit_open(int fd)
{
    struct sigaction handle = {.sa_handler = limit_reached}; /* a write that waits is interrupted */
    sigemptyset(&handle.sa_mask);
    limited_fd = fd;
    real_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    sigaction(SIGALRM, &handle, &before);
}

void write_limit_close(void)
{
    sigaction(SIGALRM, &before, NULL);
    close(real_fd);
    close(null_fd);
    real_fd = null_fd = -1;
}

static void timer_set(int ms)
{
    const struct itimerval once = {
        .it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000L}
    };
    setitimer(ITIMER_REAL, &once, NULL);
}

void write_limit_begin(int ms)
{
    if (is_open()) {
        thrown_away = 0;
        timer_set(ms);
    }
}

bool write_limit_end(void)
{
    if (!is_open()) {
        return true;
    }
    timer_set(0);
    if (thrown_away != 0) {
        dup2(real_fd, limited_fd);
    }
    return thrown_away == 0;
}

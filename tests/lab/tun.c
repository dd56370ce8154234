/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The process steps into the namespace, makes the device, and steps back; the descriptor goes on
 * working from outside. No offloads are asked for, so every packet comes with whole checksums and
 * no longer than the MTU.
 */
#include "tests/lab/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int namespace_enter(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 ? -1 : setns(fd, CLONE_NEWNET);

    if (fd >= 0)
        close(fd);
    return status;
}

static int tun_create(const char *device)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -1;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    if (ioctl(fd, TUNSETIFF, &request) == 0)
        return fd;
    close(fd);
    return -1;
}

int tun_open(const char *namespace, const char *device)
{
    char path[64];
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int fd = -1;

    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    if (home < 0)
        return -1;
    if (namespace_enter(path) == 0) {
        fd = tun_create(device);
        int reason = errno;
        if (setns(home, CLONE_NEWNET) != 0) { /* never go on in a foreign namespace */
            perror("emulator: back to the first network namespace");
            _exit(1);
        }
        errno = reason;
    }
    close(home);
    return fd;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* A file in memory in the place of standard error. */
#include "cli/tui/hush.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void hush_begin(struct hush *hush)
{
    *hush = (struct hush){.active = false};
    if (isatty(STDERR_FILENO) == 0) {
        return;
    }
    fflush(stderr);
    hush->kept = memfd_create("standard error", MFD_CLOEXEC);
    hush->real = dup(STDERR_FILENO);
    if (hush->kept < 0 || hush->real < 0 || dup2(hush->kept, STDERR_FILENO) < 0) {
        return;
    }
    hush->active = true;
}

bool hush_news(struct hush *hush, char *line, size_t size)
{
    char octets[4096];
    if (!hush->active) {
        return false;
    }
    fflush(stderr);
    ssize_t length = pread(hush->kept, octets, sizeof octets - 1, hush->told);
    if (length <= 0) {
        return false;
    }
    hush->told += length;
    octets[length] = '\0';
    octets[strcspn(octets, "\r")] = '\0';
    char *end = strrchr(octets, '\n');
    if (end != NULL) {
        *end = '\0';
    }
    const char *last = strrchr(octets, '\n');
    snprintf(line, size, "%s", last != NULL ? last + 1 : octets);
    return true;
}

void hush_end(struct hush *hush)
{
    char octets[4096];
    ssize_t length;
    long at = 0;
    if (!hush->active) {
        return;
    }
    fflush(stderr);
    dup2(hush->real, STDERR_FILENO);
    while ((length = pread(hush->kept, octets, sizeof octets, at)) > 0 &&
           write(STDERR_FILENO, octets, (size_t)length) == length) {
        at += length;
    }
    close(hush->kept);
    close(hush->real);
    hush->active = false;
}

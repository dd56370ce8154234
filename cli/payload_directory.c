/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/payload_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analyzer.h"
#include "cli/message.h"

/* ---- The directory -------------------------------------------------------------------------- */

/* Opens a directory that is none behind a link: "name/" would follow it, "name" does not. */
static int directory_open(const char *path)
{
    char *name = strdup(path);
    if (name == NULL) {
        return -1;
    }
    for (size_t length = strlen(name); length > 1 && name[length - 1] == '/'; length--) {
        name[length - 1] = '\0';
    }
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;
    if (fd < 0 && errno == ENOTDIR && lstat(name, &found) == 0 && S_ISLNK(found.st_mode)) {
        errno = ELOOP;
    }
    int error = errno;
    free(name);
    errno = error;
    return fd;
}

bool payload_directory_open(struct payload_directory *directory, const char *path)
{
    *directory = (struct payload_directory){.path = path, .fd = -1};
    if (getrandom(&directory->random, sizeof directory->random, 0) != sizeof directory->random) {
        message_print("%s: the system has no random numbers for names of files", path);
        return false;
    }
    directory->made = mkdir(path, 0777) == 0;
    if (!directory->made && errno != EEXIST) {
        message_print("%s: the directory cannot be made: %s", path, strerror(errno));
        return false;
    }
    directory->fd = directory_open(path);
    if (directory->fd >= 0) {
        return true;
    }
    if (errno == ELOOP) {
        message_print("%s: is a symbolic link, which is not followed: name the directory itself",
                      path);
    } else {
        message_print("%s: cannot be opened as a directory: %s", path, strerror(errno));
    }
    return false;
}

void payload_directory_close(struct payload_directory *directory, bool in_vain)
{
    if (directory->fd >= 0) {
        close(directory->fd);
    }
    if (directory->made && in_vain) {
        rmdir(directory->path);
    }
}

void payload_directory_allow(const struct payload_directory *directory, struct sandbox *sandbox)
{
    sandbox_allow(sandbox, directory->fd, SANDBOX_FILES);
    int parent = openat(directory->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {
        sandbox_allow(sandbox, parent, SANDBOX_DIRECTORIES);
        close(parent);
    }
}

/* ---- Names ---------------------------------------------------------------------------------- */

void payload_name(size_t direction, char name[PAYLOAD_NAME_MAX])
{
    snprintf(name, PAYLOAD_NAME_MAX, "%zu.%s.bin", direction / 2,
             direction % 2 == MPTA_CLIENT ? "c2s" : "s2c");
}

/* Digits, which payload_name begins with. */
bool payload_name_is_made(const char *name)
{
    const char *rest = name + strspn(name, "0123456789");
    return rest > name && (strcmp(rest, ".c2s.bin") == 0 || strcmp(rest, ".s2c.bin") == 0);
}

bool payload_name_is_free(const struct payload_directory *directory, size_t direction)
{
    struct stat found;
    char name[PAYLOAD_NAME_MAX];
    payload_name(direction, name);
    if (fstatat(directory->fd, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT;
    }
    errno = S_ISLNK(found.st_mode) ? ELOOP : EEXIST;
    return S_ISREG(found.st_mode);
}

static void temporary_name(const struct payload_directory *directory, size_t number,
                           char name[PAYLOAD_NAME_MAX])
{
    snprintf(name, PAYLOAD_NAME_MAX, ".mptcp-analyze.%016" PRIx64 ".%zu", directory->random,
             number);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static int temporary_open(const struct payload_directory *directory, size_t number, int flags)
{
    char name[PAYLOAD_NAME_MAX];
    temporary_name(directory, number, name);
    return openat(directory->fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0666);
}

static int close_stale(int fd)
{
    close(fd);
    errno = ESTALE;
    return -1;
}

int payload_file_make(const struct payload_directory *directory, size_t number, ino_t *inode)
{
    struct stat found;
    int fd = temporary_open(directory, number, O_CREAT | O_EXCL);
    if (fd >= 0 && fstat(fd, &found) != 0) {
        return close_stale(fd);
    }
    *inode = fd >= 0 ? found.st_ino : 0;
    return fd;
}

int payload_file_reopen(const struct payload_directory *directory, size_t number, ino_t inode)
{
    struct stat found;
    int fd = temporary_open(directory, number, O_NONBLOCK);
    return fd >= 0 && (fstat(fd, &found) != 0 || found.st_ino != inode) ? close_stale(fd) : fd;
}

bool payload_file_replace(const struct payload_directory *directory, size_t number, size_t by)
{
    char old[PAYLOAD_NAME_MAX], name[PAYLOAD_NAME_MAX];
    temporary_name(directory, by, old);
    temporary_name(directory, number, name);
    return renameat(directory->fd, old, directory->fd, name) == 0;
}

bool payload_file_keep(const struct payload_directory *directory, size_t number, size_t direction)
{
    char temporary[PAYLOAD_NAME_MAX], name[PAYLOAD_NAME_MAX];
    temporary_name(directory, number, temporary);
    payload_name(direction, name);
    return renameat(directory->fd, temporary, directory->fd, name) == 0;
}

void payload_file_remove(const struct payload_directory *directory, size_t number)
{
    char name[PAYLOAD_NAME_MAX];
    temporary_name(directory, number, name);
    unlinkat(directory->fd, name, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Outputs. A file is written under a name of its own beside its target and renamed when it is
 * complete, so a reader finds the old file or the new one, whole; nothing is ever written through a
 * symbolic link, which another user might have laid. What is no file (a device, a pipe) is written
 * directly.
 *
 * Writing goes through a stream that remembers the first error and then takes all that comes in
 * vain: whoever writes need not look, output_close tells.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"

#define TEMPORARY_TRIES 100

/* ---- Paths ---------------------------------------------------------------------------------- */

static bool path_is_one_of(const char *path, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(path, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool path_is_standard_output(const char *path)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    return path == NULL || path_is_one_of(path, names, sizeof names / sizeof names[0]);
}

/* Names of open descriptors are links by nature, as shells use them for >(command). */
static bool path_is_descriptor(const char *path)
{
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 ||
           strcmp(path, "/dev/stderr") == 0;
}

static const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Opens the directory of a path; -1 with errno. */
static int path_open_directory(const char *path)
{
    char directory[PATH_MAX] = ".";
    size_t length = (size_t)(path_base(path) - path);
    if (length >= sizeof directory) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (length > 0) {
        memcpy(directory, path, length);
        directory[length] = '\0';
    }
    return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool path_directory_stat(const char *path, struct stat *stat)
{
    int directory = path_open_directory(path);
    bool found = directory >= 0 && fstat(directory, stat) == 0;
    if (directory >= 0) {
        close(directory);
    }
    return found;
}

bool output_same_place(const char *a, const char *b)
{
    struct stat directory_a;
    struct stat directory_b;
    if (path_is_standard_output(a) || path_is_standard_output(b)) {
        return path_is_standard_output(a) && path_is_standard_output(b);
    }
    return strcmp(a, b) == 0 ||
           (strcmp(path_base(a), path_base(b)) == 0 && path_directory_stat(a, &directory_a) &&
            path_directory_stat(b, &directory_b) && directory_a.st_dev == directory_b.st_dev &&
            directory_a.st_ino == directory_b.st_ino);
}

/* Without the slashes at its end. */
static void path_trim(char *path, size_t length)
{
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    path[length] = '\0';
}

bool output_lies_in(const char *path, const char *directory)
{
    char parent[PATH_MAX] = ".";
    char named[PATH_MAX];
    struct stat of_path;
    struct stat of_directory;
    size_t length = path_is_standard_output(path) ? 0 : (size_t)(path_base(path) - path);
    if (path_is_standard_output(path) || length >= sizeof parent ||
        strlen(directory) >= sizeof named) {
        return false;
    }
    if (length > 0) {
        memcpy(parent, path, length);
        path_trim(parent, length);
    }
    memcpy(named, directory, strlen(directory) + 1);
    path_trim(named, strlen(named));
    if (stat(parent, &of_path) == 0 && stat(named, &of_directory) == 0) {
        return of_path.st_dev == of_directory.st_dev && of_path.st_ino == of_directory.st_ino;
    }
    return output_same_place(parent, named);
}

bool output_is_file(const char *path, const char *file)
{
    struct stat target;
    struct stat other;
    return !path_is_standard_output(path) && stat(path, &target) == 0 && stat(file, &other) == 0 &&
           S_ISREG(target.st_mode) && target.st_dev == other.st_dev &&
           target.st_ino == other.st_ino;
}

/* ---- Writing -------------------------------------------------------------------------------- */

/* A descriptor that another process made non-blocking is waited for. */
static void descriptor_wait(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    poll(&wanted, 1, -1);
}

static ssize_t cookie_write(void *cookie, const char *octets, size_t size)
{
    struct output *output = cookie;
    size_t done = 0;
    while (done < size && output->error == 0) {
        ssize_t written = write(output->fd, octets + done, size - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno == EAGAIN) {
            descriptor_wait(output->fd);
        } else if (errno != EINTR) {
            output->error = errno;
        }
    }
    return (ssize_t)size;
}

/* Puts a stream before an open descriptor. */
static bool output_stream(struct output *output)
{
    cookie_io_functions_t functions = {.write = cookie_write};
    output->stream = fopencookie(output, "w", functions);
    if (output->stream == NULL) {
        return false;
    }
    output->terminal = isatty(output->fd) == 1;
    if (output->terminal) {
        setvbuf(output->stream, NULL, _IOLBF, 0);
    }
    return true;
}

/* ---- Opening -------------------------------------------------------------------------------- */

/* Makes a new file with a name that nobody can foresee. */
static int temporary_create(struct output *output)
{
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        uint64_t random;
        if (getrandom(&random, sizeof random, 0) != sizeof random) {
            return -1;
        }
        snprintf(output->temporary, sizeof output->temporary, ".mptcp-analyze.%016" PRIx64, random);
        int fd = openat(output->directory, output->temporary,
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

static int open_beside(struct output *output, const char *path)
{
    output->directory = path_open_directory(path);
    if (output->directory < 0) {
        return -1;
    }
    output->base = path_base(path);
    return temporary_create(output);
}

static int open_directly(const char *path, int flags)
{
    return open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | flags);
}

/* Opens the descriptor that a path asks for; -1 with errno. */
static int open_path(struct output *output, const char *path)
{
    struct stat found;
    if (path_is_standard_output(path)) {
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    if (path_is_descriptor(path)) {
        return open_directly(path, 0);
    }
    if (lstat(path, &found) != 0) {
        return errno == ENOENT ? open_beside(output, path) : -1;
    }
    if (S_ISREG(found.st_mode)) {
        return open_beside(output, path);
    }
    return open_directly(path, O_NOFOLLOW);
}

/* Frees what an output holds, and the file that did not become complete. */
static void output_discard(struct output *output)
{
    if (output->fd >= 0) {
        if (output->base != NULL && !output->named) {
            unlinkat(output->directory, output->temporary, 0);
        }
        close(output->fd);
    }
    if (output->directory >= 0) {
        close(output->directory);
    }
    output->fd = output->directory = -1;
}

void output_by_line(struct output *output)
{
    if (output->base == NULL) {
        setvbuf(output->stream, NULL, _IOLBF, 0);
    }
}

/* To the user root it looks odd that something may not be written. */
static const char *denial_words(int error)
{
    bool odd = error == EACCES && geteuid() == 0;
    return odd ? "; root's privileges were given up: name a directory of root's own, or /tmp" : "";
}

bool output_open(struct output *output, const char *path)
{
    *output = (struct output){.fd = -1, .directory = -1};
    output->title = path_is_standard_output(path) ? "standard output" : path;
    output->fd = open_path(output, path);
    if (output->fd >= 0 && output_stream(output)) {
        return true;
    }
    if (errno == ELOOP) {
        message_print("%s: is a symbolic link, which is not followed: name the file itself", path);
    } else {
        message_print("%s: cannot be opened for writing: %s%s", output->title, strerror(errno),
                      denial_words(errno));
    }
    output_discard(output);
    return false;
}

/* ---- Naming --------------------------------------------------------------------------------- */

bool output_name(struct output *output)
{
    if (output->base != NULL && !output->named) {
        output->named =
            renameat(output->directory, output->temporary, output->directory, output->base) == 0;
        if (!output->named && output->error == 0) {
            output->error = errno;
        }
    }
    return output->error == 0;
}

enum privileges_needed output_need(const struct output *output)
{
    return output->base == NULL || output->named ? PRIVILEGES_NONE
                                                 : privileges_for(output->directory);
}

void output_allow(const struct output *output, struct sandbox *sandbox)
{
    if (output->base != NULL) {
        sandbox_allow(sandbox, output->directory, SANDBOX_FILES);
    }
}

/* ---- Closing -------------------------------------------------------------------------------- */

bool output_is_abandoned(const struct output *output)
{
    return output->error == EPIPE;
}

/* Some file systems tell only at the end that there was no room. */
static void output_close_descriptor(struct output *output)
{
    if (close(output->fd) != 0 && output->error == 0 && errno != EINTR) {
        output->error = errno;
    }
    output->fd = -1;
}

/* The one moment at which a file changes, unless it has its name already. */
static void output_settle(struct output *output, bool complete)
{
    bool keep = complete && output->error == 0;
    if (!output->named && !(keep && output_name(output))) {
        unlinkat(output->directory, output->temporary, 0);
    }
}

bool output_close(struct output *output, bool complete)
{
    if (fclose(output->stream) != 0 && output->error == 0) {
        output->error = errno;
    }
    output_close_descriptor(output);
    if (output->base != NULL) {
        output_settle(output, complete);
    }
    output_discard(output);
    if (output->error != 0 && !output_is_abandoned(output)) {
        message_print("%s: cannot be written: %s", output->title, strerror(output->error));
        return false;
    }
    return true;
}

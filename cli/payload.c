/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload files. Each is written under a name that nobody can foresee and renamed in the end. There
 * may be more of them than descriptors, so only some are open: the one unused for longest is closed
 * for another. Between closing and opening, somebody else may have put something in its place: it
 * is written to only if it is the same file.
 *
 * The first error ends all writing and stays for payload_close to tell.
 */
#include "cli/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"

#define OPEN_MAX_FILES 64
#define NAME_TEXT_MAX  64
#define NO_SLOT        (-1)

/* One direction of a connection. Its index is twice the connection's id, plus the side. */
struct payload_file {
    struct extents written;
    ino_t inode;
    bool made; /* it exists, under its temporary name */
    int slot;  /* where it is open, or NO_SLOT */
};

/* An open file. */
struct payload_slot {
    size_t file;
    int fd;        /* -1: the slot is free */
    uint64_t used; /* by the clock of writes */
};

struct payload {
    const char *path;
    int directory;
    bool made;       /* the directory is ours */
    uint64_t random; /* in the temporary names */
    struct payload_file *files;
    size_t count;
    struct payload_slot slots[OPEN_MAX_FILES];
    uint64_t clock;
    uint64_t skipped; /* pieces that lie too far away */
    int error;        /* the first errno, 0 while all is well; then: */
    char failed[NAME_TEXT_MAX];
};

/* ---- Names ---------------------------------------------------------------------------------- */

static void name_make(size_t index, char name[NAME_TEXT_MAX])
{
    snprintf(name, NAME_TEXT_MAX, "%zu.%s.bin", index / 2,
             index % 2 == MPTA_CLIENT ? "c2s" : "s2c");
}

static void name_make_temporary(const struct payload *payload, size_t index,
                                char name[NAME_TEXT_MAX])
{
    snprintf(name, NAME_TEXT_MAX, ".mptcp-analyze.%016" PRIx64 ".%zu", payload->random, index);
}

/* Always false. */
static bool payload_fail(struct payload *payload, size_t index, int error)
{
    if (payload->error == 0) {
        payload->error = error;
        name_make(index, payload->failed);
    }
    return false;
}

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
    int directory = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;
    if (directory < 0 && errno == ENOTDIR && lstat(name, &found) == 0 && S_ISLNK(found.st_mode)) {
        errno = ELOOP;
    }
    int error = errno;
    free(name);
    errno = error;
    return directory;
}

static bool payload_open_directory(struct payload *payload)
{
    payload->made = mkdir(payload->path, 0777) == 0;
    if (!payload->made && errno != EEXIST) {
        message_print("%s: the directory cannot be made: %s", payload->path, strerror(errno));
        return false;
    }
    payload->directory = directory_open(payload->path);
    if (payload->directory >= 0) {
        return true;
    }
    if (errno == ELOOP) {
        message_print("%s: is a symbolic link, which is not followed: name the directory itself",
                      payload->path);
    } else {
        message_print("%s: cannot be opened as a directory: %s", payload->path, strerror(errno));
    }
    return false;
}

enum privileges_needed payload_need(const struct payload *payload)
{
    return privileges_for(payload->directory);
}

struct payload *payload_open(const char *path)
{
    struct payload *payload = calloc(1, sizeof *payload);
    if (payload == NULL) {
        message_print("not enough memory");
        return NULL;
    }
    payload->path = path;
    payload->directory = -1;
    for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
        payload->slots[i].fd = -1;
    }
    if (getrandom(&payload->random, sizeof payload->random, 0) != sizeof payload->random) {
        message_print("%s: the system has no random numbers for names of files", path);
    } else if (payload_open_directory(payload)) {
        return payload;
    }
    payload_close(payload, false);
    return NULL;
}

/* ---- Files ---------------------------------------------------------------------------------- */

/* Makes room for the files of a connection. */
static bool payload_reserve(struct payload *payload, size_t index)
{
    size_t count = payload->count;
    if (index < count) {
        return true;
    }
    size_t wanted = 2 * count > index + 2 ? 2 * count : index + 2;
    struct payload_file *files = reallocarray(payload->files, wanted, sizeof *files);
    if (files == NULL) {
        return payload_fail(payload, index, ENOMEM);
    }
    for (; count < wanted; count++) {
        files[count] = (struct payload_file){.slot = NO_SLOT};
    }
    payload->files = files;
    payload->count = wanted;
    return true;
}

static void slot_close(struct payload *payload, struct payload_slot *slot)
{
    if (slot->fd >= 0) {
        payload->files[slot->file].slot = NO_SLOT;
        if (close(slot->fd) != 0 && errno != EINTR) { /* some file systems tell only now */
            payload_fail(payload, slot->file, errno);
        }
    }
    slot->fd = -1;
    slot->used = 0;
}

/* A free slot, or the one unused for longest. */
static struct payload_slot *slot_free(struct payload *payload)
{
    struct payload_slot *oldest = &payload->slots[0];
    for (size_t i = 1; i < OPEN_MAX_FILES; i++) {
        if (payload->slots[i].used < oldest->used) {
            oldest = &payload->slots[i];
        }
    }
    slot_close(payload, oldest);
    return oldest;
}

/* What would be replaced in the end must be a file, or nothing. */
static bool target_is_free(const struct payload *payload, size_t index)
{
    struct stat found;
    char name[NAME_TEXT_MAX];
    name_make(index, name);
    if (fstatat(payload->directory, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT;
    }
    errno = S_ISLNK(found.st_mode) ? ELOOP : EEXIST;
    return S_ISREG(found.st_mode);
}

/* Opens a file under its temporary name, which is to be made or to be the same as before. */
static int file_open(const struct payload *payload, size_t index, ino_t *inode)
{
    const struct payload_file *file = &payload->files[index];
    struct stat found;
    char name[NAME_TEXT_MAX];
    int flags = file->made ? O_NONBLOCK : O_CREAT | O_EXCL;
    if (!file->made && !target_is_free(payload, index)) {
        return -1;
    }
    name_make_temporary(payload, index, name);
    int fd = openat(payload->directory, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0666);
    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, &found) != 0 || (file->made && found.st_ino != file->inode)) {
        close(fd);
        errno = ESTALE;
        return -1;
    }
    *inode = found.st_ino;
    return fd;
}

/* The descriptor of a file, opened where it is not; -1 after an error. */
static int payload_descriptor(struct payload *payload, size_t index)
{
    struct payload_file *file = &payload->files[index];
    if (file->slot == NO_SLOT) {
        struct payload_slot *slot = slot_free(payload);
        slot->fd = file_open(payload, index, &file->inode);
        if (slot->fd < 0) {
            payload_fail(payload, index, errno);
            return -1;
        }
        slot->file = index;
        file->slot = (int)(slot - payload->slots);
        file->made = true;
    }
    payload->slots[file->slot].used = ++payload->clock;
    return payload->slots[file->slot].fd;
}

/* ---- Writing -------------------------------------------------------------------------------- */

static bool octets_write(int fd, const struct mpta_octets *piece)
{
    size_t done = 0;
    while (done < piece->len) {
        ssize_t written =
            pwrite(fd, piece->octets + done, piece->len - done, (off_t)(piece->offset + done));
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0) {
            errno = EIO;
            return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

void payload_write(struct payload *payload, const struct mpta_octets *octets)
{
    size_t index = 2 * (size_t)octets->connection + octets->by;
    if (payload->error != 0 || octets->len == 0 || !payload_reserve(payload, index)) {
        return;
    }
    struct extents *written = &payload->files[index].written;
    uint64_t end = extents_end(written);
    if (octets->offset > end && octets->offset - end > PAYLOAD_GAP_MAX) {
        payload->skipped++;
        return;
    }
    int fd = payload_descriptor(payload, index);
    if (fd < 0) {
        return;
    }
    if (!octets_write(fd, octets)) {
        payload_fail(payload, index, errno);
    } else if (!extents_add(written, octets->offset, octets->offset + octets->len)) {
        payload_fail(payload, index, ENOMEM);
    }
}

void payload_fill(struct payload *payload, const struct mpta_tracker *tracker)
{
    struct mpta_summary summary;
    mpta_tracker_summary(tracker, &summary);
    for (size_t i = 0; i < 2 * summary.connections && payload->error == 0; i++) {
        if (payload_reserve(payload, i) && !payload->files[i].made) {
            payload_descriptor(payload, i);
        }
    }
}

const struct extents *payload_written(const struct payload *payload, uint32_t connection,
                                      enum mpta_side by)
{
    size_t index = 2 * (size_t)connection + by;
    return index < payload->count ? &payload->files[index].written : NULL;
}

/* ---- Closing -------------------------------------------------------------------------------- */

/* Gives a file its name, or takes it away. */
static void file_settle(struct payload *payload, size_t index, bool keep)
{
    char temporary[NAME_TEXT_MAX];
    char name[NAME_TEXT_MAX];
    name_make_temporary(payload, index, temporary);
    name_make(index, name);
    if (keep && renameat(payload->directory, temporary, payload->directory, name) != 0) {
        payload_fail(payload, index, errno);
        keep = false;
    }
    if (!keep) {
        unlinkat(payload->directory, temporary, 0);
    }
}

static bool payload_report(const struct payload *payload)
{
    if (payload->skipped > 0) {
        message_print("%s: %" PRIu64 " pieces of data lie more than 1 GiB behind all data before, "
                      "and are not in the files",
                      payload->path, payload->skipped);
    }
    if (payload->error != 0) {
        message_print("%s/%s: cannot be written: %s", payload->path, payload->failed,
                      payload->error == ELOOP ? "is a symbolic link, which is not followed"
                                              : strerror(payload->error));
    }
    return payload->error == 0;
}

bool payload_close(struct payload *payload, bool complete)
{
    if (payload == NULL) {
        return true;
    }
    for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
        slot_close(payload, &payload->slots[i]);
    }
    for (size_t i = 0; i < payload->count; i++) {
        if (payload->files[i].made) {
            file_settle(payload, i, complete && payload->error == 0);
        }
        extents_free(&payload->files[i].written);
    }
    if (payload->directory >= 0) {
        close(payload->directory);
    }
    if (payload->made && (!complete || payload->error != 0)) {
        rmdir(payload->path); /* if nothing is in it */
    }
    bool all = payload_report(payload);
    free(payload->files);
    free(payload);
    return all;
}

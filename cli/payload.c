/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload files. There may be more of them than descriptors, so only some are open: the one unused
 * for longest is closed for another. Between closing and opening, somebody else may have put
 * something in its place: it is written to only if it is the same file.
 *
 * The first error ends all writing and stays for payload_close to tell.
 */
#include "cli/payload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/output.h"
#include "cli/payload_directory.h"
#include "cli/payload_far.h"

#define OPEN_MAX_FILES 64
#define NO_SLOT        (-1)

/* Among the parts that were written, offset 0 stands here, for earlier octets may come later. */
#define ORIGIN (UINT64_C(1) << 62)

/*
 * What was written of a stream. Octets below offset 0 are rare, and go to a file of their own, so
 * far above its begin as offset 0 is above them, plus PAYLOAD_GAP_MAX; they are joined in the end.
 */
enum part {
    PART_MAIN,
    PART_BELOW,
    PART_COUNT,
};

/* Its index is the number of the direction (twice the connection's id, plus the side) times
 * PART_COUNT, plus the part. */
struct payload_file {
    struct extents written; /* of the whole stream; in PART_MAIN only */
    bool has_octets;
    int64_t begin; /* then: the lowest offset written, or what the file begins with in the end, */
    int64_t end;   /* and what it ends with */
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
    struct payload_directory directory;
    struct payload_file *files;
    size_t count;
    struct payload_slot slots[OPEN_MAX_FILES];
    uint64_t clock;
    struct far_pieces far;
    uint64_t hole_bytes; /* of all files */
    int error;           /* the first errno, 0 while all is well; then: */
    char failed[PAYLOAD_NAME_MAX];
};

/* Always false. */
static bool payload_fail(struct payload *payload, size_t index, int error)
{
    if (payload->error == 0) {
        payload->error = error;
        payload_name(index / PART_COUNT, payload->failed);
    }
    return false;
}

/* ---- The directory -------------------------------------------------------------------------- */

bool payload_may_write(const char *directory, const char *path)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    return path != NULL && payload_name_is_made(slash == NULL ? path : slash + 1) &&
           output_lies_in(path, directory);
}

enum privileges_needed payload_need(const struct payload *payload)
{
    return privileges_for(payload->directory.fd);
}

void payload_allow(const struct payload *payload, struct sandbox *sandbox)
{
    payload_directory_allow(&payload->directory, sandbox);
}

struct payload *payload_open(const char *path)
{
    struct payload *payload = calloc(1, sizeof *payload);
    if (payload == NULL) {
        message_print("not enough memory");
        return NULL;
    }
    for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
        payload->slots[i].fd = -1;
    }
    if (payload_directory_open(&payload->directory, path)) {
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
    size_t wanted = 2 * count > index + PART_COUNT ? 2 * count : index + PART_COUNT;
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

/* Opens a file, which is to be made or to be the same as before. */
static int file_open(struct payload *payload, size_t index)
{
    struct payload_file *file = &payload->files[index];
    if (file->made) {
        return payload_file_reopen(&payload->directory, index, file->inode);
    }
    return payload_name_is_free(&payload->directory, index / PART_COUNT)
               ? payload_file_make(&payload->directory, index, &file->inode)
               : -1;
}

/* The descriptor of a file, opened where it is not; -1 after an error. */
static int payload_descriptor(struct payload *payload, size_t index)
{
    struct payload_file *file = &payload->files[index];
    if (file->slot == NO_SLOT) {
        struct payload_slot *slot = slot_free(payload);
        slot->fd = file_open(payload, index);
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

static bool octets_write(int fd, const uint8_t *octets, size_t len, uint64_t position)
{
    size_t done = 0;
    while (done < len) {
        ssize_t written = pwrite(fd, octets + done, len - done, (off_t)(position + done));
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

static size_t index_of(uint32_t connection, enum mpta_side by)
{
    return PART_COUNT * (2 * (size_t)connection + by);
}

static bool part_write(struct payload *payload, size_t index, const uint8_t *octets, size_t len,
                       uint64_t position)
{
    int fd = len > 0 ? payload_descriptor(payload, index) : -1;
    if (fd >= 0 && !octets_write(fd, octets, len, position)) {
        payload_fail(payload, index, errno);
    }
    return payload->error == 0;
}

/* Writes octets that a file has a place for. */
static void file_write(struct payload *payload, size_t index, const struct mpta_octets *octets)
{
    struct payload_file *file = &payload->files[index];
    int64_t begin = octets->offset, end = begin + (int64_t)octets->len;
    size_t below = begin >= 0 ? 0 : end > 0 ? (size_t)-begin : octets->len;
    if (part_write(payload, index + PART_BELOW, octets->octets, below,
                   PAYLOAD_GAP_MAX + (uint64_t)begin) &&
        part_write(payload, index, octets->octets + below, octets->len - below,
                   (uint64_t)begin + below) &&
        !extents_add(&file->written, ORIGIN + (uint64_t)begin, ORIGIN + (uint64_t)end)) {
        payload_fail(payload, index, ENOMEM);
    }
    file->begin = !file->has_octets || begin < file->begin ? begin : file->begin;
    file->end = !file->has_octets || end > file->end ? end : file->end;
    file->has_octets = true;
}

static bool is_within(int64_t distance)
{
    return distance >= -(int64_t)PAYLOAD_GAP_MAX && distance <= (int64_t)PAYLOAD_GAP_MAX;
}

static bool is_possible(const struct mpta_octets *octets)
{
    return octets->offset >= -(int64_t)PAYLOAD_GAP_MAX &&
           octets->offset <= (int64_t)PAYLOAD_OFFSET_MAX;
}

/* True if there is no larger hole than is allowed between a piece and what was written. */
static bool is_near(const struct payload_file *file, const struct mpta_octets *octets)
{
    int64_t end = file->has_octets ? file->end : 0;
    return octets->offset <= end || is_within(octets->offset - end);
}

/* Where a second piece goes on near it, the first was not far away: what is before is missing. */
static void far_write(struct payload *payload, size_t index, const struct mpta_octets *octets)
{
    const struct mpta_octets *first = far_find(&payload->far, octets->connection, octets->by);
    if (first == NULL || !is_within(octets->offset - first->offset)) {
        far_keep(&payload->far, octets);
        return;
    }
    file_write(payload, index, first);
    far_drop(&payload->far, first);
    file_write(payload, index, octets);
}

void payload_write(struct payload *payload, const struct mpta_octets *octets)
{
    size_t index = index_of(octets->connection, octets->by);
    if (payload->error != 0 || octets->len == 0 || !payload_reserve(payload, index)) {
        return;
    }
    if (!is_possible(octets)) {
        payload->far.forgotten++;
    } else if (is_near(&payload->files[index], octets)) {
        file_write(payload, index, octets);
    } else {
        far_write(payload, index, octets);
    }
}

/* Where a file begins and ends: as its stream, but for what was left out as too far away. */
static struct extent file_bounds(const struct payload_file *file, const struct mpta_stream *stream)
{
    bool has_octets = file != NULL && file->has_octets;
    int64_t begin = has_octets ? file->begin : stream->begin;
    int64_t end = has_octets ? file->end : stream->begin;
    if (stream->begin < begin && begin - stream->begin <= (int64_t)PAYLOAD_OFFSET_MAX) {
        begin = stream->begin;
    }
    if (stream->end > end && is_within(stream->end - end)) {
        end = stream->end;
    }
    return (struct extent){ORIGIN + (uint64_t)begin, ORIGIN + (uint64_t)end};
}

struct holes payload_holes(const struct payload *payload, uint32_t connection, enum mpta_side by,
                           const struct mpta_stream *stream)
{
    size_t index = index_of(connection, by);
    const struct payload_file *file = index < payload->count ? &payload->files[index] : NULL;
    const struct extent bounds = file_bounds(file, stream);
    return (struct holes){file != NULL ? &file->written : NULL, bounds.begin, bounds.end};
}

void payload_fill(struct payload *payload, const struct mpta_tracker *tracker)
{
    struct mpta_connection connection;
    for (size_t i = 0; payload->error == 0 && mpta_tracker_connection_at(tracker, i, &connection);
         i++) {
        for (enum mpta_side by = MPTA_CLIENT; by <= MPTA_SERVER; by++) {
            size_t index = index_of(connection.id, by);
            if (payload_reserve(payload, index) && payload_descriptor(payload, index) >= 0) {
                struct payload_file *file = &payload->files[index];
                const struct extent bounds = file_bounds(file, &connection.streams[by]);
                file->begin = (int64_t)(bounds.begin - ORIGIN);
                file->end = (int64_t)(bounds.end - ORIGIN);
                payload->hole_bytes +=
                    holes_bytes(&(struct holes){&file->written, bounds.begin, bounds.end});
            }
        }
    }
}

/* ---- Joining -------------------------------------------------------------------------------- */

/* Copies what a file holds from `from` on to another, so far ahead; holes stay holes. */
static bool data_copy(int from_fd, int to_fd, off_t from, int64_t ahead)
{
    uint8_t octets[16384];
    off_t data = lseek(from_fd, from, SEEK_DATA);
    while (data >= 0) {
        ssize_t got = pread(from_fd, octets, sizeof octets, data);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got == 0) {
            return true;
        }
        if (got > 0) {
            if (!octets_write(to_fd, octets, (size_t)got, (uint64_t)(data + ahead))) {
                return false;
            }
            data = lseek(from_fd, data + got, SEEK_DATA);
        }
    }
    return errno == ENXIO; /* there is no more */
}

/* Copies a stream to a file from its begin on: what lies below offset 0, then the rest. */
static bool stream_copy(struct payload *payload, size_t index, int to)
{
    const int64_t begin = payload->files[index].begin, gap = (int64_t)PAYLOAD_GAP_MAX;
    if (payload->files[index + PART_BELOW].made) {
        int below = payload_descriptor(payload, index + PART_BELOW);
        if (below < 0 || !data_copy(below, to, (off_t)(gap + begin), -gap - begin)) {
            return false;
        }
    }
    int main = payload_descriptor(payload, index);
    return main >= 0 && data_copy(main, to, begin > 0 ? (off_t)begin : 0, -begin);
}

/* A tail that was not captured is zeros, too. */
static bool stream_end(const struct payload_file *file, int fd)
{
    return ftruncate(fd, (off_t)(file->end - file->begin)) == 0;
}

/* Lets a file begin elsewhere than at offset 0: it is written anew, under the name of another. */
static bool file_rewrite(struct payload *payload, size_t index)
{
    size_t other = index + payload->count;
    ino_t inode;
    int fd = payload_file_make(&payload->directory, other, &inode);
    if (fd < 0) {
        return payload_fail(payload, index, errno);
    }
    bool done = stream_copy(payload, index, fd) && stream_end(&payload->files[index], fd) &&
                payload_file_replace(&payload->directory, index, other);
    int error = errno;
    if (!done) {
        payload_file_remove(&payload->directory, other);
    }
    close(fd);
    return done || payload_fail(payload, index, error);
}

/* Lets a file begin and end where its stream does. */
static bool file_complete(struct payload *payload, size_t index)
{
    const struct payload_file *file = &payload->files[index];
    if (file->begin != 0 && file->end != file->begin) {
        return file_rewrite(payload, index);
    }
    if (file->end == file->begin || extents_end(&file->written) == ORIGIN + (uint64_t)file->end) {
        return true;
    }
    int fd = payload_descriptor(payload, index);
    return fd >= 0 && (stream_end(file, fd) || payload_fail(payload, index, errno));
}

/* ---- Closing -------------------------------------------------------------------------------- */

/* Gives a file its name, or takes it away. */
static void file_settle(struct payload *payload, size_t index, bool keep)
{
    if (keep && !payload_file_keep(&payload->directory, index, index / PART_COUNT)) {
        payload_fail(payload, index, errno);
        keep = false;
    }
    if (!keep) {
        payload_file_remove(&payload->directory, index);
    }
}

static bool payload_report(const struct payload *payload)
{
    if (payload->hole_bytes > 0 && payload->error == 0) {
        message_print("%s: %" PRIu64 " bytes that the capture lacks are zeros in these files; the "
                      "reports say where",
                      payload->directory.path, payload->hole_bytes);
    }
    if (payload->far.forgotten > 0) {
        bool one = payload->far.forgotten == 1;
        message_print("%s: %" PRIu64 " %s more than 1 GiB behind all data before with nothing "
                      "after %s not in the files",
                      payload->directory.path, payload->far.forgotten,
                      one ? "piece of data lies" : "pieces of data lie",
                      one ? "it, and is" : "them, and are");
    }
    if (payload->error != 0) {
        message_print("%s/%s: cannot be written: %s", payload->directory.path, payload->failed,
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
    for (size_t i = 0; complete && payload->error == 0 && i < payload->count; i += PART_COUNT) {
        if (payload->files[i].made || payload->files[i + PART_BELOW].made) {
            file_complete(payload, i);
        }
    }
    for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
        slot_close(payload, &payload->slots[i]);
    }
    far_clear(&payload->far);
    for (size_t i = 0; i < payload->count; i++) {
        if (payload->files[i].made) {
            file_settle(payload, i, complete && payload->error == 0 && i % PART_COUNT == PART_MAIN);
        }
        extents_free(&payload->files[i].written);
    }
    payload_directory_close(&payload->directory, !complete || payload->error != 0);
    bool all = payload_report(payload);
    free(payload->files);
    free(payload);
    return all;
}

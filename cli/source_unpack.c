/* SPDX-License-Identifier: BSD-3-Clause */
/* Unpacking by libarchive, whose "raw" format stands for one stream without an archive around it.
 */
#include "cli/source_unpack.h"

#include "cli/source.h"
#include "cli/source_gzip.h"
#include "cli/source_message.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct source_unpack {
    struct archive *archive;
    struct source_gzip *gzip; /* NULL: libarchive gets the octets as they are stored */
    int fd;
    const struct source_patience *patience; /* NULL: none */
    const atomic_bool *stop;                /* NULL: reading is never stopped */
    int read_error;                         /* errno of a failed read(), or 0 */
    uint8_t *stored;                        /* compressed octets */
    size_t head;          /* so many of them were there at the beginning, and are not yet given */
    size_t capacity;      /* of stored */
    uint64_t consumed;    /* compressed octets read */
    const uint8_t *block; /* libarchive's: unpacked, not yet given to the caller */
    size_t block_left;
    bool ended; /* libarchive has said so, and must not be asked again */
};

/* More octets of the file, into stored; 0 at its end. */
static la_ssize_t stored_read(struct source_unpack *unpack)
{
    ssize_t length = (ssize_t)unpack->head;
    unpack->head = 0;
    if (unpack->stop && *unpack->stop) {
        length = -1;
        errno = ECANCELED;
    }
    while (length == 0) {
        if (unpack->patience) {
            unpack->patience->wait(unpack->patience->context, unpack->fd);
        }
        length = read(unpack->fd, unpack->stored, unpack->capacity);
        if (length == 0) {
            return 0;
        }
        if (length < 0 && errno == EINTR) {
            length = 0;
        }
    }
    if (length < 0) {
        unpack->read_error = errno;
        archive_set_error(unpack->archive, errno, "reading failed");
        return -1;
    }
    unpack->consumed += (uint64_t)length;
    return length;
}

/* More octets of what the outermost gzip holds; what came before damage goes before it. */
static la_ssize_t gzip_read(struct source_unpack *unpack, const uint8_t **octets)
{
    for (;;) {
        size_t unpacked = source_gzip_next(unpack->gzip, octets);
        if (unpacked > 0) {
            return (la_ssize_t)unpacked;
        }
        if (source_gzip_damage(unpack->gzip)) {
            archive_set_error(unpack->archive, EILSEQ, "%s", source_gzip_damage(unpack->gzip));
            return -1;
        }
        la_ssize_t length = stored_read(unpack);
        if (length < 0) {
            return length;
        }
        source_gzip_give(unpack->gzip, unpack->stored, (size_t)length);
        if (length == 0) {
            source_gzip_end(unpack->gzip);
            if (!source_gzip_damage(unpack->gzip)) {
                return 0;
            }
        }
    }
}

/* libarchive asks for more octets. */
static la_ssize_t unpack_feed(struct archive *archive, void *context, const void **octets)
{
    (void)archive;
    struct source_unpack *unpack = context;
    const uint8_t *from = unpack->stored;
    la_ssize_t length = unpack->gzip ? gzip_read(unpack, &from) : stored_read(unpack);
    *octets = from;
    return length;
}

typedef int filter_support(struct archive *);

static filter_support *const filters[] = {
    archive_read_support_filter_bzip2, archive_read_support_filter_compress,
    archive_read_support_filter_gzip,  archive_read_support_filter_lz4,
    archive_read_support_filter_lzip,  archive_read_support_filter_lzma,
    archive_read_support_filter_lzop,  archive_read_support_filter_xz,
    archive_read_support_filter_zstd,
};

/* Whether libarchive has a filter itself: it warns where it would start a command instead. */
static bool filter_built_in(filter_support *filter)
{
    struct archive *trial = archive_read_new();
    bool built_in = trial && filter(trial) == ARCHIVE_OK;
    archive_read_free(trial);
    return built_in;
}

static struct archive *archive_make(void)
{
    struct archive *archive = archive_read_new();
    if (!archive) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (filter_built_in(filters[i])) {
            filters[i](archive);
        }
    }
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    return archive;
}

/* NULL, or what is wrong with the outermost gzip. */
static const char *gzip_damage(const struct source_unpack *unpack)
{
    return unpack->gzip ? source_gzip_damage(unpack->gzip) : NULL;
}

/* Whether libarchive was refused more octets; behind a whole stream, it takes that for the end. */
static bool feed_failed(const struct source_unpack *unpack)
{
    return unpack->read_error || gzip_damage(unpack);
}

/* What a failure of libarchive means. */
static enum source_unpack_status unpack_failure(struct source_unpack *unpack, char **reason)
{
    if (unpack->read_error) {
        errno = unpack->read_error;
        return SOURCE_UNPACK_READ;
    }
    const char *text = gzip_damage(unpack);
    if (archive_errno(unpack->archive) == ENOMEM || (text && source_gzip_no_memory(unpack->gzip))) {
        return SOURCE_UNPACK_NO_MEMORY;
    }
    text = text ? text : archive_error_string(unpack->archive);
    *reason = source_message_make("%s", text ? text : "no reason given");
    return *reason ? SOURCE_UNPACK_CORRUPT : SOURCE_UNPACK_NO_MEMORY;
}

/* As far as the stream's header; SOURCE_UNPACK_PLAIN if nothing in it is compressed. */
static enum source_unpack_status unpack_begin(struct source_unpack *unpack, char **reason)
{
    struct archive_entry *entry;
    if (archive_read_open(unpack->archive, unpack, NULL, unpack_feed, NULL) != ARCHIVE_OK) {
        return unpack_failure(unpack, reason);
    }
    if (!unpack->gzip && archive_filter_code(unpack->archive, 0) == ARCHIVE_FILTER_NONE) {
        return SOURCE_UNPACK_PLAIN;
    }
    int status = archive_read_next_header(unpack->archive, &entry);
    unpack->ended = status == ARCHIVE_EOF;
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN || (unpack->ended && !feed_failed(unpack))) {
        return SOURCE_UNPACK_OK;
    }
    return unpack_failure(unpack, reason);
}

enum source_unpack_status source_unpack_open(int fd, uint8_t *head, size_t length, size_t capacity,
                                             struct source_unpack **unpack, char **reason)
{
    struct source_unpack *made = calloc(1, sizeof *made);
    if (!made) {
        return SOURCE_UNPACK_NO_MEMORY;
    }
    made->fd = fd;
    made->stored = head;
    made->head = length;
    made->capacity = capacity;
    made->archive = archive_make();
    bool gzip = source_gzip_begins(head, length);
    made->gzip = gzip ? source_gzip_new() : NULL;
    enum source_unpack_status status = made->archive && (made->gzip || !gzip)
                                           ? unpack_begin(made, reason)
                                           : SOURCE_UNPACK_NO_MEMORY;
    if (status == SOURCE_UNPACK_OK) {
        *unpack = made;
        return status;
    }
    int saved = errno;
    made->stored = NULL;
    source_unpack_close(made);
    errno = saved;
    return status;
}

/* libarchive's next block of unpacked octets; empty at the end. */
static enum source_unpack_status unpack_block(struct source_unpack *unpack, char **reason)
{
    const void *block;
    size_t size;
    la_int64_t offset;
    while (!unpack->ended) {
        int status = archive_read_data_block(unpack->archive, &block, &size, &offset);
        unpack->ended = status == ARCHIVE_EOF;
        if (unpack->ended ? feed_failed(unpack) : status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return unpack_failure(unpack, reason);
        }
        if (!unpack->ended && size > 0) {
            unpack->block = block;
            unpack->block_left = size;
            return SOURCE_UNPACK_OK;
        }
    }
    return SOURCE_UNPACK_OK;
}

enum source_unpack_status source_unpack_read(struct source_unpack *unpack, uint8_t *to, size_t room,
                                             size_t *length, char **reason)
{
    *length = 0;
    if (unpack->block_left == 0) {
        enum source_unpack_status status = unpack_block(unpack, reason);
        if (status != SOURCE_UNPACK_OK) {
            return status;
        }
    }
    size_t part = unpack->block_left < room ? unpack->block_left : room;
    if (part > 0) {
        memcpy(to, unpack->block, part);
        unpack->block += part;
        unpack->block_left -= part;
    }
    *length = part;
    return SOURCE_UNPACK_OK;
}

uint64_t source_unpack_stored(const struct source_unpack *unpack)
{
    return unpack->consumed;
}

void source_unpack_set_patience(struct source_unpack *unpack,
                                const struct source_patience *patience)
{
    unpack->patience = patience;
}

void source_unpack_set_stop(struct source_unpack *unpack, const atomic_bool *stop)
{
    unpack->stop = stop;
}

void source_unpack_close(struct source_unpack *unpack)
{
    if (unpack) {
        archive_read_free(unpack->archive);
        source_gzip_free(unpack->gzip);
        free(unpack->stored);
        free(unpack);
    }
}

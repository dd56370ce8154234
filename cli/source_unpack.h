/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unpacks a compressed stream by libarchive's filters (gzip, bzip2, xz, lzma, lzip, zstd, lz4,
 * compress, lzop), also nested ones. It reads a file descriptor and knows nothing of captures.
 * No other program is ever started: filters that libarchive would run as a command stay off. The
 * outermost gzip is unpacked before libarchive sees it, which would not compare its checksums.
 *
 * libarchive hands out unpacked octets in blocks, and gives no part of a block that it cannot
 * finish: that much before the end of a file cut short is lost (64 KiB with xz, 128 KiB
 * with zstd, as much as the file's own blocks have, up to 4 MiB, with lz4).
 */
#ifndef CLI_SOURCE_UNPACK_H
#define CLI_SOURCE_UNPACK_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct source_patience;
struct source_unpack;

enum source_unpack_status {
    SOURCE_UNPACK_OK,
    SOURCE_UNPACK_PLAIN,     /* it is not compressed, as far as libarchive can tell */
    SOURCE_UNPACK_CORRUPT,   /* it is, but cannot be unpacked (any further) */
    SOURCE_UNPACK_READ,      /* read() failed: errno tells */
    SOURCE_UNPACK_NO_MEMORY, /* no memory */
};

/*
 * Begins to unpack what fd holds after the length octets at head, which were read from it before.
 * head is a block from malloc of at least capacity octets, and becomes the unpacker's on
 * SOURCE_UNPACK_OK alone. On SOURCE_UNPACK_CORRUPT *reason is why, in a new string, or NULL.
 */
enum source_unpack_status source_unpack_open(int fd, uint8_t *head, size_t length, size_t capacity,
                                             struct source_unpack **unpack, char **reason);

/*
 * Up to room unpacked octets, written to `to`; *length is 0 at the end. *reason as above.
 */
enum source_unpack_status source_unpack_read(struct source_unpack *unpack, uint8_t *to, size_t room,
                                             size_t *length, char **reason);

/* From now on each reading waits with patience: see source_set_patience. Borrowed. */
void source_unpack_set_patience(struct source_unpack *unpack,
                                const struct source_patience *patience);

/* From now on reading fails, with ECANCELED, once this is true. NULL: no longer. Borrowed. */
void source_unpack_set_stop(struct source_unpack *unpack, const atomic_bool *stop);

/* How many compressed octets were read so far. */
uint64_t source_unpack_stored(const struct source_unpack *unpack);

/* Frees it; NULL is allowed. */
void source_unpack_close(struct source_unpack *unpack);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the applications exchanged, as files in a directory: ID.c2s.bin and ID.s2c.bin for each
 * connection. The files appear under their names when the run is complete.
 */
#ifndef CLI_PAYLOAD_H
#define CLI_PAYLOAD_H

#include "analyzer/analyzer.h"
#include "cli/extents.h"
#include "cli/privileges.h"
#include "cli/sandbox.h"

/* A piece that would leave a larger hole at the end of its file is no data but an attempt to fill
 * the disk, or to wear out who reads it; unless another one follows it there. */
#define PAYLOAD_GAP_MAX (UINT64_C(1) << 30)

/* No file is longer. */
#define PAYLOAD_OFFSET_MAX (UINT64_C(1) << 40)

struct payload;

/*
 * Opens the directory, or makes it; a symbolic link is not followed. NULL after a message. path is
 * borrowed until payload_close.
 */
struct payload *payload_open(const char *path);

/* True if this path may name one of the files in the directory. */
bool payload_may_write(const char *directory, const char *path);

/* Writes octets of a stream at their offset. What goes wrong is told by payload_close. */
void payload_write(struct payload *payload, const struct mpta_octets *octets);

/* Makes the files of streams that had no octets, and says where each begins and ends. */
void payload_fill(struct payload *payload, const struct mpta_tracker *tracker);

/* What it takes to write and complete the files. */
enum privileges_needed payload_need(const struct payload *payload);
void payload_allow(const struct payload *payload, struct sandbox *sandbox);

/* What a stream's file has zeros for, from where the stream begins to the highest octet seen. */
struct holes payload_holes(const struct payload *payload, uint32_t connection, enum mpta_side by,
                           const struct mpta_stream *stream);

/*
 * Ends all: complete files take their names, incomplete ones vanish. False after a message where
 * not all could be written. NULL is allowed.
 */
bool payload_close(struct payload *payload, bool complete);

#endif

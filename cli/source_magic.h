/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a file is, by its first octets: a capture this program reads, a format it knows of but does
 * not read, or something else. It words the refusal of all that is no capture.
 */
#ifndef CLI_SOURCE_MAGIC_H
#define CLI_SOURCE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many first octets it takes to know a capture. */
#define SOURCE_MAGIC_LENGTH 4

/* As many first octets as any check looks at. */
#define SOURCE_MAGIC_LOOK 64

enum source_magic {
    SOURCE_MAGIC_PCAP,
    SOURCE_MAGIC_PCAPNG,
    SOURCE_MAGIC_FOREIGN, /* known, and not read by this program */
    SOURCE_MAGIC_UNKNOWN, /* perhaps compressed */
};

enum source_magic source_magic_find(const uint8_t *octets, size_t length);

/*
 * The sentence that refuses an input (label) that begins with these octets. NULL without memory;
 * the caller frees it. unpacked: these are the octets after unpacking.
 */
char *source_magic_refuse(const char *label, bool unpacked, const uint8_t *octets, size_t length);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes a pcapng capture (draft-ietf-opsawg-pcapng): one section, any number of interfaces of any
 * link types, packets with time stamps in nanoseconds. Numbers are written little-endian on every
 * machine, and nothing is written that was not given, so that the same packets make the same file.
 */
#ifndef CLI_CAPTURE_WRITER_H
#define CLI_CAPTURE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A capture being written. The first error stays: after it every function does nothing and returns
 * false, so that a caller may write on and ask once, at the end.
 */
struct capture_writer {
    FILE *file; /* the caller's: opened and closed by it */
    uint32_t interfaces;
    int error; /* 0, or an errno value: EINVAL for what the format cannot hold */
};

/* One packet to be written. */
struct capture_writer_packet {
    uint32_t interface; /* as capture_writer_interface numbered it */
    int64_t time_ns;    /* since 1970-01-01 UTC; not negative */
    uint32_t captured;  /* octets at `octets` */
    uint32_t wire_len;  /* octets that the frame had on the link */
    const uint8_t *octets;
    const char *comment; /* NULL, or UTF-8 text of at most 65535 octets */
};

/* Begins the section. application is NULL, or the name of the program that writes. */
bool capture_writer_begin(struct capture_writer *writer, FILE *file, const char *application);

/*
 * Describes the next interface; they are numbered from 0, and may be added between packets. name
 * is NULL, or at most 65535 octets; snap_len is 0 for no limit.
 */
bool capture_writer_interface(struct capture_writer *writer, uint16_t link_type, const char *name,
                              uint32_t snap_len);

/* Writes one packet. */
bool capture_writer_packet(struct capture_writer *writer,
                           const struct capture_writer_packet *packet);

/* What became of the packets of an interface. */
struct capture_writer_statistics {
    uint64_t received;
    uint64_t drops;           /* by the system */
    uint64_t interface_drops; /* by hardware or driver */
};

/* Writes the statistics of an interface, up to a time. */
bool capture_writer_statistics(struct capture_writer *writer, uint32_t interface, int64_t time_ns,
                               const struct capture_writer_statistics *statistics);

/* Hands to the system what was written so far. False if anything went wrong: see writer->error. */
bool capture_writer_flush(struct capture_writer *writer);

#endif

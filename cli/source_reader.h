/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One capture file as a row of frames in the order of the file. The two formats share what is here:
 * the input, the facts that are made public (struct capture), and the ways a file can end.
 */
#ifndef CLI_SOURCE_READER_H
#define CLI_SOURCE_READER_H

#include "cli/source.h"
#include "cli/source_input.h"

/*
 * No frame is larger than this: more in a length field is damage, not a packet. Segmentation
 * offload makes frames of 64 KiB, IPv6 jumbograms ("BIG TCP") of 512 KiB.
 */
#define SOURCE_FRAME_MAX (16U * 1024 * 1024)

/* How many interfaces a capture may describe, and how much of a name is kept. */
#define SOURCE_INTERFACES_MAX     65536U
#define SOURCE_INTERFACE_NAME_MAX 255U

enum source_read {
    SOURCE_READ_FRAME,  /* *frame is filled; its octets are borrowed until the next read */
    SOURCE_READ_ON,     /* no frame, and nothing wrong: read on */
    SOURCE_READ_END,    /* the end, or damage: see capture.damaged */
    SOURCE_READ_FAILED, /* no memory, or reading failed: see error */
};

struct source_pcap {
    bool big_endian;
    bool nanoseconds;
    uint16_t minor;      /* version: before 2.4, a record's lengths may stand the other way round */
    uint32_t fcs_octets; /* at the end of each frame: no part of the packet */
    uint32_t captured_max;
};

/* What a pcapng interface description says beyond what is public. */
struct source_pcapng_interface {
    uint8_t resolution;
    int64_t offset_s;
};

struct source_pcapng {
    bool big_endian;      /* of the section */
    size_t section_first; /* index of the section's first interface */
    int64_t last_time_ns; /* for simple packet blocks, which have no time of their own */
    bool time_known;      /* there was such a time */
    struct source_pcapng_interface *interfaces; /* as many as capture.interfaces */
};

struct source_reader {
    struct source_input input;
    struct capture capture;
    enum source_read (*next)(struct source_reader *reader, struct frame *frame);
    uint64_t number;   /* of the last frame read */
    size_t capacity;   /* of capture.interfaces, and of pcapng.interfaces */
    bool ended;        /* at the end, or damaged */
    const char *error; /* after SOURCE_READ_FAILED */
    struct source_pcap pcap;
    struct source_pcapng pcapng;
};

/*
 * Opens a path and reads as far as its first headers. False on failure: *error is a sentence that
 * the caller frees, or NULL without memory. source_reader_close is due in any case.
 */
bool source_reader_open(struct source_reader *reader, const char *path, char **error);

/* The next frame of the file: FRAME, END or FAILED. */
enum source_read source_reader_next(struct source_reader *reader, struct frame *frame);

void source_reader_close(struct source_reader *reader);

/* ---- For the formats ------------------------------------------------------------------------ */

/*
 * Each begins to read after source_input_open: FRAME never; ON if all is well; END if the header
 * is damaged (capture.damaged says how); FAILED.
 */
enum source_read source_pcap_begin(struct source_reader *reader);
enum source_read source_pcapng_begin(struct source_reader *reader);

/*
 * Says what is wrong with what begins at a byte offset: END, or FAILED without memory. what is from
 * source_message_make, NULL included, and is freed here.
 */
enum source_read source_reader_damage(struct source_reader *reader, uint64_t offset, char *what);

/* The next want octets, which belong to what (a noun) that begins here: ON, END or FAILED. */
enum source_read source_reader_peek(struct source_reader *reader, size_t want, const char *what,
                                    const uint8_t **octets);

/* Between two records: ON if there is more, END if not, or FAILED. */
enum source_read source_reader_more(struct source_reader *reader);

/* What a status other than OK of the input means, in the middle of `what` at offset. */
enum source_read source_reader_stop(struct source_reader *reader, enum source_input_status status,
                                    uint64_t offset, const char *what);

/* FAILED for want of memory. */
enum source_read source_reader_no_memory(struct source_reader *reader);

/* Adds an interface: its name's octets are copied up to a NUL. False without memory. */
bool source_reader_add_interface(struct source_reader *reader, uint32_t link_type,
                                 const uint8_t *name, size_t name_len);

/* Fills what all frames have in common, and counts it. */
void source_reader_fill(struct source_reader *reader, struct frame *frame, size_t interface,
                        uint32_t captured, uint32_t wire_len, const uint8_t *octets);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Structs packed into few bits: a table says where their fields lie, and each field takes as many
 * bits as its value needs. Most counters of most connections are zero, and times lie close
 * together. It is for what this process has written itself, and knows no damage.
 */
#ifndef ANALYZER_PACK_H
#define ANALYZER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a field is written. */
enum pack_kind {
    PACK_NUMBER, /* small ones in few bits; of 1, 2, 4 or 8 octets */
    PACK_TIME,   /* as the distance from the one before; of int64_t */
    PACK_PART,   /* a struct */
};

struct pack_layout;

struct pack_field {
    size_t offset;
    size_t size;
    enum pack_kind kind;
    const struct pack_layout *layout; /* PACK_PART: of the struct */
};

/* The fields of a struct. */
#define PACK_FIELDS_MAX 64
struct pack_layout {
    const struct pack_field *fields;
    unsigned count;
};

/* All zero is an empty row of bits. */
struct pack_writer {
    uint64_t *words; /* to be freed by whoever has written */
    size_t room;     /* words */
    size_t bits;
    bool failed; /* for want of memory: what was written means nothing */
    int64_t near_ns;
};

struct pack_reader {
    const uint64_t *words;
    size_t bits; /* that were read */
    int64_t near_ns;
};

/* Writes so many bits of a value that has no others; 64 at most. */
void pack_put_bits(struct pack_writer *writer, uint64_t value, unsigned bits);
uint64_t pack_get_bits(struct pack_reader *reader, unsigned bits);

/* Sets bits that were written as 0. */
void pack_set_bits(struct pack_writer *writer, size_t bit, uint64_t value, unsigned bits);

/* The bits that a value needs. */
unsigned pack_width(uint64_t value);

/*
 * Writes a struct, and reads it back into one that is all zero: every field of the layout, and
 * nothing else of it. Times are told from near_ns, which moves to the last one.
 */
void pack_put(struct pack_writer *writer, const struct pack_layout *layout, const void *object);
void pack_get(struct pack_reader *reader, const struct pack_layout *layout, void *object);

#endif

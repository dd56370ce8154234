/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bit says whether a value is other than 0. If it is, one of a single octet has another bit for
 * 1, which flags and small numbers mostly are; one of two octets, a port, follows as it is; longer
 * ones say of how many half octets they are. Bits fill words from the lowest, so that it does not
 * matter in which order a machine keeps its octets.
 */
#include "analyzer/pack.h"

#include <stdlib.h>
#include <string.h>

#define WORD_BITS   64
#define NIBBLE_BITS 4
#define ROOM_FIRST  128 /* words */

/* ---- Bits ------------------------------------------------------------------------------------ */

/* Room for one value more. New words are zero. */
static bool writer_reserve(struct pack_writer *writer)
{
    size_t needed = writer->bits / WORD_BITS + 2;
    if (needed <= writer->room)
        return !writer->failed;
    size_t room = writer->room > 0 ? 2 * writer->room : ROOM_FIRST;
    uint64_t *words = writer->failed ? NULL : realloc(writer->words, room * sizeof(*words));
    if (!words) {
        writer->failed = true;
        return false;
    }
    memset(words + writer->room, 0, (room - writer->room) * sizeof(*words));
    writer->words = words;
    writer->room = room;
    return true;
}

void pack_put_bits(struct pack_writer *writer, uint64_t value, unsigned bits)
{
    size_t at = writer->bits / WORD_BITS;
    unsigned shift = writer->bits % WORD_BITS;
    if (!writer_reserve(writer))
        return;
    writer->words[at] |= value << shift;
    if (shift + bits > WORD_BITS)
        writer->words[at + 1] |= value >> (WORD_BITS - shift);
    writer->bits += bits;
}

uint64_t pack_get_bits(struct pack_reader *reader, unsigned bits)
{
    size_t at = reader->bits / WORD_BITS;
    unsigned shift = reader->bits % WORD_BITS;
    if (bits == 0)
        return 0;
    uint64_t value = reader->words[at] >> shift;
    if (shift + bits > WORD_BITS)
        value |= reader->words[at + 1] << (WORD_BITS - shift);
    reader->bits += bits;
    return bits < WORD_BITS ? value & ((UINT64_C(1) << bits) - 1) : value;
}

void pack_set_32(struct pack_writer *writer, size_t bit, uint32_t value)
{
    if (!writer->failed)
        writer->words[bit / WORD_BITS] |= (uint64_t)value << bit % WORD_BITS;
}

unsigned pack_width(uint64_t value)
{
    return value ? WORD_BITS - (unsigned)__builtin_clzll(value) : 0;
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* Half octets of the longest value of a size are counted with so many bits. */
static unsigned count_bits(size_t size)
{
    return size == 8 ? 4 : 3;
}

/* Says that the value is other than 0, or a distance; and what it is. */
static void put_nibbles(struct pack_writer *writer, uint64_t value, size_t size)
{
    unsigned nibbles = (pack_width(value | 1) + NIBBLE_BITS - 1) / NIBBLE_BITS;
    pack_put_bits(writer, 1U | (nibbles - 1) << 1, 1 + count_bits(size));
    pack_put_bits(writer, value, nibbles * NIBBLE_BITS);
}

static uint64_t get_nibbles(struct pack_reader *reader, size_t size)
{
    unsigned nibbles = 1 + (unsigned)pack_get_bits(reader, count_bits(size));
    return pack_get_bits(reader, nibbles * NIBBLE_BITS);
}

static void put_number(struct pack_writer *writer, uint64_t value, size_t size)
{
    if (value == 0)
        pack_put_bits(writer, 0, 1);
    else if (size > 2)
        put_nibbles(writer, value, size);
    else if (size == 2)
        pack_put_bits(writer, 1U | value << 1, 17);
    else if (value == 1)
        pack_put_bits(writer, 3, 2);
    else
        pack_put_bits(writer, 1U | value << 2, 10);
}

static uint64_t get_number(struct pack_reader *reader, size_t size)
{
    if (!pack_get_bits(reader, 1))
        return 0;
    if (size > 2)
        return get_nibbles(reader, size);
    if (size == 2)
        return pack_get_bits(reader, 16);
    return pack_get_bits(reader, 1) ? 1 : pack_get_bits(reader, 8);
}

/*
 * A time other than 0, which stands for none, by its distance: doubled, and turned round where it
 * is negative, so that what is near is small on either side. Half octets of 0 are one.
 */
static void put_time(struct pack_writer *writer, int64_t time_ns)
{
    uint64_t distance = (uint64_t)time_ns - (uint64_t)writer->near_ns;
    uint64_t folded = distance << 1 ^ (distance >> 63 ? UINT64_MAX : 0);
    if (time_ns == 0) {
        pack_put_bits(writer, 0, 1);
        return;
    }
    put_nibbles(writer, folded, 8);
    writer->near_ns = time_ns;
}

static int64_t get_time(struct pack_reader *reader)
{
    if (!pack_get_bits(reader, 1))
        return 0;
    uint64_t folded = get_nibbles(reader, 8);
    uint64_t distance = folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0);
    reader->near_ns = (int64_t)((uint64_t)reader->near_ns + distance);
    return reader->near_ns;
}

/* ---- Fields ---------------------------------------------------------------------------------- */

static uint64_t number_at(const unsigned char *at, size_t size)
{
    uint16_t of_2;
    uint32_t of_4;
    uint64_t of_8;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&of_2, at, sizeof(of_2));
        return of_2;
    case 4:
        memcpy(&of_4, at, sizeof(of_4));
        return of_4;
    default:
        memcpy(&of_8, at, sizeof(of_8));
        return of_8;
    }
}

static void number_store(unsigned char *at, size_t size, uint64_t value)
{
    const uint16_t of_2 = (uint16_t)value;
    const uint32_t of_4 = (uint32_t)value;
    switch (size) {
    case 1:
        *at = (unsigned char)value;
        break;
    case 2:
        memcpy(at, &of_2, sizeof(of_2));
        break;
    case 4:
        memcpy(at, &of_4, sizeof(of_4));
        break;
    default:
        memcpy(at, &value, sizeof(value));
        break;
    }
}

static void put_field(struct pack_writer *writer, const struct pack_field *field,
                      const unsigned char *at)
{
    switch (field->kind) {
    case PACK_NUMBER:
        put_number(writer, number_at(at, field->size), field->size);
        break;
    case PACK_TIME:
        put_time(writer, (int64_t)number_at(at, field->size));
        break;
    case PACK_PART:
        pack_put(writer, field->layout, at);
        break;
    }
}

static void get_field(struct pack_reader *reader, const struct pack_field *field, unsigned char *at)
{
    switch (field->kind) {
    case PACK_NUMBER:
        number_store(at, field->size, get_number(reader, field->size));
        break;
    case PACK_TIME:
        number_store(at, field->size, (uint64_t)get_time(reader));
        break;
    case PACK_PART:
        pack_get(reader, field->layout, at);
        break;
    }
}

void pack_put(struct pack_writer *writer, const struct pack_layout *layout, const void *object)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct pack_field *field = &layout->fields[i];
        const unsigned char *at = (const unsigned char *)object + field->offset;
        for (size_t k = 0; k < field->count; k++)
            put_field(writer, field, at + k * field->size);
    }
}

void pack_get(struct pack_reader *reader, const struct pack_layout *layout, void *object)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct pack_field *field = &layout->fields[i];
        unsigned char *at = (unsigned char *)object + field->offset;
        for (size_t k = 0; k < field->count; k++)
            get_field(reader, field, at + k * field->size);
    }
}

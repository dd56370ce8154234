/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A struct begins with a bit for each field, which says whether it is other than 0: so who reads
 * goes from one value to the next. One of a single octet has another bit for 1, which flags and
 * small numbers mostly are; one of two octets, a port, follows as it is; longer ones say of how
 * many half octets they are. Bits fill words from the lowest, so that it does not matter in which
 * order a machine keeps its octets.
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

void pack_set_bits(struct pack_writer *writer, size_t bit, uint64_t value, unsigned bits)
{
    size_t at = bit / WORD_BITS;
    unsigned shift = bit % WORD_BITS;
    if (writer->failed)
        return;
    writer->words[at] |= value << shift;
    if (shift + bits > WORD_BITS)
        writer->words[at + 1] |= value >> (WORD_BITS - shift);
}

void pack_put_bits(struct pack_writer *writer, uint64_t value, unsigned bits)
{
    if (!writer_reserve(writer))
        return;
    pack_set_bits(writer, writer->bits, value, bits);
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

static void put_nibbles(struct pack_writer *writer, uint64_t value, size_t size)
{
    unsigned nibbles = (pack_width(value | 1) + NIBBLE_BITS - 1) / NIBBLE_BITS;
    pack_put_bits(writer, nibbles - 1, count_bits(size));
    pack_put_bits(writer, value, nibbles * NIBBLE_BITS);
}

static uint64_t get_nibbles(struct pack_reader *reader, size_t size)
{
    unsigned nibbles = 1 + (unsigned)pack_get_bits(reader, count_bits(size));
    return pack_get_bits(reader, nibbles * NIBBLE_BITS);
}

/* Other than 0. */
static void put_number(struct pack_writer *writer, uint64_t value, size_t size)
{
    if (size > 2)
        put_nibbles(writer, value, size);
    else if (size == 2)
        pack_put_bits(writer, value, 16);
    else if (value == 1)
        pack_put_bits(writer, 1, 1);
    else
        pack_put_bits(writer, value << 1, 9);
}

static uint64_t get_number(struct pack_reader *reader, size_t size)
{
    if (size > 2)
        return get_nibbles(reader, size);
    if (size == 2)
        return pack_get_bits(reader, 16);
    return pack_get_bits(reader, 1) ? 1 : pack_get_bits(reader, 8);
}

/*
 * A time by its distance: doubled, and turned round where it is negative, so that what is near is
 * small on either side.
 */
static void put_time(struct pack_writer *writer, int64_t time_ns)
{
    uint64_t distance = (uint64_t)time_ns - (uint64_t)writer->near_ns;
    put_nibbles(writer, distance << 1 ^ (distance >> 63 ? UINT64_MAX : 0), 8);
    writer->near_ns = time_ns;
}

static int64_t get_time(struct pack_reader *reader)
{
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

static bool put_struct(struct pack_writer *writer, const struct pack_layout *layout,
                       const unsigned char *object);

/* Of a struct that is all zero only bits of 0 were written: they are taken back. */
static bool put_part(struct pack_writer *writer, const struct pack_layout *layout,
                     const unsigned char *object)
{
    size_t before = writer->bits;
    bool set = put_struct(writer, layout, object);
    if (!set)
        writer->bits = before;
    return set;
}

/* False if it is 0, and nothing was written. */
static bool put_field(struct pack_writer *writer, const struct pack_field *field,
                      const unsigned char *at)
{
    if (field->kind == PACK_PART)
        return put_part(writer, field->layout, at);
    uint64_t value = number_at(at, field->size);
    if (value == 0)
        return false;
    if (field->kind == PACK_TIME)
        put_time(writer, (int64_t)value);
    else
        put_number(writer, value, field->size);
    return true;
}

/* False if all of it is 0. */
static bool put_struct(struct pack_writer *writer, const struct pack_layout *layout,
                       const unsigned char *object)
{
    size_t begin = writer->bits;
    uint64_t set = 0;
    pack_put_bits(writer, 0, layout->count);
    for (unsigned i = 0; i < layout->count; i++) {
        const struct pack_field *field = &layout->fields[i];
        set |= (uint64_t)put_field(writer, field, object + field->offset) << i;
    }
    pack_set_bits(writer, begin, set, layout->count);
    return set != 0;
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
    put_struct(writer, layout, object);
}

void pack_get(struct pack_reader *reader, const struct pack_layout *layout, void *object)
{
    unsigned char *octets = object;
    for (uint64_t set = pack_get_bits(reader, layout->count); set != 0; set &= set - 1) {
        const struct pack_field *field = &layout->fields[__builtin_ctzll(set)];
        get_field(reader, field, octets + field->offset);
    }
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets in and out, in network byte order; private to this layer.
 *
 * A reader is a cursor over octets that were on a wire and of which a capture may hold only the
 * first ones. wire_has is the only bounds check of the dissector. A read past the end yields zero,
 * notes the reason for good and leaves the cursor empty: a decoder may read straight on and look at
 * the error once, when it is done. A writer does the same the other way round.
 *
 * Nothing here knows a protocol.
 *
 * Comments that begin with an at sign are contracts in ACSL. `./dev prove` proves those of the
 * reader, and of the option walk on top of them.
 */
#ifndef DISSECTOR_WIRE_H
#define DISSECTOR_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Why a read failed: the first failure stays. */
enum wire_error {
    WIRE_OK,
    WIRE_CUT,   /* the octets were on the wire but were not captured */
    WIRE_SHORT, /* there were no such octets on the wire */
};

struct wire {
    const uint8_t *at;
    size_t captured; /* octets that may be read */
    size_t left;     /* octets that were on the wire: never less than captured */
    enum wire_error error;
};

/*@
  predicate wire_holds(struct wire *wire) =
      wire->captured <= wire->left && \valid_read(wire->at + (0 .. wire->captured - 1));

  predicate wire_failed{L1, L2}(struct wire *wire) =
      \at(wire->at, L2) == \at(wire->at, L1) && \at(wire->error, L2) != WIRE_OK &&
      \at(wire->captured, L2) == 0 && \at(wire->left, L2) == 0;

  predicate wire_moved{L1, L2}(struct wire *wire, integer count) =
      \at(wire->at, L2) == \at(wire->at, L1) + count &&
      \at(wire->error, L2) == \at(wire->error, L1) &&
      \at(wire->captured, L2) == \at(wire->captured, L1) - count &&
      \at(wire->left, L2) == \at(wire->left, L1) - count;

  predicate wire_read{L1, L2}(struct wire *wire, integer count) =
      count <= \at(wire->captured, L1) ? wire_moved{L1, L2}(wire, count)
                                       : wire_failed{L1, L2}(wire);
*/

/*@ assigns \nothing;
    ensures \result.at == octets && \result.captured == captured && \result.left == left &&
            \result.error == WIRE_OK; */
static inline struct wire wire_of(const uint8_t *octets, size_t captured, size_t left)
{
    return (struct wire){.at = octets, .captured = captured, .left = left};
}

/* True if the next count octets may be read; otherwise the cursor has failed from here on. */
/*@ requires \valid(wire) && wire_holds(wire);
    assigns wire->error, wire->captured, wire->left;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, \result ? 0 : count);
    ensures \result <==> count <= \old(wire->captured); */
static inline bool wire_has(struct wire *wire, size_t count)
{
    if (count <= wire->captured) {
        return true;
    }
    if (wire->error == WIRE_OK) {
        wire->error = count <= wire->left ? WIRE_CUT : WIRE_SHORT;
    }
    wire->captured = wire->left = 0;
    return false;
}

/* The next count octets, or NULL. */
/*@ requires \valid(wire) && wire_holds(wire);
    assigns *wire;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, count);
    ensures count <= \old(wire->captured) ? \result == \old(wire->at) : \result == \null; */
static inline const uint8_t *wire_take(struct wire *wire, size_t count)
{
    if (!wire_has(wire, count)) {
        return NULL;
    }
    const uint8_t *octets = wire->at;
    wire->at += count;
    wire->captured -= count;
    wire->left -= count;
    return octets;
}

/*@ requires \valid(wire) && wire_holds(wire);
    assigns *wire;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, count); */
static inline void wire_skip(struct wire *wire, size_t count)
{
    (void)wire_take(wire, count);
}

/* The next octet, which stays to be read. */
/*@ requires \valid(wire) && wire_holds(wire);
    assigns wire->error, wire->captured, wire->left;
    ensures wire_holds(wire);
    ensures \old(wire->captured) > 0 ? *wire == \old(*wire) : wire_failed{Pre, Post}(wire);
    ensures \result == (\old(wire->captured) > 0 ? \old(wire->at[0]) : 0); */
static inline uint8_t wire_peek(struct wire *wire)
{
    return wire_has(wire, 1) ? wire->at[0] : 0;
}

/*@ requires \valid(wire) && wire_holds(wire);
    assigns *wire;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, 1);
    ensures \result == (\old(wire->captured) > 0 ? \old(wire->at[0]) : 0); */
static inline uint8_t wire_u8(struct wire *wire)
{
    const uint8_t *octets = wire_take(wire, 1);
    return octets ? octets[0] : 0;
}

/*@ requires \valid(wire) && wire_holds(wire);
    assigns *wire;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, 2); */
static inline uint16_t wire_u16(struct wire *wire)
{
    const uint8_t *octets = wire_take(wire, 2);
    if (!octets) {
        return 0;
    }
    return (uint16_t)((uint32_t)octets[0] << 8 | octets[1]);
}

/*@ requires \valid(wire) && wire_holds(wire);
    assigns *wire;
    ensures wire_holds(wire) && wire_read{Pre, Post}(wire, 4); */
static inline uint32_t wire_u32(struct wire *wire)
{
    const uint8_t *octets = wire_take(wire, 4);
    if (!octets) {
        return 0;
    }
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
           octets[3];
}

/* Whole or zero: half of it would be worse than none. */
static inline uint64_t wire_u64(struct wire *wire)
{
    if (!wire_has(wire, 8)) {
        return 0;
    }
    uint64_t high = wire_u32(wire);
    return high << 32 | wire_u32(wire);
}

/* Copies the next count octets, or zeroes the target. */
static inline void wire_copy(struct wire *wire, uint8_t *target, size_t count)
{
    const uint8_t *octets = wire_take(wire, count);
    if (octets) {
        memcpy(target, octets, count);
    } else {
        memset(target, 0, count);
    }
}

/* Drops what is behind the next count octets: padding, or what a length says is another's. */
static inline void wire_trim(struct wire *wire, size_t count)
{
    if (count < wire->left) {
        wire->left = count;
    }
    if (count < wire->captured) {
        wire->captured = count;
    }
}

/*
 * A cursor over the next count octets alone, which this one passes over. Where only the capture
 * ends among them the child holds the captured ones and neither fails.
 */
static inline struct wire wire_child(struct wire *wire, size_t count)
{
    struct wire child = *wire;
    wire_trim(&child, count);
    if (count > wire->left) {
        (void)wire_has(wire, count);
        return wire_of(wire->at, 0, 0);
    }
    wire->at += child.captured;
    wire->captured -= child.captured;
    wire->left -= count;
    return child;
}

/* True if all octets were read, and no more than all. */
static inline bool wire_is_done(const struct wire *wire)
{
    return wire->error == WIRE_OK && wire->left == 0;
}

/* A cursor for writing. `full` stays once an octet did not fit. */
struct wire_writer {
    uint8_t *octets;
    size_t used;
    size_t size;
    bool full;
};

static inline struct wire_writer wire_writer_of(uint8_t *octets, size_t size)
{
    return (struct wire_writer){.octets = octets, .size = size};
}

/* Room for count octets more, or NULL. */
static inline uint8_t *wire_room(struct wire_writer *writer, size_t count)
{
    if (writer->full || count > writer->size - writer->used) {
        writer->full = true;
        return NULL;
    }
    uint8_t *room = writer->octets + writer->used;
    writer->used += count;
    return room;
}

static inline void wire_put_copy(struct wire_writer *writer, const uint8_t *octets, size_t count)
{
    uint8_t *room = wire_room(writer, count);
    if (room) {
        memcpy(room, octets, count);
    }
}

/* Writes the low count octets of a value, 1 to 8. */
static inline void wire_put(struct wire_writer *writer, uint64_t value, size_t count)
{
    uint8_t *room = wire_room(writer, count);
    for (size_t i = count; room && i-- > 0; value >>= 8) {
        room[i] = (uint8_t)value;
    }
}

static inline void wire_put_u8(struct wire_writer *writer, uint8_t value)
{
    wire_put(writer, value, 1);
}

static inline void wire_put_u16(struct wire_writer *writer, uint16_t value)
{
    wire_put(writer, value, 2);
}

static inline void wire_put_u32(struct wire_writer *writer, uint32_t value)
{
    wire_put(writer, value, 4);
}

static inline void wire_put_u64(struct wire_writer *writer, uint64_t value)
{
    wire_put(writer, value, 8);
}

#endif

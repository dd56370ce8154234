/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From one TCP option to the next, RFC 9293 section 3.1. The walk finds where options begin and
 * end; what is in them is for others to read, each from a block of exactly its option's length.
 */
#include "dissector/dissector.h"
#include "dissector/wire.h"

/*@
  predicate walk_holds(struct mpta_option_walk *walk) =
      walk->captured <= walk->left && \valid_read(walk->at + (0 .. walk->captured - 1));

  predicate option_holds(struct mpta_tcp_option *option) =
      option->length >= 2 && \valid_read(option->octets + (0 .. option->length - 1));
*/

/*@ requires \valid(walk) && \valid_read(segment) && \separated(walk, segment);
    requires segment->options_captured <= segment->options_len;
    requires \valid_read(segment->options + (0 .. segment->options_captured - 1));
    assigns *walk;
    ensures walk_holds(walk) && walk->left == segment->options_len; */
void mpta_option_walk_start(struct mpta_option_walk *walk, const struct mpta_segment *segment)
{
    walk->at = segment->options;
    walk->captured = segment->options_captured;
    walk->left = segment->options_len;
    walk->unclean_end = false;
}

/*@ requires \valid(wire) && wire_holds(wire) && wire->error == WIRE_OK;
    assigns *wire;
    ensures wire_holds(wire) && wire->left <= \old(wire->left);
    ensures wire->captured <= \old(wire->captured);
    ensures wire->error == WIRE_OK ==>
            wire->at + wire->captured == \old(wire->at + wire->captured) &&
            (wire->left > 0 ==> wire->captured > 0); */
static void nops_skip(struct wire *wire)
{
    /*@ loop invariant wire_holds(wire) && wire->left <= \at(wire->left, Pre);
        loop invariant wire->captured <= \at(wire->captured, Pre);
        loop invariant wire->error == WIRE_OK ==>
            wire->at + wire->captured == \at(wire->at + wire->captured, Pre);
        loop assigns *wire;
        loop variant wire->left; */
    while (wire->left > 0 && wire_peek(wire) == MPTA_KIND_NOP) {
        wire_skip(wire, 1);
    }
}

/* What follows EOL is padding, which must be zero: RFC 9293 section 3.1. */
/*@ requires \valid(wire) && wire_holds(wire);
    assigns \nothing; */
static bool padding_is_zero(const struct wire *wire)
{
    /*@ loop invariant 0 <= i <= wire->captured;
        loop assigns i;
        loop variant wire->captured - i; */
    for (size_t i = 0; i < wire->captured; i++) {
        if (wire->at[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Ends the walk; the octet at the cursor, if there is any, is EOL. */
/*@ requires \valid(walk) && \valid(wire) && wire_holds(wire) && \separated(walk, wire);
    assigns walk->unclean_end, walk->left, walk->captured;
    ensures walk->left == 0 && walk->captured == 0 && \result == MPTA_WALK_END; */
static enum mpta_walk walk_end(struct mpta_option_walk *walk, const struct wire *wire)
{
    walk->unclean_end |= wire->left > 0 && !padding_is_zero(wire);
    walk->left = walk->captured = 0;
    return MPTA_WALK_END;
}

/* The walk moves on by whole options only, so that whatever stops it stops it again. */
/*@ requires \valid(walk) && \valid(option) && \separated(walk, option) && walk_holds(walk);
    assigns *walk, *option;
    ensures walk_holds(walk);
    ensures \result == MPTA_WALK_OPTION ==>
            option_holds(option) && walk->left + option->length <= \old(walk->left);
    ensures \result == MPTA_WALK_CUT || \result == MPTA_WALK_OVERRUN ==> *walk == \old(*walk); */
enum mpta_walk mpta_option_walk_next(struct mpta_option_walk *walk, struct mpta_tcp_option *option)
{
    struct wire wire = wire_of(walk->at, walk->captured, walk->left);
    nops_skip(&wire);
    if (wire.error == WIRE_OK && (wire.left == 0 || wire_peek(&wire) == MPTA_KIND_EOL)) {
        return walk_end(walk, &wire);
    }
    struct mpta_tcp_option found = {.octets = wire.at};
    found.kind = wire_u8(&wire);
    found.length = wire_u8(&wire);
    if (wire.error == WIRE_OK && found.length < 2) {
        return MPTA_WALK_OVERRUN;
    }
    wire_skip(&wire, found.length - 2U);
    if (wire.error != WIRE_OK) {
        return wire.error == WIRE_CUT ? MPTA_WALK_CUT : MPTA_WALK_OVERRUN;
    }
    /*@ assert wire.captured <= \at(walk->captured, Pre) &&
               wire.at + wire.captured == \at(walk->at + walk->captured, Pre); */
    walk->at = wire.at;
    walk->captured = wire.captured;
    walk->left = wire.left;
    *option = found;
    return MPTA_WALK_OPTION;
}

/*@ requires \valid_read(option) && option_holds(option);
    requires \valid(mss);
    assigns *mss; */
bool mpta_mss_decode(const struct mpta_tcp_option *option, uint16_t *mss)
{
    if (option->kind != MPTA_KIND_MSS || option->length != 4) {
        return false;
    }
    struct wire wire = wire_of(option->octets, option->length, option->length);
    wire_skip(&wire, 2);
    *mss = wire_u16(&wire);
    return true;
}

/*@ requires \valid_read(option) && option_holds(option);
    requires \valid(shift);
    assigns *shift; */
bool mpta_window_scale_decode(const struct mpta_tcp_option *option, uint8_t *shift)
{
    if (option->kind != MPTA_KIND_WINDOW_SCALE || option->length != 3) {
        return false;
    }
    struct wire wire = wire_of(option->octets, option->length, option->length);
    wire_skip(&wire, 2);
    *shift = wire_u8(&wire);
    return true;
}

/*@ requires \valid_read(option) && option_holds(option);
    requires \valid(value) && \valid(echo);
    assigns *value, *echo; */
bool mpta_timestamps_decode(const struct mpta_tcp_option *option, uint32_t *value, uint32_t *echo)
{
    if (option->kind != MPTA_KIND_TIMESTAMPS || option->length != 10) {
        return false;
    }
    struct wire wire = wire_of(option->octets, option->length, option->length);
    wire_skip(&wire, 2);
    *value = wire_u32(&wire);
    *echo = wire_u32(&wire);
    return true;
}

/*@ requires \valid_read(option) && option_holds(option);
    requires \valid(sack) && \separated(sack, option);
    assigns *sack; */
bool mpta_sack_decode(const struct mpta_tcp_option *option, struct mpta_sack *sack)
{
    if (option->kind != MPTA_KIND_SACK || option->length <= 2 || option->length % 8 != 2 ||
        option->length > 2 + 8 * MPTA_SACK_BLOCKS) {
        return false;
    }
    struct wire wire = wire_of(option->octets, option->length, option->length);
    wire_skip(&wire, 2);
    /*@ loop invariant wire_holds(&wire) && wire.captured == wire.left && wire.error == WIRE_OK;
        loop invariant 8 * sack->count + wire.left == \at(option->length, Pre) - 2;
        loop assigns wire, *sack;
        loop variant wire.left; */
    for (sack->count = 0; wire.left > 0; sack->count++) {
        sack->blocks[sack->count].left = wire_u32(&wire);
        sack->blocks[sack->count].right = wire_u32(&wire);
    }
    return true;
}

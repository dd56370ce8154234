/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serialisation of json-c values. json-c has one of its own, which holds the whole text in memory,
 * leaves out what its buffer could not take when memory is short (and says nothing), and passes
 * octets that are no UTF-8. This one allocates nothing: a pen gathers the text and hands it to the
 * stream in large pieces, for a call for each name and number would cost more than all the rest.
 * The program has one thread, so streams need no locks.
 */
#include "cli/json_writer.h"

#include <assert.h>
#include <json-c/linkhash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cli/digits.h"
#include "cli/json_number.h"
#include "cli/utf8.h"

/* ---- The pen -------------------------------------------------------------------------------- */

/* So many octets at once always have room in a pen. */
#define PEN_ROOM 512

struct pen {
    FILE *stream;
    size_t used;
    char octets[16 * PEN_ROOM];
};
static_assert(JSON_NUMBER_MAX <= PEN_ROOM, "the longest number has room");

static void pen_hand_over(struct pen *pen)
{
    fwrite_unlocked(pen->octets, 1, pen->used, pen->stream);
    pen->used = 0;
}

/* Where the next PEN_ROOM octets may be written. */
static char *pen_room(struct pen *pen)
{
    if (sizeof pen->octets - pen->used < PEN_ROOM) {
        pen_hand_over(pen);
    }
    return pen->octets + pen->used;
}

/* What was written there ends here. */
static void pen_advance(struct pen *pen, const char *end)
{
    pen->used = (size_t)(end - pen->octets);
}

static void pen_put(struct pen *pen, const char *octets, size_t length)
{
    for (; length > PEN_ROOM; length -= PEN_ROOM, octets += PEN_ROOM) {
        pen_advance(pen, mempcpy(pen_room(pen), octets, PEN_ROOM));
    }
    pen_advance(pen, mempcpy(pen_room(pen), octets, length));
}

static void pen_put_character(struct pen *pen, char character)
{
    char *at = pen_room(pen);
    *at = character;
    pen_advance(pen, at + 1);
}

/* ---- Strings -------------------------------------------------------------------------------- */

/* Characters that have no picture, or change how others are shown. */
static const struct {
    uint32_t first;
    uint32_t last;
} unsafe[] = {
    {0x0000,  0x001f }, /* control characters, and with the next two lines */
    {0x007f,  0x009f }, /* ... the others */
    {0x061c,  0x061c }, /* Arabic letter mark */
    {0x200b,  0x200f }, /* zero width, left-to-right and right-to-left marks */
    {0x2028,  0x202e }, /* line and paragraph separators, embeddings and overrides */
    {0x2060,  0x206f }, /* invisible operators, isolates */
    {0xfeff,  0xfeff }, /* byte order mark */
    {0xfff9,  0xfffb }, /* interlinear annotation */
    {0xe0000, 0xe007f}, /* tags */
};

static bool character_is_unsafe(uint32_t character)
{
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        if (character >= unsafe[i].first && character <= unsafe[i].last) {
            return true;
        }
    }
    return false;
}

/* \uXXXX, above the Basic Multilingual Plane as a surrogate pair (RFC 8259 section 7). */
static void character_write_escaped(struct pen *pen, uint32_t character)
{
    char *at = pen_room(pen);
    *at++ = '\\';
    *at++ = 'u';
    if (character > 0xffff) {
        uint32_t rest = character - 0x10000;
        at = digits_write_hex(at, 0xd800 + (rest >> 10), 4);
        *at++ = '\\';
        *at++ = 'u';
        character = 0xdc00 + (rest & 0x3ff);
    }
    pen_advance(pen, digits_write_hex(at, character, 4));
}

/* How many characters from here on stand for themselves, as most do. */
static size_t plain_run(const char *octets, size_t length)
{
    size_t run = 0;
    while (run < length && octets[run] >= ' ' && octets[run] <= '~' && octets[run] != '"' &&
           octets[run] != '\\') {
        run++;
    }
    return run;
}

/* Writes the character at the begin of octets that are not plain; returns how many it takes. */
static size_t character_write(struct pen *pen, const char *octets, size_t length)
{
    uint32_t character;
    size_t used = utf8_decode(octets, length, &character);
    if (used == 0) {
        pen_put(pen, "\xef\xbf\xbd", 3);
        return 1;
    }
    if (character == '"' || character == '\\') {
        pen_put_character(pen, '\\');
        pen_put_character(pen, (char)character);
    } else if (character_is_unsafe(character)) {
        character_write_escaped(pen, character);
    } else {
        pen_put(pen, octets, used);
    }
    return used;
}

static void string_write(struct pen *pen, const char *octets, size_t length)
{
    pen_put_character(pen, '"');
    for (size_t at = 0; at < length;) {
        size_t run = plain_run(octets + at, length - at);
        pen_put(pen, octets + at, run);
        at += run;
        if (at < length) {
            at += character_write(pen, octets + at, length - at);
        }
    }
    pen_put_character(pen, '"');
}

/* ---- Values --------------------------------------------------------------------------------- */

static void value_write(struct pen *pen, struct json_object *value, int depth);

/* No report is nested so deeply. */
#define DEPTH_MAX (PEN_ROOM / 8)

/* Two spaces for each level, written by the block: what is too much is written over. */
static char *line_break(char *at, int depth)
{
    static const char block[] = "                ";
    if (depth == JSON_ONE_LINE) {
        return at;
    }
    assert(depth < DEPTH_MAX);
    const size_t indentation = 2 * (size_t)depth;
    *at++ = '\n';
    for (size_t done = 0; done < indentation; done += sizeof block - 1) {
        memcpy(at + done, block, sizeof block - 1);
    }
    return at + indentation;
}

/* What stands before a member or an item: a comma, but before the first, and a new line. */
static char *item_begin(char *at, bool first, int depth)
{
    if (!first) {
        *at++ = ',';
    }
    return line_break(at, depth);
}

static int depth_below(int depth)
{
    return depth == JSON_ONE_LINE ? JSON_ONE_LINE : depth + 1;
}

/* What stands behind the last item. */
static void items_end(struct pen *pen, bool none, int depth, char bracket)
{
    char *at = pen_room(pen);
    if (!none) {
        at = line_break(at, depth);
    }
    *at++ = bracket;
    pen_advance(pen, at);
}

static void array_write(struct pen *pen, struct json_object *array, int depth)
{
    size_t count = json_object_array_length(array);
    pen_put_character(pen, '[');
    for (size_t i = 0; i < count; i++) {
        pen_advance(pen, item_begin(pen_room(pen), i == 0, depth_below(depth)));
        value_write(pen, json_object_array_get_idx(array, i), depth_below(depth));
    }
    items_end(pen, count == 0, depth, ']');
}

/* Names are the program's own words and need no escaping. */
static void member_begin(struct pen *pen, bool first, const char *name, int depth)
{
    char *at = item_begin(pen_room(pen), first, depth);
    *at++ = '"';
    pen_advance(pen, at);
    pen_put(pen, name, strlen(name));
    pen_advance(pen, mempcpy(pen_room(pen), "\": ", 3));
}

static void object_write(struct pen *pen, struct json_object *object, int depth)
{
    bool first = true;
    pen_put_character(pen, '{');
    json_object_object_foreach(object, name, value)
    {
        member_begin(pen, first, name, depth_below(depth));
        value_write(pen, value, depth_below(depth));
        first = false;
    }
    items_end(pen, first, depth, '}');
}

static void literal_write(struct pen *pen, const char *literal)
{
    pen_put(pen, literal, strlen(literal));
}

static void value_write(struct pen *pen, struct json_object *value, int depth)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        literal_write(pen, "null");
        break;
    case json_type_boolean:
        literal_write(pen, json_object_get_boolean(value) ? "true" : "false");
        break;
    case json_type_double:
    case json_type_int:
        pen_advance(pen, json_number_write(pen_room(pen), value));
        break;
    case json_type_object:
        object_write(pen, value, depth);
        break;
    case json_type_array:
        array_write(pen, value, depth);
        break;
    case json_type_string:
        string_write(pen, json_object_get_string(value), (size_t)json_object_get_string_len(value));
        break;
    }
}

void json_value_write(FILE *stream, struct json_object *value, int depth)
{
    struct pen pen;
    pen.stream = stream;
    pen.used = 0;
    value_write(&pen, value, depth);
    pen_hand_over(&pen);
}

void json_line_break(FILE *stream, int depth)
{
    struct pen pen;
    pen.stream = stream;
    pen.used = 0;
    pen_advance(&pen, line_break(pen.octets, depth));
    pen_hand_over(&pen);
}

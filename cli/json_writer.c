/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serialisation of json-c values. json-c has one of its own, which holds the whole text in memory,
 * leaves out what its buffer could not take when memory is short (and says nothing), and passes
 * octets that are no UTF-8. This one allocates nothing: a pen gathers the text and hands it to the
 * stream in large pieces, for a call for each name and number would cost more than all the rest.
 * No stream is written to by two threads, so streams need no locks.
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

/* So many octets at once have room in a pen, once it was asked for. */
#define PEN_ROOM 1024

/* Whoever writes knows how far it has come, and hands that on: `at`, in its octets. */
struct pen {
    FILE *stream;
    char octets[8 * PEN_ROOM];
};

static void pen_hand_over(struct pen *pen, const char *at)
{
    fwrite_unlocked(pen->octets, 1, (size_t)(at - pen->octets), pen->stream);
}

/* Where the next PEN_ROOM octets may be written. */
static char *pen_room(struct pen *pen, char *at)
{
    if (pen->octets + sizeof pen->octets - at >= PEN_ROOM) {
        return at;
    }
    pen_hand_over(pen, at);
    return pen->octets;
}

/* Each function that writes returns where it has come to. One with a pen asks for room itself, any
 * other one needs less than there is. */

static char *octets_write(struct pen *pen, char *at, const char *octets, size_t length)
{
    for (; length > PEN_ROOM; length -= PEN_ROOM, octets += PEN_ROOM) {
        at = mempcpy(pen_room(pen, at), octets, PEN_ROOM);
    }
    return mempcpy(pen_room(pen, at), octets, length);
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
static char *character_write_escaped(char *at, uint32_t character)
{
    if (character > 0xffff) {
        uint32_t rest = character - 0x10000;
        at = digits_write_hex(stpcpy(at, "\\u"), 0xd800 + (rest >> 10), 4);
        character = 0xdc00 + (rest & 0x3ff);
    }
    return digits_write_hex(stpcpy(at, "\\u"), character, 4);
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

/* Writes the first one of octets that are not plain, and counts what it takes in *taken. */
static char *character_write(char *at, const char *octets, size_t length, size_t *taken)
{
    uint32_t character;
    size_t used = utf8_decode(octets, length, &character);
    *taken += used == 0 ? 1 : used;
    if (used == 0) {
        return stpcpy(at, "\xef\xbf\xbd");
    }
    if (character == '"' || character == '\\') {
        *at++ = '\\';
    } else if (character_is_unsafe(character)) {
        return character_write_escaped(at, character);
    }
    return mempcpy(at, octets, used);
}

static char *string_write(struct pen *pen, char *at, const char *octets, size_t length)
{
    at = pen_room(pen, at);
    *at++ = '"';
    for (size_t taken = 0; taken < length;) {
        size_t run = plain_run(octets + taken, length - taken);
        at = octets_write(pen, at, octets + taken, run);
        taken += run;
        if (taken < length) {
            at = character_write(pen_room(pen, at), octets + taken, length - taken, &taken);
        }
    }
    at = pen_room(pen, at);
    *at++ = '"';
    return at;
}

/* ---- Values --------------------------------------------------------------------------------- */

/* No report is nested so deeply, and none of its names is as long. */
#define DEPTH_MAX    64
#define NAME_LEN_MAX 64
static_assert(JSON_NUMBER_MAX + 2 * DEPTH_MAX + NAME_LEN_MAX + 64 < PEN_ROOM, "a member has room");

/* Needs room for a number, and asks for more itself. */
static char *value_write(struct pen *pen, char *at, struct json_object *value, int depth);

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

static int depth_below(int depth)
{
    return depth == JSON_ONE_LINE ? JSON_ONE_LINE : depth + 1;
}

/* What stands before an item: a comma, unless it is the first one, and a new line. */
static char *item_begin(char *at, bool first, int depth)
{
    if (!first) {
        *at++ = ',';
    }
    return line_break(at, depth);
}

/* What stands behind the last item. */
static char *items_end(char *at, bool none, int depth, char bracket)
{
    if (!none) {
        at = line_break(at, depth);
    }
    *at++ = bracket;
    return at;
}

static char *array_write(struct pen *pen, char *at, struct json_object *array, int depth)
{
    size_t count = json_object_array_length(array);
    *at++ = '[';
    for (size_t i = 0; i < count; i++) {
        at = item_begin(pen_room(pen, at), i == 0, depth_below(depth));
        at = value_write(pen, at, json_object_array_get_idx(array, i), depth_below(depth));
    }
    return items_end(pen_room(pen, at), count == 0, depth, ']');
}

/* Names are the program's own words and need no escaping. */
static char *name_write(char *at, const char *name)
{
    size_t length = strlen(name);
    assert(length < NAME_LEN_MAX);
    *at++ = '"';
    at = mempcpy(at, name, length);
    return mempcpy(at, "\": ", 3);
}

static char *object_write(struct pen *pen, char *at, struct json_object *object, int depth)
{
    bool first = true;
    *at++ = '{';
    json_object_object_foreach(object, name, value)
    {
        at = item_begin(pen_room(pen, at), first, depth_below(depth));
        at = value_write(pen, name_write(at, name), value, depth_below(depth));
        first = false;
    }
    return items_end(pen_room(pen, at), first, depth, '}');
}

static char *value_write(struct pen *pen, char *at, struct json_object *value, int depth)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return mempcpy(at, "null", 4);
    case json_type_boolean:
        return stpcpy(at, json_object_get_boolean(value) ? "true" : "false");
    case json_type_double:
    case json_type_int:
        return json_number_write(at, value);
    case json_type_object:
        return object_write(pen, at, value, depth);
    case json_type_array:
        return array_write(pen, at, value, depth);
    case json_type_string:
        return string_write(pen, at, json_object_get_string(value),
                            (size_t)json_object_get_string_len(value));
    }
    return at;
}

void json_value_write(FILE *stream, struct json_object *value, int depth)
{
    struct pen pen;
    pen.stream = stream;
    pen_hand_over(&pen, value_write(&pen, pen.octets, value, depth));
}

/* The end of the line goes along with it: a stream that hands over by the line looks for one in all
 * that it is given, from the end. */
void json_line_write(FILE *stream, struct json_object *value)
{
    struct pen pen;
    pen.stream = stream;
    char *at = pen_room(&pen, value_write(&pen, pen.octets, value, JSON_ONE_LINE));
    *at++ = '\n';
    pen_hand_over(&pen, at);
}

void json_line_break(FILE *stream, int depth)
{
    struct pen pen;
    pen.stream = stream;
    pen_hand_over(&pen, line_break(pen.octets, depth));
}

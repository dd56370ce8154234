/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serialisation of json-c values. json-c has one of its own, which holds the whole text in memory,
 * leaves out what its buffer could not take when memory is short (and says nothing), and passes
 * octets that are no UTF-8. This one writes straight into a stream and allocates nothing. The
 * program has one thread, so streams need no locks, which would cost more than the writing.
 */
#include "cli/json_writer.h"

#include <inttypes.h>
#include <json-c/linkhash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/utf8.h"

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
static void character_write_escaped(FILE *stream, uint32_t character)
{
    if (character > 0xffff) {
        uint32_t rest = character - 0x10000;
        fprintf(stream, "\\u%04" PRIx32, 0xd800 + (rest >> 10));
        character = 0xdc00 + (rest & 0x3ff);
    }
    fprintf(stream, "\\u%04" PRIx32, character);
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

static void string_write(FILE *stream, const char *octets, size_t length)
{
    putc_unlocked('"', stream);
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t run = plain_run(octets + at, length - at);
        if (run > 0) {
            fwrite_unlocked(octets + at, 1, run, stream);
            at += run;
            continue;
        }
        size_t used = utf8_decode(octets + at, length - at, &character);
        if (used == 0) {
            fputs_unlocked("\xef\xbf\xbd", stream);
            used = 1;
        } else if (character == '"' || character == '\\') {
            fprintf(stream, "\\%c", (int)character);
        } else if (character_is_unsafe(character)) {
            character_write_escaped(stream, character);
        } else {
            fwrite_unlocked(octets + at, 1, used, stream);
        }
        at += used;
    }
    putc_unlocked('"', stream);
}

void json_line_break(FILE *stream, int depth)
{
    static const char deep[] = "                                ";
    if (depth == JSON_ONE_LINE) {
        return;
    }
    putc_unlocked('\n', stream);
    for (size_t left = 2 * (size_t)depth; left > 0;) {
        size_t some = left < sizeof deep - 1 ? left : sizeof deep - 1;
        fwrite_unlocked(deep, 1, some, stream);
        left -= some;
    }
}

static void number_write(FILE *stream, uint64_t number)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    fwrite_unlocked(digits + first, 1, sizeof digits - first, stream);
}

static int depth_below(int depth)
{
    return depth == JSON_ONE_LINE ? JSON_ONE_LINE : depth + 1;
}

static void array_write(FILE *stream, struct json_object *array, int depth)
{
    size_t count = json_object_array_length(array);
    putc_unlocked('[', stream);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            putc_unlocked(',', stream);
        }
        json_line_break(stream, depth_below(depth));
        json_value_write(stream, json_object_array_get_idx(array, i), depth_below(depth));
    }
    if (count > 0) {
        json_line_break(stream, depth);
    }
    putc_unlocked(']', stream);
}

static void object_write(FILE *stream, struct json_object *object, int depth)
{
    bool first = true;
    putc_unlocked('{', stream);
    json_object_object_foreach(object, key, value)
    {
        if (!first) {
            putc_unlocked(',', stream);
        }
        first = false;
        json_line_break(stream, depth_below(depth));
        putc_unlocked('"', stream);
        fputs_unlocked(key, stream);
        fputs_unlocked("\": ", stream);
        json_value_write(stream, value, depth_below(depth));
    }
    if (!first) {
        json_line_break(stream, depth);
    }
    putc_unlocked('}', stream);
}

void json_value_write(FILE *stream, struct json_object *value, int depth)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        fputs_unlocked("null", stream);
        break;
    case json_type_boolean:
        fputs_unlocked(json_object_get_boolean(value) ? "true" : "false", stream);
        break;
    case json_type_double:
        fputs_unlocked(json_object_get_userdata(value), stream);
        break;
    case json_type_int:
        number_write(stream, json_object_get_uint64(value));
        break;
    case json_type_object:
        object_write(stream, value, depth);
        break;
    case json_type_array:
        array_write(stream, value, depth);
        break;
    case json_type_string:
        string_write(stream, json_object_get_string(value),
                     (size_t)json_object_get_string_len(value));
        break;
    }
}

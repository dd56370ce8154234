/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of the report (json_builder, json_number) and their text (json_writer). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/json_builder.h"
#include "cli/json_number.h"
#include "cli/json_writer.h"

/* The text of a value; to be freed. */
static char *text_of(struct json_object *value, int depth)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    json_value_write(stream, value, depth);
    fclose(stream);
    json_object_put(value);
    return text;
}

static void assert_text(struct json_object *value, int depth, const char *expected)
{
    char *text = text_of(value, depth);
    assert_string_equal(text, expected);
    free(text);
}

static const struct {
    uint64_t number;
    enum json_form form;
    const char *expected;
} numbers[] = {
    {0,                   JSON_COUNT,      "0"                                 },
    {9,                   JSON_COUNT,      "9"                                 },
    {10,                  JSON_COUNT,      "10"                                },
    {UINT64_MAX,          JSON_COUNT,      "18446744073709551615"              },
    {0,                   JSON_SECONDS,    "0.000000000"                       },
    {300000001,           JSON_SECONDS,    "0.300000001"                       },
    {(uint64_t)-1,        JSON_SECONDS,    "-0.000000001"                      },
    {INT64_MAX,           JSON_SECONDS,    "9223372036.854775807"              },
    {(uint64_t)INT64_MIN, JSON_SECONDS,    "-9223372036.854775808"             },
    {1,                   JSON_TIME,       "\"1970-01-01T00:00:00.000000001Z\""},
    {(uint64_t)-1,        JSON_TIME,       "\"1969-12-31T23:59:59.999999999Z\""},
    {1,                   JSON_KEY,        "\"0x0000000000000001\""            },
    {UINT64_MAX,          JSON_KEY,        "\"0xffffffffffffffff\""            },
    {0xab,                JSON_TOKEN,      "\"0x000000ab\""                    },
    {UINT32_MAX,          JSON_TOKEN,      "\"0xffffffff\""                    },
    {0,                   JSON_IDENTIFIER, "\"0\""                             },
    {UINT64_MAX,          JSON_IDENTIFIER, "\"18446744073709551615\""          },
};

static void numbers_have_the_forms_of_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_text(json_number(numbers[i].number, numbers[i].form), 0, numbers[i].expected);
    }
    assert_text(json_object_new_uint64(7), 0, "7");
    assert_text(json_object_new_double(2.0 / 3), 0, "0.6667");
}

/* Octets of no value, so that every place shows which one it is. */
static char *octets_make(size_t length)
{
    char *octets = malloc(length + 1);
    assert_non_null(octets);
    for (size_t i = 0; i < length; i++) {
        octets[i] = (char)('0' + i * 7 % 10);
    }
    octets[length] = '\0';
    return octets;
}

/* The text of a value as a line; to be freed. */
static char *line_of(struct json_object *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    json_line_write(stream, value);
    fclose(stream);
    json_object_put(value);
    return text;
}

/* Whatever pieces the writer puts together. */
static void lines_of_any_length_are_whole(void **state)
{
    (void)state;
    for (size_t length = 0; length < 20000; length += length < 1100 ? 1 : 97) {
        char *octets = octets_make(length);
        struct json_object *array = json_object_new_array();
        json_object_array_add(array, json_object_new_string(octets));
        json_object_array_add(array, json_object_new_string(octets));
        char *text = line_of(array);
        char *expected = NULL;
        assert_true(asprintf(&expected, "[\"%s\",\"%s\"]\n", octets, octets) >= 0);
        assert_string_equal(text, expected);
        free(octets);
        free(text);
        free(expected);
    }
}

/* So many members that both the table and the writer's room are outgrown, with values that are
 * shared and others. */
static void objects_of_any_size_are_whole(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                        "j", "k", "l", "m", "n", "o", "p", "q", "r",
                                        "s", "t", "u", "v", "w", "x", "y", "z"};
    (void)state;
    for (size_t members = 0; members <= sizeof names / sizeof names[0]; members++) {
        struct json_builder builder = {false};
        struct json_object *array = json_build_array(&builder);
        char *expected = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&expected, &size);
        assert_non_null(stream);
        for (int item = 0; item < 100; item++) {
            struct json_object *object = json_build_large(&builder);
            fprintf(stream, "%s{", item > 0 ? "," : "[");
            for (size_t i = 0; i < members; i++) {
                json_add_count(&builder, object, names[i], i);
                fprintf(stream, "%s\"%s\": %zu", i > 0 ? "," : "", names[i], i);
            }
            fputs("}", stream);
            json_append(&builder, array, object);
        }
        fputs("]", stream);
        fclose(stream);
        assert_false(builder.no_memory);
        json_builder_clear(&builder);
        assert_text(array, JSON_ONE_LINE, expected);
        free(expected);
    }
}

/* More names than the builder remembers, each of them twice: json-c finds them all by its own hash.
 */
static void members_are_found_by_their_names(void **state)
{
    enum { NAMES = 2 * JSON_NAME_SLOTS + 7 };
    static char names[NAMES][9];
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(names[i], sizeof names[i], "%x", (unsigned)(i * 7919));
    }
    for (int remembered = 0; remembered < 2; remembered++) {
        struct json_names known = {0};
        struct json_builder builder = {.names = remembered ? &known : NULL};
        for (size_t round = 0; round < 2; round++) {
            struct json_object *object = json_build_object(&builder);
            for (size_t i = 0; i < NAMES; i++) {
                json_add_count(&builder, object, names[i], i + round);
            }
            for (size_t i = 0; i < NAMES; i++) {
                char name[sizeof names[i]];
                memcpy(name, names[i], sizeof name);
                struct json_object *value = json_object_object_get(object, name);
                assert_non_null(value);
                assert_int_equal(json_object_get_uint64(value), i + round);
            }
            json_object_put(object);
        }
        assert_false(builder.no_memory);
        json_builder_clear(&builder);
    }
}

static void lines_are_indented_by_their_depth(void **state)
{
    (void)state;
    for (int depth = 0; depth < 30; depth++) {
        char *expected = NULL;
        struct json_object *object = json_object_new_object();
        json_object_object_add(object, "a", NULL);
        json_object_object_add(object, "b", json_object_new_array());
        assert_true(asprintf(&expected, "{\n%*s\"a\": null,\n%*s\"b\": []\n%*s}", 2 * depth + 2, "",
                             2 * depth + 2, "", 2 * depth, "") >= 0);
        assert_text(object, depth, expected);
        free(expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_the_forms_of_the_contract),
        cmocka_unit_test(lines_of_any_length_are_whole),
        cmocka_unit_test(objects_of_any_size_are_whole),
        cmocka_unit_test(members_are_found_by_their_names),
        cmocka_unit_test(lines_are_indented_by_their_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

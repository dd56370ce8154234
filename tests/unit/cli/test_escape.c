/* SPDX-License-Identifier: BSD-3-Clause */
/* Octets of files on their way to a terminal (escape) and into JSON (utf8, json_writer). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/escape.h"
#include "cli/json_builder.h"
#include "cli/json_writer.h"
#include "cli/utf8.h"

static const struct {
    const char *words;
    const char *octets;
    size_t size;
    const char *expected;
} escapes[] = {
    {"plain text",                        "eth0",     64, "eth0"      },
    {"nothing",                           "",         64, ""          },
    {"a backslash stays",                 "a\\b",     64, "a\\b"      },
    {"blank and tilde are the outermost", " ~",       64, " ~"        },
    {"delete and unit separator are not", "\x1f\x7f", 64, "\\x1f\\x7f"},
    {"a terminal's control sequence",     "\033[2J",  64, "\\x1b[2J"  },
    {"a line break",                      "a\nb",     64, "a\\x0ab"   },
    {"UTF-8 is not passed either",        "\xc3\xa9", 64, "\\xc3\\xa9"},
    {"the text is cut",                   "abcdef",   4,  "abc"       },
    {"but not inside of an escape",       "ab\033",   6,  "ab"        },
    {"an escape that just fits",          "ab\033",   7,  "ab\\x1b"   },
    {"no room at all",                    "abc",      1,  ""          },
};

static void escapes_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        char text[64];
        size_t length = escape_format(escapes[i].octets, text, escapes[i].size);
        if (strcmp(text, escapes[i].expected) != 0 || length != strlen(text)) {
            fail_msg("%s: \"%s\"", escapes[i].words, text);
        }
    }
}

static const struct {
    const char *words;
    const char *octets;
    size_t used;
    uint32_t character;
} characters[] = {
    {"ASCII",                          "a",                    1, 'a'     },
    {"two octets, the least",          "\xc2\x80",             2, 0x80    },
    {"two octets, overlong",           "\xc1\xbf",             0, 0       },
    {"three octets, the least",        "\xe0\xa0\x80",         3, 0x800   },
    {"three octets, overlong",         "\xe0\x9f\xbf",         0, 0       },
    {"the last before the surrogates", "\xed\x9f\xbf",         3, 0xd7ff  },
    {"a surrogate",                    "\xed\xa0\x80",         0, 0       },
    {"the last surrogate",             "\xed\xbf\xbf",         0, 0       },
    {"the first behind them",          "\xee\x80\x80",         3, 0xe000  },
    {"four octets, the least",         "\xf0\x90\x80\x80",     4, 0x10000 },
    {"four octets, overlong",          "\xf0\x8f\xbf\xbf",     0, 0       },
    {"the last of Unicode",            "\xf4\x8f\xbf\xbf",     4, 0x10ffff},
    {"beyond Unicode",                 "\xf4\x90\x80\x80",     0, 0       },
    {"a lead of five octets",          "\xf8\x88\x80\x80\x80", 0, 0       },
    {"a continuation alone",           "\x80",                 0, 0       },
    {"cut",                            "\xe2\x86",             0, 0       },
    {"broken by ASCII",                "\xe2\x86x",            0, 0       },
    {"nothing",                        "",                     0, 0       },
};

static void decodes_utf8_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        uint32_t character = 0;
        size_t used = utf8_decode(characters[i].octets, strlen(characters[i].octets), &character);
        if (used != characters[i].used || character != characters[i].character) {
            fail_msg("%s: %zu octets, U+%04x", characters[i].words, used, (unsigned)character);
        }
    }
}

static const struct {
    const char *words;
    const char *octets;
    const char *expected;
} strings[] = {
    {"plain",                                      "eth0",                 "\"eth0\""                     },
    {"quote and backslash",                        "a\"b\\c",              "\"a\\\"b\\\\c\""              },
    {"control characters",                         "\033\n",               "\"\\u001b\\u000a\""           },
    {"delete, and a control character of Latin-1", "\x7f\xc2\x9b",         "\"\\u007f\\u009b\""           },
    {"what has a picture passes",                  "\xc3\xa9\xe2\x86\x92", "\"\xc3\xa9\xe2\x86\x92\""     },
    {"right-to-left override",                     "\xe2\x80\xae",         "\"\\u202e\""                  },
    {"isolates",                                   "\xe2\x81\xa6",         "\"\\u2066\""                  },
    {"above the basic plane",                      "\xf0\x9f\x98\x80",     "\"\xf0\x9f\x98\x80\""         },
    {"a tag, as a surrogate pair",                 "\xf3\xa0\x80\x81",     "\"\\udb40\\udc01\""           },
    {"what is no UTF-8, octet by octet",           "a\xff\xc3",            "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
};

/* The JSON text of a value; to be freed. */
static char *json_text(struct json_object *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    json_value_write(stream, value, 0);
    fclose(stream);
    json_object_put(value);
    return text;
}

static void writes_strings_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        char *text = json_text(json_object_new_string(strings[i].octets));
        if (strcmp(text, strings[i].expected) != 0) {
            fail_msg("%s: %s", strings[i].words, text);
        }
        free(text);
    }
}

static void writes_values_in_the_forms_of_the_contract(void **state)
{
    (void)state;
    struct json_builder builder = {false};
    struct json_object *object = json_build_object(&builder);
    struct json_object *array = json_build_array(&builder);
    json_append(&builder, array, json_build_array(&builder));
    json_add_count(&builder, object, "count", UINT64_MAX);
    json_add_seconds(&builder, object, "seconds", 300000001);
    json_add_key(&builder, object, "key", true, 1);
    json_add_token(&builder, object, "token", true, 0xab);
    json_add_u64(&builder, object, "idsn", true, UINT64_MAX);
    json_add_u64(&builder, object, "unknown", false, 1);
    json_add_bool(&builder, object, "yes", true);
    json_add_time(&builder, object, "time", 1);
    json_add_string(&builder, object, "none", NULL);
    json_add(&builder, object, "empty", json_build_object(&builder));
    json_add(&builder, object, "array", array);
    assert_false(builder.no_memory);

    char *text = json_text(object);
    assert_string_equal(text, "{\n"
                              "  \"count\": 18446744073709551615,\n"
                              "  \"seconds\": 0.300000001,\n"
                              "  \"key\": \"0x0000000000000001\",\n"
                              "  \"token\": \"0x000000ab\",\n"
                              "  \"idsn\": \"18446744073709551615\",\n"
                              "  \"unknown\": null,\n"
                              "  \"yes\": true,\n"
                              "  \"time\": \"1970-01-01T00:00:00.000000001Z\",\n"
                              "  \"none\": null,\n"
                              "  \"empty\": {},\n"
                              "  \"array\": [\n"
                              "    []\n"
                              "  ]\n"
                              "}");
    free(text);
    json_builder_clear(&builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_as_the_table_says),
        cmocka_unit_test(decodes_utf8_as_the_table_says),
        cmocka_unit_test(writes_strings_as_the_table_says),
        cmocka_unit_test(writes_values_in_the_forms_of_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

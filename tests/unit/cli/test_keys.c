/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys on the command line and in files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/keys.h"

static const struct {
    const char *words;
    const char *text;
    bool expected;
    uint64_t key;
} keys[] = {
    {"lower case",              "0x0123456789abcdef",  true,  UINT64_C(0x0123456789abcdef)},
    {"upper case",              "0x0123456789ABCDEF",  true,  UINT64_C(0x0123456789abcdef)},
    {"zero",                    "0x0000000000000000",  true,  0                           },
    {"all ones",                "0xffffffffffffffff",  true,  UINT64_MAX                  },
    {"a digit short",           "0x123456789abcdef",   false, 0                           },
    {"a digit long",            "0x00123456789abcdef", false, 0                           },
    {"without 0x",              "0123456789abcdef",    false, 0                           },
    {"without 0x, but as long", "000123456789abcdef",  false, 0                           },
    {"a capital X",             "0X0123456789abcdef",  false, 0                           },
    {"no digit",                "0x0123456789abcdeg",  false, 0                           },
    {"a sign",                  "0x-123456789abcdef",  false, 0                           },
    {"a blank behind",          "0x0123456789abcdef ", false, 0                           },
    {"nothing",                 "",                    false, 0                           },
};

static void keys_are_read_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint64_t key = 0;
        if (key_parse(keys[i].text, &key) != keys[i].expected || key != keys[i].key) {
            fail_msg("%s", keys[i].words);
        }
    }
}

#define KEY "0x00000000000000aa"

static const struct {
    const char *words;
    const char *text;
    enum key_file_status status;
    size_t line; /* where it ends, or what is wrong */
    size_t count;
} files[] = {
    {"nothing",                         "",                                                 KEY_FILE_OK,    1, 0},
    {"one key",                         KEY "\n",                                           KEY_FILE_OK,    2, 1},
    {"without a last line break",       KEY,                                                KEY_FILE_OK,    2, 1},
    {"line ends of another system",     KEY "\r\n" KEY "\r\n",                              KEY_FILE_OK,    3, 2},
    {"comments and blank lines",        "# keys\n\n  \t\n" KEY " # client\n",               KEY_FILE_OK,    5, 1},
    {"blanks around",                   " \t" KEY "  \n",                                   KEY_FILE_OK,    2, 1},
    {"a long comment",
     "# 1234567890123456789012345678901234567890123456789012345678901234567890\n" KEY "\n",
     KEY_FILE_OK,                                                                                           3, 1},
    {"a byte order mark",               "\xef\xbb\xbf" KEY "\n",                            KEY_FILE_OK,    2, 1},
    {"a byte order mark and a comment", "\xef\xbb\xbf# keys\n" KEY "\n",                    KEY_FILE_OK,    3, 1},
    {"a byte order mark alone",         "\xef\xbb\xbf",                                     KEY_FILE_OK,    1, 0},
    {"half a byte order mark",          "\xef\xbb" KEY "\n",                                KEY_FILE_WRONG, 1, 0},
    {"a byte order mark further on",    KEY "\n\xef\xbb\xbf" KEY "\n",                      KEY_FILE_WRONG, 2, 1},
    {"a wrong line after a right one",  KEY "\nabc\n" KEY "\n",                             KEY_FILE_WRONG, 2, 1},
    {"two keys in a line",              KEY " " KEY "\n",                                   KEY_FILE_WRONG, 1, 0},
    {"something far behind a key",
     KEY "                                                               x\n",              KEY_FILE_WRONG, 1,
     0                                                                                                          },
};

static void files_are_read_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct key_list list = {NULL, 0, 0};
        char *copy = strdup(files[i].text);
        size_t line;
        /* fmemopen refuses a size of 0 */
        FILE *stream = *copy == '\0' ? fopen("/dev/null", "r") : fmemopen(copy, strlen(copy), "r");
        assert_non_null(stream);
        enum key_file_status status = key_file_read(stream, &list, &line);
        if (status != files[i].status || line != files[i].line || list.count != files[i].count) {
            fail_msg("%s: status %d, line %zu, %zu keys", files[i].words, (int)status, line,
                     list.count);
        }
        for (size_t j = 0; j < list.count; j++) {
            assert_true(list.keys[j] == 0xaa);
        }
        key_list_free(&list);
        fclose(stream);
        free(copy);
    }
}

static void a_nul_octet_does_not_end_a_line(void **state)
{
    static char text[] = KEY "\0\n" KEY "\n";
    struct key_list list = {NULL, 0, 0};
    size_t line;
    (void)state;
    FILE *stream = fmemopen(text, sizeof text - 1, "r");
    assert_non_null(stream);
    assert_int_equal(key_file_read(stream, &list, &line), KEY_FILE_WRONG);
    assert_int_equal(line, 1);
    key_list_free(&list);
    fclose(stream);
}

static void many_keys_are_kept_in_order(void **state)
{
    struct key_list list = {NULL, 0, 0};
    (void)state;
    for (uint64_t key = 0; key < 1000; key++) {
        assert_true(key_list_add(&list, key));
    }
    assert_int_equal(list.count, 1000);
    for (uint64_t key = 0; key < 1000; key++) {
        assert_true(list.keys[key] == key);
    }
    key_list_free(&list);
    assert_null(list.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read_as_the_table_says),
        cmocka_unit_test(files_are_read_as_the_table_says),
        cmocka_unit_test(a_nul_octet_does_not_end_a_line),
        cmocka_unit_test(many_keys_are_kept_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

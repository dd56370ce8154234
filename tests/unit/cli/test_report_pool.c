/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A list written by any number of threads is the list that one would write. The linker puts the
 * function below in the place of the one that begins threads.
 */
#include "cli/report_pool.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);

static unsigned threads_begun;
static unsigned threads_most = UINT32_MAX; /* no more can be had */

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context)
{
    if (threads_begun == threads_most) {
        return EAGAIN;
    }
    threads_begun++;
    return __real_pthread_create(thread, attributes, run, context);
}

/* Items whose lengths differ, and of which one may lack memory. */
struct items {
    size_t padding; /* of each hundredth */
    size_t failing; /* SIZE_MAX: none */
};

static bool items_write(const void *context, size_t first, size_t end, FILE *stream)
{
    const struct items *items = context;
    for (size_t i = first; i < end; i++) {
        if (i == items->failing) {
            return false;
        }
        fprintf(stream, "%zu%*s\n", i, i % 100 == 0 ? (int)items->padding : 0, "");
    }
    return true;
}

/* What a list comes to, with so many threads. */
static bool list_text(const struct items *items, size_t count, unsigned helpers, char **text,
                      size_t *length)
{
    const struct report_pool_list list = {count, items_write, items};
    FILE *stream = open_memstream(text, length);
    assert_non_null(stream);
    threads_begun = 0;
    bool complete = report_pool_write(&list, helpers, stream);
    assert_int_equal(fclose(stream), 0);
    return complete;
}

static void test_the_same_list(void **state)
{
    static const struct {
        const char *words;
        size_t count;
        unsigned helpers;
        unsigned most; /* threads that can be had */
        unsigned begun;
        struct items items;
    } cases[] = {
        {"none",                       0,     3,  9,  0, {0, SIZE_MAX}     },
        {"few",                        255,   3,  9,  0, {0, SIZE_MAX}     },
        {"just enough",                256,   3,  9,  3, {0, SIZE_MAX}     },
        {"no helper",                  5000,  0,  9,  0, {0, SIZE_MAX}     },
        {"one",                        5001,  1,  9,  1, {10, SIZE_MAX}    },
        {"several",                    20000, 4,  9,  4, {100, SIZE_MAX}   },
        {"more than are of use",       20000, 99, 99, 7, {100, SIZE_MAX}   },
        {"one that can be had",        5000,  4,  1,  1, {100, SIZE_MAX}   },
        {"none that can be had",       5000,  4,  0,  0, {100, SIZE_MAX}   },
        {"large ones: few are held",   5000,  4,  9,  4, {500000, SIZE_MAX}},
        {"no memory for the first",    5000,  4,  9,  4, {0, 0}            },
        {"no memory in between",       5000,  4,  9,  4, {100, 2222}       },
        {"no memory for the last one", 5000,  4,  9,  4, {100, 4999}       },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *want, *text;
        size_t want_length, length;
        print_message("%s\n", cases[i].words);
        threads_most = cases[i].most;
        bool complete = list_text(&cases[i].items, cases[i].count, 0, &want, &want_length);
        assert_int_equal(complete, cases[i].items.failing == SIZE_MAX);
        assert_int_equal(
            list_text(&cases[i].items, cases[i].count, cases[i].helpers, &text, &length), complete);
        assert_int_equal(threads_begun, cases[i].begun);
        assert_int_equal(length, want_length);
        assert_memory_equal(text, want, length);
        free(want);
        free(text);
    }
    threads_most = UINT32_MAX;
}

/* What the stream does not take is no lack of memory; the stream tells. */
static void test_nothing_is_taken(void **state)
{
    static const struct items items = {100, SIZE_MAX};
    const struct report_pool_list list = {5000, items_write, &items};
    (void)state;
    FILE *stream = fopen("/dev/full", "w");
    if (stream == NULL) {
        skip();
    }
    assert_true(report_pool_write(&list, 3, stream));
    assert_true(ferror(stream) != 0);
    fclose(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_list),
        cmocka_unit_test(test_nothing_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

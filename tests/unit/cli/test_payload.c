/* SPDX-License-Identifier: BSD-3-Clause */
/* Payload files: octets where they belong, names in the end, nothing through a symbolic link. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/payload.h"
#include "cli/stop.h"

/* Each test works in an empty directory of its own. */
static int directory_enter(void **state)
{
    static char template[32];
    snprintf(template, sizeof template, "payload.XXXXXX");
    *state = mkdtemp(template);
    return *state == NULL || chdir(*state) != 0;
}

static int directory_leave(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", (const char *)*state);
    return chdir("..") != 0 || system(command) != 0;
}

/* How many entries a directory has, hidden ones too. */
static size_t directory_count(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count - 2;
}

static void file_expect(const char *path, const char *octets, size_t length)
{
    char found[64];
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    assert_int_equal(fread(found, 1, sizeof found, stream), length);
    fclose(stream);
    assert_memory_equal(found, octets, length);
}

static void put(struct payload *payload, uint32_t connection, enum mpta_side by, int64_t offset,
                const char *text)
{
    const struct mpta_octets octets = {
        .connection = connection,
        .by = by,
        .offset = offset,
        .octets = (const uint8_t *)text,
        .len = strlen(text),
    };
    payload_write(payload, &octets);
}

static void files_take_their_names_in_the_end(void **state)
{
    (void)state;
    struct payload *payload = payload_open("made");
    assert_non_null(payload);
    put(payload, 0, MPTA_CLIENT, 0, "hello ");
    put(payload, 3, MPTA_SERVER, 0, "answer");
    put(payload, 0, MPTA_CLIENT, 6, "world");
    assert_int_not_equal(access("made/0.c2s.bin", F_OK), 0);
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "hello world", 11);
    file_expect("made/3.s2c.bin", "answer", 6);
    assert_int_equal(directory_count("made"), 2);
}

static void an_incomplete_run_leaves_nothing(void **state)
{
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "hello");
    assert_true(payload_close(payload, false));
    assert_int_not_equal(access("made", F_OK), 0);

    assert_int_equal(mkdir("there", 0700), 0);
    payload = payload_open("there");
    put(payload, 0, MPTA_CLIENT, 0, "hello");
    assert_true(payload_close(payload, false));
    assert_int_equal(directory_count("there"), 0);
}

static void holes_are_zeros_and_known(void **state)
{
    struct extent hole;
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 6, "cd");
    put(payload, 0, MPTA_CLIENT, 0, "ab");
    const struct mpta_stream stream = {.begin = 0, .end = 10};
    struct holes holes = payload_holes(payload, 0, MPTA_CLIENT, &stream);
    assert_int_equal(holes_count(&holes), 2);
    assert_true(holes_get(&holes, 0, &hole));
    assert_true(hole.begin == 2 && hole.end == 6);
    assert_true(holes_get(&holes, 1, &hole));
    assert_true(hole.begin == 8 && hole.end == 10);
    holes = payload_holes(payload, 1000, MPTA_CLIENT, &stream);
    assert_int_equal(holes_bytes(&holes), 10);
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "ab\0\0\0\0cd", 8);
}

/* What comes below offset 0 makes the file begin there. */
static void earlier_octets_may_come_later(void **state)
{
    struct extent hole;
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "gh");
    put(payload, 0, MPTA_CLIENT, -2, "efgh");
    put(payload, 0, MPTA_CLIENT, 2, "ij");
    put(payload, 0, MPTA_CLIENT, -6, "ab");
    put(payload, 0, MPTA_SERVER, -3, "abc");
    put(payload, 1, MPTA_SERVER, -(int64_t)PAYLOAD_GAP_MAX - 1, "far");
    put(payload, 1, MPTA_SERVER, 0, "near");
    const struct mpta_stream stream = {.begin = -6, .end = 4};
    struct holes holes = payload_holes(payload, 0, MPTA_CLIENT, &stream);
    assert_int_equal(holes_count(&holes), 1);
    assert_true(holes_get(&holes, 0, &hole));
    assert_true(hole.begin == 2 && hole.end == 4);
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "ab\0\0efghij", 10);
    file_expect("made/0.s2c.bin", "abc", 3);
    file_expect("made/1.s2c.bin", "near", 4);
    assert_int_equal(directory_count("made"), 3);
}

/* A better copy of octets replaces what was there. */
static void octets_may_come_again(void **state)
{
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "wrong!");
    put(payload, 0, MPTA_CLIENT, 0, "right");
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "right!", 6);
}

static void more_files_than_descriptors(void **state)
{
    static const char *const pieces[] = {"a", "b", "c"};
    struct rlimit before;
    char path[32];
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit few = {100, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    struct payload *payload = payload_open("made");
    for (int64_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 300; i++) {
            put(payload, i, i % 2, round, pieces[round]);
        }
    }
    assert_true(payload_close(payload, true));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(directory_count("made"), 300);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "made/%u.%s.bin", i, i % 2 == MPTA_CLIENT ? "c2s" : "s2c");
        file_expect(path, "abc", 3);
    }
}

static void symbolic_links_are_not_followed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("elsewhere", 0700), 0);
    assert_int_equal(symlink("elsewhere", "link"), 0);
    assert_null(payload_open("link"));
    assert_null(payload_open("link/"));
    assert_int_equal(directory_count("elsewhere"), 0);

    assert_int_equal(mkdir("there", 0700), 0);
    assert_int_equal(symlink("../victim", "there/0.c2s.bin"), 0);
    struct payload *payload = payload_open("there");
    put(payload, 0, MPTA_CLIENT, 0, "hello");
    put(payload, 0, MPTA_SERVER, 0, "hello");
    assert_false(payload_close(payload, true));
    assert_int_not_equal(access("victim", F_OK), 0);
    assert_int_equal(directory_count("there"), 1);
}

static void a_file_is_no_directory(void **state)
{
    (void)state;
    fclose(fopen("file", "w"));
    assert_null(payload_open("file"));
    assert_null(payload_open("no/such/place"));
}

/* Whoever puts another file in the place of one that is closed for a while, gets nothing. */
static void an_exchanged_file_is_not_written(void **state)
{
    (void)state;
    assert_int_equal(mkdir("there", 0700), 0);
    struct payload *payload = payload_open("there");
    put(payload, 0, MPTA_CLIENT, 0, "a");
    assert_int_equal(system("cd there && for f in .mptcp*; do cp $f x; mv $f old; mv x $f; done"),
                     0);
    for (uint32_t i = 1; i < 100; i++) {
        put(payload, i, MPTA_CLIENT, 0, "a");
    }
    put(payload, 0, MPTA_CLIENT, 1, "secret");
    assert_false(payload_close(payload, true));
    assert_int_not_equal(access("there/0.c2s.bin", F_OK), 0);
}

static void far_away_pieces_are_left_out(void **state)
{
    struct stat found;
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, PAYLOAD_GAP_MAX + 1, "far");
    put(payload, 0, MPTA_CLIENT, INT64_MAX - 1, "far");
    put(payload, 0, MPTA_CLIENT, 0, "near");
    put(payload, 0, MPTA_SERVER, 0, "x");
    put(payload, 0, MPTA_SERVER, PAYLOAD_GAP_MAX + 1, "just");
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "near", 4);
    assert_int_equal(stat("made/0.s2c.bin", &found), 0);
    assert_true((uint64_t)found.st_size == PAYLOAD_GAP_MAX + 5);
}

/* What goes on so far away is no accident: a gap was not captured. */
static void far_away_pieces_bear_each_other_out(void **state)
{
    const int64_t far = 3 * (int64_t)PAYLOAD_GAP_MAX;
    const struct mpta_stream stream = {.begin = 0, .end = far + 8};
    struct stat found;
    struct extent hole;
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "near");
    put(payload, 0, MPTA_CLIENT, far, "far ");
    put(payload, 0, MPTA_SERVER, far, "far ");
    put(payload, 0, MPTA_CLIENT, far + 4, "away");
    put(payload, 0, MPTA_SERVER, far + 4, "away");
    put(payload, 0, MPTA_CLIENT, 4, "by");
    struct holes holes = payload_holes(payload, 0, MPTA_CLIENT, &stream);
    assert_int_equal(holes_count(&holes), 1);
    assert_true(holes_get(&holes, 0, &hole));
    assert_true(hole.begin == 6 && (int64_t)hole.end == far);
    assert_true(payload_close(payload, true));
    assert_int_equal(stat("made/0.c2s.bin", &found), 0);
    assert_true(found.st_size == far + 8);
    assert_int_equal(directory_count("made"), 2);
}

/* The file and its list of holes end at one place, whatever the stream says. */
static void what_is_left_out_is_no_hole(void **state)
{
    const struct mpta_stream stream = {.begin = 0, .end = 3 * (int64_t)PAYLOAD_GAP_MAX};
    (void)state;
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "near");
    put(payload, 0, MPTA_CLIENT, stream.end - 3, "far");
    struct holes holes = payload_holes(payload, 0, MPTA_CLIENT, &stream);
    assert_int_equal(holes_count(&holes), 0);
    assert_true(payload_close(payload, true));
    file_expect("made/0.c2s.bin", "near", 4);
}

static void a_full_disk_is_told(void **state)
{
    struct rlimit before;
    (void)state;
    stop_catch();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {8, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct payload *payload = payload_open("made");
    put(payload, 0, MPTA_CLIENT, 0, "more than eight");
    put(payload, 1, MPTA_CLIENT, 0, "more");
    bool all = payload_close(payload, true);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(all);
    assert_int_not_equal(access("made", F_OK), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_enter, directory_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_take_their_names_in_the_end),
        TEST(an_incomplete_run_leaves_nothing),
        TEST(holes_are_zeros_and_known),
        TEST(earlier_octets_may_come_later),
        TEST(octets_may_come_again),
        TEST(more_files_than_descriptors),
        TEST(symbolic_links_are_not_followed),
        TEST(a_file_is_no_directory),
        TEST(an_exchanged_file_is_not_written),
        TEST(far_away_pieces_are_left_out),
        TEST(far_away_pieces_bear_each_other_out),
        TEST(what_is_left_out_is_no_hole),
        TEST(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

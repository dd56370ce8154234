/* SPDX-License-Identifier: BSD-3-Clause */
/* Outputs: a file changes at once and as a whole, or not at all. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/output.h"

/* Each test works in an empty directory of its own. */
static int directory_enter(void **state)
{
    static char template[32];
    snprintf(template, sizeof template, "output.XXXXXX");
    *state = mkdtemp(template);
    return *state == NULL || chdir(*state) != 0;
}

static int directory_leave(void **state)
{
    DIR *directory = opendir(".");
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        unlink(entry->d_name);
    }
    closedir(directory);
    return chdir("..") != 0 || rmdir(*state) != 0;
}

static size_t directory_count(void)
{
    size_t count = 0;
    DIR *directory = opendir(".");
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    }
    closedir(directory);
    return count;
}

static void file_put(const char *path, const char *content)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(content, stream);
    fclose(stream);
}

static void file_expect(const char *path, const char *content)
{
    char found[64] = "";
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    found[fread(found, 1, sizeof found - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(found, content);
}

static void a_file_appears_when_it_is_complete(void **state)
{
    struct output output;
    (void)state;
    assert_true(output_open(&output, "report"));
    fputs("new", output.stream);
    fflush(output.stream);
    assert_int_not_equal(access("report", F_OK), 0);
    assert_true(output_close(&output, true));
    file_expect("report", "new");
    assert_int_equal(directory_count(), 1);
}

static void an_old_file_stays_until_then(void **state)
{
    struct output output;
    (void)state;
    file_put("report", "old");
    assert_true(output_open(&output, "./report"));
    fputs("new", output.stream);
    fflush(output.stream);
    file_expect("report", "old");
    assert_true(output_close(&output, true));
    file_expect("report", "new");
    assert_int_equal(directory_count(), 1);
}

static void an_incomplete_file_leaves_nothing(void **state)
{
    struct output output;
    (void)state;
    file_put("report", "old");
    assert_true(output_open(&output, "report"));
    fputs("half", output.stream);
    assert_true(output_close(&output, false));
    file_expect("report", "old");
    assert_int_equal(directory_count(), 1);
}

/* The process dies without a chance to clean up. */
static void a_kill_in_the_middle_leaves_the_old_file(void **state)
{
    int status;
    (void)state;
    file_put("report", "old");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct output output;
        if (output_open(&output, "report")) {
            fputs("half", output.stream);
            fflush(output.stream);
            raise(SIGKILL);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    file_expect("report", "old");
}

static void the_mode_is_that_of_the_umask(void **state)
{
    struct output output;
    struct stat found;
    (void)state;
    mode_t before = umask(0027);
    assert_true(output_open(&output, "report"));
    assert_true(output_close(&output, true));
    umask(before);
    assert_int_equal(stat("report", &found), 0);
    assert_int_equal(found.st_mode & 0777, 0640);
}

static void a_symbolic_link_is_not_followed(void **state)
{
    struct output output;
    struct stat found;
    (void)state;
    file_put("victim", "old");
    assert_int_equal(symlink("victim", "report"), 0);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_false(output_open(&output, "report"));
    assert_false(output_open(&output, "dangling"));
    file_expect("victim", "old");
    assert_int_equal(lstat("report", &found), 0);
    assert_true(S_ISLNK(found.st_mode));
    assert_int_not_equal(access("nowhere", F_OK), 0);
    assert_int_equal(directory_count(), 3);
}

static void what_cannot_be_opened_is_refused(void **state)
{
    static const char *const paths[] = {"no/such/directory", ".", "missing/"};
    struct output output;
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_false(output_open(&output, paths[i]));
    }
    assert_int_equal(directory_count(), 0);
}

static void a_full_device_is_an_error_and_the_empty_one_is_not(void **state)
{
    struct output output;
    (void)state;
    assert_true(output_open(&output, "/dev/full"));
    fputs("x", output.stream);
    assert_false(output_close(&output, true));
    assert_true(output_open(&output, "/dev/null"));
    fputs("x", output.stream);
    assert_true(output_close(&output, true));
}

static void a_full_file_system_leaves_the_old_file(void **state)
{
    struct output output;
    int status;
    (void)state;
    file_put("report", "old");
    pid_t child = fork();
    if (child == 0) {
        /* A descriptor that cannot be written stands for a disk that is full. */
        bool written = output_open(&output, "report");
        int full = open("/dev/full", O_WRONLY);
        dup2(full, output.fd);
        fputs("new", output.stream);
        written = output_close(&output, true) && written;
        _exit(written ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    file_expect("report", "old");
    assert_int_equal(directory_count(), 1);
}

static void a_pipe_is_written_directly_and_may_be_closed(void **state)
{
    struct output output;
    char path[32];
    char found[8] = "";
    int ends[2];
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);

    assert_true(output_open(&output, path));
    fputs("data", output.stream);
    assert_true(output_close(&output, true));
    assert_int_equal(read(ends[0], found, sizeof found), 4);

    assert_true(output_open(&output, path));
    close(ends[0]);
    fputs("data", output.stream);
    assert_false(output_is_abandoned(&output));
    fflush(output.stream);
    assert_true(output_is_abandoned(&output));
    assert_true(output_close(&output, true));
    close(ends[1]);
}

static void what_lies_in_a_directory_is_recognised(void **state)
{
    static const struct {
        const char *path;
        const char *directory;
        bool inside;
    } cases[] = {
        {"/dev/null",          "/dev",       true },
        {"/dev/null",          "/dev//",     true },
        {"/dev/../dev/null",   "/dev",       true },
        {"/dev/null",          "/",          false},
        {"/dev/null",          "/dev/null",  false},
        {"report",             ".",          true },
        {"not-there/report",   "not-there",  true },
        {"./not-there/report", "not-there",  true },
        {"not-there//report",  "not-there/", true },
        {"not-there/report",   ".",          false},
        {"report",             "not-there",  false},
        {"-",                  ".",          false},
        {NULL,                 ".",          false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (output_lies_in(cases[i].path, cases[i].directory) != cases[i].inside) {
            fail_msg("%s in %s", cases[i].path, cases[i].directory);
        }
    }
}

static void the_same_place_is_recognised(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {NULL,          NULL,        true },
        {NULL,          "-",         true },
        {"/dev/stdout", "/dev/fd/1", true },
        {NULL,          "report",    false},
        {"report",      "report",    true },
        {"report",      "./report",  true },
        {"report",      "other",     false},
        {"report",      "../report", false},
        {"/dev/null",   "/dev/full", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (output_same_place(cases[i].a, cases[i].b) != cases[i].same ||
            output_same_place(cases[i].b, cases[i].a) != cases[i].same) {
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        }
    }
}

static void an_input_is_recognised(void **state)
{
    (void)state;
    file_put("capture", "x");
    assert_int_equal(link("capture", "other-name"), 0);
    assert_true(output_is_file("./capture", "capture"));
    assert_true(output_is_file("other-name", "capture"));
    assert_false(output_is_file("missing", "capture"));
    assert_false(output_is_file(NULL, "capture"));
    assert_false(output_is_file("/dev/null", "/dev/null"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, directory_enter, directory_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_when_it_is_complete),
        TEST(an_old_file_stays_until_then),
        TEST(an_incomplete_file_leaves_nothing),
        TEST(a_kill_in_the_middle_leaves_the_old_file),
        TEST(the_mode_is_that_of_the_umask),
        TEST(a_symbolic_link_is_not_followed),
        TEST(what_cannot_be_opened_is_refused),
        TEST(a_full_device_is_an_error_and_the_empty_one_is_not),
        TEST(a_full_file_system_leaves_the_old_file),
        TEST(a_pipe_is_written_directly_and_may_be_closed),
        TEST(the_same_place_is_recognised),
        TEST(what_lies_in_a_directory_is_recognised),
        TEST(an_input_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

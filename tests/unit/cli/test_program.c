/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program as scripts see it: exit codes, what goes to standard output and what to standard
 * error. PROGRAM is its path, SAMPLES the folder of captures.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/exit_code.h"

/* A capture file without packets, and one that ends inside its first packet. */
static const unsigned char empty_capture[] = {
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
};
/* The same of a link type that nobody knows, and a whole packet. */
static const unsigned char strange_capture[] = {
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 147, 0,
    0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3,   4,
};
/* A simple packet block of two zero octets, on raw IP: no packet here has a time. */
static const unsigned char timeless_capture[] = {
    0x0a, 0x0d, 0x0d, 0x0a, 28,   0,    0,    0,  0x4d, 0x3c, 0x2b, 0x1a, 1, 0,  0, 0,  0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0,    0,    0,    1,    0, 0,  0, 20, 0,
    0,    0,    101,  0,    0,    0,    0,    0,  0,    0,    20,   0,    0, 0,  3, 0,  0,
    0,    20,   0,    0,    0,    2,    0,    0,  0,    0,    0,    0,    0, 20, 0, 0,  0,
};
static const unsigned char cut_record[] = {0, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 1};

static void file_put(const char *path, const void *octets, size_t size)
{
    FILE *stream = fopen(path, "ab");
    assert_non_null(stream);
    assert_int_equal(fwrite(octets, 1, size, stream), size);
    fclose(stream);
}

static int directory_enter(void **state)
{
    static char template[32];
    snprintf(template, sizeof template, "program.XXXXXX");
    *state = mkdtemp(template);
    if (*state == NULL || chdir(*state) != 0) {
        return 1;
    }
    file_put("empty", empty_capture, sizeof empty_capture);
    file_put("cut", empty_capture, sizeof empty_capture);
    file_put("cut", cut_record, sizeof cut_record);
    file_put("strange", strange_capture, sizeof strange_capture);
    file_put("timeless", timeless_capture, sizeof timeless_capture);
    file_put("text", "no capture at all, this is", 26);
    file_put("keys", "0x12\n", 5);
    return 0;
}

static int directory_leave(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", (const char *)*state);
    return chdir("..") != 0 || system(command) != 0;
}

/* clang-format off */
/*
 * Shell commands. $P is the program, $BAD a capture with an error, $REFUSED one with a warning,
 * $JOIN one with neither; of $AGAIN data was reinjected, of $HOLES some data was not captured, of
 * $ONE_SIDE all of the server's.
 */
static const struct {
    const char *words;
    const char *command;
    int code;
    const char *out; /* a part of standard output; NULL: it is empty */
    const char *err; /* the same of standard error */
} cases[] = {
    {"a capture", "$P empty", 0, "No MPTCP connection", NULL},
    {"from standard input", "$P - <empty", 0, "standard input: 0 packets", NULL},
    {"help", "$P -h", 0, "Usage: mptcp-analyze", NULL},
    {"version", "$P -V", 0, "mptcp-analyze ", NULL},
    {"JSON", "$P -j empty", 0, "\"schema_version\": 1", NULL},
    {"two outputs", "$P -o json=a.json -o text empty && cat a.json",
     0, "\"connections\": []", NULL},
    {"a file that is not there", "$P missing", 1, NULL, "missing: "},
    {"one of two not there", "$P empty missing", 1, "No MPTCP connection", "missing: "},
    {"no capture", "$P text", 1, NULL, "text: "},
    {"no input", "$P", 2, NULL, "no capture given"},
    {"an unknown option", "$P --nonsense empty", 2, NULL, "--nonsense"},
    {"a wrong filter", "$P -f 'no filter at all' empty", 2, NULL, "no filter at all"},
    {"a wrong file of keys", "$P --keys keys empty", 2, NULL, "keys: line 1"},
    {"two reports in one place", "$P -j -o text empty", 2, NULL, "standard output: two"},
    {"an output over an input", "$P -o json=empty empty", 2, NULL, "empty: is an input"},
    {"a damaged capture", "$P cut", 3, "damaged", "cut: "},
    {"a damaged one and a whole one", "$P empty cut", 3, "damaged", "cut: "},
    {"damage matters more than findings", "$P -q --fail-on note cut $BAD",
     3, "addaddr-hmac", "cut: "},
    {"an error", "$P -q --fail-on error $BAD", 4, "addaddr-hmac", NULL},
    {"worse than asked for", "$P -q --fail-on note $BAD", 4, "addaddr-hmac", NULL},
    {"nothing as bad", "$P -q --fail-on error $REFUSED", 0, "join-refused", NULL},
    {"a full disk", "$P empty >/dev/full", 5, NULL, "standard output: cannot be written"},
    {"a full disk for help", "$P -h >/dev/full", 5, NULL, "standard output: cannot be written"},
    {"a full disk matters more than damage", "$P cut >/dev/full", 5, NULL, "cannot be written"},
    {"no such directory", "$P -o json=no/such empty", 5, NULL, "no/such: cannot be opened"},
    {"closed standard output", "$P empty >&-", 5, NULL, "standard output"},
    {"a symbolic link", "ln -s victim link && $P -o json=link empty", 5, NULL, "symbolic link"},
    {"a reader that goes away", "{ $P -v $JOIN; echo $? >code; } | true; cat code", 0, "0\n", NULL},
    {"progress in a file", "$P -q --progress always empty", 0, "No MPTCP", "100 %"},
    {"no progress in a file", "$P -q empty", 0, "No MPTCP", NULL},
    {"lines about packets", "$P -qv $REFUSED", 0, "MP_TCPRST", NULL},
    {"no more than asked for", "$P -c 3 $JOIN", 0, ": 3 packets", NULL},
    {"a name with an escape sequence", "cp empty \"$(printf 'z\\033[2J')\" && $P z*",
     0, "z\\x1b[2J: 0 packets", NULL},
    {"the same in a message", "$P \"$(printf 'b\\033')\"", 1, NULL, "b\\x1b: "},
    {"events", "$P -o ndjson $JOIN | grep -c '^{\"event_type\": .*}$'", 0, "10\n", NULL},
    {"events and a report", "$P -o ndjson=e -o text $JOIN && cat e", 0, "\"connection_end\"", NULL},
    {"no events", "$P -o ndjson empty | grep -c capture_end", 0, "1\n", NULL},
    {"measures over time", "$P -o series $JOIN | head -2", 0, ",0.000000000,0.100000000,0,,c2s,", NULL},
    {"at an interval", "$P -o series --interval 3600 $JOIN | wc -l", 0, "7\n", NULL},
    {"measures over time of nothing", "$P -o series empty | wc -l", 0, "1\n", NULL},
    {"an interval that is none", "$P -o series --interval 0 empty", 2, NULL, "0.001 to 3600"},
    {"a full disk for events", "$P -o ndjson $JOIN >/dev/full", 5, NULL, "cannot be written"},
    {"a hand-over", "$P $SAMPLES/hand-over.pcapng", 0, "1 hand-over", NULL},
    {"the same in JSON", "$P -j $SAMPLES/hand-over.pcapng", 0, "\"hand_overs\": 1", NULL},
    {"nothing to say of one path", "$P $BAD | grep -c paths; true", 0, "0\n", NULL},
    {"a gain by paths", "$P -j $AGAIN", 0, "\"multipath_gain\": 0", NULL},
    {"a gain by a burst", "$P -j $JOIN | grep -c '\"multipath_gain\": null'", 0, "2\n", NULL},
    {"what was sent again", "$P -j $AGAIN", 0, "\"reinjection_overhead\": 0.3846", NULL},
    {"shares of paths", "$P -j $JOIN | grep -c '\"share\": 0.'", 0, "4\n", NULL},
    {"a share of nothing", "$P -j $ONE_SIDE | grep -c '\"share\": null'", 0, "2\n", NULL},
    {"payload files",
     "$P -o payload=p1 $JOIN && cat p1/0.c2s.bin | wc -c && ls -A p1",
     0, "\n0.c2s.bin\n0.s2c.bin\n", NULL},
    {"a side that sent nothing", "$P -o payload=p2 $ONE_SIDE && wc -c <p2/0.s2c.bin",
     0, "0\n", NULL},
    {"holes in JSON", "$P -o payload=p3 -j $HOLES | tr -d ' \\n'",
     0, "\"holes\":[[550,800]]", "250 bytes that the capture lacks"},
    {"holes in text", "$P -o payload=p4 -o text $HOLES", 0, "filled with zeros",
     "250 bytes that the capture lacks"},
    {"holes without a report", "$P -o payload=p5 $HOLES", 0, "",
     "250 bytes that the capture lacks"},
    {"no holes without payload", "$P -j $HOLES | grep -c holes; true", 0, "0\n", NULL},
    {"payload without a directory", "$P -o payload empty", 2, NULL, "give payload=DIR"},
    {"payload to standard output", "$P -o payload=- empty", 2, NULL, "give payload=DIR"},
    {"a report among the payload files", "$P -o payload=new -o json=./new/0.c2s.bin empty", 2, NULL,
     "writes files of such names"},
    {"an input among the payload files", "cp empty 7.s2c.bin && $P -o payload=. 7.s2c.bin", 2, NULL,
     "writes files of such names"},
    {"two directories", "$P -o payload=a -o payload=b empty", 2, NULL, "one directory only"},
    {"a directory behind a link", "ln -s . here && $P -o payload=here empty",
     5, NULL, "here: is a symbolic link"},
    {"an unknown link type", "$P -q strange", 0, "strange: link type 147 is not supported", NULL},
    {"the same in the summary", "$P strange", 0, "1 packet of unsupported link types", NULL},
    {"packets without a time", "$P -j timeless | grep -E '\"(packets|start|end)\"' | tr -d ' \\n'",
     0, "\"start\":null,\"end\":null", NULL},
    {"the same through a filter", "$P -q -f tcp strange", 0, "No MPTCP",
     "strange: frames of link type 147 cannot be filtered by this expression"},
    {"the same in JSON", "$P -j strange", 0, "\"link_unsupported\": 1", NULL},
    {"nothing about nothing", "$P empty | grep -c unsupported; true", 0, "0\n", NULL},
    {"fragments", "$P $SAMPLES/forge-fragments.pcapng", 0, "without a TCP header", NULL},
    {"colours where asked for", "$P --color always empty", 0, "\033[1m", NULL},
};
/* clang-format on */

static void file_read(const char *path, char *text, size_t size)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    text[fread(text, 1, size - 1, stream)] = '\0';
    fclose(stream);
}

static bool text_agrees(const char *text, const char *expected)
{
    return expected == NULL ? *text == '\0' : strstr(text, expected) != NULL;
}

static void exit_codes_and_streams_are_as_the_table_says(void **state)
{
    (void)state;
    setenv("P", PROGRAM, 1);
    setenv("SAMPLES", SAMPLES, 1);
    setenv("BAD", SAMPLES "/forge-add-addr-bad-hmac.pcapng", 1);
    setenv("AGAIN", SAMPLES "/forge-reinjection.pcapng", 1);
    setenv("HOLES", SAMPLES "/forge-data-unseen.pcapng", 1);
    setenv("ONE_SIDE", SAMPLES "/forge-one-side-c2s.pcapng", 1);
    setenv("REFUSED", SAMPLES "/forge-join-refused.pcapng", 1);
    setenv("JOIN", SAMPLES "/forge-join.pcapng", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static char out[262144];
        static char err[4096];
        char command[512];
        snprintf(command, sizeof command, "{ %s; } >out 2>err </dev/null", cases[i].command);
        int status = system(command);
        file_read("out", out, sizeof out);
        file_read("err", err, sizeof err);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != cases[i].code ||
            !text_agrees(out, cases[i].out) || !text_agrees(err, cases[i].err)) {
            fail_msg("%s: %s\nexit %d\n%s\n%s", cases[i].words, cases[i].command,
                     WEXITSTATUS(status), out, err);
        }
    }
}

/* A pipe that stays open and silent: only the signal ends the reading. */
static void a_signal_ends_with_a_report_of_what_was_read(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int ends[2];
        int status;
        static char out[4096];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            dup2(ends[0], STDIN_FILENO);
            close(ends[0]);
            close(ends[1]);
            if (freopen("out", "w", stdout) != NULL) {
                execl(PROGRAM, PROGRAM, "-", (char *)NULL);
            }
            _exit(127);
        }
        assert_int_equal(write(ends[1], empty_capture, sizeof empty_capture), sizeof empty_capture);
        usleep(300000);
        assert_int_equal(kill(child, signals[i]), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        close(ends[0]);
        close(ends[1]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CODE_DONE);
        file_read("out", out, sizeof out);
        assert_non_null(strstr(out, "No MPTCP connection"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_ends_with_a_report_of_what_was_read),
        cmocka_unit_test(exit_codes_and_streams_are_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, directory_enter, directory_leave);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line: what is taken, and what is said of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/options.h"

#define ARGUMENTS_MAX 8

/* A command line without the program's name, read; the options are to be freed. */
static enum exit_code parse(const char *const *arguments, struct options *options,
                            char problem[OPTIONS_PROBLEM_MAX])
{
    static char copies[ARGUMENTS_MAX][128];
    static char *argv[ARGUMENTS_MAX + 2];
    static char program[] = "mptcp-analyze";
    int argc = 1;
    argv[0] = program;
    for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++) {
        snprintf(copies[i], sizeof copies[i], "%s", arguments[i]);
        argv[argc++] = copies[i];
    }
    argv[argc] = NULL;
    return options_parse(argc, argv, options, problem);
}

static const struct {
    const char *words;
    const char *arguments[ARGUMENTS_MAX];
    const char *said; /* a part of the problem */
} wrong[] = {
    {"no input",                   {NULL},                                     "no capture"                                      },
    {"no input but an option",     {"-j"},                                     "no capture"                                      },
    {"an unknown letter",          {"-x", "f"},                                "unknown option -x"                               },
    {"an unknown name",            {"--nonsense", "f"},                        "--nonsense"                                      },
    {"an ambiguous beginning",     {"--co", "f"},                              "ambiguous option --co"                           },
    {"no argument, by letter",     {"-f"},                                     "--filter needs its argument BPF"                 },
    {"no argument, by name",       {"--key"},                                  "--key needs its argument KEY"                    },
    {"an argument too much",       {"--json=3", "f"},                          "--json takes no argument"                        },
    {"an unknown kind",            {"-o", "xml", "f"},                         "'xml' is no kind of output; there are: text json"},
    {"the beginning of a kind",    {"-o", "tex", "f"},                         "'tex' is no kind"                                },
    {"a kind and more",            {"-o", "texts", "f"},                       "'texts' is no kind"                              },
    {"an empty path",              {"-o", "text=", "f"},                       "no path"                                         },
    {"a short key",                {"--key", "0x12", "f"},                     "'0x12' is not a key"                             },
    {"a severity that is none",    {"--fail-on", "fatal", "f"},                "none of: error warning note"                     },
    {"half a severity",            {"--fail-on", "err", "f"},                  "none of: error warning note"                     },
    {"no severity",                {"--fail-on", "", "f"},                     "none of: error warning note"                     },
    {"two severities",             {"--fail-on", "error warning", "f"},        "none of"                                         },
    {"a moment that is none",      {"--color", "sometimes", "f"},              "none of: auto always never"                      },
    {"no packets",                 {"-c", "0", "f"},                           "not a number of packets"                         },
    {"fewer than none",            {"-c", "-1", "f"},                          "not a number of packets"                         },
    {"a number and more",          {"-c", "1k", "f"},                          "not a number of packets"                         },
    {"a number that is too large", {"-c", "18446744073709551616", "f"},        "not a number of packets"                         },
    {"an empty number",            {"-c", "", "f"},                            "not a number of packets"                         },
    {"no time",                    {"--interval", "0", "f"},                   "seconds from 0.001 to 3600"                      },
    {"too little time",            {"--interval", "0.0009", "f"},              "seconds from 0.001 to 3600"                      },
    {"too much time",              {"--interval", "3600.1", "f"},              "seconds from 0.001 to 3600"                      },
    {"a time that is none",        {"--interval", "1s", "f"},                  "'1s' is not a number of seconds"                 },
    {"too little memory",          {"--memory-limit", "15M", "f"},             "no size from 16M on"                             },
    {"memory in other units",      {"--memory-limit", "1T", "f"},              "'1T' is no size"                                 },
    {"memory in two units",        {"--memory-limit", "1GM", "f"},             "'1GM' is no size"                                },
    {"memory that is negative",    {"--memory-limit", "-1G", "f"},             "'-1G' is no size"                                },
    {"more memory than there is",  {"--memory-limit", "99999999999999G", "f"}, "is no size"                                      },
    {"standard input twice",       {"-", "-"},                                 "twice"                                           },
    {"live, and a file",           {"-i", "lo", "f"},                          "not analysed together"                           },
    {"an interface twice",         {"-i", "lo", "-i", "lo"},                   "'lo' is given twice"                             },
    {"an empty interface",         {"-i", ""},                                 "the name is empty"                               },
    {"a duration for a file",      {"-a", "duration:3", "f"},                  "--autostop ends a live capture"                  },
    {"a duration without a word",  {"-a", "3", "-i", "lo"},                    "'3' is not duration:S"                           },
    {"no duration",                {"-a", "duration:", "-i", "lo"},            "is not duration:S"                               },
    {"a duration of nothing",      {"-a", "duration:0", "-i", "lo"},           "is not duration:S"                               },
    {"a duration and more",        {"-a", "duration:3s", "-i", "lo"},          "is not duration:S"                               },
    {"a duration below nothing",   {"-a", "duration:-1", "-i", "lo"},          "is not duration:S"                               },
    {"a duration for ever",        {"-a", "duration:1e9", "-i", "lo"},         "is not duration:S"                               },
    {"another reason to stop",     {"-a", "filesize:3", "-i", "lo"},           "is not duration:S"                               },
};

static void wrong_command_lines_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct options options = {0};
        char problem[OPTIONS_PROBLEM_MAX];
        enum exit_code code = parse(wrong[i].arguments, &options, problem);
        options_free(&options);
        if (code != EXIT_CODE_USAGE || strstr(problem, wrong[i].said) == NULL) {
            fail_msg("%s: exit %d, \"%s\"", wrong[i].words, (int)code, problem);
        }
    }
}

/* What is expected of a command line that is right: only the fields that it sets. */
static const struct {
    const char *words;
    const char *arguments[ARGUMENTS_MAX];
    struct options expected;
    struct output_request outputs[3];
} right[] = {
    {"a file alone",                       {"f"},                {.input_count = 1, .output_count = 1}, {{OUTPUT_TEXT, NULL}}},
    {"standard input",                     {"-"},                {.input_count = 1, .output_count = 1}, {{OUTPUT_TEXT, NULL}}},
    {"options behind files",
     {"f", "-j", "g"},
     {.input_count = 2, .output_count = 1},
     {{OUTPUT_JSON, NULL}}                                                                                                   },
    {"a file that looks like an option",
     {"--", "-j"},
     {.input_count = 1, .output_count = 1},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"several outputs",
     {"-o", "json=a", "--output=text", "-j", "f"},
     {.input_count = 1, .output_count = 3},
     {{OUTPUT_JSON, "a"}, {OUTPUT_TEXT, NULL}, {OUTPUT_JSON, NULL}}                                                          },
    {"a path with an equals sign",
     {"-o", "text=a=b", "f"},
     {.input_count = 1, .output_count = 1},
     {{OUTPUT_TEXT, "a=b"}}                                                                                                  },
    {"a directory",
     {"-o", "payload=d/", "f"},
     {.input_count = 1, .output_count = 1},
     {{OUTPUT_PAYLOAD, "d/"}}                                                                                                },
    {"letters together",
     {"-qvc7", "f"},
     {.input_count = 1, .output_count = 1, .quiet = true, .verbose = true, .packet_limit = 7},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"the largest number",
     {"--count", "18446744073709551615", "f"},
     {.input_count = 1, .output_count = 1, .packet_limit = UINT64_MAX},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"severity error",
     {"--fail-on", "error", "f"},
     {.input_count = 1, .output_count = 1, .fails = true, .fail_on = MPTA_ERROR},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"severity warning",
     {"--fail-on=warning", "f"},
     {.input_count = 1, .output_count = 1, .fails = true, .fail_on = MPTA_WARNING},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"severity note",
     {"--fail-on=note", "f"},
     {.input_count = 1, .output_count = 1, .fails = true, .fail_on = MPTA_NOTE},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"colour and progress",
     {"--color=always", "--progress", "never", "f"},
     {.input_count = 1, .output_count = 1, .color = WHEN_ALWAYS, .progress = WHEN_NEVER},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"a key and keys to see",
     {"--key", "0x00000000000000aa", "--show-keys", "f"},
     {.input_count = 1, .output_count = 1, .keys.count = 1, .show_keys = true},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"the screen, without mouse",
     {"--tui", "--no-mouse", "f"},
     {.input_count = 1, .output_count = 1, .tui = WHEN_ALWAYS, .no_mouse = true},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"the last word on the screen counts",
     {"--tui", "--no-tui", "f"},
     {.input_count = 1, .output_count = 1, .tui = WHEN_NEVER},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"a short interval",
     {"--interval", "0.001", "-o", "series=s", "f"},
     {.input_count = 1, .output_count = 1, .interval_ns = 1000000},
     {{OUTPUT_SERIES, "s"}}                                                                                                  },
    {"a long interval",
     {"--interval=3600", "-o", "series", "f"},
     {.input_count = 1, .output_count = 1, .interval_ns = 3600000000000},
     {{OUTPUT_SERIES, NULL}}                                                                                                 },
    {"interfaces, and a time",
     {"-i", "lo", "--interface=any", "-a", "duration:1.5"},
     {.output_count = 1, .interface_count = 2, .duration_ns = 1500000000},
     {{OUTPUT_TEXT, NULL}}                                                                                                   },
    {"the list of interfaces",             {"-D"},               {.action = ACTION_LIST},               {{0}}                },
    {"help before a wrong option",         {"-h", "--nonsense"}, {.action = ACTION_HELP},               {{0}}                },
    {"version without input",              {"--version"},        {.action = ACTION_VERSION},            {{0}}                },
};

static bool outputs_agree(const struct options *options, const struct output_request *expected)
{
    for (size_t i = 0; i < options->output_count; i++) {
        const char *path = options->outputs[i].path;
        if (options->outputs[i].kind != expected[i].kind ||
            (path == NULL) != (expected[i].path == NULL) ||
            (path != NULL && strcmp(path, expected[i].path) != 0)) {
            return false;
        }
    }
    return true;
}

/* 0.1 s unless something else is asked for. */
static bool interval_agrees(const struct options *options, const struct options *expected)
{
    int64_t interval_ns = expected->interval_ns == 0 ? 100000000 : expected->interval_ns;
    return options->interval_ns == interval_ns;
}

static bool options_agree(const struct options *options, const struct options *expected)
{
    return interval_agrees(options, expected) && options->action == expected->action &&
           options->input_count == expected->input_count &&
           options->output_count == expected->output_count &&
           options->packet_limit == expected->packet_limit &&
           options->interface_count == expected->interface_count &&
           options->duration_ns == expected->duration_ns &&
           options->keys.count == expected->keys.count && options->fails == expected->fails &&
           options->fail_on == expected->fail_on && options->show_keys == expected->show_keys &&
           options->quiet == expected->quiet && options->verbose == expected->verbose &&
           options->color == expected->color && options->progress == expected->progress &&
           options->tui == expected->tui && options->no_mouse == expected->no_mouse;
}

static void right_command_lines_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct options options = {0};
        char problem[OPTIONS_PROBLEM_MAX];
        enum exit_code code = parse(right[i].arguments, &options, problem);
        bool agree = code == EXIT_CODE_DONE && options_agree(&options, &right[i].expected) &&
                     outputs_agree(&options, right[i].outputs);
        options_free(&options);
        if (!agree) {
            fail_msg("%s: exit %d, \"%s\"", right[i].words, (int)code, problem);
        }
    }
}

static void a_filter_and_inputs_are_handed_on(void **state)
{
    static const char *const arguments[ARGUMENTS_MAX] = {"a",  "-w",          "saved",
                                                         "-f", "tcp port 80", "b"};
    struct options options = {0};
    char problem[OPTIONS_PROBLEM_MAX];
    (void)state;
    assert_int_equal(parse(arguments, &options, problem), EXIT_CODE_DONE);
    assert_string_equal(options.filter, "tcp port 80");
    assert_string_equal(options.save_path, "saved");
    assert_string_equal(options.inputs[0], "a");
    assert_string_equal(options.inputs[1], "b");
    options_free(&options);
}

/* Places of packets have no room for the number of any further one. */
static void captures_have_numbers_that_places_can_hold(void **state)
{
    static char program[] = "mptcp-analyze", name[] = "x.pcap";
    const int most = (int)MPTA_CAPTURES_MAX;
    struct options options;
    char problem[OPTIONS_PROBLEM_MAX];
    (void)state;
    char **argv = calloc((size_t)most + 3, sizeof *argv);
    assert_non_null(argv);
    argv[0] = program;
    for (int i = 1; i <= most + 1; i++) {
        argv[i] = name;
    }
    assert_int_equal(options_parse(most + 2, argv, &options, problem), EXIT_CODE_USAGE);
    options_free(&options);
    assert_string_equal(problem, "more captures given than 1048576");
    argv[most + 1] = NULL;
    assert_int_equal(options_parse(most + 1, argv, &options, problem), EXIT_CODE_DONE);
    options_free(&options);
    free(argv);
}

static void a_file_of_keys_is_read_and_its_wrong_line_named(void **state)
{
    char path[] = "keys.XXXXXX";
    const char *const arguments[ARGUMENTS_MAX] = {"--keys", path, "f"};
    static const char *const missing[ARGUMENTS_MAX] = {"--keys", "no/such/file", "f"};
    struct options options = {0};
    char problem[OPTIONS_PROBLEM_MAX];
    (void)state;

    FILE *stream = fdopen(mkstemp(path), "w");
    assert_non_null(stream);
    fputs("0x0000000000000001\n0x0000000000000002\n", stream);
    fflush(stream);
    assert_int_equal(parse(arguments, &options, problem), EXIT_CODE_DONE);
    assert_int_equal(options.keys.count, 2);
    assert_true(options.keys.keys[1] == 2);
    options_free(&options);

    fputs("0x3\n", stream);
    fclose(stream);
    assert_int_equal(parse(arguments, &options, problem), EXIT_CODE_USAGE);
    assert_non_null(strstr(problem, "line 3"));
    options_free(&options);
    unlink(path);

    assert_int_equal(parse(missing, &options, problem), EXIT_CODE_UNREADABLE);
    assert_non_null(strstr(problem, "no/such/file"));
    options_free(&options);
}

static void the_code_that_matters_more_stands(void **state)
{
    static const enum exit_code order[] = {EXIT_CODE_OUTPUT, EXIT_CODE_UNREADABLE,
                                           EXIT_CODE_DAMAGED, EXIT_CODE_FOUND, EXIT_CODE_DONE};
    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (size_t j = i; j < sizeof order / sizeof order[0]; j++) {
            assert_int_equal(exit_code_worse(order[i], order[j]), order[i]);
            assert_int_equal(exit_code_worse(order[j], order[i]), order[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_command_lines_are_refused),
        cmocka_unit_test(right_command_lines_are_taken),
        cmocka_unit_test(a_filter_and_inputs_are_handed_on),
        cmocka_unit_test(captures_have_numbers_that_places_can_hold),
        cmocka_unit_test(a_file_of_keys_is_read_and_its_wrong_line_named),
        cmocka_unit_test(the_code_that_matters_more_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

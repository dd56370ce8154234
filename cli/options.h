/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line, read and checked.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "analyzer/analyzer.h"
#include "cli/exit_code.h"
#include "cli/keys.h"
#include "cli/option_table.h"

enum when {
    WHEN_AUTO,
    WHEN_ALWAYS,
    WHEN_NEVER,
};

struct output_request {
    enum output_kind kind;
    const char *path; /* NULL: standard output */
};

/* So many interfaces can be captured from at once. */
enum { OPTIONS_INTERFACES_MAX = 64 };

enum options_action {
    ACTION_RUN,
    ACTION_LIST, /* of interfaces */
    ACTION_HELP,
    ACTION_VERSION,
};

/* What the user wants. Strings are borrowed from argv. */
struct options {
    enum options_action action;
    const char *const *inputs; /* part of argv */
    size_t input_count;
    const char *interfaces[OPTIONS_INTERFACES_MAX]; /* to capture from live; then no inputs */
    size_t interface_count;
    const char *filter;    /* NULL: none */
    uint64_t packet_limit; /* 0: none */
    int64_t interval_ns;   /* of series */
    size_t memory_limit;   /* bytes; 0: none */
    int64_t duration_ns;   /* of a live capture; 0: no limit */
    const char *save_path; /* where packets are saved; NULL: nowhere */
    struct key_list keys;
    struct output_request *outputs; /* owned; at least one */
    size_t output_count;
    bool output_given; /* else the one there is nobody asked for */
    bool fails;        /* --fail-on was given; then: */
    enum mpta_severity fail_on;
    bool show_keys;
    bool quiet;
    bool verbose;
    enum when color;
    enum when progress;
    enum when tui;
    bool no_mouse;
};

#define OPTIONS_PROBLEM_MAX 512

/*
 * Reads a command line; argv is reordered as getopt_long does it. Returns EXIT_CODE_DONE, or
 * EXIT_CODE_USAGE where it is wrong, or EXIT_CODE_UNREADABLE where a file of keys cannot be read or
 * memory is short; then problem says what and what to do. options_free is due in every case.
 */
enum exit_code options_parse(int argc, char **argv, struct options *options,
                             char problem[OPTIONS_PROBLEM_MAX]);

void options_free(struct options *options);

/* Colours are wanted where something is written, be that a terminal or not. */
bool options_want_colour(const struct options *options, bool terminal);

#endif

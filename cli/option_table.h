/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one list of command-line options. getopt_long, the help text, the manual page and the shell
 * completions are all made from it. It does not know what an option does.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/* A short option's letter, or a number above all letters where there is only a long one. */
enum option_id {
    OPTION_AUTOSTOP = 'a',
    OPTION_COUNT = 'c',
    OPTION_LIST = 'D',
    OPTION_FILTER = 'f',
    OPTION_HELP = 'h',
    OPTION_INTERFACE = 'i',
    OPTION_JSON = 'j',
    OPTION_OUTPUT = 'o',
    OPTION_QUIET = 'q',
    OPTION_VERBOSE = 'v',
    OPTION_VERSION = 'V',
    OPTION_WRITE = 'w',
    OPTION_COLOR = 256,
    OPTION_FAIL_ON,
    OPTION_INTERVAL,
    OPTION_MEMORY_LIMIT,
    OPTION_KEY,
    OPTION_KEYS,
    OPTION_PROGRESS,
    OPTION_SHOW_KEYS,
    OPTION_TUI,
    OPTION_NO_TUI,
    OPTION_NO_MOUSE,
};

/* What an argument is, for shells that complete it. */
enum option_argument {
    ARGUMENT_NONE,
    ARGUMENT_TEXT,      /* nothing to complete */
    ARGUMENT_FILE,      /* a file name */
    ARGUMENT_INTERFACE, /* a network interface */
    ARGUMENT_WORDS,     /* one of option_row.words */
    ARGUMENT_KINDS,     /* an output kind, with or without =PATH */
};

enum option_group {
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_SCREEN,
    GROUP_OTHER,
};
#define OPTION_GROUP_COUNT 4

struct option_row {
    enum option_id id;
    enum option_group group;
    enum option_argument argument;
    bool repeatable;
    const char *name;        /* the long option */
    const char *placeholder; /* the argument's name, NULL without one */
    const char *words;       /* ARGUMENT_WORDS: what it may be, between blanks */
    const char *sentence;    /* what it does, without a full stop */
    const char *more;        /* further sentences for the manual page, or NULL */
};

const struct option_row *option_rows(size_t *count);

/* The row of an id, or NULL. */
const struct option_row *option_row_find(int id);

/* The letter of a short option, or 0 where there is none. */
char option_letter(const struct option_row *row);

/* "Input", "Output", ... Static text. */
const char *option_group_title(enum option_group group);

/* Kinds of output, for -o. */
enum output_kind {
    OUTPUT_TEXT,
    OUTPUT_JSON,
    OUTPUT_NDJSON,
    OUTPUT_PAYLOAD,
    OUTPUT_SERIES,
};
#define OUTPUT_KIND_COUNT 5

struct output_kind_row {
    const char *name;
    const char *directory; /* "=DIR" where files go to a directory, which must be given; else "" */
    const char *sentence;  /* without a full stop */
};

const struct output_kind_row *output_kind_row(enum output_kind kind);

#endif

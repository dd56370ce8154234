/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From argv to struct options. Each option has one small function or one line here; the first
 * thing that is wrong ends the reading, with a sentence that says what would be right.
 */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/units.h"

#define ROWS_MAX 64

#define INTERVAL_NS       INT64_C(100000000)
#define INTERVAL_LEAST_NS INT64_C(1000000)
#define INTERVAL_MOST_NS  INT64_C(3600000000000)

#define MEMORY_LIMIT_LEAST (UINT64_C(16) << 20)

/* What one command line is being read into. */
struct parse {
    struct options *options;
    char *problem; /* OPTIONS_PROBLEM_MAX octets */
};

__attribute__((format(printf, 3, 4))) static enum exit_code
parse_fail(struct parse *parse, enum exit_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(parse->problem, OPTIONS_PROBLEM_MAX, format, arguments);
    va_end(arguments);
    return code;
}

/* The position of a word in a list between blanks, or -1. */
static int word_index(const char *words, const char *word)
{
    size_t length = strlen(word);
    int index = 0;
    while (*words != '\0') {
        size_t candidate = strcspn(words, " ");
        if (candidate == length && memcmp(words, word, length) == 0) {
            return index;
        }
        words += candidate + (words[candidate] == ' ');
        index++;
    }
    return -1;
}

static enum exit_code parse_word(struct parse *parse, const struct option_row *row,
                                 const char *argument, int *index)
{
    *index = word_index(row->words, argument);
    if (*index < 0) {
        return parse_fail(parse, EXIT_CODE_USAGE, "--%s: '%.100s' is none of: %s", row->name,
                          argument, row->words);
    }
    return EXIT_CODE_DONE;
}

/* In the order of the words in the table. */
static enum exit_code parse_when(struct parse *parse, const struct option_row *row,
                                 const char *argument, enum when *when)
{
    static const enum when whens[] = {WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER};
    int index;
    enum exit_code code = parse_word(parse, row, argument, &index);
    if (code == EXIT_CODE_DONE) {
        *when = whens[index];
    }
    return code;
}

static enum exit_code parse_fail_on(struct parse *parse, const struct option_row *row,
                                    const char *argument)
{
    static const enum mpta_severity severities[] = {MPTA_ERROR, MPTA_WARNING, MPTA_NOTE};
    int index;
    enum exit_code code = parse_word(parse, row, argument, &index);
    if (code == EXIT_CODE_DONE) {
        parse->options->fails = true;
        parse->options->fail_on = severities[index];
    }
    return code;
}

static enum exit_code parse_count(struct parse *parse, const char *argument)
{
    char *end;
    errno = 0;
    uint64_t count = strtoull(argument, &end, 10);
    if (strchr("0123456789", argument[0]) == NULL || *end != '\0' || errno != 0 || count == 0) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--count: '%.100s' is not a number of packets, 1 or more", argument);
    }
    parse->options->packet_limit = count;
    return EXIT_CODE_DONE;
}

/* A number, and K, M or G for its powers of 1024. */
static bool size_parse(const char *text, uint64_t *size)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    *size = number << shift;
    return *text >= '0' && *text <= '9' && errno == 0 && (*size >> shift) == number &&
           (*end == '\0' || (unit != NULL && end[1] == '\0'));
}

static enum exit_code parse_memory_limit(struct parse *parse, const char *argument)
{
    uint64_t size;
    if (!size_parse(argument, &size) || size < MEMORY_LIMIT_LEAST || size > SIZE_MAX) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--memory-limit: '%.100s' is no size from 16M on, such as 256M or 2G",
                          argument);
    }
    parse->options->memory_limit = (size_t)size;
    return EXIT_CODE_DONE;
}

static enum exit_code parse_interval(struct parse *parse, const char *argument)
{
    int64_t interval_ns;
    if (!units_seconds_parse(argument, &interval_ns) || interval_ns < INTERVAL_LEAST_NS ||
        interval_ns > INTERVAL_MOST_NS) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--interval: '%.100s' is not a number of seconds from 0.001 to 3600",
                          argument);
    }
    parse->options->interval_ns = interval_ns;
    return EXIT_CODE_DONE;
}

/* duration:S, as tshark and dumpcap have it; parts of a second may be given. */
static enum exit_code parse_autostop(struct parse *parse, const char *argument)
{
    static const char prefix[] = "duration:";
    size_t length = sizeof prefix - 1;
    int64_t duration_ns;
    if (strncmp(argument, prefix, length) != 0 ||
        !units_seconds_parse(argument + length, &duration_ns) || duration_ns <= 0) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--autostop: '%.100s' is not duration:S with a number of seconds S",
                          argument);
    }
    parse->options->duration_ns = duration_ns;
    return EXIT_CODE_DONE;
}

static enum exit_code parse_interface(struct parse *parse, const char *name)
{
    struct options *options = parse->options;
    if (*name == '\0') {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--interface: the name is empty; -D lists those that there are");
    }
    for (size_t i = 0; i < options->interface_count; i++) {
        if (strcmp(options->interfaces[i], name) == 0) {
            return parse_fail(parse, EXIT_CODE_USAGE, "--interface: '%.100s' is given twice", name);
        }
    }
    if (options->interface_count == OPTIONS_INTERFACES_MAX) {
        return parse_fail(parse, EXIT_CODE_USAGE, "--interface: more than %d; use any",
                          (int)OPTIONS_INTERFACES_MAX);
    }
    options->interfaces[options->interface_count++] = name;
    return EXIT_CODE_DONE;
}

static enum exit_code parse_no_memory(struct parse *parse)
{
    return parse_fail(parse, EXIT_CODE_UNREADABLE, "not enough memory");
}

static enum exit_code parse_key(struct parse *parse, const char *argument)
{
    uint64_t key;
    if (!key_parse(argument, &key)) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--key: '%.100s' is not a key: give 0x and 16 hexadecimal digits",
                          argument);
    }
    return key_list_add(&parse->options->keys, key) ? EXIT_CODE_DONE : parse_no_memory(parse);
}

static enum exit_code parse_keys(struct parse *parse, const char *path)
{
    size_t line = 0;
    FILE *stream = fopen(path, "re");
    if (stream == NULL) {
        return parse_fail(parse, EXIT_CODE_UNREADABLE, "%.300s: cannot open the file of keys: %s",
                          path, strerror(errno));
    }
    enum key_file_status status = key_file_read(stream, &parse->options->keys, &line);
    int error = errno;
    fclose(stream);
    switch (status) {
    case KEY_FILE_OK:
        break;
    case KEY_FILE_WRONG:
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "%.300s: line %zu is not a key: give 0x and 16 hexadecimal digits, and "
                          "comments behind #",
                          path, line);
    case KEY_FILE_READ:
        return parse_fail(parse, EXIT_CODE_UNREADABLE, "%.300s: cannot read the file of keys: %s",
                          path, strerror(error));
    case KEY_FILE_NO_MEMORY:
        return parse_no_memory(parse);
    }
    return EXIT_CODE_DONE;
}

static enum exit_code output_add(struct parse *parse, enum output_kind kind, const char *path)
{
    struct options *options = parse->options;
    const struct output_kind_row *row = output_kind_row(kind);
    if (*row->directory != '\0' && (path == NULL || strcmp(path, "-") == 0)) {
        return parse_fail(parse, EXIT_CODE_USAGE, "--output: %s goes to a directory: give %s%s",
                          row->name, row->name, row->directory);
    }
    struct output_request *outputs =
        reallocarray(options->outputs, options->output_count + 1, sizeof *outputs);
    if (outputs == NULL) {
        return parse_no_memory(parse);
    }
    outputs[options->output_count++] = (struct output_request){kind, path};
    options->outputs = outputs;
    return EXIT_CODE_DONE;
}

/* KIND, or KIND=PATH with a PATH that is not empty. */
static enum exit_code parse_output(struct parse *parse, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const char *path = argument[length] == '=' ? argument + length + 1 : NULL;
    if (path != NULL && *path == '\0') {
        return parse_fail(parse, EXIT_CODE_USAGE, "--output: no path after the '=' of '%.100s'",
                          argument);
    }
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        const char *name = output_kind_row(kind)->name;
        if (strlen(name) == length && memcmp(name, argument, length) == 0) {
            return output_add(parse, kind, path);
        }
    }
    size_t used = (size_t)snprintf(parse->problem, OPTIONS_PROBLEM_MAX,
                                   "--output: '%.*s' is no kind of output; there are:",
                                   (int)(length < 100 ? length : 100), argument);
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        used += (size_t)snprintf(parse->problem + used, OPTIONS_PROBLEM_MAX - used, " %s",
                                 output_kind_row(kind)->name);
    }
    return EXIT_CODE_USAGE;
}

static enum exit_code parse_option(struct parse *parse, const struct option_row *row,
                                   const char *argument)
{
    struct options *options = parse->options;
    switch (row->id) {
    case OPTION_AUTOSTOP:
        return parse_autostop(parse, argument);
    case OPTION_COUNT:
        return parse_count(parse, argument);
    case OPTION_FILTER:
        options->filter = argument;
        return EXIT_CODE_DONE;
    case OPTION_HELP:
        options->action = ACTION_HELP;
        return EXIT_CODE_DONE;
    case OPTION_INTERFACE:
        return parse_interface(parse, argument);
    case OPTION_LIST:
        options->action = ACTION_LIST;
        return EXIT_CODE_DONE;
    case OPTION_JSON:
        return output_add(parse, OUTPUT_JSON, NULL);
    case OPTION_OUTPUT:
        return parse_output(parse, argument);
    case OPTION_QUIET:
        options->quiet = true;
        return EXIT_CODE_DONE;
    case OPTION_VERBOSE:
        options->verbose = true;
        return EXIT_CODE_DONE;
    case OPTION_VERSION:
        options->action = ACTION_VERSION;
        return EXIT_CODE_DONE;
    case OPTION_WRITE:
        options->save_path = argument;
        return EXIT_CODE_DONE;
    case OPTION_COLOR:
        return parse_when(parse, row, argument, &options->color);
    case OPTION_FAIL_ON:
        return parse_fail_on(parse, row, argument);
    case OPTION_MEMORY_LIMIT:
        return parse_memory_limit(parse, argument);
    case OPTION_INTERVAL:
        return parse_interval(parse, argument);
    case OPTION_KEY:
        return parse_key(parse, argument);
    case OPTION_KEYS:
        return parse_keys(parse, argument);
    case OPTION_PROGRESS:
        return parse_when(parse, row, argument, &options->progress);
    case OPTION_SHOW_KEYS:
        options->show_keys = true;
        return EXIT_CODE_DONE;
    case OPTION_TUI:
        options->tui = WHEN_ALWAYS;
        return EXIT_CODE_DONE;
    case OPTION_NO_TUI:
        options->tui = WHEN_NEVER;
        return EXIT_CODE_DONE;
    case OPTION_NO_MOUSE:
        options->no_mouse = true;
        return EXIT_CODE_DONE;
    }
    return EXIT_CODE_DONE;
}

/* The two forms in which getopt_long wants the table. */
struct getopt_forms {
    char letters[2 * ROWS_MAX + 2];
    struct option longs[ROWS_MAX + 1];
};

static struct getopt_forms getopt_forms_make(void)
{
    struct getopt_forms forms = {0};
    size_t count;
    const struct option_row *rows = option_rows(&count);
    char *letter = forms.letters;

    *letter++ = ':'; /* a missing argument is told apart from an unknown option */
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        bool argument = rows[i].argument != ARGUMENT_NONE;
        forms.longs[i] = (struct option){rows[i].name, argument ? required_argument : no_argument,
                                         NULL, (int)rows[i].id};
        if (option_letter(&rows[i]) != '\0') {
            *letter++ = option_letter(&rows[i]);
            if (argument) {
                *letter++ = ':';
            }
        }
    }
    return forms;
}

/* What getopt_long did not take, in words. */
static enum exit_code parse_refused(struct parse *parse, int result, char *const *argv)
{
    const struct option_row *row = option_row_find(optopt);
    if (result == ':' && row != NULL) {
        return parse_fail(parse, EXIT_CODE_USAGE, "option --%s needs its argument %s", row->name,
                          row->placeholder);
    }
    if (row != NULL) {
        return parse_fail(parse, EXIT_CODE_USAGE, "option --%s takes no argument", row->name);
    }
    if (optopt != 0) {
        return parse_fail(parse, EXIT_CODE_USAGE, "unknown option -%c", optopt);
    }
    return parse_fail(parse, EXIT_CODE_USAGE, "unknown or ambiguous option %.100s",
                      argv[optind - 1]);
}

/* Reads all options; stops early at one that only prints something. */
static enum exit_code parse_options(struct parse *parse, int argc, char **argv)
{
    const struct getopt_forms forms = getopt_forms_make();
    enum exit_code code = EXIT_CODE_DONE;

    opterr = 0;
    optind = 0; /* glibc: start afresh */
    while (code == EXIT_CODE_DONE && parse->options->action == ACTION_RUN) {
        int result = getopt_long(argc, argv, forms.letters, forms.longs, NULL);
        if (result == -1) {
            break;
        }
        const struct option_row *row =
            result == '?' || result == ':' ? NULL : option_row_find(result);
        code = row == NULL ? parse_refused(parse, result, argv) : parse_option(parse, row, optarg);
    }
    return code;
}

/* Interfaces instead of files. */
static enum exit_code parse_live(struct parse *parse, int argc, char *const *argv)
{
    if (optind < argc) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "'%.100s': files and a live capture (-i) are not analysed together; "
                          "give either",
                          argv[optind]);
    }
    return EXIT_CODE_DONE;
}

static enum exit_code parse_files(struct parse *parse, int argc, char **argv)
{
    struct options *options = parse->options;
    if (optind >= argc) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "no capture given: name a FILE, or - for standard input, or an "
                          "interface with -i");
    }
    if (options->duration_ns > 0) {
        return parse_fail(parse, EXIT_CODE_USAGE,
                          "--autostop ends a live capture: give -i IF, or leave it out");
    }
    options->inputs = (const char *const *)(argv + optind);
    options->input_count = (size_t)(argc - optind);
    if (options->input_count > MPTA_CAPTURES_MAX) {
        return parse_fail(parse, EXIT_CODE_USAGE, "more captures given than %u", MPTA_CAPTURES_MAX);
    }
    for (size_t i = 0, pipes = 0; i < options->input_count; i++) {
        pipes += strcmp(options->inputs[i], "-") == 0;
        if (pipes > 1) {
            return parse_fail(parse, EXIT_CODE_USAGE, "standard input (-) given twice");
        }
    }
    return EXIT_CODE_DONE;
}

enum exit_code options_parse(int argc, char **argv, struct options *options,
                             char problem[OPTIONS_PROBLEM_MAX])
{
    struct parse parse = {options, problem};
    *options = (struct options){.interval_ns = INTERVAL_NS};
    problem[0] = '\0';

    enum exit_code code = parse_options(&parse, argc, argv);
    if (code == EXIT_CODE_DONE && options->action == ACTION_RUN) {
        code = options->interface_count > 0 ? parse_live(&parse, argc, argv)
                                            : parse_files(&parse, argc, argv);
        options->output_given = options->output_count > 0;
        if (code == EXIT_CODE_DONE && !options->output_given) {
            code = output_add(&parse, OUTPUT_TEXT, NULL);
        }
    }
    return code;
}

void options_free(struct options *options)
{
    key_list_free(&options->keys);
    free(options->outputs);
    options->outputs = NULL;
    options->output_count = 0;
}

bool options_want_colour(const struct options *options, bool terminal)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    switch (options->color) {
    case WHEN_AUTO:
        return terminal && (no_color == NULL || *no_color == '\0') && term != NULL &&
               strcmp(term, "dumb") != 0;
    case WHEN_ALWAYS:
        return true;
    case WHEN_NEVER:
        return false;
    }
    return false;
}

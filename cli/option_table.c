/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options and the kinds of output. To add an option: a row here, an id in option_table.h and a
 * case in options.c; everything else follows.
 */
#include "cli/option_table.h"

#include <assert.h>

static const struct option_row rows[] = {
    {
     .id = OPTION_INTERFACE,
     .name = "interface",
     .argument = ARGUMENT_INTERFACE,
     .placeholder = "IF",
     .repeatable = true,
     .group = GROUP_INPUT,
     .sentence = "capture live on this interface; any: on all of them",
     .more = "May be repeated: the subflows of Multipath TCP use several interfaces. Packets "
                "are merged by time.", },
    {
     .id = OPTION_LIST,
     .name = "list-interfaces",
     .group = GROUP_INPUT,
     .sentence = "list the interfaces and exit",
     },
    {
     .id = OPTION_FILTER,
     .name = "filter",
     .argument = ARGUMENT_TEXT,
     .placeholder = "BPF",
     .group = GROUP_INPUT,
     .sentence = "only packets that pass this libpcap filter",
     .more = "The expression is the one of tcpdump; see pcap-filter(7). It works on files, too. "
                "In a live capture the kernel applies it, and leaves out what cannot hold TCP as "
                "well.", },
    {
     .id = OPTION_COUNT,
     .name = "count",
     .argument = ARGUMENT_TEXT,
     .placeholder = "N",
     .group = GROUP_INPUT,
     .sentence = "stop after N packets",
     .more = "Packets that a filter turns away do not count.",
     },
    {
     .id = OPTION_AUTOSTOP,
     .name = "autostop",
     .argument = ARGUMENT_TEXT,
     .placeholder = "duration:S",
     .group = GROUP_INPUT,
     .sentence = "stop a live capture after S seconds",
     },
    {
     .id = OPTION_KEY,
     .name = "key",
     .argument = ARGUMENT_TEXT,
     .placeholder = "KEY",
     .repeatable = true,
     .group = GROUP_INPUT,
     .sentence = "a key of either host: 0x and 16 hexadecimal digits",
     .more = "With it a connection is recognised and verified whose handshake was not captured.",
     },
    {
     .id = OPTION_KEYS,
     .name = "keys",
     .argument = ARGUMENT_FILE,
     .placeholder = "FILE",
     .repeatable = true,
     .group = GROUP_INPUT,
     .sentence = "keys from a file, one a line, # begins a comment",
     },
    {
     .id = OPTION_OUTPUT,
     .name = "output",
     .argument = ARGUMENT_KINDS,
     .placeholder = "KIND[=PATH]",
     .repeatable = true,
     .group = GROUP_OUTPUT,
     .sentence = "what to write, and where; default: text",
     .more = "Without PATH, or with -, standard output. May be repeated, so that one pass over "
                "the packets "
                "serves all. A file is written "
                "beside its target and renamed when it is complete; a symbolic link is never "
                "followed.", },
    {
     .id = OPTION_JSON,
     .name = "json",
     .group = GROUP_OUTPUT,
     .sentence = "same as -o json",
     },
    {
     .id = OPTION_INTERVAL,
     .name = "interval",
     .argument = ARGUMENT_TEXT,
     .placeholder = "SECONDS",
     .group = GROUP_OUTPUT,
     .sentence = "interval of series over time; default: 0.1",
     .more = "From 0.001 to 3600 seconds of the capture.",
     },
    {
     .id = OPTION_MEMORY_LIMIT,
     .name = "memory-limit",
     .argument = ARGUMENT_TEXT,
     .placeholder = "SIZE",
     .group = GROUP_OUTPUT,
     .sentence = "give up connections beyond so much memory: 256M, 2G",
     .more =
            "Joins that nobody has completed first, then connections that ended longest ago, then "
            "those that were silent longest. Their records have been written by then where "
            "-o ndjson asks for them; other reports lack them, count them and say so. The program, "
            "its buffers and the making of a report take some 30M besides.", },
    {
     .id = OPTION_WRITE,
     .name = "write",
     .argument = ARGUMENT_FILE,
     .placeholder = "FILE",
     .group = GROUP_OUTPUT,
     .sentence = "save the packets that are analysed, as pcapng",
     .more = "Whole packets as they were captured, in the order of time; with several files, "
                "these merged. - is standard output; the report then goes elsewhere "
                "(-o KIND=PATH). Of a live capture the file has its name at once and can be read "
                "while it grows.", },
    {
     .id = OPTION_FAIL_ON,
     .name = "fail-on",
     .argument = ARGUMENT_WORDS,
     .placeholder = "SEVERITY",
     .words = "error warning note",
     .group = GROUP_OUTPUT,
     .sentence = "exit with 4 on a finding of this severity or worse",
     },
    {
     .id = OPTION_SHOW_KEYS,
     .name = "show-keys",
     .group = GROUP_OUTPUT,
     .sentence = "print keys in text, not only tokens",
     .more = "Who has the keys can join or abort a connection that still lives. JSON always "
                "has them.", },
    {
     .id = OPTION_QUIET,
     .name = "quiet",
     .group = GROUP_OUTPUT,
     .sentence = "text: only findings and one line a connection",
     },
    {
     .id = OPTION_VERBOSE,
     .name = "verbose",
     .group = GROUP_OUTPUT,
     .sentence = "text: also one line for each MPTCP packet",
     .more = "These lines come first. All connections are reported in full, and under each "
                "finding stands what to check next.", },
    {
     .id = OPTION_TUI,
     .name = "tui",
     .group = GROUP_SCREEN,
     .sentence = "browse on a full screen, captures as well as live",
     .more = "A live capture does so on its own where standard output is a terminal and neither "
                "an output nor -v was asked for. F1 there lists the keys. Outputs are written when "
                "the screen is left.", },
    {
     .id = OPTION_NO_TUI,
     .name = "no-tui",
     .group = GROUP_SCREEN,
     .sentence = "never take the full screen",
     },
    {
     .id = OPTION_NO_MOUSE,
     .name = "no-mouse",
     .group = GROUP_SCREEN,
     .sentence = "leave the mouse to the terminal while on a full screen",
     },
    {
     .id = OPTION_COLOR,
     .name = "color",
     .argument = ARGUMENT_WORDS,
     .placeholder = "WHEN",
     .words = "auto always never",
     .group = GROUP_SCREEN,
     .sentence = "colours in text and on the screen: auto, always or never",
     .more = "With auto, only a terminal gets them, and none where NO_COLOR is set.",
     },
    {
     .id = OPTION_PROGRESS,
     .name = "progress",
     .argument = ARGUMENT_WORDS,
     .placeholder = "WHEN",
     .words = "auto always never",
     .group = GROUP_SCREEN,
     .sentence = "progress on standard error: auto, always or never",
     .more = "With auto, only on a terminal, and only after one second.",
     },
    {
     .id = OPTION_HELP,
     .name = "help",
     .group = GROUP_OTHER,
     .sentence = "print this help and exit",
     },
    {
     .id = OPTION_VERSION,
     .name = "version",
     .group = GROUP_OTHER,
     .sentence = "print the version and exit",
     },
};

static const char *const groups[] = {
    [GROUP_INPUT] = "Input",
    [GROUP_OUTPUT] = "Output",
    [GROUP_SCREEN] = "Screen",
    [GROUP_OTHER] = "Other",
};
static_assert(sizeof groups / sizeof groups[0] == OPTION_GROUP_COUNT, "a title for each group");

static const struct output_kind_row kinds[] = {
    [OUTPUT_TEXT] = {"text",    "",     "a report for a person, at 80 columns"                },
    [OUTPUT_JSON] = {"json",    "",     "a report for a program"                              },
    [OUTPUT_NDJSON] = {"ndjson",  "",     "events for a program, one JSON object a line"        },
    [OUTPUT_PAYLOAD] = {"payload", "=DIR", "the data that was exchanged, as files in a directory"},
    [OUTPUT_SERIES] = {"series",  "",     "measures over time, as CSV"                          },
};
static_assert(sizeof kinds / sizeof kinds[0] == OUTPUT_KIND_COUNT, "a row for each kind");

const struct option_row *option_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

const struct option_row *option_row_find(int id)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((int)rows[i].id == id) {
            return &rows[i];
        }
    }
    return NULL;
}

char option_letter(const struct option_row *row)
{
    if ((int)row->id >= 256) {
        return '\0';
    }
    return (char)row->id;
}

const char *option_group_title(enum option_group group)
{
    return groups[group];
}

const struct output_kind_row *output_kind_row(enum output_kind kind)
{
    return &kinds[kind];
}

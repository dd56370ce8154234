/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manual page: prose from a template, options, kinds of output and exit codes from their
 * tables.
 */
#include "cli/help.h"

#include <stdlib.h>
#include <string.h>

#include "cli/exit_code.h"
#include "cli/option_table.h"
#include "cli/tui/keys.h"

/* Text for roff: '-' is the ASCII one, backslashes and control characters at a line's begin lose
 * their meaning. */
static void roff_text(FILE *stream, const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", stream);
    }
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            fputs("\\e", stream);
        } else if (*text == '-') {
            fputs("\\-", stream);
        } else {
            putc(*text, stream);
        }
    }
}

static void manual_option_head(FILE *stream, const struct option_row *row)
{
    fputs(".TP\n", stream);
    if (option_letter(row) != '\0') {
        fprintf(stream, "\\fB\\-%c\\fR, ", option_letter(row));
    }
    fputs("\\fB\\-\\-", stream);
    roff_text(stream, row->name);
    fputs("\\fR", stream);
    if (row->placeholder != NULL) {
        fputs(" \\fI", stream);
        roff_text(stream, row->placeholder);
        fputs("\\fR", stream);
    }
    putc('\n', stream);
}

/* The table's sentences begin small, to read well in the help; a manual wants a whole one. */
static void manual_sentence(FILE *stream, const char *sentence)
{
    char first[2] = {*sentence, '\0'};
    if (first[0] >= 'a' && first[0] <= 'z') {
        first[0] = (char)(first[0] - 'a' + 'A');
    }
    roff_text(stream, first);
    roff_text(stream, sentence + 1);
    fputs(".\n", stream);
}

static void manual_options(FILE *stream)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);
    for (enum option_group group = 0; group < OPTION_GROUP_COUNT; group++) {
        fprintf(stream, ".SS %s\n", option_group_title(group));
        for (size_t i = 0; i < count; i++) {
            if (rows[i].group != group) {
                continue;
            }
            manual_option_head(stream, &rows[i]);
            manual_sentence(stream, rows[i].sentence);
            if (rows[i].more != NULL) {
                roff_text(stream, rows[i].more);
                putc('\n', stream);
            }
        }
    }
}

static void manual_kinds(FILE *stream)
{
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        const struct output_kind_row *row = output_kind_row(kind);
        fprintf(stream, ".TP\n\\fB%s\\fI%s\\fR\n", row->name, row->directory);
        manual_sentence(stream, row->sentence);
    }
}

static void manual_exits(FILE *stream)
{
    for (enum exit_code code = 0; code < EXIT_CODE_COUNT; code++) {
        fprintf(stream, ".TP\n.B %d\n", (int)code);
        manual_sentence(stream, exit_code_meaning(code));
    }
}

/* Rows without a sentence are further keys of the one before. */
static void manual_keys(FILE *stream)
{
    size_t count;
    const struct key_row *rows = key_rows(&count);
    for (size_t i = 0, next; i < count; i = next) {
        fputs(".TP\n\\fB", stream);
        roff_text(stream, rows[i].name);
        for (next = i + 1; next < count && rows[next].sentence == NULL; next++) {
            fputs(" ", stream);
            roff_text(stream, rows[next].name);
        }
        fputs("\\fR\n", stream);
        manual_sentence(stream, rows[i].sentence);
    }
}

static void manual_title(FILE *stream)
{
    fputs(".TH MPTCP\\-ANALYZE 1 \"\" \"mptcp\\-analyze " MPTA_VERSION "\" \"User Commands\"\n",
          stream);
}

static const struct {
    const char *line;
    void (*write)(FILE *stream);
} markers[] = {
    {".\\\" @TITLE@\n",   manual_title  },
    {".\\\" @OPTIONS@\n", manual_options},
    {".\\\" @KINDS@\n",   manual_kinds  },
    {".\\\" @EXITS@\n",   manual_exits  },
    {".\\\" @KEYS@\n",    manual_keys   },
};
#define MARKER_COUNT (sizeof markers / sizeof markers[0])

bool manual_write(FILE *template, FILE *stream)
{
    char line[512];
    size_t met = 0;
    while (fgets(line, sizeof line, template) != NULL) {
        size_t i = 0;
        while (i < MARKER_COUNT && strcmp(line, markers[i].line) != 0) {
            i++;
        }
        if (i == MARKER_COUNT) {
            fputs(line, stream);
            continue;
        }
        markers[i].write(stream);
        met++;
    }
    return met == MARKER_COUNT;
}

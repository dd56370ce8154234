/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The help text, from the option table.
 */
#include "cli/help.h"

#include <stdio.h>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/option_table.h"
#include "cli/text_wrap.h"

#define HELP_COLUMN 26

/* "  -f, --filter BPF", then the sentence in its column. */
static void help_option(FILE *stream, const struct option_row *row)
{
    char left[HELP_COLUMN * 2];
    char letter[5] = "    ";
    if (option_letter(row) != '\0') {
        snprintf(letter, sizeof letter, "-%c, ", option_letter(row));
    }
    int length = snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name,
                          row->placeholder != NULL ? " " : "",
                          row->placeholder != NULL ? row->placeholder : "");
    if (length > HELP_COLUMN - 2) {
        fprintf(stream, "%s\n%*s", left, HELP_COLUMN, "");
    } else {
        fprintf(stream, "%-*s", HELP_COLUMN, left);
    }
    text_wrap(stream, HELP_COLUMN, HELP_COLUMN, row->sentence);
}

static void help_group(FILE *stream, enum option_group group)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);
    fprintf(stream, "\n%s\n", option_group_title(group));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].group == group) {
            help_option(stream, &rows[i]);
        }
    }
}

static void help_kinds(FILE *stream)
{
    fputs("\nKinds of output\n", stream);
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        const struct output_kind_row *row = output_kind_row(kind);
        int length = fprintf(stream, "  %s%s", row->name, row->directory);
        fprintf(stream, "%*s", HELP_COLUMN - length, "");
        text_wrap(stream, HELP_COLUMN, HELP_COLUMN, row->sentence);
    }
}

static void help_exit_codes(FILE *stream)
{
    fputs("\nExit codes\n", stream);
    for (enum exit_code code = 0; code < EXIT_CODE_COUNT; code++) {
        fprintf(stream, "  %d  ", (int)code);
        text_wrap(stream, 5, 5, exit_code_meaning(code));
    }
}

void help_write(FILE *stream)
{
    fputs("Usage: " PROGRAM_NAME " [OPTION]... FILE...\n"
          "       " PROGRAM_NAME " [OPTION]... -i IF [-i IF]...\n"
          "Tells what Multipath TCP did in captured packets. Several files are merged by\n"
          "time; - is standard input.\n",
          stream);
    for (enum option_group group = 0; group < OPTION_GROUP_COUNT; group++) {
        help_group(stream, group);
    }
    help_kinds(stream);
    help_exit_codes(stream);
    fputs("\nThe manual page " PROGRAM_NAME "(1) says more.\n", stream);
}

void version_write(FILE *stream)
{
    fputs(PROGRAM_NAME " " MPTA_VERSION "\n", stream);
}

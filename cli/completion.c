/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Completions for bash, zsh and fish, from the option table. Each shell has a writer for one option
 * and a frame around them.
 */
#include "cli/help.h"

#include <string.h>

#include "cli/message.h"
#include "cli/option_table.h"

static void completion_kinds(FILE *stream, const char *between)
{
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        const struct output_kind_row *row = output_kind_row(kind);
        fprintf(stream, "%s%s%.1s", kind > 0 ? between : "", row->name, row->directory);
    }
}

/* Writes text with a backslash before each of the given characters, for a quoted string. */
static void completion_escaped(FILE *stream, const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (strchr(special, *text) != NULL) {
            putc('\\', stream);
        }
        putc(*text, stream);
    }
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_case(FILE *stream, const struct option_row *row)
{
    fprintf(stream, "    --%s", row->name);
    if (option_letter(row) != '\0') {
        fprintf(stream, " | -%c", option_letter(row));
    }
    fputs(")\n        ", stream);
    switch (row->argument) {
    case ARGUMENT_NONE:
    case ARGUMENT_TEXT:
        fputs("COMPREPLY=()", stream);
        break;
    case ARGUMENT_FILE:
        fputs("_filedir", stream);
        break;
    case ARGUMENT_INTERFACE:
        fputs("COMPREPLY=($(compgen -W \"any $(command ls /sys/class/net 2>/dev/null)\" "
              "-- \"$cur\"))",
              stream);
        break;
    case ARGUMENT_WORDS:
        fprintf(stream, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", row->words);
        break;
    case ARGUMENT_KINDS:
        fputs("COMPREPLY=($(compgen -W '", stream);
        completion_kinds(stream, " ");
        fputs("' -- \"$cur\"))", stream);
        break;
    }
    fputs("\n        return\n        ;;\n", stream);
}

void completion_bash_write(FILE *stream)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);

    fputs("# bash completion for " PROGRAM_NAME "\n"
          "_mptcp_analyze() {\n"
          "    local cur prev words cword split\n"
          "    _init_completion -s || return\n"
          "    case $prev in\n",
          stream);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].argument != ARGUMENT_NONE) {
            bash_case(stream, &rows[i]);
        }
    }
    fputs("    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W '",
          stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "--%s ", rows[i].name);
        if (option_letter(&rows[i]) != '\0') {
            fprintf(stream, "-%c ", option_letter(&rows[i]));
        }
    }
    fputs("' -- \"$cur\"))\n"
          "        return\n"
          "    fi\n"
          "    _filedir\n"
          "}\n"
          "complete -F _mptcp_analyze " PROGRAM_NAME "\n",
          stream);
}

/* ---- zsh ------------------------------------------------------------------------------------ */

/* What completes the argument, in the language of _arguments. */
static void zsh_argument(FILE *stream, const struct option_row *row)
{
    if (row->argument == ARGUMENT_NONE) {
        return;
    }
    putc(':', stream);
    completion_escaped(stream, row->placeholder, ":[]");
    putc(':', stream);
    switch (row->argument) {
    case ARGUMENT_NONE:
    case ARGUMENT_TEXT:
        putc(' ', stream);
        break;
    case ARGUMENT_FILE:
        fputs("_files", stream);
        break;
    case ARGUMENT_INTERFACE:
        fputs("_net_interfaces", stream);
        break;
    case ARGUMENT_WORDS:
        fprintf(stream, "(%s)", row->words);
        break;
    case ARGUMENT_KINDS:
        putc('(', stream);
        completion_kinds(stream, " ");
        putc(')', stream);
        break;
    }
}

/* One form of an option: options that may be repeated have a star, the others exclude both their
 * forms. */
static void zsh_form(FILE *stream, const struct option_row *row, const char *form)
{
    fputs("    '", stream);
    if (row->repeatable) {
        putc('*', stream);
    } else if (option_letter(row) != '\0') {
        fprintf(stream, "(-%c --%s)", option_letter(row), row->name);
    }
    fputs(form, stream);
    putc('[', stream);
    completion_escaped(stream, row->sentence, ":[]");
    putc(']', stream);
    zsh_argument(stream, row);
    fputs("' \\\n", stream);
}

static void zsh_option(FILE *stream, const struct option_row *row)
{
    bool argument = row->argument != ARGUMENT_NONE;
    char form[64];
    snprintf(form, sizeof form, "--%s%s", row->name, argument ? "=" : "");
    zsh_form(stream, row, form);
    if (option_letter(row) != '\0') {
        snprintf(form, sizeof form, "-%c%s", option_letter(row), argument ? "+" : "");
        zsh_form(stream, row, form);
    }
}

void completion_zsh_write(FILE *stream)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);

    fputs("#compdef " PROGRAM_NAME "\n"
          "_arguments -s -S \\\n",
          stream);
    for (size_t i = 0; i < count; i++) {
        zsh_option(stream, &rows[i]);
    }
    fputs("    '*:capture:_files'\n", stream);
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_option(FILE *stream, const struct option_row *row)
{
    fputs("complete -c " PROGRAM_NAME, stream);
    if (option_letter(row) != '\0') {
        fprintf(stream, " -s %c", option_letter(row));
    }
    fprintf(stream, " -l %s", row->name);
    switch (row->argument) {
    case ARGUMENT_NONE:
        break;
    case ARGUMENT_TEXT:
        fputs(" -x", stream);
        break;
    case ARGUMENT_FILE:
        fputs(" -r -F", stream);
        break;
    case ARGUMENT_INTERFACE:
        fputs(" -x -a 'any (__fish_print_interfaces)'", stream);
        break;
    case ARGUMENT_WORDS:
        fprintf(stream, " -x -a '%s'", row->words);
        break;
    case ARGUMENT_KINDS:
        fputs(" -x -a '", stream);
        completion_kinds(stream, " ");
        putc('\'', stream);
        break;
    }
    fputs(" -d '", stream);
    completion_escaped(stream, row->sentence, "'\\");
    fputs("'\n", stream);
}

void completion_fish_write(FILE *stream)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);

    fputs("# fish completion for " PROGRAM_NAME "\n", stream);
    for (size_t i = 0; i < count; i++) {
        fish_option(stream, &rows[i]);
    }
}

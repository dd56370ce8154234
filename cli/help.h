/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is made from the option table: the help text, the manual page, the completions of shells.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* --help, at 80 columns. */
void help_write(FILE *stream);

/* --version. */
void version_write(FILE *stream);

/*
 * The manual page: a template in roff whose lines `.\" @OPTIONS@`, `.\" @KINDS@`, `.\" @EXITS@` and
 * `.\" @TITLE@` are replaced by what the tables say. False if the template lacks one of them.
 */
bool manual_write(FILE *template, FILE *stream);

/* Completions. */
void completion_bash_write(FILE *stream);
void completion_zsh_write(FILE *stream);
void completion_fish_write(FILE *stream);

#endif

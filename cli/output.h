/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where results go: standard output, a device or pipe, or a file that appears only when it is
 * complete. It does not know what is written.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/privileges.h"
#include "cli/sandbox.h"

#define OUTPUT_TEMPORARY_MAX 32

/* One output. Only `stream` and `terminal` are for others to use. */
struct output {
    FILE *stream; /* to write to; never closed by others */
    bool terminal;
    int fd;
    int error;         /* the first errno of a write, 0 while all is well */
    const char *title; /* the path, or "standard output"; borrowed */
    const char *base;  /* the file's name in its directory; NULL: written directly */
    int directory;     /* the target's, or -1 */
    bool named;        /* the file has its name already */
    char temporary[OUTPUT_TEMPORARY_MAX];
};

/*
 * Opens an output; path NULL, "-" and the names of standard output mean standard output. False
 * where that fails, after a message; then nothing is to be closed. path is borrowed until
 * output_close.
 */
bool output_open(struct output *output, const char *path);

/* Lets lines arrive as they are written, where somebody may be waiting for them: not in a file,
 * which nobody sees before it is complete. */
void output_by_line(struct output *output);

/*
 * Gives a file its name now, before it is complete, for who wants to read what is there so far; it
 * keeps it whatever happens. False where that fails: output_close tells.
 */
bool output_name(struct output *output);

/* What it takes to close it. */
enum privileges_needed output_need(const struct output *output);
void output_allow(const struct output *output, struct sandbox *sandbox);

/* The reader has closed the pipe: nothing that is written arrives any more. */
bool output_is_abandoned(const struct output *output);

/*
 * Ends an output: a complete file takes its name, an incomplete one vanishes. False after a message
 * where not all could be written; a reader that closed the pipe is no failure.
 */
bool output_close(struct output *output, bool complete);

/*
 * True if both paths (NULL: standard output) name the same place: standard output, or the same name
 * in the same directory.
 */
bool output_same_place(const char *a, const char *b);

/* True if a path (NULL: standard output) names something right in a directory, be that there yet or
 * not. */
bool output_lies_in(const char *path, const char *directory);

/* True if the path names an existing regular file, and it is the one that `file` names. */
bool output_is_file(const char *path, const char *file);

#endif

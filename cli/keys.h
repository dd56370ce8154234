/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys that the user gives: one on the command line, or a file of them.
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct key_list {
    uint64_t *keys; /* owned */
    size_t count;
    size_t capacity;
};

/* Reads a key: 0x and exactly 16 hexadecimal digits, nothing else. */
bool key_parse(const char *text, uint64_t *key);

/* Appends a key; false if there is no memory. */
bool key_list_add(struct key_list *list, uint64_t key);

void key_list_free(struct key_list *list);

enum key_file_status {
    KEY_FILE_OK,
    KEY_FILE_WRONG, /* *line is no key */
    KEY_FILE_READ,  /* reading failed: errno tells */
    KEY_FILE_NO_MEMORY,
};

/*
 * Reads one key a line; a # begins a comment, blank lines are passed over. Keys of the lines before
 * a wrong one stay in the list. *line counts from 1. A UTF-8 byte order mark at the very begin,
 * which editors of some systems put there, is no part of the first line.
 */
enum key_file_status key_file_read(FILE *stream, struct key_list *list, size_t *line);

#endif

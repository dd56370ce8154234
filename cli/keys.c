/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The form of a key on the command line and in a file. What a key is good for is the tracker's
 * business.
 */
#include "cli/keys.h"

#include <stdlib.h>
#include <string.h>

#define KEY_DIGITS 16

static int hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = character == '\0' ? NULL : strchr(digits, character);
    return at == NULL ? -1 : (int)((at - digits) % 16);
}

bool key_parse(const char *text, uint64_t *key)
{
    uint64_t value = 0;
    if (strncmp(text, "0x", 2) != 0 || strlen(text) != 2 + KEY_DIGITS) {
        return false;
    }
    for (const char *at = text + 2; *at != '\0'; at++) {
        int digit = hex_digit(*at);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
    }
    *key = value;
    return true;
}

bool key_list_add(struct key_list *list, uint64_t key)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        uint64_t *keys = reallocarray(list->keys, capacity, sizeof *keys);
        if (keys == NULL) {
            return false;
        }
        list->keys = keys;
        list->capacity = capacity;
    }
    list->keys[list->count++] = key;
    return true;
}

void key_list_free(struct key_list *list)
{
    free(list->keys);
    memset(list, 0, sizeof *list);
}

/* A line without its comment; octets past the end of text are lost, and so is the key. */
struct key_line {
    char text[64];
    size_t length;
    bool overlong;
};

static void line_add(struct key_line *line, int character)
{
    if (line->length + 1 < sizeof line->text) {
        line->text[line->length++] = (char)character;
    } else {
        line->overlong = true;
    }
}

static bool is_blank(int character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/*
 * Reads up to the end of a line, leaving out blanks at its begin and end, and the comment. False at
 * the end of the file.
 */
static bool line_get(FILE *stream, struct key_line *line)
{
    bool comment = false;
    int character = getc(stream);
    memset(line, 0, sizeof *line);
    if (character == EOF) {
        return false;
    }
    for (; character != '\n' && character != EOF; character = getc(stream)) {
        character = character == '\0' ? '?' : character; /* no string may end here */
        comment = comment || character == '#';
        if (!comment && !(line->length == 0 && is_blank(character))) {
            line_add(line, character);
        }
    }
    while (line->length > 0 && is_blank(line->text[line->length - 1])) {
        line->text[--line->length] = '\0';
    }
    return true;
}

static bool next_is(FILE *stream, int octet)
{
    return getc(stream) == octet;
}

/* Goes past a byte order mark; what only begins like one becomes a line that is no key. */
static void mark_skip(FILE *stream)
{
    int character = getc(stream);
    if (character == 0xef) {
        character = next_is(stream, 0xbb) && next_is(stream, 0xbf) ? EOF : '?';
    }
    if (character != EOF) {
        ungetc(character, stream);
    }
}

enum key_file_status key_file_read(FILE *stream, struct key_list *list, size_t *line)
{
    struct key_line content;
    mark_skip(stream);
    for (*line = 1; line_get(stream, &content); ++*line) {
        uint64_t key;
        if (content.length == 0 && !content.overlong) {
            continue;
        }
        if (content.overlong || !key_parse(content.text, &key)) {
            return KEY_FILE_WRONG;
        }
        if (!key_list_add(list, key)) {
            return KEY_FILE_NO_MEMORY;
        }
    }
    return ferror(stream) ? KEY_FILE_READ : KEY_FILE_OK;
}

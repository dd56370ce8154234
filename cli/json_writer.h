/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JSON text from json-c's values.
 */
#ifndef CLI_JSON_WRITER_H
#define CLI_JSON_WRITER_H

#include <json-c/json_object.h>
#include <stdio.h>

/* The depth of what is to stand on one line. */
#define JSON_ONE_LINE (-1)

/*
 * Writes a value, objects and arrays over several lines; `depth` is how deep it stands itself, or
 * JSON_ONE_LINE. NULL is null, numbers are those of json_number.h. Strings may hold any octets:
 * what is not UTF-8 becomes U+FFFD; control characters and those that steer the direction of text
 * are written as \uXXXX, so the text may be shown on a terminal.
 */
void json_value_write(FILE *stream, struct json_object *value, int depth);

/* Writes a value as a line of its own, with its end. */
void json_line_write(FILE *stream, struct json_object *value);

/* Writes a line break and the indentation of a depth; nothing for JSON_ONE_LINE. */
void json_line_break(FILE *stream, int depth);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Members of JSON objects in the forms of the report's contract, on json-c.
 *
 * A builder remembers that memory was short once; then all its values are worthless and only
 * json_object_put is left to do. So each step need not be looked at. Member names must be string
 * literals: they are not copied.
 */
#ifndef CLI_JSON_BUILDER_H
#define CLI_JSON_BUILDER_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stdint.h>

/* Counts below this are most of a report. */
#define JSON_SHARED_COUNTS 16

/* Names whose hashes are known, by their addresses; all zero are none. */
#define JSON_NAME_SLOTS 512
struct json_names {
    struct json_name {
        const char *name;
        unsigned long hash;
    } slots[JSON_NAME_SLOTS];
};

/* All zero is one that has built nothing. */
struct json_builder {
    bool no_memory;
    struct json_names *names; /* borrowed, for who builds many trees; or NULL */
    /* Values that many objects share, made when they are first needed. */
    struct json_object *counts[JSON_SHARED_COUNTS];
    struct json_object *no_seconds;
    struct json_object *truths[2];
};

/* Lets go of what is shared; trees that were built may live on. */
void json_builder_clear(struct json_builder *builder);

/* An object or array without parent; NULL if memory is short. */
struct json_object *json_build_object(struct json_builder *builder);
struct json_object *json_build_array(struct json_builder *builder);

/* The same for an object of more than ten members, up to JSON_LARGE_MEMBERS: it has room for them
 * from the beginning. More, or fewer, are right, too, and cost more. */
#define JSON_LARGE_MEMBERS 21
struct json_object *json_build_large(struct json_builder *builder);

/* Adds a value to an object or array, which then owns it; NULL of either counts as no memory. */
void json_add(struct json_builder *builder, struct json_object *object, const char *name,
              struct json_object *value);
void json_append(struct json_builder *builder, struct json_object *array,
                 struct json_object *value);

void json_add_null(struct json_builder *builder, struct json_object *object, const char *name);
void json_add_bool(struct json_builder *builder, struct json_object *object, const char *name,
                   bool value);
void json_add_count(struct json_builder *builder, struct json_object *object, const char *name,
                    uint64_t value);

/* The same, and null where it is not known. */
void json_add_known(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint64_t value);

/* A finite number with four decimals; null where it is not known. */
void json_add_ratio(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, double value);

/* NULL becomes null. The text is copied. */
void json_add_string(struct json_builder *builder, struct json_object *object, const char *name,
                     const char *text);

void json_append_count(struct json_builder *builder, struct json_object *array, uint64_t value);
void json_append_string(struct json_builder *builder, struct json_object *array, const char *text);

/* Seconds with nine decimals, as a number. */
void json_add_seconds(struct json_builder *builder, struct json_object *object, const char *name,
                      int64_t duration_ns);

/* RFC 3339. */
void json_add_time(struct json_builder *builder, struct json_object *object, const char *name,
                   int64_t time_ns);

/* Identifiers, as strings: null where not known. */
void json_add_key(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t key);
void json_add_token(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint32_t token);
void json_add_u64(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t value);

#endif

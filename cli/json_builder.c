/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json-c with its failures gathered in one place, and with what it offers against its costs: keys
 * that are neither copied nor looked up, hashes that are computed once, tables that are made as
 * large as they become, values that stand in several places at once. Nobody changes a value once it
 * is built, so nobody can tell that it is shared.
 */
#include "cli/json_builder.h"

#include <assert.h>
#include <json-c/linkhash.h>
#include <stddef.h>

#include "cli/json_number.h"

static struct json_object *builder_checked(struct json_builder *builder, struct json_object *value)
{
    builder->no_memory = builder->no_memory || value == NULL;
    return value;
}

struct json_object *json_build_object(struct json_builder *builder)
{
    return builder_checked(builder, json_object_new_object());
}

/* json-c's table of members grows when it is two thirds full: LH_LOAD_FACTOR, in integers. */
#define LARGE_TABLE 32
static_assert(100 * JSON_LARGE_MEMBERS <= 66 * LARGE_TABLE, "all members have room");

struct json_object *json_build_large(struct json_builder *builder)
{
    struct json_object *object = json_build_object(builder);
    if (object != NULL) {
        /* If that fails the table grows later, or fails then. */
        lh_table_resize(json_object_get_object(object), LARGE_TABLE);
    }
    return object;
}

struct json_object *json_build_array(struct json_builder *builder)
{
    return builder_checked(builder, json_object_new_array());
}

/*
 * The hash of a name, which all tables of json-c's objects compute alike. Names are literals, so
 * that the same address is the same name.
 */
static unsigned long name_hash(const struct json_builder *builder, const struct lh_table *table,
                               const char *name)
{
    if (builder->names == NULL) {
        return lh_get_hash(table, name);
    }
    struct json_name *known = &builder->names->slots[(uintptr_t)name % JSON_NAME_SLOTS];
    if (known->name != name) {
        *known = (struct json_name){name, lh_get_hash(table, name)};
    }
    return known->hash;
}

/*
 * Adds a value that may be NULL for null. json-c takes it over only where it succeeds. This is what
 * json_object_object_add_ex does with a key that is new and constant, but for the hash.
 */
static void member_add(struct json_builder *builder, struct json_object *object, const char *name,
                       struct json_object *value)
{
    struct lh_table *table = json_object_get_object(object);
    if (table == NULL || lh_table_insert_w_hash(table, name, value, name_hash(builder, table, name),
                                                JSON_C_OBJECT_ADD_CONSTANT_KEY) != 0) {
        builder->no_memory = true;
        json_object_put(value);
    }
}

void json_add(struct json_builder *builder, struct json_object *object, const char *name,
              struct json_object *value)
{
    if (builder_checked(builder, value) != NULL) {
        member_add(builder, object, name, value);
    }
}

void json_append(struct json_builder *builder, struct json_object *array, struct json_object *value)
{
    if (builder_checked(builder, value) != NULL &&
        (array == NULL || json_object_array_add(array, value) != 0)) {
        builder->no_memory = true;
        json_object_put(value);
    }
}

void json_add_null(struct json_builder *builder, struct json_object *object, const char *name)
{
    member_add(builder, object, name, NULL);
}

void json_add_bool(struct json_builder *builder, struct json_object *object, const char *name,
                   bool value)
{
    struct json_object **shared = &builder->truths[value];
    if (*shared == NULL) {
        *shared = json_object_new_boolean(value);
    }
    json_add(builder, object, name, json_object_get(*shared));
}

/* Where the number stands if it is one of those that are shared. */
static struct json_object **shared_place(struct json_builder *builder, uint64_t number,
                                         enum json_form form)
{
    if (form == JSON_COUNT && number < JSON_SHARED_COUNTS) {
        return &builder->counts[number];
    }
    return form == JSON_SECONDS && number == 0 ? &builder->no_seconds : NULL;
}

static struct json_object *number_build(struct json_builder *builder, uint64_t number,
                                        enum json_form form)
{
    struct json_object **shared = shared_place(builder, number, form);
    if (shared == NULL) {
        return json_number(number, form);
    }
    if (*shared == NULL) {
        *shared = json_number(number, form);
    }
    return json_object_get(*shared);
}

void json_builder_clear(struct json_builder *builder)
{
    for (size_t i = 0; i < JSON_SHARED_COUNTS; i++) {
        json_object_put(builder->counts[i]);
    }
    json_object_put(builder->no_seconds);
    json_object_put(builder->truths[false]);
    json_object_put(builder->truths[true]);
    *builder = (struct json_builder){.no_memory = builder->no_memory, .names = builder->names};
}

/* A number, or null where it is not known. */
static void add_number(struct json_builder *builder, struct json_object *object, const char *name,
                       bool known, uint64_t number, enum json_form form)
{
    if (known) {
        json_add(builder, object, name, number_build(builder, number, form));
    } else {
        json_add_null(builder, object, name);
    }
}

void json_add_count(struct json_builder *builder, struct json_object *object, const char *name,
                    uint64_t value)
{
    add_number(builder, object, name, true, value, JSON_COUNT);
}

void json_add_known(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint64_t value)
{
    add_number(builder, object, name, known, value, JSON_COUNT);
}

void json_add_ratio(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, double value)
{
    if (known) {
        json_add(builder, object, name, json_object_new_double(value));
    } else {
        json_add_null(builder, object, name);
    }
}

void json_add_string(struct json_builder *builder, struct json_object *object, const char *name,
                     const char *text)
{
    if (text == NULL) {
        json_add_null(builder, object, name);
    } else {
        json_add(builder, object, name, json_object_new_string(text));
    }
}

void json_append_count(struct json_builder *builder, struct json_object *array, uint64_t value)
{
    json_append(builder, array, number_build(builder, value, JSON_COUNT));
}

void json_append_string(struct json_builder *builder, struct json_object *array, const char *text)
{
    json_append(builder, array, json_object_new_string(text));
}

void json_add_seconds(struct json_builder *builder, struct json_object *object, const char *name,
                      int64_t duration_ns)
{
    add_number(builder, object, name, true, (uint64_t)duration_ns, JSON_SECONDS);
}

void json_add_time(struct json_builder *builder, struct json_object *object, const char *name,
                   int64_t time_ns)
{
    add_number(builder, object, name, true, (uint64_t)time_ns, JSON_TIME);
}

void json_add_key(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t key)
{
    add_number(builder, object, name, known, key, JSON_KEY);
}

void json_add_token(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint32_t token)
{
    add_number(builder, object, name, known, token, JSON_TOKEN);
}

void json_add_u64(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t value)
{
    add_number(builder, object, name, known, value, JSON_IDENTIFIER);
}

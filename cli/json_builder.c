/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json-c with its failures gathered in one place, and the number formats of the contract: counts
 * are numbers, 64-bit identifiers are strings (a JSON number is exact up to 2^53 only), keys and
 * tokens are hexadecimal of full width.
 */
#include "cli/json_builder.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/units.h"

static struct json_object *builder_checked(struct json_builder *builder, struct json_object *value)
{
    builder->no_memory = builder->no_memory || value == NULL;
    return value;
}

struct json_object *json_build_object(struct json_builder *builder)
{
    return builder_checked(builder, json_object_new_object());
}

struct json_object *json_build_array(struct json_builder *builder)
{
    return builder_checked(builder, json_object_new_array());
}

/* Adds a value that may be NULL for null. json-c takes it over only where it succeeds. */
static void member_add(struct json_builder *builder, struct json_object *object, const char *name,
                       struct json_object *value)
{
    const unsigned flags = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY;
    if (object == NULL || json_object_object_add_ex(object, name, value, flags) != 0) {
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
    json_add(builder, object, name, json_object_new_boolean(value));
}

void json_add_count(struct json_builder *builder, struct json_object *object, const char *name,
                    uint64_t value)
{
    json_add(builder, object, name, json_object_new_uint64(value));
}

void json_add_known(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint64_t value)
{
    if (known) {
        json_add_count(builder, object, name, value);
    } else {
        json_add_null(builder, object, name);
    }
}

void json_add_ratio(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, double value)
{
    char text[512];
    if (!known) {
        json_add_null(builder, object, name);
        return;
    }
    snprintf(text, sizeof text, "%.4f", value);
    json_add(builder, object, name, json_object_new_double_s(value, text));
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
    json_append(builder, array, json_object_new_uint64(value));
}

void json_append_string(struct json_builder *builder, struct json_object *array, const char *text)
{
    json_append(builder, array, json_object_new_string(text));
}

void json_add_seconds(struct json_builder *builder, struct json_object *object, const char *name,
                      int64_t duration_ns)
{
    char text[UNITS_TEXT_MAX];
    units_seconds(duration_ns, text);
    json_add(builder, object, name, json_object_new_double_s((double)duration_ns / 1e9, text));
}

void json_add_time(struct json_builder *builder, struct json_object *object, const char *name,
                   int64_t time_ns)
{
    char text[UNITS_TEXT_MAX];
    units_time_rfc3339(time_ns, text);
    json_add_string(builder, object, name, text);
}

void json_add_key(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t key)
{
    char text[32];
    snprintf(text, sizeof text, "0x%016" PRIx64, key);
    json_add_string(builder, object, name, known ? text : NULL);
}

void json_add_token(struct json_builder *builder, struct json_object *object, const char *name,
                    bool known, uint32_t token)
{
    char text[32];
    snprintf(text, sizeof text, "0x%08" PRIx32, token);
    json_add_string(builder, object, name, known ? text : NULL);
}

void json_add_u64(struct json_builder *builder, struct json_object *object, const char *name,
                  bool known, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    json_add_string(builder, object, name, known ? text : NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers of a report. What json-c keeps is the number itself, and beside it, as its userdata, the
 * form; the text is made where it is written, so that no value needs memory for it.
 */
#include "cli/json_number.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "cli/digits.h"

static char *seconds_write(char *at, uint64_t duration_ns)
{
    return at + units_seconds((int64_t)duration_ns, at);
}

static char *time_write(char *at, uint64_t time_ns)
{
    return at + units_time_rfc3339((int64_t)time_ns, at);
}

static char *key_write(char *at, uint64_t key)
{
    return digits_write_hex(stpcpy(at, "0x"), key, 16);
}

static char *token_write(char *at, uint64_t token)
{
    return digits_write_hex(stpcpy(at, "0x"), token, 8);
}

static const struct {
    char *(*write)(char *at, uint64_t number);
    bool is_string;
} forms[] = {
    [JSON_COUNT] = {digits_write,  false},
      [JSON_SECONDS] = {seconds_write, false},
    [JSON_TIME] = {time_write,    true },
      [JSON_KEY] = {key_write,     true },
    [JSON_TOKEN] = {token_write,   true },
      [JSON_IDENTIFIER] = {digits_write,  true },
};
static_assert(sizeof forms / sizeof forms[0] == JSON_FORM_COUNT, "one writer for each form");

/* json-c keeps any pointer beside a value, NULL at first, and follows none: the form lies there. */
union mark {
    uintptr_t form;
    void *pointer;
};

struct json_object *json_number(uint64_t number, enum json_form form)
{
    struct json_object *value = json_object_new_uint64(number);
    if (value != NULL) {
        const union mark mark = {.form = form};
        json_object_set_userdata(value, mark.pointer, NULL);
    }
    return value;
}

char *json_number_write(char *at, struct json_object *value)
{
    if (json_object_get_type(value) == json_type_double) {
        return at + units_ratio(json_object_get_double(value), at);
    }
    const union mark mark = {.pointer = json_object_get_userdata(value)};
    if (forms[mark.form].is_string) {
        *at++ = '"';
    }
    at = forms[mark.form].write(at, json_object_get_uint64(value));
    if (forms[mark.form].is_string) {
        *at++ = '"';
    }
    return at;
}

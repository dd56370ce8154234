/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values are found by their form: a string that is a time, or that has addresses in it, and the
 * member "port" beside the member "address".
 */
#include "tests/integration/report_rewrite.h"

#include <json-c/linkhash.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/units.h"

#define TEXT_MAX 4096

typedef void rewrite(struct json_object *value, const void *argument);

/* Visits every object and every string in it, whole objects first. */
static void visit(struct json_object *value, rewrite *function, const void *argument)
{
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            visit(json_object_array_get_idx(value, i), function, argument);
        }
    } else if (value != NULL) {
        function(value, argument);
    }
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            (void)name;
            visit(member, function, argument);
        }
    }
}

/* ---- Times ---------------------------------------------------------------------------------- */

/* True of "2024-01-01T00:00:00.123456789Z". Unsigned: between 1677 and 2262 differences wrap. */
static bool time_read(const char *text, uint64_t *time_ns)
{
    struct tm tm = {0};
    long ns;
    char end;
    if (sscanf(text, "%d-%d-%dT%d:%d:%d.%9ld%c", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &ns, &end) != 8 ||
        end != 'Z') {
        return false;
    }
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *time_ns = (uint64_t)timegm(&tm) * 1000000000 + (uint64_t)ns;
    return true;
}

static void move_time(struct json_object *value, const void *argument)
{
    char text[UNITS_TEXT_MAX];
    uint64_t time_ns;
    if (json_object_is_type(value, json_type_string) &&
        time_read(json_object_get_string(value), &time_ns)) {
        units_time_rfc3339((int64_t)(time_ns + *(const uint64_t *)argument), text);
        json_object_set_string(value, text);
    }
}

void report_move_times(struct json_object *report, uint64_t shift_ns)
{
    visit(report, move_time, &shift_ns);
}

/* ---- Names ---------------------------------------------------------------------------------- */

static bool is_word(char letter)
{
    return letter != '\0' && strchr("0123456789abcdef.:[]", letter) != NULL;
}

/* The length of what may be an address or endpoint at the beginning of a text. */
static size_t name_length(const char *text)
{
    size_t length = 0;
    while (is_word(text[length])) {
        length++;
    }
    return length;
}

/* What a word is to be, if it is a name: an address, or an endpoint. */
static bool new_name(const struct renaming *renaming, const char *word, size_t length, char *name,
                     size_t size)
{
    for (size_t i = 0; i < renaming->count; i++) {
        const struct renamed *item = &renaming->items[i];
        char address[MPTA_ADDRESS_TEXT_MAX], endpoint[MPTA_ENDPOINT_TEXT_MAX];
        mpta_address_format(&item->address, address, sizeof address);
        mpta_endpoint_format(&item->address, item->port, endpoint, sizeof endpoint);
        if (strlen(address) == length && strncmp(address, word, length) == 0) {
            mpta_address_format(&item->new_address, name, size);
            return true;
        }
        if (strlen(endpoint) == length && strncmp(endpoint, word, length) == 0) {
            mpta_endpoint_format(&item->new_address, item->new_port, name, size);
            return true;
        }
    }
    return false;
}

static void rename_text(struct json_object *value, const struct renaming *renaming)
{
    const char *from = json_object_get_string(value);
    char text[TEXT_MAX], name[MPTA_ENDPOINT_TEXT_MAX];
    size_t at = 0;
    while (*from != '\0' && at < sizeof text - sizeof name) {
        size_t length = name_length(from), whole = length;
        bool known = new_name(renaming, from, length, name, sizeof name);
        if (!known && length > 0 && strchr(".:", from[length - 1]) != NULL) {
            known = new_name(renaming, from, --length, name, sizeof name); /* a sentence ends */
        }
        length = known ? length : whole > 0 ? whole : 1;
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s",
                               (int)(known ? strlen(name) : length), known ? name : from);
        from += length;
    }
    text[at] = '\0';
    json_object_set_string(value, text);
}

/* Before the address beside it is renamed. */
static void rename_port(struct json_object *value, const struct renaming *renaming)
{
    struct json_object *address, *port;
    if (!json_object_object_get_ex(value, "address", &address) ||
        !json_object_object_get_ex(value, "port", &port) || address == NULL || port == NULL) {
        return;
    }
    for (size_t i = 0; i < renaming->count; i++) {
        const struct renamed *item = &renaming->items[i];
        char text[MPTA_ADDRESS_TEXT_MAX];
        mpta_address_format(&item->address, text, sizeof text);
        if (item->port == json_object_get_int(port) &&
            strcmp(text, json_object_get_string(address)) == 0) {
            json_object_set_int(port, item->new_port);
            return;
        }
    }
}

static void rename_value(struct json_object *value, const void *argument)
{
    if (json_object_is_type(value, json_type_object)) {
        rename_port(value, argument);
    } else if (json_object_is_type(value, json_type_string)) {
        rename_text(value, argument);
    }
}

void report_rename(struct json_object *report, const struct renaming *renaming)
{
    visit(report, rename_value, renaming);
}

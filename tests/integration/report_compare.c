/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Value by value, each under the bound of its path. Lists are held against each other in their
 * order, or left to report_match.c.
 */
#include "tests/integration/report_compare.h"

#include <inttypes.h>
#include <json-c/linkhash.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_LEN 128

bool report_differs(struct comparison *comparison, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(comparison->fault, comparison->fault_size, format, values);
    va_end(values);
    return false;
}

struct json_object *report_member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    json_object_object_get_ex(object, name, &value);
    return value;
}

static const char *text_of(struct json_object *value)
{
    return value == NULL ? "null" : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
}

/* ---- Sides ---------------------------------------------------------------------------------- */

/* The other side's word where ends are taken for each other; else the word itself. */
const char *report_word(const struct comparison *comparison, const char *word)
{
    static const char *const words[][2] = {
        {"client", "server"},
        {"server", "client"},
        {"c2s",    "s2c"   },
        {"s2c",    "c2s"   }
    };
    for (size_t i = 0; comparison->turned && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return word;
}

/* A member's name in a path. */
static const char *path_word(const char *name)
{
    if (strcmp(name, "c2s") == 0 || strcmp(name, "s2c") == 0) {
        return "way";
    }
    return strcmp(name, "client") == 0 || strcmp(name, "server") == 0 ? "host" : name;
}

/* ---- Single values -------------------------------------------------------------------------- */

static bool is_same(const struct comparison *comparison, struct json_object *whole,
                    struct json_object *part)
{
    if (comparison->turned && json_object_is_type(whole, json_type_string) &&
        json_object_is_type(part, json_type_string)) {
        return strcmp(report_word(comparison, json_object_get_string(whole)),
                      json_object_get_string(part)) == 0;
    }
    return json_object_equal(whole, part);
}

/* Below 0, 0, above 0: numbers by size; times, whose form sorts as they do, by their text. */
static int order_of(struct json_object *a, struct json_object *b)
{
    if (json_object_is_type(a, json_type_string)) {
        return strcmp(json_object_get_string(a), json_object_get_string(b));
    }
    if (json_object_is_type(a, json_type_int) && json_object_is_type(b, json_type_int)) {
        uint64_t x = json_object_get_uint64(a), y = json_object_get_uint64(b);
        return (x > y) - (x < y);
    }
    double x = json_object_get_double(a), y = json_object_get_double(b);
    return (x > y) - (x < y);
}

static bool verdict_is_weaker(struct json_object *part)
{
    const char *verdict = json_object_get_string(part);
    return strcmp(verdict, "unverifiable") == 0 || strcmp(verdict, "absent") == 0;
}

static bool value_is_within(const struct comparison *comparison, enum bound bound,
                            struct json_object *whole, struct json_object *part)
{
    if (bound == BOUND_FREE || is_same(comparison, whole, part)) {
        return true;
    }
    switch (bound) {
    case BOUND_KNOWN:
        return part == NULL;
    case BOUND_LOWER:
        return part == NULL || (whole != NULL && order_of(part, whole) <= 0);
    case BOUND_HIGHER:
        return whole != NULL && part != NULL && order_of(part, whole) >= 0;
    case BOUND_VERDICT:
        return verdict_is_weaker(part);
    case BOUND_FALSE:
        return !json_object_get_boolean(part);
    case BOUND_TRUE:
        return json_object_get_boolean(part);
    case BOUND_CLOSE:
        return report_close_says_less(json_object_get_string(part), json_object_get_string(whole));
    case BOUND_NULL:
        return whole != NULL;
    case BOUND_SAME:
    case BOUND_FREE:
        break;
    }
    return false;
}

/* ---- Objects -------------------------------------------------------------------------------- */

static uint64_t sum_of(struct json_object *object, const struct report_sum *sum)
{
    uint64_t total = 0;
    for (size_t i = 0; i < REPORT_SUM_MAX && sum->members[i] != NULL; i++) {
        total += json_object_get_uint64(report_member(object, sum->members[i]));
    }
    return total;
}

static bool sums_fit(struct comparison *comparison, const char *path, struct json_object *whole,
                     struct json_object *part)
{
    for (const struct report_sum *sum = report_sums(); sum->path != NULL; sum++) {
        if (comparison->retelling >= RETOLD_PARTLY && strcmp(sum->path, path) == 0 &&
            sum_of(part, sum) > sum_of(whole, sum)) {
            return report_differs(comparison,
                                  "%s: %s and so on are %" PRIu64 ", more than %" PRIu64, path,
                                  sum->members[0], sum_of(part, sum), sum_of(whole, sum));
        }
    }
    return true;
}

/* Lists whose items have to be looked for come with the connection that has them. */
static bool is_list(const char *name)
{
    return strcmp(name, "subflows") == 0 || strcmp(name, "addresses") == 0 ||
           strcmp(name, "findings") == 0;
}

static bool object_fits(struct comparison *comparison, const char *path, struct json_object *whole,
                        struct json_object *part)
{
    char inner[PATH_MAX_LEN];
    json_object_object_foreach(part, name, value)
    {
        if (comparison->retelling >= RETOLD_PARTLY && is_list(name)) {
            continue;
        }
        snprintf(inner, sizeof inner, "%s.%s", path, path_word(name));
        if (!report_value_fits(comparison, inner,
                               report_member(whole, report_word(comparison, name)), value)) {
            return false;
        }
    }
    if (json_object_object_length(whole) != json_object_object_length(part)) {
        return report_differs(comparison, "%s: other members", path);
    }
    return sums_fit(comparison, path, whole, part);
}

/* ---- Lists in their order ------------------------------------------------------------------- */

/* What an item of a list is called in paths: the last word without its plural. */
static void item_path(const char *path, char *item, size_t size)
{
    static const char *const items[][2] = {
        {"connections",       "connection"},
        {"subflows",          "subflow"   },
        {"unlinked_subflows", "subflow"   },
        {"addresses",         "address"   },
        {"findings",          "finding"   }
    };
    const char *dot = strrchr(path, '.');
    const char *name = dot == NULL ? path : dot + 1;
    snprintf(item, size, "%s", path);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        if (strcmp(name, items[i][0]) == 0) {
            snprintf(item, size, "%s", items[i][1]);
        }
    }
}

static bool array_fits(struct comparison *comparison, const char *path, struct json_object *whole,
                       struct json_object *part)
{
    char item[PATH_MAX_LEN];
    size_t count = json_object_array_length(part);
    item_path(path, item, sizeof item);
    if (count != json_object_array_length(whole)) {
        return report_differs(comparison, "%s: %zu, not %zu", path, count,
                              json_object_array_length(whole));
    }
    for (size_t i = 0; i < count; i++) {
        if (!report_value_fits(comparison, item, json_object_array_get_idx(whole, i),
                               json_object_array_get_idx(part, i))) {
            return false;
        }
    }
    return true;
}

bool report_value_fits(struct comparison *comparison, const char *path, struct json_object *whole,
                       struct json_object *part)
{
    enum bound bound = report_bound(comparison->retelling, path);
    enum json_type type = json_object_get_type(part);
    if (bound == BOUND_SAME && type == json_object_get_type(whole)) {
        if (type == json_type_object) {
            return object_fits(comparison, path, whole, part);
        }
        if (type == json_type_array) {
            return array_fits(comparison, path, whole, part);
        }
    }
    if (value_is_within(comparison, bound, whole, part)) {
        return true;
    }
    char text[PATH_MAX_LEN]; /* json-c has one text for each value */
    snprintf(text, sizeof text, "%s", text_of(part));
    return report_differs(comparison, "%s: %s, where it was %s", path, text, text_of(whole));
}

/* ---- What is said of captures --------------------------------------------------------------- */

/* Takes out what is said of the capture: it is another one. */
static void captures_drop(struct json_object *object)
{
    struct json_object *findings = report_member(object, "findings");
    for (size_t i = findings == NULL ? 0 : json_object_array_length(findings); i-- > 0;) {
        struct json_object *id = report_member(json_object_array_get_idx(findings, i), "id");
        if (strncmp(json_object_get_string(id), "capture-", strlen("capture-")) == 0) {
            json_object_array_del_idx(findings, i, 1);
        }
    }
}

static void captures_drop_all(struct json_object *report)
{
    struct json_object *connections = report_member(report, "connections");
    captures_drop(report);
    for (size_t i = 0; i < json_object_array_length(connections); i++) {
        captures_drop(json_object_array_get_idx(connections, i));
    }
}

bool report_compare(enum retelling retelling, struct json_object *whole, struct json_object *part,
                    char *fault, size_t size)
{
    static const char *const lists[] = {"connections", "unlinked_subflows", "findings"};
    struct comparison comparison = {.retelling = retelling, .fault = fault, .fault_size = size};
    bool fits = true;
    captures_drop_all(whole);
    captures_drop_all(part);
    if (retelling >= RETOLD_PARTLY) {
        return report_match(&comparison, whole, part);
    }
    for (size_t i = 0; fits && i < sizeof lists / sizeof lists[0]; i++) {
        fits = report_value_fits(&comparison, lists[i], report_member(whole, lists[i]),
                                 report_member(part, lists[i]));
    }
    return fits;
}

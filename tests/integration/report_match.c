/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where packets are missing, what a report lists is looked for in the report of all packets, and
 * nothing may be found twice: connections and subflows by their ends, address events by what they
 * say, findings by their id. Packets that tell to which connection a subflow belongs, and who
 * opened it, may be missing: such a subflow is astray, unlinked or a late connection of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/report_compare.h"

#define SUBFLOWS_MAX 1024 /* of a report; no sample has so many */
#define EVENTS_MAX   256  /* of a connection */

/* The subflows of the whole report, each to be found once. */
struct pool {
    struct json_object *subflows[SUBFLOWS_MAX];
    size_t owners[SUBFLOWS_MAX]; /* index of its connection; behind the last one: unlinked */
    bool used[SUBFLOWS_MAX];
    size_t count;
};

#define ANY_OWNER SIZE_MAX

static size_t length_of(struct json_object *array)
{
    return json_object_array_length(array);
}

/* ---- Ends ----------------------------------------------------------------------------------- */

static bool same_end(struct json_object *a, struct json_object *b)
{
    return json_object_equal(report_member(a, "address"), report_member(b, "address")) &&
           json_object_equal(report_member(a, "port"), report_member(b, "port"));
}

/* Of two connections or subflows. */
static bool same_ends(const struct comparison *comparison, struct json_object *whole,
                      struct json_object *part)
{
    return same_end(report_member(whole, report_word(comparison, "client")),
                    report_member(part, "client")) &&
           same_end(report_member(whole, report_word(comparison, "server")),
                    report_member(part, "server"));
}

/* ---- Subflows ------------------------------------------------------------------------------- */

static void pool_add(struct pool *pool, struct json_object *subflows, size_t owner)
{
    for (size_t i = 0; i < length_of(subflows) && pool->count < SUBFLOWS_MAX; i++) {
        pool->subflows[pool->count] = json_object_array_get_idx(subflows, i);
        pool->owners[pool->count] = owner;
        pool->used[pool->count++] = false;
    }
}

static void pool_fill(struct pool *pool, struct json_object *report)
{
    struct json_object *connections = report_member(report, "connections");
    pool->count = 0;
    for (size_t i = 0; i < length_of(connections); i++) {
        pool_add(pool, report_member(json_object_array_get_idx(connections, i), "subflows"), i);
    }
    pool_add(pool, report_member(report, "unlinked_subflows"), length_of(connections));
}

/* Finds a subflow among those of a connection, or among all of them. */
static bool subflow_is_found(struct comparison *comparison, struct pool *pool, size_t owner,
                             struct json_object *part)
{
    const char *path = owner == ANY_OWNER ? "astray" : "subflow";
    bool met = false;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->used[i] || (owner != ANY_OWNER && pool->owners[i] != owner) ||
            !same_ends(comparison, pool->subflows[i], part)) {
            continue;
        }
        if (report_value_fits(comparison, path, pool->subflows[i], part)) {
            pool->used[i] = true;
            return true;
        }
        met = true;
    }
    return met ? false
               : report_differs(comparison, "no subflow has the ends of %s",
                                json_object_to_json_string(part));
}

static bool subflows_are_found(struct comparison *comparison, struct pool *pool, size_t owner,
                               struct json_object *part)
{
    for (size_t i = 0; i < length_of(part); i++) {
        if (!subflow_is_found(comparison, pool, owner, json_object_array_get_idx(part, i))) {
            return false;
        }
    }
    return true;
}

/* One that is astray has its opener for its client, or whoever has the higher port. */
static bool stray_is_found(struct comparison *comparison, struct pool *pool,
                           struct json_object *part)
{
    bool found = subflow_is_found(comparison, pool, ANY_OWNER, part);
    comparison->turned = true;
    found = found || subflow_is_found(comparison, pool, ANY_OWNER, part);
    comparison->turned = false;
    return found;
}

static bool strays_are_found(struct comparison *comparison, struct pool *pool,
                             struct json_object *part)
{
    for (size_t i = 0; i < length_of(part); i++) {
        if (!stray_is_found(comparison, pool, json_object_array_get_idx(part, i))) {
            return false;
        }
    }
    return true;
}

/* ---- Address events ------------------------------------------------------------------------- */

static bool addresses_are_found(struct comparison *comparison, struct json_object *whole,
                                struct json_object *part)
{
    bool used[EVENTS_MAX] = {false};
    for (size_t i = 0; i < length_of(part); i++) {
        size_t j = 0;
        while (j < length_of(whole) &&
               (used[j] ||
                !report_value_fits(comparison, "address", json_object_array_get_idx(whole, j),
                                   json_object_array_get_idx(part, i)))) {
            j++;
        }
        if (j == length_of(whole)) {
            return report_differs(comparison, "a new address event: %s",
                                  json_object_to_json_string(json_object_array_get_idx(part, i)));
        }
        used[j] = true;
    }
    return true;
}

/* ---- Connections ---------------------------------------------------------------------------- */

static bool connection_fits(struct comparison *comparison, struct pool *pool, size_t owner,
                            struct json_object *whole, struct json_object *part)
{
    return report_value_fits(comparison, "connection", whole, part) &&
           addresses_are_found(comparison, report_member(whole, "addresses"),
                               report_member(part, "addresses")) &&
           subflows_are_found(comparison, pool, owner, report_member(part, "subflows"));
}

/* Finds a connection among those that were not found yet; *met: one has the same ends. */
static bool connection_is_found(struct comparison *comparison, struct pool *pool, bool *used,
                                struct json_object *whole, struct json_object *part, bool *met)
{
    struct pool before = *pool;
    for (size_t i = 0; i < length_of(whole); i++) {
        struct json_object *other = json_object_array_get_idx(whole, i);
        if (used[i] || !same_ends(comparison, other, part)) {
            continue;
        }
        if (connection_fits(comparison, pool, i, other, part)) {
            used[i] = true;
            return true;
        }
        *met = true;
        *pool = before;
    }
    return false;
}

/* The client of a late connection is a guess; and it may be but a subflow that is astray. */
static bool late_is_found(struct comparison *comparison, struct pool *pool, bool *used,
                          struct json_object *whole, struct json_object *part)
{
    bool met = false;
    comparison->turned = true;
    bool found = connection_is_found(comparison, pool, used, whole, part, &met);
    comparison->turned = false;
    return found || strays_are_found(comparison, pool, report_member(part, "subflows"));
}

static bool connections_are_found(struct comparison *comparison, struct pool *pool,
                                  struct json_object *whole, struct json_object *part)
{
    bool used[SUBFLOWS_MAX] = {false};
    for (size_t i = 0; i < length_of(part); i++) {
        struct json_object *connection = json_object_array_get_idx(part, i);
        bool met = false;
        if (connection_is_found(comparison, pool, used, whole, connection, &met)) {
            continue;
        }
        if (!json_object_get_boolean(report_member(connection, "late"))) {
            return met ? false : report_differs(comparison, "a new connection");
        }
        if (!late_is_found(comparison, pool, used, whole, connection)) {
            return false;
        }
    }
    return true;
}

/* ---- Findings ------------------------------------------------------------------------------- */

/* The findings of a connection; behind the last one those of none; then NULL. */
static struct json_object *findings_at(struct json_object *report, size_t index)
{
    struct json_object *connections = report_member(report, "connections");
    if (index < length_of(connections)) {
        return report_member(json_object_array_get_idx(connections, index), "findings");
    }
    return index == length_of(connections) ? report_member(report, "findings") : NULL;
}

static const char *finding_word(struct json_object *finding, const char *name)
{
    return json_object_get_string(report_member(finding, name));
}

/* How often a report makes a finding with a severity, or as an error. */
static uint64_t finding_count(struct json_object *report, const char *id, const char *severity)
{
    struct json_object *findings;
    uint64_t count = 0;
    for (size_t i = 0; (findings = findings_at(report, i)) != NULL; i++) {
        for (size_t j = 0; j < length_of(findings); j++) {
            struct json_object *finding = json_object_array_get_idx(findings, j);
            const char *has = finding_word(finding, "severity");
            if (strcmp(finding_word(finding, "id"), id) == 0 &&
                (strcmp(has, severity) == 0 || strcmp(has, "error") == 0)) {
                count += json_object_get_uint64(report_member(finding, "count"));
            }
        }
    }
    return count;
}

/* Some finding of the whole report, or none, has left its place to this one. */
static bool finding_may_stand(enum retelling retelling, struct json_object *whole, const char *id)
{
    struct json_object *findings;
    bool may = report_finding_may_stand(retelling, id, NULL);
    for (size_t i = 0; (findings = findings_at(whole, i)) != NULL; i++) {
        for (size_t j = 0; j < length_of(findings) && !may; j++) {
            may = report_finding_may_stand(
                retelling, id, finding_word(json_object_array_get_idx(findings, j), "id"));
        }
    }
    return may;
}

static bool finding_fits(struct comparison *comparison, struct json_object *whole,
                         struct json_object *part, struct json_object *finding)
{
    const char *id = finding_word(finding, "id");
    const char *severity = finding_word(finding, "severity");
    bool error = strcmp(severity, "error") == 0;
    uint64_t count = finding_count(part, id, severity);
    if (strcmp(severity, "note") == 0 || count <= finding_count(whole, id, severity) ||
        (!error && finding_may_stand(comparison->retelling, whole, id))) {
        return true;
    }
    return report_differs(comparison, "a new %s: %s: %s", severity, id,
                          finding_word(finding, "message"));
}

static bool findings_fit(struct comparison *comparison, struct json_object *whole,
                         struct json_object *part)
{
    struct json_object *findings;
    for (size_t i = 0; (findings = findings_at(part, i)) != NULL; i++) {
        for (size_t j = 0; j < length_of(findings); j++) {
            if (!finding_fits(comparison, whole, part, json_object_array_get_idx(findings, j))) {
                return false;
            }
        }
    }
    return true;
}

/* ---- All of it ------------------------------------------------------------------------------ */

bool report_match(struct comparison *comparison, struct json_object *whole,
                  struct json_object *part)
{
    struct pool pool;
    pool_fill(&pool, whole);
    return findings_fit(comparison, whole, part) &&
           connections_are_found(comparison, &pool, report_member(whole, "connections"),
                                 report_member(part, "connections")) &&
           strays_are_found(comparison, &pool, report_member(part, "unlinked_subflows"));
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of events, as the program writes them: each is one JSON object, they come in the order in
 * which things happen, and the last of a connection holds what the JSON report says of it. PROGRAM
 * is the program's path, SAMPLES the folder of captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#define LINES_MAX 64

static int directory_enter(void **state)
{
    static char template[32];
    snprintf(template, sizeof template, "events.XXXXXX");
    *state = mkdtemp(template);
    return *state == NULL || chdir(*state) != 0;
}

static int directory_leave(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", (const char *)*state);
    return chdir("..") != 0 || system(command) != 0;
}

static void sample_run(const char *sample)
{
    char command[1024];
    snprintf(command, sizeof command, "%s -o ndjson=events -o json=report %s/%s.pcapng", PROGRAM,
             SAMPLES, sample);
    assert_int_equal(system(command), 0);
}

/* Reads all lines; each must be an object of its own, without a control character. */
static size_t events_read(struct json_object *events[LINES_MAX])
{
    static char line[65536];
    size_t count = 0;
    FILE *stream = fopen("events", "r");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        assert_true(count < LINES_MAX);
        events[count] = json_tokener_parse(line);
        assert_true(json_object_is_type(events[count], json_type_object));
        count++;
    }
    fclose(stream);
    return count;
}

static void events_free(struct json_object *events[LINES_MAX], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_object_put(events[i]);
    }
}

static const char *text_of(const struct json_object *object, const char *name)
{
    struct json_object *value = json_object_object_get(object, name);
    return value == NULL ? "(null)" : json_object_get_string(value);
}

/* clang-format off */
/* What lines tell, in this order; other lines may stand between. A member may be NULL. */
static const struct {
    const char *sample;
    struct {
        const char *type;
        const char *packet;
        const char *subflow;
        const char *member;
        const char *value;
    } lines[8];
} stories[] = {
    {"forge-join", {
        {"connection_start", "1", "(null)", "proto", "TCP"},
        {"subflow_start", "1", "0", "type", "initial"},
        {"subflow_established", "3", "0", "state", "established"},
        {"connection_established", "3", "(null)", NULL, NULL},
        {"subflow_start", NULL, "1", "type", "join"},
        {"subflow_established", NULL, "1", "ack_hmac", "valid"},
        {"subflow_end", NULL, NULL, "close", "fin"},
        {"connection_end", NULL, "(null)", NULL, NULL}}},
    {"forge-join-by-server", {
        {"subflow_start", NULL, "1", "opened_by", "server"}}},
    {"forge-join-refused", {
        {"subflow_end", NULL, "1", "close", "reset"}}},
    {"forge-add-addr", {
        {"address_add", NULL, "0", "hmac", "valid"},
        {"address_echo", NULL, "0", "op", "echo"}}},
    {"forge-remove-addr", {
        {"address_remove", NULL, NULL, "op", "remove"}}},
    {"forge-prio", {
        {"priority_change", NULL, NULL, "by", NULL}}},
    {"forge-fastclose", {
        {"fastclose", NULL, NULL, "by", "client"},
        {"connection_end", NULL, NULL, NULL, NULL}}},
    {"forge-mp-fail", {
        {"mp_fail", NULL, NULL, "by", NULL},
        {"fallback", NULL, "0", "cause", "mp_fail"}}},
    {"hand-over", {
        {"hand_over", NULL, "1", "from_subflow", "0"},
        {"connection_end", NULL, NULL, NULL, NULL}}},
    {"forge-synack-plain", {
        {"fallback", "2", "0", "cause", "synack-without-mp_capable"}}},
};
/* clang-format on */

static int line_agrees(const struct json_object *event, size_t story, size_t line)
{
    const char *packet = stories[story].lines[line].packet;
    const char *subflow = stories[story].lines[line].subflow;
    const char *member = stories[story].lines[line].member;
    const char *value = stories[story].lines[line].value;
    return strcmp(text_of(event, "event_type"), stories[story].lines[line].type) == 0 &&
           (packet == NULL || strcmp(text_of(event, "packet"), packet) == 0) &&
           (subflow == NULL || strcmp(text_of(event, "subflow"), subflow) == 0) &&
           (member == NULL || json_object_object_get(event, member) != NULL) &&
           (value == NULL || strcmp(text_of(event, member), value) == 0);
}

static void story_check(size_t story, struct json_object *const *events, size_t count)
{
    size_t at = 0;
    for (size_t line = 0; line < 8 && stories[story].lines[line].type != NULL; line++) {
        while (at < count && !line_agrees(events[at], story, line)) {
            at++;
        }
        if (at++ == count) {
            fail_msg("%s: no line %zu, %s", stories[story].sample, line,
                     stories[story].lines[line].type);
        }
    }
}

static void events_tell_what_happened(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        struct json_object *events[LINES_MAX];
        sample_run(stories[i].sample);
        size_t count = events_read(events);
        story_check(i, events, count);
        events_free(events, count);
    }
}

static void each_line_has_time_tokens_and_flow(void **state)
{
    static const char *const members[] = {
        "event_type", "timestamp", "connection", "tokens", "src_ip",
        "src_port",   "dest_ip",   "dest_port",  "proto",  "community_id",
    };
    struct json_object *events[LINES_MAX];
    (void)state;
    sample_run("forge-join");
    size_t count = events_read(events);
    assert_string_equal(text_of(events[count - 1], "event_type"), "capture_end");
    for (size_t i = 0; i + 1 < count; i++) {
        for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
            if (json_object_object_get(events[i], members[m]) == NULL) {
                fail_msg("line %zu has no %s", i + 1, members[m]);
            }
        }
        assert_int_equal(strlen(text_of(events[i], "timestamp")), 30);
    }
    events_free(events, count);
}

static void the_end_holds_the_record(void **state)
{
    struct json_object *events[LINES_MAX];
    (void)state;
    sample_run("forge-join");
    size_t count = events_read(events);
    struct json_object *report = json_object_from_file("report");
    struct json_object *connections = json_object_object_get(report, "connections");
    struct json_object *record = json_object_object_get(events[count - 2], "record");
    assert_non_null(record);
    assert_true(json_object_equal(record, json_object_array_get_idx(connections, 0)));
    for (size_t i = 0; i + 2 < count; i++) {
        assert_null(json_object_object_get(events[i], "record"));
    }
    json_object_put(report);
    events_free(events, count);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_enter, directory_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_tell_what_happened),
        TEST(each_line_has_time_tokens_and_flow),
        TEST(the_end_holds_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

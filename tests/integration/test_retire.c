/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that leave when nothing more comes of them: every scenario of the forge and every
 * sample, named on the command line. What is told when they leave is what the end of the capture
 * tells of the same packets, and whoever comes after them is met as if they had never been.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "cli/event_line.h"
#include "tests/integration/sweep_analysis.h"
#include "tests/integration/tale.h"

static char **sample_paths;
static size_t sample_count;

/* ---- What is told ---------------------------------------------------------------------------- */

struct listener {
    struct sweep_analysis analysis;
    struct json_object *records;  /* the last of each connection, by its id */
    struct json_object *unlinked; /* of subflows that left */
    uint32_t base;                /* connections before this one are not listened to */
    uint64_t starts, ends;
};

static const struct report *report_of(const struct listener *listener, struct report *report)
{
    *report = (struct report){.tracker = listener->analysis.tracker, .capture_count = 1};
    return report;
}

/* The member "record" of a line; the stream is closed. */
static struct json_object *record_of(FILE *stream, char **line)
{
    assert_int_equal(fclose(stream), 0);
    struct json_object *object = json_tokener_parse(*line);
    struct json_object *record = json_object_get(json_object_object_get(object, "record"));
    assert_non_null(record);
    json_object_put(object);
    free(*line);
    return record;
}

static void hear_record(struct listener *listener, const struct mpta_event *event)
{
    struct report report;
    char id[16], *line = NULL;
    size_t len;
    FILE *stream = open_memstream(&line, &len);
    assert_non_null(stream);
    assert_true(event_line_write(report_of(listener, &report), event, NULL, stream));
    struct json_object *record = record_of(stream, &line);
    json_object_object_del(record, "id");
    snprintf(id, sizeof id, "%u", event->connection - listener->base);
    json_object_object_add(listener->records, id, record);
}

static void hear(void *context, const struct mpta_event *event)
{
    struct listener *listener = context;
    bool end = event->type == MPTA_EVENT_CONNECTION_END;
    listener->starts += event->type == MPTA_EVENT_CONNECTION_START;
    listener->ends += end;
    if ((end || event->type == MPTA_EVENT_CONNECTION_UPDATE) &&
        event->connection >= listener->base) {
        hear_record(listener, event);
    }
}

static void hear_part(void *context, const struct mpta_subflow *subflow)
{
    struct listener *listener = context;
    struct report report;
    char *line = NULL;
    size_t len;
    FILE *stream = open_memstream(&line, &len);
    assert_non_null(stream);
    assert_true(event_line_write_unlinked(report_of(listener, &report), subflow, stream));
    json_object_array_add(listener->unlinked, record_of(stream, &line));
}

static void listener_begin(struct listener *listener)
{
    const struct mpta_config config = {
        .observe = hear, .observe_context = listener, .part = hear_part, .part_context = listener};
    *listener = (struct listener){
        .analysis = {mpta_tracker_new(&config)},
        .records = json_object_new_object(),
        .unlinked = json_object_new_array(),
    };
    assert_non_null(listener->analysis.tracker);
}

static void listener_end(struct listener *listener)
{
    json_object_put(listener->records);
    json_object_put(listener->unlinked);
    sweep_analysis_free(&listener->analysis);
}

/* ---- Comparing ------------------------------------------------------------------------------- */

/* Takes some octets out of a text. */
static void text_cut(char *at, size_t len)
{
    memmove(at, at + len, strlen(at + len) + 1);
}

/* Takes out a phrase that only the end may say. */
static void phrase_drop(char *text, const char *phrase)
{
    for (char *at = text; (at = strstr(at, phrase)) != NULL;) {
        text_cut(at, strlen(phrase));
    }
}

/* Takes out numbers, or null, behind a word. */
static void numbers_drop(char *text, const char *word)
{
    for (char *at = text; (at = strstr(at, word)) != NULL;) {
        at += strlen(word);
        text_cut(at, strspn(at, "0123456789nul"));
    }
}

/* What differs, and may: ids of connections, of which others came before; and of subflows in
 * findings of none. */
static char *text_of(struct json_object *object)
{
    char *text = strdup(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
    assert_non_null(text);
    phrase_drop(text, " when the capture ends");
    numbers_drop(text, "onnection ");
    if (json_object_is_type(object, json_type_array)) {
        numbers_drop(text, "\"subflow\":");
    }
    return text;
}

static bool is_same(struct json_object *one, struct json_object *other, const char *name,
                    const char *what)
{
    char *a = text_of(one), *b = text_of(other);
    size_t same = 0;
    while (a[same] != '\0' && a[same] == b[same]) {
        same++;
    }
    bool equal = a[same] == b[same];
    if (!equal) {
        size_t from = same > 100 ? same - 100 : 0;
        print_error("%s, %s:\n  %.240s\n  %.240s\n", name, what, a + from, b + from);
    }
    free(a);
    free(b);
    return equal;
}

/* Of subflows without a connection, and of findings of none, the order is another. */
static int by_text(const void *left, const void *right)
{
    return strcmp(json_object_to_json_string(*(struct json_object *const *)left),
                  json_object_to_json_string(*(struct json_object *const *)right));
}

static struct json_object *sorted(struct json_object *list)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object_object_del(json_object_array_get_idx(list, i), "id");
    }
    json_object_array_sort(list, by_text);
    return list;
}

/* A finding's id is its kind's. */
static struct json_object *findings_sorted(struct json_object *lists)
{
    struct json_object *findings = json_object_object_get(lists, "findings");
    json_object_array_sort(findings, by_text);
    return findings;
}

static bool are_counts_same(struct mpta_summary one, struct mpta_summary other, const char *name)
{
    one.kept = other.kept = 0;
    bool same = memcmp(&one, &other, sizeof one) == 0;
    if (!same) {
        print_error("%s: the summaries differ\n", name);
    }
    return same;
}

/* ---- What is told is what the end tells ------------------------------------------------------ */

/* All of a tale, and those that pass long afterwards; its lists as they are in the end. */
static struct json_object *play(struct listener *listener, const struct tale *tale,
                                enum leaving leaving, struct mpta_summary *summary)
{
    listener_begin(listener);
    tale_feed(tale, listener->analysis.tracker, 0);
    strangers_pass(listener->analysis.tracker, tale_end_ns(tale) + FAR_NS, leaving);
    mpta_tracker_summary(listener->analysis.tracker, summary);
    assert_true(leaving == LEAVE_NOT || summary->kept == 0);
    sweep_analysis_end(&listener->analysis);
    mpta_tracker_summary(listener->analysis.tracker, summary);
    struct json_object *lists = sweep_analysis_json(&listener->analysis);
    struct json_object *unlinked = json_object_object_get(lists, "unlinked_subflows");
    for (size_t i = 0; i < json_object_array_length(unlinked); i++) {
        json_object_array_add(listener->unlinked,
                              json_object_get(json_object_array_get_idx(unlinked, i)));
    }
    return lists;
}

static bool leaves_as_at_the_end(const struct tale *tale, enum leaving leaving)
{
    struct listener kept, left;
    struct mpta_summary kept_summary, left_summary;
    struct json_object *kept_lists = play(&kept, tale, LEAVE_NOT, &kept_summary);
    struct json_object *left_lists = play(&left, tale, leaving, &left_summary);
    bool same = is_same(kept.records, left.records, tale->name, "records");
    same = is_same(sorted(kept.unlinked), sorted(left.unlinked), tale->name, "unlinked") && same;
    same = is_same(findings_sorted(kept_lists), findings_sorted(left_lists), tale->name,
                   "findings of none") &&
           same;
    same = are_counts_same(kept_summary, left_summary, tale->name) && same;
    assert_int_equal(left.starts, left.ends);
    assert_int_equal(json_object_array_length(json_object_object_get(left_lists, "connections")),
                     0);
    json_object_put(kept_lists);
    json_object_put(left_lists);
    listener_end(&kept);
    listener_end(&left);
    return same;
}

static bool leave_together(const struct tale *tale)
{
    return leaves_as_at_the_end(tale, LEAVE_TOGETHER);
}

static bool leave_one_by_one(const struct tale *tale)
{
    return leaves_as_at_the_end(tale, LEAVE_ONE_BY_ONE);
}

/* ---- They are in nobody's way ---------------------------------------------------------------- */

/* The same tale again, weeks later. */
static bool follows_as_if_alone(const struct tale *tale)
{
    struct listener alone, after;
    const int64_t later_ns = 2 * FAR_NS;
    struct mpta_summary summary;
    listener_begin(&alone);
    tale_feed(tale, alone.analysis.tracker, later_ns);
    sweep_analysis_end(&alone.analysis);
    listener_begin(&after);
    tale_feed(tale, after.analysis.tracker, 0);
    strangers_pass(after.analysis.tracker, tale_end_ns(tale) + FAR_NS, LEAVE_TOGETHER);
    mpta_tracker_summary(after.analysis.tracker, &summary);
    after.base = (uint32_t)summary.connections;
    tale_feed(tale, after.analysis.tracker, later_ns);
    sweep_analysis_end(&after.analysis);
    bool same = is_same(alone.records, after.records, tale->name, "records of the second time");
    mpta_tracker_summary(after.analysis.tracker, &summary);
    assert_int_equal(summary.late_packets, 0);
    listener_end(&alone);
    listener_end(&after);
    return same;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static size_t try_all(bool (*holds)(const struct tale *tale))
{
    return tales_try(sample_paths, sample_count, holds);
}

static void what_leaves_is_told_as_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(try_all(leave_together), 0);
}

static void also_where_one_leaves_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(try_all(leave_one_by_one), 0);
}

static void who_comes_after_is_met_as_if_alone(void **state)
{
    (void)state;
    assert_int_equal(try_all(follows_as_if_alone), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_leaves_is_told_as_at_the_end),
        cmocka_unit_test(also_where_one_leaves_after_the_other),
        cmocka_unit_test(who_comes_after_is_met_as_if_alone),
    };
    sample_paths = argv + 1;
    sample_count = (size_t)argc - 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

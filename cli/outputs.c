/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which report goes where. To add a kind of output: a row in option_table.c and a writer here.
 */
#include "cli/outputs.h"

#include <assert.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "cli/event_line.h"
#include "cli/message.h"

/* ---- Kinds ---------------------------------------------------------------------------------- */

static bool text_write(const struct report *report, const struct outputs_item *item)
{
    return report_text(report, &item->style, item->output.stream);
}

static bool json_write(const struct report *report, const struct outputs_item *item)
{
    return report_json(report, item->output.stream);
}

/* Most lines were written when things happened. */
static bool events_write_rest(const struct report *report, const struct outputs_item *item)
{
    return !item->failed && event_line_finish(report, item->output.stream);
}

static bool payload_write_rest(const struct report *report, const struct outputs_item *item)
{
    payload_fill(item->payload, report->tracker);
    return true;
}

static bool series_write(const struct report *report, const struct outputs_item *item)
{
    report_series(report, item->output.stream);
    return true;
}

static const struct {
    bool (*write)(const struct report *report, const struct outputs_item *item);
    bool has_packets; /* -v writes its lines there */
    bool has_events;
    bool has_series; /* the tracker keeps them for it */
    bool needs_all;  /* the tracker keeps all connections for it */
} kinds[] = {
    [OUTPUT_TEXT] = {text_write,         true,  false, false, true },
    [OUTPUT_JSON] = {json_write,         false, false, false, true },
    [OUTPUT_NDJSON] = {events_write_rest,  false, true,  false, false},
    [OUTPUT_PAYLOAD] = {payload_write_rest, false, false, false, true },
    [OUTPUT_SERIES] = {series_write,       false, false, true,  true },
};
static_assert(sizeof kinds / sizeof kinds[0] == OUTPUT_KIND_COUNT, "a writer for each kind");

/* ---- Style ---------------------------------------------------------------------------------- */

static struct text_style style_of(const struct options *options, bool terminal)
{
    return (struct text_style){
        .colour = options_want_colour(options, terminal),
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .show_keys = options->show_keys,
        .quiet = options->quiet,
        .verbose = options->verbose,
    };
}

/* ---- Opening -------------------------------------------------------------------------------- */

static const char *path_title(const char *path)
{
    return path != NULL && strcmp(path, "-") != 0 ? path : "standard output";
}

static bool output_is_input(const struct options *options, const char *path)
{
    for (size_t i = 0; i < options->input_count; i++) {
        if (strcmp(options->inputs[i], "-") != 0 && output_is_file(path, options->inputs[i])) {
            message_print("%s: is an input, and would be overwritten; name another output",
                          path_title(path));
            return true;
        }
    }
    return false;
}

/* A file in the directory of payload files, by a name that those have. */
static bool payload_collides(const struct options *options, const char *path)
{
    for (size_t i = 0; i < options->output_count; i++) {
        const struct output_request *payload = &options->outputs[i];
        if (payload->kind == OUTPUT_PAYLOAD && payload_may_write(payload->path, path)) {
            message_print("%s: -o payload=%s writes files of such names; give it another directory",
                          path, payload->path);
            return true;
        }
    }
    return false;
}

static bool outputs_collide(const struct output_request *a, const struct output_request *b)
{
    if (a->kind == OUTPUT_PAYLOAD && b->kind == OUTPUT_PAYLOAD) {
        message_print("%s: payload goes to one directory only; leave one out", b->path);
        return true;
    }
    if (output_same_place(a->path, b->path)) {
        message_print("%s: two outputs cannot go to the same place; give each its own: "
                      "-o KIND=PATH",
                      path_title(b->path));
        return true;
    }
    return false;
}

/* The file of saved packets is an output like the others. */
static bool save_collides(const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++) {
        const struct output_request *other = &options->outputs[i];
        if (output_same_place(other->path, options->save_path)) {
            message_print("%s: packets and a report cannot go to the same place; give the report "
                          "its own: -o KIND=PATH",
                          path_title(options->save_path));
            return true;
        }
    }
    return output_is_input(options, options->save_path) ||
           payload_collides(options, options->save_path);
}

static bool input_collides(const struct options *options)
{
    for (size_t i = 0; i < options->input_count; i++) {
        if (payload_collides(options, options->inputs[i])) {
            return true;
        }
    }
    return false;
}

bool outputs_check(const struct options *options)
{
    if (options->save_path != NULL && save_collides(options)) {
        return false;
    }
    for (size_t i = 0; i < options->output_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (outputs_collide(&options->outputs[j], &options->outputs[i])) {
                return false;
            }
        }
        if (output_is_input(options, options->outputs[i].path) ||
            payload_collides(options, options->outputs[i].path)) {
            return false;
        }
    }
    return !input_collides(options);
}

static bool item_open(struct outputs_item *item, const struct output_request *request)
{
    if (request->kind == OUTPUT_PAYLOAD) {
        item->payload = payload_open(request->path);
        return item->payload != NULL;
    }
    if (!output_open(&item->output, request->path)) {
        return false;
    }
    if (kinds[request->kind].has_events) {
        output_by_line(&item->output);
    }
    return true;
}

bool outputs_open(struct outputs *outputs, const struct options *options)
{
    *outputs = (struct outputs){.options = options};
    outputs->items = calloc(options->output_count, sizeof *outputs->items);
    if (outputs->items == NULL) {
        message_print("not enough memory");
        return false;
    }
    while (outputs->open < options->output_count) {
        struct outputs_item *item = &outputs->items[outputs->open];
        if (!item_open(item, &options->outputs[outputs->open])) {
            return false;
        }
        item->style = style_of(options, item->output.terminal);
        outputs->open++;
    }
    return true;
}

struct payload *outputs_payload(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (outputs->items[i].payload != NULL) {
            return outputs->items[i].payload;
        }
    }
    return NULL;
}

enum privileges_needed outputs_need(const struct outputs *outputs)
{
    enum privileges_needed needed = PRIVILEGES_NONE;
    for (size_t i = 0; i < outputs->open; i++) {
        const struct outputs_item *item = &outputs->items[i];
        enum privileges_needed one =
            item->payload != NULL ? payload_need(item->payload) : output_need(&item->output);
        needed = one > needed ? one : needed;
    }
    return needed;
}

void outputs_allow(const struct outputs *outputs, struct sandbox *sandbox)
{
    for (size_t i = 0; i < outputs->open; i++) {
        const struct outputs_item *item = &outputs->items[i];
        if (item->payload != NULL) {
            payload_allow(item->payload, sandbox);
        } else {
            output_allow(&item->output, sandbox);
        }
    }
}

/* ---- Writing -------------------------------------------------------------------------------- */

void outputs_packet(const struct outputs *outputs, const struct report *report,
                    const struct packet_line *packet)
{
    for (size_t i = 0; i < outputs->open; i++) {
        const struct outputs_item *item = &outputs->items[i];
        if (kinds[outputs->options->outputs[i].kind].has_packets) {
            const struct text text = {report, &item->style, item->output.stream};
            packet_line_write(&text, packet);
        }
    }
}

bool outputs_have_events(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (kinds[outputs->options->outputs[i].kind].has_events) {
            return true;
        }
    }
    return false;
}

bool outputs_need_all(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (kinds[outputs->options->outputs[i].kind].needs_all) {
            return true;
        }
    }
    return false;
}

bool outputs_have_series(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (kinds[outputs->options->outputs[i].kind].has_series) {
            return true;
        }
    }
    return false;
}

void outputs_event(struct outputs *outputs, const struct report *report,
                   const struct mpta_event *event)
{
    for (size_t i = 0; i < outputs->open; i++) {
        struct outputs_item *item = &outputs->items[i];
        if (kinds[outputs->options->outputs[i].kind].has_events &&
            !event_line_write(report, event, &outputs->names, item->output.stream)) {
            item->failed = true;
        }
    }
}

void outputs_part(struct outputs *outputs, const struct report *report,
                  const struct mpta_subflow *subflow)
{
    for (size_t i = 0; i < outputs->open; i++) {
        struct outputs_item *item = &outputs->items[i];
        if (kinds[outputs->options->outputs[i].kind].has_events &&
            !event_line_write_unlinked(report, subflow, item->output.stream)) {
            item->failed = true;
        }
    }
}

void outputs_flush(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (outputs->items[i].output.stream != NULL) {
            fflush(outputs->items[i].output.stream);
        }
    }
}

bool outputs_are_abandoned(const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->open; i++) {
        if (!output_is_abandoned(&outputs->items[i].output)) {
            return false;
        }
    }
    return true;
}

bool outputs_have_lines_on_terminal(const struct outputs *outputs)
{
    const struct options *options = outputs->options;
    for (size_t i = 0; i < outputs->open; i++) {
        enum output_kind kind = options->outputs[i].kind;
        if (outputs->items[i].output.terminal &&
            (kinds[kind].has_events || (kinds[kind].has_packets && options->verbose))) {
            return true;
        }
    }
    return false;
}

bool outputs_report(struct outputs *outputs, const struct report *report)
{
    bool all = true;
    for (size_t i = 0; i < outputs->open; i++) {
        struct outputs_item *item = &outputs->items[i];
        enum output_kind kind = outputs->options->outputs[i].kind;
        item->complete = kinds[kind].write(report, item);
        if (!item->complete) {
            message_print("%s: not enough memory for this report", item->output.title);
            all = false;
        }
    }
    return all;
}

/* ---- Closing -------------------------------------------------------------------------------- */

static bool item_close(struct outputs_item *item)
{
    return item->payload != NULL ? payload_close(item->payload, item->complete)
                                 : output_close(&item->output, item->complete);
}

bool outputs_close(struct outputs *outputs)
{
    bool all = true;
    for (size_t i = 0; i < outputs->open; i++) {
        all = item_close(&outputs->items[i]) && all;
    }
    free(outputs->items);
    *outputs = (struct outputs){.options = outputs->options};
    return all;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same packets, otherwise: at other times, with other addresses, ports and sequence numbers,
 * every one twice, or captured at a second point, too. The report is the same but for just that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/report_compare.h"
#include "tests/integration/report_rewrite.h"
#include "tests/integration/sweep.h"

#define FAULT_MAX 600
#define PARTS_MAX 3
#define MS        INT64_C(1000000)
#define S         INT64_C(1000000000)

/* A packet, of which copies may come at other places and times. */
struct copy {
    struct frame frame;
    size_t order; /* of what has the same time */
};

/* How a sample is told. */
struct same {
    struct sweep *sweep;
    const struct sweep_sample *sample;
    sweep_edit *edit;
    const void *argument;
    enum retelling retelling;
};

static void segment_leave(struct mpta_segment *segment, const void *argument)
{
    (void)segment;
    (void)argument;
}

static struct json_object *report_of(const struct same *same, const struct copy *copies,
                                     size_t count)
{
    struct sweep_analysis analysis = sweep_analysis_begin();
    for (size_t i = 0; i < count; i++) {
        sweep_analysis_take_edited(&analysis, &copies[i].frame, same->edit, same->argument);
    }
    sweep_analysis_end(&analysis);
    struct json_object *report = sweep_analysis_json(&analysis);
    sweep_analysis_free(&analysis);
    return report;
}

/* The packets of a sample, `times` of each behind each other, to be changed. */
static struct copy *copies_of(const struct sweep_sample *sample, size_t times)
{
    struct copy *copies = calloc(times * sample->frame_count + 1, sizeof *copies);
    if (copies == NULL) {
        perror("sweep");
        abort();
    }
    for (size_t i = 0; i < times * sample->frame_count; i++) {
        copies[i] = (struct copy){sample->frames[i / times], i};
    }
    return copies;
}

static struct json_object *report_of_sample(const struct sweep_sample *sample)
{
    const struct same plain = {.sample = sample, .edit = segment_leave};
    struct copy *copies = copies_of(sample, 1);
    struct json_object *report = report_of(&plain, copies, sample->frame_count);
    free(copies);
    return report;
}

/* One try: `whole` is what the report should be. Both it and the copies are freed. */
static void same_try(const struct same *same, struct copy *copies, size_t times,
                     struct json_object *whole, const char *words)
{
    char fault[FAULT_MAX];
    sweep_try(same->sweep);
    struct json_object *report = report_of(same, copies, times * same->sample->frame_count);
    if (!report_compare(same->retelling, whole, report, fault, sizeof fault)) {
        sweep_fail(same->sweep, same->sample, "%s: %s", words, fault);
    }
    json_object_put(report);
    json_object_put(whole);
    free(copies);
}

/* ---- Other times ---------------------------------------------------------------------------- */

/* Where in time a sample may lie: its earliest, some or its latest packet there. */
enum at { EARLIEST, MIDDLE, LATEST };

static const struct edge {
    const char *words;
    enum at at;
    int64_t time_ns;
} edges[] = {
    {"on 31 December 1969",              LATEST,   -S       },
    {"across 1970",                      MIDDLE,   0        },
    {"from 1970 on",                     EARLIEST, 0        },
    {"across 2^31 s, in 2038",           MIDDLE,   S << 31  },
    {"across 2^32 s, in 2106",           MIDDLE,   S << 32  },
    {"from the beginning of time, 1677", EARLIEST, INT64_MIN},
    {"to the end of time, in 2262",      LATEST,   INT64_MAX},
};

/* Modulo 2^64: the ends of time are further apart than 63 bits. */
static uint64_t edge_shift(const struct sweep_sample *sample, const struct edge *edge)
{
    int64_t at = sample->frames[sample->frame_count / 2].time_ns;
    for (size_t i = 0; edge->at != MIDDLE && i < sample->frame_count; i++) {
        int64_t time_ns = sample->frames[i].time_ns;
        if (edge->at == EARLIEST ? time_ns < at : time_ns > at) {
            at = time_ns;
        }
    }
    return (uint64_t)edge->time_ns - (uint64_t)at;
}

static void same_at_other_times(const struct same *same)
{
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        struct copy *copies = copies_of(same->sample, 1);
        struct json_object *whole = report_of_sample(same->sample);
        uint64_t shift_ns = edge_shift(same->sample, &edges[i]);
        for (size_t j = 0; j < same->sample->frame_count; j++) {
            copies[j].frame.time_ns = (int64_t)((uint64_t)copies[j].frame.time_ns + shift_ns);
        }
        report_move_times(whole, shift_ns);
        same_try(same, copies, 1, whole, edges[i].words);
    }
}

/* ---- Other names ---------------------------------------------------------------------------- */

/* The last octet, or two of them, to another one that is neither the first nor the last of all. */
static struct mpta_address new_address(struct mpta_address address)
{
    size_t last = address.family == 4 ? 3 : 15;
    address.octets[last] = (uint8_t)(address.octets[last] ^ 0xff);
    return address;
}

static bool is_kept(const struct renaming *renaming, const struct mpta_address *address)
{
    for (size_t i = 0; i < renaming->count; i++) {
        if (mpta_address_equal(&renaming->items[i].address, address) &&
            mpta_address_equal(&renaming->items[i].new_address, address)) {
            return true;
        }
    }
    return false;
}

static void renaming_add(struct renaming *renaming, const struct mpta_address *address,
                         uint16_t port, bool keep)
{
    bool kept = keep || is_kept(renaming, address);
    for (size_t i = 0; i < renaming->count; i++) {
        if (renaming->items[i].port == port &&
            mpta_address_equal(&renaming->items[i].address, address)) {
            return;
        }
    }
    if (renaming->count < RENAMED_MAX) {
        renaming->items[renaming->count++] = (struct renamed){
            .address = *address,
            .new_address = kept ? *address : new_address(*address),
            .port = port,
            .new_port = kept ? port : port ^ 1,
        };
    }
}

/* Announced addresses stay: an HMAC covers them, RFC 8684 section 3.4.1. */
static void keep_announced(struct renaming *renaming, const struct mpta_segment *segment)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    struct mpta_mptcp_option mptcp;
    mpta_option_walk_start(&walk, segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION) {
        if (option.kind == MPTA_KIND_MPTCP &&
            mpta_mptcp_decode(option.octets, option.length, &mptcp) == MPTA_OPTION_OK &&
            mptcp.subtype == MPTA_ADD_ADDR) {
            renaming_add(renaming, &mptcp.add_addr.address, 0, true);
        }
    }
}

typedef void look(struct renaming *renaming, const struct mpta_segment *segment);

static void rename_ends(struct renaming *renaming, const struct mpta_segment *segment)
{
    renaming_add(renaming, &segment->src, segment->src_port, false);
    renaming_add(renaming, &segment->dst, segment->dst_port, false);
}

static void look_at_all(const struct sweep_sample *sample, look *function,
                        struct renaming *renaming)
{
    struct mpta_segment segment;
    for (size_t i = 0; i < sample->frame_count; i++) {
        const struct frame *frame = &sample->frames[i];
        if (mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                               &segment) == MPTA_FRAME_TCP) {
            function(renaming, &segment);
        }
    }
}

static void rename_end(const struct renaming *renaming, struct mpta_address *address,
                       uint16_t *port)
{
    for (size_t i = 0; i < renaming->count; i++) {
        const struct renamed *item = &renaming->items[i];
        if (item->port == *port && mpta_address_equal(&item->address, address)) {
            *address = item->new_address;
            *port = item->new_port;
            return;
        }
    }
}

static void segment_rename(struct mpta_segment *segment, const void *argument)
{
    rename_end(argument, &segment->src, &segment->src_port);
    rename_end(argument, &segment->dst, &segment->dst_port);
}

static void same_with_other_names(const struct same *same)
{
    struct renaming renaming = {.count = 0};
    struct same renamed = *same;
    struct json_object *whole = report_of_sample(same->sample);
    look_at_all(same->sample, keep_announced, &renaming);
    look_at_all(same->sample, rename_ends, &renaming);
    renamed.edit = segment_rename;
    renamed.argument = &renaming;
    report_rename(whole, &renaming);
    same_try(&renamed, copies_of(same->sample, 1), 1, whole, "with other addresses and ports");
}

/* ---- Other sequence numbers ----------------------------------------------------------------- */

/* All numbers of all flows move by one step; but for a RST without one, RFC 9293 section 3.10.7. */
static void segment_move(struct mpta_segment *segment, const void *argument)
{
    const uint32_t *step = argument;
    if (segment->seq != 0 || !(segment->flags & MPTA_TCP_RST)) {
        segment->seq += *step;
    }
    if (segment->flags & MPTA_TCP_ACK) {
        segment->ack += *step;
    }
}

static void same_moved(const struct same *same, uint32_t step, uint64_t packet, const char *words)
{
    struct same moved = *same;
    char text[100];
    moved.edit = segment_move;
    moved.argument = &step;
    snprintf(text, sizeof text, "with sequence number 0 %s packet %llu", words,
             (unsigned long long)packet);
    same_try(&moved, copies_of(same->sample, 1), 1, report_of_sample(same->sample), text);
}

/* Numbers wrap at each boundary and within each payload. */
static void same_wrapped(const struct same *same)
{
    size_t count = same->sample->frame_count, times = same->sweep->times;
    size_t every = times > 0 && count > times ? (count + times - 1) / times : 1;
    struct mpta_segment segment;
    for (size_t i = sweep_random(same->sweep, every); i < count; i += every) {
        const struct frame *frame = &same->sample->frames[i];
        if (mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                               &segment) != MPTA_FRAME_TCP) {
            continue;
        }
        same_moved(same, 0 - segment.seq, frame->number, "at the beginning of");
        if (segment.payload_len > 0) {
            same_moved(same, 0 - (segment.seq + segment.payload_len / 2), frame->number, "within");
            same_moved(same, 0 - (segment.seq + segment.payload_len), frame->number, "behind");
        }
    }
}

/* ---- Several capture points ----------------------------------------------------------------- */

static int copy_order(const void *one, const void *other)
{
    const struct copy *a = one, *b = other;
    if (a->frame.time_ns != b->frame.time_ns) {
        return a->frame.time_ns < b->frame.time_ns ? -1 : 1;
    }
    return (a->order > b->order) - (a->order < b->order);
}

/* A second copy of each packet. */
static const struct point {
    const char *words;
    uint32_t interface; /* further on */
    uint32_t capture;
    int64_t delay_ns;
    enum retelling retelling;
} points[] = {
    {"each twice, by a mirror port",           0, 0, 0,         RETOLD_EXACTLY},
    {"each twice, on two interfaces",          1, 0, 20000,     RETOLD_COPIED },
    {"each twice, on two interfaces, at once", 1, 0, 0,         RETOLD_COPIED },
    {"with a second capture",                  0, 1, 0,         RETOLD_COPIED },
    {"with a second capture, 2 ms later",      0, 1, 2 * MS,    RETOLD_COPIED },
    {"with a second capture, 2 ms earlier",    0, 1, -2 * MS,   RETOLD_COPIED },
    {"with a second capture, 400 ms later",    0, 1, 400 * MS,  RETOLD_COPIED },
    {"with a second capture, 400 ms earlier",  0, 1, -400 * MS, RETOLD_COPIED },
};

static void same_at_point(const struct same *same, const struct point *point)
{
    struct copy *copies = copies_of(same->sample, 2);
    struct same copied = *same;
    for (size_t i = 1; i < 2 * same->sample->frame_count; i += 2) {
        copies[i].frame.interface += point->interface;
        copies[i].frame.capture += point->capture;
        copies[i].frame.point += point->capture;
        copies[i].frame.time_ns += point->delay_ns;
    }
    qsort(copies, 2 * same->sample->frame_count, sizeof *copies, copy_order);
    copied.retelling = point->retelling;
    same_try(&copied, copies, 2, report_of_sample(same->sample), point->words);
}

/*
 * The parts of a capture that went on in another file after so many packets: what is there twice
 * was sent twice, for no two of them are captured at the same time.
 */
static void same_in_parts(const struct same *same)
{
    size_t count = same->sample->frame_count;
    for (size_t parts = 2; parts <= PARTS_MAX; parts++) {
        struct copy *copies = copies_of(same->sample, 1);
        char words[100];
        for (size_t i = 0; i < count; i++) {
            copies[i].frame.capture = (uint32_t)(parts * i / count);
        }
        snprintf(words, sizeof words, "in %zu parts", parts);
        same_try(same, copies, 1, report_of_sample(same->sample), words);
    }
}

/* ---- All of it ------------------------------------------------------------------------------ */

void sweep_same(struct sweep *sweep, const struct sweep_sample *sample)
{
    const struct same same = {.sweep = sweep, .sample = sample, .edit = segment_leave};
    same_at_other_times(&same);
    same_with_other_names(&same);
    same_wrapped(&same);
    same_in_parts(&same);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        same_at_point(&same, &points[i]);
    }
}

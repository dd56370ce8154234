/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each file's SYNs and SYN/ACKs are noted by what nothing on the way changes: sequence numbers and
 * timestamps, not the addresses, which a NAT replaces, nor other options. What a file holds twice
 * could be either of two packets, and does not count.
 */
#include "cli/clocks.h"

#include <stdlib.h>

#include "cli/source.h"
#include "dissector/dissector.h"

/* Times further apart than this come from clocks that were never set, or from a broken file. */
#define APART_MAX_NS (INT64_MAX / 4)

/* A SYN, or the answer to one. */
struct mark {
    uint64_t says;    /* its sequence number and its timestamp, by which it is known; */
    uint64_t answers; /* and those that it acknowledges and echoes */
    uint32_t isn;     /* of the SYN */
    bool answer;
    int64_t time_ns;
};

struct marks {
    struct mark *items; /* in their order, each once */
    size_t count;
};

/* One packet of a handshake in two files: how much later it was in the second. */
struct difference {
    uint32_t isn;
    bool answer;
    int64_t later_ns;
};

/* What two files say of their clocks. */
struct comparison {
    size_t handshakes; /* that both hold; */
    size_t apart;      /* of these, how many no path explains */
    int64_t ahead_ns;  /* the second file's clock */
};

/* ---- What a file holds ---------------------------------------------------------------------- */

/* Both are 0 where there are none. */
static void timestamps_find(const struct mpta_segment *segment, uint32_t *value, uint32_t *echo)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    *value = *echo = 0;
    mpta_option_walk_start(&walk, segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION &&
           !mpta_timestamps_decode(&option, value, echo)) {
    }
}

static bool mark_of(const struct frame *frame, struct mark *mark)
{
    struct mpta_segment segment;
    if (!frame->time_known ||
        mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                           &segment) != MPTA_FRAME_TCP ||
        !(segment.flags & MPTA_TCP_SYN) || segment.options_captured < segment.options_len) {
        return false;
    }
    bool answer = segment.flags & MPTA_TCP_ACK;
    uint32_t value, echo;
    timestamps_find(&segment, &value, &echo);
    *mark = (struct mark){
        .says = (uint64_t)segment.seq << 32 | value,
        .answers = answer ? (uint64_t)segment.ack << 32 | echo : 0,
        .isn = answer ? segment.ack - 1 : segment.seq,
        .answer = answer,
        .time_ns = frame->time_ns,
    };
    return true;
}

static int mark_order(const void *a, const void *b)
{
    const struct mark *one = a, *other = b;
    if (one->says != other->says) {
        return one->says > other->says ? 1 : -1;
    }
    if (one->answers != other->answers) {
        return one->answers > other->answers ? 1 : -1;
    }
    return one->answer - other->answer;
}

/* Takes out all that is there more than once. */
static void marks_make_unique(struct marks *marks)
{
    size_t kept = 0;
    qsort(marks->items, marks->count, sizeof *marks->items, mark_order);
    for (size_t i = 0, next; i < marks->count; i = next) {
        for (next = i + 1;
             next < marks->count && mark_order(&marks->items[next], &marks->items[i]) == 0;
             next++) {
        }
        if (next == i + 1) {
            marks->items[kept++] = marks->items[i];
        }
    }
    marks->count = kept;
}

/* Of a file that cannot be read there are none. */
static void marks_read(const char *path, struct marks *marks)
{
    char *error = NULL;
    bool usage;
    struct frame frame;
    struct source *source = path != NULL ? source_open(&path, 1, NULL, &error, &usage) : NULL;
    marks->items = source != NULL ? malloc(CLOCKS_MARKS * sizeof *marks->items) : NULL;
    for (size_t i = 0; i < CLOCKS_FRAMES && marks->items != NULL && marks->count < CLOCKS_MARKS &&
                       source_next(source, &frame) == SOURCE_FRAME;
         i++) {
        marks->count += mark_of(&frame, &marks->items[marks->count]);
    }
    if (marks->count > 0) {
        marks_make_unique(marks);
    }
    source_close(source);
    free(error);
}

/* ---- What two files hold -------------------------------------------------------------------- */

static int difference_order(const void *a, const void *b)
{
    const struct difference *one = a, *other = b;
    if (one->isn != other->isn) {
        return one->isn > other->isn ? 1 : -1;
    }
    return one->answer - other->answer;
}

/* Finds what both hold; returns how many. There is room for as many as either has. */
static size_t differences_find(const struct marks *first, const struct marks *second,
                               struct difference *found)
{
    size_t count = 0;
    for (size_t i = 0, k = 0; i < first->count && k < second->count;) {
        const struct mark *one = &first->items[i], *other = &second->items[k];
        int order = mark_order(one, other);
        int64_t later_ns;
        if (order == 0 && !__builtin_sub_overflow(other->time_ns, one->time_ns, &later_ns) &&
            later_ns < APART_MAX_NS && later_ns > -APART_MAX_NS) {
            found[count++] = (struct difference){one->isn, one->answer, later_ns};
        }
        i += order <= 0;
        k += order >= 0;
    }
    qsort(found, count, sizeof *found, difference_order);
    return count;
}

static int time_order(const void *a, const void *b)
{
    const int64_t *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

/* One SYN and one answer to it: nothing else is a handshake that tells. */
static bool is_handshake(const struct difference *found, size_t count, size_t at)
{
    return at + 1 < count && found[at].isn == found[at + 1].isn && !found[at].answer &&
           found[at + 1].answer && (at + 2 == count || found[at + 2].isn != found[at].isn);
}

/* No path delays both directions that way. */
static bool is_apart(int64_t syn_ns, int64_t answer_ns)
{
    return (syn_ns > CLOCKS_NOISE_NS && answer_ns > CLOCKS_NOISE_NS) ||
           (syn_ns < -CLOCKS_NOISE_NS && answer_ns < -CLOCKS_NOISE_NS);
}

static struct comparison differences_weigh(const struct difference *found, size_t count,
                                           int64_t *middles)
{
    struct comparison comparison = {0};
    for (size_t at = 0; at < count; at++) {
        if (is_handshake(found, count, at)) {
            int64_t syn_ns = found[at].later_ns, answer_ns = found[at + 1].later_ns;
            comparison.apart += is_apart(syn_ns, answer_ns);
            middles[comparison.handshakes++] = (syn_ns + answer_ns) / 2;
        }
    }
    if (comparison.apart > comparison.handshakes / 2) {
        qsort(middles, comparison.handshakes, sizeof *middles, time_order);
        comparison.ahead_ns = middles[comparison.handshakes / 2];
    }
    return comparison;
}

static struct comparison marks_compare(const struct marks *first, const struct marks *second)
{
    struct comparison comparison = {0};
    struct difference *found = calloc(CLOCKS_MARKS, sizeof *found);
    int64_t *middles = calloc(CLOCKS_MARKS, sizeof *middles);
    if (found != NULL && middles != NULL) {
        comparison = differences_weigh(found, differences_find(first, second, found), middles);
    }
    free(middles);
    free(found);
    return comparison;
}

/* ---- All files ------------------------------------------------------------------------------ */

/* Against the file before it that has most in common with it. */
static int64_t marks_place(const struct marks *marks, const int64_t *ahead_ns, size_t at)
{
    size_t most = 0;
    int64_t found_ns = 0;
    for (size_t i = 0; i < at; i++) {
        struct comparison comparison = marks_compare(&marks[i], &marks[at]);
        if (comparison.handshakes > most) {
            most = comparison.handshakes;
            found_ns = comparison.ahead_ns + ahead_ns[i];
        }
    }
    return found_ns;
}

void clocks_compare(const char *const *paths, size_t count, int64_t *ahead_ns)
{
    struct marks marks[CLOCKS_FILES] = {{0}};
    for (size_t i = 0; i < count; i++) {
        ahead_ns[i] = 0;
    }
    for (size_t i = 0; i < count && i < CLOCKS_FILES; i++) {
        marks_read(paths[i], &marks[i]);
        ahead_ns[i] = marks_place(marks, ahead_ns, i);
    }
    for (size_t i = 0; i < count && i < CLOCKS_FILES; i++) {
        free(marks[i].items);
    }
}

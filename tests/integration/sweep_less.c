/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets missing: each of them, all that one side sent, or many by chance. Everything that the
 * report then says is held against the report of the whole sample, by the rules of report_rules.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/report_compare.h"
#include "tests/integration/sweep.h"

#define FAULT_MAX   600
#define RANDOM_RUNS 6 /* of each sample */

/*
 * Samples whose packets contradict each other: which of them is believed depends on which of them
 * is there; in some where one is missing, in others where more are.
 */
static const struct contradiction {
    const char *sample;
    bool of_one;
} contradictions[] = {
    {"forge-mapping-contradiction", true }, /* the mapping that comes first stands */
    {"forge-token-collision",       true }, /* without an HMAC a join goes to either connection */
    {"forge-version-mismatch",      true }, /* without the SYN the server's version stands */
    {"forge-fastclose-wrong-key",   false}, /* without the key nobody can say that it is wrong */
    {"forge-key-changed",           false}, /* without the echo the server's key is what it sent */
    {"forge-key-echo-mismatch",     false},
    {"forge-syn-cookies",           false},
    {"port-reuse",                  false}, /* without handshakes two connections look like one */
    {"forge-token-reused",          false},
};

static const struct contradiction *contradiction_of(const struct sweep_sample *sample)
{
    for (size_t i = 0; i < sizeof contradictions / sizeof contradictions[0]; i++) {
        if (strstr(sample->path, contradictions[i].sample) != NULL) {
            return &contradictions[i];
        }
    }
    return NULL;
}

/* What is left out, and what the report says otherwise. */
struct less {
    struct sweep *sweep;
    const struct sweep_sample *sample;
    struct json_object *whole;
    enum retelling retelling;
    bool *missing;
};

static struct json_object *less_report(const struct less *less, uint64_t *duplicates)
{
    struct sweep_analysis analysis = sweep_analysis_begin();
    struct mpta_summary summary;
    for (size_t i = 0; i < less->sample->frame_count; i++) {
        if (!less->missing[i]) {
            sweep_analysis_take(&analysis, &less->sample->frames[i]);
        }
    }
    sweep_analysis_end(&analysis);
    struct json_object *report = sweep_analysis_json(&analysis);
    mpta_tracker_summary(analysis.tracker, &summary);
    *duplicates = summary.duplicates;
    sweep_analysis_free(&analysis);
    return report;
}

/* One try; the words say what is missing. */
static void less_try(const struct less *less, const char *words)
{
    char fault[FAULT_MAX];
    uint64_t duplicates;
    sweep_try(less->sweep);
    struct json_object *part = less_report(less, &duplicates);
    if (!report_compare(less->retelling, less->whole, part, fault, sizeof fault)) {
        sweep_fail(less->sweep, less->sample, "%s: %s", words, fault);
    }
    json_object_put(part);
}

/* ---- One packet ----------------------------------------------------------------------------- */

/* Each, or in a large sample every so many, beginning by chance. */
static void less_one(const struct less *less)
{
    size_t count = less->sample->frame_count, times = less->sweep->times;
    size_t step = times > 0 && count > times ? (count + times - 1) / times : 1;
    char words[64];
    for (size_t i = sweep_random(less->sweep, step); i < count; i += step) {
        snprintf(words, sizeof words, "without packet %llu",
                 (unsigned long long)less->sample->frames[i].number);
        less->missing[i] = true;
        less_try(less, words);
        less->missing[i] = false;
    }
}

/* ---- One side ------------------------------------------------------------------------------- */

/* The side that sends: 0 for the one with the higher port, as clients have it. */
static unsigned frame_side(const struct frame *frame)
{
    struct mpta_segment segment;
    return mpta_frame_dissect(frame->link_type, frame->octets, frame->captured, frame->wire_len,
                              &segment) == MPTA_FRAME_TCP &&
           segment.src_port < segment.dst_port;
}

static void less_side(const struct less *less, unsigned side)
{
    for (size_t i = 0; i < less->sample->frame_count; i++) {
        less->missing[i] = frame_side(&less->sample->frames[i]) == side;
    }
    less_try(less, side == 0 ? "without what clients sent" : "without what servers sent");
}

/* ---- Many packets --------------------------------------------------------------------------- */

static void less_many(const struct less *less)
{
    char words[64];
    uint64_t chance = less->sweep->chance;
    uint64_t percent = 5 + sweep_random(less->sweep, 90);
    for (size_t i = 0; i < less->sample->frame_count; i++) {
        less->missing[i] = sweep_random(less->sweep, 100) < percent;
    }
    snprintf(words, sizeof words, "without %u %% of packets (-s %llu)", (unsigned)percent,
             (unsigned long long)chance);
    less_try(less, words);
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void less_some(const struct less *less)
{
    struct less many = *less;
    many.retelling = RETOLD_SPARSELY;
    less_side(less, 0);
    less_side(less, 1);
    for (unsigned run = 0; run < RANDOM_RUNS; run++) {
        less_many(&many);
    }
}

void sweep_less(struct sweep *sweep, const struct sweep_sample *sample)
{
    const struct contradiction *contradiction = contradiction_of(sample);
    struct less less = {.sweep = sweep, .sample = sample};
    uint64_t duplicates;
    less.missing = calloc(sample->frame_count + 1, sizeof *less.missing);
    if (less.missing == NULL) {
        perror("sweep");
        abort();
    }
    less.whole = less_report(&less, &duplicates);
    /* Where each packet was captured twice, one copy less takes nothing away. */
    less.retelling = 2 * duplicates == sample->frame_count ? RETOLD_COPIED : RETOLD_PARTLY;
    if (contradiction == NULL || !contradiction->of_one) {
        less_one(&less);
    }
    if (contradiction == NULL && less.retelling == RETOLD_PARTLY) {
        less_some(&less);
    }
    json_object_put(less.whole);
    free(less.missing);
}

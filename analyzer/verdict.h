/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A verdict in the making. It rests on the public views alone, as any front could.
 */
#ifndef ANALYZER_VERDICT_H
#define ANALYZER_VERDICT_H

#include "analyzer/analyzer.h"
#include "analyzer/finding.h"

struct verdict {
    const struct mpta_tracker *tracker;
    const char *const *capture_names; /* or NULL */
    struct mpta_connection connection;
    struct mpta_sentence *sentences;
    size_t count;
    size_t rows[MPTA_SENTENCES_MAX]; /* of findings that a sentence was made of as they are, */
    size_t row_count;                /* by their index */
};

/* What a join came to. */
enum join_fate {
    JOIN_WORKED,
    JOIN_BEGUN,  /* it may still become something */
    JOIN_UNTOLD, /* what would show it was not captured */
    JOIN_WRONG_ANSWER,
    JOIN_WRONG_ACK,
    JOIN_STRIPPED,
    JOIN_REFUSED,
    JOIN_HUNG,
    JOIN_GIVEN_UP,
    JOIN_UNANSWERED,
    JOIN_FATE_COUNT,
};

/* What its subflows came to. */
struct survey {
    size_t established; /* as far as the capture shows: one that carries data must be */
    size_t joins[JOIN_FATE_COUNT];
    size_t failed;   /* joins whose fate is JOIN_WRONG_ANSWER or one behind it */
    size_t carriers; /* subflows that carried new data of the side that sent most */
    enum mpta_side main_side;
    bool heard[2];         /* packets of this side were captured */
    size_t idle_joins;     /* joins that did not carry data, and could not have */
    bool has_resets;       /* of subflows */
    int64_t data_until_ns; /* on any subflow, new or what had been lost with another */
};

/* It carried data, or could have. */
bool verdict_subflow_worked(const struct mpta_subflow *subflow);

/* ---- verdict_fates.c: what became of joins ---------------------------------------------------
 */

/* Counts the joins that did not work, in a survey that has all else. */
void verdict_survey_joins(const struct verdict *verdict, struct survey *survey);

/* The first join with this fate; false if there is none. */
bool verdict_join_of_fate(const struct verdict *verdict, const struct survey *survey,
                          enum join_fate fate, struct mpta_subflow *join);

/* The tokens of both hosts are known, so that a join with another one is none of the connection's.
 */
bool verdict_knows_tokens(const struct verdict *verdict);

/*
 * A join to one of the hosts whose token is no connection's, the first one that was refused, else
 * the first. *only: there is no other connection that it could have been meant for.
 */
bool verdict_stray_join(const struct verdict *verdict, struct mpta_subflow *join, bool *only);

/* ---- verdict_findings.c: what has no sentence of its own --------------------------------------
 */

/* Tells the row of this index, unless it was told before. */
void verdict_tell_row(struct verdict *verdict, size_t row, const struct mpta_finding *finding);

/* Tells all rows of a kind. */
void verdict_tell_kind(struct verdict *verdict, enum finding_id id);

/* Tells all rows of a severity that no other sentence covers. */
void verdict_tell_findings(struct verdict *verdict, enum mpta_severity severity);

/* A join may be wrong and work nevertheless: tells errors that another sentence would have covered.
 */
void verdict_tell_covered(struct verdict *verdict);

/*
 * Tells findings of this severity on a subflow that came before what they may have led to. True if
 * there are any, or worse or milder ones that are more than notes.
 */
bool verdict_tell_causes(struct verdict *verdict, enum mpta_severity severity, uint32_t subflow,
                         const struct mpta_place *effect);

/* ---- verdict_altered.c: what both capture points prove together -------------------------------
 */

/* Says what was done to options between them, and so why it fell back: true if that is said. */
bool verdict_tell_altered(struct verdict *verdict);

/* ---- verdict_end.c: who ended it -------------------------------------------------------------
 */

void verdict_tell_end(struct verdict *verdict, const struct survey *survey);

/* ---- verdict_joins.c, verdict_course.c: one sentence each, or none ------------------------------
 */

void verdict_tell_joins(struct verdict *verdict, const struct survey *survey);
void verdict_tell_course(struct verdict *verdict, const struct survey *survey);

/* ---- verdict_words.c: how it is said --------------------------------------------------------- */

/* Begins a sentence; false where there are enough already. */
bool sentence_begin(struct verdict *verdict, enum mpta_severity severity);

/* Adds to the sentence begun last; what does not fit is lost. */
void sentence_add(struct verdict *verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says that the sentence tells of a finding, if the connection has it. */
void sentence_tells_of(struct verdict *verdict, enum finding_id id);

/* Adds " (packet 7)", or " (packet 7 of b.pcap)"; nothing where no packet shows it. */
void sentence_add_place(struct verdict *verdict, const struct mpta_place *place);

/* Adds " (packet 7 of a.pcap before it, packet 9 of b.pcap behind it)". */
void sentence_add_passage(struct verdict *verdict, const struct mpta_place *before,
                          const struct mpta_place *behind);

/* Adds words in which "%s", if it is there, stands for a side. */
void sentence_add_sided(struct verdict *verdict, const char *words, enum mpta_side side);

/* Adds a sentence's words with a capital letter. */
void sentence_add_capital(struct verdict *verdict, const char *words);

/* "from 10.0.2.1 to 10.0.1.2": the addresses of a subflow, its opener's first. */
void sentence_add_path(struct verdict *verdict, const struct mpta_subflow *subflow);

/* The row of a finding, if the connection has it; of several the first of the worst. */
bool verdict_finding(const struct verdict *verdict, enum finding_id id,
                     struct mpta_finding *finding);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings in a verdict that have no sentence of their own: told as they are, with the packet that
 * shows them and what to check next. What came before the end of a subflow is told before it.
 */
#include "analyzer/verdict.h"

static bool is_covered(const struct mpta_finding_kind *kind)
{
    static const bool covered[FINDING_COUNT] = {
        [FINDING_OPTIONS_ALTERED] = true,    [FINDING_FALLBACK_SYNACK] = true,
        [FINDING_FALLBACK_ACK] = true,       [FINDING_FALLBACK_DSS] = true,
        [FINDING_FALLBACK_INFINITE] = true,  [FINDING_FALLBACK_MP_FAIL] = true,
        [FINDING_FALLBACK_BLACKHOLE] = true, [FINDING_VERSION_MISMATCH] = true,
        [FINDING_JOIN_HMAC_SYNACK] = true,   [FINDING_JOIN_HMAC_ACK] = true,
        [FINDING_JOIN_REFUSED] = true,       [FINDING_JOIN_UNANSWERED] = true,
        [FINDING_JOIN_HUNG] = true,          [FINDING_JOIN_STRIPPED] = true,
        [FINDING_FASTCLOSE] = true,          [FINDING_SUBFLOW_RESET] = true,
    };
    size_t count;
    return covered[kind - mpta_finding_kinds(&count)];
}

static bool row_is_told(const struct verdict *verdict, size_t row)
{
    for (size_t i = 0; i < verdict->row_count; i++) {
        if (verdict->rows[i] == row)
            return true;
    }
    return false;
}

void verdict_tell_row(struct verdict *verdict, size_t row, const struct mpta_finding *finding)
{
    const struct mpta_witness *first = &finding->witnesses[0];
    if (row_is_told(verdict, row) || !sentence_begin(verdict, finding->severity))
        return;
    verdict->rows[verdict->row_count++] = row;
    verdict->sentences[verdict->count - 1].kind = finding->kind;
    sentence_add_capital(verdict, finding->message);
    sentence_add_passage(verdict, &first->other, &first->at);
    sentence_add(verdict, ". Next: %s.", finding->kind->advice);
}

void verdict_tell_kind(struct verdict *verdict, enum finding_id id)
{
    struct mpta_finding finding;
    size_t count;
    const struct mpta_finding_kind *kind = &mpta_finding_kinds(&count)[id];
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.kind == kind)
            verdict_tell_row(verdict, i, &finding);
    }
}

void verdict_tell_findings(struct verdict *verdict, enum mpta_severity severity)
{
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.severity == severity && !is_covered(finding.kind))
            verdict_tell_row(verdict, i, &finding);
    }
}

static bool kind_is_told(const struct verdict *verdict, const struct mpta_finding_kind *kind)
{
    for (size_t i = 0; i < verdict->count; i++) {
        if (verdict->sentences[i].kind == kind)
            return true;
    }
    return false;
}

void verdict_tell_covered(struct verdict *verdict)
{
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.severity == MPTA_ERROR && is_covered(finding.kind) &&
            !kind_is_told(verdict, finding.kind))
            verdict_tell_row(verdict, i, &finding);
    }
}

/* What a capture lacks has led to nothing, and what is announced on a subflow is not about it. */
static bool is_cause(const struct mpta_finding *finding, uint32_t subflow,
                     const struct mpta_place *effect)
{
    static const bool groups[MPTA_FINDING_GROUP_COUNT] = {
        [MPTA_GROUP_OPTIONS] = true,
        [MPTA_GROUP_HANDSHAKE] = true,
        [MPTA_GROUP_JOINS] = true,
        [MPTA_GROUP_DATA] = true,
    };
    const struct mpta_witness *first = &finding->witnesses[0];
    return groups[finding->kind->group] && !is_covered(finding->kind) && first->has_subflow &&
           first->subflow == subflow && first->at.packet != 0 &&
           first->at.time_ns <= effect->time_ns;
}

bool verdict_tell_causes(struct verdict *verdict, enum mpta_severity severity, uint32_t subflow,
                         const struct mpta_place *effect)
{
    struct mpta_finding finding;
    bool found = false;
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.severity < MPTA_WARNING || !is_cause(&finding, subflow, effect))
            continue;
        found = true;
        if (finding.severity == severity)
            verdict_tell_row(verdict, i, &finding);
    }
    return found;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What captures of both ends prove together: a packet left with an option and arrived without it,
 * or with another, or with other payload. So there is no need to guess where that was done, and a
 * fallback that follows from it needs no other word.
 */
#include "analyzer/verdict.h"

/* ---- Which packet was it? -------------------------------------------------------------------- */

static bool same_place(const struct mpta_place *a, const struct mpta_place *b)
{
    return a->packet == b->packet && a->capture == b->capture;
}

/* Without MP_CAPABLE in the SYN there is none in the SYN/ACK. */
static bool is_of_syn(const struct mpta_connection *connection, const struct mpta_witness *witness)
{
    struct mpta_place syn = witness->at;
    return connection->fallback == MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE &&
           witness->has_subflow && witness->subflow == 0 &&
           syn.time_ns <= connection->fallback_at.time_ns;
}

/* Payload was changed, and its receiver said so by MP_FAIL or gave up MPTCP at once. */
static bool is_of_payload(const struct mpta_connection *connection,
                          const struct mpta_witness *witness)
{
    return (connection->fallback == MPTA_FALLBACK_MP_FAIL ||
            connection->fallback == MPTA_FALLBACK_INFINITE_MAPPING) &&
           witness->at.time_ns <= connection->fallback_at.time_ns;
}

/* This packet is the one that shows the fallback, or made the other side answer so. */
static bool explains_fallback(const struct mpta_connection *connection, bool payload,
                              const struct mpta_witness *witness)
{
    if (connection->fallback == MPTA_FALLBACK_NONE || payload)
        return payload && is_of_payload(connection, witness);
    return same_place(&witness->at, &connection->fallback_at) ||
           same_place(&witness->other, &connection->fallback_at) || is_of_syn(connection, witness);
}

/* A row of what was altered, and which of its packets is to be told. */
struct altered {
    bool found;
    bool explains; /* ... the fallback */
    size_t row;
    struct mpta_finding finding;
    struct mpta_witness witness;
};

static bool is_better(const struct altered *than, bool explains, const struct mpta_witness *witness)
{
    if (!than->found || explains != than->explains)
        return !than->found || explains;
    return witness->at.time_ns < than->witness.at.time_ns;
}

static void altered_consider(struct altered *altered, const struct verdict *verdict, size_t row,
                             const struct mpta_finding *finding, bool payload)
{
    for (size_t i = 0; i < finding->witness_count; i++) {
        const struct mpta_witness *witness = &finding->witnesses[i];
        bool explains = explains_fallback(&verdict->connection, payload, witness);
        if ((explains || !payload) && is_better(altered, explains, witness))
            *altered = (struct altered){true, explains, row, *finding, *witness};
    }
}

/* The one that explains the fallback, else the first of options. */
static struct altered altered_find(const struct verdict *verdict)
{
    struct altered altered = {.found = false};
    struct mpta_finding finding;
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.kind == &kinds[FINDING_OPTIONS_ALTERED] ||
            finding.kind == &kinds[FINDING_PAYLOAD_ALTERED])
            altered_consider(&altered, verdict, i, &finding,
                             finding.kind == &kinds[FINDING_PAYLOAD_ALTERED]);
    }
    return altered;
}

/* ---- What is said of it ---------------------------------------------------------------------- */

bool verdict_tell_altered(struct verdict *verdict)
{
    const struct altered altered = altered_find(verdict);
    if (!altered.found || !sentence_begin(verdict, altered.finding.severity))
        return false;
    verdict->rows[verdict->row_count++] = altered.row;
    verdict->sentences[verdict->count - 1].kind = altered.finding.kind;
    if (altered.explains)
        sentence_add(verdict, "Fell back to TCP: %s", altered.finding.message);
    else
        sentence_add_capital(verdict, altered.finding.message);
    sentence_add_passage(verdict, &altered.witness.other, &altered.witness.at);
    sentence_add(verdict, ". Next: %s.", altered.finding.kind->advice);
    return altered.explains;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only the end of a capture tells of how the data went: which path it waited for; and what was
 * watched while packets passed is said here.
 */
#include "analyzer/data.h"
#include "analyzer/elapsed.h"

/* Delivery that waited so long in all, and so many hundredths of the time, is worth a note. */
#define HEAD_OF_LINE_NS      INT64_C(100000000)
#define HEAD_OF_LINE_PERCENT 5

static const struct half *half_of(const struct connection *connection, size_t subflow,
                                  enum mpta_side side)
{
    const struct subflow *of = connection->subflows[subflow];
    return &of->halves[subflow_role(of, side)];
}

/* ---- Waiting for the slow path --------------------------------------------------------------- */

static bool is_shared(const struct connection *connection, enum mpta_side side)
{
    size_t carriers = 0;
    for (size_t i = 0; i < connection->subflow_count && carriers < 2; i++)
        carriers += half_of(connection, i, side)->measure.flow.fresh_bytes > 0;
    return carriers > 1;
}

static bool conclude_head_of_line(struct connection *connection, enum mpta_side side)
{
    const struct stream_measure *measure = &connection->measures[side];
    const struct head_of_line *line = measure->head_of_line;
    int64_t flowed_ns = elapsed_ns(measure->first_data_ns, measure->last_data_ns);
    if (!line || line->lasted_ns < HEAD_OF_LINE_NS || !is_shared(connection, side) ||
        line->lasted_ns < flowed_ns / 100 * HEAD_OF_LINE_PERCENT)
        return true;
    static const struct course_stalls none;
    const struct course_stalls *stalls = connection->watches[side].course.stalls;
    if (!stalls)
        stalls = &none;
    bool is_last = stalls->last.at.time_ns == line->longest_at_ns;
    struct occurrence stall =
        occurrence_remembered(FINDING_HEAD_OF_LINE, is_last ? &stalls->last : &stalls->longest);
    stall.variant = side;
    return finding_add(&connection->findings, &stall,
                       "data of the %s waited %.1f s in all for earlier data that came later, "
                       "%.1f s at most (more than %.1f s and %d %% of the time)",
                       side_word(side), (double)line->lasted_ns / 1e9,
                       (double)line->longest_ns / 1e9, (double)HEAD_OF_LINE_NS / 1e9,
                       HEAD_OF_LINE_PERCENT);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static bool conclude_stream(struct connection *connection, enum mpta_side side)
{
    return standstill_conclude(connection, side) && stall_conclude(connection, side) &&
           rules_conclude(connection, side) && hole_conclude(connection, side) &&
           reinject_conclude(connection, side) && conclude_head_of_line(connection, side);
}

static bool conclude_half(struct subflow *subflow, enum role role)
{
    return unmapped_conclude(subflow, role) && progress_conclude(subflow, role);
}

bool data_conclude(struct connection *connection)
{
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (!conclude_half(connection->subflows[i], OPENER) ||
            !conclude_half(connection->subflows[i], RESPONDER))
            return false;
    }
    return conclude_stream(connection, MPTA_CLIENT) && conclude_stream(connection, MPTA_SERVER) &&
           evasion_conclude(connection);
}

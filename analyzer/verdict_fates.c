/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of each join. One that the capture shows only in part is neither a failure nor
 * healthy: it is said to be untold. Silence proves nothing here, a packet may always be missing.
 */
#include "analyzer/elapsed.h"
#include "analyzer/verdict.h"

/* A handshake that began so lately is not over. */
#define JOIN_YOUNG_NS INT64_C(3000000000)

static bool carried_payload(const struct mpta_subflow *join)
{
    return join->directions[MPTA_CLIENT].payload_bytes > 0 ||
           join->directions[MPTA_SERVER].payload_bytes > 0;
}

/*
 * Nothing of its responder was captured, whose other packets were, and its opener sent SYNs only,
 * and more than one: an answer to a single one may not have been captured.
 */
static bool is_unanswered(const struct survey *survey, const struct mpta_subflow *join)
{
    enum mpta_side responder = 1 - join->opened_by;
    return join->directions[responder].packets == 0 && survey->heard[responder] &&
           join->directions[join->opened_by].packets > 1 && !carried_payload(join) &&
           join->state == MPTA_SUBFLOW_SYN;
}

/*
 * Its opener had the SYN/ACK, and reset it for what that said (RFC 8684 section 3.6) instead of
 * going on. For another reason, or none, it may have closed one that was complete.
 */
static bool is_given_up(const struct mpta_subflow *join)
{
    enum { SPECIFIC = 1 };
    return join->was_reset && join->reset_by == join->opened_by && join->reset_reason_known &&
           join->reset_reason == SPECIFIC && !carried_payload(join) &&
           join->directions[1 - join->opened_by].packets == 1 &&
           join->syn_ack_hmac != MPTA_ABSENT && join->ack_hmac == MPTA_ABSENT;
}

static bool is_begun(const struct verdict *verdict, const struct mpta_subflow *join)
{
    return verdict->connection.options_cut == 0 && join->state <= MPTA_SUBFLOW_PRE_ESTABLISHED &&
           !carried_payload(join) &&
           elapsed_ns(join->end_ns, verdict->connection.end_ns) < JOIN_YOUNG_NS;
}

static enum join_fate fate_of(const struct verdict *verdict, const struct survey *survey,
                              const struct mpta_subflow *join)
{
    if (verdict_subflow_worked(join))
        return JOIN_WORKED;
    if (join->syn_ack_hmac == MPTA_INVALID)
        return JOIN_WRONG_ANSWER;
    if (join->ack_hmac == MPTA_INVALID)
        return JOIN_WRONG_ACK;
    if (join->stripped_at.packet != 0)
        return JOIN_STRIPPED;
    if (join->was_refused)
        return JOIN_REFUSED;
    if (join->hung_at.packet != 0)
        return JOIN_HUNG;
    if (is_given_up(join))
        return JOIN_GIVEN_UP;
    if (is_unanswered(survey, join))
        return JOIN_UNANSWERED;
    return is_begun(verdict, join) ? JOIN_BEGUN : JOIN_UNTOLD;
}

void verdict_survey_joins(const struct verdict *verdict, struct survey *survey)
{
    struct mpta_subflow join;
    if (survey->idle_joins == 0)
        return;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &join);
         i++) {
        if (join.type == MPTA_SUBFLOW_JOIN && !verdict_subflow_worked(&join))
            survey->joins[fate_of(verdict, survey, &join)]++;
    }
    for (int fate = JOIN_WRONG_ANSWER; fate < JOIN_FATE_COUNT; fate++)
        survey->failed += survey->joins[fate];
}

bool verdict_join_of_fate(const struct verdict *verdict, const struct survey *survey,
                          enum join_fate fate, struct mpta_subflow *join)
{
    if (survey->joins[fate] == 0)
        return false;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, join);
         i++) {
        if (join->type == MPTA_SUBFLOW_JOIN && fate_of(verdict, survey, join) == fate)
            return true;
    }
    return false;
}

/* ---- Joins without a connection -------------------------------------------------------------- */

/* So many subflows without a connection, and so many other connections, are looked through. */
#define UNLINKED_LOOKED_AT 64
#define OTHERS_LOOKED_AT   64

static bool is_sent_to(const struct mpta_subflow *join, const struct mpta_connection *connection)
{
    const struct mpta_subflow_end *target = &join->ends[MPTA_SERVER];
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct mpta_host *host = &connection->hosts[side];
        if (target->port == host->port && mpta_address_equal(&target->address, &host->address))
            return true;
    }
    return false;
}

/* Another connection of the same server may be the one that the join was meant for. */
static bool has_rival(const struct verdict *verdict, const struct mpta_subflow *join)
{
    struct mpta_connection other;
    size_t i = 0;
    for (; i < OTHERS_LOOKED_AT && mpta_tracker_connection_at(verdict->tracker, i, &other); i++) {
        if (other.id != verdict->connection.id && is_sent_to(join, &other))
            return true;
    }
    return i == OTHERS_LOOKED_AT;
}

/* It was there when the join came. */
static bool is_in_time(const struct mpta_connection *connection, const struct mpta_subflow *join)
{
    return join->start_ns >= connection->start_ns && join->start_ns <= connection->end_ns;
}

bool verdict_knows_tokens(const struct verdict *verdict)
{
    const struct mpta_host *hosts = verdict->connection.hosts;
    return hosts[MPTA_CLIENT].token_known && hosts[MPTA_SERVER].token_known;
}

bool verdict_stray_join(const struct verdict *verdict, struct mpta_subflow *join, bool *only)
{
    struct mpta_subflow stray;
    bool found = false;
    for (size_t i = 0; i < UNLINKED_LOOKED_AT && mpta_tracker_unlinked(verdict->tracker, i, &stray);
         i++) {
        if (!stray.token_known || !is_sent_to(&stray, &verdict->connection) ||
            (found && (join->was_refused || !stray.was_refused)))
            continue;
        *join = stray;
        found = true;
    }
    *only = found && is_in_time(&verdict->connection, join) && !has_rival(verdict, join);
    return found;
}

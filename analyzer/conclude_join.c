/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of joins, RFC 8684 section 3.2, said at the end: refused, never answered, stripped of
 * MP_JOIN on the way, sent where the peer had forbidden it, or used to send SYNs to others.
 */
#include "analyzer/elapsed.h"
#include "analyzer/token.h"

#include <inttypes.h>

/* An answer to a SYN takes no longer than this; Linux sends the SYN again then. */
#define JOIN_UNANSWERED_NS INT64_C(1000000000)
/* So many hosts may leave joins of one side unanswered; more are worth a look. */
#define JOIN_TARGETS 4
/* So many addresses of its peer Linux takes: no host comes by more without being made to. */
#define JOIN_TARGETS_TAKEN 8
/* So many of them are told apart. */
#define JOIN_TARGETS_MAX 64

/* What a connection's conclusions rest on besides one subflow. */
struct circumstances {
    int64_t newest_ns; /* of all packets */
    bool over;         /* no more will come */
    bool heard[2];     /* packets of this side were captured: an answer of it would be, too */
    bool announced[2]; /* this side has announced addresses */
    const struct subflow *initial;
};

static struct circumstances circumstances_of(const struct mpta_tracker *tracker,
                                             const struct connection *connection)
{
    struct circumstances result = {
        .newest_ns = tracker->newest_ns,
        .over = tracker->finished,
        .initial = connection_initial(connection),
    };
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        for (int role = OPENER; role <= RESPONDER; role++) {
            if (subflow->halves[role].packets > 0)
                result.heard[subflow_side(subflow, (enum role)role)] = true;
        }
    }
    for (size_t i = 0; i < connection->address_count; i++) {
        const struct address_record *record = &connection->addresses[i];
        if (record->op == MPTA_ADDRESS_ADD)
            result.announced[record->by] = true;
    }
    return result;
}

/* ---- Without an answer ----------------------------------------------------------------------- */

/*
 * Nothing came back, although what the responder sends was captured. A RST of the opener answers a
 * SYN/ACK, which then is what the capture misses.
 */
static bool join_is_silent(const struct circumstances *around, const struct subflow *subflow)
{
    return subflow->seen == SEEN_SYN && !subflow->was_reset &&
           subflow->halves[RESPONDER].packets == 0 &&
           around->heard[subflow_side(subflow, RESPONDER)];
}

/* There was time enough for an answer. A host that has none sends its SYN again: where that was
 * not captured, an answer may not have been, either. */
static bool join_has_waited(const struct circumstances *around, const struct subflow *subflow)
{
    return subflow->halves[OPENER].packets > 1 ||
           elapsed_ns(subflow->first.time_ns, around->newest_ns) >= JOIN_UNANSWERED_NS;
}

static bool report_unanswered(const struct circumstances *around, const struct subflow *subflow)
{
    struct finding_list *findings = &subflow->connection->findings;
    struct occurrence unanswered =
        occurrence_by(FINDING_JOIN_UNANSWERED, subflow, OPENER, &subflow->first);
    if (subflow->halves[OPENER].packets > 1)
        return finding_add(findings, &unanswered, "the SYN of the join was never answered");
    if (join_has_waited(around, subflow)) {
        unanswered.variant = 2;
        return finding_add_as(findings, MPTA_NOTE, &unanswered,
                              "the SYN of the join was captured once, and no answer to it");
    }
    unanswered.variant = 1;
    return !around->over ||
           finding_add_as(findings, MPTA_NOTE, &unanswered,
                          "the capture ends before an answer to the SYN of the join could come");
}

/* ---- With the wrong one ---------------------------------------------------------------------- */

static bool report_stripped(const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    const struct occurrence stripped = {
        .id = FINDING_JOIN_STRIPPED,
        .variant = join->syn_ack_joined,
        .at = join->stripped_at,
        .subflow = subflow,
    };
    return finding_add(&subflow->connection->findings, &stripped,
                       "the %s of the join carries no MP_JOIN: something on that path strips "
                       "options",
                       join->syn_ack_joined ? "third ACK" : "SYN/ACK");
}

static bool report_refused(const struct subflow *subflow)
{
    const struct half *responder = &subflow->halves[RESPONDER];
    struct occurrence refused =
        occurrence_by(FINDING_JOIN_REFUSED, subflow, RESPONDER, &subflow->awake->reset_at);
    refused.variant = responder->reset_reason_known ? 1U + responder->reset_reason : 0;
    return finding_add(&subflow->connection->findings, &refused, "the %s refused the join: %s",
                       side_word(subflow_side(subflow, RESPONDER)), subflow_reset_reason(subflow));
}

static bool report_hung(const struct subflow *subflow, const struct join_halt *halt)
{
    struct occurrence hung =
        occurrence_by(FINDING_JOIN_HUNG, subflow, halt->on_ack ? OPENER : RESPONDER, &halt->at);
    hung.variant = halt->on_ack;
    return finding_add(&subflow->connection->findings, &hung,
                       "the %s of the join was repeated for %" PRId64 " s and not answered (3 s "
                       "or more)",
                       halt->on_ack ? "third ACK" : "SYN/ACK",
                       halt->lasted_ns / INT64_C(1000000000));
}

static bool conclude_answer(const struct circumstances *around, const struct subflow *subflow)
{
    struct join_halt halt;
    if (subflow->established)
        return true;
    if (subflow_joining(subflow)->stripped_at.packet != 0)
        return report_stripped(subflow);
    if (subflow_is_refused(subflow))
        return report_refused(subflow);
    if (join_hangs(subflow, &halt))
        return report_hung(subflow, &halt);
    return !join_is_silent(around, subflow) || report_unanswered(around, subflow);
}

/* ---- Where none may go ----------------------------------------------------------------------- */

/*
 * Flag C asks not to join the address and port of the initial subflow, RFC 8684 section 3.1. Behind
 * a load balancer an announced address may be translated to just these, so that where addresses
 * were announced, a join there is no more than worth a look.
 */
static bool conclude_flag_c(const struct circumstances *around, const struct subflow *subflow)
{
    enum mpta_side side = subflow_side(subflow, RESPONDER);
    const struct half *half = &subflow->halves[RESPONDER];
    const struct endpoint *to = &subflow->ends[RESPONDER];
    char text[MPTA_ENDPOINT_TEXT_MAX];
    if (!(subflow->connection->capable_flags[side] & MPTA_CAPABLE_C) || !around->initial ||
        !(subflow->seen & SEEN_SYN) || (half->address_id_known && half->address_id != 0))
        return true;
    const struct endpoint *first = &around->initial->ends[subflow_role(around->initial, side)];
    struct finding_list *findings = &subflow->connection->findings;
    struct occurrence despite =
        occurrence_by(FINDING_JOIN_DESPITE_C, subflow, OPENER, &subflow->first);
    if (to->port != first->port || !mpta_address_equal(&to->address, &first->address))
        return true;
    mpta_endpoint_format(&to->address, to->port, text, sizeof(text));
    despite.variant = around->announced[side];
    if (despite.variant == 0)
        return finding_add(findings, &despite, "a join to %s, where flag C of the %s forbids it",
                           text, side_word(side));
    return finding_add_as(findings, MPTA_NOTE, &despite,
                          "a join to %s, where flag C of the %s forbids it, or to an announced "
                          "address that is translated to it",
                          text, side_word(side));
}

/* ---- SYNs to others -------------------------------------------------------------------------- */

/* Hosts that left joins of one side unanswered. */
struct targets {
    const struct subflow *joins[JOIN_TARGETS_MAX]; /* one each */
    size_t count;
    size_t repeated; /* of these, whose SYN came again: nothing that was not captured answered it */
};

static void targets_add(struct targets *targets, const struct subflow *subflow)
{
    const struct mpta_address *address = &subflow->ends[RESPONDER].address;
    for (size_t i = 0; i < targets->count; i++) {
        if (mpta_address_equal(&targets->joins[i]->ends[RESPONDER].address, address))
            return;
    }
    if (targets->count == JOIN_TARGETS_MAX)
        return;
    targets->joins[targets->count++] = subflow;
    targets->repeated += subflow->halves[OPENER].packets > 1;
}

/*
 * Whoever can make a host believe in addresses can make it send SYNs there: one small packet for
 * each SYN and its repetitions, RFC 7430 section 4. A host that announces addresses which cannot be
 * reached from elsewhere (those of container bridges) looks no other, so that few are no error.
 */
static bool conclude_amplification(const struct circumstances *around,
                                   struct connection *connection, enum mpta_side by)
{
    struct targets targets = {.count = 0};
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        if (subflow->kind == SUBFLOW_JOIN && subflow->opened_by == by &&
            join_is_silent(around, subflow) && join_has_waited(around, subflow))
            targets_add(&targets, subflow);
    }
    bool many = targets.repeated > JOIN_TARGETS_TAKEN;
    if (targets.count <= JOIN_TARGETS)
        return true;
    for (size_t i = 0; i < targets.count; i++) {
        const struct subflow *subflow = targets.joins[i];
        const struct occurrence syn =
            occurrence_by(FINDING_SYN_AMPLIFICATION, subflow, OPENER, &subflow->first);
        if (!finding_add_as(
                &connection->findings, many ? MPTA_ERROR : MPTA_WARNING, &syn,
                "joins of the %s to %s%zu addresses that never answer (more than %d: %s)",
                side_word(by), targets.count == JOIN_TARGETS_MAX ? "at least " : "", targets.count,
                many ? JOIN_TARGETS_TAKEN : JOIN_TARGETS,
                many ? "it is made to attack them"
                     : "they cannot be reached from there, or it is made to attack them"))
            return false;
    }
    return true;
}

/* ---- All of them ----------------------------------------------------------------------------- */

bool conclude_joins(const struct mpta_tracker *tracker, struct connection *connection)
{
    if (connection->subflow_count == 1 && connection->subflows[0]->kind != SUBFLOW_JOIN)
        return true;
    const struct circumstances around = circumstances_of(tracker, connection);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        if (subflow->kind == SUBFLOW_JOIN &&
            (!join_report(connection, subflow) || !conclude_answer(&around, subflow) ||
             !conclude_flag_c(&around, subflow)))
            return false;
    }
    return conclude_amplification(&around, connection, MPTA_CLIENT) &&
           conclude_amplification(&around, connection, MPTA_SERVER);
}

/*
 * The receiver of a join with an unknown token resets it: then it knows of no such connection, or
 * the token is of one whose keys were not captured, and it refuses the join for another reason. Of
 * those with a known token a flood alone keeps them from their connection: see half_open.c.
 */
bool conclude_unlinked_join(struct mpta_tracker *tracker, const struct subflow *subflow,
                            bool unknown_tokens)
{
    const struct joining *join = subflow_joining(subflow);
    if (!join->token_known || identity_first(tracker, join->token).at ||
        gone_has_token(tracker, join->token) || token_memory_find(tracker, join->token))
        return true;
    bool refused = subflow_is_refused(subflow);
    const struct occurrence unknown = {
        .id = FINDING_JOIN_TOKEN_UNKNOWN,
        .variant = refused,
        .at = subflow->first,
        .subflow = subflow,
    };
    return finding_add_as(
        &tracker->findings, refused && !unknown_tokens ? MPTA_WARNING : MPTA_NOTE, &unknown,
        "a join with the token 0x%08x, which belongs to no connection %s%s", join->token,
        unknown_tokens ? "whose keys are known" : "that was captured",
        refused ? "; it was refused" : "");
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* How a connection went: which subflows carried the data, and how it closed. */
#include "analyzer/amount.h"
#include "analyzer/paths.h"
#include "analyzer/verdict.h"

#include <inttypes.h>

/* The worst of all findings, those that are covered included. */
static enum mpta_severity worst_severity(const struct verdict *verdict)
{
    struct mpta_finding finding;
    enum mpta_severity worst = MPTA_NOTE;
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &finding);
         i++) {
        if (finding.severity > worst)
            worst = finding.severity;
    }
    return worst;
}

static const char *close_words(const struct mpta_connection *connection, bool all_captured)
{
    switch (connection->close) {
    case MPTA_CONNECTION_OPEN:
        return connection->capture_over ? "still open when the capture ends" : "still open";
    case MPTA_CONNECTION_DATA_FIN:
        return "closed by DATA_FIN";
    case MPTA_CONNECTION_FASTCLOSE:
        return "aborted";
    case MPTA_CONNECTION_RESET:
        return "reset";
    case MPTA_CONNECTION_FIN:
        break;
    }
    if (connection->fallback != MPTA_FALLBACK_NONE)
        return "closed by FIN";
    return all_captured ? "closed by FIN, without DATA_FIN"
                        : "closed by FIN; no DATA_FIN was captured";
}

/* ---- Why there is one subflow ---------------------------------------------------------------- */

/* What the side announced that announced first. */
struct announced {
    struct mpta_address_event first;
    size_t count; /* of address IDs */
    bool is_announced[256];
    bool is_echoed; /* any of them; version 0 knows no echo */
};

static void announced_add(struct announced *announced, const struct mpta_address_event *event)
{
    bool is_add = event->op == MPTA_ADDRESS_ADD && event->hmac != MPTA_INVALID;
    if (is_add && announced->count == 0)
        announced->first = *event;
    if (is_add && event->by == announced->first.by && !announced->is_announced[event->address_id]) {
        announced->is_announced[event->address_id] = true;
        announced->count++;
    }
    if (event->op == MPTA_ADDRESS_ECHO && announced->is_announced[event->address_id] &&
        event->by != announced->first.by)
        announced->is_echoed = true;
}

static struct announced announced_of(const struct verdict *verdict)
{
    struct announced announced = {.is_echoed = verdict->connection.version == 0};
    struct mpta_address_event event;
    for (size_t i = 0; mpta_tracker_address(verdict->tracker, verdict->connection.id, i, &event);
         i++)
        announced_add(&announced, &event);
    return announced;
}

static void add_announced(struct verdict *verdict, const struct announced *announced)
{
    const struct mpta_address_event *first = &announced->first;
    const char *peer = side_word(1 - first->by);
    char text[MPTA_ADDRESS_TEXT_MAX];
    struct mpta_finding silent;
    mpta_address_format(&first->address, text, sizeof(text));
    sentence_add(verdict, ": the %s announced ", side_word(first->by));
    if (announced->count > 1)
        sentence_add(verdict, "%zu addresses, first ", announced->count);
    sentence_add(verdict, "%s", text);
    sentence_add_place(verdict, &first->at);
    if (announced->is_echoed)
        sentence_add(verdict, ", but no join was captured here (see 'ip mptcp limits' of the %s)",
                     peer);
    else if (verdict_finding(verdict, FINDING_ADDADDR_NO_ECHO, &silent))
        sentence_add(
            verdict,
            ", but no echo of it was captured: it was lost on its way, or its HMAC was wrong "
            "for the %s (capture there, too)",
            peer);
    else
        sentence_add(verdict, ", but no echo and no join were captured here");
}

static void add_stray(struct verdict *verdict, const struct mpta_subflow *stray)
{
    sentence_add(verdict, " (a join ");
    sentence_add_path(verdict, stray);
    sentence_add_place(verdict, &stray->first);
    sentence_add(verdict, " has the token 0x%08" PRIx32 ", which %s)", stray->token,
                 verdict_knows_tokens(verdict)
                     ? "is not this connection's"
                     : "may be this connection's: its keys are not known");
}

static void add_begun(struct verdict *verdict, const struct mpta_subflow *join)
{
    sentence_add(verdict, " (a join ");
    sentence_add_path(verdict, join);
    sentence_add_place(verdict, &join->first);
    sentence_add(verdict, " had only begun)");
}

/* Why there is one subflow, where no join failed. */
static void add_reason_for_one(struct verdict *verdict, const struct survey *survey)
{
    const struct announced announced = announced_of(verdict);
    struct mpta_subflow join, stray;
    bool only;
    if (survey->failed > 0 || survey->joins[JOIN_UNTOLD] > 0)
        return;
    if (verdict_join_of_fate(verdict, survey, JOIN_BEGUN, &join))
        add_begun(verdict, &join);
    else if (announced.count > 0)
        add_announced(verdict, &announced);
    else if (verdict_stray_join(verdict, &stray, &only))
        add_stray(verdict, &stray);
    else
        sentence_add(verdict, " (no join and no announced address captured)");
}

/* Joins of which too little was captured. */
static void add_untold(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow join;
    size_t count = survey->joins[JOIN_UNTOLD];
    if (!verdict_join_of_fate(verdict, survey, JOIN_UNTOLD, &join))
        return;
    if (count > 1) {
        sentence_add(verdict, " (whether %zu joins succeeded cannot be told: ", count);
    } else {
        sentence_add(verdict, " (whether the join ");
        sentence_add_path(verdict, &join);
        sentence_add_place(verdict, &join.first);
        sentence_add(verdict, " succeeded cannot be told: ");
    }
    sentence_add(verdict, verdict->connection.options_cut > 0
                              ? "options were cut by the snap length)"
                              : "not all of the handshake was captured)");
}

/* ---- How the data went ----------------------------------------------------------------------- */

/* "2 subflows shared the client's data (subflow 0 61 %, subflow 1 39 %)". */
static void add_shares(struct verdict *verdict, const struct survey *survey)
{
    const struct mpta_connection *connection = &verdict->connection;
    uint64_t all = connection->streams[survey->main_side].data_bytes;
    struct mpta_subflow subflow;
    size_t told = 0;
    sentence_add(verdict, "%zu subflows shared the %s's data", survey->carriers,
                 side_word(survey->main_side));
    for (size_t i = 0;
         told < 4 && mpta_tracker_subflow(verdict->tracker, connection->id, i, &subflow); i++) {
        uint64_t own = subflow.directions[survey->main_side].measure.fresh_bytes;
        if (own == 0)
            continue;
        sentence_add(verdict, "%ssubflow %" PRIu32 " %.0f %%", told++ == 0 ? " (" : ", ",
                     subflow.id, 100.0 * (double)own / (double)all);
    }
    sentence_add(verdict, told < survey->carriers ? ", ...)" : ")");
}

/* "3 subflows, of which subflow 1 carried the client's data". */
static void add_carrier(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow subflow;
    sentence_add(verdict, "%zu subflows", survey->established);
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &subflow);
         i++) {
        if (subflow.directions[survey->main_side].measure.fresh_bytes == 0)
            continue;
        sentence_add(verdict, ", of which subflow %" PRIu32 " carried all data of the %s",
                     subflow.id, side_word(survey->main_side));
        return;
    }
    sentence_add(verdict, " and no data");
}

/*
 * Whether it helped: how fast all paths together were, held against the fastest of them in this
 * connection. What that one would have done without the others nobody knows.
 */
static void add_gain(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_paths paths;
    const char *which = survey->carriers > 2 ? "fastest" : "faster";
    if (!paths_can_tell(&verdict->connection.streams[survey->main_side]))
        return;
    mpta_tracker_paths(verdict->tracker, &verdict->connection, survey->main_side, &paths);
    if (!paths.gain_is_telling)
        return;
    if (paths.gain >= MPTA_GAIN_LEAST)
        sentence_add(verdict, "; together they were %.1f times as fast as the %s one", paths.gain,
                     which);
    else
        sentence_add(verdict, "; together they were no faster than the %s one", which);
}

static void add_course(struct verdict *verdict, const struct survey *survey, const char *before)
{
    const char *colon = before[0] == '\0' ? "" : ": ";
    if (verdict->connection.fallback != MPTA_FALLBACK_NONE) {
        sentence_add(verdict, "It went on as plain TCP");
    } else if (survey->carriers > 1) {
        sentence_add(verdict, "%s%s", before, colon);
        add_shares(verdict, survey);
        add_gain(verdict, survey);
    } else if (survey->established > 1) {
        sentence_add(verdict, "%s%s", before, colon);
        add_carrier(verdict, survey);
    } else {
        bool untold = survey->joins[JOIN_UNTOLD] > 0;
        sentence_add(verdict, "%s%s one subflow%s", before, before[0] == '\0' ? "It used" : " on",
                     untold ? " at least" : "");
        if (before[0] != '\0')
            add_reason_for_one(verdict, survey);
    }
    if (verdict->connection.fallback == MPTA_FALLBACK_NONE)
        add_untold(verdict, survey);
}

/* Silence of a path that had carried data may come of a reset. */
static bool lost_a_path(const struct verdict *verdict)
{
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &subflow);
         i++) {
        if (subflow.close == MPTA_CLOSE_RESET &&
            (subflow.directions[MPTA_CLIENT].measure.data_packets > 0 ||
             subflow.directions[MPTA_SERVER].measure.data_packets > 0))
            return true;
    }
    return false;
}

static void add_hand_overs(struct verdict *verdict)
{
    const struct mpta_stream *streams = verdict->connection.streams;
    uint64_t count = streams[MPTA_CLIENT].measure.hand_overs;
    count += streams[MPTA_SERVER].measure.hand_overs;
    if (count > 0)
        sentence_add(verdict, ", with %s: where one path fell silent%s, another carried on",
                     amount_of(count, "hand-over").text,
                     lost_a_path(verdict) ? " or was reset" : "");
}

/* Neither packets nor parts of them are known to be missing. */
static bool is_all_captured(const struct verdict *verdict)
{
    static const enum finding_id losses[] = {FINDING_CAPTURE_DROPS, FINDING_CAPTURE_SNAPPED};
    struct mpta_finding finding;
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    for (size_t i = 0; mpta_tracker_global_finding(verdict->tracker, i, &finding); i++) {
        for (size_t j = 0; j < sizeof(losses) / sizeof(losses[0]); j++) {
            if (finding.kind == &kinds[losses[j]])
                return false;
        }
    }
    return verdict->connection.options_cut == 0 &&
           !verdict_finding(verdict, FINDING_CAPTURE_LOSS_ESTIMATED, &finding);
}

/* Octets that came again and could not be compared: nothing is healthy whose content may differ. */
static uint64_t uncompared_bytes(const struct verdict *verdict)
{
    const struct mpta_stream *streams = verdict->connection.streams;
    return streams[MPTA_CLIENT].uncompared_bytes + streams[MPTA_SERVER].uncompared_bytes;
}

/* All that was captured is understood, and both sides were heard. */
static bool is_all_known(const struct verdict *verdict, const struct survey *survey)
{
    const struct mpta_connection *connection = &verdict->connection;
    bool unverified = connection->late && connection->key_source == MPTA_KEY_NONE;
    bool unplaced = connection->over && (connection->streams[MPTA_CLIENT].unplaced_bytes ||
                                         connection->streams[MPTA_SERVER].unplaced_bytes);
    return !unverified && !unplaced && uncompared_bytes(verdict) == 0 &&
           survey->joins[JOIN_UNTOLD] == 0 && survey->heard[MPTA_CLIENT] &&
           survey->heard[MPTA_SERVER] && is_all_captured(verdict);
}

static void add_uncompared(struct verdict *verdict)
{
    uint64_t count = uncompared_bytes(verdict);
    if (count > 0)
        sentence_add(verdict,
                     "; %s that came again could not be compared with what came "
                     "before",
                     amount_of(count, "byte").text);
}

/* One that came to nothing, as far as the capture goes, and of which nothing else is told. */
static void tell_half_open(struct verdict *verdict)
{
    struct mpta_subflow initial;
    if (verdict->count > 0 || verdict->connection.established ||
        !mpta_tracker_subflow(verdict->tracker, verdict->connection.id, 0, &initial) ||
        (initial.state != MPTA_SUBFLOW_SYN && initial.state != MPTA_SUBFLOW_SYN_ACK) ||
        !sentence_begin(verdict, MPTA_NOTE))
        return;
    sentence_add(verdict, "Not established, as far as the capture goes: its SYN");
    sentence_add_place(verdict, &initial.first);
    if (initial.state == MPTA_SUBFLOW_SYN)
        sentence_add(verdict, " was not answered. Next: capture longer, and at the server.");
    else
        sentence_add(verdict, " was answered, but nothing of the client came after that. Next: "
                              "capture longer, and at the client.");
}

void verdict_tell_course(struct verdict *verdict, const struct survey *survey)
{
    const struct mpta_connection *connection = &verdict->connection;
    bool unverified = connection->late && connection->key_source == MPTA_KEY_NONE;
    bool sound = verdict->count == 0 && worst_severity(verdict) == MPTA_NOTE;
    const char *before = "";
    if (survey->established == 0)
        tell_half_open(verdict);
    if (survey->established == 0 || !sentence_begin(verdict, MPTA_NOTE))
        return;
    if (sound)
        before = is_all_known(verdict, survey) ? "Healthy" : "Nothing wrong was captured";
    add_course(verdict, survey, before);
    add_hand_overs(verdict);
    if (sound)
        add_uncompared(verdict);
    sentence_add(verdict, "; %s%s.", close_words(connection, is_all_captured(verdict)),
                 unverified ? "; its handshake was not captured, so that nothing can be verified "
                              "without a key (--key, or Wireshark's preference Keys)"
                            : "");
}

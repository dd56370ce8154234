/* SPDX-License-Identifier: BSD-3-Clause */
/* How a connection went: which subflows carried the data, and how it closed. */
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

static const char *close_words(const struct mpta_connection *connection)
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
    return connection->fallback != MPTA_FALLBACK_NONE ? "closed by FIN"
                                                      : "closed by FIN, without DATA_FIN";
}

/* An address that was announced, while no join was made. */
static bool unused_address(const struct verdict *verdict, struct mpta_address_event *address)
{
    for (size_t i = 0; mpta_tracker_address(verdict->tracker, verdict->connection.id, i, address);
         i++) {
        if (address->op == MPTA_ADDRESS_ADD && address->hmac != MPTA_INVALID)
            return true;
    }
    return false;
}

/* So many subflows without a connection are looked through. */
#define UNLINKED_LOOKED_AT 64

/* A join to one of the hosts whose token is no connection's. */
static bool stray_join(const struct verdict *verdict, struct mpta_subflow *join)
{
    const struct mpta_host *hosts = verdict->connection.hosts;
    for (size_t i = 0; i < UNLINKED_LOOKED_AT && mpta_tracker_unlinked(verdict->tracker, i, join);
         i++) {
        const struct mpta_subflow_end *target = &join->ends[MPTA_SERVER];
        for (int side = MPTA_CLIENT; join->token_known && side <= MPTA_SERVER; side++) {
            if (target->port == hosts[side].port &&
                mpta_address_equal(&target->address, &hosts[side].address))
                return true;
        }
    }
    return false;
}

/* Why there is one subflow, where no join failed. */
static void add_reason_for_one(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_address_event announced;
    struct mpta_subflow stray;
    char text[MPTA_ADDRESS_TEXT_MAX];
    if (survey->failed > 0)
        return;
    if (survey->pending > 0) {
        sentence_add(verdict, " (a join had only begun)");
    } else if (unused_address(verdict, &announced)) {
        mpta_address_format(&announced.address, text, sizeof(text));
        sentence_add(verdict, ": the %s announced %s", side_word(announced.by), text);
        sentence_add_place(verdict, &announced.at);
        sentence_add(verdict, ", but no join was tried (see 'ip mptcp limits' of the %s)",
                     side_word(1 - announced.by));
    } else if (stray_join(verdict, &stray)) {
        sentence_add(verdict, " (a join ");
        sentence_add_path(verdict, &stray);
        sentence_add(verdict, " has the token 0x%08" PRIx32 ", which is not this connection's)",
                     stray.token);
    } else {
        sentence_add(verdict, " (no join was tried, no address announced)");
    }
}

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
        sentence_add(verdict, "%s%s one subflow", before, before[0] == '\0' ? "It used" : " on");
        if (before[0] != '\0')
            add_reason_for_one(verdict, survey);
    }
}

static void add_hand_overs(struct verdict *verdict)
{
    const struct mpta_stream *streams = verdict->connection.streams;
    uint64_t count = streams[MPTA_CLIENT].measure.hand_overs;
    count += streams[MPTA_SERVER].measure.hand_overs;
    if (count > 0)
        sentence_add(verdict,
                     ", with %" PRIu64 " hand-over%s: where one path fell silent, "
                     "another carried on",
                     count, count == 1 ? "" : "s");
}

/* All that was captured is understood, and both sides were heard. */
static bool is_all_known(const struct verdict *verdict, const struct survey *survey)
{
    const struct mpta_connection *connection = &verdict->connection;
    bool unverified = connection->late && connection->key_source == MPTA_KEY_NONE;
    bool unplaced = connection->capture_over && (connection->streams[MPTA_CLIENT].unplaced_bytes ||
                                                 connection->streams[MPTA_SERVER].unplaced_bytes);
    return !unverified && !unplaced && survey->heard[MPTA_CLIENT] && survey->heard[MPTA_SERVER];
}

void verdict_tell_course(struct verdict *verdict, const struct survey *survey)
{
    const struct mpta_connection *connection = &verdict->connection;
    bool unverified = connection->late && connection->key_source == MPTA_KEY_NONE;
    bool sound = verdict->count == 0 && worst_severity(verdict) == MPTA_NOTE;
    const char *before = "";
    if (survey->established == 0 || !sentence_begin(verdict, MPTA_NOTE))
        return;
    if (sound)
        before = is_all_known(verdict, survey) ? "Healthy" : "Nothing wrong was captured";
    add_course(verdict, survey, before);
    add_hand_overs(verdict);
    sentence_add(verdict, "; %s%s.", close_words(connection),
                 unverified ? "; its handshake was not captured, so that nothing can be verified "
                              "without a key (--key)"
                            : "");
}

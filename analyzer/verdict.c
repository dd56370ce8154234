/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The verdict on a connection: the questions of its user, asked in the order of their weight. Did
 * it fall back, and why? Is something wrong? Why is there no second subflow? Who ended it? How did
 * the paths share the data? Each has an answer of one sentence or none, and the first three are
 * told.
 */
#include "analyzer/verdict.h"

#include <inttypes.h>

/* ---- What its subflows came to --------------------------------------------------------------- */

bool verdict_subflow_worked(const struct mpta_subflow *subflow)
{
    return subflow->established || subflow->state == MPTA_SUBFLOW_MIDSTREAM ||
           subflow->directions[MPTA_CLIENT].measure.fresh_bytes > 0 ||
           subflow->directions[MPTA_SERVER].measure.fresh_bytes > 0;
}

static void survey_add(struct survey *survey, const struct mpta_connection *connection,
                       const struct mpta_subflow *subflow)
{
    bool begun_before = connection->late && subflow->type == MPTA_SUBFLOW_INITIAL;
    bool worked = verdict_subflow_worked(subflow);
    survey->established += begun_before || worked;
    survey->joins[JOIN_WORKED] += subflow->type == MPTA_SUBFLOW_JOIN && worked;
    survey->idle_joins += subflow->type == MPTA_SUBFLOW_JOIN && !worked;
    survey->carriers += subflow->directions[survey->main_side].measure.fresh_bytes > 0;
    survey->has_resets |= subflow->close == MPTA_CLOSE_RESET;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct mpta_subflow_direction *direction = &subflow->directions[side];
        survey->heard[side] |= direction->packets > 0;
        if (direction->measure.data_packets > 0 &&
            direction->measure.last_data_ns > survey->data_until_ns)
            survey->data_until_ns = direction->measure.last_data_ns;
    }
}

static struct survey survey_of(const struct verdict *verdict)
{
    const struct mpta_connection *connection = &verdict->connection;
    struct mpta_subflow subflow;
    struct survey survey = {.data_until_ns = INT64_MIN};
    if (connection->streams[MPTA_SERVER].data_bytes > connection->streams[MPTA_CLIENT].data_bytes)
        survey.main_side = MPTA_SERVER;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, connection->id, i, &subflow); i++)
        survey_add(&survey, connection, &subflow);
    verdict_survey_joins(verdict, &survey);
    return survey;
}

/* ---- Why did it fall back? ------------------------------------------------------------------- */

/* Words before the packet, where %s is its sender, and after it. */
/* clang-format off */
static const struct {
    enum mpta_severity severity;
    enum finding_id id;
    const char *before;
    const char *after;
} fallbacks[] = {
    [MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE] = {
        .severity = MPTA_NOTE,
        .id = FINDING_FALLBACK_SYNACK,
        .before = "the SYN/ACK",
        .after = " carries no MP_CAPABLE; the server does not speak MPTCP or a middlebox "
                 "removed it: capture at the server to tell",
    },
    [MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE] = {
        .severity = MPTA_WARNING,
        .id = FINDING_FALLBACK_BLACKHOLE,
        .before = "SYNs with MP_CAPABLE went unanswered, and the client repeated its SYN "
                  "without",
        .after = "; something on the path drops such SYNs, or the SYN/ACKs that answer them, "
                 "or the server could not be reached at first: a capture at the server tells "
                 "whether they arrive",
    },
    [MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE] = {
        .severity = MPTA_WARNING,
        .id = FINDING_FALLBACK_ACK,
        .before = "SYN and SYN/ACK carry MP_CAPABLE, what the client sends next",
        .after = " does not; a middlebox removes it from the SYN/ACK or from packets without "
                 "SYN: capture at the client, and see whether its SYN/ACK carries MP_CAPABLE",
    },
    [MPTA_FALLBACK_DATA_WITHOUT_DSS] = {
        .severity = MPTA_WARNING,
        .id = FINDING_FALLBACK_DSS,
        .before = "data of the %s comes without DSS from here on",
        .after = "; a middlebox removes it or the sender gave up MPTCP: capture at both ends "
                 "to tell",
    },
    [MPTA_FALLBACK_MP_FAIL] = {
        .severity = MPTA_ERROR,
        .id = FINDING_FALLBACK_MP_FAIL,
        .before = "the %s says by MP_FAIL",
        .after = " that data arrived changed; find the middlebox that changes payload on this "
                 "path",
    },
    [MPTA_FALLBACK_INFINITE_MAPPING] = {
        .severity = MPTA_WARNING,
        .id = FINDING_FALLBACK_INFINITE,
        .before = "the %s gave up MPTCP by an infinite mapping",
        .after = "; look for lost options or MP_FAIL before it",
    },
    [MPTA_FALLBACK_VERSION_MISMATCH] = {
        .severity = MPTA_WARNING,
        .id = FINDING_VERSION_MISMATCH,
        .before = "the SYN/ACK",
        .after = " answers with a version that the SYN did not offer; find out which versions "
                 "both hosts speak",
    },
    [MPTA_FALLBACK_OTHER] = {
        .severity = MPTA_WARNING,
        .id = FINDING_COUNT,
        .before = "MPTCP went out of use",
        .after = "",
    },
};
/* clang-format on */
_Static_assert(sizeof(fallbacks) / sizeof(fallbacks[0]) == MPTA_FALLBACK_CAUSE_COUNT,
               "words for each cause");

/* The capture shows answers that the client did not get. */
static void tell_unheard(struct verdict *verdict)
{
    const struct mpta_connection *connection = &verdict->connection;
    if (!sentence_begin(verdict, MPTA_WARNING))
        return;
    sentence_tells_of(verdict, FINDING_FALLBACK_BLACKHOLE);
    sentence_add(verdict, "Fell back to TCP: the server answered with MP_CAPABLE");
    sentence_add_place(verdict, &connection->unheard_at);
    sentence_add(verdict, ", but the client repeated its SYN without");
    sentence_add_place(verdict, &connection->fallback_at);
    sentence_add(verdict, ", as if it had no answer; something on the way back drops SYN/ACKs with "
                          "MP_CAPABLE: capture at the client, too.");
}

static void tell_fallback(struct verdict *verdict)
{
    const struct mpta_connection *connection = &verdict->connection;
    enum mpta_fallback_cause cause = connection->fallback;
    /* Whoever fell back by word of a host had a reason: on the only subflow. */
    if (cause == MPTA_FALLBACK_MP_FAIL || cause == MPTA_FALLBACK_INFINITE_MAPPING)
        verdict_tell_causes(verdict, MPTA_ERROR, 0, &connection->fallback_at);
    if (cause == MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE &&
        connection->unheard_at.packet != 0) {
        tell_unheard(verdict);
        return;
    }
    if (cause == MPTA_FALLBACK_NONE || !sentence_begin(verdict, fallbacks[cause].severity))
        return;
    sentence_tells_of(verdict, fallbacks[cause].id);
    sentence_add(verdict, "Fell back to TCP: ");
    sentence_add_sided(verdict, fallbacks[cause].before, connection->fallback_by);
    sentence_add_place(verdict, &connection->fallback_at);
    sentence_add(verdict, "%s.", fallbacks[cause].after);
}

/* ---- The verdict ------------------------------------------------------------------------------
 */

size_t mpta_tracker_verdict(const struct mpta_tracker *tracker, uint32_t connection,
                            const char *const *capture_names,
                            struct mpta_sentence sentences[MPTA_SENTENCES_MAX])
{
    struct verdict verdict = {
        .tracker = tracker,
        .capture_names = capture_names,
        .sentences = sentences,
    };
    if (!mpta_tracker_connection(tracker, connection, &verdict.connection))
        return 0;
    struct survey survey = survey_of(&verdict);
    if (!verdict_tell_altered(&verdict))
        tell_fallback(&verdict);
    verdict_tell_kind(&verdict, FINDING_FALLBACK_IGNORED);
    verdict_tell_findings(&verdict, MPTA_ERROR);
    verdict_tell_joins(&verdict, &survey);
    verdict_tell_covered(&verdict);
    verdict_tell_end(&verdict, &survey);
    verdict_tell_findings(&verdict, MPTA_WARNING);
    verdict_tell_course(&verdict, &survey);
    if (verdict.count == 0 && sentence_begin(&verdict, MPTA_NOTE))
        sentence_add(&verdict, "The capture shows too little of it to say how it went.");
    return verdict.count;
}

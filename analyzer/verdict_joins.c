/* SPDX-License-Identifier: BSD-3-Clause */
/* Why there is no second subflow, or not all that were tried. */
#include "analyzer/verdict.h"

#include <inttypes.h>

/* What is said of a failed join before its addresses, between them and the packet, and after. */
struct failure {
    enum finding_id id;
    const char *before;
    const char *between; /* %s is who refused it */
    const char *after;   /* NULL: the reason of the reset */
};

static const struct failure failures[] = {
    {FINDING_JOIN_HMAC_SYNACK, "the join",                  " was answered with a wrong HMAC",
     "; the host that answers does not hold the key (another server, an attack), or the packet was "
     "changed on the way"                                                                                 },
    {FINDING_JOIN_HMAC_ACK,    "the join",                  " carries a wrong HMAC in its third ACK",
     "; the host that joins does not hold the key (an attack), or the packet was changed on the "
     "way"                                                                                                },
    {FINDING_JOIN_STRIPPED,    "the handshake of the join", " goes on without MP_JOIN",
     "; something on that path strips TCP options: capture on both sides of its middleboxes"              },
    {FINDING_JOIN_REFUSED,     "the join",                  " was refused by the %s",                 NULL},
    {FINDING_JOIN_UNANSWERED,  "the SYN of the join",       " was never answered",
     "; a capture at the other end tells: if it arrives there, look at the firewall and routes of "
     "that host, else at the path"                                                                        },
};

/* A join that failed without a finding: its opener gave it up. */
static const struct failure given_up = {FINDING_COUNT, "the join", " was given up by the %s",
                                        "; it may have got the answer changed: capture there, too"};

/* How each fate is counted. */
static const char *const fate_words[JOIN_FATE_COUNT] = {
    [JOIN_WRONG_ANSWER] = "answered with a wrong HMAC",
    [JOIN_WRONG_ACK] = "with a wrong HMAC in the third ACK",
    [JOIN_STRIPPED] = "stripped of MP_JOIN",
    [JOIN_REFUSED] = "refused",
    [JOIN_HUNG] = "hung",
    [JOIN_GIVEN_UP] = "given up",
    [JOIN_UNANSWERED] = "unanswered",
};

/* What to do about a RST for this reason, RFC 8684 section 3.6. */
static const char *refusal_advice(const struct mpta_subflow *subflow)
{
    enum { SPECIFIC = 1, RESOURCES, PROHIBITED };
    int reason = subflow->reset_reason_known ? subflow->reset_reason : 0;
    if (reason == SPECIFIC)
        return "its token or HMAC was wrong there, or MP_JOIN was removed: compare captures at "
               "both ends for something that changes options";
    if (reason == RESOURCES || reason == PROHIBITED)
        return "check 'ip mptcp limits' and the firewall there";
    return "check 'ip mptcp limits' and the firewall there, and compare captures at both ends for "
           "something that changes or removes options";
}

static void add_refusal(struct verdict *verdict, const struct mpta_subflow *subflow)
{
    sentence_add(verdict, ": %s; %s",
                 subflow->reset_reason_known ? mpta_reset_reason_text(subflow->reset_reason)
                                             : "a RST without a reason",
                 refusal_advice(subflow));
}

/* "; 3 joins failed in all: 1 stripped of MP_JOIN, 2 unanswered". */
static void add_fates(struct verdict *verdict, const struct survey *survey)
{
    const char *before = ": ";
    if (survey->failed < 2)
        return;
    sentence_add(verdict, "; %zu joins failed in all", survey->failed);
    for (int fate = JOIN_WRONG_ANSWER; fate < JOIN_FATE_COUNT; fate++) {
        size_t count = survey->joins[fate];
        if (count == 0 || count == survey->failed)
            continue;
        sentence_add(verdict, "%s%zu %s", before, count, fate_words[fate]);
        before = ", ";
    }
}

/* Nothing is denied of which the capture shows too little. */
static void add_beginning(struct verdict *verdict, const struct survey *survey)
{
    bool none =
        survey->established < 2 && survey->joins[JOIN_UNTOLD] + survey->joins[JOIN_BEGUN] == 0;
    sentence_add(verdict, "%s: ", none ? "No second subflow" : "A join failed");
}

static void tell_failure(struct verdict *verdict, const struct survey *survey,
                         const struct failure *failure, enum mpta_severity severity,
                         const struct mpta_subflow *subflow, const struct mpta_place *at)
{
    if (!sentence_begin(verdict, severity))
        return;
    if (failure->id != FINDING_COUNT)
        sentence_tells_of(verdict, failure->id);
    add_beginning(verdict, survey);
    sentence_add(verdict, "%s ", failure->before);
    sentence_add_path(verdict, subflow);
    sentence_add_sided(verdict, failure->between, subflow->reset_by);
    sentence_add_place(verdict, at);
    if (failure->after)
        sentence_add(verdict, "%s", failure->after);
    else
        add_refusal(verdict, subflow);
    add_fates(verdict, survey);
    sentence_add(verdict, ".");
}

static bool tell_found_failure(struct verdict *verdict, const struct survey *survey,
                               const struct failure *failure)
{
    struct mpta_finding finding;
    struct mpta_subflow subflow;
    /* A join is unanswered for a note where the capture may lack the answer. */
    if (!verdict_finding(verdict, failure->id, &finding) || !finding.witnesses[0].has_subflow ||
        finding.severity == MPTA_NOTE ||
        !mpta_tracker_subflow(verdict->tracker, verdict->connection.id,
                              finding.witnesses[0].subflow, &subflow))
        return false;
    tell_failure(verdict, survey, failure, finding.severity, &subflow, &finding.witnesses[0].at);
    return true;
}

static void tell_hung(struct verdict *verdict, const struct survey *survey,
                      const struct mpta_subflow *join)
{
    enum mpta_side silent = join->hung_on_ack ? 1 - join->opened_by : join->opened_by;
    if (!sentence_begin(verdict, MPTA_WARNING))
        return;
    sentence_tells_of(verdict, FINDING_JOIN_HUNG);
    add_beginning(verdict, survey);
    sentence_add(verdict, "the join ");
    sentence_add_path(verdict, join);
    sentence_add(verdict, " hung: its %s", join->hung_on_ack ? "third ACK" : "SYN/ACK");
    sentence_add_place(verdict, &join->hung_at);
    sentence_add(verdict,
                 " was repeated for %" PRId64 " s and not %s; it, or what answers it, is lost on "
                 "that path: capture at the %s, too",
                 join->hung_ns / INT64_C(1000000000),
                 join->hung_on_ack ? "answered" : "confirmed by a third ACK", side_word(silent));
    add_fates(verdict, survey);
    sentence_add(verdict, ".");
}

/* A join to this server that was refused for its token, while there is no other connection. */
static void tell_stray(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow stray;
    size_t count;
    bool only;
    if (survey->established != 1 || survey->joins[JOIN_UNTOLD] + survey->joins[JOIN_BEGUN] > 0 ||
        !verdict_stray_join(verdict, &stray, &only) || !only || !stray.was_refused ||
        !sentence_begin(verdict, verdict_knows_tokens(verdict) ? MPTA_WARNING : MPTA_NOTE))
        return;
    verdict->sentences[verdict->count - 1].kind =
        &mpta_finding_kinds(&count)[FINDING_JOIN_TOKEN_UNKNOWN];
    sentence_add(verdict, "No second subflow: a join ");
    sentence_add_path(verdict, &stray);
    sentence_add_place(verdict, &stray.first);
    sentence_add(verdict, " has the token 0x%08" PRIx32 ", which %s, and was refused", stray.token,
                 verdict_knows_tokens(verdict)
                     ? "is not this connection's"
                     : "may be this connection's or another one's (its keys are not known)");
    sentence_add_place(verdict, &stray.reset_at);
    if (verdict_knows_tokens(verdict))
        sentence_add(verdict, "; it belongs to another connection, or its token was changed on the "
                              "way: capture at its sender, too");
    else
        add_refusal(verdict, &stray);
    sentence_add(verdict, ".");
}

void verdict_tell_joins(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow join;
    if (survey->failed == 0) {
        tell_stray(verdict, survey);
        return;
    }
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (tell_found_failure(verdict, survey, &failures[i]))
            return;
    }
    if (verdict_join_of_fate(verdict, survey, JOIN_HUNG, &join))
        tell_hung(verdict, survey, &join);
    else if (verdict_join_of_fate(verdict, survey, JOIN_GIVEN_UP, &join))
        tell_failure(verdict, survey, &given_up, MPTA_NOTE, &join, &join.reset_at);
}

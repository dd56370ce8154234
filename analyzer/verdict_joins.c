/* SPDX-License-Identifier: BSD-3-Clause */
/* Why there is no second subflow, or not all that were tried. */
#include "analyzer/verdict.h"

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
     "; capture at the other end: if it arrives there, look at the firewall and routes of that "
     "host, else at the path"                                                                             },
};

/* Joins that failed without a finding: one that its opener gave up, one too young to be judged. */
static const struct failure given_up = {FINDING_COUNT, "the join", " was given up by the %s",
                                        "; it may have got the answer changed: capture there, too"};
static const struct failure still_open = {FINDING_COUNT, "the join",
                                          " was not answered as long as the capture goes", ""};

static void add_refusal(struct verdict *verdict, const struct mpta_subflow *subflow)
{
    sentence_add(verdict, ": %s; check 'ip mptcp limits' and the firewall there",
                 subflow->reset_reason_known ? mpta_reset_reason_text(subflow->reset_reason)
                                             : "a RST without a reason");
}

static void tell_failure(struct verdict *verdict, const struct survey *survey,
                         const struct failure *failure, enum mpta_severity severity,
                         const struct mpta_subflow *subflow, const struct mpta_place *at)
{
    if (!sentence_begin(verdict, severity))
        return;
    sentence_tells_of(verdict, failure->id);
    sentence_add(verdict, "%s: %s ",
                 survey->established > 1 ? "A join failed" : "No second subflow", failure->before);
    sentence_add_path(verdict, subflow);
    sentence_add_sided(verdict, failure->between, subflow->reset_by);
    sentence_add_place(verdict, at);
    if (failure->after)
        sentence_add(verdict, "%s", failure->after);
    else
        add_refusal(verdict, subflow);
    if (survey->failed > 1)
        sentence_add(verdict, "; %zu joins failed in all", survey->failed);
    sentence_add(verdict, ".");
}

static bool tell_found_failure(struct verdict *verdict, const struct survey *survey,
                               const struct failure *failure)
{
    struct mpta_finding finding;
    struct mpta_subflow subflow;
    /* A join is unanswered for a note where the capture ends with it: it is still open. */
    if (!verdict_finding(verdict, failure->id, &finding) || !finding.witnesses[0].has_subflow ||
        finding.severity == MPTA_NOTE ||
        !mpta_tracker_subflow(verdict->tracker, verdict->connection.id,
                              finding.witnesses[0].subflow, &subflow))
        return false;
    tell_failure(verdict, survey, failure, finding.severity, &subflow, &finding.witnesses[0].at);
    return true;
}

void verdict_tell_joins(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow subflow;
    if (survey->failed == 0)
        return;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (tell_found_failure(verdict, survey, &failures[i]))
            return;
    }
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &subflow);
         i++) {
        if (subflow.type != MPTA_SUBFLOW_JOIN || verdict_subflow_worked(&subflow) ||
            !verdict_join_failed(&subflow))
            continue;
        const struct failure *failure = subflow.was_reset ? &given_up : &still_open;
        tell_failure(verdict, survey, failure, MPTA_NOTE, &subflow,
                     &(struct mpta_place){.packet = subflow.was_reset ? subflow.reset_at.packet : 0,
                                          .capture = subflow.reset_at.capture});
        return;
    }
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who ended a connection, or a subflow that others had to carry on for. A RST comes in somebody's
 * name; where it may be forged, nobody is accused.
 */
#include "analyzer/verdict.h"

#include <inttypes.h>

static void tell_fastclose(struct verdict *verdict)
{
    struct mpta_finding finding;
    if (verdict->connection.close != MPTA_CONNECTION_FASTCLOSE ||
        !verdict_finding(verdict, FINDING_FASTCLOSE, &finding) ||
        !sentence_begin(verdict, MPTA_NOTE))
        return;
    sentence_tells_of(verdict, FINDING_FASTCLOSE);
    sentence_add(verdict, "The %s aborted the connection by MP_FASTCLOSE",
                 side_word(verdict->connection.fastclose_by));
    sentence_add_place(verdict, &finding.witnesses[0].at);
    sentence_add(verdict, "; see why its application did.");
}

/* ---- Resets ---------------------------------------------------------------------------------- */

/* Data flowed on another subflow later, new or what had been lost with this one. */
static bool others_went_on(const struct verdict *verdict, const struct mpta_subflow *subflow)
{
    struct mpta_subflow other;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &other);
         i++) {
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            const struct mpta_flow_measure *measure = &other.directions[side].measure;
            if (other.id != subflow->id && measure->data_packets > 0 &&
                measure->last_data_ns > subflow->reset_at.time_ns)
                return true;
        }
    }
    return false;
}

/* A reset is worth a sentence where it ended the connection, or others had to carry on. */
static bool reset_matters(const struct verdict *verdict, const struct mpta_subflow *subflow,
                          int64_t data_until_ns)
{
    const struct mpta_connection *connection = &verdict->connection;
    struct mpta_finding refused;
    bool opened =
        subflow->established || (subflow->type == MPTA_SUBFLOW_INITIAL &&
                                 !verdict_finding(verdict, FINDING_CONNECTION_REFUSED, &refused));
    return opened && subflow->close == MPTA_CLOSE_RESET &&
           (connection->close == MPTA_CONNECTION_RESET ||
            subflow->reset_at.time_ns < data_until_ns);
}

/* What is known of a reset besides the packet. */
struct reset_course {
    bool has_cause; /* something went wrong on the subflow before */
    bool went_on;   /* the connection, on other subflows */
    bool removed;   /* its address had been removed before: */
    struct mpta_address_event removal;
};

/* A REMOVE_ADDR, while the subflow lived, of the address that its sender had there. */
static bool removes_end_of(const struct mpta_address_event *event,
                           const struct mpta_subflow *subflow)
{
    const struct mpta_subflow_end *end = &subflow->ends[event->by];
    return event->op == MPTA_ADDRESS_REMOVE && end->address_id_known &&
           end->address_id == event->address_id && event->at.time_ns >= subflow->start_ns &&
           event->at.time_ns <= subflow->reset_at.time_ns;
}

/* RFC 8684 section 3.4.2: both hosts close what uses a removed address. */
static bool find_removal(const struct verdict *verdict, const struct mpta_subflow *subflow,
                         struct mpta_address_event *removal)
{
    for (size_t i = 0; mpta_tracker_address(verdict->tracker, verdict->connection.id, i, removal);
         i++) {
        if (removes_end_of(removal, subflow))
            return true;
    }
    return false;
}

/* Without a reason, who may have had one is told by what became of the connection. */
static const char *unreasoned_advice(const struct reset_course *course)
{
    if (course->has_cause)
        return "look at what came before it on this subflow";
    if (course->removed)
        return "nothing if the address was to go, else see why it went";
    if (course->went_on)
        return "see whether the path manager of the %s, a REMOVE_ADDR or an administrator closed "
               "it, and capture there, too: a firewall or NAT may have sent it";
    return "see whether the application of the %s ended or closed with unread data, and capture "
           "there, too: a firewall or NAT may have sent it";
}

/* What to check, by the reason that was given: RFC 8684 section 3.6. */
static const char *reset_advice(const struct mpta_subflow *subflow,
                                const struct reset_course *course)
{
    enum { UNSPECIFIED = 0 };
    static const char altered[] = "compare captures at both ends of that path for something that "
                                  "changes options or payload";
    static const char *const advice[] = {
        [1] = "compare captures at both ends for something that changes options",
        [2] = "look at the memory of the %s and at 'ip mptcp limits' there",
        [3] = "look at 'ip mptcp limits' and the firewall of the %s",
        [4] = "look at losses and delays of that path: too much was under way on it",
        [5] = "look at losses and delays of that path",
        [6] = altered,
    };
    if (!subflow->reset_reason_known || subflow->reset_reason == UNSPECIFIED)
        return unreasoned_advice(course);
    return subflow->reset_reason < sizeof(advice) / sizeof(advice[0])
               ? advice[subflow->reset_reason]
               : "find out which stack the %s uses";
}

static void add_reset(struct verdict *verdict, const struct mpta_subflow *subflow,
                      const struct reset_course *course)
{
    sentence_tells_of(verdict, FINDING_SUBFLOW_RESET);
    sentence_add(verdict, "The %s reset subflow %" PRIu32, side_word(subflow->reset_by),
                 subflow->id);
    sentence_add_place(verdict, &subflow->reset_at);
    sentence_add(verdict, ": %s",
                 subflow->reset_reason_known ? mpta_reset_reason_text(subflow->reset_reason)
                                             : "no reason given");
    if (course->removed) {
        sentence_add(verdict, ", after the %s had removed its address by REMOVE_ADDR",
                     side_word(course->removal.by));
        sentence_add_place(verdict, &course->removal.at);
    }
    sentence_add(verdict,
                 "%s. Next: ", course->went_on ? "; the connection went on without it" : "");
    sentence_add_sided(verdict, reset_advice(subflow, course), subflow->reset_by);
    sentence_add(verdict, ".");
}

/* The row of the finding that this very RST is suspect, else the number of rows. */
static size_t suspect_row(const struct verdict *verdict, const struct mpta_subflow *subflow,
                          struct mpta_finding *finding)
{
    size_t count, row = 0;
    const struct mpta_finding_kind *kind = &mpta_finding_kinds(&count)[FINDING_RESET_SUSPECT];
    for (; mpta_tracker_finding(verdict->tracker, verdict->connection.id, row, finding); row++) {
        const struct mpta_place *at = &finding->witnesses[0].at;
        if (finding->kind == kind && at->packet == subflow->reset_at.packet &&
            at->capture == subflow->reset_at.capture)
            break;
    }
    return row;
}

/* Says why it is in doubt; the finding of that, where there is one, needs no sentence any more. */
static void add_doubtful_reset(struct verdict *verdict, const struct mpta_subflow *subflow,
                               const struct reset_course *course)
{
    static const char *const doubts[MPTA_RESET_DOUBT_COUNT] = {
        [MPTA_RESET_UNDOUBTED] = "",
        [MPTA_RESET_DISTANCE] = "may be forged: it comes from another distance than the other "
                                "packets of the %s",
        [MPTA_RESET_SEQUENCE] = "may be forged: its sequence number lies far outside of what the "
                                "other side would take from the %s",
        [MPTA_RESET_FASTCLOSE] = "is probably forged: its MP_FASTCLOSE has a key that the %s would "
                                 "not have sent",
        [MPTA_RESET_OUTLIVED] = "may be forged: the %s goes on after it",
    };
    bool outlived = subflow->reset_doubt == MPTA_RESET_OUTLIVED;
    const char *went_on = !course->went_on || outlived ? "" : "; the connection went on without it";
    struct mpta_finding finding;
    size_t row = suspect_row(verdict, subflow, &finding);
    sentence_tells_of(verdict, FINDING_SUBFLOW_RESET);
    if (row < verdict->connection.finding_count) {
        verdict->rows[verdict->row_count++] = row;
        verdict->sentences[verdict->count - 1].kind = finding.kind;
        verdict->sentences[verdict->count - 1].severity = finding.severity;
    }
    sentence_add(verdict, "A RST in the name of the %s came on subflow %" PRIu32,
                 side_word(subflow->reset_by), subflow->id);
    sentence_add_place(verdict, &subflow->reset_at);
    sentence_add(verdict, ", which ");
    sentence_add_sided(verdict, doubts[subflow->reset_doubt], subflow->reset_by);
    sentence_add(
        verdict,
        "%s. Next: compare with a capture at the %s: if the RST is not there, something on "
        "the path sent it.",
        went_on, side_word(subflow->reset_by));
}

static void tell_reset(struct verdict *verdict, const struct mpta_subflow *subflow)
{
    struct reset_course course = {
        .has_cause = verdict_tell_causes(verdict, MPTA_WARNING, subflow->id, &subflow->reset_at),
        .went_on = others_went_on(verdict, subflow),
    };
    course.removed = find_removal(verdict, subflow, &course.removal);
    if (!sentence_begin(verdict, MPTA_NOTE))
        return;
    if (subflow->reset_doubt == MPTA_RESET_UNDOUBTED)
        add_reset(verdict, subflow, &course);
    else
        add_doubtful_reset(verdict, subflow, &course);
}

void verdict_tell_end(struct verdict *verdict, const struct survey *survey)
{
    struct mpta_subflow subflow;
    tell_fastclose(verdict);
    if (!survey->has_resets)
        return;
    for (size_t i = 0; mpta_tracker_subflow(verdict->tracker, verdict->connection.id, i, &subflow);
         i++) {
        if (reset_matters(verdict, &subflow, survey->data_until_ns)) {
            tell_reset(verdict, &subflow);
            return;
        }
    }
}

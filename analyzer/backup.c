/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data on backup subflows, RFC 8684 section 3.3.8: whoever asks for a backup wants no data there as
 * long as a regular subflow does. That is a wish, so that either way it is no more than a note.
 */
#include "analyzer/elapsed.h"
#include "analyzer/tracker.h"

/* So many subflows, the newest, are looked at for one that is regular. */
#define BACKUP_SUBFLOWS_MAX 64
/* So long after MP_PRIO what arrives may have been sent before that was read. */
#define BACKUP_NOTICE_NS INT64_C(200000000)

enum { BACKUP_BESIDE = 1, BACKUP_INSTEAD = 2 };

/* New data, on a subflow that its receiver wants as a backup, and had time to say so. */
static bool is_on_backup(const struct incoming *in)
{
    const struct half *sender = in->sender;
    const struct half *receiver = in->receiver;
    return receiver->backup && in->segment->payload_len > 0 && in->extent.end > sender->next &&
           (!receiver->backup_by_prio || elapsed_ns(half_aside(receiver)->backup_ns,
                                                    in->packet->place.time_ns) >= BACKUP_NOTICE_NS);
}

/* What an end sent was not answered for so long that the path may well be dead. */
static bool is_stuck(const struct half *sender, const struct half *receiver, int64_t now_ns)
{
    return sender->next > sender->acked &&
           elapsed_ns(receiver->measure.last_packet_ns, now_ns) >= HAND_OVER_QUIET_NS;
}

/* A subflow that the receiver of this packet does not want as a backup, and that works. */
static bool is_regular(const struct incoming *in, const struct subflow *subflow)
{
    enum mpta_side side = subflow_side(in->subflow, in->role);
    enum role role = subflow_role(subflow, side);
    const struct half *sender = &subflow->halves[role];
    const struct half *receiver = &subflow->halves[role_other(role)];
    int64_t now_ns = in->packet->place.time_ns;
    return subflow != in->subflow && subflow->established &&
           subflow->state == MPTA_SUBFLOW_ESTABLISHED && !receiver->backup &&
           receiver->measure.has_packet && !is_stuck(sender, receiver, now_ns) &&
           !is_stuck(receiver, sender, now_ns);
}

static const struct subflow *regular_find(const struct incoming *in)
{
    const struct connection *connection = in->subflow->connection;
    size_t count = connection->subflow_count;
    size_t from = count > BACKUP_SUBFLOWS_MAX ? count - BACKUP_SUBFLOWS_MAX : 0;
    for (size_t i = from; i < count; i++) {
        if (is_regular(in, connection->subflows[i]))
            return connection->subflows[i];
    }
    return NULL;
}

/* Each way of using it is said once of each direction of a subflow. */
bool backup_take(struct incoming *in)
{
    struct half *sender = in->sender;
    if (!is_on_backup(in) || sender->backup_told == (BACKUP_BESIDE | BACKUP_INSTEAD))
        return true;
    struct occurrence used = occurrence_in(FINDING_BACKUP_USED, in);
    const struct subflow *regular = regular_find(in);
    used.variant = regular ? BACKUP_BESIDE : BACKUP_INSTEAD;
    if (sender->backup_told & used.variant)
        return true;
    sender->backup_told = (uint8_t)(sender->backup_told | used.variant);
    const char *who = side_word(subflow_side(in->subflow, in->role));
    struct finding_list *findings = &in->subflow->connection->findings;
    if (!regular)
        return finding_add(findings, &used,
                           "the %s's data goes over a backup subflow: no regular one is seen to "
                           "work",
                           who);
    return finding_add(findings, &used,
                       "the %s's data goes over a backup subflow, while subflow %u, a regular one, "
                       "works",
                       who, regular->id);
}

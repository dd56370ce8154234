/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options of kind 30 that come after the handshake: what each says is taken down here, one
 * small function a subtype.
 */
#include "analyzer/aftermath.h"
#include "analyzer/data.h"
#include "analyzer/survival.h"
#include "analyzer/tracker.h"

#include <stdlib.h>

static bool dss_take(struct mpta_tracker *tracker, struct incoming *in,
                     const struct mpta_mptcp_option *option)
{
    if (!fallback_take_signal(&in->subflow->connection->awake->fallback, option, in->packet,
                              subflow_side(in->subflow, in->role), in->repeats) ||
        !data_take_dss(tracker, in, &option->dss) || !aftermath_take_dss(in, &option->dss))
        return false;
    if (in->subflow->connection->awake->fallback.evidence)
        survival_take(in, option);
    return !option->dss.has_map || !option->dss.data_fin || standstill_take_fin(in);
}

static bool address_signal_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    const struct half *half = in->sender;
    const struct address_record carrier = {
        .by = subflow_side(in->subflow, in->role),
        .at = in->packet->place,
        .subflow = in->subflow,
        .gapless = in->gapless,
        .foreign = half->isn_known && half->hop_limit != in->segment->hop_limit,
    };
    return address_take(in->subflow->connection, &carrier, option);
}

/* So many subflows are asked for an address ID, the newest ones: there are 256 IDs. */
#define PRIO_SUBFLOWS_MAX 256

static bool half_set_backup(struct half *half, const struct incoming *in, bool backup)
{
    if (!half_make_aside(half))
        return false;
    half->backup = backup;
    half->backup_by_prio = true;
    half->aside->backup_ns = in->packet->place.time_ns;
    return true;
}

/* Routes change by a few hops. */
#define PRIO_HOPS_APART_MAX 5

/* It came another way than the SYN of its sender. */
static bool prio_is_foreign(const struct incoming *in)
{
    const struct half *half = in->sender;
    int apart = (int)half->hop_limit - (int)in->segment->hop_limit;
    return half->isn_known && !in->elsewhere && abs(apart) > PRIO_HOPS_APART_MAX;
}

/*
 * It has no HMAC: whoever controls one path may so draw the data of all to it, RFC 6181. But a host
 * may say it of its own accord, too.
 */
static bool report_other_subflow(const struct incoming *in, const struct mpta_mp_prio *prio)
{
    const struct half *half = in->sender;
    struct occurrence other = occurrence_in(FINDING_PRIO_OTHER_SUBFLOW, in);
    bool foreign = prio_is_foreign(in);
    other.variant = foreign;
    return in->subflow->connection->version != 0 || !half->address_id_known ||
           half->address_id == prio->address_id ||
           finding_add_as(
               &in->subflow->connection->findings, foreign ? MPTA_ERROR : MPTA_WARNING, &other,
               "MP_PRIO on a subflow of address ID %u makes the subflows of ID %u %s%s",
               half->address_id, prio->address_id, prio->backup ? "backups" : "regular",
               foreign ? ", and its packet came another way than the others of that host" : "");
}

/* Version 0 may change the priority of other subflows, by address ID: RFC 6824 section 3.3.8. */
static bool prio_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    const struct mpta_mp_prio *prio = &option->prio;
    struct connection *connection = in->subflow->connection;
    enum mpta_side side = subflow_side(in->subflow, in->role);
    if (!prio->has_address_id)
        return half_set_backup(in->sender, in, prio->backup);
    size_t count = connection->subflow_count;
    for (size_t i = count > PRIO_SUBFLOWS_MAX ? count - PRIO_SUBFLOWS_MAX : 0; i < count; i++) {
        struct subflow *subflow = connection->subflows[i];
        struct half *half = &subflow->halves[subflow_role(subflow, side)];
        if (half->address_id_known && half->address_id == prio->address_id &&
            !half_set_backup(half, in, prio->backup))
            return false;
    }
    return report_other_subflow(in, prio);
}

/* On a RST it ends the subflow alone; the others go on. */
static bool fail_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    struct connection *connection = in->subflow->connection;
    enum mpta_side by = subflow_side(in->subflow, in->role);
    const struct occurrence fail = occurrence_in(FINDING_MP_FAIL_SUBFLOW, in);
    if (!fallback_take_signal(&connection->awake->fallback, option, in->packet, by, false))
        return false;
    survival_take(in, option);
    return !(in->segment->flags & MPTA_TCP_RST) ||
           finding_add(
               &connection->findings, &fail,
               "the %s says by MP_FAIL that data on subflow %u arrived changed, and resets it",
               side_word(by), in->subflow->id);
}

/* It carries the key of its receiver, RFC 8684 section 3.5; with another it was forged. */
static bool fastclose_judge(struct connection *connection, const struct fastclose *fastclose,
                            bool *forged)
{
    enum mpta_side side = side_other(fastclose->by);
    const struct identity *receiver = &connection->identities[side];
    const struct occurrence forgery = {
        .id = FINDING_FASTCLOSE_KEY,
        .at = fastclose->at,
        .subflow = fastclose->subflow,
        .by = doer_of(fastclose->by),
    };
    *forged = connection_key_is_certain(connection, side) && receiver->key != fastclose->key;
    if (!*forged)
        return true;
    subflow_doubt_reset(fastclose->subflow, &fastclose->at, MPTA_RESET_FASTCLOSE);
    return finding_add_as(&connection->findings, fastclose->gapless ? MPTA_ERROR : MPTA_WARNING,
                          &forgery,
                          "MP_FASTCLOSE with a key that is not its receiver's: it was injected%s",
                          fastclose->gapless ? "" : ", or packets before it were not captured");
}

bool fastclose_verify(struct connection *connection)
{
    bool forged = false;
    if (connection->fastclosed &&
        !fastclose_judge(connection, &connection->awake->fastclose, &forged))
        return false;
    if (forged)
        connection->fastclosed = false;
    return true;
}

static bool fastclose_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    struct connection *connection = in->subflow->connection;
    struct fastclose fastclose = {
        .by = subflow_side(in->subflow, in->role),
        .key = option->fastclose.receiver_key,
        .subflow = in->subflow,
        .at = in->packet->place,
        .gapless = in->gapless,
    };
    bool forged;
    if (!fastclose_judge(connection, &fastclose, &forged))
        return false;
    if (forged || connection->fastclosed)
        return true;
    connection->fastclosed = true;
    connection->awake->fastclose = fastclose;
    return aftermath_note_fastclose(in);
}

static bool tcprst_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    struct half *half = in->sender;
    if (!(in->segment->flags & MPTA_TCP_RST) || half->reset_reason_known)
        return true;
    half->reset_reason_known = true;
    half->reset_reason = option->tcprst.reason;
    half->reset_transient = option->tcprst.transient;
    return true;
}

static bool unknown_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    struct occurrence unknown = occurrence_in(FINDING_OPTION_SUBTYPE_UNKNOWN, in);
    unknown.variant = option->subtype;
    return finding_add(&in->subflow->connection->findings, &unknown,
                       "an MPTCP option of subtype %u", (unsigned)option->subtype);
}

static bool signal_take_option(struct mpta_tracker *tracker, struct incoming *in,
                               const struct mpta_mptcp_option *option)
{
    switch (option->subtype) {
    case MPTA_MP_CAPABLE:
        return data_take_capable(tracker, in, &option->capable);
    case MPTA_MP_JOIN:
        return true; /* handshake.c */
    case MPTA_DSS:
        return dss_take(tracker, in, option);
    case MPTA_ADD_ADDR:
    case MPTA_REMOVE_ADDR:
        return address_signal_take(in, option);
    case MPTA_MP_PRIO:
        return prio_take(in, option);
    case MPTA_MP_FAIL:
        return fail_take(in, option);
    case MPTA_MP_FASTCLOSE:
        return fastclose_take(in, option);
    case MPTA_MP_TCPRST:
        return tcprst_take(in, option);
    case MPTA_MP_EXPERIMENTAL:
        break;
    }
    return unknown_take(in, option);
}

/* On a subflow without a connection only its own priority and reset mean something. */
static bool subflow_signal_take(struct incoming *in, const struct mpta_mptcp_option *option)
{
    if (option->subtype == MPTA_MP_TCPRST)
        return tcprst_take(in, option);
    return option->subtype != MPTA_MP_PRIO || option->prio.has_address_id ||
           half_set_backup(in->sender, in, option->prio.backup);
}

bool signal_take(struct mpta_tracker *tracker, struct incoming *in)
{
    const struct connection *connection = in->subflow->connection;
    in->repeats =
        connection &&
        fallback_is_suspected(&connection->awake->fallback, subflow_side(in->subflow, in->role)) &&
        data_is_repeated(in);
    for (size_t i = 0; i < in->options->count; i++) {
        const struct mpta_mptcp_option *option = &in->options->items[i];
        if (!(in->subflow->connection ? signal_take_option(tracker, in, option)
                                      : subflow_signal_take(in, option)))
            return false;
    }
    return true;
}

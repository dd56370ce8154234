/* SPDX-License-Identifier: BSD-3-Clause */
/* A subflow as others see it: by sides instead of roles, with the words of its states. */
#include "analyzer/measure.h"
#include "analyzer/subflow.h"

static const char *const state_names[] = {
    [MPTA_SUBFLOW_MIDSTREAM] = "midstream",     [MPTA_SUBFLOW_SYN] = "syn",
    [MPTA_SUBFLOW_SYN_ACK] = "syn-ack",         [MPTA_SUBFLOW_PRE_ESTABLISHED] = "pre-established",
    [MPTA_SUBFLOW_ESTABLISHED] = "established", [MPTA_SUBFLOW_CLOSING] = "closing",
    [MPTA_SUBFLOW_CLOSED] = "closed",           [MPTA_SUBFLOW_RESET] = "reset",
};
_Static_assert(sizeof(state_names) / sizeof(state_names[0]) == MPTA_SUBFLOW_STATE_COUNT,
               "one name for each state");

static const char *const doubt_names[MPTA_RESET_DOUBT_COUNT] = {
    [MPTA_RESET_DISTANCE] = "distance",
    [MPTA_RESET_SEQUENCE] = "sequence",
    [MPTA_RESET_FASTCLOSE] = "fastclose-key",
    [MPTA_RESET_OUTLIVED] = "outlived",
};

const char *mpta_reset_doubt_name(enum mpta_reset_doubt doubt)
{
    return doubt_names[doubt];
}

const char *mpta_subflow_state_name(enum mpta_subflow_state state)
{
    return state_names[state];
}

static void half_view(const struct endpoint *at, const struct half *half,
                      struct mpta_subflow_end *end, struct mpta_subflow_direction *direction)
{
    *end = (struct mpta_subflow_end){
        .address = at->address,
        .port = at->port,
        .address_id_known = half->address_id_known,
        .address_id = half->address_id,
        .backup = half->backup,
    };
    *direction = (struct mpta_subflow_direction){
        .packets = half->packets,
        .payload_bytes = half->payload_bytes,
        .retransmitted_bytes = half->retransmitted_bytes,
        .reinjected_bytes = half->reinjected_bytes,
        .remapped_bytes = half->remapped_bytes,
    };
    measure_view(&half->measure, direction);
}

enum mpta_verdict subflow_syn_ack_hmac(const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    if (join->syn_ack_verdict == MPTA_ABSENT && join->ack_joined && !(subflow->seen & SEEN_SYN_ACK))
        return MPTA_UNVERIFIABLE;
    return join->syn_ack_verdict;
}

void subflow_view(const struct subflow *subflow, struct mpta_subflow *view)
{
    const struct half *resetter = &subflow->halves[subflow->awake->reset_by];
    const struct joining *join = subflow_joining(subflow);
    *view = (struct mpta_subflow){
        .id = subflow->id,
        .type = subflow->kind == SUBFLOW_JOIN ? MPTA_SUBFLOW_JOIN : MPTA_SUBFLOW_INITIAL,
        .state = subflow->state,
        .opened_by = subflow->opened_by,
        .established = subflow->established,
        .first = subflow->first,
        .start_ns = subflow->first.time_ns,
        .end_ns = subflow->end_ns,
        .close = subflow_close_of(subflow),
        .was_reset = subflow->was_reset,
        .was_refused = subflow_is_refused(subflow),
        .reset_by = subflow_side(subflow, subflow->awake->reset_by),
        .reset_reason_known = subflow->was_reset && resetter->reset_reason_known,
        .reset_reason = resetter->reset_reason,
        .reset_transient = resetter->reset_transient,
        .reset_at = subflow->awake->reset_at,
        .reset_doubt = subflow->awake->reset_doubt,
        .syn_ack_hmac = subflow_syn_ack_hmac(subflow),
        .ack_hmac = join->ack_verdict,
        .token_known = join->token_known,
        .token = join->token,
        .stripped_at = join->stripped_at,
    };
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        enum role role = subflow_role(subflow, (enum mpta_side)side);
        half_view(&subflow->ends[role], &subflow->halves[role], &view->ends[side],
                  &view->directions[side]);
    }
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An acknowledgement of more than the SYN, on another packet than the SYN/ACK, says nothing: what
 * was refused may have been sent again since, in packets that were not captured.
 */
#include "analyzer/fast_open.h"

void fast_open_tell(struct half *half, uint64_t ssn_base)
{
    half->syn_payload = 0;
    half->syn_judged = true;
    if (half->ssn_base_known && half->ssn_base != ssn_base && half->mappings.count > 0)
        return; /* mappings have their places already */
    half->ssn_told = true;
    half->ssn_base = ssn_base;
    half->ssn_base_known = true;
    half->ssn_base_guessed = false;
}

void fast_open_take_syn(struct half *half, uint32_t payload_len, bool fresh)
{
    if (fresh && !half->syn_judged && payload_len == 0) {
        half->ssn_base = half->isn;
        half->ssn_base_known = true;
    }
    if (half->syn_judged || half->mappings.count > 0)
        return;
    if (payload_len > half->syn_payload) {
        half->syn_payload = payload_len;
        half->ssn_base_known = false;
    }
}

void fast_open_take_ack(struct half *half, uint64_t ack, bool of_syn)
{
    if (half->syn_payload > 0 && ack > half->isn && ack <= half->isn + 1 + half->syn_payload &&
        (of_syn || ack == half->isn + 1))
        fast_open_tell(half, ack - 1);
}

/* One octet may be a keep-alive's. */
void fast_open_take_data(struct half *half, const struct extent *extent)
{
    if (half->syn_payload > 0 && extent->begin == half->isn + 1 && extent->end > extent->begin + 1)
        fast_open_tell(half, half->isn);
}

bool fast_open_was_told(struct subflow *subflow)
{
    bool told = subflow->halves[OPENER].ssn_told || subflow->halves[RESPONDER].ssn_told;
    subflow->halves[OPENER].ssn_told = false;
    subflow->halves[RESPONDER].ssn_told = false;
    return told;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict is asked for when it is shown, for the key or the octets that it takes may come after
 * the packet. Beside a wrong value stands what it must be.
 */
#include "wireshark/tree_verdicts.h"

#include "wireshark/compat.h"
#include "wireshark/session.h"

static struct {
    int hmac, hmac_expected, checksum, checksum_expected;
} hf;

/* clang-format off */
#define FIELD(id, name, abbrev, type, display, words)                                              \
    {&hf.id, {name, "mptcpa." abbrev, type, display, NULL, 0, words, HFILL}}
static hf_register_info fields[] = {
    FIELD(hmac, "HMAC", "hmac.status", FT_STRING, BASE_NONE,
          "Of MP_JOIN or ADD_ADDR: valid, invalid or unverifiable"),
    FIELD(hmac_expected, "Expected HMAC", "hmac.expected", FT_BYTES, BASE_NONE, NULL),
    FIELD(checksum, "Data-level checksum", "checksum.status", FT_STRING, BASE_NONE,
          "Of the mapping: valid, invalid or unverifiable"),
    FIELD(checksum_expected, "Expected checksum", "checksum.expected", FT_UINT16, BASE_HEX, NULL),
};
/* clang-format on */

void tree_verdicts_register(int protocol)
{
    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
}

static void add_status(proto_tree *tree, tvbuff_t *tvb, int field, enum mpta_verdict verdict)
{
    proto_item_set_generated(
        proto_tree_add_string(tree, field, tvb, 0, 0, mpta_verdict_name(verdict)));
}

/* ---- HMACs ----------------------------------------------------------------------------------- */

static void show_hmac(proto_tree *tree, tvbuff_t *tvb, enum mpta_verdict verdict,
                      const uint8_t *expected, size_t len)
{
    if (verdict == MPTA_ABSENT)
        return;
    add_status(tree, tvb, hf.hmac, verdict);
    if (verdict == MPTA_INVALID && expected)
        proto_item_set_generated(proto_tree_add_bytes_with_length(tree, hf.hmac_expected, tvb, 0, 0,
                                                                  expected, (int)len));
}

/* Which form of MP_JOIN a segment carries; MPTA_JOIN_SYN for none that has an HMAC. */
static enum mpta_join_form join_form(tvbuff_t *tvb)
{
    struct mpta_segment segment = {0};
    struct mpta_option_walk walk;
    struct mpta_tcp_option found;
    struct mpta_mptcp_option option;
    size_t header_len = (size_t)(tvb_get_uint8(tvb, 12) >> 4) * 4;
    size_t captured = tvb_captured_length(tvb);
    segment.options_len = header_len - 20;
    segment.options_captured = (captured < header_len ? captured : header_len) - 20;
    segment.options = tvb_get_ptr(tvb, 0, (int)(20 + segment.options_captured)) + 20;
    mpta_option_walk_start(&walk, &segment);
    while (mpta_option_walk_next(&walk, &found) == MPTA_WALK_OPTION) {
        if (found.kind == MPTA_KIND_MPTCP &&
            mpta_mptcp_decode(found.octets, found.length, &option) == MPTA_OPTION_OK &&
            option.subtype == MPTA_MP_JOIN)
            return option.join.form;
    }
    return MPTA_JOIN_SYN;
}

static void show_join(proto_tree *tree, tvbuff_t *tvb, const struct mpta_fed *fed)
{
    enum mpta_join_form form = join_form(tvb);
    struct mpta_join_hmacs hmacs;
    struct mpta_subflow subflow;
    if (form == MPTA_JOIN_SYN)
        return;
    bool known = fed->has_connection &&
                 mpta_tracker_subflow(session_tracker(), fed->connection, fed->subflow, &subflow);
    if (!known) {
        add_status(tree, tvb, hf.hmac, MPTA_UNVERIFIABLE);
        return;
    }
    known = mpta_tracker_join_hmacs(session_tracker(), fed->connection, fed->subflow, &hmacs);
    if (form == MPTA_JOIN_SYN_ACK)
        show_hmac(tree, tvb, subflow.syn_ack_hmac, known ? hmacs.syn_ack : NULL,
                  sizeof(hmacs.syn_ack));
    else
        show_hmac(tree, tvb, subflow.ack_hmac, known ? hmacs.ack : NULL, sizeof(hmacs.ack));
}

static void show_address(proto_tree *tree, tvbuff_t *tvb, uint32_t connection, size_t index)
{
    struct mpta_address_event address;
    uint64_t hmac;
    uint8_t octets[8];
    if (!mpta_tracker_address(session_tracker(), connection, index, &address))
        return;
    bool known = mpta_tracker_address_hmac(session_tracker(), connection, index, &hmac);
    for (size_t i = 0; known && i < sizeof(octets); i++)
        octets[i] = (uint8_t)(hmac >> (56 - 8 * i));
    show_hmac(tree, tvb, address.hmac, known ? octets : NULL, sizeof(octets));
}

/* ---- Checksums ------------------------------------------------------------------------------- */

static void show_checksum(proto_tree *tree, tvbuff_t *tvb, const struct packet_facts *facts)
{
    const struct mpta_fed_data *data = &facts->fed.data;
    uint64_t packet = data->checksum_packet ? data->checksum_packet : facts->frame;
    const struct mpta_judgement *judgement = session_judgement(packet);
    if (!data->checksummed)
        return;
    add_status(tree, tvb, hf.checksum, judgement ? judgement->verdict : MPTA_UNVERIFIABLE);
    if (judgement && judgement->verdict == MPTA_INVALID)
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf.checksum_expected, tvb, 0, 0, judgement->expected));
}

void tree_verdicts_show(tvbuff_t *tvb, proto_tree *tree, const struct packet_facts *facts)
{
    if (facts->fed.mptcp)
        show_join(tree, tvb, &facts->fed);
    for (uint32_t i = 0; i < facts->address_count; i++)
        show_address(tree, tvb, facts->fed.connection, facts->address_first + i);
    show_checksum(tree, tvb, facts);
}

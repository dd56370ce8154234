/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Option kind 30 from structs into octets, the inverse of mptcp_decode.c. An encoder refuses a
 * struct that no octets decode to: parts that no form has together, a value too large for its
 * field, a word that contradicts the flags it was read from. Fields of parts that are not there
 * are not looked at.
 */
#include "dissector/dissector.h"
#include "dissector/wire.h"

#define OPTIONS_LEN_MAX 40

typedef bool option_encoder(struct wire_writer *writer, const struct mpta_mptcp_option *option);

/* The octet of subtype and what is beside it. False if that has more than four bits. */
static bool nibble_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option,
                          uint8_t nibble)
{
    wire_put_u8(writer, (uint8_t)((unsigned)option->subtype << 4 | nibble));
    return nibble <= 0x0f;
}

/* The same where twelve bits are beside the subtype. */
static bool reserved_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option,
                            uint16_t reserved)
{
    wire_put_u16(writer, (uint16_t)((unsigned)option->subtype << 12 | reserved));
    return reserved <= 0x0fff;
}

/* Each part needs the one before it; version 0 has one or two keys and nothing else. */
static bool capable_is_form(const struct mpta_mp_capable *capable)
{
    if (capable->version == 0) {
        return capable->has_sender_key && !capable->has_data_len && !capable->has_checksum;
    }
    return capable->has_sender_key >= capable->has_receiver_key &&
           capable->has_receiver_key >= capable->has_data_len &&
           capable->has_data_len >= capable->has_checksum;
}

static bool capable_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_mp_capable *capable = &option->capable;
    bool valid = nibble_encode(writer, option, capable->version) && capable_is_form(capable);
    wire_put_u8(writer, capable->flags);
    if (capable->has_sender_key) {
        wire_put_u64(writer, capable->sender_key);
    }
    if (capable->has_receiver_key) {
        wire_put_u64(writer, capable->receiver_key);
    }
    if (capable->has_data_len) {
        wire_put_u16(writer, capable->data_len);
    }
    if (capable->has_checksum) {
        wire_put_u16(writer, capable->checksum);
    }
    return valid;
}

static bool join_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_mp_join *join = &option->join;
    bool backup = join->form != MPTA_JOIN_ACK && (join->flags & 0x1);
    bool valid = nibble_encode(writer, option, join->flags) && join->backup == backup;
    wire_put_u8(writer, join->address_id);
    switch (join->form) {
    case MPTA_JOIN_SYN:
        wire_put_u32(writer, join->token);
        wire_put_u32(writer, join->nonce);
        return valid;
    case MPTA_JOIN_SYN_ACK:
        wire_put_copy(writer, join->hmac, 8);
        wire_put_u32(writer, join->nonce);
        return valid;
    case MPTA_JOIN_ACK:
        wire_put_copy(writer, join->hmac, 20);
        return valid;
    default:
        return false;
    }
}

/* True if flags and parts agree, and 32-bit numbers have 32 bits. */
static bool dss_is_form(const struct mpta_dss *dss)
{
    return dss->data_fin == (bool)(dss->flags & 0x10) &&
           dss->has_ack == (bool)(dss->flags & 0x01) &&
           dss->ack_is_64 == (dss->has_ack && (dss->flags & 0x02)) &&
           dss->has_map == (bool)(dss->flags & 0x04) &&
           dss->dsn_is_64 == (dss->has_map && (dss->flags & 0x08)) &&
           dss->has_map >= dss->has_checksum &&
           (dss->ack_is_64 || !dss->has_ack || dss->data_ack <= UINT32_MAX) &&
           (dss->dsn_is_64 || !dss->has_map || dss->dsn <= UINT32_MAX);
}

static bool dss_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_dss *dss = &option->dss;
    bool valid = nibble_encode(writer, option, dss->reserved) && dss_is_form(dss);
    wire_put_u8(writer, dss->flags);
    if (dss->has_ack) {
        wire_put(writer, dss->data_ack, dss->ack_is_64 ? 8 : 4);
    }
    if (dss->has_map) {
        wire_put(writer, dss->dsn, dss->dsn_is_64 ? 8 : 4);
        wire_put_u32(writer, dss->ssn);
        wire_put_u16(writer, dss->data_len);
    }
    if (dss->has_checksum) {
        wire_put_u16(writer, dss->checksum);
    }
    return valid;
}

static bool add_addr_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_add_addr *add = &option->add_addr;
    bool valid = nibble_encode(writer, option, add->nibble) && add->echo == (add->nibble == 0x1) &&
                 (add->address.family == 4 || add->address.family == 6);
    wire_put_u8(writer, add->address_id);
    wire_put_copy(writer, add->address.octets, add->address.family == 4 ? 4 : 16);
    if (add->has_port) {
        wire_put_u16(writer, add->port);
    }
    if (add->has_hmac) {
        wire_put_u64(writer, add->hmac);
    }
    return valid;
}

static bool remove_addr_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_remove_addr *remove = &option->remove_addr;
    bool valid = nibble_encode(writer, option, remove->nibble) && remove->count > 0 &&
                 remove->count <= MPTA_REMOVE_ADDR_IDS_MAX;
    wire_put_copy(writer, remove->address_ids, valid ? remove->count : 0);
    return valid;
}

static bool prio_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_mp_prio *prio = &option->prio;
    bool valid = nibble_encode(writer, option, prio->nibble);
    if (prio->has_address_id) {
        wire_put_u8(writer, prio->address_id);
    }
    return valid && prio->backup == (bool)(prio->nibble & 0x1);
}

static bool fail_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    bool valid = reserved_encode(writer, option, option->fail.reserved);
    wire_put_u64(writer, option->fail.dsn);
    return valid;
}

static bool fastclose_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    bool valid = reserved_encode(writer, option, option->fastclose.reserved);
    wire_put_u64(writer, option->fastclose.receiver_key);
    return valid;
}

static bool tcprst_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    bool valid = nibble_encode(writer, option, option->tcprst.flags);
    wire_put_u8(writer, option->tcprst.reason);
    return valid && option->tcprst.transient == (bool)(option->tcprst.flags & 0x1);
}

static bool unknown_encode(struct wire_writer *writer, const struct mpta_mptcp_option *option)
{
    const struct mpta_mp_unknown *unknown = &option->unknown;
    bool valid = nibble_encode(writer, option, unknown->nibble) &&
                 option->subtype <= MPTA_MP_EXPERIMENTAL && unknown->length <= sizeof unknown->body;
    wire_put_copy(writer, unknown->body, valid ? unknown->length : 0);
    return valid;
}

static option_encoder *subtype_encoder(enum mpta_subtype subtype)
{
    static option_encoder *const encoders[] = {
        [MPTA_MP_CAPABLE] = capable_encode,
        [MPTA_MP_JOIN] = join_encode,
        [MPTA_DSS] = dss_encode,
        [MPTA_ADD_ADDR] = add_addr_encode,
        [MPTA_REMOVE_ADDR] = remove_addr_encode,
        [MPTA_MP_PRIO] = prio_encode,
        [MPTA_MP_FAIL] = fail_encode,
        [MPTA_MP_FASTCLOSE] = fastclose_encode,
        [MPTA_MP_TCPRST] = tcprst_encode,
    };
    return subtype <= MPTA_MP_TCPRST ? encoders[subtype] : unknown_encode;
}

size_t mpta_mptcp_encode(const struct mpta_mptcp_option *option, uint8_t *octets, size_t size)
{
    uint8_t encoded[OPTIONS_LEN_MAX];
    struct wire_writer writer = wire_writer_of(encoded, sizeof encoded);
    wire_put_u8(&writer, MPTA_KIND_MPTCP);
    wire_put_u8(&writer, 0); /* the length, once it is known */
    bool valid = subtype_encoder(option->subtype)(&writer, option);
    if (!valid || writer.full || writer.used > size) {
        return 0;
    }
    encoded[1] = (uint8_t)writer.used;
    memcpy(octets, encoded, writer.used);
    return writer.used;
}

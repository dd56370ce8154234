/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Option kind 30 from octets into structs: one small decoder for each subtype, of both versions
 * (RFC 8684, RFC 6824).
 *
 * A decoder gets a cursor over its option alone, past kind and length, and reads what its form
 * holds. Nobody compares the length with sums of field sizes beyond telling forms apart: a form has
 * the right length if reading it ends exactly at the option's end. What was read is handed out only
 * then, as a whole.
 */
#include "dissector/dissector.h"
#include "dissector/wire.h"

#define OPTIONS_LEN_MAX 40

typedef enum mpta_option_status option_decoder(struct wire *wire, struct mpta_mptcp_option *option);

/* The low half of the octet whose high half is the subtype. */
static uint8_t nibble_decode(struct wire *wire)
{
    return wire_u8(wire) & 0x0f;
}

/* RFC 8684 section 3.1, RFC 6824 section 3.1: each field is there if the one before it is. */
static enum mpta_option_status capable_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    struct mpta_mp_capable *capable = &option->capable;
    capable->version = nibble_decode(wire);
    capable->flags = wire_u8(wire);
    capable->has_sender_key = wire->left >= 8;
    capable->sender_key = capable->has_sender_key ? wire_u64(wire) : 0;
    capable->has_receiver_key = wire->left >= 8;
    capable->receiver_key = capable->has_receiver_key ? wire_u64(wire) : 0;
    capable->has_data_len = capable->has_receiver_key && wire->left >= 2;
    capable->data_len = capable->has_data_len ? wire_u16(wire) : 0;
    capable->has_checksum = capable->has_data_len && wire->left >= 2;
    capable->checksum = capable->has_checksum ? wire_u16(wire) : 0;
    if (!wire_is_done(wire)) {
        return MPTA_OPTION_LENGTH;
    }
    bool in_version_0 = capable->has_sender_key && !capable->has_data_len;
    return capable->version > 0 || in_version_0 ? MPTA_OPTION_OK : MPTA_OPTION_LENGTH_VERSION;
}

/* RFC 8684 section 3.2. The last part of each form has a length of its own. */
static enum mpta_option_status join_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    struct mpta_mp_join *join = &option->join;
    join->flags = nibble_decode(wire);
    join->address_id = wire_u8(wire);
    switch (wire->left) {
    case 8:
        join->form = MPTA_JOIN_SYN;
        join->token = wire_u32(wire);
        join->nonce = wire_u32(wire);
        break;
    case 12:
        join->form = MPTA_JOIN_SYN_ACK;
        wire_copy(wire, join->hmac, 8);
        join->nonce = wire_u32(wire);
        break;
    case 20:
        join->form = MPTA_JOIN_ACK;
        wire_copy(wire, join->hmac, 20);
        break;
    default:
        return MPTA_OPTION_LENGTH;
    }
    join->backup = join->form != MPTA_JOIN_ACK && (join->flags & 0x1);
    return MPTA_OPTION_OK;
}

/*
 * True if some flags announce this many octets after the flags, RFC 8684 section 3.3: 0, 4 or 8 of
 * DATA_ACK; 0, 10 or 14 of mapping; with a mapping also 0 or 2 of checksum.
 */
static bool dss_length_exists(size_t rest_len)
{
    bool without_map = rest_len == 0 || rest_len == 4 || rest_len == 8;
    return without_map || (rest_len >= 10 && rest_len <= 24 && rest_len % 2 == 0);
}

/* The octets after the flags that the flags announce, the checksum not counted. */
static size_t dss_length(const struct mpta_dss *dss)
{
    size_t ack_len = dss->ack_is_64 ? 8 : 4;
    size_t map_len = dss->dsn_is_64 ? 14 : 10;
    return (dss->has_ack ? ack_len : 0) + (dss->has_map ? map_len : 0);
}

/* "a" and "m" mean nothing without the part whose size they tell. */
static void dss_flags_read(struct mpta_dss *dss)
{
    dss->data_fin = dss->flags & 0x10;
    dss->has_ack = dss->flags & 0x01;
    dss->ack_is_64 = dss->has_ack && (dss->flags & 0x02);
    dss->has_map = dss->flags & 0x04;
    dss->dsn_is_64 = dss->has_map && (dss->flags & 0x08);
}

static void dss_parts_decode(struct wire *wire, struct mpta_dss *dss)
{
    struct wire at = *wire; /* whose fields compilers may so keep in registers */
    if (dss->has_ack) {
        dss->data_ack = dss->ack_is_64 ? wire_u64(&at) : wire_u32(&at);
    }
    if (dss->has_map) {
        dss->dsn = dss->dsn_is_64 ? wire_u64(&at) : wire_u32(&at);
        dss->ssn = wire_u32(&at);
        dss->data_len = wire_u16(&at);
    }
    if (dss->has_checksum) {
        dss->checksum = wire_u16(&at);
    }
    *wire = at;
}

/* RFC 8684 section 3.3. No flag tells of a checksum: it is there if there is room for it. */
static enum mpta_option_status dss_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    struct mpta_dss *dss = &option->dss;
    dss->reserved = nibble_decode(wire);
    dss->flags = wire_u8(wire);
    if (wire->error != WIRE_OK || !dss_length_exists(wire->left)) {
        return MPTA_OPTION_LENGTH;
    }
    dss_flags_read(dss);
    dss->has_checksum = dss->has_map && wire->left == dss_length(dss) + 2;
    dss_parts_decode(wire, dss);
    return wire_is_done(wire) ? MPTA_OPTION_OK : MPTA_OPTION_LENGTH_FLAGS;
}

/*
 * RFC 8684 section 3.4.1, RFC 6824 section 3.4.1. All that follows the address ID tells itself
 * apart by its length: an address of 4 or 16 octets, a port of 2 or none, an HMAC of 8 or none.
 */
static enum mpta_option_status add_addr_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    struct mpta_add_addr *add = &option->add_addr;
    add->nibble = nibble_decode(wire);
    add->echo = add->nibble == 0x1;
    add->address_id = wire_u8(wire);
    add->address.family = wire->left < 16 ? 4 : 6;
    wire_copy(wire, add->address.octets, add->address.family == 4 ? 4 : 16);
    add->has_port = wire->left == 2 || wire->left == 10;
    add->port = add->has_port ? wire_u16(wire) : 0;
    add->has_hmac = wire->left == 8;
    add->hmac = add->has_hmac ? wire_u64(wire) : 0;
    return MPTA_OPTION_OK;
}

/* RFC 8684 section 3.4.2: address IDs to the end. */
static enum mpta_option_status remove_addr_decode(struct wire *wire,
                                                  struct mpta_mptcp_option *option)
{
    struct mpta_remove_addr *remove = &option->remove_addr;
    remove->nibble = nibble_decode(wire);
    if (wire->left == 0) {
        return MPTA_OPTION_LENGTH;
    }
    remove->count = (uint8_t)wire->left;
    wire_copy(wire, remove->address_ids, wire->left);
    return MPTA_OPTION_OK;
}

/* RFC 8684 section 3.3.8, RFC 6824 section 3.3.8: the address ID is version 0's. */
static enum mpta_option_status prio_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    struct mpta_mp_prio *prio = &option->prio;
    prio->nibble = nibble_decode(wire);
    prio->backup = prio->nibble & 0x1;
    prio->has_address_id = wire->left == 1;
    prio->address_id = prio->has_address_id ? wire_u8(wire) : 0;
    return MPTA_OPTION_OK;
}

/* RFC 8684 section 3.7 */
static enum mpta_option_status fail_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    option->fail.reserved = wire_u16(wire) & 0x0fff;
    option->fail.dsn = wire_u64(wire);
    return MPTA_OPTION_OK;
}

/* RFC 8684 section 3.5 */
static enum mpta_option_status fastclose_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    option->fastclose.reserved = wire_u16(wire) & 0x0fff;
    option->fastclose.receiver_key = wire_u64(wire);
    return MPTA_OPTION_OK;
}

/* RFC 8684 section 3.6 */
static enum mpta_option_status tcprst_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    option->tcprst.flags = nibble_decode(wire);
    option->tcprst.transient = option->tcprst.flags & 0x1;
    option->tcprst.reason = wire_u8(wire);
    return MPTA_OPTION_OK;
}

static enum mpta_option_status unknown_decode(struct wire *wire, struct mpta_mptcp_option *option)
{
    option->unknown.nibble = nibble_decode(wire);
    option->unknown.length = (uint8_t)wire->left;
    wire_copy(wire, option->unknown.body, wire->left);
    return MPTA_OPTION_OK;
}

static option_decoder *subtype_decoder(enum mpta_subtype subtype)
{
    static option_decoder *const decoders[] = {
        [MPTA_MP_CAPABLE] = capable_decode,
        [MPTA_MP_JOIN] = join_decode,
        [MPTA_DSS] = dss_decode,
        [MPTA_ADD_ADDR] = add_addr_decode,
        [MPTA_REMOVE_ADDR] = remove_addr_decode,
        [MPTA_MP_PRIO] = prio_decode,
        [MPTA_MP_FAIL] = fail_decode,
        [MPTA_MP_FASTCLOSE] = fastclose_decode,
        [MPTA_MP_TCPRST] = tcprst_decode,
    };
    return subtype <= MPTA_MP_TCPRST ? decoders[subtype] : unknown_decode;
}

enum mpta_option_status mpta_mptcp_decode(const uint8_t *octets, size_t length,
                                          struct mpta_mptcp_option *option)
{
    struct wire wire = wire_of(octets, length, length);
    wire_skip(&wire, 1); /* kind */
    if (length < 3 || length > OPTIONS_LEN_MAX || wire_u8(&wire) != length) {
        return MPTA_OPTION_LENGTH;
    }
    /* Cleared as octets: two options are alike exactly if their structs are, padding included. */
    struct mpta_mptcp_option decoded;
    memset(&decoded, 0, sizeof decoded);
    decoded.subtype = (enum mpta_subtype)(wire_peek(&wire) >> 4);
    enum mpta_option_status status = subtype_decoder(decoded.subtype)(&wire, &decoded);
    if (status == MPTA_OPTION_OK && !wire_is_done(&wire)) {
        status = MPTA_OPTION_LENGTH;
    }
    if (status == MPTA_OPTION_OK) {
        memcpy(option, &decoded, sizeof decoded);
    } else {
        option->subtype = decoded.subtype;
    }
    return status;
}

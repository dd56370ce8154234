/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What hosts tell each other beside data: addresses and priorities (RFC 8684 sections 3.3.8 and
 * 3.4), failures and ends (sections 3.5 to 3.7); and the edits that spoil them.
 */
#include "tests/forge/forge.h"

#include <string.h>

/* The low bit of the nibble beside the subtype: E of ADD_ADDR, B of MP_PRIO, T of MP_TCPRST. */
enum { NIBBLE_FLAG = 0x1 };

/* ---- Addresses ------------------------------------------------------------------------------ */

/* An ADD_ADDR is sent on its own: its longest form leaves room for nothing else. */
static struct mpta_add_addr *add_add_addr(struct forge_segment *segment, uint8_t address_id,
                                          const char *address, uint16_t port)
{
    struct mpta_add_addr *add_addr = &forge_segment_add(segment, MPTA_ADD_ADDR)->add_addr;
    add_addr->address_id = address_id;
    add_addr->address = forge_address(address);
    add_addr->has_port = port != 0;
    add_addr->port = port;
    return add_addr;
}

void forge_add_addr(struct forge_subflow *subflow, enum mpta_side side, uint8_t address_id,
                    const char *address, uint16_t port)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    struct mpta_add_addr *add_addr = add_add_addr(&segment, address_id, address, port);
    if (subflow->connection->version == 0) {
        add_addr->nibble = add_addr->address.family;
    } else {
        add_addr->has_hmac = true;
        add_addr->hmac =
            mpta_add_addr_hmac(forge_host_of(subflow, side)->key,
                               forge_host_of(subflow, forge_peer_of(side))->key, add_addr);
    }
    forge_emit(subflow, side, &segment);
}

void forge_add_addr_echo(struct forge_subflow *subflow, enum mpta_side side, uint8_t address_id,
                         const char *address, uint16_t port)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    struct mpta_add_addr *add_addr = add_add_addr(&segment, address_id, address, port);
    add_addr->nibble = NIBBLE_FLAG;
    add_addr->echo = true;
    forge_emit(subflow, side, &segment);
}

void forge_remove_addr(struct forge_subflow *subflow, enum mpta_side side, const uint8_t *ids,
                       uint8_t count)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    struct mpta_remove_addr *remove_addr =
        &forge_segment_add(&segment, MPTA_REMOVE_ADDR)->remove_addr;
    remove_addr->count = count;
    memcpy(remove_addr->address_ids, ids, count);
    forge_emit(subflow, side, &segment);
}

/* ---- Priority ------------------------------------------------------------------------------- */

static struct mpta_mp_prio *add_prio(struct forge_segment *segment, bool backup)
{
    struct mpta_mp_prio *prio = &forge_segment_add(segment, MPTA_MP_PRIO)->prio;
    prio->backup = backup;
    prio->nibble = backup ? NIBBLE_FLAG : 0;
    return prio;
}

void forge_prio(struct forge_subflow *subflow, enum mpta_side side, bool backup)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    add_prio(&segment, backup);
    forge_add_data_ack(subflow, side, &segment);
    forge_emit(subflow, side, &segment);
}

void forge_prio_of(struct forge_subflow *subflow, enum mpta_side side, bool backup,
                   uint8_t address_id)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_ACK);
    struct mpta_mp_prio *prio = add_prio(&segment, backup);
    prio->has_address_id = true;
    prio->address_id = address_id;
    forge_add_data_ack(subflow, side, &segment);
    forge_emit(subflow, side, &segment);
}

/* ---- Closing -------------------------------------------------------------------------------- */

void forge_fin(struct forge_subflow *subflow, enum mpta_side side)
{
    struct forge_segment segment = forge_segment(subflow, side, MPTA_TCP_FIN | MPTA_TCP_ACK);
    if (!subflow->connection->fell_back) {
        forge_add_data_ack(subflow, side, &segment);
    }
    forge_emit(subflow, side, &segment);
}

void forge_close(struct forge_subflow *subflow)
{
    forge_fin(subflow, MPTA_CLIENT);
    forge_fin(subflow, MPTA_SERVER);
    forge_ack(subflow, MPTA_CLIENT);
}

static struct forge_segment rst_segment(const struct forge_subflow *subflow, enum mpta_side side)
{
    return forge_segment(subflow, side, MPTA_TCP_RST | MPTA_TCP_ACK);
}

void forge_rst(struct forge_subflow *subflow, enum mpta_side side)
{
    struct forge_segment segment = rst_segment(subflow, side);
    forge_emit(subflow, side, &segment);
}

void forge_rst_reason(struct forge_subflow *subflow, enum mpta_side side, uint8_t reason,
                      bool transient)
{
    struct forge_segment segment = rst_segment(subflow, side);
    forge_segment_add(&segment, MPTA_MP_TCPRST)->tcprst = (struct mpta_mp_tcprst){
        .flags = transient ? NIBBLE_FLAG : 0, .transient = transient, .reason = reason};
    forge_emit(subflow, side, &segment);
}

void forge_fastclose(struct forge_subflow *subflow, enum mpta_side side, bool on_rst)
{
    struct forge_segment segment =
        on_rst ? rst_segment(subflow, side) : forge_segment(subflow, side, MPTA_TCP_ACK);
    forge_segment_add(&segment, MPTA_MP_FASTCLOSE)->fastclose.receiver_key =
        forge_host_of(subflow, forge_peer_of(side))->key;
    forge_emit(subflow, side, &segment);
}

void forge_mp_fail(struct forge_subflow *subflow, enum mpta_side side, uint64_t offset, bool on_rst)
{
    struct forge_segment segment =
        on_rst ? rst_segment(subflow, side) : forge_segment(subflow, side, MPTA_TCP_ACK);
    forge_segment_add(&segment, MPTA_MP_FAIL)->fail.dsn =
        forge_dsn(subflow, forge_peer_of(side), offset);
    forge_emit(subflow, side, &segment);
}

/* ---- Edits ---------------------------------------------------------------------------------- */

void forge_edit_strip(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp_count = 0;
}

void forge_edit_hmac(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    for (size_t i = 0; i < segment->mptcp_count; i++) {
        struct mpta_mptcp_option *option = &segment->mptcp[i];
        if (option->subtype == MPTA_MP_JOIN) {
            option->join.hmac[0] ^= 0x01;
        } else if (option->subtype == MPTA_ADD_ADDR) {
            option->add_addr.hmac ^= 0x01;
        }
    }
}

void forge_edit_raw(struct forge_segment *segment, const void *argument)
{
    const struct forge_raw *raw = argument;
    segment->mptcp_count = 0;
    segment->raw_len = raw->length;
    memcpy(segment->raw, raw->octets, raw->length);
}

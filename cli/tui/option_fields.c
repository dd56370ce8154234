/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fields are listed in the order in which they stand on the wire, one small function for each form.
 * Octets are decoded by the dissector; what it does not know is shown in hexadecimal digits.
 */
#include "cli/tui/option_fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where keys stand in the options that have them. What follows the keys is hidden with them. */
#define KEYS_BEGIN 4

/* The list in the making. */
struct field_list {
    struct option_field *fields;
    size_t count;
    bool show_keys;
};

__attribute__((format(printf, 3, 4))) static void add(struct field_list *list, const char *name,
                                                      const char *format, ...)
{
    va_list arguments;
    if (list->count == OPTION_FIELDS_MAX) {
        return;
    }
    struct option_field *field = &list->fields[list->count++];
    field->name = name;
    va_start(arguments, format);
    vsnprintf(field->value, sizeof field->value, format, arguments);
    va_end(arguments);
}

static void add_octets(struct field_list *list, const char *name, const uint8_t *octets,
                       size_t length)
{
    char text[2 * 40 + 1] = "";
    for (size_t i = 0; i < length && 2 * i + 2 < sizeof text; i++) {
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
    }
    if (length > 0) {
        add(list, name, "%s", text);
    }
}

static void add_key(struct field_list *list, const char *name, uint64_t key)
{
    if (list->show_keys) {
        add(list, name, "0x%016" PRIx64, key);
    } else {
        add(list, name, "(--show-keys)");
    }
}

/* ---- Option kind 30 ------------------------------------------------------------------------- */

static void fields_of_capable(struct field_list *list, const struct mpta_mp_capable *capable)
{
    add(list, "version", "%u", capable->version);
    add(list, "flags", "0x%02x%s%s%s%s", capable->flags,
        capable->flags & MPTA_CAPABLE_A ? " A checksums" : "",
        capable->flags & MPTA_CAPABLE_B ? " B extensibility" : "",
        capable->flags & MPTA_CAPABLE_C ? " C no joins to this address" : "",
        capable->flags & MPTA_CAPABLE_H ? " H HMAC" : "");
    if (capable->has_sender_key) {
        add_key(list, "sender key", capable->sender_key);
    }
    if (capable->has_receiver_key) {
        add_key(list, "receiver key", capable->receiver_key);
    }
    if (capable->has_data_len) {
        add(list, "data length", "%u", capable->data_len);
    }
    if (capable->has_checksum) {
        add(list, "checksum", "0x%04x", capable->checksum);
    }
}

static void fields_of_join(struct field_list *list, const struct mpta_mp_join *join)
{
    if (join->form == MPTA_JOIN_ACK) {
        add_octets(list, "HMAC", join->hmac, sizeof join->hmac);
        return;
    }
    add(list, "flags", "0x%x%s", join->flags, join->backup ? " B backup" : "");
    add(list, "address ID", "%u", join->address_id);
    if (join->form == MPTA_JOIN_SYN) {
        add(list, "token", "0x%08" PRIx32, join->token);
    } else {
        add_octets(list, "HMAC", join->hmac, 8);
    }
    add(list, "nonce", "0x%08" PRIx32, join->nonce);
}

static void fields_of_dss(struct field_list *list, const struct mpta_dss *dss)
{
    add(list, "flags", "0x%02x%s%s%s%s%s", dss->flags, dss->data_fin ? " F DATA_FIN" : "",
        dss->has_map && dss->dsn_is_64 ? " m" : "", dss->has_map ? " M mapping" : "",
        dss->has_ack && dss->ack_is_64 ? " a" : "", dss->has_ack ? " A DATA_ACK" : "");
    if (dss->has_ack) {
        add(list, "DATA_ACK", "%" PRIu64 "%s", dss->data_ack, dss->ack_is_64 ? "" : " (32 bits)");
    }
    if (dss->has_map) {
        add(list, "DSN", "%" PRIu64 "%s", dss->dsn, dss->dsn_is_64 ? "" : " (32 bits)");
        add(list, "SSN", "%" PRIu32, dss->ssn);
        add(list, "length", "%u%s", dss->data_len, dss->data_len == 0 ? " infinite mapping" : "");
    }
    if (dss->has_checksum) {
        add(list, "checksum", "0x%04x", dss->checksum);
    }
}

static void fields_of_add_addr(struct field_list *list, const struct mpta_add_addr *add_addr)
{
    char text[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&add_addr->address, text, sizeof text);
    add(list, "flags", "0x%x%s", add_addr->nibble, add_addr->echo ? " E echo" : "");
    add(list, "address ID", "%u", add_addr->address_id);
    add(list, "address", "%s", text);
    if (add_addr->has_port) {
        add(list, "port", "%u", add_addr->port);
    }
    if (add_addr->has_hmac) {
        add(list, "HMAC", "0x%016" PRIx64, add_addr->hmac);
    }
}

static void fields_of_remove_addr(struct field_list *list, const struct mpta_remove_addr *remove)
{
    char text[FIELD_VALUE_MAX] = "";
    size_t length = 0;
    for (size_t i = 0; i < remove->count && i < MPTA_REMOVE_ADDR_IDS_MAX; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%u", i > 0 ? ", " : "",
                                   remove->address_ids[i]);
    }
    add(list, "address IDs", "%s", text);
}

static void fields_of_prio(struct field_list *list, const struct mpta_mp_prio *prio)
{
    add(list, "flags", "0x%x%s", prio->nibble, prio->backup ? " B backup" : "");
    if (prio->has_address_id) {
        add(list, "address ID", "%u", prio->address_id);
    }
}

static void fields_of_tcprst(struct field_list *list, const struct mpta_mp_tcprst *tcprst)
{
    add(list, "flags", "0x%x%s", tcprst->flags, tcprst->transient ? " T transient" : "");
    add(list, "reason", "%u %s", tcprst->reason, mpta_reset_reason_text(tcprst->reason));
}

static void fields_of_mptcp(struct field_list *list, const struct mpta_mptcp_option *option)
{
    switch (option->subtype) {
    case MPTA_MP_CAPABLE:
        fields_of_capable(list, &option->capable);
        break;
    case MPTA_MP_JOIN:
        fields_of_join(list, &option->join);
        break;
    case MPTA_DSS:
        fields_of_dss(list, &option->dss);
        break;
    case MPTA_ADD_ADDR:
        fields_of_add_addr(list, &option->add_addr);
        break;
    case MPTA_REMOVE_ADDR:
        fields_of_remove_addr(list, &option->remove_addr);
        break;
    case MPTA_MP_PRIO:
        fields_of_prio(list, &option->prio);
        break;
    case MPTA_MP_FAIL:
        add(list, "DSN", "%" PRIu64, option->fail.dsn);
        break;
    case MPTA_MP_FASTCLOSE:
        add_key(list, "receiver key", option->fastclose.receiver_key);
        break;
    case MPTA_MP_TCPRST:
        fields_of_tcprst(list, &option->tcprst);
        break;
    case MPTA_MP_EXPERIMENTAL:
    default:
        add_octets(list, "octets", option->unknown.body, option->unknown.length);
        break;
    }
}

/* ---- Other options -------------------------------------------------------------------------- */

static const struct {
    uint8_t kind;
    const char *name;
} kinds[] = {
    {MPTA_KIND_MSS,            "maximum segment size"},
    {MPTA_KIND_WINDOW_SCALE,   "window scale"        },
    {MPTA_KIND_SACK_PERMITTED, "SACK permitted"      },
    {MPTA_KIND_SACK,           "SACK"                },
    {MPTA_KIND_TIMESTAMPS,     "timestamps"          },
    {MPTA_KIND_FAST_OPEN,      "TCP Fast Open cookie"},
};

static const char *kind_name(uint8_t kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == kind) {
            return kinds[i].name;
        }
    }
    return NULL;
}

static void fields_of_sack(struct field_list *list, const struct mpta_sack *sack)
{
    for (size_t i = 0; i < sack->count; i++) {
        add(list, "block", "%" PRIu32 " to %" PRIu32, sack->blocks[i].left, sack->blocks[i].right);
    }
}

static void fields_of_other(struct field_list *list, const struct mpta_tcp_option *option)
{
    uint32_t value;
    uint32_t echo;
    uint16_t mss;
    uint8_t shift;
    struct mpta_sack sack;
    if (mpta_sack_decode(option, &sack)) {
        fields_of_sack(list, &sack);
    } else if (mpta_mss_decode(option, &mss)) {
        add(list, "octets", "%u", mss);
    } else if (mpta_window_scale_decode(option, &shift)) {
        add(list, "shift", "%u", shift);
    } else if (option->kind == MPTA_KIND_TIMESTAMPS &&
               mpta_timestamps_decode(option, &value, &echo)) {
        add(list, "value", "%" PRIu32, value);
        add(list, "echo", "%" PRIu32, echo);
    } else {
        add_octets(list, "octets", option->octets + 2, option->length - 2U);
    }
}

/* ---- Doors ---------------------------------------------------------------------------------- */

static bool mptcp_name(const struct mpta_tcp_option *option, char name[OPTION_NAME_MAX])
{
    struct mpta_mptcp_option decoded;
    enum mpta_option_status status = mpta_mptcp_decode(option->octets, option->length, &decoded);
    if (option->length < 3) {
        snprintf(name, OPTION_NAME_MAX, "malformed: an MPTCP option without a subtype");
        return false;
    }
    if (status != MPTA_OPTION_OK) {
        snprintf(name, OPTION_NAME_MAX, "malformed %s, %u octets: %s",
                 mpta_subtype_name(decoded.subtype), option->length,
                 mpta_option_status_text(status));
        return false;
    }
    snprintf(name, OPTION_NAME_MAX, "%s, kind 30, %u octets", mpta_subtype_name(decoded.subtype),
             option->length);
    return true;
}

bool option_name(const struct mpta_tcp_option *option, char name[OPTION_NAME_MAX])
{
    const char *word = kind_name(option->kind);
    if (option->kind == MPTA_KIND_MPTCP) {
        return mptcp_name(option, name);
    }
    snprintf(name, OPTION_NAME_MAX, "%s%skind %u, %u octets", word != NULL ? word : "",
             word != NULL ? ", " : "", option->kind, option->length);
    return true;
}

size_t option_fields(const struct mpta_tcp_option *option, bool show_keys,
                     struct option_field fields[OPTION_FIELDS_MAX])
{
    struct field_list list = {fields, 0, show_keys};
    struct mpta_mptcp_option decoded;
    if (option->kind != MPTA_KIND_MPTCP) {
        fields_of_other(&list, option);
    } else if (mpta_mptcp_decode(option->octets, option->length, &decoded) == MPTA_OPTION_OK) {
        fields_of_mptcp(&list, &decoded);
    } else if (show_keys || !option_octet_is_key(option, option->length - 1U)) {
        add_octets(&list, "octets", option->octets, option->length);
    }
    return list.count;
}

bool option_octet_is_key(const struct mpta_tcp_option *option, size_t at)
{
    struct mpta_mptcp_option decoded;
    if (option->kind != MPTA_KIND_MPTCP || option->length < 3) {
        return false;
    }
    mpta_mptcp_decode(option->octets, option->length, &decoded);
    return (decoded.subtype == MPTA_MP_CAPABLE || decoded.subtype == MPTA_MP_FASTCLOSE) &&
           at >= KEYS_BEGIN;
}

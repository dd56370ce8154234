/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options of kind 30 in words: one line each, for people. Data sequence numbers are decimal, what
 * is compared by eye (tokens, nonces, HMACs, checksums, keys) is hexadecimal. Keys are secrets:
 * they are named but not shown unless asked for.
 */
#include "dissector/dissector.h"
#include "dissector/text.h"

/* What a sentence is made of: the text, and whether keys may be in it. */
struct sentence {
    struct text text;
    bool show_keys;
};

static void words_add(struct sentence *s, const char *words)
{
    mpta_text_add(&s->text, words);
}

static void decimal_add(struct sentence *s, const char *name, uint64_t value)
{
    words_add(s, name);
    mpta_text_add_decimal(&s->text, value);
}

static void hex_add(struct sentence *s, const char *name, uint64_t value, unsigned digits)
{
    words_add(s, name);
    words_add(s, "0x");
    mpta_text_add_hex(&s->text, value, digits);
}

static void octets_add(struct sentence *s, const char *name, const uint8_t *octets, size_t count)
{
    words_add(s, name);
    words_add(s, "0x");
    mpta_text_add_octets(&s->text, octets, count);
}

static void key_add(struct sentence *s, const char *name, uint64_t key)
{
    words_add(s, name);
    if (s->show_keys) {
        hex_add(s, " ", key, 16);
    }
}

/* The letters that RFC 8684 section 3.1 gives to the bits, from the highest down. */
static void capable_flags_add(struct sentence *s, uint8_t flags)
{
    static const char *const letters[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    words_add(s, flags ? " flags " : "");
    for (unsigned i = 0; i < 8; i++) {
        words_add(s, flags & 0x80U >> i ? letters[i] : "");
    }
}

static void capable_add(struct sentence *s, const struct mpta_mp_capable *capable)
{
    decimal_add(s, " v", capable->version);
    capable_flags_add(s, capable->flags);
    if (capable->has_sender_key) {
        key_add(s, " sender-key", capable->sender_key);
    }
    if (capable->has_receiver_key) {
        key_add(s, " receiver-key", capable->receiver_key);
    }
    if (capable->has_data_len) {
        decimal_add(s, " len ", capable->data_len);
    }
    if (capable->has_checksum) {
        hex_add(s, " csum ", capable->checksum, 4);
    }
}

static void join_add(struct sentence *s, const struct mpta_mp_join *join)
{
    switch (join->form) {
    case MPTA_JOIN_SYN:
        hex_add(s, " SYN token ", join->token, 8);
        break;
    case MPTA_JOIN_SYN_ACK:
        octets_add(s, " SYN/ACK hmac ", join->hmac, 8);
        break;
    case MPTA_JOIN_ACK:
        octets_add(s, " ACK hmac ", join->hmac, 20);
        return;
    }
    hex_add(s, " nonce ", join->nonce, 8);
    decimal_add(s, " id ", join->address_id);
    words_add(s, join->backup ? " backup" : "");
}

static void dss_add(struct sentence *s, const struct mpta_dss *dss)
{
    if (dss->has_ack) {
        decimal_add(s, " ack ", dss->data_ack);
    }
    if (dss->has_map) {
        decimal_add(s, " dsn ", dss->dsn);
        decimal_add(s, " ssn ", dss->ssn);
        decimal_add(s, " len ", dss->data_len);
        words_add(s, dss->data_len == 0 ? " infinite" : ""); /* RFC 8684 section 3.3.1 */
    }
    if (dss->has_checksum) {
        hex_add(s, " csum ", dss->checksum, 4);
    }
    words_add(s, dss->data_fin ? " FIN" : "");
}

/* What is beside the subtype: version 1's flags, or version 0's IPVer. */
static void add_addr_nibble_add(struct sentence *s, const struct mpta_add_addr *add)
{
    if (!add->has_hmac && (add->nibble == 4 || add->nibble == 6)) {
        decimal_add(s, " ipver ", add->nibble);
    } else if (add->echo) {
        words_add(s, " echo");
    } else if (add->nibble != 0) {
        hex_add(s, " flags ", add->nibble, 1);
    }
}

static void add_addr_add(struct sentence *s, const struct mpta_add_addr *add)
{
    char where[MPTA_ENDPOINT_TEXT_MAX];
    if (add->has_port) {
        mpta_endpoint_format(&add->address, add->port, where, sizeof where);
    } else {
        mpta_address_format(&add->address, where, sizeof where);
    }
    add_addr_nibble_add(s, add);
    decimal_add(s, " id ", add->address_id);
    words_add(s, " ");
    words_add(s, where);
    if (add->has_hmac) {
        hex_add(s, " hmac ", add->hmac, 16);
    }
}

static void remove_addr_add(struct sentence *s, const struct mpta_remove_addr *remove)
{
    for (size_t i = 0; i < remove->count && i < MPTA_REMOVE_ADDR_IDS_MAX; i++) {
        decimal_add(s, i == 0 ? " id " : ",", remove->address_ids[i]);
    }
}

static void prio_add(struct sentence *s, const struct mpta_mp_prio *prio)
{
    words_add(s, prio->backup ? " backup" : " regular");
    if (prio->has_address_id) {
        decimal_add(s, " id ", prio->address_id);
    }
}

static void tcprst_add(struct sentence *s, const struct mpta_mp_tcprst *tcprst)
{
    decimal_add(s, " reason ", tcprst->reason);
    words_add(s, " (");
    words_add(s, mpta_reset_reason_text(tcprst->reason));
    words_add(s, tcprst->transient ? ") transient" : ")");
}

static void unknown_add(struct sentence *s, const struct mpta_mp_unknown *unknown)
{
    size_t length = unknown->length < sizeof unknown->body ? unknown->length : sizeof unknown->body;
    hex_add(s, " nibble ", unknown->nibble, 1);
    if (length > 0) {
        octets_add(s, " body ", unknown->body, length);
    }
}

static void option_add(struct sentence *s, const struct mpta_mptcp_option *option)
{
    switch (option->subtype) {
    case MPTA_MP_CAPABLE:
        capable_add(s, &option->capable);
        break;
    case MPTA_MP_JOIN:
        join_add(s, &option->join);
        break;
    case MPTA_DSS:
        dss_add(s, &option->dss);
        break;
    case MPTA_ADD_ADDR:
        add_addr_add(s, &option->add_addr);
        break;
    case MPTA_REMOVE_ADDR:
        remove_addr_add(s, &option->remove_addr);
        break;
    case MPTA_MP_PRIO:
        prio_add(s, &option->prio);
        break;
    case MPTA_MP_FAIL:
        decimal_add(s, " dsn ", option->fail.dsn);
        break;
    case MPTA_MP_FASTCLOSE:
        key_add(s, " receiver-key", option->fastclose.receiver_key);
        break;
    case MPTA_MP_TCPRST:
        tcprst_add(s, &option->tcprst);
        break;
    case MPTA_MP_EXPERIMENTAL:
    default:
        unknown_add(s, &option->unknown);
    }
}

size_t mpta_mptcp_format(const struct mpta_mptcp_option *option, bool show_keys, char *text,
                         size_t size)
{
    struct sentence s = {.text = mpta_text_of(text, size), .show_keys = show_keys};
    words_add(&s, mpta_subtype_name(option->subtype));
    option_add(&s, option);
    return mpta_text_end(&s.text);
}

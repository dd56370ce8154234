/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options go into the fingerprint one by one, without padding: what takes one of them off may move
 * the others or leave NOPs in its place.
 */
#include "analyzer/fingerprint.h"

#include "analyzer/siphash.h"
#include "dissector/dissector.h"

#include <stddef.h>
#include <string.h>

/* Hashed as far as it is filled. */
struct bare {
    const void *flow;
    uint32_t seq;
    uint32_t ack;
    uint32_t payload_len;
    uint16_t role;
    uint16_t flags;
    uint16_t window;
    uint16_t ip_id;
    uint32_t options_len;
    uint8_t options[PRINT_OPTIONS_MAX];
};
_Static_assert(offsetof(struct bare, options) == sizeof(void *) + 24,
               "no padding, it is hashed whole");

struct whole {
    uint64_t bare;
    uint64_t options_len;
    uint8_t options[PRINT_OPTIONS_MAX];
};

static uint32_t append(uint8_t *options, uint32_t len, const uint8_t *octets, size_t octets_len)
{
    memcpy(options + len, octets, octets_len);
    return len + (uint32_t)octets_len;
}

/* Parts the options; what cannot be told apart stays together. */
static uint16_t options_part(const struct print *print, struct bare *bare, struct whole *whole)
{
    const struct mpta_segment segment = {.options = print->options,
                                         .options_len = print->options_len,
                                         .options_captured = print->options_len};
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    enum mpta_walk step;
    uint16_t subtypes = 0;
    mpta_option_walk_start(&walk, &segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        if (option.kind != MPTA_KIND_MPTCP) {
            bare->options_len =
                append(bare->options, bare->options_len, option.octets, option.length);
            continue;
        }
        whole->options_len =
            append(whole->options, (uint32_t)whole->options_len, option.octets, option.length);
        subtypes |= (uint16_t)(option.length > 2 ? 1U << (option.octets[2] >> 4) : 0);
    }
    if (step != MPTA_WALK_END)
        bare->options_len = append(bare->options, bare->options_len, walk.at, walk.captured);
    return subtypes;
}

struct fingerprint fingerprint_of(const uint8_t hash_key[16], const struct print *print)
{
    struct fingerprint found;
    struct whole whole = {.options_len = 0};
    struct bare bare = {
        .flow = print->flow,
        .seq = print->seq,
        .ack = print->ack,
        .payload_len = print->payload_len,
        .role = print->role,
        .flags = print->flags,
        .window = print->window,
        .ip_id = print->ip_id,
    };
    found.subtypes = options_part(print, &bare, &whole);
    found.bare = siphash(hash_key, &bare, offsetof(struct bare, options) + bare.options_len);
    whole.bare = found.bare;
    found.whole = whole.options_len == 0
                      ? found.bare
                      : siphash(hash_key, &whole,
                                offsetof(struct whole, options) + (size_t)whole.options_len);
    return found;
}

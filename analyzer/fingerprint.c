/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options go into the fingerprint one by one, without padding: what takes one of them off may move
 * the others or leave NOPs in its place.
 */
#include "analyzer/fingerprint.h"

#include "analyzer/siphash.h"

#include <stddef.h>
#include <string.h>

#define OPTIONS_LEN_MAX 40

/* Hashed as far as it is filled. */
struct bare {
    struct flow_key key;
    uint32_t seq;
    uint32_t ack;
    uint32_t payload_len;
    uint16_t role; /* of the sender */
    uint16_t flags;
    uint16_t window;
    uint16_t ip_id;
    uint32_t options_len;
    uint8_t options[OPTIONS_LEN_MAX];
};
_Static_assert(offsetof(struct bare, options) == 40 + 24, "no padding, it is hashed whole");

struct whole {
    uint64_t bare;
    uint64_t options_len;
    uint8_t options[OPTIONS_LEN_MAX];
};

static uint32_t append(uint8_t *options, uint32_t len, const uint8_t *octets, size_t octets_len)
{
    if (octets_len > 0)
        memcpy(options + len, octets, octets_len);
    return len + (uint32_t)octets_len;
}

/* Parts the options; what cannot be told apart stays together. */
static void options_part(const struct mpta_segment *segment, struct bare *bare, struct whole *whole,
                         struct fingerprint *print)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    enum mpta_walk step;
    mpta_option_walk_start(&walk, segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        if (option.kind != MPTA_KIND_MPTCP) {
            bare->options_len =
                append(bare->options, bare->options_len, option.octets, option.length);
            continue;
        }
        whole->options_len =
            append(whole->options, (uint32_t)whole->options_len, option.octets, option.length);
        print->subtypes |= (uint16_t)(option.length > 2 ? 1U << (option.octets[2] >> 4) : 0);
    }
    print->cut = step != MPTA_WALK_END;
    if (print->cut)
        bare->options_len = append(bare->options, bare->options_len, walk.at, walk.captured);
}

struct fingerprint fingerprint_of(const struct mpta_tracker *tracker, const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    struct fingerprint print = {.subtypes = 0};
    struct whole whole = {.options_len = 0};
    struct bare bare = {
        .key = in->subflow->key,
        .seq = segment->seq,
        .ack = segment->ack,
        .payload_len = segment->payload_len,
        .role = (uint16_t)in->role,
        .flags = segment->flags,
        .window = segment->window,
        .ip_id = segment->ip_id_present ? segment->ip_id : 0,
    };
    options_part(segment, &bare, &whole, &print);
    print.bare =
        siphash(tracker->hash_key, &bare, offsetof(struct bare, options) + bare.options_len);
    whole.bare = print.bare;
    print.whole = whole.options_len == 0
                      ? print.bare
                      : siphash(tracker->hash_key, &whole,
                                offsetof(struct whole, options) + (size_t)whole.options_len);
    return print;
}

/* Hashed as far as it is filled. */
struct mirrored {
    const struct subflow *subflow;
    uint32_t seq;
    uint32_t ack;
    uint32_t payload_len;
    uint16_t role;
    uint16_t flags;
    uint16_t window;
    uint16_t ip_id;
    uint8_t options[OPTIONS_LEN_MAX];
};
_Static_assert(offsetof(struct mirrored, options) == sizeof(void *) + 20, "no padding");

struct fingerprint fingerprint_of_mirrored(const struct mpta_tracker *tracker,
                                           const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    struct mirrored mirrored = {
        .subflow = in->subflow,
        .seq = segment->seq,
        .ack = segment->ack,
        .payload_len = segment->payload_len,
        .role = (uint16_t)in->role,
        .flags = segment->flags,
        .window = segment->window,
        .ip_id = segment->ip_id_present ? segment->ip_id : 0,
    };
    append(mirrored.options, 0, segment->options, segment->options_captured);
    uint64_t hash = siphash(tracker->hash_key, &mirrored,
                            offsetof(struct mirrored, options) + segment->options_captured);
    return (struct fingerprint){.whole = hash, .bare = hash};
}

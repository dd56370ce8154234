/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two rings: packets of fixed size, and their octets. Both are taken at once and whole; the system
 * gives memory to what is written. A packet that gives way is the oldest of its connection, too, so
 * that the chain of a connection is cut at its begin only.
 */
#include "cli/tui/packet_store.h"

#include <stdlib.h>
#include <string.h>

/* What a packet takes on average, octets included: by this the limit is shared. */
#define OCTETS_EXPECTED 160

struct chain {
    uint64_t first;
    uint64_t last;
    uint64_t count; /* also those that gave way */
};

struct packet_store {
    struct packet *packets;
    uint64_t capacity; /* of packets */
    uint64_t first;
    uint64_t end;
    uint8_t *octets;
    uint64_t octets_capacity;
    uint64_t octets_end;  /* as if the ring had no end */
    struct chain *chains; /* by connection */
    size_t chain_count;
};

struct packet_store *packet_store_new(size_t limit)
{
    struct packet_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    store->capacity = limit / (sizeof(struct packet) + OCTETS_EXPECTED);
    store->capacity += store->capacity == 0;
    store->octets_capacity = store->capacity * OCTETS_EXPECTED + PACKET_OCTETS_MAX;
    store->packets = malloc(store->capacity * sizeof *store->packets);
    store->octets = malloc(store->octets_capacity);
    if (store->packets == NULL || store->octets == NULL) {
        packet_store_free(store);
        return NULL;
    }
    return store;
}

void packet_store_free(struct packet_store *store)
{
    if (store != NULL) {
        free(store->packets);
        free(store->octets);
        free(store->chains);
        free(store);
    }
}

static struct packet *store_slot(const struct packet_store *store, uint64_t serial)
{
    return &store->packets[serial % store->capacity];
}

/* ---- Giving way ----------------------------------------------------------------------------- */

static void store_drop(struct packet_store *store)
{
    const struct packet *oldest = store_slot(store, store->first++);
    if (oldest->fed.has_connection) {
        struct chain *chain = &store->chains[oldest->fed.connection];
        chain->first = oldest->next;
        if (chain->first == PACKET_NONE) {
            chain->last = PACKET_NONE;
        } else {
            store_slot(store, chain->first)->previous = PACKET_NONE;
        }
    }
}

static void store_make_room(struct packet_store *store, size_t octets)
{
    while (store->first < store->end &&
           (store->end - store->first == store->capacity ||
            store->octets_end + octets - store_slot(store, store->first)->octets_at >
                store->octets_capacity)) {
        store_drop(store);
    }
}

/* ---- Taking in ------------------------------------------------------------------------------ */

static bool store_reserve_chain(struct packet_store *store, uint32_t connection)
{
    size_t count = store->chain_count;
    if (connection < count) {
        return true;
    }
    size_t wanted = (size_t)connection + 1 > 2 * count ? (size_t)connection + 1 : 2 * count;
    struct chain *chains = reallocarray(store->chains, wanted, sizeof *chains);
    if (chains == NULL) {
        return false;
    }
    for (; count < wanted; count++) {
        chains[count] = (struct chain){PACKET_NONE, PACKET_NONE, 0};
    }
    store->chains = chains;
    store->chain_count = wanted;
    return true;
}

static void store_link(struct packet_store *store, struct packet *packet)
{
    struct chain *chain = &store->chains[packet->fed.connection];
    packet->previous = chain->last;
    if (chain->last == PACKET_NONE) {
        chain->first = store->end;
    } else {
        store_slot(store, chain->last)->next = store->end;
    }
    chain->last = store->end;
    chain->count++;
}

static void store_copy(struct packet_store *store, struct packet *packet, const uint8_t *octets)
{
    size_t at = (size_t)(store->octets_end % store->octets_capacity);
    size_t room = (size_t)store->octets_capacity - at;
    size_t head = packet->kept < room ? packet->kept : room;
    memcpy(store->octets + at, octets, head);
    memcpy(store->octets, octets + head, packet->kept - head);
    packet->octets_at = store->octets_end;
    store->octets_end += packet->kept;
}

/* How much of a frame is worth keeping. */
static uint16_t octets_to_keep(const struct frame *frame, const struct mpta_segment *segment)
{
    size_t headers = (size_t)(segment->payload - frame->octets);
    size_t want = headers + PACKET_PAYLOAD_MAX;
    want = want < frame->captured ? want : frame->captured;
    return (uint16_t)(want < PACKET_OCTETS_MAX ? want : PACKET_OCTETS_MAX);
}

static bool dss_is_signal(const struct mpta_dss *dss)
{
    return dss->data_fin || (dss->has_map && dss->data_len == 0);
}

static void packet_read_options(struct packet *packet, const struct mpta_segment *segment)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    struct mpta_mptcp_option decoded;
    mpta_option_walk_start(&walk, segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION) {
        if (option.kind != MPTA_KIND_MPTCP) {
            continue;
        }
        bool right = mpta_mptcp_decode(option.octets, option.length, &decoded) == MPTA_OPTION_OK;
        packet->malformed |= !right;
        packet->signal |= right && decoded.subtype == MPTA_DSS && dss_is_signal(&decoded.dss);
        if (option.length >= 3) {
            packet->subtypes |= (uint16_t)(1U << decoded.subtype);
        }
    }
}

bool packet_store_add(struct packet_store *store, const struct frame *frame,
                      const struct mpta_segment *segment, const struct mpta_fed *fed)
{
    struct packet packet = {
        .place = {frame->number, frame->time_ns, frame->capture},
        .previous = PACKET_NONE,
        .next = PACKET_NONE,
        .interface = frame->interface,
        .link_type = frame->link_type,
        .captured = (uint32_t)frame->captured,
        .wire_len = (uint32_t)frame->wire_len,
        .kept = octets_to_keep(frame, segment),
        .flags = segment->flags,
        .payload_len = segment->payload_len,
        .fed = *fed,
    };
    if (fed->has_connection && !store_reserve_chain(store, fed->connection)) {
        return false;
    }
    store_make_room(store, packet.kept);
    packet_read_options(&packet, segment);
    store_copy(store, &packet, frame->octets);
    if (fed->has_connection) {
        store_link(store, &packet);
    }
    *store_slot(store, store->end++) = packet;
    return true;
}

/* ---- Asking --------------------------------------------------------------------------------- */

uint64_t packet_store_first(const struct packet_store *store)
{
    return store->first;
}

uint64_t packet_store_end(const struct packet_store *store)
{
    return store->end;
}

const struct packet *packet_store_get(const struct packet_store *store, uint64_t serial)
{
    return serial >= store->first && serial < store->end ? store_slot(store, serial) : NULL;
}

size_t packet_store_octets(const struct packet_store *store, const struct packet *packet,
                           uint8_t octets[PACKET_OCTETS_MAX])
{
    size_t at = (size_t)(packet->octets_at % store->octets_capacity);
    size_t room = (size_t)store->octets_capacity - at;
    size_t head = packet->kept < room ? packet->kept : room;
    memcpy(octets, store->octets + at, head);
    memcpy(octets + head, store->octets, packet->kept - head);
    return packet->kept;
}

uint64_t packet_store_first_of(const struct packet_store *store, uint32_t connection)
{
    return connection < store->chain_count ? store->chains[connection].first : PACKET_NONE;
}

uint64_t packet_store_last_of(const struct packet_store *store, uint32_t connection)
{
    return connection < store->chain_count ? store->chains[connection].last : PACKET_NONE;
}

uint64_t packet_store_count_of(const struct packet_store *store, uint32_t connection)
{
    return connection < store->chain_count ? store->chains[connection].count : 0;
}

/* Packets of one input come in the order of their numbers, but those of several are mixed. */
uint64_t packet_store_find(const struct packet_store *store, const struct mpta_place *place)
{
    for (uint64_t serial = store->first; serial < store->end; serial++) {
        const struct packet *packet = store_slot(store, serial);
        if (packet->place.packet == place->packet && packet->place.capture == place->capture) {
            return serial;
        }
    }
    return PACKET_NONE;
}

size_t packet_store_used(const struct packet_store *store)
{
    uint64_t octets = store->first < store->end
                          ? store->octets_end - store_slot(store, store->first)->octets_at
                          : 0;
    return (size_t)((store->end - store->first) * sizeof(struct packet) + octets);
}

size_t packet_store_limit(const struct packet_store *store)
{
    return (size_t)(store->capacity * sizeof(struct packet) + store->octets_capacity);
}

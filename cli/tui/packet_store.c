/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each ring is two: packets of fixed size, and their octets. They are taken at once and whole; the
 * system gives memory to what is written. What gives way in the first ring and lasts goes to the
 * second one, so that both are in the order of serial numbers, and the second before the first.
 */
#include "cli/tui/packet_store.h"

#include <stdlib.h>
#include <string.h>

/* What a packet takes on average, octets included: by this the limit is shared. */
#define OCTETS_EXPECTED 160

/* So small a part is for packets that last: there are few of them. */
#define LASTING_PART 8

#define CLOSING (MPTA_TCP_SYN | MPTA_TCP_FIN | MPTA_TCP_RST)

struct chain {
    uint64_t first;
    uint64_t last;
    uint64_t count; /* also those that gave way */
};

struct ring {
    struct packet *packets;
    uint64_t capacity; /* of packets */
    uint64_t first;    /* as if the ring had no end; of the first ring, serial numbers */
    uint64_t end;
    uint8_t *octets;
    uint64_t octets_capacity;
    uint64_t octets_end; /* as if the ring had no end */
};

struct packet_store {
    struct ring newest;   /* all packets of late */
    struct ring lasting;  /* of those before, what means more than data */
    struct chain *chains; /* by connection */
    size_t chain_count;
};

/* ---- Rings ---------------------------------------------------------------------------------- */

static bool ring_open(struct ring *ring, size_t limit)
{
    ring->capacity = limit / (sizeof(struct packet) + OCTETS_EXPECTED);
    ring->capacity += ring->capacity == 0;
    ring->octets_capacity = ring->capacity * OCTETS_EXPECTED + PACKET_OCTETS_MAX;
    ring->packets = malloc(ring->capacity * sizeof *ring->packets);
    ring->octets = malloc(ring->octets_capacity);
    return ring->packets != NULL && ring->octets != NULL;
}

static void ring_close(struct ring *ring)
{
    free(ring->packets);
    free(ring->octets);
}

static struct packet *ring_slot(const struct ring *ring, uint64_t index)
{
    return &ring->packets[index % ring->capacity];
}

static bool ring_is_full(const struct ring *ring, size_t octets)
{
    return ring->first < ring->end &&
           (ring->end - ring->first == ring->capacity ||
            ring->octets_end + octets - ring_slot(ring, ring->first)->octets_at >
                ring->octets_capacity);
}

/* Adds a packet, for which there is room. */
static void ring_add(struct ring *ring, const struct packet *packet, const uint8_t *octets)
{
    size_t at = (size_t)(ring->octets_end % ring->octets_capacity);
    size_t room = (size_t)ring->octets_capacity - at;
    size_t head = packet->kept < room ? packet->kept : room;
    struct packet *slot = ring_slot(ring, ring->end++);
    memcpy(ring->octets + at, octets, head);
    memcpy(ring->octets, octets + head, packet->kept - head);
    *slot = *packet;
    slot->octets_at = ring->octets_end;
    ring->octets_end += packet->kept;
}

static size_t ring_octets(const struct ring *ring, const struct packet *packet, uint8_t *octets)
{
    size_t at = (size_t)(packet->octets_at % ring->octets_capacity);
    size_t room = (size_t)ring->octets_capacity - at;
    size_t head = packet->kept < room ? packet->kept : room;
    memcpy(octets, ring->octets + at, head);
    memcpy(octets + head, ring->octets, packet->kept - head);
    return packet->kept;
}

/* The index of the first packet with this serial number or a later one. */
static uint64_t ring_find(const struct ring *ring, uint64_t serial)
{
    uint64_t low = ring->first;
    uint64_t high = ring->end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (ring_slot(ring, middle)->serial < serial) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t ring_used(const struct ring *ring)
{
    uint64_t octets =
        ring->first < ring->end ? ring->octets_end - ring_slot(ring, ring->first)->octets_at : 0;
    return (size_t)((ring->end - ring->first) * sizeof(struct packet) + octets);
}

static size_t ring_limit(const struct ring *ring)
{
    return (size_t)(ring->capacity * sizeof(struct packet) + ring->octets_capacity);
}

/* ---- The store ------------------------------------------------------------------------------ */

struct packet_store *packet_store_new(size_t limit)
{
    struct packet_store *store = calloc(1, sizeof *store);
    if (store != NULL && ring_open(&store->newest, limit - limit / LASTING_PART) &&
        ring_open(&store->lasting, limit / LASTING_PART)) {
        return store;
    }
    packet_store_free(store);
    return NULL;
}

void packet_store_free(struct packet_store *store)
{
    if (store != NULL) {
        ring_close(&store->newest);
        ring_close(&store->lasting);
        free(store->chains);
        free(store);
    }
}

static const struct ring *ring_of(const struct packet_store *store, uint64_t serial)
{
    return serial >= store->newest.first ? &store->newest : &store->lasting;
}

/* A packet that is there, or NULL. */
static struct packet *store_slot(const struct packet_store *store, uint64_t serial)
{
    const struct ring *ring = ring_of(store, serial);
    uint64_t index = ring == &store->newest ? serial : ring_find(ring, serial);
    if (index >= ring->end) {
        return NULL;
    }
    struct packet *packet = ring_slot(ring, index);
    return packet->serial == serial ? packet : NULL;
}

/* ---- Giving way ----------------------------------------------------------------------------- */

static bool packet_is_rare(const struct packet *packet)
{
    return (packet->flags & CLOSING) != 0 || packet->malformed ||
           (packet->subtypes & (uint16_t) ~(1U << MPTA_DSS)) != 0;
}

bool packet_is_event(const struct packet *packet)
{
    return packet_is_rare(packet) || packet->signal;
}

/* A DATA_FIN stands in each packet until it is acknowledged: the one that an event tells of will
 * do. */
static bool packet_lasts(const struct packet *packet)
{
    return packet_is_rare(packet) || packet->told;
}

/* Takes a packet out of its connection's chain. */
static void store_unlink(struct packet_store *store, const struct packet *packet)
{
    if (!packet->fed.has_connection) {
        return;
    }
    struct chain *chain = &store->chains[packet->fed.connection];
    struct packet *before = store_slot(store, packet->previous);
    struct packet *after = store_slot(store, packet->next);
    if (before != NULL) {
        before->next = packet->next;
    } else {
        chain->first = packet->next;
    }
    if (after != NULL) {
        after->previous = packet->previous;
    } else {
        chain->last = packet->previous;
    }
}

/* The oldest of the newest packets goes to those that last. */
static void store_let_last(struct packet_store *store)
{
    const struct packet *oldest = ring_slot(&store->newest, store->newest.first);
    uint8_t octets[PACKET_OCTETS_MAX];
    while (ring_is_full(&store->lasting, oldest->kept)) {
        store_unlink(store, ring_slot(&store->lasting, store->lasting.first));
        store->lasting.first++;
    }
    ring_octets(&store->newest, oldest, octets);
    ring_add(&store->lasting, oldest, octets);
}

static void store_make_room(struct packet_store *store, size_t octets)
{
    while (ring_is_full(&store->newest, octets)) {
        const struct packet *oldest = ring_slot(&store->newest, store->newest.first);
        if (packet_lasts(oldest)) {
            store_let_last(store);
        } else {
            store_unlink(store, oldest);
        }
        store->newest.first++;
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
    struct packet *before = store_slot(store, chain->last);
    packet->previous = chain->last;
    if (before == NULL) {
        chain->first = packet->serial;
    } else {
        before->next = packet->serial;
    }
    chain->last = packet->serial;
    chain->count++;
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
        .place = mpta_place_of(frame->number, frame->time_ns, frame->capture),
        .serial = store->newest.end,
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
    if (fed->has_connection) {
        store_link(store, &packet);
    }
    ring_add(&store->newest, &packet, frame->octets);
    return true;
}

void packet_store_tell(struct packet_store *store)
{
    ring_slot(&store->newest, store->newest.end - 1)->told = true;
}

/* ---- Asking --------------------------------------------------------------------------------- */

uint64_t packet_store_first(const struct packet_store *store)
{
    return store->newest.first;
}

uint64_t packet_store_end(const struct packet_store *store)
{
    return store->newest.end;
}

uint64_t packet_store_count(const struct packet_store *store)
{
    return store->newest.end - store->newest.first + store->lasting.end - store->lasting.first;
}

uint64_t packet_store_from(const struct packet_store *store, uint64_t serial)
{
    if (serial < store->newest.first) {
        uint64_t lasting = ring_find(&store->lasting, serial);
        serial = lasting < store->lasting.end ? ring_slot(&store->lasting, lasting)->serial
                                              : store->newest.first;
    }
    return serial < store->newest.end ? serial : PACKET_NONE;
}

const struct packet *packet_store_get(const struct packet_store *store, uint64_t serial)
{
    return store_slot(store, serial);
}

size_t packet_store_octets(const struct packet_store *store, const struct packet *packet,
                           uint8_t octets[PACKET_OCTETS_MAX])
{
    return ring_octets(ring_of(store, packet->serial), packet, octets);
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
    const struct packet *packet;
    uint64_t serial = packet_store_from(store, 0);
    while ((packet = packet_store_get(store, serial)) != NULL &&
           (packet->place.packet != place->packet || packet->place.capture != place->capture)) {
        serial = packet_store_from(store, serial + 1);
    }
    return packet != NULL ? serial : PACKET_NONE;
}

size_t packet_store_used(const struct packet_store *store)
{
    return ring_used(&store->newest) + ring_used(&store->lasting);
}

size_t packet_store_limit(const struct packet_store *store)
{
    return ring_limit(&store->newest) + ring_limit(&store->lasting);
}

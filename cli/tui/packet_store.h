/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets that views show: what the tracker said of each, and its first octets, in rings of
 * fixed size. The oldest packets give way to new ones. Those that mean more than data, as
 * handshakes do, then have a ring of their own, in which they last much longer.
 *
 * A packet is named by its serial number, from 0 in the order in which they came.
 */
#ifndef CLI_TUI_PACKET_STORE_H
#define CLI_TUI_PACKET_STORE_H

#include "analyzer/analyzer.h"
#include "cli/source.h"

/* So much of a frame is kept: its headers, and of the payload no more than a look. */
#define PACKET_OCTETS_MAX  320
#define PACKET_PAYLOAD_MAX 64

#define PACKET_NONE UINT64_MAX

/* One packet. Of those of one connection each names the one before and the next. */
struct packet {
    struct mpta_place place;
    uint64_t serial;
    uint64_t previous; /* serial numbers, or PACKET_NONE */
    uint64_t next;
    uint64_t octets_at; /* in the ring of octets, as if it had no end */
    uint32_t interface;
    uint32_t link_type;
    uint32_t captured; /* octets of the frame that the capture has, */
    uint32_t wire_len;
    uint16_t kept; /* and that are here */
    uint16_t flags;
    uint16_t subtypes; /* a bit for each kind-30 option */
    bool malformed;    /* one of them is */
    bool signal;       /* a DSS says more than where data lies: DATA_FIN, an infinite mapping */
    bool told;         /* an event or a finding tells of it */
    uint32_t payload_len;
    struct mpta_fed fed;
};

struct packet_store;

/* A store within so many octets of memory. NULL if there is no memory. */
struct packet_store *packet_store_new(size_t limit);
void packet_store_free(struct packet_store *store);

/* Adds a packet; false if memory is short, which it can be for its connection's first one only. */
bool packet_store_add(struct packet_store *store, const struct frame *frame,
                      const struct mpta_segment *segment, const struct mpta_fed *fed);

/* An event or a finding tells of the packet that was added last: it lasts. */
void packet_store_tell(struct packet_store *store);

/* The packets there are: all of [first, end), and of those before `first` some that last. */
uint64_t packet_store_first(const struct packet_store *store);
uint64_t packet_store_end(const struct packet_store *store);
uint64_t packet_store_count(const struct packet_store *store);

/* The serial number of the first packet from this one on that is there, or PACKET_NONE. */
uint64_t packet_store_from(const struct packet_store *store, uint64_t serial);

/* A packet by its serial number, or NULL. It lives until the next packet_store_add. */
const struct packet *packet_store_get(const struct packet_store *store, uint64_t serial);

/* Copies the octets that are kept of it; returns how many. */
size_t packet_store_octets(const struct packet_store *store, const struct packet *packet,
                           uint8_t octets[PACKET_OCTETS_MAX]);

/* The first and the last packet of a connection, or PACKET_NONE, and how many it had in all. */
uint64_t packet_store_first_of(const struct packet_store *store, uint32_t connection);
uint64_t packet_store_last_of(const struct packet_store *store, uint32_t connection);
uint64_t packet_store_count_of(const struct packet_store *store, uint32_t connection);

/* Whether it means more than data and acknowledgements. */
bool packet_is_event(const struct packet *packet);

/* The packet at a place, or PACKET_NONE. */
uint64_t packet_store_find(const struct packet_store *store, const struct mpta_place *place);

/* Octets of memory that its rings hold, and may hold. */
size_t packet_store_used(const struct packet_store *store);
size_t packet_store_limit(const struct packet_store *store);

#endif

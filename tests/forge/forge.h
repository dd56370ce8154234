/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forge: captures of Multipath TCP connections that no kernel at hand would send.
 *
 * A forge holds a clock, a source of chance and the packets captured so far. Verbs make them:
 *
 *     struct forge_connection connection = forge_connection(forge, 1);
 *     struct forge_subflow first = forge_first_path(&connection);
 *     struct forge_subflow second = forge_second_path(&connection);
 *
 *     forge_connect(&first);
 *     forge_send(&first, MPTA_CLIENT, 400);
 *     forge_join(&second);
 *     forge_reinject(&second, MPTA_CLIENT, 0, 400);
 *     forge_data_close(&first);
 *
 * Left alone, the verbs do what both RFCs ask for, with the TCP options, acknowledgements, windows
 * and checksums of a usual stack. What is to be wrong is told by forge->next, which holds for one
 * packet: an edit of the segment before it becomes octets, or how the capture shows it.
 *
 * Everything follows from the seed: the same calls give the same octets on every machine. A forge
 * that runs out of memory says so in `failed` and captures no more; a verb used where it has no
 * meaning trips an assertion.
 */
#ifndef FORGE_H
#define FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/analyzer.h"
#include "dissector/dissector.h"
#include "tests/forge/segment.h"
#include "tests/forge/wrap.h"

/* ---- The forge ------------------------------------------------------------------------------ */

/* One captured packet. */
struct forge_packet {
    int64_t time_ns; /* since 1970-01-01 UTC */
    uint32_t interface;
    uint32_t link_type;
    size_t captured;
    size_t wire_len;
    uint8_t *octets;
};

/* An edit of one segment; argument is what forge_next.argument holds. */
typedef void forge_edit(struct forge_segment *segment, const void *argument);

/* What is special about the next packet, and about that one only. */
struct forge_next {
    forge_edit *edit;
    const void *argument;
    bool unseen;          /* it was sent, but the capture does not have it */
    size_t fragment_size; /* IP fragments with at most so much payload, a multiple of 8; 0: none */
};

/* An interface of the capturing host. */
struct forge_interface {
    const char *name;
    enum forge_wrap wrap;
};

#define FORGE_INTERFACE_COUNT 2

struct forge {
    int64_t now_ns;
    uint64_t chance; /* state of the generator */
    uint16_t ports;  /* handed out so far */
    uint16_t ip_ids;

    struct forge_packet *packets;
    size_t count;
    size_t capacity;
    bool failed;

    struct forge_next next;
    /* How all packets are captured. */
    struct forge_interface interfaces[FORGE_INTERFACE_COUNT];
    size_t snap_len;      /* 0: whole packets */
    unsigned copies;      /* each packet is captured so often: 1, or more at a mirror port */
    bool not_captured[2]; /* what this side sends */
    uint64_t dsn_shift;   /* all DSNs are so far ahead of what follows from the keys */
};

/* A forge without packets, both interfaces being Ethernet. */
struct forge forge_new(uint64_t seed);
void forge_free(struct forge *forge);

/* Chance: 64 bits, or 32 of them. */
uint64_t forge_random(struct forge *forge);
uint32_t forge_random32(struct forge *forge);

/* Nothing happens for a time. */
void forge_wait(struct forge *forge, int64_t duration_ns);

/* The last packet overtakes the one before it: they change places, the times stay where they are.
 */
void forge_overtake(struct forge *forge);

/* Moves the packets from index begin on to the front of the capture; with their times. */
void forge_move_to_front(struct forge *forge, size_t begin);

/* Writes all packets as pcapng. False with errno set if the file takes no more. */
bool forge_write(const struct forge *forge, FILE *file);

/* Feeds a packet to a tracker, if there is TCP in it, with a number and a time. */
enum mpta_status forge_packet_feed(struct mpta_tracker *tracker, const struct forge_packet *packet,
                                   uint64_t number, int64_t time_ns);

/* Feeds all packets to a tracker, numbered from 1, and finishes it. */
enum mpta_status forge_feed(const struct forge *forge, struct mpta_tracker *tracker);

#define FORGE_MS ((int64_t)1000000) /* nanoseconds */
#define FORGE_S  ((int64_t)1000000000)

/* ---- Connections and subflows --------------------------------------------------------------- */

/* What one host has in a connection. The fields before `next` may be set before forge_connect. */
struct forge_host {
    uint64_t key;
    uint32_t token;
    uint64_t idsn;
    uint8_t flags; /* of MP_CAPABLE; H alone by default */
    bool dsn_is_32;
    bool more_queued; /* its segments end within what it writes: no PSH */
    bool ack_is_32;
    uint64_t next;        /* offset from IDSN + 1 of the next octet that it sends */
    uint64_t stream_seed; /* what it says, see forge_stream */
};

struct forge_connection {
    struct forge *forge;
    int version;
    struct forge_host hosts[2];
    bool fell_back; /* from now on plain TCP */
};

/* One end of a subflow. */
struct forge_end {
    struct mpta_address address;
    uint16_t port;
    uint8_t address_id;
    bool backup;
    uint32_t nonce;
    uint32_t isn;
    uint32_t next;     /* sequence number of the next octet that it sends */
    uint32_t ssn_zero; /* sequence number of SSN 0: the ISN, but for data on the SYN */
    uint32_t ts_value;
    uint32_t ts_base;
};

struct forge_subflow {
    struct forge_connection *connection;
    struct forge_end ends[2];
    bool join;
    enum mpta_side opened_by;
    uint32_t interface;
    int64_t rtt_ns;
    enum mpta_side last_sender;
    bool capable_due;       /* the client's first data goes with MP_CAPABLE, RFC 8684 section 3.1 */
    uint16_t fast_open_len; /* octets of data on the SYN, with a cookie; 0: neither */
};

/* A connection with keys and streams by chance. */
struct forge_connection forge_connection(struct forge *forge, int version);

/* Gives a host another key, with the token and IDSN that follow from it. */
void forge_set_key(struct forge_connection *connection, enum mpta_side side, uint64_t key);

/* The initial subflow and joins of it, from address to address; ports and the rest by chance. */
struct forge_subflow forge_subflow(struct forge_connection *connection, const char *client,
                                   const char *server);
struct forge_subflow forge_additional(struct forge_connection *connection, uint8_t address_id,
                                      const char *client, const char *server);

/* The two paths of most stories: 192.0.2.10 and 198.51.100.10 to 203.0.113.1, port 5001. */
struct forge_subflow forge_first_path(struct forge_connection *connection);
struct forge_subflow forge_second_path(struct forge_connection *connection);

/* Turns a join round: the server opens it, from its address ID, to a port of the client. */
void forge_open_by_server(struct forge_subflow *subflow, uint8_t address_id, uint16_t port);

/* Sets where a side's sequence numbers begin. */
void forge_set_isn(struct forge_subflow *subflow, enum mpta_side side, uint32_t isn);

/* An address of either family from its text. */
struct mpta_address forge_address(const char *text);

/*
 * What a host says: length octets of its stream from offset on. Data on a SYN is none of the stream
 * and is taken from far away.
 */
#define FORGE_FAST_OPEN_OFFSET (UINT64_C(1) << 62)
void forge_stream(const struct forge_host *host, uint64_t offset, uint8_t *octets, size_t length);

/* The DSN of an octet of a side's stream. */
uint64_t forge_dsn(const struct forge_subflow *subflow, enum mpta_side side, uint64_t offset);

enum mpta_side forge_peer_of(enum mpta_side side);
struct forge_host *forge_host_of(const struct forge_subflow *subflow, enum mpta_side side);

/* ---- Segments, the lower half of all verbs -------------------------------------------------- */

/* A segment of a side as it would send it now, without payload and kind-30 options. */
struct forge_segment forge_segment(const struct forge_subflow *subflow, enum mpta_side side,
                                   uint16_t flags);

/* Sends it: the clock moves, the side's sequence number follows, forge->next is obeyed. */
void forge_emit(struct forge_subflow *subflow, enum mpta_side side, struct forge_segment *segment);

/*
 * Captures an IP packet of whatever kind, in IP fragments with at most so much payload, or whole
 * (0). The clock stands still.
 */
void forge_emit_ip(struct forge *forge, uint32_t interface, const uint8_t *ip, size_t length,
                   size_t fragment_size);

/* Which octets of a side's stream stand where on a subflow. */
struct forge_mapping {
    uint64_t offset; /* of the stream: DSN - IDSN - 1 */
    uint32_t ssn;
    uint16_t length; /* octets of data; a DATA_FIN is counted on top */
    bool data_fin;
};

/*
 * Adds a DSS with a DATA_ACK for everything that the peer has sent; the other also with a mapping,
 * and its checksum where one side wants checksums. They return the DSS for changes, until the
 * segment is sent; its flags octet follows from the other members at the end.
 */
struct mpta_dss *forge_add_data_ack(const struct forge_subflow *subflow, enum mpta_side side,
                                    struct forge_segment *segment);
struct mpta_dss *forge_add_mapping(const struct forge_subflow *subflow, enum mpta_side side,
                                   struct forge_segment *segment,
                                   const struct forge_mapping *mapping);

/* Puts octets of a side's stream into a segment. */
void forge_add_payload(const struct forge_subflow *subflow, enum mpta_side side,
                       struct forge_segment *segment, uint64_t offset, size_t length);

/* Where a side's next octet, or a segment of it, stands on the subflow. */
uint32_t forge_ssn(const struct forge_subflow *subflow, enum mpta_side side, uint32_t seq);

/* The DSS checksum, RFC 8684 section 3.3.1. */
uint16_t forge_dss_checksum(uint64_t dsn, uint32_t ssn, uint16_t data_len, const uint8_t *payload,
                            size_t payload_len);

/* ---- Handshakes ----------------------------------------------------------------------------- */

/* The three packets of either handshake, MP_CAPABLE or MP_JOIN. */
void forge_syn(struct forge_subflow *subflow);
void forge_syn_ack(struct forge_subflow *subflow);
void forge_third_ack(struct forge_subflow *subflow);

/* All three; after a join also the ACK that ends pre-established, RFC 8684 section 3.2. */
void forge_connect(struct forge_subflow *subflow);
void forge_join(struct forge_subflow *subflow);

/* ---- Data ----------------------------------------------------------------------------------- */

/* The next octets of a side's stream, in one segment, mapped, and acknowledged at both levels. */
void forge_send(struct forge_subflow *subflow, enum mpta_side side, uint16_t length);

/* The same without the other side's answer. */
void forge_data(struct forge_subflow *subflow, enum mpta_side side, uint16_t length);

/* Octets of the stream once more: under a new SSN, and under the one they had on this subflow. */
void forge_reinject(struct forge_subflow *subflow, enum mpta_side side, uint64_t offset,
                    uint16_t length);
void forge_retransmit(struct forge_subflow *subflow, enum mpta_side side, uint32_t ssn,
                      uint64_t offset, uint16_t length);

/* Payload from anywhere in the stream, at any SSN, under any mapping, or none (NULL). */
void forge_data_mapped(struct forge_subflow *subflow, enum mpta_side side, uint32_t ssn,
                       uint64_t offset, uint16_t length, const struct forge_mapping *mapping);

/* A pure ACK, with DATA_ACK. */
void forge_ack(struct forge_subflow *subflow, enum mpta_side side);

/* ---- Addresses, priority -------------------------------------------------------------------- */

/* ADD_ADDR in the form of the version, the HMAC being right; port 0: none. */
void forge_add_addr(struct forge_subflow *subflow, enum mpta_side side, uint8_t address_id,
                    const char *address, uint16_t port);

/* The peer's echo of the same, version 1. */
void forge_add_addr_echo(struct forge_subflow *subflow, enum mpta_side side, uint8_t address_id,
                         const char *address, uint16_t port);

void forge_remove_addr(struct forge_subflow *subflow, enum mpta_side side, const uint8_t *ids,
                       uint8_t count);

/* MP_PRIO for this subflow; for another one by its address ID, version 0 only. */
void forge_prio(struct forge_subflow *subflow, enum mpta_side side, bool backup);
void forge_prio_of(struct forge_subflow *subflow, enum mpta_side side, bool backup,
                   uint8_t address_id);

/* ---- Closing -------------------------------------------------------------------------------- */

/* DATA_FIN without data; answered by nothing. */
void forge_data_fin(struct forge_subflow *subflow, enum mpta_side side);

/* DATA_FIN from both sides, each acknowledged. */
void forge_data_close(struct forge_subflow *subflow);

/* FIN of one side; and of both, acknowledged. */
void forge_fin(struct forge_subflow *subflow, enum mpta_side side);
void forge_close(struct forge_subflow *subflow);

/* RST, bare or with MP_TCPRST. */
void forge_rst(struct forge_subflow *subflow, enum mpta_side side);
void forge_rst_reason(struct forge_subflow *subflow, enum mpta_side side, uint8_t reason,
                      bool transient);

/* MP_FASTCLOSE with the peer's key on an ACK or a RST, RFC 8684 section 3.5. */
void forge_fastclose(struct forge_subflow *subflow, enum mpta_side side, bool on_rst);

/* MP_FAIL for what the peer sent from an offset of its stream on. */
void forge_mp_fail(struct forge_subflow *subflow, enum mpta_side side, uint64_t offset,
                   bool on_rst);

/* Data under an infinite mapping; everything after it is plain TCP. */
void forge_infinite_mapping(struct forge_subflow *subflow, enum mpta_side side, uint16_t length);

/* ---- Edits of general use ------------------------------------------------------------------- */

/* Kind 30 is taken out, as middleboxes do. */
void forge_edit_strip(struct forge_segment *segment, const void *argument);

/* One bit of the HMAC of an MP_JOIN or ADD_ADDR is turned. */
void forge_edit_hmac(struct forge_segment *segment, const void *argument);

/* All kind-30 options give way to the octets of a struct forge_raw, the argument. */
struct forge_raw {
    const uint8_t *octets;
    size_t length;
};
void forge_edit_raw(struct forge_segment *segment, const void *argument);

#endif

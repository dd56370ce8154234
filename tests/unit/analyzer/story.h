/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stories: sequences of TCP segments as two hosts would send them, told step by step, kept, and fed
 * to a tracker whole, without some packets, or seen from one side only. Segments are made directly;
 * no frames are needed. Hosts behave well unless a test changes a packet after it was told.
 */
#ifndef STORY_H
#define STORY_H

#include "analyzer/analyzer.h"

/* What cmocka's own header asks for. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define STORY_PACKETS_MAX 320
#define STORY_MS          INT64_C(1000000)

/* Keys whose tokens and IDSNs the crypto tests pin down, and some more. */
#define STORY_KEY_CLIENT UINT64_C(0x1fdb5df328bc3def)
#define STORY_KEY_SERVER UINT64_C(0x29a6c86981ad933c)
#define STORY_KEY_THIRD  UINT64_C(0x0123456789abcdef)
#define STORY_KEY_FOURTH UINT64_C(0xfedcba9876543210)
/* Two keys with one token in version 1. */
#define STORY_KEY_TWIN_A UINT64_C(0x556b105c262f29cd)
#define STORY_KEY_TWIN_B UINT64_C(0x3adacd4959f95d56)

enum story_from {
    OPENER_SAYS,
    RESPONDER_SAYS,
};

/* What a packet's TCP checksum is. */
enum story_sum {
    SUM_UNSEEN, /* its octets are not lent */
    SUM_GOOD,
    SUM_BAD,
    SUM_PARTIAL, /* the pseudo-header's, for an interface to go on with */
    SUM_NONE,    /* 0 */
};

struct story_packet {
    struct mpta_place place;
    uint32_t interface;
    enum mpta_side side; /* of the sender */
    struct mpta_segment segment;
    uint8_t options[40];
    enum story_sum sum;
};

struct story {
    struct story_packet packets[STORY_PACKETS_MAX];
    size_t count;
    int64_t now_ns;  /* of the last packet */
    int64_t step_ns; /* between two packets */
    uint16_t ip_id;
};

/* One TCP connection; arrays are indexed by enum story_from. */
struct story_flow {
    struct mpta_address address[2];
    uint16_t port[2];
    enum mpta_side opened_by;
    uint32_t isn[2];
    uint32_t sent[2];   /* octets of sequence space used, SYN and FIN included */
    uint32_t offset[2]; /* octets of payload sent */
    uint8_t address_id[2];
    uint32_t nonce[2];
    bool backup;
};

/* One MPTCP connection; arrays are indexed by enum mpta_side. */
struct story_peers {
    int version;
    uint8_t flags; /* of MP_CAPABLE */
    uint64_t keys[2];
    uint64_t dsn[2]; /* of the next octet */
};

/* An empty story. */
void story_begin(struct story *story);

/* A flow between two ends, opened by the client, with sequence numbers made from its ports. */
struct story_flow story_flow(const char *opener, uint16_t opener_port, const char *responder,
                             uint16_t responder_port);

struct story_peers story_peers(int version, uint64_t client_key, uint64_t server_key);

/* ---- Packets --------------------------------------------------------------------------------- */

/* The next packet of a flow, with these options; returned so that a test may change it. */
struct story_packet *story_say(struct story *story, struct story_flow *flow, enum story_from from,
                               uint16_t flags, uint32_t payload_len, size_t option_count,
                               const struct mpta_mptcp_option *options);

/* The same with one option, and with none. */
struct story_packet *story_option(struct story *story, struct story_flow *flow,
                                  enum story_from from, uint16_t flags, uint32_t payload_len,
                                  struct mpta_mptcp_option option);
struct story_packet *story_plain(struct story *story, struct story_flow *flow, enum story_from from,
                                 uint16_t flags, uint32_t payload_len);

/* Two packets change places in the order of feeding; each keeps its time. */
void story_swap(struct story *story, size_t one, size_t other);

/* A packet told before is sent again, `copy` false, or seen again on another interface. */
struct story_packet *story_again(struct story *story, size_t index, bool copy);

/* ---- Steps of the protocol ------------------------------------------------------------------- */

struct story_packet *story_syn(struct story *story, const struct story_peers *peers,
                               struct story_flow *flow);
struct story_packet *story_syn_ack(struct story *story, const struct story_peers *peers,
                                   struct story_flow *flow);
struct story_packet *story_ack(struct story *story, const struct story_peers *peers,
                               struct story_flow *flow);
void story_capable(struct story *story, const struct story_peers *peers, struct story_flow *flow);

struct story_packet *story_join_syn(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow);
struct story_packet *story_join_syn_ack(struct story *story, const struct story_peers *peers,
                                        struct story_flow *flow);
struct story_packet *story_join_ack(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow);
void story_join(struct story *story, const struct story_peers *peers, struct story_flow *flow);

/* The client's first data, with MP_CAPABLE for mapping and DSS for nothing: version 1. */
struct story_packet *story_capable_data(struct story *story, struct story_peers *peers,
                                        struct story_flow *flow, uint16_t len);
/* Data with its mapping, and a DATA_ACK. */
struct story_packet *story_data(struct story *story, struct story_peers *peers,
                                struct story_flow *flow, enum story_from from, uint32_t len);
/* A DATA_ACK alone. */
struct story_packet *story_data_ack(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow, enum story_from from);
/* A mapping of `len` octets on a packet that carries `payload_len` of them. */
struct story_packet *story_mapping(struct story *story, struct story_peers *peers,
                                   struct story_flow *flow, enum story_from from, uint16_t len,
                                   uint32_t payload_len);
/* Data without any option. */
struct story_packet *story_unmapped(struct story *story, struct story_flow *flow,
                                    enum story_from from, uint32_t len);
/* DATA_FIN from both sides, acknowledged. */
void story_data_fins(struct story *story, struct story_peers *peers, struct story_flow *flow);
/* FIN from both sides, acknowledged. */
void story_fins(struct story *story, const struct story_peers *peers, struct story_flow *flow);
/* A RST, with MP_TCPRST unless the reason is below 0. */
struct story_packet *story_rst(struct story *story, struct story_flow *flow, enum story_from from,
                               int reason);
struct story_packet *story_fastclose(struct story *story, const struct story_peers *peers,
                                     struct story_flow *flow, enum story_from from, uint16_t flags);
/* ADD_ADDR, in version 1 with its HMAC; has_port if the port is not 0. */
struct story_packet *story_add_addr(struct story *story, const struct story_peers *peers,
                                    struct story_flow *flow, enum story_from from, uint8_t id,
                                    const char *address, uint16_t port);
struct story_packet *story_add_addr_echo(struct story *story, struct story_flow *flow,
                                         enum story_from from, uint8_t id, const char *address,
                                         uint16_t port);

/* Flips a bit of the options: behind kind, length, subtype and ID lie tokens, keys and HMACs. */
void story_spoil(struct story_packet *packet, size_t at);
/* Takes all options off a packet, as a middlebox would. */
void story_strip(struct story_packet *packet);
/* Adds the timestamps option, RFC 7323 section 3. */
void story_stamp(struct story_packet *packet, uint32_t value, uint32_t echo);
/* Adds a SACK option, RFC 2018 section 3, of one block or two. */
void story_sack(struct story_packet *packet, const uint32_t (*blocks)[2], size_t count);
/* Cuts a packet by a snap length within its options: so many octets of them stay. */
void story_cut(struct story_packet *packet, size_t options_captured);

/* ---- Telling a tracker ------------------------------------------------------------------------
 */

/* Which packets are left out. */
struct story_loss {
    size_t begin, end; /* half-open */
    size_t also;       /* one more; SIZE_MAX: none */
    bool one_sided;    /* only what `side` sent is left */
    enum mpta_side side;
};

/* Feeds one packet. */
enum mpta_status story_feed(const struct story *story, size_t index, struct mpta_tracker *tracker,
                            struct mpta_fed *fed);

/* A new tracker that was told all of a story, and its end. Keys may be NULL. */
struct mpta_tracker *story_tell(const struct story *story);
struct mpta_tracker *story_tell_with(const struct story *story, const struct story_loss *loss,
                                     const uint64_t *keys, size_t key_count);

/* ---- Asking it --------------------------------------------------------------------------------
 */

struct mpta_summary story_summary(const struct mpta_tracker *tracker);
struct mpta_connection story_connection(const struct mpta_tracker *tracker, size_t index);
struct mpta_subflow story_subflow(const struct mpta_tracker *tracker, uint32_t connection,
                                  size_t index);
struct mpta_subflow story_unlinked(const struct mpta_tracker *tracker, size_t index);
struct mpta_address_event story_address(const struct mpta_tracker *tracker, uint32_t connection,
                                        size_t index);

/* A finding by its id, of a connection or of none; false if it was not made. */
bool story_finding(const struct mpta_tracker *tracker, uint32_t connection, const char *id,
                   struct mpta_finding *finding);
bool story_global_finding(const struct mpta_tracker *tracker, const char *id,
                          struct mpta_finding *finding);

/* How often it occurred on a connection. */
uint64_t story_count(const struct mpta_tracker *tracker, uint32_t connection, const char *id);

/* A finding of this severity or worse, for a message; NULL if there is none. */
const char *story_worst(const struct mpta_tracker *tracker, enum mpta_severity severity);

#endif

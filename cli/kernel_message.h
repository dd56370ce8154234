/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the Linux kernel says of its own Multipath TCP, taken out of netlink messages: its sockets
 * (sock_diag, what ss -M shows), the TCP sockets of their subflows, and what happens to them
 * (the events of mptcp_pm, what ip mptcp monitor shows). Pure functions on octets, which may be
 * any: what is missing or has another size than it should is not known.
 */
#ifndef CLI_KERNEL_MESSAGE_H
#define CLI_KERNEL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissector/dissector.h"

struct kernel_endpoint {
    struct mpta_address address; /* IPv4 mapped into IPv6 is IPv4 here */
    uint16_t port;
};

/* Both ends, as the kernel that was asked sees them. */
struct kernel_ends {
    struct kernel_endpoint local;
    struct kernel_endpoint remote;
};

/* A socket of Multipath TCP: struct mptcp_info. */
struct kernel_socket {
    struct kernel_ends ends;
    uint8_t state;  /* of TCP: 1 is established */
    uint32_t token; /* the local one */
    bool fallback;
    bool remote_key_received;
    bool checksum;
    uint8_t subflows; /* beside the first */
    uint8_t subflows_max;
    uint8_t add_addr_signal; /* addresses announced */
    uint8_t add_addr_accepted;
    uint64_t write_seq; /* the next DSN that the application will write */
    uint64_t snd_una;
    uint64_t rcv_nxt;
};

/* What a subflow is to Multipath TCP; MPTCP_SUBFLOW_FLAG_ of linux/mptcp.h. */
struct kernel_subflow_role {
    bool known;
    uint32_t token_local;
    uint32_t token_remote; /* of the connection, in joins that were opened here; else 0 */
    uint32_t flags;
    uint8_t id_local;
    uint8_t id_remote;
};

/* The TCP socket of a subflow: struct tcp_info. */
struct kernel_subflow {
    struct kernel_ends ends;
    uint8_t state;
    bool info_known; /* then: */
    uint32_t cwnd;   /* segments of mss octets */
    uint32_t ssthresh;
    uint32_t mss;
    uint32_t srtt_us;
    uint32_t rttvar_us;
    uint32_t rto_us;
    uint32_t unacked; /* segments */
    uint32_t lost;
    uint32_t retransmitted; /* segments, in all */
    char congestion[16];    /* "cubic"; "" where unknown */
    struct kernel_subflow_role role;
};

enum kernel_event_type {
    KERNEL_EVENT_CREATED,
    KERNEL_EVENT_ESTABLISHED,
    KERNEL_EVENT_CLOSED,
    KERNEL_EVENT_ANNOUNCED,
    KERNEL_EVENT_REMOVED,
    KERNEL_EVENT_SUBFLOW_ESTABLISHED,
    KERNEL_EVENT_SUBFLOW_CLOSED,
    KERNEL_EVENT_SUBFLOW_PRIORITY,
};
#define KERNEL_EVENT_TYPE_COUNT 8

struct kernel_event {
    enum kernel_event_type type;
    uint32_t token;  /* the local one */
    bool ends_known; /* addresses and ports */
    struct kernel_ends ends;
    bool id_local_known;
    uint8_t id_local;
    bool id_remote_known;
    uint8_t id_remote;
    bool backup;
    uint8_t error; /* an errno value, or 0 */
};

/* A whole netlink message at an address that suits one: the length it states is not above `size`.
 */
struct kernel_message {
    uint16_t type;
    uint32_t sequence;
    const void *octets; /* with its header */
};

/* The first message in a buffer that suits one; *taken is set to how many octets it takes. False if
 * no whole one is there. */
bool kernel_message_next(const void *buffer, size_t size, struct kernel_message *message,
                         size_t *taken);

/* Each is false where the message is not what it should be; then nothing is said. */
bool kernel_socket_parse(const struct kernel_message *message, struct kernel_socket *socket);
bool kernel_subflow_parse(const struct kernel_message *message, struct kernel_subflow *subflow);
bool kernel_event_parse(const struct kernel_message *message, struct kernel_event *event);

/* The numbers of a family of generic netlink and of one of its multicast groups. */
bool kernel_family_parse(const struct kernel_message *message, const char *group_name,
                         uint16_t *family, uint32_t *group);

/* "established", "syn_sent", ...; "unknown". Static text. */
const char *kernel_state_name(uint8_t state);

/* A flag of a subflow: its name, and the letter that ss -ti has for it. */
struct kernel_flag {
    uint32_t flag;
    char letter;
    const char *name; /* "join_local" */
};

const struct kernel_flag *kernel_subflow_flags(size_t *count);

/* "created", "subflow_established", ... Static text. */
const char *kernel_event_type_name(enum kernel_event_type type);

bool kernel_ends_equal(const struct kernel_ends *a, const struct kernel_ends *b);

#endif

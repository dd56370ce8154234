/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attributes are collected by type first, then each is read by one function that knows its size.
 * Structs of the kernel grow at their ends: what an older kernel does not send is zero, what a
 * newer one adds is not looked at.
 */
#include "cli/kernel_message.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* More than any table of attributes here has. */
enum { ATTRIBUTES_MAX = 32 };

/* Attributes by type; those of other types are passed over, of several of one the last stands. */
struct attributes {
    const struct nlattr *by_type[ATTRIBUTES_MAX];
};

/* ---- Attributes ----------------------------------------------------------------------------- */

static int attribute_collect(const struct nlattr *attribute, void *context)
{
    struct attributes *attributes = context;
    if (mnl_attr_get_type(attribute) < ATTRIBUTES_MAX) {
        attributes->by_type[mnl_attr_get_type(attribute)] = attribute;
    }
    return MNL_CB_OK;
}

static void attributes_of_nested(const struct nlattr *attribute, struct attributes *attributes)
{
    memset(attributes, 0, sizeof *attributes);
    if (attribute) {
        mnl_attr_parse_nested(attribute, attribute_collect, attributes);
    }
}

/* Copies a message's fixed part, and collects the attributes behind it. False if it is too short.
 */
static bool message_open(const struct kernel_message *message, void *fixed, size_t size,
                         struct attributes *attributes)
{
    const struct nlmsghdr *header = message->octets;
    memset(attributes, 0, sizeof *attributes);
    if (mnl_nlmsg_get_payload_len(header) < size) {
        return false;
    }
    memcpy(fixed, mnl_nlmsg_get_payload(header), size);
    mnl_attr_parse(header, (unsigned)size, attribute_collect, attributes);
    return true;
}

/* Copies an attribute of exactly this size; false, with nothing written, where there is none. */
static bool attribute_copy(const struct nlattr *attribute, void *value, size_t size)
{
    if (!attribute || mnl_attr_get_payload_len(attribute) != size) {
        return false;
    }
    memcpy(value, mnl_attr_get_payload(attribute), size);
    return true;
}

/* Copies a struct of which an older kernel sends less and a newer one more. */
static bool attribute_copy_struct(const struct nlattr *attribute, void *value, size_t size,
                                  size_t least)
{
    size_t length = attribute ? mnl_attr_get_payload_len(attribute) : 0;
    memset(value, 0, size);
    if (length < least) {
        return false;
    }
    memcpy(value, mnl_attr_get_payload(attribute), length < size ? length : size);
    return true;
}

/* ---- Addresses ------------------------------------------------------------------------------ */

/* 16 octets of which IPv4 uses the first four, or, mapped into IPv6, the last. */
static struct mpta_address address_make(uint16_t family, const uint8_t octets[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct mpta_address address = {.family = 4};
    if (family == AF_INET6 && memcmp(octets, mapped, sizeof mapped) == 0) {
        memcpy(address.octets, octets + sizeof mapped, 4);
    } else if (family == AF_INET6) {
        address.family = 6;
        memcpy(address.octets, octets, 16);
    } else {
        memcpy(address.octets, octets, 4);
    }
    return address;
}

static bool family_is_ip(uint16_t family)
{
    return family == AF_INET || family == AF_INET6;
}

static struct kernel_ends ends_of_diag(const struct inet_diag_msg *diag)
{
    struct kernel_ends ends;
    uint8_t octets[16];
    memcpy(octets, diag->id.idiag_src, sizeof octets);
    ends.local.address = address_make(diag->idiag_family, octets);
    ends.local.port = ntohs(diag->id.idiag_sport);
    memcpy(octets, diag->id.idiag_dst, sizeof octets);
    ends.remote.address = address_make(diag->idiag_family, octets);
    ends.remote.port = ntohs(diag->id.idiag_dport);
    return ends;
}

static bool endpoint_equal(const struct kernel_endpoint *a, const struct kernel_endpoint *b)
{
    return a->port == b->port && mpta_address_equal(&a->address, &b->address);
}

bool kernel_ends_equal(const struct kernel_ends *a, const struct kernel_ends *b)
{
    return endpoint_equal(&a->local, &b->local) && endpoint_equal(&a->remote, &b->remote);
}

/* ---- Messages ------------------------------------------------------------------------------- */

/* libmnl's own check takes a length beyond INT_MAX for a small one (1.0.4). */
bool kernel_message_next(const void *buffer, size_t size, struct kernel_message *message,
                         size_t *taken)
{
    struct nlmsghdr header;
    if (size < sizeof header) {
        return false;
    }
    memcpy(&header, buffer, sizeof header);
    size_t whole = ((size_t)header.nlmsg_len + NLMSG_ALIGNTO - 1) & ~((size_t)NLMSG_ALIGNTO - 1);
    if (header.nlmsg_len < sizeof header || whole > size) {
        return false;
    }
    *taken = whole;
    *message = (struct kernel_message){
        .type = header.nlmsg_type,
        .sequence = header.nlmsg_seq,
        .octets = buffer,
    };
    return true;
}

bool kernel_socket_parse(const struct kernel_message *message, struct kernel_socket *socket)
{
    struct attributes attributes;
    struct inet_diag_msg diag;
    struct mptcp_info info;
    if (!message_open(message, &diag, sizeof diag, &attributes) ||
        !family_is_ip(diag.idiag_family) ||
        !attribute_copy_struct(attributes.by_type[INET_DIAG_INFO], &info, sizeof info,
                               offsetof(struct mptcp_info, mptcpi_write_seq))) {
        return false;
    }
    *socket = (struct kernel_socket){
        .ends = ends_of_diag(&diag),
        .state = diag.idiag_state,
        .token = info.mptcpi_token,
        .fallback = info.mptcpi_flags & MPTCP_INFO_FLAG_FALLBACK,
        .remote_key_received = info.mptcpi_flags & MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED,
        .checksum = info.mptcpi_csum_enabled,
        .subflows = info.mptcpi_subflows,
        .subflows_max = info.mptcpi_subflows_max,
        .add_addr_signal = info.mptcpi_add_addr_signal,
        .add_addr_accepted = info.mptcpi_add_addr_accepted,
        .write_seq = info.mptcpi_write_seq,
        .snd_una = info.mptcpi_snd_una,
        .rcv_nxt = info.mptcpi_rcv_nxt,
    };
    return true;
}

/* What the upper layer protocol "mptcp" says of its subflow. */
static struct kernel_subflow_role role_of(const struct nlattr *attribute)
{
    struct attributes ulp;
    struct attributes own;
    struct kernel_subflow_role role = {0};
    attributes_of_nested(attribute, &ulp);
    attributes_of_nested(ulp.by_type[INET_ULP_INFO_MPTCP], &own);
    role.known = attribute_copy(own.by_type[MPTCP_SUBFLOW_ATTR_FLAGS], &role.flags, 4);
    attribute_copy(own.by_type[MPTCP_SUBFLOW_ATTR_TOKEN_LOC], &role.token_local, 4);
    attribute_copy(own.by_type[MPTCP_SUBFLOW_ATTR_TOKEN_REM], &role.token_remote, 4);
    attribute_copy(own.by_type[MPTCP_SUBFLOW_ATTR_ID_LOC], &role.id_local, 1);
    attribute_copy(own.by_type[MPTCP_SUBFLOW_ATTR_ID_REM], &role.id_remote, 1);
    return role;
}

static void subflow_take_info(struct kernel_subflow *subflow, const struct nlattr *attribute)
{
    struct tcp_info info;
    if (!attribute_copy_struct(attribute, &info, sizeof info,
                               offsetof(struct tcp_info, tcpi_pacing_rate))) {
        return;
    }
    subflow->info_known = true;
    subflow->cwnd = info.tcpi_snd_cwnd;
    subflow->ssthresh = info.tcpi_snd_ssthresh;
    subflow->mss = info.tcpi_snd_mss;
    subflow->srtt_us = info.tcpi_rtt;
    subflow->rttvar_us = info.tcpi_rttvar;
    subflow->rto_us = info.tcpi_rto;
    subflow->unacked = info.tcpi_unacked;
    subflow->lost = info.tcpi_lost;
    subflow->retransmitted = info.tcpi_total_retrans;
}

/* A name of printable ASCII that ends within its room; else it stays unknown. */
static void subflow_take_congestion(struct kernel_subflow *subflow, const struct nlattr *attribute)
{
    size_t length = attribute ? mnl_attr_get_payload_len(attribute) : 0;
    const char *name = length > 0 ? mnl_attr_get_payload(attribute) : "";
    size_t used = 0;
    while (used < length && name[used] > ' ' && name[used] < 0x7f) {
        used++;
    }
    if (used < length && name[used] == '\0' && used < sizeof subflow->congestion) {
        memcpy(subflow->congestion, name, used);
    }
}

bool kernel_subflow_parse(const struct kernel_message *message, struct kernel_subflow *subflow)
{
    struct attributes attributes;
    struct inet_diag_msg diag;
    if (!message_open(message, &diag, sizeof diag, &attributes) ||
        !family_is_ip(diag.idiag_family)) {
        return false;
    }
    *subflow = (struct kernel_subflow){
        .ends = ends_of_diag(&diag),
        .state = diag.idiag_state,
        .role = role_of(attributes.by_type[INET_DIAG_ULP_INFO]),
    };
    subflow_take_info(subflow, attributes.by_type[INET_DIAG_INFO]);
    subflow_take_congestion(subflow, attributes.by_type[INET_DIAG_CONG]);
    return true;
}

/* ---- Events --------------------------------------------------------------------------------- */

static bool event_type_of(uint8_t command, enum kernel_event_type *type)
{
    static const struct {
        uint8_t command;
        enum kernel_event_type type;
    } types[] = {
        {MPTCP_EVENT_CREATED,         KERNEL_EVENT_CREATED            },
        {MPTCP_EVENT_ESTABLISHED,     KERNEL_EVENT_ESTABLISHED        },
        {MPTCP_EVENT_CLOSED,          KERNEL_EVENT_CLOSED             },
        {MPTCP_EVENT_ANNOUNCED,       KERNEL_EVENT_ANNOUNCED          },
        {MPTCP_EVENT_REMOVED,         KERNEL_EVENT_REMOVED            },
        {MPTCP_EVENT_SUB_ESTABLISHED, KERNEL_EVENT_SUBFLOW_ESTABLISHED},
        {MPTCP_EVENT_SUB_CLOSED,      KERNEL_EVENT_SUBFLOW_CLOSED     },
        {MPTCP_EVENT_SUB_PRIORITY,    KERNEL_EVENT_SUBFLOW_PRIORITY   },
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].command == command) {
            *type = types[i].type;
            return true;
        }
    }
    return false;
}

/* An address of whichever family is there, and a port; false if either is missing. */
static bool endpoint_of(const struct attributes *attributes, int v4, int v6, int port,
                        struct kernel_endpoint *endpoint)
{
    uint8_t octets[16] = {0};
    uint16_t port_be;
    bool is_v6 = attribute_copy(attributes->by_type[v6], octets, 16);
    if (!is_v6 && !attribute_copy(attributes->by_type[v4], octets, 4)) {
        return false;
    }
    if (!attribute_copy(attributes->by_type[port], &port_be, 2)) {
        return false;
    }
    endpoint->address = address_make(is_v6 ? AF_INET6 : AF_INET, octets);
    endpoint->port = ntohs(port_be);
    return true;
}

bool kernel_event_parse(const struct kernel_message *message, struct kernel_event *event)
{
    struct attributes attributes;
    struct genlmsghdr header;
    struct kernel_event read = {0};
    if (!message_open(message, &header, sizeof header, &attributes) ||
        !event_type_of(header.cmd, &read.type) ||
        !attribute_copy(attributes.by_type[MPTCP_ATTR_TOKEN], &read.token, 4)) {
        return false;
    }
    read.ends_known = endpoint_of(&attributes, MPTCP_ATTR_SADDR4, MPTCP_ATTR_SADDR6,
                                  MPTCP_ATTR_SPORT, &read.ends.local) &&
                      endpoint_of(&attributes, MPTCP_ATTR_DADDR4, MPTCP_ATTR_DADDR6,
                                  MPTCP_ATTR_DPORT, &read.ends.remote);
    read.id_local_known = attribute_copy(attributes.by_type[MPTCP_ATTR_LOC_ID], &read.id_local, 1);
    read.id_remote_known =
        attribute_copy(attributes.by_type[MPTCP_ATTR_REM_ID], &read.id_remote, 1);
    uint8_t backup = 0;
    attribute_copy(attributes.by_type[MPTCP_ATTR_BACKUP], &backup, 1);
    read.backup = backup != 0;
    attribute_copy(attributes.by_type[MPTCP_ATTR_ERROR], &read.error, 1);
    *event = read;
    return true;
}

/* ---- Families of generic netlink ------------------------------------------------------------ */

struct group_search {
    const char *name;
    bool found;
    uint32_t group;
};

static int group_look(const struct nlattr *attribute, void *context)
{
    struct group_search *search = context;
    struct attributes own;
    attributes_of_nested(attribute, &own);
    const struct nlattr *name = own.by_type[CTRL_ATTR_MCAST_GRP_NAME];
    size_t length = strlen(search->name) + 1;
    if (name && mnl_attr_get_payload_len(name) == length &&
        memcmp(mnl_attr_get_payload(name), search->name, length) == 0) {
        search->found = attribute_copy(own.by_type[CTRL_ATTR_MCAST_GRP_ID], &search->group, 4);
    }
    return MNL_CB_OK;
}

bool kernel_family_parse(const struct kernel_message *message, const char *group_name,
                         uint16_t *family, uint32_t *group)
{
    struct attributes attributes;
    struct genlmsghdr header;
    struct group_search search = {.name = group_name};
    if (!message_open(message, &header, sizeof header, &attributes) ||
        header.cmd != CTRL_CMD_NEWFAMILY ||
        !attribute_copy(attributes.by_type[CTRL_ATTR_FAMILY_ID], family, 2)) {
        return false;
    }
    const struct nlattr *groups = attributes.by_type[CTRL_ATTR_MCAST_GROUPS];
    if (groups) {
        mnl_attr_parse_nested(groups, group_look, &search);
    }
    *group = search.group;
    return search.found;
}

/* ---- Names ---------------------------------------------------------------------------------- */

const char *kernel_state_name(uint8_t state)
{
    static const char *const names[] = {
        [1] = "established", [2] = "syn_sent",  [3] = "syn_received", [4] = "fin_wait_1",
        [5] = "fin_wait_2",  [6] = "time_wait", [7] = "closed",       [8] = "close_wait",
        [9] = "last_ack",    [10] = "listen",   [11] = "closing",     [12] = "new_syn_received",
    };
    bool known = state < sizeof names / sizeof names[0] && names[state];
    return known ? names[state] : "unknown";
}

const struct kernel_flag *kernel_subflow_flags(size_t *count)
{
    static const struct kernel_flag flags[] = {
        {MPTCP_SUBFLOW_FLAG_MCAP_REM,          'M', "mp_capable_remote"},
        {MPTCP_SUBFLOW_FLAG_MCAP_LOC,          'm', "mp_capable_local" },
        {MPTCP_SUBFLOW_FLAG_JOIN_REM,          'J', "join_remote"      },
        {MPTCP_SUBFLOW_FLAG_JOIN_LOC,          'j', "join_local"       },
        {MPTCP_SUBFLOW_FLAG_BKUP_REM,          'B', "backup_remote"    },
        {MPTCP_SUBFLOW_FLAG_BKUP_LOC,          'b', "backup_local"     },
        {MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED, 'e', "fully_established"},
        {MPTCP_SUBFLOW_FLAG_CONNECTED,         'c', "connected"        },
        {MPTCP_SUBFLOW_FLAG_MAPVALID,          'v', "map_valid"        },
    };
    *count = sizeof flags / sizeof flags[0];
    return flags;
}

const char *kernel_event_type_name(enum kernel_event_type type)
{
    static const char *const names[] = {
        [KERNEL_EVENT_CREATED] = "created",
        [KERNEL_EVENT_ESTABLISHED] = "established",
        [KERNEL_EVENT_CLOSED] = "closed",
        [KERNEL_EVENT_ANNOUNCED] = "address_announced",
        [KERNEL_EVENT_REMOVED] = "address_removed",
        [KERNEL_EVENT_SUBFLOW_ESTABLISHED] = "subflow_established",
        [KERNEL_EVENT_SUBFLOW_CLOSED] = "subflow_closed",
        [KERNEL_EVENT_SUBFLOW_PRIORITY] = "subflow_priority",
    };
    _Static_assert(sizeof names / sizeof names[0] == KERNEL_EVENT_TYPE_COUNT, "a name for each");
    return names[type];
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel answers a question about one socket before it returns from sendto: what cannot be read
 * then will not come. Tokens are looked up in its table of tokens and addresses in its hash tables,
 * so that a question costs the same however many sockets there are.
 */
#include "cli/kernel_query.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { REQUEST_SIZE = 256, ANSWER_SIZE = 16384 };

/* What the answer should hold; a bit each. */
enum { EXTENSIONS = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_CONG - 1) };

/* ---- Opening -------------------------------------------------------------------------------- */

static struct mnl_socket *socket_open(int bus)
{
    struct mnl_socket *opened = mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (opened && mnl_socket_bind(opened, 0, MNL_SOCKET_AUTOPID) < 0) {
        mnl_socket_close(opened);
        return NULL;
    }
    return opened;
}

/* Asks for the numbers by which events come; false where this kernel has none. */
static bool family_find(struct mnl_socket *socket, uint16_t *family, uint32_t *group)
{
    alignas(struct nlmsghdr) char request[REQUEST_SIZE] = {0};
    alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    struct kernel_message message;
    size_t taken;
    struct nlmsghdr *header = mnl_nlmsg_put_header(request);
    header->nlmsg_type = GENL_ID_CTRL;
    header->nlmsg_flags = NLM_F_REQUEST;
    struct genlmsghdr *command = mnl_nlmsg_put_extra_header(header, sizeof *command);
    command->cmd = CTRL_CMD_GETFAMILY;
    command->version = 1;
    mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, MPTCP_PM_NAME);
    if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0) {
        return false;
    }
    ssize_t length = mnl_socket_recvfrom(socket, answer, sizeof answer);
    return length > 0 && kernel_message_next(answer, (size_t)length, &message, &taken) &&
           message.type == GENL_ID_CTRL &&
           kernel_family_parse(&message, MPTCP_PM_EV_GRP_NAME, family, group);
}

/* Without CAP_NET_ADMIN the kernel does not tell of events; questions it answers all the same. */
static void events_open(struct kernel_query *query)
{
    int group;
    uint32_t found;
    query->events = socket_open(NETLINK_GENERIC);
    if (!query->events) {
        return;
    }
    if (family_find(query->events, &query->family, &found)) {
        group = (int)found;
        if (mnl_socket_setsockopt(query->events, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) ==
            0) {
            return;
        }
    }
    mnl_socket_close(query->events);
    query->events = NULL;
}

bool kernel_query_open(struct kernel_query *query)
{
    *query = (struct kernel_query){0};
    query->diag = socket_open(NETLINK_SOCK_DIAG);
    if (!query->diag) {
        return false;
    }
    events_open(query);
    return true;
}

/* ---- Questions ------------------------------------------------------------------------------ */

/*
 * Sends a question about one socket; protocol 262 does not fit into the question itself. The answer
 * is in the buffer, which is lent by the caller. False if there is none.
 */
static bool question_ask(struct kernel_query *query, const struct inet_diag_req_v2 *question,
                         uint32_t protocol, char answer[ANSWER_SIZE],
                         struct kernel_message *message)
{
    alignas(struct nlmsghdr) char request[REQUEST_SIZE] = {0};
    struct nlmsghdr *header = mnl_nlmsg_put_header(request);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++query->sequence;
    memcpy(mnl_nlmsg_put_extra_header(header, sizeof *question), question, sizeof *question);
    if (protocol != IPPROTO_TCP) {
        mnl_attr_put_u32(header, INET_DIAG_REQ_PROTOCOL, protocol);
    }
    if (mnl_socket_sendto(query->diag, header, header->nlmsg_len) < 0) {
        return false;
    }
    ssize_t length;
    size_t taken;
    do { /* an answer to an earlier question, which had been given up, may come first */
        length = mnl_socket_recvfrom(query->diag, answer, ANSWER_SIZE);
        if (length <= 0 || !kernel_message_next(answer, (size_t)length, message, &taken)) {
            return false;
        }
    } while (message->sequence != query->sequence);
    return message->type == SOCK_DIAG_BY_FAMILY;
}

/* Answers instead of a token: the kernel takes the first half of the cookie for it. */
bool kernel_query_socket(struct kernel_query *query, uint32_t token, struct kernel_socket *socket)
{
    alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    struct kernel_message message;
    const struct inet_diag_req_v2 question = {
        .sdiag_family = AF_INET,
        .sdiag_protocol = IPPROTO_TCP,
        .idiag_ext = EXTENSIONS,
        .idiag_states = UINT32_MAX,
        .id.idiag_cookie = {token, INET_DIAG_NOCOOKIE},
    };
    return question_ask(query, &question, IPPROTO_MPTCP, answer, &message) &&
           kernel_socket_parse(&message, socket) && socket->token == token;
}

static void address_put(const struct mpta_address *address, __be32 octets[4])
{
    memcpy(octets, address->octets, address->family == 6 ? 16 : 4);
}

bool kernel_query_subflow(struct kernel_query *query, const struct kernel_ends *ends,
                          uint32_t interface, struct kernel_subflow *subflow)
{
    alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    struct kernel_message message;
    struct inet_diag_req_v2 question = {
        .sdiag_family = ends->local.address.family == 6 ? AF_INET6 : AF_INET,
        .sdiag_protocol = IPPROTO_TCP,
        .idiag_ext = EXTENSIONS,
        .idiag_states = UINT32_MAX,
        .id.idiag_sport = htons(ends->local.port),
        .id.idiag_dport = htons(ends->remote.port),
        .id.idiag_if = interface,
        .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
    };
    address_put(&ends->local.address, question.id.idiag_src);
    address_put(&ends->remote.address, question.id.idiag_dst);
    /* Without a connected socket, the kernel would name one that listens. */
    return question_ask(query, &question, IPPROTO_TCP, answer, &message) &&
           kernel_subflow_parse(&message, subflow) && kernel_ends_equal(&subflow->ends, ends);
}

/* ---- Events --------------------------------------------------------------------------------- */

int kernel_query_event_fd(const struct kernel_query *query)
{
    return query->events ? mnl_socket_get_fd(query->events) : -1;
}

void kernel_query_events(struct kernel_query *query, unsigned messages,
                         void (*tell)(void *context, const struct kernel_event *event),
                         void *context)
{
    alignas(struct nlmsghdr) char buffer[ANSWER_SIZE];
    while (query->events && messages-- > 0) {
        struct kernel_message message;
        struct kernel_event event;
        size_t taken;
        ssize_t length = mnl_socket_recvfrom(query->events, buffer, sizeof buffer);
        if (length <= 0) {
            return;
        }
        for (size_t at = 0; kernel_message_next(buffer + at, (size_t)length - at, &message, &taken);
             at += taken) {
            if (message.type == query->family && kernel_event_parse(&message, &event)) {
                tell(context, &event);
            }
        }
    }
}

void kernel_query_close(struct kernel_query *query)
{
    if (query->diag) {
        mnl_socket_close(query->diag);
    }
    if (query->events) {
        mnl_socket_close(query->events);
    }
    *query = (struct kernel_query){0};
}

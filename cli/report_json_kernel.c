/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel says of its own sockets, as JSON values: beside what packets show, never mixed
 * with it.
 */
#include "cli/kernel_view.h"
#include "cli/report_json.h"

/* The slow start threshold before the first loss; the kernel's TCP_INFINITE_SSTHRESH. */
#define SSTHRESH_NONE 0x7fffffffU

static struct json_object *endpoint_build(struct json_builder *builder,
                                          const struct kernel_endpoint *endpoint)
{
    struct json_object *object = json_build_object(builder);
    json_add_endpoint(builder, object, &endpoint->address, endpoint->port);
    return object;
}

static void add_ends(struct json_builder *builder, struct json_object *object, bool known,
                     const struct kernel_ends *ends)
{
    if (!known) {
        json_add_null(builder, object, "local");
        json_add_null(builder, object, "remote");
        return;
    }
    json_add(builder, object, "local", endpoint_build(builder, &ends->local));
    json_add(builder, object, "remote", endpoint_build(builder, &ends->remote));
}

/* ---- Subflows ------------------------------------------------------------------------------- */

static struct json_object *flags_build(struct json_builder *builder, uint32_t flags)
{
    size_t count;
    const struct kernel_flag *known = kernel_subflow_flags(&count);
    struct json_object *array = json_build_array(builder);
    for (size_t i = 0; i < count; i++) {
        if (flags & known[i].flag) {
            json_append_string(builder, array, known[i].name);
        }
    }
    return array;
}

static void add_microseconds(struct json_builder *builder, struct json_object *object,
                             const char *name, bool known, uint32_t microseconds)
{
    if (known) {
        json_add_seconds(builder, object, name, (int64_t)microseconds * 1000);
    } else {
        json_add_null(builder, object, name);
    }
}

static void add_tcp(struct json_builder *builder, struct json_object *object,
                    const struct kernel_subflow *subflow)
{
    bool known = subflow->info_known;
    json_add_string(builder, object, "congestion_control",
                    subflow->congestion[0] != '\0' ? subflow->congestion : NULL);
    json_add_known(builder, object, "congestion_window", known, subflow->cwnd);
    json_add_known(builder, object, "slow_start_threshold",
                   known && subflow->ssthresh < SSTHRESH_NONE, subflow->ssthresh);
    json_add_known(builder, object, "segment_size", known, subflow->mss);
    add_microseconds(builder, object, "smoothed_rtt", known, subflow->srtt_us);
    add_microseconds(builder, object, "rtt_variation", known, subflow->rttvar_us);
    add_microseconds(builder, object, "retransmission_timeout", known, subflow->rto_us);
    json_add_known(builder, object, "unacked_segments", known, subflow->unacked);
    json_add_known(builder, object, "lost_segments", known, subflow->lost);
    json_add_known(builder, object, "retransmitted_segments", known, subflow->retransmitted);
}

static void add_role(struct json_builder *builder, struct json_object *object,
                     const struct kernel_subflow_role *role)
{
    json_add_known(builder, object, "local_id", role->known, role->id_local);
    json_add_known(builder, object, "remote_id", role->known, role->id_remote);
    if (role->known) {
        json_add(builder, object, "flags", flags_build(builder, role->flags));
    } else {
        json_add_null(builder, object, "flags");
    }
}

static struct json_object *subflow_build(struct json_builder *builder, const struct report *report,
                                         const struct kernel_host *host,
                                         const struct kernel_subflow *subflow)
{
    struct json_object *object = json_build_object(builder);
    uint32_t id;
    bool seen = kernel_subflow_id(report->tracker, host, subflow, &id);
    json_add_known(builder, object, "subflow", seen, id);
    add_ends(builder, object, true, &subflow->ends);
    json_add_string(builder, object, "state", kernel_state_name(subflow->state));
    add_tcp(builder, object, subflow);
    add_role(builder, object, &subflow->role);
    return object;
}

static struct json_object *subflows_build(struct json_builder *builder, const struct report *report,
                                          const struct kernel_host *host)
{
    struct json_object *array = json_build_array(builder);
    for (size_t i = 0; i < host->subflow_count; i++) {
        json_append(builder, array, subflow_build(builder, report, host, &host->subflows[i]));
    }
    return array;
}

/* ---- Events --------------------------------------------------------------------------------- */

static struct json_object *event_build(struct json_builder *builder,
                                       const struct kernel_host_event *heard)
{
    const struct kernel_event *event = &heard->event;
    struct json_object *object = json_build_object(builder);
    json_add_time(builder, object, "time", heard->time_ns);
    json_add_string(builder, object, "event", kernel_event_type_name(event->type));
    add_ends(builder, object, event->ends_known, &event->ends);
    json_add_known(builder, object, "local_id", event->id_local_known, event->id_local);
    json_add_known(builder, object, "remote_id", event->id_remote_known, event->id_remote);
    json_add_bool(builder, object, "backup", event->backup);
    json_add_known(builder, object, "error", event->error != 0, event->error);
    return object;
}

static struct json_object *events_build(struct json_builder *builder,
                                        const struct kernel_host *host)
{
    struct json_object *array = json_build_array(builder);
    for (size_t i = 0; i < host->event_count; i++) {
        json_append(builder, array, event_build(builder, &host->events[i]));
    }
    return array;
}

/* ---- Sockets -------------------------------------------------------------------------------- */

/* struct mptcp_info, as far as it tells more than the packets. */
static void add_socket(struct json_builder *builder, struct json_object *object,
                       const struct kernel_socket *socket)
{
    json_add_string(builder, object, "state", kernel_state_name(socket->state));
    add_ends(builder, object, true, &socket->ends);
    json_add_bool(builder, object, "fallback", socket->fallback);
    json_add_bool(builder, object, "remote_key_received", socket->remote_key_received);
    json_add_bool(builder, object, "checksum", socket->checksum);
    json_add_count(builder, object, "further_subflows", socket->subflows);
    json_add_count(builder, object, "further_subflows_max", socket->subflows_max);
    json_add_count(builder, object, "addresses_announced", socket->add_addr_signal);
    json_add_count(builder, object, "addresses_accepted", socket->add_addr_accepted);
    json_add_u64(builder, object, "write_seq", true, socket->write_seq);
    json_add_u64(builder, object, "snd_una", true, socket->snd_una);
    json_add_u64(builder, object, "rcv_nxt", true, socket->rcv_nxt);
}

/* "socket" is null where the kernel told of events, but the socket was gone when it was asked. */
static struct json_object *host_build(struct json_builder *builder, const struct report *report,
                                      const struct kernel_host *host)
{
    struct json_object *object = json_build_object(builder);
    json_add_token(builder, object, "token", true, host->token);
    json_add_bool(builder, object, "closed", host->closed);
    if (host->known) {
        struct json_object *socket = json_build_object(builder);
        add_socket(builder, socket, &host->socket);
        json_add_time(builder, object, "seen", host->seen_ns);
        json_add(builder, object, "socket", socket);
    } else {
        json_add_null(builder, object, "seen");
        json_add_null(builder, object, "socket");
    }
    json_add(builder, object, "subflows", subflows_build(builder, report, host));
    json_add(builder, object, "events", events_build(builder, host));
    return object;
}

static void add_host(struct json_builder *builder, struct json_object *object,
                     const struct report *report, const char *name, const struct kernel_host *host)
{
    if (host == NULL) {
        json_add_null(builder, object, name);
    } else {
        json_add(builder, object, name, host_build(builder, report, host));
    }
}

void json_add_kernel(struct json_builder *builder, struct json_object *object,
                     const struct report *report, const struct mpta_connection *connection)
{
    const struct kernel_host *client =
        kernel_view_find(report->kernel, connection->id, MPTA_CLIENT);
    const struct kernel_host *server =
        kernel_view_find(report->kernel, connection->id, MPTA_SERVER);
    if (client == NULL && server == NULL) {
        json_add_null(builder, object, "kernel");
        return;
    }
    struct json_object *kernel = json_build_object(builder);
    add_host(builder, kernel, report, "client", client);
    add_host(builder, kernel, report, "server", server);
    json_add(builder, object, "kernel", kernel);
}

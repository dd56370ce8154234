/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every field of every view, in the order of its struct: a test holds them against the header. What
 * is left out is the kind and words of a finding.
 */
#include "analyzer/record_layout.h"

#include "analyzer/analyzer.h"

#define MEMBER_SIZE(type, member) sizeof(((type *)NULL)->member)

/* A field by its name, or one of two elements; of pairs, both. */
#define ELEMENT(type, member, count, index, kind, layout)                                          \
    {                                                                                              \
        offsetof(type, member) + (index) * (MEMBER_SIZE(type, member) / (count)),                  \
            MEMBER_SIZE(type, member) / (count), kind, layout                                      \
    }
#define NUMBER(type, member)       ELEMENT(type, member, 1, 0, PACK_NUMBER, NULL)
#define TIME(type, member)         ELEMENT(type, member, 1, 0, PACK_TIME, NULL)
#define PART(type, member, layout) ELEMENT(type, member, 1, 0, PACK_PART, layout)
#define PAIR(type, member, layout)                                                                 \
    ELEMENT(type, member, 2, 0, PACK_PART, layout), ELEMENT(type, member, 2, 1, PACK_PART, layout)

#define LAYOUT(fields)                                                                             \
    {                                                                                              \
        fields, sizeof(fields) / sizeof((fields)[0])                                               \
    }

/* ---- What several views have ----------------------------------------------------------------- */

/* Packet and capture are one number, as they share one in the struct. */
static const struct pack_field place_fields[] = {
    {0, sizeof(uint64_t), PACK_NUMBER, NULL},
    TIME(struct mpta_place, time_ns),
};
_Static_assert(offsetof(struct mpta_place, time_ns) == sizeof(uint64_t) &&
                   sizeof(struct mpta_place) == 2 * sizeof(uint64_t),
               "there is nothing else in front of the time, and nothing behind it");
const struct pack_layout record_place = LAYOUT(place_fields);

static const struct pack_field host_address_fields[] = {
    NUMBER(struct mpta_address, family),
 /* As two numbers of eight octets: of an IPv4 address the second is 0. */
    {offsetof(struct mpta_address, octets),     8, PACK_NUMBER, NULL},
    {offsetof(struct mpta_address, octets) + 8, 8, PACK_NUMBER, NULL},
};
static const struct pack_layout host_address = LAYOUT(host_address_fields);

static const struct pack_field verdict_counts_fields[] = {
    NUMBER(struct mpta_verdict_counts, valid),
    NUMBER(struct mpta_verdict_counts, invalid),
    NUMBER(struct mpta_verdict_counts, unverifiable),
};
static const struct pack_layout verdict_counts = LAYOUT(verdict_counts_fields);

static const struct pack_field rtt_fields[] = {
    NUMBER(struct mpta_rtt, samples),   NUMBER(struct mpta_rtt, min_ns),
    NUMBER(struct mpta_rtt, max_ns),    NUMBER(struct mpta_rtt, sum_ns),
    NUMBER(struct mpta_rtt, median_ns), NUMBER(struct mpta_rtt, p95_ns),
};
static const struct pack_layout rtt = LAYOUT(rtt_fields);

static const struct pack_field witness_fields[] = {
    PART(struct mpta_witness, at, &record_place), PART(struct mpta_witness, other, &record_place),
    NUMBER(struct mpta_witness, has_subflow),     NUMBER(struct mpta_witness, subflow),
    NUMBER(struct mpta_witness, by_known),        NUMBER(struct mpta_witness, by),
};
const struct pack_layout record_witness = LAYOUT(witness_fields);

/* ---- Connections ----------------------------------------------------------------------------- */

static const struct pack_field host_fields[] = {
    PART(struct mpta_host, address, &host_address),
    NUMBER(struct mpta_host, port),
    NUMBER(struct mpta_host, key_known),
    NUMBER(struct mpta_host, token_known),
    NUMBER(struct mpta_host, key),
    NUMBER(struct mpta_host, token),
    NUMBER(struct mpta_host, idsn),
};
static const struct pack_layout host = LAYOUT(host_fields);

static const struct pack_field stream_measure_fields[] = {
    TIME(struct mpta_stream_measure, first_data_ns),
    TIME(struct mpta_stream_measure, last_data_ns),
    PART(struct mpta_stream_measure, data_ack_latency, &rtt),
    NUMBER(struct mpta_stream_measure, hand_overs),
    TIME(struct mpta_stream_measure, first_hand_over_ns),
    TIME(struct mpta_stream_measure, last_hand_over_ns),
    NUMBER(struct mpta_stream_measure, stalls),
    NUMBER(struct mpta_stream_measure, stall_ns),
    NUMBER(struct mpta_stream_measure, longest_stall_ns),
    TIME(struct mpta_stream_measure, longest_stall_at_ns),
};
static const struct pack_layout stream_measure = LAYOUT(stream_measure_fields);

static const struct pack_field stream_fields[] = {
    NUMBER(struct mpta_stream, data_bytes),
    NUMBER(struct mpta_stream, below_idsn_bytes),
    NUMBER(struct mpta_stream, missing_bytes),
    NUMBER(struct mpta_stream, reinjected_bytes),
    NUMBER(struct mpta_stream, unplaced_bytes),
    NUMBER(struct mpta_stream, unkept_bytes),
    NUMBER(struct mpta_stream, uncompared_bytes),
    NUMBER(struct mpta_stream, blurred_bytes),
    NUMBER(struct mpta_stream, data_fin),
    NUMBER(struct mpta_stream, base_is_idsn),
    NUMBER(struct mpta_stream, base_dsn_known),
    NUMBER(struct mpta_stream, base_dsn),
    NUMBER(struct mpta_stream, begin),
    NUMBER(struct mpta_stream, end),
    NUMBER(struct mpta_stream, acked_known),
    NUMBER(struct mpta_stream, acked),
    PART(struct mpta_stream, dss_checksum, &verdict_counts),
    PART(struct mpta_stream, measure, &stream_measure),
};
static const struct pack_layout stream = LAYOUT(stream_fields);

static const struct pack_field connection_fields[] = {
    NUMBER(struct mpta_connection, id),
    NUMBER(struct mpta_connection, version),
    NUMBER(struct mpta_connection, late),
    NUMBER(struct mpta_connection, established),
    PAIR(struct mpta_connection, hosts, &host),
    NUMBER(struct mpta_connection, key_source),
    TIME(struct mpta_connection, start_ns),
    TIME(struct mpta_connection, end_ns),
    NUMBER(struct mpta_connection, close),
    NUMBER(struct mpta_connection, capture_over),
    NUMBER(struct mpta_connection, over),
    NUMBER(struct mpta_connection, fastclose_by),
    NUMBER(struct mpta_connection, checksum_required),
    NUMBER(struct mpta_connection, options_cut),
    NUMBER(struct mpta_connection, fallback),
    PART(struct mpta_connection, unheard_at, &record_place),
    PART(struct mpta_connection, fallback_at, &record_place),
    NUMBER(struct mpta_connection, fallback_by),
    PAIR(struct mpta_connection, streams, &stream),
    NUMBER(struct mpta_connection, subflow_count),
    NUMBER(struct mpta_connection, address_count),
    NUMBER(struct mpta_connection, finding_count),
};
const struct pack_layout record_connection = LAYOUT(connection_fields);

/* ---- Their parts ----------------------------------------------------------------------------- */

static const struct pack_field end_fields[] = {
    PART(struct mpta_subflow_end, address, &host_address),
    NUMBER(struct mpta_subflow_end, port),
    NUMBER(struct mpta_subflow_end, address_id_known),
    NUMBER(struct mpta_subflow_end, address_id),
    NUMBER(struct mpta_subflow_end, backup),
};
static const struct pack_layout end = LAYOUT(end_fields);

static const struct pack_field flow_measure_fields[] = {
    NUMBER(struct mpta_flow_measure, data_packets),
    TIME(struct mpta_flow_measure, first_data_ns),
    TIME(struct mpta_flow_measure, last_data_ns),
    NUMBER(struct mpta_flow_measure, fresh_bytes),
    TIME(struct mpta_flow_measure, first_fresh_ns),
    TIME(struct mpta_flow_measure, last_fresh_ns),
    NUMBER(struct mpta_flow_measure, out_of_order_bytes),
    NUMBER(struct mpta_flow_measure, max_in_flight),
    NUMBER(struct mpta_flow_measure, longest_idle_ns),
    NUMBER(struct mpta_flow_measure, retransmitted_packets),
    NUMBER(struct mpta_flow_measure, needless_packets),
    NUMBER(struct mpta_flow_measure, lost_behind),
    NUMBER(struct mpta_flow_measure, lost_before),
};
static const struct pack_layout flow_measure = LAYOUT(flow_measure_fields);

static const struct pack_field direction_fields[] = {
    NUMBER(struct mpta_subflow_direction, packets),
    NUMBER(struct mpta_subflow_direction, payload_bytes),
    NUMBER(struct mpta_subflow_direction, retransmitted_bytes),
    NUMBER(struct mpta_subflow_direction, reinjected_bytes),
    NUMBER(struct mpta_subflow_direction, remapped_bytes),
    PART(struct mpta_subflow_direction, rtt, &rtt),
    PART(struct mpta_subflow_direction, rtt_timestamps, &rtt),
    PART(struct mpta_subflow_direction, measure, &flow_measure),
};
static const struct pack_layout direction = LAYOUT(direction_fields);

static const struct pack_field subflow_fields[] = {
    NUMBER(struct mpta_subflow, id),
    NUMBER(struct mpta_subflow, type),
    NUMBER(struct mpta_subflow, state),
    PAIR(struct mpta_subflow, ends, &end),
    NUMBER(struct mpta_subflow, opened_by),
    NUMBER(struct mpta_subflow, established),
    PART(struct mpta_subflow, first, &record_place),
    TIME(struct mpta_subflow, start_ns),
    TIME(struct mpta_subflow, end_ns),
    NUMBER(struct mpta_subflow, close),
    NUMBER(struct mpta_subflow, was_refused),
    NUMBER(struct mpta_subflow, was_reset),
    NUMBER(struct mpta_subflow, reset_by),
    NUMBER(struct mpta_subflow, reset_reason_known),
    NUMBER(struct mpta_subflow, reset_reason),
    NUMBER(struct mpta_subflow, reset_transient),
    PART(struct mpta_subflow, reset_at, &record_place),
    NUMBER(struct mpta_subflow, reset_doubt),
    NUMBER(struct mpta_subflow, syn_ack_hmac),
    NUMBER(struct mpta_subflow, ack_hmac),
    NUMBER(struct mpta_subflow, token_known),
    NUMBER(struct mpta_subflow, token),
    PART(struct mpta_subflow, stripped_at, &record_place),
    PART(struct mpta_subflow, hung_at, &record_place),
    NUMBER(struct mpta_subflow, hung_on_ack),
    NUMBER(struct mpta_subflow, hung_ns),
    PAIR(struct mpta_subflow, directions, &direction),
};
const struct pack_layout record_subflow = LAYOUT(subflow_fields);

static const struct pack_field address_fields[] = {
    NUMBER(struct mpta_address_event, op),
    NUMBER(struct mpta_address_event, by),
    NUMBER(struct mpta_address_event, address_id),
    PART(struct mpta_address_event, address, &host_address),
    NUMBER(struct mpta_address_event, has_port),
    NUMBER(struct mpta_address_event, port),
    NUMBER(struct mpta_address_event, hmac),
    PART(struct mpta_address_event, at, &record_place),
};
const struct pack_layout record_address = LAYOUT(address_fields);

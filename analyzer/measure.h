/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is measured of a direction of a subflow and of a data stream while packets pass: when data
 * flowed, how much was on its way, who waited for whom, who took over from whom. It knows positions
 * and times, no packets; ratios and rates are the reports' to make.
 */
#ifndef ANALYZER_MEASURE_H
#define ANALYZER_MEASURE_H

#include "analyzer/analyzer.h"
#include "analyzer/rtt.h"

/* A subflow that was silent so long while data was on its way has been taken over from. */
#define HAND_OVER_QUIET_NS INT64_C(200000000)

struct half;

/* One direction of a subflow. */
struct half_measure {
    struct mpta_flow_measure view;
    bool has_packet;
    int64_t last_packet_ns;
};

/* A packet was sent, with payload or without. */
void measure_packet(struct half_measure *measure, int64_t time_ns, bool has_payload);

/* One direction of a data stream. */
struct stream_measure {
    struct mpta_stream_measure view;
    bool has_data;
    bool stalled; /* data waits behind a hole: since */
    int64_t stalled_ns;
    struct rtt ack_latency;
    const struct half *active; /* that carried data last, unless several take turns */
    int64_t active_ns;
};

/* Where a piece of data came to lie. */
struct stream_piece {
    int64_t time_ns;
    uint64_t end;     /* position after it */
    bool beyond;      /* it lies beyond all data before */
    bool waiting;     /* with it, data lies behind a hole */
    bool reinjected;  /* another subflow had carried it */
    bool outstanding; /* data before it has not been acknowledged */
};

/* Data was placed that `half` carried. */
void measure_data(struct stream_measure *measure, const struct half *half,
                  const struct stream_piece *piece);

/* The receiver acknowledged data up to a position; all: nothing is left that it waits for. */
void measure_data_ack(struct stream_measure *measure, uint64_t acked, bool all,
                      struct sighting seen);

#endif

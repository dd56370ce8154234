/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is measured of a direction of a subflow and of a data stream while packets pass: when data
 * flowed, how much was on its way, who waited for whom, who took over from whom. It knows positions
 * and times, no packets; ratios and rates are the reports' to make.
 */
#ifndef ANALYZER_MEASURE_H
#define ANALYZER_MEASURE_H

#include "analyzer/analyzer.h"
#include "analyzer/echo.h"
#include "analyzer/loss.h"
#include "analyzer/rtt.h"
#include "analyzer/series.h"

/* A subflow that was silent so long while data of its own was on its way has been taken over from;
 * on long paths it is one and a half of its round trips. */
#define HAND_OVER_QUIET_NS INT64_C(200000000)

struct subflow;

/* What is told of it as it is: see struct mpta_flow_measure. */
struct flow_measure {
    uint64_t data_packets;
    int64_t first_data_ns;
    int64_t last_data_ns;
    uint64_t fresh_bytes;
    int64_t first_fresh_ns;
    int64_t last_fresh_ns;
    uint64_t max_in_flight;
    int64_t longest_idle_ns;
};

/* One direction of a subflow. */
struct half_measure {
    struct flow_measure flow;
    bool has_packet;
    bool carries; /* data went over it, and nobody took over from it since, */
    int64_t last_packet_ns;
    int64_t carried_ns; /* then it did last, */
    int64_t back_ns;    /* and since then without falling silent */
    struct rtt rtt;
    struct echo echo;
    struct loss *loss;     /* NULL as long as all came in order */
    struct series *series; /* NULL: none is kept, or nothing was seen */
};

/* A packet was sent, with payload or without. */
void measure_packet(struct half_measure *measure, int64_t time_ns, bool has_payload);

/* Payload that passes, by its positions on the subflow. */
struct payload_piece {
    uint64_t begin;
    uint64_t end;
    uint64_t next;    /* position after the highest octet sent or acknowledged before */
    uint64_t acked;   /* position up to which all is acknowledged */
    uint64_t overlap; /* octets of it that were seen before */
    uint32_t value;   /* TSval; 0: none */
    uint16_t ip_id;   /* 0: none */
    struct sighting seen;
};

/* Takes such a piece; `other` is the other direction. False if there is no memory. */
bool measure_payload(struct half_measure *measure, const struct half_measure *other,
                     const struct payload_piece *piece);

/* Octets were placed that no subflow had carried before. */
void measure_fresh(struct half_measure *measure, int64_t time_ns, uint64_t bytes);

/* What goes into the view of a direction. */
void measure_view(const struct half_measure *measure, struct mpta_subflow_direction *view);

void measure_clear(struct half_measure *measure);

/* Gives up the memory for what is under observation, if nothing is. */
void measure_trim(struct half_measure *measure);

/* Subflows that took over from others: see struct mpta_stream_measure. */
struct hand_overs {
    uint64_t count;
    int64_t first_ns;
    int64_t last_ns;
    const struct subflow *silent; /* that another one took over from, last */
    uint64_t told;                /* as events */
};

/* Times that data waited behind a hole: see there, too. */
struct head_of_line {
    bool waits; /* it does, since: */
    int64_t since_ns;
    uint64_t count;
    int64_t lasted_ns; /* all of them together */
    int64_t longest_ns;
    int64_t longest_at_ns;
};

/* One direction of a data stream. */
struct stream_measure {
    int64_t first_data_ns;
    int64_t last_data_ns; /* that no subflow had carried before; */
    uint64_t fresh_bytes; /* so much of it was that */
    uint64_t acked_bytes; /* that DATA_ACKs moved on by, from the first data octet where known */
    struct rtt ack_latency;
    struct subflow *active; /* that carried data last, unless several take turns */
    int64_t active_ns;
    struct hand_overs *hand_overs;     /* NULL: there were none */
    struct head_of_line *head_of_line; /* NULL: no data had to wait */
    struct series *series;             /* NULL: none is kept, or nothing was seen */
    bool has_data;
};

/* Data waits behind a hole. */
static inline bool measure_waits(const struct stream_measure *measure)
{
    return measure->head_of_line && measure->head_of_line->waits;
}

/* Where a piece of data came to lie. */
struct stream_piece {
    enum mpta_side by; /* who sent it */
    int64_t time_ns;
    uint64_t begin; /* its positions in the stream, half-open */
    uint64_t end;
    bool beyond;     /* it lies beyond all data before */
    bool waiting;    /* with it, data lies behind a hole */
    bool fresh;      /* no subflow had carried all of it */
    bool reinjected; /* another subflow had carried it, or some of it */
    bool overdue;    /* it fills a hole, and yet goes on on its subflow: it was lost on another */
    bool afterwards; /* long after its packet passed: who took over from whom is not known */
};

/* Data was placed that a subflow carried. False if there is no memory. */
bool measure_data(struct stream_measure *measure, struct subflow *subflow,
                  const struct stream_piece *piece);

/* The capture is over, its last packet was of this time: what waits has waited until then. */
void measure_finish(struct stream_measure *measure, int64_t time_ns);

/* The receiver acknowledged data up to a position; all: nothing is left that it waits for. False if
 * there is no memory. */
bool measure_data_ack(struct stream_measure *measure, uint64_t acked, bool all,
                      struct sighting seen);

/* A subflow turned out to be another connection's. */
void measure_forget(struct stream_measure *measure, const struct subflow *subflow);

/* What goes into the view of a stream. */
void measure_stream_view(const struct stream_measure *measure, struct mpta_stream_measure *view);

void measure_stream_clear(struct stream_measure *measure);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packets of one direction of a connection as points of time and data offset, on a grid of
 * columns and rows. It knows packets, no screen.
 */
#ifndef CLI_TUI_RASTER_H
#define CLI_TUI_RASTER_H

#include "cli/tui/packet_store.h"
#include "cli/tui/timeline.h"

/* What a point shows, what is more important last. */
enum raster_mark {
    RASTER_NOTHING,
    RASTER_ACK, /* a DATA_ACK reached up to here, and none further since */
    RASTER_DATA,
    RASTER_AGAIN, /* on the same subflow, under the same sequence numbers or new ones */
    RASTER_REINJECTED,
};

struct raster_point {
    uint8_t mark; /* enum raster_mark */
    uint32_t subflow;
};

/* What is to be drawn. */
struct raster_shape {
    uint32_t connection;
    enum mpta_side by;
    int columns;
    int rows;
    int64_t begin_ns; /* the time that the columns show */
    int64_t span_ns;
};

/* All zero is a raster without points. */
struct raster {
    struct raster_shape shape;
    uint64_t generation;         /* of the model, of which it was made */
    struct raster_point *points; /* rows from the top */
    bool *covered;               /* for each row: some octet there was seen, at any time */
    int64_t *acked;              /* for each column: the furthest DATA_ACK of its time */
    int64_t acked_before;        /* the same of the time before the first column */
    int last_column;             /* up to which there are packets; -1: none */
    bool any;
    int64_t low; /* the offsets that the rows show, half-open */
    int64_t high;
};

/*
 * Draws it anew where shape or generation are others. Of a connection with very many packets that
 * is not done for each new one. False if memory is short.
 */
bool raster_update(struct raster *raster, const struct packet_store *store,
                   const struct raster_shape *shape, const struct timeline *timeline,
                   uint64_t generation);

const struct raster_point *raster_at(const struct raster *raster, int column, int row);

/* The offset at which a row begins, counted from the top; `rows` is the lowest offset. */
int64_t raster_offset(const struct raster *raster, int row);

void raster_free(struct raster *raster);

#endif

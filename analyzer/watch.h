/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is watched of one direction of a data stream, over all its subflows, to judge how it was
 * used. Each part belongs to one file, which says what for.
 */
#ifndef ANALYZER_WATCH_H
#define ANALYZER_WATCH_H

#include "analyzer/analyzer.h"
#include "analyzer/imprint.h"
#include "analyzer/order.h"

struct subflow;

/* A packet that is remembered: who sent it where. subflow NULL: none. */
struct remembered {
    const struct subflow *subflow;
    unsigned role; /* enum role, of its sender */
    struct mpta_place at;
};

/* rules.c: where the data ends, and what was acknowledged. */
struct ahead_ack { /* the first DATA_ACK of more than is known to have been sent by now */
    struct remembered by;
    struct order_stamp stamp;
    uint64_t position;
    uint64_t octets; /* so many more */
    bool retracted;  /* its sender said less again, for which there is a finding */
};

struct early_ack { /* a DATA_ACK of [begin, end), of which nothing had been sent */
    struct remembered by;
    uint64_t begin;
    uint64_t end;
    bool sent; /* some of it was sent later: */
    int64_t sent_ns;
};

struct end_watch {
    bool fin_sure;           /* the stream's DATA_FIN is where it says */
    bool acked_is_64;        /* `acked` has all its bits */
    uint64_t sure_end;       /* position after the highest data whose place is sure */
    uint64_t acked;          /* the highest DATA_ACK that is sure, */
    struct remembered ack;   /* by this packet */
    struct ahead_ack *ahead; /* NULL: there was none */
    struct early_ack *early; /* NULL: there was none */
};

/* window.c */
struct beyond_window { /* data that went beyond the edge, until the receiver speaks of it */
    struct remembered by;
    uint64_t data_end; /* in the stream, and on its subflow: */
    uint64_t seq_end;
    bool sure;
};

struct window_watch {
    bool unbounded; /* some window could not be understood */
    uint64_t edge;  /* position up to which the receiver ever let its peer send; 0: not known */
    struct beyond_window *beyond; /* NULL: none did */
};

/* hole.c: octets that the receiver lacks while it has some behind them. */
struct hole {
    struct remembered behind; /* the first packet that came to lie behind it; NULL: no hole */
    uint64_t begin;
    uint64_t end;
    int64_t waited_ns; /* so long as DATA_ACKs prove */
};

struct hole_watch {
    struct hole now;
    struct hole longest;
};

/* reinject.c: what had become of the subflow that carried the data first. */
enum reinject_reason {
    REINJECT_CLOSED,
    REINJECT_SILENT,
    REINJECT_ALIVE,
};
#define REINJECT_REASON_COUNT 3

struct reinject_watch {
    struct remembered first;
    uint64_t octets[REINJECT_REASON_COUNT];
};

/* progress.c: octets that were acknowledged on TCP's level, over all subflows. */
struct progress_watch {
    uint64_t octets;
    int64_t last_ns;
};

/* stall.c: a receiver that goes on saying the same; by.subflow NULL: it does not. */
struct stall {
    struct remembered by; /* the first packet that said so */
    int64_t lasted_ns;    /* from that to the last */
    uint64_t packets;
    uint64_t bare; /* of them, without DSS */
};

struct stalls {
    struct stall now;
    struct stall longest;
};

struct stall_watch {
    struct stalls *shut;    /* a window of nothing; NULL: there was none */
    struct stalls *unmoved; /* DATA_ACK stays, while TCP acknowledges; NULL: it never did */
    uint64_t data_ack;      /* with the last acknowledgement of TCP */
};

/* standstill.c */
struct standstill { /* a time without progress that passed */
    struct remembered first;
    int64_t lasted_ns;
    uint64_t octets;       /* that were sent again; */
    struct remembered end; /* ... with this acknowledgement */
    bool by_newer;         /* on a subflow that had not been there when it began */
};

struct waiting_fin {
    struct remembered first; /* the first DATA_FIN that was not acknowledged since, */
    int64_t lasted_ns;       /* which came again for so long */
};

struct standstill_watch {
    struct standstill *passed; /* the longest one; NULL: there was none */
    struct waiting_fin *fin;   /* NULL: there was none, or it is acknowledged */
};

/* data.c: packets that findings about the course name. */
struct course_stalls {
    struct remembered last;    /* whose data had to wait, */
    struct remembered longest; /* and the one whose data had to wait longest before */
};

struct course_watch {
    struct remembered first;      /* with data */
    struct course_stalls *stalls; /* NULL: no data had to wait */
};

/* evasion.c: short segments of the client, side by side in the stream. */
#define EVASION_CARRIERS 4
#define EVASION_HEADS    2

struct evasion_head {
    uint64_t begin; /* positions in the stream */
    uint64_t end;
    uint32_t pieces;   /* segments; 0: no head */
    uint32_t cut;      /* of these, without PSH */
    uint32_t answered; /* of these, before which the server has spoken */
    const struct subflow *carriers[EVASION_CARRIERS]; /* the first ones */
    struct remembered first;
};

struct evasion_watch {
    struct evasion_head *now;   /* NULL: no segment was short */
    struct evasion_head *heads; /* the first ones that may be hidden: EVASION_HEADS; or NULL */
    unsigned head_count;
    const struct subflow *run_on; /* the last run on one subflow */
    uint64_t run_begin;
    uint64_t run_end;
    uint64_t answered; /* how far the server's data went at the last piece, */
    int64_t last_ns;   /* which came then */
};

struct watch {
    struct imprint_set imprints;
    struct end_watch end;
    struct window_watch window;
    struct hole_watch *hole;         /* NULL: there was none */
    struct reinject_watch *reinject; /* NULL: nothing was */
    struct progress_watch progress;
    struct stall_watch stall;
    struct standstill_watch standstill;
    struct course_watch course;
};

/* Frees what it owns. */
void watch_clear(struct watch *watch);

#endif

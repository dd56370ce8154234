/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why and when a connection fell back to TCP, RFC 8684 section 3.7: the evidence is gathered packet
 * by packet on the initial subflow, and the earliest event that still stands is the answer.
 * Evidence is withdrawn where a later packet shows that MPTCP stayed in use.
 */
#ifndef ANALYZER_FALLBACK_H
#define ANALYZER_FALLBACK_H

#include "analyzer/options.h"
#include "analyzer/subflow.h"

/* survival.c: what is watched since a packet said that MPTCP ends. */
struct survival {
    bool is_watched;
    const struct subflow *subflow; /* that carried the packet */
    enum mpta_side data_of;        /* this side's data is not to be mapped any more: */
    uint64_t behind;               /* what it sends behind this position of that subflow, */
    uint64_t sent;                 /* and of the stream */
    bool is_mapped;                /* it is, nevertheless, from: */
    uint64_t mapped_at;
};

/* What speaks for a fallback. */
struct evidence {
    struct mpta_place events[MPTA_FALLBACK_CAUSE_COUNT]; /* packet 0: did not happen */
    enum mpta_side event_by[MPTA_FALLBACK_CAUSE_COUNT];
    struct mpta_place survived[MPTA_FALLBACK_CAUSE_COUNT]; /* MPTCP went on after these */
    enum mpta_side survived_by[MPTA_FALLBACK_CAUSE_COUNT];
    struct survival survivals[MPTA_FALLBACK_CAUSE_COUNT];
};

struct fallback {
    bool syn_capable; /* these carried MP_CAPABLE */
    bool syn_ack_capable;
    uint8_t syn_version;
    bool went_on;             /* more than SYNs and RSTs came: before that nobody has fallen back */
    struct mpta_place answer; /* the latest SYN/ACK with MP_CAPABLE, */
    struct mpta_place unheard; /* and the one after which the client's SYN came without */
    struct evidence *evidence; /* NULL as long as there is none */
    struct {
        uint64_t mapped_end;        /* position after the highest octet that a mapping covers */
        bool blind;                 /* a mapping came while nobody knew where SSN 1 lies */
        bool signalled;             /* it sent an option of kind 30 after the handshake packets */
        bool bare;                  /* data without kind 30 came since the last DSS */
        struct mpta_place unmapped; /* first data without DSS beyond that, since the last DSS */
        struct mpta_place stripped; /* first data that arrived without the DSS it was sent with */
    } halves[2];                    /* by role on the initial subflow */
};

/*
 * Takes a segment of the initial subflow, after subflow_take. alone: no join of the connection is
 * established and open at this time. repeats: it says what its sender had said before. This one and
 * others that return bool: false if there is no memory.
 */
bool fallback_take(struct fallback *fallback, const struct subflow *subflow, enum role role,
                   const struct mpta_packet *packet, const struct options *options,
                   const struct extent *extent, bool repeats, bool alone);

/* A DSS or MP_FAIL on any subflow of the connection, and which side sent it. */
bool fallback_take_signal(struct fallback *fallback, const struct mpta_mptcp_option *option,
                          const struct mpta_packet *packet, enum mpta_side by, bool repeats);

/*
 * Takes a packet of the initial subflow at another capture point, where its options of kind 30 are
 * others: bits of subtypes, those first met and those met now.
 */
bool fallback_take_changed(struct fallback *fallback, enum role role,
                           const struct mpta_packet *packet, uint16_t first, uint16_t now,
                           bool alone);

/* Takes a packet at another capture point, where it is the same: its options got so far. */
void fallback_take_copy(struct fallback *fallback, enum role role, const struct mpta_packet *packet,
                        const struct options *options);

/* The packet that showed a cause first; packet 0: none did, or it was withdrawn. */
const struct mpta_place *fallback_event(const struct fallback *fallback,
                                        enum mpta_fallback_cause cause);

/* It has turned out that what is known as this cause, for which there is an event, ended nothing.
 */
void fallback_survive(struct fallback *fallback, enum mpta_fallback_cause cause);

/* This side's last data came without kind 30. */
bool fallback_is_suspected(const struct fallback *fallback, enum mpta_side by);

/* What its senders say after the fallback does not arrive: a DATA_FIN, too. */
bool fallback_is_unheard(const struct fallback *fallback);

/* The cause as things stand, where, and by whose packet. */
enum mpta_fallback_cause fallback_cause(const struct fallback *fallback, struct mpta_place *at,
                                        enum mpta_side *by);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One subflow: a TCP connection between two ends, its sequence spaces, its handshake and its close.
 * Its ends are the opener, who sent the SYN, and the responder; which of them is the client of the
 * MPTCP connection is said by opened_by alone. It knows TCP and stores what joins need; tokens,
 * keys and other subflows are not its business.
 */
#ifndef ANALYZER_SUBFLOW_H
#define ANALYZER_SUBFLOW_H

#include "analyzer/analyzer.h"
#include "analyzer/arrival.h"
#include "analyzer/checks.h"
#include "analyzer/damage.h"
#include "analyzer/habit.h"
#include "analyzer/held.h"
#include "analyzer/mapping.h"
#include "analyzer/measure.h"
#include "analyzer/options.h"
#include "analyzer/part.h"
#include "analyzer/progress.h"
#include "analyzer/rangeset.h"
#include "analyzer/table.h"

struct connection;
struct deferred;
struct unmapped;

enum role {
    OPENER,
    RESPONDER,
};

static inline enum role role_other(enum role role)
{
    return role == OPENER ? RESPONDER : OPENER;
}

static inline enum mpta_side side_other(enum mpta_side side)
{
    return side == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
}

/* The ends of a flow, the lower one first, so that both directions have one key. No padding. */
struct flow_key {
    uint8_t address[2][16];
    uint16_t port[2];
    uint32_t family;
};

/* Payload that no mapping covers so far. */
struct waiting {
    struct rangeset octets;       /* where it lies, */
    struct held_list held;        /* what it is, */
    struct arrival_list arrivals; /* and when it came */
    uint64_t unkept_bytes;        /* for which there was no room */
};

/* Where subflow sequence number 0 seems to lie: the handshake was not captured, but mappings came
 * with payload. */
struct ssn_guess {
    bool made;
    bool twice;     /* from two different ones */
    uint32_t at;    /* at this sequence number, */
    uint32_t width; /* or this far above it at most */
    uint32_t ssn;   /* of the first of these mappings */
};

/* What few ends need. */
struct aside {
    uint64_t plain_begin;     /* `infinite` or `plain`: from here on the stream is */
    uint64_t plain_shift;     /* so far ahead of the subflow */
    uint64_t data_fin_packet; /* with data_fin_judged: the packet of that DATA_FIN */
    int64_t backup_ns;        /* of the MP_PRIO that said so */
    struct ssn_guess ssn_guess;
};

/* Where an end is, as packets name it. */
struct endpoint {
    struct mpta_address address;
    uint16_t port;
};

/* What one end sent, and what it said of itself. The small things come last, so that none of them
 * takes the room of a large one. */
struct half {
    uint64_t isn;     /* position of its SYN */
    uint64_t next;    /* position after the highest octet sent or acknowledged */
    uint64_t acked;   /* position up to which the other end acknowledged; 0: nothing yet */
    int64_t acked_ns; /* since when */
    struct rangeset seen;
    uint64_t
        ssn_base; /* position of subflow sequence number 0: the ISN, or behind data on the SYN */
    struct mapping_list mappings;
    struct check_list checks; /* of those mappings that have a checksum */
    struct rangeset carried;  /* positions in the data stream that this half carried */
    struct waiting *waiting;  /* what waits for a mapping; NULL as long as nothing did */
    struct unmapped *waits;   /* notes on it; NULL as long as none was */
    struct aside *aside;      /* NULL as long as nothing of that was needed */
    uint64_t heard_at;        /* acknowledged with its highest DATA_ACK; 0: there was none */
    uint64_t heard_data;      /* that DATA_ACK: a position in the stream */
    uint64_t heard_high;      /* the highest octet acknowledged beside any DATA_ACK; 0: none */

    uint64_t packets;
    uint64_t payload_bytes;
    uint64_t retransmitted_bytes;
    uint64_t reinjected_bytes;
    uint64_t remapped_bytes;
    struct half_measure measure;
    struct progress progress;
    struct id_chain ids;
    struct habit habit;
    struct damage damage;
    struct mpta_place fin_at;
    uint64_t fin_end; /* position after its FIN */

    uint32_t syn_payload;   /* octets on the SYN, while nothing told whether they were accepted */
    uint32_t syn_seen;      /* octets on the SYN that are among those seen */
    uint32_t tiny_octets;   /* what tiny mappings cover */
    uint16_t tiny_mappings; /* mappings that are judged together */

    uint8_t address_id;
    uint8_t scale;       /* windows are scaled by so many bits */
    uint8_t hop_limit;   /* of its SYN, as captured */
    uint8_t backup_told; /* what was said of its data on a backup: see backup.c */
    uint8_t reset_reason;

    bool address_id_known;
    bool backup;
    bool backup_by_prio;   /* as an MP_PRIO said */
    bool isn_known;        /* its SYN or SYN/ACK was captured */
    bool seq_known;        /* `next` means something */
    bool ssn_base_known;   /* and so does `ssn_base` */
    bool ssn_base_guessed; /* ssn_base is that guess, and no checksum has proven it */
    bool syn_judged;       /* it is told where SSN 1 lies, */
    bool ssn_told;         /* and what waits for that has not been looked at yet */
    bool data_fin_judged;  /* the checksum of its DATA_FIN without data was counted */
    bool blind;            /* some mapping of it may have been overlooked */
    bool narrow;           /* DSNs of 32 bits, which may be taken for others */
    bool scale_known;      /* its SYN was captured: */
    bool scales;           /* it offered to scale windows */
    bool infinite;         /* an infinite mapping */
    bool plain; /* what no mapping covers is the stream's, as far as the last packets tell */
    bool fin;
    bool rst : 1;
    bool reset_reason_known : 1;
    bool reset_transient : 1;
};

/* What waits for a mapping. */
static inline const struct waiting *half_waiting(const struct half *half)
{
    static const struct waiting none;
    return half->waiting ? half->waiting : &none;
}

/* What few ends need; of any other nothing. */
static inline const struct aside *half_aside(const struct half *half)
{
    static const struct aside none;
    return half->aside ? half->aside : &none;
}

/* The same to be written; NULL: no memory. */
static inline struct aside *half_make_aside(struct half *half)
{
    return half->aside = part_make(half->aside, sizeof(*half->aside));
}

/* What was seen of the handshake; a subflow is established when all that its type asks was. */
enum {
    SEEN_SYN = 1,
    SEEN_SYN_ACK = 2,
    SEEN_ACK = 4,       /* of the opener */
    SEEN_CONFIRMED = 8, /* the responder spoke after that: RFC 8684 section 3.2 */
};

/* Which of the events that come once have been told. */
enum {
    TOLD_START = 1,
    TOLD_ESTABLISHED = 2,
    TOLD_FALLBACK = 4,
    TOLD_END = 8,
};

enum subflow_kind {
    SUBFLOW_INITIAL,
    SUBFLOW_JOIN,
    SUBFLOW_PLAIN, /* plain TCP that took over the ports of an older subflow; never reported */
    SUBFLOW_ALIAS, /* the other side of a NAT: its packets are those of `same_as` */
};

/* What the handshake of a join said. RFC 8684 section 3.2 */
struct joining {
    bool token_known;
    bool syn_ack_joined; /* the SYN/ACK carried MP_JOIN */
    bool ack_joined;
    bool nonce_known[2]; /* by role */
    uint32_t nonce[2];
    uint32_t token;
    enum mpta_verdict syn_ack_verdict;
    enum mpta_verdict ack_verdict;
    uint8_t syn_ack_hmac[8];
    uint8_t ack_hmac[20];
    struct mpta_place syn_ack_first; /* of those with MP_JOIN, */
    struct mpta_place syn_ack_at;    /* and the latest */
    struct mpta_place ack_first;
    struct mpta_place ack_at;
    struct mpta_place
        stripped_at; /* where the handshake went on without MP_JOIN; packet 0: nowhere */
    struct join_proof {
        bool holds;
        bool version_0;
        uint64_t keys[2]; /* by role */
    } syn_ack_proof; /* under these keys its HMAC is right, as nonces and HMAC are: see join.c */
    struct join_answer {
        struct mpta_place at; /* packet 0: there is none */
        uint32_t nonce;
        uint8_t hmac[8];
        enum mpta_verdict verdict;
    } rival; /* another SYN/ACK, which the handshake did not go on from */
};

/* What is asked for only where packets of its connection come, or somebody looks at that. */
struct subflow_awake {
    struct half halves[2]; /* by role */
    enum role reset_by;
    enum mpta_reset_doubt reset_doubt;
    struct mpta_place reset_at;
    uint64_t reset_position;        /* of that RST in its sender's sequence space */
    uint64_t reset_after;           /* position up to which the other end had sent by then */
    struct mpta_place answer_at;    /* its first SYN/ACK; packet 0: there is none */
    struct mpta_place handshake_at; /* the last SYN or SYN/ACK */
    uint32_t point;                 /* where that was captured, */
    uint32_t interface;             /* on which interface there */
    uint32_t syn_number;            /* of an initial subflow that SYNs are compared with, */
    uint32_t syn_timestamp;         /* and that of the option beside it */
    uint64_t fastclose_next;   /* where the receiver of an MP_FASTCLOSE stood, when it came; or 0 */
    struct deferred *deferred; /* DSS that cannot be understood yet, oldest first; see data.c */
    uint32_t deferred_count;
    uint32_t deferred_capacity;
};

struct subflow {
    struct link flow_link;  /* in the tracker's table of flows */
    struct link place_link; /* in that of initial subflows, or of joins without a connection */
    struct subflow *next_owned;
    struct subflow **owned_at; /* what points to it in that list */
    struct flow_key key;
    struct endpoint ends[2];     /* by role */
    struct subflow_awake *awake; /* NULL while its connection sleeps: see sleep.h */
    struct half *halves;         /* of that, as often as they are asked for */

    struct connection *connection; /* NULL: unlinked */
    struct joining *joining;       /* NULL: it was never taken for a join */
    struct subflow *same_as;       /* of an alias */
    struct mpta_place first;       /* its first packet */
    int64_t end_ns;

    enum subflow_kind kind;
    enum mpta_subflow_state state;
    enum mpta_side opened_by;
    uint32_t id;
    uint32_t moved_from; /* id of the connection of which it was before, where it has moved */
    unsigned aliases;    /* how many others are it, behind a NAT */

    bool in_initials; /* place_link is in the one table, */
    bool orphaned;    /* or in the other one */
    bool moved;       /* it was another connection's before, which may remember it; */
    bool moved_often; /* or of several */
    bool given_up;    /* it leaves the tracker, */
    bool over;        /* and nothing more comes of it */
    bool succeeds;    /* one of its ports has left */
    bool in_flood;    /* it was one of a flood when others of that left */
    uint8_t seen;     /* SEEN_... */
    uint8_t told;     /* TOLD_... */
    bool established; /* ever */
    bool half_open;   /* a join whose opener has not gone on after the SYN, as it is counted; */
    bool completed;   /* or has */
    bool copied;      /* its packets are seen at several capture points */
    bool repeats;     /* its SYN is that of an earlier join, and not the same packet */
    bool asked_again; /* a SYN came after the first SYN/ACK */
    bool altered;     /* another capture point has other payload; it is not looked at any more */
    bool was_reset;
    bool reset_after_data; /* as the numbers of a RST tell */
    bool reset_syn;        /* so do they: the first RST answers the SYN */
    bool counts_open;      /* its connection counts it among those that are not closed, */
    bool counts_live;      /* and among the joins that are established, too */
};

/* What the handshake of a join said; of any other subflow nothing. */
static inline const struct joining *subflow_joining(const struct subflow *subflow)
{
    static const struct joining none;
    return subflow->joining ? subflow->joining : &none;
}

/* Where a segment lies in its sender's sequence space. */
struct extent {
    uint64_t begin; /* position of its first payload octet */
    uint64_t end;
};

/* The capture point of a packet, as one number. */
static inline uint32_t packet_source(const struct mpta_packet *packet)
{
    return packet->point << 16 ^ packet->interface;
}

/* Both begin at one capture point. */
static inline bool subflow_one_point(const struct subflow *a, const struct subflow *b)
{
    return a->awake->point == b->awake->point && a->awake->interface == b->awake->interface;
}

/* The key of the flow of a segment. */
struct flow_key flow_key_of(const struct mpta_segment *segment);

/* The side of the connection that plays a role on a subflow, and the other way round. */
static inline enum mpta_side subflow_side(const struct subflow *subflow, enum role role)
{
    _Static_assert((int)OPENER == (int)MPTA_CLIENT && (int)RESPONDER == (int)MPTA_SERVER,
                   "on a subflow that the client opened they are the same");
    return (enum mpta_side)(role ^ subflow->opened_by);
}

static inline enum role subflow_role(const struct subflow *subflow, enum mpta_side side)
{
    return side == subflow->opened_by ? OPENER : RESPONDER;
}

/* Which role sent a segment of this flow. */
enum role subflow_sender(const struct subflow *subflow, const struct mpta_segment *segment);

/* A subflow whose opener sends `segment` or, if by is RESPONDER, receives it. NULL: no memory. */
struct subflow *subflow_new(const struct mpta_packet *packet, enum role by);

/* Makes this what it has while its connection is awake; NULL: nothing. */
void subflow_set_awake(struct subflow *subflow, struct subflow_awake *awake);

/* It is a join. False if there is no memory. */
bool subflow_make_join(struct subflow *subflow);
void subflow_free(struct subflow *subflow);

/* Frees what that owns, but not the struct. */
void subflow_awake_clear(struct subflow_awake *awake);

/* Into a list of who owns it, or out of the one that it is in. */
void subflow_own(struct subflow *subflow, struct subflow **list);
void subflow_disown(struct subflow *subflow);

/*
 * Takes the TCP part of a segment sent by `role`: counts, sequence numbers, acknowledgements, RST,
 * handshake. Fills *extent. Its payload is not among `seen` yet: see subflow_take_payload. False if
 * there is no memory.
 */
bool subflow_take(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                  const struct options *options, struct extent *extent);

/* Takes payload and FIN of the same segment, last of all. False if there is no memory. */
bool subflow_take_payload(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                          const struct options *options, const struct extent *extent);

/* Takes another copy of a packet, seen at another capture point: it counts for round trips only.
 * False if there is no memory. */
bool subflow_take_copy(struct subflow *subflow, enum role role, const struct mpta_packet *packet,
                       const struct options *options);

/* If this packet is the RST that its reset is known by, that is in doubt for this reason. */
void subflow_doubt_reset(struct subflow *subflow, const struct mpta_place *at,
                         enum mpta_reset_doubt doubt);

/* ---- Which state that makes ------------------------------------------------------------------ */

/* Works out the state anew, after a change of what it rests on. */
void subflow_update(struct subflow *subflow);

/* It carries nothing any more: finished or reset. */
bool subflow_closed(const struct subflow *subflow);

/*
 * A join that its responder reset instead of going on. Where the responder was heard of after the
 * third ACK, or data was, or the RST answers neither SYN nor third ACK, packets of the handshake
 * may be missing in the capture, nothing else.
 */
bool subflow_is_refused(const struct subflow *subflow);

enum mpta_subflow_close subflow_close_of(const struct subflow *subflow);

/* Why it was reset, in words for a sentence. */
const char *subflow_reset_reason(const struct subflow *subflow);

/* ---- As others see it ----------------------------------------------------------------------- */

/* Fills the view; ids and sides as the subflow has them. */
void subflow_view(const struct subflow *subflow, struct mpta_subflow *view);

/*
 * What is told of the HMAC in the SYN/ACK of a join. An ACK with MP_JOIN proves a SYN/ACK with one:
 * where that was not captured, it is unverifiable.
 */
enum mpta_verdict subflow_syn_ack_hmac(const struct subflow *subflow);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tracker: TCP segments in, facts about Multipath TCP connections out.
 *
 * Feed it segments in the order of time; it links subflows to connections by token, keeps the state
 * of both, verifies what can be verified, and answers through read-only views at any moment. It
 * does no I/O, starts no thread and reads no clock: time is what the packets say. A tracker belongs
 * to one caller at a time; two trackers share nothing.
 *
 * Ownership: a segment is lent for one call. A tracker owns all that it allocates and frees it in
 * mpta_tracker_free. Views are filled by value; pointers in them are borrowed from the tracker and
 * live until the next mpta_tracker_feed, mpta_tracker_preview or mpta_tracker_free.
 *
 * Words: the client is the host that sent the MP_CAPABLE SYN, on every subflow, also on one that
 * the server opened. Arrays of two are indexed by enum mpta_side; for what flows in a direction the
 * index is the side that sends: [MPTA_CLIENT] is client to server.
 *
 * Times are nanoseconds since 1970-01-01 UTC, durations nanoseconds, sizes octets.
 */
#ifndef MPTA_ANALYZER_H
#define MPTA_ANALYZER_H

#include "dissector/dissector.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mpta_side {
    MPTA_CLIENT,
    MPTA_SERVER,
};

/* Never a guess: unverifiable where keys, nonces or octets needed were not captured. */
enum mpta_verdict {
    MPTA_ABSENT, /* nothing to verify was on the wire */
    MPTA_VALID,
    MPTA_INVALID,
    MPTA_UNVERIFIABLE,
};

/* "absent", "valid", "invalid", "unverifiable". Static text. */
const char *mpta_verdict_name(enum mpta_verdict verdict);

/* ---- Feeding -------------------------------------------------------------------------------- */

enum mpta_status {
    MPTA_OK,
    MPTA_NO_MEMORY, /* the packet was not analysed (or only in part); everything before it stands */
};

/* No more inputs than this; of one, a million packets a second for half a year. */
#define MPTA_CAPTURES_MAX (UINT32_C(1) << 20)
#define MPTA_PACKETS_MAX  ((UINT64_C(1) << 44) - 1)

/* Which packet of which input. Many are kept for each connection, so they take few octets. */
struct mpta_place {
    uint64_t packet : 44;  /* from 1, in the order of its own capture file; 0: none */
    uint64_t capture : 20; /* index of the input */
    int64_t time_ns;
};

static inline struct mpta_place mpta_place_of(uint64_t packet, int64_t time_ns, uint32_t capture)
{
    struct mpta_place place;
    place.packet = packet & MPTA_PACKETS_MAX;
    place.capture = capture & (MPTA_CAPTURES_MAX - 1);
    place.time_ns = time_ns;
    return place;
}

/*
 * One packet. A capture point is where it was captured: an interface of an input, or of a row of
 * inputs of which each goes on where another one ended. Two of them may show the same packet, one
 * shows it once.
 */
struct mpta_packet {
    struct mpta_place place;
    uint32_t point;     /* the row: any number that all its inputs have, and no other input */
    uint32_t interface; /* index within its capture */
    const struct mpta_segment *segment;
};

/*
 * Where a packet speaks of the data stream. Offsets count from the first data octet; in a capture
 * that begins later from the first DSN seen, below which others may lie.
 */
struct mpta_fed_data {
    bool placed;   /* its payload has its place: */
    bool mapped;   /* by a mapping, of this packet or an earlier one; else after a fallback */
    int64_t begin; /* of its first octet, */
    int64_t end;   /* as far as one mapping reaches */
    bool dsn_known;
    uint64_t dsn; /* of that first octet, all 64 bits */
    bool acked;   /* it carries a DATA_ACK, of the other direction: */
    int64_t data_ack;
    bool data_ack_known;
    uint64_t data_ack_dsn; /* the same, all 64 bits */
    bool data_fin;         /* it carries a DATA_FIN, before which the stream has: */
    int64_t length;
    bool from_start; /* offset 0 is known to be the first octet of the stream */
    bool checksummed;
    uint64_t checksum_packet;     /* which packet brought its mapping; 0: none that is remembered */
    uint64_t retransmitted_bytes; /* of its payload; see struct mpta_subflow_direction */
    uint64_t reinjected_bytes;
    uint64_t remapped_bytes;
};

/* What became of one packet. */
struct mpta_fed {
    bool mptcp;          /* it carries an option of kind 30 whose length its subtype knows */
    bool duplicate;      /* the same packet was met before: not counted again */
    bool damaged;        /* its TCP checksum shows that its receiver drops it: not counted at all */
    bool has_subflow;    /* it belongs to a subflow, which the next two name */
    bool has_connection; /* ... that is linked to a connection */
    uint32_t connection; /* id */
    uint32_t subflow;    /* id within the connection, or among the unlinked ones */
    enum mpta_side by;   /* ... and whose sender is this side; the opener stands as client of an
                          * unlinked one */
    struct mpta_fed_data data; /* of a connection, where the packet is no duplicate; if the tracker
                                * is to locate packets */
};

/*
 * Octets of a data stream, as they become known: `offset` counts from the first octet that the
 * application sent. In a capture that begins later it counts from the first DSN seen, and is
 * negative where earlier octets come after that. They come once each, in any order; octets whose
 * checksum was wrong come again where a better copy of them is met, and so do those on a SYN that
 * was not accepted, and may others in a stream with more than 32,768 holes at once. octets is
 * borrowed for the call, which must not call the tracker.
 */
struct mpta_octets {
    uint32_t connection; /* id */
    enum mpta_side by;
    int64_t offset;
    const uint8_t *octets;
    size_t len;
};

/* The data-level checksum of a mapping has been judged. */
struct mpta_judgement {
    struct mpta_place at; /* the packet that brought the mapping */
    uint32_t connection;  /* id */
    enum mpta_side by;
    enum mpta_verdict verdict; /* valid or invalid */
    uint16_t checksum;
    uint16_t expected;
};

/* What happened, told when the packet that shows it has been taken in whole. */
enum mpta_event_type {
    MPTA_EVENT_CONNECTION_START,
    MPTA_EVENT_CONNECTION_ESTABLISHED, /* its initial subflow is */
    MPTA_EVENT_CONNECTION_END,         /* all its subflows are closed, or the capture is over */
    MPTA_EVENT_CONNECTION_UPDATE,      /* more came to light since its end was told; at the end of
                                          the capture */
    MPTA_EVENT_SUBFLOW_START,
    MPTA_EVENT_SUBFLOW_ESTABLISHED,
    MPTA_EVENT_SUBFLOW_END,
    MPTA_EVENT_ADDRESS_ADD,
    MPTA_EVENT_ADDRESS_ECHO,
    MPTA_EVENT_ADDRESS_REMOVE,
    MPTA_EVENT_PRIORITY_CHANGE,
    MPTA_EVENT_FALLBACK,
    MPTA_EVENT_FASTCLOSE,
    MPTA_EVENT_MP_FAIL,
    MPTA_EVENT_HAND_OVER, /* data goes on on another subflow than before */
};
#define MPTA_EVENT_TYPE_COUNT 15

/* "connection_start", ... Static text. */
const char *mpta_event_type_name(enum mpta_event_type type);

/* The views of the tracker may be read while an event is told; it must not be fed. */
struct mpta_event {
    enum mpta_event_type type;
    struct mpta_place at;
    uint32_t connection; /* id */
    bool has_subflow;
    uint32_t subflow; /* id */
    bool by_known;    /* the packet shows a side's doing: */
    enum mpta_side by;
    size_t address; /* MPTA_EVENT_ADDRESS_...: index of the address event of the connection */
    uint32_t from_subflow; /* MPTA_EVENT_HAND_OVER: id of the one that fell silent */
};

struct mpta_subflow;

struct mpta_config {
    uint8_t hash_key[16]; /* secret: from getrandom in production, anything in tests */
    const uint64_t *keys; /* keys given by the user, copied; either host's */
    size_t key_count;
    void (*deliver)(void *context, const struct mpta_octets *octets); /* or NULL */
    void *deliver_context;
    void (*observe)(void *context, const struct mpta_event *event); /* or NULL */
    void *observe_context;
    void (*judge)(void *context, const struct mpta_judgement *judgement); /* or NULL */
    void *judge_context;
    /* or NULL: a subflow without a connection leaves before the end, as in mpta_tracker_retire and
     * mpta_tracker_evict, but for joins that nobody has completed */
    void (*part)(void *context, const struct mpta_subflow *subflow);
    void *part_context;
    int64_t interval_ns; /* of series over time; 0: none are kept */
    bool locate;         /* mpta_fed.data is filled, for who shows single packets */
    bool keeps_records;  /* who leaves by mpta_tracker_retire has views all the same */
    bool sleeps;         /* who is silent is packed by mpta_tracker_retire, until it is wanted */
    bool headers_only;   /* payload is left out on purpose: that it is missing is no finding */
};

struct mpta_tracker;

/* A tracker without packets. config may be NULL for all zero. NULL if there is no memory. */
struct mpta_tracker *mpta_tracker_new(const struct mpta_config *config);

/* Frees a tracker and all that it owns; NULL is allowed. */
void mpta_tracker_free(struct mpta_tracker *tracker);

/*
 * To be called before the first packet where all will come from one capture point: one interface of
 * one input. Copies of packets are then a mirror's, and need be looked for among the last few only.
 * A packet from another capture point ends that.
 */
void mpta_tracker_expect_one_source(struct mpta_tracker *tracker);

/*
 * Takes one packet. *fed tells what became of it; also after MPTA_NO_MEMORY. Packets are expected
 * in the order of time, but none is refused for its time.
 */
enum mpta_status mpta_tracker_feed(struct mpta_tracker *tracker, const struct mpta_packet *packet,
                                   struct mpta_fed *fed);

/* What a front knows of one input besides its packets. */
struct mpta_capture_facts {
    uint32_t capture;         /* index of the input, as in mpta_place */
    bool truncated;           /* damaged, or cut off: what follows is missing */
    uint64_t kernel_drops;    /* packets that the capturing kernel had no room for */
    uint64_t interface_drops; /* packets that the hardware or its driver lost */
    uint64_t late;            /* packets that came too late to be fed in the order of time */
    uint64_t cut; /* packets that the snap length cut before the end of their TCP header */
    int64_t clock_ahead_ns; /* its clock is ahead of the others', and times are set back by it */
};

/* Notes what limits a capture, as findings; once for each input, before mpta_tracker_finish. */
enum mpta_status mpta_tracker_note_capture(struct mpta_tracker *tracker,
                                           const struct mpta_capture_facts *facts);

/*
 * Draws the conclusions that the end of a capture would allow now, with what a front knows of so
 * many inputs. Views tell of them as of findings until the next preview, or the end; what packets
 * show meanwhile is told at once. It changes nothing else: feeding may go on. It looks at all
 * connections, so it is for who shows them, now and then.
 */
enum mpta_status mpta_tracker_preview(struct mpta_tracker *tracker,
                                      const struct mpta_capture_facts *facts, size_t count);

/* Takes back what the last preview concluded, for who will ask for no other. */
void mpta_tracker_forget_preview(struct mpta_tracker *tracker);

/*
 * Draws the conclusions that only the end of a capture allows (a join that was never answered, ...)
 * as findings. Call it once, after the last packet; feeding after it is an error of the program.
 */
enum mpta_status mpta_tracker_finish(struct mpta_tracker *tracker);

/*
 * Makes room in memory: gives up half of the joins without a connection that nobody has completed;
 * where there is none a quarter of the connections, those that ended longest ago or, where none has
 * ended, those that were silent longest, and as many of the subflows without a connection. Their
 * ends are told as events, with all that is known; the summary goes on counting them, and a finding
 * says how many they are. What comes of them later is met as something new.
 *
 * Where records are kept, all connections that have ended leave theirs first, as in
 * mpta_tracker_retire, and are not given up; after them a quarter of the records goes, those with
 * the lowest ids. Returns how many connections, records and subflows have left; 0: there is nothing
 * left to give up, or no memory to do it.
 */
size_t mpta_tracker_evict(struct mpta_tracker *tracker);

/*
 * Lets connections leave of which nothing more comes: to be called now and then, between packets;
 * it looks at them when that pays. By the time of packets these are over: what has closed, once its
 * end was told and nothing came for 2 seconds; what never came about, or whose data has ended,
 * after 4 minutes; any other after 5 days. The last `keep` of them stay for all that, so that those
 * that come are compared with them (keys, nonces, floods).
 *
 * All conclusions are drawn that the end would allow; the end of a connection is told, or an
 * update, and the summary goes on counting it. What comes of it within another 4 minutes is known
 * for what it is, and counted as a late packet. Returns how many left.
 *
 * It is for who needs no views in the end, but the events; then subflows without a connection
 * leave, too. With config.keeps_records a connection leaves a record behind, which takes a tenth of
 * its memory and of which views are given as before. Where there is no memory for a record, it is
 * one of those that mpta_tracker_evict gives up, and mpta_tracker_finish returns MPTA_NO_MEMORY.
 *
 * With config.sleeps connections that nothing was heard of for a minute, and that may go on, are
 * packed here, into less than half of their memory. Packets and views wake them; so until
 * mpta_tracker_finish, which leaves none asleep, not even views may be read by several threads.
 * Without config.keeps_records there are no views of those that slept after it.
 */
size_t mpta_tracker_retire(struct mpta_tracker *tracker, size_t keep);

/* ---- Findings ------------------------------------------------------------------------------- */

enum mpta_severity {
    MPTA_NOTE,
    MPTA_WARNING,
    MPTA_ERROR,
};
#define MPTA_SEVERITY_COUNT 3

/* "note", "warning", "error". Static text. */
const char *mpta_severity_name(enum mpta_severity severity);

enum mpta_evidence {
    MPTA_PROVEN,        /* by octets that are present */
    MPTA_PROVEN_BY_KEY, /* ... and a key that is known */
    MPTA_HEURISTIC,     /* by a threshold, which the message states */
};

/* "proven", "proven-by-key", "heuristic". Static text. */
const char *mpta_evidence_name(enum mpta_evidence evidence);

/* What a finding is about: the chapters of the catalogue, in its order. */
enum mpta_finding_group {
    MPTA_GROUP_OPTIONS,
    MPTA_GROUP_HANDSHAKE,
    MPTA_GROUP_JOINS,
    MPTA_GROUP_ADDRESSES,
    MPTA_GROUP_DATA,
    MPTA_GROUP_CLOSING,
    MPTA_GROUP_CAPTURE, /* what the capture cannot prove */
};
#define MPTA_FINDING_GROUP_COUNT 7

/* "Options and parsing", ... Static text. */
const char *mpta_finding_group_title(enum mpta_finding_group group);

/* One row of the catalogue of findings. All text is static. */
struct mpta_finding_kind {
    const char *id; /* stable, kebab-case */
    enum mpta_finding_group group;
    enum mpta_severity severity;
    enum mpta_evidence evidence;
    const char *rfc;     /* "RFC 8684 3.2", or NULL where no RFC speaks of it */
    const char *counter; /* the Linux kernel's counter of the same thing, or NULL */
    const char *meaning; /* one line */
    const char *advice;  /* what to check next */
};

/* The whole catalogue; *count is set to its length. Static. */
const struct mpta_finding_kind *mpta_finding_kinds(size_t *count);

/* Where a finding was made. */
struct mpta_witness {
    struct mpta_place at;    /* packet 0: no packet shows it, the time is when it was so */
    struct mpta_place other; /* the same packet at another capture point, where what was done to it
                              * in between is what was found; packet 0: there is none */
    bool has_subflow;
    uint32_t subflow; /* id */
    bool by_known;    /* a side's doing: */
    enum mpta_side by;
};
#define MPTA_WITNESSES_MAX 4

/*
 * A finding: all occurrences of one kind on a connection that say the same; the sentence is about
 * the first of them.
 */
struct mpta_finding {
    const struct mpta_finding_kind *kind;
    enum mpta_severity severity;                       /* the kind's, or milder */
    const char *message;                               /* one sentence about the first occurrence */
    size_t witness_count;                              /* 1 or more */
    struct mpta_witness witnesses[MPTA_WITNESSES_MAX]; /* the first occurrences */
    uint64_t count;                                    /* of occurrences, 1 or more */
};

/* ---- Views ---------------------------------------------------------------------------------- */

struct mpta_verdict_counts {
    uint64_t valid;
    uint64_t invalid;
    uint64_t unverifiable;
};

/* Joins that were ever half-open, and what became of them: seen is the sum of the others. */
struct mpta_half_open {
    uint64_t seen;
    uint64_t completed; /* the opener went on after the SYN */
    uint64_t live;      /* it did not, and the report has them, or their records told of them */
    uint64_t expired;   /* given up after a minute or more, to have room for others */
    uint64_t evicted;   /* given up sooner */
};

struct mpta_summary {
    uint64_t connections; /* all there were, as the next two */
    uint64_t subflows;    /* linked to a connection */
    uint64_t unlinked_subflows;
    uint64_t fallbacks;
    struct mpta_verdict_counts join_hmac; /* SYN/ACK and ACK each count */
    struct mpta_verdict_counts add_addr_hmac;
    struct mpta_verdict_counts dss_checksum;
    uint64_t findings[MPTA_SEVERITY_COUNT]; /* rows, not occurrences */
    uint64_t duplicates;                    /* packets of tracked subflows seen more than once */
    uint64_t kept;                          /* connections that have views: all but those that left
                                             * without a record */
    uint64_t evicted_subflows; /* without a connection, of those given up for want of memory */
    uint64_t late_packets;     /* of connections that had left, and so not counted in them */
    struct mpta_half_open half_open;
};

/* One host of a connection, with the address and port of the initial subflow. */
struct mpta_host {
    struct mpta_address address;
    uint16_t port;
    bool key_known; /* then token and idsn are meaningful, too */
    bool token_known;
    uint64_t key;
    uint32_t token;
    uint64_t idsn;
};

enum mpta_key_source {
    MPTA_KEY_NONE,
    MPTA_KEY_HANDSHAKE,
    MPTA_KEY_USER,
};

enum mpta_connection_close {
    MPTA_CONNECTION_OPEN,
    MPTA_CONNECTION_DATA_FIN, /* in both directions */
    MPTA_CONNECTION_FASTCLOSE,
    MPTA_CONNECTION_RESET,
    MPTA_CONNECTION_FIN,
};

enum mpta_fallback_cause {
    MPTA_FALLBACK_NONE, /* MPTCP stayed in use */
    MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE,
    MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE,
    MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE,
    MPTA_FALLBACK_DATA_WITHOUT_DSS,
    MPTA_FALLBACK_MP_FAIL,
    MPTA_FALLBACK_INFINITE_MAPPING,
    MPTA_FALLBACK_VERSION_MISMATCH,
    MPTA_FALLBACK_OTHER,
};
#define MPTA_FALLBACK_CAUSE_COUNT 9

/* "synack-without-mp_capable" and so on; "none". Static text. */
const char *mpta_fallback_cause_name(enum mpta_fallback_cause cause);

/*
 * Round trips from the capture point to the receiver of a direction and back. Median and 95th
 * percentile are read from a histogram of 16 buckets an octave: within 1/32, 3.2 %, of the sample
 * that n / 2, or 95 % of n, rounded up, do not exceed.
 */
struct mpta_rtt {
    uint64_t samples; /* 0: the rest means nothing */
    int64_t min_ns;
    int64_t max_ns;
    int64_t sum_ns;
    int64_t median_ns;
    int64_t p95_ns;
};

/* What was measured of a data stream. Times are meaningful where it has data. */
struct mpta_stream_measure {
    int64_t first_data_ns;
    int64_t last_data_ns;             /* that no subflow had carried before */
    struct mpta_rtt data_ack_latency; /* from data to the DATA_ACK of exactly its end */
    uint64_t hand_overs;        /* a subflow fell silent with data on its way, another took over */
    int64_t first_hand_over_ns; /* when the other one did; meaningful where there are any */
    int64_t last_hand_over_ns;
    uint64_t stalls; /* times that data waited behind a hole in the stream: head-of-line blocking */
    int64_t stall_ns; /* all of them together */
    int64_t longest_stall_ns;
    int64_t longest_stall_at_ns; /* when it began */
};

/* One direction of the 64-bit data sequence space, over all subflows. */
struct mpta_stream {
    uint64_t data_bytes;       /* distinct octets seen as payload; DATA_FIN is none */
    uint64_t below_idsn_bytes; /* of those: below IDSN + 1, where none belong; not handed on */
    uint64_t missing_bytes;    /* between the first and the highest seen, that no packet carried */
    uint64_t reinjected_bytes; /* that another subflow had carried before */
    uint64_t unplaced_bytes;   /* seen on subflows, and no mapping of them so far */
    uint64_t unkept_bytes;     /* so much waited for a mapping that they were not kept until then */
    uint64_t uncompared_bytes; /* came again, and could not be compared with what came before */
    uint64_t blurred_bytes;    /* in holes too many to be kept: no count of octets errs by more */
    bool data_fin;
    bool base_is_idsn; /* else the IDSN is unknown: the data begins where it was first seen */
    bool base_dsn_known;
    uint64_t base_dsn; /* of the first octet there is: IDSN + 1, or the lowest DSN seen */
    int64_t begin;     /* of that octet, as an offset of struct mpta_octets */
    int64_t end;       /* behind the highest octet seen; equal: there is none */
    bool acked_known;
    uint64_t acked; /* highest DATA_ACK from the receiver, as octets from the first data octet */
    struct mpta_verdict_counts dss_checksum;
    struct mpta_stream_measure measure;
};

struct mpta_connection {
    uint32_t id;
    int version;      /* 0 or 1; -1 where no packet told */
    bool late;        /* no MP_CAPABLE of it was captured */
    bool established; /* a subflow of it carried data, or could have; or it is late */
    struct mpta_host hosts[2];
    enum mpta_key_source key_source;
    int64_t start_ns;
    int64_t end_ns;
    enum mpta_connection_close close;
    bool capture_over;           /* mpta_tracker_finish was told so; else more may come */
    bool over;                   /* so it is, or this connection leaves: nothing is added to it */
    enum mpta_side fastclose_by; /* meaningful for MPTA_CONNECTION_FASTCLOSE */
    bool checksum_required;
    uint64_t options_cut; /* packets of it whose options the snap length cut */
    enum mpta_fallback_cause fallback;
    struct mpta_place unheard_at;  /* a SYN/ACK with MP_CAPABLE, after which the client repeated its
                                    * SYN without; packet 0: none was captured */
    struct mpta_place fallback_at; /* meaningful where there is a cause */
    enum mpta_side fallback_by;    /* who sent the packet that shows it */
    struct mpta_stream streams[2];
    size_t subflow_count;
    size_t address_count;
    size_t finding_count;
};

enum mpta_subflow_type {
    MPTA_SUBFLOW_INITIAL,
    MPTA_SUBFLOW_JOIN,
};

/* Where the handshake of a subflow stands, and how it closed. */
enum mpta_subflow_state {
    MPTA_SUBFLOW_MIDSTREAM,       /* its handshake was not captured */
    MPTA_SUBFLOW_SYN,             /* a SYN */
    MPTA_SUBFLOW_SYN_ACK,         /* and the SYN/ACK */
    MPTA_SUBFLOW_PRE_ESTABLISHED, /* a join's ACK, not yet confirmed: RFC 8684 section 3.2 */
    MPTA_SUBFLOW_ESTABLISHED,
    MPTA_SUBFLOW_CLOSING, /* one FIN, or two not both acknowledged */
    MPTA_SUBFLOW_CLOSED,  /* both FINs acknowledged */
    MPTA_SUBFLOW_RESET,
};
#define MPTA_SUBFLOW_STATE_COUNT 8

/* "midstream", "syn", "syn-ack", ... Static text. */
const char *mpta_subflow_state_name(enum mpta_subflow_state state);

enum mpta_subflow_close {
    MPTA_CLOSE_OPEN,
    MPTA_CLOSE_FIN,   /* both FINs */
    MPTA_CLOSE_RESET, /* a RST before both FINs were acknowledged */
};

/* Why a RST may be another's than of the side in whose name it came. */
enum mpta_reset_doubt {
    MPTA_RESET_UNDOUBTED,
    MPTA_RESET_DISTANCE,  /* its hop limit is far from that of the side's other packets */
    MPTA_RESET_SEQUENCE,  /* its sequence number lies far outside of the window */
    MPTA_RESET_FASTCLOSE, /* it carries an MP_FASTCLOSE with a wrong key */
    MPTA_RESET_OUTLIVED,  /* that side goes on: it sends data, or acknowledges newer data */
};
#define MPTA_RESET_DOUBT_COUNT 5

/* "distance", "sequence", "fastclose-key", "outlived"; NULL where there is no doubt. Static text.
 */
const char *mpta_reset_doubt_name(enum mpta_reset_doubt doubt);

struct mpta_subflow_end {
    struct mpta_address address;
    uint16_t port;
    bool address_id_known;
    uint8_t address_id;
    bool backup; /* this side asked for backup, as last signalled */
};

/*
 * What was measured of one side's data on a subflow. Times are meaningful where it has data
 * packets.
 *
 * Losses are an estimate, in packets with payload as they were captured. Lost behind the place of
 * capture: packets that carry octets seen before, without the needless ones: those all of whose
 * octets had been acknowledged, that the receiver says it got twice (RFC 2883), or whose
 * acknowledgement echoes an older timestamp than theirs (RFC 3522). Lost before it: packets that
 * fill a hole later than a reordering allowance after data from above it was seen, unless all their
 * octets had been acknowledged; the allowance is 3/4 of the path's shortest round trip, 3 ms at
 * least. The share of packets that were lost is (lost_behind + lost_before) / (data_packets +
 * lost_before).
 */
struct mpta_flow_measure {
    uint64_t data_packets;
    int64_t first_data_ns;
    int64_t last_data_ns;
    uint64_t fresh_bytes;        /* that no subflow had carried before: its share of the stream */
    int64_t first_fresh_ns;      /* when the first and the last of them came; meaningful where */
    int64_t last_fresh_ns;       /* there are any */
    uint64_t out_of_order_bytes; /* new on the subflow, but below what had been sent before */
    uint64_t max_in_flight;      /* octets sent and not acknowledged, at most */
    int64_t longest_idle_ns;     /* between two of its packets */
    uint64_t retransmitted_packets;
    uint64_t needless_packets;
    uint64_t lost_behind;
    uint64_t lost_before;
};

/* What one side of a subflow sent. */
struct mpta_subflow_direction {
    uint64_t packets;
    uint64_t payload_bytes; /* on the wire, retransmissions included */
    uint64_t retransmitted_bytes;
    uint64_t reinjected_bytes; /* new on this subflow, carried by another before */
    uint64_t remapped_bytes;   /* new on this subflow, which had carried the same data before */
    struct mpta_rtt rtt;       /* by matching sequence numbers */
    struct mpta_rtt rtt_timestamps; /* by TSval and TSecr, RFC 7323; includes delays of ACKs */
    struct mpta_flow_measure measure;
};

struct mpta_subflow {
    uint32_t id; /* within its connection; among the unlinked ones */
    enum mpta_subflow_type type;
    enum mpta_subflow_state state;
    struct mpta_subflow_end ends[2];
    enum mpta_side opened_by;
    bool established;        /* its own handshake completed, as far as the capture shows */
    struct mpta_place first; /* its first packet */
    int64_t start_ns;
    int64_t end_ns;
    enum mpta_subflow_close close;
    bool was_refused; /* a join, reset by its responder before it was established */
    bool was_reset;   /* any RST; then: */
    enum mpta_side reset_by;
    bool reset_reason_known; /* an MP_TCPRST of that side was there */
    uint8_t reset_reason;
    bool reset_transient;
    struct mpta_place reset_at;
    enum mpta_reset_doubt reset_doubt;
    enum mpta_verdict syn_ack_hmac;
    enum mpta_verdict ack_hmac;
    bool token_known; /* the receiver's, in the SYN of a join */
    uint32_t token;
    struct mpta_place stripped_at; /* where the handshake of a join went on without MP_JOIN, */
    struct mpta_place hung_at;     /* or where it came to a halt; packet 0: nowhere. Then: */
    bool hung_on_ack;              /* with its third ACK, else with its SYN/ACK, */
    int64_t hung_ns;               /* which came again for so long, 3 s at least, unanswered */
    struct mpta_subflow_direction directions[2];
};

enum mpta_address_op {
    MPTA_ADDRESS_ADD,
    MPTA_ADDRESS_ECHO,
    MPTA_ADDRESS_REMOVE,
};

/* One address ID of one ADD_ADDR or REMOVE_ADDR on the wire, repetitions included. */
struct mpta_address_event {
    enum mpta_address_op op;
    enum mpta_side by;
    uint8_t address_id;
    struct mpta_address address; /* none (family 0) for a removal */
    bool has_port;
    uint16_t port;
    enum mpta_verdict hmac;
    struct mpta_place at;
};

/*
 * What was measured in one interval of a series over time. The intervals of a series have one
 * length, the configured one or, after so many points that pairs of them had to be merged, that
 * times a power of two; they begin at the tracker's first packet or a multiple of their length from
 * it. Only those in which something was seen are there: 4096 a series at most. Sums over all points
 * are the totals of the views.
 *
 * Payload that waited for its mapping counts for the time when it came, once that tells its place.
 */
struct mpta_series_point {
    int64_t begin_ns;
    int64_t offset_ns; /* of its begin, from the tracker's first packet */
    int64_t interval_ns;
    uint64_t packets;
    uint64_t payload_bytes;
    uint64_t fresh_bytes; /* new in the data stream */
    uint64_t retransmitted_bytes;
    uint64_t reinjected_bytes;
    uint64_t remapped_bytes;
    uint64_t data_acked_bytes; /* that DATA_ACKs moved on by */
    uint64_t max_in_flight;
    uint64_t rtt_samples; /* round trips that ended in it; of a stream, DATA_ACK latencies */
    int64_t rtt_sum_ns;
};

void mpta_tracker_summary(const struct mpta_tracker *tracker, struct mpta_summary *summary);

/* summary.kept alone, for which nothing needs to be looked at. */
size_t mpta_tracker_kept(const struct mpta_tracker *tracker);

/* Fills *connection for an id; ids count from 0. False where there is none, or no longer. */
bool mpta_tracker_connection(const struct mpta_tracker *tracker, uint32_t id,
                             struct mpta_connection *connection);

/* Fills *connection for an index below summary.kept, in the order of ids; false beyond it. */
bool mpta_tracker_connection_at(const struct mpta_tracker *tracker, size_t index,
                                struct mpta_connection *connection);

/* Fills in the hosts of such a view, at the same small price however many subflows there are. */
bool mpta_tracker_hosts(const struct mpta_tracker *tracker, uint32_t id, struct mpta_host hosts[2]);

/* Sets *id to the id of the connection with an index, and nothing else; false beyond the last. */
bool mpta_tracker_connection_id(const struct mpta_tracker *tracker, size_t index, uint32_t *id);

/* The parts of a connection, by its id and an index below the count in its view; else false. */
bool mpta_tracker_subflow(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_subflow *subflow);
bool mpta_tracker_address(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_address_event *address);
bool mpta_tracker_finding(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                          struct mpta_finding *finding);

/*
 * How many octets directly below an offset of the stream that `sender` sent no packet carried, as
 * far as it has been fed; offsets as in struct mpta_fed_data. 0 of a connection that has left: it
 * is for who shows packets, and of this one there are none any more.
 */
uint64_t mpta_tracker_missing_before(const struct mpta_tracker *tracker, uint32_t connection,
                                     enum mpta_side sender, int64_t offset);

/* What the HMACs of a join must be, RFC 8684 section 3.2. */
struct mpta_join_hmacs {
    uint8_t syn_ack[8];
    uint8_t ack[20];
};

/* By connection and index of the subflow; false where keys or nonces are unknown, or for no join.
 */
bool mpta_tracker_join_hmacs(const struct mpta_tracker *tracker, uint32_t connection, size_t index,
                             struct mpta_join_hmacs *hmacs);

/* What the HMAC of an announcement must be; false where keys are unknown, or none belongs there. */
bool mpta_tracker_address_hmac(const struct mpta_tracker *tracker, uint32_t connection,
                               size_t index, uint64_t *hmac);

/*
 * A point of the series of a subflow, of what `sender` sent, by ids and an index from 0, in the
 * order of time; false beyond the last. It has no data_acked_bytes.
 */
bool mpta_tracker_series_point(const struct mpta_tracker *tracker, uint32_t connection,
                               uint32_t subflow, enum mpta_side sender, size_t index,
                               struct mpta_series_point *point);

/*
 * The same for the data stream of a connection, over all subflows. It has fresh_bytes,
 * reinjected_bytes, data_acked_bytes and rtt_... only.
 */
bool mpta_tracker_stream_point(const struct mpta_tracker *tracker, uint32_t connection,
                               enum mpta_side sender, size_t index,
                               struct mpta_series_point *point);

/*
 * A subflow without a connection, by index; false beyond the last. The opener stands as client. A
 * subflow that finds its connection later leaves this list, so ids here are not stable.
 */
bool mpta_tracker_unlinked(const struct mpta_tracker *tracker, size_t index,
                           struct mpta_subflow *subflow);

/*
 * A point of the series of such a subflow, of what `sender` sent; indices from 0, that of the
 * subflow as above. Without a connection its data is not known to be new, or to come again.
 */
bool mpta_tracker_unlinked_point(const struct mpta_tracker *tracker, size_t subflow,
                                 enum mpta_side sender, size_t index,
                                 struct mpta_series_point *point);

/* A finding that belongs to no connection, by index; false beyond the last. */
bool mpta_tracker_global_finding(const struct mpta_tracker *tracker, size_t index,
                                 struct mpta_finding *finding);

/* ---- What several paths were worth -----------------------------------------------------------
 */

/* One direction of a connection over all its subflows. */
struct mpta_paths {
    size_t count;   /* subflows that carried new data */
    bool bps_known; /* goodput of the stream, in: */
    uint64_t bps;
    double main_share; /* of the stream's data, by the subflow that carried most; where count > 0 */
    bool gain_known;   /* then: */
    double gain;       /* the stream's goodput against that of its best subflow */
    bool gain_is_telling; /* 64 KiB or more, no path had more than 95 % of it, and none took over */
};

/* From here on a gain is called one. */
#define MPTA_GAIN_LEAST 1.05

/*
 * Goodput is not known of data that came within one round trip, of the shortest path that carried
 * some of it: so much a host sends at once, however slow the path.
 *
 * A subflow that carried less than a tenth of the data in less than a tenth of the stream's time is
 * not asked for the gain: the rate of a short burst is not what its path can carry.
 */
void mpta_tracker_paths(const struct mpta_tracker *tracker,
                        const struct mpta_connection *connection, enum mpta_side sender,
                        struct mpta_paths *paths);

/* Goodput of what a subflow added to the stream, in bits a second; false where not known. */
bool mpta_flow_goodput(const struct mpta_subflow *subflow, enum mpta_side sender, uint64_t *bps);

/* Losses as a share of what was sent, see struct mpta_flow_measure; false where nothing was. */
bool mpta_flow_loss_ratio(const struct mpta_flow_measure *measure, double *ratio);

/* ---- Verdict: what happened and why, in sentences ---------------------------------------------
 */

#define MPTA_SENTENCES_MAX     3
#define MPTA_SENTENCE_TEXT_MAX 512
#define MPTA_SENTENCE_PLACES   4

struct mpta_sentence {
    enum mpta_severity severity;          /* of what it is about */
    const struct mpta_finding_kind *kind; /* the finding that it tells of, or NULL */
    size_t place_count;                   /* of packets that it names */
    struct mpta_place places[MPTA_SENTENCE_PLACES];
    char text[MPTA_SENTENCE_TEXT_MAX];
};

/*
 * What became of a connection, the most important first, each with the packet that proves it and
 * what to do: why it fell back, why there is no second subflow, who ended it, how paths shared the
 * data. Returns how many sentences there are: 1 to MPTA_SENTENCES_MAX, or 0 for an unknown id.
 *
 * capture_names: where packets of several captures are numbered, the name of each, by index; NULL
 * where there is one. They come to stand in the text as they are. Before mpta_tracker_finish the
 * sentences say how things stand.
 */
size_t mpta_tracker_verdict(const struct mpta_tracker *tracker, uint32_t connection,
                            const char *const *capture_names,
                            struct mpta_sentence sentences[MPTA_SENTENCES_MAX]);

/* ---- Cryptography of MPTCP, pure functions --------------------------------------------------- */

/* Token and IDSN of a key: SHA-1 in version 0, SHA-256 in version 1. RFC 8684 section 3.2. */
uint32_t mpta_key_token(uint64_t key, int version);
uint64_t mpta_key_idsn(uint64_t key, int version);

/* Both, at the price of one. */
void mpta_key_derive(uint64_t key, int version, uint32_t *token, uint64_t *idsn);

/*
 * HMAC of a join, RFC 8684 section 3.2: key is first_key || second_key, message first_nonce ||
 * second_nonce. Writes 20 octets: all of SHA-1 in version 0, the leftmost of SHA-256 in version 1.
 */
void mpta_join_hmac(int version, uint64_t first_key, uint64_t second_key, uint32_t first_nonce,
                    uint32_t second_nonce, uint8_t hmac[20]);

/*
 * HMAC of an ADD_ADDR in version 1, RFC 8684 section 3.4.1: the rightmost 64 bits of SHA-256's
 * under announcer_key || peer_key, over address ID, address and port (0 without one).
 */
uint64_t mpta_add_addr_hmac(uint64_t announcer_key, uint64_t peer_key,
                            const struct mpta_add_addr *add_addr);

/*
 * Names the known mistake by which a wrong ADD_ADDR HMAC was made ("leftmost instead of rightmost
 * 64 bits", "port taken as zero although present"), or NULL. Static text.
 */
const char *mpta_add_addr_hmac_variant(uint64_t announcer_key, uint64_t peer_key,
                                       const struct mpta_add_addr *add_addr);

#ifdef __cplusplus
}
#endif

#endif

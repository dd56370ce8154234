/* SPDX-License-Identifier: BSD-3-Clause */
/* The tracker's own memory, and what its files do for each other. Nothing of it is public. */
#ifndef ANALYZER_TRACKER_H
#define ANALYZER_TRACKER_H

#include "analyzer/connection.h"
#include "analyzer/dedup.h"
#include "analyzer/gone.h"
#include "analyzer/kept.h"
#include "analyzer/keyring.h"
#include "analyzer/options.h"
#include "analyzer/sleep.h"
#include "analyzer/token_memory.h"

struct registry;

/* A power of two. */
#define FLOW_RECENT 64

struct mpta_tracker {
    uint8_t hash_key[16];
    struct imprint_keys imprint_keys;
    void (*deliver)(void *context, const struct mpta_octets *octets);
    void *deliver_context;
    void (*observe)(void *context, const struct mpta_event *event);
    void *observe_context;
    void (*judge)(void *context, const struct mpta_judgement *judgement);
    void *judge_context;
    void (*part)(void *context, const struct mpta_subflow *subflow);
    void *part_context;
    struct series_grid grid;
    bool locate;
    struct keyring keyring;
    struct table flows;    /* subflows by flow key; incarnations of one flow, the newest first */
    struct table tokens;   /* identities by token */
    struct table orphans;  /* joins without a connection by token */
    struct table initials; /* initial subflows by their SYN */
    struct subflow *owned; /* all subflows, to be freed, but for */
    struct subflow *followers; /* those that go when others do: aliases and plain TCP, */
    struct subflow *husks;     /* those given up that may still be remembered, */
    struct subflow *spent;     /* and those of a flood: see leave_flood */
    struct dedup dedup;
    bool one_source; /* as long as all packets come from this one: */
    bool source_known;
    uint64_t source;

    bool finished;                   /* no more packets come */
    struct connection **connections; /* by rising id */
    uint32_t next_connection;        /* id of the next one */
    size_t connection_count;
    uint32_t connection_capacity;
    struct subflow **unlinked;
    size_t unlinked_count;
    uint32_t unlinked_capacity;
    struct finding_list findings; /* that belong to no connection */
    struct finding_list outlook;  /* of them, as in struct connection */

    struct connection *settling_first; /* closed ones whose end is not told yet, by their close */
    struct connection *settling_last;
    struct registry *registry; /* for conclusions about addresses; NULL: not needed so far */

    bool keeps_records;               /* who leaves because nothing more comes of it leaves one */
    struct record_list records;       /* of these */
    struct token_memory token_memory; /* of their tokens */
    struct mpta_summary evicted;      /* what was counted of connections and subflows that left, */
    struct mpta_place evicted_at;     /* for want of memory for the first time here */
    uint64_t retired;                 /* connections of those that were over */
    bool parting;                     /* conclusions are drawn for those that leave alone */
    bool conclusions_lost;            /* for want of memory, of those that left */
    bool tokens_lost;                 /* of one that left the tokens may come up again */
    struct gone_list gone;            /* what is remembered of them */
    uint64_t late_packets;            /* that came of them afterwards */
    size_t retire_room;               /* with more than so many it pays to look who is over, */
    int64_t retired_ns;               /* which was done then, */
    uint64_t retired_packets;         /* after so many packets; */
    int64_t asked_ns;                 /* this was the time when it was asked for last */
    struct mpta_half_open half_open;  /* but for those that are live and here */
    size_t unlinked_room; /* with so many unlinked ones it pays to look for half-open joins */
    uint64_t linked_count;
    struct bed *bed; /* for those who are silent; NULL: nobody sleeps */
    bool has_acks;   /* not only SYNs and RSTs were captured */
    struct capture_quality quality;
    bool has_copies;   /* packets come from several capture points: payload is compared */
    int64_t newest_ns; /* of all packets */
    int64_t now_ns;    /* of the latest one */
    uint64_t packets;  /* all of them */
    struct subflow *recent_flows[FLOW_RECENT]; /* newest incarnations that were found lately */
};

/* One packet on its way through the tracker. */
struct incoming {
    const struct mpta_packet *packet;
    const struct mpta_segment *segment;
    const struct options *options;
    struct subflow *subflow;
    enum role role;        /* of its sender on that subflow, */
    struct half *sender;   /* what the subflow knows of it, */
    struct half *receiver; /* and of the other end */
    bool gapless; /* neither its sequence nor its ACK number lies beyond what was captured */
    struct extent extent;
    bool repeats;    /* all that its DSS says, and its payload, was there before */
    bool afterwards; /* no packet, but what waited since one passed */
    bool elsewhere;  /* not from the capture point that was the first to show its flow */
    enum dedup_verdict copy;
    uint16_t
        first_subtypes; /* DEDUP_CHANGED: of kind 30 on the copy that was met first, a bit each */
    uint16_t subtypes;  /* and on this one */
    struct mpta_place first_at; /* DEDUP_ALTERED, DEDUP_CHANGED: of that copy */
};

/* It is of this subflow, and its sender has this role there. */
static inline void incoming_belong(struct incoming *in, struct subflow *subflow, enum role role)
{
    in->subflow = subflow;
    in->role = role;
    in->sender = &subflow->halves[role];
    in->receiver = &subflow->halves[role_other(role)];
}

/* A finding that this packet shows, and its sender makes. */
static inline struct occurrence occurrence_in(enum finding_id id, const struct incoming *in)
{
    return occurrence_by(id, in->subflow, in->role, &in->packet->place);
}

/* Where findings about a subflow go: to its connection, or to those of none. */
static inline struct finding_list *tracker_findings(struct mpta_tracker *tracker,
                                                    const struct subflow *subflow)
{
    return subflow->connection ? &subflow->connection->findings : &tracker->findings;
}

/* All functions below that return bool return false if there is no memory. */

/* ---- flow.c: which subflow does a packet belong to? ------------------------------------------ */

/*
 * Sets in->subflow, a new one (with *is_new) where the packet opens one, or NULL where it is none
 * of our business.
 */
bool flow_find(struct mpta_tracker *tracker, struct incoming *in, bool *is_new);

/* No packet finds this subflow any more. */
void flow_remove(struct mpta_tracker *tracker, struct subflow *subflow);

/* This one, of plain TCP, is beside another one of its ports which must not get its packets. */
bool flow_guards(const struct mpta_tracker *tracker, const struct subflow *plain);

/* A subflow of which nothing more comes is about to leave: late packets must find no other of its
 * ports. */
void flow_note_leaver(struct mpta_tracker *tracker, const struct subflow *leaver);

/* ---- place.c: which connection does a subflow belong to? ------------------------------------- */

/* A connection by its id; NULL where there is none, or no longer. Its index among the others, or
 * their number. */
struct connection *place_connection(const struct mpta_tracker *tracker, uint32_t id);
size_t place_index(const struct mpta_tracker *tracker, uint32_t id);

/* A subflow is no longer among those without a connection. */
void place_forget_unlinked(struct mpta_tracker *tracker, struct subflow *subflow);

/* Where those that stay are put in the row anew, this one is the next one in it. */
void place_keep_unlinked(struct mpta_tracker *tracker, struct subflow *subflow, size_t at);

/* A new connection with this subflow as its first. NULL if there is no memory. */
struct connection *place_new_connection(struct mpta_tracker *tracker, struct subflow *subflow);

/* Finds or makes a connection for a new subflow, or puts it among the unlinked ones. */
bool place_subflow(struct mpta_tracker *tracker, struct incoming *in);

/* Links an unlinked join whose token has become known. */
bool place_link_join(struct mpta_tracker *tracker, struct subflow *subflow);

/* Links the joins that wait for this token. */
bool place_adopt_orphans(struct mpta_tracker *tracker, uint32_t token);

/* ---- copy.c: packets that are met at several capture points ---------------------------------- */

/* Sets in->copy and what goes with it. */
bool copy_judge(struct mpta_tracker *tracker, struct incoming *in);

/* Takes another copy of a packet: what it shows of round trips, octets that the first one lacked,
 * and options that something on the way has changed. */
bool copy_take(struct mpta_tracker *tracker, struct incoming *in);

/* ---- twin.c: which subflow is seen on the other side of a NAT? ------------------------------- */

/* Sets *twin to the initial subflow whose SYN this one is, too; NULL if there is none. */
bool twin_find(const struct mpta_tracker *tracker, const struct incoming *in,
               struct subflow **twin);

/* Lets a new initial subflow be found by its SYN. */
bool twin_remember(struct mpta_tracker *tracker, const struct incoming *in);

/* No SYN finds this one any more. */
void twin_forget(struct mpta_tracker *tracker, struct subflow *subflow);

/* ---- token.c: keys and what follows from them ------------------------------------------------ */

/* A host's key became known. What waited for it is linked and verified. */
bool token_learn_key(struct mpta_tracker *tracker, struct connection *connection,
                     enum mpta_side side, uint64_t key, enum mpta_key_source source);

/* All of a connection that rests on its keys is verified anew: one of them is certain now. */
bool token_verify_all(struct mpta_tracker *tracker, struct connection *connection);

/* Forgets a key that turned out not to be the host's. */
void token_forget_key(struct mpta_tracker *tracker, struct connection *connection,
                      enum mpta_side side);

/* ---- claim.c: whose join is it?
 * ------------------------------------------------------------------ */

/* Verifies a join; where its HMAC speaks for another connection with the same token, moves it. */
bool claim_verify(struct mpta_tracker *tracker, struct subflow *subflow);

/* ---- userkey.c: keys given by the user
 * ----------------------------------------------------------- */

/* Looks among the user's keys for those that a DSS on a connection without keys speaks of. */
bool userkey_try(struct mpta_tracker *tracker, struct incoming *in);

/* Links an unlinked join that a DSS and such a key identify. */
bool userkey_link(struct mpta_tracker *tracker, struct incoming *in);

/* Places a flow whose handshake was not captured: with a connection known by such a key, or alone.
 */
bool userkey_place(struct mpta_tracker *tracker, struct incoming *in);

/* ---- half_open.c: joins that are not completed ----------------------------------------------- */

/* This connection may have one more of them. */
bool half_open_may_link(const struct connection *connection);

/* Counts a join that begins or is completed, after its TCP part was taken; links it then, if the
 * flood of others kept it from that. */
bool half_open_take(struct mpta_tracker *tracker, const struct incoming *in);

/* A subflow is given up, or over and told as it is: what it was is counted. */
void half_open_forget(struct mpta_tracker *tracker, const struct subflow *subflow, bool over);

/* Before a packet: keeps the number of those without a connection within bounds. */
bool half_open_make_room(struct mpta_tracker *tracker);

/* All of them, at this moment. */
struct mpta_half_open half_open_count(const struct mpta_tracker *tracker);

/* ---- handshake.c: MP_CAPABLE and MP_JOIN ----------------------------------------------------- */

bool handshake_take(struct mpta_tracker *tracker, struct incoming *in);

/* ---- signal.c: all other options of kind 30 -------------------------------------------------- */

bool signal_take(struct mpta_tracker *tracker, struct incoming *in);

/* ---- inspect.c: what is wrong with the options of a segment? --------------------------------- */

/* The segment may belong to no subflow, or to one of plain TCP. */
bool inspect_options(struct mpta_tracker *tracker, const struct incoming *in);

/* ---- backup.c: data where it is not wanted --------------------------------------------------- */

/* To be told of a packet of a linked subflow before its payload is counted. */
bool backup_take(struct incoming *in);

/* ---- reset.c: is a RST its sender's? --------------------------------------------------------- */

bool reset_inspect(const struct incoming *in);

/* ---- dss.c: what a DSS says, where its numbers are understood -------------------------------- */

/* A mapping, a DATA_FIN and a DATA_ACK, as far as a DSS carries them. */
bool data_take_dss(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss);

/* The implicit mapping of MP_CAPABLE with data, RFC 8684 section 3.1. */
bool data_take_capable(struct mpta_tracker *tracker, struct incoming *in,
                       const struct mpta_mp_capable *capable);

/* A DSS with a mapping on a subflow whose sequence numbers are understood. */
bool data_take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss);

/* ---- data.c: where in the data stream a segment's payload lies ------------------------------- */

/* The payload of a segment of a linked subflow, after its options. */
bool data_take_payload(struct mpta_tracker *tracker, struct incoming *in);

/* Another copy of a packet: it may have been captured where the first one was cut. */
bool data_take_copy(struct mpta_tracker *tracker, struct incoming *in);

/* Payload and mappings of a subflow whose connection is not known: they wait, within bounds. */
bool data_take_unlinked(struct incoming *in);

/* The capture is over: payload that waits for a mapping will get none. */
bool data_finish(struct mpta_tracker *tracker, struct connection *connection);

/* What gives an octet its place. */
enum data_placing {
    DATA_UNPLACED, /* nothing so far */
    DATA_PLAIN,    /* for lack of mappings the subflow is the stream */
    DATA_MAPPED,
};

/*
 * The position in the stream of an octet of the sender's, where it has one. *end is moved to where
 * another answer may begin.
 */
enum data_placing data_position(const struct incoming *in, uint64_t at, uint64_t *end,
                                uint64_t *position);

/* Its packet tells a mapping that is known, and neither payload nor a DATA_ACK that is news. dss.c
 */
bool data_is_repeated(const struct incoming *in);

/* The mapping that a packet carries, by DSS or by MP_CAPABLE with data. dss.c */
bool data_find_map(const struct incoming *in, struct mpta_dss *dss);

/* The packet that brought such a mapping with a checksum first; 0 where that is not remembered. */
uint64_t data_checksum_packet(const struct incoming *in, const struct mpta_dss *dss);

/* ---- describe.c: what the caller is told of its packet ----------------------------------------
 */

/* How much of a half's payload was no news, before a packet is taken. */
struct described {
    uint64_t retransmitted_bytes;
    uint64_t reinjected_bytes;
    uint64_t remapped_bytes;
};

struct described describe_before(const struct incoming *in);

/* Says which subflow it is of, and for a packet taken in whole where its payload lies. */
void describe_subflow(const struct incoming *in, struct mpta_fed *fed);
void describe_data(const struct incoming *in, const struct described *before,
                   struct mpta_fed_data *data);

/* ---- idsn.c: does the data stream begin where its sender's key says? ------------------------- */

/* A mapping that lies at SSN 1 or below IDSN + 1. */
bool idsn_take_mapping(const struct incoming *in, const struct mpta_dss *dss, uint64_t position);

/* The capture is over. */
bool idsn_conclude(struct connection *connection);

/* ---- conclude_data.c: how the data went ------------------------------------------------------ */

/* Makes findings of it, after data_finish. */
bool data_conclude(struct connection *connection);

/* ---- defer.c: mappings that cannot be understood yet ----------------------------------------- */

/* Keeps a DSS for later. */
bool defer_dss(const struct incoming *in, const struct mpta_dss *dss);

/* A DSS with a mapping, to a position, on a half whose SSNs are not understood: finds out what it
 * can from it. */
bool defer_take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss,
                    uint64_t position);

/* Takes in what waited on a subflow, as far as it can be understood now. */
bool defer_replay(struct mpta_tracker *tracker, struct subflow *subflow);

/* The same at the end of the capture, for one half; what is left is unverifiable. */
bool defer_finish(struct mpta_tracker *tracker, struct incoming *in);

/* ---- book.c: series over time ---------------------------------------------------------------- */

/* Books what a packet has changed so far on its subflow and connection. */
bool book_packet(const struct mpta_tracker *tracker, const struct incoming *in);

/* Books what changed since for the data of `in`'s sender, which came at an earlier time. */
bool book_earlier(const struct mpta_tracker *tracker, const struct incoming *in, int64_t came_ns);

/* Books what the end has changed: of one connection, or of the capture. */
bool book_last(struct mpta_tracker *tracker, struct connection *connection);
bool book_finish(struct mpta_tracker *tracker);

/* ---- event.c: who is told what --------------------------------------------------------------- */

/* Tells what this packet, now taken in, has changed. address_count: how many there were before. */
void event_after_packet(struct mpta_tracker *tracker, const struct incoming *in,
                        size_t address_count);

/* Tells the end of a connection, and of its subflows. */
void event_end(struct mpta_tracker *tracker, struct connection *connection, struct mpta_place at);

/*
 * Tells the ends of connections of which no more will be told, or what has come to light since: of
 * all or, while some leave, of these.
 */
bool event_last(struct mpta_tracker *tracker);

/* ---- conclude.c: what only the end of a capture tells ---------------------------------------- */

/* Before the end, as things stand: findings only, and connection->in_flood. */
bool conclude(struct mpta_tracker *tracker);

/*
 * The part of it that each connection, and each subflow without one, has to itself or with others;
 * while some leave, for these.
 */
bool conclude_together(struct mpta_tracker *tracker);

/* While some leave, conclusions are drawn for these alone, from all that is there. */
static inline bool concludes_for(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return !tracker->parting || subflow->given_up;
}

/* The same for one connection, as things stand: findings only. */
bool conclude_connection(struct mpta_tracker *tracker, struct connection *connection);

/* ---- settle.c: the end of a connection --------------------------------------------------------
 */

/* If this packet has closed its connection, its end will be told. */
void settle_if_closed(struct mpta_tracker *tracker, const struct incoming *in);

/* Ends those that have been closed for long enough at this time. */
bool settle_due(struct mpta_tracker *tracker, int64_t now_ns);

/* ---- view.c ---------------------------------------------------------------------------------- */

/* Fill the views of what is there; false beyond the last finding. */
void view_subflow(const struct subflow *subflow, struct mpta_subflow *view);
void view_address(const struct address_record *record, struct mpta_address_event *view);
bool view_finding(const struct connection *connection, size_t index, struct mpta_finding *view);

/* Counts what a subflow or a connection adds to a summary. */
void summary_add_subflow(struct mpta_summary *summary, const struct subflow *subflow);
void summary_add_connection(struct mpta_summary *summary, const struct connection *connection);

/* ---- evict.c: what there is no memory for ---------------------------------------------------- */

/*
 * Gives up the older half of the half-open joins without a connection, and says how many these
 * were. False if there is no memory to find them.
 */
bool evict_half_open(struct mpta_tracker *tracker, size_t *done);

/* At the end: says how much was given up. */
bool conclude_evicted(struct mpta_tracker *tracker);

/* ---- conclude_close.c: did the data stream end with its subflows? ---------------------------- */

bool conclude_close(struct connection *connection);

/* ---- conclude_quality.c: what could the capture not prove? ----------------------------------- */

bool conclude_connection_quality(struct connection *connection);
bool conclude_capture_quality(struct mpta_tracker *tracker);

/* ---- conclude_keys.c: can they be guessed? --------------------------------------------------- */

/* This side has drawn its key, as far as packets show: it tells of how the host draws keys. */
bool key_is_telling(const struct connection *connection, enum mpta_side side);

bool conclude_keys(struct mpta_tracker *tracker);

/* ---- conclude_join.c: what became of joins --------------------------------------------------- */

bool conclude_joins(const struct mpta_tracker *tracker, struct connection *connection);

/* A join whose token is that of no connection, as far as their tokens are known. */
bool conclude_unlinked_join(struct mpta_tracker *tracker, const struct subflow *subflow,
                            bool unknown_tokens);

/* ---- replay.c: nonces that were used before -------------------------------------------------- */

bool conclude_nonces(struct mpta_tracker *tracker);

/* ---- flood.c: too many SYNs ------------------------------------------------------------------ */

/* Marks the connections that were opened by one, for the conclusions that are drawn after it. */
bool conclude_syn_floods(struct mpta_tracker *tracker);
bool conclude_join_floods(struct mpta_tracker *tracker);

/* ---- conclude_address.c: what became of addresses -------------------------------------------- */

/* The registry is empty before and afterwards. */
bool conclude_addresses(const struct mpta_tracker *tracker, struct connection *connection,
                        struct registry *registry);

#endif

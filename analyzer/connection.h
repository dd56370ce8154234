/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One MPTCP connection: its keys, its subflows and addresses, what was verified, how it fell back
 * and closed. It does not know how packets find it; that is the tracker's business.
 */
#ifndef ANALYZER_CONNECTION_H
#define ANALYZER_CONNECTION_H

#include "analyzer/fallback.h"
#include "analyzer/finding.h"
#include "analyzer/keyring.h"
#include "analyzer/quality.h"
#include "analyzer/stream.h"
#include "analyzer/subflow.h"
#include "analyzer/watch.h"

/* An ADD_ADDR, its echo, or one ID of a REMOVE_ADDR. */
struct address_record {
    enum mpta_address_op op;
    enum mpta_side by;
    enum mpta_verdict hmac;
    struct mpta_add_addr add_addr; /* of a removal only the ID */
    struct mpta_place at;
    const struct subflow *subflow; /* that carried it */
    bool gapless;                  /* see struct incoming */
    bool foreign;                  /* it came over another number of hops than its sender's SYN */
};

/* One host's identity, and its place in the tracker's table of tokens. */
struct identity {
    struct link token_link;
    struct connection *connection;
    bool known;
    bool echoed;          /* the peer has repeated the key in the handshake */
    bool has_rival;       /* another connection had this token, and was not closed then; */
    bool rival_outlived;  /* it left, and had gone on beside this one */
    bool repeat_told;     /* when another one with this key left, it was said of this one, */
    bool series_told;     /* or when others did of this one's host */
    bool has_alternative; /* a repeated SYN/ACK carried another key: SYN cookies do that */
    uint32_t token;
    uint64_t key;
    uint64_t idsn;
    uint64_t alternative; /* that other key */
    uint32_t rival;       /* the id of that other connection */
    unsigned changes;     /* how often another key took the place of the first */
};

/* The first MP_FASTCLOSE whose key is not known to be wrong. */
struct fastclose {
    bool gapless; /* see struct incoming */
    enum mpta_side by;
    uint64_t key; /* that it carries: its receiver's */
    struct subflow *subflow;
    struct mpta_place at;
};

/* A mapping that should be at IDSN + 1, or is below it; the first, or one below. */
struct idsn_doubt {
    int64_t beyond;    /* how far above, or below 0 */
    uint64_t position; /* in the stream */
    const struct subflow *subflow;
    struct mpta_place at;
};

struct aftermath;
struct sleep;

/* What is asked for only where packets of it come, or somebody looks at it. */
struct connection_awake {
    struct stream streams[2]; /* by the side that sends */
    struct stream_measure measures[2];
    struct watch watches[2];
    struct evasion_watch evasion;
    struct fallback fallback;
    struct quality quality;
    struct idsn_doubt *idsn_doubts[2]; /* NULL: there is none */
    struct fastclose fastclose;        /* where fastclosed */
    struct mpta_verdict_counts add_addr_hmac;
};

struct connection {
    uint32_t id;
    bool capable_seen; /* any MP_CAPABLE: otherwise it is late */
    bool in_flood;     /* one of very many that were never completed; known at the end */
    bool given_up;     /* it leaves the tracker */
    bool fastclosed;   /* by an MP_FASTCLOSE */
    int version;       /* -1: unknown */
    enum mpta_key_source key_source;
    struct identity identities[2];
    uint8_t capable_flags[2]; /* of all MP_CAPABLE that each side sent */
    uint8_t offered_flags[2]; /* of its SYN or SYN/ACK */
    bool offered[2];

    struct subflow **subflows;
    uint32_t subflow_count;
    uint32_t subflow_capacity;
    uint32_t open_count;      /* of subflows that are not closed */
    uint32_t live_join_count; /* of those, joins that are established */
    uint32_t half_open_count; /* joins whose opener has not gone on after the SYN */
    uint32_t address_count;
    uint32_t address_capacity;
    struct address_record *addresses;

    struct finding_list findings;
    struct finding_list outlook; /* what is to be concluded besides, as things stood: outlook.c */
    struct sleep *sleep;         /* NULL while it is awake; else these are: see sleep.h */
    struct connection_awake *awake;
    struct stream *streams; /* of that, as often as they are asked for */
    struct stream_measure *measures;
    struct watch *watches;
    uint8_t told;         /* TOLD_... */
    uint64_t told_digest; /* of what was told of its end, see digest.h */
    bool settling;        /* it waits for its end to be told: */
    struct mpta_place closed_at;
    struct connection *next_settling;
    struct aftermath *aftermath; /* NULL while nothing has ended: see aftermath.h */
};

struct connection *connection_new(uint32_t id);

/* Makes this what it has while it is awake; NULL: nothing. */
void connection_set_awake(struct connection *connection, struct connection_awake *awake);

/* One that sleeps: after sleep_drop. */
void connection_free(struct connection *connection);

/* Frees what that owns, but not the struct. */
void connection_awake_clear(struct connection_awake *awake);

/* Gives up the memory for what is under observation, where nothing is. */
void connection_trim(struct connection *connection);

/* Makes a subflow the connection's; ids count from 0. False if there is no memory. */
bool connection_adopt(struct connection *connection, struct subflow *subflow);

/* Works out the state of a subflow anew, and what it counts for in its connection, if it has one.
 */
void connection_update(struct subflow *subflow);

/* Gives up a subflow that another connection has adopted; later ids move down by one. */
void connection_disown(struct connection *connection, struct subflow *subflow);

/* Its initial subflow; NULL if that was not met. */
const struct subflow *connection_initial(const struct connection *connection);

/* True if no join of it is established and open. */
bool connection_is_single(const struct connection *connection);

/* True if nothing of it goes on: aborted, or all its subflows closed. */
bool connection_closed(const struct connection *connection);

/* Its handshake was answered, or was not captured, and it is not closed. */
bool subflow_may_go_on(const struct subflow *subflow);

/* One that may is there. Once both sides have said that they are done, subflows are closed soon,
 * captured or not. */
bool connection_may_go_on(const struct connection *connection);

/* The time of its last packet. */
int64_t connection_end_ns(const struct connection *connection);

/* Both keys are known. */
bool connection_has_keys(const struct connection *connection);

/*
 * Whatever the capture misses, this is the key that both hosts use: a server with SYN cookies may
 * have answered another SYN with another one, but the client's echo, or the user, says which.
 */
bool connection_key_is_certain(const struct connection *connection, enum mpta_side side);
bool connection_keys_are_certain(const struct connection *connection);

/* Octets in holes of one direction that were given up: no count of its octets errs by more. */
uint64_t connection_blurred_bytes(const struct connection *connection, enum mpta_side side);

/* An occurrence on a subflow, by the end that has this role there. */
struct occurrence occurrence_by(enum finding_id id, const struct subflow *subflow, enum role by,
                                const struct mpta_place *at);

/* An occurrence that a packet showed which is remembered. */
struct occurrence occurrence_remembered(enum finding_id id, const struct remembered *packet);

/* Fills the view. */
void connection_view(const struct connection *connection, struct mpta_connection *view);
void connection_view_hosts(const struct connection *connection, struct mpta_host hosts[2]);

/* ---- join.c: RFC 8684 section 3.2 ------------------------------------------------------------ */

/* Stores what an MP_JOIN on this subflow says, or what has become of it on the way (changed). */
void join_take(struct subflow *subflow, enum role role, const struct mpta_mp_join *join,
               const struct mpta_packet *packet, bool changed);

/* Notes where the handshake of a join went on without MP_JOIN. */
void join_take_without(struct subflow *subflow, enum role role, const struct mpta_packet *packet);

/*
 * Verifies what is verifiable with the keys of a connection, which may be another than the
 * subflow's own, and stores the verdicts.
 */
void join_verify(struct subflow *subflow, const struct connection *connection);

/* Where the handshake of a join came to a halt. */
struct join_halt {
    struct mpta_place at; /* the first of the packets that came again and again */
    bool on_ack;          /* third ACKs, else SYN/ACKs */
    int64_t lasted_ns;
};

/* False if it did not, or need not have. */
bool join_hangs(const struct subflow *subflow, struct join_halt *halt);

/* Fills that in. */
void join_view_halt(const struct subflow *subflow, struct mpta_subflow *view);

/* What opener and responder drew for it; false where one is unknown. */
bool join_nonces(const struct subflow *subflow, uint32_t nonces[2]);

/* What its HMACs must be; false where keys or nonces are unknown. */
bool join_hmacs(const struct subflow *subflow, struct mpta_join_hmacs *hmacs);

/* The same under these keys, with the nonces of opener and responder. */
void join_make_hmacs(int version, uint64_t opener_key, uint64_t responder_key,
                     const uint32_t nonces[2], struct mpta_join_hmacs *hmacs);

/* The verdict on the SYN/ACK under these keys, the opener's first. It is not stored, but that it is
 * right is found out once only. */
enum mpta_verdict join_try_keys(struct joining *join, int version, uint64_t opener_key,
                                uint64_t responder_key);

/* So many places on its way may show a join with another address. */
#define JOIN_ALIASES_MAX 3

/* What a SYN with token and nonce of a join may be, by when it came. */
enum join_repeat {
    JOIN_REPEAT_NONE,    /* the same packet, before or behind a NAT */
    JOIN_REPEAT_LATE,    /* ... only if it was sent again, and long on its way */
    JOIN_REPEAT_CERTAIN, /* another one */
};

enum join_repeat join_judge_repeat(const struct subflow *join, const struct subflow *syn);

/* Makes findings of wrong HMACs, once nothing can change the verdicts any more. */
bool join_report(struct connection *connection, const struct subflow *subflow);

/* ---- signal.c: RFC 8684 section 3.5 ---------------------------------------------------------- */

/* Judges an MP_FASTCLOSE that had to wait for the key. False if there is no memory. */
bool fastclose_verify(struct connection *connection);

/* ---- address.c: RFC 8684 section 3.4 --------------------------------------------------------- */

/*
 * Records an ADD_ADDR or REMOVE_ADDR; of *carrier the fields by, at, subflow and gapless are
 * filled. False if there is no memory.
 */
bool address_take(struct connection *connection, const struct address_record *carrier,
                  const struct mpta_mptcp_option *option);

/* What the HMAC of an announcement must be; false where keys are unknown, or it needs none. */
bool address_hmac(const struct connection *connection, const struct address_record *record,
                  uint64_t *hmac);

/* An occurrence in a record, by who made it. */
struct occurrence address_occurrence(enum finding_id id, const struct address_record *record);

/* Verifies the announcements that had to wait for the keys. */
bool address_verify_all(struct connection *connection);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packed is what lies in memory, octet by octet, pointers and all: what they point to stays where
 * it is, but for ranges and mappings, which nearly all have. Most of it is zero, and what is not is
 * much the same for all; so whoever slept first serves zstd as a dictionary.
 */
#include "analyzer/sleep.h"

#include "analyzer/elapsed.h"
#include "analyzer/tracker.h"
#include "analyzer/turns.h"

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* Who has more subflows, or more ranges and mappings, stays awake. */
#define SLEEP_SUBFLOWS_MAX 8
#define SLEEP_OUTSIDE_MAX  4096
#define SLEEP_ROOM                                                                                 \
    (sizeof(struct connection_awake) + SLEEP_SUBFLOWS_MAX * sizeof(struct subflow_awake) +         \
     SLEEP_OUTSIDE_MAX)
/* As fast as those below it, and no less than those above it find. */
#define SLEEP_LEVEL 4

/* Who says nothing for so long sleeps, */
#define SILENT_NS INT64_C(60000000000)
/* but is looked at a little later: most have said all that they have to say soon after they woke.
 */
#define TURN_NS (SILENT_NS + SILENT_NS / 16)

/* So many turns may be of connections that have left, besides one of two. */
#define TURNS_SPARE 1024

/* What all need for falling asleep and waking up. */
struct bed {
    struct turns turns; /* of those who are awake: whether they are silent */
    ZSTD_CCtx *packer;
    ZSTD_DCtx *unpacker;
    ZSTD_CDict *packs_like; /* the first one */
    ZSTD_DDict *unpacks_like;
    uint8_t plain[SLEEP_ROOM];                      /* to be packed */
    alignas(max_align_t) uint8_t woken[SLEEP_ROOM]; /* what was unpacked last, */
    const struct connection *woken_one;
    uint8_t packed[ZSTD_COMPRESSBOUND(SLEEP_ROOM)];
};

/* ---- The bed --------------------------------------------------------------------------------- */

struct bed *bed_new(void)
{
    struct bed *bed = calloc(1, sizeof(*bed));
    if (!bed)
        return NULL;
    bed->packer = ZSTD_createCCtx();
    bed->unpacker = ZSTD_createDCtx();
    if (bed->packer && bed->unpacker)
        return bed;
    bed_free(bed);
    return NULL;
}

void bed_free(struct bed *bed)
{
    if (!bed)
        return;
    ZSTD_freeCCtx(bed->packer);
    ZSTD_freeDCtx(bed->unpacker);
    ZSTD_freeCDict(bed->packs_like);
    ZSTD_freeDDict(bed->unpacks_like);
    turns_clear(&bed->turns);
    free(bed);
}

/* The first one lies in bed->plain. False if there is no memory. */
static bool bed_learn(struct bed *bed, size_t len)
{
    if (!bed->packs_like)
        bed->packs_like = ZSTD_createCDict(bed->plain, len, SLEEP_LEVEL);
    if (!bed->unpacks_like && bed->packs_like) {
        bed->unpacks_like = ZSTD_createDDict(bed->plain, len);
        if (!bed->unpacks_like) {
            ZSTD_freeCDict(bed->packs_like);
            bed->packs_like = NULL;
        }
    }
    return bed->packs_like;
}

/* ---- What lies outside ----------------------------------------------------------------------- */

/* Memory that a connection has besides: where the pointer to it lies. */
struct piece {
    void *at;
    void *memory; /* that pointer */
    size_t size;
};

#define PIECES_MAX (2 + SLEEP_SUBFLOWS_MAX * 2 * 3)
struct pieces {
    size_t count;
    struct piece items[PIECES_MAX];
};

static void pieces_add(struct pieces *pieces, void *at, size_t size)
{
    if (size > 0) {
        struct piece *piece = &pieces->items[pieces->count++];
        *piece = (struct piece){.at = at, .size = size};
        memcpy(&piece->memory, at, sizeof(piece->memory));
    }
}

static void pieces_add_half(struct pieces *pieces, struct half *half)
{
    struct mapping_list *mappings = &half->mappings;
    pieces_add(pieces, &half->seen.block, rangeset_block_size(&half->seen));
    pieces_add(pieces, &half->carried.block, rangeset_block_size(&half->carried));
    pieces_add(pieces, &mappings->items, mappings->capacity * sizeof(*mappings->items));
}

static void pieces_gather(struct pieces *pieces, struct connection *connection)
{
    pieces->count = 0;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct rangeset *seen = &connection->streams[side].seen;
        pieces_add(pieces, &seen->block, rangeset_block_size(seen));
    }
    for (size_t i = 0; i < connection->subflow_count; i++) {
        pieces_add_half(pieces, &connection->subflows[i]->halves[OPENER]);
        pieces_add_half(pieces, &connection->subflows[i]->halves[RESPONDER]);
    }
}

static void piece_attach(struct piece *piece, void *memory)
{
    piece->memory = memory;
    memcpy(piece->at, &memory, sizeof(memory));
}

static void pieces_attach(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++)
        piece_attach(&pieces->items[i], pieces->items[i].memory);
}

/* The memory is only the pieces' then: pointers to it are NULL, as wherever it comes to lie. */
static void pieces_detach(const struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++)
        memset(pieces->items[i].at, 0, sizeof(void *));
}

static void pieces_free(const struct pieces *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(pieces->items[i].memory);
}

/* ---- Falling asleep -------------------------------------------------------------------------- */

static void half_fit(struct half *half)
{
    rangeset_fit(&half->seen);
    rangeset_fit(&half->carried);
    mapping_list_fit(&half->mappings);
}

static void connection_fit(struct connection *connection)
{
    connection_trim(connection);
    rangeset_fit(&connection->streams[MPTA_CLIENT].seen);
    rangeset_fit(&connection->streams[MPTA_SERVER].seen);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        half_fit(&connection->subflows[i]->halves[OPENER]);
        half_fit(&connection->subflows[i]->halves[RESPONDER]);
    }
}

/* Writes one after the other into plain; how many octets, or 0 where there is no room. */
static size_t lay_out(uint8_t plain[SLEEP_ROOM], const struct connection *connection,
                      const struct pieces *pieces)
{
    size_t len = 0;
    memcpy(plain, connection->awake, sizeof(struct connection_awake));
    len += sizeof(struct connection_awake);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        memcpy(plain + len, connection->subflows[i]->awake, sizeof(struct subflow_awake));
        len += sizeof(struct subflow_awake);
    }
    for (size_t i = 0; i < pieces->count; i++) {
        size_t size = pieces->items[i].size;
        if (size > SLEEP_ROOM - len)
            return 0;
        memcpy(plain + len, pieces->items[i].memory, size);
        len += size;
    }
    return len;
}

/* NULL if that cannot be done. */
static struct sleep *pack(struct bed *bed, size_t plain_len)
{
    if (plain_len == 0 || !bed_learn(bed, plain_len))
        return NULL;
    size_t len = ZSTD_compress_usingCDict(bed->packer, bed->packed, sizeof(bed->packed), bed->plain,
                                          plain_len, bed->packs_like);
    struct sleep *sleep = ZSTD_isError(len) ? NULL : malloc(sizeof(*sleep) + len);
    if (!sleep)
        return NULL;
    sleep->len = (uint32_t)len;
    memcpy(sleep->octets, bed->packed, len);
    return sleep;
}

/* Gives up what is packed, or could not be unpacked. */
static void connection_strip(struct connection *connection)
{
    free(connection->awake);
    connection_set_awake(connection, NULL);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        free(connection->subflows[i]->awake);
        subflow_set_awake(connection->subflows[i], NULL);
    }
}

/* What was unpacked last is what is there. */
static bool is_unchanged(const struct bed *bed, const struct connection *connection, size_t len)
{
    return bed->woken_one == connection && len > 0 && memcmp(bed->plain, bed->woken, len) == 0;
}

/* before: what it was packed as, if it has been woken for a moment, or NULL. It is this one's. */
static void fall_asleep(struct bed *bed, struct connection *connection, struct sleep *before)
{
    struct pieces pieces;
    connection_fit(connection);
    pieces_gather(&pieces, connection);
    pieces_detach(&pieces);
    size_t len = lay_out(bed->plain, connection, &pieces);
    connection->sleep = before && is_unchanged(bed, connection, len) ? before : pack(bed, len);
    if (connection->sleep != before)
        free(before);
    if (!connection->sleep) {
        pieces_attach(&pieces);
        return;
    }
    pieces_free(&pieces, pieces.count);
    connection_strip(connection);
}

void connection_sleep(const struct mpta_tracker *tracker, struct connection *connection)
{
    if (!connection->sleep && connection->subflow_count <= SLEEP_SUBFLOWS_MAX)
        fall_asleep(tracker->bed, connection, NULL);
}

/* ---- Waking up ------------------------------------------------------------------------------- */

/* Takes what pieces_gather does not, from bed->woken; how many octets, or 0 without memory. */
static size_t take_inside(const struct bed *bed, struct connection *connection)
{
    size_t len = sizeof(struct connection_awake);
    struct connection_awake *awake = malloc(sizeof(*awake));
    if (!awake)
        return 0;
    memcpy(awake, bed->woken, len);
    connection_set_awake(connection, awake);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        struct subflow_awake *of_subflow = malloc(sizeof(*of_subflow));
        if (!of_subflow)
            return 0;
        memcpy(of_subflow, bed->woken + len, sizeof(*of_subflow));
        subflow_set_awake(connection->subflows[i], of_subflow);
        len += sizeof(*of_subflow);
    }
    return len;
}

/* Takes what lies from len on. */
static bool take_outside(const struct bed *bed, struct connection *connection, size_t len)
{
    struct pieces pieces;
    pieces_gather(&pieces, connection);
    for (size_t i = 0; i < pieces.count; i++) {
        struct piece *piece = &pieces.items[i];
        void *memory = malloc(piece->size);
        if (!memory) {
            pieces_free(&pieces, i);
            return false;
        }
        memcpy(memory, bed->woken + len, piece->size);
        piece_attach(piece, memory);
        len += piece->size;
    }
    return true;
}

static void decompress(struct bed *bed, const struct sleep *sleep)
{
    size_t len = ZSTD_decompress_usingDDict(bed->unpacker, bed->woken, sizeof(bed->woken),
                                            sleep->octets, sleep->len, bed->unpacks_like);
    assert(!ZSTD_isError(len));
    (void)len;
    bed->woken_one = NULL;
}

/* It is awake then, but what it was packed as is still there, and the caller's. */
static bool unpack(struct bed *bed, struct connection *connection)
{
    decompress(bed, connection->sleep);
    bed->woken_one = connection;
    size_t len = take_inside(bed, connection);
    if (len == 0 || !take_outside(bed, connection, len)) {
        connection_strip(connection);
        return false;
    }
    connection->sleep = NULL;
    return true;
}

bool connection_wake(const struct mpta_tracker *tracker, struct connection *connection)
{
    struct sleep *sleep = connection->sleep;
    if (!sleep)
        return true;
    if (!unpack(tracker->bed, connection))
        return false;
    free(sleep);
    sleep_watch(tracker, connection);
    return true;
}

bool subflow_wake(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return subflow->awake || connection_wake(tracker, subflow->connection);
}

bool connection_visit(const struct mpta_tracker *tracker, struct connection *connection,
                      connection_visitor *visit, void *context)
{
    struct sleep *sleep = connection->sleep;
    if (sleep && !unpack(tracker->bed, connection))
        return false;
    bool done = visit(context, connection);
    if (sleep)
        fall_asleep(tracker->bed, connection, sleep);
    return done;
}

bool connections_visit(const struct mpta_tracker *tracker, connection_visitor *visit, void *context)
{
    bool done = true;
    for (size_t i = 0; i < tracker->connection_count && done; i++) {
        struct connection *connection = tracker->connections[i];
        if (concludes_for(tracker, connection->subflows[0]))
            done = connection_visit(tracker, connection, visit, context);
    }
    return done;
}

/* The pieces are packed, too: nothing points to them. */
void sleep_drop(const struct mpta_tracker *tracker, struct connection *connection)
{
    struct bed *bed = tracker->bed;
    if (!connection->sleep)
        return;
    decompress(bed, connection->sleep);
    void *at = bed->woken;
    connection_awake_clear(at);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        at = bed->woken + sizeof(struct connection_awake) + i * sizeof(struct subflow_awake);
        subflow_awake_clear(at);
    }
    free(connection->sleep);
    connection->sleep = NULL;
}

/* ---- When ------------------------------------------------------------------------------------ */

static bool is_there(const void *tracker, uint32_t id)
{
    return place_connection(tracker, id);
}

/* Connections of a flood leave before their turn comes. */
void sleep_watch(const struct mpta_tracker *tracker, const struct connection *connection)
{
    struct turns *turns = tracker->bed ? &tracker->bed->turns : NULL;
    if (!turns)
        return;
    if (turns->count > 2 * tracker->connection_count + TURNS_SPARE)
        turns_keep(turns, is_there, tracker);
    turns_add(turns, tracker->now_ns, connection->id);
}

/* No SYN that comes so much later is the same packet. */
static void lie_down(struct mpta_tracker *tracker, struct connection *connection)
{
    for (size_t i = 0; i < connection->subflow_count; i++)
        twin_forget(tracker, connection->subflows[i]);
    connection_sleep(tracker, connection);
}

static bool is_silent(const struct connection *connection, int64_t now_ns)
{
    return !connection->settling && connection_may_go_on(connection) &&
           elapsed_ns(connection_end_ns(connection), now_ns) > SILENT_NS;
}

void sleep_look(struct mpta_tracker *tracker, int64_t now_ns)
{
    struct turns *turns = tracker->bed ? &tracker->bed->turns : NULL;
    uint32_t id;
    while (turns && turns_next(turns, now_ns, TURN_NS, &id)) {
        struct connection *connection = place_connection(tracker, id);
        if (!connection || connection->sleep)
            continue;
        if (is_silent(connection, now_ns))
            lie_down(tracker, connection);
        if (!connection->sleep)
            turns_add(turns, now_ns, id);
    }
}

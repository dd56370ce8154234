/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A record is a row of parts: the connection, each subflow, address event and finding, and where
 * there are any, the series. In front of them stands where each begins, so that every one is read
 * for itself; behind them, the words of findings.
 *
 * Series have one width for each of their columns, so that a point is found by its index.
 */
#include "analyzer/record.h"

#include "analyzer/record_layout.h"
#include "analyzer/series_pack.h"
#include "analyzer/tracker.h"

#include <stdlib.h>
#include <string.h>

/* Where a part begins is told with so many bits. */
#define PLACE_BITS 32

/* ---- What has no public view ----------------------------------------------------------------- */

/* Of a join: what its HMACs are made from, besides the keys. */
struct kept_nonces {
    bool known;
    uint32_t nonces[2]; /* by enum role */
};

static const struct pack_field nonces_fields[] = {
    {offsetof(struct kept_nonces, known),     sizeof(bool),     PACK_NUMBER, NULL},
    {offsetof(struct kept_nonces, nonces[0]), sizeof(uint32_t), PACK_NUMBER, NULL},
    {offsetof(struct kept_nonces, nonces[1]), sizeof(uint32_t), PACK_NUMBER, NULL},
};
static const struct pack_layout nonces_layout = {nonces_fields, 3};

/* Of a finding: all but its witnesses. */
struct kept_finding {
    uint32_t kind; /* its row in the catalogue */
    uint32_t severity;
    uint32_t text_at; /* among the words of findings */
    uint32_t witness_count;
    uint64_t count;
};

static const struct pack_field finding_fields[] = {
    {offsetof(struct kept_finding, kind),          sizeof(uint32_t), PACK_NUMBER, NULL},
    {offsetof(struct kept_finding, severity),      sizeof(uint32_t), PACK_NUMBER, NULL},
    {offsetof(struct kept_finding, text_at),       sizeof(uint32_t), PACK_NUMBER, NULL},
    {offsetof(struct kept_finding, witness_count), sizeof(uint32_t), PACK_NUMBER, NULL},
    {offsetof(struct kept_finding, count),         sizeof(uint64_t), PACK_NUMBER, NULL},
};
static const struct pack_layout finding_layout = {finding_fields, 5};

/* ---- The order of parts ---------------------------------------------------------------------- */

static size_t part_of_subflow(size_t index)
{
    return 1 + index;
}

static size_t part_of_address(const struct record *record, size_t index)
{
    return part_of_subflow(record->subflow_count) + index;
}

static size_t part_of_finding(const struct record *record, size_t index)
{
    return part_of_address(record, record->address_count) + index;
}

/* First the stream's, then those of subflows, by the side that sends. */
static size_t part_of_stream_series(const struct record *record, enum mpta_side sender)
{
    return part_of_finding(record, record->finding_count) + sender;
}

static size_t part_of_series(const struct record *record, size_t subflow, enum mpta_side sender)
{
    return part_of_stream_series(record, MPTA_CLIENT) + 2 * (1 + subflow) + sender;
}

static size_t part_count(const struct record *record)
{
    return record->has_series ? part_of_series(record, record->subflow_count, MPTA_CLIENT)
                              : part_of_finding(record, record->finding_count);
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* A record that is being written. */
struct making {
    const struct connection *connection;
    struct pack_writer writer;
    size_t part; /* the next one */
    size_t text_len;
    struct record head; /* without words */
};

static void part_begin(struct making *making)
{
    struct pack_writer *writer = &making->writer;
    writer->failed |= writer->bits > UINT32_MAX;
    pack_set_bits(writer, making->part++ * PLACE_BITS, writer->bits, PLACE_BITS);
    writer->near_ns = making->head.start_ns;
}

static void put_places(struct making *making)
{
    for (size_t i = 0; i < part_count(&making->head); i++)
        pack_put_bits(&making->writer, 0, PLACE_BITS);
}

static void put_connection(struct making *making, const struct mpta_connection *view)
{
    part_begin(making);
    pack_put(&making->writer, &record_connection, view);
}

static void put_subflow(struct making *making, const struct subflow *subflow)
{
    struct mpta_subflow view;
    struct kept_nonces nonces;
    nonces.known = join_nonces(subflow, nonces.nonces);
    view_subflow(subflow, &view);
    part_begin(making);
    pack_put(&making->writer, &record_subflow, &view);
    pack_put(&making->writer, &nonces_layout, &nonces);
}

static void put_address(struct making *making, const struct address_record *address)
{
    struct mpta_address_event view;
    view_address(address, &view);
    part_begin(making);
    pack_put(&making->writer, &record_address, &view);
}

static uint32_t kind_row(const struct mpta_finding_kind *kind)
{
    size_t count;
    return (uint32_t)(kind - mpta_finding_kinds(&count));
}

static void put_finding(struct making *making, const struct mpta_finding *view)
{
    const struct kept_finding kept = {
        .kind = kind_row(view->kind),
        .severity = view->severity,
        .text_at = (uint32_t)making->text_len,
        .witness_count = (uint32_t)view->witness_count,
        .count = view->count,
    };
    part_begin(making);
    pack_put(&making->writer, &finding_layout, &kept);
    for (size_t i = 0; i < view->witness_count; i++)
        pack_put(&making->writer, &record_witness, &view->witnesses[i]);
    making->text_len += strlen(view->message) + 1;
}

static void put_findings(struct making *making)
{
    struct mpta_finding view;
    for (size_t i = 0; view_finding(making->connection, i, &view); i++)
        put_finding(making, &view);
}

static void put_series(struct making *making, const struct series *series)
{
    part_begin(making);
    series_pack(series, &making->writer);
}

static void put_all_series(struct making *making)
{
    const struct connection *connection = making->connection;
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++)
        put_series(making, connection->measures[side].series);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            enum role role = subflow_role(subflow, (enum mpta_side)side);
            put_series(making, subflow->halves[role].measure.series);
        }
    }
}

static void put_parts(struct making *making, const struct mpta_connection *view)
{
    const struct connection *connection = making->connection;
    put_places(making);
    put_connection(making, view);
    for (size_t i = 0; i < connection->subflow_count; i++)
        put_subflow(making, connection->subflows[i]);
    for (size_t i = 0; i < connection->address_count; i++)
        put_address(making, &connection->addresses[i]);
    put_findings(making);
    if (making->head.has_series)
        put_all_series(making);
}

static void copy_text(const struct connection *connection, char *text)
{
    struct mpta_finding view;
    for (size_t i = 0; view_finding(connection, i, &view); i++) {
        size_t len = strlen(view.message) + 1;
        memcpy(text, view.message, len);
        text += len;
    }
}

/* The words so far, behind their head and before the text. */
static struct record *making_finish(const struct making *making)
{
    const struct pack_writer *writer = &making->writer;
    size_t words = (writer->bits + 63) / 64;
    if (writer->failed || making->text_len > UINT32_MAX)
        return NULL;
    struct record *record = malloc(sizeof(*record) + words * sizeof(uint64_t) + making->text_len);
    if (!record)
        return NULL;
    *record = making->head;
    record->word_count = (uint32_t)words;
    memcpy(record->words, writer->words, words * sizeof(uint64_t));
    copy_text(making->connection, (char *)(record->words + words));
    return record;
}

struct record *record_new(const struct connection *connection, const struct series_grid *grid)
{
    struct mpta_connection view;
    connection_view(connection, &view);
    struct making making = {
        .connection = connection,
        .head =
            {
                   .start_ns = view.start_ns,
                   .id = view.id,
                   .subflow_count = (uint32_t)view.subflow_count,
                   .address_count = (uint32_t)view.address_count,
                   .finding_count = (uint32_t)view.finding_count,
                   .has_series = grid->interval_ns > 0,
                   .keys_are_telling = key_is_telling(connection, MPTA_CLIENT) &&
                                    key_is_telling(connection, MPTA_SERVER),
                   },
    };
    put_parts(&making, &view);
    struct record *record = making_finish(&making);
    free(making.writer.words);
    return record;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct pack_reader part_reader(const struct record *record, size_t part)
{
    struct pack_reader reader = {.words = record->words, .bits = part * PLACE_BITS};
    reader.bits = pack_get_bits(&reader, PLACE_BITS);
    reader.near_ns = record->start_ns;
    return reader;
}

static const char *record_text(const struct record *record)
{
    return (const char *)(record->words + record->word_count);
}

void record_view(const struct record *record, struct mpta_connection *view)
{
    struct pack_reader reader = part_reader(record, 0);
    *view = (struct mpta_connection){0};
    pack_get(&reader, &record_connection, view);
}

/* Also what is behind it. */
static void read_subflow(const struct record *record, size_t index, struct mpta_subflow *view,
                         struct kept_nonces *nonces)
{
    struct pack_reader reader = part_reader(record, part_of_subflow(index));
    *view = (struct mpta_subflow){0};
    *nonces = (struct kept_nonces){0};
    pack_get(&reader, &record_subflow, view);
    pack_get(&reader, &nonces_layout, nonces);
}

bool record_view_subflow(const struct record *record, size_t index, struct mpta_subflow *view)
{
    struct kept_nonces nonces;
    if (index >= record->subflow_count)
        return false;
    read_subflow(record, index, view, &nonces);
    return true;
}

bool record_view_address(const struct record *record, size_t index, struct mpta_address_event *view)
{
    if (index >= record->address_count)
        return false;
    struct pack_reader reader = part_reader(record, part_of_address(record, index));
    *view = (struct mpta_address_event){0};
    pack_get(&reader, &record_address, view);
    return true;
}

bool record_view_finding(const struct record *record, size_t index, struct mpta_finding *view)
{
    size_t count;
    struct kept_finding kept = {0};
    if (index >= record->finding_count)
        return false;
    struct pack_reader reader = part_reader(record, part_of_finding(record, index));
    pack_get(&reader, &finding_layout, &kept);
    *view = (struct mpta_finding){
        .kind = mpta_finding_kinds(&count) + kept.kind,
        .severity = (enum mpta_severity)kept.severity,
        .message = record_text(record) + kept.text_at,
        .witness_count = kept.witness_count,
        .count = kept.count,
    };
    for (size_t i = 0; i < kept.witness_count; i++)
        pack_get(&reader, &record_witness, &view->witnesses[i]);
    return true;
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static bool keys_of(const struct record *record, uint64_t keys[2], int *version)
{
    struct mpta_connection view;
    record_view(record, &view);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++)
        keys[side] = view.hosts[side].key;
    *version = view.version;
    return view.hosts[MPTA_CLIENT].key_known && view.hosts[MPTA_SERVER].key_known;
}

bool record_find_key(const struct record *record, uint64_t key, enum mpta_side *side,
                     uint64_t *peer_key)
{
    uint64_t keys[2];
    int version;
    if (!record->keys_are_telling || !keys_of(record, keys, &version))
        return false;
    *side = keys[MPTA_CLIENT] == key ? MPTA_CLIENT : MPTA_SERVER;
    *peer_key = keys[!*side];
    return keys[*side] == key;
}

bool record_join_hmacs(const struct record *record, size_t index, struct mpta_join_hmacs *hmacs)
{
    struct mpta_subflow view;
    struct kept_nonces nonces;
    uint64_t keys[2];
    int version;
    if (index >= record->subflow_count || !keys_of(record, keys, &version))
        return false;
    read_subflow(record, index, &view, &nonces);
    if (nonces.known)
        join_make_hmacs(version, keys[view.opened_by], keys[!view.opened_by], nonces.nonces, hmacs);
    return nonces.known;
}

bool record_address_hmac(const struct record *record, size_t index, uint64_t *hmac)
{
    struct mpta_address_event view;
    uint64_t keys[2];
    int version;
    if (!record_view_address(record, index, &view) || view.hmac == MPTA_ABSENT ||
        !keys_of(record, keys, &version))
        return false;
    const struct mpta_add_addr add_addr = {
        .address_id = view.address_id,
        .address = view.address,
        .has_port = view.has_port,
        .port = view.port,
    };
    *hmac = mpta_add_addr_hmac(keys[view.by], keys[!view.by], &add_addr);
    return true;
}

/* ---- Series ---------------------------------------------------------------------------------- */

bool record_subflow_point(const struct record *record, const struct series_grid *grid,
                          size_t subflow, enum mpta_side sender, size_t index,
                          struct mpta_series_point *point)
{
    if (!record->has_series || subflow >= record->subflow_count)
        return false;
    struct pack_reader reader = part_reader(record, part_of_series(record, subflow, sender));
    return series_view_packed(&reader, grid, index, point);
}

bool record_stream_point(const struct record *record, const struct series_grid *grid,
                         enum mpta_side sender, size_t index, struct mpta_series_point *point)
{
    if (!record->has_series)
        return false;
    struct pack_reader reader = part_reader(record, part_of_stream_series(record, sender));
    return series_view_packed(&reader, grid, index, point);
}

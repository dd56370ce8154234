/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection's payload is taken from its first mapped data on, if that is known to be where the
 * stream begins. Before a fallback, in a capture that begins late or is cut by the snap length,
 * Wireshark's own dissection of each subflow knows as much, and stays as it was.
 */
#include "wireshark/streams.h"

#include "wireshark/preferences.h"
#include "wireshark/reassembly.h"
#include "wireshark/session.h"

/* Octets handed on during one call of the tracker. */
struct pending {
    uint32_t connection;
    enum mpta_side by;
    uint64_t offset;
    struct piece piece;
};

/* Packets of different interfaces lie so far apart in a file, at most. */
#define PATIENCE_NS INT64_C(250000000)

static GArray *pendings;
static GPtrArray *pairs; /* by connection; NULL where nothing was seen of one */
static uint32_t subflow_count;
static int64_t latest_ns;
static bool out_of_order; /* the file, as far as it was read */

/* ---- Life ------------------------------------------------------------------------------------ */

static void pair_close(gpointer closed)
{
    struct stream_pair *pair = closed;
    for (int side = MPTA_CLIENT; pair && side <= MPTA_SERVER; side++) {
        stream_queue_close(&pair->queues[side]);
        reassembly_close(pair->reassembly[side]);
    }
}

void streams_open(void)
{
    pendings = g_array_new(FALSE, FALSE, sizeof(struct pending));
    pairs = g_ptr_array_new_with_free_func(pair_close);
    subflow_count = 0;
    latest_ns = INT64_MIN;
    out_of_order = false;
}

void streams_close(void)
{
    if (pairs) {
        g_array_free(pendings, TRUE);
        g_ptr_array_free(pairs, TRUE);
    }
    pendings = NULL;
    pairs = NULL;
}

struct stream_pair *streams_of(uint32_t connection)
{
    return connection < pairs->len ? g_ptr_array_index(pairs, connection) : NULL;
}

static void address_make(const struct mpta_address *from, address *to)
{
    alloc_address_wmem(wmem_file_scope(), to, from->family == 4 ? AT_IPv4 : AT_IPv6,
                       from->family == 4 ? 4 : 16, from->octets);
}

static struct stream_pair *pair_new(uint32_t connection)
{
    struct stream_pair *pair = wmem_new0(wmem_file_scope(), struct stream_pair);
    struct mpta_connection view;
    bool known = mpta_tracker_connection(session_tracker(), connection, &view);
    for (int side = MPTA_CLIENT; known && side <= MPTA_SERVER; side++) {
        address_make(&view.hosts[side].address, &pair->addresses[side]);
        pair->ports[side] = view.hosts[side].port;
    }
    pair->ordinals = wmem_array_sized_new(wmem_file_scope(), sizeof(uint32_t), 1);
    pair->left = !preferences_reassemble();
    return pair;
}

static struct stream_pair *pair_of(uint32_t connection)
{
    if (connection >= pairs->len)
        g_ptr_array_set_size(pairs, (gint)connection + 1);
    if (!g_ptr_array_index(pairs, connection))
        g_ptr_array_index(pairs, connection) = pair_new(connection);
    return g_ptr_array_index(pairs, connection);
}

static void count_subflow(struct stream_pair *pair, uint32_t subflow)
{
    while (wmem_array_get_count(pair->ordinals) <= subflow) {
        wmem_array_append(pair->ordinals, &subflow_count, 1);
        subflow_count++;
    }
}

uint32_t streams_ordinal(const struct stream_pair *pair, uint32_t subflow)
{
    return *(const uint32_t *)wmem_array_index(pair->ordinals, subflow);
}

void streams_note_subflow(uint32_t connection, uint32_t subflow)
{
    count_subflow(pair_of(connection), subflow);
}

/* ---- Octets ---------------------------------------------------------------------------------- */

/* The TCP header of a segment. */
static const uint8_t *segment_begin(const struct mpta_segment *segment)
{
    return segment->options - 20;
}

void streams_deliver(const struct mpta_octets *octets, const struct mpta_segment *segment)
{
    struct pending pending = {octets->connection, octets->by, (uint64_t)octets->offset, {0}};
    pending.piece.len = (uint32_t)octets->len;
    if (octets->offset < 0) /* from before the first data that a late capture shows */
        return;
    if (segment && octets->octets >= segment->payload &&
        octets->octets < segment->payload + segment->payload_captured)
        pending.piece.at = (uint32_t)(octets->octets - segment_begin(segment));
    else
        pending.piece.octets = wmem_memdup(wmem_file_scope(), octets->octets, octets->len);
    g_array_append_val(pendings, pending);
}

static void put_pending(const struct mpta_segment *segment)
{
    for (guint i = 0; i < pendings->len; i++) {
        const struct pending *pending = &g_array_index(pendings, struct pending, i);
        stream_queue_put(&pair_of(pending->connection)->queues[pending->by], pending->offset,
                         &pending->piece, segment ? segment_begin(segment) : NULL);
    }
    g_array_set_size(pendings, 0);
}

/* What a packet says of what both ends have. */
static void take_signals(struct stream_pair *pair, const struct mpta_fed *fed, int64_t now_ns)
{
    struct stream_queue *own = &pair->queues[fed->by], *other = &pair->queues[!fed->by];
    const struct mpta_fed_data *data = &fed->data;
    if (data->data_fin && data->length >= 0) {
        own->length_known = true;
        own->length = (uint64_t)data->length;
    }
    if (data->acked && data->data_ack >= 0)
        stream_queue_acked(other, (uint64_t)data->data_ack, now_ns);
}

static bool is_counted(const struct mpta_fed *fed)
{
    return !fed->duplicate && !fed->damaged;
}

/* ---- After a fallback ------------------------------------------------------------------------ */

static bool has_fallen_back(const struct mpta_fed *fed)
{
    struct mpta_connection view;
    return mpta_tracker_connection(session_tracker(), fed->connection, &view) &&
           view.fallback != MPTA_FALLBACK_NONE;
}

static void front_move(struct stream_front *front, uint32_t subflow, uint32_t seq, int64_t offset)
{
    if (offset >= 0 && (!front->known || (uint64_t)offset > front->offset))
        *front = (struct stream_front){true, subflow, seq, (uint64_t)offset};
}

static void note_front(struct stream_front *front, const struct mpta_fed *fed,
                       const struct mpta_segment *segment)
{
    const struct mpta_fed_data *data = &fed->data;
    if (is_counted(fed) && data->placed && segment->payload_len > 0)
        front_move(front, fed->subflow, segment->seq + (uint32_t)(data->end - data->begin),
                   data->end);
}

/* The offset of an octet of the subflow on which the stream goes on. */
static int64_t front_offset(const struct stream_front *front, uint32_t seq)
{
    return (int64_t)front->offset + (int32_t)(seq - front->seq);
}

/*
 * Where the connection has fallen back, what no mapping covers goes on where the mapped data ended;
 * if there was none, it is TCP's business. Before that a mapping may still come, on a packet that
 * was overtaken.
 */
static bool take_unmapped(struct stream_pair *pair, const struct mpta_fed *fed,
                          const struct mpta_segment *segment)
{
    struct stream_front *front = &pair->fronts[fed->by];
    if (!is_counted(fed) || fed->data.placed || !has_fallen_back(fed))
        return true;
    if (!front->known || front->subflow != fed->subflow)
        return false;
    const struct piece piece = {
        .at = (uint32_t)(segment->payload - segment_begin(segment)),
        .len = segment->payload_captured,
    };
    int64_t offset = front_offset(front, segment->seq);
    if (offset >= 0)
        stream_queue_put(&pair->queues[fed->by], (uint64_t)offset, &piece, segment_begin(segment));
    front_move(front, fed->subflow, segment->seq + piece.len, offset + piece.len);
    return true;
}

/* ... and ends with FIN, as no DATA_FIN can come. */
static void take_end(struct stream_pair *pair, const struct mpta_fed *fed,
                     const struct mpta_segment *segment)
{
    const struct stream_front *front = &pair->fronts[fed->by];
    struct stream_queue *queue = &pair->queues[fed->by];
    if (!(segment->flags & MPTA_TCP_FIN) || queue->length_known || !is_counted(fed) ||
        !front->known || front->subflow != fed->subflow || !has_fallen_back(fed))
        return;
    int64_t length = front_offset(front, segment->seq + segment->payload_len);
    queue->length_known = length >= 0;
    queue->length = (uint64_t)length;
}

/* ---- Taken or left --------------------------------------------------------------------------- */

static bool is_left(const struct stream_pair *pair, const struct mpta_fed *fed,
                    const struct mpta_segment *segment)
{
    if (pair->left || segment->payload_captured < segment->payload_len ||
        segment->flags & MPTA_TCP_SYN)
        return true;
    return !pair->taken && is_counted(fed) && !(fed->data.mapped && fed->data.from_start);
}

static bool payload_taken(struct stream_pair *pair, const struct mpta_fed *fed,
                          const struct mpta_segment *segment)
{
    if (segment->payload_len == 0 || segment->flags & MPTA_TCP_RST)
        return false;
    pair->left = is_left(pair, fed, segment);
    pair->taken = !pair->left && (pair->taken || is_counted(fed));
    return pair->taken && take_unmapped(pair, fed, segment);
}

static void note_time(int64_t now_ns)
{
    out_of_order |= now_ns < latest_ns;
    latest_ns = MAX(latest_ns, now_ns);
}

void streams_take(struct packet_facts *facts, const struct mpta_segment *segment, int64_t now_ns)
{
    const struct mpta_fed *fed = &facts->fed;
    put_pending(segment);
    note_time(now_ns);
    if (!fed->has_connection)
        return;
    struct stream_pair *pair = pair_of(fed->connection);
    count_subflow(pair, fed->subflow);
    take_signals(pair, fed, now_ns);
    note_front(&pair->fronts[fed->by], fed, segment);
    facts->taken = payload_taken(pair, fed, segment);
    take_end(pair, fed, segment);
    facts->deliveries =
        stream_queue_take(&pair->queues[fed->by], now_ns, out_of_order ? PATIENCE_NS : 0);
    if (facts->deliveries || segment->payload_len > 0)
        pair->last[fed->by] = facts;
}

/* ---- The end --------------------------------------------------------------------------------- */

static void queue_finish(struct stream_queue *queue, struct packet_facts *last)
{
    struct delivery *rest = stream_queue_take_all(queue);
    struct delivery **end = last ? &last->deliveries : &rest;
    if (!last)
        return;
    while (*end)
        end = &(*end)->next;
    *end = rest;
}

void streams_finish(void)
{
    put_pending(NULL);
    for (guint i = 0; i < pairs->len; i++) {
        struct stream_pair *pair = g_ptr_array_index(pairs, i);
        for (int side = MPTA_CLIENT; pair && side <= MPTA_SERVER; side++)
            queue_finish(&pair->queues[side], pair->last[side]);
    }
}

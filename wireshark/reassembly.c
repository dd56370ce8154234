/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TCP does for a subflow is done here for the data stream: a dissector is called with what
 * there is, may ask for more, and is called again when that has come. Which octets it was called
 * with is kept, so that later passes, in any order, call it with the same.
 *
 * Dissectors see the connection's own addresses and ports, those of its initial subflow, whatever
 * subflow a packet came on: so their state is that of one conversation.
 */
#include "wireshark/reassembly.h"

#include <epan/column-utils.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/exceptions.h>
#include <epan/show_exception.h>

#include "wireshark/sink.h"
#include "wireshark/streams.h"

/* So often a dissector may ask for more of what is there already. */
#define RETRIES_MAX 64

/* The PDU that begins in some packets and ends in another. */
struct span {
    uint32_t frame; /* where it ends; 0: nowhere so far */
};

struct call {
    uint64_t begin; /* of what is dissected together: see struct pdus */
    uint64_t len;
    bool last; /* nothing more will come, so that no more may be asked for */
    bool ends; /* with the data stream, as far as was known then */
};

/* What dissectors were called with for one delivery: its octets behind those that had waited. */
struct pdus {
    const uint8_t *before; /* octets of earlier packets, in the memory of the file */
    uint64_t before_len;
    wmem_array_t *calls;
    const struct span *ends; /* what these octets end */
    const struct span *begins;
};

/* What is unfinished of a stream. */
struct reassembly {
    GByteArray *octets; /* that wait for more */
    uint64_t wanted;    /* so many, from the first of them; 0: any */
    bool until_end;     /* all there will be */
    struct span *span;
};

static int hf_reassembled_in = -1;

/* ---- State ----------------------------------------------------------------------------------- */

void reassembly_close(struct reassembly *state)
{
    if (state)
        g_byte_array_free(state->octets, TRUE);
}

static struct reassembly *reassembly_of(struct stream_pair *pair, enum mpta_side by)
{
    if (!pair->reassembly[by]) {
        struct reassembly *state = wmem_new0(wmem_file_scope(), struct reassembly);
        state->octets = g_byte_array_new();
        pair->reassembly[by] = state;
    }
    return pair->reassembly[by];
}

/* Forgets what waits: what it would go on with is missing. */
static void reassembly_drop(struct reassembly *state)
{
    g_byte_array_set_size(state->octets, 0);
    state->wanted = 0;
    state->until_end = false;
    state->span = NULL;
}

/* ---- Octets ---------------------------------------------------------------------------------- */

static void piece_copy(tvbuff_t *tvb, const struct piece *piece, uint8_t *to)
{
    if (piece->octets)
        memcpy(to, piece->octets, piece->len);
    else
        tvb_memcpy(tvb, to, (gint)piece->at, piece->len);
}

static void delivery_copy(tvbuff_t *tvb, const struct delivery *delivery, uint8_t *to)
{
    for (size_t i = 0; i < delivery->piece_count; i++) {
        piece_copy(tvb, &delivery->pieces[i], to);
        to += delivery->pieces[i].len;
    }
}

/* What is dissected with a delivery: a part of the packet as it is, or a buffer of its own. */
static tvbuff_t *octets_make(tvbuff_t *tvb, packet_info *pinfo, const struct delivery *delivery)
{
    const struct pdus *pdus = delivery->pdus;
    const struct piece *first = delivery->pieces;
    if (pdus->before_len == 0 && delivery->piece_count == 1 && !first->octets)
        return tvb_new_subset_length(tvb, (gint)first->at, (gint)first->len);
    uint64_t len = pdus->before_len + delivery->len;
    uint8_t *octets = wmem_alloc(pinfo->pool, len);
    if (pdus->before_len > 0)
        memcpy(octets, pdus->before, pdus->before_len);
    delivery_copy(tvb, delivery, octets + pdus->before_len);
    tvbuff_t *made = tvb_new_child_real_data(tvb, octets, (guint)len, (gint)len);
    add_new_data_source(pinfo, made, "Reassembled MPTCP");
    return made;
}

/* ---- Calling a dissector --------------------------------------------------------------------- */

struct stage {
    tvbuff_t *tvb; /* the TCP segment */
    packet_info *pinfo;
    proto_tree *tree;
    const struct packet_facts *facts;
    struct stream_pair *pair;
    const struct delivery *delivery;
    tvbuff_t *octets;
};

static struct tcpinfo tcpinfo_make(const struct stage *stage, const struct call *call)
{
    struct tcpinfo info;
    const struct pdus *pdus = stage->delivery->pdus;
    memset(&info, 0, sizeof(info));
    info.seq = (guint32)(stage->delivery->offset - pdus->before_len + call->begin + 1);
    info.nxtseq = info.seq + (guint32)call->len;
    info.lastackseq = (guint32)(stage->facts->fed.data.data_ack + 1);
    info.is_reassembled = pdus->before_len > 0;
    /* A FIN is that of a subflow; dissectors take it for the end of all data. */
    info.flags =
        (guint16)((tvb_get_ntohs(stage->tvb, 12) & 0xfff & ~TH_FIN) | (call->ends ? TH_FIN : 0));
    return info;
}

/* The dissector that others chose, or else whatever TCP would find for the ports. */
static void call_application(const struct stage *stage, tvbuff_t *octets, struct tcpinfo *info)
{
    packet_info *pinfo = stage->pinfo;
    conversation_t *conversation = sink_conversation(pinfo, stage->pair);
    struct tcp_analysis *tcp = conversation ? get_tcp_conversation_data(conversation, pinfo) : NULL;
    dissector_handle_t chosen = sink_application(pinfo, stage->pair);
    if (tcp)
        tcp->ta = NULL; /* what TCP thinks of the segment does not concern the stream */
    if (!chosen || call_dissector_only(chosen, octets, pinfo, stage->tree, info) == 0)
        decode_tcp_ports(octets, 0, pinfo, stage->tree, (int)pinfo->srcport, (int)pinfo->destport,
                         tcp, info);
}

static void call_guarded(const struct stage *stage, tvbuff_t *octets, struct tcpinfo *info)
{
    TRY
    {
        call_application(stage, octets, info);
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(octets, stage->pinfo, stage->tree, EXCEPT_CODE, GET_MESSAGE);
        stage->pinfo->desegment_len = 0;
    }
    ENDTRY;
}

/* The part of packet_info that tells dissectors whose data it is. */
struct ends {
    address src, dst;
    guint32 srcport, destport;
    port_type ptype;
    guint16 can_desegment;
};

static struct ends ends_take(packet_info *pinfo)
{
    return (struct ends){.src = pinfo->src,
                         .dst = pinfo->dst,
                         .srcport = pinfo->srcport,
                         .destport = pinfo->destport,
                         .ptype = pinfo->ptype,
                         .can_desegment = pinfo->can_desegment};
}

static void ends_give(packet_info *pinfo, const struct ends *ends)
{
    pinfo->src = ends->src;
    pinfo->dst = ends->dst;
    pinfo->srcport = ends->srcport;
    pinfo->destport = ends->destport;
    pinfo->ptype = ends->ptype;
    pinfo->can_desegment = ends->can_desegment;
}

static struct ends ends_of(const struct stream_pair *pair, enum mpta_side by, bool last)
{
    return (struct ends){.src = pair->addresses[by],
                         .dst = pair->addresses[!by],
                         .srcport = pair->ports[by],
                         .destport = pair->ports[!by],
                         .ptype = PT_TCP,
                         .can_desegment = last ? 0 : 2};
}

/* Afterwards pinfo->desegment_len says whether the dissector wants more, and from where on. */
static void stage_call(const struct stage *stage, const struct call *call)
{
    packet_info *pinfo = stage->pinfo;
    struct tcpinfo info = tcpinfo_make(stage, call);
    struct ends own = ends_of(stage->pair, stage->facts->fed.by, call->last);
    const struct ends packet = ends_take(pinfo);
    const struct packet_facts *watched = sink_watch(NULL);
    pinfo->desegment_offset = 0;
    pinfo->desegment_len = 0;
    pinfo->want_pdu_tracking = 0;
    ends_give(pinfo, &own);
    call_guarded(stage, tvb_new_subset_length(stage->octets, (gint)call->begin, (gint)call->len),
                 &info);
    ends_give(pinfo, &packet);
    sink_restore(pinfo, stage->pair);
    sink_watch(watched);
}

/* ---- The first pass -------------------------------------------------------------------------- */

static void call_keep(struct pdus *pdus, const struct call *call, struct reassembly *state,
                      uint32_t frame)
{
    if (call->len == 0)
        return;
    if (!pdus->calls)
        pdus->calls = wmem_array_sized_new(wmem_file_scope(), sizeof(*call), 1);
    wmem_array_append(pdus->calls, call, 1);
    if (state->span) {
        state->span->frame = frame;
        pdus->ends = state->span;
        state->span = NULL;
    }
}

/* Keeps what a dissector wants more of. */
static void keep_rest(const struct stage *stage, struct reassembly *state, uint64_t begin)
{
    guint len = tvb_captured_length(stage->octets) - (guint)begin;
    g_byte_array_append(state->octets, tvb_get_ptr(stage->octets, (gint)begin, (gint)len), len);
    if (!state->span)
        state->span = wmem_new0(wmem_file_scope(), struct span);
    stage->delivery->pdus->begins = state->span;
}

/*
 * A dissector wants more than the `len` octets from `begin` on. What it wants is noted; true if
 * that is there already.
 */
static bool wants_what_is_there(const struct stage *stage, struct reassembly *state, uint64_t begin,
                                uint64_t len)
{
    uint64_t there = tvb_captured_length(stage->octets) - begin;
    guint32 more = stage->pinfo->desegment_len;
    state->until_end = more == DESEGMENT_UNTIL_FIN;
    state->wanted = state->until_end || more == DESEGMENT_ONE_MORE_SEGMENT ? 0 : len + more;
    if (state->until_end)
        return false;
    return state->wanted == 0 ? len < there : state->wanted <= there;
}

/* Columns are for what a packet completes, not for what it begins. */
static char *column_take(packet_info *pinfo, int column)
{
    const char *text = col_get_text(pinfo->cinfo, column);
    return text ? wmem_strdup(pinfo->pool, text) : NULL;
}

static void column_give(packet_info *pinfo, int column, const char *text)
{
    if (text)
        col_add_str(pinfo->cinfo, column, text);
}

/* One call, and what follows from it: returns where the next one begins. */
static uint64_t dissect_once(const struct stage *stage, struct reassembly *state, struct call *call)
{
    packet_info *pinfo = stage->pinfo;
    const char *protocol = column_take(pinfo, COL_PROTOCOL), *info = column_take(pinfo, COL_INFO);
    stage_call(stage, call);
    if (pinfo->desegment_len == 0 || call->last) {
        call_keep(stage->delivery->pdus, call, state, stage->facts->frame);
        return call->begin + call->len;
    }
    uint64_t done = (uint64_t)MAX(pinfo->desegment_offset, 0);
    call->len = MIN(done, call->len);
    call_keep(stage->delivery->pdus, call, state, stage->facts->frame);
    if (call->len == 0) {
        column_give(pinfo, COL_PROTOCOL, protocol);
        column_give(pinfo, COL_INFO, info);
    }
    return call->begin + call->len;
}

/* The end of the packet's octets that lie at an offset of a delivery. */
static uint64_t piece_end(const struct delivery *delivery, uint64_t offset)
{
    uint64_t end = 0;
    for (size_t i = 0; i < delivery->piece_count && end <= offset; i++)
        end += delivery->pieces[i].len;
    return end;
}

/*
 * How much a dissector is called with: what it asked for, or all there is. Behind a hole only the
 * octets of one packet: with one of them the next message begins, which nobody finds in the middle.
 */
static uint64_t call_len(const struct stage *stage, uint64_t at, uint64_t exact, uint64_t least)
{
    uint64_t there = tvb_captured_length(stage->octets) - at;
    if (exact > 0 && exact < there)
        return exact;
    if (exact > 0 || stage->delivery->skipped == 0)
        return there;
    return piece_end(stage->delivery, at + least) - at;
}

/* The octets up to here, from the begin of what is dissected together, end the stream. */
static bool ends_stream(const struct stage *stage, uint64_t end)
{
    const struct stream_queue *queue = &stage->pair->queues[stage->facts->fed.by];
    uint64_t offset = stage->delivery->offset - stage->delivery->pdus->before_len + end;
    return queue->length_known && offset >= queue->length;
}

static void dissect_all(const struct stage *stage, struct reassembly *state, bool last)
{
    uint64_t end = tvb_captured_length(stage->octets), at = 0, exact = state->wanted, least = 0;
    for (int tries = 0; at < end && tries < RETRIES_MAX; tries++) {
        uint64_t len = call_len(stage, at, exact, least);
        struct call call = {at, len, last, ends_stream(stage, at + len)};
        at = dissect_once(stage, state, &call);
        exact = least = 0;
        if (call.len > 0)
            tries = 0;
        if (stage->pinfo->desegment_len == 0 || last)
            continue;
        least = len - call.len;
        if (!wants_what_is_there(stage, state, at, least)) {
            keep_rest(stage, state, at);
            return;
        }
        exact = state->wanted;
    }
    state->wanted = 0;
}

/* What a delivery brings is too little for what a dissector wants. */
static bool must_wait(const struct reassembly *state, const struct delivery *delivery, bool last)
{
    return state->octets->len > 0 && !last &&
           (state->until_end || state->octets->len + delivery->len < state->wanted);
}

static void wait_on(const struct stage *stage, struct reassembly *state)
{
    guint len = state->octets->len;
    g_byte_array_set_size(state->octets, len + (guint)stage->delivery->len);
    delivery_copy(stage->tvb, stage->delivery, state->octets->data + len);
    stage->delivery->pdus->begins = state->span;
}

/* The stream ends with this packet, and is all there. */
static bool is_last(const struct stage *stage)
{
    const struct stream_queue *queue = &stage->pair->queues[stage->facts->fed.by];
    return queue->length_known && queue->next >= queue->length && !stage->delivery->next;
}

static void delivery_first(struct stage *stage, struct delivery *delivery)
{
    struct reassembly *state = reassembly_of(stage->pair, stage->facts->fed.by);
    struct pdus *pdus = wmem_new0(wmem_file_scope(), struct pdus);
    delivery->pdus = pdus;
    stage->delivery = delivery;
    if (delivery->skipped > 0)
        reassembly_drop(state);
    bool last = is_last(stage) && state->until_end;
    if (must_wait(state, delivery, last)) {
        wait_on(stage, state);
        return;
    }
    pdus->before_len = state->octets->len;
    pdus->before = wmem_memdup(wmem_file_scope(), state->octets->data, state->octets->len);
    g_byte_array_set_size(state->octets, 0);
    stage->octets = octets_make(stage->tvb, stage->pinfo, delivery);
    dissect_all(stage, state, last);
}

/* ---- Later passes, and what all have in common ------------------------------------------------
 */

static void delivery_again(struct stage *stage, const struct delivery *delivery)
{
    const struct pdus *pdus = delivery->pdus;
    stage->delivery = delivery;
    if (!pdus || !pdus->calls)
        return;
    stage->octets = octets_make(stage->tvb, stage->pinfo, delivery);
    for (guint i = 0; i < wmem_array_get_count(pdus->calls); i++)
        stage_call(stage, wmem_array_index(pdus->calls, i));
}

static void add_frame(const struct stage *stage, int field, uint32_t frame)
{
    proto_item_set_generated(proto_tree_add_uint(stage->tree, field, stage->tvb, 0, 0, frame));
}

/* What goes on in another packet, or went on from one. */
static void show_spans(const struct stage *stage, const struct pdus *pdus)
{
    if (!pdus || !pdus->begins || pdus->begins->frame == stage->facts->frame)
        return;
    if (pdus->begins->frame > 0)
        add_frame(stage, hf_reassembled_in, pdus->begins->frame);
    if (!pdus->calls)
        col_append_str(stage->pinfo->cinfo, COL_INFO,
                       " [segment of a PDU reassembled over subflows]");
}

/* A stream that lasts until its end is over with a DATA_FIN that brings no data. */
static struct delivery *empty_last(const struct packet_facts *facts, struct stream_pair *pair)
{
    const struct stream_queue *queue = &pair->queues[facts->fed.by];
    const struct reassembly *state = pair->reassembly[facts->fed.by];
    if (facts->deliveries || !state || !state->until_end || state->octets->len == 0 ||
        !queue->length_known || queue->next < queue->length)
        return NULL;
    struct delivery *delivery = wmem_new0(wmem_file_scope(), struct delivery);
    delivery->offset = queue->next;
    return delivery;
}

void reassembly_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                        struct packet_facts *facts)
{
    struct stage stage = {.tvb = tvb, .pinfo = pinfo, .tree = tree, .facts = facts};
    stage.pair = facts->fed.has_connection ? streams_of(facts->fed.connection) : NULL;
    if (!stage.pair)
        return;
    if (!pinfo->fd->visited && stage.pair->taken && !facts->deliveries)
        facts->deliveries = empty_last(facts, stage.pair);
    for (struct delivery *delivery = facts->deliveries; delivery; delivery = delivery->next) {
        if (pinfo->fd->visited)
            delivery_again(&stage, delivery);
        else if (stage.pair->taken)
            delivery_first(&stage, delivery);
        show_spans(&stage, delivery->pdus);
    }
}

void reassembly_register(int protocol)
{
    static hf_register_info fields[] = {
        {&hf_reassembled_in,
         {"Data goes on, reassembled in", "mptcpa.reassembled_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The frame in which what begins here is dissected", HFILL}},
    };
    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
    sink_register(protocol);
}

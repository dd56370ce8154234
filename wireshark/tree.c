/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tracker said of a packet, field by field, and what it says of it now: verdicts and
 * findings that later packets settled are there once the file has been read, in Wireshark and with
 * tshark -2.
 */
#include "wireshark/tree.h"

#include <epan/tvbuff.h>

#include "wireshark/expert.h"
#include "wireshark/plugin.h"
#include "wireshark/session.h"
#include "wireshark/tree_verdicts.h"

static struct {
    int conn, subflow, unlinked, sender, duplicate, damaged;
    int dsn, offset, len, fallen_back, dataack, dataack_offset, data_fin, length;
    int retransmission, reinjection, reinjection_of, reinjected_in, hole;
    int verdict;
} hf;
static int ett_mptcpa = -1;

/* clang-format off */
#define FIELD(id, name, abbrev, type, display, words)                                              \
    {&hf.id, {name, "mptcpa." abbrev, type, display, NULL, 0, words, HFILL}}
static hf_register_info fields[] = {
    FIELD(conn, "Connection", "conn", FT_UINT32, BASE_DEC, "Its id in the report of mptcp-analyze"),
    FIELD(subflow, "Subflow", "subflow", FT_UINT32, BASE_DEC, "Its id within the connection"),
    FIELD(unlinked, "Subflow without a connection", "unlinked", FT_UINT32, BASE_DEC,
          "A join whose connection was not captured"),
    FIELD(sender, "Sender", "sender", FT_STRING, BASE_NONE,
          "The client is the host that sent the SYN with MP_CAPABLE, on every subflow"),
    FIELD(duplicate, "Captured before", "duplicate", FT_BOOLEAN, BASE_NONE,
          "The same packet was captured before, at this or another place"),
    FIELD(damaged, "Damaged on the way", "damaged", FT_BOOLEAN, BASE_NONE,
          "The TCP checksum is wrong where its sender's others are right: nothing of it was taken"),
    FIELD(dsn, "Data sequence number", "dsn", FT_UINT64, BASE_DEC,
          "Of the first octet of the payload, all 64 bits"),
    FIELD(offset, "Offset in the data stream", "offset", FT_INT64, BASE_DEC,
          "Of the first octet of the payload, from the first one of the stream or of the capture"),
    FIELD(len, "Octets of one mapping", "len", FT_UINT64, BASE_DEC,
          "How much of the payload one mapping covers"),
    FIELD(fallen_back, "Placed without a mapping", "fallen_back", FT_BOOLEAN, BASE_NONE,
          "The connection has fallen back to TCP"),
    FIELD(dataack, "DATA_ACK", "dataack", FT_UINT64, BASE_DEC, "All 64 bits"),
    FIELD(dataack_offset, "DATA_ACK as offset", "dataack.offset", FT_INT64, BASE_DEC,
          "In the other direction's stream"),
    FIELD(data_fin, "DATA_FIN", "data_fin", FT_BOOLEAN, BASE_NONE, "The data stream ends"),
    FIELD(length, "Length of the data stream", "length", FT_INT64, BASE_DEC,
          "Octets before the DATA_FIN"),
    FIELD(retransmission, "Octets sent again", "retransmission", FT_UINT64, BASE_DEC,
          "Payload whose sequence numbers this subflow had carried before"),
    FIELD(reinjection, "Octets reinjected", "reinjection", FT_UINT64, BASE_DEC,
          "Payload that another subflow had carried before"),
    FIELD(reinjection_of, "Reinjection of", "reinjection_of", FT_FRAMENUM, BASE_NONE,
          "The frame that carried this data before, on another subflow"),
    FIELD(reinjected_in, "Reinjected in", "reinjected_in", FT_FRAMENUM, BASE_NONE,
          "The frame that carried this data again, on another subflow"),
    FIELD(hole, "Octets missing before", "hole", FT_UINT64, BASE_DEC,
          "Octets of the stream directly before this data that no packet carried"),
    FIELD(verdict, "Verdict", "verdict", FT_STRING, BASE_NONE,
          "What became of the connection, and why"),
};
/* clang-format on */

void tree_register(int protocol)
{
    static int *subtrees[] = {&ett_mptcpa};
    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
    tree_verdicts_register(protocol);
}

/* ---- Parts of the tree ----------------------------------------------------------------------- */

static void add_u32(proto_tree *tree, tvbuff_t *tvb, int field, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, field, tvb, 0, 0, value));
}

static void add_u64(proto_tree *tree, tvbuff_t *tvb, int field, uint64_t value)
{
    proto_item_set_generated(proto_tree_add_uint64(tree, field, tvb, 0, 0, value));
}

static void add_i64(proto_tree *tree, tvbuff_t *tvb, int field, int64_t value)
{
    proto_item_set_generated(proto_tree_add_int64(tree, field, tvb, 0, 0, value));
}

static void add_text(proto_tree *tree, tvbuff_t *tvb, int field, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, field, tvb, 0, 0, text));
}

static void add_true(proto_tree *tree, tvbuff_t *tvb, int field)
{
    proto_item_set_generated(proto_tree_add_boolean(tree, field, tvb, 0, 0, 1));
}

static void show_whose(proto_tree *tree, tvbuff_t *tvb, const struct mpta_fed *fed)
{
    if (!fed->has_subflow)
        return;
    if (fed->has_connection)
        add_u32(tree, tvb, hf.conn, fed->connection);
    add_u32(tree, tvb, fed->has_connection ? hf.subflow : hf.unlinked, fed->subflow);
    add_text(tree, tvb, hf.sender, fed->by == MPTA_CLIENT ? "client" : "server");
    if (fed->duplicate)
        add_true(tree, tvb, hf.duplicate);
    if (fed->damaged)
        add_true(tree, tvb, hf.damaged);
}

static void show_data(proto_tree *tree, tvbuff_t *tvb, const struct mpta_fed_data *data)
{
    if (data->placed) {
        if (data->dsn_known)
            add_u64(tree, tvb, hf.dsn, data->dsn);
        add_i64(tree, tvb, hf.offset, data->begin);
        add_u64(tree, tvb, hf.len, (uint64_t)(data->end - data->begin));
        if (!data->mapped)
            add_true(tree, tvb, hf.fallen_back);
    }
    if (data->data_ack_known)
        add_u64(tree, tvb, hf.dataack, data->data_ack_dsn);
    if (data->acked)
        add_i64(tree, tvb, hf.dataack_offset, data->data_ack);
    if (data->data_fin) {
        add_true(tree, tvb, hf.data_fin);
        add_i64(tree, tvb, hf.length, data->length);
    }
}

static void show_again(proto_tree *tree, tvbuff_t *tvb, const struct packet_facts *facts)
{
    const struct mpta_fed_data *data = &facts->fed.data;
    if (data->retransmitted_bytes > 0)
        add_u64(tree, tvb, hf.retransmission, data->retransmitted_bytes);
    if (data->reinjected_bytes > 0)
        add_u64(tree, tvb, hf.reinjection, data->reinjected_bytes);
    if (facts->reinjection_of > 0)
        add_u32(tree, tvb, hf.reinjection_of, facts->reinjection_of);
    if (facts->reinjected_in > 0)
        add_u32(tree, tvb, hf.reinjected_in, facts->reinjected_in);
}

static void show_hole(proto_tree *tree, tvbuff_t *tvb, const struct mpta_fed *fed)
{
    if (!fed->has_connection || !fed->data.placed)
        return;
    uint64_t missing =
        mpta_tracker_missing_before(session_tracker(), fed->connection, fed->by, fed->data.begin);
    if (missing > 0)
        add_u64(tree, tvb, hf.hole, missing);
}

/* The sentences about a connection stand at its first packet, once there is a last one. */
static void show_sentences(proto_tree *tree, tvbuff_t *tvb, const struct packet_facts *facts)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    if (!session_finished() || !facts->fed.has_connection ||
        session_first_packet(facts->fed.connection) != facts->frame)
        return;
    size_t count = mpta_tracker_verdict(session_tracker(), facts->fed.connection, NULL, sentences);
    for (size_t i = 0; i < count; i++)
        add_text(tree, tvb, hf.verdict, sentences[i].text);
}

static void item_name(proto_item *item, const struct mpta_fed *fed)
{
    if (fed->has_connection)
        proto_item_append_text(item, ", connection %u, subflow %u, from the %s", fed->connection,
                               fed->subflow, fed->by == MPTA_CLIENT ? "client" : "server");
    else if (fed->has_subflow)
        proto_item_append_text(item, ", a join whose connection is not known");
}

proto_item *tree_end(const proto_tree *tree)
{
    return tree ? tree->last_child : NULL;
}

/* TCP's payload has items of its own behind TCP's: they come after ours. */
static void move_below_tcp(proto_tree *tree, proto_item *before, proto_item *item)
{
    proto_item *tcp = tree ? (before ? before->next : tree->first_child) : NULL;
    if (item && tcp && tcp != item)
        proto_tree_move_item(tree, tcp, item);
}

static void branch_show(tvbuff_t *tvb, proto_tree *branch, const struct packet_facts *facts)
{
    show_whose(branch, tvb, &facts->fed);
    show_data(branch, tvb, &facts->fed.data);
    show_again(branch, tvb, facts);
    show_hole(branch, tvb, &facts->fed);
    tree_verdicts_show(tvb, branch, facts);
    show_sentences(branch, tvb, facts);
}

/* Where no tree is wanted, expert items still are told. */
void tree_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *before,
               const struct packet_facts *facts)
{
    proto_item *item = proto_tree_add_item(tree, plugin_protocol(), tvb, 0, 0, ENC_NA);
    proto_tree *branch = proto_item_add_subtree(item, ett_mptcpa);
    move_below_tcp(tree, before, item);
    item_name(item, &facts->fed);
    proto_item_set_generated(item);
    if (branch)
        branch_show(tvb, branch, facts);
    expert_show(tvb, pinfo, branch, facts);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree for each direction of each connection, by the offset of a packet's first octet. */
#include "wireshark/carriers.h"

static wmem_map_t *directions;

void carriers_open(void)
{
    directions = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
}

static wmem_tree_t *carriers_of(const struct mpta_fed *fed)
{
    /* Connections are counted from 0, and NULL is no key that wmem likes less than others. */
    gpointer key = GUINT_TO_POINTER(2 * fed->connection + fed->by);
    wmem_tree_t *tree = wmem_map_lookup(directions, key);
    if (!tree) {
        tree = wmem_tree_new(wmem_file_scope());
        wmem_map_insert(directions, key, tree);
    }
    return tree;
}

/* Offsets may lie below zero; shifted, they keep their order. */
static void key_make(int64_t offset, guint32 words[2], wmem_tree_key_t key[2])
{
    uint64_t shifted = (uint64_t)offset + (UINT64_C(1) << 63);
    words[0] = (guint32)(shifted >> 32);
    words[1] = (guint32)shifted;
    key[0] = (wmem_tree_key_t){2, words};
    key[1] = (wmem_tree_key_t){0, NULL};
}

/* The packet on another subflow that carried the octet at `offset` or the nearest below it. */
static struct packet_facts *carrier_at(wmem_tree_t *tree, int64_t offset)
{
    guint32 words[2];
    wmem_tree_key_t key[2];
    key_make(offset, words, key);
    struct packet_facts *found = wmem_tree_lookup32_array_le(tree, key);
    return found && found->fed.data.end > offset ? found : NULL;
}

static void carrier_add(wmem_tree_t *tree, struct packet_facts *facts)
{
    guint32 words[2];
    wmem_tree_key_t key[2];
    key_make(facts->fed.data.begin, words, key);
    wmem_tree_insert32_array(tree, key, facts);
}

void carriers_take(struct packet_facts *facts)
{
    const struct mpta_fed_data *data = &facts->fed.data;
    if (!facts->fed.has_connection || !data->placed || facts->fed.duplicate)
        return;
    wmem_tree_t *tree = carriers_of(&facts->fed);
    struct packet_facts *before = carrier_at(tree, data->begin);
    if (!before)
        before = carrier_at(tree, data->end - 1);
    if (data->reinjected_bytes > 0 && before && before->fed.subflow != facts->fed.subflow) {
        facts->reinjection_of = before->frame;
        before->reinjected_in = before->reinjected_in ? before->reinjected_in : facts->frame;
    }
    if (!before)
        carrier_add(tree, facts);
}

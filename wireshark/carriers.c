/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree for each direction of each connection: stretches of the stream that do not overlap, by
 * their first octet, each with the packet that carried it first.
 */
#include "wireshark/carriers.h"

/* A packet that lies over more stretches, of a few octets each then, is not followed to all. */
#define STRETCHES_MAX 64

struct stretch {
    int64_t begin; /* offsets in the stream */
    int64_t end;
    struct packet_facts *carrier;
};

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

/* The stretch that begins at an offset, or the nearest below it. */
static const struct stretch *stretch_at(wmem_tree_t *tree, int64_t offset)
{
    guint32 words[2];
    wmem_tree_key_t key[2];
    key_make(offset, words, key);
    return wmem_tree_lookup32_array_le(tree, key);
}

static void stretch_add(wmem_tree_t *tree, int64_t begin, int64_t end, struct packet_facts *carrier)
{
    guint32 words[2];
    wmem_tree_key_t key[2];
    struct stretch *stretch = wmem_new(wmem_file_scope(), struct stretch);
    *stretch = (struct stretch){begin, end, carrier};
    key_make(begin, words, key);
    wmem_tree_insert32_array(tree, key, stretch);
}

/*
 * Notes the packet as the carrier of what nobody carried before it, from the highest octet down;
 * the lowest stretch that another subflow had carried is what it repeats.
 */
static struct packet_facts *repeated(wmem_tree_t *tree, struct packet_facts *facts)
{
    struct packet_facts *found = NULL;
    int64_t begin = facts->fed.data.begin, end = facts->fed.data.end;
    for (int i = 0; i < STRETCHES_MAX && end > begin; i++) {
        const struct stretch *below = stretch_at(tree, end - 1);
        int64_t from = below && below->end > begin ? below->end : begin;
        if (from < end)
            stretch_add(tree, from, end, facts);
        if (!below || below->end <= begin)
            break;
        if (below->carrier->fed.subflow != facts->fed.subflow)
            found = below->carrier;
        end = below->begin;
    }
    return found;
}

void carriers_take(struct packet_facts *facts)
{
    const struct mpta_fed_data *data = &facts->fed.data;
    if (!facts->fed.has_connection || !data->placed || facts->fed.duplicate)
        return;
    struct packet_facts *before = repeated(carriers_of(&facts->fed), facts);
    if (data->reinjected_bytes == 0 || !before)
        return;
    facts->reinjection_of = before->frame;
    before->reinjected_in = before->reinjected_in ? before->reinjected_in : facts->frame;
}

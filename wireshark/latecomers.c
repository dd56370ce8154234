/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subflows are found by their ends, and by when they were there. */
#include "wireshark/latecomers.h"

#include <string.h>

#include "wireshark/session.h"
#include "wireshark/streams.h"

/* Two ends, each as 4 or 6, address and port; compared octet by octet. */
struct ends {
    uint8_t octets[2][1 + 16 + 2];
};

struct latecomer {
    struct packet_facts *facts;
    struct ends ends; /* of its opener, and of the other */
    int64_t time_ns;
};

struct subflow_place {
    uint32_t connection;
    uint32_t subflow;
    enum mpta_side opened_by;
    int64_t start_ns;
    int64_t end_ns;
};

static GArray *latecomers;

void latecomers_open(void)
{
    latecomers = g_array_new(FALSE, FALSE, sizeof(struct latecomer));
}

void latecomers_close(void)
{
    if (latecomers)
        g_array_free(latecomers, TRUE);
    latecomers = NULL;
}

static void end_put(struct ends *ends, size_t index, const struct mpta_address *address,
                    uint16_t port)
{
    uint8_t *octets = ends->octets[index];
    octets[0] = address->family;
    memcpy(octets + 1, address->octets, 16);
    octets[17] = (uint8_t)(port >> 8);
    octets[18] = (uint8_t)port;
}

/* The opener of a subflow without a connection stands as its client. */
void latecomers_add(struct packet_facts *facts, const struct mpta_packet *packet)
{
    const struct mpta_segment *segment = packet->segment;
    struct latecomer latecomer = {.facts = facts, .time_ns = packet->place.time_ns};
    size_t sender = facts->fed.by == MPTA_CLIENT ? 0 : 1;
    if (!facts->fed.has_subflow || facts->fed.has_connection)
        return;
    end_put(&latecomer.ends, sender, &segment->src, segment->src_port);
    end_put(&latecomer.ends, 1 - sender, &segment->dst, segment->dst_port);
    g_array_append_val(latecomers, latecomer);
}

/* ---- Which subflows there are ---------------------------------------------------------------- */

static GBytes *key_of(const struct ends *ends)
{
    return g_bytes_new(ends, sizeof(*ends));
}

static void places_free(gpointer places)
{
    g_array_free(places, TRUE);
}

static void places_add(GHashTable *by_ends, uint32_t connection, const struct mpta_subflow *subflow)
{
    const struct subflow_place place = {connection, subflow->id, subflow->opened_by,
                                        subflow->start_ns, subflow->end_ns};
    const struct mpta_subflow_end *opener = &subflow->ends[subflow->opened_by];
    const struct mpta_subflow_end *other = &subflow->ends[!subflow->opened_by];
    struct ends ends = {0};
    end_put(&ends, 0, &opener->address, opener->port);
    end_put(&ends, 1, &other->address, other->port);
    GBytes *key = key_of(&ends);
    GArray *places = g_hash_table_lookup(by_ends, key);
    if (!places) {
        places = g_array_new(FALSE, FALSE, sizeof(place));
        g_hash_table_insert(by_ends, g_bytes_ref(key), places);
    }
    g_array_append_val(places, place);
    g_bytes_unref(key);
}

static GHashTable *places_make(void)
{
    GHashTable *by_ends = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                                (GDestroyNotify)g_bytes_unref, places_free);
    struct mpta_connection connection;
    struct mpta_subflow subflow;
    for (size_t i = 0; mpta_tracker_connection_at(session_tracker(), i, &connection); i++) {
        for (size_t k = 0; mpta_tracker_subflow(session_tracker(), connection.id, k, &subflow); k++)
            places_add(by_ends, connection.id, &subflow);
    }
    return by_ends;
}

/* ---- Settling -------------------------------------------------------------------------------- */

static void settle_at(struct packet_facts *facts, const struct subflow_place *place)
{
    facts->fed.has_connection = true;
    facts->fed.connection = place->connection;
    facts->fed.subflow = place->subflow;
    if (place->opened_by == MPTA_SERVER)
        facts->fed.by = facts->fed.by == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT;
    streams_note_subflow(place->connection, place->subflow);
}

static void settle(GHashTable *by_ends, const struct latecomer *latecomer)
{
    GBytes *key = key_of(&latecomer->ends);
    const GArray *places = g_hash_table_lookup(by_ends, key);
    for (guint i = 0; places && i < places->len; i++) {
        const struct subflow_place *place = &g_array_index(places, struct subflow_place, i);
        if (latecomer->time_ns >= place->start_ns && latecomer->time_ns <= place->end_ns) {
            settle_at(latecomer->facts, place);
            break;
        }
    }
    g_bytes_unref(key);
}

void latecomers_settle(void)
{
    if (latecomers->len == 0)
        return;
    GHashTable *by_ends = places_make();
    for (guint i = 0; i < latecomers->len; i++)
        settle(by_ends, &g_array_index(latecomers, struct latecomer, i));
    g_hash_table_destroy(by_ends);
    g_array_set_size(latecomers, 0);
}

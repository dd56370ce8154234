/* SPDX-License-Identifier: BSD-3-Clause */
/* Traffic is made, told to tracker and model, and forgotten. */
#include "tests/unit/analyzer/model.h"

/* A client key with IDSN + 1 = 0x2150ef8afffffe79: DSNs pass a wrap of 32 bits soon. */
#define KEY_NEAR_WRAP UINT64_C(0x100000000073f1f5)

static struct traffic traffic;
static struct wire wire;
static struct model model;

/* Sequence numbers begin anywhere, and often shortly before they wrap. */
static void open_somewhere(void)
{
    wire_open_for(&wire, model_receive, &model);
    if (traffic.style.missing == MISSING_ALL) {
        wire.peers.dsn[MPTA_CLIENT] = UINT64_MAX - traffic_random(&traffic, 20000);
        wire.peers.dsn[MPTA_SERVER] = traffic_random(&traffic, 20000);
    } else if (traffic_random(&traffic, 2)) {
        wire.peers = story_peers(1, KEY_NEAR_WRAP, STORY_KEY_SERVER);
    }
    wire_checksums(&wire, traffic.style.checksums, traffic.style.mixed);
    for (unsigned flow = 0; flow < WIRE_FLOWS; flow++) {
        for (int from = OPENER_SAYS; from <= RESPONDER_SAYS; from++) {
            uint32_t below =
                traffic_random(&traffic, traffic_random(&traffic, 2) ? 4000 : 1u << 31);
            wire.flows[flow].isn[from] = UINT32_MAX - below;
        }
    }
}

static void shake_hands(void)
{
    enum traffic_missing missing = traffic.style.missing;
    if (missing == MISSING_ALL)
        return;
    story_syn(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_SYN;
    wire_tell(&wire);
    story_syn_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_SYN_ACK;
    wire_tell(&wire);
    story_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire.fed += missing == MISSING_ACK;
    wire_tell(&wire);
    for (unsigned flow = 1; flow < traffic_seen_flows(&traffic); flow++)
        wire_join(&wire, flow);
}

/* Octets without a mapping have a place before the capture is over. */
static bool has_turned_plain(void)
{
    return story_connection(wire.tracker, 0).streams[MPTA_CLIENT].data_bytes >
           model_carried(&model, MPTA_CLIENT);
}

static void told(size_t index)
{
    const struct wire_segment *packet = &traffic.packets[index];
    bool known = packet->flow < traffic_seen_flows(&traffic) && model_feed(&model, packet);
    wire_send(&wire, packet);
    if (known && traffic_random(&traffic, 8) == 0) {
        model_copy(&model, packet);
        wire_copy_last(&wire);
    }
}

/* What applications say is the same each time. */
static void applications_fill(void)
{
    static bool filled;
    if (filled)
        return;
    wire_fill(traffic.app[MPTA_CLIENT], TRAFFIC_APP_MAX, MPTA_CLIENT, 0);
    wire_fill(traffic.app[MPTA_SERVER], TRAFFIC_APP_MAX, MPTA_SERVER, 0);
    filled = true;
}

/* The style of the traffic has been drawn. */
static void run(struct model_totals *totals)
{
    applications_fill();
    open_somewhere();
    traffic_make(&traffic, &wire);
    model_begin(&model, &traffic);
    shake_hands();
    for (size_t i = 0; i < traffic.count; i++)
        told(i);
    totals->packets += traffic.count;
    totals->soon += traffic.style.volume && has_turned_plain();
    wire_finish(&wire);
    model_compare(&model, wire.tracker, totals);
    wire_close(&wire);
}

void model_run_seed(uint64_t seed, bool changing, struct model_totals *totals)
{
    traffic_begin(&traffic, seed, changing);
    run(totals);
}

void model_run_script(const uint8_t *octets, size_t size, bool changing,
                      struct model_totals *totals)
{
    traffic_begin_script(&traffic, octets, size, changing);
    run(totals);
}

const char *model_words(void)
{
    return traffic_words(&traffic);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracker of the open file, and what it tells between packets. Its memory is the file's: all
 * goes when Wireshark closes it, or reads it anew for other preferences.
 */
#include "wireshark/session.h"

#include <sys/random.h>
#include <wiretap/wtap.h>

#include "wireshark/carriers.h"
#include "wireshark/keys.h"
#include "wireshark/latecomers.h"
#include "wireshark/segment.h"
#include "wireshark/streams.h"

struct session {
    struct mpta_tracker *tracker;
    bool finished;
    bool failed;                        /* memory ran out: nothing more is fed */
    uint64_t cut;                       /* segments without a whole header */
    wmem_map_t *judgements;             /* of checksums, by packet */
    wmem_array_t *firsts;               /* of connections, the first packet each */
    const struct mpta_segment *segment; /* that is being fed, */
    struct packet_facts *now;           /* of the packet that is being fed */
};

static struct session session;

const struct mpta_tracker *session_tracker(void)
{
    return session.tracker;
}

bool session_finished(void)
{
    return session.finished;
}

const struct mpta_judgement *session_judgement(uint64_t packet)
{
    return wmem_map_lookup(session.judgements, GUINT_TO_POINTER((guint)packet));
}

uint64_t session_first_packet(uint32_t connection)
{
    return connection < wmem_array_get_count(session.firsts)
               ? *(const uint64_t *)wmem_array_index(session.firsts, connection)
               : 0;
}

uint32_t session_connection_count(void)
{
    return session.firsts ? wmem_array_get_count(session.firsts) : 0;
}

/* ---- What the tracker tells ------------------------------------------------------------------ */

static void take_judgement(void *context, const struct mpta_judgement *judgement)
{
    (void)context;
    guint packet = (guint)judgement->at.packet;
    wmem_map_insert(session.judgements, GUINT_TO_POINTER(packet),
                    wmem_memdup(wmem_file_scope(), judgement, sizeof(*judgement)));
}

static void take_start(const struct mpta_event *event)
{
    const uint64_t none = 0;
    while (wmem_array_get_count(session.firsts) <= event->connection)
        wmem_array_append(session.firsts, &none, 1);
    *(uint64_t *)wmem_array_index(session.firsts, event->connection) = event->at.packet;
}

static void take_address(const struct mpta_event *event)
{
    if (!session.now || event->at.packet != session.now->frame)
        return;
    if (session.now->address_count++ == 0)
        session.now->address_first = (uint32_t)event->address;
}

static void take_event(void *context, const struct mpta_event *event)
{
    (void)context;
    if (event->type == MPTA_EVENT_CONNECTION_START)
        take_start(event);
    else if (event->type == MPTA_EVENT_ADDRESS_ADD || event->type == MPTA_EVENT_ADDRESS_ECHO ||
             event->type == MPTA_EVENT_ADDRESS_REMOVE)
        take_address(event);
}

static void take_octets(void *context, const struct mpta_octets *octets)
{
    (void)context;
    streams_deliver(octets, session.segment);
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void session_open(void)
{
    struct mpta_config config = {
        .locate = true,
        .observe = take_event,
        .judge = take_judgement,
        .deliver = take_octets,
    };
    uint64_t *keys = keys_list(&config.key_count);
    config.keys = keys;
    session = (struct session){
        .judgements = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal),
        .firsts = wmem_array_new(wmem_file_scope(), sizeof(uint64_t)),
    };
    carriers_open();
    streams_open();
    latecomers_open();
    if (getrandom(config.hash_key, sizeof(config.hash_key), 0) == sizeof(config.hash_key))
        session.tracker = mpta_tracker_new(&config);
    session.failed = !session.tracker;
    g_free(keys);
}

static void session_close(void)
{
    mpta_tracker_free(session.tracker);
    streams_close();
    latecomers_close();
    session = (struct session){.failed = true};
}

/* Wireshark has read the file to its end, or the capture was stopped. */
static void session_finish(void)
{
    const struct mpta_capture_facts capture = {.cut = session.cut};
    if (!session.tracker || session.finished)
        return;
    session.finished = true;
    if (mpta_tracker_note_capture(session.tracker, &capture) != MPTA_OK ||
        mpta_tracker_finish(session.tracker) != MPTA_OK)
        session.failed = true;
    streams_finish();
    latecomers_settle();
}

void session_register(void)
{
    register_init_routine(session_open);
    register_cleanup_routine(session_close);
    register_postseq_cleanup_routine(session_finish);
}

/* ---- Packets --------------------------------------------------------------------------------- */

static struct mpta_packet packet_make(const packet_info *pinfo, const struct mpta_segment *segment)
{
    return (struct mpta_packet){
        .place = {.packet = pinfo->num,
                  .time_ns = (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs},
        .interface = pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID
                         ? pinfo->rec->rec_header.packet_header.interface_id
                         : 0,
        .segment = segment,
    };
}

static bool session_takes(tvbuff_t *tvb, packet_info *pinfo, void *ip, struct mpta_segment *segment)
{
    if (session.failed || session.finished)
        return false;
    enum segment_found found = segment_make(tvb, pinfo, ip, segment);
    session.cut += found == SEGMENT_CUT;
    return found == SEGMENT_WHOLE;
}

/* Feeds the tracker; false where it has nothing to say of the packet. */
static bool tracker_feed(const struct mpta_packet *packet, struct packet_facts *facts)
{
    session.now = facts;
    session.segment = packet->segment;
    session.failed = mpta_tracker_feed(session.tracker, packet, &facts->fed) != MPTA_OK;
    session.now = NULL;
    session.segment = NULL;
    return facts->fed.mptcp || facts->fed.has_subflow;
}

struct packet_facts *session_feed(tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    struct mpta_segment segment;
    struct packet_facts facts = {.frame = pinfo->num};
    if (!session_takes(tvb, pinfo, ip, &segment))
        return NULL;
    const struct mpta_packet packet = packet_make(pinfo, &segment);
    if (!tracker_feed(&packet, &facts))
        return NULL;
    struct packet_facts *kept = wmem_memdup(wmem_file_scope(), &facts, sizeof(facts));
    carriers_take(kept);
    latecomers_add(kept, &packet);
    streams_take(kept, &segment, packet.place.time_ns);
    packet_facts_keep(pinfo, kept);
    return kept;
}

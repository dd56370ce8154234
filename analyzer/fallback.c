/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Evidence of fallback. A packet whose options were cut by the snap length is evidence of nothing,
 * and so is an absent packet: each event rests on a packet that was captured whole.
 */
#include "analyzer/fallback.h"

#include "analyzer/keep_alive.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

static const char *const cause_names[] = {
    [MPTA_FALLBACK_NONE] = "none",
    [MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE] = "synack-without-mp_capable",
    [MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE] = "syn-retransmitted-without-mp_capable",
    [MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE] = "ack-without-mp_capable",
    [MPTA_FALLBACK_DATA_WITHOUT_DSS] = "data-without-dss",
    [MPTA_FALLBACK_MP_FAIL] = "mp_fail",
    [MPTA_FALLBACK_INFINITE_MAPPING] = "infinite-mapping",
    [MPTA_FALLBACK_VERSION_MISMATCH] = "version-mismatch",
    [MPTA_FALLBACK_OTHER] = "other",
};
_Static_assert(sizeof(cause_names) / sizeof(cause_names[0]) == MPTA_FALLBACK_CAUSE_COUNT,
               "one name for each cause");

const char *mpta_fallback_cause_name(enum mpta_fallback_cause cause)
{
    return cause_names[cause];
}

const struct mpta_place *fallback_event(const struct fallback *fallback,
                                        enum mpta_fallback_cause cause)
{
    static const struct mpta_place none;
    return fallback->evidence ? &fallback->evidence->events[cause] : &none;
}

static bool event_note(struct fallback *fallback, enum mpta_fallback_cause cause,
                       const struct mpta_place *place, enum mpta_side by)
{
    if (fallback_event(fallback, cause)->packet != 0)
        return true;
    fallback->evidence = part_make(fallback->evidence, sizeof(*fallback->evidence));
    if (!fallback->evidence)
        return false;
    fallback->evidence->events[cause] = *place;
    fallback->evidence->event_by[cause] = by;
    return true;
}

static void event_withdraw(struct fallback *fallback, enum mpta_fallback_cause cause)
{
    if (fallback->evidence)
        fallback->evidence->events[cause].packet = 0;
}

void fallback_survive(struct fallback *fallback, enum mpta_fallback_cause cause)
{
    struct evidence *evidence = fallback->evidence;
    if (evidence->survived[cause].packet == 0) {
        evidence->survived[cause] = evidence->events[cause];
        evidence->survived_by[cause] = evidence->event_by[cause];
    }
    event_withdraw(fallback, cause);
}

static bool fallback_take_syn(struct fallback *fallback, const struct options *options,
                              const struct mpta_place *place)
{
    const struct mpta_mptcp_option *capable = options_find(options, MPTA_MP_CAPABLE);
    if (capable) {
        fallback->syn_capable = true;
        fallback->syn_version = capable->capable.version;
    } else if (fallback->syn_capable && !options->cut) {
        if (fallback->unheard.packet == 0)
            fallback->unheard = fallback->answer;
        return event_note(fallback, MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE, place,
                          MPTA_CLIENT);
    }
    return true;
}

static bool fallback_take_syn_ack(struct fallback *fallback, const struct options *options,
                                  const struct mpta_place *place)
{
    const struct mpta_mptcp_option *capable = options_find(options, MPTA_MP_CAPABLE);
    if (capable) {
        fallback->syn_ack_capable = true;
        fallback->answer = *place;
        if (fallback->syn_capable && capable->capable.version != fallback->syn_version)
            return event_note(fallback, MPTA_FALLBACK_VERSION_MISMATCH, place, MPTA_SERVER);
    } else if (fallback->syn_capable && !fallback->syn_ack_capable && !options->cut &&
               fallback_event(fallback, MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE)
                       ->packet == 0) {
        return event_note(fallback, MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE, place, MPTA_SERVER);
    }
    return true;
}

/* The opener goes on with MPTCP after the handshake: what spoke against it was not the last word.
 */
static void fallback_take_opener_signal(struct fallback *fallback)
{
    event_withdraw(fallback, MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE);
    event_withdraw(fallback, MPTA_FALLBACK_VERSION_MISMATCH);
    event_withdraw(fallback, MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE);
}

static void mapped_until(struct fallback *fallback, enum role role, uint64_t end)
{
    if (end > fallback->halves[role].mapped_end)
        fallback->halves[role].mapped_end = end;
}

static void fallback_take_mapping(struct fallback *fallback, const struct half *half,
                                  enum role role, const struct options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct mpta_mptcp_option *option = &options->items[i];
        bool mapping = (option->subtype == MPTA_DSS && option->dss.has_map) ||
                       (option->subtype == MPTA_MP_CAPABLE && option->capable.has_data_len);
        if (!mapping)
            continue;
        if (!half->ssn_base_known) {
            fallback->halves[role].blind = true;
        } else if (option->subtype == MPTA_DSS) {
            uint64_t begin = seq_extend((uint32_t)half->ssn_base + option->dss.ssn, half->next);
            mapped_until(fallback, role, begin + option->dss.data_len);
        } else {
            mapped_until(fallback, role, half->ssn_base + 1 + option->capable.data_len);
        }
    }
}

/* A mapping is no longer than this, RFC 8684 section 3.3. */
#define MAPPING_LEN_MAX 65535

/*
 * A packet that was not captured may have carried a mapping that covers this data, unless all
 * octets from the last mapping on were captured, or more of them than one mapping covers.
 */
static bool mapping_may_be_lost(const struct fallback *fallback, const struct half *half,
                                enum role role, const struct extent *extent)
{
    uint64_t from = half->ssn_base + 1;
    struct range gap;
    if (fallback->halves[role].mapped_end > from)
        from = fallback->halves[role].mapped_end;
    if (extent->begin > from + MAPPING_LEN_MAX)
        from = extent->begin - MAPPING_LEN_MAX;
    return rangeset_next_gap(&half->seen, &from, extent->begin, &gap);
}

/*
 * Data that no mapping covers, in a packet without kind 30, on a subflow whose start is known. It
 * counts only while its sender never uses DSS again, which fallback_take sees to.
 */
static void fallback_take_data(struct fallback *fallback, const struct half *half, enum role role,
                               const struct mpta_packet *packet, const struct options *options,
                               const struct extent *extent)
{
    /* What it sent after the handshake tells of the SYN/ACK, too, where that was not captured. */
    bool agreed =
        fallback->syn_ack_capable || (fallback->halves[role].signalled && half->isn_known);
    if (packet->segment->payload_len == 0 || options->cut ||
        extent_is_probe(extent, half, packet, options))
        return;
    fallback->halves[role].bare = true;
    if (!half->ssn_base_known || fallback->halves[role].blind || !agreed ||
        fallback->halves[role].unmapped.packet != 0 ||
        extent->end <= fallback->halves[role].mapped_end)
        return;
    if (!mapping_may_be_lost(fallback, half, role, extent))
        fallback->halves[role].unmapped = packet->place;
}

/*
 * Data that no mapping covers, and an acknowledgement without DSS: who sends that means what was
 * said of the end of MPTCP, or has heard it.
 */
static void fallback_take_bare(struct fallback *fallback, const struct half *half, enum role role,
                               const struct mpta_packet *packet, const struct options *options,
                               const struct extent *extent)
{
    bool has_data = packet->segment->payload_len > 0;
    enum mpta_side side = role == OPENER ? MPTA_CLIENT : MPTA_SERVER;
    if (options->cut || (has_data && (extent->end <= fallback->halves[role].mapped_end ||
                                      extent_is_probe(extent, half, packet, options))))
        return;
    for (int cause = 0; fallback->evidence && cause < MPTA_FALLBACK_CAUSE_COUNT; cause++) {
        struct survival *survival = &fallback->evidence->survivals[cause];
        survival->is_watched &= (survival->data_of == side) != has_data;
    }
}

/*
 * The third ACK, or the first data, which completes the handshake where that ACK was lost: for the
 * server the one is as good as the other.
 */
static bool fallback_take_ack(struct fallback *fallback, const struct half *half, enum role role,
                              const struct mpta_packet *packet, const struct options *options,
                              const struct extent *extent)
{
    const struct mpta_segment *segment = packet->segment;
    bool first_data = half->ssn_base_known && extent->begin == half->ssn_base + 1;
    if (role == OPENER && fallback->syn_capable && fallback->syn_ack_capable && !options->cut &&
        segment->flags & MPTA_TCP_ACK && (segment->payload_len == 0 || first_data))
        return event_note(fallback, MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE, &packet->place,
                          MPTA_CLIENT);
    return true;
}

/* This side still uses MPTCP. What was sent before the fallback, and comes late or again, says no
 * such thing. */
static void fallback_take_use(struct fallback *fallback, enum role role)
{
    fallback->halves[role].unmapped.packet = 0;
    fallback->halves[role].bare = false;
}

bool fallback_take(struct fallback *fallback, const struct subflow *subflow, enum role role,
                   const struct mpta_packet *packet, const struct options *options,
                   const struct extent *extent, bool repeats, bool alone)
{
    uint16_t flags = packet->segment->flags;
    if (flags & MPTA_TCP_RST)
        return true;
    fallback->went_on |= !(flags & MPTA_TCP_SYN);
    if (flags & MPTA_TCP_SYN && flags & MPTA_TCP_ACK) {
        return fallback_take_syn_ack(fallback, options, &packet->place);
    } else if (flags & MPTA_TCP_SYN) {
        return fallback_take_syn(fallback, options, &packet->place);
    } else if (options->count > 0) {
        if (role == OPENER)
            fallback_take_opener_signal(fallback);
        if (!repeats)
            fallback_take_use(fallback, role);
        fallback->halves[role].signalled = true;
        fallback_take_mapping(fallback, &subflow->halves[role], role, options);
    } else if (options->refused_count == 0) { /* what cannot be read may be anything */
        if (!fallback->halves[role].signalled &&
            !fallback_take_ack(fallback, &subflow->halves[role], role, packet, options, extent))
            return false;
        fallback_take_bare(fallback, &subflow->halves[role], role, packet, options, extent);
        if (alone)
            fallback_take_data(fallback, &subflow->halves[role], role, packet, options, extent);
    }
    return true;
}

bool fallback_take_signal(struct fallback *fallback, const struct mpta_mptcp_option *option,
                          const struct mpta_packet *packet, enum mpta_side by, bool repeats)
{
    /* On whichever subflow. The client opened the initial one. */
    if (option->subtype == MPTA_DSS && !repeats)
        fallback_take_use(fallback, by == MPTA_CLIENT ? OPENER : RESPONDER);
    if (option->subtype == MPTA_DSS && option->dss.has_map && option->dss.data_len == 0)
        return event_note(fallback, MPTA_FALLBACK_INFINITE_MAPPING, &packet->place, by);
    /* On a RST it ends one of several subflows, not the use of MPTCP. */
    if (option->subtype == MPTA_MP_FAIL && !(packet->segment->flags & MPTA_TCP_RST))
        return event_note(fallback, MPTA_FALLBACK_MP_FAIL, &packet->place, by);
    return true;
}

/* ---- Several capture points ------------------------------------------------------------------
 */

#define BIT(subtype) (1U << (subtype))

/* The receiver of data falls back at its first segment without a mapping, RFC 8684 section 3.7. */
bool fallback_take_changed(struct fallback *fallback, enum role role,
                           const struct mpta_packet *packet, uint16_t first, uint16_t now,
                           bool alone)
{
    const struct mpta_segment *segment = packet->segment;
    const uint16_t mapping = BIT(MPTA_DSS) | BIT(MPTA_MP_CAPABLE);
    const uint16_t syn_ack = MPTA_TCP_SYN | MPTA_TCP_ACK;
    if (role == RESPONDER && (segment->flags & syn_ack) == syn_ack &&
        first & ~now & BIT(MPTA_MP_CAPABLE) &&
        !event_note(fallback, MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE, &packet->place, MPTA_SERVER))
        return false;
    if (segment->flags & MPTA_TCP_SYN || segment->payload_len == 0 || !alone ||
        !(first & mapping) == !(now & mapping))
        return true;
    if (fallback->halves[role].stripped.packet == 0)
        fallback->halves[role].stripped = packet->place;
    return true;
}

void fallback_take_copy(struct fallback *fallback, enum role role, const struct mpta_packet *packet,
                        const struct options *options)
{
    struct mpta_place *stripped = &fallback->halves[role].stripped;
    const struct mpta_mptcp_option *option = options_find(options, MPTA_DSS);
    if (option && option->dss.has_map && packet->segment->payload_len > 0 &&
        packet->place.time_ns > stripped->time_ns)
        stripped->packet = 0;
}

bool fallback_is_suspected(const struct fallback *fallback, enum mpta_side by)
{
    enum role role = by == MPTA_CLIENT ? OPENER : RESPONDER;
    return fallback->halves[role].bare || fallback->halves[role].unmapped.packet != 0;
}

bool fallback_is_unheard(const struct fallback *fallback)
{
    return fallback->halves[OPENER].stripped.packet != 0 ||
           fallback->halves[RESPONDER].stripped.packet != 0;
}

/* ---- The cause --------------------------------------------------------------------------------
 */

static bool place_earlier(const struct mpta_place *place, const struct mpta_place *than)
{
    return place->packet != 0 && (than->packet == 0 || place->time_ns < than->time_ns);
}

enum mpta_fallback_cause fallback_cause(const struct fallback *fallback, struct mpta_place *at,
                                        enum mpta_side *by)
{
    enum mpta_fallback_cause cause = MPTA_FALLBACK_NONE;
    *at = (struct mpta_place){0};
    *by = MPTA_CLIENT;
    for (int i = MPTA_FALLBACK_NONE + 1; i < MPTA_FALLBACK_CAUSE_COUNT; i++) {
        bool counts = i != MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE || fallback->went_on;
        const struct mpta_place *event = fallback_event(fallback, (enum mpta_fallback_cause)i);
        if (counts && place_earlier(event, at)) {
            cause = (enum mpta_fallback_cause)i;
            *at = *event;
            *by = fallback->evidence->event_by[i];
        }
    }
    for (int role = OPENER; role <= RESPONDER; role++) {
        const struct mpta_place *places[] = {&fallback->halves[role].unmapped,
                                             &fallback->halves[role].stripped};
        for (size_t i = 0; i < 2; i++) {
            if (!place_earlier(places[i], at))
                continue;
            cause = MPTA_FALLBACK_DATA_WITHOUT_DSS;
            *at = *places[i];
            *by = role == OPENER ? MPTA_CLIENT : MPTA_SERVER;
        }
    }
    return cause;
}

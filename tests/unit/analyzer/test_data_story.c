/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data stream of small conversations: mappings in every form, reinjections, remappings,
 * retransmissions, what comes late and what is missing. Offsets count from IDSN + 1.
 */
#include "analyzer/held.h"
#include "analyzer/mapping.h"
#include "tests/unit/analyzer/wire_case.h"

#include <string.h>

/* clang-format off */
static const struct wire_case mapping_cases[] = {
    {"a segment with its mapping", wire_single,
     {DATA(1, 0, 100), DATA(101, 100, 50)},
     .good = {{0, 150}}, .data_bytes = 150},
    {"a mapping repeated on each of its segments", wire_single,
     {MAPPED(1, 0, 100, 1, 0, 300), MAPPED(101, 100, 100, 1, 0, 300),
      MAPPED(201, 200, 100, 1, 0, 300)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"a mapping on the first of its segments", wire_single,
     {MAPPED(1, 0, 100, 1, 0, 300), ONLY(101, 100, 100), ONLY_AS(201, 200, 100, BARE)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"a mapping on the last of its segments", wire_pair,
     {ONLY(1, 0, 100), ONLY_AS(101, 100, 100, BARE), MAPPED(201, 200, 100, 1, 0, 300)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"a mapping after all of its data", wire_single,
     {ONLY_AS(1, 0, 100, BARE), ONLY_AS(101, 100, 100, BARE), MAPPED(201, 0, 0, 1, 0, 200)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"a mapping after all of its data, which came in the wrong order, and a hole", wire_pair,
     {ONLY(201, 200, 50), ONLY(1, 0, 100), MAPPED(251, 0, 0, 1, 0, 250)},
     .good = {{0, 100}, {200, 250}}, .data_bytes = 150, .missing_bytes = 100},
    {"a mapping before its data", wire_pair,
     {MAPPED(1, 0, 0, 1, 0, 200), ONLY(1, 0, 100), ONLY_AS(101, 100, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"the next mapping comes before the data of the last one", wire_single,
     {MAPPED(1, 0, 50, 1, 0, 100), MAPPED(101, 100, 0, 101, 100, 100), ONLY(51, 50, 50),
      ONLY(101, 100, 100)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"two mappings in one segment", wire_single,
     {MAPPED(1, 0, 100, 1, 0, 150), MAPPED(101, 100, 200, 151, 150, 150)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"two mappings in one segment that go to different places", wire_pair,
     {MAPPED(1, 0, 100, 1, 0, 100), MAPPED_AS(1, 100, 100, SECOND, 1, 100, 100),
      MAPPED(101, 200, 150, 101, 200, 150), MAPPED_AS(101, 350, 0, SECOND, 101, 350, 100),
      ONLY_AS(101, 350, 100, SECOND)},
     .good = {{0, 450}}, .data_bytes = 450},
    {"a mapping of one octet", wire_single, {DATA(1, 0, 1), DATA(2, 1, 1)},
     .good = {{0, 2}}, .data_bytes = 2},
    {"the longest mapping", wire_single,
     {MAPPED(1, 0, 30000, 1, 0, 65535), ONLY(30001, 30000, 35535)},
     .good = {{0, 65535}}, .data_bytes = 65535},
    {"data whose mapping was not captured is not in the stream", wire_pair,
     {DATA(1, 0, 100), ONLY(101, 100, 100), DATA(201, 200, 100)},
     .good = {{0, 100}, {200, 300}}, .data_bytes = 200, .missing_bytes = 100},
    {"nor where it fits between two others: it may be older data, sent anew", wire_single,
     {DATA(1, 0, 100), ONLY_AS(101, 0, 100, BARE), DATA(201, 200, 100)},
     .good = {{0, 100}, {200, 300}}, .data_bytes = 200, .missing_bytes = 100},
    {"nor where what another subflow carried was sent behind what comes later", wire_single,
     {DATA(1, 0, 100), ONLY(151, 250, 50), ONLY(251, 150, 50), DATA(301, 300, 100)},
     .good = {{0, 100}, {300, 400}}, .data_bytes = 200, .missing_bytes = 200},
    {"nor at the end, as a DATA_FIN tells: the subflow may go on", wire_single,
     {DATA(1, 0, 100), ONLY(151, 50, 50), MAPPED_AS(201, 0, 0, FIN, 0, 200, 0)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"not where the hole is too small", wire_single,
     {DATA(1, 0, 200), ONLY_AS(201, 100, 100, BARE), DATA(301, 200, 100)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"not after a join that carried data was closed", wire_closed,
     {DATA(1, 0, 100), ONLY_AS(101, 200, 100, BARE), DATA(201, 300, 100)},
     .good = {{0, 200}, {300, 400}}, .data_bytes = 300, .missing_bytes = 100},
    {"its mapping comes with a retransmission", wire_single,
     {DATA(1, 0, 100), ONLY_AS(101, 100, 100, BARE), DATA(201, 200, 100), DATA(101, 100, 100)},
     .good = {{0, 300}}, .data_bytes = 300, .retransmitted_bytes = 100},
    {"MP_CAPABLE with data, on each of its segments", wire_single,
     {MAPPED_AS(1, 0, 100, CAPABLE, 1, 0, 200), MAPPED_AS(101, 100, 100, CAPABLE, 1, 0, 200),
      DATA(201, 200, 100)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"DATA_FIN with data", wire_single, {DATA_AS(1, 0, 100, FIN)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"DATA_FIN without data maps nothing", wire_single,
     {DATA(1, 0, 100), MAPPED_AS(101, 0, 0, FIN, 0, 100, 0)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"a SSN beyond 2^31 and around 2^32", wire_single,
     {DATA(1, 0, 100), DATA(0x60000000, 0x5fffffff, 100), DATA(0xc0000000, 0xbfffffff, 100),
      DATA(0xffffffce, 0xffffffcd, 100), DATA(0x32, 0x100000031, 100),
      DATA(0xffffffce, 0xffffffcd, 100)},
     .good = {{0, 100}, {0x5fffffff, 0x60000063}, {0xbfffffff, 0xc0000063},
              {0xffffffcd, 0x100000095}},
     .data_bytes = 500, .missing_bytes = UINT64_C(0x100000031) + 100 - 500,
     .retransmitted_bytes = 100},
    {"a DSN of 32 bits around 2^32", wire_narrow,
     {DATA_AS(1, 0, 200, NARROW), DATA_AS(201, 200, 200, NARROW), DATA_AS(401, 400, 200, NARROW),
      DATA(601, 600, 100)},
     .good = {{0, 700}}, .data_bytes = 700},
    {"a DSN of 32 bits around 2^32, seen from above first", wire_narrow,
     {DATA_AS(401, 400, 200, NARROW), DATA_AS(1, 0, 200, NARROW), DATA(201, 200, 200)},
     .good = {{0, 600}}, .data_bytes = 600},
};

static const struct wire_case overlap_cases[] = {
    {"a retransmission", wire_single, {DATA(1, 0, 100), DATA(1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100},
    {"a retransmission with other boundaries", wire_single,
     {MAPPED(1, 0, 100, 1, 0, 300), MAPPED(101, 100, 100, 1, 0, 300),
      MAPPED(51, 50, 250, 1, 0, 300)},
     .good = {{0, 300}}, .data_bytes = 300, .retransmitted_bytes = 150},
    {"a retransmission with a mapping of its own", wire_single,
     {DATA(1, 0, 100), DATA(101, 100, 100), DATA(51, 50, 200)},
     .good = {{0, 250}}, .data_bytes = 250, .retransmitted_bytes = 150},
    {"a mapping around two others", wire_single,
     {DATA(51, 50, 50), DATA(201, 200, 50), DATA(1, 0, 300)},
     .good = {{0, 300}}, .data_bytes = 300, .retransmitted_bytes = 100},
    {"a mapping from one into another", wire_single,
     {DATA(1, 0, 100), DATA(201, 200, 100), MAPPED(101, 100, 100, 51, 50, 200)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"a contradiction: the first mapping stands", wire_single,
     {DATA(1, 0, 100), MAPPED(1, 0, 100, 1, 500, 100), DATA(101, 100, 100)},
     .good = {{0, 200}}, .data_bytes = 200, .retransmitted_bytes = 100,
     .error = "mapping-contradiction"},
    {"a contradiction of a part: nothing of it is used", wire_single,
     {DATA(1, 0, 100), MAPPED(101, 100, 50, 51, 500, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .error = "mapping-contradiction"},
    {"out of order", wire_single,
     {DATA(201, 200, 100), DATA(101, 100, 100), DATA(1, 0, 100)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"a hole", wire_single, {DATA(1, 0, 100), DATA(201, 200, 100)},
     .good = {{0, 100}, {200, 300}}, .data_bytes = 200, .missing_bytes = 100},
    {"the first octets were not captured", wire_single, {DATA(101, 100, 100)},
     .good = {{100, 200}}, .data_bytes = 100, .missing_bytes = 100},
    {"reinjected on another subflow", wire_pair,
     {DATA(1, 0, 100), DATA_AS(1, 0, 100, SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100},
    {"reinjected with other boundaries", wire_pair,
     {DATA(1, 0, 100), DATA_AS(1, 50, 100, SECOND), DATA(101, 100, 100)},
     .good = {{0, 200}}, .data_bytes = 200, .reinjected_bytes = 100},
    {"reinjected, and the reinjection sent again", wire_pair,
     {DATA(1, 0, 100), DATA_AS(1, 0, 100, SECOND), DATA_AS(1, 0, 100, SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .retransmitted_bytes = 100},
    {"remapped on the same subflow", wire_single,
     {DATA(1, 0, 100), DATA(101, 0, 100), DATA(201, 100, 100)},
     .good = {{0, 200}}, .data_bytes = 200, .remapped_bytes = 100},
    {"reinjected, then remapped there", wire_pair,
     {DATA(1, 0, 100), DATA_AS(1, 0, 100, SECOND), DATA_AS(101, 0, 100, SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .remapped_bytes = 100},
    {"sent on the second path, then on the first", wire_pair,
     {DATA_AS(1, 0, 100, SECOND), DATA(1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100},
    {"data of the two paths interleaved", wire_pair,
     {DATA(1, 0, 100), DATA_AS(1, 100, 100, SECOND), DATA(101, 200, 100),
      DATA_AS(101, 300, 100, SECOND)},
     .good = {{0, 400}}, .data_bytes = 400},
    {"cut by the snap length: counted, not handed on", wire_single,
     {{1, 0, 100, {1, 0, 100}, 0, 60}, DATA(101, 100, 100)},
     .good = {{0, 40}, {100, 200}}, .data_bytes = 200},
    {"cut, then reinjected whole", wire_pair,
     {{1, 0, 100, {1, 0, 100}, 0, 60}, DATA_AS(1, 0, 100, SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100},
    {"cut, then sent again whole", wire_single,
     {{1, 0, 100, {1, 0, 100}, 0, 100}, DATA(1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100},
    {"cut at one capture point, whole at another", wire_single,
     {{1, 0, 100, {1, 0, 100}, COPIED, 60}, DATA(101, 100, 100)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"cut while it waited for its mapping", wire_pair,
     {{1, 0, 100, {0, 0, 0}, 0, 30}, ONLY(101, 100, 100), MAPPED(201, 0, 0, 1, 0, 200)},
     .good = {{0, 70}, {100, 200}}, .data_bytes = 200},
};

static const struct wire_case fallback_cases[] = {
    {"an infinite mapping", wire_single,
     {DATA(1, 0, 100), MAPPED_AS(101, 100, 100, INFINITE, 101, 100, 0),
      ONLY_AS(201, 200, 100, BARE), ONLY_AS(401, 400, 100, BARE)},
     .good = {{0, 300}, {400, 500}}, .data_bytes = 400, .missing_bytes = 100},
    {"an infinite mapping after its data", wire_single,
     {DATA(1, 0, 100), ONLY(101, 100, 100), MAPPED_AS(201, 200, 100, INFINITE, 101, 100, 0)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"an infinite mapping begins where it says", wire_single,
     {DATA(1, 0, 100), ONLY(101, 0, 100), MAPPED_AS(201, 100, 100, INFINITE, 201, 100, 0)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"an infinite mapping says nothing of what comes late from before it", wire_single,
     {DATA(1, 0, 100), MAPPED_AS(201, 100, 100, INFINITE, 201, 100, 0), ONLY(101, 0, 100)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"a mapping after an infinite one that says otherwise", wire_single,
     {DATA(1, 0, 100), MAPPED_AS(101, 100, 100, INFINITE, 101, 100, 0),
      MAPPED(201, 200, 100, 201, 250, 100), ONLY_AS(301, 300, 100, BARE)},
     .good = {{0, 400}}, .data_bytes = 400, .error = "mapping-contradiction"},
    {"a mapping after an infinite one of what lies before it", wire_single,
     {MAPPED_AS(101, 100, 100, INFINITE, 101, 100, 0), MAPPED(1, 0, 100, 1, 0, 100)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"nothing of kind 30 after the SYN, and the SYN/ACK was not captured", wire_unanswered,
     {ONLY_AS(1, 0, 100, BARE), ONLY_AS(101, 100, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"DSS vanish", wire_single,
     {DATA(1, 0, 100), ONLY_AS(101, 100, 100, BARE), ONLY_AS(201, 200, 100, BARE)},
     .good = {{0, 300}}, .data_bytes = 300},
    {"DSS vanish, and not all was captured", wire_single,
     {DATA(1, 0, 100), ONLY_AS(101, 100, 100, BARE), ONLY_AS(301, 300, 100, BARE)},
     .good = {{0, 200}, {300, 400}}, .data_bytes = 300, .missing_bytes = 100},
    {"DSS vanish after a remapping", wire_single,
     {DATA(1, 0, 200), DATA(201, 100, 100), ONLY_AS(301, 200, 100, BARE)},
     .good = {{0, 300}}, .data_bytes = 300, .remapped_bytes = 100},
    {"not after the join was closed that had carried what nobody acknowledged", wire_closed,
     {DATA(1, 0, 100), ONLY_AS(101, 100, 100, BARE), ONLY_AS(201, 200, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"DSS vanish from the first data on", wire_single,
     {ONLY_AS(1, 0, 100, BARE), ONLY_AS(101, 100, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200},
    {"DSS vanish, and the first data after it was not captured, nor any ACK", wire_single,
     {DATA(1, 0, 100), ONLY_AS(201, 200, 100, BARE), ONLY_AS(301, 300, 100, BARE)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"not where data was sent anew before", wire_single,
     {DATA(1, 0, 200), DATA(201, 100, 100), ONLY_AS(401, 300, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200, .remapped_bytes = 100},
    {"nor where the stream ends elsewhere", wire_single,
     {DATA(1, 0, 100), MAPPED_AS(301, 0, 0, FIN, 0, 150, 0), ONLY_AS(201, 100, 100, BARE)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"nor on a path among others", wire_pair,
     {DATA(1, 0, 100), ONLY_AS(201, 200, 100, BARE)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"DSS vanish in the other direction", wire_single,
     {DATA(1, 0, 100), ONLY_AS(101, 100, 100, BARE)},
     .good = {{0, 200}}, .data_bytes = 200, .by = MPTA_SERVER},
};

/* Handed on counts from what begins the capture; see start in struct wire. */
static const struct wire_case late_cases[] = {
    {"late: the first DSN is the base", wire_late,
     {DATA(1001, 1000, 100), DATA(1101, 1100, 100)},
     .good = {{0, 200}}, .data_bytes = 200, .no_base = true},
    {"late: one mapping is enough", wire_late, {DATA(1001, 1000, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .no_base = true},
    {"late: a DATA_FIN behind it is not the base", wire_late,
     {DATA(1001, 1000, 100), MAPPED_AS(1101, 0, 0, FIN, 0, 1100, 0)},
     .good = {{0, 100}}, .data_bytes = 100, .no_base = true},
    {"late: earlier data lies below the base", wire_late,
     {DATA(1001, 1000, 100), DATA(1101, 1100, 100), DATA(501, 500, 100)},
     .good = {{(uint64_t)-500, (uint64_t)-400}, {0, 200}},
     .data_bytes = 300, .missing_bytes = 400, .no_base = true},
    {"late: earlier data that reaches over the base", wire_late,
     {MAPPED(1101, 1100, 50, 1001, 1000, 150), DATA(1151, 1150, 100), DATA(951, 950, 150)},
     .good = {{(uint64_t)-50, 250}}, .data_bytes = 300, .no_base = true},
    {"late: mappings of several segments", wire_late,
     {MAPPED(1001, 1000, 100, 1001, 1000, 300), MAPPED(1101, 1100, 100, 1001, 1000, 300),
      MAPPED(1201, 1200, 100, 1001, 1000, 300), DATA(1301, 1300, 100)},
     .good = {{0, 400}}, .data_bytes = 400, .no_base = true},
    {"late: mappings whose first segments are missing", wire_late,
     {MAPPED(1101, 1100, 100, 1001, 1000, 200), MAPPED(1301, 1300, 100, 1201, 1200, 200),
      MAPPED(1401, 1400, 100, 1401, 1400, 200), MAPPED(1501, 1500, 100, 1401, 1400, 200)},
     .good = {{100, 200}, {300, 600}}, .data_bytes = 400, .missing_bytes = 100, .no_base = true},
    {"late: a mapping in the middle says nothing of where it began", wire_late,
     {MAPPED(1101, 1100, 100, 1001, 1000, 300)}, .no_base = true},
    {"late: the first mapping began before its packet, as long as that was", wire_late,
     {MAPPED(1051, 1050, 100, 1001, 1000, 100), MAPPED(1051, 1050, 100, 1001, 1000, 100),
      DATA(1151, 1150, 100), DATA(1251, 1250, 100)},
     .good = {{50, 100}, {150, 350}}, .data_bytes = 250, .missing_bytes = 50,
     .retransmitted_bytes = 100, .no_base = true},
    {"late: the second packet reaches beyond its mapping", wire_late,
     {DATA(1001, 1000, 100), MAPPED(1101, 1100, 150, 1101, 1100, 100)},
     .good = {{0, 200}}, .data_bytes = 200, .no_base = true},
    {"late: the first packet reaches beyond its mapping", wire_late,
     {MAPPED(1001, 1000, 150, 1001, 1000, 100), DATA(1151, 1150, 100), DATA(1251, 1250, 100)},
     .good = {{0, 100}, {150, 350}}, .data_bytes = 300, .missing_bytes = 50, .no_base = true},
    {"late: 32 bits only", wire_late,
     {DATA_AS(1001, 1000, 100, NARROW), DATA_AS(1101, 1100, 100, NARROW)},
     .good = {{0, 200}}, .data_bytes = 200, .no_base = true},
    {"late: 64 bits after 32", wire_late,
     {DATA_AS(1001, 1000, 100, NARROW), DATA(1101, 1100, 100), DATA_AS(1201, 1200, 100, NARROW)},
     .good = {{0, 300}}, .data_bytes = 300, .no_base = true},
    {"the capture begins with the second half of MP_CAPABLE's data", wire_nothing,
     {MAPPED_AS(102, 101, 99, CAPABLE, 1, 0, 200), DATA(201, 200, 100)},
     .good = {{101, 300}}, .data_bytes = 199, .missing_bytes = 101},
    {"only the third ACK tells the keys and the SSNs of the client", wire_no_syns,
     {MAPPED(101, 100, 100, 1, 0, 200), MAPPED(201, 200, 100, 201, 200, 200)},
     .good = {{100, 300}}, .data_bytes = 200, .missing_bytes = 100},
    {"its SSNs behind data, too", wire_no_syns, {DATA(101, 100, 100), DATA(201, 200, 100)},
     .good = {{100, 300}}, .data_bytes = 200, .missing_bytes = 100, .by = MPTA_SERVER},
    {"the IDSN after the first data", wire_no_ack,
     {DATA_AS(1001, 1000, 100, ACK_AFTER), DATA(1101, 1100, 100), DATA(1, 0, 100)},
     .good = {{(uint64_t)-1000, (uint64_t)-900}, {0, 200}},
     .data_bytes = 300, .missing_bytes = 900},
};
/* clang-format on */

static void mappings_in_every_form(void **state)
{
    (void)state;
    wire_run(mapping_cases, COUNT_OF(mapping_cases));
}

static void data_that_comes_more_than_once(void **state)
{
    (void)state;
    wire_run(overlap_cases, COUNT_OF(overlap_cases));
}

static void the_stream_goes_on_after_a_fallback(void **state)
{
    (void)state;
    wire_run(fallback_cases, COUNT_OF(fallback_cases));
}

static void captures_that_begin_late(void **state)
{
    (void)state;
    wire_run(late_cases, COUNT_OF(late_cases));
}

/* ---- Beginnings that no row has ----------------------------------------------------------------
 */

#define SYN_LEN 10

/* A SYN with data of TCP Fast Open; what it holds begins at an offset from IDSN + 1. */
static void send_syn_with_data(struct wire *wire, uint64_t data)
{
    uint8_t octets[SYN_LEN];
    struct mpta_fed fed;
    struct story_packet *told = story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    struct mpta_segment segment = told->segment;
    struct mpta_packet packet = {told->place, told->place.capture, 0, &segment};
    wire_fill(octets, SYN_LEN, MPTA_CLIENT, data);
    segment.options = told->options;
    segment.payload = octets;
    segment.payload_len = segment.payload_captured = SYN_LEN;
    assert_int_equal(mpta_tracker_feed(wire->tracker, &packet, &fed), MPTA_OK);
    wire->fed = wire->story.count;
}

static void send_data_as(struct wire *wire, uint32_t ssn, uint64_t data, uint32_t len, bool capable,
                         bool has_checksum)
{
    uint8_t octets[500];
    struct wire_segment segment = {
        .ssn = ssn,
        .octets = octets,
        .len = len,
        .map = {.ssn = ssn, .data = data, .len = (uint16_t)len, .capable = capable},
    };
    wire_fill(octets, len, MPTA_CLIENT, data);
    if (has_checksum) {
        segment.map.has_checksum = true;
        segment.map.checksum = wire_checksum(wire, MPTA_CLIENT, &segment.map, octets);
    }
    wire_send(wire, &segment);
}

static void send_data(struct wire *wire, uint32_t ssn, uint64_t data, uint32_t len)
{
    send_data_as(wire, ssn, data, len, false, false);
}

static void assert_good(const struct wire *wire, uint64_t end)
{
    assert_int_equal(wire->bad[MPTA_CLIENT].count, 0);
    assert_int_equal(wire->good[MPTA_CLIENT].count, 1);
    assert_int_equal(rangeset_count(&wire->good[MPTA_CLIENT], WIRE_ORIGIN, WIRE_ORIGIN + end), end);
    assert_int_equal(rangeset_total(&wire->good[MPTA_CLIENT]), end);
}

struct syn_case {
    const char *words;
    bool accepted;
    bool syn_ack_lost;
    bool ack_lost;
    bool repeated; /* the SYN, without data */
    bool capable;  /* the first data comes with MP_CAPABLE */
};

static const struct syn_case syn_cases[] = {
    {"accepted",                                     true,  false, false, false, false},
    {"accepted, the SYN/ACK was not captured",       true,  true,  false, false, false},
    {"accepted, the third ACK was not captured",     true,  false, true,  false, false},
    {"accepted, neither was captured",               true,  true,  true,  false, false},
    {"accepted, neither, and MP_CAPABLE with data",  true,  true,  true,  false, true },
    {"accepted, the SYN was sent again without",     true,  false, true,  true,  false},
    {"not accepted",                                 false, false, false, false, false},
    {"not accepted, the SYN/ACK was not captured",   false, true,  false, false, false},
    {"not accepted, the third ACK was not captured", false, false, true,  false, false},
    {"not accepted, neither was captured",           false, true,  true,  false, false},
    {"not accepted, neither, MP_CAPABLE with data",  false, true,  true,  false, true },
    {"sent again without",                           false, false, false, true,  false},
};

static void tell_syn_case(struct wire *wire, const struct syn_case *c)
{
    wire->syn_len = c->accepted ? SYN_LEN : 0;
    wire->start[MPTA_CLIENT] = 0 - (uint64_t)wire->syn_len;
    send_syn_with_data(wire, wire->start[MPTA_CLIENT]);
    if (c->repeated) {
        wire->flows[0].sent[OPENER_SAYS] = 0;
        story_syn(&wire->story, &wire->peers, &wire->flows[0]);
        wire_tell(wire);
    }
    wire->flows[0].sent[OPENER_SAYS] += wire->syn_len;
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire->fed += c->syn_ack_lost;
    wire_tell(wire);
    story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire->fed += c->ack_lost;
    wire_tell(wire);
}

/* Data on the SYN comes first in the stream and has no DSN, RFC 8684 appendix B.2; if the server
 * does not take it, it is sent again and has. */
static void data_on_the_syn(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(syn_cases); i++) {
        static struct wire wire;
        wire_open(&wire);
        wire_checksums(&wire, true, true);
        tell_syn_case(&wire, &syn_cases[i]);
        send_data_as(&wire, 1, 0, 100, syn_cases[i].capable, true);
        wire.flows[0].sent[OPENER_SAYS] = 1 + wire.syn_len + 100;
        story_data_ack(&wire.story, &wire.peers, &wire.flows[0], RESPONDER_SAYS);
        wire_tell(&wire);
        send_data_as(&wire, 101, 100, 100, false, true);
        wire_finish(&wire);
        struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
        if (stream->data_bytes != 200 || stream->missing_bytes != 0 ||
            stream->dss_checksum.valid != 2)
            fail_msg("%s", syn_cases[i].words);
        assert_good(&wire, 200 + wire.syn_len);
        assert_null(wire_worst(&wire));
        wire_close(&wire);
    }
}

/* Nobody knows where the data of these checksums lies: none is wrong. */
static void data_on_a_syn_that_nothing_tells_of(void **state)
{
    (void)state;
    static const struct syn_case nothing = {.syn_ack_lost = true, .ack_lost = true};
    for (int captured = 0; captured <= 1; captured++) {
        static struct wire wire;
        wire_open(&wire);
        wire_checksums(&wire, true, true);
        tell_syn_case(&wire, &nothing);
        wire.flows[0].sent[OPENER_SAYS] = 1 + SYN_LEN; /* what is sent again was not captured */
        story_data_ack(&wire.story, &wire.peers, &wire.flows[0], RESPONDER_SAYS);
        wire_tell(&wire);
        send_data_as(&wire, SYN_LEN + 1, SYN_LEN, 100, false, captured);
        send_data_as(&wire, SYN_LEN + 101, SYN_LEN + 100, 100, false, true);
        wire_finish(&wire);
        assert_null(wire_worst(&wire));
        assert_int_equal(
            story_connection(wire.tracker, 0).streams[MPTA_CLIENT].dss_checksum.invalid, 0);
        wire_close(&wire);
    }
}

/* A SYN that comes again with data, where the stream has begun without: whose it is nobody knows.
 */
static void data_on_a_syn_that_comes_late(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_capable(&wire);
    send_data(&wire, 1, 0, 100);
    wire.flows[0].sent[OPENER_SAYS] = 0;
    send_syn_with_data(&wire, 5000);
    assert_good(&wire, 100);
    wire_finish(&wire);
    assert_good(&wire, 100);
    wire_close(&wire);
}

/* MP_CAPABLE is in the SYN only: TCP's octets are the stream from the first one on. */
static void the_stream_of_a_fallback_at_the_handshake(void **state)
{
    (void)state;
    static struct wire wire;
    uint8_t octets[300];
    wire_open(&wire);
    story_syn(&wire.story, &wire.peers, &wire.flows[0]);
    story_strip(story_syn_ack(&wire.story, &wire.peers, &wire.flows[0]));
    story_plain(&wire.story, &wire.flows[0], OPENER_SAYS, MPTA_TCP_ACK, 0);
    wire_tell(&wire);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    for (uint32_t at = 0; at < 300; at += 100) {
        struct wire_segment segment = {
            .ssn = at + 1, .octets = octets + at, .len = 100, .no_dss = true};
        wire_send(&wire, &segment);
        assert_good(&wire, at + 100); /* at once */
    }
    wire_finish(&wire);
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].data_bytes, 300);
    assert_null(story_worst(wire.tracker, MPTA_ERROR));
    wire_close(&wire);
}

static void send_bare(struct wire *wire, uint32_t ssn, uint64_t data, uint32_t len)
{
    uint8_t octets[1000];
    struct wire_segment segment = {.ssn = ssn, .octets = octets, .len = len, .no_dss = true};
    wire_fill(octets, len, MPTA_CLIENT, data);
    wire_send(wire, &segment);
}

/* More data without DSS than is held: the stream goes on at once, in bounded memory. */
static void a_long_stream_after_a_fallback(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_capable(&wire);
    send_data(&wire, 1, 0, 100);
    for (uint32_t at = 100; at < 1000100; at += 1000)
        send_bare(&wire, at + 1, at, 1000);
    assert_good(&wire, 1000100);
    wire_finish(&wire);
    assert_good(&wire, 1000100);
    wire_close(&wire);
}

/* A mapping comes with the last of its many small segments. */
static void a_mapping_after_many_segments(void **state)
{
    uint8_t octets[100];
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_capable(&wire);
    wire_join(&wire, 1);
    for (uint32_t at = 0; at < 40000; at += 100)
        send_bare(&wire, at + 1, at, 100);
    wire_fill(octets, 100, MPTA_CLIENT, 40000);
    struct wire_segment last = {
        .ssn = 40001, .octets = octets, .len = 100, .map = {.ssn = 1, .len = 40100}
    };
    wire_send(&wire, &last);
    assert_good(&wire, 40100);
    wire_close(&wire);
}

/* DSS comes back after all: from then on data without a mapping waits again. */
static void a_stream_that_takes_up_dss_again(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_capable(&wire);
    for (uint32_t at = 0; at < 500000; at += 1000)
        send_bare(&wire, at + 1, at, 1000);
    send_data(&wire, 500001, 500000, 100);
    send_bare(&wire, 500101, 100, 100); /* its mapping to older data was not captured */
    send_data(&wire, 500201, 500100, 100);
    wire_finish(&wire);
    assert_good(&wire, 500200);
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].data_bytes, 500200);
    wire_close(&wire);
}

/* What waited too long for its mapping is in the stream, but not in what is handed on. */
static void a_mapping_that_comes_too_late(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_pair(&wire);
    for (uint32_t at = 0; at < HELD_MAX + 10000; at += 1000)
        send_bare(&wire, at + 1, at, 1000);
    uint64_t sent = (HELD_MAX + 10000 + 999) / 1000 * 1000, kept = HELD_MAX / 1000 * 1000;
    const struct mpta_connection waiting = story_connection(wire.tracker, 0);
    assert_int_equal(waiting.streams[MPTA_CLIENT].unplaced_bytes, sent);
    for (uint32_t at = 0; at < sent; at += 1000) {
        struct wire_segment late = {
            .ssn = (uint32_t)sent + 1, .map = {.ssn = at + 1, .data = at, .len = 1000}
        };
        wire_send(&wire, &late);
    }
    wire_finish(&wire);
    const struct mpta_connection connection = story_connection(wire.tracker, 0);
    assert_int_equal(connection.streams[MPTA_CLIENT].unplaced_bytes, 0);
    assert_int_equal(connection.streams[MPTA_CLIENT].data_bytes, sent);
    assert_int_equal(connection.streams[MPTA_CLIENT].unkept_bytes, sent - kept);
    assert_good(&wire, kept);
    wire_close(&wire);
}

/* That a mapping was forgotten, because so many came after it, is nothing that its sender did. */
static void a_mapping_that_was_forgotten(void **state)
{
    (void)state;
    static struct wire wire;
    uint8_t octets[20];
    struct wire_segment first = {
        .ssn = 1, .octets = octets, .len = 15, .map = {.ssn = 1, .len = 20}
    };
    struct wire_segment last = {.flags = MPTA_TCP_FIN};
    wire_open(&wire);
    wire_pair(&wire);
    wire_fill(octets, 20, MPTA_CLIENT, 0);
    wire_send(&wire, &first);
    for (last.ssn = 21; last.ssn < 20 * (MAPPINGS_MAX + 100); last.ssn += 20)
        send_data(&wire, last.ssn, 2 * (uint64_t)last.ssn, 20);
    send_bare(&wire, 16, 15, 5);
    wire_send(&wire, &last);
    wire_finish(&wire);
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].unplaced_bytes, 5);
    assert_null(story_worst(wire.tracker, MPTA_WARNING));
    wire_close(&wire);
}

/* It holds an octet below the first one, RFC 9293 section 3.8.4. */
static void a_keep_alive_before_the_first_data(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_capable(&wire);
    send_bare(&wire, 0, 0, 1);
    wire_finish(&wire);
    struct mpta_connection connection = story_connection(wire.tracker, 0);
    struct mpta_subflow subflow = story_subflow(wire.tracker, 0, 0);
    const struct mpta_subflow_direction *direction = &subflow.directions[MPTA_CLIENT];
    assert_int_equal(connection.fallback, MPTA_FALLBACK_NONE);
    assert_int_equal(connection.streams[MPTA_CLIENT].data_bytes, 0);
    assert_int_equal(connection.streams[MPTA_CLIENT].unplaced_bytes, 0);
    assert_int_equal(direction->payload_bytes, 0);
    assert_int_equal(direction->measure.data_packets, 0);
    wire_close(&wire);
}

/* What waits is bounded; what has got its mapping makes room, though something else never does. */
static void what_got_its_mapping_makes_room(void **state)
{
    (void)state;
    static struct wire wire;
    uint8_t octets[1000];
    struct wire_segment segment = {.octets = octets, .len = 1000};
    wire_open(&wire);
    wire_pair(&wire);
    for (uint32_t at = 0; at < 1000000; at += 1000) {
        wire_fill(octets, sizeof(octets), MPTA_CLIENT, at);
        segment.ssn = at + 1001; /* the first 1000 have no mapping */
        segment.len = 1000;
        segment.map.len = 0;
        wire_send(&wire, &segment);
        segment.map = (struct wire_map){.ssn = at + 1001, .data = at, .len = 1000};
        segment.len = 0;
        wire_send(&wire, &segment);
        if (at == 0)
            send_bare(&wire, 1, 0, 1000);
    }
    wire_finish(&wire);
    assert_good(&wire, 1000000);
    wire_close(&wire);
}

/* A join that the server opened carries data before the key is known that its token names. */
static void data_of_a_join_that_waits_for_its_connection(void **state)
{
    (void)state;
    static struct wire wire;
    uint8_t octets[100];
    struct wire_segment segment = {.flow = 3, .octets = octets, .len = 100};
    wire_open(&wire);
    wire_no_ack(&wire);
    wire_join(&wire, 3);
    for (uint32_t at = 0; at < 300; at += 100) {
        wire_fill(octets, 100, MPTA_SERVER, at);
        segment.ssn = at + 1;
        segment.map = (struct wire_map){.ssn = 101, .data = 100, .len = at == 200 ? 200 : 0};
        if (at == 0)
            segment.map = (struct wire_map){.ssn = 1, .len = 100};
        wire_send(&wire, &segment);
    }
    assert_int_equal(story_summary(wire.tracker).unlinked_subflows, 1);
    story_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire_tell(&wire);
    wire_finish(&wire);
    struct mpta_connection connection = story_connection(wire.tracker, 0);
    assert_int_equal(connection.subflow_count, 2);
    assert_int_equal(connection.streams[MPTA_SERVER].data_bytes, 300);
    assert_int_equal(rangeset_count(&wire.good[MPTA_SERVER], WIRE_ORIGIN, WIRE_ORIGIN + 300), 300);
    assert_null(story_worst(wire.tracker, MPTA_ERROR));
    wire_close(&wire);
}

struct acked_case {
    const char *words;
    uint32_t octets; /* what is acknowledged of the subflow */
    uint32_t data;   /* and of the stream */
};

/* 100 octets were mapped, and 200 more came without. */
static const struct acked_case acked_cases[] = {
    {"nothing is acknowledged",                                           0,   0  },
    {"all of it on both levels, but another subflow may have carried it", 300, 300},
    {"and a DATA_FIN, which was not captured, may be among it",           300, 299},
    {"a part of it on both levels",                                       250, 250},
    {"less on the level of data: it was anew",                            300, 250},
    {"more, from elsewhere",                                              300, 350},
};

/* An acknowledgement tells how much arrived, not by which octets. */
static void what_is_acknowledged_on_both_levels(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(acked_cases); i++) {
        static struct wire wire;
        uint8_t octets[200];
        const struct acked_case *c = &acked_cases[i];
        struct wire_segment unmapped = {.ssn = 101, .octets = octets, .len = 200};
        struct wire_segment ack = {.from = RESPONDER_SAYS, .ssn = 1, .ack_is_64 = true};
        ack.acked_len = c->octets;
        ack.ack = c->data;
        wire_open(&wire);
        wire_single(&wire);
        send_data(&wire, 1, 0, 100);
        wire_fill(octets, 200, MPTA_CLIENT, 0);
        wire_send(&wire, &unmapped);
        wire_send(&wire, &ack);
        wire_finish(&wire);
        const struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
        if (stream->data_bytes != 100 || stream->unplaced_bytes != 200)
            fail_msg("%s", c->words);
        assert_good(&wire, 100);
        assert_null(story_worst(wire.tracker, MPTA_ERROR));
        wire_close(&wire);
    }
}

/* A mapping below IDSN + 1: no data belongs there, and none is handed on from there. */
static void data_below_the_first_octet(void **state)
{
    (void)state;
    static struct wire wire;
    uint8_t octets[100];
    struct wire_segment below = {.ssn = 101, .octets = octets, .len = 100};
    below.map = (struct wire_map){.ssn = 101, .data = (uint64_t)-300, .len = 100};
    wire_open(&wire);
    wire_capable(&wire);
    send_data(&wire, 1, 0, 100);
    wire_fill(octets, sizeof(octets), MPTA_CLIENT, 0);
    wire_send(&wire, &below);
    send_data(&wire, 201, 150, 100);
    wire_finish(&wire);
    const struct mpta_connection connection = story_connection(wire.tracker, 0);
    const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
    assert_int_equal(stream->data_bytes, 300);
    assert_int_equal(stream->below_idsn_bytes, 100);
    assert_int_equal(stream->missing_bytes, 50);
    assert_int_equal(rangeset_total(&wire.good[MPTA_CLIENT]), 200);
    assert_int_equal(wire.bad[MPTA_CLIENT].count, 0);
    wire_close(&wire);
}

/* The capture begins in mid-stream just below 2^64. */
static void late_around_the_end_of_the_64_bits(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire.peers.dsn[MPTA_CLIENT] = UINT64_MAX - 250;
    for (uint32_t at = 0; at < 1000; at += 100)
        send_data(&wire, at + 1, at, 100);
    wire_finish(&wire);
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].data_bytes, 1000);
    assert_good(&wire, 1000);
    wire_close(&wire);
}

struct vanish_case {
    const char *words;
    uint32_t anew;     /* so many of the first 100 octets go again, under a mapping */
    bool gap;          /* the next 100 were not captured, */
    uint32_t tail;     /* but for their last ones, without DSS, */
    uint32_t heard;    /* and a DATA_ACK of so much as all was that was sent so far; 0: none */
    bool by_dss;       /* the receiver acknowledges what came then with a DATA_ACK of 100 */
    uint64_t unplaced; /* of these, and of 200 octets that follow without DSS */
};

static const struct vanish_case vanish_cases[] = {
    {"nothing is missing",                                0,   false, 0,  0,   false, 0  },
    {"nor after some went anew",                          100, false, 0,  0,   false, 0  },
    {"a packet is missing",                               0,   true,  0,  0,   false, 0  },
    {"after some went anew: so may have what is missing", 100, true,  0,  0,   false, 200},
    {"and did, as a DATA_ACK tells",                      0,   true,  0,  100, false, 200},
    {"it was new, as a DATA_ACK tells",                   0,   true,  0,  200, false, 0  },
    {"or other data was: only what follows has a place",  0,   true,  50, 200, false, 50 },
    {"who still speaks of DATA_ACKs has not fallen back", 0,   true,  0,  0,   true,  200},
};

static void vanish_send(struct wire *wire, const struct vanish_case *c)
{
    static uint8_t octets[100];
    uint32_t ssn = 101 + c->anew, data = c->gap && c->heard != 100 ? 200 : 100;
    struct wire_segment ack = {.from = RESPONDER_SAYS, .ssn = 1, .ack = c->heard};
    send_data(wire, 1, 0, 100);
    if (c->anew > 0)
        send_data(wire, 101, 0, c->anew);
    ssn += c->gap ? 100 : 0;
    ack.acked_len = ssn - 1;
    if (c->tail > 0)
        send_bare(wire, ssn - c->tail, 100 - c->tail, c->tail);
    if (c->heard > 0)
        wire_send(wire, &ack);
    for (uint32_t at = 0; at < 200; at += 100) {
        struct wire_segment segment = {.ssn = ssn + at, .octets = octets, .len = 100};
        segment.no_dss = true;
        wire_fill(octets, sizeof(octets), MPTA_CLIENT, data + at);
        wire_send(wire, &segment);
    }
    ack.ack = 100;
    ack.acked_len = ssn + 199;
    ack.no_dss = !c->by_dss;
    wire_send(wire, &ack);
}

/* DSS vanish; what came then is the stream's where nothing else can have been in between. */
static void what_comes_when_dss_vanish(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vanish_cases); i++) {
        static struct wire wire;
        const struct vanish_case *c = &vanish_cases[i];
        wire_open(&wire);
        wire_capable(&wire);
        vanish_send(&wire, c);
        wire_finish(&wire);
        const struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
        if (stream->unplaced_bytes != c->unplaced ||
            stream->data_bytes != 300 + c->tail - c->unplaced || wire.bad[MPTA_CLIENT].count > 0)
            fail_msg("%s: %llu without a place", c->words,
                     (unsigned long long)stream->unplaced_bytes);
        wire_close(&wire);
    }
}

/* DSS vanish from one side; the other acknowledges on both levels for a while, then not at all. */
static void data_acks_that_go_on_move_nothing(void **state)
{
    static uint8_t octets[100];
    static struct wire wire;
    (void)state;
    wire_open(&wire);
    wire_capable(&wire);
    for (uint32_t at = 0; at < 800; at += 100) {
        struct wire_segment segment = {
            .ssn = at + 1, .octets = octets, .len = sizeof(octets), .no_dss = at > 0};
        wire_fill(octets, sizeof(octets), MPTA_CLIENT, at);
        segment.map = (struct wire_map){.ssn = 1, .data = 0, .len = at == 0 ? 100 : 0};
        wire_send(&wire, &segment);
        struct wire_segment ack = {.from = RESPONDER_SAYS, .ssn = 1, .acked_len = at + 100};
        ack.ack = at + 100;
        if (at < 400)
            wire_send(&wire, &ack);
    }
    wire_finish(&wire);
    assert_good(&wire, 800);
    assert_int_equal(story_connection(wire.tracker, 0).streams[MPTA_CLIENT].missing_bytes, 0);
    wire_close(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_in_every_form),
        cmocka_unit_test(data_that_comes_more_than_once),
        cmocka_unit_test(the_stream_goes_on_after_a_fallback),
        cmocka_unit_test(captures_that_begin_late),
        cmocka_unit_test(data_on_the_syn),
        cmocka_unit_test(data_on_a_syn_that_nothing_tells_of),
        cmocka_unit_test(data_on_a_syn_that_comes_late),
        cmocka_unit_test(the_stream_of_a_fallback_at_the_handshake),
        cmocka_unit_test(a_long_stream_after_a_fallback),
        cmocka_unit_test(a_mapping_after_many_segments),
        cmocka_unit_test(a_stream_that_takes_up_dss_again),
        cmocka_unit_test(a_mapping_that_comes_too_late),
        cmocka_unit_test(a_mapping_that_was_forgotten),
        cmocka_unit_test(a_keep_alive_before_the_first_data),
        cmocka_unit_test(what_got_its_mapping_makes_room),
        cmocka_unit_test(data_of_a_join_that_waits_for_its_connection),
        cmocka_unit_test(what_is_acknowledged_on_both_levels),
        cmocka_unit_test(data_below_the_first_octet),
        cmocka_unit_test(late_around_the_end_of_the_64_bits),
        cmocka_unit_test(what_comes_when_dss_vanish),
        cmocka_unit_test(data_acks_that_go_on_move_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data-level checksums: one verdict for each distinct mapping, whatever way its octets come, and
 * which octets are handed on where copies differ. Offsets count from IDSN + 1.
 */
#include "tests/unit/analyzer/wire_case.h"

#include <string.h>

/* clang-format off */
static const struct wire_case verdict_cases[] = {
    {"a mapping in its segment", wire_single,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(101, 100, 33, CSUM)},
     .good = {{0, 133}}, .data_bytes = 133, .checksums = {.valid = 2}},
    {"no checksums, no verdicts", wire_single, {DATA(1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"on one mapping of two", wire_single, {DATA(1, 0, 100), DATA_AS(101, 100, 100, CSUM)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.valid = 1}},
    {"a mapping on each of its segments", wire_single,
     {MAPPED_AS(1, 0, 33, CSUM, 1, 0, 100), MAPPED_AS(34, 33, 34, CSUM, 1, 0, 100),
      MAPPED_AS(68, 67, 33, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"its segments in another order", wire_single,
     {MAPPED_AS(68, 67, 33, CSUM, 1, 0, 100), MAPPED_AS(1, 0, 33, CSUM, 1, 0, 100),
      MAPPED_AS(34, 33, 34, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"the mapping after its data", wire_pair,
     {ONLY(34, 33, 67), ONLY_AS(1, 0, 33, BARE), MAPPED_AS(101, 0, 0, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"the mapping after its data on the only subflow", wire_single,
     {ONLY_AS(1, 0, 33, BARE), MAPPED_AS(34, 33, 67, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"the mapping before its data", wire_pair,
     {MAPPED_AS(1, 0, 0, CSUM, 1, 0, 100), ONLY(1, 0, 51), ONLY(52, 51, 49)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"two mappings in one segment", wire_single,
     {MAPPED_AS(1, 0, 101, CSUM, 1, 0, 151), MAPPED_AS(102, 101, 200, CSUM, 152, 151, 150)},
     .good = {{0, 301}}, .data_bytes = 301, .checksums = {.valid = 2}},
    {"a segment is missing", wire_single,
     {MAPPED_AS(1, 0, 100, CSUM, 1, 0, 300), MAPPED_AS(201, 200, 100, CSUM, 1, 0, 300)},
     .good = {{0, 100}, {200, 300}}, .data_bytes = 200, .missing_bytes = 100,
     .checksums = {.unverifiable = 1}},
    {"all octets are missing", wire_single, {MAPPED_AS(101, 0, 0, CSUM, 1, 0, 100)},
     .checksums = {.unverifiable = 1}},
    {"the payload is cut", wire_single, {{1, 0, 100, {1, 0, 100}, CSUM, 1}},
     .good = {{0, 99}}, .data_bytes = 100, .checksums = {.unverifiable = 1}},
    {"a mapping that its data proves wrong gives way to one that it proves right", wire_single,
     {MAPPED_AS(1, 0, 0, CSUM | WRONG, 1, 500, 100), DATA_AS(1, 0, 100, CSUM),
      DATA_AS(101, 100, 100, CSUM)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.valid = 2, .unverifiable = 1},
     .error = "mapping-contradiction"},
    {"cut at one capture point, whole at another", wire_single,
     {{1, 0, 100, {1, 0, 100}, CSUM | COPIED, 50}},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"cut, then sent again whole", wire_single,
     {{1, 0, 100, {1, 0, 100}, CSUM, 50}, DATA_AS(1, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100, .checksums = {.valid = 1}},
    {"a segment is missing, and is sent again", wire_single,
     {MAPPED_AS(1, 0, 100, CSUM, 1, 0, 300), MAPPED_AS(201, 200, 100, CSUM, 1, 0, 300),
      MAPPED_AS(51, 50, 200, CSUM, 1, 0, 300)},
     .good = {{0, 300}}, .data_bytes = 300, .retransmitted_bytes = 100, .checksums = {.valid = 1}},
    {"sent again: one verdict", wire_single, {DATA_AS(1, 0, 100, CSUM), DATA_AS(1, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100, .checksums = {.valid = 1}},
    {"sent again in mappings of their own: one verdict each", wire_single,
     {DATA_AS(1, 0, 200, CSUM), DATA_AS(1, 0, 100, CSUM), DATA_AS(101, 100, 100, CSUM)},
     .good = {{0, 200}}, .data_bytes = 200, .retransmitted_bytes = 200, .checksums = {.valid = 3}},
    {"sent again in a mapping that reaches further back than its payload", wire_single,
     {DATA_AS(1, 0, 200, CSUM), MAPPED_AS(101, 100, 100, CSUM, 51, 50, 150)},
     .good = {{0, 200}}, .data_bytes = 200, .retransmitted_bytes = 100,
     .checksums = {.valid = 1, .unverifiable = 1}},
    {"reinjected: one verdict each", wire_pair,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(1, 0, 100, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .checksums = {.valid = 2}},
    {"remapped: one verdict each", wire_single,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(101, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .remapped_bytes = 100, .checksums = {.valid = 2}},
    {"32 bits of DSN travel, 64 are summed up", wire_single, {DATA_AS(1, 0, 100, CSUM | NARROW)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 1}},
    {"the same around a wrap of 32 bits", wire_narrow,
     {DATA_AS(1, 0, 300, CSUM | NARROW), DATA_AS(301, 300, 300, CSUM | NARROW),
      DATA_AS(601, 600, 300, CSUM | NARROW)},
     .good = {{0, 900}}, .data_bytes = 900, .checksums = {.valid = 3}},
    {"late with 32 bits: the upper half is unknown", wire_late,
     {DATA_AS(1001, 1000, 100, CSUM | NARROW), DATA_AS(1101, 1100, 100, CSUM | NARROW)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.unverifiable = 2}, .no_base = true},
    {"late with 64 bits", wire_late,
     {DATA_AS(1001, 1000, 100, CSUM), DATA_AS(1101, 1100, 100, CSUM)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.valid = 2}, .no_base = true},
    {"late, and where a mapping begins stays unknown", wire_late,
     {MAPPED_AS(1101, 1100, 50, CSUM, 1001, 1000, 300),
      MAPPED_AS(1151, 1150, 50, CSUM | NARROW, 1001, 1000, 300)},
     .checksums = {.unverifiable = 1}, .no_base = true},
    {"late, and all segments lie across mappings in the same way", wire_late,
     {MAPPED_AS(1501, 1500, 1000, CSUM, 1001, 1000, 1000),
      MAPPED_AS(2501, 2500, 1000, CSUM, 2001, 2000, 1000),
      MAPPED_AS(3501, 3500, 1000, CSUM, 3001, 3000, 1000)},
     .checksums = {.unverifiable = 3}, .no_base = true},
    {"late, some segments lie across mappings, then one does not", wire_late,
     {MAPPED_AS(1501, 1500, 1000, CSUM, 1001, 1000, 1000),
      MAPPED_AS(2501, 2500, 500, CSUM, 2001, 2000, 1000), DATA_AS(3001, 3000, 1000, CSUM)},
     .good = {{500, 3000}}, .data_bytes = 2500,
     .checksums = {.valid = 2, .unverifiable = 1}, .no_base = true},
    {"late, all segments lie across mappings, and those that tell where they begin are cut",
     wire_late,
     {{1006, 1005, 10, {1001, 1000, 10}, CSUM, 1}, {1016, 1015, 10, {1011, 1010, 10}, CSUM, 1},
      MAPPED_AS(1026, 1025, 10, CSUM, 1021, 1020, 10)},
     .bad = {{0, 9}, {10, 19}, {20, 30}}, .data_bytes = 30,
     .checksums = {.unverifiable = 3}, .no_base = true},
    {"late, and changed on the way; the next mapping tells where it is", wire_late,
     {DATA_AS(1001, 1000, 100, CSUM | CORRUPT), DATA_AS(1101, 1100, 100, CSUM)},
     .good = {{1, 200}}, .bad = {{0, 1}}, .data_bytes = 200,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum", .no_base = true},
    {"late: a DATA_FIN without data needs no SSN", wire_late,
     {MAPPED(1101, 1100, 50, 1001, 1000, 300), MAPPED_AS(1151, 0, 0, CSUM | FIN, 0, 1300, 0)},
     .checksums = {.valid = 1}, .no_base = true},
    {"MP_CAPABLE on both of its segments", wire_single,
     {MAPPED_AS(1, 0, 101, CAPABLE | CSUM, 1, 0, 200),
      MAPPED_AS(102, 101, 99, CAPABLE | CSUM, 1, 0, 200)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.valid = 1}},
    {"MP_CAPABLE, then DSS for the same mapping", wire_single,
     {MAPPED_AS(1, 0, 101, CAPABLE | CSUM, 1, 0, 200), MAPPED_AS(102, 101, 99, CSUM, 1, 0, 200)},
     .good = {{0, 200}}, .data_bytes = 200, .checksums = {.valid = 1}},
    {"DATA_FIN with data", wire_single, {DATA_AS(1, 0, 101, CSUM | FIN)},
     .good = {{0, 101}}, .data_bytes = 101, .checksums = {.valid = 1}},
    {"the same mapping without and with DATA_FIN", wire_single,
     {DATA_AS(1, 0, 101, CSUM), DATA_AS(1, 0, 101, CSUM | FIN)},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101, .checksums = {.valid = 2}},
    {"told anew with DATA_FIN, when part of its data has passed", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM | FIN, 1, 0, 101)},
     .good = {{0, 101}}, .data_bytes = 101, .checksums = {.valid = 2}},
    {"told anew with DATA_FIN, when all of it has passed", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM, 1, 0, 101),
      MAPPED_AS(102, 0, 0, CSUM | FIN, 1, 0, 101)},
     .good = {{0, 101}}, .data_bytes = 101, .checksums = {.valid = 2}},
    {"told anew with DATA_FIN, some of it missing", wire_single,
     {MAPPED_AS(1, 0, 60, CSUM, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM | FIN, 1, 0, 101)},
     .good = {{0, 60}, {61, 101}}, .data_bytes = 100, .missing_bytes = 1,
     .checksums = {.unverifiable = 2}},
    {"told anew with DATA_FIN, some of it changed", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM | CORRUPT, 1, 0, 101),
      MAPPED_AS(62, 61, 40, CSUM | FIN, 1, 0, 101)},
     .good = {{1, 101}}, .bad = {{0, 1}}, .data_bytes = 101, .checksums = {.unverifiable = 2}},
    {"told anew with DATA_FIN, and the whole had come changed in two segments", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM | CORRUPT, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM, 1, 0, 101),
      MAPPED_AS(1, 0, 61, CSUM | FIN, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM | FIN, 1, 0, 101)},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"told anew with DATA_FIN in segments, changed only now", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM, 1, 0, 101), MAPPED_AS(62, 61, 40, CSUM, 1, 0, 101),
      MAPPED_AS(1, 0, 61, CSUM | FIN | CORRUPT, 1, 0, 101),
      MAPPED_AS(62, 61, 40, CSUM | FIN, 1, 0, 101)},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101,
     .checksums = {.valid = 2}},
    {"a part sent again under another mapping, changed, before the rest came", wire_single,
     {MAPPED_AS(1, 0, 61, CSUM, 1, 0, 201), DATA_AS(62, 61, 40, CSUM | CORRUPT),
      MAPPED_AS(62, 61, 140, CSUM, 1, 0, 201)},
     .good = {{0, 201}}, .data_bytes = 201, .retransmitted_bytes = 40,
     .checksums = {.invalid = 1, .unverifiable = 1}, .error = "dss-checksum"},
    {"told anew with DATA_FIN, all of it in this packet, when it had come changed", wire_single,
     {DATA_AS(1, 0, 101, CSUM | CORRUPT), DATA_AS(1, 0, 101, CSUM | FIN)},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"told anew with DATA_FIN, all of it in this packet, now changed", wire_single,
     {DATA_AS(1, 0, 101, CSUM), DATA_AS(1, 0, 101, CSUM | FIN | CORRUPT)},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"told anew with DATA_FIN in a packet that is cut, when all of it has passed", wire_single,
     {DATA_AS(1, 0, 101, CSUM), {1, 0, 101, {1, 0, 101}, CSUM | FIN, 50}},
     .good = {{0, 101}}, .data_bytes = 101, .retransmitted_bytes = 101,
     .checksums = {.valid = 2}},
    {"DATA_FIN without data, sent again", wire_single,
     {DATA_AS(1, 0, 100, CSUM), MAPPED_AS(101, 0, 0, CSUM | FIN, 0, 100, 0),
      MAPPED_AS(101, 0, 0, CSUM | FIN, 0, 100, 0)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.valid = 2}},
    {"DATA_FIN without data on two subflows", wire_pair,
     {MAPPED_AS(1, 0, 0, CSUM | FIN, 0, 0, 0), MAPPED_AS(1, 0, 0, CSUM | FIN | SECOND, 0, 0, 0)},
     .checksums = {.valid = 2}},
    {"DATA_FIN without data, wrong", wire_single, {MAPPED_AS(1, 0, 0, CSUM | FIN | WRONG, 0, 0, 0)},
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"an infinite mapping has no verdict", wire_single,
     {MAPPED_AS(1, 0, 100, CSUM | INFINITE, 1, 0, 0)},
     .good = {{0, 100}}, .data_bytes = 100},
    {"a contradicting mapping has one", wire_single,
     {DATA_AS(1, 0, 100, CSUM), MAPPED_AS(1, 0, 100, CSUM, 1, 500, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100, .checksums = {.valid = 2},
     .error = "mapping-contradiction"},
    {"an odd checksum of zero", wire_single, {DATA_AS(1, 0, 1, CSUM)},
     .good = {{0, 1}}, .data_bytes = 1, .checksums = {.valid = 1}},
};

static const struct wire_case corrupt_cases[] = {
    {"wrong, and nothing else was seen", wire_single, {DATA_AS(1, 0, 100, CSUM | CORRUPT)},
     .good = {{1, 100}}, .bad = {{0, 1}}, .data_bytes = 100, .checksums = {.invalid = 1},
     .error = "dss-checksum"},
    {"the checksum itself is wrong", wire_single, {DATA_AS(1, 0, 100, CSUM | WRONG)},
     .good = {{0, 100}}, .data_bytes = 100, .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"another checksum for the same mapping", wire_single,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(1, 0, 100, CSUM | WRONG)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"wrong, then the same again, right", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(1, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong in one of two segments, then both as one, right", wire_single,
     {MAPPED_AS(1, 0, 50, CSUM | CORRUPT, 1, 0, 100), MAPPED_AS(51, 50, 50, CSUM, 1, 0, 100),
      DATA_AS(1, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"some of it wrong, then all of it as one, right", wire_single,
     {MAPPED_AS(1, 0, 50, CSUM | CORRUPT, 1, 0, 100), DATA_AS(1, 0, 100, CSUM)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 50,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then the same again in segments, right", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), MAPPED_AS(31, 30, 70, CSUM, 1, 0, 100),
      MAPPED_AS(1, 0, 40, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 110,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong in segments, then in segments, wrong once more, then right", wire_single,
     {MAPPED_AS(1, 0, 50, CSUM | CORRUPT, 1, 0, 100), MAPPED_AS(51, 50, 50, CSUM, 1, 0, 100),
      MAPPED_AS(51, 50, 50, CSUM | CORRUPT, 1, 0, 100), MAPPED_AS(1, 0, 50, CSUM, 1, 0, 100),
      ONLY(1, 0, 50), ONLY(51, 50, 50)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 200,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then the part that was changed again, right", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), MAPPED_AS(1, 0, 33, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 33,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then a part that was not changed again", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), MAPPED_AS(34, 33, 67, CSUM, 1, 0, 100)},
     .good = {{1, 100}}, .bad = {{0, 1}}, .data_bytes = 100, .retransmitted_bytes = 67,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then again in segments, the other one wrong", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), MAPPED_AS(41, 40, 60, CSUM | CORRUPT, 1, 0, 100),
      MAPPED_AS(1, 0, 40, CSUM, 1, 0, 100)},
     .good = {{1, 100}}, .bad = {{0, 1}}, .data_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then the same again, right, but cut", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), {1, 0, 100, {1, 0, 100}, CSUM, 50}},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then right, then wrong again", wire_single,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(1, 0, 100, CSUM),
      DATA_AS(1, 0, 100, CSUM | CORRUPT)},
     .good = {{0, 100}}, .data_bytes = 100, .retransmitted_bytes = 200,
     .checksums = {.invalid = 1}, .error = "dss-checksum"},
    {"wrong, then reinjected", wire_pair,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(1, 0, 100, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"wrong, then reinjected without a checksum", wire_pair,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(1, 0, 100, SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .checksums = {.invalid = 1},
     .error = "dss-checksum"},
    {"wrong, then a part of it reinjected", wire_pair,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(1, 0, 40, CSUM | SECOND),
      DATA_AS(41, 40, 60, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100,
     .checksums = {.valid = 2, .invalid = 1}, .error = "dss-checksum"},
    {"wrong, then reinjected in a packet that is cut, then whole", wire_pair,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), {1, 0, 100, {1, 0, 100}, CSUM | SECOND, 100},
      DATA_AS(1, 0, 100, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .retransmitted_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"right, then reinjected wrong", wire_pair,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(1, 0, 100, CSUM | CORRUPT | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"right, then wrong, then wrong", wire_pair,
     {DATA_AS(1, 0, 100, CSUM), DATA_AS(1, 0, 100, CSUM | CORRUPT | SECOND),
      DATA_AS(101, 0, 100, CSUM | CORRUPT | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .remapped_bytes = 100,
     .checksums = {.valid = 1, .invalid = 2}, .error = "dss-checksum"},
    {"wrong, then wrong, then right", wire_pair,
     {DATA_AS(1, 0, 100, CSUM | CORRUPT), DATA_AS(101, 0, 100, CSUM | CORRUPT),
      DATA_AS(1, 0, 100, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100, .remapped_bytes = 100,
     .checksums = {.valid = 1, .invalid = 2}, .error = "dss-checksum"},
    {"the right copy comes while the wrong one is not whole", wire_pair,
     {MAPPED_AS(1, 0, 100, CSUM | CORRUPT, 1, 0, 200), DATA_AS(1, 0, 200, CSUM | SECOND),
      MAPPED_AS(101, 100, 100, CSUM, 1, 0, 200)},
     .good = {{0, 200}}, .data_bytes = 200, .reinjected_bytes = 200,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"the right copy, and the wrong one never is whole", wire_pair,
     {MAPPED_AS(1, 0, 100, CSUM | CORRUPT, 1, 0, 200), DATA_AS(1, 0, 100, CSUM | SECOND)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100,
     .checksums = {.valid = 1, .unverifiable = 1}},
    {"the right copy is not whole while the wrong one comes", wire_pair,
     {MAPPED_AS(1, 0, 100, CSUM, 1, 0, 200), DATA_AS(1, 0, 200, CSUM | CORRUPT | SECOND),
      MAPPED_AS(101, 100, 100, CSUM, 1, 0, 200)},
     .good = {{0, 200}}, .data_bytes = 200, .reinjected_bytes = 200,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"wrong in one of three segments", wire_pair,
     {MAPPED_AS(1, 0, 100, CSUM, 1, 0, 300), MAPPED_AS(101, 100, 100, CSUM | CORRUPT, 1, 0, 300),
      MAPPED_AS(201, 200, 100, CSUM, 1, 0, 300), DATA_AS(1, 100, 100, CSUM | SECOND)},
     .good = {{0, 300}}, .data_bytes = 300, .reinjected_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
    {"wrong while it waited for its mapping", wire_pair,
     {ONLY_AS(1, 0, 100, CORRUPT), DATA_AS(1, 0, 100, CSUM | SECOND),
      MAPPED_AS(101, 0, 0, CSUM, 1, 0, 100)},
     .good = {{0, 100}}, .data_bytes = 100, .reinjected_bytes = 100,
     .checksums = {.valid = 1, .invalid = 1}, .error = "dss-checksum"},
};
/* clang-format on */

static void one_verdict_for_each_mapping(void **state)
{
    (void)state;
    wire_run(verdict_cases, COUNT_OF(verdict_cases));
}

static void a_wrong_copy_is_used_only_where_there_is_no_better(void **state)
{
    (void)state;
    wire_run(corrupt_cases, COUNT_OF(corrupt_cases));
}

/* ---- Beyond the tables ------------------------------------------------------------------------
 */

static void send(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t data, uint32_t len,
                 const struct wire_map *map)
{
    static uint8_t octets[WIRE_LEN_MAX];
    struct wire_segment segment = {
        .flow = flow, .ssn = ssn, .octets = octets, .len = len, .map = *map};
    wire_fill(octets, len, MPTA_CLIENT, data);
    wire_send(wire, &segment);
}

static struct wire_map summed(const struct wire *wire, uint32_t ssn, uint64_t data, uint16_t len)
{
    static uint8_t octets[WIRE_LEN_MAX];
    struct wire_map map = {.ssn = ssn, .data = data, .len = len, .has_checksum = true};
    wire_fill(octets, len, MPTA_CLIENT, data);
    map.checksum = wire_checksum(wire, MPTA_CLIENT, &map, octets);
    return map;
}

struct variant_case {
    const char *words;
    bool swapped;
    const char *named;
};

static const struct variant_case variant_cases[] = {
    {"octets swapped, as some kernels did", true,  "its octets are swapped"},
    {"otherwise",                           false, "was changed"           },
};

static void known_mistakes_are_named(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < COUNT_OF(variant_cases); i++) {
        const struct variant_case *c = &variant_cases[i];
        struct mpta_finding finding;
        wire_open(&wire);
        wire_capable(&wire);
        struct wire_map map = summed(&wire, 1, 0, 100);
        unsigned swapped = (unsigned)map.checksum << 8 | map.checksum >> 8;
        map.checksum = (uint16_t)(c->swapped ? swapped : map.checksum ^ 0x0110u);
        send(&wire, 0, 1, 0, 100, &map);
        assert_true(story_finding(wire.tracker, 0, "dss-checksum", &finding));
        if (!strstr(finding.message, c->named))
            fail_msg("%s: %s", c->words, finding.message);
        wire_close(&wire);
    }
}

/* ---- Whether the length was changed -----------------------------------------------------------
 */

/* A mapping of 100 octets, of which this many come, with wrong ones; then the next mapping. */
struct length_case {
    const char *words;
    uint32_t len;
    bool in_two;   /* the mapping's packets are two */
    bool alone;    /* nothing follows */
    bool data_fin; /* it is a DATA_FIN's */
    const char *named;
};

static const struct length_case length_cases[] = {
    {"the same",                  100, false, false, false, "but not its length"      },
    {"the same, and in two",      100, true,  false, false, "but not its length"      },
    {"longer by one",             101, false, false, false, "longer than its mapping" },
    {"longer, and in two",        133, true,  false, false, "longer than its mapping" },
    {"longer, and nothing later", 108, false, true,  false, "longer than its mapping" },
    {"shorter by one",            99,  false, false, false, "shorter than its mapping"},
    {"shorter, and in two",       60,  true,  false, false, "shorter than its mapping"},
    {"a DATA_FIN alone",          0,   false, true,  true,  "it covers no payload"    },
};

/* What follows on the subflow has been moved with it, and its mapping has not. */
static void tell_length(struct wire *wire, const struct length_case *c)
{
    struct wire_map map = summed(wire, 1, 0, 100), next = summed(wire, 101, 100, 300);
    struct wire_map fin = {.data = 0, .len = 1, .fin = true, .has_checksum = true};
    map.checksum ^= 0x0110;
    fin.checksum = 0x1234;
    if (c->data_fin)
        send(wire, 0, 1, 0, 0, &fin);
    else
        send(wire, 0, 1, 0, c->in_two ? 40 : c->len, &map);
    if (c->in_two)
        send(wire, 0, 41, 40, c->len - 40, &map);
    if (!c->alone)
        send(wire, 0, 1 + c->len, 100, 300, &next);
}

static void a_change_of_length_is_named(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < COUNT_OF(length_cases); i++) {
        struct mpta_finding finding;
        wire_open(&wire);
        wire_capable(&wire);
        tell_length(&wire, &length_cases[i]);
        wire_finish(&wire);
        if (!story_finding(wire.tracker, 0, "dss-checksum", &finding) ||
            !strstr(finding.message, length_cases[i].named))
            fail_msg("%s: %s", length_cases[i].words, finding.message);
        wire_close(&wire);
    }
}

/* ---- 32 bits of DSN ---------------------------------------------------------------------------
 */

static const struct {
    const char *words;
    bool pair;
    bool is_32;
    bool wrong;
    uint64_t skipped; /* octets of the stream that no captured packet carried */
    uint64_t invalid;
    uint64_t unverifiable;
} narrow_cases[] = {
    {"right",                     false, true,  false, 0,                    0, 0},
    {"wrong on the only subflow", false, true,  true,  0,                    1, 0},
    {"wrong on one of two",       true,  true,  true,  0,                    0, 1},
    {"behind 5 GB",               true,  true,  false, UINT64_C(5000000000), 0, 1},
    {"behind 5 GB, with 64 bits", true,  false, false, UINT64_C(5000000000), 0, 0},
    {"wrong, with 64 bits",       true,  false, true,  0,                    1, 0},
};

static void an_upper_half_that_may_be_wrong_proves_nothing(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < COUNT_OF(narrow_cases); i++) {
        wire_open(&wire);
        wire_capable(&wire);
        if (narrow_cases[i].pair)
            wire_join(&wire, 1);
        struct wire_map map = summed(&wire, 1, 0, 100);
        send(&wire, 0, 1, 0, 100, &map);
        map = summed(&wire, 101, 100 + narrow_cases[i].skipped, 100);
        map.checksum ^= narrow_cases[i].wrong;
        map.is_32 = narrow_cases[i].is_32;
        send(&wire, 0, 101, map.data, 100, &map);
        const struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_verdict_counts *counts = &connection.streams[MPTA_CLIENT].dss_checksum;
        if (counts->invalid != narrow_cases[i].invalid ||
            counts->unverifiable != narrow_cases[i].unverifiable)
            fail_msg("%s", narrow_cases[i].words);
        wire_close(&wire);
    }
}

/* ---- Other mappings ---------------------------------------------------------------------------
 */

struct other_case {
    const char *words;
    bool other_data; /* the same checksum for other data, which is sent again */
    bool fin;        /* for the same with a DATA_FIN */
    bool checksum;   /* another one for the same mapping */
    uint64_t invalid;
};

static const struct other_case other_cases[] = {
    {"the same again",        false, false, false, 0},
    {"to another place",      true,  false, false, 1},
    {"with a DATA_FIN",       false, true,  false, 1},
    {"with another checksum", false, false, true,  1},
};

/* A mapping is another one if any of its numbers is, and needs a verdict of its own. */
static void what_makes_another_mapping(void **state)
{
    (void)state;
    static struct wire wire;
    for (size_t i = 0; i < COUNT_OF(other_cases); i++) {
        const struct other_case *c = &other_cases[i];
        wire_open(&wire);
        wire_capable(&wire);
        struct wire_map map = summed(&wire, 1, 0, 100);
        send(&wire, 0, 1, 0, 100, &map);
        map.data += c->other_data ? 100 : 0;
        map.fin = c->fin;
        map.len = (uint16_t)(map.len + c->fin);
        map.checksum = (uint16_t)(map.checksum + c->checksum);
        send(&wire, 0, 1, 0, 100, &map);
        struct mpta_connection connection = story_connection(wire.tracker, 0);
        const struct mpta_verdict_counts *counts = &connection.streams[MPTA_CLIENT].dss_checksum;
        if (counts->valid != 1 || counts->invalid != c->invalid || counts->unverifiable != 0)
            fail_msg("%s", c->words);
        wire_close(&wire);
    }
}

/* Mappings that never get whole do not keep a new one from waiting for its verdict. */
static void the_newest_mapping_has_room(void **state)
{
    (void)state;
    static struct wire wire;
    enum { MAPPINGS = 40, LEN = 30000, LAST = MAPPINGS * LEN };
    static const uint8_t wrong[LEN / 2];
    wire_open(&wire);
    wire_pair(&wire);
    for (uint32_t i = 0; i < MAPPINGS; i++) {
        struct wire_map map = summed(&wire, i * LEN + 1, i * LEN, LEN);
        send(&wire, 0, i * LEN + 1, i * LEN, LEN - 100, &map);
    }
    struct wire_map last = summed(&wire, LAST + 1, LAST, LEN);
    struct wire_segment segment = {.ssn = LAST + 1, .octets = wrong, .len = LEN / 2, .map = last};
    struct wire_map again = summed(&wire, 1, LAST, LEN);
    wire_send(&wire, &segment);
    send(&wire, 1, 1, LAST, LEN, &again);
    send(&wire, 0, LAST + LEN / 2 + 1, LAST + LEN / 2, LEN / 2, &last);
    wire_finish(&wire);
    assert_int_equal(
        rangeset_count(&wire.good[MPTA_CLIENT], WIRE_ORIGIN + LAST, WIRE_ORIGIN + LAST + LEN), LEN);
    assert_int_equal(wire.bad[MPTA_CLIENT].count, 0);
    wire_close(&wire);
}

/*
 * More mappings wait for a last segment than are kept for a verdict: all that was captured is
 * handed on nevertheless, none is accused, and those that get whole in time are verified.
 */
static void more_open_mappings_than_are_kept(void **state)
{
    (void)state;
    static struct wire wire;
    enum { MAPPINGS = 40, LEN = 30000 };
    wire_open(&wire);
    wire_capable(&wire);
    for (uint32_t i = 0; i < MAPPINGS; i++) {
        struct wire_map map = summed(&wire, i * LEN + 1, i * LEN, LEN);
        send(&wire, 0, i * LEN + 1, i * LEN, LEN - 100, &map);
    }
    for (uint32_t i = 0; i < MAPPINGS; i += 3) {
        struct wire_map map = summed(&wire, i * LEN + 1, i * LEN, LEN);
        send(&wire, 0, i * LEN + LEN - 99, i * LEN + LEN - 100, 100, &map);
    }
    wire_finish(&wire);
    struct mpta_connection connection = story_connection(wire.tracker, 0);
    const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
    assert_int_equal(stream->dss_checksum.valid, 14);
    assert_int_equal(stream->dss_checksum.unverifiable, 26);
    assert_int_equal(stream->dss_checksum.invalid, 0);
    assert_int_equal(stream->data_bytes, MAPPINGS * LEN - 26 * 100);
    assert_int_equal(rangeset_total(&wire.good[MPTA_CLIENT]), stream->data_bytes);
    assert_int_equal(wire.bad[MPTA_CLIENT].count, 0);
    assert_int_equal(wire.again, 0);
    wire_close(&wire);
}

/* More mappings than are remembered: the oldest are forgotten, and no verdict is taken back. */
static void more_mappings_than_are_remembered(void **state)
{
    (void)state;
    static struct wire wire;
    enum { MAPPINGS = 10000, LEN = 10 };
    wire_open(&wire);
    wire_capable(&wire);
    for (uint32_t i = 0; i < MAPPINGS; i++) {
        struct wire_map map = summed(&wire, i * LEN + 1, i * LEN, LEN);
        send(&wire, 0, i * LEN + 1, i * LEN, i % 7 == 3 ? LEN - 1 : LEN, &map);
    }
    wire_finish(&wire);
    struct mpta_connection connection = story_connection(wire.tracker, 0);
    const struct mpta_stream *stream = &connection.streams[MPTA_CLIENT];
    assert_int_equal(stream->dss_checksum.unverifiable, 1429);
    assert_int_equal(stream->dss_checksum.valid, MAPPINGS - 1429);
    assert_int_equal(rangeset_total(&wire.good[MPTA_CLIENT]), stream->data_bytes);
    assert_int_equal(wire.again, 0);
    wire_close(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_verdict_for_each_mapping),
        cmocka_unit_test(a_wrong_copy_is_used_only_where_there_is_no_better),
        cmocka_unit_test(known_mistakes_are_named),
        cmocka_unit_test(a_change_of_length_is_named),
        cmocka_unit_test(an_upper_half_that_may_be_wrong_proves_nothing),
        cmocka_unit_test(what_makes_another_mapping),
        cmocka_unit_test(the_newest_mapping_has_room),
        cmocka_unit_test(more_open_mappings_than_are_kept),
        cmocka_unit_test(more_mappings_than_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about the options of one segment. */
#include "tests/unit/analyzer/catalogue/pairs.h"

/* A packet of the client with this option area, and without data. */
static void say_hex(struct wire *wire, uint16_t flags, const char *hex)
{
    pair_open_one(wire);
    pair_put_hex(story_plain(&wire->story, &wire->flows[0], OPENER_SAYS, flags, 0), hex);
}

static void overrun(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK, near ? "1e08 2001 00000001" : "1e09 2001 00000001");
}

static void length_illegal(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK, near ? "1e08 2001 00000001" : "1e08 2002 00000001");
}

static void subtype_unknown(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK | MPTA_TCP_RST, near ? "1e04 8000" : "1e04 9000");
}

static void dss_repeated(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK,
            near ? "1e08 2001 00000001 1e08 2001 00000001"
                 : "1e08 2001 00000001 1e08 2001 00000002");
}

static void exclusive_pair(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK,
            near ? "1e08 2001 00000001 1e0c 6000 0000000000000009"
                 : "1e03 51 01 1e0c 6000 0000000000000009");
}

static void wrong_segment(struct wire *wire, bool near)
{
    say_hex(wire, near ? MPTA_TCP_ACK | MPTA_TCP_RST : MPTA_TCP_ACK, "1e04 8002");
}

static void reserved_bits(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK, near ? "1e03 51 01" : "1e03 53 01");
}

static void data_after_eol(struct wire *wire, bool near)
{
    say_hex(wire, MPTA_TCP_ACK, near ? "1e03 51 00 00000000" : "1e03 51 00 00000001");
}

/* A packet at the capture point of its sender, and again where it arrives. */
static void altered(struct wire *wire, bool near)
{
    pair_open_one(wire);
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
    struct story_packet *arrived = story_again(&wire->story, wire->story.count - 1, true);
    if (!near)
        story_strip(arrived);
}

static const struct pair pairs[] = {
    {"option-overrun",         overrun,         "the last octet of an option is there"   },
    {"option-length-illegal",  length_illegal,  "as long as its flags announce"          },
    {"option-subtype-unknown", subtype_unknown, "8, the last one that is assigned"       },
    {"option-dss-repeated",    dss_repeated,    "the same DSS twice"                     },
    {"option-exclusive-pair",  exclusive_pair,  "MP_FAIL beside what it may stand beside"},
    {"option-wrong-segment",   wrong_segment,   "on a RST"                               },
    {"option-reserved-bits",   reserved_bits,   "the one bit that has a meaning"         },
    {"option-data-after-eol",  data_after_eol,  "zeros"                                  },
    {"options-altered",        altered,         "the same packet at both capture points" },
};
const struct pair_list pairs_of_options = {pairs, COUNT_OF(pairs)};

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong with the options of a segment: each row puts options on one packet of a connection
 * that is in order otherwise, and names the findings it must make; there may be no other.
 */
#include "tests/unit/analyzer/story.h"

#include <string.h>

#define ACK (MPTA_TCP_ACK)
#define RST (MPTA_TCP_RST | MPTA_TCP_ACK)

static struct story_peers peers;
static struct story_flow first;
static struct story_flow second;

/* Octets of the option area, put on a packet that goes beyond the story's own. */
struct options_case {
    const char *words;
    uint16_t flags;
    const char *options;  /* hex, spaces are passed over */
    const char *findings; /* ids in the order of the catalogue, separated by spaces */
};

static const struct options_case cases[] = {
    {"one DSS",                             ACK,                "1e08 2001 00000001",                            ""                     },
    {"one DSS twice",                       ACK,                "1e08 2001 00000001 1e08 2001 00000001",         ""                     },
    {"two DSS",                             ACK,                "1e08 2001 00000001 1e08 2001 00000002",         "option-dss-repeated"  },
    {"a malformed DSS, then one",           ACK,                "1e06 2001 0000 1e08 2001 00000001",
     "option-length-illegal option-dss-repeated"                                                                                        },
    {"a DSS, then a malformed one",         ACK,                "1e08 2001 00000001 1e06 2001 0000",
     "option-length-illegal"                                                                                                            },
    {"a malformed MP_PRIO, then a DSS",     ACK,                "1e05 5000 00 1e08 2001 00000001 01 0101",
     "option-length-illegal"                                                                                                            },
    {"two addresses removed apart",         ACK,                "1e04 4008 1e04 4009",                           ""                     },

    {"DSS and MP_PRIO",                     ACK,                "1e08 2001 00000001 1e03 51 01",                 ""                     },
    {"DSS and REMOVE_ADDR",                 ACK,                "1e08 2001 00000001 1e04 4009",                  ""                     },
    {"DSS and MP_FAIL",                     ACK,                "1e08 2001 00000001 1e0c 6000 0000000000000009", ""                     },
    {"MP_FAIL and MP_TCPRST",               RST,                "1e0c 6000 0000000000000009 1e04 8002",          ""                     },
    {"DSS on a RST",                        RST,                "1e08 2001 00000001",                            ""                     },
    {"DSS and MP_TCPRST",                   RST,                "1e08 2001 00000001 1e04 8002",                  "option-exclusive-pair"},
    {"MP_PRIO and MP_FAIL",                 ACK,                "1e03 51 01 1e0c 6000 0000000000000009",         "option-exclusive-pair"},
    {"MP_FAIL and MP_PRIO",                 ACK,                "1e0c 6000 0000000000000009 1e03 51 01",         "option-exclusive-pair"},

    {"MP_TCPRST on a RST",                  RST,                "1e04 8002",                                     ""                     },
    {"MP_TCPRST on an ACK",                 ACK,                "1e04 8002",                                     "option-wrong-segment" },
    {"MP_TCPRST on a FIN",                  ACK | MPTA_TCP_FIN, "1e04 8002",                                     "option-wrong-segment" },
    {"MP_CAPABLE without keys on an ACK",   ACK,                "1e04 0101",                                     "option-wrong-segment" },
    {"MP_JOIN with a token on an ACK",      ACK,                "1e0c 1001 11111111 22222222",                   "option-wrong-segment" },

    {"reserved bits of DSS",                ACK,                "1e08 2f01 00000001",                            "option-reserved-bits" },
    {"reserved flags of DSS",               ACK,                "1e08 2081 00000001",                            "option-reserved-bits" },
    {"reserved bits of MP_PRIO",            ACK,                "1e03 58 01",                                    "option-reserved-bits" },
    {"reserved bits of MP_TCPRST",          RST,                "1e04 8e02",                                     "option-reserved-bits" },

    {"padding",                             ACK,                "1e08 2001 00000001 00 000000",                  ""                     },
    {"NOPs before the end, zeros after it", ACK,                "1e08 2001 00000001 0101 0000",                  ""                     },
    {"an option behind the end",            ACK,                "1e08 2001 00000001 00 1e0351",                  "option-data-after-eol"},
    {"a NOP behind the end",                ACK,                "0001 0000",                                     "option-data-after-eol"},
};

static int before_each(void **state)
{
    (void)state;
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "10.9.0.1", 443);
    second = story_flow("10.0.2.1", 40002, "10.9.0.1", 443);
    return 0;
}

/* ---- Octets in, ids out ---------------------------------------------------------------------- */

static unsigned digit_of(char letter)
{
    return letter <= '9' ? (unsigned)(letter - '0') : (unsigned)(letter - 'a') + 10;
}

static void options_set(struct story_packet *packet, const char *hex)
{
    struct mpta_segment *segment = &packet->segment;
    segment->options_len = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        packet->options[segment->options_len++] =
            (uint8_t)(digit_of(hex[0]) << 4 | digit_of(hex[1]));
        hex++;
    }
    segment->options_captured = segment->options_len;
}

/* The ids of findings about options, in the order of the catalogue. */
static void option_findings(const struct mpta_tracker *tracker, char *ids, size_t size)
{
    struct mpta_finding finding;
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    ids[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].group != MPTA_GROUP_OPTIONS ||
            !story_finding(tracker, 0, kinds[i].id, &finding))
            continue;
        if (ids[0])
            strncat(ids, " ", size - strlen(ids) - 1);
        strncat(ids, kinds[i].id, size - strlen(ids) - 1);
    }
}

static void findings_check(const struct story *story, const char *words, const char *findings)
{
    char ids[256];
    struct mpta_tracker *tracker = story_tell(story);
    option_findings(tracker, ids, sizeof(ids));
    if (strcmp(ids, findings) != 0)
        fail_msg("%s: '%s', expected '%s'", words, ids, findings);
    mpta_tracker_free(tracker);
}

static void each_case_has_its_findings(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct story story;
        before_each(state);
        story_begin(&story);
        story_capable(&story, &peers, &first);
        story_data(&story, &peers, &first, OPENER_SAYS, 100);
        story_data_ack(&story, &peers, &first, RESPONDER_SAYS);
        options_set(story_plain(&story, &first, OPENER_SAYS, cases[i].flags, 0), cases[i].options);
        findings_check(&story, cases[i].words, cases[i].findings);
    }
}

/* ---- Handshakes ------------------------------------------------------------------------------ */

/* The packet's own option, and these octets after it. */
static void options_append(struct story_packet *packet, const char *hex)
{
    struct story_packet more = {0};
    options_set(&more, hex);
    memcpy(packet->options + packet->segment.options_len, more.options, more.segment.options_len);
    packet->segment.options_len += more.segment.options_len;
    packet->segment.options_captured = packet->segment.options_len;
}

enum handshake_packet { ON_SYN, ON_SYN_ACK, ON_THIRD_ACK, ON_FIRST_DATA };

static const struct {
    const char *words;
    enum handshake_packet on;
    const char *options;
    const char *findings;
} handshake_cases[] = {
    {"nothing beside MP_CAPABLE",              ON_SYN,        "",                            ""                     },
    {"DSS on a SYN",                           ON_SYN,        "1e08 2001 00000001",          "option-wrong-segment" },
    {"DSS on a SYN/ACK",                       ON_SYN_ACK,    "1e08 2001 00000001",          "option-wrong-segment" },
    {"MP_FASTCLOSE on a SYN",                  ON_SYN,        "1e0c 7000 0000000000000001",
     "option-exclusive-pair option-wrong-segment"                                                                   },
    {"MP_JOIN beside MP_CAPABLE",              ON_SYN,        "1e0c 1001 11111111 22222222", "option-exclusive-pair"},
    {"ADD_ADDR beside MP_CAPABLE",             ON_THIRD_ACK,  "1e08 3109 0a000909",          "option-exclusive-pair"},
    {"a DATA_ACK beside MP_CAPABLE",           ON_THIRD_ACK,  "1e08 2001 00000001",          ""                     },
    {"a DATA_ACK beside MP_CAPABLE with data", ON_FIRST_DATA, "0101 1e08 2001 00000001",     ""                     },
    {"a mapping beside MP_CAPABLE with data",  ON_FIRST_DATA,
     "0101 1e0e 2004 00000001 00000001 0064",                                                "option-exclusive-pair"},
};

static void handshakes_have_rules_of_their_own(void **state)
{
    for (size_t i = 0; i < COUNT_OF(handshake_cases); i++) {
        struct story story;
        before_each(state);
        story_begin(&story);
        story_capable(&story, &peers, &first);
        story_capable_data(&story, &peers, &first, 100);
        options_append(&story.packets[handshake_cases[i].on], handshake_cases[i].options);
        findings_check(&story, handshake_cases[i].words, handshake_cases[i].findings);
    }
}

/* The wrong handshake option for a subflow, where the capture has all of it, and where it has not.
 */
static void subflows_are_opened_one_way(void **state)
{
    static const struct {
        const char *words;
        bool gap;
        const char *findings;
    } rows[] = {
        {"all of the subflow was captured", false, "option-wrong-segment"},
        {"the SYN/ACK was not",             true,  ""                    },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct story story;
        before_each(state);
        story_begin(&story);
        story_capable(&story, &peers, &first);
        story_join(&story, &peers, &second);
        story_ack(&story, &peers, &second);
        if (rows[i].gap) {
            story_swap(&story, 4, 7);
            story.count--;
        }
        findings_check(&story, rows[i].words, rows[i].findings);
    }
}

/* Plain TCP is none of our business but for options of kind 30, where they must not be. */
static void plain_flows_have_no_options_of_ours(void **state)
{
    struct story story;
    struct mpta_finding finding;
    (void)state;
    story_begin(&story);
    options_set(story_plain(&story, &first, OPENER_SAYS, MPTA_TCP_SYN, 0), "1e08 2001 00000001");
    options_set(story_plain(&story, &second, OPENER_SAYS, MPTA_TCP_SYN, 0), "0001 0000");
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_summary(tracker).connections, 0);
    assert_true(story_global_finding(tracker, "option-wrong-segment", &finding));
    assert_false(story_global_finding(tracker, "option-data-after-eol", &finding));
    mpta_tracker_free(tracker);
}

/* Rows are one a subtype, not one a packet. */
static void occurrences_are_counted(void **state)
{
    struct story story;
    (void)state;
    story_begin(&story);
    story_capable(&story, &peers, &first);
    for (int i = 0; i < 50; i++) {
        options_set(story_plain(&story, &first, OPENER_SAYS, ACK, 0), "1e04 8002");
        options_set(story_plain(&story, &first, OPENER_SAYS, ACK, 0), "1e04 0101");
    }
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(story_count(tracker, 0, "option-wrong-segment"), 100);
    assert_true(story_connection(tracker, 0).finding_count < 10);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_has_its_findings),
        cmocka_unit_test(handshakes_have_rules_of_their_own),
        cmocka_unit_test_setup(subflows_are_opened_one_way, before_each),
        cmocka_unit_test_setup(plain_flows_have_no_options_of_ours, before_each),
        cmocka_unit_test_setup(occurrences_are_counted, before_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

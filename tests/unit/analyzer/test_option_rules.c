/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules for options of kind 30: where they may be, beside what, and which bits must be zero. */
#include "analyzer/option_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* One option of each form that a rule tells apart. */
#define CAPABLE(...)                                                                               \
    {                                                                                              \
        MPTA_MP_CAPABLE, .capable = { __VA_ARGS__ }                                                \
    }
#define CAPABLE_SYN    CAPABLE(.version = 1, .flags = 1)
#define CAPABLE_ANSWER CAPABLE(.version = 1, .flags = 1, .has_sender_key = true)
#define CAPABLE_ACK                                                                                \
    CAPABLE(.version = 1, .flags = 1, .has_sender_key = true, .has_receiver_key = true)
#define CAPABLE_DATA                                                                               \
    CAPABLE(.version = 1, .flags = 1, .has_sender_key = true, .has_receiver_key = true,            \
            .has_data_len = true, .data_len = 9)
#define CAPABLE_V0     CAPABLE(.flags = 1, .has_sender_key = true)
#define CAPABLE_V0_ACK CAPABLE(.flags = 1, .has_sender_key = true, .has_receiver_key = true)
#define JOIN(...)                                                                                  \
    {                                                                                              \
        MPTA_MP_JOIN, .join = { __VA_ARGS__ }                                                      \
    }
#define DSS(...)                                                                                   \
    {                                                                                              \
        MPTA_DSS, .dss = { __VA_ARGS__ }                                                           \
    }
#define DSS_ACK DSS(.flags = 1, .has_ack = true, .data_ack = 7)
#define DSS_MAP DSS(.flags = 4, .has_map = true, .dsn = 7, .data_len = 9)
#define ADD(...)                                                                                   \
    {                                                                                              \
        MPTA_ADD_ADDR, .add_addr = { __VA_ARGS__ }                                                 \
    }
#define REMOVE(...)                                                                                \
    {                                                                                              \
        MPTA_REMOVE_ADDR, .remove_addr = { __VA_ARGS__ }                                           \
    }
#define PRIO(...)                                                                                  \
    {                                                                                              \
        MPTA_MP_PRIO, .prio = { __VA_ARGS__ }                                                      \
    }
#define FAIL(...)                                                                                  \
    {                                                                                              \
        MPTA_MP_FAIL, .fail = { __VA_ARGS__ }                                                      \
    }
#define FASTCLOSE(...)                                                                             \
    {                                                                                              \
        MPTA_MP_FASTCLOSE, .fastclose = { __VA_ARGS__ }                                            \
    }
#define TCPRST(...)                                                                                \
    {                                                                                              \
        MPTA_MP_TCPRST, .tcprst = { __VA_ARGS__ }                                                  \
    }
#define SUBTYPE_9                                                                                  \
    {                                                                                              \
        (enum mpta_subtype)9, .unknown = {.nibble = 15 }                                           \
    }

/* ---- Places ---------------------------------------------------------------------------------- */

/* `places`: one letter for each kind of segment, S SYN, A SYN/ACK, R RST, O others. */
static const struct {
    const char *words;
    struct mpta_mptcp_option option;
    const char *places;
} place_cases[] = {
    {"MP_CAPABLE without keys",        CAPABLE_SYN,                     "S"   },
    {"MP_CAPABLE with one key",        CAPABLE_ANSWER,                  "A"   },
    {"MP_CAPABLE with two keys",       CAPABLE_ACK,                     "RO"  },
    {"MP_CAPABLE with data",           CAPABLE_DATA,                    "RO"  },
    {"version 0, one key",             CAPABLE_V0,                      "SA"  },
    {"version 0, two keys",            CAPABLE_V0_ACK,                  "RO"  },
    {"a version to come",              CAPABLE(.version = 2),           "SARO"},
    {"MP_JOIN with token",             JOIN(.form = MPTA_JOIN_SYN),     "S"   },
    {"MP_JOIN with short HMAC",        JOIN(.form = MPTA_JOIN_SYN_ACK), "A"   },
    {"MP_JOIN with long HMAC",         JOIN(.form = MPTA_JOIN_ACK),     "RO"  },
    {"DSS",                            DSS_MAP,                         "RO"  },
    {"ADD_ADDR",                       ADD(.address_id = 1),            "SARO"},
    {"REMOVE_ADDR",                    REMOVE(.count = 1),              "SARO"},
    {"MP_PRIO",                        PRIO(.nibble = 0),               "SARO"},
    {"MP_FAIL",                        FAIL(.dsn = 1),                  "RO"  },
    {"MP_FASTCLOSE",                   FASTCLOSE(.receiver_key = 1),    "RO"  },
    {"MP_TCPRST",                      TCPRST(.reason = 1),             "R"   },
    {"a subtype that nobody assigned", SUBTYPE_9,                       "SARO"},
};

static void each_form_has_its_segments(void **state)
{
    static const char letters[] = "SARO";
    (void)state;
    for (size_t i = 0; i < COUNT_OF(place_cases); i++) {
        char places[SEGMENT_KIND_COUNT + 1] = "";
        size_t count = 0;
        for (int kind = SEGMENT_SYN; kind < SEGMENT_KIND_COUNT; kind++) {
            if (option_may_be_on(&place_cases[i].option, (enum segment_kind)kind))
                places[count++] = letters[kind];
        }
        if (strcmp(places, place_cases[i].places) != 0)
            fail_msg("%s: %s", place_cases[i].words, places);
    }
}

static void flags_tell_the_kind(void **state)
{
    static const struct {
        uint16_t flags;
        enum segment_kind kind;
    } rows[] = {
        {MPTA_TCP_SYN,                               SEGMENT_SYN    },
        {MPTA_TCP_SYN | MPTA_TCP_ECE | MPTA_TCP_CWR, SEGMENT_SYN    },
        {MPTA_TCP_SYN | MPTA_TCP_ACK,                SEGMENT_SYN_ACK},
        {MPTA_TCP_RST,                               SEGMENT_RST    },
        {MPTA_TCP_RST | MPTA_TCP_ACK,                SEGMENT_RST    },
        {MPTA_TCP_ACK,                               SEGMENT_OTHER  },
        {MPTA_TCP_FIN | MPTA_TCP_ACK,                SEGMENT_OTHER  },
        {0,                                          SEGMENT_OTHER  },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(segment_kind_of(rows[i].flags), rows[i].kind);
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

/* All forms; a pair that excludes each other stands in `excluded_pairs`, no other one does. */
static const struct mpta_mptcp_option members[] = {
    CAPABLE_ACK,       CAPABLE_DATA,   CAPABLE_V0_ACK,           JOIN(.form = MPTA_JOIN_ACK),
    DSS_ACK,           DSS_MAP,        ADD(.address_id = 1),     REMOVE(.count = 1),
    PRIO(.nibble = 0), FAIL(.dsn = 1), FASTCLOSE(.reserved = 0), TCPRST(.reason = 0),
    SUBTYPE_9,
};
static const char member_letters[] = "CDVJAMarpfxR9";

static const char *const excluded_pairs[] = {
    "CJ", "Ca", "Cp", "Cf", "Cx", "CR", "DJ", "DM", "Da", "Dp", "Df", "Dx", "DR", "VJ", "JA", "JM",
    "Ja", "Jf", "Jx", "JR", "AR", "MR", "af", "ax", "aR", "rf", "rx", "rR", "pf", "px", "pR", "fx",
};

static bool is_excluded(char a, char b)
{
    for (size_t i = 0; i < COUNT_OF(excluded_pairs); i++) {
        const char *pair = excluded_pairs[i];
        if ((pair[0] == a && pair[1] == b) || (pair[0] == b && pair[1] == a))
            return true;
    }
    return false;
}

static void pairs_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT_OF(members); a++) {
        for (size_t b = 0; b < COUNT_OF(members); b++) {
            if (members[a].subtype == members[b].subtype)
                continue;
            if (options_exclude(&members[a], &members[b]) !=
                is_excluded(member_letters[a], member_letters[b]))
                fail_msg("%c and %c", member_letters[a], member_letters[b]);
        }
    }
}

/* ---- The same subtype twice ------------------------------------------------------------------ */

static const struct {
    const char *words;
    struct mpta_mptcp_option one, other;
    bool contradict;
} repeated_cases[] = {
    {"DSS, the same",               DSS_ACK,                    DSS_ACK,                            false},
    {"DSS, other numbers",          DSS_ACK,                    DSS(.flags = 1,                     .has_ack = true),true},
    {"DSS, other parts",                             DSS_ACK,                                      DSS_MAP,                                     true},
    {"MP_CAPABLE, other forms",                             CAPABLE_ACK,                               CAPABLE_DATA,                          true},
    {"MP_JOIN, other nonces",                             JOIN(.nonce = 1),                                 JOIN(.nonce = 2),                       true},
    {"ADD_ADDR of two addresses",                             ADD(.address_id = 1),                             ADD(.address_id = 2),               false},
    {"ADD_ADDR of one ID, other ports",                             ADD(.port = 1),                       ADD(.port = 2),               true},
    {"ADD_ADDR and an echo of that ID",                             ADD(.echo = true),                       ADD(.echo = false),            false},
    {"REMOVE_ADDR of two addresses",                             REMOVE(.count = 1),                          REMOVE(.count = 2),              false},
    {"MP_PRIO, backup and not",                             PRIO(.nibble = 1),                               PRIO(.nibble = 0),                    true},
    {"MP_PRIO of two subflows",                             PRIO(.has_address_id = true,                               .address_id = 1),
     PRIO(.has_address_id = true,.address_id = 2), false},
    {"MP_PRIO of one subflow and this",             PRIO(.has_address_id = true,                                  .nibble = 1),
     PRIO(.nibble = 0),                                                   false},
    {"MP_FAIL, other DSNs",                 FAIL(.dsn = 1),                                         FAIL(.dsn = 2),                                                                      true},
    {"MP_FASTCLOSE, other keys",FASTCLOSE(.receiver_key = 1),FASTCLOSE(.receiver_key = 2),true},
    {"MP_TCPRST, other reasons",   TCPRST(.reason = 1),                               TCPRST(.reason = 2),                                                                                                                                  true                                                                                        },
    {"a subtype that nobody assigned",        SUBTYPE_9,{(enum mpta_subtype)9, .unknown = {0}},false},
};

static void repetition_must_not_contradict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(repeated_cases); i++) {
        if (options_contradict(&repeated_cases[i].one, &repeated_cases[i].other) !=
            repeated_cases[i].contradict)
            fail_msg("%s", repeated_cases[i].words);
    }
}

/* ---- Reserved bits --------------------------------------------------------------------------- */

static const struct {
    const char *words;
    struct mpta_mptcp_option option;
    int version;
    unsigned reserved;
} reserved_cases[] = {
    {"MP_CAPABLE, all that has a meaning",         CAPABLE(.version = 1,                           .flags = 0xa1),1,                       0},
    {"MP_CAPABLE, flag B",                                            CAPABLE(.version = 1,                                                                       .flags = 0x41),1,0x40},
    {"MP_CAPABLE, algorithms D to G",                                        CAPABLE(.version = 1,                                                                                      .flags = 0x1f),1,                                                                          0x1e},
    {"MP_CAPABLE, flag C has no meaning in version 0",                                           CAPABLE(.flags = 0x21),                                                                                     0,                              0x20},
    {"MP_CAPABLE of a version to come",                                           CAPABLE(.version = 2, .flags = 0xff),-1,0},
    {"MP_JOIN SYN, backup",                              JOIN(.flags = 1,                                                                          .backup = true),                                                                                                      1,                                                                                                                                                                                                                                       0},
    {"MP_JOIN SYN",JOIN(.flags = 0xf,.backup = true,.address_id = 9),1, 0xe},
    {"MP_JOIN ACK",                                JOIN(.form = MPTA_JOIN_ACK,                                                              .flags = 1,.address_id = 9),                                                                                                                                                                                                                                                   1, 0x109},
    {"DSS, all that has a meaning",                                         DSS(.flags = 0x1f),                                                                                       1,0},
    {"DSS, flags",                            DSS(.flags = 0x20),                                                                         1,0x20},
    {"DSS, beside the subtype",DSS(.reserved = 8),1,0x800},
    {"ADD_ADDR, echo",ADD(.nibble = 1,.echo = true),1,                                                                                                                        0},
    {"ADD_ADDR, version 1",                                         ADD(.nibble = 5),                                                                                                                                              1,                                                                                                                                    4                                                                                                                                                                      },
    {"ADD_ADDR, version 0 has IP's version there",                               ADD(.nibble = 4),                                                                                             0,                                                                                                      0    },
    {"ADD_ADDR of a version that is not known",                        ADD(.nibble = 4),              -1,0},
    {"REMOVE_ADDR", REMOVE(.nibble = 2, .count = 1),1,2},
    {"MP_PRIO, backup",    PRIO(.nibble = 1,           .backup = true),1,                                                                                                                                                   0},
    {"MP_PRIO",                                PRIO(.nibble = 9,                                                            .backup = true),1,                                                                                                                                                                    8},
    {"MP_FAIL",                                            FAIL(.reserved = 0x801),                                                                          1,0x801},
    {"MP_FASTCLOSE",                                           FASTCLOSE(.reserved = 1),                                                                                         1,1},
    {"MP_TCPRST, transient",                                           TCPRST(.flags = 1,                                                                                        .transient = true),                                        1,0},
    {"MP_TCPRST, U V W",                                           TCPRST(.flags = 0xe),           1,0xe                                                  },
    {"a subtype that nobody assigned",                                           SUBTYPE_9,1,0                                                                                                                                                   },
};

static void reserved_bits_are_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reserved_cases); i++) {
        unsigned reserved = option_reserved(&reserved_cases[i].option, reserved_cases[i].version);
        if (reserved != reserved_cases[i].reserved)
            fail_msg("%s: 0x%x", reserved_cases[i].words, reserved);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_has_its_segments),
        cmocka_unit_test(flags_tell_the_kind),
        cmocka_unit_test(pairs_are_those_of_the_table),
        cmocka_unit_test(repetition_must_not_contradict),
        cmocka_unit_test(reserved_bits_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

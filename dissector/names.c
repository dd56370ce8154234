/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words for the numbers of this layer: one table each, and nothing is computed.
 */
#include "dissector/dissector.h"
#include "dissector/text.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *mpta_frame_name(enum mpta_frame frame)
{
    static const char *const names[] = {
        [MPTA_FRAME_TCP] = "TCP",
        [MPTA_FRAME_OTHER] = "other",
        [MPTA_FRAME_FRAGMENT] = "fragment",
        [MPTA_FRAME_CUT] = "cut",
        [MPTA_FRAME_MALFORMED] = "malformed",
        [MPTA_FRAME_LINK_UNSUPPORTED] = "unsupported link type",
    };
    static_assert(COUNT_OF(names) == MPTA_FRAME_COUNT, "every frame has a name");
    return names[frame];
}

const char *mpta_option_status_text(enum mpta_option_status status)
{
    static const char *const texts[] = {
        [MPTA_OPTION_OK] = "well-formed",
        [MPTA_OPTION_LENGTH] = "no form of this subtype has this length",
        [MPTA_OPTION_LENGTH_VERSION] = "no form of this subtype has this length in this version",
        [MPTA_OPTION_LENGTH_FLAGS] = "the length is not the one that the flags announce",
    };
    static_assert(COUNT_OF(texts) == MPTA_OPTION_STATUS_COUNT, "every status has a text");
    return texts[status];
}

const char *mpta_subtype_name(enum mpta_subtype subtype)
{
    static const char *const names[] = {
        [MPTA_MP_CAPABLE] = "MP_CAPABLE",
        [MPTA_MP_JOIN] = "MP_JOIN",
        [MPTA_DSS] = "DSS",
        [MPTA_ADD_ADDR] = "ADD_ADDR",
        [MPTA_REMOVE_ADDR] = "REMOVE_ADDR",
        [MPTA_MP_PRIO] = "MP_PRIO",
        [MPTA_MP_FAIL] = "MP_FAIL",
        [MPTA_MP_FASTCLOSE] = "MP_FASTCLOSE",
        [MPTA_MP_TCPRST] = "MP_TCPRST",
        [9] = "subtype 9",
        [10] = "subtype 10",
        [11] = "subtype 11",
        [12] = "subtype 12",
        [13] = "subtype 13",
        [14] = "subtype 14",
        [MPTA_MP_EXPERIMENTAL] = "MP_EXPERIMENTAL",
    };
    static_assert(COUNT_OF(names) == 16, "four bits of subtypes have names");
    return (unsigned)subtype < COUNT_OF(names) ? names[subtype] : "no subtype";
}

const char *mpta_reset_reason_text(uint8_t reason)
{
    static const char *const texts[] = {
        [0] = "unspecified error",         [1] = "MPTCP-specific error",
        [2] = "lack of resources",         [3] = "administratively prohibited",
        [4] = "too much outstanding data", [5] = "unacceptable performance",
        [6] = "middlebox interference",
    };
    return reason < COUNT_OF(texts) ? texts[reason] : "unknown reason";
}

size_t mpta_tcp_flags_format(uint16_t flags, char *text, size_t size)
{
    static const struct {
        uint16_t flag;
        const char *letter;
    } letters[] = {
        {MPTA_TCP_FIN, "F"},
        {MPTA_TCP_SYN, "S"},
        {MPTA_TCP_RST, "R"},
        {MPTA_TCP_PSH, "P"},
        {MPTA_TCP_ACK, "."},
        {MPTA_TCP_URG, "U"},
        {MPTA_TCP_ECE, "E"},
        {MPTA_TCP_CWR, "W"},
        {MPTA_TCP_AE,  "e"},
    };
    struct text out = mpta_text_of(text, size);
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        mpta_text_add(&out, flags & letters[i].flag ? letters[i].letter : "");
    }
    mpta_text_add(&out, out.length == 0 ? "none" : "");
    return mpta_text_end(&out);
}

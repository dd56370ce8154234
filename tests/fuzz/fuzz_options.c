/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any octets as the option area of a TCP segment, and as one option of kind 30. What decodes must
 * encode to the same octets, and be worded within any room given.
 */
#include "dissector/dissector.h"
#include "tests/fuzz/require.h"

#include <stdlib.h>
#include <string.h>

#define OPTION_LEN_MAX 40

/* Words in each of some sizes of room, on a block that ends where the room does. */
static void words_try(const struct mpta_mptcp_option *option)
{
    static const size_t sizes[] = {0, 1, 2, 17, MPTA_OPTION_TEXT_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = malloc(sizes[i] ? sizes[i] : 1);
        size_t length = mpta_mptcp_format(option, i % 2 == 0, text, sizes[i]);
        require(sizes[i] == 0 ? length == 0 : length < sizes[i] && text[length] == '\0');
        require(sizes[i] < MPTA_OPTION_TEXT_MAX || length < sizes[i] - 1); /* never cut */
        free(text);
    }
}

/* All octets must come back but the kind, which is not looked at. */
static bool octets_agree(const uint8_t *a, const uint8_t *b, size_t length)
{
    return memcmp(a + 1, b + 1, length - 1) == 0;
}

static void option_try(const uint8_t *octets, size_t length)
{
    struct mpta_mptcp_option option;
    if (mpta_mptcp_decode(octets, length, &option) != MPTA_OPTION_OK) {
        return;
    }
    uint8_t encoded[OPTION_LEN_MAX];
    require(mpta_mptcp_encode(&option, encoded, sizeof encoded) == length);
    require(octets_agree(encoded, octets, length));
    words_try(&option);
}

static void area_try(const uint8_t *octets, size_t captured, size_t length)
{
    struct mpta_segment segment = {
        .options = octets, .options_len = length, .options_captured = captured};
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    mpta_option_walk_start(&walk, &segment);
    enum mpta_walk step;
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        uint32_t value, echo;
        require(option.length >= 2 && option.octets + option.length <= octets + captured);
        struct mpta_sack sack;
        (void)mpta_timestamps_decode(&option, &value, &echo);
        require(!mpta_sack_decode(&option, &sack) ||
                (sack.count > 0 && sack.count <= MPTA_SACK_BLOCKS));
        option_try(option.octets, option.length);
    }
    require(step == mpta_option_walk_next(&walk, &option));
    require(step != MPTA_WALK_CUT || captured < length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    area_try(data, size, size);
    area_try(data, size, size + 7);
    option_try(data, size);
    return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any octets as a frame. The first octet chooses the link type, the next two how many octets more
 * there were on the wire, the fourth where the frame is cut to be read once again: the shorter one
 * may say less, but nothing else.
 */
#include "dissector/dissector.h"
#include "tests/fuzz/require.h"
#include "tests/unit/dissector/octets.h"

#define PREFIX_LEN 4

/* Dissects a frame; what it says of a segment must lie within the frame. */
static enum mpta_frame frame_try(uint32_t link_type, const uint8_t *octets, size_t captured,
                                 size_t wire_len, struct mpta_segment *segment)
{
    uint8_t *frame = octets_copy(octets, captured);
    enum mpta_frame kind = mpta_frame_dissect(link_type, frame, captured, wire_len, segment);
    require((unsigned)kind < MPTA_FRAME_COUNT && mpta_frame_name(kind));
    if (kind == MPTA_FRAME_TCP) {
        require(segment_is_inside(segment, frame, captured));
    }
    free(frame);
    return kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t link_types[] = {1, 0, 9, 12, 14, 50, 101, 108, 113, 228, 229, 276, 147};
    if (size < PREFIX_LEN) {
        return 0;
    }
    uint32_t link_type = link_types[data[0] % (sizeof link_types / sizeof link_types[0])];
    size_t more = (size_t)data[1] << 8 | data[2];
    const uint8_t *octets = data + PREFIX_LEN;
    size_t captured = size - PREFIX_LEN;
    size_t cut = captured * data[3] / 256;

    struct mpta_segment whole, part;
    enum mpta_frame kind = frame_try(link_type, octets, captured, captured + more, &whole);
    enum mpta_frame cut_kind = frame_try(link_type, octets, cut, captured + more, &part);
    require(cut_kind == kind || cut_kind == MPTA_FRAME_CUT);
    require(cut_kind != MPTA_FRAME_TCP || segment_says_same(&whole, &part));
    return 0;
}
